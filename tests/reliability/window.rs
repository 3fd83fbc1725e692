//! Whether any rescaling brings all costs of a network into a window of powers of two: a system of difference constraints,
//! decided by the search for a negative cycle, independently of how the library looks for one.

use synbal::balance::Scope;
use synbal::cost::CostSpec;
use synbal::network::Network;

/// Powers of two that a window spans: costs below are lost beside the largest.
const WINDOW: f64 = 1000.0;

/// Powers of two around one that normal numbers of `f64` span.
const NORMAL: f64 = 1000.0;

/// True if `U` and log-scales `x` exist with `U − WINDOW ≤ log2 C_ij + x_j − x_i ≤ U` for all synapses, and with rescaled weights that
/// are normal numbers; with room to spare for a rescaling by whole powers of two, whose costs move in steps of `p`.
pub fn fits_in_a_window(network: &Network, spec: &CostSpec, scope: Scope) -> bool {
    let n = network.weights.neurons();
    let mut costs: Vec<(usize, usize, f64)> = Vec::new();
    // log2 of each weight's p-th power: it must stay that of a normal number.
    let mut powers: Vec<(usize, usize, f64)> = Vec::new();
    for (i, j, value) in network.weights.triplets().filter(|(i, j, value)| i != j && **value != 0.0) {
        costs.push((i, j, spec.p * value.abs().log2()));
        powers.push((i, j, spec.p * value.abs().log2()));
    }
    let nodes = n + usize::from(spec.world.is_some());
    if let Some(lambda) = spec.world {
        for neuron in 0..n {
            let mut into: Vec<f64> =
                network.w_in.iter().flat_map(|w| w.row(neuron).iter().copied().collect::<Vec<_>>()).collect();
            into.extend(network.bias.iter().map(|bias| bias[neuron]));
            let out_of: Vec<f64> =
                network.w_out.iter().flat_map(|w| w.column(neuron).iter().copied().collect::<Vec<_>>()).collect();
            for (target, source, weights, factor) in [(neuron, n, into, 1.0), (n, neuron, out_of, lambda)] {
                let logs: Vec<f64> = weights.iter().filter(|w| **w != 0.0).map(|w| spec.p * w.abs().log2()).collect();
                let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                powers.extend(logs.iter().map(|&log| (target, source, log)));
                if largest.is_finite() {
                    let sum: f64 = logs.iter().map(|log| (log - largest).exp2()).sum();
                    costs.push((target, source, largest + sum.log2() + f64::log2(factor)));
                }
            }
        }
    }
    let _ = scope;
    feasible(nodes, &costs, (&powers, NORMAL * spec.p), WINDOW - 4.0 * spec.p - 64.0)
}

type Logs = [(usize, usize, f64)];

fn feasible(nodes: usize, costs: &Logs, powers: (&Logs, f64), window: f64) -> bool {
    if window <= 0.0 {
        return false;
    }
    let (mut low, mut high) =
        costs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), c| (a.min(c.2), b.max(c.2)));
    // A rescaling can move the largest cost below the smallest given one and above the largest.
    let span = (high - low).max(1.0) * nodes as f64;
    (low, high) = (low - span, high + span);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        match negative_cycle(nodes, costs, powers, middle, window) {
            None => return true,
            Some(slope) if slope > 0 => low = middle,
            Some(slope) if slope < 0 => high = middle,
            Some(_) => return false,
        }
        if high - low < 1e-3 {
            break;
        }
    }
    false
}

/// A negative cycle of the constraints for this `U`, as how often `U` counts in it; `None` if there is none.
fn negative_cycle(nodes: usize, costs: &Logs, powers: (&Logs, f64), top: f64, window: f64) -> Option<i32> {
    // x_j − x_i ≤ U − c, from i to j; and x_i − x_j ≤ c − U + window, from j to i.
    let of_costs = costs.iter().flat_map(|&(i, j, c)| [(i, j, top - c, 1), (j, i, c - top + window, -1)]);
    let (powers, normal) = powers;
    let of_weights = powers.iter().flat_map(|&(i, j, c)| [(i, j, normal - c, 0), (j, i, c + normal, 0)]);
    let edges: Vec<(usize, usize, f64, i32)> = of_costs.chain(of_weights).collect();
    let mut distance = vec![0.0_f64; nodes];
    let mut from: Vec<Option<usize>> = vec![None; nodes];
    let mut last = None;
    for _ in 0..=nodes {
        last = None;
        for (e, &(a, b, length, _)) in edges.iter().enumerate() {
            if distance[a] + length < distance[b] - 1e-9 {
                distance[b] = distance[a] + length;
                from[b] = Some(e);
                last = Some(b);
            }
        }
        last?;
    }
    // Back along the tree until a node comes again.
    let mut node = last?;
    for _ in 0..nodes {
        node = edges[from[node]?].0;
    }
    let (start, mut slope) = (node, 0);
    loop {
        let (a, _, _, sign) = edges[from[node]?];
        slope += sign;
        node = a;
        if node == start {
            return Some(slope);
        }
    }
}
