//! At how many sizes of noise a balanced network does better than the given one.

use super::MeanInterval;
use super::authors::Losses;

/// Of a balanced network against the given one, under the same noise: at how many of the sizes the loss is lower, and at how
/// many higher, where the 95 % interval of the difference does not hold zero; and at how many the estimate is lower.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub estimated_lower: usize,
    pub lower: usize,
    pub higher: usize,
    pub of: usize,
}

impl Count {
    pub fn add(&mut self, difference: MeanInterval) {
        self.estimated_lower += usize::from(difference.mean < 0.0);
        self.lower += usize::from(difference.high() < 0.0);
        self.higher += usize::from(difference.low() > 0.0);
        self.of += 1;
    }

    pub fn plus(self, other: Count) -> Count {
        Count {
            estimated_lower: self.estimated_lower + other.estimated_lower,
            lower: self.lower + other.lower,
            higher: self.higher + other.higher,
            of: self.of + other.of,
        }
    }

    pub fn words(self) -> String {
        format!(
            "lower at {} of {} sizes of noise (by 95 % intervals of paired differences lower at {}, higher at {})",
            self.estimated_lower, self.of, self.lower, self.higher
        )
    }
}

/// The counts of one network: of the average and of every trial, after the flow and balanced exactly.
#[derive(Clone, Copy, Default)]
pub(super) struct Score {
    pub flow_average: Count,
    pub flow_trials: Count,
    pub exact_average: Count,
    pub exact_trials: Count,
}

impl Score {
    /// Of the losses at each of the sizes of noise.
    pub fn of(sigmas: &[f64], given: &[Losses], flowed: &[Losses], exact: &[Losses]) -> Score {
        let mut score = Score::default();
        for (k, sigma) in sigmas.iter().enumerate() {
            if *sigma > 0.0 {
                score.flow_average.add(flowed[k].difference_of_averages(&given[k]));
                score.flow_trials.add(flowed[k].difference_of_trials(&given[k]));
                score.exact_average.add(exact[k].difference_of_averages(&given[k]));
                score.exact_trials.add(exact[k].difference_of_trials(&given[k]));
            }
        }
        score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of the same value in every trial and block, so that every interval is a point.
    fn losses(values: [f64; 3]) -> [Losses; 3] {
        values.map(|loss| Losses { each: vec![loss; 2], blocks: vec![vec![loss.sqrt()]; 2] })
    }

    fn numbers(count: Count) -> [usize; 4] {
        [count.estimated_lower, count.lower, count.higher, count.of]
    }

    #[test]
    fn a_size_of_noise_counts_as_lower_or_higher_only_beyond_its_interval() {
        let mut count = Count::default();
        for (mean, half_width) in
            [(-1.0, 0.5), (-1.0, 1.0), (-1.0, 2.0), (0.0, 0.0), (1.0, 2.0), (1.0, 1.0), (1.0, 0.5)]
        {
            count.add(MeanInterval { mean, half_width, count: 3 });
        }
        assert_eq!(numbers(count), [3, 1, 1, 7]);
        let other = Count { estimated_lower: 10, lower: 20, higher: 30, of: 40 };
        assert_eq!(numbers(count.plus(other)), [13, 21, 31, 47]);
        assert_eq!(
            count.words(),
            "lower at 3 of 7 sizes of noise (by 95 % intervals of paired differences lower at 1, higher at 1)"
        );
    }

    #[test]
    fn networks_are_scored_under_noise_alone() {
        // Without noise both differ from the given network, which must not count.
        let (given, flowed, exact) = (losses([4.0, 4.0, 4.0]), losses([9.0, 1.0, 4.0]), losses([1.0, 9.0, 16.0]));
        let score = Score::of(&[0.0, 0.1, 0.2], &given, &flowed, &exact);
        for flow in [score.flow_average, score.flow_trials] {
            assert_eq!(numbers(flow), [1, 1, 0, 2]);
        }
        for exact in [score.exact_average, score.exact_trials] {
            assert_eq!(numbers(exact), [0, 0, 2, 2]);
        }
    }
}
