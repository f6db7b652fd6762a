"""Classes: creation, attributes, inheritance, MRO, bound methods, class and static methods, naming."""
from harness import raises, run


def test_instance_and_class_attributes():
    class C:
        shared = []

        def __init__(self):
            self.own = 1
    a, b = C(), C()
    a.shared.append(1)
    assert b.shared == [1] and a.__dict__ == {"own": 1} and "shared" in C.__dict__
    a.shared = 2
    assert b.shared == [1]
    del a.shared
    assert a.shared == [1]


def test_missing_attributes():
    class C:
        pass
    raises(AttributeError, "'C' object has no attribute 'x'", lambda: C().x)
    raises(AttributeError, "type object 'C' has no attribute 'x'", lambda: C.x)
    error = raises(AttributeError, None, getattr, C(), "name")
    assert error.name == "name" and type(error.obj) is C
    raises(AttributeError, "'object' object has no attribute 'a'", setattr, object(), "a", 1)
    raises(AttributeError, "'int' object has no attribute 'a'", setattr, 1, "a", 1)
    raises(TypeError, "cannot set 'a' attribute of immutable type 'int'", setattr, int, "a", 1)


def test_bound_methods():
    class C:
        def f(self, x):
            return self, x
    c = C()
    m = c.f
    assert m(1) == (c, 1) and m.__self__ is c and m.__func__ is C.f and m == c.f and hash(m) == hash(c.f)
    assert C.f(c, 2) == (c, 2) and m is not c.f
    assert repr(m).startswith("<bound method test_bound_methods.<locals>.C.f of <")


def test_class_and_static_methods():
    class C:
        @classmethod
        def c(cls, x):
            return cls, x

        @staticmethod
        def s(x):
            return x

    class D(C):
        pass
    assert D.c(1) == (D, 1) and D().c(2) == (D, 2) and D.s(3) == 3 and C().s(4) == 4
    assert C.__dict__["s"](5) == 5


def test_mro_is_c3():
    class A: pass
    class B(A): pass
    class C(A): pass
    class D(B, C): pass
    assert [k.__name__ for k in D.__mro__] == ["D", "B", "C", "A", "object"]
    raises(TypeError, "Cannot create a consistent method resolution\norder (MRO) for bases A, B",
           lambda: type("X", (A, B), {}))
    from collections import deque
    raises(TypeError, "Cannot create a consistent method resolution\norder (MRO) for bases object, deque",
           lambda: type("X", (object, deque), {}))
    raises(TypeError, "duplicate base class A", lambda: type("X", (A, A), {}))


def test_bad_bases():
    raises(TypeError, "type 'bool' is not an acceptable base type", lambda: type("X", (bool,), {}))
    raises(TypeError, "multiple bases have instance lay-out conflict", lambda: type("X", (int, str), {}))

    def bad():
        class X(1):
            pass
    raises(TypeError, "int() takes at most 2 arguments (3 given)", bad)


def test_names():
    class Outer:
        class Inner:
            def f(self): pass
    assert Outer.Inner.__qualname__ == "test_names.<locals>.Outer.Inner"
    assert Outer.Inner.f.__qualname__ == "test_names.<locals>.Outer.Inner.f"
    assert Outer.Inner.__name__ == "Inner" and Outer.__module__ == __name__
    assert repr(Outer) == "<class '%s.test_names.<locals>.Outer'>" % __name__
    Outer.__name__ = "Renamed"
    assert Outer.__name__ == "Renamed"


def test_private_names_are_mangled():
    class C:
        __x = 1

        def get(self):
            return self.__x

        def import_like(self):
            __local = 2
            return list(locals())[1]
    assert C._C__x == 1 and C().get() == 1 and C().import_like() == "_C__local"


def test_base_assignment():
    class A:
        def f(self): return "A"
    class B:
        def f(self): return "B"
    class C(A): pass
    c = C()
    assert c.f() == "A"
    C.__bases__ = (B,)
    assert c.f() == "B" and C.__mro__ == (C, B, object) and C in B.__subclasses__()


def test_class_assignment():
    class A: pass
    class B: pass
    a = A()
    a.__class__ = B
    assert type(a) is B
    raises(TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses",
           setattr, 1, "__class__", B)
    raises(TypeError, "__class__ must be set to a class, not 'int' object", setattr, a, "__class__", 1)


def test_new_and_init():
    log = []

    class C:
        def __new__(cls, *args):
            log.append(("new", args))
            return object.__new__(cls)

        def __init__(self, *args):
            log.append(("init", args))
    C(1, 2)
    assert log == [("new", (1, 2)), ("init", (1, 2))]

    class Other:
        def __new__(cls):
            return 5

        def __init__(self):
            raise AssertionError
    assert Other() == 5

    class BadInit:
        def __init__(self):
            return 1
    raises(TypeError, "__init__() should return None, not 'int'", BadInit)

    class Plain:
        pass
    raises(TypeError, "Plain() takes no arguments", Plain, 1)
    raises(TypeError, "object.__new__(X): X is not a type object (int)", object.__new__, 1)
    raises(TypeError, "object.__new__(int) is not safe, use int.__new__()", object.__new__, int)


def test_getattr_and_getattribute():
    class C:
        real = 1

        def __getattr__(self, name):
            if name.startswith("no"):
                raise AttributeError(name)
            return "dynamic " + name
    assert C().real == 1 and C().other == "dynamic other" and not hasattr(C(), "nope")
    assert getattr(C(), "nope", 3) == 3

    class D:
        def __getattribute__(self, name):
            return name.upper()
    assert D().abc == "ABC" and D().__class__ == "__CLASS__" and type(D()) is D


