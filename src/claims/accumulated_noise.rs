//! Claim `noise_robustness`, over several steps: the matrix of accumulated noise rescales like a cost, its total is the noise,
//! and balancing it makes that as small as any rescaling can.

use super::subject::{tracked_cost, tracked_graph, tracked_sum};
use super::{ClaimError, Evidence, Subject, WorstRatio};
use crate::balance::{Method, Problem, Scope};
use crate::cost::{AccumulatedNoise, CostSpec};
use crate::network::random::{normals, stream};
use crate::network::{Activation, Network, Weights, rescale_weights};
use crate::scalar::{Scalar, Tracked, tracked};

/// Steps, and what each weighs relative to the one before.
const STEPS: u32 = 3;
const DISCOUNT: f64 = 0.75;
/// Neurons beyond which it is left out: the matrix is dense, and carries error bounds.
const MOST_NEURONS: usize = 128;
/// Samples of the noise.
const SAMPLES: usize = 2000;
/// As for one step: with normal errors once in 10⁹ runs, and the seed is fixed.
const STANDARD_ERRORS: f64 = 6.0;
/// Random rescalings that the balanced one is compared with.
const RESCALINGS: u64 = 4;

/// Adds what is measured on `weights`, which are in the unit of the largest.
pub(super) fn measure(subject: &Subject, weights: &Weights, evidence: &mut Evidence) -> Result<(), ClaimError> {
    let n = weights.neurons();
    if n > MOST_NEURONS {
        evidence.note(format!("accumulated noise is measured on at most {MOST_NEURONS} neurons, and here are {n}"));
        return Ok(());
    }
    let noise = AccumulatedNoise::new(STEPS, DISCOUNT)?;
    let network = Network::recurrent(weights.clone(), Activation::Linear);
    let spec = CostSpec { accumulated: Some(noise), ..CostSpec::power(2.0) };
    let problem = match Problem::new(&network, &spec, Scope::WithinComponents) {
        Err(error) if error.is_out_of_range() => {
            evidence.note(format!("accumulated noise is left out: {error}"));
            return Ok(());
        }
        problem => problem?,
    };
    let given = network.lifted(Tracked::exact).weights;
    let matrix = noise.matrix(&given);

    let h = normals(&mut stream(subject.seed, 1020), n, 0.5);
    evidence.at_most(
        format!("matrix of the noise accumulated over {STEPS} steps after a random rescaling against M_ij e^2(h_j - h_i), in units of the bound"),
        apart(&noise.matrix(&rescale_weights(&given, &tracked(&h), 1.0)?), &matrix, &h),
        1.0,
        "running error analysis of both",
    );
    evidence.at_most(
        format!("noise accumulated over {STEPS} steps by {SAMPLES} samples against the total of its matrix, relative difference"),
        (sampled(&noise, weights, subject.seed) / tracked_sum(matrix).value - 1.0).abs(),
        STANDARD_ERRORS * (2.0 / SAMPLES as f64).sqrt(),
        "6 standard errors; the variance of xi^T A xi is 2 tr A^2, at most 2 (tr A)^2",
    );
    least(subject, &problem, evidence)
}

/// `M` of the rescaled weights against `M_ij e^{2(h_j − h_i)}`, the worst entry in units of its bound.
fn apart(rescaled: &[Tracked], matrix: &[Tracked], h: &[f64]) -> f64 {
    let (n, scales, mut worst) = (h.len(), tracked(h), WorstRatio::default());
    for (place, (found, entry)) in rescaled.iter().zip(matrix).enumerate() {
        let twice = (scales[place % n] - &scales[place / n]) * &Tracked::exact(2.0);
        let expected = *entry * &twice.exp();
        worst.add(found.value - expected.value, found.error + expected.error);
    }
    worst.worst()
}

/// `Σ_t γ^t |J^t ξ|²`, averaged over samples of ξ.
fn sampled(noise: &AccumulatedNoise, weights: &Weights, seed: u64) -> f64 {
    let mut random = stream(seed, 1021);
    let mut sum = 0.0;
    for _ in 0..SAMPLES {
        let mut state = normals(&mut random, weights.neurons(), 1.0);
        for step in 1..=noise.steps() {
            state = weights.times(&state);
            sum += noise.discount().powi(step as i32) * state.iter().map(|x| x * x).sum::<f64>();
        }
    }
    sum / SAMPLES as f64
}

/// Balanced, against the network as given, the network balanced in its squares, and random rescalings.
fn least(subject: &Subject, problem: &Problem, evidence: &mut Evidence) -> Result<(), ClaimError> {
    // Its powers need more room than the costs of one step, as the network is given and once it is balanced.
    let balanced = match problem.solve(Method::Newton, &subject.stop) {
        Err(error) if error.is_out_of_range() => {
            evidence.undecided(format!("accumulated noise was not balanced: {error}"));
            return Ok(());
        }
        balanced => balanced?,
    };
    if !balanced.outcome.status.is_balanced() {
        evidence.undecided(format!("accumulated noise was not balanced: {}", balanced.outcome.status));
        return Ok(());
    }
    let graph = tracked_graph(&balanced.graph);
    let least = tracked_cost(&graph, &tracked(&balanced.outcome.h));
    let one_step = Problem::new(problem.network(), &CostSpec::power(2.0), Scope::WithinComponents)
        .and_then(|problem| problem.solve(Method::Newton, &subject.stop));
    let one_step = match one_step {
        Err(error) if error.is_out_of_range() => {
            evidence.undecided(format!("the noise of one step was not balanced: {error}"));
            return Ok(());
        }
        one_step => one_step?,
    };
    let one_step = balanced.graph.prescaled(&one_step.log_scales);
    let n = graph.nodes();
    let others = (0..RESCALINGS).map(|k| normals(&mut stream(subject.seed, 1030 + k), n, 0.5));
    let mut worst = WorstRatio::default();
    for h in [vec![0.0; n], one_step].into_iter().chain(others) {
        let other = tracked_cost(&graph, &tracked(&h));
        // Up to the imbalance that is left, as for one step.
        let far = h.iter().zip(&balanced.outcome.h).fold(0.0_f64, |far, (a, b)| far.max((a - b).abs()));
        let leftover = 4.0 * balanced.outcome.imbalance * least.value * far;
        worst.add_violation(least.value - other.value, least.error + other.error + leftover);
    }
    evidence.at_most(
        "accumulated noise, balanced, above that of the given network, of the network balanced in its squares and of random rescalings, in units of the bound",
        worst.worst(),
        1.0,
        "running error analysis, and the leftover imbalance times the distance",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::control_subject;

    #[test]
    fn what_is_too_large_for_the_matrix_is_said_to_be_left_out() {
        let subject = control_subject().unwrap();
        let ring = |n: usize| Weights::from_triplets(n, (0..n).map(|i| (i, (i + 1) % n, 1.0)).collect()).unwrap();
        let mut evidence = Evidence::default();
        measure(&subject, &ring(MOST_NEURONS + 1), &mut evidence).unwrap();
        let said = "accumulated noise is measured on at most 128 neurons, and here are 129";
        assert_eq!((evidence.notes, evidence.measurements.len()), (vec![said.to_owned()], 0));
        let mut evidence = Evidence::default();
        measure(&subject, &ring(3), &mut evidence).unwrap();
        assert!(evidence.notes.is_empty() && !evidence.measurements.is_empty());
    }
}
