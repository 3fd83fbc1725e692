//! Every experiment gives the same numbers twice, bit for bit, whatever the number of threads, and those that were committed; and
//! what must hold holds.

use synbal::claims::{REGISTRY, Verdict};
use synbal::experiments::{EXPERIMENTS, Effort, Experiment, Findings, Reproduction};

use crate::figures::Figures;

fn findings(experiment: &Experiment, threads: usize) -> Findings {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let found = pool.install(|| (experiment.run)(1, Effort::Quick, &|_, _| ()).unwrap());
    assert!(!found.statements.is_empty(), "{}: it says nothing about the paper", experiment.name);
    assert!(!found.plots.is_empty(), "{}: it shows nothing", experiment.name);
    for measurement in &found.evidence.measurements {
        assert!(measurement.holds(), "{}: {measurement:?}", experiment.name);
    }
    found
}

/// What a reader sees of the findings, and of the rest, megabytes of points, a hash.
fn as_committed(name: &str, found: &Findings, json: &str) {
    let mut figures = Figures::of(&format!("experiments/{name}"));
    figures.long("all findings", json);
    for statement in &found.statements {
        figures.text(format!("{}: {}", statement.outcome.words(), statement.text));
    }
    for measurement in &found.evidence.measurements {
        figures.add(&measurement.what, (measurement.value, measurement.bound));
    }
    for note in &found.evidence.notes {
        figures.text(format!("note: {note}"));
    }
    for table in &found.tables {
        figures.text(format!("table: {}", table.title));
        for row in std::iter::once(&table.columns).chain(&table.rows) {
            figures.text(format!("  {}", row.join(" | ")));
        }
    }
    for plot in &found.plots {
        figures.long(&plot.title, &serde_json::to_string(plot).unwrap());
    }
    figures.compare();
}

fn same_bits_for_one_and_two_threads(name: &str) {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == name).unwrap();
    let found = findings(experiment, 1);
    let one = serde_json::to_string(&found).unwrap();
    // tests/mutants/sample asks whether a fault is noticed, which the figures say; twice is twice the time.
    if std::env::var_os("SYNBAL_EXPERIMENTS_ONCE").is_none() {
        // Every digit of every number.
        let two = serde_json::to_string(&findings(experiment, 2)).unwrap();
        // Not assert_eq: megabytes of numbers help nobody.
        let place = one.bytes().zip(two.bytes()).position(|(a, b)| a != b);
        assert!(
            one == two,
            "{name}: from byte {place:?} on: {:?}",
            place.map(|at| &one[at.saturating_sub(80)..at + 20])
        );
    }
    as_committed(name, &found, &one);
}

macro_rules! reproducible {
    ($($test:ident $name:literal,)*) => {
        $(#[test]
        #[ignore = "minutes for all of them; `make test` and CI run it"]
        fn $test() {
            same_bits_for_one_and_two_threads($name);
        })*

        #[test]
        fn every_experiment_is_tested() {
            let tested = [$($name),*];
            let all: Vec<&str> = EXPERIMENTS.iter().map(|experiment| experiment.name).collect();
            assert_eq!(all, tested);
        }
    };
}

reproducible! {
    robustness_identity "robustness-identity",
    noise_clouds "noise-clouds",
    two_neurons "two-neurons",
    noise_loss "noise-loss",
    noise_limit "noise-limit",
    noise_differences "noise-differences",
    noise_loss_beyond "noise-loss-beyond",
    noise_loss_degrees "noise-loss-degrees",
    noise_steps "noise-steps",
    training_imbalance "training-imbalance",
    fly_responses "fly-responses",
    fly_noise "fly-noise",
    heterosynaptic_course "heterosynaptic-course",
    online_balancing "online-balancing",
}

#[test]
fn the_claims_about_networks_have_experiments() {
    for id in ["noise_robustness", "heterosynaptic", "regularised_training"] {
        assert!(REGISTRY.iter().any(|claim| claim.id == id));
        assert!(EXPERIMENTS.iter().any(|experiment| experiment.claim == id), "{id} has no experiment");
    }
}

/// The pupil learns, its recurrent cost has no minimum, and balanced with the world it has the outputs of the given one.
#[test]
fn a_trained_network_of_two_degrees_is_balanced() {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == "noise-loss-degrees").unwrap();
    let findings = (experiment.run)(1, Effort::Quick, &|_, _| ()).unwrap();
    assert_eq!(findings.evidence.verdict(), Verdict::Held, "{:#?}", findings.evidence);
    let about = ["loss of the pupil", "falls without end", "lambda = 1: outputs", "lambda = 10: outputs"];
    for (measurement, about) in findings.evidence.measurements.iter().zip(about) {
        assert!(measurement.what.contains(about), "{}", measurement.what);
    }
    assert_eq!(findings.evidence.measurements.len(), about.len());
    assert!(findings.statements.iter().all(|statement| statement.outcome == Reproduction::Beyond));
    // Of the three networks each balanced one has the least of its own cost.
    let cost = |row: usize, column: usize| findings.tables[0].rows[row][column].parse::<f64>().unwrap();
    for column in [1, 2] {
        assert!((0..3).all(|row| row == column || cost(row, column) > cost(column, column)));
    }
}

#[test]
fn without_noise_every_variant_of_a_network_has_the_same_loss() {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == "noise-loss-beyond").unwrap();
    let findings = (experiment.run)(1, Effort::Quick, &|_, _| ()).unwrap();
    // Four networks and four rescaled variants of each.
    assert_eq!(findings.evidence.measurements.len(), 16);
    for table in &findings.tables {
        assert_eq!(table.rows.len(), 5, "{}", table.title);
        let quiet = table.columns.iter().position(|column| column == "sigma = 0").unwrap();
        assert!(table.rows.iter().all(|row| row[quiet] == table.rows[0][quiet]), "{}", table.title);
    }
}
