"""Signatures, docs and names of native functions."""
import inspect
for function in (len, sorted, print, isinstance, "".split, [].sort, {}.get, dict.fromkeys, int.to_bytes, open, sum, compile, str.encode, bytes.decode, range, type):
    try:
        print(function.__name__, inspect.signature(function), (function.__doc__ or "").splitlines()[0])
    except ValueError as e:
        print(function.__name__, "-", e)
print(len.__module__, "".split.__qualname__, str.split.__objclass__, int.__text_signature__, repr(len), inspect.getdoc(dict.get))
