//! Small networks of every kind that is treated differently, for figures that are compared digit by digit.

use nalgebra::DMatrix;
use synbal::balance::Scope;
use synbal::cost::{AccumulatedNoise, Alpha, CostSpec};
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{Activation, Network, Weights};
use synbal::tasks::{Beside, Case};

/// Names of the networks of degree one.
pub const OF_DEGREE_ONE: [&str; 12] = [
    "dense",
    "world",
    "reducible",
    "symmetric",
    "ring",
    "gains",
    "factors",
    "rank-one",
    "far-apart",
    "tiny",
    "chain",
    "accumulated",
];

/// And of those with other degrees.
pub const OF_OTHER_DEGREES: [&str; 3] = ["squares", "mixed", "mixed-world"];

fn random(seed: u64, n: usize, density: f64, sigma: f64) -> Weights {
    random_network(&mut stream(seed, 0), n, density, sigma).unwrap()
}

/// Two inputs, two outputs, a bias, time constants and an initial state.
fn with_outside(network: Network, seed: u64) -> Network {
    let (n, mut random) = (network.weights.neurons(), stream(seed, 1));
    Network {
        w_in: Some(DMatrix::from_vec(n, 2, normals(&mut random, n * 2, 1.0))),
        bias: Some(normals(&mut random, n, 0.5)),
        w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, n * 2, 1.0))),
        initial_state: Some(normals(&mut random, n, 1.0)),
        time_constants: Some((0..n).map(|i| 1.0 + 0.25 * i as f64).collect()),
        ..network
    }
}

fn weights(n: usize, triplets: &[(usize, usize, f64)]) -> Weights {
    Weights::from_triplets(n, triplets.to_vec()).unwrap()
}

/// The network of a name.
pub fn small(name: &str) -> Case {
    let relu = |weights| Network::recurrent(weights, Activation::Relu);
    let power = CostSpec::power;
    let whole = Scope::Whole;
    let (network, spec, scope) = match name {
        "dense" => (with_outside(relu(random(1, 5, 1.0, 1.0)), 1), power(2.0), whole),
        "world" => (with_outside(relu(random(2, 4, 0.5, 1.0)), 2), power(2.0).with_world(1.0), whole),
        // Two groups of three and four, and synapses from the one to the other that lie on no cycle.
        "reducible" => {
            let (first, second) = (random(3, 3, 0.5, 1.0), random(4, 4, 0.5, 1.0));
            let mut triplets: Vec<_> = first.triplets().map(|(i, j, &x)| (i, j, x)).collect();
            triplets.extend(second.triplets().map(|(i, j, &x)| (i + 3, j + 3, x)));
            triplets.extend([(3, 0, 0.5), (5, 2, -2.0)]);
            (with_outside(relu(weights(7, &triplets)), 3), power(2.0), Scope::WithinComponents)
        }
        "symmetric" => {
            let pairs = [(0, 0, 0.3), (0, 1, 2.0), (1, 2, -0.5), (0, 2, 1.5), (2, 3, 0.25)];
            let back = pairs.iter().filter(|(i, j, _)| i != j).map(|&(i, j, x)| (j, i, x));
            let both: Vec<_> = pairs.iter().copied().chain(back).collect();
            (relu(weights(4, &both)), power(1.0), whole)
        }
        "ring" => (relu(weights(4, &[(1, 0, 2.0), (2, 1, 0.5), (3, 2, -3.0), (0, 3, 0.75)])), power(3.0), whole),
        "gains" => {
            let alpha = Alpha::PerSource(vec![0.25, 1.0, 0.5, 0.75, 0.1]);
            let leaky = Network::recurrent(random(5, 5, 0.5, 1.0), Activation::LeakyRelu { slope: 0.1 });
            (with_outside(leaky, 5), power(2.0).with_alpha(alpha).with_world(0.1), whole)
        }
        "factors" => {
            let weights = random(6, 5, 0.4, 1.0);
            let factors = weights.triplets().enumerate().map(|(k, (i, j, _))| (i, j, 0.5 + 0.3 * (k % 4) as f64));
            let alpha = Alpha::Sparse(factors.collect());
            (Network::recurrent(weights, Activation::Linear), power(0.5).with_alpha(alpha), whole)
        }
        "rank-one" => {
            let (left, right) = ([1.0, 2.5, -0.5, 0.8], [0.3, 1.2, 2.0, -1.1]);
            let product = DMatrix::from_fn(4, 4, |i, j| left[i] * right[j]);
            (relu(Weights::from_dense(&product).unwrap()), power(1.5), whole)
        }
        // Costs over some thirty decades: damped steps, and many sweeps.
        "far-apart" => (relu(random(7, 6, 0.4, 4.0)), power(4.0), whole),
        // Costs below the range of f64: prescaled.
        "tiny" => {
            let triplets: Vec<_> = random(8, 4, 0.6, 1.0).triplets().map(|(i, j, &x)| (i, j, x * 1e-170)).collect();
            (relu(weights(4, &triplets)), power(2.0), whole)
        }
        // Nothing lies on a cycle.
        "chain" => (relu(weights(3, &[(1, 0, 2.0), (2, 1, -0.5)])), power(2.0), Scope::WithinComponents),
        "accumulated" => {
            let noise = AccumulatedNoise::new(3, 0.5).unwrap();
            (with_outside(relu(random(9, 4, 0.5, 0.5)), 9), power(2.0).with_accumulated(noise), whole)
        }
        // Degree two everywhere: the world alone gives the cost a minimum.
        "squares" => {
            let square = Activation::RectifiedPower { degree: 2.0 };
            let alpha = Alpha::PerSource(vec![0.5, 1.0, 0.25, 2.0]);
            let network = with_outside(Network::recurrent(random(10, 4, 0.6, 0.5), square), 10);
            (network, power(1.0).with_alpha(alpha).with_world(2.0), whole)
        }
        // Without the world the cost falls without end, and that is said.
        "mixed" | "mixed-world" => {
            let rectified = |degree| Activation::RectifiedPower { degree };
            let each = vec![rectified(2.0), Activation::Relu, rectified(0.5), rectified(3.0), Activation::Linear];
            let network = with_outside(Network::recurrent(random(11, 5, 0.5, 0.7), each), 11);
            let spec = if name == "mixed" { power(1.0) } else { power(2.0).with_world(0.5) };
            (network, spec, whole)
        }
        other => panic!("no small network is called {other}"),
    };
    let beside = if name == "ring" { Beside::CertifiedErrors } else { Beside::Nothing };
    Case { name: name.to_owned(), title: name.to_owned(), network, spec, scope, beside }
}
