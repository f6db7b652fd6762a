import CSystem
import Glibc
import Interpreter
import Objects

/// `select`: waiting for descriptors, by `select`, `poll` and `epoll`.
enum SelectModule {
    struct PollObject {
        var header: ObjectHeader
        /// dict of descriptor to event mask
        var registered: Value
        var polling: Int
    }

    struct EpollObject {
        var header: ObjectHeader
        var descriptor: Int
    }

    nonisolated(unsafe) private static var pollType: NativeType!
    nonisolated(unsafe) private static var epollType: NativeType!

    static func register() {
        NativeModule.register("select", doc: "Waiting for descriptors: select, poll and epoll.", functions: functions, setUp: { module in
            module.add(constants: system_table_select())
            // Enumerators in the header, not macros.
            for (name, value) in [("EPOLLIN", 1), ("EPOLLPRI", 2), ("EPOLLOUT", 4), ("EPOLLERR", 8), ("EPOLLHUP", 16), ("EPOLLRDNORM", 64), ("EPOLLRDBAND", 128), ("EPOLLWRNORM", 256),
                                  ("EPOLLWRBAND", 512), ("EPOLLMSG", 1024), ("EPOLLRDHUP", 8192), ("EPOLLEXCLUSIVE", 1 << 28), ("EPOLLONESHOT", 1 << 30), ("EPOLLET", 1 << 31),
                                  ("EPOLL_CLOEXEC", Int(O_CLOEXEC))] { module.set(name, value) }
            module.set("error", TypeID.osError.value)
            SelectModule.startPoll()
            SelectModule.startEpoll(module)
            return true
        })
    }

