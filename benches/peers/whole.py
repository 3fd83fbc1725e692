"""From a file to the balanced file with SciPy alone: whole.py IN.mtx OUT.mtx. Prints the seconds of its stages as JSON.

Newton's method is the tuned one of methods.py; whatever lies on no cycle is scaled along, as synbal does.
"""

import time

STARTED = time.perf_counter()

import json  # noqa: E402  the clock runs before anything is loaded
import sys  # noqa: E402

import numpy as np  # noqa: E402
import scipy.io  # noqa: E402
import scipy.sparse as sp  # noqa: E402
import scipy.sparse.csgraph  # noqa: E402

import methods  # noqa: E402


def main():
    given, output = sys.argv[1:3]
    stages, last = {}, [STARTED]

    def lap(stage):
        now = time.perf_counter()
        stages[stage], last[0] = now - last[0], now

    lap("start")
    weights = scipy.io.mmread(given, spmatrix=False).tocsr()
    lap("reading")
    n = weights.shape[0]
    row = np.repeat(np.arange(n, dtype=weights.indices.dtype), np.diff(weights.indptr))
    _, label = scipy.sparse.csgraph.connected_components(weights, connection="strong")
    keep = (row != weights.indices) & (weights.data != 0) & (label[row] == label[weights.indices])
    inside = sp.csr_array((weights.data[keep], (row[keep], weights.indices[keep])), shape=(n, n))
    part = np.flatnonzero(np.diff(inside.indptr) + np.bincount(inside.indices, minlength=n))
    inside = inside[part][:, part]
    lap("graph of costs")
    h = np.zeros(n)
    h[part] = methods.newton_tuned(inside)
    lap("solver")
    weights.data *= np.exp(h[weights.indices] - h[row])
    lap("rescaling and judgement")
    scipy.io.mmwrite(output, weights.tocoo(), symmetry="general")
    lap("writing")
    print(json.dumps(stages))


main()
