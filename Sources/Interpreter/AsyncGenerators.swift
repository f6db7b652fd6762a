import Bytecode

/// Asynchronous generators (PEP 525) and the awaitables that drive them.
///
/// The generator itself is a `GeneratorObject`. What it yields is wrapped (`asyncGeneratorValue`), to be told apart from what it awaits. `__anext__` and
/// `asend` give an `asyncGeneratorSend`, `athrow` and `aclose` an `asyncGeneratorThrow`: iterators that pass on what the generator awaits, and
/// whose end is StopIteration with the wrapped value. `runningAsync` holds from the first step of such an iterator to its end.
public enum AsyncGenerators {
    enum State: UInt8 { case initial, running, closed }

    struct SendObject {
        var header: ObjectHeader
        var generator: Value
        /// What the first step sends.
        var sent: Value
        var state: State
    }

    struct ThrowObject {
        var header: ObjectHeader
        var generator: Value
        /// tuple of type, value and traceback; empty for `aclose`
        var arguments: Value
        var state: State
    }

    // MARK: Making

    /// Calls the hooks of `sys.set_asyncgen_hooks` when the iteration begins. False when one has raised.
    private static func callHooks(_ thread: ThreadRef, _ value: Value) -> Bool {
        let generator = value.object(GeneratorObject.self)
        if generator.pointee.hooksCalled { return true }
        generator.pointee.hooksCalled = true
        generator.pointee.extra = thread.pointee.asyncGenFinalizer
        Heap.barrier(value.raw)
        let hook = thread.pointee.asyncGenFirstIter
        return hook.isEmpty || !thread.call(hook, value).isEmpty
    }

    static func send(_ thread: ThreadRef, _ generator: Value, _ value: Value) -> Value {
        guard callHooks(thread, generator) else { return .empty }
        guard let raw = Heap.allocate(MemoryLayout<SendObject>.size, shape: TypeID.asyncGeneratorSend.rawValue) else { return thread.raiseOutOfMemory() }
        let object = raw.assumingMemoryBound(to: SendObject.self)
        object.pointee.generator = generator
        object.pointee.sent = value
        return Value(raw)
    }

    private static func `throw`(_ thread: ThreadRef, _ generator: Value, _ arguments: Value) -> Value {
        guard callHooks(thread, generator) else { return .empty }
        guard let raw = Heap.allocate(MemoryLayout<ThrowObject>.size, shape: TypeID.asyncGeneratorThrow.rawValue) else { return thread.raiseOutOfMemory() }
        let object = raw.assumingMemoryBound(to: ThrowObject.self)
        object.pointee.generator = generator
        object.pointee.arguments = arguments
        return Value(raw)
    }

    // MARK: Steps

    /// What a step of the generator means: what it yielded finishes the awaitable, what it awaits is passed on.
    private static func unwrap(_ thread: ThreadRef, _ generator: UnsafeMutablePointer<GeneratorObject>, _ result: Value, _ finished: inout Bool) -> Value {
        if result.isEmpty {
            if !thread.hasException { thread.raise(.stopAsyncIteration) }
            if thread.exceptionMatches(.stopAsyncIteration) || thread.exceptionMatches(.generatorExit) { generator.pointee.asyncClosed = true }
            generator.pointee.runningAsync = false
            return .empty
        }
        if result.isExact(.asyncGeneratorValue) {
            generator.pointee.runningAsync = false
            finished = true
            return result.object(WrapperObject.self).pointee.callable
        }
        return result
    }

    /// Resumes the generator itself: its end is empty without an exception.
    private static func resume(_ thread: ThreadRef, _ generator: Value, _ value: Value) -> Value {
        var ended = false
        let result = Generators.resume(thread, generator, value, &ended)
        return ended ? .empty : result
    }

    private static func resumeRaising(_ thread: ThreadRef, _ generator: Value, _ exception: Value, closing: Bool) -> Value {
        var ended = false
        let result = Generators.throw(thread, generator, exception, &ended, closing: closing)
        return ended ? .empty : result
    }

    /// One step of `__anext__()` or `asend()`. Finished: the generator yielded the result.
    static func stepSend(_ thread: ThreadRef, _ value: Value, _ sent: Value, _ finished: inout Bool) -> Value {
        let object = value.object(SendObject.self)
        let generator = object.pointee.generator.object(GeneratorObject.self)
        var sent = sent
        switch object.pointee.state {
        case .closed:
            return thread.raise(.runtimeError, "cannot reuse already awaited __anext__()/asend()")
        case .initial:
            if generator.pointee.runningAsync { return thread.raise(.runtimeError, "anext(): asynchronous generator is already running") }
            if sent.isNone { sent = object.pointee.sent }
            object.pointee.state = .running
        case .running:
            break
        }
        generator.pointee.runningAsync = true
        let result = unwrap(thread, generator, resume(thread, object.pointee.generator, sent), &finished)
        if result.isEmpty || finished { object.pointee.state = .closed }
        return result
    }

