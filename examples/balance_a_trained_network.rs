//! Balances a trained network and shows that it still does what it did: same outputs, lower cost.
//!
//! `cargo run --release --example balance_a_trained_network`

use nalgebra::DMatrix;
use synbal::balance::{Criteria, Method, Problem, Scope};
use synbal::cost::CostSpec;
use synbal::io::embedded::Trained;
use synbal::network::Network;
use synbal::network::random::{normals, stream};

/// `x_t = relu(W x_{t-1} + W_in u_t + b)`, `y_t = W_out x_t`, from `x = 0`; one column of `inputs` a step.
fn outputs(network: &Network, inputs: &DMatrix<f64>) -> Vec<DMatrix<f64>> {
    let n = network.weights.neurons();
    let mut state = DMatrix::<f64>::zeros(n, 1);
    let mut outputs = Vec::new();
    for step in 0..inputs.ncols() {
        let mut sum = DMatrix::<f64>::zeros(n, 1);
        for (target, source, weight) in network.weights.triplets() {
            sum[target] += weight * state[source];
        }
        if let Some(w_in) = &network.w_in {
            sum += w_in * inputs.columns(step, 1);
        }
        for (sum, bias) in sum.iter_mut().zip(network.bias.iter().flatten()) {
            *sum += bias;
        }
        state = sum.map(|value| value.max(0.0));
        outputs.extend(network.w_out.as_ref().map(|w_out| w_out * &state));
    }
    outputs
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Trained::SHORT[0].network()?;
    let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::WithinComponents)?;
    let balanced = problem.solve(Method::Auto, &Criteria::default())?.converged()?;
    println!("cost {:.3} -> {:.3}", balanced.cost_initial, balanced.cost_final);

    let channels = network.w_in.as_ref().map_or(0, DMatrix::ncols);
    let inputs = DMatrix::from_vec(channels, 20, normals(&mut stream(1, 0), channels * 20, 1.0));
    let (before, after) = (outputs(&network, &inputs), outputs(&balanced.network, &inputs));
    let largest = before.iter().map(DMatrix::amax).fold(0.0, f64::max);
    let change = before.iter().zip(&after).map(|(a, b)| (a - b).amax()).fold(0.0, f64::max);
    println!("largest change of an output: {:.1e} of the largest output", change / largest);
    Ok(())
}
