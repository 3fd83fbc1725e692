//! Claim `contraction`.

use super::controls::{Control, Formula};
use super::subject::{tracked_gradient, tracked_graph, tracked_sum};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::Horizon;
use crate::certify::trajectory::compare_solvers;
use crate::flow::node_costs;
use crate::scalar::{Scalar, Tracked, tracked};

pub const CLAIM: Claim = Claim {
    id: "contraction",
    statement: "Two solutions of the flow never move apart: |h_1(t) - h_2(t)|_2 does not increase. Hence the global error of any computed trajectory is at most its initial error plus the integral of its defect.",
    source: "convexity of the cost; design, section 1 (no published source)",
    theorems: &[
        "contraction",
        "contraction_defect",
        "contraction_pieces",
        "contraction_rate",
        "contraction_truncation",
    ],
    check: |subject| measure(subject, Formula::Claimed),
    other_degrees: OtherDegrees::NotClaimed(
        "certified trajectories are those of the flow of degree one; any_degree measures that two solutions approach each other",
    ),
    control: Control {
        broken: "the flow with its sign flipped: h' = -g",
        check: |subject| measure(subject, Formula::Broken),
    },
};

/// Pairs of starts, and steps taken from each.
const PAIRS: u64 = 6;
const STEPS: usize = 50;

fn measure(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    let graph = tracked_graph(subject.graph());
    if graph.pattern().is_empty() {
        evidence.note("no synapse can be balanced: the flow stands still");
        return Ok(evidence);
    }
    let (mut rates, mut strict) = (WorstRatio::default(), 0_usize);
    let mut steps = WorstRatio::default();
    for pair in 0..PAIRS {
        let a = subject.random_scales(800 + 2 * pair, 0.7);
        let b = subject.random_scales(801 + 2 * pair, 0.7);
        // d/dt ½‖a − b‖² = (a − b)·(g(a) − g(b)) ≤ 0.
        let (ga, gb) = (tracked_gradient(&graph, &tracked(&a)), tracked_gradient(&graph, &tracked(&b)));
        let rate = tracked_sum((0..a.len()).map(|i| {
            let apart = Tracked::exact(a[i]) - &Tracked::exact(b[i]);
            apart * &(ga[i] - &gb[i])
        })) * &Tracked::exact(formula.sign());
        rates.add_violation(rate.value, rate.error);
        strict += usize::from(rate.value < -rate.error);
        follow(subject, (a, b), formula, &mut steps);
    }
    evidence.at_most(
        "growth rate of the distance of two solutions where positive, in units of its rounding bound, worst of random pairs",
        rates.worst(),
        1.0,
        "running error analysis of (a - b).(g(a) - g(b))",
    );
    evidence.some_beyond_rounding("pairs that approach each other beyond rounding", strict);
    evidence.at_most(
        format!(
            "growth of the distance over a step of two trajectories, in units of its rounding bound, {} steps",
            steps.seen()
        ),
        steps.worst(),
        1.0,
        "the step I - eta p L does not expand for eta p lambda_max <= 2; running error analysis of the step",
    );
    certified(subject, &mut evidence);
    Ok(evidence)
}

/// How far trajectories are certified, in inner time (units of one over the largest degree).
const HORIZON: f64 = 5.0;

/// Synapses times steps that are certified for each solver: some tenths of a second.
const LARGEST_WORK: usize = 6_000;

/// Fewer steps than these would show nothing.
const FEWEST_STEPS: usize = 3;

/// Every solver's error against the bound that its own steps give.
fn certified(subject: &Subject, evidence: &mut Evidence) {
    let synapses = subject.graph().pattern().len();
    let most_steps = LARGEST_WORK / synapses;
    if most_steps < FEWEST_STEPS {
        evidence.note(format!("trajectories are not certified for more than {} synapses", LARGEST_WORK / FEWEST_STEPS));
        return;
    }
    let compared = match compare_solvers(subject.graph(), &Horizon::new(HORIZON, most_steps)) {
        Ok(compared) => compared,
        Err(error) => {
            evidence.note(format!("trajectories are not certified: {error}"));
            return;
        }
    };
    for solver in compared {
        let mut worst = WorstRatio::default();
        for (&bound, error) in solver.bounds.iter().zip(&solver.errors) {
            worst.add(error.least, bound);
        }
        let name = solver.solver;
        evidence.at_most(
            format!("error of {name} in units of its certified bound, worst of {} times", worst.seen()),
            worst.worst(),
            1.0,
            "|h_computed - h|_2 <= initial error + integral of the defect + jumps, in interval arithmetic; the error is enclosed by a second walk along the flow",
        );
        let last = solver.bounds.last().copied().unwrap_or(f64::NAN);
        evidence.note(match solver.median_ratio() {
            Some((median, times)) => {
                format!(
                    "{name}: bound {last:.1e} at the end; median ratio of bound to error {median:.3}, {times} times"
                )
            }
            None => format!("{name}: bound {last:.1e} at the end; its error is at the level of rounding"),
        });
    }
}

/// Follows both trajectories by steps `η g`, `η = 1/(2p·degree)` with the larger degree of both ends: on the segment
/// between them no node's degree is larger (convexity of the exponential), so the step contracts.
fn follow(subject: &Subject, (mut a, mut b): (Vec<f64>, Vec<f64>), formula: Formula, worst: &mut WorstRatio) {
    let graph = tracked_graph(subject.graph());
    for _ in 0..STEPS {
        let degree = |h: &[f64]| {
            let sums = node_costs(graph.pattern(), &graph.costs_at(&tracked(h)), &Tracked::exact(0.0));
            sums.largest_degree().value
        };
        let step = Tracked::exact(formula.sign() * 0.5 / (graph.p() * (degree(&a) + degree(&b))));
        let stepped = |h: &[f64]| -> Vec<Tracked> {
            let g = tracked_gradient(&graph, &tracked(h));
            g.iter().zip(h).map(|(g, h)| *g * &step + &Tracked::exact(*h)).collect()
        };
        let (next_a, next_b) = (stepped(&a), stepped(&b));
        let distance = |x: &[Tracked], y: &[Tracked]| {
            tracked_sum(x.iter().zip(y).map(|(x, y)| {
                let apart = *x - y;
                apart * &apart
            }))
            .sqrt()
        };
        let (before, after) = (distance(&tracked(&a), &tracked(&b)), distance(&next_a, &next_b));
        worst.add_violation(after.value - before.value, after.error + before.error);
        a = next_a.iter().map(|value| value.value).collect();
        b = next_b.iter().map(|value| value.value).collect();
    }
}
