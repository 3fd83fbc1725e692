//! Certificates of networks of any degrees: made, accepted, true, the same integers as Coq's, and refused when forged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::certificate::{INPUT, hexadecimal, integer, opened, resealed};
use nalgebra::DMatrix;
use num_bigint::BigUint;
use rand::Rng;
use serde_json::{Value, json};
use synbal::balance::{Criteria, DegreeProblem, Method, Scope};
use synbal::certify::certificate::{CertifyError, Refine, sha256};
use synbal::certify::degrees::{DegreeCertificate, DegreeCertifyError, certify_degrees};
use synbal::check::{Input, ProvedDegrees, Refused, check_degrees, check_degrees_input, input_of, is_of_degrees};
use synbal::cost::{Alpha, CostSpec};
use synbal::io::{Form, ReadOptions, read_network_as};
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Weights};

/// Degrees from 1/2 to 3 in sixteenths, inputs and outputs.
fn mixed(seed: u64, n: usize) -> Network {
    let mut random = stream(seed, 0);
    let weights = random_network(&mut random, n, 0.5, 1.0).unwrap();
    let degrees: Vec<Activation> =
        (0..n).map(|_| Activation::RectifiedPower { degree: f64::from(random.random_range(8..=48)) / 16.0 }).collect();
    Network {
        w_in: Some(DMatrix::from_vec(n, 2, normals(&mut random, n * 2, 1.0))),
        bias: Some(normals(&mut random, n, 1.0)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, n * 2, 1.0))),
        ..Network::recurrent(weights, degrees)
    }
}

fn balanced(network: &Network, spec: &CostSpec) -> Vec<f64> {
    let problem = DegreeProblem::new(network, spec, Scope::Whole).unwrap();
    problem.solve(Method::Newton, &Criteria::default()).unwrap().converged().unwrap().log_scales
}

fn certified(network: &Network, spec: &CostSpec, h: &[f64], refine: Refine) -> DegreeCertificate {
    certify_degrees(&DegreeProblem::new(network, spec, Scope::Whole).unwrap(), h, refine).unwrap()
}

fn verdict(text: &str, network: &Network) -> Result<ProvedDegrees, Refused> {
    check_degrees(text.as_bytes(), INPUT, network)
}

/// The proved distance of a log-scale, rounded up.
fn radius(proved: &ProvedDegrees, p: f64) -> f64 {
    let shift = proved.radius.bits().saturating_sub(60);
    let top = u64::try_from(&proved.radius >> shift).unwrap() + 1;
    top as f64 * 2.0_f64.powi(shift as i32 - proved.radius_unit_bits as i32) / p
}

/// Log-scales off by a known error: the radius covers it and, refined, it is below 10^-30.
#[test]
fn random_networks_of_mixed_degrees_are_certified_and_the_claims_are_true() {
    for (seed, p) in [(1, 2.0), (2, 1.0), (3, 0.5), (4, 1.75), (5, 3.0), (6, 2.0)] {
        let network = mixed(seed, 6 + seed as usize);
        let spec = CostSpec::power(p).with_world(0.5);
        let h = balanced(&network, &spec);
        let fine = certified(&network, &spec, &h, Refine::Yes);
        let fine = verdict(&fine.to_text(INPUT), &network).unwrap();
        assert!(radius(&fine, p) < 1e-30, "{seed}: {:e}", radius(&fine, p));
        assert!(fine.lower_cost <= fine.upper_cost, "{seed}");
        let mut random = stream(seed, 9);
        let size = 1e-7;
        let off: Vec<f64> = h.iter().map(|h| h + random.random_range(-size..size)).collect();
        let rough = certified(&network, &spec, &off, Refine::No);
        let bits = rough.given_within_bits.unwrap();
        let rough = verdict(&rough.to_text(INPUT), &network).unwrap();
        // Newton's f64 solution is within its tolerance times the conditioning of the balanced point: far below 1e-10 here.
        let worst = off.iter().zip(&h).fold(0.0_f64, |worst, (a, b)| worst.max((a - b).abs()));
        let claimed = radius(&rough, p) + 2.0_f64.powi(-(bits as i32)) / p;
        assert!(worst - 1e-10 <= claimed, "{seed}: {worst:e} against {claimed:e}");
        // Not wasteful: twice the norm of the gradient over the curvature, a thousand times at most for a dozen neurons.
        assert!(claimed <= 1e3 * size, "{seed}: {claimed:e}");
        // In the finer of the two units of cost, no least cost is above a cost.
        let unit = |proved: &ProvedDegrees| proved.cost_unit_bits;
        let common = unit(&fine).max(unit(&rough));
        let at = |cost: &BigUint, proved: &ProvedDegrees| cost << (common - unit(proved));
        assert!(at(&rough.lower_cost, &rough) <= at(&fine.upper_cost, &fine), "{seed}");
        assert!(at(&fine.lower_cost, &fine) <= at(&rough.upper_cost, &rough), "{seed}");
    }
}

