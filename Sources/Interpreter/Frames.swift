import Bytecode

/// Frame objects: what `sys._getframe()` and tracebacks show of a frame.
///
/// A frame object is made only when somebody asks. While its frame runs it refers to the registers; when the frame is left they are copied into it.
public struct FrameObject {
    public var header: ObjectHeader
    // Traced: words 1–8.
    public var code: Value
    public var function: Value
    /// The caller's frame object, once the frame was left; or empty.
    public var back: Value
    /// `valueArray` of the registers, once the frame was left.
    public var registers: Value
    /// The dict that `f_locals` gave out, or empty.
    var locals: Value
    /// `f_trace`, or empty.
    var trace: Value
    /// Header word `context`.
    public var context: Value
    /// The native function that was called last, until its return is reported to the profile function; or empty.
    var nativeCall: Value
    // Untraced:
    /// The running frame, or 0.
    public var fp: UInt
    /// Index of the last word of the current instruction, once the frame was left; -1 before its start.
    public var lastIndex: Int
    public var traceLines: Bool
    /// Somebody has asked for the frame, who may ask for its caller when it is over; a traceback has not.
    var keepsCaller: Bool
    var traceOpcodes: Bool
    var isCleared: Bool
    /// What the trace function is being told of.
    var event: Tracing.Event
    /// Where tracing stands: index of the last instruction seen and its line, each plus 1; 0 for none.
    var tracedIndex: Int
    var tracedLine: Int
    /// The index that a debugger wants to go on at, plus 1; or 0.
    var jump: Int
}

enum Frames {
    /// The caller's frame, as the frame itself sees it: visible code does not see hidden frames, which hidden code called from them does.
    static func caller(_ fp: FramePointer) -> FramePointer? {
        fp.code.pointee.flags & CodeFlags.hidden.rawValue == 0 ? visible(fp.previous) : fp.previous
    }

    /// The first frame from `frame` outwards that is not hidden.
    static func visible(_ frame: FramePointer?) -> FramePointer? {
        var frame = frame
        while let current = frame, current.code.pointee.flags & CodeFlags.hidden.rawValue != 0 { frame = current.previous }
        return frame
    }

    /// The frame object of a frame on the stack.
    static func object(_ thread: ThreadRef, _ fp: FramePointer) -> Value {
        let known = fp[FrameSlot.object]
        if !known.isEmpty { return known }
        guard let raw = Heap.allocate(MemoryLayout<FrameObject>.size, shape: TypeID.frame.rawValue) else { return thread.raiseOutOfMemory() }
        let frame = raw.assumingMemoryBound(to: FrameObject.self)
        frame.pointee.code = fp[FrameSlot.code]
        frame.pointee.function = fp[FrameSlot.function]
        frame.pointee.context = fp[FrameSlot.context]
        frame.pointee.fp = UInt(bitPattern: fp)
        frame.pointee.traceLines = true
        fp[FrameSlot.object] = Value(raw)
        if fp.flags & FrameFlags.generator != 0 {
            let generator = fp[FrameSlot.context].object(GeneratorObject.self)
            generator.pointee.frame = Value(raw)
            Heap.barrier(UnsafeMutableRawPointer(generator))
        }
        return Value(raw)
    }

    /// The frame object for somebody who may ask for the callers of the frame even when that is over.
    static func requested(_ thread: ThreadRef, _ fp: FramePointer) -> Value {
        let value = object(thread, fp)
        if !value.isEmpty { value.object(FrameObject.self).pointee.keepsCaller = true }
        return value
    }

    /// The exception that is handled around the innermost generator: that of the nearest caller that handles one; or empty.
    ///
    /// Everybody who raises an exception asks. What the callers of a frame handle does not change while the frame is there, so a plain frame is marked
    /// when nobody from there on handles anything, in the word that is of use only under other frames, and each frame is looked at once. Not so when compiled
    /// code asks, which knows what it has written into frames.
    static func outerHandledException(_ thread: ThreadRef, marks: Bool = true) -> Value {
        var frame = thread.pointee.frame
        while let fp = frame, !isMarkedUnhandled(fp) {
            if fp.flags & FrameFlags.generator != 0 && !fp[FrameSlot.saved].isEmpty { return fp[FrameSlot.saved] }
            frame = fp.previous
        }
        let end = frame
        frame = marks ? thread.pointee.frame : end
        while let fp = frame, fp != end {
            if fp.flags & FrameFlags.usesSaved == 0 { fp[FrameSlot.saved] = .none }
            frame = fp.previous
        }
        return .empty
    }

