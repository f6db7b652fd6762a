import CSystem
import Glibc
import Interpreter
import Objects

/// `time`: clocks, broken-down time, sleeping.
enum TimeModule {
    nonisolated(unsafe) private static var structTime: StructSequence!

    static func register() {
        NativeModule.register("time", doc: "Clocks, and times in parts and as text.", functions: functions, setUp: { module in
            TimeModule.structTime = StructSequence("struct_time", module: "time", doc: "A time in parts, as gmtime(), localtime() and strptime() return it and asctime(), mktime() and strftime() take it.",
                                                   visible: 9, fields: ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst", "tm_zone", "tm_gmtoff"])
            module.set("struct_time", TimeModule.structTime.type.value)
            module.set("_STRUCT_TM_ITEMS", 11)
            for (name, clock) in [("CLOCK_REALTIME", CLOCK_REALTIME), ("CLOCK_MONOTONIC", CLOCK_MONOTONIC), ("CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW),
                                  ("CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID), ("CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID), ("CLOCK_BOOTTIME", CLOCK_BOOTTIME),
                                  ("CLOCK_TAI", 11)] { module.set(name, Int(clock)) }
            TimeModule.setZone(module)
            return true
        })
    }

    // MARK: Zones

    /// `timezone`, `altzone`, `daylight` and `tzname`, from what January and July of this year have.
    private static func setZone(_ module: ModuleBuilder) {
        tzset()
        let year = 365 * 86400 + 86400 / 4
        var now = time(nil) / year * year
        var parts = tm()
        localtime_r(&now, &parts)
        let january = -parts.tm_gmtoff, januaryName = parts.tm_zone.map { String(cString: $0) } ?? "   "
        now += year / 2
        localtime_r(&now, &parts)
        let july = -parts.tm_gmtoff, julyName = parts.tm_zone.map { String(cString: $0) } ?? "   "
        let thread = module.thread
        // In the south the clocks are put forward in January.
        let south = january < july
        module.set("timezone", south ? july : january)
        module.set("altzone", south ? january : july)
        module.set("daylight", january != july ? 1 : 0)
        module.set("tzname", thread.newTuple(thread.newString(south ? julyName : januaryName), thread.newString(south ? januaryName : julyName)))
    }

    // MARK: Broken-down time

    private static func make(_ thread: ThreadRef, _ parts: tm, _ zone: String) -> Value {
        let value = structTime.make(thread)
        if value.isEmpty { return .empty }
        let numbers = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), (Int(parts.tm_wday) + 6) % 7,
                       Int(parts.tm_yday) + 1, Int(parts.tm_isdst)]
        for (index, number) in numbers.enumerated() { structTime.set(value, index, thread.newInt(number)) }
        structTime.set(value, 9, thread.newString(zone))
        structTime.set(value, 10, thread.newInt(parts.tm_gmtoff))
        return value
    }

