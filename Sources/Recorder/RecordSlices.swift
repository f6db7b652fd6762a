import Bytecode
import Glibc
import Interpreter
import Memory
import Objects
import TraceJIT

/// Slices.
///
/// A slice of a list often serves only to replace items of a list, as in `a[:k] = b[k::-1]`. Making it is therefore put off: the instruction stays *pending*, and
/// those behind it are recorded as if they were part of it, with exits that lead back to it, for as long as they do nothing that could not be done twice. When
/// the store into a slice comes and finds as many items as it replaces, they are moved from list to list; before anything else the slice is made after all.
extension Recorder {
    /// The slice of a list, going into a temporary, that is still to be made.
    struct PendingSlice {
        let register: Int
        let list: Ref
        let start, stop: Ref
        let step: Int
        let count: Int
    }

    func getSlice(_ a: Int, _ register: Int, _ bounds: Int) -> Outcome {
        slice(a, read(register), actual(register), [read(bounds), read(bounds + 1), b.value(Value.none.bits)], [actual(bounds), actual(bounds + 1), .none])
    }

    /// `container[start:stop:step]`
    func slice(_ a: Int, _ ref: Ref, _ container: Value, _ bounds: [Ref], _ values: [Value]) -> Outcome {
        let isPlain = areNumbers(values) && (container.isExact(.list) || container.isExact(.tuple) || container.isExact(.str) || container.isExact(.bytes))
        if isPlain {
            guardObject(ref, container)
            if container.isExact(.list), let step = step(bounds[2], values[2]) {
                let isDown = step < 0
                let start = bound(bounds[0], values[0], isDown ? .max : 0), stop = bound(bounds[1], values[1], isDown ? .min : .max)
                let fitted = SliceBounds((number(values[0]) ?? (isDown ? .max : 0), number(values[1]) ?? (isDown ? .min : .max), step), ListRef(container).count)
                pending = PendingSlice(register: a, list: ref, start: start, stop: stop, step: step, count: fitted.count)
                if abs(step) != 1 || fitted.count == 0 { makePending() }
                return .goesOn
            }
            for (bound, value) in zip(bounds, values) { guardPlain(bound, value) }
        }
        return result(a, call(isPlain ? words.slicePlain : words.slice, [word(ref)] + bounds.map(word), runsPython: !isPlain))
    }

    /// `container[slice] = list`; nil for bounds of other kinds.
    func setSlice(_ ref: Ref, _ container: Value, _ key: Ref, _ slice: Value, _ valueRegister: Int) -> Outcome? {
        let (refs, values) = bounds(key, slice)
        guard areNumbers(values) else { return nil }
        guardObject(ref, container)
        if let source = pending {
            pending = nil
            let start = bound(refs[0], values[0], 0), stop = bound(refs[1], values[1], .max)
            guardPlain(refs[2], values[2])
            let moved = b.call(source.step < 0 ? words.moveReversed : words.moveItems, [word(ref), start, stop, word(source.list), source.start, source.stop])
            b.guarding(.gge, moved, b.int(0))
            write(source.register, b.value(Value.none.bits))
            return .goesOn
        }
        guardObject(read(valueRegister), actual(valueRegister))
        for (bound, value) in zip(refs, values) { guardPlain(bound, value) }
        guardStatus(call(words.setSlicePlain, [word(ref)] + refs.map(word) + [word(read(valueRegister))], runsPython: false))
        return .goesOn
    }

    /// Makes the slice that has been put off. Without memory the interpreter is left to try it, and to raise.
    func makePending() {
        guard let slice = pending else { return }
        pending = nil
        let made = call(words.listSlice, [word(slice.list), slice.start, slice.stop, b.int(Int64(slice.step))], runsPython: false)
        b.guarding(.gne, b.cast(made, .int), b.int(0))
        write(slice.register, made)
    }

    /// Whether an instruction may be recorded with a slice still to be made: what it does can be done again, and it does not use the slice but to move its items.
    func leavesPending(_ slice: PendingSlice, _ opcode: Bytecode.Opcode, _ a: Int, _ b2: Int, _ c: Int) -> Bool {
        let register = slice.register
        /// Small enough for sums of it to stay so.
        func isSmall(_ value: Value) -> Bool { value.isSmallInt && abs(value.smallInt) < 1 << 40 }
        switch opcode {
        case .loadConst: return a != register
        case .move: return a != register && b2 != register
        case .addK, .subtractK: return a != register && b2 != register && isSmall(actual(b2)) && isSmall(level.code.pointee.constantItems[c])
        case .add, .subtract: return a != register && b2 != register && c != register && isSmall(actual(b2)) && isSmall(actual(c))
        case .buildSlice: return a != register && !(b2 ..< b2 + c).contains(register)
        case .setItem: return c == register && a != register && b2 != register && !isLive(register, at: next) && isMove(actual(a), actual(b2), of: slice.count)
        default: return false
        }
    }

