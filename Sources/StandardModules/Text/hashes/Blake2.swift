import Glibc
import Objects

/// The constructors of `_blake2.blake2b` and `blake2s`: checking the parameters of RFC 7693 and mixing them into the first state.
enum Blake2 {
    private static func wide(_ kind: HashKind) -> Bool { kind == .blake2b }

    nonisolated(unsafe) private static let newB = Constructor("blake2b(self, data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)") { thread, a, _ in
        Blake2.make(thread, .blake2b, a)
    }
    nonisolated(unsafe) private static let newS = Constructor("blake2s(self, data=b'', /, *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)") { thread, a, _ in
        Blake2.make(thread, .blake2s, a)
    }

    /// A C int within a range; nil when it has raised.
    private static func small(_ thread: ThreadRef, _ value: Value, _ standard: Int, _ range: ClosedRange<Int>, _ message: @autoclosure () -> String) -> Int? {
        if value.isEmpty { return standard }
        guard let number = thread.toInt(value) else { return nil }
        guard Int32(exactly: number) != nil else {
            thread.raise(.overflowError, number < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum")
            return nil
        }
        guard range.contains(number) else {
            thread.raise(.valueError, message())
            return nil
        }
        return number
    }

    /// An unsigned 64-bit number; nil when it has raised.
    private static func unsigned(_ thread: ThreadRef, _ value: Value) -> UInt64? {
        if value.isEmpty { return 0 }
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        if IntOps.isNegative(index) {
            thread.raise(.valueError, "value must be positive")
            return nil
        }
        if index.isSmallInt { return UInt64(index.smallInt) }
        guard IntOps.size(index) == 1 else {
            thread.raise(.overflowError, "int too big to convert")
            return nil
        }
        return UInt64(IntOps.limbs(index)[0])
    }

    /// Copies the bytes of an optional argument and returns their number; nil when it has raised.
    private static func copyBytes(_ thread: ThreadRef, _ value: Value, _ target: UnsafeMutablePointer<UInt8>, _ limit: Int, _ name: String) -> Int? {
        if value.isEmpty { return 0 }
        var view = BufferView()
        guard thread.acquireBuffer(value, &view) else { return nil }
        defer { thread.releaseBuffer(&view) }
        guard view.length <= limit else {
            thread.raise(.valueError, "maximum \(name) length is \(limit) bytes")
            return nil
        }
        memcpy(target, view.bytes, view.length)
        return view.length
    }

    /// Arguments: type, data, digest_size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node, usedforsecurity.
    static func make(_ thread: ThreadRef, _ kind: HashKind, _ a: Arguments) -> Value {
        // The parameter block, and the key, which counts as a block of its own.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 192) { memory in
            let block = memory.baseAddress.unsafelyUnwrapped
            memset(block, 0, 192)
            return make(thread, kind, a, block, block + 64)
        }
    }

    private static func make(_ thread: ThreadRef, _ kind: HashKind, _ a: Arguments, _ block: UnsafeMutablePointer<UInt8>, _ key: UnsafeMutablePointer<UInt8>) -> Value {
        let most = wide(kind) ? 64 : 32
        let extra = wide(kind) ? 16 : 8
        guard let size = small(thread, a[2], most, 1 ... most, "digest_size must be between 1 and \(most) bytes"),
              copyBytes(thread, a[4], block + (wide(kind) ? 32 : 16), extra, "salt") != nil,
              copyBytes(thread, a[5], block + (wide(kind) ? 48 : 24), extra, "person") != nil,
              let fanout = small(thread, a[6], 1, 0 ... 255, "fanout must be between 0 and 255"),
              let depth = small(thread, a[7], 1, 1 ... 255, "depth must be between 1 and 255"),
              let leaf = unsigned(thread, a[8]) else { return .empty }
        if leaf > UInt64(UInt32.max) { return thread.raise(.overflowError, "leaf_size is too large") }
        guard let offset = unsigned(thread, a[9]) else { return .empty }
        if !wide(kind) && offset >> 48 != 0 { return thread.raise(.overflowError, "node_offset is too large") }
        guard let nodeDepth = small(thread, a[10], 0, 0 ... 255, "node_depth must be between 0 and 255"),
              let inner = small(thread, a[11], 0, 0 ... most, "inner_size must be between 0 and is \(most)"),
              let keySize = copyBytes(thread, a[3], key, most, "key") else { return .empty }
        var lastNode = false
        if !a[12].isEmpty {
            let truth = thread.isTrue(a[12])
            if truth < 0 { return .empty }
            lastNode = truth == 1
        }
        let result = HashModules.allocate(thread, kind)
        if result.isEmpty { return .empty }
        let state = HashState(result)
        state.object.pointee.digestSize = size
        state.object.pointee.lastNode = lastNode

        // The parameter block is mixed into the initial values; these stay behind the state, for each block's work.
        block[0] = UInt8(size)
        block[1] = UInt8(keySize)
        block[2] = UInt8(fanout)
        block[3] = UInt8(depth)
        for index in 0 ..< 4 { block[4 + index] = UInt8(truncatingIfNeeded: leaf >> UInt64(index * 8)) }
        for index in 0 ..< (wide(kind) ? 8 : 6) { block[8 + index] = UInt8(truncatingIfNeeded: offset >> UInt64(index * 8)) }
        block[wide(kind) ? 16 : 14] = UInt8(nodeDepth)
        block[wide(kind) ? 17 : 15] = UInt8(inner)
        for index in 0 ..< 8 {
            state.words[index + 8] = state.words[index]
            state.words[index] ^= wide(kind) ? UnsafeRawPointer(block).load(fromByteOffset: index * 8, as: UInt64.self)
                                             : UInt64(UnsafeRawPointer(block).load(fromByteOffset: index * 4, as: UInt32.self))
        }
        if keySize > 0 { state.update(key, kind.blockSize) }
        if !a[1].isEmpty && !HashModules.update(thread, result, a[1]) { return .empty }
        return result
    }

    static func makeType(_ module: ModuleBuilder, _ kind: HashKind) -> NativeType {
        let type: NativeType
        if wide(kind) {
            type = HashModules.type(kind, "_blake2", "blake2b", doc: "blake2b(data=b'', /, *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True)\n--\n\nReturn a new BLAKE2b hash object.", new: { t, y, a, c, k in Blake2.newB.call(t, y, a, c, k) })
        } else {
            type = HashModules.type(kind, "_blake2", "blake2s", doc: "blake2s(data=b'', /, *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True)\n--\n\nReturn a new BLAKE2s hash object.", new: { t, y, a, c, k in Blake2.newS.call(t, y, a, c, k) })
        }
        let most = wide(kind) ? 64 : 32, extra = wide(kind) ? 16 : 8
        let prefix = wide(kind) ? "BLAKE2B_" : "BLAKE2S_"
        for (name, value) in [("SALT_SIZE", extra), ("PERSON_SIZE", extra), ("MAX_KEY_SIZE", most), ("MAX_DIGEST_SIZE", most)] {
            _ = type.type.namespace.set(module.thread, StringRef.intern(name).value, Value(small: value))
            module.set(prefix + name, value)
        }
        return type
    }
}
