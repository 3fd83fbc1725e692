"""What is taken for a matrix or a vector of numbers, and how results are given back in the same form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ArgumentError, DtypeError, NetworkError

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def is_sparse(value: object) -> bool:
    """Whether this is a matrix of ``scipy.sparse``, which is not imported to find out."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(value))


def checked_dtype(part: str, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """float32 or float64 in the byte order of the machine, or the error that says what to do."""
    native = dtype.newbyteorder("=")
    if native in FLOATS:
        return native
    advice = {
        "b": f"; {part} holds truth values: pass {part}.astype(float)",
        "i": f"; whole numbers cannot be rescaled: pass {part}.astype(float)",
        "u": f"; whole numbers cannot be rescaled: pass {part}.astype(float)",
        "c": f"; weights are real: pass {part}.real if the imaginary part is zero",
        "f": f"; pass {part}.astype(np.float32) or {part}.astype(np.float64)",
        "O": f"; pass np.array({part}, dtype=float), which says what in it is no number",
    }.get(dtype.kind, "")
    raise DtypeError(f"{part} has dtype {dtype}, expected float32 or float64{advice}", part=part, dtype=str(dtype))


def number(part: str, value: Any) -> float:
    """A real number."""
    if isinstance(value, (bool, str, bytes, complex)) or value is None:
        raise DtypeError(f"{part} is {value!r}, expected a number", part=part, dtype=type(value).__name__)
    try:
        return float(value)
    except OverflowError:
        raise DtypeError(f"{part} is a whole number beyond every float", part=part, dtype=type(value).__name__) from None
    except (TypeError, ValueError):
        message = f"{part} is a {type(value).__name__}, expected a number"
        raise DtypeError(message, part=part, dtype=type(value).__name__) from None


def count(part: str, value: Any, below: int = 2**63) -> int:
    """A whole number that is not negative."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not 0 <= value < below:
        raise ArgumentError(f"{part} is {value!r}, expected a whole number from 0 to {below - 1}", part=part)
    return int(value)


def text(part: str, value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ArgumentError(f"{part} is {value!r}, expected a text", part=part)
    return value


def flag(part: str, value: Any) -> bool:
    """A truth value: a text would count as true, whatever it says."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentError(f"{part} is {value!r}, expected True or False", part=part)
    return bool(value)


def texts(part: str, value: Any) -> list[str]:
    """A sequence of names; a text is one of letters."""
    if isinstance(value, (str, bytes)):
        raise ArgumentError(f"{part} is {value!r}, expected a sequence of names", part=part)
    try:
        return [text(f"one of {part}", name) for name in value]
    except TypeError:
        raise ArgumentError(f"{part} is {value!r}, expected a sequence of names", part=part) from None


def dense(part: str, value: Any, dimensions: int) -> NDArray[Any]:
    """A dense array of floating-point numbers, without a copy where it can be read in place."""
    if isinstance(value, np.ma.MaskedArray):
        message = f"{part} is a masked array, and what is masked has no value; pass {part}.filled(0.0) if it is no synapse"
        raise DtypeError(message, part=part, dtype="masked array")
    if type(value).__module__.partition(".")[0] == "torch":
        message = f"{part} is a PyTorch tensor; pass {part}.detach().cpu().numpy(), or the module to synbal.torch.balance_"
        raise DtypeError(message, part=part, dtype=str(getattr(value, "dtype", "tensor")))
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DtypeError(f"{part} is no array of numbers: {error}", part=part, dtype=type(value).__name__) from None
    dtype = checked_dtype(part, array.dtype)
    if array.ndim != dimensions:
        expected = {1: "one axis", 2: "two axes", 3: "three axes"}[dimensions]
        raise NetworkError(f"{part} has shape {array.shape}, expected {expected}", part=part, shape=array.shape)
    readable = array.flags.aligned and all(stride % array.itemsize == 0 for stride in array.strides)
    if array.dtype != dtype or not readable:
        array = array.astype(dtype)
    return array


def is_pandas(value: object) -> bool:
    """Whether this is a table or a column of pandas, which is not imported to find out."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series))


def labels(value: Any, axis: int) -> list[Any] | None:
    """What pandas calls the places along an axis; None where it only numbers them."""
    if not is_pandas(value) or axis >= value.ndim:
        return None
    found = list(value.axes[axis])
    return None if found == list(range(len(found))) else found


def refuse_another_order(neurons: Sequence[tuple[str, Any, int]], names: list[str] | None = None) -> None:
    """Numbers go by their places; so where labels, or a network's names, name the neurons, they have to name the same ones in the same order."""
    first: tuple[str, list[Any]] | None = None if names is None else ("the names of the network", names)
    for part, value, axis in neurons:
        found = labels(value, axis)
        if found is None:
            continue
        where = f"the {'columns' if axis == 1 else 'rows'} of {part}"
        numbered = list(range(len(found)))
        # The places' own numbers in another order: of a part of a table whose rows alone were taken in turn.
        if set(found) == set(numbered):
            first = first or ("their places", numbered)
        first = first or (where, found)
        if names is not None:
            # Those of a file are text, whatever they look like.
            found = [str(label) for label in found]
        for neuron, (label, other) in enumerate(zip(found, first[1], strict=False)):
            # What is no number is the same label as another such.
            if label != other and (label == label or other == other):
                message = (
                    f"neuron {neuron} is {other!r} by {first[0]}, and {label!r} by {where}; bring them into one order, "
                    "with reindex or loc (J[i, j] leads from the neuron of column j to that of row i)"
                )
                raise NetworkError(message, part=part, neuron=neuron)


def doubles(part: str, value: Any, dimensions: int) -> NDArray[np.float64]:
    """A dense array of finite doubles."""
    array = dense(part, value.toarray() if is_sparse(value) else value, dimensions).astype(np.float64, copy=False)
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(k) for k in np.argwhere(~finite)[0])
        found = float(array[index])
        place = ", ".join(map(str, index))
        message = f"{part}[{place}] is {found}; replace it by a finite number"
        raise NetworkError(message, part=part, index=index, value=found)
    return array


def canonical_csr(part: str, value: Any) -> Any:
    """The compressed rows of a sparse matrix, sorted and without doubled entries; the matrix itself is not changed."""
    checked_dtype(part, value.dtype)
    if len(value.shape) != 2:
        raise NetworkError(f"{part} has shape {value.shape}, expected two axes", part=part, shape=value.shape)
    rows, columns = value.shape
    if rows != columns:
        message = f"{part} is {rows} x {columns}, but recurrent weights are square: one row and one column a neuron"
        raise NetworkError(message, part=part, shape=value.shape)
    csr = value.tocsr()
    if not csr.has_canonical_format:
        csr = csr.copy()
        csr.sum_duplicates()
    native = csr.dtype.newbyteorder("=")
    return csr if csr.dtype == native else csr.astype(native)


def form_of(value: Any) -> Callable[[NDArray[Any]], Any]:
    """How a dense result is given back in the form of a part that came in: an array, or a sparse matrix of its kind."""
    if is_sparse(value):
        kind, form = type(value), value.format
        return lambda array: kind(array).asformat(form)
    return lambda array: array
