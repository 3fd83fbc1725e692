//! Claim `any_degree`: what holds for neurons of every degree of homogeneity.

use super::controls::{Control, Formula};
use super::degree_subject::{DegreeSubject, compare, tracked_dot, tracked_pulls, tracked_total, with_degrees_in_turn};
use super::{Claim, ClaimError, Evidence, OtherDegrees, Subject, WorstRatio};
use crate::balance::{DegreeError, DegreeProblem, DegreeRun, Method, Scope, Status};
use crate::cost::DegreeCosts;
use crate::network::{Homogeneity, rescale_network};
use crate::scalar::{Scalar, TaylorSeries, Tracked, UNIT_ROUNDOFF, largest_or_nan, tracked};

pub const CLAIM: Claim = Claim {
    id: "any_degree",
    statement: "Beyond the paper, for neurons of any degrees k: the cost of the weights that keep the task is convex in the log-scales; incoming = k outgoing at every neuron, zero gradient and least cost are the same; every balanced weight is unique; and every damped step of Newton's method lowers the cost. That the steps of the other solvers do is measured.",
    source: "docs/mathematics.md (no published source; degree one: Stock et al. 2022)",
    theorems: &[
        "any_degree_weights",
        "any_degree_one",
        "any_degree_convex",
        "any_degree_gradient",
        "any_degree_minimum",
        "any_degree_unique",
        "any_degree_lowers",
        "any_degree_coercive",
        "any_degree_exists",
        "any_degree_stiemke",
        "any_degree_circulation",
        "any_degree_cycles",
        "any_degree_scales",
        "any_degree_monotone",
        "any_degree_flow_exists",
        "any_degree_flow_contracts",
        "any_degree_flow_cost",
        "any_degree_flow_rate",
        "any_degree_flow_converges",
        "any_degree_newton",
    ],
    check: |subject| of_degree_one(subject, Formula::Claimed),
    other_degrees: OtherDegrees::Checked(|subject| Ok(measure(subject, Formula::Claimed)?)),
    control: Control {
        broken: "the degrees forgotten: incoming = outgoing for incoming = k outgoing",
        check: |subject| of_degree_one(subject, Formula::Broken),
    },
};

/// Random points, and directions from them.
const POINTS: u64 = 6;

/// Starts, each another member of the same orbit.
const STARTS: u64 = 2;

/// Passes after which solvers are stopped to see what they have reached: the same run, farther and farther.
const PASSES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Synapses times passes beyond which they are not.
const LARGEST_WORK: usize = 20_000_000;

/// Methods that are there for any degrees, the automatic choice among them left out.
const METHODS: [Method; 4] = [Method::Newton, Method::NewtonCg, Method::Osborne, Method::Euler];

/// On the weights of a network of degree one, its neurons given other degrees.
fn of_degree_one(subject: &Subject, formula: Formula) -> Result<Evidence, ClaimError> {
    let mut evidence = Evidence::default();
    if subject.graph().pattern().is_empty() {
        evidence.note("no synapse can be balanced: there are no weights to give neurons of other degrees to");
        return Ok(evidence);
    }
    match with_degrees_in_turn(subject)? {
        Ok(other) => {
            evidence = measure(&other, formula)?;
            evidence.note(
                "measured on the weights of the balanced network between neurons of degrees 1, 2, 1/2 and 3 in turn, with the world",
            );
        }
        Err(reason) => evidence.note(reason),
    }
    Ok(evidence)
}

/// The gradient `r − k c`; broken, the degrees left out.
fn gradient(costs: &DegreeCosts<Tracked>, h: &[f64], formula: Formula) -> Vec<Tracked> {
    let pulls = tracked_pulls(costs, &tracked(h));
    let degrees = formula.choose(None, Some(costs.degrees()));
    let outgoing = pulls.outgoing.iter().enumerate().map(|(i, pull)| match degrees {
        None => *pull,
        Some(degrees) => *pull / &Tracked::exact(degrees[i]),
    });
    pulls.incoming.iter().zip(outgoing).map(|(incoming, outgoing)| *incoming - &outgoing).collect()
}

