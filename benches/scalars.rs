//! What does the neural gradient cost in each number system? C. elegans, p = 2; per synapse, that is a product, a
//! quotient and two sums, and an exponential for each neuron.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use synbal::cost::{CostGraph, CostSpec};
use synbal::flow::node_costs;
use synbal::io::embedded;
use synbal::network::random::{normals, stream};
use synbal::network::{Activation, Network};
#[cfg(feature = "precise")]
use synbal::scalar::Multi;
use synbal::scalar::{Interval, Scalar, Tracked};

fn gradient<S: Scalar>(criterion: &mut Criterion, name: &str, lift: impl Fn(f64) -> S + Copy) {
    let network = Network::recurrent(embedded::celegans().expect("the embedded data parse"), Activation::Relu);
    let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).expect("a valid cost").lifted(lift);
    let h: Vec<S> = normals(&mut stream(1, 2), graph.nodes(), 0.5).into_iter().map(lift).collect();
    let mut group = criterion.benchmark_group("scalars");
    group.throughput(Throughput::Elements(graph.pattern().len() as u64));
    group.bench_function(BenchmarkId::new("neural gradient", name), |bencher| {
        bencher.iter(|| node_costs(graph.pattern(), &graph.costs_at(black_box(&h)), &lift(0.0)).gradient());
    });
    group.finish();
}

/// `a b + c` and `e^a` alone: three operations that depend on each other through nothing but their operands.
fn operations(criterion: &mut Criterion) {
    let [a, b, c] = [0.3, 1.7, -0.9].map(Interval::point);
    let (a, b, c) = (a / &Interval::point(7.0), b / &Interval::point(7.0), c / &Interval::point(7.0));
    let mut group = criterion.benchmark_group("interval");
    group.bench_function("add", |bencher| bencher.iter(|| black_box(a) + black_box(&c)));
    group.bench_function("multiply", |bencher| bencher.iter(|| black_box(a) * black_box(&b)));
    group.bench_function("multiply across zero", |bencher| bencher.iter(|| black_box(a - &b) * black_box(&c)));
    group.bench_function("divide", |bencher| bencher.iter(|| black_box(a) / black_box(&b)));
    group.bench_function("sqrt", |bencher| bencher.iter(|| black_box(a).sqrt()));
    group.bench_function("exp", |bencher| bencher.iter(|| black_box(a).exp()));
    group.finish();
}

fn scalars(criterion: &mut Criterion) {
    gradient(criterion, "f64", |x| x);
    gradient(criterion, "tracked", Tracked::exact);
    gradient(criterion, "interval", Interval::point);
    #[cfg(feature = "precise")]
    for digits in [60_usize, 1000] {
        let bits = (digits as f64 * std::f64::consts::LOG2_10).ceil() as u32;
        let zero = Multi::from_f64(bits, 0.0).expect("a precision in range");
        gradient(criterion, &format!("{digits} digits"), |x| zero.lift(x));
    }
    operations(criterion);
}

criterion_group!(benches, scalars);
criterion_main!(benches);
