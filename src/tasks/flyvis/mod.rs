//! The trained networks of the fly's visual system (Lappalainen et al. 2024) at any extent.
//!
//! A column (u, v) of the hexagonal eye has |u|, |v|, |u + v| ≤ E. Each cell type has a neuron in every column on its
//! stride, and each filter element (source type, target type, du, dv) is a synapse from the source in (u, v) to the
//! target in (u + du, v + dv) wherever both exist, of weight (sign × synapse count) × strength in double precision.
//! Neurons are numbered type after type, within a type by u, then by v.

mod lattice;
mod stimulus;

pub use stimulus::{MovingEdges, columns};

use nalgebra::DMatrix;

use crate::io::ReadError;
use crate::io::embedded::{FilterElement, FlyvisArrays, MODELS, flyvis};
use crate::network::{Activation, Network, NetworkError, Weights};
use lattice::TypeLattice;

/// Which inputs the network has; in all of them R1 to R8 receive them with weight 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// None.
    None,
    /// One for the whole eye: flashes.
    Uniform,
    /// One for each column, to all its R1 to R8: moving edges. The order is that of the columns: by u, then by v.
    PerColumn,
}

/// Which outputs the network has: the motion detectors T4a to T4d and T5a to T5d.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// None.
    None,
    /// Eight: the mean of each type over its columns.
    PerType,
    /// One for each of these neurons, in their order.
    PerNeuron,
}

/// Which network to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlyvisNetwork {
    /// Columns from the centre of the eye to its edge; there are 3E(E + 1) + 1 columns. The animal has about 15.
    pub extent: u32,
    /// The trained model, 0 to 49.
    pub model: usize,
    /// The inputs.
    pub inputs: Inputs,
    /// The outputs.
    pub outputs: Outputs,
}

/// Where a neuron is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neuron {
    /// Its cell type.
    pub cell_type: String,
    /// First coordinate of its column.
    pub u: i64,
    /// Second coordinate of its column.
    pub v: i64,
}

/// Why a network of the fly's visual system could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlyvisError {
    /// There is no model `model`.
    #[error("there is no model {model}; the models are 0 to {last}", last = MODELS - 1)]
    NoSuchModel {
        /// The model asked for, counted from 0.
        model: usize,
    },
    /// Extent `extent` gives `neurons` neurons or more, beyond the 4294967295 that an index holds.
    #[error(
        "extent {extent} gives {neurons} neurons or more, beyond the 4294967295 that an index holds; choose a smaller extent"
    )]
    TooManyNeurons {
        /// The extent asked for, in columns from the centre to the edge.
        extent: u32,
        /// Number of neurons.
        neurons: u64,
    },
    /// Extent `extent` gives `synapses` synapses, beyond the 4294967295 that an index holds.
    #[error(
        "extent {extent} gives {synapses} synapses, beyond the 4294967295 that an index holds; choose a smaller extent"
    )]
    TooManySynapses {
        /// The extent asked for, in columns from the centre to the edge.
        extent: u32,
        /// Number of synapses.
        synapses: u64,
    },
    /// `what` needs `bytes` bytes, more than this machine gives.
    #[error("{what} needs {bytes} bytes, more than this machine gives; choose a smaller extent")]
    OutOfMemory {
        /// What it is about.
        what: &'static str,
        /// Number of bytes.
        bytes: u64,
    },
    /// `what` would be a dense `rows` x `columns` matrix of `bytes` bytes, and the limit is `DENSE_LIMIT`.
    #[error(
        "{what} would be a dense {rows} x {columns} matrix of {bytes} bytes, and the limit is {DENSE_LIMIT}; choose {way_out}"
    )]
    DenseTooLarge {
        /// What it is about.
        what: &'static str,
        /// Number of rows.
        rows: u64,
        /// Number of columns.
        columns: u64,
        /// Number of bytes.
        bytes: u64,
        /// What to choose instead.
        way_out: &'static str,
    },
    /// A fault found there: [`ReadError`].
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A fault found there: [`NetworkError`].
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// The most bytes of an input or output matrix, which a [`Network`] holds dense: enough for one input a column at
/// extent 15 (263 MB).
pub const DENSE_LIMIT: u64 = 1 << 30;

const PHOTORECEPTORS: [&str; 8] = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"];
const MOTION_DETECTORS: [&str; 8] = ["T4a", "T4b", "T4c", "T4d", "T5a", "T5b", "T5c", "T5d"];

