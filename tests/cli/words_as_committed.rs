//! What the commands say and write, word for word and digit for digit, as it was when someone last looked: see tests/support/figures.rs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::figures::Figures;
use super::{CELEGANS, command, scratch};

/// Runs the commands one after the other in one folder: of each its exit status, what it said, and the files that it wrote.
fn as_committed(name: &str, folder: &TempDir, commands: &[&str]) {
    let mut figures = Figures::of(&format!("cli/{name}"));
    let mut before = contents(folder.path());
    for line in commands {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = command(folder.path(), &arguments).env("RAYON_NUM_THREADS", "2").output().unwrap();
        figures.text(format!("$ synbal {line}: {}", output.status));
        for (stream, bytes) in [("", output.stdout), ("2> ", output.stderr)] {
            let text = String::from_utf8(bytes).unwrap();
            if text.len() > 6000 {
                figures.long(format!("  {stream}..."), &without_what_differs(&text));
            } else {
                text.lines().for_each(|line| figures.text(format!("  {stream}{}", without_what_differs(line))));
            }
        }
        let after = contents(folder.path());
        for (file, text) in after.iter().filter(|(file, text)| before.get(*file) != Some(text)) {
            figures.long(format!("  {file}"), text);
        }
        before = after;
    }
    figures.compare();
}

/// The files of a folder, without what differs.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let text = fs::read(entry.path()).unwrap().iter().map(|&byte| char::from(byte)).collect::<String>();
        (entry.file_name().into_string().unwrap(), without_what_differs(&text))
    };
    fs::read_dir(folder).unwrap().map(file).collect()
}

/// Without what differs between runs and builds: seconds, as `0.12 s` and as JUnit and JSON have them, and the version.
fn without_what_differs(text: &str) -> String {
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(digits) {
        let mut number = rest[at..].find(|letter| !digits(letter)).unwrap_or(rest.len() - at);
        if let Some(exponent) = rest[at + number..].strip_prefix("e-") {
            number += 2 + exponent.find(|letter| !digits(letter)).unwrap_or(exponent.len());
        }
        let (head, tail) = (&rest[..at], &rest[at + number..]);
        kept.push_str(head);
        // What the program calls itself names the commit that it was built from.
        if (head.ends_with("synbal ") || head.ends_with('v')) && tail.starts_with(" (") {
            kept.push('#');
            rest = tail.split_once(')').map_or("", |(_, after)| after);
            continue;
        }
        let seconds = tail.strip_prefix(" s").is_some_and(|tail| !tail.starts_with(char::is_alphanumeric));
        let time = ["time=\"", "\"seconds\": "].iter().any(|key| head.ends_with(key));
        kept.push_str(if seconds || time { "#" } else { &rest[at..at + number] });
        rest = tail;
    }
    kept + rest
}

/// Beside the small network: the worm, a chain, one without a synapse, one of a single neuron, two with inputs and outputs, and files
/// that cannot be read.
fn networks() -> TempDir {
    let folder = scratch();
    let at = |name: &str| folder.path().join(name);
    fs::copy(CELEGANS, at("worm.mtx")).unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    fs::copy(vectors.join("certificate_world.safetensors"), at("relu.safetensors")).unwrap();
    fs::copy(vectors.join("degree_certificate_world.safetensors"), at("mixed.safetensors")).unwrap();
    for (name, text) in [
        ("chain.csv", "0,0,0,0\n2,0,0,0\n0,3,0,0\n0,0,4,0\n"),
        ("three.csv", "0,1,0\n2,0,0\n0,3,0\n"),
        ("zeros.csv", "0,0\n0,0\n"),
        ("one.csv", "0.5\n"),
        ("loop.csv", "0.5,0\n2,0\n"),
        ("tabs.tsv", "0\t2\n3\t0\n"),
        ("bad.csv", "0,2\n3,x\n"),
    ] {
        fs::write(at(name), text).unwrap();
    }
    folder
}

#[test]
fn inspecting() {
    let commands = [
        "inspect small.csv",
        "inspect small.csv --p 1 --json",
        "inspect worm.mtx",
        "inspect chain.csv",
        "inspect zeros.csv",
        "inspect one.csv",
        "inspect tabs.tsv --transpose",
        "inspect bad.csv",
        "inspect loop.csv",
        "inspect three.csv",
        "inspect three.csv --matrix",
        "inspect mixed.safetensors",
        "inspect mixed.safetensors --world 0.5",
        "--quiet inspect mixed.safetensors --world 0.5",
        "--verbose inspect relu.safetensors --world 2",
        "inspect small.csv --activation rectified-power(2)",
        "inspect small.csv --activation tanh",
    ];
    as_committed("inspecting", &networks(), &commands);
}

