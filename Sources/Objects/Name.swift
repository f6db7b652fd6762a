/// Names that the runtime itself looks up. Each is an interned string, made at start-up; `Name.__init__.value` gives it.
///
/// To add one, append a case.
public enum Name: Int, CaseIterable {
    case __init__, __new__, __del__, __repr__, __str__, __bytes__, __format__, __lt__, __le__, __eq__, __ne__, __gt__, __ge__, __hash__, __bool__
    case __getattr__, __getattribute__, __setattr__, __delattr__, __dir__, __get__, __set__, __delete__, __set_name__, __slots__, __init_subclass__
    case __prepare__, __mro_entries__, __instancecheck__, __subclasscheck__, __class_getitem__, __call__, __len__, __length_hint__, __getitem__
    case __setitem__, __delitem__, __missing__, __iter__, __next__, __reversed__, __contains__, __add__, __sub__, __mul__, __matmul__, __truediv__
    case __floordiv__, __mod__, __divmod__, __pow__, __lshift__, __rshift__, __and__, __xor__, __or__, __radd__, __rsub__, __rmul__, __rmatmul__
    case __rtruediv__, __rfloordiv__, __rmod__, __rdivmod__, __rpow__, __rlshift__, __rrshift__, __rand__, __rxor__, __ror__, __iadd__, __isub__
    case __imul__, __imatmul__, __itruediv__, __ifloordiv__, __imod__, __ipow__, __ilshift__, __irshift__, __iand__, __ixor__, __ior__, __neg__
    case __pos__, __abs__, __invert__, __complex__, __int__, __float__, __index__, __round__, __trunc__, __floor__, __ceil__, __enter__, __exit__
    case __await__, __aiter__, __anext__, __aenter__, __aexit__, __dict__, __doc__, __module__, __name__, __qualname__, __class__, __bases__
    case __base__, __mro__, mro, __annotations__, __defaults__, __kwdefaults__, __code__, __globals__, __closure__, __builtins__, __weakref__
    case __self__, __func__, __wrapped__, __text_signature__, __signature__, __objclass__, __match_args__, __abstractmethods__, __isabstractmethod__
    case __classcell__, __class_cell__, __file__, __path__, __package__, __loader__, __spec__, __cached__, __main__, __import__, __build_class__
    case __debug__, __all__, __reduce__, __reduce_ex__, __getstate__, __setstate__, __getnewargs__, __getnewargs_ex__, __copy__, __deepcopy__
    case __sizeof__, __fspath__, __cause__, __context__, __traceback__, __suppress_context__, __notes__, add_note, __origin__, __args__
    case __parameters__, __orig_class__, __typing_subst__, __typing_prepare_subst__, __typing_unpacked_tuple_args__, __unpacked__, __subclasses__
    case __basicsize__, __itemsize__, __dictoffset__, __weakrefoffset__, __flags__, __getformat__, __annotate__, __set_state__, __initializing__
    case _initializing, builtins, sys, warn, warnings, append, extend, insert, pop, remove, clear, keys, values, items, `get`, setdefault, update
    case popitem, copy, count, index, sort, reverse, add, discard, send, `throw`, close, gi_frame, gi_running, gi_code, gi_yieldfrom, cr_frame
    case cr_running, cr_code, cr_await, ag_frame, ag_running, ag_code, ag_await, name, value, args, code, msg, filename, filename2, lineno, offset
    case text, end_lineno, end_offset, print_file_and_line, errno, strerror, characters_written, encoding, object, start, end, reason, path, obj
    case exceptions, message, stdin, stdout, stderr, write, flush, read, readline, readlines, excepthook, displayhook, last_type, last_value
    case last_traceback, ps1, ps2, modules, meta_path, path_hooks, path_importer_cache, argv, real, imag, numerator, denominator, conjugate
    case bit_length, to_bytes, from_bytes, step, stop, join, format, encode, decode, strict, ignore, replace, surrogateescape, surrogatepass
    case backslashreplace, xmlcharrefreplace, namereplace, utf_8, latin_1, ascii, globals, locals, fromlist, level, _find_and_load, _handle_fromlist
    case _lock_unlock_module, _fix_up_module, metaclass, key, `default`, file, sep, isatty, fileno, `mode`, closed, newline, line_buffering, errors
    case buffer, raw, tb_frame, tb_next, tb_lineno, tb_lasti, fset, fget, fdel, category, source, __warningregistry__, onceregistry, filters
    case defaultaction, showwarning, _showwarnmsg, _onceregistry, closefd, write_through, dict, list, tuple, str, int, float, bytes, `set`, `type`, `super`, property
    case parent, _gcd_import

    /// The interned string.
    @inlinable public var value: Value { @inline(__always) get { taipan_names()[rawValue] } }

    /// Interns every name. Called once, when strings can be made.
    static func start() {
        for name in allCases { taipan_names()[name.rawValue] = StringRef.intern(caseName: name).value }
        StringRef.keepSpares()
    }
}
