"""Balancing whole models that are given by their named tensors."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _synbal
from ._arrays import count, flag, number, text, texts
from ._balance import BalanceResult, fields_of, settled
from ._network import Activations, activations, task
from ._progress import reporter
from .errors import ArgumentError, DtypeError, FileError, LayoutError, NoSuchFile

# NumPy's names of dtypes, and those of the tensors of .safetensors files.
DTYPES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
}


def is_torch(value: object) -> bool:
    """Whether this is a PyTorch tensor, which is not imported to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def native_tensor(name: str, value: Any) -> tuple[str, str, tuple[int, ...], bytes]:
    """Name, dtype, shape and bytes of a tensor."""
    if is_torch(value):
        torch = sys.modules["torch"]
        if value.is_sparse or value.is_quantized:
            raise DtypeError(f"`{name}` is sparse or quantised, expected a dense tensor", part=name, dtype=str(value.dtype))
        value = value.detach().cpu().contiguous()
        if value.dtype == torch.bfloat16:
            return name, "BF16", tuple(value.shape), value.view(torch.int16).numpy().tobytes()
        value = value.resolve_conj().resolve_neg().numpy()
    if isinstance(value, np.ma.MaskedArray):
        raise DtypeError(f"`{name}` is a masked array, and what is masked has no value", part=name, dtype="masked array")
    array = np.asarray(value)
    native = array.dtype.newbyteorder("=")
    if native.name not in DTYPES:
        raise DtypeError(f"`{name}` has dtype {array.dtype}, which no model file holds", part=name, dtype=str(array.dtype))
    return name, DTYPES[native.name], array.shape, array.astype(native, copy=False).tobytes()


def place_of(value: Any) -> tuple[int, tuple[int, ...]] | None:
    """Where the numbers of a tensor are in memory, and its shape; tensors that have both in common are one."""
    if is_torch(value):
        place = value.data_ptr()
    elif isinstance(value, np.ndarray) and value.size:
        place = value.__array_interface__["data"][0]
    else:
        return None
    return (place, tuple(value.shape)) if place else None


def like(value: Any, numbers: bytes) -> Any:
    """A new tensor of the kind, dtype and shape of ``value`` with these numbers."""
    if is_torch(value):
        torch = sys.modules["torch"]
        stored = torch.int16 if value.dtype == torch.bfloat16 else value.dtype
        flat = torch.frombuffer(bytearray(numbers), dtype=stored) if numbers else torch.empty(0, dtype=stored)
        return flat.view(value.dtype).reshape(value.shape).to(value.device)
    array = np.asarray(value)
    native = array.dtype.newbyteorder("=")
    return np.frombuffer(bytearray(numbers), dtype=native).reshape(array.shape).astype(array.dtype, copy=False)


def toml_value(name: str, said: Any) -> Any:
    """Axes of a tensor, or the activation of a population."""
    if isinstance(said, str):
        return said
    if isinstance(said, Sequence) and all(isinstance(word, str) for word in said):
        return list(said)
    raise ArgumentError(f"the layout says {said!r} of {name!r}, expected a word or a list of words", part="layout")


