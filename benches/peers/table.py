"""The page: one table a case, and the targets met and missed, both from the measured rows alone."""

SYNBAL = "synbal"
ONE_THREAD = "synbal, one thread"
WEAK = "synbal, stopped at the weak criterion"
ODE = "authors' flow of J and h, solve_ivp RK45"
GEBAL = "LAPACK gebal (scipy.linalg.matrix_balance)"
LBFGSB = "SciPy L-BFGS-B on C(h)"
OSBORNE = "numba cyclic Osborne"
PLAIN = "SciPy Newton-PCG, 20 lines"
TUNED = "SciPy Newton-PCG, tuned"
SCRIPT = "SciPy script (mmread, connected_components, Newton-PCG tuned, mmwrite)"
# Cases that are timed from file to file, too.
WHOLE = ("fly E=15", "fly E=40")


def number(value):
    return f"{value:.3g}"


def row_of(report, case, method):
    for found in report["cases"]:
        if found["case"] == case:
            for row in found["rows"]:
                if row["method"] == method:
                    return row
    return None


def times(report, case, method, own=SYNBAL):
    """How many times synbal's seconds the method takes; at least the limit where it did not finish."""
    ours, theirs = row_of(report, case, own), row_of(report, case, method)
    if ours is None or theirs is None or "failed" in ours:
        return None, "not measured"
    if "failed" in theirs:
        if "not done within" in theirs["failed"]:
            bound = report["limit"] / ours["seconds"]
            return bound, f"> {number(bound)}x ({theirs['failed']})"
        return None, f"no ratio: {theirs['failed']}"
    ratio = theirs["seconds"] / ours["seconds"]
    note = "" if theirs["reached"] else " (did not reach its criterion)"
    return ratio, f"{number(ratio)}x{note}"


def verdict(good):
    return "not measured" if good is None else "met" if good else "**missed**"


def targets(report):
    def at_least(what, case, method, factor, own=SYNBAL):
        ratio, text = times(report, case, method, own)
        return what, f">= {factor}x", text, verdict(None if ratio is None else ratio >= factor)

    lines = [
        at_least("fly E=15 against SciPy Newton-PCG, 20 lines", "fly E=15", PLAIN, 15),
        at_least("fly E=15 against SciPy Newton-PCG, tuned", "fly E=15", TUNED, 8),
        at_least("fly E=15 against numba Osborne, both to the weak criterion", "fly E=15", OSBORNE, 80, WEAK),
        at_least("fly E=15 against L-BFGS-B, both to the weak criterion", "fly E=15", LBFGSB, 50, WEAK),
        at_least("fly E=40 against SciPy Newton-PCG, 20 lines", "fly E=40", PLAIN, 15),
        at_least("fly E=40 against SciPy Newton-PCG, tuned", "fly E=40", TUNED, 8),
    ]
    ours = row_of(report, "fly E=40", SYNBAL)
    memory = None if ours is None or "failed" in ours else ours["memory"] / 1e6
    text = "not measured" if memory is None else f"{memory:.0f} MB"
    lines.append(("fly E=40, peak memory", "<= 450 MB", text, verdict(None if memory is None else memory <= 450)))
    lines += whole_targets(report)
    lines.append(at_least("C. elegans against the authors' flow", "C. elegans", ODE, 1000))
    lines.append(at_least("gauss 512 against the authors' flow", "gauss 512", ODE, 150))
    lines.append(at_least("gauss 512 against L-BFGS-B, both to the weak criterion", "gauss 512", LBFGSB, 3, WEAK))
    for case in ("gauss 512", "gauss 2048", "lognormal (sigma 3) 1024"):
        ours, theirs = row_of(report, case, SYNBAL), row_of(report, case, GEBAL)
        slower = finer = None
        if ours and theirs and "failed" not in ours and "failed" not in theirs:
            slower, finer = ours["seconds"] / theirs["seconds"], theirs["residual"] / max(ours["residual"], 1e-17)
        good = None if slower is None else slower <= 1 and finer >= 1e6
        text = "not measured" if slower is None else f"{number(slower)}x its time, residual {finer:.1e} times smaller"
        lines.append((f"{case} against LAPACK gebal", "<= its time, residual >= 1e6 times smaller", text, verdict(good)))
    a_synapse = []
    for found in report["cases"]:
        ours = row_of(report, found["case"], SYNBAL)
        if found["case"].startswith("fly") and "failed" not in ours:
            a_synapse.append((found["case"], 1e9 * ours["seconds"] / found["synapses"]))
    if len(a_synapse) == 5:
        growth = max(t for _, t in a_synapse) / a_synapse[0][1]
        shown = ", ".join(f"{name[4:]}: {t:.0f}" for name, t in a_synapse)
        lines.append(("time a synapse, fly E=5 to 40", "grows < 3x", f"{growth:.2f}x (ns: {shown})", verdict(growth < 3)))
    else:
        lines.append(("time a synapse, fly E=5 to 40", "grows < 3x", "not measured", verdict(None)))
    return lines


def whole_of(report, case):
    found = next((found for found in report["cases"] if found["case"] == case), None)
    return found and found.get("whole")


def beside_the_solver(row):
    return row["wall"] - row["stages"]["solver"]


