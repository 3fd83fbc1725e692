"""For every known layout: a model in NumPy from the given file and from the balanced one, on inputs of this script's own.

    python3 layouts.py PROGRAM FOLDER

Prints one line a layout, and exits 1 unless the outputs agree to the rounding of the dtype, every tensor is there under its
name and in its dtype, what no factor touches is the same byte for byte, and putting back any one rescaled tensor is seen.
The bound: each of S steps or layers of at most F terms gives a relative error of (F + 2) u in either run, so S (F + 4) u with
one more u for each rounded weight; S = 16 and F = 64 are above all models here, and a factor 8 stands for cancellation.
"""

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
DTYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64}
ROUNDOFF = {"F64": 2.0**-53, "F32": 2.0**-24, "F16": 2.0**-11}
random = np.random.default_rng(11)


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    names = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
    for name, tensor in tensors.items():
        raw = np.ascontiguousarray(tensor).tobytes()
        offsets = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def load(path):
    if path.suffix == ".npz":
        return dict(np.load(path)), None
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        data = raw[8 + length + start : 8 + length + end]
        tensors[name] = np.frombuffer(data, DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def relu(x):
    return np.maximum(x, 0)


def own(t, x):
    state, outputs = t["x0"], []
    for u in x:
        state = relu(t["w_rec"] @ state + t["w_in"] @ u + t["b"])
        outputs.append(t["w_out"] @ state)
    return np.array(outputs)


def rnn(prefix, layers, read_out, state=None):
    def run(t, x):
        sequence = x
        for layer in range(layers):
            parameter = lambda kind: t[f"{prefix}{kind}_l{layer}"]
            h = t[state][layer, 0] if state else np.zeros(len(parameter("weight_hh")))
            outputs = []
            for u in sequence:
                drive = parameter("weight_ih") @ u + parameter("bias_ih") + parameter("weight_hh") @ h
                h = relu(drive + parameter("bias_hh"))
                outputs.append(h)
            sequence = outputs
        return np.array(sequence) @ t[f"{read_out}.weight"].T + t[f"{read_out}.bias"]

    return run


def cell(t, x):
    h = t["hx"][0]
    for u in x:
        h = relu(t["cell.weight_ih"] @ u + t["cell.bias_ih"] + t["cell.weight_hh"] @ h + t["cell.bias_hh"])
    return t["decoder.weight"] @ h + t["decoder.bias"]


def linear(t, x):
    for module in ("0", "2", "10"):
        x = x @ t[f"{module}.weight"].T + t[f"{module}.bias"]
        x = relu(x) if module != "10" else x
    return x


def convolution(weight, bias, image):
    """[out, in, k, k] on [in, side, side], stride 1, no padding."""
    k, side = weight.shape[2], image.shape[1] - weight.shape[2] + 1
    out = np.zeros((len(weight), side, side)) + bias[:, None, None]
    for i in range(k):
        for j in range(k):
            out += np.einsum("oc,cyx->oyx", weight[:, :, i, j], image[:, i : i + side, j : j + side])
    return out


def convolutions(t, x):
    outputs = []
    for image in x:
        y = relu(convolution(t["conv1.weight"], t["conv1.bias"], image))
        y = relu(convolution(t["conv2.weight"], t["conv2.bias"], y)).reshape(-1)
        outputs.append(t["fc.weight"] @ relu(t["hidden.weight"] @ y + t["hidden.bias"]) + t["fc.bias"])
    return np.array(outputs)


def keras(t, x):
    return relu(x @ t["dense/kernel"] + t["dense/bias"]) @ t["head/kernel"]


def uniform(dtype, **shapes):
    return {name.replace("__", "."): random.uniform(-1, 1, shape).astype(dtype) for name, shape in shapes.items()}


def rnn_tensors(dtype, prefix, layers, read_out, inputs=3, n=6):
    tensors = {}
    for layer in range(layers):
        width = inputs if layer == 0 else n
        shapes = {"weight_ih": (n, width), "weight_hh": (n, n), "bias_ih": (n,), "bias_hh": (n,)}
        for kind, shape in shapes.items():
            scale = 0.5 if kind == "weight_hh" else 1.0
            tensors[f"{prefix}{kind}_l{layer}"] = (scale * random.uniform(-1, 1, shape)).astype(dtype)
    tensors[f"{read_out}.weight"] = random.uniform(-1, 1, (2, n)).astype(dtype)
    tensors[f"{read_out}.bias"] = random.uniform(-1, 1, 2).astype(dtype)
    return tensors


def cases():
    f64, f32, f16 = np.float64, np.float32, np.float16
    steps = random.normal(size=(7, 3))
    world, relus = ["--world", "1"], ["--activation", "relu"]
    shapes = dict(w_rec=(6, 6), w_in=(6, 3), w_out=(2, 6), b=(6,), x0=(6,))
    yield "own", uniform(f64, **shapes) | {"seen": np.arange(4)}, own, steps, world + relus, {"note": "kept"}
    yield "own, npz", uniform(f64, **shapes), own, steps, world + relus, None
    for layers, dtype in ((1, f64), (1, f32), (2, f32), (3, f64), (1, f16)):
        tensors = rnn_tensors(dtype, "model.rnn.", layers, "fc")
        name = f"nn.RNN of {layers}, {np.dtype(dtype).name}"
        yield name, tensors, rnn("model.rnn.", layers, "fc"), steps, world + relus, {"format": "pt"}
        state = {"h0": random.uniform(0, 1, (layers, 1, 6)).astype(dtype)}
        yield name + ", h0", tensors | state, rnn("model.rnn.", layers, "fc", "h0"), steps, world + relus, {}
    tensors = uniform(f32, cell__weight_ih=(6, 3), cell__weight_hh=(6, 6), cell__bias_ih=(6,), cell__bias_hh=(6,))
    tensors |= uniform(f32, decoder__weight=(2, 6), decoder__bias=(2,), hx=(1, 6))
    yield "nn.RNNCell", tensors, cell, steps, world + relus, {}
    shapes = {"0.weight": (8, 5), "0.bias": (8,), "2.weight": (7, 8), "2.bias": (7,), "10.weight": (3, 7), "10.bias": (3,)}
    yield "nn.Linear", uniform(f32, **shapes), linear, random.normal(size=(9, 5)), relus, {}
    shapes = {"conv1.weight": (4, 2, 3, 3), "conv1.bias": (4,), "conv2.weight": (5, 4, 2, 2), "conv2.bias": (5,)}
    shapes |= {"hidden.weight": (7, 5 * 9), "hidden.bias": (7,), "fc.weight": (3, 7), "fc.bias": (3,)}
    tensors, images = uniform(f32, **shapes), random.normal(size=(4, 2, 6, 6))
    yield "convolutions", tensors, convolutions, images, relus, {}
    (FOLDER / "layout.toml").write_text(
        'untouched = ["table"]\n[tensors]\n"dense/kernel" = ["outside", "target hidden"]\n'
        '"dense/bias" = ["target hidden"]\n"head/kernel" = ["source hidden", "outside"]\n'
    )
    tensors = uniform(f32, **{"dense/kernel": (5, 8), "dense/bias": (8,), "head/kernel": (8, 3), "table": (16, 8)})
    options = relus + ["--layout", str(FOLDER / "layout.toml")]
    yield "layout file", tensors, keras, random.normal(size=(9, 5)), options, {}


def widened(tensors):
    return {name: tensor.astype(np.float64) for name, tensor in tensors.items()}


def apart(a, b):
    return np.abs(a - b).max() / np.abs(a).max()


def main():
    failures = 0
    for name, tensors, run, x, options, metadata in cases():
        ending = "npz" if metadata is None else "safetensors"
        before, after = FOLDER / f"before.{ending}", FOLDER / f"after.{ending}"
        after.unlink(missing_ok=True)
        if metadata is None:
            np.savez(before, **tensors)
        else:
            save(before, tensors, metadata)
        command = [PROGRAM, "balance", str(before), "-o", str(after), *options]
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode != 0:
            print(f"{name}: exit {ended.returncode}: {ended.stderr}")
            failures += 1
            continue
        found, kept = load(after)
        wrong = []
        if kept != metadata:
            wrong.append(f"metadata {kept}")
        if {k: (v.dtype, v.shape) for k, v in found.items()} != {k: (v.dtype, v.shape) for k, v in tensors.items()}:
            wrong.append("other tensors, dtypes or shapes")
        expected = run(widened(tensors), x)
        u = max(ROUNDOFF[k] for k, v in DTYPES.items() if k in ROUNDOFF and any(t.dtype == v for t in tensors.values()))
        bound = 8 * 16 * (64 + 4) * u
        error = apart(expected, run(widened(found), x))
        if not error <= bound:
            wrong.append(f"outputs {error:.1e} apart, bound {bound:.1e}")
        changed = [k for k in tensors if tensors[k].tobytes() != found[k].tobytes()]
        least = min((apart(expected, run(widened(found | {k: tensors[k]}), x)) for k in changed), default=0)
        if not least > max(bound, 1e-4) and u < 1e-4:
            wrong.append(f"a tensor put back changes outputs by only {least:.1e}")
        if f"outputs: within" not in ended.stdout:
            wrong.append(f"outputs not reported: {ended.stdout}")
        failures += bool(wrong)
        print(f"{name}: {error:.1e} ({len(changed)} of {len(tensors)} rescaled, {least:.1e}) {'; '.join(wrong)}")
    sys.exit(1 if failures else 0)


main()
