import Bytecode
import Syntax

/// `sys.settrace` and `sys.setprofile`.
///
/// Code that nobody traces pays nothing. A thread that has a trace or profile function keeps its breaker bit `tracing` set, so that function entries take
/// their slow path and report the call. Code that then is to be traced line by line gets the opcode `traced` put in place of each of its
/// opcodes; the handler of `traced` reports what is due and goes on with the original opcode, which the compiled code still
/// holds. Once no thread traces any more, the first traced instruction met restores its code object.
///
/// Events follow CPython's: the trace function sees `call`, and what it returned (`f_trace`) sees `line`, `opcode`, `exception` and `return`; the profile
/// function sees `call`, `return`, and `c_call`, `c_return` and `c_exception` of native functions. Neither runs while one is being called. One that raises is removed.
public enum Tracing {
    enum Event: UInt8 {
        case none, call, line, other
    }

    /// Threads that have a trace or profile function.
    nonisolated(unsafe) private static var activeThreads = 0

    // MARK: On and off

    /// sys.settrace(function); None or the zero word for none.
    public static func set(_ thread: ThreadRef, _ function: Value) {
        if thread.pointee.traceFunction.isEmpty && !function.isEmpty && !function.isNone {
            // Frames that were traced before have gone on since, unseen.
            var frame = thread.pointee.frame
            while let fp = frame {
                if case let object = fp[FrameSlot.object], !object.isEmpty, !object.object(FrameObject.self).pointee.trace.isEmpty {
                    settle(object.object(FrameObject.self))
                    instrument(fp.code)
                }
                frame = fp.previous
            }
        }
        thread.pointee.traceFunction = function.isNone ? .empty : function
        update(thread)
    }

    /// sys.setprofile(function)
    public static func setProfile(_ thread: ThreadRef, _ function: Value) {
        thread.pointee.profileFunction = function.isNone ? .empty : function
        update(thread)
        // The frames that are running already report their returns, and their calls of native functions from now on.
        var frame = thread.pointee.frame
        while let fp = frame {
            if thread.pointee.profileFunction.isEmpty {
                if !fp[FrameSlot.object].isEmpty { fp[FrameSlot.object].object(FrameObject.self).pointee.nativeCall = .empty }
            } else {
                if Frames.object(thread, fp).isEmpty { thread.takeException(); return }
                instrument(fp.code)
            }
            frame = fp.previous
        }
    }

    private static func update(_ thread: ThreadRef) {
        let wanted = !thread.pointee.traceFunction.isEmpty || !thread.pointee.profileFunction.isEmpty
        let active = taipan_breaker_load(thread) & Breaker.tracing != 0
        if wanted == active { return }
        activeThreads += wanted ? 1 : -1
        if wanted { taipan_breaker_set(thread, Breaker.tracing) } else { taipan_breaker_clear(thread, Breaker.tracing) }
    }

    /// A thread is about to end.
    public static func end(_ thread: ThreadRef) {
        thread.pointee.traceFunction = .empty
        thread.pointee.profileFunction = .empty
        update(thread)
    }

    /// The line that a frame is executing has begun already.
    private static func settle(_ frame: UnsafeMutablePointer<FrameObject>) {
        frame.pointee.tracedIndex = max(Frames.index(frame), 0) + 1
        frame.pointee.tracedLine = Frames.line(frame) + 1
    }

    /// `frame.f_trace = function`
    static func setLocal(_ value: Value, _ function: Value) {
        let frame = value.object(FrameObject.self)
        if frame.pointee.trace.isEmpty && !function.isEmpty { settle(frame) }
        frame.pointee.trace = function
        Heap.barrier(value.raw)
        if !function.isEmpty { instrument(frame.pointee.code.object(CodeObject.self)) }
    }

    // MARK: Instrumented code

    private static let instrumentedMark: UInt8 = 1

    private static func instrument(_ code: UnsafeMutablePointer<CodeObject>) {
        if code.pointee.header.spare & instrumentedMark != 0 { return }
        code.pointee.header.spare |= instrumentedMark
        let words = compiledWords(code)
        let patched = UnsafeMutablePointer(mutating: code.pointee.instructions)
        var index = 0
        while index < words.count, let instruction = Instruction.decode(words, at: index) {
            patched[index] = words[index] & ~0xFF | UInt32(Opcode.traced.rawValue)
            index = instruction.end
        }
    }

