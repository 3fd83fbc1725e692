//! Whole tasks, each done by one process as it would be alone: what a campaign over many networks is made of.
//!
//! What a task brings is a [`Parcel`], which goes to the first rank in words of eight bytes and comes out bit for bit.

use rayon::prelude::*;

use super::{OnAnotherRank, Ranks, agree};

/// Who does the tasks of a campaign.
#[derive(Clone, Copy, Debug)]
pub enum Carrier<'a> {
    /// This process.
    Alone,
    /// The processes of a job: each task is done by one of them, whichever is free next, and the first gets all outcomes.
    Ranks(&'a dyn Ranks),
}

/// What a rank said is not what another build of this program would have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what rank {rank} said cannot be read; start the same program on every machine")]
pub struct Garbled {
    /// That rank, counted from 0.
    pub rank: usize,
}

impl Carrier<'_> {
    /// Whether this process is the one that gets the outcomes.
    pub fn is_first(self) -> bool {
        match self {
            Carrier::Alone => true,
            Carrier::Ranks(ranks) => ranks.rank() == 0,
        }
    }

    /// Goes on only if all processes can.
    ///
    /// # Errors
    /// On the first rank that met a fault, that fault; on the others, that it did.
    pub fn agree<T, E: From<OnAnotherRank>>(self, mine: Result<T, E>) -> Result<T, E> {
        match self {
            Carrier::Alone => mine,
            Carrier::Ranks(ranks) => agree(ranks, mine),
        }
    }

    /// The outcomes of all tasks in their order, in the first process; `None` in the others. One process does as many tasks at
    /// a time as it has threads.
    ///
    /// # Errors
    /// The fault of the first task that has one, in the process that met it; in the others, that there is one.
    pub fn side_by_side<T, E>(
        self,
        tasks: usize,
        work: impl Fn(usize) -> Result<T, E> + Sync,
    ) -> Result<Option<Vec<T>>, E>
    where
        T: Parcel + Send,
        E: From<OnAnotherRank> + From<Garbled> + Send,
    {
        match self {
            // Not the fault that is met first: that would be another one each time.
            Carrier::Alone => {
                let outcomes: Vec<_> = (0..tasks).into_par_iter().map(&work).collect();
                outcomes.into_iter().collect::<Result<_, _>>().map(Some)
            }
            Carrier::Ranks(ranks) => over(ranks, tasks, work),
        }
    }

    /// The same of tasks that have all threads of a process to themselves.
    ///
    /// # Errors
    /// Those of [`Carrier::side_by_side`].
    pub fn one_by_one<T, E>(self, tasks: usize, work: impl Fn(usize) -> Result<T, E>) -> Result<Option<Vec<T>>, E>
    where
        T: Parcel,
        E: From<OnAnotherRank> + From<Garbled>,
    {
        match self {
            Carrier::Alone => (0..tasks).map(work).collect::<Result<_, _>>().map(Some),
            Carrier::Ranks(ranks) => over(ranks, tasks, work),
        }
    }
}

fn over<T, E>(ranks: &dyn Ranks, tasks: usize, work: impl Fn(usize) -> Result<T, E>) -> Result<Option<Vec<T>>, E>
where
    T: Parcel,
    E: From<OnAnotherRank> + From<Garbled>,
{
    let mut words = Vec::new();
    let mut fault = None;
    ranks.hand_out(tasks, &mut |task| {
        // Tasks come in their order: those that are left are behind the fault.
        if fault.is_none() {
            match work(task) {
                Ok(outcome) => (task, outcome).put(&mut words),
                Err(error) => fault = Some((task, error)),
            }
        }
    });
    let first_of = fault.as_ref().map_or(u64::MAX, |(task, _)| *task as u64);
    let faults = ranks.gather(&[first_of]).concat();
    let first = (0..faults.len()).min_by_key(|&rank| faults[rank]).filter(|&rank| faults[rank] < u64::MAX);
    match (first, fault) {
        (None, _) => {}
        (Some(rank), Some((_, error))) if rank == ranks.rank() => return Err(error),
        (Some(rank), _) => return Err(OnAnotherRank { rank }.into()),
    }
    let mut to = vec![Vec::new(); ranks.count()];
    to[0] = words;
    let from = ranks.exchange(&to);
    if ranks.rank() > 0 {
        return Ok(None);
    }
    let mut outcomes: Vec<Option<T>> = (0..tasks).map(|_| None).collect();
    for (rank, words) in from.iter().enumerate() {
        let mut rest = words.iter();
        while !rest.as_slice().is_empty() {
            let (task, outcome) = <(usize, T)>::take(&mut rest).ok_or(Garbled { rank })?;
            let place = outcomes.get_mut(task).filter(|place| place.is_none()).ok_or(Garbled { rank })?;
            *place = Some(outcome);
        }
    }
    outcomes.into_iter().collect::<Option<Vec<T>>>().map(Some).ok_or_else(|| Garbled { rank: 0 }.into())
}

