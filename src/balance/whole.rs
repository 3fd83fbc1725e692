//! From a network to its balanced network: graph facts first, then a solver, then a check of what comes out.

use std::time::Instant;

use super::{LeftOut, Method, Outcome, Solver, Status, Stop};
use crate::cost::{CostError, CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::{Homogeneity, Network, NetworkError, Pattern, Weights, rescale_network};

/// Which synapses are to be balanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them; an error if some lie on no cycle.
    Whole,
    /// Those inside strongly connected components; the rest is scaled along.
    WithinComponents,
}

/// Why a network could not be balanced at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    #[error(
        "{count} of {synapses} synapses lie on no directed cycle, so no balanced point exists: {examples}; drop them, or balance inside the components with --within-components"
    )]
    NotBalanceable { count: usize, synapses: usize, examples: String, on_no_cycle: Vec<(usize, usize)> },
    #[error("the tolerance is {value}; it must lie between 0 and 1")]
    BadTolerance { value: f64 },
    #[error("the allowance of passes is 0; it must be at least 1")]
    NoPasses,
    #[error(transparent)]
    LeftOut(#[from] LeftOut),
    #[error(transparent)]
    Cost(#[from] CostError),
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A balanced network, or how far the solver came.
#[derive(Clone, Debug)]
pub struct Balanced {
    /// The graph of the costs that were balanced.
    pub graph: CostGraph,
    /// Strongly connected components of the whole graph.
    pub components: usize,
    /// The synapses on no cycle, as (target, source); empty unless the scope leaves them out.
    pub on_no_cycle: Vec<(usize, usize)>,
    /// What the solver did. Its status is settled on the rescaled network, not on the solver's word.
    pub outcome: Outcome,
    /// The log-scales of the neurons (n).
    pub log_scales: Vec<f64>,
    /// The network rescaled by them.
    pub network: Network,
    /// Total cost before; infinite or zero if it is outside the range of `f64`, see `log2_cost_initial`.
    pub cost_initial: f64,
    /// Total cost after, likewise.
    pub cost_final: f64,
    /// `log2` of the total cost before; `−∞` without costs.
    pub log2_cost_initial: f64,
    /// `log2` of the total cost after.
    pub log2_cost_final: f64,
    /// The imbalance before.
    pub imbalance_initial: f64,
    /// `max_i |g_i|/(r_i + c_i)` of the rescaled network, measured on its weights.
    pub imbalance_final: f64,
    /// Time in the solver.
    pub seconds: f64,
}

/// Synapses named in a message before it ends in "…".
const EXAMPLES: usize = 5;

/// Balances a network.
///
/// # Errors
/// A cost that does not fit the network, a tolerance outside (0, 1), a method that this build does not have, or (for
/// [`Scope::Whole`]) synapses on no cycle.
/// A solver that stops early is not an error but an outcome: look at its status.
pub fn balance(
    network: &Network,
    spec: &CostSpec,
    scope: Scope,
    method: Method,
    stop: &Stop,
) -> Result<Balanced, BalanceError> {
    balance_by(network, spec, scope, &*method.solver()?, stop)
}

/// Balances a network by a solver with settings of its own.
///
/// # Errors
/// Those of [`balance`].
pub fn balance_by(
    network: &Network,
    spec: &CostSpec,
    scope: Scope,
    solver: &dyn Solver,
    stop: &Stop,
) -> Result<Balanced, BalanceError> {
    if !(stop.tol > 0.0 && stop.tol < 1.0) {
        return Err(BalanceError::BadTolerance { value: stop.tol });
    }
    if stop.max_passes == 0 {
        return Err(BalanceError::NoPasses);
    }
    let all = CostGraph::of_network(network, spec)?;
    let on_no_cycle = synapses_on_no_cycle(&all);
    let components = all.facts().strong_sizes().len();
    let graph = match (on_no_cycle.is_empty(), scope) {
        (true, _) => all,
        (false, Scope::WithinComponents) => all.within_components(),
        (false, Scope::Whole) => {
            return Err(BalanceError::NotBalanceable {
                count: on_no_cycle.len(),
                synapses: network.weights.synapses(),
                examples: examples(&on_no_cycle, all.world()),
                on_no_cycle,
            });
        }
    };
    let started = Instant::now();
    let mut outcome = solver.solve(&graph, stop);
    let seconds = started.elapsed().as_secs_f64();

    let h = total_log_scales(&graph, &outcome.h);
    let log_scales = h[..network.weights.neurons()].to_vec();
    let rescaled = rescale_network(network, &log_scales, Homogeneity::Required)?;
    let imbalance_final = measured_imbalance(&rescaled, spec, scope, &graph)?;
    if outcome.status.is_balanced() && (imbalance_final > stop.tol || imbalance_final.is_nan()) {
        outcome.status = Status::Stalled;
    }
    // In a frame the costs at h = 0 are not those of the network as given; and its unit may be beyond f64.
    let unit = graph.p() * f64::from(graph.frame().unit());
    let cost_final = outcome.cost * unit.exp2();
    let (cost_initial, imbalance_initial) = if graph.frame().is_identity() {
        (graph.total(graph.w()), node_costs(graph.pattern(), graph.w(), &0.0).imbalance().worst)
    } else {
        (graph.given_log2_total().exp2(), graph.given_imbalance())
    };
    Ok(Balanced {
        cost_initial,
        cost_final,
        log2_cost_initial: graph.given_log2_total(),
        log2_cost_final: outcome.cost.log2() + unit,
        imbalance_initial,
        graph,
        components,
        on_no_cycle,
        outcome,
        log_scales,
        network: rescaled,
        imbalance_final,
        seconds,
    })
}

/// The synapses of a graph that lie on no cycle, as (target, source).
pub(crate) fn synapses_on_no_cycle(graph: &CostGraph) -> Vec<(usize, usize)> {
    let mut left_out = graph.facts().on_no_cycle().iter().copied().peekable();
    let mut found = Vec::new();
    for (e, i, j) in graph.pattern().iter() {
        if left_out.next_if_eq(&e).is_some() {
            found.push((i, j));
        }
    }
    found
}

fn examples(pairs: &[(usize, usize)], world: Option<usize>) -> String {
    let name = |node: usize| if Some(node) == world { "world".to_owned() } else { node.to_string() };
    let mut text: Vec<String> =
        pairs.iter().take(EXAMPLES).map(|&(i, j)| format!("{} -> {}", name(j), name(i))).collect();
    if pairs.len() > EXAMPLES {
        text.push("...".to_owned());
    }
    format!("{} (source -> target, neurons count from 0)", text.join(", "))
}

/// The log-scales of all nodes relative to the network as given: those in the frame plus the frame's own, in the
/// gauge of [`super::fix_gauge`].
fn total_log_scales(graph: &CostGraph, h: &[f64]) -> Vec<f64> {
    let mut total: Vec<f64> = h.iter().enumerate().map(|(i, value)| value + graph.frame().log_scale(i)).collect();
    if !graph.frame().is_identity() {
        super::fix_gauge(graph, &mut total);
    }
    total
}

/// The imbalance of a rescaled network as it stands, over the synapses of the graph that was balanced.
fn measured_imbalance(
    network: &Network,
    spec: &CostSpec,
    scope: Scope,
    graph: &CostGraph,
) -> Result<f64, BalanceError> {
    if graph.world().is_none() && graph.frame().is_identity() {
        let costs = graph.costs_of_weights(weights_on(graph.pattern(), &network.weights));
        // A solver that went astray can leave costs that f64 loses; then they are looked at through a frame of their own.
        if costs.iter().all(|cost| cost.is_normal()) {
            return Ok(node_costs(graph.pattern(), &costs, &0.0).imbalance().worst);
        }
    }
    let mut graph = CostGraph::of_network(network, spec)?;
    if scope == Scope::WithinComponents {
        graph = graph.within_components();
    }
    // As given, not through the frame: that would be another network.
    Ok(graph.given_imbalance())
}

/// The weights of those synapses that `pattern` has, a part of their own, in its order.
fn weights_on<'a>(pattern: &'a Pattern, weights: &'a Weights) -> impl Iterator<Item = &'a f64> {
    (0..pattern.nodes()).flat_map(move |i| {
        let all = weights.pattern().sources(i).iter().zip(&weights.values()[weights.pattern().row(i)]);
        let mut wanted = pattern.sources(i).iter().peekable();
        all.filter_map(move |(source, weight)| wanted.next_if_eq(&source).map(|_| weight))
    })
}
