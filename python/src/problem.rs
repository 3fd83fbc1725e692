//! What is to be balanced, certified or inspected: the cost and the scope, as the package hands them over.

use nalgebra::DMatrix;
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use synbal::balance::Scope;
use synbal::cost::{AccumulatedNoise, Alpha, CostError, CostSpec};

/// The factors alpha of the cost.
#[derive(FromPyObject)]
pub enum Factors<'py> {
    PerSource(PyReadonlyArray1<'py, f64>),
    Dense(PyReadonlyArray2<'py, f64>),
    /// Targets, sources, factors.
    Sparse(PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, f64>),
    Uniform(f64),
}

/// The attributes of the package's `Task`.
#[derive(FromPyObject)]
pub struct Task<'py> {
    p: f64,
    alpha: Factors<'py>,
    world: Option<f64>,
    within_components: bool,
    /// Steps that noise accumulates over, if it is that noise that is balanced.
    steps: Option<u32>,
    discount: f64,
}

impl Task<'_> {
    /// The cost.
    ///
    /// # Errors
    /// Noise accumulated over no step, or with a discount that is none.
    pub fn spec(&self) -> Result<CostSpec, CostError> {
        let alpha = match &self.alpha {
            Factors::Uniform(alpha) => Alpha::Uniform(*alpha),
            Factors::PerSource(gains) => Alpha::PerSource(gains.as_array().to_vec()),
            Factors::Dense(factors) => {
                let factors = factors.as_array();
                Alpha::Dense(DMatrix::from_fn(factors.nrows(), factors.ncols(), |i, j| factors[[i, j]]))
            }
            Factors::Sparse(targets, sources, factors) => {
                let (targets, sources, factors) = (targets.as_array(), sources.as_array(), factors.as_array());
                let places = targets.iter().zip(sources).map(|(&i, &j)| (i as usize, j as usize));
                Alpha::Sparse(places.zip(factors).map(|((i, j), &factor)| (i, j, factor)).collect())
            }
        };
        let accumulated = self.steps.map(|steps| AccumulatedNoise::new(steps, self.discount)).transpose()?;
        Ok(CostSpec::power(self.p).with_alpha(alpha).with_world(self.world).with_accumulated(accumulated))
    }

    /// Which synapses.
    pub fn scope(&self) -> Scope {
        if self.within_components { Scope::WithinComponents } else { Scope::Whole }
    }
}
