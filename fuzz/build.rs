//! The command line names the version of its program.

fn main() {
    println!("cargo::rustc-env=SYNBAL_VERSION=fuzz");
    println!("cargo::rerun-if-changed=build.rs");
}
