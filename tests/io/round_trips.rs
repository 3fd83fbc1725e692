//! Written and read back, every number has the same bits.

use nalgebra::DMatrix;
use proptest::prelude::*;
use synbal::io::{Form, ReadOptions, read_network, read_network_as, read_scales, write_network, write_scales};
use synbal::network::{Activation, Network, Weights};

use crate::{bits, config, scratch};

/// Finite numbers of every kind: ordinary, 1e-300 to 1e300, subnormal, whole, any bits, and both zeros.
pub(crate) fn numbers() -> impl Strategy<Value = f64> {
    let any_finite = (any::<bool>(), 0_u64..0x7ff0_0000_0000_0000).prop_map(|(negative, magnitude)| {
        let value = f64::from_bits(magnitude);
        if negative { -value } else { value }
    });
    prop_oneof![
        3 => -2.0..2.0,
        3 => (-1.0..1.0, -300..=300).prop_map(|(mantissa, exponent)| mantissa * 10.0_f64.powi(exponent)),
        1 => (1_u64..1 << 52).prop_map(f64::from_bits),
        1 => (-1000_i32..1000).prop_map(f64::from),
        1 => any_finite,
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::MAX), Just(f64::MIN_POSITIVE), Just(5e-324), Just(-1e300)],
    ]
}

/// Sparse square weights of 1 to 20 neurons. Zeros among the entries are no synapses, -0.0 included.
pub(crate) fn sparse_weights() -> impl Strategy<Value = Weights> {
    (1_usize..=20).prop_flat_map(|n| {
        proptest::collection::vec(prop_oneof![2 => Just(0.0), 1 => numbers()], n * n).prop_map(move |entries| {
            let triplets = entries.into_iter().enumerate().map(|(k, value)| (k / n, k % n, value)).collect();
            Weights::from_triplets(n, triplets).unwrap()
        })
    })
}

fn activations() -> impl Strategy<Value = Activation> {
    prop_oneof![
        Just(Activation::Linear),
        Just(Activation::Relu),
        Just(Activation::Tanh),
        numbers().prop_map(|slope| Activation::LeakyRelu { slope }),
        numbers().prop_map(|degree| Activation::RectifiedPower { degree: degree.abs() }),
    ]
}

/// Networks with any of their parts present, with 0 to 3 inputs and outputs.
fn networks() -> impl Strategy<Value = Network> {
    (sparse_weights(), activations(), 0_usize..=3, 0_usize..=3).prop_flat_map(
        |(weights, activation, inputs, outputs)| {
            let n = weights.neurons();
            let list = |length| proptest::option::of(proptest::collection::vec(numbers(), length));
            let times = proptest::option::of(proptest::collection::vec(1e-300..1e300, n));
            (list(n * inputs), list(n * outputs), list(n), list(n), times).prop_map(
                move |(w_in, w_out, bias, initial_state, time_constants)| Network {
                    w_in: w_in.map(|entries| DMatrix::from_vec(n, inputs, entries)),
                    w_out: w_out.map(|entries| DMatrix::from_vec(outputs, n, entries)),
                    bias,
                    initial_state,
                    time_constants,
                    ..Network::recurrent(weights.clone(), activation)
                },
            )
        },
    )
}

fn vector_bits(values: Option<&[f64]>) -> Option<Vec<u64>> {
    values.map(|values| values.iter().map(|value| value.to_bits()).collect())
}

