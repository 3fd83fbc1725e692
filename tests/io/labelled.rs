//! Tables whose rows and columns have names, as data frames and spreadsheets are written.

use synbal::io::csv::CsvError;
use synbal::io::labelled::LabelledError as Error;
use synbal::io::{
    Form, Loaded, NAMES_LEFT_OUT, NumberError, ReadError, ReadOptions, WriteError, read_network_as, write_named_network,
};
use synbal::network::{Activation, Network, NetworkError};

use crate::bad_input::assert_error;
use crate::{bits, file, scratch, weights};

fn read(name: &str, text: &str, matrix: bool) -> Result<Loaded, ReadError> {
    let (_folder, path) = file(name, text);
    read_network_as(&path, &ReadOptions::default().with_form(Form::default().with_matrix(matrix)))
}

#[test]
fn names_are_read_wherever_they_are_written() {
    let matrix = read("t.csv", "0,2\n0.5,0\n", false).unwrap().network.weights;
    for (name, text, told, names) in [
        // pandas, with an index that has a name and with one of numbers; a spreadsheet's mark and semicolons; R's two ways.
        ("t.csv", ",a,b\na,0,2\nb,0.5,0\n", false, ["a", "b"]),
        ("t.csv", "cell,a,b\r\na,0.0,2.0\r\nb,0.5,0.0\r\n", false, ["a", "b"]),
        ("t.csv", ",0,1\n0,0,2\n1,0.5,0\n", false, ["0", "1"]),
        ("t.csv", "\u{feff};a;b\na;0;2\nb;0.5;0\n", false, ["a", "b"]),
        ("t.csv", ",\"a;\",b\n\"a;\",0,2\nb,0.5,0\n", false, ["a;", "b"]),
        ("t.csv", "\"\",\"x, y\",\"b \"\"2\"\"\"\n\"x, y\",0,2\n\"b \"\"2\"\"\",0.5,0\n", false, ["x, y", "b \"2\""]),
        ("t.tsv", "a\tb\na\t0\t2\nb\t0.5\t0\n", false, ["a", "b"]),
        // Names of columns alone are believed if the table is said to be a matrix.
        ("t.csv", "a,b\n0,2\n0.5,0\n", true, ["a", "b"]),
    ] {
        let Loaded { network, names: found, notices, .. } = read(name, text, told).unwrap();
        assert_eq!((network.weights, found), (matrix.clone(), Some(names.map(str::to_owned).to_vec())), "{text:?}");
        assert!(notices[0].starts_with("read as a table of 2 named neurons"), "{notices:?}");
        assert_eq!(notices.len(), 1 + usize::from(text.contains("a;b")), "{notices:?}");
    }
    // Numbers alone, between what else than commas: a spreadsheet, NumPy, MATLAB.
    for (name, text, delimiter) in [
        ("t.csv", "0;2\n0.5;0\n", "a semicolon"),
        ("t.txt", "0.0e+00 2.0e+00\n5.0e-01 0.0e+00\n", "a space"),
        ("t.txt", "   0.0000e+00   2.0000e+00\r\n   5.0000e-01\t  0.0000e+00 \r\n", "a space"),
        ("t.txt", "0\t2\n0.5\t0\n", "a tab"),
        ("t.txt", "0, 2\n0.5, 0\n", "a comma"),
    ] {
        let Loaded { network, names, notices, .. } = read(name, text, false).unwrap();
        assert_eq!((network.weights, names), (matrix.clone(), None), "{text:?}");
        assert_eq!(notices, [format!("the delimiter is {delimiter}")], "{text:?}");
    }
}

#[test]
fn what_is_no_such_table_is_said_with_its_place() {
    let refused = |text: &str| -> Result<(), Error> {
        match read("t.csv", text, false) {
            Err(ReadError::Labelled { error, .. }) => Err(error),
            other => panic!("{text:?}: {other:?}"),
        }
    };
    let is_b = |name: &str| name == "b";
    assert_error!(refused(",a,\na,0,2\n,0.5,0\n"), Error::NoName { column: 3 });
    assert_error!(refused(",b,b\nb,0,2\nb,0.5,0\n"), Error::Duplicate { name } if is_b(&name));
    assert_error!(refused(",a,b\na,0,2\nb,0.5\n"), Error::UnequalRows { line: 3, found: 2, expected: 3 });
    assert_error!(
        refused(",a,b\nb,0.5,0\na,0,2\n"),
        Error::OtherName { line: 2, row, column } if is_b(&row) && column == "a"
    );
    assert_error!(
        refused(",a,b\na,0,\nb,0.5,0\n"),
        Error::BadNumber { line: 2, column: 3, error: NumberError::Absent }
    );
    // Blank lines and those that end with two bytes count as in an editor.
    assert_error!(
        refused(",a,b\r\na,0,2\r\n\r\n\r\nb,0.5,x\r\n"),
        Error::BadNumber { line: 5, column: 3, error: NumberError::NotANumber { .. } }
    );
    assert_error!(refused(",a,b\na,0,2\n"), Error::NotSquare { rows: 1, columns: 2 });
    // One row too many has no column to be named after.
    assert_error!(refused(",a,b\na,0,2\nb,0.5,0\nc,1,1\n"), Error::NotSquare { rows: 3, columns: 2 });
}

