//! Networks of any degrees from file to file.

use std::fs;

use nalgebra::DMatrix;
use serde_json::Value;
use synbal::balance::{Criteria, DegreeProblem, Method, Problem, Scope};
use synbal::claims::{OtherDegrees, REGISTRY};
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
    let notice = "the activation is relu in 1 neuron, rectified-power (degree 2.0) in 2 neurons, as the file says";
    assert_eq!(said["notices"][0].as_str(), Some(notice), "kinds are counted, neurons not listed");
    // The stages add up to the whole process, of which the solver is one.
    let stages = said["timings"].as_array().unwrap();
    assert!(stages.iter().any(|timing| timing["stage"] == "solver" && timing["seconds"] == said["seconds"]));
    assert_eq!(stages.iter().filter(|timing| timing["seconds"].as_f64().unwrap() < 0.0).count(), 0);
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
}

#[test]
fn networks_of_other_degrees_are_certified_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write_network(&path.join("mixed.safetensors"), &network()).unwrap();
    let output = run(path, &["certify", "mixed.safetensors", "--world", "1", "-o", "c.json"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let proved = stdout(&output).lines().take(6).collect::<Vec<_>>().join("\n");
    assert!(proved.contains("with degrees from 1 to 2 as the certificate names them"), "{proved}");
    assert!(stdout(&output).contains("refined beyond the precision of f64"), "{}", stdout(&output));
    let output = run(path, &["check", "c.json", "mixed.safetensors"]);
    assert_eq!((status(&output), stdout(&output).trim_end()), (0, proved.as_str()), "{}", stderr(&output));
    // Of given log-scales it says how far they are from what was certified.
    let balanced = run(path, &["balance", "mixed.safetensors", "--world", "1", "--scales", "h.npy"]);
    assert_eq!(status(&balanced), 0, "{}", stderr(&balanced));
    let arguments = ["certify", "mixed.safetensors", "--world", "1", "--scales", "h.npy", "-o", "given.json"];
    let output = run(path, &arguments);
    assert!(stdout(&output).contains("are within 2^-51/p"), "{}{}", stdout(&output), stderr(&output));
    // Another file, another degree, a broken seal.
    let text = fs::read_to_string(path.join("c.json")).unwrap();
    fs::write(path.join("other.json"), text.replacen("\"denominator\": 1", "\"denominator\": 2", 1)).unwrap();
    let output = run(path, &["check", "other.json", "mixed.safetensors"]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("REFUSED: the seal is broken"), "{}", stdout(&output));
    // What there is no certificate for says so.
    fs::write(path.join("ring.csv"), "0,2\n3,0\n").unwrap();
    fs::write(path.join("selves.csv"), "1,2\n3,1\n").unwrap();
    let with = |file: &str, activation: &str, more: &[&str]| {
        run(path, &[&["certify", "-o", "r.json", file, "--activation", activation][..], more].concat())
    };
    let gain_one = "rectified-power(2), rectified-power(0.5)";
    for (file, activation, more, said) in [
        ("ring.csv", gain_one, &[][..], "the log-scale of neuron 0 (counted from 0) is free"),
        ("selves.csv", "rectified-power(2), rectified-power(0.7)", &[], "neuron 1 (counted from 0) has the degree 0.7"),
        ("ring.csv", gain_one, &["--within-components"], "are about whole networks"),
        ("ring.csv", gain_one, &["--coq", "r.v"], "there are no Coq files"),
        ("ring.csv", "rectified-power(2)", &[], "the cost has no minimum"),
    ] {
        let output = with(file, activation, more);
        assert_eq!(status(&output), 2, "{activation}");
        assert!(stderr(&output).contains(said), "{activation}: {}", stderr(&output));
        assert!(!path.join("r.json").exists() && !path.join("r.v").exists());
    }
}

/// Neurons of degree one are balanced as before, however they are named: by the paper's formulas, to the last bit.
#[test]
fn degree_one_keeps_its_bits() {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        (0..6).map(|i| (0..6).map(|j| format!("{}", 1.0 + f64::from(7 * i + 5 * j % 11) / 3.0)).collect::<Vec<_>>());
    let text: Vec<String> = rows.map(|row| row.join(",")).collect();
    fs::write(folder.path().join("j.csv"), text.join("\n") + "\n").unwrap();
    let weights = read_network(&folder.path().join("j.csv"), Activation::Relu).unwrap().network;
    let criteria = Criteria::default();
    for method in [Method::Newton, Method::NewtonCg, Method::Osborne, Method::Euler] {
        let known = Problem::new(&weights, &CostSpec::power(2.0), Scope::Whole).unwrap();
        let known = known.solve(method, &criteria).unwrap().log_scales;
        for activation in ["relu", "linear x 2, relu x 3, rectified-power(1)", "rectified-power(1)"] {
            let arguments =
                ["balance", "j.csv", "--activation", activation, "--method", method.name(), "--scales", "h.npy"];
            let output = run(folder.path(), &arguments);
            assert_eq!(status(&output), 0, "{}", stderr(&output));
            let found = synbal::io::read_scales(&folder.path().join("h.npy")).unwrap();
            let bits = |h: &[f64]| h.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&found), bits(&known), "{activation} {}", method.name());
        }
    }
    // By the formulas of any degree it is the same point, not the same bits: this test would see them.
    let any = DegreeProblem::new(&weights, &CostSpec::power(2.0), Scope::Whole).unwrap();
    let any = any.solve(Method::Osborne, &criteria).unwrap().log_scales;
    let known = Problem::new(&weights, &CostSpec::power(2.0), Scope::Whole).unwrap();
    let known = known.solve(Method::Osborne, &criteria).unwrap().log_scales;
    assert!(any != known && any.iter().zip(&known).all(|(a, b)| (a - b).abs() < 1e-8));
}

