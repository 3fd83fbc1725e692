//! The figures of a case: experiments turned into charts.

mod certified;
mod descent;
mod drift;
mod scatter;
mod trajectories;

pub(super) use certified::certified_errors;
pub(super) use drift::{Drift, drift};

use descent::descent;
use scatter::{Scatter, costs_per_neuron, weights_before_and_after};
use trajectories::trajectories;

use super::chart::{self, ChartError, data, described};
use super::{CaseReport, Figure, ReportError};
use crate::claims::Subject;
use crate::experiments::{Axis, Mark, Plot, Series};

/// The figure of bounds and errors.
pub(super) const CERTIFIED_TITLE: &str = "Certified and true errors";

/// All figures of one case. A figure without any point (a network that no solver has to move) is left out.
pub(super) fn of_case(
    subject: &Subject,
    drift: Option<&Drift>,
    certified: Option<Vec<Series>>,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Figures(Vec::new());
    let curves = descent(subject);
    figures.add(
        "Cost along the flow",
        Axis::logarithmic("flow time t (1/cost)"),
        Axis::logarithmic("(C - C*) / C*"),
        Mark::Overlaid,
        curves.cost_against_time,
        "Excess cost over the lowest reached, for each method that follows the flow; equal curves lie on each other. A curve that bends away has drifted off to another network.",
    )?;
    figures.add(
        "Imbalance against work",
        Axis::logarithmic("passes over the synapses"),
        Axis::logarithmic("max |g| / (r + c)"),
        Mark::Line,
        curves.imbalance_against_work,
        "Work-precision: the worst neuron's imbalance against the number of passes over all synapses.",
    )?;
    figures.add_scatter(
        "Weights before and after",
        Axis::logarithmic("|J| before"),
        Axis::logarithmic("|J| after"),
        weights_before_and_after(&subject.network, &subject.reference),
        "One point a synapse; on the grey line nothing changed.",
    )?;
    figures.add_scatter(
        "Incoming and outgoing cost",
        Axis::logarithmic("incoming cost r of a neuron"),
        Axis::logarithmic("outgoing cost c of a neuron"),
        costs_per_neuron(&subject.reference),
        "One point a neuron; balanced means on the grey line.",
    )?;
    let paths =
        trajectories(subject).map_err(|source| ReportError::Claim { case: "trajectories".to_owned(), source })?;
    figures.add(
        "Output before and after",
        Axis::linear("time (time constants)"),
        Axis::linear("output y"),
        Mark::Overlaid,
        paths.outputs,
        "Response to a sum of two sines, in continuous time, read out through random weights: the curves lie on each other.",
    )?;
    figures.add(
        "Difference of the outputs",
        Axis::linear("time (time constants)"),
        Axis::logarithmic("|difference| / max |y|"),
        Mark::Dot,
        vec![paths.difference],
        "The same two outputs subtracted: rounding only. Steps where they agree to the last bit have no point.",
    )?;
    if let Some(drift) = drift {
        figures.add(
            "Drift of the cycle products",
            Axis::logarithmic("tolerance of a step"),
            Axis::logarithmic("largest change of a log product"),
            Mark::MarkedLine,
            drift.change_against_tolerance.clone(),
            "Integrating the weights, conserved products drift with the tolerance; integrating the log-scales they cannot.",
        )?;
    }
    if let Some(series) = certified {
        figures.add(
            CERTIFIED_TITLE,
            Axis::linear("flow time t (1/cost)"),
            Axis::logarithmic("|h computed - h true|"),
            Mark::Line,
            series,
            "For each solver the bound that its own steps prove in interval arithmetic, and its true error, known by a second, certified walk along the flow.",
        )?;
    }
    Ok(figures.0)
}

/// Figures over all cases.
pub(super) fn of_report(cases: &[CaseReport]) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Figures(Vec::new());
    let mut methods: Vec<&str> = Vec::new();
    for solver in cases.iter().flat_map(|case| &case.solvers) {
        if !methods.contains(&solver.method.as_str()) {
            methods.push(&solver.method);
        }
    }
    let cloud = |method: &&str| {
        let solvers = cases.iter().flat_map(|case| &case.solvers).filter(|solver| solver.method == *method);
        Series::new(*method, solvers.filter_map(|solver| solver.true_distance.zip(solver.certified_radius)).collect())
    };
    let clouds = methods.iter().map(cloud).collect();
    figures.add_scatter(
        "Certified radius against true error",
        Axis::logarithmic("true distance from balanced"),
        Axis::logarithmic("certified radius"),
        Scatter { clouds, thinned_from: None },
        "All cases, all solvers: what the integer certificate proves about a solver's log-scales, against their distance from a solution of 40 digits. A point below the grey line would be a wrong certificate.",
    )?;
    Ok(figures.0)
}

struct Figures(Vec<Figure>);

impl Figures {
    fn add(
        &mut self,
        title: &str,
        x: Axis,
        y: Axis,
        mark: Mark,
        series: Vec<Series>,
        caption: &str,
    ) -> Result<(), ReportError> {
        let (title, caption) = (title.to_owned(), caption.to_owned());
        self.draw(&Plot { title, x, y, mark, series, diagonal: false, caption })
    }

    fn add_scatter(
        &mut self,
        title: &str,
        x: Axis,
        y: Axis,
        scatter: Scatter,
        caption: &str,
    ) -> Result<(), ReportError> {
        let caption = match scatter.thinned_from {
            Some(points) => format!("{caption} Thinned evenly from {points} points."),
            None => caption.to_owned(),
        };
        let series = scatter.clouds.into_iter().filter(|cloud| !cloud.points.is_empty()).collect();
        self.draw(&Plot { title: title.to_owned(), x, y, mark: Mark::Dot, series, diagonal: true, caption })
    }

    fn draw(&mut self, plot: &Plot) -> Result<(), ReportError> {
        let wrong = |reason: String| ReportError::Plot { title: plot.title.clone(), reason };
        match chart::svg(plot) {
            Ok(svg) => self.0.push(Figure {
                name: file_name(&plot.title),
                title: plot.title.clone(),
                svg,
                caption: plot.caption.clone(),
                description: described(plot),
                data: data(plot).map_err(|error| wrong(error.to_string()))?,
            }),
            Err(ChartError::Empty) => {}
            Err(error) => return Err(wrong(error.to_string())),
        }
        Ok(())
    }
}

/// The figures of an experiment, all of them: one without a point is an error here.
pub(super) fn of_plots(plots: &[Plot]) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Figures(Vec::new());
    for plot in plots {
        figures.draw(plot)?;
    }
    Ok(figures.0)
}

/// A name as part of a file name or an address: lower case, words of letters and digits joined by hyphens.
pub(super) fn file_name(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "unnamed".to_owned() } else { words.join("-").to_lowercase() }
}
