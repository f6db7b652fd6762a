"""itertools, collections, functools, operator, queue, contextvars and abc: what CPython writes in C."""
import abc, collections, collections.abc, contextvars, copy, functools, itertools, operator, pickle, queue
from harness import raises, run


def test_accumulate_chain_cycle():
    assert list(itertools.accumulate([1, 2, 3])) == [1, 3, 6] and list(itertools.accumulate([1, 2, 3], operator.mul, initial=2)) == [2, 2, 4, 12]
    assert list(itertools.chain("ab", [1], {})) == ["a", "b", 1] and list(itertools.chain.from_iterable(["ab", "c"])) == list("abc")
    assert list(itertools.islice(itertools.cycle("ab"), 5)) == list("ababa") and list(itertools.cycle([])) == []
    assert list(itertools.islice(itertools.count(2**62 - 1), 3)) == [2**62 - 1, 2**62, 2**62 + 1] and repr(itertools.count(1, 2)) == "count(1, 2)"
    raises(TypeError, "chain() takes no keyword arguments", lambda: itertools.chain(a=1))


def test_combinatorics():
    assert ["".join(c) for c in itertools.combinations("abcd", 2)] == ["ab", "ac", "ad", "bc", "bd", "cd"]
    assert ["".join(c) for c in itertools.combinations_with_replacement("abc", 2)] == ["aa", "ab", "ac", "bb", "bc", "cc"]
    assert ["".join(c) for c in itertools.permutations("abc", 2)] == ["ab", "ac", "ba", "bc", "ca", "cb"] and len(list(itertools.permutations(range(6)))) == 720
    assert list(itertools.product("ab", [1, 2])) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] and list(itertools.product()) == [()]
    assert list(itertools.combinations("abc", 4)) == [] and list(itertools.permutations([], 0)) == [()]
    raises(ValueError, "r must be non-negative", lambda: itertools.combinations("abc", -1))
    for make in (lambda: itertools.product("ab", repeat=3), lambda: itertools.permutations("abcd", 2), lambda: itertools.combinations("abcd", 2)):
        whole = list(make())
        for skip in range(len(whole)):
            iterator = make()
            for _ in range(skip):
                next(iterator)
            assert list(pickle.loads(pickle.dumps(iterator))) == whole[skip:]


def test_selection_and_grouping():
    assert list(itertools.dropwhile(lambda v: v < 3, [1, 3, 1])) == [3, 1] and list(itertools.takewhile(lambda v: v < 3, [1, 3, 1])) == [1]
    assert list(itertools.compress("abc", [1, 0, 1])) == ["a", "c"] and list(itertools.filterfalse(None, range(3))) == [0]
    assert list(itertools.islice(range(20), 2, 15, 4)) == [2, 6, 10, 14] and list(itertools.pairwise("abc")) == [("a", "b"), ("b", "c")]
    assert [(k, list(g)) for k, g in itertools.groupby(range(6), lambda v: v // 4)] == [(0, [0, 1, 2, 3]), (1, [4, 5])]
    groups = itertools.groupby("aabb")
    (_, first), (_, second) = next(groups), next(groups)
    assert list(first) == [] and list(second) == ["b", "b"]
    a, b = itertools.tee(iter("abc"))
    next(a)
    c = copy.copy(a)
    assert (list(a), list(b), list(c)) == (["b", "c"], ["a", "b", "c"], ["b", "c"])
    assert list(itertools.zip_longest("ab", [1], fillvalue=0)) == [("a", 1), ("b", 0)]
    raises(ValueError, "Step for islice() must be a positive integer or None.", lambda: itertools.islice([], 1, 2, 0))


def test_deque():
    d = collections.deque("abcd", 4)
    d.append("e")
    d.rotate(1)
    assert d == collections.deque("ebcd") and repr(d) == "deque(['e', 'b', 'c', 'd'], maxlen=4)" and d[-1] == "d" and d.index("c") == 2
    d.remove("b")
    d.appendleft("x")
    del d[1]
    assert list(d) == ["x", "c", "d"] and list(reversed(d)) == ["d", "c", "x"] and pickle.loads(pickle.dumps(d)) == d and copy.copy(d).maxlen == 4
    d = collections.deque()
    for i in range(1000):
        d.append(i)
        if i % 3 == 0:
            d.popleft()
    assert list(d) == list(range(334, 1000))

    def grow():
        for item in d:
            d.append(item)
    raises(RuntimeError, "deque mutated during iteration", grow)
    raises(IndexError, "pop from an empty deque", collections.deque().pop)


def test_dict_kinds():
    d = collections.defaultdict(list)
    d["a"].append(1)
    assert d == {"a": [1]} and repr(d) == "defaultdict(<class 'list'>, {'a': [1]})" and type(d | {}) is collections.defaultdict and d.copy().default_factory is list
    raises(KeyError, "5", lambda: collections.defaultdict(None)[5])
    assert collections.Counter("abracadabra").most_common(2) == [("a", 5), ("b", 2)]
    P = collections.namedtuple("P", "x y")
    assert P(1, 2).y == 2 and P(1, 2)._replace(x=5) == (5, 2) and pickle.loads(pickle.dumps(collections.OrderedDict(a=1))) == {"a": 1}


def test_partial_and_reduce():
    p = functools.partial(int, base=2)
    assert p("101") == 5 and p("77", base=8) == 63 and repr(functools.partial(pow, 2)) == "functools.partial(<built-in function pow>, 2)"
    q = functools.partial(functools.partial(max, 1), 5)
    assert q.args == (1, 5) and q(3) == 5 and functools.reduce(operator.add, [1, 2], 3) == 6
    q.note = "kept"
    assert copy.copy(q).note == "kept"
    raises(TypeError, "reduce() of empty iterable with no initial value", lambda: functools.reduce(max, []))
    assert sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)) == [3, 2, 1]


