# SPDX-License-Identifier: BSD-3-Clause
"""What bench/run prints and writes: medians, ratios, a table, TSV and a chart.

A ratio is the median over the rounds of what was measured side by side in one round; the
middle half of the rounds stands beside it.  Nothing is measured here.
"""
import collections
import os
import shutil
import statistics
import subprocess
import sys

# `many` is not a ratio: all served, so many threads and so much memory at the most.
MANY = {"many": (None, None), "many-threads": (64, 64),
        "many-memory": (150 * 1024, 50 * 1024)}

Result = collections.namedtuple("Result", "row medians ratios low high verdict")


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def floats(values):
    return [float(v) for v in values]


def ratios_of(runs, key, metric, name, base):
    a, b = (floats(runs[key, who, metric]) for who in (name, base))
    return [x / y for x, y in zip(a, b) if y > 0]


def judge(row, medians, ratio, o):
    if row.key in MANY:
        least, aim = (o.clients,) * 2 if row.key == "many" else MANY[row.key]
        ratio = medians.get("stele")
    else:
        least, aim = row.least, row.aim
    if ratio is None or least is None:
        return ""
    sign = 1 if row.better == "more" else -1
    return ("aim" if ratio * sign >= aim * sign else
            "least" if ratio * sign >= least * sign else "BELOW")


def result_of(row, runs, names, o):
    key = row.kind[3:] if row.kind.startswith("of ") else row.key
    medians = {n: statistics.median(floats(runs[key, n, row.metric]))
               for n in {*names, row.base} if (key, n, row.metric) in runs}
    ratios = {}
    for n in medians:
        each = ratios_of(runs, key, row.metric, n, row.base) if row.base in medians else []
        if each:
            ratios[n] = statistics.median(each)
            if n == "stele":
                spread = (statistics.quantiles(each, n=4, method="inclusive") if len(each) > 1
                          else each * 3)
    low, high = (spread[0], spread[2]) if "stele" in ratios else (None, None)
    return Result(row, medians, ratios, low, high,
                  judge(row, medians, ratios.get("stele"), o))


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def target(row, o):
    if row.key == "many":
        return f"{o.clients}"
    if row.key in MANY:
        return "≤ {} / ≤ {}".format(*MANY[row.key])
    return "–" if row.least is None else f"{row.least} / {row.aim}"


def median(runs, key, name, metric):
    return number(statistics.median(floats(runs[key, name, metric])))


def table(results, names, o):
    head = ["work", *names, "stele ÷ nbdkit", "middle half", "least / aim", "met"]
    lines = [head, ["---"] * len(head)]
    for r in results:
        stele = r.ratios.get("stele")
        between = f"{r.low:.2f}–{r.high:.2f}" if stele and r.low != r.high else ""
        ratio = "–" if stele is None else f"{stele:.2f}"
        if r.row.base != "nbdkit" and stele is not None:
            ratio += f" (÷ {r.row.base})"
        lines.append([r.row.title, *(number(r.medians.get(n)) for n in names), ratio, between,
                      target(r.row, o), r.verdict])
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |"
                     for line in lines) + "\n"


# Files

def write_tsv(o, runs, results, names):
    with open(os.path.join(o.results, "runs.tsv"), "w") as f:
        f.write("row\tserver\tfigure\tvalues by round\n")
        for (key, name, figure), values in runs.items():
            f.write("\t".join([key, name, figure, *map(str, values)]) + "\n")
    with open(os.path.join(o.results, "summary.tsv"), "w") as f:
        f.write("\t".join(["row", "metric", "better", "ratio", "low", "high",
                           *names]) + "\n")
        for r in results:
            f.write("\t".join(str(x) for x in (
                r.row.key, r.row.metric, r.row.better, r.ratios.get("stele", ""), r.low or "",
                r.high or "", *(r.medians.get(n, "") for n in names))) + "\n")


CHART = """
set terminal svg size 1100,520 font "sans-serif,13" background "white"
set output "{svg}"
set style data histograms
set style histogram clustered gap 1.5
set style fill solid 0.9 noborder
set boxwidth 0.95
set logscale y 2
set yrange [0.125:*]
set ylabel "times better than nbdkit in the same run"
set grid ytics lc rgb "#dddddd"
set xtics rotate by -35 scale 0
set key top left horizontal
set arrow from graph 0, first 1 to graph 1, first 1 nohead lw 2 lc rgb "#666666"
set datafile missing "?"
plot {series}
"""
COLOURS = {"stele": "#b5482a", "qemu-nbd": "#7a8fa6", "limit": "#cfc8bb", "also": "#dd9f7f"}


def draw(o, results, names):
    svg, data = (os.path.join(o.results, f"ratios.{x}") for x in ("svg", "dat"))
    shown = [r for r in results if r.row.base == "nbdkit" and r.row.kind != "many"
             and not r.row.kind.startswith("of many") and r.ratios.get("stele")]
    bars = [n for n in names if n != "nbdkit"]
    if not shown or not shutil.which("gnuplot"):
        say("no chart: " + ("nothing to show" if not shown else "there is no gnuplot"))
        return
    with open(data, "w") as f:
        for r in shown:
            better = [r.ratios.get(n) for n in bars]
            if r.row.better == "less":
                better = [x and 1 / x for x in better]
            f.write(" ".join([r.row.key, *(f"{x:.4f}" if x else "?" for x in better)]) + "\n")
    series = ", ".join(f'"{data}" using {i + 2}:xtic(1) title "{n}" lc rgb "{COLOURS[n]}"'
                       for i, n in enumerate(bars))
    subprocess.run(["gnuplot"], input=CHART.format(svg=svg, series=series), text=True,
                   check=True)


def write(rows, runs, names, o, machine):
    """Everything into the results folder; the table for the terminal."""
    results = [result_of(r, runs, names, o) for r in rows]
    text = table(results, names, o) + "\n" + machine
    write_tsv(o, runs, results, names)
    draw(o, results, names)
    with open(os.path.join(o.results, "table.md"), "w") as f:
        f.write(text)
    return text
