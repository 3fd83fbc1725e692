//! Where the balanced network goes: a file, a packed file, standard output.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use synbal::io::edges::EdgeColumns;
use synbal::io::{
    Content, Loaded, ModelFile, SCALES_FORMATS, WriteError, check_outputs, write_bytes, write_edges,
    write_named_network, write_named_scales, write_new_bytes, write_scales,
};
use synbal::network::Network;

use crate::cli::CliError;
use crate::cli::arguments::BalanceOptions;
use crate::cli::console::print_bytes;
use crate::cli::outputs::{is_stream as is_stdout, say_what_is_replaced};

/// The result of a command.
pub struct Rescaled<'a> {
    pub network: &'a Network,
    pub model: Option<&'a ModelFile>,
    pub names: Option<&'a [String]>,
}

/// Where and how.
pub struct Destination<'a> {
    output: Option<&'a Path>,
    /// The ending, without `.gz`.
    kind: String,
    packed: bool,
    scales: Option<&'a Path>,
    edges: Option<&'a EdgeColumns>,
    /// Files that exist are kept, those too that another process makes while this one works.
    no_clobber: bool,
}

impl<'a> Destination<'a> {
    /// Looks whether the results could be written, before the work.
    pub fn checked(options: &'a BalanceOptions) -> Result<Self, CliError> {
        let output = options.output.as_deref();
        let input = &options.input.input;
        let named = match (output, &options.to) {
            (Some(path), None) if is_stdout(path) => input.clone(),
            (Some(path), Some(ending)) if is_stdout(path) => {
                PathBuf::from(format!("-.{}", ending.trim_start_matches('.')))
            }
            (_, Some(ending)) => return Err(CliError::ToWithoutStdout { ending: ending.clone() }),
            (Some(path), None) => path.to_owned(),
            (None, None) => PathBuf::new(),
        };
        let ending =
            |path: &Path| path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let packed = ending(&named) == "gz" && !output.is_some_and(is_stdout);
        let kind = if ending(&named) == "gz" { ending(&named.with_extension("")) } else { ending(&named) };
        let destination = Destination {
            output,
            kind,
            packed,
            scales: options.scales.as_deref(),
            edges: options.input.form.edges.as_ref(),
            no_clobber: options.no_clobber,
        };
        let mut files: Vec<(&Path, Content)> = Vec::new();
        if let Some(path) = output {
            if !matches!(destination.kind.as_str(), "mtx" | "npy" | "csv" | "tsv" | "npz" | "safetensors") {
                if is_stdout(path) && options.to.is_none() {
                    return Err(CliError::StdoutFormat { path: input.display().to_string() });
                }
                let (path, known) = (named, ".mtx, .npy, .csv, .tsv, .npz and .safetensors, each also as .gz");
                return Err(WriteError::UnknownExtension { path, known }.into());
            }
            if is_stdout(path) {
                if options.json {
                    return Err(CliError::StdoutTwice);
                }
            } else {
                files.push((path, Content::Bytes));
            }
        }
        if let Some(path) = destination.scales {
            let decimals = options.digits.is_some() && ending(path) == "npy";
            if decimals {
                return Err(WriteError::DecimalsNeedCsv { path: path.to_owned() }.into());
            }
            if !matches!(ending(path).as_str(), "csv" | "npy") {
                return Err(WriteError::UnknownExtension { path: path.to_owned(), known: SCALES_FORMATS }.into());
            }
            files.push((path, Content::Scales));
        }
        let mut inputs = options.input.files();
        if options.in_place {
            inputs.retain(|path| path != input);
            let others = files.iter().copied().filter(|(path, _)| Some(*path) != output);
            check_outputs(&others.collect::<Vec<_>>(), &[input])?;
        }
        check_outputs(&files, &inputs)?;
        let taken = files.iter().map(|(path, _)| *path).find(|path| path.exists());
        if let (true, Some(path)) = (options.no_clobber, taken) {
            return Err(CliError::Exists { path: path.display().to_string() });
        }
        say_what_is_replaced(files.iter().map(|(path, _)| *path));
        Ok(destination)
    }

    /// Looks whether what is asked for can be had of what was read, before the work.
    pub fn fits(&self, loaded: &Loaded, options: &BalanceOptions) -> Result<(), CliError> {
        if loaded.model.is_some() {
            return Ok(());
        }
        let name = |path: &Path| path.display().to_string();
        match self.output {
            Some(path) if self.kind == "npz" => Err(CliError::NoTensors { path: name(path) }),
            _ if options.dtype.is_some() => Err(CliError::DtypeOfMatrix { path: name(&options.input.input) }),
            _ => Ok(()),
        }
    }

