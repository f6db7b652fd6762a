"""The import system, over modules written to a temporary folder."""
import importlib
import os
import shutil
import sys
import tempfile
from harness import raises, run

FOLDER = tempfile.mkdtemp(prefix="imports-")
sys.path.insert(0, FOLDER)


def write(name, text):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    importlib.invalidate_caches()
    return path


def test_module_attributes():
    path = write("tp_one.py", '"""Doc."""\nx = 1\n_hidden = 2\n')
    import tp_one
    assert tp_one.x == 1 and tp_one.__name__ == "tp_one" and tp_one.__doc__ == "Doc." and tp_one.__file__ == path and tp_one.__spec__.origin == path and tp_one.__package__ == ""
    assert sys.modules["tp_one"] is tp_one and repr(tp_one) == "<module 'tp_one' from %r>" % path
    import tp_one as again
    assert again is tp_one


def test_star_import():
    write("tp_star.py", "a = 1\n_b = 2\n")
    write("tp_all.py", "__all__ = ['_x']\n_x = 1\ny = 2\n")
    exec("from tp_star import *\nfrom tp_all import *", ns := {})
    assert ns["a"] == 1 and "_b" not in ns and ns["_x"] == 1 and "y" not in ns
    write("tp_bad_all.py", "__all__ = ['missing']")
    raises(AttributeError, "module 'tp_bad_all' has no attribute 'missing'", exec, "from tp_bad_all import *", {})


def test_packages_and_relative_imports():
    write("tp_pkg/__init__.py", "from . import sub\nfrom .sub import value as v\n")
    write("tp_pkg/sub.py", "value = 5\n")
    write("tp_pkg/inner/__init__.py", "")
    write("tp_pkg/inner/leaf.py", "from ..sub import value\nfrom .. import sub as s\nfrom . import __name__ as n\n")
    import tp_pkg.inner.leaf
    assert tp_pkg.v == 5 and tp_pkg.inner.leaf.value == 5 and tp_pkg.inner.leaf.s is tp_pkg.sub and tp_pkg.inner.leaf.n == "tp_pkg.inner"
    import tp_pkg.inner.leaf as leaf
    assert leaf is tp_pkg.inner.leaf and list(tp_pkg.__path__) == [os.path.join(FOLDER, "tp_pkg")]
    raises(ImportError, "attempted relative import with no known parent package", exec, "from . import x", {"__name__": "top"})


def test_namespace_package():
    write("tp_space/mod.py", "x = 3")
    import tp_space.mod
    assert tp_space.mod.x == 3 and tp_space.__spec__.origin is None and tp_space.__file__ is None


def test_errors():
    error = raises(ModuleNotFoundError, "No module named 'tp_nothing'", exec, "import tp_nothing.sub")
    assert error.name == "tp_nothing"
    raises(ModuleNotFoundError, "No module named 'tp_one.sub'; 'tp_one' is not a package", exec, "import tp_one.sub")
    raises(ImportError, "cannot import name 'zz' from 'tp_one' (%s)" % os.path.join(FOLDER, "tp_one.py"), exec, "from tp_one import zz")
    sys.modules["tp_blocked"] = None
    raises(ModuleNotFoundError, "import of tp_blocked halted; None in sys.modules", exec, "import tp_blocked")
    raises(ValueError, "Empty module name", __import__, "")


def test_failed_import_leaves_no_module():
    write("tp_fail.py", "x = 1\nraise ValueError('inside')\n")
    raises(ValueError, "inside", exec, "import tp_fail")
    assert "tp_fail" not in sys.modules


def test_circular_import():
    write("tp_a.py", "import tp_b\nx = tp_b.y\n")
    write("tp_b.py", "import tp_a\ny = 1\n")
    import tp_a
    assert tp_a.x == 1
    write("tp_c.py", "from tp_d import q\np = 1\n")
    write("tp_d.py", "from tp_c import p\nq = 1\n")
    raises(ImportError, "cannot import name 'p' from partially initialized module 'tp_c' (most likely due to a circular import) (%s)" % os.path.join(FOLDER, "tp_c.py"), exec, "import tp_c")


def test_module_getattr_and_dir():
    write("tp_dyn.py", "def __getattr__(name):\n    if name == 'no': raise AttributeError(name)\n    return name * 2\ndef __dir__(): return ['q']\n")
    import tp_dyn
    assert tp_dyn.ab == "abab" and dir(tp_dyn) == ["q"] and not hasattr(tp_dyn, "no")


def test_reload_and_stale_cache():
    path = write("tp_re.py", "x = 1\n")
    import tp_re
    write("tp_re.py", "x = 22\n")
    os.utime(path, (1, 1))
    assert importlib.reload(tp_re) is tp_re and tp_re.x == 22


def test_cache_files():
    write("tp_cached.py", "x = 1\n")
    import tp_cached
    assert os.path.basename(tp_cached.__cached__) == "tp_cached.%s.pyc" % sys.implementation.cache_tag
    assert sys.dont_write_bytecode or os.path.exists(tp_cached.__cached__)


def test_hooks():
    import importlib.abc
    import importlib.machinery

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path, target=None):
            if name == "tp_virtual":
                return importlib.machinery.ModuleSpec(name, self)

        def exec_module(self, module):
            module.x = "virtual"
    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        import tp_virtual
    finally:
        sys.meta_path.remove(finder)
    assert tp_virtual.x == "virtual"


def test_zip_import():
    import zipfile
    path = os.path.join(FOLDER, "bundle.zip")
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("tp_zipped.py", "x = 'zipped'\n")
    sys.path.append(path)
    import tp_zipped
    assert tp_zipped.x == "zipped"


def test_frozen_modules():
    import _imp
    import subprocess
    program = """if True:
        import _imp, abc, os, sys, _frozen_importlib, importlib.machinery
        print(os.__spec__, os.__file__ == abc.__file__.replace("abc.py", "os.py"), hasattr(os, "__cached__"), os.getenv.__code__.co_filename)
        print(_imp.is_frozen("os"), _imp.is_frozen("json"), _imp.find_frozen("os.path"), _imp.find_frozen("json"), _imp.find_frozen("__phello__")[1:])
        print(_frozen_importlib.__spec__.loader_state, importlib.machinery.FrozenImporter.find_spec("stat").loader_state.origname)
        print(_imp.get_frozen_object("stat").co_name, type(_imp.find_frozen("stat", withdata=True)[0]).__name__)
        try: os.environ["no such variable"]
        except KeyError as error: print(error.__traceback__.tb_next.tb_frame.f_code.co_filename)
    """
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr == "" and result.stdout == """ModuleSpec(name='os', loader=<class '_frozen_importlib.FrozenImporter'>, origin='frozen') True False <frozen os>
True False (None, False, 'posixpath') None (True, '__phello__')
namespace(filename=None, origname='importlib._bootstrap') stat
<module> memoryview
<frozen os>
""", result
    raises(ImportError, "No such frozen object named 'zz'", _imp.get_frozen_object, "zz")
    raises(TypeError, "is_frozen() argument must be str, not int", _imp.is_frozen, 3)


def test_last_cleans_up():
    sys.path.remove(FOLDER)
    shutil.rmtree(FOLDER)


run(globals())