    /// Marks what a thread's frames certainly refer to: their variables, but for those that compiled code has in registers, and not their temporaries.
    static let markVariables: @convention(c) (ThreadRef) -> Void = { thread in
        var frame = thread.pointee.frame
        while let fp = frame {
            for slot in [FrameSlot.function, FrameSlot.code, FrameSlot.context, FrameSlot.object, FrameSlot.saved] { Collector.mark(fp[slot]) }
            let stale = JIT.staleRegisters(fp.code)
            for register in 0 ..< Int(fp.code.pointee.clearCount) where !stale.contains(register) {
                let address = UInt(bitPattern: fp + register)
                Collector.scanConservatively(from: address, to: address + 8)
            }
            frame = fp.previous
        }
    }

    private static func isMarkedUnhandled(_ fp: FramePointer) -> Bool { fp[FrameSlot.saved].isNone && fp.flags & FrameFlags.usesSaved == 0 }

    /// Copies the registers into the frame object, which outlives the frame.
    @inline(never) static func detach(_ fp: FramePointer) {
        let frame = fp[FrameSlot.object].object(FrameObject.self)
        let code = fp.code
        let count = Int(code.pointee.clearCount)
        frame.pointee.lastIndex = fp.instructionIndex
        frame.pointee.fp = 0
        if let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + count * 8, shape: TypeID.valueArray.rawValue) {
            let array = raw.assumingMemoryBound(to: ValueArrayObject.self)
            (raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self).update(from: fp, count: count)
            array.pointee.count = count
            frame.pointee.registers = Value(raw)
        }
        if let previous = caller(fp) {
            if frame.pointee.keepsCaller, previous[FrameSlot.object].isEmpty, let thread = ThreadRegistry.current {
                if requested(thread, previous).isEmpty { thread.takeException() }
            }
            if !previous[FrameSlot.object].isEmpty { frame.pointee.back = previous[FrameSlot.object] }
        }
        Heap.barrier(UnsafeMutableRawPointer(frame))
    }

    /// Pops a frame: its object, if any, is detached. Returns the caller's frame.
    @inline(__always) @discardableResult static func leave(_ thread: ThreadRef, _ fp: FramePointer) -> FramePointer? {
        if !fp[FrameSlot.object].isEmpty { detach(fp) }
        thread.pointee.recursionDepth -= 1
        let previous = fp.previous
        thread.pointee.frame = previous
        if fp.flags & FrameFlags.entry == 0, let previous {
            thread.pointee.stackTop = previous + Int(previous.code.pointee.registerCount)
        } else {
            thread.pointee.stackTop = fp - frameHeaderWords
        }
        return previous
    }

    static func index(_ frame: UnsafeMutablePointer<FrameObject>) -> Int {
        if let fp = FramePointer(bitPattern: frame.pointee.fp) { return fp.instructionIndex }
        return frame.pointee.lastIndex
    }

    /// `f_lasti`, in words. A frame that has handed on what its delegate yielded goes on at the `send` in front: shown is where it stands, the `yieldDelegated` behind that.
    static func lastInstruction(_ frame: UnsafeMutablePointer<FrameObject>) -> Int {
        let index = index(frame), code = frame.pointee.code.object(CodeObject.self)
        guard index >= 0, index + 1 < Int(code.pointee.instructionCount) else { return index }
        func opcode(_ place: Int) -> UInt8 { Tracing.original(code, code.pointee.instructions + place) }
        func behindPrefixes(_ place: Int) -> Int {
            var place = place
            while opcode(place) == Opcode.extended.number { place += 1 }
            return place
        }
        let next = behindPrefixes(index + 1)
        guard opcode(next) == Opcode.send.number else { return index }
        return behindPrefixes(next + 1 + Opcode.send.extraWords)
    }

    /// `f_lineno`; the line of the head before the first instruction.
    static func line(_ frame: UnsafeMutablePointer<FrameObject>) -> Int {
        let index = index(frame), code = frame.pointee.code.object(CodeObject.self)
        return index < 0 ? Int(code.pointee.firstLine) : Code.line(code, index)
    }

    static func register(_ frame: UnsafeMutablePointer<FrameObject>, _ index: Int) -> Value {
        if let fp = FramePointer(bitPattern: frame.pointee.fp) { return fp[index] }
        if frame.pointee.registers.isEmpty || frame.pointee.isCleared { return .empty }
        let array = frame.pointee.registers.object(ValueArrayObject.self)
        guard index < array.pointee.count else { return .empty }
        return (frame.pointee.registers.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self)[index]
    }

    /// `f_locals`: the namespace itself for modules and classes, else a dict of the locals' present values.
    static func locals(_ thread: ThreadRef, _ frame: UnsafeMutablePointer<FrameObject>) -> Value {
        let code = frame.pointee.code.object(CodeObject.self)
        let flags = CodeFlags(rawValue: code.pointee.flags)
        if !flags.contains(.optimized) {
            if !frame.pointee.context.isEmpty && !frame.pointee.context.isExact(.generator) && !frame.pointee.context.isExact(.coroutine) { return frame.pointee.context }
            return frame.pointee.function.object(FunctionObject.self).pointee.globals
        }
        if frame.pointee.locals.isEmpty {
            let dict = thread.newDict()
            if dict.isEmpty { return .empty }
            frame.pointee.locals = dict
            Heap.barrier(UnsafeMutableRawPointer(frame))
        }
        let dict = DictRef(frame.pointee.locals)
        let names = TupleRef(code.pointee.localNames)
        let cells = Code.compiled(code).cells
        func set(_ name: Value, _ value: Value) -> Bool {
            if !value.isEmpty {
                TextGrowth.share(value)
                return dict.set(thread, name, value)
            }
            let entry = dict.find(string: name)
            if entry >= 0 { dict.remove(entry: entry) }
            return true
        }
        for index in 0 ..< names.count {
            var value = register(frame, index)
            if cells.contains(where: { $0.register == index }), value.isExact(.cell) { value = value.object(CellObject.self).pointee.contents }
            if StringRef(names[index])[0] == 0x2E { continue }
            if !set(names[index], value) { return .empty }
        }
        for (index, cell) in cells.enumerated() where cell.register >= names.count {
            let value = register(frame, cell.register)
            if !set(TupleRef(code.pointee.cellNames)[index], value.isExact(.cell) ? value.object(CellObject.self).pointee.contents : .empty) { return .empty }
        }
        let closure = frame.pointee.function.object(FunctionObject.self).pointee.closure
        if !closure.isEmpty && !frame.pointee.isCleared {
            let free = TupleRef(code.pointee.freeNames)
            for index in 0 ..< min(free.count, TupleRef(closure).count) {
                let cell = TupleRef(closure)[index]
                if !set(free[index], cell.object(CellObject.self).pointee.contents) { return .empty }
            }
        }
        return frame.pointee.locals
    }

    /// Writes what was changed in the dict that `f_locals` gave out back into the locals, after a trace function.
    static func storeLocals(_ thread: ThreadRef, _ frame: UnsafeMutablePointer<FrameObject>) {
        guard !frame.pointee.locals.isEmpty, let fp = FramePointer(bitPattern: frame.pointee.fp) else { return }
        let code = frame.pointee.code.object(CodeObject.self)
        guard CodeFlags(rawValue: code.pointee.flags).contains(.optimized) else { return }
        let dict = DictRef(frame.pointee.locals)
        let names = TupleRef(code.pointee.localNames)
        let cells = Code.compiled(code).cells
        func store(_ cell: Value, _ value: Value) {
            guard cell.isExact(.cell) else { return }
            cell.object(CellObject.self).pointee.contents = value
            Heap.barrier(cell.raw)
        }
        for index in 0 ..< names.count where StringRef(names[index])[0] != 0x2E {
            let value = dict.get(string: names[index])
            if cells.contains(where: { $0.register == index }), fp[index].isExact(.cell) {
                store(fp[index], value)
            } else if !value.isEmpty {
                // A deleted name stays as it is: compiled code takes some locals for bound.
                TextGrowth.share(value)
                fp[index] = value
            }
        }
        for (index, cell) in cells.enumerated() where cell.register >= names.count {
            store(fp[cell.register], dict.get(string: TupleRef(code.pointee.cellNames)[index]))
        }
        let closure = frame.pointee.function.object(FunctionObject.self).pointee.closure
        if !closure.isEmpty {
            let free = TupleRef(code.pointee.freeNames)
            for index in 0 ..< min(free.count, TupleRef(closure).count) {
                let value = dict.get(string: free[index])
                if !value.isEmpty { store(TupleRef(closure)[index], value) }
            }
        }
    }

    /// `f_back`
    static func back(_ thread: ThreadRef, _ frame: UnsafeMutablePointer<FrameObject>) -> Value {
        if let fp = FramePointer(bitPattern: frame.pointee.fp) {
            guard let previous = caller(fp) else { return .none }
            return requested(thread, previous)
        }
        return frame.pointee.back.isEmpty ? .none : frame.pointee.back
    }

    static func start() {
        NativeType(id: .frame, "frame", size: MemoryLayout<FrameObject>.size, mask: 0b1_1111_1110, flags: .noInstantiation, methods: [
            Def("clear(self, /)", .calls, "F.clear(): clear most references held by the frame") { thread, a, _ in
                let frame = a[0].object(FrameObject.self)
                if frame.pointee.fp != 0 { return thread.raise(.runtimeError, "cannot clear an executing frame") }
                if frame.pointee.context.isExact(.generator) || frame.pointee.context.isExact(.coroutine) || frame.pointee.context.isExact(.asyncGenerator) {
                    guard Generators.abandon(thread, frame.pointee.context) else { return thread.raise(.runtimeError, "cannot clear an executing frame") }
                }
                frame.pointee.isCleared = true
                frame.pointee.registers = .empty
                frame.pointee.locals = .empty
                return .none
            },
        ], getters: [
            Getter("f_code") { _, a, _ in a[0].object(FrameObject.self).pointee.code },
            Getter("f_globals") { _, a, _ in a[0].object(FrameObject.self).pointee.function.object(FunctionObject.self).pointee.globals },
            Getter("f_builtins") { _, a, _ in a[0].object(FrameObject.self).pointee.function.object(FunctionObject.self).pointee.builtins },
            Getter("f_locals") { thread, a, _ in Frames.locals(thread, a[0].object(FrameObject.self)) },
            Getter("f_back") { thread, a, _ in Frames.back(thread, a[0].object(FrameObject.self)) },
            Getter("f_lineno", set: { thread, a, _ in Tracing.setLine(thread, a[0], a[1]) }) { thread, a, _ in
                let frame = a[0].object(FrameObject.self)
                if frame.pointee.jump > 0 { return Value(small: Code.line(frame.pointee.code.object(CodeObject.self), frame.pointee.jump - 1)) }
                return Value(small: Frames.line(frame))
            },
            Getter("f_lasti") { _, a, _ in Value(small: max(Frames.lastInstruction(a[0].object(FrameObject.self)), -1) * 4) },
            Getter("f_trace", set: { thread, a, _ in
                Tracing.setLocal(a[0], a[1].isNone ? .empty : a[1])
                return .none
            }) { _, a, _ in
                let trace = a[0].object(FrameObject.self).pointee.trace
                return trace.isEmpty ? .none : trace
            },
            Getter("f_trace_lines", isMember: true, set: { thread, a, _ in
                guard a[1].isBool else { return thread.raise(.typeError, a[1].isEmpty ? "can't delete numeric/char attribute" : "attribute value type must be bool") }
                a[0].object(FrameObject.self).pointee.traceLines = a[1] == .true
                return .none
            }) { _, a, _ in Value(a[0].object(FrameObject.self).pointee.traceLines) },
            Getter("f_trace_opcodes", isMember: true, set: { thread, a, _ in
                guard a[1].isBool else { return thread.raise(.typeError, a[1].isEmpty ? "can't delete numeric/char attribute" : "attribute value type must be bool") }
                a[0].object(FrameObject.self).pointee.traceOpcodes = a[1] == .true
                return .none
            }) { _, a, _ in Value(a[0].object(FrameObject.self).pointee.traceOpcodes) },
        ]) { slots in
            slots.restate(.getAttribute, .setAttribute, of: .object)
            slots.unary(.repr) { thread, value in
                let frame = value.object(FrameObject.self)
                let code = frame.pointee.code.object(CodeObject.self)
                return thread.newString("<frame at \(hexadecimal(value)), file \(code.pointee.filename.reprForMessage(thread)), line \(Frames.line(frame)), code \(StringRef(code.pointee.name).description)>")
            }
        }
    }
}

