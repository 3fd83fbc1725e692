//! A network whose neurons have other degrees of homogeneity than one, with everything that its checks need computed once; and
//! how far two of its nearly balanced points can be apart.

use super::distance::{LEAST_PART, RESIDUAL, mean_growth, raise};
use super::subject::{ClaimError, LARGEST_DENSE, Subject, tracked_step, tracked_sum};
use crate::balance::{Criteria, DegreeError, DegreeProblem, DegreeRun, Method, Outcome, Scope};
use crate::cost::{CostSpec, DegreeCosts};
use crate::flow::NodeCosts;
use crate::network::random::{normals, stream};
use crate::network::{Activation, Network, NetworkError};
use crate::scalar::{Tracked, UNIT_ROUNDOFF, tracked};

/// The largest cost that is looked at: `f64` holds 2⁴⁰ times as much.
const LARGEST_COST: f64 = f64::MAX / (1_u64 << 40) as f64;

/// A network of any degrees under examination.
#[derive(Debug)]
pub struct DegreeSubject {
    /// The network as given.
    pub network: Network,
    /// The cost.
    pub spec: CostSpec,
    /// Which synapses are balanced.
    pub scope: Scope,
    /// When solvers stop.
    pub stop: Criteria<'static>,
    /// Seed of all random choices of the checks.
    pub seed: u64,
    /// Its costs, of the synapses that take part.
    pub costs: DegreeCosts,
    /// Directions in which its log-scales are free: [`DegreeProblem::free`].
    pub free: Vec<Vec<(usize, f64)>>,
    /// Strongly connected components.
    pub components: usize,
    /// Neurons, and the world, in the largest of them.
    pub largest_component: usize,
    /// Synapses that are left out: [`DegreeProblem::on_no_cycle`].
    pub on_no_cycle: Vec<(usize, usize)>,
    /// The reference: balanced by Newton's method, dense up to [`LARGEST_DENSE`] neurons.
    pub reference: DegreeRun,
    /// The runs of all other solvers that were asked for.
    pub runs: Vec<DegreeRun>,
}

impl DegreeSubject {
    /// Balances the network with the reference method and with each of `methods`; `progress` hears of every solver
    /// before it starts.
    ///
    /// # Errors
    /// A cost that does not fit the network or has no minimum, a rescaled network that leaves the range of `f64`, or a method that is
    /// there for degree one only.
    pub fn new(
        network: Network,
        spec: CostSpec,
        scope: Scope,
        methods: &[Method],
        stop: Criteria<'static>,
        seed: u64,
        progress: &dyn Fn(&str),
    ) -> Result<Self, DegreeError> {
        let problem = DegreeProblem::new(&network, &spec, scope)?;
        let small = network.weights.neurons() <= LARGEST_DENSE;
        let method = if small { Method::Newton } else { Method::NewtonCg };
        progress(method.name());
        // A run whose rescaled network leaves the range of f64 hands out the network given, which claims would take for balanced.
        let solve = |method| {
            let run = problem.solve(method, &stop)?;
            problem.rescaled(&run.outcome.h).map(|_| run)
        };
        let reference = solve(method)?;
        let mut runs = Vec::new();
        for &other in methods.iter().filter(|&&other| other != method) {
            progress(other.name());
            runs.push(solve(other)?);
        }
        let costs = problem.costs().clone();
        let (free, on_no_cycle) = (problem.free().to_vec(), problem.on_no_cycle().to_vec());
        let (components, largest_component) = (problem.components(), problem.largest_component());
        Ok(DegreeSubject {
            network,
            spec,
            scope,
            stop,
            seed,
            costs,
            free,
            components,
            largest_component,
            on_no_cycle,
            reference,
            runs,
        })
    }

    /// The problem anew.
    ///
    /// # Errors
    /// None is expected: it was one already.
    pub fn problem(&self) -> Result<DegreeProblem<'_>, DegreeError> {
        DegreeProblem::new(&self.network, &self.spec, self.scope)
    }

    /// Random log-scales for one purpose, one for each neuron, standard deviation `scale`; halved until costs leave room there.
    pub fn random_scales(&self, purpose: u64, scale: f64) -> Vec<f64> {
        let mut h = normals(&mut stream(self.seed, purpose), self.costs.neurons(), scale);
        // At zero, where halving leads, costs are the given ones.
        while !self.leaves_room(&h) && h.iter().any(|&h| h != 0.0) {
            h.iter_mut().for_each(|h| *h *= 0.5);
        }
        h
    }

    /// Whether the cost at log-scales leaves `f64` room for products with exponents and distances, squared ones too.
    pub fn leaves_room(&self, h: &[f64]) -> bool {
        self.costs.total(&self.costs.costs_at(h), &0.0) <= LARGEST_COST
    }

    /// The reference and all runs.
    pub fn all_runs(&self) -> impl Iterator<Item = &DegreeRun> {
        std::iter::once(&self.reference).chain(&self.runs)
    }

    /// What all solvers did, the reference first.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.all_runs().map(|run| &run.outcome)
    }
}

