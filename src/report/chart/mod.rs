//! Charts as SVG, through plotters.
//!
//! Text in an SVG is set by the browser; plotters only needs a font to measure it, so one is embedded and nothing depends on
//! what the machine has installed. Every series is labelled at its end, in a margin of its own: no legend lies over a curve.
//! The sizes are such that text stays above 9 px where a page shows the chart 366 px wide, as on a phone.

mod colours;
mod labels;
mod words;

pub use words::{data, described};

use std::ops::Range;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::experiments::{Axis, Mark, Plot, Series};
use colours::colour_of;
use labels::Label;

/// Why a chart could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// There is no point to draw.
    #[error("there is no point to draw")]
    Empty,
    /// There are `count` series, but only `colours` colours that readers can tell apart.
    #[error("there are {count} series, but only {colours} colours that readers can tell apart; show fewer")]
    TooManySeries {
        /// How many there are.
        count: usize,
        /// How many colours there are.
        colours: usize,
    },
    /// The drawing library says: see the message.
    #[error("the drawing library says: {0}")]
    Drawing(String),
}

const SIZE: (u32, u32) = (560, 372);
/// Size of the font as the library counts: the SVG says 1.24 times less.
const FONT: u32 = 18;
/// Width of the margin with the labels of the series.
const LABELS: u32 = 152;
const Y_AXIS: u32 = 70;
const X_AXIS: u32 = 46;

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

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

/// Draws a plot: an `<svg>` element with its title and a description for those who do not see it.
///
/// # Errors
/// [`ChartError::Empty`] without any point inside the axes, [`ChartError::TooManySeries`], or what the drawing library says.
pub fn svg(plot: &Plot) -> Result<String, ChartError> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // Fails only for bytes that are no font; drawing then says so itself.
        let _ = register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular());
    });
    colours::enough(plot)?;
    let placed: Vec<Placed> = plot.series.iter().map(|series| Placed::of(series, plot)).collect();
    let all = || placed.iter().flat_map(Placed::all);
    let x_range = range(all().map(|(x, _)| x), plot.x.logarithmic).ok_or(ChartError::Empty)?;
    let y_range = range(all().map(|(_, y)| y), plot.y.logarithmic).ok_or(ChartError::Empty)?;

    let mut drawn = String::new();
    {
        let root = SVGBackend::with_string(&mut drawn, SIZE).into_drawing_area();
        draw(plot, &root, &placed, x_range, y_range).map_err(|error| ChartError::Drawing(error.to_string()))?;
        root.present().map_err(|error| ChartError::Drawing(error.to_string()))?;
    }
    words::titled(plot, &drawn).ok_or_else(|| ChartError::Drawing("no <svg> element came back".to_owned()))
}