/// Where degrees are one the two kinds of certificates are about the same costs.
#[test]
fn with_degree_one_it_proves_what_the_other_kind_proves() {
    let network = Network { activation: Activation::Relu.into(), ..mixed(7, 8) };
    let spec = CostSpec::power(2.0).with_world(2.0);
    let h = balanced(&network, &spec);
    let any = certified(&network, &spec, &h, Refine::Yes);
    let any = verdict(&any.to_text(INPUT), &network).unwrap();
    let one = crate::certificate::certified(&network, &spec, Scope::Whole);
    let one = synbal::check::check(one.to_text(INPUT).as_bytes(), INPUT, &network).unwrap();
    let common = any.cost_unit_bits.max(one.cost_unit_bits);
    let (in_any, in_one) = (common - any.cost_unit_bits, common - one.cost_unit_bits);
    assert!(&any.lower_cost << in_any <= &one.upper_cost << in_one);
    assert!(&one.lower_cost << in_one <= &any.upper_cost << in_any);
    assert_eq!((any.nodes, any.synapses), (one.nodes, one.synapses));
}

/// With gains, the certificate's own, and a self-synapse, which takes part for other degrees than one.
#[test]
fn factors_and_self_synapses_are_part_of_it() {
    let weights = Weights::from_triplets(2, vec![(0, 0, 0.5), (0, 1, 2.0), (1, 0, 3.0)]).unwrap();
    let square = Activation::RectifiedPower { degree: 2.0 };
    let network = Network::recurrent(weights, vec![square, Activation::RectifiedPower { degree: 0.25 }]);
    let spec = CostSpec::power(2.0).with_alpha(Alpha::PerSource(vec![0.25, 1.5]));
    let h = balanced(&network, &spec);
    let certificate = certified(&network, &spec, &h, Refine::Yes);
    let text = certificate.to_text(INPUT);
    let proved = verdict(&text, &network).unwrap();
    assert_eq!(proved.alpha, Some(vec![(1, -2), (3, -1)]));
    // Other factors are other costs.
    let forged = forged(&text, &network, |value| value["alpha"][1] = json!(["0x1", 0]));
    assert!(matches!(forged, Err(Refused::Curvature { .. })), "{forged:?}");
}

/// The verdict on a certificate after a change, sealed again.
fn forged(text: &str, network: &Network, change: impl FnOnce(&mut Value)) -> Result<ProvedDegrees, Refused> {
    let mut value = opened(text);
    change(&mut value);
    verdict(&resealed(&value), network)
}

fn add(value: &mut Value, by: i32) {
    *value = hexadecimal(&(integer(value) + by));
}

/// A network whose file does not say what its neurons are.
fn unsaid(network: &Network) -> Input {
    Input { degrees: None, ..input_of(network) }
}

