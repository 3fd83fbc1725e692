//! Recurrent weights in compressed rows: both widths of index are read, and whatever does not fit is refused.

use ::safetensors::tensor::Dtype;
use synbal::io::TensorError as Error;
use synbal::io::safetensors;
use synbal::io::{WriteError, write_network};
use synbal::network::model::ModelError;
use synbal::network::{Activation, Network, NetworkError, Weights};

use crate::bad_input::assert_error;
use crate::{bits, doubles, scratch, tensors, weights};

fn wide(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn narrow(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|&value| (value as i32).to_le_bytes()).collect()
}

fn read(indptr: &[i64], indices: &[i64], data: &[f64], shape: &str) -> Result<(), Error> {
    let parts = [
        ("w_rec.indptr", Dtype::I64, &[indptr.len()][..], wide(indptr)),
        ("w_rec.indices", Dtype::I64, &[indices.len()][..], wide(indices)),
        ("w_rec.data", Dtype::F64, &[data.len()][..], doubles(data)),
    ];
    safetensors::read(&tensors(&parts, &[("w_rec.shape", shape)]), Activation::Relu).map(drop)
}

#[test]
fn both_widths_of_index_are_read() {
    let expected = weights(&[&[0.0, 2.0], &[-3.0, 0.5]]);
    for (dtype, encode) in [(Dtype::I64, wide as fn(&[i64]) -> Vec<u8>), (Dtype::I32, narrow)] {
        let parts = [
            ("w_rec.indptr", dtype, &[3][..], encode(&[0, 1, 3])),
            ("w_rec.indices", dtype, &[3][..], encode(&[1, 0, 1])),
            ("w_rec.data", Dtype::F64, &[3][..], doubles(&[2.0, -3.0, 0.5])),
        ];
        let loaded = safetensors::read(&tensors(&parts, &[("w_rec.shape", "2,2")]), Activation::Relu).unwrap();
        assert_eq!(bits(&loaded.network.weights), bits(&expected));
        assert_eq!(loaded.notices, Vec::<String>::new());
    }
}

#[test]
fn what_is_no_matrix_in_compressed_rows_is_refused() {
    let values = [1.0, 2.0];
    assert!(read(&[0, 1, 2], &[1, 0], &values, "2, 2").is_ok());
    assert_error!(read(&[0, 1, 2], &[1, 2], &values, "2,2"), Error::BadSparseIndex { position: 1, value: 2, .. });
    assert_error!(read(&[0, 1, 2], &[-1, 0], &values, "2,2"), Error::BadSparseIndex { position: 0, value: -1, .. });
    assert_error!(read(&[0, 2, 2], &[1, 0], &values, "2,2"), Error::BadSparseIndex { position: 1, value: 0, .. });
    assert_error!(read(&[0, 2, 2], &[1, 1], &values, "2,2"), Error::BadSparseIndex { position: 1, value: 1, .. });
    assert_error!(read(&[1, 1, 2], &[1, 0], &values, "2,2"), Error::BadSparseIndex { position: 0, value: 1, .. });
    assert_error!(read(&[0, 3, 2], &[1, 0], &values, "2,2"), Error::BadSparseIndex { position: 1, value: 3, .. });
    assert_error!(read(&[0, 1, 1], &[1, 0], &values, "2,2"), Error::BadSparseIndex { position: 2, value: 1, .. });
    assert_error!(read(&[0, 2, 1, 2], &[0, 1], &values, "3,3"), Error::BadSparseIndex { position: 2, value: 1, .. });
    assert_error!(read(&[0, 1, 2], &[1, 0], &values, "3,3"), Error::WrongShape { .. });
    assert_error!(read(&[0, 1, 2], &[1, 0], &values, "18446744073709551615,2"), Error::WrongShape { .. });
    assert_error!(read(&[0, 1, 2], &[1, 0], &[1.0], "2,2"), Error::WrongShape { .. });
    assert_error!(read(&[], &[], &[], "0,0"), Error::WrongShape { .. });
    assert_error!(read(&[0], &[], &[], "0,0"), Error::Network(NetworkError::NoNeurons));
    assert_error!(
        read(&[0, 1, 2], &[1, 0], &values, "2,3"),
        Error::Network(NetworkError::NotSquare { rows: 2, columns: 3 })
    );
    assert_error!(read(&[0, 1, 2], &[1, 0], &values, "2x2"), Error::BadSparseShape { ref text, .. } if text == "2x2");
    assert_error!(
        read(&[0, 1, 2], &[1, 0], &[1.0, f64::NAN], "2,2"),
        Error::Model(ModelError::NotFinite { ref tensor, .. }) if tensor == "w_rec.data"
    );
}