impl FlyvisNetwork {
    /// Builds the network: ReLU, with bias and time constants (in seconds). What it needs is known, and refused if it
    /// is too much, before it is reserved.
    ///
    /// # Errors
    /// No such model, more neurons or synapses than indices hold, more memory than there is, or a dense input or
    /// output matrix beyond [`DENSE_LIMIT`].
    pub fn build(&self) -> Result<Network, FlyvisError> {
        if self.model >= MODELS {
            return Err(FlyvisError::NoSuchModel { model: self.model });
        }
        let arrays = flyvis()?;
        let lattices = lattices(&arrays, self.extent)?;
        let neurons = lattices.last().map_or(0, TypeLattice::end);
        let columns = eye_columns(self.extent);
        let (inputs, outputs) = self.channels(neurons, columns)?;
        let weights = self.weights(&arrays, &lattices)?;

        let per_neuron = |per_type: &[f64]| -> Vec<f64> {
            let expanded =
                per_type.iter().zip(&lattices).flat_map(|(&value, lattice)| lattice.columns().map(move |_| value));
            expanded.collect()
        };
        let mut network = Network {
            bias: Some(per_neuron(&arrays.bias[self.model])),
            time_constants: Some(per_neuron(&arrays.time_constant[self.model])),
            ..Network::recurrent(weights, Activation::Relu)
        };
        if inputs > 0 {
            network.w_in = Some(self.w_in(&arrays, &lattices, neurons as usize, inputs as usize));
        }
        if outputs > 0 {
            network.w_out = Some(self.w_out(&arrays, &lattices, neurons as usize, outputs as usize));
        }
        Ok(network)
    }

    /// The neurons in their order, without building the network.
    ///
    /// # Errors
    /// More neurons than indices hold.
    pub fn neurons(&self) -> Result<Vec<Neuron>, FlyvisError> {
        let arrays = flyvis()?;
        let lattices = lattices(&arrays, self.extent)?;
        let mut neurons = reserved("the names", lattices.last().map_or(0, TypeLattice::end))?;
        for (cell_type, lattice) in arrays.types.iter().zip(&lattices) {
            neurons.extend(lattice.columns().map(|(u, v)| Neuron { cell_type: cell_type.name.clone(), u, v }));
        }
        Ok(neurons)
    }

    /// The number of inputs and of outputs, if their dense matrices are small enough.
    fn channels(&self, neurons: u64, columns: u64) -> Result<(u64, u64), FlyvisError> {
        let inputs = match self.inputs {
            Inputs::None => 0,
            Inputs::Uniform => 1,
            Inputs::PerColumn => columns,
        };
        let outputs = match self.outputs {
            Outputs::None => 0,
            Outputs::PerType => MOTION_DETECTORS.len() as u64,
            // Motion detectors are in every column.
            Outputs::PerNeuron => MOTION_DETECTORS.len() as u64 * columns,
        };
        let checks = [
            ("w_in", neurons, inputs, inputs, "a uniform input or none"),
            ("w_out", outputs, neurons, outputs, "one output a type or none"),
        ];
        for (what, rows, columns, channels, way_out) in checks {
            let bytes = neurons.saturating_mul(channels).saturating_mul(8);
            if bytes > DENSE_LIMIT {
                return Err(FlyvisError::DenseTooLarge { what, rows, columns, bytes, way_out });
            }
        }
        Ok((inputs, outputs))
    }

    /// Row by row, in the very order that weights are stored in: nothing is sorted, and nothing held twice.
    fn weights(&self, arrays: &FlyvisArrays, lattices: &[TypeLattice]) -> Result<Weights, FlyvisError> {
        let strength = &arrays.strength[self.model];
        // Into one target the sources of one type ascend as the offsets descend.
        let mut into: Vec<Vec<(&FilterElement, f64)>> = vec![Vec::new(); arrays.types.len()];
        for element in &arrays.elements {
            let weight = element.signed_synapses * strength[element.pair];
            if weight != 0.0 {
                into[element.target].push((element, weight));
            }
        }
        for elements in &mut into {
            elements.sort_by_key(|(element, _)| (element.source, -element.du, -element.dv));
        }

        let overlap = |(element, _): &(&FilterElement, f64)| {
            let (source, target) = (&lattices[element.source], &lattices[element.target]);
            source.overlap(target, i64::from(element.du), i64::from(element.dv))
        };
        let synapses: u64 = into.iter().flatten().map(overlap).sum();
        if u32::try_from(synapses).is_err() {
            return Err(FlyvisError::TooManySynapses { extent: self.extent, synapses });
        }
        let neurons = lattices.last().map_or(0, TypeLattice::end);
        let mut row_start: Vec<usize> = reserved("the list of rows", neurons + 1)?;
        let mut source: Vec<u32> = reserved("the list of sources", synapses)?;
        let mut values: Vec<f64> = reserved("the list of weights", synapses)?;
        row_start.push(0);
        for (elements, lattice) in into.iter().zip(lattices) {
            for (u, v) in lattice.columns() {
                for (from, weight) in sources(elements, lattices, u, v) {
                    source.push(from as u32);
                    values.push(weight);
                }
                row_start.push(source.len());
            }
        }
        Ok(Weights::from_rows(row_start, source, values)?)
    }

