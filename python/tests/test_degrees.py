"""Networks whose neurons have other degrees of homogeneity than one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import synbal

SQUARE = ("rectified-power", 2.0)
MIXED = ["relu", SQUARE, ("rectified-power", 0.5), SQUARE, "linear"]
DEGREES = np.array([1.0, 2.0, 0.5, 2.0, 1.0])


@pytest.fixture
def whole(rng):
    parts = {"w_in": rng.normal(size=(5, 2)), "w_out": rng.normal(size=(3, 5)), "b": rng.normal(size=5)}
    return rng.normal(size=(5, 5)), parts


def costs(found, world):
    """Incoming and outgoing costs of every neuron, the outside included, from the weights that came out."""
    squares = found.weights**2
    incoming = squares.sum(1) + (found.w_in**2).sum(1) + found.b**2
    outgoing = squares.sum(0) + world * (found.w_out**2).sum(0)
    return incoming, outgoing


def test_incoming_is_the_degree_times_outgoing_and_the_task_is_kept(whole):
    J, parts = whole
    found = synbal.balance(J, **parts, world=1.0, activation=MIXED)
    assert found.balanced and found.imbalance <= 1e-10
    incoming, outgoing = costs(found, 1.0)
    np.testing.assert_allclose(incoming, DEGREES * outgoing, rtol=1e-9)
    assert found.cost_final < found.cost_initial
    np.testing.assert_allclose(found.weights, J * np.exp(DEGREES * found.h - found.h[:, None]), rtol=1e-13)
    np.testing.assert_allclose(found.w_out, parts["w_out"] * np.exp(DEGREES * found.h), rtol=1e-13)
    np.testing.assert_allclose(found.w_in, parts["w_in"] * np.exp(-found.h)[:, None], rtol=1e-13)
    for method in ("newton", "newton-cg", "osborne", "euler"):
        other = synbal.balance(J, **parts, world=1.0, activation=MIXED, method=method)
        np.testing.assert_allclose(other.h, found.h, atol=1e-8)


def test_a_network_has_its_own_activations(whole, tmp_path):
    J, parts = whole
    network = synbal.Network(weights=J, **parts, activation=MIXED)
    found = synbal.balance(network, world=1.0)
    assert np.array_equal(found.h, synbal.balance(J, **parts, world=1.0, activation=MIXED).h)
    with pytest.raises(synbal.ArgumentError, match="activation is given twice"):
        synbal.balance(network, world=1.0, activation="relu")
    # There and back: one for each neuron, or the one for all of them.
    path = tmp_path / "mixed.safetensors"
    synbal.save(path, J, **parts, activation=MIXED)
    read = synbal.load(path)
    assert read.activation == MIXED and np.array_equal(read.weights, J)
    assert np.array_equal(synbal.balance(read, world=1.0).h, found.h)
    synbal.save(path, J, **parts, activation=[SQUARE] * 5)
    assert synbal.load(path).activation == SQUARE
    assert synbal.load(path, activation=None).activation == SQUARE


def test_a_model_takes_activations_by_neuron_and_by_population(whole):
    J, parts = whole
    model = {"w_rec": J, "w_in": parts["w_in"], "w_out": parts["w_out"], "b": parts["b"]}
    found = synbal.balance_state_dict(model, activation=MIXED, world=1.0)
    expected = synbal.balance(J, **parts, world=1.0, activation=MIXED)
    assert np.array_equal(found.h, expected.h) and found.difference <= found.bound
    (population,) = found.scales
    named = synbal.balance_state_dict(model, activation={population: SQUARE}, world=1.0)
    assert np.array_equal(named.h, synbal.balance(J, **parts, world=1.0, activation=SQUARE).h)
    with pytest.raises(synbal.LayoutError, match="is no population"):
        synbal.balance_state_dict(model, activation={"nobody": SQUARE}, world=1.0)


def test_without_a_minimum_the_direction_is_told(whole):
    J, parts = whole
    with pytest.raises(synbal.NotBalanceable, match="has no minimum.*world=1.0") as raised:
        synbal.balance(J, activation=SQUARE)
    direction = raised.value.direction
    assert direction.shape == (5,)
    # Along it no exponent k_j d_j - d_i is above zero.
    assert (2.0 * direction - direction[:, None]).max() <= 0.0
    with pytest.raises(synbal.ArgumentError, match="degree one only"):
        synbal.balance(J, **parts, activation=SQUARE, world=1.0, method="osborne-greedy")
    with pytest.raises(synbal.NetworkError):
        synbal.balance(J, activation=["relu", SQUARE])
    with pytest.raises(synbal.NotHomogeneous):
        synbal.balance(J, activation=["tanh", *MIXED[1:]])


def test_facts_claims_and_costs_of_other_degrees(whole):
    J, parts = whole
    facts = synbal.inspect(J, **parts, world=1.0, activation=MIXED)
    assert facts.degrees == [0.5, 1.0, 2.0] and facts.activation == "mixed"
    assert facts.balanceable and facts.falls_without_end is None and facts.independent_conserved_quantities is None
    incoming, outgoing = synbal.node_costs(J, **parts, world=1.0, activation=MIXED)
    own = np.diag(J) ** 2
    worst = np.abs(incoming[:5] - DEGREES * outgoing[:5] - own * (DEGREES - 1.0))
    # Self-synapses count on the side where they pull: |k - 1| of each.
    sizes = incoming[:5] + DEGREES * outgoing[:5] + own * np.abs(DEGREES - 1.0)
    assert facts.max_node_imbalance == pytest.approx((worst / sizes).max(), rel=1e-12)
    alone = synbal.inspect(J, activation=SQUARE)
    assert not alone.balanceable and "has no minimum" in alone.falls_without_end
    claims = synbal.verify(J, **parts, world=1.0, activation=MIXED)
    verdicts = {claim.id: claim.verdict for claim in claims.claims}
    assert verdicts["any_degree"] == verdicts["task_preservation"] == "held"
    assert verdicts["lax_form"] == "not-applicable"


def test_certificates_say_their_degrees(whole, tmp_path):
    J, parts = whole
    keywords = {**parts, "activation": MIXED}
    certificate = synbal.certify(J, world=1.0, **keywords)
    proved = certificate.proved
    assert proved.degrees == tuple(map(Fraction, DEGREES)) and proved.components is None and proved.left_out == 0
    assert synbal.check(certificate, J, **keywords) == proved
    assert "degrees 1/2 to 2" in str(proved)
    found = synbal.balance(J, world=1.0, **keywords)
    # The balance holds to 1e-10; rounding of costs of five neurons is far below.
    assert float(proved.cost_lower) * (1 - 1e-9) <= found.cost_final <= float(proved.cost_upper) * (1 + 1e-9)
    assert 0 <= proved.radius < 1e-12
    # What is loaded from a file, and the file itself.
    path = tmp_path / "mixed.safetensors"
    synbal.save(path, J, **keywords)
    for given in (path, synbal.load(path)):
        assert synbal.certify(given, world=1.0).text == certificate.text
        assert synbal.check(certificate, given) == proved
    # Its own log-scales, which are balanced, and others, which are not.
    assert synbal.certify(J, world=1.0, h=found.h, **keywords).proved.radius > 0
    with pytest.raises(synbal.NotCertified):
        synbal.certify(J, world=1.0, h=found.h + np.arange(5.0), **keywords)
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(certificate, J, **parts, activation=[*MIXED[:4], SQUARE])
    with pytest.raises(synbal.CertificateRefused):
        synbal.check(certificate.text.replace('"degrees"', '"degreez"'), J, **keywords)
    with pytest.raises(synbal.NotCertified, match="whole networks"):
        synbal.certify(J, world=1.0, within_components=True, **keywords)
    with pytest.raises(synbal.NotCertified, match="Coq"):
        synbal.certify(J, world=1.0, coq="a network", **keywords)
    with pytest.raises(synbal.NotCertified, match="neuron 4"):
        synbal.certify(J, world=1.0, **parts, activation=[*MIXED[:4], ("rectified-power", 0.3)])
