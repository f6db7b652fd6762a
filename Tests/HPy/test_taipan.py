"""What upstream's tests leave open: members of the context that came after 0.9.0 or that nobody knows, what is refused, collection while C holds handles, and imports without a stub.

The fixtures are upstream's: `run.py` runs this file beside upstream's tests, as part of each mode.
"""
import gc
import os
import subprocess
import sys

import pytest
from cases import ModuleTest

MEMBER = """
    #define MEMBER(number) (((void **)&ctx->h_None)[number])
    typedef HPy (*unary)(HPyContext *, HPy);
    typedef HPy (*slice)(HPyContext *, HPy, HPy_ssize_t, HPy_ssize_t);
"""


class TestContext(ModuleTest):
    def test_keys(self):
        mod = self.make_module("""
            HPyDef_METH(keys, "keys", HPyFunc_O)
            static HPy keys_impl(HPyContext *ctx, HPy self, HPy arg) { return HPyDict_Keys(ctx, arg); }
            @EXPORT(keys)
            @INIT
        """)

        class Own(dict):
            def keys(self):
                return ["none of these"]

        for count in (0, 1, 2, 5, 8, 50, 3000):
            full = {number: None for number in range(count)}
            holes = dict(full)
            for number in range(0, count, 3):
                del holes[number]
            for given in (full, holes, Own(full), Own(holes)):
                keys = mod.keys(given)
                assert type(keys) is list and keys == list(dict.keys(given))
                gc.collect()
                keys.append("more")
                assert keys == [*dict.keys(given), "more"]
        emptied = {1: 2}
        del emptied[1]
        assert mod.keys(emptied) == mod.keys({}) == []
        for wrong in (None, 1, [], "x"):
            with pytest.raises(SystemError):
                mod.keys(wrong)

    def test_bools_are_ints(self):
        mod = self.make_module("""
            HPyDef_METH(number, "number", HPyFunc_O)
            static HPy number_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                long long number = HPyLong_AsLongLong(ctx, arg);
                return number == -1 && HPyErr_Occurred(ctx) ? HPy_NULL : HPyLong_FromLongLong(ctx, number);
            }
            HPyDef_METH(kinds, "kinds", HPyFunc_O)
            static HPy kinds_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                return HPyLong_FromLong(ctx, HPy_TypeCheck(ctx, arg, ctx->h_BoolType) + 2 * HPy_TypeCheck(ctx, arg, ctx->h_LongType) + 4 * HPy_TypeCheck(ctx, arg, ctx->h_FloatType));
            }
            @EXPORT(number, kinds)
            @INIT
        """)

        class Int(int):
            pass

        for value in (False, True, 0, 1, -1, -2, 2**62, -2**63, 2**63 - 1, Int(1), Int(0)):
            assert mod.number(value) == int(value) and type(mod.number(value)) is int
        for wrong, error in ((2**63, OverflowError), (1.5, TypeError), (None, TypeError), ("1", TypeError)):
            with pytest.raises(error):
                mod.number(wrong)
        assert [mod.kinds(value) for value in (False, True, 0, 1, -1, 2**80, Int(1), 0.0, -0.0, 1.5, None, ..., "True", bool, [])] == [3, 3, 2, 2, 2, 2, 2, 4, 4, 4, 0, 0, 0, 0, 0]

    def test_members_after_0_9(self):
        mod = self.make_module(MEMBER + """
            HPyDef_METH(is_dict, "is_dict", HPyFunc_O)
            static HPy is_dict_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                HPy dict = ((HPy *)&ctx->h_None)[263];
                return HPyBool_FromBool(ctx, HPy_Is(ctx, dict, arg));
            }
            HPyDef_METH(insert, "insert", HPyFunc_VARARGS)
            static HPy insert_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
            {
                int (*function)(HPyContext *, HPy, HPy_ssize_t, HPy) = MEMBER(265);
                if (function(ctx, args[0], -1, args[1]) < 0)
                    return HPy_NULL;
                return HPy_Dup(ctx, ctx->h_None);
            }
            HPyDef_METH(middle, "middle", HPyFunc_O)
            static HPy middle_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                return ((slice)MEMBER(266))(ctx, arg, 1, 3);
            }
            HPyDef_METH(cut, "cut", HPyFunc_O)
            static HPy cut_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                int (*set)(HPyContext *, HPy, HPy_ssize_t, HPy_ssize_t, HPy) = MEMBER(267);
                int (*delete)(HPyContext *, HPy, HPy_ssize_t, HPy_ssize_t) = MEMBER(268);
                if (set(ctx, arg, 0, 1, arg) < 0 || delete(ctx, arg, 1, 2) < 0)
                    return HPy_NULL;
                return HPy_Dup(ctx, arg);
            }
            HPyDef_METH(first, "first", HPyFunc_O)
            static HPy first_impl(HPyContext *ctx, HPy self, HPy arg)
            {
                HPy iterator = ((unary)MEMBER(269))(ctx, arg);
                if (HPy_IsNull(iterator))
                    return HPy_NULL;
                int check = ((int (*)(HPyContext *, HPy))MEMBER(271))(ctx, iterator);
                HPy result = check ? ((unary)MEMBER(270))(ctx, iterator) : HPy_NULL;
                HPy_Close(ctx, iterator);
                if (HPy_IsNull(result) && !HPyErr_Occurred(ctx))
                    return HPy_Dup(ctx, ctx->h_Ellipsis);
                return result;
            }
            HPyDef_METH(new_slice, "new_slice", HPyFunc_VARARGS)
            static HPy new_slice_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
            {
                HPy (*function)(HPyContext *, HPy, HPy, HPy) = MEMBER(272);
                return function(ctx, args[0], args[1], HPy_NULL);
            }
            @EXPORT(is_dict, insert, middle, cut, first, new_slice)
            @INIT
        """)
        assert mod.is_dict(dict) and not mod.is_dict(list)
        items = [1, 2]
        mod.insert(items, 9)
        assert items == [1, 9, 2]
        with pytest.raises(SystemError):
            mod.insert((), 1)
        assert mod.middle("abcd") == "bc"
        assert mod.cut([1, 2, 3]) == [1, 3, 2, 3]
        assert mod.first(x for x in "xy") == "x"
        assert mod.first([]) is ...
        with pytest.raises(TypeError, match="'int' object is not iterable"):
            mod.first(3)
        assert mod.new_slice(1, 2) == slice(1, 2)

    def test_dict_shape(self):
        mod = self.make_module(MEMBER + """
            typedef struct { long number; } Counted;
            typedef Counted *(*as_struct)(HPyContext *, HPy);
            HPyDef_METH(count, "count", HPyFunc_NOARGS)
            static HPy count_impl(HPyContext *ctx, HPy self)
            {
                return HPyLong_FromLong(ctx, ++((as_struct)MEMBER(264))(ctx, self)->number);
            }
            HPyDef_MEMBER(number, "number", HPyMember_LONG, offsetof(Counted, number))
            @TYPE(Counted, shape=7, base=((HPy *)&ctx->h_None)[263], count, number)
            @INIT
        """)

        class Sub(mod.Counted):
            pass

        for kind in (mod.Counted, Sub):
            dicts = [kind({number: str(number)}, key=number) for number in range(200)]
            for number, item in enumerate(dicts):
                for _ in range(number % 3):
                    item.count()
                item["new"] = [number]
            gc.collect()
            for number, item in enumerate(dicts):
                assert item == {number: str(number), "key": number, "new": [number]}
                assert item.number == number % 3

    def test_unknown_member_names_itself(self):
        mod = self.make_module(MEMBER + """
            HPyDef_METH(f, "f", HPyFunc_O)
            static HPy f_impl(HPyContext *ctx, HPy self, HPy arg) { return ((unary)MEMBER(280))(ctx, arg); }
            @EXPORT(f)
            @INIT
        """)
        with pytest.raises(SystemError, match="member 280"):
            mod.f(1)