/// Degrees that the neurons of a network of degree one get in turn.
const IN_TURN: [Activation; 4] = [
    Activation::Relu,
    Activation::RectifiedPower { degree: 2.0 },
    Activation::RectifiedPower { degree: 0.5 },
    Activation::RectifiedPower { degree: 3.0 },
];

/// Weight of the world in that network's cost.
const WORLD: f64 = 1.0;

/// A subject of degree one with other neurons: the weights that balance it, now between neurons of degrees 1, 2, 1/2 and 3 in
/// turn, each with an input and a read-out weight of the typical size, so that its cost has a minimum whatever the degrees.
/// `None` with the reason where costs leave the range of normal numbers, which networks of degree one are prescaled for.
pub fn with_degrees_in_turn(subject: &Subject) -> Result<Result<DegreeSubject, String>, ClaimError> {
    let n = subject.network.weights.neurons();
    let weights = &subject.reference.network.weights;
    let logs: Vec<f64> = weights.values().iter().map(|value| value.abs().ln()).collect();
    let typical = if logs.is_empty() { 0.0 } else { logs.iter().sum::<f64>() / logs.len() as f64 };
    let values = weights.values().iter().map(|value| value.signum() * (value.abs().ln() - typical).exp()).collect();
    let mut random = stream(subject.seed, 1_300);
    let mut matrix = |rows, columns| nalgebra::DMatrix::from_vec(rows, columns, normals(&mut random, n, 1.0));
    let (w_in, w_out) = (Some(matrix(n, 1)), Some(matrix(1, n)));
    let activation: Vec<Activation> = (0..n).map(|neuron| IN_TURN[neuron % IN_TURN.len()]).collect();
    let network = Network { w_in, w_out, ..Network::recurrent(weights.with_values(values), activation) };
    let spec = CostSpec { accumulated: None, ..subject.spec.clone() }.with_world(WORLD);
    let methods = [Method::NewtonCg, Method::Osborne];
    // These runs are the claim's own: a tolerance that is loose for the network as given would leave them too far apart to tell.
    let stop = Criteria { tol: subject.stop.tol.min(Criteria::default().tol), ..subject.stop };
    match DegreeSubject::new(network, spec, Scope::Whole, &methods, stop, subject.seed, &|_| ()) {
        Ok(found) => Ok(Ok(found)),
        // Weights that fit `f64` need not fit it in units of their typical size.
        Err(reason @ DegreeError::Network(NetworkError::WeightNotFinite { .. })) => {
            Ok(Err(format!("neurons of other degrees: {reason}")))
        }
        Err(reason) if reason.is_out_of_range() => Ok(Err(format!("neurons of other degrees: {reason}"))),
        Err(fault) => Err(fault.into()),
    }
}

/// What pulls every log-scale up and down, with error bounds.
pub fn tracked_pulls(costs: &DegreeCosts<Tracked>, h: &[Tracked]) -> NodeCosts<Tracked> {
    costs.pulls(&costs.costs_at(h), &Tracked::exact(0.0))
}

/// `h + step·direction`, and the cost there.
pub fn tracked_total(costs: &DegreeCosts<Tracked>, h: &[f64], step: f64, direction: &[f64]) -> Tracked {
    costs.total(&costs.costs_at(&tracked_step(h, step, direction)), &Tracked::exact(0.0))
}

/// `Σ a_i b_i`.
pub fn tracked_dot(a: &[Tracked], b: &[f64]) -> Tracked {
    tracked_sum(a.iter().zip(b).map(|(a, b)| *a * &Tracked::exact(*b)))
}

/// Two points compared: `|δ_i|` of each neuron, and the bound on it.
pub struct Apart {
    /// `|δ_i|`, with what is free taken out.
    pub distance: Vec<f64>,
    /// The bound `z_i`.
    pub bound: Vec<f64>,
}

