//! The stored trained networks: they come from the command that their README names, do their task, and can be balanced
//! and then run by somebody who has NumPy alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use synbal::io::embedded::Trained;
use synbal::io::read_network;
use synbal::network::Activation;
use synbal::tasks::training::recipe::{Course, Passes, authors_descent};
use synbal::tasks::training::{Descent, History, initial_network, train};
use synbal::tasks::{
    ContextIntegration, FullIntegration, Simulator, Task, Teacher, construct_xor, rounding_of_rescaling,
};

/// The first iterations of the training, to the last bit of every line of the history. `make trained` does all of it.
#[test]
fn the_stored_histories_begin_as_the_training_does() {
    const ITERATIONS: usize = 60;
    for trained in Trained::SHORT {
        let stored = History::from_csv(trained.history).unwrap();
        assert_eq!(stored.last.iteration, trained.iterations);
        let start = initial_network(&ContextIntegration, 256, Activation::Relu, trained.seed).unwrap();
        let descent = Descent { iterations: ITERATIONS, rate: trained.rate, l2: trained.l2, ..Descent::default() };
        let (_, history) = train(&ContextIntegration, start, &descent, &mut |_, _| ()).unwrap();
        let lines = ITERATIONS / descent.record_every;
        assert_eq!(history.before, stored.before[..lines], "{}", trained.name);
        assert_eq!(history.last, stored.before[lines], "{}", trained.name);
    }
}

/// The same by the authors' recipe: 50 iterations for the network of the figure, 10 for the others. `make trained-paper` does all.
#[test]
fn the_histories_of_the_recipe_begin_as_the_training_does() {
    for trained in Trained::PAPER.into_iter().chain(Trained::LESS_REGULARISED).chain([Trained::OLDER]) {
        let stored = History::from_csv(trained.history).unwrap();
        assert_eq!(stored.last.iteration, trained.iterations, "{}", trained.name);
        let iterations = if trained == Trained::PAPER[0] { 50 } else { 10 };
        let descent = Descent { iterations, rate: trained.rate, ..authors_descent(trained.l2, trained.seed) };
        let mut course = Course::start(256, &descent).unwrap();
        let mut passes = Passes::default();
        while !course.is_finished() {
            course.step(&mut passes).unwrap();
        }
        let history = course.history(&mut passes).unwrap();
        let lines = iterations / descent.record_every;
        assert_eq!(history.before, stored.before[..lines], "{}", trained.name);
        assert_eq!(history.last, stored.before[lines], "{}", trained.name);
    }
}

/// The root-mean-square error on trials that no training has seen.
fn loss(task: &dyn Task, trained: &Trained) -> f64 {
    let network = trained.network().unwrap();
    assert_eq!((network.weights.neurons(), network.activation.same()), (256, Some(Activation::Relu)));
    let batch = task.batch(99, 0..80);
    let convention = task.convention();
    let simulator = Simulator::new(&network, convention.dynamics);
    batch.root_mean_square(&simulator.outputs(&batch.trials, convention.read_out, |_, _| ()))
}

#[test]
fn the_stored_networks_do_their_task() {
    for trained in &Trained::SHORT {
        // Untrained it is 2.2; integrating both contexts alike, or the wrong one, misses by more than 1.
        let loss = loss(&ContextIntegration, trained);
        assert!(loss < 0.3, "{}: {loss}", trained.name);
    }
    for trained in Trained::PAPER.iter().chain(&Trained::LESS_REGULARISED).chain([&Trained::OLDER]) {
        // Untrained it is 20.9; the mean of the two contexts' answers would miss by 10.
        let loss = loss(&FullIntegration, trained);
        assert!(loss < 9.0, "{}: {loss}", trained.name);
    }
}