    /// Nanoseconds of a timeout in units of 1/`scale` seconds; -1 for none. nil when it has raised.
    private static func timeout(_ thread: ThreadRef, _ value: Value, scale: Int, _ message: String) -> Int? {
        if value.isEmpty || value.isNone { return -1 }
        guard value.isFloat || value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, message)
            return nil
        }
        guard let time = TimeArgument.nanoseconds(thread, value) else { return nil }
        return time / scale
    }

    // MARK: select()

    /// The descriptors of a sequence, and the objects as a list. A list may change while its items are asked.
    private static func take(_ thread: ThreadRef, _ value: Value) -> (objects: Value, descriptors: [Int32])? {
        let source = value.isList ? value : thread.list(value)
        if source.isEmpty {
            if thread.clearException(.typeError) { thread.raise(.typeError, "arguments 1-3 must be sequences") }
            return nil
        }
        let objects = thread.newList()
        if objects.isEmpty { return nil }
        var descriptors: [Int32] = []
        while descriptors.count < ListRef(source).count {
            let object = ListRef(source)[descriptors.count]
            guard let descriptor = Descriptor.of(thread, object), ListRef(objects).append(thread, object) else { return nil }
            guard descriptor < 1024 else {
                thread.raise(.valueError, "filedescriptor out of range in select()")
                return nil
            }
            descriptors.append(descriptor)
        }
        return (objects, descriptors)
    }

    private static func select(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let timeout = timeout(thread, a[3], scale: 1, "timeout must be a float or None") else { return .empty }
        if timeout < 0 && !a[3].isEmpty && !a[3].isNone { return thread.raise(.valueError, "timeout must be non-negative") }
        guard let readers = take(thread, a[0]), let writers = take(thread, a[1]), let others = take(thread, a[2]) else { return .empty }
        let groups = [readers, writers, others]
        // The collector sees the objects' lists here.
        guard let roots = thread.pushArguments(3) else { return .empty }
        defer { thread.popArguments(roots) }
        for index in 0 ..< 3 { roots[index] = groups[index].objects }
        let highest = groups.flatMap(\.descriptors).max() ?? -1
        let deadline = timeout >= 0 ? TimeArgument.monotonic() &+ timeout : 0
        var sets = [[UInt]](repeating: [UInt](repeating: 0, count: 16), count: 3)
        while true {
            for index in 0 ..< 3 {
                sets[index] = [UInt](repeating: 0, count: 16)
                for descriptor in groups[index].descriptors { sets[index][Int(descriptor) >> 6] |= 1 << UInt(descriptor & 63) }
            }
            let rest = timeout < 0 ? 0 : max(0, deadline &- TimeArgument.monotonic())
            var span = timeval(tv_sec: rest / 1_000_000_000, tv_usec: (rest % 1_000_000_000 + 999) / 1000)
            if span.tv_usec >= 1_000_000 { span = timeval(tv_sec: span.tv_sec + 1, tv_usec: 0) }
            var first = sets[0], second = sets[1], third = sets[2]
            let result = first.withUnsafeMutableBytes { first in
                second.withUnsafeMutableBytes { second in
                    third.withUnsafeMutableBytes { third in
                        let pointers = [first, second, third].map { $0.baseAddress!.assumingMemoryBound(to: fd_set.self) }
                        return withUnsafeMutablePointer(to: &span) { span in
                            GIL.blocking(thread) { Glibc.select(highest + 1, pointers[0], pointers[1], pointers[2], timeout < 0 ? nil : span) }
                        }
                    }
                }
            }
            sets = [first, second, third]
            if result < 0 && errno == EINTR {
                if !Safepoint.serve(thread) { return .empty }
                continue
            }
            if result < 0 { return thread.raiseOSError(errno) }
            break
        }
        guard let lists = thread.pushArguments(3) else { return .empty }
        defer { thread.popArguments(lists) }
        lists.update(repeating: .empty, count: 3)
        for index in 0 ..< 3 {
            lists[index] = thread.newList()
            if lists[index].isEmpty { return .empty }
            for (place, descriptor) in groups[index].descriptors.enumerated() where sets[index][Int(descriptor) >> 6] >> UInt(descriptor & 63) & 1 != 0 {
                if !ListRef(lists[index]).append(thread, ListRef(roots[index])[place]) { return .empty }
            }
        }
        return thread.newTuple(lists, 3)
    }

    private static let functions = [
        Def("select(rlist, wlist, xlist, timeout=None, /)", .calls, "Wait until one of several descriptors is ready.") { thread, a, _ in SelectModule.select(thread, a) },
        Def("poll()", .calls, "Returns a polling object.") { thread, _, _ in
            let poll = SelectModule.pollType.allocate(thread, size: MemoryLayout<PollObject>.size), dict = thread.newDict()
            if poll.isEmpty || dict.isEmpty { return .empty }
            poll.object(PollObject.self).pointee.registered = dict
            Heap.barrier(poll.raw)
            return poll
        },
    ]

    // MARK: poll()

    private static func events(_ thread: ThreadRef, _ value: Value, default absent: Int) -> Int? {
        if value.isEmpty { return absent }
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "'\(value.type.name)' object cannot be interpreted as an integer")
            return nil
        }
        guard let number = SystemArguments.int(thread, value) else { return nil }
        guard number >= 0 else {
            thread.raise(.valueError, "value must be positive")
            return nil
        }
        guard number <= 0xFFFF else {
            thread.raise(.overflowError, "Python int too large for C unsigned short")
            return nil
        }
        return number
    }

    private static func startPoll() {
        pollType = NativeType("poll", module: "select", size: MemoryLayout<PollObject>.size, mask: 0b10, flags: .noInstantiation, methods: [
            Def("register(self, fd, eventmask=POLLIN|POLLPRI|POLLOUT, /)", .calls, "Register a file descriptor with the polling object.") { thread, a, _ in
                guard let descriptor = Descriptor.of(thread, a[1]), let events = SelectModule.events(thread, a[2], default: 7) else { return .empty }
                return DictRef(a[0].object(PollObject.self).pointee.registered).set(thread, Value(small: Int(descriptor)), Value(small: events)) ? .none : .empty
            },
            Def("modify(self, fd, eventmask, /)", .calls, "Modify an already registered file descriptor.") { thread, a, _ in
                guard let descriptor = Descriptor.of(thread, a[1]), let events = SelectModule.events(thread, a[2], default: 7) else { return .empty }
                let dict = DictRef(a[0].object(PollObject.self).pointee.registered)
                if dict.get(thread, Value(small: Int(descriptor))).isEmpty { return thread.raiseOSError(ENOENT) }
                return dict.set(thread, Value(small: Int(descriptor)), Value(small: events)) ? .none : .empty
            },
            Def("unregister(self, fd, /)", .calls, "Remove a file descriptor being tracked by the polling object.") { thread, a, _ in
                guard let descriptor = Descriptor.of(thread, a[1]) else { return .empty }
                let removed = DictRef(a[0].object(PollObject.self).pointee.registered).remove(thread, Value(small: Int(descriptor)))
                return removed.isEmpty ? thread.raiseKeyError(Value(small: Int(descriptor))) : .none
            },
            Def("poll(self, timeout=None, /)", .calls, "Polls the set of registered file descriptors.") { thread, a, _ in SelectModule.poll(thread, a) },
        ])
    }

    private static func poll(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard var timeout = timeout(thread, a[1], scale: 1000, "timeout must be an integer or None") else { return .empty }
        // However little it is below zero.
        if !a[1].isEmpty, a[1].isFloat, a[1].doubleValue < 0 { timeout = -1 }
        let object = a[0].object(PollObject.self)
        if object.pointee.polling != 0 { return thread.raise(.runtimeError, "concurrent poll() invocation") }
        var entries: [pollfd] = []
        var position = 0
        while let (key, value) = DictRef(object.pointee.registered).next(&position) {
            entries.append(pollfd(fd: Int32(key.smallInt), events: Int16(bitPattern: UInt16(value.smallInt)), revents: 0))
        }
        object.pointee.polling = 1
        defer { object.pointee.polling = 0 }
        let deadline = timeout >= 0 ? TimeArgument.monotonic() &+ timeout : 0
        while true {
            let rest = timeout < 0 ? -1 : (max(0, deadline &- TimeArgument.monotonic()) + 999_999) / 1_000_000
            let result = GIL.blocking(thread) { Glibc.poll(&entries, nfds_t(entries.count), Int32(clamping: rest)) }
            if result < 0 && errno == EINTR {
                if !Safepoint.serve(thread) { return .empty }
                continue
            }
            if result < 0 { return thread.raiseOSError(errno) }
            break
        }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for entry in entries where entry.revents != 0 {
            let pair = thread.newTuple(Value(small: Int(entry.fd)), Value(small: Int(UInt16(bitPattern: entry.revents))))
            if pair.isEmpty || !ListRef(list).append(thread, pair) { return .empty }
        }
        return list
    }

    // MARK: epoll

    private static func descriptor(_ thread: ThreadRef, _ epoll: Value) -> Int32? {
        let descriptor = epoll.object(EpollObject.self).pointee.descriptor
        if descriptor >= 0 { return Int32(descriptor) }
        thread.raise(.valueError, "I/O operation on closed epoll object")
        return nil
    }

    private static func close(_ thread: ThreadRef, _ epoll: Value) -> Value {
        let object = epoll.object(EpollObject.self)
        let descriptor = Int32(object.pointee.descriptor)
        object.pointee.descriptor = -1
        if descriptor < 0 { return .none }
        return SystemCall.none(thread, GIL.blocking(thread) { Glibc.close(descriptor) })
    }

    private static func control(_ thread: ThreadRef, _ a: Arguments, _ operation: Int32, _ mask: Value) -> Value {
        guard let epoll = descriptor(thread, a[0]), let target = Descriptor.of(thread, a[1]) else { return .empty }
        var event = epoll_event()
        if operation != EPOLL_CTL_DEL {
            if mask.isEmpty { event.events = 1 | 2 | 4 } else {
                guard let events = SystemArguments.mask(thread, mask) else { return .empty }
                event.events = UInt32(truncatingIfNeeded: events)
            }
        }
        event.data.fd = target
        return SystemCall.none(thread, epoll_ctl(epoll, operation, target, &event))
    }

    private static let wait: NativeFunction = { thread, a, _ in
        guard let descriptor = SelectModule.descriptor(thread, a[0]), let timeout = SelectModule.timeout(thread, a[1], scale: 1, "timeout must be an integer or None"),
              let most = a[2].isEmpty ? -1 : SystemArguments.int32(thread, a[2]) else { return .empty }
        if most == 0 || most < -1 { return thread.raise(.valueError, "maxevents must be greater than 0, got \(most)") }
        let size = most == -1 ? 1023 : Int(most)
        var events = [epoll_event](repeating: epoll_event(), count: min(size, 65536))
        let deadline = timeout >= 0 ? TimeArgument.monotonic() &+ timeout : 0
        var count: Int32 = 0
        while true {
            let rest = timeout < 0 ? -1 : (max(0, deadline &- TimeArgument.monotonic()) + 999_999) / 1_000_000
            count = GIL.blocking(thread) { epoll_wait(descriptor, &events, Int32(events.count), Int32(clamping: rest)) }
            if count < 0 && errno == EINTR {
                if !Safepoint.serve(thread) { return .empty }
                continue
            }
            if count < 0 { return thread.raiseOSError(errno) }
            break
        }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for index in 0 ..< Int(count) {
            let pair = thread.newTuple(Value(small: Int(events[index].data.fd)), Value(small: Int(events[index].events)))
            if pair.isEmpty || !ListRef(list).append(thread, pair) { return .empty }
        }
        return list
    }

    private static let make = Constructor("epoll(self, sizehint=-1, flags=0)") { thread, a, _ in
        guard let hint = a[1].isEmpty ? -1 : SystemArguments.int32(thread, a[1]), let flags = a[2].isEmpty ? 0 : SystemArguments.int32(thread, a[2]) else { return .empty }
        if hint != -1 && hint <= 0 { return thread.raise(.valueError, "negative sizehint") }
        if flags != 0 && flags != O_CLOEXEC { return thread.raise(.osError, "invalid flags") }
        let descriptor = Descriptors.make(thread) { epoll_create1(O_CLOEXEC) }
        return descriptor < 0 ? thread.raiseOSError(errno) : SelectModule.adopt(thread, TypeRef(a[0]), descriptor)
    }

    private static func adopt(_ thread: ThreadRef, _ type: TypeRef, _ descriptor: Int32) -> Value {
        let epoll = thread.allocateInstance(type)
        if epoll.isEmpty { return .empty }
        epoll.object(EpollObject.self).pointee.descriptor = Int(descriptor)
        return epoll
    }

    private static func startEpoll(_ module: ModuleBuilder) {
        epollType = NativeType("epoll", module: "select", size: MemoryLayout<EpollObject>.size, flags: .base, doc: "Returns an epolling object.", methods: [
            Def("fromfd(type, fd, /)", .calls, "Create an epoll object from a given control fd.", kind: .classMethod) { thread, a, _ in
                guard let descriptor = SystemArguments.int32(thread, a[1]) else { return .empty }
                return SelectModule.adopt(thread, TypeRef(a[0]), descriptor)
            },
            Def("close(self, /)", .calls, "Close the epoll control file descriptor.") { thread, a, _ in SelectModule.close(thread, a[0]) },
            Def("fileno(self, /)", .calls, "Return the epoll control file descriptor.") { thread, a, _ in
                guard let descriptor = SelectModule.descriptor(thread, a[0]) else { return .empty }
                return Value(small: Int(descriptor))
            },
            Def("register(self, fd, eventmask=EPOLLIN|EPOLLPRI|EPOLLOUT)", .calls, "Watch another descriptor; OSError when it is watched already.") { thread, a, _ in
                SelectModule.control(thread, a, EPOLL_CTL_ADD, a[2])
            },
            Def("modify(self, fd, eventmask)", .calls, "Modify event mask for a registered file descriptor.") { thread, a, _ in SelectModule.control(thread, a, EPOLL_CTL_MOD, a[2]) },
            Def("unregister(self, fd)", .calls, "Remove a registered file descriptor from the epoll object.") { thread, a, _ in SelectModule.control(thread, a, EPOLL_CTL_DEL, .empty) },
            Def("poll(self, timeout=None, maxevents=-1)", .calls, "Wait for events on the epoll file descriptor.", SelectModule.wait),
            Def("__enter__(self, /)", .calls) { thread, a, _ in SelectModule.descriptor(thread, a[0]) == nil ? .empty : a[0] },
            Def("__exit__(self, exc_type=None, exc_value=None, exc_tb=None, /)", .calls) { thread, a, _ in SelectModule.close(thread, a[0]) },
        ], getters: [
            Getter("closed", "True if the epoll handler is closed") { _, a, _ in Value(a[0].object(EpollObject.self).pointee.descriptor < 0) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in SelectModule.make.call(thread, type, a, count, keywords) }
            slots.unary(.finalize) { thread, epoll in
                _ = SelectModule.close(thread, epoll)
                thread.takeException()
                return .none
            }
        }
        module.add(epollType)
    }
}
