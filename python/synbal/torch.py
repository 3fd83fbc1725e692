"""PyTorch modules, balanced in place.

The module's tensors are described by the same code as those of a file (:func:`synbal.balance_state_dict`); here its layers
are looked at, which a file does not have, and what it computes is compared.
"""

from __future__ import annotations

import copy
import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    import torch
    from torch import nn
    from torch.nn.utils import parametrize
except ImportError as error:
    raise ImportError("synbal.torch needs PyTorch (the package torch, or Debian's python3-torch)") from error

from ._arrays import number, texts
from ._models import StateDictResult, balance_state_dict, tied
from .errors import ArgumentError, LayoutError, NotHomogeneous, OutputsChanged

__all__ = ["balance_"]

# Layers that keep every channel to itself and are positively homogeneous, and containers of layers.
_HOMOGENEOUS = tuple(
    getattr(nn, name)
    for name in (
        "Identity ReLU LeakyReLU RReLU PReLU Flatten Unflatten Dropout Dropout1d Dropout2d Dropout3d ZeroPad1d ZeroPad2d ZeroPad3d "
        "MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d Linear Conv1d Conv2d Conv3d Sequential ModuleList ModuleDict "
        "ParameterList ParameterDict"
    ).split()
    if hasattr(nn, name)
)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_REASONS = {
    "GELU": "it is curved around zero on a scale of its own, so gelu(2x) is not 2 gelu(x)",
    "SiLU": "it is curved around zero on a scale of its own, so silu(2x) is not 2 silu(x)",
    "Tanh": "it saturates at 1 whatever the scale of its input",
    "Sigmoid": "it saturates at 0 and 1 whatever the scale of its input",
    "ReLU6": "it saturates at 6 whatever the scale of its input",
    "ELU": "it saturates at -1 whatever the scale of its input",
    "GRU": "its gates are sigmoids of the state",
    "GRUCell": "its gates are sigmoids of the state",
    "LSTM": "its gates are sigmoids of the state",
    "LSTMCell": "its gates are sigmoids of the state",
    "BatchNorm1d": "it undoes any rescaling of the layer before it; fold it into that layer first (torch.nn.utils.fusion)",
    "BatchNorm2d": "it undoes any rescaling of the layer before it; fold it into that layer first (torch.nn.utils.fusion)",
    "BatchNorm3d": "it undoes any rescaling of the layer before it; fold it into that layer first (torch.nn.utils.fusion)",
    "LayerNorm": "it divides by the size of its input, so that the scale of one neuron changes all others",
    "GroupNorm": "it divides by the size of its input, so that the scale of one neuron changes all others",
    "DataParallel": "it copies another module to devices; balance that one, its attribute `module`",
    "DistributedDataParallel": "it copies another module to processes; balance that one, its attribute `module`",
    "RecursiveScriptModule": "it does not say what its layers are; balance the module before it is scripted",
    "TopLevelTracedModule": "it does not say what its layers are; balance the module before it is traced",
}


def _torch_kind(layer: nn.Module) -> str | None:
    """The name of PyTorch's own class that a layer is of, or made from; None for one that is made from nn.Module alone."""
    first = next(base for base in type(layer).__mro__ if base.__module__.partition(".")[0] == "torch")
    return None if first is nn.Module else first.__name__


def _is_outside(name: str, outside: Sequence[str]) -> bool:
    """Whether a module is one of those that act on the outputs only, or within one."""
    return any(name == other or name.startswith(other + ".") for other in outside)


