import CSystem
import Glibc
import Objects

/// `resource`: limits and usage of the system's resources.
enum ResourceModule {
    nonisolated(unsafe) private static var usageResult: StructSequence!

    static func register() {
        NativeModule.register("resource", functions: functions, setUp: { module in
            module.add(constants: system_table_resource())
            module.set("error", TypeID.osError.value)
            ResourceModule.usageResult = StructSequence("struct_rusage", module: "resource", doc: "struct_rusage: Result from getrusage.", visible: 16, fields: [
                "ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap", "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv",
                "ru_nsignals", "ru_nvcsw", "ru_nivcsw",
            ])
            module.set("struct_rusage", ResourceModule.usageResult.type.value)
            return true
        })
    }

    static func usage(_ thread: ThreadRef, _ usage: rusage) -> Value {
        let value = usageResult.make(thread)
        if value.isEmpty { return .empty }
        for (index, time) in [usage.ru_utime, usage.ru_stime].enumerated() { usageResult.set(value, index, thread.newFloat(Double(time.tv_sec) + Double(time.tv_usec) * 1e-6)) }
        for (index, number) in [usage.ru_maxrss, usage.ru_ixrss, usage.ru_idrss, usage.ru_isrss, usage.ru_minflt, usage.ru_majflt, usage.ru_nswap, usage.ru_inblock, usage.ru_oublock,
                                usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw, usage.ru_nivcsw].enumerated() {
            usageResult.set(value, index + 2, thread.newInt(number))
        }
        return value
    }

    private static func pair(_ thread: ThreadRef, _ limit: rlimit) -> Value {
        thread.newTuple(thread.newInt(Int(bitPattern: UInt(limit.rlim_cur))), thread.newInt(Int(bitPattern: UInt(limit.rlim_max))))
    }

    private static func limit(_ thread: ThreadRef, _ value: Value) -> rlimit? {
        let items = thread.tuple(value)
        if items.isEmpty { return nil }
        guard TupleRef(items).count == 2 else {
            thread.raise(.valueError, "expected a tuple of 2 integers")
            return nil
        }
        guard let soft = SystemArguments.int(thread, TupleRef(items)[0]), let hard = SystemArguments.int(thread, TupleRef(items)[1]) else { return nil }
        return rlimit(rlim_cur: rlim_t(UInt(bitPattern: soft)), rlim_max: rlim_t(UInt(bitPattern: hard)))
    }

    private static func number(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let resource = SystemArguments.int32(thread, value) else { return nil }
        guard resource >= 0, resource < 16 else {
            thread.raise(.valueError, "invalid resource specified")
            return nil
        }
        return resource
    }

    /// What a failed call to set a limit raises.
    private static func raiseSet(_ thread: ThreadRef) -> Value {
        errno == EINVAL ? thread.raise(.valueError, "current limit exceeds maximum limit") : errno == EPERM ? thread.raise(.valueError, "not allowed to raise maximum limit") : thread.raiseOSError(errno)
    }

    private static let functions = [
        Def("getrusage(who, /)", .calls) { thread, a, _ in
            guard let who = SystemArguments.int32(thread, a[0]) else { return .empty }
            var usage = rusage()
            if system_getrusage(who, &usage) < 0 { return errno == EINVAL ? thread.raise(.valueError, "invalid who parameter") : thread.raiseOSError(errno) }
            return ResourceModule.usage(thread, usage)
        },
        Def("getrlimit(resource, /)", .calls) { thread, a, _ in
            guard let resource = ResourceModule.number(thread, a[0]) else { return .empty }
            var limit = rlimit()
            return system_getrlimit(resource, &limit) < 0 ? thread.raiseOSError(errno) : ResourceModule.pair(thread, limit)
        },
        Def("setrlimit(resource, limits, /)", .calls) { thread, a, _ in
            guard let resource = ResourceModule.number(thread, a[0]), var limit = ResourceModule.limit(thread, a[1]) else { return .empty }
            return system_setrlimit(resource, &limit) < 0 ? ResourceModule.raiseSet(thread) : .none
        },
        Def("prlimit(pid, resource, limits=None, /)", .calls) { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), let resource = ResourceModule.number(thread, a[1]) else { return .empty }
            var old = rlimit()
            if a[2].isEmpty || a[2].isNone {
                return system_prlimit(process, resource, nil, &old) < 0 ? thread.raiseOSError(errno) : ResourceModule.pair(thread, old)
            }
            guard var limit = ResourceModule.limit(thread, a[2]) else { return .empty }
            return system_prlimit(process, resource, &limit, &old) < 0 ? ResourceModule.raiseSet(thread) : ResourceModule.pair(thread, old)
        },
        Def("getpagesize()", .pure) { _, _, _ in Value(small: Int(Glibc.getpagesize())) },
    ]
}
