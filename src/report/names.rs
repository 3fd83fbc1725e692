//! Names for networks from files, each another: pages, figures and suites are called by them.

use std::collections::BTreeSet;
use std::path::Path;

use super::figures::file_name;

/// The name of each file's network: the file's own without its ending; where two would share it, or a page, the whole path; and
/// numbered, where that is not enough.
pub fn distinct_names(files: &[&Path]) -> Vec<String> {
    let stems: Vec<String> = files
        .iter()
        .map(|file| file.file_stem().map_or_else(|| file.display().to_string(), |s| s.to_string_lossy().into_owned()))
        .collect();
    let pages: Vec<String> = stems.iter().map(|stem| file_name(stem)).collect();
    let is_shared = |page: &String| pages.iter().filter(|&other| other == page).count() > 1;
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(files.len());
    for ((file, stem), page) in files.iter().zip(&stems).zip(&pages) {
        let wanted = if is_shared(page) { file.display().to_string() } else { stem.clone() };
        let mut name = wanted.clone();
        let mut number = 1;
        while !taken.insert(file_name(&name)) {
            number += 1;
            name = format!("{wanted} ({number})");
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_share_a_page() {
        let names = |files: &[&str]| distinct_names(&files.iter().map(Path::new).collect::<Vec<_>>());
        assert_eq!(names(&["a/net.csv", "other.mtx"]), ["net", "other"]);
        assert_eq!(names(&["a/net.csv", "b/net.csv"]), ["a/net.csv", "b/net.csv"]);
        assert_eq!(names(&["net.csv", "net.csv", "net.mtx"]), ["net.csv", "net.csv (2)", "net.mtx"]);
        // A number may itself be a name, and letters that pages are not called by are none.
        assert_eq!(names(&["\u{e9}.csv", "\u{fc}.csv"]), ["\u{e9}.csv", "\u{fc}.csv (2)"]);
        assert_eq!(names(&["a.csv", "a.csv", "a-csv-2.mtx"]), ["a.csv", "a.csv (2)", "a-csv-2 (2)"]);
        assert_eq!(names(&[]), [] as [&str; 0]);
    }
}
