"""Types from specifications, where upstream's tests leave off: slots that share a name, layouts, and what messages call a type. All of it passes under CPython's universal mode as well, but for what is marked."""
import gc
import operator
import sys
import weakref

import pytest
from cases import ModuleTest

# HPy 0.9 makes instances of classes with a dict without what CPython 3.11 wants before them.
needs_taipan = pytest.mark.skipif("Taipan" not in sys.version, reason="CPython crashes")

TYPES = """
    typedef struct { long number; } Struct;
    @NEW(Struct, number = 7)
    __attribute__((unused)) static HPy told(HPyContext *ctx, const char *name, HPy a, HPy b, HPy c)
    {
        HPy operands[] = { a, b, c }, items[4];
        int count = 1;
        items[0] = HPyUnicode_FromString(ctx, name);
        for (int i = 0; i < 3; i++)
            if (!HPy_IsNull(operands[i])) {
                HPy type = HPy_Type(ctx, operands[i]);
                items[count++] = HPyUnicode_FromString(ctx, HPyType_GetName(ctx, type));
                HPy_Close(ctx, type);
            }
        HPy result = HPyTuple_FromArray(ctx, items, count);
        for (int i = 0; i < count; i++) HPy_Close(ctx, items[i]);
        return result;
    }
"""


class TestSlots(ModuleTest):
    def test_a_name_for_two_slots(self):
        mod = self.make_module(TYPES + """
            HPyDef_SLOT(mp_length, HPy_mp_length)
            static HPy_ssize_t mp_length_impl(HPyContext *ctx, HPy self) { return 42; }
            HPyDef_SLOT(sq_length, HPy_sq_length)
            static HPy_ssize_t sq_length_impl(HPyContext *ctx, HPy self) { return 3; }
            HPyDef_SLOT(empty, HPy_sq_length)
            static HPy_ssize_t empty_impl(HPyContext *ctx, HPy self) { return 0; }
            HPyDef_SLOT(subscript, HPy_mp_subscript)
            static HPy subscript_impl(HPyContext *ctx, HPy self, HPy key) { return told(ctx, "subscript", key, HPy_NULL, HPy_NULL); }
            HPyDef_SLOT(item, HPy_sq_item)
            static HPy item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)
            {
                if (index >= 0 && index < 3) return HPyLong_FromSsize_t(ctx, index * 10);
                HPyErr_SetString(ctx, ctx->h_IndexError, "no such item");
                return HPy_NULL;
            }
            HPyDef_SLOT(add, HPy_nb_add)
            static HPy add_impl(HPyContext *ctx, HPy a, HPy b) { return HPyUnicode_Check(ctx, b) ? HPy_Dup(ctx, ctx->h_NotImplemented) : told(ctx, "add", a, b, HPy_NULL); }
            HPyDef_SLOT(multiply, HPy_nb_multiply)
            static HPy multiply_impl(HPyContext *ctx, HPy a, HPy b) { return HPy_TypeCheck(ctx, a, ctx->h_LongType) || HPy_TypeCheck(ctx, b, ctx->h_LongType) ? HPy_Dup(ctx, ctx->h_NotImplemented) : told(ctx, "multiply", a, b, HPy_NULL); }
            HPyDef_SLOT(concat, HPy_sq_concat)
            static HPy concat_impl(HPyContext *ctx, HPy a, HPy b) { return told(ctx, "concat", a, b, HPy_NULL); }
            HPyDef_SLOT(inplace_concat, HPy_sq_inplace_concat)
            static HPy inplace_concat_impl(HPyContext *ctx, HPy a, HPy b) { return told(ctx, "inplace_concat", a, b, HPy_NULL); }
            HPyDef_SLOT(repeat, HPy_sq_repeat)
            static HPy repeat_impl(HPyContext *ctx, HPy a, HPy_ssize_t n) { return HPyLong_FromSsize_t(ctx, n * 3); }
            HPyDef_SLOT(inplace_repeat, HPy_sq_inplace_repeat)
            static HPy inplace_repeat_impl(HPyContext *ctx, HPy a, HPy_ssize_t n) { return HPyLong_FromSsize_t(ctx, n * 5); }
            @TYPE(Both, struct=Struct, make, mp_length, sq_length, subscript, item)
            @TYPE(Empty, struct=Struct, make, mp_length, empty)
            @TYPE(Keys, struct=Struct, make, subscript)
            @TYPE(Number, struct=Struct, make, add, multiply)
            @TYPE(Sequence, struct=Struct, make, sq_length, item, concat, inplace_concat, repeat, inplace_repeat)
            @TYPE(Mixed, struct=Struct, make, add, multiply, concat, repeat)
            @INIT
        """)
        both = mod.Both()
        assert len(both) == 3 and both.__len__() == 42 and both[1] == both.__getitem__(1) == ("subscript", "int")
        for whole in (list(both), [*both], sorted(both), [item for item in both]):
            assert whole == [0, 10, 20]
        assert list(reversed(both)) == [20, 10, 0] and 20 in both and 21 not in both and sum(both) == 30 and bytes(both) == b"\0\n\x14"
        first, second, third = both
        assert (first, second, third) == (0, 10, 20) and "{0[2]}".format(both) == "20"
        assert len(mod.Empty()) == 0 and bool(mod.Empty())

        keys = mod.Keys()
        assert keys[0] == ("subscript", "int")
        for attempt in (iter, list, lambda keys: 1 in keys, lambda keys: [*keys], reversed):
            with pytest.raises(TypeError, match="not iterable|must be an iterable|not reversible"):
                attempt(keys)

        sequence, number, mixed = mod.Sequence(), mod.Number(), mod.Mixed()
        assert sequence + 1 == ("concat", "Sequence", "int") == sequence.__add__(1) and sequence * 2 == 2 * sequence == sequence.__rmul__(2) == 6
        assert operator.iadd(sequence, 1) == ("inplace_concat", "Sequence", "int") and operator.imul(sequence, 2) == 10
        assert sequence + number == ("add", "Sequence", "Number") and sequence * number == ("multiply", "Sequence", "Number")
        assert mixed + 1 == ("add", "Mixed", "int") and mixed + "s" == ("concat", "Mixed", "str") and operator.iadd(mixed, "s") == ("concat", "Mixed", "str")
        assert mixed * 2 == 2 * mixed == operator.imul(mixed, 2) == 6 and mixed.__mul__(2) is NotImplemented
        assert operator.concat(sequence, 1) == ("concat", "Sequence", "int")
        with pytest.raises(TypeError, match="can't multiply sequence by non-int of type 'str'"):
            sequence * "s"
        with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
            sequence.__mul__("s")
        with pytest.raises(TypeError, match="sequence index must be integer, not 'str'"):
            sequence["s"]
        with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
            sequence.__getitem__("s")
        with pytest.raises(OverflowError, match="cannot fit 'int' into an index-sized integer"):
            sequence * 2**70

        # A class in Python has its slots by the names.
        class Named(mod.Mixed):
            pass

        class Own(mod.Sequence):
            def __add__(self, other):
                return "own", super().__add__(other)

        assert Named() + 1 == ("add", "Named", "int") and Own() + 1 == ("own", ("concat", "Own", "int"))
        with pytest.raises(TypeError):
            Named() + "s"
        del Own.__add__
        assert Own() + 1 == ("concat", "Own", "int")
        mod.Sequence.__add__ = lambda self, other: "given"
        assert mod.Sequence() + 1 == Own() + 1 == "given"

    def test_slots_of_a_base_reach_a_type(self):
        mod = self.make_module(TYPES + """
            HPyDef_SLOT(length, HPy_sq_length)
            static HPy_ssize_t length_impl(HPyContext *ctx, HPy self) { return 2; }
            HPyDef_SLOT(item, HPy_sq_item)
            static HPy item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)
            {
                if (index < 2) return HPyLong_FromSsize_t(ctx, index);
                HPyErr_SetString(ctx, ctx->h_IndexError, "no such item");
                return HPy_NULL;
            }
            HPyDef_SLOT(concat, HPy_sq_concat)
            static HPy concat_impl(HPyContext *ctx, HPy a, HPy b) { return told(ctx, "concat", a, b, HPy_NULL); }
            HPyDef_SLOT(add, HPy_nb_add)
            static HPy add_impl(HPyContext *ctx, HPy a, HPy b) { return HPy_Dup(ctx, ctx->h_NotImplemented); }
            @TYPE(Base, struct=Struct, make, length, item, concat)
            @TYPE(Derived, struct=Struct, base=Base, make, add)
            @INIT
        """)
        derived = mod.Derived()
        assert derived + 1 == ("concat", "Derived", "int") and list(derived) == [0, 1] and len(derived) == 2

    def test_power_of_any_operand(self):
        mod = self.make_module(TYPES + """
            HPyDef_SLOT(power, HPy_nb_power)
            static HPy power_impl(HPyContext *ctx, HPy a, HPy b, HPy c) { return HPyUnicode_Check(ctx, b) ? HPy_Dup(ctx, ctx->h_NotImplemented) : told(ctx, "power", a, b, c); }
            HPyDef_SLOT(inplace, HPy_nb_inplace_power)
            static HPy inplace_impl(HPyContext *ctx, HPy a, HPy b, HPy c) { return told(ctx, "inplace", a, b, c); }
            HPyDef_SLOT(other, HPy_nb_power)
            static HPy other_impl(HPyContext *ctx, HPy a, HPy b, HPy c) { return told(ctx, "other", a, b, c); }
            @TYPE(Power, struct=Struct, make, power, inplace)
            @TYPE(Other, struct=Struct, make, other)
            @INIT
        """)
        power, other = mod.Power(), mod.Other()
        assert power ** 2 == pow(power, 2) == ("power", "Power", "int", "NoneType") and 2 ** power == ("power", "int", "Power", "NoneType")
        assert pow(power, 2, 3) == ("power", "Power", "int", "int") and pow(2, power, 3) == ("power", "int", "Power", "int")
        assert pow(2, 3, power) == ("power", "int", "int", "Power")
        assert pow(power, other, 3) == ("power", "Power", "Other", "int") and pow(other, power) == ("other", "Other", "Power", "NoneType")
        assert pow(power, "s", other) == ("other", "Power", "str", "Other") and operator.ipow(power, 2) == ("inplace", "Power", "int", "NoneType")
        with pytest.raises(TypeError, match="unsupported operand type"):
            pow(2, "s", power)

        class Sub(mod.Power):
            pass

        class Own(mod.Power):
            def __pow__(self, other, modulus=None):
                return "own"

        assert pow(2, Sub(), 3) == ("power", "int", "Sub", "int") and pow(2, 3, Sub()) == ("power", "int", "int", "Sub") and pow(power, Sub()) == ("power", "Power", "Sub", "NoneType")
        assert Own() ** 2 == pow(Own(), 2, 3) == "own"

    def test_slots_are_wrappers(self):
        mod = self.make_module(TYPES + """
            HPyDef_SLOT(add, HPy_nb_add)
            static HPy add_impl(HPyContext *ctx, HPy a, HPy b) { return told(ctx, "add", a, b, HPy_NULL); }
            HPyDef_SLOT(first, HPy_tp_repr)
            static HPy first_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "first"); }
            HPyDef_SLOT(last, HPy_tp_repr)
            static HPy last_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "last"); }
            HPyDef_METH(method, "__repr__", HPyFunc_NOARGS)
            static HPy method_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "method"); }
            HPyDef_SLOT(init, HPy_tp_init)
            static int init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw) { return 0; }
            @TYPE(Type, struct=Struct, make, method, first, last, add, init)
            @INIT
        """)
        kind, value = mod.Type, mod.Type()
        assert repr(value) == value.__repr__() == "last"
        assert repr(kind.__add__) == "<slot wrapper '__add__' of 'mytest.Type' objects>" and type(kind.__add__).__name__ == "wrapper_descriptor"
        assert type(value.__add__).__name__ == "method-wrapper" and kind.__add__.__doc__ == "Return self+value." and kind.__add__.__text_signature__ == "($self, value, /)"
        assert kind.__add__(value, 1) == value.__add__(1) == ("add", "Type", "int") and kind.__radd__(value, 1) == ("add", "int", "Type")
        for call, text in ((lambda: kind.__add__(5, 1), "descriptor '__add__' requires a 'mytest.Type' object but received a 'int'"), (lambda: kind.__init__(), "descriptor '__init__' of 'mytest.Type' object needs an argument"),
                           (lambda: value.__add__(), "expected 1 argument, got 0"), (lambda: value.__add__(1, x=2), r"wrapper __add__\(\) takes no keyword arguments")):
            with pytest.raises(TypeError, match=text):
                call()

    def test_who_is_told_of_a_failure_without_exception(self):
        mod = self.make_module(TYPES + """
            #define UNARY(NAME, SLOT) HPyDef_SLOT(NAME, SLOT) static HPy NAME##_impl(HPyContext *ctx, HPy self) { return HPy_NULL; }
            #define BINARY(NAME, SLOT) HPyDef_SLOT(NAME, SLOT) static HPy NAME##_impl(HPyContext *ctx, HPy a, HPy b) { return HPy_NULL; }
            UNARY(negative, HPy_nb_negative) UNARY(absolute, HPy_nb_absolute) UNARY(number, HPy_nb_float) UNARY(representation, HPy_tp_repr)
            BINARY(add, HPy_nb_add) BINARY(subscript, HPy_mp_subscript)
            HPyDef_SLOT(length, HPy_mp_length)
            static HPy_ssize_t length_impl(HPyContext *ctx, HPy self) { return -1; }
            HPyDef_SLOT(store, HPy_mp_ass_subscript)
            static int store_impl(HPyContext *ctx, HPy self, HPy key, HPy value) { return -1; }
            HPyDef_SLOT(truth, HPy_nb_bool)
            static int truth_impl(HPyContext *ctx, HPy self) { return -1; }
            HPyDef_SLOT(initialize, HPy_tp_init)
            static int initialize_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw) { return nargs ? -1 : 0; }
            HPyDef_METH(method, "method", HPyFunc_NOARGS)
            static HPy method_impl(HPyContext *ctx, HPy self) { return HPy_NULL; }
            HPyDef_METH(inner, "inner", HPyFunc_O)
            static HPy inner_impl(HPyContext *ctx, HPy self, HPy arg) { return HPy_Repr(ctx, arg); }
            @TYPE(Type, struct=Struct, make, negative, absolute, number, representation, add, subscript, length, store, truth, initialize, method)
            @EXPORT(inner)
            @INIT
        """)
        value, kind = mod.Type(), mod.Type

        class Derived(kind):
            def __init__(self):
                super().__init__(1)

        def delete():
            del value[1]

        nobody = "error return without exception set"
        for attempt, who in ((lambda: -value, nobody), (lambda: value + 1, nobody), (lambda: 1 + value, nobody), (lambda: value[1], nobody), (delete, nobody), (lambda: not value, nobody), (lambda: f"{value!r}", nobody),
                             (lambda: abs(value), "<built-in function abs>"), (lambda: len(value), "<built-in function len>"), (lambda: repr(value), "<built-in function repr>"), (lambda: float(value), "<class 'float'>"),
                             (lambda: bool(value), "<class 'bool'>"), (lambda: operator.add(value, 1), "<built-in function add>"), (lambda: value.__add__(1), "<slot wrapper '__add__' of 'mytest.Type' objects>"),
                             (lambda: kind.__add__(value, 1), "<slot wrapper '__add__' of 'mytest.Type' objects>"), (lambda: value.method(), "<method 'method' of 'mytest.Type' objects>"),
                             (lambda: kind(1), "<class 'mytest.Type'>"), (lambda: kind.__init__(value, 1), "<slot wrapper '__init__' of 'mytest.Type' objects>"), (lambda: [value].__repr__(), "<slot wrapper '__repr__' of 'list' objects>"),
                             (lambda: mod.inner(value), "<built-in function inner>"), (lambda: "%r" % value, nobody)):
            with pytest.raises(SystemError) as raised:
                attempt()
            assert str(raised.value) == (who if who is nobody else f"{who} returned NULL without setting an exception")

    def test_subscription_alone_is_no_sequence(self):
        mod = self.make_module(TYPES + """
            HPyDef_SLOT(subscript, HPy_mp_subscript)
            static HPy subscript_impl(HPyContext *ctx, HPy self, HPy key) { return HPy_Dup(ctx, key); }
            @TYPE(Type, struct=Struct, make, subscript)
            @INIT
        """)
        with pytest.raises(TypeError, match="cannot unpack non-iterable mytest.Type object"):
            a, b = mod.Type()
        with pytest.raises(TypeError, match=r"order \(MRO\) for bases object, Type$"):
            type("Wrong", (object, mod.Type), {})


