"""Time the programs of Benchmarks/ under Taipan and beside it.

usage: run-benchmarks [-n RUNS] [-o FILE.json] [-i NAME=COMMAND ...] [--tenth] [PROGRAM ...]

  -n RUNS           runs of each program under each interpreter (default 3)
  -o FILE.json      write every measurement to FILE.json as well
  -i NAME=COMMAND   time this interpreter too, options allowed: -i 'nojit=./taipan -X jit=off'
  --tenth           the programs with about a tenth of their work: what warming up costs
  PROGRAM           only these programs; `startup` is `-c pass`

The interpreters take turns run by run, so that a noisy moment hits them alike. For each program the
least wall time of its runs is printed, and the largest peak memory of any of them, then how many times as fast
as CPython each one was: above 1 is faster. Output must match CPython's or the row says so. The geometric mean leaves
out the two programs that time start-up alone. Exits with 1 if a program failed or printed something else.
"""
import argparse, hashlib, json, math, os, re, shlex, shutil, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = os.path.join(ROOT, "Benchmarks")
REFERENCE = "cpython"
STARTUP = ("startup", "stdlib_import")

# The numbers in a program that say how much it does, and what they are for a tenth of it.
TENTH = {
    "deltablue": {"range(110)": "range(11)"},
    "exceptions": {"range(250000)": "range(25000)", "range(600000)": "range(60000)", "range(200000)": "range(20000)"},
    "fannkuch": {"(7, 8, 9, 9)": "(7, 7, 8, 8)"},
    "fib": {"(30, 32, 33)": "(25, 27, 28)", "(2, 300), ack(3, 6)": "(2, 100), ack(3, 4)", "hanoi(18": "hanoi(15", "range(400)": "range(40)"},
    "float_points": {"run(160000)": "run(16000)", "vectors(800000)": "vectors(80000)"},
    "generators": {"range(30000)": "range(3000)", "1500000": "150000", "primes(100000)": "primes(10000)", "2000000": "200000", "range(26), 5": "range(26), 4",
                   "range(9)": "range(8)", "600000": "60000", "* 60000": "* 6000"},
    "json_bench": {"range(60)": "range(6)", "range(50000)": "range(5000)", "range(5)": "range(1)"},
    "mandelbrot": {"560, 374, 200": "177, 118, 200", "260, 174, 200": "82, 55, 200"},
    "nbody": {"steps=300000": "steps=30000"},
    "nqueens": {"range(10)": "range(1)", "(9, 10, 10)": "(8, 8, 8)"},
    "pidigits": {"pi_digits(6000)": "pi_digits(1900)", "4001": "1300", "range(24)": "range(2)", "range(150)": "range(15)"},
    "regex_bench": {"make_text(160000)": "make_text(16000)", "range(60)": "range(6)"},
    "richards": {"range(40)": "range(4)"},
    "sorting": {"lcg(300000)": "lcg(30000)", "[:60000]": "[:6000]", "[:40000]": "[:4000]", "[12345]": "[1234]", "120000": "12000", "[:2000]": "[:200]"},
    "spectral_norm": {"(200, 200, 200, 160)": "(110, 110)"},
    "strings": {"300000": "30000", "600000": "60000", "[:100000]": "[:10000]"},
    "wordcount": {"make_text(36000)": "make_text(3600)"},
}


def tenth(name, folder):
    """A copy of a program that does a tenth of its work."""
    with open(os.path.join(PROGRAMS, name + ".py")) as file:
        source = file.read()
    for number, smaller in TENTH[name].items():
        if number not in source:
            sys.exit(f"{name} has no {number} any more")
        source = re.sub(r"(?<!\w)" + re.escape(number) + r"(?!\w)" if number[0].isalnum() and number[-1].isalnum() else re.escape(number), smaller, source)
    path = os.path.join(folder, name + ".py")
    with open(path, "w") as file:
        file.write(source)
    return path


