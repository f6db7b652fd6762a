"""Carets of statements: with, for, import, unpacking, augmented assignment, del, assert, raise."""
import sys


def attempt(function):
    try:
        function()
    except BaseException:
        sys.excepthook(*sys.exc_info())


def with_statement():
    with 5 as x:
        pass


def for_loop():
    for x in 5:
        pass


def import_missing():
    import no_such_module.sub


def from_missing():
    from sys import no_such_name


def unpack_few():
    a, b, c = 1, 2


def unpack_many():
    a, b = range(5)


def unpack_star():
    a, *b, c = [1]


def augmented():
    x = []
    x += 5


def delete():
    del {}["x"]


def assertion():
    assert 1 > 2, "message " + "built"


def subscript_store():
    (1)[0] = 2


def attribute_store():
    (1).x = 2


def raise_it():
    raise ValueError(
        "over lines",
        1,
    )


def call():
    (lambda x: x)(1,
                  2)


for function in list(globals().values()):
    if type(function) is type(attempt) and function is not attempt:
        attempt(function)
