"""Networks in files."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from . import _synbal
from ._arrays import flag, number, text, texts
from ._models import layout_text
from ._network import Activations, Given, Network, activations, checksum, from_native, once
from .errors import ArgumentError, FileError, SynbalWarning


def load(
    file: Any,
    *,
    sparse: bool = False,
    activation: Activations | Mapping[str, str | tuple[str, float]] | None = None,
    p: float = 2.0,
    layout: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    untouched: Sequence[str] = (),
    edges: str | None = None,
    matrix: bool = False,
    transpose: bool = False,
    variable: str | None = None,
    format: str | None = None,
) -> Network:
    """Read a network, as the command line reads it.

    Parameters
    ----------
    file : path, or binary file object
        A matrix, row = target (``.mtx``, ``.npy``, ``.csv``, ``.tsv``, ``.txt``, ``.mat``, ``scipy.sparse``'s ``.npz``), a list of edges
        (``.csv``, ``.tsv`` and ``.txt`` with ``edges``, ``.graphml``), or a whole model (``.safetensors``, ``.npz``); each also as ``.gz``.
    sparse : bool
        Recurrent weights as a ``scipy.sparse.csr_array``; dense otherwise.
    activation : str, (str, float), a list of these, or a dict of these, optional
        For files of models that do not say theirs: one for all neurons, one for each in a list, or one for each population of
        a model by name.
    p : float
        Parallel synapses of a model, those of a convolution's kernel, are seen as one, of their p-norm.
    layout, untouched
        See :func:`balance_state_dict`.
    edges : str, optional
        ``"source,target"`` or ``"source,target,weight"``: the columns of a list of edges, by name or by number from 1.
    matrix : bool
        A table is a matrix, even if it could be a list of edges.
    transpose : bool
        Rows are sources.
    variable : str, optional
        The variable of a ``.mat``, the array of an ``.npz``, or the attribute of a ``.graphml``, that holds the weights.
    format : str, optional
        The ending that says what a file object holds; by default that of its name.

    Returns
    -------
    Network
        In float64.

    Raises
    ------
    NoSuchFile, FileError
        A file that cannot be read, or is not what its ending says.
    LayoutError, NetworkError
        A file that is no network.
    """
    with _path_of(file, format) as path:
        native, notices, names, feed_forward, sha256 = _synbal.load(
            path,
            activation=None if activation is None else activations(activation),
            p=number("p", p),
            layout=layout_text(layout),
            untouched=texts("untouched", untouched),
            edges=None if edges is None else text("edges", edges),
            matrix=flag("matrix", matrix),
            transpose=flag("transpose", transpose),
            variable=None if variable is None else text("variable", variable),
        )
    parts = from_native(native, flag("sparse", sparse))
    network = Network(**parts, feed_forward=feed_forward, names=names, notices=notices, sha256=sha256)
    network._read = checksum(network)
    return network


class _path_of:
    """The path of a file; a file object is copied to one."""

    def __init__(self, file: Any, format: str | None) -> None:
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        if isinstance(file, (str, os.PathLike)):
            self.path = Path(file)
            return
        if not hasattr(file, "read"):
            raise ArgumentError(f"file is a {type(file).__name__}, expected a path or a binary file object", part="file")
        try:
            content = file.read()
        except ValueError as error:
            raise FileError(f"the file cannot be read: {error}", path=getattr(file, "name", None)) from None
        if not isinstance(content, bytes):
            raise ArgumentError("the file is open as text; open it with mode 'rb'", part="file")
        name = getattr(file, "name", None)
        if format is not None:
            format = text("format", format)
        if format is None and not isinstance(name, str):
            message = "nothing says what the file object holds; give format, for example format='mtx'"
            raise ArgumentError(message, part="format")
        ending = "".join(Path(str(name)).suffixes[-2:]) if format is None else "." + format.lstrip(".")
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "network" + ending)
        self.path.write_bytes(content)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            self.folder.cleanup()


def save(
    path: str | os.PathLike[str],
    J: Any,
    *,
    w_in: ArrayLike | None = None,
    w_out: ArrayLike | None = None,
    b: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    tau: ArrayLike | None = None,
    activation: Activations | None = None,
    single: bool = False,
) -> None:
    """Write a network: the whole file, or nothing.

    Parameters
    ----------
    path : path
        ``.safetensors`` holds whole networks, ``.mtx``, ``.npy``, ``.csv`` and ``.tsv`` the recurrent weights alone; what is
        left out is said by a :class:`SynbalWarning`.
    J : array_like, sparse matrix, DataFrame, or Network
        Names of neurons, those of a network or the labels of a DataFrame, are written to ``.csv`` and ``.tsv``.
    single : bool
        Write a ``.safetensors`` in float32.
    w_in, w_out, b, x0, tau, activation
        See :class:`Network`.

    Raises
    ------
    FileError
        A place that cannot be written to, or an ending that says no format.
    """
    parts = {"w_in": w_in, "w_out": w_out, "b": b, "x0": x0, "tau": tau}
    given = Given(J, parts, once(J, activation))
    names = given.names()
    if not isinstance(path, (str, os.PathLike)):
        raise ArgumentError(f"path is {path!r}, expected a path", part="path")
    for notice in _synbal.save(Path(path), given.native, single=flag("single", single), names=names):
        warnings.warn(notice, SynbalWarning, stacklevel=2)
