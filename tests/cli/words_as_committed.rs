//! What the commands say and write, word for word and digit for digit, as it was when someone last looked: see tests/support/figures.rs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::figures::Figures;
use super::models::{RNN, model};
use super::{CELEGANS, command, scratch};

/// Runs the commands one after the other in one folder: of each its exit status, what it said, and the files that it wrote.
fn as_committed(name: &str, folder: &TempDir, commands: &[&str]) {
    let mut figures = Figures::of(&format!("cli/{name}"));
    let mut before = contents(folder.path());
    for line in commands {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = command(folder.path(), &arguments).env("RAYON_NUM_THREADS", "2").output().unwrap();
        figures.text(format!("$ synbal {line}: {}", output.status));
        for (stream, bytes) in [("", output.stdout), ("2> ", output.stderr)] {
            let text = String::from_utf8(bytes).unwrap();
            if text.len() > 6000 {
                figures.long(format!("  {stream}..."), &without_what_differs(&text));
            } else {
                text.lines().for_each(|line| figures.text(format!("  {stream}{}", without_what_differs(line))));
            }
        }
        let after = contents(folder.path());
        for (file, text) in after.iter().filter(|(file, text)| before.get(*file) != Some(text)) {
            figures.long(format!("  {file}"), text);
        }
        before = after;
    }
    figures.compare();
}

/// The files of a folder, without what differs.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let text = fs::read(entry.path()).unwrap().iter().map(|&byte| char::from(byte)).collect::<String>();
        (entry.file_name().into_string().unwrap(), without_what_differs(&text))
    };
    fs::read_dir(folder).unwrap().map(file).collect()
}

/// Without what differs between runs and builds: seconds, as `0.12 s` and as JUnit and JSON have them, and the version.
fn without_what_differs(text: &str) -> String {
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(digits) {
        let mut number = rest[at..].find(|letter| !digits(letter)).unwrap_or(rest.len() - at);
        if let Some(exponent) = rest[at + number..].strip_prefix("e-") {
            number += 2 + exponent.find(|letter| !digits(letter)).unwrap_or(exponent.len());
        }
        let (head, tail) = (&rest[..at], &rest[at + number..]);
        kept.push_str(head);
        // What the program calls itself names the commit that it was built from.
        if (head.ends_with("synbal ") || head.ends_with('v')) && tail.starts_with(" (") {
            kept.push('#');
            rest = tail.split_once(')').map_or("", |(_, after)| after);
            continue;
        }
        let seconds = tail.strip_prefix(" s").is_some_and(|tail| !tail.starts_with(char::is_alphanumeric));
        let time = ["time=\"", "\"seconds\": "].iter().any(|key| head.ends_with(key));
        kept.push_str(if seconds || time { "#" } else { &rest[at..at + number] });
        rest = tail;
    }
    kept + rest
}

/// Beside the small network: the worm, a chain, one without a synapse, one of a single neuron, two with inputs and outputs, and files
/// that cannot be read.
fn networks() -> TempDir {
    let folder = scratch();
    let at = |name: &str| folder.path().join(name);
    fs::copy(CELEGANS, at("worm.mtx")).unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    fs::copy(vectors.join("certificate_world.safetensors"), at("relu.safetensors")).unwrap();
    fs::copy(vectors.join("degree_certificate_world.safetensors"), at("mixed.safetensors")).unwrap();
    for (name, text) in [
        ("chain.csv", "0,0,0,0\n2,0,0,0\n0,3,0,0\n0,0,4,0\n"),
        ("three.csv", "0,1,0\n2,0,0\n0,3,0\n"),
        ("zeros.csv", "0,0\n0,0\n"),
        ("one.csv", "0.5\n"),
        ("loop.csv", "0.5,0\n2,0\n"),
        ("tabs.tsv", "0\t2\n3\t0\n"),
        ("bad.csv", "0,2\n3,x\n"),
    ] {
        fs::write(at(name), text).unwrap();
    }
    folder
}

#[test]
fn inspecting() {
    let commands = [
        "inspect small.csv",
        "inspect small.csv --p 1 --json",
        "inspect worm.mtx",
        "inspect chain.csv",
        "inspect zeros.csv",
        "inspect one.csv",
        "inspect tabs.tsv --transpose",
        "inspect bad.csv",
        "inspect loop.csv",
        "inspect three.csv",
        "inspect three.csv --matrix",
        "inspect mixed.safetensors",
        "inspect mixed.safetensors --world 0.5",
        "--quiet inspect mixed.safetensors --world 0.5",
        "--verbose inspect relu.safetensors --world 2",
        "inspect small.csv --activation rectified-power(2)",
        "inspect small.csv --activation tanh",
    ];
    as_committed("inspecting", &networks(), &commands);
}