#[test]
fn no_number_of_a_certificate_is_free() {
    let network = mixed(8, 5);
    let spec = CostSpec::power(1.5).with_world(1.0);
    let text = certified(&network, &spec, &balanced(&network, &spec), Refine::Yes).to_text(INPUT);
    assert!(is_of_degrees(text.as_bytes()));
    let honest = verdict(&text, &network).unwrap();
    assert_eq!(verdict(&resealed(&opened(&text)), &network).unwrap(), honest, "the forger's tools leave it alone");
    for field in ["lam", "vmax", "radius"] {
        for by in [-1, 1] {
            let refused = forged(&text, &network, |value| add(&mut value[field], by)).unwrap_err();
            let named = match (field, by) {
                ("lam", _) => matches!(refused, Refused::Curvature { .. }),
                ("vmax", _) => matches!(refused, Refused::Vmax { .. }),
                ("radius", -1) => matches!(refused, Refused::Radius { .. }),
                _ => matches!(refused, Refused::RadiusNotSharp { .. }),
            };
            assert!(named, "{field} {by}: {refused}");
        }
    }
    for neuron in 0..5 {
        for field in ["scale", "ground"] {
            let refused = forged(&text, &network, |value| add(&mut value[field][neuron], 1));
            assert!(refused.is_err(), "{field} of {neuron}");
        }
        let other = |value: &mut Value| value["degrees"][neuron] = json!(17);
        let refused = forged(&text, &network, other).unwrap_err();
        assert!(matches!(refused, Refused::OtherDegree { certified: 1.0625, .. }), "{neuron}: {refused}");
        // Nor is it free where the network does not say its degrees.
        let mut value = opened(&text);
        other(&mut value);
        let refused = check_degrees_input(resealed(&value).as_bytes(), INPUT, &unsaid(&network)).unwrap_err();
        assert!(matches!(refused, Refused::Curvature { .. }), "{neuron}: {refused}");
        let refused = forged(&text, &network, |value| value["scale"][neuron] = json!("0x0")).unwrap_err();
        assert_eq!(refused, Refused::ScaleZero { neuron });
        let refused = forged(&text, &network, |value| value["ground"][neuron] = json!("0x0")).unwrap_err();
        assert_eq!(refused, Refused::GroundZero { neuron });
    }
    let change = |name: &str, field: Value| forged(&text, &network, |value| value[name] = field).unwrap_err();
    for (name, field) in [
        ("p", json!([2, 2])),
        ("p", json!([65, 1])),
        ("denominator", json!(3)),
        ("denominator", json!(32)),
        ("degrees", json!([0, 1, 1, 1, 1])),
        ("degrees", json!([257, 1, 1, 1, 1])),
        ("degrees", json!([16, 16, 16, 16, 16])),
        ("cost_unit_bits", json!(1 << 20)),
        ("scale_unit_bits", json!(1 << 20)),
        ("radius_unit_bits", json!(1 << 20)),
        ("world", json!(["0x2", 0])),
        ("lam", json!("0X1")),
    ] {
        let refused = change(name, field);
        assert!(matches!(refused, Refused::Field { .. }), "{name}: {refused}");
    }
    for (name, field) in [("degrees", json!([1, 1])), ("scale", json!(["0x1"])), ("ground", json!(["0x1"]))] {
        assert!(matches!(change(name, field), Refused::WrongLength { .. }), "{name}");
    }
    // Other costs: another exponent, another unit, no world, another weight of it.
    for (name, field) in [
        ("p", json!([2, 1])),
        ("cost_unit_bits", json!(1)),
        ("scale_unit_bits", json!(1)),
        ("world", Value::Null),
        ("world", json!(["0x1", -1])),
    ] {
        let refused = change(name, field);
        assert!(matches!(refused, Refused::Curvature { .. } | Refused::Radius { .. }), "{name}: {refused}");
    }
    assert!(matches!(change("format", json!("synbal-certificate")), Refused::Format { .. }));
    assert!(matches!(change("version", json!(2)), Refused::Format { .. }));
    assert!(matches!(change("gap", json!("0x0")), Refused::Unreadable { .. }), "no field that is not known");
    let broken = verdict(&text.replacen("\"version\": 1", "\"version\":  1", 1), &network).unwrap_err();
    assert!(matches!(broken, Refused::Seal { .. }), "{broken}");
    let other = check_degrees(text.as_bytes(), "01", &network).unwrap_err();
    assert!(matches!(other, Refused::OtherInput { .. }), "{other}");
    // Integers that would take hours.
    let long = format!("0x1{}", "0".repeat(400_000));
    let refused = forged(&text, &network, |value| value["scale"][0] = json!(long)).unwrap_err();
    assert!(matches!(refused, Refused::TooMuchWork { .. }), "{refused}");
    // Another network with neurons of the same degrees.
    let refused = verdict(&text, &Network { activation: network.activation.clone(), ..mixed(9, 5) }).unwrap_err();
    assert!(matches!(refused, Refused::Curvature { .. }), "{refused}");
}

