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
use crate::balance::Outcome;
use crate::claims::{DegreeSubject, Subject};
use crate::experiments::{Axis, Mark, Plot, Series};
use crate::flow::{NodeCosts, node_costs};
use crate::network::Network;

/// The figure of bounds and errors.
pub(super) const CERTIFIED_TITLE: &str = "Certified and true errors";

/// What the figures of a case are drawn from.
pub(super) struct Drawn<'a> {
    network: &'a Network,
    seed: u64,
    balanced: &'a Network,
    log_scales: &'a [f64],
    outcomes: Vec<&'a Outcome>,
    synapses: usize,
    /// Costs into and out of every neuron, as given and balanced; for other degrees k times those out of it.
    before: NodeCosts<f64>,
    after: NodeCosts<f64>,
    outgoing: &'static str,
}

impl<'a> From<&'a Subject> for Drawn<'a> {
    fn from(subject: &'a Subject) -> Self {
        let (graph, reference) = (subject.graph(), &subject.reference);
        let sums = |h: &[f64]| node_costs(graph.pattern(), &graph.costs_at(h), &0.0);
        Drawn {
            network: &subject.network,
            seed: subject.seed,
            balanced: &reference.network,
            log_scales: &reference.log_scales,
            outcomes: subject.all_runs().map(|run| &run.outcome).collect(),
            synapses: graph.pattern().len(),
            // The network as given, also where the graph sees it prescaled.
            before: sums(&graph.prescaled(&vec![0.0; graph.nodes()])),
            after: sums(&reference.outcome.h),
            outgoing: "outgoing cost c of a neuron",
        }
    }
}

impl<'a> From<&'a DegreeSubject> for Drawn<'a> {
    fn from(subject: &'a DegreeSubject) -> Self {
        let (costs, reference) = (&subject.costs, &subject.reference);
        Drawn {
            network: &subject.network,
            seed: subject.seed,
            balanced: &reference.network,
            log_scales: &reference.log_scales,
            outcomes: subject.outcomes().collect(),
            synapses: costs.synapses().len(),
            before: costs.pulls(costs.initial_costs(), &0.0),
            after: costs.pulls(&costs.costs_at(&reference.outcome.h), &0.0),
            outgoing: "degree times outgoing cost, k c, of a neuron",
        }
    }
}

/// All figures of one case. A figure without any point (a network that no solver has to move) is left out.
pub(super) fn of_case(
    drawn: &Drawn,
    drift: Option<&Drift>,
    certified: Option<Vec<Series>>,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Figures(Vec::new());
    let curves = descent(drawn);
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
        weights_before_and_after(drawn.network, drawn.balanced),
        "One point a synapse; on the grey line nothing changed.",
    )?;
    figures.add_scatter(
        "Incoming and outgoing cost",
        Axis::logarithmic("incoming cost r of a neuron"),
        Axis::logarithmic(drawn.outgoing),
        costs_per_neuron(&drawn.before, &drawn.after),
        "One point a neuron; balanced means on the grey line.",
    )?;
    let paths = trajectories(drawn).map_err(|source| ReportError::Claim { case: "trajectories".to_owned(), source })?;
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
