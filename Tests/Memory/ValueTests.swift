/// The encoding of values: what goes in comes out, and no word is two things at once.

let valueTests: [Test] = [("smallIntegers", testSmallIntegers), ("integersThatDoNotFit", testIntegersThatDoNotFit), ("floatsOfEveryExponent", testFloatsOfEveryExponent),
                          ("unusualFloats", testUnusualFloats), ("immediates", testImmediates), ("pointers", testPointers)]

/// How many kinds of value a word is; anything but one is a mistake.
private func kinds(_ value: Value) -> Int {
    (value.isSmallInt ? 1 : 0) + (value.isInlineFloat ? 1 : 0) + (value.isImmediate ? 1 : 0) + (value.isHeap ? 1 : 0)
}

private let largest = 1 << 62 - 1, least = -(1 << 62)

private func testSmallIntegers() {
    var numbers = [0, 1, -1, largest, largest - 1, least, least + 1]
    for shift in 0 ..< 62 { numbers += [1 << shift, -(1 << shift), 1 << shift - 1, 1 << shift + 1] }
    for number in numbers {
        expect(Value.fitsSmall(number), "\(number) fits")
        let value = Value(small: number)
        expect(value.smallInt, is: number, "round trip")
        expect(value.isSmallInt && kinds(value) == 1, "\(number) is an integer and nothing else")
    }
    expect(Value.bothSmall(Value(small: 3), Value(small: -4)), "both are integers")
    expect(!Value.bothSmall(Value(small: 3), .none) && !Value.bothSmall(.none, Value(small: 3)), "only one is an integer")
}

private func testIntegersThatDoNotFit() {
    for number in [largest + 1, least - 1, Int.max, Int.min, Int.max - 1, Int.min + 1] { expect(!Value.fitsSmall(number), "\(number) does not fit") }
}

private func testFloatsOfEveryExponent() {
    for exponent in 0 ..< 2047 {
        for sign: UInt64 in [0, 1] {
            for fraction: UInt64 in [0, 1, 0x8_0000_0000_0000, 0x5_5555_5555_5555, 0xF_FFFF_FFFF_FFFF] where exponent > 0 || fraction > 0 {
                let bits = sign << 63 | UInt64(exponent) << 52 | fraction
                let value = Value.encodeFloat(Double(bitPattern: bits))
                // Biased exponents from 1023 - 255 to 1023 + 256 are those that tag themselves.
                if (768 ..< 1280).contains(exponent) {
                    expect(value.isInlineFloat && kinds(value) == 1, "exponent \(exponent) is inline and nothing else")
                    expect(value.inlineFloat.bitPattern, is: bits, "round trip at exponent \(exponent)")
                } else {
                    expect(value.isEmpty, "exponent \(exponent) is boxed")
                }
            }
        }
    }
}

private func testUnusualFloats() {
    expect(Value.encodeFloat(0.0), is: .positiveZero, "0.0")
    expect(Value.encodeFloat(-0.0), is: .negativeZero, "-0.0")
    let boxed: [UInt64] = [0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FFF_FFFF_FFFF_FFFF,
                           0xFFFF_FFFF_FFFF_FFFF, 1, 0x8000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000]
    for bits in boxed { expect(Value.encodeFloat(Double(bitPattern: bits)).isEmpty, "\(String(bits, radix: 16)) is boxed") }
    for number in [1.0, -1.0, 0.1, 1e77, -1e77, 1e-76, .pi] { expect(Value.encodeFloat(number).inlineFloat, is: number, "round trip") }
}

private func testImmediates() {
    let all: [Value] = [.positiveZero, .negativeZero, .none, .false, .true, .notImplemented, .ellipsis]
    expect(Set(all.map { $0.bits }).count, is: all.count, "different words")
    for value in all {
        expect(value.isImmediate && kinds(value) == 1 && !value.isEmpty, "\(value.bits) is an immediate and nothing else")
        expect(value.isBool, is: value == .true || value == .false, "isBool of \(value.bits)")
        expect(value.isNone, is: value == .none, "isNone of \(value.bits)")
    }
    expect(Value(true), is: .true, "true")
    expect(Value(false), is: .false, "false")
    expect(Value.empty.isEmpty && kinds(.empty) == 0, "the empty value is nothing")
    for kind in 0 ..< 32 {
        for payload: UInt64 in [0, 1, 1 << 56 - 1] {
            let value = Value(immediate: UInt64(kind), payload: payload)
            expect(value.immediateKind == kind && value.isImmediate && value.bits >> 8 == payload, "immediate \(kind) with \(payload)")
        }
    }
}

private func testPointers() {
    for size in [16, 32, 1000, 5000, 100_000] {
        let pointer = make(size, Shapes.leaf)
        let value = Value(pointer)
        expect(value.isHeap && value.isPointer && kinds(value) == 1, "a pointer and nothing else")
        expect(value.raw == pointer && value.shapeIndex == Shapes.leaf, "round trip")
    }
}

extension Value: @retroactive Equatable {}
