//! The checker finds the same integers as Coq's (`tests/vectors/regenerate` has Coq compute them), and refuses what
//! Coq refuses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::certificate::{hexadecimal, integer, opened, resealed};
use synbal::certify::certificate::sha256;
use synbal::check::{Refused, check};
use synbal::io::{Form, ReadOptions, read_network_as};
use synbal::network::Activation;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn compare(name: &str, input: &str) {
    // Three columns could be a list of edges.
    let form = Form::default().with_matrix(input.ends_with(".csv"));
    let options = ReadOptions::default().with_activation(Activation::Relu).with_form(form);
    let network = read_network_as(&path(input), &options).unwrap().network;
    let hash = sha256(&std::fs::read(path(input)).unwrap());
    let text = std::fs::read_to_string(path(&format!("certificate_{name}.json"))).unwrap();
    let list = std::fs::read_to_string(path(&format!("certificate_{name}.txt"))).unwrap();
    let coq: BTreeMap<&str, &str> = list.lines().map(|line| line.split_once(' ').unwrap()).collect();
    assert_eq!(coq.len(), 10, "{name}");

    let proved = check(text.as_bytes(), &hash, &network).unwrap();
    assert_eq!((coq["check_gap"], coq["check_radius"]), ("true", "true"), "{name}");
    for (field, value) in [
        ("upper_cost", &proved.upper_cost),
        ("lower_cost", &proved.lower_cost),
        ("grad_sq", &proved.grad_sq),
        ("least_laplacian", &proved.lam),
    ] {
        assert_eq!(value.to_string(), coq[field], "{name}: {field}");
    }
    let claiming = |field: &str, by: i32| {
        let mut value = opened(&text);
        value[field] = hexadecimal(&(integer(&value[field]) + by));
        check(resealed(&value).as_bytes(), &hash, &network)
    };
    for claim in ["check_gap:gap-1", "check_radius:radius-1", "check_radius:lam+1", "check_radius:vmax-1"] {
        assert_eq!(coq[claim], "false", "{name}: {claim}");
    }
    assert!(matches!(claiming("gap", -1), Err(Refused::Gap { .. })), "{name}");
    assert!(matches!(claiming("radius", -1), Err(Refused::Radius { .. })), "{name}");
    assert!(matches!(claiming("lam", 1), Err(Refused::Lam { .. })), "{name}");
    assert!(matches!(claiming("vmax", -1), Err(Refused::Vmax { .. })), "{name}");
}

#[test]
fn the_checker_computes_what_coq_computes() {
    let vectors = [
        ("p1", "certificate_p1.csv"),
        ("p2", "certificate_p2.csv"),
        ("p3", "certificate_p3.csv"),
        ("half", "certificate_half.csv"),
        ("reducible", "certificate_reducible.csv"),
        ("gains", "certificate_p2.csv"),
        ("world", "certificate_world.safetensors"),
    ];
    for (name, input) in vectors {
        compare(name, input);
    }
    // None is left out.
    let files = std::fs::read_dir(path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.filter(|name| name.starts_with("certificate_") && name.ends_with(".txt")).count(), vectors.len());
}
