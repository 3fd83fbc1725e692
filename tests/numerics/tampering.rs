//! Forged and damaged certificates are refused; what is accepted is true by a second opinion.

use crate::certificate::{INPUT, certified, coq_opinion, hexadecimal, integer, opened, resealed};
use num_bigint::BigInt;
use rand::Rng;
use serde_json::{Value, json};
use synbal::balance::{Problem, Scope};
use synbal::check::{Proved, Refused, check};
use synbal::cost::CostSpec;
use synbal::network::random::{random_network, stream};
use synbal::network::{Activation, Network, Weights};

/// Two strong components with a synapse from one to the other, self-synapses, both signs.
fn reducible() -> Network {
    let mut random = stream(11, 0);
    let mut triplets: Vec<(usize, usize, f64)> = Vec::new();
    for first in [0, 6] {
        let part = random_network(&mut random, 6, 0.5, 1.0).unwrap();
        triplets.extend(part.triplets().map(|(i, j, &weight)| (first + i, first + j, weight)));
    }
    triplets.push((7, 2, 0.5));
    Network::recurrent(Weights::from_triplets(12, triplets).unwrap(), Activation::Relu)
}

fn spec() -> CostSpec {
    CostSpec::power(2.0)
}

fn honest(network: &Network) -> String {
    certified(network, &spec(), Scope::WithinComponents).to_text(INPUT)
}

fn verdict(text: &str, network: &Network) -> Result<Proved, Refused> {
    check(text.as_bytes(), INPUT, network)
}

/// The verdict on a certificate after a change, sealed again.
fn forged(text: &str, network: &Network, change: impl FnOnce(&mut Value)) -> Result<Proved, Refused> {
    let mut value = opened(text);
    change(&mut value);
    let forged = resealed(&value);
    let verdict = verdict(&forged, network);
    if verdict.is_ok() {
        assert_eq!(coq_opinion(&value, network), (true, true), "accepted, but not proved");
    }
    verdict
}

fn add(value: &mut Value, by: i32) {
    *value = hexadecimal(&(integer(value) + by));
}

#[test]
fn the_forger_s_tools_leave_an_honest_certificate_alone() {
    let network = reducible();
    let text = honest(&network);
    assert!(verdict(&text, &network).is_ok());
    assert_eq!(verdict(&resealed(&opened(&text)), &network), verdict(&text, &network));
}

#[test]
fn every_field_and_every_digit_is_sealed() {
    let network = reducible();
    let text = honest(&network);
    for (name, _) in opened(&text).as_object().unwrap() {
        let start = text.find(&format!("\"{name}\": ")).unwrap() + name.len() + 4;
        let line = start + text[start..].find('\n').unwrap();
        let place = start + text[start..line].find(|c: char| c.is_ascii_alphanumeric()).unwrap();
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verdict(&changed, &network).is_err(), "{name}: {}", &changed[start..line.min(start + 40)]);
    }
    let digits: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_hexdigit()).map(|(k, _)| k).collect();
    let mut random = stream(12, 0);
    for _ in 0..1000 {
        let place = digits[random.random_range(0..digits.len())];
        let mut bytes = text.clone().into_bytes();
        let old = bytes[place];
        while bytes[place] == old {
            bytes[place] = b"0123456789abcdef"[random.random_range(0..16)];
        }
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            verdict(&changed, &network).is_err(),
            "byte {place}, {} for {}",
            bytes_at(&changed, place),
            old as char
        );
    }
    // Nor is there anything free around the content.
    for changed in [format!("{text} "), format!(" {text}"), text.replacen(": ", ":", 1), text.replace("0x", "0X")] {
        assert!(verdict(&changed, &network).is_err());
    }
    for cut in 0..text.len() {
        assert!(verdict(&text[..cut], &network).is_err(), "cut at {cut}");
    }
}

fn bytes_at(text: &str, place: usize) -> char {
    text.as_bytes()[place] as char
}

