"""A wheel with what building extensions needs of PyPI's hpy: `taipan -m hpy.wheel FOLDER`.

PyPI's wheels of hpy are CPython's own, and its source distribution refuses to be built elsewhere, because what runs extensions comes with the interpreter. Projects name hpy as a build
dependency all the same, for `hpy.devel`: the headers, the helpers in C and the keyword `hpy_ext_modules` of setuptools. pip fetches the wheel for CPython here, and what is of use to any
interpreter is put into a wheel `py3-none-any` of the same name and version.

pip under Taipan does that by itself when a project asks for hpy: `adapt` is called when pip's finder of packages is imported, and lets it look into a folder with that wheel, which is made the first time. For those
without a network, and for other installers, the wheel can be made by hand:

    taipan -m hpy.wheel wheels
    taipan -m pip install --no-index --find-links wheels ./project
"""
import argparse, base64, functools, hashlib, os, re, subprocess, sys, tempfile, zipfile

from hpy.universal import get_version


def fetch(version, folder, pip=("-m", "pip"), **how):
    """Has pip download PyPI's wheel; any platform's will do. Returns its path."""
    subprocess.run([sys.executable, *pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--platform=manylinux2014_x86_64",
                    "--implementation=cp", "--python-version=3.11", "--abi=cp311", "--dest", folder, f"hpy=={version}"], check=True, **how)
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


def make(folder, pip=("-m", "pip"), **how):
    """Makes the wheel in a folder. Returns its path."""
    version = get_version()[0]
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        made = repack(fetch(version, temporary, pip, **how), version, temporary)
        path = os.path.join(folder, os.path.basename(made))
        # At once, for those who look for it at the same time.
        os.replace(made, path)
    return path


# What pip asks


def cached(finder):
    """The folder with the wheel, made where it is not there yet. None where that fails: pip then says itself what it misses."""
    import pip
    folder = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "taipan", "wheels")
    if os.path.exists(os.path.join(folder, f"hpy-{get_version()[0]}-py3-none-any.whl")):
        return folder
    # Where this pip has been told to look, and by this very pip.
    settings = {"PIP_FIND_LINKS": " ".join(finder.find_links), "PIP_TRUSTED_HOST": " ".join(finder.trusted_hosts)}
    if finder.index_urls:
        settings.update(PIP_INDEX_URL=finder.index_urls[0], PIP_EXTRA_INDEX_URL=" ".join(finder.index_urls[1:]))
    else:
        settings["PIP_NO_INDEX"] = "1"
    try:
        make(folder, [os.path.dirname(pip.__file__)], env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return folder


def adapt(module):
    """Tells pip's module of finders where the wheel is."""
    original = getattr(getattr(module, "PackageFinder", None), "find_all_candidates", None)
    if original is None:
        return

    @functools.wraps(original)
    def find_all_candidates(self, project_name):
        target = getattr(self, "_target_python", None)
        # Not when pip downloads for some other interpreter.
        if re.sub("[-_.]+", "-", project_name).lower() == "hpy" and not any(getattr(target, name, None) for name in ("platforms", "abis", "implementation")):
            folder = cached(self)
            if folder and folder not in self.find_links:
                self.find_links.append(folder)
        return original(self, project_name)

    module.PackageFinder.find_all_candidates = find_all_candidates


def main():
    parser = argparse.ArgumentParser(prog="hpy.wheel", description="Make a wheel with what building extensions needs of PyPI's hpy.")
    parser.add_argument("folder", nargs="?", default=".", help="where the wheel is written")
    options = parser.parse_args()
    try:
        print(make(options.folder))
    except subprocess.CalledProcessError as error:
        # pip has said what went wrong.
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
