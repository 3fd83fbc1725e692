//! Proves a balancing: a certificate is made from the computed log-scales and decided by the independent checker.
//!
//! `cargo run --example certify_and_check`

use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::certify::certificate::{Costs, Refine, certify};
use synbal::check::{check, scientific_up};
use synbal::cost::CostSpec;
use synbal::io::embedded;
use synbal::network::{Activation, Network};
use synbal::sha256::sha256;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Network::recurrent(embedded::celegans()?, Activation::Relu);
    let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::WithinComponents)?;
    let balanced = problem.solve(Method::Auto, &Criteria::default())?.converged()?;

    let certificate = certify(&problem, &balanced.log_scales, Refine::Yes, Costs::Rounded)?;
    // A certificate names its input by a hash; there is no file here, so any name will do.
    let input = sha256(b"C. elegans, as embedded");
    let file = certificate.to_text(&input);

    let proved = check(file.as_bytes(), &input, &network)?;
    println!("proved about {} nodes and {} synapses", proved.nodes, proved.synapses);
    println!("cost at most {} above the least, relative", scientific_up(&proved.gap, &proved.lower_cost, 3));
    Ok(())
}