def _inspected(module: nn.Module, described: bool, outside: Sequence[str]) -> tuple[tuple[str, float] | str, list[str]]:
    """The activation of the hidden neurons, and the tensors that touch none; an error for a layer that rescaling changes."""
    slopes = set()
    untouched = []
    known = {name for name, _ in module.named_modules()}
    for name in outside:
        if name not in known:
            raise LayoutError(f"there is no module `{name}` to leave outside", tensor=name)
    for name, layer in module.named_modules():
        shown, kind = name or type(module).__name__, type(layer).__name__
        if _is_outside(name, outside):
            own = [*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)]
            untouched += [f"{name}.{tensor}" for tensor, _ in own]
            continue
        if isinstance(layer, (nn.RNN, nn.RNNCell)):
            if layer.nonlinearity != "relu":
                message = f"`{shown}` is an nn.{kind} with {layer.nonlinearity}, which saturates at 1 whatever the scale of its input; build it with nonlinearity='relu'"
                raise NotHomogeneous(message, module=shown)
            slopes.add(0.0)
        elif isinstance(layer, _TRANSPOSED) or getattr(layer, "groups", 1) != 1:
            if not described:
                what = "a transposed convolution, whose first axis is its input" if isinstance(layer, _TRANSPOSED) else "a grouped convolution"
                raise LayoutError(f"`{shown}` is {what}: describe the tensors in a layout", tensor=f"{name}.weight")
        elif isinstance(layer, (nn.LeakyReLU, nn.RReLU)):
            slopes.add(layer.negative_slope if isinstance(layer, nn.LeakyReLU) else (layer.lower + layer.upper) / 2)
        elif isinstance(layer, nn.PReLU):
            # A slope is a ratio of two sides of one neuron, and stays.
            untouched.append(f"{name}.weight" if name else "weight")
        elif isinstance(layer, nn.ReLU):
            slopes.add(0.0)
        elif (base := _torch_kind(layer)) is not None and not isinstance(layer, _HOMOGENEOUS):
            reason = _REASONS.get(base, "it is not known to be positively homogeneous, channel by channel")
            message = f"`{shown}` is an nn.{base}: {reason}; if it acts on the module's outputs only, name it in outside"
            raise NotHomogeneous(message, module=shown)
    if slopes == {0.0} or not slopes:
        return "relu", untouched
    return (("leaky-relu", float(min(slopes - {0.0}))), untouched)


def _refuse_parametrised(module: nn.Module, outside: Sequence[str]) -> None:
    """Weights that are made of other tensors anew for each input: what is written over them does not stay."""
    for name, layer in module.named_modules():
        if _is_outside(name, outside):
            continue
        shown = name or type(layer).__name__
        parameters = {key for key, _ in layer.named_parameters(recurse=False)}
        if {"weight_g", "weight_v"} <= parameters:
            how = "weight_norm; remove it first (torch.nn.utils.remove_weight_norm)"
        elif "weight_orig" in parameters:
            how = "spectral_norm or pruning; remove it first (torch.nn.utils.remove_spectral_norm, torch.nn.utils.prune.remove)"
        elif parametrize.is_parametrized(layer):
            how = "a parametrization; remove it first (torch.nn.utils.parametrize.remove_parametrizations)"
        else:
            continue
        raise LayoutError(f"the weights of `{shown}` are made of other tensors, by {how}", tensor=f"{name}.weight" if name else "weight")


def _refuse_shared(module: nn.Module) -> None:
    """Tensors with a number in common: the same one, its transpose, or views that overlap."""
    seen: dict[int, list[tuple[str, torch.Tensor]]] = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        if not tensor.numel() or tensor.layout != torch.strided:
            continue
        # Before PyTorch 2 storages had the type of their numbers.
        storage = tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage()
        # Parameters that lie side by side in one storage (cuDNN's) have none in common.
        others = seen.setdefault(storage.data_ptr(), [])
        for other, numbers in others:
            if _overlap(tensor, numbers):
                raise tied(name, other)
        others.append((name, tensor))


def _span(tensor: torch.Tensor) -> tuple[int, int]:
    """The first byte of the storage that a tensor has, and the one after its last."""
    last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride()))
    size = tensor.element_size()
    return tensor.storage_offset() * size, (tensor.storage_offset() + last + 1) * size


