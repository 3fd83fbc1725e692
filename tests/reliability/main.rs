//! Reliability, measured: random healthy networks on which no claim may fall, sick ones on which the claim must, and
//! hostile ones that the library must answer truly. A sample runs with all tests; `make reliability` runs the full numbers.

mod healthy;
mod networks;

use healthy::Tally;

/// Networks of the sample.
const SAMPLE: u64 = 150;

#[test]
fn no_claim_falls_on_a_healthy_network() {
    let mut tally = Tally::default();
    (0..SAMPLE).for_each(|seed| tally.verify(seed));
    assert!(tally.faults.is_empty(), "{:#?}", tally.faults);
}

/// `RELIABILITY_FIRST` and `RELIABILITY_COUNT` say which seeds.
#[test]
#[ignore = "the full number takes hours"]
fn healthy_in_full() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, count) = (number("RELIABILITY_FIRST", 0), number("RELIABILITY_COUNT", 100_000));
    let mut tally = Tally::default();
    let started = std::time::Instant::now();
    (first..first + count).for_each(|seed| tally.verify(seed));
    println!("{} verified in {:.0} s", tally.verified, started.elapsed().as_secs_f64());
    println!("{:#?}\n{:#?}\n{:#?}", tally.refused, tally.verdicts, tally.reasons);
    println!("{} faults", tally.faults.len());
    tally.faults.iter().for_each(|fault| println!("{fault}"));
    assert!(tally.faults.is_empty());
}
