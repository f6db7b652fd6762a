"""Random traces as arm64 programs under qemu-aarch64, against the reference interpreter.

    arm64.py TOOL [COUNT [SEED]]
"""
import os, shutil, subprocess, sys, tempfile


def main():
    tool, count, seed = sys.argv[1], int((sys.argv + ["", "60"])[2] or 60), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    emulator = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if not emulator:
        print("qemu-aarch64 is not installed: arm64 code is not run")
        print("0 passed, 0 failed")
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(seed, seed + count):
            program, output = os.path.join(folder, f"{n}"), os.path.join(folder, f"{n}.out")
            if subprocess.run([tool, "arm64", str(n), program], stdout=subprocess.DEVNULL).returncode:
                continue        # a trace with calls
            os.chmod(program, 0o755)
            with open(output, "wb") as file:
                try:
                    status = subprocess.run([emulator, program], stdout=file, timeout=20).returncode
                except subprocess.TimeoutExpired:
                    status = "time-out"
            if status == 0 and subprocess.run([tool, "arm64-check", str(n), output]).returncode == 0:
                passed += 1
            else:
                failed += 1
                print(f"FAIL arm64 trace {n}: status {status}", flush=True)
            os.unlink(program), os.unlink(output)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