/// One forgery for each check, resealed: each must be met by that check, so that none can be left out unnoticed.
#[test]
fn every_claim_is_the_sharpest_that_is_proved() {
    let network = reducible();
    let text = honest(&network);
    for by in [-1, 1] {
        let claim = |name: &'static str| forged(&text, &network, |value| add(&mut value[name], by));
        assert!(matches!(claim("gap"), Err(Refused::Gap { .. })));
        assert!(matches!(claim("lam"), Err(Refused::Lam { .. })));
        assert!(matches!(claim("vmax"), Err(Refused::Vmax { .. })));
        match by {
            -1 => assert!(matches!(claim("radius"), Err(Refused::Radius { .. }))),
            _ => assert!(matches!(claim("radius"), Err(Refused::RadiusNotSharp { .. }))),
        }
    }
    let set = |name: &'static str, field: Value| forged(&text, &network, |value| value[name] = field);
    assert!(matches!(set("radius", json!("0x0")), Err(Refused::Radius { .. })));
    assert!(matches!(set("scope", json!("whole")), Err(Refused::OnNoCycle { synapses: 1 })));
    assert!(matches!(set("scope", json!("part")), Err(Refused::Field { what: "scope", .. })));
    for (a, b) in [(2, 2), (0, 1), (65, 1), (1, 3), (4, 2)] {
        assert!(matches!(set("p", json!([a, b])), Err(Refused::Field { what: "p", .. })), "{a}/{b}");
    }
    assert!(set("p", json!([1, 1])).is_err(), "another exponent");
    assert!(matches!(set("world", json!(["0x1", 0])), Err(Refused::WrongLength { .. })));
    for world in [json!(["0x2", 0]), json!(["0x1", 1024]), json!(["0x0", 0]), json!(["0x20000000000001", 0])] {
        assert!(matches!(set("world", world), Err(Refused::Field { what: "world", .. })));
    }
    assert!(matches!(set("format", json!("x")), Err(Refused::Format { .. })));
    assert!(matches!(set("version", json!(2)), Err(Refused::Format { .. })));
    assert!(matches!(set("input_sha256", json!("01")), Err(Refused::OtherInput { .. })));
    for bits in ["cost_unit_bits", "radius_unit_bits"] {
        assert!(matches!(set(bits, json!(u32::MAX)), Err(Refused::Field { .. })), "{bits}");
        for by in [-1, 1] {
            let old = opened(&text)[bits].as_i64().unwrap();
            assert!(set(bits, json!(old + by)).is_err(), "{bits}");
        }
    }
    assert!(matches!(set("extra", json!(1)), Err(Refused::Unreadable { .. })), "unknown fields are no place to hide");
    for name in ["scale", "ground", "component"] {
        let shorter = |value: &mut Value| drop(value[name].as_array_mut().unwrap().pop());
        assert!(matches!(forged(&text, &network, shorter), Err(Refused::WrongLength { .. })), "{name}");
    }
}

#[test]
fn every_neuron_counts() {
    let network = reducible();
    let text = honest(&network);
    let component: Vec<usize> =
        opened(&text)["component"].as_array().unwrap().iter().map(|root| root.as_u64().unwrap() as usize).collect();
    for i in 0..component.len() {
        let zero = forged(&text, &network, |value| value["scale"][i] = json!("0x0"));
        assert_eq!(zero, Err(Refused::ScaleZero { neuron: i }));
        for by in [-1, 1] {
            // One unit may be below the rounding: then nothing changes, and the second opinion agrees.
            let _ = forged(&text, &network, |value| add(&mut value["scale"][i], by));
        }
        let doubled = forged(&text, &network, |value| {
            value["scale"][i] = hexadecimal(&(integer(&value["scale"][i]) * 2));
        });
        assert!(doubled.is_err(), "scale {i}");
        // A root's v must be 0, and any other one decides a (L v), vmax, or both: lam is a minimum, so a larger v of
        // one neuron lowers the others' values.
        let grown = forged(&text, &network, |value| {
            value["ground"][i] = hexadecimal(&(integer(&value["ground"][i]) * 2 + 1));
        });
        assert!(grown.is_err(), "ground {i}");
        let gone = forged(&text, &network, |value| value["ground"][i] = json!("0x0"));
        assert_eq!(gone.is_err(), component[i] != i, "ground {i}");
        if component[i] != i {
            assert_eq!(gone, Err(Refused::Ground { neuron: i }));
        }
        for root in (0..component.len() + 1).filter(|&root| root != component[i]) {
            let moved = forged(&text, &network, |value| value["component"][i] = json!(root));
            assert!(matches!(moved, Err(Refused::Component { .. })), "{i} into {root}: {moved:?}");
        }
    }
    // All of a component under another root, of its own or of the other component.
    let second = if component[0] == 1 { 2 } else { 1 };
    for (from, to) in [(0..6, 7), (0..6, second), (0..12, component[0])] {
        let moved = forged(&text, &network, |value| {
            for i in from.clone() {
                value["component"][i] = json!(to);
            }
        });
        assert!(moved.is_err(), "{from:?} into {to}");
    }
}

