import Memory

/// The boxed floats that traces have made or read of late.
///
/// A trace holds a number unboxed, so one that has no self-tagged word (a NaN, an infinity, a very large or small number) would become one object where it
/// is put into a container and another one where the trace is left; but `x in [x]` holds for a NaN too, because it is the same object. What goes back to a
/// frame is therefore looked for here first. Entries are weak: nobody can tell that an object is another one when the first is gone.
struct BoxedFloats {
    private struct Entry {
        var object: UnsafeMutableRawPointer?
        /// The object was there before the trace, which has only read it.
        var isRead = false
    }

    private static let count = 8
    private let entries: UnsafeMutablePointer<Entry>

    init() {
        entries = .allocate(capacity: BoxedFloats.count)
        entries.initialize(repeating: Entry(), count: BoxedFloats.count)
    }

    private func place(_ bits: UInt64) -> UnsafeMutablePointer<Entry> {
        entries + Int((bits &* 0x9E37_79B9_7F4A_7C15) >> 61)
    }

    /// The object that last stood for these bits, or the empty value. What a trace computes anew is a new object each time, so that it asks for
    /// those only that it has read.
    func find(_ number: Double, onlyRead: Bool) -> Value {
        let entry = place(number.bitPattern).pointee
        guard let object = entry.object, entry.isRead || !onlyRead, Value(object).doubleValue.bitPattern == number.bitPattern else { return .empty }
        return Value(object)
    }

    /// Notes the object of a number that a trace has boxed or, where `isRead`, unboxed.
    func note(_ value: Value, _ number: Double, isRead: Bool) {
        place(number.bitPattern).pointee = Entry(object: value.raw, isRead: isRead)
    }

    /// After marking: lets go of what is about to be freed.
    func forgetDead() {
        for index in 0 ..< BoxedFloats.count {
            if let object = entries[index].object, !Collector.isMarked(object) { entries[index] = Entry() }
        }
    }
}