/// Compares `h` with the nearly balanced reference; `extra` is added to the residual of each neuron. `Err` with the reason
/// where no bound can be had.
///
/// The gradients of the cost at both points differ by `Mδ`, `M` the mean of the Hessians `p² Σ C_ij b bᵀ`,
/// `b = k_j e_j − e_i`, between them: the mean of a cost is `(e^x − 1)/x` times that at the reference, `x = p(k_j δ_j − δ_i)`, so M
/// is known but for rounding, however far apart the points are. No entry beside its diagonal is positive, and it is positive definite
/// once one neuron of every free direction is held: an M-matrix. So if `(Mz)_i ≥ |∇C|_i + |∇C'|_i` for some `z ≥ 0`,
/// `|δ_i| ≤ z_i`: the comparison principle of degree one. Whether z, from one solve with M, is good enough is checked.
pub fn compare(subject: &DegreeSubject, h: &[f64], extra: &[f64]) -> Result<Apart, String> {
    let part = (subject.costs.neurons() > LARGEST_DENSE).then_some(LEAST_PART);
    let found = compare_raised(subject, h, extra, part);
    // Beside neurons that a loose tolerance left far from balanced, rounding hides one that is balanced to the last digit: as where an
    // iteration solves, more is asked of it.
    if found.is_err() && part.is_none() { compare_raised(subject, h, extra, Some(LEAST_PART)) } else { found }
}

/// The same with every neuron asked for at least that part of the most, if any.
fn compare_raised(subject: &DegreeSubject, h: &[f64], extra: &[f64], part: Option<f64>) -> Result<Apart, String> {
    let (costs, reference) = (&subject.costs, subject.reference.outcome.h.as_slice());
    let n = costs.neurons();
    let exact = costs.lifted(Tracked::exact);
    let gradient = |h: &[f64]| tracked_pulls(&exact, &tracked(h)).gradient();
    let p = costs.p();
    let residual: Vec<f64> = gradient(reference)
        .iter()
        .zip(&gradient(h))
        .zip(extra)
        .map(|((a, b), extra)| p * (a.magnitude() + b.magnitude()) + extra)
        .collect();

    // One neuron of every free direction is held, the difference moved along it; its residual is what the others leave it.
    let mut delta: Vec<f64> = h.iter().zip(reference).map(|(b, a)| b - a).collect();
    let rates = |x: &[f64]| -> Vec<f64> { costs.synapses().iter().map(|synapse| costs.rate(synapse, x)).collect() };
    let mut mean = costs.costs_at(reference);
    for (cost, rate) in mean.iter_mut().zip(rates(&delta)) {
        *cost *= mean_growth(p * rate);
    }
    let mut right: Vec<f64> = residual.iter().map(|value| 2.0 * value / (p * p)).collect();
    if let Some(part) = part {
        let degrees: Vec<f64> = costs.pulls(&mean, &0.0).degrees().collect();
        raise(&mut right, &degrees[..n], part);
    }
    let mut held = vec![false; n];
    for direction in &subject.free {
        let Some(&(first, rate)) = direction.first() else { continue };
        let part = delta[first] / rate;
        direction.iter().for_each(|&(i, v)| delta[i] -= part * v);
        held[first] = true;
        let others: f64 = direction[1..].iter().map(|&(i, v)| v * right[i]).sum();
        right[first] = -others / rate;
    }
    let problem = subject.problem().map_err(|error| error.to_string())?;
    let mut z = if n <= LARGEST_DENSE {
        let singular = |neuron| format!("no bound on distances: the Hessian is singular at neuron {neuron}");
        problem.hessian_solution(&mean, &right).map_err(singular)?
    } else {
        problem.approximate_hessian_solution(&mean, &right, RESIDUAL)
    };
    for direction in &subject.free {
        let Some(&(first, rate)) = direction.first() else { continue };
        let part = z[first] / rate;
        direction.iter().for_each(|&(i, v)| z[i] -= part * v);
    }

    let largest = reference.iter().chain(h).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let steepest = costs.degrees().iter().fold(1.0_f64, |most, degree| most.max(*degree));
    let mut synapses = vec![0_usize; n + 1];
    for synapse in costs.synapses() {
        synapses[synapse.target.min(n)] += 1;
        synapses[synapse.source.min(n)] += 1;
    }
    let terms = synapses[..n].iter().copied().max().unwrap_or(0);
    let slack = rounding(p, steepest, largest, terms);
    let mut reached = vec![0.0; n];
    for ((synapse, cost), rate) in costs.synapses().iter().zip(&mean).zip(rates(&z)) {
        let flow = p * p * cost * rate;
        let mut add = |node: usize, entry: f64| {
            if node < n {
                reached[node] += entry * flow - slack * (entry * flow).abs();
            }
        };
        if synapse.target == synapse.source {
            add(synapse.target, synapse.degree - 1.0);
        } else {
            add(synapse.target, -1.0);
            add(synapse.source, synapse.degree);
        }
    }
    for neuron in (0..n).filter(|&neuron| !held[neuron]) {
        let enough = reached[neuron] >= residual[neuron] && z[neuron] >= 0.0 && z[neuron].is_finite();
        if !enough {
            return Err(format!(
                "no bound on distances: neuron {neuron} needs {:.1e} and the comparison vector gives {:.1e}; the costs are too far apart for f64",
                residual[neuron], reached[neuron]
            ));
        }
    }
    Ok(Apart { distance: delta.iter().map(|value| value.abs()).collect(), bound: z })
}

