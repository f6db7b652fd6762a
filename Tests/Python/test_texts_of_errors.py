"""Texts of errors that calls of built-in functions raise, in CPython's words and order, and small things beside them."""
import copy
import datetime
import decimal
import hashlib
import os
import sys
import xml.etree.ElementTree as elements

from harness import raises, run


class Text(str):
    pass


class Items(list):
    pass


def test_a_bound_method_is_named_after_the_class_of_its_receiver():
    upper, append, clear = Text("a").upper, Items().append, Items().clear
    raises(TypeError, "Text.upper() takes no arguments (1 given)", upper, 1)
    raises(TypeError, "Items.append() takes exactly one argument (0 given)", append)
    raises(TypeError, "Items.append() takes exactly one argument (2 given)", append, 1, 2)
    raises(TypeError, "Items.append() takes no keyword arguments", append, object=1)
    raises(TypeError, "Items.clear() takes no arguments (1 given)", clear, 1)
    raises(TypeError, "str.upper() takes no arguments (1 given)", lambda: Text("a").upper(1))
    raises(TypeError, "str.upper() takes no arguments (1 given)", "a".upper, 1)
    append(1)
    raises(ValueError, "list.remove(x): x not in list", Items().remove, 1)


def test_methods_in_place_of_slots():
    raises(TypeError, "list.__getitem__() takes exactly one argument (0 given)", [].__getitem__)
    raises(TypeError, "list.__getitem__() takes exactly one argument (2 given)", list.__getitem__, [], 1, 2)
    raises(TypeError, "unbound method dict.__getitem__() needs an argument", dict.__getitem__)
    raises(TypeError, "dict.__contains__() takes exactly one argument (0 given)", {}.__contains__)
    raises(TypeError, "descriptor '__contains__' for 'set' objects doesn't apply to a 'int' object", set.__contains__, 1, 2)
    raises(TypeError, "expected 1 argument, got 0", ().__getitem__)
    raises(TypeError, "dict.__getitem__() takes no keyword arguments", {}.__getitem__, x=1)
    assert repr(list.__getitem__) == "<method '__getitem__' of 'list' objects>" and repr({}.__contains__).startswith("<built-in method __contains__ of dict object at 0x")
    assert repr(tuple.__getitem__) == "<slot wrapper '__getitem__' of 'tuple' objects>"
    assert list.__getitem__([1, 2], 1) == 2 and {1: 2}.__getitem__(1) == 2 and set.__contains__({1}, 1)


def test_annotations_of_positional_only_parameters_come_after_those_of_ordinary_ones():
    def function(a: 1, /, b: 2, *c: 3, d: 4, **e: 5) -> 6: pass
    assert list(function.__annotations__.items()) == [("b", 2), ("a", 1), ("c", 3), ("d", 4), ("e", 5), ("return", 6)]


def test_an_item_of_a_bytearray_is_looked_at_before_the_index():
    data = bytearray(3)
    raises(ValueError, "byte must be in range(0, 256)", data.__setitem__, 5, 300)
    raises(TypeError, "'str' object cannot be interpreted as an integer", data.__setitem__, 5, "a")
    raises(IndexError, "bytearray index out of range", data.__setitem__, 5, 3)
    raises(IndexError, "bytearray index out of range", data.__setitem__, -4, 3)
    raises(TypeError, "bytearray indices must be integers or slices, not str", data.__setitem__, "a", 300)
    data[-1] = 7
    assert data == b"\0\0\7"


def test_a_format_without_fields_is_itself():
    text = Text("abc")
    assert text.format() is text and text.format_map({}) is text
    assert type(Text("{}").format(1)) is str and type(Text("").format()) is str and type(Text("{{").format()) is str
    argument = "a b"
    assert "%s" % argument is argument and type("%s" % Text("a")) is str


def test_numbers_as_text_within_decimals_have_no_limit():
    context = decimal.Context(prec=6000)
    number = decimal.Decimal(10 ** 4999 + 1)
    assert number.next_plus(context) == context.add(number, decimal.Decimal("1e-1000")) and len(str(number.next_plus(context))) == 6001
    assert context.remainder_near(number, 7) in (-3, -2, -1, 0, 1, 2, 3)
    raises(ValueError, None, int, "1" * 5000)
    assert sys.get_int_max_str_digits() == 4300


def test_arguments_are_missed_before_names_are_refused():
    raises(TypeError, "from_bytes() missing required argument 'bytes' (pos 1)", int.from_bytes, x=1)
    raises(TypeError, "expandtabs() takes at most 1 argument (2 given)", "a".expandtabs, 1, x=1)
    raises(TypeError, "'x' is an invalid keyword argument for expandtabs()", "a".expandtabs, x=1)


def test_small_things():
    raises(KeyError, "[]", {}.pop, [])
    assert {}.pop([], 1) == 1
    raises(TypeError, "unhashable type: 'list'", {1: 2}.pop, [])
    assert b"abc".partition(bytearray(b"b")) == (b"a", b"b", b"c") and type(b"abc".partition(bytearray(b"b"))[1]) is bytearray
    assert type(bytearray(b"abc").partition(b"b")[1]) is bytearray
    raises(TypeError, "slice indices must be integers or None or have an __index__ method", "a".find, 1, "a")
    raises(TypeError, "must be str, not int", "a".find, 1, 1)
    raises(TypeError, "name must be a string", hashlib.new, None)
    raises(TypeError, "name must be a string", hashlib.new, b"md5")
    raises(TypeError, "'NoneType' object cannot be interpreted as an integer", datetime.date.fromtimestamp, None)
    raises(TypeError, " expected 1 argument, got 0", [].__mul__)


def test_a_deep_tree_is_copied():
    # Each collection scans the whole stack.
    deepest = 1500 if "TAIPAN_GC" in os.environ else 20000
    root = element = elements.Element("root", name="a")
    for depth in range(deepest):
        element = elements.SubElement(element, "item", depth=str(depth))
        element.text = "text"
    twin = elements.SubElement(root, "twin")
    root.append(twin)
    result = copy.deepcopy(root)
    assert result is not root and result.get("name") == "a" and result[1] is result[2] is not twin
    depth = 0
    while len(result):
        result = result[0]
        assert result.get("depth") == str(depth)
        depth += 1
    assert depth == deepest


run(globals())
