import Glibc
import Objects

/// The hash functions' states and rounds: MD5, SHA-1, SHA-2, SHA-3 with SHAKE, and BLAKE2.
///
/// All share one object: a header of numbers, 25 64-bit words of state (32-bit functions use the low halves), and a buffer for the block that is not yet
/// full. A copy of the bytes is a copy of the hash.

enum HashKind: Int {
    case md5, sha1, sha224, sha256, sha384, sha512, sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256, blake2b, blake2s

    var name: String {
        switch self {
        case .md5: return "md5"
        case .sha1: return "sha1"
        case .sha224: return "sha224"
        case .sha256: return "sha256"
        case .sha384: return "sha384"
        case .sha512: return "sha512"
        case .sha3_224: return "sha3_224"
        case .sha3_256: return "sha3_256"
        case .sha3_384: return "sha3_384"
        case .sha3_512: return "sha3_512"
        case .shake128: return "shake_128"
        case .shake256: return "shake_256"
        case .blake2b: return "blake2b"
        case .blake2s: return "blake2s"
        }
    }

    var blockSize: Int {
        switch self {
        case .md5, .sha1, .sha224, .sha256, .blake2s: return 64
        case .sha384, .sha512, .blake2b: return 128
        case .sha3_224: return 144
        case .sha3_256, .shake256: return 136
        case .sha3_384: return 104
        case .sha3_512: return 72
        case .shake128: return 168
        }
    }

    /// 0 for the functions of variable length.
    var digestSize: Int {
        switch self {
        case .md5: return 16
        case .sha1: return 20
        case .sha224, .sha3_224: return 28
        case .sha256, .sha3_256, .blake2s: return 32
        case .sha384, .sha3_384: return 48
        case .sha512, .sha3_512, .blake2b: return 64
        case .shake128, .shake256: return 0
        }
    }

    var isKeccak: Bool { rawValue >= HashKind.sha3_224.rawValue && rawValue <= HashKind.shake256.rawValue }
}

struct HashObject {
    var header: ObjectHeader
    var kind: HashKind
    /// Bytes in the buffer.
    var used: Int
    /// Bytes taken in so far.
    var length: UInt64
    var digestSize: Int
    var lastNode: Bool
    // Then 25 words of state and the buffer.

    static let stateOffset = 48
    static let bufferOffset = stateOffset + 200
    static let size = bufferOffset + 200
}

struct HashState {
    let object: UnsafeMutablePointer<HashObject>

    init(_ value: Value) { object = value.object(HashObject.self) }
    init(_ object: UnsafeMutablePointer<HashObject>) { self.object = object }

    var words: UnsafeMutablePointer<UInt64> { (UnsafeMutableRawPointer(object) + HashObject.stateOffset).assumingMemoryBound(to: UInt64.self) }
    var buffer: UnsafeMutablePointer<UInt8> { (UnsafeMutableRawPointer(object) + HashObject.bufferOffset).assumingMemoryBound(to: UInt8.self) }
    var kind: HashKind { object.pointee.kind }

    /// Sets a zeroed object up for a function without parameters.
    func start(_ kind: HashKind) {
        object.pointee.kind = kind
        object.pointee.digestSize = kind.digestSize
        var values: [UInt64]
        switch kind {
        case .md5: values = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
        case .sha1: values = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
        case .sha224: values = HashConstants.start224
        case .sha256, .blake2s: values = HashConstants.start256
        case .sha384: values = HashConstants.start384
        case .sha512, .blake2b: values = HashConstants.start512
        default: values = []
        }
        for (index, value) in values.enumerated() { words[index] = value }
    }

    // MARK: Taking data in

