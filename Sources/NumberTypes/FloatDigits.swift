/// Doubles with so many significant digits, as `%e` and `%g` write them, without printf.
///
/// The digits come from the shortest text that gives the number back, which is nearer to it than any other as short. What lies half-way between two numbers of fewer digits is itself shorter than that text
/// or equal to it, so that rounding the text is rounding the number, unless the text ends in the very 5 that decides: then, and where more digits are wanted than a double is sure to keep, nothing is written, and the exact
/// conversion has to be asked.

extension FloatText {
    /// Writes a double as `%e`, `%f` or `%g` does, code and exponent mark in the case given, into `fixedCapacity` bytes; returns how many there are, nil when the case is not simple.
    public static func writePlain(_ value: Double, _ code: UInt8, _ precision: Int, alternate: Bool, _ out: UnsafeMutablePointer<UInt8>) -> Int? {
        switch code | 0x20 {
        case UInt8(ascii: "f"): return alternate && precision == 0 ? nil : writeFixed(value, precision, out)
        case UInt8(ascii: "e"): return writeSignificant(value, precision + 1, out) { place, digits, point in exponential(place, digits, precision + 1, point - 1, code, alternate) }
        case UInt8(ascii: "g"):
            let wanted = max(precision, 1)
            return writeSignificant(value, wanted, out) { place, digits, point in
                var count = wanted
                if !alternate { while count > 1, digits[count - 1] == 48 { count -= 1 } }
                return point <= -4 || point > wanted ? exponential(place, digits, count, point - 1, code &- 2, alternate) : positional(place, digits, count, point, alternate)
            }
        default: return nil
        }
    }

    /// Calls `layOut` with the place behind the sign, so many digits and where the point is (0.ddd * 10^point).
    @inline(__always) private static func writeSignificant(_ value: Double, _ wanted: Int, _ out: UnsafeMutablePointer<UInt8>,
                                                           _ layOut: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int) -> UnsafeMutablePointer<UInt8>) -> Int? {
        // Below the normal numbers doubles are so far apart that the shortest text says little.
        guard value.isFinite, wanted <= 15, value == 0 || value.magnitude >= .leastNormalMagnitude else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { memory -> Int? in
            let digits = memory.baseAddress.unsafelyUnwrapped
            var (count, point) = shortest(value.magnitude, digits)
            if count > wanted {
                if count == wanted + 1 && digits[wanted] == UInt8(ascii: "5") { return nil }
                let isUp = digits[wanted] >= UInt8(ascii: "5")
                count = wanted
                if isUp {
                    var last = count - 1
                    while last >= 0, digits[last] == UInt8(ascii: "9") {
                        digits[last] = 48
                        last -= 1
                    }
                    if last >= 0 {
                        digits[last] += 1
                    } else {
                        digits[0] = UInt8(ascii: "1")
                        point += 1
                    }
                }
            }
            while count < wanted {
                digits[count] = 48
                count += 1
            }
            var place = out
            if value.sign == .minus {
                place.pointee = UInt8(ascii: "-")
                place += 1
            }
            return layOut(place, digits, point) - out
        }
    }

    /// d.ddde+xx; returns the end.
    private static func exponential(_ out: UnsafeMutablePointer<UInt8>, _ digits: UnsafeMutablePointer<UInt8>, _ count: Int, _ exponent: Int, _ mark: UInt8, _ alternate: Bool) -> UnsafeMutablePointer<UInt8> {
        var place = out
        @inline(__always) func put(_ byte: UInt8) {
            place.pointee = byte
            place += 1
        }
        put(digits[0])
        if count > 1 || alternate { put(UInt8(ascii: ".")) }
        for index in 1 ..< max(count, 1) { put(digits[index]) }
        put(mark)
        put(UInt8(ascii: exponent < 0 ? "-" : "+"))
        let magnitude = abs(exponent)
        if magnitude >= 100 { put(UInt8(48 + magnitude / 100)) }
        put(UInt8(48 + magnitude / 10 % 10))
        put(UInt8(48 + magnitude % 10))
        return place
    }

    /// The digits with a point among them, and with zeros where they do not reach it; returns the end.
    private static func positional(_ out: UnsafeMutablePointer<UInt8>, _ digits: UnsafeMutablePointer<UInt8>, _ count: Int, _ point: Int, _ alternate: Bool) -> UnsafeMutablePointer<UInt8> {
        var place = out
        @inline(__always) func put(_ byte: UInt8) {
            place.pointee = byte
            place += 1
        }
        if point <= 0 {
            put(48)
            put(UInt8(ascii: "."))
            for _ in point ..< 0 { put(48) }
        }
        for index in 0 ..< max(count, point) {
            if index == point && point > 0 { put(UInt8(ascii: ".")) }
            put(index < count ? digits[index] : 48)
        }
        if alternate && point >= count && point > 0 { put(UInt8(ascii: ".")) }
        return place
    }
}