#[test]
fn an_interrupted_training_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["train", "full-integration", "--neurons", "16", "--l2", "0.3"];
    let run = |arguments: &[&str]| {
        let output = synbal(folder.path(), 1, &[&small[..], arguments].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["--iterations", "104", "-o", "straight.safetensors"]).0, Some(0));
    // A checkpoint as an interrupted run leaves it.
    let descent = Descent { iterations: 104, ..authors_descent(0.3, 1) };
    let mut course = Course::start(16, &descent).unwrap();
    for _ in 0..100 {
        course.step(&mut Passes::default()).unwrap();
    }
    let checkpoint = folder.path().join("halfway.safetensors.checkpoint");
    fs::write(&checkpoint, course.to_checkpoint()).unwrap();
    let (code, said) = run(&["--iterations", "104", "--seed", "2", "-o", "halfway.safetensors"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("another training") && said.contains("halfway.safetensors.checkpoint"), "{said}");
    assert_eq!(run(&["--iterations", "104", "-o", "halfway.safetensors"]).0, Some(0));
    assert!(!checkpoint.exists());
    for ending in ["safetensors", "safetensors.history.csv"] {
        let bytes = |name: &str| fs::read(folder.path().join(format!("{name}.{ending}"))).unwrap();
        assert_eq!(bytes("straight"), bytes("halfway"));
    }
    fs::write(&checkpoint, "{}").unwrap();
    assert!(run(&["-o", "halfway.safetensors"]).1.contains("not the checkpoint of a training"));
    // What cannot be read is not taken for no checkpoint.
    fs::remove_file(&checkpoint).unwrap();
    fs::create_dir(&checkpoint).unwrap();
    let (code, said) = run(&["--iterations", "104", "-o", "halfway.safetensors"]);
    assert!(code == Some(2) && said.contains("halfway.safetensors.checkpoint cannot be read"), "{said}");
    let (code, said) = run(&["--activation", "tanh", "-o", "tanh.safetensors"]);
    assert!(code == Some(2) && said.contains("--activation"), "{said}");
}

/// Runs the program.
fn synbal(folder: &Path, threads: usize, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synbal"));
    command.args(arguments).current_dir(folder).env("RAYON_NUM_THREADS", threads.to_string()).output().unwrap()
}

#[test]
fn training_writes_the_rounded_network_and_its_history_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let files = |name: &str| [name.to_owned(), format!("{name}.history.csv")].map(|name| folder.path().join(name));
    let arguments = ["train", "teacher", "--neurons", "12", "--iterations", "30", "--seed", "3", "--l2", "0.01"];
    for (threads, name) in [(1, "one.safetensors"), (2, "two.safetensors")] {
        let output = synbal(folder.path(), threads, &[&arguments[..], &["-o", name]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("30 iterations on teacher"));
    }
    for (one, two) in files("one.safetensors").iter().zip(&files("two.safetensors")) {
        assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap());
    }
    let task = Teacher::new(16, Activation::Relu, 3).unwrap();
    let start = initial_network(&task, 12, Activation::Relu, 3).unwrap();
    let descent = Descent { iterations: 30, seed: 3, l2: 0.01, ..Descent::default() };
    let (network, history) = train(&task, start, &descent, &mut |_, _| ()).unwrap();
    let [file, csv] = files("one.safetensors");
    let stored = read_network(&file, Activation::Relu).unwrap().network;
    assert_eq!(stored, network.in_single_precision().unwrap());
    assert_ne!(stored, network);
    assert_eq!(fs::read_to_string(csv).unwrap(), history.to_csv().unwrap());
}

#[test]
fn what_cannot_be_trained_or_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], named: &str| {
        let output = synbal(folder.path(), 1, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(named), "{said}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?} left something behind");
    };
    refused(&["train", "teacher", "-o", "net.mtx"], ".safetensors");
    refused(&["train", "teacher", "-o", "net.safetensors", "--rate", "-1"], "the rate is -1");
    refused(&["train", "teacher", "-o", "net.safetensors", "--neurons", "0"], "no neurons");
    refused(&["train", "context-integration", "-o", "net.safetensors", "--trials", "7"], "8 conditions");
    let wild = ["--neurons", "9", "--rate", "1e6", "--clip", "1e300"];
    refused(&[&["train", "teacher", "-o", "net.safetensors"], &wild[..]].concat(), "in iteration ");
    refused(&["train", "teacher", "-o", "no/net.safetensors"], "no/net.safetensors");
    refused(&["generate", "context-integration", "--seed", "2", "-o", "net.safetensors"], "--seed");
    refused(&["generate", "xor-integration", "--model", "2", "-o", "net.safetensors"], "--model");
}