def test_lru_cache():
    calls = []

    @functools.lru_cache(maxsize=2)
    def f(a, b=0):
        calls.append(a)
        return a
    assert [f(1), f(2), f(1), f(3), f(2), f(1, b=0)] == [1, 2, 1, 3, 2, 1] and calls == [1, 2, 3, 2, 1] and f.cache_info() == (1, 5, 2, 2)
    f.cache_clear()
    assert f.cache_info() == (0, 0, 2, 0)

    @functools.cache
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)
    assert fib(80) == 23416728348467685 and fib.cache_info().currsize == 81

    class C:
        @functools.lru_cache
        def method(self, x):
            return self, x
    c = C()
    assert c.method(1) == (c, 1) and C.method.cache_info().misses == 1


def test_operator_getters():
    assert operator.itemgetter(1)("abc") == "b" and operator.itemgetter(0, 2)([1, 2, 3]) == (1, 3) and operator.attrgetter("real.imag", "real")(5) == (0, 5)
    assert operator.methodcaller("split", "b", maxsplit=1)("abcb") == ["a", "cb"] and repr(operator.methodcaller("f", 1, k=2)) == "operator.methodcaller('f', 1, k=2)"
    for getter, subject in ((operator.itemgetter(1), "abc"), (operator.attrgetter("real"), 5), (operator.methodcaller("split", maxsplit=1), "a b c")):
        assert pickle.loads(pickle.dumps(getter))(subject) == getter(subject)
    assert operator.length_hint(iter([1, 2])) == 2 and operator.countOf([1, 1, 2], 1) == 2 and operator.indexOf("abc", "c") == 2
    raises(TypeError, "attribute name must be a string", lambda: operator.attrgetter(1))


def test_simple_queue():
    q = queue.SimpleQueue()
    for i in range(500):
        q.put(i)
        if i % 2:
            q.get()
    assert q.qsize() == 250 and [q.get() for _ in range(250)] == list(range(250, 500)) and q.empty()
    raises(queue.Empty, "", q.get_nowait)
    raises(queue.Empty, "", lambda: q.get(timeout=0.01))


def test_context_variables():
    v = contextvars.ContextVar("v", default=1)
    token = v.set(2)
    context = contextvars.copy_context()
    v.reset(token)
    assert v.get() == 1 and token.old_value is contextvars.Token.MISSING and context[v] == 2 and context.run(v.get) == 2 and list(context.items()) == [(v, 2)]

    def inside():
        v.set(3)
        return contextvars.copy_context()[v]
    assert context.run(inside) == 3 and context[v] == 3 and v.get() == 1
    raises(LookupError, None, contextvars.ContextVar("w").get)
    raises(RuntimeError, None, lambda: v.reset(token))


def test_abstract_bases():
    class A(abc.ABC):
        @abc.abstractmethod
        def f(self): pass

    class B: pass
    raises(TypeError, "Can't instantiate abstract class A with abstract method f", A)
    before = abc.get_cache_token()
    assert not issubclass(B, A)
    A.register(B)
    assert issubclass(B, A) and isinstance(B(), A) and not isinstance(5, A) and abc.get_cache_token() != before
    raises(RuntimeError, "Refusing to create an inheritance cycle", lambda: type("C", (A,), {}).register(A))
    assert isinstance({}.keys(), collections.abc.Set) and isinstance((), collections.abc.Sequence) and not isinstance([], collections.abc.Mapping)


def test_accumulate_with_a_total_of_none():
    import copy, operator, itertools
    iterator = itertools.accumulate([None, None, None], operator.is_)
    assert next(iterator) is None
    assert list(copy.copy(iterator)) == [True, False]


def test_a_field_of_a_named_tuple_shows_itself():
    import collections
    assert repr(collections.namedtuple("Pair", "first second").second) == "_tuplegetter(1, 'Alias for field number 1')"


def test_count_of_other_ints():
    class Own(int):
        def __add__(self, other):
            return 10

        def __repr__(self):
            return "Own"
    count, islice = itertools.count, itertools.islice
    for arguments, text, items, state in [
            ((True,), "count(1)", [1, 2], (3,)), ((Own(3),), "count(3)", [3, 4], (5,)), ((3, True), "count(3)", [3, 4], (5,)), ((1.5,), "count(1.5)", [1.5, 2.5], (3.5, 1)),
            ((1.5, True), "count(1.5)", [1.5, 2.5], (3.5, True)), ((2**70,), f"count({2**70})", [2**70, 2**70 + 1], (2**70 + 2, 1)), ((Own(3), 2), "count(Own, 2)", [3, 10], None)]:
        counter = count(*arguments)
        assert repr(counter) == text
        if state:
            assert list(islice(counter, 2)) == items and counter.__reduce__() == (count, state), arguments
            assert type(next(counter)) is type(items[0])
        else:
            assert next(counter) == items[0] and next(counter) == items[1]


run(globals())