#[test]
fn certifying_and_checking() {
    let commands = [
        "certify small.csv -o plain.json",
        "check plain.json small.csv",
        "check plain.json chain.csv",
        "check plain.json bad.csv",
        "check plain.json missing.csv",
        "check small.csv small.csv",
        "certify small.csv --p 0.5 -o half.json --coq half.v",
        "check half.json small.csv",
        "certify worm.mtx -o worm.json",
        "certify worm.mtx --within-components -o worm.json",
        "check worm.json worm.mtx",
        "certify tabs.tsv --p 1.5 -o tabs.json",
        "check tabs.json tabs.tsv",
        "certify small.csv --cost accumulated --steps 3 --discount 0.5 -o noise.json",
        "check noise.json small.csv",
        "certify relu.safetensors --world 0.5 -o world.json",
        "check world.json relu.safetensors",
        "certify mixed.safetensors --world 0.5 -o mixed.json",
        "check mixed.json mixed.safetensors",
        "certify relu.safetensors --world 2 --activation rectified-power(1.5) -o degree.json",
        "check degree.json relu.safetensors",
        "certify mixed.safetensors -o none.json",
        "certify tabs.tsv --activation rectified-power(2) -o none.json",
        "balance small.csv --scales scales.csv --tol 1e-3",
        "certify small.csv --scales scales.csv -o scales.json",
        "check scales.json small.csv",
        "certify zeros.csv -o zeros.json",
        "certify mixed.safetensors --world 1 --p 0.5 -o mixed_half.json",
        "check mixed_half.json mixed.safetensors",
        "check small.csv mixed_half.json",
    ];
    as_committed("certifying", &networks(), &commands);
}

#[test]
fn balancing() {
    let commands = [
        "balance small.csv",
        "balance small.csv -o out.csv --scales scales.npy",
        "balance small.csv -o out.csv --no-clobber",
        "balance small.csv -o out.npy --dtype f32",
        "balance small.csv -o out.npy --method osborne",
        "balance small.csv -o - --to csv",
        "balance small.csv --powers-of-two -o powers.csv --scales p.csv",
        "balance small.csv --max-passes 3 -o few.csv",
        "balance small.csv --method euler --stop-at-gradient 0.1",
        "balance small.csv --digits 30 --scales digits.csv -o digits.mtx",
        "balance small.csv -o none.csv2",
        "balance small.csv --cost accumulated --steps 2 --json",
        "balance small.csv --cost accumulated --steps 2",
        "balance small.csv --cost accumulated --steps 3 --discount 0.5",
        "balance worm.mtx",
        "balance worm.mtx --within-components -o worm.npz",
        "balance worm.mtx --within-components -o worm.csv.gz",
        "balance chain.csv --within-components -o chain.mtx",
        "balance zeros.csv -o zeros.mtx",
        "balance one.csv",
        "balance tabs.tsv -o tabs2.tsv",
        "balance bad.csv",
        "balance relu.safetensors --world 0.5 -o world.safetensors --scales world.csv",
        "balance relu.safetensors --world 0.5 --no-check -o world.npz",
        "balance relu.safetensors --world 0.5 --powers-of-two -o powers.safetensors",
        "balance relu.safetensors --world 0.5 -o world.mtx",
        "balance mixed.safetensors --world 0.5 -o mixed2.safetensors",
        "balance mixed.safetensors -o none.safetensors",
    ];
    as_committed("balancing", &networks(), &commands);
}

#[test]
fn verifying_and_more() {
    let commands = [
        "verify small.csv --junit small.xml",
        "verify chain.csv --within-components --github",
        "verify chain.csv",
        "verify small.csv zeros.csv --max-passes 5 --junit two.xml --github",
        "verify small.csv --json",
        "experiment two-neurons --quick",
        "experiment two-neurons --quick --json",
        "experiment two-neurons robustness-identity --quick --json",
        "generate flyvis --extent 1 -o fly.mtx",
        "generate flyvis --extent 1 --model 3 -o fly.safetensors --names fly.csv",
        "generate flyvis --extent 1 --inputs uniform --outputs per-neuron -o both.safetensors",
        "generate flyvis --extent 1 --seed 3 -o no.mtx",
        "generate quadratic -o quadratic.safetensors",
        "generate quadratic --seed 2 -o quadratic.safetensors",
        "train teacher --neurons 5 --iterations 5 --seed 3 -o taught.safetensors",
        "man",
        "completions bash",
    ];
    as_committed("verifying", &networks(), &commands);
}

