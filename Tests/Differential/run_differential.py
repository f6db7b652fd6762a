"""Run programs under Taipan and CPython 3.11 and compare standard output, standard error and exit status exactly.

programs/NAME.py is run as `python3 NAME.py`; `# stdin: TEXT` lines at its top become its standard input.
programs/NAME.args is a command line as a shell would split it, over several lines if need be; lines from `--- stdin`
on are standard input, `--- env` is followed by NAME=VALUE lines, and `--- file NAME` by a file's text.
Every run has a folder of its own as the current one, where NAME.py is copied and the files are written.
What differs by nature is made alike before the comparison: addresses, and the interpreter's own path.
"""
import difflib, os, re, shlex, shutil, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import support

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")


class Case:
    def __init__(self, file):
        self.file, self.stdin, self.env, self.files = file, "", {}, {}
        with open(os.path.join(PROGRAMS, file), encoding="utf-8", errors="surrogateescape", newline="") as source:
            text = source.read()
        if file.endswith(".py"):
            self.arguments = [file]
            self.stdin = "".join(re.findall(r"^# stdin: ?(.*\n)", text, re.M))
        else:
            self.parse(text)

    def parse(self, text):
        command, *sections = re.split(r"^--- (.*)\n", text, flags=re.M)
        self.arguments = shlex.split(command, comments=True)
        for title, body in zip(sections[::2], sections[1::2]):
            kind, _, name = title.partition(" ")
            if kind == "stdin":
                self.stdin = body
            elif kind == "env":
                self.env = dict(line.split("=", 1) for line in body.splitlines())
            elif kind == "file":
                self.files[name] = body
            else:
                raise ValueError(f"{self.file}: no such section: {title}")

    def run(self, interpreter, timeout):
        """The three things that are compared, as text."""
        with tempfile.TemporaryDirectory(prefix="differential-") as folder:
            if self.file.endswith(".py"):
                shutil.copy(os.path.join(PROGRAMS, self.file), folder)
            for name, text in self.files.items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            outcome = support.run([*interpreter, *self.arguments], cwd=folder, timeout=timeout,
                                  stdin=self.stdin.encode("utf-8", "surrogateescape"),
                                  env=support.environment(**self.env))
            return {"stdout": normal(outcome.out, interpreter, folder),
                    "stderr": normal(outcome.err, interpreter, folder), "ending": outcome.ending()}


def normal(output, interpreter, folder):
    text = output.decode("utf-8", "backslashreplace")
    text = text.replace(folder, "<folder>").replace(interpreter[0], "python3").replace(support.REFERENCE[0], "python3")
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", text)


def differences(ours, theirs):
    """The lines of a report on two unlike runs."""
    for part in theirs:
        if ours[part] != theirs[part]:
            yield from difflib.unified_diff(theirs[part].splitlines(), ours[part].splitlines(),
                                            f"{part} of CPython", f"{part} of Taipan", lineterm="", n=2)


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--timeout", type=float, default=60, help="seconds for each program")
    parser.add_argument("--show", action="store_true", help="print what CPython makes of each program, and stop")
    parser.add_argument("--record", action="store_true", help="write what fails into known-failures.txt")
    options = parser.parse_args()
    files = [f for f in sorted(os.listdir(PROGRAMS)) if f.endswith((".py", ".args")) and options.k in f]

    def compare(file):
        case = Case(file)
        theirs = case.run(support.REFERENCE, options.timeout)
        return file, theirs, theirs if options.show else case.run(support.taipan(), options.timeout)

    ledger = support.Ledger("differential", options.record)
    for file, theirs, ours in support.each(compare, files, options.j):
        if options.show:
            print(f"== {file}: {theirs['ending']}\n{theirs['stdout']}-- stderr\n{theirs['stderr']}", end="")
        if ledger.add(file, ours == theirs):
            print(f"FAIL {file}", *list(differences(ours, theirs))[:40], sep="\n    ", flush=True)
    return ledger.finish()


if __name__ == "__main__":
    sys.exit(main())
