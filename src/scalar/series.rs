//! Truncated power series: a number that carries its Taylor coefficients in one variable (usually time) with it.
//!
//! Formulas that are generic over [`Scalar`] run on them unchanged and give the Taylor coefficients of their result.
//! Coefficients follow the recurrences of Moore, *Methods and Applications of Interval Analysis*, section 3.4 (for
//! example `k u_k = Σ_j j x_j u_{k−j}` for `u = e^x`), so with intervals as coefficients every one is enclosed.
//!
//! Conventions:
//! - The order says up to which power coefficients are known; of two operands the smaller one counts. Coefficients
//!   that are not stored are exactly zero. A constant is known to every order.
//! - Comparisons are those of the constant terms: the values at time zero.
//! - Functions with a corner (`abs`, `positive_part`, `step`, `larger`) are invalid where the side is not certain.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::Scalar;

/// `Σ_k c_k t^k`, up to a power.
#[derive(Clone, Debug, PartialEq)]
pub struct TaylorSeries<S> {
    /// The first one is always there; those that are missing are zero.
    coefficients: Vec<S>,
    order: usize,
}

/// The order of a constant.
const EVERY_ORDER: usize = usize::MAX;

impl<S: Scalar> TaylorSeries<S> {
    /// A number that does not change, known to every order.
    pub fn constant(value: S) -> Self {
        TaylorSeries { coefficients: vec![value], order: EVERY_ORDER }
    }

    /// `value + Σ_k higher_{k−1} t^k`, known up to the power `order`: what is beyond it is left out.
    pub fn new(value: S, higher: impl IntoIterator<Item = S>, order: usize) -> Self {
        let coefficients = std::iter::once(value).chain(higher.into_iter().take(order)).collect();
        TaylorSeries { coefficients, order }
    }

    /// The coefficient of `t^power`; `None` beyond the order, where nothing is known.
    pub fn coefficient(&self, power: usize) -> Option<S> {
        (power <= self.order).then(|| self.coefficients.get(power).cloned().unwrap_or_else(|| self.zero()))
    }

    /// Up to which power coefficients are known.
    pub fn order(&self) -> usize {
        self.order
    }

    fn zero(&self) -> S {
        self.coefficients[0].zero_like()
    }

    fn is_constant(&self) -> bool {
        self.coefficients.len() == 1
    }

    /// No result.
    fn invalid(&self) -> Self {
        TaylorSeries::constant(self.coefficients[0].lift(f64::NAN))
    }

    /// `f` of the constant, or the series whose coefficient `k ≥ 1` is `next(k, those before)`.
    fn recurrence(&self, first: S, next: impl Fn(usize, &[S]) -> S) -> Self {
        let mut coefficients = vec![first];
        if !self.is_constant() {
            for k in 1..=self.order {
                coefficients.push(next(k, &coefficients));
            }
        }
        TaylorSeries { coefficients, order: self.order }
    }

    /// `Σ_{j=1}^{k} weight(j)·c_j·others_{k−j}`.
    fn convolved(&self, k: usize, others: &[S], weight: impl Fn(usize) -> S) -> S {
        let mut sum = self.zero();
        for j in 1..=k.min(self.coefficients.len() - 1) {
            sum += &(self.coefficients[j].clone() * &weight(j) * &others[k - j]);
        }
        sum
    }

    fn add_scaled(&mut self, other: &Self, add: impl Fn(&mut S, &S)) {
        self.order = self.order.min(other.order);
        let zero = self.zero();
        let terms = other.coefficients.len().min(self.order.saturating_add(1));
        self.coefficients.truncate(self.order.saturating_add(1));
        if self.coefficients.len() < terms {
            self.coefficients.resize(terms, zero);
        }
        for (a, b) in self.coefficients.iter_mut().zip(&other.coefficients) {
            add(a, b);
        }
    }
}

impl<S: Scalar> PartialOrd for TaylorSeries<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.coefficients[0].partial_cmp(&other.coefficients[0]) {
            // Two series of the same value need not be the same.
            Some(Ordering::Equal) if self != other => None,
            found => found,
        }
    }
}

impl<S: Scalar> Neg for TaylorSeries<S> {
    type Output = Self;
    fn neg(self) -> Self {
        TaylorSeries { coefficients: self.coefficients.into_iter().map(|c| -c).collect(), order: self.order }
    }
}

impl<S: Scalar> AddAssign<&TaylorSeries<S>> for TaylorSeries<S> {
    fn add_assign(&mut self, other: &Self) {
        self.add_scaled(other, |a, b| *a += b);
    }
}

impl<S: Scalar> SubAssign<&TaylorSeries<S>> for TaylorSeries<S> {
    fn sub_assign(&mut self, other: &Self) {
        self.add_scaled(other, |a, b| *a -= b);
    }
}

