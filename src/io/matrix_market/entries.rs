//! The entries of a coordinate file: read in blocks, parsed in pieces on all processors, added in order.
//!
//! A piece goes down a fast path that knows well-formed entries only. Where it meets anything else, the piece is read
//! again line by line, and that says what is wrong, or takes what is only unusual.

use std::io::Read;

use super::rows::{Entry, Rows, push};
use super::{Field, MatrixMarketError, Rules, Symmetry};
use crate::io::text::{Line, Lines, Words, integer, leading_number, number, unsigned};

/// Bytes of a file that are read at a time.
const BLOCK: usize = 1 << 21;

/// Bytes of a block that are parsed at a time; a shorter block is not worth waking other threads for.
const PIECE: usize = 1 << 18;

/// Reads all entries, and adds them in the order of the file.
pub(super) fn read<R: Read>(lines: &mut Lines<R>, rules: Rules, rows: &mut Rows) -> Result<(), MatrixMarketError> {
    read_in(lines, rules, (BLOCK, PIECE), &mut |entry| push(rows, rules.header.symmetry, entry))
}

/// Whole lines of a file, and what the fast path made of each piece of them.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

#[derive(Debug, Default)]
struct Piece {
    /// Where in the block.
    start: usize,
    end: usize,
    entries: Vec<Entry>,
    /// Number of lines, if all are entries as they should be.
    lines: Option<u64>,
}

/// Reads all entries in blocks of pieces of these sizes.
fn read_in<R: Read>(
    lines: &mut Lines<R>,
    rules: Rules,
    sizes: (usize, usize),
    take: &mut impl FnMut(Entry),
) -> Result<(), MatrixMarketError> {
    let mut place = Place { line: lines.number(), found: 0 };
    read_blocks(lines, rules, sizes, &mut place, take)?;
    rules.all_found(place.found)
}

/// Reads the entries of whole lines that follow a place in a file, and moves the place behind them.
pub(super) fn read_part<R: Read>(
    lines: &mut Lines<R>,
    rules: Rules,
    place: &mut Place,
    take: &mut impl FnMut(Entry),
) -> Result<(), MatrixMarketError> {
    read_blocks(lines, rules, (BLOCK, PIECE), place, take)
}

/// While other threads parse one block, this one adds the entries of the block before and reads the next.
fn read_blocks<R: Read>(
    lines: &mut Lines<R>,
    rules: Rules,
    (block, piece): (usize, usize),
    place: &mut Place,
    take: &mut impl FnMut(Entry),
) -> Result<(), MatrixMarketError> {
    let [mut parsed, mut current, mut next] = [Chunk::default(), Chunk::default(), Chunk::default()];
    let mut more = lines.next_block(&mut current.bytes, block)?;
    while more {
        current.cut(piece);
        let mut read = Ok(false);
        let mut added = Ok(());
        let mut meanwhile = || {
            added = add(&parsed, rules, place, take);
            if added.is_ok() {
                read = lines.next_block(&mut next.bytes, block);
            }
        };
        let (bytes, pieces) = (&current.bytes, &mut current.pieces);
        if let [alone] = pieces.as_mut_slice() {
            meanwhile();
            alone.parse(bytes, rules);
        } else {
            rayon::in_place_scope(|scope| {
                for piece in pieces {
                    scope.spawn(|_| piece.parse(bytes, rules));
                }
                meanwhile();
            });
        }
        added?;
        (parsed, current, next) = (current, next, parsed);
        more = match read {
            Ok(more) => more,
            Err(error) => {
                // What is wrong before the place that could not be read comes first.
                add(&parsed, rules, place, take)?;
                return Err(error.into());
            }
        };
    }
    add(&parsed, rules, place, take)
}

/// Lines and entries so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub line: u64,
    pub found: u64,
}

/// Adds the entries of a block; whatever the fast path did not take is read again.
fn add(block: &Chunk, rules: Rules, place: &mut Place, take: &mut impl FnMut(Entry)) -> Result<(), MatrixMarketError> {
    for piece in &block.pieces {
        let entries = piece.entries.len() as u64;
        match piece.lines {
            Some(lines) if place.found + entries <= rules.declared => {
                piece.entries.iter().copied().for_each(&mut *take);
                place.found += entries;
                place.line += lines;
            }
            _ => {
                let mut lines = Lines::after(&block.bytes[piece.start..piece.end], place.line);
                read_lines(&mut lines, rules, &mut place.found, take)?;
                place.line = lines.number();
            }
        }
    }
    Ok(())
}

