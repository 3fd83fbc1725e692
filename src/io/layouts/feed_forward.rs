//! Chains of PyTorch's `nn.Linear` and convolutions: each layer fed by the one before.

use super::{Layout, LayoutError, dense, is_embedding, split, target};
use crate::io::metadata::stored_activation;
use crate::io::tensors::{Tensor, TensorError, TensorFile};
use crate::network::model::{Axis, Model, Neurons, Population, Role};

/// Last parts of the names of modules that are read out.
const READ_OUTS: [&str; 8] = ["out", "output", "head", "classifier", "decoder", "readout", "read_out", "final"];

/// So many layers are tried in all orders.
const MOST_PERMUTED: usize = 10;

/// The weights of a layer: `[out, in]`, or `[out, in, kernel ...]`.
#[derive(Clone, Copy)]
struct Layer<'a> {
    weight: &'a Tensor,
}

impl Layer<'_> {
    fn module(&self) -> &str {
        split(&self.weight.name).0.trim_end_matches('.')
    }

    fn outputs(&self) -> usize {
        self.weight.shape[0]
    }

    fn inputs(&self) -> usize {
        self.weight.shape[1]
    }

    fn is_convolution(&self) -> bool {
        self.weight.shape.len() > 2
    }

    /// How many inputs of this layer come from each output of the one before; `None` if they do not fit.
    fn repeat_after(&self, before: &Layer<'_>) -> Option<usize> {
        if self.inputs() == before.outputs() {
            return Some(1);
        }
        // No layer has an axis of length zero.
        let flattened = before.is_convolution() && !self.is_convolution();
        (flattened && self.inputs().is_multiple_of(before.outputs())).then(|| self.inputs() / before.outputs())
    }
}

fn layers<'a>(file: &'a TensorFile, untouched: &[String]) -> Vec<Layer<'a>> {
    let is_layer = |tensor: &&Tensor| {
        split(&tensor.name).1 == "weight"
            && (2..=5).contains(&tensor.shape.len())
            && !tensor.shape.contains(&0)
            && !untouched.contains(&tensor.name)
            && !is_embedding(&tensor.name)
    };
    file.tensors.iter().filter(is_layer).map(|weight| Layer { weight }).collect()
}

pub(super) fn is_feed_forward(file: &TensorFile) -> bool {
    !layers(file, &[]).is_empty()
}

pub(super) fn describe(file: &TensorFile, untouched: &[String]) -> Result<Layout, TensorError> {
    if let Some(gated) = file.tensors.iter().find(|tensor| split(&tensor.name).1.starts_with("weight_hh")) {
        return Err(LayoutError::NoLayout { found: format!("`{}`", gated.name) }.into());
    }
    let chain = ordered(layers(file, untouched))?;
    let Some((last, hidden)) = chain.split_last().filter(|(_, hidden)| !hidden.is_empty()) else {
        let layer = chain.first().map(|layer| layer.module().to_owned()).unwrap_or_default();
        return Err(LayoutError::SingleLayer { layer }.into());
    };
    let populations: Vec<Population> =
        hidden.iter().map(|layer| Population { name: layer.module().to_owned(), size: layer.outputs() }).collect();
    let mut tensors = Vec::new();
    for (k, layer) in chain.iter().enumerate() {
        let from = match k.checked_sub(1) {
            None => Axis::Outside,
            Some(before) => {
                let repeat = layer.repeat_after(&chain[before]).unwrap_or(1);
                Axis::Source(Neurons { populations: vec![before], repeat })
            }
        };
        let onto = if k < hidden.len() { target(k) } else { Axis::Outside };
        let mut axes = vec![onto.clone(), from];
        axes.resize(layer.weight.shape.len(), Axis::Neither);
        tensors.push(dense(layer.weight, axes, Role::Weights));
        if let Some(bias) = file.find(&format!("{}bias", split(&layer.weight.name).0)) {
            if bias.shape != [layer.outputs()] {
                let expected = format!("[{}]", layer.outputs());
                return Err(
                    LayoutError::WrongShape { tensor: bias.name.clone(), shape: bias.shape.clone(), expected }.into()
                );
            }
            tensors.push(dense(bias, vec![onto], Role::Weights));
        }
    }
    let names: Vec<&str> = chain.iter().map(Layer::module).collect();
    let convolutions = chain.iter().filter(|layer| layer.is_convolution()).count();
    let kind = if convolutions > 0 { "convolutions and Linear layers" } else { "Linear layers" };
    let notices = vec![format!(
        "read as a chain in which each layer feeds the next and no other: world -> {} -> world; the neurons of `{}` are the outputs",
        names.join(" -> "),
        last.module(),
    )];
    let model = Model::new(populations, tensors)?;
    let neurons = model.neurons();
    Ok(Layout {
        model,
        name: format!("a chain of {} {kind}", chain.len()),
        activation: stored_activation(&file.metadata, neurons)?,
        no_activation: "PyTorch does not store which activation stands between the layers",
        feed_forward: true,
        notices,
    })
}

