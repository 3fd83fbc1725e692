"""Per-tensor int8 quantisation of a ReLU network, before and after balancing.

    python3 examples/int8.py PROGRAM

The network is made here (NumPy, seed 3): 32 -> 64 -> 64 -> 10, weights normal, and the 64 channels of each hidden layer on
scales of their own, e^(1.5 normal) into a channel and its inverse out of it, as training and batch normalisation leave them.
Every weight tensor is rounded to 255 levels of one size; the error is that of the outputs on 1,000 normal inputs, relative
to the outputs' standard deviation.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def outputs(net, x):
    hidden = np.maximum(x @ net["0.weight"].T + net["0.bias"], 0)
    hidden = np.maximum(hidden @ net["2.weight"].T + net["2.bias"], 0)
    return hidden @ net["4.weight"].T + net["4.bias"]


def int8(net):
    rounded = dict(net)
    for name in net:
        if name.endswith("weight"):
            unit = np.abs(net[name]).max() / 127
            rounded[name] = np.round(net[name] / unit) * unit
    return rounded


def main():
    random = np.random.default_rng(3)
    scale = [np.ones(32), np.exp(1.5 * random.normal(size=64)), np.exp(1.5 * random.normal(size=64)), np.ones(10)]
    net = {}
    for k, name in enumerate("024"):
        n, m = len(scale[k + 1]), len(scale[k])
        net[f"{name}.weight"] = random.normal(size=(n, m)) * scale[k + 1][:, None] / scale[k] / np.sqrt(m)
        net[f"{name}.bias"] = 0.1 * random.normal(size=n) * scale[k + 1]
    x = random.normal(size=(1000, 32))
    exact = outputs(net, x)
    error = lambda net: float(np.sqrt(np.mean((outputs(net, x) - exact) ** 2)) / exact.std())
    print(f"per-tensor int8, as given:         outputs off by {100 * error(int8(net)):.2f} %")
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "net.npz", Path(folder) / "balanced.npz"
        np.savez(before, **net)
        for p in ("2", "8"):
            command = [sys.argv[1], "balance", str(before), "--activation", "relu", "--p", p, "-q", "-o", str(after)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            balanced = dict(np.load(after))
            print(
                f"per-tensor int8, balanced (p = {p}): outputs off by {100 * error(int8(balanced)):.2f} % "
                f"(without rounding {error(balanced):.0e})"
            )


main()
