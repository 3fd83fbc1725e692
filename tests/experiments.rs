//! The experiments: the same findings, bit for bit, on one thread and on two; what must hold, holds.

use synbal::experiments::{EXPERIMENTS, Findings};

fn run(name: &str, threads: usize) -> Findings {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == name).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| (experiment.run)(1, &|_, _| ())).unwrap()
}

/// Runs an experiment on one thread and on two, and holds what must hold; returns the findings.
fn the_same_twice(name: &str) -> Findings {
    let findings = run(name, 1);
    assert!(
        !findings.statements.is_empty() && !findings.plots.is_empty() && !findings.evidence.measurements.is_empty()
    );
    for measurement in &findings.evidence.measurements {
        assert!(measurement.holds(), "{}: {:e} against {:e}", measurement.what, measurement.value, measurement.bound);
    }
    assert!(findings == run(name, 2), "{name} depends on the number of threads");
    findings
}

#[test]
fn loss_against_noise_is_the_same_twice() {
    let findings = the_same_twice("noise-loss");
    for statement in &findings.statements {
        println!("{:?}: {}", statement.outcome, statement.text);
    }
    for table in &findings.tables {
        println!("{}\n{:?}", table.title, table.columns);
        for row in &table.rows {
            println!("{row:?}");
        }
    }
}

#[test]
fn imbalance_in_training_is_the_same_twice() {
    let findings = the_same_twice("training-imbalance");
    for statement in &findings.statements {
        println!("{:?}: {}", statement.outcome, statement.text);
    }
    for table in &findings.tables {
        println!("{:?}", table.rows);
    }
}
