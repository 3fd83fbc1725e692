//! The flow of the log-scales followed by diffsol's implicit integrators, for networks whose rates are far apart.
//!
//! An explicit integrator may not step further than its stability reaches over the fastest rate, `2/(p λ_max(L))`,
//! however slow the rest is; these solve `h_new = h_old + c g(h_new)` instead, a linear system with `1 + c p L` for each
//! Newton correction, and step as far as accuracy allows. The Jacobian of the flow is `−p L(h)`: symmetric, without
//! positive eigenvalues, so that every order of the backward differentiation formulae is stable along it.
//!
//! Known traps of diffsol 0.18, guarded here: its count of failed Newton iterations is never reset, so its limit of 50
//! would end every long run, and without a limit a field that is NaN is tried for ever (the limit is renewed for every
//! step); it has no test for numbers that are not finite; it does not promise that time went on. Its tolerances must not
//! be below 1e-10, or the Newton corrections are lost in rounding.

use std::cell::Cell;

use diffsol::{
    ConstantOp, DiffsolError, Matrix, NalgebraContext, NalgebraLU, NalgebraMat, NalgebraVec, NonLinearOp,
    NonLinearOpJacobian, OdeBuilder, OdeEquations, OdeEquationsRef, OdeSolverMethod, Op, UnitCallable, Vector,
};

use super::driver::{Coordinates, Follow, Followed};
use super::trajectory::{Horizon, Trajectory};
use crate::balance::criteria::Criteria;
use crate::balance::end::End;
use crate::balance::memory::room_for_dense;
use crate::balance::outcome::{Attempt, Outcome, Solver};
use crate::balance::status::Status;
use crate::cost::CostGraph;
use crate::flow::{laplacian, laplacian_times, node_costs};

/// Which implicit integrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Backward differentiation formulae of order 1 to 5.
    Bdf,
    /// A singly diagonally implicit Runge–Kutta method of order 3 with an explicit first stage.
    Esdirk34,
}

/// The flow of the log-scales under one implicit integrator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StiffFlow {
    /// Which integrator.
    pub scheme: Scheme,
    /// Relative and absolute tolerance of a step; not below 1e-10.
    pub step_tol: f64,
}

impl StiffFlow {
    /// With the smallest step tolerance that the library can hold.
    pub fn new(scheme: Scheme) -> Self {
        StiffFlow { scheme, step_tol: 1e-10 }
    }
}

/// Nodes beyond which the dense matrix of a step is refused: a factorisation takes `n³/3` products, and there are some
/// hundred of them.
const LARGEST_DENSE: usize = 2048;
/// What the integrators hold of that size: the Jacobian, the matrix of their Newton steps, and its factors.
const MATRICES: usize = 3;

/// Failures of Newton's iteration within one step after which the integrator gives up; each makes the step three times
/// shorter, so 26 take it from one to the shortest that the library allows, 1e-13.
const FAILURES_PER_STEP: usize = 50;

type Mat = NalgebraMat<f64>;
type Vect = NalgebraVec<f64>;
type Lu = NalgebraLU<f64>;

impl Solver for StiffFlow {
    fn name(&self) -> &'static str {
        match self.scheme {
            Scheme::Bdf => "bdf",
            Scheme::Esdirk34 => "esdirk34",
        }
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let Followed { state, end, monitor, .. } = self.run(Follow::new(graph, Coordinates::LogScales, criteria));
        let attempt = Attempt {
            method: self.name(),
            h: state,
            end,
            iterations: monitor.steps,
            passes: monitor.passes,
            trace: monitor.trace,
        };
        Outcome::judge(graph, criteria, attempt)
    }
}

impl StiffFlow {
    /// All accepted steps from `h = 0` to a horizon.
    ///
    /// # Errors
    /// Why the integrator failed before.
    pub fn trajectory(&self, graph: &CostGraph, horizon: &Horizon) -> Result<Trajectory, Status> {
        self.run(Follow::recorded(graph, horizon)).into_trajectory()
    }

