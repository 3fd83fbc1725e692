//! Layouts by names and shapes alone: what each is taken for, and why others are refused.

use std::collections::BTreeMap;

use synbal::io::layouts::{LayoutFile, LayoutOptions, describe};
use synbal::io::tensors::{Container, Dtype, Tensor, TensorFile};
use synbal::io::{Float, TensorError};
use synbal::network::model::{Axis, Role, Storage};

/// A file of zeros in single precision, from words like `out.weight:2x3`, in this order; `:` alone stands for a single number.
fn file(words: &str) -> TensorFile {
    let (mut tensors, mut bytes) = (Vec::new(), 0);
    for word in words.split_whitespace() {
        let (name, shape) = word.rsplit_once(':').unwrap();
        let lengths = shape.split('x').filter(|length| !length.is_empty());
        let shape: Vec<usize> = lengths.map(|length| length.parse().unwrap()).collect();
        let range = bytes..bytes + 4 * shape.iter().product::<usize>();
        bytes = range.end;
        let (name, dtype) = (name.to_owned(), Dtype::Float(Float::F32));
        tensors.push(Tensor { name, dtype, shape, first_axis_fastest: false, range });
    }
    let metadata = BTreeMap::from([("activation".to_owned(), "relu".to_owned())]);
    TensorFile { container: Container::Safetensors, bytes: vec![0; bytes], tensors, metadata }
}

fn axis(axis: &Axis) -> String {
    let (kind, neurons) = match axis {
        Axis::Target(neurons) => ('t', neurons),
        Axis::Source(neurons) => ('s', neurons),
        Axis::Outside => return "o".to_owned(),
        Axis::Neither => return "-".to_owned(),
        Axis::Layers => return "l".to_owned(),
    };
    let populations: String = neurons.populations.iter().map(usize::to_string).collect();
    if neurons.repeat == 1 { format!("{kind}{populations}") } else { format!("{kind}{populations}*{}", neurons.repeat) }
}

fn described(words: &str, options: &LayoutOptions) -> Result<(String, Vec<String>), TensorError> {
    let layout = describe(&file(words), options)?;
    let mut said = layout.name;
    if layout.feed_forward {
        said += ", feed-forward";
    }
    for population in layout.model.populations() {
        said += &format!("; {} of {}", population.name, population.size);
    }
    for tensor in layout.model.tensors() {
        let Storage::Dense(axes) = &tensor.storage else { panic!("compressed") };
        let axes: Vec<String> = axes.iter().map(axis).collect();
        let role = match tensor.role {
            Role::Weights => "",
            Role::InitialState => " (state)",
            Role::InitialActivity => " (activity)",
            Role::TimeConstants => " (time)",
        };
        said += &format!("; {}: {}{role}", tensor.name, axes.join(" "));
    }
    Ok((said, layout.notices))
}

#[track_caller]
fn is(words: &str, expected: &str) {
    let (said, _) = described(words, &LayoutOptions::default()).unwrap_or_else(|error| panic!("{words}: {error}"));
    assert_eq!(said, expected, "{words}");
}

#[track_caller]
fn refused(words: &str, expected: &str) {
    match described(words, &LayoutOptions::default()) {
        Ok((said, _)) => panic!("{words} is {said}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{words}"),
    }
}

#[track_caller]
fn noticed(words: &str, expected: &str) {
    let (said, notices) = described(words, &LayoutOptions::default()).unwrap();
    assert!(notices.iter().any(|notice| notice == expected), "{said}: {notices:?}");
}