    /// Whether the result goes to standard output, so that nothing else may.
    pub fn is_stdout(&self) -> bool {
        self.output.is_some_and(is_stdout)
    }

    pub fn has_files(&self) -> bool {
        self.output.is_some() || self.scales.is_some()
    }

    pub fn has_network(&self) -> bool {
        self.output.is_some()
    }

    pub fn write_network(&self, result: &Rescaled<'_>) -> Result<Vec<String>, CliError> {
        let Some(path) = self.output else { return Ok(Vec::new()) };
        // Those of a model's neurons are its tensors'.
        let names = result.names.filter(|_| result.model.is_none());
        let (bytes, notices) = match (self.kind.as_str(), result.model) {
            ("safetensors" | "npz", Some(model)) => (model.file.converted(&self.kind)?.to_bytes()?, Vec::new()),
            ("csv" | "tsv", None) if self.edges.is_some() && result.names.is_some() => {
                let delimiter = if self.kind == "tsv" { b'\t' } else { b',' };
                let names = result.names.unwrap_or_default();
                let mut bytes = Vec::new();
                write_edges(&result.network.weights, names, delimiter, &mut bytes).map_err(CliError::Output)?;
                (bytes, Vec::new())
            }
            _ if !self.packed && !self.is_stdout() && !self.no_clobber && self.kind != "tsv" => {
                return Ok(write_named_network(path, result.network, names)?);
            }
            _ => self.through_a_file(path, result.network, names)?,
        };
        if self.is_stdout() {
            print_bytes(&bytes)?;
        } else if self.packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            let packed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
            self.put(path, &packed.map_err(CliError::Output)?)?;
        } else {
            self.put(path, &bytes)?;
        }
        Ok(notices)
    }

    /// The bytes that a file would have.
    fn through_a_file(
        &self,
        path: &Path,
        network: &Network,
        names: Option<&[String]>,
    ) -> Result<(Vec<u8>, Vec<String>), CliError> {
        let (bytes, (notices, there)) = bytes_of(&self.kind, |there| {
            Ok((write_named_network(there, network, names)?, there.display().to_string()))
        })?;
        // Nobody knows the file that they name.
        let notices = notices.iter().map(|notice| notice.replace(&there, &path.display().to_string())).collect();
        Ok((bytes, notices))
    }

    /// Puts bytes in a file. Whether one is there was asked before the work, and is once more in the instant when it gets its name.
    fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), CliError> {
        if !self.no_clobber {
            return Ok(write_bytes(path, bytes)?);
        }
        write_new_bytes(path, bytes).map_err(|error| match error {
            WriteError::Exists { path } => CliError::Exists { path: path.display().to_string() },
            other => other.into(),
        })
    }

    pub fn write_scales(
        &self,
        h: &[f64],
        decimals: Option<Vec<String>>,
        names: Option<&[String]>,
    ) -> Result<(), CliError> {
        let Some(path) = self.scales else { return Ok(()) };
        let is_npy = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npy"));
        let write = |path: &Path| match (&decimals, names) {
            (None, None) => write_scales(path, h),
            (None, Some(_)) if is_npy => write_scales(path, h),
            (None, Some(names)) => {
                let h: Vec<String> = h.iter().map(|value| format!("{value:.16e}")).collect();
                write_named_scales(path, names, &h)
            }
            (Some(decimals), Some(names)) => write_named_scales(path, names, decimals),
            (Some(decimals), None) => synbal::io::write_decimal_scales(path, decimals),
        };
        if !self.no_clobber {
            return Ok(write(path)?);
        }
        let (bytes, ()) = bytes_of(if is_npy { "npy" } else { "csv" }, |there| Ok(write(there)?))?;
        self.put(path, &bytes)
    }
}

/// The bytes of a file with this ending that `write` writes, and what it returns.
fn bytes_of<T>(kind: &str, write: impl FnOnce(&Path) -> Result<T, CliError>) -> Result<(Vec<u8>, T), CliError> {
    let failed = |reason| CliError::File { path: "a temporary file".to_owned(), reason };
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join(format!("network.{kind}"));
    let written = write(&path)?;
    Ok((std::fs::read(&path).map_err(failed)?, written))
}
