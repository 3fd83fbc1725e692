//! Claim `heterosynaptic`.

use super::controls::{Control, Formula};
use super::subject::in_own_units;
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject};
use crate::flow::{lax_field, node_costs};
use crate::scalar::Tracked;

pub const CLAIM: Claim = Claim {
    id: "heterosynaptic",
    statement: "Potentiate J_ij in a balanced network: at first all other synapses into i weaken and all out of i strengthen, those into j strengthen and those out of j weaken, J_ij itself relaxes back at twice the rate, J_ji strengthens, and no other synapse moves. Beyond the paper: when the network is balanced again, none of these changes is reversed, though some may be undone.",
    source: "Stock et al. 2022, Results (heterosynaptic plasticity)",
    theorems: &["heterosynaptic", "heterosynaptic_added", "heterosynaptic_lasting", "heterosynaptic_lasting_strict"],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed("the signs are those of the flow g = r - c"),
    control: Control {
        broken: "target and source of the potentiated synapse exchanged",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Synapses that are potentiated, spread evenly over the network.
const SYNAPSES: usize = 25;
/// Potentiation, as a factor on the weight.
const FACTOR: f64 = 1.5;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = subject.graph();
    let pattern = graph.pattern();
    if pattern.is_empty() {
        evidence.note("no synapse can be balanced: none to potentiate");
        return Ok(evidence);
    }
    // Balanced weights as the solver left them, taken as exact from here on.
    let h = &subject.reference.outcome.h;
    let balanced: Vec<Tracked> = pattern
        .iter()
        .map(|(e, i, j)| Tracked::exact(crate::scalar::scale_by_exp(&graph.weight()[e], &(h[j] - h[i]))))
        .collect();
    let tracked_graph = super::subject::tracked_graph(graph);
    let costs = |weights: &[Tracked]| tracked_graph.costs_of_weights(weights);
    let zero = Tracked::exact(0.0);
    let rest = node_costs(pattern, &costs(&balanced), &zero);
    // What is left of g in the balanced network, and what rounding can add to it, blurs every prediction.
    let residual: Vec<f64> = rest.gradient().iter().map(|g| g.magnitude()).collect();

    let (mut wrong, mut judged, mut moving, mut too_small) = (0_usize, 0_usize, 0_usize, 0_usize);
    let (mut against, mut factor_two) = (super::WorstRatio::default(), super::WorstRatio::default());
    let stride = (pattern.len() / SYNAPSES).max(1);
    for (potentiated, target, source) in pattern.iter().step_by(stride).take(SYNAPSES) {
        let mut weights = balanced.clone();
        weights[potentiated] = weights[potentiated] * &Tracked::exact(FACTOR);
        let sums = node_costs(pattern, &costs(&weights), &zero);
        let g = sums.gradient();
        let own_units = in_own_units(&weights);
        let field = lax_field(pattern, &own_units, &g);
        // ΔC is the whole imbalance: +ΔC at the target, −ΔC at the source.
        let excess = (costs(&weights)[potentiated] - &costs(&balanced)[potentiated]).value;
        for (e, i, j) in pattern.iter() {
            // d|J|/dt in units of |J|.
            let rate = field[e] / &own_units[e];
            let expected = formula.sign() * f64::from(effect(j, target, source) - effect(i, target, source));
            let blur = rate.error + residual[i] + residual[j] + g[i].error + g[j].error;
            if expected == 0.0 {
                judged += 1;
                wrong += usize::from(rate.value.abs() > blur);
                against.add(rate.value, blur);
            } else if excess <= 2.0 * blur {
                too_small += 1;
            } else {
                judged += 1;
                moving += 1;
                wrong += usize::from(rate.value * expected <= 0.0);
                against.add_violation(-rate.value * expected, blur);
            }
        }
        let own = field[potentiated] / &own_units[potentiated];
        factor_two.add(
            own.value + 2.0 * excess,
            own.error + residual[target] + residual[source] + 8.0 * f64::EPSILON * excess,
        );
    }
    evidence.at_most(
        format!("synapses that move the wrong way, of {judged} judged"),
        wrong as f64,
        0.0,
        "exact: signs; a synapse predicted to stay may move by the leftover imbalance and rounding",
    );
    evidence.at_most(
        "rate against the prediction, in units of what blurs it, worst synapse",
        against.worst(),
        1.0,
        "leftover imbalance of both neurons and running error analysis",
    );
    // Most synapses are predicted to stay, and say nothing about signs.
    evidence.some_beyond_rounding("synapses judged that are predicted to move", moving);
    evidence.at_most(
        "relaxation rate of the potentiated synapse against -2 (its excess cost), in units of its bound",
        factor_two.worst(),
        1.0,
        "leftover imbalance of both neurons and running error analysis",
    );
    if too_small > 0 {
        evidence.note(format!(
            "{too_small} predictions not judged: the excess cost is below the leftover imbalance of a neuron"
        ));
    }
    Ok(evidence)
}

/// The sign of `g` at a node after the potentiation: `+1` at the target, `−1` at the source.
pub(crate) fn effect(node: usize, target: usize, source: usize) -> i32 {
    i32::from(node == target) - i32::from(node == source)
}
