//! Whole networks with the tensors `w_rec`, `w_in`, `w_out` and `b`, dense, in F64, F32, BF16 or F16.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ReadError, malformed, square};
use crate::Input;

/// Tensors that rescaling follows but that cost nothing.
const WITHOUT_COST: [&str; 2] = ["x0", "tau"];

pub fn read(bytes: &[u8]) -> Result<Input, ReadError> {
    let cut_off = || malformed("the file is cut off");
    let length = bytes.first_chunk::<8>().ok_or_else(cut_off)?;
    let end = usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|length| length.checked_add(8));
    let end = end.filter(|&end| end <= bytes.len()).ok_or_else(cut_off)?;
    let header: BTreeMap<String, Value> = serde_json::from_slice(&bytes[8..end])
        .map_err(|reason| malformed(format!("the header is no JSON: {reason}")))?;
    let mut tensors = BTreeMap::new();
    for (name, entry) in header.iter().filter(|(name, _)| name.as_str() != "__metadata__") {
        if !["w_rec", "w_in", "w_out", "b"].contains(&name.as_str()) {
            if WITHOUT_COST.contains(&name.as_str()) {
                continue;
            }
            return Err(ReadError::UnknownLayout { reason: format!("it has a tensor {name:?}") });
        }
        tensors.insert(name.as_str(), tensor(name, entry, &bytes[end..])?);
    }
    let shape = |name: &str, expected: &dyn Fn(&[usize]) -> bool| match tensors.get(name) {
        Some((shape, _)) if !expected(shape) => Err(malformed(format!("{name} has the shape {shape:?}"))),
        other => Ok(other),
    };
    let Some((recurrent, values)) = shape("w_rec", &|shape| shape.len() == 2)? else {
        return Err(ReadError::UnknownLayout { reason: "it has no tensor \"w_rec\"".to_owned() });
    };
    let mut input = square(recurrent[0], recurrent[1], values)?;
    let n = input.neurons;
    input.degrees = super::activation::degrees(header.get("__metadata__"), n)?;
    let w_in = shape("w_in", &|shape| shape.len() == 2 && shape[0] == n)?;
    let bias = shape("b", &|shape| shape == [n])?;
    if w_in.is_some() || bias.is_some() {
        let columns = w_in.map_or(1, |(shape, _)| shape[1].max(1));
        let inputs = w_in.iter().flat_map(|(_, values)| values.iter().enumerate()).map(|(at, &w)| (at / columns, w));
        let biases = bias.iter().flat_map(|(_, values)| values.iter().copied().enumerate());
        input.from_world = Some(inputs.chain(biases).collect());
    }
    if let Some((_, values)) = shape("w_out", &|shape| shape.len() == 2 && shape[1] == n)? {
        input.to_world = Some(values.iter().enumerate().map(|(at, &weight)| (at % n, weight)).collect());
    }
    Ok(input)
}

/// Shape and numbers of one tensor.
fn tensor(name: &str, entry: &Value, data: &[u8]) -> Result<(Vec<usize>, Vec<f64>), ReadError> {
    let bad = |what: &str| malformed(format!("{name}: {what}"));
    let whole = |value: &Value| value.as_u64().and_then(|value| usize::try_from(value).ok());
    let list = |key: &str| -> Option<Vec<usize>> { entry.get(key)?.as_array()?.iter().map(whole).collect() };
    let shape = list("shape").ok_or_else(|| bad("it has no shape"))?;
    let Some([start, end]) = list("data_offsets")
        .as_deref()
        .map(|offsets| offsets.to_vec())
        .as_deref()
        .and_then(|o| <[usize; 2]>::try_from(o).ok())
    else {
        return Err(bad("it has no place in the file"));
    };
    let bytes = data.get(start..end).ok_or_else(|| bad("it ends after the file"))?;
    let (size, number): (usize, fn(&[u8]) -> f64) = match entry.get("dtype").and_then(Value::as_str) {
        Some("F64") => (8, |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])),
        Some("F32") => (4, |b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
        // The upper half of an F32.
        Some("BF16") => (2, |b| f64::from(f32::from_le_bytes([0, 0, b[0], b[1]]))),
        Some("F16") => (2, |b| half(u16::from_le_bytes([b[0], b[1]]))),
        _ => {
            return Err(ReadError::UnknownLayout {
                reason: format!("{name} has a dtype that is not F64, F32, BF16 or F16"),
            });
        }
    };
    let count = shape.iter().try_fold(1_usize, |count, &side| count.checked_mul(side));
    if count.and_then(|count| count.checked_mul(size)) != Some(bytes.len()) {
        return Err(bad("its shape does not fit its bytes"));
    }
    let values: Vec<f64> = bytes.chunks_exact(size).map(number).collect();
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(bad(&format!("a number is {value}"))),
        None => Ok((shape, values)),
    }
}

