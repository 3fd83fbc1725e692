//! What solvers, certificates, trajectories and tasks give on small networks is what was committed.

use synbal::balance::{
    Coordinates, Criteria, DegreeProblem, Euler, Horizon, LinearSolver, Method, NewtonCg, OdeFlow, Outcome, Precise,
    Problem, Solver, Stepper, TracePoint, Trajectory, balance_to_digits_by,
};
use synbal::certify::certificate::{Certificate, Costs, Refine, certify};
use synbal::certify::degrees::certify_degrees;
use synbal::certify::trajectory::{self, Tube};
use synbal::certify::{certified_distance, ground_state};
use synbal::conserved::{eigenvalues, traces_of_powers};
use synbal::cost::{CostGraph, CostSpec};
use synbal::laplacian::Preconditioning;
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::report::facts;
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, MovingEdges, Outputs};
use synbal::tasks::training::{Descent, Reach, initial_network, train};
use synbal::tasks::{
    Adjoint, Case, ContextIntegration, Convention, Dynamics, FullIntegration, ReadOut, Sensitivity, Simulator,
    StateNoise, Task, Teacher, Weighting, XorIntegration, construct_xor, embedded_cases, mean_gains,
    rounding_of_rescaling,
};

use crate::figures::Figures;
use crate::small_networks::{OF_DEGREE_ONE, OF_OTHER_DEGREES, small};

const STOP: Criteria<'static> = Criteria::new(1e-10, 2000);

/// Every method but the choice among them and those of the feature `stiff`: the files are the same with it and without.
fn methods() -> impl Iterator<Item = Method> {
    Method::NAMED.into_iter().filter(|method| !matches!(method, Method::Auto | Method::Bdf | Method::Esdirk34))
}

fn outcome(figures: &mut Figures, outcome: &Outcome) {
    let Outcome { method, status, iterations, passes, h, imbalance, worst_node, cost, trace } = outcome;
    figures.text(format!("{method}: {status}; iterations {iterations}, passes {passes}, cost {cost:?}, imbalance {imbalance:?} at {worst_node}"));
    figures.many("  h", h);
    let of_point = |point: &TracePoint| [point.passes as f64, point.time.unwrap_or(-1.0), point.cost, point.imbalance];
    let points: Vec<f64> = trace.iter().flat_map(of_point).collect();
    figures.many("  trace", &points);
}

fn precise(figures: &mut Figures, found: &Precise) {
    figures.text(format!("  cost {}, log10 of the imbalance {:?}", found.cost_decimal(), found.log10_imbalance));
    figures.long("  h", &found.log_scales_decimal().join(" "));
    let last = found.trace.last().map(|step| (step.bits, step.digits, step.corrections));
    figures.add("  steps; bits, digits, corrections of the last", (found.trace.len(), last));
    figures.long("  steps", &format!("{:?}", found.trace));
}

fn certificate(figures: &mut Figures, what: &str, certificate: &Certificate) {
    figures.text(format!(
        "certificate, {what}: cost unit {}, radius unit {}, radius {}, gap {} bits, lam {} bits, vmax {} bits, {:?}",
        certificate.cost_unit_bits,
        certificate.radius_unit_bits,
        certificate.radius,
        certificate.gap.bits(),
        certificate.lam.bits(),
        certificate.vmax.bits(),
        certificate.distance_to_given
    ));
    figures.long("  text", &certificate.to_text("0"));
}

