//! The sha256 of bytes, and of what passes through a reader.

#[cfg(feature = "io")]
use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The sha256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(Sha256::new_with_prefix(bytes))
}

fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A reader that hashes what it hands out.
#[cfg(feature = "io")]
pub(crate) struct Hashed<R> {
    inner: R,
    hasher: Sha256,
}

#[cfg(feature = "io")]
impl<R: Read> Hashed<R> {
    pub fn new(inner: R) -> Self {
        Hashed { inner, hasher: Sha256::new() }
    }

    /// The sha256 of everything, also of what nobody has asked for yet.
    ///
    /// # Errors
    /// If the rest cannot be read.
    pub fn finish(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(hexadecimal(self.hasher))
    }
}

#[cfg(feature = "io")]
impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of FIPS 180-2, appendix B.
    #[test]
    fn published_vectors() {
        for (text, digest) in [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            assert_eq!(sha256(text.as_bytes()), digest);
        }
    }

    #[cfg(feature = "io")]
    #[test]
    fn a_reader_that_stops_early_is_hashed_to_the_end_and_nothing_twice() {
        let text: Vec<u8> = (0..100_000_u32).map(|k| (k % 251) as u8).collect();
        for taken in [0, 1, 777, text.len()] {
            let mut hashed = Hashed::new(&text[..]);
            let mut some = vec![0; taken];
            hashed.read_exact(&mut some).unwrap();
            assert_eq!(some, text[..taken]);
            assert_eq!(hashed.finish().unwrap(), sha256(&text), "{taken}");
        }
    }
}