impl<S: Scalar> Add<&TaylorSeries<S>> for TaylorSeries<S> {
    type Output = Self;
    fn add(mut self, other: &Self) -> Self {
        self += other;
        self
    }
}

impl<S: Scalar> Sub<&TaylorSeries<S>> for TaylorSeries<S> {
    type Output = Self;
    fn sub(mut self, other: &Self) -> Self {
        self -= other;
        self
    }
}

impl<S: Scalar> Mul<&TaylorSeries<S>> for TaylorSeries<S> {
    type Output = Self;
    fn mul(self, other: &Self) -> Self {
        let order = self.order.min(other.order);
        let terms = (self.coefficients.len() + other.coefficients.len() - 1).min(order.saturating_add(1));
        let mut coefficients = vec![self.zero(); terms];
        for (i, a) in self.coefficients.iter().enumerate().take(terms) {
            for (sum, b) in coefficients[i..].iter_mut().zip(&other.coefficients) {
                *sum += &(a.clone() * b);
            }
        }
        TaylorSeries { coefficients, order }
    }
}

impl<S: Scalar> Div<&TaylorSeries<S>> for TaylorSeries<S> {
    type Output = Self;
    fn div(self, other: &Self) -> Self {
        let order = self.order.min(other.order);
        let divisor = &other.coefficients[0];
        if other.is_constant() {
            let terms = order.saturating_add(1);
            let coefficients = self.coefficients.into_iter().take(terms).map(|c| c / divisor).collect();
            return TaylorSeries { coefficients, order };
        }
        // q·other = self: q_k = (a_k − Σ_{j≥1} other_j q_{k−j}) / other_0.
        let mut quotient: Vec<S> = Vec::with_capacity(order + 1);
        for k in 0..=order {
            let mut rest = self.coefficients.get(k).cloned().unwrap_or_else(|| self.zero());
            for j in 1..=k.min(other.coefficients.len() - 1) {
                rest -= &(other.coefficients[j].clone() * &quotient[k - j]);
            }
            quotient.push(rest / divisor);
        }
        TaylorSeries { coefficients: quotient, order }
    }
}

impl<S: Scalar> Scalar for TaylorSeries<S> {
    fn lift(&self, x: f64) -> Self {
        TaylorSeries::constant(self.coefficients[0].lift(x))
    }

    /// The nearest `f64` to the constant term.
    fn to_f64(&self) -> f64 {
        self.coefficients[0].to_f64()
    }

    fn upper_f64(&self) -> f64 {
        self.coefficients[0].upper_f64()
    }

    fn abs(&self) -> Self {
        let zero = self.zero();
        if self.is_constant() {
            TaylorSeries { coefficients: vec![self.coefficients[0].abs()], order: self.order }
        } else if self.coefficients[0] > zero {
            self.clone()
        } else if self.coefficients[0] < zero {
            -self.clone()
        } else {
            self.invalid()
        }
    }

    fn exp(&self) -> Self {
        let like = &self.coefficients[0];
        self.recurrence(like.exp(), |k, u| self.convolved(k, u, |j| like.lift(j as f64)) / &like.lift(k as f64))
    }

    fn ln(&self) -> Self {
        let like = &self.coefficients[0];
        // k x_k = Σ_{j=1}^{k} j u_j x_{k−j}, of which j = k is k u_k x_0.
        self.recurrence(like.ln(), |k, u| {
            let mut rest = self.coefficients.get(k).cloned().unwrap_or_else(|| self.zero());
            for (j, u) in u.iter().enumerate().skip(1) {
                if let Some(x) = self.coefficients.get(k - j) {
                    rest -= &(u.clone() * x * &like.lift(j as f64) / &like.lift(k as f64));
                }
            }
            rest / like
        })
    }

    fn sqrt(&self) -> Self {
        if self.is_constant() {
            return TaylorSeries { coefficients: vec![self.coefficients[0].sqrt()], order: self.order };
        }
        self.pow(&self.lift(0.5))
    }

    fn pow(&self, exponent: &Self) -> Self {
        if !exponent.is_constant() {
            return (self.ln() * exponent).exp();
        }
        let (like, a) = (&self.coefficients[0], &exponent.coefficients[0]);
        // k x_0 u_k = Σ_{j=1}^{k} (a j − (k − j)) x_j u_{k−j}.
        self.recurrence(like.pow(a), |k, u| {
            let weight = |j: usize| a.clone() * &like.lift(j as f64) - &like.lift((k - j) as f64);
            self.convolved(k, u, weight) / &(like.clone() * &like.lift(k as f64))
        })
    }

    fn is_finite(&self) -> bool {
        self.coefficients.iter().all(S::is_finite)
    }

    fn is_zero(&self) -> bool {
        self.coefficients.iter().all(S::is_zero)
    }

