import Glibc
import Objects

/// The fields of a datetime but for its time zone, which the caller holds.
struct DateTimeFields {
    var date: DateFields
    /// Of the day.
    var seconds: Int
    var microseconds: Int
    var fold = 0

    init(_ date: DateFields, _ seconds: Int, _ microseconds: Int, fold: Int = 0) {
        self.date = date
        self.seconds = seconds
        self.microseconds = microseconds
        self.fold = fold
    }

    /// Those of an exact instance; nil for anything else.
    @inline(__always) init?(_ value: Value) {
        guard value.isPointer, value.shapeIndex == DateLayout.datetimeShape else { return nil }
        guard let date = DateFields(word: DateLayout.field(value, DateLayout.day).pointee), let time = TimeFields(value, DateLayout.datetimeClock, DateLayout.datetimeZone) else { return nil }
        self.init(date, time)
    }

    @inline(__always) init?(_ date: DateFields, checking hour: Int, _ minute: Int, _ second: Int, _ microsecond: Int, _ fold: Int) {
        guard let time = TimeFields(checking: hour, minute, second, microsecond, fold) else { return nil }
        self.init(date, time)
    }

    @inline(__always) private init(_ date: DateFields, _ time: TimeFields) { self.init(date, time.seconds, time.microseconds, fold: time.fold) }

    /// This moved by days, seconds and microseconds; nil when that is out of range.
    @inline(__always) func moved(_ days: Int, _ more: Int, _ microsecondsMore: Int) -> DateTimeFields? {
        let (carry, microseconds) = Calendar.divide(microseconds + microsecondsMore, 1_000_000)
        let (extra, seconds) = Calendar.divide(seconds + more + carry, 86400)
        return DateFields(ordinal: date.ordinal + days + extra).map { DateTimeFields($0, seconds, microseconds) }
    }

    @inline(__always) func make(_ thread: ThreadRef, _ zone: Value) -> Value {
        let result = thread.allocateInstance(DateLayout.datetime)
        if result.isEmpty { return .empty }
        date.store(result)
        TimeFields(seconds, microseconds, fold: fold).store(result, DateLayout.datetimeClock, DateLayout.datetimeZone, zone)
        return result
    }

    /// The time zone of an exact instance.
    @inline(__always) static func zone(_ value: Value) -> Value { DateLayout.field(value, DateLayout.datetimeZone).pointee }

    /// The offset of a fixed time zone; nil for any other object.
    static func offset(_ zone: Value) -> Delta? {
        guard zone.isPointer, zone.shapeIndex == DateLayout.zoneShape else { return nil }
        let offset = DateLayout.field(zone, DateLayout.zoneOffset).pointee
        return offset.isEmpty ? nil : Delta(offset)
    }

    // MARK: Clock time

    /// The day and time of so many seconds since 1970, as UTC.
    private static func universal(_ time: Int, _ microseconds: Int) -> DateTimeFields? {
        let (days, seconds) = Calendar.divide(time, 86400)
        return DateFields(ordinal: days + 719_163).map { DateTimeFields($0, seconds, microseconds) }
    }

