"""Elements of xml.etree.ElementTree: what may be put into them, and what they say of anything else."""
import xml.etree.ElementTree as ET
from harness import raises, run


class Special(ET.Element):
    pass


def test_children_of_all_kinds():
    for made in ET.Element("x"), Special("y"):
        parent = ET.Element("a")
        parent.append(made)
        parent[0] = made
        parent[0:1] = [made, ET.Element("b")]
        parent.insert(0, made)
        parent.extend([made])
        assert [child.tag for child in parent] == [made.tag, made.tag, "b", made.tag]
        parent.remove(made)
        assert len(parent) == 3
        assert type(ET.SubElement(made, "sub", {"k": "v"}, more="1")) is ET.Element
        assert made[-1].attrib == {"k": "v", "more": "1"}


def test_what_is_no_element():
    element = ET.Element("a")
    element.append(ET.Element("b"))
    for wrong, name in (5, "int"), ("text", "str"), (None, "None"):
        named = type(wrong).__name__
        raises(TypeError, f'expected an Element, not "{named}"', element.__setitem__, 0, wrong)
        raises(TypeError, f'expected an Element, not "{named}"', element.extend, [wrong])
        raises(TypeError, f"append() argument must be xml.etree.ElementTree.Element, not {name}", element.append, wrong)
        raises(TypeError, f"insert() argument 2 must be xml.etree.ElementTree.Element, not {name}", element.insert, 0, wrong)
        raises(TypeError, f"remove() argument must be xml.etree.ElementTree.Element, not {name}", element.remove, wrong)
        raises(TypeError, f"SubElement() argument 1 must be xml.etree.ElementTree.Element, not {name}", ET.SubElement, wrong, "x")
    raises(TypeError, 'expected sequence, not "int"', element.extend, 5)
    raises(TypeError, 'expected sequence, not "int"', element.__setitem__, slice(0, 1), 5)
    raises(TypeError, "SubElement() argument 3 must be dict, not int", ET.SubElement, element, "x", 5)


def test_indices():
    element = ET.Element("a")
    element[:] = [ET.Element(tag) for tag in "bcd"]
    raises(IndexError, "child index out of range", lambda: element[3])
    raises(IndexError, "child assignment index out of range", element.__setitem__, -4, element[0])
    raises(IndexError, "child assignment index out of range", element.__delitem__, 3)
    raises(TypeError, "element indices must be integers", lambda: element["x"])
    raises(ValueError, "attempt to assign sequence of size 1 to extended slice of size 2", element.__setitem__, slice(None, None, 2), [element[0]])
    assert element[-1].tag == "d" and [child.tag for child in element[1:]] == ["c", "d"]
    del element[0]
    assert [child.tag for child in element] == ["c", "d"]


def test_attributes_cannot_be_deleted():
    element = ET.Element("a", {"k": "v"})
    for name in "tag", "attrib", "text", "tail":
        raises(AttributeError, "can't delete element attribute", delattr, element, name)
    assert not hasattr(element, "copy") and not hasattr(element, "_assert_is_element")