    /// Whether `container[key] = …` replaces as many items of a list as there are.
    private func isMove(_ container: Value, _ key: Value, of count: Int) -> Bool {
        guard container.isExact(.list), key.isExact(.slice), case let slice = key.object(SliceObject.self).pointee else { return false }
        guard areNumbers([slice.start, slice.stop]), slice.step.isNone || slice.step == Value(small: 1) else { return false }
        return SliceBounds((number(slice.start) ?? 0, number(slice.stop) ?? .max, 1), ListRef(container).count).count == count
    }

    private func areNumbers(_ values: [Value]) -> Bool { values.allSatisfy { $0.isSmallInt || $0.isNone } }
    private func number(_ value: Value) -> Int? { value.isNone ? nil : value.smallInt }

    /// A bound as a number.
    private func bound(_ ref: Ref, _ value: Value, _ absent: Int) -> Ref {
        if !value.isNone { return int(ref) }
        guardPlain(ref, value)
        return b.int(Int64(absent))
    }

    /// A step, which hardly ever changes; nil for zero.
    private func step(_ ref: Ref, _ value: Value) -> Int? {
        if value.isNone {
            guardPlain(ref, value)
            return 1
        }
        if value.smallInt == 0 { return nil }
        b.guarding(.geq, int(ref), b.int(Int64(value.smallInt)))
        return value.smallInt
    }

    /// The bounds of a slice object.
    func bounds(_ ref: Ref, _ slice: Value) -> (refs: [Ref], values: [Value]) {
        guardObject(ref, slice)
        let object = slice.object(SliceObject.self).pointee
        return ([words.sliceStart, words.sliceStop, words.sliceStep].map { b.load(ref, $0) }, [object.start, object.stop, object.step])
    }
}

extension Helpers {
    /// A slice of a list by numbers; empty, with nothing raised, when there is no memory.
    static let listSlice: @convention(c) (Context, Value, Int, Int, Int) -> Value = { context, value, start, stop, step in
        let list = ListRef(value), made = thread(context).slice(list, SliceBounds((start, stop, step), list.count))
        if made.isEmpty { thread(context).takeException() }
        return made
    }
    /// `target[start:stop] = source[from:to]` where as many items come as go: 0; otherwise -1, with nothing done.
    static let moveItems: @convention(c) (Value, Int, Int, Value, Int, Int) -> Int = { move(ListRef($0), ($1, $2, 1), ListRef($3), ($4, $5, 1)) }
    /// `target[start:stop] = source[from:to:-1]`
    static let moveReversed: @convention(c) (Value, Int, Int, Value, Int, Int) -> Int = { move(ListRef($0), ($1, $2, 1), ListRef($3), ($4, $5, -1)) }

    /// Items that a list gives to itself, other than by reversing them in place, are moved by way of the stack, which has room for so many.
    private static var overlapping: Int { 64 }

    @inline(__always) private static func move(_ target: ListRef, _ to: (Int, Int, Int), _ source: ListRef, _ from: (Int, Int, Int)) -> Int {
        let to = SliceBounds(to, target.count), from = SliceBounds(from, source.count), count = to.count
        guard count == from.count, count > 0 else { return -1 }
        let items = target.items + to.start
        if from.step > 0 {
            memmove(items, source.items + from.start, count * 8)
        } else if target.pointer != source.pointer || to.start > from.start || to.start + count <= from.start - count + 1 {
            let last = source.items + from.start
            for index in 0 ..< count { items[index] = (last - index).pointee }
        } else if to.start == from.start - count + 1 {
            var first = items, last = items + (count - 1)
            while first < last {
                (first.pointee, last.pointee) = (last.pointee, first.pointee)
                first += 1
                last -= 1
            }
        } else {
            guard count <= overlapping else { return -1 }
            withUnsafeTemporaryAllocation(of: Value.self, capacity: count) { copy in
                let last = source.items + from.start
                for index in 0 ..< count { copy[index] = (last - index).pointee }
                memcpy(items, copy.baseAddress.unsafelyUnwrapped, count * 8)
            }
        }
        Heap.barrier(target.pointer.pointee.storage.raw)
        return 0
    }
}