fn of_degree_one(case: &Case) -> Figures {
    let mut figures = Figures::of(&format!("solvers/{}", case.name));
    figures.add("facts", facts(&case.network, &case.spec).unwrap());
    let problem = Problem::new(&case.network, &case.spec, case.scope).unwrap();
    let graph = problem.graph();
    let zero = vec![0.0; graph.nodes()];
    figures.many("costs", graph.initial_costs());
    figures.add("given", (graph.given_total(), graph.given_log2_total(), graph.given_imbalance()));
    for method in methods() {
        outcome(&mut figures, &problem.solve(method, &STOP).unwrap().outcome);
    }
    let run = problem.solve(Method::Newton, &STOP).unwrap();
    figures.add("log2 of the costs", (run.log2_cost_initial, run.log2_cost_final, run.imbalance_final));
    figures.many("balanced weights", run.network.weights.values());
    for (linear_solver, digits) in [(LinearSolver::Refinement, 50), (LinearSolver::StarMesh, 30)] {
        figures.text(format!("{digits} digits, {linear_solver:?}"));
        match balance_to_digits_by(graph, &zero, digits, linear_solver) {
            Ok(found) => precise(&mut figures, &found),
            Err(refused) => figures.text(format!("  refused: {refused}")),
        }
    }
    for (what, refine, costs) in
        [("as they are", Refine::No, Costs::Rounded), ("refined, exact", Refine::Yes, Costs::ExactIfPossible)]
    {
        match certify(&problem, &run.log_scales, refine, costs) {
            Ok(found) => certificate(&mut figures, what, &found),
            Err(refused) => figures.text(format!("certificate, {what}: {refused}")),
        }
    }
    if let Ok(reference) = balance_to_digits_by(graph, &zero, 40, LinearSolver::Refinement) {
        match certified_distance(&problem, &run, &reference) {
            Ok(found) => figures.add("certified distance", found),
            Err(refused) => figures.text(format!("certified distance: {refused}")),
        }
    }
    match ground_state(graph, &run.outcome.h) {
        Ok(found) => figures.add("ground state", found),
        Err(refused) => figures.text(format!("ground state: {refused}")),
    }
    trajectories(&mut figures, &problem);
    let traces = traces_of_powers(&case.network.weights, 4, &0.0);
    figures.many("traces", &traces);
    if let Ok(values) = eigenvalues(&case.network.weights.to_dense()) {
        figures.many("eigenvalues", values.iter().flat_map(|value| [&value.re, &value.im]));
    }
    figures
}

fn trajectories(figures: &mut Figures, problem: &Problem) {
    let graph = problem.graph();
    let horizon = Horizon::new(0.5, 20);
    let steppers = [Stepper::Rk4, Stepper::Dopri5, Stepper::Dop853];
    let explicit = steppers.map(|stepper| {
        let flow = OdeFlow { step_tol: 1e-6, ..OdeFlow::new(stepper, Coordinates::LogScales) };
        (format!("{stepper:?}"), flow.trajectory(graph, &horizon))
    });
    let all = std::iter::once(("Euler".to_owned(), Euler.trajectory(graph, &horizon))).chain(explicit);
    for (name, found) in all {
        let found: Trajectory = match found {
            Ok(found) => found,
            Err(status) => {
                figures.text(format!("{name}: {status}"));
                continue;
            }
        };
        figures.text(format!("{name}: rate {:?}, {} steps to {:?}", found.rate, found.times.len(), found.times.last()));
        figures.many("  states", found.states.iter().flatten());
        match trajectory::certify(graph, &found) {
            Ok(certified) => {
                figures.add("  error at most, pieces", (certified.bounds.last(), certified.pieces));
                let end = found.times.last().copied().unwrap_or(0.0);
                match Tube::new(graph, found.rate, end) {
                    Ok(tube) => {
                        let ranges = tube.errors_of(graph, &found).unwrap();
                        let last = ranges.last().map(|range| (range.least, range.most));
                        figures.add("  tube: radius, error", (tube.radius(), last));
                    }
                    Err(refused) => figures.text(format!("  tube: {refused}")),
                }
            }
            Err(refused) => figures.text(format!("  no bound: {refused}")),
        }
    }
}

fn of_other_degrees(case: &Case) -> Figures {
    let mut figures = Figures::of(&format!("solvers/{}", case.name));
    figures.add("facts", facts(&case.network, &case.spec).unwrap());
    let problem = match DegreeProblem::new(&case.network, &case.spec, case.scope) {
        Ok(problem) => problem,
        Err(refused) => {
            figures.text(format!("refused: {refused}"));
            return figures;
        }
    };
    figures.add("free", problem.free());
    figures.many("costs", problem.costs().initial_costs());
    for method in methods().filter(|method| method.takes_any_degree()) {
        outcome(&mut figures, &problem.solve(method, &STOP).unwrap().outcome);
    }
    let run = problem.solve(Method::Newton, &STOP).unwrap();
    figures.add("costs", (run.cost_initial, run.cost_final, run.imbalance_initial, run.imbalance_final));
    figures.many("balanced weights", run.network.weights.values());
    figures.text("40 digits");
    precise(&mut figures, &problem.to_digits(40).unwrap());
    for refine in [Refine::No, Refine::Yes] {
        match certify_degrees(&problem, &run.log_scales, refine) {
            Ok(found) => figures.long(format!("certificate, refined: {refine:?}"), &found.to_text("0")),
            Err(refused) => figures.text(format!("certificate, refined: {refine:?}: {refused}")),
        }
    }
    figures
}

