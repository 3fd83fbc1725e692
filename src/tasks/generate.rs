//! The cases that the claims are checked on: two real networks and generated ones of every kind that behaves
//! differently.

use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};

use crate::balance::Scope;
use crate::cost::CostSpec;
use crate::io::{ReadError, embedded};
use crate::network::random::{normals, random_network, stream};
use crate::network::{Activation, Network, NetworkError, Weights};

/// A named network with the cost to balance.
#[derive(Clone, Debug)]
pub struct Case {
    /// Short name, used as an anchor.
    pub name: String,
    /// What it is and where it comes from.
    pub title: String,
    /// The network.
    pub network: Network,
    /// The cost.
    pub spec: CostSpec,
    /// Which synapses to balance.
    pub scope: Scope,
    /// What is drawn of it beside what is drawn of every network.
    pub beside: Beside,
}

/// Figures that take long, so that only cases of the report have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// None.
    #[default]
    Nothing,
    /// How far the flow drifts at many tolerances.
    Drift,
    /// Its trajectory with certified bounds: of small networks, to be followed for long.
    CertifiedErrors,
}

/// Why a case could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// A fault found there: [`ReadError`].
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// The embedded cases, in the order of the report.
///
/// # Errors
/// Never with the data as shipped; a typed error if the embedded files do not parse.
pub fn embedded_cases(seed: u64) -> Result<Vec<Case>, CaseError> {
    let plain = |weights| Network::recurrent(weights, Activation::Relu);
    let case = |name: &str, title: &str, network| Case {
        name: name.to_owned(),
        title: title.to_owned(),
        network,
        spec: CostSpec::power(2.0),
        scope: Scope::Whole,
        beside: Beside::Nothing,
    };
    let with = |beside: Beside, case: Case| Case { beside, ..case };
    let within = |case: Case| Case { scope: Scope::WithinComponents, ..case };

    let dense = DMatrix::from_vec(64, 64, normals(&mut stream(seed, 1), 64 * 64, 1.0 / 8.0));
    let sparse = random_network(&mut stream(seed, 2), 200, 0.03, 1.0)?;
    let heavy = random_network(&mut stream(seed, 3), 64, 1.0, 3.0)?;
    let (left, right) = (normals(&mut stream(seed, 4), 40, 1.0), normals(&mut stream(seed, 5), 40, 1.0));
    let rank_one = DMatrix::from_fn(40, 40, |i, j| left[i] * right[j]);
    let ring_weights = normals(&mut stream(seed, 6), 24, 1.0);
    let ring = Weights::from_triplets(24, (0..24).map(|i| ((i + 1) % 24, i, ring_weights[i].exp())).collect())?;
    Ok(vec![
        within(case(
            "celegans",
            "C. elegans, chemical synapses between 279 neurons (Varshney et al. 2011)",
            plain(embedded::celegans()?),
        )),
        within(case(
            "fly-types",
            "Fly visual system, 65 cell types of a trained network (Lappalainen et al. 2024)",
            plain(embedded::fly_types()?),
        )),
        case("random-dense", "Gaussian weights, 64 neurons, all pairs", plain(Weights::from_dense(&dense)?)),
        with(
            Beside::Drift,
            case("random-sparse", "200 neurons, about 7 synapses each, log-normal weights (sigma = 1)", plain(sparse)),
        ),
        case("heavy-tailed", "64 neurons, all pairs, log-normal weights (sigma = 3)", plain(heavy)),
        case("rank-one", "40 neurons, weights u v^T", plain(Weights::from_dense(&rank_one)?)),
        with(Beside::CertifiedErrors, case("ring", "24 neurons in one directed ring", plain(ring))),
        with(
            Beside::CertifiedErrors,
            within(case(
                "not-balanceable",
                "two random groups of 20 neurons with synapses from the first to the second only",
                plain(two_groups(seed)?),
            )),
        ),
        feed_forward(seed)?,
        quadratic(seed)?,
    ])
}

/// A network whose neurons are rectified quadratic and rectified in turn, with two inputs and two outputs.
fn quadratic(seed: u64) -> Result<Case, NetworkError> {
    let mut random = stream(seed, 9);
    let n = 40;
    let weights = random_network(&mut random, n, 0.15, 1.0)?;
    let square = Activation::RectifiedPower { degree: 2.0 };
    let activations: Vec<Activation> = (0..n).map(|i| if i % 2 == 0 { square } else { Activation::Relu }).collect();
    let network = Network {
        w_in: Some(DMatrix::from_vec(n, 2, normals(&mut random, n * 2, 1.0))),
        bias: Some(normals(&mut random, n, 0.3)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, n * 2, 1.0))),
        ..Network::recurrent(weights, activations)
    };
    Ok(Case {
        name: "quadratic".to_owned(),
        title: "40 neurons, rectified quadratic (degree 2) and rectified in turn, balanced with the world node (lambda = 1)"
            .to_owned(),
        network,
        spec: CostSpec::power(2.0).with_world(1.0),
        scope: Scope::Whole,
        beside: Beside::Nothing,
    })
}

fn two_groups(seed: u64) -> Result<Weights, NetworkError> {
    let mut random = stream(seed, 7);
    let first = random_network(&mut random, 20, 0.2, 1.0)?;
    let second = random_network(&mut random, 20, 0.2, 1.0)?;
    let mut triplets: Vec<(usize, usize, f64)> = first.triplets().map(|(i, j, &value)| (i, j, value)).collect();
    triplets.extend(second.triplets().map(|(i, j, &value)| (i + 20, j + 20, value)));
    for bridge in 0..6 {
        triplets.push((20 + bridge, 2 * bridge, 1.0));
    }
    Weights::from_triplets(40, triplets)
}

/// A feed-forward network, which only the world node makes balanceable: 6 inputs, layers of 12, 10 and 8, 3 outputs.
fn feed_forward(seed: u64) -> Result<Case, NetworkError> {
    let mut random = stream(seed, 8);
    let layers = [12, 10, 8];
    let n: usize = layers.iter().sum();
    let mut triplets = Vec::new();
    let mut start = 0;
    for pair in layers.windows(2) {
        for source in start..start + pair[0] {
            for target in start + pair[0]..start + pair[0] + pair[1] {
                triplets.push((target, source, StandardNormal.sample(&mut random)));
            }
        }
        start += pair[0];
    }
    let mut w_in = DMatrix::zeros(n, 6);
    let mut w_out = DMatrix::zeros(3, n);
    for neuron in 0..layers[0] {
        for input in 0..6 {
            w_in[(neuron, input)] = StandardNormal.sample(&mut random);
        }
    }
    for neuron in n - layers[2]..n {
        for output in 0..3 {
            w_out[(output, neuron)] = StandardNormal.sample(&mut random);
        }
    }
    let network = Network {
        w_in: Some(w_in),
        bias: Some(normals(&mut random, n, 0.3)),
        w_out: Some(w_out),
        ..Network::recurrent(Weights::from_triplets(n, triplets)?, Activation::Relu)
    };
    Ok(Case {
        name: "feed-forward".to_owned(),
        title: "a feed-forward network of 30 neurons, balanced with the world node (lambda = 1)".to_owned(),
        network,
        spec: CostSpec::power(2.0).with_world(1.0),
        scope: Scope::Whole,
        beside: Beside::Nothing,
    })
}
