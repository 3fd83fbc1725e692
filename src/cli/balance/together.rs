//! `synbal balance` of one network by several processes: each reads, rescales and writes its rows.

use std::path::Path;
use std::sync::Arc;

use synbal::balance::{Problem, Solved};
use synbal::cost::CostSpec;
use synbal::io::write_part;
use synbal::ranks::{Heard, Ranks, agree};

use super::solved::{GRAPH, JUDGEMENT, SOLVER, run_of_degree_one};
use super::summary::{Parts, Summary, explained};
use super::written::Destination;
use crate::cli::advice::for_network;
use crate::cli::arguments::{BalanceOptions, CostName, scope};
use crate::cli::console::{notify, print, print_aside, say};
use crate::cli::shared::{self, Shared};
use crate::cli::timings::Timings;
use crate::cli::{CliError, Ending};

pub fn run(options: &BalanceOptions, ranks: &Arc<dyn Ranks>) -> Result<Ending, CliError> {
    refuse_what_is_not_there(options)?;
    let is_first = ranks.rank() == 0;
    let destination = agree(&**ranks, Destination::checked(options))?;
    let mut timings = Timings::new();
    timings.lap("start");
    let Shared { loaded, spread, synapses } = shared::read(&options.input, options.within_components, ranks)?;
    let network = &loaded.network;
    timings.lap("reading");
    notify(&loaded.notices);

    let spec = CostSpec::power(options.input.p);
    let failed = |error| for_network(error, &loaded, false);
    let problem = Problem::spread(network, &spec, scope(options.within_components), &spread).map_err(failed)?;
    timings.lap(GRAPH);
    let before = ranks.heard();
    let run = run_of_degree_one(options, &problem)?;
    let in_solver = ranks.heard();
    timings.part(SOLVER, run.seconds);
    timings.lap(JUDGEMENT);
    let balanced = Solved::from(run);

    let status = &balanced.outcome.status;
    let as_asked = status.is_balanced() || matches!(status, synbal::balance::Status::GradientReached { .. });
    if as_asked {
        if let Some(path) = &options.output {
            write_part(path, &balanced.network.weights, synapses, ranks)?;
        }
        let scales = if is_first { destination.write_scales(&balanced.log_scales, None, None) } else { Ok(()) };
        agree(&**ranks, scales)?;
    }
    timings.lap("writing");
    if !is_first {
        return Ok(Ending::Good);
    }
    let summary = Summary::new(Parts {
        options,
        balanced: &balanced,
        refined: None,
        log_scales: &balanced.log_scales,
        world: None,
        accumulated: None,
        layout: None,
        names: None,
        synapses,
        // Nobody reads the whole file; the text does not say it.
        sha256: String::new(),
        seconds: balanced.seconds,
    });
    print(&summary.text())?;
    if options.timings {
        let Heard { times, words } = ranks.heard();
        let solver = in_solver.words - before.words;
        print_aside(&timings.text());
        print_aside(&format!(
            "the first process heard {words} words of the others in {times} turns, in the solver {solver} in {}\n",
            in_solver.times - before.times
        ));
    }
    if balanced.outcome.status.is_balanced() {
        return Ok(Ending::Good);
    }
    let kept = if !as_asked && destination.has_files() { "; no file was written" } else { "" };
    say(&format!("{}{kept}", explained(&balanced)));
    Ok(Ending::Bad)
}

/// Options that one process takes and several do not.
fn refuse_what_is_not_there(options: &BalanceOptions) -> Result<(), CliError> {
    let is_mtx = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mtx"));
    let others = [
        (options.json, "--json"),
        (options.digits.is_some(), "--digits"),
        (options.powers_of_two, "--powers-of-two"),
        (options.dtype.is_some(), "--dtype"),
        (options.to.is_some(), "--to"),
        (options.noise.cost != CostName::Weights || options.noise.steps.is_some(), "--cost accumulated"),
        (options.output.as_deref().is_some_and(|path| !is_mtx(path)), "another output than a .mtx file"),
    ];
    shared::refuse(&options.input, &others)
}
