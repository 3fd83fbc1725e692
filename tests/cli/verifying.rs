//! `synbal inspect`, `verify`, `certify` and `check`: what is said about a network and a result.

use super::*;
use synbal::certify::certificate::sha256;

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
        // 64 MB, and 48 bytes a synapse
        ("memory_bytes", Value::from((64 << 20) + 48 * 9)),
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
    let open: Vec<&Value> = claims.iter().filter(|claim| claim["verdict"] == "open").collect();
    assert!(open.iter().any(|claim| claim["id"] == "global_convergence"), "{claims:?}");
    assert!(open.iter().all(|claim| claim.to_string().contains("no further progress at this precision")), "{open:?}");
    assert!(claims.iter().all(|claim| claim["verdict"] == "open" || claim["verdict"] == "held"), "{claims:?}");
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
fn several_networks_are_checked_with_the_options_of_all() {
    let folder = scratch();
    fs::write(folder.path().join("two.csv"), "0,3\n1,0\n").unwrap();
    let networks = ["verify", "small.csv", "two.csv", "--method", "newton"];
    let with = |more: &[&str]| run(folder.path(), &[&networks, more].concat());
    let found = json(&with(&["--json", "--junit", "verdicts.xml", "--out", "page"]));
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|case| case["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["small", "two"]);
    let alone = json(&run(folder.path(), &["verify", "two.csv", "--method", "newton", "--json"]));
    assert_eq!(found[1]["claims"], alone["claims"]);
    let verdicts = fs::read_to_string(folder.path().join("verdicts.xml")).unwrap();
    assert_eq!(verdicts.matches("<testsuites>").count() + verdicts.matches("</testsuites>").count(), 2);
    assert_eq!(verdicts.matches("<testsuite name=").count(), 2, "{verdicts}");
    let page = fs::read_to_string(folder.path().join("page/report.json")).unwrap();
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["cases"].as_array().unwrap().len(), 2);
    let text = with(&[]);
    let at = |name: &str| stdout(&text).find(name).unwrap();
    assert!(stdout(&text).starts_with("small.csv:\nnewton") && at("\n\ntwo.csv:\nnewton") > 0, "{}", stdout(&text));
    // What is wrong with one of them is said with its name, and nothing else is.
    fs::write(folder.path().join("chain.csv"), "0,3\n0,0\n").unwrap();
    let output = run(folder.path(), &["verify", "small.csv", "chain.csv", "missing.csv"]);
    assert_eq!((status(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).starts_with("synbal: chain.csv: "), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[test]
fn several_experiments_are_a_list_of_what_each_says_alone() {
    let folder = scratch();
    let without_times = |mut found: Value| {
        found["seconds"] = Value::Null;
        found
    };
    let both = json(&run(folder.path(), &["experiment", "two-neurons", "noise-steps", "--json"]));
    for (place, name) in ["two-neurons", "noise-steps"].into_iter().enumerate() {
        let alone = json(&run(folder.path(), &["experiment", name, "--json"]));
        assert_eq!(without_times(both[place].clone()), without_times(alone));
    }
    assert_eq!(both.as_array().unwrap().len(), 2);
}

/// The checker's own reader takes every table for a matrix whose rows are targets.
#[test]
fn what_was_said_of_a_file_to_certify_it_is_said_to_check_it() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("edges.csv"), "1,2,3\n2,1,6\n2,2,1\n").unwrap();
    for (file, said) in [("small.csv", &["--transpose"][..]), ("edges.csv", &["--edges", "1,2,3"])] {
        let output = run(path, &[&["certify", file, "-o", "c.json"], said].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let output = run(path, &[&["check", "c.json", file], said].concat());
        assert!(stdout(&output).starts_with("PROVED"), "{said:?}: {}{}", stdout(&output), stderr(&output));
        assert!(stderr(&output).contains("not by the checker itself"), "{}", stderr(&output));
        let output = run(path, &["check", "c.json", file]);
        assert_eq!(status(&output), 1, "{said:?}: {}", stdout(&output));
        assert!(stdout(&output).contains("must be read in the same way too"), "{}", stdout(&output));
        assert!(stdout(&output).contains(said[0]), "{}", stdout(&output));
    }
    let untransposed = run(path, &["certify", "small.csv", "-o", "c.json"]);
    assert_eq!(status(&untransposed), 0, "{}", stderr(&untransposed));
    assert_eq!(status(&run(path, &["check", "c.json", "small.csv"])), 0);
    assert_eq!(status(&run(path, &["check", "c.json", "small.csv", "--transpose"])), 1);
    refused(path, &["check", "small.csv", "c.json"], &["c.json", "the certificate first"]);
    fs::write(path.join("semicolons.csv"), SMALL.replace(',', ";")).unwrap();
    assert_eq!(status(&run(path, &["certify", "semicolons.csv", "-o", "c.json"])), 0);
    let output = run(path, &["check", "c.json", "semicolons.csv"]);
    assert_eq!(status(&output), 0, "{}", stdout(&output));
    assert!(stderr(&output).contains("are not separated by commas; the input was read as for balancing"));
}

/// Two neurons, as a file of tensors that says its activation, or does not.
fn whole(metadata: &Value) -> Vec<u8> {
    let mut header = serde_json::json!({"w_rec": {"dtype": "F64", "shape": [2, 2], "data_offsets": [0, 32]}});
    if !metadata.is_null() {
        header["__metadata__"] = metadata.clone();
    }
    let header = header.to_string();
    let numbers = [0.0_f64, 2.0, 8.0, 0.0].into_iter().flat_map(f64::to_le_bytes).collect();
    [(header.len() as u64).to_le_bytes().to_vec(), header.into_bytes(), numbers].concat()
}

/// The weights of a file are not all that a certificate is about: with other neurons they are balanced elsewhere.
#[test]
fn a_certificate_is_about_neurons_of_the_degrees_that_the_file_says() {
    let folder = scratch();
    let path = folder.path();
    let files = [
        ("relu", serde_json::json!({"activation": "relu"})),
        ("powers", serde_json::json!({"activation": "rectified-power(2) x 2"})),
        ("tanh", serde_json::json!({"activation": "tanh"})),
        ("unsaid", Value::Null),
    ];
    for (name, metadata) in &files {
        fs::write(path.join(format!("{name}.safetensors")), whole(metadata)).unwrap();
    }
    // What somebody makes of the certificate of one file for another with the same weights.
    let forged = |from: &str, to: &str| {
        let text = fs::read_to_string(path.join(format!("{from}.json"))).unwrap();
        let hash = |name: &str| sha256(&fs::read(path.join(format!("{name}.safetensors"))).unwrap());
        let changed = text.replace(&hash(from), &hash(to));
        let sealed = &changed[..changed.find("  \"seal\"").unwrap()];
        fs::write(path.join("forged.json"), format!("{sealed}  \"seal\": \"{}\"\n}}\n", sha256(sealed.as_bytes())))
            .unwrap();
        run(path, &["check", "forged.json", &format!("{to}.safetensors")])
    };
    let certify = |name: &str, more: &[&str]| {
        let (file, to) = (format!("{name}.safetensors"), format!("{name}.json"));
        let output = run(path, &[&["certify", &file, "-o", &to], more].concat());
        assert_eq!(status(&output), 0, "{name}: {}", stderr(&output));
        let output = run(path, &["check", &to, &file]);
        assert_eq!(status(&output), 0, "{name}: {}", stdout(&output));
        stdout(&output).to_owned()
    };
    assert!(certify("relu", &[]).lines().next().unwrap().ends_with("; for neurons of degree one:"));
    assert!(certify("unsaid", &["--activation", "linear"]).contains("; for neurons of degree one:"));
    assert_eq!(status(&forged("relu", "unsaid")), 0);
    for (to, said) in
        [("powers", "of degree 1, but the network says that its degree is 2"), ("tanh", "it has no degree")]
    {
        let output = forged("relu", to);
        assert_eq!(status(&output), 1, "{}", stdout(&output));
        assert!(stdout(&output).starts_with("REFUSED: ") && stdout(&output).contains(said), "{}", stdout(&output));
    }
}