def whole_targets(report):
    lines = []
    for case in WHOLE:
        whole = whole_of(report, case)
        if not whole:
            lines.append((f"{case}, from file to file", "", "not measured", verdict(None)))
            continue
        ours, theirs = whole["rows"]
        ratio, busy = theirs["wall"] / ours["wall"], ours["wall"] / ours["cpu"]
        files = theirs["stages"]["reading"] + theirs["stages"]["writing"]
        rest = beside_the_solver(ours) / files
        lines += [
            (f"{case}, from file to file, against the SciPy script", ">= 8x", f"{number(ratio)}x", verdict(ratio >= 8)),
            (f"{case}, from file to file, wall against processor time", "<= 0.6", number(busy), verdict(busy <= 0.6)),
            (f"{case}, all but the solver, against SciPy's reading and writing", "<= 1x", f"{number(rest)}x", verdict(rest <= 1)),
        ]
    return lines


def whole_table(whole):
    ours, theirs = whole["rows"]
    stages = [s for s in ours["stages"] if max(r["stages"].get(s, 0) for r in whole["rows"]) >= 5e-4]
    text = [
        "\nFrom file to file, medians of the whole processes, imports included; the SciPy script is benches/peers/whole.py:\n",
        "| | wall | processor | peak MB | worst neuron | " + " | ".join(stages) + " | runs |",
        "|---|---|---|---|---|" + "---|" * len(stages) + "---|",
    ]
    for row in (ours, theirs):
        cells = [number(row["stages"][s]) if s in row["stages"] else "" for s in stages]
        text.append(
            f"| {row['method']} | {number(row['wall'])} s | {number(row['cpu'])} s | {row['memory'] / 1e6:.0f} "
            f"| {row['residual']:.1e} | " + " | ".join(cells) + f" | {row['runs']} |"
        )
    text.append(
        f"\nThe file has {whole['bytes'] / 1e6:.1f} MB. Its bytes alone are read in {number(whole['read'])} s, and written and "
        f"synchronised in {number(whole['written'])} s.\n"
    )
    return "\n".join(text)


def case_table(report, found):
    text = [
        f"\n## {found['case']}\n",
        f"{found['neurons']} neurons, {found['synapses']} synapses on cycles; cost before: {found['cost']:.10g}\n",
        "| method | seconds (fastest - slowest) | times synbal (to its criterion) | worst neuron | max\\|g\\|/C0 | cost | peak MB | runs |",
        "|---|---|---|---|---|---|---|---|",
    ]
    own = {"weak": row_of(report, found["case"], WEAK), "strict": row_of(report, found["case"], SYNBAL)}
    for row in found["rows"]:
        if "failed" in row:
            text.append(f"| {row['method']} | {row['failed'].replace('|', '/')} | | | | | | |")
            continue
        name = row["method"]
        if "solver" in row:
            name += f" ({row['solver']}; whole process {number(row['wall'])} s)"
        if row.get("drift", 0) > 1e-8:
            name += f" (J and h drifted apart by {row['drift']:.1e})"
        if not row["reached"]:
            name += f" (**{row['criterion']} criterion not reached**)"
        ours = own.get(row["criterion"]) or own["strict"]
        ratio = "" if "failed" in ours else number(row["seconds"] / ours["seconds"])
        spread = f"{number(row['spread'][0])} - {number(row['spread'][1])}"
        text.append(
            f"| {name} | {number(row['seconds'])} ({spread}) | {ratio} | {row['residual']:.1e} | {row['weak']:.1e} "
            f"| {row['cost']:.10g} | {row['memory'] / 1e6:.0f} | {row['runs']} |"
        )
    if found.get("whole"):
        text.append(whole_table(found["whole"]))
    return "\n".join(text)


def page(report):
    m = report["machine"]
    head = f"""# synbal beside its peers

Made by `make peers` (benches/peers/): every method on the same matrices and machine, in alternating runs, each in a
process of its own; p = 2. Seconds are medians: of the peers inside Python, warm (imports, compilation and reading not
counted, synapses on no cycle taken away beforehand); of synbal what `--json` reports, cold, one run a process. The
imbalance of the worst neuron `max |g_i|/(r_i + c_i)`, `max|g|/C0` and the cost are measured by one function for all.
Run to: 1e-8 at the worst neuron (synbal, Euler, all three Newtons, one of the Osbornes), or the weak `max|g| <= 1e-8 C0`
(solve_ivp, L-BFGS-B, trust-ncg, the other Osborne, and synbal in a row of its own, which it does not call balanced);
gebal stops by itself. Peak memory is the whole process,
interpreter and reading included. Limit {report['limit']:.0f} s. The authors' flow is written anew from the paper in NumPy and
integrated by SciPy; the tuned Newton-PCG uses synbal's own step rule, and so does the one with PyAMG's multigrid.

Machine: {m['cpu']}, {m['cores']} cores, {m['memory'] / 1e9:.0f} GB, {m['system']}; {m['synbal']}, {m['rustc']}; Python \
{m['python']}, NumPy {m['numpy']}, SciPy {m['scipy']}, numba {m['numba']}, PyAMG {m['pyamg']}; seed {m['seed']}; load at the start {m['load']}.

## Targets

| target | asked | measured | |
|---|---|---|---|
"""
    rows = "\n".join(f"| {what} | {asked} | {text} | {good} |" for what, asked, text, good in targets(report))
    return head + rows + "\n" + "\n".join(case_table(report, found) for found in report["cases"]) + "\n"
