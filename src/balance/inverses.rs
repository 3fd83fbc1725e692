//! Which preconditioner a system gets: the cheapest that has sufficed so far.

use super::conjugate_gradients::{Inverse, Scaled, Solved, Until, solve};
use super::engine::{Engine, Stored};
use super::multilevel::Multilevel;
use super::newton_cg::Preconditioner;
use super::sampled_elimination::Factor;

/// Products with the degrees alone for each decimal digit asked of a system, after which the aggregates are looked for:
/// graphs without structure need fewer.
const EASY_PRODUCTS: usize = 6;

/// Products with the aggregates, after which elimination takes over.
const PATIENT_PRODUCTS: usize = 400;

/// A system that takes more products than this with older aggregates gives the next one its own.
const PRODUCTS_OF_LEVELS: usize = 40;

/// And after this many, it gets its own itself.
const PRODUCTS_OF_LEVELS_FOR_LATER: usize = 80;

/// What an elimination costs, in products: where a system takes more than that, the next one gets a factor of its own,
/// since the couplings have moved.
const PRODUCTS_OF_A_FACTOR: usize = 50;

/// The preconditioners made so far.
pub(super) struct Inverses {
    choice: Preconditioner,
    levels: Option<Multilevel>,
    factor: Option<Factor>,
    stale: bool,
}

impl Inverses {
    /// None yet.
    pub fn new(choice: Preconditioner) -> Self {
        Inverses { choice, levels: None, factor: None, stale: false }
    }

    /// One system, from zero, in at most `until.products` products with each preconditioner that is tried.
    pub fn solve<T: Stored>(
        &mut self,
        engine: &mut Engine,
        matrix: &Scaled<T>,
        g: &[f64],
        until: &Until,
        passes: &mut usize,
    ) -> Solved {
        let pattern = engine.pattern();
        let mut run = |inverse: Inverse, products: usize| {
            let until = Until { products: products.min(until.products), ..*until };
            let before = *passes;
            let solved = solve(engine, matrix, inverse, g, &until, passes);
            (solved, *passes - before)
        };
        let as_needed = self.choice == Preconditioner::AsNeeded;
        if self.choice == Preconditioner::Diagonal {
            return run(Inverse::Degrees, usize::MAX).0;
        }
        if as_needed && self.levels.is_none() && self.factor.is_none() {
            let decades = (-until.relative.log10()).ceil().max(1.0);
            let (solved, _) = run(Inverse::Degrees, EASY_PRODUCTS * decades as usize);
            if solved.reached {
                return solved;
            }
        }
        if self.choice == Preconditioner::Multilevel || (as_needed && self.factor.is_none()) {
            let older = self.levels.take().filter(|_| !self.stale);
            if let Some(mut levels) = older {
                let (solved, products) = run(Inverse::Multilevel(&mut levels), PRODUCTS_OF_LEVELS_FOR_LATER);
                if solved.reached {
                    (self.levels, self.stale) = (Some(levels), products > PRODUCTS_OF_LEVELS);
                    return solved;
                }
            }
            let mut levels = Multilevel::of(pattern, matrix);
            let most = if as_needed { PATIENT_PRODUCTS } else { usize::MAX };
            let (solved, products) = run(Inverse::Multilevel(&mut levels), most);
            (self.levels, self.stale) = (Some(levels), products > PRODUCTS_OF_LEVELS);
            if solved.reached || !as_needed {
                return solved;
            }
        }
        // An older factor gets a try: the couplings may not have moved by much.
        let older = self.factor.take().filter(|_| as_needed && !self.stale);
        if let Some(factor) = older {
            let (solved, products) = run(Inverse::Elimination(&factor), usize::MAX);
            if solved.reached {
                (self.factor, self.stale) = (Some(factor), products > PRODUCTS_OF_A_FACTOR);
                return solved;
            }
        }
        let factor = Factor::of(pattern, matrix);
        let (solved, products) = run(Inverse::Elimination(&factor), usize::MAX);
        (self.factor, self.stale) = (Some(factor), products > PRODUCTS_OF_A_FACTOR);
        solved
    }
}
