import Bytecode
import CoreTypes
import Interpreter
import TraceJIT

/// Exceptions that are raised and caught within a trace.
///
/// An exception comes from an instruction (`raise`) or from a call that fails. Either way the interpreter unwinds, and `unwind` follows it from frame
/// to frame, down to the handler: each frame that it passes gives the exception a traceback entry and a frame object, an inlined frame that it leaves is
/// popped. All these are objects that the trace makes, and they stay virtual as long as nobody asks for them: an exception that is caught and dropped costs nothing but
/// the jump to its handler, which the trace has straight ahead.
///
/// What can fail is guarded before anything happens: that the exception is of this class, and that frames which the trace has not entered itself are those that it would
/// be unwound through. Where an exception leaves the reach of the trace (native code, a generator) the instruction is left to the interpreter.
///
/// The exception being handled, a word of the thread's, is a slot like any other (`handled`), and in memory whenever native code runs.
extension Recorder {
    /// An exception on its way from where it was raised to its handler.
    struct Flight {
        let ref: Ref
        /// Its newest traceback entry was made by the trace: for the frame object of this reference, at this index.
        var newest: (frame: Ref, index: Int)?
        /// It has no traceback entries.
        var isBare: Bool
        /// The object of the frame that it has just left.
        var left: Ref?
    }

    /// The thread's exception being handled.
    static let handled = Snapshot.contextSlots + MemoryLayout<ThreadState>.offset(of: \.handled)! / 8

    /// Frames that an exception may pass which are not the trace's.
    private static let mostFrames = 8

    // MARK: Raising

    /// raise R[a], from R[register] if there is one
    func raise(_ a: Int, from register: Int? = nil) -> Outcome {
        let value = actual(a)
        var ref = read(a), isFresh = fresh.contains(ref)
        guard canBeCaught(next, value.isExceptionClass ? TypeRef(value) : value.type) else { return leaveHere() }
        if value.isExceptionClass {
            let type = TypeRef(value)
            guard type == TypeID.stopIteration.type || type.slotPointer(.initialize).pointee == TypeID.baseException.type.slotPointer(.initialize).pointee else { return .failed("raise of a class") }
            guardSame(ref, value)
            guard let made = newException(TypeRef(value), []) else { return .failed("raise of a class") }
            ref = made
            isFresh = true
        } else {
            guard value.isException else { return .failed("raise of \(value.type.name)") }
            guardObject(ref, value)
        }
        let object = value.isExceptionClass ? nil : value.object(ExceptionObject.self)
        let isBare = object?.pointee.traceback.isEmpty ?? true
        // That of a new one can have been given to it as well.
        if isBare { b.guarding(.geq, b.cast(b.load(ref, words.traceback), .int), b.int(0)) }
        var cause: Ref?
        if let register {
            let given = actual(register)
            guard given.isException || given.isNone else { return .failed("raise from \(given.type.name)") }
            if given.isNone { guardSame(read(register), given) } else { guardObject(read(register), given) }
            cause = given.isNone ? b.value(0) : word(read(register))
        }
        guard let context = contextOfNew(ref, value.isExceptionClass ? .empty : value), guardPath(next, value.isExceptionClass ? TypeRef(value) : value.type) else { return .failed("raise in a generator") }
        // From here on things happen.
        if let cause {
            b.barrier(ref)
            b.store(ref, words.cause, cause)
            b.store(ref, words.suppressContext, b.value(Value.true.bits))
        }
        if !context.isNone {
            if isFresh {
                b.barrier(ref)
                b.store(ref, words.context, context)
            } else {
                flushHandled()
                _ = b.call(words.linkContext, [b.contextPointer, ref])
            }
        }
        // From now on it may be in the chain of one that is raised while it is handled.
        fresh.remove(ref)
        flight = Flight(ref: ref, newest: newestEntries[ref], isBare: isBare)
        return .goesOn
    }

    /// The exception that becomes the context of one that is raised now; `none` when there is none, nil when that cannot be told.
    private func contextOfNew(_ ref: Ref, _ value: Value) -> Ref? {
        let handled = b.slot(Recorder.handled), actual = thread.pointee.handled
        if !actual.isEmpty {
            if !exceptions.contains(handled) { b.guarding(.gne, b.cast(handled, .int), b.int(0)) }
            if handled == ref { return Ref.none }
            guard actual != value else {
                b.guarding(.geq, b.cast(handled, .int), b.cast(ref, .int))
                return Ref.none
            }
            if !fresh.contains(ref) { b.guarding(.gne, b.cast(handled, .int), b.cast(ref, .int)) }
            return handled
        }
        b.guarding(.geq, b.cast(handled, .int), b.int(0))
        return guardNothingHandledOutside() ? Ref.none : nil
    }