/// What people bring: models of PyTorch, tables and edges with names, a graph, factors of neurons, a layout file.
fn files_of_strangers() -> TempDir {
    let folder = networks();
    let at = |name: &str| folder.path().join(name);
    let kernel: [(&str, &[usize]); 2] = [("0.weight", &[3, 2, 3]), ("1.weight", &[2, 3, 3])];
    let untold = [&RNN[..], &[("table.weight", &[7, 4])]].concat();
    let deep: [(&str, &[usize]); 6] = [
        ("0.weight", &[4, 3]),
        ("0.bias", &[4]),
        ("2.weight", &[4, 4]),
        ("2.bias", &[4]),
        ("4.weight", &[2, 4]),
        ("4.bias", &[2]),
    ];
    fs::write(at("rnn.safetensors"), model(&RNN)).unwrap();
    fs::write(at("kernel.safetensors"), model(&kernel)).unwrap();
    fs::write(at("untold.safetensors"), model(&untold)).unwrap();
    fs::write(at("deep.safetensors"), model(&deep)).unwrap();
    for (name, text) in [
        ("table.csv", ",AVA,AVB,\"PVC, left\"\nAVA,0,1.5,0\nAVB,2,0,0.25\n\"PVC, left\",0,3,0\n"),
        ("edges.csv", "pre,post,weight\nAVA,AVB,2\nAVB,AVA,1.5\nAVB,PVC,3\nPVC,AVB,0.25\n"),
        ("twice.csv", "pre,post\nAVA,AVB\nAVB,AVA\nAVA,AVB\n"),
        ("lists.csv", "0,1,2\n1,0,3\n1,2,4\n2,1,0.5\n"),
        ("saved.txt", "0.0 1.5 0.0 1.0\n2.0 0.0 0.25 0.0\n0.0 3.0 0.0 2.0\n1.0 0.0 0.5 0.0\n"),
        ("gains.csv", "1\n0.5\n0.001\n0.25\n"),
        ("gains_of_names.csv", "neuron,gain\nAVA,0.5\nAVB,1\n\"PVC, left\",0.0001\n"),
        ("few.csv", "1\n0.5\n"),
        (
            "graph.graphml",
            "<graphml><key id=\"d\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/><graph edgedefault=\"directed\"><node id=\"a\"/>\
             <node id=\"b\"/><edge source=\"a\" target=\"b\"><data key=\"d\">4</data></edge><edge source=\"b\" target=\"a\">\
             <data key=\"d\">1</data></edge></graph></graphml>",
        ),
        (
            "layout.toml",
            "activation = \"relu\"\nuntouched = [\"fc.bias\"]\n[tensors]\n\"rnn.weight_ih_l0\" = [\"target cell\", \"outside\"]\n\
             \"rnn.weight_hh_l0\" = [\"target cell\", \"source cell\"]\n\"rnn.bias_ih_l0\" = [\"target cell\"]\n\
             \"rnn.bias_hh_l0\" = [\"target cell\"]\n\"fc.weight\" = [\"outside\", \"source cell\"]\n",
        ),
    ] {
        fs::write(at(name), text).unwrap();
    }
    folder
}

