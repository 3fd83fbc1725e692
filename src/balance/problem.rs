//! What is to be balanced: a network under a cost, its graph built once.

use std::sync::Arc;

use super::method::LeftOut;
use crate::cost::{Alpha, CostError, CostGraph, CostSpec};
use crate::network::{Network, NetworkError};
use crate::ranks::{OnAnotherRank, Spread};

/// Which synapses are to be balanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them; an error if some lie on no cycle.
    Whole,
    /// Those inside strongly connected components; the rest is scaled along.
    WithinComponents,
}

/// Why a network cannot be balanced at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// `count` of `synapses` synapses lie on no directed cycle, so no balanced point exists: `examples`.
    #[error("{count} of {synapses} synapses lie on no directed cycle, so no balanced point exists: {examples}")]
    NotBalanceable {
        /// How many.
        count: usize,
        /// Number of synapses, with the world's if it is included; of accumulated noise, those of its own.
        synapses: usize,
        /// The first few of them, in words; nodes count from 0.
        examples: String,
        /// All of them, as (target, source), counted from 0; the world is the last.
        on_no_cycle: Vec<(usize, usize)>,
    },
    /// The tolerance is `value`.
    #[error("the tolerance is {value}; it must lie between 0 and 1")]
    BadTolerance {
        /// The value found.
        value: f64,
    },
    /// The allowance of passes is 0.
    #[error("the allowance of passes is 0; it must be at least 1")]
    NoPasses,
    /// Of a network that is spread over ranks, only the weights' own costs are balanced.
    #[error(
        "of a network that is spread over several processes only the costs |J|^p of its weights are balanced, without gains, world or accumulated noise; balance it in one process"
    )]
    OnlyPlainCostsOnRanks,
    /// The ranks of a network computed different log-scales.
    #[error(
        "the processes that share this network computed different numbers, as machines of different kinds may; use machines of one kind"
    )]
    RanksDiffer,
    /// The method `method` takes a network that is in one process.
    #[error("the method `{method}` takes a network that is in one process; over several there are auto and newton-cg")]
    MethodOnRanks {
        /// Its name.
        method: &'static str,
    },
    /// A fault found there: [`LeftOut`].
    #[error(transparent)]
    LeftOut(#[from] LeftOut),
    /// A fault found there: [`CostError`].
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl BalanceError {
    /// Whether numbers would leave the range of `f64`, which says nothing about the mathematics of the network.
    pub fn is_out_of_range(&self) -> bool {
        match self {
            BalanceError::Cost(error) => error.is_out_of_range(),
            BalanceError::Network(error) => error.is_out_of_range(),
            _ => false,
        }
    }
}

impl From<OnAnotherRank> for BalanceError {
    fn from(fault: OnAnotherRank) -> Self {
        BalanceError::Network(fault.into())
    }
}

/// A network, a cost and the synapses that are to be balanced, with the graph of their costs: built once, for solving by
/// any number of methods and for certifying what they find.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    network: &'a Network,
    spec: CostSpec,
    scope: Scope,
    graph: Arc<CostGraph>,
    components: usize,
    on_no_cycle: Arc<[(usize, usize)]>,
}

/// Synapses named in a message before it ends in "…".
const EXAMPLES: usize = 5;

impl<'a> Problem<'a> {
    /// Builds the graph of the costs.
    ///
    /// # Errors
    /// A cost that does not fit the network, or (for [`Scope::Whole`]) synapses on no cycle.
    pub fn new(network: &'a Network, spec: &CostSpec, scope: Scope) -> Result<Self, BalanceError> {
        Self::of_part(network, spec, scope, None)
    }

    /// Of a network that is spread over ranks, the rows of others being empty in `network`. All ranks come here, and to
    /// [`Problem::solve`], together. The bits are those of one process if the rows are shared out by the synapses that are
    /// balanced: of a network of several components, as `io::Part::within_components` does it.
    ///
    /// # Errors
    /// Those of [`Problem::new`], on the rank that met them, and on the others that there is one; costs that take a prescaling,
    /// or are not those of the weights alone.
    pub fn spread(
        network: &'a Network,
        spec: &CostSpec,
        scope: Scope,
        spread: &Arc<Spread>,
    ) -> Result<Self, BalanceError> {
        if spec.world.is_some()
            || spec.accumulated.is_some()
            || !matches!(spec.alpha, Alpha::Uniform(alpha) if alpha > 0.0)
        {
            return Err(BalanceError::OnlyPlainCostsOnRanks);
        }
        Self::of_part(network, spec, scope, Some(spread))
    }