fn measure(subject: &DegreeSubject, formula: Formula) -> Result<Evidence, DegreeError> {
    let mut evidence = Evidence::default();
    if subject.costs.synapses().is_empty() {
        evidence.note("no synapse has a cost: nothing can be balanced");
        return Ok(evidence);
    }
    for run in subject.all_runs() {
        // At the log-scales as they stand, and of the weights: not on the solver's word.
        let at = subject.costs.pulls(&subject.costs.costs_at(&run.outcome.h), &0.0).imbalance().worst;
        let what = format!(
            "largest |r - k c|/(r + k c) at the log-scales and of the rescaled network, {}",
            run.outcome.method
        );
        let worst = largest_or_nan([run.imbalance_final, at]);
        if std::ptr::eq(run, &subject.reference) {
            evidence.balanced(what, worst, subject.stop.tol, &run.outcome.status);
        } else {
            evidence.balanced_beside(what, worst, subject.stop.tol, &run.outcome.status);
        }
    }
    if !subject.leaves_room(&vec![0.0; subject.costs.neurons()]) {
        evidence.undecided(
            "the cost as given is within 2^40 of the largest number: f64 has no room for what is made of costs",
        );
        return Ok(evidence);
    }
    let exact = subject.costs.lifted(Tracked::exact);
    convexity(&mut evidence, subject, &exact, formula);
    derivatives(&mut evidence, subject, formula);
    steps(&mut evidence, subject, &exact);
    descent(&mut evidence, subject, &exact)?;
    uniqueness(&mut evidence, subject)?;
    existence(&mut evidence, subject, &exact)?;
    Ok(evidence)
}

/// Midpoints and tangents of the cost between random points, and the balanced point against all of them.
fn convexity(evidence: &mut Evidence, subject: &DegreeSubject, costs: &DegreeCosts<Tracked>, formula: Formula) {
    let p = costs.p();
    let balanced = &subject.reference.outcome.h;
    let minimum = tracked_total(costs, balanced, 0.0, balanced);
    let at_balanced = gradient(costs, balanced, Formula::Claimed);
    let (mut midpoints, mut tangents) = (WorstRatio::default(), WorstRatio::default());
    let (mut minimal, mut approach) = (WorstRatio::default(), WorstRatio::default());
    for point in 0..POINTS {
        let a = subject.random_scales(1_310 + 2 * point, 0.7);
        let b = subject.random_scales(1_311 + 2 * point, 0.7);
        let apart: Vec<f64> = b.iter().zip(&a).map(|(b, a)| b - a).collect();
        // The other end is where a rounded difference leads, so that all three points are on one line exactly.
        let at = |part: f64| tracked_total(costs, &a, part, &apart);
        let (at_a, at_middle, at_b) = (at(0.0), at(0.5), at(1.0));
        let mean = (at_a + &at_b) / &Tracked::exact(2.0);
        midpoints.add_violation(at_middle.value - mean.value, at_middle.error + mean.error);
        let tangent = at_a - &(tracked_dot(&gradient(costs, &a, formula), &apart) * &Tracked::exact(p));
        tangents.add_violation(tangent.value - at_b.value, tangent.error + at_b.error);
        // d/dt of half the squared distance of two solutions of h' = r - k c.
        let (ga, gb) = (gradient(costs, &a, formula), gradient(costs, &b, formula));
        let change: Vec<Tracked> = gb.iter().zip(&ga).map(|(b, a)| *b - a).collect();
        let rate = tracked_dot(&change, &apart);
        // The other end is a + (b - a), whose sum is rounded once.
        let moved: f64 = ga.iter().zip(&b).map(|(g, b)| 4.0 * UNIT_ROUNDOFF * g.magnitude() * b.abs()).sum();
        approach.add_violation(rate.value, rate.error + moved);
        let leftover: f64 =
            at_balanced.iter().zip(a.iter().zip(balanced)).map(|(g, (a, h))| p * g.magnitude() * (a - h).abs()).sum();
        minimal.add_violation(minimum.value - at_a.value, minimum.error + at_a.error + leftover);
    }
    evidence.at_most(
        "C((a+b)/2) above (C(a)+C(b))/2, in units of the rounding bound, worst of random pairs",
        midpoints.worst(),
        1.0,
        "running error analysis",
    );
    evidence.at_most(
        "C(b) below its tangent C(a) - p (r - k c)(a).(b - a), in units of the rounding bound, worst of random pairs",
        tangents.worst(),
        1.0,
        "running error analysis",
    );
    evidence.at_most(
        "growth rate of the distance of two solutions of h' = r - k c, in units of its rounding bound, worst of random pairs",
        approach.worst(),
        1.0,
        "the flow goes down a convex function; running error analysis",
    );
    evidence.at_most(
        "balanced cost above the cost at random points, in units of its bound",
        minimal.worst(),
        1.0,
        "running error analysis, plus the residual gradient times the distance",
    );
}

