use num_bigint::{BigInt, BigUint};
use sha2::{Digest, Sha256};

use super::*;

fn said<T: std::fmt::Debug>(refused: Result<T, Refused>) -> String {
    refused.unwrap_err().to_string()
}

#[test]
fn messages_are_short_whatever_the_certificate_holds() {
    let reason = |reason: String| Refused::Unreadable { reason }.to_string();
    let around = |text: &str| format!("this is no certificate: {text}; write one with `synbal certify`");
    assert_eq!(reason(String::new()), around(""));
    let (whole, long) = ("ä".repeat(200), "ä".repeat(201));
    assert_eq!(reason(whole.clone()), around(&whole));
    assert_eq!(reason(long), around(&format!("{whole}...")));
    let radius = |claimed| Refused::Radius { claimed }.to_string();
    let around = |text: &str| format!("the radius {text} is not proved: the gradient is too large for the curvature");
    assert_eq!(radius(BigUint::from(123_u32)), around("123"));
    let full: BigUint = (BigUint::from(1_u32) << 256_u32) - 1_u32;
    assert_eq!(radius(full.clone()), around(&full.to_string()));
    assert_eq!(radius(full.clone() + 1_u32), around("0x8000000000000000... (257 bits)"));
    assert_eq!(Cut(&-BigInt::from(full.clone() << 44_u32)).to_string(), "-0xffffffffffffffff... (300 bits)");
    assert_eq!(Cut(&BigInt::from(-5)).to_string(), "-5");
    assert_eq!(Cut(&BigInt::from(0)).to_string(), "0");
}

#[test]
fn exponents_and_units_are_those_that_are_computed_exactly() {
    for (a, b) in [(1, 1), (2, 1), (64, 1), (1, 2), (3, 2), (5, 4), (7, 8), (1, 16), (63, 16)] {
        assert!(check_exponent((a, b)).is_ok(), "{a}/{b}");
    }
    for (a, b) in [(0, 1), (65, 1), (65, 2), (2, 2), (2, 4), (64, 16), (1, 0), (1, 3), (1, 32), (1, 15)] {
        let expected = "a/b in lowest terms with a from 1 to 64 and b one of 1, 2, 4, 8, 16";
        assert_eq!(said(check_exponent((a, b))), format!("p is \"{a}/{b}\", but expected {expected}"));
    }
    assert!(check_unit("cost_unit_bits", 0).is_ok() && check_unit("cost_unit_bits", 1 << 17).is_ok());
    assert_eq!(
        said(check_unit("scale_unit_bits", 131_073)),
        "scale_unit_bits is \"131073\", but expected at most 131072"
    );
    assert!(check_radius_unit(0).is_ok() && check_radius_unit(1 << 12).is_ok());
    assert_eq!(said(check_radius_unit(4097)), "radius_unit_bits is \"4097\", but expected at most 4096");
}

#[test]
fn every_number_has_one_spelling() {
    for (text, value) in [("0x0", 0_u32), ("0x1f", 31), ("0x90af", 0x90af)] {
        assert_eq!(hexadecimal("lam", text).unwrap(), BigUint::from(value));
    }
    for text in [
        "", "0", "1f", "0x", "0x00", "0x01", "0X1", "0x1F", "0x1g", "0x-1", "0x+1", "0x1_0", " 0x1", "0x:", "0x/",
        "0x`",
    ] {
        let expected = "a hexadecimal integer such as 0x1f, lower case, without leading zeros";
        assert_eq!(said(hexadecimal("lam", text)), format!("lam is {text:?}, but expected {expected}"));
        assert!(numbers("scale", &["0x1".to_owned(), text.to_owned()]).is_err());
    }
    // Of a long one the beginning is shown.
    let long = format!("0x{}g", "1".repeat(50));
    assert!(said(hexadecimal("lam", &long)).starts_with(&format!("lam is {:?}, but", &long[..40])));
    let both = ["0x2", "0xa"].map(str::to_owned);
    assert_eq!(numbers("scale", &both).unwrap(), [2_u32, 10].map(BigUint::from));
}

#[test]
fn factors_are_f64_in_lowest_terms() {
    let largest = "0x1fffffffffffff";
    for (mantissa, exponent, value) in [("0x1", -1074, 1), ("0x1", 1023, 1), ("0x3", 0, 3), (largest, 0, (1 << 53) - 1)]
    {
        assert_eq!(dyadic("world", mantissa, exponent).unwrap(), (value, exponent));
    }
    for (mantissa, exponent) in
        [("0x0", 0), ("0x2", 0), ("0x20000000000001", 0), ("0x1", -1075), ("0x1", 1024), ("0x10000000000000001", 0)]
    {
        let expected = "[odd integer below 2^53, exponent from -1074 to 1023], a finite f64 greater than 0";
        let refused = said(dyadic("world", mantissa, exponent));
        assert_eq!(refused, format!("world is \"{mantissa}, {exponent}\", but expected {expected}"));
    }
    let factor = |mantissa: &str, exponent| (mantissa.to_owned(), exponent);
    assert_eq!(factors(vec![factor("0x0", 0), factor("0x3", -1)]).unwrap(), [(0, 0), (3, -1)]);
    assert!(factors(vec![factor("0x0", 1)]).is_err());
}

#[test]
fn the_seal_is_the_sha256_of_everything_before_it() {
    let hash = |text: &str| -> String { Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect() };
    let (text, end) = ("{\n  \"p\": 1,\n", |seal: &str| format!("  \"seal\": \"{seal}\"\n}}\n"));
    let file = |text: &str, seal: &str| format!("{text}{}", end(seal)).into_bytes();
    let seal = hash(text);
    assert!(check_seal(&file(text, &seal), seal.clone()).is_ok());
    let changed = "{\n  \"p\": 2,\n";
    let expected = format!(
        "the seal is broken: the file was changed after it was written (sha256 {}, sealed as {seal})",
        hash(changed)
    );
    assert_eq!(said(check_seal(&file(changed, &seal), seal.clone())), expected);
    let without = [file(text, &seal), b" ".to_vec()].concat();
    let expected = "this is no certificate: it does not end in the line of its seal; write one with `synbal certify`";
    assert_eq!(said(check_seal(&without, seal)), expected);
}
