//! What does a proof cost: making a certificate, and checking it, beside the balancing itself?

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use synbal::balance::{Method, Scope, Stop, balance};
use synbal::check::check;
use synbal::cost::CostSpec;
use synbal::io::embedded;
use synbal::network::{Activation, Network};
use synbal::rigor::certificate::{Costs, Refine, certify};
use synbal::tasks::{random_network, stream};

/// Stands for the digest of the network's file, which is taken when files are read.
const INPUT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn certificates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("certificates");
    group.sample_size(10);
    let random =
        |n: usize, density| random_network(&mut stream(1, 1), n, density, 1.0).expect("a valid random network");
    let celegans = embedded::celegans().expect("the embedded data parse");
    for (name, weights) in
        [("celegans", celegans), ("dense 100", random(100, 1.0)), ("sparse 1000", random(1000, 0.01))]
    {
        let network = Network::recurrent(weights, Activation::Relu);
        let (spec, scope, stop) = (CostSpec::power(2.0), Scope::WithinComponents, Stop::default());
        let solve = || balance(&network, &spec, scope, Method::Auto, &stop).expect("it balances");
        let h = solve().log_scales;
        let make = || certify(&network, &spec, scope, &h, Refine::Yes, Costs::Rounded).expect("it certifies");
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
