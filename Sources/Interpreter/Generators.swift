import Bytecode
import Glibc

/// Generators and coroutines.
///
/// A suspended generator keeps its registers in an array. Resuming copies them onto the register stack and runs the frame there, so that a generator's calls are
/// laid out like anybody's; suspending copies them back. A generator resumed by `for`, `yield from` or `await` in Python runs in the same
/// dispatch loop as its consumer.
public struct GeneratorObject {
    public var header: ObjectHeader
    // Traced: words 1–8.
    public var code: Value
    public var function: Value
    /// `SavedRegisters`; empty once closed.
    public var registers: Value
    public var frame: Value
    public var name: Value
    public var qualifiedName: Value
    /// The exception that the generator itself was handling when it was suspended, or empty.
    public var handled: Value
    /// Of coroutines: `cr_origin`. Of async generators: the finalizer hook.
    public var extra: Value
    // Untraced:
    public var pc: UInt
    public var state: GeneratorState
    /// Async generators: hooks were called; an `asend` or the like is running; closed.
    public var hooksCalled: Bool
    public var runningAsync: Bool
    public var asyncClosed: Bool
    /// Where a sent value goes.
    public var resumeRegister: Int32
    /// The register of the iterator that the generator delegates to, or -1.
    public var delegateRegister: Int32
}

/// The registers of a suspended generator.
struct SavedRegisters {
    var header: ObjectHeader
    var count: Int32
    /// Those at the beginning that are variables; the rest are temporaries.
    var variableCount: Int32
    // Then the registers.
}

public enum GeneratorState: UInt8 { case created, suspended, running, closed }

public enum Generators {
    /// Shape of the arrays of suspended registers. They are scanned as the register stack is, by appearance: dead temporaries among them may be frame headers of
    /// calls that are over, or values of frames long gone.
    static let storageShape = NativeType("generator_registers", size: MemoryLayout<SavedRegisters>.size, trace: .custom, visit: { raw in
        let registers = raw.assumingMemoryBound(to: SavedRegisters.self).pointee
        if Collector.isJudging { Collector.putOff(raw) }
        let first = UInt(bitPattern: raw) + UInt(MemoryLayout<SavedRegisters>.size)
        Collector.scanConservatively(from: first, to: first + UInt(Collector.isJudging ? registers.variableCount : registers.count) * 8)
    }).shape

    static func registers(_ generator: UnsafeMutablePointer<GeneratorObject>) -> UnsafeMutablePointer<Value> {
        (generator.pointee.registers.raw + MemoryLayout<SavedRegisters>.size).assumingMemoryBound(to: Value.self)
    }

    /// The generator of the frame that executes `makeGenerator`.
    @inline(never) static func make(_ thread: ThreadRef, _ fp: FramePointer) -> Value {
        let code = fp.code
        let flags = CodeFlags(rawValue: code.pointee.flags)
        let id: TypeID = flags.contains(.coroutine) ? .coroutine : flags.contains(.asyncGenerator) ? .asyncGenerator : .generator
        let count = Int(code.pointee.registerCount)
        guard let raw = Heap.allocate(MemoryLayout<GeneratorObject>.size, shape: id.rawValue) else { return thread.raiseOutOfMemory() }
        let generator = raw.assumingMemoryBound(to: GeneratorObject.self)
        generator.pointee.code = fp[FrameSlot.code]
        generator.pointee.function = fp[FrameSlot.function]
        generator.pointee.name = fp.function.pointee.name
        generator.pointee.qualifiedName = fp.function.pointee.qualifiedName
        generator.pointee.pc = UInt(bitPattern: fp.pc)
        generator.pointee.delegateRegister = -1
        guard let storage = Heap.allocate(MemoryLayout<SavedRegisters>.size + count * 8, shape: storageShape) else { return thread.raiseOutOfMemory() }
        storage.assumingMemoryBound(to: SavedRegisters.self).pointee.count = Int32(count)
        storage.assumingMemoryBound(to: SavedRegisters.self).pointee.variableCount = code.pointee.clearCount
        generator.pointee.registers = Value(storage)
        Heap.barrier(raw)
        registers(generator).update(from: fp, count: Int(code.pointee.clearCount))
        // Only a frame that could be inside `try` or `with` has anything to do when it is abandoned.
        if code.pointee.exceptionRangeCount > 0 || id != .generator, !Collector.registerFinalizable(raw) { return thread.raiseOutOfMemory() }
        if id == .coroutine && thread.pointee.coroutineOriginDepth > 0 {
            generator.pointee.extra = origin(thread, fp)
            if thread.hasException { return .empty }
            Heap.barrier(raw)
        }
        return Value(raw)
    }

