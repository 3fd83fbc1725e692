//! Means with their uncertainty.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean and half the width of its 95 % interval (Student's t).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Half the width of the interval; infinite for a single value.
    pub half_width: f64,
    /// Number of values.
    pub count: usize,
}

impl MeanInterval {
    /// Of independent values.
    pub fn of(values: &[f64]) -> Self {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let half_width = match StudentsT::new(0.0, 1.0, count as f64 - 1.0) {
            Ok(student) => student.inverse_cdf(0.975) * (squares / (count as f64 - 1.0) / count as f64).sqrt(),
            // No degree of freedom: nothing is known about the spread.
            Err(_) => f64::INFINITY,
        };
        MeanInterval { mean, half_width, count }
    }

    /// Of the ratio of the means of paired values, to first order in their errors: the spread is that of
    /// `a_k − R b_k`, which is what makes the ratio R uncertain, over the mean of the `b_k`.
    pub fn of_ratio(above: &[f64], below: &[f64]) -> Self {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (ratio, scale) = (mean(above) / mean(below), mean(below));
        let rests: Vec<f64> = above.iter().zip(below).map(|(a, b)| a - ratio * b).collect();
        let MeanInterval { half_width, count, .. } = MeanInterval::of(&rests);
        MeanInterval { mean: ratio, half_width: half_width / scale.abs(), count }
    }

    /// Lower end of the interval.
    pub fn low(&self) -> f64 {
        self.mean - self.half_width
    }

    /// Upper end of the interval.
    pub fn high(&self) -> f64 {
        self.mean + self.half_width
    }
}

impl std::fmt::Display for MeanInterval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.4} ± {:.4}", self.mean, self.half_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_textbook() {
        // t(0.975, 4) = 2.7764451; the variance of 1..5 is 2.5, so the half-width is 2.7764451·√(2.5/5) = 1.9632432.
        let interval = MeanInterval::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!((interval.mean, interval.count), (3.0, 5));
        // The table has eight digits.
        assert!((interval.half_width - 1.963_243_2).abs() < 1e-7, "{}", interval.half_width);
        assert_eq!((interval.low(), interval.high()), (3.0 - interval.half_width, 3.0 + interval.half_width));
        assert_eq!(MeanInterval::of(&[1.0]).half_width, f64::INFINITY);
    }

    #[test]
    fn a_ratio_is_as_uncertain_as_what_its_pairs_do_not_share() {
        let below = [1.0, 2.0, 3.0, 4.0, 5.0];
        let twice = below.map(|value| 2.0 * value);
        assert_eq!(MeanInterval::of_ratio(&twice, &below), MeanInterval { mean: 2.0, half_width: 0.0, count: 5 });
        // The rests are the deviations −1, 1, 0, 0, 0; their variance is 0.5, and the mean below is 3.
        let ratio = MeanInterval::of_ratio(&[1.0, 5.0, 6.0, 8.0, 10.0], &below);
        assert_eq!(ratio.mean, 2.0);
        assert!((ratio.half_width - 2.776_445_1 * (0.5_f64 / 5.0).sqrt() / 3.0).abs() < 1e-7, "{}", ratio.half_width);
    }
}
