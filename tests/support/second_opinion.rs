//! What does not come from the solvers under test: a library's L-BFGS on the same cost, and what convexity says.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use synbal::cost::CostGraph;
use synbal::flow::{node_costs, norm_squared};
use synbal::scalar::UNIT_ROUNDOFF;

/// The cost relative to that at the start.
struct Objective<'a>(&'a CostGraph, f64);

impl CostFunction for Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, h: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.0.total(&self.0.costs_at(h)) / self.1)
    }
}

impl Gradient for Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, h: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let g = node_costs(self.0.pattern(), &self.0.costs_at(h), &0.0).gradient();
        Ok(g.iter().map(|g| -self.0.p() * g / self.1).collect())
    }
}

/// What L-BFGS is asked for: a gradient of the cost, relative to the cost at the start, of at most `√(2u)`. Beyond that a
/// line search sees only rounding, since the cost itself is `‖gradient‖²` from its minimum.
pub const L_BFGS_GRADIENT: f64 = 1.4901161193847656e-8;

/// The log-scales where L-BFGS stops after so many iterations at most, and the gradient there in the same unit.
pub fn l_bfgs(graph: &CostGraph, most_iterations: u64) -> (Vec<f64>, f64) {
    let start = graph.total(graph.initial_costs());
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 20).with_tolerance_grad(L_BFGS_GRADIENT).unwrap();
    let solver = solver.with_tolerance_cost(0.0).unwrap();
    let run = Executor::new(Objective(graph, start), solver)
        .configure(|state| state.param(vec![0.0; graph.nodes()]).max_iters(most_iterations))
        .run()
        .unwrap();
    let h = run.state().get_best_param().unwrap().clone();
    let norm = norm_squared(&Objective(graph, start).gradient(&h).unwrap()).sqrt();
    (h, norm)
}

/// By how much two costs may differ. Convexity: `C(a) − C(b) ≤ −∇C(a)·(b − a) = p g_a·(b − a)`, and the same turned round.
/// Every cost is a product of four roundings and some of the exponentials', and so many are summed.
pub fn cost_difference_bound(graph: &CostGraph, a: &[f64], b: &[f64]) -> f64 {
    let towards = |from: &[f64], to: &[f64]| {
        let g = node_costs(graph.pattern(), &graph.costs_at(from), &0.0).gradient();
        graph.p() * g.iter().zip(to.iter().zip(from)).map(|(g, (to, from))| (g * (to - from)).abs()).sum::<f64>()
    };
    let total = graph.total(&graph.costs_at(a));
    towards(a, b).max(towards(b, a)) + graph.pattern().len() as f64 * UNIT_ROUNDOFF * total
}