/// First and second derivatives along random lines, exact but for rounding: the cost of power series.
fn derivatives(evidence: &mut Evidence, subject: &DegreeSubject, formula: Formula) {
    let costs = subject.costs.lifted(Tracked::exact);
    let series = subject.costs.lifted(|value| TaylorSeries::constant(Tracked::exact(value)));
    let (p, zero) = (costs.p(), TaylorSeries::constant(Tracked::exact(0.0)));
    let (mut first, mut second) = (WorstRatio::default(), WorstRatio::default());
    for point in 0..POINTS {
        let h = subject.random_scales(1_330 + 2 * point, 0.7);
        let x = subject.random_scales(1_331 + 2 * point, 1.0);
        let line: Vec<TaylorSeries<Tracked>> =
            h.iter().zip(&x).map(|(h, x)| TaylorSeries::new(Tracked::exact(*h), [Tracked::exact(*x)], 2)).collect();
        let along = series.total(&series.costs_at(&line), &zero);
        let coefficient = |power| along.coefficient(power).unwrap_or(Tracked::exact(f64::NAN));
        let slope = tracked_dot(&gradient(&costs, &h, formula), &x) * &Tracked::exact(-p);
        first.add(coefficient(1).value - slope.value, coefficient(1).error + slope.error);
        let curvature = curvature(&costs, &costs.costs_at(&tracked(&h)), &x) * &Tracked::exact(p * p / 2.0);
        second.add(coefficient(2).value - curvature.value, coefficient(2).error + curvature.error);
    }
    evidence.at_most(
        "derivative of the cost along random lines against -p (r - k c).x, in units of its rounding bound, worst line",
        first.worst(),
        1.0,
        "the same costs on power series, both sides in running error analysis",
    );
    evidence.at_most(
        "second derivative against p^2 sum C (k_j x_j - x_i)^2, in units of its rounding bound, worst line",
        second.worst(),
        1.0,
        "the same costs on power series, both sides in running error analysis",
    );
}

/// `xᵀHx = Σ C_ij (k_j x_j − x_i)²`.
fn curvature(graph: &DegreeCosts<Tracked>, costs: &[Tracked], x: &[f64]) -> Tracked {
    let x = tracked(x);
    let mut sum = Tracked::exact(0.0);
    for (synapse, cost) in graph.synapses().iter().zip(costs) {
        let rate = graph.rate(synapse, &x);
        sum += &(*cost * &rate * &rate);
    }
    sum
}

/// The bound behind every solver's step: with `s ≥ |k_j x_j − x_i|` at every synapse, the part t of a step x/p costs at most
/// `C − t g.x + xᵀHx (e^{st} − st − 1)/s²`, and the part `ln(1 + s)/s` of a step with `xᵀHx = g.x` lowers the cost.
fn steps(evidence: &mut Evidence, subject: &DegreeSubject, costs: &DegreeCosts<Tracked>) {
    let p = costs.p();
    let (mut worst, mut lower) = (WorstRatio::default(), WorstRatio::default());
    for point in 0..POINTS {
        let h = subject.random_scales(1_350 + 2 * point, 0.7);
        let pulls = tracked_pulls(costs, &tracked(&h));
        let g = pulls.gradient();
        // Each neuron's own step, and a random one of that size.
        let random = subject.random_scales(1_351 + 2 * point, 1.0);
        let own = |i: usize| g[i].value / (pulls.incoming[i].value + pulls.outgoing[i].value).max(f64::MIN_POSITIVE);
        let direction: Vec<f64> = (0..h.len()).map(|i| own(i) * (1.0 + 0.5 * random[i].sin())).collect();
        let at = costs.costs_at(&tracked(&h));
        let (slope, bend) = (tracked_dot(&g, &direction).value, curvature(costs, &at, &direction).value);
        // Where the point is balanced already there is no step.
        if !(slope > 0.0 && bend > 0.0) {
            continue;
        }
        let x: Vec<f64> = direction.iter().map(|value| value * slope / bend).collect();
        let rates = costs.synapses().iter().map(|synapse| costs.rate(synapse, &tracked(&x)).magnitude());
        let s = rates.fold(0.0, f64::max);
        let t = s.ln_1p() / s;
        let before = costs.total(&at, &Tracked::exact(0.0));
        let after = tracked_total(costs, &h, t / p, &x);
        // e^{st} − st − 1 as a number that rounding does not hide: st = ln(1 + s), so it is s − ln(1 + s) up to 8 units.
        let rest = s - s * t;
        let bent = curvature(costs, &at, &x);
        let third = Tracked { value: rest / (s * s), error: 8.0 * UNIT_ROUNDOFF * (s + 1.0) / (s * s) };
        let bound = before - &(tracked_dot(&g, &x) * &Tracked::exact(t)) + &(bent * &third);
        worst.add_violation(after.value - bound.value, after.error + bound.error);
        lower.add_violation(after.value - before.value, after.error + before.error);
    }
    if worst.seen() == 0 {
        evidence.note("no random point has a step that lowers the cost");
        return;
    }
    evidence.at_most(
        "cost after the part ln(1+s)/s of a step above its bound, in units of the rounding bound, worst of random steps",
        worst.worst(),
        1.0,
        "no third derivative along the step is above s times the second (any_degree_newton); running error analysis",
    );
    evidence.at_most(
        "rise of the cost by the part ln(1+s)/s of a step, in units of the rounding bound, worst of random steps",
        lower.worst(),
        1.0,
        "running error analysis",
    );
}

