import Glibc
import Interpreter
import Objects

/// The `_thread` module.
///
/// A thread has a native stack and a register stack of its own. What it is to call waits in the list `starting`, a root, until the new thread holds the
/// interpreter lock and is registered with the collector. Threads are detached; `threading` waits for one through its sentinel lock, which is released
/// when the thread's state is torn down.
public enum Threads {
    /// What `stack_size` has set, in bytes; 0 for the default.
    nonisolated(unsafe) private static var chosenStackSize = 0
    /// Swift's frames are larger than C's: smaller stacks than this are not made.
    private static let leastStackSize = 4 << 20
    /// Twice what the system gives a thread: a level of Python's recursion through native code takes more here. A hundred threads still fit under usual limits.
    private static let defaultStackSize = 16 << 20
    /// Room for some hundred thousand frames of Python; a thread with a larger native stack gets more.
    private static var registerStackSize: Int { max(8 << 20, chosenStackSize / 2 & ~0xFFFF) }
    /// list of (number, function, arguments, keywords)
    nonisolated(unsafe) private static let starting = RootTable.reserve()
    nonisolated(unsafe) private static var nextNumber = 1
    /// Threads that run a function of `start_new_thread`.
    nonisolated(unsafe) private static var count = 0
    /// A thread has ended since `_count` was last asked.
    nonisolated(unsafe) private static var hasEnded = false
    nonisolated(unsafe) private static var exceptHookArguments: StructSequence!

    // Words of `ThreadState.extra` that are this module's.
    private static let sentinelWord = 0
    private static let serialWord = 1