#[test]
fn models_of_strangers() {
    let commands = [
        "inspect rnn.safetensors",
        "inspect rnn.safetensors --activation relu --world 1",
        "inspect rnn.safetensors --activation leaky-relu(0.1) --json",
        "balance rnn.safetensors --activation relu --world 1 -o out.safetensors --scales out.csv",
        "balance rnn.safetensors --activation relu --world 1 -o out.safetensors --in-place",
        "balance rnn.safetensors --activation relu --world 1 --dtype f16 -o half.safetensors",
        "balance rnn.safetensors --activation relu --world 1 --dtype bf16 --powers-of-two -o brain.safetensors",
        "balance rnn.safetensors --activation relu --world 1 --digits 40 -o digits.safetensors --scales digits.csv",
        "balance rnn.safetensors --activation relu --world 1 --json",
        "balance rnn.safetensors --activation relu --p 1 -o rnn.safetensors",
        "balance rnn.safetensors --activation relu --p 1 -o rnn.safetensors --in-place",
        "balance rnn.safetensors --activation relu --transpose",
        "balance untold.safetensors --activation relu",
        "balance untold.safetensors --activation relu --untouched table.weight -o untouched.npz",
        "balance untold.safetensors --activation relu --untouched tables.weight",
        "inspect untouched.npz --activation relu --untouched table.weight",
        "balance rnn.safetensors --activation relu --layout layout.toml",
        "balance rnn.safetensors --layout layout.toml --world 0.5 -o told.safetensors",
        "certify rnn.safetensors --layout layout.toml --world 0.5 -o told.json",
        "check told.json rnn.safetensors --layout layout.toml",
        "check told.json rnn.safetensors",
        "inspect deep.safetensors --activation relu",
        "balance deep.safetensors --activation relu --world 1 -o deep2.safetensors",
        "balance deep.safetensors --activation relu --within-components",
        "certify deep.safetensors --activation relu --world 1 -o deep.json",
        "check deep.json deep.safetensors",
        "check deep.json rnn.safetensors",
        "balance kernel.safetensors --activation relu --world 1 --p 3",
        "certify kernel.safetensors --activation relu --world 1 --p 3 -o kernel.json",
        "check kernel.json kernel.safetensors",
        "certify kernel.safetensors --activation relu --world 1 --p 0.75 -o kernel.json",
        "check kernel.json kernel.safetensors",
        "certify kernel.safetensors --activation relu --world 1 --p 3 -o kernel.safetensors",
    ];
    as_committed("models", &files_of_strangers(), &commands);
}

#[test]
fn tables_of_strangers() {
    let commands = [
        "inspect table.csv",
        "inspect table.csv --json",
        "balance table.csv -o named.csv --scales scales.csv",
        "balance table.csv -o named.csv --no-clobber",
        "balance table.csv -o named.mtx --scales scales.npy",
        "balance table.csv --json",
        "balance table.csv --edges pre,post,weight",
        "balance edges.csv --edges pre,post,weight -o edges2.csv --scales names.csv",
        "balance edges.csv --edges pre,post,weight -o edges2.tsv",
        "balance edges.csv --edges pre,post,strength",
        "inspect edges.csv",
        "inspect twice.csv --edges pre,post",
        "inspect lists.csv --edges 1,2,3",
        "inspect lists.csv --matrix",
        "inspect lists.csv",
        "balance saved.txt -o saved.csv",
        "balance saved.txt --transpose -o saved.npy",
        "balance saved.npy -o saved.mtx.gz",
        "balance saved.mtx.gz -o - --to mtx",
        "balance saved.npy --variable w",
        "inspect graph.graphml",
        "balance graph.graphml -o graph.csv",
        "balance graph.graphml -o graph2.graphml",
        "balance small.csv --gains gains.csv",
        "balance small.csv --gains few.csv",
        "balance saved.txt --gains gains.csv",
        "balance table.csv --gains gains_of_names.csv",
        "balance edges.csv --edges pre,post,weight --gains gains_of_names.csv",
        "balance small.csv --gains gains_of_names.csv",
        "balance saved.txt --gains gains.csv --gain-floor 0.01 -o gains.mtx",
        "certify saved.txt --gains gains.csv --gain-floor 0.01 -o gains.json",
        "check gains.json saved.txt",
        "certify table.csv -o table.json",
        "check table.json table.csv",
        "check table.json saved.txt",
        "certify saved.txt --transpose --coq turned.v -o turned.json",
        "check turned.json saved.txt",
        "check turned.json saved.txt --transpose",
        "certify small.csv -o small.csv",
        "balance small.csv -o both.csv --scales both.csv",
        "balance small.csv -o both.csv --stop-at-gradient 1e-3",
        "balance small.csv --method newton --stop-at-gradient 1e-3",
        "balance small.csv --method rk4 --max-passes 20 -o early.csv",
        "balance small.csv --method none",
        "balance small.csv --tol 1e-300",
        "balance small.csv --tol 0",
        "balance small.csv --p -1",
        "balance small.csv --cost accumulated --steps 0",
        "balance small.csv --cost accumulated --steps 5 --discount 2 --world 1",
        "balance small.csv --dtype f32",
        "verify saved.txt --transpose --method osborne --seed 3",
        "verify relu.safetensors --world 1 --p 1 --tol 1e-6",
        "verify mixed.safetensors --world 1",
        "train teacher --neurons 4 --iterations 4 --trials 3 --rate 0.1 --clip 0.5 --record-every 2 -o taught.safetensors",
        "train teacher --neurons 0 -o taught.safetensors",
        "train full-integration --neurons 4 --iterations 2 -o short.safetensors",
        "experiment two-neurons --quick --seed 3",
    ];
    as_committed("tables", &files_of_strangers(), &commands);
}

