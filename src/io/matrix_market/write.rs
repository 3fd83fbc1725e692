//! The writer: numbers become text on the other processors while this one writes those before, in order.

use std::io::{self, Write};
use std::ops::Range;

use crate::network::Weights;
use crate::parallel::each;

/// Synapses that are formatted at a time.
const PIECE: usize = 1 << 14;

/// Pieces that are held at a time.
const PIECES: usize = 8;

/// Writes recurrent weights as `coordinate real general`, each number as short as reads back to the same bits.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(weights: &Weights, writer: &mut impl Write) -> io::Result<()> {
    let (neurons, synapses) = (weights.neurons(), weights.synapses());
    writer.write_all(head(neurons, synapses).as_bytes())?;
    let format = |(start, text): (usize, &mut Vec<u8>)| {
        text.clear();
        format_entries(weights, start..(start + PIECE).min(synapses), text);
    };
    let mut starts = (0..synapses).step_by(PIECE);
    if starts.len() <= 1 {
        let mut text = Vec::new();
        starts.for_each(|start| format((start, &mut text)));
        return writer.write_all(&text);
    }
    let [mut ready, mut next]: [Vec<Vec<u8>>; 2] = Default::default();
    loop {
        let coming: Vec<usize> = starts.by_ref().take(PIECES).collect();
        next.resize_with(coming.len(), Vec::new);
        let mut written = Ok(());
        rayon::in_place_scope(|scope| {
            for work in coming.iter().copied().zip(&mut next) {
                scope.spawn(move |_| format(work));
            }
            written = ready.iter().try_for_each(|text| writer.write_all(text));
        });
        written?;
        if coming.is_empty() {
            return Ok(());
        }
        (ready, next) = (next, ready);
    }
}

/// What comes before the entries.
pub(in crate::io) fn head(neurons: usize, synapses: usize) -> String {
    format!(
        "%%MatrixMarket matrix coordinate real general\n% written by synbal {}; row = target, column = source\n{neurons} {neurons} {synapses}\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The entries of weights that may be those of some rows only, in pieces.
pub(in crate::io) fn format_part(weights: &Weights) -> Vec<Vec<u8>> {
    let synapses = weights.synapses();
    each((0..synapses).step_by(PIECE), |start| {
        let mut text = Vec::new();
        format_entries(weights, start..(start + PIECE).min(synapses), &mut text);
        text
    })
}

/// Synapses of these numbers, one a line.
fn format_entries(weights: &Weights, numbers: Range<usize>, text: &mut Vec<u8>) {
    let pattern = weights.pattern();
    let (mut index, mut number) = (itoa::Buffer::new(), zmij::Buffer::new());
    // The last row that starts at or before the first synapse; rows without synapses start there too.
    let first = pattern.row_starts().partition_point(|&start| start <= numbers.start) - 1;
    let mut row_text = Vec::new();
    for i in first..weights.neurons() {
        let row = pattern.row(i);
        if row.start >= numbers.end {
            break;
        }
        row_text.clear();
        row_text.extend_from_slice(index.format(i + 1).as_bytes());
        row_text.push(b' ');
        for e in row.start.max(numbers.start)..row.end.min(numbers.end) {
            text.extend_from_slice(&row_text);
            text.extend_from_slice(index.format(pattern.source(e) + 1).as_bytes());
            text.push(b' ');
            push_number(number.format(weights.values()[e]), text);
            text.push(b'\n');
        }
    }
}

/// Without the plus sign of an exponent, which no reader needs.
#[inline]
fn push_number(number: &str, text: &mut Vec<u8>) {
    match number.split_once('+') {
        None => text.extend_from_slice(number.as_bytes()),
        Some((before, after)) => {
            text.extend_from_slice(before.as_bytes());
            text.extend_from_slice(after.as_bytes());
        }
    }
}
