//! What does one pass of the flow cost: costs at the log-scales, row and column sums, against a plain pass over the
//! same bytes in the same run? Beyond the caches memory decides, inside them arithmetic.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use synbal::balance::Pass;
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Pattern};
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};

fn graph_of(network: &Network) -> CostGraph {
    CostGraph::of_network(network, &CostSpec::power(2.0)).expect("a valid cost")
}

fn random(n: usize, density: f64) -> CostGraph {
    let weights = random_network(&mut stream(1, 1), n, density, 1.0).expect("a valid random network");
    graph_of(&Network::recurrent(weights, Activation::Relu))
}

fn fly(extent: u32) -> CostGraph {
    let plan = FlyvisNetwork { extent, model: 0, inputs: Inputs::None, outputs: Outputs::None };
    graph_of(&plan.build().expect("the embedded data build"))
}

/// Every cost (8 bytes) and every source (4 bytes) once, on as many threads as the engine has.
fn plain_pass(w: &[f64], pattern: &Pattern) -> (f64, u64) {
    let rows = pattern.nodes().div_ceil(16);
    (0..16_usize)
        .into_par_iter()
        .map(|block| {
            let (first, last) = ((block * rows).min(pattern.nodes()), ((block + 1) * rows).min(pattern.nodes()));
            if first == last {
                return (0.0, 0);
            }
            let synapses = pattern.row(first).start..pattern.row(last - 1).end;
            let mut sums = [0.0; 8];
            let eights = w[synapses].chunks_exact(8);
            let rest: f64 = eights.remainder().iter().sum();
            for eight in eights {
                for lane in 0..8 {
                    sums[lane] += eight[lane];
                }
            }
            let sources =
                (first..last).map(|i| pattern.sources(i).iter().map(|&source| u64::from(source)).sum::<u64>()).sum();
            (sums.iter().sum::<f64>() + rest, sources)
        })
        .reduce(|| (0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

fn neural_gradient(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("neural_gradient");
    group.sample_size(20);
    for (name, graph) in [
        ("dense 64", random(64, 1.0)),
        ("dense 256", random(256, 1.0)),
        ("sparse 2000", random(2000, 0.02)),
        ("fly E=15, 1.4 M synapses", fly(15)),
        ("fly E=40, 10 M synapses", fly(40)),
    ] {
        let h = normals(&mut stream(1, 2), graph.nodes(), 0.5);
        group.throughput(Throughput::Elements(graph.pattern().len() as u64));
        group.bench_function(BenchmarkId::new("costs and sums, as written in the paper", name), |bencher| {
            bencher.iter(|| node_costs(graph.pattern(), &graph.costs_at(black_box(&h)), &0.0));
        });
        let mut pass = Pass::new(&graph);
        group.bench_function(BenchmarkId::new("one pass of the engine", name), |bencher| {
            bencher.iter(|| black_box(pass.measure()));
        });
        group.bench_function(BenchmarkId::new("plain pass over the same bytes", name), |bencher| {
            bencher.iter(|| plain_pass(black_box(graph.initial_costs()), graph.pattern()));
        });
    }
    group.finish();
}

criterion_group!(benches, neural_gradient);
criterion_main!(benches);
