//! `synbal balance`, one way for all: read, balance, refine, rescale, round, check, write, say.

#[cfg(feature = "precise")]
mod digits;
#[cfg(not(feature = "precise"))]
#[path = "without_digits.rs"]
mod digits;
mod solved;
mod step;
mod summary;
mod together;
mod written;

use synbal::balance::{Solved, Status};
use synbal::cost::{CostSpec, cost_of};
use synbal::io::{Float, ModelFile};
use synbal::network::model::{Described, PowerOfTwo, Reproduction};
use synbal::network::{Activation, Network, rescale_by_powers_of_two};

use super::advice::{for_network, reducible};
use super::arguments::{BalanceOptions, scope};
use super::console::{
    ProgressLine, ask_for_memory, counted, memory_of, notify, print, print_aside, print_json, read, say, short,
};
use super::timings::Timings;
use super::{CliError, Ending};
use digits::{Refined, check_digits, refine};
use solved::{imbalance_and_cost, solved};
use summary::{Outputs, Parts, Rounded, Summary, explained};
pub use together::run as run_together;
use written::{Destination, Rescaled};

/// What the log-scales are that weights are multiplied by.
enum Scales {
    Double(Vec<f64>),
    PowersOfTwo(Vec<PowerOfTwo>),
    Refined(Box<Refined>),
}

