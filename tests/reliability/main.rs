//! Reliability, measured: random healthy networks on which no claim may fall, sick ones on which the claim must, and
//! hostile ones that the library must answer truly. A sample runs with all tests; `make reliability` runs the full numbers.

mod healthy;
mod hostile;
mod networks;
mod sick;
mod window;

use healthy::Tally;
use hostile::Outcomes;

/// Networks of the sample.
const SAMPLE: u64 = 150;

#[test]
fn no_claim_falls_on_a_healthy_network() {
    let mut tally = Tally::default();
    (0..SAMPLE).for_each(|seed| tally.verify(seed));
    assert!(tally.faults.is_empty(), "{:#?}", tally.faults);
}

#[test]
fn hostile_networks_are_answered_truly() {
    let mut outcomes = Outcomes::default();
    (0..SAMPLE).for_each(|seed| outcomes.balance(seed));
    assert!(outcomes.faults.is_empty(), "{:#?}", outcomes.faults);
    assert!(
        outcomes.balanced > 0 && outcomes.certified > 0,
        "{} balanced, {} certified",
        outcomes.balanced,
        outcomes.certified
    );
}

/// Each sickness on as many networks as it takes to see it often; on those where the claim measured nothing that it touches
/// there is nothing to fall, so most, not all, must.
#[test]
fn claims_fall_on_sick_networks() {
    for sickness in &sick::SICKNESSES {
        let subjects = (0..40).filter_map(healthy::subject);
        let fallen: Vec<bool> = subjects.filter_map(|subject| sick::falls(sickness, subject)).collect();
        let fell = fallen.iter().filter(|fell| **fell).count();
        assert!(
            fell >= 10 && 2 * fell > fallen.len(),
            "{} ({}): {fell} of {}",
            sickness.what,
            sickness.claim,
            fallen.len()
        );
    }
}

/// `RELIABILITY_FIRST` and `RELIABILITY_COUNT` say which seeds.
#[test]
#[ignore = "the full number takes hours"]
fn healthy_in_full() {
    let (first, count) = seeds();
    let mut tally = Tally::default();
    let started = std::time::Instant::now();
    (first..first + count).for_each(|seed| tally.verify(seed));
    println!("{} verified in {:.0} s", tally.verified, started.elapsed().as_secs_f64());
    println!("{:#?}\n{:#?}\n{:#?}", tally.refused, tally.verdicts, tally.reasons);
    println!("{} faults", tally.faults.len());
    tally.faults.iter().for_each(|fault| println!("{fault}"));
    assert!(tally.faults.is_empty());
}

/// With the same seeds.
#[test]
#[ignore = "the full number takes hours"]
fn hostile_in_full() {
    let (first, count) = seeds();
    let mut outcomes = Outcomes::default();
    let started = std::time::Instant::now();
    (first..first + count).for_each(|seed| outcomes.balance(seed));
    println!("{} networks in {:.0} s", outcomes.networks, started.elapsed().as_secs_f64());
    println!("{} balanced, {} certified", outcomes.balanced, outcomes.certified);
    println!("{:#?}\n{:#?}", outcomes.unbalanced, outcomes.refused);
    println!("{} refusals not shown to be necessary", outcomes.not_shown.len());
    outcomes.not_shown.iter().for_each(|refusal| println!("{refusal}"));
    println!("{} faults", outcomes.faults.len());
    outcomes.faults.iter().for_each(|fault| println!("{fault}"));
    assert!(outcomes.faults.is_empty());
}

fn seeds() -> (u64, u64) {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    (number("RELIABILITY_FIRST", 0), number("RELIABILITY_COUNT", 100_000))
}
