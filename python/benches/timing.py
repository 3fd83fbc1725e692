"""The package's time to balance beside the library's own, in alternating rounds: python/benches/timing.py in an environment
with the package (python/check makes one). Wants target/release/synbal for the fly's network."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

import synbal

ROOT = Path(__file__).parents[2]
ROUNDS = 5
# What the package may take of the library's time.
TARGET = 1.2


def library(path: Path, runs: int) -> list[float]:
    command = ["cargo", "bench", "--quiet", "--locked", "-p", "synbal-python", "--bench", "library_time", "--", path, str(runs)]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(line) for line in found.stdout.split()]


def package(J: object, runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        found = synbal.balance(J, within_components=True)
        seconds.append(time.perf_counter() - started)
        assert found.balanced
    return seconds


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    dense = np.random.default_rng(0).lognormal(size=(256, 256))
    np.save(folder / "dense.npy", dense)
    fly = folder / "fly.safetensors"
    subprocess.run([ROOT / "target/release/synbal", "generate", "flyvis", "--extent", "15", "--model", "0", "-o", fly], check=True)
    cases = [("256 x 256, NumPy", folder / "dense.npy", dense, 40), ("fly, CSR", fly, synbal.load(fly, sparse=True).weights, 3)]
    print(f"{'network':20} {'library':>10} {'package':>10} {'ratio':>7}   (medians of all runs in {ROUNDS} rounds, seconds)")
    for name, path, J, runs in cases:
        own: list[float] = []
        packaged: list[float] = []
        for _ in range(ROUNDS):
            own += library(path, runs)
            packaged += package(J, runs)
        low, high = statistics.median(own), statistics.median(packaged)
        met = "met" if high <= TARGET * low else "missed"
        print(f"{name:20} {low:10.5f} {high:10.5f} {high / low:7.3f}   at most {TARGET}: {met}")


if __name__ == "__main__":
    main()