class TestLayouts(ModuleTest):
    def test_attributes_and_weak_references_by_members(self):
        mod = self.make_module(TYPES + """
            typedef struct { long number; void *place; } Placed;
            HPyDef_MEMBER(dict, "__dictoffset__", HPyMember_HPYSSIZET, offsetof(Placed, place), .readonly = 1)
            HPyDef_MEMBER(weak, "__weaklistoffset__", HPyMember_HPYSSIZET, offsetof(Placed, place), .readonly = 1)
            HPyDef_MEMBER(number, "number", HPyMember_LONG, offsetof(Placed, number))
            @TYPE(WithDict, struct=Placed, make, dict, number)
            @TYPE(Weak, struct=Placed, make, weak, number)
            @INIT
        """)
        values = [mod.WithDict() for _ in range(20)]
        for number, value in enumerate(values):
            for name in "abc":
                setattr(value, name + str(number % 3), [number])
        gc.collect()
        for number, value in enumerate(values):
            assert value.number == 7 and all(getattr(value, name + str(number % 3)) == [number] for name in "abc")
        assert "__dictoffset__" not in mod.WithDict.__dict__ and mod.WithDict.__dictoffset__ > 0
        weak = mod.Weak()
        reference = weakref.ref(weak)
        assert reference() is weak and weak.number == 7 and "__weaklistoffset__" not in mod.Weak.__dict__
        with pytest.raises(AttributeError):
            weak.attribute = 1

    DERIVE = TYPES + """
        HPyDef_MEMBER(number, "number", HPyMember_LONG, offsetof(Struct, number))
        HPyDef_METH(field, "field", HPyFunc_NOARGS)
        static HPy field_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, Struct_AsStruct(ctx, self)->number); }
        HPyDef_SLOT(call, HPy_tp_call)
        static HPy call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kw) { return HPyLong_FromSize_t(ctx, nargs); }
        typedef struct { long number, more[6]; } Larger;
        @SPEC(Derived, struct=Struct, make, number, field)
        @SPEC(Larger, make, number, field)
        @SPEC(Plain, call)
        static HPy from(HPyContext *ctx, HPyType_Spec *spec, HPy bases)
        {
            HPyType_SpecParam param[] = { { HPyType_SpecParam_BasesTuple, bases }, { 0 } };
            return HPyType_FromSpec(ctx, spec, param);
        }
        HPyDef_METH(derive, "derive", HPyFunc_O)
        static HPy derive_impl(HPyContext *ctx, HPy self, HPy bases) { return from(ctx, &Derived_spec, bases); }
        HPyDef_METH(larger, "larger", HPyFunc_O)
        static HPy larger_impl(HPyContext *ctx, HPy self, HPy bases) { return from(ctx, &Larger_spec, bases); }
        HPyDef_METH(plain, "plain", HPyFunc_O)
        static HPy plain_impl(HPyContext *ctx, HPy self, HPy bases) { return from(ctx, &Plain_spec, bases); }
        @EXPORT(derive, larger, plain)
        @INIT
    """

    @needs_taipan
    def test_a_struct_over_a_class(self):
        mod = self.make_module(self.DERIVE)

        class Base:
            def set(self, value):
                self.first = value
                self.second = [value]
                self.third = self.first, self.second

        class Meta(type):
            pass

        class Kept(metaclass=Meta):
            pass

        for bases in ((Base,), (Kept,), (Base, Kept), (type("Second", (Base,), {}),)):
            kind = mod.derive(bases)
            values = [kind() for _ in range(20)]
            for number, value in enumerate(values):
                Base.set(value, number) if Base not in bases else value.set(number)
                value.number = number
                value.text = str(number)
            Base().set(3)
            gc.collect()
            for number, value in enumerate(values):
                assert value.number == value.field() == value.first == number and value.third == (number, [number]) and value.text == str(number)
                assert sorted(value.__dict__) == ["first", "second", "text", "third"]
            assert type(kind) is type(bases[-1] if Kept in bases else Base)

            class Below(kind):
                def __init__(self):
                    self.set = "below"

            below = Below()
            below.number = 5
            assert (below.set, below.field(), below.__dict__) == ("below", 5, {"set": "below"})

    @needs_taipan
    def test_a_larger_struct_over_a_class(self):
        mod = self.make_module(self.DERIVE)

        class Base:
            pass

        kind = mod.larger((mod.derive((Base,)),))
        value = kind()
        value.number = 9
        value.attribute = [1]
        assert (value.number, value.attribute, value.field()) == (9, [1], 9)

    @needs_taipan
    def test_a_call_word_has_its_place(self):
        mod = self.make_module(self.DERIVE)

        class Base:
            pass

        value = mod.plain((Base,))()
        value.attribute = value.other = 3
        assert value(1, 2) == 2 and value.attribute == value.other == 3

    @needs_taipan
    @pytest.mark.parametrize("size", [1 << 16, 1 << 20, 16 << 20])
    def test_large_structs(self, size):
        mod = self.make_module("""
            typedef struct { HPyField first; char bytes[%d]; HPyField last; } Large;
            HPyType_HELPERS(Large)
            HPyDef_SLOT(Large_new, HPy_tp_new)
            static HPy Large_new_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
            {
                Large *made;
                HPy h = HPy_New(ctx, type, &made);
                if (HPy_IsNull(h)) return h;
                HPyField_Store(ctx, h, &made->first, args[0]);
                HPyField_Store(ctx, h, &made->last, args[1]);
                return h;
            }
            HPyDef_SLOT(Large_traverse, HPy_tp_traverse)
            static int Large_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
            {
                HPy_VISIT(&((Large *)self)->first);
                HPy_VISIT(&((Large *)self)->last);
                return 0;
            }
            HPyDef_METH(Large_last, "last", HPyFunc_NOARGS)
            static HPy Large_last_impl(HPyContext *ctx, HPy self) { return HPyField_Load(ctx, self, Large_AsStruct(ctx, self)->last); }
            @TYPE(Large, flags=HAVE_GC, Large_new, Large_traverse, Large_last)
            @INIT
        """ % size)
        values = [mod.Large([number], [number + 1]) for number in range(5)]
        gc.collect()
        assert [value.last() for value in values] == [[number + 1] for number in range(5)]

        class Sub(mod.Large):
            def __init__(self, first, last):
                self.given = [first, last]
                for number in range(20):
                    setattr(self, f"attribute{number}", [number])

        class Slotted(mod.Large):
            __slots__ = "slot", "other"

        subs = [Sub([number], [number]) for number in range(3)]
        slotted = Slotted([], [])
        slotted.slot = [7]
        gc.collect()
        for number, sub in enumerate(subs):
            assert sub.given == [[number], [number]] and sub.attribute19 == [19] and sub.attribute0 == [0]
        assert slotted.slot == [7] and not hasattr(slotted, "other")


