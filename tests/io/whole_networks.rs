//! `.safetensors`: our names, those of `nn.RNN`, the activation, and every way to be wrong.

use nalgebra::dmatrix;
use safetensors::tensor::Dtype::{self, BF16, F16, F32, F64, I64};
use synbal::io::TensorError as Error;
use synbal::io::layouts::LayoutError;
use synbal::io::safetensors::read;
use synbal::io::{Loaded, ReadError, read_network, write_network};
use synbal::network::model::ModelError;
use synbal::network::{Activation, Network, NetworkError, Weights};

use crate::bad_input::assert_error;
use crate::{doubles, file, scratch, tensors, weights};

type Part<'a> = (&'a str, Dtype, &'a [usize], Vec<u8>);

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn load(parts: &[Part<'_>], metadata: &[(&str, &str)]) -> Result<Loaded, Error> {
    read(&tensors(parts, metadata), Activation::Relu)
}

fn w_rec() -> Part<'static> {
    ("w_rec", F64, &[2, 2], doubles(&[0.0, 2.0, 3.0, 0.0]))
}

fn rnn<'a>(names: [&'a str; 4]) -> [Part<'a>; 4] {
    [
        (names[0], F32, &[2, 2], floats(&[0.0, 2.0, 3.0, 0.0])),
        (names[1], F32, &[2, 3], floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        (names[2], F32, &[2], floats(&[0.5, -1.0])),
        (names[3], F32, &[2], floats(&[0.25, 4.0])),
    ]
}

const RNN: [&str; 4] = ["weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0"];

#[test]
fn our_own_names_row_major_in_either_precision() {
    let parts = [
        ("w_rec", F32, &[2, 2][..], floats(&[0.0, 2.0, 3.0, 0.0])),
        ("w_in", F32, &[2, 3], floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        ("w_out", F64, &[1, 2], doubles(&[7.0, 8.0])),
        ("b", F64, &[2], doubles(&[0.5, -0.0])),
        ("x0", F64, &[2], doubles(&[1.0, 2.0])),
        ("tau", F64, &[2], doubles(&[10.0, 20.0])),
    ];
    let Loaded { network, notices, .. } = load(&parts, &[]).unwrap();
    let expected = Network {
        weights: weights(&[&[0.0, 2.0], &[3.0, 0.0]]),
        activation: Activation::Relu.into(),
        w_in: Some(dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0]),
        w_out: Some(dmatrix![7.0, 8.0]),
        bias: Some(vec![0.5, 0.0]),
        initial_state: Some(vec![1.0, 2.0]),
        time_constants: Some(vec![10.0, 20.0]),
    };
    assert_eq!(network, expected);
    assert!(notices.is_empty());
}

#[test]
fn only_the_recurrent_weights_must_be_there() {
    let Loaded { network, .. } = load(&[w_rec()], &[]).unwrap();
    assert_eq!(network, Network::recurrent(weights(&[&[0.0, 2.0], &[3.0, 0.0]]), Activation::Relu));
}

#[test]
fn the_names_of_nn_rnn_with_and_without_a_prefix_and_the_sum_of_its_biases() {
    let prefixed = ["model.rnn.weight_hh_l0", "model.rnn.weight_ih_l0", "model.rnn.bias_ih_l0", "model.rnn.bias_hh_l0"];
    for names in [RNN, prefixed] {
        let Loaded { network, notices, .. } = load(&rnn(names), &[]).unwrap();
        let expected = Network {
            w_in: Some(dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0]),
            bias: Some(vec![0.75, 3.0]),
            ..Network::recurrent(weights(&[&[0.0, 2.0], &[3.0, 0.0]]), Activation::Relu)
        };
        assert_eq!(network, expected);
        assert!(notices.len() == 1 && notices[0].starts_with("nothing reads the states of "), "{notices:?}");
    }
}

/// The fault that this file is named for: the read-out of the commonest PyTorch model was dropped with a notice.
#[test]
fn a_linear_read_out_is_part_of_the_model() {
    let mut parts = rnn(RNN).to_vec();
    parts.push(("fc.weight", F32, &[1, 2], floats(&[7.0, 8.0])));
    parts.push(("fc.bias", F32, &[1], floats(&[1.0])));
    let Loaded { network, notices, .. } = load(&parts, &[("activation", "relu")]).unwrap();
    assert_eq!(network.w_out, Some(dmatrix![7.0, 8.0]));
    assert!(notices.len() == 1 && notices[0].contains("`fc.weight`"), "{notices:?}");
}

