"""hashlib's and hmac's parts that come from OpenSSL, and pickling of native callables."""
import hashlib
import hmac
import math
import pickle

from harness import raises, run


def test_key_derivation():
    assert hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 1000).hex() == "0a38253555ce37f5c72a6b703f996814ebf241f203af146e93dcdeb031c5567e"
    assert hashlib.scrypt(b"pw", salt=b"salt", n=16, r=8, p=1, dklen=10).hex() == "c5d06c368e4a07b8a98e"
    raises(ValueError, "[digital envelope routines] unsupported", hashlib.pbkdf2_hmac, "nope", b"", b"", 1)
    raises(ValueError, "iteration value must be greater than 0.", hashlib.pbkdf2_hmac, "sha1", b"", b"", 0)
    raises(ValueError, "n must be a power of 2.", hashlib.scrypt, b"", salt=b"", n=15, r=8, p=1)


def test_message_codes():
    code = hmac.new(b"k", b"m", "sha256")
    other = code.copy()
    other.update(b"z")
    assert code.hexdigest() == "b60090e3052297aeb5a080889ce2fc4bca957e756faeb4df7d31800ca1e771ec" != other.hexdigest()
    assert hmac.digest(b"k", b"m", "md5").hex() == hmac.new(b"k", b"m", hashlib.md5).hexdigest() == "ed7e724d3a91554aaa2043041d9c5305"
    assert code.name == "hmac-sha256" and code.block_size == 64


def test_other_hashes():
    assert hashlib.new("sm3", b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert "sha512_256" in hashlib.algorithms_available
    raises(ValueError, "unsupported hash type nope", hashlib.new, "nope")


def test_native_callables_are_pickled():
    for function in (len, math.sqrt, dict.fromkeys, str.join, int.__add__, (1).__add__, type.mro, int.from_bytes):
        for protocol in range(6):
            copy = pickle.loads(pickle.dumps(function, protocol))
            assert copy == function, (function, protocol)
    assert [].append.__reduce__() == (getattr, ([], "append")) and len.__reduce__() == "len"


run(globals())
