//! Solving as the options of `synbal balance` say.

use synbal::balance::{BalanceError, Criteria, Method, NewtonCg, Problem, Run, Solved};
use synbal::cost::{CostError, CostGraph, CostSpec, DegreeCosts};
use synbal::network::Network;

use crate::cli::CliError;
use crate::cli::arguments::{BalanceOptions, scope, stop};

/// Balances a network as the options say.
pub fn solved(options: &BalanceOptions, network: &Network, spec: &CostSpec) -> Result<Solved, CliError> {
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
            let (scope, criteria) = (scope(options.within_components), stop(options.tol, options.max_passes));
            let (method, criteria) = match options.digits {
                // A start: how near it is, does not matter here.
                Some(_) => (Method::Auto, Criteria::default()),
                None => (options.method, criteria),
            };
            Ok(Solved::of_any_degree(network, spec, scope, method, &criteria)?)
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
