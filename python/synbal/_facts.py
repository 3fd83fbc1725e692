"""What can be said of a network and of its activity without balancing it, and the claims on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _synbal
from ._arrays import count, doubles, is_pandas, is_sparse, number, texts
from ._network import Activations, Given, Network, activation_pair, once, task
from .errors import ArgumentError, CostError, NetworkError

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Facts:
    """What is known of a network; see :func:`inspect`.

    Attributes
    ----------
    neurons, synapses, self_synapses, negative_synapses, inputs, outputs : int
    activation : str
    components, largest_component, weak_components : int
        Strongly connected components, the nodes of the largest, and weakly connected ones.
    synapses_on_no_cycle : int
    degrees : list of float
        The degrees of homogeneity that its neurons have, each once.
    balanceable : bool
        Whether a balanced point exists: for degree one, whether there are none of those.
    falls_without_end : str or None
        Why there is none, for other degrees: the direction in which the cost falls without end.
    independent_conserved_quantities : int or None
        Of the flow of degree one: synapses - neurons + weak components.
    smallest_weight, largest_weight, dynamic_range_log10 : float or None
        Of ``|J|``; None without synapses.
    p : float
    cost, cost_log10 : float or None
        The total cost, None where float64 cannot hold it, and its decimal logarithm.
    max_node_imbalance : float
        ``max_i |r_i - k_i c_i| / (r_i + k_i c_i)``, k the degrees.
    memory_bytes : int
        That balancing takes, about.
    """

    neurons: int
    synapses: int
    self_synapses: int
    negative_synapses: int
    activation: str
    degrees: list[float]
    inputs: int
    outputs: int
    components: int
    largest_component: int
    weak_components: int
    synapses_on_no_cycle: int
    balanceable: bool
    falls_without_end: str | None
    independent_conserved_quantities: int | None
    smallest_weight: float | None
    largest_weight: float | None
    dynamic_range_log10: float | None
    p: float
    cost: float | None
    cost_log10: float | None
    max_node_imbalance: float
    memory_bytes: int


def inspect(
    J: Any,
    p: float = 2.0,
    *,
    alpha: Any = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    world: float | None = None,
    activation: Activations | None = None,
) -> Facts:
    """Size, components, dynamic range, cost and imbalance of a network. Parameters are those of :func:`balance`.

    Examples
    --------
    >>> import numpy as np, synbal
    >>> facts = synbal.inspect(np.array([[0.0, 3.0], [1.0, 0.0]]))
    >>> facts.balanceable, facts.cost, facts.max_node_imbalance
    (True, 10.0, 0.8)
    """
    given = Given(J, {"w_in": w_in, "w_out": w_out, "b": b}, once(J, activation), alpha)
    return Facts(**json.loads(_synbal.inspect(given.native, task(p, alpha, world, False, given.feed_forward))))


def _recorded(rates: Any) -> Any:
    """Counts of spikes, and whether a neuron was active, are recordings too."""
    if isinstance(rates, np.ma.MaskedArray) or is_sparse(rates):
        return rates
    try:
        array = np.asarray(rates)
    except ValueError:
        return rates
    return array.astype(np.float64) if array.dtype.kind in "iub" else rates


def gains(
    rates: ArrayLike, *, activation: str | tuple[str, float] = "relu", floor: float = 0.0
) -> Any:
    r"""The mean squared gain of each neuron, :math:`r_j = \langle \phi'(x_j)^2 \rangle`, from recorded activity.

    As ``alpha`` of :func:`balance` with ``p=2`` they make the paper's robustness cost :math:`\sum r_j J_{ij}^2`: the power of the
    noise that one step of the network passes on. For relu the gain is the fraction of time in which a neuron is active.

    Parameters
    ----------
    rates : array_like, shape (times, n)
        The rates :math:`\phi(x)`, or the states, at so many moments; trials may follow each other. Whole numbers (counts of
        spikes) and truth values will do.
    activation : str or (str, float)
        ``"relu"``, ``"linear"`` or ``("leaky-relu", slope)``: those whose gains do not change when neurons are rescaled.
    floor : float
        No gain is less. A neuron that is almost never active has almost no cost, and balanced exactly it gets a huge read-out
        weight; 0.01 keeps such neurons near where they are.

    Returns
    -------
    ndarray, shape (n,)
        Of a DataFrame a Series, with its columns as labels.

    Raises
    ------
    NotHomogeneous, CostError
        Another activation.
    NetworkError, ArgumentError
        A rate that is not finite, or none at all.

    Examples
    --------
    >>> import synbal
    >>> synbal.gains([[0.0, 1.0], [2.0, 3.0]])
    array([0.5, 1. ])
    """
    array = doubles("rates", _recorded(rates), 2)
    if not array.size:
        raise ArgumentError(f"rates has shape {array.shape}; give at least one moment of one neuron", part="rates")
    floor = number("floor", floor)
    if not 0.0 <= floor < float("inf"):
        raise CostError(f"the floor under the gains is {floor}; it must be a finite number of at least 0", value=floor)
    found = np.maximum(_synbal.gains(array, activation_pair(activation)), floor)
    if not is_pandas(rates):
        return found
    from pandas import Series

    return Series(found, index=cast("DataFrame", rates).columns)


def robustness_cost(
    J: Any,
    rates: ArrayLike | None = None,
    *,
    gains: ArrayLike | None = None,
    activation: str | tuple[str, float] | None = None,
    floor: float = 0.0,
) -> float:
    r"""The robustness cost :math:`\sum_{ij} r_j J_{ij}^2` of a network that was seen at work.

    Noise of variance :math:`\sigma^2` on every state adds :math:`\sigma^2` times this to the total input of all neurons in one
    step (Stock et al. 2022); balancing with ``alpha=gains(rates)`` makes it as small as any rescaling can.

    Parameters
    ----------
    J : array_like, sparse matrix, or Network, shape (n, n)
    rates : array_like, shape (times, n)
        Recorded activity, see :func:`gains`; or give ``gains`` themselves, shape (n,).
    activation, floor
        See :func:`gains`; a :class:`Network` has its own activation, which may be one for each neuron.

    Examples
    --------
    >>> import numpy as np, synbal
    >>> synbal.robustness_cost(np.array([[0.0, 3.0], [1.0, 0.0]]), rates=[[0.0, 1.0], [2.0, 3.0]])
    9.5
    """
    if (rates is None) == (gains is None):
        raise ArgumentError("give either rates or gains", part="rates")
    if gains is not None and (activation is not None or floor != 0.0):
        raise ArgumentError("activation and floor are of the gains that recorded rates have; give rates, or leave them out", part="gains")
    # Of the recurrent synapses alone, whatever closes the paths of the network.
    kinds = J.activation if isinstance(J, Network) and activation is None else once(J, activation)
    factors: Any = gains
    if rates is not None:
        factors = _gains_by_kind(rates, kinds, floor)
    given = Given(J, {}, once(J, None), factors)
    neurons = given.native.neurons
    if rates is not None and factors.size != neurons:
        shape = np.shape(np.asarray(rates))
        message = f"rates has shape {shape}, expected one row a moment and one column a neuron, of which there are {neurons}"
        raise NetworkError(message, part="rates", shape=shape)
    cost = json.loads(_synbal.inspect(given.native, task(2.0, factors, None, False)))["cost"]
    if cost is None:
        raise CostError("the cost is outside the range of float64")
    return float(cost)


_gains = gains


def _gains_by_kind(rates: Any, kinds: Any, floor: float) -> Any:
    """The gains of neurons that may have an activation each."""
    if not isinstance(kinds, list):
        return _gains(rates, activation=kinds, floor=floor)
    found = None
    for kind in dict.fromkeys(kinds):
        of_kind = _gains(rates, activation=kind, floor=floor)
        found = of_kind if found is None else found
        if found.size != len(kinds):
            break
        members = np.array([other == kind for other in kinds])
        found[members] = of_kind[members]
    return found


@dataclass(frozen=True)
class NoiseLimit:
    r"""Noise at the read-out against activity, to first order in the noise, over all rescalings of a network.

    Rescaled by ``h``, noise of variance one after every step adds :math:`\sum_j G_j e^{2h_j}` to the mean squared error of
    the read-out, and the mean squared activity is :math:`\sum_j P_j e^{-2h_j}`. Their product is at least
    :math:`(\sum_j \sqrt{P_j G_j})^2`, whatever the rescaling.

    Attributes
    ----------
    sensitivity : ndarray, shape (n,)
        ``G``.
    power : ndarray, shape (n,)
        ``P``, the mean square of each state over time and trials, without noise.
    limit : float
        The least product of noise and activity.
    """

    sensitivity: NDArray[np.float64]
    power: NDArray[np.float64]
    limit: float
    _native: _synbal.Sensitivity

    def noise(self, h: ArrayLike) -> float:
        """Noise at the read-out of the network rescaled by log-scales ``h`` (n)."""
        return self._native.noise(doubles("h", h, 1))

    def activity(self, h: ArrayLike) -> float:
        """Activity of the network rescaled by log-scales ``h`` (n)."""
        return self._native.activity(doubles("h", h, 1))

    def least_noise(self) -> NDArray[np.float64]:
        """The log-scales that attain the limit at the activity of the network as given."""
        return self._native.least_noise()


def noise_limit(
    J: Any,
    inputs: ArrayLike,
    *,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    tau: ArrayLike | None = None,
    activation: Activations | None = None,
    step: float = 1.0,
    dynamics: str = "discrete",
    read_out: str = "activity",
    seed: int = 0,
) -> NoiseLimit:
    r"""How little noise at the read-out any rescaling of a network can have at a given activity.

    Parameters
    ----------
    J, w_in, w_out, b, x0, tau, activation
        The network, see :class:`Network`.
    inputs : array_like, shape (trials, steps, inputs)
        What it is driven by.
    step : float
        Step length, in the unit of ``tau``; of no meaning in discrete time.
    dynamics : str
        ``"discrete"``: :math:`x \leftarrow J \phi(x) + W_{in} u + b`; ``"continuous"``: Euler steps of
        :math:`\tau \dot x = -x + J \phi(x) + W_{in} u + b`.
    read_out : str
        ``"activity"``: :math:`y = W_{out} \phi(x)`; ``"state"``: :math:`y = W_{out} x`.
    seed : int
        Of the random signs of the estimate, which is unbiased; its spread falls with the number of trials.

    Returns
    -------
    NoiseLimit

    Raises
    ------
    ArgumentError
        Inputs that do not fit, or that drive the network out of the range of float64.
    """
    choices = {"dynamics": (dynamics, ("discrete", "continuous")), "read_out": (read_out, ("activity", "state"))}
    for part, (value, known) in choices.items():
        if value not in known:
            raise ArgumentError(f"{part} is {value!r}, expected {known[0]!r} or {known[1]!r}", part=part)
    length = number("step", step)
    if not 0.0 < length < float("inf"):
        raise ArgumentError(f"step is {length}; it must be a finite number greater than 0", part="step", value=length)
    given = Given(J, {"w_in": w_in, "w_out": w_out, "b": b, "x0": x0, "tau": tau}, once(J, activation))
    native = _synbal.noise_limit(
        given.native,
        doubles("inputs", inputs, 3),
        step=length,
        discrete=dynamics == "discrete",
        read_state=read_out == "state",
        seed=count("seed", seed),
    )
    if not np.isfinite(native.limit):
        raise ArgumentError("numbers of the run left the range of float64; give smaller or fewer inputs", part="inputs")
    return NoiseLimit(native.sensitivity, native.power, native.limit, native)


@dataclass(frozen=True)
class Claim:
    """How a claim of the paper fared on a network.

    Attributes
    ----------
    id : str
        Its name in the report and in the proofs.
    verdict : str
        ``"held"``, ``"fell"``, ``"open"`` or ``"not-applicable"``.
    measurements : list of dict
        What was measured: ``what``, ``value``, ``relation``, ``bound``, and how the bound was derived.
    notes : list of str
    """

    id: str
    verdict: str
    measurements: list[dict[str, Any]]
    notes: list[str]


@dataclass(frozen=True, repr=False)
class Verification:
    """Every claim of the paper on one network.

    Attributes
    ----------
    claims : list of Claim
    solvers : list of dict
        What every method did.
    facts : dict
    """

    claims: list[Claim]
    solvers: list[dict[str, Any]]
    facts: dict[str, Any]

    @property
    def held(self) -> bool:
        """Whether no claim fell or was left open."""
        return all(claim.verdict in ("held", "not-applicable") for claim in self.claims)

    def rows(self) -> list[tuple[str, str, int, str]]:
        """Claim, verdict, number of figures, and what fell or was noted."""
        return [(claim.id, claim.verdict, len(claim.measurements), "; ".join(claim.notes)) for claim in self.claims]

    def to_pandas(self) -> DataFrame:
        """The claims as a table (needs pandas): one row a claim."""
        import pandas

        return pandas.DataFrame(self.rows(), columns=["claim", "verdict", "figures", "notes"]).set_index("claim")

    def measurements(self) -> DataFrame:
        """All figures as a table (needs pandas): one row a figure."""
        import pandas

        return pandas.DataFrame([{"claim": claim.id, **figure} for claim in self.claims for figure in claim.measurements])

    def __repr__(self) -> str:
        return "\n".join(f"{name:22} {verdict:14} {figures} figures" for name, verdict, figures, _ in self.rows())

    def _repr_html_(self) -> str:
        rows = "".join("<tr>" + "".join(f"<td>{escape(str(x))}</td>" for x in row) + "</tr>" for row in self.rows())
        return f"<table><tr><th>claim</th><th>verdict</th><th>figures</th><th>notes</th></tr>{rows}</table>"


def verify(
    J: Any,
    p: float = 2.0,
    *,
    alpha: Any = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    tau: ArrayLike | None = None,
    activation: Activations | None = None,
    world: float | None = None,
    within_components: bool = False,
    methods: Sequence[str] = ("newton", "newton-cg", "osborne"),
    seed: int = 1,
    tol: float = 1e-10,
    max_passes: int = 1_000_000,
    name: str = "network",
    progress: Callable[[str], object] | None = None,
) -> Verification:
    """Check every claim of the paper on a network, each figure against a bound that says how it was derived.

    Parameters
    ----------
    J, w_in, w_out, b, x0, tau, activation
        The network, see :class:`Network`.
    p, alpha, world, within_components, tol, max_passes
        See :func:`balance`.
    methods : sequence of str
        The methods that must agree.
    seed : int
        Of everything random.
    name : str
        What the network is called in the report.
    progress : callable, optional
        Called with the method or the claim that is being worked on. Ctrl-C returns at once; what is under way ends by
        itself.

    Returns
    -------
    Verification
        A claim that falls is no exception but a verdict.
    """
    given = Given(J, {"w_in": w_in, "w_out": w_out, "b": b, "x0": x0, "tau": tau}, once(J, activation), alpha)
    text = _synbal.verify(
        given.native,
        task(p, alpha, world, within_components, given.feed_forward),
        name=name,
        methods=texts("methods", methods),
        seed=count("seed", seed),
        tol=number("tol", tol),
        max_passes=count("max_passes", max_passes),
        progress=progress,
    )
    found = json.loads(text)
    claims = [
        Claim(claim["id"], claim["verdict"], claim["measurements"], claim["notes"]) for claim in found["claims"]
    ]
    return Verification(claims, found["solvers"], found["facts"])
