//! The embedded networks are those that their papers describe.

use synbal::io::embedded::{celegans, celegans_neuron_names, fly_types};
use synbal::network::GraphFacts;

#[test]
fn celegans_has_279_named_neurons_and_2194_synapses() {
    let weights = celegans().unwrap();
    assert_eq!((weights.neurons(), weights.synapses()), (279, 2194));
    let names = celegans_neuron_names();
    assert_eq!(names.len(), 279);
    assert_eq!((names[0], names[278]), ("ADAL", "VD13"));
    assert!(weights.values().iter().all(|&count| count >= 1.0 && count.fract() == 0.0));
    assert_eq!(GraphFacts::of(weights.pattern()).on_no_cycle().len(), 256);
    // The total cost for p = 2 over the synapses on cycles is known from elsewhere: 36095.
    let facts = GraphFacts::of(weights.pattern());
    let cost: f64 = weights
        .pattern()
        .iter()
        .filter(|(e, i, j)| i != j && !facts.on_no_cycle().contains(e))
        .map(|(e, ..)| weights.values()[e].powi(2))
        .sum();
    assert_eq!(cost, 36095.0);
}

#[test]
fn the_fly_has_65_cell_types_and_573_signed_weights() {
    let weights = fly_types().unwrap();
    assert_eq!((weights.neurons(), weights.synapses()), (65, 573));
    assert!(weights.values().iter().any(|&value| value < 0.0) && weights.values().iter().any(|&value| value > 0.0));
    assert_eq!(weights.pattern().find(0, 9).map(|e| weights.values()[e]), Some(0.014986852183938026));
}
