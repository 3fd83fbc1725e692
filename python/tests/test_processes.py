"""The GIL, Ctrl-C, threads, forks, and memory."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import synbal


def stiff(n=40):
    """A ring whose costs are so far apart that Euler's method takes for ever."""
    J = np.zeros((n, n))
    J[np.arange(n), np.arange(n) - 1] = 10.0 ** np.linspace(-6, 6, n)
    return J


ENDLESS = {"method": "euler", "max_passes": 2**62, "tol": 1e-14}


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("keywords", [{}, {"progress": lambda *_: None}])
def test_ctrl_c_stops_a_run(keywords):
    # The timer's thread only runs if the GIL is free meanwhile.
    timer = threading.Timer(0.3, ctrl_c)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        synbal.balance(stiff(), **ENDLESS, **keywords)
    timer.join()
    # Nothing goes on behind.
    assert synbal.balance(stiff(), method="newton").balanced


def test_ctrl_c_ends_what_looks_at_no_watch(rng):
    # A hundred thousand powers take minutes, and what was begun ends by itself: in a process that ends before.
    code = """
import os, signal, threading, numpy as np, synbal
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    synbal.balance(np.ones((400, 400)) / 400, steps=10**8, activation="linear")
except KeyboardInterrupt:
    print("stopped", flush=True)
    os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "stopped\n", done.stderr


def test_progress_is_reported_on_the_calling_thread_and_may_stop_the_run():
    seen = []

    class Enough(Exception):
        pass

    def progress(passes, imbalance):
        assert threading.current_thread() is threading.main_thread()
        seen.append((passes, imbalance))
        if len(seen) == 5:
            raise Enough

    with pytest.raises(Enough):
        synbal.balance(stiff(), **ENDLESS, progress=progress)
    passes = [at for at, _ in seen]
    assert passes == sorted(passes) and passes[0] < passes[-1]
    assert all(imbalance > 1e-14 for _, imbalance in seen)


def test_ctrl_c_ends_verification(rng):
    J = rng.normal(size=(300, 300))
    timer = threading.Timer(0.3, ctrl_c)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        synbal.verify(J, methods=["newton"])
    timer.join()


def test_threads_find_the_same(rng):
    matrices = [rng.normal(size=(n, n)) for n in range(5, 45)]
    alone = [synbal.balance(J).weights for J in matrices]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda J: synbal.balance(J).weights, matrices * 5))
    for index, weights in enumerate(together):
        assert np.array_equal(weights, alone[index % len(alone)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(rng):
    # Large enough for the library to go parallel.
    J = rng.normal(size=(400, 400))
    expected = synbal.balance(J, method="newton-cg").weights
    child = os.fork()
    if child == 0:
        # Whatever goes wrong here must not run the rest of the tests a second time.
        code = 1
        try:
            signal.alarm(120)
            code = 0 if np.array_equal(synbal.balance(J, method="newton-cg").weights, expected) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert np.array_equal(synbal.balance(J, method="newton-cg").weights, expected)


def of_child(seed):
    return synbal.balance(np.random.default_rng(seed).normal(size=(20, 20))).h


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_of_a_pool(start):
    if start not in __import__("multiprocessing").get_all_start_methods():
        pytest.skip(f"no {start} here")
    expected = [of_child(seed) for seed in range(6)]
    with get_context(start).Pool(2) as pool:
        found = pool.map_async(of_child, range(6)).get(timeout=300)
    assert all(np.array_equal(x, y) for x, y in zip(found, expected))


def resident():
    """Memory of the process's own: pages of files come and go as the system likes, and swapped pages are still held."""
    with open("/proc/self/status", encoding="ascii") as file:
        kilobytes = dict(line.split(":") for line in file)
    return sum(int(kilobytes[kind].split()[0]) for kind in ("RssAnon", "VmSwap")) * 1024


def calls_leak_nothing():
    rng = np.random.default_rng(0)
    J = rng.normal(size=(64, 64))
    J32 = np.asfortranarray(J.astype(np.float32))
    bad = J.copy()
    bad[3, 4] = np.nan
    model = {"weight_hh_l0": J, "weight_ih_l0": J[:, :3]}

    def calls():
        synbal.balance(J)
        synbal.balance(J32)
        synbal.balance_state_dict(model, activation="relu", check=False)
        for matrix in (bad, None):
            try:
                synbal.balance(matrix)
            except synbal.SynbalError:
                pass

    for _ in range(100):
        calls()
    gc.collect()
    references = sys.getrefcount(J), sys.getrefcount(bad)
    grown = []
    # What leaks does so every time; caches of the allocator grow at first.
    while len(grown) < 3 and not (grown and grown[-1] < J.nbytes * 100):
        objects, before = len(gc.get_objects()), resident()
        for _ in range(1000):
            calls()
        gc.collect()
        assert (sys.getrefcount(J), sys.getrefcount(bad)) == references
        # One object in ten calls would be 100.
        assert len(gc.get_objects()) - objects < 100
        grown.append(resident() - before)
    # One matrix in ten calls would be 3.2 MB.
    assert min(grown) < J.nbytes * 100, grown


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_a_thousand_calls_leak_nothing():
    # Alone: work that another test has interrupted may still be coming to its end here, and takes memory for it.
    with get_context("spawn").Pool(1) as pool:
        pool.apply_async(calls_leak_nothing).get(timeout=600)
