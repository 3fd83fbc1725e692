//! What `synbal balance` says, as text and as JSON.

use serde::Serialize;
use synbal::balance::{Solved, Status};
use synbal::cost::AccumulatedNoise;
use synbal::io::SIGN;

use super::digits::Refined;
use super::step::RefinementStep;
use crate::cli::advice::on_status;
use crate::cli::arguments::BalanceOptions;
use crate::cli::console::{Program, cost_text, counted, short};
use crate::cli::timings::Timing;

/// The layout of the JSON object; see `docs/balance.schema.json`.
const SCHEMA: &str = "synbal-balance/1";

/// What `--json` prints. Numbers beyond `f64` are strings.
#[derive(Debug, Serialize)]
pub struct Summary {
    schema: &'static str,
    pub status: &'static str,
    explanation: String,
    method: &'static str,
    /// Null without `--digits`.
    digits: Option<usize>,
    p: f64,
    world: Option<f64>,
    /// Null unless accumulated noise was balanced, not the weights' own costs.
    accumulated: Option<Accumulated>,
    tol: f64,
    /// What kind of model the file holds; null for a matrix or a list of edges.
    layout: Option<String>,
    neurons: usize,
    synapses: usize,
    /// Strongly connected components of the given network.
    components: usize,
    synapses_on_no_cycle: usize,
    /// Over the synapses that were balanced; null where f64 cannot hold it.
    cost_initial: Option<f64>,
    cost_final: Number,
    /// null without any cost.
    cost_initial_log10: Option<f64>,
    cost_final_log10: Option<f64>,
    max_node_imbalance_initial: f64,
    /// Measured on the rescaled weights.
    max_node_imbalance: Number,
    worst_node: usize,
    worst_neuron: Option<String>,
    iterations: usize,
    passes: usize,
    seconds: f64,
    /// What log-scales do to the weights.
    sign: &'static str,
    log_scales: Vec<Number>,
    /// The neurons' names, in the order of the log-scales, where they have any.
    names: Option<Vec<String>>,
    /// Null unless the weights were rounded to another format than f64, or scaled by powers of two.
    pub rounded: Option<Rounded>,
    /// Null unless the given and the rescaled model were run.
    pub outputs: Option<Outputs>,
    /// The stages of the process up to here.
    pub timings: Vec<Timing>,
    /// The course of `--digits`.
    trace: Vec<RefinementStep>,
    pub notices: Vec<String>,
    input: Input,
    program: Program,
}

/// A number in `f64`, or as a decimal beyond it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Number {
    Double(Option<f64>),
    Decimal(String),
}

/// What rounding did to the balanced weights.
#[derive(Debug, Serialize)]
pub struct Rounded {
    /// The formats of the written numbers.
    pub to: String,
    /// The imbalance that is left.
    pub max_node_imbalance: f64,
    /// What these weights cost; null where f64 does not hold it.
    pub cost: Option<f64>,
}

/// How far the outputs of the two models are apart.
#[derive(Debug, Serialize)]
pub struct Outputs {
    /// `outputs`, or `states` of a model without any.
    pub of: &'static str,
    /// The largest difference, relative to the largest output.
    pub largest_difference: f64,
    /// What rounding explains there.
    pub bound: f64,
    pub within_bound: bool,
}

/// The steps that noise was accumulated over.
#[derive(Debug, Serialize)]
struct Accumulated {
    steps: u32,
    discount: f64,
}

#[derive(Debug, Serialize)]
struct Input {
    path: String,
    sha256: String,
}

/// What a summary is made from.
pub struct Parts<'a> {
    pub options: &'a BalanceOptions,
    pub balanced: &'a Solved,
    pub refined: Option<&'a Refined>,
    pub log_scales: &'a [f64],
    pub world: Option<f64>,
    pub accumulated: Option<AccumulatedNoise>,
    pub layout: Option<String>,
    pub names: Option<Vec<String>>,
    pub synapses: usize,
    pub sha256: String,
    pub seconds: f64,
}

