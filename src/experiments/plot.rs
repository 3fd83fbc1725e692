//! What a figure shows, before anybody draws it.

use serde::Serialize;

/// An axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
}

/// How points are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Joined by a line.
    Line,
    /// Joined by a line, each marked: for curves of a few points.
    MarkedLine,
    /// Joined by a line, each series narrower than the one before: for curves that lie on each other.
    Overlaid,
    /// On their own.
    Dot,
    /// Each series a thick upright bar from its first point to its last.
    Bar,
}

/// A named curve or cloud of points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// The points.
    pub points: Vec<(f64, f64)>,
    /// Half the width of each point's 95 % interval, or empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub half_widths: Vec<f64>,
}

impl Series {
    /// A named series.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Series { name: name.into(), points, half_widths: Vec::new() }
    }

    /// A named series of means with their 95 % intervals, at these abscissae.
    pub fn of_means(name: impl Into<String>, means: impl IntoIterator<Item = (f64, super::MeanInterval)>) -> Self {
        let (points, half_widths) =
            means.into_iter().map(|(x, interval)| ((x, interval.mean), interval.half_width)).unzip();
        Series { name: name.into(), points, half_widths }
    }
}

/// A figure of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plot {
    /// Its title.
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
    /// What it shows, in a sentence or two.
    pub caption: String,
}
