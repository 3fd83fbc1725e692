//! Activations and their degree of homogeneity.

use super::NetworkError;
use crate::scalar::{Scalar, power};

/// An activation `φ`. Positively homogeneous of degree k means `φ(λx) = λ^k φ(x)` for every λ > 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// `φ(x) = x`, degree 1.
    Linear,
    /// `φ(x) = max(x, 0)`, degree 1.
    Relu,
    /// `φ(x) = x` for `x > 0`, else `slope·x` (BiLU), degree 1.
    LeakyRelu {
        /// The slope below zero.
        slope: f64,
    },
    /// `φ(x) = x^degree` for `x > 0`, else 0.
    RectifiedPower {
        /// The exponent k ≥ 0; with 0 this is the step function.
        degree: f64,
    },
    /// `φ(x) = tanh x`: **not homogeneous**. Here only as the negative control.
    Tanh,
}

impl Activation {
    /// The degree of homogeneity, or `None` if the activation is not homogeneous.
    pub fn degree(self) -> Option<f64> {
        match self {
            Activation::Linear | Activation::Relu | Activation::LeakyRelu { .. } => Some(1.0),
            Activation::RectifiedPower { degree } => Some(degree),
            Activation::Tanh => None,
        }
    }

    /// The degree, or a typed error that says why there is none.
    ///
    /// # Errors
    /// [`NetworkError::NotHomogeneous`] for tanh.
    pub fn homogeneous_degree(self) -> Result<f64, NetworkError> {
        self.degree().ok_or(NetworkError::NotHomogeneous { activation: self.name() })
    }

    /// The name used on the command line and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Activation::Linear => "linear",
            Activation::Relu => "relu",
            Activation::LeakyRelu { .. } => "leaky-relu",
            Activation::RectifiedPower { .. } => "rectified-power",
            Activation::Tanh => "tanh",
        }
    }

    /// `φ(x)`.
    pub fn apply<S: Scalar>(self, x: &S) -> S {
        match self {
            Activation::Linear => x.clone(),
            Activation::Relu => x.positive_part(),
            Activation::LeakyRelu { slope } => x.positive_part() - &((-x.clone()).positive_part() * &x.lift(slope)),
            Activation::RectifiedPower { degree: 0.0 } => x.step(),
            Activation::RectifiedPower { degree } => power(&x.positive_part(), degree),
            Activation::Tanh => {
                // tanh|x| = (1 − q)/(1 + q) with q = e^{−2|x|} ≤ 1: no overflow on either side.
                let one = x.lift(1.0);
                let q = (x.abs() * &x.lift(-2.0)).exp();
                let magnitude = (one.clone() - &q) / &(one + &q);
                if *x > x.zero_like() { magnitude } else { -magnitude }
            }
        }
    }

    /// `φ'(x)`; at a kink the slope on the left.
    pub fn slope<S: Scalar>(self, x: &S) -> S {
        match self {
            Activation::Linear => x.lift(1.0),
            Activation::Relu => x.step(),
            Activation::LeakyRelu { slope } => x.step() * &x.lift(1.0 - slope) + &x.lift(slope),
            Activation::RectifiedPower { degree: 0.0 } => x.zero_like(),
            Activation::RectifiedPower { degree: 1.0 } => x.step(),
            // Below degree one the slope is infinite just right of zero; from the left it is zero.
            Activation::RectifiedPower { degree } => power(&x.positive_part(), degree - 1.0) * &x.lift(degree),
            Activation::Tanh => {
                let y = self.apply(x);
                x.lift(1.0) - &(y.clone() * &y)
            }
        }
    }
}

/// The activations of all neurons of a network: one for all of them, or one each.
#[derive(Clone, Debug, PartialEq)]
pub enum Activations {
    /// The same for every neuron.
    Same(Activation),
    /// One for each neuron (n).
    Each(Vec<Activation>),
}

impl From<Activation> for Activations {
    fn from(activation: Activation) -> Self {
        Activations::Same(activation)
    }
}

impl From<Vec<Activation>> for Activations {
    /// One each; where they are all the same, that one for all.
    fn from(each: Vec<Activation>) -> Self {
        match each.first() {
            Some(&first) if each.iter().all(|&other| other == first) => Activations::Same(first),
            _ => Activations::Each(each),
        }
    }
}

impl PartialEq<Activation> for Activations {
    fn eq(&self, other: &Activation) -> bool {
        *self == Activations::Same(*other)
    }
}

