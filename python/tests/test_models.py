"""Models by their tensors; the same description as the command line's is in test_command_line.py."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest

import synbal


def test_layouts_as_text_file_and_dictionary(tmp_path, rng):
    model = OrderedDict(
        [
            ("read.W", rng.normal(size=(1, 4))),
            ("cell.U", rng.normal(size=(4, 4)).astype(np.float32)),
            ("cell.V", rng.normal(size=(4, 2))),
            ("emb", np.arange(8.0)),
        ]
    )
    layout = {
        "activation": "relu",
        "untouched": ["emb"],
        "tensors": {
            "cell.U": ["target cell", "source cell"],
            "cell.V": ["target cell", "outside"],
            "read.W": ["outside", "source cell"],
        },
    }
    found = synbal.balance_state_dict(model, layout=layout)
    assert isinstance(found.state_dict, OrderedDict) and list(found.state_dict) == list(model)
    assert found.state_dict["cell.U"].dtype == np.float32 and np.array_equal(found.state_dict["emb"], model["emb"])
    assert found.state_dict["emb"] is not model["emb"]
    assert list(found.scales) == ["cell"] and np.array_equal(found.scales["cell"], found.h)
    text = '''
    activation = "relu"
    untouched = ["emb"]
    [tensors]
    "cell.U" = ["target cell", "source cell"]
    "cell.V" = ["target cell", "outside"]
    "read.W" = ["outside", "source cell"]
    '''
    (tmp_path / "layout.toml").write_text(text)
    for other in (text, tmp_path / "layout.toml"):
        assert np.array_equal(synbal.balance_state_dict(model, layout=other).h, found.h)
    with pytest.raises(synbal.LayoutError, match="layout file"):
        synbal.balance_state_dict(model, layout={"tensors": {"cell.U": ["target cell", "sauce cell"]}})
    with pytest.raises(synbal.ArgumentError):
        synbal.balance_state_dict(model, layout=3)


def test_a_chain_computes_the_same(rng):
    sizes = [5, 8, 7, 3]
    model = {f"{2 * k}.weight": rng.normal(size=(m, n)) for k, (n, m) in enumerate(zip(sizes, sizes[1:]))}
    model |= {f"{2 * k}.bias": rng.normal(size=m) for k, m in enumerate(sizes[1:])}

    def run(tensors, x):
        for k in range(3):
            x = tensors[f"{2 * k}.weight"] @ x + tensors[f"{2 * k}.bias"][:, None]
            x = np.maximum(x, 0.0) if k < 2 else x
        return x

    found = synbal.balance_state_dict(model, activation="relu")
    x = rng.normal(size=(5, 100))
    given, balanced = run(model, x), run(found.state_dict, x)
    # Three layers of at most nine terms, and weights that were rounded a few times.
    assert np.abs(given - balanced).max() <= 100 * np.finfo(float).eps * np.abs(given).max()
    assert [h.size for h in found.scales.values()] == [8, 7]
    assert found.difference <= found.bound and "chain" in repr(found)
    # The only other tensor of a chain is the last bias, which no rescaling touches.
    assert np.array_equal(found.state_dict["4.bias"], model["4.bias"])
