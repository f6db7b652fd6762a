import Objects

/// `types.SimpleNamespace` and the Python face of cells.
enum SimpleNamespace {
    struct Layout {
        var header: ObjectHeader
        var dict: Value
    }

    static func start() {
        NativeType(id: .simpleNamespace, "SimpleNamespace", module: "types", size: MemoryLayout<Layout>.size, dictOffset: 8, flags: .base,
                   doc: "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)", methods: [
                       Def("__reduce__(self, /)", .calls, "Return state information for pickling") { thread, a, _ in
                           let dict = InstanceAttributes.dict(thread, a[0])
                           return dict.isEmpty ? .empty : thread.newTuple(a[0].type.value, WellKnown.emptyTuple.value, dict)
                       },
                   ], getters: [Getter("__dict__", set: readOnlyMember) { thread, a, _ in InstanceAttributes.dict(thread, a[0]) }]) { slots in
            slots.restate(.getAttribute, .setAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, object, a, count, keywords in
                let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
                if count > named { return thread.raise(.typeError, "no positional arguments expected") }
                for index in 0 ..< named where !InstanceAttributes.set(thread, object, object.type, TupleRef(keywords)[index], a[index]) { return .empty }
                return .none
            }
            slots.unary(.repr) { thread, object in SimpleNamespace.repr(thread, object) }
            slots.compare { thread, a, b, operation in
                guard a.isInstance(of: .simpleNamespace), b.isInstance(of: .simpleNamespace) else { return .notImplemented }
                let left = InstanceAttributes.dict(thread, a), right = InstanceAttributes.dict(thread, b)
                return left.isEmpty || right.isEmpty ? .empty : thread.compare(left, right, Comparison(rawValue: operation) ?? .equal)
            }
            slots.unhashable()
        }
        startCell()
    }

    private static func repr(_ thread: ThreadRef, _ object: Value) -> Value {
        let name = object.isInstance(of: .simpleNamespace) && object.type == TypeID.simpleNamespace.type ? "namespace" : object.type.shortName
        guard let entered = thread.enterRepr(object) else { return .empty }
        guard entered else { return thread.newString("\(name)(...)") }
        defer { thread.leaveRepr(object) }
        let dict = InstanceAttributes.dict(thread, object)
        if dict.isEmpty { return .empty }
        let copy = thread.copyDict(DictRef(dict))
        if copy.isEmpty { return .empty }
        var text = TextBuilder(thread)
        text.add("\(name)(")
        var position = 0
        var first = true
        while let (key, value) = DictRef(copy).next(&position) {
            guard key.isString, StringRef(key).count > 0 else { continue }
            if !first { text.add(", ") }
            first = false
            text.add(string: key)
            text.add("=")
            text.add(repr: value)
        }
        text.add(")")
        return text.finish()
    }

    private static func startCell() {
        NativeType(id: .cell, "cell", size: MemoryLayout<CellObject>.size, mask: 0b10, doc: "Create a new cell object.", getters: [
            Getter("cell_contents", set: { _, a, _ in
                a[0].object(CellObject.self).pointee.contents = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let contents = a[0].object(CellObject.self).pointee.contents
                return contents.isEmpty ? thread.raise(.valueError, "Cell is empty") : contents
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in
                if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "cell() takes no keyword arguments") }
                if count > 1 { return thread.raise(.typeError, "cell expected at most 1 argument, got \(count)") }
                return thread.newCell(count == 1 ? a[0] : .empty)
            }
            slots.unary(.repr) { thread, cell in
                let contents = cell.object(CellObject.self).pointee.contents
                if contents.isEmpty { return thread.newString("<cell at \(hexadecimal(cell)): empty>") }
                return thread.newString("<cell at \(hexadecimal(cell)): \(contents.type.name) object at \(hexadecimal(contents))>")
            }
            slots.compare { thread, a, b, operation in
                guard a.isExact(.cell), b.isExact(.cell), let comparison = Comparison(rawValue: operation) else { return .notImplemented }
                let left = a.object(CellObject.self).pointee.contents, right = b.object(CellObject.self).pointee.contents
                if !left.isEmpty && !right.isEmpty { return thread.compare(left, right, comparison) }
                // An empty cell is less than any other.
                return Value(comparison.holds((left.isEmpty ? 0 : 1) - (right.isEmpty ? 0 : 1)))
            }
            slots.unhashable()
        }
    }
}