#[test]
fn chains_of_layers_in_their_order() {
    is(
        "0.weight:4x3 0.bias:4 1.weight:2x4",
        "a chain of 2 Linear layers, feed-forward; 0 of 4; 0.weight: t0 o; 0.bias: t0; 1.weight: o s0",
    );
    noticed(
        "0.weight:4x3 1.weight:2x4",
        "read as a chain in which each layer feeds the next and no other: world -> 0 -> 1 -> world; the neurons of `1` are the outputs",
    );
    // Ten comes after nine, and a read-out last, whatever its name.
    is(
        "l10.weight:2x3 l9.weight:3x5",
        "a chain of 2 Linear layers, feed-forward; l9 of 3; l9.weight: t0 o; l10.weight: o s0",
    );
    is(
        "layers.1.weight:3x3 a.head.weight:3x3 layers.0.weight:3x3",
        "a chain of 3 Linear layers, feed-forward; layers.0 of 3; layers.1 of 3; layers.0.weight: t0 o; layers.1.weight: t1 s0; a.head.weight: o s1",
    );
    // Names without numbers, in the only order that fits.
    is("x.weight:4x3 y.weight:3x5", "a chain of 2 Linear layers, feed-forward; y of 3; y.weight: t0 o; x.weight: o s0");
    refused(
        "x.weight:3x3 y.weight:3x3",
        "the layers `x`, `y` fit each other in more than one order, and their names do not number them",
    );
    // Channels that are flattened, before a Linear layer of an earlier name.
    is(
        "a.weight:2x36 a.bias:2 z.weight:4x1x3x3 z.bias:4",
        "a chain of 2 convolutions and Linear layers, feed-forward; z of 4; z.weight: t0 o - -; z.bias: t0; a.weight: o s0*9; a.bias: o",
    );
    is(
        "0.weight:4x1x3 1.weight:2x4x3x1x1",
        "a chain of 2 convolutions and Linear layers, feed-forward; 0 of 4; 0.weight: t0 o -; 1.weight: o s0 - - -",
    );
}

#[test]
fn chains_that_break() {
    refused("0.weight:4x3 1.weight:2x5", "`1` takes 5 inputs, but `0` before it gives 4");
    // Only channels of convolutions are flattened.
    refused("0.weight:4x3 1.weight:2x8", "`1` takes 8 inputs, but `0` before it gives 4");
    refused("0.weight:4x3x3 1.weight:2x9", "`1` takes 9 inputs, but `0` before it gives 4");
    refused(
        "0.weight:4x3 1.weight:2x4x3",
        "`1` has a kernel, but `0` before it is a Linear layer: how its outputs become channels is in no known layout",
    );
    refused("0.weight:4x3x3 1.weight:2x8x3", "`1` takes 8 inputs, but `0` before it gives 4");
    let grouped = ", as in a grouped (depthwise) convolution, which is in no known layout";
    refused("0.weight:4x3x3 1.weight:4x1x3", &format!("`1` takes 1 inputs, but `0` before it gives 4{grouped}"));
    let transposed = ", as in a transposed convolution, whose first axis is its input";
    refused("0.weight:4x3x3 1.weight:4x2x3", &format!("`1` takes 2 inputs, but `0` before it gives 4{transposed}"));
    refused("0.weight:4x3x3 1.weight:3x2x3", "`1` takes 2 inputs, but `0` before it gives 4");
    refused("0.weight:4x3", "`0` is the only layer: a feed-forward network has neurons to balance between two layers");
    refused("0.weight:4x3 0.bias:3 1.weight:2x4", "`0.bias` has shape [3], expected [4]");
    refused("0.weight:4x3 1.weight:2x4 1.bias:4", "`1.bias` has shape [4], expected [2]");
    // Ten layers are tried in all orders, and eleven are not.
    let backwards = |count: usize| {
        let name = |k: usize| char::from(b'a' + k as u8);
        (0..count).map(|k| format!("{}.weight:{}x{} ", name(k), 20 - k, 19 - k)).collect::<String>()
    };
    let (said, _) = described(&backwards(10), &LayoutOptions::default()).unwrap();
    assert!(said.starts_with("a chain of 10 Linear layers, feed-forward; j of 11; i of 12; "), "{said}");
    let all = "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`";
    refused(
        &backwards(11),
        &format!("the names of the layers {all} do not number them, and more than 10 are not tried in all orders"),
    );
}

