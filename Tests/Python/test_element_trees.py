"""Trees of xml.etree.ElementTree: builders, parsers and their targets, loops over children, depth, and programs that change things meanwhile."""
import copy
import gc
import io
import os
import pickle
import sys
import weakref
import xml.etree.ElementTree as ET
from harness import raises, run

CPYTHON = sys.implementation.name == "cpython"


def shown(element):
    return ET.tostring(element, "unicode")


class Log:
    """A target that notes what it is told."""

    def __init__(self):
        self.events = []

    def start(self, tag, attributes):
        self.events.append((tag, attributes))

    def end(self, tag):
        self.events.append("/" + tag)

    def data(self, text):
        self.events.append(text)

    def close(self):
        return self.events


def test_a_builder_takes_any_data():
    builder = ET.TreeBuilder(insert_comments=True)
    assert builder.data("nobody's") is None
    builder.start("a", {"k": "v"})
    builder.data("x")
    builder.data("y")
    assert builder.comment("c").text == "c"
    builder.data(["z"])
    builder.data("w")
    builder.end("any")
    root = builder.close()
    assert (root.text, root[0].tail, root.attrib, root[0].tag) == ("xy", "zw", {"k": "v"}, ET.Comment)
    builder = ET.TreeBuilder()
    builder.start("a", {})
    builder.data(5)
    builder.end("a")
    assert builder.close().text == 5
    builder = ET.TreeBuilder(comment_factory=lambda text: text, insert_comments=True)
    builder.start("a", {})
    raises(TypeError, 'expected an Element, not "str"', builder.comment, "c")
    bare = ET.TreeBuilder.__new__(ET.TreeBuilder)
    assert bare.comment("x") == "x" and bare.pi("x") == ("x", None) and bare.close() is None


def test_a_builder_with_elements_of_its_own():
    class Own(ET.Element):
        pass

    builder = ET.TreeBuilder(Own)
    parser = ET.XMLParser(target=builder)
    parser.feed("<a x='1'>t<b/>u&lt;v<c>w</c></a>")
    root = parser.close()
    assert [type(one) for one in root.iter()] == [Own] * 3 and shown(root) == '<a x="1">t<b />u&lt;v<c>w</c></a>'

    class Listed:
        def __init__(self, tag, attributes):
            self.tag, self.text, self.tail, self.children = tag, None, None, []

        def append(self, child):
            self.children.append(child)

    parser = ET.XMLParser(target=ET.TreeBuilder(Listed))
    parser.feed("<a>t<b/>u<c/>v</a>")
    root = parser.close()
    assert root.text == "t" and [(one.tag, one.tail) for one in root.children] == [("b", "u"), ("c", "v")]
    parser = ET.XMLParser(target=ET.TreeBuilder(lambda tag, attributes: 1 / 0))
    raises(ZeroDivisionError, "division by zero", parser.feed, "<a>t</a>")


def test_factories():
    import _elementtree
    before = _elementtree._set_factories(None, None)
    try:
        assert before == (ET.Comment, ET.PI)
        assert ET.TreeBuilder().comment("c") == "c" and ET.TreeBuilder().pi("t", "x") == ("t", "x")
        raises(TypeError, "Comment factory must be callable, not int", _elementtree._set_factories, 1, None)
        raises(TypeError, "PI factory must be callable, not int", _elementtree._set_factories, None, 1)
    finally:
        assert _elementtree._set_factories(*before) == (None, None)
    assert ET.TreeBuilder().comment("c").tag is ET.Comment


def test_names_with_and_without_namespaces():
    text = '<a xmlns="u" xmlns:p="w" p:x="1" x="2"><p:a/><a/><é p:ü="3"/><b xmlns=""><a/></b></a>'
    root = ET.fromstring(text)
    assert [one.tag for one in root.iter()] == ["{u}a", "{w}a", "{u}a", "{u}é", "b", "a"]
    assert root.attrib == {"{w}x": "1", "x": "2"} and root[2].attrib == {"{w}ü": "3"}
    assert root[1].tag is root.tag or CPYTHON
    many = "<r>" + "".join(f"<e{n} a{n}='{n}'/>" for n in range(3000)) * 2 + "</r>"
    root = ET.fromstring(many)
    assert [one.tag for one in root] == [f"e{n}" for n in range(3000)] * 2 and root[2999].attrib == root[5999].attrib == {"a2999": "2999"}


