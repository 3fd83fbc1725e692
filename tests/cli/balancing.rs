//! `synbal balance`: what is balanced, how, and what is not.

use super::*;

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
    assert!(
        output.status.code() == Some(2) && stderr(&output).contains("the gain of neuron 1, counted from 0, is -1"),
        "{}",
        stderr(&output)
    );
    // A first line that is a number is a gain, not a header.
    std::fs::write(path.join("r.csv"), "0.5\n1\n1e-6\n0.25\n").unwrap();
    let (again, said) = scales(&[]);
    assert!(again == exact && said.contains(&note), "{again:?} {said}");
}

#[test]
fn timings_are_a_line_a_stage_and_their_sum() {
    let folder = scratch();
    let output = run(folder.path(), &["balance", "small.csv", "--timings", "-o", "out.csv"]);
    assert_eq!(status(&output), 0);
    let lines: Vec<&str> = stderr(&output).lines().filter(|line| line.ends_with('%')).collect();
    assert!(lines.iter().any(|line| line.starts_with("reading ")), "{lines:?}");
    let (last, stages) = lines.split_last().unwrap();
    assert!(last.starts_with("in all ") && last.ends_with(" 100.0 %"), "{last}");
    let number = |line: &str, from_behind: usize| {
        line.split_whitespace().rev().nth(from_behind).unwrap().parse::<f64>().unwrap()
    };
    // Each is rounded to a tenth of a percent, and to a tenth of a millisecond.
    let shares: f64 = stages.iter().map(|line| number(line, 1)).sum();
    assert!((shares - 100.0).abs() <= 0.05 * stages.len() as f64 + 1e-9, "{lines:?}");
    let seconds: f64 = stages.iter().map(|line| number(line, 3)).sum();
    assert!((seconds - number(last, 3)).abs() <= 5.1e-5 * lines.len() as f64, "{lines:?}");
}

#[test]
fn names_travel_with_tables_and_are_said_to_be_left_out_of_others() {
    let folder = scratch();
    let path = folder.path();
    fs::write(path.join("named.csv"), "name,A,B\nA,0,2\nB,3,0\n").unwrap();
    let left_out = "the neurons' names have no place in this format";
    for (output, kept) in [("out.csv", true), ("out.tsv", true), ("out.mtx", false), ("out.npy", false)] {
        let balanced = run(path, &["balance", "named.csv", "-o", output]);
        assert_eq!(status(&balanced), 0, "{}", stderr(&balanced));
        assert_eq!(stderr(&balanced).contains(left_out), !kept, "{output}: {}", stderr(&balanced));
    }
    assert!(fs::read_to_string(path.join("out.csv")).unwrap().starts_with(",A,B\nA,"));
    let plain = run(path, &["balance", "small.csv", "-o", "out.mtx"]);
    assert!(!stderr(&plain).contains(left_out), "{}", stderr(&plain));
}
