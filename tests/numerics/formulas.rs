//! The core formulas against naive ones written here: dense, O(n²) and without a thought for speed or range.

use crate::common::{AlphaKind, Recipe, config, recipes};
use crate::double::Double;
use nalgebra::DMatrix;
use proptest::prelude::*;
use synbal::balance::{Criteria, DegreeError, DegreeProblem, Method, Scope};
use synbal::conserved::{CycleBasis, independent_count};
use synbal::cost::{Alpha, CostError, CostGraph, CostSpec, synaptic_cost};
use synbal::flow::{laplacian, lax_field, node_costs};
use synbal::network::random::{normals, random_network, stream};
use synbal::network::{
    Activation, GraphFacts, Homogeneity, Network, Pattern, Weights, recover_log_scales, rescale_network,
    rescale_weights,
};
use synbal::scalar::UNIT_ROUNDOFF;

const U: f64 = UNIT_ROUNDOFF;

/// The (n + 1) × (n + 1) matrix of costs, world last: `α|J|^p`, `Σ|W_in|^p + |b|^p` from the world, `λΣ|W_out|^p` to it.
/// Without a world its row and column are zero.
fn dense_costs(recipe: &Recipe) -> DMatrix<f64> {
    let (network, spec) = (recipe.network(), recipe.spec());
    let (n, p) = (recipe.n, recipe.p);
    let j = network.weights.to_dense();
    let alpha = |target: usize, source: usize| match &spec.alpha {
        Alpha::Uniform(value) => *value,
        Alpha::PerSource(values) => values[source],
        Alpha::Dense(matrix) => matrix[(target, source)],
        Alpha::Sparse(entries) => {
            entries.iter().find(|&&(i, j, _)| (i, j) == (target, source)).map_or(0.0, |&(_, _, value)| value)
        }
    };
    let mut costs = DMatrix::zeros(n + 1, n + 1);
    for target in 0..n {
        for source in 0..n {
            costs[(target, source)] = alpha(target, source) * j[(target, source)].abs().powf(p);
        }
    }
    if let Some(lambda) = recipe.world {
        let (w_in, w_out, bias) = (network.w_in.unwrap(), network.w_out.unwrap(), network.bias.unwrap());
        for neuron in 0..n {
            costs[(neuron, n)] =
                w_in.row(neuron).iter().map(|value| value.abs().powf(p)).sum::<f64>() + bias[neuron].abs().powf(p);
            costs[(n, neuron)] = lambda * w_out.column(neuron).iter().map(|value| value.abs().powf(p)).sum::<f64>();
        }
    }
    costs
}

/// Of two ways to a cost: power (2u), products (p and one), for the world sums of up to 3 powers through a p-th root and
/// its p-th power, 5p more.
fn cost_rounding(p: f64) -> f64 {
    (8.0 * p + 4.0 / p + 24.0) * U
}

fn graph(recipe: &Recipe) -> CostGraph {
    CostGraph::of_network(&recipe.network(), &recipe.spec()).unwrap()
}

/// `γ_k = ku/(1 − ku)`: `gamma` of `proofs/Statements/float_gradient.v`.
fn gamma(k: usize) -> f64 {
    k as f64 * U / (1.0 - k as f64 * U)
}

/// `(g, r + c, terms)` of every node, from costs of twice the precision: `terms` is the larger number of synapses in or
/// out.
fn precise_sums(pattern: &Pattern, costs: &[Double]) -> Vec<(Double, f64, usize)> {
    let zero = Double::of(0.0);
    let mut sums = vec![(zero, zero, 0_usize, 0_usize); pattern.nodes()];
    for (e, i, j) in pattern.iter() {
        sums[i].0 = sums[i].0.plus(costs[e]);
        sums[i].2 += 1;
        sums[j].1 = sums[j].1.plus(costs[e]);
        sums[j].3 += 1;
    }
    sums.into_iter().map(|(r, c, rows, columns)| (r.minus(c), r.plus(c).value(), rows.max(columns))).collect()
}