def test_text_in_pieces():
    long = "x" * 100000
    root = ET.fromstring(f"<a>\n1 &amp;\n2<b>{long}&#233;\n</b>é&lt;\n</a>")
    assert (root.text, root[0].text, root[0].tail) == ("\n1 &\n2", long + "é\n", "é<\n")
    parser = ET.XMLPullParser(["start", "end"])
    seen = []
    for character in "<a>12<b>34</b>56</a>".encode():
        parser.feed(bytes([character]))
        seen.extend((event, one.tag, one.text) for event, one in parser.read_events())
    parser.close()
    assert seen == [("start", "a", None), ("start", "b", None), ("end", "b", "34"), ("end", "a", "12")]


def test_events():
    document = '<!DOCTYPE a PUBLIC "p" "s"><!--c--><?pi?><?pi x?><a xmlns:b="c" xmlns="d" b:x="1">t<b:r/>u<!--in-->v<?pi w?>z</a><!--end-->'
    kinds = ["start", "end", "start-ns", "end-ns", "comment", "pi"]

    def events(builder, wanted):
        queue = []
        parser = ET.XMLParser(target=builder)
        assert parser._setevents(queue, wanted) is None
        parser.feed(document)
        root = parser.close()
        return [event for event, _ in queue], queue, shown(root)

    plain = '<ns0:a xmlns:ns0="d" xmlns:ns1="c" ns1:x="1">t<ns1:r />uvz</ns0:a>'
    order = ["comment", "pi", "pi", "start-ns", "start-ns", "start", "start", "end", "comment", "pi", "end", "end-ns", "end-ns", "comment"]
    names, queue, text = events(None, kinds)
    assert names == order and text == plain
    assert [one for event, one in queue if event in ("comment", "pi", "start-ns", "end-ns")] == [
        "c", ("pi", ""), ("pi", "x"), ("b", "c"), ("", "d"), "in", ("pi", "w"), None, None, "end"]
    names, queue, text = events(ET.TreeBuilder(), kinds)
    assert names == order and text == plain and queue[0][1].tag is ET.Comment and queue[2][1].text == "pi x"
    names, queue, text = events(ET.TreeBuilder(insert_comments=True, insert_pis=True), [b"end", "pi"])
    assert names == ["end"] * 0 + ["pi", "pi", b"end", "pi", b"end"] and text == plain.replace("uvz", "u<!--in-->v<?pi w?>z")
    assert events(None, None)[0] == ["end", "end"] and events(None, [])[0] == []
    parser = ET.XMLParser()
    raises(ValueError, "unknown event 'bad'", parser._setevents, [], ["start", "bad"])
    raises(ValueError, "invalid events sequence", parser._setevents, [], [5])
    raises(TypeError, "events must be a sequence", parser._setevents, [], 5)
    raises(AttributeError, "'int' object has no attribute 'append'", parser._setevents, 5)
    raises(TypeError, "event handling only supported for ElementTree.TreeBuilder targets", ET.XMLParser(target=Log())._setevents, [])


def test_targets():
    class All(Log):
        def doctype(self, *arguments):
            self.events.append(arguments)

        start_ns = end_ns = comment = pi = doctype

    parser = ET.XMLParser(target=All())
    parser.feed('<!DOCTYPE a PUBLIC "p" "s"><!--c--><?pi?><?pi x?><a xmlns:b="c" b:x="1"><b:r/>t</a>')
    assert parser.close() == [("a", "p", "s"), ("c",), ("pi", ""), ("pi", "x"), ("b", "c"), ("a", {"{c}x": "1"}), ("{c}r", {}), "/{c}r", "t", "/a", ("b",)]
    parser = ET.XMLParser(target=5)
    parser.feed("<a b='c'>x</a>")
    assert parser.close() is None and parser.target == 5


def test_a_target_that_raises():
    class Raising(Log):
        def start(self, tag, attributes):
            super().start(tag, attributes)
            if tag == "b":
                raise KeyError(tag)

    target = Raising()
    parser = ET.XMLParser(target=target)
    raises(KeyError, "'b'", parser.feed, "<a>12<b>3</b>4</a")
    # The rest of that piece is lost, and nothing else.
    parser.feed("><!-- -->")
    assert parser.close() == [("a", {}), "12", ("b", {}), "/a"]

    class Odd:
        def __getattr__(self, name):
            if name == "data":
                raise ValueError(name)
            raise AttributeError(name)

    raises(ValueError, "data", ET.XMLParser, target=Odd())


