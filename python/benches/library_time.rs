//! The library's own time to balance the recurrent weights of a file, to be compared with the Python package's
//! (`timing.py`): seconds of each run, from a network in memory to the balanced one.

use std::path::Path;
use std::time::Instant;

use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::cost::CostSpec;
use synbal::io::read_network;
use synbal::network::{Activation, Network};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [path, runs] = &arguments[..] else { return Err("give a file and a number of runs".into()) };
    let weights = read_network(Path::new(path), Activation::Relu)?.network.weights;
    let network = Network::recurrent(weights, Activation::Relu);
    for _ in 0..runs.parse()? {
        let started = Instant::now();
        let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::WithinComponents)?;
        let balanced = problem.solve(Method::Auto, &Criteria::default())?.converged()?;
        println!("{}", started.elapsed().as_secs_f64());
        drop(balanced);
    }
    Ok(())
}
