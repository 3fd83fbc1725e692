# The two commands: `make report` (the main job) and `make test` (all tests, proofs included).
# Each installs what a fresh Debian machine lacks, and says what.

.PHONY: report test rust-test proofs proofs-check baseline peers instructions trained

REPORT := synbal-report

report:
	@.ci/setup build
	cargo run --release --locked --quiet -- report --out $(REPORT)

test: rust-test proofs

rust-test:
	@.ci/setup test
	cargo test --locked --quiet

# Builds every proof from the tracked files, compares what the statements mean with the committed digests, has Coq's
# independent checker list the axioms, and tries to fool all this; then has certificates that the program makes checked by
# Coq and by the checker extracted from the proofs.
proofs:
	@.ci/setup proofs
	proofs/check
	proofs/attacks
	proofs/check-certificates

# The same with the fly's largest network and ten times as many random certificates; some minutes more.
proofs-check: proofs
	proofs/check-certificates --full

# Renews the committed reference report (reports/) after a change that is meant to change numbers.
baseline:
	@.ci/setup build
	cargo run --release --locked --quiet -- report --out reports

# Trains the stored networks again and compares every byte; about a minute.
trained:
	@.ci/setup build
	src/io/embedded/trained/remake

# Runs synbal beside its peers (NumPy, SciPy, LAPACK, numba; in a Python environment of its own under target/), and
# writes reports/peers.md and reports/peers.json. About half an hour.
peers:
	benches/peers/run

# Counts instructions under valgrind and compares them with the committed baseline: no wall clock.
instructions:
	@.ci/setup build
	@.ci/setup instructions
	benches/instructions/run
