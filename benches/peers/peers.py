"""Runs synbal and its peers in alternation on the same matrices, and writes the table. Started by benches/peers/run."""

import argparse
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy
import scipy.io
import scipy.sparse as sp

import cases
import methods
import table

LIMIT = 60.0
# Peers that need dense n x n arrays of f64 are not started above this.
DENSE_LIMIT = 8e9


def spawn(command, limit, folder, environment=None):
    """Runs a command; returns status, standard output and error, and the wall seconds, processor seconds and peak memory of
    that process alone."""
    launcher, report = pathlib.Path(__file__).with_name("launcher.py"), folder / "launched.json"
    launch = [sys.executable, "-S", "-E", str(launcher), str(report), str(limit), *command]
    done = subprocess.run(launch, check=True, capture_output=True, text=True, env=environment)
    ended = json.loads(report.read_text())
    report.unlink()
    return ended["code"], done.stdout, done.stderr, ended


def run_synbal(case, folder, threads=None, weak=False):
    scales = folder / "scales.npy"
    command = [case["synbal"], "balance", str(case["given"]), "--within-components", "--tol", str(methods.STRICT)]
    command += ["--stop-at-gradient", str(methods.WEAK)] if weak else []
    environment = dict(os.environ, **({"RAYON_NUM_THREADS": str(threads)} if threads else {}))
    code, out, err, ended = spawn(command + ["--json", "--scales", str(scales)], LIMIT + 60, folder, environment)
    summary = json.loads(out) if out.strip() else {}
    # Not balanced, and it says so; but as far as was asked.
    if code != 0 and not (weak and summary.get("status") == "gradient-reached"):
        return dict(failed=f"exit status {code}: {err.strip().splitlines()[-1] if err.strip() else 'no message'}")
    h = np.load(scales).ravel()[case["part"]]
    found = cases.measure(case["weights"], h)
    return dict(seconds=summary["seconds"], wall=ended["wall"], memory=ended["memory"], solver=summary["method"], **found)


def run_peer(name, case, folder):
    result = folder / "result.npz"
    script = pathlib.Path(__file__).with_name("worker.py")
    command = [sys.executable, str(script), name, str(case["matrix"]), str(result), str(LIMIT)]
    code, _, err, ended = spawn(command, LIMIT + 60, folder)
    if code == -14 or code == -9:
        return dict(failed=f"not done within {LIMIT:.0f} s")
    if code != 0:
        return dict(failed=err.strip().splitlines()[-1] if err.strip() else f"exit status {code}")
    with np.load(result) as found:
        seconds, h = float(found["seconds"]), found["h"]
        final = found["final"] if "final" in found else None
    row = dict(seconds=seconds, wall=ended["wall"], memory=ended["memory"], **cases.measure(case["weights"], h, final))
    if final is not None:
        row["drift"] = cases.drift(case["weights"], h, final)
    return row


