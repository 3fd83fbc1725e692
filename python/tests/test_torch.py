"""PyTorch modules in place. `make python-torch` runs this with Debian's python3-torch; elsewhere it is skipped."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm  # noqa: E402

import synbal  # noqa: E402
import synbal.torch  # noqa: E402

# What the issue asks for, relative to the largest output.
TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-14}


class ReadOut(nn.Module):
    """An RNN whose states are read by a Linear."""

    def __init__(self, layers=1):
        super().__init__()
        self.rnn = nn.RNN(3, 16, layers, nonlinearity="relu", batch_first=True)
        self.readout = nn.Linear(16, 2)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.readout(states)


def mlp():
    return nn.Sequential(
        nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 15), nn.LeakyReLU(0.1), nn.Dropout(0.3), nn.Linear(15, 4)
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 9, 10),
    )


MODELS = {
    "an RNN with read-out": (ReadOut, (5, 8, 3), None),
    # Its second layer hears the first and is not heard by it.
    "an RNN of two layers": (lambda: ReadOut(2), (5, 8, 3), 1.0),
    "an MLP of three layers": (mlp, (9, 6), None),
    "a small CNN": (cnn, (4, 1, 16, 16), None),
}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", MODELS)
def test_outputs_and_keys_stay(name, dtype):
    torch.manual_seed(0)
    make, shape, world = MODELS[name]
    module, x = make().to(dtype), torch.randn(shape, dtype=dtype)
    # Scales of its own for every layer, so that there is something to balance.
    with torch.no_grad():
        for parameter in module.parameters():
            parameter *= 1.0 + torch.rand(parameter.shape[0], *(1,) * (parameter.ndim - 1), dtype=dtype)
    module.train()
    keys, parameters = list(module.state_dict()), list(map(id, module.parameters()))
    before = {key: tensor.clone() for key, tensor in module.state_dict().items()}
    given = copy.deepcopy(module).eval()(x).detach()
    result = synbal.torch.balance_(module, x, world=world)
    assert module.training and list(module.state_dict()) == keys and list(map(id, module.parameters())) == parameters
    assert any(not torch.equal(before[key], tensor) for key, tensor in module.state_dict().items())
    after = module.eval()(x).detach()
    difference = ((after - given).abs().max() / given.abs().max()).item()
    assert difference <= TOLERANCE[dtype]
    assert result.difference == pytest.approx(difference, rel=1e-6) and result.balanced
    assert result.cost_final < result.cost_initial
    assert all(torch.equal(tensor, result.state_dict[key]) for key, tensor in module.state_dict().items())


def test_a_balanced_module_still_learns():
    torch.manual_seed(1)
    module, x = mlp(), torch.randn(9, 6)
    synbal.torch.balance_(module, x)
    loss = module(x).square().mean()
    loss.backward()
    assert all(parameter.grad is not None for parameter in module.parameters())


def test_the_states_of_an_rnn_by_itself_come_out_rescaled():
    torch.manual_seed(2)
    rnn = nn.RNN(3, 5, 2, nonlinearity="relu").double()
    x = torch.randn(7, 4, 3, dtype=torch.float64)
    given = rnn(x)[0].detach()
    with pytest.raises(synbal.NotBalanceable, match="world=1.0"):
        synbal.torch.balance_(rnn, x)
    result = synbal.torch.balance_(rnn, x, within_components=True)
    last = torch.from_numpy(np.exp(list(result.scales.values())[-1]))
    torch.testing.assert_close(rnn(x)[0].detach() * last, given, rtol=1e-12, atol=1e-12)


def test_an_rnn_cell():
    torch.manual_seed(3)
    cell = nn.RNNCell(3, 5, nonlinearity="relu")
    assert synbal.torch.balance_(cell, torch.randn(4, 3)).layout == "nn.RNNCell"


class Wrapped(nn.Module):
    """A model with a layer inside that may be anything."""

    def __init__(self, layer):
        super().__init__()
        self.first, self.act, self.last = nn.Linear(4, 6), layer, nn.Linear(6, 2)

    def forward(self, x):
        return self.last(self.act(self.first(x)))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.Tanh(), "saturates at 1"),
        (nn.Sigmoid(), "saturates"),
        (nn.GELU(), "gelu"),
        (nn.ReLU6(), "saturates at 6"),
        (nn.BatchNorm1d(6), "fold"),
        (nn.LayerNorm(6), "divides"),
        (nn.Softmax(1), "not known"),
        (nn.Softplus(), "not known"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_layers_that_rescaling_changes_are_refused_by_name(layer, words):
    module = Wrapped(layer)
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(synbal.NotHomogeneous, match=f"`act`.*{words}") as caught:
        synbal.torch.balance_(module, torch.randn(5, 4))
    assert caught.value.module == "act"
    assert all(torch.equal(before[key], tensor) for key, tensor in module.state_dict().items())


@pytest.mark.parametrize(
    ("wrapped", "words"),
    [
        (weight_norm, "remove_weight_norm"),
        (spectral_norm, "remove_spectral_norm"),
        (lambda layer: prune.l1_unstructured(layer, "weight", amount=0.3), "prune.remove"),
        (parametrizations.spectral_norm, "remove_parametrizations"),
    ],
)
def test_weights_that_are_made_of_others_are_refused(wrapped, words):
    module = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), wrapped(nn.Linear(8, 3)))
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(synbal.LayoutError, match=words) as raised:
        synbal.torch.balance_(module, torch.ones(2, 6))
    assert raised.value.tensor == "2.weight"
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())


def test_modules_in_modules_are_named():
    module = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    with pytest.raises(synbal.NotHomogeneous, match="its attribute `module`"):
        synbal.torch.balance_(nn.DataParallel(module))
    with pytest.raises(synbal.NotHomogeneous, match="before it is scripted"):
        synbal.torch.balance_(torch.jit.script(module))
    with pytest.raises(synbal.NotHomogeneous, match="before it is traced"):
        synbal.torch.balance_(torch.jit.trace(module, torch.ones(2, 6)))


def test_recurrent_modules_that_rescaling_changes():
    for module, name in [(nn.RNN(3, 5), "RNN"), (nn.GRU(3, 5), "GRU"), (nn.LSTM(3, 5), "LSTM"), (nn.RNNCell(3, 5), "RNNCell")]:
        with pytest.raises(synbal.NotHomogeneous, match=f"nn.{name}"):
            synbal.torch.balance_(module)
    with pytest.raises(synbal.LayoutError, match="reverse"):
        synbal.torch.balance_(nn.RNN(3, 5, nonlinearity="relu", bidirectional=True))


def test_what_only_the_example_shows_leaves_the_module_as_it_was():
    class Hidden(Wrapped):
        def forward(self, x):
            return self.last(torch.tanh(self.first(x)))

    torch.manual_seed(4)
    module = Hidden(nn.ReLU())
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(synbal.OutputsChanged) as caught:
        synbal.torch.balance_(module, torch.randn(5, 4))
    assert caught.value.difference > caught.value.bound
    assert all(torch.equal(before[key], tensor) for key, tensor in module.state_dict().items())


@pytest.mark.parametrize("working_calls", [0, 1])
def test_what_goes_wrong_in_forward_leaves_the_module_as_it_was(working_calls):
    class Failing(Wrapped):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls > working_calls:
                raise LookupError("forward")
            return super().forward(x)

    module = Failing(nn.ReLU())
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(LookupError, match="forward"):
        synbal.torch.balance_(module, torch.randn(5, 4))
    assert all(torch.equal(before[key], tensor) for key, tensor in module.state_dict().items())


def test_what_acts_on_the_outputs_only_may_be_anything():
    torch.manual_seed(5)
    module, x = nn.Sequential(*mlp(), nn.LogSoftmax(1)), torch.randn(9, 6)
    with pytest.raises(synbal.NotHomogeneous, match="`6`"):
        synbal.torch.balance_(module, x)
    assert synbal.torch.balance_(module, x, outside=["6"]).balanced
    with pytest.raises(synbal.LayoutError):
        synbal.torch.balance_(module, x, outside=["7"])


def test_prelu_keeps_its_slopes():
    torch.manual_seed(6)
    module, x = Wrapped(nn.PReLU(6)), torch.randn(9, 4)
    assert synbal.torch.balance_(module, x).difference < 1e-6
    assert torch.equal(module.act.weight.detach(), torch.full((6,), 0.25))


def test_weights_that_overlap_are_refused_and_neighbours_in_one_storage_are_not():
    def chain(first, second):
        module = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))
        module[0].weight, module[2].weight = nn.Parameter(first), nn.Parameter(second)
        return module

    torch.manual_seed(4)
    numbers = torch.randn(80)
    square, shifted = numbers[:36].view(6, 6), numbers[30:66].view(6, 6)
    for other in (square.T, shifted):
        with pytest.raises(synbal.LayoutError, match="share their numbers"):
            synbal.torch.balance_(chain(square, other))
    even, odd = numbers[:72:2].view(6, 6), numbers[1:72:2].view(6, 6)
    for first, second in ((square, numbers[36:72].view(6, 6)), (even, odd)):
        assert synbal.torch.balance_(chain(first, second), torch.randn(3, 6)).balanced


def test_tied_weights_and_convolutions_of_other_kinds():
    tied = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))
    tied[2].weight = tied[0].weight
    with pytest.raises(synbal.LayoutError, match="share"):
        synbal.torch.balance_(tied)
    for layer, words in [(nn.Conv2d(4, 4, 3, groups=4), "grouped"), (nn.ConvTranspose2d(4, 4, 3), "transposed")]:
        module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), layer, nn.ReLU(), nn.Conv2d(4, 2, 3))
        with pytest.raises(synbal.LayoutError, match=f"`2`.*{words}"):
            synbal.torch.balance_(module)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_state_dicts_of_every_dtype(dtype):
    torch.manual_seed(7)
    state = {key: tensor.to(dtype) for key, tensor in mlp().state_dict().items()}
    state["steps"] = torch.tensor(3)
    before = {key: tensor.clone() for key, tensor in state.items()}
    found = synbal.balance_state_dict(state, activation="relu")
    assert list(found.state_dict) == list(state)
    own = mlp().state_dict()
    assert own._metadata and synbal.balance_state_dict(own, activation="relu").state_dict._metadata == own._metadata
    for key, tensor in state.items():
        assert torch.equal(tensor, before[key])
        new = found.state_dict[key]
        assert new.dtype == tensor.dtype and new.shape == tensor.shape and new.data_ptr() != tensor.data_ptr()
    # Every format's numbers are doubles too.
    exact = {key: tensor.double() for key, tensor in state.items() if tensor.is_floating_point()}
    double = synbal.balance_state_dict(exact, activation="relu")
    assert np.array_equal(found.h, double.h)
    assert all(torch.equal(found.state_dict[key], double.state_dict[key].to(dtype)) for key in exact)
    # The same numbers as those of NumPy, where NumPy has the dtype.
    if dtype != torch.bfloat16:
        arrays = synbal.balance_state_dict({key: tensor.numpy() for key, tensor in state.items()}, activation="relu")
        assert all(np.array_equal(arrays.state_dict[key], found.state_dict[key].numpy()) for key in state)
    with pytest.raises(synbal.DtypeError, match="detach"):
        synbal.balance(state["0.weight"])


class Gives(nn.Module):
    """A tanh between two layers, which only outputs can show, and outputs in many wrappings."""

    def __init__(self, wrap):
        super().__init__()
        self.a, self.b, self.wrap = nn.Linear(5, 8), nn.Linear(8, 3), wrap
        self.register_buffer("count", torch.zeros(()), persistent=False)
        with torch.no_grad():
            self.a.weight *= 3

    def forward(self, x):
        self.count += 1
        return self.wrap(self.b(torch.tanh(self.a(x))))


@dataclasses.dataclass
class InFields:
    logits: torch.Tensor


def kept():
    """The same memory each time."""
    memory = {}
    return lambda y: memory.setdefault("out", torch.empty_like(y)).copy_(y)


@pytest.mark.parametrize(
    "wrap",
    [
        InFields,
        lambda y: torch.complex(y, y),
        lambda y: (torch.zeros(2), torch.cat([y, torch.full((7, 1), float("nan"))], 1)),
        kept(),
    ],
)
def test_whatever_the_outputs_are_in_they_are_compared(wrap):
    module = Gives(wrap).double()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(synbal.OutputsChanged):
        synbal.torch.balance_(module, torch.randn(7, 5, dtype=torch.float64))
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert module.count == 0


@pytest.mark.parametrize("wrap", [lambda y: y.argmax(-1), lambda y: y.numpy(), lambda y: None, lambda y: iter([y]), lambda y: y[:0]])
def test_outputs_that_cannot_be_compared_are_no_match(wrap):
    with pytest.raises(synbal.ArgumentError, match="no numbers on the example") as raised:
        synbal.torch.balance_(Gives(wrap), torch.randn(7, 5))
    assert raised.value.part == "example_input"


def test_layers_made_from_saturating_ones_are_refused():
    class Own(nn.GELU):
        pass

    with pytest.raises(synbal.NotHomogeneous, match="an nn.GELU"):
        synbal.torch.balance_(nn.Sequential(nn.Linear(5, 8), Own(), nn.Linear(8, 3)))


def test_whatever_goes_wrong_leaves_the_module_as_it_was():
    module = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    module[0].bias = nn.Parameter(torch.zeros(1).expand(8))
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises((RuntimeError, synbal.SynbalError)):
        synbal.torch.balance_(module, torch.randn(7, 5), untouched=["nonsense"])
    with pytest.raises(synbal.SynbalError):
        synbal.torch.balance_(module, torch.randn(7, 5), rtol="1e-3")
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    sound = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    with pytest.raises(synbal.LayoutError, match="nonsense"):
        synbal.torch.balance_(sound, torch.randn(7, 5), untouched=["nonsense"])
    with pytest.raises(synbal.ArgumentError, match="expected an nn.Module"):
        synbal.torch.balance_({}, torch.randn(7, 5))


def test_states_among_the_outputs_are_told():
    class Both(ReadOut):
        def forward(self, x):
            states, last = self.rnn(x)
            return self.readout(states), last

    found = synbal.torch.balance_(Both(), torch.randn(2, 4, 3))
    assert any("output 1 is the states of a population" in notice for notice in found.notices)


def test_the_example_and_the_buffers_stay_as_they_were():
    class Steps(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(5, 8), nn.Linear(8, 3)
            self.register_buffer("previous", torch.zeros(3))

        def forward(self, x):
            y = self.b(torch.relu_(self.a(nn.functional.leaky_relu_(x, 0.1)))) + 0.5 * self.previous
            self.previous = y.mean(0).detach()
            return y

    module, example = Steps(), torch.randn(7, 5)
    before = example.clone()
    found = synbal.torch.balance_(module, example, world=1.0)
    assert found.balanced and torch.equal(example, before) and not module.previous.any()


def test_what_acts_on_the_outputs_may_have_buffers():
    module = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 16), nn.BatchNorm1d(16))
    assert synbal.torch.balance_(module, torch.randn(7, 5), world=1.0, outside=["3"]).balanced
    with pytest.raises(synbal.ArgumentError, match="outside is '3'"):
        synbal.torch.balance_(module, torch.randn(7, 5), world=1.0, outside="3")
