//! The documents tell the truth: their commands run and say what is printed there, their options exist, their links lead
//! somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_synbal");

/// README.md, those of the folders that readers are sent to, and everything in docs/.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    let mut found: Vec<PathBuf> =
        ["README.md", "proofs/README.md", "python/README.md"].map(|name| root.join(name)).into();
    let pages = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    found.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    found.sort();
    assert!(found.len() > 8, "{found:?}");
    found
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

/// A line with `#` for every number, and the numbers.
fn numbers_of(line: &str) -> (String, Vec<&str>) {
    let (mut shape, mut numbers) = (String::new(), Vec::new());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_part = |letter: char, at: usize| letter.is_ascii_digit() || (at > 0 && ".e+-".contains(letter));
        let length = rest.char_indices().find(|&(at, letter)| !is_part(letter, at)).map_or(rest.len(), |(at, _)| at);
        let taken = if length == 0 { first.len_utf8() } else { length };
        let (part, others) = rest.split_at(taken);
        if length == 0 {
            shape.push(first);
        } else {
            shape.push('#');
            numbers.push(part);
        }
        rest = others;
    }
    (shape, numbers)
}

/// Whether a line says what is printed in a document: the same words and whole numbers; others to six digits, for last bits differ
/// between machines; below 10⁻³, where they are what rounding left, within a factor of ten; and seconds as they come.
fn says(line: &str, printed: &str) -> bool {
    let ((shape, said), (expected_shape, expected)) = (numbers_of(line), numbers_of(printed));
    let mut after = expected_shape.split('#').skip(1);
    shape == expected_shape
        && said.iter().zip(&expected).all(|(said, expected)| {
            let seconds = after.next().is_some_and(|rest| rest.starts_with(" s") && !rest.starts_with(" sy"));
            match (
                said.trim_end_matches(['.', '-']).parse::<f64>(),
                expected.trim_end_matches(['.', '-']).parse::<f64>(),
            ) {
                _ if seconds || said == expected => true,
                (Ok(_), Ok(x)) if x.fract() == 0.0 && !expected.contains('e') => false,
                (Ok(found), Ok(x)) if x.abs() < 1e-3 => found.abs() <= 10.0 * x.abs() && x.abs() <= 10.0 * found.abs(),
                (Ok(found), Ok(x)) => (found - x).abs() <= 1e-6 * x.abs(),
                _ => false,
            }
        })
}

/// The commands of a document's console blocks, each with the lines printed below it.
fn commands(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for block in text.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), Vec::new())),
                None => found.last_mut().expect("a block begins with a command").1.push(line.to_owned()),
            }
        }
    }
    found
}

#[test]
fn every_command_of_the_documents_runs_and_says_what_is_printed() {
    let (mut run, mut wrong) = (0, Vec::new());
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(Path::new(ROOT).join("data"), folder.path().join("data")).unwrap();
        for (command, expected) in commands(&text) {
            let mut words = command.split_whitespace();
            match words.next() {
                Some("synbal") => {}
                // Building is what made this test; the Python package has tests of its own.
                Some("cargo" | "pip") => continue,
                other => panic!("{}: `{command}` begins with {other:?}", document.display()),
            }
            let output =
                Command::new(PROGRAM).args(words).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
            let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            let refused =
                expected.iter().any(|line| line.starts_with("synbal: ") && !line.starts_with("synbal: note: "));
            assert_eq!(output.status.success(), !refused, "{}: `{command}`: {said:?}", document.display());
            for line in expected.iter().filter(|line| !line.trim().is_empty()) {
                if !said.iter().flat_map(|text| text.lines()).any(|said| says(said, line)) {
                    let (document, said) = (document.display(), said.join("\n"));
                    wrong.push(format!("{document}: `{command}` prints no line like\n{line}\nbut\n{said}"));
                }
            }
            run += 1;
        }
    }
    assert!(run >= 8, "{run}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_option_that_the_documents_name_exists() {
    let mut helps: BTreeMap<String, String> = BTreeMap::new();
    let mut seen = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for code in prose(&text).split('`').skip(1).step_by(2).filter(|code| code.starts_with("synbal ")) {
            let mut words = code.split_whitespace().skip(1);
            let Some(subcommand) = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
            else {
                continue;
            };
            let help = helps.entry(subcommand.to_owned()).or_insert_with(|| {
                let output = Command::new(PROGRAM).args([subcommand, "--help"]).output().unwrap();
                assert!(output.status.success(), "{}: no command `{subcommand}`", document.display());
                String::from_utf8(output.stdout).unwrap()
            });
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{}: `{code}`: no option {option}", document.display());
            }
            seen += 1;
        }
        for target in prose(&text).split("`make ").skip(1).filter_map(|rest| rest.split('`').next()) {
            let target = target.split_whitespace().next().unwrap();
            let makefile = fs::read_to_string(Path::new(ROOT).join("Makefile")).unwrap();
            assert!(makefile.contains(&format!("\n{target}:")), "{}: no `make {target}`", document.display());
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    let mut seen = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") || link.starts_with('#') {
                continue;
            }
            let file = link.split('#').next().unwrap();
            assert!(document.parent().unwrap().join(file).exists(), "{} links to {link}", document.display());
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn the_readme_is_short() {
    let lines = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap().lines().count();
    assert!(lines <= 160, "{lines} lines; the rest belongs to docs/");
}