def test_setattr_and_delattr_hooks():
    log = []

    class C:
        def __setattr__(self, name, value):
            log.append((name, value))
            object.__setattr__(self, name, value)

        def __delattr__(self, name):
            log.append(name)
            object.__delattr__(self, name)
    c = C()
    c.x = 1
    del c.x
    assert log == [("x", 1), "x"] and c.__dict__ == {}


def test_init_subclass_and_set_name():
    log = []

    class Field:
        def __set_name__(self, owner, name):
            log.append((owner.__name__, name))

    class Base:
        def __init_subclass__(cls, tag=None, **kwargs):
            super().__init_subclass__(**kwargs)
            log.append((cls.__name__, tag))

    class Child(Base, tag="t"):
        f = Field()
    assert log == [("Child", "f"), ("Child", "t")]
    raises(TypeError, "X.__init_subclass__() takes no keyword arguments", lambda: type("X", (), {}, bad=1))


def test_class_getitem_and_mro_entries():
    class G:
        def __class_getitem__(cls, item):
            return (cls, item)
    assert G[int] == (G, int)

    class Proxy:
        def __mro_entries__(self, bases):
            return (G,)

    class C(Proxy()):
        pass
    assert C.__bases__ == (G,) and len(C.__orig_bases__) == 1
    raises(TypeError, "'int' object is not subscriptable", lambda: (1)[0])
    raises(TypeError, "type 'int' is not subscriptable", lambda: int[0])


def test_dir_and_vars():
    class A:
        x = 1
    class B(A):
        y = 2
    b = B()
    b.z = 3
    assert {"x", "y", "z", "__init__"} <= set(dir(b)) and vars(b) == {"z": 3}
    assert dir(b) == sorted(dir(b))
    raises(TypeError, "vars() argument must have __dict__ attribute", vars, 1)


def test_dict_is_live_and_replaceable():
    class C: pass
    c = C()
    c.__dict__["a"] = 1
    assert c.a == 1
    c.__dict__ = {"b": 2}
    assert c.b == 2 and not hasattr(c, "a")
    raises(TypeError, "__dict__ must be set to a dictionary, not a 'int'", setattr, c, "__dict__", 1)
    try:
        C.__dict__["a"] = 1
    except TypeError as e:
        assert str(e) == "'mappingproxy' object does not support item assignment"


def test_init_of_a_subclass_made_by_new_gets_a_captured_argument():
    class Base:
        def __new__(cls, x):
            show = lambda: x
            made = object.__new__(type("Sub", (cls,), {"__init__": lambda self, x: setattr(self, "given", x)}))
            made.shown = show()
            return made
    made = Base(5)
    assert (made.given, made.shown) == (5, 5)


def test_arguments_that_new_changes_reach_init_as_given():
    class Base:
        def __new__(cls, kind, size=1):
            made = object.__new__(kind or cls)
            kind, size = "changed", -1
            return made

    class Sub(Base):
        def __init__(self, kind, size=1):
            self.arguments = kind, size

    def make(kind):
        return Base(kind, 5)

    for _ in range(3000):
        assert type(make(None)) is Base
        assert make(Sub).arguments == (Sub, 5)


def test_a_signature_in_a_docstring():
    class Point:
        """Point(x, y=0)
--

A point."""

    class Derived(Point):
        pass

    class Other:
        """Point(x)\n--\n\nAnother's name."""

    class Incomplete:
        """Incomplete(x)\n--\nNo empty line."""

    assert Point.__text_signature__ == "(x, y=0)" and Point.__doc__.endswith("A point.")
    assert Derived.__text_signature__ is Other.__text_signature__ is Incomplete.__text_signature__ is None


def test_old_object_with_a_young_class():
    import gc
    import types
    module, thing = types.ModuleType("m"), type("Thing", (), {})()
    gc.collect()
    gc.collect()

    def assign():
        class Module(types.ModuleType):
            answer = 42
        module.__class__ = Module
        thing.__class__ = type("Other", (), {"answer": 43})
    assign()
    for _ in range(20):
        junk = [(i, 1 << i % 300, str(i)) for i in range(20000)]
    assert (module.answer, thing.answer, type(module).__mro__[1]) == (42, 43, types.ModuleType)


def test_a_class_as_an_object_of_its_metaclass():
    import abc

    class A(abc.ABC):
        "Docs of A."
        x = 5

        def method(self):
            pass

    get = object.__getattribute__
    assert get(A, "x") == 5 and get(A, "__doc__") == "Docs of A." and get(A, "method") is A.__dict__["method"]
    assert get(int, "bit_length") is int.__dict__["bit_length"] and get(A, "__class__") is abc.ABCMeta
    try:
        get(A, "missing")
    except AttributeError as error:
        assert str(error) == "'ABCMeta' object has no attribute 'missing'"
    else:
        assert False


def test_hashes_of_neighbours():
    class Empty:
        pass
    things = [Empty() for _ in range(10000)]
    assert len(set(map(hash, things))) == len(things)


def test_nothing_for_a_text():
    def message(function, *arguments):
        try:
            function(*arguments)
        except TypeError as error:
            return str(error)
    assert message("a".replace, None, "b") == "replace() argument 1 must be str, not None"
    assert message("a".encode, None) == "encode() argument 'encoding' must be str, not None"
    assert message(format, 1, None) == "format() argument 2 must be str, not None"
    assert message(bytes.fromhex, None) == "fromhex() argument must be str, not None"
    assert message(type, None, (), {}) == "type.__new__() argument 1 must be str, not None"
    assert message("a".replace, 1, "b") == "replace() argument 1 must be str, not int"
    assert message("a".join, None) == "can only join an iterable" and message(super, None) == "super() argument 1 must be a type, not NoneType"


run(globals())
