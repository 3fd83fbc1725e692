//! Files made of the words that such files are made of, from the fuzzer's bytes: most are whole, some in one place wrong.

use std::fmt::Write;

use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// Mostly small, now and then anything.
fn number(bytes: &mut Unstructured) -> Result<u64> {
    if bytes.ratio(1, 12)? { bytes.arbitrary() } else { bytes.int_in_range(0..=5) }
}

fn weight(bytes: &mut Unstructured) -> Result<String> {
    Ok(match bytes.int_in_range(0..=5)? {
        0 => format!("{:?}", bytes.arbitrary::<f64>()?),
        1 => format!("{:e}", f64::from_bits(bytes.arbitrary()?)),
        2 => (*bytes.choose(&["1e400", "-0", "nan", "inf", "0x1p3", "1.", ".5", "+2", "1d3", ""])?).to_owned(),
        _ => format!("{}", bytes.arbitrary::<i16>()?),
    })
}

pub fn matrix_market(bytes: &mut Unstructured) -> Result<Vec<u8>> {
    let layout = *bytes.choose(&["coordinate", "array", "Coordinate"])?;
    let field = *bytes.choose(&["real", "integer", "pattern", "double", "complex"])?;
    let symmetry = *bytes.choose(&["general", "symmetric", "skew-symmetric", "hermitian"])?;
    let end = *bytes.choose(&["\n", "\n", "\r\n", "\n\n", "\n% remark\n"])?;
    let mut text = format!("%%MatrixMarket matrix {layout} {field} {symmetry}{end}");
    let n = number(bytes)?;
    let columns = if bytes.ratio(1, 12)? { number(bytes)? } else { n };
    let mut entries = Vec::new();
    for _ in 0..bytes.int_in_range(0..=12)? {
        let mut entry = String::new();
        if layout != "array" {
            let index = |bytes: &mut Unstructured| -> Result<u64> {
                if bytes.ratio(1, 12)? { number(bytes) } else { bytes.int_in_range(1..=n.clamp(1, 6)) }
            };
            let _ = write!(entry, "{} {} ", index(bytes)?, index(bytes)?);
        }
        if field != "pattern" || bytes.ratio(1, 12)? {
            entry += &weight(bytes)?;
        }
        entries.push(entry);
    }
    let announced = if bytes.ratio(1, 12)? { number(bytes)? } else { entries.len() as u64 };
    let _ = match layout {
        "array" => write!(text, "{n} {columns}{end}"),
        _ => write!(text, "{n} {columns} {announced}{end}"),
    };
    text += &entries.join(end);
    Ok(text.into_bytes())
}

