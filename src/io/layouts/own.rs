//! Our own layout, dense or in compressed rows.

use super::{Layout, dense, source, target};
use crate::io::metadata::stored_activation;
use crate::io::sparse_tensors::{self as sparse, Rows, wrong_shape};
use crate::io::tensors::{Tensor, TensorError, TensorFile};
use crate::network::NetworkError;
use crate::network::model::{Axis, Described, Model, Population, Role, Storage};

const RECURRENT: &str = "w_rec";
const MATRICES: [&str; 3] = [RECURRENT, "w_in", "w_out"];

pub(super) fn is_own(file: &TensorFile) -> bool {
    file.tensors.iter().any(|tensor| tensor.name == RECURRENT || sparse::is_part(&tensor.name, RECURRENT))
}

/// Whether a tensor holds the row starts or the columns of a matrix in compressed rows.
pub(super) fn is_index(file: &TensorFile, tensor: &Tensor) -> bool {
    is_own(file)
        && MATRICES.iter().any(|matrix| sparse::is_part(&tensor.name, matrix) && !tensor.name.ends_with(".data"))
}

pub(super) fn describe(file: &TensorFile) -> Result<Layout, TensorError> {
    if let Some(other) = file.tensors.iter().find(|tensor| super::recurrent::is_recurrent_weight(&tensor.name)) {
        let (first, second) = (RECURRENT.to_owned(), other.name.clone());
        return Err(super::LayoutError::Ambiguous { first, second }.into());
    }
    let mut tensors = Vec::new();
    let n = match sparse::find(file, RECURRENT)? {
        Some(rows) => {
            let (height, columns) = (rows.row_start.len() - 1, rows.columns);
            if height != columns {
                return Err(NetworkError::NotSquare { rows: height, columns }.into());
            }
            tensors.extend(compressed(file, RECURRENT, rows, [target(0), source(0)]));
            columns
        }
        None => {
            let Some(tensor) = file.find(RECURRENT) else { return Err(NetworkError::NoNeurons.into()) };
            let [rows, columns] = tensor.shape[..] else {
                return Err(wrong_shape(tensor, "two dimensions".to_owned()));
            };
            if rows != columns {
                return Err(NetworkError::NotSquare { rows, columns }.into());
            }
            tensors.push(dense(tensor, vec![target(0), source(0)], Role::Weights));
            columns
        }
    };
    if n == 0 {
        return Err(NetworkError::NoNeurons.into());
    }
    for (name, axes, own_axis) in [("w_in", [target(0), Axis::Outside], 0), ("w_out", [Axis::Outside, source(0)], 1)] {
        let expected = if own_axis == 0 { format!("[{n}, inputs]") } else { format!("[outputs, {n}]") };
        if let Some(rows) = sparse::find(file, name)? {
            let shape = [rows.row_start.len() - 1, rows.columns];
            if shape[own_axis] != n {
                return Err(TensorError::WrongShape { tensor: name.to_owned(), shape: shape.to_vec(), expected });
            }
            tensors.extend(compressed(file, name, rows, axes));
        } else if let Some(tensor) = file.find(name) {
            if tensor.shape.len() != 2 || tensor.shape[own_axis] != n {
                return Err(wrong_shape(tensor, expected));
            }
            tensors.push(dense(tensor, axes.to_vec(), Role::Weights));
        }
    }
    for (name, role) in [("b", Role::Weights), ("x0", Role::InitialState), ("tau", Role::TimeConstants)] {
        let Some(tensor) = file.find(name) else { continue };
        if tensor.shape != [n] {
            return Err(wrong_shape(tensor, format!("[{n}]")));
        }
        tensors.push(dense(tensor, vec![target(0)], role));
    }
    Ok(Layout {
        model: Model::new(vec![Population { name: "neurons".to_owned(), size: n }], tensors)?,
        name: "this program's own".to_owned(),
        activation: stored_activation(&file.metadata, n)?,
        no_activation: "its metadata has no `activation`",
        feed_forward: false,
        notices: Vec::new(),
    })
}

fn compressed(file: &TensorFile, matrix: &str, rows: Rows, axes: [Axis; 2]) -> Option<Described> {
    let tensor = file.find(&format!("{matrix}.data"))?;
    let Rows { columns, row_start, column } = rows;
    let storage = Storage::CompressedRows { row_start, column, columns, axes };
    Some(Described { name: tensor.name.clone(), shape: tensor.shape.clone(), storage, role: Role::Weights })
}