impl Summary {
    pub fn new(parts: Parts<'_>) -> Self {
        let Parts { options, balanced, refined, log_scales, .. } = parts;
        let outcome = &balanced.outcome;
        let in_range =
            |cost: f64, log2: f64| (cost.is_finite() && (cost > 0.0 || log2 == f64::NEG_INFINITY)).then_some(cost);
        let log10 = |log2: f64| log2.is_finite().then_some(log2 * std::f64::consts::LOG10_2);
        let final_cost = in_range(balanced.cost_final, balanced.log2_cost_final);
        let worst_neuron = parts.names.as_ref().and_then(|names| names.get(outcome.worst_node).cloned());
        let (status, explanation) = match refined {
            _ if balanced.nothing => ("nothing-balanced", "every synapse lies on no directed cycle".to_owned()),
            Some(_) => ("balanced", "balanced".to_owned()),
            None => (outcome.status.word(), explained(balanced)),
        };
        Summary {
            schema: SCHEMA,
            status,
            explanation,
            method: if refined.is_some() { "newton" } else { outcome.method },
            digits: refined.map(Refined::digits),
            p: balanced.p,
            world: parts.world,
            accumulated: parts
                .accumulated
                .map(|noise| Accumulated { steps: noise.steps(), discount: noise.discount() }),
            tol: options.tol,
            layout: parts.layout,
            neurons: balanced.log_scales.len(),
            synapses: parts.synapses,
            components: balanced.components,
            synapses_on_no_cycle: balanced.on_no_cycle.len(),
            cost_initial: in_range(balanced.cost_initial, balanced.log2_cost_initial),
            cost_final: refined.map_or(Number::Double(final_cost), |refined| Number::Decimal(refined.cost())),
            cost_initial_log10: log10(balanced.log2_cost_initial),
            cost_final_log10: log10(balanced.log2_cost_final),
            max_node_imbalance_initial: balanced.imbalance_initial,
            max_node_imbalance: refined
                .map_or(Number::Double(Some(balanced.imbalance_final)), |refined| Number::Decimal(refined.imbalance())),
            worst_node: outcome.worst_node,
            worst_neuron,
            iterations: outcome.iterations,
            passes: outcome.passes,
            seconds: parts.seconds,
            sign: SIGN,
            log_scales: match refined {
                Some(refined) => refined.log_scales().into_iter().map(Number::Decimal).collect(),
                None => log_scales.iter().map(|&h| Number::Double(Some(h))).collect(),
            },
            names: parts.names,
            rounded: None,
            outputs: None,
            timings: Vec::new(),
            trace: refined.map(Refined::trace).unwrap_or_default(),
            notices: Vec::new(),
            input: Input { path: options.input.input.display().to_string(), sha256: parts.sha256 },
            program: Program::this(),
        }
    }

    /// The same for people.
    pub fn text(&self) -> String {
        let to_digits = self.digits.map(|digits| format!(" to {digits} digits")).unwrap_or_default();
        let mut text = format!(
            "{} by {}{to_digits}: {}, {}, {}, {} on no cycle\n",
            self.status,
            self.method,
            counted(self.neurons, "neuron"),
            counted(self.synapses, "synapse"),
            counted(self.components, "strong component"),
            counted(self.synapses_on_no_cycle, "synapse"),
        );
        let cost_final = match &self.cost_final {
            Number::Double(cost) => cost_text(*cost, self.cost_final_log10),
            Number::Decimal(cost) => cost.clone(),
        };
        let cost_initial = cost_text(self.cost_initial, self.cost_initial_log10);
        let cost = match &self.accumulated {
            None => format!("cost (p = {})", short(self.p)),
            Some(Accumulated { steps, discount }) if *discount == 1.0 => {
                format!("noise accumulated over {steps} steps")
            }
            Some(Accumulated { steps, discount }) => {
                format!("noise accumulated over {steps} steps, discounted by {}", short(*discount))
            }
        };
        text += &format!("{cost}: {cost_initial} -> {cost_final}\n");
        match &self.max_node_imbalance {
            Number::Double(imbalance) => {
                let (before, after) = (self.max_node_imbalance_initial, imbalance.unwrap_or(f64::NAN));
                let tolerance = self.tol;
                let which = self.worst_neuron.as_ref().map_or(String::new(), |name| format!(" (now `{name}`)"));
                text += &format!(
                    "imbalance of the worst neuron: {before:.3e} -> {after:.3e}{which} (tolerance {tolerance:e})\n"
                );
            }
            Number::Decimal(imbalance) => text += &format!("imbalance of the worst neuron: {imbalance}\n"),
        }
        if let Some(Rounded { to, max_node_imbalance, cost }) = &self.rounded {
            let cost = cost.map_or(String::new(), |cost| format!(", cost {}", short(cost)));
            text += &format!("rounded to {to}: imbalance {max_node_imbalance:.3e}{cost}\n");
        }
        if let Some(outputs) = &self.outputs {
            text += &if outputs.largest_difference == 0.0 {
                format!("{}: the same, bit for bit\n", outputs.of)
            } else {
                let how = if outputs.within_bound { "within" } else { "off by" };
                format!(
                    "{}: {how} {:.1e} (rounding explains {:.1e})\n",
                    outputs.of, outputs.largest_difference, outputs.bound
                )
            };
        }
        if self.digits.is_some() {
            text += &format!("{:>8} {:>14} {:>14} {:>12}\n", "bits", "imbalance", "Newton step", "corrections");
        } else {
            let passes = if self.passes == 1 { "1 pass".to_owned() } else { format!("{} passes", self.passes) };
            text += &format!("{}, {passes} over the synapses, ", counted(self.iterations, "iteration"));
        }
        for step in &self.trace {
            text += &format!(
                "{:>8} {:>14} {:>14} {:>12}{}\n",
                step.bits,
                step.max_node_imbalance,
                step.newton_step,
                step.corrections,
                if step.linear_solver == "star-mesh" { " (star-mesh)" } else { "" }
            );
        }
        text + &format!("{:.4} s\n", self.seconds)
    }
}

/// The status in words, with what helps.
pub fn explained(balanced: &Solved) -> String {
    let outcome = &balanced.outcome;
    let said = match outcome.status {
        Status::PassLimit { limit } => format!(
            "not balanced: {} was allowed {} over the synapses and stopped after {}",
            outcome.method,
            passes(limit),
            passes(outcome.passes),
        ),
        ref status => status.to_string(),
    };
    said + on_status(&outcome.status, outcome.method)
}

fn passes(count: usize) -> String {
    if count == 1 { "1 pass".to_owned() } else { format!("{count} passes") }
}
