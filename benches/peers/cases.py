"""The matrices: made once into target/peers/, read by synbal and by the peers alike. Seed and recipe are fixed."""

import subprocess

import numpy as np
import scipy.io
import scipy.sparse as sp
import scipy.sparse.csgraph

SEED = 2022
FLY_EXTENTS = (5, 10, 15, 25, 40)


def dense(kind, n):
    random = np.random.default_rng([SEED, n])
    normal = random.standard_normal((n, n))
    return normal / np.sqrt(n) if kind == "gauss" else np.exp(3.0 * normal)


def dense_case(kind, n):
    def make(path, _):
        target = path.with_suffix(".npy")
        np.save(target, dense(kind, n))
        return target

    return make


def celegans(path, _):
    """The largest strong component alone, without self-synapses."""
    weights = sp.csr_array(scipy.io.mmread("data/celegans_varshney2011_chem.mtx"))
    count, label = scipy.sparse.csgraph.connected_components(weights, connection="strong")
    keep = np.flatnonzero(label == np.argmax(np.bincount(label, minlength=count)))
    part = sp.coo_array(weights[keep][:, keep])
    target = path.with_suffix(".mtx")
    scipy.io.mmwrite(target, part)
    return target


def fly(extent):
    def make(path, synbal):
        target = path.with_suffix(".mtx")
        which = ["--extent", str(extent), "--model", "0", "--inputs", "none", "--outputs", "none"]
        command = [synbal, "generate", "flyvis", *which, "-o", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return target

    return make


CASES = {
    "gauss 64": dense_case("gauss", 64),
    "gauss 256": dense_case("gauss", 256),
    "gauss 512": dense_case("gauss", 512),
    "gauss 2048": dense_case("gauss", 2048),
    "lognormal (sigma 3) 256": dense_case("lognormal", 256),
    "lognormal (sigma 3) 1024": dense_case("lognormal", 1024),
    "C. elegans": celegans,
    **{f"fly E={extent}": fly(extent) for extent in FLY_EXTENTS},
}


def prepare(name, folder, synbal):
    """Returns what synbal reads (as given) and what the peers read: CSR without the diagonal and without synapses on
    no cycle, which spares them that work."""
    slug = "".join(c if c.isalnum() else "-" for c in name)
    matrix = folder / f"{slug}.npz"
    given = CASES[name](folder / slug, synbal)
    weights = np.load(given) if given.suffix == ".npy" else scipy.io.mmread(given)
    weights = sp.coo_array(weights)
    _, label = scipy.sparse.csgraph.connected_components(sp.csr_array(weights), connection="strong")
    row, column = weights.coords
    keep = (row != column) & (weights.data != 0) & (label[row] == label[column])
    weights = sp.csr_array((weights.data[keep], (row[keep], column[keep])), shape=weights.shape)
    weights.sort_indices()
    # Neurons that take no part (no synapse left) are left out for the peers: plain code divides by their degree.
    degree = np.diff(weights.indptr) + np.bincount(weights.indices, minlength=weights.shape[0])
    part = np.flatnonzero(degree > 0)
    weights = sp.csr_array(weights[part][:, part])
    sp.save_npz(matrix, weights, compressed=False)
    return given, matrix, part


def measure(weights, h=None, final=None):
    """Worst neuron's |g|/(r + c), max|g| over the starting cost, and cost: the one judge of every method, from weights
    or log-scales, one exponential for each synapse so that no scale is trusted to stay in range."""
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    start = weights.data**2
    values = final[row, weights.indices] if final is not None else weights.data * np.exp(h[weights.indices] - h[row])
    costs = values**2
    r = np.bincount(row, costs, weights.shape[0])
    c = np.bincount(weights.indices, costs, weights.shape[0])
    g = np.abs(r - c)
    return dict(residual=float(np.max(g / (r + c))), weak=float(np.max(g) / start.sum()), cost=float(costs.sum()))


def residual_on(pattern, weights):
    """The worst neuron of balanced weights, over the synapses of a pattern alone: those that lie on cycles."""
    mask = sp.csr_array((np.ones(pattern.nnz), pattern.indices, pattern.indptr), shape=pattern.shape)
    costs = (weights * mask).power(2)
    r, c = costs.sum(axis=1), costs.sum(axis=0)
    return float(np.max(np.abs(r - c) / (r + c)))


def drift(weights, h, final):
    """How far weights and log-scales that were integrated apart have drifted apart: the largest log-ratio."""
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    moved = np.log(np.abs(final[row, weights.indices] / weights.data))
    return float(np.max(np.abs(moved - (h[weights.indices] - h[row]))))
