"""What can go wrong.

Every exception of this package is a :class:`SynbalError`, and also the built-in exception that one would expect
(``ValueError``, ``TypeError``, ``OSError``). What it is about is in its fields; a field that says nothing is ``None``.

>>> import numpy as np, synbal
>>> try:
...     synbal.balance(np.array([[0.0, np.nan], [1.0, 0.0]]))
... except synbal.NetworkError as error:
...     print(error.neuron, error.source, error.value)
0 1 nan
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._balance import BalanceResult

__all__ = [
    "ArgumentError",
    "CertificateRefused",
    "CostError",
    "DtypeError",
    "FileError",
    "InternalError",
    "LayoutError",
    "NetworkError",
    "NoSuchFile",
    "NotBalanceable",
    "NotBalanced",
    "NotCertified",
    "NotHomogeneous",
    "OutputsChanged",
    "SynbalError",
    "SynbalWarning",
]


class SynbalWarning(UserWarning):
    """Something was done, and something about it should be known."""


class SynbalError(Exception):
    """Anything that this package raises.

    Attributes
    ----------
    neuron, source : int or None
        The neuron at fault, counted from 0; for a synapse its target and its source.
    value : float or None
        The number at fault.
    part : str or None
        The argument or the part of the network: ``"J"``, ``"w_in"``, ``"b"``, ``"tol"``, ...
    index : tuple of int or None
        The place in that array, counted from 0.
    shape : tuple of int or None
        The shape found.
    fields : dict
        All fields that say something.
    """

    neuron: int | None = None
    source: int | None = None
    value: float | None = None
    part: str | None = None
    index: tuple[int, ...] | None = None
    shape: tuple[int, ...] | None = None

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.fields = fields
        for name, value in fields.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self.args[0], self.fields)


def _remade(kind: type[SynbalError], message: str, fields: dict[str, Any]) -> SynbalError:
    return kind(message, **fields)


class ArgumentError(SynbalError, ValueError):
    """An argument has a value that is not allowed."""


class DtypeError(SynbalError, TypeError):
    """An array holds something other than floating-point numbers.

    Attributes
    ----------
    dtype : str
        What it holds.
    """

    dtype: str | None = None


class NetworkError(SynbalError, ValueError):
    """The parts of a network do not fit together, or a number of it is not finite or would leave the range of its format.

    Attributes
    ----------
    tensor : str or None
        The tensor of a model that the number is of.
    """

    tensor: str | None = None


class NotHomogeneous(SynbalError, ValueError):
    """Rescaling neurons changes what a network with this activation or layer computes.

    Attributes
    ----------
    module : str or None
        The name of the PyTorch module.
    """

    module: str | None = None


class CostError(SynbalError, ValueError):
    """The cost does not fit the network."""


class NotBalanceable(SynbalError, ValueError):
    """A balanced point exists only if every synapse lies on a directed cycle, and some do not; or the cost has no minimum.

    Attributes
    ----------
    on_no_cycle : ndarray of int, shape (synapses, 2)
        Those that do not, as (target, source).
    direction : ndarray, shape (n,), or None
        For neurons of other degrees than one: how the log-scales move while the cost falls without end.
    """

    on_no_cycle: Any = None
    direction: Any = None


class NotBalanced(SynbalError, ArithmeticError):
    """The method stopped before every neuron was balanced.

    Attributes
    ----------
    result : BalanceResult
        How far it came.
    """

    result: BalanceResult


class LayoutError(SynbalError, ValueError):
    """The tensors of a model are in no known layout, or in one that rescaling would change.

    Attributes
    ----------
    tensor : str or None
        The tensor at fault.
    population : str or None
        The neurons that it may touch.
    """

    tensor: str | None = None
    population: str | None = None


class OutputsChanged(SynbalError, ArithmeticError):
    """The balanced model does not compute what the given one did; the given one was left as it was.

    Attributes
    ----------
    difference : float
        The largest difference of an output, relative to the largest output.
    bound : float
        What rounding explains.
    """

    difference: float = float("nan")
    bound: float = float("nan")


class NotCertified(SynbalError, ArithmeticError):
    """There is no certificate of these log-scales."""


class CertificateRefused(SynbalError, ValueError):
    """The checker refuses a certificate."""


class FileError(SynbalError, OSError):
    """A file cannot be read or written.

    Attributes
    ----------
    path : path or None
        The file.
    """

    path: Any = None


class NoSuchFile(FileError, FileNotFoundError):
    """There is no file of this name."""


class InternalError(SynbalError, RuntimeError):
    """A fault of this package."""
