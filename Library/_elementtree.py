"""Elements, their builder and their parser, which xml.etree.ElementTree takes from here: the parser is a hidden copy of its own."""
import sys as _sys
from operator import index as _index

import _signatures
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


def _attributes(value):
    if not isinstance(value, dict):
        raise TypeError(f"attrib must be dict, not {_signatures.shown(type(value))}")
    return value


def _given_attributes(attrib, extra):
    if attrib is _NO_ATTRIBUTES and "attrib" in extra:
        attrib = _attributes(extra.pop("attrib"))
    if not isinstance(attrib, dict):
        raise _signatures.wrong_type(attrib, "dict", "Element() ", 2)
    return {**attrib, **extra}


_MISSING, _NO_ATTRIBUTES = object(), {}


class Element:
    """A node of a tree: its tag, its attributes, the text in it and after it, and its children."""
    __slots__ = ("tag", "text", "tail", "_attributes", "_children", "__weakref__")
    __module__ = "xml.etree.ElementTree"

    def __init__(self, tag=_MISSING, attrib=_NO_ATTRIBUTES, /, *rest, **extra):
        if tag is _MISSING or rest:
            raise TypeError(f"Element() takes at {f'most 2 arguments ({2 + len(rest)}' if rest else 'least 1 argument (0'} given)")
        if extra or attrib.__class__ is not dict:
            attrib = _given_attributes(attrib, extra)
        self.tag = tag
        self._attributes = {**attrib}
        self._children = []
        self.text = self.tail = None

    def __init_subclass__(cls, /, **keywords):
        # What is set here by `__init__` is there too where a subclass has its own, which need not call that.
        if cls.__init__ is not Element.__init__ and cls.__new__ is object.__new__:
            cls.__new__ = _new
        super().__init_subclass__(**keywords)

    @property
    def attrib(self):
        return self._attributes

    @attrib.setter
    def attrib(self, value):
        self._attributes = _attributes(value)

    @attrib.deleter
    def attrib(self):
        raise AttributeError("can't delete element attribute")

    def __delattr__(self, name, /):
        if name in ("tag", "text", "tail"):
            raise AttributeError("can't delete element attribute")
        object.__delattr__(self, name)

    def __repr__(self):
        return f"<{type(self).__name__} {self.tag!r} at {id(self):#x}>"

    # MARK: Children

    def __len__(self):
        return len(self._children)

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

    def append(self, subelement=_MISSING, /, *rest, **others):
        """Add subelement to the end of this element."""
        if subelement is _MISSING or rest or others:
            _signatures.refuse_arguments("Element.append", 1, subelement is not _MISSING, rest, others)
        self._children.append(_argument(subelement, "append"))

    def extend(self, elements):
        """Add all elements to the end of this element."""
        self._children.extend(_elements(elements))

    def insert(self, index, subelement):
        """Put subelement before the one at index."""
        index = _index(index)
        self._children.insert(index, _argument(subelement, "insert", "2 "))

    def remove(self, subelement):
        """Take subelement out: the very one, or else the first that equals it."""
        self._children.remove(_argument(subelement, "remove"))

    def clear(self):
        """Take everything out but the tag."""
        self._attributes = {}
        self._children.clear()
        self.text = self.tail = None

    def makeelement(self, tag, attrib):
        """Return a new element."""
        if not isinstance(attrib, dict):
            raise _signatures.wrong_type(attrib, "dict", "makeelement() ", 2)
        return Element(tag, attrib)

    # MARK: Attributes

    def get(self, /, key=_MISSING, default=None, *rest, **others):
        """Return an attribute, or the default."""
        if key is _MISSING or rest or others:
            _signatures.refuse("get(key, default=)", {} if key is _MISSING else {"key": key, "default": default}, rest, others)
        return self._attributes.get(key, default)

    def set(self, key=_MISSING, value=_MISSING, /, *rest, **others):
        """Set an attribute."""
        if value is _MISSING or rest or others:
            _signatures.refuse_arguments("Element.set", 2, (key is not _MISSING) + (value is not _MISSING), rest, others)
        self._attributes[key] = value

    def keys(self):
        """Return the attributes' names."""
        return [*self._attributes]

    def items(self):
        """Return the attributes' names and values."""
        return [*self._attributes.items()]

    # MARK: Searching

    def find(self, path, namespaces=None):
        """Return the first element that a path leads to, or None."""
        return _tree.ElementPath.find(self, path, namespaces)

    def findtext(self, path, default=None, namespaces=None):
        """Return the text of the first element that a path leads to, or the default."""
        return _tree.ElementPath.findtext(self, path, default, namespaces)

    def findall(self, path, namespaces=None):
        """Return all elements that a path leads to."""
        return _tree.ElementPath.findall(self, path, namespaces)

    def iterfind(self, path, namespaces=None):
        """Return an iterator of all elements that a path leads to."""
        return _tree.ElementPath.iterfind(self, path, namespaces)

    def iter(self, tag=None):
        """Return an iterator of this element and all below it, or of those that have a tag."""
        return _iterator(self, None if tag == "*" else tag)

    def itertext(self):
        """Return an iterator of all texts in this element."""
        return _iterator(self, texts=_texts(self))

    # MARK: Copies

    def __copy__(self):
        copy = Element(self.tag)
        copy._attributes, copy.text, copy.tail, copy._children = self._attributes, self.text, self.tail, [*self._children]
        return copy

    def __deepcopy__(self, memo):
        from copy import deepcopy
        if not isinstance(memo, dict):
            raise TypeError(f"__deepcopy__() argument must be dict, not {'None' if memo is None else _signatures.shown(type(memo))}")

        def copied(element):
            """A copy of an element that has its children still to come."""
            copy = memo[id(element)] = Element(deepcopy(element.tag, memo), deepcopy(element._attributes, memo))
            copy.text, copy.tail = deepcopy(element.text, memo), deepcopy(element.tail, memo)
            pending.append((element, copy))
            return copy

        # Not by recursion: trees are deeper than stacks.
        pending = []
        result = copied(self)
        while pending:
            element, copy = pending.pop()
            for child in [*element._children]:
                if type(child) is Element and id(child) not in memo:
                    copy._children.append(copied(child))
                else:
                    copy._children.append(_element(deepcopy(child, memo)))
        return result

    def __getstate__(self):
        return {"tag": self.tag, "_children": [*self._children], "attrib": {**self._attributes}, "text": self.text, "tail": self.tail}

    def __setstate__(self, state):
        if not isinstance(state, dict):
            raise TypeError(f"Don't know how to unpickle \"{state!r:.200}\" as an Element")
        if "tag" not in state:
            raise TypeError("tag may not be NULL")
        self._children = _elements(state.get("_children", ()))
        self.tag, self.attrib, self.text, self.tail = state["tag"], state.get("attrib", {}), state.get("text"), state.get("tail")


