//! Balances a small matrix: the weights, what they cost before and after, and the log-scales that lead there.
//!
//! `cargo run --example balance_a_matrix`

use nalgebra::DMatrix;
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::cost::CostSpec;
use synbal::network::{Activation, Network, Weights};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Row = target, column = source.
    let matrix = DMatrix::from_row_slice(3, 3, &[0.0, 4.0, 0.5, 0.1, 0.0, 2.0, 3.0, 0.2, 0.0]);
    let network = Network::recurrent(Weights::from_dense(&matrix)?, Activation::Relu);

    let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)?;
    // Not converged is an error here, never a result.
    let balanced = problem.solve(Method::Auto, &Criteria::default())?.converged()?;

    println!("cost {} -> {}", balanced.cost_initial, balanced.cost_final);
    println!("log-scales {:?}", balanced.log_scales);
    for (target, source, weight) in balanced.network.weights.triplets() {
        println!("{source} -> {target}: {} -> {weight}", matrix[(target, source)]);
    }
    Ok(())
}
