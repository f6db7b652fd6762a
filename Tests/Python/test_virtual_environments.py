"""Programs started through a virtual environment, and by other paths that lead to them."""
import os, subprocess, sys, tempfile

from harness import run

REPORT = "import sys, os; print(sys.executable, sys.prefix, sys.base_prefix, os.path.realpath(sys._base_executable), sep='\\n'); print(*sys.path, sep='\\n')"


def report(command, **options):
    return subprocess.run([*command, "-c", REPORT], stdout=subprocess.PIPE, text=True, check=True, **options).stdout.splitlines()


def test_environment_is_found_by_the_program():
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(os.path.realpath(folder), "v")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
        python = os.path.join(place, "bin", "python")
        executable, prefix, base, program, *path = report([python])
        assert executable == python and prefix == place
        assert base == sys.base_prefix and program == os.path.realpath(sys.executable)
        assert os.path.join(place, "lib", "python3.11", "site-packages") in path
        assert not any("dist-packages" in item for item in path)
        # Of an environment made with its program, the base is not that one.
        inner = os.path.join(place, "w")
        subprocess.run([python, "-m", "venv", "--without-pip", inner], check=True)
        executable, prefix, base, program, *path = report([os.path.join(inner, "bin", "python3")])
        assert prefix == inner and base == sys.base_prefix and program == os.path.realpath(sys.executable)
        # Without site nothing looks for it.
        assert report([python, "-S"])[1] == sys.base_prefix


def test_program_is_named_as_it_was_called():
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        link = os.path.join(folder, "link")
        os.symlink(os.path.realpath(sys.executable), link)
        assert report([link])[0] == link
        assert report(["./link"], cwd=folder)[0] == link
        assert report(["link"], env={**os.environ, "PATH": folder})[0] == link


run(globals())