/// Names and kinds say what comes first where numbers do not: no kernel after a Linear layer, no read-out before another layer.
#[test]
fn layers_of_several_names() {
    is(
        "decoder.2.weight:5x4 decoder.0.weight:4x2 encoder.2.weight:2x4 encoder.0.weight:4x5",
        "a chain of 4 Linear layers, feed-forward; encoder.0 of 4; encoder.2 of 2; decoder.0 of 4; encoder.0.weight: t0 o; encoder.2.weight: t1 s0; decoder.0.weight: t2 s1; decoder.2.weight: o s2",
    );
    is(
        "body.weight:3x3 head.weight:3x3",
        "a chain of 2 Linear layers, feed-forward; body of 3; body.weight: t0 o; head.weight: o s0",
    );
    let grouped = ", as in a grouped (depthwise) convolution, which is in no known layout";
    let none = |names: &str| {
        format!("in no order does each of the layers {names} take as many inputs as the one before it gives")
    };
    refused(
        "stem.weight:8x3x3x3 depthwise.weight:8x1x3x3 pointwise.weight:12x8x1x1 head.weight:1x12",
        &(none("`depthwise`, `pointwise`, `stem`, `head`") + grouped),
    );
    refused("x.weight:3x2 y.weight:4x5", &none("`x`, `y`"));
    noticed(
        "0.weight:4x3x2 1.weight:4x4x2",
        "`1.weight` has as many inputs as outputs: its axes are taken for [out, in], a convolution's; those of a transposed one are [in, out]",
    );
    let (_, notices) = described("0.weight:4x3x2 1.weight:5x4x2", &LayoutOptions::default()).unwrap();
    assert_eq!(notices.len(), 1, "{notices:?}");
}

/// Hand-written recurrent networks of Linear layers would pass for chains.
#[test]
fn chains_whose_names_say_that_they_are_none() {
    let refused_for = |tensor: &str, words: &str| {
        let said = "has the name of weights onto the states of a recurrent network: read as a chain of layers, it would be another model";
        refused(words, &format!("`{tensor}` {said}"));
    };
    refused_for("rnn.h2h.weight", "rnn.input2h.weight:4x3 rnn.h2h.weight:4x4 fc.weight:2x4");
    refused_for("hidden_to_hidden.weight", "i.weight:4x3 hidden_to_hidden.weight:4x4 out.weight:2x4");
    refused_for("W_rec.weight", "W_in.weight:4x3 W_rec.weight:4x4 W_out.weight:2x4");
    refused_for("recurrent.weight", "a.weight:4x3 recurrent.weight:4x4 out.weight:2x4");
    refused_for("W_hh.weight", "W_xh.weight:4x3 W_hh.weight:4x4 W_hy.weight:2x4");
    // It may take states beside its inputs only if it takes more than there are states.
    refused_for("i2h.weight", "i2h.weight:4x7 h2o.weight:2x4");
    for words in
        ["i2h.weight:4x3 h2o.weight:2x4", "a.rec.weight:4x3 out.weight:2x4", "fc2head.weight:4x7 out.weight:2x4"]
    {
        assert!(described(words, &LayoutOptions::default()).is_ok(), "{words}");
    }
}

/// A scale and a shift between layers, of whatever length: over the width of an image no population has that size.
#[test]
fn normalisation_between_layers() {
    let said =
        |words: &str| described(words, &LayoutOptions::default()).map(|(said, _)| said).map_err(|e| e.to_string());
    let chain = "conv1.weight:8x3x3x3 conv2.weight:4x8x3x3";
    let expected = "`norm.weight` of shape [5] is a scale, as in layer, group or batch normalisation";
    assert!(said(&format!("{chain} norm.weight:5 norm.bias:5")).unwrap_err().starts_with(expected));
    assert!(said(&format!("{chain} norm.weight:5")).is_ok());
    let options = LayoutOptions::default().with_untouched(vec!["norm.weight".to_owned(), "norm.bias".to_owned()]);
    assert!(described(&format!("{chain} norm.weight:5 norm.bias:5"), &options).is_ok());
    // Of recurrent modules inputs may be normalised.
    assert!(said("weight_hh_l0:4x4 norm.weight:3 norm.bias:3").is_ok());
}

