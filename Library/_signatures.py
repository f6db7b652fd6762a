"""Arguments taken as functions in C take them, and refused in the same words.

A stand-in's method binds its arguments as every function in Python does, and says so in Python's words when it cannot. `checked` puts in its
place one that takes whatever it is given, reads it as a declaration says, and hands it on. The declaration is that of one of C's ways:

    "date.ctime()"                                  no arguments
    "tzinfo.utcoffset(dt, /)"                       one, and nothing to read: the name is qualified
    "strptime(date_string: str, format: str, /)"    a tuple of arguments (PyArg_ParseTuple)
    "replace(year: int=, month: int=, day: int=)"   with keywords (PyArg_ParseTupleAndKeywords); "=" marks what may be left out, "*" what is by keyword only
    "(year: int, month: int, day: int)"             the same without a name: messages say "function"
    "(fobj, /, key=)"                               the same, the first by position only

What follows the colon is how the argument is converted: `int`, `str`, `character`, or a name that the caller gives a class or a function for.

Arguments are read one by one only where something may be amiss. Those that fit at once are handed on as they are: where classes are wanted, instances of
just these; otherwise what is right in number and names, if nothing is to be converted or `original` converts by itself ("trusted").
"""
from operator import index as _index

_IMMUTABLE = 1 << 8
_MISSING = object()


def shown(kind):
    """A class as messages in C name it: those of C with their module."""
    return f"{kind.__module__}.{kind.__qualname__}" if kind.__flags__ & _IMMUTABLE and kind.__module__ != "builtins" else kind.__name__


def checked(original, text, qualified=True, trusted=False, **kinds):
    """A function that takes its arguments as declared, and gives `original` those that were given.

    Methods that take a tuple refuse keywords by their qualified name, class methods by their plain one.
    """
    name, declared = text[:-1].split("(")
    if not declared:
        call = _without_arguments(original, name)
    elif "." in name:
        call = _with_one_argument(original, name)
    else:
        names = original.__code__.co_varnames[1:]
        fits, parse, only = _read(names, name, declared, kinds, original.__qualname__ if qualified else name, trusted)
        call = _with_arguments(original, fits, parse) if only is None else _with_one_parameter(original, *only, parse)
    return named_like(call, original)


def named_like(call, original):
    """`call`, which shows itself as `original`."""
    call.__name__, call.__qualname__, call.__doc__, call.__module__ = original.__name__, original.__qualname__, original.__doc__, original.__module__
    return call


def check(kind, declarations, trusted=False, **kinds):
    """Has methods of a class take their arguments as declared under their names."""
    for name, text in declarations.items():
        method = vars(kind)[name]
        if isinstance(method, (classmethod, staticmethod)):
            setattr(kind, name, type(method)(checked(method.__func__, text, False, trusted, **kinds)))
        else:
            setattr(kind, name, checked(method, text, True, trusted, **kinds))


def check_new(kind, text, unless=None, trusted=False, **kinds):
    """Has `__new__` of a class take its arguments as declared, but for those of which `unless` says that they are another's affair."""
    original, title = kind.__new__, f"{kind.__module__}.{kind.__qualname__}"
    name, declared = text[:-1].split("(")
    fits, parse, _ = _read(original.__code__.co_varnames[1:], name, declared, kinds, name, trusted)

    def __new__(cls=_MISSING, /, *arguments, **keywords):
        if isinstance(cls, type) and fits(arguments, keywords):
            solid = cls
            while not solid.__flags__ & _IMMUTABLE:
                solid = solid.__base__
            if solid is kind:
                return original(cls, *arguments, **keywords)
        _check_class(cls, kind, title)
        if unless is None or not unless(arguments):
            arguments, keywords = parse(arguments, keywords)
        return original(cls, *arguments, **keywords)

    kind.__new__ = staticmethod(named_like(__new__, original))


