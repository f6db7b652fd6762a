import Glibc
import Objects

/// The fields of a time of day but for its time zone, which the caller holds.
struct TimeFields {
    /// Of the day.
    var seconds: Int
    var microseconds: Int
    var fold = 0

    init(_ seconds: Int, _ microseconds: Int, fold: Int = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
        self.fold = fold
    }

    /// Those of an exact instance of `time`; nil for anything else.
    @inline(__always) init?(_ value: Value) {
        guard value.isPointer, value.shapeIndex == DateLayout.timeShape else { return nil }
        self.init(value, DateLayout.timeClock, DateLayout.timeZone)
    }

    /// Those of the word at an offset; nil when they are none of a time, or there is no time zone.
    @inline(__always) init?(_ value: Value, _ clock: Int, _ zone: Int) {
        let word = DateLayout.field(value, clock).pointee
        guard word.isSmallInt, !DateLayout.field(value, zone).pointee.isEmpty else { return nil }
        self.init(checking: PackedFields.hour.get(word), PackedFields.minute.get(word), PackedFields.second.get(word), PackedFields.microsecond.get(word), PackedFields.fold.get(word))
    }

    @inline(__always) init?(checking hour: Int, _ minute: Int, _ second: Int, _ microsecond: Int, _ fold: Int) {
        guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second < 60, microsecond >= 0, microsecond < 1_000_000, fold == 0 || fold == 1 else { return nil }
        self.init(hour * 3600 + minute * 60 + second, microsecond, fold: fold)
    }

    /// Puts them and a time zone at these offsets.
    @inline(__always) func store(_ target: Value, _ clock: Int, _ zoneOffset: Int, _ zone: Value) {
        DateLayout.field(target, clock).pointee = PackedFields.word(hour: hour, minute: minute, second: second, microsecond: microseconds, fold: fold)
        DateLayout.field(target, zoneOffset).pointee = zone
        Heap.barrier(target.raw)
    }

    var hour: Int { seconds / 3600 }
    var minute: Int { seconds / 60 % 60 }
    var second: Int { seconds % 60 }

    @inline(__always) func make(_ thread: ThreadRef, _ zone: Value) -> Value {
        let result = thread.allocateInstance(DateLayout.time)
        if result.isEmpty { return .empty }
        store(result, DateLayout.timeClock, DateLayout.timeZone, zone)
        DateLayout.field(result, DateLayout.timeHash).pointee = Value(small: -1)
        return result
    }

    /// The time zone of an exact instance.
    @inline(__always) static func zone(_ value: Value) -> Value { DateLayout.field(value, DateLayout.timeZone).pointee }

    /// "12:34", "12:34:56", "12:34:56.789" or "12:34:56.789012", perhaps after a "T"; nil for anything else.
    init?(_ string: StringRef) {
        guard string.isASCII, string.count >= 5 else { return nil }
        let prefix = string.units1[0] == UInt8(ascii: "T") ? 1 : 0
        self.init(text: UnsafePointer(string.units1) + prefix, string.count - prefix)
    }

    /// The same without a "T".
    init?(text: UnsafePointer<UInt8>, _ count: Int) {
        guard count == 5 || count == 8 || count == 12 || count == 15, text[2] == 58, let hour = TextFields.number(text, 2), let minute = TextFields.number(text + 3, 2) else { return nil }
        var second = 0, microsecond = 0
        if count > 5 {
            guard text[5] == 58, let number = TextFields.number(text + 6, 2) else { return nil }
            second = number
        }
        if count > 8 {
            guard text[8] == 46, let number = TextFields.number(text + 9, count - 9) else { return nil }
            microsecond = count == 12 ? number * 1000 : number
        }
        self.init(checking: hour, minute, second, microsecond, 0)
    }

    /// As `isoformat()` has it; nil where the offset of the time zone is not fixed.
    func text(_ thread: ThreadRef, _ zone: Value) -> Value? {
        let offset = zone.isNone ? nil : DateTimeFields.offset(zone)
        if !zone.isNone && offset == nil { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            var text = FieldText(start: buffer.baseAddress!)
            text.putTime(hour, minute, second, microseconds)
            if let offset { text.putOffset(offset) }
            return text.make(thread)
        }
    }
}

/// The plain cases of `time`.
enum TimeMethods {
    private static let parameters = DateLayout.names("hour", "minute", "second", "microsecond", "tzinfo", "fold")