#[test]
fn a_part_that_is_missing_or_one_too_many_is_named() {
    let data = ("w_rec.data", Dtype::F64, &[1][..], doubles(&[1.0]));
    let indptr = ("w_rec.indptr", Dtype::I64, &[2][..], wide(&[0, 1]));
    let indices = ("w_rec.indices", Dtype::I64, &[1][..], wide(&[0]));
    let shape = [("w_rec.shape", "1,1")];
    let file = |parts: &[_], metadata: &[_]| safetensors::read(&tensors(parts, metadata), Activation::Relu).map(drop);
    let all = [data.clone(), indptr.clone(), indices.clone()];
    assert!(file(&all, &shape).is_ok());
    assert_error!(file(&all, &[]), Error::SparsePartMissing { ref missing, .. } if missing == "w_rec.shape");
    assert_error!(
        file(&[data.clone(), indptr.clone()], &shape),
        Error::SparsePartMissing { ref missing, .. } if missing == "w_rec.indices"
    );
    let dense = ("w_rec", Dtype::F64, &[1, 1][..], doubles(&[1.0]));
    assert_error!(
        file(&[data.clone(), indptr.clone(), indices, dense], &shape),
        Error::DenseAndSparse { ref tensor } if tensor == "w_rec"
    );
    let real = ("w_rec.indices", Dtype::F64, &[1][..], doubles(&[0.0]));
    assert_error!(file(&[data, indptr, real], &shape), Error::UnsupportedIndexDtype { .. });
}

/// A few bytes that claim an input matrix of 2^40 columns: refused, not reserved.
#[test]
fn a_dense_matrix_that_only_a_shape_claims_is_refused() {
    let parts = [
        ("w_rec", Dtype::F64, &[1, 1][..], doubles(&[1.0])),
        ("w_in.indptr", Dtype::I64, &[2][..], wide(&[0, 1])),
        ("w_in.indices", Dtype::I64, &[1][..], wide(&[0])),
        ("w_in.data", Dtype::F64, &[1][..], doubles(&[1.0])),
    ];
    let read = |shape| safetensors::read(&tensors(&parts, &[("w_in.shape", shape)]), Activation::Relu).map(drop);
    assert!(read("1,3").is_ok());
    assert_error!(read("1,1099511627776"), Error::Model(ModelError::DenseTooLarge { rows: 1, .. }));
}

#[test]
fn a_dense_file_of_a_large_network_is_refused_and_a_sparse_one_written() {
    // One synapse: whatever the dense forms would write is zeros. Two bytes a zero in .csv, eight in .npy.
    let network = |neurons| {
        let weights = Weights::from_triplets(neurons, vec![(neurons - 1, 0, 0.1)]).unwrap();
        Network::recurrent(weights, Activation::Relu)
    };
    let folder = scratch();
    for (name, neurons) in [("a.npy", 23_171), ("a.csv", 46_341)] {
        let refused = write_network(&folder.path().join(name), &network(neurons));
        assert_error!(refused, WriteError::DenseTooLarge { neurons: found, .. } if found == neurons);
        assert!(!folder.path().join(name).exists());
    }
    for name in ["a.mtx", "a.safetensors"] {
        write_network(&folder.path().join(name), &network(46_341)).unwrap();
    }
}
