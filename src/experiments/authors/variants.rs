//! A trained network with its gains, and rescaled copies of it.

use rayon::prelude::*;

use super::{CONDITIONS, Rules, gain_trials};
use crate::balance::{Coordinates, Horizon, Method, OdeFlow, Scope, Stepper, fix_gauge};
use crate::cost::{Alpha, CostError, CostGraph, CostSpec};
use crate::experiments::{ExperimentError, balanced};
use crate::flow::node_costs;
use crate::network::{Homogeneity, Network, rescale_network};
use crate::tasks::{Noise, SideBySide};

/// A network with what its noiseless trials say of it.
pub(in crate::experiments) struct Integrating {
    /// Its name in tables.
    pub name: String,
    /// The network.
    pub network: Network,
    /// Mean gain `r_j` of every neuron: the share of time that it is active.
    pub gains: Vec<f64>,
    /// Mean square `P_j` of every neuron's state.
    pub power: Vec<f64>,
    /// Standard deviation of all states of all neurons together: the unit of the noise.
    pub deviation: f64,
}

/// A rescaled copy.
pub(in crate::experiments) struct Variant {
    /// Its name in legends.
    pub name: String,
    /// The log-scales.
    pub h: Vec<f64>,
    /// The network.
    pub network: Network,
}

/// Sums over time and trials.
struct Sums {
    steps: usize,
    active: Vec<f64>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Integrating {
    /// Runs the noiseless trials of so many repetitions.
    ///
    /// # Errors
    /// A network that is not rectified.
    pub fn new(name: &str, network: Network, seed: u64, repetitions: usize) -> Result<Self, ExperimentError> {
        Integrating::under(Rules::AUTHORS, name, network, seed, repetitions)
    }

    /// The same on trials of other rules.
    ///
    /// # Errors
    /// A network that is not rectified.
    pub fn under(
        rules: Rules,
        name: &str,
        network: Network,
        seed: u64,
        repetitions: usize,
    ) -> Result<Self, ExperimentError> {
        let n = network.weights.neurons();
        let run = SideBySide::<f32>::new(&network)?;
        let sums: Vec<Sums> = (0..repetitions)
            .into_par_iter()
            .map(|repetition| {
                let trials = rules.batch(seed, gain_trials(repetition..repetition + 1)).trials;
                let mut sums =
                    Sums { steps: trials.input.len(), active: vec![0.0; n], sum: vec![0.0; n], squares: vec![0.0; n] };
                let quiet = Noise::zero(n, CONDITIONS, trials.input.len());
                run.run(&trials, &[vec![0.0; n]], &quiet, |_, x| {
                    for (i, x) in x.chunks_exact(CONDITIONS).enumerate() {
                        for &x in x {
                            let x = f64::from(x);
                            sums.active[i] += f64::from(u8::from(x > 0.0));
                            sums.sum[i] += x;
                            sums.squares[i] += x * x;
                        }
                    }
                });
                sums
            })
            .collect();
        let steps: usize = sums.iter().map(|sums| sums.steps).sum();
        let count = (steps * CONDITIONS) as f64;
        let mean = |values: fn(&Sums) -> &Vec<f64>| -> Vec<f64> {
            (0..n).map(|i| sums.iter().map(|sums| values(sums)[i]).sum::<f64>() / count).collect()
        };
        let (gains, means, power) = (mean(|s| &s.active), mean(|s| &s.sum), mean(|s| &s.squares));
        let average = |values: &[f64]| values.iter().sum::<f64>() / n as f64;
        let deviation = (average(&power) - average(&means).powi(2)).sqrt();
        Ok(Integrating { name: name.to_owned(), network, gains, power, deviation })
    }

    /// The authors' cost: p = 2, every source neuron's mean gain, none below `floor`.
    ///
    /// # Errors
    /// A floor below 0.
    pub fn cost(&self, floor: f64) -> Result<CostSpec, CostError> {
        Ok(CostSpec::power(2.0).with_alpha(Alpha::at_least(&self.gains, floor)?))
    }

    /// Total robustness cost of a rescaled copy: its gains are those of the given network.
    ///
    /// # Errors
    /// None for a copy of this network.
    pub fn cost_of(&self, variant: &Variant) -> Result<f64, ExperimentError> {
        let graph = CostGraph::of_network(&variant.network, &self.cost(0.0)?)?;
        Ok(graph.total(graph.initial_costs()))
    }

    /// Mean square of all states of a rescaled copy, over that of the given network: `Σ P_j e^{−2h_j} / Σ P_j`.
    pub fn activity(&self, h: &[f64]) -> f64 {
        let powers = self.power.iter().zip(h);
        powers.map(|(power, h)| power * (-2.0 * h).exp()).sum::<f64>() / self.power.iter().sum::<f64>()
    }

    /// The given network itself.
    pub fn given(&self) -> Variant {
        Variant { name: "as given".to_owned(), h: vec![0.0; self.gains.len()], network: self.network.clone() }
    }

    /// Rescaled by log-scales.
    ///
    /// # Errors
    /// Log-scales that leave the range of numbers.
    pub fn rescaled(&self, name: &str, h: Vec<f64>) -> Result<Variant, ExperimentError> {
        let network = rescale_network(&self.network, &h, Homogeneity::Required)?;
        Ok(Variant { name: name.to_owned(), h, network })
    }

    /// Where the flow is at a time.
    ///
    /// # Errors
    /// An integrator that fails.
    pub fn flowed(&self, time: f64) -> Result<Variant, ExperimentError> {
        let graph = CostGraph::of_network(&self.network, &self.cost(0.0)?)?;
        let h = follow_the_flow(&graph, time, &self.name)?;
        self.rescaled(&format!("flow to T = {time}"), h)
    }

    /// Balanced exactly, within strong components (a neuron that is never active costs nothing and has no cycle); no gain
    /// below `floor`.
    ///
    /// # Errors
    /// A network that could not be balanced.
    pub fn balanced(&self, name: &str, floor: f64) -> Result<Variant, ExperimentError> {
        let what = || format!("{}, {name}", self.name);
        let found =
            balanced(&self.network, &self.cost(floor)?, Scope::WithinComponents, Method::Newton, what)?.into_run();
        self.rescaled(name, found.log_scales)
    }

    /// The same up to a common factor, such that its activity is that of the given network.
    ///
    /// # Errors
    /// Log-scales that leave the range of numbers.
    pub fn at_equal_activity(&self, variant: &Variant) -> Result<Variant, ExperimentError> {
        let shift = 0.5 * self.activity(&variant.h).ln();
        let h = variant.h.iter().map(|h| h + shift).collect();
        self.rescaled(&format!("{}, activity as given", variant.name), h)
    }
}

/// Accepted steps after which the flow is given up.
const MOST_STEPS: usize = 1_000_000;

/// The log-scales that the flow `ḣ = g(h)` from `h = 0` has at a time, by Dormand–Prince 5(4) up to the last step before it
/// and a classical Runge–Kutta step over the rest.
///
/// # Errors
/// An integrator that fails.
pub(in crate::experiments) fn follow_the_flow(
    graph: &CostGraph,
    time: f64,
    what: &str,
) -> Result<Vec<f64>, ExperimentError> {
    let rate = node_costs(graph.pattern(), graph.initial_costs(), &0.0).largest_degree();
    let horizon = Horizon::new(time * rate, MOST_STEPS);
    let failed = |status| ExperimentError::NotBalanced { what: format!("{what}, along the flow,"), status };
    let flow = OdeFlow { step_tol: STEP_TOL, ..OdeFlow::new(Stepper::Dopri5, Coordinates::LogScales) };
    let way = flow.trajectory(graph, &horizon).map_err(failed)?;
    let last = way.times.partition_point(|&t| t < time * way.rate).saturating_sub(1);
    let rest = time - way.times[last] / way.rate;
    let mut h = runge_kutta(graph, &way.states[last], rest);
    fix_gauge(graph, &mut h);
    h.truncate(graph.neurons());
    Ok(h)
}

/// Relative and absolute tolerance of a step: what is compared are losses with intervals of a per cent.
const STEP_TOL: f64 = 1e-8;

fn runge_kutta(graph: &CostGraph, h: &[f64], step: f64) -> Vec<f64> {
    let gradient = |h: &[f64]| node_costs(graph.pattern(), &graph.costs_at(h), &0.0).gradient();
    let moved = |k: &[f64], by: f64| -> Vec<f64> { h.iter().zip(k).map(|(h, k)| h + by * k).collect() };
    let k1 = gradient(h);
    let k2 = gradient(&moved(&k1, step / 2.0));
    let k3 = gradient(&moved(&k2, step / 2.0));
    let k4 = gradient(&moved(&k3, step));
    (0..h.len()).map(|i| h[i] + step / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Activation;
    use crate::network::random::{random_network, stream};
    use crate::tasks::training::initial_network;
    use crate::tasks::{FullIntegration, Simulator, Task};

    #[test]
    fn what_is_said_of_a_network_is_what_its_simulation_says() {
        let network = initial_network(&FullIntegration, 12, Activation::Relu, 5).unwrap();
        let subject = Integrating::new("small", network.clone(), 5, 2).unwrap();
        let trials = Rules::AUTHORS.batch(5, gain_trials(0..2)).trials;
        let simulator = Simulator::new(&network, FullIntegration.convention().dynamics);
        // The states before every step: those after the steps, and zero, without the last.
        let mut states = vec![vec![0.0; 12 * trials.count]];
        simulator.run(&trials, |_, _| (), |_, x| states.push(x.to_vec()));
        states.pop();
        let count = (states.len() * trials.count) as f64;
        let all: Vec<f64> = states.concat();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
        // Single precision, and states of order ten at most after 500 steps that forget.
        assert!((subject.deviation / variance.sqrt() - 1.0).abs() < 1e-5, "{} {}", subject.deviation, variance.sqrt());
        for j in 0..12 {
            let of = |f: &dyn Fn(f64) -> f64| {
                let states = states.iter().flat_map(|x| &x[j * trials.count..(j + 1) * trials.count]);
                states.map(|&x| f(x)).sum::<f64>() / count
            };
            let (power, active) = (of(&|x| x * x), of(&|x| f64::from(u8::from(x > 0.0))));
            assert!((subject.power[j] / power - 1.0).abs() < 1e-4, "{j}: {} {power}", subject.power[j]);
            // A state within rounding of zero can fall on either side: one in a thousand at most.
            assert!((subject.gains[j] - active).abs() < 1e-3, "{j}: {} {active}", subject.gains[j]);
        }
        let h: Vec<f64> = (0..12).map(|j| 0.1 * j as f64 - 0.5).collect();
        let moved = subject.rescaled("moved", h).unwrap();
        let equal = subject.at_equal_activity(&moved).unwrap();
        assert!((subject.activity(&equal.h) - 1.0).abs() < 1e-12);
        // The gauge leaves the cost as it is.
        let (one, other) = (subject.cost_of(&moved).unwrap(), subject.cost_of(&equal).unwrap());
        assert!((one / other - 1.0).abs() < 1e-12, "{one} {other}");
    }

    /// The error of a step of order four falls by 2^5 when the step is halved, and that of two such steps by 2^4.
    #[test]
    fn the_last_step_along_the_flow_is_of_order_four() {
        let weights = random_network(&mut stream(3, 0), 6, 0.5, 0.5).unwrap();
        let graph =
            CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).unwrap();
        let many = |steps: usize, time: f64| {
            (0..steps).fold(vec![0.0; 6], |h, _| runge_kutta(&graph, &h, time / steps as f64))
        };
        let rate = node_costs(graph.pattern(), graph.initial_costs(), &0.0).largest_degree();
        let time = 0.2 / rate;
        let exact = many(256, time);
        let error = |steps: usize| many(steps, time).iter().zip(&exact).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let order = (error(1) / error(2)).log2();
        // At steps that are no limit yet; other orders are a whole one away.
        assert!((3.5..4.5).contains(&order), "{order}: {:e} {:e}", error(1), error(2));
    }
}
