//! Ranks that are threads of one process, for tests.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use super::{Heard, Ranks};

/// What the ranks share: a place each for what it has to say.
#[derive(Debug)]
struct Shared {
    said: Vec<Mutex<Vec<Vec<u64>>>>,
    meeting: Mutex<Meeting>,
    all_here: Condvar,
    next_task: AtomicUsize,
}

/// Where all wait for one another.
#[derive(Debug, Default)]
struct Meeting {
    here: usize,
    number: usize,
    /// One will never come: its test has failed.
    broken: bool,
}

impl Shared {
    fn meet(&self) {
        let mut meeting = self.meeting.lock().unwrap();
        let number = meeting.number;
        meeting.here += 1;
        if meeting.here == self.said.len() {
            (meeting.here, meeting.number) = (0, number + 1);
            self.all_here.notify_all();
        }
        let meeting = self.all_here.wait_while(meeting, |meeting| meeting.number == number && !meeting.broken).unwrap();
        assert!(!meeting.broken, "another rank has failed");
    }
}

/// Says so if the rank that holds it fails.
struct Present<'a>(&'a Shared);

impl Drop for Present<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.meeting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).broken = true;
            self.0.all_here.notify_all();
        }
    }
}

#[derive(Debug)]
struct Thread {
    rank: usize,
    shared: Arc<Shared>,
}

/// Does the same on so many ranks, each a thread of its own, and returns what came out in their order.
pub(crate) fn on_threads<T: Send>(count: usize, work: impl Fn(Arc<dyn Ranks>) -> T + Sync) -> Vec<T> {
    let said = (0..count).map(|_| Mutex::default()).collect();
    let shared =
        Arc::new(Shared { said, meeting: Mutex::default(), all_here: Condvar::new(), next_task: AtomicUsize::new(0) });
    std::thread::scope(|scope| {
        let start = |rank| {
            let ranks = Arc::new(Thread { rank, shared: Arc::clone(&shared) });
            let (work, shared) = (&work, &shared);
            scope.spawn(move || {
                let _present = Present(shared);
                work(ranks)
            })
        };
        let threads: Vec<_> = (0..count).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

impl Thread {
    fn say(&self, to_each: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        *self.shared.said[self.rank].lock().unwrap() = to_each;
        self.shared.meet();
        let heard = self.shared.said.iter().map(|said| said.lock().unwrap()[self.rank].clone()).collect();
        self.shared.meet();
        heard
    }
}

fn words(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

impl Ranks for Thread {
    fn count(&self) -> usize {
        self.shared.said.len()
    }

    fn rank(&self) -> usize {
        self.rank
    }

    fn gather(&self, mine: &[u64]) -> Vec<Vec<u64>> {
        self.say(vec![mine.to_vec(); self.count()])
    }

    fn exchange(&self, to: &[Vec<u64>]) -> Vec<Vec<u64>> {
        self.say(to.to_vec())
    }

    fn complete(&self, parts: &[Range<usize>], all: &mut [f64]) {
        let heard = self.gather(&words(&all[parts[self.rank].clone()]));
        for (part, heard) in parts.iter().zip(heard) {
            all[part.clone()].iter_mut().zip(heard).for_each(|(value, word)| *value = f64::from_bits(word));
        }
    }

    fn exchange_numbers(&self, to: &[Vec<f64>], from: &mut [Vec<f64>], _longest: usize) {
        let heard = self.say(to.iter().map(|values| words(values)).collect());
        for (from, heard) in from.iter_mut().zip(heard) {
            assert_eq!(from.len(), heard.len());
            from.iter_mut().zip(heard).for_each(|(value, word)| *value = f64::from_bits(word));
        }
    }

    fn broadcast(&self, from: usize, values: &mut [f64]) {
        let heard = self.gather(&words(values)).swap_remove(from);
        values.iter_mut().zip(heard).for_each(|(value, word)| *value = f64::from_bits(word));
    }

    fn hand_out(&self, tasks: usize, work: &mut dyn FnMut(usize)) {
        // All have left what was handed out before.
        self.shared.meet();
        self.shared.next_task.store(0, Ordering::SeqCst);
        self.shared.meet();
        loop {
            let task = self.shared.next_task.fetch_add(1, Ordering::SeqCst);
            if task >= tasks {
                return;
            }
            work(task);
        }
    }

    fn heard(&self) -> Heard {
        Heard::default()
    }
}
