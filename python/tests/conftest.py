"""What all tests share."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

# The same examples in every run; HYPOTHESIS_PROFILE=thorough looks for new ones.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, max_examples=40)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ROOT = Path(__file__).parents[2]


@dataclass
class Balanced:
    """What `synbal balance` did."""

    returncode: int
    path: Path
    json: dict[str, Any] | None
    stderr: str


class CommandLine:
    """The program `synbal`, to be agreed with."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)

    def balance(self, path: Path, *arguments: str, output: str = "balanced.npy") -> Balanced:
        written = self.folder / output
        written.unlink(missing_ok=True)
        found = self.run("balance", path, "-o", written, "--json", "-q", *arguments)
        said = json.loads(found.stdout) if found.stdout else None
        return Balanced(found.returncode, written, said, found.stderr)


@pytest.fixture(scope="session")
def command_line(tmp_path_factory):
    program = Path(os.environ.get("SYNBAL", ROOT / "target" / "debug" / "synbal"))
    if not program.is_file():
        pytest.fail(f"there is no {program}; cargo build, or name the program in the variable SYNBAL")
    return CommandLine(program, tmp_path_factory.mktemp("command_line"))


@pytest.fixture
def rng():
    return np.random.default_rng(2022)


@pytest.fixture
def J(rng):
    return rng.normal(size=(7, 7))