/// What rounding adds to the relative change of a cost: of the exponents, whose parts are at most (1 + k) max|h| (4p units of each at the
/// reference, 8p of the differences along which the cost grows), of the products (24), and of the sums over the synapses of a neuron.
fn rounding(p: f64, largest_degree: f64, largest_log_scale: f64, synapses: usize) -> f64 {
    UNIT_ROUNDOFF * (12.0 * p * (1.0 + largest_degree) * largest_log_scale + 24.0 + synapses as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Weights;

    #[test]
    fn rounding_is_reckoned_in_units() {
        assert_eq!(rounding(2.0, 3.0, 5.0, 7) / UNIT_ROUNDOFF, 480.0 + 24.0 + 7.0);
        assert_eq!(rounding(0.5, 1.0, 0.0, 1) / UNIT_ROUNDOFF, 25.0);
    }

    fn subject(weights: Vec<(usize, usize, f64)>) -> DegreeSubject {
        let activation = [0.5, 2.0].map(|degree| Activation::RectifiedPower { degree }).to_vec();
        let network = Network::recurrent(Weights::from_triplets(2, weights).unwrap(), activation);
        DegreeSubject::new(network, CostSpec::power(2.0), Scope::Whole, &[], Criteria::default(), 1, &|_| ()).unwrap()
    }

    #[test]
    fn a_network_that_rescaled_leaves_the_range_is_no_subject() {
        let weights = Weights::from_triplets(3, vec![(0, 1, 1.2), (1, 0, 0.3), (1, 2, 2.0), (2, 0, 1.0), (2, 1, 0.7)]);
        let degrees = [1e300, 1.0, 1e-300].map(|degree| Activation::RectifiedPower { degree }).to_vec();
        let network = Network {
            w_in: Some(nalgebra::DMatrix::from_element(3, 1, 1.0)),
            w_out: Some(nalgebra::DMatrix::from_element(1, 3, 1.0)),
            ..Network::recurrent(weights.unwrap(), degrees)
        };
        let spec = CostSpec::power(2.0).with_world(1.0);
        let refused = DegreeSubject::new(network, spec, Scope::Whole, &[], Criteria::default(), 1, &|_| ()).err();
        assert!(refused.as_ref().is_some_and(DegreeError::is_out_of_range), "{refused:?}");
    }

    #[test]
    fn random_log_scales_are_halved_until_costs_have_room() {
        let harmless = subject(vec![(0, 1, 2.0), (1, 0, 3.0)]).random_scales(7, 0.5);
        // Costs of 1e294: the largest that are looked at are 1.6e296, which some tenths of a log-scale add.
        let large = subject(vec![(0, 1, 1e147), (1, 0, 1e147)]);
        assert!(!large.leaves_room(&harmless.iter().map(|h| 16.0 * h).collect::<Vec<_>>()));
        let found = large.random_scales(7, 8.0);
        assert!(large.leaves_room(&found));
        let halvings = (16.0 * harmless[0] / found[0]).log2();
        assert!(halvings >= 1.0 && halvings.fract() == 0.0, "{halvings}");
        assert!(!large.leaves_room(&found.iter().map(|h| 2.0 * h).collect::<Vec<_>>()));
    }
}
