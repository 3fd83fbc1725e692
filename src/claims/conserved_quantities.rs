//! Claim `conserved_quantities`.

use super::controls::{Control, Formula};
use super::subject::{LARGEST_DENSE, tracked_gradient, tracked_graph};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::conserved::{
    CycleBasis, eigenvalues, first_sign_change, independent_count, nearest_eigenvector_residual, traces_of_powers,
};
use crate::network::{NetworkError, Weights, exponent, rescale_weights, times_power_of_two};
use crate::scalar::{Tracked, largest_or_nan, tracked};

pub const CLAIM: Claim = Claim {
    id: "conserved_quantities",
    statement: "Products along closed walks, signs and zero pattern, the diagonal, traces of powers, the spectrum and the sum of the log-scales stay constant; E - n + (weak components) of them are independent.",
    source: "Stock et al. 2022, Methods (conserved quantities); Baldi et al. 2024",
    theorems: &[
        "conserved_quantities_closed_walks",
        "conserved_quantities_signs",
        "conserved_quantities_diagonal",
        "conserved_quantities_traces",
        "conserved_quantities_char_poly",
        "conserved_quantities_spectrum",
        "conserved_quantities_log_scales",
        "conserved_quantities_exponents",
        "conserved_quantities_count",
        "conserved_quantities_complete",
        "conserved_quantities_flow",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "products along closed walks, traces and the spectrum are those of a similarity, which the transform is for degree one only; signs and the zero pattern are kept for every degree",
    ),
    control: Control {
        broken: "each rescaled weight stronger by another part in a thousand, and the first with the other sign",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Powers whose traces are compared.
const POWERS: usize = 6;
/// Eigenvalues that are looked for in the transformed matrix, largest first.
const LEADING: usize = 6;
/// Neurons times synapses beyond which traces (n passes over the synapses for each power) are left out, and it says so.
const LARGEST_TRACES: usize = 200_000_000;
/// Neurons beyond which the eigenvalue comparison is left out, and it says so.
const LARGEST_SPECTRUM: usize = 400;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let n = subject.network.weights.neurons();
    let before = &subject.network.weights;
    let exact = before.lifted(Tracked::exact);

    for (label, h, output) in [
        ("random h", subject.random_scales(300, 1.0)[..n].to_vec(), None),
        ("balancing h", subject.reference.log_scales.clone(), Some(&subject.reference.network.weights)),
    ] {
        // The weights as the program puts them out, with the bound that the transform's error analysis gives.
        let mut after = match rescale_weights(&exact, &tracked(&h), 1.0) {
            Ok(after) => after,
            // A network near the end of the range need not have room for random log-scales.
            Err(reason @ NetworkError::RescaledOutOfRange { .. }) => {
                evidence.undecided(format!("{label}: {reason}"));
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        if let Some(output) = output {
            let values = output.values().iter().zip(after.values());
            after = after.with_values(values.map(|(&value, with)| Tracked { value, error: with.error }).collect());
        }
        if formula == Formula::Broken {
            let grown = after.values().iter().enumerate().map(|(e, weight)| *weight * &Tracked::exact(grown(e)));
            after = after.with_values(grown.collect());
        }
        cycle_products(&mut evidence, label, &exact, &after);
        let plain: Vec<f64> = after.values().iter().map(|value| value.value).collect();
        let flipped = usize::from(first_sign_change(before.values(), &plain).is_some());
        evidence.at_most(format!("synapses that change sign or vanish under {label}"), flipped as f64, 0.0, "exact");
        let diagonal = before.triplets().zip(&plain).filter(|((i, j, a), b)| i == j && a != b).count();
        evidence.at_most(format!("self-synapses changed under {label}"), diagonal as f64, 0.0, "exact: a factor e^0");
        traces(&mut evidence, label, &exact, &after);
        if output.is_some() {
            spectrum(&mut evidence, subject, &before.with_values(plain));
        }
    }

    // d(Σh)/dt = Σ g, over each weak component.
    let graph = tracked_graph(subject.graph());
    let g = tracked_gradient(&graph, &tracked(&subject.random_scales(301, 0.5)));
    let weak = graph.facts().weak();
    let mut sums = vec![Tracked::exact(0.0); graph.facts().weak_count()];
    for (value, &component) in g.iter().zip(weak) {
        sums[component as usize] += value;
    }
    let mut worst = WorstRatio::default();
    for sum in &sums {
        worst.add(sum.value, sum.error);
    }
    evidence.at_most(
        "rate of change of the sum of log-scales of a weak component, in units of its rounding bound",
        worst.worst(),
        1.0,
        "running error analysis of the sum of the neural gradient",
    );

    let count = independent_count(before.pattern());
    if n > LARGEST_DENSE {
        evidence.note(format!("the rank of the incidence matrix is left out: more than {LARGEST_DENSE} neurons"));
    } else if let Some(rank) = orbit_dimension(before) {
        let counted = before.synapses() - rank;
        evidence.at_most(
            "independent conserved quantities: E - (dimension of the orbit) against E - n + (weak components), difference",
            counted.abs_diff(count) as f64,
            0.0,
            "exact: the orbit's dimension is the rank of the incidence matrix, n - (weak components)",
        );
    } else {
        evidence.undecided("the eigenvalues of the unweighted Laplacian did not converge");
    }
    evidence.note(format!("{count} independent conserved quantities of {} weights", before.synapses()));
    Ok(evidence)
}

/// The factor that the control puts on synapse `e`: another one on each, and -1 on the first, so that no closed walk keeps its
/// product.
fn grown(e: usize) -> f64 {
    let sign = if e == 0 { -1.0 } else { 1.0 };
    sign * (1.0 + 1e-3 * (1.0 + e as f64).sqrt())
}

fn cycle_products(evidence: &mut Evidence, label: &str, before: &Weights<Tracked>, after: &Weights<Tracked>) {
    let basis = CycleBasis::of(before.pattern());
    let zero = Tracked::exact(0.0);
    let (mut worst, mut unbounded) = (WorstRatio::default(), 0_usize);
    for k in 0..basis.len() {
        let (a, b) = (basis.log_product(k, before.values(), &zero), basis.log_product(k, after.values(), &zero));
        // A weight that is rounded to a few digits, or to none, has a logarithm that nothing is known about.
        if (a.error + b.error).is_finite() {
            worst.add(b.value - a.value, a.error + b.error);
        } else {
            unbounded += 1;
        }
    }
    if unbounded > 0 {
        evidence.undecided(format!("{unbounded} basis cycles under {label}: f64 gives no bound on their log products"));
    }
    if worst.seen() + unbounded == 0 {
        evidence.note("no cycle, not even without directions: no cycle products");
        return;
    }
    if worst.seen() == 0 {
        return;
    }
    evidence.at_most(
        format!(
            "change of the log product of a basis cycle under {label}, in units of its rounding bound, worst of {}",
            worst.seen()
        ),
        worst.worst(),
        1.0,
        "running error analysis of the transform and of both sums of logarithms",
    );
}

fn traces(evidence: &mut Evidence, label: &str, before: &Weights<Tracked>, after: &Weights<Tracked>) {
    if before.neurons() * before.synapses() > LARGEST_TRACES {
        evidence.note(format!("traces of powers left out: neurons times synapses are more than {LARGEST_TRACES}"));
        return;
    }
    // In the unit of the largest weight, an exact power of two, so that no power overflows.
    let largest = before.values().iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.value.abs()));
    let unit = Tracked::exact(times_power_of_two(1.0, -exponent(largest).clamp(-1000, 1000)));
    let in_unit =
        |weights: &Weights<Tracked>| weights.with_values(weights.values().iter().map(|x| *x * &unit).collect());
    let (before, after) = (&in_unit(before), &in_unit(after));
    let zero = Tracked::exact(0.0);
    let (a, b) = (traces_of_powers(before, POWERS, &zero), traces_of_powers(after, POWERS, &zero));
    let mut worst = WorstRatio::default();
    for (a, b) in a.iter().zip(&b) {
        worst.add(b.value - a.value, a.error + b.error);
    }
    evidence.at_most(
        format!("change of the traces of the first {POWERS} powers under {label}, in units of the rounding bound"),
        worst.worst(),
        1.0,
        "running error analysis of the transform and of the powers",
    );
}

/// The leading eigenvalues of the balanced matrix must be eigenvalues of the given one. A computed eigenvalue `λ` is
/// exact for a matrix within `c·n·u·‖J'‖_F` of the balanced one; carried back by `e^{H}…e^{−H}`, that distance grows
/// by at most `e^{max h − min h}`, and the residual search adds as much again. Both matrices are looked at in the unit of
/// their largest weight, an exact power of two, so that no product leaves the range of `f64`.
fn spectrum(evidence: &mut Evidence, subject: &Subject, balanced: &Weights) {
    let n = balanced.neurons();
    if n > LARGEST_SPECTRUM {
        evidence.note(format!("eigenvalues left out: more than {LARGEST_SPECTRUM} neurons; traces of powers stand in"));
        return;
    }
    let given = &subject.network.weights;
    let largest = given.values().iter().chain(balanced.values()).fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest == 0.0 {
        evidence.note("no weight: all eigenvalues are 0, before and after");
        return;
    }
    let unit = -exponent(largest);
    let in_unit = |weights: &Weights| weights.to_dense().map(|value| times_power_of_two(value, unit));
    let (given, balanced) = (in_unit(given), in_unit(balanced));
    let h = &subject.reference.log_scales;
    let (low, high) = h.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
    let backward = 10.0 * n as f64 * f64::EPSILON;
    let bound = backward * (balanced.norm() * (high - low).exp() + given.norm());
    // Zero is an eigenvalue of a matrix that is off by the whole norm: a bound as large says nothing.
    if bound.is_nan() || bound >= given.norm() {
        evidence.note(format!(
            "eigenvalues left out: carried back over log-scales that are {:.1} apart, their rounding is as large as the matrix; traces of powers stand in",
            high - low
        ));
        return;
    }
    let leading = match eigenvalues(&balanced) {
        Ok(leading) => leading,
        Err(reason) => {
            evidence.note(format!("eigenvalues left out: {reason}; traces of powers stand in"));
            return;
        }
    };
    if leading.iter().any(|value| !(value.re.is_finite() && value.im.is_finite())) {
        evidence.note("eigenvalues left out: their iteration left the range of f64; traces of powers stand in");
        return;
    }
    let residuals = leading.iter().take(LEADING).map(|&eigenvalue| nearest_eigenvector_residual(&given, eigenvalue));
    let worst = largest_or_nan(residuals);
    evidence.at_most(
        format!("distance of the given matrix from having the {LEADING} leading eigenvalues of the balanced one, in the unit of the largest weight"),
        worst,
        bound,
        "backward error 10 n epsilon of the eigenvalues, carried back by at most e^{max h - min h}, and of the search",
    );
}

/// The rank of the incidence matrix, by the eigenvalues of its Gram matrix: the unweighted Laplacian. Its smallest
/// non-zero eigenvalue is at least `4/n²` for `n` nodes (a path), so `1/n²` separates zero from non-zero.
fn orbit_dimension(weights: &Weights) -> Option<usize> {
    let n = weights.neurons();
    let mut laplacian = nalgebra::DMatrix::<f64>::zeros(n, n);
    for (i, j, _) in weights.triplets().filter(|(i, j, _)| i != j) {
        laplacian[(i, i)] += 1.0;
        laplacian[(j, j)] += 1.0;
        laplacian[(i, j)] -= 1.0;
        laplacian[(j, i)] -= 1.0;
    }
    let threshold = 1.0 / (n * n) as f64;
    let eigen = nalgebra::SymmetricEigen::try_new(laplacian, f64::EPSILON, 1000 + 100 * n)?;
    Some(eigen.eigenvalues.iter().filter(|&&value| value > threshold).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Activation, Network};

    #[test]
    fn traces_of_large_networks_are_left_out_aloud() {
        let n = 1 + (LARGEST_TRACES as f64).sqrt() as usize;
        let ring = |n: usize| Weights::from_triplets(n, (0..n).map(|i| (i, (i + 1) % n, 1.0)).collect()).unwrap();
        for (n, left_out) in [(n, true), (9, false)] {
            let weights = Network::recurrent(ring(n), Activation::Linear).lifted(Tracked::exact).weights;
            let mut evidence = Evidence::default();
            traces(&mut evidence, "no change", &weights, &weights);
            assert_eq!((evidence.notes.len(), evidence.measurements.len()), if left_out { (1, 0) } else { (0, 1) });
        }
    }

    #[test]
    fn the_rank_of_the_incidence_matrix_is_neurons_without_weak_components() {
        // A path of three, which has the smallest eigenvalue, a pair with synapses both ways, and a neuron with a self-synapse.
        let triplets = vec![(1, 0, 1.0), (2, 1, 1.0), (3, 4, 1.0), (4, 3, 1.0), (5, 5, 1.0)];
        assert_eq!(orbit_dimension(&Weights::from_triplets(6, triplets).unwrap()), Some(3));
    }
}