proptest! {
    #![proptest_config(config(300, "tests/regressions/formulas.txt"))]

    #[test]
    fn costs_totals_and_gradients_are_those_of_the_dense_matrix(recipe in recipes()) {
        let graph = graph(&recipe);
        let dense = dense_costs(&recipe);
        let rounding = cost_rounding(recipe.p);
        prop_assert!(graph.prescaling().is_identity());
        let mut off_diagonal = 0;
        for (e, i, j) in graph.pattern().iter() {
            prop_assert!((graph.initial_costs()[e] - dense[(i, j)]).abs() <= rounding * dense[(i, j)], "({i}, {j})");
            off_diagonal += 1;
        }
        let nonzero = |(i, j): (usize, usize)| i != j && dense[(i, j)] != 0.0;
        let all = (0..=recipe.n).flat_map(|i| (0..=recipe.n).map(move |j| (i, j)));
        prop_assert_eq!(all.filter(|&pair| nonzero(pair)).count(), off_diagonal);
        let synapses = off_diagonal + recipe.n;
        prop_assert!((graph.total(graph.initial_costs()) - dense.sum()).abs() <= (rounding + 2.0 * synapses as f64 * U) * dense.sum());

        let g = node_costs(graph.pattern(), graph.initial_costs(), &0.0).gradient();
        for (i, value) in g.iter().enumerate() {
            let others = || (0..=recipe.n).filter(move |&j| j != i);
            let incoming: f64 = others().map(|j| dense[(i, j)]).sum();
            let outgoing: f64 = others().map(|j| dense[(j, i)]).sum();
            let bound = (rounding + 2.0 * (recipe.n as f64 + 2.0) * U) * (incoming + outgoing);
            prop_assert!((value - (incoming - outgoing)).abs() <= bound, "node {i}");
        }
    }

    /// The theorem `float_gradient` of `proofs/Proofs/float/FloatGradient.v`: for given costs the computed gradient is within
    /// `γ_{m+1} (r + c)` of the real one, m the larger number of terms. And `float_gradient_scaled`: with costs
    /// `fl(fl(w d_j)/d_i)` it is within `γ_{m+3} (r + c)` of the gradient of the real costs `w d_j / d_i`. Against sums of
    /// twice the precision, whose own error (a few m u²) is far below one part in 10⁻¹⁰ of the bounds.
    #[test]
    fn the_rounding_of_the_gradient_is_within_the_proven_bound(recipe in recipes()) {
        let graph = graph(&recipe);
        let pattern = graph.pattern();
        let given: Vec<Double> = graph.initial_costs().iter().map(|&w| Double::of(w)).collect();
        let g = node_costs(pattern, graph.initial_costs(), &0.0).gradient();
        for (i, (exact, size, terms)) in precise_sums(pattern, &given).into_iter().enumerate() {
            let off = Double::of(g[i]).minus(exact).value().abs();
            prop_assert!(off <= (1.0 + 1e-10) * gamma(terms + 1) * size, "node {i}: {off:e}");
        }

        let h = normals(&mut stream(recipe.seed, 9), graph.nodes(), 1.0);
        let (d, costs) = (graph.scales(&h), graph.costs_at(&h));
        let scaled: Vec<Double> =
            pattern.iter().map(|(e, i, j)| Double::of(graph.initial_costs()[e]).times(d[j]).over(d[i])).collect();
        for (computed, real) in costs.iter().zip(&scaled) {
            // `float_gradient_cost`: relative error 2u + u².
            let off = Double::of(*computed).minus(*real).value().abs();
            prop_assert!(off <= (1.0 + 1e-10) * (2.0 * U + U * U) * real.value());
        }
        let g = node_costs(pattern, &costs, &0.0).gradient();
        for (i, (exact, size, terms)) in precise_sums(pattern, &scaled).into_iter().enumerate() {
            let off = Double::of(g[i]).minus(exact).value().abs();
            prop_assert!(off <= (1.0 + 1e-10) * gamma(terms + 3) * size, "node {i}: {off:e}");
        }
    }

    /// `[J, diag g]` as two products of dense matrices, with g summed from the dense matrix too. Its products each have
    /// one term that is not zero, so only the product and the difference are rounded: 2u of |J|(|g_i| + |g_j|), 3u here.
    #[test]
    fn the_lax_field_is_the_commutator(recipe in recipes()) {
        let graph = graph(&recipe);
        let n = graph.nodes();
        let g = node_costs(graph.pattern(), graph.initial_costs(), &0.0).gradient();
        let mut j = DMatrix::zeros(n, n);
        for (e, row, column) in graph.pattern().iter() {
            j[(row, column)] = graph.weight()[e];
        }
        let d = DMatrix::from_diagonal(&nalgebra::DVector::from_row_slice(&g));
        let commutator = &j * &d - &d * &j;
        let field = lax_field(graph.pattern(), graph.weight(), &g);
        prop_assert_eq!(field.len(), graph.pattern().len());
        for (e, row, column) in graph.pattern().iter() {
            let size = j[(row, column)].abs() * (g[row].abs() + g[column].abs());
            prop_assert!((field[e] - commutator[(row, column)]).abs() <= 6.0 * U * size + f64::MIN_POSITIVE);
        }
    }

    #[test]
    fn the_laplacian_is_degrees_minus_couplings(recipe in recipes()) {
        let graph = graph(&recipe);
        let n = graph.nodes();
        let mut c = DMatrix::zeros(n, n);
        for (e, i, j) in graph.pattern().iter() {
            c[(i, j)] = graph.initial_costs()[e];
        }
        let symmetric = &c + c.transpose();
        let sums = node_costs(graph.pattern(), graph.initial_costs(), &0.0);
        // All nodes but the first, in reverse: positions are not numbers.
        let nodes: Vec<usize> = (1..n).rev().collect();
        let position: Vec<Option<usize>> = (0..n).map(|node| (node > 0).then(|| n - 1 - node)).collect();
        let matrix = laplacian(graph.pattern(), graph.initial_costs(), &sums, &nodes, &position);
        for (a, &i) in nodes.iter().enumerate() {
            for (b, &j) in nodes.iter().enumerate() {
                let expected = if i == j { symmetric.row(i).sum() } else { -symmetric[(i, j)] };
                // Off the diagonal one sum of two costs, the same in either order.
                let bound = if i == j { 4.0 * n as f64 * U * expected } else { 0.0 };
                prop_assert!((matrix[(a, b)] - expected).abs() <= bound, "({i}, {j})");
            }
        }
    }

    /// `J' = e^{−H} J e^{kH}` and its companions, one entry after the other. Exponents: `kh_j`, `h_i` and their difference
    /// t are rounded, u each of their size; exponentials 2u, products u.
    #[test]
    fn the_transform_is_the_dense_one(
        n in 1_usize..20,
        k in prop_oneof![Just(0.0), Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
        seed in any::<u64>(),
    ) {
        let mut random = stream(seed, 3);
        let h = normals(&mut random, n, 1.0);
        let network = Network {
            weights: random_network(&mut random, n, 0.4, 2.0).unwrap(),
            activation: if k == 1.0 { Activation::LeakyRelu { slope: 0.1 } } else { Activation::RectifiedPower { degree: k } }
                .into(),
            w_in: Some(DMatrix::from_vec(n, 3, normals(&mut random, 3 * n, 1.0))),
            bias: Some(normals(&mut random, n, 1.0)),
            w_out: Some(DMatrix::from_vec(2, n, normals(&mut random, 2 * n, 1.0))),
            initial_state: Some(normals(&mut random, n, 1.0)),
            time_constants: Some(vec![2.0; n]),
        };
        let found = rescale_network(&network, &h, Homogeneity::Required).unwrap();
        let close = |found: f64, given: f64, pre: f64, post: f64| {
            let expected = (-post).exp() * given * pre.exp();
            (found - expected).abs() <= U * (2.0 * (pre.abs() + post.abs()) + 16.0) * expected.abs()
        };
        let (before, after) = (network.weights.to_dense(), found.weights.to_dense());
        for i in 0..n {
            for j in 0..n {
                prop_assert!(close(after[(i, j)], before[(i, j)], k * h[j], h[i]), "J ({i}, {j})");
            }
            for input in 0..3 {
                let (a, b) = (found.w_in.as_ref().unwrap()[(i, input)], network.w_in.as_ref().unwrap()[(i, input)]);
                prop_assert!(close(a, b, 0.0, h[i]), "W_in");
            }
            for output in 0..2 {
                let (a, b) = (found.w_out.as_ref().unwrap()[(output, i)], network.w_out.as_ref().unwrap()[(output, i)]);
                prop_assert!(close(a, b, k * h[i], 0.0), "W_out");
            }
            prop_assert!(close(found.bias.as_ref().unwrap()[i], network.bias.as_ref().unwrap()[i], 0.0, h[i]), "b");
            let (a, b) = (found.initial_state.as_ref().unwrap()[i], network.initial_state.as_ref().unwrap()[i]);
            prop_assert!(close(a, b, 0.0, h[i]), "x_0");
        }
        prop_assert_eq!(found.time_constants, network.time_constants);
    }

    /// `φ(λx) = λ^k φ(x)`: exact for λ a power of two and degree one; else within the roundings of two powers and the
    /// products, the rounding of λx counted k times.
    #[test]
    fn activations_have_the_degree_they_state(x in -1e3..1e3_f64, lambda in 1e-3..1e3_f64, e in -60_i32..60) {
        for activation in [
            Activation::Linear,
            Activation::Relu,
            Activation::LeakyRelu { slope: 0.1 },
            Activation::LeakyRelu { slope: -0.5 },
            Activation::RectifiedPower { degree: 0.0 },
            Activation::RectifiedPower { degree: 0.5 },
            Activation::RectifiedPower { degree: 1.0 },
            Activation::RectifiedPower { degree: 1.5 },
            Activation::RectifiedPower { degree: 2.0 },
            Activation::RectifiedPower { degree: 3.0 },
        ] {
            let k = activation.degree().unwrap();
            let (scaled, plain) = (activation.apply(&(lambda * x)), activation.apply(&x));
            let expected = lambda.powf(k) * plain;
            prop_assert!((scaled - expected).abs() <= U * (4.0 * k + 12.0) * expected.abs(), "{activation:?}");
            if k == 1.0 {
                let two = 2.0_f64.powi(e);
                prop_assert_eq!(activation.apply(&(two * x)), two * plain);
            }
        }
        prop_assert!(Activation::Tanh.degree().is_none());
        // And rightly so: no k fits two different λ.
        let fits = |lambda: f64| (Activation::Tanh.apply(&lambda) / Activation::Tanh.apply(&1.0)).ln() / lambda.ln();
        prop_assert!((fits(2.0) - fits(4.0)).abs() > 0.1);
    }

    /// Components and cycles against the transitive closure.
    #[test]
    fn graph_facts_are_those_of_the_transitive_closure(
        n in 1_usize..13,
        edges in prop::collection::btree_set((0_usize..13, 0_usize..13), 0..40),
    ) {
        let pairs: Vec<(usize, usize)> = edges.into_iter().filter(|&(i, j)| i < n && j < n).collect();
        let pattern = Pattern::from_sorted_pairs(n, pairs.iter().copied()).unwrap();
        let facts = GraphFacts::of(&pattern);
        let closure = |both: bool| {
            let mut reach = DMatrix::from_fn(n, n, |i, j| i == j);
            for &(i, j) in &pairs {
                reach[(j, i)] = true;
                reach[(i, j)] |= both;
            }
            for k in 0..n {
                for i in 0..n {
                    for j in 0..n {
                        reach[(i, j)] |= reach[(i, k)] && reach[(k, j)];
                    }
                }
            }
            reach
        };
        let (directed, undirected) = (closure(false), closure(true));
        // Numbered by first appearance, as found by comparing each node with those before it.
        let labels = |same: &dyn Fn(usize, usize) -> bool| {
            let mut labels: Vec<u32> = Vec::new();
            let mut count = 0;
            for i in 0..n {
                let label = (0..i).find(|&j| same(i, j)).map_or(count, |j| labels[j]);
                count = count.max(label + 1);
                labels.push(label);
            }
            (labels, count as usize)
        };
        let (strong, components) = labels(&|i, j| directed[(i, j)] && directed[(j, i)]);
        let (weak, weak_count) = labels(&|i, j| undirected[(i, j)]);
        prop_assert_eq!(facts.strong(), &strong[..]);
        prop_assert_eq!(facts.weak(), &weak[..]);
        prop_assert_eq!(facts.weak_count(), weak_count);
        prop_assert_eq!(facts.strong_sizes().len(), components);
        for (label, &size) in facts.strong_sizes().iter().enumerate() {
            prop_assert_eq!(size, strong.iter().filter(|&&other| other as usize == label).count());
        }
        // A synapse j → i is on a cycle exactly if i reaches j.
        let off: Vec<usize> = pattern.iter().filter(|&(_, i, j)| !directed[(i, j)]).map(|(e, _, _)| e).collect();
        prop_assert_eq!(facts.on_no_cycle(), &off[..]);
        prop_assert_eq!(facts.is_balanceable(), off.is_empty());

        // Cycles: E − n + (weak components), each closed, each with a synapse of its own that no other has.
        let basis = CycleBasis::of(&pattern);
        prop_assert_eq!(basis.len(), pattern.len() + weak_count - n);
        prop_assert_eq!(independent_count(&pattern), basis.len());
        let mut times = vec![0; pattern.len()];
        for k in 0..basis.len() {
            let mut net = vec![0_i32; n];
            for step in basis.cycle(k) {
                let (_, i, j) = pattern.iter().nth(step.synapse).unwrap();
                let (from, to) = if step.forward { (j, i) } else { (i, j) };
                net[from] -= 1;
                net[to] += 1;
                times[step.synapse] += 1;
            }
            prop_assert!(net.iter().all(|&count| count == 0), "cycle {k} does not close");
        }
        for k in 0..basis.len() {
            prop_assert_eq!(times[basis.cycle(k)[0].synapse], 1, "cycle {} has no synapse of its own", k);
        }
    }

    /// Log-scales there and back again. Each weight is off by (2|t| + 12)u from the transform, its log ratio by 2u(|t| + 1)
    /// more, t = h_j − h_i; the errors add up along at most n synapses of the forest.
    #[test]
    fn log_scales_are_recovered(recipe in recipes()) {
        let weights = recipe.network().weights;
        let n = recipe.n;
        let h = normals(&mut stream(recipe.seed, 10), n, 2.0);
        let moved = rescale_weights(&weights, &h, 1.0).unwrap();
        let found = recover_log_scales(weights.pattern(), weights.values(), moved.values(), &0.0);
        let largest = h.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let bound = n as f64 * U * (12.0 * largest + 24.0);
        for i in 0..n {
            // Strongly connected: one root, node 0.
            prop_assert!((found.h[i] - (h[i] - h[0])).abs() <= bound, "{i}");
        }
        prop_assert!(found.defect <= 2.0 * bound);
        // One synapse outside the orbit shows, unless the forest needs it (then there is no cycle through it).
        if independent_count(weights.pattern()) > 0 {
            let mut values: Vec<f64> = moved.values().to_vec();
            values[0] = -values[0];
            let flipped = recover_log_scales(weights.pattern(), weights.values(), &values, &0.0);
            prop_assert!(!flipped.defect.is_finite(), "a change of sign is explained by no log-scales");
        }
    }
}

/// The world node by hand: one neuron with two inputs, a bias and two outputs.
#[test]
fn the_world_node_by_hand() {
    let network = Network {
        w_in: Some(DMatrix::from_row_slice(1, 2, &[3.0, -4.0])),
        bias: Some(vec![12.0]),
        w_out: Some(DMatrix::from_column_slice(2, 1, &[1.0, -2.0])),
        ..Network::recurrent(Weights::from_triplets(1, vec![(0, 0, 7.0)]).unwrap(), Activation::Relu)
    };
    let spec = synbal::cost::CostSpec::power(2.0).with_world(10.0);
    let graph = CostGraph::of_network(&network, &spec).unwrap();
    assert_eq!((graph.nodes(), graph.neurons(), graph.world()), (2, 1, Some(1)));
    let pairs: Vec<_> = graph.pattern().iter().map(|(_, i, j)| (i, j)).collect();
    assert_eq!(pairs, [(0, 1), (1, 0)]);
    // 9 + 16 + 144 from the world, 10 (1 + 4) to it; square roots and squares of p-norms: (5p + 8)u.
    for (found, expected) in graph.initial_costs().iter().zip([169.0, 50.0]) {
        assert!((found - expected).abs() <= 18.0 * U * expected, "{found}");
    }
    assert_eq!(*graph.self_cost(), 49.0);
}

/// All four kinds of alpha were really drawn from: a recipe of each.
#[test]
fn every_kind_of_alpha_is_looked_up() {
    for (alpha, expected) in [
        (Alpha::Uniform(2.0), [8.0, 18.0]),
        (Alpha::PerSource(vec![5.0, 3.0]), [12.0, 45.0]),
        (Alpha::Dense(DMatrix::from_row_slice(2, 2, &[0.0, 7.0, 0.5, 0.0])), [28.0, 4.5]),
        (Alpha::Sparse(vec![(1, 0, 2.0), (0, 1, 0.25)]), [1.0, 18.0]),
    ] {
        let weights = Weights::from_triplets(2, vec![(0, 1, 2.0), (1, 0, -3.0)]).unwrap();
        let spec = synbal::cost::CostSpec::power(2.0).with_alpha(alpha);
        let graph = CostGraph::of_network(&Network::recurrent(weights, Activation::Relu), &spec).unwrap();
        assert_eq!(graph.initial_costs(), expected);
    }
    let sparse = Recipe { n: 3, density: 0.0, sigma: 0.0, p: 2.0, alpha: AlphaKind::Sparse, world: None, seed: 1 };
    assert_eq!(graph(&sparse).pattern().len(), 3);
}

#[test]
fn a_degree_other_than_one_has_no_graph_of_degree_one_and_no_minimum_without_the_world() {
    let activation = Activation::RectifiedPower { degree: 2.0 };
    let weights = Weights::from_triplets(2, vec![(0, 1, 3.0), (1, 0, 1.0)]).unwrap();
    let recurrent = Network::recurrent(weights, activation);
    let error = CostGraph::of_network(&recurrent, &CostSpec::power(2.0)).unwrap_err();
    assert_eq!(error, CostError::OtherDegree { neuron: 0, activation: "rectified-power", degree: 2.0 });
    let error = DegreeProblem::new(&recurrent, &CostSpec::power(2.0), Scope::Whole).unwrap_err();
    let DegreeError::NoMinimum { direction } = error else { panic!("{error}") };
    assert_eq!(direction.rates(), [-1.0, -1.0]);
    // What the message says: raised by c, the costs are those of before times e^{p(k − 1)c}, here e^{−2} for c = −1.
    let lowered = rescale_network(&recurrent, &[-1.0, -1.0], Homogeneity::Required).unwrap();
    for (before, after) in recurrent.weights.values().iter().zip(lowered.weights.values()) {
        let ratio = synaptic_cost(&1.0, after, 2.0) / synaptic_cost(&1.0, before, 2.0);
        // Two exponentials, four products and a quotient, each within a rounding or two.
        assert!((ratio / (-2.0_f64).exp() - 1.0).abs() <= 16.0 * f64::EPSILON, "{ratio}");
    }
    let whole = Network {
        w_in: Some(DMatrix::from_element(2, 1, 1.0)),
        w_out: Some(DMatrix::from_element(1, 2, 1.0)),
        ..recurrent
    };
    let problem = DegreeProblem::new(&whole, &CostSpec::power(2.0).with_world(1.0), Scope::Whole).unwrap();
    problem.solve(Method::Auto, &Criteria::default()).unwrap().converged().unwrap();
}
