import Bytecode
import Interpreter
import TraceJIT

/// Iteration: making iterators, which stay virtual where they can, and taking their next items.
extension Recorder {
    func getIterator(_ a: Int, _ register: Int) -> Outcome {
        let value = actual(register), ref = read(register)
        guard value.isPointer else { return .failed("iter of \(value.type.name)") }
        if value.isExact(.generator) {
            guardObject(ref, value)
            write(a, ref)
            return .goesOn
        }
        // Iterators are their own iterators.
        if Recorder.plainIterators.contains(value.shapeIndex) || Recorder.stepped.contains(value.shapeIndex) {
            guardObject(ref, value)
            write(a, ref)
            return .goesOn
        }
        if case let method = SpecialMethods.iterator(value), !method.isEmpty {
            guardShape(ref, value)
            if let outcome = special(method, [ref], to: a, flags: 0) { return outcome }
        }
        let isPlain = value.isExact(.list) || value.isExact(.tuple)
        if isPlain || thread.hasListItems(value) {
            if isPlain { guardObject(ref, value) } else { guardShape(ref, value) }
            let id: TypeID = value.isExact(.tuple) ? .tupleIterator : .listIterator
            let iterator = b.new(words.layout("iterator", id.rawValue, size: MemoryLayout<IteratorObject>.size))
            isNew(iterator)
            b.store(iterator, words.iteratorContainer, word(ref))
            noteIterator(iterator, over: ref)
            write(a, iterator)
            return .goesOn
        }
        if value.isExact(.range), case let range = value.object(RangeObject.self).pointee, [range.start, range.stop, range.step, range.length].allSatisfy({ $0.isSmallInt }) {
            guardObject(ref, value)
            let length = int(b.load(ref, words.rangeLength)), first = int(b.load(ref, words.rangeStart)), step = int(b.load(ref, words.rangeStride))
            _ = int(b.load(ref, words.rangeStop))
            write(a, rangeIterator(from: first, by: step, length))
            return .goesOn
        }
        let plain = value.isExact(.dict) || value.isExact(.str) || value.isExact(.set) || value.isExact(.bytes)
        if plain { guardObject(ref, value) }
        return result(a, call(plain ? words.iteratorPlain : words.iterator, [word(ref)], runsPython: !plain))
    }

    func rangeIterator(from first: Ref, by step: Ref, _ length: Ref) -> Ref {
        let iterator = b.new(words.layout("range_iterator", TypeID.rangeIterator.rawValue, size: MemoryLayout<RangeIteratorObject>.size))
        isNew(iterator)
        b.store(iterator, words.rangeNext, first)
        b.store(iterator, words.rangeStep, step)
        b.store(iterator, words.rangeRemaining, length)
        b.store(iterator, words.iteratedLength, length)
        noteIterator(iterator, over: length)
        return iterator
    }

    /// Iterators whose next item comes without any Python running.
    private static let plainIterators: Set<UInt32> = Set([TypeID.listReverseIterator, .strIterator, .strASCIIIterator, .bytesIterator, .bytearrayIterator, .longRangeIterator,
        .dictKeyIterator, .dictValueIterator, .dictItemIterator, .dictReverseKeyIterator, .dictReverseValueIterator, .dictReverseItemIterator, .setIterator].map(\.rawValue))

    /// Iterators whose steps have code of their own.
    private static let stepped: Set<UInt32> = Set([TypeID.rangeIterator, .listIterator, .tupleIterator, .enumerate, .zip, .map].map(\.rawValue))

    /// What the next item of an iterator is, where no Python runs to find it.
    private struct Step {
        /// Nil when the iterator has come to its end.
        let item: Ref?
        /// All else that happens, to be recorded when there are no more guards to come.
        let effects: () -> Void
    }

