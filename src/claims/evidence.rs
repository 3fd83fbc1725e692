//! What a claim's check brings back: figures, each held against a bound that says where it comes from.

use serde::{Deserialize, Serialize};

use crate::balance::Status;

/// On which side of the bound a figure must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The figure is at most the bound.
    AtMost,
    /// The figure is at least the bound.
    AtLeast,
}

/// One figure and the bound that it is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// True if the figure lies on the right side of a finite bound; never for NaN.
    pub fn holds(&self) -> bool {
        if !self.bound.is_finite() {
            return false;
        }
        match self.relation {
            Relation::AtMost => self.value <= self.bound,
            Relation::AtLeast => self.value >= self.bound,
        }
    }
}

/// How far a figure that holds stayed from its bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Margin {
    /// The figure could not be further: nothing was off at all.
    Exact,
    /// So many powers of ten.
    Decades(f64),
    /// On the right side of a bound that is no size of an error: an inequality between costs, a number of another sign.
    Holds,
    /// On the wrong side.
    Broken,
}

impl Measurement {
    /// How far the figure stayed from its bound.
    pub fn margin(&self) -> Margin {
        if !self.holds() {
            Margin::Broken
        } else if self.relation == Relation::AtLeast {
            Margin::Holds
        } else if self.value == 0.0 {
            Margin::Exact
        } else if self.value > 0.0 {
            Margin::Decades((self.bound / self.value).log10())
        } else {
            Margin::Holds
        }
    }
}

impl Measurement {
    /// By how many powers of ten the figure passed its bound; infinite where the bound is no size that could be passed by a factor
    /// (a zero, a sign), `None` where it holds.
    pub fn decades_outside(&self) -> Option<f64> {
        if self.holds() {
            return None;
        }
        let decades = (self.value / self.bound).log10();
        let by_a_factor = self.relation == Relation::AtMost && self.bound > 0.0 && decades.is_finite();
        Some(if by_a_factor { decades } else { f64::INFINITY })
    }
}

impl Margin {
    /// The narrower of two: what broke, then the fewest decades, then what cannot be told in decades, then the exact.
    pub fn narrower(self, other: Margin) -> Margin {
        let key = |margin: Margin| match margin {
            Margin::Broken => (0, 0.0),
            Margin::Decades(decades) => (1, decades),
            Margin::Holds => (2, 0.0),
            Margin::Exact => (3, 0.0),
        };
        if key(other) < key(self) { other } else { self }
    }
}

/// The outcome of a claim's check on one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// The figures.
    pub measurements: Vec<Measurement>,
    /// What a reader should know beside them: what was left out and why, what was only observed.
    pub notes: Vec<String>,
    /// What belongs to the claim and could not be decided, with the reasons; they are among the notes too.
    #[serde(serialize_with = "whether_any")]
    pub open: Vec<String>,
}

/// Reports say whether something was left open; what it was stands in the notes.
fn whether_any<S: serde::Serializer>(open: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!open.is_empty())
}

/// How a claim fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every figure is on the right side of its bound.
    Held,
    /// At least one is not.
    Fell,
    /// What was measured is within its bounds, but something that belongs to the claim could not be: the notes say
    /// what.
    Open,
    /// Nothing could be measured on this network; the notes say why.
    NotApplicable,
}

impl Verdict {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Held => "held",
            Verdict::Fell => "FELL",
            Verdict::Open => "open",
            Verdict::NotApplicable => "n/a",
        }
    }

    /// True if the claim cannot be said to hold although it was to be checked.
    pub fn is_failure(self) -> bool {
        matches!(self, Verdict::Fell | Verdict::Open)
    }
}

impl Evidence {
    /// The verdict: without any figure nothing has been shown.
    pub fn verdict(&self) -> Verdict {
        if !self.measurements.iter().all(Measurement::holds) {
            Verdict::Fell
        } else if !self.open.is_empty() {
            Verdict::Open
        } else if self.measurements.is_empty() {
            Verdict::NotApplicable
        } else {
            Verdict::Held
        }
    }

    /// The narrowest margin of all figures; `None` without any.
    pub fn margin(&self) -> Option<Margin> {
        self.measurements.iter().map(Measurement::margin).reduce(Margin::narrower)
    }

