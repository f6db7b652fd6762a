"""Members, getsets and conversions, value by value; all of it passes under CPython's universal mode as well."""
import io
import warnings

import pytest
from cases import ModuleTest


class TestMembers(ModuleTest):
    SOURCE = """
        typedef struct {
            short s; int i; long l; signed char b; unsigned char ub; unsigned short us; unsigned int ui; unsigned long ul; long long ll; unsigned long long ull; HPy_ssize_t ss; HPyField o, ox;
        } Type;
        @NEW(Type)
        #define MEMBER(NAME, KIND) HPyDef_MEMBER(member_##NAME, #NAME, HPyMember_##KIND, offsetof(Type, NAME))
        MEMBER(s, SHORT) MEMBER(i, INT) MEMBER(l, LONG) MEMBER(b, BYTE) MEMBER(ub, UBYTE) MEMBER(us, USHORT) MEMBER(ui, UINT) MEMBER(ul, ULONG) MEMBER(ll, LONGLONG) MEMBER(ull, ULONGLONG) MEMBER(ss, HPYSSIZET)
        MEMBER(o, OBJECT) MEMBER(ox, OBJECT_EX)
        HPyDef_MEMBER(read_only, "read_only", HPyMember_OBJECT, offsetof(Type, o), .readonly = 1)
        HPyDef_MEMBER(fixed, "fixed", HPyMember_INT, offsetof(Type, i), .readonly = 1)
        HPyDef_SET(write_only, "write_only")
        static int write_only_set(HPyContext *ctx, HPy self, HPy value, void *closure) { return 0; }
        HPyDef_GETSET(wrong, "wrong")
        static HPy wrong_get(HPyContext *ctx, HPy self, void *closure)
        {
            HPyErr_SetString(ctx, ctx->h_KeyError, "raised");
            return HPyLong_FromLong(ctx, 1);
        }
        static int wrong_set(HPyContext *ctx, HPy self, HPy value, void *closure) { return HPy_IsNull(value) ? -1 : (HPyErr_SetString(ctx, ctx->h_KeyError, "raised"), 0); }
        HPyDef_SLOT(traverse, HPy_tp_traverse)
        static int traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
        {
            HPy_VISIT(&((Type *)self)->o);
            HPy_VISIT(&((Type *)self)->ox);
            return 0;
        }
        @TYPE(Type, flags=HAVE_GC, make, traverse, member_s, member_i, member_l, member_b, member_ub, member_us, member_ui, member_ul, member_ll, member_ull, member_ss, member_o, member_ox, read_only, fixed, write_only, wrong)
        @INIT
    """

    def test_integers(self):
        value = self.make_module(self.SOURCE).Type()

        class Index:
            def __index__(self):
                return 5

        def outcome(name, number):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    setattr(value, name, number)
                    result = getattr(value, name)
                except (TypeError, OverflowError) as error:
                    result = f"{type(error).__name__}: {error}"
            assert all(warning.category is RuntimeWarning for warning in caught)
            return (result, *(str(warning.message) for warning in caught))

        long = "OverflowError: Python int too large to convert to C long"
        negative = "Writing negative value into unsigned field"
        for name, bits, what in (("s", 16, "short"), ("i", 32, "int"), ("b", 8, "char")):
            assert outcome(name, 2**(bits - 1) - 1) == (2**(bits - 1) - 1,) and outcome(name, 2**(bits - 1)) == (-2**(bits - 1), f"Truncation of value to {what}")
            assert outcome(name, 2**63) == outcome(name, -2**63 - 1) == (long,) and outcome(name, Index()) == (5,)
        for name, bits, what in (("us", 16, "unsigned short"), ("ub", 8, "unsigned char")):
            assert outcome(name, -1) == (2**bits - 1, f"Truncation of value to {what}") and outcome(name, 2**bits - 1) == (2**bits - 1,) and outcome(name, 2**64) == (long,)
        assert outcome("ui", 2**32 - 1) == (2**32 - 1,) and outcome("ui", -1) == (2**32 - 1, negative, "Truncation of value to unsigned int")
        assert outcome("ui", 2**63 + 3) == (3, "Truncation of value to unsigned int") and outcome("ui", Index()) == (5, negative) and outcome("ui", 2**64) == (long,)
        assert outcome("ul", 2**64 - 1) == (2**64 - 1,) and outcome("ul", -1) == (2**64 - 1, negative) and outcome("ul", Index()) == (5, negative) and outcome("ul", 2**64) == (long,)
        assert outcome("ull", 2**64 - 1) == (2**64 - 1,) and outcome("ull", -1) == ("OverflowError: can't convert negative int to unsigned",)
        assert outcome("ull", 2**64) == outcome("ll", 2**63) == ("OverflowError: int too big to convert",) and outcome("ull", Index()) == outcome("ll", Index()) == (5,)
        assert outcome("l", 13) == (13,) and outcome("l", 2**63) == (long,) and value.l == -1
        for wrong in (None, 1.5, "a", Index()):
            assert outcome("ss", wrong) == ("TypeError: an integer is required",)
        assert outcome("ss", 2**63) == ("OverflowError: Python int too large to convert to C ssize_t",) and outcome("s", None) == ("TypeError: 'NoneType' object cannot be interpreted as an integer",)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value.b = 0
            with pytest.raises(RuntimeWarning):
                value.b = 129
        assert value.b == -127

    def test_objects(self):
        kind = self.make_module(self.SOURCE).Type
        value = kind()
        assert value.o is None and value.read_only is None and repr(kind.o) == "<attribute 'o' of 'mytest.Type' objects>" and type(kind.ox).__name__ == "getset_descriptor"
        for _ in range(2):
            del value.o, value.ox
        with pytest.raises(AttributeError, match="'mytest.Type' object has no attribute 'ox'"):
            value.ox
        value.o, value.ox = [1], [2]
        assert (value.o, value.read_only, value.ox) == ([1], [1], [2])
        for attempt, text in ((lambda: setattr(value, "read_only", 1), "attribute 'read_only' of 'mytest.Type' objects is not writable"), (lambda: delattr(value, "read_only"), "is not writable"),
                              (lambda: value.write_only, "attribute 'write_only' of 'mytest.Type' objects is not readable"), (lambda: setattr(value, "fixed", 1), "^readonly attribute$")):
            with pytest.raises(AttributeError, match=text):
                attempt()
        assert kind.s.__reduce__() == (getattr, (kind, "s"))
        with pytest.raises(TypeError, match="^ expected at least 1 argument, got 0$"):
            kind.s.__get__()

    def test_getsets_that_disagree_with_the_exception(self):
        value = self.make_module(self.SOURCE).Type()
        for attempt, name in ((lambda: getattr(value, "wrong"), "getattr"), (lambda: setattr(value, "wrong", 1), "setattr")):
            with pytest.raises(SystemError, match=f"<built-in function {name}> returned a result with an exception set") as caught:
                attempt()
            assert type(caught.value.__cause__) is KeyError
        with pytest.raises(SystemError, match="^error return without exception set$"):
            del value.wrong
        with pytest.raises(SystemError, match="<built-in function delattr> returned NULL without setting an exception"):
            delattr(value, "wrong")