    private static func origin(_ thread: ThreadRef, _ fp: FramePointer) -> Value {
        let list = thread.newList()
        if list.isEmpty { return .empty }
        var frame = fp.previous
        var depth = thread.pointee.coroutineOriginDepth
        while let current = frame, depth > 0 {
            let code = current.code
            let entry = thread.newTuple(code.pointee.filename, Value(small: Code.line(code, current.instructionIndex)), code.pointee.name)
            if entry.isEmpty || !ListRef(list).append(thread, entry) { return .empty }
            frame = current.previous
            depth -= 1
        }
        return thread.tuple(list)
    }

    /// Puts the generator's frame on the register stack, to be run: `value` becomes that of the `yield`, unless it is empty, when the variable that would get it stays as it is.
    /// Nil when it has raised. With `FrameFlags.entry` among the flags `run` counts the recursion.
    @inline(never) static func push(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ value: Value, flags: UInt64) -> FramePointer? {
        let code = generator.pointee.code.object(CodeObject.self)
        let count = Int(code.pointee.registerCount)
        let fp = thread.pointee.stackTop.unsafelyUnwrapped + frameHeaderWords
        guard thread.pointee.recursionDepth < taipan.recursionLimit, fp + count + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else {
            Calls.raiseRecursion(thread)
            return nil
        }
        copyWords(fp, registers(generator), count)
        fp[FrameSlot.function] = generator.pointee.function
        fp[FrameSlot.code] = generator.pointee.code
        fp[FrameSlot.pc] = Value(bits: UInt64(generator.pointee.pc))
        fp.previous = thread.pointee.frame
        fp[FrameSlot.context] = Value(generator)
        fp[FrameSlot.object] = generator.pointee.frame
        if !generator.pointee.frame.isEmpty { generator.pointee.frame.object(FrameObject.self).pointee.fp = UInt(bitPattern: fp) }
        fp.flags = flags
        fp[FrameSlot.saved] = thread.pointee.handled
        thread.pointee.handled = generator.pointee.handled
        if generator.pointee.state == .suspended, !value.isEmpty { fp[Int(generator.pointee.resumeRegister)] = value }
        generator.pointee.state = .running
        thread.pointee.frame = fp
        thread.pointee.stackTop = fp + count
        if flags & FrameFlags.entry == 0 { thread.pointee.recursionDepth += 1 }
        if taipan_breaker_load(thread) & Breaker.tracing != 0 && !Tracing.enter(thread, fp, resumed: true) {
            if flags & FrameFlags.entry != 0 { thread.pointee.recursionDepth += 1 }
            fail(thread, fp)
            Frames.leave(thread, fp)
            return nil
        }
        return fp
    }

