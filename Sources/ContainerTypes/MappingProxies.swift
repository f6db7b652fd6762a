import Objects

/// `types.MappingProxyType`: a read-only view of any mapping.
public struct MappingProxyObject {
    public var header: ObjectHeader
    public var mapping: Value
}

public enum MappingProxyType {
    /// A proxy of a mapping; `mapping` is not checked.
    public static func make(_ thread: ThreadRef, _ mapping: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<MappingProxyObject>.size, shape: TypeID.mappingProxy.rawValue) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: MappingProxyObject.self).pointee.mapping = mapping
        return Value(raw)
    }

    @inline(__always) static func mapping(_ value: Value) -> Value { value.object(MappingProxyObject.self).pointee.mapping }
    private static func unwrap(_ value: Value) -> Value { value.isExact(.mappingProxy) ? mapping(value) : value }

    static func start() {
        NativeType(id: .mappingProxy, "mappingproxy", size: MemoryLayout<MappingProxyObject>.size, mask: 0b10, flags: .mappingPattern, methods: [
            Def("get(self, key, default=None, /)", .calls, "Return the value for key if key is in the mapping, else default.") { thread, a, _ in
                let own = MappingProxyType.mapping(a[0])
                if own.isExact(.dict) {
                    let found = DictRef(own).get(thread, a[1])
                    if !found.isEmpty { return found }
                    return thread.hasException ? .empty : a[2].isEmpty ? .none : a[2]
                }
                return thread.callMethod(own, Name.get, a[1], a[2].isEmpty ? .none : a[2])
            },
            Def("keys(self, /)", .calls, "D.keys() -> a set-like object providing a view on D's keys") { thread, a, _ in thread.callMethod(MappingProxyType.mapping(a[0]), Name.keys) },
            Def("values(self, /)", .calls, "D.values() -> an object providing a view on D's values") { thread, a, _ in thread.callMethod(MappingProxyType.mapping(a[0]), Name.values) },
            Def("items(self, /)", .calls, "D.items() -> a set-like object providing a view on D's items") { thread, a, _ in thread.callMethod(MappingProxyType.mapping(a[0]), Name.items) },
            Def("copy(self, /)", .calls, "D.copy() -> a shallow copy of D") { thread, a, _ in thread.callMethod(MappingProxyType.mapping(a[0]), Name.copy) },
            Def("__reversed__(self, /)", .calls, "D.__reversed__() -> reverse iterator") { thread, a, _ in thread.callMethod(MappingProxyType.mapping(a[0]), Name.__reversed__) },
            Shared.classGetItem,
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in MappingProxyType.new(thread, a, count, keywords) }
            slots.unary(.repr) { thread, value in
                var text = TextBuffer()
                text.append("mappingproxy(")
                guard text.append(repr: MappingProxyType.mapping(value), thread) else { return .empty }
                text.append(")")
                return text.make(thread)
            }
            slots.unary(.str) { thread, value in thread.str(MappingProxyType.mapping(value)) }
            slots.unhashable()
            slots.compare { thread, a, b, operation in
                thread.compare(MappingProxyType.mapping(a), b, Comparison(number: operation))
            }
            slots.unary(.iter) { thread, value in thread.iterator(MappingProxyType.mapping(value)) }
            slots.length { thread, value in thread.length(MappingProxyType.mapping(value)) }
            slots.contains { thread, value, key in thread.contains(MappingProxyType.mapping(value), key) }
            slots.lookup { thread, value, key in thread.getItem(MappingProxyType.mapping(value), key) }
            slots.binary(.bitOr) { thread, a, b in thread.binary(MappingProxyType.unwrap(a), MappingProxyType.unwrap(b), .bitOr) }
            slots.binary(.inplaceBitOr) { thread, a, _ in
                thread.raise(.typeError, "'|=' is not supported by \(a.type.name); use '|' instead")
            }
        }
    }

    private static func new(_ thread: ThreadRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if count - named > 1 || count > 1 { return thread.raise(.typeError, "mappingproxy() takes at most 1 argument (\(count) given)") }
        if count == 0 { return thread.raise(.typeError, "mappingproxy() missing required argument 'mapping' (pos 1)") }
        if named == 1, !StringRef(TupleRef(keywords)[0]).equals("mapping") {
            return thread.raise(.typeError, "'\(StringRef(TupleRef(keywords)[0]).description)' is an invalid keyword argument for mappingproxy()")
        }
        let mapping = a[0]
        let type = mapping.type
        guard type.slotPointer(.getItem).pointee != nil, !type.has(.listSubclass), !type.has(.tupleSubclass) else {
            return thread.raise(.typeError, "mappingproxy() argument must be a mapping, not \(type.name)")
        }
        return make(thread, mapping)
    }
}