def _check_class(cls, kind, title):
    if cls is _MISSING:
        raise TypeError(f"{title}.__new__(): not enough arguments")
    if not isinstance(cls, type):
        raise TypeError(f"{title}.__new__(X): X is not a type object ({shown(type(cls))})")
    if not issubclass(cls, kind):
        raise TypeError(f"{title}.__new__({shown(cls)}): {shown(cls)} is not a subtype of {title}")
    solid = next(base for base in cls.__mro__ if base.__flags__ & _IMMUTABLE)
    if solid.__new__ is not kind.__new__:
        raise TypeError(f"{title}.__new__({shown(cls)}) is not safe, use {shown(solid)}.__new__()")


def read_only(kind, *names, text="attribute '{}' of '{}.{}' objects is not writable"):
    """Has properties of a class refuse to be set as attributes in C do."""
    for name in names:
        setattr(kind, name, _read_only(vars(kind)[name].fget, text.format(name, kind.__module__, kind.__qualname__)))


def _read_only(getter, text):
    def set(self, value):
        raise AttributeError(text)

    def delete(self):
        raise AttributeError(text)

    made = property(getter, set, delete)
    made.__doc__ = None
    return made


def _without_arguments(original, name):
    def call(self, /, *arguments, **keywords):
        if arguments or keywords:
            raise TypeError(f"{name}() takes no keyword arguments" if keywords else f"{name}() takes no arguments ({len(arguments)} given)")
        return original(self)

    return call


def _with_one_argument(original, name):
    def call(self, /, *arguments, **keywords):
        if keywords or len(arguments) != 1:
            raise TypeError(f"{name}() takes no keyword arguments" if keywords else f"{name}() takes exactly one argument ({len(arguments)} given)")
        return original(self, *arguments)

    return call


def _with_arguments(original, fits, parse):
    def call(self, /, *arguments, **keywords):
        if fits(arguments, keywords):
            return original(self, *arguments, **keywords)
        values, named = parse(arguments, keywords)
        return original(self, *values, **named)

    return call


def _with_one_parameter(original, kind, parse):
    def call(self, /, *arguments, **keywords):
        if len(arguments) == 1 and not keywords:
            (argument,) = arguments
            if kind is None or type(argument) is kind:
                return original(self, argument)
        values, named = parse(arguments, keywords)
        return original(self, *values, **named)

    return call


def refuse(text, given, rest, others):
    """Raises what is to be said of arguments that were left over: `given` are those that were taken, by name."""
    name, declared = text[:-1].split("(")
    _, parse, _ = _read((), name, declared, {}, name, True)
    parse(*(((*given.values(), *rest), others) if rest else ((), {**given, **others})))


def refuse_arguments(name, count, given, rest, others):
    """Raises what is to be said of so many arguments to a method, of its qualified name, that wants `count` by position only."""
    if others:
        raise TypeError(f"{name}() takes no keyword arguments")
    given += len(rest)
    raise TypeError(f"{name}() takes exactly one argument ({given} given)" if count == 1 else f"{name.rpartition('.')[2]} expected {count} arguments, got {given}")


def _read(names, name, declared, kinds, qualified, trusted):
    """What tells whether arguments fit at once; what turns others into those of a function, by position and by name; and of a single parameter what it wants.

    `names` are those by which the function knows its parameters.
    """
    function, prefix = (name + "()", name + "() ") if name else ("function", "")
    parameters, most, nameless = [], None, 0
    for part in declared.split(", "):
        if part == "*":
            most = len(parameters)
        elif part == "/":
            nameless = len(parameters)
        else:
            parameter, _, kind = part.removesuffix("=").partition(": ")
            parameters.append((parameter, _CONVERSIONS.get(kind) or kinds.get(kind), part.endswith("=")))
    count = len(parameters)
    least = next((place for place, parameter in enumerate(parameters) if parameter[2]), count)
    if most is None:
        most = count
    if nameless == count:
        parse = _tuple_parser(parameters, qualified, function, prefix, least, count)
    else:
        parse = _parser(parameters, names, function, prefix, least, most, nameless)
    if trusted or not any(parameter[1] for parameter in parameters):
        return _fits_names([parameter[0] for parameter in parameters], least, most, nameless), parse, (None,) if count == most == 1 else None
    return _fits_types([parameter[1] for parameter in parameters], least, most), parse, (parameters[0][1],) if count == most == 1 else None


