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


def test_tensors_that_are_one_and_would_come_out_as_two_are_refused():
    shared = np.random.default_rng(5).normal(size=(6, 6))
    model = {"0.weight": shared, "2.weight": shared}
    with pytest.raises(synbal.LayoutError, match="share their numbers") as raised:
        synbal.balance_state_dict(model, activation="relu")
    assert raised.value.tensor == "2.weight"
    assert synbal.balance_state_dict({"0.weight": shared, "2.weight": shared.copy()}, activation="relu").balanced


def test_a_layout_as_a_dictionary_holds_what_its_text_holds(tmp_path):
    rng = np.random.default_rng(6)
    model = {"U": rng.normal(size=(4, 4)), "W": rng.normal(size=(4, 2)), "V": rng.normal(size=(3, 4))}
    tensors = {"U": ["target r", "source r"], "W": ["target r", "outside"], "V": ["outside", "source r"]}
    layout = {"activation": {"r": "relu"}, "tensors": tensors}
    found = synbal.balance_state_dict(model, layout=layout)
    text = '[activation]\nr = "relu"\n[tensors]\n' + "".join(f"{name} = {list(axes)!r}\n" for name, axes in tensors.items())
    same = synbal.balance_state_dict(model, layout=text.replace("'", '"'))
    assert all(np.array_equal(found.state_dict[name], same.state_dict[name]) for name in model)
    with pytest.raises(synbal.ArgumentError, match="the layout says 5 of 'U'"):
        synbal.balance_state_dict(model, layout={"tensors": {"U": 5}})
    with pytest.raises(synbal.NoSuchFile):
        synbal.balance_state_dict(model, layout=tmp_path / "nope.toml")
