//! Model in, same model out: every known layout rebuilt in NumPy, and each fault of files as a named test.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_synbal");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs a command that must end with this status, and returns standard output and standard error.
fn ends(folder: &Path, status: i32, arguments: &[&str]) -> (String, String) {
    let output = run(folder, arguments);
    let (said, notes) = (text(&output.stdout).to_owned(), text(&output.stderr).to_owned());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}{notes}");
    (said, notes)
}

fn refused(folder: &Path, arguments: &[&str], named: &[&str]) {
    let (said, notes) = ends(folder, 2, arguments);
    assert_eq!(said, "", "{arguments:?}");
    for name in named {
        assert!(notes.contains(name), "{arguments:?} does not say `{name}`: {notes}");
    }
}

fn scratch(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// A `.safetensors` file of single precision, with numbers between a half and one.
pub fn model(tensors: &[(&str, &[usize])]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::<u8>::new());
    for (name, shape) in tensors {
        let start = data.len();
        for k in 0..shape.iter().product::<usize>() {
            data.extend((0.5 + ((k * 37 + start) % 101) as f32 / 202.0).to_le_bytes());
        }
        let entry = serde_json::json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, data.len()] });
        header.insert((*name).to_owned(), entry);
    }
    let text = Value::Object(header).to_string();
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &data].concat()
}

pub const RNN: [(&str, &[usize]); 6] = [
    ("rnn.weight_ih_l0", &[4, 3]),
    ("rnn.weight_hh_l0", &[4, 4]),
    ("rnn.bias_ih_l0", &[4]),
    ("rnn.bias_hh_l0", &[4]),
    ("fc.weight", &[2, 4]),
    ("fc.bias", &[2]),
];

fn with<'a>(more: &[(&'a str, &'a [usize])]) -> Vec<u8> {
    model(&[&RNN[..], more].concat())
}

#[test]
fn every_known_layout_computes_the_same_in_numpy() {
    let folder = scratch(&[]);
    let python = ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| Command::new(python).args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success()))
        .expect("no python3 with NumPy; run .ci/setup test");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/layouts.py");
    let output = Command::new(python).arg(script).arg(PROGRAM).arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).lines().count() >= 16, "{}", text(&output.stdout));
}

#[test]
fn an_rnn_with_a_read_out_keeps_every_tensor_and_reports_its_outputs() {
    let given = with(&[]);
    let folder = scratch(&[("m.safetensors", &given)]);
    let arguments = ["balance", "m.safetensors", "--activation", "relu", "-o", "out.safetensors"];
    let (said, notes) = ends(folder.path(), 0, &arguments);
    assert!(said.contains("outputs: within") && said.contains("rounded to F32: imbalance"), "{said}");
    assert!(notes.contains("`fc.weight` is taken for a Linear"), "{notes}");
    let written = fs::read(folder.path().join("out.safetensors")).unwrap();
    let header = 8 + u64::from_le_bytes(written[..8].try_into().unwrap()) as usize;
    assert_eq!(written[..header], given[..header], "the header is the same byte for byte");
    assert_ne!(written, given);
    assert_eq!(written[written.len() - 8..], given[given.len() - 8..], "the bias of the read-out stays");
}

#[test]
fn an_activation_that_the_file_does_not_say_is_asked_for() {
    let folder = scratch(&[("m.safetensors", &with(&[]))]);
    for command in ["balance", "inspect", "verify"] {
        refused(folder.path(), &[command, "m.safetensors"], &["tanh unless relu was asked for", "--activation relu"]);
    }
    for (activation, reason) in [("tanh", "homogeneous"), ("gelu", "gelu(2x)"), ("relu6", "saturates at 6")] {
        refused(folder.path(), &["balance", "m.safetensors", "--activation", activation], &[reason]);
    }
}

