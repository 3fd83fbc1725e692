//! Ranks that are the processes of an MPI job, all of its world.
//!
//! Counts of MPI are 32 bits: what is longer goes in several rounds, on all ranks as many.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use ::mpi::Threading;
use ::mpi::datatype::{Equivalence, Partition, PartitionMut};
use ::mpi::environment::Universe;
use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, CommunicatorCollectives, Destination, Root, Source};

use super::{Heard, Ranks};

/// The world of the job that this process is part of, until it is dropped.
pub struct World {
    _universe: Universe,
    rank: usize,
    count: usize,
    times: AtomicU64,
    words: AtomicU64,
}

/// The job cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotJoin {
    /// MPI was started before in this process.
    #[error("MPI was started before in this process")]
    Twice,
    /// MPI allows its use by one thread only.
    #[error("this MPI can be used by the first thread of a process only ({0:?}); give one that was built with threads")]
    Threads(Threading),
}

/// Entries that go from one rank to all others together in one round, at most: bounds the memory of the copies, too. So few in
/// debug builds that the networks of the tests take several rounds.
const MOST_AT_ONCE: usize = if cfg!(debug_assertions) { 1 << 12 } else { 1 << 22 };

impl World {
    /// Joins the job.
    ///
    /// # Errors
    /// [`CannotJoin`].
    pub fn join() -> Result<Self, CannotJoin> {
        let (universe, threading) = ::mpi::initialize_with_threading(Threading::Serialized).ok_or(CannotJoin::Twice)?;
        // The thread that computes need not be the first.
        if threading < Threading::Serialized {
            return Err(CannotJoin::Threads(threading));
        }
        let world = universe.world();
        let (rank, count) = (world.rank() as usize, world.size() as usize);
        Ok(World { _universe: universe, rank, count, times: AtomicU64::new(0), words: AtomicU64::new(0) })
    }

    /// Gives each rank its part of `to`, and takes from each what fits its part of `from`.
    fn all_to_all<T: Equivalence>(to: (&[T], &[usize]), from: (&mut [T], &[usize])) {
        let (to_counts, to_starts) = counts_and_starts(to.1);
        let (from_counts, from_starts) = counts_and_starts(from.1);
        let send = Partition::new(to.0, to_counts, to_starts);
        let mut receive = PartitionMut::new(from.0, from_counts, from_starts);
        SimpleCommunicator::world().all_to_all_varcount_into(&send, &mut receive);
    }

    /// Counts what was heard once from other ranks.
    fn count_heard(&self, words: usize) {
        self.times.fetch_add(1, Ordering::Relaxed);
        self.words.fetch_add(words as u64, Ordering::Relaxed);
    }

    /// Lists whose lengths only those know who give them.
    fn lists(&self, to: &[&[u64]]) -> Vec<Vec<u64>> {
        let lengths: Vec<u64> = to.iter().map(|list| list.len() as u64).collect();
        let mut coming = vec![0_u64; self.count];
        SimpleCommunicator::world().all_to_all_into(&lengths[..], &mut coming[..]);
        let mut from: Vec<Vec<u64>> = coming.iter().map(|&length| Vec::with_capacity(length as usize)).collect();
        let most = (MOST_AT_ONCE / self.count).max(1);
        let mut longest = [to.iter().map(|list| list.len()).max().unwrap_or(0) as u64];
        let mine = longest;
        SimpleCommunicator::world().all_reduce_into(
            &mine[..],
            &mut longest[..],
            ::mpi::collective::SystemOperation::max(),
        );
        let others = (0..self.count).filter(|&rank| rank != self.rank);
        self.count_heard(others.map(|rank| coming[rank] as usize).sum());
        let (mut packed, mut unpacked) = (Vec::new(), Vec::new());
        for start in (0..longest[0] as usize).step_by(most) {
            packed.clear();
            let sent: Vec<usize> = to
                .iter()
                .map(|list| {
                    let part = &list[start.min(list.len())..(start + most).min(list.len())];
                    packed.extend_from_slice(part);
                    part.len()
                })
                .collect();
            let received: Vec<usize> =
                coming.iter().map(|&length| (length as usize).saturating_sub(start).min(most)).collect();
            unpacked.resize(received.iter().sum(), 0);
            Self::all_to_all((&packed, &sent), (&mut unpacked, &received));
            let mut rest = &unpacked[..];
            for (list, &length) in from.iter_mut().zip(&received) {
                let (part, others) = rest.split_at(length);
                list.extend_from_slice(part);
                rest = others;
            }
        }
        from
    }
}

/// What is said where tasks are handed out: a rank asks for one, the first gives it.
const ASKING: i32 = 1;
const GIVING: i32 = 2;

