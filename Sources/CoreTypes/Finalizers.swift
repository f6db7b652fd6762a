import Objects

/// What the collector put off: callbacks of dead referents, then finalizers (`__del__` and those of generators, files …).
///
/// Both run at a safepoint and may do anything, also make the object reachable again. What they raise cannot be propagated: it is reported and dropped.
public enum Finalizers {
    nonisolated(unsafe) private static var running = false

    static func start() {
        RuntimeHooks.runPendingFinalizers = { thread in Finalizers.runPending(thread) }
    }

    private static var hasPending: Bool { !WeakTable.callbacks.isEmpty || !Collector.finalizerQueue.isEmpty }

    /// Runs what is queued now. The exception being raised, if any, is left as it is.
    public static func runPending(_ thread: ThreadRef) {
        if running { return }
        running = true
        defer { running = false }
        Exceptions.refillReserve()
        let raised = thread.takeException()
        // Entries stay in the queues, which are roots, until all are done. What is added meanwhile waits for the next safepoint: other threads may make garbage faster
        // than finalizers run.
        let callbacks = WeakTable.callbacks.count
        for index in 0 ..< callbacks {
            let reference = Value(UnsafeMutableRawPointer(bitPattern: WeakTable.callbacks[index]).unsafelyUnwrapped)
            let callback = reference.object(WeakCell.self).pointee.callback
            reference.object(WeakCell.self).pointee.callback = .empty
            if callback.isEmpty { continue }
            if thread.call(callback, reference).isEmpty { report(thread, callback) }
        }
        WeakTable.callbacks.removeFirst(callbacks)
        let finalizers = Collector.finalizerQueue.count
        for index in 0 ..< finalizers { finalize(thread, Value(UnsafeMutableRawPointer(bitPattern: Collector.finalizerQueue[index]).unsafelyUnwrapped)) }
        Collector.finalizerQueue.removeFirst(finalizers)
        if hasPending { taipan_breaker_set(thread, Collector.breakerBit) }
        if !raised.isEmpty { thread.restore(raised) }
    }

    /// Runs the finalizers of all that is left at the program's end, but for the objects given.
    public static func runAll(_ thread: ThreadRef, except kept: [Value]) {
        // First what is written in Python, in the order in which it was made: it may still want its files.
        var held: Set<UInt> = []
        for isPython in [true, false] {
            // What a thread has in hand that stopped in the middle of something stays as it is. For finalizers in Python the globals of its functions count, as in
            // CPython; but files are better closed.
            let heldNow = Collector.finalizableHeldByOtherThreads { header in
                let object = Value(header)
                return object.isExact(.module) || !isPython && object.isExact(.dict) && isNamespace(DictRef(object))
            }
            if isPython { held = heldNow }
            Collector.queueAllFinalizers(oldestFirst: isPython) { raw in
                let object = Value(raw), address = UInt(bitPattern: raw)
                if kept.contains(where: { $0 == object }) { return false }
                let hasMethod = !object.type.lookup(.__del__).isNativeWrapper
                return hasMethod ? !held.contains(address) : !isPython && !heldNow.contains(address)
            }
            var rounds = 0
            repeat {
                runPending(thread)
                rounds += 1
            } while hasPending && rounds < 1000
        }
    }

    /// Whether a dict looks like the namespace of a module.
    private static func isNamespace(_ dict: DictRef) -> Bool { !dict.get(.__name__).isEmpty && !dict.get(.__builtins__).isEmpty }

    /// Calls an object's finalizer.
    static func finalize(_ thread: ThreadRef, _ object: Value) {
        guard let function = object.type.unary(.finalize) else { return }
        if function(thread, object).isEmpty && thread.hasException {
            let method = object.type.lookup(.__del__)
            report(thread, method.isEmpty || method.isNativeWrapper ? object : method)
        }
    }

    private static func report(_ thread: ThreadRef, _ object: Value) {
        guard thread.hasException else { return }
        RuntimeHooks.writeUnraisable(thread, "", object)
        thread.takeException()
    }
}