#[test]
fn what_could_touch_a_population_and_is_not_described_is_refused() {
    let mut parts = rnn(RNN).to_vec();
    parts.push(("scale", F16, &[4, 3], vec![0; 24]));
    assert_error!(
        load(&parts, &[]),
        Error::Layout(LayoutError::Undescribed { ref tensor, size: 2, .. }) if tensor == "scale"
    );
    parts.pop();
    parts.push(("scale", F16, &[3, 5], vec![0; 30]));
    let notices = load(&parts, &[]).unwrap().notices;
    assert!(notices.iter().any(|notice| notice.contains("`scale` of shape [3, 5]")), "{notices:?}");
    let mut parts = rnn(RNN).to_vec();
    for name in ["a.weight", "b.weight"] {
        parts.push((name, F32, &[1, 2], floats(&[7.0, 8.0])));
    }
    assert_error!(load(&parts, &[]), Error::Layout(LayoutError::SeveralReadOuts { .. }));
}

#[test]
fn the_activation_of_the_file_wins_and_is_said() {
    for (metadata, expected) in [
        (&[("activation", "linear")][..], Activation::Linear),
        (&[("activation", "tanh")], Activation::Tanh),
        (&[("activation", "leaky-relu"), ("slope", "0.1")], Activation::LeakyRelu { slope: 0.1 }),
        (&[("activation", "rectified-power"), ("degree", "2")], Activation::RectifiedPower { degree: 2.0 }),
    ] {
        let Loaded { network, notices, .. } = load(&[w_rec()], metadata).unwrap();
        assert_eq!(network.activation, expected);
        assert_eq!(notices.len(), 1);
        assert!(notices[0].contains(expected.name()), "{}", notices[0]);
    }
    assert!(load(&[w_rec()], &[("activation", "relu")]).unwrap().notices.is_empty());
}

#[test]
fn activations_that_are_unknown_or_lack_their_number() {
    assert_error!(load(&[w_rec()], &[("activation", "gelu")]), Error::UnknownActivation { ref name } if name == "gelu");
    assert_error!(load(&[w_rec()], &[("activation", "leaky-relu")]), Error::BadParameter { key: "slope", .. });
    let metadata = [("activation", "rectified-power"), ("degree", "nan")];
    assert_error!(load(&[w_rec()], &metadata), Error::BadParameter { key: "degree", .. });
    let metadata = [("activation", "rectified-power"), ("degree", "-1")];
    assert_error!(
        load(&[w_rec()], &metadata),
        Error::Model(ModelError::Network(NetworkError::BadDegree { degree: -1.0 }))
    );
    for degree in [-1.0, f64::INFINITY, f64::NAN] {
        let weights = Weights::from_triplets(2, vec![(0, 1, 2.0), (1, 0, 3.0)]).unwrap();
        let error = Network::recurrent(weights, Activation::RectifiedPower { degree }).validate().unwrap_err();
        assert!(
            matches!(error, NetworkError::BadDegree { degree: found } if found.total_cmp(&degree).is_eq()),
            "{error}"
        );
    }
}

#[test]
fn no_recurrent_weights_or_two_of_them() {
    let alone = ("w_in", F64, &[1, 1][..], doubles(&[1.0]));
    assert_error!(load(&[alone], &[]), Error::Layout(LayoutError::NoLayout { ref found }) if found == "`w_in`");
    assert_error!(load(&[], &[("activation", "relu")]), Error::Layout(LayoutError::NoLayout { .. }));
    let mut both = rnn(RNN).to_vec();
    both.push(w_rec());
    assert_error!(load(&both, &[]), Error::Layout(LayoutError::Ambiguous { .. }));
    let other = ("other.weight_hh_l0", F32, &[2, 2][..], floats(&[0.0; 4]));
    both.pop();
    both.push(other);
    assert_error!(load(&both, &[]), Error::Layout(LayoutError::Ambiguous { .. }));
}

