import Interpreter
import Objects

/// `_thread.lock` and `_thread.RLock`.
///
/// The lock is one word of the object (see `Locks.c`), so that nothing needs to be destroyed. Waiting gives the interpreter lock up; in the main thread a signal
/// ends it, whose handler may raise. The fields of an RLock besides the word are only touched with the interpreter lock held, by the owner or whoever just became it.
enum ThreadLocks {
    struct LockObject {
        var header: ObjectHeader
        var word: UInt32
    }

    struct RecursiveLockObject {
        var header: ObjectHeader
        var word: UInt32
        /// `ThreadState.identifier` of the owner, or 0.
        var owner: UInt64
        var count: Int
    }

    nonisolated(unsafe) static var lock: NativeType!
    nonisolated(unsafe) static var recursiveLock: NativeType!

    static func make(_ thread: ThreadRef) -> Value { lock.allocate(thread, size: MemoryLayout<LockObject>.size) }

    static func word(_ value: Value) -> UnsafeMutablePointer<UInt32> { (value.raw + MemoryLayout<ObjectHeader>.size).assumingMemoryBound(to: UInt32.self) }

    /// The longest wait in seconds (`TIMEOUT_MAX`).
    static let longestTimeout = 9223372036.0

    enum Outcome { case taken, timedOut, raised }

    /// Takes the lock of a word, waiting until the deadline (as `taipan_lock_wait` has it).
    static func acquire(_ thread: ThreadRef, _ word: UnsafeMutablePointer<UInt32>, deadline: Int64, blocking: Bool) -> Outcome {
        if taipan_lock_try(word) { return .taken }
        if !blocking { return .timedOut }
        var mayCollect = Collector.automatic
        while true {
            let patience = mayCollect ? IdleCollection.due : 0
            let isShort = mayCollect && (deadline < 0 || patience < deadline)
            let status = GIL.blocking(thread) { taipan_lock_wait(word, isShort ? patience : deadline) }
            if status > 0 { return .taken }
            if status == 0 {
                if !isShort { return .timedOut }
                mayCollect = false
                IdleCollection.run(thread)
                continue
            }
            guard Signals.check(thread) else { return .raised }
        }
    }

    /// The arguments of `acquire`; nil when it has raised.
    private static func timing(_ thread: ThreadRef, _ blocking: Value, _ timeout: Value) -> (blocking: Bool, deadline: Int64)? {
        var blocks = true
        if !blocking.isEmpty {
            guard let number = thread.toInt(blocking) else { return nil }
            blocks = number != 0
        }
        if timeout.isEmpty { return (blocks, -1) }
        guard let seconds = thread.toDouble(timeout) else { return nil }
        if seconds.isNaN { thread.raise(.valueError, "Invalid value NaN (not a number)"); return nil }
        if abs(seconds) >= 9223372036.854775807 { thread.raise(.overflowError, "timestamp too large to convert to C _PyTime_t"); return nil }
        if !blocks && seconds != -1 { thread.raise(.valueError, "can't specify a timeout for a non-blocking call"); return nil }
        if seconds < 0 && seconds != -1 { thread.raise(.valueError, "timeout value must be positive"); return nil }
        if seconds > longestTimeout { thread.raise(.overflowError, "timeout value is too large"); return nil }
        if seconds < 0 { return (blocks, -1) }
        let deadline = taipan_monotonic().addingReportingOverflow(Int64(seconds * 1e9))
        return (blocks && seconds > 0, deadline.overflow ? -1 : deadline.partialValue)
    }

    /// `isEntering` in a `with` statement, whose body must be reached once the lock is taken.
    static func acquireLock(_ thread: ThreadRef, _ lock: Value, _ blocking: Value, _ timeout: Value, isEntering: Bool = false) -> Value {
        guard let timing = timing(thread, blocking, timeout) else { return .empty }
        switch acquire(thread, word(lock), deadline: timing.deadline, blocking: timing.blocking) {
        // A signal that came while the thread waited is served behind the call, as the next safepoint may be where the caller counts on the lock.
        case .taken: return isEntering || Signals.check(thread) ? .true : .empty
        case .timedOut: return .false
        case .raised: return .empty
        }
    }

