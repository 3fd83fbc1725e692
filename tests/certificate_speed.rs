//! How long certificates take. Not part of the suite, since a clock decides: `cargo test --release --test
//! certificate_speed -- --ignored --nocapture`.

mod certificate;

use std::time::Instant;

use certificate::INPUT;
use rand::Rng;
use synbal::balance::{Method, Scope, Stop, balance};
use synbal::check::check;
use synbal::cost::CostSpec;
use synbal::io::{read_network, write_network};
use synbal::network::{Activation, Network, Weights};
use synbal::rigor::certificate::{Costs, Refine, certify};
use synbal::tasks::stream;

#[test]
#[ignore = "measures time; run it by hand"]
fn a_million_synapses() {
    let n = 45_000;
    let mut random = stream(1, 0);
    let mut triplets: Vec<(usize, usize, f64)> = (0..n).map(|i| ((i + 1) % n, i, 1.0)).collect();
    for i in 0..n {
        for _ in 0..22 {
            triplets.push((i, random.random_range(0..n), random.random_range(-2.0..2.0_f64).exp()));
        }
    }
    triplets.sort_by_key(|&(i, j, _)| (i, j));
    triplets.dedup_by_key(|&mut (i, j, _)| (i, j));
    let network = Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), Activation::Relu);
    let spec = CostSpec::power(2.0);
    let time = Instant::now();
    let stop = Stop { tol: 1e-10, ..Stop::default() };
    let balanced = balance(&network, &spec, Scope::Whole, Method::Osborne, &stop).unwrap();
    println!("balance {:?} {}", time.elapsed(), balanced.outcome.status);
    let time = Instant::now();
    let made = certify(&network, &spec, Scope::Whole, &balanced.log_scales, Refine::Yes, Costs::Rounded).unwrap();
    println!("certify {:?}, {} bits of cost unit", time.elapsed(), made.cost_unit_bits);
    let text = made.to_text(INPUT);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.mtx");
    write_network(&path, &network).unwrap();
    let time = Instant::now();
    let network = read_network(&path, Activation::Relu).unwrap().network;
    println!("read {:?}, {} synapses", time.elapsed(), network.weights.synapses());
    let time = Instant::now();
    let proved = check(text.as_bytes(), INPUT, &network).unwrap();
    println!("check {:?}, radius {} of 2^{}", time.elapsed(), proved.radius, proved.radius_unit_bits);
}
