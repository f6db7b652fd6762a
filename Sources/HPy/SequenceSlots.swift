import Objects

/// C's slots that a name does not tell all of.
///
/// A type may have `HPy_nb_add` and `HPy_sq_concat`, and there is one name for both. As with built-in types the name is the number's or the mapping's method, and the sequence's
/// slot is a part of the type nevertheless: `a + b` asks the number slots of both operands before it asks for concatenation, and `iter(x)` goes by `HPy_sq_item` where
/// `x[k]` means `HPy_mp_subscript`. So the records of a type's sequence slots are kept in its `ForeignType`, and the native slots are functions here, which find the record by the MRO. A class in
/// Python derives its slots from the names, as it does in CPython.
///
/// A hash of -1 is a failure to `hash(x)` and a value to `x.__hash__()`. `pow(a, b, c)` asks the slot of any of the three operands, with all of them; the methods `__pow__` and `__rpow__` know only of the first two.
enum SequenceSlots {
    static let all: [Int32] = [storeItem, concat, inplaceConcat, inplaceRepeat, item, length, `repeat`]
    static let storeItem: Int32 = 39, concat: Int32 = 40, inplaceConcat: Int32 = 42, inplaceRepeat: Int32 = 43, item: Int32 = 44, length: Int32 = 45, `repeat`: Int32 = 46
    private static let count = place(`repeat`) + 1

    typealias Records = UnsafeMutablePointer<UnsafeMutablePointer<NativeRecord>?>

    static func place(_ slot: Int32) -> Int { Int(slot - storeItem) }

    /// Notes a type's own record for a slot.
    static func keep(_ record: UnsafeMutablePointer<NativeRecord>, _ slot: Int32, _ layout: UnsafeMutablePointer<ForeignType>) {
        if layout.pointee.sequence == nil {
            let records = Records.allocate(capacity: count)
            records.initialize(repeating: nil, count: count)
            layout.pointee.sequence = records
        }
        layout.pointee.sequence?[place(slot)] = record
    }

    /// The record of the first type in the MRO that was made with the slot.
    private static func record(_ type: TypeRef, _ slot: Int32) -> UnsafeMutablePointer<NativeRecord>? {
        let order = type.mro
        for index in 0 ..< order.count {
            guard let layout = ForeignType.of(TypeRef(order[index])), layout.pointee.owner == order[index].bits else { continue }
            if let record = layout.pointee.sequence?[place(slot)] { return record }
        }
        return nil
    }

    // MARK: The native slots

    static func start() {
        ForeignLayout.slotFunction = { slot, record in
            switch slot {
            case .concat, .inplaceConcat, .repeat, .inplaceRepeat: return SequenceSlots.function(slot)
            case .power: return unsafeBitCast(SequenceSlots.power, to: UnsafeRawPointer.self)
            case .getItem where Functions.calls(record, Functions.itemAt): return unsafeBitCast(SequenceSlots.getItemFunction, to: UnsafeRawPointer.self)
            case .setItem where Functions.calls(record, Functions.setItemAt) || Functions.calls(record, Functions.deleteItemAt):
                return unsafeBitCast(SequenceSlots.setItemFunction, to: UnsafeRawPointer.self)
            case .hash: return unsafeBitCast(SequenceSlots.hashFunction, to: UnsafeRawPointer.self)
            default: return nil
            }
        }
        ForeignLayout.completeSlots = { SequenceSlots.complete($0) }
    }

    private static func call(_ thread: ThreadRef, _ receiver: Value, _ slot: Int32, _ argument: Value = .empty) -> Value {
        guard let record = SequenceSlots.record(receiver.type, slot), let function = record.pointee.foreign else {
            return thread.raise(.systemError, "'\(receiver.type.name)' object has lost a slot")
        }
        guard thread.enterRecursion() else { return .empty }
        var argument = argument
        let result = function(thread, UnsafeMutableRawPointer(record), receiver, &argument, argument.isEmpty ? 0 : 1, .empty)
        thread.leaveRecursion()
        return result
    }

    private static func function(_ slot: Slot) -> UnsafeRawPointer? {
        let result: BinaryFunction
        switch slot {
        case .concat: result = { SequenceSlots.call($0, $1, SequenceSlots.concat, $2) }
        case .inplaceConcat: result = { SequenceSlots.call($0, $1, SequenceSlots.inplaceConcat, $2) }
        case .repeat: result = { SequenceSlots.call($0, $1, SequenceSlots.repeat, $2) }
        case .inplaceRepeat: result = { SequenceSlots.call($0, $1, SequenceSlots.inplaceRepeat, $2) }
        default: return nil
        }
        return unsafeBitCast(result, to: UnsafeRawPointer.self)
    }

