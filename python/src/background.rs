//! Work without the GIL, on threads of our own, while the calling thread answers to Ctrl-C and reports the progress.

use std::any::Any;
use std::mem;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use synbal::balance::Observer;

use crate::errors;

/// How often the calling thread looks for Ctrl-C and reports the progress.
const TICK: Duration = Duration::from_millis(50);

/// How long work that was told to end is waited for. What it begins with, the powers of accumulated noise for example, looks at
/// no watch.
const GRACE: Duration = Duration::from_secs(1);

/// What the working and the calling thread share.
#[derive(Default)]
pub struct Watch {
    stopped: AtomicBool,
    seen: Mutex<Option<Seen>>,
}

/// Where the work is.
#[derive(Clone)]
enum Seen {
    Passes(usize, f64),
    Part(String),
}

impl Watch {
    /// Notes what is being worked on.
    pub fn say(&self, part: &str) {
        self.set(Seen::Part(part.to_owned()));
    }

    fn set(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }

    /// What was seen since the last time.
    fn take(&self) -> Option<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Observer for Watch {
    fn see(&self, passes: usize, imbalance: f64) -> ControlFlow<()> {
        self.set(Seen::Passes(passes, imbalance));
        if self.stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Whether the work looks at its watch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stoppable {
    /// It ends soon after it was told to: it is waited for, for a moment.
    Yes,
    /// It does not: it is left to come to its end on its own, and what it finds is dropped.
    No,
}

/// Does some work on a thread of the pool, without the GIL. `progress` is called on the calling thread, about twenty times
/// a second and after the end.
///
/// # Errors
/// What Ctrl-C or `progress` raises; an `InternalError` for a panic.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    stoppable: Stoppable,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Watch) -> T + Send + 'static,
) -> PyResult<T> {
    let watch = Arc::new(Watch::default());
    let (sender, mut receiver) = mpsc::channel();
    let watched = Arc::clone(&watch);
    pool(py)?.spawn(move || {
        let done = catch_unwind(AssertUnwindSafe(|| work(&watched)));
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(done);
    });
    loop {
        let (ended, back) = py.detach(move || (receiver.recv_timeout(TICK), receiver));
        receiver = back;
        match ended {
            Ok(Ok(found)) => {
                report(&watch, progress)?;
                return Ok(found);
            }
            Ok(Err(panic)) => return Err(errors::internal(py, &reason(&*panic))),
            Err(RecvTimeoutError::Disconnected) => return Err(errors::internal(py, "the working thread is gone")),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(raised) = py.check_signals().and_then(|()| report(&watch, progress)) {
                    watch.stopped.store(true, Ordering::Relaxed);
                    if stoppable == Stoppable::Yes {
                        // Only its end matters now, not what it found.
                        let _ = py.detach(move || receiver.recv_timeout(GRACE));
                    }
                    return Err(raised);
                }
            }
        }
    }
}

fn report(watch: &Watch, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    match (progress, watch.take()) {
        (Some(progress), Some(Seen::Passes(passes, imbalance))) => progress.call1((passes, imbalance)).map(drop),
        (Some(progress), Some(Seen::Part(part))) => progress.call1((part,)).map(drop),
        _ => Ok(()),
    }
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}

/// The threads, and the process that they are of.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The threads of this process. A forked child has none of its parent's, and waiting for those would never end: it gets its
/// own. The lock is taken with the GIL held, as a fork is made with it held, so that no child inherits a taken lock.
fn pool(py: Python<'_>) -> PyResult<Arc<ThreadPool>> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((_, threads)) = pool.as_ref().filter(|(owner, _)| *owner == process) {
        return Ok(Arc::clone(threads));
    }
    let threads = ThreadPoolBuilder::new().thread_name(|index| format!("synbal-{index}")).build();
    let threads = Arc::new(threads.map_err(|reason| errors::internal(py, &reason.to_string()))?);
    // Dropped, the parent's pool would be waited for.
    mem::forget(pool.replace((process, Arc::clone(&threads))));
    Ok(threads)
}