    static func releaseLock(_ thread: ThreadRef, _ lock: Value) -> Value {
        guard taipan_lock_is_held(word(lock)) else { return thread.raise(.runtimeError, "release unlocked lock") }
        taipan_lock_release(word(lock))
        return .none
    }

    static func acquireRecursive(_ thread: ThreadRef, _ value: Value, _ blocking: Value, _ timeout: Value) -> Value {
        guard let timing = timing(thread, blocking, timeout) else { return .empty }
        let lock = value.object(RecursiveLockObject.self)
        if lock.pointee.count > 0 && lock.pointee.owner == thread.pointee.identifier {
            let next = lock.pointee.count.addingReportingOverflow(1)
            if next.overflow { return thread.raise(.overflowError, "Internal lock count overflowed") }
            lock.pointee.count = next.partialValue
            return .true
        }
        switch acquire(thread, word(value), deadline: timing.deadline, blocking: timing.blocking) {
        case .taken:
            lock.pointee.owner = thread.pointee.identifier
            lock.pointee.count = 1
            return .true
        case .timedOut: return .false
        case .raised: return .empty
        }
    }

    static func releaseRecursive(_ thread: ThreadRef, _ value: Value) -> Value {
        let lock = value.object(RecursiveLockObject.self)
        guard lock.pointee.count > 0, lock.pointee.owner == thread.pointee.identifier else { return thread.raise(.runtimeError, "cannot release un-acquired lock") }
        lock.pointee.count -= 1
        if lock.pointee.count == 0 {
            lock.pointee.owner = 0
            taipan_lock_release(word(value))
        }
        return .none
    }

    private static func acquireDefinition(_ name: StaticString, _ function: @escaping NativeFunction) -> Def {
        Def(name, .calls, "Lock the lock.  Without argument, this blocks if the lock is already\nlocked, waiting until it is released; with an argument False it does not wait. True when the lock was taken.", function)
    }

