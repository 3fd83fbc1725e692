//! The sha256 that comes with a network is that of the file it was read from, in one reading.

use std::sync::atomic::{AtomicBool, Ordering};

use synbal::io::{ReadOptions, read_network, read_network_hashed};
use synbal::network::Activation;
use synbal::sha256::sha256;

use super::file;

#[test]
fn it_is_of_the_whole_file_in_every_format() {
    let (folder, mtx) = file(
        "a.mtx",
        // What follows the last entry is no number, and is hashed all the same.
        "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 1.5\n3 1 -2\n\n\n",
    );
    let mut network = read_network(&mtx, Activation::Linear).unwrap().network;
    let mut paths = vec![mtx];
    for name in ["b.mtx", "b.npy", "b.csv", "b.safetensors"] {
        let path = folder.path().join(name);
        // Larger than any buffer on the way.
        network.weights =
            synbal::network::random::random_network(&mut synbal::network::random::stream(1, 0), 200, 0.5, 1.0).unwrap();
        synbal::io::write_network(&path, &network).unwrap();
        paths.push(path);
    }
    for path in paths {
        let (loaded, found) = read_network_hashed(&path, &options()).unwrap();
        assert_eq!(found, sha256(&std::fs::read(&path).unwrap()), "{path:?}");
        assert_eq!(loaded, read_network(&path, Activation::Linear).unwrap(), "{path:?}");
    }
}

struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Two readings could be of two files: the numbers of one, the hash of the other. Here somebody puts another file in
/// place all the time; what is read must be one of the two, whole.
#[test]
fn numbers_and_hash_are_of_the_same_bytes_even_if_the_file_is_replaced_meanwhile() {
    let text = |value: u32| {
        let entries: String = (1..=2000).map(|i| format!("{i} {} {value}\n", i % 2000 + 1)).collect();
        format!("%%MatrixMarket matrix coordinate real general\n2000 2000 2000\n{entries}")
    };
    let texts = [text(1), text(2)];
    let hashes = texts.each_ref().map(|text| sha256(text.as_bytes()));
    let (folder, path) = file("a.mtx", &texts[0]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while !done.load(Ordering::Relaxed) {
                let other = folder.path().join("other");
                std::fs::write(&other, &texts[turn % 2]).unwrap();
                std::fs::rename(&other, &path).unwrap();
                turn += 1;
            }
        });
        // Also where an assertion fails, or the test would wait for the other thread for ever.
        let _guard = Done(&done);
        let mut seen = [0, 0];
        for _ in 0..10_000 {
            let (loaded, hash) = read_network_hashed(&path, &options()).unwrap();
            let value = loaded.network.weights.values()[0];
            let which = (value - 1.0) as usize;
            assert_eq!(hash, hashes[which], "numbers of one file, hash of the other");
            seen[which] += 1;
            if seen.iter().all(|&times| times >= 50) {
                break;
            }
        }
        assert!(seen.iter().all(|&times| times > 0), "{seen:?}: the file was never replaced");
    });
}

fn options() -> ReadOptions {
    ReadOptions::default().with_activation(Activation::Linear)
}
