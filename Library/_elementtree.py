"""Elements, their builder and their parser, which xml.etree.ElementTree takes from here: hidden copies of its own."""
import sys as _sys
from operator import index as _index

import _twins

_comes_first = "xml.etree.ElementTree" not in _sys.modules
if _comes_first:
    import xml.etree.ElementTree
_tree = _sys.modules["xml.etree.ElementTree"]
ParseError = _tree.ParseError


def _element(value):
    if not isinstance(value, _plain):
        raise TypeError(f'expected an Element, not "{type(value).__name__}"')
    return value


def _argument(value, function, place=""):
    if not isinstance(value, _plain):
        raise TypeError(f"{function}() argument {place}must be xml.etree.ElementTree.Element, not {'None' if value is None else type(value).__name__}")
    return value


def _elements(value):
    """All that an iterable has, each of them an element."""
    try:
        iter(value)
    except TypeError:
        iterable = False
    else:
        iterable = True
    if not iterable:
        raise TypeError(f'expected sequence, not "{type(value).__name__}"')
    return [_element(one) for one in value]


def _place(self, index, purpose):
    """An index as one from the start, or a slice as it is."""
    if isinstance(index, slice):
        return index
    if not hasattr(type(index), "__index__"):
        raise TypeError("element indices must be integers")
    index = _index(index)
    if index < 0:
        index += len(self._children)
    if not 0 <= index < len(self._children):
        raise IndexError(f"child {purpose}index out of range")
    return index


def __getitem__(self, index):
    return self._children[_place(self, index, "")]


def __setitem__(self, index, value):
    place = _place(self, index, "assignment ")
    if not isinstance(place, slice):
        self._children[place] = _element(value)
        return
    values, replaced = _elements(value), len(self._children[place])
    if place.step not in (None, 1) and len(values) != replaced:
        raise ValueError(f"attempt to assign sequence of size {len(values)} to extended slice of size {replaced}")
    self._children[place] = values


def __delitem__(self, index):
    del self._children[_place(self, index, "assignment ")]


def append(self, subelement, /):
    """Add subelement to the end of this element."""
    self._children.append(_argument(subelement, "append"))


def extend(self, elements, /):
    """Add all elements to the end of this element."""
    self._children.extend(_elements(elements))


def insert(self, index, subelement, /):
    """Put subelement before the one at index."""
    index = _index(index)
    self._children.insert(index, _argument(subelement, "insert", "2 "))


def remove(self, subelement, /):
    """Take subelement out: the very one, or else the first that equals it."""
    self._children.remove(_argument(subelement, "remove"))


def SubElement(parent, tag, attrib={}, /, **extra):
    _argument(parent, "SubElement", "1 ")
    attrib = extra.pop("attrib", attrib)
    if not isinstance(attrib, dict):
        raise TypeError(f"SubElement() argument 3 must be dict, not {'None' if attrib is None else type(attrib).__name__}")
    element = _plain(tag, attrib, **extra)
    parent._children.append(element)
    return element


def __getstate__(self, /):
    return {"tag": self.tag, "_children": list(self._children), "attrib": dict(self.attrib), "text": self.text, "tail": self.tail}


def __setstate__(self, state, /):
    if not isinstance(state, dict):
        raise TypeError(f"Don't know how to unpickle \"{state!r:.200}\" as an Element")
    self._children = _elements(state.get("_children", ()))
    self.tag, self.attrib, self.text, self.tail = state.get("tag"), state.get("attrib", {}), state.get("text"), state.get("tail")


def __delattr__(self, name, /):
    if name in ("tag", "attrib", "text", "tail"):
        raise AttributeError("can't delete element attribute")
    object.__delattr__(self, name)


def feed(self, data, /):
    """Give the parser a part of the document."""
    try:
        self.parser.Parse(data, False)
        return
    except self._error as one:
        error = one
    self._raiseerror(error)


def close(self):
    """End the document: return what the target makes of it."""
    try:
        self.parser.Parse(b"", True)
        error = None
    except self._error as one:
        error = one
    if error is not None:
        self._raiseerror(error)
    try:
        close_handler = getattr(self.target, "close", None)
        return close_handler() if close_handler is not None else None
    finally:
        del self.parser, self._parser, self.target, self._target


def _set_factories(comment_factory, pi_factory, /):
    """Called by ElementTree when it is complete; its own comments and instructions are what the builder makes."""
    return None


_plain = _tree._Element_Py
_original = _tree.__dict__
Element = _plain = _twins.copy_class(_plain, "xml.etree.ElementTree", __getitem__=__getitem__, __setitem__=__setitem__, __delitem__=__delitem__,
                                       append=append, extend=extend, insert=insert, remove=remove, __getstate__=__getstate__, __setstate__=__setstate__,
                                       __delattr__=__delattr__)
del Element._assert_is_element, Element.copy
TreeBuilder = _twins.copy_class(_original["TreeBuilder"], "xml.etree.ElementTree")
XMLParser = _twins.copy_class(_original["XMLParser"], "xml.etree.ElementTree", feed=feed, close=close)
SubElement, _set_factories = _twins.builtin(SubElement, ""), _twins.builtin(_set_factories)
del append, extend, insert, remove, feed, close
for _one in Element, TreeBuilder, XMLParser:
    _twins.seal(_one)
__all__ = ["Element", "ParseError", "SubElement", "TreeBuilder", "XMLParser"]
if _comes_first:
    # It could not take them while this module was being made.
    vars(_tree).update({_name: globals()[_name] for _name in __all__})