#[test]
fn what_rescaling_would_change_is_refused_with_the_reason() {
    let gates = |k: usize| model(&[("rnn.weight_hh_l0", &[4 * k, 4]), ("rnn.weight_ih_l0", &[4 * k, 3])]);
    let normalised = [
        ("0.weight", &[6, 3][..]),
        ("1.weight", &[6]),
        ("1.bias", &[6]),
        ("1.running_mean", &[6]),
        ("3.weight", &[2, 6]),
    ];
    let layer_norm = [("0.weight", &[6, 3][..]), ("1.weight", &[6]), ("1.bias", &[6]), ("3.weight", &[2, 6])];
    let cases: [(Vec<u8>, &str); 9] = [
        (gates(3), "that of a GRU"),
        (gates(4), "that of an LSTM"),
        (model(&[("l.weight_hh_l0", &[16, 2]), ("l.weight_hr_l0", &[2, 4])]), "an LSTM with projections"),
        (model(&[("c.weight_hh", &[12, 4]), ("c.weight_ih", &[12, 3])]), "that of a GRU"),
        (with(&[("rnn.weight_hh_l0_reverse", &[4, 4])]), "reverse direction"),
        (model(&normalised), "batch normalisation"),
        (model(&layer_norm), "layer, group or batch normalisation"),
        (with(&[("head.weight", &[5, 4])]), "more than one Linear"),
        (with(&[("gain", &[4])]), "--untouched NAME"),
    ];
    for (bytes, reason) in cases {
        let folder = scratch(&[("m.safetensors", &bytes)]);
        refused(folder.path(), &["balance", "m.safetensors", "--activation", "relu"], &[reason]);
    }
    let folder = scratch(&[("m.safetensors", &with(&[("gain", &[4])]))]);
    let arguments = ["balance", "m.safetensors", "--activation", "relu", "--untouched"];
    ends(folder.path(), 0, &[&arguments[..], &["gain"]].concat());
    refused(folder.path(), &[&arguments[..], &["nobody"]].concat(), &["no such tensor"]);
    refused(
        folder.path(),
        &[&arguments[..], &["gain", "--untouched", "rnn.bias_hh_l0"]].concat(),
        &["part of the layout"],
    );
}

#[test]
fn powers_of_two_change_no_bit_of_the_outputs() {
    let folder = scratch(&[("m.safetensors", &with(&[]))]);
    let arguments = ["balance", "m.safetensors", "--activation", "relu", "--world", "9", "--powers-of-two", "--json"];
    let (said, _) = ends(folder.path(), 0, &arguments);
    let result: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(result["outputs"]["largest_difference"], 0.0);
    assert!(result["rounded"]["max_node_imbalance"].as_f64().unwrap() > 1e-10);
    for h in result["log_scales"].as_array().unwrap() {
        let k = h.as_f64().unwrap() / std::f64::consts::LN_2;
        assert!((k - k.round()).abs() < 1e-12, "{k}");
    }
}

#[test]
fn the_json_follows_its_schema() {
    let folder = scratch(&[("m.safetensors", &with(&[]))]);
    let (said, _) = ends(folder.path(), 0, &["balance", "m.safetensors", "--activation", "relu", "--json"]);
    let result: Value = serde_json::from_str(&said).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/balance.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let described = schema["properties"].as_object().unwrap();
    let found = result.as_object().unwrap();
    let missing: Vec<&String> = found.keys().filter(|key| !described.contains_key(*key)).collect();
    assert!(missing.is_empty(), "not in the schema: {missing:?}");
    for key in schema["required"].as_array().unwrap() {
        assert!(found.contains_key(key.as_str().unwrap()), "{key} is required");
    }
    assert_eq!(result["schema"], described["schema"]["const"]);
    assert_eq!(result["sign"], "J' = e^(h_source - h_target) J");
    assert_eq!(result["input"]["sha256"].as_str().unwrap().len(), 64);
}

/// 1e-200 squared is lost, and 2^300 to the fourth power is infinite; neither is between two neurons.
#[test]
fn a_self_synapse_never_blocks() {
    let ring = |own: f64| format!("{own:?},1.5,0\n0,0,2.5\n3,0,0\n");
    let folder = scratch(&[]);
    for own in [1e-200, 2.0_f64.powi(300), 1e300] {
        fs::write(folder.path().join("d.csv"), ring(own)).unwrap();
        for p in ["2", "4"] {
            let (said, _) = ends(folder.path(), 0, &["balance", "d.csv", "--matrix", "--p", p]);
            assert!(said.starts_with("balanced"), "{own} {p}: {said}");
        }
    }
}

#[test]
fn three_columns_are_no_matrix_without_being_told() {
    let folder = scratch(&[("d.csv", b"1,2,3\n4,5,6\n7,8,9\n"), ("e.csv", b"1,2,3\n2,1,6\n")]);
    refused(folder.path(), &["balance", "d.csv"], &["--matrix", "--edges"]);
    refused(folder.path(), &["balance", "e.csv"], &["--edges"]);
    ends(folder.path(), 0, &["balance", "d.csv", "--matrix"]);
    ends(folder.path(), 0, &["balance", "e.csv", "--edges", "1,2,3"]);
}