#[test]
fn every_deficit_counts() {
    let network = reducible();
    let text = honest(&network);
    let count = opened(&text)["deficits"].as_array().unwrap().len();
    assert!(count > 0, "a certificate without deficits tests nothing here");
    for k in 0..count {
        for by in [-1, 1] {
            let changed = forged(&text, &network, |value| {
                add(&mut value["deficits"][k][2], by);
                // With the gap that belongs to it.
                add(&mut value["gap"], by);
            });
            let refused = matches!(changed, Err(Refused::NotConserved { .. } | Refused::Deficit { .. }));
            assert!(refused, "deficit {k}: {changed:?}");
        }
        let gone = forged(&text, &network, |value| drop(value["deficits"].as_array_mut().unwrap().remove(k)));
        assert!(gone.is_err(), "deficit {k}");
    }
    let listed = |list: Vec<Value>| {
        forged(&text, &network, |value| {
            let deficits = value["deficits"].as_array_mut().unwrap();
            deficits.extend(list);
        })
    };
    let last = opened(&text)["deficits"][count - 1].clone();
    for list in [vec![last], vec![json!([12, 0, "0x1"])], vec![json!([11, 99, "0x1"])], vec![json!([11, 11, "0x0"])]] {
        assert!(matches!(listed(list.clone()), Err(Refused::Deficit { .. })), "{list:?}");
    }
}

/// A flow that is conserved, with a gap to match, but takes more from a self-synapse than it costs: only the bound
/// `deficit ≤ lo` is in the way of a negative flow.
#[test]
fn a_negative_flow_is_no_circulation() {
    let weights = Weights::from_triplets(2, vec![(0, 0, 1.0), (0, 1, 2.0), (1, 0, 2.0)]).unwrap();
    let network = Network::recurrent(weights, Activation::Relu);
    let text = honest(&network);
    let unit = BigInt::from(1) << opened(&text)["cost_unit_bits"].as_u64().unwrap();
    let lowered = |by: BigInt| {
        forged(&text, &network, |value| {
            assert_eq!(value["deficits"], json!([]), "the deficits of a symmetric network");
            value["deficits"] = json!([[0, 0, hexadecimal(&by)]]);
            value["gap"] = hexadecimal(&(integer(&value["gap"]) + &by));
        })
    };
    assert!(lowered(unit.clone()).is_ok(), "a larger gap, but proved");
    assert_eq!(lowered(BigInt::ZERO), Err(Refused::Deficit { target: 0, source_index: 0 }), "nothing to say");
    assert_eq!(lowered(unit + 1), Err(Refused::Deficit { target: 0, source_index: 0 }));
}

/// Whoever changes the log-scales and computes all else anew, honestly, needs a larger radius; whoever keeps the old
/// radius then is met by the inequality alone.
#[test]
fn the_inequality_alone_stands_against_a_radius_too_small() {
    use synbal::certify::certificate::{Costs, Refine, certify};
    let network = reducible();
    let small = opened(&honest(&network))["radius"].clone();
    let mut h = synbal::balance::Problem::new(&network, &spec(), Scope::WithinComponents)
        .unwrap()
        .solve(synbal::balance::Method::Newton, &synbal::balance::Criteria::default())
        .unwrap()
        .log_scales;
    h[3] += 1e-9;
    let rough =
        certify(&Problem::new(&network, &spec(), Scope::WithinComponents).unwrap(), &h, Refine::No, Costs::Rounded)
            .unwrap();
    let rough = rough.to_text(INPUT);
    assert!(verdict(&rough, &network).is_ok());
    let claimed = forged(&rough, &network, |value| value["radius"] = small.clone());
    assert_eq!(claimed, Err(Refused::Radius { claimed: integer(&small).magnitude().clone() }));
}

