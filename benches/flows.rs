//! Which way of following the flow is fastest at equal accuracy? All stop at the same imbalance of the worst neuron.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use synbal::balance::{Criteria, Method};
use synbal::cost::{CostGraph, CostSpec};
use synbal::io::embedded;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

fn flows(criterion: &mut Criterion) {
    let dense = random_network(&mut stream(1, 1), 64, 1.0, 0.5).expect("a valid random network");
    follow(criterion, "flows", dense);
    // Stiff: explicit integrators need 50,000 passes, or never get there. Implicit ones are in the feature `stiff`.
    follow(criterion, "flows on C. elegans", embedded::celegans().expect("the embedded data parse"));
    follow(criterion, "flows on the fly's cell types", embedded::fly_types().expect("the embedded data parse"));
}

fn follow(criterion: &mut Criterion, name: &str, weights: Weights) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let network = Network::recurrent(weights, Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost").within_components();
    for tol in [1e-6, 1e-10] {
        let stop = Criteria::new(tol, 100_000);
        for method in Method::ALL.iter().copied().filter(|method| method.follows_flow()) {
            let solver = method.solver().expect("all of this build's");
            let outcome = solver.solve(&graph, &stop);
            if !outcome.status.is_balanced() {
                eprintln!("{name}: {method:?} at {tol:e} is not timed: {}", outcome.status);
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