    /// The same in local time. nil, too, when the clocks were changed in the day before: then there is more to it.
    private static func local(_ time: Int, _ microseconds: Int) -> DateTimeFields? {
        var moment = time_t(time), before = time_t(time - 86400)
        var fields = tm(), earlier = tm()
        guard localtime_r(&moment, &fields) != nil, localtime_r(&before, &earlier) != nil, fields.tm_gmtoff == earlier.tm_gmtoff,
              let date = DateFields(checking: Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday)) else { return nil }
        return DateTimeFields(date, checking: Int(fields.tm_hour), Int(fields.tm_min), min(Int(fields.tm_sec), 59), microseconds, 0)
    }

    /// Seconds since 1970 of a local time. nil when the clocks are changed within a day of it: then there is more to it.
    var localTime: Int? {
        let apparent = (date.ordinal - 719_163) * 86400 + seconds
        guard apparent > -62_134_000_000, apparent < 253_401_000_000 else { return nil }
        // Wherever one is, what the clock shows is at most a day away from what it would show at Greenwich.
        var before = time_t(apparent - 2 * 86400), after = time_t(apparent + 2 * 86400)
        var early = tm(), late = tm()
        guard localtime_r(&before, &early) != nil, localtime_r(&after, &late) != nil, early.tm_gmtoff == late.tm_gmtoff else { return nil }
        return apparent - early.tm_gmtoff
    }

    static func at(_ time: Int, _ microseconds: Int, isLocal: Bool) -> DateTimeFields? {
        // From the year 1 to 9999, with some days to spare.
        guard time > -62_135_000_000, time < 253_402_000_000 else { return nil }
        return isLocal ? local(time, microseconds) : universal(time, microseconds)
    }

    static func now(isLocal: Bool) -> DateTimeFields? {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return nil }
        return at(time.tv_sec, time.tv_nsec / 1000, isLocal: isLocal)
    }

    /// Seconds since 1970 that an int or float gives, to the nearest microsecond.
    static func time(_ value: Value) -> (seconds: Int, microseconds: Int)? {
        if value.isSmallInt { return (value.smallInt, 0) }
        guard value.isInlineFloat || value.isImmediate && value.isFloat, case let number = value.doubleValue, abs(number) < 1e12 else { return nil }
        let whole = number.rounded(.towardZero)
        var seconds = Int(whole), microseconds = Int(((number - whole) * 1e6).rounded(.toNearestOrEven))
        if microseconds >= 1_000_000 {
            seconds += 1
            microseconds -= 1_000_000
        } else if microseconds < 0 {
            seconds -= 1
            microseconds += 1_000_000
        }
        return (seconds, microseconds)
    }

    // MARK: Text

    /// "2020-05-17T12:34:56.789012" without the parts at the end that may be missing; then perhaps "Z" or "+00:00". nil for anything else.
    static func read(_ string: StringRef) -> (fields: DateTimeFields, zone: Value)? {
        guard string.isASCII, string.count >= 10, let date = DateFields(text: string.units1) else { return nil }
        let text = UnsafePointer(string.units1)
        var count = string.count
        var zone = Value.none
        if count > 16 && text[count - 1] == 0x5A {
            zone = DateLayout.utc.pointee
            count -= 1
        } else if count > 21 && memcmp(text + count - 6, "+00:00", 6) == 0 {
            zone = DateLayout.utc.pointee
            count -= 6
        }
        if count == 10 { return zone.isNone ? (DateTimeFields(date, 0, 0), zone) : nil }
        return TimeFields(text: text + 11, count - 11).map { (DateTimeFields(date, $0), zone) }
    }

    func text(_ thread: ThreadRef, _ separator: UInt8, _ zone: Value) -> Value? {
        let offset = zone.isNone ? nil : ZoneMethods.shift(self, zone)
        if !zone.isNone && offset == nil { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            var text = FieldText(start: buffer.baseAddress!)
            text.putDate(date.year, date.month, date.day)
            text.put(separator)
            text.putTime(seconds / 3600, seconds / 60 % 60, seconds % 60, microseconds)
            if let offset { text.putOffset(offset) }
            return text.make(thread)
        }
    }
}

/// The plain cases of `datetime`.
enum DateTimeMethods {
    private static let parameters = DateLayout.names("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold")

    static func install(_ thread: ThreadRef) -> Bool {
        if thread.hasException { return false }
        let type = DateLayout.datetime!
        let slots = ClassSlots(for: type)
        guard DateLayout.replace(thread, type, [], ["__new__"]) else { return false }
        slots.call(.new) { thread, type, arguments, count, keywords in
            if type == DateLayout.datetime.value {
                let made = DateTimeMethods.make(thread, arguments, count, keywords)
                if !made.isEmpty || thread.hasException { return made }
            }
            return DateLayout.originalNew(thread, DateLayout.datetime, type, arguments, count, keywords)
        }
        guard DateLayout.replace(thread, type, methods, ["__add__", "__radd__", "__sub__", "__hash__", "__str__", "isoformat", "fromisoformat", "now", "utcnow", "fromtimestamp", "utcfromtimestamp",
                                                        "timestamp", "time", "utcoffset", "astimezone", "combine", "__lt__", "__le__", "__eq__", "__gt__", "__ge__"]) else { return false }
        slots.binary(.add) { thread, a, b in DateTimeMethods.add(thread, a, b) }
        slots.binary(.subtract) { thread, a, b in DateTimeMethods.subtract(thread, a, b) }
        slots.unary(.str) { thread, a in DateTimeMethods.text(thread, a) }
        slots.hash { thread, a in DateTimeMethods.hash(thread, a) }
        slots.compare { thread, a, b, operation in DateTimeMethods.compare(thread, a, b, operation) }
        type.modified()
        return true
    }