#[test]
fn any_other_weight_is_another_input() {
    let network = reducible();
    let text = honest(&network);
    let mut accepted = 0;
    for k in 0..network.weights.synapses() {
        let change = |by: fn(f64) -> f64| {
            let mut values = network.weights.values().to_vec();
            values[k] = by(values[k]);
            Network { weights: network.weights.with_values(values), ..network.clone() }
        };
        // What the file's sha256 is there for: only the bytes of the input changed.
        assert!(matches!(check(text.as_bytes(), "01", &network), Err(Refused::OtherInput { .. })));
        // With the hash forged as well, the integers decide; `forged` asks for the second opinion.
        for (by, must_fail) in
            [((|x| f64::from_bits(x.to_bits() ^ 1)) as fn(f64) -> f64, false), (|x| x * 1.001, true), (|x| -x, false)]
        {
            let other = change(by);
            let verdict = forged(&text, &other, |_| ());
            accepted += u32::from(verdict.is_ok());
            let (i, j, _) = network.weights.triplets().nth(k).unwrap();
            let between = opened(&text)["component"][i] != opened(&text)["component"][j];
            // A self-synapse is in the total and in the gap's both sides alike; between components, in nothing.
            assert!(verdict.is_err() || !must_fail || i == j || between, "synapse {k} from {j} to {i}");
        }
    }
    // Signs have no cost; nor does the synapse between the components: the changed networks have the same proof.
    assert!(accepted as usize > network.weights.synapses());
}

#[test]
fn no_bytes_make_the_checker_panic() {
    let network = reducible();
    let text = honest(&network);
    let mut random = stream(13, 0);
    for bytes in [&b""[..], b"{}", b"null", b"[", &[0xff; 64]] {
        assert!(matches!(check(bytes, INPUT, &network), Err(Refused::Unreadable { .. })));
    }
    for _ in 0..2000 {
        // Random values, sealed again: whatever is accepted is proved.
        let fields = ["gap", "lam", "vmax", "radius", "cost_unit_bits", "radius_unit_bits", "p", "world", "deficits"];
        let values = [
            json!("0x0"),
            json!("0x1"),
            json!("0xffffffffffffffffffffffffffff"),
            json!(0),
            json!(131072),
            json!([]),
            json!([1, 16]),
            json!(["0x1", -1074]),
            json!([[0, 0, "0x1"], [0, 18446744073709551615_u64, "0x1"]]),
            json!("0x"),
            json!("1"),
            json!(null),
        ];
        let _ = forged(&text, &network, |value| {
            for _ in 0..random.random_range(1..3) {
                let (field, index) = (fields[random.random_range(0..fields.len())], random.random_range(0..12));
                match random.random_range(0..4) {
                    0 => value["scale"][index] = values[random.random_range(0..3)].clone(),
                    1 => value["ground"][index] = values[random.random_range(0..3)].clone(),
                    _ => value[field] = values[random.random_range(0..values.len())].clone(),
                }
            }
        });
    }
}

/// Four synapses with p = 63/16 and 131,072 bits of unit once took three seconds to check; a network of some thousand would
/// have taken half an hour. How long a check takes is known from sizes alone, before anything is multiplied.
#[test]
fn a_certificate_that_would_take_long_to_check_is_refused_at_once() {
    let weights = vec![(0, 1, 1.1), (1, 0, 0.7), (1, 2, 1.3), (2, 1, 0.9)];
    let network = Network::recurrent(Weights::from_triplets(3, weights).unwrap(), Activation::Linear);
    let mut value = opened(&certified(&network, &CostSpec::power(63.0 / 16.0), Scope::Whole).to_text(INPUT));
    let refused = |value: &Value| check(resealed(value).as_bytes(), INPUT, &network).unwrap_err();
    value["cost_unit_bits"] = json!(131_072);
    assert!(matches!(refused(&value), Refused::TooMuchWork { .. }), "{}", refused(&value));
    // The same by scales and ground states of a million digits.
    for field in ["scale", "ground"] {
        let mut value = opened(&certified(&network, &CostSpec::power(2.0), Scope::Whole).to_text(INPUT));
        for number in value[field].as_array_mut().unwrap().iter_mut().filter(|number| **number != "0x0") {
            *number = json!(format!("0x{}", "f".repeat(1_000_000)));
        }
        assert!(matches!(refused(&value), Refused::TooMuchWork { .. }), "{field}");
    }
}

#[test]
fn a_refusal_prints_no_integer_and_no_text_of_a_million_digits() {
    let weights = vec![(0, 1, 1.1), (1, 0, 0.7)];
    let network = Network::recurrent(Weights::from_triplets(2, weights).unwrap(), Activation::Linear);
    let given = opened(&certified(&network, &CostSpec::power(2.0), Scope::Whole).to_text(INPUT));
    let long = format!("0x{}", "f".repeat(1_000_000));
    for field in ["gap", "lam", "vmax", "radius", "scope", "input_sha256", "format", "p"] {
        let mut value = given.clone();
        value[field] = json!(long);
        let said = check(resealed(&value).as_bytes(), INPUT, &network).unwrap_err().to_string();
        assert!(said.len() < 600, "{field}: {} bytes", said.len());
    }
}
