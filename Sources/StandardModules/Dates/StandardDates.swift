import CoreTypes
import Objects

/// Entry point of the room: what `_datetime` does at native speed.
///
/// The classes of `datetime` are the library's own, in Python (`Library/_datetime.py`). Programs mostly make plain instances of them, add, subtract and compare them,
/// and turn them into text and back: those cases are done here, on the same instances (see `PackedFields`). Whatever is not plain (subclasses, time zones other
/// than fixed ones and those of `zoneinfo`, arguments that are wrong or rare) is left to the Python that was there, so that there is one place for every rule and error.
public enum StandardDates {
    /// Registers the room's module. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        NativeModule.register("_datetime_fast", functions: [
            Def("pack(kind, /)", .calls, "Give a class with a word for a day, for a time, or for both the attributes that stand in them.", kind: .function) { thread, a, _ in
                guard a[0].isType, TypeRef(a[0]).has(.heap) else { return thread.raise(.typeError, "pack() takes a class") }
                return PackedFields.define(thread, TypeRef(a[0])) ? .none : .empty
            },
            Def("install(date, datetime, timedelta, timezone, tzinfo, time, /)", .calls, "Take over the plain cases of these classes.", kind: .function) { thread, a, _ in
                guard DateLayout.read(thread, a) else { return .empty }
                for (name, offset, doc) in [("days", 0, "Number of days."), ("seconds", 1, "Number of seconds (>= 0 and less than 1 day)."),
                                            ("microseconds", 2, "Number of microseconds (>= 0 and less than 1 second).")] {
                    guard Descriptors.addReadOnlyMember(thread, DateLayout.timedelta, StringRef.intern(name).value, offset: DateLayout.deltaFields[offset], doc: thread.newString(doc)) else { return .empty }
                }
                DeltaMethods.install(thread)
                DateMethods.install(thread)
                TimeMethods.install(thread)
                return DateTimeMethods.install(thread) ? .none : .empty
            },
            Def("install_zones(zone, offset, /)", .calls, "Take over the plain cases of ZoneInfo, whose offsets are instances of the other class.", kind: .function) { thread, a, _ in
                ZoneMethods.install(thread, a[0], a[1]) ? .none : .empty
            },
        ]) { module in
            module.set("datetime_CAPI", Capsule.empty(module.thread, name: "datetime.datetime_CAPI"))
            return true
        }
    }
}

/// Where the fields of the instances are, and what does the rest.
enum DateLayout {
    nonisolated(unsafe) static var date: TypeRef!
    nonisolated(unsafe) static var datetime: TypeRef!
    nonisolated(unsafe) static var timedelta: TypeRef!
    nonisolated(unsafe) static var timezone: TypeRef!
    nonisolated(unsafe) static var tzinfo: TypeRef!
    nonisolated(unsafe) static var time: TypeRef!
    nonisolated(unsafe) private(set) static var dateShape: ShapeIndex = 0
    nonisolated(unsafe) private(set) static var datetimeShape: ShapeIndex = 0
    nonisolated(unsafe) private(set) static var deltaShape: ShapeIndex = 0
    nonisolated(unsafe) private(set) static var zoneShape: ShapeIndex = 0
    nonisolated(unsafe) private(set) static var timeShape: ShapeIndex = 0
    /// Byte offsets: of a date the day and the hash, which a datetime has in the same places; of a datetime and a time the clock and the time zone; of a time the hash.
    nonisolated(unsafe) static var day = 0
    nonisolated(unsafe) static var dayHash = 0
    nonisolated(unsafe) static var datetimeClock = 0
    nonisolated(unsafe) static var datetimeZone = 0
    nonisolated(unsafe) static var timeClock = 0
    nonisolated(unsafe) static var timeZone = 0
    nonisolated(unsafe) static var timeHash = 0
    /// days, seconds, microseconds, hash
    nonisolated(unsafe) static let deltaFields = UnsafeMutablePointer<Int>.allocate(capacity: 4)
    nonisolated(unsafe) static var zoneOffset = 0
    /// `timezone.utc`
    nonisolated(unsafe) static let utc = RootTable.reserve()
    /// The Python functions that were there, by `class.name`: a dict.
    private static let originals = RootTable.reserve()

    static func read(_ thread: ThreadRef, _ a: Arguments) -> Bool {
        for index in 0 ..< 6 {
            guard a[index].isType, TypeRef(a[index]).has(.heap) else {
                thread.raise(.typeError, "install() takes classes")
                return false
            }
        }
        date = TypeRef(a[0])
        datetime = TypeRef(a[1])
        timedelta = TypeRef(a[2])
        timezone = TypeRef(a[3])
        tzinfo = TypeRef(a[4])
        time = TypeRef(a[5])
        dateShape = date.pointer.pointee.rootShape
        datetimeShape = datetime.pointer.pointee.rootShape
        deltaShape = timedelta.pointer.pointee.rootShape
        zoneShape = timezone.pointer.pointee.rootShape
        timeShape = time.pointer.pointee.rootShape
        guard field(thread, date, "_hashcode", &dayHash), field(thread, datetime, "_tzinfo", &datetimeZone), field(thread, time, "_tzinfo", &timeZone),
              field(thread, time, "_hashcode", &timeHash), field(thread, timezone, "_offset", &zoneOffset) else { return false }
        for (index, name) in ["_days", "_seconds", "_microseconds", "_hashcode"].enumerated() {
            guard field(thread, timedelta, name, &deltaFields[index]) else { return false }
        }
        utc.pointee = thread.getAttribute(a[3], StringRef.intern("utc").value)
        originals.pointee = thread.newDict()
        return !utc.pointee.isEmpty && !originals.pointee.isEmpty
    }

