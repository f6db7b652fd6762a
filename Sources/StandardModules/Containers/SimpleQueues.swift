import ContainerTypes
import Glibc
import Interpreter
import Objects

/// `_queue.SimpleQueue`: an unbounded queue between threads.
///
/// The interpreter lock guards the items. A thread that finds none notes the number of puts so far, gives the lock up and waits until that number has
/// changed; one mutex and condition serve all queues. The wait is cut into slices, so that a signal is noticed.
struct SimpleQueueObject {
    var header: ObjectHeader
    /// list; those before `first` are taken
    var items: Value
    var first: Int
}

enum SimpleQueues {
    nonisolated(unsafe) private static var type: NativeType!
    private static let emptyError = RootTable.reserve()
    nonisolated(unsafe) private static var puts = 0
    nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
        let pointer = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(pointer, nil)
        return pointer
    }()
    nonisolated(unsafe) private static let condition: UnsafeMutablePointer<pthread_cond_t> = {
        let pointer = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        pthread_cond_init(pointer, nil)
        return pointer
    }()

    static func register() {
        NativeModule.register("_queue", doc: "The native part of module queue, which is to be used instead.\n") { module in
            emptyError.pointee = module.addException("Empty")
            define(module)
            return true
        }
    }

    private static func define(_ module: ModuleBuilder) {
        type = NativeType("SimpleQueue", module: "_queue", size: MemoryLayout<SimpleQueueObject>.size, mask: 0b10, flags: [.base, .weakReferenceable], doc: "SimpleQueue()\n--\n\nSimple, unbounded, reentrant FIFO queue.", methods: [
            Def("empty(self, /)", .reads, "Whether there is no item now; another thread may change that at once.") { _, a, _ in Value(SimpleQueues.count(a[0]) == 0) },
            Def("qsize(self, /)", .reads, "Return the approximate size of the queue (not reliable!).") { thread, a, _ in thread.newInt(SimpleQueues.count(a[0])) },
            Def("put(self, /, item, block=True, timeout=None)", .calls, "Add an item. Never waits: block and timeout are there because Queue has them.") { thread, a, _ in
                SimpleQueues.put(thread, a[0], a[1])
            },
            Def("put_nowait(self, /, item)", .calls, "The same as put(item), because Queue has it.") { thread, a, _ in SimpleQueues.put(thread, a[0], a[1]) },
            Def("get(self, /, block=True, timeout=None)", .calls, """
                Take the next item out, and wait for one where there is none.

                Empty is raised when timeout seconds have passed, or at once when block is false.
                """) { thread, a, _ in
                let block = a[1].isEmpty ? 1 : thread.isTrue(a[1])
                if block < 0 { return .empty }
                return SimpleQueues.get(thread, a[0], block: block != 0, timeout: a[2])
            },
            Def("get_nowait(self, /)", .calls, "Take the next item out; Empty when there is none.") { thread, a, _ in
                SimpleQueues.get(thread, a[0], block: false, timeout: .empty)
            },
            Shared.classGetItem,
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in
                if TypeRef(type) == SimpleQueues.type.type {
                    guard Shared.noKeywords(thread, "SimpleQueue", keywords), Shared.arity(thread, "SimpleQueue", count, 0, 0) else { return .empty }
                }
                let items = thread.newList()
                let result = items.isEmpty ? Value.empty : thread.allocateInstance(TypeRef(type))
                if result.isEmpty { return .empty }
                SimpleQueues.queue(result).pointee.items = items
                return result
            }
        }
        module.add(type)
    }

    @inline(__always) private static func queue(_ value: Value) -> UnsafeMutablePointer<SimpleQueueObject> { value.object(SimpleQueueObject.self) }
    private static func count(_ value: Value) -> Int { ListRef(queue(value).pointee.items).count - queue(value).pointee.first }

    private static func put(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Value {
        guard ListRef(queue(value).pointee.items).append(thread, item) else { return .empty }
        pthread_mutex_lock(mutex)
        puts &+= 1
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
        return .none
    }

    private static func take(_ value: Value) -> Value {
        let own = queue(value)
        let items = ListRef(own.pointee.items)
        let result = items[own.pointee.first]
        items.set(own.pointee.first, .none)
        own.pointee.first += 1
        let left = items.count - own.pointee.first
        if left == 0 {
            items.setCount(0)
            own.pointee.first = 0
        } else if own.pointee.first > 64 && own.pointee.first > left {
            memmove(items.items, items.items + own.pointee.first, left * 8)
            items.setCount(left)
            own.pointee.first = 0
        }
        return result
    }

    private static func get(_ thread: ThreadRef, _ value: Value, block: Bool, timeout: Value) -> Value {
        var deadline = Double.infinity
        if block && !timeout.isEmpty && !timeout.isNone {
            guard let seconds = thread.toDouble(timeout) else { return .empty }
            if seconds.isNaN { return thread.raise(.valueError, "Invalid value NaN (not a number)") }
            if abs(seconds) >= 9223372036.854775807 { return thread.raise(.overflowError, "timestamp too large to convert to C _PyTime_t") }
            if seconds < 0 { return thread.raise(.valueError, "'timeout' must be a non-negative number") }
            if seconds > 9223372036 { return thread.raise(.overflowError, "timeout value is too large") }
            deadline = now(CLOCK_MONOTONIC) + seconds
        }
        while count(value) == 0 {
            let left = deadline - now(CLOCK_MONOTONIC)
            if !block || left <= 0 { return thread.raise(type: TypeRef(emptyError.pointee)) }
            wait(thread, puts, min(left, 0.05))
            // Signal handlers, asynchronous exceptions.
            if taipan_breaker_load(thread) != 0, !Safepoint.serve(thread) { return .empty }
        }
        return take(value)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits without the interpreter lock until somebody has put something, or the time is up.
    private static func wait(_ thread: ThreadRef, _ seen: Int, _ seconds: Double) {
        let end = now(CLOCK_REALTIME) + seconds
        var limit = timespec(tv_sec: Int(end), tv_nsec: Int((end - end.rounded(.down)) * 1e9))
        GIL.release(thread)
        pthread_mutex_lock(mutex)
        while puts == seen {
            if pthread_cond_timedwait(condition, mutex, &limit) != 0 { break }
        }
        pthread_mutex_unlock(mutex)
        GIL.acquire(thread)
    }
}