impl Chunk {
    /// Cuts the block into pieces of about this size, each of whole lines.
    fn cut(&mut self, size: usize) {
        // The memory for entries is used again.
        let mut old = std::mem::take(&mut self.pieces).into_iter();
        let mut start = 0;
        while start < self.bytes.len() {
            let near = start.saturating_add(size).min(self.bytes.len());
            let end = memchr::memchr(b'\n', &self.bytes[near..]).map_or(self.bytes.len(), |offset| near + offset + 1);
            let mut entries = old.next().map(|piece| piece.entries).unwrap_or_default();
            entries.clear();
            self.pieces.push(Piece { start, end, entries, lines: None });
            start = end;
        }
    }
}

impl Piece {
    fn parse(&mut self, block: &[u8], rules: Rules) {
        let bytes = &block[self.start..self.end];
        // A guess that a file of full precision does not exceed by much; whatever it is, the vector grows.
        self.entries.reserve(bytes.len() / 32);
        self.lines = match rules.header.field {
            Field::Real => parse_plain(bytes, rules, &mut self.entries, leading_number),
            Field::Integer => parse_plain(bytes, rules, &mut self.entries, leading_integer),
            Field::Pattern => parse_plain(bytes, rules, &mut self.entries, |_| Some((1.0, 0))),
        };
    }
}

/// Entries as they should be, one a line, and the number of lines; `None` for anything else.
fn parse_plain(
    mut rest: &[u8],
    rules: Rules,
    entries: &mut Vec<Entry>,
    value: impl Fn(&[u8]) -> Option<(f64, usize)>,
) -> Option<u64> {
    let symmetry = rules.header.symmetry;
    let neurons = rules.neurons;
    while !rest.is_empty() {
        let (row, after) = leading_index(rest, neurons)?;
        let (column, after) = leading_index(after, neurons)?;
        let after = past_blanks(after);
        let (value, length) = value(after)?;
        rest = past_line_feed(&after[length..])?;
        match symmetry {
            Symmetry::Symmetric if column > row => return None,
            Symmetry::SkewSymmetric if column >= row => return None,
            _ => {}
        }
        entries.push((row, column, value));
    }
    Some(entries.len() as u64)
}

/// An index within range, made to count from 0, and what follows it.
#[inline]
fn leading_index(text: &[u8], neurons: u64) -> Option<(u32, &[u8])> {
    /// No number of so many digits wraps around.
    const MOST_DIGITS: usize = 19;
    let text = past_blanks(text);
    let mut index = 0_u64;
    let mut digits = 0;
    while let Some(digit) = text.get(digits).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit <= 9) {
        index = index.wrapping_mul(10).wrapping_add(u64::from(digit));
        digits += 1;
    }
    let after = &text[digits..];
    let ends = after.first().is_none_or(u8::is_ascii_whitespace);
    // Neurons fit into 32 bits.
    (ends && digits <= MOST_DIGITS && index >= 1 && index <= neurons).then(|| (index as u32 - 1, after))
}

fn leading_integer(text: &[u8]) -> Option<(f64, usize)> {
    let length = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    Some((integer(&text[..length]).ok()?, length))
}

#[inline]
fn past_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

/// What follows the line, if nothing but blanks are left of it.
#[inline]
fn past_line_feed(text: &[u8]) -> Option<&[u8]> {
    match past_blanks(text) {
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => Some(rest),
        [] => Some(&[]),
        _ => None,
    }
}

