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


run(globals())