def test_a_parser_made_anew_by_its_target():
    class Anew(Log):
        def start(self, tag, attributes):
            super().start(tag, attributes)
            if tag == "b":
                self.parser.__init__(target=other)
                self.parser.__init__(target=other)

    target, other = Anew(), Log()
    target.parser = parser = ET.XMLParser(target=target)
    parser.feed("<a>12<b>3</b>4</a>")
    assert target.events == [("a", {}), "12", ("b", {})] and other.events == ["3", "/b", "4", "/a"]
    del other.events[:]
    parser.feed("<c/>")
    assert parser.close() == [("c", {}), "/c"]
    parser.__init__()
    parser.feed("<d/>")
    assert parser.close().tag == "d"


def test_a_parser_cannot_be_entered_again():
    # CPython reads the same piece again, and may crash.
    if CPYTHON:
        return

    class Entering(Log):
        def start(self, tag, attributes):
            raises(RuntimeError, "the parser is in use", self.parser.feed, "<x/>")
            raises(RuntimeError, "the parser is in use", self.parser.close)
            raises(RuntimeError, "the parser is in use", self.parser._parse_whole, io.BytesIO(b"x"))
            super().start(tag, attributes)

    target = Entering()
    target.parser = parser = ET.XMLParser(target=target)
    parser.feed("<a><b/></a>")
    assert parser.close() == [("a", {}), ("b", {}), "/b", "/a"]
    from xml.parsers import expat
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: raises(RuntimeError, "the parser is in use", parser.Parse, "<x/>")
    assert parser.Parse("<a><b/></a>", True) == 1


def test_a_parser_without_init():
    bare = ET.XMLParser.__new__(ET.XMLParser)
    for function, *arguments in (bare.feed, "<a/>"), (bare.close,), (bare._parse_whole, 1), (bare._setevents, []):
        raises(ValueError, "XMLParser.__init__() wasn't called", function, *arguments)
    assert bare.entity is None is bare.target and bare.version.startswith("Expat ")
    raises(AttributeError, "readonly attribute", setattr, bare, "target", 1)
    raises(AttributeError, "readonly attribute", delattr, bare, "entity")
    raises(AttributeError, "attribute 'version' of 'xml.etree.ElementTree.XMLParser' objects is not writable", setattr, bare, "version", 1)


def test_damaged_documents():
    for document, text in (
        ("<a>", "no element found: line 1, column 3"), ("<a></b>", "mismatched tag: line 1, column 5"), ("<a/><b/>", "junk after document element: line 1, column 4"),
        ("", "no element found: line 1, column 0"), ("<a>&foo;</a>", "undefined entity: line 1, column 3"), ("<a>&#0;</a>", "reference to invalid character number: line 1, column 3"),
        ("<a x=1/>", "not well-formed (invalid token): line 1, column 5"), ("<x:a/>", "unbound prefix: line 1, column 0"), ('<a x="1" x="2"/>', "duplicate attribute: line 1, column 9"),
        ("<a>\x00</a>", "not well-formed (invalid token): line 1, column 3"), ('<!DOCTYPE a SYSTEM "x"><a>&q;</a>', "undefined entity &q;: line 1, column 26"),
    ):
        error = raises(ET.ParseError, text, ET.fromstring, document)
        line, column = text.split(": line ")[1].split(", column ")
        assert error.position == (int(line), int(column)) and vars(error) == {"code": error.code, "position": error.position} and isinstance(error, SyntaxError)
        raises(ET.ParseError, text, ET.parse, io.BytesIO(document.encode()))
    parser = ET.XMLParser()
    parser.feed("<a>")
    raises(ET.ParseError, "mismatched tag: line 1, column 5", parser.feed, "</b>")
    raises(ET.ParseError, None, parser.feed, "</a>")
    raises(ET.ParseError, None, parser.close)
    raises(TypeError, "a bytes-like object is required, not 'int'", ET.XMLParser().feed, 5)
    raises(UnicodeEncodeError, None, ET.XMLParser().feed, "\ud800")
    raises(ValueError, "embedded null character", ET.XMLParser, encoding="a\0b")
    raises(LookupError, "unknown encoding: nope", ET.XMLParser(encoding="nope").feed, b"<a/>")
    parser = ET.XMLParser()
    parser.entity["q"] = "Q"
    parser.feed('<!DOCTYPE a SYSTEM "x"><a>p&q;r</a>')
    assert parser.close().text == "pQr"


