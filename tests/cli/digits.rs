//! `synbal balance --digits N`.

use super::*;

#[cfg(not(feature = "precise"))]
#[test]
fn without_the_feature_it_says_how_to_build_with_it() {
    let folder = scratch();
    refused(folder.path(), &["balance", "small.csv", "--digits", "50"], &["50 digits", "--features precise"]);
}

#[cfg(feature = "precise")]
mod precise {
    use rug::Float;

    use super::*;

    /// 9 e^{2(h_1 - h_0)} = e^{2(h_0 - h_1)}: h_0 = ln(9)/8, both weights √3, both costs 3.
    const PAIR: &str = "0,3\n1,0\n";

    fn decimal(text: &str) -> Float {
        Float::with_val(600, Float::parse(text).unwrap())
    }

    fn trace(result: &Value) -> Vec<f64> {
        let step = |step: &Value| decimal(step["max_node_imbalance"].as_str().unwrap()).log10().to_f64();
        result["trace"].as_array().unwrap().iter().map(step).collect()
    }

    #[test]
    fn a_closed_form_to_a_hundred_digits() {
        let folder = scratch();
        fs::write(folder.path().join("pair.csv"), PAIR).unwrap();
        let arguments = ["balance", "pair.csv", "--digits", "100", "--json", "--scales", "h.csv", "-o", "out.csv"];
        let output = run(folder.path(), &arguments);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("out.csv: the weights are those of 100 digits, rounded once to f64"));
        let result = json(&output);
        assert_eq!((&result["status"], &result["digits"]), (&Value::from("balanced"), &Value::from(100)));
        let cost = result["cost_final"].as_str().unwrap();
        assert_eq!(cost.chars().filter(char::is_ascii_digit).count(), 100);
        assert_eq!(decimal(cost), 6);
        let exact = Float::with_val(600, 9).ln() / 8_u32;
        let text = fs::read_to_string(folder.path().join("h.csv")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0]), (3, "h: J' = e^(h_source - h_target) J"));
        for (line, sign) in lines[1..].iter().zip([1, -1]) {
            assert_eq!(line.split('.').nth(1).unwrap().len(), 100, "{line}");
            // One unit of the last place.
            let error = Float::with_val(600, decimal(line) - Float::with_val(600, &exact * sign)).abs();
            assert!(error <= decimal("1e-100"), "{line}");
        }
        let listed: Vec<&str> = result["log_scales"].as_array().unwrap().iter().map(|h| h.as_str().unwrap()).collect();
        assert_eq!(listed, lines[1..]);
        // The file is one of log-scales like any other.
        let read = read_scales(&folder.path().join("h.csv")).unwrap();
        assert_eq!(read, [exact.to_f64(), -exact.to_f64()]);
        // √3 rounded once: the nearest f64, not one near it.
        assert_eq!(weights(folder.path().join("out.csv")).values(), [3.0_f64.sqrt(), 3.0_f64.sqrt()]);
        let digits = trace(&result);
        for pair in digits.windows(2) {
            assert!(pair[1] <= 1.8 * pair[0] || pair[1] <= -100.0, "{digits:?}");
        }
        assert!(digits.len() >= 3 && *digits.last().unwrap() <= -100.0, "{digits:?}");
    }

    /// All weights are the nearest `f64` to those of log-scales with forty digits more.
    #[test]
    fn written_weights_are_rounded_once() {
        let folder = scratch();
        let output =
            run(folder.path(), &["balance", "small.csv", "--digits", "60", "--scales", "h.csv", "-o", "out.csv"]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let text = fs::read_to_string(folder.path().join("h.csv")).unwrap();
        let h: Vec<Float> = text.lines().skip(1).map(decimal).collect();
        let (before, after) = (weights(folder.path().join("small.csv")), weights(folder.path().join("out.csv")));
        assert_eq!(before.pattern(), after.pattern());
        for ((i, j, given), found) in before.triplets().zip(after.values()) {
            let exact = Float::with_val(600, &h[j] - &h[i]).exp() * *given;
            assert_eq!(exact.to_f64(), *found, "from {j} to {i}");
        }
    }

    #[test]
    fn the_worm_to_a_thousand_digits() {
        let folder = scratch();
        let arguments = ["balance", CELEGANS, "--within-components", "--digits", "1000"];
        let output = run(folder.path(), &arguments);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("256 synapses lie on no directed cycle"), "{}", stderr(&output));
        let text = stdout(&output);
        assert!(
            text.starts_with("balanced by newton to 1000 digits: 279 neurons, 2194 synapses, 42 strong components")
        );
        // The first digits are those of f64.
        assert!(text.contains("cost (p = 2): 36095 -> 10683.3799096216"), "{text}");
        let cost = text.split("-> ").nth(1).unwrap().lines().next().unwrap();
        assert_eq!(cost.chars().filter(char::is_ascii_digit).count(), 1000);
        assert!(text.contains("Newton step"));
    }

    #[test]
    fn a_network_with_the_world_leaves_the_world_out_of_the_file() {
        let folder = scratch();
        let matrix = nalgebra::DMatrix::<f64>::from_row_slice;
        let given = Network {
            w_in: Some(matrix(2, 1, &[2.0, 0.0])),
            w_out: Some(matrix(1, 2, &[0.0, 8.0])),
            ..Network::recurrent(Weights::from_triplets(2, vec![(1, 0, 0.5)]).unwrap(), Activation::Relu)
        };
        write_network(&folder.path().join("whole.safetensors"), &given).unwrap();
        let arguments = [
            "balance",
            "whole.safetensors",
            "--world",
            "1",
            "--digits",
            "30",
            "--scales",
            "h.csv",
            "-o",
            "out.safetensors",
        ];
        let output = run(folder.path(), &arguments);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        // A ring of 2, 0.5 and 8: all become 2.
        assert_eq!(read_scales(&folder.path().join("h.csv")).unwrap(), [0.0, -(4.0_f64.ln())]);
        let after = read_network(&folder.path().join("out.safetensors"), Activation::Relu).unwrap().network;
        assert_eq!(after.weights.values(), [2.0]);
        assert_eq!((after.w_in.unwrap()[(0, 0)], after.w_out.unwrap()[(0, 1)]), (2.0, 2.0));
    }

    #[test]
    fn bad_requests_are_refused() {
        let folder = scratch();
        let refused = |arguments: &[&str], named: &[&str]| refused(folder.path(), arguments, named);
        for digits in ["0", "16", "100001"] {
            refused(&["balance", "small.csv", "--digits", digits], &[digits, "from 17 to 100000"]);
        }
        for digits in ["-5", "many", "1.5"] {
            refused(&["balance", "small.csv", &format!("--digits={digits}")], &[digits, "--digits"]);
        }
        for (option, value) in
            [("--method", "osborne"), ("--method", "newton"), ("--tol", "1e-8"), ("--max-passes", "9")]
        {
            refused(
                &["balance", "small.csv", "--digits", "50", option, value],
                &["--digits", "cannot be used with", option],
            );
        }
        refused(&["balance", CELEGANS, "--digits", "50"], &["256 of 2194 synapses", "--within-components"]);
        let output =
            run(folder.path(), &["balance", "small.csv", "--digits", "50", "--scales", "h.npy", "-o", "out.mtx"]);
        assert_eq!((status(&output), stdout(&output)), (2, ""));
        assert!(stderr(&output).contains(".csv"), "{}", stderr(&output));
        assert!(!folder.path().join("h.npy").exists() && !folder.path().join("out.mtx").exists());
    }
}