    private static func throwInSend(_ thread: ThreadRef, _ value: Value, _ exception: Value, _ finished: inout Bool) -> Value {
        let object = value.object(SendObject.self)
        if object.pointee.state == .closed { return thread.raise(.runtimeError, "cannot reuse already awaited __anext__()/asend()") }
        let generator = object.pointee.generator.object(GeneratorObject.self)
        let result = unwrap(thread, generator, resumeRaising(thread, object.pointee.generator, exception, closing: true), &finished)
        if result.isEmpty || finished { object.pointee.state = .closed }
        return result
    }

    /// The generator yielded although it was being closed.
    private static func ignoredExit(_ thread: ThreadRef, _ object: UnsafeMutablePointer<ThrowObject>) -> Value {
        object.pointee.generator.object(GeneratorObject.self).pointee.runningAsync = false
        object.pointee.state = .closed
        return thread.raise(.runtimeError, "async generator ignored GeneratorExit")
    }

    /// The exceptions that end a closed generator end `aclose` well.
    private static func endedByClosing(_ thread: ThreadRef, _ finished: inout Bool) -> Value {
        if !thread.hasException || thread.clearException(.stopAsyncIteration) || thread.clearException(.generatorExit) {
            finished = true
            return .none
        }
        return .empty
    }

    /// One step of `athrow()` or `aclose()`.
    static func stepThrow(_ thread: ThreadRef, _ value: Value, _ sent: Value, _ finished: inout Bool) -> Value {
        let object = value.object(ThrowObject.self)
        let isClose = object.pointee.arguments.isEmpty
        let generator = object.pointee.generator.object(GeneratorObject.self)
        if object.pointee.state == .closed { return thread.raise(.runtimeError, "cannot reuse already awaited aclose()/athrow()") }
        if generator.pointee.state == .closed {
            object.pointee.state = .closed
            finished = true
            return .none
        }
        if object.pointee.state == .running {
            let result = resume(thread, object.pointee.generator, sent)
            if !isClose { return unwrap(thread, generator, result, &finished) }
            if result.isExact(.asyncGeneratorValue) { return ignoredExit(thread, object) }
            if !result.isEmpty { return result }
            generator.pointee.runningAsync = false
            object.pointee.state = .closed
            return endedByClosing(thread, &finished)
        }

        if generator.pointee.runningAsync {
            object.pointee.state = .closed
            return thread.raise(.runtimeError, "\(isClose ? "aclose" : "athrow")(): asynchronous generator is already running")
        }
        if generator.pointee.asyncClosed {
            object.pointee.state = .closed
            return thread.raise(.stopAsyncIteration)
        }
        guard sent.isNone else { return thread.raise(.runtimeError, "can't send non-None value to a just-started coroutine") }
        object.pointee.state = .running
        generator.pointee.runningAsync = true
        var result: Value
        if isClose {
            generator.pointee.asyncClosed = true
            let exit = thread.call(TypeID.generatorExit.value)
            result = exit.isEmpty ? .empty : resumeRaising(thread, object.pointee.generator, exit, closing: false)
            if result.isExact(.asyncGeneratorValue) { return ignoredExit(thread, object) }
        } else {
            let items = TupleRef(object.pointee.arguments)
            let exception = Generators.exception(thread, items[0], items.count > 1 ? items[1] : .empty, items.count > 2 ? items[2] : .empty)
            result = exception.isEmpty ? .empty : resumeRaising(thread, object.pointee.generator, exception, closing: false)
            result = unwrap(thread, generator, result, &finished)
        }
        if !result.isEmpty { return result }
        generator.pointee.runningAsync = false
        object.pointee.state = .closed
        return isClose ? endedByClosing(thread, &finished) : .empty
    }

    private static func throwInThrow(_ thread: ThreadRef, _ value: Value, _ exception: Value, _ finished: inout Bool) -> Value {
        let object = value.object(ThrowObject.self)
        if object.pointee.state == .closed { return thread.raise(.runtimeError, "cannot reuse already awaited aclose()/athrow()") }
        let result = resumeRaising(thread, object.pointee.generator, exception, closing: true)
        if !object.pointee.arguments.isEmpty { return unwrap(thread, object.pointee.generator.object(GeneratorObject.self), result, &finished) }
        if result.isExact(.asyncGeneratorValue) { return ignoredExit(thread, object) }
        return result.isEmpty ? endedByClosing(thread, &finished) : result
    }

    // MARK: Types