    /// The figure that came nearest to its bound, or passed it.
    pub fn narrowest(&self) -> Option<&Measurement> {
        self.measurements.iter().reduce(|a, b| if a.margin().narrower(b.margin()) == a.margin() { a } else { b })
    }

    /// The figure that passed its bound by the largest factor; one that passed it otherwise only where there is no such.
    pub fn furthest_outside(&self) -> Option<&Measurement> {
        let by = |measurement: &Measurement| {
            measurement.decades_outside().map(|decades| if decades.is_finite() { decades } else { -1.0 })
        };
        let outside = self.measurements.iter().filter(|measurement| !measurement.holds());
        outside.max_by(|a, b| by(a).partial_cmp(&by(b)).unwrap_or(std::cmp::Ordering::Equal))
    }

    /// Adds a figure that must not exceed its bound.
    pub fn at_most(&mut self, what: impl Into<String>, value: f64, bound: f64, derivation: impl Into<String>) {
        self.push(what.into(), value, Relation::AtMost, bound, derivation.into());
    }

    /// Adds a figure that must reach its bound.
    pub fn at_least(&mut self, what: impl Into<String>, value: f64, bound: f64, derivation: impl Into<String>) {
        self.push(what.into(), value, Relation::AtLeast, bound, derivation.into());
    }

    /// Adds an imbalance that a solver reached. One that stopped early and says so contradicts no claim and shows none.
    pub fn balanced(&mut self, what: impl Into<String>, imbalance: f64, tol: f64, status: &Status) {
        if status.is_balanced() {
            self.at_most(what, imbalance, tol, "the tolerance asked for");
        } else {
            self.undecided(format!("{}: {imbalance:.1e}, {status}", what.into()));
        }
    }

    /// Adds an imbalance that a solver beside a balanced reference reached. That it stopped early and says so is its own speed, not
    /// the network's balance, so it leaves nothing open.
    pub fn balanced_beside(&mut self, what: impl Into<String>, imbalance: f64, tol: f64, status: &Status) {
        if status.is_balanced() {
            self.at_most(what, imbalance, tol, "the tolerance asked for");
        } else {
            self.note(format!("{}: {imbalance:.1e}, {status}; it takes no part in comparisons", what.into()));
        }
    }

    /// Adds the number of cases in which a strict inequality shows beyond rounding: there must be one. Where rounding hides it
    /// in all of them (costs far apart), nothing contradicts the claim and nothing shows it.
    pub fn some_beyond_rounding(&mut self, what: &str, seen: usize) {
        if seen > 0 {
            self.at_least(what, seen as f64, 1.0, "at least one");
        } else {
            self.undecided(format!("{what}: none, so f64 cannot tell whether the inequality is strict"));
        }
    }

    /// Adds a remark.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Adds a remark about something that belongs to the claim and could not be decided.
    pub fn undecided(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.open.push(text.clone());
        self.notes.push(text);
    }

    /// A figure that is no number, or has no bound, shows nothing either way: numbers on the way to it have left the range of `f64`.
    fn push(&mut self, what: String, value: f64, relation: Relation, bound: f64, derivation: String) {
        if value.is_nan() || !bound.is_finite() {
            self.undecided(format!(
                "{what}: {value:e}, bound {bound:e}: what it is made of is outside the range of f64; choose another unit of weight"
            ));
            return;
        }
        self.measurements.push(Measurement { what, value, relation, bound, derivation });
    }
}

/// The largest of many deviations, each in units of its own bound: held if at most 1. Of inequalities it is negative where all hold
/// with room to spare.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorstRatio {
    worst: f64,
    seen: usize,
}

impl WorstRatio {
    /// Takes in one deviation and its bound. A deviation of zero is within any finite bound, a NaN within none.
    pub fn add(&mut self, deviation: f64, bound: f64) {
        self.add_violation(deviation.abs(), bound);
    }

