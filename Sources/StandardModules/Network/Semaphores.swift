import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// `_multiprocessing` and `_posixshmem`: what processes share, named semaphores and named memory.
///
/// A `SemLock` counts by itself how often this process's thread holds it, so that one of kind 0 may be taken again by its owner.
enum Semaphores {
    struct SemLockObject {
        var header: ObjectHeader
        /// str or None
        var name: Value
        var handle: UInt
        /// The thread that took it last.
        var owner: UInt64
        var count: Int
        var maximum: Int
        /// 0: recursive, 1: semaphore
        var kind: Int32
    }

    nonisolated(unsafe) private static var type: NativeType!

    private static func lock(_ value: Value) -> UnsafeMutablePointer<SemLockObject> { value.object(SemLockObject.self) }
    private static func semaphore(_ lock: UnsafeMutablePointer<SemLockObject>) -> UnsafeMutablePointer<sem_t>! { UnsafeMutablePointer(bitPattern: lock.pointee.handle) }

    private static func isMine(_ thread: ThreadRef, _ lock: UnsafeMutablePointer<SemLockObject>) -> Bool {
        lock.pointee.count > 0 && lock.pointee.owner == thread.pointee.identifier
    }

    private static func make(_ thread: ThreadRef, _ type: TypeRef, handle: UInt, kind: Int32, maximum: Int, name: Value) -> Value {
        let value = thread.allocateInstance(type)
        if value.isEmpty { return .empty }
        let object = lock(value)
        object.pointee.name = name
        object.pointee.handle = handle
        object.pointee.kind = kind
        object.pointee.maximum = maximum
        Heap.barrier(value.raw)
        return value
    }

    private static let constructor = Constructor("SemLock(self, kind, value, maxvalue, name, unlink)") { thread, a, _ in
        guard let kind = SystemArguments.int32(thread, a[1]), let value = SystemArguments.int32(thread, a[2]), let maximum = SystemArguments.int32(thread, a[3]),
              let name = NetworkArguments.text(thread, a[4], "SemLock", 4), let unlink = SystemArguments.flag(thread, a[5], default: false) else { return .empty }
        if kind != 0 && kind != 1 { return thread.raise(.valueError, "unrecognized kind") }
        guard let handle = system_sem_create(name, UInt32(bitPattern: value)) else { return thread.raiseOSError(errno) }
        if unlink && sem_unlink(name) < 0 {
            let code = errno
            sem_close(handle)
            return thread.raiseOSError(code)
        }
        return Semaphores.make(thread, TypeRef(a[0]), handle: UInt(bitPattern: handle), kind: kind, maximum: Int(maximum), name: unlink ? .none : a[4])
    }

    private static func acquire(_ thread: ThreadRef, _ value: Value, _ block: Value, _ timeout: Value) -> Value {
        guard let blocking = SystemArguments.flag(thread, block, default: true) else { return .empty }
        let object = lock(value)
        if object.pointee.kind == 0 && isMine(thread, object) {
            object.pointee.count += 1
            return .true
        }
        guard let semaphore = semaphore(object) else { return thread.raise(.valueError, "semaphore is closed") }
        var deadline: timespec?
        if blocking && !timeout.isEmpty && !timeout.isNone {
            guard let seconds = thread.toDouble(timeout) else { return .empty }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let span = seconds.isNaN ? 0 : min(max(seconds, 0), 1e9)
            now.tv_sec += Int(span)
            now.tv_nsec += Int((span - span.rounded(.down)) * 1e9)
            if now.tv_nsec >= 1_000_000_000 {
                now.tv_sec += 1
                now.tv_nsec -= 1_000_000_000
            }
            deadline = now
        }
        var result: Int32 = -1
        while true {
            result = sem_trywait(semaphore)
            if result == 0 || errno != EINTR { break }
            if !Signals.check(thread) { return .empty }
        }
        if result != 0 && errno == EAGAIN && blocking {
            while true {
                result = GIL.blocking(thread) {
                    if var limit = deadline { return sem_timedwait(semaphore, &limit) }
                    return sem_wait(semaphore)
                }
                if result == 0 || errno != EINTR { break }
                if !Signals.check(thread) { return .empty }
            }
        }
        if result != 0 { return errno == EAGAIN || errno == ETIMEDOUT ? .false : thread.raiseOSError(errno) }
        object.pointee.count += 1
        object.pointee.owner = thread.pointee.identifier
        return .true
    }

    private static func release(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = lock(value)
        guard let semaphore = semaphore(object) else { return thread.raise(.valueError, "semaphore is closed") }
        if object.pointee.kind == 0 {
            guard isMine(thread, object) else { return thread.raise(.assertionError, "attempt to release recursive lock not owned by thread") }
            if object.pointee.count > 1 {
                object.pointee.count -= 1
                return .none
            }
        } else {
            var current: Int32 = 0
            if sem_getvalue(semaphore, &current) < 0 { return thread.raiseOSError(errno) }
            if Int(current) >= object.pointee.maximum { return thread.raise(.valueError, "semaphore or lock released too many times") }
        }
        if sem_post(semaphore) < 0 { return thread.raiseOSError(errno) }
        object.pointee.count -= 1
        return .none
    }

    private static func value(_ thread: ThreadRef, _ value: Value) -> Int? {
        var current: Int32 = 0
        guard let semaphore = semaphore(lock(value)), sem_getvalue(semaphore, &current) == 0 else {
            thread.raiseOSError(errno)
            return nil
        }
        return Int(max(current, 0))
    }