#[test]
fn what_may_be_a_list_of_edges_or_is_a_bad_number_is_not_taken_for_names() {
    for text in [
        "source,target,weight\na,b,1\nb,a,2\n",
        "pre,post,n\n0,1,1\n1,0,2\n",
        ",pre,post\n0,a,b\n1,b,a\n",
        "a,b\n0,2\n0.5,0\n",
    ] {
        assert_error!(read("t.csv", text, false), ReadError::Csv { error: CsvError::LooksLikeEdges { .. }, .. });
    }
    assert_error!(
        read("t.csv", "nan,1\n1,0\n", false),
        ReadError::Csv { error: CsvError::BadNumber { line: 1, column: 1, error: NumberError::NotFinite { .. } }, .. }
    );
    // A comma as the decimal point is no number, whatever is between the numbers.
    assert_error!(
        read("t.csv", "0;2,5\n0,5;0\n", false),
        ReadError::Csv { error: CsvError::BadNumber { line: 1, column: 2, error: NumberError::NotANumber { .. } }, .. }
    );
}

#[test]
fn what_is_written_is_read_back() {
    let names = ["AVA, left", "a \"b\"", "c", "1"].map(str::to_owned);
    let rows =
        weights(&[&[0.0, 1.5, 0.0, 1e-300], &[-0.1, 0.0, 0.0, 0.0], &[0.0, 0.0, 0.3, 0.0], &[0.0, 7.0, 0.0, 0.0]]);
    let network = Network::recurrent(rows, Activation::Relu);
    let folder = scratch();
    for name in ["t.csv", "t.tsv"] {
        let path = folder.path().join(name);
        assert_eq!(write_named_network(&path, &network, Some(&names[..])).unwrap(), Vec::<String>::new());
        let read = read_network_as(&path, &ReadOptions::default()).unwrap();
        let given: Vec<_> =
            bits(&network.weights).into_iter().filter(|&(_, _, bits)| f64::from_bits(bits) != 0.0).collect();
        assert_eq!((bits(&read.network.weights), read.names), (given, Some(names.to_vec())), "{name}");
    }
    let path = folder.path().join("t.csv");
    assert_error!(
        write_named_network(&path, &network, Some(&names[..3])),
        WriteError::InvalidNetwork { error: NetworkError::WrongShape { what: "the names", rows: 3, .. }, .. }
    );
    let path = folder.path().join("t.mtx");
    assert_eq!(write_named_network(&path, &network, Some(&names[..])).unwrap(), [NAMES_LEFT_OUT]);
    assert_eq!(write_named_network(&path, &network, None).unwrap(), Vec::<String>::new());
}

#[test]
fn names_that_could_not_be_read_back_are_refused() {
    let network = Network::recurrent(weights(&[&[0.0, 2.0], &[3.0, 0.0]]), Activation::Relu);
    let folder = scratch();
    let path = folder.path().join("t.csv");
    let refused = |names: [&str; 2]| match write_named_network(&path, &network, Some(&names.map(str::to_owned)[..])) {
        Err(WriteError::BadNames { error, .. }) => error,
        other => panic!("{names:?}: {other:?}"),
    };
    assert!(matches!(refused(["a", ""]), Error::NoName { column: 3 }));
    assert!(matches!(refused(["a", "a"]), Error::Duplicate { .. }));
    let error = refused(["a", " b"]);
    assert_eq!(error.to_string(), r#"neuron 1 (counted from 0) is called " b", which would be read as "b"; rename it"#);
    assert!(!path.exists());
    assert!(matches!(refused(["a\nb", "c"]), Error::NotRecognised));
    let kept = ["a;b", "\u{feff}a\"b\"\r,\t'"].map(str::to_owned);
    write_named_network(&path, &network, Some(&kept[..])).unwrap();
    assert_eq!(read_network_as(&path, &ReadOptions::default()).unwrap().names, Some(kept.to_vec()));
}
