import Glibc

/// Safepoints and the interpreter lock.
///
/// A thread runs Python only while it holds the lock. Compiled code and the dispatch loop look at the thread's breaker word at loop ends and function entries; a
/// set bit means that something waits: finalizers, a signal, another thread, an exception sent by another thread.
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
}

public enum Safepoint {
    /// Runs finalizers and callbacks, set by the start-up code.
    nonisolated(unsafe) public static var runFinalizers: (ThreadRef) -> Void = { _ in }
    /// Runs Python signal handlers; false when one has raised. Set by the `_signal` module.
    nonisolated(unsafe) public static var runSignalHandlers: (ThreadRef) -> Bool = { _ in true }
    nonisolated(unsafe) public static var runPendingCalls: (ThreadRef) -> Bool = { _ in true }
    /// The thread that runs signal handlers.
    nonisolated(unsafe) public static var mainThread: ThreadRef?

    /// Serves what waits. False when it has raised.
    @inline(never) public static func serve(_ thread: ThreadRef) -> Bool {
        let bits = taipan_breaker_load(thread)
        if bits & Breaker.finalizers != 0 {
            taipan_breaker_clear(thread, Breaker.finalizers)
            runFinalizers(thread)
        }
        if bits & Breaker.signal != 0 && thread == mainThread {
            taipan_breaker_clear(thread, Breaker.signal)
            if !runSignalHandlers(thread) { return false }
        }
        if bits & Breaker.pendingCall != 0 {
            taipan_breaker_clear(thread, Breaker.pendingCall)
            if !runPendingCalls(thread) { return false }
        }
        if bits & Breaker.switchRequest != 0 {
            taipan_breaker_clear(thread, Breaker.switchRequest)
            GIL.release(thread)
            GIL.acquire(thread)
        }
        if bits & Breaker.asyncException != 0 {
            taipan_breaker_clear(thread, Breaker.asyncException)
            let exception = thread.pointee.asyncException
            thread.pointee.asyncException = .empty
            if !exception.isEmpty {
                if exception.isExceptionClass { thread.raise(type: TypeRef(exception), arguments: []) } else { thread.raise(exception) }
                return false
            }
        }
        return true
    }
}

/// The interpreter lock. A waiting thread asks the holder, after the switch interval, to let it have a turn.
public enum GIL {
    /// Seconds.
    nonisolated(unsafe) public static var switchInterval = 0.005
    nonisolated(unsafe) private static var mutex: UnsafeMutablePointer<pthread_mutex_t> = {
        let pointer = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(pointer, nil)
        return pointer
    }()
    nonisolated(unsafe) private static var condition: UnsafeMutablePointer<pthread_cond_t> = {
        let pointer = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        pthread_cond_init(pointer, nil)
        return pointer
    }()
    nonisolated(unsafe) private static var isHeld = false
    nonisolated(unsafe) private static var waiters = 0
    /// Counts hand-overs, so that a releasing thread that wants back in at once lets a waiter go first.
    nonisolated(unsafe) private static var turns: UInt64 = 0

    /// Gives the lock up around a blocking call. The thread's registers are saved so that a collection by another thread sees its values.
    @inline(never) public static func release(_ thread: ThreadRef) {
        taipan_save_registers(thread)
        thread.pointee.savedStackPointer = taipan_stack_pointer() - 512
        pthread_mutex_lock(mutex)
        isHeld = false
        ThreadRegistry.current = nil
        let turn = turns
        pthread_cond_broadcast(condition)
        // A forced switch: wait until somebody else has had it.
        if waiters > 0 {
            var limit = timespec()
            clock_gettime(CLOCK_REALTIME, &limit)
            limit.tv_nsec += 1_000_000
            if limit.tv_nsec >= 1_000_000_000 { limit.tv_nsec -= 1_000_000_000; limit.tv_sec += 1 }
            while turns == turn && waiters > 0 {
                if pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT { break }
            }
        }
        pthread_mutex_unlock(mutex)
    }

    public static func acquire(_ thread: ThreadRef) {
        let savedError = errno
        pthread_mutex_lock(mutex)
        waiters += 1
        while isHeld {
            var limit = timespec()
            clock_gettime(CLOCK_REALTIME, &limit)
            let nanoseconds = Int(switchInterval * 1e9)
            limit.tv_nsec += nanoseconds % 1_000_000_000
            limit.tv_sec += nanoseconds / 1_000_000_000
            if limit.tv_nsec >= 1_000_000_000 { limit.tv_nsec -= 1_000_000_000; limit.tv_sec += 1 }
            if pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT, isHeld, let holder = ThreadRegistry.current {
                taipan_breaker_set(holder, Breaker.switchRequest)
            }
        }
        waiters -= 1
        isHeld = true
        turns &+= 1
        ThreadRegistry.current = thread
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
        errno = savedError
    }

    /// Runs a blocking system call without the lock.
    @inline(__always) public static func blocking<R>(_ thread: ThreadRef, _ body: () -> R) -> R {
        release(thread)
        let result = body()
        acquire(thread)
        return result
    }

    /// In a forked child only the forking thread exists.
    public static func reinitialize(_ thread: ThreadRef) {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        isHeld = true
        waiters = 0
        ThreadRegistry.current = thread
        var other = taipan.threads
        while let current = other {
            other = current.pointee.next
            if current != thread { ThreadRegistry.remove(current) }
        }
    }
}