    fn positive_part(&self) -> Self {
        let zero = self.zero();
        if self.is_constant() {
            TaylorSeries { coefficients: vec![self.coefficients[0].positive_part()], order: self.order }
        } else if self.coefficients[0] > zero {
            self.clone()
        } else if self.coefficients[0] < zero {
            TaylorSeries::constant(zero)
        } else {
            self.invalid()
        }
    }

    fn step(&self) -> Self {
        let zero = self.zero();
        if self.is_constant() || self.coefficients[0] > zero || self.coefficients[0] < zero {
            TaylorSeries::constant(self.coefficients[0].step())
        } else {
            self.invalid()
        }
    }

    fn larger(&self, other: &Self) -> Self {
        if self.is_constant() && other.is_constant() {
            let value = self.coefficients[0].larger(&other.coefficients[0]);
            return TaylorSeries { coefficients: vec![value], order: self.order.min(other.order) };
        }
        match self.partial_cmp(other) {
            Some(Ordering::Less) => other.clone(),
            Some(_) => self.clone(),
            None => self.invalid(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Interval;

    const ORDER: usize = 12;

    /// Every coefficient of `found` holds the wanted one (within its own rounding) and is narrow.
    fn assert_holds(found: &TaylorSeries<Interval>, wanted: impl Fn(usize) -> f64) {
        for k in 0..=ORDER {
            let (found, wanted) = (found.coefficient(k).unwrap(), wanted(k));
            // The wanted one is computed by fewer than 40 operations, each correct to half an ulp.
            let slack = 20.0 * f64::EPSILON * wanted.abs();
            assert!(found.lo() <= wanted + slack && found.hi() >= wanted - slack, "{k}: {found:?} {wanted}");
            assert!(found.width() <= 1e-12 * (1.0 + wanted.abs()), "{k}: {found:?}");
        }
    }

    fn series(coefficients: &[f64]) -> TaylorSeries<Interval> {
        let point = |&x: &f64| Interval::point(x);
        TaylorSeries::new(point(&coefficients[0]), coefficients[1..].iter().map(point), ORDER)
    }

    fn factorial(k: usize) -> f64 {
        (1..=k).map(|j| j as f64).product()
    }

    #[test]
    fn known_expansions_are_enclosed() {
        let time = series(&[0.0, 1.0]);
        assert_holds(&time.exp(), |k| 1.0 / factorial(k));
        assert_holds(&(time.lift(1.0) / &series(&[1.0, -1.0])), |_| 1.0);
        assert_holds(&series(&[1.0, 1.0]).ln(), |k| if k == 0 { 0.0 } else { -(-1.0_f64).powi(k as i32) / k as f64 });
        let binomial = |a: f64| move |k: usize| (0..k).map(|j| (a - j as f64) / (j + 1) as f64).product::<f64>();
        assert_holds(&series(&[1.0, 1.0]).sqrt(), binomial(0.5));
        assert_holds(&series(&[1.0, 1.0]).pow(&time.lift(-2.5)), binomial(-2.5));
        assert_holds(&(series(&[1.0, 1.0]) * &series(&[1.0, 1.0])), |k| [1.0, 2.0, 1.0].get(k).copied().unwrap_or(0.0));
    }

    #[test]
    fn the_smaller_order_counts_and_constants_have_every_order() {
        let short = TaylorSeries::new(1.0, [2.0, 3.0, 4.0], 2);
        let long = TaylorSeries::new(1.0, [1.0; 9], 9);
        for result in [short.clone() + &long, short.clone() * &long, long / &short, short.exp()] {
            assert_eq!((result.order(), result.coefficient(2).is_some(), result.coefficient(3)), (2, true, None));
        }
        assert_eq!((short.clone() * &short.lift(2.0)).order(), 2);
        assert_eq!(TaylorSeries::constant(3.0).coefficient(1000), Some(0.0));
    }

    #[test]
    fn away_from_its_corner_a_function_has_its_side() {
        for (at, step, part) in [(0.5, 1.0, 0.5), (-0.5, 0.0, 0.0)] {
            let moving = TaylorSeries::new(at, [1.0], 3);
            assert_eq!(moving.step(), TaylorSeries::constant(step));
            assert_eq!((moving.positive_part().to_f64(), moving.abs().to_f64()), (part, 0.5));
            assert_eq!(moving.abs().coefficient(1), Some(at.signum()));
        }
    }

    #[test]
    fn a_corner_that_may_be_crossed_has_no_result() {
        let undecided = TaylorSeries::new(0.0, [1.0], 3);
        for result in
            [undecided.abs(), undecided.positive_part(), undecided.step(), undecided.larger(&undecided.lift(0.0))]
        {
            assert!(result.to_f64().is_nan());
        }
        assert_eq!(TaylorSeries::new(-2.0, [1.0], 3).abs(), TaylorSeries::new(2.0, [-1.0], 3));
    }
}