def test_loops_over_children():
    parent = ET.Element("a")
    parent.extend([ET.Element("b") for _ in range(3)])
    seen = []
    for child in parent:
        seen.append(child.tag)
        if len(parent) < 6:
            parent.append(ET.Element("c"))
    assert seen == ["b", "b", "b", "c", "c", "c"]
    for child in parent:
        parent.remove(child)
    assert [child.tag for child in parent] == ["b", "c", "c"]

    def generated():
        yield from parent

    first, *rest = parent
    assert [*parent] == list(parent) == list(generated()) == [first, *rest] == list(reversed(parent))[::-1] and tuple(parent) == (first, *rest)
    assert type(iter(parent)).__name__ == "iterator" and iter(parent).__length_hint__() == 3 and iter(parent).__reduce__() == (iter, (parent,), 0)
    assert list(zip(parent, parent))[1] == (rest[0],) * 2 and [*map(ET.Element.__len__, parent)] == [0, 0, 0] and first in parent and ET.Element("b") not in parent
    steps = iter(parent)
    assert next(steps) is first
    parent.clear()
    assert list(steps) == []
    parent.append(first)
    assert list(steps) == []
    for _ in range(200):
        for child in parent:
            child.text, child.tail = child.tag, 5
    assert (first.text, first.tail) == ("b", 5)


def test_loops_over_subclasses():
    class Numbered(ET.Element):
        def __getitem__(self, index):
            if index < 3:
                return index
            raise IndexError

    class Lettered(ET.Element):
        def __iter__(self):
            return iter("xyz")

    class Same(ET.Element):
        pass

    for _ in range(100):
        one, other, same = Numbered("a"), Lettered("a"), Same("a")
        same.append(one)
        assert list(one) == [*one] == [each for each in one] == list(iter(one)) == [0, 1, 2] and 2 in one
        assert list(other) == [*other] == [each for each in other] == ["x", "y", "z"]
        assert list(same) == [*same] == [each for each in same] == [one]
    Same.__getitem__ = Numbered.__getitem__
    assert list(same) == [*same] == [each for each in same] == [0, 1, 2]


def test_words_of_elements():
    class Own(ET.Element):
        pass

    for kind in ET.Element, Own:
        for value in None, "x", 5, [1]:
            one = kind("a")
            one.tag = one.text = one.tail = value
            assert one.tag is value is one.text is one.tail
            one.clear()
            assert one.tag is value and one.text is None is one.tail and one.attrib == {}
    assert type(vars(ET.Element)["tag"]).__name__ == "getset_descriptor"
    one = ET.Element("a")
    for number in range(300):
        one.text = number
        if one.text != number:
            raise AssertionError
        one.clear()
        assert one.text is None


def test_comparisons_that_change_the_tree():
    if CPYTHON:
        # It may crash.
        return

    class Changing:
        def __eq__(self, other):
            root.clear()
            return False

    root = ET.Element("a")

    def fill():
        root[:] = [ET.Element("b") for _ in range(5)]

    fill()
    assert root.find("x") is None
    root[1].tag = Changing()
    assert root.find("x") is None and len(root) == 0
    fill()
    root[1].tag = Changing()
    assert root.findall("x") == [] and len(root) == 0
    fill()
    root[1].tag = Changing()
    assert root.findtext("x", "none") == "none" and len(root) == 0
    fill()
    root[1].tag = Changing()
    assert list(root.iter("x")) == [] and len(root) == 0

    class Equal(ET.Element):
        def __eq__(self, other):
            root.clear()
            return False

        __hash__ = None

    fill()
    root[2] = Equal("e")
    raises(ValueError, "list.remove(x): x not in list", root.remove, ET.Element("b"))
    assert len(root) == 0


