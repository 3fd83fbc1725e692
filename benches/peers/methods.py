"""The peers: each takes the costs W (n x n, row = target, CSR, no diagonal) or the weights J, and returns log-scales h.

p = 2 throughout, d = e^{2h}, C = diag(1/d) W diag(d), r and c its row and column sums, g = r - c.
"""

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.sparse as sp
import scipy.sparse.linalg

P = 2.0
STRICT = 1e-8  # max |g_i|/(r_i + c_i)
WEAK = 1e-8  # max |g_i| / C(0)


class Gave(Exception):
    """A peer stopped short of its criterion; the text says why."""


class Costs:
    """Sums of rescaled costs by two products with a vector: no exponential for a synapse."""

    def __init__(self, weights):
        self.w = sp.csr_array((weights.data**2, weights.indices, weights.indptr), shape=weights.shape)
        self.wt = self.w.T.tocsr()
        self.start = self.w.data.sum()

    def sums(self, d):
        return (self.w @ d) / d, d * (self.wt @ (1.0 / d))

    def scales(self, h):
        return np.exp(P * (h - 0.5 * (h.max() + h.min())))


def strict(r, c):
    degree = r + c
    return np.max(np.abs(r - c) / np.where(degree > 0, degree, 1.0))


# ---- the paper's algorithm: the flow of J and h -----------------------------------------------------------------


def lax(weights):
    """The neural gradient and the Lax field of the weights themselves, as in the paper."""
    costs = weights * weights
    r, c = costs.sum(axis=1), costs.sum(axis=0)
    g = r - c
    return g, r, c, weights * (g[None, :] - g[:, None])


def authors_ode(weights):
    """Run to the weak criterion, which is the easier one, at the loosest tolerance found to reach it."""
    start = weights.toarray()
    n = len(start)
    total = (start**2).sum()
    scale = 1.0 / (P * np.max((start**2).sum(axis=0) + (start**2).sum(axis=1)))

    def field(_, state):
        g, _, _, slope = lax(state[: n * n].reshape(n, n))
        return np.concatenate([slope.ravel(), g])

    def balanced(_, state):
        costs = state[: n * n].reshape(n, n) ** 2
        return np.max(np.abs(costs.sum(axis=1) - costs.sum(axis=0))) - 0.9 * WEAK * total

    balanced.terminal = True
    end = 1e12 * scale
    solution = scipy.integrate.solve_ivp(
        field, (0.0, end), np.concatenate([start.ravel(), np.zeros(n)]), method="RK45", t_eval=[end],
        events=balanced, rtol=1e-6, atol=1e-10 * np.abs(start).max(),
    )
    if solution.status != 1:
        raise Gave(f"solve_ivp: {solution.message}")
    state = solution.y_events[0][0]
    return state[n * n :], state[: n * n].reshape(n, n)


def authors_euler(weights):
    j = weights.toarray()
    h = np.zeros(len(j))
    _, r, c, _ = lax(j)
    step = 1.0 / (2.0 * P * np.max(r + c))
    while True:
        g, r, c, slope = lax(j)
        found = strict(r, c)
        if not np.isfinite(found):
            raise Gave("became NaN")
        if found <= STRICT:
            return h, j
        j += step * slope
        h += step * g


# ---- LAPACK -----------------------------------------------------------------------------------------------------


def gebal(weights):
    # gebal compares the 2-norms of rows and columns of A, so A = J is p = 2; its scales are powers of two.
    dense = weights.toarray()
    _, (scale, _) = scipy.linalg.matrix_balance(dense, permute=False, separate=True)
    return np.log(scale)


# ---- general minimisers of C(h) ---------------------------------------------------------------------------------


def objective(costs):
    def value(h):
        r, c = costs.sums(costs.scales(h))
        return r.sum() / costs.start, -P * (r - c) / costs.start

    return value


def lbfgsb(weights):
    costs = Costs(weights)
    found = scipy.optimize.minimize(
        objective(costs), np.zeros(weights.shape[0]), jac=True, method="L-BFGS-B",
        options=dict(gtol=P * WEAK, ftol=0.0, maxiter=10**7, maxfun=10**7, maxcor=20),
    )
    if not np.max(np.abs(found.jac)) <= P * WEAK:
        raise Gave(str(found.message))
    return found.x


