//! `synbal compare`: a new report against a reference.

use std::path::Path;

use serde_json::Value;
use synbal::io::{Content, check_outputs, write_bytes};
use synbal::report::{COMPARED, compare, comparison};

use super::arguments::CompareOptions;
use super::console::print;
use super::outputs::refuse_stdout;
use super::{CliError, Ending};

pub fn run(options: &CompareOptions) -> Result<Ending, CliError> {
    if let Some(path) = &options.page {
        refuse_stdout(Some(path), "--page")?;
        check_outputs(&[(path, Content::Bytes)], &[&options.reference, &options.new])?;
    }
    let (reference, new) = (read(&options.reference)?, read(&options.new)?);
    let differences = compare(&reference, &new);
    if let Some(path) = &options.page {
        write_bytes(path, comparison(&reference, &new, &differences).as_bytes())?;
    }
    if differences.is_empty() {
        print(&format!("the reports agree in {COMPARED}\n"))?;
        return Ok(Ending::Good);
    }
    print(&(differences.join("\n") + "\n"))?;
    Ok(Ending::Bad)
}

fn read(path: &Path) -> Result<Value, CliError> {
    let name = || path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|reason| CliError::Unreadable { path: name(), reason })?;
    let report: Value = serde_json::from_str(&text).map_err(|reason| CliError::NotJson { path: name(), reason })?;
    // An empty list is a report without cases; no list at all is another file.
    match report["cases"].is_array() {
        true => Ok(report),
        false => Err(CliError::NotAReport { path: name() }),
    }
}
