//! The network that a certificate is about, as its checker sees it: triplets.

use crate::format::Refused;

/// A synapse weight by target and source, both counted from 0.
pub type Triplet = (usize, usize, f64);

/// Weights of a network. Zeros stand for no synapse and are passed over, wherever they are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// Number of neurons n.
    pub neurons: usize,
    /// The degree of homogeneity of each neuron's activation (NaN for one that has none), where the network says it: a certificate
    /// about other degrees is about another network.
    pub degrees: Option<Vec<f64>>,
    /// Recurrent weights, each pair at most once, in any order.
    pub recurrent: Vec<Triplet>,
    /// What comes into the neurons from outside, as (target, weight): every input weight and every bias by itself. `None`
    /// if the network has neither.
    pub from_world: Option<Vec<(usize, f64)>>,
    /// What is read out of the neurons, as (source, weight). `None` if the network has no read-out.
    pub to_world: Option<Vec<(usize, f64)>>,
}

/// A degree in a message.
pub(crate) fn stated(degree: f64) -> String {
    if degree.is_nan() { "it has no degree".to_owned() } else { format!("its degree is {degree}") }
}

impl Input {
    /// Refuses a network that says that its neurons have other degrees than these.
    pub(crate) fn check_degrees(&self, certified: impl Fn(usize) -> f64) -> Result<(), Refused> {
        let Some(degrees) = &self.degrees else { return Ok(()) };
        if degrees.len() != self.neurons {
            return Err(Refused::WrongLength {
                what: "degrees of the network",
                found: degrees.len(),
                expected: self.neurons,
            });
        }
        // A NaN is no degree at all, and equal to none.
        match degrees.iter().enumerate().find(|&(neuron, &found)| found != certified(neuron)) {
            None => Ok(()),
            Some((neuron, &found)) => Err(Refused::OtherDegree { neuron, certified: certified(neuron), found }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_that_the_network_says_are_those_of_the_certificate() {
        let input = |degrees| Input { neurons: 2, degrees, ..Input::default() };
        let of = |neuron: usize| [1.0, 0.5][neuron];
        assert_eq!(input(None).check_degrees(of), Ok(()));
        assert_eq!(input(Some(vec![1.0, 0.5])).check_degrees(of), Ok(()));
        let refused = input(Some(vec![1.0, 2.0])).check_degrees(of).unwrap_err();
        assert_eq!(refused, Refused::OtherDegree { neuron: 1, certified: 0.5, found: 2.0 });
        let said = "the certificate is about a neuron 1 (counted from 0) of degree 0.5, but the network says that its degree is 2; certify the network as it is";
        assert_eq!(refused.to_string(), said);
        let none = input(Some(vec![f64::NAN, 0.5])).check_degrees(of).unwrap_err();
        assert!(none.to_string().contains("says that it has no degree"), "{none}");
        let length = input(Some(vec![1.0])).check_degrees(of).unwrap_err();
        assert!(matches!(length, Refused::WrongLength { found: 1, expected: 2, .. }), "{length}");
    }
}