/// Every method, stopped earlier and later: the cost does not rise on the way.
fn descent(evidence: &mut Evidence, subject: &DegreeSubject, costs: &DegreeCosts<Tracked>) -> Result<(), DegreeError> {
    let most = PASSES[PASSES.len() - 1];
    if subject.costs.synapses().len() * most > LARGEST_WORK {
        evidence.note(format!("solvers are not stopped on their way for more than {} synapses", LARGEST_WORK / most));
        return Ok(());
    }
    let problem = subject.problem()?;
    for method in METHODS {
        let mut worst = WorstRatio::default();
        let mut before = tracked_total(costs, &vec![0.0; costs.neurons()], 0.0, &vec![0.0; costs.neurons()]);
        for passes in PASSES {
            let run = match problem.solve(method, &subject.stop.with_max_passes(passes)) {
                Err(reason) if reason.is_out_of_range() => {
                    evidence.undecided(format!("{} stopped after {passes} passes: {reason}", method.name()));
                    break;
                }
                run => run?,
            };
            // Of a run that ended by itself without an answer the best point is the result, which may lie before the last stop.
            if !matches!(run.outcome.status, Status::Balanced | Status::LostToRounding | Status::PassLimit { .. }) {
                if worst.seen() == 0 {
                    evidence.note(format!(
                        "{} ended by itself before its first stop: {}",
                        method.name(),
                        run.outcome.status
                    ));
                }
                break;
            }
            let h = &run.outcome.h;
            let after = tracked_total(costs, h, 0.0, h);
            worst.add_violation(after.value - before.value, after.error + before.error);
            before = after;
        }
        if worst.seen() == 0 {
            continue;
        }
        evidence.at_most(
            format!("rise of the cost between stops of {}, in units of the rounding bound", method.name()),
            worst.worst(),
            1.0,
            "running error analysis of the cost at the log-scales of the same run, stopped after more and more passes",
        );
    }
    Ok(())
}

