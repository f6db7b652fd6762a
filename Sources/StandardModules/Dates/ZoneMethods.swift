import Objects

/// The plain cases of `zoneinfo.ZoneInfo`: exact datetimes, within the transitions that the zone's file lists. What comes after those, by a rule, is left to the Python of the library.
///
/// A zone is an instance of the library's class and keeps its transitions in sequences: `_trans_utc`, and two of `_trans_local`, by `fold`; the offset that each begins is at the same place in `_ttinfos`.
enum ZoneMethods {
    /// `ZoneInfo`; zero before it is imported.
    nonisolated(unsafe) private static var type = Value.empty
    nonisolated(unsafe) private static var offsetShape: ShapeIndex = 0
    /// Byte offsets in a `_ttinfo`: utcoff, dstoff, tzname.
    nonisolated(unsafe) private static let offsetFields = UnsafeMutablePointer<Int>.allocate(capacity: 3)
    private static let localName = StringRef.intern("_trans_local").value, universalName = StringRef.intern("_trans_utc").value, offsetsName = StringRef.intern("_ttinfos").value
    private static let beforeName = StringRef.intern("_tti_before").value, afterName = StringRef.intern("_tz_after").value

    /// Takes over the plain cases of the class. False when it has raised.
    static func install(_ thread: ThreadRef, _ zone: Value, _ offset: Value) -> Bool {
        guard zone.isType, TypeRef(zone).has(.heap), offset.isType, TypeRef(offset).has(.heap) else {
            thread.raise(.typeError, "install_zones() takes classes")
            return false
        }
        for (index, name) in ["utcoff", "dstoff", "tzname"].enumerated() {
            guard DateLayout.field(thread, TypeRef(offset), name, &offsetFields[index]) else { return false }
        }
        offsetShape = TypeRef(offset).pointer.pointee.rootShape
        guard DateLayout.replace(thread, TypeRef(zone), methods, ["utcoffset", "dst", "tzname", "fromutc"]), DateLayout.replace(thread, TypeRef(zone), [], ["__new__"]) else { return false }
        ClassSlots(for: TypeRef(zone)).call(.new) { thread, type, arguments, count, keywords in
            if type == ZoneMethods.type, count == 1, keywords.isEmpty, let zone = ZoneMethods.recent(thread, arguments[0]) { return zone }
            return DateLayout.originalNew(thread, TypeRef(ZoneMethods.type), type, arguments, count, keywords)
        }
        type = zone
        TypeRef(zone).modified()
        return true
    }

    private static let recentName = StringRef.intern("_strong_cache").value, moveName = StringRef.intern("move_to_end").value

    /// The zone of a key that is among those used last, where it becomes the last one. nil for any other; empty when it has raised.
    private static func recent(_ thread: ThreadRef, _ key: Value) -> Value? {
        let cache = TypeRef(type).lookup(recentName)
        guard key.isExact(.str), !cache.isEmpty, cache.isDict, case let zone = DictRef(cache).get(string: key), !zone.isEmpty, isZone(zone) else { return nil }
        return thread.callMethod(cache, moveName, key).isEmpty ? .empty : zone
    }

    private static let methods = [
        Def("utcoffset(self, dt, /)", .calls, "Retrieve a timedelta representing the UTC offset in a zone at the given datetime.") { thread, a, _ in ZoneMethods.field(thread, a, 0, "utcoffset") },
        Def("dst(self, dt, /)", .calls, "Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime.") { thread, a, _ in ZoneMethods.field(thread, a, 1, "dst") },
        Def("tzname(self, dt, /)", .calls, "Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime.") { thread, a, _ in ZoneMethods.field(thread, a, 2, "tzname") },
        Def("fromutc(self, dt, /)", .calls, "Given a datetime with local time in UTC, retrieve an adjusted datetime in local time.") { thread, a, _ in
            if let fields = DateTimeFields(a[1]), DateTimeFields.zone(a[1]) == a[0], let local = ZoneMethods.local(a[0], fields) { return local.make(thread, a[0]) }
            return DateLayout.original(thread, TypeRef(ZoneMethods.type), "fromutc", a[0], a[1])
        },
    ]

    private static func field(_ thread: ThreadRef, _ a: Arguments, _ index: Int, _ name: String) -> Value {
        if let fields = DateTimeFields(a[1]), let offset = find(a[0], fields) {
            let value = DateLayout.field(offset, offsetFields[index]).pointee
            if !value.isEmpty { return value }
        }
        return DateLayout.original(thread, TypeRef(type), name, a[0], a[1])
    }

    // MARK: Transitions

    private static func isZone(_ value: Value) -> Bool { value.isPointer && value.type.value == type }

    private static func seconds(_ fields: DateTimeFields) -> Int { (fields.date.ordinal - 719_163) * 86400 + fields.seconds }

    /// The items of a list or tuple, while nothing changes it.
    private struct Items {
        let start: UnsafeMutablePointer<Value>
        let count: Int

        init?(_ value: Value) {
            if value.isExact(.tuple) {
                (start, count) = (TupleRef(value).items, TupleRef(value).count)
            } else {
                guard value.isExact(.list) else { return nil }
                (start, count) = (ListRef(value).items, ListRef(value).count)
            }
        }