const TENSORS: [&str; 12] = [
    "w_rec",
    "w_in",
    "w_out",
    "b",
    "x0",
    "tau",
    "weight_hh_l0",
    "weight_ih_l0",
    "bias_hh_l0",
    "fc.weight",
    "0.weight",
    "2.weight",
];
const WIDTHS: [(&str, usize); 9] =
    [("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2), ("I64", 8), ("I32", 4), ("U8", 1), ("BOOL", 1), ("F8_E4M3", 1)];

pub fn safetensors(bytes: &mut Unstructured) -> Result<Vec<u8>> {
    let (mut header, mut data) = (String::from("{"), Vec::new());
    if bytes.ratio(2, 3)? {
        let activation = *bytes.choose(&["relu", "linear", "leaky-relu", "tanh", "relu,linear", "x"])?;
        let _ =
            write!(header, "\"__metadata__\":{{\"activation\":\"{activation}\",\"slope\":\"{}\"}},", weight(bytes)?);
    }
    let n = bytes.int_in_range(1..=4)?;
    for _ in 0..bytes.int_in_range(1..=5)? {
        let name = *bytes.choose(&TENSORS)?;
        let usual = if bytes.ratio(3, 4)? { 2 } else { WIDTHS.len() };
        let (dtype, width) = *bytes.choose(&WIDTHS[..usual])?;
        let shape: Vec<u64> = if bytes.ratio(3, 4)? {
            vec![n; if matches!(name, "b" | "x0" | "tau" | "bias_hh_l0") { 1 } else { 2 }]
        } else {
            (0..bytes.int_in_range(0..=4)?).map(|_| number(bytes)).collect::<Result<_>>()?
        };
        let count = shape.iter().fold(1_u64, |product, &length| product.saturating_mul(length)).min(64) as usize;
        let start = data.len();
        for _ in 0..count {
            if bytes.ratio(1, 24)? {
                data.extend(std::iter::repeat_n(bytes.arbitrary::<u8>()?, width));
            } else {
                let value = f64::from(bytes.arbitrary::<i8>()?) / 16.0;
                match dtype {
                    "F64" => data.extend(value.to_le_bytes()),
                    "F32" => data.extend((value as f32).to_le_bytes()),
                    _ => data.extend(&value.to_le_bytes()[8 - width..]),
                }
            }
        }
        let (start, end) =
            if bytes.ratio(1, 24)? { (number(bytes)?, number(bytes)?) } else { (start as u64, data.len() as u64) };
        let _ = write!(
            header,
            "\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}},"
        );
    }
    header.pop();
    header.push('}');
    let length = if bytes.ratio(1, 24)? { number(bytes)? } else { header.len() as u64 };
    let mut file = length.to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(data);
    Ok(file)
}

const LAYOUT_TENSORS: [&str; 5] = ["cell.U", "cell.V", "cell.c", "read.W", "other"];

/// A model that layout files of these words describe: two populations of 4 and 2 neurons, or one that is flattened.
pub fn model() -> Vec<u8> {
    let shapes: [&[usize]; 5] = [&[4, 4], &[4, 2], &[4], &[2, 4], &[2, 2, 2]];
    let (mut header, mut data) = (String::from("{"), Vec::new());
    for (name, shape) in LAYOUT_TENSORS.iter().zip(shapes) {
        let start = data.len();
        let count: usize = shape.iter().product();
        data.extend((0..count).flat_map(|k| (0.25 * (1.0 + k as f32)).to_le_bytes()));
        let end = data.len();
        let _ =
            write!(header, "\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}},");
    }
    header.pop();
    header.push('}');
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(data);
    file
}

pub fn layout(bytes: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    if bytes.ratio(1, 2)? {
        let activations =
            ["\"relu\"", "\"linear\"", "\"leaky-relu\"", "{ a = \"relu\", b = \"linear\" }", "3", "\"tanh\""];
        let _ = writeln!(text, "activation = {}", bytes.choose(&activations)?);
    }
    if bytes.ratio(1, 3)? {
        let _ = writeln!(text, "untouched = [\"{}\"]", bytes.choose(&LAYOUT_TENSORS)?);
    }
    let axes = [
        "target a",
        "source a",
        "target b",
        "source b",
        "target a, b",
        "source a x 2",
        "target a x 25",
        "source b x 0",
        "outside",
        "neither",
        "layers",
        "source a x 18446744073709551615",
        "target",
        "x",
    ];
    let tables = ["tensors", "initial_states", "initial_activities", "time_constants", "other"];
    for _ in 0..bytes.int_in_range(1..=3)? {
        let _ = writeln!(text, "[{}]", if bytes.ratio(3, 4)? { tables[0] } else { *bytes.choose(&tables)? });
        for _ in 0..bytes.int_in_range(0..=5)? {
            let words: Vec<String> = (0..bytes.int_in_range(0..=3)?)
                .map(|_| Ok(format!("\"{}\"", bytes.choose(&axes)?)))
                .collect::<Result<_>>()?;
            let _ = writeln!(text, "\"{}\" = [{}]", bytes.choose(&LAYOUT_TENSORS)?, words.join(", "));
        }
    }
    Ok(text)
}
