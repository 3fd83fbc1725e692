//! Networks of any degrees from file to file.

use std::fs;

use nalgebra::DMatrix;
use serde_json::Value;
use synbal::balance::{Criteria, DegreeProblem, Method, Scope};
use synbal::cost::CostSpec;
use synbal::io::{read_network, write_network};
use synbal::network::{Activation, Network, Weights};

use super::{run, status, stderr, stdout};

/// Three neurons of degrees 1, 2 and 2.
fn network() -> Network {
    let weights = vec![(0, 1, 2.0), (1, 0, -1.0), (1, 1, 0.5), (2, 1, 3.0), (0, 2, 0.25)];
    let square = Activation::RectifiedPower { degree: 2.0 };
    Network {
        w_in: Some(DMatrix::from_vec(3, 1, vec![1.0, 0.5, -2.0])),
        w_out: Some(DMatrix::from_vec(1, 3, vec![0.5, -1.0, 4.0])),
        ..Network::recurrent(Weights::from_triplets(3, weights).unwrap(), vec![Activation::Relu, square, square])
    }
}

#[test]
fn a_model_of_mixed_degrees_is_balanced_and_keeps_its_activations() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixed.safetensors");
    write_network(&path, &network()).unwrap();
    assert_eq!(read_network(&path, Activation::Linear).unwrap().network, network());
    let arguments =
        ["balance", "mixed.safetensors", "--world", "1", "-o", "out.safetensors", "--json", "--method", "osborne"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let said: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!((said["status"].as_str(), said["method"].as_str()), (Some("balanced"), Some("osborne")));
    assert!(said["max_node_imbalance"].as_f64().unwrap() <= 1e-10);
    // Both files were run on the same input.
    assert_eq!(said["outputs"]["within_bound"], Value::Bool(true));
    let back = read_network(&folder.path().join("out.safetensors"), Activation::Linear).unwrap().network;
    assert_eq!(back.activation, network().activation);
    let spec = CostSpec::power(2.0).with_world(1.0);
    let again =
        DegreeProblem::new(&back, &spec, Scope::Whole).unwrap().solve(Method::Auto, &Criteria::default()).unwrap();
    assert!(again.imbalance_initial <= 1e-10);
}

#[cfg(feature = "precise")]
#[test]
fn mixed_degrees_have_as_many_digits_as_wanted() {
    let folder = tempfile::tempdir().unwrap();
    write_network(&folder.path().join("mixed.safetensors"), &network()).unwrap();
    let arguments = ["balance", "mixed.safetensors", "--world", "1", "--digits", "40", "--scales", "h.csv", "--json"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let said: Value = serde_json::from_str(stdout(&output)).unwrap();
    let spec = CostSpec::power(2.0).with_world(1.0);
    let network = network();
    let precise = DegreeProblem::new(&network, &spec, Scope::Whole).unwrap().to_digits(40).unwrap();
    assert_eq!(said["cost_final"].as_str(), Some(precise.cost_decimal().as_str()));
    let written = fs::read_to_string(folder.path().join("h.csv")).unwrap();
    for decimal in precise.log_scales_decimal() {
        assert!(written.contains(&decimal), "{written}");
    }
}

#[test]
fn activations_are_given_for_all_for_each_neuron_or_for_each_population() {
    let folder = tempfile::tempdir().unwrap();
    // A matrix without a world: degrees two and a half around a ring have a minimum, two twos have none.
    fs::write(folder.path().join("ring.csv"), "0,2\n3,0\n").unwrap();
    let with = |activation: &str| run(folder.path(), &["balance", "ring.csv", "--activation", activation]);
    assert_eq!(status(&with("rectified-power(2), rectified-power(0.5)")), 0);
    assert_eq!(status(&with("relu x 2")), 0);
    for (activation, said) in [
        ("rectified-power(2)", "the cost has no minimum: as h_0 by -1.0000, h_1 by -1.0000 change in step"),
        ("rectified-power(2), relu x 2", "expected one activation for all or one for each of the 2 neurons, got 3"),
        ("rectified-power(x)", "names no activation"),
        ("hidden = relu", "`hidden` is no population"),
    ] {
        let output = with(activation);
        assert_eq!(status(&output), 2, "{activation}");
        assert!(stderr(&output).contains(said), "{activation}: {}", stderr(&output));
    }
    assert!(stderr(&with("rectified-power(2)")).contains("--world 1"));
    for option in [&["--powers-of-two"][..], &["--stop-at-gradient", "1e-3"]] {
        let arguments = ["balance", "ring.csv", "--activation", "rectified-power(2), rectified-power(0.5)"];
        let output = run(folder.path(), &[&arguments[..], option].concat());
        assert_eq!(status(&output), 2, "{option:?}");
        assert!(stderr(&output).contains(option[0]), "{}", stderr(&output));
    }
    // What is there for degree one only says so.
    for command in [&["certify", "-o", "certificate.json"][..], &["verify"]] {
        let arguments = ["ring.csv", "--activation", "rectified-power(2), rectified-power(0.5)"];
        let output = run(folder.path(), &[command, &arguments].concat());
        assert_eq!(status(&output), 2, "{command:?}");
        let said = "is of degree 2, and what is asked for is defined for degree one";
        assert!(stderr(&output).contains(said), "{command:?}: {}", stderr(&output));
    }
}