def trust_ncg(weights):
    costs = Costs(weights)

    def curvature(h, x):
        d = costs.scales(h)
        r, c = costs.sums(d)
        return P * P / costs.start * ((r + c) * x - (costs.w @ (d * x)) / d - d * (costs.wt @ (x / d)))

    found = scipy.optimize.minimize(
        objective(costs), np.zeros(weights.shape[0]), jac=True, hessp=curvature, method="trust-ncg",
        options=dict(gtol=P * WEAK, maxiter=10**6),
    )
    if not np.max(np.abs(found.jac)) <= P * WEAK:
        raise Gave(str(found.message))
    return found.x


# ---- Osborne, compiled ------------------------------------------------------------------------------------------


def osborne_kernel():
    import numba

    @numba.njit(cache=True, fastmath=True)
    def sweep(indptr, indices, data, indptr_t, indices_t, data_t, d, inverse):
        weak, worst = 0.0, 0.0
        for i in range(len(d)):
            incoming, outgoing = 0.0, 0.0
            for e in range(indptr[i], indptr[i + 1]):
                incoming += data[e] * d[indices[e]]
            for e in range(indptr_t[i], indptr_t[i + 1]):
                outgoing += data_t[e] * inverse[indices_t[e]]
            r, c = incoming * inverse[i], outgoing * d[i]
            if r > 0.0 and c > 0.0:
                weak = max(weak, abs(r - c))
                worst = max(worst, abs(r - c) / (r + c))
                d[i] = np.sqrt(incoming / outgoing)
                inverse[i] = 1.0 / d[i]
        return weak, worst

    return sweep


def osborne(weights, strictly):
    sweep = osborne_kernel()
    costs = Costs(weights)
    d, inverse = np.ones(weights.shape[0]), np.ones(weights.shape[0])
    w, wt = costs.w, costs.wt
    while True:
        weak, worst = sweep(w.indptr, w.indices, w.data, wt.indptr, wt.indices, wt.data, d, inverse)
        if (worst <= STRICT) if strictly else (weak <= WEAK * costs.start):
            r, c = costs.sums(d)
            if (strict(r, c) <= STRICT) if strictly else (np.max(np.abs(r - c)) <= WEAK * costs.start):
                return np.log(d) / P


def osborne_weak(weights):
    return osborne(weights, False)


def osborne_strict(weights):
    return osborne(weights, True)


# ---- Newton in SciPy: twenty plain lines, and a version with every trick that fits SciPy --------------------------


def newton_plain(weights):
    w = sp.csr_array((weights.data**2, weights.indices, weights.indptr), shape=weights.shape)
    h = np.zeros(w.shape[0])
    for _ in range(200):
        d = np.exp(P * h)
        c = sp.diags_array(1 / d) @ w @ sp.diags_array(d)
        row, column = c.sum(axis=1), c.sum(axis=0)
        g, degree = row - column, row + column
        if np.max(np.abs(g) / degree) <= STRICT:
            return h
        laplacian = sp.diags_array(degree) - (c + c.T)
        jacobi = sp.diags_array(1 / degree)
        step, _ = scipy.sparse.linalg.cg(laplacian, g / P, M=jacobi, rtol=1e-1, maxiter=2000)
        size = 1.0
        while size > 1e-10:
            trial = np.exp(P * (h + size * step))
            if ((w @ trial) / trial).sum() <= row.sum() - 1e-4 * size * P * (g @ step) + 1e-14 * row.sum():
                break
            size /= 2
        h = h + size * step
    raise Gave("200 steps")