    fn run(&self, follow: Follow) -> Followed {
        let start = follow.start();
        if let Some(end) = follow.check(0.0, &start) {
            return follow.finish(start, end);
        }
        let nodes = follow.graph.nodes();
        if nodes > LARGEST_DENSE {
            return follow.finish(start, End::TooLargeForDense { nodes, limit: LARGEST_DENSE });
        }
        if let Err(end) = room_for_dense(MATRICES, nodes) {
            return follow.finish(start, end);
        }
        let field = VectorField::of(follow);
        let (state, end) = self.integrate(&field, start);
        field.follow.finish(state, end)
    }

    fn integrate(&self, field: &VectorField, start: Vec<f64>) -> (Vec<f64>, End) {
        let equations = Equations { field, start: &start };
        let builder = OdeBuilder::<Mat>::new().rtol(self.step_tol).atol([self.step_tol]);
        let ended = builder.build_from_eqn(equations).and_then(|problem| {
            Ok(match self.scheme {
                Scheme::Bdf => {
                    steps(problem.bdf::<Lu>()?, field, |solver, most| solver.config_mut().maximum_newton_fails = most)
                }
                Scheme::Esdirk34 => steps(problem.esdirk34::<Lu>()?, field, |solver, most| {
                    solver.config_mut().maximum_newton_fails = most
                }),
            })
        });
        // Refused before the first step.
        ended.unwrap_or_else(|error| (start.clone(), field.failure(&error)))
    }
}

/// Step after step until there is a reason to stop. The library's word is not taken for it: the state and the time of
/// every step are looked at. `allow` sets how many failures of Newton's iteration, of all steps together, it may have had.
fn steps<'p, 'e: 'p, S: OdeSolverMethod<'p, Equations<'e>>>(
    mut solver: S,
    field: &VectorField,
    allow: impl Fn(&mut S, usize),
) -> (Vec<f64>, End) {
    let mut before = solver.state().t;
    loop {
        let failures = solver.get_statistics().number_of_nonlinear_solver_fails;
        allow(&mut solver, failures + FAILURES_PER_STEP);
        let result = solver.step();
        let state = solver.state();
        let (time, h) = (state.t, state.y.clone_as_vec());
        let end = if let Err(error) = result {
            Some(field.failure(&error))
        } else if let Some(node) = h.iter().position(|value| !value.is_finite()) {
            Some(End::NotFinite { node })
        } else if time > before && time.is_finite() {
            field.follow.accept(time, &h)
        } else {
            Some(End::IntegratorFailed { reason: format!("its time went from {before:e} to {time:e}") })
        };
        if let Some(end) = end {
            return (h, end);
        }
        before = time;
        field.not_finite.set(None);
    }
}

/// The right-hand side and its Jacobian.
struct VectorField<'a> {
    follow: Follow<'a>,
    nodes: Vec<usize>,
    position: Vec<Option<usize>>,
    context: NalgebraContext,
    /// Where the field was not finite since the last accepted step.
    not_finite: Cell<Option<usize>>,
}

impl<'a> VectorField<'a> {
    fn of(follow: Follow<'a>) -> Self {
        let nodes: Vec<usize> = (0..follow.graph.nodes()).collect();
        let position = nodes.iter().copied().map(Some).collect();
        VectorField { follow, nodes, position, context: NalgebraContext::default(), not_finite: Cell::new(None) }
    }

    /// What an error of the library comes from.
    fn failure(&self, error: &DiffsolError) -> End {
        match self.not_finite.get() {
            Some(node) => End::NotFinite { node },
            None => End::IntegratorFailed { reason: error.to_string() },
        }
    }

    /// `g(h)`, in inner time.
    fn evaluate(&self, h: &[f64], derivative: &mut [f64]) {
        self.follow.field(h, derivative);
        if let Some(node) = derivative.iter().position(|value| !value.is_finite()) {
            self.not_finite.set(Some(node));
        }
    }

