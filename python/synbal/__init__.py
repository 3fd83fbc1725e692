"""Synaptic balancing: rescale a network's neurons so that it computes the same at the least cost.

A neuron can scale all its incoming synapses down and all its outgoing ones up, and a network of linear or rectified neurons
computes exactly the same. Balancing uses this freedom: every neuron's incoming and outgoing costs become equal, the total cost
the smallest possible, and the network more robust to noise (Stock, Harvey, Ocko & Ganguli 2022, PLoS Comput Biol 18(9):
e1010418).

>>> import numpy as np, synbal
>>> J = np.array([[0.0, 3.0], [1.0, 0.0]])     # J[i, j] is the synapse from j to i
>>> synbal.balance(J).weights.round(3)
array([[0.   , 1.732],
       [1.732, 0.   ]])

==============================  =========================================================
:func:`balance`                 matrices and networks: NumPy, SciPy, pandas
:func:`balance_state_dict`      whole models by their tensors
:func:`synbal.torch.balance_`   PyTorch modules, in place
:func:`certify`, :func:`check`  a proof of the result in whole numbers
:func:`verify`                  every claim of the paper on your own network
:func:`inspect`                 size, components, cost and imbalance
:func:`gains`                   the paper's robustness cost from recorded activity; also :func:`robustness_cost`
:func:`noise_limit`             how little noise any rescaling can have
:func:`load`, :func:`save`      files of networks
:mod:`synbal.plots`             plots with matplotlib
:mod:`synbal.errors`            exceptions, with fields
==============================  =========================================================
"""

from . import errors
from ._balance import BalanceResult, balance, methods, node_costs
from ._certificates import Certificate, Proved, certify, check
from ._facts import (
    Claim,
    Facts,
    NoiseLimit,
    Verification,
    gains,
    inspect,
    noise_limit,
    robustness_cost,
    verify,
)
from ._files import load, save
from ._models import StateDictResult, balance_state_dict
from ._network import Network
from ._synbal import VERSION as __version__
from .errors import (
    ArgumentError,
    CertificateRefused,
    CostError,
    DtypeError,
    FileError,
    InternalError,
    LayoutError,
    NetworkError,
    NoSuchFile,
    NotBalanceable,
    NotBalanced,
    NotCertified,
    NotHomogeneous,
    OutputsChanged,
    SynbalError,
    SynbalWarning,
)

__all__ = [
    "ArgumentError",
    "BalanceResult",
    "Certificate",
    "CertificateRefused",
    "Claim",
    "CostError",
    "DtypeError",
    "Facts",
    "FileError",
    "InternalError",
    "LayoutError",
    "Network",
    "NetworkError",
    "NoSuchFile",
    "NoiseLimit",
    "NotBalanceable",
    "NotBalanced",
    "NotCertified",
    "NotHomogeneous",
    "OutputsChanged",
    "Proved",
    "StateDictResult",
    "SynbalError",
    "SynbalWarning",
    "Verification",
    "__version__",
    "balance",
    "balance_state_dict",
    "certify",
    "check",
    "errors",
    "gains",
    "inspect",
    "load",
    "methods",
    "node_costs",
    "noise_limit",
    "robustness_cost",
    "save",
    "verify",
]