    private static func restore(_ code: UnsafeMutablePointer<CodeObject>) {
        code.pointee.header.spare &= ~instrumentedMark
        let words = compiledWords(code)
        UnsafeMutablePointer(mutating: code.pointee.instructions).update(from: words, count: words.count)
    }

    private static func compiledWords(_ code: UnsafeMutablePointer<CodeObject>) -> [UInt32] { Code.compiled(code).instructions }

    /// The instructions of a code object as they were compiled, even if it is traced or was until lately.
    public static func words(_ code: UnsafeMutablePointer<CodeObject>) -> [UInt32] {
        let words = Array(UnsafeBufferPointer(start: code.pointee.instructions, count: Int(code.pointee.instructionCount)))
        return words.contains { UInt8(truncatingIfNeeded: $0) == Opcode.traced.rawValue } ? compiledWords(code) : words
    }

    /// The opcode of a word that may be traced.
    @inline(never) static func original(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> UInt8 {
        let opcode = UInt8(truncatingIfNeeded: pc.pointee)
        if opcode != Opcode.traced.rawValue { return opcode }
        return UInt8(truncatingIfNeeded: compiledWords(code)[pc - code.pointee.instructions])
    }

    // MARK: Events

    /// Whether this thread is to report anything now.
    @inline(__always) private static func isOn(_ thread: ThreadRef) -> Bool {
        thread.pointee.tracingDepth == 0 && taipan_breaker_load(thread) & Breaker.tracing != 0
    }

    /// Calls a trace or profile function. Empty when it has raised: then it is removed.
    private static func report(_ thread: ThreadRef, _ function: Value, _ frame: Value, _ event: StaticString, _ argument: Value, isProfile: Bool) -> Value {
        let object = frame.object(FrameObject.self)
        guard let vector = thread.pushArguments(4) else { return .empty }
        let name = StringRef.intern("\(event)").value
        vector[0] = frame
        vector[1] = name
        vector[2] = argument
        vector[3] = function
        thread.pointee.tracingDepth += 1
        if !object.pointee.locals.isEmpty { _ = Frames.locals(thread, object) }
        let result = thread.call(function, vector, 3)
        if !result.isEmpty { Frames.storeLocals(thread, object) }
        thread.pointee.tracingDepth -= 1
        thread.popArguments(vector)
        if result.isEmpty {
            if isProfile { setProfile(thread, .empty) } else { set(thread, .empty) }
            object.pointee.trace = .empty
        }
        return result
    }

    /// Tells the frame's own trace function of an event. False when it has raised.
    private static func reportLocal(_ thread: ThreadRef, _ frame: Value, _ event: StaticString, _ argument: Value, _ kind: Event = .other) -> Bool {
        let object = frame.object(FrameObject.self)
        if thread.pointee.traceFunction.isEmpty || object.pointee.trace.isEmpty { return true }
        object.pointee.event = kind
        let result = report(thread, object.pointee.trace, frame, event, argument, isProfile: false)
        object.pointee.event = .none
        if result.isEmpty { return false }
        if !result.isNone {
            object.pointee.trace = result
            Heap.barrier(frame.raw)
        }
        return true
    }

    private static func reportProfile(_ thread: ThreadRef, _ frame: Value, _ event: StaticString, _ argument: Value) -> Bool {
        if thread.pointee.profileFunction.isEmpty { return true }
        return !report(thread, thread.pointee.profileFunction, frame, event, argument, isProfile: true).isEmpty
    }

    /// A frame is entered, or a generator's resumed. False when a trace function has raised.
    @inline(never) static func enter(_ thread: ThreadRef, _ fp: FramePointer, resumed: Bool) -> Bool {
        guard isOn(thread) else { return true }
        if fp.code.pointee.flags & CodeFlags.hidden.rawValue != 0 { return true }
        // Calling a generator function only makes the generator.
        if !resumed && fp.code.pointee.flags & (CodeFlags.generator.rawValue | CodeFlags.coroutine.rawValue | CodeFlags.asyncGenerator.rawValue) != 0 { return true }
        let frame = Frames.object(thread, fp)
        if frame.isEmpty { return false }
        let object = frame.object(FrameObject.self)
        if !thread.pointee.traceFunction.isEmpty {
            object.pointee.event = .call
            let result = report(thread, thread.pointee.traceFunction, frame, "call", .none, isProfile: false)
            object.pointee.event = .none
            if result.isEmpty { return false }
            if !result.isNone {
                object.pointee.trace = result
                Heap.barrier(frame.raw)
            }
            if !object.pointee.trace.isEmpty { instrument(fp.code) }
        }
        if !thread.pointee.profileFunction.isEmpty {
            guard reportProfile(thread, frame, "call", .none) else { return false }
            instrument(fp.code)
        }
        return true
    }

    /// A frame returns or yields a value. False when a trace function has raised.
    @inline(never) static func leave(_ thread: ThreadRef, _ fp: FramePointer, _ value: Value) -> Bool {
        let frame = fp[FrameSlot.object]
        guard isOn(thread), !frame.isEmpty, fp.code.pointee.flags & CodeFlags.hidden.rawValue == 0 else { return true }
        let value = value.isExact(.asyncGeneratorValue) ? value.object(WrapperObject.self).pointee.callable : value
        guard finishNativeCall(thread, frame), reportLocal(thread, frame, "return", value) else { return false }
        return reportProfile(thread, frame, "return", value)
    }

    /// An exception was raised in a frame, or came through it from a callee.
    @inline(never) static func raised(_ thread: ThreadRef, _ fp: FramePointer) {
        let frame = fp[FrameSlot.object]
        let exception = thread.pointee.exception
        guard isOn(thread), !frame.isEmpty, !exception.isEmpty else { return }
        let object = frame.object(FrameObject.self)
        thread.takeException()
        let native = object.pointee.nativeCall
        if !native.isEmpty {
            object.pointee.nativeCall = .empty
            guard reportProfile(thread, frame, "c_exception", native) else { return }
        }
        if !thread.pointee.traceFunction.isEmpty && !object.pointee.trace.isEmpty {
            let traceback = exception.object(ExceptionObject.self).pointee.traceback
            let argument = thread.newTuple(exception.type.value, exception, traceback.isEmpty ? .none : traceback)
            guard !argument.isEmpty, reportLocal(thread, frame, "exception", argument) else { return }
        }
        thread.restore(exception)
    }

    /// The generator that a frame delegates to, or whose values a loop of it takes, has returned: to CPython's tracing that is a StopIteration, but for a generator that returns None. False when a trace
    /// function has raised.
    @inline(never) static func delegateReturned(_ thread: ThreadRef, _ fp: FramePointer, _ result: Value) -> Bool {
        let frame = fp[FrameSlot.object]
        guard isOn(thread), !frame.isEmpty, !thread.pointee.traceFunction.isEmpty, !frame.object(FrameObject.self).pointee.trace.isEmpty else { return true }
        if result.isNone, let send = Instruction.decode(compiledWords(fp.code), at: fp.pc - fp.code.pointee.instructions - 2), fp[send.b].isExact(.generator) { return true }
        _ = thread.raiseStopIteration(result)
        let exception = thread.takeException()
        if exception.isEmpty { return true }
        let argument = thread.newTuple(exception.type.value, exception, .none)
        return !argument.isEmpty && reportLocal(thread, frame, "exception", argument)
    }

    /// An exception leaves a frame.
    @inline(never) static func unwound(_ thread: ThreadRef, _ fp: FramePointer) {
        let frame = fp[FrameSlot.object]
        let exception = thread.pointee.exception
        guard isOn(thread), !frame.isEmpty, !exception.isEmpty, fp.code.pointee.flags & CodeFlags.hidden.rawValue == 0 else { return }
        thread.takeException()
        guard reportLocal(thread, frame, "return", .none), reportProfile(thread, frame, "return", .none) else { return }
        thread.restore(exception)
    }

    private static func finishNativeCall(_ thread: ThreadRef, _ frame: Value) -> Bool {
        let object = frame.object(FrameObject.self)
        let native = object.pointee.nativeCall
        if native.isEmpty { return true }
        object.pointee.nativeCall = .empty
        return reportProfile(thread, frame, "c_return", native)
    }

    /// `instruction` and `original` for the word before `place`, and before the place that it returns.
    @inline(never) static func instruction(_ thread: ThreadRef, _ fp: FramePointer, behind place: ProgramCounter) -> ProgramCounter? {
        instruction(thread, fp, place - 1).map { $0 + 1 }
    }
    @inline(never) static func original(_ code: UnsafeMutablePointer<CodeObject>, behind place: ProgramCounter) -> UInt8 { original(code, place - 1) }

    /// The instruction at `pc` is about to be executed. Returns where to go on, or nil when a trace function has raised.
    @inline(never) static func instruction(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> ProgramCounter? {
        let code = fp.code
        if activeThreads == 0 {
            restore(code)
            return pc
        }
        let frame = fp[FrameSlot.object]
        guard isOn(thread), !frame.isEmpty else { return pc }
        let object = frame.object(FrameObject.self)
        guard finishNativeCall(thread, frame) else { return nil }
        if !object.pointee.trace.isEmpty && !thread.pointee.traceFunction.isEmpty {
            let index = pc - code.pointee.instructions
            let opcode = original(code, pc)
            if object.pointee.jump == index + 1 {
                // The debugger that jumped here knows.
                object.pointee.jump = 0
                object.pointee.tracedIndex = index + 1
            } else {
                let range = Code.range(code, index)
                let line = range.map { Int($0.line) } ?? 0
                let before = object.pointee.tracedIndex
                object.pointee.tracedIndex = index + 1
                if line > 0 && isVisible(opcode, range) {
                    let isBack = index + 1 < before && opcode != Opcode.send.rawValue && opcode != Opcode.yieldDelegated.rawValue
                    let isNew = line + 1 != object.pointee.tracedLine || isBack
                    object.pointee.tracedLine = line + 1
                    if isNew && object.pointee.traceLines {
                        guard reportLocal(thread, frame, "line", .none, .line) else { return nil }
                    }
                }
                if object.pointee.traceOpcodes {
                    guard reportLocal(thread, frame, "opcode", .none) else { return nil }
                }
                if object.pointee.jump == index + 1 {
                    // To where it is already.
                    object.pointee.jump = 0
                } else if object.pointee.jump > 0 {
                    object.pointee.tracedLine = Code.line(code, object.pointee.jump - 1) + 1
                    return code.pointee.instructions + (object.pointee.jump - 1)
                }
            }
        }
        if !thread.pointee.profileFunction.isEmpty, let native = nativeCallee(thread, fp, pc) {
            if native.isEmpty { return nil }
            guard reportProfile(thread, frame, "c_call", native) else { return nil }
            if !thread.pointee.profileFunction.isEmpty {
                object.pointee.nativeCall = native
                Heap.barrier(frame.raw)
            }
        }
        return pc
    }

    /// Preparations that stand at a function's head are no lines of the program.
    private static func isVisible(_ opcode: UInt8, _ range: SourceRange?) -> Bool {
        if opcode == Opcode.clear.rawValue, let range { return range.column != range.endColumn || range.line != range.endLine }
        return opcode != Opcode.makeCell.rawValue && opcode != Opcode.makeGenerator.rawValue
    }

    /// The native function that an instruction is about to call; nil when it calls none, empty when it has raised.
    private static func nativeCallee(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> Value? {
        let code = fp.code
        guard let instruction = Instruction.decode(compiledWords(code), at: pc - code.pointee.instructions) else { return nil }
        let base = fp + instruction.b
        var receiver: Value
        switch instruction.opcode {
        case .call, .callKeywords:
            receiver = instruction.c > 0 ? base[frameHeaderWords] : .empty
        case .callMethod, .callMethodKeywords:
            receiver = base[frameHeaderWords]
            if receiver.isEmpty && instruction.c > 0 { receiver = base[frameHeaderWords + 1] }
        case .callExpanded:
            receiver = base[frameHeaderWords].isTuple && TupleRef(base[frameHeaderWords]).count > 0 ? TupleRef(base[frameHeaderWords])[0] : .empty
        default:
            return nil
        }
        let callee = base[0]
        if callee.isEmpty { return nil }
        if callee.isExact(.builtinFunction) { return callee }
        if callee.isExact(.methodDescriptor), !receiver.isEmpty { return thread.bind(callee, receiver, receiver.type.value) }
        return nil
    }
}