/// Files that came back as another model, or whose refusal said what was not so.
#[test]
fn models_that_are_something_else() {
    let folder = files_of_strangers();
    let at = |name: &str| folder.path().join(name);
    let rnn = &RNN[..4];
    type Shapes<'a> = Vec<(&'a str, &'a [usize])>;
    let models: [(&str, Shapes<'_>); 7] = [
        ("hand", vec![("rnn.input2h.weight", &[4, 3]), ("rnn.h2h.weight", &[4, 4]), ("fc.weight", &[2, 4])]),
        ("beside", [rnn, &[("fc.weight", &[2, 7])]].concat()),
        ("state", [&RNN[..], &[("h0", &[1, 2, 4])]].concat()),
        ("own", vec![("w_rec", &[4, 4]), ("w_in", &[4, 3]), ("w_out", &[2, 4]), ("b", &[4]), ("x0", &[4])]),
        ("bare", vec![("w_rec", &[3, 3])]),
        ("norm", vec![("a.weight", &[4, 3, 3]), ("n.weight", &[5]), ("n.bias", &[5]), ("b.weight", &[2, 4, 3])]),
        ("matrix", vec![("W.weight", &[3, 3])]),
    ];
    for (name, tensors) in models {
        fs::write(at(&format!("{name}.safetensors")), model(&tensors)).unwrap();
    }
    // The second neuron reaches no output.
    let mut dead = model(&[("0.weight", &[4, 3]), ("0.bias", &[4]), ("2.weight", &[2, 4])]);
    let last = dead.len() - 2 * 4 * 4;
    for entry in [1, 5] {
        dead[last + 4 * entry..last + 4 * entry + 4].fill(0);
    }
    fs::write(at("dead.safetensors"), dead).unwrap();
    for (name, text) in [
        ("titled.txt", "# A B\n0 1\n2 0\n"),
        ("more.csv", "pre,post,weight,delay,type\nb,a,2,5,exc\na,b,8,1,inh\nb,c,1,2,exc\nc,b,3,1,exc\nd,a,0,1,exc\n"),
        ("factors.csv", "1\n4\n9\n1\n"),
        (
            "bare.graphml",
            "<graphml><graph edgedefault=\"directed\"><node id=\"a\"/><edge source=\"a\" target=\"a\"/></graph></graphml>",
        ),
        (
            "typo.toml",
            "activation = \"relu\"\nuntouched = [\"fc.bias\"]\n[tensors]\n\"rnn.weight_ih_l0\" = [\"target cell\", \"outside\"]\n\
             \"rnn.weight_hh_l0\" = [\"target cell\", \"source cell\"]\n\"rnn.bias_ih_l0\" = [\"target cel\"]\n\
             \"rnn.bias_hh_l0\" = [\"target cell\"]\n\"fc.weight\" = [\"outside\", \"source cell\"]\n",
        ),
    ] {
        fs::write(at(name), text).unwrap();
    }
    let commands = [
        "balance hand.safetensors --activation relu --world 1 -o none.safetensors",
        "balance beside.safetensors --activation relu -o none.safetensors",
        "balance beside.safetensors --activation relu --untouched fc.weight -o beside2.safetensors",
        "balance state.safetensors --activation rectified-power(2) --world 1 -o state2.safetensors",
        "balance own.safetensors --activation rectified-power(2) --world 1 -o own2.safetensors",
        "balance bare.safetensors --activation relu -o bare2.safetensors",
        "balance bare.safetensors --activation relu --powers-of-two -o bare3.safetensors",
        "balance dead.safetensors --activation relu --world 1",
        "inspect dead.safetensors --activation relu --world 1",
        "inspect dead.safetensors --activation relu",
        "balance norm.safetensors --activation relu --world 1",
        "balance norm.safetensors --activation relu --world 1 --untouched n.weight --untouched n.bias",
        "inspect matrix.safetensors --activation relu",
        "balance rnn.safetensors --layout typo.toml",
        "balance titled.txt -o titled.csv",
        "balance titled.txt -o -",
        "balance more.csv --edges pre,post,weight --gains factors.csv -o more2.csv",
        "inspect more2.csv --edges source,target,weight --gains factors.csv",
        "inspect bare.graphml",
    ];
    as_committed("elsewhere", &folder, &commands);
}
