//! A chart in words and numbers: what is seen, for those who do not see it, and the data behind it.

use std::fmt::Write;

use maud::{PreEscaped, html};

use crate::experiments::{Mark, Plot, Series};

/// What is seen: the axes, and of every series where it begins and ends, or between what it lies.
pub fn described(plot: &Plot) -> String {
    let kind = match plot.mark {
        Mark::Line | Mark::MarkedLine | Mark::Overlaid => "Lines",
        Mark::Dot => "Points",
        Mark::Bar => "Bars",
    };
    let mut text = format!("{kind}: {} against {}.", plot.y.label, plot.x.label);
    for series in plot.series.iter().filter(|series| !series.points.is_empty()) {
        let _ = match (plot.mark, &series.points[..]) {
            (Mark::Bar, points) => {
                write!(text, " {}: {}.", series.name, short(points[points.len() - 1].1))
            }
            (_, [(x, y)]) => write!(text, " {}: {} at {}.", series.name, short(*y), short(*x)),
            (Mark::Dot, points) => {
                let (low, high) = extremes(points.iter().map(|point| point.1));
                write!(text, " {}: {} points from {} to {}.", series.name, points.len(), short(low), short(high))
            }
            (_, points) => {
                let (first, last) = (points[0], points[points.len() - 1]);
                write!(
                    text,
                    " {}: from {} at {} to {} at {}.",
                    series.name,
                    short(first.1),
                    short(first.0),
                    short(last.1),
                    short(last.0)
                )
            }
        };
    }
    text
}

/// The points of all series as CSV, one row a point, with half the width of its 95 % interval where it is known.
///
/// # Errors
/// What the writer says; none is known for text in memory.
pub fn data(plot: &Plot) -> Result<String, csv::Error> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(["series", &plot.x.label, &plot.y.label, "half width of the 95 % interval"])?;
    for Series { name, points, half_widths } in &plot.series {
        for (k, (x, y)) in points.iter().enumerate() {
            let half = half_widths.get(k).map_or(String::new(), f64::to_string);
            rows.write_record([name, &x.to_string(), &y.to_string(), &half])?;
        }
    }
    let bytes = rows.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The drawing with its title and description inside, for readers of the screen and of the file alone.
pub(super) fn titled(plot: &Plot, drawn: &str) -> Option<String> {
    let start = drawn.find("<svg")?;
    let inside = start + drawn[start..].find('>')? + 1;
    let element = drawn[start..inside].replacen("<svg", "<svg role=\"img\"", 1);
    let words = html! { title { (plot.title) } desc { (described(plot)) } };
    Some(html! { (PreEscaped(element)) (words) (PreEscaped(&drawn[inside..])) }.into_string())
}

fn short(value: f64) -> String {
    if value == 0.0 || (0.01..1e4).contains(&value.abs()) {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.1e}")
    }
}

fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_says_where_its_lines_begin_and_end_and_gives_its_numbers() {
        let mut plot = super::super::tests::plot(vec![(1.0, 2.0), (100.0, 3.5)]);
        plot.series[0].half_widths = vec![0.5, 0.25];
        assert_eq!(described(&plot), "Lines: cost against work. a: from 2 at 1 to 3.5 at 100.");
        assert_eq!(
            data(&plot).unwrap(),
            "series,work,cost,half width of the 95 % interval\na,1,2,0.5\na,100,3.5,0.25\n"
        );
    }
}
