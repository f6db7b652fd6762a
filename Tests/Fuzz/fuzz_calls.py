"""Call builtin functions, types and methods with odd arguments, and poke at what they return."""
import sys
import cases

MODULES = """builtins math cmath itertools functools operator collections _collections _operator _functools struct _struct array
re _sre json _json binascii zlib string _string types enum copy weakref _io io heapq bisect unicodedata codecs decimal
datetime fractions statistics random contextvars marshal hashlib textwrap keyword token abc typing contextlib _elementtree""".split()

# What ends, blocks or changes the world when called, or is allowed to take for ever.
AVOID = """exit quit input breakpoint open open_code OpenWrapper help exec eval compile __import__ FileIO TextIOWrapper sleep
license copyright credits print run main urandom SystemRandom seed _exit FileType pow __pow__ __rpow__ __ipow__ ipow
factorial comb perm cache_clear register_error register _install_finalizers setrecursionlimit __build_class__
text_encoding setcontext settrace setprofile call_tracing abort kill patch coroutine redirect_stdout redirect_stderr
_RedirectStream chdir __setattr__ __delattr__ setattr delattr cached_property clear_overloads get_overloads
_reset_cache ABCMeta""".split()


class Odd:
    """Answers every protocol with something odd."""

    def __init__(self, random):
        self.random = random

    def answer(self, *args, **kwargs):
        n = self.random.below(8)
        if n == 0:
            raise ValueError("odd")
        return (None, -1, 2 ** 70, "x", [], self, NotImplemented)[n - 1]

    __len__ = __getitem__ = __iter__ = __next__ = __index__ = __int__ = __float__ = __hash__ = __eq__ = __lt__ = answer
    __add__ = __radd__ = __mul__ = __rsub__ = __call__ = __bool__ = __contains__ = __str__ = __format__ = answer
    __enter__ = __exit__ = __get__ = __missing__ = __fspath__ = __bytes__ = __reversed__ = __round__ = answer
    __length_hint__ = __complex__ = __trunc__ = __divmod__ = __instancecheck__ = __prepare__ = answer


class OddStr(str):
    pass


class OddInt(int):
    pass


class OddList(list):
    def __iter__(self):
        return iter([3, 2])


def values(random):
    """Fresh arguments for one case."""
    loop = []
    loop.append(loop)
    return [None, True, 0, 1, -1, 2, 255, 1000, -1000, 2 ** 31, 2 ** 62, 2 ** 63, -2 ** 63, 2 ** 64, -2 ** 100, 0.0, -0.0, 1.5, 1e308, float("inf"),
            float("nan"), 1j, "", "a", "abc def", "é漢\U0001F600", "\ud800", "\0", "%s %d", "{0.x!r:>{1}}", OddStr("s"), OddInt(5), b"", b"abc",
            bytearray(b"xyz"), memoryview(b"view"), memoryview(bytearray(8)).cast("H"), [], [1, 2, 3], OddList([1]), loop, (), (1, "a"), ((1, 2), (3, 4)), {}, {"a": 1}, {1: 2, "b": []},
            set(), {1, 2}, frozenset("ab"), range(3), range(5, -5, -2), slice(None), slice(-1, 2 ** 70, -1), iter([1]), (x for x in "ab"), int, type, object, str, len, lambda *a, **k: a, "".join, [].append,
            ..., NotImplemented, ValueError, ValueError("v"), Odd(random), Odd, object(), type("T", (), {}), property(), classmethod(len), staticmethod(len), sys, (lambda: 0).__code__,
            {}.keys(), {1: 2}.items(), int.__add__, (5).__add__, zip([1], [2]), map(str, [1]), enumerate("ab"), reversed([1]), super(Odd, Odd(random)), list[int], int | str, "utf-8", "strict", "big", "i", "<2h"]


def targets():
    """Every callable of the modules and of their types, with its name."""
    found = []
    for name in MODULES:
        try:
            module = __import__(name)
        except Exception:
            continue
        for attribute in sorted(dir(module)):
            value = getattr(module, attribute, None)
            if attribute in AVOID or not callable(value) or getattr(value, "__name__", "") in AVOID:
                continue
            found.append((name + "." + attribute, value))
            if isinstance(value, type):
                for method in sorted(dir(value)):
                    if method not in AVOID:
                        member = getattr(value, method, None)
                        if callable(member):
                            found.append((name + "." + attribute + "." + method, member))
    return found


TARGETS = targets()
KEYWORDS = ("key", "default", "sep", "encoding", "errors", "base", "reverse", "start", "signed", "x", "self", "strict")


def case(random):
    name, function = random.pick(TARGETS)
    pool = values(random)
    receiver = []
    if random.below(2) and name.count(".") == 2:      # a method: often with a receiver of its own type
        owner = getattr(sys.modules[name.split(".")[0]], name.split(".")[1])
        own = [v for v in pool if type(v) is owner]
        if own:
            receiver = [random.pick(own)]
    arguments = receiver + [random.pick(pool) for _ in range(random.below(4))]
    keywords = {random.pick(KEYWORDS): random.pick(pool) for _ in range(random.below(8) // 6)}
    result = function(*arguments, **keywords)
    for poke in (repr, hash, bool, iter, next, len, str, dir, type, lambda r: r == r, lambda r: r[0], lambda r: r(), lambda r: r + r):
        try:
            poke(result)
        except Exception:
            pass


if __name__ == "__main__":
    sys.stderr = None
    sys.setrecursionlimit(300)
    cases.main(case)