    /// Guards that no caller of a generator among the frames handles an exception, which would be the context of one that is raised now. False when one does.
    private func guardNothingHandledOutside() -> Bool {
        guard JIT.outerHandledException(thread).isEmpty else { return false }
        for level in levels.dropFirst() where level.flags & FrameFlags.generator != 0 {
            b.guarding(.geq, b.cast(b.slot(level.base + FrameSlot.saved), .int), b.int(0))
        }
        b.guarding(.geq, b.cast(b.call(words.outerHandled, [b.contextPointer]), .int), b.int(0))
        return true
    }

    /// The innermost frame is that of a generator which a call has resumed, and returns: that raises StopIteration in the caller. Nil when it cannot be followed.
    func endOfGenerator(_ ref: Ref, _ value: Value) -> Outcome? {
        let type = TypeID.stopIteration.type, behind = engine.calls[level.call].returnTo
        guard value.isNone, thread.pointee.handled.isEmpty, let generator = level.generator, canBeCaught(behind, type, from: levels.count - 1) else { return nil }
        b.guarding(.geq, b.cast(b.slot(Recorder.handled), .int), b.int(0))
        guard guardNothingHandledOutside(), guardPath(behind, type, from: levels.count - 1) else { return nil }
        if b.trace.type(ref) == .value { guardSame(ref, .none) }
        // From here on things happen.
        finish(generator)
        if let object = level.frameObject { detach(object, next - level.code.pointee.instructions - 1) }
        pop()
        guard let exception = newException(type, []) else { return .failed("raise of StopIteration") }
        flight = Flight(ref: exception, isBare: true)
        return .goesOn
    }

    /// raise without anything: what is being handled, with its traceback as it stands
    func raiseAgain() -> Outcome {
        guard !thread.pointee.handled.isEmpty else { return .failed("raise of nothing") }
        let ref = b.slot(Recorder.handled)
        return raiseAgain(ref, thread.pointee.handled)
    }

    /// Raises an exception again, with its traceback as it stands.
    func raiseAgain(_ ref: Ref, _ value: Value, keepsOrigin: Bool = false) -> Outcome {
        guard value.isException, canBeCaught(next, value.type) else { return leaveHere() }
        // Where it came from must be known when it goes beyond this frame.
        if keepsOrigin, newestEntries[ref] == nil, JIT.handler(level.code, next) == nil { return leaveHere() }
        guardObject(ref, value)
        guard guardPath(next, value.type) else { return .failed("raises out of the trace") }
        flight = Flight(ref: ref, newest: newestEntries[ref], isBare: false)
        return .goesOn
    }

    /// The interpreter has to do the instruction.
    private func leaveHere() -> Outcome {
        if pc == anchor { return .failed("raises out of the trace") }
        return leave(at: pc)
    }

    /// A new exception of a class that has `BaseException.__new__`; nil when it is not so simple.
    func newException(_ type: TypeRef, _ arguments: [Ref]) -> Ref? {
        let fields = type.pointer.pointee
        let makesPlainly = type.slotPointer(.new).pointee == TypeID.baseException.type.slotPointer(.new).pointee || type == TypeID.stopIteration.type && arguments.isEmpty
        guard type.value.isExact(.type), makesPlainly, type != TypeID.memoryError.type,
              type.flags.isDisjoint(with: [.abstract, .finalized, .watched, .variableSize]), fields.trailingMembers == 0, fields.structSize == 0, fields.dictOffset != 0 else { return nil }
        if type.has(.heap) { guardTypeVersion(type) }
        let made = b.new(words.layout(type.name, fields.rootShape, size: max(Int(fields.basicSize), Int(fields.dictOffset) + 8 + Int(fields.inlineCapacity) * 8)))
        isNew(made)
        fresh.insert(made)
        exceptions.insert(made)
        b.store(made, words.arguments, tuple(arguments))
        return made
    }

    /// `BaseException.__init__`
    func initializeException(_ ref: Ref, _ arguments: [Ref]) {
        let arguments = tuple(arguments)
        b.barrier(ref)
        b.store(ref, words.arguments, arguments)
    }

    // MARK: Unwinding

