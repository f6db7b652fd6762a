"""Operations on raw audio: samples of one to four bytes, signed, in the machine's order.

A fragment is taken apart into a list of numbers and put together again; where the width does not matter, a sample is first widened to 32 bits.
"""
import _twins
import math as _math
import warnings as _warnings
from array import array as _array
from sys import byteorder as _order

_warnings.warn("'audioop' is deprecated and slated for removal in Python 3.13", DeprecationWarning, stacklevel=2)


class error(Exception):
    __module__ = "audioop"


_codes = {1: "b", 2: "h", 4: "i"}


def _check(fragment, width, channels=1):
    """The fragment's bytes, which are to be whole frames."""
    if isinstance(fragment, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    if not 1 <= width <= 4:
        raise error("Size should be 1, 2, 3 or 4")
    data = bytes(memoryview(fragment))
    if len(data) % (width * channels):
        raise error("not a whole number of frames")
    return data


def _unpack(data, width):
    if width == 3:
        return [int.from_bytes(data[at:at + 3], _order, signed=True) for at in range(0, len(data), 3)]
    return _array(_codes[width], data).tolist()


def _samples(fragment, width):
    return _unpack(_check(fragment, width), width)


def _pack(samples, width):
    if width == 3:
        return b"".join([one.to_bytes(3, _order, signed=True) for one in samples])
    return _array(_codes[width], samples).tobytes()


def _bounds(width):
    return -(1 << 8 * width - 1), (1 << 8 * width - 1) - 1


def _clipped(value, width):
    least, most = _bounds(width)
    if value > most:
        return most
    if value < least + 1.0:
        return least
    return _math.floor(value)


def _wide(fragment, width):
    """The samples as numbers of 32 bits."""
    samples = _samples(fragment, width)
    shift = 32 - 8 * width
    return [one << shift for one in samples]


def _narrow(samples, width):
    shift = 32 - 8 * width
    return _pack([one >> shift for one in samples], width)


def _shorts(fragment, message="Strings should be even-sized"):
    data = bytes(memoryview(fragment))
    if len(data) & 1:
        raise error(message)
    return _unpack(data, 2)


def _product(left, right):
    return float(sum(map(int.__mul__, left, right)))


# Measuring

def getsample(fragment, width, index, /):
    """Return the value of a sample."""
    samples = _samples(fragment, width)
    if not 0 <= index < len(samples):
        raise error("Index out of range")
    return samples[index]


def max(fragment, width, /):
    """Return the largest absolute value of all samples."""
    least, most = minmax(fragment, width)
    return 0 if least > most else most if most > -least else -least


def minmax(fragment, width, /):
    """Return the smallest and the largest value of all samples."""
    samples = sorted(_samples(fragment, width))
    return (samples[0], samples[-1]) if samples else (0x7fffffff, -0x80000000)


def avg(fragment, width, /):
    """Return the average of all samples."""
    samples = _samples(fragment, width)
    return _math.floor(sum(samples) / len(samples)) if samples else 0


def rms(fragment, width, /):
    """Return the root of the samples' mean square: how loud the fragment is."""
    samples = _samples(fragment, width)
    return int(_math.sqrt(_product(samples, samples) / len(samples))) if samples else 0


def _swings(samples):
    """The distances between neighbouring extremes."""
    extreme = rising = None
    for before, after in zip(samples, samples[1:]):
        if before == after:
            continue
        if rising is not None and rising != (after > before):
            if extreme is not None:
                yield abs(before - extreme)
            extreme = before
        rising = after > before


def avgpp(fragment, width, /):
    """Return the average distance between neighbouring peaks."""
    swings = list(_swings(_samples(fragment, width)))
    return sum(swings) // len(swings) if swings else 0


def maxpp(fragment, width, /):
    """Return the largest distance between neighbouring peaks."""
    return sorted([0, *_swings(_samples(fragment, width))])[-1]


def cross(fragment, width, /):
    """Return how often the signal crosses zero."""
    signs = [one < 0 for one in _samples(fragment, width)]
    return sum(map(bool.__xor__, signs, signs[1:])) if signs else -1


def findfit(fragment, reference, /):
    """Return where the reference fits best, and the factor that it is to be multiplied by there."""
    signal, reference = _shorts(fragment), _shorts(reference)
    if len(signal) < len(reference):
        raise error("First sample should be longer")
    count = len(reference)
    energy, power = _product(reference, reference), _product(signal[:count], signal[:count])
    best = place = None
    for start in range(len(signal) - count + 1):
        if start:
            power += signal[start + count - 1] ** 2 - signal[start - 1] ** 2
        common = _product(signal[start:start + count], reference)
        rest = (energy * power - common * common) / power
        if best is None or rest < best:
            best, place = rest, start
    return place, _product(signal[place:place + count], reference) / energy


def findfactor(fragment, reference, /):
    """Return the factor that makes the reference most like the fragment."""
    signal, reference = _shorts(fragment), _shorts(reference)
    if len(signal) != len(reference):
        raise error("Samples should be same size")
    return _product(signal, reference) / _product(reference, reference)


def findmax(fragment, length, /):
    """Return where the part of so many samples begins that has most energy."""
    signal = _shorts(fragment)
    if length < 0 or len(signal) < length:
        raise error("Input sample should be longer")
    energy = best = _product(signal[:length], signal[:length])
    place = 0
    for start in range(1, len(signal) - length + 1):
        energy += signal[start + length - 1] ** 2 - signal[start - 1] ** 2
        if energy > best:
            best, place = energy, start
    return place


# Changing

def mul(fragment, width, factor, /):
    """Return the fragment with all samples multiplied; what is too large is cut off."""
    return _pack([_clipped(one * factor, width) for one in _samples(fragment, width)], width)


def add(fragment1, fragment2, width, /):
    """Return the sum of two fragments of one length."""
    first, second = _check(fragment1, width), bytes(memoryview(fragment2))
    if len(first) != len(second):
        raise error("Lengths should be the same")
    return _pack([_clipped(one + other, width) for one, other in zip(_unpack(first, width), _unpack(second, width))], width)


def bias(fragment, width, bias, /):
    """Return the fragment with a number added to all samples; sums that are too large wrap around."""
    samples = _samples(fragment, width)
    least, size = _bounds(width)[0], 1 << 8 * width
    return _pack([(one + bias - least) % size + least for one in samples], width)


def reverse(fragment, width, /):
    """Return the samples in reverse order."""
    return _pack(_samples(fragment, width)[::-1], width)


def byteswap(fragment, width, /):
    """Return the fragment with the bytes of each sample in reverse order."""
    data = _check(fragment, width)
    result = bytearray(len(data))
    for place in range(width):
        result[place::width] = data[width - 1 - place::width]
    return bytes(result)


def tomono(fragment, width, lfactor, rfactor, /):
    """Return a mono fragment made of both channels, each with its factor."""
    samples = _unpack(_check(fragment, width, 2), width)
    return _pack([_clipped(left * lfactor + right * rfactor, width) for left, right in zip(samples[::2], samples[1::2])], width)


def tostereo(fragment, width, lfactor, rfactor, /):
    """Return a stereo fragment whose channels are the fragment, each with its factor."""
    result = []
    for one in _samples(fragment, width):
        result += _clipped(one * lfactor, width), _clipped(one * rfactor, width)
    return _pack(result, width)


def lin2lin(fragment, width, newwidth, /):
    """Return the samples with another width."""
    samples = _wide(fragment, width)
    _check(b"", newwidth)
    return _narrow(samples, newwidth)


def ratecv(fragment, width, nchannels, inrate, outrate, state, weightA=1, weightB=0, /):
    """Return the fragment at another rate, and the state to go on with."""
    if not 1 <= width <= 4:
        raise error("Size should be 1, 2, 3 or 4")
    if nchannels < 1:
        raise error("# of channels should be >= 1")
    if width * nchannels > 0x7fffffff:
        raise OverflowError("width * nchannels too big for a C int")
    if weightA < 1 or weightB < 0:
        raise error("weightA should be >= 1, weightB should be >= 0")
    data = _check(fragment, width, nchannels)
    if inrate <= 0 or outrate <= 0:
        raise error("sampling rate not > 0")
    divisor = _math.gcd(inrate, outrate)
    inrate, outrate = inrate // divisor, outrate // divisor
    divisor = _math.gcd(weightA, weightB)
    weightA, weightB = weightA // divisor, weightB // divisor
    if state is None:
        due, before, now = -outrate, [0] * nchannels, [0] * nchannels
    else:
        if not isinstance(state, tuple):
            raise TypeError("state must be a tuple or None")
        due, channels = state
        if len(channels) != nchannels:
            raise error("illegal state argument")
        before, now = [one[0] for one in channels], [one[1] for one in channels]
    shift = 32 - 8 * width
    samples, place, result = _unpack(data, width), 0, []
    while True:
        while due < 0:
            if place >= len(samples):
                return _pack(result, width), (due, tuple(zip(before, now)))
            for channel in range(nchannels):
                before[channel] = now[channel]
                now[channel] = int((float(weightA) * (samples[place + channel] << shift) + float(weightB) * before[channel]) / (float(weightA) + weightB))
            place += nchannels
            due += outrate
        while due >= 0:
            for channel in range(nchannels):
                result.append(int((float(before[channel]) * due + float(now[channel]) * (outrate - due)) / outrate) >> shift)
            due -= inrate


# u-law and A-law (G.711): a sign, three bits of exponent, four of mantissa

def _ulaw_byte(value):
    mask = 0xFF
    if value < 0:
        value, mask = -value, 0x7F
    value = (value if value < 8159 else 8159) + 33
    segment = value.bit_length() - 6
    return (0x7F if segment >= 8 else segment << 4 | value >> segment + 1 & 0xF) ^ mask


def _ulaw_value(byte):
    byte ^= 0xFF
    value = ((byte & 0xF) << 3) + 0x84 << (byte >> 4 & 7)
    return 0x84 - value if byte & 0x80 else value - 0x84


def _alaw_byte(value):
    mask = 0xD5
    if value < 0:
        value, mask = -value - 1, 0x55
    segment = value.bit_length() - 5
    if segment < 0:
        segment = 0
    return (0x7F if segment >= 8 else segment << 4 | value >> (1 if segment < 2 else segment) & 0xF) ^ mask


def _alaw_value(byte):
    byte ^= 0x55
    segment = byte >> 4 & 7
    value = ((byte & 0xF) << 4) + (0x108 if segment else 8)
    if segment > 1:
        value <<= segment - 1
    return value if byte & 0x80 else -value


_ulaw, _alaw = [_ulaw_value(byte) for byte in range(256)], [_alaw_value(byte) for byte in range(256)]


def lin2ulaw(fragment, width, /):
    """Return the samples in u-law."""
    return bytes([_ulaw_byte(one >> 18) for one in _wide(fragment, width)])


def ulaw2lin(fragment, width, /):
    """Return the samples of a fragment in u-law."""
    _check(b"", width)
    return _narrow([_ulaw[byte] << 16 for byte in _check(fragment, 1)], width)


def lin2alaw(fragment, width, /):
    """Return the samples in A-law."""
    return bytes([_alaw_byte(one >> 19) for one in _wide(fragment, width)])


def alaw2lin(fragment, width, /):
    """Return the samples of a fragment in A-law."""
    _check(b"", width)
    return _narrow([_alaw[byte] << 16 for byte in _check(fragment, 1)], width)


# ADPCM of Intel and DVI: four bits a sample, each the step from what was to be expected

_index_steps = (-1, -1, -1, -1, 2, 4, 6, 8)
_steps = (
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190,
    209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499,
    2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385,
    24623, 27086, 29794, 32767)


def _adpcm_state(state):
    if state is None:
        return 0, 0
    if not isinstance(state, tuple):
        raise TypeError("state must be a tuple or None")
    value, index = state
    if not -0x8000 <= value < 0x8000 or not 0 <= index < len(_steps):
        raise ValueError("bad state")
    return value, index


def _adpcm_next(value, index, code):
    """The value that a code stands for, and the index of the next step."""
    step = _steps[index]
    change = step >> 3
    if code & 4:
        change += step
    if code & 2:
        change += step >> 1
    if code & 1:
        change += step >> 2
    value += -change if code & 8 else change
    value = 32767 if value > 32767 else -32768 if value < -32768 else value
    index += _index_steps[code & 7]
    return value, 0 if index < 0 else 88 if index > 88 else index


def lin2adpcm(fragment, width, state, /):
    """Return the samples in ADPCM, and the state to go on with."""
    samples = _wide(fragment, width)
    value, index = _adpcm_state(state)
    codes = []
    for one in samples:
        distance, step = (one >> 16) - value, _steps[index]
        code = 0
        if distance < 0:
            code, distance = 8, -distance
        for bit in (4, 2, 1):
            if distance >= step:
                code |= bit
                distance -= step
            step >>= 1
        value, index = _adpcm_next(value, index, code)
        codes.append(code)
    return bytes([high << 4 | low for high, low in zip(codes[::2], codes[1::2])]), (value, index)


def adpcm2lin(fragment, width, state, /):
    """Return the samples of a fragment in ADPCM, and the state to go on with."""
    _check(b"", width)
    value, index = _adpcm_state(state)
    result = []
    for byte in _check(fragment, 1):
        for code in (byte >> 4, byte & 0xF):
            value, index = _adpcm_next(value, index, code)
            result.append(value << 16)
    return _narrow(result, width), (value, index)


_twins.publish(globals())
