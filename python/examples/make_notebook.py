"""Writes balance_a_small_rnn.ipynb from the cells below, without outputs: python make_notebook.py."""

from pathlib import Path

import nbformat

CELLS = [
    (
        "md",
        """# Balance a small recurrent network

A neuron can scale its incoming synapses down and its outgoing ones up, and a rectified network computes exactly the same.
*Balancing* uses this freedom to make the network as cheap, and as robust to noise, as it can be without changing what it does.

Here a small network is trained in NumPy to hold the sum of its inputs, balanced, and put under noise before and after. A
certificate says how good the result is.""",
    ),
    (
        "code",
        """import numpy as np
import synbal

rng = np.random.default_rng(2022)
NEURONS, STEPS, TRIALS, NOISE = 24, 12, 64, 0.05


def trials(count):
    \"\"\"Pulses of random size, and their running sum.\"\"\"
    u = rng.normal(size=(count, STEPS, 1)) * (rng.random((count, STEPS, 1)) < 0.3)
    return u, u.cumsum(axis=1)


def run(net, u, noise=0.0, seed=0):
    \"\"\"x <- J relu(x) + w_in u + b, y = w_out relu(x); noise on the state after every step.\"\"\"
    random = np.random.default_rng(seed)
    x = np.zeros((len(u), NEURONS))
    states, outputs = [], []
    for t in range(STEPS):
        x = np.maximum(x, 0) @ net["J"].T + u[:, t] @ net["w_in"].T + net["b"]
        x = x + noise * random.normal(size=x.shape)
        states.append(x)
        outputs.append(np.maximum(x, 0) @ net["w_out"].T)
    return np.stack(states, 1), np.stack(outputs, 1)""",
    ),
    ("md", "## Train\n\nBackpropagation through time and Adam, in a few lines. Some weight decay, as usual."),
    (
        "code",
        """net = {
    "J": rng.normal(size=(NEURONS, NEURONS)) * 0.9 / np.sqrt(NEURONS) + 0.4 * np.eye(NEURONS),
    "w_in": rng.normal(size=(NEURONS, 1)),
    "w_out": rng.normal(size=(1, NEURONS)) / np.sqrt(NEURONS),
    "b": np.zeros(NEURONS),
}
moments = {name: [np.zeros_like(value), np.zeros_like(value)] for name, value in net.items()}


def gradients(net, u, target):
    x, y = run(net, u)
    error = 2 * (y - target) / y.size
    grads = {name: np.zeros_like(value) for name, value in net.items()}
    later = np.zeros((len(u), NEURONS))
    for t in reversed(range(STEPS)):
        active = x[:, t] > 0
        grads["w_out"] += error[:, t].T @ np.maximum(x[:, t], 0)
        later = (later @ net["J"] + error[:, t] @ net["w_out"]) * active
        before = np.maximum(x[:, t - 1], 0) if t else np.zeros_like(later)
        grads["J"] += later.T @ before
        grads["w_in"] += later.T @ u[:, t]
        grads["b"] += later.sum(0)
    return np.mean((y - target) ** 2), grads


losses = []
for step in range(1, 1501):
    loss, grads = gradients(net, *trials(TRIALS))
    losses.append(loss)
    for name, grad in grads.items():
        grad = grad + 1e-5 * net[name]
        m, v = moments[name]
        m[:] = 0.9 * m + 0.1 * grad
        v[:] = 0.999 * v + 0.001 * grad**2
        net[name] -= 3e-3 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
print(f"loss {losses[0]:.3f} -> {np.mean(losses[-50:]):.4f}")
assert np.mean(losses[-50:]) < 0.2 * losses[0]""",
    ),
    (
        "md",
        """## Balance

The costs are the paper's robustness cost: the square of a weight times the mean squared gain of the neuron that it comes from,
here the fraction of time in which that neuron is active. Input and read-out weights count as well (`world`), so the whole
network is balanced and no activity is made smaller at the read-out's expense. What the network computes does not change.""",
    ),
    (
        "code",
        """u, target = trials(500)
states, given_outputs = run(net, u)
alpha = synbal.gains(states.reshape(-1, NEURONS), floor=0.01)

balanced = synbal.balance(net["J"], alpha=alpha, w_in=net["w_in"], w_out=net["w_out"], b=net["b"], world=1.0)
after = {"J": balanced.weights, "w_in": balanced.w_in, "w_out": balanced.w_out, "b": balanced.b}

_, outputs = run(after, u)
difference = np.abs(outputs - given_outputs).max() / np.abs(given_outputs).max()
print(f"outputs differ by {difference:.1e}")
assert difference < 1e-12
balanced""",
    ),
    ("code", "figure = balanced.plot()"),
    (
        "code",
        """whole = dict(p=2.0, alpha=alpha, world=1.0)
ax = synbal.plots.incoming_outgoing(
    synbal.Network(net["J"], w_in=net["w_in"], w_out=net["w_out"], b=net["b"]),
    synbal.Network(after["J"], w_in=after["w_in"], w_out=after["w_out"], b=after["b"]),
    labels=["trained", "balanced"],
    **whole,
)""",
    ),
    (
        "md",
        """## Noise before and after

The same noise on every state, in networks that compute the same. How much of it reaches the read-out depends on the scales,
and there is a cheap way to suffer less: a larger activity, against which the noise is small. So the balanced network is looked
at as it is, and with a common factor on all scales (which keeps it balanced among its neurons) at the activity that the trained
network has. `noise_limit` has both to first order: noise times activity cannot fall below a limit, whatever the rescaling.""",
    ),
    (
        "code",
        """limit = synbal.noise_limit(net["J"], u, w_in=net["w_in"], w_out=net["w_out"], b=net["b"])
still = np.zeros(NEURONS)
same_activity = balanced.h + 0.5 * np.log(limit.activity(balanced.h) / limit.activity(still))
scales = {"trained": still, "balanced": balanced.h, "balanced, same activity": same_activity}


def rescaled(net, h):
    d = np.exp(h)
    return {"J": net["J"] * d / d[:, None], "w_in": net["w_in"] / d[:, None], "w_out": net["w_out"] * d, "b": net["b"] / d}


levels = np.linspace(0.0, 0.2, 6)
losses_under_noise = {}
for name, h in scales.items():
    outputs = [run(rescaled(net, h), u, level, seed=1)[1] for level in levels]
    losses_under_noise[name] = np.array([((y - target) ** 2).mean(axis=(1, 2)) for y in outputs])
    print(
        f"{name:24} loss {losses_under_noise[name][0].mean():.4f} without noise, {losses_under_noise[name][-1].mean():.4f} with the most;"
        f" noise x activity {limit.noise(h) * limit.activity(h) / limit.limit:.2f} times the limit"
    )
ax = synbal.plots.loss_against_noise(levels, losses_under_noise)""",
    ),
    (
        "md",
        """## A certificate

How near the log-scales are to the exact ones, and the cost to the least possible, proved in whole numbers: `check` decides it
without a solver and without floating point. (Certificates are about weights alone, so without gains.)""",
    ),
    (
        "code",
        """parts = dict(w_in=net["w_in"], w_out=net["w_out"], b=net["b"])
certificate = synbal.certify(net["J"], **parts, world=1.0)
assert synbal.check(certificate, net["J"], **parts) == certificate.proved
print(certificate)""",
    ),
    ("md", "And every claim of the paper, checked on this very network:"),
    (
        "code",
        """verification = synbal.verify(net["J"], **parts, world=1.0)
assert verification.held
verification""",
    ),
]


def notebook():
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    for number, (kind, text) in enumerate(CELLS):
        cell = nbformat.v4.new_markdown_cell(text) if kind == "md" else nbformat.v4.new_code_cell(text)
        cell["id"] = f"cell-{number}"
        made.cells.append(cell)
    return made


if __name__ == "__main__":
    nbformat.write(notebook(), Path(__file__).with_name("balance_a_small_rnn.ipynb"))