    /// The byte offset of a member of a class's `__slots__`. False when it has raised.
    static func field(_ thread: ThreadRef, _ type: TypeRef, _ name: String, _ target: inout Int) -> Bool {
        let member = type.namespace.get(string: StringRef.intern(name).value)
        guard !member.isEmpty, member.isExact(.memberDescriptor), member.object(DescriptorObject.self).pointee.payload2 == 0 else {
            thread.raise(.typeError, "no slot \(name)")
            return false
        }
        target = Int(member.object(DescriptorObject.self).pointee.payload)
        return true
    }

    @inline(__always) static func field(_ value: Value, _ offset: Int) -> UnsafeMutablePointer<Value> { (value.raw + offset).assumingMemoryBound(to: Value.self) }

    // MARK: The Python functions

    /// Puts a method in the place of a Python function, which is kept. False when it has raised.
    static func replace(_ thread: ThreadRef, _ type: TypeRef, _ methods: [Def], _ names: [String]) -> Bool {
        for name in names {
            var function = type.namespace.get(string: StringRef.intern(name).value)
            if function.isExact(.classMethod) || function.isExact(.staticMethod) { function = function.object(WrapperObject.self).pointee.callable }
            guard function.isExact(.function) else {
                thread.raise(.typeError, "no function \(name)")
                return false
            }
            guard DictRef(originals.pointee).set(thread, key(type, name), function) else { return false }
        }
        NativeType.extend(type, methods: methods)
        return !thread.hasException
    }

    private static func key(_ type: TypeRef, _ name: String) -> Value { StringRef.intern("\(type.shortName).\(name)").value }

    /// The Python function that did this before.
    static func originalFunction(_ type: TypeRef, _ name: String) -> Value? {
        let function = DictRef(originals.pointee).get(string: key(type, name))
        return function.isEmpty ? nil : function
    }

    /// Calls the Python function that did this before, with one to three arguments.
    @inline(never) static func original(_ thread: ThreadRef, _ type: TypeRef, _ name: String, _ first: Value, _ second: Value = .empty, _ third: Value = .empty) -> Value {
        let function = DictRef(originals.pointee).get(string: key(type, name))
        if function.isEmpty { return thread.raise(.attributeError, name) }
        if second.isEmpty { return thread.call(function, first) }
        return third.isEmpty ? thread.call(function, first, second) : thread.call(function, first, second, third)
    }

    /// Calls the `__new__` that did this before.
    @inline(never) static func originalNew(_ thread: ThreadRef, _ type: TypeRef, _ receiver: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let function = DictRef(originals.pointee).get(string: key(type, "__new__"))
        guard !function.isEmpty, let vector = thread.pushArguments(count + 2) else { return .empty }
        vector[1] = receiver
        (vector + 2).update(from: arguments, count: count)
        let result = thread.call(function, vector + 1, count + 1, keywords)
        thread.popArguments(vector)
        return result
    }

    /// What an operator of a class does that is not a plain case: its method, then the reflected one of the right operand.
    @inline(never) static func operate(_ thread: ThreadRef, _ type: TypeRef, _ a: Value, _ b: Value, _ name: String, _ reflected: String?) -> Value {
        if a.type.isSubtype(of: type) {
            let result = original(thread, type, name, a, b)
            if result != .notImplemented { return result }
        }
        guard let reflected, b.type.isSubtype(of: type) else { return .notImplemented }
        return original(thread, type, reflected, b, a)
    }

    @inline(never) static func compare(_ thread: ThreadRef, _ type: TypeRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        let name: String
        switch comparison {
        case .less: name = "__lt__"
        case .lessEqual: name = "__le__"
        case .equal, .notEqual: name = "__eq__"
        case .greater: name = "__gt__"
        case .greaterEqual: name = "__ge__"
        }
        // A subclass may have its own.
        let isOwn = comparison == .notEqual && a.type.lookup(.__eq__) != type.lookup(.__eq__)
        let result = isOwn ? thread.callSpecial(a, .__eq__, b) ?? .notImplemented : original(thread, type, name, a, b)
        if comparison != .notEqual || result.isEmpty || result == .notImplemented { return result }
        let truth = thread.isTrue(result)
        return truth < 0 ? .empty : Value(truth == 0)
    }

    /// Arguments by position and name, where there is none that is unknown or given twice: false otherwise, with nothing raised.
    static func bind(_ names: [Value], positional: Int, _ arguments: Arguments, _ count: Int, _ keywords: Value, _ target: UnsafeMutablePointer<Value>) -> Bool {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        guard given <= positional else { return false }
        for index in 0 ..< names.count { target[index] = index < given ? arguments[index] : .empty }
        for index in 0 ..< named {
            let key = TupleRef(keywords)[index]
            guard let place = names.firstIndex(where: { $0 == key || StringRef($0).equals(StringRef(key)) }), target[place].isEmpty else { return false }
            target[place] = arguments[given + index]
        }
        return true
    }

    static func names(_ names: String...) -> [Value] { names.map { StringRef.intern($0).value } }
}

/// Fills slots of a class of Python. `modified()` is to follow.
struct ClassSlots {
    private let type: TypeRef

    init(for type: TypeRef) { self.type = type }

    private func set<F>(_ slot: Slot, _ function: F) { type.slotPointer(slot).pointee = unsafeBitCast(function, to: UnsafeRawPointer.self) }

    func unary(_ slot: Slot, _ function: @escaping UnaryFunction) { set(slot, function) }
    func binary(_ slot: Slot, _ function: @escaping BinaryFunction) { set(slot, function) }
    func call(_ slot: Slot, _ function: @escaping CallFunction) { set(slot, function) }
    func compare(_ function: @escaping CompareFunction) { set(.compare, function) }
    func hash(_ function: @escaping HashFunction) { set(.hash, function) }
}
