//! Networks in files: the library's readers and writers.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use synbal::io::layouts::{LayoutFile, LayoutOptions};
use synbal::io::safetensors::{self, Precision};
use synbal::io::{
    Form, NAMES_LEFT_OUT, ReadOptions, read_network_hashed, write_named_network, write_network_in_single_precision,
};
use synbal::sha256::sha256;

use crate::background::{self, Stoppable};
use crate::errors::{OrRaise, Raised, internal};
use crate::network::{Named, Network};

/// The network of a file, notices, the neurons' names, whether it is a feed-forward model, and the sha256 of the file.
type Loaded = (Network, Vec<String>, Option<Vec<String>>, bool, String);

/// Reads a network.
#[pyfunction]
#[pyo3(signature = (path, *, activation, p, layout, untouched, edges, matrix, transpose, variable))]
#[expect(clippy::too_many_arguments, reason = "the keywords of the package's function")]
pub fn load(
    py: Python<'_>,
    path: PathBuf,
    activation: Option<Named>,
    p: f64,
    layout: Option<&str>,
    untouched: Vec<String>,
    edges: Option<&str>,
    matrix: bool,
    transpose: bool,
    variable: Option<String>,
) -> PyResult<Loaded> {
    let activation = activation.map(|named| named.given(py)).transpose()?;
    let file = layout.map(LayoutFile::parse).transpose().or_raise(py)?;
    let edges = edges.map(str::parse).transpose();
    let edges = edges.map_err(|message: String| PyErr::from(Raised::new(py, "ArgumentError", message)))?;
    let form = Form::default().with_edges(edges).with_matrix(matrix).with_transpose(transpose).with_variable(variable);
    let layout = LayoutOptions::default().with_file(file).with_untouched(untouched);
    let options =
        ReadOptions::default().with_activation(activation).with_layout(layout).with_exponent(p).with_form(form);
    let read = background::run(py, Stoppable::No, None, move |_| read_network_hashed(&path, &options))?;
    let (loaded, digest) = read.or_raise(py)?;
    let feed_forward = loaded.model.is_some_and(|model| model.feed_forward);
    Ok((loaded.network.into(), loaded.notices, loaded.names, feed_forward, digest))
}

/// Writes a network, in a table with the neurons' names if it has any; what the format leaves out is said.
#[pyfunction]
#[pyo3(signature = (path, network, *, single, names))]
pub fn save(
    py: Python<'_>,
    path: PathBuf,
    network: &Bound<'_, Network>,
    single: bool,
    names: Option<Vec<String>>,
) -> PyResult<Vec<String>> {
    let network = Arc::clone(&network.get().inner);
    let written = background::run(py, Stoppable::No, None, move |_| {
        if !single {
            return write_named_network(&path, &network, names.as_deref());
        }
        write_network_in_single_precision(&path, &network)?;
        Ok(names.iter().map(|_| NAMES_LEFT_OUT.to_owned()).collect())
    })?;
    written.or_raise(py)
}

/// The sha256 of the `.safetensors` file that a network is saved as.
pub fn digest(py: Python<'_>, network: &synbal::network::Network) -> PyResult<String> {
    let mut bytes = Vec::new();
    let written = safetensors::write(network, Precision::Double, &mut bytes);
    written.map_err(|error| internal(py, &error.to_string()))?;
    Ok(sha256(&bytes))
}