    /// Open-codes one step of an iterator; nil when it cannot be. Guards first: a failing one goes back to the instruction.
    private func step(_ ref: Ref, _ iterator: Value) -> Step? {
        guard iterator.isPointer else { return nil }
        switch iterator.shapeIndex {
        case TypeID.rangeIterator.rawValue:
            guardObject(ref, iterator)
            let remaining = b.load(ref, words.rangeRemaining)
            guard iterator.object(RangeIteratorObject.self).pointee.remaining > 0 else {
                b.guarding(.gle, remaining, b.int(0))
                return Step(item: nil) {}
            }
            b.guarding(.ggt, remaining, b.int(0))
            let number = b.load(ref, words.rangeNext)
            return Step(item: number) { [self] in
                b.store(ref, words.rangeRemaining, b.int(.sub, remaining, b.int(1)))
                b.store(ref, words.rangeNext, b.int(.add, number, b.load(ref, words.rangeStep)))
            }
        case TypeID.listIterator.rawValue, TypeID.tupleIterator.rawValue:
            let isList = iterator.shapeIndex == TypeID.listIterator.rawValue
            return stepThrough(ref, iterator, { isList ? ListRef($0).count : TupleRef($0).count }, isList ? words.listCount : words.tupleCount) { [self] container, index in
                isList ? b.load(b.load(container, words.listStorage), index: index, words.arrayItem) : b.load(container, index: index, words.tupleItem)
            }
        case TypeID.listReverseIterator.rawValue:
            return stepThrough(ref, iterator, by: -1, { ListRef($0).count }, words.listCount) { [self] container, index in
                b.load(b.load(container, words.listStorage), index: index, words.arrayItem)
            }
        case TypeID.reversed.rawValue:
            let container = iterator.object(IteratorObject.self).pointee.container
            guard container.isExact(.tuple) else { return nil }
            return stepThrough(ref, iterator, by: -1, { TupleRef($0).count }, words.tupleCount) { [self] tuple, index in
                guardObject(tuple, container)
                return b.load(tuple, index: index, words.tupleItem)
            }
        case TypeID.dictKeyIterator.rawValue, TypeID.dictValueIterator.rawValue, TypeID.dictItemIterator.rawValue:
            return stepThroughDict(ref, iterator)
        case TypeID.strASCIIIterator.rawValue:
            let container = iterator.object(IteratorObject.self).pointee.container
            guard container.isExact(.str), StringRef(container).isASCII else { return nil }
            return stepThrough(ref, iterator, { StringRef($0).count }, words.length) { [self] string, index in
                guardObject(string, container)
                guardASCII(string)
                return b.load(b.pointer(UnsafeRawPointer(taipan_latin1())), index: b.load(string, index: index, words.character), words.characterString)
            }
        case TypeID.bytesIterator.rawValue:
            let container = iterator.object(IteratorObject.self).pointee.container
            guard container.isExact(.bytes), let layout = FlatItems.known[container.shapeIndex] else { return nil }
            return stepThrough(ref, iterator, { BytesRef($0).count }, words.length) { [self] bytes, index in
                guardObject(bytes, container)
                return b.load(bytes, index: index, words.flatItem(layout.first, .u8))
            }
        case TypeID.enumerate.rawValue:
            let object = iterator.object(IteratorObject.self).pointee
            guard object.extra.isEmpty, Value.fitsSmall(object.index + 1) else { return nil }
            guardObject(ref, iterator)
            b.guarding(.geq, b.cast(b.load(ref, words.iteratorExtra), .int), b.int(0))
            guard let inner = step(b.load(ref, words.iteratorContainer), object.container) else { return nil }
            guard let item = inner.item else { return inner }
            let number = b.load(ref, words.iteratorIndex), following = b.checked(.add, number, b.int(1), bits: 63)
            return Step(item: tuple([number, item])) { [self] in
                inner.effects()
                b.store(ref, words.iteratorIndex, following)
            }
        case TypeID.zip.rawValue:
            return stepTogether(ref, iterator)
        default:
            return nil
        }
    }

