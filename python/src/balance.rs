//! Balancing a network.

use std::sync::Arc;

use numpy::{PyArray1, PyArray2, ToPyArray};
use pyo3::prelude::*;
use synbal::balance::{Criteria, Method, Solved, Status, TracePoint, UnknownMethod};

use crate::background::{self, Stoppable};
use crate::errors::{OrRaise, Raised, pairs};
use crate::network::Network;
use crate::problem::Task;

/// A solver's run, converged or not.
#[pyclass(frozen, module = "synbal._synbal")]
pub struct Run {
    network: Py<Network>,
    log_scales: Vec<f64>,
    on_no_cycle: Arc<[(usize, usize)]>,
    trace: Vec<TracePoint>,
    status: Status,
    /// Whether all synapses lie on no cycle, so that nothing was balanced although nothing is out of balance.
    #[pyo3(get)]
    nothing: bool,
    #[pyo3(get)]
    method: &'static str,
    #[pyo3(get)]
    p: f64,
    #[pyo3(get)]
    iterations: usize,
    #[pyo3(get)]
    passes: usize,
    #[pyo3(get)]
    seconds: f64,
    #[pyo3(get)]
    components: usize,
    #[pyo3(get)]
    worst_node: usize,
    #[pyo3(get)]
    cost_initial: f64,
    #[pyo3(get)]
    cost_final: f64,
    #[pyo3(get)]
    log2_cost_initial: f64,
    #[pyo3(get)]
    log2_cost_final: f64,
    #[pyo3(get)]
    imbalance_initial: f64,
    #[pyo3(get)]
    imbalance: f64,
}

impl Run {
    /// Of a run of the library.
    pub fn new(py: Python<'_>, run: Solved) -> PyResult<Self> {
        Ok(Run {
            nothing: run.nothing,
            p: run.p,
            network: Py::new(py, Network::from(run.network))?,
            log_scales: run.log_scales,
            on_no_cycle: run.on_no_cycle,
            trace: run.outcome.trace,
            status: run.outcome.status,
            method: run.outcome.method,
            iterations: run.outcome.iterations,
            passes: run.outcome.passes,
            seconds: run.seconds,
            components: run.components,
            worst_node: run.outcome.worst_node,
            cost_initial: run.cost_initial,
            cost_final: run.cost_final,
            log2_cost_initial: run.log2_cost_initial,
            log2_cost_final: run.log2_cost_final,
            imbalance_initial: run.imbalance_initial,
            imbalance: run.imbalance_final,
        })
    }
}

#[pymethods]
impl Run {
    /// The network rescaled.
    #[getter]
    fn network(&self, py: Python<'_>) -> Py<Network> {
        self.network.clone_ref(py)
    }

    #[getter]
    fn balanced(&self) -> bool {
        self.status.is_balanced()
    }

    #[getter]
    fn status(&self) -> &'static str {
        self.status.word()
    }

    #[getter]
    fn explanation(&self) -> String {
        self.status.to_string()
    }

    /// The log-scales of the neurons.
    #[getter]
    fn log_scales<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.log_scales.to_pyarray(py)
    }

    /// The synapses on no cycle, two columns: target and source.
    #[getter]
    fn on_no_cycle<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<i64>> {
        pairs(py, &self.on_no_cycle)
    }

    /// Passes, time of the flow (NaN without), cost and imbalance along the way.
    #[getter]
    fn trace(&self) -> Vec<(usize, f64, f64, f64)> {
        let point = |at: &TracePoint| (at.passes, at.time.unwrap_or(f64::NAN), at.cost, at.imbalance);
        self.trace.iter().map(point).collect()
    }
}

/// The method of a name.
pub fn method(py: Python<'_>, name: &str) -> PyResult<Method> {
    name.parse().map_err(|UnknownMethod { name }| {
        let message = format!("there is no method {name:?}; there are {}", methods().join(", "));
        Raised::new(py, "ArgumentError", message).with("part", "method").into()
    })
}

/// The names of the methods of this build.
#[pyfunction]
pub fn methods() -> Vec<&'static str> {
    std::iter::once(Method::Auto).chain(Method::ALL.iter().copied()).map(Method::name).collect()
}

/// Balances a network, or says how far it came.
#[pyfunction]
#[pyo3(signature = (network, task, *, method, tol, max_passes, progress=None))]
pub fn balance(
    py: Python<'_>,
    network: &Bound<'_, Network>,
    task: Task<'_>,
    method: &str,
    tol: f64,
    max_passes: usize,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let (method, spec, scope) = (self::method(py, method)?, task.spec().or_raise(py)?, task.scope());
    let network = Arc::clone(&network.get().inner);
    let run = background::run(py, Stoppable::Yes, progress.as_ref(), move |watch| {
        let criteria = Criteria::new(tol, max_passes).observed_by(watch);
        Solved::of(&network, &spec, scope, method, &criteria)
    })?;
    Run::new(py, run.or_raise(py)?)
}