#[test]
fn a_second_layer_or_direction() {
    let mut parts = rnn(RNN).to_vec();
    parts.push(("weight_hh_l1", F32, &[2, 2], floats(&[0.0, 5.0, 0.0, 0.0])));
    parts.push(("weight_ih_l1", F32, &[2, 2], floats(&[6.0, 0.0, 0.0, 0.0])));
    let network = load(&parts, &[]).unwrap().network;
    let expected = [[0.0, 2.0, 0.0, 0.0], [3.0, 0.0, 0.0, 0.0], [6.0, 0.0, 0.0, 5.0], [0.0; 4]];
    assert_eq!(network.weights, weights(&expected.each_ref().map(|row| &row[..])));
    parts.truncate(4);
    parts.push(("weight_ih_l0_reverse", F32, &[2, 3], floats(&[0.0; 6])));
    assert_error!(load(&parts, &[]), Error::Layout(LayoutError::ReverseDirection { ref tensor }) if tensor == "weight_ih_l0_reverse");
}

#[test]
fn an_lstm_or_a_gru() {
    for gates in [3, 4] {
        let part = ("weight_hh_l0", F32, &[2 * gates, 2][..], floats(&vec![1.0; 4 * gates]));
        assert_error!(load(&[part], &[]), Error::Layout(LayoutError::Gated { ref tensor, .. }) if tensor == "weight_hh_l0");
    }
}

#[test]
fn one_bias_of_two_is_said() {
    let parts = &rnn(RNN)[..3];
    let Loaded { network, notices, .. } = load(parts, &[("activation", "relu")]).unwrap();
    assert_eq!(network.bias, Some(vec![0.5, -1.0]));
    assert!(notices.len() == 2 && notices[0].contains("`bias_hh_l0` is not there"), "{notices:?}");
}

#[test]
fn dtypes_that_are_not_read_are_named_and_half_precisions_are_read() {
    let part = ("w_rec", I64, &[1, 1][..], vec![0; 8]);
    assert_error!(
        load(&[part], &[]),
        Error::UnsupportedDtype { ref tensor, dtype: ref found } if tensor == "w_rec" && found == "I64"
    );
    let part = ("b", I64, &[2][..], vec![0; 16]);
    assert_error!(load(&[w_rec(), part], &[]), Error::UnsupportedDtype { ref tensor, .. } if tensor == "b");
    // 1.5 and -2 in either format.
    for (dtype, one, two) in [(F16, 0x3e00_u16, 0xc000_u16), (BF16, 0x3fc0, 0xc000)] {
        let bytes = [one, two].iter().flat_map(|number| number.to_le_bytes()).collect();
        let bias = load(&[w_rec(), ("b", dtype, &[2][..], bytes)], &[]).unwrap().network.bias;
        assert_eq!(bias, Some(vec![1.5, -2.0]));
    }
}

#[test]
fn shapes_that_do_not_fit() {
    let part = ("w_rec", F64, &[1, 2][..], doubles(&[1.0; 2]));
    assert_error!(load(&[part], &[]), Error::Network(NetworkError::NotSquare { rows: 1, columns: 2 }));
    let part = ("w_rec", F64, &[4][..], doubles(&[1.0; 4]));
    assert_error!(load(&[part], &[]), Error::WrongShape { .. });
    let part = ("w_rec", F64, &[0, 0][..], vec![]);
    assert_error!(load(&[part], &[]), Error::Network(NetworkError::NoNeurons));
    for (name, shape) in [
        ("w_in", &[3, 2][..]),
        ("w_in", &[2]),
        ("w_out", &[2, 3]),
        ("b", &[3]),
        ("b", &[2, 1]),
        ("x0", &[1]),
        ("tau", &[6]),
    ] {
        let part = (name, F64, shape, doubles(&vec![1.0; shape.iter().product()]));
        assert_error!(load(&[w_rec(), part], &[]), Error::WrongShape { ref tensor, .. } if tensor == name);
    }
}

#[test]
fn numbers_that_are_not_finite_or_not_possible() {
    let part = ("w_rec", F64, &[2, 2][..], doubles(&[0.0, 1.0, f64::NAN, 0.0]));
    assert_error!(load(&[part], &[]), Error::Model(ModelError::NotFinite { ref tensor, ref index, .. }) if tensor == "w_rec" && *index == [1, 0]);
    let part = ("w_in", F64, &[2, 1][..], doubles(&[0.0, f64::INFINITY]));
    assert_error!(load(&[w_rec(), part], &[]), Error::Model(ModelError::NotFinite { ref tensor, ref index, .. }) if tensor == "w_in" && *index == [1, 0]);
    let part = ("tau", F64, &[2][..], doubles(&[1.0, 0.0]));
    assert_error!(
        load(&[w_rec(), part], &[]),
        Error::Model(ModelError::Network(NetworkError::TimeConstantNotPositive { neuron: 1, .. }))
    );
}