    func update(_ data: UnsafePointer<UInt8>, _ count: Int) {
        let size = kind.blockSize
        // BLAKE2 treats the last block differently, so that a full one waits until there is more.
        let isLazy = kind == .blake2b || kind == .blake2s
        var data = data
        var count = count
        if !isLazy { object.pointee.length &+= UInt64(count) }
        if object.pointee.used > 0 || isLazy {
            while count > 0 {
                if object.pointee.used == size {
                    if isLazy { object.pointee.length &+= UInt64(size) }
                    compress(buffer)
                    object.pointee.used = 0
                }
                if object.pointee.used == 0 && !isLazy { break }
                if isLazy && object.pointee.used == 0 {
                    while count > size {
                        object.pointee.length &+= UInt64(size)
                        compress(data)
                        data += size
                        count -= size
                    }
                }
                let portion = min(size - object.pointee.used, count)
                memcpy(buffer + object.pointee.used, data, portion)
                object.pointee.used += portion
                data += portion
                count -= portion
            }
            if isLazy { return }
            if object.pointee.used == size {
                compress(buffer)
                object.pointee.used = 0
            }
        }
        while count >= size {
            compress(data)
            data += size
            count -= size
        }
        if count > 0 {
            memcpy(buffer, data, count)
            object.pointee.used = count
        }
    }

