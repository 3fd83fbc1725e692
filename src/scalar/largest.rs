//! The largest of many numbers, in which no NaN is lost.

/// The largest of numbers of at least 0: 0 if there are none, NaN if one of them is NaN.
///
/// `f64::max` takes the other number instead, so that a figure which could not be computed would lie within any bound.
pub fn largest_or_nan(values: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |largest: f64, value: f64| if largest.is_nan() || value <= largest { largest } else { value };
    values.into_iter().fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_stays_wherever_it_stands() {
        assert_eq!(largest_or_nan([]).to_bits(), 0);
        assert_eq!(largest_or_nan([1.0, 3.0, 2.0]), 3.0);
        assert_eq!(largest_or_nan([1.0, f64::INFINITY]), f64::INFINITY);
        for values in [[f64::NAN, 1.0, 2.0], [1.0, f64::NAN, 2.0], [1.0, 2.0, f64::NAN], [f64::NAN; 3]] {
            assert!(largest_or_nan(values).is_nan(), "{values:?}");
        }
    }
}
