"""A wheel with what building extensions needs of PyPI's hpy: `taipan -m hpy.wheel FOLDER`.

PyPI's wheels of hpy are CPython's own, and its source distribution refuses to be built elsewhere, because what runs extensions comes with the interpreter. Projects name hpy as a build
dependency all the same, for `hpy.devel`: the headers, the helpers in C and the keyword `hpy_ext_modules` of setuptools. pip fetches the wheel for CPython here, and what is of use to any
interpreter is put into a wheel `py3-none-any` of the same name and version, which pip then prefers:

    taipan -m hpy.wheel wheels
    taipan -m pip install --find-links wheels ./project
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


def main():
    parser = argparse.ArgumentParser(prog="hpy.wheel", description="Make a wheel with what building extensions needs of PyPI's hpy.")
    parser.add_argument("folder", nargs="?", default=".", help="where the wheel is written")
    options = parser.parse_args()
    version = get_version()[0]
    os.makedirs(options.folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        try:
            source = fetch(version, temporary)
        except subprocess.CalledProcessError as error:
            sys.exit(error.returncode)
        print(repack(source, version, options.folder))


if __name__ == "__main__":
    main()