/// Reads entries line by line.
fn read_lines<R: Read>(
    lines: &mut Lines<R>,
    rules: Rules,
    found: &mut u64,
    take: &mut impl FnMut(Entry),
) -> Result<(), MatrixMarketError> {
    let Rules { header, neurons, declared } = rules;
    while let Some(line) = lines.next_filled_line()? {
        if *found == declared {
            return Err(MatrixMarketError::TooManyEntries { line: line.number, declared });
        }
        *found += 1;
        let (row, column, value) = parse_entry(&line, header.field)?;
        if row == 0 || column == 0 {
            return Err(MatrixMarketError::ZeroIndex { line: line.number });
        }
        if row > neurons || column > neurons {
            return Err(MatrixMarketError::IndexOutOfRange { line: line.number, row, column, neurons });
        }
        if header.symmetry != Symmetry::General {
            if column > row {
                return Err(MatrixMarketError::AboveDiagonal { line: line.number, row, column });
            }
            if header.symmetry == Symmetry::SkewSymmetric && row == column {
                if value == 0.0 {
                    continue;
                }
                return Err(MatrixMarketError::OnSkewDiagonal { line: line.number, row });
            }
        }
        // Neurons fit into 32 bits.
        take((row as u32 - 1, column as u32 - 1, value));
    }
    Ok(())
}

#[inline]
fn parse_entry(line: &Line<'_>, field: Field) -> Result<(u64, u64, f64), MatrixMarketError> {
    let mut words = line.words();
    let (Some(row), Some(column)) = (words.next().and_then(unsigned), words.next().and_then(unsigned)) else {
        return Err(bad_entry(line, field));
    };
    let value = match field {
        Field::Pattern => 1.0,
        _ if line.words().nth(2).is_none() => {
            let field = if field == Field::Real { "real" } else { "integer" };
            return Err(MatrixMarketError::NoValue { line: line.number, text: line.quoted(), field });
        }
        _ => parse_value(line, &mut words, field)?,
    };
    match words.next() {
        None => Ok((row, column, value)),
        Some(_) => Err(bad_entry(line, field)),
    }
}

#[inline]
pub(super) fn parse_value(line: &Line<'_>, words: &mut Words<'_>, field: Field) -> Result<f64, MatrixMarketError> {
    let word = words.next().unwrap_or_default();
    let value = if field == Field::Integer { integer(word) } else { number(word) };
    value.map_err(|error| MatrixMarketError::BadNumber { line: line.number, error })
}