#[test]
fn certifying_and_checking() {
    let commands = [
        "certify small.csv -o plain.json",
        "check plain.json small.csv",
        "check plain.json chain.csv",
        "check plain.json bad.csv",
        "check plain.json missing.csv",
        "check small.csv small.csv",
        "certify small.csv --p 0.5 -o half.json --coq half.v",
        "check half.json small.csv",
        "certify worm.mtx -o worm.json",
        "certify worm.mtx --within-components -o worm.json",
        "check worm.json worm.mtx",
        "certify tabs.tsv --p 1.5 -o tabs.json",
        "check tabs.json tabs.tsv",
        "certify small.csv --cost accumulated --steps 3 --discount 0.5 -o noise.json",
        "check noise.json small.csv",
        "certify relu.safetensors --world 0.5 -o world.json",
        "check world.json relu.safetensors",
        "certify mixed.safetensors --world 0.5 -o mixed.json",
        "check mixed.json mixed.safetensors",
        "certify relu.safetensors --world 2 --activation rectified-power(1.5) -o degree.json",
        "check degree.json relu.safetensors",
        "certify mixed.safetensors -o none.json",
        "certify tabs.tsv --activation rectified-power(2) -o none.json",
        "balance small.csv --scales scales.csv --tol 1e-3",
        "certify small.csv --scales scales.csv -o scales.json",
        "check scales.json small.csv",
        "certify zeros.csv -o zeros.json",
        "certify mixed.safetensors --world 1 --p 0.5 -o mixed_half.json",
        "check mixed_half.json mixed.safetensors",
        "check small.csv mixed_half.json",
    ];
    as_committed("certifying", &networks(), &commands);
}

#[test]
fn balancing() {
    let commands = [
        "balance small.csv",
        "balance small.csv -o out.csv --scales scales.npy",
        "balance small.csv -o out.csv --no-clobber",
        "balance small.csv -o out.npy --dtype f32",
        "balance small.csv -o out.npy --method osborne",
        "balance small.csv -o - --to csv",
        "balance small.csv --powers-of-two -o powers.csv --scales p.csv",
        "balance small.csv --max-passes 3 -o few.csv",
        "balance small.csv --method euler --stop-at-gradient 0.1",
        "balance small.csv --digits 30 --scales digits.csv -o digits.mtx",
        "balance small.csv -o none.csv2",
        "balance small.csv --cost accumulated --steps 2 --json",
        "balance worm.mtx",
        "balance worm.mtx --within-components -o worm.npz",
        "balance worm.mtx --within-components -o worm.csv.gz",
        "balance chain.csv --within-components -o chain.mtx",
        "balance zeros.csv -o zeros.mtx",
        "balance one.csv",
        "balance tabs.tsv -o tabs2.tsv",
        "balance bad.csv",
        "balance relu.safetensors --world 0.5 -o world.safetensors --scales world.csv",
        "balance relu.safetensors --world 0.5 --no-check -o world.npz",
        "balance relu.safetensors --world 0.5 --powers-of-two -o powers.safetensors",
        "balance relu.safetensors --world 0.5 -o world.mtx",
        "balance mixed.safetensors --world 0.5 -o mixed2.safetensors",
        "balance mixed.safetensors -o none.safetensors",
    ];
    as_committed("balancing", &networks(), &commands);
}

#[test]
fn verifying_and_more() {
    let commands = [
        "verify small.csv --junit small.xml",
        "verify chain.csv --within-components --github",
        "verify chain.csv",
        "verify small.csv zeros.csv --max-passes 5 --junit two.xml --github",
        "verify small.csv --json",
        "experiment two-neurons --quick",
        "experiment two-neurons --quick --json",
        "experiment two-neurons robustness-identity --quick --json",
        "generate flyvis --extent 1 -o fly.mtx",
        "generate flyvis --extent 1 --model 3 -o fly.safetensors --names fly.csv",
        "generate flyvis --extent 1 --inputs uniform --outputs per-neuron -o both.safetensors",
        "generate flyvis --extent 1 --seed 3 -o no.mtx",
        "generate quadratic -o quadratic.safetensors",
        "generate quadratic --seed 2 -o quadratic.safetensors",
        "train teacher --neurons 5 --iterations 5 --seed 3 -o taught.safetensors",
        "man",
        "completions bash",
    ];
    as_committed("verifying", &networks(), &commands);
}