    fn w_in(&self, arrays: &FlyvisArrays, lattices: &[TypeLattice], neurons: usize, inputs: usize) -> DMatrix<f64> {
        let mut w_in = DMatrix::zeros(neurons, inputs);
        for lattice in chosen(arrays, lattices, &PHOTORECEPTORS) {
            // Photoreceptors are in every column, in the order of the columns.
            for (column, neuron) in (lattice.start()..lattice.end()).enumerate() {
                let input = if self.inputs == Inputs::PerColumn { column } else { 0 };
                w_in[(neuron as usize, input)] = 1.0;
            }
        }
        w_in
    }

    fn w_out(&self, arrays: &FlyvisArrays, lattices: &[TypeLattice], neurons: usize, outputs: usize) -> DMatrix<f64> {
        let mut w_out = DMatrix::zeros(outputs, neurons);
        let mut next = 0;
        for (number, lattice) in chosen(arrays, lattices, &MOTION_DETECTORS).enumerate() {
            let count = (lattice.end() - lattice.start()) as f64;
            for neuron in lattice.start()..lattice.end() {
                match self.outputs {
                    Outputs::PerNeuron => w_out[(next, neuron as usize)] = 1.0,
                    _ => w_out[(number, neuron as usize)] = 1.0 / count,
                }
                next += 1;
            }
        }
        w_out
    }
}

/// Columns of an eye of this extent.
fn eye_columns(extent: u32) -> u64 {
    let extent = u128::from(extent);
    // At most 3·2^64 + 1: only extents that were refused before saturate.
    u64::try_from(3 * extent * (extent + 1) + 1).unwrap_or(u64::MAX)
}

/// The neurons of each type, numbered on from the type before.
fn lattices(arrays: &FlyvisArrays, extent: u32) -> Result<Vec<TypeLattice>, FlyvisError> {
    let everywhere = arrays.types.iter().filter(|cell_type| cell_type.stride == (1, 1)).count() as u64;
    let at_least = eye_columns(extent).saturating_mul(everywhere);
    if u32::try_from(at_least).is_err() {
        return Err(FlyvisError::TooManyNeurons { extent, neurons: at_least });
    }
    let mut next = 0;
    let mut lattices = Vec::with_capacity(arrays.types.len());
    for cell_type in &arrays.types {
        let lattice = TypeLattice::new(cell_type, extent, next);
        next = lattice.end();
        lattices.push(lattice);
    }
    match u32::try_from(next) {
        Ok(_) => Ok(lattices),
        Err(_) => Err(FlyvisError::TooManyNeurons { extent, neurons: next }),
    }
}

/// The neurons that drive the one in column (u, v) through these elements, with their weights.
fn sources<'a>(
    elements: &'a [(&FilterElement, f64)],
    lattices: &'a [TypeLattice],
    u: i64,
    v: i64,
) -> impl Iterator<Item = (u64, f64)> + 'a {
    elements.iter().filter_map(move |&(element, weight)| {
        let from = lattices[element.source].find(u - i64::from(element.du), v - i64::from(element.dv))?;
        Some((from, weight))
    })
}

/// The lattices of the named types.
fn chosen<'a>(
    arrays: &'a FlyvisArrays,
    lattices: &'a [TypeLattice],
    names: &'a [&str],
) -> impl Iterator<Item = &'a TypeLattice> {
    arrays.types.iter().zip(lattices).filter(|(cell_type, _)| names.contains(&cell_type.name.as_str())).map(|(_, l)| l)
}

/// An empty list with room for `count`.
fn reserved<T>(what: &'static str, count: u64) -> Result<Vec<T>, FlyvisError> {
    let bytes = count.saturating_mul(size_of::<T>() as u64);
    let mut list = Vec::new();
    usize::try_from(count)
        .ok()
        .and_then(|count| list.try_reserve_exact(count).ok())
        .ok_or(FlyvisError::OutOfMemory { what, bytes })?;
    Ok(list)
}
