"""Members, getsets and conversions, value by value; all of it passes under CPython's universal mode as well, but for what is marked."""
import sys
import warnings

import pytest
from test.support import HPyTest

needs_taipan = pytest.mark.skipif("Taipan" not in sys.version, reason="CPython names another function")


class TestMembers(HPyTest):
    SOURCE = """
        typedef struct {
            short s; int i; long l; signed char b; unsigned char ub; unsigned short us; unsigned int ui; unsigned long ul; long long ll; unsigned long long ull; HPy_ssize_t ss; HPyField o, ox;
        } Type;
        HPyType_HELPERS(Type)
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
        HPyDef_SLOT(make, HPy_tp_new)
        static HPy make_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
        {
            Type *made;
            return HPy_New(ctx, type, &made);
        }
        HPyDef_SLOT(traverse, HPy_tp_traverse)
        static int traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
        {
            HPy_VISIT(&((Type *)self)->o);
            HPy_VISIT(&((Type *)self)->ox);
            return 0;
        }
        static HPyDef *Type_defines[] = { &make, &traverse, &member_s, &member_i, &member_l, &member_b, &member_ub, &member_us, &member_ui, &member_ul, &member_ll, &member_ull, &member_ss, &member_o,
                                          &member_ox, &read_only, &fixed, &write_only, &wrong, NULL };
        static HPyType_Spec Type_spec = { .name = "mytest.Type", .basicsize = sizeof(Type), .builtin_shape = HPyType_BuiltinShape_Object, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
                                          .defines = Type_defines };
        @EXPORT_TYPE("Type", Type_spec)
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

    @needs_taipan
    def test_getsets_that_disagree_with_the_exception(self):
        value = self.make_module(self.SOURCE).Type()
        for attempt in (lambda: value.wrong, lambda: setattr(value, "wrong", 1)):
            with pytest.raises(SystemError, match="returned a result with an exception set") as caught:
                attempt()
            assert type(caught.value.__cause__) is KeyError
        with pytest.raises(SystemError, match="without setting an exception"):
            del value.wrong


class TestConversions(HPyTest):
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
            @EXPORT(Int64_t)
            @EXPORT(UInt64_t)
            @EXPORT(UInt32_t)
            @EXPORT(VoidPtr)
            @EXPORT(bytes)
            @EXPORT(power)
            @EXPORT(exception)
            @EXPORT(import_empty)
            @EXPORT(call)
            @EXPORT(no_error)
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
            @EXPORT(method)
            @EXPORT(make)
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
            static HPyDef *Buffer_defines[] = { &make, &get, &fails, NULL };
            static HPyType_Spec Buffer_spec = { .name = "mytest.Buffer", .basicsize = sizeof(Buffer), .builtin_shape = HPyType_BuiltinShape_Object, .flags = HPy_TPFLAGS_DEFAULT, .defines = Buffer_defines };
            @EXPORT_TYPE("Buffer", Buffer_spec)
            @INIT
        """)
        buffer = mod.Buffer()
        view = memoryview(buffer)
        assert view.tolist() == [0, 1, 2, 3] and view[1:3].tobytes() == b"\1\2" and bytes(buffer) == b"\0\1\2\3"
        view.release()
        buffer.fails = 1
        with pytest.raises(SystemError, match="without setting an exception"):
            memoryview(buffer)
