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
from ._network import Given, Network, task
from .errors import FileError, NoSuchFile


def _rounded(value: Fraction, rounding: str, digits: int = 4) -> str:
    context = Context(prec=digits, rounding=rounding)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


@dataclass(frozen=True)
class Proved:
    """What a certificate proves, exactly.

    Attributes
    ----------
    nodes, synapses, components : int
        What it is about: neurons (and the world), synapses, strong components.
    left_out : int
        Synapses between components, which lie on no cycle and are left out; 0 for the whole network.
    p : Fraction
        The exponent of the cost.
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
    components: int
    left_out: int
    p: Fraction
    accumulated: tuple[int, Fraction] | None
    world: Fraction | None
    radius: Fraction
    cost_upper: Fraction
    cost_lower: Fraction
    gap: Fraction

    def __str__(self) -> str:
        up, down = ROUND_CEILING, ROUND_FLOOR
        cost = f"cost |J|^{self.p}"
        if self.accumulated is not None:
            cost = f"noise accumulated over {self.accumulated[0]} steps, discounted by {self.accumulated[1]}"
        return (
            f"proved of {self.nodes} nodes and {self.synapses} synapses, {cost}: "
            f"balanced log-scales are within {_rounded(self.radius, up)} of the certificate's; "
            f"cost at most {_rounded(self.cost_upper, up, 17)}, least possible at least {_rounded(self.cost_lower, down, 17)}"
        )


def _proved(found: dict[str, Any]) -> Proved:
    def whole(name: str) -> int:
        return int(found[name], 16)

    a, b = found["p"]
    unit = 2 ** found["cost_unit_bits"]
    world, noise = found["world"], found["accumulated"]

    def dyadic(factor: tuple[int, int]) -> Fraction:
        return Fraction(factor[0]) * Fraction(2) ** factor[1]

    return Proved(
        nodes=found["nodes"],
        synapses=found["synapses"],
        components=found["components"],
        left_out=found["left_out"],
        p=Fraction(a, b),
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


def _native(J: Any, parts: dict[str, Any], p: float) -> tuple[_synbal.Network, str, bool]:
    """The network, the sha256 of its input, and whether it is feed-forward."""
    if isinstance(J, (str, os.PathLike)):
        J = load(J, activation="linear", p=p, sparse=True)
    given = Given(J, parts, "relu")
    of_file = J.digest_of_file() if isinstance(J, Network) else None
    sha256 = given.native.sha256() if of_file is None else of_file
    return given.native, sha256, given.feed_forward


def certify(
    J: Any,
    p: float = 2.0,
    *,
    h: ArrayLike | None = None,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    world: float | None = None,
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
        The title of a file for Coq, to be made as well.
    w_in, w_out, b, world, within_components
        See :func:`balance`.
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
    native, sha256, feed_forward = _native(J, {"w_in": w_in, "w_out": w_out, "b": b}, p)
    text, file, found = _synbal.certify(
        native,
        task(p, None, world, within_components, feed_forward),
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
) -> Proved:
    """Decide a certificate in whole numbers alone, by code that shares nothing with what made it.

    Parameters
    ----------
    certificate : Certificate, its text as str or bytes, or path of its file
    J : array_like, sparse matrix, Network, or path
        The network that it is about. A path is read by the checker itself, where it knows the format.
    w_in, w_out, b : array_like, optional
        See :func:`balance`.

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
    if isinstance(J, (str, os.PathLike)) and w_in is None and w_out is None and b is None:
        found = _synbal.check(text, path=J)
        if found is not None:
            return _proved(found)
    native, sha256, _ = _native(J, {"w_in": w_in, "w_out": w_out, "b": b}, 2.0)
    found = _synbal.check(text, network=native, sha256=sha256)
    assert found is not None
    return _proved(found)
