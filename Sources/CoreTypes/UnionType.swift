import Objects

/// `types.UnionType`: what `int | str` is (PEP 604). Nested unions are flattened and duplicates dropped, so a union always has two members or more.
struct UnionObject {
    var header: ObjectHeader
    /// tuple
    var arguments: Value
    /// tuple of type variables, or empty
    var parameters: Value
}

enum UnionType {
    static func start() {
        RuntimeHooks.union = { thread, a, b in UnionType.or(thread, a, b) }
        NativeType(id: .unionType, "UnionType", module: "types", size: MemoryLayout<UnionObject>.size, mask: 0b110, flags: [.noInstantiation, .weakReferenceable],
                   doc: "Represent a PEP 604 union type\n\nE.g. for int | str", methods: methods, getters: [
                       Getter("__args__", set: readOnlyMember) { _, a, _ in a[0].object(UnionObject.self).pointee.arguments },
                       Getter("__parameters__", "Type variables in the types.UnionType.") { thread, a, _ in UnionType.parameters(thread, a[0]) },
                   ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.repr) { thread, union in
                var text = TextBuilder(thread)
                let members = TupleRef(union.object(UnionObject.self).pointee.arguments)
                for index in 0 ..< members.count {
                    if index > 0 { text.add(" | ") }
                    if members[index] == TypeID.noneType.value { text.add("None") } else { GenericAlias.add(&text, type: members[index]) }
                }
                return text.finish()
            }
            slots.binary(.bitOr) { thread, a, b in UnionType.or(thread, a, b) }
            slots.lookup { thread, union, item in
                let parameters = UnionType.parameters(thread, union)
                if parameters.isEmpty { return .empty }
                let members = GenericAlias.substituted(thread, union, union.object(UnionObject.self).pointee.arguments, parameters, item)
                if members.isEmpty { return .empty }
                var result = TupleRef(members)[0]
                for index in 1 ..< max(1, TupleRef(members).count) {
                    result = thread.binary(result, TupleRef(members)[index], .bitOr)
                    if result.isEmpty { return .empty }
                }
                return result
            }
            slots.compare { thread, a, b, operation in
                guard a.isExact(.unionType), b.isExact(.unionType), let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else {
                    return .notImplemented
                }
                // As sets: each member of the one is in the other.
                let left = a.object(UnionObject.self).pointee.arguments, right = b.object(UnionObject.self).pointee.arguments
                for (some, all) in [(left, right), (right, left)] {
                    for index in 0 ..< TupleRef(some).count {
                        let found = thread.contains(all, TupleRef(some)[index])
                        if found < 0 { return .empty }
                        if found == 0 { return Value(comparison == .notEqual) }
                    }
                }
                return Value(comparison == .equal)
            }
            slots.hash { thread, union in
                // Must not depend on the order.
                let members = thread.call(TypeID.frozenset.value, union.object(UnionObject.self).pointee.arguments)
                return members.isEmpty ? -1 : thread.hash(members)
            }
        }
    }

    private static func isUnionable(_ value: Value) -> Bool { value.isNone || value.isType || GenericAlias.isAlias(value) || value.isExact(.unionType) }

    /// `a | b`; `.notImplemented` when one of them is no type.
    static func or(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        guard isUnionable(a), isUnionable(b) else { return .notImplemented }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for side in [a, b] {
            let members = side.isExact(.unionType) ? side.object(UnionObject.self).pointee.arguments : thread.newTuple(side.isNone ? TypeID.noneType.value : side)
            if members.isEmpty { return .empty }
            for index in 0 ..< TupleRef(members).count {
                let member = TupleRef(members)[index]
                var known = false
                for other in 0 ..< ListRef(list).count where !known {
                    let candidate = ListRef(list)[other]
                    if candidate == member { known = true } else if GenericAlias.isAlias(candidate) && GenericAlias.isAlias(member) {
                        let equal = thread.isEqual(candidate, member)
                        if equal < 0 { return .empty }
                        known = equal > 0
                    }
                }
                if !known, !ListRef(list).append(thread, member) { return .empty }
            }
        }
        if ListRef(list).count == 1 { return ListRef(list)[0] }
        let members = thread.tuple(list)
        guard !members.isEmpty, let raw = Heap.allocate(MemoryLayout<UnionObject>.size, shape: TypeID.unionType.shape) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: UnionObject.self).pointee.arguments = members
        return Value(raw)
    }

    static func parameters(_ thread: ThreadRef, _ union: Value) -> Value {
        let object = union.object(UnionObject.self)
        if object.pointee.parameters.isEmpty {
            let parameters = GenericAlias.parameters(thread, object.pointee.arguments)
            if parameters.isEmpty { return .empty }
            object.pointee.parameters = parameters
            Heap.barrier(union.raw)
        }
        return object.pointee.parameters
    }

    private static let methods = [
        Def("__instancecheck__(self, instance, /)", .calls) { thread, a, _ in
            let members = TupleRef(a[0].object(UnionObject.self).pointee.arguments)
            for index in 0 ..< members.count {
                guard members[index].isType else { return thread.raise(.typeError, "isinstance() argument 2 cannot be a parameterized generic") }
                let result = thread.isInstance(a[1], members[index])
                if result != 0 { return result < 0 ? .empty : .true }
            }
            return .false
        },
        Def("__subclasscheck__(self, subclass, /)", .calls) { thread, a, _ in
            guard a[1].isType else { return thread.raise(.typeError, "issubclass() arg 1 must be a class") }
            let members = TupleRef(a[0].object(UnionObject.self).pointee.arguments)
            for index in 0 ..< members.count {
                guard members[index].isType else { return thread.raise(.typeError, "issubclass() argument 2 cannot be a parameterized generic") }
                let result = thread.isSubclass(a[1], members[index])
                if result != 0 { return result < 0 ? .empty : .true }
            }
            return .false
        },
    ]
}