def run_once(argv):
    """Run a command with its output hashed; returns its wall time, processor time, memory, status and hash."""
    reader, writer = os.pipe()
    start = time.perf_counter()
    # With their caches of compiled modules, as programs usually run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=[
        (os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, reader)])
    os.close(writer)
    digest = hashlib.sha256()
    with open(reader, "rb") as output:
        for block in iter(lambda: output.read1(65536), b""):
            digest.update(block)
    _, status, usage = os.wait4(pid, 0)
    return {"seconds": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime,
            "megabytes": usage.ru_maxrss / 1024, "status": status, "output": digest.hexdigest()[:12]}


def measure(interpreters, arguments, runs):
    """One program under every interpreter, in turns: {name: summary of its runs}."""
    rows = {name: [] for name in interpreters}
    for _ in range(runs):
        for name, command in interpreters.items():
            rows[name].append(run_once(command + arguments))
    expected = rows[REFERENCE][0]["output"]
    return {name: {
        "seconds": min(row["seconds"] for row in some),
        "all": [round(row["seconds"], 4) for row in some],
        "cpu": min(row["cpu"] for row in some),
        "megabytes": max(row["megabytes"] for row in some),
        "problem": ("" if all(r["status"] == 0 and r["output"] == expected for r in some) else
                    "FAILED" if any(r["status"] for r in some) else "MISMATCH"),
    } for name, some in rows.items()}


def cell(summary, base):
    if summary["problem"]:
        return summary["problem"].rjust(24)
    ratio = base["seconds"] / summary["seconds"]
    return f"{summary['seconds']:8.3f}s {summary['megabytes']:6.0f}M {ratio:5.2f}x"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="run-benchmarks", usage="run-benchmarks [options] [PROGRAM ...]",
                                     description=__doc__.split("\n\n", 2)[0])
    parser.add_argument("-n", type=int, default=3, metavar="RUNS", help="runs of each program (default 3)")
    parser.add_argument("-o", metavar="FILE.json", help="write every measurement there")
    parser.add_argument("-i", action="append", default=[], metavar="NAME=COMMAND", help="time this interpreter too")
    parser.add_argument("--tenth", action="store_true", help="the programs with about a tenth of their work")
    parser.add_argument("program", nargs="*")
    return parser.parse_args(arguments)


def main():
    options = parse(sys.argv[1:])
    taipan = os.environ.get("TAIPAN") or os.path.join(ROOT, ".build/release/taipan")
    interpreters = {"taipan": shlex.split(taipan), REFERENCE: ["/usr/bin/python3.11"]}
    if shutil.which("pypy3"):
        interpreters["pypy3"] = [shutil.which("pypy3")]
    for extra in options.i:
        name, command = extra.split("=", 1)
        interpreters[name] = shlex.split(command)
    names = sorted(name[:-3] for name in os.listdir(PROGRAMS) if name.endswith(".py"))
    if options.tenth:
        folder = tempfile.TemporaryDirectory()
        programs = {name: [tenth(name, folder.name)] for name in names if name not in STARTUP}
    else:
        programs = {"startup": ["-c", "pass"], **{name: [os.path.join(PROGRAMS, name + ".py")] for name in names}}
    unknown = set(options.program) - set(programs)
    if unknown:
        sys.exit(f"no such program: {', '.join(sorted(unknown))}; there are: {' '.join(programs)}")

    print(" " * 14, *(name.rjust(24) for name in interpreters))
    results = {}
    for name, arguments in programs.items():
        if options.program and name not in options.program:
            continue
        runs = max(options.n, 10) if name in STARTUP else options.n
        results[name] = measure(interpreters, arguments, runs)
        base = results[name][REFERENCE]
        print(name.ljust(14), *(cell(results[name][i], base) for i in interpreters), flush=True)

    means = []
    for interpreter in interpreters:
        ratios = [math.log(row[REFERENCE]["seconds"] / row[interpreter]["seconds"])
                  for name, row in results.items() if name not in STARTUP and not row[interpreter]["problem"]]
        means.append(f"({len(ratios)}) {math.exp(sum(ratios) / len(ratios)):5.2f}x" if ratios else "-")
    print("geometric mean", *(mean.rjust(24) for mean in means))
    if options.o:
        with open(options.o, "w") as file:
            json.dump(results, file, indent=1)
    return any(row["taipan"]["problem"] for row in results.values())


if __name__ == "__main__":
    sys.exit(main())