/// The words of a parcel that are left.
pub type Words<'a> = std::slice::Iter<'a, u64>;

/// What one rank can give another: in words of eight bytes, and as it was.
pub trait Parcel: Sized {
    /// Puts it behind these words.
    fn put(&self, words: &mut Vec<u64>);
    /// Takes it from the front of these words; `None` where they are not those of such a thing.
    fn take(words: &mut Words) -> Option<Self>;
}

impl Parcel for u64 {
    fn put(&self, words: &mut Vec<u64>) {
        words.push(*self);
    }
    fn take(words: &mut Words) -> Option<Self> {
        words.next().copied()
    }
}

impl Parcel for usize {
    fn put(&self, words: &mut Vec<u64>) {
        words.push(*self as u64);
    }
    fn take(words: &mut Words) -> Option<Self> {
        usize::try_from(u64::take(words)?).ok()
    }
}

impl Parcel for f64 {
    fn put(&self, words: &mut Vec<u64>) {
        words.push(self.to_bits());
    }
    fn take(words: &mut Words) -> Option<Self> {
        u64::take(words).map(f64::from_bits)
    }
}

/// Its length in bytes, and eight of them a word.
impl Parcel for String {
    fn put(&self, words: &mut Vec<u64>) {
        self.len().put(words);
        for part in self.as_bytes().chunks(size_of::<u64>()) {
            let mut bytes = [0; size_of::<u64>()];
            bytes[..part.len()].copy_from_slice(part);
            words.push(u64::from_le_bytes(bytes));
        }
    }
    fn take(words: &mut Words) -> Option<Self> {
        let length = usize::take(words)?;
        let (own, rest) = words.as_slice().split_at_checked(length.div_ceil(size_of::<u64>()))?;
        *words = rest.iter();
        let mut bytes: Vec<u8> = own.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(length);
        String::from_utf8(bytes).ok()
    }
}

impl<T: Parcel> Parcel for Vec<T> {
    fn put(&self, words: &mut Vec<u64>) {
        self.len().put(words);
        self.iter().for_each(|one| one.put(words));
    }
    fn take(words: &mut Words) -> Option<Self> {
        let length = usize::take(words)?;
        (0..length).map(|_| T::take(words)).collect()
    }
}

impl<T: Parcel> Parcel for Option<T> {
    fn put(&self, words: &mut Vec<u64>) {
        words.push(u64::from(self.is_some()));
        self.iter().for_each(|one| one.put(words));
    }
    fn take(words: &mut Words) -> Option<Self> {
        match u64::take(words)? {
            0 => Some(None),
            1 => T::take(words).map(Some),
            _ => None,
        }
    }
}

