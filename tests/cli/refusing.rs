//! What is refused, and what is then not written.

use super::*;

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
    // What is said and makes no difference.
    refused(&["balance", "small.csv", "--dtype", "f32"], &["--dtype", "small.csv", "matrix"]);
    refused(&["balance", "small.csv", "-o", "out.npz"], &["out.npz", "models only"]);
    refused(&["inspect", "small.csv", "--variable", "x"], &["small.csv", "the name of a variable", "a table"]);
    refused(&["verify", "small.csv", "--untouched", "x"], &["small.csv", "untouched", "a table"]);
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
    fs::write(path.join("small.dat"), SMALL).unwrap();
    fs::write(path.join("nan.csv"), "1,2\nnan,3\n").unwrap();
    fs::write(path.join("ragged.csv"), "1,2\n3\n").unwrap();
    fs::write(path.join("empty.csv"), "").unwrap();
    fs::create_dir(path.join("folder.csv")).unwrap();
    for command in ["balance", "verify", "inspect"] {
        refused(path, &[command, "missing.csv"], &["missing.csv", "no such file"]);
        refused(path, &[command, "small.dat"], &["small.dat", "extension", ".mtx"]);
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