def run_whole(case, folder, rounds):
    """The job of a user, from file to file, by synbal and by a SciPy script in alternation; and the bounds of both: the bytes
    read, and written and synchronised, by nobody who looks at them."""
    script = pathlib.Path(__file__).with_name("whole.py")
    outputs = {table.SYNBAL: folder / "synbal.mtx", table.SCRIPT: folder / "scipy.mtx"}
    balance = [case["synbal"], "balance", str(case["given"]), "--within-components", "--tol", str(methods.STRICT)]
    commands = {
        table.SYNBAL: [*balance, "--json", "-o", str(outputs[table.SYNBAL])],
        table.SCRIPT: [sys.executable, str(script), str(case["given"]), str(outputs[table.SCRIPT])],
    }
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            code, out, err, ended = spawn(command, LIMIT + 60, folder)
            if code != 0:
                sys.exit(f"peers: {name}, from file to file: {err.strip()}")
            said = json.loads(out)
            stages = {timing["stage"]: timing["seconds"] for timing in said["timings"]} if "timings" in said else said
            runs[name].append(dict(ended, stages=stages))
            print(f"{name}, from file to file: {ended['wall']:.3f} s", file=sys.stderr, flush=True)
    rows = []
    for name, done in runs.items():
        found = sp.csr_array(scipy.io.mmread(outputs[name], spmatrix=False))
        found.sort_indices()
        part = sp.csr_array(found[case["part"]][:, case["part"]])
        residual = cases.residual_on(case["weights"], part)
        middle = {key: statistics.median(run[key] for run in done) for key in ("wall", "cpu", "memory")}
        stages = {s: statistics.median(run["stages"][s] for run in done) for s in done[0]["stages"]}
        rows.append(dict(method=name, residual=residual, stages=stages, runs=len(done), **middle))
    started = time.perf_counter()
    content = case["given"].read_bytes()
    read = time.perf_counter() - started
    started = time.perf_counter()
    with open(folder / "bound", "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return dict(rows=rows, bytes=len(content), read=read, written=time.perf_counter() - started)


def run_case(name, chosen, folder, synbal, rounds, too_slow):
    given, matrix, part = cases.prepare(name, folder, synbal)
    weights = sp.csr_array(sp.load_npz(matrix))
    case = dict(given=given, matrix=matrix, part=part, weights=weights, synbal=synbal)
    n = weights.shape[0]
    runners = {
        table.SYNBAL: lambda: run_synbal(case, folder),
        table.ONE_THREAD: lambda: run_synbal(case, folder, threads=1),
        table.WEAK: lambda: run_synbal(case, folder, weak=True),
    }
    rows = {}
    for method in chosen:
        arrays = methods.METHODS[method][2]
        needed = arrays * 8.0 * n * n
        if needed > DENSE_LIMIT:
            rows[method] = [dict(failed=f"not started: {arrays} dense arrays of {n} x {n} are {needed / 1e9:.0f} GB")]
        elif name.startswith("fly") and method in too_slow:
            rows[method] = [dict(failed=f"not started: over {LIMIT:.0f} s already on {too_slow[method]}")]
        else:
            runners[method] = lambda method=method: run_peer(method, case, folder)
    # Alternating: one round of all after the other; what takes long has fewer rounds, what failed has one.
    for turn in range(rounds):
        for method, run in runners.items():
            done = rows.setdefault(method, [])
            slow = done and (done[0].get("failed") or done[0]["wall"] > 30 or (turn >= 3 and done[0]["wall"] > 5))
            if not slow:
                done.append(run())
                shown = done[-1].get("failed") or f"{done[-1]['seconds']:.4g} s, residual {done[-1]['residual']:.1e}"
                print(f"{name}: {method}: {shown}", file=sys.stderr, flush=True)
    if name.startswith("fly"):
        too_slow.update({m: name for m, runs in rows.items() if runs[0].get("failed", "").startswith("not done within")})
    order = [table.SYNBAL, table.ONE_THREAD, table.WEAK, *chosen]
    whole = run_whole(case, folder, rounds) if name in table.WHOLE else None
    return dict(
        case=name, neurons=n, synapses=int(weights.nnz), cost=cases.measure(weights, np.zeros(n))["cost"], whole=whole,
        rows=[dict(method=method, **summary(method, rows[method])) for method in order],
    )


def summary(method, runs):
    failed = [run["failed"] for run in runs if "failed" in run]
    if failed:
        return dict(failed=failed[0])
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0] if key != "solver"}
    ours = "weak" if method == table.WEAK else "strict"
    criterion = methods.METHODS[method][1] if method in methods.METHODS else ours
    reached = dict(
        strict=max(run["residual"] for run in runs) <= 1.05 * methods.STRICT,
        weak=max(run["weak"] for run in runs) <= 1.05 * methods.WEAK,
        none=True,
    )[criterion]
    spread = [min(run["seconds"] for run in runs), max(run["seconds"] for run in runs)]
    solver = {"solver": runs[0]["solver"]} if "solver" in runs[0] else {}
    return dict(middle, runs=len(runs), spread=spread, criterion=criterion, reached=reached, **solver)


def machine(synbal):
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as lines:
        memory = int(next(lines).split()[1]) * 1024
    import numba
    import pyamg

    version = lambda *command: subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return dict(
        cpu=model, cores=os.cpu_count(), memory=memory, system=f"{platform.system()} {platform.machine()}",
        synbal=version(synbal, "--version"), rustc=version("rustc", "--version"), python=platform.python_version(),
        numpy=np.__version__, scipy=scipy.__version__, numba=numba.__version__, pyamg=pyamg.__version__, seed=cases.SEED,
        load=math.ceil(os.getloadavg()[0]),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=list(cases.CASES), default=list(cases.CASES))
    parser.add_argument("--methods", nargs="*", choices=list(methods.METHODS), default=list(methods.METHODS))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("reports"))
    parser.add_argument("--synbal", default="target/release/synbal")
    parser.add_argument("--matrices", type=pathlib.Path, default=pathlib.Path("target/peers"))
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds; fewer for what takes long")
    parser.add_argument("--add", action="store_true", help="keep the other cases of the report that is there")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    too_slow = {}
    report = dict(machine=machine(options.synbal), limit=LIMIT, cases=[])
    if options.add:
        old = json.loads((options.out / "peers.json").read_text())
        if {**old["machine"], "load": 0} != {**report["machine"], "load": 0}:
            sys.exit("peers: the report to add to is of another machine or other versions; run without --add")
        report["cases"] = [found for found in old["cases"] if found["case"] not in options.cases]
    for name in options.cases:
        with tempfile.TemporaryDirectory(dir=options.matrices) as folder:
            found = run_case(name, options.methods, pathlib.Path(folder), options.synbal, options.rounds, too_slow)
        report["cases"].append(found)
        report["cases"].sort(key=lambda found: list(cases.CASES).index(found["case"]))
        # Written after every case: what was measured is not lost if a later one is interrupted.
        (options.out / "peers.json").write_text(json.dumps(report, indent=1) + "\n")
        (options.out / "peers.md").write_text(table.page(report))
    print(table.page(report))


if __name__ == "__main__":
    main()
