//! How fast is a large Matrix Market file read and written, against a plain pass over its bytes?

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use synbal::io::{ReadOptions, matrix_market, read_network, read_network_hashed};
use synbal::network::Activation;
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};

fn reading(criterion: &mut Criterion) {
    let plan = FlyvisNetwork { extent: 15, model: 0, inputs: Inputs::None, outputs: Outputs::None };
    let weights = plan.build().expect("a network that comes with the program").weights;
    let mut text = Vec::new();
    matrix_market::write(&weights, &mut text).expect("memory can be written to");
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(20).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("matrix market", |bencher| {
        bencher.iter(|| matrix_market::read(black_box(&text[..]), text.len() as u64).expect("what was written"));
    });
    group.bench_function("plain sum of the bytes", |bencher| {
        bencher.iter(|| black_box(&text).iter().map(|&byte| u64::from(byte)).sum::<u64>());
    });
    // Of a file, without and with the sha256 of what is read.
    let folder = tempfile::tempdir().expect("a folder for the file");
    let path = folder.path().join("fly.mtx");
    std::fs::write(&path, &text).expect("the file can be written");
    group.bench_function("matrix market, a file", |bencher| {
        bencher.iter(|| read_network(black_box(&path), Activation::Relu).expect("what was written"));
    });
    let options = ReadOptions::default().with_activation(Activation::Relu);
    group.bench_function("matrix market, a file, hashed on the way", |bencher| {
        bencher.iter(|| read_network_hashed(black_box(&path), &options).expect("what was written"));
    });
    let mut written = Vec::with_capacity(text.len());
    group.bench_function("matrix market, written to memory", |bencher| {
        bencher.iter(|| {
            written.clear();
            matrix_market::write(black_box(&weights), &mut written)
        });
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