#[test]
fn tensors_that_are_no_layers() {
    let none = |words: &str, found: &str| {
        let of = "neither `w_rec`, nor `weight_hh_l0` of nn.RNN, nor `*.weight` of layers";
        refused(words, &format!("no known layout has these tensors ({found}): {of}"));
    };
    none("a.weight:3", "`a.weight`");
    none("a.weight:1x1x1x1x1x1", "`a.weight`");
    none("a.weight:0x3 b.weight:3x0", "`a.weight`, `b.weight`");
    none("word_embedding.weight:5x3 Vocab.weight:3x3", "`Vocab.weight`, `word_embedding.weight`");
    none("", "none at all");
    none("j: i: h: g: f: e: d: c: b: a:", "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`");
    none("k: j: i: h: g: f: e: d: c: b: a:", "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`, ...");
    none("a.weight:3x3 cell.weight_hh_l1:3x3", "`cell.weight_hh_l1`");
}

#[test]
fn recurrent_modules_with_states_and_a_read_out() {
    is(
        "weight_hh_l0:3x3 weight_ih_l0:3x2 bias_ih_l0:3 bias_hh_l0:3",
        "nn.RNN; l0 of 3; weight_hh_l0: t0 s0; weight_ih_l0: t0 o; bias_ih_l0: t0; bias_hh_l0: t0",
    );
    is(
        "rnn.weight_hh_l0:3x3 rnn.weight_hh_l1:4x4 rnn.weight_ih_l1:4x3 fc.weight:2x4 fc.bias:2",
        "nn.RNN of 2 layers; rnn.l0 of 3; rnn.l1 of 4; rnn.weight_hh_l0: t0 s0; rnn.weight_hh_l1: t1 s1; rnn.weight_ih_l1: t1 s0; fc.weight: o s1; fc.bias: o",
    );
    is("weight_hh:2x2 bias_hh:2", "nn.RNNCell; cell of 2; weight_hh: t0 s0; bias_hh: t0");
    is("a.b.weight_hh:2x2", "nn.RNNCell; a.b of 2; a.b.weight_hh: t0 s0");
    noticed("weight_hh:2x2 bias_hh:2", "`bias_ih` is not there; the bias is that of its partner alone");
    noticed(
        "rnn.weight_hh_l0:3x3 fc.weight:2x3",
        "`fc.weight` is taken for a Linear that reads the states of `rnn.l0`",
    );
    for (shapes, axes) in [("3", "t0"), ("5x3", "- t0"), ("1x3", "- t0"), ("1x5x3", "l - t0")] {
        for name in ["h0", "module.initial_state"] {
            let expected = format!("nn.RNN; l0 of 3; weight_hh_l0: t0 s0; {name}: {axes} (activity)");
            is(&format!("weight_hh_l0:3x3 {name}:{shapes}"), &expected);
        }
    }
    for (shapes, axes) in [("2x3", "l t01"), ("2x5x3", "l - t01")] {
        let expected = format!(
            "nn.RNN of 2 layers; l0 of 3; l1 of 3; weight_hh_l0: t0 s0; weight_hh_l1: t1 s1; h0: {axes} (activity)"
        );
        is(&format!("weight_hh_l0:3x3 weight_hh_l1:3x3 h0:{shapes}"), &expected);
    }
    // A state of other shape is not taken for one, and could be anything.
    for shape in ["4x3", "3", "3x5x3", "2x5x3x1"] {
        let words = format!("weight_hh_l0:3x3 weight_hh_l1:3x3 h0:{shape}");
        let said = described(&words, &LayoutOptions::default()).unwrap_err().to_string();
        assert!(said.starts_with("`h0` of shape ["), "{shape}: {said}");
    }
}