    /// Takes in how far an inequality is violated: negative where it holds with room to spare, which a bound of zero has no
    /// measure for.
    pub fn add_violation(&mut self, violation: f64, bound: f64) {
        // A bound that is infinite or NaN knows nothing, and nothing is within it.
        let ratio = if !bound.is_finite() || violation.is_nan() {
            f64::INFINITY
        } else if violation == 0.0 || (violation < 0.0 && bound == 0.0) {
            0.0
        } else {
            (violation / bound).max(f64::MIN)
        };
        self.worst = if self.seen == 0 { ratio } else { self.worst.max(ratio) };
        self.seen += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_ratio_says_how_much_room_an_inequality_had() {
        let mut worst = WorstRatio::default();
        assert_eq!((worst.worst(), worst.seen()), (0.0, 0));
        worst.add_violation(-6.0, 2.0);
        worst.add_violation(-8.0, 2.0);
        assert_eq!((worst.worst(), worst.seen()), (-3.0, 2));
        worst.add_violation(-1.0, 0.0);
        assert_eq!(worst.worst(), 0.0);
        worst.add(-1.0, 2.0);
        worst.add(0.5, 2.0);
        assert_eq!((worst.worst(), worst.seen()), (0.5, 5));
        worst.add_violation(-1e300, 1e-300);
        assert_eq!(worst.worst(), 0.5);
        for (deviation, bound) in [(0.0, f64::INFINITY), (f64::NAN, 1.0), (0.0, f64::NAN), (1.0, 0.0)] {
            let mut worst = WorstRatio::default();
            worst.add(deviation, bound);
            assert_eq!(worst.worst(), f64::INFINITY, "{deviation} {bound}");
        }
    }

    /// It was called fallen: a theorem is not refuted by numbers that `f64` cannot hold.
    #[test]
    fn what_is_no_number_or_has_no_bound_is_open() {
        for (value, bound) in [(f64::NAN, 1.0), (0.0, f64::NAN), (0.0, f64::INFINITY), (f64::NAN, f64::NAN)] {
            let mut evidence = Evidence::default();
            evidence.at_most("a", value, bound, "b");
            assert_eq!((evidence.verdict(), evidence.open.len()), (Verdict::Open, 1), "{value} {bound}");
        }
        let mut evidence = Evidence::default();
        evidence.at_most("a", f64::INFINITY, 1.0, "b");
        assert_eq!(evidence.verdict(), Verdict::Fell);
    }

    #[test]
    fn the_narrowest_figure_is_what_broke_or_the_one_with_the_fewest_decades() {
        let mut evidence = Evidence::default();
        let narrowest =
            |evidence: &Evidence| (evidence.margin(), evidence.narrowest().map(|figure| figure.what.clone()));
        assert_eq!(narrowest(&evidence), (None, None));
        let mut expect = |value, bound, what: &str, margin, named: &str| {
            evidence.at_most(what, value, bound, "");
            assert_eq!(narrowest(&evidence), (Some(margin), Some(named.to_owned())));
        };
        expect(0.0, 1.0, "exact", Margin::Exact, "exact");
        expect(-1.0, 0.0, "negative", Margin::Holds, "negative");
        expect(0.01, 1.0, "two decades", Margin::Decades(2.0), "two decades");
        expect(0.001, 1.0, "three decades", Margin::Decades(2.0), "two decades");
        // Of equals the first.
        expect(0.01, 1.0, "two decades again", Margin::Decades(2.0), "two decades");
        expect(0.1, 1.0, "one decade", Margin::Decades(1.0), "one decade");
        expect(2.0, 1.0, "broken", Margin::Broken, "broken");
        expect(0.5, 1.0, "less than a decade", Margin::Broken, "broken");
        evidence.at_least("reached", 1.0, 1.0, "");
        assert_eq!(evidence.measurements.last().unwrap().margin(), Margin::Holds);
        evidence.at_least("not reached", 0.5, 1.0, "");
        assert_eq!(evidence.measurements.last().unwrap().margin(), Margin::Broken);
    }

    #[test]
    fn the_figure_that_passed_its_bound_furthest_is_found() {
        let mut evidence = Evidence::default();
        evidence.at_most("held", 0.5, 1.0, "");
        assert_eq!(evidence.furthest_outside(), None);
        evidence.at_most("passed a zero", 1.0, 0.0, "");
        assert_eq!(evidence.furthest_outside().unwrap().decades_outside(), Some(f64::INFINITY));
        evidence.at_most("ten times", 10.0, 1.0, "");
        evidence.at_most("a hundred times", 100.0, 1.0, "");
        evidence.at_least("of the other sign", -1.0, 1.0, "");
        assert_eq!(evidence.furthest_outside().unwrap().what, "a hundred times");
        assert_eq!(evidence.furthest_outside().unwrap().decades_outside(), Some(2.0));
    }
}
