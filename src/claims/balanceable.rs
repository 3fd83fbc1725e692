//! Claim `balanceable`.

use super::controls::{Control, Formula};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{BalanceError, Method, Problem, Scope};
use crate::cost::CostGraph;
use crate::network::GraphFacts;
use crate::scalar::{UNIT_ROUNDOFF, largest_or_nan};

pub const CLAIM: Claim = Claim {
    id: "balanceable",
    statement: "A balanced point exists exactly if every synapse of positive cost lies on a directed cycle.",
    source: "Stock et al. 2022, Methods (existence of the balanced state); Osborne 1960",
    theorems: &[
        "balanceable",
        "balanceable_components",
        "balanceable_weights",
        "balanceable_attained",
        "balanceable_sums",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "for other degrees a minimum exists by the gains of cycles, not by cycles alone; any_degree measures what holds in its place",
    ),
    control: Control {
        broken: "the network as given taken for the balanced one, and the escape direction turned round",
        check: |subject| measure(subject, Formula::Broken),
    },
};

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let whole = CostGraph::of_network(&subject.network, &subject.spec)?;
    let on_no_cycle = whole.synapses_on_no_cycle();

    // 'If': where every synapse is on a cycle, a balanced point was found.
    let reference = &subject.reference;
    evidence.balanced(
        "largest node imbalance where every synapse lies on a cycle",
        formula.choose(
            largest_or_nan([reference.outcome.imbalance, reference.imbalance_final]),
            reference.imbalance_initial,
        ),
        subject.stop.tol,
        &reference.outcome.status,
    );
    if on_no_cycle.is_empty() {
        evidence.note("every synapse of this network lies on a directed cycle");
        return Ok(evidence);
    }

    // 'Only if': the solver refuses, with the very synapses.
    let refused = match Problem::new(&subject.network, &subject.spec, Scope::Whole)
        .and_then(|problem| problem.solve(Method::Osborne, &subject.stop))
    {
        Err(BalanceError::NotBalanceable { on_no_cycle, .. }) => on_no_cycle,
        Err(other) => return Err(other.into()),
        Ok(_) => Vec::new(),
    };
    let differs = usize::from(refused != on_no_cycle);
    evidence.at_most("refusals that do not name exactly the synapses on no cycle", differs as f64, 0.0, "exact");
    let stride = on_no_cycle.len().div_ceil(SEARCHED);
    let wrong = on_no_cycle.iter().step_by(stride).filter(|&&(i, j)| leads_back(&whole, i, j)).count();
    evidence.at_most(
        "synapses named as on no cycle from whose target a search finds the way back to the source",
        wrong as f64,
        0.0,
        "exact: breadth-first search, independent of the components",
    );

    // Why: a direction along which their cost vanishes and no other cost changes. Raise h by the position of its
    // strong component in a topological order; within components nothing moves.
    let level = topological_levels(&whole);
    let deepest = level.iter().copied().max().unwrap_or(0) as f64;
    let unit = unit(whole.p(), deepest);
    let h: Vec<f64> = level.iter().map(|&level| formula.sign() * unit * level as f64).collect();
    let (before, after) = (whole.initial_costs(), whole.costs_at(&h));
    let mut others = WorstRatio::default();
    let mut slowest: f64 = 0.0;
    let mut off = on_no_cycle.iter().peekable();
    for (e, i, j) in whole.pattern().iter() {
        if off.next_if(|&&pair| pair == (i, j)).is_some() {
            let factor = after[e] / before[e];
            slowest = largest_or_nan([slowest, factor]);
        } else {
            // d_j and d_i are the same number: one product and one quotient.
            others.add(after[e] - before[e], 2.0 * f64::EPSILON * before[e]);
        }
    }
    let factor = (-whole.p() * unit).exp();
    let rounding = rounding(whole.p() * unit * deepest);
    evidence.at_most(
        "largest factor by which the cost of a synapse on no cycle shrinks, one unit a level along the escape direction",
        slowest,
        factor * (1.0 + rounding),
        "e^{-p} for each such synapse leads at least one level down, and the rounding of exponents, product and quotient",
    );
    evidence.at_most(
        "largest change of any other cost along the escape direction, in units of its rounding error",
        others.worst(),
        1.0,
        "one product and one quotient, 2 epsilon relative",
    );
    evidence.note(format!(
        "{} of {} synapses lie on no cycle; the claims are checked inside the strong components",
        on_no_cycle.len(),
        subject.network.weights.synapses()
    ));
    Ok(evidence)
}

