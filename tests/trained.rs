//! The stored trained networks: they come from the command that their README names, do their task, and can be balanced
//! and then run by somebody who has NumPy alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use synbal::io::embedded::Trained;
use synbal::network::Activation;
use synbal::tasks::training::{Descent, History, initial_network, train};
use synbal::tasks::{ContextIntegration, Simulator, Task, rounding_of_rescaling};

/// The first iterations of the training, to the last bit of every line of the history. `make trained` does all of it.
#[test]
fn the_stored_histories_begin_as_the_training_does() {
    const ITERATIONS: usize = 60;
    for (trained, l2) in [(Trained::Plain, 0.0), (Trained::Regularised, 0.1)] {
        let stored = History::from_csv(trained.history()).unwrap();
        assert_eq!(stored.last.iteration, 3000);
        let start = initial_network(&ContextIntegration, 256, Activation::Relu, 1).unwrap();
        let descent = Descent { iterations: ITERATIONS, l2, ..Descent::default() };
        let (_, history) = train(&ContextIntegration, start, &descent, &mut |_, _| ()).unwrap();
        let lines = ITERATIONS / descent.record_every;
        assert_eq!(history.before, stored.before[..lines], "{}", trained.name());
        assert_eq!(history.last, stored.before[lines], "{}", trained.name());
    }
}

#[test]
fn the_stored_networks_do_their_task() {
    for trained in Trained::ALL {
        let network = trained.network().unwrap();
        assert_eq!((network.weights.neurons(), network.activation), (256, Activation::Relu));
        let batch = ContextIntegration.batch(99, 0..80);
        let convention = ContextIntegration.convention();
        let simulator = Simulator::new(&network, convention.dynamics);
        let loss = batch.root_mean_square(&simulator.outputs(&batch.trials, convention.read_out, |_, _| ()));
        // Untrained it is 2.2; integrating both contexts alike, or the wrong one, misses by more than 1.
        assert!(loss < 0.3, "{}: {loss}", trained.name());
    }
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
    for trained in Trained::ALL {
        fs::write(folder.path().join("net.safetensors"), trained.bytes()).unwrap();
        let balance = Command::new(env!("CARGO_BIN_EXE_synbal"))
            .args(["balance", "net.safetensors", "--within-components"])
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
                assert!(difference <= *bound, "{}: output {k}: {difference:e} > {bound:e}", trained.name());
            }
        }
    }
}
