//! `synbal train`.

use std::path::PathBuf;

use synbal::io::{Content, WriteError, check_outputs, write_bytes, write_network_in_single_precision};
use synbal::tasks::training::{Descent, Reach, initial_network, train};
use synbal::tasks::{ContextIntegration, Task, Teacher, XorIntegration};

use super::arguments::{ReachName, TaskName, TrainOptions};
use super::console::{Progress, print};
use super::{CliError, Ending};

/// Neurons of a teacher.
const TEACHER_NEURONS: usize = 16;

pub fn run(options: &TrainOptions) -> Result<Ending, CliError> {
    if !options.output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("safetensors")) {
        let path = options.output.clone();
        return Err(WriteError::UnknownExtension { path, known: ".safetensors" }.into());
    }
    let mut history_path = options.output.clone().into_os_string();
    history_path.push(".history.csv");
    let history_path = PathBuf::from(history_path);
    check_outputs(&[(&options.output, Content::Network), (&history_path, Content::Bytes)])?;

    let activation = options.activation.activation()?;
    let task: Box<dyn Task> = match options.task {
        TaskName::ContextIntegration => Box::new(ContextIntegration),
        TaskName::XorIntegration => Box::new(XorIntegration),
        TaskName::Teacher => Box::new(Teacher::new(TEACHER_NEURONS, activation, options.seed)?),
    };
    let descent = Descent {
        iterations: options.iterations,
        trials: options.trials,
        rate: options.rate,
        clip: options.clip,
        l2: options.l2,
        reach: match options.l2_over {
            ReachName::Recurrent => Reach::Recurrent,
            ReachName::Whole => Reach::Whole,
        },
        seed: options.seed,
        record_every: options.record_every,
    };
    let start = initial_network(task.as_ref(), options.neurons, activation, options.seed)?;
    let progress = Progress::of_length(options.iterations);
    let (network, history) = train(task.as_ref(), start, &descent, &mut |iteration, loss| {
        progress.say(&format!("loss {loss:.4}"));
        progress.reach(iteration);
    })?;
    drop(progress);
    write_network_in_single_precision(&options.output, &network)?;
    write_bytes(&history_path, history.to_csv().as_bytes())?;
    let (first, last) = (history.first(), &history.last);
    print(&format!(
        "{}: {} neurons, {} iterations on {}\nroot-mean-square error: {:.4} -> {:.4}\ncost (p = 2): {:.4} -> {:.4}; norm of the neural gradient: {:.4} -> {:.4}\n",
        options.output.display(),
        options.neurons,
        options.iterations,
        task.name(),
        first.loss,
        last.loss,
        first.cost,
        last.cost,
        first.neural_gradient,
        last.neural_gradient,
    ))?;
    Ok(Ending::Good)
}
