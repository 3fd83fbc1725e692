//! Certificates, and their independent check.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use synbal::balance::{BalanceError, Criteria, DegreeError, DegreeProblem, Method, Problem, Scope};
use synbal::certify::certificate::{CertifyError, Costs, Refine, certify as certified};
use synbal::certify::degrees::{DegreeCertifyError, certify_degrees};
use synbal::check::{
    Input, Proved, ProvedDegrees, Refused, check_degrees_input, check_input, input_of, is_of_degrees, read,
};
use synbal::cost::CostSpec;
use synbal::network::NetworkError;

use crate::background::{self, Stoppable, Watch};
use crate::errors::{OrRaise, Raise, Raised};
use crate::network::Network;
use crate::problem::Task;

enum Fault {
    Network(NetworkError),
    Balance(BalanceError),
    Certify(CertifyError),
    Degree(DegreeError),
    CertifyDegrees(DegreeCertifyError),
    Refused(Refused),
}

impl Raise for Fault {
    fn raised(self, py: Python<'_>) -> Raised<'_> {
        match self {
            Fault::Network(error) => error.raised(py),
            Fault::Balance(error) => error.raised(py),
            Fault::Certify(error) => error.raised(py),
            Fault::Degree(error) => error.raised(py),
            Fault::CertifyDegrees(error) => error.raised(py),
            Fault::Refused(error) => error.raised(py),
        }
    }
}

/// What a passed check of either kind has shown.
enum Found {
    One(Proved),
    Any(ProvedDegrees),
}

/// Decides a certificate of either kind.
fn decided(certificate: &[u8], sha256: &str, input: &Input) -> Result<Found, Refused> {
    if is_of_degrees(certificate) {
        check_degrees_input(certificate, sha256, input).map(Found::Any)
    } else {
        check_input(certificate, sha256, input).map(Found::One)
    }
}

/// A field that both kinds have.
macro_rules! of_either {
    ($found:ident, $field:ident) => {
        match $found {
            Found::One(found) => &found.$field,
            Found::Any(found) => &found.$field,
        }
    };
}

/// The same for the package: whole numbers as they are in the certificate.
fn proved<'py>(py: Python<'py>, found: &Found) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("nodes", of_either!(found, nodes))?;
    fields.set_item("synapses", of_either!(found, synapses))?;
    fields.set_item("p", of_either!(found, p))?;
    fields.set_item("alpha", of_either!(found, alpha))?;
    fields.set_item("world", of_either!(found, world))?;
    fields.set_item("cost_unit_bits", of_either!(found, cost_unit_bits))?;
    fields.set_item("radius_unit_bits", of_either!(found, radius_unit_bits))?;
    let (components, left_out, accumulated, degrees) = match found {
        Found::One(found) => (Some(found.components), found.left_out, found.accumulated, None),
        Found::Any(found) => (None, 0, None, Some((&found.numerators, found.denominator))),
    };
    fields.set_item("components", components)?;
    fields.set_item("left_out", left_out)?;
    fields.set_item("accumulated", accumulated)?;
    fields.set_item("degrees", degrees)?;
    for (name, integer) in [
        ("upper_cost", of_either!(found, upper_cost)),
        ("lower_cost", of_either!(found, lower_cost)),
        ("gap", of_either!(found, gap)),
        ("radius", of_either!(found, radius)),
    ] {
        fields.set_item(name, format!("{integer:x}"))?;
    }
    Ok(fields)
}

/// What is to be certified, and for which bytes.
struct Wanted {
    network: Arc<synbal::network::Network>,
    spec: CostSpec,
    scope: Scope,
    sha256: String,
    given: Option<Vec<f64>>,
    title: Option<String>,
}

impl Wanted {
    /// Whatever the degrees: the text of the certificate, that of a Coq file, and what the check has shown.
    fn certified(self, watch: &Watch) -> Result<(String, Option<String>, Found), Fault> {
        let degrees = self.network.activation.homogeneous_degrees().map_err(Fault::Network)?;
        let (text, coq) = if degrees.are_one() { self.of_degree_one(watch)? } else { (self.of_degrees(watch)?, None) };
        let found = decided(text.as_bytes(), &self.sha256, &input_of(&self.network)).map_err(Fault::Refused)?;
        Ok((text, coq, found))
    }

    /// Those that were given, or those of a solver: whether they are balanced enough, the certificate shows.
    fn log_scales(
        &self,
        watch: &Watch,
        solve: impl FnOnce(&Criteria<'_>) -> Result<Vec<f64>, Fault>,
    ) -> Result<(Vec<f64>, Refine), Fault> {
        let found = if let Some(h) = &self.given {
            (h.clone(), Refine::No)
        } else {
            watch.say("balancing");
            (solve(&Criteria::default().observed_by(watch))?, Refine::Yes)
        };
        watch.say("certifying");
        Ok(found)
    }

    fn of_degree_one(&self, watch: &Watch) -> Result<(String, Option<String>), Fault> {
        let problem = Problem::new(&self.network, &self.spec, self.scope).map_err(Fault::Balance)?;
        let (h, refine) = self.log_scales(watch, |criteria| {
            Ok(problem.solve(Method::Auto, criteria).map_err(Fault::Balance)?.log_scales)
        })?;
        let costs = if self.title.is_some() { Costs::ExactIfPossible } else { Costs::Rounded };
        let certificate = certified(&problem, &h, refine, costs).map_err(Fault::Certify)?;
        let coq = self.title.as_ref().map(|title| certificate.to_coq(title, problem.network())).transpose();
        Ok((certificate.to_text(&self.sha256), coq.map_err(Fault::Certify)?))
    }

    fn of_degrees(&self, watch: &Watch) -> Result<String, Fault> {
        if self.title.is_some() {
            return Err(Fault::CertifyDegrees(DegreeCertifyError::Coq));
        }
        if self.scope == Scope::WithinComponents {
            return Err(Fault::CertifyDegrees(DegreeCertifyError::Components));
        }
        let problem = DegreeProblem::new(&self.network, &self.spec, self.scope).map_err(Fault::Degree)?;
        let (h, refine) = self.log_scales(watch, |criteria| {
            Ok(problem.solve(Method::Auto, criteria).map_err(Fault::Degree)?.log_scales)
        })?;
        let certificate = certify_degrees(&problem, &h, refine).map_err(Fault::CertifyDegrees)?;
        Ok(certificate.to_text(&self.sha256))
    }
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
    let wanted = Wanted {
        network: Arc::clone(&network.get().inner),
        spec: task.spec().or_raise(py)?,
        scope: task.scope(),
        sha256,
        given: log_scales.map(|h| h.as_array().to_vec()),
        title,
    };
    let found = background::run(py, Stoppable::No, progress.as_ref(), move |watch| wanted.certified(watch))?;
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
        (Some(network), _) => Some(Ok(decided(&certificate, &sha256.unwrap_or_default(), &input_of(&network)))),
        (None, Some(path)) => match read::read(&path) {
            Ok((input, sha256)) => Some(Ok(decided(&certificate, &sha256, &input))),
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
