import Glibc

/// Safepoints.
///
/// Compiled code and the dispatch loop look at the thread's breaker word at loop ends and function entries; a set bit means that something waits:
/// finalizers, a signal, another thread, an exception sent by another thread. `Breaker.tracing` alone is not an event but a state: it stays set as long as the
/// thread has a trace or profile function, so that function entries come here and report their calls.
public enum Breaker {
    /// Finalizers or weak reference callbacks wait (`Collector.breakerBit`).
    public static let finalizers: UInt32 = 1
    /// A signal has arrived (main thread only).
    public static let signal: UInt32 = 2
    /// Another thread wants the lock.
    public static let switchRequest: UInt32 = 4
    /// `asyncException` is set.
    public static let asyncException: UInt32 = 8
    /// A pending call from native code.
    public static let pendingCall: UInt32 = 16
    /// `sys.settrace` or `sys.setprofile` is on in this thread.
    public static let tracing: UInt32 = 32
}

public enum Safepoint {
    nonisolated(unsafe) public static var runPendingCalls: (ThreadRef) -> Bool = { _ in true }
    /// The thread that runs signal handlers.
    nonisolated(unsafe) public static var mainThread: ThreadRef?

    /// The thread that runs finalizers: a signal's handler waits for their end, since what it raises in one would be lost.
    nonisolated(unsafe) private static var finalizing: ThreadRef?

    /// Serves what waits. False when it has raised.
    @inline(never) public static func serve(_ thread: ThreadRef) -> Bool {
        let bits = taipan_breaker_load(thread)
        if bits & ~Breaker.tracing == 0 { return true }
        if bits & Breaker.signal != 0 && finalizing != thread {
            taipan_breaker_clear(thread, Breaker.signal)
            if thread == mainThread && !Signals.runHandlers(thread) { return false }
        }
        if bits & Breaker.finalizers != 0 {
            taipan_breaker_clear(thread, Breaker.finalizers)
            runFinalizers(thread)
        }
        if bits & Breaker.pendingCall != 0 {
            taipan_breaker_clear(thread, Breaker.pendingCall)
            if !runPendingCalls(thread) { return false }
        }
        if bits & Breaker.switchRequest != 0 {
            taipan_breaker_clear(thread, Breaker.switchRequest)
            GIL.yield(thread)
        }
        if bits & Breaker.asyncException != 0 {
            taipan_breaker_clear(thread, Breaker.asyncException)
            let exception = thread.pointee.asyncException
            thread.pointee.asyncException = .empty
            if !exception.isEmpty {
                if exception.isExceptionClass { thread.raise(type: TypeRef(exception)) } else { thread.raise(exception) }
                return false
            }
        }
        return true
    }

    /// Whether a thread runs finalizers now.
    static func isFinalizing(_ thread: ThreadRef) -> Bool { finalizing == thread }

    /// Runs the finalizers and weak reference callbacks that wait.
    public static func runFinalizers(_ thread: ThreadRef) {
        let outer = finalizing
        finalizing = thread
        RuntimeHooks.runPendingFinalizers(thread)
        finalizing = outer
    }

    /// Serves what waits at the entry of a function, whose frame is `fp` and whose call is reported when the thread is traced. False when it has raised.
    @inline(never) static func enter(_ thread: ThreadRef, _ fp: FramePointer) -> Bool {
        guard serve(thread) else { return false }
        return taipan_breaker_load(thread) & Breaker.tracing == 0 || Tracing.enter(thread, fp, resumed: false)
    }

    /// Asks a thread to raise an exception, as `PyThreadState_SetAsyncExc` does; empty to take a request back. How many threads were found.
    public static func raiseAsynchronously(identifier: UInt64, _ exception: Value) -> Int {
        var next = taipan.threads
        while let thread = next {
            if thread.pointee.identifier == identifier {
                thread.pointee.asyncException = exception
                if exception.isEmpty { taipan_breaker_clear(thread, Breaker.asyncException) } else { taipan_breaker_set(thread, Breaker.asyncException) }
                return 1
            }
            next = thread.pointee.next
        }
        return 0
    }
}
