import Objects

/// `slice`. How sequences read one is in `Objects/Slices.swift`; here are the type and arithmetic with ints of any size.
enum SliceType {
    static func start() {
        NativeType(id: .slice, "slice", size: MemoryLayout<SliceObject>.size, mask: 0b1110,
                   doc: "slice(stop)\nslice(start, stop[, step])\n\nWhat stands in the brackets of a[start:stop:step], as an object.",
                   methods: [
            Def("indices(self, len, /)", .calls,
                """
                    S.indices(length)

                    Start, stop and step for a sequence of that length, as a tuple: negative places counted from its end, and places outside moved to its ends.
                    """) { thread, a, _ in
                let length = thread.toIndex(a[1])
                if length.isEmpty { return .empty }
                if IntOps.isNegative(length) { return thread.raise(.valueError, "length should not be negative") }
                guard let (start, stop, step) = SliceType.bigIndices(thread, a[0], length) else { return .empty }
                return thread.newTuple(start, stop, step)
            },
            Def("__reduce__(self, /)", .reads, "Return state information for pickling.") { thread, a, _ in
                let arguments = SliceType.parts(thread, a[0])
                return arguments.isEmpty ? .empty : thread.newTuple(TypeID.slice.value, arguments)
            },
        ], getters: [
            Getter("start", set: readOnlyMember) { _, a, _ in a[0].object(SliceObject.self).pointee.start },
            Getter("stop", set: readOnlyMember) { _, a, _ in a[0].object(SliceObject.self).pointee.stop },
            Getter("step", set: readOnlyMember) { _, a, _ in a[0].object(SliceObject.self).pointee.step },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in
                guard Shared.noKeywords(thread, "slice", keywords), Shared.arity(thread, "slice", count, 1, 3) else { return .empty }
                return count == 1 ? thread.newSlice(.none, a[0], .none) : thread.newSlice(a[0], a[1], count == 3 ? a[2] : .none)
            }
            slots.unary(.repr) { thread, value in
                let slice = value.object(SliceObject.self)
                var text = TextBuffer()
                text.append("slice(")
                guard text.append(repr: slice.pointee.start, thread) else { return .empty }
                text.append(", ")
                guard text.append(repr: slice.pointee.stop, thread) else { return .empty }
                text.append(", ")
                guard text.append(repr: slice.pointee.step, thread) else { return .empty }
                text.append(")")
                return text.make(thread)
            }
            slots.unhashable()
            slots.compare { thread, a, b, operation in
                guard b.isExact(.slice), let comparison = Comparison(rawValue: operation) else { return .notImplemented }
                if a == b { return Value(comparison.holds(0)) }
                let left = SliceType.parts(thread, a)
                let right = left.isEmpty ? Value.empty : SliceType.parts(thread, b)
                return right.isEmpty ? .empty : TupleType.compare(thread, left, right, operation)
            }
        }
    }

    private static func parts(_ thread: ThreadRef, _ value: Value) -> Value {
        let slice = value.object(SliceObject.self)
        return thread.newTuple(slice.pointee.start, slice.pointee.stop, slice.pointee.step)
    }

    /// start, stop and step fitted to a length that may be any int; nil when it has raised.
    static func bigIndices(_ thread: ThreadRef, _ value: Value, _ length: Value) -> (Value, Value, Value)? {
        let slice = value.object(SliceObject.self)
        func number(_ part: Value) -> Value {
            guard thread.isIndex(part) else { return thread.raise(.typeError, "slice indices must be integers or None or have an __index__ method") }
            return thread.toIndex(part)
        }
        let step = slice.pointee.step.isNone ? Value(small: 1) : number(slice.pointee.step)
        if step.isEmpty { return nil }
        if step == Value(small: 0) {
            thread.raise(.valueError, "slice step cannot be zero")
            return nil
        }
        let backwards = IntOps.isNegative(step)
        let lower = backwards ? Value(small: -1) : Value(small: 0)
        let upper = backwards ? thread.binary(length, Value(small: 1), .subtract) : length
        if upper.isEmpty { return nil }
        func bound(_ part: Value, _ fallback: Value) -> Value {
            if part.isNone { return fallback }
            var result = number(part)
            if result.isEmpty { return .empty }
            if IntOps.isNegative(result) {
                result = thread.binary(result, length, .add)
                if result.isEmpty { return .empty }
                let below = thread.compareTruth(result, lower, .less)
                return below < 0 ? .empty : below > 0 ? lower : result
            }
            let above = thread.compareTruth(result, upper, .greater)
            return above < 0 ? .empty : above > 0 ? upper : result
        }
        let start = bound(slice.pointee.start, backwards ? upper : lower)
        if start.isEmpty { return nil }
        let stop = bound(slice.pointee.stop, backwards ? lower : upper)
        return stop.isEmpty ? nil : (start, stop, step)
    }
}
