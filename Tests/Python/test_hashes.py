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


def test_text_is_refused():
    try:
        hashlib.sha256("text")
    except TypeError:
        pass
    else:
        assert False


run(globals())
