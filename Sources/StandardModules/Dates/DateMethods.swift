import Glibc
import Objects

/// The fields of a date.
struct DateFields {
    var year: Int
    var month: Int
    var day: Int

    /// Those of an exact instance of `date`; nil for anything else.
    @inline(__always) init?(_ value: Value) {
        guard value.isPointer, value.shapeIndex == DateLayout.dateShape else { return nil }
        self.init(word: DateLayout.field(value, DateLayout.day).pointee)
    }

    /// Those of a date's or a datetime's word; nil when they are none of a date.
    @inline(__always) init?(word: Value) { self.init(checking: PackedFields.year.get(word), PackedFields.month.get(word), PackedFields.day.get(word)) }

    @inline(__always) init?(checking year: Int, _ month: Int, _ day: Int) {
        guard Calendar.isValid(year, month, day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// nil when it is out of range.
    @inline(__always) init?(ordinal: Int) {
        guard ordinal >= 1, ordinal <= Calendar.largestOrdinal else { return nil }
        (year, month, day) = Calendar.date(ordinal)
    }

    @inline(__always) var ordinal: Int { Calendar.ordinal(year, month, day) }
    @inline(__always) var packed: Int { year << 9 | month << 5 | day }

    @inline(__always) func make(_ thread: ThreadRef) -> Value {
        let result = thread.allocateInstance(DateLayout.date)
        if result.isEmpty { return .empty }
        store(result)
        return result
    }

    /// Puts them into a new date or datetime.
    @inline(__always) func store(_ target: Value) {
        DateLayout.field(target, DateLayout.day).pointee = PackedFields.word(year: year, month: month, day: day)
        DateLayout.field(target, DateLayout.dayHash).pointee = Value(small: -1)
    }

    /// "2020-05-17"; nil when the text is anything else.
    init?(text: UnsafePointer<UInt8>) {
        guard text[4] == 45, text[7] == 45, let year = TextFields.number(text, 4), let month = TextFields.number(text + 5, 2), let day = TextFields.number(text + 8, 2) else { return nil }
        self.init(checking: year, month, day)
    }
}

enum TextFields {
    /// A number of so many digits; nil when one of them is none.
    @inline(__always) static func number(_ text: UnsafePointer<UInt8>, _ digits: Int) -> Int? {
        var result = 0
        for index in 0 ..< digits {
            let digit = Int(text[index]) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            result = result * 10 + digit
        }
        return result
    }
}

/// The plain cases of `date`.
enum DateMethods {
    private static let parameters = DateLayout.names("year", "month", "day")

    static func install(_ thread: ThreadRef) {
        if thread.hasException { return }
        let type = DateLayout.date!
        let slots = ClassSlots(for: type)
        guard DateLayout.replace(thread, type, [], ["__new__"]) else { return }
        slots.call(.new) { thread, type, arguments, count, keywords in
            if type == DateLayout.date.value, let fields = DateMethods.read(arguments, count, keywords) { return fields.make(thread) }
            return DateLayout.originalNew(thread, DateLayout.date, type, arguments, count, keywords)
        }
        _ = DateLayout.replace(thread, type, [
            Def("__add__(self, value, /)", .calls, "Return self+value.") { thread, a, _ in DateMethods.add(thread, a[0], a[1]) },
            Def("__radd__(self, value, /)", .calls, "Return value+self.") { thread, a, _ in DateMethods.add(thread, a[0], a[1]) },
            Def("__sub__(self, value, /)", .calls, "Return self-value.") { thread, a, _ in DateMethods.subtract(thread, a[0], a[1]) },
            Def("__hash__(self, /)", .calls, "Return hash(self).") { thread, a, _ in
                let hash = DateMethods.hash(thread, a[0])
                return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
            },
            Def("isoformat(self, /)", .calls, "Return string in ISO 8601 format, YYYY-MM-DD.") { thread, a, _ in
                guard let fields = DateFields(a[0]) else { return DateLayout.original(thread, DateLayout.date, "isoformat", a[0]) }
                return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { buffer in
                    var text = FieldText(start: buffer.baseAddress!)
                    text.putDate(fields.year, fields.month, fields.day)
                    return text.make(thread)
                }
            },
            Def("fromisoformat(type, date_string, /)", .calls, "Construct a date from a string in ISO 8601 format.", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.date.value, a[1].isExact(.str), StringRef(a[1]).isASCII, StringRef(a[1]).count == 10, let fields = DateFields(text: StringRef(a[1]).units1) { return fields.make(thread) }
                return DateLayout.original(thread, DateLayout.date, "fromisoformat", a[0], a[1])
            },
            Def("today(type, /)", .calls, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).", kind: .classMethod) { thread, a, _ in
                if a[0] == DateLayout.date.value, let now = DateTimeFields.now(isLocal: true) { return now.date.make(thread) }
                if a[0] == DateLayout.datetime.value, let now = DateTimeFields.now(isLocal: true) { return now.make(thread, .none) }
                return DateLayout.original(thread, DateLayout.date, "today", a[0])
            },
            Def("__lt__(self, value, /)", .calls, "Return self<value.") { thread, a, _ in DateMethods.compare(thread, a[0], a[1], Comparison.less.rawValue) },
            Def("__le__(self, value, /)", .calls, "Return self<=value.") { thread, a, _ in DateMethods.compare(thread, a[0], a[1], Comparison.lessEqual.rawValue) },
            Def("__eq__(self, value, /)", .calls, "Return self==value.") { thread, a, _ in DateMethods.compare(thread, a[0], a[1], Comparison.equal.rawValue) },
            Def("__gt__(self, value, /)", .calls, "Return self>value.") { thread, a, _ in DateMethods.compare(thread, a[0], a[1], Comparison.greater.rawValue) },
            Def("__ge__(self, value, /)", .calls, "Return self>=value.") { thread, a, _ in DateMethods.compare(thread, a[0], a[1], Comparison.greaterEqual.rawValue) },
        ], ["__add__", "__radd__", "__sub__", "__hash__", "isoformat", "fromisoformat", "today", "__lt__", "__le__", "__eq__", "__gt__", "__ge__"])
        slots.binary(.add) { thread, a, b in DateMethods.add(thread, a, b) }
        slots.binary(.subtract) { thread, a, b in DateMethods.subtract(thread, a, b) }
        slots.hash { thread, a in DateMethods.hash(thread, a) }
        slots.compare { thread, a, b, operation in DateMethods.compare(thread, a, b, operation) }
        type.modified()
    }

    private static func read(_ arguments: Arguments, _ count: Int, _ keywords: Value) -> DateFields? {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 3) { buffer in
            let values = buffer.baseAddress!
            guard DateLayout.bind(parameters, positional: 3, arguments, count, keywords, values), values[0].bits & values[1].bits & values[2].bits & 1 != 0 else { return nil }
            return DateFields(checking: values[0].smallInt, values[1].smallInt, values[2].smallInt)
        }
    }

