"""Keep the scoreboard: for each module a file scoreboard/MODULE.md with its counts, then each test that falls short and why.

SCOREBOARD.md is those files under one table. Where two branches have changed different modules, `run.py --scoreboard` writes it anew.
"""
import fnmatch, json, os, re

KINDS = ("pass", "fail", "error", "skip", "crash", "time-out")


def reasons(path):
    """The hand-written reasons: pairs of an id pattern and a text."""
    pairs = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    pattern, text = line.strip().split(": ", 1)
                    pairs.append((pattern, text))
    return pairs


def load(path):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def write_module(here, cache, name):
    """Write scoreboard/NAME.md from the results that run.py keeps."""
    ours, standard = (load(os.path.join(cache, f"{who}-{name}.json")) for who in ("taipan", "cpython"))
    if not ours or not standard:
        return
    known = reasons(os.path.join(here, "reasons.txt"))
    goal = [i for i, (kind, _) in standard["results"].items() if kind in ("pass", "expected")]
    counts = dict.fromkeys(KINDS, 0)
    short = []
    for i in goal:
        kind, text = ours["results"].get(i, ("error", ours["notes"][-1] if ours["notes"] else "not run"))
        counts["pass" if kind == "expected" else kind] += 1
        if kind not in ("pass", "expected"):
            why = next((text for pattern, text in known if fnmatch.fnmatchcase(i, pattern)), f"{kind}: {text}")
            short.append((i.removeprefix("test."), why))
    os.makedirs(os.path.join(here, "scoreboard"), exist_ok=True)
    with open(os.path.join(here, "scoreboard", name + ".md"), "w", encoding="utf-8") as file:
        file.write(f"| {name} | " + " | ".join(str(counts[k] or "") for k in KINDS) + f" | {len(goal)} |\n")
        file.write(section(name, short) if short else "")


def write(here):
    """Write SCOREBOARD.md from the modules' files."""
    rows, details = [], []
    totals = [0] * (len(KINDS) + 1)
    for name in sorted(os.listdir(os.path.join(here, "scoreboard"))):
        with open(os.path.join(here, "scoreboard", name), encoding="utf-8") as file:
            row, _, rest = file.read().partition("\n")
        rows.append(row)
        details.append(rest)
        for place, cell in enumerate(row.strip("| ").split("|")[1:]):
            totals[place] += int(cell.strip() or 0)
    with open(os.path.join(here, "SCOREBOARD.md"), "w", encoding="utf-8") as file:
        file.write("# CPython's own tests under Taipan\n\n"
                   "Written by `Tests/Conformance/run.py --regenerate` from `scoreboard/`. The last column counts the tests that CPython 3.11 itself\n"
                   "passes on the same machine; the others say what Taipan makes of those.\n\n"
                   "| module | passed | failed | error | skipped | crash | time-out | of |\n|---|" + "--:|" * 7 + "\n")
        file.write("\n".join(rows))
        file.write("\n| **all** | " + " | ".join(f"**{n}**" for n in totals) + " |\n")
        file.write("".join(details))


def portable(text):
    """A message without the places that only the machine knows where it was written: the interpreter's, and temporary folders."""
    return re.sub(r"/tmp/[\w.-]+", "/tmp/...", re.sub(r"(?:/[\w.-]+)+/taipan[\w.-]*(?=')", "taipan", text))


def section(name, short):
    """The tests of a module that do not pass, those with the same reason under one heading."""
    groups = {}
    for test, why in short:
        groups.setdefault(" ".join(portable(why).replace("\\n", " ").split())[:160], []).append(test)
    lines = [f"\n## {name}\n\n"]
    for why, tests in groups.items():
        safe = why.replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"- {safe}: " + ", ".join(f"`{t.removeprefix(name + '.')}`" for t in tests) + "\n")
    return "".join(lines)
