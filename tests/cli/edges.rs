//! Where the command line meets what surrounds it: pipes that close, files that are there already, names that are the same.

use super::*;

/// Runs a command whose reader has gone before it says anything.
fn into_a_closed_pipe(folder: &Path, arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command(folder, arguments).stdout(writer).output().unwrap()
}

/// A small report with one network, one experiment and one claim.
fn report() -> Value {
    serde_json::json!({
        "effort": "full",
        "claims": [{"id": "x", "control": {"verdict": "fell", "open": false}}],
        "cases": [{"name": "net", "facts": {"neurons": 2, "cost_final": 1.5},
            "solvers": [{"method": "newton", "status": "balanced", "cost": 1.5},
                {"method": "euler", "status": "pass-limit", "cost": 1.75}],
            "claims": [{"id": "x", "verdict": "held", "open": false}]}],
        "experiments": [{"name": "e", "verdict": "held", "open": false,
            "statements": [{"outcome": "reproduced", "text": "The costs fall by 3.5 in 10 of 10 networks."}]}],
    })
}

/// What `compare` says of two reports, and its status.
fn compared(reference: &Value, new: &Value) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, report) in [("old.json", reference), ("new.json", new)] {
        fs::write(folder.path().join(name), report.to_string()).unwrap();
    }
    let output = run(folder.path(), &["compare", "old.json", "new.json"]);
    assert_eq!(stderr(&output), "");
    (status(&output), stdout(&output).to_owned())
}

#[test]
fn a_closed_pipe_ends_the_printing_and_not_the_command() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("c.json"), "{}").unwrap();
    fs::write(path.join("old.json"), report().to_string()).unwrap();
    fs::write(path.join("new.json"), report().to_string().replace("held", "fell")).unwrap();
    let bad: [&[&str]; 4] = [
        &["check", "c.json", "small.csv"],
        &["compare", "old.json", "new.json"],
        &["balance", "small.csv", "--method", "osborne", "--max-passes", "1", "-q"],
        &["verify", "small.csv", "small.csv", "--tol", "1e-18", "--method", "newton", "--max-passes", "50", "--json"],
    ];
    for arguments in bad {
        let output = into_a_closed_pipe(path, arguments);
        assert_eq!(status(&output), 1, "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("standard output"), "{arguments:?}: {}", stderr(&output));
    }
    let files = ["verify", "small.csv", "--method", "newton", "--out", "page", "--junit", "verdicts.xml"];
    let output = into_a_closed_pipe(path, &files);
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    assert!(path.join("verdicts.xml").exists() && path.join("page/report.json").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_help_too() {
    let folder = scratch();
    for arguments in [&["help"][..], &["--help"], &["--version"], &["balance", "--help"], &["man"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(folder.path(), arguments).stdout(full).output().unwrap();
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains("standard output could not be written"), "{}", stderr(&output));
        let output = into_a_closed_pipe(folder.path(), arguments);
        assert_eq!((status(&output), stderr(&output)), (0, ""), "{arguments:?}");
    }
}

#[test]
fn quiet_and_verbose_contradict_each_other_wherever_they_stand() {
    let folder = scratch();
    for arguments in [
        &["-q", "-v", "balance", "small.csv"][..],
        &["-v", "balance", "small.csv", "-q"],
        &["-q", "balance", "small.csv", "-v"],
        &["balance", "-q", "small.csv", "-v"],
    ] {
        refused(folder.path(), arguments, &["--quiet", "cannot be used with", "--verbose"]);
    }
}

#[test]
fn reports_that_differ_in_what_is_compared_never_agree() {
    let reference = report();
    let (status, said) = compared(&reference, &reference);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("the reports agree in the facts of every network, "), "{said}");
    let changes: [(&str, Value, &str); 9] = [
        ("/cases/0/solvers/0/cost", 1e9.into(), "net: newton: cost was 1.5, is 1000000000.0"),
        ("/cases/0/solvers/1/status", "balanced".into(), "net: euler: status was \"pass-limit\", is \"balanced\""),
        ("/cases/0/claims/0/verdict", "fell".into(), "net: x: verdict was \"held\", is \"fell\""),
        ("/cases/0/claims/0/open", true.into(), "net: x: open was false, is true"),
        ("/cases/0/facts/neurons", 3.into(), "net: neurons was 2, is 3"),
        ("/claims/0/control/verdict", "held".into(), "x: its negative control: verdict was \"fell\", is \"held\""),
        ("/experiments/0/verdict", "fell".into(), "e: verdict was \"held\", is \"fell\""),
        ("/experiments/0/statements/0/outcome", "not-reproduced".into(), "e: the outcome of statement 1 was"),
        ("/experiments/0/statements/0/text", "Another statement.".into(), "e: the words of statement 1 were"),
    ];
    for (place, value, expected) in changes {
        let mut new = reference.clone();
        *new.pointer_mut(place).unwrap() = value;
        let (status, said) = compared(&reference, &new);
        assert_eq!(status, 1, "{place}: {said}");
        assert!(said.starts_with(expected), "{place}: {said}");
    }
    // What differs from machine to machine.
    let mut elsewhere = reference.clone();
    elsewhere["cases"][0]["solvers"][0]["cost"] = (1.5 + 1e-12).into();
    elsewhere["cases"][0]["solvers"][1]["cost"] = 1.7501.into();
    elsewhere["experiments"][0]["statements"][0]["text"] = "The costs fall by 3.6 in 10 of 10 networks.".into();
    assert_eq!(compared(&reference, &elsewhere).0, 0);
}

#[test]
fn what_is_in_a_report_twice_or_in_one_report_only_is_named() {
    let reference = report();
    for (list, name) in [("/cases", "net"), ("/cases/0/claims", "net: x"), ("/experiments", "e"), ("/claims", "x")] {
        let mut twice = reference.clone();
        let entries = twice.pointer_mut(list).unwrap().as_array_mut().unwrap();
        let mut copy = entries[0].clone();
        copy["verdict"] = "fell".into();
        entries.push(copy);
        for (old, new, which) in [(&reference, &twice, "new report"), (&twice, &reference, "reference")] {
            let (status, said) = compared(old, new);
            assert_eq!(
                (status, said),
                (1, format!("{name} is in the {which} 2 times; it can be compared only if it is there once\n"))
            );
        }
    }
    let mut more = reference.clone();
    more["cases"][0]["facts"]["colour"] = "red".into();
    assert_eq!(compared(&reference, &more), (1, "net: colour is not in the reference; renew it\n".to_owned()));
    assert_eq!(compared(&more, &reference), (1, "net: colour is missing\n".to_owned()));
}

#[test]
fn reports_of_experiments_only_are_compared() {
    let mut reference = report();
    reference["cases"] = serde_json::json!([]);
    assert_eq!(compared(&reference, &reference).0, 0);
    let mut other = reference.clone();
    other["experiments"][0]["verdict"] = "fell".into();
    assert_eq!(compared(&reference, &other).0, 1);
    reference["experiments"] = serde_json::json!([]);
    let (status, said) = compared(&reference, &reference);
    assert_eq!((status, &*said), (1, "the reference has neither networks nor experiments\n"));
}

#[test]
fn a_page_of_a_comparison_replaces_no_report() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("x.json"), report().to_string()).unwrap();
    fs::write(path.join("y.json"), report().to_string()).unwrap();
    for page in ["x.json", "./y.json"] {
        refused(path, &["compare", "x.json", "y.json", "--page", page], &[page, "would be replaced"]);
    }
    assert_eq!(fs::read_to_string(path.join("x.json")).unwrap(), report().to_string());
    assert_eq!(status(&run(path, &["compare", "x.json", "y.json", "--page", "page.html"])), 0);
}