    fn of_part(
        network: &'a Network,
        spec: &CostSpec,
        scope: Scope,
        spread: Option<&Arc<Spread>>,
    ) -> Result<Self, BalanceError> {
        let all = CostGraph::of_part(network, spec, spread)?;
        let on_no_cycle = all.synapses_on_no_cycle();
        let on_no_cycle = spread.map_or_else(|| on_no_cycle.clone(), |spread| of_all_ranks(spread, &on_no_cycle));
        let of_all = |synapses| spread.map_or(synapses, |spread| spread.total(synapses));
        let components = all.facts().strong_sizes().len();
        let graph = match (on_no_cycle.is_empty(), scope) {
            (true, _) => all,
            (false, Scope::WithinComponents) => all.within_components(),
            (false, Scope::Whole) => {
                return Err(BalanceError::NotBalanceable {
                    count: on_no_cycle.len(),
                    // Accumulated noise has synapses of its own, one wherever some path leads, and so has the world.
                    synapses: if spec.accumulated.is_some() || spec.world.is_some() {
                        all.pattern().len()
                    } else {
                        of_all(network.weights.synapses())
                    },
                    examples: examples(&on_no_cycle, all.world()),
                    on_no_cycle,
                });
            }
        };
        let (graph, on_no_cycle) = (Arc::new(graph), on_no_cycle.into());
        Ok(Problem { network, spec: spec.clone(), scope, graph, components, on_no_cycle })
    }

    /// The network as given.
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// The cost.
    pub fn spec(&self) -> &CostSpec {
        &self.spec
    }

    /// Which synapses are to be balanced.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The graph of the costs that are to be balanced.
    pub fn graph(&self) -> &Arc<CostGraph> {
        &self.graph
    }

    /// Strongly connected components of the whole graph.
    pub fn components(&self) -> usize {
        self.components
    }

    /// The synapses on no cycle, as (target, source); empty unless the scope leaves them out.
    pub fn on_no_cycle(&self) -> &Arc<[(usize, usize)]> {
        &self.on_no_cycle
    }
}

/// The pairs of all ranks, in their order.
fn of_all_ranks(spread: &Spread, own: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // One word a pair: neurons fit into 32 bits.
    let words: Vec<u64> = own.iter().map(|&(i, j)| (i as u64) << 32 | j as u64).collect();
    let all = spread.ranks().gather(&words).concat();
    all.into_iter().map(|word| ((word >> 32) as usize, (word & u64::from(u32::MAX)) as usize)).collect()
}

fn examples(pairs: &[(usize, usize)], world: Option<usize>) -> String {
    let name = |node: usize| if Some(node) == world { "world".to_owned() } else { node.to_string() };
    format!("{} (source -> target, neurons count from 0)", named_synapses(pairs, name))
}