    /// What a call that resumes a generator or a coroutine sends it, if the dispatch loop can do that: `next(g)` and `g.send(value)`. Nil for any other call, and while
    /// somebody watches them all.
    @inline(never) public static func sent(_ thread: ThreadRef, _ callee: Value, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> Value? {
        guard count > 0, count <= 2, callee.isPointer, case let receiver = arguments[0], receiver.isExact(.generator) || receiver.isExact(.coroutine),
              taipan_breaker_load(thread) & Breaker.tracing == 0 else { return nil }
        let state = receiver.object(GeneratorObject.self).pointee.state
        var value = Value.none
        if callee.isExact(.builtinFunction) {
            let record = callee.object(BuiltinFunctionObject.self).pointee.record
            guard count == 1, receiver.isExact(.generator), record.pointee.module.isHeap, StringRef(record.pointee.name).equals("next"), StringRef(record.pointee.module).equals("builtins") else { return nil }
        } else {
            guard count == 2, callee.isExact(.methodDescriptor), case let descriptor = callee.object(DescriptorObject.self).pointee, descriptor.owner == receiver.type.value,
                  StringRef(descriptor.name).equals("send") else { return nil }
            value = arguments[1]
        }
        return state == .suspended || state == .created && value.isNone ? value : nil
    }

    /// Saves the frame that yields.
    @inline(__always) static func suspend(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ fp: FramePointer, resumeRegister: Int, delegate: Int) {
        copyWords(registers(generator), fp, Int(fp.code.pointee.registerCount))
        Heap.barrier(generator.pointee.registers.raw)
        generator.pointee.pc = UInt(fp[FrameSlot.pc].bits)
        generator.pointee.resumeRegister = Int32(truncatingIfNeeded: resumeRegister)
        generator.pointee.delegateRegister = Int32(truncatingIfNeeded: delegate)
        generator.pointee.handled = thread.pointee.handled
        generator.pointee.state = .suspended
        thread.pointee.handled = fp[FrameSlot.saved]
        Heap.barrier(UnsafeMutableRawPointer(generator))
    }

    /// The generator's frame returns.
    static func finish(_ thread: ThreadRef, _ fp: FramePointer) {
        thread.pointee.handled = fp[FrameSlot.saved]
        close(fp[FrameSlot.context].object(GeneratorObject.self))
    }

    /// An exception leaves the generator's frame: StopIteration must not (PEP 479).
    static func fail(_ thread: ThreadRef, _ fp: FramePointer) {
        let generator = fp[FrameSlot.context].object(GeneratorObject.self)
        thread.pointee.handled = fp[FrameSlot.saved]
        close(generator)
        let isAsync = generator.pointee.header.shape == TypeID.asyncGenerator.rawValue
        let what = isAsync ? "async generator" : generator.pointee.header.shape == TypeID.coroutine.rawValue ? "coroutine" : "generator"
        if thread.exceptionMatches(.stopIteration) {
            replace(thread, "\(what) raised StopIteration")
        } else if isAsync && thread.exceptionMatches(.stopAsyncIteration) {
            replace(thread, "async generator raised StopAsyncIteration")
        }
    }

    private static func replace(_ thread: ThreadRef, _ message: String) {
        let cause = thread.takeException()
        thread.raise(.runtimeError, message)
        guard !thread.pointee.exception.isEmpty else { return }
        let object = thread.pointee.exception.object(ExceptionObject.self)
        object.pointee.cause = cause
        object.pointee.context = cause
        object.pointee.suppressContext = .true
        Heap.barrier(thread.pointee.exception.raw)
    }

    private static func close(_ generator: UnsafeMutablePointer<GeneratorObject>) {
        // Nothing is left to be done for it when it dies.
        generator.pointee.header.bits &= ~HeaderBits.finalizable
        generator.pointee.state = .closed
        generator.pointee.registers = .empty
        generator.pointee.delegateRegister = -1
        generator.pointee.handled = .empty
        generator.pointee.frame = .empty
    }

    // MARK: From native code

    /// What a generator is called in messages.
    static func kind(_ generator: UnsafeMutablePointer<GeneratorObject>) -> String {
        switch generator.pointee.header.shape {
        case TypeID.coroutine.rawValue: return "coroutine"
        case TypeID.asyncGenerator.rawValue: return "async generator"
        default: return "generator"
        }
    }

    /// Resumes with a value. `finished` tells a return from a yield. A closed generator has finished with None.
    public static func resume(_ thread: ThreadRef, _ value: Value, _ sent: Value, _ finished: inout Bool) -> Value {
        let generator = value.object(GeneratorObject.self)
        switch generator.pointee.state {
        case .running:
            return thread.raise(.valueError, "\(kind(generator)) already executing")
        case .closed:
            if generator.pointee.header.shape == TypeID.coroutine.rawValue { return thread.raise(.runtimeError, "cannot reuse already awaited coroutine") }
            finished = true
            return .none
        case .created:
            if !sent.isNone { return thread.raise(.typeError, "can't send non-None value to a just-started \(kind(generator))") }
        case .suspended:
            break
        }
        let saved = thread.pointee.stackTop
        guard let fp = push(thread, generator, sent, flags: FrameFlags.generator | FrameFlags.entry) else { return .empty }
        let result = Interpreter.run(thread, fp, raising: false)
        thread.pointee.stackTop = saved
        finished = generator.pointee.state == .closed
        return result
    }

    /// Resumes with the thread's exception raised at the point of suspension.
    static func resumeRaising(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ finished: inout Bool) -> Value {
        if generator.pointee.state == .closed { return .empty }
        let saved = thread.pointee.stackTop
        let exception = thread.takeException()
        guard let fp = push(thread, generator, .empty, flags: FrameFlags.generator | FrameFlags.entry) else { return .empty }
        // The exception being handled inside the generator becomes the context; what is handled around it does not.
        if thread.pointee.handled.isEmpty { thread.restore(exception) } else { thread.raise(exception) }
        let result = Interpreter.run(thread, fp, raising: true)
        thread.pointee.stackTop = saved
        finished = generator.pointee.state == .closed
        return result
    }

    /// The iterator that a suspended generator delegates to, or empty.
    static func delegate(_ generator: UnsafeMutablePointer<GeneratorObject>) -> Value {
        guard generator.pointee.state == .suspended, generator.pointee.delegateRegister >= 0 else { return .empty }
        return registers(generator)[Int(generator.pointee.delegateRegister)]
    }

    /// Puts the frame of a suspended generator on the stack while its delegate runs on its behalf, for those who look at the stack.
    private static func exhibit(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>) -> FramePointer? {
        let count = Int(generator.pointee.code.object(CodeObject.self).pointee.registerCount)
        let fp = thread.pointee.stackTop.unsafelyUnwrapped + frameHeaderWords
        guard fp + count + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else {
            Calls.raiseRecursion(thread)
            return nil
        }
        fp.update(from: registers(generator), count: count)
        fp[FrameSlot.function] = generator.pointee.function
        fp[FrameSlot.code] = generator.pointee.code
        fp[FrameSlot.pc] = Value(bits: UInt64(generator.pointee.pc))
        fp.previous = thread.pointee.frame
        fp[FrameSlot.context] = Value(generator)
        fp[FrameSlot.object] = generator.pointee.frame
        if !generator.pointee.frame.isEmpty { generator.pointee.frame.object(FrameObject.self).pointee.fp = UInt(bitPattern: fp) }
        fp.flags = FrameFlags.generator | FrameFlags.entry
        fp[FrameSlot.saved] = thread.pointee.handled
        thread.pointee.handled = generator.pointee.handled
        generator.pointee.state = .running
        thread.pointee.frame = fp
        thread.pointee.stackTop = fp + count
        return fp
    }

    /// Takes back what `exhibit` put on the stack.
    private static func withdraw(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ fp: FramePointer) {
        registers(generator).update(from: fp, count: Int(fp.code.pointee.registerCount))
        Heap.barrier(generator.pointee.registers.raw)
        if !fp[FrameSlot.object].isEmpty { Frames.detach(fp) }
        thread.pointee.handled = fp[FrameSlot.saved]
        thread.pointee.frame = fp.previous
        thread.pointee.stackTop = fp - frameHeaderWords
        generator.pointee.state = .suspended
    }

    /// gen.throw(exception): the next value; or finished with a value, or empty when it has raised.
    /// With `closing`, GeneratorExit closes the iterator that the generator delegates to instead of being thrown into it.
    public static func `throw`(_ thread: ThreadRef, _ value: Value, _ exception: Value, _ finished: inout Bool, closing: Bool = true) -> Value {
        let generator = value.object(GeneratorObject.self)
        if generator.pointee.state == .running { return thread.raise(.valueError, "\(kind(generator)) already executing") }
        guard thread.enterRecursion() else { return .empty }
        defer { thread.leaveRecursion() }
        let delegate = self.delegate(generator)
        if !delegate.isEmpty {
            guard let fp = exhibit(thread, generator) else { return .empty }
            if closing && exception.isInstance(of: .generatorExit) {
                let closed = closeIterator(thread, delegate)
                withdraw(thread, generator, fp)
                if !closed { return resumeRaising(thread, generator, &finished) }
            } else {
                var inner = false
                var result: Value
                if delegate.isExact(.generator) || delegate.isExact(.coroutine) {
                    result = self.throw(thread, delegate, exception, &inner, closing: closing)
                    withdraw(thread, generator, fp)
                    if inner && !result.isEmpty { return finishDelegation(thread, generator, result, &finished) }
                } else {
                    let method = thread.getAttributeOrEmpty(delegate, Name.throw.value)
                    if method.isEmpty {
                        withdraw(thread, generator, fp)
                        if thread.hasException { return .empty }
                        thread.restore(exception)
                        return resumeRaising(thread, generator, &finished)
                    }
                    result = thread.call(method, exception)
                    withdraw(thread, generator, fp)
                }
                if !result.isEmpty { return result }
                if thread.exceptionMatches(.stopIteration) {
                    let stop = thread.takeException()
                    let last = stop.exceptionField(0)
                    return finishDelegation(thread, generator, last.isEmpty ? .none : last, &finished)
                }
                return resumeRaising(thread, generator, &finished)
            }
        }
        if generator.pointee.state == .closed && generator.pointee.header.shape == TypeID.coroutine.rawValue {
            return thread.raise(.runtimeError, "cannot reuse already awaited coroutine")
        }
        thread.restore(exception)
        return resumeRaising(thread, generator, &finished)
    }

    /// The delegate has ended with a value: the generator goes on behind its `send`.
    private static func finishDelegation(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ result: Value, _ finished: inout Bool) -> Value {
        var send = ProgramCounter(bitPattern: generator.pointee.pc).unsafelyUnwrapped
        var register = 0
        // A traced instruction's first word does not tell its opcode, but one that is extended has two.
        let code = generator.pointee.code.object(CodeObject.self)
        while Tracing.original(code, send) == Opcode.extended.rawValue {
            register = register << 8 | Int(send.pointee >> 8 & 0xFF)
            send += 1
        }
        register = register << 8 | Int(send.pointee >> 8 & 0xFF)
        generator.pointee.resumeRegister = Int32(truncatingIfNeeded: register)
        generator.pointee.pc = UInt(bitPattern: send + 2 + Int(Int32(bitPattern: (send + 1).pointee)))
        generator.pointee.delegateRegister = -1
        let saved = thread.pointee.stackTop
        guard let fp = push(thread, generator, result, flags: FrameFlags.generator | FrameFlags.entry) else { return .empty }
        let value = Interpreter.run(thread, fp, raising: false)
        thread.pointee.stackTop = saved
        finished = generator.pointee.state == .closed
        return value
    }

    /// Closes the iterator that a generator delegates to. False when it has raised.
    static func closeIterator(_ thread: ThreadRef, _ iterator: Value) -> Bool {
        if iterator.isExact(.generator) || iterator.isExact(.coroutine) { return !close(thread, iterator).isEmpty }
        let method = thread.getAttributeOrEmpty(iterator, Name.close.value)
        if method.isEmpty {
            if thread.hasException { RuntimeHooks.writeUnraisable(thread, "", iterator) }
            return true
        }
        return !thread.call(method).isEmpty
    }

    /// gen.close(): None, or empty when it has raised.
    public static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        let generator = value.object(GeneratorObject.self)
        switch generator.pointee.state {
        case .closed: return .none
        case .created:
            close(generator)
            return .none
        case .running: return thread.raise(.valueError, "\(kind(generator)) already executing")
        case .suspended: break
        }
        var finished = false
        let exit = thread.call(TypeID.generatorExit.value)
        if exit.isEmpty { return .empty }
        let result = self.throw(thread, value, exit, &finished)
        if !result.isEmpty {
            if finished { return .none }
            return thread.raise(.runtimeError, "\(kind(generator)) ignored GeneratorExit")
        }
        if thread.clearException(.generatorExit) || thread.clearException(.stopIteration) { return .none }
        return .empty
    }