#[test]
fn every_network_has_a_name_and_a_page_of_its_own() {
    let folder = scratch();
    let path = folder.path();
    for inner in ["a", "b"] {
        fs::create_dir(path.join(inner)).unwrap();
        fs::write(path.join(inner).join("net.csv"), "0,3\n1,0\n").unwrap();
    }
    let files = ["a/net.csv", "b/net.csv", "A-b.csv", "a b.csv", "a.b.csv", "a_b.csv", "small.csv", "a.b.csv"];
    for name in &files[2..6] {
        fs::write(path.join(name), "0,3\n1,0\n").unwrap();
    }
    let options = ["--method", "newton", "--out", "r", "--junit", "v.xml"];
    let output = run(path, &[&["verify"], &files[..], &options].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let report: Value = serde_json::from_str(&fs::read_to_string(path.join("r/report.json")).unwrap()).unwrap();
    let names: Vec<&str> =
        report["cases"].as_array().unwrap().iter().map(|case| case["name"].as_str().unwrap()).collect();
    let expected =
        ["a/net.csv", "b/net.csv", "A-b.csv", "a b.csv (2)", "a.b.csv (3)", "a_b.csv (4)", "small", "a.b.csv (5)"];
    assert_eq!(names, expected);
    assert_eq!(fs::read_dir(path.join("r/networks")).unwrap().count(), files.len());
    let junit = fs::read_to_string(path.join("v.xml")).unwrap();
    assert!(names.iter().all(|name| junit.matches(&format!("synbal verify {name}\"")).count() == 1), "{junit}");
    let output = run(path, &["compare", "r/report.json", "r/report.json"]);
    assert_eq!(status(&output), 0, "{}", stdout(&output));
}

#[test]
fn an_experiment_is_named_once() {
    let folder = scratch();
    let twice = ["experiment", "two-neurons", "two-neurons", "--quick", "--out", "e"];
    refused(folder.path(), &twice, &["two-neurons", "twice"]);
    assert!(!folder.path().join("e").exists());
}

#[test]
fn of_several_that_may_not_replace_a_file_one_writes_it() {
    let folder = scratch();
    for (outputs, kept) in
        [(["-o", "nc.csv"], "nc.csv"), (["-o", "nc.mtx.gz"], "nc.mtx.gz"), (["--scales", "h.csv"], "h.csv")]
    {
        let arguments = [&["balance", "small.csv", "--no-clobber"], &outputs[..]].concat();
        let started: Vec<_> = (0..6)
            .map(|_| command(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        let ended: Vec<Output> = started.into_iter().map(|process| process.wait_with_output().unwrap()).collect();
        assert_eq!(ended.iter().filter(|output| status(output) == 0).count(), 1, "{kept}");
        for output in ended.iter().filter(|output| status(output) != 0) {
            assert_eq!(status(output), 2);
            assert!(stderr(output).contains(&format!("{kept} exists, and --no-clobber")), "{}", stderr(output));
        }
    }
    let litter = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(litter.count(), 0);
}

#[test]
fn a_dash_is_a_stream_or_refused_and_never_a_file() {
    let folder = scratch();
    let path = folder.path();
    let made = run(path, &["certify", "small.csv", "-o", "-"]);
    assert_eq!(status(&made), 0, "{}", stderr(&made));
    assert!(json(&made).is_object() && stderr(&made).contains("PROVED about 4 nodes"), "{}", stderr(&made));
    fs::write(path.join("c.json"), &made.stdout).unwrap();
    let checked = command(path, &["check", "-", "small.csv"])
        .stdin(fs::File::open(path.join("c.json")).unwrap())
        .output()
        .unwrap();
    assert_eq!(status(&checked), 0, "{}", stderr(&checked));
    assert_eq!(stdout(&checked), stdout(&run(path, &["check", "c.json", "small.csv"])));
    refused(path, &["check", "-", "-"], &["standard input", "certificate"]);
    for (arguments, option) in [
        (&["verify", "small.csv", "--junit", "-"][..], "--junit"),
        (&["verify", "small.csv", "--out", "-"], "--out"),
        (&["certify", "small.csv", "-o", "c.json", "--coq", "-"], "--coq"),
        (&["compare", "c.json", "c.json", "--page", "-"], "--page"),
    ] {
        refused(path, arguments, &[option, "standard output", "name a file"]);
    }
    assert!(!path.join("-").exists());
}

#[test]
fn what_is_said_of_a_file_that_is_there_is_true_however_it_ends() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("keep.csv"), "old").unwrap();
    let output = run(path, &["balance", "small.csv", "--tol", "1e-300", "-o", "keep.csv"]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("keep.csv exists; a result will replace it"), "{}", stderr(&output));
    assert!(stderr(&output).contains("no file was written") && !stderr(&output).contains("and will be replaced"));
    assert_eq!(fs::read_to_string(path.join("keep.csv")).unwrap(), "old");
}

#[test]
fn self_synapses_are_cycles_and_balance_themselves() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("self.csv"), "2,1\n0,3\n").unwrap();
    fs::write(path.join("chain.csv"), "0,1\n0,0\n").unwrap();
    let arguments = ["balance", "self.csv", "--within-components", "--json", "-o", "out.csv"];
    let output = run(path, &arguments);
    assert_eq!((status(&output), &json(&output)["status"]), (0, &Value::from("balanced")), "{}", stderr(&output));
    let note = "1 synapse lies on no directed cycle; the others are self-synapses, which are balanced as they are";
    assert!(stderr(&output).contains(note), "{}", stderr(&output));
    let output = run(path, &["balance", "self.csv", "--within-components"]);
    assert!(stdout(&output).contains(" 1 synapse on no cycle"), "{}", stdout(&output));
    assert_eq!(weights(path.join("out.csv")), weights(path.join("self.csv")));
    let said = run(path, &["inspect", "self.csv"]);
    assert!(stdout(&said).contains("1 synapse lies on no directed cycle; the only cycles are self-synapses"));
    // Without a single cycle there is nothing that could be called balanced.
    let output = run(path, &["balance", "chain.csv", "--within-components"]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).starts_with("nothing-balanced by "), "{}", stdout(&output));
    assert!(stderr(&output).contains("there is no cycle at all"), "{}", stderr(&output));
}

