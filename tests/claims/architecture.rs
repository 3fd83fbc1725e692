//! The house rules that can be checked by reading the sources: what imports what, how long files are, who names options,
//! and that the documents name files that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms from the lowest floor up; a room may import from lower floors only.
const FLOORS: [&[&str]; 12] = [
    &["parallel", "scalar", "sha256"],
    &["ranks"],
    &["network"],
    &["flow", "conserved", "check", "io"],
    &["cost"],
    &["laplacian"],
    &["balance"],
    &["certify", "tasks"],
    &["claims"],
    &["experiments"],
    &["report"],
    &["cli"],
];

/// Lines after which a file is two rooms.
const LONGEST_FILE: usize = 450;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with this ending, relative to the crate.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{ending} file below {folder}");
    found
}

/// A source without comments and without its unit tests (which stand last in every file).
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or("");
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("the room `{room}` is on no floor: put it on one in tests/claims/architecture.rs"))
}

/// The words that follow each `crate::` or, in the program, `synbal::`.
fn rooms_imported(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for prefix in ["crate::", "synbal::"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            let word: String =
                rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_' || c.is_ascii_digit()).collect();
            if !word.is_empty() {
                rooms.insert(word);
            }
        }
    }
    rooms
}

#[test]
fn imports_run_down_the_floors() {
    for path in files("src", "rs") {
        let mut parts = path.iter().skip(1);
        let room = parts.next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        for other in rooms_imported(&code(&path)) {
            // The program's own modules are below `crate::` too.
            if other == room || room == "cli" && !FLOORS.iter().any(|rooms| rooms.contains(&other.as_str())) {
                continue;
            }
            assert!(floor(&other) < floor(&room), "{}: `{room}` may not import from `{other}`", path.display());
        }
    }
}

/// The file of a module path relative to `src`, the longest that there is.
fn file_of(words: &[&str]) -> Option<PathBuf> {
    (1..=words.len()).rev().find_map(|length| {
        let path = words[..length].iter().fold(PathBuf::from("src"), |path, word| path.join(word));
        [path.with_extension("rs"), path.join("mod.rs")].into_iter().find(|file| root().join(file).is_file())
    })
}

/// The module path of a file.
fn module_of(path: &Path) -> Vec<String> {
    let mut words: Vec<String> =
        path.with_extension("").iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if words.last().is_some_and(|word| word == "mod") {
        words.pop();
    }
    words
}

/// The modules that the `use` lines of a file lead to; not its own ancestors, whose names are their children's.
fn neighbours(path: &Path) -> BTreeSet<PathBuf> {
    let own = module_of(path);
    let mut found = BTreeSet::new();
    for statement in code(path).split(';') {
        let Some((_, used)) = statement.rsplit_once("use ") else { continue };
        let words: Vec<&str> = used.split("::").map(str::trim).take_while(|word| !word.starts_with('{')).collect();
        let mut base = own.clone();
        let mut rest = &words[..];
        match words.first() {
            Some(&"crate") => (base, rest) = (Vec::new(), &words[1..]),
            Some(&"super") => {
                while let Some((&"super", others)) = rest.split_first() {
                    base.pop();
                    rest = others;
                }
            }
            _ => continue,
        }
        let full: Vec<&str> = base.iter().map(String::as_str).chain(rest.iter().copied()).collect();
        if let Some(file) = file_of(&full) {
            let target = module_of(&file);
            if file != path && !own.starts_with(&target) {
                found.insert(file);
            }
        }
    }
    found
}

#[test]
fn no_two_files_import_each_other() {
    let edges: BTreeMap<PathBuf, BTreeSet<PathBuf>> =
        files("src", "rs").into_iter().map(|path| (path.clone(), neighbours(&path))).collect();
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 100, "the imports are not seen any more");
    // Files whose imports all lead to files that are gone already go; what stays is on, or leads into, a circle.
    let mut left = edges.clone();
    loop {
        let before = left.len();
        let names: BTreeSet<PathBuf> = left.keys().cloned().collect();
        left.retain(|_, imports| imports.iter().any(|file| names.contains(file)));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "files that import each other in a circle, or lead into one: {:?}", left.keys());
}

#[test]
fn no_file_is_two_rooms() {
    for path in files("src", "rs").into_iter().chain(files("check", "rs")) {
        let lines = std::fs::read_to_string(root().join(&path)).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines; split it", path.display());
    }
}

#[test]
fn the_library_names_no_option_of_the_command_line() {
    for path in files("src", "rs").into_iter().chain(files("check/src", "rs")) {
        if path.starts_with("src/cli") {
            continue;
        }
        for (number, line) in code(&path).lines().enumerate() {
            let option = line.match_indices("--").find(|(at, _)| {
                let before = line[..*at].chars().next_back();
                let after = line[at + 2..].chars().next();
                before.is_none_or(|c| c == ' ' || c == '`' || c == '(') && after.is_some_and(|c| c.is_ascii_lowercase())
            });
            let cargo = line.contains("cargo ") || line.contains("git") || line.contains("\"--");
            assert!(option.is_none() || cargo, "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

/// The files that a document names in backquotes or links, by their endings.
fn files_named(text: &str) -> BTreeSet<String> {
    let endings = [".rs", ".v", ".md", ".toml", ".txt", ".mtx"];
    let name = |word: &str| endings.iter().any(|ending| word.ends_with(ending)) && !word.contains("NAME");
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_./-".contains(c)))
        .map(|word| word.trim_matches(|c| c == '.' || c == '/').to_owned())
        .filter(|word| name(word))
        .collect()
}

/// Where the names of files in the proofs' own document are looked for.
const PROOFS: [&str; 10] = [
    "proofs",
    "proofs/Definitions",
    "proofs/Statements",
    "proofs/Proofs/flow",
    "proofs/Proofs/network",
    "proofs/Proofs/certificate",
    "proofs/Proofs/float",
    "proofs/extracted",
    "src",
    "",
];

#[test]
fn documents_name_files_that_exist() {
    for (document, folders) in [
        ("ARCHITECTURE.md", &["", "src"][..]),
        ("CONTRIBUTING.md", &["", "src"]),
        ("proofs/README.md", &PROOFS),
        ("data/README.md", &["data", ""]),
    ] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let named = files_named(&text);
        assert!(!named.is_empty(), "{document} names no file");
        for name in named {
            let exists = folders.iter().any(|folder| root().join(folder).join(&name).exists());
            assert!(exists, "{document} names {name}, which does not exist");
        }
    }
}