class TestCollector(ModuleTest):
    SOURCE = """
        typedef struct { HPyField field; long number; } Node;
        HPyType_HELPERS(Node, HPyType_BuiltinShape_%(shape)s)
        HPyDef_SLOT(Node_traverse, HPy_tp_traverse)
        static int Node_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
        {
            HPy_VISIT(&((Node *)self)->field);
            return 0;
        }
        static int destroyed;
        HPyDef_SLOT(Node_destroy, HPy_tp_destroy)
        static void Node_destroy_impl(void *self) { destroyed++; }
        HPyDef_METH(Node_set, "set", HPyFunc_O)
        static HPy Node_set_impl(HPyContext *ctx, HPy self, HPy arg)
        {
            Node *node = Node_AsStruct(ctx, self);
            HPyField_Store(ctx, self, &node->field, arg);
            node->number++;
            return HPy_Dup(ctx, ctx->h_None);
        }
        HPyDef_METH(Node_get, "get", HPyFunc_NOARGS)
        static HPy Node_get_impl(HPyContext *ctx, HPy self)
        {
            Node *node = Node_AsStruct(ctx, self);
            if (HPyField_IsNull(node->field))
                return HPy_Dup(ctx, ctx->h_None);
            return HPyField_Load(ctx, self, node->field);
        }
        HPyDef_MEMBER(Node_number, "number", HPyMember_LONG, offsetof(Node, number))
        @TYPE(Node, shape=%(shape)s, base=ctx->%(base)s, flags=HAVE_GC, Node_traverse, Node_destroy, Node_set, Node_get, Node_number)
        HPyDef_METH(count, "destroyed", HPyFunc_NOARGS)
        static HPy count_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, destroyed); }
        HPyDef_METH(build, "build", HPyFunc_O)
        static HPy build_impl(HPyContext *ctx, HPy self, HPy arg)
        {
            HPyListBuilder builder = HPyListBuilder_New(ctx, 500);
            for (int i = 0; i < 500; i++) {
                HPy item = HPy_CallTupleDict(ctx, arg, HPy_NULL, HPy_NULL);
                if (HPy_IsNull(item)) {
                    HPyListBuilder_Cancel(ctx, builder);
                    return HPy_NULL;
                }
                HPyListBuilder_Set(ctx, builder, i, item);
                HPy_Close(ctx, item);
            }
            return HPyListBuilder_Build(ctx, builder);
        }
        @EXPORT(count, build)
        @INIT
    """

    @pytest.mark.parametrize("shape, base, value", [("Object", "h_BaseObjectType", None), ("List", "h_ListType", [1, 2]), ("Long", "h_LongType", 1 << 70),
                                                    ("Float", "h_FloatType", 1.5), ("Unicode", "h_UnicodeType", "añ"), ("Tuple", "h_TupleType", (1, "x"))])
    def test_structs_survive(self, shape, base, value):
        mod = self.make_module(self.SOURCE % {"shape": shape, "base": base})

        class Sub(mod.Node):
            pass

        arguments = () if value is None else (value,)
        nodes = []
        for number in range(300):
            node = (Sub if number % 2 else mod.Node)(*arguments)
            node.set([number])
            if number % 2:
                node.attribute = [number]
            nodes.append(node)
            if number % 50 == 0:
                gc.collect()
        gc.collect()
        for number, node in enumerate(nodes):
            assert node.get() == [number]
            assert node.number == 1
            assert not number % 2 or node.attribute == [number]
            assert value is None or node == value
        nodes = node = None
        for _ in range(100):
            mod.Node(*arguments).set([])
        gc.collect()
        assert mod.destroyed() > 300

    def test_handles_in_frames_survive(self):
        mod = self.make_module(self.SOURCE % {"shape": "Object", "base": "h_BaseObjectType"})
        made = []

        def make():
            made.append(len(made))
            if len(made) % 100 == 0:
                gc.collect()
            return [len(made)]

        assert mod.build(make) == [[number + 1] for number in range(500)]

        def fail():
            raise KeyError("stop")

        with pytest.raises(KeyError):
            mod.build(fail)

    def test_structs_are_not_lost(self):
        import copy
        import pickle
        mod = self.make_module("""
            typedef struct { long number; } Number;
            @NEW(Number, number = 7)
            HPyDef_METH(Number_get, "get", HPyFunc_NOARGS)
            static HPy Number_get_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, Number_AsStruct(ctx, self)->number); }
            @TYPE(Number, make, Number_get)
            @INIT
        """)

        class Own(mod.Number):
            def __new__(cls):
                return super().__new__(cls)

        for kind in (mod.Number, Own):
            assert kind().get() == 7
            for attempt in (copy.copy, lambda number: number.__reduce_ex__(2), pickle.dumps):
                with pytest.raises((TypeError, pickle.PicklingError)):
                    attempt(kind())
            with pytest.raises(TypeError, match="is not safe, use .*Number.__new__"):
                object.__new__(kind)

    def test_calls_by_super_reach_the_base(self):
        mod = self.make_module("""
            HPyDef_SLOT(Base_repr, HPy_tp_repr)
            static HPy Base_repr_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "base"); }
            HPyDef_SLOT(Derived_repr, HPy_tp_repr)
            static HPy Derived_repr_impl(HPyContext *ctx, HPy self)
            {
                HPy type = HPy_GetAttr_s(ctx, self, "base");
                HPy method = HPy_GetAttr_s(ctx, type, "__repr__");
                HPy text = HPy_Call(ctx, method, &self, 1, HPy_NULL);
                HPy prefix = HPyUnicode_FromString(ctx, "derived of ");
                HPy result = HPy_Add(ctx, prefix, text);
                HPy_Close(ctx, type);
                HPy_Close(ctx, method);
                HPy_Close(ctx, text);
                HPy_Close(ctx, prefix);
                return result;
            }
            @TYPE(Base, Base_repr)
            @TYPE(Derived, base=Base, Derived_repr)
            @INIT
        """)
        mod.Derived.base = mod.Base
        assert repr(mod.Derived()) == "derived of base"

        class Python(mod.Derived):
            def __repr__(self):
                return "python, " + super().__repr__()

        assert repr(Python()) == "python, derived of base"


