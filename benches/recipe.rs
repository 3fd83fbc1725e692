//! One step of training by the authors' recipe: 256 neurons, 8 trials, 500 Euler steps.

use criterion::{Criterion, criterion_group, criterion_main};
use synbal::tasks::training::recipe::{Course, Passes, authors_descent};

fn step(criterion: &mut Criterion) {
    let mut course = Course::start(256, &authors_descent(0.3, 1)).expect("the settings are in range");
    let mut passes = Passes::default();
    let mut group = criterion.benchmark_group("recipe");
    group.sample_size(20);
    group.bench_function("step", |bencher| bencher.iter(|| course.step(&mut passes)));
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