#[test]
fn what_cannot_be_certified_is_refused_by_name() {
    let ring = |degrees: [f64; 2]| {
        let weights = Weights::from_triplets(2, vec![(0, 0, 0.5), (0, 1, 1.0), (1, 0, 2.0)]).unwrap();
        let activations: Vec<Activation> = degrees.map(|degree| Activation::RectifiedPower { degree }).to_vec();
        Network::recurrent(weights, activations)
    };
    let attempt = |network: &Network, spec: &CostSpec, scope, h: &[f64]| {
        certify_degrees(&DegreeProblem::new(network, spec, scope).unwrap(), h, Refine::Yes).unwrap_err()
    };
    let (spec, whole) = (CostSpec::power(2.0), Scope::Whole);
    let network = ring([2.0, 0.25]);
    assert_eq!(
        attempt(&ring([2.0, 0.3]), &spec, whole, &[0.0, 0.0]),
        DegreeCertifyError::Degree { neuron: 1, degree: 0.3 }
    );
    assert_eq!(attempt(&network, &spec, Scope::WithinComponents, &[0.0, 0.0]), DegreeCertifyError::Components);
    let exponent = attempt(&network, &CostSpec::power(0.3), whole, &[0.0, 0.0]);
    assert_eq!(exponent, DegreeCertifyError::Certify(CertifyError::Exponent { p: 0.3 }));
    assert!(attempt(&network, &spec, whole, &[0.0]).is_bad_request(), "one log-scale for two neurons");
    assert!(attempt(&network, &spec, whole, &[0.0, f64::NAN]).is_bad_request());
    for far in [1e9, 1e300, -1e300] {
        let error = attempt(&network, &spec, whole, &[0.0, far]);
        let DegreeCertifyError::Certify(CertifyError::ScaleOutOfRange { neuron: 1, .. }) = error else {
            panic!("{far}: {error}")
        };
    }
    let off = certify_degrees(&DegreeProblem::new(&network, &spec, whole).unwrap(), &[0.0, 0.0], Refine::No);
    let off = off.unwrap_err();
    assert!(matches!(off, DegreeCertifyError::Certify(CertifyError::NotBalancedEnough { .. })), "{off}");
    assert!(!off.is_bad_request());
    // Around this ring the gain is one.
    let weights = Weights::from_triplets(2, vec![(0, 1, 1.0), (1, 0, 2.0)]).unwrap();
    let free = Network { weights, ..ring([2.0, 0.5]) };
    assert_eq!(attempt(&free, &spec, whole, &[0.0, 0.0]), DegreeCertifyError::Free { neuron: 0 });
}

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

/// `tests/vectors/regenerate-degrees` has Coq compute these integers with `proofs/Definitions/DegreeChecker.v`.
#[test]
fn the_checker_computes_what_coq_computes() {
    for (name, input) in [("mixed", "certificate_p2.csv"), ("world", "degree_certificate_world.safetensors")] {
        let matrix = input.ends_with(".csv");
        let options = ReadOptions::default().with_form(Form::default().with_matrix(matrix));
        // The model's file says its activations; of a matrix only the certificate names the degrees.
        let options = if matrix { options.with_activation(Activation::Relu) } else { options };
        let network = read_network_as(&vector(input), &options).unwrap().network;
        let hash = sha256(&std::fs::read(vector(input)).unwrap());
        let text = std::fs::read_to_string(vector(&format!("degree_certificate_{name}.json"))).unwrap();
        let list = std::fs::read_to_string(vector(&format!("degree_certificate_{name}.txt"))).unwrap();
        let coq: BTreeMap<&str, &str> = list.lines().map(|line| line.split_once(' ').unwrap()).collect();
        assert_eq!(coq.len(), 8, "{name}");
        let input = if matrix { unsaid(&network) } else { input_of(&network) };
        let proved = check_degrees_input(text.as_bytes(), &hash, &input).unwrap();
        assert_eq!(coq["check"], "true", "{name}");
        let lower_sum = &proved.lower_cost + &proved.gap;
        for (field, value) in [
            ("upper_cost", &proved.upper_cost),
            ("lower_sum", &lower_sum),
            ("pull_sq", &proved.pull_sq),
            ("least_curvature", &proved.lam),
        ] {
            assert_eq!(value.to_string(), coq[field], "{name}: {field}");
        }
        let claiming = |field: &str, by: i32| {
            let mut value = opened(&text);
            add(&mut value[field], by);
            check_degrees_input(resealed(&value).as_bytes(), &hash, &input)
        };
        for claim in ["check:radius-1", "check:lam+1", "check:vmax-1"] {
            assert_eq!(coq[claim], "false", "{name}: {claim}");
        }
        assert!(matches!(claiming("radius", -1), Err(Refused::Radius { .. })), "{name}");
        assert!(matches!(claiming("lam", 1), Err(Refused::Curvature { .. })), "{name}");
        assert!(matches!(claiming("vmax", -1), Err(Refused::Vmax { .. })), "{name}");
    }
}
