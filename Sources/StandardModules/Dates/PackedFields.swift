import Objects

/// The fields of dates and times, side by side in two words of the instance.
///
/// Each field has a range of bits, wide enough for whatever the state of a pickle can say of it, in the small int of a slot: `_day_word` for year, month and day, `_clock_word` for the rest. To the Python
/// code of the classes the fields are attributes that can be read and set, under names with an underscore; everybody else can read them. As slots of their own they would make a datetime nearly three times as large as CPython's.
struct PackedFields {
    struct Field {
        let shift: Int
        let bits: Int

        @inline(__always) func get(_ word: Value) -> Int { word.isSmallInt ? word.smallInt >> shift & (1 << bits - 1) : 0 }
    }

    static var day: Field { Field(shift: 0, bits: 8) }
    static var month: Field { Field(shift: 8, bits: 8) }
    static var year: Field { Field(shift: 16, bits: 16) }
    static var fold: Field { Field(shift: 0, bits: 1) }
    static var microsecond: Field { Field(shift: 1, bits: 24) }
    static var second: Field { Field(shift: 25, bits: 8) }
    static var minute: Field { Field(shift: 33, bits: 8) }
    static var hour: Field { Field(shift: 41, bits: 8) }

    @inline(__always) static func word(year: Int, month: Int, day: Int) -> Value { Value(small: year << 16 | month << 8 | day) }

    @inline(__always) static func word(hour: Int, minute: Int, second: Int, microsecond: Int, fold: Int) -> Value {
        Value(small: hour << 41 | minute << 33 | second << 25 | microsecond << 1 | fold)
    }

    /// Where an instance has the word of its clock: a class and those derived from it keep that with their layout.
    private static func clock(_ a: Arguments) -> Int {
        var type = a[0].type
        // Types of a foreign interface have something else there.
        while type.has(.foreignLayout) { type = TypeRef(type.pointer.pointee.base) }
        return Int(bitPattern: type.pointer.pointee.nativeData)
    }

    private static func get(_ a: Arguments, _ offset: Int, _ field: Field) -> Value { Value(small: field.get(DateLayout.field(a[0], offset).pointee)) }

    private static func set(_ thread: ThreadRef, _ a: Arguments, _ offset: Int, _ field: Field) -> Value {
        if a[1].isEmpty { return thread.raise(.attributeError, "a field cannot be deleted") }
        guard let number = thread.toInt(a[1]) else { return .empty }
        guard number >= 0, number >> field.bits == 0 else { return thread.raise(.valueError, "\(number) does not fit the field") }
        let word = DateLayout.field(a[0], offset), old = word.pointee.isSmallInt ? word.pointee.smallInt : 0
        word.pointee = Value(small: old & ~((1 << field.bits - 1) << field.shift) | number << field.shift)
        return .none
    }

    /// Adds the attributes to a class that has been made with the words. False when it has raised.
    static func define(_ thread: ThreadRef, _ type: TypeRef) -> Bool {
        let hasDay = !type.namespace.get(string: StringRef.intern("_day_word").value).isEmpty
        let hasClock = !type.namespace.get(string: StringRef.intern("_clock_word").value).isEmpty
        if hasDay {
            guard DateLayout.field(thread, type, "_day_word", &DateLayout.day) else { return false }
            NativeType.extend(type, getters: dayGetters)
        } else if hasClock {
            // A datetime has the day of its base.
            let isTime = type.lookup(StringRef.intern("_day_word").value).isEmpty
            guard isTime ? DateLayout.field(thread, type, "_clock_word", &DateLayout.timeClock) : DateLayout.field(thread, type, "_clock_word", &DateLayout.datetimeClock) else { return false }
            type.pointer.pointee.nativeData = UInt(bitPattern: isTime ? DateLayout.timeClock : DateLayout.datetimeClock)
            NativeType.extend(type, getters: clockGetters)
        }
        return !thread.hasException
    }

    private static let dayGetters = [
        Getter("year") { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.year) },
        Getter("_year", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, DateLayout.day, PackedFields.year) }) { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.year) },
        Getter("month") { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.month) },
        Getter("_month", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, DateLayout.day, PackedFields.month) }) { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.month) },
        Getter("day") { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.day) },
        Getter("_day", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, DateLayout.day, PackedFields.day) }) { _, a, _ in PackedFields.get(a, DateLayout.day, PackedFields.day) },
    ]

    private static let clockGetters = [
        Getter("hour") { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.hour) },
        Getter("_hour", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, PackedFields.clock(a), PackedFields.hour) }) { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.hour) },
        Getter("minute") { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.minute) },
        Getter("_minute", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, PackedFields.clock(a), PackedFields.minute) }) { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.minute) },
        Getter("second") { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.second) },
        Getter("_second", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, PackedFields.clock(a), PackedFields.second) }) { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.second) },
        Getter("microsecond") { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.microsecond) },
        Getter("_microsecond", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, PackedFields.clock(a), PackedFields.microsecond) }) { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.microsecond) },
        Getter("fold") { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.fold) },
        Getter("_fold", isMember: true, set: { thread, a, _ in PackedFields.set(thread, a, PackedFields.clock(a), PackedFields.fold) }) { _, a, _ in PackedFields.get(a, PackedFields.clock(a), PackedFields.fold) },
    ]
}