/// Until somebody has something to say: MPI itself would wait at full speed, and take a processor from those who work.
fn patiently<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Gives tasks to the other ranks until none is left and everybody, the first rank too, is done.
fn give(next: &AtomicUsize, tasks: usize, others: usize, first_is_done: &AtomicBool) {
    let world = SimpleCommunicator::world();
    let mut done = Vec::with_capacity(others);
    while done.len() < others {
        let asking = patiently(|| world.any_process().immediate_probe_with_tag(ASKING)).source_rank();
        let _ = world.process_at_rank(asking).receive_with_tag::<u64>(ASKING);
        let task = next.fetch_add(1, Ordering::SeqCst);
        if task < tasks {
            world.process_at_rank(asking).send_with_tag(&(task as u64), GIVING);
        } else {
            done.push(asking);
        }
    }
    patiently(|| first_is_done.load(Ordering::SeqCst).then_some(()));
    for rank in done {
        world.process_at_rank(rank).send_with_tag(&u64::MAX, GIVING);
    }
}

/// As MPI has them. What one round takes fits.
fn counts_and_starts(lengths: &[usize]) -> (Vec<i32>, Vec<i32>) {
    let counts = lengths.iter().map(|&length| length as i32).collect();
    let starts = lengths.iter().scan(0, |next, &length| Some(std::mem::replace(next, *next + length as i32)));
    (counts, starts.collect())
}

/// Says so when it goes, and also if the work has failed.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Leaving in order would wait for the others for ever.
        if std::thread::panicking() {
            SimpleCommunicator::world().abort(2);
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rank {} of {}", self.rank, self.count)
    }
}

impl Ranks for World {
    fn count(&self) -> usize {
        self.count
    }

    fn rank(&self) -> usize {
        self.rank
    }

    fn gather(&self, mine: &[u64]) -> Vec<Vec<u64>> {
        self.lists(&vec![mine; self.count])
    }

    fn exchange(&self, to: &[Vec<u64>]) -> Vec<Vec<u64>> {
        self.lists(&to.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn complete(&self, parts: &[Range<usize>], all: &mut [f64]) {
        if i32::try_from(all.len()).is_ok() {
            self.count_heard(all.len() - parts[self.rank].len());
            let mine = all[parts[self.rank].clone()].to_vec();
            let counts: Vec<i32> = parts.iter().map(|part| part.len() as i32).collect();
            let starts: Vec<i32> = parts.iter().map(|part| part.start as i32).collect();
            let mut receive = PartitionMut::new(all, counts, starts);
            SimpleCommunicator::world().all_gather_varcount_into(&mine[..], &mut receive);
            return;
        }
        for (rank, part) in parts.iter().enumerate() {
            self.broadcast(rank, &mut all[part.clone()]);
        }
    }

    fn exchange_numbers(&self, to: &[Vec<f64>], from: &mut [Vec<f64>], longest: usize) {
        let others = (0..self.count).filter(|&rank| rank != self.rank);
        self.count_heard(others.map(|rank| from[rank].len()).sum());
        let most = (MOST_AT_ONCE / self.count).max(1);
        for start in (0..longest).step_by(most) {
            let part = |length: usize| start.min(length)..(start + most).min(length);
            let packed: Vec<f64> = to.iter().map(|list| &list[part(list.len())]).collect::<Vec<_>>().concat();
            let sent: Vec<usize> = to.iter().map(|list| part(list.len()).len()).collect();
            let received: Vec<usize> = from.iter().map(|list| part(list.len()).len()).collect();
            let mut unpacked = vec![0.0; received.iter().sum()];
            Self::all_to_all((&packed, &sent), (&mut unpacked, &received));
            let mut rest = &unpacked[..];
            for (list, &length) in from.iter_mut().zip(&received) {
                let (values, others) = rest.split_at(length);
                let place = part(list.len());
                list[place].copy_from_slice(values);
                rest = others;
            }
        }
    }

    fn hand_out(&self, tasks: usize, work: &mut dyn FnMut(usize)) {
        if self.rank > 0 {
            let world = SimpleCommunicator::world();
            let first = world.process_at_rank(0);
            loop {
                first.send_with_tag(&(self.rank as u64), ASKING);
                patiently(|| first.immediate_probe_with_tag(GIVING));
                let task = first.receive_with_tag::<u64>(GIVING).0;
                self.count_heard(1);
                match usize::try_from(task) {
                    Ok(task) if task < tasks => work(task),
                    _ => return,
                }
            }
        }
        // The first rank works, too: it has a thread that speaks to the others meanwhile, as the only one.
        let (next, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| give(&next, tasks, self.count - 1, &is_done));
            let _done = Done(&is_done);
            loop {
                let task = next.fetch_add(1, Ordering::SeqCst);
                if task >= tasks {
                    break;
                }
                work(task);
            }
        });
    }

    fn heard(&self) -> Heard {
        Heard { times: self.times.load(Ordering::Relaxed), words: self.words.load(Ordering::Relaxed) }
    }

    fn broadcast(&self, from: usize, values: &mut [f64]) {
        self.count_heard(if from == self.rank { 0 } else { values.len() });
        for part in values.chunks_mut(MOST_AT_ONCE) {
            SimpleCommunicator::world().process_at_rank(from as i32).broadcast_into(part);
        }
    }
}
