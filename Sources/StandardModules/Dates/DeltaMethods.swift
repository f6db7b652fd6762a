import Objects

/// The contents of a timedelta: seconds from 0 below 86400, microseconds from 0 below a million.
struct Delta: Equatable {
    var days: Int
    var seconds: Int
    var microseconds: Int

    init(_ days: Int, _ seconds: Int, _ microseconds: Int) {
        self.days = days
        self.seconds = seconds
        self.microseconds = microseconds
    }

    /// The contents of an exact instance; nil for anything else.
    @inline(__always) init?(_ value: Value) {
        guard value.isPointer, value.shapeIndex == DateLayout.deltaShape else { return nil }
        let days = DateLayout.field(value, DateLayout.deltaFields[0]).pointee, seconds = DateLayout.field(value, DateLayout.deltaFields[1]).pointee
        let microseconds = DateLayout.field(value, DateLayout.deltaFields[2]).pointee
        guard days.bits & seconds.bits & microseconds.bits & 1 != 0, abs(days.smallInt) <= Delta.mostDays, seconds.smallInt >= 0, seconds.smallInt < 86400,
              microseconds.smallInt >= 0, microseconds.smallInt < 1_000_000 else { return nil }
        self.init(days.smallInt, seconds.smallInt, microseconds.smallInt)
    }

    static let mostDays = 999_999_999

    /// From parts that may be beyond their bounds, but not by so much that sums overflow. nil when it is out of range.
    @inline(__always) init?(normalizing days: Int, _ seconds: Int, _ microseconds: Int) {
        let (carry, microseconds) = Calendar.divide(microseconds, 1_000_000)
        let (more, seconds) = Calendar.divide(seconds + carry, 86400)
        self.init(days + more, seconds, microseconds)
        if abs(self.days) > Delta.mostDays { return nil }
    }

    /// All in microseconds; nil when that is too large for a machine word.
    @inline(__always) var total: Int? { abs(days) < 100_000_000 ? (days * 86400 + seconds) * 1_000_000 + microseconds : nil }

    /// From microseconds, however many.
    init?(total: Int) {
        let (seconds, microseconds) = Calendar.divide(total, 1_000_000)
        self.init(normalizing: 0, seconds, microseconds)
    }

    @inline(__always) func make(_ thread: ThreadRef) -> Value {
        let result = thread.allocateInstance(DateLayout.timedelta)
        if result.isEmpty { return .empty }
        DateLayout.field(result, DateLayout.deltaFields[0]).pointee = Value(small: days)
        DateLayout.field(result, DateLayout.deltaFields[1]).pointee = Value(small: seconds)
        DateLayout.field(result, DateLayout.deltaFields[2]).pointee = Value(small: microseconds)
        DateLayout.field(result, DateLayout.deltaFields[3]).pointee = Value(small: -1)
        return result
    }

    @inline(__always) func order(_ other: Delta) -> Int {
        days != other.days ? days - other.days : seconds != other.seconds ? seconds - other.seconds : microseconds - other.microseconds
    }
}

/// The plain cases of `timedelta`.
enum DeltaMethods {
    private static let parameters = DateLayout.names("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")

