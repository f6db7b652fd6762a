"""MD5, SHA-1, SHA-2, SHA-3 and BLAKE2 in Python, for `_md5`, `_sha1`, `_sha256`, `_sha512`, `_sha3` and `_blake2`.

Each algorithm is a class over `Hash`, which collects input into blocks; a subclass gives `_start` (the initial state), `_compress`
(state and one block to the next state) and `_output`. Constants that are defined as digits of roots and sines are computed so.
FIPS 180-4, FIPS 202, RFC 1321, RFC 7693.
"""
from math import floor, isqrt, sin
from struct import pack, unpack

MASK32 = (1 << 32) - 1
MASK64 = (1 << 64) - 1


def primes(count):
    found, n = [], 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def cube_root(n):
    root = 1 << (n.bit_length() + 2) // 3
    while (smaller := (2 * root + n // (root * root)) // 3) < root:
        root = smaller
    return root


def fraction_of_square_root(n, bits):
    return isqrt(n << 2 * bits) & (1 << bits) - 1


def fraction_of_cube_root(n, bits):
    return cube_root(n << 3 * bits) & (1 << bits) - 1


class Hash:
    """What all hash objects have in common."""
    block_size = 64
    digest_size = 0
    name = ""

    def __init__(self, data=b""):
        self._state = self._start()
        self._pending = b""
        self._length = 0
        self.update(data)

    def update(self, data, /):
        """Update this hash object's state with the provided bytes-like object."""
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        data = memoryview(data).cast("B") if not isinstance(data, bytes) else data
        self._length += len(data)
        buffer = self._pending + bytes(data)
        size = self.block_size
        end = self._keep(len(buffer), size)
        state = self._state
        for at in range(0, end, size):
            state = self._compress(state, buffer[at:at + size])
        self._state = state
        self._pending = buffer[end:]

    def _keep(self, length, size):
        return length - length % size

    def copy(self):
        """Return a copy of the hash object."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if isinstance(self._state, list):
            other._state = list(self._state)
        return other

    def digest(self):
        """Return the digest value as a bytes object."""
        return self._output()

    def hexdigest(self):
        """Return the digest value as a string of hexadecimal digits."""
        return self.digest().hex()

    def _padded(self, length_bytes, order):
        """What is left to compress at the end: a one bit, zeros, the length in bits."""
        size = self.block_size
        zeros = -(len(self._pending) + 1 + length_bytes) % size
        return self._pending + b"\x80" + bytes(zeros) + (8 * self._length).to_bytes(length_bytes, order)

    def _finish(self, length_bytes, order):
        state, tail = self._state, self._padded(length_bytes, order)
        for at in range(0, len(tail), self.block_size):
            state = self._compress(state, tail[at:at + self.block_size])
        return state

    def __repr__(self):
        return f"<{self.name} _{self.name.split('_')[0]}.{type(self).__name__} object @ {id(self):#x}>"


class MD5(Hash):
    name, digest_size = "md5", 16
    SINES = [floor(abs(sin(i + 1)) * 2**32) for i in range(64)]
    SHIFTS = [7, 12, 17, 22] * 4 + [5, 9, 14, 20] * 4 + [4, 11, 16, 23] * 4 + [6, 10, 15, 21] * 4

    def _start(self):
        return (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)

    def _compress(self, state, block):
        words = unpack("<16I", block)
        a, b, c, d = state
        for i in range(64):
            if i < 16:
                f, g = b & c | ~b & d, i
            elif i < 32:
                f, g = d & b | ~d & c, (5 * i + 1) & 15
            elif i < 48:
                f, g = b ^ c ^ d, (3 * i + 5) & 15
            else:
                f, g = c ^ (b | ~d & MASK32), 7 * i & 15
            f = (f + a + self.SINES[i] + words[g]) & MASK32
            shift = self.SHIFTS[i]
            a, d, c, b = d, c, b, (b + (f << shift | f >> 32 - shift)) & MASK32
        return tuple((x + y) & MASK32 for x, y in zip(state, (a, b, c, d)))

    def _output(self):
        return pack("<4I", *self._finish(8, "little"))


class SHA1(Hash):
    name, digest_size = "sha1", 20

    def _start(self):
        return (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)

    def _compress(self, state, block):
        words = list(unpack(">16I", block))
        for i in range(16, 80):
            x = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]
            words.append((x << 1 | x >> 31) & MASK32)
        a, b, c, d, e = state
        for i, word in enumerate(words):
            if i < 20:
                f, k = b & c | ~b & d, 0x5A827999
            elif i < 40:
                f, k = b ^ c ^ d, 0x6ED9EBA1
            elif i < 60:
                f, k = b & c | b & d | c & d, 0x8F1BBCDC
            else:
                f, k = b ^ c ^ d, 0xCA62C1D6
            a, b, c, d, e = ((a << 5 | a >> 27) + f + e + k + word) & MASK32, a, (b << 30 | b >> 2) & MASK32, c, d
        return tuple((x + y) & MASK32 for x, y in zip(state, (a, b, c, d, e)))

    def _output(self):
        return pack(">5I", *self._finish(8, "big"))


class SHA2(Hash):
    """Both word sizes: `BITS`, the rotations and the number of rounds tell them apart."""
    BITS, ROUNDS, FORMAT, LENGTH = 32, 64, ">16I", 8
    ROTATIONS = ((2, 13, 22), (6, 11, 25), (7, 18, 3), (17, 19, 10))
    CONSTANTS = [fraction_of_cube_root(p, 32) for p in primes(64)]

    def _compress(self, state, block):
        bits, mask = self.BITS, (1 << self.BITS) - 1
        (a1, a2, a3), (e1, e2, e3), (s1, s2, s3), (t1, t2, t3) = self.ROTATIONS
        words = list(unpack(self.FORMAT, block))
        for i in range(16, self.ROUNDS):
            x, y = words[i - 15], words[i - 2]
            x = (x >> s1 | x << bits - s1) ^ (x >> s2 | x << bits - s2) ^ x >> s3
            y = (y >> t1 | y << bits - t1) ^ (y >> t2 | y << bits - t2) ^ y >> t3
            words.append((words[i - 16] + (x & mask) + words[i - 7] + (y & mask)) & mask)
        a, b, c, d, e, f, g, h = state
        for word, constant in zip(words, self.CONSTANTS):
            t = (e >> e1 | e << bits - e1) ^ (e >> e2 | e << bits - e2) ^ (e >> e3 | e << bits - e3)
            t = h + (t & mask) + (e & f ^ ~e & g) + constant + word
            u = (a >> a1 | a << bits - a1) ^ (a >> a2 | a << bits - a2) ^ (a >> a3 | a << bits - a3)
            u = (u & mask) + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = (t + u) & mask, a, b, c, (d + t) & mask, e, f, g
        return tuple((x + y) & mask for x, y in zip(state, (a, b, c, d, e, f, g, h)))

    def _output(self):
        return b"".join(x.to_bytes(self.BITS // 8, "big") for x in self._finish(self.LENGTH, "big"))[:self.digest_size]


class SHA256(SHA2):
    name, digest_size = "sha256", 32

    def _start(self):
        return tuple(fraction_of_square_root(p, 32) for p in primes(8))


class SHA224(SHA2):
    name, digest_size = "sha224", 28

    def _start(self):
        return tuple(fraction_of_square_root(p, 64) & MASK32 for p in primes(16)[8:])


class SHA512(SHA2):
    name, digest_size, block_size = "sha512", 64, 128
    BITS, ROUNDS, FORMAT, LENGTH = 64, 80, ">16Q", 16
    ROTATIONS = ((28, 34, 39), (14, 18, 41), (1, 8, 7), (19, 61, 6))
    CONSTANTS = [fraction_of_cube_root(p, 64) for p in primes(80)]

    def _start(self):
        return tuple(fraction_of_square_root(p, 64) for p in primes(8))


class SHA384(SHA512):
    name, digest_size = "sha384", 48

    def _start(self):
        return tuple(fraction_of_square_root(p, 64) for p in primes(16)[8:])


def keccak_constants():
    """The round constants of Keccak, from its shift register."""
    result, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (1 << j) - 1
            register = register << 1 ^ (0x171 if register >> 7 else 0)
        result.append(constant)
    return result


class SHA3(Hash):
    SUFFIX = 0x06
    ROUND_CONSTANTS = keccak_constants()
    digest_size = 0

    def _start(self):
        return [0] * 25

    def _compress(self, state, block):
        a = list(state)
        for i, word in enumerate(unpack(f"<{len(block) // 8}Q", block)):
            a[i] ^= word
        for constant in self.ROUND_CONSTANTS:
            c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
            d = [c[x - 1] ^ (c[(x + 1) % 5] << 1 | c[(x + 1) % 5] >> 63) & MASK64 for x in range(5)]
            a = [word ^ d[i % 5] for i, word in enumerate(a)]
            x, y, moved = 1, 0, a[1]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                shift = (t + 1) * (t + 2) // 2 % 64
                a[x + 5 * y], moved = (moved << shift | moved >> 64 - shift) & MASK64, a[x + 5 * y]
            for row in range(0, 25, 5):
                b = a[row:row + 5]
                for x in range(5):
                    a[row + x] = b[x] ^ ~b[(x + 1) % 5] & b[(x + 2) % 5]
            a[0] ^= constant
        return a

    def _squeeze(self, count):
        block = bytearray(self._pending + bytes([self.SUFFIX]) + bytes(self.block_size - len(self._pending) - 1))
        block[-1] ^= 0x80
        state, out = self._compress(self._state, bytes(block)), b""
        while True:
            out += pack("<25Q", *state)[:self.block_size]
            if len(out) >= count:
                return out[:count]
            state = self._compress(state, bytes(self.block_size))

    def _output(self):
        return self._squeeze(self.digest_size)


class SHAKE(SHA3):
    SUFFIX = 0x1F

    def digest(self, length):
        """Return the digest value as a bytes object."""
        if length < 0:
            raise ValueError("value must be positive")
        return self._squeeze(length)

    def hexdigest(self, length):
        """Return the digest value as a string of hexadecimal digits."""
        return self.digest(length).hex()


def sha3(bits):
    return type(f"sha3_{bits}", (SHA3,), {"name": f"sha3_{bits}", "digest_size": bits // 8, "block_size": 200 - bits // 4, "__module__": "_sha3"})


def shake(bits):
    return type(f"shake_{bits}", (SHAKE,), {"name": f"shake_{bits}", "block_size": 200 - bits // 4, "__module__": "_sha3"})


class BLAKE2(Hash):
    """Both BLAKE2b and BLAKE2s."""
    SIGMA = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
             (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4), (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
             (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13), (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
             (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11), (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
             (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5), (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0))

    def __init__(self, data=b"", /, *, digest_size=None, key=b"", salt=b"", person=b"", fanout=1, depth=1, leaf_size=0,
                 node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True):
        most = self.MAX_DIGEST_SIZE
        digest_size = most if digest_size is None else digest_size
        if not 1 <= digest_size <= most:
            raise ValueError(f"digest_size for {self.name} must be between 1 and {most} bytes, here it is {digest_size}")
        for what, value, limit in ("salt", salt, self.SALT_SIZE), ("person", person, self.PERSON_SIZE), ("key", key, self.MAX_KEY_SIZE):
            if len(value) > limit:
                raise ValueError(f"maximum {what} length is {limit} bytes")
        if not 0 <= fanout <= 255:
            raise ValueError("fanout must be between 0 and 255")
        if not 1 <= depth <= 255:
            raise ValueError("depth must be between 1 and 255")
        if not 0 <= node_depth <= 255:
            raise ValueError("node_depth must be between 0 and 255")
        if not 0 <= inner_size <= most:
            raise ValueError(f"inner_size must be between 0 and is {most}")
        if leaf_size < 0 or node_offset < 0:
            raise ValueError("value must be positive")
        if leaf_size > MASK32 or node_offset >= 1 << 8 * self.OFFSET_BYTES:
            raise OverflowError("value is too large")
        self.digest_size = digest_size
        self._last_node = bool(last_node)
        salt_size = self.SALT_SIZE
        parameters = (pack("<BBBBI", digest_size, len(key), fanout, depth, leaf_size) + node_offset.to_bytes(self.OFFSET_BYTES, "little")
                      + bytes([node_depth, inner_size]) + bytes(14 if self.BITS == 64 else 0)
                      + bytes(salt).ljust(salt_size, b"\0") + bytes(person).ljust(salt_size, b"\0"))
        self._parameters = unpack(self.FORMAT[:1] + "8" + self.FORMAT[-1], parameters)
        super().__init__()
        if key:
            self.update(bytes(key).ljust(self.block_size, b"\0"))
        self.update(data)

    def _vector(self):
        return [fraction_of_square_root(p, self.BITS) for p in primes(8)]

    def _start(self):
        self._count = 0
        return tuple(v ^ p for v, p in zip(self._vector(), self._parameters))

    def _keep(self, length, size):
        # The last block, full or not, is compressed only at the end.
        return max(0, (length - 1) // size * size)

    def _compress(self, state, block, last=False):
        if not last:
            self._count += self.block_size
        return self._mix(state, block, self._count if not last else self._length, last)

    def _mix(self, state, block, count, last):
        bits, mask = self.BITS, (1 << self.BITS) - 1
        r1, r2, r3, r4 = self.ROTATIONS
        words = unpack(self.FORMAT, block)
        v = list(state) + self._vector()
        v[12] ^= count & mask
        v[13] ^= count >> bits
        if last:
            v[14] ^= mask
            if self._last_node:
                v[15] ^= mask
        for number in range(self.ROUNDS):
            s = self.SIGMA[number % 10]
            for i, (a, b, c, d) in enumerate(((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                                              (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))):
                v[a] = (v[a] + v[b] + words[s[2 * i]]) & mask
                x = v[d] ^ v[a]
                v[d] = (x >> r1 | x << bits - r1) & mask
                v[c] = (v[c] + v[d]) & mask
                x = v[b] ^ v[c]
                v[b] = (x >> r2 | x << bits - r2) & mask
                v[a] = (v[a] + v[b] + words[s[2 * i + 1]]) & mask
                x = v[d] ^ v[a]
                v[d] = (x >> r3 | x << bits - r3) & mask
                v[c] = (v[c] + v[d]) & mask
                x = v[b] ^ v[c]
                v[b] = (x >> r4 | x << bits - r4) & mask
        return tuple(state[i] ^ v[i] ^ v[i + 8] for i in range(8))

    def _output(self):
        block = self._pending + bytes(self.block_size - len(self._pending))
        state = self._compress(self._state, block, last=True)
        return b"".join(x.to_bytes(self.BITS // 8, "little") for x in state)[:self.digest_size]


class blake2b(BLAKE2):
    name, block_size = "blake2b", 128
    BITS, ROUNDS, FORMAT, ROTATIONS, OFFSET_BYTES = 64, 12, "<16Q", (32, 24, 16, 63), 8
    SALT_SIZE = PERSON_SIZE = 16
    MAX_KEY_SIZE = MAX_DIGEST_SIZE = 64


class blake2s(BLAKE2):
    name, block_size = "blake2s", 64
    BITS, ROUNDS, FORMAT, ROTATIONS, OFFSET_BYTES = 32, 10, "<16I", (16, 12, 8, 7), 6
    SALT_SIZE = PERSON_SIZE = 8
    MAX_KEY_SIZE = MAX_DIGEST_SIZE = 32


def constructor(cls):
    """The module function that makes a hash of a class."""
    def make(string=b"", *, usedforsecurity=True):
        return cls(string)
    make.__name__ = make.__qualname__ = cls.name
    return make
