"""A plugin for pytest: chooses which of upstream's parametrized tests run, and in which mode.

Upstream's tests take the ABI from a fixture `hpy_abi`, whose values are CPython's own ABI, the universal one and debug mode. `--hpy-mode=universal`, `debug` or `trace` leaves those of one mode; tests of the
universal ABI serve for trace mode as well.
"""
import pytest


def pytest_addoption(parser):
    parser.addoption("--hpy-mode", choices=["universal", "debug", "trace"], default="universal")


def pytest_collection_modifyitems(config, items):
    mode = config.getoption("--hpy-mode")
    chosen, dropped = [], []
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        abi = parameters.get("hpy_abi")
        folder = item.path.parent.name
        if abi is None:
            # Not parametrized: the tests of debug and trace mode themselves, and those of the build system.
            wanted = folder == mode or (mode == "universal" and folder not in ("debug", "trace"))
        elif mode == "trace":
            wanted = abi == "universal"
            if wanted:
                parameters["hpy_abi"] = "trace"
        else:
            wanted = abi == mode
        (chosen if wanted else dropped).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=dropped)