def _fits_names(names, least, most, nameless):
    left = [frozenset(names[max(given, nameless):]) for given in range(most + 1)]

    def fits(arguments, keywords):
        return least <= len(arguments) <= most and (not keywords or keywords.keys() <= left[len(arguments)])

    return fits


def _fits_types(kinds, least, most):
    plain = {(*kinds[:given],) for given in range(least, most + 1)}

    def fits(arguments, keywords):
        return not keywords and (*map(type, arguments),) in plain

    return fits


def _parser(parameters, names, function, prefix, least, most, nameless):
    count = len(parameters)

    def parse(arguments, keywords):
        given = len(arguments)
        if given + len(keywords) > count:
            raise TypeError(f"{function} takes at most {count} {'' if given else 'keyword '}argument{'' if count == 1 else 's'} ({given + len(keywords)} given)")
        if given > most:
            if not most:
                raise TypeError(f"{function} takes no positional arguments")
            raise TypeError(f"{function} takes {'exactly' if least == most else 'at most'} {most} positional argument{'' if most == 1 else 's'} ({given} given)")
        if given < min(nameless, least):
            raise TypeError(f"{function} takes {'exactly' if least == count else 'at least'} {least} positional argument{'' if least == 1 else 's'} ({given} given)")
        values, named, left, gap = [], {}, len(keywords), False
        for place, (parameter, conversion, optional) in enumerate(parameters):
            if place < given:
                value = arguments[place]
            elif left and parameter in keywords:
                value = keywords[parameter]
                left -= 1
            elif optional:
                gap = True
                continue
            else:
                raise TypeError(f"{function} missing required argument '{parameter}' (pos {place + 1})")
            if conversion is not None:
                value = _converted(value, conversion, prefix, place + 1)
            if gap or place >= most:
                named[names[place]] = value
            else:
                values.append(value)
        if left:
            for place, parameter in enumerate(parameters[nameless:given], nameless + 1):
                if parameter[0] in keywords:
                    raise TypeError(f"argument for {function} given by name ('{parameter[0]}') and position ({place})")
            known = {parameter[0] for parameter in parameters[nameless:]}
            unknown = next(one for one in keywords if one not in known)
            raise TypeError(f"'{unknown}' is an invalid keyword argument for {function if prefix else 'this function'}")
        return values, named

    return parse


def _tuple_parser(parameters, qualified, function, prefix, least, count):
    qualifier = "exactly" if least == count else None

    def parse(arguments, keywords):
        if keywords:
            raise TypeError(f"{qualified}() takes no keyword arguments")
        given = len(arguments)
        if not least <= given <= count:
            wanted = least if given < least else count
            raise TypeError(f"{function} takes {qualifier or ('at least' if given < least else 'at most')} {wanted} argument{'' if wanted == 1 else 's'} ({given} given)")
        return [value if parameter[1] is None else _converted(value, parameter[1], prefix, place + 1)
                for place, (value, parameter) in enumerate(zip(arguments, parameters))], {}

    return parse


def _converted(value, conversion, prefix, place):
    if isinstance(conversion, type):
        if not isinstance(value, conversion):
            raise wrong_type(value, shown(conversion), prefix, place)
        return value
    return conversion(value, prefix, place)


def wrong_type(value, expected, prefix, place):
    return TypeError(f"{prefix}argument {place} must be {expected}, not {'None' if value is None else shown(type(value))}")


def convert_int(value, prefix="", place=0):
    value = _index(value)
    if not -1 << 31 <= value < 1 << 31:
        raise OverflowError("Python int too large to convert to C long" if not -1 << 63 <= value < 1 << 63 else
                            f"signed integer is {'greater than maximum' if value > 0 else 'less than minimum'}")
    return value


def _character(value, prefix, place):
    if not isinstance(value, str) or len(value) != 1:
        raise wrong_type(value, "a unicode character", prefix, place)
    return value


_CONVERSIONS = {"int": convert_int, "str": str, "character": _character}
