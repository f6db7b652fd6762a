"""Run one of CPython's test modules and report each test as it starts and ends; executed by the interpreter under test.

usage: driver.py MODULE REPORT [SELECTION]

REPORT receives one line at a time, unbuffered, so that a crash is attributed to the test that ran:
    list ID                 for every test of the module, first of all
    start ID                and then one of
    pass|fail|error|skip|expected ID TEXT
    module TEXT             the module cannot be loaded, or setting up a module or class failed
    end                     when all have run
Fields are separated by tabs. SELECTION is a file of lines `only ID` and `skip ID`.
A test whose subtests fail has failed. Two tests with the same id get `#2`, `#3` … at the end of the later ones.

A module may have a function `test_main`, which sets something up, runs tests by `support.run_unittest` and `support.run_doctest`, and puts things back. It is called twice, first to
learn what it would run and then to run that; the tests that only the loader finds come after.
"""
import os
import sys
import unittest

report = None


def say(*fields):
    text = "\t".join(str(f).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n") for f in fields)
    os.write(report, (text + "\n").encode("utf-8", "backslashreplace"))


def text_of(error):
    """The type and message of an exc_info triple, cut short."""
    kind, value = error[0], error[1]
    try:
        text = str(value)
    except Exception:
        text = "?"
    return (kind.__name__ + ": " + text)[:300]


class Result(unittest.TestResult):
    """Reports tests by the ids given to them in `flatten`."""

    def startTest(self, test):
        super().startTest(test)
        self.outcome = None
        say("start", test.conformance_id)

    def stopTest(self, test):
        kind, text = self.outcome or ("pass", "")
        say(kind, test.conformance_id, text)
        super().stopTest(test)

    def note(self, kind, text=""):
        if self.outcome is None or self.outcome[0] == "skip":
            self.outcome = (kind, text)

    def addError(self, test, err):
        if hasattr(test, "conformance_id"):
            self.note("error", text_of(err))
        else:       # unittest's stand-in for a failed setUpClass or setUpModule
            say("module", str(test) + ": " + text_of(err))

    def addFailure(self, test, err):
        self.note("fail", text_of(err))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self.note("fail" if failed else "error", text_of(err))

    def addSkip(self, test, reason):
        if hasattr(test, "conformance_id"):
            self.note("skip", reason)
        elif isinstance(test, unittest.case._SubTest):
            pass
        else:
            say("module", str(test) + ": skipped: " + reason)

    def addExpectedFailure(self, test, err):
        self.note("expected")

    def addUnexpectedSuccess(self, test):
        self.note("fail", "unexpected success")


def flatten(suite, seen):
    """The suite's tests, each given an id that is unique in the module."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test, seen)
        else:
            name = test.id()
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += "#%d" % seen[name]
            test.conformance_id = name
            yield test


def through_main(module, take):
    """Call the module's `test_main`; `take` gets the suites that it would run."""
    from test import support

    def run_unittest(*classes):
        loader, suite = unittest.defaultTestLoader, unittest.TestSuite()
        for item in classes:
            if isinstance(item, str):
                suite.addTest(loader.loadTestsFromModule(sys.modules[item]))
            elif isinstance(item, (unittest.TestSuite, unittest.TestCase)):
                suite.addTest(item)
            else:
                suite.addTest(loader.loadTestsFromTestCase(item))
        take(suite)

    def run_doctest(module, verbosity=None, optionflags=0):
        import doctest
        take(doctest.DocTestSuite(module, optionflags=optionflags))

    # Modules import these two by name, too.
    changed = []
    for holder in [m for n, m in list(sys.modules.items()) if n.startswith("test")]:
        for own in run_unittest, run_doctest:
            known = getattr(support, own.__name__)
            if holder is not support and vars(holder).get(own.__name__) is known:
                changed.append((holder, own.__name__, known))
                setattr(holder, own.__name__, own)
    for own in run_unittest, run_doctest:
        changed.append((support, own.__name__, getattr(support, own.__name__)))
        setattr(support, own.__name__, own)
    try:
        module.test_main()
    finally:
        for holder, name, known in changed:
            setattr(holder, name, known)


def selection(path):
    only, skip = set(), set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            word, name = line.rstrip("\n").split(" ", 1)
            (only if word == "only" else skip).add(name)
    return only, skip


def main(name, report_path, selection_path=None):
    global report
    report = os.open(report_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    only, skip = selection(selection_path) if selection_path else (set(), set())
    try:
        from test import support
        support.use_resources = ()          # no network, no big files, no long computations
        module = __import__("test." + name, fromlist=["*"])
        main, seen = [], {}
        if hasattr(module, "test_main"):
            through_main(module, lambda suite: main.extend(flatten(suite, seen)))
        tests = list(flatten(unittest.defaultTestLoader.loadTestsFromModule(module), {}))
    except unittest.SkipTest as error:
        say("module", "skipped: " + str(error))
        return
    except BaseException:
        say("module", text_of(sys.exc_info()))
        raise
    ids = {test.conformance_id for test in main}
    tests = [test for test in tests if test.conformance_id not in ids]
    for test in main + tests:
        say("list", test.conformance_id)

    def run(tests):
        wanted = unittest.TestSuite(
            test for test in tests
            if test.conformance_id not in skip and (not only or test.conformance_id in only))
        wanted.run(Result())

    if main:
        seen = {}
        through_main(module, lambda suite: run(list(flatten(suite, seen))))
    run(tests)
    say("end")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.argv[1:] = []
    main(*arguments)