    static func install(_ thread: ThreadRef) {
        let type = DateLayout.timedelta!
        let slots = ClassSlots(for: type)
        guard DateLayout.replace(thread, type, [], ["__new__"]) else { return }
        slots.call(.new) { thread, type, arguments, count, keywords in
            if type == DateLayout.timedelta.value, let delta = DeltaMethods.read(arguments, count, keywords) { return delta.make(thread) }
            return DateLayout.originalNew(thread, DateLayout.timedelta, type, arguments, count, keywords)
        }
        _ = DateLayout.replace(thread, type, [
            Def("__add__(self, value, /)", .calls, "Return self+value.") { thread, a, _ in DeltaMethods.add(thread, a[0], a[1]) },
            Def("__radd__(self, value, /)", .calls, "Return value+self.") { thread, a, _ in DateLayout.original(thread, DateLayout.timedelta, "__radd__", a[0], a[1]) },
            Def("__sub__(self, value, /)", .calls, "Return self-value.") { thread, a, _ in DeltaMethods.subtract(thread, a[0], a[1]) },
            Def("__rsub__(self, value, /)", .calls, "Return value-self.") { thread, a, _ in DateLayout.original(thread, DateLayout.timedelta, "__rsub__", a[0], a[1]) },
            Def("__mul__(self, value, /)", .calls, "Return self*value.") { thread, a, _ in DeltaMethods.multiply(thread, a[0], a[1]) },
            Def("__rmul__(self, value, /)", .calls, "Return value*self.") { thread, a, _ in DeltaMethods.multiply(thread, a[0], a[1]) },
            Def("__floordiv__(self, value, /)", .calls, "Return self//value.") { thread, a, _ in DeltaMethods.floorDivide(thread, a[0], a[1]) },
            Def("__truediv__(self, value, /)", .calls, "Return self/value.") { thread, a, _ in DeltaMethods.trueDivide(thread, a[0], a[1]) },
            Def("__neg__(self, /)", .calls, "-self") { thread, a, _ in DeltaMethods.negate(thread, a[0]) },
            Def("__abs__(self, /)", .calls, "abs(self)") { thread, a, _ in
                if let delta = Delta(a[0]) { return delta.days < 0 ? DeltaMethods.negate(thread, a[0]) : a[0] }
                return DateLayout.original(thread, DateLayout.timedelta, "__abs__", a[0])
            },
            Def("__hash__(self, /)", .calls, "Return hash(self).") { thread, a, _ in
                let hash = DeltaMethods.hash(thread, a[0])
                return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
            },
            Def("__str__(self, /)", .calls, "Return str(self).") { thread, a, _ in DeltaMethods.text(thread, a[0]) },
            Def("__lt__(self, value, /)", .calls, "Return self<value.") { thread, a, _ in DeltaMethods.compare(thread, a[0], a[1], Comparison.less.rawValue) },
            Def("__le__(self, value, /)", .calls, "Return self<=value.") { thread, a, _ in DeltaMethods.compare(thread, a[0], a[1], Comparison.lessEqual.rawValue) },
            Def("__eq__(self, value, /)", .calls, "Return self==value.") { thread, a, _ in DeltaMethods.compare(thread, a[0], a[1], Comparison.equal.rawValue) },
            Def("__gt__(self, value, /)", .calls, "Return self>value.") { thread, a, _ in DeltaMethods.compare(thread, a[0], a[1], Comparison.greater.rawValue) },
            Def("__ge__(self, value, /)", .calls, "Return self>=value.") { thread, a, _ in DeltaMethods.compare(thread, a[0], a[1], Comparison.greaterEqual.rawValue) },
        ], ["__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__floordiv__", "__truediv__", "__neg__", "__abs__", "__hash__", "__str__", "__lt__", "__le__", "__eq__", "__gt__", "__ge__"])
        slots.binary(.add) { thread, a, b in DeltaMethods.add(thread, a, b) }
        slots.binary(.subtract) { thread, a, b in DeltaMethods.subtract(thread, a, b) }
        slots.binary(.multiply) { thread, a, b in DeltaMethods.multiply(thread, a, b) }
        slots.binary(.floorDivide) { thread, a, b in DeltaMethods.floorDivide(thread, a, b) }
        slots.binary(.divide) { thread, a, b in DeltaMethods.trueDivide(thread, a, b) }
        slots.unary(.negative) { thread, a in DeltaMethods.negate(thread, a) }
        slots.unary(.str) { thread, a in DeltaMethods.text(thread, a) }
        slots.hash { thread, a in DeltaMethods.hash(thread, a) }
        slots.compare { thread, a, b, operation in DeltaMethods.compare(thread, a, b, operation) }
        type.modified()
    }