class TestConversions(ModuleTest):
    def test_texts_of_failures(self):
        mod = self.make_module("""
            #define CONVERSION(NAME, TYPE) \\
                HPyDef_METH(NAME, #NAME, HPyFunc_O) \\
                static HPy NAME##_impl(HPyContext *ctx, HPy self, HPy arg) \\
                { \\
                    TYPE number = (TYPE)HPyLong_As##NAME(ctx, arg); \\
                    return HPyErr_Occurred(ctx) ? HPy_NULL : HPyLong_FromLongLong(ctx, (long long)number); \\
                }
            CONVERSION(Int64_t, int64_t) CONVERSION(UInt64_t, uint64_t) CONVERSION(UInt32_t, uint32_t) CONVERSION(VoidPtr, intptr_t)
            HPyDef_METH(bytes, "bytes", HPyFunc_O)
            static HPy bytes_impl(HPyContext *ctx, HPy self, HPy arg) { return HPy_Bytes(ctx, arg); }
            HPyDef_METH(power, "power", HPyFunc_VARARGS)
            static HPy power_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs) { return HPy_InPlacePower(ctx, args[0], args[1], args[2]); }
            HPyDef_METH(exception, "exception", HPyFunc_O)
            static HPy exception_impl(HPyContext *ctx, HPy self, HPy dict) { return HPyErr_NewExceptionWithDoc(ctx, "mytest.Error", "Its doc.", HPy_NULL, dict); }
            HPyDef_METH(import_empty, "import_empty", HPyFunc_NOARGS)
            static HPy import_empty_impl(HPyContext *ctx, HPy self) { return HPyImport_ImportModule(ctx, ""); }
            HPyDef_METH(call, "call", HPyFunc_VARARGS)
            static HPy call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs) { return HPy_CallTupleDict(ctx, args[0], HPy_NULL, args[1]); }
            #include <errno.h>
            HPyDef_METH(no_error, "no_error", HPyFunc_NOARGS)
            static HPy no_error_impl(HPyContext *ctx, HPy self) { errno = 0; return HPyErr_SetFromErrnoWithFilename(ctx, ctx->h_OSError, "f"); }
            @EXPORT(Int64_t, UInt64_t, UInt32_t, VoidPtr, bytes, power, exception, import_empty, call, no_error)
            @INIT
        """)

        class Index:
            def __index__(self):
                return 5

        failures = (
            (lambda: mod.Int64_t(2**63), OverflowError, "int too big to convert"), (lambda: mod.UInt64_t(2**64), OverflowError, "int too big to convert"),
            (lambda: mod.UInt64_t(-1), OverflowError, "can't convert negative int to unsigned"), (lambda: mod.UInt32_t(2**64), OverflowError, "Python int too large to convert to C uint32_t"),
            (lambda: mod.VoidPtr(2**64), OverflowError, "Python int too large to convert to C unsigned long"), (lambda: mod.VoidPtr(-2**64), OverflowError, "Python int too large to convert to C long"),
            (lambda: mod.VoidPtr(None), TypeError, "an integer is required"), (lambda: mod.bytes(""), TypeError, "cannot convert 'str' object to bytes"),
            (lambda: mod.bytes(Index()), TypeError, "cannot convert 'Index' object to bytes"), (lambda: mod.power(None, None, 3), TypeError, r"unsupported operand type\(s\) for \*\*=: 'NoneType', 'NoneType', 'int'"),
            (lambda: mod.import_empty(), ValueError, "Empty module name"), (lambda: mod.call(5, {1: 2}), TypeError, "'int' object is not callable"),
            (lambda: mod.no_error(), OSError, r"\[Errno 0\] Error: 'f'"),
        )
        for attempt, error, text in failures:
            with pytest.raises(error, match=text):
                attempt()
        assert mod.Int64_t(Index()) == 5 and mod.VoidPtr(2**64 - 1) == mod.VoidPtr(-1) == -1 and mod.bytes([1, 2]) == b"\1\2" and mod.bytes(memoryview(b"ab")) == b"ab"
        given = {"entry": 1}
        made = mod.exception(given)
        assert (made.__module__, made.__doc__, made.entry) == ("mytest", "Its doc.", 1) and given == {"entry": 1, "__doc__": "Its doc.", "__module__": "mytest"}

    def test_text_that_is_not_utf_8_is_refused(self):
        mod = self.make_module("""
            HPyDef_METH(method, "method", HPyFunc_NOARGS, .doc = "d\\xff")
            static HPy method_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, 1); }
            static HPyType_Spec name = { .name = "mytest.n\\xff", .flags = HPy_TPFLAGS_DEFAULT }, doc = { .name = "mytest.T", .flags = HPy_TPFLAGS_DEFAULT, .doc = "d\\xff" };
            HPyDef_METH(make, "make", HPyFunc_O)
            static HPy make_impl(HPyContext *ctx, HPy self, HPy arg) { return HPyType_FromSpec(ctx, HPy_IsTrue(ctx, arg) ? &name : &doc, NULL); }
            @EXPORT(method, make)
            @INIT
        """)
        assert mod.method() == 1
        for attempt in (lambda: mod.method.__doc__, lambda: mod.make(True), lambda: mod.make(False)):
            with pytest.raises(UnicodeDecodeError):
                attempt()

    def test_buffers_with_suboffsets_that_mean_nothing(self):
        mod = self.make_module("""
            typedef struct { char bytes[4]; HPy_ssize_t shape, stride, suboffset; } Buffer;
            HPyType_HELPERS(Buffer)
            HPyDef_SLOT(make, HPy_tp_new)
            static HPy make_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
            {
                Buffer *made;
                HPy h = HPy_New(ctx, type, &made);
                if (HPy_IsNull(h)) return h;
                for (int i = 0; i < 4; i++) made->bytes[i] = i;
                made->shape = 4, made->stride = 1, made->suboffset = -1;
                return h;
            }
            HPyDef_SLOT(get, HPy_bf_getbuffer)
            static int get_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer, int flags)
            {
                Buffer *b = Buffer_AsStruct(ctx, self);
                if (b->bytes[0]) return -1;
                *buffer = (HPy_buffer){ .buf = b->bytes, .obj = HPy_Dup(ctx, self), .len = 4, .itemsize = 1, .ndim = 1, .format = "B", .shape = &b->shape, .strides = &b->stride, .suboffsets = &b->suboffset };
                return 0;
            }
            HPyDef_MEMBER(fails, "fails", HPyMember_BYTE, 0)
            @TYPE(Buffer, make, get, fails)
            @INIT
        """)
        buffer = mod.Buffer()
        view = memoryview(buffer)
        assert view.tolist() == [0, 1, 2, 3] and view[1:3].tobytes() == b"\1\2" and bytes(buffer) == b"\0\1\2\3"
        view.release()
        buffer.fails = 1
        with pytest.raises(SystemError, match="<class 'memoryview'> returned NULL without setting an exception"):
            memoryview(buffer)

    def test_buffers_with_suboffsets(self):
        mod = self.make_module("""
            typedef struct { char first[8], second[8], *rows[2]; HPy_ssize_t shape[2], strides[2], suboffsets[2]; int kind, releases; } Buffer;
            HPyType_HELPERS(Buffer)
            HPyDef_SLOT(make, HPy_tp_new)
            static HPy make_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
            {
                Buffer *b;
                HPy h = HPy_New(ctx, type, &b);
                if (HPy_IsNull(h)) return h;
                b->kind = HPyLong_AsLong(ctx, args[0]);
                for (int i = 0; i < 8; i++) b->first[i] = i, b->second[i] = 10 + i;
                b->rows[0] = b->first, b->rows[1] = b->second;
                return h;
            }
            HPyDef_SLOT(get, HPy_bf_getbuffer)
            static int get_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer, int flags)
            {
                Buffer *b = Buffer_AsStruct(ctx, self);
                *b->shape = 2, b->shape[1] = 3, *b->strides = sizeof(char *), b->strides[1] = 2, *b->suboffsets = 1, b->suboffsets[1] = -1;
                *buffer = (HPy_buffer){ .buf = b->rows, .obj = HPy_Dup(ctx, self), .len = 6, .itemsize = 1, .ndim = 2, .format = "B", .shape = b->shape, .strides = b->strides, .suboffsets = b->suboffsets };
                if (b->kind == 1) buffer->ndim = 1, buffer->len = 2;
                if (b->kind == 2) {
                    HPy_Close(ctx, buffer->obj);
                    *buffer = (HPy_buffer){ .buf = b->first, .len = 8, .itemsize = 1, .ndim = 1 };
                }
                return 0;
            }
            HPyDef_SLOT(release, HPy_bf_releasebuffer)
            static void release_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer) { Buffer_AsStruct(ctx, self)->releases++; }
            HPyDef_MEMBER(releases, "releases", HPyMember_INT, offsetof(Buffer, releases))
            @TYPE(Buffer, make, get, release, releases)
            @INIT
        """)
        rows = mod.Buffer(0)
        view = memoryview(rows)
        assert view.suboffsets == (1, -1) and view.shape == (2, 3) and not view.contiguous and not view.c_contiguous
        assert view.tolist() == [[1, 3, 5], [11, 13, 15]] and view.tobytes() == bytes(rows) == b"\1\3\5\x0b\x0d\x0f" and view.tobytes("F") == b"\1\x0b\3\x0d\5\x0f" and view.hex() == "0103050b0d0f"
        assert view[0, 0] == 1 and view[1, 2] == 15 and view[-1, -3] == 11 and view == memoryview(rows) and memoryview(view).tolist() == view.tolist()
        assert view[1:].tolist() == [[11, 13, 15]] and view[::-1].tolist() == [[11, 13, 15], [1, 3, 5]] and view[1:].suboffsets == (1, -1)
        view[1, 1] = 99
        assert view.tolist() == [[1, 3, 5], [11, 99, 15]]
        for attempt, error, text in ((lambda: view.cast("B"), TypeError, "casts are restricted to C-contiguous views"), (lambda: io.BytesIO().write(view), BufferError, "underlying buffer requires suboffsets"),
                                     (lambda: b"".join([view]), TypeError, "sequence item 0: expected a bytes-like object, memoryview found"),
                                     (lambda: view[2, 0], IndexError, "index out of bounds on dimension 1")):
            with pytest.raises(error, match=text):
                attempt()
        pointers = memoryview(mod.Buffer(1))
        assert pointers.tolist() == list(pointers) == [1, 11] and pointers[1] == 11 and list(reversed(pointers)) == [11, 1] and 11 in pointers
        pointers[0:2] = b"ab"
        assert pointers.tobytes() == b"ab" and pointers[::-1].tobytes() == b"ba"
        for each in (view, pointers):
            each.release()

        # Without an object there is nobody to give the buffer back to.
        alone = mod.Buffer(2)
        view = memoryview(alone)
        assert view.obj is None and view.tolist() == list(range(8)) == list(bytes(alone)) and hash(view.toreadonly()) == hash(bytes(range(8)))
        view.release()
        assert alone.releases == 0


