//! The flow of the log-scales followed by diffsol's implicit integrators, for networks whose rates are far apart.
//!
//! An explicit integrator may not step further than its stability reaches over the fastest rate, `2/(p λ_max(L))`,
//! however slow the rest is; these solve `h_new = h_old + c g(h_new)` instead, a linear system with `1 + c p L` for each
//! Newton correction, and step as far as accuracy allows. The Jacobian of the flow is `−p L(h)`: symmetric, without
//! positive eigenvalues, so that every order of the backward differentiation formulae is stable along it.
//!
//! Known traps of diffsol 0.18, guarded here: its count of failed Newton iterations is never reset, so its default limit
//! of 50 ends every long run (it is lifted; what bounds a run is the allowance of passes, and the step limit of each
//! attempt); it has no test for numbers that are not finite; it does not promise that time went on. Its tolerances must
//! not be below 1e-10, or the Newton corrections are lost in rounding.

use std::cell::Cell;

use diffsol::{
    ConstantOp, DiffsolError, Matrix, NalgebraContext, NalgebraLU, NalgebraMat, NalgebraVec, NonLinearOp,
    NonLinearOpJacobian, OdeBuilder, OdeEquations, OdeEquationsRef, OdeSolverMethod, Op, UnitCallable, Vector,
};

use super::follow::{Follow, Followed, Form};
use super::{Horizon, Outcome, Run, Solver, Status, Stop, Trajectory};
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

    fn solve(&self, graph: &CostGraph, stop: &Stop) -> Outcome {
        let Followed { state, reason, monitor, .. } = self.run(Follow::new(graph, Form::LogScales, stop));
        let run = Run {
            method: self.name(),
            h: state,
            reason,
            iterations: monitor.steps,
            passes: monitor.passes,
            trace: monitor.trace,
        };
        Outcome::judge(graph, stop, run)
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
        if let Some(reason) = follow.check(0.0, &start) {
            return follow.finish(start, reason);
        }
        let nodes = follow.graph.nodes();
        if nodes > LARGEST_DENSE {
            return follow.finish(start, Status::TooLargeForDense { nodes, limit: LARGEST_DENSE });
        }
        let field = Field::of(follow);
        let (state, reason) = self.integrate(&field, start);
        field.follow.finish(state, reason)
    }

    fn integrate(&self, field: &Field, start: Vec<f64>) -> (Vec<f64>, Status) {
        let equations = Equations { field };
        let builder = OdeBuilder::<Mat>::new().rtol(self.step_tol).atol([self.step_tol]);
        let ended = builder.build_from_eqn(equations).and_then(|mut problem| {
            problem.ode_options.max_nonlinear_solver_failures = usize::MAX;
            match self.scheme {
                Scheme::Bdf => Ok(steps(problem.bdf::<Lu>()?, field)),
                Scheme::Esdirk34 => Ok(steps(problem.esdirk34::<Lu>()?, field)),
            }
        });
        // Refused before the first step.
        ended.unwrap_or_else(|error| (start, field.failure(&error)))
    }
}

/// Step after step until there is a reason to stop. The library's word is not taken for it: the state and the time of
/// every step are looked at.
fn steps<'p, 'e: 'p>(mut solver: impl OdeSolverMethod<'p, Equations<'e>>, field: &Field) -> (Vec<f64>, Status) {
    let mut before = solver.state().t;
    loop {
        let result = solver.step();
        let state = solver.state();
        let (time, h) = (state.t, state.y.clone_as_vec());
        let reason = if let Err(error) = result {
            Some(field.failure(&error))
        } else if let Some(node) = h.iter().position(|value| !value.is_finite()) {
            Some(Status::NotFinite { node })
        } else if time > before && time.is_finite() {
            field.follow.accept(time, &h)
        } else {
            Some(Status::IntegratorFailed { reason: format!("its time went from {before:e} to {time:e}") })
        };
        if let Some(reason) = reason {
            return (h, reason);
        }
        before = time;
        field.not_finite.set(None);
    }
}

/// The right-hand side and its Jacobian.
struct Field<'a> {
    follow: Follow<'a>,
    nodes: Vec<usize>,
    position: Vec<Option<usize>>,
    context: NalgebraContext,
    /// Where the field was not finite since the last accepted step.
    not_finite: Cell<Option<usize>>,
}

impl<'a> Field<'a> {
    fn of(follow: Follow<'a>) -> Self {
        let nodes: Vec<usize> = (0..follow.graph.nodes()).collect();
        let position = nodes.iter().copied().map(Some).collect();
        Field { follow, nodes, position, context: NalgebraContext::default(), not_finite: Cell::new(None) }
    }

    /// What an error of the library comes from.
    fn failure(&self, error: &DiffsolError) -> Status {
        match self.not_finite.get() {
            Some(node) => Status::NotFinite { node },
            None => Status::IntegratorFailed { reason: error.to_string() },
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

/// `y' = f(y)`, `y(0) = 0`, in the library's terms.
struct Equations<'a> {
    field: &'a Field<'a>,
}

/// Its right-hand side.
struct RightHandSide<'a>(&'a Field<'a>);

/// Its start.
struct AtZero<'a>(&'a Field<'a>);

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
square!(AtZero, 0);

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

impl ConstantOp for AtZero<'_> {
    fn call_inplace(&self, _time: f64, h: &mut Vect) {
        h.fill(0.0);
    }
}

impl<'b> OdeEquationsRef<'b> for Equations<'_> {
    type Mass = &'b UnitCallable<Mat>;
    type Rhs = RightHandSide<'b>;
    type Root = &'b UnitCallable<Mat>;
    type Init = AtZero<'b>;
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

    fn init(&self) -> AtZero<'_> {
        AtZero(self.field)
    }

    fn set_params(&mut self, _parameters: &Vect) {}

    fn get_params(&self, _parameters: &mut Vect) {}
}
