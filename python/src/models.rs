//! Whole models: named tensors, described as the command line describes those of a file.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use synbal::balance::{BalanceError, Criteria, Method, SolveError, Solved};
use synbal::cost::CostSpec;
use synbal::io::layouts::{LayoutFile, LayoutOptions};
use synbal::io::tensors::{Dtype, Tensor};
use synbal::io::{Float, ModelFile, ReadOptions, TensorError, safetensors};
use synbal::network::model::Reproduction;

use crate::background::{self, Stoppable, Watch};
use crate::balance::{Run, method};
use crate::errors::{OrRaise, Raised, pairs};
use crate::network::Named;
use crate::problem::Task;

/// A tensor: its name, dtype (as `.safetensors` files name them), shape, and numbers, the last axis fastest.
type Given = (String, String, Vec<usize>, PyBackedBytes);

/// A model that was balanced, or not.
#[pyclass(frozen, module = "synbal._synbal")]
pub struct Rescaled {
    run: Py<Run>,
    /// None if the run did not converge.
    file: Option<ModelFile>,
    #[pyo3(get)]
    layout: String,
    /// Names and sizes, in the order of the log-scales.
    #[pyo3(get)]
    populations: Vec<(String, usize)>,
    #[pyo3(get)]
    notices: Vec<String>,
    /// The largest difference of an output relative to the largest output, and what rounding explains.
    #[pyo3(get)]
    difference: Option<(f64, f64)>,
}

#[pymethods]
impl Rescaled {
    #[getter]
    fn run(&self, py: Python<'_>) -> Py<Run> {
        self.run.clone_ref(py)
    }

    /// The bytes of a tensor of the balanced model, by the name it was given under.
    fn bytes<'py>(&self, py: Python<'py>, name: &str) -> Option<Bound<'py, PyBytes>> {
        let file = &self.file.as_ref()?.file;
        Some(PyBytes::new(py, &file.bytes[file.find(name)?.range.clone()]))
    }
}

fn dtype(name: &str) -> Dtype {
    match name {
        "F64" => Dtype::Float(Float::F64),
        "F32" => Dtype::Float(Float::F32),
        "F16" => Dtype::Float(Float::F16),
        "BF16" => Dtype::Float(Float::Bf16),
        "I32" => Dtype::I32,
        "I64" => Dtype::I64,
        other => Dtype::Other(other.to_owned()),
    }
}

/// How a model is balanced.
struct Wanted {
    parts: Vec<(Tensor, Vec<u8>)>,
    read: ReadOptions,
    spec: CostSpec,
    scope: synbal::balance::Scope,
    method: Method,
    tol: f64,
    max_passes: usize,
    check: bool,
}

struct Found {
    run: Solved,
    file: Option<ModelFile>,
    model: ModelFile,
    notices: Vec<String>,
    reproduction: Option<Reproduction>,
}

enum Fault {
    Tensors(TensorError),
    Balance(SolveError),
}

impl From<TensorError> for Fault {
    fn from(error: TensorError) -> Self {
        Fault::Tensors(error)
    }
}

impl From<SolveError> for Fault {
    fn from(error: SolveError) -> Self {
        Fault::Balance(error)
    }
}

impl Wanted {
    fn found(mut self, watch: &Watch) -> Result<Found, Fault> {
        let file = safetensors::assembled(&self.parts, &Default::default())?;
        self.parts.clear();
        let loaded = ModelFile::load(file, &self.read)?;
        let Some(model) = loaded.model else {
            return Err(TensorError::NoActivation { reason: "it is no model" }.into());
        };
        if model.feed_forward {
            // Nothing but the world closes the paths of a feed-forward model into cycles.
            self.spec.world = self.spec.world.or(Some(1.0));
        }
        let criteria = Criteria::new(self.tol, self.max_passes).observed_by(watch);
        let run = Solved::of(&loaded.network, &self.spec, self.scope, self.method, &criteria)?;
        let (mut file, mut reproduction) = (None, None);
        if run.outcome.status.is_balanced() {
            let rescaled = model.rescaled(&run.log_scales, None)?;
            if self.check {
                reproduction = Some(model.compare_outputs(&rescaled, &run.log_scales, false)?);
            }
            file = Some(rescaled);
        }
        Ok(Found { run, file, model, notices: loaded.notices, reproduction })
    }
}

