//! What does one pass of the flow cost: costs at the log-scales, row and column sums, against a plain pass over the
//! same weights?

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::network::{Activation, Network};
use synbal::tasks::{normals, random_network, stream};

fn neural_gradient(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("neural_gradient");
    for (n, density) in [(64, 1.0), (256, 1.0), (2000, 0.02)] {
        let weights = random_network(&mut stream(1, 1), n, density, 1.0).expect("a valid random network");
        let network = Network::recurrent(weights, Activation::Relu);
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost");
        let h = normals(&mut stream(1, 2), n, 0.5);
        group.throughput(Throughput::Elements(graph.pattern().len() as u64));
        group.bench_function(BenchmarkId::new("costs and sums", n), |bencher| {
            bencher.iter(|| node_costs(graph.pattern(), &graph.costs_at(black_box(&h)), &0.0));
        });
        group.bench_function(BenchmarkId::new("plain sum of the weights", n), |bencher| {
            bencher.iter(|| black_box(graph.w()).iter().sum::<f64>());
        });
    }
    group.finish();
}

criterion_group!(benches, neural_gradient);
criterion_main!(benches);
