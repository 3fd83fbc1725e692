//! Noise on the state, from a stream of its own for every trial.

use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::{Dynamics, Simulator, Trials};
use crate::network::random::stream;

/// Independent normal noise on every neuron's state, added after every step: `√Δt·σ·ξ` in continuous time (the
/// Euler–Maruyama method; the authors' convention), `σ·ξ` in discrete time. ξ has variance one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateNoise {
    /// Standard deviation σ.
    pub sigma: f64,
    /// Trial b of all that are run with this seed always has the same noise, whatever batch it is run in.
    pub seed: u64,
}

/// Streams below this are taken by other purposes of the same seed.
const FIRST_STREAM: u64 = 1 << 32;

/// Trials that are run in one batch by [`in_groups`].
const GROUP: usize = 8;

impl StateNoise {
    /// The noise of the trials numbered `trials`, as a function that disturbs the state of their batch.
    pub fn of_trials(
        &self,
        trials: Range<usize>,
        dynamics: Dynamics,
        step: f64,
    ) -> impl FnMut(usize, &mut [f64]) + use<> {
        let mut streams: Vec<ChaCha8Rng> = trials.map(|trial| stream(self.seed, FIRST_STREAM + trial as u64)).collect();
        let size = match dynamics {
            Dynamics::Discrete => self.sigma,
            Dynamics::ContinuousEuler | Dynamics::ContinuousRk4 => step.sqrt() * self.sigma,
        };
        move |_, x| {
            if size == 0.0 {
                return;
            }
            let count = streams.len();
            for values in x.chunks_exact_mut(count) {
                for (value, stream) in values.iter_mut().zip(&mut streams) {
                    let xi: f64 = StandardNormal.sample(stream);
                    *value += size * xi;
                }
            }
        }
    }
}

impl Simulator<'_, f64> {
    /// Runs the trials numbered from `first` on with noise; `observe` as for [`Simulator::run`].
    pub fn run_noisy(
        &self,
        trials: &Trials<f64>,
        noise: &StateNoise,
        first: usize,
        observe: impl FnMut(usize, &[f64]),
    ) {
        let disturb = noise.of_trials(first..first + trials.count, self.dynamics(), trials.step);
        self.run(trials, disturb, observe);
    }
}

/// Splits `count` trials into batches, runs them on all threads, and returns what each brought back, in the order of the
/// trials. The batches, and so all bits of the result, do not depend on the number of threads.
pub fn in_groups<T: Send>(count: usize, run: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    let groups: Vec<Range<usize>> = (0..count).step_by(GROUP).map(|first| first..(first + GROUP).min(count)).collect();
    groups.into_par_iter().map(run).collect()
}
