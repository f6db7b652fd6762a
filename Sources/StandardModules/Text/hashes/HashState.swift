import CHash
import Glibc
import Objects

/// The hash functions' states: MD5, SHA-1, SHA-2, SHA-3 with SHAKE, and BLAKE2. Their rounds are in `CHash`.
///
/// All share one layout: a header of numbers, 64-bit words of state (32-bit functions use the low halves), and a buffer for the block that is not yet
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

    /// 64-bit words of state.
    var stateWords: Int { isKeccak ? 25 : self == .blake2b || self == .blake2s ? 16 : 8 }
    /// Bytes of an object.
    var objectSize: Int { HashObject.stateOffset + stateWords * 8 + blockSize }

    var isKeccak: Bool { rawValue >= HashKind.sha3_224.rawValue && rawValue <= HashKind.shake256.rawValue }
}

struct HashObject {
    var header: ObjectHeader
    var kind: HashKind
    /// Bytes in the buffer.
    var used: Int
    /// Bytes of the blocks taken in so far, without those in the buffer.
    var length: UInt64
    var digestSize: Int
    var lastNode: Bool
    // Then the words of state and the buffer.

    static let stateOffset = 48
}

struct HashState {
    let object: UnsafeMutablePointer<HashObject>

    init(_ value: Value) { object = value.object(HashObject.self) }
    init(_ object: UnsafeMutablePointer<HashObject>) { self.object = object }

    var words: UnsafeMutablePointer<UInt64> { (UnsafeMutableRawPointer(object) + HashObject.stateOffset).assumingMemoryBound(to: UInt64.self) }
    var buffer: UnsafeMutablePointer<UInt8> { (UnsafeMutableRawPointer(object) + (HashObject.stateOffset + kind.stateWords * 8)).assumingMemoryBound(to: UInt8.self) }
    var kind: HashKind { object.pointee.kind }

    /// Sets a zeroed object up for a function without parameters.
    func start(_ kind: HashKind) {
        object.pointee.kind = kind
        object.pointee.digestSize = kind.digestSize
        let words = self.words
        switch kind {
        case .md5, .sha1:
            words[0] = 0x67452301
            words[1] = 0xefcdab89
            words[2] = 0x98badcfe
            words[3] = 0x10325476
            words[4] = 0xc3d2e1f0
        case .sha224: memcpy(words, HashConstants.start224, 64)
        case .sha256, .blake2s: memcpy(words, HashConstants.start256, 64)
        case .sha384: memcpy(words, HashConstants.start384, 64)
        case .sha512, .blake2b: memcpy(words, HashConstants.start512, 64)
        default: break
        }
    }

    // MARK: Taking data in

    func update(_ data: UnsafePointer<UInt8>, _ count: Int) {
        let size = kind.blockSize
        // BLAKE2 treats the last block differently, so that a full one waits until there is more.
        let kept = kind == .blake2b || kind == .blake2s ? 1 : 0
        var data = data
        var count = count
        let used = object.pointee.used
        if used > 0 {
            let portion = min(size - used, count)
            memcpy(buffer + used, data, portion)
            data += portion
            count -= portion
            if used + portion < size || count < kept {
                object.pointee.used = used + portion
                return
            }
            compress(buffer, 1)
        }
        let blocks = max(count - kept, 0) / size
        if blocks > 0 {
            compress(data, blocks)
            data += blocks * size
            count -= blocks * size
        }
        memcpy(buffer, data, count)
        object.pointee.used = count
    }

    /// Takes whole blocks in. BLAKE2's last block is not among them.
    private func compress(_ data: UnsafePointer<UInt8>, _ blocks: Int) {
        let size = kind.blockSize
        switch kind {
        case .md5: taipan_hash_md5(words, data, blocks)
        case .sha1: taipan_hash_sha1(words, data, blocks)
        case .sha224, .sha256: taipan_hash_sha256(words, data, blocks)
        case .sha384, .sha512: taipan_hash_sha512(words, data, blocks)
        case .blake2b: taipan_hash_blake2b(words, data, blocks, object.pointee.length &+ UInt64(size), 0)
        case .blake2s: taipan_hash_blake2s(words, data, blocks, object.pointee.length &+ UInt64(size), 0)
        default: taipan_hash_keccak(words, data, blocks, size)
        }
        object.pointee.length &+= UInt64(blocks * size)
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
            compress(buffer, 1)
            var place = 0
            while place < count {
                let portion = min(size, count - place)
                memcpy(target + place, words, portion)
                place += portion
                if place < count { taipan_hash_keccak_permute(words) }
            }
            return
        }
        switch kind {
        case .blake2b, .blake2s:
            memset(buffer + used, 0, size - used)
            let length = object.pointee.length &+ UInt64(used)
            let final: Int32 = object.pointee.lastNode ? 3 : 1
            if kind == .blake2b { taipan_hash_blake2b(words, buffer, 1, length, final) } else { taipan_hash_blake2s(words, buffer, 1, length, final) }
        default:
            let field = size / 8
            let length = object.pointee.length &+ UInt64(used)
            buffer[used] = 0x80
            if used + 1 > size - field {
                memset(buffer + used + 1, 0, size - used - 1)
                compress(buffer, 1)
                memset(buffer, 0, size)
            } else {
                memset(buffer + used + 1, 0, size - used - 1)
            }
            let raw = UnsafeMutableRawPointer(buffer)
            if kind == .md5 {
                raw.storeBytes(of: length << 3, toByteOffset: size - 8, as: UInt64.self)
            } else {
                raw.storeBytes(of: (length << 3).byteSwapped, toByteOffset: size - 8, as: UInt64.self)
                if field == 16 { raw.storeBytes(of: (length >> 61).byteSwapped, toByteOffset: size - 16, as: UInt64.self) }
            }
            compress(buffer, 1)
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
