//! Files that must not be lost, ends by signals, full streams, little memory: each a fault that once was.

use std::fs::{self, File};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{command, run, scratch, status, stderr};

#[test]
fn a_certificate_does_not_replace_the_network_that_it_is_about() {
    let folder = scratch();
    let before = fs::read(folder.path().join("small.csv")).unwrap();
    for arguments in [
        &["certify", "small.csv", "--within-components", "-o", "small.csv"][..],
        &["certify", "small.csv", "-o", "c.json", "--coq", "./small.csv"],
        &["balance", "small.csv", "--scales", "small.csv"],
        &["balance", "small.csv", "-o", "small.csv"],
        &["balance", "small.csv", "-o", "out.csv", "--in-place", "--scales", "small.csv"],
        &["verify", "small.csv", "--junit", "small.csv"],
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(status(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("was read from"), "{arguments:?}: {}", stderr(&output));
        assert_eq!(fs::read(folder.path().join("small.csv")).unwrap(), before, "{arguments:?}");
    }
    let output = run(folder.path(), &["balance", "small.csv", "-o", "small.csv", "--in-place"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_ne!(fs::read(folder.path().join("small.csv")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn two_outputs_that_are_one_file_through_a_dangling_link_are_refused() {
    let folder = scratch();
    std::os::unix::fs::symlink("x.csv", folder.path().join("y.csv")).unwrap();
    let output = run(folder.path(), &["balance", "small.csv", "-o", "x.csv", "--scales", "y.csv"]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("two results"), "{}", stderr(&output));
    // Through a link to a file that is not there yet, the file is made and the link stays one.
    let output = run(folder.path(), &["balance", "small.csv", "-o", "y.csv"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(folder.path().join("y.csv").is_symlink() && folder.path().join("x.csv").is_file());
    // Links in a circle lead nowhere.
    std::os::unix::fs::symlink("b.csv", folder.path().join("a.csv")).unwrap();
    std::os::unix::fs::symlink("a.csv", folder.path().join("b.csv")).unwrap();
    assert_eq!(status(&run(folder.path(), &["balance", "small.csv", "-o", "a.csv"])), 2);
}

/// Told to end at any moment, the program leaves no temporary file, the old file whole, and ends by that signal; told so by a signal
/// that whoever started it had it ignore, it goes on.
#[cfg(target_os = "linux")]
#[test]
fn an_end_by_a_signal_leaves_no_litter() {
    use std::os::unix::process::ExitStatusExt;
    let folder = scratch();
    let (out, old) = (folder.path().join("out.mtx"), "the old file");
    for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let mut ended = 0;
        for moment in 0..6 {
            fs::write(&out, old).unwrap();
            let end = told_to_end(folder.path(), &format!("--default-signal={signal}"), signal, moment);
            assert!(!litter(folder.path()), "{signal}");
            if end.signal() == Some(number) {
                ended += 1;
                assert_eq!(fs::read_to_string(&out).unwrap(), old);
            }
        }
        assert!(ended > 0, "no run was ended by {signal} while it wrote");
        fs::write(&out, old).unwrap();
        let end = told_to_end(folder.path(), &format!("--ignore-signal={signal}"), signal, 0);
        assert!(end.success() && !litter(folder.path()), "{signal}, ignored: {end}");
        assert_ne!(fs::read(&out).unwrap(), old.as_bytes());
    }
}

/// How a run ends that is sent a signal once it writes its file, so many milliseconds later. The file is so large that the signal comes
/// before its end; what the signal does beforehand is set, for that of the tests themselves (under `nohup`, in the background) passes on.
#[cfg(target_os = "linux")]
fn told_to_end(folder: &std::path::Path, set: &str, signal: &str, moment: u64) -> std::process::ExitStatus {
    let mut child = std::process::Command::new("env")
        .args([set, env!("CARGO_BIN_EXE_synbal"), "generate", "flyvis", "--extent", "15", "-o", "out.mtx"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) && !litter(folder) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(Duration::from_millis(moment));
    let killed =
        std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).stderr(Stdio::null()).status();
    assert!(killed.is_ok());
    child.wait().unwrap()
}

#[cfg(unix)]
fn litter(folder: &std::path::Path) -> bool {
    let mut names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.any(|name| name.to_string_lossy().starts_with(".synbal-"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_error_changes_no_exit_status() {
    let folder = scratch();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    fs::write(folder.path().join("out.csv"), "old").unwrap();
    // With a note on standard error, and with an error.
    let good = command(folder.path(), &["balance", "small.csv", "-o", "out.csv"]).stderr(full()).output().unwrap();
    assert_eq!(status(&good), 0);
    let bad = command(folder.path(), &["balance", "missing.csv"]).stderr(full()).output().unwrap();
    assert_eq!(status(&bad), 2);
    // What was to be printed and could not be is a fault.
    let lost = command(folder.path(), &["inspect", "small.csv"]).stdout(full()).output().unwrap();
    assert_eq!(status(&lost), 2, "{}", stderr(&lost));
    assert!(stderr(&lost).contains("No space left on device"), "{}", stderr(&lost));
}

/// Eight threads a processor are the most, of those processors that other processes of the job on this machine leave.
#[test]
fn more_threads_than_can_be_had_are_no_panic() {
    let folder = scratch();
    let processors = std::thread::available_parallelism().unwrap().get();
    for (on_this_machine, threads) in [(1, 8 * processors), (processors, 8), (100 * processors, 8)] {
        let mut balance = command(folder.path(), &["balance", "small.csv"]);
        balance.env("RAYON_NUM_THREADS", "4000").env("OMPI_COMM_WORLD_LOCAL_SIZE", on_this_machine.to_string());
        let output = balance.output().unwrap();
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let said = format!("synbal: note: 4000 threads were asked for; there are {threads}\n");
        assert_eq!(stderr(&output), said, "{on_this_machine} processes");
    }
}

/// Three gigabytes of zeros (which fill no disk) are refused by their first bytes, whatever they are called.
#[cfg(unix)]
#[test]
fn a_large_file_that_is_not_what_its_name_says_is_refused_by_its_head() {
    let folder = scratch();
    for name in ["z.mtx", "z.csv", "z.npy", "z.npz", "z.safetensors", "z.mat", "z.graphml"] {
        let path = folder.path().join(name);
        File::create(&path).unwrap().set_len(3 << 30).unwrap();
        let begun = Instant::now();
        let output = run(folder.path(), &["inspect", name, "--activation", "relu"]);
        assert_eq!(status(&output), 2, "{name}: {}", stderr(&output));
        assert!(begun.elapsed() < Duration::from_secs(2), "{name}: {:?}", begun.elapsed());
        fs::remove_file(&path).unwrap();
    }
    // A header of 95 MB.
    let mut file = File::create(folder.path().join("h.safetensors")).unwrap();
    file.write_all(&(95_u64 << 20).to_le_bytes()).unwrap();
    file.write_all(b"{").unwrap();
    file.set_len((95 << 20) + 8).unwrap();
    let output = run(folder.path(), &["inspect", "h.safetensors", "--activation", "relu"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("announces"), "{}", stderr(&output));
}

/// The p-norm of the world's weights, rounded to a subnormal number, hid an imbalance of one third.
#[test]
fn a_network_of_the_smallest_numbers_is_not_called_balanced() {
    use nalgebra::DMatrix;
    use synbal::balance::{Criteria, Method, Problem, Scope};
    use synbal::cost::CostSpec;
    use synbal::network::{Activation, Network, Weights};
    let tiny = f64::from_bits(1);
    let mut network = Network::recurrent(Weights::from_triplets(1, Vec::new()).unwrap(), Activation::Relu);
    network.w_in = Some(DMatrix::from_element(1, 2, tiny));
    network.w_out = Some(DMatrix::from_element(1, 1, tiny));
    let spec = CostSpec::power(2.0).with_world(1.0);
    let problem = Problem::new(&network, &spec, Scope::Whole).unwrap();
    let graph = problem.graph();
    assert!((graph.given_imbalance() - 1.0 / 3.0).abs() < 1e-15, "{}", graph.given_imbalance());
    let run = problem.solve(Method::Newton, &Criteria::default());
    assert!(!run.is_ok_and(|run| run.outcome.status.is_balanced()));
}

/// 1.7e-62 once became 8.4e-323, and that was 0.6 % off.
#[test]
fn a_weight_that_would_lose_its_digits_is_refused() {
    use synbal::network::{NetworkError, Weights, rescale_weights};
    let weights = Weights::from_triplets(2, vec![(0, 1, 1.7e-62), (1, 0, 1.0)]).unwrap();
    let refused = rescale_weights(&weights, &[600.0, 0.0], 1.0);
    assert!(matches!(refused, Err(NetworkError::RescaledOutOfRange { row: 0, column: 1, .. })), "{refused:?}");
    // Subnormal as given, and all digits of what it is afterwards.
    let tiny = f64::from_bits(12345);
    let weights = Weights::from_triplets(2, vec![(0, 1, tiny), (1, 0, 1.0)]).unwrap();
    let rescaled = rescale_weights(&weights, &[-40.0, 0.0], 1.0).unwrap();
    let expected = (tiny * 2.0_f64.powi(100)) * 40.0_f64.exp() * 2.0_f64.powi(-100);
    assert!((rescaled.values()[0] / expected - 1.0).abs() < 1e-14);
}

/// Balances with one thread in so many kilobytes of addresses.
#[cfg(target_os = "linux")]
fn in_memory(folder: &std::path::Path, kilobytes: u32, arguments: &str) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_synbal");
    std::process::Command::new("sh")
        .args(["-c", &format!("ulimit -v {kilobytes} && exec {program} balance {arguments}")])
        .current_dir(folder)
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap()
}

/// A dense network under limits of memory from too little to read it up: done, or a sentence; never an abort. The same of a file
/// that holds a whole model, and of a method that follows the weights.
#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_is_a_sentence() {
    let folder = scratch();
    let mut file = std::io::BufWriter::new(File::create(folder.path().join("dense.csv")).unwrap());
    for i in 0..1000_u32 {
        let row: Vec<String> = (0..1000_u32).map(|j| format!("0.{}", 100 + (i * 7919 + j * 104_729) % 900)).collect();
        writeln!(file, "{}", row.join(",")).unwrap();
    }
    file.flush().unwrap();
    let model = in_memory(folder.path(), 1_000_000, "dense.csv -o dense.safetensors");
    assert_eq!(model.status.code(), Some(0), "{}", stderr(&model));
    for arguments in [
        "dense.csv -o out.mtx",
        "dense.safetensors -o out.safetensors",
        "dense.csv -o out.mtx --method dop853-weights --max-passes 12",
    ] {
        let (mut refused, mut done) = (0, 0);
        for kilobytes in (60_000..=540_000).step_by(40_000).chain([1_000_000]) {
            let output = in_memory(folder.path(), kilobytes, arguments);
            match output.status.code() {
                // 1: not balanced after so few passes.
                Some(0 | 1) => done += 1,
                Some(2) => refused += 1,
                other => panic!("{arguments} in {kilobytes} kB: {other:?}: {}", stderr(&output)),
            }
        }
        assert!(refused > 0 && done > 0, "{arguments}: {refused} refused, {done} done");
    }
}

/// A method that wants more than there is says how much and what to use, before it allocates it: how much depends on the largest
/// component, which is not known when the file is read.
#[cfg(target_os = "linux")]
#[test]
fn a_factorisation_or_digits_without_memory_are_a_sentence() {
    let folder = scratch();
    let n = 8000;
    let lines: Vec<String> = (0..n).map(|i| format!("{} {} {}", i + 1, (i + 1) % n + 1, 1 + i % 7)).collect();
    let ring = format!("%%MatrixMarket matrix coordinate real general\n{n} {n} {n}\n{}\n", lines.join("\n"));
    fs::write(folder.path().join("ring.mtx"), ring).unwrap();
    let balanced = |options: &str| in_memory(folder.path(), 400_000, &format!("ring.mtx -o out.mtx {options}"));
    let dense = balanced("--method newton");
    // One neuron is held: 8 bytes for each of 7999^2 numbers.
    let said = "a dense factorisation wants 489 MB of memory, which cannot be had; use --method newton-cg or osborne";
    assert!(status(&dense) == 1 && stderr(&dense).contains(said), "{}: {}", status(&dense), stderr(&dense));
    assert!(!folder.path().join("out.mtx").exists());
    assert_eq!(status(&balanced("--method newton-cg")), 0);
    // So do numbers of many digits, of which there are some for each synapse.
    let celegans = concat!(env!("CARGO_MANIFEST_DIR"), "/data/celegans_varshney2011_chem.mtx");
    fs::copy(celegans, folder.path().join("ring.mtx")).unwrap();
    let digits = balanced("--within-components --digits 100000");
    let said = "MB of memory, which cannot be had; ask for fewer, or for an f64 solution; no file was written";
    assert!(status(&digits) == 1 && stderr(&digits).contains(said), "{}: {}", status(&digits), stderr(&digits));
}

/// With few open files to be had the program is done or says why it is not, and what was there stays whole: from one beside the
/// standard streams, which the loader of programs needs, to enough.
#[cfg(target_os = "linux")]
#[test]
fn few_open_files_are_a_sentence_or_enough() {
    let folder = scratch();
    let (mut refused, mut done) = (0, 0);
    for files in 4..=12 {
        let (output, whole) = under(folder.path(), &format!("ulimit -n {files}"), "small.csv", "out.csv");
        match status(&output) {
            0 => done += 1,
            2 if whole && stderr(&output).contains("os error 24") => refused += 1,
            other => panic!("{files} files: {other}, the old file whole: {whole}; {}", stderr(&output)),
        }
        assert!(!litter(folder.path()), "{files} files");
    }
    assert!(refused > 0 && done > 0, "{refused} refused, {done} done");
}

/// A file that may not grow so large is refused as a full disk is: exit status 2, the old file whole, no litter.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_is_a_sentence() {
    let folder = scratch();
    let row = |i: usize| (0..60).map(|j| format!("0.{}", 100 + (i * 7919 + j * 104_729) % 900)).collect::<Vec<_>>();
    let rows: Vec<String> = (0..60).map(|i| row(i).join(",")).collect();
    fs::write(folder.path().join("dense.csv"), rows.join("\n")).unwrap();
    for out in ["out.csv", "out.mtx", "out.npy", "out.safetensors"] {
        for blocks in [0, 1] {
            let (output, whole) = under(folder.path(), &format!("ulimit -f {blocks}"), "dense.csv", out);
            assert!(status(&output) == 2 && whole, "{out}, {blocks} blocks: {}", stderr(&output));
            assert!(stderr(&output).contains("os error 27"), "{out}, {blocks} blocks: {}", stderr(&output));
            assert!(!litter(folder.path()), "{out}, {blocks} blocks");
        }
        let (output, whole) = under(folder.path(), "ulimit -f 1000", "dense.csv", out);
        assert!(status(&output) == 0 && !whole, "{out}: {}", stderr(&output));
    }
}

/// Balances a network under a limit of the session, over a file that was there; and whether that is still what it was.
#[cfg(target_os = "linux")]
fn under(folder: &std::path::Path, limit: &str, network: &str, out: &str) -> (std::process::Output, bool) {
    fs::write(folder.join(out), "the old file").unwrap();
    let line =
        format!("{limit} && exec {} balance {network} --within-components -o {out}", env!("CARGO_BIN_EXE_synbal"));
    let output = std::process::Command::new("sh").args(["-c", &line]).current_dir(folder).output().unwrap();
    (output, fs::read(folder.join(out)).unwrap() == b"the old file")
}

/// Command lines of the program's own words in any order: each ends with one of its exit statuses and says what it has to say.
#[test]
fn made_up_command_lines_are_answered() {
    use rand::seq::IndexedRandom;
    use rand::{Rng, SeedableRng};
    let folder = scratch();
    let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let commands =
        ["balance", "inspect", "certify", "check", "verify", "compare", "completions", "generate", "nothing"];
    let options = [
        "--within-components",
        "--method",
        "--p",
        "--world",
        "--digits",
        "--scales",
        "-o",
        "--json",
        "--tol",
        "--max-passes",
        "--junit",
        "--edges",
        "--transpose",
        "--cost",
        "--in-place",
        "--quiet",
        "--to",
        "--activation",
        "--layout",
        "--coq",
    ];
    let values = [
        "0",
        "1",
        "2",
        "30",
        "-1",
        "1e-10",
        "1e300",
        "nan",
        "",
        "small.csv",
        "out.csv",
        "out.json",
        "-",
        "newton",
        "osborne",
        "relu",
        "1,2,3",
        "bash",
        "random-dense",
        "\u{e9}",
    ];
    let mut seen = [0; 3];
    for _ in 0..150 {
        let mut line = vec![*commands.choose(random).unwrap()];
        if random.random_bool(0.8) {
            line.push("small.csv");
        }
        for _ in 0..random.random_range(0..5) {
            line.push(if random.random_bool(0.5) { options.choose(random) } else { values.choose(random) }.unwrap());
        }
        fs::remove_file(folder.path().join("out.csv")).ok();
        let output = command(folder.path(), &line).stdin(Stdio::null()).output().unwrap();
        let status = output.status.code().and_then(|code| usize::try_from(code).ok());
        let said = stderr(&output);
        assert!(status.is_some_and(|status| status < 3) && !said.contains("panicked"), "{line:?}: {status:?}: {said}");
        assert!(status == Some(0) || !said.is_empty() || !output.stdout.is_empty(), "{line:?}: not a word");
        seen[status.unwrap()] += 1;
    }
    assert!(seen[0] > 0 && seen[2] > 0, "{seen:?}");
}
