//! What is said of a file and makes no difference to how it is read is refused: whoever said it expects one.

use std::fs;

use synbal::io::layouts::LayoutOptions;
use synbal::io::{Form, ReadError, ReadOptions, read_network_as, write_network};
use synbal::network::{Activation, Network, Weights};

#[test]
fn what_does_not_apply_to_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let weights = Weights::from_triplets(2, vec![(0, 1, 2.0), (1, 0, 3.0)]).unwrap();
    let network = Network::recurrent(weights, Activation::Relu);
    let path = |ending: &str| folder.path().join(format!("network.{ending}"));
    for ending in ["mtx", "npy", "csv", "safetensors"] {
        write_network(&path(ending), &network).unwrap();
    }
    let graph = "<graphml><graph edgedefault=\"directed\"><node id=\"a\"/><node id=\"b\"/>\
        <edge source=\"a\" target=\"b\"/><edge source=\"b\" target=\"a\"/></graph></graphml>";
    fs::write(path("graphml"), graph).unwrap();
    let form = Form::default;
    let said = [
        ("transpose", ReadOptions::default().with_form(form().with_transpose(true))),
        ("matrix", ReadOptions::default().with_form(form().with_matrix(true))),
        (
            "edges",
            ReadOptions::default()
                .with_form(form().with_edges("1,2".parse::<synbal::io::edges::EdgeColumns>().unwrap())),
        ),
        ("variable", ReadOptions::default().with_form(form().with_variable("w".to_owned()))),
        (
            "untouched",
            ReadOptions::default().with_layout(LayoutOptions::default().with_untouched(vec!["w".to_owned()])),
        ),
    ];
    let refused = [
        ("mtx", &["edges", "variable", "untouched"][..]),
        ("npy", &["edges", "variable", "untouched"]),
        ("csv", &["variable", "untouched"]),
        ("graphml", &["edges", "untouched"]),
        ("safetensors", &["edges", "transpose", "variable"]),
    ];
    for (ending, refused) in refused {
        for (what, options) in &said {
            let read = read_network_as(&path(ending), options);
            let not_applied = matches!(read, Err(ReadError::DoesNotApply { .. }));
            assert_eq!(
                not_applied,
                refused.contains(what),
                "{what} of {ending}: {:?}",
                read.map(|loaded| loaded.notices)
            );
        }
    }
    let read = read_network_as(&path("safetensors"), &said[0].1);
    let message = read.unwrap_err().to_string();
    let expected = ": that rows are sources was given, but the file holds a whole model, to which that does not apply: leave it out";
    assert!(message.ends_with(expected), "{message}");
}