#[test]
fn neurons_are_called_by_their_names_in_messages() {
    let folder = scratch(&[("chain.csv", b"pre,post,count\nAVA,AVB,3\nAVB,PVC,2\nPVC,AVB,1\n")]);
    let edges = ["chain.csv", "--edges", "pre,post,count"];
    for command in [&["balance"][..], &["verify"], &["certify", "-o", "certificate.json"]] {
        let output = run(folder.path(), &[command, &edges].concat());
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(text(&output.stderr).contains("`AVA` -> `AVB` (source -> target)"), "{}", text(&output.stderr));
    }
    let (said, _) = ends(folder.path(), 0, &[&["balance"][..], &edges, &["--within-components"]].concat());
    assert!(["(now `AVB`)", "(now `PVC`)"].iter().any(|named| said.contains(named)), "{said}");
}

#[test]
fn edges_with_names_travel_to_scales_and_back() {
    let table = b"pre;post;count\nAVA;AVB;3\nAVB;RIM;2\nRIM;AVA;1.5\n";
    let folder = scratch(&[("n.csv", table)]);
    refused(folder.path(), &["balance", "n.csv"], &["list of edges"]);
    refused(folder.path(), &["balance", "n.csv", "--edges", "pre,to"], &["`to`", "`post`"]);
    let arguments = ["balance", "n.csv", "--edges", "pre,post,count", "-o", "o.csv", "--scales", "h.csv"];
    let (_, notes) = ends(folder.path(), 0, &arguments);
    assert!(notes.contains("a semicolon"), "{notes}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("o.csv").starts_with("source,target,weight\n") && read("o.csv").contains("AVA,AVB,2.08"));
    assert!(read("h.csv").starts_with("neuron,h: J' = e^(h_source - h_target) J\nAVA,"), "{}", read("h.csv"));
    // From rows that are sources, the same matrix.
    let (there, _) =
        ends(folder.path(), 0, &["balance", "n.csv", "--edges", "pre,post,count", "-o", "-", "--to", "mtx"]);
    assert!(there.starts_with("%%MatrixMarket"), "{there}");
}

#[test]
fn graphml_and_matlab_are_read() {
    let graph = br#"<?xml version="1.0"?><graphml><key id="d" for="edge" attr.name="weight" attr.type="double"/>
<graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"><data key="d">4</data></edge>
<edge source="b" target="a"><data key="d">1</data></edge></graph></graphml>"#;
    // A full 2 x 2 matrix of doubles called w, column after column: 0 1 4 0.
    let element = |kind: u32, data: &[u8]| {
        let mut bytes = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    let numbers: Vec<u8> = [0.0_f64, 1.0, 4.0, 0.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let whole: Vec<u8> = [2_i32, 2].iter().flat_map(|value| value.to_le_bytes()).collect();
    let parts =
        [element(6, &[6, 0, 0, 0, 0, 0, 0, 0]), element(5, &whole), element(1, b"w"), element(9, &numbers)].concat();
    let mut matlab = b"MATLAB 5.0 MAT-file".to_vec();
    matlab.resize(124, b' ');
    matlab.extend([0, 1, b'I', b'M']);
    matlab.extend(element(14, &parts));
    let folder = scratch(&[("g.graphml", graph), ("m.mat", &matlab)]);
    for name in ["g.graphml", "m.mat"] {
        let (said, _) = ends(folder.path(), 0, &["balance", name]);
        assert!(said.contains("cost (p = 2): 17 -> 8"), "{name}: {said}");
    }
    for end in 0..matlab.len() {
        fs::write(folder.path().join("cut.mat"), &matlab[..end]).unwrap();
        if end % 7 == 0 {
            assert_eq!(run(folder.path(), &["inspect", "cut.mat"]).status.code(), Some(2), "{end}");
        }
    }
}

#[test]
fn matrix_market_as_it_is_found() {
    let read = |file: &str| {
        let folder = scratch(&[("a.mtx", file.as_bytes())]);
        ends(folder.path(), 0, &["inspect", "a.mtx"])
    };
    let skew = "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 2\n1 1 0\n2 1 3\n";
    assert!(read(skew).0.contains("2 synapses"));
    let array = "%%MatrixMarket matrix array real skew-symmetric\n3 3\n0\n1\n2\n0\n3\n0\n";
    assert!(read(array).0.contains("6 synapses"));
    let indented = "%%MatrixMarket matrix coordinate real general\n  % a comment\n2 2 2\n1 2 1\n2 1 1\n";
    assert!(read(indented).0.contains("2 synapses"));
    let (_, notes) = read(&indented[1..]);
    assert!(notes.contains("one percent sign"), "{notes}");
    let folder = scratch(&[("a.mtx", b"%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2\n")]);
    refused(folder.path(), &["inspect", "a.mtx"], &["the header should say pattern"]);
}

#[test]
fn nothing_balanced_is_no_success_and_the_advice_is_the_world() {
    let tensors: [(&str, &[usize]); 3] = [("0.weight", &[4, 3]), ("2.weight", &[4, 4]), ("4.weight", &[2, 4])];
    let folder = scratch(&[("c.csv", b"0,0\n1,0\n"), ("m.safetensors", &model(&tensors))]);
    refused(folder.path(), &["balance", "c.csv"], &["no cycle at all", "--world 1"]);
    let (_, notes) = ends(folder.path(), 1, &["balance", "c.csv", "--within-components"]);
    assert!(notes.contains("nothing was balanced"), "{notes}");
    let (said, notes) = ends(folder.path(), 0, &["balance", "m.safetensors", "--activation", "relu"]);
    assert!(said.contains("outputs: within") && notes.contains("--world 1"), "{said}{notes}");
}

#[test]
fn existing_files_are_replaced_aloud_or_not_at_all() {
    let folder = scratch(&[("a.csv", b"0,4\n1,0\n"), ("out.csv", b"old")]);
    refused(folder.path(), &["balance", "a.csv", "-o", "out.csv", "--no-clobber"], &["out.csv exists"]);
    assert_eq!(fs::read(folder.path().join("out.csv")).unwrap(), b"old");
    let (_, notes) = ends(folder.path(), 0, &["balance", "a.csv", "-o", "out.csv"]);
    assert!(notes.contains("out.csv exists; a result will replace it"), "{notes}");
    assert_eq!(ends(folder.path(), 0, &["balance", "a.csv", "-o", "out.csv", "-q"]).1, "");
}

#[test]
fn small_things_said_right() {
    let folder = scratch(&[("a.csv", b"0,4\n1,0\n"), ("x.json", b"{}"), ("m.pt", b"x"), ("m.h5", b"x")]);
    let (said, _) = ends(folder.path(), 0, &["balance", "a.csv", "--p", "1e-300"]);
    assert!(said.contains("(p = 1e-300)") && said.contains("1 strong component,"), "{said}");
    refused(folder.path(), &["compare", "x.json", "x.json"], &["no report"]);
    refused(folder.path(), &["balance", "m.pt"], &["import torch", "save_file"]);
    refused(folder.path(), &["balance", "m.h5"], &["import h5py", "numpy.savez"]);
    let (said, _) = ends(folder.path(), 0, &["--version"]);
    assert!(said.contains("features:"), "{said}");
    assert!(ends(folder.path(), 0, &["completions", "bash"]).0.contains("--powers-of-two"));
    assert!(ends(folder.path(), 0, &["man"]).0.contains("synbal"));
    let arguments = ["verify", "a.csv", "--junit", "j.xml", "--github"];
    assert!(!ends(folder.path(), 0, &arguments).0.contains("::error"));
    let xml = fs::read_to_string(folder.path().join("j.xml")).unwrap();
    assert!(xml.contains("<testcase") && xml.contains("failures=\"0\""), "{xml}");
}

/// Parallel synapses of a kernel are one, of their p-norm: the checker has to know the certificate's own p.
#[test]
fn a_certificate_of_a_kernel_is_checked_with_its_own_exponent() {
    let convolutions: [(&str, &[usize]); 2] = [("0.weight", &[3, 2, 3]), ("1.weight", &[2, 3, 3])];
    let folder = scratch(&[("conv.safetensors", &model(&convolutions))]);
    for p in ["2", "3", "0.5"] {
        let file = ["conv.safetensors", "--activation", "relu", "--world", "1", "--p", p];
        ends(folder.path(), 0, &[&["certify", "-o", "c.json"][..], &file].concat());
        let (said, _) = ends(folder.path(), 0, &["check", "c.json", "conv.safetensors"]);
        assert!(said.starts_with("PROVED"), "{p}: {said}");
    }
}
