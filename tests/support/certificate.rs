//! Helpers of the certificate tests: forging, and `proofs/Definitions/Checker.v` word for word as a second opinion.

#![allow(dead_code, reason = "every test binary uses its own part of this module")]

use std::collections::BTreeMap;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use serde_json::Value;
use sha2::{Digest, Sha256};
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::certify::certificate::{Certificate, Costs, Refine, certify};
use synbal::cost::CostSpec;
use synbal::network::Network;

/// The sha256 that stands for the input where there is no file.
pub const INPUT: &str = "00";

/// Balances and certifies.
pub fn certified(network: &Network, spec: &CostSpec, scope: Scope) -> Certificate {
    let balanced = Problem::new(network, spec, scope).unwrap().solve(Method::Newton, &Criteria::default()).unwrap();
    certify(&Problem::new(network, spec, scope).unwrap(), &balanced.log_scales, Refine::Yes, Costs::Rounded).unwrap()
}

/// A certificate as JSON, to be changed at will.
pub fn opened(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The text of changed JSON with a new seal, as a forger would write it.
pub fn resealed(value: &Value) -> String {
    let mut text = "{\n".to_owned();
    for (name, field) in value.as_object().unwrap().iter().filter(|(name, _)| *name != "seal") {
        text += &format!("  \"{name}\": {field},\n");
    }
    let seal: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    text + &format!("  \"seal\": \"{seal}\"\n}}\n")
}

pub fn integer(value: &Value) -> BigInt {
    let digits = value.as_str().unwrap().strip_prefix("0x").unwrap();
    BigInt::parse_bytes(digits.as_bytes(), 16).unwrap()
}

pub fn hexadecimal(x: &BigInt) -> Value {
    Value::from(format!("{x:#x}"))
}

/// A synapse of `Checker.v`.
#[derive(Clone)]
struct Edge {
    target: usize,
    source: usize,
    lo: BigInt,
    width: BigInt,
    deficit: BigInt,
}

/// `check_gap` and `check_radius` of `proofs/Definitions/Checker.v`, for the synapses of a network that the certificate keeps.
/// Every number is as exact as there; nothing is looked up in the checker under test.
pub fn coq_opinion(certificate: &Value, network: &Network) -> (bool, bool) {
    let list = |name: &str| certificate[name].as_array().unwrap().iter().map(integer).collect::<Vec<_>>();
    let one = |name: &str| integer(&certificate[name]);
    let (scale, ground) = (list("scale"), list("ground"));
    let component: Vec<usize> =
        certificate["component"].as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect();
    let n = scale.len();
    if ground.len() != n || component.len() != n || component.iter().any(|&root| root >= n) {
        return (false, false);
    }
    let mut edges = unscaled(certificate, network);
    edges.retain(|&(i, j), _| certificate["scope"] == "whole" || component[i] == component[j]);
    for deficit in certificate["deficits"].as_array().unwrap() {
        let ends = (deficit[0].as_u64().unwrap() as usize, deficit[1].as_u64().unwrap() as usize);
        let Some(edge) = edges.get_mut(&ends) else { return (false, false) };
        edge.deficit += integer(&deficit[2]);
    }
    if scale.iter().any(|e| e.sign() != Sign::Plus) {
        return (false, false);
    }
    let zero = BigInt::ZERO;
    let rounded: Vec<Edge> = edges
        .values()
        .map(|edge| {
            let (es, et) = (&scale[edge.source], &scale[edge.target]);
            let lo = (&edge.lo * es).div_floor(et);
            let hi = ((&edge.lo + &edge.width) * es).div_ceil(et);
            Edge { width: hi - &lo, lo, ..edge.clone() }
        })
        .collect();

    let mut net = vec![zero.clone(); n];
    let (mut low, mut high) = (net.clone(), net.clone());
    let mut laplacian = net.clone();
    let (mut upper, mut lower) = (zero.clone(), zero.clone());
    let mut flows = true;
    for Edge { target: i, source: j, lo, width, deficit } in rounded {
        let (hi, flow) = (&lo + &width, &lo - &deficit);
        flows &= deficit >= zero && deficit <= lo;
        net[i] += &flow;
        net[j] -= &flow;
        upper += &hi;
        lower += &flow;
        if i != j {
            low[i] += &lo;
            low[j] -= &hi;
            high[i] += &hi;
            high[j] -= &lo;
        }
        let drop = &ground[i] - &ground[j];
        laplacian[i] += &lo * &drop;
        laplacian[j] -= &lo * &drop;
    }
    let gap = flows && net.iter().all(|x| *x == zero) && upper - lower <= one("gap");

    let (lam, vmax, r) = (one("lam"), one("vmax"), one("radius"));
    let neuron = |i: usize| {
        let root = component[i];
        let held = if root == i { ground[i] == zero } else { ground[i] > zero && lam <= laplacian[i] };
        component[root] == root && ground[i] <= vmax && held
    };
    let q = BigInt::from(1) << certificate["radius_unit_bits"].as_u64().unwrap();
    let grad_sq: BigInt =
        low.iter().zip(&high).map(|(low, high)| low.magnitude().max(high.magnitude()).pow(2)).map(BigInt::from).sum();
    let joined = edges.keys().all(|&(i, j)| component[i] == component[j]);
    let positive = lam > zero && vmax > zero && r > zero && (&r << 1) < q;
    let left: BigInt = grad_sq * vmax.pow(2) * q.pow(4) * 4;
    let rest: BigInt = &q - (&r << 1);
    let radius = joined && (0..n).all(neuron) && positive && left < rest.pow(2) * lam.pow(2) * r.pow(2);
    (gap, radius)
}

/// The costs as given: `lo ≤ 2^s w ≤ lo + width` by trying integers against exact powers, with no root function.
fn unscaled(certificate: &Value, network: &Network) -> BTreeMap<(usize, usize), Edge> {
    let number = |value: &Value| value.as_u64().unwrap() as u32;
    let (a, b) = (number(&certificate["p"][0]), number(&certificate["p"][1]));
    let s = i64::from(number(&certificate["cost_unit_bits"]));
    let n = network.weights.neurons();
    let mut found: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    let mut add = |target, source, weight: f64, factor: &(BigUint, i64)| {
        if weight == 0.0 {
            return;
        }
        // The b-th power of the cost in units, as numerator over 2^down.
        let (m, e) = dyadic(weight);
        let exponent = e * i64::from(a) + (factor.1 + s) * i64::from(b);
        let top = (m.pow(a) * factor.0.pow(b)) << exponent.max(0) as u64;
        let down = (-exponent).max(0) as u64;
        // Bisection for the largest integer with lo^b 2^down ≤ top.
        let (mut lo, mut hi) = (BigUint::ZERO, BigUint::from(1_u32) << (top.bits() / u64::from(b) + 1));
        while &lo + 1_u32 < hi {
            let middle: BigUint = (&lo + &hi) >> 1;
            if middle.pow(b) << down <= top { lo = middle } else { hi = middle }
        }
        let width = u32::from(lo.pow(b) << down != top);
        let none = Edge { target, source, lo: BigInt::ZERO, width: BigInt::ZERO, deficit: BigInt::ZERO };
        let edge = found.entry((target, source)).or_insert(none);
        edge.lo += BigInt::from(lo);
        edge.width += width;
    };
    let plain = (BigUint::from(1_u32), 0);
    let spelled = |value: &Value| (integer(&value[0]).magnitude().clone(), value[1].as_i64().unwrap());
    for (i, j, &weight) in network.weights.triplets() {
        // Without factors, all are 1; those that are 0 leave no synapse.
        let factor = certificate["alpha"].as_array().map_or(plain.clone(), |alpha| spelled(&alpha[j]));
        if factor.0.bits() > 0 {
            add(i, j, weight, &factor);
        }
    }
    if let Some(world) = certificate["world"].as_array() {
        let lambda = spelled(&Value::from(world.clone()));
        for i in 0..n {
            network.w_in.iter().for_each(|w| w.row(i).iter().for_each(|&weight| add(i, n, weight, &plain)));
            network.bias.iter().for_each(|b| add(i, n, b[i], &plain));
            network.w_out.iter().for_each(|w| w.column(i).iter().for_each(|&weight| add(n, i, weight, &lambda)));
        }
    }
    found
}

/// `|x| = m·2^e`, by doubling until it is whole.
fn dyadic(x: f64) -> (BigUint, i64) {
    let (mut x, mut e) = (x.abs(), 0);
    while x.fract() != 0.0 {
        x *= 2.0;
        e -= 1;
    }
    while x >= 2.0_f64.powi(63) {
        x /= 2.0;
        e += 1;
    }
    (BigUint::from(x as u64), e)
}
