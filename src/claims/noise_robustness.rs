//! Claim `noise_robustness`.

use super::controls::{Control, Formula};
use super::subject::{LARGEST_DENSE, tracked_cost, tracked_graph};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{Method, Problem, Scope};
use crate::cost::{Alpha, CostSpec};
use crate::network::random::{normals, stream};
use crate::network::{Homogeneity, Network, exponent, rescale_network, times_power_of_two};
use crate::scalar::{Scalar, Tracked, tracked};
use crate::tasks::{Dynamics, Simulator, Trials};

pub const CLAIM: Claim = Claim {
    id: "noise_robustness",
    statement: "For noise xi that is uncorrelated between neurons, of variance sigma^2, and R = diag(r_j) of the neurons' gains, E|J R xi|^2 = sigma^2 sum r_j^2 J_ij^2: over time, with mean squared gains, the robustness cost. Balancing makes it as small as any rescaling can.",
    source: "Stock et al. 2022, Results (robustness to noise)",
    theorems: &[
        "noise_robustness",
        "noise_robustness_independent",
        "noise_robustness_balanced",
        "noise_robustness_lower",
        "noise_robustness_paths_euler",
        "noise_robustness_paths_discrete",
        "noise_robustness_loss",
        "noise_robustness_gauge",
        "noise_robustness_limit",
        "noise_robustness_limit_attained",
        "noise_robustness_limit_equality",
        "noise_robustness_limit_infimum",
        "noise_robustness_caution",
        "noise_robustness_accumulated",
        "noise_robustness_accumulated_minimum",
        "noise_robustness_accumulated_unique",
        "noise_robustness_accumulated_noise",
        "noise_robustness_expectation",
        "noise_robustness_gains",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "the gains of the robustness cost change with the transform for other degrees, so the cost is not one of rescalings",
    ),
    control: Control {
        broken: "the gains forgotten: sum J_ij^2 for sum r_j^2 J_ij^2",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Samples of the noise.
const SAMPLES: usize = 4000;
/// Standard deviation of the noise.
const SIGMA: f64 = 0.1;
/// Standard errors that the mean may be off: with normal errors once in 10⁹ runs, and the seed is fixed.
const STANDARD_ERRORS: f64 = 6.0;
/// Random rescalings that the balanced network is compared with.
const RESCALINGS: u64 = 6;

/// Steps of the simulation under noise.
const STEPS: usize = 3;

/// The rescaled network under noise of size σ against the given one under noise of size `σ e^{h_i}` on neuron i, the same
/// draws: its states times `e^{h_i}` against the given network's, in discrete time.
fn paths_apart(network: &Network, h: &[f64], seed: u64) -> Result<f64, ClaimError> {
    let (given, h) = (network.lifted(Tracked::exact), tracked(h));
    let rescaled = rescale_network(&given, &h, Homogeneity::Required)?;
    let sigma = Tracked::exact(SIGMA);
    let scales: Vec<Tracked> = h.iter().map(Scalar::exp).collect();
    let trials = Trials::single(vec![Vec::new(); STEPS], Tracked::exact(1.0));
    let states = |network: &Network<Tracked>, size: &dyn Fn(usize) -> Tracked| {
        let mut random = stream(seed, 1002);
        let mut states = Vec::new();
        Simulator::new(network, Dynamics::Discrete).run(
            &trials,
            |_, x| {
                for (i, (x, xi)) in x.iter_mut().zip(normals(&mut random, h.len(), 1.0)).enumerate() {
                    *x += &(size(i) * &Tracked::exact(xi));
                }
            },
            |_, x| states.extend(x.iter().cloned()),
        );
        states
    };
    let mut worst = WorstRatio::default();
    let others = states(&given, &|i| sigma * &scales[i]);
    for (k, (own, other)) in states(&rescaled, &|_| sigma).into_iter().zip(others).enumerate() {
        let own = own * &scales[k % h.len()];
        worst.add(own.value - other.value, own.error + other.error);
    }
    Ok(worst.worst())
}

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    // In the unit of the largest weight, an exact power of two: squares of the weights then stay in range.
    let given = &subject.network.weights;
    let largest = given.values().iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    let unit = -exponent(largest);
    let weights = &given.with_values(given.values().iter().map(|&x| times_power_of_two(x, unit)).collect());
    let n = weights.neurons();
    if weights.synapses() == 0 {
        evidence.note("no synapse: no noise is passed on");
        return Ok(evidence);
    }
    // Gains r_j between 0.2 and 1, as of neurons that are active part of the time.
    let gains: Vec<f64> =
        normals(&mut stream(subject.seed, 1000), n, 1.0).iter().map(|x| 0.2 + 0.8 * x.sin().abs()).collect();
    let expected: f64 = SIGMA
        * SIGMA
        * weights.triplets().map(|(_, j, value)| (formula.choose(gains[j], 1.0) * value).powi(2)).sum::<f64>();
    let mut random = stream(subject.seed, 1001);
    let mut sum = 0.0;
    for _ in 0..SAMPLES {
        let noise: Vec<f64> = normals(&mut random, n, SIGMA).iter().zip(&gains).map(|(xi, gain)| gain * xi).collect();
        sum += weights.times(&noise).iter().map(|value| value * value).sum::<f64>();
    }
    let mean = sum / SAMPLES as f64;
    evidence.at_most(
        format!("E|J R xi|^2 by {SAMPLES} samples against sigma^2 sum r_j^2 J_ij^2, relative difference"),
        (mean / expected - 1.0).abs(),
        STANDARD_ERRORS * (2.0 / SAMPLES as f64).sqrt(),
        "6 standard errors; the variance of |M xi|^2 is 2 tr((M^T M)^2), at most 2 (tr M^T M)^2",
    );

    // Balanced under that very cost, no rescaling does better.
    let spec = CostSpec::power(2.0).with_alpha(Alpha::PerSource(gains.iter().map(|gain| gain * gain).collect()));
    let network = Network::recurrent(weights.clone(), subject.network.activation.clone());
    let method = if n <= LARGEST_DENSE { Method::Newton } else { Method::NewtonCg };
    let balanced =
        Problem::new(&network, &spec, Scope::WithinComponents).and_then(|problem| problem.solve(method, &subject.stop));
    let balanced = match balanced {
        Ok(balanced) => balanced,
        // Squares of weights that fit another cost need not fit this one.
        Err(reason) if reason.is_out_of_range() => {
            evidence.undecided(format!("not balanced under the robustness cost: {reason}"));
            return Ok(evidence);
        }
        Err(fault) => return Err(fault.into()),
    };
    if !balanced.outcome.status.is_balanced() {
        evidence.undecided(format!("not balanced under the robustness cost: {}", balanced.outcome.status));
        return Ok(evidence);
    }
    let graph = tracked_graph(&balanced.graph);
    let least = tracked_cost(&graph, &tracked(&balanced.outcome.h));
    // Up to the imbalance that is left: ∇C·δ, bounded by p·tol·(r + c)·|δ| over all nodes, at most 2p·tol·C·max|δ|.
    let leftover = |h: &[f64]| {
        let far = h.iter().zip(&balanced.outcome.h).fold(0.0_f64, |far, (a, b)| far.max((a - b).abs()));
        4.0 * balanced.outcome.imbalance * least.value * far
    };
    let mut worst = WorstRatio::default();
    let start = vec![0.0; graph.nodes()];
    let others = (0..RESCALINGS).map(|k| normals(&mut stream(subject.seed, 1010 + k), graph.nodes(), 0.5));
    for h in std::iter::once(start).chain(others) {
        let other = tracked_cost(&graph, &tracked(&h));
        worst.add_violation(least.value - other.value, least.error + other.error + leftover(&h));
    }
    evidence.at_most(
        "robustness cost of the balanced network above that of the given one and of random rescalings, in units of the bound",
        worst.worst(),
        1.0,
        "running error analysis, and the leftover imbalance times the distance",
    );
    if network.activation.all(|activation| activation.degree() == Some(1.0)) {
        evidence.at_most(
            format!("states of the balanced network under noise, path by path over {STEPS} steps, against the given network's under noise of size sigma e^h, in units of the bound"),
            paths_apart(&network, &balanced.log_scales, subject.seed)?,
            1.0,
            "running error analysis of both runs",
        );
    }
    super::accumulated_noise::measure(subject, weights, &mut evidence)?;
    evidence.note(format!(
        "noise power passed on within components, before and after: {:.4e} and {:.4e} sigma^2",
        balanced.cost_initial, least.value
    ));
    Ok(evidence)
}
