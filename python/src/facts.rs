//! What can be said of a network and of its activity.

use std::sync::Arc;

use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3, ToPyArray};
use pyo3::prelude::*;
use synbal::balance::Criteria;
use synbal::cost::{CostError, CostGraph, CostSpec, DegreeCosts};
use synbal::flow::NodeCosts;
use synbal::network::random::stream;
use synbal::report::{case_report, facts};
use synbal::tasks::{
    Adjoint, Beside, Case, Convention, Dynamics, Gains, ReadOut, Trials, Weighting, gains_define_a_cost,
};

use crate::background::{self, Stoppable};
use crate::balance::method;
use crate::errors::{OrRaise, Raised, internal};
use crate::network::{Network, activation};
use crate::problem::Task;

/// The facts of a network, as JSON.
#[pyfunction]
pub fn inspect(py: Python<'_>, network: &Bound<'_, Network>, task: Task<'_>) -> PyResult<String> {
    let (network, spec) = (Arc::clone(&network.get().inner), task.spec().or_raise(py)?);
    let found = background::run(py, Stoppable::No, None, move |_| facts(&network, &spec))?;
    serde_json::to_string(&found.or_raise(py)?).map_err(|error| internal(py, &error.to_string()))
}

/// Incoming and outgoing cost of every node; the world is the last.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "two arrays")]
pub fn node_costs<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    task: Task<'py>,
) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>)> {
    let (network, spec) = (Arc::clone(&network.get().inner), task.spec().or_raise(py)?);
    let sums = background::run(py, Stoppable::No, None, move |_| {
        if !network.activation.homogeneous_degrees()?.are_one() {
            return of_other_degrees(&network, &spec);
        }
        let graph = CostGraph::of_network(&network, &spec)?;
        // The network as given is one of those that the prescaled one can be rescaled to, in another unit of weight.
        let unit = (graph.p() * f64::from(graph.prescaling().unit())).exp2();
        let costs = graph.costs_at(&graph.prescaled(&vec![0.0; graph.nodes()]));
        let costs: Vec<f64> = costs.iter().map(|cost| cost * unit).collect();
        Ok::<_, CostError>(synbal::flow::node_costs(graph.pattern(), &costs, &0.0))
    })?;
    let sums = sums.or_raise(py)?;
    Ok((sums.incoming.to_pyarray(py), sums.outgoing.to_pyarray(py)))
}

/// The same for neurons of other degrees.
fn of_other_degrees(network: &synbal::network::Network, spec: &CostSpec) -> Result<NodeCosts<f64>, CostError> {
    let costs = DegreeCosts::of_network(network, spec)?;
    let nodes = costs.neurons() + usize::from(costs.has_world());
    let mut sums = NodeCosts { incoming: vec![0.0; nodes], outgoing: vec![0.0; nodes] };
    for (synapse, cost) in costs.synapses().iter().zip(costs.initial_costs()) {
        if synapse.target != synapse.source {
            sums.incoming[synapse.target] += cost;
            sums.outgoing[synapse.source] += cost;
        }
    }
    Ok(sums)
}

/// Every claim on a network, as JSON.
#[pyfunction]
#[pyo3(signature = (network, task, *, name, methods, seed, tol, max_passes, progress=None))]
#[expect(clippy::too_many_arguments, reason = "the keywords of the package's function")]
pub fn verify(
    py: Python<'_>,
    network: &Bound<'_, Network>,
    task: Task<'_>,
    name: String,
    methods: Vec<String>,
    seed: u64,
    tol: f64,
    max_passes: usize,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<String> {
    let network = network.get().inner.as_ref().clone();
    let (spec, scope) = (task.spec().or_raise(py)?, task.scope());
    let case = Case { title: name.clone(), name, network, spec, scope, beside: Beside::Nothing };
    let methods = methods.iter().map(|name| method(py, name)).collect::<PyResult<Vec<_>>>()?;
    let report = background::run(py, Stoppable::No, progress.as_ref(), move |watch| {
        case_report(&case, &methods, seed, Criteria::new(tol, max_passes), &|_, part| watch.say(part))
    })?;
    serde_json::to_string(&report.or_raise(py)?).map_err(|error| internal(py, &error.to_string()))
}

/// The mean squared gain of each neuron over its rates (times × neurons).
#[pyfunction]
pub fn gains<'py>(
    py: Python<'py>,
    rates: PyReadonlyArray2<'py, f64>,
    activation: (String, Option<f64>),
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let activation = self::activation(py, &activation.0, activation.1)?;
    gains_define_a_cost(&activation.into()).or_raise(py)?;
    let rates = rates.as_array();
    // Where the slope is that of the sign alone, a rate tells it as well as the state that it is the rate of.
    let by_neuron: Vec<f64> = rates.t().iter().copied().collect();
    let mut gains = Gains::new(activation, rates.ncols());
    gains.add(&by_neuron, &by_neuron, Weighting::Uniform);
    Ok(gains.mean().to_pyarray(py))
}

