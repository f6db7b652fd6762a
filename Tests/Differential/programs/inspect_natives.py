"""Signatures and names of native functions, and that they have docs: the words are ours."""
import inspect
for function in (len, sorted, print, isinstance, "".split, [].sort, {}.get, dict.fromkeys, int.to_bytes, open, sum, compile, str.encode, bytes.decode, range, type):
    try:
        print(function.__name__, inspect.signature(function), bool(function.__doc__))
    except ValueError as e:
        print(function.__name__, "-", e)
print(len.__module__, "".split.__qualname__, str.split.__objclass__, int.__text_signature__, repr(len), bool(inspect.getdoc(dict.get)))