    /// Whether a frame that the trace can go on in catches what is raised by the instruction before `place`, in the innermost of the first `count` frames.
    private func canBeCaught(_ place: ProgramCounter, _ type: TypeRef, from count: Int? = nil) -> Bool {
        var place = place
        for index in levels.indices.prefix(count ?? levels.count).reversed() {
            if JIT.handler(levels[index].code, place) != nil || index > 0 && endsLoop(levels[index].flags, type) { return true }
            if !canBeLeft(levels[index].code, index == 0 ? levels[0].fp.flags : levels[index].flags, type) { return false }
            if index > 0 { place = engine.calls[levels[index].call].returnTo }
        }
        var fp = levels[0].fp
        for _ in 0 ..< Recorder.mostFrames {
            guard fp.flags & FrameFlags.entry == 0, fp == levels[0].fp || fp[FrameSlot.object].isEmpty, let previous = fp.previous, fp - previous > 0, fp - previous < Recorder.room else { return false }
            if JIT.handler(previous.code, previous.pc) != nil { return true }
            if !canBeLeft(previous.code, previous.flags, type) { return false }
            fp = previous
        }
        return false
    }

    /// Whether an exception that leaves a frame ends the loop that has asked for the next item.
    private func endsLoop(_ flags: UInt64, _ type: TypeRef) -> Bool { flags & FrameFlags.iteration != 0 && type.isSubtype(of: TypeID.stopIteration.type) }

    private func canBeLeft(_ code: UnsafeMutablePointer<CodeObject>, _ flags: UInt64, _ type: TypeRef) -> Bool {
        flags & FrameFlags.generator == 0 && code.pointee.flags & CodeFlags.hidden.rawValue == 0 && !endsLoop(flags, type)
    }

    /// Guards that the frames beyond the trace's own are those through which the exception will pass, and that real ones have objects if they have them now. False
    /// when it cannot be followed.
    private func guardPath(_ place: ProgramCounter, _ type: TypeRef, from count: Int? = nil) -> Bool {
        var place = place
        handlerObject = nil
        for index in levels.indices.prefix(count ?? levels.count).reversed() {
            let isCaught = JIT.handler(levels[index].code, place) != nil || index > 0 && endsLoop(levels[index].flags, type)
            // One that stays gets its object from the interpreter if it has none.
            if index == 0, levels[0].frameObject == nil, !isCaught || !levels[0].fp[FrameSlot.object].isEmpty { levels[0].frameObject = guardObject(of: levels[0].fp, levels[0].base) }
            if isCaught { return true }
            if index > 0 { place = engine.calls[levels[index].call].returnTo }
        }
        var fp = levels[0].fp, base = levels[0].base
        for _ in 0 ..< Recorder.mostFrames {
            guard let previous = guardCaller(fp, base) else { return false }
            base -= fp - previous
            fp = previous
            let isCaught = JIT.handler(fp.code, fp.pc) != nil
            if !isCaught || !fp[FrameSlot.object].isEmpty { handlerObject = guardObject(of: fp, base) }
            if isCaught { return true }
        }
        return false
    }

    /// A real frame's object; nil, which is guarded as well, when it has none.
    func guardObject(of fp: FramePointer, _ base: Int) -> Ref? {
        let object = b.load(b.framePointer, words.register(base + FrameSlot.object)), isThere = !fp[FrameSlot.object].isEmpty
        b.guarding(isThere ? .gne : .geq, b.cast(object, .int), b.int(0))
        return isThere ? object : nil
    }

    /// The thread's exception, raised in the innermost frame or by what it has called, comes to the frame `fp`.
    func unwind(_ fp: FramePointer, _ place: ProgramCounter, _ how: JIT.Raise) -> Outcome {
        if isInsideCall, fp != level.fp { return .goesOn }
        isInsideCall = false
        guard fp == level.fp else { return .failed("frame out of step") }
        if flight == nil, let failure = takeOff(place) { return failure }
        guard let exception = flight?.ref else { return .failed("raises") }
        if !how.skipsTraceback { addTraceback(place) }
        if let (handler, register) = JIT.handler(level.code, place) {
            write(register, exception)
            exceptions.insert(exception)
            newestEntries[exception] = flight?.newest
            flight = nil
            expectedAfter = handler
            return .goesOn
        }
        let flags = depth == 0 ? fp.flags : level.flags
        let type = thread.pointee.exception.type
        if depth > 0, endsLoop(flags, type) {
            let behind = engine.calls[level.call].returnTo
            pop()
            flight = nil
            expectedAfter = behind + Int(Int32(bitPattern: behind[-1]))
            return .goesOn
        }
        guard canBeLeft(level.code, flags, type) else { return .failed("raises out of a generator") }
        // The interpreter tells it what was asked for.
        if flags & FrameFlags.getter != 0, thread.exceptionMatches(.attributeError) { return .failed("AttributeError of a getter") }
        var index = place - level.code.pointee.instructions - 1
        if how.skipsTraceback && how.keepsOrigin {
            guard let newest = flight?.newest else { return .failed("raises again") }
            if newest.frame == level.frameObject { index = newest.index }
        }
        if let object = level.frameObject { detach(object, index) }
        flight?.left = level.frameObject
        if depth > 0 {
            pop()
        } else {
            guard let previous = fp.previous else { return .failed("raises") }
            moveTo(previous, JIT.handler(previous.code, previous.pc) != nil ? handlerObject : nil)
        }
        return .goesOn
    }

