"""Extensions built by Taipan itself, and upstream's examples: part of `run.py`.

pip, under Taipan, builds and installs the proof of concept, plainly, in a new virtual environment: it finds `hpy`, the build dependency, by what `hpy.wheel` makes of PyPI's. `setup.py --hpy-abi=universal` builds the examples of
the documentation; upstream's tests of both run under Taipan. At last the same files are imported by CPython with PyPI's hpy.
"""
import os, re, shutil, sys, textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import support

# Examples that are about CPython's own C API have no place here: `mixed-example`, `legacyinit`, and the first three steps of the porting example.
EXAMPLES = ["simple-example", "quickstart", "snippets", "hpytype-example"]
# `tests.py` imports `mixed` for its HPy function too, of which another example has the like.
MIXED = "from hpyvarargs import add_ints\n"
WITHOUT_LEGACY = "not test_mixed_add_ints"
RESULT = re.compile(r"^\S*?(\w+\.py::\S+) (PASSED|FAILED|ERROR|SKIPPED)")


PROJECT = {
    "pyproject.toml": """
        [build-system]
        requires = ["setuptools", "hpy"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "fresh"
        version = "1.2"
    """,
    "setup.py": """
        from setuptools import Extension, setup
        setup(packages=["fresh"], package_dir={"": "source"}, hpy_ext_modules=[Extension("fresh.inner", sources=["inner.c"])])
    """,
    "source/fresh/__init__.py": "from .inner import twice",
    "inner.c": """
        #include "hpy.h"
        HPyDef_METH(twice, "twice", HPyFunc_O)
        static HPy twice_impl(HPyContext *ctx, HPy self, HPy arg) { return HPy_Add(ctx, arg, arg); }
        static HPyDef *defines[] = { &twice, NULL };
        static HPyModuleDef definition = { .defines = defines };
        HPy_MODINIT(inner, definition)
    """,
}
USE = "import fresh; assert fresh.twice('ab') == 'abab' and fresh.inner.__file__.endswith('inner.hpy0.so'), fresh.inner"
LOAD = """if True:
    import hpy.universal, importlib.util, sys
    spec = importlib.util.spec_from_file_location("inner", sys.argv[1])
    assert hpy.universal.load("inner", sys.argv[1], spec).twice(2) == 4
"""


