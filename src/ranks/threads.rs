//! Ranks that are threads of one process, for tests.

use std::ops::Range;
use std::sync::{Arc, Barrier, Mutex};

use super::Ranks;

/// What the ranks share: a place each for what it has to say.
#[derive(Debug)]
struct Shared {
    barrier: Barrier,
    said: Vec<Mutex<Vec<Vec<u64>>>>,
}

#[derive(Debug)]
struct Thread {
    rank: usize,
    shared: Arc<Shared>,
}

/// Does the same on so many ranks, each a thread of its own, and returns what came out in their order.
pub(crate) fn on_threads<T: Send>(count: usize, work: impl Fn(Arc<dyn Ranks>) -> T + Sync) -> Vec<T> {
    let said = (0..count).map(|_| Mutex::default()).collect();
    let shared = Arc::new(Shared { barrier: Barrier::new(count), said });
    std::thread::scope(|scope| {
        let start = |rank| {
            let ranks = Arc::new(Thread { rank, shared: Arc::clone(&shared) });
            let work = &work;
            scope.spawn(move || work(ranks))
        };
        let threads: Vec<_> = (0..count).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

impl Thread {
    fn say(&self, to_each: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        *self.shared.said[self.rank].lock().unwrap() = to_each;
        self.shared.barrier.wait();
        let heard = self.shared.said.iter().map(|said| said.lock().unwrap()[self.rank].clone()).collect();
        self.shared.barrier.wait();
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

    fn exchange_numbers(&self, to: &[Vec<f64>], from: &mut [Vec<f64>]) {
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
}
