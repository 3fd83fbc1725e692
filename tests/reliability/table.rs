//! All shards of a long run put together into `reports/reliability.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::healthy::Tally;
use crate::hostile::Outcomes;
use crate::sick::Sick;

/// Networks of a shard.
pub const SHARD: u64 = 500;

/// The files of one kind, each with its first seed, in order.
fn shards<T: DeserializeOwned>(folder: &Path, kind: &str) -> BTreeMap<u64, T> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let first = name.strip_prefix(&format!("{kind}-")).and_then(|rest| rest.strip_suffix(".json"));
        if let Some(first) = first.and_then(|first| first.parse().ok()) {
            found.insert(first, serde_json::from_slice(&fs::read(folder.join(&name)).unwrap()).unwrap());
        }
    }
    found
}

/// The seeds of all hostile shards whose refusal was not shown to be necessary.
pub fn not_shown(folder: &Path) -> Vec<u64> {
    let shards: BTreeMap<u64, Outcomes> = shards(folder, "hostile");
    let said = shards.into_values().flat_map(|shard| shard.not_shown);
    said.map(|line| line.split([' ', ':']).nth(1).unwrap().parse().unwrap()).collect()
}

/// Seeds in words: runs of neighbouring shards as one range.
fn seeds(firsts: impl Iterator<Item = u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for first in firsts {
        match ranges.last_mut() {
            Some((_, end)) if *end == first => *end += SHARD,
            _ => ranges.push((first, first + SHARD)),
        }
    }
    let words = ranges.iter().map(|(first, end)| format!("{first} to {}", end - 1));
    words.collect::<Vec<_>>().join(", ")
}

fn commit(folder: &Path, kind: &str) -> String {
    fs::read_to_string(folder.join(format!("{kind}.commit")))
        .map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn hours(seconds: f64) -> String {
    format!("{:.2} hours of one core", seconds / 3600.0)
}

fn faults(text: &mut String, faults: &[String]) {
    if !faults.is_empty() {
        let _ = writeln!(text, "\n**{} faults:**\n", faults.len());
        for fault in faults {
            let _ = writeln!(text, "- {fault}");
        }
    }
}

/// The text between the head and the foot that are written by hand in `tests/reliability/`.
pub fn measured(folder: &Path) -> String {
    let mut text = String::new();
    // What was not run again stands in the report as it is.
    let ran = |kind: &str| folder.join(format!("{kind}.commit")).exists();
    for (kind, section) in [("healthy", healthy as fn(&mut String, &Path)), ("sick", sick), ("hostile", hostile)] {
        if ran(kind) {
            section(&mut text, folder);
        }
    }
    text
}

fn healthy(text: &mut String, folder: &Path) {
    let shards: BTreeMap<u64, Tally> = shards(folder, "healthy");
    let covered = seeds(shards.keys().copied());
    let mut all = Tally::default();
    shards.into_values().for_each(|shard| all.add(shard));
    let fell: usize = all.verdicts.values().map(|counts| counts[1]).sum();
    let _ = write!(
        text,
        "## Healthy networks through every claim\n\n{} networks (seeds {covered}; commit {}; {}): {} verified, {} refused; {fell} claims fell.\n\n| claim | held | FELL | open, with its reason | does not apply | milliseconds a network |\n|---|---|---|---|---|---|\n",
        all.networks,
        commit(folder, "healthy"),
        hours(all.seconds),
        all.verified,
        all.networks - all.verified
    );
    for (claim, [held, fell, open, none]) in &all.verdicts {
        let milliseconds = 1e3 * all.spent[claim] / all.verified as f64;
        let _ = writeln!(text, "| `{claim}` | {held} | {fell} | {open} | {none} | {milliseconds:.2} |");
    }
    for (heading, kinds) in [("Why claims were left open", &all.reasons), ("Why networks were refused", &all.refused)] {
        if !kinds.is_empty() {
            let _ = writeln!(text, "\n{heading} (numbers left out, in how many networks):\n");
            for (kind, count) in kinds {
                let _ = writeln!(text, "- {count}: {kind}");
            }
        }
    }
    faults(text, &all.faults);
}

fn sick(text: &mut String, folder: &Path) {
    let shards: BTreeMap<u64, Sick> = shards(folder, "sick");
    let covered = seeds(shards.keys().copied());
    let mut all = Sick::default();
    shards.into_values().for_each(|shard| all.add(shard));
    let [fell, stood] = all.fallen.values().fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
    let _ = write!(
        text,
        "\n## Sick networks\n\nEvery claim's formula broken in one place (its negative control, which every report shows beside the claim), and results tampered\nwith after the solvers, on each of {} healthy networks with something to balance (of seeds {covered}; commit {}; {}) on which the claim held before: {} sick runs,\n{fell} fell. Where one did not, the network has nothing for the sickness to touch: no cycle whose product could break, equal weights\nwhose means are the same, nothing out of balance as given, no certificate in integers for that exponent; or the difference that it\nmakes is within the bound there.\n\n| claim | what was broken | fell | did not |\n|---|---|---|---|\n",
        all.networks,
        commit(folder, "sick"),
        hours(all.seconds),
        fell + stood
    );
    for (key, [fell, stood]) in &all.fallen {
        let (claim, broken) = key.split_once(" | ").unwrap();
        let _ = writeln!(text, "| `{claim}` | {} | {fell} | {stood} |", broken.replace('|', "\\|"));
    }
    faults(text, &all.faults);
}

fn hostile(text: &mut String, folder: &Path) {
    let shards: BTreeMap<u64, Outcomes> = shards(folder, "hostile");
    let covered = seeds(shards.keys().copied());
    let mut all = Outcomes::default();
    shards.into_values().for_each(|shard| all.add(shard));
    let listed = |counts: &BTreeMap<String, usize>| {
        counts.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(", ")
    };
    let _ = write!(
        text,
        "\n## Hostile networks through the library\n\n{} networks (seeds {covered}; commit {}; {}): 1 to 200 neurons, weights from subnormal numbers to 1e308, p from 0.01 to 50,\nworld weights from 1e-300 to 1e300, chains, rings, bridges of 1e-150.\n\n| | |\n|---|---|\n| faults: panics, NaN in a result, \"balanced\" that 77 digits deny, weights that are no rescaling to 1e-9, wrong certificates, refusals in range | {} |\n| balanced | {} |\n| certificates measured against 60 digits (networks up to 12 neurons) | {} |\n| not balanced, and said so | {} |\n",
        all.networks,
        commit(folder, "hostile"),
        hours(all.seconds),
        all.faults.len(),
        all.balanced,
        all.certified,
        listed(&all.unbalanced)
    );
    for (kind, count) in &all.refused {
        let _ = writeln!(text, "| refused: {kind} | {count} |");
    }
    let _ = writeln!(
        text,
        "\nOf the refusals because no rescaling brings the costs into range, {} were not shown to be necessary; for all others a search for\nnegative cycles finds that no rescaling has all costs within 2^(936 - 4p) of each other and normal weights.",
        all.not_shown.len()
    );
    if let Ok(bytes) = fs::read(folder.join("again.json")) {
        let again: Outcomes = serde_json::from_slice(&bytes).unwrap();
        let refused: usize = again.refused.values().sum();
        let _ = writeln!(
            text,
            "\nThese {} again with commit {}: {} balanced, {} not balanced and said so, {refused} refused, of which {} are not shown to be necessary; {} faults.",
            again.networks,
            commit(folder, "again"),
            again.balanced,
            again.unbalanced.values().sum::<usize>(),
            again.not_shown.len(),
            again.faults.len()
        );
    }
    faults(text, &all.faults);
}
