"""Inspection, gains, the noise limit, and the claims."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import synbal


def test_gains_are_mean_squared_slopes(rng):
    states = rng.normal(size=(500, 4)) + np.array([0.0, 1.0, -1.0, -9.0])
    rates = np.maximum(states, 0.0)
    expected = (states > 0.0).mean(0)
    np.testing.assert_allclose(synbal.gains(rates), expected, rtol=1e-14)
    np.testing.assert_allclose(synbal.gains(states), expected, rtol=1e-14)
    assert expected[3] == 0.0 and synbal.gains(rates, floor=0.01)[3] == 0.01
    leaky = np.where(states > 0.0, states, 0.1 * states)
    slopes = np.where(states > 0.0, 1.0, 0.1)
    np.testing.assert_allclose(synbal.gains(leaky, activation=("leaky-relu", 0.1)), (slopes**2).mean(0), rtol=1e-12)
    assert np.array_equal(synbal.gains(states, activation="linear"), np.ones(4))
    with pytest.raises(synbal.NotHomogeneous):
        synbal.gains(states, activation="tanh")
    with pytest.raises(synbal.CostError):
        synbal.gains(states, activation=("rectified-power", 2.0))


def test_recordings_of_whole_numbers_and_of_another_shape(J):
    spikes = np.array([[0, 2, 1, 0, 3, 0, 1], [1, 0, 1, 0, 2, 0, 0]])
    expected = (spikes > 0).mean(0)
    for recorded in (spikes, spikes.astype(np.uint8), spikes > 0, spikes.tolist()):
        assert np.array_equal(synbal.gains(recorded), expected)
    for network in (J, J.tolist(), synbal.Network(J)):
        assert synbal.robustness_cost(network, spikes) == pytest.approx((expected * J**2).sum(), rel=1e-14)
        with pytest.raises(synbal.NetworkError, match=r"rates has shape \(7, 2\), expected one row a moment .* 7"):
            synbal.robustness_cost(network, spikes.T)


def test_the_gains_of_labelled_recordings_are_labelled():
    pandas = pytest.importorskip("pandas")
    rates = pandas.DataFrame([[0.0, 1.0], [2.0, 3.0]], columns=["b", "a"])
    gains = synbal.gains(rates)
    assert list(gains.index) == ["b", "a"] and list(gains) == [0.5, 1.0]
    J = pandas.DataFrame([[0.0, 3.0], [1.0, 0.0]], index=["a", "b"], columns=["a", "b"])
    for call in (lambda: synbal.balance(J, alpha=gains), lambda: synbal.robustness_cost(J, rates)):
        with pytest.raises(synbal.NetworkError, match="one order"):
            call()
    assert synbal.robustness_cost(J, rates[["a", "b"]]) == 1.0 * 1.0 + 0.5 * 9.0


def test_labels_are_held_against_the_names_of_a_network(tmp_path):
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "named.csv"
    path.write_text(",a,b\na,0,3\nb,1,0\n")
    network = synbal.load(path, activation="relu", matrix=True)
    assert network.names == ["a", "b"]
    assert synbal.inspect(network, alpha=pandas.Series([1.0, 2.0], index=["a", "b"])).cost == 19.0
    with pytest.raises(synbal.NetworkError, match="names of the network"):
        synbal.inspect(network, alpha=pandas.Series([2.0, 1.0], index=["b", "a"]))


def test_recorded_rates_are_those_of_the_network_s_own_activations():
    J = np.array([[0.0, 3.0], [1.0, 0.0]])
    rates = [[0.0, 1.0], [2.0, 3.0]]
    linear, both = synbal.Network(J, activation="linear"), synbal.Network(J, activation=["relu", "linear"])
    assert synbal.robustness_cost(linear, rates) == 10.0
    assert synbal.robustness_cost(both, rates) == synbal.robustness_cost(J, rates) == 9.5
    assert synbal.robustness_cost(synbal.Network(J, activation=["linear", "relu"]), rates) == 10.0
    with pytest.raises(synbal.ArgumentError, match="activation is given twice"):
        synbal.robustness_cost(linear, rates, activation="relu")


def test_balancing_minimises_the_robustness_cost_over_rescalings(J, rng):
    rates = np.maximum(rng.normal(size=(100, 7)), 0.0)
    gains = synbal.gains(rates)
    given = synbal.robustness_cost(J, rates)
    assert given == pytest.approx((gains * J**2).sum(), rel=1e-14)
    assert given == synbal.robustness_cost(J, gains=gains)
    balanced = synbal.balance(J, alpha=gains)
    assert balanced.cost_final < given
    assert synbal.robustness_cost(balanced.weights, gains=gains) == pytest.approx(balanced.cost_final, rel=1e-13)
    # Rescaled, the neurons are active at the same times, so the gains are what they were.
    assert np.array_equal(synbal.gains(rates * np.exp(-balanced.h)), gains)
    for bad in ({"rates": rates, "gains": gains}, {}):
        with pytest.raises(synbal.ArgumentError):
            synbal.robustness_cost(J, **bad)


def test_the_noise_limit_is_met_and_not_passed(rng):
    J = rng.normal(size=(5, 5)) * 0.3
    parts = {"w_in": rng.normal(size=(5, 2)), "w_out": rng.normal(size=(3, 5)), "activation": "linear"}
    found = synbal.noise_limit(J, rng.normal(size=(64, 20, 2)), **parts)
    still = np.zeros(5)
    assert found.noise(still) == pytest.approx(found.sensitivity.sum(), rel=1e-14)
    assert found.activity(still) == pytest.approx(found.power.sum(), rel=1e-14)
    for _ in range(50):
        h = rng.normal(size=5)
        assert found.noise(h) * found.activity(h) >= found.limit * (1 - 1e-12)
    best = found.least_noise()
    assert found.noise(best) * found.activity(best) == pytest.approx(found.limit, rel=1e-12)
    assert found.activity(best) == pytest.approx(found.activity(still), rel=1e-12)
    again = pickle.loads(pickle.dumps(found))
    assert again.noise(best) == found.noise(best) and np.array_equal(again.power, found.power)
    with pytest.raises(synbal.ArgumentError, match="inputs"):
        synbal.noise_limit(J, np.zeros((1, 2, 3)), **parts)
    with pytest.raises(synbal.ArgumentError, match="left the range of float64"):
        synbal.noise_limit(J, np.full((1, 20, 2), 1e300), **parts)
    with pytest.raises(synbal.ArgumentError, match="dynamics"):
        synbal.noise_limit(J, np.zeros((1, 2, 2)), dynamics="fast", **parts)


@pytest.mark.parametrize(("dynamics", "step"), [("discrete", 1.0), ("continuous", 0.25)])
def test_the_sensitivity_of_a_linear_network_is_its_gramian(rng, dynamics, step):
    """y_t = W x_t, x_{t+1} = A x_t + ...: a kick of neuron j at step s adds W A^{t-s} e_j to y_t."""
    n, steps = 4, 6
    J, w_out = rng.normal(size=(n, n)) * 0.4, rng.normal(size=(2, n))
    A = (1.0 - step) * np.eye(n) + step * J
    exact = np.zeros(n)
    for s in range(steps):
        for t in range(s, steps):
            exact += ((w_out @ np.linalg.matrix_power(A, t - s)) ** 2).sum(0)
    exact /= steps * 2
    # Random signs leave the mean square and add a spread: of 4000 trials about 1/sqrt(4000) of it.
    trials = 4000
    still = {"w_in": np.zeros((n, 1)), "w_out": w_out, "dynamics": dynamics, "step": step}
    found = synbal.noise_limit(J, np.zeros((trials, steps, 1)), activation="linear", **still)
    np.testing.assert_allclose(found.sensitivity, exact, rtol=10.0 / np.sqrt(trials))
    # Of neurons that are never active only the state can be read.
    silent = {"b": np.full(n, -1.0), "x0": np.full(n, -1.0), **still}
    inputs = np.zeros((2, steps, 1))
    assert not synbal.noise_limit(0.0 * J, inputs, read_out="activity", **silent).sensitivity.any()
    assert synbal.noise_limit(0.0 * J, inputs, read_out="state", **silent).sensitivity.all()


def test_claims_hold_and_come_as_tables(J):
    said = []
    found = synbal.verify(J, progress=said.append)
    assert found.held and len(found.claims) == 17
    assert {claim.verdict for claim in found.claims} <= {"held", "not-applicable"}
    table = found.to_pandas()
    assert list(table.index) == [claim.id for claim in found.claims]
    assert set(found.measurements().columns) >= {"claim", "what", "value", "bound", "derivation"}
    assert "task_preservation" in repr(found) and "<table>" in found._repr_html_()
    # tanh is not homogeneous, and the claims that rescale say so.
    with pytest.raises(synbal.NotHomogeneous):
        synbal.verify(J, activation="tanh")


def test_inspection_of_a_whole_network(rng):
    facts = synbal.inspect(np.tril(rng.normal(size=(5, 5)), -1), w_in=np.ones((5, 2)), w_out=np.ones((1, 5)), world=1.0)
    assert (facts.inputs, facts.outputs, facts.balanceable) == (2, 1, True)
    assert not synbal.inspect(np.tril(rng.normal(size=(5, 5)), -1)).balanceable


def test_certificates_of_whole_networks(rng, J):
    parts = {"w_in": rng.normal(size=(7, 2)), "w_out": rng.normal(size=(1, 7))}
    certificate = synbal.certify(J, **parts, world=0.5, coq="a network")
    assert certificate.proved.nodes == 8 and certificate.proved.world == 0.5
    assert synbal.check(certificate.text, J, **parts) == certificate.proved
    assert "Neuron" in certificate.coq
    found = synbal.balance(J, **parts, world=0.5)
    # The cost at the optimum lies between the two, so a balanced network's cost, never below it, is not below the lower.
    assert certificate.proved.cost_lower <= certificate.proved.cost_upper
    assert found.cost_final >= float(certificate.proved.cost_lower) * (1 - 1e-13)
    assert certificate.proved.gap == certificate.proved.cost_upper - certificate.proved.cost_lower
    assert "least possible" in str(certificate.proved)
    assert certificate.proved.degrees is None and certificate.proved.alpha is None


def test_certificates_of_other_costs(J):
    gains = np.linspace(0.25, 1.0, J.shape[0])
    certificate = synbal.certify(J, alpha=gains)
    proved = certificate.proved
    assert list(map(float, proved.alpha)) == list(gains) and "alpha |J|^2" in str(proved)
    assert synbal.check(certificate, J) == proved
    # The balance holds to 1e-10.
    assert synbal.balance(J, alpha=gains).cost_final == pytest.approx(float(proved.cost_upper), rel=1e-9, abs=0.0)
    certificate = synbal.certify(J, steps=3, discount=0.5, activation="linear")
    assert certificate.proved.accumulated == (3, 0.5) and certificate.proved.p == 2
    assert synbal.check(certificate, J, activation="linear") == certificate.proved
    found = synbal.balance(J, steps=3, discount=0.5, activation="linear")
    assert found.cost_final == pytest.approx(float(certificate.proved.cost_upper), rel=1e-9, abs=0.0)
    with pytest.raises(synbal.NotCertified):
        synbal.certify(J, alpha=np.abs(J))


def test_a_feed_forward_network_has_the_costs_that_it_is_balanced_by():
    rng = np.random.default_rng(8)
    weights = np.tril(rng.normal(size=(4, 4)), -1)
    network = synbal.Network(weights, w_in=rng.normal(size=(4, 2)), w_out=rng.normal(size=(1, 4)), feed_forward=True)
    synbal.balance(network, overwrite=True)
    incoming, outgoing = synbal.node_costs(network)
    assert len(incoming) == 5
    np.testing.assert_allclose(incoming, outgoing, rtol=1e-8)
    # The robustness cost is of the recurrent synapses.
    assert synbal.robustness_cost(network, gains=np.ones(4)) == pytest.approx((network.weights**2).sum(), rel=1e-14)


def test_an_activation_beside_a_network_is_refused(tmp_path):
    network = synbal.Network(np.array([[0.0, 1.0], [2.0, 0.0]]), w_in=np.ones((2, 1)), w_out=np.ones((1, 2)))
    for call in (
        lambda: synbal.verify(network, activation="tanh"),
        lambda: synbal.noise_limit(network, np.ones((1, 2, 1)), activation="linear"),
        lambda: synbal.save(tmp_path / "n.safetensors", network, activation="linear"),
        lambda: synbal.inspect(network, activation="linear"),
    ):
        with pytest.raises(synbal.ArgumentError, match="activation is given twice"):
            call()
    with pytest.raises(synbal.NotHomogeneous):
        synbal.noise_limit(synbal.Network(network.weights, network.w_in, network.w_out, activation="tanh"), np.ones((1, 2, 1)))
    with pytest.raises(synbal.ArgumentError, match="activation and floor are of the gains"):
        synbal.robustness_cost(network.weights, gains=np.ones(2), floor=0.5)


def test_a_network_that_changed_since_it_was_read_is_not_its_file(tmp_path):
    path = tmp_path / "n.npy"
    np.save(path, np.array([[0.0, 3.0], [1.0, 0.5]]))
    read = synbal.load(path)
    synbal.check(synbal.certify(read), path)
    read.weights[0, 1] = 2.0
    certificate = synbal.certify(read)
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(certificate, path)
    synbal.check(certificate, read)
    synbal.check(certificate, read.weights)