    /// What happens to a generator whose frame is cleared: it is closed, and an error in doing so is only reported. False when it is running.
    static func abandon(_ thread: ThreadRef, _ value: Value) -> Bool {
        let generator = value.object(GeneratorObject.self)
        if generator.pointee.state == .running { return false }
        if finalize(thread, value).isEmpty && thread.hasException { RuntimeHooks.writeUnraisable(thread, "", value) }
        if generator.pointee.state == .created { close(generator) }
        return true
    }

    /// The result of `send`, `__next__` and `throw`: a return becomes StopIteration.
    static func deliver(_ thread: ThreadRef, _ result: Value, _ finished: Bool) -> Value {
        if result.isEmpty || !finished { return result }
        return thread.raiseStopIteration(result)
    }

    /// The exception that `throw(type, value, traceback)` means; empty when it has raised.
    static func exception(_ thread: ThreadRef, _ type: Value, _ value: Value, _ traceback: Value) -> Value {
        var exception: Value
        if type.isExceptionClass {
            if value.isEmpty || value.isNone {
                exception = thread.call(type)
            } else if value.isException && value.type.isSubtype(of: TypeRef(type)) {
                exception = value
            } else if value.isTuple {
                exception = thread.call(type, tuple: value)
            } else {
                exception = thread.call(type, value)
            }
            // As in CPython, an error in making the exception is thrown in its stead.
            if exception.isEmpty { return thread.takeException() }
            guard exception.isException else {
                thread.raise(.typeError, "calling \(type.reprForMessage(thread)) should have returned an instance of BaseException, not \(exception.type.name)")
                return thread.takeException()
            }
        } else if type.isException {
            if !value.isEmpty && !value.isNone { return thread.raise(.typeError, "instance exception may not have a separate value") }
            exception = type
        } else {
            return thread.raise(.typeError, "exceptions must be classes or instances deriving from BaseException, not \(type.type.name)")
        }
        if !traceback.isEmpty && !traceback.isNone {
            guard traceback.isExact(.traceback) else { return thread.raise(.typeError, "throw() third argument must be a traceback object") }
            exception.object(ExceptionObject.self).pointee.traceback = traceback
            Heap.barrier(exception.raw)
        }
        return exception
    }