def test_elements_are_not_those_of_the_library_in_python():
    import warnings
    Element, one = ET.Element, ET.fromstring("<a x='1'>t<b>u</b>v<c><b/></c>w</a>")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not Element("a") and one and not hasattr(Element, "__bool__")
    raises(TypeError, "attrib must be dict, not int", setattr, one, "attrib", 1)
    raises(AttributeError, "'xml.etree.ElementTree.Element' object has no attribute 'x'", setattr, one, "x", 1)
    assert not hasattr(one, "__dict__") and one.items() == [("x", "1")] and one.keys() == ["x"] and Element("a", {"x": "1"}, attrib={"y": "2"}).attrib == {"x": "1", "attrib": {"y": "2"}}
    for function, arguments, text in (
        (Element, (), "Element() takes at least 1 argument (0 given)"), (Element, ("a", 1), "Element() argument 2 must be dict, not int"),
        (Element, ("a", {}, {}), "Element() takes at most 2 arguments (3 given)"), (one.makeelement, ("q",), "makeelement expected 2 arguments, got 1"),
        (one.get, (), "get() missing required argument 'key' (pos 1)"), (one.get, ("x", 1, 2), "get() takes at most 2 arguments (3 given)"),
        (one.set, ("x",), "set expected 2 arguments, got 1"), (one.append, (), "Element.append() takes exactly one argument (0 given)"),
        (one.find, (), "find() missing required argument 'path' (pos 1)"), (one.clear, (1,), "Element.clear() takes no arguments (1 given)"),
        (one.insert, (0,), "insert expected 2 arguments, got 1"), (ET.SubElement, (one,), "SubElement() takes at least 2 arguments (1 given)"),
        (ET.TreeBuilder, (1, 2), "TreeBuilder() takes at most 1 positional argument (2 given)"), (ET.XMLParser, (1,), "XMLParser() takes no positional arguments"),
        (one.__setstate__, ({},), "tag may not be NULL"),
    ):
        raises(TypeError, text, function, *arguments)
    raises(TypeError, "Element.set() takes no keyword arguments", lambda: one.set(key="x", value="y"))
    raises(TypeError, "'x' is an invalid keyword argument for find()", lambda: one.find("b", x=1))


def test_iterators():
    import pickle
    one = ET.fromstring("<a>t<b>u</b>v<c><b/></c>w</a>")
    steps = one.iter("b")
    assert repr(type(steps)) == "<class '_elementtree._element_iterator'>" and type(one.itertext()) is type(steps) and iter(steps) is steps
    assert [each.tag for each in one.iter()] == ["a", "b", "c", "b"] and next(steps) is one[0] and list(steps) == [one[1][0]] and list(steps) == []
    raises(TypeError, "cannot pickle '_elementtree._element_iterator' object", pickle.dumps, steps)
    raises(TypeError, "cannot create '_elementtree._element_iterator' instances", type(steps))
    note = ET.Comment("n")
    note.append(ET.fromstring("<q>in</q>"))
    note.tail = "tail"
    one.insert(1, note)
    assert list(one.itertext()) == ["t", "u", "v", "n", "in", "tail", "w"] and list(note.itertext()) == ["n", "in"]
    deep = last = ET.Element("a")
    for _ in range(5000):
        last = ET.SubElement(last, "a")
    assert sum(1 for _ in deep.iter()) == 5001
    for each in one.iter():
        one.clear()
    steps = one.iter()
    one.append(ET.Element("n"))
    assert [each.tag for each in steps] == ["a", "n"]


def test_copies():
    import copy

    class Own(ET.Element):
        def __init__(self):
            pass
    own = Own()
    assert (own.tag, own.attrib, own.text, len(own)) == (None, {}, None, 0)
    own.tag, own.more = "own", 1
    assert type(copy.copy(own)) is type(copy.deepcopy(own)) is type(own.makeelement("a", {})) is ET.Element
    one = ET.Element("a", {"x": "1"})
    assert copy.copy(one).attrib is one.attrib and copy.deepcopy(one).attrib == one.attrib is not copy.deepcopy(one).attrib
    raises(TypeError, "__deepcopy__() argument must be dict, not int", one.__deepcopy__, 1)


def test_builders_and_parsers():
    assert ET.TreeBuilder().close() is None
    raises(IndexError, "pop from empty stack", ET.TreeBuilder().end, "a")
    raises(TypeError, "start() argument 2 must be dict, not None", ET.TreeBuilder().start, "a", None)
    builder = ET.TreeBuilder()
    builder.start("a", {})
    assert builder.close().tag == builder.end("b").tag == "a"
    raises(ET.ParseError, "multiple elements on top level", builder.start, "b", {})
    parser = ET.XMLParser()
    parser.feed("<a/>")
    assert parser.close().tag == "a" and type(parser.target) is ET.TreeBuilder
    raises(ET.ParseError, "parsing finished: line 1, column 4", parser.close)
    raises(ET.ParseError, "parsing finished: line 1, column 4", parser.feed, "x")
    raises(AttributeError, "'xml.etree.ElementTree.XMLParser' object has no attribute 'x'", setattr, parser, "x", 1)


run(globals())
