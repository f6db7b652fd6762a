import Bytecode

/// `await`, `async for`, `yield from`: finding and driving iterators.
public enum AsyncProtocol {
    static func iterator(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let function = value.type.unary(.asyncIter) else {
            return thread.raise(.typeError, "'async for' requires an object with __aiter__ method, got \(value.type.name)")
        }
        let result = function(thread, value)
        if result.isEmpty || result.type.slotPointer(.asyncNext).pointee != nil { return result }
        return thread.raise(.typeError, "'async for' received an object from __aiter__ that does not implement __anext__: \(result.type.name)")
    }

    static func next(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let function = value.type.unary(.asyncNext) else {
            return thread.raise(.typeError, "'async for' requires an iterator with __anext__ method, got \(value.type.name)")
        }
        let awaitable = function(thread, value)
        if awaitable.isEmpty || awaitable.isExact(.asyncGeneratorSend) { return awaitable }
        let result = awaitableIterator(thread, awaitable)
        if result.isEmpty && !value.isExact(.asyncGenerator) {
            let cause = thread.takeException()
            thread.raise(.typeError, "'async for' received an invalid object from __anext__: \(awaitable.type.name)")
            if !thread.pointee.exception.isEmpty {
                thread.pointee.exception.object(ExceptionObject.self).pointee.cause = cause
                Heap.barrier(thread.pointee.exception.raw)
            }
        }
        return result
    }

    /// A value that an async generator yields, told apart from what it awaits.
    static func wrap(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: TypeID.asyncGeneratorValue.rawValue) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: WrapperObject.self).pointee.callable = value
        return Value(raw)
    }

    static func isGeneratorCoroutine(_ value: Value) -> Bool {
        value.isExact(.generator) && value.object(GeneratorObject.self).pointee.code.object(CodeObject.self).pointee.flags & CodeFlags.iterableCoroutine.rawValue != 0
    }

    static func yieldFromIterator(_ thread: ThreadRef, _ fp: FramePointer, _ value: Value) -> Value {
        if value.isExact(.coroutine) {
            let flags = CodeFlags(rawValue: fp.code.pointee.flags)
            if flags.contains(.coroutine) || flags.contains(.iterableCoroutine) { return value }
            return thread.raise(.typeError, "cannot 'yield from' a coroutine object in a non-coroutine generator")
        }
        if value.isExact(.generator) { return value }
        return thread.iterator(value)
    }

    /// The iterator behind an awaitable.
    public static func awaitableIterator(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isExact(.coroutine) || isGeneratorCoroutine(value) { return value }
        guard let function = value.type.unary(.await) else {
            return thread.raise(.typeError, "object \(value.type.name) can't be used in 'await' expression")
        }
        let result = function(thread, value)
        if result.isEmpty { return .empty }
        if result.isExact(.coroutine) || isGeneratorCoroutine(result) { return thread.raise(.typeError, "__await__() returned a coroutine") }
        if result.type.slotPointer(.next).pointee == nil { return thread.raise(.typeError, "__await__() returned non-iterator of type '\(result.type.name)'") }
        return result
    }

    static func awaitable(_ thread: ThreadRef, _ value: Value, _ kind: Int) -> Value {
        if kind != 0, value.type.slotPointer(.await).pointee == nil, !value.isExact(.coroutine), !isGeneratorCoroutine(value) {
            let name = kind == 1 ? "__aenter__" : "__aexit__"
            return thread.raise(.typeError, "'async with' received an object from \(name) that does not implement __await__: \(value.type.name)")
        }
        let result = awaitableIterator(thread, value)
        if result.isExact(.coroutine) {
            let coroutine = result.object(GeneratorObject.self)
            if !Generators.delegate(coroutine).isEmpty { return thread.raise(.runtimeError, "coroutine is being awaited already") }
        }
        return result
    }

    /// Sends a value into an iterator that is not a generator to be run in the same loop. `finished` tells the result of the end from a yielded value.
    @inline(never) static func send(_ thread: ThreadRef, _ iterator: Value, _ value: Value, _ finished: inout Bool) -> Value {
        if iterator.isExact(.generator) || iterator.isExact(.coroutine) { return Generators.resume(thread, iterator, value, &finished) }
        if iterator.isExact(.asyncGeneratorSend) { return AsyncGenerators.stepSend(thread, iterator, value, &finished) }
        if iterator.isExact(.asyncGeneratorThrow) { return AsyncGenerators.stepThrow(thread, iterator, value, &finished) }
        let result: Value
        if value.isNone, let next = iterator.type.unary(.next) {
            result = next(thread, iterator)
        } else {
            result = thread.callMethod(iterator, Name.send, value)
        }
        if !result.isEmpty { return result }
        if !thread.hasException {
            finished = true
            return .none
        }
        guard thread.exceptionMatches(.stopIteration) else { return .empty }
        let stop = thread.takeException()
        let last = stop.exceptionField(0)
        finished = true
        return last.isEmpty ? .none : last
    }
}
