//! `synbal train`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use synbal::io::{Content, WriteError, write_bytes, write_network_in_single_precision};
use synbal::network::Network;
use synbal::tasks::training::recipe::{self, Course, Passes};
use synbal::tasks::training::{Descent, History, Reach, initial_network, train};
use synbal::tasks::{ContextIntegration, FullIntegration, Task, Teacher, XorIntegration};

use super::arguments::{ReachName, TaskName, TrainOptions};
use super::console::{ProgressLine, print};
use super::input_arguments::ActivationName;
use super::outputs::check_files;
use super::{CliError, Ending};

/// Neurons of a teacher.
const TEACHER_NEURONS: usize = 16;
/// Steps between two checkpoints: a few seconds of work.
const CHECKPOINT_EVERY: usize = 100;

pub fn run(options: &TrainOptions) -> Result<Ending, CliError> {
    if !options.output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("safetensors")) {
        let path = options.output.clone();
        return Err(WriteError::UnknownExtension { path, known: ".safetensors" }.into());
    }
    let history_path = beside(&options.output, ".history.csv");
    check_files(&[(&options.output, Content::Network), (&history_path, Content::Bytes)], &[])?;

    let activation = options.activation.activation()?;
    let (task, (network, history)): (&str, (Network, History)) = match options.task {
        TaskName::FullIntegration => (FullIntegration.name(), by_the_recipe(options)?),
        TaskName::ContextIntegration => (ContextIntegration.name(), by_back_propagation(&ContextIntegration, options)?),
        TaskName::XorIntegration => (XorIntegration.name(), by_back_propagation(&XorIntegration, options)?),
        TaskName::Teacher => {
            let teacher = Teacher::new(TEACHER_NEURONS, activation, options.seed)?;
            (teacher.name(), by_back_propagation(&teacher, options)?)
        }
    };
    write_network_in_single_precision(&options.output, &network)?;
    write_bytes(&history_path, history.to_csv()?.as_bytes())?;
    let (first, last) = (history.first(), &history.last);
    print(&format!(
        "{}: {} neurons, {} iterations on {task}\nroot-mean-square error: {:.4} -> {:.4}\ncost (p = 2): {:.4} -> {:.4}; norm of the neural gradient: {:.4} -> {:.4}\n",
        options.output.display(),
        options.neurons,
        last.iteration,
        first.loss,
        last.loss,
        first.cost,
        last.cost,
        first.neural_gradient,
        last.neural_gradient,
    ))?;
    Ok(Ending::Good)
}

/// The settings asked for, with the task's own defaults.
fn descent(options: &TrainOptions, defaults: Descent) -> Descent {
    Descent {
        iterations: options.iterations.unwrap_or(defaults.iterations),
        trials: options.trials,
        rate: options.rate.unwrap_or(defaults.rate),
        clip: options.clip,
        l2: options.l2,
        reach: match options.l2_over {
            ReachName::Recurrent => Reach::Recurrent,
            ReachName::Whole => Reach::Whole,
        },
        seed: options.seed,
        record_every: options.record_every,
    }
}

fn by_back_propagation(task: &dyn Task, options: &TrainOptions) -> Result<(Network, History), CliError> {
    let descent = descent(options, Descent::default());
    let start = initial_network(task, options.neurons, options.activation.activation()?, options.seed)?;
    let progress = ProgressLine::of_length(descent.iterations);
    Ok(train(task, start, &descent, &mut |iteration, loss| {
        progress.say(&format!("loss {loss:.4}"));
        progress.reach(iteration);
    })?)
}

/// From the checkpoint beside the output, if there is one; it is removed when the training has ended.
fn by_the_recipe(options: &TrainOptions) -> Result<(Network, History), CliError> {
    if options.activation != ActivationName::Relu {
        return Err(CliError::NotForTask { option: "--activation", task: FullIntegration.name() });
    }
    let descent = descent(options, recipe::authors_descent(options.l2, options.seed));
    let path = beside(&options.output, ".checkpoint");
    let mut course = match std::fs::read_to_string(&path) {
        Ok(text) => Course::from_checkpoint(&text, options.neurons, &descent)
            .map_err(|source| CliError::Checkpoint { path: path.display().to_string(), source })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Course::start(options.neurons, &descent)?,
        Err(reason) => return Err(CliError::File { path: path.display().to_string(), reason }),
    };
    let progress = ProgressLine::of_length(descent.iterations);
    let mut passes = Passes::default();
    while !course.is_finished() {
        let loss = course.step(&mut passes)?;
        progress.say(&format!("loss {loss:.4}"));
        progress.reach(course.iteration());
        if course.iteration().is_multiple_of(CHECKPOINT_EVERY) {
            write_bytes(&path, course.to_checkpoint().as_bytes())?;
        }
    }
    drop(progress);
    let ended = (course.network()?, course.history(&mut passes)?);
    match std::fs::remove_file(&path) {
        Err(reason) if reason.kind() != std::io::ErrorKind::NotFound => {
            Err(CliError::File { path: path.display().to_string(), reason })
        }
        _ => Ok(ended),
    }
}

/// The path with something appended to its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
