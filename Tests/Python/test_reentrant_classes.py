"""Classes whose metaclasses interfere while they are made or changed, and descriptors in the wrong place."""
from harness import raises, run


class Helper(type):
    pass


def test_mro_method_that_extends_the_unfinished_class():
    seen = []

    class M(type):
        def mro(cls):
            if cls.__mro__ is None and cls.__name__ == "A":
                seen.append(raises(TypeError, None, lambda: type("X", (cls,), {})))
                raises(AttributeError, None, lambda: super(cls, cls).xxx)
            return type.mro(cls)

    class A(metaclass=M):
        pass
    assert len(seen) == 1


def test_bases_set_from_within_mro():
    class M(type):
        ready = False

        def mro(cls):
            if M.ready and cls.__name__ == "C":
                M.ready = False
                C.__bases__ = (B2,)
            return type.mro(cls)

    class A(metaclass=M): pass
    class B1(A): pass
    class B2(A): pass
    class C(A): pass
    M.ready = True
    C.__bases__ = (B1,)
    B1.__bases__ = (C,)
    assert C.__bases__ == (B2,)
    assert B2.__subclasses__() == [C]
    assert B1.__subclasses__() == []
    assert C.__subclasses__() == [B1]


def test_cycle_by_the_chain_of_bases():
    class M(type):
        ready = False

        def mro(cls):
            if M.ready:
                if cls.__name__ == "B1":
                    B2.__bases__ = (B1,)
                if cls.__name__ == "B2":
                    B1.__bases__ = (B2,)
            return type.mro(cls)

    class A(metaclass=M): pass
    class B1(A): pass
    class B2(A): pass
    M.ready = True

    def change():
        B1.__bases__ += ()
    raises(TypeError, None, change)


def test_mro_without_the_class_itself():
    class B:
        pass

    class M(type):
        def mro(cls):
            return (B,)
    raises(TypeError, "super(type, obj): obj must be an instance or subtype of type", lambda: M("A", (), {}))


def test_mro_of_another_layout():
    class M(type):
        def mro(cls):
            return [cls, dict, object]
    raises(TypeError, "mro() returned base with unsuitable layout ('dict')", lambda: M("A", (), {}))


def test_dict_descriptor_of_another_base():
    class Base:
        pass

    class Meta(Base, type):
        pass

    class D(metaclass=Meta):
        pass
    descriptor = Base.__dict__["__dict__"]
    raises(AttributeError, None, lambda: descriptor.__set__(D, {}))
    raises(AttributeError, None, lambda: setattr(D, "__dict__", {}))
    assert D.__dict__["__module__"] == __name__


def test_slots_of_the_same_names_are_the_same_layout():
    class G:
        __slots__ = ["a", "b"]

    class H:
        __slots__ = ["b", "a"]
    x = G()
    x.a = 1
    x.__class__ = H
    assert x.a == 1

    class L(H):
        __slots__ = ["e"]

    class M(G):
        __slots__ = ["e"]
    raises(TypeError, None, lambda: setattr(L(), "__class__", M))


def test_slots_named_like_class_machinery():
    class Meta(type):
        pass

    class C1:
        def __init__(self):
            self.b = 42

    class C2(C1, metaclass=Meta):
        __slots__ = ["__classcell__"]

        def __init__(self):
            super().__init__()
    c = C2()
    assert c.b == 42 and not hasattr(c, "__classcell__")
    raises(TypeError, None, lambda: type("A", (), {"__slots__": ("__dict__", "__dict__")}))
    raises(TypeError, None, lambda: type("A", (), {"__slots__": ("__weakref__", "__weakref__")}))


def test_wrapper_of_another_class():
    class A(int):
        __eq__ = str.__eq__
        __add__ = str.__add__
    a = A()
    raises(TypeError, "descriptor '__eq__' requires a 'str' object but received a 'A'", lambda: a == a)
    raises(TypeError, "descriptor '__add__' requires a 'str' object but received a 'A'", lambda: a + a)


def test_member_of_another_class():
    class G:
        __slots__ = ("x",)

    class Foo:
        x = G.x

    def read(o):
        return o.x
    for _ in range(5):
        raises(TypeError, "descriptor 'x' for 'G' objects doesn't apply to a 'Foo' object", read, Foo())

    class Bar:
        real = int.__dict__["real"]

    def real(o):
        return o.real
    for _ in range(5):
        raises(TypeError, "descriptor 'real' for 'int' objects doesn't apply to a 'Bar' object", real, Bar())


def test_type_attributes_of_immutable_types():
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__bases__"):
        raises(TypeError, f"cannot set '{name}' attribute of immutable type 'list'", type.__dict__[name].__set__, list, "x")
        raises(TypeError, f"cannot delete '{name}' attribute of immutable type 'Helper'", type.__dict__[name].__delete__, Helper)


def test_builtin_callables_pickle_by_name():
    assert len.__reduce__() == "len"
    assert [].append.__reduce__()[0] is getattr
    assert str.lower.__reduce__() == (getattr, (str, "lower"))
    assert str.maketrans.__reduce__() == (getattr, (str, "maketrans"))
    assert str.maketrans.__qualname__ == "str.maketrans"


def test_bound_methods_are_not_bound_again():
    class A:
        def m(self, *args):
            return args
    assert not hasattr(type(A().m), "__get__")

    class B:
        x = classmethod(A().m)
        y = A().m
    assert B.x() == (B,)
    assert B().y() == ()


def test_equality_of_the_same_bool_operations():
    assert (True & True) is True and (True | False) is True and (True ^ True) is False
    assert type(True & 1) is int


run(globals())