    /// The arguments of the class, where all are ints of moderate size.
    private static func read(_ arguments: Arguments, _ count: Int, _ keywords: Value) -> Delta? {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 7) { buffer in
            let values = buffer.baseAddress!
            guard DateLayout.bind(parameters, positional: 7, arguments, count, keywords, values) else { return nil }
            for index in 0 ..< 7 {
                if values[index].isEmpty { values[index] = Value(small: 0) }
                guard values[index].isSmallInt, abs(values[index].smallInt) < 1 << 40 else { return nil }
            }
            return Delta(normalizing: values[0].smallInt + values[6].smallInt * 7, values[1].smallInt + values[4].smallInt * 60 + values[5].smallInt * 3600,
                         values[2].smallInt + values[3].smallInt * 1000)
        }
    }

    static func add(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = Delta(a), let y = Delta(b), let sum = Delta(normalizing: x.days + y.days, x.seconds + y.seconds, x.microseconds + y.microseconds) { return sum.make(thread) }
        return DateLayout.operate(thread, DateLayout.timedelta, a, b, "__add__", "__radd__")
    }

    static func subtract(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = Delta(a), let y = Delta(b), let difference = Delta(normalizing: x.days - y.days, x.seconds - y.seconds, x.microseconds - y.microseconds) { return difference.make(thread) }
        return DateLayout.operate(thread, DateLayout.timedelta, a, b, "__sub__", "__rsub__")
    }

    static func multiply(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        let (delta, factor) = b.isSmallInt ? (a, b) : (b, a)
        if factor.isSmallInt, abs(factor.smallInt) < 1 << 30, let x = Delta(delta),
           let product = Delta(normalizing: x.days * factor.smallInt, x.seconds * factor.smallInt, x.microseconds * factor.smallInt) { return product.make(thread) }
        return DateLayout.operate(thread, DateLayout.timedelta, a, b, "__mul__", "__rmul__")
    }

    static func floorDivide(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if let x = Delta(a)?.total {
            if b.isSmallInt, b.smallInt > 0, let quotient = Delta(total: Calendar.divide(x, b.smallInt).0) { return quotient.make(thread) }
            if let y = Delta(b)?.total, y > 0 { return thread.newInt(Calendar.divide(x, y).0) }
        }
        return DateLayout.operate(thread, DateLayout.timedelta, a, b, "__floordiv__", nil)
    }

    static func trueDivide(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        // Below 2^53 both are doubles, and so the quotient is rounded once.
        if let x = Delta(a)?.total, let y = Delta(b)?.total, y != 0, abs(x) < 1 << 53, abs(y) < 1 << 53 { return thread.newFloat(Double(x) / Double(y)) }
        return DateLayout.operate(thread, DateLayout.timedelta, a, b, "__truediv__", nil)
    }

    static func negate(_ thread: ThreadRef, _ a: Value) -> Value {
        if let x = Delta(a), let negative = Delta(normalizing: -x.days, -x.seconds, -x.microseconds) { return negative.make(thread) }
        return DateLayout.original(thread, DateLayout.timedelta, "__neg__", a)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        if let x = Delta(a), let y = Delta(b) { return Value(Comparison(number: operation).holds(x.order(y))) }
        return DateLayout.compare(thread, DateLayout.timedelta, a, b, operation)
    }

    static func hash(_ thread: ThreadRef, _ a: Value) -> Int {
        guard let x = Delta(a) else { return DateHash.original(thread, DateLayout.timedelta, a) }
        return DateHash.known(thread, a, DateLayout.deltaFields[3]) { thread.newTuple(Value(small: x.days), Value(small: x.seconds), Value(small: x.microseconds)) }
    }

    static func text(_ thread: ThreadRef, _ a: Value) -> Value {
        guard let x = Delta(a) else { return DateLayout.original(thread, DateLayout.timedelta, "__str__", a) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            var text = FieldText(start: buffer.baseAddress!)
            if x.days != 0 {
                if x.days < 0 { text.put(45) }
                var digits = 1, bound = 10
                while bound <= abs(x.days) {
                    digits += 1
                    bound *= 10
                }
                text.put(abs(x.days), digits)
                for byte in (abs(x.days) == 1 ? " day, " : " days, ").utf8 { text.put(byte) }
            }
            text.put(x.seconds / 3600, x.seconds >= 36000 ? 2 : 1)
            text.put(58)
            text.put(x.seconds / 60 % 60, 2)
            text.put(58)
            text.put(x.seconds % 60, 2)
            if x.microseconds != 0 {
                text.put(46)
                text.put(x.microseconds, 6)
            }
            return text.make(thread)
        }
    }
}

/// Hashes that instances keep.
enum DateHash {
    static func known(_ thread: ThreadRef, _ value: Value, _ offset: Int, _ state: () -> Value) -> Int {
        let kept = DateLayout.field(value, offset).pointee
        if kept.isSmallInt ? kept.smallInt != -1 : kept.isExact(.int) {
            if let hash = thread.toInt(kept) { return hash }
        }
        let content = state()
        if content.isEmpty { return -1 }
        let hash = thread.hash(content)
        let number = thread.newInt(hash)
        if number.isEmpty { return -1 }
        DateLayout.field(value, offset).pointee = number
        Heap.barrier(value.raw)
        return hash
    }

    static func original(_ thread: ThreadRef, _ type: TypeRef, _ value: Value) -> Int {
        let result = DateLayout.original(thread, type, "__hash__", value)
        if result.isEmpty { return -1 }
        guard let hash = thread.toInt(result) else { return -1 }
        return hash == -1 ? -2 : hash
    }
}
