//! Every figure of every claim on small networks, and of every negative control, is the one that was committed.

use std::collections::BTreeMap;

use nalgebra::DMatrix;
use synbal::balance::{Criteria, Method};
use synbal::claims::{Evidence, LARGEST_DENSE, Relation};
use synbal::cost::CostSpec;
use synbal::network::random::{normals, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::report::{CaseReport, SolverReport, WorstNeuron, case_report, claim_texts};
use synbal::tasks::Case;

use crate::figures::Figures;
use crate::small_networks::{OF_DEGREE_ONE, OF_OTHER_DEGREES, small};

/// A sweep method and a flow beside the reference.
const METHODS: [Method; 3] = [Method::Osborne, Method::NewtonCg, Method::Dopri5];

/// Letters of what a figure is about.
const WORDS: usize = 44;

fn evidence(figures: &mut Figures, evidence: &Evidence) {
    for measurement in &evidence.measurements {
        let relation = if measurement.relation == Relation::AtMost { "<=" } else { ">=" };
        // Where it stands says which figure it is; its first words are for the reader.
        let what: String = measurement.what.chars().take(WORDS).collect();
        figures.text(format!("  {what}: {:?} {relation} {:?}", measurement.value, measurement.bound));
    }
    for note in &evidence.notes {
        let open = if evidence.open.contains(note) { "open" } else { "note" };
        figures.text(format!("  {open}: {note}"));
    }
}

/// All that `verify` reports but seconds and words that stand beside every figure of a kind.
fn report(figures: &mut Figures, report: &CaseReport) {
    figures.add("facts", &report.facts);
    for solver in &report.solvers {
        let SolverReport { method, explanation, iterations, passes, cost, imbalance, weight_difference, .. } = solver;
        let (radius, distance) = (solver.certified_radius, solver.true_distance);
        figures.text(format!(
            "{method}: {explanation}; iterations {iterations}, passes {passes}, cost {cost:?}, imbalance {imbalance:?}, from the reference {weight_difference:?}, certified {radius:?}, true {distance:?}"
        ));
    }
    for worst in &report.worst_neurons {
        let WorstNeuron { neuron, incoming, outgoing, imbalance, log_scale, .. } = worst;
        figures.add("neuron, r, c, imbalance, h", (neuron, incoming, outgoing, imbalance, log_scale));
    }
    for notice in &report.notices {
        figures.text(format!("notice: {notice}"));
    }
    for claim in &report.claims {
        figures.text(format!("{}: {}", claim.id, claim.verdict.word()));
        evidence(figures, &claim.evidence);
    }
    for figure in &report.figures {
        figures.long(&figure.name, &figure.data);
    }
}

fn as_committed(name: &str, case: &Case) {
    let stop = Criteria::new(1e-10, 3000);
    let mut figures = Figures::of(&format!("claims/{name}"));
    match case_report(case, &METHODS, 1, stop, &|_, _| ()) {
        Ok(found) => report(&mut figures, &found),
        Err(refused) => figures.text(format!("refused: {refused}")),
    }
    figures.compare();
}

macro_rules! networks {
    ($($test:ident $name:literal,)*) => {
        $(#[test]
        fn $test() {
            as_committed($name, &small($name));
        })*

        #[test]
        fn every_small_network_is_there() {
            assert!([$($name),*].iter().eq(OF_DEGREE_ONE.iter().chain(&OF_OTHER_DEGREES)));
        }
    };
}

networks! {
    dense "dense",
    world "world",
    reducible "reducible",
    symmetric "symmetric",
    ring "ring",
    gains "gains",
    factors "factors",
    rank_one "rank-one",
    far_apart "far-apart",
    tiny "tiny",
    chain "chain",
    accumulated "accumulated",
    squares "squares",
    mixed "mixed",
    mixed_world "mixed-world",
}

/// A ring of more neurons than dense matrices are made for, with synapses across it.
fn large(activation: impl Fn(usize) -> Activation) -> Network {
    let n = LARGEST_DENSE + 10;
    let sizes = normals(&mut stream(5, 0), 2 * n, 1.0);
    let pairs = (0..n).flat_map(|i| [(i, (i + 1) % n), (i, (7 * i + 3) % n)]).filter(|(i, j)| i != j);
    let triplets: BTreeMap<(usize, usize), f64> =
        pairs.zip(sizes).map(|(pair, size)| (pair, 1.0 + size.abs())).collect();
    let triplets = triplets.into_iter().map(|((i, j), weight)| (i, j, weight)).collect();
    let activation: Vec<Activation> = (0..n).map(activation).collect();
    Network::recurrent(Weights::from_triplets(n, triplets).unwrap(), activation)
}

#[test]
fn larger_than_dense() {
    let network = large(|_| Activation::Relu);
    as_committed("larger-than-dense", &Case { network, spec: CostSpec::power(2.0), ..small("dense") });
}

#[test]
fn larger_than_dense_of_other_degrees() {
    let ring = large(|neuron| Activation::RectifiedPower { degree: [1.0, 2.0, 0.5, 3.0][neuron % 4] });
    let n = ring.weights.neurons();
    let ones = |rows, columns| Some(DMatrix::from_element(rows, columns, 1.0));
    let network = Network { w_in: ones(n, 1), w_out: ones(1, n), ..ring };
    let spec = CostSpec::power(2.0).with_world(1.0);
    as_committed("larger-than-dense-of-other-degrees", &Case { network, spec, ..small("dense") });
}

#[test]
fn negative_controls() {
    let mut figures = Figures::of("claims/negative-controls");
    for claim in claim_texts().unwrap() {
        figures.text(format!("{}: {}", claim.id, claim.control.verdict.word()));
        evidence(&mut figures, &claim.control.evidence);
    }
    figures.compare();
}
