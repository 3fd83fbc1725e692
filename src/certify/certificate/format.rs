//! The file of a certificate: JSON, one field a line, integers in hexadecimal, sealed.
//!
//! | field | meaning |
//! |---|---|
//! | `format`, `version` | `"synbal-certificate"`, 1 |
//! | `input_sha256` | of the bytes of the input file |
//! | `p` | `[a, b]`: the exponent a/b |
//! | `scope` | `"whole"`, or `"components"`: synapses inside strong components only |
//! | `alpha` | `[m, e]` for each neuron: synapses from it cost `m·2^e` times as much; left out where all are 1 |
//! | `accumulated` | `[T, [m, e]]`: the costs are those of the noise accumulated over T steps, each weighing `m·2^e` times what the one before does; left out for the costs of the weights themselves |
//! | `world` | null, or `[m, e]`: read-out weights cost `m·2^e` times as much, the world is the last node |
//! | `cost_unit_bits` | s: the integer W is the cost `W/2^s` |
//! | `radius_unit_bits` | k: `Q = 2^k` |
//! | `gap` | total cost − least total cost ≤ gap/2^s |
//! | `lam`, `vmax` | `(L v)_i ≥ lam` at nodes that are no root, `v_i ≤ vmax` |
//! | `radius` | `p|h_i − balanced h_i| ≤ radius/Q` |
//! | `scale` | `E_i`, one for each node: `h_i = ln(E_i)/p` |
//! | `ground` | `v_i`, 0 at roots |
//! | `component` | the root of each node's component; nodes count from 0 |
//! | `deficits` | `[target, source, deficit]` where the circulation is below the rounded-down cost |
//! | `seal` | sha256 of all bytes before the line of the seal |
//!
//! The synapses are not in it: whoever checks takes them from the input.

use crate::sha256::sha256;
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::Certificate;
use crate::balance::Scope;
use crate::scalar::odd_dyadic;

fn hexadecimal(x: &BigUint) -> String {
    format!("{x:#x}")
}

impl Certificate {
    /// The text of the file, for an input with this sha256.
    pub fn to_text(&self, input_sha256: &str) -> String {
        let list = |numbers: &[BigUint]| Value::from(numbers.iter().map(hexadecimal).collect::<Vec<_>>());
        let deficits = self.synapses.iter().filter(|synapse| synapse.deficit.bits() > 0);
        let deficits: Vec<Value> =
            deficits.map(|synapse| json!([synapse.target, synapse.source, hexadecimal(&synapse.deficit)])).collect();
        let scope = match self.scope {
            Scope::Whole => "whole",
            Scope::WithinComponents => "components",
        };
        // An odd number times a power of two; zero has one spelling too.
        let dyadic = |x: f64| if x == 0.0 { (0, 0) } else { odd_dyadic(x) };
        let spelled = |(m, e): (u64, i64)| json!([format!("{m:#x}"), e]);
        let alpha =
            self.alpha().map(|alpha| Value::from(alpha.into_iter().map(dyadic).map(spelled).collect::<Vec<_>>()));
        let world = self.world().map(odd_dyadic).map(spelled);
        let head = [
            ("format", json!("synbal-certificate")),
            ("version", json!(1)),
            ("input_sha256", json!(input_sha256)),
            ("p", json!([self.power.a, self.power.b])),
            ("scope", json!(scope)),
        ];
        let rest = [
            ("world", json!(world)),
            ("cost_unit_bits", json!(self.cost_unit_bits)),
            ("radius_unit_bits", json!(self.radius_unit_bits)),
            ("gap", json!(hexadecimal(&self.gap))),
            ("lam", json!(hexadecimal(&self.lam))),
            ("vmax", json!(hexadecimal(&self.vmax))),
            ("radius", json!(hexadecimal(&self.radius))),
            ("scale", list(&self.scale)),
            ("ground", list(&self.ground)),
            ("component", json!(self.component)),
            ("deficits", json!(deficits)),
        ];
        let mut text = "{\n".to_owned();
        let alpha = alpha.map(|alpha| ("alpha", alpha));
        let accumulated = self.accumulated().map(|(steps, discount)| json!([steps, spelled(odd_dyadic(discount))]));
        let accumulated = accumulated.map(|accumulated| ("accumulated", accumulated));
        for (name, value) in head.into_iter().chain(alpha).chain(accumulated).chain(rest) {
            text += &format!("  \"{name}\": {value},\n");
        }
        sealed(text)
    }
}

/// Closes the text of a certificate with the line of its seal.
pub fn sealed(text: String) -> String {
    let seal = sha256(text.as_bytes());
    text + &format!("  \"seal\": \"{seal}\"\n}}\n")
}
