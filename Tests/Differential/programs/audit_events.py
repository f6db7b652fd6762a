# What sys.addaudithook hears of, and what it can stop.
import os, sys, tempfile, time

folder = tempfile.mkdtemp()
os.chdir(folder)
seen = []
watched = False


def shown(value):
    return value if isinstance(value, (int, str, bytes, type(None), dict, tuple)) else type(value).__name__


def hook(event, arguments):
    if watched and event.partition(".")[0] in ("os", "open", "object", "import", "subprocess"):
        seen.append((event, [shown(a) for a in arguments]))


sys.addaudithook(hook)


class A:
    pass


class B:
    pass


def events(function, *arguments, **keywords):
    global watched
    seen.clear()
    watched = True
    try:
        function(*arguments, **keywords)
    except OSError as error:
        print("  ", type(error).__name__)
    finally:
        watched = False
    for event, arguments in seen:
        print(event, *(repr(a) for a in arguments[:2 if event == "import" else None]))


os.close(os.open("file", os.O_CREAT | os.O_WRONLY))
events(open, "file")
events(open, "file", "r+b")
events(os.open, "file", os.O_RDONLY)
events(os.chmod, "file", 0o600)
events(os.chown, "file", -1, -1)
events(os.rename, "file", "other")
events(os.replace, "other", "file")
events(os.link, "file", "linked")
events(os.symlink, "file", "pointer")
events(os.truncate, "file", 3)
events(os.utime, "file")
events(os.utime, "file", (1, 2))
events(os.utime, "file", ns=(1, 2))
events(os.mkdir, "sub")
events(os.rmdir, "sub")
events(os.remove, "linked")
events(os.unlink, b"pointer")
events(os.remove, "absent")
events(os.listdir)
events(os.listdir, ".")
events(os.scandir)
events(os.putenv, "NAME", "value")
events(os.unsetenv, "NAME")
events(os.system, "true")
events(os.posix_spawn, "/bin/true", ["true"], {})
os.wait()
events(setattr, A, "__name__", "C")
events(setattr, A, "attribute", 1)
events(setattr, A(), "__class__", B)


def refuse(event, arguments):
    if event == "os.mkdir":
        raise PermissionError("no folders")


sys.addaudithook(refuse)
try:
    os.mkdir("sub")
except PermissionError as error:
    print(error, os.path.exists("sub"))
import gc
print(any(refuse in o for o in gc.get_objects() if type(o) is list))
traced = []


def trace(frame, event, argument):
    if frame.f_code is quiet.__code__ or frame.f_code is Loud.__call__.__code__:
        traced.append(frame.f_code.co_name)


def quiet(event, arguments):
    pass


class Loud:
    __cantrace__ = True

    def __call__(self, event, arguments):
        pass


sys.addaudithook(quiet)
sys.addaudithook(Loud())
sys.settrace(trace)
eval("1")
sys.settrace(None)
print(set(traced))
os.remove("file")
os.rmdir(folder)