    /// Whole seconds since the epoch; now for None.
    private static func seconds(_ thread: ThreadRef, _ value: Value) -> Int? {
        if value.isEmpty || value.isNone { return time(nil) }
        if value.isFloat {
            let number = value.doubleValue.rounded(.down)
            if number.isNaN {
                thread.raise(.valueError, "Invalid value NaN (not a number)")
                return nil
            }
            guard number >= -9.2e18, number <= 9.2e18 else {
                thread.raise(.overflowError, "timestamp out of range for platform time_t")
                return nil
            }
            return Int(number)
        }
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index) else {
            thread.raise(.overflowError, "timestamp out of range for platform time_t")
            return nil
        }
        return number
    }

    private static func local(_ thread: ThreadRef, _ seconds: Int, utc: Bool) -> tm? {
        var clock = seconds
        var parts = tm()
        errno = 0
        if (utc ? gmtime_r(&clock, &parts) : localtime_r(&clock, &parts)) == nil {
            thread.raiseOSError(errno == 0 ? EINVAL : errno)
            return nil
        }
        return parts
    }

    /// The C structure of a `struct_time` or tuple, as given; `zone` keeps the zone's name alive.
    private static func take(_ thread: ThreadRef, _ value: Value, _ function: String) -> (parts: tm, zone: String?)? {
        guard value.isTuple else {
            thread.raise(.typeError, "Tuple or struct_time argument required")
            return nil
        }
        let items = TupleRef(value)
        guard items.count == 9 else {
            thread.raise(.typeError, "\(function)(): illegal time tuple argument")
            return nil
        }
        var numbers: [Int32] = []
        for index in 0 ..< 9 {
            guard let number = SystemArguments.int32(thread, items[index]) else { return nil }
            numbers.append(number)
        }
        guard numbers[0] >= Int32.min + 1900 else {
            thread.raise(.overflowError, "year out of range")
            return nil
        }
        var parts = tm()
        parts.tm_year = numbers[0] - 1900
        parts.tm_mon = numbers[1] &- 1
        parts.tm_mday = numbers[2]
        parts.tm_hour = numbers[3]
        parts.tm_min = numbers[4]
        parts.tm_sec = numbers[5]
        parts.tm_wday = (numbers[6] &+ 1) % 7
        parts.tm_yday = numbers[7] &- 1
        parts.tm_isdst = numbers[8]
        var zone: String?
        if value.type == structTime.type {
            let name = items.items[9], offset = items.items[10]
            if name.isString { zone = StringRef(name).description }
            if offset.isInt, let seconds = IntOps.toInt(offset) { parts.tm_gmtoff = seconds }
        }
        return (parts, zone)
    }

    /// Makes what a caller may leave zero valid, and refuses the rest.
    private static func check(_ thread: ThreadRef, _ parts: inout tm) -> Bool {
        func fail(_ text: String) -> Bool {
            thread.raise(.valueError, "\(text) out of range")
            return false
        }
        if parts.tm_mon == -1 { parts.tm_mon = 0 } else if parts.tm_mon < 0 || parts.tm_mon > 11 { return fail("month") }
        if parts.tm_mday == 0 { parts.tm_mday = 1 } else if parts.tm_mday < 0 || parts.tm_mday > 31 { return fail("day of month") }
        if parts.tm_hour < 0 || parts.tm_hour > 23 { return fail("hour") }
        if parts.tm_min < 0 || parts.tm_min > 59 { return fail("minute") }
        if parts.tm_sec < 0 || parts.tm_sec > 61 { return fail("seconds") }
        if parts.tm_wday < 0 { return fail("day of week") }
        if parts.tm_yday == -1 { parts.tm_yday = 0 } else if parts.tm_yday < 0 || parts.tm_yday > 365 { return fail("day of year") }
        return true
    }

    private static func now(_ thread: ThreadRef, _ value: Value, _ function: String) -> (parts: tm, zone: String?)? {
        if !value.isEmpty { return take(thread, value, function) }
        guard let parts = local(thread, time(nil), utc: false) else { return nil }
        return (parts, parts.tm_zone.map { String(cString: $0) })
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func ascii(_ thread: ThreadRef, _ parts: tm) -> Value {
        func two(_ number: Int32, _ fill: String) -> String { (number < 10 ? fill : "") + String(number) }
        return thread.newString("\(days[Int(parts.tm_wday) % 7]) \(months[Int(parts.tm_mon) % 12]) \(two(parts.tm_mday, " ")) \(two(parts.tm_hour, "0")):\(two(parts.tm_min, "0")):\(two(parts.tm_sec, "0")) \(Int(parts.tm_year) + 1900)")
    }

    // MARK: Clocks

    private static func read(_ clock: Int32) -> Int {
        var now = timespec()
        clock_gettime(clock, &now)
        return now.tv_sec &* 1_000_000_000 &+ now.tv_nsec
    }

    private static func float(_ thread: ThreadRef, _ nanoseconds: Int) -> Value {
        // Whole seconds apart, so that nothing is lost in the product.
        thread.newFloat(nanoseconds % 1_000_000_000 == 0 ? Double(nanoseconds / 1_000_000_000) : Double(nanoseconds) / 1e9)
    }

    private static func sleep(_ thread: ThreadRef, _ nanoseconds: Int) -> Value {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let (sum, overflow) = (deadline.tv_sec * 1_000_000_000 + deadline.tv_nsec).addingReportingOverflow(nanoseconds)
        deadline = TimeArgument.spec(overflow ? Int.max : sum)
        while true {
            let code = GIL.blocking(thread) { clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &deadline, nil) }
            if code == 0 { return .none }
            if code != EINTR { return thread.raiseOSError(code) }
            if !Safepoint.serve(thread) { return .empty }
        }
    }

    private static func clockNumber(_ thread: ThreadRef, _ value: Value) -> Int32? { SystemArguments.int32(thread, value) }

    static let functions = [
        Def("time()", .calls, "Return the current time in seconds since the Epoch.") { thread, _, _ in TimeModule.float(thread, TimeModule.read(CLOCK_REALTIME)) },
        Def("time_ns()", .calls, "Return the current time in nanoseconds since the Epoch.") { thread, _, _ in thread.newInt(TimeModule.read(CLOCK_REALTIME)) },
        Def("monotonic()", .calls, "Monotonic clock, cannot go backward.") { thread, _, _ in TimeModule.float(thread, TimeModule.read(CLOCK_MONOTONIC)) },
        Def("monotonic_ns()", .calls, "Monotonic clock, cannot go backward, as nanoseconds.") { thread, _, _ in thread.newInt(TimeModule.read(CLOCK_MONOTONIC)) },
        Def("perf_counter()", .calls, "Performance counter for benchmarking.") { thread, _, _ in TimeModule.float(thread, TimeModule.read(CLOCK_MONOTONIC)) },
        Def("perf_counter_ns()", .calls, "Performance counter for benchmarking as nanoseconds.") { thread, _, _ in thread.newInt(TimeModule.read(CLOCK_MONOTONIC)) },
        Def("process_time()", .calls, "The processor time of this process, in seconds.") { thread, _, _ in TimeModule.float(thread, TimeModule.read(CLOCK_PROCESS_CPUTIME_ID)) },
        Def("process_time_ns()", .calls, "Process time for profiling as nanoseconds.") { thread, _, _ in thread.newInt(TimeModule.read(CLOCK_PROCESS_CPUTIME_ID)) },
        Def("thread_time()", .calls, "The processor time of this thread, in seconds.") { thread, _, _ in TimeModule.float(thread, TimeModule.read(CLOCK_THREAD_CPUTIME_ID)) },
        Def("thread_time_ns()", .calls, "Thread time for profiling as nanoseconds.") { thread, _, _ in thread.newInt(TimeModule.read(CLOCK_THREAD_CPUTIME_ID)) },
        Def("clock_gettime(clk_id, /)", .calls, "Return the time of the specified clock clk_id.") { thread, a, _ in
            guard let clock = TimeModule.clockNumber(thread, a[0]) else { return .empty }
            var now = timespec()
            return Glibc.clock_gettime(clock, &now) < 0 ? thread.raiseOSError(errno) : TimeModule.float(thread, now.tv_sec &* 1_000_000_000 &+ now.tv_nsec)
        },
        Def("clock_gettime_ns(clk_id, /)", .calls, "Return the time of the specified clock clk_id as nanoseconds.") { thread, a, _ in
            guard let clock = TimeModule.clockNumber(thread, a[0]) else { return .empty }
            var now = timespec()
            return Glibc.clock_gettime(clock, &now) < 0 ? thread.raiseOSError(errno) : thread.newInt(now.tv_sec &* 1_000_000_000 &+ now.tv_nsec)
        },
        Def("clock_settime(clk_id, time, /)", .calls, "Set the time of the specified clock clk_id.") { thread, a, _ in
            guard let clock = TimeModule.clockNumber(thread, a[0]), let time = TimeArgument.nanoseconds(thread, a[1], up: false) else { return .empty }
            var value = TimeArgument.spec(time)
            return SystemCall.none(thread, Glibc.clock_settime(clock, &value))
        },
        Def("clock_settime_ns(clk_id, time, /)", .calls, "Set the time of the specified clock clk_id with nanoseconds.") { thread, a, _ in
            guard let clock = TimeModule.clockNumber(thread, a[0]), let time = SystemArguments.int(thread, a[1]) else { return .empty }
            var value = TimeArgument.spec(time)
            return SystemCall.none(thread, Glibc.clock_settime(clock, &value))
        },
        Def("clock_getres(clk_id, /)", .calls, "How fine a clock is, in seconds.") { thread, a, _ in
            guard let clock = TimeModule.clockNumber(thread, a[0]) else { return .empty }
            var resolution = timespec()
            return Glibc.clock_getres(clock, &resolution) < 0 ? thread.raiseOSError(errno) : thread.newFloat(Double(resolution.tv_sec) + 1e-9 * Double(resolution.tv_nsec))
        },
        Def("pthread_getcpuclockid(thread_id, /)", .calls, "Return the clk_id of a thread's CPU time clock.") { thread, a, _ in
            guard let identifier = SystemArguments.mask(thread, a[0]) else { return .empty }
            guard ThreadRegistry.contains(identifier: UInt64(identifier)) else { return thread.raiseOSError(ESRCH) }
            var clock: clockid_t = 0
            let code = Glibc.pthread_getcpuclockid(pthread_t(identifier), &clock)
            return code != 0 ? thread.raiseOSError(code) : Value(small: Int(clock))
        },
        Def("get_clock_info(name, /)", .calls, "Get information of the specified clock.") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "get_clock_info() argument 1 must be str, not \(a[0].argumentTypeName)") }
            let name = StringRef(a[0]).description
            let clocks: [String: (String, Int32, Bool)] = ["time": ("CLOCK_REALTIME", CLOCK_REALTIME, false), "monotonic": ("CLOCK_MONOTONIC", CLOCK_MONOTONIC, true),
                                                           "perf_counter": ("CLOCK_MONOTONIC", CLOCK_MONOTONIC, true),
                                                           "process_time": ("CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID, true),
                                                           "thread_time": ("CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID, true)]
            guard let (implementation, clock, monotonic) = clocks[name] else { return thread.raise(.valueError, "unknown clock") }
            var resolution = timespec()
            Glibc.clock_getres(clock, &resolution)
            let result = thread.call(TypeID.simpleNamespace.value)
            if result.isEmpty { return .empty }
            func set(_ name: String, _ value: Value) -> Bool { !value.isEmpty && thread.setAttribute(result, StringRef.intern(name).value, value) }
            guard set("implementation", thread.newString("clock_gettime(\(implementation))")), set("monotonic", Value(monotonic)), set("adjustable", Value(clock == CLOCK_REALTIME)),
                  set("resolution", thread.newFloat(Double(resolution.tv_sec) + 1e-9 * Double(resolution.tv_nsec))) else { return .empty }
            return result
        },
        Def("sleep(seconds, /)", .calls, "Delay execution for a given number of seconds.") { thread, a, _ in
            guard let time = TimeArgument.nanoseconds(thread, a[0]) else { return .empty }
            if time < 0 { return thread.raise(.valueError, "sleep length must be non-negative") }
            // A signal that came since the last safepoint must not wait for the end of the sleep.
            return Signals.check(thread) ? TimeModule.sleep(thread, time) : .empty
        },
        Def("gmtime(seconds=None, /)", .calls, "Seconds since 1970 as a time in parts, UTC.", isUnsigned: true) { thread, a, _ in
            guard let seconds = TimeModule.seconds(thread, a[0]), let parts = TimeModule.local(thread, seconds, utc: true) else { return .empty }
            return TimeModule.make(thread, parts, "UTC")
        },
        Def("localtime(seconds=None, /)", .calls, "Seconds since 1970 as a time in parts, local.", isUnsigned: true) { thread, a, _ in
            guard let seconds = TimeModule.seconds(thread, a[0]), let parts = TimeModule.local(thread, seconds, utc: false) else { return .empty }
            return TimeModule.make(thread, parts, parts.tm_zone.map { String(cString: $0) } ?? "")
        },
        Def("asctime(tuple=None, /)", .calls, "A time in parts as text like 'Sat Jun  6 16:26:11 1998'.", isUnsigned: true) { thread, a, _ in
            guard var (parts, _) = TimeModule.now(thread, a[0], "asctime"), TimeModule.check(thread, &parts) else { return .empty }
            return TimeModule.ascii(thread, parts)
        },
        Def("ctime(seconds=None, /)", .calls, "Seconds since 1970 as text like 'Sat Jun  6 16:26:11 1998', local time.", isUnsigned: true) { thread, a, _ in
            guard let seconds = TimeModule.seconds(thread, a[0]), let parts = TimeModule.local(thread, seconds, utc: false) else { return .empty }
            return TimeModule.ascii(thread, parts)
        },
        Def("mktime(tuple, /)", .calls, "A local time in parts as seconds since 1970.") { thread, a, _ in
            guard var (parts, _) = TimeModule.take(thread, a[0], "mktime") else { return .empty }
            parts.tm_wday = -1
            let result = Glibc.mktime(&parts)
            return result == -1 && parts.tm_wday == -1 ? thread.raise(.overflowError, "mktime argument out of range") : thread.newFloat(Double(result))
        },
        Def("strftime(format, tuple=None, /)", .calls, "A time in parts as text in a format.") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "strftime() argument 1 must be str, not \(a[0].argumentTypeName)") }
            guard var (parts, zone) = TimeModule.now(thread, a[1], "strftime"), TimeModule.check(thread, &parts) else { return .empty }
            parts.tm_isdst = parts.tm_isdst < -1 ? -1 : parts.tm_isdst > 1 ? 1 : parts.tm_isdst
            guard let format = FileSystemText.encode(thread, a[0]) else { return .empty }
            if format.contains(0) { return thread.raise(.valueError, "embedded null character") }
            if format.isEmpty { return WellKnown.emptyString.value }
            return (zone ?? "").withCString { name in
                // The structure points to the zone's name, so both must live through the call.
                if zone != nil { parts.tm_zone = name }
                let terminated = format + [0]
                var size = 256
                while true {
                    let text: Value? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
                        let length = terminated.withUnsafeBytes { Glibc.strftime(buffer.baseAddress!, size, $0.baseAddress!.assumingMemoryBound(to: CChar.self), &parts) }
                        // Nothing may also mean that the result is empty (%p in some languages).
                        guard length > 0 || size >= 256 * format.count else { return nil }
                        return FileSystemText.decode(thread, UnsafeRawPointer(buffer.baseAddress!).assumingMemoryBound(to: UInt8.self), length)
                    }
                    if let text { return text }
                    size *= 2
                }
            }
        },
        Def("strptime(*args)", .calls, "Text in a format as a time in parts.") { thread, a, _ in
            let function = thread.importAttribute("_strptime", "_strptime_time")
            return function.isEmpty ? .empty : thread.call(function, tuple: a[0])
        },
        Def("tzset()", .calls, "Take the time zone from os.environ['TZ'].") { thread, _, _ in
            let module = thread.importModule("time")
            if module.isEmpty { return .empty }
            TimeModule.setZone(ModuleBuilder(thread: thread, module: module))
            return thread.hasException ? .empty : .none
        },
    ]
}
