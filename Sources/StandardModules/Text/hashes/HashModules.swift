import Glibc
import Objects
import TextTypes

/// `_md5`, `_sha1`, `_sha256`, `_sha512`, `_sha3` and `_blake2`: what `hashlib` and `random` stand on.
public enum HashModules {
    /// By `HashKind`, made with their modules.
    nonisolated(unsafe) static let types: UnsafeMutablePointer<NativeType?> = {
        let memory = UnsafeMutablePointer<NativeType?>.allocate(capacity: 14)
        memory.initialize(repeating: nil, count: 14)
        return memory
    }()

    public static func register() {
        NativeModule.register("_md5", functions: [
            Def("md5(string=b'', *, usedforsecurity=True)", .reads, "An MD5 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .md5, a[0])
            },
        ]) { module in module.set("MD5Type", HashModules.type(.md5, "_md5", "md5").type.value); return true }
        NativeModule.register("_sha1", functions: [
            Def("sha1(string=b'', *, usedforsecurity=True)", .reads, "A SHA1 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .sha1, a[0])
            },
        ]) { module in module.set("SHA1Type", HashModules.type(.sha1, "_sha1", "sha1").type.value); return true }
        NativeModule.register("_sha256", functions: [
            Def("sha256(string=b'', *, usedforsecurity=True)", .reads, "A SHA-256 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .sha256, a[0])
            },
            Def("sha224(string=b'', *, usedforsecurity=True)", .reads, "A SHA-224 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .sha224, a[0])
            },
        ]) { module in
            module.set("SHA224Type", HashModules.type(.sha224, "_sha256", "sha224").type.value)
            module.set("SHA256Type", HashModules.type(.sha256, "_sha256", "sha256").type.value)
            return true
        }
        NativeModule.register("_sha512", functions: [
            Def("sha512(string=b'', *, usedforsecurity=True)", .reads, "A SHA-512 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .sha512, a[0])
            },
            Def("sha384(string=b'', *, usedforsecurity=True)", .reads, "A SHA-384 hash, of some bytes to begin with.", kind: .function) { thread, a, _ in
                HashModules.make(thread, .sha384, a[0])
            },
        ]) { module in
            // As in CPython, both names stand for the longer one's type or its twin.
            module.set("SHA384Type", HashModules.type(.sha384, "_sha512", "sha384").type.value)
            module.set("SHA512Type", HashModules.type(.sha512, "_sha512", "sha512").type.value)
            return true
        }
        NativeModule.register("_sha3") { module in
            module.set("implementation", "generic")
            module.set("keccakopt", 0)
            module.add(HashModules.type(.sha3_224, "_sha3", "sha3_224", doc: "sha3_224([data], *, usedforsecurity=True)\n\nA SHA3 hash of 28 bytes.", new: { t, y, a, c, k in HashModules.sha3(.sha3_224).call(t, y, a, c, k) }))
            module.add(HashModules.type(.sha3_256, "_sha3", "sha3_256", doc: "sha3_256([data], *, usedforsecurity=True)\n\nA SHA3 hash of 32 bytes.", new: { t, y, a, c, k in HashModules.sha3(.sha3_256).call(t, y, a, c, k) }))
            module.add(HashModules.type(.sha3_384, "_sha3", "sha3_384", doc: "sha3_384([data], *, usedforsecurity=True)\n\nA SHA3 hash of 48 bytes.", new: { t, y, a, c, k in HashModules.sha3(.sha3_384).call(t, y, a, c, k) }))
            module.add(HashModules.type(.sha3_512, "_sha3", "sha3_512", doc: "sha3_512([data], *, usedforsecurity=True)\n\nA SHA3 hash of 64 bytes.", new: { t, y, a, c, k in HashModules.sha3(.sha3_512).call(t, y, a, c, k) }))
            module.add(HashModules.type(.shake128, "_sha3", "shake_128", doc: "shake_128([data], *, usedforsecurity=True)\n\nA SHAKE hash, whose digest may have any length.", new: { t, y, a, c, k in HashModules.sha3(.shake128).call(t, y, a, c, k) }))
            module.add(HashModules.type(.shake256, "_sha3", "shake_256", doc: "shake_256([data], *, usedforsecurity=True)\n\nA SHAKE hash, whose digest may have any length.", new: { t, y, a, c, k in HashModules.sha3(.shake256).call(t, y, a, c, k) }))
            return true
        }
        NativeModule.register("_blake2", doc: "_blake2b provides BLAKE2b for hashlib\n") { module in
            module.add(Blake2.makeType(module, .blake2b))
            module.add(Blake2.makeType(module, .blake2s))
            return true
        }
    }

    // MARK: Objects

    static func allocate(_ thread: ThreadRef, _ kind: HashKind) -> Value {
        guard let raw = Heap.allocate(kind.objectSize, shape: types[kind.rawValue]!.shape) else { return thread.raiseOutOfMemory() }
        HashState(Value(raw)).start(kind)
        return Value(raw)
    }

    /// A new hash that has taken in `data`, if that is given.
    static func make(_ thread: ThreadRef, _ kind: HashKind, _ data: Value) -> Value {
        let result = allocate(thread, kind)
        if result.isEmpty || data.isEmpty { return result }
        return update(thread, result, data) ? result : .empty
    }

    /// False when it has raised.
    static func update(_ thread: ThreadRef, _ hash: Value, _ data: Value) -> Bool {
        if data.isString {
            thread.raise(.typeError, "Strings must be encoded before hashing")
            return false
        }
        guard data.isBuffer else {
            thread.raise(.typeError, "object supporting the buffer API required")
            return false
        }
        var view = BufferView()
        guard thread.acquireBuffer(data, &view) else { return false }
        defer { thread.releaseBuffer(&view) }
        if view.ndim > 1 {
            thread.raise(.bufferError, "Buffer must be single dimension")
            return false
        }
        HashState(hash).update(view.bytes, view.length)
        return true
    }

