"""HPy's own tests, unmodified, from PyPI's source distribution: under Taipan, in universal, debug and trace mode.

The distribution, pytest and setuptools are fetched by pip into `.build/hpy-tests`. The tests compile their extension modules with `cc` as they go. A test that `expected.txt` lists may fail: each line there is a
test id or a pattern, a tab, and the reason. The folder's own tests run beside them: those that `OWN` names, modules that are wrong (`bad_modules.py`), functions
that are given what they must not (`misuse.py`), and extensions that Taipan builds itself (`building.py`).
"""
import fnmatch, os, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import support
import bad_modules, building, misuse

VERSION = "0.9.0"
FOLDER = os.path.join(support.ROOT, ".build", "hpy-tests")
TOOLS = ["pytest<9", "setuptools<70", "filelock"]
OWN = ["test_taipan.py", "test_types.py", "test_members.py"]
LIBRARY = os.path.join(FOLDER, "site", "hpy", "devel", "lib", "universal", "libhpyextra.a")
BAD = os.path.join(FOLDER, "bad")
SOURCES = ["argparse", "buildvalue", "format", "helpers", "structseq"]


def prepare():
    """Fetch and unpack what the tests need, once. False when it cannot be had."""
    if os.path.exists(os.path.join(FOLDER, "ready")):
        return True
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    pip = [*support.REFERENCE, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    fetch = [*pip, "download", "--no-deps", "--no-binary=:all:", "--dest", FOLDER, f"hpy=={VERSION}"]
    install = [*pip, "install", "--root-user-action=ignore", "--target", os.path.join(FOLDER, "tools"), *TOOLS]
    if subprocess.run(install).returncode or subprocess.run(fetch).returncode:
        return False
    subprocess.run(["tar", "xzf", f"hpy-{VERSION}.tar.gz"], cwd=FOLDER, check=True)
    source = os.path.join(FOLDER, f"hpy-{VERSION}")
    # Only what is for building: `hpy.universal`, `hpy.debug` and `hpy.trace` are Taipan's.
    devel = os.path.join(FOLDER, "site", "hpy", "devel")
    shutil.copytree(os.path.join(source, "hpy", "devel"), devel)
    shutil.copytree(os.path.join(source, "test"), os.path.join(FOLDER, "upstream", "test"))
    library = os.path.join(devel, "lib", "universal")
    os.makedirs(library)
    objects = []
    for name in SOURCES:
        objects.append(os.path.join(FOLDER, name + ".o"))
        subprocess.run(["cc", "-O1", "-fPIC", "-DHPY_ABI_UNIVERSAL", "-I", os.path.join(devel, "include"), "-c",
                        os.path.join(devel, "src", "runtime", name + ".c"), "-o", objects[-1]], check=True)
    subprocess.run(["ar", "rcs", os.path.join(library, "libhpyextra.a"), *objects], check=True)
    open(os.path.join(FOLDER, "ready"), "w").close()
    return True


def expected():
    """Patterns of test ids that may fail, with their reasons."""
    lines = [line.rstrip("\n") for line in open(os.path.join(HERE, "expected.txt"))]
    return [tuple(line.split("\t", 1)) for line in lines if line and not line.startswith("#")]


def files(mode):
    """The test files of a mode. Each runs in a process of its own, so that a crash costs no more than its file."""
    test = os.path.join(FOLDER, "upstream", "test")
    names = sorted(name for name in os.listdir(test) if name.startswith("test_") and name.endswith(".py"))
    inner = os.path.join(test, mode)
    if mode != "universal" and os.path.isdir(inner):
        names += sorted(f"{mode}/{name}" for name in os.listdir(inner) if name.startswith("test_"))
    # The other file there, `test_distutils.py`, installs PyPI's hpy from its sources, which is for CPython only: `building.py` is in its place.
    return names + (["hpy_devel/test_abitag.py"] if mode == "universal" else []) + OWN


ENUMERATIONS = {"HPyFunc_Signature", "HPyType_BuiltinShape", "_HPyCapsule_key", "HPy_SourceKind"}


def passed_as(declaration):
    """How the ABI passes what `type name` declares: any pointer as a pointer, an enumeration as an int."""
    kind, _, name = declaration.strip().rpartition(" ")
    if "*" in declaration or "[" in declaration or kind == "HPyCFunction":
        return "pointer"
    return "int" if kind in ENUMERATIONS else kind


def check_table():
    """Whether our table of the context is upstream's, by number and by type, and what was generated from it is up to date: a dict from test to outcome."""
    source = os.path.join(FOLDER, f"hpy-{VERSION}", "hpy", "tools", "autogen", "public_api.h")
    numbers = {int(number): re.sub(r"^_?(HPy_?|h_)", "", name) for number, name in
               re.findall(r"HPy_ID\((\d+)\)\s+[^;(]*?\b(h_\w+|_?HPy\w*)\s*[;(]", open(source).read())}
    header = open(os.path.join(FOLDER, "site", "hpy", "devel", "include", "hpy", "universal", "autogen_ctx.h")).read()
    declared = re.findall(r"^    (?:HPy h_(\w+)|(.*?)\(\*ctx_(\w+)\)\(HPyContext \*ctx(.*?)\));", header, re.M)
    upstream = [handle or function for handle, _, function, _ in declared]
    types = {function: [passed_as(result.strip() + " result"), *map(passed_as, parameters.split(",")[1:])] for _, result, function, parameters in declared if function}
    rows = [line.rstrip("\n").split("\t") for line in open(os.path.join(support.ROOT, "Scripts", "hpy-context.tsv"))]
    ours = [row[2] if row[1] == "handle" else row[1] for row in rows]
    other = [row[1] for row in rows if row[1] in types
             and [passed_as(row[2] + " result"), *map(passed_as, row[3].split(",") if len(row) > 3 and row[3] else [])] != types[row[1]]]
    if other:
        print("declared otherwise:", *other)
    generated = subprocess.run([*support.REFERENCE, os.path.join(support.ROOT, "Scripts", "generate-hpy-context.py"), "--check"])
    checks = {
        "the table has every member of the interface": len(numbers) == len(upstream) == 263,
        "the table's order is the header's": ours[:len(upstream)] == upstream and [int(row[0]) for row in rows] == list(range(len(rows))),
        "the table's numbers are the interface's": all(ours[number] == name for number, name in numbers.items()),
        "the table's types are the header's": not other,
        "generated files are up to date": not generated.returncode,
    }
    return {name: "PASSED" if holds else "FAILED" for name, holds in checks.items()}


RESULT = re.compile(r"^(?:test/|\S*?HPy/)?(\S+\.py::.+?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b")


def run(mode, name, options):
    """Run one file in one mode: a dict from test id to outcome."""
    paths = [os.path.join(FOLDER, "site"), os.path.join(FOLDER, "tools"), HERE]
    # Random values of hashes play no part in them, and the other modes are chosen by each test.
    environment = support.environment(PYTHONPATH=os.pathsep.join(paths), HPY=None, PYTHONDONTWRITEBYTECODE=None)
    command = [*support.taipan(), "-m", "pytest", "-v", "-p", "no:cacheprovider", "-p", "hpy_modes", f"--hpy-mode={mode}", "--tb=short",
               *(["-p", "test.conftest", os.path.join(HERE, name)] if name in OWN else [f"test/{name}"])]
    if options.k:
        command += ["-k", options.k]
    outcome = support.run(command, env=environment, cwd=os.path.join(FOLDER, "upstream"), timeout=options.timeout)
    text = outcome.out.decode(errors="replace")
    results = {}
    for line in text.splitlines():
        match = RESULT.match(line)
        if match:
            results[match[1]] = match[2]
    # 0: all passed, 1: some failed, 5: none was chosen.
    if outcome.timed_out or outcome.status not in (0, 1, 5):
        running = [line for line in text.splitlines() if "::" in line and not RESULT.match(line)]
        results[f"{name}::{outcome.ending()}"] = "ERROR"
        print(f"{mode} {name}: {outcome.ending()}, after {running[-1] if running else 'the start'}")
    if options.show:
        print(text, outcome.err.decode(errors="replace"), sep="\n")
    return results


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--mode", action="append", choices=["universal", "debug", "trace", "building"], default=[], help="only this mode; building is of extensions by Taipan itself")
    parser.add_argument("--file", action="append", default=[], help="only this file")
    parser.add_argument("--show", action="store_true", help="print what pytest prints")
    parser.add_argument("--timeout", type=int, default=1200)
    options = parser.parse_args()
    if not prepare():
        print("pip cannot fetch the tests")
        return support.summarise(0, 0, 1)
    reasons = expected()
    passed = failed = skipped = 0

    def runs():
        """Each mode's name with a dict from test to outcome, as they come."""
        yield "table", check_table()
        for mode in options.mode or ["universal", "debug", "trace", "building"]:
            if mode == "building":
                if not options.file:
                    yield mode, building.Building(FOLDER, os.path.join(FOLDER, f"hpy-{VERSION}"), options.timeout).run()
                continue
            for name in files(mode):
                if not options.file or name in options.file:
                    yield mode, run(mode, name, options)
            if not options.file or "bad_modules.py" in options.file:
                bad_modules.build(BAD, os.path.join(FOLDER, "site", "hpy", "devel", "include"), LIBRARY)
                yield mode, bad_modules.check(BAD, mode, options.timeout)
            if mode == "debug" and (not options.file or "misuse.py" in options.file):
                misuse.build(BAD, os.path.join(FOLDER, "site", "hpy", "devel", "include"), LIBRARY)
                yield mode, misuse.check(BAD, options.timeout)

    for mode, results in runs():
        for test, result in results.items():
            allowed = [reason for pattern, reason in reasons if fnmatch.fnmatchcase(test, pattern) or fnmatch.fnmatchcase(f"{mode}:{test}", pattern)]
            if result in ("PASSED", "XFAIL", "XPASS"):
                passed += 1
                if allowed:
                    print(f"{mode} {test}: passes now, though expected.txt lists it")
            elif result == "SKIPPED" or allowed:
                skipped += 1
            else:
                failed += 1
                print(f"{mode} {test}: {result}", flush=True)
    return support.summarise(passed, failed, skipped)


if __name__ == "__main__":
    sys.exit(main())