        subscript(_ index: Int) -> Value { start[index] }
    }

    private static func items(_ zone: Value, _ name: Value) -> Items? {
        let found = InstanceAttributes.get(zone, zone.type, name)
        return found.isEmpty ? nil : Items(found)
    }

    /// A `_ttinfo`; nil for anything else.
    private static func offset(_ value: Value) -> Value? { value.isPointer && value.shapeIndex == offsetShape ? value : nil }

    private static func attribute(_ zone: Value, _ name: Value) -> Value? {
        let found = InstanceAttributes.get(zone, zone.type, name)
        return found.isEmpty ? nil : offset(found)
    }

    /// How many of the times are not after one; nil when one of those looked at is no small int.
    private static func count(_ times: Items, upTo time: Int) -> Int? {
        var low = 0, high = times.count
        while low < high {
            let middle = (low + high) >> 1, other = times[middle]
            guard other.isSmallInt else { return nil }
            if time < other.smallInt { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The `_ttinfo` of a local time.
    private static func find(_ zone: Value, _ fields: DateTimeFields) -> Value? {
        guard let both = items(zone, localName), both.count == 2, let times = Items(both[fields.fold]), let offsets = items(zone, offsetsName) else { return nil }
        let time = seconds(fields)
        guard offsets.count == times.count else { return nil }
        if times.count == 0 { return attribute(zone, afterName) }
        guard let place = count(times, upTo: time), times[times.count - 1].isSmallInt else { return nil }
        if place == 0 { return attribute(zone, beforeName) }
        return time > times[times.count - 1].smallInt ? attribute(zone, afterName) : offset(offsets[place - 1])
    }

    /// The local time at a universal one.
    private static func local(_ zone: Value, _ fields: DateTimeFields) -> DateTimeFields? {
        guard let times = items(zone, universalName), let offsets = items(zone, offsetsName), offsets.count == times.count else { return nil }
        let time = seconds(fields), total = times.count
        var previous: Value?, current: Value?, start = 0
        if total == 0 {
            current = attribute(zone, afterName)
        } else {
            guard let place = count(times, upTo: time), times[total - 1].isSmallInt else { return nil }
            if place == 0 {
                current = attribute(zone, beforeName)
            } else {
                start = times[place - 1].smallInt
                if time > times[total - 1].smallInt, attribute(zone, afterName) == nil { return nil }
                // The last of several transitions holds for good; after a single one it is what the zone says comes after.
                previous = place > 1 ? offset(offsets[place - 2]) : total == 1 && time > start ? offset(offsets[0]) : attribute(zone, beforeName)
                current = place == 1 && total == 1 && time > start ? attribute(zone, afterName) : offset(offsets[place - 1])
                if previous == nil { return nil }
            }
        }
        guard let current, let shift = Delta(DateLayout.field(current, offsetFields[0]).pointee), var result = fields.moved(shift.days, shift.seconds, shift.microseconds) else { return nil }
        if let previous {
            guard let before = Delta(DateLayout.field(previous, offsetFields[0]).pointee), let difference = before.total, let now = shift.total else { return nil }
            if difference - now > (time - start) * 1_000_000 { result.fold = 1 }
        }
        return result
    }

    // MARK: For datetimes

    /// How far a datetime's zone is from UTC at its time, where that is plain.
    static func shift(_ fields: DateTimeFields, _ zone: Value) -> Delta? {
        if let fixed = DateTimeFields.offset(zone) { return fixed }
        guard isZone(zone), let offset = find(zone, fields) else { return nil }
        return Delta(DateLayout.field(offset, offsetFields[0]).pointee)
    }

    /// What `utcoffset` of a datetime gives, where that is plain.
    static func offsetObject(_ fields: DateTimeFields, _ zone: Value) -> Value? {
        if zone.isNone { return .none }
        if DateTimeFields.offset(zone) != nil { return DateLayout.field(zone, DateLayout.zoneOffset).pointee }
        guard isZone(zone), let offset = find(zone, fields), Delta(DateLayout.field(offset, offsetFields[0]).pointee) != nil else { return nil }
        return DateLayout.field(offset, offsetFields[0]).pointee
    }

    /// A datetime in another zone, where that is plain.
    static func convert(_ fields: DateTimeFields, from zone: Value, to other: Value) -> DateTimeFields? {
        guard let shift = shift(fields, zone), let universal = fields.moved(-shift.days, -shift.seconds, -shift.microseconds) else { return nil }
        return convert(universal: universal, to: other)
    }

    /// The same from UTC.
    static func convert(universal: DateTimeFields, to zone: Value) -> DateTimeFields? {
        if let fixed = DateTimeFields.offset(zone) { return universal.moved(fixed.days, fixed.seconds, fixed.microseconds) }
        return isZone(zone) ? local(zone, universal) : nil
    }

    /// How far a datetime's zone is from UTC at its time, if `fold` makes no difference to that.
    static func certainShift(_ fields: DateTimeFields, _ zone: Value) -> Delta? {
        guard let shift = shift(fields, zone) else { return nil }
        if DateTimeFields.offset(zone) != nil { return shift }
        var other = fields
        other.fold = 1 - fields.fold
        return self.shift(other, zone) == shift ? shift : nil
    }
}