class TestEvaluation(ModuleTest):
    SOURCE = """
        #define FUNCTION(NAME) HPyDef_METH(NAME, #NAME, HPyFunc_VARARGS) static HPy NAME##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
        static const char *text(HPyContext *ctx, HPy h) { return HPyUnicode_AsUTF8AndSize(ctx, h, NULL); }
        FUNCTION(evaluate) { return HPy_EvalCode(ctx, args[0], args[1], nargs > 2 ? args[2] : HPy_NULL); }
        FUNCTION(compiled) { const char *s = HPyBytes_AsString(ctx, args[0]); return s ? HPy_Compile_s(ctx, s, "file", HPy_SourceKind_File) : HPy_NULL; }
        FUNCTION(warned) { return HPyErr_WarnEx(ctx, args[0], text(ctx, args[1]), HPyLong_AsLong(ctx, args[2])) < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None); }
        FUNCTION(plain) { return HPyType_GenericNew(ctx, args[0], NULL, 0, HPy_NULL); }
        FUNCTION(raised) { HPyErr_SetString(ctx, args[0], "\\xff"); return HPy_NULL; }
        FUNCTION(failed) { HPyErr_SetFromErrnoWithFilename(ctx, args[0], "file"); return HPy_NULL; }
        FUNCTION(unraisable) { HPyErr_SetString(ctx, ctx->h_ValueError, "told"); HPyErr_WriteUnraisable(ctx, self); return HPy_Dup(ctx, ctx->h_None); }
        FUNCTION(pointer) { HPyCapsule_SetPointer(ctx, args[0], NULL); return HPy_NULL; }
        @EXPORT(evaluate, compiled, warned, plain, raised, failed, unraisable, pointer)
        @INIT
    """

    def test_namespaces(self):
        mod = self.make_module(self.SOURCE)
        for locals in ((), ({"z": 5},), (5,), (None,)):
            names = {"y": 1}
            assert mod.evaluate(compile("1 + 1", "f", "eval"), names, *locals) == 2 and names == {"y": 1}
        assert mod.evaluate(compile("len([y, z])", "f", "eval"), {"y": 1}, {"z": 5}) == 2
        with pytest.raises(TypeError, match="'int' object is not subscriptable"):
            mod.evaluate(compile("z", "f", "eval"), {}, 5)

    def test_encodings_of_sources(self):
        mod = self.make_module(self.SOURCE)
        names = {}
        mod.evaluate(mod.compiled(b"# coding: latin-1\nx = '\xe9'"), names)
        assert names["x"] == "\xe9"
        with pytest.raises(SyntaxError, match=r"\(unicode error\) 'utf-8' codec can't decode byte 0xff"):
            mod.compiled(b"\xff")

    def test_categories_of_warnings(self):
        mod = self.make_module(self.SOURCE)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            mod.warned(ValueError, "text", 1)
            mod.warned(UserWarning, "text", 1)
            with pytest.raises(TypeError, match="'int' object is not callable"):
                mod.warned(5, "text", 1)
        assert [warning.category for warning in caught] == [ValueError, UserWarning]

    def test_exceptions(self):
        import sys
        mod = self.make_module(self.SOURCE)

        class Own(ValueError):
            pass

        assert type(mod.plain(Own)) is Own and type(mod.plain(KeyError)) is KeyError and mod.plain(list) == []
        with pytest.raises(ValueError) as raised:
            mod.raised(ValueError)
        assert raised.value.args == ()
        with pytest.raises(TypeError, match="'int' object is not callable"):
            mod.failed(5)
        with pytest.raises(ValueError, match="PyCapsule_SetPointer called with null pointer"):
            mod.pointer(None)
        told, hook = [], sys.unraisablehook
        sys.unraisablehook = lambda given: told.append((given.exc_type, given.exc_traceback.tb_frame.f_code.co_name))
        try:
            mod.unraisable()
        finally:
            sys.unraisablehook = hook
        assert told == [(ValueError, "test_exceptions")]
