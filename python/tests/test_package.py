"""Types, documentation, and examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import synbal

HERE = Path(__file__).parent
MODULES = [f"synbal.{module.name}" for module in pkgutil.iter_modules(synbal.__path__) if module.name not in ("torch", "_synbal")]


@pytest.mark.parametrize("name", ["synbal", *MODULES])
def test_examples_in_the_documentation(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert failed == 0
    if name in ("synbal", "synbal._balance", "synbal._facts", "synbal._certificates", "synbal._models", "synbal.errors"):
        assert tried > 0


def test_everything_public_is_documented():
    for name in synbal.__all__:
        item = getattr(synbal, name)
        if not isinstance(item, str):
            assert inspect.getdoc(item), name
    # Each parameter of a function is in its documentation.
    for name in synbal.__all__:
        item = getattr(synbal, name)
        if inspect.isfunction(item) and "Parameters\n" in (item.__doc__ or ""):
            for parameter in inspect.signature(item).parameters:
                assert parameter in item.__doc__, f"{name}({parameter})"


def test_the_types_are_consistent(tmp_path):
    configuration = HERE.parent / "pyproject.toml"
    command = [sys.executable, "-m", "mypy", "--config-file", configuration, "--cache-dir", tmp_path, "-p", "synbal"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_stub_describes_the_extension(tmp_path):
    import ast

    stub = ast.parse((Path(synbal.__file__).parent / "_synbal.pyi").read_text())
    native = importlib.import_module("synbal._synbal")
    names = set()
    for node in stub.body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
            arguments = node.args.args + node.args.kwonlyargs
            assert [a.arg for a in arguments] == list(inspect.signature(getattr(native, node.name)).parameters), node.name
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
            members = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            members |= {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
            public = {name for name in dir(getattr(native, node.name)) if not name.startswith("_")}
            assert public == members - {"__init__"}, node.name
    assert names == {name for name in dir(native) if not name.startswith("_") and name != "VERSION"}


def test_the_notebook_is_that_of_its_cells(tmp_path):
    examples = HERE.parent / "examples"
    (tmp_path / "make_notebook.py").write_text((examples / "make_notebook.py").read_text())
    subprocess.run([sys.executable, tmp_path / "make_notebook.py"], check=True)
    written, kept = ((folder / "balance_a_small_rnn.ipynb").read_text() for folder in (tmp_path, examples))
    assert written == kept, "run examples/make_notebook.py"


def test_the_notebook_runs(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(HERE.parent / "examples" / "balance_a_small_rnn.ipynb", as_version=4)
    nbformat.validate(notebook)
    run = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    run.execute()
