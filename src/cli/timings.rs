//! Where the time of a command went, in stages that add up to the whole.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One stage.
#[derive(Clone, Debug, Serialize)]
pub struct Timing {
    stage: &'static str,
    seconds: f64,
}

/// The stages so far. Each ends where the next begins, and the first begins with the process.
#[derive(Debug)]
pub struct Timings {
    last: Instant,
    stages: Vec<Timing>,
}

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// The clock starts; the first thing that a process does.
pub fn begin() {
    BEGAN.get_or_init(Instant::now);
}

impl Timings {
    /// None yet.
    pub fn new() -> Self {
        Timings { last: *BEGAN.get_or_init(Instant::now), stages: Vec::new() }
    }

    /// A stage ends here.
    pub fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        let seconds = now.duration_since(self.last).as_secs_f64();
        self.last = now;
        self.stages.push(Timing { stage, seconds });
    }

    /// A stage took so long, and ended within the lap that is running.
    pub fn part(&mut self, stage: &'static str, seconds: f64) {
        let end = self.last + Duration::from_secs_f64(seconds);
        self.last = end.min(Instant::now());
        self.stages.push(Timing { stage, seconds });
    }

    /// All of them.
    pub fn stages(&self) -> Vec<Timing> {
        self.stages.clone()
    }

    /// The same for people, a line each.
    pub fn text(&self) -> String {
        let whole: f64 = self.stages.iter().map(|timing| timing.seconds).sum();
        let line =
            |stage: &str, seconds: f64| format!("{stage:<24} {seconds:>9.4} s {:>5.1} %\n", 100.0 * seconds / whole);
        let stages: String = self.stages.iter().map(|timing| line(timing.stage, timing.seconds)).collect();
        stages + &line("in all", whole)
    }
}