macro_rules! networks {
    ($($test:ident $of:ident $name:literal,)*) => {
        $(#[test]
        fn $test() {
            $of(&small($name)).compare();
        })*

        #[test]
        fn every_small_network_is_there() {
            assert!([$($name),*].iter().eq(OF_DEGREE_ONE.iter().chain(&OF_OTHER_DEGREES)));
        }
    };
}

networks! {
    dense of_degree_one "dense",
    world of_degree_one "world",
    reducible of_degree_one "reducible",
    symmetric of_degree_one "symmetric",
    ring of_degree_one "ring",
    gains of_degree_one "gains",
    factors of_degree_one "factors",
    rank_one of_degree_one "rank-one",
    far_apart of_degree_one "far-apart",
    tiny of_degree_one "tiny",
    chain of_degree_one "chain",
    accumulated of_degree_one "accumulated",
    squares of_other_degrees "squares",
    mixed of_other_degrees "mixed",
    mixed_world of_other_degrees "mixed-world",
}

/// Graphs on which the preconditioners differ: a trained network's, weights over many decades, and a square lattice with weak rows.
#[test]
fn preconditioned() {
    let mut figures = Figures::of("preconditioned");
    let plan = FlyvisNetwork { extent: 1, model: 0, inputs: Inputs::None, outputs: Outputs::None };
    let far = random_network(&mut stream(21, 0), 300, 0.01, 3.0).unwrap();
    let side = 24;
    let at = |x: usize, y: usize| x % side * side + y % side;
    let mut random = stream(22, 0);
    let places = (0..side).flat_map(|x| (0..side).map(move |y| (x, y)));
    let steps = places.flat_map(|(x, y)| [(at(x, y), at(x + 1, y), 1e-3), (at(x, y), at(x, y + 1), 1.0)]);
    let both = steps.flat_map(|(i, j, size)| [(i, j, size), (j, i, size)]);
    let lattice = both.map(|(i, j, size)| (i, j, size * normals(&mut random, 1, 0.5)[0].exp())).collect();
    let lattice = Weights::from_triplets(side * side, lattice).unwrap();
    let graphs = [
        ("fly", plan.build().unwrap()),
        ("far", Network::recurrent(far, Activation::Relu)),
        ("lattice", Network::recurrent(lattice, Activation::Relu)),
    ];
    for (name, network) in &graphs {
        figures.text(*name);
        let graph = CostGraph::of_network(network, &CostSpec::power(2.0)).unwrap().within_components();
        for preconditioning in [
            Preconditioning::Diagonal,
            Preconditioning::Multigrid,
            Preconditioning::ApproximateCholesky,
            Preconditioning::AsNeeded,
        ] {
            figures.add("preconditioning", preconditioning);
            let solver = NewtonCg { preconditioning, ..NewtonCg::default() };
            outcome(&mut figures, &solver.solve(&graph, &STOP.with_max_passes(20_000)));
        }
    }
    figures.compare();
}

/// Networks of the report, as they are drawn.
#[test]
fn embedded() {
    let mut figures = Figures::of("embedded-cases");
    for case in embedded_cases(1).unwrap() {
        figures.text(format!(
            "{}: {} neurons, {:?}, {:?}",
            case.name,
            case.network.weights.neurons(),
            case.spec.p,
            case.scope
        ));
        network(&mut figures, &case.network);
    }
    figures.compare();
}

fn network(figures: &mut Figures, network: &Network) {
    figures.many("  weights", network.weights.values());
    for (what, matrix) in [("  input", &network.w_in), ("  read-out", &network.w_out)] {
        if let Some(matrix) = matrix {
            figures.many(what, matrix.iter());
        }
    }
    for (what, vector) in [("  bias", &network.bias), ("  start", &network.initial_state)] {
        if let Some(vector) = vector {
            figures.many(what, vector);
        }
    }
}

