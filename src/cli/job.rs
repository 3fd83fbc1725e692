//! The job that this process is one of several of, as `mpirun` starts them.

use std::sync::Arc;

use synbal::ranks::Ranks;

use super::{CliError, Ending};

/// What a starter of jobs tells each process of its place, by the names that OpenMPI and MPICH have for it.
const PLACES: [(&str, &str); 2] = [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE")];

/// How many of the processes are on this machine.
const ON_THIS_MACHINE: [&str; 2] = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"];

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The number of this process and that of all; `None` for one that was started alone.
fn place() -> Option<(usize, usize)> {
    PLACES.iter().find_map(|(rank, count)| Some((number(rank)?, number(count)?)))
}

/// Whether another process says what is to be said once.
pub fn is_silent() -> bool {
    place().is_some_and(|(rank, _)| rank > 0)
}

/// The processes of the job on this machine, which share its processors.
pub fn on_this_machine() -> usize {
    ON_THIS_MACHINE.iter().find_map(|variable| number(variable)).unwrap_or(1).max(1)
}

/// Does the work of this process. In a job of several, a fault is an error on the first process that met it and
/// [`CliError::OnAnotherRank`] on the others.
pub fn run(
    name: &'static str,
    alone: impl FnOnce() -> Result<Ending, CliError>,
    together: Option<impl FnOnce(&Arc<dyn Ranks>) -> Result<Ending, CliError>>,
) -> Result<Ending, CliError> {
    let Some((_, count @ 2..)) = place() else { return alone() };
    let Some(together) = together else { return Err(CliError::NotTogether { command: name, processes: count }) };
    let ranks = join(count)?;
    let ended = together(&ranks);
    // Who is done waits here, and not where MPI would wait at full speed.
    ranks.hand_out(0, &mut |_| {});
    // The first that has something to say says it.
    let failed = ranks.gather(&[u64::from(matches!(&ended, Err(error) if !error.is_elsewhere()))]);
    match failed.iter().position(|failed| failed == &[1]) {
        Some(rank) if rank != ranks.rank() => Err(CliError::OnAnotherRank(synbal::ranks::OnAnotherRank { rank })),
        _ => ended,
    }
}

#[cfg(feature = "mpi")]
fn join(_: usize) -> Result<Arc<dyn Ranks>, CliError> {
    Ok(Arc::new(synbal::ranks::mpi::World::join()?))
}

#[cfg(not(feature = "mpi"))]
fn join(processes: usize) -> Result<Arc<dyn Ranks>, CliError> {
    Err(CliError::WithoutMpi { processes })
}
