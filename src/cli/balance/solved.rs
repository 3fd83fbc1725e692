//! What a solver made of a network, of degree one or of any degrees, as far as `synbal balance` goes on from there.

use std::sync::Arc;

use synbal::balance::{BalanceError, Criteria, DegreeProblem, DegreeRun, Method, NewtonCg, Outcome, Problem, Run};
use synbal::cost::{CostError, CostGraph, CostSpec, DegreeCosts};
use synbal::network::Network;

use crate::cli::CliError;
use crate::cli::arguments::{BalanceOptions, scope, stop};

/// A network that a solver has been through.
pub struct Solved {
    pub outcome: Outcome,
    pub log_scales: Vec<f64>,
    pub network: Network,
    pub cost_initial: f64,
    pub cost_final: f64,
    pub log2_cost_initial: f64,
    pub log2_cost_final: f64,
    pub imbalance_initial: f64,
    pub imbalance_final: f64,
    pub seconds: f64,
    pub p: f64,
    pub components: usize,
    pub on_no_cycle: usize,
    /// Every synapse was left out.
    pub nothing: bool,
    /// The graph that more digits are found on; `None` for other degrees than one.
    #[cfg_attr(not(feature = "precise"), expect(dead_code, reason = "more digits need multiple precision"))]
    pub graph: Option<Arc<CostGraph>>,
}

impl Solved {
    /// Balances a network as the options say.
    pub fn by(options: &BalanceOptions, network: &Network, spec: &CostSpec) -> Result<Self, CliError> {
        match network.activation.homogeneous_degrees()?.first_not_one() {
            None => Ok(of_degree_one(options, network, spec)?.into()),
            Some((neuron, degree)) => {
                if options.input.gains.is_some() {
                    let activation = network.activation.at(neuron).name();
                    return Err(CostError::GainsNotInvariant { activation, degree }.into());
                }
                let only_degree_one = [
                    (options.stop_at_gradient.is_some(), "--stop-at-gradient"),
                    (options.powers_of_two, "--powers-of-two"),
                ];
                if let Some((_, option)) = only_degree_one.into_iter().find(|(given, _)| *given) {
                    return Err(CliError::Misplaced { option, case: "activations of degree one".to_owned() });
                }
                of_any_degree(options, network, spec)
            }
        }
    }
}

fn of_degree_one(options: &BalanceOptions, network: &Network, spec: &CostSpec) -> Result<Run, CliError> {
    let problem = Problem::new(network, spec, scope(options.within_components))?;
    if options.digits.is_some() {
        // A start: how near it is, does not matter here.
        return Ok(problem.solve(Method::Auto, &Criteria::default())?);
    }
    let solver = match options.stop_at_gradient {
        None => options.method.solver().map_err(BalanceError::from)?,
        part => Box::new(NewtonCg { stop_at_gradient: part, ..NewtonCg::default() }),
    };
    Ok(problem.solve_by(&*solver, &stop(options.tol, options.max_passes))?)
}

fn of_any_degree(options: &BalanceOptions, network: &Network, spec: &CostSpec) -> Result<Solved, CliError> {
    let problem = DegreeProblem::new(network, spec, scope(options.within_components))?;
    let run = match options.digits {
        Some(_) => problem.solve(Method::Auto, &Criteria::default())?,
        None => problem.solve(options.method, &stop(options.tol, options.max_passes))?,
    };
    let (components, on_no_cycle) = (problem.components(), problem.on_no_cycle().len());
    let nothing = problem.costs().synapses().is_empty() && on_no_cycle > 0;
    let DegreeRun { outcome, log_scales, network, cost_initial, cost_final, .. } = run;
    Ok(Solved {
        outcome,
        log_scales,
        network,
        cost_initial,
        cost_final,
        log2_cost_initial: cost_initial.log2(),
        log2_cost_final: cost_final.log2(),
        imbalance_initial: run.imbalance_initial,
        imbalance_final: run.imbalance_final,
        seconds: run.seconds,
        p: spec.p,
        components,
        on_no_cycle,
        nothing,
        graph: None,
    })
}

impl From<Run> for Solved {
    fn from(run: Run) -> Self {
        Solved {
            // Where every synapse is left out, there was nothing to do: no success.
            nothing: run.graph.pattern().is_empty() && !run.on_no_cycle.is_empty(),
            p: run.graph.p(),
            components: run.components,
            on_no_cycle: run.on_no_cycle.len(),
            outcome: run.outcome,
            log_scales: run.log_scales,
            network: run.network,
            cost_initial: run.cost_initial,
            cost_final: run.cost_final,
            log2_cost_initial: run.log2_cost_initial,
            log2_cost_final: run.log2_cost_final,
            imbalance_initial: run.imbalance_initial,
            imbalance_final: run.imbalance_final,
            seconds: run.seconds,
            graph: Some(run.graph),
        }
    }
}

/// The imbalance of weights as they stand.
pub fn imbalance(options: &BalanceOptions, network: &Network, spec: &CostSpec) -> Result<f64, CliError> {
    if !network.activation.homogeneous_degrees()?.are_one() {
        let costs = DegreeCosts::of_network(network, spec)?;
        let costs = if options.within_components { costs.within_components().0 } else { costs };
        return Ok(costs.pulls(costs.initial_costs(), &0.0).imbalance().worst);
    }
    let graph = CostGraph::of_network(network, spec)?;
    let graph = if options.within_components { graph.within_components() } else { graph };
    Ok(graph.given_imbalance())
}
