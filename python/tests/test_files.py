"""There and back."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import synbal


def test_whole_networks(tmp_path, J, rng):
    parts = {"w_in": rng.normal(size=(7, 2)), "w_out": rng.normal(size=(3, 7)), "b": rng.normal(size=7), "tau": np.ones(7)}
    path = tmp_path / "network.safetensors"
    synbal.save(path, J, **parts, activation=("leaky-relu", 0.2))
    read = synbal.load(path)
    assert np.array_equal(read.weights, J) and read.activation == ("leaky-relu", 0.2) and read.x0 is None
    for name, part in parts.items():
        assert np.array_equal(getattr(read, name), part)
    # A network goes wherever a matrix goes, with all its parts.
    found = synbal.balance(read, world=1.0)
    others = {name: parts[name] for name in ("w_in", "w_out", "b")}
    assert np.array_equal(found.h, synbal.balance(J, **others, world=1.0).h)
    with pytest.raises(synbal.ArgumentError, match="twice"):
        synbal.balance(read, w_in=parts["w_in"])
    assert synbal.check(synbal.certify(read, world=1.0), path).nodes == 8
    with pytest.raises(synbal.ArgumentError, match="twice"):
        synbal.check(synbal.certify(read, world=1.0), path, w_in=parts["w_in"])
    synbal.save(path, read, single=True)
    assert np.array_equal(synbal.load(path).weights, J.astype(np.float32))
    # What is said of a file and makes no difference to it is no help.
    for said in ({"transpose": True}, {"edges": "1,2"}, {"variable": "w_rec"}):
        with pytest.raises(synbal.FileError, match="does not apply"):
            synbal.load(path, **said)


def test_one_matrix_of_an_archive(tmp_path, J):
    path = tmp_path / "J.npz"
    np.savez(path, J)
    assert np.array_equal(synbal.load(path).weights, J)
    assert np.array_equal(synbal.load(path, transpose=True).weights, J.T)
    np.savez_compressed(path, J=np.asfortranarray(J), b=np.ones(7))
    assert np.array_equal(synbal.load(path, variable="J").weights, J)
    with pytest.raises(synbal.SynbalError, match="there is no array `K`; there are `J`, `b`"):
        synbal.load(path, variable="K")


@pytest.mark.parametrize("ending", ["npy", "mtx", "csv"])
def test_matrices(tmp_path, J, ending):
    J = np.where(np.abs(J) > 0.5, J, 0.0)
    path = tmp_path / f"J.{ending}"
    synbal.save(path, sp.csr_array(J))
    assert np.array_equal(synbal.load(path).weights, J)
    sparse = synbal.load(path, sparse=True).weights
    assert isinstance(sparse, sp.csr_array) and np.array_equal(sparse.toarray(), J)
    packed = io.BytesIO(gzip.compress(path.read_bytes()))
    assert np.array_equal(synbal.load(packed, format=f"{ending}.gz").weights, J)
    with pytest.warns(synbal.SynbalWarning, match="w_in"):
        synbal.save(path, J, w_in=np.ones((7, 1)))


def test_lists_of_edges_and_their_names(tmp_path):
    (tmp_path / "edges.csv").write_text("pre,post,size\nASE,AIY,3\nAIY,ASE,1\n")
    read = synbal.load(tmp_path / "edges.csv", edges="pre,post,size")
    assert read.names == ["ASE", "AIY"]
    assert sorted(read.weights[read.weights != 0.0]) == [1.0, 3.0]
    with pytest.raises(synbal.SynbalError):
        synbal.load(tmp_path / "edges.csv")


def test_feed_forward_models_come_with_the_world(tmp_path, rng):
    model = {"0.weight": rng.normal(size=(4, 3)), "2.weight": rng.normal(size=(2, 4))}
    np.savez(tmp_path / "model.npz", **model)
    read = synbal.load(tmp_path / "model.npz", activation="relu")
    assert read.feed_forward
    assert np.array_equal(synbal.balance(read).h, synbal.balance_state_dict(model, activation="relu").h)
    assert synbal.inspect(read).balanceable


def test_names_of_neurons_are_written_where_there_is_a_place_for_them(tmp_path):
    J = np.array([[0.0, 2.0], [1.0, 0.5]])
    frame = pd.DataFrame(J, index=["a, left", "b"], columns=["a, left", "b"])
    for given in (frame, synbal.Network(J, names=["a, left", "b"])):
        for ending in (".csv", ".tsv"):
            path = tmp_path / f"named{ending}"
            synbal.save(path, given)
            read = synbal.load(path)
            assert read.names == ["a, left", "b"]
            assert np.array_equal(read.weights, J)
        with pytest.warns(synbal.SynbalWarning, match="names have no place"):
            synbal.save(tmp_path / "n.npy", given)
    with pytest.raises(synbal.NetworkError, match="two neurons of J are called 'a'"):
        synbal.save(tmp_path / "n.csv", pd.DataFrame(J, index=["a", "a"], columns=["a", "a"]))
    with pytest.raises(synbal.FileError, match="neuron 1 .* is called \" b\""):
        synbal.save(tmp_path / "n.csv", synbal.Network(J, names=["a", " b"]))
    assert not (tmp_path / "n.csv").exists()
