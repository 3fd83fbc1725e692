//! A square matrix as comma-separated numbers, one row a line.

use super::{ReadError, malformed, square};
use crate::Input;

pub fn read(bytes: &[u8]) -> Result<Input, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("this is not text"))?;
    let (mut values, mut rows, mut columns) = (Vec::new(), 0, 0);
    for (at, line) in text.trim_end().lines().enumerate() {
        let before = values.len();
        for field in line.split(',') {
            let value: f64 = field.trim().parse().map_err(|_| ReadError::Line {
                line: at + 1,
                reason: format!("{:?} is no number", field.chars().take(40).collect::<String>()),
            })?;
            if !value.is_finite() {
                return Err(ReadError::Line { line: at + 1, reason: format!("{value} is not finite") });
            }
            values.push(value);
        }
        let found = values.len() - before;
        if rows > 0 && found != columns {
            return Err(ReadError::Line { line: at + 1, reason: format!("{found} columns, the first has {columns}") });
        }
        (rows, columns) = (rows + 1, found);
    }
    square(rows, columns, &values)
}
