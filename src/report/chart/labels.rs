//! The labels of the series, beside the chart: each as near to the end of its line as the others let it.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{FONT, LABELS, Outcome};

/// Height of a line of text.
const LINE: i32 = FONT as i32 - 1;
const GAP: i32 = 4;
/// Side of the patch of colour before a label, and where the text begins.
const PATCH: i32 = 9;
const INDENT: i32 = PATCH + 5;
/// Characters in a line: in the SVG they are 0.57 / 1.24 of the size of the font wide on average.
const CHARACTERS: usize = (LABELS as usize - INDENT as usize - 6) * 124 / (FONT as usize * 57);

/// The label of a series.
pub(super) struct Label {
    lines: Vec<String>,
    colour: RGBColor,
    /// Where its line ends, in pixels.
    end: Option<(i32, i32)>,
}

impl Label {
    pub(super) fn new(name: &str, colour: RGBColor, end: Option<(i32, i32)>) -> Self {
        Label { lines: wrapped(name), colour, end }
    }

    fn height(&self) -> i32 {
        self.lines.len() as i32 * LINE
    }
}

/// Broken between words into lines that fit; a longer word has a line of its own.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= CHARACTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The upper edges of labels of these heights, wanted around these ordinates: in their order, none over another, inside the
/// margin as far as there is room.
fn spread(wanted: &[i32], heights: &[i32], (top, bottom): (i32, i32)) -> Vec<i32> {
    let mut edges: Vec<i32> = Vec::new();
    let mut free = top;
    for (&centre, &height) in wanted.iter().zip(heights) {
        let edge = (centre - height / 2).max(free);
        edges.push(edge);
        free = edge + height + GAP;
    }
    let mut limit = bottom;
    for (edge, &height) in edges.iter_mut().zip(heights).rev() {
        *edge = (*edge).min(limit - height);
        limit = *edge - GAP;
    }
    edges
}

/// Draws the labels to the right of `left`.
pub(super) fn draw<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    mut labels: Vec<Label>,
    left: i32,
    (top, bottom): (i32, i32),
) -> Outcome<DB> {
    // Without ends, in the order of the series from the top.
    labels.sort_by_key(|label| label.end.map_or(top, |(_, y)| y));
    let wanted: Vec<i32> = labels.iter().map(|label| label.end.map_or(top, |(_, y)| y)).collect();
    let heights: Vec<i32> = labels.iter().map(Label::height).collect();
    for (label, edge) in labels.iter().zip(spread(&wanted, &heights, (top, bottom))) {
        let middle = edge + LINE / 2;
        if let Some((x, y)) = label.end {
            let style = label.colour.mix(0.6).stroke_width(1);
            root.draw(&PathElement::new(vec![(x + 3, y), (left - 2, middle)], style))?;
        }
        let patch = [(left, middle - PATCH / 2), (left + PATCH, middle + PATCH / 2 + 1)];
        root.draw(&Rectangle::new(patch, label.colour.filled()))?;
        for (number, line) in label.lines.iter().enumerate() {
            let place = (left + INDENT, edge + number as i32 * LINE);
            root.draw(&Text::new(line.clone(), place, ("sans-serif", FONT).into_font()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lie_over_no_other_and_stay_inside() {
        assert_eq!(spread(&[50, 50, 50], &[16, 16, 16], (0, 100)), [42, 62, 82]);
        assert_eq!(spread(&[95, 96], &[16, 16], (0, 100)), [64, 84]);
        assert_eq!(spread(&[20, 80], &[16, 16], (0, 100)), [12, 72], "apart they stay where they are wanted");
    }

    #[test]
    fn long_names_are_broken_between_words() {
        let lines = wrapped("balanced exactly, gains of at least 0.01");
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= CHARACTERS), "{lines:?}");
        assert_eq!(lines.join(" "), "balanced exactly, gains of at least 0.01");
    }
}