fn tasks() -> Vec<Box<dyn Task>> {
    let teacher = Teacher::new(5, Activation::Relu, 3).unwrap();
    vec![Box::new(ContextIntegration), Box::new(FullIntegration), Box::new(XorIntegration), Box::new(teacher)]
}

/// Trials, a few steps of training, losses with and without noise, gains, and the sensitivity to noise.
#[test]
fn trials_and_training() {
    let mut figures = Figures::of("tasks");
    for task in tasks() {
        figures.text(format!("{}: {:?}, {} conditions", task.name(), task.channels(), task.conditions()));
        let batch = task.batch(5, 0..task.conditions());
        figures.add("  step, scored from, scored", (batch.trials.step, batch.scored_from, batch.scored()));
        figures.many("  input", batch.trials.input.iter().flatten());
        figures.many("  targets", batch.targets.iter().flatten());
        let descent = Descent {
            iterations: 3,
            trials: 8,
            l2: 0.1,
            reach: if task.name() == "teacher" { Reach::Whole } else { Reach::Recurrent },
            clip: 1.0,
            record_every: 2,
            ..Descent::default()
        };
        let start = initial_network(&*task, 6, Activation::Relu, 2).unwrap();
        let (trained, history) = train(&*task, start, &descent, &mut |_, _| ()).unwrap();
        for record in history.records() {
            figures.add("  trained", record);
        }
        network(&mut figures, &trained);
        of_simulations(&mut figures, &*task, &trained);
    }
    figures.compare();
}

fn of_simulations(figures: &mut Figures, task: &dyn Task, network: &Network) {
    let convention = task.convention();
    let batch = task.batch(6, 0..task.conditions());
    for (dynamics, read_out) in [
        (Dynamics::Discrete, ReadOut::Activity),
        (convention.dynamics, convention.read_out),
        (Dynamics::ContinuousRk4, ReadOut::State),
    ] {
        let simulator = Simulator::new(network, dynamics);
        let outputs = simulator.outputs(&batch.trials, read_out, |_, _| ());
        figures.many(format!("  outputs, {}", dynamics.name()), outputs.iter().flatten());
        figures.many("  losses", &batch.losses(&outputs));
        let mut last = Vec::new();
        let noise = StateNoise { sigma: 0.1, seed: 4 };
        simulator.run_noisy(&batch.trials, &noise, 3, |_, x| last = x.to_vec());
        figures.many("  last state under noise", &last);
        for weighting in [Weighting::Uniform, Weighting::Velocity, Weighting::OwnVelocity] {
            figures.many(format!("  gains, {weighting:?}"), &mean_gains(&simulator, &batch.trials, weighting));
        }
    }
    let adjoint = Adjoint::new(network, convention).unwrap();
    let random = &mut stream(8, 0);
    let batches = [adjoint.sensitivity(&batch.trials, random), adjoint.sensitivity(&batch.trials, random)];
    let found = Sensitivity::mean(&batches).unwrap();
    let h = normals(&mut stream(9, 0), network.weights.neurons(), 0.3);
    figures.many("  sensitivity", &found.sensitivity);
    figures.many("  power", &found.power);
    figures.add("  noise, activity, limit", (found.noise(&h), found.activity(&h), found.limit()));
    figures.many("  log-scales of least noise", &found.least_noise());
    let bounds = rounding_of_rescaling(network, convention, &batch.trials, 0.9);
    figures.many("  rounding of a rescaling", bounds.iter().flatten());
}

#[test]
fn constructed_and_moving() {
    let mut figures = Figures::of("constructed");
    let constructed = construct_xor(12, Activation::Relu, 1).unwrap();
    network(&mut figures, &constructed.network);
    figures.many("fixed points", constructed.fixed_points.iter());
    let edges = MovingEdges { directions: 3, ..MovingEdges::standard(1) };
    let trials = edges.trials();
    figures.add("moving edges: trials, steps, length", (trials.count, trials.input.len(), trials.step));
    figures.many("  input", trials.input.iter().flatten());
    let drawn = FullIntegration.samples(2, 3..5);
    for (what, batch) in [("resampled", drawn.resampled()), ("repeated", drawn.repeated())] {
        figures.many(format!("{what}: input"), batch.trials.input.iter().flatten());
        figures.many("  targets", batch.targets.iter().flatten());
    }
    figures.add("convention", Convention::AUTHORS);
    figures.compare();
}
