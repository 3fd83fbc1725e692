//! The authors' protocol for their figure of loss against noise (their programs `balance_networks` and `balancing`,
//! November 2026): what is run on which trials, and how the loss is taken.
//!
//! 300 noiseless trials of each condition give the mean gains, and with them the cost `r_j J_ij²`. The flow is followed to
//! T = 3000 with Σh = 0. 300 other trials of each condition are run under noise `σ √Δt ξ` on the state at every Euler
//! step; inputs and targets are repeated ten times and smoothed; the read-out before each step is compared with the
//! target. Their loss is that of the **average** over the trials of a condition.

mod losses;
mod variants;

pub(super) use losses::{Losses, Rules, Under, measure};
pub(super) use variants::{Integrating, Variant, follow_the_flow};

use std::ops::Range;

/// Conditions of the task; a repetition is one trial of each.
pub(super) const CONDITIONS: usize = 8;
/// Repetitions that gains are averaged over, and that losses are taken from.
pub(super) const REPETITIONS: usize = 300;
/// Repetitions where 300 would take too long: controls, other seeds, tests.
pub(super) const FEWER: usize = 90;
/// Repetitions of a quick run.
pub(super) const FEWEST: usize = 30;
/// Neither training nor other experiments have seen trials from these numbers on.
const FIRST_FOR_GAINS: usize = 1 << 25;
const FIRST_FOR_LOSSES: usize = 1 << 26;

/// The numbers of the trials of some repetitions, for the gains.
pub(super) fn gain_trials(repetitions: Range<usize>) -> Range<usize> {
    FIRST_FOR_GAINS + CONDITIONS * repetitions.start..FIRST_FOR_GAINS + CONDITIONS * repetitions.end
}

/// The same, for the losses.
pub(super) fn loss_trials(repetitions: Range<usize>) -> Range<usize> {
    FIRST_FOR_LOSSES + CONDITIONS * repetitions.start..FIRST_FOR_LOSSES + CONDITIONS * repetitions.end
}
