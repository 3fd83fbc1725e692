//! Which preconditioner a linear system gets: the cheapest that has sufficed so far.

use super::approximate_cholesky::ApproximateCholesky;
use super::conjugate_gradients::{Solved, Until, solve};
use super::multigrid::Multigrid;
use super::preconditioner::{Degrees, Preconditioner};
use super::products::{SparseProducts, Stored};
use super::scaled::ScaledLaplacian;
use crate::cost::whole_pattern;

/// How conjugate gradients are preconditioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preconditioning {
    /// By the degrees alone.
    Diagonal,
    /// By the degrees and graphs of ever larger aggregates: algebraic multigrid.
    Multigrid,
    /// By an approximate Cholesky factorisation, a new one for each system.
    ApproximateCholesky,
    /// By the degrees, until a system takes more than some products; from then on by multigrid, until one takes more
    /// than some hundreds; from then on by approximate Cholesky.
    #[default]
    AsNeeded,
}

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
pub(crate) struct Preconditioners {
    choice: Preconditioning,
    levels: Option<Multigrid>,
    factor: Option<ApproximateCholesky>,
    stale: bool,
}

impl Preconditioners {
    /// None yet.
    pub fn new(choice: Preconditioning) -> Self {
        Preconditioners { choice, levels: None, factor: None, stale: false }
    }

    /// One system, from zero, in at most `until.products` products with each preconditioner that is tried.
    pub fn solve<T: Stored>(
        &mut self,
        products: &mut SparseProducts,
        matrix: &ScaledLaplacian<T>,
        g: &[f64],
        until: &Until,
        passes: &mut usize,
    ) -> Solved {
        let pattern = products.pattern();
        let spread = products.spread();
        let mut run = |preconditioner: &mut dyn Preconditioner, most: usize| {
            let until = Until { products: most.min(until.products), ..*until };
            let before = *passes;
            let solved = solve(products, matrix, preconditioner, g, &until, passes);
            (solved, *passes - before)
        };
        let as_needed = self.choice == Preconditioning::AsNeeded;
        if self.choice == Preconditioning::Diagonal {
            return run(&mut Degrees, usize::MAX).0;
        }
        if as_needed && self.levels.is_none() && self.factor.is_none() {
            let decades = (-until.relative.log10()).ceil().max(1.0);
            let (solved, _) = run(&mut Degrees, EASY_PRODUCTS * decades as usize);
            if solved.reached {
                return solved;
            }
        }
        if self.choice == Preconditioning::Multigrid || (as_needed && self.factor.is_none()) {
            let older = self.levels.take().filter(|_| !self.stale);
            if let Some(mut levels) = older {
                let (solved, taken) = run(&mut levels, PRODUCTS_OF_LEVELS_FOR_LATER);
                if solved.reached {
                    (self.levels, self.stale) = (Some(levels), taken > PRODUCTS_OF_LEVELS);
                    return solved;
                }
            }
            let mut levels = Multigrid::of_part(pattern, matrix, spread);
            let most = if as_needed { PATIENT_PRODUCTS } else { usize::MAX };
            let (solved, taken) = run(&mut levels, most);
            (self.levels, self.stale) = (Some(levels), taken > PRODUCTS_OF_LEVELS);
            if solved.reached || !as_needed {
                return solved;
            }
        }
        // An older factor gets a try: the couplings may not have moved by much.
        let older = self.factor.take().filter(|_| as_needed && !self.stale);
        if let Some(mut factor) = older {
            let (solved, taken) = run(&mut factor, usize::MAX);
            if solved.reached {
                (self.factor, self.stale) = (Some(factor), taken > PRODUCTS_OF_A_FACTOR);
                return solved;
            }
        }
        let mut factor = match spread {
            None => ApproximateCholesky::of(pattern, matrix),
            Some(spread) => ApproximateCholesky::of(&whole_pattern(pattern, spread), &matrix.whole(spread)),
        };
        let (solved, taken) = run(&mut factor, usize::MAX);
        (self.factor, self.stale) = (Some(factor), taken > PRODUCTS_OF_A_FACTOR);
        solved
    }
}