    static func define() {
        if lock != nil { return }
        let acquire: NativeFunction = { thread, a, _ in ThreadLocks.acquireLock(thread, a[0], a[1], a[2]) }
        let release: NativeFunction = { thread, a, _ in ThreadLocks.releaseLock(thread, a[0]) }
        let locked: NativeFunction = { _, a, _ in Value(taipan_lock_is_held(ThreadLocks.word(a[0]))) }
        lock = NativeType("lock", module: "_thread", size: MemoryLayout<LockObject>.size, flags: [.weakReferenceable, .noInstantiation],
                          doc: "What only one thread can hold at a time. threading.Lock() makes one.", methods: [
            acquireDefinition("acquire(self, blocking=True, timeout=-1)", acquire),
            acquireDefinition("acquire_lock(self, blocking=True, timeout=-1)", acquire),
            Def("release(self, /)", .calls, "Give the lock up, for the next thread that waits.", release),
            Def("release_lock(self, /)", .calls, "An obsolete synonym of release().", release),
            Def("locked(self, /)", .reads, "Whether the lock is in the locked state.", locked),
            Def("locked_lock(self, /)", .reads, "An obsolete synonym of locked().", locked),
            acquireDefinition("__enter__(self, blocking=True, timeout=-1)") { thread, a, _ in ThreadLocks.acquireLock(thread, a[0], a[1], a[2], isEntering: true) },
            Def("__exit__(self, /, *args)", .calls, "Release the lock.") { thread, a, _ in ThreadLocks.releaseLock(thread, a[0]) },
            Def("_at_fork_reinit(self, /)", .writes) { _, a, _ in
                ThreadLocks.word(a[0]).pointee = 0
                return .none
            },
        ]) { slots in
            slots.unary(.repr) { thread, value in
                let state = taipan_lock_is_held(ThreadLocks.word(value)) ? "locked" : "unlocked"
                return thread.newString("<\(state) _thread.lock object at \(hexadecimal(value))>")
            }
        }
        recursiveLock = NativeType("RLock", module: "_thread", size: MemoryLayout<RecursiveLockObject>.size, flags: [.weakReferenceable, .base], methods: [
            acquireDefinition("acquire(self, blocking=True, timeout=-1)") { thread, a, _ in ThreadLocks.acquireRecursive(thread, a[0], a[1], a[2]) },
            acquireDefinition("__enter__(self, blocking=True, timeout=-1)") { thread, a, _ in ThreadLocks.acquireRecursive(thread, a[0], a[1], a[2]) },
            Def("release(self, /)", .calls, "Release the lock once; the last release lets another thread have it.") { thread, a, _ in ThreadLocks.releaseRecursive(thread, a[0]) },
            Def("__exit__(self, /, *args)", .calls, "Release the lock.") { thread, a, _ in ThreadLocks.releaseRecursive(thread, a[0]) },
            Def("_is_owned(self, /)", .reads, "For internal use by `threading.Condition`.") { thread, a, _ in
                let lock = a[0].object(RecursiveLockObject.self)
                return Value(lock.pointee.count > 0 && lock.pointee.owner == thread.pointee.identifier)
            },
            Def("_recursion_count(self, /)", .reads, "For internal use by reentrancy checks.") { thread, a, _ in
                let lock = a[0].object(RecursiveLockObject.self)
                return thread.newInt(lock.pointee.owner == thread.pointee.identifier ? lock.pointee.count : 0)
            },
            Def("_acquire_restore(self, state, /)", .calls, "For internal use by `threading.Condition`.") { thread, a, _ in
                guard a[1].isTuple, TupleRef(a[1]).count == 2 else { return thread.raise(.typeError, "_acquire_restore() argument 1 must be 2-item tuple, not \(a[1].argumentTypeName)") }
                guard let count = thread.toInt(TupleRef(a[1])[0]), let owner = thread.toInt(TupleRef(a[1])[1]) else { return .empty }
                // The wait is not to be interrupted: the caller's state depends on it.
                let word = ThreadLocks.word(a[0])
                if !taipan_lock_try(word) { GIL.blocking(thread) { while taipan_lock_wait(word, -1) <= 0 {} } }
                let lock = a[0].object(RecursiveLockObject.self)
                lock.pointee.owner = UInt64(bitPattern: Int64(owner))
                lock.pointee.count = count
                return .none
            },
            Def("_release_save(self, /)", .calls, "For internal use by `threading.Condition`.") { thread, a, _ in
                let lock = a[0].object(RecursiveLockObject.self)
                guard lock.pointee.count > 0 else { return thread.raise(.runtimeError, "cannot release un-acquired lock") }
                let state = thread.newTuple(thread.newInt(lock.pointee.count), thread.newInt(unsigned: UInt(lock.pointee.owner)))
                if state.isEmpty { return .empty }
                lock.pointee.owner = 0
                lock.pointee.count = 0
                taipan_lock_release(ThreadLocks.word(a[0]))
                return state
            },
            Def("_at_fork_reinit(self, /)", .writes) { _, a, _ in
                let lock = a[0].object(RecursiveLockObject.self)
                lock.pointee.word = 0
                lock.pointee.owner = 0
                lock.pointee.count = 0
                return .none
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.unary(.repr) { thread, value in
                let lock = value.object(RecursiveLockObject.self)
                let state = lock.pointee.count > 0 ? "locked" : "unlocked"
                return thread.newString("<\(state) _thread.RLock object owner=\(lock.pointee.owner) count=\(lock.pointee.count) at \(hexadecimal(value))>")
            }
        }
    }
}
