import Glibc
import NumberTypes
import Objects

/// `_random`: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) behind `random.Random`.
struct RandomObject {
    var header: ObjectHeader
    var index: Int
    // Then the 624 words of state, of 32 bits.
}

enum RandomModule {
    static let length = 624
    static let wordsOffset = 16
    static let size = wordsOffset + length * 4
    nonisolated(unsafe) static var type: NativeType!

    static func register() {
        NativeModule.register("_random", doc: "The Mersenne Twister.") { module in
            type = NativeType("Random", module: "_random", size: size, flags: .base, doc: "Random() -> a generator of random numbers with its own state.", methods: methods) { slots in
                slots.call(.new) { thread, type, arguments, count, keywords in
                    if type == RandomModule.type.type.value && !keywords.isEmpty { return thread.raise(.typeError, "Random() takes no keyword arguments") }
                    let positional = keywords.isEmpty ? count : count - TupleRef(keywords).count
                    if positional > 1 && type == RandomModule.type.type.value { return thread.raise(.typeError, "Random() requires 0 or 1 argument") }
                    let instance = thread.allocateInstance(TypeRef(type))
                    if instance.isEmpty { return .empty }
                    return RandomModule.seed(thread, instance, positional > 0 ? arguments[0] : .none) ? instance : .empty
                }
                slots.call(.initialize) { _, _, _, _, _ in .none }
            }
            module.add(type)
            return true
        }
    }

    @inline(__always) private static func state(_ object: Value) -> UnsafeMutablePointer<UInt32> { (object.raw + wordsOffset).assumingMemoryBound(to: UInt32.self) }

    static let methods: [Def] = [
        Def("random(self, /)", .writes, "The next float from 0 up to, but not including, 1.") { t, a, _ in
            let high = RandomModule.next(a[0]) >> 5, low = RandomModule.next(a[0]) >> 6
            return t.newFloat((Double(high) * 67108864 + Double(low)) * (1 / 9007199254740992))
        },
        Def("seed(self, n=None, /)", .calls, "Starts again from n, or from the system's random numbers.") { t, a, _ in
            RandomModule.seed(t, a[0], a[1].isEmpty ? .none : a[1]) ? .none : .empty
        },
        Def("getstate(self, /)", .reads, "The state as a tuple of ints.") { t, a, _ in
            let tuple = t.newTuple(count: RandomModule.length + 1)
            if tuple.isEmpty { return .empty }
            for index in 0 ..< RandomModule.length { TupleRef(tuple).initialize(index, Value(small: Int(RandomModule.state(a[0])[index]))) }
            TupleRef(tuple).initialize(RandomModule.length, Value(small: a[0].object(RandomObject.self).pointee.index))
            return tuple
        },
        Def("setstate(self, state, /)", .calls, "Sets the state to what getstate gave.") { t, a, _ in
            guard a[1].isTuple else { return t.raise(.typeError, "state vector must be a tuple") }
            let tuple = TupleRef(a[1])
            guard tuple.count == RandomModule.length + 1 else { return t.raise(.valueError, "state vector is the wrong size") }
            var words = [UInt32](repeating: 0, count: RandomModule.length)
            for index in 0 ..< RandomModule.length {
                guard tuple[index].isInt else { return t.raise(.typeError, "an integer is required") }
                if Integers.isNegative(tuple[index]) { return t.raise(.overflowError, "can't convert negative value to unsigned int") }
                guard Integers.bitLength(tuple[index]) <= 64 else { return t.raise(.overflowError, "Python int too large to convert to C unsigned long") }
                words[index] = UInt32(truncatingIfNeeded: Integers.withLimbs(tuple[index]) { $0.count == 0 ? 0 : $0.start[0] })
            }
            guard let place = t.toInt(tuple[RandomModule.length]) else { return .empty }
            guard place >= 0 && place <= RandomModule.length else { return t.raise(.valueError, "invalid state") }
            for index in 0 ..< RandomModule.length { RandomModule.state(a[0])[index] = words[index] }
            a[0].object(RandomObject.self).pointee.index = place
            return .none
        },
        Def("getrandbits(self, k, /)", .calls, "An int of k random bits.") { t, a, _ in
            guard let bits = t.toInt(a[1]) else { return .empty }
            if bits < 0 { return t.raise(.valueError, "number of bits must be non-negative") }
            if bits == 0 { return Value(small: 0) }
            if bits <= 32 { return Value(small: Int(RandomModule.next(a[0]) >> UInt32(32 - bits))) }
            let count = (bits - 1) / 32 + 1
            guard count < 1 << 36, let memory = calloc(count / 2 + 1, MemoryLayout<UInt>.stride) else { return t.raiseOutOfMemory() }
            defer { free(memory) }
            let limbs = memory.assumingMemoryBound(to: UInt.self)
            var rest = bits
            for index in 0 ..< count {
                var word = RandomModule.next(a[0])
                if rest < 32 { word >>= UInt32(32 - rest) }
                limbs[index / 2] |= UInt(word) << UInt(index & 1 * 32)
                rest -= 32
            }
            return t.newInt(negative: false, limbs: limbs, count / 2 + 1)
        },
    ]