class Building:
    def __init__(self, folder, source, timeout):
        """`folder` is `.build/hpy-tests`, `source` the unpacked distribution."""
        self.tools, self.source, self.timeout = os.path.join(folder, "tools"), source, timeout
        self.folder = os.path.join(folder, "building")
        self.cache = os.path.join(self.folder, "cache")
        self.outcomes = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.cache)

    def path(self, name):
        return os.path.join(self.folder, name)

    def step(self, name, command, *paths, cwd=None, **changes):
        """Run a command with import paths; its success is an outcome."""
        environment = support.environment(PYTHONPATH=os.pathsep.join(paths) or None, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore", XDG_CACHE_HOME=self.cache, HPY=None, **changes)
        outcome = support.run(command, env=environment, cwd=cwd or self.folder, timeout=self.timeout)
        self.outcomes[name] = "PASSED" if outcome.status == 0 else "FAILED"
        if outcome.status != 0:
            print(f"{name}: {outcome.ending()}", *[f"    {line}" for line in (outcome.out + outcome.err).decode(errors="replace").splitlines()[-15:]], sep="\n")
        return outcome

    def upstream(self, name, command, file, *paths, cwd, choose=""):
        """Run a file of upstream's tests; each test is an outcome."""
        environment = support.environment(PYTHONPATH=os.pathsep.join([*paths, self.tools]), HPY=None)
        choice = ["-k", choose] if choose else []
        outcome = support.run([*command, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--tb=short", file, *choice], env=environment, cwd=cwd, timeout=self.timeout)
        text = outcome.out.decode(errors="replace")
        found = {match[1]: match[2] for match in map(RESULT.match, text.splitlines()) if match}
        self.outcomes.update({f"{name}: {test}": result for test, result in found.items()})
        if outcome.status not in (0, 1) or not found:
            self.outcomes[f"{name}: {outcome.ending()}"] = "ERROR"
        if any(result in ("FAILED", "ERROR") for result in found.values()) or not found:
            print(*[f"    {line}" for line in text.splitlines()[-40:]], sep="\n")

    def copy(self, *parts):
        """A copy of a folder of the distribution, in which can be built."""
        target = self.path(parts[-1])
        shutil.copytree(os.path.join(self.source, *parts), target)
        return target

    def run(self):
        taipan = support.taipan()
        self.step("hpy.wheel", [*taipan, "-m", "hpy.wheel", self.path("wheels")])
        self.step("install hpy", [*taipan, "-m", "pip", "install", "--no-deps", "--target", self.path("devel"), "hpy"])
        hpy, devel = self.path("hpy"), self.path("devel")
        self.step("install PyPI's hpy in CPython", [*support.REFERENCE, "-m", "pip", "install", "--no-deps", "--target", hpy, "hpy==0.9.0"])

        # By pip, in a new environment; the build has one of its own, and whatever pip knew of hpy before is away.
        poc, new = self.copy("proof-of-concept"), self.path("new")
        self.step("venv", [*taipan, "-m", "venv", new])
        shutil.rmtree(self.cache)
        self.step("pip install", [os.path.join(new, "bin", "python"), "-m", "pip", "install", "--use-pep517", poc])
        installed = os.path.join(new, "lib", "python3.11", "site-packages")
        tags = sorted(name for _, _, names in os.walk(installed) for name in names if name.endswith(".so"))
        self.outcomes["tags"] = "PASSED" if tags == ["bar.hpy0.so", "foo.hpy0.so", "pof.hpy0.so", "pofcpp.hpy0.so"] else f"FAILED {tags}"
        shutil.copy(os.path.join(poc, "test_pof.py"), self.folder)
        self.upstream("proof of concept", taipan, "test_pof.py", installed, cwd=self.folder)
        self.upstream("proof of concept in CPython", support.REFERENCE, "test_pof.py", installed, hpy, cwd=self.folder)

        # A project with a pyproject.toml, built in isolation: installed, and where it lies.
        for name, options in (("installed", []), ("editable", ["--editable"])):
            project, place = self.path(f"project-{name}"), self.path(f"environment-{name}")
            for path, text in PROJECT.items():
                os.makedirs(os.path.dirname(os.path.join(project, path)), exist_ok=True)
                with open(os.path.join(project, path), "w") as file:
                    file.write(textwrap.dedent(text))
            self.step(f"venv for a project, {name}", [*taipan, "-m", "venv", place])
            python = os.path.join(place, "bin", "python")
            self.step(f"a project, {name}", [python, "-m", "pip", "install", *options, project])
            self.step(f"use of a project, {name}", [python, "-c", USE])
            inner = os.path.join(project, "source", "fresh", "inner.hpy0.so") if options else os.path.join(place, "lib", "python3.11", "site-packages", "fresh", "inner.hpy0.so")
            self.step(f"a project in CPython, {name}", [*support.REFERENCE, "-c", LOAD, inner], hpy)

        # By setup.py.
        built = [self.copy("docs", "examples", name) for name in EXAMPLES]
        for name, place in zip(EXAMPLES, built):
            self.step(f"setup.py of {name}", [*taipan, "setup.py", "--hpy-abi=universal", "build_ext", "--inplace"], devel, self.tools, cwd=place)
        with open(self.path("mixed.py"), "w") as file:
            file.write(MIXED)
        for name in ("tests.py", "debug-example.py", "trace-example.py"):
            shutil.copy(os.path.join(self.source, "docs", "examples", name), self.folder)
        self.upstream("examples", taipan, "tests.py", *built, cwd=self.folder, choose=WITHOUT_LEGACY)
        self.upstream("examples in CPython", support.REFERENCE, "tests.py", *built, hpy, cwd=self.folder, choose=WITHOUT_LEGACY)

        steps = self.copy("docs", "porting-example", "steps")
        self.step("setup.py of the porting example", [*taipan, "setup03.py", "--hpy-abi=universal", "build_ext", "--inplace"], devel, self.tools, cwd=steps)
        self.upstream("porting example", taipan, "test_porting_example.py", steps, cwd=steps, choose="step_03")
        self.upstream("porting example in CPython", support.REFERENCE, "test_porting_example.py", steps, hpy, cwd=steps, choose="step_03")

        # CPython's own kind of extension is refused in words.
        legacy = self.copy("docs", "examples", "mixed-example")
        self.step("setup.py of a hybrid module", [*taipan, "setup.py", "--hpy-abi=hybrid", "build_ext", "--inplace"], devel, self.tools, cwd=legacy)
        code = "try:\n    import mixed\nexcept ImportError as error:\n    assert '--hpy-abi=universal' in str(error), error\nelse:\n    assert False\n"
        self.step("a hybrid module is refused", [*taipan, "-c", code], legacy, cwd=legacy)
        return self.outcomes