    /// A call has raised: the thread has its exception.
    private func takeOff(_ place: ProgramCounter) -> Outcome? {
        guard let call = outstanding else { return .failed("raises in \(Bytecode.Opcode(number: UInt8(truncatingIfNeeded: pc.pointee)))") }
        outstanding = nil
        let value = thread.pointee.exception
        guard call.then == nil, value.isException, place > pc, place <= next, canBeCaught(place, value.type) else { return .failed("raises out of the trace") }
        b.mark(token(next), with: call.writes)
        if call.isStatus { b.guarding(.glt, call.result, b.int(0)) } else { b.guarding(.geq, b.cast(call.result, .int), b.int(0)) }
        // Until it is taken, an exit finds the exception raised.
        b.mark(token(next))
        let context = b.contextPointer, ref = b.load(context, words.exception)
        guardObject(ref, value)
        let isBare = value.object(ExceptionObject.self).pointee.traceback.isEmpty
        if isBare { b.guarding(.geq, b.cast(b.load(ref, words.traceback), .int), b.int(0)) }
        guard guardPath(place, value.type) else { return .failed("raises out of the trace") }
        b.store(context, words.exception, b.value(0))
        flight = Flight(ref: ref, isBare: isBare)
        return nil
    }

    /// The exception in flight passes the innermost frame.
    private func addTraceback(_ place: ProgramCounter) {
        guard let current = flight, level.code.pointee.flags & CodeFlags.hidden.rawValue == 0 else { return }
        let frame = objectOfFrame(stays: JIT.handler(level.code, place) != nil), index = place - level.code.pointee.instructions - 1, exception = current.ref
        flight?.newest = (frame, index)
        flight?.isBare = false
        guard current.isBare || current.newest != nil else {
            _ = b.call(words.addTraceback, [b.contextPointer, exception, frame, b.int(Int64(index))])
            return
        }
        let entry = b.new(words.layout("traceback", TypeID.traceback.rawValue, size: MemoryLayout<TracebackObject>.size))
        isNew(entry)
        b.store(entry, words.entryNext, current.isBare ? b.value(0) : b.load(exception, words.traceback))
        b.store(entry, words.entryFrame, frame)
        b.store(entry, words.entryIndex, b.int(Int64(index)))
        b.store(entry, words.entryLine, b.int(-1))
        // The frame inside has been left: now its caller has an object that it can name.
        if let inner = current.left, inner != frame {
            b.barrier(inner)
            b.store(inner, words.frameBack, frame)
        }
        b.barrier(exception)
        b.store(exception, words.traceback, entry)
    }

    /// The object of the innermost frame: made by the trace, unless it is a real frame that goes on, of which anyone may make one.
    private func objectOfFrame(stays: Bool) -> Ref {
        if let known = level.frameObject { return known }
        let base = level.base
        if depth == 0 && stays { return b.call(words.frameObject, [b.contextPointer, address(slot: base)]) }
        let made = b.new(words.layout("frame", TypeID.frame.rawValue, size: MemoryLayout<FrameObject>.size))
        isNew(made)
        b.store(made, words.frameCode, constant(Value(level.code)))
        b.store(made, words.frameFunction, depth == 0 ? b.slot(base + FrameSlot.function) : level.functionRef ?? constant(level.function))
        if depth == 0 { b.store(made, words.frameContext, b.slot(base + FrameSlot.context)) }
        b.store(made, words.framePlace, b.cast(address(slot: base), .int))
        b.store(made, words.frameTracesLines, b.int(1))
        levels[levels.count - 1].frameObject = made
        if depth > 0 { put(base + FrameSlot.object, made) }
        return made
    }