    static func install(_ thread: ThreadRef) {
        if thread.hasException { return }
        let type = DateLayout.time!
        let slots = ClassSlots(for: type)
        guard DateLayout.replace(thread, type, [], ["__new__"]) else { return }
        slots.call(.new) { thread, type, arguments, count, keywords in
            if type == DateLayout.time.value {
                let made = TimeMethods.make(thread, arguments, count, keywords)
                if !made.isEmpty || thread.hasException { return made }
            }
            return DateLayout.originalNew(thread, DateLayout.time, type, arguments, count, keywords)
        }
        guard DateLayout.replace(thread, type, methods, ["__hash__", "__str__", "isoformat", "fromisoformat", "__lt__", "__le__", "__eq__", "__gt__", "__ge__"]) else { return }
        slots.unary(.str) { thread, a in TimeMethods.text(thread, a) }
        slots.hash { thread, a in TimeMethods.hash(thread, a) }
        slots.compare { thread, a, b, operation in TimeMethods.compare(thread, a, b, operation) }
        type.modified()
    }

    private static var methods: [Def] {
        [
            Def("__hash__(self, /)", .calls, "Return hash(self).") { thread, a, _ in
                let hash = TimeMethods.hash(thread, a[0])
                return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
            },
            Def("__str__(self, /)", .calls, "Return str(self).") { thread, a, _ in TimeMethods.text(thread, a[0]) },
            Def("isoformat(self, /, timespec='auto')", .calls, """
                Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].

                timespec says how much of the time there is: auto, hours, minutes, seconds, milliseconds or microseconds.
                """) { thread, a, _ in
                if a[1].isEmpty, let fields = TimeFields(a[0]), let text = fields.text(thread, TimeFields.zone(a[0])) { return text }
                return DateLayout.original(thread, DateLayout.time, "isoformat", a[0], a[1])
            },
            Def("fromisoformat(type, time_string, /)", .calls, "string -> time from a string in ISO 8601 format", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.time.value, a[1].isExact(.str), let fields = TimeFields(StringRef(a[1])) { return fields.make(thread, .none) }
                return DateLayout.original(thread, DateLayout.time, "fromisoformat", a[0], a[1])
            },
            Def("__lt__(self, value, /)", .calls, "Return self<value.") { thread, a, _ in TimeMethods.compare(thread, a[0], a[1], Comparison.less.rawValue) },
            Def("__le__(self, value, /)", .calls, "Return self<=value.") { thread, a, _ in TimeMethods.compare(thread, a[0], a[1], Comparison.lessEqual.rawValue) },
            Def("__eq__(self, value, /)", .calls, "Return self==value.") { thread, a, _ in TimeMethods.compare(thread, a[0], a[1], Comparison.equal.rawValue) },
            Def("__gt__(self, value, /)", .calls, "Return self>value.") { thread, a, _ in TimeMethods.compare(thread, a[0], a[1], Comparison.greater.rawValue) },
            Def("__ge__(self, value, /)", .calls, "Return self>=value.") { thread, a, _ in TimeMethods.compare(thread, a[0], a[1], Comparison.greaterEqual.rawValue) },
        ]
    }

    /// An instance from plain arguments of the class; empty, with nothing raised, where they are not.
    private static func make(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 6) { buffer in
            let values = buffer.baseAddress!
            guard DateLayout.bind(parameters, positional: 5, arguments, count, keywords, values) else { return .empty }
            let zone = values[4].isEmpty ? Value.none : values[4]
            guard zone.isNone || zone.type.isSubtype(of: DateLayout.tzinfo) else { return .empty }
            var all: UInt64 = 1
            for index in [0, 1, 2, 3, 5] {
                if values[index].isEmpty { values[index] = Value(small: 0) }
                all &= values[index].bits
            }
            guard all != 0, let fields = TimeFields(checking: values[0].smallInt, values[1].smallInt, values[2].smallInt, values[3].smallInt, values[5].smallInt) else { return .empty }
            return fields.make(thread, zone)
        }
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        if let x = TimeFields(a), let y = TimeFields(b), TimeFields.zone(a) == TimeFields.zone(b) {
            return Value(Comparison(number: operation).holds(x.seconds != y.seconds ? x.seconds - y.seconds : x.microseconds - y.microseconds))
        }
        return DateLayout.compare(thread, DateLayout.time, a, b, operation)
    }

    static func hash(_ thread: ThreadRef, _ a: Value) -> Int {
        guard let x = TimeFields(a), TimeFields.zone(a).isNone else { return DateHash.original(thread, DateLayout.time, a) }
        return DateHash.known(thread, a, DateLayout.timeHash) {
            thread.newBytes([UInt8(x.hour), UInt8(x.minute), UInt8(x.second), UInt8(x.microseconds >> 16), UInt8(x.microseconds >> 8 & 255), UInt8(x.microseconds & 255)])
        }
    }

    static func text(_ thread: ThreadRef, _ a: Value) -> Value {
        if let fields = TimeFields(a), let text = fields.text(thread, TimeFields.zone(a)) { return text }
        // What a subclass makes of isoformat() shows in str(), too.
        return a.isPointer && a.shapeIndex == DateLayout.timeShape ? DateLayout.original(thread, DateLayout.time, "__str__", a) : thread.callMethod(a, StringRef.intern("isoformat").value)
    }
}
