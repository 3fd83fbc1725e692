//! The claims on a network whose neurons have other degrees than one.

use super::worst::worst_neurons_of;
use super::{CaseReport, ClaimReport, Listener, NetworkFacts, ReportError, SolverReport, figures};
use crate::balance::{Criteria, DegreeRun, Method};
use crate::claims::{DegreeSubject, REGISTRY};
use crate::tasks::Case;

pub(super) fn case_report(
    case: &Case,
    methods: &[Method],
    seed: u64,
    stop: Criteria<'static>,
    progress: Listener,
) -> Result<CaseReport, ReportError> {
    let wrong = |source| ReportError::Claim { case: case.name.clone(), source };
    let say = |what: &str| progress(&case.name, what);
    // The others follow the flow of degree one, or its turns; a note says so.
    let (methods, left_out): (Vec<Method>, Vec<Method>) = methods.iter().partition(|method| method.takes_any_degree());
    let (network, spec) = (case.network.clone(), case.spec.clone());
    let subject = DegreeSubject::new(network, spec, case.scope, &methods, stop, seed, &say)
        .map_err(|error| wrong(error.into()))?;
    let mut claims = Vec::new();
    for claim in REGISTRY {
        say(claim.id);
        let evidence = claim.check_other_degrees(&subject).map_err(wrong)?;
        claims.push(ClaimReport { id: claim.id.to_owned(), verdict: evidence.verdict(), evidence });
    }
    say("figures");
    let mut notices = vec![OTHER_DEGREES.to_owned()];
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|method| method.name()).collect();
        notices.push(format!("solvers that are there for degree one only were not run: {}", names.join(", ")));
    }
    let start = subject.costs.pulls(subject.costs.initial_costs(), &0.0);
    Ok(CaseReport {
        name: case.name.clone(),
        title: case.title.clone(),
        facts: facts(&subject),
        solvers: solver_reports(&subject),
        claims,
        worst_neurons: worst_neurons_of(&start, &subject.reference.log_scales),
        notices,
        figures: figures::of_case(&(&subject).into(), None, None)?,
    })
}

/// What is different about such a network.
const OTHER_DEGREES: &str = "neurons of other degrees k than one: balanced means incoming = k outgoing; claims about degree one only do not apply, and each says why";

fn facts(subject: &DegreeSubject) -> NetworkFacts {
    let reference = &subject.reference;
    let mut degrees = subject.costs.degrees().to_vec();
    degrees.sort_by(f64::total_cmp);
    degrees.dedup();
    NetworkFacts {
        neurons: subject.network.weights.neurons(),
        synapses: subject.network.weights.synapses(),
        components: subject.components,
        largest_component: subject.largest_component,
        synapses_on_no_cycle: subject.on_no_cycle.len(),
        p: subject.spec.p,
        world: subject.spec.world,
        degrees,
        cost_initial: reference.cost_initial,
        cost_final: reference.cost_final,
        imbalance_initial: reference.imbalance_initial,
        cost_left_out: NetworkFacts::cost_left_out(
            &subject.on_no_cycle,
            [&subject.network, &reference.network],
            &subject.spec,
        ),
    }
}

fn solver_reports(subject: &DegreeSubject) -> Vec<SolverReport> {
    let exact = exact_log_scales(subject);
    let report = |run: &DegreeRun| {
        let apart = exact.as_ref().map(|exact| exact.iter().zip(&run.log_scales).map(|(a, b)| (a - b).abs()));
        let true_distance = apart.map(|apart| apart.fold(0.0, f64::max));
        SolverReport { true_distance, ..solver_report(&subject.reference, run) }
    };
    subject.all_runs().map(report).collect()
}

/// Neurons up to which answers are measured against one of [`DIGITS`] digits: seconds.
#[cfg(feature = "precise")]
const LARGEST_PRECISE: usize = 200;

/// Digits of that.
#[cfg(feature = "precise")]
const DIGITS: usize = 40;

/// The balanced log-scales, rounded once.
#[cfg(feature = "precise")]
fn exact_log_scales(subject: &DegreeSubject) -> Option<Vec<f64>> {
    use crate::scalar::Scalar;
    if subject.costs.neurons() > LARGEST_PRECISE {
        return None;
    }
    let found = subject.problem().ok()?.to_digits(DIGITS).ok()?;
    Some(found.log_scales.iter().map(Scalar::to_f64).collect())
}

#[cfg(not(feature = "precise"))]
fn exact_log_scales(_: &DegreeSubject) -> Option<Vec<f64>> {
    None
}

fn solver_report(reference: &DegreeRun, run: &DegreeRun) -> SolverReport {
    let pairs = run.network.weights.values().iter().zip(reference.network.weights.values());
    let relative = pairs.map(|(a, b)| ((a - b) / b).abs());
    SolverReport {
        method: run.outcome.method.to_owned(),
        status: run.outcome.status.word().to_owned(),
        explanation: run.outcome.status.to_string(),
        iterations: run.outcome.iterations,
        passes: run.outcome.passes,
        cost: run.cost_final,
        imbalance: run.imbalance_final,
        weight_difference: relative.fold(0.0, f64::max),
        certified_radius: None,
        true_distance: None,
        seconds: run.seconds,
    }
}
