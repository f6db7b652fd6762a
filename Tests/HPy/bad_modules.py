"""Modules that are wrong: `bad/modules.c` compiled case by case, and what they get. Part of `run.py`."""
import os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import support

SOURCE = os.path.join(HERE, "bad", "modules.c")


def build(folder, include, library):
    """Compile the module of every case."""
    os.makedirs(folder, exist_ok=True)
    with open(SOURCE) as file:
        names = sorted(set(re.findall(r"defined\(CASE_(\w+)\)", file.read())))
    for name in names:
        target = os.path.join(folder, name + ".hpy0.so")
        if not os.path.exists(target) or os.path.getmtime(target) < os.path.getmtime(SOURCE):
            subprocess.run(["cc", "-O1", "-g", "-shared", "-fPIC", "-DHPY", "-DHPY_ABI_UNIVERSAL", f"-DNAME={name}", f"-DCASE_{name}", "-I", include, SOURCE, library, "-o", target], check=True)


def check(folder, mode, timeout):
    """Outcomes in a mode, as the program runs and with a collection at almost every allocation."""
    outcomes = {}
    for setting in (None, "stress:7"):
        environment = support.environment(TAIPAN_GC=setting, HPY=None)
        outcome = support.run([*support.taipan(), os.path.join(HERE, "bad", "check.py"), folder, mode], env=environment, timeout=timeout)
        lines = outcome.out.decode(errors="replace").splitlines()
        suffix = " under stress" if setting else ""
        for line in lines:
            if line.startswith("ok "):
                outcomes[f"bad modules: {line[3:]}{suffix}"] = "PASSED"
            elif line.startswith("FAIL "):
                outcomes[f"bad modules: {line[5:]}{suffix}"] = "FAILED"
        if outcome.status != 0 or "ok end" not in lines:
            outcomes[f"bad modules{suffix}: {outcome.ending()}"] = "ERROR"
            print(*outcome.err.decode(errors="replace").splitlines()[-10:], sep="\n")
    return outcomes