def _new(cls, *arguments, **keywords):
    element = object.__new__(cls)
    Element.__init__(element, None)
    return element


class _element_iterator:
    __slots__ = ("_left", "_tag", "_texts")
    __module__ = "_elementtree"

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_elementtree._element_iterator' instances")

    def __iter__(self):
        return self

    def __next__(self):
        if self._texts is not None:
            return next(self._texts)
        left = self._left
        while left:
            for element in left[-1]:
                left.append(iter(element._children))
                if self._tag is None or element.tag == self._tag:
                    return element
                break
            else:
                left.pop()
        raise StopIteration

    def __reduce__(self):
        raise TypeError("cannot pickle '_elementtree._element_iterator' object")


def _iterator(element, tag=None, texts=None):
    """An iterator of elements from this on, or of texts."""
    iterator = object.__new__(_element_iterator)
    iterator._left, iterator._tag, iterator._texts = [iter((element,))], tag, texts
    return iterator


def _texts(element):
    """The texts in an element and between its children. Each is read once: to ask for its truth may change it."""
    text = element.text
    if text:
        yield text
    left = [(element, iter(element._children))]
    while left:
        for element in left[-1][1]:
            text = element.text
            if text:
                yield text
            left.append((element, iter(element._children)))
            break
        else:
            text = left.pop()[0].tail
            if left and text:
                yield text


def SubElement(parent=_MISSING, tag=_MISSING, attrib=_NO_ATTRIBUTES, /, *rest, **extra):
    if tag is _MISSING or rest:
        raise TypeError(f"SubElement() takes at {f'most 3 arguments ({3 + len(rest)}' if rest else f'least 2 arguments ({int(parent is not _MISSING)}'} given)")
    _argument(parent, "SubElement", "1 ")
    if not isinstance(attrib, dict):
        raise _signatures.wrong_type(attrib, "dict", "SubElement() ", 3)
    element = Element(tag, attrib, **extra)
    parent._children.append(element)
    return element


# MARK: The builder's own ways

