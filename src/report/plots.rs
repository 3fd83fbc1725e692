//! Charts as SVG, through plotters.
//!
//! Text in an SVG is set by the browser; plotters only needs a font to measure it, so one is embedded and nothing
//! depends on what the machine has installed.

use std::sync::Once;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::balance::Method;
use crate::experiments::{Axis, Mark, Plot, Series};

/// Why a chart could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// There is no point to draw.
    #[error("there is no point to draw")]
    Empty,
    /// The drawing library says: see the message.
    #[error("the drawing library says: {0}")]
    Drawing(String),
}

/// Where a value lies along an axis, in the units that are drawn: itself, or its decimal logarithm.
fn place(axis: &Axis, value: f64) -> Option<f64> {
    let place = if axis.logarithmic { value.log10() } else { value };
    place.is_finite().then_some(place)
}

/// The label of a tick, on an axis that spans so much.
fn tick(axis: &Axis, place: f64, span: f64) -> String {
    if axis.logarithmic {
        let whole = place.round();
        if (place - whole).abs() < 1e-6 { format!("1e{whole:.0}") } else { String::new() }
    } else if place.abs() < 1e-9 * span {
        // The library adds up steps: zero comes out as their rounding.
        "0".to_owned()
    } else if place.abs() >= 1e5 || place.abs() < 1e-3 {
        format!("{place:.1e}")
    } else {
        let text = format!("{place:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

const SIZE: (u32, u32) = (560, 380);

/// Distinguishable by colour-blind readers (Okabe & Ito), with darker ones for the rest.
const COLOURS: [RGBColor; 12] = [
    RGBColor(0, 0, 0),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(240, 200, 40),
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
    RGBColor(120, 80, 40),
    RGBColor(130, 130, 130),
    RGBColor(0, 80, 60),
    RGBColor(110, 60, 140),
];

/// A series on its way to the paper: everything in the units that are drawn.
struct Placed<'a> {
    name: &'a str,
    points: Vec<(f64, f64)>,
    /// Abscissa, lower and upper end of the intervals.
    intervals: Vec<(f64, f64, f64)>,
}

impl<'a> Placed<'a> {
    fn of(series: &'a Series, plot: &Plot) -> Self {
        let point = |&(x, y): &(f64, f64)| Some((place(&plot.x, x)?, place(&plot.y, y)?));
        let interval = |(&(x, y), half): (&(f64, f64), &f64)| {
            Some((place(&plot.x, x)?, place(&plot.y, y - half)?, place(&plot.y, y + half)?))
        };
        Placed {
            name: &series.name,
            points: series.points.iter().filter_map(point).collect(),
            intervals: series.points.iter().zip(&series.half_widths).filter_map(interval).collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = (f64, f64)> {
        let ends = self.intervals.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]);
        self.points.iter().copied().chain(ends)
    }
}

/// Draws a plot.
///
/// # Errors
/// [`PlotError::Empty`] without any point inside the axes, or what the drawing library says.
pub fn svg(plot: &Plot) -> Result<String, PlotError> {
    static FONT: Once = Once::new();
    FONT.call_once(|| {
        // Fails only for bytes that are no font; drawing then says so itself.
        let _ = register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular());
    });
    let placed: Vec<Placed> = plot.series.iter().map(|series| Placed::of(series, plot)).collect();
    let all = || placed.iter().flat_map(Placed::all);
    let x_range = range(all().map(|(x, _)| x), plot.x.logarithmic).ok_or(PlotError::Empty)?;
    let y_range = range(all().map(|(_, y)| y), plot.y.logarithmic).ok_or(PlotError::Empty)?;

    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(plot, &root, &placed, x_range, y_range).map_err(|error| PlotError::Drawing(error.to_string()))?;
        root.present().map_err(|error| PlotError::Drawing(error.to_string()))?;
    }
    Ok(svg)
}

fn draw<'a, DB: DrawingBackend + 'a>(
    plot: &Plot,
    root: &DrawingArea<DB, plotters::coord::Shift>,
    placed: &[Placed<'_>],
    x_range: std::ops::Range<f64>,
    y_range: std::ops::Range<f64>,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    root.fill(&WHITE)?;
    let (low, high) = (x_range.start.max(y_range.start), x_range.end.min(y_range.end));
    let (width, height) = (x_range.end - x_range.start, y_range.end - y_range.start);
    let corner = emptiest_corner(placed, &x_range, &y_range);
    let mut chart = ChartBuilder::on(root)
        .caption(&plot.title, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(42)
        .y_label_area_size(58)
        .build_cartesian_2d(x_range, y_range)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(225, 225, 225))
        .label_style(("sans-serif", 12))
        .axis_desc_style(("sans-serif", 13))
        .x_labels(9)
        .y_labels(9)
        .x_desc(&plot.x.label)
        .y_desc(&plot.y.label)
        .x_label_formatter(&|&place| tick(&plot.x, place, width))
        .y_label_formatter(&|&place| tick(&plot.y, place, height))
        .draw()?;
    if plot.diagonal && low < high {
        chart.draw_series(LineSeries::new([(low, low), (high, high)], RGBColor(150, 150, 150)))?;
    }
    for (index, Placed { name, points, intervals }) in placed.iter().enumerate() {
        let colour = COLOURS[colour_of(name, index)];
        let bar =
            |&(x, low, high): &(f64, f64, f64)| PathElement::new(vec![(x, low), (x, high)], colour.stroke_width(1));
        chart.draw_series(intervals.iter().map(bar))?;
        let dot = |radius: u32, alpha: f64| {
            points.iter().map(move |&point| Circle::new(point, radius, colour.mix(alpha).filled())).collect::<Vec<_>>()
        };
        let drawn = match plot.mark {
            Mark::Line => chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?,
            Mark::MarkedLine => {
                chart.draw_series(dot(3, 1.0))?;
                chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            }
            Mark::Dot => chart.draw_series(dot(2, 0.7))?,
            Mark::Bar => chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(40)))?,
        };
        drawn.label(*name).legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 10, y + 4)], colour.filled()));
    }
    if placed.len() > 1 {
        chart
            .configure_series_labels()
            .position(corner)
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 200, 200))
            .label_font(("sans-serif", 11))
            .draw()?;
    }
    Ok(())
}

