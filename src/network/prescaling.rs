//! An exact change of scale by powers of two, for weights whose costs would leave the range of `f64`.
//!
//! `J_ij 2^{k_j − k_i − unit}` is a transform of the network and a change of the unit of weight, both exact in
//! binary floating point. With `k` chosen to even out the exponents, costs that would over- or underflow as they
//! stand (a weight of 1e±200 squared) are computed without rounding trouble. The log-scales found for the
//! prescaled network and `k·ln 2` add up to those of the network itself.

use super::Weights;
use crate::ranks::Spread;
use crate::scalar::exponent;

/// Powers of two that a network is seen through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prescaling {
    exponents: Vec<i32>,
    unit: i32,
}

/// Sweeps after which the evening-out of exponents stops: any exponents are valid, better ones only widen the
/// range of networks that fit. Along a chain evening out is diffusion, which takes the square of its length; hence
/// many sweeps where they are cheap, and at least a few where they are not.
const MAX_SWEEPS: usize = 20_000;
const MIN_SWEEPS: usize = 200;

/// Visits of synapses that all sweeps together may take, beyond [`MIN_SWEEPS`].
const MAX_VISITS: usize = 50_000_000;

impl Prescaling {
    /// The prescaling that changes nothing.
    pub fn identity(nodes: usize) -> Self {
        Prescaling { exponents: vec![0; nodes], unit: 0 }
    }

    /// The prescaling by these exponents, in this unit.
    pub(crate) fn of(exponents: Vec<i32>, unit: i32) -> Self {
        Prescaling { exponents, unit }
    }

    /// Evens out the largest exponents into and out of each neuron, then takes the largest weight as the unit.
    pub fn evening_out(weights: &Weights) -> Self {
        Self::evening_out_part(weights, None)
    }

    /// The same of weights that may be those of one rank only: every rank gets the prescaling of all.
    pub(crate) fn evening_out_part(weights: &Weights, spread: Option<&Spread>) -> Self {
        let of_all = |values: &mut [i32]| {
            if let Some(spread) = spread {
                spread.take_largest(values);
            }
        };
        let n = weights.neurons();
        let mut k = vec![0_i32; n];
        // Exponents are looked up in the weights: a list of them would be larger than the weights.
        let between_neurons = || weights.triplets().filter(|&(i, j, _)| i != j);
        let synapses = between_neurons().count();
        let synapses = spread.map_or(synapses, |spread| spread.total(synapses));
        let sweeps = (MAX_VISITS / synapses.max(1)).clamp(MIN_SWEEPS, MAX_SWEEPS);
        for _ in 0..sweeps {
            let mut largest_in = vec![i32::MIN; n];
            let mut largest_out = vec![i32::MIN; n];
            for (i, j, value) in between_neurons() {
                let scaled = exponent(*value) + k[j] - k[i];
                largest_in[i] = largest_in[i].max(scaled);
                largest_out[j] = largest_out[j].max(scaled);
            }
            of_all(&mut largest_in);
            of_all(&mut largest_out);
            // Half a step of what each neuron asks for, since its partners move at the same time.
            let mut moved = false;
            for i in 0..n {
                if largest_in[i] > i32::MIN && largest_out[i] > i32::MIN {
                    let step = (largest_in[i] - largest_out[i]) / 4;
                    k[i] += step;
                    moved |= step != 0;
                }
            }
            if !moved {
                break;
            }
        }
        let unit = between_neurons().map(|(i, j, value)| exponent(*value) + k[j] - k[i]).max();
        let unit = match spread {
            None => unit,
            Some(spread) => {
                let of_ranks = spread.gather_number(unit.map_or(f64::NEG_INFINITY, f64::from));
                Some(of_ranks.fold(f64::NEG_INFINITY, f64::max)).filter(|unit| unit.is_finite()).map(|unit| unit as i32)
            }
        };
        Prescaling { exponents: k, unit: unit.unwrap_or(0) }
    }

    /// True if the prescaling changes nothing.
    pub fn is_identity(&self) -> bool {
        self.unit == 0 && self.exponents.iter().all(|&k| k == 0)
    }

    /// The largest difference of two exponents.
    pub fn spread(&self) -> i32 {
        let (low, high) = self.exponents.iter().fold((0, 0), |(low, high), &k| (k.min(low), k.max(high)));
        high - low
    }

    /// The power of two that the synapse from `j` to `i` is multiplied by.
    pub fn shift(&self, i: usize, j: usize) -> i32 {
        self.exponents[j] - self.exponents[i] - self.unit
    }

    /// The power of two that weights are measured in.
    pub fn unit(&self) -> i32 {
        self.unit
    }

    /// The exponent `k` of a node.
    pub fn power_of_two(&self, i: usize) -> i32 {
        self.exponents[i]
    }

    /// The log-scales of the prescaling, `k·ln 2`.
    pub fn log_scale(&self, i: usize) -> f64 {
        f64::from(self.exponents[i]) * std::f64::consts::LN_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::times_power_of_two;

    #[test]
    fn evening_out_undoes_a_wild_change_of_scale() {
        // A ring of weights 1 seen through scales 2^{±500}: the prescaling must bring every exponent back near 0.
        let n = 8;
        let scale = |i: usize| if i.is_multiple_of(2) { 500 } else { -500 };
        let triplets = (0..n)
            .map(|i| {
                let j = (i + 1) % n;
                (i, j, times_power_of_two(1.0, scale(j) - scale(i)))
            })
            .collect();
        let weights = Weights::from_triplets(n, triplets).unwrap();
        let prescaling = Prescaling::evening_out(&weights);
        for (i, j, value) in weights.triplets() {
            let prescaled = times_power_of_two(*value, prescaling.shift(i, j));
            assert!((2.0_f64.powi(-40)..=2.0).contains(&prescaled), "{prescaled} from {j} to {i}");
        }
    }
}
