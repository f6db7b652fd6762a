"""The hash algorithms, over lengths about their block sizes."""
import hashlib

from harness import run

DATA = bytes(range(256)) * 2


def test_known_digests():
    assert hashlib.md5(b"abc").hexdigest() == "900150983cd24fb0d6963f7d28e17f72"
    assert hashlib.sha1(b"abc").hexdigest() == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert hashlib.sha224(b"abc").hexdigest() == "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"
    assert hashlib.sha256(b"abc").hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashlib.sha384(b"abc").hexdigest().startswith("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163")
    assert hashlib.sha512(b"abc").hexdigest().startswith("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2")
    assert hashlib.sha3_256(b"abc").hexdigest() == "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"
    assert hashlib.shake_128(b"abc").hexdigest(8) == "5881092dd818bf5c"
    assert hashlib.blake2b(b"abc").hexdigest().startswith("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b7")
    assert hashlib.blake2s(b"abc").hexdigest() == "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"


def test_pieces_equal_the_whole():
    for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"):
        for size in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 136, 200):
            whole = hashlib.new(name, DATA[:size])
            pieces = hashlib.new(name)
            for at in range(0, size, 7):
                pieces.update(DATA[at:min(at + 7, size)])
            assert pieces.digest() == whole.digest(), (name, size)
            assert pieces.copy().hexdigest() == whole.hexdigest(), (name, size)


def test_two_pieces_of_many_blocks():
    data = bytes(index * 7 & 255 for index in range(700))
    known = {"md5": "b0ae7df1", "sha1": "cbed13ee", "sha256": "f8756e53", "sha512": "a30a3b86", "sha3_512": "92ffa3a1", "shake_256": "8d05865b", "blake2b": "650b5e68", "blake2s": "8e931cec"}
    for name, start in known.items():
        length = (20,) if name.startswith("shake") else ()
        whole = hashlib.new(name, data).hexdigest(*length)
        assert whole.startswith(start), (name, whole)
        for cut in range(0, 700, 9):
            pieces = hashlib.new(name, data[:cut])
            pieces.update(data[cut:])
            pieces.update(b"")
            assert pieces.hexdigest(*length) == whole, (name, cut)


def test_blake2_with_parameters():
    digests = []
    for key, size in ((b"", 20), (b"k" * 32, 32), (b"secret", 1)):
        for kind in (hashlib.blake2b, hashlib.blake2s):
            one = kind(DATA, digest_size=size, key=key, salt=b"salt", person=b"person", fanout=2, depth=3, leaf_size=4096, node_offset=5, node_depth=1,
                       inner_size=32, last_node=True)
            digests.append(one.hexdigest()[:8])
    assert digests == ["95ab189e", "906ccd11", "55dd6d13", "cdc7549f", "48", "ce"], digests


def test_text_is_refused():
    try:
        hashlib.sha256("text")
    except TypeError:
        pass
    else:
        assert False


run(globals())