def start(self, tag, attrs):
    """Open a new element and return it."""
    if not isinstance(attrs, dict):
        raise _signatures.wrong_type(attrs, "dict", "start() ", 2)
    if self._data:
        self._flush()
    self._last = element = self._factory(tag, attrs)
    if self._elem:
        self._elem[-1].append(element)
    elif self._root is None:
        self._root = element
    else:
        raise ParseError("multiple elements on top level")
    self._elem.append(element)
    self._tail = False
    return element


def end(self, tag):
    """Close the current element and return it."""
    if self._data:
        self._flush()
    if not self._elem:
        raise IndexError("pop from empty stack")
    self._last = self._elem.pop()
    self._tail = True
    return self._last


def _flush(self):
    data, last = self._data, self._last
    if data and last is not None:
        text = data[0] if len(data) == 1 else "".join(data)
        if self._tail:
            last.tail = text if last.tail is None else last.tail + text
        else:
            last.text = text if last.text is None else last.text + text
    self._data = []


def _close_builder(self):
    """Return the element at the top, if there is one."""
    self._flush()
    return self._root


# MARK: The parser's own ways

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
    close_handler = getattr(self.target, "close", None)
    return close_handler() if close_handler is not None else None


def _parse_whole(self, file):
    while data := file.read(1 << 16):
        self.feed(data)
    return self.close()


def _checked_init(original):
    def __init__(self, *, target=None, encoding=None):
        if encoding is not None and not isinstance(encoding, str):
            raise TypeError(f"XMLParser() argument 'encoding' must be str or None, not {_signatures.shown(type(encoding))}")
        original(self, target=target, encoding=encoding)

    return __init__


def _events(original):
    def _setevents(self, events_queue, events_to_report=("end",)):
        events_queue.append
        try:
            events = [*events_to_report]
        except TypeError:
            events = None
        if events is None:
            raise TypeError("events must be a sequence")
        original(self, events_queue, events)

    return _setevents


def _set_factories(comment_factory, pi_factory, /):
    """Called by ElementTree when it is complete; its own comments and instructions are what the builder makes."""
    return None


_plain = Element
_builder, _parser = _tree.__dict__["TreeBuilder"], _tree.__dict__["XMLParser"]
TreeBuilder = _twins.copy_class(_builder, "xml.etree.ElementTree", start=start, end=end, _flush=_flush, close=_close_builder, __slots__=(
    "_data", "_elem", "_last", "_root", "_tail", "_comment_factory", "insert_comments", "_pi_factory", "insert_pis", "_factory"))
XMLParser = _twins.copy_class(_parser, "xml.etree.ElementTree", feed=feed, close=close, _parse_whole=_parse_whole, __slots__=(
    "parser", "_parser", "target", "_target", "_error", "_names", "_doctype", "entity", "version"))
XMLParser.__init__, XMLParser._setevents = _checked_init(XMLParser.__init__), _events(XMLParser._setevents)
_signatures.check(Element, {
    **{name: f"Element.{name}()" for name in ("clear", "keys", "items", "itertext", "__copy__", "__getstate__")},
    **{name: f"Element.{name}(value, /)" for name in ("extend", "remove", "__deepcopy__", "__setstate__")},
    "insert": "expects insert(index, subelement, /)", "makeelement": "expects makeelement(tag, attrib, /)",
    "find": "find(path, namespaces=)", "findall": "findall(path, namespaces=)", "iterfind": "iterfind(path, namespaces=)", "findtext": "findtext(path, default=, namespaces=)",
    "iter": "iter(tag=)",
})
_signatures.check(TreeBuilder, {
    "__init__": "TreeBuilder(element_factory=, *, comment_factory=, pi_factory=, insert_comments=, insert_pis=)",
    "comment": "TreeBuilder.comment(text, /)", "pi": "expects pi(target, text=, /)", "close": "TreeBuilder.close()",
})
_signatures.check(XMLParser, {
    "__init__": "XMLParser(*, target=, encoding=)", "feed": "XMLParser.feed(data, /)", "close": "XMLParser.close()", "_parse_whole": "XMLParser._parse_whole(file, /)",
    "_setevents": "expects _setevents(events_queue, events_to_report=, /)",
})
SubElement, _set_factories = _twins.builtin(SubElement, ""), _twins.builtin(_set_factories)
del start, end, feed, close
for _one in Element, TreeBuilder, XMLParser:
    _twins.seal(_one)
_twins.seal(_element_iterator, is_final=True)
__all__ = ["Element", "ParseError", "SubElement", "TreeBuilder", "XMLParser"]
if _comes_first:
    # It could not take them while this module was being made.
    vars(_tree).update({_name: globals()[_name] for _name in __all__})
