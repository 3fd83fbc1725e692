"""Balancing matrices and networks of arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _synbal
from ._arrays import count, flag, number, text
from ._network import Activations, Given, once, task
from ._progress import reporter
from .errors import NotBalanceable, NotBalanced

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRACE = np.dtype([("passes", np.int64), ("time", np.float64), ("cost", np.float64), ("imbalance", np.float64)])


@dataclass(frozen=True, eq=False, repr=False)
class BalanceResult:
    """A network rescaled until every neuron's incoming and outgoing costs are equal.

    Attributes
    ----------
    weights : ndarray or sparse matrix, shape (n, n)
        ``exp(k[j] h[j] - h[i]) * J[i, j]``, k the degrees (one for relu), of the kind, the dtype and the order of ``J``; row = target.
    w_in, w_out, b, x0 : ndarray or None
        The other parts that were given, rescaled likewise: ``exp(-h) * w_in`` by rows, ``w_out * exp(h)`` by columns,
        ``exp(-h) * b``, ``exp(-h) * x0``.
    h : ndarray, shape (n,)
        The log-scales of the neurons, without unit.
    cost_initial, cost_final : float
        The total cost before and after, over the synapses that were balanced. Infinite or zero outside the range of float64;
        then see ``log2_cost_initial`` and ``log2_cost_final``.
    imbalance_initial, imbalance : float
        ``max_i |r_i - k_i c_i| / (r_i + k_i c_i)`` before and after, ``r`` and ``c`` the incoming and outgoing costs: measured on the
        rescaled weights in float64, before they are rounded to a narrower dtype of ``J``.
    status : str
        ``"balanced"``, or why the method stopped: ``"pass-limit"``, ``"stalled"``, ...
    explanation : str
        The status in words.
    method : str
        The method that was taken.
    iterations, passes : int
        The method's own steps, and its passes over the synapses.
    seconds : float
        Time in the solver.
    components : int
        Strongly connected components of the network.
    on_no_cycle : ndarray of int, shape (synapses, 2)
        Synapses on no directed cycle, as (target, source), which were scaled along; empty unless ``within_components``.
    worst_neuron : int
        The neuron where the imbalance is largest; n for the world.
    trace : structured ndarray
        The way there: ``passes``, ``time`` (of the flow; NaN for methods that do not follow it), ``cost`` (in a unit of its own
        where costs are far from one), ``imbalance``.
    p : float
        The exponent of the cost.
    """

    weights: Any
    w_in: Any
    w_out: Any
    b: Any
    x0: Any
    h: NDArray[np.float64]
    cost_initial: float
    cost_final: float
    log2_cost_initial: float
    log2_cost_final: float
    imbalance_initial: float
    imbalance: float
    status: str
    explanation: str
    method: str
    iterations: int
    passes: int
    seconds: float
    components: int
    on_no_cycle: NDArray[np.int64]
    worst_neuron: int
    trace: NDArray[Any]
    p: float

    @property
    def balanced(self) -> bool:
        """Whether every neuron is balanced to the tolerance."""
        return self.status == "balanced"

    def _rows(self) -> list[tuple[str, str]]:
        rows = [
            ("neurons", f"{self.h.size}"),
            ("method", f"{self.method}, {self.iterations} iterations, {self.passes} passes, {self.seconds:.4f} s"),
            (f"cost (p = {self.p:g})", f"{self.cost_initial:.6g} -> {self.cost_final:.6g}"),
            ("imbalance of the worst neuron", f"{self.imbalance_initial:.3e} -> {self.imbalance:.3e}"),
        ]
        if len(self.on_no_cycle):
            rows.append(("synapses on no cycle, scaled along", f"{len(self.on_no_cycle)}"))
        return rows

    def __repr__(self) -> str:
        said = self.explanation if self.balanced else f"{self.status} ({self.explanation})"
        return "\n".join([f"{type(self).__name__}: {said}", *(f"  {name}: {value}" for name, value in self._rows())])

    def _repr_html_(self) -> str:
        rows = [("status", self.explanation), *self._rows()]
        cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        return f"<table>{cells}</table>"

    def plot(self) -> Figure:
        """Cost and imbalance along the run; see :func:`synbal.plots.trace`."""
        from .plots import trace

        return trace(self)


def fields_of(run: _synbal.Run) -> dict[str, Any]:
    """What a run says of itself, for a result."""
    copied = (
        "cost_initial cost_final log2_cost_initial log2_cost_final imbalance_initial imbalance status explanation method "
        "iterations passes seconds components on_no_cycle p"
    )
    fields = {name: getattr(run, name) for name in copied.split()}
    trace = np.array(run.trace, dtype=TRACE)
    return {"h": run.log_scales, "worst_neuron": run.worst_node, "trace": trace, **fields}


def settled(result: BalanceResult, run: _synbal.Run) -> None:
    """Raises unless something was balanced."""
    if run.nothing:
        message = "no synapse lies on a directed cycle, so there is nothing to balance; give w_in (or b), w_out and world=1.0"
        raise NotBalanceable(message, on_no_cycle=run.on_no_cycle)
    if not result.balanced:
        raise NotBalanced(
            f"{result.explanation} (worst imbalance {result.imbalance:.3e}, neuron {result.worst_neuron}, after "
            f"{result.passes} passes of {result.method}); the exception has how far it came as .result",
            result=result,
        )


def balance(
    J: Any,
    p: float = 2.0,
    *,
    alpha: ArrayLike | Any | None = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    world: float | None = None,
    activation: Activations | None = None,
    steps: int | None = None,
    discount: float | None = None,
    within_components: bool = False,
    method: str = "auto",
    tol: float = 1e-10,
    max_passes: int = 1_000_000,
    overwrite: bool = False,
    progress: Callable[[int, float], object] | bool | None = None,
) -> BalanceResult:
    r"""Rescale every neuron until the costs of its incoming and outgoing synapses are equal.

    A network of linear or rectified neurons computes the same when a neuron's incoming synapses are multiplied by
    :math:`e^{-h}` and its outgoing ones by :math:`e^{h}`. Of all these networks this finds the one of least total cost
    :math:`\sum_{ij} \alpha_{ij} |J_{ij}|^p`, which is the balanced one.

    Parameters
    ----------
    J : array_like of float, sparse matrix, or Network, shape (n, n)
        Recurrent weights; ``J[i, j]`` is the synapse **from j to i**. Any order of a NumPy array, which is read in place; any
        format of ``scipy.sparse``; a pandas DataFrame, whose rows and columns must name the neurons in one order.
    p : float
        Exponent of the cost, greater than 0.
    alpha : float, array_like of shape (n,) or (n, n), or sparse matrix, optional
        Factors of the cost: one for all, one a source neuron (see :func:`gains`), or one a synapse; at least 0.
    w_in, w_out, b, x0 : array_like, optional
        Input weights (n, inputs), read-out weights (outputs, n), biases (n,) and initial state (n,), rescaled along.
    world : float, optional
        Balance these too, the outside world being one more neuron: read-out weights cost ``world * |w_out|**p``, input
        weights and biases ``|w_in|**p``. Feed-forward networks become balanceable.
    activation : str, (str, float), or a list of these, optional
        ``"relu"`` (the default), ``"linear"``, ``("leaky-relu", slope)`` or ``("rectified-power", degree)``; a list has one for
        each neuron. Neurons of a degree k other than one get ``exp(k h)`` in the place of ``exp(h)`` on their outgoing weights,
        and are balanced where their incoming cost is k times the outgoing one. A :class:`Network` has its own.
    steps, discount : int and float, optional
        Balance the noise that accumulates over these steps, ``sum(discount**t * (J^t)**2 for t in 1, ..., steps)`` entry by
        entry (``discount`` is 1 unless given), in the place of the synapses' own costs: noise over several steps is least in
        the network balanced so, if it is linear; where rectified neurons are silent, less noise gets through. For networks
        of up to 2048 neurons, with ``p=2`` and neither ``alpha`` nor ``world``.
    within_components : bool
        Balance inside strongly connected components and scale all other synapses along. Without it, synapses on no
        directed cycle are an error, for then no balanced point exists.
    method : str
        ``"auto"`` or one of :func:`methods`.
    tol : float
        Balanced means ``|r_i - c_i| <= tol * (r_i + c_i)`` for every neuron i.
    max_passes : int
        Passes over the synapses after which the method gives up.
    overwrite : bool
        Write the balanced weights to ``J`` itself (NumPy arrays, csr and csc matrices).
    progress : callable or True, optional
        Called with the passes so far and the imbalance, about twenty times a second and at the end; True draws a bar
        with tqdm. An exception of it stops the run, as does Ctrl-C.

    Returns
    -------
    BalanceResult

    Raises
    ------
    NotBalanced
        The method stopped early; the exception has the result.
    NotBalanceable
        Synapses lie on no directed cycle; or, for other degrees than one, the cost falls without end in a direction.
    NetworkError, DtypeError, CostError, ArgumentError
        What came in is not as described.

    Notes
    -----
    Stock, Harvey, Ocko & Ganguli (2022), PLoS Comput Biol 18(9): e1010418. The GIL is released while the solver runs.

    Examples
    --------
    >>> import numpy as np, synbal
    >>> J = np.array([[0.0, 3.0], [1.0, 0.0]])
    >>> found = synbal.balance(J)
    >>> np.allclose(found.weights, [[0, 3**0.5], [3**0.5, 0]])
    True
    >>> found.status, round(found.cost_initial, 3), round(found.cost_final, 3)
    ('balanced', 10.0, 6.0)
    """
    tol, max_passes, method = number("tol", tol), count("max_passes", max_passes), text("method", method)
    given = Given(J, {"w_in": w_in, "w_out": w_out, "b": b, "x0": x0}, once(J, activation), alpha)
    if flag("overwrite", overwrite):
        given.check_overwrite()
    wanted = task(
        p,
        alpha,
        world,
        within_components,
        given.feed_forward,
        steps=steps,
        discount=discount,
    )
    with reporter(progress, tol) as report:
        run = _synbal.balance(given.native, wanted, method=method, tol=tol, max_passes=max_passes, progress=report)
        if report is not None:
            report(run.passes, run.imbalance)
    weights = given.weights(run.network)
    parts = {name: given.part(run.network, name) for name in ("w_in", "w_out", "b", "x0")}
    result = BalanceResult(weights=weights, **parts, **fields_of(run))
    settled(result, run)
    if overwrite:
        object.__setattr__(result, "weights", given.overwrite(weights))
        for name, part in parts.items():
            if given.network is not None and part is not None:
                setattr(given.network, name, part)
    return result


def methods() -> list[str]:
    """The names of the methods, ``"auto"`` first.

    >>> import synbal
    >>> synbal.methods()[:4]
    ['auto', 'newton', 'newton-cg', 'osborne']
    """
    return _synbal.methods()


def node_costs(
    J: Any,
    p: float = 2.0,
    *,
    alpha: Any = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    world: float | None = None,
    activation: Activations | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Incoming and outgoing cost of every neuron, :math:`r_i = \sum_j C_{ij}` and :math:`c_i = \sum_j C_{ji}`.

    Parameters are those of :func:`balance`. Self-synapses, which belong to both, are left out. With ``world``, which a
    feed-forward network implies, the outside is the last entry.

    Returns
    -------
    incoming, outgoing : ndarray, shape (n,)

    Examples
    --------
    >>> import numpy as np, synbal
    >>> synbal.node_costs(np.array([[0.0, 3.0], [1.0, 0.0]]))
    (array([9., 1.]), array([1., 9.]))
    """
    given = Given(J, {"w_in": w_in, "w_out": w_out, "b": b}, once(J, activation), alpha)
    return _synbal.node_costs(given.native, task(p, alpha, world, False, given.feed_forward))


__all__ = ["BalanceResult", "balance", "methods", "node_costs"]
