//! Matrix Market files: coordinate and array; real, integer and pattern; general, symmetric and skew-symmetric.

use super::{ReadError, malformed};
use crate::Input;

#[derive(Clone, Copy, PartialEq)]
enum Symmetry {
    General,
    Symmetric,
    Skew,
}

pub fn read(bytes: &[u8]) -> Result<Input, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("this is not text"))?;
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let (_, header) = lines.next().ok_or_else(|| malformed("the file is empty"))?;
    let words: Vec<String> = header.trim_start_matches('%').split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["matrixmarket", "matrix", layout, field, symmetry] = words[..] else {
        return Err(malformed("the first line is no Matrix Market header"));
    };
    let symmetry = match symmetry {
        "general" => Symmetry::General,
        "symmetric" => Symmetry::Symmetric,
        "skew-symmetric" => Symmetry::Skew,
        other => return Err(malformed(format!("the symmetry {other:?} is not that of a real matrix"))),
    };
    let valued = match field {
        "real" | "double" | "integer" => true,
        "pattern" => false,
        other => return Err(malformed(format!("the field {other:?} is not real, integer or pattern"))),
    };
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('%'));
    let (line, sizes) = lines.next().ok_or_else(|| malformed("the line of sizes is missing"))?;
    let sizes = whole_numbers(line, sizes)?;
    match (layout, &sizes[..]) {
        ("coordinate", &[rows, columns, entries]) => coordinate((rows, columns), entries, valued, symmetry, lines),
        ("array", &[rows, columns]) if valued => array((rows, columns), symmetry, lines),
        _ => Err(ReadError::Line { line, reason: "the sizes do not fit the header".to_owned() }),
    }
}

fn neurons((rows, columns): (usize, usize)) -> Result<usize, ReadError> {
    if rows != columns {
        return Err(malformed(format!("the matrix is {rows} x {columns}, but recurrent weights are square")));
    }
    Ok(rows)
}

fn coordinate<'a>(
    shape: (usize, usize),
    entries: usize,
    valued: bool,
    symmetry: Symmetry,
    lines: impl Iterator<Item = (usize, &'a str)>,
) -> Result<Input, ReadError> {
    let mut input = Input { neurons: neurons(shape)?, ..Input::default() };
    let mut found = 0;
    for (line, text) in lines {
        let fail = |reason: &str| ReadError::Line { line, reason: reason.to_owned() };
        let mut fields = text.split_ascii_whitespace();
        let mut index = || {
            let field = fields.next()?.parse::<usize>().ok()?;
            field.checked_sub(1).filter(|&index| index < input.neurons)
        };
        let (row, column) = index().zip(index()).ok_or_else(|| fail("expected two indices within the matrix"))?;
        let value = if valued { number(line, fields.next())? } else { 1.0 };
        if fields.next().is_some() {
            return Err(fail("more than one entry"));
        }
        found += 1;
        push(&mut input, (row, column), value, symmetry);
    }
    if found != entries {
        return Err(malformed(format!("{entries} entries are announced, {found} are there")));
    }
    Ok(input)
}

fn array<'a>(
    shape: (usize, usize),
    symmetry: Symmetry,
    lines: impl Iterator<Item = (usize, &'a str)>,
) -> Result<Input, ReadError> {
    let mut input = Input { neurons: neurons(shape)?, ..Input::default() };
    let n = input.neurons;
    let first = |column: usize| match symmetry {
        Symmetry::General => 0,
        Symmetry::Symmetric => column,
        Symmetry::Skew => column + 1,
    };
    let places = (0..n).flat_map(|column| (first(column)..n).map(move |row| (row, column)));
    let mut values = lines.flat_map(|(line, text)| text.split_ascii_whitespace().map(move |field| (line, field)));
    for place in places {
        let (line, field) = values.next().ok_or_else(|| malformed("the file ends before the matrix"))?;
        push(&mut input, place, number(line, Some(field))?, symmetry);
    }
    match values.next() {
        None => Ok(input),
        Some((line, _)) => Err(ReadError::Line { line, reason: "the file goes on after the matrix".to_owned() }),
    }
}

