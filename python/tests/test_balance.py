"""Kinds of matrices, and what comes back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import synbal

FORMATS = ["csr", "csc", "coo", "dia", "bsr", "lil", "dok"]


def test_the_result_is_a_balanced_rescaling_of_least_cost(J):
    found = synbal.balance(J)
    h = found.h
    # A rescaled weight is rounded a few times, and its exponent h_j - h_i, up to max|h| in size, once.
    bound = (4.0 + 2.0 * np.abs(h).max()) * np.finfo(float).eps
    np.testing.assert_allclose(found.weights, np.exp(h[None, :] - h[:, None]) * J, rtol=bound)
    r, c = (found.weights**2).sum(1), (found.weights**2).sum(0)
    own = np.diag(J) ** 2
    assert np.all(np.abs(r - c) <= 1e-10 * (r + c - 2 * own))
    assert found.balanced and found.status == "balanced" and found.imbalance <= 1e-10
    assert found.cost_final == pytest.approx((found.weights**2).sum(), rel=1e-14)
    assert found.cost_initial == pytest.approx((J**2).sum(), rel=1e-14)
    rng = np.random.default_rng(1)
    for _ in range(20):
        d = np.exp(rng.normal(size=7) * 0.1)
        assert ((found.weights * d[None, :] / d[:, None]) ** 2).sum() >= found.cost_final


@pytest.mark.parametrize("kind", ["C", "F", "strided", "reversed", "transposed view", "big-endian", "read-only", "misaligned"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_of_any_order(J, kind, dtype):
    J = J.astype(dtype)
    wide = np.zeros((14, 21), dtype=dtype)
    wide[::2, ::3] = J
    records = np.zeros((7, 7), dtype=[("pad", "u1"), ("weight", dtype)])
    records["weight"] = J
    given = {
        "C": J.copy(order="C"),
        "F": J.copy(order="F"),
        "strided": wide[::2, ::3],
        "reversed": J[::-1, ::-1].copy()[::-1, ::-1],
        "transposed view": J.T.copy().T,
        "big-endian": J.astype(J.dtype.newbyteorder(">")),
        "read-only": J.copy(),
        "misaligned": records["weight"],
    }[kind]
    if kind == "read-only":
        given.flags.writeable = False
    expected = synbal.balance(J.copy()).weights
    before = given.copy()
    found = synbal.balance(given)
    assert found.weights.dtype == given.dtype
    assert np.array_equal(found.weights, expected)
    assert np.array_equal(given, before)
    if kind in ("C", "F"):
        assert found.weights.flags[f"{kind}_CONTIGUOUS"]


def test_single_precision_is_the_double_result_rounded_once(J):
    single = J.astype(np.float32)
    double = synbal.balance(single.astype(np.float64))
    found = synbal.balance(single)
    assert np.array_equal(found.weights, double.weights.astype(np.float32))
    assert np.array_equal(found.h, double.h)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("family", ["array", "matrix"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_matrices_of_every_format(J, form, family, dtype):
    J = np.where(np.abs(J) > 0.4, J, 0.0).astype(dtype)
    kind = sp.csr_array if family == "array" else sp.csr_matrix
    given = kind(J).asformat(form)
    before = given.copy()
    found = synbal.balance(given, within_components=True)
    assert type(found.weights) is type(given) and found.weights.dtype == dtype and found.weights.shape == given.shape
    assert np.array_equal(found.weights.toarray(), synbal.balance(J, within_components=True).weights)
    assert type(given) is type(before) and (given != before).nnz == 0 and given.nnz == before.nnz


def test_a_sparse_matrix_that_is_not_in_canonical_form_is_read_right_and_left_alone():
    rows, columns = [0, 0, 1, 1, 0], [1, 1, 0, 1, 0]
    given = sp.coo_array(([1.0, 2.0, 1.0, 0.0, 0.5], (rows, columns)), shape=(2, 2))
    csr = sp.csr_array(([1.0, 2.0, 0.5, 0.0, 1.0], [1, 1, 0, 1, 0], [0, 3, 5]), shape=(2, 2))
    data, indices = csr.data.copy(), csr.indices.copy()
    for matrix in (given, csr):
        found = synbal.balance(matrix)
        np.testing.assert_allclose(found.weights.toarray(), [[0.5, 3**0.5], [3**0.5, 0.0]], rtol=1e-10)
    assert given.nnz == 5 and np.array_equal(csr.data, data) and np.array_equal(csr.indices, indices)
    # A zero that is stored stays a stored zero.
    assert synbal.balance(csr).weights.nnz == 4


def test_wide_indices(J):
    csr = sp.csr_array(J)
    csr.indices, csr.indptr = csr.indices.astype(np.int64), csr.indptr.astype(np.int64)
    assert np.array_equal(synbal.balance(csr).weights.toarray(), synbal.balance(J).weights)


def test_data_frames_and_lists(J):
    names = list("abcdefg")
    found = synbal.balance(pd.DataFrame(J, index=names, columns=names))
    assert isinstance(found.weights, pd.DataFrame) and list(found.weights.index) == names
    assert np.array_equal(found.weights.to_numpy(), synbal.balance(J).weights)
    assert np.array_equal(synbal.balance(J.tolist()).weights, synbal.balance(J).weights)


def test_labels_in_another_order_are_refused():
    J = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [4.0, 1.0, 0.0]])
    names, swapped = ["a", "b", "c"], ["a", "c", "b"]
    frame = pd.DataFrame(J, index=names, columns=names)
    with pytest.raises(synbal.NetworkError, match="neuron 1 is 'b' by the rows of J, and 'c' by the columns of J") as raised:
        synbal.balance(frame[swapped])
    assert raised.value.neuron == 1
    for part, value in {
        "w_in": pd.DataFrame(np.ones((3, 2)), index=swapped),
        "w_out": pd.DataFrame(np.ones((2, 3)), columns=swapped),
        "b": pd.Series([1.0, 2.0, 3.0], index=swapped),
        "x0": pd.Series([1.0, 2.0, 3.0], index=swapped),
        "alpha": pd.Series([1.0, 2.0, 3.0], index=swapped),
    }.items():
        with pytest.raises(synbal.NetworkError, match=f"by the (rows|columns) of {part}"):
            synbal.balance(frame, **{part: value})
        in_order = value.reindex(names, axis=1 if part == "w_out" else 0)
        assert synbal.balance(frame, **{part: in_order}).balanced
    for call in (synbal.inspect, synbal.node_costs, synbal.verify, synbal.certify):
        with pytest.raises(synbal.NetworkError):
            call(frame[swapped])
    # Rows or columns that are only numbered name nobody.
    assert synbal.balance(pd.DataFrame(J, index=names)).balanced
    assert synbal.balance(pd.DataFrame(J, columns=names), alpha=pd.Series([1.0, 2.0, 3.0])).balanced


@pytest.mark.parametrize("make", [np.array, lambda J: np.array(J, order="F"), sp.csr_array, sp.csc_matrix])
def test_overwriting(J, make):
    expected = synbal.balance(J).weights
    given = make(J)
    found = synbal.balance(given, overwrite=True)
    assert found.weights is given
    assert np.array_equal(given if isinstance(given, np.ndarray) else given.toarray(), expected)


def test_what_was_not_balanced_is_not_overwritten(J):
    given = J.copy()
    with pytest.raises(synbal.NotBalanced) as caught:
        synbal.balance(given, method="osborne", max_passes=2, overwrite=True)
    assert np.array_equal(given, J)
    result = caught.value.result
    assert result.status == "pass-limit" and not result.balanced and result.imbalance > 1e-10
    assert result.weights is not given and not np.array_equal(result.weights, J)


def test_the_other_parts_are_rescaled_along(J, rng):
    w_in, w_out, b, x0 = rng.normal(size=(7, 3)), rng.normal(size=(2, 7)), rng.normal(size=7), rng.normal(size=7)
    found = synbal.balance(J, w_in=w_in, w_out=w_out.astype(np.float32), b=b, x0=x0)
    d = np.exp(found.h)
    for part, expected in [
        (found.w_in, w_in / d[:, None]),
        (found.b, b / d),
        (found.x0, x0 / d),
    ]:
        np.testing.assert_allclose(part, expected, rtol=1e-14)
    assert found.w_out.dtype == np.float32
    np.testing.assert_allclose(found.w_out, w_out.astype(np.float32) * d, rtol=2.0**-23)
    # Without the world they do not count.
    assert np.array_equal(found.h, synbal.balance(J).h)
    world = synbal.balance(J, w_in=w_in, w_out=sp.csr_array(w_out), b=b, world=2.0)
    assert world.w_out.format == "csr"
    r = (world.weights**2).sum(1) + (world.w_in**2).sum(1) + world.b**2
    c = (world.weights**2).sum(0) + 2.0 * (world.w_out.toarray() ** 2).sum(0)
    assert np.all(np.abs(r - c) <= 1e-10 * (r + c))


def test_a_feed_forward_network_is_balanced_with_the_world():
    J = np.array([[0.0, 0.0], [4.0, 0.0]])
    w_in, w_out = np.array([[1.0], [0.0]]), np.array([[0.0, 1.0]])
    with pytest.raises(synbal.NotBalanceable):
        synbal.balance(J)
    with pytest.raises(synbal.NotBalanceable):
        synbal.balance(J, within_components=True)
    found = synbal.balance(J, w_in=w_in, w_out=w_out, world=1.0)
    product = found.w_out @ found.weights @ found.w_in
    np.testing.assert_allclose(product, w_out @ J @ w_in, rtol=1e-14)
    np.testing.assert_allclose([found.w_in[0, 0], found.weights[1, 0], found.w_out[0, 1]], 4 ** (1 / 3), rtol=1e-10)


def test_factors_of_every_form(J):
    gains = np.linspace(0.5, 2.0, 7)
    per_source = synbal.balance(J, alpha=gains)
    dense = synbal.balance(J, alpha=np.broadcast_to(gains, (7, 7)))
    sparse = synbal.balance(J, alpha=sp.csr_array(np.broadcast_to(gains, (7, 7))))
    assert np.array_equal(per_source.h, dense.h) and np.array_equal(per_source.h, sparse.h)
    assert not np.array_equal(per_source.h, synbal.balance(J).h)
    np.testing.assert_allclose(synbal.balance(J, alpha=3.0).h, synbal.balance(J).h, atol=1e-10)


@pytest.mark.parametrize("method", [name for name in synbal.methods() if "weights" not in name])
def test_every_method_finds_the_same(J, method):
    # How far log-scales can be off at this tolerance, from the certificate of the exact solution.
    found = synbal.balance(J, method=method)
    np.testing.assert_allclose(found.h, synbal.balance(J).h, atol=1e-8)
    assert found.method == method or method == "auto"
    assert found.trace["imbalance"][-1] <= 1e-10
    assert np.isnan(found.trace["time"]).all() == (method.startswith(("newton", "osborne", "auto")))


def test_the_result_says_what_it_is(J):
    found = synbal.balance(J)
    assert "cost (p = 2)" in repr(found) and "balanced" in repr(found)
    assert found._repr_html_().startswith("<table>") and "balanced" in found._repr_html_()
    assert found.trace.dtype.names == ("passes", "time", "cost", "imbalance")
    assert found.trace["cost"][0] == found.cost_initial


def test_progress_is_called_and_bars_are_drawn(J, capsys):
    seen = []
    found = synbal.balance(J, progress=lambda passes, imbalance: seen.append((passes, imbalance)))
    assert seen[-1] == (found.passes, found.imbalance)
    synbal.balance(J, progress=True)
    assert "imbalance" in capsys.readouterr().err


def test_node_costs(J):
    incoming, outgoing = synbal.node_costs(J)
    off = J - np.diag(np.diag(J))
    np.testing.assert_allclose(incoming, (off**2).sum(1), rtol=1e-14)
    np.testing.assert_allclose(outgoing, (off**2).sum(0), rtol=1e-14)
    # Outside the range of float64 the costs of the network are seen through a prescaling, and are given back out of it.
    tiny = np.array([[0.0, 1e-100, 0.0], [0.0, 0.0, 1.0], [1e100, 0.0, 0.0]])
    np.testing.assert_allclose(synbal.node_costs(tiny)[0] / np.array([1e-200, 1.0, 1e200]), 1.0, rtol=1e-12)


def test_noise_over_several_steps():
    # Balanced in its squares, and not over two steps: J^2 = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], ten entries of one in all.
    J = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    one = synbal.balance(J, steps=1)
    assert one.cost_initial == 4.0 and one.cost_final == pytest.approx(4.0, rel=1e-15)
    two = synbal.balance(J, steps=2)

    def noise(W, discount=1.0):
        return (discount * W**2 + discount**2 * (W @ W) ** 2).sum()

    # The roots of the entries of M are what is balanced: two roundings each.
    assert two.cost_initial == pytest.approx(10.0, rel=4e-16)
    assert noise(two.weights) == pytest.approx(two.cost_final, rel=1e-14) and two.cost_final < 9.995
    halved = synbal.balance(J, steps=2, discount=0.5)
    assert halved.cost_initial == pytest.approx(noise(J, 0.5), rel=1e-15)
    assert noise(halved.weights, 0.5) < noise(two.weights, 0.5)
    for wrong, message in [
        ({"steps": 0}, "at least one step"),
        ({"steps": 2, "discount": 0.0}, "discount"),
        ({"steps": 2, "alpha": 2.0}, "factors alpha"),
        ({"steps": 2, "p": 1.0}, "p is 1, not 2"),
    ]:
        with pytest.raises(synbal.CostError, match=message):
            synbal.balance(J, **wrong)
    for wrong in ({"steps": 2.5}, {"steps": -1}, {"steps": 2**32}, {"discount": 0.5}):
        with pytest.raises(synbal.ArgumentError):
            synbal.balance(J, **wrong)


def test_a_network_that_is_overwritten_is_overwritten_as_a_whole():
    rng = np.random.default_rng(7)
    network = synbal.Network(rng.normal(size=(4, 4)), w_in=rng.normal(size=(4, 2)), w_out=rng.normal(size=(1, 4)), b=rng.normal(size=4))
    found = synbal.balance(synbal.Network(network.weights.copy(), network.w_in, network.w_out, network.b))
    synbal.balance(network, overwrite=True)
    for name in ("weights", "w_in", "w_out", "b"):
        assert np.array_equal(getattr(network, name), getattr(found, name)), name


def test_sparse_factors_are_those_of_dense_ones(J):
    factors = np.linspace(0.5, 2.0, 7)
    dense = synbal.balance(J, alpha=factors)
    assert np.array_equal(synbal.balance(J, alpha=sp.coo_array(factors)).h, dense.h)
    for size in (6, 8):
        with pytest.raises(synbal.CostError, match=f"alpha has {size} x {size} entries, but the network has 7 neurons"):
            synbal.balance(J, alpha=sp.csr_array(np.ones((size, size))))


def test_rows_in_another_order_than_numbered_columns_are_refused():
    J = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [4.0, 1.0, 0.0]])
    with pytest.raises(synbal.NetworkError, match="neuron 0 is 0 by their places, and 2 by the rows of J"):
        synbal.balance(pd.DataFrame(J).iloc[[2, 0, 1]])
    with pytest.raises(synbal.NetworkError, match="by the rows of b"):
        synbal.balance(J, b=pd.Series([1.0, 2.0, 3.0], index=[2, 1, 0]))
    # Other numbers are names.
    assert synbal.balance(pd.DataFrame(J, index=[10, 20, 30])).balanced


@pytest.mark.parametrize("tol", [0.0, -1.0, float("nan"), 2.0])
def test_a_tolerance_that_is_none_with_a_bar(J, tol):
    with pytest.raises(synbal.ArgumentError):
        synbal.balance(J, tol=tol, progress=True)


def test_tables_made_from_pandas_own_and_labels_that_are_no_numbers():
    class Own(pd.DataFrame):
        @property
        def _constructor(self):
            return Own

    J = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [4.0, 1.0, 0.0]])
    with pytest.raises(synbal.NetworkError, match="by the columns of J"):
        synbal.balance(Own(J, index=["a", "b", "c"], columns=["a", "c", "b"]))
    names = [float("nan"), "b", "c"]
    found = synbal.balance(Own(J, index=names, columns=names))
    assert isinstance(found.weights, Own)