    /// `−p L(h)`, in inner time, into the columns of a square matrix: one pass.
    fn jacobian(&self, h: &[f64], columns: &mut [f64]) {
        let graph = self.follow.graph;
        let costs = self.follow.costs(h);
        self.follow.monitor.borrow_mut().passes += 1;
        let sums = node_costs(graph.pattern(), &costs, &0.0);
        let matrix = laplacian(graph.pattern(), &costs, &sums, &self.nodes, &self.position);
        for (entry, value) in columns.iter_mut().zip(matrix.as_slice()) {
            *entry = -graph.p() * value / self.follow.rate;
        }
    }

    /// The same matrix times a vector: one pass.
    fn jacobian_times(&self, h: &[f64], x: &[f64], product: &mut [f64]) {
        let graph = self.follow.graph;
        let costs = self.follow.costs(h);
        self.follow.monitor.borrow_mut().passes += 1;
        for (entry, value) in product.iter_mut().zip(laplacian_times(graph.pattern(), &costs, x)) {
            *entry = -graph.p() * value / self.follow.rate;
        }
    }
}

/// `h' = g(h)` from a start, in the library's terms.
struct Equations<'a> {
    field: &'a VectorField<'a>,
    start: &'a [f64],
}

/// Its right-hand side.
struct RightHandSide<'a>(&'a VectorField<'a>);

/// Its start.
struct Start<'a> {
    field: &'a VectorField<'a>,
    h: &'a [f64],
}

/// Square operators on the log-scales, without parameters.
macro_rules! square {
    ($name:ident, $field:tt) => {
        impl Op for $name<'_> {
            type T = f64;
            type V = Vect;
            type M = Mat;
            type C = NalgebraContext;

            fn context(&self) -> &NalgebraContext {
                &self.$field.context
            }
            fn nstates(&self) -> usize {
                self.$field.nodes.len()
            }
            fn nout(&self) -> usize {
                self.$field.nodes.len()
            }
            fn nparams(&self) -> usize {
                0
            }
        }
    };
}

square!(Equations, field);
square!(RightHandSide, 0);
square!(Start, field);

impl NonLinearOp for RightHandSide<'_> {
    fn call_inplace(&self, h: &Vect, _time: f64, derivative: &mut Vect) {
        derivative.for_each_batch_host([h], |derivative, [h], _| self.0.evaluate(h, derivative));
    }
}

impl NonLinearOpJacobian for RightHandSide<'_> {
    fn jac_mul_inplace(&self, h: &Vect, _time: f64, x: &Vect, product: &mut Vect) {
        product.for_each_batch_host([h, x], |product, [h, x], _| self.0.jacobian_times(h, x, product));
    }

    fn jacobian_inplace(&self, h: &Vect, _time: f64, matrix: &mut Mat) {
        self.0.jacobian(&h.clone_as_vec(), matrix.inner_mut().as_mut_slice());
    }
}

impl ConstantOp for Start<'_> {
    fn call_inplace(&self, _time: f64, h: &mut Vect) {
        *h = Vect::from_slice(self.h, self.field.context);
    }
}

impl<'b> OdeEquationsRef<'b> for Equations<'_> {
    type Mass = &'b UnitCallable<Mat>;
    type Rhs = RightHandSide<'b>;
    type Root = &'b UnitCallable<Mat>;
    type Init = Start<'b>;
    type Out = &'b UnitCallable<Mat>;
    type Reset = &'b UnitCallable<Mat>;
}