    /// The digest; the hash itself goes on.
    static func digest(_ thread: ThreadRef, _ hash: Value, _ count: Int) -> Value {
        let result = thread.newBytes(count: count)
        if result.isEmpty || count == 0 { return result }
        let size = HashState(hash).kind.objectSize
        guard let copy = malloc(size) else { return thread.raiseOutOfMemory() }
        defer { free(copy) }
        memcpy(copy, hash.raw, size)
        HashState(copy.assumingMemoryBound(to: HashObject.self)).finish(BytesRef(result).bytes, count)
        return result
    }

    static func hexDigest(_ thread: ThreadRef, _ hash: Value, _ count: Int) -> Value {
        let bytes = digest(thread, hash, count)
        return bytes.isEmpty ? .empty : ByteMethods.hex(thread, BytesRef(bytes).bytes, count, .empty, .empty)
    }

    /// The length argument of SHAKE's digests; nil when it has raised.
    static func length(_ thread: ThreadRef, _ value: Value) -> Int? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        if IntOps.isNegative(index) {
            thread.raise(.valueError, "value must be positive")
            return nil
        }
        guard let number = IntOps.toInt(index) else {
            thread.raise(.overflowError, "int too big to convert")
            return nil
        }
        guard number < 1 << 29 else {
            thread.raise(.valueError, "length is too large")
            return nil
        }
        return number
    }

    nonisolated(unsafe) private static var constructors: [HashKind: Constructor] = [:]

    /// The constructor of a SHA-3 type.
    private static func sha3(_ kind: HashKind) -> Constructor {
        if let known = constructors[kind] { return known }
        let made: Constructor
        switch kind {
        case .sha3_224: made = Constructor("sha3_224(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .sha3_224, a[1]) }
        case .sha3_256: made = Constructor("sha3_256(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .sha3_256, a[1]) }
        case .sha3_384: made = Constructor("sha3_384(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .sha3_384, a[1]) }
        case .sha3_512: made = Constructor("sha3_512(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .sha3_512, a[1]) }
        case .shake128: made = Constructor("shake_128(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .shake128, a[1]) }
        default: made = Constructor("shake_256(self, data=b'', /, *, usedforsecurity=True)") { thread, a, _ in HashModules.make(thread, .shake256, a[1]) }
        }
        constructors[kind] = made
        return made
    }

    // MARK: Types

    static func type(_ kind: HashKind, _ module: StaticString, _ name: StaticString, doc: StaticString = "", new: CallFunction? = nil) -> NativeType {
        if let known = types[kind.rawValue] { return known }
        var methods: [Def] = [
            Def("copy(self, /)", .reads, "Return a copy of the hash object.") { thread, a, _ in
                let size = HashState(a[0]).kind.objectSize
                guard let raw = Heap.allocate(size, shape: a[0].shapeIndex) else { return thread.raiseOutOfMemory() }
                memcpy(raw + 8, a[0].raw + 8, size - 8)
                return Value(raw)
            },
            Def("update(self, obj, /)", .writes, "Update this hash object's state with the provided string.") { thread, a, _ in
                HashModules.update(thread, a[0], a[1]) ? .none : .empty
            },
        ]
        if kind == .shake128 || kind == .shake256 {
            methods += [
                Def("digest(self, length, /)", .reads, "Return the digest value as a bytes object.") { thread, a, _ in
                    guard let length = HashModules.length(thread, a[1]) else { return .empty }
                    return HashModules.digest(thread, a[0], length)
                },
                Def("hexdigest(self, length, /)", .reads, "Return the digest value as a string of hexadecimal digits.") { thread, a, _ in
                    guard let length = HashModules.length(thread, a[1]) else { return .empty }
                    return HashModules.hexDigest(thread, a[0], length)
                },
            ]
        } else {
            methods += [
                Def("digest(self, /)", .reads, "Return the digest value as a bytes object.") { thread, a, _ in
                    HashModules.digest(thread, a[0], a[0].object(HashObject.self).pointee.digestSize)
                },
                Def("hexdigest(self, /)", .reads, "Return the digest value as a string of hexadecimal digits.") { thread, a, _ in
                    HashModules.hexDigest(thread, a[0], a[0].object(HashObject.self).pointee.digestSize)
                },
            ]
        }
        var getters: [Getter] = [
            Getter("name") { thread, a, _ in thread.newString(a[0].object(HashObject.self).pointee.kind.name) },
            Getter("block_size") { _, a, _ in Value(small: a[0].object(HashObject.self).pointee.kind.blockSize) },
            Getter("digest_size") { _, a, _ in Value(small: a[0].object(HashObject.self).pointee.digestSize) },
        ]
        if kind.isKeccak {
            getters += [
                Getter("_capacity_bits") { _, a, _ in Value(small: 1600 - a[0].object(HashObject.self).pointee.kind.blockSize * 8) },
                Getter("_rate_bits") { _, a, _ in Value(small: a[0].object(HashObject.self).pointee.kind.blockSize * 8) },
                Getter("_suffix") { thread, a, _ in thread.newBytes([a[0].object(HashObject.self).pointee.kind.digestSize == 0 ? 0x1F : 0x06]) },
            ]
        }
        let made = NativeType(name, module: module, size: kind.objectSize, flags: new == nil ? [.noInstantiation] : [], doc: doc, methods: methods, getters: getters) { slots in
            if let new { slots.call(.new, new) }
        }
        types[kind.rawValue] = made
        return made
    }
}