fn draw<'a, DB: DrawingBackend + 'a>(
    plot: &Plot,
    root: &DrawingArea<DB, Shift>,
    placed: &[Placed<'_>],
    x_range: Range<f64>,
    y_range: Range<f64>,
) -> Outcome<DB> {
    root.fill(&WHITE)?;
    let labelled = placed.len() > 1;
    let width = if labelled { SIZE.0 - LABELS } else { SIZE.0 };
    let (canvas, _) = root.split_horizontally(width);
    let (low, high) = (x_range.start.max(y_range.start), x_range.end.min(y_range.end));
    let (across, up) = (x_range.end - x_range.start, y_range.end - y_range.start);
    let mut chart = ChartBuilder::on(&canvas)
        .margin(10)
        // Half of the last label along the axis, which stands under its end.
        .margin_right(if labelled { 10 } else { 28 })
        .x_label_area_size(X_AXIS)
        .y_label_area_size(Y_AXIS)
        .build_cartesian_2d(x_range, y_range)?;
    chart
        .configure_mesh()
        .max_light_lines(0)
        .bold_line_style(RGBColor(225, 225, 225))
        .label_style(("sans-serif", FONT))
        .axis_desc_style(("sans-serif", FONT))
        .x_labels(if labelled { 6 } else { 9 })
        .y_labels(8)
        .x_desc(&plot.x.label)
        .y_desc(&plot.y.label)
        .x_label_formatter(&|&place| tick(&plot.x, place, across))
        .y_label_formatter(&|&place| tick(&plot.y, place, up))
        .draw()?;
    if plot.diagonal && low < high {
        chart.draw_series(LineSeries::new([(low, low), (high, high)], RGBColor(150, 150, 150)))?;
    }
    for (index, series) in placed.iter().enumerate() {
        draw_series(&mut chart, plot.mark, series, colour_of(series.name, index), (index, placed.len()))?;
    }
    if labelled {
        let at = |&(x, y): &(f64, f64)| chart.plotting_area().map_coordinate(&(x, y));
        let follows_line = matches!(plot.mark, Mark::Line | Mark::MarkedLine | Mark::Overlaid);
        let ends = placed.iter().enumerate().filter(|(_, series)| !series.points.is_empty()).map(|(index, series)| {
            let last = series.points.iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(at);
            Label::new(series.name, colour_of(series.name, index), last.filter(|_| follows_line))
        });
        labels::draw(root, ends.collect(), width as i32, (10, (SIZE.1 - X_AXIS) as i32))?;
    }
    Ok(())
}

fn draw_series<'a, DB: DrawingBackend + 'a>(
    chart: &mut Chart<'a, DB>,
    mark: Mark,
    series: &Placed<'_>,
    colour: RGBColor,
    (index, of): (usize, usize),
) -> Outcome<DB> {
    let Placed { points, intervals, .. } = series;
    let bar = |&(x, low, high): &(f64, f64, f64)| PathElement::new(vec![(x, low), (x, high)], colour.stroke_width(1));
    chart.draw_series(intervals.iter().map(bar))?;
    let dot = |radius: u32, alpha: f64| {
        points.iter().map(move |&point| Circle::new(point, radius, colour.mix(alpha).filled())).collect::<Vec<_>>()
    };
    match mark {
        Mark::Line => {
            let seen = on_new_pixels(chart, points);
            chart.draw_series(LineSeries::new(seen, colour.stroke_width(2)))?;
        }
        Mark::MarkedLine => {
            chart.draw_series(dot(3, 1.0))?;
            chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
        }
        Mark::Overlaid => {
            // Each narrower than the one before, so that none is hidden where they lie on each other.
            let width = 2 + (6 * (of - 1 - index) / (of - 1).max(1)) as u32;
            let alpha = if index + 1 == of { 1.0 } else { 0.55 };
            let seen = on_new_pixels(chart, points);
            chart.draw_series(LineSeries::new(seen, colour.mix(alpha).stroke_width(width)))?;
        }
        Mark::Dot => {
            chart.draw_series(dot(2, 0.7))?;
        }
        Mark::Bar => {
            chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(40)))?;
        }
    }
    Ok(())
}

/// The points of a line without those that would be drawn where the one before was.
fn on_new_pixels<DB: DrawingBackend>(chart: &Chart<'_, DB>, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut last = None;
    points
        .iter()
        .copied()
        .filter(|point| {
            let pixel = Some(chart.plotting_area().map_coordinate(point));
            let moved = pixel != last;
            last = pixel;
            moved
        })
        .collect()
}

/// The range of the places, a little wider; whole decades on a logarithmic axis.
fn range(places: impl Iterator<Item = f64>, logarithmic: bool) -> Option<Range<f64>> {
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

    pub(super) fn plot(points: Vec<(f64, f64)>) -> Plot {
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
        assert_eq!(svg(&plot(vec![])), Err(ChartError::Empty));
        assert_eq!(svg(&plot(vec![(0.0, 1.0), (1.0, f64::NAN)])), Err(ChartError::Empty));
    }

    #[test]
    fn a_chart_carries_its_labels_and_needs_no_installed_font() {
        let svg = svg(&plot(vec![(1.0, 2.0), (100.0, 3.0)])).unwrap();
        assert!(svg.contains("work") && svg.contains("cost") && svg.contains("polyline"));
        assert!(svg.contains("role=\"img\"") && svg.contains("<title>t</title>"), "{svg}");
    }

    #[test]
    fn intervals_are_drawn_and_fit_on_the_chart() {
        let mut plot = plot(vec![(1.0, 2.0), (100.0, 3.0)]);
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
    fn a_line_of_many_points_has_as_many_as_can_be_seen() {
        let many = (1..=100_000).map(|k| (f64::from(k), (f64::from(k) / 1e4).sin())).collect();
        assert!(svg(&plot(many)).unwrap().len() < 50_000);
    }

    #[test]
    fn ticks_keep_their_zeros_and_lose_their_rounding() {
        assert_eq!(tick(&Axis::linear("n"), 200.0, 100.0), "200");
        assert_eq!(tick(&Axis::linear("n"), 0.25, 1.0), "0.25");
        assert_eq!(tick(&Axis::linear("n"), 3.5e-18, 0.05), "0");
        assert_eq!(tick(&Axis::logarithmic("n"), -3.0, 5.0), "1e-3");
    }
}
