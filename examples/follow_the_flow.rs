//! Follows the flow of the paper, `dh/dt = g(h)`, and prints time, cost and imbalance along it.
//!
//! `cargo run --example follow_the_flow`

use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::cost::CostSpec;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Network::recurrent(random_network(&mut stream(1, 0), 20, 0.3, 1.0)?, Activation::Relu);
    let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole)?;
    let run = problem.solve(Method::Dopri5, &Criteria::default())?.converged()?;
    println!("{:>12} {:>16} {:>12}", "time", "cost", "imbalance");
    for point in run.outcome.trace.iter().step_by(10) {
        println!("{:>12.4e} {:>16.10} {:>12.3e}", point.time.unwrap_or(0.0), point.cost, point.imbalance);
    }
    Ok(())
}
