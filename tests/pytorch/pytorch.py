"""Real PyTorch models: saved, balanced by the program, loaded back with strict=True, run on inputs of their own.

    python3 tests/pytorch/pytorch.py PROGRAM

Every known layout is made by PyTorch itself. Its file is written in the safetensors format by the few lines below, so that
nothing but PyTorch is needed. The outputs of the balanced model must agree to the rounding of single precision: each of at
most 10 steps and layers adds a relative error of about (fan-in + 2) 2^-24 in either run, and 1e-4 of the largest output is
far above that and far below what one forgotten factor does (which is tried too: each described tensor put back as given).
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import nn

DTYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.int64: "I64"}


def save(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def load(path):
    raw = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    dtypes = {name: dtype for dtype, name in DTYPES.items()}
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        numbers = torch.frombuffer(bytearray(raw[8 + length + start : 8 + length + end]), dtype=dtypes[entry["dtype"]])
        tensors[name] = numbers.reshape(entry["shape"]).clone()
    return tensors, metadata


class Recurrent(nn.Module):
    def __init__(self, layers, state=False, bias=True):
        super().__init__()
        self.rnn = nn.RNN(3, 8, layers, nonlinearity="relu", bias=bias)
        self.fc = nn.Linear(8, 2)
        self.h0 = nn.Parameter(torch.rand(layers, 1, 8)) if state else None

    def forward(self, x):
        h0 = None if self.h0 is None else self.h0.expand(-1, x.shape[1], -1).contiguous()
        return self.fc(self.rnn(x, h0)[0])


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 8, nonlinearity="relu")
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        h = torch.zeros(x.shape[1], 8)
        for step in x:
            h = self.cell(step, h)
        return self.head(h)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.fc1 = nn.Linear(6 * 4, 10)
        self.fc2 = nn.Linear(10, 3)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.relu(self.conv2(x)).flatten(1)
        return self.fc2(torch.relu(self.fc1(x)))


def mlp(activation):
    return nn.Sequential(nn.Linear(5, 12), activation, nn.Linear(12, 9), activation, nn.Linear(9, 4))


def models():
    sequence = torch.randn(6, 7, 3)
    yield "rnn", Recurrent(1), sequence, []
    yield "rnn without biases", Recurrent(1, bias=False), sequence, []
    yield "rnn with a learned initial state", Recurrent(1, state=True), sequence, []
    yield "rnn of two layers with initial states", Recurrent(2, state=True), sequence, []
    yield "rnn cell", Cell(), sequence, []
    yield "linear layers, relu", mlp(nn.ReLU()), torch.randn(20, 5), []
    yield "linear layers, leaky relu", mlp(nn.LeakyReLU(0.01)), torch.randn(20, 5), ["--activation", "leaky-relu"]
    yield "convolutions", Convolutional(), torch.randn(4, 1, 16, 16), []


def apart(a, b):
    return float((a - b).abs().max() / a.abs().max())


def main():
    program = sys.argv[1]
    torch.manual_seed(5)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "model.safetensors", Path(folder) / "balanced.safetensors"
        for name, model, x, options in models():
            model.eval()
            save(before, model.state_dict())
            options = options or ["--activation", "relu"]
            if name.startswith("rnn") or name == "rnn cell":
                options = options + ["--world", "1"]
            ended = subprocess.run(
                [program, "balance", str(before), "-o", str(after), *options], capture_output=True, text=True
            )
            if ended.returncode != 0:
                print(f"{name}: exit {ended.returncode}: {ended.stderr}")
                failures += 1
                continue
            tensors, metadata = load(after)
            assert metadata == {"format": "pt"}, metadata
            with torch.no_grad():
                expected = model(x)
                given = {key: value.clone() for key, value in model.state_dict().items()}
                model.load_state_dict(tensors, strict=True)
                error = apart(expected, model(x))
                changed = [key for key in tensors if not torch.equal(tensors[key], given[key])]
                least = float("inf")
                for key in changed:
                    model.load_state_dict({**tensors, key: given[key]}, strict=True)
                    least = min(least, apart(expected, model(x)))
            good = error <= 1e-4 and least > 1e-3 and changed
            failures += not good
            print(
                f"{name}: outputs within {error:.1e}; {len(changed)} of {len(tensors)} tensors rescaled, "
                f"with any one of them put back off by {least:.1e} or more{'' if good else '  FAILED'}"
            )
    print("all agree" if not failures else f"{failures} FAILED")
    sys.exit(1 if failures else 0)


main()
