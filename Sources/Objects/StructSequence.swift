/// Struct sequences: tuples whose items have names, as `os.stat_result` and `time.struct_time` are.
///
/// The first `visible` fields are the tuple's items; the rest stand behind them in memory, can be reached by name only, and are not counted in the
/// tuple's length. A visible field with an empty name cannot be reached by name.
///
///     let times = StructSequence("times_result", module: "posix", visible: 5, fields: ["user", "system", …])
///     let value = times.make(thread)
///     times.set(value, 0, thread.newFloat(…))
public struct StructSequence {
    public let native: NativeType
    public var type: TypeRef { native.type }
    let total: Int
    let visible: Int

    /// Names by number of the type, for `repr` and `__reduce__`.
    nonisolated(unsafe) private static var allNames: [[Value]] = []

    /// `new` where instances are not made of a sequence.
    public init(_ name: StaticString, module: StaticString, doc: StaticString = "", visible: Int, fields: [StaticString], new: CallFunction? = nil) {
        native = NativeType(name, module: module, base: TypeID.tuple.type, size: MemoryLayout<TupleObject>.size, trace: .custom, visit: { raw in
            let info = Info(Value(raw).type)
            Collector.mark((raw + MemoryLayout<TupleObject>.size).assumingMemoryBound(to: Value.self), count: info.total)
        }, doc: doc, methods: StructSequence.methods) { slots in
            slots.call(.new, new ?? { thread, type, a, count, keywords in StructSequence.new.call(thread, type, a, count, keywords) })
            slots.unary(.repr) { thread, value in StructSequence.repr(thread, value) }
        }
        total = fields.count
        self.visible = visible
        let type = native.type
        type.pointer.pointee.nativeData = UInt(total | visible << 16 | StructSequence.allNames.count << 32)
        let thread = ThreadRegistry.current!
        // Interned names live for good.
        let names = fields.map { $0.utf8CodeUnitCount == 0 ? Value.empty : StringRef.intern("\($0)").value }
        StructSequence.allNames.append(names)
        let dict = type.namespace
        for (index, name) in names.enumerated() where !name.isEmpty {
            let member = Descriptors.make(.memberDescriptor, type, name, UInt(MemoryLayout<TupleObject>.size + index * 8), 1)
            if member.isEmpty { return }
            _ = dict.set(thread, name, member)
        }
        for (key, number) in [("n_sequence_fields", visible), ("n_fields", total), ("n_unnamed_fields", names.filter(\.isEmpty).count)] {
            _ = dict.set(thread, StringRef.intern(key).value, Value(small: number))
        }
        let match = thread.newTuple(copying: Array(names.prefix(visible).filter { !$0.isEmpty }))
        if !match.isEmpty { _ = dict.set(thread, Name.__match_args__, match) }
        type.modified()
    }

    private struct Info {
        let total: Int
        let visible: Int
        let number: Int

        init(_ type: TypeRef) {
            let data = type.pointer.pointee.nativeData
            total = Int(data & 0xFFFF)
            visible = Int(data >> 16 & 0xFFFF)
            number = Int(data >> 32)
        }

        var names: [Value] { StructSequence.allNames[number] }
        /// CPython keeps the named fields in one list and takes names from it by position, unnamed fields or not.
        var named: [Value] { names.filter { !$0.isEmpty } }
    }

    // MARK: Making

    /// A sequence whose fields are all None; to be filled with `set` at once. Empty when it has raised.
    public func make(_ thread: ThreadRef) -> Value { StructSequence.allocate(thread, native.type) }

    private static func allocate(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let info = Info(type)
        guard let raw = Heap.allocate(MemoryLayout<TupleObject>.size + info.total * 8, shape: type.pointer.pointee.rootShape) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: TupleObject.self).pointee.count = info.visible
        (raw + MemoryLayout<TupleObject>.size).assumingMemoryBound(to: Value.self).update(repeating: .none, count: info.total)
        return Value(raw)
    }

    /// Stores a field of a sequence that nobody else has seen.
    public func set(_ sequence: Value, _ field: Int, _ value: Value) {
        TupleRef(sequence).items[field] = value.isEmpty ? .none : value
        Heap.barrier(sequence.raw)
    }

    private static let new = Constructor("structseq(self, sequence, dict={})") { thread, a, _ in
        let type = TypeRef(a[0])
        let info = Info(type)
        let source = thread.tuple(a[1])
        if source.isEmpty {
            if thread.clearException(.typeError) { thread.raise(.typeError, "constructor requires a sequence") }
            return .empty
        }
        if !a[2].isEmpty && !a[2].isDict { return thread.raise(.typeError, "\(type.name)() takes a dict as second arg, if any") }
        let count = TupleRef(source).count
        if count < info.visible || count > info.total {
            let bound = info.visible == info.total ? "a" : count < info.visible ? "an at least" : "an at most"
            return thread.raise(.typeError, "\(type.name)() takes \(bound) \(count < info.visible ? info.visible : info.total)-sequence (\(count)-sequence given)")
        }
        let result = StructSequence.allocate(thread, type)
        if result.isEmpty { return .empty }
        for index in 0 ..< count { TupleRef(result).items[index] = TupleRef(source)[index] }
        if !a[2].isEmpty {
            let names = info.names
            for index in count ..< max(count, info.total) where !names[index].isEmpty {
                let value = DictRef(a[2]).get(string: names[index])
                if !value.isEmpty { TupleRef(result).items[index] = value }
            }
        }
        Heap.barrier(result.raw)
        return result
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let info = Info(value.type)
        let names = info.named
        var text = Array("\(value.type.name)(".utf8)
        for index in 0 ..< info.visible {
            if index > 0 { text += Array(", ".utf8) }
            text += StringRef(names[min(index, names.count - 1)]).utf8 + [0x3D]
            let item = thread.repr(TupleRef(value)[index])
            if item.isEmpty { return .empty }
            text += StringRef(item).utf8
        }
        return thread.newString(utf8: text + [0x29])
    }

    private static let methods = [
        Def("__reduce__(self, /)", .reads) { thread, a, _ in
            let info = Info(a[0].type)
            let items = thread.newTuple(TupleRef(a[0]).items, info.visible), rest = thread.newDict()
            if items.isEmpty || rest.isEmpty { return .empty }
            let names = info.names
            for index in info.visible ..< max(info.visible, info.total) where !names[index].isEmpty {
                guard DictRef(rest).set(thread, names[index], TupleRef(a[0]).items[index]) else { return .empty }
            }
            let arguments = thread.newTuple(items, rest)
            return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
        },
    ]
}
