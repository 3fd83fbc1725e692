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

    /// Whether names and kinds say that this layer comes before the other one, be it at once or later.
    fn precedes(&self, other: &Layer<'_>) -> bool {
        let (this, that) = (self.module(), other.module());
        let has = |module: &str, word: &str| module.split('.').any(|part| part == word);
        let by_number = without_numbers(this) == without_numbers(that) && words(this) < words(that);
        let by_kind = self.is_convolution() && !other.is_convolution();
        let by_name = has(this, "encoder") && has(that, "decoder") || !is_read_out(this) && is_read_out(that);
        by_number || by_kind || by_name
    }

    /// How many inputs of this layer come from each output of the one before; `None` if they do not fit. How the outputs of a
    /// Linear layer would become the channels of a kernel is nowhere said.
    fn repeat_after(&self, before: &Layer<'_>) -> Option<usize> {
        if self.is_convolution() && !before.is_convolution() {
            return None;
        }
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
    if let Some(layer) = chain.iter().find(|layer| names_a_recurrence(layer)) {
        return Err(LayoutError::LooksRecurrent { tensor: layer.weight.name.clone() }.into());
    }
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
    let mut notices = vec![format!(
        "read as a chain in which each layer feeds the next and no other: world -> {} -> world; the neurons of `{}` are the outputs",
        names.join(" -> "),
        last.module(),
    )];
    let square = chain.iter().filter(|layer| layer.is_convolution() && layer.inputs() == layer.outputs());
    notices.extend(square.map(|layer| {
        format!(
            "`{}` has as many inputs as outputs: its axes are taken for [out, in], a convolution's; those of a transposed one are [in, out]",
            layer.weight.name
        )
    }));
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
    let all = |layers: &[Layer<'_>]| {
        layers.iter().map(|layer| format!("`{}`", layer.module())).collect::<Vec<_>>().join(", ")
    };
    let same_words = |a: &Layer<'_>, b: &Layer<'_>| without_numbers(a.module()) == without_numbers(b.module());
    let strictly = layers.windows(2).all(|pair| same_words(&pair[0], &pair[1]));
    // Convolutions come before what is flattened, read-outs last, numbers in their order; where all is numbered, only that.
    let class = |layer: &Layer<'_>| (!layer.is_convolution() && !strictly, is_read_out(layer.module()) && !strictly);
    layers.sort_by_cached_key(|layer| (class(layer), words(layer.module())));
    let numbered = layers.windows(2).all(|pair| class(&pair[0]) != class(&pair[1]) || same_words(&pair[0], &pair[1]));
    let mut broken = layers.windows(2).filter(|pair| pair[1].repeat_after(&pair[0]).is_none());
    match broken.next() {
        None if numbered => return Ok(layers),
        Some([first, second]) if numbered => {
            let (first_name, second_name) = (first.module().to_owned(), second.module().to_owned());
            if second.is_convolution() && !first.is_convolution() {
                return Err(LayoutError::KernelAfterLinear { first: first_name, second: second_name });
            }
            return Err(LayoutError::BrokenChain {
                first: first_name,
                outputs: first.outputs(),
                second: second_name,
                inputs: second.inputs(),
                hint: match (second.is_convolution(), second.inputs() == 1, second.outputs() == first.outputs()) {
                    (true, true, _) => GROUPED,
                    (true, false, true) => ", as in a transposed convolution, whose first axis is its input",
                    _ => "",
                },
            });
        }
        _ if layers.len() > MOST_PERMUTED => {
            return Err(LayoutError::TooManyOrders { layers: all(&layers), most: MOST_PERMUTED });
        }
        _ => {}
    }
    let mut found = Vec::new();
    chains(&mut Vec::new(), &layers, &mut found);
    match &found[..] {
        [only] => Ok(only.iter().map(|&k| layers[k]).collect()),
        [] => {
            let grouped = layers.iter().any(|layer| layer.is_convolution() && layer.inputs() == 1);
            Err(LayoutError::NoOrder { layers: all(&layers), hint: if grouped { GROUPED } else { "" } })
        }
        _ => Err(LayoutError::OrderUnknown { layers: all(&layers) }),
    }
}

const GROUPED: &str = ", as in a grouped (depthwise) convolution, which is in no known layout";

/// All orders in which the layers fit each other, two at most.
fn chains(chain: &mut Vec<usize>, layers: &[Layer<'_>], found: &mut Vec<Vec<usize>>) {
    if chain.len() == layers.len() {
        found.push(chain.clone());
        return;
    }
    for next in 0..layers.len() {
        let fits = chain.last().is_none_or(|&last| layers[next].repeat_after(&layers[last]).is_some());
        let is_turn = (0..layers.len()).all(|other| chain.contains(&other) || !layers[other].precedes(&layers[next]));
        if fits && is_turn && !chain.contains(&next) && found.len() < 2 {
            chain.push(next);
            chains(chain, layers, found);
            chain.pop();
        }
    }
}

/// Whether a layer's name says that it lies between the states of a recurrent network (`h2h`, `W_rec`), or that it may take
/// them beside its inputs (`i2h` of more inputs than neurons).
fn names_a_recurrence(layer: &Layer<'_>) -> bool {
    const STATES: [&str; 5] = ["h", "hh", "hid", "hidden", "state"];
    const BETWEEN: [&str; 4] = ["hh", "whh", "rec", "wrec"];
    let is_state = |word: &str| STATES.contains(&word);
    let is_square = !layer.is_convolution() && layer.inputs() == layer.outputs();
    let module = layer.module().to_ascii_lowercase().replace("_to_", "2");
    module.split(['.', '_']).any(|word| match word.split_once('2') {
        Some((from, onto)) if is_state(from) && is_state(onto) => true,
        Some((_, onto)) => is_state(onto) && layer.inputs() > layer.outputs(),
        None => is_square && (BETWEEN.contains(&word) || word.starts_with("recur")),
    })
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