def newton_scaled(weights, prepare=None):
    """Matrix-free, scaled to a unit diagonal, warm start by simultaneous half-steps of Osborne's iteration, inner
    systems only as exact as pays (Eisenstat and Walker), the same fraction of a step as synbal: no line search.
    `prepare`, of the costs, their scales and degrees, returns a preconditioner of the Laplacian itself; without it the
    diagonal alone is one."""
    costs = Costs(weights)
    n = weights.shape[0]
    target = np.repeat(np.arange(n), np.diff(costs.w.indptr))
    d = np.ones(n)
    for _ in range(20):
        r, c = costs.sums(d)
        if strict(r, c) <= STRICT:
            return np.log(d) / P
        d *= np.where((r > 0) & (c > 0), (r / c) ** 0.25, 1.0)
    last = 0.0
    for _ in range(500):
        r, c = costs.sums(d)
        degree = r + c
        if strict(r, c) <= STRICT:
            return np.log(d) / P
        root = 1.0 / np.sqrt(degree)
        left, right = root / d, root * d
        precondition = prepare(costs, target, d, degree) if prepare else None
        residual = root * (r - c)
        norm = np.linalg.norm(residual)
        part = min(0.1, (norm / last) ** 1.6) if last else 0.1
        # The norm alone sees the largest costs only, and the number of systems grows: the worst node counts too.
        goal, goal_of_nodes = norm * part, np.max(np.abs(residual) * root) * part
        last = norm
        z = precondition(residual / root) / root if precondition else residual
        u, direction, rz = np.zeros(n), z.copy(), residual @ z
        for _ in range(5000):
            product = direction - left * (costs.w @ (right * direction)) - right * (costs.wt @ (left * direction))
            size = rz / (direction @ product)
            u += size * direction
            residual -= size * product
            square = residual @ residual
            worst = np.max(np.abs(residual) * root)
            if (np.sqrt(square) <= goal and worst <= goal_of_nodes) or worst <= 0.25 * STRICT:
                break
            z = precondition(residual / root) / root if precondition else residual
            new = residual @ z if precondition else square
            direction *= new / rz
            direction += z
            rz = new
        else:
            raise Gave("5000 inner steps")
        x = root * u
        rate = np.max(np.abs(x[costs.w.indices] - x[target]))
        d *= np.exp((np.log1p(rate) / rate if rate > 0 else 1.0) * x)
    raise Gave("500 steps")


def newton_tuned(weights):
    return newton_scaled(weights)


def newton_pyamg(weights):
    """The tuned one with a multigrid that others made: Ruge and Stueben's, set up anew in every step. Of PyAMG's, smoothed
    and plain aggregation took a little longer on the fly, and pairwise aggregation ten times as long."""
    import pyamg

    def prepare(costs, target, d, degree):
        w = costs.w
        rescaled = sp.csr_array((w.data * d[w.indices] / d[target], w.indices, w.indptr), shape=w.shape)
        laplacian = sp.csr_matrix(sp.diags_array(degree) - (rescaled + rescaled.T))
        # Down and up again in opposite orders: symmetric, at half the price of both in each.
        levels = pyamg.ruge_stuben_solver(
            laplacian, presmoother=("gauss_seidel", {"sweep": "forward"}), postsmoother=("gauss_seidel", {"sweep": "backward"})
        )
        return levels.aspreconditioner(cycle="V").matvec

    return newton_scaled(weights, prepare)


# name: (function, the criterion it runs to, whether it needs dense n x n arrays: how many)
METHODS = {
    "authors' flow of J and h, solve_ivp RK45": (authors_ode, "weak", 10),
    "authors' flow of J and h, forward Euler": (authors_euler, "strict", 4),
    "LAPACK gebal (scipy.linalg.matrix_balance)": (gebal, "none", 3),
    "SciPy L-BFGS-B on C(h)": (lbfgsb, "weak", 0),
    "SciPy trust-ncg on C(h)": (trust_ncg, "weak", 0),
    "numba cyclic Osborne": (osborne_weak, "weak", 0),
    "numba cyclic Osborne, to the last neuron": (osborne_strict, "strict", 0),
    "SciPy Newton-PCG, 20 lines": (newton_plain, "strict", 0),
    "SciPy Newton-PCG, tuned": (newton_tuned, "strict", 0),
    "SciPy Newton-PCG, tuned, with PyAMG": (newton_pyamg, "strict", 0),
}