    func compress(_ block: UnsafePointer<UInt8>) {
        switch kind {
        case .md5: compressMD5(block)
        case .sha1: compressSHA1(block)
        case .sha224, .sha256: compressSHA256(block)
        case .sha384, .sha512: compressSHA512(block)
        case .blake2b: compressBLAKE2b(block, final: false)
        case .blake2s: compressBLAKE2s(block, final: false)
        default:
            let raw = UnsafeRawPointer(block)
            for index in 0 ..< kind.blockSize / 8 { words[index] ^= raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
            permute()
        }
    }

    @inline(__always) private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x &<< n | x &>> (32 &- n) }
    @inline(__always) private static func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x &<< n | x &>> (64 &- n) }
    @inline(__always) private static func rotateRight(_ x: UInt32, _ n: UInt32) -> UInt32 { x &>> n | x &<< (32 &- n) }
    @inline(__always) private static func rotateRight(_ x: UInt64, _ n: UInt64) -> UInt64 { x &>> n | x &<< (64 &- n) }

    private func compressMD5(_ block: UnsafePointer<UInt8>) {
        let raw = UnsafeRawPointer(block)
        let sines = HashConstants.md5, shifts = HashConstants.md5Shifts
        var a = UInt32(truncatingIfNeeded: words[0]), b = UInt32(truncatingIfNeeded: words[1])
        var c = UInt32(truncatingIfNeeded: words[2]), d = UInt32(truncatingIfNeeded: words[3])
        for index in 0 ..< 64 {
            var f: UInt32
            var place: Int
            switch index >> 4 {
            case 0:
                f = b & c | ~b & d
                place = index
            case 1:
                f = d & b | ~d & c
                place = (5 &* index &+ 1) & 15
            case 2:
                f = b ^ c ^ d
                place = (3 &* index &+ 5) & 15
            default:
                f = c ^ (b | ~d)
                place = (7 &* index) & 15
            }
            f = f &+ a &+ sines[index] &+ raw.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
            a = d
            d = c
            c = b
            b = b &+ HashState.rotate(f, shifts[(index >> 4) << 2 | index & 3])
        }
        add32(a, b, c, d)
    }

    @inline(__always) private func add32(_ values: UInt32...) {
        for index in 0 ..< values.count { words[index] = UInt64(UInt32(truncatingIfNeeded: words[index]) &+ values[index]) }
    }

    private func compressSHA1(_ block: UnsafePointer<UInt8>) {
        let raw = UnsafeRawPointer(block)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { memory in
            let w = memory.baseAddress.unsafelyUnwrapped
            for index in 0 ..< 16 { w[index] = raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self).byteSwapped }
            for index in 16 ..< 80 { w[index] = HashState.rotate(w[index - 3] ^ w[index - 8] ^ w[index - 14] ^ w[index - 16], 1) }
            var a = UInt32(truncatingIfNeeded: words[0]), b = UInt32(truncatingIfNeeded: words[1]), c = UInt32(truncatingIfNeeded: words[2])
            var d = UInt32(truncatingIfNeeded: words[3]), e = UInt32(truncatingIfNeeded: words[4])
            for index in 0 ..< 80 {
                let f: UInt32, k: UInt32
                if index < 20 {
                    f = b & c | ~b & d
                    k = 0x5a827999
                } else if index < 40 {
                    f = b ^ c ^ d
                    k = 0x6ed9eba1
                } else if index < 60 {
                    f = b & c | b & d | c & d
                    k = 0x8f1bbcdc
                } else {
                    f = b ^ c ^ d
                    k = 0xca62c1d6
                }
                let next = HashState.rotate(a, 5) &+ f &+ e &+ k &+ w[index]
                e = d
                d = c
                c = HashState.rotate(b, 30)
                b = a
                a = next
            }
            add32(a, b, c, d, e)
        }
    }

    private func compressSHA256(_ block: UnsafePointer<UInt8>) {
        let raw = UnsafeRawPointer(block)
        let constants = HashConstants.sha256
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { memory in
            let w = memory.baseAddress.unsafelyUnwrapped
            for index in 0 ..< 16 { w[index] = raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self).byteSwapped }
            for index in 16 ..< 64 {
                let x = w[index - 15], y = w[index - 2]
                let s0 = HashState.rotateRight(x, 7) ^ HashState.rotateRight(x, 18) ^ x >> 3
                let s1 = HashState.rotateRight(y, 17) ^ HashState.rotateRight(y, 19) ^ y >> 10
                w[index] = w[index - 16] &+ s0 &+ w[index - 7] &+ s1
            }
            var a = UInt32(truncatingIfNeeded: words[0]), b = UInt32(truncatingIfNeeded: words[1]), c = UInt32(truncatingIfNeeded: words[2])
            var d = UInt32(truncatingIfNeeded: words[3]), e = UInt32(truncatingIfNeeded: words[4]), f = UInt32(truncatingIfNeeded: words[5])
            var g = UInt32(truncatingIfNeeded: words[6]), h = UInt32(truncatingIfNeeded: words[7])
            for index in 0 ..< 64 {
                let s1 = HashState.rotateRight(e, 6) ^ HashState.rotateRight(e, 11) ^ HashState.rotateRight(e, 25)
                let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ constants[index] &+ w[index]
                let s0 = HashState.rotateRight(a, 2) ^ HashState.rotateRight(a, 13) ^ HashState.rotateRight(a, 22)
                let t2 = s0 &+ (a & b ^ a & c ^ b & c)
                h = g
                g = f
                f = e
                e = d &+ t1
                d = c
                c = b
                b = a
                a = t1 &+ t2
            }
            add32(a, b, c, d, e, f, g, h)
        }
    }

    private func compressSHA512(_ block: UnsafePointer<UInt8>) {
        let raw = UnsafeRawPointer(block)
        let constants = HashConstants.sha512
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 80) { memory in
            let w = memory.baseAddress.unsafelyUnwrapped
            for index in 0 ..< 16 { w[index] = raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self).byteSwapped }
            for index in 16 ..< 80 {
                let x = w[index - 15], y = w[index - 2]
                let s0 = HashState.rotateRight(x, 1) ^ HashState.rotateRight(x, 8) ^ x >> 7
                let s1 = HashState.rotateRight(y, 19) ^ HashState.rotateRight(y, 61) ^ y >> 6
                w[index] = w[index - 16] &+ s0 &+ w[index - 7] &+ s1
            }
            var a = words[0], b = words[1], c = words[2], d = words[3], e = words[4], f = words[5], g = words[6], h = words[7]
            for index in 0 ..< 80 {
                let s1 = HashState.rotateRight(e, 14) ^ HashState.rotateRight(e, 18) ^ HashState.rotateRight(e, 41)
                let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ constants[index] &+ w[index]
                let s0 = HashState.rotateRight(a, 28) ^ HashState.rotateRight(a, 34) ^ HashState.rotateRight(a, 39)
                let t2 = s0 &+ (a & b ^ a & c ^ b & c)
                h = g
                g = f
                f = e
                e = d &+ t1
                d = c
                c = b
                b = a
                a = t1 &+ t2
            }
            words[0] = words[0] &+ a
            words[1] = words[1] &+ b
            words[2] = words[2] &+ c
            words[3] = words[3] &+ d
            words[4] = words[4] &+ e
            words[5] = words[5] &+ f
            words[6] = words[6] &+ g
            words[7] = words[7] &+ h
        }
    }

    /// Keccak-f[1600].
    private func permute() {
        let s = words
        let lanes = HashConstants.keccakLanes, shifts = HashConstants.keccakShifts
        for round in 0 ..< 24 {
            let c0 = s[0] ^ s[5] ^ s[10] ^ s[15] ^ s[20], c1 = s[1] ^ s[6] ^ s[11] ^ s[16] ^ s[21], c2 = s[2] ^ s[7] ^ s[12] ^ s[17] ^ s[22]
            let c3 = s[3] ^ s[8] ^ s[13] ^ s[18] ^ s[23], c4 = s[4] ^ s[9] ^ s[14] ^ s[19] ^ s[24]
            let d0 = c4 ^ HashState.rotate(c1, 1), d1 = c0 ^ HashState.rotate(c2, 1), d2 = c1 ^ HashState.rotate(c3, 1)
            let d3 = c2 ^ HashState.rotate(c4, 1), d4 = c3 ^ HashState.rotate(c0, 1)
            var row = 0
            while row < 25 {
                s[row] ^= d0
                s[row + 1] ^= d1
                s[row + 2] ^= d2
                s[row + 3] ^= d3
                s[row + 4] ^= d4
                row += 5
            }
            var moving = s[1]
            for step in 0 ..< 24 {
                let lane = lanes[step]
                let next = s[lane]
                s[lane] = HashState.rotate(moving, shifts[step])
                moving = next
            }
            row = 0
            while row < 25 {
                let a0 = s[row], a1 = s[row + 1], a2 = s[row + 2], a3 = s[row + 3], a4 = s[row + 4]
                s[row] = a0 ^ ~a1 & a2
                s[row + 1] = a1 ^ ~a2 & a3
                s[row + 2] = a2 ^ ~a3 & a4
                s[row + 3] = a3 ^ ~a4 & a0
                s[row + 4] = a4 ^ ~a0 & a1
                row += 5
            }
            s[0] ^= HashConstants.keccak[round]
        }
    }

    private func compressBLAKE2b(_ block: UnsafePointer<UInt8>, final: Bool) {
        let raw = UnsafeRawPointer(block)
        let sigma = HashConstants.sigma
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 16) { memory in
            let v = memory.baseAddress.unsafelyUnwrapped
            for index in 0 ..< 8 {
                v[index] = words[index]
                v[index + 8] = words[index + 8]
            }
            v[12] ^= object.pointee.length
            if final {
                v[14] = ~v[14]
                if object.pointee.lastNode { v[15] = ~v[15] }
            }
            @inline(__always) func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt8, _ y: UInt8) {
                v[a] = v[a] &+ v[b] &+ raw.loadUnaligned(fromByteOffset: Int(x) * 8, as: UInt64.self)
                v[d] = HashState.rotateRight(v[d] ^ v[a], 32)
                v[c] = v[c] &+ v[d]
                v[b] = HashState.rotateRight(v[b] ^ v[c], 24)
                v[a] = v[a] &+ v[b] &+ raw.loadUnaligned(fromByteOffset: Int(y) * 8, as: UInt64.self)
                v[d] = HashState.rotateRight(v[d] ^ v[a], 16)
                v[c] = v[c] &+ v[d]
                v[b] = HashState.rotateRight(v[b] ^ v[c], 63)
            }
            for round in 0 ..< 12 {
                let order = sigma + round % 10 * 16
                mix(0, 4, 8, 12, order[0], order[1])
                mix(1, 5, 9, 13, order[2], order[3])
                mix(2, 6, 10, 14, order[4], order[5])
                mix(3, 7, 11, 15, order[6], order[7])
                mix(0, 5, 10, 15, order[8], order[9])
                mix(1, 6, 11, 12, order[10], order[11])
                mix(2, 7, 8, 13, order[12], order[13])
                mix(3, 4, 9, 14, order[14], order[15])
            }
            for index in 0 ..< 8 { words[index] ^= v[index] ^ v[index + 8] }
        }
    }

    private func compressBLAKE2s(_ block: UnsafePointer<UInt8>, final: Bool) {
        let raw = UnsafeRawPointer(block)
        let sigma = HashConstants.sigma
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { memory in
            let v = memory.baseAddress.unsafelyUnwrapped
            for index in 0 ..< 8 {
                v[index] = UInt32(truncatingIfNeeded: words[index])
                v[index + 8] = UInt32(truncatingIfNeeded: words[index + 8])
            }
            v[12] ^= UInt32(truncatingIfNeeded: object.pointee.length)
            v[13] ^= UInt32(truncatingIfNeeded: object.pointee.length >> 32)
            if final {
                v[14] = ~v[14]
                if object.pointee.lastNode { v[15] = ~v[15] }
            }
            @inline(__always) func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt8, _ y: UInt8) {
                v[a] = v[a] &+ v[b] &+ raw.loadUnaligned(fromByteOffset: Int(x) * 4, as: UInt32.self)
                v[d] = HashState.rotateRight(v[d] ^ v[a], 16)
                v[c] = v[c] &+ v[d]
                v[b] = HashState.rotateRight(v[b] ^ v[c], 12)
                v[a] = v[a] &+ v[b] &+ raw.loadUnaligned(fromByteOffset: Int(y) * 4, as: UInt32.self)
                v[d] = HashState.rotateRight(v[d] ^ v[a], 8)
                v[c] = v[c] &+ v[d]
                v[b] = HashState.rotateRight(v[b] ^ v[c], 7)
            }
            for round in 0 ..< 10 {
                let order = sigma + round * 16
                mix(0, 4, 8, 12, order[0], order[1])
                mix(1, 5, 9, 13, order[2], order[3])
                mix(2, 6, 10, 14, order[4], order[5])
                mix(3, 7, 11, 15, order[6], order[7])
                mix(0, 5, 10, 15, order[8], order[9])
                mix(1, 6, 11, 12, order[10], order[11])
                mix(2, 7, 8, 13, order[12], order[13])
                mix(3, 4, 9, 14, order[14], order[15])
            }
            for index in 0 ..< 8 { words[index] ^= UInt64(v[index] ^ v[index + 8]) }
        }
    }

    // MARK: The end

    /// Writes `count` bytes of the digest. The state is used up: to be called on a copy.
    func finish(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let size = kind.blockSize
        let used = object.pointee.used
        if kind.isKeccak {
            memset(buffer + used, 0, size - used)
            buffer[used] = kind == .shake128 || kind == .shake256 ? 0x1F : 0x06
            buffer[size - 1] |= 0x80
            compress(buffer)
            var place = 0
            while place < count {
                let portion = min(size, count - place)
                memcpy(target + place, words, portion)
                place += portion
                if place < count { permute() }
            }
            return
        }
        switch kind {
        case .blake2b, .blake2s:
            memset(buffer + used, 0, size - used)
            object.pointee.length &+= UInt64(used)
            if kind == .blake2b { compressBLAKE2b(buffer, final: true) } else { compressBLAKE2s(buffer, final: true) }
        default:
            let field = size / 8
            buffer[used] = 0x80
            if used + 1 > size - field {
                memset(buffer + used + 1, 0, size - used - 1)
                compress(buffer)
                memset(buffer, 0, size)
            } else {
                memset(buffer + used + 1, 0, size - used - 1)
            }
            let length = object.pointee.length
            let raw = UnsafeMutableRawPointer(buffer)
            if kind == .md5 {
                raw.storeBytes(of: length << 3, toByteOffset: size - 8, as: UInt64.self)
            } else {
                raw.storeBytes(of: (length << 3).byteSwapped, toByteOffset: size - 8, as: UInt64.self)
                if field == 16 { raw.storeBytes(of: (length >> 61).byteSwapped, toByteOffset: size - 16, as: UInt64.self) }
            }
            compress(buffer)
        }
        let wide = kind == .sha384 || kind == .sha512 || kind == .blake2b
        let swapped = kind != .md5 && kind != .blake2b && kind != .blake2s
        for index in 0 ..< count {
            let word = words[wide ? index >> 3 : index >> 2]
            let byte = wide ? index & 7 : index & 3
            target[index] = UInt8(truncatingIfNeeded: word >> UInt64((swapped ? (wide ? 7 : 3) - byte : byte) * 8))
        }
    }
}
