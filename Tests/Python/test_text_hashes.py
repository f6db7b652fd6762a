"""Hashes of texts under a fixed seed, and the order of sets that follows from them."""
import os
import subprocess
import sys

from harness import run


def under(seed, source):
    """What a program prints with this PYTHONHASHSEED."""
    return subprocess.run([sys.executable, "-c", source], env=dict(os.environ, PYTHONHASHSEED=seed), capture_output=True, text=True, check=True).stdout


def hashes(seed, *texts):
    return [int(line) for line in under(seed, f"for text in {texts!r}: print(hash(text))").split()]


def test_without_a_key():
    assert under("0", "import sys; print(sys.hash_info.algorithm, sys.flags.hash_randomization)") == "siphash13 0\n"
    assert hashes("0", "", "q", "ab", "hello world") == [0, -7034829226307686046, 6148830537548944441, -5642461784034726774]


def test_characters_are_hashed_as_they_are_stored():
    assert hashes("0", "\xe9", "\u20ac" * 3, "\U0001f600abc") == [6047309291227476195, -850563272605570423, 5931244574321749035]


def test_bytes_like_objects_hash_like_text():
    assert hashes("0", b"", b"q", b"hello world") == [0, -7034829226307686046, -5642461784034726774]
    assert under("0", "print(hash(memoryview(b'hello world')))") == "-5642461784034726774\n"


def test_a_seed_makes_the_key():
    assert hashes("1", "", "hello world") == [0, 4697380503286254714]
    assert hashes("42", "hello world") == [-3893157060480277979]
    assert hashes("4294967295", "hello world") == [6208778848576073069]


def test_lengths_about_eight():
    texts = ["x" * size for size in range(1, 20)]
    seen = hashes("0", *texts)
    assert len(set(seen)) == len(texts) and -1 not in seen
    assert hashes("0", *[text.encode() for text in texts]) == seen


def test_sets_of_texts_have_one_order():
    assert under("0", "print(set('abcdefgh'))") == "{'d', 'f', 'g', 'h', 'b', 'c', 'a', 'e'}\n"
    assert under("0", "s = set('the quick brown fox jumps over the lazy dog and then some more words'.split()); print(*s)") == \
        "more and brown fox then some words the over quick jumps lazy dog\n"
    assert under("0", "print(hash(frozenset('abc')))") == "8636088911049444515\n"


def test_a_frozenset_hashes_alike_in_whatever_way_it_was_filled():
    source = """
texts = [str(n) for n in range(20)]
mixed = set(texts)
mixed.add((1, 2))
mixed.discard((1, 2))
for text in texts:
    assert hash(frozenset([text])) == hash(frozenset(mixed - (set(texts) - {text})))
assert hash(frozenset(mixed)) == hash(frozenset(texts)) and frozenset(mixed) in {frozenset(texts)}
print("same")
"""
    for seed in "0", "1", "random":
        assert under(seed, source) == "same\n"


def test_dates_hash_like_their_bytes():
    source = "import datetime as d; print(hash(d.date(2020, 1, 2)), hash(d.datetime(2020, 1, 2, 3, 4, 5, 6)), hash(d.time(1, 2, 3)))"
    assert under("0", source) == "-431740356303785411 4645762869341500622 801308971495406425\n"
    twice = "import datetime as d; x = [d.date(2020, 1, n) for n in range(1, 20)]; print([hash(y) for y in x] == [hash(y) for y in x] == [hash(d.date(2020, 1, n)) for n in range(1, 20)])"
    assert under("0", twice) == "True\n"


def test_keys_of_all_hashes_are_found():
    source = """
import random
texts = [random.randbytes(random.randrange(1, 20)).hex() for _ in range(3000)]
table, keys = {text: n for n, text in enumerate(texts)}, set(texts)
keys.add((1,))
assert all(text in table and text in keys for text in texts)
for text in texts[::2]:
    table.pop(text, None), keys.discard(text)
assert not any(text in table or text in keys for text in texts[::2])
print("found")
"""
    for seed in "0", "7", "random":
        assert under(seed, source) == "found\n"


run(globals())
