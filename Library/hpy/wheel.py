"""A wheel with what building extensions needs of PyPI's hpy: `taipan -m hpy.wheel FOLDER`.

PyPI's wheels of hpy are CPython's own, and its source distribution refuses to be built elsewhere, because what runs extensions comes with the interpreter. Projects name hpy as a build
dependency all the same, for `hpy.devel`: the headers, the helpers in C and the keyword `hpy_ext_modules` of setuptools. pip fetches the wheel for CPython here, and what is of use to any
interpreter is put into a wheel `py3-none-any` of the same name and version, which pip then prefers:

    taipan -m hpy.wheel wheels
    taipan -m pip install --find-links wheels ./project

With `--register` the folder is written into pip's configuration, of the virtual environment or else of the user, so that a
plain `pip install` finds the wheel from then on.
"""
import argparse, base64, hashlib, os, subprocess, sys, tempfile, zipfile

from hpy.universal import get_version


def fetch(version, folder):
    """Has pip download PyPI's wheel; any platform's will do. Returns its path."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--platform=manylinux2014_x86_64",
                    "--implementation=cp", "--python-version=3.11", "--abi=cp311", "--dest", folder, f"hpy=={version}"], check=True)
    return os.path.join(folder, next(name for name in os.listdir(folder) if name.endswith(".whl")))


def is_portable(name):
    """Whether a file of the wheel is for building, and for any machine."""
    return name.startswith("hpy/devel/") and not name.startswith("hpy/devel/lib/") or ".dist-info/" in name and not name.endswith("/RECORD")


def repack(source, version, folder):
    """Writes the portable part of a wheel as a wheel of its own. Returns its path."""
    path = os.path.join(folder, f"hpy-{version}-py3-none-any.whl")
    record = f"hpy-{version}.dist-info/RECORD"
    lines = []
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            if name.endswith("/") or not is_portable(name):
                continue
            data = given.read(name)
            if name.endswith("/WHEEL"):
                data = b"Wheel-Version: 1.0\nGenerator: hpy.wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            made.writestr(name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}\n")
        made.writestr(record, "".join(lines) + f"{record},,\n")
    return path


def pip(*arguments):
    """What pip prints; it has said itself what went wrong where it ends with an error."""
    try:
        return subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


def register(folder):
    """Lets pip look into the folder whenever it looks for a distribution, besides where it has looked before."""
    level = "--user" if sys.prefix == sys.base_prefix else "--site"
    known = [line.partition("=")[2].strip("'\"").split("\\n") for line in pip("config", level, "list").splitlines() if line.startswith("global.find-links=")]
    places = [place for place in (known[0] if known else []) if place and place != folder]
    pip("config", level, "set", "global.find-links", "\n".join([*places, folder]))


def default_folder(registers):
    """Where the wheel goes that no command names: it has to stay when pip is to find it later."""
    if not registers:
        return "."
    return os.path.join(sys.prefix if sys.prefix != sys.base_prefix else os.path.expanduser("~/.local"), "share", "hpy-wheels")


def main():
    parser = argparse.ArgumentParser(prog="hpy.wheel", description="Make a wheel with what building extensions needs of PyPI's hpy.")
    parser.add_argument("folder", nargs="?", help="where the wheel is written")
    parser.add_argument("--register", action="store_true", help="let pip find the wheel from now on, without --find-links")
    options = parser.parse_args()
    version = get_version()[0]
    folder = options.folder or default_folder(options.register)
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        try:
            source = fetch(version, temporary)
        except subprocess.CalledProcessError as error:
            sys.exit(error.returncode)
        print(repack(source, version, folder))
    if options.register:
        register(os.path.abspath(folder))


if __name__ == "__main__":
    main()
