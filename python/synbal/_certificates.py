"""Certificates: proofs of a balancing in whole numbers, and their independent check."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from . import _synbal
from ._arrays import doubles
from ._files import load
from ._network import Activations, Given, Network, once, task
from .errors import FileError, NoSuchFile


def _rounded(value: Fraction, rounding: str, digits: int = 4) -> str:
    context = Context(prec=digits, rounding=rounding)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


@dataclass(frozen=True)
class Proved:
    """What a certificate proves, exactly.

    Attributes
    ----------
    nodes, synapses : int
        What it is about: neurons (and the world), and synapses.
    components : int or None
        Its strong components; None for neurons of other degrees, which are about the whole network.
    left_out : int
        Synapses between components, which lie on no cycle and are left out; 0 for the whole network.
    p : Fraction
        The exponent of the cost.
    degrees : tuple of Fraction, or None
        The degree of each neuron, as the certificate has it; None where every one is one.
    alpha : tuple of Fraction, or None
        The cost factor of each source neuron, as the certificate has it; None where every one is 1.
    accumulated : tuple of int and Fraction, or None
        The costs are those of the noise accumulated over so many steps, each weighing that much relative to the one before;
        None for the weights' own costs.
    world : Fraction or None
        The factor of the read-out weights.
    radius : Fraction
        Balanced log-scales exist, are unique (the roots held), and each is within this of the certificate's.
    cost_upper, cost_lower, gap : Fraction
        The cost at the log-scales is at most the first, the least possible cost at least the second; ``gap`` is their difference.
    """

    nodes: int
    synapses: int
    components: int | None
    left_out: int
    p: Fraction
    degrees: tuple[Fraction, ...] | None
    alpha: tuple[Fraction, ...] | None
    accumulated: tuple[int, Fraction] | None
    world: Fraction | None
    radius: Fraction
    cost_upper: Fraction
    cost_lower: Fraction
    gap: Fraction

    def __str__(self) -> str:
        up, down = ROUND_CEILING, ROUND_FLOOR
        cost = f"cost {'' if self.alpha is None else 'alpha '}|J|^{self.p}"
        if self.accumulated is not None:
            cost = f"noise accumulated over {self.accumulated[0]} steps, discounted by {self.accumulated[1]}"
        degrees = ""
        if self.degrees is not None:
            low, high = min(self.degrees), max(self.degrees)
            degrees = f", neurons of degree {low}" if low == high else f", neurons of degrees {low} to {high}"
        return (
            f"proved of {self.nodes} nodes and {self.synapses} synapses, {cost}{degrees}: "
            f"balanced log-scales are within {_rounded(self.radius, up)} of the certificate's; "
            f"cost at most {_rounded(self.cost_upper, up, 17)}, least possible at least {_rounded(self.cost_lower, down, 17)}"
        )


def _proved(found: dict[str, Any]) -> Proved:
    def whole(name: str) -> int:
        return int(found[name], 16)

    a, b = found["p"]
    unit = 2 ** found["cost_unit_bits"]
    world, noise, alpha, degrees = found["world"], found["accumulated"], found["alpha"], found["degrees"]

    def dyadic(factor: tuple[int, int]) -> Fraction:
        return Fraction(factor[0]) * Fraction(2) ** factor[1]

    return Proved(
        nodes=found["nodes"],
        synapses=found["synapses"],
        components=found["components"],
        left_out=found["left_out"],
        p=Fraction(a, b),
        degrees=None if degrees is None else tuple(Fraction(numerator, degrees[1]) for numerator in degrees[0]),
        alpha=None if alpha is None else tuple(map(dyadic, alpha)),
        accumulated=None if noise is None else (noise[0], dyadic(noise[1])),
        world=None if world is None else dyadic(world),
        radius=Fraction(whole("radius") * b, a * 2 ** found["radius_unit_bits"]),
        cost_upper=Fraction(whole("upper_cost"), unit),
        cost_lower=Fraction(whole("lower_cost"), unit),
        gap=Fraction(whole("gap"), unit),
    )


@dataclass(frozen=True, repr=False)
class Certificate:
    """A proof that log-scales are balanced, which :func:`check`, ``synbal check`` and Coq decide without a solver.

    Attributes
    ----------
    text : str
        The file's text: whole numbers, sealed.
    proved : Proved
        What it proves; the certificate was checked when it was made.
    coq : str or None
        The same as a file for Coq, if it was asked for.
    """

    text: str
    proved: Proved
    coq: str | None = None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the text to a file."""
        Path(path).write_text(self.text, encoding="utf-8")

    def __repr__(self) -> str:
        return f"Certificate: {self.proved}"


