"""Exceptions raised and caught in loops that are compiled: what programs can see of them must be as it is without a compiler."""
import os
import sys
import traceback
from harness import Countdown, run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1200 if "TAIPAN_GC" in os.environ else 2400


class Failure(Exception):
    def __init__(self, code, text="failed"):
        super().__init__(code, text)
        self.code = code


class Worse(Failure):
    pass


class Plain(Exception):
    pass


def entries(error):
    """Function, line relative to the function's first, and the sorted names and simple values of locals for each traceback entry."""
    result = []
    tb = error.__traceback__
    while tb is not None:
        frame = tb.tb_frame
        values = sorted((name, value) for name, value in frame.f_locals.items() if isinstance(value, (int, str)))
        result.append((frame.f_code.co_name, tb.tb_lineno - frame.f_code.co_firstlineno, values))
        tb = tb.tb_next
    return result


def thrower(n, kind):
    local = n * 2
    if kind == 0:
        raise Failure(n)
    if kind == 1:
        raise Plain
    if kind == 2:
        raise ValueError("value", n) from None
    return local


def middle(n, kind):
    before = "m%d" % (n % 3)
    return thrower(n + 1, kind) + len(before)


def test_tracebacks_of_inlined_frames():
    last = None
    total = 0
    for i in range(ROUNDS):
        try:
            total += middle(i, i % 4)
        except Failure as error:
            total += error.code
            if i >= ROUNDS - 8:
                last = entries(error)
        except (Plain, ValueError) as error:
            total += len(error.args)
            if i >= ROUNDS - 8:
                other = entries(error)
    failures = sum(i + 1 for i in range(0, ROUNDS, 4))
    assert total == failures + 2 * (ROUNDS // 4) + sum(2 * (i + 1) + 2 for i in range(3, ROUNDS, 4)), total
    names = [name for name, _, _ in last]
    assert names == ["test_tracebacks_of_inlined_frames", "middle", "thrower"], last
    assert last[1][1:] == (2, [("before", "m%d" % ((ROUNDS - 4) % 3)), ("kind", 0), ("n", ROUNDS - 4)]), last
    assert last[2][1:] == (3, [("kind", 0), ("local", 2 * (ROUNDS - 3)), ("n", ROUNDS - 3)]), last
    assert [line for _, line, _ in other] == [5, 2, 7], other


def recurse(n, i):
    if n == 0:
        if i % 2:
            raise Worse(i)
        return i
    return recurse(n - 1, i) + 1


def test_through_recursion():
    caught = total = depth = 0
    for i in range(ROUNDS):
        try:
            total += recurse(i % 7, i)
        except Failure as error:
            caught += error.code
            depth += len(entries(error))
    assert caught == sum(range(1, ROUNDS, 2)), caught
    assert total == sum(i + i % 7 for i in range(0, ROUNDS, 2)), total
    assert depth == sum(2 + i % 7 for i in range(1, ROUNDS, 2)), depth


def chained(i):
    try:
        thrower(i, 0)
    except Failure as error:
        if i % 2:
            raise KeyError(i) from error
        raise IndexError(i)
    finally:
        counts.append(i)


counts = []


def test_causes_and_contexts():
    del counts[:]
    causes = contexts = suppressed = 0
    for i in range(ROUNDS):
        try:
            chained(i)
        except LookupError as error:
            suppressed += error.__suppress_context__
            if error.__cause__ is not None:
                causes += error.__cause__.code
                assert error.__cause__ is error.__context__
            contexts += error.__context__.code
            assert error.__context__.__context__ is None
            last = error
    assert causes == sum(range(1, ROUNDS, 2)) and contexts == sum(range(ROUNDS)) and suppressed == ROUNDS // 2 and len(counts) == ROUNDS
    lines = traceback.format_exception(last)
    text = "".join(lines)
    assert text.count("direct cause") == 1 and "Failure: (%d, 'failed')" % (ROUNDS - 1) in text and "KeyError: %d" % (ROUNDS - 1) in text, text


def test_raised_again():
    seen = []
    for i in range(ROUNDS):
        try:
            try:
                thrower(i, i % 3)
            except Plain:
                raise
            except Failure as error:
                kept = error
                raise kept
        except Exception as error:
            if i >= ROUNDS - 3:
                seen.append([(name, line) for name, line, _ in entries(error)])
    assert sorted(seen, key=str) == [
        [("test_raised_again", 10), ("test_raised_again", 5), ("thrower", 3)],
        [("test_raised_again", 5), ("thrower", 5)],
        [("test_raised_again", 5), ("thrower", 7)],
    ], seen


def swallow(i, log):
    try:
        thrower(i, i % 4)
    except Plain:
        return "plain"
    else:
        log["fine"] = log.get("fine", 0) + 1
        return "fine"
    finally:
        log["finally"] = log.get("finally", 0) + 1


def test_finally_and_else():
    log, results = {}, {}
    for i in range(ROUNDS):
        try:
            result = swallow(i, log)
        except Failure:
            result = "failure"
        except ValueError as error:
            result = error.args[0]
        results[result] = results.get(result, 0) + 1
    assert log == {"finally": ROUNDS, "fine": ROUNDS // 4}, log
    assert results == dict.fromkeys(("failure", "plain", "value", "fine"), ROUNDS // 4), results


class Manager:
    entered = left = 0
    kinds = ()

    def __init__(self, *swallowed):
        self.kinds = swallowed

    def __enter__(self):
        Manager.entered += 1
        return self

    def __exit__(self, kind, error, tb):
        Manager.left += 1
        if kind is not None:
            assert error.__traceback__ is tb and type(error) is kind
            return issubclass(kind, self.kinds)
        return False


def test_context_managers():
    Manager.entered = Manager.left = 0
    through = 0
    for i in range(ROUNDS):
        try:
            with Manager(Failure, Plain) as outer, Manager(Plain):
                assert outer.kinds[0] is Failure
                thrower(i, i % 4)
        except ValueError as error:
            through += 1
            last = [(name, line) for name, line, _ in entries(error)]
    assert (Manager.entered, Manager.left, through) == (2 * ROUNDS, 2 * ROUNDS, ROUNDS // 4)
    assert last == [("test_context_managers", 7), ("thrower", 7)], last


def test_errors_of_builtins():
    table = {i: i for i in range(0, 50, 2)}
    items = [1, 2, 3]
    counts = {}
    for i in range(ROUNDS):
        kind = i % 6
        try:
            if kind == 0:
                table[i % 50 + 1]
            elif kind == 1:
                int("x%d" % i)
            elif kind == 2:
                items[i]
            elif kind == 3:
                items.nothing
            elif kind == 4:
                i / (i - i)
            else:
                items + i
        except (KeyError, ValueError) as error:
            name = type(error).__name__
            assert len(error.args) == 1
        except IndexError as error:
            name = str(error)
        except (AttributeError, ZeroDivisionError) as error:
            name = str(error)
            if isinstance(error, AttributeError):
                assert error.name == "nothing" and error.obj is items
        except TypeError as error:
            name = str(error)
            assert error.__traceback__.tb_next is None
        counts[name] = counts.get(name, 0) + 1
    n = ROUNDS // 6 - 1
    assert set(counts) == {"KeyError", "ValueError", "list index out of range", "'list' object has no attribute 'nothing'", "division by zero",
                           'can only concatenate list (not "int") to list'}, counts
    assert all(n <= count <= n + 2 for count in counts.values()), counts


def test_what_is_being_handled():
    for i in range(ROUNDS):
        assert sys.exc_info() == (None, None, None)
        try:
            thrower(i, 0)
        except Failure as error:
            assert sys.exc_info()[1] is error
            try:
                thrower(i, 1)
            except Plain as inner:
                assert sys.exc_info()[1] is inner and inner.__context__ is error
            assert sys.exc_info()[1] is error and sys.exception is not None if hasattr(sys, "exception") else True
        assert sys.exc_info() == (None, None, None)


def numbers(n):
    for i in range(n):
        try:
            got = yield i
            if got == "raise":
                raise Plain(i)
        except Plain as error:
            yield ("caught", error.args[0])


def test_in_generators():
    generator = numbers(ROUNDS)
    caught = plain = 0
    value = next(generator)
    while True:
        try:
            value = generator.send("raise" if plain % 2 and isinstance(value, int) else None)
        except StopIteration:
            break
        if isinstance(value, tuple):
            caught += 1
        else:
            plain += 1
    assert (caught, plain) == (ROUNDS // 2, ROUNDS - 1), (caught, plain)

    def failing():
        for i in range(3):
            yield i
        raise Failure(3)

    total = 0
    for i in range(ROUNDS):
        try:
            for x in failing():
                total += x
        except Failure as error:
            total += error.code
    assert total == 6 * ROUNDS


def context_of_caller():
    for i in range(3):
        try:
            raise Plain(i)
        except Plain as error:
            yield error


def test_contexts_in_generators():
    found = 0
    for i in range(ROUNDS // 4):
        try:
            raise KeyError(i)
        except KeyError as outer:
            for error in context_of_caller():
                found += error.__context__ is outer
    assert found == 3 * (ROUNDS // 4), found


def test_kept_exceptions():
    kept = []
    for i in range(ROUNDS):
        local = [i]
        try:
            middle(i, 0)
        except Failure as error:
            if i % 1000 == 999:
                kept.append(error)
    for number, error in enumerate(kept):
        tb = error.__traceback__.tb_next
        assert tb.tb_frame.f_locals["n"] == number * 1000 + 999 and tb.tb_next.tb_frame.f_back is tb.tb_frame
        assert tb.tb_frame.f_back is error.__traceback__.tb_frame is sys._getframe()
        assert "thrower(n + 1, kind)" in traceback.format_exception(error)[2]


def test_out_of_the_loop():
    def search(limit):
        for i in range(ROUNDS):
            if i == limit:
                raise Worse(i)

    for limit in (ROUNDS - 1, 5, ROUNDS - 2):
        try:
            search(limit)
        except Failure as error:
            assert error.code == limit and [name for name, _, _ in entries(error)] == ["test_out_of_the_loop", "search"]
        else:
            raise AssertionError


def test_iterators_of_classes():
    assert sum(sum(Countdown(5)) + len([x for x in Countdown(i % 5)]) for i in range(ROUNDS // 4)) == 12 * (ROUNDS // 4)
    total = 0
    for i in range(ROUNDS // 4):
        for x in Countdown(4):
            total += x
    assert total == 6 * (ROUNDS // 4)


class Node:
    def __init__(self, value):
        self.value = value

    def describe(self, depth):
        return self.value + depth


class Leaf(Node):
    def __init__(self, value, extra):
        super().__init__(value)
        self.extra = extra

    def describe(self, depth):
        return super().describe(depth + 1) + self.extra

    @classmethod
    def make(cls, value):
        return cls(value, 1)


class Special(Leaf):
    @classmethod
    def make(cls, value):
        made = super().make(value)
        made.extra = 2
        return made


class Numbers(list):
    def __init__(self, items, name):
        super().__init__(items)
        self.name = name

    def append(self, item):
        super().append(item * 2)


def test_super():
    total = 0
    for i in range(ROUNDS):
        for kind in (Leaf, Special):
            total += kind.make(i).describe(i & 3)
        numbers = Numbers((i, 1), "n")
        numbers.append(i)
        total += sum(numbers) + len(numbers.name)
    assert total == sum(2 * (i + (i & 3) + 1) + 3 + i + 1 + 2 * i + 1 for i in range(ROUNDS)), total


def test_generators_that_end_under_next():
    def once(log):
        log[0] += 1
        yield log[0]
        log[0] += 1

    def use(count):
        log, caught = [0], []
        for i in range(count):
            generator = once(log)
            value = next(generator)
            try:
                next(generator)
            except StopIteration as error:
                caught.append((value, error.value, error.args, error.__context__, error.__traceback__.tb_next))
            assert next(generator, "over") == "over"
        return log[0], len(caught), set(item[1:] for item in caught)
    assert use(3000) == (6000, 3000, {(None, (), None, None)})

    def handling(count):
        contexts = []
        for i in range(count):
            generator = once([i])
            next(generator)
            try:
                try:
                    raise KeyError(i)
                except KeyError:
                    next(generator)
            except StopIteration as error:
                contexts.append(error.__context__.args)
        return contexts
    assert handling(3000) == [(i,) for i in range(3000)]

    def returning(count):
        def giving(value):
            yield
            return value
        values = []
        for i in range(count):
            generator = giving(None if i % 3 else i)
            next(generator)
            try:
                next(generator)
            except StopIteration as error:
                values.append(error.value)
        return values
    assert returning(3000) == [None if i % 3 else i for i in range(3000)]

    def outer(count):
        def inner():
            for i in range(count):
                generator = once([i])
                next(generator)
                next(generator)
                yield i
        return list(inner())
    try:
        outer(3000)
    except RuntimeError as error:
        assert str(error) == "generator raised StopIteration"
    else:
        assert False


def test_context_managers_that_are_generators():
    from contextlib import contextmanager

    @contextmanager
    def tag(items, name):
        items.append(name)
        try:
            yield len(items)
        except ValueError:
            items.append("caught")
        finally:
            items.append("/" + name)

    def use(count):
        items, total = [], 0
        for i in range(count):
            with tag(items, "a") as outer, tag(items, "b") as inner:
                total += inner - outer
                if i % 5 == 0:
                    raise_if_asked(i)
                if len(items) > 50:
                    items.clear()
        return total, items[-4:]

    def raise_if_asked(i):
        if i % 10 == 0:
            raise ValueError(i)
    assert use(3000) == (3000, ["a", "b", "/b", "/a"])


def test_deletions_in_loops():
    class Record:
        pass

    def attributes(count):
        record, missing = Record(), 0
        for i in range(count):
            record.a = i
            if i % 7:
                record.b = i
            del record.a
            try:
                del record.b
            except AttributeError as error:
                missing += 1
                text = str(error)
        return missing, text, vars(record)
    assert attributes(3000) == (429, "'Record' object has no attribute 'b'", {})

    def items(count):
        table, numbers, missing = {}, [0], 0
        for i in range(count):
            table[i % 10] = i
            numbers.append(i)
            del numbers[0]
            try:
                del table[(i + i % 2) % 10]
            except KeyError:
                missing += 1
        return missing, numbers, len(table)
    assert items(3000) == (1500, [2999], 5)


def test_names_of_a_module_that_come_and_go():
    source = """
total = 0
def check(x):
    if x % 5 == 0:
        raise ValueError(x)
    return x
for i in range(5000):
    try:
        total += check(i)
    except ValueError as error:
        total -= error.args[0]
    if i % 1000 == 999:
        new = i
        late = new
        del new
names = sorted(name for name in globals() if not name.startswith("__"))
try:
    error
except NameError as failure:
    text = str(failure)
for i in range(3000):
    temporary = i
    keep = temporary
    del temporary
    try:
        temporary
    except NameError:
        total += 1
"""
    several = """
total = 0
def check(x):
    if x % 5 < 2:
        raise (ValueError, KeyError)[x % 5](x)
    return x
for i in range(5000):
    try:
        total += check(i)
    except ValueError as error:
        total += error.args[0]
    except KeyError as missing:
        total -= missing.args[0]
    if i % 3 == 0:
        temporary = later = i
        del temporary
        assert "temporary" not in globals() and globals()["later"] == i
        del later
assert not {"error", "missing", "later", "temporary"} & set(globals())
"""
    space = {}
    exec(compile(several, "several", "exec"), space)
    assert space["total"] == sum(-i if i % 5 == 1 else i for i in range(5000))
    space = {}
    exec(compile(source, "module", "exec"), space)
    assert space["names"] == ["check", "i", "late", "total"], space["names"]
    assert space["text"] == "name 'error' is not defined"
    assert space["total"] == sum(i if i % 5 else -i for i in range(5000)) + 3000
    assert "temporary" not in space and space["keep"] == 2999


def lines(traceback):
    found = []
    while traceback:
        found.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    return found


def raising(value):
    raise ValueError(value)


def test_a_traceback_is_replaced():
    def given(value):
        try:
            raising(value)
        except ValueError as error:
            error.with_traceback(other)
            try:
                raise error
            except ValueError as again:
                return again

    def given_at_once(value, traceback):
        try:
            raise ValueError(value).with_traceback(traceback)
        except ValueError as error:
            return error

    try:
        raising(1)
    except ValueError as error:
        other = error.__traceback__
    seen = set()
    for n in range(3000):
        seen.add(tuple(lines(given(n).__traceback__)))
        seen.add((n % 7 == 3, *lines(given_at_once(n, other if n % 7 == 3 else None).__traceback__)))
    assert seen == {("given", "test_a_traceback_is_replaced", "raising"), (True, "given_at_once", "test_a_traceback_is_replaced", "raising"), (False, "given_at_once")}, seen


def chain(error):
    found = []
    while error is not None and len(found) < 8:
        found.append(type(error))
        error = error.__context__
    return tuple(found)


def test_a_chain_has_no_circle():
    seen = set()
    for n in range(3000):
        first = ValueError(n)
        try:
            raise KeyError(n)
        except KeyError as key:
            try:
                raise first
            except ValueError:
                try:
                    raise key
                except KeyError as last:
                    seen.add(chain(last))
    assert seen == {(KeyError, ValueError)}, seen
    seen.clear()
    for n in range(3000):
        first = ValueError(n)
        try:
            raise KeyError(n)
        except KeyError as key:
            key.__context__ = first
            try:
                raise first
            except ValueError as last:
                seen.add(chain(last))
    assert seen == {(ValueError, KeyError)}, seen


def test_who_raises_an_error_again_has_called_nobody():
    def caught(value):
        try:
            raising(value)
        except ValueError as error:
            return error

    def raised_by_another(error):
        try:
            raise error
        except ValueError as again:
            return again

    def both(value):
        return raised_by_another(caught(value))

    def one_in_the_other(value):
        try:
            raising(value)
        except ValueError as error:
            return raised_by_another(error)

    for n in range(3000):
        for function in (both, one_in_the_other):
            entry = function(n).__traceback__
            while entry:
                callers, frame = [], entry.tb_frame
                while frame and len(callers) < 40:
                    callers.append(frame.f_code.co_name)
                    frame = frame.f_back
                assert len(callers) < 40 and "raised_by_another" not in callers[1:], callers
                entry = entry.tb_next


run(globals())
