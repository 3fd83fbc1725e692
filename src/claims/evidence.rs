//! What a claim's check brings back: figures, each held against a bound that says where it comes from.

use serde::Serialize;

/// On which side of the bound a figure must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The figure is at most the bound.
    AtMost,
    /// The figure is at least the bound.
    AtLeast,
}

/// One figure and the bound that it is held against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// The side of the bound where it must lie.
    pub relation: Relation,
    /// The bound.
    pub bound: f64,
    /// How the bound was derived.
    pub derivation: String,
}

impl Measurement {
    /// True if the figure lies on the right side; never for NaN.
    pub fn holds(&self) -> bool {
        match self.relation {
            Relation::AtMost => self.value <= self.bound,
            Relation::AtLeast => self.value >= self.bound,
        }
    }
}

/// The outcome of a claim's check on one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// The figures.
    pub measurements: Vec<Measurement>,
    /// What a reader should know beside them: what was left out and why, what was only observed.
    pub notes: Vec<String>,
}

/// How a claim fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every figure is on the right side of its bound.
    Held,
    /// At least one is not.
    Fell,
    /// Nothing could be measured on this network; the notes say why.
    NotApplicable,
}

impl Verdict {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Held => "held",
            Verdict::Fell => "FELL",
            Verdict::NotApplicable => "n/a",
        }
    }
}

impl Evidence {
    /// The verdict: without any figure nothing has been shown.
    pub fn verdict(&self) -> Verdict {
        if self.measurements.is_empty() {
            Verdict::NotApplicable
        } else if self.measurements.iter().all(Measurement::holds) {
            Verdict::Held
        } else {
            Verdict::Fell
        }
    }

    /// Adds a figure that must not exceed its bound.
    pub fn at_most(&mut self, what: impl Into<String>, value: f64, bound: f64, derivation: impl Into<String>) {
        self.push(what.into(), value, Relation::AtMost, bound, derivation.into());
    }

    /// Adds a figure that must reach its bound.
    pub fn at_least(&mut self, what: impl Into<String>, value: f64, bound: f64, derivation: impl Into<String>) {
        self.push(what.into(), value, Relation::AtLeast, bound, derivation.into());
    }

    /// Adds a remark.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    fn push(&mut self, what: String, value: f64, relation: Relation, bound: f64, derivation: String) {
        self.measurements.push(Measurement { what, value, relation, bound, derivation });
    }
}

/// The largest of many deviations, each in units of its own bound: held if at most 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorstRatio {
    worst: f64,
    seen: usize,
}

impl WorstRatio {
    /// Takes in one deviation and its bound. A deviation of zero is within any bound, a NaN within none.
    pub fn add(&mut self, deviation: f64, bound: f64) {
        let ratio = if deviation == 0.0 { 0.0 } else { deviation.abs() / bound };
        // Not `max` alone, which would lose a NaN.
        if ratio > self.worst || ratio.is_nan() {
            self.worst = if ratio.is_nan() { f64::INFINITY } else { ratio };
        }
        self.seen += 1;
    }

    /// Takes in a deviation that counts only where it is positive: how far an inequality is violated.
    pub fn add_violation(&mut self, violation: f64, bound: f64) {
        self.add(if violation < 0.0 { 0.0 } else { violation }, bound);
    }

    /// The largest ratio so far.
    pub fn worst(&self) -> f64 {
        self.worst
    }

    /// How many deviations were taken in.
    pub fn seen(&self) -> usize {
        self.seen
    }
}
