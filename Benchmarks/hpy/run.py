"""JSON by a C library in four forms: how fast HPy is.

A parser and encoder over the library yajl is built from `hpyajl.c` for HPy's universal ABI, and from `capiyajl.c` for CPython's C API. A document of some megabytes is read and written by

    universal   hpyajl under Taipan, and the same file under CPython 3.11 with PyPI's hpy
    C API       capiyajl under CPython 3.11
    json        the standard library's module, under both

each in a process of its own, call by call in turns: whatever else the machine does meanwhile slows all of them alike. Printed are the least processor times and the median ones, and the speed beside CPython's C API
form, which is the median of the ratios of neighbouring calls. Needs cc, Debian's libyajl-dev and python3.11-dev, and pip for PyPI's hpy, which goes into
`.build/hpy-benchmark`.
"""
import argparse, json, os, random, shlex, statistics, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(ROOT, ".build", "hpy-benchmark")
SITE = os.path.join(FOLDER, "site")
CPYTHON = ["/usr/bin/python3.11"]
WORDS = "lorem ipsum dolor sit amet consectetur adipisici elit größe façade naïve 東京 тест \"quoted\" back\\slash new\nline".split(" ")


def document(size):
    """Records as a service would send them, the same in every run."""
    source = random.Random(4711)

    def text(count):
        return " ".join(source.choice(WORDS) for _ in range(count))

    def record(number):
        return {
            "id": number, "name": text(3), "email": f"user{number}@example.org", "active": source.random() < 0.5, "score": source.random() * 100, "parent": None,
            "created": 1_600_000_000 + source.randrange(10**8), "position": {"latitude": source.uniform(-90, 90), "longitude": source.uniform(-180, 180), "height": source.randrange(3000)},
            "tags": [source.choice(WORDS) for _ in range(source.randrange(6))], "history": [source.randrange(-1000, 1000) for _ in range(20)], "note": text(12),
            "links": [{"rel": source.choice(WORDS), "href": f"/items/{source.randrange(10**6)}"} for _ in range(3)],
        }

    return {"version": "1.0", "records": [record(number) for number in range(size)]}


def build():
    """Fetches PyPI's hpy and compiles the modules."""
    if not os.path.isdir(SITE):
        subprocess.run([*CPYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "--target", SITE, "hpy==0.9.0"], check=True)
    devel = os.path.join(SITE, "hpy", "devel")
    flags = ["cc", "-O2", "-g", "-DNDEBUG", "-shared", "-fPIC"]
    for name in ("hpyajl", "hpyempty"):
        subprocess.run([*flags, "-DHPY", "-DHPY_ABI_UNIVERSAL", "-I", os.path.join(devel, "include"), os.path.join(HERE, name + ".c"), os.path.join(devel, "src", "runtime", "helpers.c"), "-lyajl",
                        "-o", os.path.join(FOLDER, name + ".hpy0.so")], check=True)
        # CPython finds universal modules only by a stub; Taipan prefers the extension itself.
        with open(os.path.join(FOLDER, name + ".py"), "w") as stub:
            stub.write(f"import sys, os\nfrom hpy.universal import _load_bootstrap\nfile = os.path.join(os.path.dirname(__file__), '{name}.hpy0.so')\n"
                       f"sys.modules[__name__] = _load_bootstrap('{name}', __name__, __package__, file, __loader__, __spec__, os.environ)\n")
    for name in ("capiyajl", "capiempty"):
        subprocess.run([*flags, "-I", "/usr/include/python3.11", os.path.join(HERE, name + ".c"), "-lyajl", "-o", os.path.join(FOLDER, name + ".so")], check=True)


def prepare():
    """Builds all and returns Taipan's command."""
    os.makedirs(FOLDER, exist_ok=True)
    build()
    return shlex.split(os.environ.get("TAIPAN") or os.path.join(ROOT, ".build", "release", "taipan"))


def environment(command):
    """That in which a command can import the modules; in CPython with PyPI's hpy, which Taipan brings itself."""
    path = [FOLDER, SITE] if command[:1] == CPYTHON else [FOLDER]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def execute(command):
    """The output of a command."""
    return subprocess.run(command, env=environment(command), stdout=subprocess.PIPE, text=True, check=True).stdout


class Form:
    """A process that measures."""

    def __init__(self, command, module, file):
        self.process = subprocess.Popen([*command, os.path.join(HERE, "measure.py"), module, file], env=environment(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.times = {"loads": [], "dumps": []}
        if self.process.stdout.readline() != "ready\n":
            sys.exit(f"{module} failed")

    def call(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.times[name].append(float(self.process.stdout.readline()))

    def both(self):
        return [sum(pair) for pair in zip(*self.times.values())]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def ratio(ours, theirs):
    """How many times as fast: the median of neighbours' ratios."""
    return statistics.median(b / a for a, b in zip(ours, theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=30, help="calls of each function in each form")
    parser.add_argument("--size", type=int, default=8000, help="records in the document, of about 900 bytes")
    options = parser.parse_args()
    taipan = prepare()
    file = os.path.join(FOLDER, "document.json")
    with open(file, "w", encoding="utf-8") as target:
        json.dump(document(options.size), target, ensure_ascii=False)
    print(f"document of {os.path.getsize(file) / 1e6:.1f} MB, {options.n} calls of each function in each form")
    forms = {name: Form(command, module, file) for name, (command, module) in {
        "Taipan universal": (taipan, "hpyajl"), "CPython universal": (CPYTHON, "hpyajl"), "CPython C API": (CPYTHON, "capiyajl"), "Taipan json": (taipan, "json"), "CPython json": (CPYTHON, "json")}.items()}
    for name in ("loads", "dumps"):
        for _ in range(options.n):
            for form in forms.values():
                form.call(name)
    for form in forms.values():
        form.end()
    reference = forms["CPython C API"]
    print(f"{'':20}{'loads':>16}{'dumps':>16}{'loads':>10}{'dumps':>8}{'both':>8}   least and median, and speed, CPython's C API being 1")
    for name, form in forms.items():
        times = "".join(f"{min(times):9.3f}{statistics.median(times):7.3f}" for times in form.times.values())
        ratios = [ratio(form.times[function], reference.times[function]) for function in form.times] + [ratio(form.both(), reference.both())]
        print(f"{name:20}{times}  " + "".join(f"{number:8.2f}" for number in ratios))
    ours, theirs = forms["Taipan universal"], forms["CPython universal"]
    print(f"Taipan universal is {ratio(ours.both(), reference.both()):.2f} times as fast as CPython's C API, {ratio(ours.both(), theirs.both()):.2f} times as fast as CPython universal "
          f"(loads {ratio(ours.times['loads'], theirs.times['loads']):.2f}, dumps {ratio(ours.times['dumps'], theirs.times['dumps']):.2f})")


if __name__ == "__main__":
    sys.exit(main())
