//! PyTorch's `nn.RNN` and `nn.RNNCell`, with initial states and a Linear read-out.

use super::{Layout, LayoutError, dense, is_embedding, source, split, target};
use crate::io::metadata::stored_activation;
use crate::io::tensors::{Tensor, TensorError, TensorFile};
use crate::network::model::{Axis, Model, Neurons, Population, Role};

/// The last part of the name of an initial state.
const INITIAL_STATES: [&str; 9] =
    ["h0", "h_0", "hidden0", "hidden_0", "init_hidden", "initial_hidden", "initial_state", "x0", "hx"];

pub(super) fn is_recurrent_weight(name: &str) -> bool {
    let (_, parameter) = split(name);
    parameter == "weight_hh" || parameter == "weight_hh_l0"
}

pub(super) fn is_recurrent(file: &TensorFile) -> bool {
    file.tensors.iter().any(|tensor| is_recurrent_weight(&tensor.name))
}

pub(super) fn describe(file: &TensorFile, untouched: &[String]) -> Result<Layout, TensorError> {
    let recurrent: Vec<&Tensor> = file.tensors.iter().filter(|tensor| is_recurrent_weight(&tensor.name)).collect();
    if let [first, second, ..] = recurrent[..] {
        let (first, second) = (first.name.clone(), second.name.clone());
        return Err(LayoutError::Ambiguous { first, second }.into());
    }
    let Some(&first) = recurrent.first() else {
        return Err(LayoutError::NoLayout { found: file.some_names() }.into());
    };
    let (prefix, parameter) = split(&first.name);
    let is_cell = parameter == "weight_hh";
    refuse_what_rescaling_changes(file, prefix, first)?;

    let layer_name = |kind: &str, layer: usize| {
        if is_cell { format!("{prefix}{kind}") } else { format!("{prefix}{kind}_l{layer}") }
    };
    let (mut populations, mut tensors, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    let mut layer = 0;
    while let Some(hidden) = file.find(&layer_name("weight_hh", layer)).filter(|_| layer == 0 || !is_cell) {
        let n = match hidden.shape[..] {
            [rows, columns] if rows == columns && rows > 0 => rows,
            _ => return Err(wrong(hidden, "as many rows as columns, one a neuron".to_owned()).into()),
        };
        let name = if is_cell { prefix.trim_end_matches('.').to_owned() } else { format!("{prefix}l{layer}") };
        populations.push(Population { name: if name.is_empty() { "cell".to_owned() } else { name }, size: n });
        tensors.push(dense(hidden, vec![target(layer), source(layer)], Role::Weights));
        if let Some(input) = file.find(&layer_name("weight_ih", layer)) {
            let below: Option<&Population> = layer.checked_sub(1).map(|below| &populations[below]);
            let fits =
                input.shape.len() == 2 && input.shape[0] == n && below.is_none_or(|below| input.shape[1] == below.size);
            if !fits {
                let inputs = below.map_or("inputs".to_owned(), |below| below.size.to_string());
                return Err(wrong(input, format!("[{n}, {inputs}]")).into());
            }
            let from = if layer == 0 { Axis::Outside } else { source(layer - 1) };
            tensors.push(dense(input, vec![target(layer), from], Role::Weights));
        }
        let (biases, missing): (Vec<String>, Vec<String>) = ["bias_ih", "bias_hh"]
            .map(|kind| layer_name(kind, layer))
            .into_iter()
            .partition(|name| file.find(name).is_some());
        for bias in biases.iter().filter_map(|name| file.find(name)) {
            if bias.shape != [n] {
                return Err(wrong(bias, format!("[{n}]")).into());
            }
            tensors.push(dense(bias, vec![target(layer)], Role::Weights));
        }
        if let ([_], [missing]) = (&biases[..], &missing[..]) {
            notices.push(format!("`{missing}` is not there; the bias is that of its partner alone"));
        }
        layer += 1;
    }
    let layers = populations.len();
    let last = &populations[layers - 1];

    for state in file.tensors.iter().filter(|tensor| INITIAL_STATES.contains(&split(&tensor.name).1)) {
        if let Some(axes) = initial_state(&state.shape, layers, last.size) {
            tensors.push(dense(state, axes, Role::InitialActivity));
        }
    }
    let linear = |tensor: &&Tensor| {
        tensor.shape.len() == 2
            && split(&tensor.name).1 == "weight"
            && !untouched.contains(&tensor.name)
            && !is_embedding(&tensor.name)
    };
    let linears = || file.tensors.iter().filter(linear);
    let candidates: Vec<&Tensor> = linears().filter(|tensor| tensor.shape[1] == last.size).collect();
    if candidates.len() > 1 {
        let candidates: Vec<String> = candidates.iter().map(|tensor| format!("`{}`", tensor.name)).collect();
        return Err(LayoutError::SeveralReadOuts { candidates: candidates.join(", ") }.into());
    }
    if let Some(&weight) = candidates.first() {
        tensors.push(dense(weight, vec![Axis::Outside, source(layers - 1)], Role::Weights));
        let module = split(&weight.name).0;
        notices.push(format!("`{module}weight` is taken for a Linear that reads the states of `{}`", last.name));
        if let Some(bias) = file.find(&format!("{module}bias")) {
            if bias.shape != [weight.shape[0]] {
                return Err(wrong(bias, format!("[{}]", weight.shape[0])).into());
            }
            tensors.push(dense(bias, vec![Axis::Outside], Role::Weights));
        }
    }
    if candidates.is_empty() {
        if let Some(tensor) = linears().find(|tensor| tensor.shape[1] > last.size) {
            return Err(LayoutError::MayReadOut {
                tensor: tensor.name.clone(),
                shape: tensor.shape.clone(),
                population: last.name.clone(),
                size: last.size,
            }
            .into());
        }
        notices.push(format!(
            "nothing reads the states of `{}`: they come out rescaled, and what reads them elsewhere has to undo it",
            last.name
        ));
    }
    let kind = if is_cell { "nn.RNNCell" } else { "nn.RNN" };
    let model = Model::new(populations, tensors)?;
    let neurons = model.neurons();
    Ok(Layout {
        name: if layers == 1 { kind.to_owned() } else { format!("{kind} of {layers} layers") },
        model,
        activation: stored_activation(&file.metadata, neurons)?,
        no_activation: "nn.RNN does not store its nonlinearity, which is tanh unless relu was asked for",
        feed_forward: false,
        notices,
    })
}

/// `[n]`, `[batch or 1, n]`, `[layers, n]`, `[layers, batch, n]`.
fn initial_state(shape: &[usize], layers: usize, n: usize) -> Option<Vec<Axis>> {
    let states = Axis::Target(Neurons { populations: (0..layers).collect(), repeat: 1 });
    match *shape {
        [k] if k == n && layers == 1 => Some(vec![states]),
        [_, k] if k == n && layers == 1 => Some(vec![Axis::Neither, states]),
        [l, k] if k == n && l == layers => Some(vec![Axis::Layers, states]),
        [l, _, k] if k == n && l == layers => Some(vec![Axis::Layers, Axis::Neither, states]),
        _ => None,
    }
}

fn refuse_what_rescaling_changes(file: &TensorFile, prefix: &str, hidden: &Tensor) -> Result<(), LayoutError> {
    let own = || file.tensors.iter().filter_map(|tensor| Some((tensor, tensor.name.strip_prefix(prefix)?)));
    let gated =
        |tensor: &Tensor, kind| LayoutError::Gated { tensor: tensor.name.clone(), shape: tensor.shape.clone(), kind };
    // First of all: of an LSTM with projections the shapes alone may look like something else.
    if let Some((tensor, _)) = own().find(|(_, parameter)| parameter.starts_with("weight_hr")) {
        return Err(gated(tensor, "an LSTM with projections"));
    }
    if let [rows, columns] = hidden.shape[..] {
        for (gates, kind) in [(3, "a GRU"), (4, "an LSTM")] {
            if columns.checked_mul(gates) == Some(rows) && rows > 0 {
                return Err(gated(hidden, kind));
            }
        }
    }
    match own().find(|(_, parameter)| parameter.ends_with("_reverse")) {
        Some((tensor, _)) => Err(LayoutError::ReverseDirection { tensor: tensor.name.clone() }),
        None => Ok(()),
    }
}

fn wrong(tensor: &Tensor, expected: String) -> LayoutError {
    LayoutError::WrongShape { tensor: tensor.name.clone(), shape: tensor.shape.clone(), expected }
}
