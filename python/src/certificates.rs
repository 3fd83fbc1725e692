//! Certificates, and their independent check.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use synbal::balance::{BalanceError, Criteria, Method, Problem};
use synbal::certify::certificate::{CertifyError, Costs, Refine, certify as certified};
use synbal::check::{Proved, Refused, check as checked, check_input, read};

use crate::background::{self, Stoppable};
use crate::errors::{OrRaise, Raise, Raised};
use crate::network::Network;
use crate::problem::Task;

enum Fault {
    Balance(BalanceError),
    Certify(CertifyError),
    Refused(Refused),
}

impl Raise for Fault {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        match self {
            Fault::Balance(error) => error.raised(py),
            Fault::Certify(error) => error.raised(py),
            Fault::Refused(error) => error.raised(py),
        }
    }
}

/// What a passed check has shown: whole numbers as they are in the certificate.
fn proved<'py>(py: Python<'py>, found: &Proved) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("nodes", found.nodes)?;
    fields.set_item("synapses", found.synapses)?;
    fields.set_item("left_out", found.left_out)?;
    fields.set_item("components", found.components)?;
    fields.set_item("p", found.p)?;
    fields.set_item("accumulated", found.accumulated)?;
    fields.set_item("world", found.world)?;
    fields.set_item("cost_unit_bits", found.cost_unit_bits)?;
    fields.set_item("radius_unit_bits", found.radius_unit_bits)?;
    for (name, integer) in [
        ("upper_cost", &found.upper_cost),
        ("lower_cost", &found.lower_cost),
        ("gap", &found.gap),
        ("radius", &found.radius),
    ] {
        fields.set_item(name, format!("{integer:x}"))?;
    }
    Ok(fields)
}

/// The text of a certificate for a network, and what its own check has shown. `sha256` is that of the input's bytes; with
/// `title`, also the text of a Coq file.
#[pyfunction]
#[pyo3(signature = (network, task, *, sha256, log_scales=None, title=None, progress=None))]
pub fn certify<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    task: Task<'py>,
    sha256: String,
    log_scales: Option<PyReadonlyArray1<'py, f64>>,
    title: Option<String>,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<(String, Option<String>, Bound<'py, PyDict>)> {
    let (spec, scope) = (task.spec().or_raise(py)?, task.scope());
    let network = Arc::clone(&network.get().inner);
    let given = log_scales.map(|h| h.as_array().to_vec());
    let found = background::run(py, Stoppable::No, progress.as_ref(), move |watch| {
        let problem = Problem::new(&network, &spec, scope).map_err(Fault::Balance)?;
        let (h, refine) = match given {
            Some(h) => (h, Refine::No),
            None => {
                watch.say("balancing");
                let criteria = Criteria::default().observed_by(watch);
                // Whether it is balanced enough, the certificate shows.
                (problem.solve(Method::Auto, &criteria).map_err(Fault::Balance)?.log_scales, Refine::Yes)
            }
        };
        watch.say("certifying");
        let costs = if title.is_some() { Costs::ExactIfPossible } else { Costs::Rounded };
        let certificate = certified(&problem, &h, refine, costs).map_err(Fault::Certify)?;
        let text = certificate.to_text(&sha256);
        let proved = checked(text.as_bytes(), &sha256, &network).map_err(Fault::Refused)?;
        let coq =
            title.map(|title| certificate.to_coq(&title, problem.network())).transpose().map_err(Fault::Certify)?;
        Ok::<_, Fault>((text, coq, proved))
    })?;
    let (text, coq, found) = found.or_raise(py)?;
    Ok((text, coq, proved(py, &found)?))
}

/// Checks a certificate against a network whose input's bytes have this sha256, or against a file that the checker reads by
/// itself. None for a file that the checker cannot read.
#[pyfunction]
#[pyo3(signature = (certificate, *, network=None, sha256=None, path=None))]
pub fn check<'py>(
    py: Python<'py>,
    certificate: Vec<u8>,
    network: Option<&Bound<'py, Network>>,
    sha256: Option<String>,
    path: Option<PathBuf>,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let network = network.map(|network| Arc::clone(&network.get().inner));
    let found = background::run(py, Stoppable::No, None, move |_| match (network, path) {
        (Some(network), _) => Some(Ok(checked(&certificate, &sha256.unwrap_or_default(), &network))),
        (None, Some(path)) => match read::read(&path) {
            Ok((input, sha256)) => Some(Ok(check_input(&certificate, &sha256, &input))),
            Err(reason) if reason.is_unknown() => None,
            Err(reason) => Some(Err(format!("{}: {reason}", path.display()))),
        },
        (None, None) => None,
    })?;
    match found {
        None => Ok(None),
        Some(Err(message)) => Err(Raised::new(py, "FileError", message).into()),
        Some(Ok(found)) => proved(py, &found.or_raise(py)?).map(Some),
    }
}
