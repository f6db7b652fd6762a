"""pyexpat and what stands on it."""
import io
import xml.dom.minidom
import xml.etree.ElementTree as ElementTree
import xml.parsers.expat as expat
import xml.sax

from harness import raises, run

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE a [<!ELEMENT a (b|c)*> <!ATTLIST b x CDATA #IMPLIED> <!ENTITY e "text">]>
<a xmlns:n="urn:n"><b x="1" n:y="2">one &amp; &e;</b><!--note--><?pi data?><c><![CDATA[<raw>]]></c>tail</a>"""


def test_events():
    events = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    for name in ("StartElement", "EndElement", "CharacterData", "Comment", "ProcessingInstruction", "XmlDecl", "StartDoctypeDecl", "ElementDecl", "AttlistDecl", "StartCdataSection",
                 "EntityDecl"):
        setattr(parser, name + "Handler", lambda *arguments, name=name: events.append((name, *arguments)))
    assert parser.Parse(DOCUMENT, True) == 1
    assert events[0] == ("XmlDecl", "1.0", "utf-8", -1)
    assert ("ElementDecl", "a", (5, 2, None, ((4, 0, "b", ()), (4, 0, "c", ())))) in events
    assert ("AttlistDecl", "b", "x", "CDATA", None, 0) in events
    assert ("EntityDecl", "e", 0, "text", None, None, None, None) in events
    assert ("StartElement", "b", {"x": "1", "n:y": "2"}) in events
    assert ("CharacterData", "one & text") in events and ("CharacterData", "<raw>") in events
    assert ("Comment", "note") in events and ("ProcessingInstruction", "pi", "data") in events
    assert events[-1] == ("EndElement", "a")


def test_settings():
    parser = expat.ParserCreate(namespace_separator="|")
    names = []
    parser.ordered_attributes = True
    parser.StartElementHandler = lambda *arguments: names.append(arguments)
    parser.Parse(b"<a xmlns='urn:x' b='1'/>", True)
    assert names == [("urn:x|a", ["b", "1"])]
    raises(ValueError, "namespace_separator must be at most one character, omitted, or None", expat.ParserCreate, namespace_separator="ab")
    raises(ValueError, "buffer_size must be greater than zero", setattr, parser, "buffer_size", 0)
    raises(TypeError, "argument must have 'read' attribute", parser.ParseFile, 3)


def test_errors():
    error = raises(expat.ExpatError, "mismatched tag: line 2, column 2", expat.ParserCreate().Parse, "<a>\n</b>", True)
    assert (error.code, error.lineno, error.offset) == (7, 2, 2) and expat.errors.messages[7] == expat.errors.XML_ERROR_TAG_MISMATCH
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda *arguments: 1 / 0
    raises(ZeroDivisionError, "division by zero", parser.Parse, "<a><b/></a>", True)
    raises(LookupError, "unknown encoding: nope", expat.ParserCreate().Parse, b'<?xml version="1.0" encoding="nope"?><a/>')
    texts = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = texts.append
    parser.Parse(b'<?xml version="1.0" encoding="cp1252"?><a>\x80</a>', True)
    assert texts == ["\u20ac"]


def test_trees():
    root = ElementTree.fromstring(DOCUMENT)
    assert [child.tag for child in root] == ["b", "c"] and root[0].get("{urn:n}y") == "2" and root[0].text == "one & text" and root[1].tail == "tail"
    assert ElementTree.tostring(root[1]) == b"<c>&lt;raw&gt;</c>tail"
    raises(ElementTree.ParseError, "no element found: line 1, column 0", ElementTree.fromstring, "")
    document = xml.dom.minidom.parseString(DOCUMENT)
    assert document.getElementsByTagName("b")[0].getAttribute("x") == "1"


def test_sax():
    class Handler(xml.sax.ContentHandler):
        seen = []

        def startElement(self, name, attributes):
            self.seen.append((name, dict(attributes)))

    xml.sax.parse(io.BytesIO(DOCUMENT.encode()), Handler())
    assert Handler.seen[1] == ("b", {"x": "1", "n:y": "2"})


run(globals())