/// Where no Linear reads the states, what could read them beside other numbers is asked for, and else it is said.
#[test]
fn recurrent_modules_without_a_read_out() {
    noticed(
        "weight_hh_l0:4x4 weight_ih_l0:4x3",
        "nothing reads the states of `l0`: they come out rescaled, and what reads them elsewhere has to undo it",
    );
    refused(
        "weight_hh_l0:4x4 weight_ih_l0:4x3 fc.weight:2x7 fc.bias:2",
        "no Linear reads the states of `l0` (4 neurons) alone, but `fc.weight` of shape [2, 7] may read them beside other numbers: rescaled without it, the file might be another model",
    );
    let options = LayoutOptions::default().with_untouched(vec!["fc.weight".to_owned()]);
    assert!(described("weight_hh_l0:4x4 fc.weight:2x7", &options).is_ok());
    for words in ["fc.weight:2x3", "emb.weight:9x7", "fc.weight:2x4 before.weight:3x7"] {
        assert!(described(&format!("weight_hh_l0:4x4 {words}"), &LayoutOptions::default()).is_ok(), "{words}");
    }
}

#[test]
fn recurrent_modules_that_are_refused() {
    let square = "as many rows as columns, one a neuron";
    refused("weight_hh_l0:3x2", &format!("`weight_hh_l0` has shape [3, 2], expected {square}"));
    refused("weight_hh_l0:0x0", &format!("`weight_hh_l0` has shape [0, 0], expected {square}"));
    refused("weight_hh_l0:10x2", &format!("`weight_hh_l0` has shape [10, 2], expected {square}"));
    let gates = "its gates are sigmoids of the state, so no rescaling of the state keeps the function";
    refused("weight_hh_l0:6x2", &format!("`weight_hh_l0` has shape [6, 2], that of a GRU: {gates}"));
    refused("a.weight_hh:8x2", &format!("`a.weight_hh` has shape [8, 2], that of an LSTM: {gates}"));
    refused(
        "weight_hh_l0:2x2 weight_hr_l0:2x2",
        &format!("`weight_hr_l0` has shape [2, 2], that of an LSTM with projections: {gates}"),
    );
    refused("weight_hh_l0:3x3 weight_ih_l0:2x3", "`weight_ih_l0` has shape [2, 3], expected [3, inputs]");
    refused("weight_hh_l0:3x3 weight_ih_l0:3", "`weight_ih_l0` has shape [3], expected [3, inputs]");
    refused("weight_hh_l0:3x3 weight_hh_l1:4x4 weight_ih_l1:4x4", "`weight_ih_l1` has shape [4, 4], expected [4, 3]");
    refused("weight_hh_l0:3x3 bias_hh_l0:2", "`bias_hh_l0` has shape [2], expected [3]");
    refused("weight_hh_l0:3x3 fc.weight:2x3 fc.bias:3", "`fc.bias` has shape [3], expected [2]");
    refused(
        "weight_hh_l0:3x3 a.weight:2x3 b.weight:1x3",
        "more than one Linear could read the last recurrent layer: `a.weight`, `b.weight`; name those that do not as untouched",
    );
    let both = "could be the recurrent weights; only one recurrent module is found by its names";
    refused("a.weight_hh:2x2 b.weight_hh_l0:2x2", &format!("both `a.weight_hh` and `b.weight_hh_l0` {both}"));
    // What is named as untouched, or as a table of embeddings, reads nothing.
    let options = LayoutOptions::default().with_untouched(vec!["a.weight".to_owned()]);
    let (said, _) = described("weight_hh_l0:3x3 a.weight:2x3 b.weight:1x3", &options).unwrap();
    assert_eq!(said, "nn.RNN; l0 of 3; weight_hh_l0: t0 s0; b.weight: o s0");
    let embedding = described("weight_hh_l0:3x3 emb.weight:2x3", &LayoutOptions::default()).unwrap_err().to_string();
    assert!(
        embedding.starts_with("`emb.weight` of shape [2, 3] could touch the population `l0` (3 neurons)"),
        "{embedding}"
    );
}

