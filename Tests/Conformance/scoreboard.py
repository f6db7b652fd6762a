"""Write SCOREBOARD.md from the results that run.py keeps: counts per module, then each test that falls short and why."""
import fnmatch, json, os

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


def write(here, cache, modules):
    known = reasons(os.path.join(here, "reasons.txt"))
    rows, details = [], []
    totals = dict.fromkeys(KINDS, 0)
    total = 0
    for name in modules:
        ours, standard = (load(os.path.join(cache, f"{who}-{name}.json")) for who in ("taipan", "cpython"))
        if not ours or not standard:
            continue
        goal = [i for i, (kind, _) in standard["results"].items() if kind in ("pass", "expected")]
        counts = dict.fromkeys(KINDS, 0)
        short = []
        for i in goal:
            kind, text = ours["results"].get(i, ("error", ours["notes"][-1] if ours["notes"] else "not run"))
            counts["pass" if kind == "expected" else kind] += 1
            if kind not in ("pass", "expected"):
                why = next((text for pattern, text in known if fnmatch.fnmatch(i, pattern)), f"{kind}: {text}")
                short.append((i.removeprefix("test."), why))
        for kind in KINDS:
            totals[kind] += counts[kind]
        total += len(goal)
        rows.append(f"| {name} | " + " | ".join(str(counts[k] or "") for k in KINDS) + f" | {len(goal)} |")
        if short:
            details.append(section(name, short))
    with open(os.path.join(here, "SCOREBOARD.md"), "w", encoding="utf-8") as file:
        file.write("# CPython's own tests under Taipan\n\n"
                   "Written by `Tests/Conformance/run.py --regenerate`. The last column counts the tests that CPython 3.11 itself\n"
                   "passes on the same machine; the others say what Taipan makes of those.\n\n"
                   "| module | passed | failed | error | skipped | crash | time-out | of |\n|---|" + "--:|" * 7 + "\n")
        file.write("\n".join(rows))
        file.write("\n| **all** | " + " | ".join(f"**{totals[k]}**" for k in KINDS) + f" | **{total}** |\n")
        file.write("".join(details))


def section(name, short):
    """The tests of a module that do not pass, those with the same reason under one heading."""
    groups = {}
    for test, why in short:
        groups.setdefault(" ".join(why.replace("\\n", " ").split())[:160], []).append(test)
    lines = [f"\n## {name}\n\n"]
    for why, tests in groups.items():
        safe = why.replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"- {safe}: " + ", ".join(f"`{t.removeprefix(name + '.')}`" for t in tests) + "\n")
    return "".join(lines)