/// The first few of some synapses, given as (target, source), in words: `source -> target, ...`, each node by its name.
pub fn named_synapses(pairs: &[(usize, usize)], name: impl Fn(usize) -> String) -> String {
    let mut shown: Vec<String> =
        pairs.iter().take(EXAMPLES).map(|&(i, j)| format!("{} -> {}", name(j), name(i))).collect();
    if pairs.len() > EXAMPLES {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

#[cfg(all(test, feature = "io"))]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::balance::{Criteria, Method, NewtonCg, Run, Solver};
    use crate::cost::AccumulatedNoise;
    use crate::io::{read_part, write_network, write_part};
    use crate::laplacian::Preconditioning;
    use crate::network::random::{normals, random_network, stream};
    use crate::network::{Activation, Weights};
    use crate::ranks::threads::on_threads;

    #[test]
    fn synapses_on_no_cycle_are_counted_among_those_that_the_cost_is_of() {
        let w = || Weights::from_triplets(3, vec![(0, 0, 1.0), (1, 0, 1.0), (2, 1, 1.0)]).unwrap();
        let plain = Network::recurrent(w(), Activation::Relu);
        // Nothing leads from neurons 1 and 2 to the read-out.
        let (w_in, w_out) =
            (DMatrix::from_row_slice(3, 1, &[1.0, 1.0, 0.0]), DMatrix::from_row_slice(1, 3, &[1.0, 0.0, 0.0]));
        let world = Network { w_in: Some(w_in), w_out: Some(w_out), ..plain.clone() };
        let power = CostSpec::power(2.0);
        let noise = power.clone().with_accumulated(AccumulatedNoise::new(2, 1.0).unwrap());
        for (network, spec, expected) in [
            // All but the self-synapse, of three.
            (&plain, power.clone(), (2, 3)),
            // Beside them the world's way into 1; it goes into 0 and comes out there, too.
            (&world, power.clone().with_world(1.0), (3, 5)),
            // In two steps 0 reaches 2.
            (&plain, noise, (3, 3)),
        ] {
            match Problem::new(network, &spec, Scope::Whole) {
                Err(BalanceError::NotBalanceable { count, synapses, .. }) => assert_eq!((count, synapses), expected),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Neighbours up to `reach` away on a ring, with weights that differ: conjugate gradients need the levels there.
    fn band(neurons: usize, reach: usize) -> Weights {
        let values = normals(&mut stream(7, 0), 2 * reach * neurons, 1.0);
        let steps = (1..=reach).flat_map(|step| [step, neurons - step]);
        let pairs = (0..neurons).flat_map(|i| steps.clone().map(move |step| (i, (i + step) % neurons)));
        let triplets = pairs.zip(values).map(|((i, j), value)| (i, j, (0.5 * value).exp())).collect();
        Weights::from_triplets(neurons, triplets).unwrap()
    }

    fn assert_same(part: &Run, whole: &Run) {
        assert_eq!(part.outcome, whole.outcome);
        assert_eq!(part.log_scales, whole.log_scales);
        let figures = |run: &Run| {
            [
                run.cost_initial,
                run.cost_final,
                run.log2_cost_initial,
                run.log2_cost_final,
                run.imbalance_initial,
                run.imbalance_final,
            ]
        };
        assert_eq!(figures(part), figures(whole));
        assert_eq!(part.components, whole.components);
    }

    /// Reads a file on ranks, balances it, writes it, and compares everything with what one process gives.
    fn same_on_ranks(
        counts: &[usize],
        weights: Weights,
        (p, scope): (f64, Scope),
        solver: impl Fn() -> Box<dyn Solver> + Sync,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let network = Network::recurrent(weights, Activation::Relu);
        let (spec, criteria) = (CostSpec::power(p), Criteria::default());
        let whole = Problem::new(&network, &spec, scope).unwrap().solve_by(&*solver(), &criteria).unwrap();
        assert!(whole.outcome.status.is_balanced());
        let path = |name: &str| folder.path().join(name);
        write_network(&path("given.mtx"), &network).unwrap();
        write_network(&path("whole.mtx"), &whole.network).unwrap();
        for &count in counts {
            let shared = on_threads(count, |ranks| {
                let part = read_part(&path("given.mtx"), &ranks).unwrap();
                let part = if scope == Scope::Whole { part } else { part.within_components().unwrap() };
                let own = Network::recurrent(part.weights, Activation::Relu);
                let problem = Problem::spread(&own, &spec, scope, &part.spread).unwrap();
                let run = problem.solve_by(&*solver(), &criteria).unwrap();
                assert_same(&run, &whole);
                write_part(&path("together.mtx"), &run.network.weights, part.synapses, &ranks).unwrap();
                own.weights.synapses() > 0
            });
            let large = network.weights.synapses() > 1 << 18;
            assert!(!large || shared.iter().all(|&shared| shared), "every rank has rows: {shared:?}");
            let read = |name| std::fs::read(path(name)).unwrap();
            assert!(read("whole.mtx") == read("together.mtx"), "{count} ranks");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no litter");
    }

    fn newton_cg(preconditioning: Preconditioning) -> impl Fn() -> Box<dyn Solver> + Sync {
        move || Box::new(NewtonCg { preconditioning, ..NewtonCg::default() })
    }

    fn auto() -> Box<dyn Solver> {
        Method::Auto.solver().unwrap()
    }

    #[test]
    fn ranks_give_the_bits_of_one_process() {
        let dense = random_network(&mut stream(5, 0), 600, 0.8, 1.0).unwrap();
        same_on_ranks(&[1, 2, 3, 4], dense, (1.5, Scope::Whole), auto);
        // So small that every rank solves it densely.
        same_on_ranks(&[3], random_network(&mut stream(6, 0), 30, 1.0, 1.0).unwrap(), (2.0, Scope::Whole), auto);
    }

    #[test]
    fn ranks_make_the_levels_and_the_factor_of_one_process() {
        let band = band(9000, 16);
        same_on_ranks(&[1, 2, 3, 4], band.clone(), (2.0, Scope::Whole), newton_cg(Preconditioning::Multigrid));
        same_on_ranks(&[2], band, (2.0, Scope::Whole), newton_cg(Preconditioning::ApproximateCholesky));
        // Couplings that are all alike: none is strong.
        let ones = random_network(&mut stream(8, 0), 700, 0.6, 0.0).unwrap();
        same_on_ranks(&[3], ones, (2.0, Scope::Whole), newton_cg(Preconditioning::Multigrid));
    }

    /// Two networks of which one feeds the other, with self-synapses.
    #[test]
    fn ranks_balance_inside_components_to_the_bits_of_one_process() {
        let mut random = stream(9, 0);
        let (one, other) = (random_network(&mut random, 600, 0.7, 1.0), random_network(&mut random, 200, 0.7, 1.0));
        let (one, other) = (one.unwrap(), other.unwrap());
        let first = one.triplets().map(|(i, j, &value)| (i, j, value));
        let second = other.triplets().map(|(i, j, &value)| (600 + i, 600 + j, value));
        let between = (0..200).flat_map(|i| (0..600).step_by(2).map(move |j| (600 + i, j, 0.1)));
        let triplets = first.chain(second).chain(between).collect();
        let weights = Weights::from_triplets(800, triplets).unwrap();
        same_on_ranks(&[1, 2, 3, 4], weights, (2.0, Scope::WithinComponents), auto);
    }
}
