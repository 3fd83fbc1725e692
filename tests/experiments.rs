//! The experiments: the same findings, bit for bit, on one thread and on two; what must hold, holds.

use synbal::experiments::{EXPERIMENTS, Findings};

fn run(name: &str, threads: usize) -> Findings {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == name).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| (experiment.run)(1, &|_, _| ()).unwrap())
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
    // Four networks and four rescaled variants of each have the given network's outputs without noise.
    assert_eq!(findings.evidence.measurements.len(), 16);
    // And every variant of a network the same loss there, to all digits of the table.
    for table in &findings.tables {
        assert_eq!(table.rows.len(), 5, "{}", table.title);
        let quiet = table.columns.iter().position(|column| column == "sigma = 0").unwrap();
        assert!(table.rows.iter().all(|row| row[quiet] == table.rows[0][quiet]), "{}", table.title);
    }
}

#[test]
fn imbalance_in_training_is_the_same_twice() {
    let findings = the_same_twice("training-imbalance");
    assert_eq!(findings.evidence.measurements.len(), 2);
    assert_eq!(findings.statements.len(), 3);
}
