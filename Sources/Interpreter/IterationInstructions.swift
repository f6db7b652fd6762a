import Bytecode
import Objects

/// The instruction by which a `for` loop goes on.
///
/// The iterators of lists, tuples, ranges, dicts and ASCII strings are stepped here; generators and `__next__` methods written in Python run in the same dispatch loop; everything else
/// is asked by its native `next`. A part of the dispatch loop in another file, and inlined there. To step another native iterator: a case in `next`.
enum IterationInstructions {
    /// `forIter`
    @_transparent static func next(_ thread: ThreadRef, _ fp: inout FramePointer, _ pc: ProgramCounter, _ a: Int, _ iterator: Value, _ callee: inout Value, _ arguments: inout FramePointer,
                                       _ count: inout Int, _ flags: inout UInt64) -> CallInstructions.Step {
        // A comprehension's code takes its iterator as an argument, and anyone may call that code with something else.
        switch iterator.isPointer ? iterator.shapeIndex : 0 {
        case TypeID.listIterator.rawValue:
            let object = iterator.object(IteratorObject.self)
            if !object.pointee.container.isEmpty {
                let list = ListRef(object.pointee.container)
                let index = object.pointee.index
                if UInt(bitPattern: index) < UInt(bitPattern: list.count) {
                    object.pointee.index = index + 1
                    fp[a] = list[index]
                    return .finished
                }
                object.pointee.container = .empty
            }
            return .ended
        case TypeID.rangeIterator.rawValue:
            let range = iterator.object(RangeIteratorObject.self)
            if range.pointee.remaining > 0 {
                range.pointee.remaining -= 1
                fp[a] = Value(small: range.pointee.next)
                range.pointee.next &+= range.pointee.step
                return .finished
            }
            return .ended
        case TypeID.tupleIterator.rawValue:
            let object = iterator.object(IteratorObject.self)
            if !object.pointee.container.isEmpty {
                let tuple = TupleRef(object.pointee.container)
                let index = object.pointee.index
                if UInt(bitPattern: index) < UInt(bitPattern: tuple.count) {
                    object.pointee.index = index + 1
                    fp[a] = tuple[index]
                    return .finished
                }
                object.pointee.container = .empty
            }
            return .ended
        case TypeID.dictKeyIterator.rawValue, TypeID.dictValueIterator.rawValue:
            let object = iterator.object(IteratorObject.self)
            if !object.pointee.container.isEmpty {
                // The end, holes and changes of the dict are left to the iterator itself.
                let dict = DictRef(object.pointee.container)
                let entry = object.pointee.index
                if dict.count == object.pointee.limit, UInt(bitPattern: entry) < UInt(bitPattern: object.pointee.extra.smallInt), entry < dict.used {
                    let words = dict.entries + entry &* 2
                    if !words[0].isEmpty {
                        object.pointee.index = entry + 1
                        fp[a] = iterator.shapeIndex == TypeID.dictKeyIterator.rawValue ? words[0] : words[1]
                        return .finished
                    }
                }
            }
        case TypeID.strASCIIIterator.rawValue:
            let object = iterator.object(IteratorObject.self)
            if !object.pointee.container.isEmpty {
                let string = StringRef(object.pointee.container)
                let index = object.pointee.index
                if UInt(bitPattern: index) < UInt(bitPattern: string.count), string.isASCII {
                    object.pointee.index = index + 1
                    fp[a] = taipan_latin1()[Int(string.units1[index])]
                    return .finished
                }
            }
        case TypeID.generator.rawValue:
            fp.pc = pc
            let generator = iterator.object(GeneratorObject.self)
            if generator.pointee.state == .created || generator.pointee.state == .suspended {
                guard let frame = Generators.push(thread, generator, .none, flags: FrameFlags.generator | FrameFlags.forIter | UInt64(a) << 8) else { return .raised }
                fp = frame
                return .resumes
            }
        case TypeID.map.rawValue:
            let source = SpecialMethods.mapped(iterator)
            if !source.isEmpty {
                fp.pc = pc
                let item = thread.next(source)
                if item.isEmpty {
                    if thread.hasException { return .raised }
                    return .ended
                }
                callee = iterator.object(IteratorObject.self).pointee.extra
                arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                arguments[0] = item
                count = 1
                flags = FrameFlags.iteration
                return .enters
            }
        default:
            callee = SpecialMethods.method(iterator, .__next__)
            if !callee.isEmpty {
                fp.pc = pc
                arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                arguments[0] = iterator
                count = 1
                flags = FrameFlags.iteration
                return .enters
            }
        }
        fp.pc = pc
        let item = thread.next(iterator)
        if item.isEmpty {
            if thread.hasException { return .raised }
            return .ended
        }
        fp[a] = item
        return .finished
    }
}
