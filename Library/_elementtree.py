"""Elements, their builder and their parser, which xml.etree.ElementTree takes from here: hidden copies of its own."""
import sys as _sys

import _twins

if "xml.etree.ElementTree" not in _sys.modules:
    import xml.etree.ElementTree
_tree = _sys.modules["xml.etree.ElementTree"]
ParseError = _tree.ParseError


def __getitem__(self, index):
    try:
        return self._children[index]
    except IndexError:
        pass
    raise IndexError("child index out of range")


def append(self, subelement, /):
    """Add subelement to the end of this element."""
    if not isinstance(subelement, _plain):
        raise TypeError(f"append() argument must be xml.etree.ElementTree.Element, not {type(subelement).__name__}")
    self._children.append(subelement)


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


for _one in __getitem__, append, feed, close, _set_factories:
    _twins.hide(_one.__code__)
_plain = _tree._Element_Py
_original = _tree.__dict__
Element = _plain = _twins.copy_class(_plain, "xml.etree.ElementTree", __getitem__=__getitem__, append=append)
TreeBuilder = _twins.copy_class(_original["TreeBuilder"], "xml.etree.ElementTree")
XMLParser = _twins.copy_class(_original["XMLParser"], "xml.etree.ElementTree", feed=feed, close=close)
SubElement = _twins.function(_original["SubElement"])
for _one in Element, TreeBuilder, XMLParser:
    _twins.seal(_one)
__all__ = ["Element", "ParseError", "SubElement", "TreeBuilder", "XMLParser"]