#[test]
fn a_folder_that_cannot_be_made_is_known_before_any_work() {
    let folder = scratch();
    fs::write(folder.path().join("file"), "").unwrap();
    // The network is not there: that would be said first, had any work begun.
    for out in ["file", "file/inner"] {
        refused(folder.path(), &["verify", "none.csv", "--out", out], &[out, "--out"]);
        let experiment = ["experiment", "two-neurons", "--out", out];
        refused(folder.path(), &experiment, &[out, "--out"]);
    }
    refused(folder.path(), &["verify", "none.csv", "--out", "new"], &["none.csv"]);
    assert!(!folder.path().join("new").exists());
}

#[test]
fn one_node_and_one_synapse_are_in_the_singular() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("one.csv"), "0.5\n").unwrap();
    fs::write(path.join("two.csv"), "2,1\n0,3\n").unwrap();
    let said = run(path, &["certify", "one.csv", "-o", "one.json"]);
    assert!(stdout(&said).starts_with("PROVED about 1 node and 1 synapse in "), "{}", stdout(&said));
    let said = run(path, &["certify", "two.csv", "--within-components", "-o", "two.json"]);
    assert!(
        stdout(&said).contains("1 synapse between components lies on no cycle and is left out"),
        "{}",
        stdout(&said)
    );
}