/// A number of half precision: sign, five bits of exponent, ten of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of tensors, each with its dtype, its shape and its bytes.
    fn file(tensors: &[(&str, &str, &[usize], Vec<u8>)]) -> Vec<u8> {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        header.insert("__metadata__".to_owned(), serde_json::json!({"activation": "relu"}));
        for (name, dtype, shape, bytes) in tensors {
            let offsets = [data.len(), data.len() + bytes.len()];
            let entry = serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": offsets});
            header.insert((*name).to_owned(), entry);
            data.extend(bytes);
        }
        with_header(&Value::Object(header).to_string(), &data)
    }

    fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
    }

    fn doubles(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn recurrent() -> (&'static str, &'static str, &'static [usize], Vec<u8>) {
        ("w_rec", "F64", &[2, 2], doubles(&[0.0, 2.0, 3.0, 0.0]))
    }

    #[test]
    fn what_comes_in_and_is_read_out_belongs_to_its_neuron() {
        let alone = read(&file(&[recurrent(), ("tau", "I64", &[2], vec![0; 16])])).unwrap();
        let expected = vec![(0, 1, 2.0), (1, 0, 3.0)];
        let degrees = Some(vec![1.0, 1.0]);
        assert_eq!(
            alone,
            Input { neurons: 2, degrees: degrees.clone(), recurrent: expected.clone(), ..Input::default() }
        );
        let single: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let upper: Vec<u8> = [7.0_f32, 8.0].iter().flat_map(|x| x.to_le_bytes()[2..].to_vec()).collect();
        let w_out = doubles(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let whole = read(&file(&[
            recurrent(),
            ("w_in", "F32", &[2, 3], single),
            ("b", "BF16", &[2], upper),
            ("w_out", "F64", &[3, 2], w_out),
        ]));
        let expected = Input {
            neurons: 2,
            degrees,
            recurrent: expected,
            from_world: Some(vec![(0, 1.0), (0, 2.0), (0, 3.0), (1, 4.0), (1, 5.0), (1, 6.0), (0, 7.0), (1, 8.0)]),
            to_world: Some(vec![(0, 1.0), (1, 2.0), (0, 3.0), (1, 4.0), (0, 5.0), (1, 6.0)]),
        };
        assert_eq!(whole.unwrap(), expected);
        let bias = read(&file(&[recurrent(), ("b", "F16", &[2], vec![0x00, 0x3c, 0x00, 0xc0])])).unwrap();
        assert_eq!((bias.from_world, bias.to_world), (Some(vec![(0, 1.0), (1, -2.0)]), None));
        // No input at all is an input of nothing.
        let none = read(&file(&[recurrent(), ("w_in", "F64", &[2, 0], Vec::new())])).unwrap();
        assert_eq!(none.from_world, Some(Vec::new()));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let two = || doubles(&[1.0, 2.0]);
        for (tensors, said) in [
            (vec![("w_rec", "F64", &[1, 2][..], two())], "the matrix is 1 x 2, but recurrent weights are square"),
            (vec![("w_rec", "F64", &[2][..], two())], "w_rec has the shape [2]"),
            (vec![recurrent(), ("w_in", "F64", &[1, 2], two())], "w_in has the shape [1, 2]"),
            (vec![recurrent(), ("w_in", "F64", &[2], two())], "w_in has the shape [2]"),
            (vec![recurrent(), ("b", "F64", &[1, 2], two())], "b has the shape [1, 2]"),
            (vec![recurrent(), ("w_out", "F64", &[2, 1], two())], "w_out has the shape [2, 1]"),
            (vec![recurrent(), ("w_out", "F64", &[2], two())], "w_out has the shape [2]"),
            (vec![recurrent(), ("b", "F64", &[3], two())], "b: its shape does not fit its bytes"),
            (vec![recurrent(), ("b", "F64", &[usize::MAX, 4], two())], "b: its shape does not fit its bytes"),
            (vec![recurrent(), ("b", "F64", &[2], doubles(&[1.0, f64::NAN]))], "b: a number is NaN"),
        ] {
            let error = read(&file(&tensors)).unwrap_err();
            assert!(!error.is_unknown());
            assert_eq!(error.to_string(), said);
        }
        for (tensors, said) in [
            (vec![recurrent(), ("b", "I8", &[2], vec![1, 2])], "b has a dtype that is not F64, F32, BF16 or F16"),
            (vec![recurrent(), ("gate", "F64", &[2], two())], "it has a tensor \"gate\""),
            (vec![("b", "F64", &[2][..], two())], "it has no tensor \"w_rec\""),
        ] {
            let error = read(&file(&tensors)).unwrap_err();
            assert!(error.is_unknown());
            assert_eq!(error.to_string(), format!("the checker does not know this layout: {said}"));
        }
        let whole = file(&[recurrent()]);
        let entry = |rest: &str| with_header(&format!(r#"{{"w_rec": {{"dtype": "F64"{rest}}}}}"#), &doubles(&[1.0]));
        assert!(read(&entry(r#", "shape": [1, 1], "data_offsets": [0, 8]"#)).is_ok());
        for (bytes, said) in [
            (whole[..7].to_vec(), "the file is cut off"),
            (whole[..30].to_vec(), "the file is cut off"),
            (u64::MAX.to_le_bytes().to_vec(), "the file is cut off"),
            (whole[..whole.len() - 1].to_vec(), "w_rec: it ends after the file"),
            (entry(r#", "data_offsets": [0, 8]"#), "w_rec: it has no shape"),
            (entry(r#", "shape": [1, -1], "data_offsets": [0, 8]"#), "w_rec: it has no shape"),
            (entry(r#", "shape": [1, 1]"#), "w_rec: it has no place in the file"),
            (entry(r#", "shape": [1, 1], "data_offsets": [0, 8, 8]"#), "w_rec: it has no place in the file"),
            (entry(r#", "shape": [1, 1], "data_offsets": [8, 0]"#), "w_rec: it ends after the file"),
        ] {
            assert_eq!(read(&bytes).unwrap_err().to_string(), said);
        }
        let no_json = read(&with_header("{", b"")).unwrap_err().to_string();
        assert!(no_json.starts_with("the header is no JSON: "), "{no_json}");
    }

    #[test]
    fn half_precision_is_what_ieee_754_says() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2.0_f64.powi(-24)), (0x3555, 0.333251953125)]
        {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
    }
}