#[test]
fn generate_writes_the_networks_that_do_a_task() {
    let folder = tempfile::tempdir().unwrap();
    let generated = |case: &str| {
        let output = synbal(folder.path(), 1, &["generate", case, "-o", "net.safetensors"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        read_network(&folder.path().join("net.safetensors"), Activation::Linear).unwrap().network
    };
    for trained in Trained::all() {
        assert_eq!(generated(trained.name), trained.network().unwrap());
    }
    assert_eq!(generated("xor-integration"), construct_xor(64, Activation::Relu, 1).unwrap().network);
}

/// The program that rebuilds a network from the bytes of a .safetensors file, with NumPy alone, and runs trials:
/// `python3 run.py NETWORK INPUT OUTPUT`, both of them raw doubles: steps × inputs × trials, steps × outputs × trials.
const RUN: &str = r#"
import json, sys
import numpy as np

def load(path):
    raw = open(path, "rb").read()
    end = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:end])
    metadata = header.pop("__metadata__")
    kinds = {"F64": "<f8", "F32": "<f4"}
    def tensor(entry):
        first, last = entry["data_offsets"]
        return np.frombuffer(raw[end + first:end + last], kinds[entry["dtype"]]).reshape(entry["shape"]).astype(float)
    return metadata, {name: tensor(entry) for name, entry in header.items()}

metadata, net = load(sys.argv[1])
assert metadata["activation"] == "relu", metadata
steps, trials, dt = int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6])
u = np.fromfile(sys.argv[2]).reshape(steps, -1, trials)
x = np.zeros((len(net["w_rec"]), trials))
y = []
for t in range(steps):
    x = x + dt * (-x + net["w_rec"] @ np.maximum(x, 0) + net["w_in"] @ u[t] + net["b"][:, None])
    y.append(net["w_out"] @ x)
np.array(y).tofile(sys.argv[3])
"#;

/// A Python that has NumPy. The test fails without one: `.ci/setup test` installs it.
fn python() -> &'static str {
    let has_numpy =
        |python: &&str| Command::new(python).args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success());
    ["python3", "/usr/bin/python3"].into_iter().find(has_numpy).expect("no python3 with NumPy; run .ci/setup test")
}

/// The outputs of a network file as NumPy computes them.
fn outputs_by_numpy(folder: &Path, network: &str, trials: &synbal::tasks::Trials) -> Vec<f64> {
    let bytes: Vec<u8> = trials.input.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    fs::write(folder.join("input.bin"), bytes).unwrap();
    fs::write(folder.join("run.py"), RUN).unwrap();
    let shape = [trials.input.len().to_string(), trials.count.to_string(), trials.step.to_string()];
    let run = Command::new(python())
        .args(["run.py", network, "input.bin", "output.bin"])
        .args(shape)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let bytes = fs::read(folder.join("output.bin")).unwrap();
    bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect()
}

#[test]
fn a_balanced_network_file_is_the_same_network_to_numpy() {
    let folder = tempfile::tempdir().unwrap();
    for trained in Trained::SHORT {
        fs::write(folder.path().join("net.safetensors"), trained.bytes).unwrap();
        let balance = Command::new(env!("CARGO_BIN_EXE_synbal"))
            // The file is in single precision; what is compared is not its rounding.
            .args(["balance", "net.safetensors", "--dtype", "f64"])
            .args(["-o", "balanced.safetensors", "--scales", "h.csv"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(balance.status.success(), "{}", String::from_utf8_lossy(&balance.stderr));
        let h = synbal::io::read_scales(&folder.path().join("h.csv")).unwrap();
        let largest = h.iter().fold(0.0_f64, |largest, h| largest.max(h.abs()));
        assert!(largest > 0.01, "nothing was rescaled: {largest}");

        let network = trained.network().unwrap();
        let convention = ContextIntegration.convention();
        let batch = ContextIntegration.batch(5, 0..8);
        let ours = Simulator::new(&network, convention.dynamics)
            .outputs(&batch.trials, convention.read_out, |_, _| ())
            .concat();
        let bounds = rounding_of_rescaling(&network, convention, &batch.trials, largest).concat();
        let before = outputs_by_numpy(folder.path(), "net.safetensors", &batch.trials);
        let after = outputs_by_numpy(folder.path(), "balanced.safetensors", &batch.trials);
        assert_eq!((before.len(), after.len()), (ours.len(), ours.len()));
        let largest_bound = bounds.iter().fold(0.0_f64, |largest, &bound| largest.max(bound));
        // The bound must tell a wrong network from a rounded one.
        assert!(largest_bound < 1e-6, "{largest_bound:e}");
        for (k, bound) in bounds.iter().enumerate() {
            for other in [before[k], after[k]] {
                let difference = (other - ours[k]).abs();
                assert!(difference <= *bound, "{}: output {k}: {difference:e} > {bound:e}", trained.name);
            }
        }
    }
}
