"""Reports of the progress: a function, or a bar of tqdm."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .errors import ArgumentError


@contextmanager
def reporter(progress: Any, tol: float) -> Iterator[Callable[..., object] | None]:
    """What the extension calls: ``progress`` itself, or, for True, a bar that fills with the decades of imbalance."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        if not 0.0 < tol < 1.0:
            raise ArgumentError(f"the tolerance is {tol}; it must lie between 0 and 1", part="tol")
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise ArgumentError("progress=True draws a bar with tqdm, which is not installed", part="progress") from None
        with tqdm(total=round(-math.log10(tol), 1), unit="decades", bar_format="{desc}{bar} {elapsed}") as bar:

            def draw(passes: Any, imbalance: float | None = None) -> None:
                if imbalance is None:
                    bar.set_description_str(f"{passes} ")
                    return
                bar.n = min(bar.total, max(0.0, -math.log10(imbalance))) if imbalance > 0.0 else bar.total
                bar.set_description_str(f"imbalance {imbalance:.1e} after {passes} passes ")

            yield draw
            bar.n = bar.total
            bar.refresh()
    elif callable(progress):
        yield progress
    else:
        raise ArgumentError(f"progress is {progress!r}, expected a function or True", part="progress")
