"""The same bits as the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import synbal

WEIGHTS = st.one_of(st.just(0.0), st.floats(-1e6, 1e6, allow_subnormal=False), st.floats(-1.0, 1.0).map(lambda x: 10.0 ** (9 * x)))
MATRICES = st.integers(1, 9).flatmap(lambda n: arrays(np.float64, (n, n), elements=WEIGHTS))


def agrees(result, json, written):
    np.testing.assert_array_equal(result.h, json["log_scales"])
    assert result.status == json["status"] and result.method == json["method"]
    for found, said in ((result.cost_final, json["cost_final"]), (result.cost_initial, json["cost_initial"])):
        # What float64 cannot hold is zero or infinite here, null there; its logarithm is beside it.
        assert found == said if said is not None else found in (0.0, np.inf)
    for found, said in ((result.log2_cost_final, json["cost_final_log10"]), (result.log2_cost_initial, json["cost_initial_log10"])):
        assert said is None if found == -np.inf else abs(found * np.log10(2.0) - said) <= 1e-12 * (1.0 + abs(said))
    assert result.imbalance == json["max_node_imbalance"] and result.passes == json["passes"]
    np.testing.assert_array_equal(result.weights, written)


def refused_alike(call, stderr):
    """The package refuses what the command line refuses, with the same words up to the advice."""
    with pytest.raises(synbal.SynbalError) as caught:
        call()
    if not isinstance(caught.value, synbal.NotBalanceable):
        assert str(caught.value).partition(";")[0] in stderr


@example(J=np.array([[0.0, 0.0], [1.0, 0.0]]), p=2.0, method="auto")
@given(J=MATRICES, p=st.sampled_from([0.5, 1.0, 2.0, 3.0]), method=st.sampled_from(["auto", "newton", "newton-cg", "osborne"]))
def test_matrices(command_line, J, p, method):
    path = command_line.folder / "J.npy"
    np.save(path, J)
    found = command_line.balance(path, "--p", repr(p), "--method", method, "--within-components")

    def call():
        return synbal.balance(J, p, method=method, within_components=True)

    if found.json is None:
        return refused_alike(call, found.stderr)
    if found.json["status"] == "nothing-balanced":
        # Nothing lies on a cycle.
        assert found.returncode == 1
        return refused_alike(call, found.stderr)
    if found.json["status"] != "balanced":
        with pytest.raises(synbal.NotBalanced) as caught:
            call()
        assert caught.value.result.status == found.json["status"]
        np.testing.assert_array_equal(caught.value.result.h, found.json["log_scales"])
        return None
    assert found.returncode == 0
    result = call()
    agrees(result, found.json, np.load(found.path))
    sparse = synbal.balance(sp.csr_array(J), p, method=method, within_components=True)
    np.testing.assert_array_equal(sparse.h, result.h)
    np.testing.assert_array_equal(sparse.weights.toarray(), result.weights)
    return None


@given(
    J=MATRICES,
    inputs=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
    single=st.booleans(),
)
def test_whole_networks(command_line, J, inputs, seed, single):
    """Arrays by themselves, and the same as a model of this program's own layout."""
    dtype = np.float32 if single else np.float64
    rng = np.random.default_rng(seed)
    n = len(J)
    parts = {
        "w_rec": J,
        "w_in": rng.normal(size=(n, inputs)),
        "w_out": rng.normal(size=(2, n)),
        "b": rng.normal(size=n),
        "x0": rng.normal(size=n),
    }
    parts = {name: part.astype(dtype) for name, part in parts.items()}
    path = command_line.folder / "model.npz"
    np.savez(path, **parts)
    found = command_line.balance(path, "--activation", "relu", "--world", "1", output="balanced.npz")
    others = {name: parts[name] for name in ("w_in", "w_out", "b", "x0")}

    def call():
        return synbal.balance(parts["w_rec"], **others, world=1.0)

    def call_as_model():
        return synbal.balance_state_dict(parts, activation="relu", world=1.0)

    if found.returncode != 0:
        refused_alike(call, found.stderr)
        return refused_alike(call_as_model, found.stderr)
    result, model, balanced = call(), call_as_model(), np.load(found.path)
    agrees(result, found.json, balanced["w_rec"])
    assert list(model.state_dict) == list(parts) and model.layout == found.json["layout"]
    if model.difference is not None:
        outputs = found.json["outputs"]
        assert (model.difference, model.bound) == (outputs["largest_difference"], outputs["bound"])
    for name in parts:
        assert model.state_dict[name].dtype == dtype
        np.testing.assert_array_equal(model.state_dict[name], balanced[name])
        if name != "w_rec":
            np.testing.assert_array_equal(getattr(result, name), balanced[name])
    return None


