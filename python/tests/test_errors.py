"""Each thing that can be wrong is said clearly, as an exception with fields."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
import scipy.sparse as sp

import synbal

NAN = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, np.nan, 0.0]])
RING = np.array([[0.0, 0.0, 2.0], [1.0, 0.0, 0.0], [0.0, 3.0, 0.0]])


def test_numbers_that_are_not_finite():
    for matrix in (NAN, NAN.astype(np.float32), sp.csr_array(NAN), sp.coo_matrix(NAN), np.asfortranarray(NAN)):
        with pytest.raises(synbal.NetworkError, match="from neuron 1 to neuron 2 is NaN") as caught:
            synbal.balance(matrix)
        error = caught.value
        assert (error.neuron, error.source, error.part) == (2, 1, "J") and np.isnan(error.value)
        assert isinstance(error, ValueError)
    with pytest.raises(synbal.NetworkError) as caught:
        synbal.balance(np.where(np.isnan(NAN), -np.inf, NAN))
    assert caught.value.value == -np.inf
    with pytest.raises(synbal.NetworkError, match=r"w_in\[2, 1\] is inf") as caught:
        synbal.balance(RING, w_in=np.array([[0.0, 0.0], [0.0, 0.0], [0.0, np.inf]]))
    assert (caught.value.part, caught.value.index, caught.value.value) == ("w_in", (2, 1), np.inf)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (RING.astype(int), r"int64.*J\.astype\(float\)"),
        (RING.astype(np.uint8), "uint8"),
        (RING.astype(bool), "bool"),
        (RING * 1j, r"complex128.*J\.real"),
        (RING.astype(np.float16), "float16"),
        (RING.astype(np.longdouble), "float"),
        (RING.astype(object), "object"),
        (RING.astype("U8"), "<U8"),
        (np.ma.masked_less(RING, 1.5), r"masked.*filled"),
        ([[0, 1], [1, 0]], "int64"),
        ([[0.0, 1.0], [1.0]], "no array of numbers"),
        ("J", "synbal.load"),
        (None, "object"),
        ({"a": 1}, "object"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "datetime64"),
        (sp.csr_array(RING.astype(int)), "int64"),
        (sp.csr_array(RING * 1j), "complex128"),
        (sp.csr_array(RING.astype(bool)), "bool"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_holds_no_floating_point_numbers(matrix, words):
    with pytest.raises(synbal.SynbalError, match=words) as caught:
        synbal.balance(matrix)
    assert isinstance(caught.value, (TypeError, ValueError)) and caught.value.part == "J"


@pytest.mark.parametrize(
    ("matrix", "shape"),
    [
        (np.zeros((2, 3)), (2, 3)),
        (np.zeros((3, 2), dtype=np.float32), (3, 2)),
        (np.zeros(4), (4,)),
        (np.zeros((2, 2, 2)), (2, 2, 2)),
        (np.float64(1.0), ()),
        (sp.csr_array(np.ones((2, 3))), (2, 3)),
        (sp.coo_array(np.ones((3, 2))), (3, 2)),
    ],
)
def test_wrong_shapes(matrix, shape):
    with pytest.raises(synbal.NetworkError) as caught:
        synbal.balance(matrix)
    assert caught.value.shape == shape


def test_empty_networks():
    for matrix in (np.zeros((0, 0)), np.zeros((0, 0), dtype=np.float32), []):
        with pytest.raises(synbal.SynbalError):
            synbal.balance(matrix)
    # Without synapses there is nothing out of balance.
    assert synbal.balance(np.zeros((2, 2))).balanced
    assert synbal.balance(sp.csr_array((2, 2))).balanced


def test_broken_sparse_matrices():
    good = sp.csr_array(RING)
    for attribute, value in [("indices", [0, 7, 1]), ("indices", [0, -1, 1]), ("indptr", [0, 2, 1, 3]), ("indptr", [0, 1, 2, 9])]:
        bad = good.copy()
        setattr(bad, attribute, np.array(value, dtype=np.int32))
        bad.has_canonical_format = True
        with pytest.raises((synbal.NetworkError, ValueError)):
            synbal.balance(bad)


@pytest.mark.parametrize(
    ("keywords", "kind", "part"),
    [
        ({"p": -1.0}, synbal.CostError, None),
        ({"p": float("nan")}, synbal.CostError, None),
        ({"p": "2"}, synbal.DtypeError, "p"),
        ({"p": None}, synbal.DtypeError, "p"),
        ({"p": 2j}, synbal.DtypeError, "p"),
        ({"tol": 0.0}, synbal.ArgumentError, "tol"),
        ({"tol": 1.5}, synbal.ArgumentError, "tol"),
        ({"tol": float("nan")}, synbal.ArgumentError, "tol"),
        ({"max_passes": 0}, synbal.ArgumentError, None),
        ({"max_passes": -1}, synbal.ArgumentError, "max_passes"),
        ({"max_passes": 1.5}, synbal.ArgumentError, "max_passes"),
        ({"method": "gauss"}, synbal.ArgumentError, "method"),
        ({"method": "bdf"}, synbal.ArgumentError, None),
        ({"method": 3}, synbal.ArgumentError, "method"),
        ({"within_components": "no"}, synbal.ArgumentError, "within_components"),
        ({"overwrite": "no"}, synbal.ArgumentError, "overwrite"),
        ({"world": 1.0}, synbal.CostError, None),
        ({"world": -1.0, "w_in": np.ones((3, 1)), "w_out": np.ones((1, 3))}, synbal.CostError, None),
        ({"alpha": -1.0}, synbal.CostError, "alpha"),
        ({"alpha": [1.0, 2.0]}, synbal.CostError, None),
        ({"alpha": [1.0, float("nan"), 1.0]}, synbal.CostError, "alpha"),
        ({"alpha": [1, 2, 3]}, synbal.DtypeError, "alpha"),
        ({"w_in": np.ones(3)}, synbal.NetworkError, "w_in"),
        ({"w_in": np.ones((2, 3))}, synbal.NetworkError, "w_in"),
        ({"w_out": np.ones((3, 2))}, synbal.NetworkError, "w_out"),
        ({"b": np.ones(2)}, synbal.NetworkError, "b"),
        ({"b": np.ma.masked_array(np.ones(3))}, synbal.DtypeError, "b"),
        ({"progress": 3}, synbal.ArgumentError, "progress"),
    ],
)
def test_arguments(keywords, kind, part):
    with pytest.raises(kind) as caught:
        synbal.balance(RING, **keywords)
    assert part is None or caught.value.part == part


def test_the_synapses_on_no_cycle_are_named():
    J = RING.copy()
    J[0, 1] = 0.0
    J = np.block([[J, np.zeros((3, 1))], [np.ones((1, 3)), np.zeros((1, 1))]])
    with pytest.raises(synbal.NotBalanceable, match="within_components=True") as caught:
        synbal.balance(J)
    assert caught.value.on_no_cycle.tolist() == [[3, 0], [3, 1], [3, 2]]
    assert synbal.balance(J, within_components=True).on_no_cycle.tolist() == [[3, 0], [3, 1], [3, 2]]


def test_a_result_that_single_precision_cannot_hold():
    J = np.array([[0.0, 1e-30, 0.0], [0.0, 0.0, 1e30], [1e30, 0.0, 0.0]], dtype=np.float32)
    assert synbal.balance(J).balanced
    w_in = np.full((3, 1), 1e25, dtype=np.float32)
    with pytest.raises(synbal.NetworkError, match="w_in.*rounded to inf") as caught:
        synbal.balance(J, w_in=w_in)
    assert caught.value.part == "w_in"


def test_arrays_that_cannot_be_overwritten():
    locked = RING.copy()
    locked.flags.writeable = False
    for matrix in (locked, sp.lil_array(RING), RING.tolist()):
        with pytest.raises(synbal.ArgumentError):
            synbal.balance(matrix, overwrite=True)


def test_an_exception_of_the_progress_ends_the_run():
    def fails(*_):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        synbal.balance(RING, progress=fails)


def test_exceptions_survive_pickling():
    with pytest.raises(synbal.NetworkError) as caught:
        synbal.balance(NAN)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is synbal.NetworkError and str(again) == str(caught.value) and again.neuron == 2


def test_files(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        synbal.load(tmp_path / "nothing.npy")
    assert isinstance(caught.value, synbal.NoSuchFile)
    (tmp_path / "J.xyz").write_text("1")
    (tmp_path / "J.npy").write_text("no array")
    for name in ("J.xyz", "J.npy"):
        with pytest.raises(OSError, match=name):
            synbal.load(tmp_path / name)
    np.save(tmp_path / "J.npy", RING)
    with open(tmp_path / "J.npy", "rb") as file:
        assert np.array_equal(synbal.load(file).weights, RING)
    with pytest.raises(synbal.FileError, match="closed file"):
        synbal.load(file)
    with pytest.raises(synbal.ArgumentError, match="format"):
        synbal.load(io.BytesIO(b""))
    with pytest.raises(synbal.ArgumentError, match="rb"):
        synbal.load(io.StringIO("1,2"), format="csv")
    for part in ("sparse", "matrix", "transpose", "variable", "edges", "untouched", "format", "p"):
        wrong = "a" if part in ("sparse", "matrix", "transpose", "untouched", "p") else 3
        given = tmp_path / "J.npy" if part != "format" else io.BytesIO(b"")
        with pytest.raises(synbal.SynbalError) as caught:
            synbal.load(given, **{part: wrong})
        assert caught.value.part == part
    with pytest.raises(synbal.ArgumentError, match="path is 3"):
        synbal.save(3, RING)
    with pytest.raises(synbal.ArgumentError, match="single"):
        synbal.save(tmp_path / "J.safetensors", RING, single="no")
    with pytest.raises(synbal.ArgumentError, match="methods is 'newton'"):
        synbal.verify(RING, methods="newton")
    with pytest.raises(synbal.FileError):
        synbal.save(tmp_path / "nowhere" / "J.npy", RING)
    with pytest.raises(synbal.FileError):
        synbal.save(tmp_path / "J.xyz", RING)


def test_models():
    with pytest.raises(synbal.ArgumentError):
        synbal.balance_state_dict([1])
    with pytest.raises(synbal.LayoutError, match="no known layout"):
        synbal.balance_state_dict({"a": RING})
    with pytest.raises(synbal.LayoutError, match="activation="):
        synbal.balance_state_dict({"weight_hh_l0": RING})
    with pytest.raises(synbal.LayoutError, match="GRU") as caught:
        synbal.balance_state_dict({"weight_hh_l0": np.ones((9, 3))}, activation="relu")
    assert caught.value.tensor == "weight_hh_l0"
    with pytest.raises(synbal.NotHomogeneous):
        synbal.balance_state_dict({"weight_hh_l0": RING}, activation="tanh")
    with pytest.raises(synbal.NetworkError) as caught:
        synbal.balance_state_dict({"weight_hh_l0": NAN}, activation="relu")
    assert caught.value.index == (2, 1)
    # The second neuron's input becomes 178 times as large, and half precision ends at 65504.
    wide = {"weight_hh_l0": [[0, 6e4], [6e-5, 0]], "weight_ih_l0": [[1], [1000]]}
    with pytest.raises(synbal.NetworkError, match="F16 cannot hold") as caught:
        synbal.balance_state_dict({name: np.array(rows, np.float16) for name, rows in wide.items()}, activation="relu")
    assert (caught.value.tensor, caught.value.index) == ("weight_ih_l0", (1, 0)) and caught.value.value > 65504
    with pytest.raises(synbal.DtypeError):
        synbal.balance_state_dict({"weight_hh_l0": RING * 1j}, activation="relu")
    with pytest.raises(synbal.LayoutError) as caught:
        synbal.balance_state_dict({"weight_hh_l0": RING, "gain": np.ones(3)}, activation="relu")
    assert caught.value.tensor == "gain" and caught.value.shape == (3,)
    for wrong in ("gain", [3]):
        with pytest.raises(synbal.ArgumentError, match="untouched"):
            synbal.balance_state_dict({"weight_hh_l0": RING}, activation="relu", untouched=wrong)
    assert synbal.balance_state_dict({"weight_hh_l0": RING, "gain": np.ones(3)}, activation="relu", untouched=["gain"])
    with pytest.raises(synbal.NotBalanced) as caught:
        synbal.balance_state_dict({"weight_hh_l0": RING}, activation="relu", method="osborne", max_passes=1)
    assert caught.value.result.state_dict is None


def test_certificates(tmp_path):
    certificate = synbal.certify(RING)
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(certificate, 2.0 * RING)
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(certificate.text.replace('"radius"', '"radios"'), RING)
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(b"{}", RING)
    with pytest.raises(synbal.NoSuchFile):
        synbal.check(tmp_path / "nothing.json", RING)
    with pytest.raises(synbal.NotCertified):
        synbal.certify(RING, p=np.pi)
    with pytest.raises(synbal.NotCertified):
        synbal.certify(RING, h=[0.0, 1.0, 2.0])
    with pytest.raises(synbal.SynbalError):
        synbal.certify(RING, h=[0.0, 1.0])