    /// A step of an iterator that has its container and an index into it, which moves on, or back from the end.
    private func stepThrough(_ ref: Ref, _ iterator: Value, by distance: Int64 = 1, _ count: (Value) -> Int, _ countField: UInt16, _ item: (Ref, Ref) -> Ref) -> Step? {
        let object = iterator.object(IteratorObject.self).pointee
        guardObject(ref, iterator)
        let container = b.load(ref, words.iteratorContainer)
        guard !object.container.isEmpty else {
            b.guarding(.geq, b.cast(container, .int), b.int(0))
            return Step(item: nil) {}
        }
        b.guarding(.gne, b.cast(container, .int), b.int(0))
        let index = b.load(ref, words.iteratorIndex), limit = b.load(container, countField)
        guard UInt(bitPattern: object.index) < UInt(bitPattern: count(object.container)) else {
            b.guarding(.guge, index, limit)
            return Step(item: nil) { [self] in b.store(ref, words.iteratorContainer, b.value(0)) }
        }
        b.guarding(.gult, index, limit)
        return Step(item: item(container, index)) { [self] in b.store(ref, words.iteratorIndex, b.int(.add, index, b.int(distance))) }
    }

    /// A step of an iterator over a dict: see `DictIterators`. Holes and changes of the dict are left to the iterator itself.
    private func stepThroughDict(_ ref: Ref, _ iterator: Value) -> Step? {
        let object = iterator.object(IteratorObject.self).pointee
        guard !object.container.isEmpty, case let dict = DictRef(object.container), !dict.pointer.pointee.table.isEmpty, dict.count == object.limit, object.extra.isSmallInt else { return nil }
        let isAtEnd = object.index >= dict.used
        guard isAtEnd || object.index < object.extra.smallInt && !dict.key(at: object.index).isEmpty else { return nil }
        guardObject(ref, iterator)
        let container = b.load(ref, words.iteratorContainer)
        b.guarding(.gne, b.cast(container, .int), b.int(0))
        b.guarding(.geq, b.load(container, words.length), b.load(ref, words.iteratorLimit))
        let index = b.load(ref, words.iteratorIndex), table = b.load(container, words.dictTable), place = b.int(.mul, index, b.int(Int64(DictRef.entryWords)))
        b.guarding(.gne, b.cast(table, .int), b.int(0))
        if isAtEnd {
            b.guarding(.guge, place, b.load(table, words.dictWords))
            return Step(item: nil) { [self] in b.store(ref, words.iteratorContainer, b.value(0)) }
        }
        b.guarding(.gult, place, b.load(table, words.dictWords))
        b.guarding(.gult, index, int(b.load(ref, words.iteratorExtra)))
        let key = b.load(table, index: place, words.dictKey)
        b.guarding(.gne, b.cast(key, .int), b.int(0))
        let item = switch iterator.shapeIndex {
        case TypeID.dictKeyIterator.rawValue: key
        case TypeID.dictValueIterator.rawValue: b.load(table, index: place, words.dictItem)
        default: tuple([key, b.load(table, index: place, words.dictItem)])
        }
        return Step(item: item) { [self] in b.store(ref, words.iteratorIndex, b.int(.add, index, b.int(1))) }
    }

    /// A step of a `zip` whose sources are simple, and each an iterator of its own.
    private func stepTogether(_ ref: Ref, _ iterator: Value) -> Step? {
        let object = iterator.object(IteratorObject.self).pointee
        guard object.index == 0, object.container.isExact(.tuple), case let sources = TupleRef(object.container), (1 ... 4).contains(sources.count) else { return nil }
        let simple: [TypeID] = [.rangeIterator, .listIterator, .tupleIterator, .strASCIIIterator, .bytesIterator]
        for index in 0 ..< sources.count {
            guard simple.contains(where: { sources[index].isExact($0) }), !(0 ..< index).contains(where: { sources[$0] == sources[index] }) else { return nil }
        }
        guardObject(ref, iterator)
        b.guarding(.geq, b.load(ref, words.iteratorIndex), b.int(0))
        let tuple = b.load(ref, words.iteratorContainer)
        guardObject(tuple, object.container)
        b.guarding(.geq, b.load(tuple, words.tupleCount), b.int(Int64(sources.count)))
        let refs = (0 ..< sources.count).map { b.load(tuple, index: b.int(Int64($0)), words.tupleItem) }
        for index in refs.indices {
            for other in 0 ..< index where sources[other].shapeIndex == sources[index].shapeIndex { b.guarding(.gne, b.cast(refs[other], .int), b.cast(refs[index], .int)) }
        }
        var items: [Ref] = [], effects: [() -> Void] = []
        for index in refs.indices {
            guard let step = step(refs[index], sources[index]) else { return nil }
            effects.append(step.effects)
            // Those before the one that has ended have moved on.
            guard let item = step.item else { return Step(item: nil) { for effect in effects { effect() } } }
            items.append(item)
        }
        return Step(item: self.tuple(items)) { for effect in effects { effect() } }
    }