impl Activations {
    /// That of a neuron.
    #[inline]
    pub fn at(&self, neuron: usize) -> Activation {
        match self {
            Activations::Same(activation) => *activation,
            Activations::Each(each) => each[neuron],
        }
    }

    /// The one of all neurons, if they share one.
    pub fn same(&self) -> Option<Activation> {
        match self {
            Activations::Same(activation) => Some(*activation),
            Activations::Each(_) => None,
        }
    }

    /// The name used in messages; `mixed` where neurons differ.
    pub fn name(&self) -> &'static str {
        self.same().map_or("mixed", Activation::name)
    }

    /// Whether `is` holds for the activation of every neuron.
    pub fn all(&self, is: impl Fn(Activation) -> bool) -> bool {
        match self {
            Activations::Same(activation) => is(*activation),
            Activations::Each(each) => each.iter().all(|&activation| is(activation)),
        }
    }

    /// The degrees of homogeneity.
    ///
    /// # Errors
    /// The first neuron whose activation has none.
    pub fn homogeneous_degrees(&self) -> Result<Degrees, NetworkError> {
        match self {
            Activations::Same(activation) => Ok(Degrees::Same(activation.homogeneous_degree()?)),
            Activations::Each(each) => {
                let degree = |(neuron, activation): (usize, &Activation)| {
                    let activation = *activation;
                    activation
                        .degree()
                        .ok_or(NetworkError::NeuronNotHomogeneous { neuron, activation: activation.name() })
                };
                Ok(Degrees::of(each.iter().enumerate().map(degree).collect::<Result<_, _>>()?))
            }
        }
    }
}

/// The degrees of homogeneity `k_j` of all neurons.
#[derive(Clone, Debug, PartialEq)]
pub enum Degrees {
    /// The same for every neuron.
    Same(f64),
    /// One for each neuron (n).
    Each(Vec<f64>),
}

impl Degrees {
    /// One each; where they are all the same, that one for all.
    pub fn of(each: Vec<f64>) -> Self {
        match each.first() {
            Some(&first) if each.iter().all(|&other| other == first) => Degrees::Same(first),
            _ => Degrees::Each(each),
        }
    }

    /// That of a neuron.
    #[inline]
    pub fn at(&self, neuron: usize) -> f64 {
        match self {
            Degrees::Same(degree) => *degree,
            Degrees::Each(each) => each[neuron],
        }
    }

    /// True if every degree is one: the case of the paper.
    pub fn are_one(&self) -> bool {
        *self == Degrees::Same(1.0)
    }

    /// The first neuron whose degree is not one, with that degree.
    pub fn first_not_one(&self) -> Option<(usize, f64)> {
        match self {
            Degrees::Same(degree) => (*degree != 1.0).then_some((0, *degree)),
            Degrees::Each(each) => each.iter().copied().enumerate().find(|&(_, degree)| degree != 1.0),
        }
    }

    /// `k h` of a neuron, without a rounding where its degree is one.
    pub fn times<S: Scalar>(&self, neuron: usize, h: &S) -> S {
        let degree = self.at(neuron);
        if degree == 1.0 { h.clone() } else { h.clone() * &h.lift(degree) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_secant() {
        let all = [
            Activation::Linear,
            Activation::Relu,
            Activation::LeakyRelu { slope: 0.1 },
            Activation::RectifiedPower { degree: 0.0 },
            Activation::RectifiedPower { degree: 0.5 },
            Activation::RectifiedPower { degree: 1.0 },
            Activation::RectifiedPower { degree: 2.5 },
            Activation::Tanh,
        ];
        // A central difference is off by h²/6 times the third derivative, which is at most 10 for |x| ≥ 0.3, and by the
        // rounding of φ (at most 6 here, a few units of roundoff) over h.
        let h = 1e-5;
        for activation in all {
            for x in [-2.0, -0.3, 0.3, 1.0, 2.0] {
                let secant = (activation.apply(&(x + h)) - activation.apply(&(x - h))) / (2.0 * h);
                let bound = 10.0 * h * h + 32.0 * f64::EPSILON / h;
                assert!((activation.slope(&x) - secant).abs() <= bound, "{activation:?} at {x}");
            }
        }
        assert_eq!(Activation::Relu.slope(&0.0), 0.0);
        assert_eq!(Activation::RectifiedPower { degree: 0.5 }.slope(&-1.0), 0.0);
    }
}
