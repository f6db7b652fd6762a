"""Machine code against binutils: what the assemblers encode must disassemble to what it is meant to be.

    encodings.py TOOL
"""
import os, re, shutil, subprocess, sys, tempfile


def disassemble(command, codes):
    """The text of each code, instructions joined with `; `. Addresses count from the code's start."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        starts, at = {}, 0
        for i, code in enumerate(codes):
            starts[at] = i
            file.write(code)
            at += len(code)
        file.flush()
        out = subprocess.run([*command, file.name], capture_output=True, text=True, check=True).stdout
    texts, current, base = [[] for _ in codes], 0, 0
    for line in out.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t(?:[0-9a-f]+ )+ *\t(.*)", line)
        if match:
            address = int(match[1], 16)
            if address in starts:
                current, base = starts[address], address
            text = re.sub(r"\s+(#|//|<).*", "", match[2]) if "#" not in match[2].split("//")[0] else match[2].split("//")[0]
            text = re.sub(r"\s+", " ", text.split("<")[0]).strip()
            text = re.sub(r"^((?:b|b\.\w+|cbz \w+,|tbz \w+, #\d+,)) (0x)?([0-9a-f]+)$", lambda m: f"{m[1]} {int(m[3], 16) - base:#x}", text)
            texts[current].append(text)
    return ["; ".join(t) for t in texts]


def main():
    tool = sys.argv[1]
    passed = failed = 0
    for name, command in [("x86", ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel"]),
                          ("arm64", ["aarch64-linux-gnu-objdump", "-D", "-b", "binary", "-m", "aarch64"])]:
        if not shutil.which(command[0]):
            print(f"{command[0]} is not installed: {name} is not checked")
            continue
        lines = subprocess.run([tool, "encode", name], capture_output=True, text=True, check=True).stdout.splitlines()
        pairs = [line.split("\t") for line in lines]
        found = disassemble(command, [bytes.fromhex(code) for code, _ in pairs])
        for (code, expected), text in zip(pairs, found):
            if text == expected:
                passed += 1
            else:
                failed += 1
                if failed < 40:
                    print(f"FAIL {name}: {code} is `{text}`, not `{expected}`")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
