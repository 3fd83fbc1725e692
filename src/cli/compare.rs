//! `synbal compare`: a new report against a reference.

use std::path::Path;

use serde_json::Value;

use super::arguments::CompareOptions;
use super::console::print;
use super::{CliError, Ending};

pub fn run(options: &CompareOptions) -> Result<Ending, CliError> {
    let differences = synbal::report::compare(&read(&options.reference)?, &read(&options.new)?);
    if differences.is_empty() {
        print("the reports agree in every verdict, status, cost and fact\n")?;
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