#[test]
fn damaged_truncated_and_lying_files() {
    let whole = tensors(&[w_rec()], &[("activation", "relu")]);
    for end in 0..whole.len() {
        assert_error!(read(&whole[..end], Activation::Relu), Error::Damaged(_));
    }
    let lying = |header: &str| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        read(&bytes, Activation::Relu)
    };
    let huge = r#"{"w_rec":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#;
    assert_error!(lying(huge), Error::Damaged(_));
    let empty = r#"{"w_rec":{"dtype":"F64","shape":[0,9223372036854775807],"data_offsets":[0,0]}}"#;
    assert_error!(lying(empty), Error::Network(NetworkError::NotSquare { .. }));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_error!(lying(&nested), Error::Damaged(_));
    assert_error!(read(&u64::MAX.to_le_bytes(), Activation::Relu), Error::HeaderTooLarge { .. });
}

#[test]
fn read_and_written_through_files() {
    let (_folder, path) = file("a.safetensors", tensors(&[w_rec()], &[]));
    assert_eq!(read_network(&path, Activation::Linear).unwrap().network.activation, Activation::Linear);
    let (_folder, path) = file("a.safetensors", "not one");
    assert_error!(read_network(&path, Activation::Linear), ReadError::Tensors { error, .. } if matches!(*error, Error::Damaged(_)));
    // A long header and nothing behind it is a whole file, and read as one.
    let names: Vec<String> = (0..100).map(|k| format!("an empty tensor, number {k}, of a long list")).collect();
    let empty: Vec<Part<'_>> = names.iter().map(|name| (name.as_str(), F64, &[0][..], Vec::new())).collect();
    let (_folder, path) = file("a.safetensors", tensors(&empty, &[]));
    assert_error!(read_network(&path, Activation::Linear), ReadError::Tensors { error, .. } if matches!(*error, Error::Layout(_)));
    // What is written can be read by the library itself.
    let folder = scratch();
    let path = folder.path().join("b.safetensors");
    let network = Network::recurrent(weights(&[&[0.0, 2.0], &[3.0, 0.0]]), Activation::LeakyRelu { slope: 0.25 });
    write_network(&path, &network).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let library = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(library.names(), ["w_rec"]);
    assert_eq!(library.tensor("w_rec").unwrap().data(), doubles(&[0.0, 2.0, 3.0, 0.0]));
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = metadata.metadata().clone().unwrap();
    assert_eq!(metadata["activation"], "leaky-relu");
    assert_eq!(metadata["slope"].parse(), Ok(0.25));
}

/// A model whose fields were set by hand so that its file lacks a described tensor: what lies after that must not be taken for it.
#[test]
fn a_model_that_its_file_does_not_fit_is_an_error() {
    let parts = [w_rec(), ("w_in", F64, &[2, 1], doubles(&[1.0, 2.0])), ("w_out", F64, &[1, 2], doubles(&[7.0, 8.0]))];
    let model = load(&parts, &[]).unwrap().model.unwrap();
    let numbers = model.numbers().unwrap();
    assert_eq!(model.with_numbers(numbers.clone(), None).unwrap(), model);
    let lengths: Vec<usize> = numbers.iter().map(Vec::len).collect();
    for given in [numbers[..2].to_vec(), [&numbers[..2], &[vec![1.0]]].concat(), [&numbers[..], &[vec![1.0]]].concat()]
    {
        let counts: Vec<usize> = given.iter().map(Vec::len).collect();
        assert_error!(model.with_numbers(given, None), Error::WrongCounts { given, expected } if given == counts && expected == lengths);
    }
    let mut lacking = model.clone();
    lacking.file.tensors.retain(|tensor| tensor.name != "w_in");
    assert_error!(lacking.numbers(), Error::NotInFile { tensor } if tensor == "w_in");
    assert_error!(lacking.rescaled(&[0.1, 0.2], None), Error::NotInFile { tensor } if tensor == "w_in");
    assert_error!(lacking.formats(), Error::NotInFile { tensor } if tensor == "w_in");
}
