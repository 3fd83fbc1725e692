//! Which of the mutants that this tree holds is alive: put into a copy of the sources by tests/mutants/sample, never built otherwise.

use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ALIVE: LazyLock<Option<usize>> =
    LazyLock::new(|| std::env::var("SYNBAL_MUTANT").ok().and_then(|number| number.parse().ok()));
static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

/// Whether mutant `number` is alive; the first time that this is asked, the number is noted in the file that SYNBAL_REACHED names.
pub fn is_alive(number: usize) -> bool {
    if !REACHED[number].swap(true, Ordering::Relaxed)
        && let Some(path) = std::env::var_os("SYNBAL_REACHED")
        && let Ok(mut file) = std::fs::File::options().append(true).create(true).open(path)
    {
        let _ = file.write_all(format!("{number}\n").as_bytes());
    }
    *ALIVE == Some(number)
}