pub fn run(options: &BalanceOptions) -> Result<Ending, CliError> {
    let destination = Destination::checked(options)?;
    options.digits.map_or(Ok(()), check_digits)?;
    let mut timings = Timings::new();
    timings.lap("start");
    let (loaded, sha256) = read(&options.input)?;
    timings.lap("reading");
    destination.fits(&loaded, options)?;
    ask_for_memory(memory_of(&loaded, options.method))?;
    let (spec, mut notices) = options.input.spec(&loaded)?;
    let accumulated = options.noise.accumulated()?;
    if accumulated.is_some() && options.digits.is_some() {
        return Err(CliError::NotAccumulated { option: "--digits" });
    }
    let spec = spec.with_accumulated(accumulated);
    if spec.accumulated.is_some() && loaded.network.activation != Activation::Linear {
        notices.push(ACCUMULATED_OF_LINEAR.to_owned());
    }
    notify(&notices);
    let progress = ProgressLine::new();
    progress.say("balancing");
    let started = std::time::Instant::now();
    let balanced = solved(options, &loaded.network, &spec, &mut timings)
        .map_err(|error| for_network(error, &loaded, options.input.world.is_some()))?;
    let mut seconds = balanced.seconds;
    let mut status = Ok(());
    let scales = match options.digits {
        None => scales(options, &balanced),
        Some(digits) => {
            progress.say("balancing in multiple precision");
            let refined = refine(&balanced, (&loaded.network, &spec, scope(options.within_components)), digits);
            seconds = started.elapsed().as_secs_f64();
            match refined {
                Ok(refined) => Scales::Refined(Box::new(refined)),
                Err(reason) => {
                    drop(progress);
                    let kept = if destination.has_files() { "; no file was written" } else { "" };
                    say(&format!("{reason}{kept}"));
                    return Ok(Ending::Bad);
                }
            }
        }
    };
    let good = options.digits.is_some() || balanced.outcome.status.is_balanced();
    let as_asked = good || matches!(balanced.outcome.status, Status::GradientReached { .. });
    if !good {
        status = Err(explained(&balanced));
    }
    if balanced.nothing {
        status =
            Err(CliError::Nothing { advice: reducible(&loaded, options.input.world.is_some(), false) }.to_string());
    }

    if options.digits.is_some() {
        timings.lap("more digits");
    }
    progress.say("rescaling");
    let model = loaded.model.as_ref().filter(|_| as_asked);
    let rescaled_model = model.map(|model| rescaled_model(options, model, &scales)).transpose()?;
    let log_scales = scales.rounded();
    let network = match (&rescaled_model, as_asked && (destination.has_network() || options.powers_of_two)) {
        (Some(model), _) => Some(network_of(model, options.input.p)?),
        (None, true) => Some(scales.network(&loaded.network, &balanced)?),
        (None, false) => None,
    };
    timings.lap("rounding to the format");
    progress.say("comparing outputs");
    let reproduction = match (&loaded.model, &rescaled_model) {
        (Some(given), Some(rescaled)) if !options.no_check => {
            Some(given.compare_outputs(rescaled, &log_scales, options.powers_of_two && options.dtype.is_none())?)
        }
        _ => None,
    };
    let mut notices = Vec::new();
    let mut outputs = None;
    match reproduction {
        None => {}
        Some(Reproduction::OutOfRange) => {
            notices.push("outputs: not compared, because numbers of a run left the range of f64".to_owned());
        }
        Some(Reproduction::TooLarge { multiplications }) => {
            notices.push(format!("outputs: not compared, because that would take {multiplications} multiplications"))
        }
        Some(Reproduction::Compared { read_out, difference }) => {
            if !difference.within_bound {
                status = Err("the outputs of the balanced model differ by more than rounding explains".to_owned());
            }
            let of = if read_out { "outputs" } else { "states" };
            if difference.all_zero {
                notices.push(format!(
                    "all {of} are zero on the random input, before and after: that they agree shows nothing"
                ));
            }
            outputs = Some(Outputs {
                of,
                largest_difference: difference.largest,
                bound: difference.bound,
                within_bound: difference.within_bound,
            });
        }
    }
    let rounded = match (&network, &rescaled_model) {
        (Some(network), Some(model)) => rounded(options, network, model.formats()?, &spec)?,
        (Some(network), None) if options.powers_of_two => rounded(options, network, vec![Float::F64], &spec)?,
        _ => None,
    };
    timings.lap("comparing outputs");
    drop(progress);

    let decimals = if let Scales::Refined(refined) = &scales { Some(refined.log_scales()) } else { None };
    if as_asked && status.as_ref().err().is_none_or(|_| outputs.as_ref().is_none_or(|outputs| outputs.within_bound)) {
        if let Some(network) = &network {
            let rescaled = Rescaled { network, model: rescaled_model.as_ref(), names: loaded.names.as_deref() };
            notices.extend(destination.write_network(&rescaled)?);
            if let (Scales::Refined(refined), Some(path)) = (&scales, &options.output) {
                let formats = match &rescaled_model {
                    Some(model) => names(&model.formats()?),
                    None => "f64".to_owned(),
                };
                let digits = refined.digits();
                notices.push(format!(
                    "{}: the weights are those of {digits} digits, rounded once to {formats}",
                    path.display()
                ));
            }
        }
        destination.write_scales(&log_scales, decimals, loaded.names.as_deref())?;
    }
    timings.lap("writing");
    notices.extend(left_out(&balanced, &loaded.network, &spec));
    notify(&notices);
    let mut summary = Summary::new(Parts {
        options,
        balanced: &balanced,
        refined: if let Scales::Refined(refined) = &scales { Some(refined) } else { None },
        log_scales: &log_scales,
        world: spec.world,
        accumulated: spec.accumulated,
        layout: loaded.model.as_ref().map(|model| model.layout.clone()),
        names: loaded.names.clone(),
        synapses: loaded.network.weights.synapses(),
        sha256,
        seconds,
    });
    summary.rounded = rounded;
    summary.outputs = outputs;
    summary.timings = timings.stages();
    summary.notices = loaded.notices.into_iter().chain(notices).collect();
    if options.json {
        print_json(&summary)?;
    } else if !destination.is_stdout() {
        print(&summary.text())?;
    }
    if options.timings {
        print_aside(&timings.text());
    }
    match status {
        Ok(()) => Ok(Ending::Good),
        Err(reason) => {
            let kept = if !as_asked && destination.has_files() { "; no file was written" } else { "" };
            say(&format!("{reason}{kept}"));
            Ok(Ending::Bad)
        }
    }
}

/// What is said of synapses that were left out, and of the others.
fn left_out(balanced: &Solved, given: &Network, spec: &CostSpec) -> Option<String> {
    let (count, weights) = (balanced.on_no_cycle.len(), &given.weights);
    // With a world, or of accumulated noise, there are other synapses than those of the weights.
    let of_the_weights = spec.world.is_none() && spec.accumulated.is_none();
    let lie = if count == 1 { "lies" } else { "lie" };
    let others = if balanced.nothing {
        "there are no others".to_owned()
    } else if of_the_weights && count + weights.self_synapses() == weights.synapses() {
        "the others are self-synapses, which are balanced as they are".to_owned()
    } else {
        let (these, their) = if count == 1 { ("this one was", "its") } else { ("these were", "their") };
        let cost = match of_the_weights.then(|| cost_left_out(balanced, given, spec)).flatten() {
            Some((before, after)) => {
                format!(", and {their} own cost, which has no least, goes from {} to {}", short(before), short(after))
            }
            None => String::new(),
        };
        format!("the others were balanced inside their components, and the cost is theirs; {these} scaled along{cost}")
    };
    (count > 0).then(|| format!("{} {lie} on no directed cycle; {others}", counted(count, "synapse")))
}

