//! Parts of a report as one process of a job gives them to another: field by field, so that one that is added later is not
//! forgotten.

use super::{CaseReport, ClaimReport, ExperimentReport, Figure, NetworkFacts, SolverReport, WorstNeuron};
use crate::claims::{Evidence, Measurement, Relation, Verdict};
use crate::experiments::{EXPERIMENTS, Reproduction, Statement, Table};
use crate::ranks::{Parcel, Words};

macro_rules! parcel_of_fields {
    ($($of:ident { $($field:ident),* })*) => {$(
        impl Parcel for $of {
            fn put(&self, words: &mut Vec<u64>) {
                $(self.$field.put(words);)*
            }
            fn take(words: &mut Words) -> Option<Self> {
                Some($of { $($field: Parcel::take(words)?),* })
            }
        }
    )*};
}

macro_rules! parcel_of_names {
    ($($of:ident { $($name:ident),* })*) => {$(
        impl Parcel for $of {
            fn put(&self, words: &mut Vec<u64>) {
                let name = match self {
                    $($of::$name => stringify!($name)),*
                };
                name.to_owned().put(words);
            }
            fn take(words: &mut Words) -> Option<Self> {
                let name = String::take(words)?;
                [$($of::$name),*].into_iter().zip([$(stringify!($name)),*]).find(|(_, of)| *of == name).map(|(one, _)| one)
            }
        }
    )*};
}

parcel_of_names! {
    Relation { AtMost, AtLeast }
    Verdict { Held, Fell, Open, NotApplicable }
    Reproduction { Reproduced, Conditional, NotReproduced, Beyond }
}

parcel_of_fields! {
    Measurement { what, value, relation, bound, derivation }
    Evidence { measurements, notes, open }
    ClaimReport { id, verdict, evidence }
    NetworkFacts {
        neurons, synapses, components, largest_component, synapses_on_no_cycle, p, world, degrees, cost_initial, cost_final,
        imbalance_initial, cost_left_out
    }
    SolverReport {
        method, status, explanation, iterations, passes, cost, imbalance, weight_difference, certified_radius, true_distance,
        seconds
    }
    WorstNeuron { neuron, name, incoming, outgoing, imbalance, log_scale }
    Figure { name, title, svg, caption, description, data }
    CaseReport { name, title, facts, solvers, claims, worst_neurons, notices, figures }
    Statement { outcome, text }
    Table { title, columns, rows }
}

/// By its name: the rest of its words are in the registry.
impl Parcel for ExperimentReport {
    fn put(&self, words: &mut Vec<u64>) {
        let ExperimentReport { name, title: _, claim: _, verdict, statements, evidence, tables, figures, seconds } =
            self;
        name.to_string().put(words);
        verdict.put(words);
        statements.put(words);
        evidence.put(words);
        tables.put(words);
        figures.put(words);
        seconds.put(words);
    }
    fn take(words: &mut Words) -> Option<Self> {
        let name = String::take(words)?;
        let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == name)?;
        Some(ExperimentReport {
            name: experiment.name,
            title: experiment.title,
            claim: experiment.claim,
            verdict: Parcel::take(words)?,
            statements: Parcel::take(words)?,
            evidence: Parcel::take(words)?,
            tables: Parcel::take(words)?,
            figures: Parcel::take(words)?,
            seconds: Parcel::take(words)?,
        })
    }
}
