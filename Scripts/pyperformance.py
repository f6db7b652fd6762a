"""Time pyperformance's pure-Python benchmarks, unmodified, under Taipan, CPython 3.11 and PyPy, and three programs over packages of PyPI.

usage: Scripts/pyperformance.py [-n RUNS] [--all] [BENCHMARK ...]

pip installs pyperformance, pyperf and what the benchmarks import into .build/pyperformance. Each benchmark's run_benchmark.py runs in a
process of its own through pyperf's worker: two values that are not counted, then RUNS that are; the best one is shown, in milliseconds, with the ratios of the
peers to Taipan. TAIPAN=/path/to/interpreter chooses another Taipan.
"""
import argparse, json, math, os, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Tests"))
import support

PACKAGES = ["pyperformance==1.14.0", "pyperf==2.7.0", "docutils==0.23", "sympy==1.14.0", "pygments==2.21.0", "pyaes==1.6.1", "tomli==2.0.1"]
TWELVE = ["chaos", "deltablue", "float", "generators", "go", "hexiom", "meteor_contest", "nbody", "pyflate", "raytrace", "richards", "spectral_norm"]
MORE = ["barnes_hut", "bpe_tokeniser", "comprehensions", "coroutines", "crypto_pyaes", "deepcopy", "fannkuch", "logging", "mdp", "nqueens", "pprint", "regex_compile", "richards_super", "scimark", "tomli_loads",
        "unpack_sequence"]
PROGRAMS = ["docutils", "sympy", "pygments"]

# The library's own source, all of it, coloured.
PYGMENTS = """
import os, sys, time
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
folder = os.path.dirname(os.__file__)
text = "".join(open(os.path.join(folder, name), encoding="utf-8").read() for name in ("argparse.py", "inspect.py", "typing.py", "subprocess.py"))
for _ in range(int(sys.argv[1])):
    begin = time.perf_counter()
    size = len(highlight(text, PythonLexer(), HtmlFormatter()))
    print("value", time.perf_counter() - begin, size)
"""


def install():
    folder = os.path.join(ROOT, ".build/pyperformance")
    if not os.path.isdir(folder):
        partial = folder + ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run([*support.REFERENCE, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", partial, *PACKAGES], check=True)
        os.rename(partial, folder)
    return folder


def measure(interpreter, name, packages, runs, timeout):
    """The times of one benchmark, in seconds, by the name of its part; a text when it fails."""
    environment = support.environment(PYTHONPATH=packages)
    with tempfile.TemporaryDirectory() as folder:
        if name == "pygments":
            script = os.path.join(folder, "colour.py")
            with open(script, "w") as file:
                file.write(PYGMENTS)
            outcome = support.run([*interpreter, script, str(runs + 2)], env=environment, cwd=folder, timeout=timeout)
            values = [float(line.split()[1]) for line in outcome.out.decode().splitlines() if line.startswith("value")][2:]
            return {name: min(values)} if values else outcome.ending() + " " + outcome.err.decode(errors="replace").strip()[-150:]
        script = os.path.join(packages, "pyperformance/data-files/benchmarks", "bm_" + name, "run_benchmark.py")
        result = os.path.join(folder, "result.json")
        arguments = ["--worker", "-w2", f"-n{runs}", "-l1", "-o", result]
        outcome = support.run([*interpreter, script, *arguments], env=environment, cwd=folder, timeout=timeout)
        if not os.path.exists(result):
            return outcome.ending() + " " + outcome.err.decode(errors="replace").strip().rpartition("\n")[2][-150:]
        with open(result) as file:
            suite = json.load(file)
        times = {}
        for benchmark in suite["benchmarks"]:
            metadata = {**suite.get("metadata", {}), **benchmark.get("metadata", {})}
            values = [value for run in benchmark["runs"] for value in run.get("values", ())]
            title = metadata.get("name") or benchmark["runs"][0]["metadata"].get("name") or name
            if values:
                times[title] = min(values)
        return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5, metavar="RUNS")
    parser.add_argument("--all", action="store_true", help="all that are known to be pure Python, not only twelve")
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("benchmark", nargs="*")
    options = parser.parse_args()
    packages = install()
    peers = {"taipan": support.taipan(), "cpython": support.REFERENCE}
    if pypy := shutil.which("pypy3"):
        peers["pypy"] = [pypy]
    print(f"{'benchmark':26}" + "".join(f"{name:>12}" for name in peers) + "".join(f"{name + '/taipan':>16}" for name in list(peers)[1:]), flush=True)
    ratios = {name: [] for name in list(peers)[1:]}
    for name in options.benchmark or TWELVE + (MORE if options.all else []) + PROGRAMS:
        found = {peer: measure(command, name, packages, options.n, options.timeout) for peer, command in peers.items()}
        for peer, times in found.items():
            if isinstance(times, str):
                print(f"{name}: {peer}: {times}", flush=True)
        parts = next((times for times in found.values() if isinstance(times, dict)), {})
        for part in parts:
            times = {peer: result.get(part) if isinstance(result, dict) else None for peer, result in found.items()}
            row = f"{part:26}" + "".join(f"{time * 1000:12.1f}" if time else f"{'-':>12}" for time in times.values())
            for peer in ratios:
                ratio = times[peer] / times["taipan"] if times[peer] and times["taipan"] else None
                row += f"{ratio:16.2f}" if ratio else f"{'-':>16}"
                if ratio:
                    ratios[peer].append(ratio)
            print(row, flush=True)
    means = {peer: math.exp(sum(map(math.log, found)) / len(found)) for peer, found in ratios.items() if found}
    print(f"{'geometric mean':26}" + " " * 12 * len(peers) + "".join(f"{mean:16.2f}" for mean in means.values()), flush=True)


if __name__ == "__main__":
    main()
