//! The trained fly networks: the published matrix entry by entry, small extents from first principles, refusals.

use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use synbal::io::embedded::flyvis;
use synbal::io::{read_network, write_network};
use synbal::network::{Activation, Network};
use synbal::tasks::flyvis::{DENSE_LIMIT, FlyvisError, FlyvisNetwork, Inputs, Outputs};

fn plan(extent: u32, model: usize) -> FlyvisNetwork {
    FlyvisNetwork { extent, model, inputs: Inputs::None, outputs: Outputs::None }
}

fn built(plan: FlyvisNetwork) -> Network {
    let network = plan.build().unwrap();
    network.validate().unwrap();
    network
}

/// The matrix of model 0 at extent 15 as the PyPI package `flycns` 0.7.0 writes it has 1,453,879 entries, rows
/// ascending and columns ascending in each row: our numbering of the neurons is the file's own, with no permutation.
/// The sum is of every entry as (row − 1, column − 1, weight), little-endian u32, u32 and f64, in the file's order:
///
/// ```text
/// xz -dc flyvis_extent15_model000.mtx.xz | python3 -c "
/// import sys,struct,hashlib
/// h=hashlib.sha256();[h.update(struct.pack('<IId',int(i)-1,int(j)-1,float(w))) for i,j,w in (l.split() for l in list(sys.stdin)[3:])];print(h.hexdigest())"
/// ```
#[test]
fn model_0_at_extent_15_is_the_published_matrix_to_the_last_bit() {
    let weights = built(plan(15, 0)).weights;
    assert_eq!((weights.neurons(), weights.synapses()), (45_669, 1_453_879));
    assert_eq!(weights.triplets().filter(|(i, j, _)| i == j).count(), 11_659);
    let mut sum = Sha256::new();
    for (i, j, value) in weights.triplets() {
        sum.update((i as u32).to_le_bytes());
        sum.update((j as u32).to_le_bytes());
        sum.update(value.to_le_bytes());
    }
    let sum: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sum, "a8a2a2115b0c5031688b9c300ea1516c2102aab889973a4537e1c877791fc9f8");
}

/// All pairs of neurons, all filter elements, straight from the definition; no numbering, no order.
#[test]
fn small_extents_follow_from_the_definition() {
    let arrays = flyvis().unwrap();
    for (extent, model) in [(0, 0), (1, 7), (2, 49), (3, 23)] {
        let plan = plan(extent, model);
        let network = built(plan);
        let neurons = plan.neurons().unwrap();
        assert_eq!(neurons.len(), network.weights.neurons());
        let mut expected = BTreeMap::new();
        let e = i64::from(extent);
        let exists = |of: usize, u: i64, v: i64| {
            let (su, sv) = arrays.types[of].stride;
            u.abs() <= e && v.abs() <= e && (u + v).abs() <= e && u % i64::from(su) == 0 && v % i64::from(sv) == 0
        };
        let mut count = 0;
        for of in 0..arrays.types.len() {
            count += (-e..=e).flat_map(|u| (-e..=e).map(move |v| (u, v))).filter(|&(u, v)| exists(of, u, v)).count();
        }
        assert_eq!(neurons.len(), count, "extent {extent}");
        for element in &arrays.elements {
            let weight = element.signed_synapses * arrays.strength[model][element.pair];
            for (u, v) in (-e..=e).flat_map(|u| (-e..=e).map(move |v| (u, v))) {
                let to = (u + i64::from(element.du), v + i64::from(element.dv));
                if weight != 0.0 && exists(element.source, u, v) && exists(element.target, to.0, to.1) {
                    let names = (&arrays.types[element.target].name, &arrays.types[element.source].name);
                    let old = expected.insert((names.0, to, names.1, (u, v)), weight);
                    assert_eq!(old, None);
                }
            }
        }
        let found: BTreeMap<_, _> = network
            .weights
            .triplets()
            .map(|(i, j, &weight)| {
                let (to, from) = (&neurons[i], &neurons[j]);
                ((&to.cell_type, (to.u, to.v), &from.cell_type, (from.u, from.v)), weight)
            })
            .collect();
        assert_eq!(found.len(), network.weights.synapses(), "no two neurons in one place");
        assert_eq!(found, expected, "extent {extent}, model {model}");

        let (bias, tau) = (network.bias.unwrap(), network.time_constants.unwrap());
        for (i, neuron) in neurons.iter().enumerate() {
            let of = arrays.types.iter().position(|cell_type| cell_type.name == neuron.cell_type).unwrap();
            assert_eq!((bias[i], tau[i]), (arrays.bias[model][of], arrays.time_constant[model][of]));
        }
    }
}

#[test]
fn the_centre_of_an_eye_of_one_column_has_one_neuron_of_each_type() {
    assert_eq!(built(plan(0, 0)).weights.neurons(), 65);
    // R1 to R8 of one column drive what they drive in the published summary of 65 types only where du = dv = 0.
    assert!(built(plan(0, 0)).weights.synapses() < 573);
}

