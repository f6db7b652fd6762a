"""Run programs that use packages of PyPI and whole parts of the standard library under Taipan and CPython 3.11.

Standard output and exit status of programs/NAME.py must be equal. pip, run by CPython, installs requirements.txt into
.build/programs, once for each state of that file; both interpreters import from there. Where that fails, as
without a network, the programs that import packages are skipped: their names are the lines of `packaged`.
"""
import difflib, hashlib, os, shutil, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import support

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
REQUIREMENTS = os.path.join(HERE, "requirements.txt")
packaged = ["docutils_page", "jinja2_templates", "networkx_paths", "pygments_html", "pytest_suite", "sympy_algebra"]


def installed():
    """The folder of the packages, or None where they cannot be had."""
    with open(REQUIREMENTS, "rb") as file:
        state = hashlib.sha256(file.read()).hexdigest()[:12]
    folder = os.path.join(support.ROOT, ".build/programs", state)
    if os.path.isdir(folder):
        return folder
    partial = folder + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    outcome = support.run([*support.REFERENCE, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
                           "--target", partial, "-r", REQUIREMENTS], timeout=600)
    if outcome.status != 0:
        print("no packages:", outcome.err.decode(errors="replace").strip().rpartition("\n")[2], flush=True)
        shutil.rmtree(partial, ignore_errors=True)
        return None
    os.rename(partial, folder)
    return folder


def run(interpreter, file, packages, timeout):
    with tempfile.TemporaryDirectory(prefix="programs-") as folder:
        shutil.copy(os.path.join(PROGRAMS, file), folder)
        outcome = support.run([*interpreter, file], cwd=folder, timeout=timeout, env=support.environment(
            PYTHONPATH=packages, PYTHONDONTWRITEBYTECODE=None, HOME=folder))
        out = outcome.out.decode("utf-8", "backslashreplace").replace(folder, "<folder>")
        return out, outcome.ending(), outcome.err.decode("utf-8", "backslashreplace")


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for each program")
    parser.add_argument("--record", action="store_true", help="write what fails into known-failures.txt")
    options = parser.parse_args()
    files = [f for f in sorted(os.listdir(PROGRAMS)) if f.endswith(".py") and options.k in f]
    packages = installed()
    skipped = [] if packages else [f for f in files if f[:-3] in packaged]

    def check(file):
        reference = run(support.REFERENCE, file, packages, options.timeout)
        return file, reference, run(support.taipan(), file, packages, options.timeout)

    ledger = support.Ledger("programs", options.record)
    ledger.skipped += len(skipped)
    for file, reference, ours in support.each(check, [f for f in files if f not in skipped], options.j):
        if ledger.add(file, ours[:2] == reference[:2]):
            print(f"FAIL {file}: {ours[1]}", flush=True)
            lines = difflib.unified_diff(reference[0].splitlines(), ours[0].splitlines(), "CPython", "Taipan", lineterm="", n=1)
            print(*[f"    {line[:200]}" for _, line in zip(range(20), lines)], sep="\n", flush=True)
            print(*[f"    {line[:200]}" for line in ours[2].splitlines()[-5:]], sep="\n", flush=True)
    return ledger.finish()


if __name__ == "__main__":
    sys.exit(main())
