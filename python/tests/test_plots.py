"""Plots show what they say."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import synbal
import synbal.plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_run(J):
    found = synbal.balance(J)
    cost, imbalance = found.plot().axes
    np.testing.assert_array_equal(cost.lines[0].get_xydata(), np.c_[found.trace["passes"], found.trace["cost"]])
    np.testing.assert_array_equal(imbalance.lines[0].get_ydata(), found.trace["imbalance"])
    assert imbalance.get_yscale() == "log"


def test_incoming_against_outgoing(J):
    found = synbal.balance(J)
    ax = synbal.plots.incoming_outgoing(J, found.weights, labels=["given", "balanced"], p=2.0)
    given, balanced = ax.lines[0].get_xydata(), ax.lines[1].get_xydata()
    np.testing.assert_array_equal(given.T, synbal.node_costs(J))
    np.testing.assert_allclose(balanced[:, 0], balanced[:, 1], rtol=1e-9)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["given", "balanced"]


def test_loss_against_noise():
    noise, trials = [0.1, 0.2], np.array([[1.0, 3.0], [5.0, 7.0]])
    _, ax = plt.subplots()
    assert synbal.plots.loss_against_noise(noise, {"given": trials, "balanced": [1.0, 2.0]}, ax=ax) is ax
    np.testing.assert_array_equal(ax.containers[0].lines[0].get_ydata(), [2.0, 6.0])