    private static let methods: [Def] = [
        Def("acquire(self, block=True, timeout=None)", .calls, "Acquire the semaphore/lock.") { thread, a, _ in Semaphores.acquire(thread, a[0], a[1], a[2]) },
        Def("release(self, /)", .calls, "Release the semaphore/lock.") { thread, a, _ in Semaphores.release(thread, a[0]) },
        Def("__enter__(self, /)", .calls, "Enter the semaphore/lock.") { thread, a, _ in Semaphores.acquire(thread, a[0], .true, .none) },
        Def("__exit__(self, exc_type=None, exc_value=None, exc_tb=None, /)", .calls, "Exit the semaphore/lock.") { thread, a, _ in Semaphores.release(thread, a[0]) },
        Def("_count(self, /)", .reads, "How often this process has acquired the semaphore and not released it.") { thread, a, _ in thread.newInt(Semaphores.lock(a[0]).pointee.count) },
        Def("_is_mine(self, /)", .reads, "Whether the lock is owned by this thread.") { thread, a, _ in Value(Semaphores.isMine(thread, Semaphores.lock(a[0]))) },
        Def("_get_value(self, /)", .reads, "Get the value of the semaphore.") { thread, a, _ in Semaphores.value(thread, a[0]).map { Value(small: $0) } ?? .empty },
        Def("_is_zero(self, /)", .reads, "Return whether semaphore has value zero.") { thread, a, _ in Semaphores.value(thread, a[0]).map { Value($0 == 0) } ?? .empty },
        Def("_after_fork(self, /)", .writes, "Rezero the net acquisition count after fork().") { _, a, _ in
            Semaphores.lock(a[0]).pointee.count = 0
            return .none
        },
        Def("_rebuild(type, handle, kind, maxvalue, name, /)", .calls, kind: .classMethod) { thread, a, _ in
            guard var handle = SystemArguments.mask(thread, a[1]), let kind = SystemArguments.int32(thread, a[2]), let maximum = SystemArguments.int32(thread, a[3]) else { return .empty }
            if !a[4].isNone {
                guard let name = NetworkArguments.text(thread, a[4], "_rebuild", 4) else { return .empty }
                guard let opened = system_sem_open(name) else { return thread.raiseOSError(errno) }
                handle = UInt(bitPattern: opened)
            }
            return Semaphores.make(thread, TypeRef(a[0]), handle: handle, kind: kind, maximum: Int(maximum), name: a[4])
        },
    ]

    static func register() {
        NativeModule.register("_multiprocessing", functions: [
            Def("sem_unlink(name, /)", .calls, kind: .function) { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "sem_unlink() argument must be str, not \(a[0].argumentTypeName)") }
                guard let name = NetworkArguments.text(thread, a[0], "sem_unlink") else { return .empty }
                return sem_unlink(name) < 0 ? thread.raiseOSError(errno) : .none
            },
        ]) { module in
            type = NativeType("SemLock", module: "_multiprocessing", size: MemoryLayout<SemLockObject>.size, mask: 0b10, flags: .base, doc: "Semaphore/Mutex type", methods: methods, getters: [
                Getter("handle", set: readOnlyMember) { thread, a, _ in thread.newInt(unsigned: Semaphores.lock(a[0]).pointee.handle) },
                Getter("kind", set: readOnlyMember) { _, a, _ in Value(small: Int(Semaphores.lock(a[0]).pointee.kind)) },
                Getter("maxvalue", set: readOnlyMember) { thread, a, _ in thread.newInt(Semaphores.lock(a[0]).pointee.maximum) },
                Getter("name", set: readOnlyMember) { _, a, _ in Semaphores.lock(a[0]).pointee.name },
            ]) { slots in
                slots.call(.new) { thread, type, a, count, keywords in Semaphores.constructor.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    let object = Semaphores.lock(value)
                    if let semaphore = Semaphores.semaphore(object) { sem_close(semaphore) }
                    object.pointee.handle = 0
                    return .none
                }
            }
            _ = type.type.namespace.set(module.thread, StringRef.intern("SEM_VALUE_MAX").value, Value(small: Int(Int32.max)))
            module.add(type)
            let flags = module.thread.newDict()
            if flags.isEmpty { return false }
            for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] { _ = DictRef(flags).set(module.thread, StringRef.intern(name).value, Value(small: 1)) }
            module.set("flags", flags)
            return true
        }
        NativeModule.register("_posixshmem", doc: "POSIX shared memory module", functions: [
            Def("shm_open(path, flags, mode=511)", .calls, "Open shared memory by its name, and return a descriptor.", kind: .function) { thread, a, _ in
                guard let path = Semaphores.memoryName(thread, a[0], "shm_open"), let flags = SystemArguments.int32(thread, a[1]), let mode = NetworkArguments.int32(thread, a[2], default: 0o777) else { return .empty }
                guard let result = SystemCall.retry(thread, { shm_open(path, flags, UInt32(bitPattern: mode)) }) else { return .empty }
                return result < 0 ? thread.raiseOSError(errno, a[0]) : Value(small: Int(result))
            },
            Def("shm_unlink(path)", .calls, "Remove a shared memory object (similar to unlink()).", kind: .function) { thread, a, _ in
                guard let path = Semaphores.memoryName(thread, a[0], "shm_unlink") else { return .empty }
                guard let result = SystemCall.retry(thread, { shm_unlink(path) }) else { return .empty }
                return result < 0 ? thread.raiseOSError(errno, a[0]) : .none
            },
        ])
    }

    private static func memoryName(_ thread: ThreadRef, _ value: Value, _ function: String) -> [CChar]? {
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument 'path' must be str, not \(value.argumentTypeName)")
            return nil
        }
        return StringRef(value).utf8.map { CChar(bitPattern: $0) } + [0]
    }
}