def layout_text(layout: Any) -> str | None:
    """The text of a layout: TOML itself, a file of it, or the same as a dictionary."""
    if layout is None or isinstance(layout, str):
        return layout
    if isinstance(layout, os.PathLike):
        try:
            return Path(layout).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NoSuchFile(f"{os.fspath(layout)}: there is no such file; check the name", path=os.fspath(layout)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"{os.fspath(layout)}: the layout cannot be read: {error}", path=os.fspath(layout)) from None
    if not isinstance(layout, Mapping):
        raise ArgumentError(f"layout is {layout!r}, expected TOML, a path or a dictionary", part="layout")
    plain = [f"{key} = {json.dumps(value)}" for key, value in layout.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join([f"[{key}]", *(f"{json.dumps(name)} = {json.dumps(toml_value(name, said))}" for name, said in value.items())])
        for key, value in layout.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join(plain + tables)


@dataclass(frozen=True, eq=False, repr=False)
class StateDictResult(BalanceResult):
    """A model that was balanced: what a :class:`BalanceResult` has, and

    Attributes
    ----------
    state_dict : mapping
        The tensors under their names, in their order, of their kind, dtype and device: rescaled where an axis is a
        balanced population, copies of the same numbers elsewhere. ``weights``, ``w_in``, ``w_out``, ``b`` and ``x0``
        are None.
    scales : dict of str to ndarray
        The log-scales of every population; ``h`` is all of them one after the other.
    layout : str
        What kind of model it was taken for.
    notices : list of str
        What was taken for granted.
    difference, bound : float or None
        How far the outputs of both models are apart on a random input, relative to the largest, and what rounding
        explains; None if they were not compared.
    """

    state_dict: Any = None
    scales: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    layout: str = ""
    notices: list[str] = field(default_factory=list)
    difference: float | None = None
    bound: float | None = None

    def _rows(self) -> list[tuple[str, str]]:
        rows = [("model", f"{self.layout}: {', '.join(f'{name} ({h.size})' for name, h in self.scales.items())}")]
        rows += super()._rows()
        if self.difference is not None:
            rows.append(("outputs", f"within {self.difference:.1e} (rounding explains {self.bound:.1e})"))
        return rows


def balance_state_dict(
    state_dict: Mapping[str, Any],
    p: float = 2.0,
    *,
    activation: Activations | Mapping[str, str | tuple[str, float]] | None = None,
    world: float | None = None,
    layout: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    untouched: Sequence[str] = (),
    within_components: bool = False,
    method: str = "auto",
    tol: float = 1e-10,
    max_passes: int = 1_000_000,
    check: bool = True,
    progress: Callable[[int, float], object] | bool | None = None,
) -> StateDictResult:
    """Balance a whole model that is given by its tensors, those of a PyTorch ``state_dict`` for example.

    Which axes are neurons is found by names and shapes, exactly as ``synbal balance model.safetensors`` finds it:
    ``nn.RNN`` and ``nn.RNNCell`` with a Linear read-out, chains of Linear and convolutions, ``w_rec`` with ``w_in``, ``w_out``
    and ``b``; anything else takes a layout. What could touch a neuron and is not described is refused.

    Parameters
    ----------
    state_dict : mapping of str to tensor
        NumPy arrays or PyTorch tensors of float64, float32, float16 or bfloat16. It is not changed.
    p : float
        Exponent of the cost.
    activation : str, (str, float), a list of these, or a dict of these
        ``"relu"``, ``"linear"``, ``("leaky-relu", slope)`` or ``("rectified-power", degree)``: one for all neurons, one for each
        in a list, or one for each population by name. Tensors do not say it, and ``nn.RNN`` is tanh unless it was
        built otherwise, so it must be given unless the layout says it.
    world : float, optional
        Balance input and read-out weights too, see :func:`balance`; 1.0 for feed-forward models, which need it.
    layout : str, path or dict, optional
        The axes of the tensors: TOML, a file of it, or the same as a dictionary,
        ``{"tensors": {"cell.U": ["target cell", "source cell"], ...}}``.
    untouched : sequence of str
        Tensors that have nothing to do with any neuron that is balanced, whatever their shape.
    check : bool
        Run both models on random input and compare.
    within_components, method, tol, max_passes, progress
        See :func:`balance`.

    Returns
    -------
    StateDictResult

    Raises
    ------
    LayoutError
        Tensors in no known layout, or in one that rescaling would change: GRU, LSTM, normalisation, ...
    OutputsChanged
        The outputs differ by more than rounding explains.
    NotBalanced, NotBalanceable, NotHomogeneous, NetworkError, DtypeError
        See :func:`balance`.

    Examples
    --------
    >>> import numpy as np, synbal
    >>> rng = np.random.default_rng(0)
    >>> model = {
    ...     "rnn.weight_ih_l0": rng.normal(size=(5, 2)),
    ...     "rnn.weight_hh_l0": rng.normal(size=(5, 5)),
    ...     "readout.weight": rng.normal(size=(1, 5)),
    ... }
    >>> found = synbal.balance_state_dict(model, activation="relu")
    >>> found.layout, list(found.state_dict) == list(model)
    ('nn.RNN', True)
    """
    if not isinstance(state_dict, Mapping):
        message = f"state_dict is a {type(state_dict).__name__}, expected a mapping from names to tensors"
        raise ArgumentError(message, part="state_dict")
    tol, max_passes = number("tol", tol), count("max_passes", max_passes)
    tensors = [native_tensor(str(name), value) for name, value in state_dict.items()]
    with reporter(progress, tol) as report:
        found = _synbal.balance_state_dict(
            tensors,
            task(p, None, world, within_components),
            activation=None if activation is None else activations(activation),
            layout=layout_text(layout),
            untouched=texts("untouched", untouched),
            method=text("method", method),
            tol=tol,
            max_passes=max_passes,
            check=flag("check", check),
            progress=report,
        )
        if report is not None:
            report(found.run.passes, found.run.imbalance)
    rescaled = {}
    places: dict[tuple[int, tuple[int, ...]], tuple[str, bytes | None]] = {}
    for name, value in state_dict.items():
        numbers = found.bytes(str(name))
        rescaled[name] = None if numbers is None else like(value, numbers)
        place = place_of(value)
        if place is None:
            continue
        other, as_other = places.setdefault(place, (str(name), numbers))
        if numbers != as_other:
            raise tied(str(name), other)
    fields = fields_of(found.run)
    ends = np.cumsum([size for _, size in found.populations])
    parts = np.split(fields["h"], ends[:-1])
    result = StateDictResult(
        weights=None,
        w_in=None,
        w_out=None,
        b=None,
        x0=None,
        **fields,
        state_dict=rebuilt(state_dict, rescaled) if found.run.balanced else None,
        scales={name: part for (name, _), part in zip(found.populations, parts)},
        layout=found.layout,
        notices=found.notices,
        difference=found.difference and found.difference[0],
        bound=found.difference and found.difference[1],
    )
    settled(result, found.run)
    return result


def tied(name: str, other: str) -> LayoutError:
    """The error for two tensors that are the same numbers."""
    message = f"`{name}` and `{other}` share their numbers, and would be rescaled by different factors; untie them first"
    return LayoutError(message, tensor=name)


def rebuilt(given: Mapping[str, Any], tensors: dict[str, Any]) -> Any:
    """A mapping of the kind that was given, where that can be made of pairs."""
    try:
        made: Any = type(given)(tensors)  # type: ignore[call-arg]
    except TypeError:
        return tensors
    # PyTorch's own keeps the versions of its modules there, and asks for them when it loads.
    if hasattr(given, "_metadata"):
        made._metadata = given._metadata
    return made