def test_models_of_every_known_layout(command_line, rng):
    rnn = {
        "rnn.weight_ih_l0": rng.normal(size=(6, 3)),
        "rnn.weight_hh_l0": rng.normal(size=(6, 6)),
        "rnn.bias_ih_l0": rng.normal(size=6),
        "rnn.bias_hh_l0": rng.normal(size=6),
        "readout.weight": rng.normal(size=(2, 6)),
        "readout.bias": rng.normal(size=2),
        "steps": np.int64(5),
    }
    mlp = {
        "0.weight": rng.normal(size=(8, 5)),
        "0.bias": rng.normal(size=8),
        "2.weight": rng.normal(size=(7, 8)),
        "4.weight": rng.normal(size=(3, 7)),
        "4.bias": rng.normal(size=3),
    }
    cnn = {
        "conv1.weight": rng.normal(size=(4, 1, 3, 3)),
        "conv2.weight": rng.normal(size=(5, 4, 3, 3)),
        "fc.weight": rng.normal(size=(2, 5 * 9)),
    }
    for name, model, dtype in [("rnn", rnn, "f8"), ("mlp", mlp, "f4"), ("cnn", cnn, "f4"), ("half", mlp, "f2")]:
        model = {key: value.astype(dtype) if value.dtype.kind == "f" else value for key, value in model.items()}
        path = command_line.folder / f"{name}.npz"
        np.savez(path, **model)
        before = {key: value.copy() for key, value in model.items()}
        said = command_line.balance(path, "--activation", "relu", output="balanced.npz")
        found = synbal.balance_state_dict(model, activation="relu")
        assert found.layout == said.json["layout"]
        np.testing.assert_array_equal(found.h, said.json["log_scales"])
        balanced = np.load(said.path)
        for key in model:
            np.testing.assert_array_equal(found.state_dict[key], balanced[key])
            np.testing.assert_array_equal(model[key], before[key])
            assert found.state_dict[key].dtype == model[key].dtype


def test_inspect_and_certificates(command_line, J):
    path = command_line.folder / "J.npy"
    np.save(path, J)
    said = json.loads(command_line.run("inspect", path, "--json").stdout)
    facts = synbal.inspect(J)
    assert {name: getattr(facts, name) for name in said} == said
    certificate = command_line.folder / "certificate.json"
    command_line.run("certify", path, "-o", certificate)
    ours = synbal.certify(path)
    assert ours.text == certificate.read_text()
    assert synbal.check(certificate, path) == ours.proved
    # What is proved is what the command line says, rounded up, also where p is a fraction.
    command_line.run("certify", path, "-o", certificate, "--p", "0.5")
    said = command_line.run("check", certificate, path).stdout
    radius = float(said.partition("each is within ")[2].split()[0])
    assert float(synbal.check(certificate, path).radius) == pytest.approx(radius, rel=1e-3, abs=0.0)
    # A certificate of an array is that of the file that it is saved as.
    saved = command_line.folder / "J.safetensors"
    synbal.save(saved, J)
    of_array = command_line.folder / "of_array.json"
    synbal.certify(J).save(of_array)
    assert "PROVED" in command_line.run("check", of_array, saved).stdout
