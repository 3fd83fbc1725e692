# The extension module: src/*.rs. Private; the package around it looks at what comes in.

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION: str

_Activation = tuple[str, float | None]
_Activations = _Activation | list[_Activation]
_Named = _Activations | list[tuple[str, _Activation]]
_Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]

class Network:
    def __init__(
        self,
        weights: NDArray[Any] | _Rows,
        *,
        activation: _Activations,
        w_in: NDArray[np.float64] | None = ...,
        w_out: NDArray[np.float64] | None = ...,
        b: NDArray[np.float64] | None = ...,
        x0: NDArray[np.float64] | None = ...,
        tau: NDArray[np.float64] | None = ...,
    ) -> None: ...
    @property
    def neurons(self) -> int: ...
    @property
    def synapses(self) -> int: ...
    @property
    def activation(self) -> _Activations: ...
    def fill(self, matrix: NDArray[Any]) -> None: ...
    def numbers(self, rows: _Rows) -> NDArray[Any]: ...
    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]: ...
    def part(self, name: str, single: bool) -> NDArray[Any] | None: ...
    def sha256(self) -> str: ...

class Run:
    network: Network
    balanced: bool
    nothing: bool
    status: str
    explanation: str
    method: str
    p: float
    iterations: int
    passes: int
    seconds: float
    components: int
    worst_node: int
    cost_initial: float
    cost_final: float
    log2_cost_initial: float
    log2_cost_final: float
    imbalance_initial: float
    imbalance: float
    log_scales: NDArray[np.float64]
    on_no_cycle: NDArray[np.int64]
    trace: list[tuple[int, float, float, float]]

class Rescaled:
    run: Run
    layout: str
    populations: list[tuple[str, int]]
    notices: list[str]
    difference: tuple[float, float] | None
    def bytes(self, name: str) -> bytes | None: ...

class Sensitivity:
    def __init__(self, sensitivity: NDArray[np.float64], power: NDArray[np.float64]) -> None: ...
    sensitivity: NDArray[np.float64]
    power: NDArray[np.float64]
    limit: float
    def noise(self, h: NDArray[np.float64]) -> float: ...
    def activity(self, h: NDArray[np.float64]) -> float: ...
    def least_noise(self) -> NDArray[np.float64]: ...

def methods() -> list[str]: ...
def balance(
    network: Network,
    task: Any,
    *,
    method: str,
    tol: float,
    max_passes: int,
    progress: Callable[[int, float], object] | None = ...,
) -> Run: ...
def balance_state_dict(
    tensors: Sequence[tuple[str, str, Sequence[int], bytes]],
    task: Any,
    *,
    activation: _Named | None,
    layout: str | None,
    untouched: Sequence[str],
    method: str,
    tol: float,
    max_passes: int,
    check: bool,
    progress: Callable[[int, float], object] | None = ...,
) -> Rescaled: ...
def certify(
    network: Network,
    task: Any,
    *,
    sha256: str,
    log_scales: NDArray[np.float64] | None = ...,
    title: str | None = ...,
    progress: Callable[..., object] | None = ...,
) -> tuple[str, str | None, dict[str, Any]]: ...
def check(
    certificate: bytes,
    *,
    network: Network | None = ...,
    sha256: str | None = ...,
    path: str | os.PathLike[str] | None = ...,
) -> dict[str, Any] | None: ...
def inspect(network: Network, task: Any) -> str: ...
def node_costs(network: Network, task: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def verify(
    network: Network,
    task: Any,
    *,
    name: str,
    methods: Sequence[str],
    seed: int,
    tol: float,
    max_passes: int,
    progress: Callable[[str], object] | None = ...,
) -> str: ...
def gains(rates: NDArray[np.float64], activation: _Activation) -> NDArray[np.float64]: ...
def noise_limit(
    network: Network, inputs: NDArray[np.float64], *, step: float, discrete: bool, read_state: bool, seed: int
) -> Sensitivity: ...
def load(
    path: str | os.PathLike[str],
    *,
    activation: _Named | None,
    p: float,
    layout: str | None,
    untouched: Sequence[str],
    edges: str | None,
    matrix: bool,
    transpose: bool,
    variable: str | None,
) -> tuple[Network, list[str], list[str] | None, bool, str]: ...
def save(path: str | os.PathLike[str], network: Network, *, single: bool, names: list[str] | None) -> list[str]: ...
