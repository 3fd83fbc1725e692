//! How long does each solver take to a per-neuron imbalance of 1e-10, on C. elegans and on dense networks?

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use synbal::balance::{Criteria, Method};
use synbal::cost::{CostGraph, CostSpec};
use synbal::io::embedded;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network};

fn solvers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("solvers");
    group.sample_size(10);
    let celegans = embedded::celegans().expect("the embedded data parse");
    let dense = random_network(&mut stream(1, 1), 256, 1.0, 1.0).expect("a valid random network");
    for (name, weights) in [("celegans", celegans), ("dense-256", dense)] {
        let network = Network::recurrent(weights, Activation::Relu);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost").within_components();
        for &method in Method::ALL {
            let solver = method.solver().expect("all of this build's");
            // What does not converge must not be timed as if it did.
            if !solver.solve(&graph, &Criteria::default()).status.is_balanced() {
                eprintln!("{name}: {} does not converge and is not timed", solver.name());
                continue;
            }
            group.bench_function(BenchmarkId::new(solver.name(), name), |bencher| {
                bencher.iter(|| solver.solve(&graph, &Criteria::default()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, solvers);
criterion_main!(benches);
