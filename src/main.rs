//! The command line: `synbal report`, `verify`, `balance`, `inspect`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
