import Glibc

/// The interpreter lock. A thread runs Python, allocates and touches heap objects only while it holds the lock.
///
/// A waiting thread asks the holder, after the switch interval, to let it have a turn; the holder then waits until somebody else has had one, or the
/// scheduler would mostly give the lock back to the thread that just let go of it. A thread that does not hold the lock is scanned from where it
/// gave the lock up; its callee-saved registers at that point are in its state. So the values that its callers keep in registers or on the
/// stack stay alive, whatever the blocking code does with either.
public enum GIL {
    /// Seconds.
    nonisolated(unsafe) public static var switchInterval = 0.005
    /// Set when the process is about to end: from then on only this thread gets the lock, and others stop for good where they ask for it.
    nonisolated(unsafe) public static var finalizer: ThreadRef?

    nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
        let pointer = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(pointer, nil)
        return pointer
    }()
    /// The lock was released.
    nonisolated(unsafe) private static let freed = newCondition()
    /// The lock was taken.
    nonisolated(unsafe) private static let taken = newCondition()
    /// A program's first thread holds the lock from the start.
    nonisolated(unsafe) private static var isHeld = true
    nonisolated(unsafe) private static var waiters = 0
    /// Threads in `yield` that wait for somebody else to have a turn.
    nonisolated(unsafe) private static var yielding = 0
    /// Counts hand-overs.
    nonisolated(unsafe) private static var turns: UInt64 = 0

    private static func newCondition() -> UnsafeMutablePointer<pthread_cond_t> {
        let pointer = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(pointer, &attributes)
        return pointer
    }

    /// Gives the lock up around a blocking call. Between this and `acquire`, values and heap objects must not be touched. Always inlined: the registers
    /// saved must be the caller's, as they are while it blocks.
    @inlinable @inline(__always) public static func release(_ thread: ThreadRef) {
        taipan_save_registers(thread)
        unlock()
    }

    @inline(never) @usableFromInline static func unlock() {
        let savedError = errno
        pthread_mutex_lock(mutex)
        isHeld = false
        ThreadRegistry.current = nil
        if waiters > 0 { pthread_cond_signal(freed) }
        pthread_mutex_unlock(mutex)
        errno = savedError
    }

    /// Takes the lock. `errno` is preserved, so that a blocking call's can be looked at behind this.
    @inline(never) public static func acquire(_ thread: ThreadRef) {
        let savedError = errno
        pthread_mutex_lock(mutex)
        waiters += 1
        while isHeld {
            let turn = turns
            var limit = deadline(switchInterval)
            let status = pthread_cond_timedwait(freed, mutex, &limit)
            // Only a holder that had a whole interval is asked to let go.
            if status == ETIMEDOUT, isHeld, turn == turns, let holder = ThreadRegistry.current { taipan_breaker_set(holder, Breaker.switchRequest) }
        }
        waiters -= 1
        if let finalizer, finalizer != thread {
            if waiters > 0 { pthread_cond_signal(freed) }
            // Who gave up the lock for this thread's sake gets it back.
            if yielding > 0 { pthread_cond_broadcast(taken) }
            pthread_mutex_unlock(mutex)
            while true { pause() }
        }
        isHeld = true
        turns &+= 1
        ThreadRegistry.current = thread
        if yielding > 0 { pthread_cond_broadcast(taken) }
        pthread_mutex_unlock(mutex)
        errno = savedError
    }

    /// Lets a waiting thread have its turn.
    @inline(never) static func yield(_ thread: ThreadRef) {
        taipan_save_registers(thread)
        pthread_mutex_lock(mutex)
        if waiters > 0 && finalizer == nil {
            isHeld = false
            ThreadRegistry.current = nil
            let turn = turns
            pthread_cond_signal(freed)
            yielding += 1
            while turns == turn && waiters > 0 { pthread_cond_wait(taken, mutex) }
            yielding -= 1
            pthread_mutex_unlock(mutex)
            acquire(thread)
        } else {
            pthread_mutex_unlock(mutex)
        }
    }

    private static func deadline(_ seconds: Double) -> timespec {
        var result = timespec()
        clock_gettime(CLOCK_MONOTONIC, &result)
        let nanoseconds = Int(min(max(seconds, 1e-6), 1e6) * 1e9)
        result.tv_nsec += nanoseconds % 1_000_000_000
        result.tv_sec += nanoseconds / 1_000_000_000
        if result.tv_nsec >= 1_000_000_000 { result.tv_nsec -= 1_000_000_000; result.tv_sec += 1 }
        return result
    }

    /// Runs a blocking system call without the lock.
    @inlinable @inline(__always) public static func blocking<R>(_ thread: ThreadRef, _ body: () -> R) -> R {
        release(thread)
        let result = body()
        acquire(thread)
        return result
    }

    /// Runs a system call without the lock, again and again while a signal interrupts it and the signal's handler raises nothing (PEP 475). The body returns -1 when it has
    /// failed. nil when a handler has raised.
    public static func retrying<R: SignedInteger>(_ thread: ThreadRef, _ body: () -> R) -> R? {
        // A signal that came between two safepoints must not wait for the call to end.
        guard Signals.check(thread) else { return nil }
        while true {
            let result = blocking(thread, body)
            if result != -1 || errno != EINTR { return result }
            guard Signals.check(thread) else { return nil }
        }
    }

    /// In a forked child only the forking thread exists.
    public static func reinitialize(_ thread: ThreadRef) {
        pthread_mutex_init(mutex, nil)
        for condition in [freed, taken] {
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
        }
        isHeld = true
        waiters = 0
        yielding = 0
        ThreadRegistry.current = thread
        Safepoint.mainThread = thread
        taipan_signals_start(thread, Breaker.signal)
        thread.pointee.identifier = UInt64(pthread_self())
        var other = taipan.threads
        while let current = other {
            other = current.pointee.next
            if current != thread { ThreadRegistry.remove(current) }
        }
    }
}
