//! What does a proof cost: making a certificate, and checking it, beside the balancing itself?

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand::Rng;
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::certify::certificate::{Costs, Refine, certify};
use synbal::check::check;
use synbal::cost::CostSpec;
use synbal::io::embedded;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

/// Stands for the digest of the network's file, which is taken when files are read.
const INPUT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A ring of 45,000 neurons with 22 more synapses into each, log-uniform weights: as large as the fly's visual system.
fn a_million_synapses() -> Weights {
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
    Weights::from_triplets(n, triplets).expect("a valid random network")
}

fn certificates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("certificates");
    // A million synapses take seconds each time.
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let random =
        |n: usize, density| random_network(&mut stream(1, 1), n, density, 1.0).expect("a valid random network");
    let celegans = embedded::celegans().expect("the embedded data parse");
    for (name, weights) in [
        ("celegans", celegans),
        ("dense 100", random(100, 1.0)),
        ("sparse 1000", random(1000, 0.01)),
        ("a million synapses", a_million_synapses()),
    ] {
        let network = Network::recurrent(weights, Activation::Relu);
        let (spec, scope, stop) = (CostSpec::power(2.0), Scope::WithinComponents, Criteria::default());
        let solve = || {
            Problem::new(&network, &spec, scope)
                .and_then(|problem| problem.solve(Method::Auto, &stop))
                .expect("it balances")
        };
        let h = solve().log_scales;
        let make = || {
            certify(&Problem::new(&network, &spec, scope).unwrap(), &h, Refine::Yes, Costs::Rounded)
                .expect("it certifies")
        };
        let text = make().to_text(INPUT);
        check(text.as_bytes(), INPUT, &network).expect("what is timed is accepted");
        group.throughput(Throughput::Elements(network.weights.synapses() as u64));
        group.bench_function(BenchmarkId::new("balance", name), |bencher| bencher.iter(solve));
        group.bench_function(BenchmarkId::new("certify", name), |bencher| bencher.iter(make));
        group.bench_function(BenchmarkId::new("check", name), |bencher| {
            bencher.iter(|| check(text.as_bytes(), INPUT, &network).expect("accepted"));
        });
    }
    group.finish();
}

criterion_group!(benches, certificates);
criterion_main!(benches);