    private static var methods: [Def] {
        [
            Def("__add__(self, value, /)", .calls, "Return self+value.") { thread, a, _ in DateTimeMethods.add(thread, a[0], a[1]) },
            Def("__radd__(self, value, /)", .calls, "Return value+self.") { thread, a, _ in DateTimeMethods.add(thread, a[0], a[1]) },
            Def("__sub__(self, value, /)", .calls, "Return self-value.") { thread, a, _ in DateTimeMethods.subtract(thread, a[0], a[1]) },
            Def("__hash__(self, /)", .calls, "Return hash(self).") { thread, a, _ in
                let hash = DateTimeMethods.hash(thread, a[0])
                return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
            },
            Def("__str__(self, /)", .calls, "Return str(self).") { thread, a, _ in DateTimeMethods.text(thread, a[0]) },
            Def("isoformat(self, /, sep='T', timespec='auto')", .calls, """
                [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].

                sep separates the date from the time, and timespec says how much of the time there is: auto, hours, minutes, seconds, milliseconds or microseconds.
                """) { thread, a, _ in
                if a[2].isEmpty, a[1].isEmpty || a[1].isExact(.str) && StringRef(a[1]).isASCII && StringRef(a[1]).count == 1, let fields = DateTimeFields(a[0]),
                   let text = fields.text(thread, a[1].isEmpty ? UInt8(ascii: "T") : StringRef(a[1]).units1[0], DateTimeFields.zone(a[0])) { return text }
                let separator = a[1].isEmpty ? StringRef.intern("T").value : a[1]
                return DateLayout.original(thread, DateLayout.datetime, "isoformat", a[0], separator, a[2])
            },
            Def("fromisoformat(type, date_string, /)", .calls, "string -> datetime from a string in most ISO 8601 formats", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.datetime.value, a[1].isExact(.str), let (fields, zone) = DateTimeFields.read(StringRef(a[1])) { return fields.make(thread, zone) }
                // The Python function takes a separator that nothing follows.
                if a[1].isExact(.str), StringRef(a[1]).isASCII, StringRef(a[1]).count == 11, DateFields(text: StringRef(a[1]).units1) != nil {
                    return thread.raise(.valueError, "Invalid isoformat string: \(a[1].reprForMessage(thread))")
                }
                return DateLayout.original(thread, DateLayout.datetime, "fromisoformat", a[0], a[1])
            },
            Def("now(type, /, tz=None)", .calls, "Returns new datetime object representing current time local to tz, or local time without one.", kind: .classMethod) { thread, a, _ in
                let zone = a[1].isEmpty ? Value.none : a[1]
                if a[0] == DateLayout.datetime.value {
                    if zone.isNone, let fields = DateTimeFields.now(isLocal: true) { return fields.make(thread, .none) }
                    if !zone.isNone, let now = DateTimeFields.now(isLocal: false), let fields = ZoneMethods.convert(universal: now, to: zone) { return fields.make(thread, zone) }
                }
                return DateLayout.original(thread, DateLayout.datetime, "now", a[0], zone)
            },
            Def("utcnow(type, /)", .calls, "Return a new datetime representing UTC day and time.", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.datetime.value, let fields = DateTimeFields.now(isLocal: false) { return fields.make(thread, .none) }
                return DateLayout.original(thread, DateLayout.datetime, "utcnow", a[0])
            },
            Def("fromtimestamp(type, /, timestamp, tz=None)", .calls, "timestamp[, tz] -> tz's local time from POSIX timestamp.", kind: .classMethod) { thread, a, _ in
                let zone = a[2].isEmpty ? Value.none : a[2]
                if a[0] == DateLayout.datetime.value, let (seconds, microseconds) = DateTimeFields.time(a[1]) {
                    if zone.isNone, let fields = DateTimeFields.at(seconds, microseconds, isLocal: true) { return fields.make(thread, .none) }
                    if !zone.isNone, let moment = DateTimeFields.at(seconds, microseconds, isLocal: false), let fields = ZoneMethods.convert(universal: moment, to: zone) {
                        return fields.make(thread, zone)
                    }
                }
                return DateLayout.original(thread, DateLayout.datetime, "fromtimestamp", a[0], a[1], zone)
            },
            Def("utcfromtimestamp(type, timestamp, /)", .calls, "Construct a naive UTC datetime from a POSIX timestamp.", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.datetime.value, let (seconds, microseconds) = DateTimeFields.time(a[1]), let fields = DateTimeFields.at(seconds, microseconds, isLocal: false) {
                    return fields.make(thread, .none)
                }
                return DateLayout.original(thread, DateLayout.datetime, "utcfromtimestamp", a[0], a[1])
            },
            Def("timestamp(self, /)", .calls, "Return POSIX timestamp as float.") { thread, a, _ in
                let fields = DateTimeFields(a[0])
                if let fields, DateTimeFields.zone(a[0]).isNone, let seconds = fields.localTime { return thread.newFloat(Double(seconds) + Double(fields.microseconds) / 1e6) }
                if let fields, let offset = ZoneMethods.shift(fields, DateTimeFields.zone(a[0])), let utc = fields.moved(-offset.days, -offset.seconds, -offset.microseconds) {
                    let total = ((utc.date.ordinal - 719_163) * 86400 + utc.seconds) * 1_000_000 + utc.microseconds
                    // Below 2^53 it is rounded once.
                    if abs(total) < 1 << 53 { return thread.newFloat(Double(total) / 1e6) }
                }
                return DateLayout.original(thread, DateLayout.datetime, "timestamp", a[0])
            },
            Def("time(self, /)", .calls, "Return time object with same time but with tzinfo=None.") { thread, a, _ in
                guard let fields = DateTimeFields(a[0]) else { return DateLayout.original(thread, DateLayout.datetime, "time", a[0]) }
                return TimeFields(fields.seconds, fields.microseconds, fold: fields.fold).make(thread, .none)
            },
            Def("combine(type, /, date, time, tzinfo=True)", .calls, "date, time -> datetime with same date and time fields", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.datetime.value, a[3].isEmpty, let date = DateFields(a[1]), let time = TimeFields(a[2]) {
                    return DateTimeFields(date, time.seconds, time.microseconds, fold: time.fold).make(thread, TimeFields.zone(a[2]))
                }
                if a[3] == .true { return thread.raise(.typeError, "tzinfo argument must be None or of a tzinfo subclass, not type 'bool'") }
                if !a[3].isEmpty, let function = DateLayout.originalFunction(DateLayout.datetime, "combine") { return thread.call(function, a[0], a[1], a[2], a[3]) }
                return DateLayout.original(thread, DateLayout.datetime, "combine", a[0], a[1], a[2])
            },
            Def("utcoffset(self, /)", .calls, "Return self.tzinfo.utcoffset(self).") { thread, a, _ in
                if let fields = DateTimeFields(a[0]), let offset = ZoneMethods.offsetObject(fields, DateTimeFields.zone(a[0])) { return offset }
                return DateLayout.original(thread, DateLayout.datetime, "utcoffset", a[0])
            },
            Def("astimezone(self, /, tz=None)", .calls, "tz -> convert to local time in new timezone tz") { thread, a, _ in
                let zone = a[1].isEmpty ? Value.none : a[1]
                if !zone.isNone, let fields = DateTimeFields(a[0]), case let own = DateTimeFields.zone(a[0]) {
                    if own == zone { return a[0] }
                    if let result = ZoneMethods.convert(fields, from: own, to: zone) { return result.make(thread, zone) }
                }
                return DateLayout.original(thread, DateLayout.datetime, "astimezone", a[0], zone)
            },
            Def("__lt__(self, value, /)", .calls, "Return self<value.") { thread, a, _ in DateTimeMethods.compare(thread, a[0], a[1], Comparison.less.rawValue) },
            Def("__le__(self, value, /)", .calls, "Return self<=value.") { thread, a, _ in DateTimeMethods.compare(thread, a[0], a[1], Comparison.lessEqual.rawValue) },
            Def("__eq__(self, value, /)", .calls, "Return self==value.") { thread, a, _ in DateTimeMethods.compare(thread, a[0], a[1], Comparison.equal.rawValue) },
            Def("__gt__(self, value, /)", .calls, "Return self>value.") { thread, a, _ in DateTimeMethods.compare(thread, a[0], a[1], Comparison.greater.rawValue) },
            Def("__ge__(self, value, /)", .calls, "Return self>=value.") { thread, a, _ in DateTimeMethods.compare(thread, a[0], a[1], Comparison.greaterEqual.rawValue) },
        ]
    }