    private static func words(_ thread: ThreadRef) -> UnsafeMutablePointer<Value> {
        withUnsafeMutablePointer(to: &thread.pointee.extra) { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Value.self) }
    }

    /// A number that no other thread ever has: identifiers are used again.
    static func serial(_ thread: ThreadRef) -> Int {
        let word = words(thread) + serialWord
        if word.pointee.isEmpty {
            word.pointee = Value(small: nextNumber)
            nextNumber += 1
        }
        return word.pointee.smallInt
    }

    // MARK: Starting and ending

    private static func start(_ thread: ThreadRef, _ function: Value, _ arguments: Value, _ keywords: Value) -> Value {
        guard function.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "first arg must be callable") }
        guard arguments.isTuple else { return thread.raise(.typeError, "2nd arg must be a tuple") }
        guard keywords.isEmpty || keywords.isDict else { return thread.raise(.typeError, "optional 3rd arg must be a dictionary") }
        if starting.pointee.isEmpty {
            starting.pointee = thread.newList()
            if starting.pointee.isEmpty { return .empty }
        }
        let number = nextNumber
        nextNumber += 1
        let entry = thread.newTuple(Value(small: number), function, arguments, keywords.isEmpty ? .none : keywords)
        guard !entry.isEmpty, ListRef(starting.pointee).append(thread, entry) else { return .empty }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, chosenStackSize == 0 ? defaultStackSize : max(chosenStackSize, leastStackSize))
        var created = pthread_t()
        let status = pthread_create(&created, &attributes, { argument in
            Threads.run(number: Int(bitPattern: argument))
            return nil
        }, UnsafeMutableRawPointer(bitPattern: number))
        pthread_attr_destroy(&attributes)
        if status != 0 {
            _ = takeEntry(number)
            return thread.raise(.runtimeError, "can't start new thread")
        }
        return thread.newInt(unsigned: UInt(created))
    }

    private static func takeEntry(_ number: Int) -> Value {
        let list = ListRef(starting.pointee)
        for index in 0 ..< list.count where TupleRef(list[index])[0].smallInt == number {
            let entry = list[index]
            for later in index + 1 ..< max(list.count, index + 1) { list.set(later - 1, list[later]) }
            list.setCount(list.count - 1)
            return entry
        }
        return .empty
    }

    /// The life of a thread.
    @inline(never) private static func run(number: Int) {
        let stackSize = registerStackSize
        guard let thread = Bootstrap.newThread(stackSize: stackSize) else { return }
        GIL.acquire(thread)
        ThreadRegistry.add(thread)
        count += 1
        call(thread, takeEntry(number))
        count -= 1
        hasEnded = true
        end(thread)
        ThreadRegistry.remove(thread)
        GIL.release(thread)
        Bootstrap.freeThread(thread, stackSize: stackSize)
    }

    /// Runs `body` on a native thread that Python knows nothing of, with the interpreter lock and a state that lasts as long. False when there is no memory for one.
    public static func adopt(_ body: (ThreadRef) -> Void) -> Bool {
        let stackSize = registerStackSize
        guard let thread = Bootstrap.newThread(stackSize: stackSize) else { return false }
        GIL.acquire(thread)
        ThreadRegistry.add(thread)
        body(thread)
        end(thread)
        ThreadRegistry.remove(thread)
        GIL.release(thread)
        Bootstrap.freeThread(thread, stackSize: stackSize)
        return true
    }

    private static func call(_ thread: ThreadRef, _ entry: Value) {
        if entry.isEmpty { return }
        let items = TupleRef(entry)
        let result = thread.call(items[1], tuple: items[2], dict: items[3].isNone ? .empty : items[3])
        if !result.isEmpty || thread.clearException(.systemExit) { return }
        RuntimeHooks.writeUnraisable(thread, "Exception ignored in thread started by", items[1])
        thread.takeException()
    }

    private static func end(_ thread: ThreadRef) {
        Tracing.end(thread)
        ThreadLocals.forget(thread)
        thread.takeException()
        let sentinel = words(thread)[sentinelWord]
        words(thread)[sentinelWord] = .empty
        if !sentinel.isEmpty && taipan_lock_is_held(ThreadLocks.word(sentinel)) { taipan_lock_release(ThreadLocks.word(sentinel)) }
    }

    /// The process is about to end: other threads stop where they next ask for the interpreter lock.
    public static func stopOthers(_ thread: ThreadRef) { GIL.finalizer = thread }

    // MARK: Stack size

    private static func setStackSize(_ thread: ThreadRef, _ value: Value) -> Value {
        let old = chosenStackSize
        if !value.isEmpty {
            guard let size = thread.toInt(value) else {
                if thread.clearException(.overflowError) { thread.raise(.overflowError, "Python int too large to convert to C ssize_t") }
                return .empty
            }
            if size < 0 { return thread.raise(.valueError, "size must be 0 or a positive value") }
            if size != 0 && (size < 32768 || size > 1 << 40) { return thread.raise(.valueError, "size not valid: \(size) bytes") }
            chosenStackSize = size
        }
        return thread.newInt(old)
    }

    // MARK: Exceptions that end a thread

    private static func reportException(_ thread: ThreadRef, _ arguments: Value) -> Value {
        guard arguments.type == exceptHookArguments.type else { return thread.raise(.typeError, "_thread.excepthook argument type must be ExceptHookArgs") }
        let fields = TupleRef(arguments).items
        if fields[0] == TypeID.systemExit.value { return .none }
        let owner = fields[3]
        var file = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(.stderr)
        if file.isEmpty || file.isNone {
            if owner.isNone { return .none }
            file = thread.getAttributeOrEmpty(owner, StringRef.intern("_stderr").value)
            if file.isEmpty { return thread.hasException ? .empty : .none }
            if file.isNone { return .none }
        }
        var name = owner.isNone ? Value.empty : thread.getAttributeOrEmpty(owner, Name.name)
        if thread.hasException { return .empty }
        if !name.isEmpty { name = thread.str(name) } else { name = thread.newString("\(thread.pointee.identifier)") }
        if name.isEmpty { return .empty }
        let heading = thread.newString("Exception in thread \(StringRef(name).description):\n")
        if heading.isEmpty || thread.callMethod(file, Name.write, heading).isEmpty { return .empty }
        let printer = thread.importModule("traceback")
        if printer.isEmpty { return .empty }
        let arguments = thread.newTuple(fields[0], fields[1], fields[2])
        if thread.callMethod(printer, StringRef.intern("print_exception").value, tuple: arguments, keywords: (.file, file)).isEmpty { return .empty }
        if thread.callMethod(file, Name.flush).isEmpty { thread.takeException() }
        return .none
    }

    // MARK: The module

    static func register() {
        NativeModule.register("_thread", doc: "Threads and locks, from which module threading is made.", functions: Threads.functions()) { module in
            ThreadLocks.define()
            ThreadLocals.define()
            if Threads.exceptHookArguments == nil {
                Threads.exceptHookArguments = StructSequence("_ExceptHookArgs", module: "_thread", doc: "ExceptHookArgs\n\nWhat threading.excepthook is called with.", visible: 4,
                                                             fields: ["exc_type", "exc_value", "exc_traceback", "thread"])
            }
            module.set("LockType", ThreadLocks.lock.type.value)
            module.add(ThreadLocks.recursiveLock)
            module.add(ThreadLocals.type)
            module.set("_ExceptHookArgs", Threads.exceptHookArguments.type.value)
            module.set("error", TypeID.runtimeError.value)
            module.set("TIMEOUT_MAX", module.thread.newFloat(ThreadLocks.longestTimeout))
            return true
        }
    }

    private static func functions() -> [Def] {
        let start: NativeFunction = { thread, a, _ in Threads.start(thread, a[0], a[1], a[2]) }
        let allocate: NativeFunction = { thread, _, _ in ThreadLocks.make(thread) }
        let exit: NativeFunction = { thread, _, _ in thread.raise(.systemExit) }
        return [
            Def("start_new_thread(function, args, kwargs={}, /)", .calls, "Run function(*args, **kwargs) in a new thread, and return its identifier.", kind: .function, start),
            Def("start_new(function, args, kwargs={}, /)", .calls, "An obsolete synonym of start_new_thread().", kind: .function, start),
            Def("allocate_lock()", .writes, "A new lock, as threading.Lock() makes it.", kind: .function, allocate),
            Def("allocate()", .writes, "An obsolete synonym of allocate_lock().", kind: .function, allocate),
            Def("exit()", .calls, "End this thread, by raising SystemExit.", kind: .function, exit),
            Def("exit_thread()", .calls, "An obsolete synonym of exit().", kind: .function, exit),
            Def("interrupt_main(signum=2, /)", .calls, "Act in the main thread as if a signal had come.", kind: .function) { thread, a, _ in
                guard a[0].isEmpty || a[0].isInt else { return thread.raise(.typeError, "'\(a[0].type.name)' object cannot be interpreted as an integer") }
                guard let number = a[0].isEmpty ? 2 : thread.toInt(a[0]) else { return .empty }
                guard number >= 1 && number < Signals.count else { return thread.raise(.valueError, "signal number out of range") }
                let handler = Signals.handler(number)
                // Where the default is in force, or the signal is ignored, nothing happens.
                if !handler.isSmallInt && !handler.isNone { Signals.simulate(Int32(number)) }
                return Signals.check(thread) ? .none : .empty
            },
            Def("get_ident()", .reads, "A number that no other living thread has.", kind: .function) { thread, _, _ in
                thread.newInt(unsigned: UInt(thread.pointee.identifier))
            },
            Def("get_native_id()", .reads, "The number that the system has for this thread.", kind: .function) { thread, _, _ in
                thread.newInt(unsigned: UInt(taipan_native_thread_id()))
            },
            Def("_count()", .calls, "How many threads run besides the main one.", kind: .function) { thread, _, _ in
                // Who counts threads also looks for what those that have ended leave behind, which by counting references would be gone.
                if Threads.hasEnded && Collector.automatic {
                    Threads.hasEnded = false
                    CollectorModule.collectQuietly(thread)
                }
                return Value(small: Threads.count)
            },
            Def("stack_size(size=0, /)", .writes, "Return the thread stack size used when creating new threads, and set it when a size is given (0 for the default).", kind: .function) { thread, a, _ in
                Threads.setStackSize(thread, a[0])
            },
            Def("_set_sentinel()", .writes, "A lock that is released when this thread has ended.", kind: .function) { thread, _, _ in
                let lock = ThreadLocks.make(thread)
                if !lock.isEmpty { Threads.words(thread)[Threads.sentinelWord] = lock }
                return lock
            },
            Def("_excepthook(exc_type, /)", .calls, "Handle uncaught Thread.run() exception.", kind: .function) { thread, a, _ in Threads.reportException(thread, a[0]) },
        ]
    }
}
