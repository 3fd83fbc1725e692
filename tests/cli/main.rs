//! The program as a user meets it: exit statuses, streams, files, JSON.

mod degrees;
mod digits;
mod documents;
mod models;
mod reliability;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use synbal::balance::{Method, Scope};
use synbal::io::{read_network, read_scales, write_network};
use synbal::network::{Activation, Network, Weights};
use synbal::scalar::UNIT_ROUNDOFF;
use synbal::tasks::embedded_cases;
use synbal::tasks::flyvis::{FlyvisNetwork, Inputs, Outputs};
use tempfile::TempDir;

const CELEGANS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/celegans_varshney2011_chem.mtx");
const FLY_TYPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/flyvis_types65_model000.mtx");

/// Four neurons, strongly connected, with a self-synapse, both signs, zeros.
const SMALL: &str = "0.5,2,0,1\n-1,0,3,0\n0,0.25,0,4\n0.125,0,-2,0\n";

/// A command in a folder of its own, with standard input closed.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synbal"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("ended by itself, not by a signal")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A folder with the small network in `small.csv`.
fn scratch() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.csv"), SMALL).unwrap();
    folder
}

fn weights(path: PathBuf) -> Weights {
    read_network(&path, Activation::Relu).unwrap().network.weights
}

/// Runs a command that must be refused: status 2, nothing on standard output, a sentence with all of `named`.
fn refused(folder: &Path, arguments: &[&str], named: &[&str]) {
    let output = run(folder, arguments);
    assert_eq!(status(&output), 2, "{arguments:?}: {}", stderr(&output));
    assert_eq!(stdout(&output), "", "{arguments:?}");
    for text in named {
        assert!(stderr(&output).contains(text), "{arguments:?} does not say `{text}`: {}", stderr(&output));
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_str(stdout(output)).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}

#[test]
fn celegans_reaches_the_published_cost() {
    let folder = scratch();
    let output = run(
        folder.path(),
        &["balance", CELEGANS, "--within-components", "--p", "2", "--json", "-o", "out.mtx", "--scales", "h.csv"],
    );
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let result = json(&output);
    let number = |field: &str| result[field].as_f64().unwrap_or_else(|| panic!("no number `{field}`"));
    assert_eq!(result["status"], "balanced");
    assert_eq!(result["method"], "newton-cg");
    assert_eq!((&result["neurons"], &result["synapses"]), (&Value::from(279), &Value::from(2194)));
    assert_eq!((&result["components"], &result["synapses_on_no_cycle"]), (&Value::from(42), &Value::from(256)));
    assert!(result["iterations"].is_u64());
    assert!(number("seconds") >= 0.0);
    assert_eq!(number("p"), 2.0);
    // Whole numbers squared: exact in f64.
    assert_eq!(number("cost_initial"), 36095.0);
    let imbalance = number("max_node_imbalance");
    assert!(imbalance <= 1e-10);

    // C is convex, so C(h) - C* <= grad C . (h - h*) <= p t Σ(r_i + c_i) max|h - h*| = 2 p t C max|h - h*|, t the
    // imbalance; the log-scales are within 1 of the optimum (all solvers agree far better). Rounding: a cost is within
    // (2p·2max|h| + 12)u, the sum of E of them adds E u, and the reference value was computed the same way.
    const REFERENCE: f64 = 10683.37990962164;
    let h = read_scales(&folder.path().join("h.csv")).unwrap();
    let spread = h.iter().fold(0.0_f64, |spread, value| spread.max(value.abs()));
    let rounding = 2.0 * UNIT_ROUNDOFF * (2194.0 + 8.0 * spread + 12.0);
    let bound = REFERENCE * (4.0 * imbalance.max(1e-15) + rounding);
    assert!((number("cost_final") - REFERENCE).abs() <= bound, "{} against {bound:e}", number("cost_final"));
    assert!(stderr(&output).contains("256 synapses lie on no directed cycle"), "{}", stderr(&output));
    assert_rescaled_by(&weights(PathBuf::from(CELEGANS)), &h, &weights(folder.path().join("out.mtx")));
}

/// `after_ij = before_ij e^{h_j - h_i}`. The program multiplies by `e^{t/2}` twice, this test by `e^t` once: three
/// exponentials of one unit in the last place (2u) each and three products of u, nine in all, rounded up to 12.
fn assert_rescaled_by(before: &Weights, h: &[f64], after: &Weights) {
    assert_eq!(before.pattern(), after.pattern());
    assert_eq!(before.neurons(), h.len());
    for ((i, j, given), found) in before.triplets().zip(after.values()) {
        let expected = given * (h[j] - h[i]).exp();
        assert!((found / expected - 1.0).abs() <= 12.0 * UNIT_ROUNDOFF, "from {j} to {i}: {found} for {expected}");
    }
}

#[test]
fn a_gradient_that_was_asked_for_is_no_balance() {
    let folder = scratch();
    let arguments = ["balance", CELEGANS, "--within-components", "--stop-at-gradient", "1e-3", "--json"];
    let output = run(folder.path(), &[&arguments[..], &["--scales", "h.csv"]].concat());
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let found: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(found["status"], "gradient-reached");
    assert!(stderr(&output).contains("not balanced"));
    assert!(folder.path().join("h.csv").exists(), "what was asked for is written");
    refused(folder.path(), &["balance", CELEGANS, "--stop-at-gradient", "-1"], &["--stop-at-gradient", "positive"]);
    refused(
        folder.path(),
        &["balance", CELEGANS, "--stop-at-gradient", "1e-3", "--method", "osborne"],
        &["--stop-at-gradient", "--method"],
    );
}

#[test]
fn celegans_as_a_whole_is_refused_with_the_synapses() {
    let folder = scratch();
    refused(
        folder.path(),
        &["balance", CELEGANS],
        &["256 of 2194 synapses", "no directed cycle", "->", "--within-components"],
    );
    refused(folder.path(), &["verify", CELEGANS], &["256 of 2194 synapses"]);
    // The examples are real: each named pair is a synapse of the network, from an earlier component to a later one.
    let output = run(folder.path(), &["balance", CELEGANS]);
    let named = stderr(&output).split("exists: ").nth(1).unwrap().split(", ...").next().unwrap();
    let network = weights(PathBuf::from(CELEGANS));
    let strong = synbal::network::GraphFacts::of(network.pattern());
    let mut seen = 0;
    for pair in named.split(", ") {
        let (source, target) = pair.split_once(" -> ").unwrap();
        let (i, j): (usize, usize) = (target.parse().unwrap(), source.parse().unwrap());
        assert!(network.pattern().find(i, j).is_some(), "{pair}");
        assert_ne!(strong.strong()[i], strong.strong()[j], "{pair}");
        seen += 1;
    }
    assert!(seen >= 3);
}

#[test]
fn scales_are_a_header_and_one_line_a_neuron_of_seventeen_digits() {
    let folder = scratch();
    let output = run(folder.path(), &["balance", "small.csv", "--scales", "h.csv", "-o", "out.csv"]);
    assert_eq!(status(&output), 0);
    let text = fs::read_to_string(folder.path().join("h.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "h: J' = e^(h_source - h_target) J");
    assert_eq!(lines.len(), 5);
    for line in &lines[1..] {
        let digits = line.split('e').next().unwrap().chars().filter(char::is_ascii_digit).count();
        assert_eq!(digits, 17, "{line}");
    }
    let h = read_scales(&folder.path().join("h.csv")).unwrap();
    let (before, after) = (weights(folder.path().join("small.csv")), weights(folder.path().join("out.csv")));
    assert_rescaled_by(&before, &h, &after);
    // The same numbers as .npy, bit for bit.
    assert_eq!(status(&run(folder.path(), &["balance", "small.csv", "--scales", "h.npy"])), 0);
    assert_eq!(read_scales(&folder.path().join("h.npy")).unwrap(), h);
    // What is balanced already is left as it is: scales of the size of the imbalance that was left.
    assert_eq!(status(&run(folder.path(), &["balance", "out.csv", "--scales", "again.csv"])), 0);
    let again = read_scales(&folder.path().join("again.csv")).unwrap();
    assert!(again.iter().all(|value| value.abs() <= 1e-9), "{again:?}");
}

/// A feed-forward network is balanceable with the world as one more neuron, and only so.
#[test]
fn the_world_closes_the_paths_of_a_whole_network() {
    let folder = scratch();
    let matrix = nalgebra::DMatrix::<f64>::from_row_slice;
    let given = Network {
        w_in: Some(matrix(3, 1, &[2.0, -1.0, 0.0])),
        bias: Some(vec![0.5, 0.0, 0.0]),
        w_out: Some(matrix(1, 3, &[0.0, 0.0, 8.0])),
        ..Network::recurrent(Weights::from_triplets(3, vec![(2, 0, 0.25), (2, 1, 4.0)]).unwrap(), Activation::Relu)
    };
    write_network(&folder.path().join("whole.safetensors"), &given).unwrap();
    refused(folder.path(), &["balance", "whole.safetensors"], &["2 of 2 synapses", "no directed cycle"]);
    let arguments =
        ["balance", "whole.safetensors", "--world", "1", "--json", "-o", "out.safetensors", "--scales", "h.csv"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let result = json(&output);
    assert_eq!((&result["status"], &result["neurons"]), (&Value::from("balanced"), &Value::from(3)));
    let after = read_network(&folder.path().join("out.safetensors"), Activation::Relu).unwrap().network;
    let h = read_scales(&folder.path().join("h.csv")).unwrap();
    assert_rescaled_by(&given.weights, &h, &after.weights);
    // Every neuron's incoming and outgoing cost, input, bias and read-out included: a few squares each.
    let (w, w_in, w_out) = (after.weights.to_dense(), after.w_in.unwrap(), after.w_out.unwrap());
    for (i, bias) in after.bias.unwrap().iter().enumerate() {
        let incoming = w.row(i).norm_squared() + w_in.row(i).norm_squared() + bias * bias;
        let outgoing = w.column(i).norm_squared() + w_out.column(i).norm_squared();
        let relative = (incoming - outgoing).abs() / (incoming + outgoing);
        assert!(relative <= 1e-10 + 32.0 * UNIT_ROUNDOFF, "neuron {i}: {relative:e}");
    }
}

#[test]
fn every_method_balances_or_says_why_not() {
    for &method in Method::ALL {
        let name = method.name().to_owned();
        let folder = scratch();
        let output = run(
            folder.path(),
            &["balance", "small.csv", "--method", &name, "--json", "-o", "out.mtx", "--max-passes", "100000"],
        );
        let result = json(&output);
        assert_eq!(result["method"], Value::from(name.clone()));
        assert_eq!(result["cost_initial"], 35.328125, "squares of dyadic numbers are exact");
        let balanced = result["status"] == "balanced";
        assert_eq!(status(&output), i32::from(!balanced), "{name}");
        assert_eq!(folder.path().join("out.mtx").exists(), balanced, "{name}");
        assert_eq!(balanced, result["max_node_imbalance"].as_f64().unwrap() <= 1e-10, "{name}");
        // The flow of the weights under Rk4 leaves the orbit of rescalings; all others must do it.
        assert_eq!(balanced, name != "rk4-weights", "{name}: {}", result["explanation"]);
    }
}

#[cfg(not(feature = "stiff"))]
#[test]
fn a_method_that_was_left_out_is_refused_with_how_to_build_it() {
    let folder = scratch();
    for method in ["bdf", "esdirk34"] {
        refused(
            folder.path(),
            &["balance", "small.csv", "--method", method, "-o", "out.mtx"],
            &[method, "cargo build --release --features stiff"],
        );
        assert!(!folder.path().join("out.mtx").exists());
    }
}

/// As `mpirun` starts them; each would write the whole file.
#[test]
fn of_several_processes_that_cannot_speak_to_one_another_one_refuses() {
    let folder = scratch();
    let process = |rank: &str, count: &str, arguments: &[&str]| {
        let mut command = command(folder.path(), arguments);
        command.env("OMPI_COMM_WORLD_RANK", rank).env("OMPI_COMM_WORLD_SIZE", count).output().unwrap()
    };
    let out = folder.path().join("out.mtx");
    let commands: &[(&[&str], &str)] = &[
        #[cfg(not(feature = "mpi"))]
        (&["balance", "small.csv", "-o", "out.mtx"], "cargo build --release --features mpi"),
        (&["inspect", "small.csv"], "`synbal inspect` is done by one process"),
    ];
    for (arguments, said) in commands {
        let (first, second) = (process("0", "3", arguments), process("1", "3", arguments));
        assert_eq!(status(&first), 2, "{}", stderr(&first));
        assert!(stderr(&first).contains(said), "{}", stderr(&first));
        assert_eq!((stdout(&first), stdout(&second), stderr(&second)), ("", "", ""), "it is said once");
        assert!(!out.exists());
    }
    assert_eq!(status(&process("0", "1", &["balance", "small.csv", "-o", "out.mtx"])), 0);
    assert!(out.exists());
}

#[test]
fn bad_options_are_refused() {
    let folder = scratch();
    let refused = |arguments: &[&str], named: &[&str]| refused(folder.path(), arguments, named);
    refused(&["balance", "small.csv", "--tol", "bad"], &["'bad'", "--tol"]);
    for tol in ["0", "-1", "1", "nan", "inf"] {
        refused(&["balance", "small.csv", "--tol", tol], &["tolerance", "between 0 and 1"]);
    }
    refused(&["balance", "small.csv", "--p", "bad"], &["'bad'", "--p"]);
    for p in ["0", "-2", "nan", "inf"] {
        for command in ["balance", "verify", "inspect"] {
            refused(&[command, "small.csv", "--p", p], &["exponent p", "greater than 0"]);
        }
    }
    refused(&["balance", "small.csv", "--method", "quantum"], &["'quantum'", "newton", "osborne"]);
    refused(&["verify", "small.csv", "--method", "quantum"], &["'quantum'", "newton"]);
    refused(&["balance", "small.csv", "--max-passes", "0"], &["passes", "at least 1"]);
    refused(&["balance"], &["<INPUT>"]);
    refused(&["frobnicate"], &["frobnicate"]);
    refused(&["inspect", "small.csv", "--bogus"], &["--bogus"]);
    refused(&[], &["Usage"]);
    // A file stands where the folder of the report should be: found out before any work.
    refused(&["report", "--out", "small.csv"], &["small.csv", "--out"]);
}

#[test]
fn bad_input_is_refused_with_its_name() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("small.txt"), SMALL).unwrap();
    fs::write(path.join("nan.csv"), "1,2\nnan,3\n").unwrap();
    fs::write(path.join("ragged.csv"), "1,2\n3\n").unwrap();
    fs::write(path.join("empty.csv"), "").unwrap();
    fs::create_dir(path.join("folder.csv")).unwrap();
    for command in ["balance", "verify", "inspect"] {
        refused(path, &[command, "missing.csv"], &["missing.csv", "no such file"]);
        refused(path, &[command, "small.txt"], &["small.txt", "extension", ".mtx"]);
        refused(path, &[command, "small"], &["extension"]);
        refused(path, &[command, "nan.csv"], &["nan.csv", "line 2"]);
        refused(path, &[command, "ragged.csv"], &["ragged.csv"]);
        refused(path, &[command, "empty.csv"], &["empty.csv", "empty"]);
        refused(path, &[command, "folder.csv"], &["folder.csv", "directory"]);
        refused(path, &[command, "small.csv", "--activation", "tanh"], &["tanh", "not positively homogeneous"]);
        refused(path, &[command, "small.csv", "--world", "1"], &["world node", "read-out weights"]);
    }
    refused(path, &["balance", "small.csv", "--world", "-1"], &["lambda", "greater than 0"]);
}

#[test]
fn accumulated_noise_is_balanced_and_refused_where_it_is_not_defined() {
    let folder = scratch();
    let path = folder.path();
    // Balanced in its squares (the network of the theorem noise_robustness_caution), and not over two steps.
    let synapses = "3 3 4\n1 1 1\n1 2 1\n2 3 1\n3 1 1\n";
    fs::write(path.join("three.mtx"), format!("%%MatrixMarket matrix coordinate real general\n{synapses}")).unwrap();
    let balanced = |more: &[&str]| {
        let made = run(path, &[&["balance", "three.mtx", "--json"], more].concat());
        assert_eq!(status(&made), 0, "{}", stderr(&made));
        serde_json::from_str::<serde_json::Value>(stdout(&made)).unwrap()
    };
    let cost = |result: &serde_json::Value, when: &str| result[when].as_f64().unwrap();
    let squares = balanced(&[]);
    assert_eq!((cost(&squares, "cost_initial"), cost(&squares, "cost_final")), (4.0, 4.0));
    assert!(squares["accumulated"].is_null());
    let two = balanced(&["--cost", "accumulated", "--steps", "2"]);
    // Four weights of one, and J^2 = [[1, 1, 1], [1, 0, 0], [1, 1, 0]].
    // The roots of its entries are the weights that are balanced: two roundings each.
    assert!((cost(&two, "cost_initial") - 10.0).abs() <= 10.0 * 2.0 * f64::EPSILON);
    assert!(cost(&two, "cost_final") < 9.995);
    assert_eq!(two["accumulated"], serde_json::json!({"steps": 2, "discount": 1.0}));
    let accumulated = ["balance", "three.mtx", "--activation", "linear", "--cost", "accumulated"];
    refused(path, &accumulated, &["--steps"]);
    refused(path, &[&accumulated[..], &["--steps", "0"]].concat(), &["at least one step"]);
    refused(path, &[&accumulated[..], &["--steps", "2", "--discount", "0"]].concat(), &["discount", "greater than 0"]);
    refused(path, &[&accumulated[..], &["--steps", "2", "--p", "1"]].concat(), &["p is 1, not 2"]);
    refused(path, &["balance", "three.mtx", "--steps", "2"], &["--steps", "--cost weights"]);

    let noise = ["--activation", "linear", "--cost", "accumulated", "--steps", "2", "-o", "two.json"];
    let certify = [&["certify", "three.mtx"], &noise[..]].concat();
    refused(path, &[&certify[..], &["--coq", "two.v"]].concat(), &["Coq files"]);
    let made = run(path, &certify);
    assert_eq!(status(&made), 0, "{}", stderr(&made));
    assert!(stdout(&made).contains("noise accumulated over 2 steps"), "{}", stdout(&made));
    assert_eq!(status(&run(path, &["check", "two.json", "three.mtx"])), 0);
}

#[test]
fn output_that_cannot_be_written_is_refused() {
    let folder = scratch();
    let path = folder.path();
    fs::create_dir(path.join("folder.mtx")).unwrap();
    for option in ["-o", "--scales"] {
        refused(path, &["balance", "small.csv", option, "out.xyz"], &["out.xyz", "extension"]);
        refused(path, &["balance", "small.csv", option, "missing/out.csv"], &["missing", "does not exist"]);
        refused(path, &["balance", "small.csv", option, "small.csv/out.csv"], &["not a folder"]);
    }
    refused(path, &["balance", "small.csv", "-o", "folder.mtx"], &["folder.mtx", "directory"]);
    let mut names: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["folder.mtx", "small.csv"], "nothing half-written stays");
}

#[test]
fn all_outputs_are_looked_at_before_any_work() {
    let folder = scratch();
    // The input is not there: that would be said first, had any work begun.
    for (arguments, named) in [
        (&["balance", "none.csv", "-o", "good.mtx", "--scales", "bad.xyz"][..], "bad.xyz: the extension"),
        (&["balance", "none.csv", "-o", "good.mtx", "--scales", "missing/h.csv"], "missing does not exist"),
        (&["balance", "none.csv", "-o", "bad.xyz", "--scales", "h.csv"], "bad.xyz: the extension"),
        (&["balance", "none.csv", "-o", "a.csv", "--scales", "./a.csv"], "./a.csv: two results"),
        (&["certify", "none.csv", "-o", "c.json", "--coq", "missing/c.v"], "missing does not exist"),
        (&["certify", "none.csv", "-o", "c.json", "--coq", "c.json"], "c.json: two results"),
        (
            &["generate", "flyvis", "--extent", "1", "-o", "good.mtx", "--names", "missing/n.csv"],
            "missing does not exist",
        ),
        (&["generate", "no-such-case", "-o", "bad.xyz"], "bad.xyz: the extension"),
    ] {
        refused(folder.path(), arguments, &[named]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "small.csv and nothing else");
    let same = ["balance", "small.csv", "-o", "good.mtx", "--scales", "h.csv"];
    assert_eq!(status(&run(folder.path(), &same)), 0);
}

#[test]
fn what_is_not_balanced_is_not_written() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("old.mtx"), "old").unwrap();
    let output = run(
        path,
        &[
            "balance",
            "small.csv",
            "--method",
            "osborne",
            "--max-passes",
            "1",
            "-o",
            "old.mtx",
            "--scales",
            "h.csv",
            "--json",
        ],
    );
    assert_eq!(status(&output), 1);
    assert_eq!(json(&output)["status"], "pass-limit");
    assert!(stderr(&output).contains("no file was written"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--max-passes"));
    assert_eq!(fs::read_to_string(path.join("old.mtx")).unwrap(), "old");
    assert!(!path.join("h.csv").exists());
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let folder = scratch();
    for arguments in [
        &["balance", "small.csv", "--json"][..],
        &["inspect", "small.csv"],
        &["inspect", "small.csv", "--json"],
        &["verify", "small.csv"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(folder.path(), arguments).stdout(writer).output().unwrap();
        assert!(!stderr(&output).contains("panicked"), "{arguments:?}: {}", stderr(&output));
        assert_eq!(status(&output), 0, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn inspect_states_the_facts() {
    let folder = scratch();
    let facts = json(&run(folder.path(), &["inspect", CELEGANS, "--json"]));
    for (field, value) in [
        ("neurons", Value::from(279)),
        ("synapses", Value::from(2194)),
        ("components", Value::from(42)),
        ("largest_component", Value::from(237)),
        ("synapses_on_no_cycle", Value::from(256)),
        ("balanceable", Value::from(false)),
    ] {
        assert_eq!(facts[field], value, "{field}");
    }
    let facts = json(&run(folder.path(), &["inspect", "small.csv", "--json"]));
    for (field, value) in [
        ("synapses", Value::from(9)),
        ("self_synapses", Value::from(1)),
        ("negative_synapses", Value::from(2)),
        ("components", Value::from(1)),
        ("balanceable", Value::from(true)),
        // E - n + (weak components)
        ("independent_conserved_quantities", Value::from(9 - 4 + 1)),
        ("smallest_weight", Value::from(0.125)),
        ("largest_weight", Value::from(4.0)),
        ("cost", Value::from(35.328125)),
        // 64 MB, and 64 bytes a synapse
        ("memory_bytes", Value::from((64 << 20) + 64 * 9)),
    ] {
        assert_eq!(facts[field], value, "{field}");
    }
    // The worst is neuron 0: 4 + 1 comes in, 1 + 1/64 goes out.
    assert_eq!(facts["max_node_imbalance"], (5.0 - 1.015625) / (5.0 + 1.015625));
    let text = run(folder.path(), &["inspect", CELEGANS]);
    assert_eq!(status(&text), 0);
    assert!(stdout(&text).contains("not balanceable as a whole: 256 synapses"), "{}", stdout(&text));
}

#[test]
fn verify_holds_on_the_fly_and_is_open_beyond_the_precision() {
    let folder = scratch();
    let arguments = ["verify", FLY_TYPES, "--within-components", "--method", "osborne", "--json"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stdout(&output));
    let claims = json(&output)["claims"].as_array().unwrap().clone();
    assert_eq!(claims.len(), synbal::claims::REGISTRY.len());
    for claim in &claims {
        assert_eq!(claim["verdict"], "held", "{claim}");
    }
    // No f64 is balanced to 1e-18: what needs the balanced network is open, with the solver's reason; nothing falls, for no
    // claim of the paper is about precision. The status says that not all was shown.
    let beyond = ["verify", "small.csv", "--tol", "1e-18", "--method", "newton", "--max-passes", "1000", "--json"];
    let output = run(folder.path(), &beyond);
    assert_eq!(status(&output), 1);
    let claims = json(&output)["claims"].as_array().unwrap().clone();
    let undecided: Vec<&Value> = claims.iter().filter(|claim| claim["verdict"] == "undecided").collect();
    assert!(undecided.iter().any(|claim| claim["id"] == "global_convergence"), "{claims:?}");
    assert!(
        undecided.iter().all(|claim| claim.to_string().contains("no further progress at this precision")),
        "{undecided:?}"
    );
    assert!(claims.iter().all(|claim| claim["verdict"] == "undecided" || claim["verdict"] == "held"), "{claims:?}");
}

#[test]
fn verify_writes_the_page_and_the_data() {
    let folder = scratch();
    let output = run(folder.path(), &["verify", "small.csv", "--method", "osborne", "--out", "page"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let page = fs::read_to_string(folder.path().join("page/index.html")).unwrap();
    let data: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("page/report.json")).unwrap()).unwrap();
    for claim in synbal::claims::REGISTRY {
        assert!(page.contains(claim.id), "{} is missing from the page", claim.id);
    }
    assert_eq!(data["cases"].as_array().unwrap().len(), 1);
}

/// Progress is for terminals: a pipe gets notes and errors, one line each, and no control characters.
#[test]
fn no_progress_where_nobody_looks() {
    let folder = scratch();
    let long = ["verify", CELEGANS, "--within-components", "--max-passes", "20000"];
    let output = run(folder.path(), &long);
    let control = stderr(&output).chars().find(|&c| c.is_control() && c != '\n');
    assert_eq!(control, None, "{:?}", stderr(&output));
    assert!(stderr(&output).lines().all(|line| line.starts_with("synbal: ")), "{}", stderr(&output));
    let output = run(folder.path(), &["balance", "small.csv"]);
    assert_eq!(stderr(&output), "");
}

#[test]
fn help_and_version_succeed() {
    let folder = scratch();
    for arguments in
        [&["--help"][..], &["balance", "--help"], &["report", "--help"], &["verify", "--help"], &["--version"]]
    {
        let output = run(folder.path(), arguments);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("synbal"), "{arguments:?}");
    }
    assert!(stdout(&run(folder.path(), &["--help"])).contains("Exit status"));
}

#[test]
fn what_is_certified_is_accepted_and_nothing_else() {
    let folder = scratch();
    let path = folder.path();
    let certify = ["certify", CELEGANS, "--within-components", "-o", "c.json", "--coq", "c.v"];
    let made = run(path, &certify);
    assert_eq!(status(&made), 0, "{}", stderr(&made));
    let checked = run(path, &["check", "c.json", CELEGANS]);
    assert_eq!(status(&checked), 0, "{}", stdout(&checked));
    // The same proof in the same words; the last line is about how it was made.
    assert!(stdout(&checked).starts_with("PROVED about 279 nodes and 1938 synapses in 2 strong components, 256 "));
    assert_eq!(stdout(&made).lines().take(6).collect::<Vec<_>>(), stdout(&checked).lines().collect::<Vec<_>>());
    // 10,683.38 is the published cost.
    assert!(stdout(&checked).contains("at least 1.06833799096"), "{}", stdout(&checked));
    assert!(fs::read_to_string(path.join("c.v")).unwrap().contains("Theorem certified :"));

    let other = run(path, &["check", "c.json", FLY_TYPES]);
    assert_eq!((status(&other), stderr(&other)), (1, ""));
    assert!(stdout(&other).starts_with("REFUSED: ") && stdout(&other).contains("another input"), "{}", stdout(&other));
    let text = fs::read_to_string(path.join("c.json")).unwrap();
    fs::write(path.join("c.json"), text.replacen("\"gap\": \"0x", "\"gap\": \"0x1", 1)).unwrap();
    let tampered = run(path, &["check", "c.json", CELEGANS]);
    assert_eq!(status(&tampered), 1);
    assert!(stdout(&tampered).contains("seal"), "{}", stdout(&tampered));
    fs::write(path.join("c.json"), "{}").unwrap();
    assert_eq!(status(&run(path, &["check", "c.json", CELEGANS])), 1);
    refused(path, &["check", "missing.json", CELEGANS], &["missing.json"]);
    refused(path, &["check", "c.json", "missing.mtx"], &["missing.mtx", "No such file"]);
}

#[test]
fn given_log_scales_are_certified_as_they_are() {
    let folder = scratch();
    let path = folder.path();
    assert_eq!(status(&run(path, &["balance", "small.csv", "--scales", "h.csv"])), 0);
    let made = run(path, &["certify", "small.csv", "--scales", "h.csv", "-o", "c.json"]);
    assert_eq!(status(&made), 0, "{}", stderr(&made));
    assert!(stdout(&made).contains("The given log-scales are within 2^-50/p"), "{}", stdout(&made));
    assert_eq!(status(&run(path, &["check", "c.json", "small.csv"])), 0);
    fs::remove_file(path.join("c.json")).unwrap();
    // Not balanced at all: no proof, no file, and the status says so.
    fs::write(path.join("h.csv"), "h\n0\n0\n0\n0\n").unwrap();
    let far = run(path, &["certify", "small.csv", "--scales", "h.csv", "-o", "c.json"]);
    assert_eq!((status(&far), stdout(&far)), (1, ""));
    assert!(stderr(&far).contains("smaller tolerance"), "{}", stderr(&far));
    assert!(!path.join("c.json").exists());
    refused(path, &["certify", "small.csv", "--p", "0.3", "-o", "c.json"], &["exponent p", "0.3"]);
    refused(path, &["certify", CELEGANS, "-o", "c.json"], &["256", "--within-components"]);
    refused(path, &["certify", "small.csv"], &["--output"]);
    refused(path, &["certify", "small.csv", "-o", "missing/c.json"], &["missing", "does not exist"]);
    fs::write(path.join("h.csv"), "h\n0\n").unwrap();
    refused(path, &["certify", "small.csv", "--scales", "h.csv", "-o", "c.json"], &["4 neurons", "got 1"]);
}

#[test]
fn generated_cases_are_those_of_the_report() {
    let folder = scratch();
    for case in embedded_cases(7).unwrap() {
        let file = format!("{}.safetensors", case.name);
        let output = run(folder.path(), &["generate", &case.name, "--seed", "7", "-o", &file]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let network = read_network(&folder.path().join(file), Activation::Relu).unwrap().network;
        assert_eq!(network, case.network, "{}", case.name);
        // What it says to do next is what the report does.
        let (within, world) = (case.scope == Scope::WithinComponents, case.spec.world.is_some());
        assert_eq!(stdout(&output).contains("--within-components"), within, "{}", case.name);
        assert_eq!(stdout(&output).contains("--world"), world, "{}", case.name);
    }
    refused(folder.path(), &["generate", "nobody", "-o", "a.mtx"], &["nobody", "flyvis", "celegans", "feed-forward"]);
    refused(folder.path(), &["generate", "ring", "--model", "1", "-o", "a.mtx"], &["--model", "ring"]);
    refused(folder.path(), &["generate", "flyvis", "--seed", "1", "-o", "a.mtx"], &["--seed", "flyvis"]);
    refused(folder.path(), &["generate", "flyvis", "--model", "50", "-o", "a.mtx"], &["50", "0 to 49"]);
}

#[test]
fn a_generated_fly_is_the_network_that_was_asked_for() {
    let folder = scratch();
    let arguments = ["generate", "flyvis", "--extent", "1", "--model", "7", "-o", "a.safetensors", "--names", "n.csv"];
    let output = run(folder.path(), &arguments);
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    let plan = FlyvisNetwork { extent: 1, model: 7, inputs: Inputs::PerColumn, outputs: Outputs::PerType };
    let loaded = read_network(&folder.path().join("a.safetensors"), Activation::Relu).unwrap();
    assert_eq!(loaded.network, plan.build().unwrap());
    let names = fs::read_to_string(folder.path().join("n.csv")).unwrap();
    let expected: Vec<String> = plan
        .neurons()
        .unwrap()
        .iter()
        .map(|neuron| format!("{},{},{}", neuron.cell_type, neuron.u, neuron.v))
        .collect();
    assert_eq!(names.lines().next(), Some("type,u,v"));
    assert_eq!(names.lines().skip(1).collect::<Vec<_>>(), expected);
}

/// The robustness cost from recorded gains: near-silent neurons are named, and a floor keeps them where they are.
#[test]
fn gains_make_the_robustness_cost_and_a_floor_holds_silent_neurons() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("j.csv"), "0,4,1,2\n1,0,3,1\n2,1,0,1\n1,2,1,0\n").unwrap();
    std::fs::write(path.join("r.csv"), "gain\n0.5\n1\n1e-6\n0.25\n").unwrap();
    let scales = |extra: &[&str]| {
        let arguments = [&["balance", "j.csv", "--gains", "r.csv", "--scales", "h.csv"], extra].concat();
        let output = run(path, &arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        (synbal::io::read_scales(&path.join("h.csv")).unwrap(), stderr(&output).to_owned())
    };
    let (exact, note) = scales(&[]);
    assert!(note.contains("1 of 4 neurons have a gain below 0.01 (2)"), "{note}");
    let (floored, silence) = scales(&["--gain-floor", "0.1"]);
    assert!(!silence.contains("gain below"), "{silence}");
    // Costs out of neuron 2 are a millionth of what comes in: its log-scale is about a quarter of ln 10^6 up.
    assert!(exact[2] - floored[2] > 1.0, "{exact:?} {floored:?}");
    // The library with the same factors.
    let weights = synbal::io::read_network(&path.join("j.csv"), synbal::network::Activation::Relu).unwrap().network;
    let alpha = synbal::cost::Alpha::at_least(&[0.5, 1.0, 1e-6, 0.25], 0.0).unwrap();
    let spec = synbal::cost::CostSpec::power(2.0).with_alpha(alpha);
    let problem = synbal::balance::Problem::new(&weights, &spec, synbal::balance::Scope::Whole).unwrap();
    let balanced = problem.solve(Method::Auto, &synbal::balance::Criteria::default()).unwrap().converged().unwrap();
    assert_eq!(balanced.log_scales, exact);

    for (arguments, said) in [
        (&["balance", "j.csv", "--gain-floor", "0.1"][..], "--gains"),
        (&["balance", "j.csv", "--gains", "r.csv", "--gain-floor", "-1"], "-1"),
    ] {
        let output = run(path, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
    // A certificate of this cost carries its factors, and another factor is not what it certifies.
    let certified = run(path, &["certify", "j.csv", "--gains", "r.csv", "-o", "c.json"]);
    assert_eq!(status(&certified), 0, "{}", stderr(&certified));
    assert_eq!(status(&run(path, &["check", "c.json", "j.csv"])), 0);
    let mut certificate: Value = serde_json::from_slice(&std::fs::read(path.join("c.json")).unwrap()).unwrap();
    let factors = certificate["alpha"].as_array_mut().unwrap();
    assert_eq!(factors.len(), 4);
    factors.swap(0, 1);
    std::fs::write(path.join("c.json"), certificate.to_string()).unwrap();
    assert_eq!(status(&run(path, &["check", "c.json", "j.csv"])), 1);

    std::fs::write(path.join("r.csv"), "gain\n0.5\n-1\n").unwrap();
    let output = run(path, &["balance", "j.csv", "--gains", "r.csv"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("line 3"), "{}", stderr(&output));
}