/// What helps a model whose synapses lie on no cycle: it has its inputs and outputs with it.
fn of_a_model(py: Python<'_>, error: BalanceError) -> PyErr {
    let message = format!(
        "{error}; balance it with its inputs and outputs, which close its paths into cycles: world=1.0; or inside its components only: within_components=True"
    );
    let raised = Raised::new(py, "NotBalanceable", message);
    match error {
        BalanceError::NotBalanceable { on_no_cycle, .. } => raised.with("on_no_cycle", pairs(py, &on_no_cycle)).into(),
        _ => raised.into(),
    }
}

/// Balances a model that is given by its tensors.
#[pyfunction]
#[pyo3(signature = (tensors, task, *, activation, layout, untouched, method, tol, max_passes, check, progress=None))]
#[expect(clippy::too_many_arguments, reason = "the keywords of the package's function")]
pub fn balance_state_dict(
    py: Python<'_>,
    tensors: Vec<Given>,
    task: Task<'_>,
    activation: Option<Named>,
    layout: Option<&str>,
    untouched: Vec<String>,
    method: &str,
    tol: f64,
    max_passes: usize,
    check: bool,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Rescaled> {
    let parts = tensors.into_iter().map(|(name, format, shape, bytes)| {
        let tensor = Tensor { name, dtype: dtype(&format), shape, first_axis_fastest: false, range: 0..bytes.len() };
        (tensor, bytes.to_vec())
    });
    let activation = activation.map(|named| named.given(py)).transpose()?;
    let file = layout.map(LayoutFile::parse).transpose().or_raise(py)?;
    let spec = task.spec().or_raise(py)?;
    let wanted = Wanted {
        parts: parts.collect(),
        read: ReadOptions::default()
            .with_activation(activation)
            .with_layout(LayoutOptions::default().with_file(file).with_untouched(untouched))
            .with_exponent(spec.p),
        spec,
        scope: task.scope(),
        method: self::method(py, method)?,
        tol,
        max_passes,
        check,
    };
    let found = background::run(py, Stoppable::Yes, progress.as_ref(), move |watch| wanted.found(watch))?;
    let Found { run, file, model, mut notices, reproduction } = match found {
        Ok(found) => found,
        Err(Fault::Tensors(error)) => return Err(error).or_raise(py),
        Err(Fault::Balance(SolveError::Balance(error @ BalanceError::NotBalanceable { .. }))) => {
            return Err(of_a_model(py, error));
        }
        Err(Fault::Balance(error)) => return Err(error).or_raise(py),
    };
    let mut compared = None;
    match reproduction {
        None => {}
        Some(Reproduction::OutOfRange) => {
            notices.push("outputs: not compared, because numbers of a run left the range of f64".to_owned());
        }
        Some(Reproduction::TooLarge { multiplications }) => {
            notices.push(format!("outputs: not compared, because that would take {multiplications} multiplications"));
        }
        Some(Reproduction::Compared { difference, .. }) => {
            if !difference.within_bound {
                let message = "the outputs of the balanced model differ by more than rounding explains";
                return Err(Raised::new(py, "OutputsChanged", message)
                    .with("difference", difference.largest)
                    .with("bound", difference.bound)
                    .into());
            }
            if difference.all_zero {
                notices.push(
                    "outputs: all zero on the random input, before and after: that they agree shows nothing".to_owned(),
                );
            }
            compared = Some((difference.largest, difference.bound));
        }
    }
    Ok(Rescaled {
        run: Py::new(py, Run::new(py, run)?)?,
        file,
        layout: model.layout,
        populations: model.model.populations().iter().map(|of| (of.name.clone(), of.size)).collect(),
        notices,
        difference: compared,
    })
}
