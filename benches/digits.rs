//! How does the time of Newton's method grow with the digits asked for? C. elegans within its components, p = 2, from
//! the log-scales of `f64`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use synbal::balance::{Criteria, Newton, Solver, balance_to_digits};
use synbal::cost::{CostGraph, CostSpec};
use synbal::io::embedded;
use synbal::network::{Activation, Network};

fn digits(criterion: &mut Criterion) {
    let network = Network::recurrent(embedded::celegans().expect("the embedded data parse"), Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost").within_components();
    let start = Newton::default().solve(&graph, &Criteria::default()).h;
    let mut group = criterion.benchmark_group("digits");
    group.sample_size(10);
    for digits in [30, 100, 300, 1000, 3000] {
        group.bench_function(BenchmarkId::from_parameter(digits), |bencher| {
            bencher.iter(|| balance_to_digits(&graph, &start, digits));
        });
    }
    group.finish();
}

criterion_group!(benches, digits);
criterion_main!(benches);
