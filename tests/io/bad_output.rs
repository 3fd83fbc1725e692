//! A write that cannot be done is a typed error, and the old file stays.

use std::fs;
use std::path::Path;

use synbal::io::{WriteError, read_network, write_network, write_scales};
use synbal::network::{Activation, Network, NetworkError};

use crate::bad_input::assert_error;
use crate::{scratch, weights};

fn network() -> Network {
    Network::recurrent(weights(&[&[0.0, 2.0], &[-1.0, 0.0]]), Activation::Relu)
}

const NAMES: [&str; 4] = ["a.mtx", "a.npy", "a.csv", "a.safetensors"];

/// What a folder holds: nothing temporary may stay behind.
fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_unknown_extension() {
    let folder = scratch();
    let error = write_network(&folder.path().join("a.txt"), &network());
    assert_error!(error, WriteError::UnknownExtension { .. });
    assert!(error.unwrap_err().to_string().contains(".safetensors"));
    assert_error!(write_scales(&folder.path().join("h.mtx"), &[0.0]), WriteError::UnknownExtension { .. });
    assert_eq!(listing(folder.path()), Vec::<String>::new());
}

#[test]
fn a_directory_as_output() {
    let folder = scratch();
    for name in NAMES {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        assert_error!(write_network(&path, &network()), WriteError::IsDirectory { path: ref named } if *named == path);
    }
    assert_eq!(listing(folder.path()).len(), NAMES.len());
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = scratch();
    let missing = folder.path().join("missing");
    assert_error!(
        write_network(&missing.join("a.mtx"), &network()),
        WriteError::NoSuchFolder { folder: ref named, .. } if *named == missing
    );
    fs::write(folder.path().join("file"), "x").unwrap();
    assert_error!(
        write_network(&folder.path().join("file/a.mtx"), &network()),
        WriteError::NotAFolder { folder: ref named, .. } if *named == folder.path().join("file")
    );
}

/// Not even the administrator can make files in `/proc`.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to() {
    assert_error!(write_network(Path::new("/proc/a.mtx"), &network()), WriteError::Unwritable { .. });
}

/// A socket stands for all that is no file. Never a real device: if the check were broken, an administrator running
/// the tests would lose it.
#[cfg(unix)]
#[test]
fn a_special_file_is_not_replaced_by_a_file() {
    let folder = scratch();
    let (path, link) = (folder.path().join("socket.mtx"), folder.path().join("link.mtx"));
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    std::os::unix::fs::symlink("socket.mtx", &link).unwrap();
    for path in [&path, &link] {
        assert_error!(write_network(path, &network()), WriteError::NotAFile { .. });
    }
    assert!(!fs::metadata(&path).unwrap().is_file());
}

#[test]
fn a_read_only_file_stays() {
    let folder = scratch();
    let path = folder.path().join("a.mtx");
    fs::write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    assert_error!(write_network(&path, &network()), WriteError::ReadOnly { .. });
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
}

#[test]
fn what_is_not_finite_is_not_written_and_the_old_file_stays() {
    let folder = scratch();
    let mut bad_bias = network();
    bad_bias.bias = Some(vec![0.0, f64::NAN]);
    let mut bad_weight = network();
    bad_weight.weights = bad_weight.weights.with_values(vec![1.0, f64::INFINITY]);
    for name in NAMES {
        let path = folder.path().join(name);
        fs::write(&path, "old").unwrap();
        assert_error!(
            write_network(&path, &bad_bias),
            WriteError::InvalidNetwork { error: NetworkError::NotFinite { what: "b", ref index, .. }, .. } if *index == [1]
        );
        assert_error!(
            write_network(&path, &bad_weight),
            WriteError::InvalidNetwork { error: NetworkError::WeightNotFinite { target: 1, source_index: 0, .. }, .. }
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
    let path = folder.path().join("h.csv");
    assert_error!(write_scales(&path, &[0.0, f64::NAN]), WriteError::ScaleNotFinite { neuron: 1, .. });
    assert_eq!(listing(folder.path()).len(), NAMES.len());
}

#[test]
fn an_old_file_is_replaced_whole_and_nothing_else_is_left() {
    let folder = scratch();
    for name in NAMES {
        let path = folder.path().join(name);
        fs::write(&path, "x".repeat(100_000)).unwrap();
        write_network(&path, &network()).unwrap();
        assert_eq!(read_network(&path, Activation::Relu).unwrap().network, network());
    }
    assert_eq!(listing(folder.path()).len(), NAMES.len());
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_permissions_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch();
    let (path, link) = (folder.path().join("a.mtx"), folder.path().join("link.mtx"));
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("a.mtx", &link).unwrap();
    write_network(&link, &network()).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read_network(&path, Activation::Relu).unwrap().network, network());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    // A new file is as open as any that this process makes.
    let (new, plain) = (folder.path().join("new.mtx"), folder.path().join("plain"));
    write_network(&new, &network()).unwrap();
    fs::write(&plain, "").unwrap();
    assert_eq!(fs::metadata(&new).unwrap().permissions(), fs::metadata(&plain).unwrap().permissions());
}

#[test]
fn what_a_matrix_format_leaves_out_is_said() {
    let folder = scratch();
    let mut whole = network();
    whole.activation = Activation::Tanh.into();
    whole.bias = Some(vec![1.0, 2.0]);
    whole.time_constants = Some(vec![1.0, 2.0]);
    for name in ["a.mtx", "a.npy", "a.csv"] {
        let notices = write_network(&folder.path().join(name), &whole).unwrap();
        assert_eq!(notices.len(), 1);
        assert!(notices[0].contains("activation, b, tau were not written"), "{}", notices[0]);
        assert!(write_network(&folder.path().join(name), &network()).unwrap().is_empty());
    }
    assert!(write_network(&folder.path().join("a.safetensors"), &whole).unwrap().is_empty());
}