class TestNames(ModuleTest):
    def test_messages_name_the_module(self):
        mod = self.make_module(TYPES + """
            HPyDef_MEMBER(number, "number", HPyMember_LONG, offsetof(Struct, number))
            HPyDef_METH(method, "method", HPyFunc_NOARGS)
            static HPy method_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, 1); }
            @TYPE(Type, struct=Struct, make, number, method)
            @INIT
        """)
        kind, value = mod.Type, mod.Type()
        assert (kind.__name__, kind.__qualname__, kind.__module__) == ("Type", "Type", "mytest") and repr(kind) == "<class 'mytest.Type'>"
        assert repr(kind.number) == "<member 'number' of 'mytest.Type' objects>" and repr(kind.method) == "<method 'method' of 'mytest.Type' objects>"
        for attempt, text in ((lambda: value + "s", r"unsupported operand type\(s\) for \+: 'mytest.Type' and 'str'"), (lambda: value.missing, "'mytest.Type' object has no attribute 'missing'"),
                              (lambda: "s" + value, r'can only concatenate str \(not "mytest.Type"\) to str'), (lambda: len(value), r"object of type 'mytest.Type' has no len\(\)"),
                              (lambda: kind.number.__get__(5, int), "descriptor 'number' for 'mytest.Type' objects doesn't apply to a 'int' object"),
                              (lambda: kind.method(), r"unbound method Type.method\(\) needs an argument"), (lambda: value.method(1), r"Type.method\(\) takes no arguments \(1 given\)"),
                              (lambda: object.__new__(kind), r"object.__new__\(mytest.Type\) is not safe, use mytest.Type.__new__\(\)")):
            with pytest.raises((TypeError, AttributeError), match=text):
                attempt()

        class Sub(kind):
            pass

        with pytest.raises(AttributeError, match="'Sub' object has no attribute 'missing'"):
            Sub().missing
        kind.__name__ = "Renamed"
        with pytest.raises(AttributeError, match="'Renamed' object has no attribute 'missing'"):
            value.missing

    def test_a_name_without_a_module(self):
        import warnings
        mod = self.make_module("""
            static HPyType_Spec Spec = { .name = "Alone", .flags = HPy_TPFLAGS_DEFAULT, .doc = "Alone(a, b=None)\\n--\\n\\nIts doc." };
            HPyDef_METH(make, "make", HPyFunc_NOARGS)
            static HPy make_impl(HPyContext *ctx, HPy self) { return HPyType_FromSpec(ctx, &Spec, NULL); }
            @EXPORT(make)
            @INIT
        """)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kind = mod.make()
        assert [str(warning.message) for warning in caught] == ["builtin type Alone has no __module__ attribute"] and caught[0].category is DeprecationWarning
        assert "__module__" not in kind.__dict__ and "__text_signature__" not in kind.__dict__ and (kind.__doc__, kind.__text_signature__) == ("Its doc.", "(a, b=None)")
        with pytest.raises(DeprecationWarning), warnings.catch_warnings():
            warnings.simplefilter("error")
            mod.make()