def _given(J: Any, parts: dict[str, Any], activation: Any, p: float, alpha: Any = None) -> tuple[Given, str]:
    """The network, and the sha256 of its input."""
    if isinstance(J, (str, os.PathLike)):
        # Of a file that says nothing of it, every neuron is of degree one unless it is said here.
        J, activation = load(J, activation="linear" if activation is None else activation, p=p, sparse=True), None
    given = Given(J, parts, once(J, activation), alpha)
    of_file = J.digest_of_file() if isinstance(J, Network) else None
    return given, given.native.sha256() if of_file is None else of_file


def certify(
    J: Any,
    p: float = 2.0,
    *,
    h: ArrayLike | None = None,
    alpha: Any = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    world: float | None = None,
    activation: Activations | None = None,
    steps: int | None = None,
    discount: float | None = None,
    within_components: bool = False,
    coq: str | None = None,
    progress: Callable[[str], object] | None = None,
) -> Certificate:
    """Prove in whole numbers how near log-scales are to the balanced ones.

    Parameters
    ----------
    J : array_like, sparse matrix, Network, or path
        The network **before** balancing. A certificate names its input by the sha256 of a file: of the file itself for a path
        or a network that was loaded, else of the ``.safetensors`` file that :func:`save` writes of it.
    p : float
        Exponent of the cost: a/b with b one of 1, 2, 4, 8, 16 and a from 1 to 64.
    h : array_like, shape (n,), optional
        The log-scales to certify, as they are. Without them the network is balanced, and they are refined beyond float64.
    coq : str, optional
        The title of a file for Coq, to be made as well; of neurons of degree one, without ``steps``.
    alpha, w_in, w_out, b, world, activation, steps, discount, within_components
        See :func:`balance`. Certificates hold one factor ``alpha`` for each source neuron, and degrees that are fractions of a
        denominator of at most 16; those of other degrees than one are about whole networks.
    progress : callable, optional
        Called with what is being worked on. Ctrl-C returns at once; what is under way ends by itself.

    Returns
    -------
    Certificate

    Raises
    ------
    NotCertified
        These log-scales, or this exponent, cannot be certified.
    NotBalanceable, NetworkError, DtypeError, CostError
        See :func:`balance`.

    Examples
    --------
    >>> import numpy as np, synbal
    >>> J = np.array([[0.0, 3.0], [1.0, 0.0]])
    >>> certificate = synbal.certify(J)
    >>> float(certificate.proved.cost_lower) <= 6.0 <= float(certificate.proved.cost_upper)
    True
    >>> synbal.check(certificate, J) == certificate.proved
    True
    """
    given, sha256 = _given(J, {"w_in": w_in, "w_out": w_out, "b": b}, activation, p, alpha)
    text, file, found = _synbal.certify(
        given.native,
        task(p, alpha, world, within_components, given.feed_forward, steps=steps, discount=discount),
        sha256=sha256,
        log_scales=None if h is None else doubles("h", h, 1),
        title=coq,
        progress=progress,
    )
    return Certificate(text, _proved(found), file)


def check(
    certificate: Certificate | str | bytes | os.PathLike[str],
    J: Any,
    *,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    activation: Activations | None = None,
) -> Proved:
    """Decide a certificate in whole numbers alone, by code that shares nothing with what made it.

    Parameters
    ----------
    certificate : Certificate, its text as str or bytes, or path of its file
    J : array_like, sparse matrix, Network, or path
        The network that it is about. A path is read by the checker itself, where it knows the format
        and nothing else is given.
    w_in, w_out, b : array_like, optional
        See :func:`balance`.
    activation : optional
        That of :func:`certify`, for an array: it is a part of what the certificate is about.

    Returns
    -------
    Proved

    Raises
    ------
    CertificateRefused
        With the first thing found wrong.
    """
    if isinstance(certificate, Certificate):
        text = certificate.text.encode()
    elif isinstance(certificate, bytes):
        text = certificate
    elif isinstance(certificate, str) and certificate.lstrip().startswith("{"):
        text = certificate.encode()
    else:
        try:
            text = Path(certificate).read_bytes()
        except FileNotFoundError:
            raise NoSuchFile(f"{os.fspath(certificate)}: there is no such file", path=certificate) from None
        except OSError as error:
            raise FileError(f"{os.fspath(certificate)}: {error.strerror}", path=certificate) from None
    if isinstance(J, (str, os.PathLike)) and w_in is None and w_out is None and b is None and activation is None:
        found = _synbal.check(text, path=J)
        if found is not None:
            return _proved(found)
    given, sha256 = _given(J, {"w_in": w_in, "w_out": w_out, "b": b}, activation, 2.0)
    found = _synbal.check(text, network=given.native, sha256=sha256)
    assert found is not None
    return _proved(found)
