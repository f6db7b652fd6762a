import Objects

/// Entry point of the room: `_decimal_arithmetic`, the native half of `_decimal`. The other half is `Library/_decimal.py`, with the constants, the exceptions, and the
/// operations that programs seldom call.
public enum StandardDecimals {
    public static func start(_ thread: ThreadRef) {
        NativeModule.register("_decimal_arithmetic", functions: Contexts.functions + [
            // The sign, the digits as text, and the exponent or "F", "n" or "N": what the library's `_pydecimal` keeps.
            Def("parts(number, /)", .reads, kind: .function) { thread, a, _ in StandardDecimals.parts(thread, a[0]) },
            Def("convert(number, /)", .reads, kind: .function) { thread, a, _ in
                if Decimals.isDecimal(a[0]) { return a[0] }
                guard let number = Decimals.argument(thread, a[0]) else { return .empty }
                return Decimals.make(thread, number)
            },
        ]) { module in
            Powers.start()
            Decimals.start(module)
            return Contexts.start(module)
        }
    }

    private static func parts(_ thread: ThreadRef, _ value: Value) -> Value {
        guard Decimals.isDecimal(value) else { return thread.raise(.typeError, "argument must be a Decimal") }
        let number = Decimals.number(value)
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: number.digits + 1)
        number.coefficient.write(text, number.digits)
        let digits = number.isInfinite ? thread.newString("0") : thread.newString(utf8: text, number.digits)
        text.deallocate()
        let place: Value
        switch number.kind {
        case .finite: place = thread.newInt(number.exponent)
        case .infinity: place = thread.newString("F")
        case .quiet: place = thread.newString("n")
        case .signalling: place = thread.newString("N")
        }
        return thread.newTuple(Value(small: number.negative ? 1 : 0), digits, place)
    }
}