def _overlap(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors of one storage have a number in common."""
    (begin, end), (other_begin, other_end) = _span(one), _span(other)
    if end <= other_begin or other_end <= begin:
        return False
    if one.dtype != other.dtype:
        return True
    # Views that reach across each other may still interleave.
    places = torch.arange(max(end, other_end) // one.element_size())
    of = [places.as_strided(view.shape, view.stride(), view.storage_offset()).reshape(-1) for view in (one, other)]
    return bool(torch.isin(of[0], of[1]).any())


def _copied(example: Any) -> Any:
    """The same, its tensors copied."""
    if isinstance(example, torch.Tensor):
        return example.clone()
    return tuple(map(_copied, example)) if type(example) is tuple else copy.deepcopy(example)


class _Outputs:
    """What a module gives on an example, without its random parts: copies of its numbers, and what else there is."""

    def __init__(self, module: nn.Module, example: Any) -> None:
        self.tensors: list[torch.Tensor] = []
        self.left_out: list[str] = []
        training = [layer for layer in module.modules() if layer.training]
        kept = [(layer, dict(layer._buffers)) for layer in module.modules()]
        numbers = [(buffer, buffer.clone()) for buffer in module.buffers()]
        module.eval()
        try:
            with torch.no_grad():
                # A packed sequence is a tuple, too, but one argument.
                # Layers in place write on what they are given.
                given = _copied(example)
                self._collect(module(*given) if type(given) is tuple else module(given))
        finally:
            with torch.no_grad():
                for layer, buffers in kept:
                    layer._buffers.update(buffers)
                for buffer, before in numbers:
                    buffer.copy_(before)
            for layer in training:
                layer.training = True

    def _collect(self, value: Any) -> None:
        if isinstance(value, torch.Tensor):
            if value.is_complex():
                value = torch.view_as_real(value.resolve_conj())
            if value.is_floating_point():
                self.tensors.append(value.detach().to(torch.float64, copy=True).cpu())
            else:
                self.left_out.append(f"a tensor of {value.dtype}")
        elif isinstance(value, Mapping):
            for item in value.values():
                self._collect(item)
        elif isinstance(value, (tuple, list)):
            for item in value:
                self._collect(item)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            for field in dataclasses.fields(value):
                self._collect(getattr(value, field.name))
        elif value is not None:
            self.left_out.append(f"a {type(value).__name__}")

    def has_numbers(self) -> bool:
        """Whether there is anything to compare."""
        return any(bool(torch.isfinite(tensor).any()) for tensor in self.tensors)

    def shapes(self) -> list[tuple[int, ...]]:
        return [tuple(tensor.shape) for tensor in self.tensors]


def _distance(before: torch.Tensor, after: torch.Tensor) -> float:
    """The largest difference, relative to the largest number; infinite where one is no number and the other is."""
    differ = ~((before == after) | (before.isnan() & after.isnan()))
    if not bool(differ.any()):
        return 0.0
    finite = before[torch.isfinite(before)]
    largest = finite.abs().max().item() if finite.numel() else 0.0
    apart = (before - after)[differ].abs().max().item()
    if apart != apart:
        return float("inf")
    return float(apart / largest if largest > 0.0 else apart)


def _difference(before: torch.Tensor, after: torch.Tensor, scales: dict[str, NDArray[np.float64]]) -> tuple[float, bool]:
    """How far two outputs are apart, relative to the largest; and whether they are the states of a population, which come out
    rescaled."""
    candidates = []
    for h in scales.values():
        if after.ndim and after.shape[-1] == h.size:
            candidates.append(after * torch.from_numpy(np.exp(h)))
    layers = list(scales.values())
    if after.ndim >= 2 and after.shape[0] == len(layers) and all(h.size == after.shape[-1] for h in layers):
        stacked = torch.from_numpy(np.exp(np.stack(layers)))
        candidates.append(after * stacked.reshape(len(layers), *(1,) * (after.ndim - 2), -1))
    as_it_is = _distance(before, after)
    rescaled = min((_distance(before, candidate) for candidate in candidates), default=float("inf"))
    return min(as_it_is, rescaled), rescaled < as_it_is


def balance_(
    module: nn.Module,
    example_input: Any = None,
    p: float = 2.0,
    *,
    world: float | None = None,
    activation: str | tuple[str, float] | None = None,
    layout: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    untouched: Sequence[str] = (),
    outside: Sequence[str] = (),
    within_components: bool = False,
    method: str = "auto",
    tol: float = 1e-10,
    max_passes: int = 1_000_000,
    rtol: float | None = None,
    progress: Callable[[int, float], object] | bool | None = None,
) -> StateDictResult:
    """Balance a PyTorch module in place: it computes the same, at the least cost.

    For ``nn.RNN`` with relu, alone or with a Linear that reads it, and chains of Linear, convolutions, ReLU, leaky ReLU, pooling
    and dropout. Other models take a layout.

    Parameters
    ----------
    module : nn.Module
        Its parameters are changed, unless something goes wrong: then it is as it was. State of an optimiser
        is not rescaled; make a new one.
    example_input : tensor, or tuple of the module's arguments, optional
        Its outputs are computed before and after (in ``eval`` mode) and compared. Only they show what a ``forward`` does that
        is in no layer; without an example that is taken on trust. Outputs that are the states of a population, as those of
        an ``nn.RNN`` by itself, come out rescaled by that population's log-scales.
    activation : str or (str, float), optional
        That of the hidden neurons, if no layer says it; ``"relu"`` otherwise.
    outside : sequence of str
        Modules that act on the model's outputs only, and may be anything.
    rtol : float, optional
        How far the outputs may differ, relative to the largest: by default 1e4 times the spacing of the coarsest dtype
        (at most 0.05), for sums of a thousand terms in ten layers or steps, each rounded.
    p, world, layout, untouched, within_components, method, tol, max_passes, progress
        See :func:`synbal.balance_state_dict`.

    Returns
    -------
    StateDictResult
        ``difference`` and ``bound`` are those of the example, if there is one.

    Raises
    ------
    NotHomogeneous
        A layer that rescaling changes, by its name in ``.module``: tanh, GELU, GRU, LSTM, normalisation, ...
    OutputsChanged
        The outputs on the example differ; the module is as it was.
    LayoutError
        Tensors in no known layout, shared by two layers, made anew of others for each input, or touching neurons without
        being described.
    """
    if not isinstance(module, nn.Module):
        raise ArgumentError(f"module is a {type(module).__name__}, expected an nn.Module", part="module")
    untouched, outside = texts("untouched", untouched), texts("outside", outside)
    _refuse_parametrised(module, outside)
    found, tensors = _inspected(module, layout is not None, outside)
    _refuse_shared(module)
    state = module.state_dict(keep_vars=True)
    coarsest = max((torch.finfo(t.dtype).eps for t in state.values() if t.is_floating_point()), default=0.0)
    bound = min(0.05, 1e4 * coarsest) if rtol is None else number("rtol", rtol)
    before = None if example_input is None else _Outputs(module, example_input)
    if before is not None and not before.has_numbers():
        given = f": {', '.join(dict.fromkeys(before.left_out))}" if before.left_out else ""
        message = f"the module gives no numbers on the example that could be compared{given}; let it give tensors, in tuples, lists, mappings or dataclasses, or leave the example out"
        raise ArgumentError(message, part="example_input")
    result = balance_state_dict(
        {name: tensor.detach() for name, tensor in state.items()},
        p,
        activation=found if activation is None else activation,
        world=world,
        layout=layout,
        untouched=list(dict.fromkeys([*untouched, *(name for name in tensors if name in state)])),
        within_components=within_components,
        method=method,
        tol=tol,
        max_passes=max_passes,
        progress=progress,
    )
    given_state = {name: tensor.detach().clone() for name, tensor in state.items()}
    try:
        _write(state, result.state_dict)
        if before is None:
            return result
        after = _Outputs(module, example_input)
        if before.shapes() != after.shapes():
            message = f"on the example the outputs have shapes {before.shapes()} before and {after.shapes()} after: the module gives other outputs each time, and cannot be compared; it is as it was"
            raise OutputsChanged(message, difference=float("inf"), bound=bound)
        compared = [_difference(x, y, result.scales) for x, y in zip(before.tensors, after.tensors)]
        difference = max(apart for apart, _ in compared)
        if not difference <= bound:
            message = f"on the example the outputs differ by {difference:.1e} of the largest, more than {bound:.1e}: the module does something that is not homogeneous, or is wired otherwise than as {result.layout}; it is as it was"
            raise OutputsChanged(message, difference=difference, bound=bound)
    except BaseException:
        _write(state, given_state)
        raise
    for place, (apart, is_rescaled) in enumerate(compared):
        if is_rescaled and _distance(before.tensors[place], after.tensors[place]) > bound:
            result.notices.append(f"output {place} is the states of a population, which come out rescaled by its log-scales")
    if before.left_out:
        result.notices.append(f"not compared among the outputs: {', '.join(dict.fromkeys(before.left_out))}")
    object.__setattr__(result, "difference", difference)
    object.__setattr__(result, "bound", bound)
    return result


def _write(state: Mapping[str, torch.Tensor], numbers: Mapping[str, torch.Tensor]) -> None:
    with torch.no_grad():
        for name, tensor in state.items():
            if not torch.equal(tensor, numbers[name]):
                tensor.copy_(numbers[name])