/// A traceback entry.
public struct TracebackObject {
    public var header: ObjectHeader
    /// The next entry, towards where the exception was raised; or empty.
    public var next: Value
    public var frame: Value
    public var lastIndex: Int
    /// -1 until asked for.
    public var line: Int
    /// What `tb_lasti` is beyond the index's own offset, in entries made from Python.
    public var excess: Int
}

enum Unwinder {
    /// The innermost range that covers the instruction before `pc`.
    @inline(__always) static func handler(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> UnsafeMutablePointer<ExceptionRange>? {
        let index = Int32(pc - code.pointee.instructions - 1)
        var range = code.pointee.exceptionRanges
        let end = range + Int(code.pointee.exceptionRangeCount)
        while range < end {
            if index >= range.pointee.start && index < range.pointee.end { return range }
            range += 1
        }
        return nil
    }

    /// Adds an entry for a frame that the thread's exception passes through.
    @inline(never) static func addTraceback(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) {
        fp.pc = pc
        // A native function has failed to say why.
        if thread.pointee.exception.isEmpty { thread.raise(.systemError, "error return without exception set") }
        let exception = thread.pointee.exception
        if exception.isEmpty || fp.code.pointee.flags & CodeFlags.hidden.rawValue != 0 { return }
        // What goes wrong here (no memory) must not hide the exception itself.
        let frame = Frames.object(thread, fp)
        guard !frame.isEmpty, add(exception, frame, pc - fp.code.pointee.instructions - 1) else {
            thread.restore(exception)
            return
        }
    }

    /// Adds an entry for a frame's object. False when there is no memory for it.
    static func add(_ exception: Value, _ frame: Value, _ index: Int) -> Bool {
        guard let raw = Heap.allocate(MemoryLayout<TracebackObject>.size, shape: TypeID.traceback.rawValue) else { return false }
        let entry = raw.assumingMemoryBound(to: TracebackObject.self)
        let object = exception.object(ExceptionObject.self)
        entry.pointee.next = object.pointee.traceback
        entry.pointee.frame = frame
        entry.pointee.lastIndex = index
        entry.pointee.line = -1
        if !object.pointee.traceback.isEmpty && object.pointee.traceback.isExact(.traceback) {
            // The inner frame was left already: now its caller has an object it can name. One that raises what it was given is no caller.
            let inner = object.pointee.traceback.object(TracebackObject.self).pointee.frame.object(FrameObject.self)
            if inner.pointee.back.isEmpty && inner.pointee.fp == 0 && UnsafeMutableRawPointer(inner) != frame.raw && !raises(frame.object(FrameObject.self).pointee.code.object(CodeObject.self), index) {
                inner.pointee.back = frame
                Heap.barrier(UnsafeMutableRawPointer(inner))
            }
        }
        object.pointee.traceback = Value(raw)
        Heap.barrier(exception.raw)
        return true
    }

    /// Whether the instruction that ends at an index is a `raise` statement's.
    private static func raises(_ code: UnsafeMutablePointer<CodeObject>, _ index: Int) -> Bool {
        if index < 0 { return false }
        let opcode = Tracing.original(code, code.pointee.instructions + index)
        return opcode == Opcode.raise.number || opcode == Opcode.raiseFrom.number
    }

    /// Where in the frame the thread's exception was raised, or came from, before it was raised again at `pc`.
    @inline(never) static func origin(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> ProgramCounter {
        let traceback = thread.pointee.exception.object(ExceptionObject.self).pointee.traceback
        guard !traceback.isEmpty, traceback.isExact(.traceback) else { return pc }
        let entry = traceback.object(TracebackObject.self)
        guard entry.pointee.frame == fp[FrameSlot.object], entry.pointee.lastIndex >= 0,
              entry.pointee.lastIndex < Code.compiled(fp.code).instructions.count else { return pc }
        return fp.code.pointee.instructions + (entry.pointee.lastIndex + 1)
    }

    /// A frame that could not be entered: as if it had raised at its first instruction, without a trace.
    static func abandon(_ thread: ThreadRef, _ fp: FramePointer) -> Value {
        if fp.flags & FrameFlags.generator != 0 {
            thread.pointee.handled = fp[FrameSlot.saved]
            fp[FrameSlot.context].object(GeneratorObject.self).pointee.state = .closed
        }
        thread.pointee.frame = fp.previous
        thread.pointee.stackTop = fp - frameHeaderWords
        return .empty
    }

    static func line(_ traceback: UnsafeMutablePointer<TracebackObject>) -> Int {
        if traceback.pointee.line < 0 {
            traceback.pointee.line = Code.line(traceback.pointee.frame.object(FrameObject.self).pointee.code.object(CodeObject.self), traceback.pointee.lastIndex)
        }
        return traceback.pointee.line
    }

    static func start() {
        NativeType(id: .traceback, "traceback", size: MemoryLayout<TracebackObject>.size, mask: 0b110, methods: [
            Def("__dir__(self, /)", .writes) { thread, _, _ in
                let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].map { StringRef.intern($0).value }
                let tuple = thread.newTuple(copying: names)
                return tuple.isEmpty ? .empty : thread.list(tuple)
            },
        ], getters: [
            Getter("tb_frame", isMember: true) { _, a, _ in a[0].object(TracebackObject.self).pointee.frame },
            Getter("tb_next", set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "can't delete tb_next attribute") }
                guard a[1].isNone || a[1].isExact(.traceback) else { return thread.raise(.typeError, "expected traceback object or None, got '\(a[1].type.name)'") }
                var entry = a[1]
                while entry.isExact(.traceback) {
                    if entry == a[0] { return thread.raise(.valueError, "traceback loop detected") }
                    entry = entry.object(TracebackObject.self).pointee.next
                    if entry.isEmpty { break }
                }
                a[0].object(TracebackObject.self).pointee.next = a[1].isNone ? .empty : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in
                let next = a[0].object(TracebackObject.self).pointee.next
                return next.isEmpty ? .none : next
            },
            Getter("tb_lasti", isMember: true) { _, a, _ in Value(small: a[0].object(TracebackObject.self).pointee.lastIndex * 4 + a[0].object(TracebackObject.self).pointee.excess) },
            Getter("tb_lineno", isMember: true) { _, a, _ in Value(small: Unwinder.line(a[0].object(TracebackObject.self))) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, arguments, count, keywords in
                guard count == 4, keywords.isEmpty else { return thread.raise(.typeError, "traceback() takes exactly 4 arguments (\(count) given)") }
                guard arguments[0].isNone || arguments[0].isExact(.traceback) else {
                    return thread.raise(.typeError, "expected traceback object or None, got '\(arguments[0].type.name)'")
                }
                guard arguments[1].isExact(.frame) else {
                    return thread.raise(.typeError, "traceback() argument 'tb_frame' must be frame, not \(arguments[1].argumentTypeName)")
                }
                guard let last = thread.toInt(arguments[2]), let line = thread.toInt(arguments[3]) else { return .empty }
                guard let raw = Heap.allocate(MemoryLayout<TracebackObject>.size, shape: TypeID.traceback.rawValue) else { return thread.raiseOutOfMemory() }
                let entry = raw.assumingMemoryBound(to: TracebackObject.self)
                entry.pointee.next = arguments[0].isNone ? .empty : arguments[0]
                entry.pointee.frame = arguments[1]
                entry.pointee.lastIndex = last >> 2
                entry.pointee.excess = last & 3
                entry.pointee.line = line
                return Value(raw)
            }
        }
    }
}