    /// What the innermost frame holds goes to its object, since the frame is about to be left.
    func detach(_ object: Ref, _ index: Int) {
        let code = level.code, base = level.base, count = Int(code.pointee.clearCount)
        let items = (0 ..< count).map { word(b.slot(base + $0)) }
        let array = newObject("array", TypeID.valueArray.rawValue, size: MemoryLayout<ValueArrayObject>.size, tail: count)
        isNew(array)
        b.store(array, words.arrayCount, b.int(Int64(count)))
        for index in 0 ..< count { b.store(array, index: b.int(Int64(index)), words.arrayItem, items[index]) }
        b.barrier(object)
        b.store(object, words.frameRegisters, array)
        b.store(object, words.frameIndex, b.int(Int64(index)))
        b.store(object, words.framePlace, b.int(0))
        if depth > 0, let back = levels[levels.count - 2].frameObject {
            b.store(object, words.frameBack, back)
        } else if depth == 1, levels[0].frameObject == nil {
            b.store(object, words.frameBack, b.load(b.framePointer, words.register(levels[0].base + FrameSlot.object)))
        }
    }

    // MARK: Handlers

    /// R[a] = what was being handled; R[b] is being handled
    func pushException(_ a: Int, _ register: Int) -> Outcome {
        let ref = read(register), value = actual(register)
        guard value.isException else { return .failed("no exception") }
        guardObject(ref, value)
        exceptions.insert(ref)
        write(a, b.slot(Recorder.handled))
        put(Recorder.handled, ref)
        return .goesOn
    }

    func popException(_ a: Int) -> Outcome {
        let ref = read(a), value = actual(a)
        if value.isEmpty {
            b.guarding(.geq, b.cast(ref, .int), b.int(0))
            put(Recorder.handled, b.value(0))
        } else {
            guard value.isException else { return .failed("no exception") }
            if !exceptions.contains(ref) { guardObject(ref, value) }
            put(Recorder.handled, ref)
        }
        return .goesOn
    }

    /// Jumps when R[a] is no instance of R[register], a class or a tuple of such.
    func jumpIfNoMatch(_ a: Int, _ register: Int) -> Outcome {
        let value = actual(a), pattern = actual(register), patternRef = read(register)
        guard value.isException else { return .failed("no exception") }
        var classes = [pattern]
        if pattern.isExact(.tuple) {
            let tuple = TupleRef(pattern)
            classes = (0 ..< tuple.count).map { tuple[$0] }
            guard classes.count <= 16, classes.allSatisfy(\.isExceptionClass) else { return .failed("match of exceptions") }
            if !patternRef.isConstant {
                guardObject(patternRef, pattern)
                b.guarding(.geq, b.load(patternRef, words.tupleCount), b.int(Int64(tuple.count)))
                for (index, one) in classes.enumerated() { guardSame(b.load(patternRef, index: b.int(Int64(index)), words.tupleItem), one) }
            }
        } else {
            guard pattern.isExceptionClass else { return .failed("match of exceptions") }
            guardSame(patternRef, pattern)
        }
        guardShape(read(a), value)
        return .goesOn
    }

    /// R[a ...] = class, exception and traceback
    func exceptionInfo(_ a: Int, _ register: Int) -> Outcome {
        let ref = read(register), value = actual(register)
        guard value.isException else { return .failed("no exception") }
        guardObject(ref, value)
        let traceback = b.load(ref, words.traceback)
        let isBare = value.object(ExceptionObject.self).pointee.traceback.isEmpty
        b.guarding(isBare ? .geq : .gne, b.cast(traceback, .int), b.int(0))
        write(a, constant(value.type.value))
        write(a + 1, ref)
        write(a + 2, isBare ? b.value(Value.none.bits) : traceback)
        return .goesOn
    }

    /// R[a] = the bound `__exit__`, and a window for the call of `__enter__`.
    func withLookup(_ a: Int, _ register: Int, _ window: Int) -> Outcome? {
        let manager = actual(register), ref = read(register)
        guard manager.isPointer, case let type = manager.type, case let enter = type.lookup(.__enter__), case let exit = type.lookup(.__exit__),
              enter.isExact(.function), exit.isExact(.function) else { return nil }
        guardShape(ref, manager)
        write(window, constant(enter))
        write(window + frameHeaderWords, ref)
        write(a, method(exit, ref))
        return .goesOn
    }
}
