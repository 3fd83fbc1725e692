//! The default: picks a method by size, and a slower one where that is not enough. The outcome names the one it took.

use super::newton::Newton;
use super::newton_cg::NewtonCg;
use crate::balance::criteria::Criteria;
use crate::balance::outcome::{Outcome, Solver};
use crate::balance::status::Status;
use crate::cost::CostGraph;

/// Newton's method, dense or with conjugate gradients.
#[derive(Clone, Copy, Debug, Default)]
pub struct Automatic;

/// Unknowns of a component up to which a dense factorisation is faster (bench `solvers`).
const SMALL: usize = 48;

/// And up to which the dense method, with its subtraction-free elimination, gets a try where conjugate gradients stall.
const LARGEST_RETRIED: usize = 3000;

/// The unknowns of the largest component: one of its nodes is held.
fn unknowns(graph: &CostGraph) -> usize {
    graph.facts().weak_sizes().iter().copied().max().unwrap_or(0).saturating_sub(1)
}

impl Solver for Automatic {
    fn name(&self) -> &'static str {
        "auto"
    }

    fn takes_a_spread_graph(&self) -> bool {
        true
    }

    fn solve(&self, graph: &CostGraph, criteria: &Criteria) -> Outcome {
        let largest = unknowns(graph);
        if largest <= SMALL {
            return Newton::default().solve(&graph.whole(), criteria);
        }
        let first = NewtonCg::default().solve(graph, criteria);
        let worth_a_try = matches!(
            first.status,
            Status::Stalled | Status::LostToRounding | Status::IterationLimit { .. } | Status::NotFinite { .. }
        );
        if !worth_a_try || largest > LARGEST_RETRIED || first.passes >= criteria.max_passes {
            return first;
        }
        let rest = Criteria { max_passes: criteria.max_passes - first.passes, ..*criteria };
        let second = Newton::default().solve(&graph.whole(), &rest);
        Outcome { passes: first.passes + second.passes, ..second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSpec;
    use crate::laplacian::GroundedLaplacian;
    use crate::network::random::{random_network, stream};
    use crate::network::{Activation, Network, Weights};

    #[test]
    fn the_unknowns_are_those_of_the_dense_method() {
        let graph_of = |weights| {
            let network = Network::recurrent(weights, Activation::Relu);
            CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap().within_components()
        };
        let parts = Weights::from_triplets(7, vec![(0, 1, 1.0), (1, 0, 2.0), (2, 3, 1.0), (3, 4, 1.0), (4, 2, 1.0)]);
        for (weights, expected) in [
            (parts.unwrap(), 2),
            (Weights::from_triplets(3, vec![]).unwrap(), 0),
            (Weights::from_triplets(1, vec![(0, 0, 2.0)]).unwrap(), 0),
            (random_network(&mut stream(1, 0), 60, 1.0, 1.0).unwrap(), 59),
        ] {
            let graph = graph_of(weights);
            assert_eq!(unknowns(&graph), expected);
            assert_eq!(unknowns(&graph), GroundedLaplacian::of(&graph).largest_component());
        }
    }

    #[test]
    fn small_networks_are_solved_densely_and_larger_ones_with_conjugate_gradients() {
        for (n, expected) in [(SMALL + 1, "newton"), (SMALL + 2, "newton-cg")] {
            let weights = random_network(&mut stream(1, 0), n, 1.0, 1.0).unwrap();
            let network = Network::recurrent(weights, Activation::Relu);
            let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).unwrap();
            assert_eq!(Automatic.solve(&graph, &Criteria::default()).method, expected, "{n} neurons");
        }
    }

    /// A tolerance below what f64 can reach: conjugate gradients stall, and the dense method goes on with the passes that are left.
    #[test]
    fn what_stalls_is_tried_densely_with_the_passes_that_are_left() {
        let weights = random_network(&mut stream(1, 0), 60, 1.0, 1.0).unwrap();
        let graph =
            CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).unwrap();
        let criteria = Criteria::new(1e-30, 1_000_000);
        let first = NewtonCg::default().solve(&graph, &criteria);
        assert!(!first.status.is_balanced() && first.passes < criteria.max_passes, "{}", first.status);
        let rest = Criteria::new(criteria.tol, criteria.max_passes - first.passes);
        let second = Newton::default().solve(&graph, &rest);
        let found = Automatic.solve(&graph, &criteria);
        assert_eq!((found.method, found.passes), ("newton", first.passes + second.passes));
        // Where conjugate gradients took all of them, none are left.
        let few = Criteria::new(criteria.tol, 3);
        let first = NewtonCg::default().solve(&graph, &few);
        assert!(first.passes >= few.max_passes, "{}", first.passes);
        let found = Automatic.solve(&graph, &few);
        assert_eq!((found.method, found.passes), ("newton-cg", first.passes));
    }
}