impl<A: Parcel, B: Parcel> Parcel for (A, B) {
    fn put(&self, words: &mut Vec<u64>) {
        self.0.put(words);
        self.1.put(words);
    }
    fn take(words: &mut Words) -> Option<Self> {
        Some((A::take(words)?, B::take(words)?))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::threads::on_threads;
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    enum Fault {
        Task(usize),
        Elsewhere(usize),
        Garbled(usize),
    }

    impl From<OnAnotherRank> for Fault {
        fn from(fault: OnAnotherRank) -> Self {
            Fault::Elsewhere(fault.rank)
        }
    }

    impl From<Garbled> for Fault {
        fn from(fault: Garbled) -> Self {
            Fault::Garbled(fault.rank)
        }
    }

    /// What comes out, by one process and by several.
    fn by_all<T: Parcel + Send + Clone + std::fmt::Debug + PartialEq>(
        tasks: usize,
        work: impl Fn(usize) -> Result<T, Fault> + Sync,
    ) -> Result<Vec<T>, Fault> {
        let alone = Carrier::Alone.side_by_side(tasks, &work).map(Option::unwrap);
        assert_eq!(Carrier::Alone.one_by_one(tasks, &work).map(Option::unwrap), alone);
        for count in [1, 2, 3, 7] {
            let found = on_threads(count, |ranks| Carrier::Ranks(&*ranks).side_by_side(tasks, &work));
            match &alone {
                Ok(outcomes) => {
                    assert_eq!(found[0].as_ref(), Ok(&Some(outcomes.clone())), "{count} ranks");
                    assert!(found[1..].iter().all(|other| other == &Ok(None)), "{count} ranks: {found:?}");
                }
                Err(fault) => {
                    let at = found.iter().position(|found| found.as_ref().err() == Some(fault)).unwrap();
                    let others = found.iter().enumerate().filter(|&(rank, _)| rank != at);
                    others.for_each(|(_, other)| assert_eq!(other, &Err(Fault::Elsewhere(at)), "{count} ranks"));
                }
            }
        }
        alone
    }

    #[test]
    fn one_process_of_several_is_the_first() {
        assert!(Carrier::Alone.is_first());
        assert_eq!(on_threads(3, |ranks| Carrier::Ranks(&*ranks).is_first()), [true, false, false]);
    }

    #[test]
    fn outcomes_come_in_the_order_of_their_tasks_whoever_does_them() {
        let outcome = |task: usize| Ok((format!("task {task}"), vec![Some(task as f64 / 3.0), None]));
        for tasks in [0, 1, 5, 40] {
            let expected: Vec<_> = (0..tasks).map(|task| outcome(task).unwrap()).collect();
            assert_eq!(by_all(tasks, outcome), Ok(expected));
        }
    }

    #[test]
    fn the_fault_of_the_first_task_that_has_one_is_told() {
        // The later ones fail sooner.
        let work = |task: usize| {
            std::thread::sleep(std::time::Duration::from_millis(20_u64.saturating_sub(task as u64)));
            if task % 5 == 3 { Err(Fault::Task(task)) } else { Ok(task) }
        };
        assert_eq!(by_all(20, work), Err(Fault::Task(3)));
    }

    #[test]
    fn every_task_is_done_once_and_a_long_one_holds_up_no_other() {
        let done: Vec<AtomicUsize> = (0..30).map(|_| AtomicUsize::new(0)).collect();
        let whose = on_threads(3, |ranks| {
            let own = AtomicUsize::new(0);
            let work = |task: usize| {
                own.fetch_add(1, Ordering::SeqCst);
                // The first task ends when all others have: whoever waited for it would wait for ever, or a minute.
                let others_are_done = || done[1..].iter().all(|count| count.load(Ordering::SeqCst) > 0);
                for _ in 0..60_000 {
                    if task > 0 || others_are_done() {
                        break;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                done[task].fetch_add(1, Ordering::SeqCst);
                Ok::<_, Fault>(task)
            };
            Carrier::Ranks(&*ranks).one_by_one(30, work).unwrap();
            own.into_inner()
        });
        assert!(done.iter().all(|count| count.load(Ordering::SeqCst) == 1));
        // Whoever had the first one had no other.
        assert!(whose.contains(&1) && whose.iter().sum::<usize>() == 30, "{whose:?}");
    }

    #[test]
    fn parcels_come_out_as_they_were() {
        fn again<T: Parcel>(thing: &T) -> (T, usize) {
            let mut words = Vec::new();
            thing.put(&mut words);
            words.push(7);
            let mut rest = words.iter();
            let taken = T::take(&mut rest).unwrap();
            // Whatever is cut off is missed.
            for length in 0..words.len() - 1 {
                assert!(T::take(&mut words[..length].iter()).is_none(), "{length} words");
            }
            (taken, rest.as_slice().len())
        }
        for text in ["", "a", "12345678", "123456789", "Σ |J|^p, αβγδε"] {
            assert_eq!(again(&text.to_owned()), (text.to_owned(), 1));
        }
        let odd = f64::from_bits(f64::NAN.to_bits() | 5);
        assert_eq!(again(&odd).0.to_bits(), odd.to_bits());
        assert_eq!(again(&-0.0_f64).0.to_bits(), (-0.0_f64).to_bits());
        let lists = vec![(1_usize, Some("x".to_owned())), (usize::MAX, None)];
        assert_eq!(again(&lists), (lists, 1));
        assert_eq!(<Option<u64> as Parcel>::take(&mut [2, 1].iter()), None);
        assert_eq!(<String as Parcel>::take(&mut [1, 0xff].iter()), None);
    }
}