/// The layers in the order in which they feed each other.
fn ordered(mut layers: Vec<Layer<'_>>) -> Result<Vec<Layer<'_>>, LayoutError> {
    // Convolutions come before what is flattened, read-outs last, numbers in their order.
    let class = |layer: &Layer<'_>| (!layer.is_convolution(), is_read_out(layer.module()));
    layers.sort_by_cached_key(|layer| (class(layer), words(layer.module())));
    let same_words = |a: &Layer<'_>, b: &Layer<'_>| {
        class(a) != class(b) || without_numbers(a.module()) == without_numbers(b.module())
    };
    let numbered = layers.windows(2).all(|pair| same_words(&pair[0], &pair[1]));
    let mut broken = layers.windows(2).filter(|pair| pair[1].repeat_after(&pair[0]).is_none());
    let first_break = broken.next();
    if numbered && first_break.is_none() {
        return Ok(layers);
    }
    if !numbered && layers.len() <= MOST_PERMUTED {
        let mut found = Vec::new();
        chains(&mut Vec::new(), &layers, &mut found);
        if let [only] = &found[..] {
            return Ok(only.iter().map(|&k| layers[k]).collect());
        }
        if found.len() > 1 {
            let names: Vec<String> = layers.iter().map(|layer| format!("`{}`", layer.module())).collect();
            return Err(LayoutError::OrderUnknown { layers: names.join(", ") });
        }
    }
    match first_break {
        Some(pair) => Err(LayoutError::BrokenChain {
            first: pair[0].module().to_owned(),
            outputs: pair[0].outputs(),
            second: pair[1].module().to_owned(),
            inputs: pair[1].inputs(),
            hint: match (pair[1].is_convolution(), pair[1].inputs() == 1, pair[1].outputs() == pair[0].outputs()) {
                (true, true, _) => ", as in a grouped (depthwise) convolution, which is in no known layout",
                (true, false, true) => ", as in a transposed convolution, whose first axis is its input",
                _ => "",
            },
        }),
        None => {
            let names: Vec<String> = layers.iter().map(|layer| format!("`{}`", layer.module())).collect();
            Err(LayoutError::OrderUnknown { layers: names.join(", ") })
        }
    }
}

/// All orders in which the layers fit each other, two at most.
fn chains(chain: &mut Vec<usize>, layers: &[Layer<'_>], found: &mut Vec<Vec<usize>>) {
    if chain.len() == layers.len() {
        found.push(chain.clone());
        return;
    }
    for next in 0..layers.len() {
        let fits = chain.last().is_none_or(|&last| layers[next].repeat_after(&layers[last]).is_some());
        if fits && !chain.contains(&next) && found.len() < 2 {
            chain.push(next);
            chains(chain, layers, found);
            chain.pop();
        }
    }
}

fn is_read_out(module: &str) -> bool {
    let last = module.rsplit('.').next().unwrap_or(module);
    READ_OUTS.contains(&last)
}

/// Text and numbers in turn, so that layer 10 comes after layer 9.
fn words(module: &str) -> Vec<(u64, String)> {
    let mut words = Vec::new();
    let mut rest = module;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let text = rest.bytes().take_while(|byte| !byte.is_ascii_digit()).count();
        let (word, after) = rest.split_at(digits.max(text));
        let number = word.parse().unwrap_or(0);
        words.push((number, if digits > 0 { String::new() } else { word.to_owned() }));
        rest = after;
    }
    words
}

fn without_numbers(module: &str) -> String {
    module.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}