#[cold]
fn bad_entry(line: &Line<'_>, field: Field) -> MatrixMarketError {
    if std::str::from_utf8(line.bytes).is_err() {
        return MatrixMarketError::NotUtf8 { line: line.number };
    }
    let expected = match field {
        Field::Pattern => "a row and a column, counted from 1, and nothing else",
        _ => "a row and a column, counted from 1, and one number",
    };
    MatrixMarketError::BadEntry { line: line.number, text: line.quoted(), expected }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::io::matrix_market::{Header, Layout};

    /// Entries and, if the file is refused, the message.
    type Read = (Vec<(u32, u32, u64)>, Option<String>);

    fn collected(read: impl FnOnce(&mut dyn FnMut(Entry)) -> Result<(), MatrixMarketError>) -> Read {
        let mut entries = Vec::new();
        let ended = read(&mut |(i, j, value)| entries.push((i, j, value.to_bits())));
        (entries, ended.err().map(|error| error.to_string()))
    }

    fn in_blocks(text: &[u8], rules: Rules, sizes: (usize, usize)) -> Read {
        collected(|mut take| read_in(&mut Lines::after(text, 2), rules, sizes, &mut take))
    }

    fn line_by_line(text: &[u8], rules: Rules) -> Read {
        collected(|mut take| {
            let mut found = 0;
            read_lines(&mut Lines::after(text, 2), rules, &mut found, &mut take)?;
            if found < rules.declared {
                return Err(MatrixMarketError::TooFewEntries { declared: rules.declared, found });
            }
            Ok(())
        })
    }

    fn rules(field: Field, symmetry: Symmetry, declared: u64) -> Rules {
        Rules { header: Header { layout: Layout::Coordinate, field, symmetry }, neurons: 9, declared }
    }

    /// Mostly entries as they should be, with everything in between that may or may not be one.
    fn lines() -> impl Strategy<Value = String> {
        let index =
            || prop_oneof![30 => (1_u64..10).prop_map(|index| index.to_string()), 1 => "0|10|07|[0-9]{18,21}|x|-1|"];
        let value = prop_oneof![
            10 => any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| format!("{value:?}")),
            10 => (-99_i32..99).prop_map(|value| value.to_string()),
            1 => "|nan|inf|1e999|1e-999|0e-999|\\+\\.5|1\\.|\\.|1e|--1|9007199254740993|\u{fc}"
        ];
        let space = || prop_oneof![20 => Just(" "), 1 => Just("\t"), 1 => Just("  "), 1 => Just("\x0b"), 1 => Just("\x0c"), 1 => Just("")];
        let end = prop_oneof![20 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\n\n"), 1 => Just(" \n"), 1 => Just(" 1\n"), 1 => Just("\r\r\n"), 1 => Just("")];
        (prop_oneof![10 => Just(""), 1 => Just(" ")], index(), space(), index(), space(), value, end)
            .prop_map(|(lead, i, a, j, b, value, end)| format!("{lead}{i}{a}{j}{b}{value}{end}"))
    }

    proptest! {
        // No seeds are kept: the file for them belongs to the tests of whole files.
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn blocks_and_pieces_of_any_size_give_what_single_lines_give(
            lines in proptest::collection::vec(lines(), 0..40),
            field in prop::sample::select(vec![Field::Real, Field::Real, Field::Integer, Field::Pattern]),
            symmetry in prop::sample::select(vec![Symmetry::General, Symmetry::General, Symmetry::Symmetric, Symmetry::SkewSymmetric]),
            off in -1_i64..=1,
            block in 1_usize..300,
            piece in 1_usize..100,
        ) {
            let declared = (lines.len() as i64 + off).max(0) as u64;
            let rules = rules(field, symmetry, declared);
            let text = lines.concat();
            // A file that is refused is refused with the same words; what was read before does not matter then.
            let (expected, refused) = line_by_line(text.as_bytes(), rules);
            let (found, found_refused) = in_blocks(text.as_bytes(), rules, (block, piece));
            prop_assert_eq!(&found_refused, &refused);
            prop_assert_eq!(found, expected);
        }
    }

    /// Without this the test above could pass on files that are all refused, or all read line by line.
    #[test]
    fn the_fast_path_takes_plain_entries_and_no_others() {
        let taken = |field, symmetry, text: &str| {
            let mut piece = Piece { end: text.len(), ..Piece::default() };
            piece.parse(text.as_bytes(), rules(field, symmetry, 0));
            piece.lines
        };
        let real = |text| taken(Field::Real, Symmetry::General, text);
        assert_eq!(real("1 2 0.5\n9 9 -1e-3\r\n3\t4  7 \n1 1 0\n1 1 2"), Some(5));
        assert_eq!(taken(Field::Integer, Symmetry::Symmetric, "2 2 -7\n2 1 8\n"), Some(2));
        assert_eq!(taken(Field::Pattern, Symmetry::Symmetric, "2 2\n2 1"), Some(2));
        assert_eq!(taken(Field::Real, Symmetry::SkewSymmetric, "2 1 1\n"), Some(1));
        for text in [
            "0 1 1\n",
            "10 1 1\n",
            "1 10 1\n",
            "18446744073709551617 1 1\n",
            "1 1 1e400\n",
            "1 1 1e-400\n",
            "1 1\n",
            "1 1 1 1\n",
            "\n",
            "1 1 1x\n",
            "1x 1 1\n",
        ] {
            assert_eq!(real(text), None, "{text}");
        }
        assert_eq!(taken(Field::Integer, Symmetry::General, "1 1 1.5\n"), None);
        assert_eq!(taken(Field::Pattern, Symmetry::General, "1 1 1\n"), None);
        assert_eq!(taken(Field::Real, Symmetry::Symmetric, "1 2 1\n"), None);
        assert_eq!(taken(Field::Real, Symmetry::SkewSymmetric, "1 1 1\n"), None);
    }

    /// Hands out a text and then fails.
    struct Failing<'a>(&'a [u8]);

    impl std::io::Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(std::io::ErrorKind::TimedOut.into()),
                count => Ok(count),
            }
        }
    }

    #[test]
    fn a_read_that_fails_is_reported_after_what_is_wrong_before_it() {
        for (text, expected) in [("1 1 1\n0 1 1\n1 1", "line 4: index 0"), ("1 1 1\n1 2 1\n1 1", "cannot be read")] {
            for sizes in [(1, 1), (7, 3), (BLOCK, PIECE)] {
                let mut lines = Lines::after(Failing(text.as_bytes()), 2);
                let ended = read_in(&mut lines, rules(Field::Real, Symmetry::General, 3), sizes, &mut |_| {});
                let message = ended.unwrap_err().to_string();
                assert!(message.contains(expected), "{message}");
            }
        }
    }
}
