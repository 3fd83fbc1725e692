//! Runs the claims on the cases.

use std::time::Instant;

use super::degrees;
use super::figures::{CERTIFIED_TITLE, certified_errors, drift};
use super::worst::worst_neurons_of;
use super::{
    CaseReport, ClaimReport, ClaimText, ControlReport, ExperimentReport, NetworkFacts, Provenance, Report, ReportError,
    SolverReport, WorstNeuron, figures, run_experiment,
};
use crate::balance::{Criteria, Method, Run};
use crate::claims::{Claim, ClaimError, REGISTRY, Subject, control_subject, largest_weight_difference};
use crate::experiments::{EXPERIMENTS, Effort, Experiment};
use crate::flow::node_costs;
use crate::ranks::Carrier;
use crate::tasks::{Beside, Case, embedded_cases};

/// Hears what is being worked on: the case, and the solver or claim.
pub type Listener<'a> = &'a (dyn Fn(&str, &str) + Sync);

/// Runs every claim on every embedded case across all solvers, two or more cases at a time if there are processors; then
/// every experiment, which uses all processors itself. Over several processes each case and each experiment is a task of one of
/// them; the first has the report, the others have `None`.
///
/// # Errors
/// A case or an experiment that cannot be run at all; a claim that falls is no error but a verdict.
pub fn run_report(
    seed: u64,
    stop: Criteria<'static>,
    effort: Effort,
    carrier: Carrier,
    progress: Listener,
) -> Result<Option<Report>, ReportError> {
    let started = Instant::now();
    let cases = embedded_cases(seed)?;
    let cases =
        carrier.side_by_side(cases.len(), |number| case_report(&cases[number], Method::ALL, seed, stop, progress))?;
    let all: Vec<&Experiment> = EXPERIMENTS.iter().collect();
    let experiments = run_experiments(&all, seed, effort, carrier, progress)?;
    let (Some(cases), Some(experiments)) = (cases, experiments) else { return Ok(None) };
    Ok(Some(Report {
        figures: figures::of_report(&cases)?,
        experiments,
        provenance: Provenance::collect(seed),
        effort,
        claims: claim_texts()?,
        cases,
        seconds: started.elapsed().as_secs_f64(),
    }))
}

/// Runs experiments one after the other, or each as a task of one of several processes: the first then has the findings, the
/// others have `None`.
///
/// # Errors
/// The first experiment that cannot be run.
pub fn run_experiments(
    experiments: &[&Experiment],
    seed: u64,
    effort: Effort,
    carrier: Carrier,
    progress: Listener,
) -> Result<Option<Vec<ExperimentReport>>, ReportError> {
    carrier.one_by_one(experiments.len(), |number| {
        let experiment = experiments[number];
        run_experiment(experiment, seed, effort, &|_, what| progress(experiment.name, what))
    })
}

/// The registry in words, each claim with its negative control.
///
/// # Errors
/// A control that could not be checked at all.
pub fn claim_texts() -> Result<Vec<ClaimText>, ReportError> {
    let wrong = |source| ReportError::Claim { case: "the negative controls".to_owned(), source };
    let subject = control_subject().map_err(wrong)?;
    let text = |claim: &Claim| -> Result<ClaimText, ClaimError> {
        let evidence = (claim.control.check)(&subject)?;
        Ok(ClaimText {
            id: claim.id,
            statement: claim.statement,
            source: claim.source,
            theorems: claim.theorems,
            control: ControlReport { broken: claim.control.broken, verdict: evidence.verdict(), evidence },
        })
    };
    REGISTRY.iter().map(text).collect::<Result<_, _>>().map_err(wrong)
}