/// The corner with the fewest points, where the legend hides least.
fn emptiest_corner(
    placed: &[Placed<'_>],
    x_range: &std::ops::Range<f64>,
    y_range: &std::ops::Range<f64>,
) -> SeriesLabelPosition {
    // About the part of the chart that a legend takes.
    const PART: f64 = 0.4;
    let part = |range: &std::ops::Range<f64>, value: f64| (value - range.start) / (range.end - range.start);
    let points = || placed.iter().flat_map(|series| &series.points);
    let count = |right: bool, upper: bool| {
        let inside = |high: bool, part: f64| if high { part > 1.0 - PART } else { part < PART };
        points().filter(|&&(x, y)| inside(right, part(x_range, x)) && inside(upper, part(y_range, y))).count()
    };
    let corners = [
        (SeriesLabelPosition::UpperRight, count(true, true)),
        (SeriesLabelPosition::UpperLeft, count(false, true)),
        (SeriesLabelPosition::LowerRight, count(true, false)),
        (SeriesLabelPosition::LowerLeft, count(false, false)),
    ];
    // The first of equals.
    let least = corners.iter().map(|(_, count)| *count).min();
    let found = corners.into_iter().find(|(_, count)| Some(*count) == least);
    found.map_or(SeriesLabelPosition::UpperRight, |(corner, _)| corner)
}

/// A solver has the same colour in every chart; all else goes by its place.
fn colour_of(name: &str, index: usize) -> usize {
    let solver = Method::ALL.iter().position(|method| method.name() == name);
    solver.unwrap_or(index) % COLOURS.len()
}

/// The range of the places, a little wider; whole decades on a logarithmic axis.
fn range(places: impl Iterator<Item = f64>, logarithmic: bool) -> Option<std::ops::Range<f64>> {
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if low > high {
        return None;
    }
    if logarithmic {
        let (low, high) = (low.floor(), high.ceil());
        return Some(low..if high > low { high } else { low + 1.0 });
    }
    let margin = if high > low { 0.05 * (high - low) } else { 0.5 * high.abs().max(1.0) };
    Some(low - margin..high + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, f64)>) -> Plot {
        Plot {
            title: "t".to_owned(),
            x: Axis::logarithmic("work"),
            y: Axis::linear("cost"),
            mark: Mark::Line,
            series: vec![Series::new("a", points)],
            diagonal: false,
            caption: String::new(),
        }
    }

    #[test]
    fn a_chart_without_points_is_an_error_not_a_blank_picture() {
        assert_eq!(svg(&chart(vec![])), Err(PlotError::Empty));
        assert_eq!(svg(&chart(vec![(0.0, 1.0), (1.0, f64::NAN)])), Err(PlotError::Empty));
    }

    #[test]
    fn a_chart_carries_its_labels_and_needs_no_installed_font() {
        let svg = svg(&chart(vec![(1.0, 2.0), (100.0, 3.0)])).unwrap();
        assert!(svg.contains("work") && svg.contains("cost") && svg.contains("polyline"));
    }

    #[test]
    fn intervals_are_drawn_and_fit_on_the_chart() {
        let mut plot = chart(vec![(1.0, 2.0), (100.0, 3.0)]);
        // Another curve that spans the chart, so that intervals do not change its range and grid.
        plot.series.push(Series::new("b", vec![(1.0, -7.0), (100.0, 13.0)]));
        let without = svg(&plot).unwrap();
        plot.series[0].half_widths = vec![0.5, 10.0];
        let with = svg(&plot).unwrap();
        assert_eq!(with.matches("<polyline").count(), without.matches("<polyline").count() + 2);
        let ends: Vec<f64> = Placed::of(&plot.series[0], &plot).all().map(|(_, y)| y).collect();
        assert_eq!(ends, [2.0, 3.0, 1.5, 2.5, -7.0, 13.0]);
    }

    #[test]
    fn ticks_keep_their_zeros_and_lose_their_rounding() {
        assert_eq!(tick(&Axis::linear("n"), 200.0, 100.0), "200");
        assert_eq!(tick(&Axis::linear("n"), 0.25, 1.0), "0.25");
        assert_eq!(tick(&Axis::linear("n"), 3.5e-18, 0.05), "0");
        assert_eq!(tick(&Axis::logarithmic("n"), -3.0, 5.0), "1e-3");
    }
}
