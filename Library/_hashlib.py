"""What hashlib and hmac take from OpenSSL: key derivation, and the hash functions that are not native.

The library is opened when something of it is first needed. The usual hash functions are the native ones, under OpenSSL's names.
"""
import _foreign
import _twins
from _blake2 import blake2b, blake2s
from _md5 import md5 as openssl_md5
from _operator import _compare_digest as compare_digest
from _sha1 import sha1 as openssl_sha1
from _sha256 import sha224 as openssl_sha224, sha256 as openssl_sha256
from _sha3 import (sha3_224 as openssl_sha3_224, sha3_256 as openssl_sha3_256, sha3_384 as openssl_sha3_384, sha3_512 as openssl_sha3_512,
                   shake_128 as openssl_shake_128, shake_256 as openssl_shake_256)
from _sha512 import sha384 as openssl_sha384, sha512 as openssl_sha512

_natives = {"md5": openssl_md5, "sha1": openssl_sha1, "sha224": openssl_sha224, "sha256": openssl_sha256, "sha384": openssl_sha384, "sha512": openssl_sha512,
            "sha3_224": openssl_sha3_224, "sha3_256": openssl_sha3_256, "sha3_384": openssl_sha3_384, "sha3_512": openssl_sha3_512, "shake_128": openssl_shake_128,
            "shake_256": openssl_shake_256, "blake2b": blake2b, "blake2s": blake2s}
_others = {"md5-sha1": "MD5-SHA1", "ripemd160": "RIPEMD160", "sha512_224": "SHA512-224", "sha512_256": "SHA512-256", "sm3": "SM3"}
openssl_md_meth_names = frozenset((*_natives, *_others))
_library = None
# Of the library's functions that were called, and of its hash functions.
_addresses, _digests = {}, {}


class UnsupportedDigestmodError(ValueError):
    __module__ = "_hashlib"


def _call(name, result, codes, *arguments):
    """Call a function of libcrypto."""
    global _library
    if _library is None:
        _library = _foreign.dlopen("libcrypto.so.3", 2)
    address = _addresses.get(name)
    if address is None:
        address = _addresses[name] = _foreign.dlsym(_library, name)
    return _foreign.call(address, result, codes, arguments, 0)


def _place(data):
    return _foreign.buffer_address(data, False)[0]


def _digest(name):
    """OpenSSL's description of a hash function; 0 when there is none."""
    if name in _digests:
        return _digests[name]
    text = _others.get(name, {"sha3_224": "SHA3-224", "sha3_256": "SHA3-256", "sha3_384": "SHA3-384", "sha3_512": "SHA3-512", "shake_128": "SHAKE128", "shake_256": "SHAKE256",
                              "blake2b": "BLAKE2b512", "blake2s": "BLAKE2s256"}.get(name, name)).encode() + b"\0"
    found = _call("EVP_get_digestbyname", "P", "P", _place(text))
    if found:
        _digests[name] = found
    return found


def get_fips_mode():
    """Whether the library works by FIPS alone."""
    return 0


class HASH:
    """A hash of bytes that come in pieces."""
    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_hashlib.HASH' instances")

    @classmethod
    def _make(cls, name):
        digest = _digest(name)
        if not digest:
            raise ValueError("unsupported hash type " + name)
        self = object.__new__(cls)
        self.name = name
        self._context = _foreign.Handle(_call("EVP_MD_CTX_new", "P", ""), _foreign.dlsym(_library, "EVP_MD_CTX_free"))
        if not _call("EVP_DigestInit_ex", "i", "@PP", self._context, digest, 0):
            # Known by name, and not to be had all the same.
            raise ValueError("[digital envelope routines] unsupported")
        self.digest_size, self.block_size = _call("EVP_MD_get_size", "i", "P", digest), _call("EVP_MD_get_block_size", "i", "P", digest)
        return self

    def update(self, obj, /):
        """Go on with more bytes."""
        if isinstance(obj, str):
            raise TypeError("Strings must be encoded before hashing")
        data = bytes(memoryview(obj))
        if data:
            _call("EVP_DigestUpdate", "i", "@PQ", self._context, _place(data), len(data))

    def copy(self):
        """Return a copy of the hash object."""
        other = HASH._make(self.name)
        _call("EVP_MD_CTX_copy_ex", "i", "@@", other._context, self._context)
        return other

    def digest(self):
        """Return the digest value as a bytes object."""
        other, out = self.copy(), bytearray(64)
        _call("EVP_DigestFinal_ex", "i", "@PP", other._context, _place(out), 0)
        return bytes(out[:self.digest_size])

    def hexdigest(self):
        """The hash so far, in hexadecimal."""
        return self.digest().hex()

    def __repr__(self):
        return f"<{self.name} _hashlib.HASH object @ {id(self):#x}>"


def new(name, string=b"", *, usedforsecurity=True):
    """A hash by the name of its function, of some bytes to begin with."""
    if not isinstance(name, str):
        raise TypeError("name must be a string")
    native = _natives.get(name.lower())
    if native is not None:
        return native(string, usedforsecurity=usedforsecurity)
    if name.lower() not in _others:
        raise ValueError("unsupported hash type " + name)
    result = HASH._make(name.lower())
    result.update(string)
    return result