class TestHandles(ModuleTest):
    def make(self):
        return self.make_module("""
            #include <stdlib.h>
            #include <string.h>
            typedef struct Link { struct Link *next; HPy item; } Link;
            static HPy call(HPyContext *ctx, HPy function) { return HPy_CallTupleDict(ctx, function, HPy_NULL, HPy_NULL); }

            /* The results of so many calls in allocated memory: an array, and a list that starts at its last item. */
            HPyDef_METH(gather, "gather", HPyFunc_VARARGS)
            static HPy gather_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
            {
                long count = HPyLong_AsLong(ctx, args[1]);
                HPy *array = malloc(count * sizeof(HPy));
                Link *list = NULL;
                for (long i = 0; i < count; i++) {
                    array[i] = call(ctx, args[0]);
                    Link *link = malloc(sizeof(Link));
                    link->item = call(ctx, args[0]);
                    link->next = list;
                    list = link;
                }
                HPy result = HPyTuple_FromArray(ctx, array, count);
                HPyListBuilder builder = HPyListBuilder_New(ctx, count);
                for (long i = 0; i < count; i++) {
                    HPy_Close(ctx, array[i]);
                    Link *link = list;
                    HPyListBuilder_Set(ctx, builder, count - 1 - i, link->item);
                    HPy_Close(ctx, link->item);
                    list = link->next;
                    free(link);
                }
                free(array);
                HPy other = HPyListBuilder_Build(ctx, builder);
                HPy pair = HPyTuple_Pack(ctx, 2, result, other);
                HPy_Close(ctx, result);
                HPy_Close(ctx, other);
                return pair;
            }

            /* A queue: the oldest handle is closed first. The last function is called before the call is over. */
            HPyDef_METH(queue, "queue", HPyFunc_VARARGS)
            static HPy queue_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
            {
                long count = HPyLong_AsLong(ctx, args[2]), length = HPyLong_AsLong(ctx, args[3]);
                HPy *waiting = calloc(length, sizeof(HPy));
                for (long i = 0; i < count; i++) {
                    if (i >= length) HPy_Close(ctx, waiting[i % length]);
                    waiting[i % length] = call(ctx, args[0]);
                }
                HPy result = call(ctx, args[1]);
                for (long i = 0; i < length; i++) HPy_Close(ctx, waiting[i]);
                free(waiting);
                return result;
            }

            HPyDef_METH(tracked, "tracked", HPyFunc_VARARGS)
            static HPy tracked_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
            {
                for (long i = HPyLong_AsLong(ctx, args[2]); i > 0; i--) {
                    HPyTracker tracker = HPyTracker_New(ctx, 4);
                    for (int k = 0; k < 4; k++) HPyTracker_Add(ctx, tracker, call(ctx, args[0]));
                    HPyTracker_Close(ctx, tracker);
                }
                return call(ctx, args[1]);
            }
            @EXPORT(gather, queue, tracked)
            @INIT
        """)

    def test_in_allocated_memory(self):
        mod = self.make()
        made = []

        def make():
            made.append(len(made))
            if len(made) % 500 == 0:
                gc.collect()
            return ["item", len(made)]

        array, links = mod.gather(make, 3000)
        assert [number for _, number in array] == list(range(1, 6000, 2))
        assert [number for _, number in links] == list(range(2, 6001, 2))
        # Calls within calls have their own.
        made.clear()
        array, links = mod.gather(lambda: mod.gather(make, 5), 40)
        assert [number for pair in zip(array, links) for array, links in pair for pair in zip(array, links) for _, number in pair] == list(range(1, 801))

    @pytest.mark.parametrize("name", ["queue", "tracked"])
    def test_closed_ones_are_not_kept(self, name):
        import weakref
        mod = self.make()

        class Item:
            pass

        items = weakref.WeakSet()

        def make():
            item = Item()
            items.add(item)
            return item

        def count():
            gc.collect()
            return len(items)

        function = mod.queue if name == "queue" else mod.tracked
        arguments = (5000, 50) if name == "queue" else (1500,)
        assert function(make, count, *arguments) < 1000
        gc.collect()
        assert len(items) < 10

    def test_memory_of_the_dead(self):
        mod = self.make_module("""
            #include <stdlib.h>
            #include <string.h>
            typedef struct { char *memory; } Big;
            static long alive, most;
            static char *take(void)
            {
                if (++alive > most) most = alive;
                return memset(malloc(1 << 20), 1, 1 << 20);
            }
            static void give(void *memory) { free(memory); alive--; }
            @NEW(Big, memory = take())
            HPyDef_SLOT(Big_destroy, HPy_tp_destroy)
            static void Big_destroy_impl(void *self) { give(((Big *)self)->memory); }
            HPyCapsule_DESTRUCTOR(destructor)
            static void destructor_impl(const char *name, void *pointer, void *context) { give(pointer); }
            HPyDef_METH(capsule, "capsule", HPyFunc_NOARGS)
            static HPy capsule_impl(HPyContext *ctx, HPy self) { return HPyCapsule_New(ctx, take(), "memory", &destructor); }
            HPyDef_METH(peak, "peak", HPyFunc_NOARGS)
            static HPy peak_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, most); }
            @TYPE(Big, make, Big_destroy)
            @EXPORT(capsule, peak)
            @INIT
        """)
        for make in (mod.Big, mod.capsule):
            for _ in range(600):
                make()
        assert mod.peak() < 300