    static func add(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = DateFields(a), let y = Delta(b), let sum = DateFields(ordinal: x.ordinal + y.days) { return sum.make(thread) }
        if let x = Delta(a), let y = DateFields(b), let sum = DateFields(ordinal: y.ordinal + x.days) { return sum.make(thread) }
        return DateLayout.operate(thread, DateLayout.date, a, b, "__add__", "__radd__")
    }

    static func subtract(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = DateFields(a) {
            if let y = DateFields(b) { return Delta(x.ordinal - y.ordinal, 0, 0).make(thread) }
            if let y = Delta(b), let difference = DateFields(ordinal: x.ordinal - y.days) { return difference.make(thread) }
        }
        return DateLayout.operate(thread, DateLayout.date, a, b, "__sub__", nil)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        if let x = DateFields(a), let y = DateFields(b) { return Value(Comparison(number: operation).holds(x.packed - y.packed)) }
        return DateLayout.compare(thread, DateLayout.date, a, b, operation)
    }

    static func hash(_ thread: ThreadRef, _ a: Value) -> Int {
        guard let x = DateFields(a) else { return DateHash.original(thread, DateLayout.date, a) }
        return DateHash.known(thread, a, DateLayout.dayHash) { thread.newBytes([UInt8(x.year >> 8), UInt8(x.year & 255), UInt8(x.month), UInt8(x.day)]) }
    }
}