    // MARK: The generator

    @inline(__always) static func next(_ object: Value) -> UInt32 {
        let random = object.object(RandomObject.self)
        if random.pointee.index >= length { refill(state(object)); random.pointee.index = 0 }
        var y = state(object)[random.pointee.index]
        random.pointee.index += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c5680
        y ^= (y << 15) & 0xefc60000
        y ^= y >> 18
        return y
    }

    private static func refill(_ state: UnsafeMutablePointer<UInt32>) {
        @inline(__always) func twist(_ high: UInt32, _ low: UInt32) -> UInt32 {
            let y = (high & 0x80000000) | (low & 0x7fffffff)
            return (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908b0df)
        }
        let shift = 397
        for index in 0 ..< length - shift { state[index] = state[index + shift] ^ twist(state[index], state[index + 1]) }
        for index in length - shift ..< length - 1 { state[index] = state[index + shift - length] ^ twist(state[index], state[index + 1]) }
        state[length - 1] = state[shift - 1] ^ twist(state[length - 1], state[0])
    }

    private static func initialize(_ state: UnsafeMutablePointer<UInt32>, key: [UInt32]) {
        state[0] = 19650218
        for index in 1 ..< length { state[index] = 1812433253 &* (state[index - 1] ^ state[index - 1] >> 30) &+ UInt32(index) }
        var i = 1
        var j = 0
        for _ in 0 ..< max(length, key.count) {
            state[i] = (state[i] ^ ((state[i - 1] ^ state[i - 1] >> 30) &* 1664525)) &+ key[j] &+ UInt32(truncatingIfNeeded: j)
            i += 1
            j += 1
            if i >= length {
                state[0] = state[length - 1]
                i = 1
            }
            if j >= key.count { j = 0 }
        }
        for _ in 0 ..< length - 1 {
            state[i] = (state[i] ^ ((state[i - 1] ^ state[i - 1] >> 30) &* 1566083941)) &- UInt32(i)
            i += 1
            if i >= length {
                state[0] = state[length - 1]
                i = 1
            }
        }
        state[0] = 0x80000000
    }

    /// Seeds by an int's magnitude, another object's hash, or for None by the system's generator. False when it has raised.
    static func seed(_ thread: ThreadRef, _ object: Value, _ seed: Value) -> Bool {
        var key: [UInt32] = []
        if seed.isNone {
            var system = SystemRandomNumberGenerator()
            for _ in 0 ..< length { key.append(UInt32(truncatingIfNeeded: system.next())) }
        } else {
            var number = seed
            if !seed.isInt {
                let hash = thread.hash(seed)
                if hash == -1 && thread.hasException { return false }
                number = thread.newInt(unsigned: UInt(bitPattern: hash))
                if number.isEmpty { return false }
            }
            Integers.withLimbs(number) { x in
                for index in 0 ..< x.count {
                    key.append(UInt32(truncatingIfNeeded: x.start[index]))
                    key.append(UInt32(truncatingIfNeeded: x.start[index] >> 32))
                }
            }
            while key.count > 1 && key.last == 0 { key.removeLast() }
            if key.isEmpty { key = [0] }
        }
        initialize(state(object), key: key)
        object.object(RandomObject.self).pointee.index = length
        return true
    }
}