class TestImport(ModuleTest):
    def test_without_a_stub(self, tmpdir):
        module = self.compile_module("""
            HPyDef_METH(f, "f", HPyFunc_NOARGS)
            static HPy f_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, ctx->name); }
            @EXPORT(f)
            @INIT
        """, name="nostub")
        folder = os.path.dirname(module.so_filename)
        for stub in ("nostub.py",):
            if os.path.exists(os.path.join(folder, stub)):
                os.remove(os.path.join(folder, stub))
        code = "import nostub; print(nostub.f().split(' (')[0], nostub.__file__.endswith('.hpy0.so'), nostub.__spec__.name)"
        for setting, name in ((None, "HPy Universal ABI"), ("debug", "HPy Debug Mode ABI"), ("other:debug,nostub:trace", "HPy Trace Mode ABI"),
                              ("other:debug", "HPy Universal ABI"), ("trace:nostub", "HPy Trace Mode ABI"), ("debug:other,debug:nostub", "HPy Debug Mode ABI")):
            environment = {**os.environ, "PYTHONPATH": folder}
            environment.pop("HPY", None)
            if setting:
                environment["HPY"] = setting
            out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
            assert out.stdout == f"{name} True nostub\n", out.stderr

    def test_names(self):
        import hpy.universal
        assert (hpy.universal._debug.__name__, hpy.universal._trace.__name__) == ("hpy.debug._debug", "hpy.trace._trace")
        for name, wrong in (("simpl\udc80", r"'\\udc80' in position 5"), ("package\xe9.simpl\xe9", r"'\\xe9' in position 5")):
            with pytest.raises(UnicodeEncodeError, match=wrong):
                hpy.universal.load(name, "nowhere.hpy0.so", None)
        path = self.compile_module("""
            HPyDef_METH(f, "f", HPyFunc_NOARGS)
            static HPy f_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, 1); }
            @EXPORT(f)
            @INIT
        """, name="named").so_filename

        class Spec:
            name = 5

        with pytest.raises(TypeError):
            hpy.universal.load("named", path, Spec)
        Spec.name = "named"
        assert hpy.universal.load("p\xe4ckage.named", path, Spec).f() == 1

    def test_tags_of_others(self, tmpdir):
        """Whatever interpreter and platform a file's name bears: it is found where the path says, with packages and namespace packages, and the listing follows the folder."""
        import shutil
        built = self.compile_module("""
            HPyDef_METH(f, "f", HPyFunc_NOARGS)
            static HPy f_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "here"); }
            @EXPORT(f)
            @INIT
        """, name="tagged").so_filename
        for place in ("plain", "package/inner", "spaces/name/space", "shadow", "two", "later"):
            tmpdir.join(place).ensure(dir=True)
        tmpdir.join("package", "inner", "__init__.py").write("")
        tmpdir.join("shadow", "tagged.py").write("f = lambda: 'shadow'")
        tmpdir.join("plain", "tagged").ensure(dir=True)

        def put(*path):
            shutil.copy(built, str(tmpdir.join(*path)))

        put("plain", "tagged.hpy0-cp311-x86_64-linux-gnu.so")
        put("package", "inner", "tagged.hpy0-pp73.so")
        put("spaces", "name", "space", "tagged.hpy0-graalpy-24.2.1.so")
        put("two", "tagged.hpy0-cp310-darwin.so")
        put("two", "tagged.hpy0-zz-x86_64-linux-gnu.so")
        put("two", "other.hpy0-.so")
        put("two", "tagged.hpy1-cp311.so")
        tmpdir.join("two", "broken.hpy0-pp73.so").write("no library")
        code = """if True:
            import importlib, inspect, os, shutil, sys
            root = sys.argv[1]
            def at(*places):
                sys.modules.pop("tagged", None)
                sys.path[:] = [os.path.join(root, place) for place in places] + start
                module = importlib.import_module("tagged")
                return module.f(), os.path.basename(module.__file__)
            start = list(sys.path)
            print(at("plain"), at("plain", "shadow"), at("shadow", "plain"), at("two"))
            sys.path.insert(0, root)
            import package.inner.tagged, spaces.name.space.tagged
            print(package.inner.tagged.__name__, spaces.name.space.tagged.f(), type(spaces.__path__).__name__)
            print(inspect.getmodulename(package.inner.tagged.__file__), type(package.inner.tagged.__spec__.loader).__name__, inspect.isbuiltin(package.inner.tagged.f))
            for name in ("other", "missing"):
                try:
                    importlib.import_module(name)
                except ModuleNotFoundError as error:
                    print(error)
            sys.path.insert(0, os.path.join(root, "two"))
            try:
                import broken
            except ImportError as error:
                print(type(error).__name__, error.name, os.path.basename(error.path), "file too short" in str(error))
            sys.path.insert(0, os.path.join(root, "later"))
            sys.modules.pop("tagged")
            try:
                import nowhere
            except ImportError:
                pass
            shutil.copy(package.inner.tagged.__file__, os.path.join(root, "later", "tagged.hpy0-new.so"))
            importlib.invalidate_caches()
            print(os.path.basename(importlib.import_module("tagged").__file__))
        """
        environment = {**os.environ}
        environment.pop("HPY", None)
        out = subprocess.run([sys.executable, "-c", code, str(tmpdir)], env=environment, capture_output=True, text=True)
        assert out.stdout.splitlines() == [
            "('here', 'tagged.hpy0-cp311-x86_64-linux-gnu.so') ('here', 'tagged.hpy0-cp311-x86_64-linux-gnu.so') ('shadow', 'tagged.py') ('here', 'tagged.hpy0-zz-x86_64-linux-gnu.so')",
            "package.inner.tagged here _NamespacePath",
            "tagged ExtensionFileLoader True",
            "No module named 'other'",
            "No module named 'missing'",
            "ImportError broken broken.hpy0-pp73.so True",
            "tagged.hpy0-new.so",
        ], out.stderr

    def test_trace_mode_counts_by_module(self):
        source = """
            HPyDef_METH(f, "f", HPyFunc_NOARGS)
            static HPy f_impl(HPyContext *ctx, HPy self) { return HPyUnicode_FromString(ctx, "text"); }
            @EXPORT(f)
            @INIT
        """
        folders = [os.path.dirname(self.compile_module(source, name=name).so_filename) for name in ("first", "second")]
        code = """if True:
            import first, second
            from hpy.trace import get_call_counts, get_durations
            for _ in range(5): first.f()
            for _ in range(3): second.f()
            print([get_call_counts(*which)["ctx_Unicode_FromString"] for which in ((), ("first",), (second,))])
            times = [get_durations(*which)["ctx_Unicode_FromString"] for which in ((), ("first",), (second,))]
            print(times[0] == times[1] + times[2] > 0)
            try:
                get_call_counts("third")
            except ValueError as error:
                print(error)
        """
        environment = {**os.environ, "HPY": "trace", "PYTHONPATH": os.pathsep.join(folders)}
        out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert out.stdout == "[8, 5, 3]\nTrue\nmodule 'third' was not loaded in trace mode\n", out.stderr

    def test_legacy_methods_are_refused(self):
        with pytest.raises(ImportError, match="legacy methods.*--hpy-abi=universal"):
            self.make_module("""
                static HPyModuleDef moduledef = { .legacy_methods = (cpy_PyMethodDef *)1 };
                @HPy_MODINIT(moduledef)
            """)

    def test_legacy_types_are_refused(self):
        with pytest.raises(ImportError, match="legacy"):
            self.make_module("""
                static HPyType_Spec Old_spec = { .name = "mytest.Old", .builtin_shape = HPyType_BuiltinShape_Legacy };
                @EXPORT_TYPE("Old", Old_spec)
                @INIT
            """)
