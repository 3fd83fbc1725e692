//! An observer of a run sees it and may stop it, and changes nothing else.

use std::ops::ControlFlow;
use std::sync::Mutex;

use synbal::balance::{Criteria, Method, Observer, Status};
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network};

/// Notes what it sees, and stops the run at the sight of so many passes.
struct Notes {
    seen: Mutex<Vec<(usize, f64)>>,
    stop_after: usize,
}

impl Observer for Notes {
    fn see(&self, passes: usize, imbalance: f64) -> ControlFlow<()> {
        self.seen.lock().unwrap().push((passes, imbalance));
        if passes > self.stop_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn observed(stop_after: usize) -> Notes {
    Notes { seen: Mutex::default(), stop_after }
}

fn graph() -> CostGraph {
    let weights = random_network(&mut stream(16, 0), 12, 0.5, 1.5).unwrap();
    CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &CostSpec::power(2.0)).unwrap()
}

#[test]
fn an_observed_run_is_the_same_run() {
    let graph = graph();
    let criteria = Criteria::new(1e-10, 20_000);
    for method in Method::ALL {
        let solver = method.solver().unwrap();
        let notes = observed(usize::MAX);
        let (alone, seen) = (solver.solve(&graph, &criteria), solver.solve(&graph, &criteria.observed_by(&notes)));
        assert_eq!(alone, seen, "{}", method.name());
        let notes = notes.seen.into_inner().unwrap();
        assert!(!notes.is_empty() && notes.is_sorted_by_key(|(passes, _)| *passes), "{}: {notes:?}", method.name());
        // It is asked only where the run could go on.
        assert!(notes.iter().all(|(_, imbalance)| *imbalance > criteria.target()), "{}", method.name());
    }
}

#[test]
fn an_observer_stops_every_method() {
    let graph = graph();
    for method in Method::ALL {
        let notes = observed(0);
        let outcome = method.solver().unwrap().solve(&graph, &Criteria::default().observed_by(&notes));
        assert_eq!(outcome.status, Status::Stopped, "{}", method.name());
        assert_eq!(notes.seen.into_inner().unwrap().len(), 1, "{}", method.name());
        assert!(outcome.h.iter().all(|h| h.is_finite()), "{}", method.name());
    }
}