impl OdeEquations for Equations<'_> {
    fn rhs(&self) -> RightHandSide<'_> {
        RightHandSide(self.field)
    }

    fn mass(&self) -> Option<&UnitCallable<Mat>> {
        None
    }

    fn init(&self) -> Start<'_> {
        Start { field: self.field, h: self.start }
    }

    fn set_params(&mut self, _parameters: &Vect) {}

    fn get_params(&self, _parameters: &mut Vect) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::network::random::{normals, random_network, stream};
    use crate::network::{Activation, Network};

    const SCHEMES: [Scheme; 2] = [Scheme::Bdf, Scheme::Esdirk34];

    fn random(seed: u64, n: usize) -> CostGraph {
        let weights = random_network(&mut stream(seed, 0), n, 0.5, 1.0).unwrap();
        CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap()
    }

    #[test]
    fn the_jacobian_is_the_derivative_of_the_field() {
        let (n, seed) = (12, 5);
        let graph = random(seed, n);
        let field = VectorField::of(Follow::new(&graph, Coordinates::LogScales, &Criteria::default()));
        let mut draw = stream(seed, 1);
        let (h, x) = (normals(&mut draw, n, 0.3), normals(&mut draw, n, 1.0));
        let mut matrix = vec![0.0; n * n];
        field.jacobian(&h, &mut matrix);
        let mut product = vec![0.0; n];
        field.jacobian_times(&h, &x, &mut product);
        // The central difference of step ε errs by ε²/6 of the third derivative, at most (2p|x|)³ times the costs at
        // a node (rates are at most one here, at h = 0; twice e^{p osc h} elsewhere), and by rounding, u/ε of them.
        let at = |sign: f64, step: f64| {
            let moved: Vec<f64> = h.iter().zip(&x).map(|(h, x)| h + sign * step * x).collect();
            let mut value = vec![0.0; n];
            field.evaluate(&moved, &mut value);
            value
        };
        let step = 1e-5;
        let (up, down) = (at(1.0, step), at(-1.0, step));
        let largest = |values: &[f64]| values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let costs =
            2.0 * (2.0 * (h.iter().fold(0.0_f64, |m, h| m.max(*h)) - h.iter().fold(0.0_f64, |m, h| m.min(*h)))).exp();
        let bound = costs * (step * step / 6.0 * (4.0 * largest(&x)).powi(3) + f64::EPSILON * n as f64 / step);
        assert!(bound < 1e-2 * largest(&product), "{bound:e} says nothing");
        for i in 0..n {
            let row: f64 = (0..n).map(|j| matrix[j * n + i] * x[j]).sum();
            let difference = (up[i] - down[i]) / (2.0 * step);
            assert!((row - difference).abs() <= bound, "row {i}: {row} {difference} {bound:e}");
            assert!((product[i] - difference).abs() <= bound, "row {i}: {} {difference} {bound:e}", product[i]);
        }
    }

    #[test]
    fn every_evaluation_counts_as_a_pass() {
        let graph = random(2, 6);
        let field = VectorField::of(Follow::new(&graph, Coordinates::LogScales, &Criteria::default()));
        let h = vec![0.1; 6];
        field.evaluate(&h, &mut [0.0; 6]);
        field.jacobian(&h, &mut [0.0; 36]);
        field.jacobian_times(&h, &h, &mut [0.0; 6]);
        assert_eq!(field.follow.monitor.borrow().passes, 3);
    }

    #[test]
    fn a_field_that_is_not_finite_is_named_and_never_a_result() {
        let graph = random(3, 6);
        // A NaN, and log-scales so far apart that a cost overflows.
        for (bad, start) in [(2, [0.0, 0.0, f64::NAN, 0.0, 0.0, 0.0]), (0, [900.0, 0.0, 0.0, 0.0, 0.0, -900.0])] {
            for scheme in SCHEMES {
                let field = VectorField::of(Follow::new(&graph, Coordinates::LogScales, &Criteria::default()));
                let (_, reason) = StiffFlow::new(scheme).integrate(&field, start.to_vec());
                assert!(matches!(reason, End::NotFinite { .. }), "{scheme:?}, node {bad}: {reason:?}");
            }
        }
    }
}