/// Synapses on no cycle for which a way back is searched.
const SEARCHED: usize = 50;

/// True if a path leads from node `from` to node `to`.
fn leads_back(graph: &CostGraph, from: usize, to: usize) -> bool {
    let mut seen = vec![false; graph.nodes()];
    seen[from] = true;
    let mut queue = vec![from];
    while let Some(node) = queue.pop() {
        if node == to {
            return true;
        }
        for (_, target) in graph.transposed().column(node) {
            if !std::mem::replace(&mut seen[target], true) {
                queue.push(target);
            }
        }
    }
    false
}

/// For every node, the length of the longest path of components that leads to its component: along a synapse between
/// components the level of the target is at least one more than that of the source.
fn topological_levels(graph: &CostGraph) -> Vec<usize> {
    let facts: &GraphFacts = graph.facts();
    let strong = facts.strong();
    let components = facts.strong_sizes().len();
    let mut outgoing = vec![Vec::new(); components];
    let mut waiting = vec![0_usize; components];
    for (_, i, j) in graph.pattern().iter() {
        if strong[i] != strong[j] {
            outgoing[strong[j] as usize].push(strong[i] as usize);
            waiting[strong[i] as usize] += 1;
        }
    }
    let mut level = vec![0; components];
    let mut ready: Vec<usize> = (0..components).filter(|&component| waiting[component] == 0).collect();
    while let Some(component) = ready.pop() {
        for &next in &outgoing[component] {
            level[next] = level[next].max(level[component] + 1);
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.push(next);
            }
        }
    }
    strong.iter().map(|&component| level[component as usize]).collect()
}

/// What log-scales fall by from level to level: one, less where the deepest level would leave the range of the exponential.
fn unit(p: f64, deepest: f64) -> f64 {
    (300.0 / (p * deepest)).min(1.0)
}

/// How far rounding can take the factor of a cost along the escape direction, relative to it: of two exponents of at most `largest_exponent`
/// (two units of each), of their exponentials, a product and a quotient.
fn rounding(largest_exponent: f64) -> f64 {
    UNIT_ROUNDOFF * (4.0 * largest_exponent + 16.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    #[test]
    fn the_deepest_level_stays_in_the_range_of_the_exponential() {
        assert_eq!((unit(2.0, 0.0), unit(2.0, 150.0), unit(2.0, 600.0), unit(0.5, 6000.0)), (1.0, 1.0, 0.25, 0.1));
    }

    #[test]
    fn rounding_is_reckoned_in_units() {
        assert_eq!((rounding(0.0) / UNIT_ROUNDOFF, rounding(2.5) / UNIT_ROUNDOFF), (16.0, 26.0));
    }

    #[test]
    fn levels_are_the_longest_paths_and_a_way_back_is_found() {
        // 0 and 1 in a cycle; from there to 2 and on to 3, and to 3 at once.
        let synapses = vec![(1, 0, 1.0), (0, 1, 1.0), (2, 1, 1.0), (3, 2, 1.0), (3, 0, 1.0)];
        let network = Network::recurrent(Weights::from_triplets(4, synapses).unwrap(), Activation::Linear);
        let graph = CostGraph::of_network(&network, &CostSpec::power(1.0)).unwrap();
        assert_eq!(topological_levels(&graph), [0, 0, 1, 2]);
        let reached = |from: usize| (0..4).map(|to| leads_back(&graph, from, to)).collect::<Vec<_>>();
        assert_eq!(reached(0), [true; 4]);
        assert_eq!(reached(2), [false, false, true, true]);
        assert_eq!(reached(3), [false, false, false, true]);
    }
}
