"""super(): zero-argument form, explicit forms, cooperative calls, errors."""
from harness import raises, run


def test_diamond_is_cooperative():
    log = []

    class A:
        def f(self):
            log.append("A")

    class B(A):
        def f(self):
            log.append("B")
            super().f()

    class C(A):
        def f(self):
            log.append("C")
            super().f()

    class D(B, C):
        def f(self):
            log.append("D")
            super().f()
    D().f()
    assert log == ["D", "B", "C", "A"]


def test_in_classmethod_and_new():
    class A:
        @classmethod
        def make(cls):
            return cls.__name__

    class B(A):
        @classmethod
        def make(cls):
            return "B:" + super().make()

        def __new__(cls):
            return super().__new__(cls)
    assert B.make() == "B:B" and type(B()) is B


def test_in_property_and_nested_function():
    class A:
        @property
        def p(self):
            return 1

        def f(self):
            return 10

    class B(A):
        @property
        def p(self):
            return super().p + 1

        def f(self):
            def inner(self):
                return super().f()
            return [super(B, x).f() for x in [self]] + [inner(self)]
    assert B().p == 2 and B().f() == [10, 10]


def test_two_argument_form():
    class A(int):
        def __add__(self, other):
            return "A"
    assert super(A, A(1)).__add__(2) == 3
    assert super(A, A).__add__(A(1), 2) == 3


def test_class_cell():
    class A:
        def f(self):
            return __class__
    assert A().f() is A


def test_repr_and_attributes():
    class A: pass
    class B(A):
        def s(self):
            return super()
    b = B()
    assert b.s().__thisclass__ is B and b.s().__self__ is b and b.s().__self_class__ is B
    assert repr(super(A, b)).startswith("<super: <class 'A'>, <B object>>")
    raises(AttributeError, "'super' object has no attribute 'zz'", lambda: b.s().zz)


def test_errors():
    def f():
        super()
    raises(RuntimeError, "super(): no arguments", f)

    def g(x):
        super()
    raises(RuntimeError, "super(): __class__ cell not found", g, 1)
    raises(TypeError, "super(type, obj): obj must be an instance or subtype of type", super, int, "a")
    raises(TypeError, "super() argument 1 must be a type, not int", super, 1)

    class C:
        def h(self):
            del self
            super()
    raises(RuntimeError, "super(): arg[0] deleted", C().h)


run(globals())