#[test]
fn tensors_beside_a_layout() {
    let rnn = |others: &str| format!("weight_hh_l0:4x4 {others}");
    noticed(&rnn("steps:3"), "`steps` of shape [3] fits no population and is not rescaled");
    noticed(&rnn("none:0"), "`none` of shape [0] fits no population and is not rescaled");
    let touches = |shape: &str, words: &str| {
        let said = "could touch the population `l0` (4 neurons) and is not described: rescaled without it, the file might be another model";
        refused(&rnn(&format!("other:{shape}")), &format!("`other` of shape {words} {said}"));
    };
    touches("4", "[4]");
    touches("3x8", "[3, 8]");
    refused(
        &rnn("bn.weight:4 bn.bias:4 bn.running_mean:4"),
        "`bn.running_mean` is a running statistic of batch normalisation, which undoes any rescaling of the layer before it; fold it into that layer's weights first (torch.nn.utils.fusion)",
    );
    let normalisation = |others: &str| described(&rnn(others), &LayoutOptions::default()).unwrap_err().to_string();
    let scale = "`ln.weight` of shape [4] is a scale, as in layer, group or batch normalisation";
    assert!(normalisation("ln.weight:4 ln.bias:4").starts_with(scale));
    let shift = "`ln.bias` of shape [4] is a scale, as in layer";
    assert!(normalisation("ln.bias:4 ln.weight:4").starts_with(shift));
    // A bias without such a weight, a weight without a bias, and other parameters of the module are none.
    for others in ["ln.bias:4", "ln.weight:4", "ln.other:4 ln.weight:3 ln.bias:3"] {
        let said = normalisation(others);
        assert!(said.contains("could touch the population"), "{others}: {said}");
    }
    let untouched = |name: &str| {
        let options = LayoutOptions::default().with_untouched(vec![name.to_owned()]);
        described(&rnn("other:4"), &options).map_err(|error| error.to_string())
    };
    assert_eq!(untouched("other").unwrap().0, "nn.RNN; l0 of 4; weight_hh_l0: t0 s0");
    assert_eq!(untouched("another").unwrap_err(), "`another` is said to be untouched, but the file has no such tensor");
    assert_eq!(
        untouched("weight_hh_l0").unwrap_err(),
        "`weight_hh_l0` is said to be untouched, but it is part of the layout: its axes belong to populations"
    );
}

#[test]
fn our_own_tensors_and_their_shapes() {
    is(
        "tau:2 x0:2 b:2 w_out:1x2 w_in:2x3 w_rec:2x2",
        "this program's own; neurons of 2; w_rec: t0 s0; w_in: t0 o; w_out: o s0; b: t0; x0: t0 (state); tau: t0 (time)",
    );
    refused("w_rec:2", "`w_rec` has shape [2], expected two dimensions");
    refused("w_rec:2x2 w_in:3x2", "`w_in` has shape [3, 2], expected [2, inputs]");
    refused("w_rec:2x2 w_in:2", "`w_in` has shape [2], expected [2, inputs]");
    refused("w_rec:2x2 w_out:2x3", "`w_out` has shape [2, 3], expected [outputs, 2]");
    for name in ["b", "x0", "tau"] {
        refused(&format!("w_rec:2x2 {name}:3"), &format!("`{name}` has shape [3], expected [2]"));
        refused(&format!("w_rec:2x2 {name}:2x1"), &format!("`{name}` has shape [2, 1], expected [2]"));
    }
    let could = "could touch the population `neurons` (2 neurons) and is not described: rescaled without it, the file might be another model";
    refused("w_rec:2x2 scale:2", &format!("`scale` of shape [2] {could}"));
    refused("w_rec:2x2 w_rec.other:2", &format!("`w_rec.other` of shape [2] {could}"));
    for words in ["w_rec:2x3", "w_rec:0x0"] {
        assert!(described(words, &LayoutOptions::default()).is_err(), "{words}");
    }
}

/// A layout file of these lines, held against tensors.
fn written(lines: &str, words: &str) -> Result<String, String> {
    let layout = LayoutFile::parse(lines).map_err(|error| error.to_string())?;
    let options = LayoutOptions::default().with_file(layout);
    described(words, &options).map(|(said, _)| said).map_err(|error| error.to_string())
}