    // MARK: Types

    private static func methods(send: StaticString, throw: StaticString, close: StaticString) -> [Def] {
        [
            Def("send(self, arg, /)", .calls, send) { thread, a, _ in
                var finished = false
                let result = Generators.resume(thread, a[0], a[1], &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("throw(self, type, value=None, traceback=None, /)", .calls, `throw`) { thread, a, _ in
                let exception = Generators.exception(thread, a[1], a[2], a[3])
                if exception.isEmpty { return .empty }
                var finished = false
                let result = Generators.throw(thread, a[0], exception, &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("close(self, /)", .calls, close) { thread, a, _ in Generators.close(thread, a[0]) },
        ]
    }

    static func nameGetters(_ name: StaticString, _ qualifiedName: StaticString) -> [Getter] {
        [
            Getter("__name__", name, set: { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "__name__ must be set to a string object") }
                a[0].object(GeneratorObject.self).pointee.name = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in a[0].object(GeneratorObject.self).pointee.name },
            Getter("__qualname__", qualifiedName, set: { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "__qualname__ must be set to a string object") }
                a[0].object(GeneratorObject.self).pointee.qualifiedName = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in a[0].object(GeneratorObject.self).pointee.qualifiedName },
        ]
    }

    /// `gi_frame` and its like: None once closed.
    static func frameObject(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>) -> Value {
        if generator.pointee.state == .closed { return .none }
        if !generator.pointee.frame.isEmpty { return generator.pointee.frame }
        guard let raw = Heap.allocate(MemoryLayout<FrameObject>.size, shape: TypeID.frame.rawValue) else { return thread.raiseOutOfMemory() }
        let frame = raw.assumingMemoryBound(to: FrameObject.self)
        frame.pointee.code = generator.pointee.code
        frame.pointee.function = generator.pointee.function
        frame.pointee.context = Value(generator)
        frame.pointee.registers = generator.pointee.registers
        frame.pointee.traceLines = true
        let code = generator.pointee.code.object(CodeObject.self)
        frame.pointee.lastIndex = ProgramCounter(bitPattern: generator.pointee.pc).unsafelyUnwrapped - code.pointee.instructions - 1
        generator.pointee.frame = Value(raw)
        Heap.barrier(UnsafeMutableRawPointer(generator))
        return Value(raw)
    }

    /// Warns that a coroutine was never awaited: by `warnings._warn_unawaited_coroutine`, which knows how to show where it was created.
    private static func warnUnawaited(_ thread: ThreadRef, _ coroutine: Value) {
        let function = thread.importAttribute("warnings", "_warn_unawaited_coroutine")
        if function.isEmpty {
            thread.takeException()
        } else {
            let result = thread.call(function, coroutine)
            let isDone = !result.isEmpty || thread.exceptionMatches(.runtimeWarning)
            if result.isEmpty { RuntimeHooks.writeUnraisable(thread, "", coroutine) }
            if isDone { return }
        }
        let name = StringRef(coroutine.object(GeneratorObject.self).pointee.qualifiedName).description
        if !RuntimeHooks.warn(thread, .runtimeWarning, "coroutine '\(name)' was never awaited", 1) { RuntimeHooks.writeUnraisable(thread, "", coroutine) }
    }

    static let finalize: UnaryFunction = { thread, value in
        let generator = value.object(GeneratorObject.self)
        if generator.pointee.header.shape == TypeID.coroutine.rawValue && generator.pointee.state == .created {
            warnUnawaited(thread, value)
            return .none
        }
        if generator.pointee.header.shape == TypeID.asyncGenerator.rawValue && generator.pointee.state != .closed && !generator.pointee.extra.isEmpty && !generator.pointee.asyncClosed {
            let hook = generator.pointee.extra
            return thread.call(hook, value)
        }
        if generator.pointee.state != .suspended { return .none }
        return close(thread, value)
    }

    static func start() {
        let size = MemoryLayout<GeneratorObject>.size
        let mask: UInt64 = 0b1_1111_1110
        NativeType(id: .generator, "generator", size: size, mask: mask, flags: [.weakReferenceable, .noInstantiation], methods: methods(
            send: "Sends a value into the generator.\n\nReturns the next value that it yields, or raises StopIteration.",
            throw: "throw(value)\nthrow(type[,value[,traceback]])\n\nRaises an exception in the generator. Returns the next value that it yields,\nor raises StopIteration.",
            close: "Raises GeneratorExit inside the generator."), getters: nameGetters("name of the generator", "qualified name of the generator") + [
            Getter("gi_frame") { thread, a, _ in Generators.frameObject(thread, a[0].object(GeneratorObject.self)) },
            Getter("gi_running") { _, a, _ in Value(a[0].object(GeneratorObject.self).pointee.state == .running) },
            Getter("gi_suspended") { _, a, _ in Value(a[0].object(GeneratorObject.self).pointee.state == .suspended) },
            Getter("gi_code", isMember: true) { _, a, _ in a[0].object(GeneratorObject.self).pointee.code },
            Getter("gi_yieldfrom", "object being iterated by yield from, or None") { _, a, _ in
                let delegate = Generators.delegate(a[0].object(GeneratorObject.self))
                return delegate.isEmpty ? .none : delegate
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in
                var finished = false
                let result = Generators.resume(thread, value, .none, &finished)
                if result.isEmpty || !finished { return result }
                return result.isNone ? .empty : thread.raiseStopIteration(result)
            }
            slots.unary(.repr) { thread, value in
                thread.newString("<generator object \(StringRef(value.object(GeneratorObject.self).pointee.qualifiedName).description) at \(hexadecimal(value))>")
            }
            slots.unary(.finalize, Generators.finalize)
        }
        NativeType(id: .coroutine, "coroutine", size: size, mask: mask, flags: [.weakReferenceable, .noInstantiation], methods: methods(
            send: "Sends a value into coroutine.\n\nReturns the next value that it yields, or raises StopIteration.",
            throw: "throw(value)\nthrow(type[,value[,traceback]])\n\nRaises an exception in coroutine. Returns the next value that it yields,\nor raises StopIteration.",
            close: "Raises GeneratorExit inside coroutine."), getters: nameGetters("name of the coroutine", "qualified name of the coroutine") + [
            Getter("cr_frame") { thread, a, _ in Generators.frameObject(thread, a[0].object(GeneratorObject.self)) },
            Getter("cr_running") { _, a, _ in Value(a[0].object(GeneratorObject.self).pointee.state == .running) },
            Getter("cr_suspended") { _, a, _ in Value(a[0].object(GeneratorObject.self).pointee.state == .suspended) },
            Getter("cr_code", isMember: true) { _, a, _ in a[0].object(GeneratorObject.self).pointee.code },
            Getter("cr_origin", isMember: true) { _, a, _ in
                let origin = a[0].object(GeneratorObject.self).pointee.extra
                return origin.isEmpty ? .none : origin
            },
            Getter("cr_await", "object being awaited on, or None") { _, a, _ in
                let delegate = Generators.delegate(a[0].object(GeneratorObject.self))
                return delegate.isEmpty ? .none : delegate
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.await) { thread, value in
                guard let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: TypeID.coroutineWrapper.rawValue) else { return thread.raiseOutOfMemory() }
                raw.assumingMemoryBound(to: WrapperObject.self).pointee.callable = value
                return Value(raw)
            }
            slots.unary(.repr) { thread, value in
                thread.newString("<coroutine object \(StringRef(value.object(GeneratorObject.self).pointee.qualifiedName).description) at \(hexadecimal(value))>")
            }
            slots.unary(.finalize, Generators.finalize)
        }
        NativeType(id: .coroutineWrapper, "coroutine_wrapper", size: MemoryLayout<WrapperObject>.size, mask: 0b10, flags: .noInstantiation, methods: [
            Def("send(self, arg, /)", .calls) { thread, a, _ in
                var finished = false
                let result = Generators.resume(thread, a[0].object(WrapperObject.self).pointee.callable, a[1], &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("throw(self, type, value=None, traceback=None, /)", .calls) { thread, a, _ in
                let exception = Generators.exception(thread, a[1], a[2], a[3])
                if exception.isEmpty { return .empty }
                var finished = false
                let result = Generators.throw(thread, a[0].object(WrapperObject.self).pointee.callable, exception, &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("close(self, /)", .calls) { thread, a, _ in Generators.close(thread, a[0].object(WrapperObject.self).pointee.callable) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in
                var finished = false
                let result = Generators.resume(thread, value.object(WrapperObject.self).pointee.callable, .none, &finished)
                if result.isEmpty || !finished { return result }
                return result.isNone ? .empty : thread.raiseStopIteration(result)
            }
        }
    }
}