    /// The place that a subscription of a sequence means, as an int that fits a word; empty when it has raised.
    private static func index(_ thread: ThreadRef, _ key: Value) -> Value {
        guard key.isInt || key.type.slotPointer(.index).pointee != nil else { return thread.raise(.typeError, "sequence index must be integer, not '\(key.type.name)'") }
        return thread.toInt(key, overflow: .indexError).map { thread.newInt($0) } ?? .empty
    }

    private static let getItemFunction: BinaryFunction = { thread, receiver, key in
        let index = SequenceSlots.index(thread, key)
        return index.isEmpty ? .empty : SequenceSlots.call(thread, receiver, SequenceSlots.item, index)
    }

    private static let setItemFunction: StoreFunction = { thread, receiver, key, value in
        let index = SequenceSlots.index(thread, key)
        guard !index.isEmpty, let record = SequenceSlots.record(receiver.type, SequenceSlots.storeItem), thread.enterRecursion() else { return -1 }
        let result = Functions.storeAt(thread, UnsafeMutableRawPointer(record), receiver, index, value)
        thread.leaveRecursion()
        return result.isEmpty ? -1 : 0
    }

    private static let hashFunction: HashFunction = { thread, receiver in
        guard let record = receiver.type.lookup(.__hash__).foreignSlotRecord else { return unhashableHash(thread, receiver) }
        return Functions.hash(thread, UnsafeMutableRawPointer(record), receiver)
    }

    private static let itemFunction: BinaryFunction = { SequenceSlots.call($0, $1, item, $2) }

    private static let lengthFunction: LengthFunction = { thread, receiver in
        let result = SequenceSlots.call(thread, receiver, length)
        return result.isEmpty ? -1 : thread.toInt(result) ?? -1
    }

    /// The truth of what has two lengths is the mapping's.
    private static let truthFunction: PredicateFunction = { thread, receiver in
        let result = thread.callSpecialFast(receiver, Name.__len__.value)
        return result.isEmpty ? -1 : thread.isTrue(result)
    }

    /// Sets the native slots of a type from a specification that names do not tell of.
    private static func complete(_ type: TypeRef) {
        guard let layout = ForeignType.of(type), layout.pointee.owner == type.value.bits else { return }
        func set<F>(_ slot: Slot, _ function: F) { type.slotPointer(slot).pointee = unsafeBitCast(function, to: UnsafeRawPointer.self) }
        for (number, slot) in [(concat, Slot.concat), (inplaceConcat, .inplaceConcat), (`repeat`, .repeat), (inplaceRepeat, .inplaceRepeat)]
        where SequenceSlots.record(type, number) != nil { type.slotPointer(slot).pointee = SequenceSlots.function(slot) }
        if type.lookup(.__getitem__).foreignSlotRecord != nil, SequenceSlots.record(type, item) != nil { set(.item, itemFunction) }
        if let named = type.lookup(.__len__).foreignSlotRecord, let own = SequenceSlots.record(type, length) {
            set(.length, lengthFunction)
            if named != own && type.slotPointer(.bool).pointee == nil { set(.bool, truthFunction) }
        }
        // A method of the name does not make instances.
        if type.namespace.get(.__new__).isExact(.methodDescriptor) { type.slotPointer(.new).pointee = TypeRef(type.pointer.pointee.base).slotPointer(.new).pointee }
    }

    // MARK: Power

    /// The C function that a value's type has for `HPy_nb_power`, unless a method in Python stands for it.
    private static func powerRecord(_ value: Value) -> UnsafeMutablePointer<NativeRecord>? {
        guard value.type.slotPointer(.power).pointee == unsafeBitCast(power, to: UnsafeRawPointer.self) else { return nil }
        return value.type.lookup(.__pow__).foreignSlotRecord
    }

    /// Called for whichever operand has the slot; it asks each C function once, a subclass's on the right first.
    private static let power: TernaryFunction = { thread, a, b, modulus in
        let left = SequenceSlots.powerRecord(a), third = modulus.isNone ? nil : SequenceSlots.powerRecord(modulus)
        var right = SequenceSlots.powerRecord(b)
        func isSame(_ x: UnsafeMutablePointer<NativeRecord>?, _ y: UnsafeMutablePointer<NativeRecord>) -> Bool { x.map { Functions.isSame($0, y) } ?? false }
        func ask(_ record: UnsafeMutablePointer<NativeRecord>) -> Value {
            guard thread.enterRecursion() else { return .empty }
            let result = Functions.power(thread, UnsafeMutableRawPointer(record), a, b, modulus)
            thread.leaveRecursion()
            return result
        }
        let isThirdNew = third.map { !isSame(left, $0) && !isSame(right, $0) } ?? false
        if let own = right, isSame(left, own) { right = nil }
        if let own = right, left != nil, b.type.isSubtype(of: a.type) {
            let result = ask(own)
            if result != .notImplemented { return result }
            right = nil
        }
        for record in [left, right, isThirdNew ? third : nil] {
            guard let record else { continue }
            let result = ask(record)
            if result != .notImplemented { return result }
        }
        return .notImplemented
    }
}
