//! A square matrix as comma-separated numbers, one row a line.

use super::{ReadError, malformed, square};
use crate::Input;

pub fn read(bytes: &[u8]) -> Result<Input, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("this is not text"))?;
    if text.split([',', '\n']).next().is_some_and(|field| field.trim().parse::<f64>().is_err()) {
        let first = text.split([',', '\n', ';', '\t', ' ']).next().unwrap_or_default();
        let reason = match first.parse::<f64>() {
            Ok(_) => "the numbers of its first line are not separated by commas",
            Err(_) => "the table does not begin with a number",
        };
        return Err(ReadError::UnknownLayout { reason: reason.to_owned() });
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines_and_zeros_are_left_out() {
        for text in ["0.5, 2\n-1,0\n", "\u{feff}0.5,2\r\n-1,0", "0.5,2\n-1,0\n\n"] {
            let input = read(text.as_bytes()).unwrap();
            assert_eq!((input.neurons, input.recurrent), (2, vec![(0, 0, 0.5), (0, 1, 2.0), (1, 0, -1.0)]), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let long = "x".repeat(41);
        let no_commas = "the numbers of its first line are not separated by commas";
        let no_number = "the table does not begin with a number";
        for (text, said) in [
            (",a,b\na,0,1\nb,1,0", no_number),
            ("\"a\",\"b\"\n\"a\",0,1", no_number),
            ("0;1\n1;0", no_commas),
            ("0\t1\n1\t0", no_commas),
            ("0.5 1\n1 0", no_commas),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.is_unknown(), "{text:?}");
            assert_eq!(error.to_string(), format!("the checker does not know this layout: {said}"), "{text:?}");
        }
        for (text, said) in [
            ("1,2\n3,four", "line 2: \"four\" is no number"),
            ("1,\n3,4", "line 1: \"\" is no number"),
            (&format!("1,{long}"), &*format!("line 1: {:?} is no number", &long[..40])),
            ("1,2\n3,-inf", "line 2: -inf is not finite"),
            ("NaN", "line 1: NaN is not finite"),
            ("1,2\n3,4\n5", "line 3: 1 columns, the first has 2"),
            ("1,2,3\n3,4,5", "the matrix is 2 x 3, but recurrent weights are square"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), said, "{text:?}");
        }
        assert_eq!(read(b"\xff").unwrap_err().to_string(), "this is not text");
    }
}
