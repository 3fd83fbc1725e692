//! Which way of following the flow is fastest at equal accuracy? All stop at the same imbalance of the worst neuron.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use synbal::balance::{Method, Stop};
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::{Activation, Network};
use synbal::tasks::{random_network, stream};

fn flows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("flows");
    group.sample_size(10);
    let weights = random_network(&mut stream(1, 1), 64, 1.0, 0.5).expect("a valid random network");
    let network = Network::recurrent(weights, Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost");
    for tol in [1e-6, 1e-10] {
        let stop = Stop { tol, max_passes: 100_000 };
        for method in Method::ALL.into_iter().filter(|method| method.follows_flow()) {
            let solver = method.solver().expect("all of this build's");
            let outcome = solver.solve(&graph, &stop);
            if !outcome.status.is_balanced() {
                eprintln!("{method:?} at {tol:e} is not timed: {}", outcome.status);
                continue;
            }
            group.bench_function(BenchmarkId::new(solver.name(), format!("{tol:e}")), |bencher| {
                bencher.iter(|| solver.solve(&graph, &stop));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, flows);
criterion_main!(benches);
