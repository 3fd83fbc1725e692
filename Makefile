# The two commands: `make report` (the main job) and `make test` (all tests, proofs included).
# Each installs what a fresh Debian machine lacks, and says what.

.PHONY: report test rust-test proofs proofs-check baseline peers instructions trained trained-paper pytorch int8 pages faults mpi python python-torch python-timing

REPORT := synbal-report

report:
	@.ci/setup build
	cargo run --release --locked --quiet -- report --out $(REPORT)

test: rust-test proofs

# All of Rust's. The second line is what takes minutes and a developer's own `cargo test` leaves out.
rust-test:
	@.ci/setup test
	cargo test --locked --workspace --quiet
	cargo test --locked --workspace --test numerics --quiet -- --ignored

# Builds every proof from the tracked files, compares what the statements mean with the committed digests, has Coq's
# independent checker list the axioms, and tries to fool all this; then has certificates that the program makes checked by
# Coq and by the checker extracted from the proofs.
proofs:
	@.ci/setup proofs
	proofs/check
	proofs/attacks
	proofs/check-certificates $(CERTIFICATES)

# The same with the fly's largest network and ten times as many random certificates; some minutes more.
proofs-check: CERTIFICATES := --full
proofs-check: proofs

# Renews the committed reference report (reports/) after a change that is meant to change numbers.
baseline:
	@.ci/setup build
	rm -rf reports/figures reports/networks reports/claims reports/experiments
	cargo run --release --locked --quiet -- report --out reports

# Looks at the pages of a report in a real browser (Debian's chromium), and sees that every fault of a page is noticed.
pages:
	@.ci/setup pages
	tests/pages/check $(REPORT)
	tests/pages/broken $(REPORT)

# Puts faults into a copy of the sources, one at a time: forgotten factors of a layout must be seen by the layouts' test. Some
# twenty minutes of one core.
faults:
	@.ci/setup build
	@.ci/setup test
	tests/faults/run

# Trains the stored networks of short trials again and compares every byte; about a minute.
trained:
	@.ci/setup build
	data/trained/remake

# The same for the networks of the authors' recipe: about five minutes of one idle core for each of seven, two at a time.
# Interrupted, it goes on from its checkpoints.
trained-paper:
	@.ci/setup build
	data/trained/remake --paper

# Runs synbal beside its peers (NumPy, SciPy, LAPACK, numba; in a Python environment of its own under target/), and
# writes reports/peers.md and reports/peers.json. About half an hour.
peers:
	benches/peers/run

# Counts instructions under valgrind and compares them with the committed baseline: no wall clock.
instructions:
	@.ci/setup build
	@.ci/setup instructions
	benches/instructions/run

# The work of one process by several, held against it byte for byte: 1 to 4 of them, killed ones, ones without memory; and on several
# hosts, which are network namespaces (as root).
mpi:
	@.ci/setup build
	@.ci/setup mpi
	cargo build --locked --quiet --features mpi
	tests/mpi/check target/debug/synbal
	tests/mpi/hosts target/debug/synbal

# Models made by PyTorch itself (Debian's python3-torch), balanced, loaded back with strict=True and run.
pytorch:
	@.ci/setup build
	@.ci/setup pytorch
	cargo build --locked --quiet
	/usr/bin/python3 tests/pytorch/pytorch.py target/debug/synbal

# The Python package: pip install ./python[test] into a fresh environment under target/, and its tests.
python:
	@.ci/setup build
	@.ci/setup python
	python/check

# Its tests of PyTorch modules, with Debian's python3-torch (the registry's wheel brings gigabytes).
python-torch:
	@.ci/setup build
	@.ci/setup python
	@.ci/setup pytorch
	python/check torch

# Its time beside the library's own, on a dense matrix and on the fly's network; after `make python`.
python-timing:
	cargo build --release --locked --quiet
	target/python/bin/python python/benches/timing.py

# Per-tensor int8 quantisation of a ReLU network before and after balancing: the numbers in the README.
int8:
	@.ci/setup build
	@.ci/setup test
	cargo build --locked --quiet
	@for python in python3 /usr/bin/python3; do \
		if $$python -c 'import numpy' 2>/dev/null; then exec $$python examples/int8.py target/debug/synbal; fi; \
	done; echo "no python3 with NumPy" >&2; exit 1

# The long form of tests/reliability: 100,000 healthy networks through all claims, 1,000 with each of 20 sicknesses, 100,000 hostile
# ones through the library; some four hours of two cores. Ended, it goes on where it was. Writes reports/reliability.md.
.PHONY: reliability
reliability:
	@.ci/setup test
	tests/reliability/run

# Licences, sources and versions of everything that is built, against deny.toml; the archive that cargo publish would send, its
# size, and whether it builds by itself; the bill of materials.
.PHONY: supply-chain package sbom
supply-chain:
	tests/supply-chain/check

package:
	@.ci/setup build
	tests/supply-chain/package

sbom:
	@tests/supply-chain/sbom > synbal.cdx.json
	@echo "synbal.cdx.json"

# Mutation testing (cargo install cargo-mutants; .cargo/mutants.toml): one shard of all mutants of what decides something, or those
# of the files that differ from a commit. Some minutes a mutant on two cores; target/mutants.out has the table.
.PHONY: mutants mutants-changed mutants-sample
SHARD := 0/1000
SINCE := HEAD~1
MUTANTS := 100

mutants:
	cargo mutants --output target --no-shuffle --shard $(SHARD)

# MUTANTS drawn at random from all of them, in one build behind switches: half an hour for a hundred.
mutants-sample:
	tests/mutants/sample --count $(MUTANTS)

mutants-changed:
	git diff $(SINCE) > target/changed.diff
	cargo mutants --output target --in-diff target/changed.diff

# Made-up files through every reader, the checker of certificates, layout files and command lines: guided by what is covered
# (fuzz/run; cargo install cargo-fuzz), RUNS executions a target (10,000,000 take hours); or blindly, with no tool beside cargo.
.PHONY: fuzz fuzz-blind
RUNS := 10000000
FUZZ_CASES := 1000000

fuzz:
	fuzz/run $(RUNS)

fuzz-blind:
	FUZZ_CASES=$(FUZZ_CASES) cargo test --locked --test io -- fuzz