fn matrix_bits(matrix: &Option<DMatrix<f64>>) -> Option<((usize, usize), Vec<u64>)> {
    matrix.as_ref().map(|matrix| (matrix.shape(), matrix.iter().map(|value| value.to_bits()).collect()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn weights_come_back_bit_for_bit_from_every_format(weights in sparse_weights()) {
        let folder = scratch();
        let network = Network::recurrent(weights, Activation::Relu);
        for name in ["a.mtx", "a.npy", "a.csv", "a.safetensors", "A.MTX"] {
            let path = folder.path().join(name);
            prop_assert_eq!(write_network(&path, &network).unwrap(), Vec::<String>::new());
            // Three columns may be a list of edges; this is a matrix.
            let options =
                ReadOptions::default().with_activation(Activation::Relu).with_form(Form::matrix());
            let back = read_network_as(&path, &options).unwrap();
            prop_assert_eq!(back.network.weights.neurons(), network.weights.neurons());
            prop_assert_eq!(bits(&back.network.weights), bits(&network.weights), "{}", name);
            prop_assert_eq!(back.notices, Vec::<String>::new());
        }
    }

    #[test]
    fn whole_networks_come_back_bit_for_bit(network in networks()) {
        let folder = scratch();
        let path = folder.path().join("network.safetensors");
        prop_assert_eq!(write_network(&path, &network).unwrap(), Vec::<String>::new());
        let back = read_network(&path, network.activation.same().unwrap()).unwrap();
        prop_assert_eq!(back.notices, Vec::<String>::new());
        prop_assert_eq!(bits(&back.network.weights), bits(&network.weights));
        prop_assert_eq!(&back.network.activation, &network.activation);
        prop_assert_eq!(matrix_bits(&back.network.w_in), matrix_bits(&network.w_in));
        prop_assert_eq!(matrix_bits(&back.network.w_out), matrix_bits(&network.w_out));
        for (read, written) in [
            (&back.network.bias, &network.bias),
            (&back.network.initial_state, &network.initial_state),
            (&back.network.time_constants, &network.time_constants),
        ] {
            prop_assert_eq!(vector_bits(read.as_deref()), vector_bits(written.as_deref()));
        }
        // The same network gives the same bytes.
        let again = folder.path().join("again.safetensors");
        write_network(&again, &back.network).unwrap();
        prop_assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());
    }

    #[test]
    fn log_scales_come_back_bit_for_bit(h in proptest::collection::vec(numbers(), 1..60)) {
        let folder = scratch();
        for name in ["h.csv", "h.npy"] {
            let path = folder.path().join(name);
            write_scales(&path, &h).unwrap();
            prop_assert_eq!(vector_bits(Some(&read_scales(&path).unwrap())), vector_bits(Some(&h)), "{}", name);
        }
    }
}

/// Large enough to be formatted and parsed in several rounds of several pieces, with rows that are empty.
#[test]
fn a_large_network_comes_back_bit_for_bit() {
    let n = 800_usize;
    let rows = (0..n).filter(|i| i % 7 != 3 && *i != n - 1);
    let triplets: Vec<_> = rows
        .flat_map(|i| {
            (0..n).filter(move |j| (i * 31 + j * 17) % 5 != 0).map(move |j| (i, j, ((i * n + j) as f64).sin()))
        })
        .filter(|&(_, _, value)| value != 0.0)
        .collect();
    assert!(triplets.len() > 1 << 18);
    let weights = Weights::from_triplets(n, triplets).unwrap();
    let mut text = Vec::new();
    synbal::io::matrix_market::write(&weights, &mut text).unwrap();
    let back = synbal::io::matrix_market::read(&text[..], text.len() as u64).unwrap();
    assert_eq!(bits(&back), bits(&weights));
}

#[test]
fn log_scales_as_text_have_a_header_and_17_significant_digits() {
    let folder = scratch();
    let path = folder.path().join("h.csv");
    write_scales(&path, &[0.1, -2.0, 0.0]).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "h: J' = e^(h_source - h_target) J\n1.0000000000000001e-1\n-2.0000000000000000e0\n0.0000000000000000e0\n"
    );
}

#[test]
fn the_matrix_market_file_says_who_wrote_it_and_has_the_shortest_numbers() {
    let folder = scratch();
    let path = folder.path().join("a.mtx");
    let weights = Weights::from_triplets(2, vec![(0, 1, 0.1), (1, 0, -1e300)]).unwrap();
    write_network(&path, &Network::recurrent(weights, Activation::Relu)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "%%MatrixMarket matrix coordinate real general");
    assert!(lines[1].starts_with(concat!("% written by synbal ", env!("CARGO_PKG_VERSION"))));
    assert_eq!(lines[2..], ["2 2 2", "1 2 0.1", "2 1 -1e300"]);
}