/// Runs every claim on one case.
///
/// # Errors
/// A network that cannot be balanced in the scope asked for, or a figure that cannot be drawn.
pub fn case_report(
    case: &Case,
    methods: &[Method],
    seed: u64,
    stop: Criteria<'static>,
    progress: Listener,
) -> Result<CaseReport, ReportError> {
    // A network that is not homogeneous at all is refused like one of degree one.
    if case.network.activation.homogeneous_degrees().is_ok_and(|degrees| !degrees.are_one()) {
        return degrees::case_report(case, methods, seed, stop, progress);
    }
    let wrong = |source| ReportError::Claim { case: case.name.clone(), source };
    let say = |what: &str| progress(&case.name, what);
    let subject =
        Subject::new(case.network.clone(), case.spec.clone(), case.scope, methods, stop, seed, &say).map_err(wrong)?;
    let mut claims = Vec::new();
    for claim in REGISTRY {
        say(claim.id);
        let evidence = (claim.check)(&subject).map_err(wrong)?;
        claims.push(ClaimReport { id: claim.id.to_owned(), verdict: evidence.verdict(), evidence });
    }
    say("figures");
    let drift = (case.beside == Beside::Drift).then(|| drift(subject.graph(), &stop));
    let certified = (case.beside == Beside::CertifiedErrors).then(|| certified_errors(subject.graph())).transpose();
    let certified = certified
        .map_err(|error| ReportError::Plot { title: CERTIFIED_TITLE.to_owned(), reason: error.to_string() })?;
    Ok(CaseReport {
        name: case.name.clone(),
        title: case.title.clone(),
        facts: facts(&subject),
        solvers: solver_reports(&subject),
        claims,
        worst_neurons: worst_neurons(&subject),
        notices: Vec::new(),
        figures: figures::of_case(&(&subject).into(), drift.as_ref(), certified)?,
    })
}

fn facts(subject: &Subject) -> NetworkFacts {
    let reference = &subject.reference;
    let sizes = reference.graph.facts().strong_sizes();
    NetworkFacts {
        neurons: subject.network.weights.neurons(),
        synapses: subject.network.weights.synapses(),
        components: reference.components,
        largest_component: sizes.iter().copied().max().unwrap_or(0),
        synapses_on_no_cycle: reference.on_no_cycle.len(),
        p: subject.spec.p,
        world: subject.spec.world,
        degrees: vec![1.0],
        cost_initial: reference.cost_initial,
        cost_final: reference.cost_final,
        imbalance_initial: reference.imbalance_initial,
        cost_left_out: NetworkFacts::cost_left_out(
            &reference.on_no_cycle,
            [&subject.network, &reference.network],
            &subject.spec,
        ),
    }
}

/// The neurons that are furthest from balance as given.
fn worst_neurons(subject: &Subject) -> Vec<WorstNeuron> {
    let graph = subject.graph();
    let start = graph.prescaled(&vec![0.0; graph.nodes()]);
    let sums = node_costs(graph.pattern(), &graph.costs_at(&start), &0.0);
    worst_neurons_of(&sums, &subject.reference.log_scales)
}

fn solver_reports(subject: &Subject) -> Vec<SolverReport> {
    let distances = certified_distances(subject);
    let reports = subject.all_runs().enumerate().map(|(index, run)| {
        let (certified_radius, true_distance) = distances.get(index).copied().flatten().unzip();
        SolverReport { certified_radius, true_distance, ..solver_report(&subject.reference, run) }
    });
    reports.collect()
}

/// For every run, the certified radius and the true distance.
#[cfg(feature = "precise")]
fn certified_distances(subject: &Subject) -> Vec<Option<(f64, f64)>> {
    let of = |found: &Result<crate::certify::CertifiedDistance, _>| {
        found.as_ref().ok().map(|certified| (certified.radius, certified.distance))
    };
    subject.certified().iter().map(of).collect()
}

#[cfg(not(feature = "precise"))]
fn certified_distances(_: &Subject) -> Vec<Option<(f64, f64)>> {
    Vec::new()
}

fn solver_report(reference: &Run, run: &Run) -> SolverReport {
    SolverReport {
        method: run.outcome.method.to_owned(),
        status: run.outcome.status.word().to_owned(),
        explanation: run.outcome.status.to_string(),
        iterations: run.outcome.iterations,
        passes: run.outcome.passes,
        cost: run.cost_final,
        imbalance: run.imbalance_final,
        weight_difference: largest_weight_difference(reference, run),
        certified_radius: None,
        true_distance: None,
        seconds: run.seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Scope;
    use crate::cost::CostSpec;
    use crate::network::{Activation, Network, Weights};

    /// What takes long is drawn of the report's own cases, not of whatever network has a name of theirs.
    #[test]
    fn a_name_decides_nothing() {
        let weights = Weights::from_triplets(2, vec![(0, 1, 2.0), (1, 0, 1.0)]).unwrap();
        let case = Case {
            name: "ring".to_owned(),
            title: String::new(),
            network: Network::recurrent(weights, Activation::Relu),
            spec: CostSpec::power(2.0),
            scope: Scope::Whole,
            beside: Beside::Nothing,
        };
        let found = case_report(&case, &[], 1, Criteria::default(), &|_, _| ()).unwrap();
        let names: Vec<&str> = found.figures.iter().map(|figure| figure.name.as_str()).collect();
        assert!(!names.is_empty() && names.iter().all(|name| !name.contains("error")), "{names:?}");
    }
}
