"""Networks: what the functions of this package take, and what is read from files."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from . import _synbal
from ._arrays import canonical_csr, count, dense, doubles, flag, form_of, is_pandas, is_sparse, labels, number, refuse_another_order
from .errors import ArgumentError, CostError, NetworkError

# One for all neurons, or a list of one for each.
Activations = Union[str, tuple[str, float], list[Union[str, tuple[str, float]]]]
PARTS = {"w_in": 2, "w_out": 2, "b": 1, "x0": 1, "tau": 1}
# The axes along which the places are neurons.
NEURON_AXES = {"J": (0, 1), "w_in": (0,), "w_out": (1,), "b": (0,), "x0": (0,), "tau": (0,), "alpha": (0, 1)}

# Numbers of a dense matrix that are made without being asked for: one GiB.
LARGEST_DENSE = 2**27


@dataclass(eq=False)
class Network:
    r"""A network :math:`\tau_i \dot x_i = -x_i + \sum_j J_{ij}\, \phi(x_j) + (W_{in} u + b)_i`, :math:`y = W_{out}\, \phi(x)`.

    Wherever a function takes ``J``, it takes a whole network too.

    Attributes
    ----------
    weights : ndarray or sparse matrix, shape (n, n)
        Recurrent weights; ``weights[i, j]`` is the synapse **from j to i**.
    w_in : ndarray, shape (n, inputs), optional
    w_out : ndarray, shape (outputs, n), optional
    b : ndarray, shape (n,), optional
        Biases.
    x0 : ndarray, shape (n,), optional
        Initial state.
    tau : ndarray, shape (n,), optional
        Time constants, in units of time; balancing leaves them alone.
    activation : str, (str, float), or a list of these
        ``"relu"``, ``"linear"``, ``("leaky-relu", slope)``, ``("rectified-power", degree)``, or ``"tanh"``, which is not
        homogeneous and refused by everything that rescales. A list has one for each neuron.
    feed_forward : bool
        Whether only inputs and outputs close its paths into cycles, so that it is balanced with ``world=1.0``.
    names : list of str, optional
        The neurons' names.
    notices : list of str
        What was taken for granted when it was read.
    sha256 : str, optional
        Of the file that it was read from.
    """

    weights: Any
    w_in: Any = None
    w_out: Any = None
    b: Any = None
    x0: Any = None
    tau: Any = None
    activation: Activations = "relu"
    feed_forward: bool = False
    names: list[str] | None = None
    notices: list[str] = field(default_factory=list)
    sha256: str | None = field(default=None, repr=False)
    # Of the numbers that were read, so that what was changed since is not taken for the file.
    _read: int | None = field(default=None, repr=False)

    def digest_of_file(self) -> str | None:
        """``sha256``, unless numbers have changed since."""
        return self.sha256 if self.sha256 is not None and self._read == checksum(self) else None

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.weights.shape))
        parts = [name for name in PARTS if getattr(self, name) is not None]
        return f"Network({shape}, {self.activation!r}{''.join(', ' + part for part in parts)})"


def checksum(network: Network) -> int:
    """A number that tells whether any weight has changed."""
    found = 0
    for name in ("weights", *PARTS):
        value = getattr(network, name)
        if is_sparse(value):
            csr = value.tocsr()
            arrays = [csr.indptr, csr.indices, csr.data]
        else:
            arrays = [] if value is None else [np.asarray(value)]
        for array in arrays:
            found = zlib.crc32(repr((name, array.shape, array.dtype.str)).encode(), found)
            found = zlib.crc32(np.ascontiguousarray(array).view(np.uint8).data, found)
    return found


def activation_pair(activation: Any) -> tuple[str, float | None]:
    """Name and parameter."""
    if isinstance(activation, str):
        return activation, None
    if isinstance(activation, tuple) and len(activation) == 2 and isinstance(activation[0], str):
        return activation[0], None if activation[1] is None else number("activation", activation[1])
    raise ArgumentError(f"activation is {activation!r}, expected a name or (name, parameter)", part="activation")


def activations(activation: Any) -> Any:
    """Name and parameter of the one for all neurons; or a list of them, one for each neuron, or one for each population."""
    if isinstance(activation, Mapping):
        return [(str(population), activation_pair(one)) for population, one in activation.items()]
    if isinstance(activation, list):
        return [activation_pair(one) for one in activation]
    return activation_pair(activation)


def once(J: Any, activation: Any) -> Any:
    """The activation of an array; that of a network is its own, and not to be given twice."""
    if isinstance(J, Network) and activation is not None:
        raise ArgumentError("activation is given twice: the network has its own", part="activation")
    return "relu" if activation is None else activation


class Given:
    """A network as it was given: made native, and results of its form."""

    def __init__(self, J: Any, parts: dict[str, Any], activation: Any, alpha: Any = None) -> None:
        self.network = J if isinstance(J, Network) else None
        if isinstance(J, (str, os.PathLike)):
            raise ArgumentError(f"J is the name {os.fspath(J)!r}; pass synbal.load({os.fspath(J)!r})", part="J")
        if self.network is not None:
            for name, value in parts.items():
                if value is not None:
                    raise ArgumentError(f"{name} is given twice: the network has its own", part=name)
            parts = {name: getattr(self.network, name) for name in PARTS}
            activation = self.network.activation
        self.parts = {name: value for name, value in parts.items() if value is not None}
        self.J = J if self.network is None else self.network.weights
        named = {"J": self.J, **self.parts, "alpha": alpha}
        axes = [(name, axis) for name in named for axis in NEURON_AXES[name]]
        names = None if self.network is None else self.network.names
        refuse_another_order([(name, named[name], axis) for name, axis in axes], names)
        self.singles = {}
        arrays = {}
        for name, value in self.parts.items():
            self.singles[name] = np.asarray(value).dtype.itemsize == 4 if not is_sparse(value) else value.dtype.itemsize == 4
            arrays[name] = doubles(name, value, PARTS[name])
        self.csr: Any = None
        self.array: NDArray[Any] | None = None
        if is_sparse(self.J):
            self.csr = canonical_csr("J", self.J)
            weights: Any = (self.csr.indptr, self.csr.indices, self.csr.data)
        else:
            self.array = weights = dense("J", self.J, 2)
        self.native = _synbal.Network(weights, activation=activations(activation), **arrays)
        n = self.native.neurons
        if is_sparse(alpha) and len(alpha.shape) == 2 and alpha.shape != (n, n):
            rows, columns = alpha.shape
            raise CostError(f"alpha has {rows} x {columns} entries, but the network has {n} neurons")

    @property
    def feed_forward(self) -> bool:
        """Whether only the world closes its paths into cycles."""
        return self.network is not None and self.network.feed_forward

    def names(self) -> list[str] | None:
        """What the neurons are called, if anything."""
        if self.network is not None and self.network.names is not None:
            return self.network.names
        found = labels(self.J, 0) or labels(self.J, 1)
        if found is None:
            return None
        names = [str(label) for label in found]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise NetworkError(f"two neurons of J are called {twice!r}; give each a name of its own, or pass J.to_numpy()", part="J")
        return names

    def weights(self, native: _synbal.Network) -> Any:
        """The weights of a network of the same synapses, in the form of ``J``."""
        if self.csr is not None:
            numbers = native.numbers((self.csr.indptr, self.csr.indices, self.csr.data))
            made = type(self.csr)((numbers, self.csr.indices.copy(), self.csr.indptr.copy()), shape=self.csr.shape)
            if self.J.format == "bsr":
                return made.tobsr(blocksize=self.J.blocksize)
            return made.asformat(self.J.format)
        assert self.array is not None
        array = np.zeros_like(self.array, subok=False)
        native.fill(array)
        if is_pandas(self.J):
            return type(self.J)(array, index=self.J.index, columns=self.J.columns)
        given = self.J.dtype if isinstance(self.J, np.ndarray) else array.dtype
        return array if given == array.dtype else array.astype(given)

    def part(self, native: _synbal.Network, name: str) -> Any:
        """A part of a network, in the form that it was given in."""
        if name not in self.parts:
            return None
        form: Callable[[NDArray[Any]], Any] = form_of(self.parts[name])
        array = native.part(name, self.singles[name])
        return None if array is None else form(array)

    def overwrite(self, weights: Any) -> Any:
        """Writes weights of the form of ``J`` to ``J`` itself."""
        if isinstance(self.J, np.ndarray):
            self.J[...] = weights
        else:
            self.J.data, self.J.indices, self.J.indptr = weights.data, weights.indices, weights.indptr
        return self.J

    def check_overwrite(self) -> None:
        """Whether ``J`` can be written to, before the work."""
        if isinstance(self.J, np.ndarray) and not isinstance(self.J, np.ma.MaskedArray):
            if not self.J.flags.writeable:
                raise ArgumentError("J is read-only and cannot be overwritten; pass a copy", part="J")
        elif not (is_sparse(self.J) and self.J.format in ("csr", "csc")):
            raise ArgumentError("only NumPy arrays and csr and csc matrices can be overwritten", part="J")


@dataclass(frozen=True)
class Task:
    """The cost and the scope, as the extension reads them."""

    p: float
    alpha: Any
    world: float | None
    within_components: bool
    steps: int | None
    discount: float


def task(
    p: Any,
    alpha: Any,
    world: Any,
    within_components: bool,
    feed_forward: bool = False,
    *,
    steps: Any = None,
    discount: Any = None,
) -> Task:
    """A task of these arguments; the paths of a feed-forward model are closed by the world."""
    if steps is None and discount is not None:
        raise ArgumentError("discount is of the noise accumulated over several steps; give steps, too", part="discount")
    if world is None and feed_forward:
        world = 1.0
    factors: Any
    if alpha is None:
        factors = 1.0
    elif is_sparse(alpha) and len(alpha.shape) == 1:
        factors = dense("alpha", alpha.toarray(), 1).astype(np.float64, copy=False)
    elif is_sparse(alpha):
        coo = alpha.tocoo()
        numbers = dense("alpha", coo.data, 1).astype(np.float64)
        factors = (coo.row.astype(np.int64), coo.col.astype(np.int64), numbers)
    elif np.ndim(alpha) == 0:
        factors = number("alpha", alpha)
    else:
        factors = dense("alpha", alpha, 1 if np.ndim(alpha) == 1 else 2).astype(np.float64, copy=False)
    lam = None if world is None else number("world", world)
    over = None if steps is None else count("steps", steps, below=2**32)
    factor = 1.0 if discount is None else number("discount", discount)
    return Task(number("p", p), factors, lam, flag("within_components", within_components), over, factor)


def from_native(native: _synbal.Network, sparse: bool) -> dict[str, Any]:
    """The parts of a native network, for :class:`Network`."""
    starts, columns, numbers = native.rows()
    n = native.neurons
    weights: Any
    if sparse:
        from scipy.sparse import csr_array

        weights = csr_array((numbers, columns, starts), shape=(n, n))
    else:
        if n * n > LARGEST_DENSE:
            raise ArgumentError(f"{n} neurons make a matrix of {n * n} numbers; load it with sparse=True", part="sparse")
        weights = np.zeros((n, n))
        native.fill(weights)
    known = native.activation

    def plain(pair: tuple[str, float | None]) -> str | tuple[str, float]:
        name, parameter = pair
        return name if parameter is None else (name, parameter)

    activation = [plain(pair) for pair in known] if isinstance(known, list) else plain(known)
    parts = {part: native.part(part, False) for part in PARTS}
    return {"weights": weights, "activation": activation, **parts}