#[test]
fn every_model_builds_and_no_two_are_the_same() {
    let mut seen = Vec::new();
    for model in 0..50 {
        let weights = built(plan(1, model)).weights;
        assert!(!seen.contains(&weights), "model {model}");
        seen.push(weights);
    }
}

#[test]
fn every_photoreceptor_sees_its_own_column_and_every_motion_detector_is_read() {
    let plan = FlyvisNetwork { inputs: Inputs::PerColumn, outputs: Outputs::PerNeuron, ..plan(2, 0) };
    let network = built(plan);
    let neurons = plan.neurons().unwrap();
    let columns: Vec<(i64, i64)> =
        neurons.iter().filter(|neuron| neuron.cell_type == "R1").map(|neuron| (neuron.u, neuron.v)).collect();
    assert_eq!(columns.len(), 19);
    let w_in = network.w_in.unwrap();
    let w_out = network.w_out.unwrap();
    assert_eq!((w_in.shape(), w_out.shape()), ((neurons.len(), 19), (8 * 19, neurons.len())));
    let mut read = 0;
    for (i, neuron) in neurons.iter().enumerate() {
        let is_receptor = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"].contains(&neuron.cell_type.as_str());
        for (k, &column) in columns.iter().enumerate() {
            let expected = if is_receptor && column == (neuron.u, neuron.v) { 1.0 } else { 0.0 };
            assert_eq!(w_in[(i, k)], expected, "{neuron:?}, input {k}");
        }
        let is_detector =
            (neuron.cell_type.starts_with("T4") || neuron.cell_type.starts_with("T5")) && neuron.cell_type.len() == 3;
        for k in 0..8 * 19 {
            assert_eq!(w_out[(k, i)], if is_detector && k == read { 1.0 } else { 0.0 }, "{neuron:?}, output {k}");
        }
        read += usize::from(is_detector);
    }
    assert_eq!(read, 8 * 19);

    let few = FlyvisNetwork { inputs: Inputs::Uniform, outputs: Outputs::PerType, ..plan };
    let network = built(few);
    assert_eq!(network.w_in.unwrap().column_sum(), w_in.column_sum());
    // The mean over 19 columns of the detectors that the rows of the other matrix read one by one.
    let mean = network.w_out.unwrap();
    for (kind, row) in mean.row_iter().enumerate() {
        let rows = w_out.rows(19 * kind, 19);
        assert!(row.iter().zip(rows.row_sum().iter()).all(|(mean, sum)| *mean == sum / 19.0));
    }
}

#[test]
fn what_cannot_be_built_is_refused_before_it_is_reserved() {
    assert!(matches!(plan(3, 50).build(), Err(FlyvisError::NoSuchModel { model: 50 })));
    for extent in [5_000, 1 << 20, u32::MAX] {
        assert!(matches!(plan(extent, 0).build(), Err(FlyvisError::TooManyNeurons { .. })), "{extent}");
        assert!(matches!(plan(extent, 0).neurons(), Err(FlyvisError::TooManyNeurons { .. })), "{extent}");
    }
    // About 32 synapses a neuron: the indices of synapses run out long before those of neurons.
    assert!(matches!(plan(2_000, 0).build(), Err(FlyvisError::TooManySynapses { extent: 2_000, .. })));
    // 40: 4,921 columns of some 63 neurons, times one output for each of 39,368 motion detectors: 98 GB.
    let huge = FlyvisNetwork { outputs: Outputs::PerNeuron, ..plan(40, 0) };
    match huge.build() {
        Err(FlyvisError::DenseTooLarge { what: "w_out", rows: 39_368, columns, bytes, .. }) => {
            assert_eq!(bytes, 39_368 * columns * 8);
            assert!(bytes > DENSE_LIMIT);
        }
        other => panic!("{:?}", other.map(|network| network.weights.synapses())),
    }
    let huge = FlyvisNetwork { inputs: Inputs::PerColumn, ..plan(40, 0) };
    assert!(matches!(huge.build(), Err(FlyvisError::DenseTooLarge { what: "w_in", columns: 4_921, .. })));
}

/// Large enough for compressed rows: the recurrent weights of extent 5 (5,825 neurons) have 33.9 million entries.
#[test]
fn a_large_network_goes_through_a_file_in_compressed_rows_and_comes_back_the_same() {
    let network = built(FlyvisNetwork { inputs: Inputs::PerColumn, outputs: Outputs::PerNeuron, ..plan(5, 3) });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fly.safetensors");
    write_network(&path, &network).unwrap();
    // Twelve bytes a synapse; the dense form would take eight bytes for every pair of neurons.
    let n = network.weights.neurons() as u64;
    assert!(std::fs::metadata(&path).unwrap().len() < n * n * 8 / 4);
    // PyTorch wants one type for offsets and indices.
    let bytes = std::fs::read(&path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    for name in ["w_rec.indptr", "w_rec.indices"] {
        assert_eq!(tensors.tensor(name).unwrap().dtype(), Dtype::I32, "{name}");
    }
    let loaded = read_network(&path, Activation::Relu).unwrap();
    assert_eq!(loaded.notices, Vec::<String>::new());
    assert_eq!(loaded.network, network);
}
