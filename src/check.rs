//! The independent checker of certificates: the crate `synbal-check`, and how a network is handed to it.

pub use synbal_check::{
    Input, Proved, ProvedDegrees, Refused, check as check_input, check_degrees as check_degrees_input, is_of_degrees,
    read, scientific_down, scientific_up,
};

use crate::network::Network;

/// Checks a certificate (the bytes of its file) against a network and the sha256 of the file that this was read from. The network's
/// activation has to be of degree one.
///
/// # Errors
/// [`Refused`], with the first thing found wrong.
pub fn check(certificate: &[u8], input_sha256: &str, network: &Network) -> Result<Proved, Refused> {
    synbal_check::check(certificate, input_sha256, &input_of(network))
}

/// Checks a certificate about a network of any degrees, likewise. Its degrees have to be those of the network's activation.
///
/// # Errors
/// [`Refused`], with the first thing found wrong.
pub fn check_degrees(certificate: &[u8], input_sha256: &str, network: &Network) -> Result<ProvedDegrees, Refused> {
    synbal_check::check_degrees(certificate, input_sha256, &input_of(network))
}

/// The triplets of a network, and the degrees of its neurons.
pub fn input_of(network: &Network) -> Input {
    let neurons = network.weights.neurons();
    let recurrent = network.weights.triplets().map(|(target, source, &weight)| (target, source, weight)).collect();
    let inputs = network.w_in.iter().flat_map(|w_in| {
        (0..w_in.ncols()).flat_map(move |channel| (0..neurons).map(move |neuron| (neuron, w_in[(neuron, channel)])))
    });
    let biases = network.bias.iter().flat_map(|bias| bias.iter().copied().enumerate());
    let has_input = network.w_in.is_some() || network.bias.is_some();
    let from_world = has_input.then(|| inputs.chain(biases).collect());
    let to_world = network.w_out.as_ref().map(|w_out| {
        (0..neurons)
            .flat_map(|neuron| w_out.column(neuron).iter().map(move |&weight| (neuron, weight)).collect::<Vec<_>>())
            .collect()
    });
    let degree = |neuron| network.activation.at(neuron).degree().unwrap_or(f64::NAN);
    let degrees = Some((0..neurons).map(degree).collect());
    Input { neurons, degrees, recurrent, from_world, to_world }
}
