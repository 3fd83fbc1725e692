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
}
