//! The process around a command: its threads, and its end by a signal.

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::CliError;
use super::console::notify;

/// Threads for each processor: more would only take memory from one another.
const MOST_FOR_EACH_PROCESSOR: usize = 8;

/// Bytes of a thread's stack: as much as the first thread of a process usually has.
const STACK: usize = 8 << 20;

/// Cleans up on signals from now on, and starts the threads that the command runs in: as many as there are processors, or as
/// `RAYON_NUM_THREADS` says; fewer, and it is said, where so many cannot be had.
pub fn prepare() -> Result<ThreadPool, CliError> {
    clean_up_on_signals();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    // Processes that are started together share them.
    let processors = (processors / super::job::on_this_machine()).max(1);
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse::<usize>().ok());
    let asked = asked.filter(|&threads| threads > 0).unwrap_or(processors);
    let mut threads = asked.min(processors.saturating_mul(MOST_FOR_EACH_PROCESSOR));
    loop {
        match ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build() {
            Ok(pool) => {
                if threads < asked {
                    notify(&[format!("{asked} threads were asked for; there are {threads}")]);
                }
                return Ok(pool);
            }
            Err(error) if threads == 1 => return Err(CliError::Threads(error)),
            Err(_) => threads /= 2,
        }
    }
}

/// The signals that end a process, and are to end it without litter.
#[cfg(unix)]
const ENDING: [i32; 3] = [signal_hook::consts::SIGHUP, signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];

/// Half-written files are removed when the process is told to end; it then ends as it would have without this. A file that
/// grows beyond the limit of the session is an error of the write like any other, not the end.
#[cfg(unix)]
fn clean_up_on_signals() {
    use signal_hook::consts::SIGXFSZ;
    use signal_hook::iterator::Signals;
    let noticed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    // Where a handler or the thread cannot be had, signals end the process as ever.
    let _ = signal_hook::flag::register(SIGXFSZ, noticed);
    let Ok(mut signals) = Signals::new(ENDING.into_iter().filter(|&signal| !is_ignored(signal))) else { return };
    let handle = signals.handle();
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            synbal::io::remove_unfinished_files(|| {
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            });
        }
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(wait).is_err() {
        handle.close();
    }
}

/// Whether whoever started this process had it ignore a signal (`nohup`, a job in the background): it then still should.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
fn clean_up_on_signals() {}
