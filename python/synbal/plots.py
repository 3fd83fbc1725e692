"""Plots, with matplotlib where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ._balance import BalanceResult, node_costs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["incoming_outgoing", "loss_against_noise", "trace"]


def _axes(ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1] if ax is None else ax


def trace(result: BalanceResult) -> Figure:
    """Cost and imbalance of the worst neuron along a run, against passes over the synapses."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    way = result.trace
    left.plot(way["passes"], way["cost"], marker=".")
    left.axhline(result.cost_final, color="0.6", linewidth=0.8)
    left.set(xlabel="passes over the synapses", ylabel=f"total cost (p = {result.p:g})")
    right.semilogy(way["passes"], np.maximum(way["imbalance"], np.finfo(float).tiny), marker=".")
    right.set(xlabel="passes over the synapses", ylabel="imbalance of the worst neuron")
    return figure


def incoming_outgoing(J: Any, *others: Any, labels: list[str] | None = None, ax: Axes | None = None, **cost: Any) -> Axes:
    """Outgoing against incoming cost of every neuron, of one matrix or of several: balanced neurons lie on the diagonal.

    Parameters
    ----------
    J, *others : array_like, sparse matrix or Network
        For example before and after: ``incoming_outgoing(J, result.weights, labels=["given", "balanced"])``.
    labels : list of str, optional
    ax : matplotlib Axes, optional
    **cost
        ``p``, ``alpha``, ... of :func:`synbal.node_costs`.
    """
    ax = _axes(ax)
    low, high = np.inf, 0.0
    for index, matrix in enumerate((J, *others)):
        incoming, outgoing = node_costs(matrix, **cost)
        shown = (incoming > 0.0) & (outgoing > 0.0)
        if shown.any():
            both = np.concatenate([incoming[shown], outgoing[shown]])
            low, high = min(low, both.min()), max(high, both.max())
        ax.loglog(incoming[shown], outgoing[shown], ".", label=labels[index] if labels else None)
    if high > 0.0:
        ax.loglog([low, high], [low, high], color="0.6", linewidth=0.8)
    ax.set(xlabel="incoming cost", ylabel="outgoing cost")
    if labels:
        ax.legend()
    return ax


def loss_against_noise(
    noise: ArrayLike, losses: dict[str, ArrayLike], *, ax: Axes | None = None, ylabel: str = "loss"
) -> Axes:
    """Losses of several networks against the size of the noise on their states.

    Parameters
    ----------
    noise : array_like, shape (levels,)
        Standard deviations.
    losses : dict of str to array_like, shape (levels,) or (levels, trials)
        By name; the mean over trials is drawn, with its standard error.
    ax : matplotlib Axes, optional
    """
    ax = _axes(ax)
    sigma = np.asarray(noise, dtype=float)
    for name, values in losses.items():
        loss = np.asarray(values, dtype=float)
        if loss.ndim == 2:
            error = loss.std(axis=1, ddof=1) / np.sqrt(loss.shape[1]) if loss.shape[1] > 1 else None
            ax.errorbar(sigma, loss.mean(axis=1), yerr=error, marker=".", label=name)
        else:
            ax.plot(sigma, loss, marker=".", label=name)
    ax.set(xlabel="noise (standard deviation)", ylabel=ylabel)
    ax.legend()
    return ax