/// What synapses on no cycle cost, as given and rescaled.
fn cost_left_out(balanced: &Solved, given: &Network, spec: &CostSpec) -> Option<(f64, f64)> {
    let of = |network: &Network| cost_of(&balanced.on_no_cycle, &network.weights, spec);
    Some((of(given)?, of(&balanced.network)?))
}

/// What accumulated noise means for other networks than linear ones.
pub(super) const ACCUMULATED_OF_LINEAR: &str = "accumulated noise is that of a linear network with these weights; where neurons are \
                                     silent, less noise gets through";

fn scales(options: &BalanceOptions, balanced: &Solved) -> Scales {
    if !options.powers_of_two {
        return Scales::Double(balanced.log_scales.clone());
    }
    let nearest = |h: &f64| PowerOfTwo((h / std::f64::consts::LN_2).round() as i32);
    Scales::PowersOfTwo(balanced.log_scales.iter().map(nearest).collect())
}

impl Scales {
    /// The log-scales in `f64`.
    fn rounded(&self) -> Vec<f64> {
        match self {
            Scales::Double(h) => h.clone(),
            Scales::PowersOfTwo(k) => k.iter().map(|k| f64::from(k.0) * std::f64::consts::LN_2).collect(),
            Scales::Refined(refined) => refined.rounded_log_scales(),
        }
    }

    fn network(&self, network: &Network, balanced: &Solved) -> Result<Network, CliError> {
        match self {
            Scales::Double(_) => Ok(balanced.network.clone()),
            Scales::PowersOfTwo(k) => {
                let exponents: Vec<i32> = k.iter().map(|k| k.0).collect();
                Ok(rescale_by_powers_of_two(network, &exponents)?)
            }
            Scales::Refined(refined) => refined.network(network),
        }
    }
}

/// The model with every described tensor rescaled, rounded to the formats of its file or to the one asked for.
fn rescaled_model(options: &BalanceOptions, model: &ModelFile, scales: &Scales) -> Result<ModelFile, CliError> {
    let dtype = options.dtype.map(Float::from);
    let degrees = model.activation.homogeneous_degrees()?;
    let numbers = match scales {
        Scales::Double(h) => return Ok(model.rescaled(h, dtype)?),
        Scales::PowersOfTwo(exponents) => {
            rescaled_numbers(model, |tensor, numbers| Ok(model.model.rescale_exactly(tensor, numbers, exponents)?))?
        }
        Scales::Refined(refined) => refined.numbers(model, &degrees)?,
    };
    Ok(model.with_numbers(numbers, dtype)?)
}

fn rescaled_numbers(
    model: &ModelFile,
    rescale: impl Fn(&Described, &[f64]) -> Result<Vec<f64>, CliError>,
) -> Result<Vec<Vec<f64>>, CliError> {
    let numbers = model.numbers()?;
    model.model.tensors().iter().zip(&numbers).map(|(tensor, numbers)| rescale(tensor, numbers)).collect()
}

fn network_of(model: &ModelFile, p: f64) -> Result<Network, CliError> {
    Ok(model
        .model
        .network(&model.numbers()?, model.activation.clone(), p)
        .map_err(synbal::io::TensorError::from)?
        .network)
}

/// The imbalance and the cost of the weights as they are written, where they are not simply those in `f64`.
fn rounded(
    options: &BalanceOptions,
    network: &Network,
    formats: Vec<Float>,
    spec: &CostSpec,
) -> Result<Option<Rounded>, CliError> {
    if !options.powers_of_two && formats.iter().all(|&format| format == Float::F64) {
        return Ok(None);
    }
    let to = if options.powers_of_two { "powers of two".to_owned() } else { names(&formats) };
    let (max_node_imbalance, cost) = imbalance_and_cost(options, network, spec)?;
    Ok(Some(Rounded { to, max_node_imbalance, cost: Some(cost).filter(|cost| cost.is_finite()) }))
}

fn names(formats: &[Float]) -> String {
    formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(" and ")
}
