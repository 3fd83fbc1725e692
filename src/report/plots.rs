//! Charts as SVG, through plotters.
//!
//! Text in an SVG is set by the browser; plotters only needs a font to measure it, so one is embedded and nothing
//! depends on what the machine has installed.

use std::sync::Once;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::balance::Method;
use crate::experiments::Series;

/// Why a chart could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    #[error("there is no point to draw")]
    Empty,
    #[error("the drawing library says: {0}")]
    Drawing(String),
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// Logarithmic, for quantities of many sizes; points at or below zero are then left out.
    pub logarithmic: bool,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: &str) -> Self {
        Axis { label: label.to_owned(), logarithmic: false }
    }

    /// A logarithmic axis.
    pub fn logarithmic(label: &str) -> Self {
        Axis { label: label.to_owned(), logarithmic: true }
    }

    /// Where a value lies along the axis, in the units that are drawn: itself, or its decimal logarithm.
    fn place(&self, value: f64) -> Option<f64> {
        let place = if self.logarithmic { value.log10() } else { value };
        place.is_finite().then_some(place)
    }

    fn tick(&self, place: f64) -> String {
        if self.logarithmic {
            let whole = place.round();
            if (place - whole).abs() < 1e-6 { format!("1e{whole:.0}") } else { String::new() }
        } else if place != 0.0 && (place.abs() >= 1e5 || place.abs() < 1e-3) {
            format!("{place:.1e}")
        } else {
            let text = format!("{place:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

/// How points are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Joined by a line.
    Line,
    /// Joined by a line, each marked: for curves of a few points.
    MarkedLine,
    /// On their own.
    Dot,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// How points are drawn.
    pub mark: Mark,
    /// The data.
    pub series: Vec<Series>,
    /// Draw the line y = x.
    pub diagonal: bool,
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

impl Chart {
    /// Draws the chart.
    ///
    /// # Errors
    /// [`PlotError::Empty`] without any point inside the axes, or what the drawing library says.
    pub fn svg(&self) -> Result<String, PlotError> {
        static FONT: Once = Once::new();
        FONT.call_once(|| {
            // Fails only for bytes that are no font; drawing then says so itself.
            let _ = register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular());
        });
        let placed: Vec<(&str, Vec<(f64, f64)>)> = self
            .series
            .iter()
            .map(|series| {
                let points = series.points.iter().filter_map(|&(x, y)| Some((self.x.place(x)?, self.y.place(y)?)));
                (series.name.as_str(), points.collect())
            })
            .collect();
        let all = || placed.iter().flat_map(|(_, points)| points.iter().copied());
        let x_range = range(all().map(|(x, _)| x), self.x.logarithmic).ok_or(PlotError::Empty)?;
        let y_range = range(all().map(|(_, y)| y), self.y.logarithmic).ok_or(PlotError::Empty)?;

        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            self.draw(&root, &placed, x_range, y_range).map_err(|error| PlotError::Drawing(error.to_string()))?;
            root.present().map_err(|error| PlotError::Drawing(error.to_string()))?;
        }
        Ok(svg)
    }

    fn draw<'a, DB: DrawingBackend + 'a>(
        &self,
        root: &DrawingArea<DB, plotters::coord::Shift>,
        placed: &[(&str, Vec<(f64, f64)>)],
        x_range: std::ops::Range<f64>,
        y_range: std::ops::Range<f64>,
    ) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        root.fill(&WHITE)?;
        let (low, high) = (x_range.start.max(y_range.start), x_range.end.min(y_range.end));
        let mut chart = ChartBuilder::on(root)
            .caption(&self.title, ("sans-serif", 16))
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
            .x_desc(&self.x.label)
            .y_desc(&self.y.label)
            .x_label_formatter(&|&place| self.x.tick(place))
            .y_label_formatter(&|&place| self.y.tick(place))
            .draw()?;
        if self.diagonal && low < high {
            chart.draw_series(LineSeries::new([(low, low), (high, high)], RGBColor(150, 150, 150)))?;
        }
        for (index, (name, points)) in placed.iter().enumerate() {
            let colour = COLOURS[colour_of(name, index)];
            let dot = |radius: u32, alpha: f64| {
                points
                    .iter()
                    .map(move |&point| Circle::new(point, radius, colour.mix(alpha).filled()))
                    .collect::<Vec<_>>()
            };
            let drawn = match self.mark {
                Mark::Line => chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?,
                Mark::MarkedLine => {
                    chart.draw_series(dot(3, 1.0))?;
                    chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
                }
                Mark::Dot => chart.draw_series(dot(2, 0.7))?,
            };
            drawn.label(*name).legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 10, y + 4)], colour.filled()));
        }
        if placed.len() > 1 {
            chart
                .configure_series_labels()
                .position(if self.mark == Mark::Line {
                    SeriesLabelPosition::UpperRight
                } else {
                    SeriesLabelPosition::UpperLeft
                })
                .background_style(WHITE.mix(0.85))
                .border_style(RGBColor(200, 200, 200))
                .label_font(("sans-serif", 11))
                .draw()?;
        }
        Ok(())
    }
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

    fn chart(points: Vec<(f64, f64)>) -> Chart {
        Chart {
            title: "t".to_owned(),
            x: Axis::logarithmic("work"),
            y: Axis::linear("cost"),
            mark: Mark::Line,
            series: vec![Series::new("a", points)],
            diagonal: false,
        }
    }

    #[test]
    fn a_chart_without_points_is_an_error_not_a_blank_picture() {
        assert_eq!(chart(vec![]).svg(), Err(PlotError::Empty));
        assert_eq!(chart(vec![(0.0, 1.0), (1.0, f64::NAN)]).svg(), Err(PlotError::Empty));
    }

    #[test]
    fn a_chart_carries_its_labels_and_needs_no_installed_font() {
        let svg = chart(vec![(1.0, 2.0), (100.0, 3.0)]).svg().unwrap();
        assert!(svg.contains("work") && svg.contains("cost") && svg.contains("polyline"));
    }
}