    /// Guards that all characters of a string are ASCII.
    func guardASCII(_ string: Ref) {
        b.guarding(.gne, b.int(.and, b.load(string, words.objectFlags), b.int(Int64(StringFlags.ascii))), b.int(0))
    }

    func forIter(_ a: Int, _ register: Int) -> Outcome {
        let iterator = actual(register), ref = read(register)
        guard iterator.isPointer else { return .failed("iterator") }
        if iterator.isExact(.generator) { return resume(ref, iterator, sending: b.value(Value.none.bits), flags: FrameFlags.forIter | UInt64(a) << 8) ?? .failed("generator") }
        if iterator.isExact(.map), case let source = SpecialMethods.mapped(iterator), !source.isEmpty { return map(a, ref, iterator, source) }
        if let step = step(ref, iterator) {
            // A loop that is met at its end says nothing of its rounds, of which the next recording may see one; unless there never is more than one.
            if step.item == nil, isAtLoopHead, let cache, cache.pointee.spare < 2 { return .failed("the loop is over") }
            step.effects()
            if let item = step.item { write(a, item) }
            return .goesOn
        }
        if case let method = SpecialMethods.method(iterator, .__next__), !method.isEmpty {
            guardShape(ref, iterator)
            if let outcome = special(method, [ref], to: a, flags: FrameFlags.iteration) { return outcome }
        }
        return next(a, ref, iterator)
    }

    /// The next item of a `map`: a call of its Python function.
    private func map(_ a: Int, _ ref: Ref, _ iterator: Value, _ source: Value) -> Outcome {
        let object = iterator.object(IteratorObject.self).pointee
        guardObject(ref, iterator)
        let sources = b.load(ref, words.iteratorContainer)
        guardObject(sources, object.container)
        b.guarding(.geq, b.load(sources, words.tupleCount), b.int(1))
        guard let step = step(b.load(sources, index: b.int(0), words.tupleItem), source) else {
            isInsideCall = true
            return next(a, ref, iterator)
        }
        guard let item = step.item else {
            step.effects()
            return .goesOn
        }
        let first = Int(level.code.pointee.registerCount) + frameHeaderWords, function = self.function(object.extra, b.load(ref, words.iteratorExtra))
        put(level.base + first, item)
        return enter(object.extra, function, at: first, count: 1, flags: UInt64(a) << 8 | FrameFlags.iteration, effects: step.effects) ?? .failed("mapped call")
    }

    /// The next item by way of the runtime.
    private func next(_ a: Int, _ ref: Ref, _ iterator: Value) -> Outcome {
        let end = next + Int(Int32(bitPattern: pc[1]))
        guardObject(ref, iterator)
        let isPlain = Recorder.plainIterators.contains(iterator.shapeIndex)
        let item = call(isPlain ? words.nextPlain : words.next, [word(ref)], runsPython: !isPlain, isDear: iterator.type.has(.heap))
        let behind = next
        guardResult(item) { [self] following in
            let ended = b.int(Int64(bitPattern: Helpers.ended.bits))
            if following == end {
                b.mark(token(behind), with: [level.base + a: item])
                b.guarding(.geq, b.cast(item, .int), ended)
                return .goesOn
            }
            b.mark(token(end))
            b.guarding(.gne, b.cast(item, .int), ended)
            write(a, item)
            return .goesOn
        }
        return .goesOn
    }
}