#[test]
fn layout_files_say_which_axes_are_neurons() {
    let lines = "[tensors]\nU = ['target a', 'outside']\nV = ['target b', 'source a x 3', 'neither']\nW = ['outside', 'source b']\n\
        [initial_states]\ns = ['layers', 'target a,  b']\n[time_constants]\nt = ['target b']";
    assert_eq!(
        written(lines, "U:2x5 V:2x6x7 W:1x2 s:2x2 t:2").unwrap(),
        "that of the layout file, feed-forward; a of 2; b of 2; s: l t01 (state); U: t0 o; V: t1 s0*3 -; W: o s1; t: t1 (time)"
    );
    // The model is fed forward unless a population listens to itself, over whatever way.
    let feeds_forward = |axes: &[(&str, &str)]| {
        let lines: String = axes
            .iter()
            .enumerate()
            .map(|(k, (to, from))| format!("w{k} = ['target {to}', 'source {from}']\n"))
            .collect();
        let words: String = (0..axes.len()).map(|k| format!("w{k}:2x2 ")).collect();
        // Whatever has no input or no reader among these has the outside for one.
        let ends = ["a", "b", "c", "d"]
            .map(|name| format!("i{name} = ['target {name}', 'outside']\no{name} = ['outside', 'source {name}']\n"));
        let words = words + &["a", "b", "c", "d"].map(|name| format!("i{name}:2x1 o{name}:1x2 ")).concat();
        written(&format!("[tensors]\n{lines}{}", ends.concat()), &words).unwrap().contains("feed-forward")
    };
    assert!(feeds_forward(&[("b", "a"), ("c", "b"), ("c", "a")]));
    assert!(!feeds_forward(&[("a", "a")]));
    assert!(!feeds_forward(&[("b", "a"), ("a", "b")]));
    assert!(!feeds_forward(&[("b", "a"), ("c", "b"), ("d", "c"), ("b", "d")]));
}

#[test]
fn layout_files_that_mean_nothing() {
    let refused = |lines: &str, words: &str, expected: &str| {
        assert_eq!(written(lines, words).unwrap_err(), format!("the layout file: {expected}"), "{lines}");
    };
    let known = "known are tensors, initial_states, initial_activities, time_constants, untouched and activation";
    refused("tensor = 1", "", &format!("`tensor` is unknown; {known}"));
    refused("tensors = 1", "", "`tensors` is no table of tensors");
    refused("[tensors]", "", "it describes no tensor; give a table [tensors]");
    refused("untouched = 'a'", "", "`untouched` is no list of names");
    refused("untouched = [1]", "", "`untouched` is no list of names");
    refused("activation = 3", "", "`activation` is 3, which is no name");
    refused("[tensors]\na = 'target n'", "", "`a` needs a list of words, one for each axis");
    let words = "known are `target NAME`, `source NAME`, `source NAME x 25`, `outside`, `neither` and `layers`";
    for axis in
        ["", "target", "target ", "targets a", "target a,", "source a x 0", "source a x -1", "source a x b", "inside"]
    {
        refused(&format!("[tensors]\na = ['{axis}']"), "", &format!("`a` has an axis `{axis}`; {words}"));
    }
    refused("[tensors]\na = ['target n']", "b:2", "it describes `a`, which is not in the file");
    refused("[tensors]\na = ['target n']", "a:2x2", "`a` has 2 axes, but 1 are described");
    let same = "is its name the same everywhere?";
    let (u, w) = ("U = ['target cell', 'source cell']", "W = ['outside', 'source cell']");
    let unread =
        format!("no weights have an axis `source cel`: nothing reads it (outputs of the model are `outside`); {same}");
    refused(&format!("[tensors]\n{u}\n{w}\nc = ['target cel']"), "U:4x4 W:1x4 c:4", &unread);
    let unfed =
        format!("no weights have an axis `target cel`: nothing feeds it (inputs of the model are `outside`); {same}");
    refused(&format!("[tensors]\n{u}\nW = ['outside', 'source cel']"), "U:4x4 W:1x4", &unfed);
    refused(&format!("[tensors]\n{u}\n[initial_states]\nh = ['target cel']"), "U:4x4 h:4", &unfed);
    let several = written("[tensors]\na = ['target n']\n[activation]\nn = 'relu x 2, linear x 3'", "a:5").unwrap_err();
    assert!(several.contains("the population `n` has one activation, not "), "{several}");
}