    /// The `next` slot: the end is empty, with StopIteration raised only when it carries a value.
    private static func deliverNext(_ thread: ThreadRef, _ result: Value, _ finished: Bool) -> Value {
        if result.isEmpty || !finished { return result }
        return result.isNone ? .empty : thread.raiseStopIteration(result)
    }

    static func start() {
        NativeType(id: .asyncGeneratorValue, "async_generator_wrapped_value", size: MemoryLayout<WrapperObject>.size, mask: 0b10, flags: .noInstantiation)
        NativeType(id: .asyncGenerator, "async_generator", size: MemoryLayout<GeneratorObject>.size, mask: 0b1_1111_1110, flags: [.weakReferenceable, .noInstantiation], methods: [
            Def("asend(self, value, /)", .calls, "asend(v) -> send 'v' in generator.") { thread, a, _ in AsyncGenerators.send(thread, a[0], a[1]) },
            Def("athrow(self, *args)", .calls, "athrow(typ[,val[,tb]]) -> raise exception in generator.") { thread, a, _ in
                let count = TupleRef(a[1]).count
                guard count >= 1, count <= 3 else { return thread.raise(.typeError, "athrow expected at \(count < 1 ? "least 1 argument" : "most 3 arguments"), got \(count)") }
                return AsyncGenerators.throw(thread, a[0], a[1])
            },
            Def("aclose(self, /)", .calls, "aclose() -> raise GeneratorExit inside generator.") { thread, a, _ in AsyncGenerators.throw(thread, a[0], .empty) },
            Def("__class_getitem__(type, item, /)", .reads, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        ], getters: Generators.nameGetters("name of the async generator", "qualified name of the async generator") + [
            Getter("ag_frame") { thread, a, _ in Generators.frameObject(thread, a[0].object(GeneratorObject.self)) },
            Getter("ag_running", isMember: true) { _, a, _ in Value(a[0].object(GeneratorObject.self).pointee.runningAsync) },
            Getter("ag_code", isMember: true) { _, a, _ in a[0].object(GeneratorObject.self).pointee.code },
            Getter("ag_await", "object being awaited on, or None") { _, a, _ in
                let delegate = Generators.delegate(a[0].object(GeneratorObject.self))
                return delegate.isEmpty ? .none : delegate
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.asyncIter) { _, value in value }
            slots.unary(.asyncNext) { thread, value in AsyncGenerators.send(thread, value, .none) }
            slots.unary(.repr) { thread, value in
                thread.newString("<async_generator object \(StringRef(value.object(GeneratorObject.self).pointee.qualifiedName).description) at \(hexadecimal(value))>")
            }
            slots.unary(.finalize, Generators.finalize)
        }
        NativeType(id: .asyncGeneratorSend, "async_generator_asend", size: MemoryLayout<SendObject>.size, mask: 0b110, flags: .noInstantiation, methods: [
            Def("send(self, arg, /)", .calls) { thread, a, _ in
                var finished = false
                let result = AsyncGenerators.stepSend(thread, a[0], a[1], &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("throw(self, type, value=None, traceback=None, /)", .calls) { thread, a, _ in
                let exception = Generators.exception(thread, a[1], a[2], a[3])
                if exception.isEmpty { return .empty }
                var finished = false
                let result = AsyncGenerators.throwInSend(thread, a[0], exception, &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("close(self, /)", .writes) { _, a, _ in
                a[0].object(SendObject.self).pointee.state = .closed
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, value in value }
            slots.unary(.await) { _, value in value }
            slots.unary(.next) { thread, value in
                var finished = false
                let result = AsyncGenerators.stepSend(thread, value, .none, &finished)
                return AsyncGenerators.deliverNext(thread, result, finished)
            }
        }
        NativeType(id: .asyncGeneratorThrow, "async_generator_athrow", size: MemoryLayout<ThrowObject>.size, mask: 0b110, flags: .noInstantiation, methods: [
            Def("send(self, arg, /)", .calls) { thread, a, _ in
                var finished = false
                let result = AsyncGenerators.stepThrow(thread, a[0], a[1], &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("throw(self, type, value=None, traceback=None, /)", .calls) { thread, a, _ in
                let exception = Generators.exception(thread, a[1], a[2], a[3])
                if exception.isEmpty { return .empty }
                var finished = false
                let result = AsyncGenerators.throwInThrow(thread, a[0], exception, &finished)
                return Generators.deliver(thread, result, finished)
            },
            Def("close(self, /)", .writes) { _, a, _ in
                a[0].object(ThrowObject.self).pointee.state = .closed
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, value in value }
            slots.unary(.await) { _, value in value }
            slots.unary(.next) { thread, value in
                var finished = false
                let result = AsyncGenerators.stepThrow(thread, value, .none, &finished)
                return AsyncGenerators.deliverNext(thread, result, finished)
            }
        }
    }
}
