//! How do the times of all solvers grow with the size of the network, and with the range of its weights (sigma)?

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use synbal::balance::{Criteria, Method};
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network};

/// Passes after which a method is left out instead of timed.
const STOP: Criteria = Criteria::new(1e-10, 20_000);

fn sparse(n: usize, sigma: f64) -> CostGraph {
    let weights = random_network(&mut stream(1, 1), n, 10.0 / n as f64, sigma).expect("a valid random network");
    CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).expect("a valid cost")
}

fn time(criterion: &mut Criterion, question: &str, graphs: Vec<(String, CostGraph)>) {
    let mut group = criterion.benchmark_group(question);
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for (name, graph) in graphs {
        group.throughput(Throughput::Elements(graph.pattern().len() as u64));
        for method in [Method::Auto].into_iter().chain(Method::ALL.iter().copied()) {
            let solver = method.solver().expect("a method of this build");
            // What does not converge must not be timed as if it did.
            let outcome = solver.solve(&graph, &STOP);
            if !outcome.status.is_balanced() {
                eprintln!("{question}, {name}: {method:?} is not timed: {}", outcome.status);
                continue;
            }
            group.bench_function(BenchmarkId::new(format!("{method:?}"), &name), |bencher| {
                bencher.iter(|| solver.solve(&graph, &STOP));
            });
        }
    }
    group.finish();
}

fn size(criterion: &mut Criterion) {
    let graphs = [30, 100, 300, 1000].map(|n| (format!("n = {n}"), sparse(n, 1.0)));
    time(criterion, "size", graphs.into());
}

fn range_of_weights(criterion: &mut Criterion) {
    let graphs = [0.0, 1.0, 2.0, 3.0, 4.0].map(|sigma| (format!("sigma = {sigma}"), sparse(300, sigma)));
    time(criterion, "range of weights", graphs.into());
}

criterion_group!(benches, size, range_of_weights);
criterion_main!(benches);
