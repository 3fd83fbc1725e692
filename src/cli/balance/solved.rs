//! Solving as the options of `synbal balance` say.

use synbal::balance::{BalanceError, Criteria, DegreeProblem, Method, NewtonCg, Problem, Run, Solved};
use synbal::cost::{CostError, CostGraph, CostSpec, DegreeCosts};
use synbal::network::Network;

use crate::cli::CliError;
use crate::cli::arguments::{BalanceOptions, scope, stop};
use crate::cli::timings::Timings;

/// The stages of balancing.
pub const GRAPH: &str = "graph of costs";
pub const SOLVER: &str = "solver";
pub const JUDGEMENT: &str = "rescaling and judgement";

/// Balances a network as the options say.
pub fn solved(
    options: &BalanceOptions,
    network: &Network,
    spec: &CostSpec,
    timings: &mut Timings,
) -> Result<Solved, CliError> {
    match network.activation.homogeneous_degrees()?.first_not_one() {
        None => Ok(of_degree_one(options, network, spec, timings)?.into()),
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
            of_any_degree(options, network, spec, timings)
        }
    }
}

fn of_degree_one(
    options: &BalanceOptions,
    network: &Network,
    spec: &CostSpec,
    timings: &mut Timings,
) -> Result<Run, CliError> {
    let problem = Problem::new(network, spec, scope(options.within_components))?;
    timings.lap(GRAPH);
    let run = run_of_degree_one(options, &problem)?;
    timings.part(SOLVER, run.seconds);
    timings.lap(JUDGEMENT);
    Ok(run)
}

/// The run that the options ask for.
pub fn run_of_degree_one(options: &BalanceOptions, problem: &Problem) -> Result<Run, CliError> {
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

fn of_any_degree(
    options: &BalanceOptions,
    network: &Network,
    spec: &CostSpec,
    timings: &mut Timings,
) -> Result<Solved, CliError> {
    let problem = DegreeProblem::new(network, spec, scope(options.within_components))?;
    timings.lap(GRAPH);
    let run = match options.digits {
        Some(_) => problem.solve(Method::Auto, &Criteria::default())?,
        None => problem.solve(options.method, &stop(options.tol, options.max_passes))?,
    };
    timings.part(SOLVER, run.seconds);
    timings.lap(JUDGEMENT);
    Ok(Solved::of_degrees(&problem, run))
}

/// The imbalance of weights as they stand, and their cost.
pub fn imbalance_and_cost(
    options: &BalanceOptions,
    network: &Network,
    spec: &CostSpec,
) -> Result<(f64, f64), CliError> {
    if !network.activation.homogeneous_degrees()?.are_one() {
        let costs = DegreeCosts::of_network(network, spec)?;
        let costs = if options.within_components { costs.within_components().0 } else { costs };
        let imbalance = costs.pulls(costs.initial_costs(), &0.0).imbalance().worst;
        return Ok((imbalance, costs.total(costs.initial_costs(), &0.0)));
    }
    let graph = CostGraph::of_network(network, spec)?;
    let graph = if options.within_components { graph.within_components() } else { graph };
    Ok((graph.given_imbalance(), graph.given_total()))
}