def test_sequences_of_elements():
    one = ET.Element("a")

    def failing():
        yield ET.Element("b")
        1 / 0

    raises(TypeError, 'expected sequence, not "generator"', one.extend, failing())
    raises(TypeError, 'expected sequence, not "generator"', one.__setitem__, slice(0, 1), failing())
    raises(TypeError, 'expected an Element, not "str"', one.extend, "ab")
    one.extend(ET.Element(tag) for tag in "bcd")
    one.extend(one)
    assert [child.tag for child in one] == list("bcdbcd")
    one[1:3] = one
    assert [child.tag for child in one] == list("bbcdbcdbcd")
    one[::-2] = one[:5]
    assert [child.tag for child in one] == list("bbcdbcdbcb")
    del one[::3]
    assert [child.tag for child in one] == list("bcbcbc")
    one[-100:100] = []
    assert len(one) == 0
    raises(IndexError, "cannot fit 'int' into an index-sized integer", lambda: one[1 << 70])
    raises(OverflowError, "Python int too large to convert to C ssize_t", one.insert, 1 << 70, one)


def test_states():
    one = ET.Element("a", {"k": "v"})
    one.text, one.tail = "t", "u"
    one.append(ET.Element("b"))
    state = one.__getstate__()
    assert list(state) == ["tag", "_children", "attrib", "text", "tail"] and state["attrib"] is one.attrib and state["_children"] == [one[0]]
    raises(TypeError, "cannot pickle 'Element' object", pickle.dumps, one, 1)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert shown(pickle.loads(pickle.dumps(one, protocol))) == shown(one)
    other = ET.Element("q")
    raises(TypeError, "'x' is an invalid keyword argument for this function", other.__setstate__, {"tag": "a", "x": 1})
    raises(TypeError, "keywords must be strings", other.__setstate__, {5: 1})
    raises(TypeError, "'_children' is not a list", other.__setstate__, {"tag": "a", "_children": ()})
    raises(TypeError, 'expected an Element, not "int"', other.__setstate__, {"tag": "a", "_children": [1]})
    raises(TypeError, "Don't know how to unpickle \"5\" as an Element", other.__setstate__, 5)
    other.__setstate__({"tag": "a", "attrib": 5})
    assert other.attrib == 5


def test_reprs():
    class Own(ET.Element):
        pass

    class Tag:
        def __repr__(self):
            return repr(self.element)

    tag = Tag()
    tag.element = ET.Element(tag)
    raises(RuntimeError, "reentrant call inside xml.etree.ElementTree.Element.__repr__", repr, tag.element)
    tag.element = Own(tag)
    raises(RuntimeError, "reentrant call inside Own.__repr__", repr, tag.element)
    assert repr(Own("x")).startswith("<Element 'x' at 0x")


def test_copies_share_what_is_shared():
    shared = ET.Element("s")
    one = ET.Element("a")
    one.extend([shared, shared])
    other = copy.deepcopy(one)
    assert other[0] is other[1] is not shared
    first = ET.Element("a", {"k": "v"})
    first.append(copy.copy(first))
    other = copy.deepcopy(first)
    assert other.attrib is other[0].attrib is not first.attrib

    class Own(ET.Element):
        def __deepcopy__(self, memo):
            return "text"

    one.append(Own("x"))
    raises(TypeError, 'expected an Element, not "str"', copy.deepcopy, one)


def test_deep_trees():
    depth = 2000 if "TAIPAN_GC" in os.environ else 100000
    root = last = ET.Element("a")
    for _ in range(depth):
        last = ET.SubElement(last, "b")
        last.text = "t"
    assert sum(1 for _ in root.iter()) == depth + 1 and len("".join(root.itertext())) == depth
    raises(RecursionError, None, ET.tostring, root)
    raises(RecursionError, None, pickle.dumps, root)
    if not CPYTHON:
        # CPython crashes.
        other = copy.deepcopy(root)
        assert sum(1 for _ in other.iter("b")) == depth
    root = ET.fromstring("<a>" * depth + "</a>" * depth)
    assert sum(1 for _ in root.iter("a")) == depth


def test_elements_go():
    root = ET.Element("a")
    child = ET.SubElement(root, "b")
    child.append(root)
    gone = weakref.ref(root)
    assert gone() is root
    del root, child
    for _ in range(3):
        gc.collect()
    assert gone() is None
    raises(TypeError, "cannot create weak reference to 'xml.etree.ElementTree.TreeBuilder' object", weakref.ref, ET.TreeBuilder())
    assert sys.getsizeof(ET.Element("a")) <= 80
    for _ in range(2000):
        ET.XMLParser().feed("<a>")


run(globals())