#[test]
fn inspect_says_whether_the_cost_of_other_degrees_has_a_minimum() {
    let folder = tempfile::tempdir().unwrap();
    write_network(&folder.path().join("mixed.safetensors"), &network()).unwrap();
    let output = run(folder.path(), &["inspect", "mixed.safetensors", "--world", "1"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("balanceable (incoming = k outgoing, degrees k = 1, 2): the cost has a minimum"), "{said}");
    assert!(!said.contains("conserved"), "{said}");
    let output = run(folder.path(), &["inspect", "mixed.safetensors", "--json"]);
    let said: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(said["balanceable"], Value::Bool(false));
    assert!(said["falls_without_end"].as_str().unwrap().contains("the cost has no minimum: as h_"), "{said}");
    assert_eq!(said["degrees"], serde_json::json!([1.0, 2.0]));
    assert_eq!(said["independent_conserved_quantities"], Value::Null);
    // The worst neuron as `balance` sees it.
    let output = run(folder.path(), &["balance", "mixed.safetensors", "--world", "1", "--json"]);
    let balanced: Value = serde_json::from_str(stdout(&output)).unwrap();
    let output = run(folder.path(), &["inspect", "mixed.safetensors", "--world", "1", "--json"]);
    let facts: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(facts["max_node_imbalance"], balanced["max_node_imbalance_initial"]);
    assert_eq!(facts["cost"], balanced["cost_initial"]);
}

#[test]
fn verify_measures_what_holds_for_other_degrees_and_says_what_is_about_degree_one() {
    let folder = tempfile::tempdir().unwrap();
    write_network(&folder.path().join("mixed.safetensors"), &network()).unwrap();
    let arguments = ["verify", "mixed.safetensors", "--world", "1", "--junit", "claims.xml", "--out", "pages"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("balanced means incoming = k outgoing"), "{said}");
    assert!(said.contains("degree one only were not run: dopri5"), "{said}");
    for claim in REGISTRY {
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(claim.id)).unwrap();
        match claim.other_degrees {
            OtherDegrees::Checked(_) => assert!(line.contains(" held "), "{line}"),
            OtherDegrees::NotClaimed(why) => {
                assert!(line.contains(" n/a "), "{line}");
                assert!(said.contains(&format!("about degree one only: {why}")), "{said}");
            }
        }
    }
    let junit = fs::read_to_string(folder.path().join("claims.xml")).unwrap();
    assert!(junit.contains(r#"failures="0" errors="0" skipped="13""#), "{junit}");
    let page = fs::read_to_string(folder.path().join("pages/networks/mixed.html")).unwrap();
    assert!(page.contains("Neurons of degrees 1, 2"), "{page}");
    // Without a minimum the direction is named, and what to do.
    let output = run(folder.path(), &["verify", "mixed.safetensors"]);
    assert_eq!(status(&output), 2, "{}", stdout(&output));
    let said = stderr(&output);
    assert!(said.contains("the cost has no minimum: as h_") && said.contains("--world 1"), "{said}");
}

/// Two rings of gain one, and a synapse from one to the other, which lies on no cycle.
#[test]
fn other_degrees_are_balanced_within_components() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rings.csv"), "0,2,0,0\n3,0,0,0\n7,0,0,5\n0,0,1,0\n").unwrap();
    let each = "rectified-power(2), rectified-power(0.5), rectified-power(0.5), rectified-power(2)";
    let with = |more: &[&str]| {
        run(folder.path(), &[&["balance", "rings.csv", "--activation", each, "--json"][..], more].concat())
    };
    let output = with(&[]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("the cost has no minimum"), "{}", stderr(&output));
    let output = with(&["--within-components", "-o", "out.csv"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let said: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!((said["synapses_on_no_cycle"].as_u64(), said["components"].as_u64()), (Some(1), Some(2)));
    // Around a ring of degrees 2 and 1/2: incoming = 2 outgoing at the one, half of it at the other, so C_10 = 2 C_01.
    let weights = read_network(&folder.path().join("out.csv"), Activation::Linear).unwrap().network.weights;
    let cost = |target: usize, source: usize| {
        let (_, _, weight) = weights.triplets().find(|&(i, j, _)| (i, j) == (target, source)).unwrap();
        weight * weight
    };
    for (quadratic, root) in [(0, 1), (3, 2)] {
        let (out_of, into) = (cost(root, quadratic), cost(quadratic, root));
        assert!((into / (2.0 * out_of) - 1.0).abs() < 1e-9, "{into} {out_of}");
    }
}