fn push(input: &mut Input, (row, column): (usize, usize), value: f64, symmetry: Symmetry) {
    input.recurrent.push((row, column, value));
    if row != column && symmetry != Symmetry::General {
        input.recurrent.push((column, row, if symmetry == Symmetry::Skew { -value } else { value }));
    }
}

fn whole_numbers(line: usize, text: &str) -> Result<Vec<usize>, ReadError> {
    let parsed: Result<Vec<usize>, _> = text.split_ascii_whitespace().map(str::parse).collect();
    parsed.map_err(|_| ReadError::Line { line, reason: "expected whole numbers".to_owned() })
}

fn number(line: usize, field: Option<&str>) -> Result<f64, ReadError> {
    let value = field.and_then(|field| field.parse::<f64>().ok()).filter(|value| value.is_finite());
    value.ok_or_else(|| ReadError::Line { line, reason: "expected a finite number".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, rest: &str) -> String {
        format!("%%MatrixMarket matrix {header}\n{rest}")
    }

    #[test]
    fn every_layout_and_symmetry_is_read() {
        let pairs = "% a remark\n\n2 2 2\n1 2 3\n% another\n2 2 -4e0\n";
        let cases = [
            (file("coordinate real general", pairs), vec![(0, 1, 3.0), (1, 1, -4.0)]),
            (file("coordinate integer symmetric", pairs), vec![(0, 1, 3.0), (1, 0, 3.0), (1, 1, -4.0)]),
            (file("coordinate double skew-symmetric", "2 2 1\n2 1 3"), vec![(1, 0, 3.0), (0, 1, -3.0)]),
            (file("Coordinate PATTERN General", "2 2 1\n2 1"), vec![(1, 0, 1.0)]),
            // Down the columns, several on a line.
            (file("array real general", "2 2\n1 2\n3\n4"), vec![(0, 0, 1.0), (1, 0, 2.0), (0, 1, 3.0), (1, 1, 4.0)]),
            (file("array real symmetric", "2 2\n1\n2\n4"), vec![(0, 0, 1.0), (1, 0, 2.0), (0, 1, 2.0), (1, 1, 4.0)]),
            (file("array real skew-symmetric", "2 2\n2"), vec![(1, 0, 2.0), (0, 1, -2.0)]),
        ];
        for (text, expected) in cases {
            let input = read(text.as_bytes()).unwrap();
            assert_eq!((input.neurons, input.recurrent), (2, expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let general = |rest| file("coordinate real general", rest);
        for (text, said) in [
            (String::new(), "the file is empty"),
            ("%%MatrixMarket matrix array real\n".to_owned(), "the first line is no Matrix Market header"),
            (file("array real hermitian", ""), "the symmetry \"hermitian\" is not that of a real matrix"),
            (file("array complex general", ""), "the field \"complex\" is not real, integer or pattern"),
            (general("% nothing"), "the line of sizes is missing"),
            (general("%\n2 two 1"), "line 3: expected whole numbers"),
            (general("2 2"), "line 2: the sizes do not fit the header"),
            (file("array pattern general", "2 2"), "line 2: the sizes do not fit the header"),
            (general("2 3 0"), "the matrix is 2 x 3, but recurrent weights are square"),
            (file("array real general", "2 3"), "the matrix is 2 x 3, but recurrent weights are square"),
            (general("2 2 1\n%\n3 1 1"), "line 4: expected two indices within the matrix"),
            (general("2 2 1\n1 0 1"), "line 3: expected two indices within the matrix"),
            (general("2 2 1\n1"), "line 3: expected two indices within the matrix"),
            (general("2 2 1\n1 1"), "line 3: expected a finite number"),
            (general("2 2 1\n1 1 inf"), "line 3: expected a finite number"),
            (general("2 2 1\n1 1 1 1"), "line 3: more than one entry"),
            (general("2 2 2\n1 1 1"), "2 entries are announced, 1 are there"),
            (general("2 2 0\n1 1 1"), "0 entries are announced, 1 are there"),
            (file("array real general", "1 1\n"), "the file ends before the matrix"),
            (file("array real general", "1 1\n\n2 3"), "line 4: the file goes on after the matrix"),
            (file("array real general", "1 1\nx"), "line 3: expected a finite number"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), said, "{text}");
        }
    }
}
