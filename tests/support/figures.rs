//! Figures as committed: what a computation gave when someone last looked, one a line, in `tests/figures/`.
//!
//! A test that only asks whether a figure is within its bound does not see a bound that grew, a mean over other trials, another
//! step. Here every digit of every figure is compared, and whoever changes one says so by renewing the file.
//!
//! Are these digits the same on every machine? Sums have one order whatever the number of threads, products and sums are never
//! contracted, and multiple precision, intervals and running errors take correctly rounded functions (MPFR, `core-math`). But `exp`, `ln`,
//! `powf` and their like in plain `f64`, the normal numbers drawn with them, and dense products of nalgebra are the C library's and the
//! processor's: within a unit of the last digit everywhere, and the same bits with the same library on processors with the same
//! instructions. So each file begins with a hash of what these functions give at thousands of arguments. Where this machine gives the
//! same, every digit must be the same; where it does not, figures are compared in what they are about, numbers left out: a residual of
//! 1e-16 is made of roundings, and no tolerance holds it. `SYNBAL_SAME_MACHINE=1` asks for machines that give the same.

#![allow(dead_code, reason = "every test binary uses its own part of this module")]

use std::fmt::{Debug, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use nalgebra::DMatrix;
use rand::Rng;
use synbal::certify::certificate::sha256;
use synbal::network::random::{normals, stream};

/// The variable that has the files written anew.
const RENEW: &str = "SYNBAL_RENEW_FIGURES";

/// The variable that has a machine of other functions refused.
const SAME: &str = "SYNBAL_SAME_MACHINE";

/// Differences that a failure shows.
const SHOWN: usize = 12;

/// The figures of one computation.
pub struct Figures {
    name: String,
    lines: Vec<String>,
}

impl Figures {
    /// Those of `tests/figures/<name>.txt`.
    pub fn of(name: &str) -> Self {
        Figures { name: name.to_owned(), lines: Vec::new() }
    }

    /// A figure, or several: numbers with all their digits.
    pub fn add(&mut self, what: impl AsRef<str>, value: impl Debug) {
        self.text(format!("{}: {value:?}", what.as_ref()));
    }

    /// A line of words and numbers.
    pub fn text(&mut self, line: impl AsRef<str>) {
        self.lines.push(line.as_ref().replace('\n', " "));
    }

    /// Too many numbers to print: how many, their sum, and a hash of all.
    pub fn many<'a>(&mut self, what: impl AsRef<str>, values: impl IntoIterator<Item = &'a f64>) {
        let values: Vec<f64> = values.into_iter().copied().collect();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let sum = values.iter().sum::<f64>();
        self.text(format!("{}: {} numbers, sum {sum:?}, {}", what.as_ref(), values.len(), short(&bytes)));
    }

    /// Too long a text to print: its length and a hash.
    pub fn long(&mut self, what: impl AsRef<str>, text: &str) {
        self.text(format!("{}: {} bytes, {}", what.as_ref(), text.len(), short(text.as_bytes())));
    }

    /// Fails with the figures that are not as committed, what they were and what they are.
    pub fn compare(self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figures").join(format!("{}.txt", self.name));
        if std::env::var_os(RENEW).is_some() {
            return self.write(&path);
        }
        let committed = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; {RENEW}=1 writes it", path.display()));
        let mut before = committed.lines();
        let functions = before.next().and_then(|head| head.strip_prefix(HEAD)).expect("a head");
        let same = functions == *FUNCTIONS;
        assert!(
            same || std::env::var_os(SAME).is_none(),
            "the functions of this machine's C library or processor give other last digits ({}) than where {} was made ({functions})",
            *FUNCTIONS,
            path.display()
        );
        let seen = |line: &str| if same { line.to_owned() } else { without_numbers(line) };
        let (before, now): (Vec<&str>, Vec<&str>) = (before.collect(), self.lines.iter().map(String::as_str).collect());
        let mut different = String::new();
        let mut count = 0;
        for k in 0..before.len().max(now.len()) {
            let (was, is) = (before.get(k).copied().unwrap_or("(nothing)"), now.get(k).copied().unwrap_or("(nothing)"));
            if seen(was) != seen(is) {
                count += 1;
                if count <= SHOWN {
                    let _ = write!(different, "\n  line {}\n    was {was}\n    is  {is}", k + 2);
                }
            }
        }
        assert!(
            count == 0,
            "{count} figures are not as committed in {}:{different}\nAfter a change that is meant to change them: {RENEW}=1 cargo test, and commit what git diff shows.",
            path.display()
        );
    }

    fn write(&self, path: &PathBuf) {
        let text = self.lines.iter().fold(format!("{HEAD}{}\n", *FUNCTIONS), |text, line| text + line + "\n");
        std::fs::create_dir_all(path.parent().expect("a folder")).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// What every file begins with, before the hash.
const HEAD: &str = "# Made by SYNBAL_RENEW_FIGURES=1 cargo test where the functions of f64 give ";

fn short(bytes: &[u8]) -> String {
    sha256(bytes)[..12].to_owned()
}

/// A line with every number in it replaced.
fn without_numbers(line: &str) -> String {
    let mut kept = String::new();
    for word in line.split_inclusive(|letter: char| letter.is_whitespace() || "[](),;:".contains(letter)) {
        if word.contains(|letter: char| letter.is_ascii_digit()) || word.starts_with("NaN") || word.contains("inf") {
            kept.push('#');
            kept.extend(word.chars().last().filter(|letter| !letter.is_alphanumeric()));
        } else {
            kept.push_str(word);
        }
    }
    kept
}

/// A hash of what the functions of `f64` give on this machine, and a dense product.
static FUNCTIONS: LazyLock<String> = LazyLock::new(|| {
    let random = &mut stream(1, 77_000);
    let mut given: Vec<f64> = Vec::new();
    for _ in 0..4096 {
        let x = random.random_range(-30.0_f64..30.0);
        let (size, part) = (x.exp(), x / 30.0);
        given.extend([size, size.ln(), size.log2(), size.log10(), x.exp2(), x.exp_m1(), size.ln_1p(), size.cbrt()]);
        given.extend([x.sin(), x.cos(), part.tanh(), part.sinh(), part.cosh(), part.atanh(), size.powf(part)]);
    }
    let square = |random: &mut _| DMatrix::from_vec(48, 48, normals(random, 48 * 48, 1.0));
    given.extend((square(random) * square(random)).iter());
    let bytes: Vec<u8> = given.iter().flat_map(|value| value.to_le_bytes()).collect();
    short(&bytes)
});

#[test]
fn numbers_are_left_out_and_words_are_not() {
    assert_eq!(without_numbers("excess of 3 runs: -1.5e-16, bound [inf, 2]"), "excess of # runs: #, bound [#, #]");
}
