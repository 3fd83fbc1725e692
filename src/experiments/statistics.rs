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
        assert_eq!(MeanInterval::of(&[1.0]).half_width, f64::INFINITY);
    }
}