class TestEnding(ModuleTest):
    @pytest.mark.parametrize("stress", [False, True])
    def test_destructors_run_at_exit(self, stress, tmpdir):
        import os
        import subprocess
        self.make_module("""
            #include <stdio.h>
            #include <stdlib.h>
            typedef struct { long number; HPyField field; } Struct;
            HPyType_HELPERS(Struct)
            static HPyGlobal saved;
            static void tell(const char *what, long number) { printf("%s %ld\\n", what, number); fflush(stdout); }
            HPyDef_SLOT(make, HPy_tp_new)
            static HPy make_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
            {
                Struct *made;
                HPy h = HPy_New(ctx, type, &made);
                if (HPy_IsNull(h)) return h;
                made->number = HPyLong_AsLong(ctx, args[0]);
                if (nargs > 1) HPyField_Store(ctx, h, &made->field, args[1]);
                return h;
            }
            HPyDef_SLOT(traverse, HPy_tp_traverse)
            static int traverse_impl(void *self, HPyFunc_visitproc visit, void *arg) { HPy_VISIT(&((Struct *)self)->field); return 0; }
            HPyDef_SLOT(finalize, HPy_tp_finalize)
            static void finalize_impl(HPyContext *ctx, HPy self) { tell("finalize", Struct_AsStruct(ctx, self)->number); }
            HPyDef_SLOT(destroy, HPy_tp_destroy)
            static void destroy_impl(void *data) { tell("destroy", ((Struct *)data)->number); }
            HPyCapsule_DESTRUCTOR(end)
            static void end_impl(const char *name, void *pointer, void *context) { tell("capsule", (long)pointer); }
            HPyDef_METH(capsule, "capsule", HPyFunc_O)
            static HPy capsule_impl(HPyContext *ctx, HPy self, HPy arg) { return HPyCapsule_New(ctx, (void *)HPyLong_AsLong(ctx, arg), "name", &end); }
            HPyDef_METH(save, "save", HPyFunc_O)
            static HPy save_impl(HPyContext *ctx, HPy self, HPy arg) { HPyGlobal_Store(ctx, &saved, arg); return HPy_Dup(ctx, ctx->h_None); }
            static void last(void) { tell("the end", 0); }
            static void at_end(HPyContext *ctx, HPy module) { atexit(last); }
            @EXPORT_GLOBAL(saved)
            @TYPE(Type, struct=Struct, flags=HAVE_GC, make, traverse, finalize, destroy)
            @EXPORT(capsule, save)
            @EXTRA_INIT_FUNC(at_end)
            @INIT
        """)
        program = """if True:
            import atexit, gc, importlib.util, sys, types
            import hpy.universal
            path = sys.argv[1]
            m = hpy.universal.load("mytest", path, importlib.util.spec_from_file_location("mytest", path))
            kept = [m.Type(1), m.capsule(2)]
            module = sys.modules["other"] = types.ModuleType("other")
            module.value = m.Type(3)
            cycle = [m.Type(4)]
            cycle.append(cycle)
            class Class:
                value = m.Type(5)
            def function(default=m.Type(6)):
                pass
            m.save(m.Type(7, m.Type(8)))
            def generate():
                value = m.Type(9)
                yield
            generator = generate()
            next(generator)
            atexit.register(lambda value: print("at exit", flush=True), m.Type(10))
            m.Type(11), m.Type(12)
            gc.collect()
        """
        path = next(str(path) for path in tmpdir.visit("*.so"))
        environment = {**os.environ, **({"TAIPAN_GC": "stress:7"} if stress else {})}
        lines = subprocess.run([sys.executable, "-c", program, path], env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        told = [1, 3, 4, 5, 6, 9, 10, 11, 12]
        assert sorted(line for line in lines if line.startswith("destroy")) == sorted(f"destroy {number}" for number in told)
        assert lines.count("capsule 2") == 1 and lines[-1] == "the end 0" and "at exit" in lines
        assert [lines.index(f"finalize {number}") < lines.index(f"destroy {number}") for number in told] == [True] * len(told)