def _name_of(digest):
    """The name of a hash function given as a name or constructor."""
    if isinstance(digest, str):
        return digest
    for name, native in _natives.items():
        if native is digest:
            return name
    raise UnsupportedDigestmodError(f"Unsupported digestmod {digest!r}" if not callable(digest) else f"Unsupported digestmod {digest}")


def _data(value):
    if isinstance(value, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return bytes(memoryview(value))


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """A key from a password, by PBKDF2 with HMAC."""
    if not isinstance(hash_name, str):
        raise TypeError(f"pbkdf2_hmac() argument 'hash_name' must be str, not {type(hash_name).__name__}")
    password, salt = _data(password), _data(salt)
    digest = _digest(hash_name)
    if not digest:
        raise ValueError("[digital envelope routines] unsupported")
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if dklen is None:
        dklen = _call("EVP_MD_get_size", "i", "P", digest)
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    out = bytearray(dklen)
    if not _call("PKCS5_PBKDF2_HMAC", "i", "PiPiiPiP", _place(password or b" "), len(password), _place(salt or b" "), len(salt), iterations, digest, dklen, _place(out)):
        raise ValueError("[digital envelope routines] failed")
    return bytes(out)


def scrypt(password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64):
    """A key from a password, by scrypt."""
    password = _data(password)
    if salt is None:
        raise TypeError("salt is required")
    salt = _data(salt)
    if not isinstance(n, int):
        raise TypeError("n is required and must be an unsigned int")
    if n < 2 or n & n - 1:
        raise ValueError("n must be a power of 2.")
    if not isinstance(r, int):
        raise TypeError("r is required and must be an unsigned int")
    if not isinstance(p, int):
        raise TypeError("p is required and must be an unsigned int")
    if not 0 <= maxmem <= 0x7fffffff:
        raise ValueError(f"maxmem must be positive and smaller than {0x7fffffff}")
    if not 1 <= dklen <= 0x7fffffff:
        raise ValueError(f"dklen must be greater than 0 and smaller than {0x7fffffff}")
    if not _call("EVP_PBE_scrypt", "i", "PQPQQQQQPQ", 0, 0, 0, 0, n, r, p, maxmem, 0, 0):
        _call("ERR_clear_error", "v", "")
        raise ValueError("[digital envelope routines] memory limit exceeded")
    out = bytearray(dklen)
    if not _call("EVP_PBE_scrypt", "i", "PQPQQQQQPQ", _place(password or b" "), len(password), _place(salt or b" "), len(salt), n, r, p, maxmem, _place(out), dklen):
        raise ValueError("[digital envelope routines] failed")
    return bytes(out)


def hmac_digest(key, msg, digest):
    """Single-shot HMAC."""
    key, msg, kind = _data(key), _data(msg), _digest(_name_of(digest))
    if not kind:
        raise UnsupportedDigestmodError(f"Unsupported digestmod {digest}")
    out, size = bytearray(64), bytearray(4)
    if not _call("HMAC", "P", "PPiPQPP", kind, _place(key or b" "), len(key), _place(msg or b" "), len(msg), _place(out), _place(size)):
        raise ValueError("[digital envelope routines] failed")
    return bytes(out[:int.from_bytes(size, "little")])


class HMAC:
    """The HMAC of bytes that come in pieces."""

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_hashlib.HMAC' instances")

    @classmethod
    def _make(cls, name, inner, outer):
        self = object.__new__(cls)
        self._name, self._inner, self._outer = name, inner, outer
        return self

    name = property(lambda self: "hmac-" + self._name)
    digest_size = property(lambda self: self._inner.digest_size)
    block_size = property(lambda self: self._inner.block_size)

    def update(self, msg):
        """Update the HMAC object with msg."""
        self._inner.update(msg)

    def copy(self):
        """Return a copy ("clone") of the HMAC object."""
        return HMAC._make(self._name, self._inner.copy(), self._outer.copy())

    def digest(self):
        """The HMAC so far."""
        outer = self._outer.copy()
        outer.update(self._inner.digest())
        return outer.digest()

    def hexdigest(self):
        """The HMAC so far, in hexadecimal."""
        return self.digest().hex()

    def __repr__(self):
        return f"<{self._name} HMAC object @ {id(self):#x}>"


_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5c))


def hmac_new(key, msg=b"", digestmod=None):
    """Return a new hmac object."""
    if digestmod is None:
        raise TypeError("Missing required parameter 'digestmod'.")
    key, name = _data(key), _name_of(digestmod)
    if name.startswith("shake_"):
        raise UnsupportedDigestmodError(f"Unsupported digestmod {digestmod}")
    try:
        inner, outer = new(name), new(name)
    except ValueError:
        raise ValueError("[digital envelope routines] unsupported") from None
    if len(key) > inner.block_size:
        key = new(name, key).digest()
    key = key.ljust(inner.block_size, b"\0")
    inner.update(key.translate(_INNER))
    outer.update(key.translate(_OUTER))
    result = HMAC._make(name.lower(), inner, outer)
    if msg:
        result.update(msg)
    return result


for _class in (HASH, HMAC):
    _twins.seal(_class)
_twins.publish(globals())