    /// An instance from plain arguments of the class; empty, with nothing raised, where they are not.
    private static func make(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 9) { buffer in
            let values = buffer.baseAddress!
            guard DateLayout.bind(parameters, positional: 8, arguments, count, keywords, values), !values[2].isEmpty else { return .empty }
            let zone = values[7].isEmpty ? Value.none : values[7]
            guard zone.isNone || zone.type.isSubtype(of: DateLayout.tzinfo) else { return .empty }
            var all: UInt64 = 1
            for index in [0, 1, 2, 3, 4, 5, 6, 8] {
                if values[index].isEmpty { values[index] = Value(small: 0) }
                all &= values[index].bits
            }
            guard all != 0, let date = DateFields(checking: values[0].smallInt, values[1].smallInt, values[2].smallInt),
                  let fields = DateTimeFields(date, checking: values[3].smallInt, values[4].smallInt, values[5].smallInt, values[6].smallInt, values[8].smallInt) else { return .empty }
            return fields.make(thread, zone)
        }
    }

    static func add(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = DateTimeFields(a), let y = Delta(b), let sum = x.moved(y.days, y.seconds, y.microseconds) { return sum.make(thread, DateTimeFields.zone(a)) }
        if let x = Delta(a), let y = DateTimeFields(b), let sum = y.moved(x.days, x.seconds, x.microseconds) { return sum.make(thread, DateTimeFields.zone(b)) }
        return DateLayout.operate(thread, DateLayout.datetime, a, b, "__add__", "__radd__")
    }

    static func subtract(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = DateTimeFields(a) {
            if let y = Delta(b), let difference = x.moved(-y.days, -y.seconds, -y.microseconds) { return difference.make(thread, DateTimeFields.zone(a)) }
            if let y = DateTimeFields(b), DateTimeFields.zone(a) == DateTimeFields.zone(b),
               let difference = Delta(normalizing: x.date.ordinal - y.date.ordinal, x.seconds - y.seconds, x.microseconds - y.microseconds) { return difference.make(thread) }
        }
        if let difference = apart(a, b, ZoneMethods.shift) { return difference.make(thread) }
        return DateLayout.operate(thread, DateLayout.datetime, a, b, "__sub__", nil)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        if let x = DateTimeFields(a), let y = DateTimeFields(b), DateTimeFields.zone(a) == DateTimeFields.zone(b) {
            let order = x.date.packed != y.date.packed ? x.date.packed - y.date.packed : x.seconds != y.seconds ? x.seconds - y.seconds : x.microseconds - y.microseconds
            return Value(Comparison(number: operation).holds(order))
        }
        // Where the clocks are changed there is more to equality.
        let isOrder = operation != Comparison.equal.rawValue && operation != Comparison.notEqual.rawValue
        if let difference = apart(a, b, isOrder ? ZoneMethods.shift : ZoneMethods.certainShift) { return Value(Comparison(number: operation).holds(difference.order(Delta(0, 0, 0)))) }
        return DateLayout.compare(thread, DateLayout.datetime, a, b, operation)
    }

    /// How far two datetimes of different time zones are apart, where both zones are plain.
    private static func apart(_ a: Value, _ b: Value, _ shift: (DateTimeFields, Value) -> Delta?) -> Delta? {
        guard let x = DateTimeFields(a), let y = DateTimeFields(b), case let own = DateTimeFields.zone(a), case let other = DateTimeFields.zone(b), own != other,
              let first = shift(x, own), let second = shift(y, other) else { return nil }
        return Delta(normalizing: x.date.ordinal - y.date.ordinal - first.days + second.days, x.seconds - y.seconds - first.seconds + second.seconds,
                     x.microseconds - y.microseconds - first.microseconds + second.microseconds)
    }

    static func hash(_ thread: ThreadRef, _ a: Value) -> Int {
        // Equal moments hash alike: that of a time zone hashes as the time since the year 1, in UTC. `fold` makes no difference.
        if var x = DateTimeFields(a), case let zone = DateTimeFields.zone(a), !zone.isNone {
            x.fold = 0
            if let shift = ZoneMethods.shift(x, zone), let universal = Delta(normalizing: x.date.ordinal - shift.days, x.seconds - shift.seconds, x.microseconds - shift.microseconds) {
                return DateHash.known(thread, a, DateLayout.dayHash) { thread.newTuple(Value(small: universal.days), Value(small: universal.seconds), Value(small: universal.microseconds)) }
            }
        }
        guard let x = DateTimeFields(a), DateTimeFields.zone(a).isNone else { return DateHash.original(thread, DateLayout.datetime, a) }
        return DateHash.known(thread, a, DateLayout.dayHash) {
            thread.newBytes([UInt8(x.date.year >> 8), UInt8(x.date.year & 255), UInt8(x.date.month), UInt8(x.date.day), UInt8(x.seconds / 3600), UInt8(x.seconds / 60 % 60), UInt8(x.seconds % 60),
                             UInt8(x.microseconds >> 16), UInt8(x.microseconds >> 8 & 255), UInt8(x.microseconds & 255)])
        }
    }

    static func text(_ thread: ThreadRef, _ a: Value) -> Value {
        if let fields = DateTimeFields(a), let text = fields.text(thread, 32, DateTimeFields.zone(a)) { return text }
        return DateLayout.original(thread, DateLayout.datetime, "__str__", a)
    }
}