/// The answers of other solvers and from other starts.
fn uniqueness(evidence: &mut Evidence, subject: &DegreeSubject) -> Result<(), DegreeError> {
    let mut worst = WorstRatio::default();
    let mut largest = 0.0_f64;
    let mut take =
        |evidence: &mut Evidence, what: &str, h: &[f64], extra: &[f64], rounding: f64| match compare(subject, h, extra)
        {
            Ok(apart) => {
                for (distance, bound) in apart.distance.iter().zip(&apart.bound) {
                    worst.add(*distance, bound + rounding);
                    largest = largest.max(*distance);
                }
            }
            Err(reason) => evidence.undecided(format!("{what}: {reason}")),
        };
    let balanced = |run: &&DegreeRun| run.outcome.status.is_balanced();
    if !balanced(&&subject.reference) {
        // Said already: the reference's imbalance is not within the tolerance.
        return Ok(());
    }
    let n = subject.costs.neurons();
    // What is free is taken out of the log-scales by sums and products of a few units of |h|.
    let rounding = |h: &[f64]| 8.0 * UNIT_ROUNDOFF * h.iter().fold(0.0_f64, |most, h| most.max(h.abs()));
    for run in subject.runs.iter().filter(balanced) {
        take(evidence, run.outcome.method, &run.outcome.h, &vec![0.0; n], rounding(&run.outcome.h));
    }
    let method = if n <= super::LARGEST_DENSE { Method::Newton } else { Method::NewtonCg };
    for start in 0..STARTS {
        let what = format!("start {}", start + 1);
        let h0 = subject.random_scales(1_370 + start, 0.7);
        let again = rescale_network(&subject.network, &h0, Homogeneity::Required)
            .map_err(DegreeError::from)
            .and_then(|moved| DegreeProblem::new(&moved, &subject.spec, subject.scope)?.solve(method, &subject.stop));
        let again = match again {
            Ok(again) => again,
            Err(reason) if reason.is_out_of_range() => {
                evidence.undecided(format!("{what}: {reason}"));
                continue;
            }
            Err(fault) => return Err(fault),
        };
        evidence.balanced(
            format!("imbalance from {what}"),
            again.outcome.imbalance,
            subject.stop.tol,
            &again.outcome.status,
        );
        if !again.outcome.status.is_balanced() {
            continue;
        }
        let h: Vec<f64> = again.outcome.h.iter().zip(&h0).map(|(found, start)| found + start).collect();
        // The weights of the new start are rounded: their log-factors, at most (1 + k) max|h0|, and 8 units; p times that for
        // the costs, and the sum over a neuron's synapses for its gradient. The log-scales are sums of rounded numbers.
        let spread = h0.iter().chain(&h).fold(0.0_f64, |spread, value| spread.max(value.abs()));
        let steepest = subject.costs.degrees().iter().fold(1.0_f64, |most, degree| most.max(*degree));
        let p = subject.costs.p();
        let relative = p * UNIT_ROUNDOFF * (8.0 * (1.0 + steepest) * spread + 16.0);
        let pulls = subject.costs.pulls(&subject.costs.costs_at(&subject.reference.outcome.h), &0.0);
        let extra: Vec<f64> = pulls.incoming.iter().zip(&pulls.outgoing).map(|(r, c)| p * relative * (r + c)).collect();
        take(evidence, &what, &h, &extra, rounding(&h) + 4.0 * UNIT_ROUNDOFF * spread);
    }
    if worst.seen() > 0 {
        evidence.at_most(
            "distance between the balanced log-scales of different solvers and starts, in units of its bound, worst neuron",
            worst.worst(),
            1.0,
            "comparison principle for the mean Hessian, with the residual gradients of both answers",
        );
        evidence.note(format!("largest distance of a log-scale: {largest:.1e}"));
    }
    Ok(())
}

/// Without the world: a minimum, or a direction along which the cost falls without end.
fn existence(
    evidence: &mut Evidence,
    subject: &DegreeSubject,
    costs: &DegreeCosts<Tracked>,
) -> Result<(), DegreeError> {
    let mut spec = subject.spec.clone();
    if spec.world.take().is_none() {
        evidence.note("this network's cost has a minimum without the world: the criterion by cycles let it pass");
        return Ok(());
    }
    let direction = match DegreeProblem::new(&subject.network, &spec, Scope::Whole) {
        Err(DegreeError::NoMinimum { direction }) => direction,
        Ok(_) => {
            evidence.note("the cost has a minimum without the world too");
            return Ok(());
        }
        Err(DegreeError::Undecided { neuron }) => {
            let said =
                format!("whether there is a minimum without the world: a cycle at neuron {neuron} of gain near one");
            evidence.note(said);
            return Ok(());
        }
        Err(fault) => return Err(fault),
    };
    let recurrent = DegreeCosts::of_network(&subject.network, &spec)?;
    let refused = usize::from(!direction.holds(&recurrent));
    evidence.at_most(
        "directions of falling cost without the world that the integer test refuses",
        refused as f64,
        0.0,
        "exact",
    );
    let recurrent = recurrent.lifted(Tracked::exact);
    let h = subject.random_scales(1_380, 0.7);
    let (before, after) =
        (tracked_total(&recurrent, &h, 0.0, direction.rates()), tracked_total(&recurrent, &h, 1.0, direction.rates()));
    let mut rise = WorstRatio::default();
    // The rates are rounded, a unit each: in every exponent at most p (1 + k) of them.
    let steepest = costs.degrees().iter().fold(1.0_f64, |most, degree| most.max(*degree));
    let rounded = 4.0 * UNIT_ROUNDOFF * costs.p() * (1.0 + steepest) * before.magnitude();
    rise.add_violation(after.value - before.value, after.error + before.error + rounded);
    evidence.at_most(
        "rise of the cost without the world along that direction, in units of the rounding bound",
        rise.worst(),
        1.0,
        "no synapse's cost grows; running error analysis, and the rounding of the rates",
    );
    Ok(())
}
