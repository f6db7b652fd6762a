import Objects

/// Days and dates of the proleptic Gregorian calendar, and fields as text.
enum Calendar {
    static let largestOrdinal = 3_652_059

    @inline(__always) static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    @inline(__always) static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days up to and with a date; 1 for 1 January of the year 1. The month is one.
    @inline(__always) static func ordinal(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the day that comes and goes is their last.
        let y = month > 2 ? year : year - 1
        let m = month > 2 ? month - 3 : month + 9
        return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 306
    }

    /// The date of an ordinal that is in range.
    @inline(__always) static func date(_ ordinal: Int) -> (year: Int, month: Int, day: Int) {
        let z = ordinal + 305
        let era = z / 146_097, inEra = z % 146_097
        let y = (inEra - inEra / 1460 + inEra / 36524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * y + y / 4 - y / 100)
        let m = (5 * inYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        return (y + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * m + 2) / 5 + 1)
    }

    @inline(__always) static func isValid(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
    }

    /// Quotient and remainder, the remainder not negative.
    @inline(__always) static func divide(_ a: Int, _ b: Int) -> (Int, Int) {
        var quotient = a / b, remainder = a % b
        if remainder < 0 {
            remainder += b
            quotient -= 1
        }
        return (quotient, remainder)
    }
}

/// Fields written one after the other into a small buffer.
struct FieldText {
    let start: UnsafeMutablePointer<UInt8>
    var count = 0

    @inline(__always) mutating func put(_ byte: UInt8) {
        start[count] = byte
        count += 1
    }

    /// A number with just so many digits.
    @inline(__always) mutating func put(_ number: Int, _ digits: Int) {
        var rest = number
        var place = count + digits
        while place > count {
            place -= 1
            start[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
        count += digits
    }

    mutating func putDate(_ year: Int, _ month: Int, _ day: Int) {
        put(year, 4)
        put(45)
        put(month, 2)
        put(45)
        put(day, 2)
    }

    mutating func putTime(_ hour: Int, _ minute: Int, _ second: Int, _ microsecond: Int) {
        put(hour, 2)
        put(58)
        put(minute, 2)
        put(58)
        put(second, 2)
        if microsecond != 0 {
            put(46)
            put(microsecond, 6)
        }
    }

    /// The offset of a time zone, "+01:30".
    mutating func putOffset(_ delta: Delta) {
        var seconds = delta.days * 86400 + delta.seconds, microseconds = delta.microseconds
        put(seconds < 0 ? 45 : 43)
        if seconds < 0 {
            seconds = -seconds
            if microseconds != 0 {
                seconds -= 1
                microseconds = 1_000_000 - microseconds
            }
        }
        put(seconds / 3600, 2)
        put(58)
        put(seconds / 60 % 60, 2)
        if seconds % 60 != 0 || microseconds != 0 {
            put(58)
            put(seconds % 60, 2)
            if microseconds != 0 {
                put(46)
                put(microseconds, 6)
            }
        }
    }

    func make(_ thread: ThreadRef) -> Value { thread.newString(utf8: start, count) }
}