/// How much of the noise of each neuron reaches the read-out, and how active it is.
#[pyclass(frozen, module = "synbal._synbal")]
pub struct Sensitivity {
    inner: synbal::tasks::Sensitivity,
}

#[pymethods]
impl Sensitivity {
    #[new]
    fn new(sensitivity: PyReadonlyArray1<'_, f64>, power: PyReadonlyArray1<'_, f64>) -> Self {
        let [sensitivity, power] = [sensitivity, power].map(|values| values.as_array().to_vec());
        Sensitivity { inner: synbal::tasks::Sensitivity { sensitivity, power } }
    }

    /// What pickle makes it of.
    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>) {
        (self.sensitivity(py), self.power(py))
    }

    #[getter]
    fn sensitivity<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.inner.sensitivity.to_pyarray(py)
    }

    #[getter]
    fn power<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.inner.power.to_pyarray(py)
    }

    fn noise(&self, py: Python<'_>, h: PyReadonlyArray1<'_, f64>) -> PyResult<f64> {
        Ok(self.inner.noise(&self.scales(py, &h)?))
    }

    fn activity(&self, py: Python<'_>, h: PyReadonlyArray1<'_, f64>) -> PyResult<f64> {
        Ok(self.inner.activity(&self.scales(py, &h)?))
    }

    #[getter]
    fn limit(&self) -> f64 {
        self.inner.limit()
    }

    fn least_noise<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.inner.least_noise().to_pyarray(py)
    }
}

impl Sensitivity {
    fn scales(&self, py: Python<'_>, h: &PyReadonlyArray1<'_, f64>) -> PyResult<Vec<f64>> {
        let (given, neurons) = (h.as_array().len(), self.inner.power.len());
        if given == neurons {
            return Ok(h.as_array().to_vec());
        }
        Err(synbal::network::NetworkError::WrongNumberOfScales { neurons, given }).or_raise(py)
    }
}

/// The sensitivities of a network that is driven by some inputs (trials × steps × inputs).
#[pyfunction]
#[pyo3(signature = (network, inputs, *, step, discrete, read_state, seed))]
pub fn noise_limit(
    py: Python<'_>,
    network: &Bound<'_, Network>,
    inputs: PyReadonlyArray3<'_, f64>,
    step: f64,
    discrete: bool,
    read_state: bool,
    seed: u64,
) -> PyResult<Sensitivity> {
    let network = Arc::clone(&network.get().inner);
    // No rescaling keeps what another network computes.
    network.activation.homogeneous_degrees().or_raise(py)?;
    let inputs = inputs.as_array();
    let (count, steps, channels) = inputs.dim();
    let wanted = network.w_in.as_ref().map_or(0, nalgebra::DMatrix::ncols);
    if channels != wanted || count == 0 || steps == 0 {
        let message = format!(
            "the inputs are {count} x {steps} x {channels}, expected (trials, steps, {wanted}) with at least one trial and step: the network has {wanted} inputs"
        );
        return Err(Raised::new(py, "ArgumentError", message).with("part", "inputs").into());
    }
    let of_step =
        |t: usize| (0..channels).flat_map(move |k| (0..count).map(move |trial| inputs[[trial, t, k]])).collect();
    let trials = Trials { count, input: (0..steps).map(of_step).collect(), step };
    let convention = Convention {
        dynamics: if discrete { Dynamics::Discrete } else { Dynamics::ContinuousEuler },
        read_out: if read_state { ReadOut::State } else { ReadOut::Activity },
    };
    let found = background::run(py, Stoppable::No, None, move |_| {
        let adjoint = Adjoint::new(&network, convention)?;
        Ok::<_, synbal::tasks::training::TrainingError>(adjoint.sensitivity(&trials, &mut stream(seed, 0)))
    })?;
    let inner = found.map_err(|error| PyErr::from(Raised::new(py, "ArgumentError", &error)))?;
    Ok(Sensitivity { inner })
}
