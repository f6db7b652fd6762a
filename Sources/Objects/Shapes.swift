import Glibc

/// Shapes (hidden classes): where an instance's attributes are.
///
/// Instances of a class start with the class's root shape. Setting a new attribute moves an instance along a transition to the
/// shape that has one name more; attribute n stands in the n-th slot. The first `inlineCapacity` slots are in the object, the
/// rest in an overflow array that the object's dict word points to. Deleting an attribute leads to the shape with the other names. An instance whose
/// `__dict__` was asked for, or which has too many attributes, has its type's `dictShape`: the dict word then holds a dict with all of them.
///
/// Every shape has a version, renewed whenever its type or a base changes: an inline cache needs to compare nothing else.

struct ShapeInfo {
    var parent: ShapeIndex
    /// Attributes.
    var count: Int32
    /// Slots within the object.
    var inlineCapacity: Int32
    /// Interned names by slot; the array is shared with the parent when this shape was its first extension.
    var names: UnsafeMutablePointer<Value>?
    var namesCapacity: Int32
    /// Names filled in the shared array by anyone.
    var transitionCount: Int32
    var transitions: UnsafeMutablePointer<(name: Value, shape: ShapeIndex)>?
    var transitionCapacity: Int32
    /// Another root shape of the same type, with another inline capacity; 0 ends.
    var nextRoot: ShapeIndex
    /// Open-addressing index (slot + 1) by name, made when there are many names.
    var table: UnsafeMutablePointer<UInt16>?
    var tableMask: Int32
}

public enum ShapeFlags {
    /// Attributes are in a dict that the dict word points to.
    public static let dict: UInt8 = 1
}

public enum Shapes {
    static let maximumAttributes = 120

    @inline(__always) static func info(_ shape: ShapeIndex) -> UnsafeMutablePointer<ShapeInfo>? {
        UnsafeMutablePointer(bitPattern: UInt(ShapeTable.record(shape).pointee.payload.0))
    }

    /// Whether instances of the shape keep their attributes in a dict.
    @inline(__always) public static func isDict(_ shape: ShapeIndex) -> Bool { ShapeTable.record(shape).pointee.flags & ShapeFlags.dict != 0 }

    /// Makes the root and dict shapes of a type whose layout fields are set. False when the shape table is full.
    static func makeRoots(_ type: TypeRef, rootIndex: ShapeIndex? = nil) -> Bool {
        let object = type.pointer
        var trace = object.pointee.trace
        var mask = object.pointee.mask
        var tail = Int(object.pointee.tailOffset)
        if object.pointee.dictOffset != 0 && !type.has(.variableSize) {
            // A word beyond the mask's reach is found as the tail.
            if object.pointee.inlineCapacity > 0 || object.pointee.dictOffset >= 512 {
                tail = trace.hasTail ? min(tail, Int(object.pointee.dictOffset)) : Int(object.pointee.dictOffset)
                trace = trace == .custom || trace == .customTail ? .customTail : .tail
            } else {
                mask |= 1 << UInt64(object.pointee.dictOffset >> 3)
                if trace == .leaf { trace = .mask }
            }
        }
        if type.has(.heap) && trace == .leaf { trace = .mask }
        if let rootIndex {
            ShapeTable.define(rootIndex, type: type.value, trace: trace, mask: mask, tailOffset: tail, visit: object.pointee.visit)
            object.pointee.rootShape = rootIndex
        } else {
            guard let root = ShapeTable.add(type: type.value, trace: trace, mask: mask, tailOffset: tail, visit: object.pointee.visit) else { return false }
            let previous = object.pointee.rootShape
            object.pointee.rootShape = root
            setInfo(root, ShapeInfo(parent: 0, count: 0, inlineCapacity: Int32(object.pointee.inlineCapacity), names: nil, namesCapacity: 0,
                                    transitionCount: 0, transitions: nil, transitionCapacity: 0, nextRoot: previous, table: nil, tableMask: 0))
        }
        if info(object.pointee.rootShape) == nil {
            setInfo(object.pointee.rootShape, ShapeInfo(parent: 0, count: 0, inlineCapacity: Int32(object.pointee.inlineCapacity), names: nil, namesCapacity: 0,
                                                        transitionCount: 0, transitions: nil, transitionCapacity: 0, nextRoot: 0, table: nil, tableMask: 0))
        }
        if object.pointee.dictOffset != 0 && !type.has(.heap) {
            // Attributes of a native type's instances (functions, modules, exceptions) are few and all different: they live in a dict from the start, so
            // that an exact instance always has its type's one shape.
            ShapeTable.record(object.pointee.rootShape).pointee.flags = ShapeFlags.dict
            object.pointee.dictShape = object.pointee.rootShape
            return true
        }
        if object.pointee.dictOffset != 0 && object.pointee.dictShape == 0 {
            guard let dict = ShapeTable.add(type: type.value, trace: trace, mask: mask, tailOffset: tail, visit: object.pointee.visit) else { return false }
            ShapeTable.record(dict).pointee.flags = ShapeFlags.dict
            object.pointee.dictShape = dict
        }
        return true
    }

    /// Types that programs make own their shapes.
    static let owner = Owners.addKind { release(TypeRef(Value($0))) }

    /// Gives back all shapes of a type that has died.
    private static func release(_ type: TypeRef) {
        var root = type.pointer.pointee.rootShape
        while root != 0 {
            let next = info(root)?.pointee.nextRoot ?? 0
            remove(root)
            root = next
        }
        let dict = type.pointer.pointee.dictShape
        // It may have been the root.
        if dict != 0, ShapeTable.record(dict).pointee.type == type.value { remove(dict) }
    }

    private static func remove(_ shape: ShapeIndex) {
        if let info = info(shape) {
            for index in 0 ..< Int(info.pointee.transitionCount) { remove(info.pointee.transitions![index].shape) }
            let parent = info.pointee.parent == 0 ? nil : Shapes.info(info.pointee.parent)
            if info.pointee.names != parent?.pointee.names { info.pointee.names?.deallocate() }
            info.pointee.transitions?.deallocate()
            info.pointee.table?.deallocate()
            info.deallocate()
        }
        ShapeTable.remove(shape)
    }

    private static func setInfo(_ shape: ShapeIndex, _ info: ShapeInfo) {
        let pointer = UnsafeMutablePointer<ShapeInfo>.allocate(capacity: 1)
        pointer.initialize(to: info)
        ShapeTable.record(shape).pointee.payload.0 = UInt64(UInt(bitPattern: pointer))
    }

    /// The slot of an interned name, or -1.
    static func slot(_ shape: ShapeIndex, _ name: Value) -> Int {
        guard let info = info(shape), let names = info.pointee.names else { return -1 }
        let count = Int(info.pointee.count)
        if count <= 8 {
            var index = 0
            while index < count {
                if names[index] == name { return index }
                index += 1
            }
            return -1
        }
        if info.pointee.table == nil { buildTable(info) }
        let table = info.pointee.table.unsafelyUnwrapped
        let mask = Int(info.pointee.tableMask)
        var place = Int(truncatingIfNeeded: name.bits >> 4) & mask
        while table[place] != 0 {
            let slot = Int(table[place]) - 1
            if names[slot] == name { return slot }
            place = (place + 1) & mask
        }
        return -1
    }

    private static func buildTable(_ info: UnsafeMutablePointer<ShapeInfo>) {
        var size = 16
        while size < Int(info.pointee.count) * 2 { size *= 2 }
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: size)
        table.initialize(repeating: 0, count: size)
        for slot in 0 ..< Int(info.pointee.count) {
            var place = Int(truncatingIfNeeded: info.pointee.names![slot].bits >> 4) & (size - 1)
            while table[place] != 0 { place = (place + 1) & (size - 1) }
            table[place] = UInt16(slot + 1)
        }
        info.pointee.table = table
        info.pointee.tableMask = Int32(size - 1)
    }

    /// The shape that has one attribute more; nil when instances should rather have a dict.
    static func adding(_ shape: ShapeIndex, _ name: Value) -> ShapeIndex? {
        guard let info = info(shape), Int(info.pointee.count) < maximumAttributes else { return nil }
        for index in 0 ..< Int(info.pointee.transitionCount) where info.pointee.transitions![index].name == name { return info.pointee.transitions![index].shape }
        // A type whose instances all differ (keys used as attributes) gains nothing from shapes.
        if info.pointee.transitionCount >= 64 { return nil }
        let record = ShapeTable.record(shape)
        guard let child = ShapeTable.add(type: record.pointee.type, trace: record.pointee.trace, mask: record.pointee.mask,
                                         tailOffset: Int(record.pointee.tailOffset), visit: record.pointee.visit) else { return nil }
        let count = Int(info.pointee.count)
        let names: UnsafeMutablePointer<Value>
        let capacity: Int
        if info.pointee.transitionCount == 0, let shared = info.pointee.names, count < Int(info.pointee.namesCapacity) {
            names = shared
            capacity = Int(info.pointee.namesCapacity)
        } else {
            capacity = max(8, count * 2)
            names = .allocate(capacity: capacity)
            for index in 0 ..< count { names[index] = info.pointee.names![index] }
        }
        names[count] = name
        setInfo(child, ShapeInfo(parent: shape, count: Int32(count + 1), inlineCapacity: info.pointee.inlineCapacity, names: names, namesCapacity: Int32(capacity),
                                 transitionCount: 0, transitions: nil, transitionCapacity: 0, nextRoot: 0, table: nil, tableMask: 0))
        if info.pointee.transitionCount == info.pointee.transitionCapacity {
            let larger = UnsafeMutablePointer<(name: Value, shape: ShapeIndex)>.allocate(capacity: max(2, Int(info.pointee.transitionCapacity) * 2))
            for index in 0 ..< Int(info.pointee.transitionCount) { larger[index] = info.pointee.transitions![index] }
            info.pointee.transitions?.deallocate()
            info.pointee.transitions = larger
            info.pointee.transitionCapacity = max(2, info.pointee.transitionCapacity * 2)
        }
        info.pointee.transitions![Int(info.pointee.transitionCount)] = (name, child)
        info.pointee.transitionCount += 1
        return child
    }

    /// New shapes that deletions may still make: deleting and setting many attributes in ever other orders would make shapes without end.
    nonisolated(unsafe) private static var removalBudget = 4096

    /// The shape without the attribute of a slot, with the others in the same order; nil when instances should rather have a dict.
    static func removing(_ shape: ShapeIndex, _ slot: Int) -> ShapeIndex? {
        let names = names(shape)
        if names.count > 32 { return nil }
        var result = shape
        for _ in slot ..< names.count {
            guard let parent = info(result)?.pointee.parent, parent != 0 else { return nil }
            result = parent
        }
        for name in names[(slot + 1)...] {
            guard let info = info(result) else { return nil }
            let known = (0 ..< Int(info.pointee.transitionCount)).first { info.pointee.transitions![$0].name == name }
            if let known {
                result = info.pointee.transitions![known].shape
            } else {
                guard removalBudget > 0, let made = adding(result, name) else { return nil }
                removalBudget -= 1
                result = made
            }
        }
        return result
    }

    /// Names of the attributes by slot.
    static func names(_ shape: ShapeIndex) -> UnsafeBufferPointer<Value> {
        guard let info = info(shape), let names = info.pointee.names else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: names, count: Int(info.pointee.count))
    }

    static func inlineCapacity(_ shape: ShapeIndex) -> Int { Int(info(shape)?.pointee.inlineCapacity ?? 0) }

    /// Gives all shapes of a type new versions.
    static func invalidate(type: TypeRef) {
        var root = type.pointer.pointee.rootShape
        while root != 0 {
            renew(root)
            root = info(root)?.pointee.nextRoot ?? 0
        }
        if type.pointer.pointee.dictShape != 0 { ShapeTable.record(type.pointer.pointee.dictShape).pointee.version = ShapeTable.nextVersion() }
    }

    private static func renew(_ shape: ShapeIndex) {
        ShapeTable.record(shape).pointee.version = ShapeTable.nextVersion()
        guard let info = info(shape) else { return }
        for index in 0 ..< Int(info.pointee.transitionCount) { renew(info.pointee.transitions![index].shape) }
    }
}

/// Where an instance attribute was found, for inline caches.
public struct SlotLocation {
    /// Byte offset in the object; or, when `inOverflow`, of the word in the overflow array (header included).
    public var offset: Int
    public var inOverflow: Bool
}

/// The attributes of an instance: its slots or its dict.
public enum InstanceAttributes {
    /// The dict word of an instance whose type has one.
    @inline(__always) static func dictWord(_ object: Value, _ type: TypeRef) -> UnsafeMutablePointer<Value> {
        if type.has(.variableSize) { return variableDictWord(object, type) }
        return (object.raw + Int(type.pointer.pointee.dictOffset)).assumingMemoryBound(to: Value.self)
    }

    @inline(never) static func variableDictWord(_ object: Value, _ type: TypeRef) -> UnsafeMutablePointer<Value> {
        (object.raw + VariableSize.payload(object, type)).assumingMemoryBound(to: Value.self)
    }

    /// Where slot `n` of an object of this shape is.
    static func location(_ slot: Int, _ shape: ShapeIndex, _ type: TypeRef) -> SlotLocation {
        let capacity = Shapes.inlineCapacity(shape)
        if slot < capacity { return SlotLocation(offset: Int(type.pointer.pointee.dictOffset) + 8 + slot * 8, inOverflow: false) }
        return SlotLocation(offset: MemoryLayout<ValueArrayObject>.size + (slot - capacity) * 8, inOverflow: true)
    }

    @inline(__always) static func word(_ object: Value, _ type: TypeRef, _ location: SlotLocation) -> UnsafeMutablePointer<Value> {
        if location.inOverflow { return (dictWord(object, type).pointee.raw + location.offset).assumingMemoryBound(to: Value.self) }
        return (object.raw + location.offset).assumingMemoryBound(to: Value.self)
    }

    /// The attribute of an interned or other name; empty when there is none. The type has a dict word.
    public static func get(_ object: Value, _ type: TypeRef, _ name: Value) -> Value {
        let shape = object.shapeIndex
        if Shapes.isDict(shape) {
            let dict = dictWord(object, type).pointee
            return dict.isEmpty ? .empty : DictRef(dict).get(string: name)
        }
        let interned = StringRef(name).interned().value
        let slot = Shapes.slot(shape, interned)
        if slot < 0 { return .empty }
        return word(object, type, location(slot, shape, type)).pointee
    }

    /// Where a cache finds the attribute; nil when it is in a dict or absent, or cannot be cached.
    public static func locate(_ object: Value, _ type: TypeRef, _ name: Value) -> SlotLocation? {
        let shape = object.shapeIndex
        if Shapes.isDict(shape) || type.has(.variableSize) || type.pointer.pointee.dictOffset == 0 { return nil }
        let slot = Shapes.slot(shape, name)
        return slot < 0 ? nil : location(slot, shape, type)
    }

    /// Sets an attribute. False when it has raised.
    public static func set(_ thread: ThreadRef, _ object: Value, _ type: TypeRef, _ name: Value, _ value: Value) -> Bool {
        let shape = object.shapeIndex
        if !Shapes.isDict(shape) {
            let interned = StringRef(name).interned().value
            let slot = Shapes.slot(shape, interned)
            if slot >= 0 {
                let place = location(slot, shape, type)
                word(object, type, place).pointee = value
                Heap.barrier(place.inOverflow ? dictWord(object, type).pointee.raw : object.raw)
                return true
            }
            if let larger = Shapes.adding(shape, interned) {
                let next = Shapes.names(shape).count
                let place = location(next, larger, type)
                if place.inOverflow {
                    guard growOverflow(thread, object, type, next + 1 - Shapes.inlineCapacity(shape)) else { return false }
                }
                word(object, type, place).pointee = value
                object.header.pointee.shape = larger
                Heap.barrier(place.inOverflow ? dictWord(object, type).pointee.raw : object.raw)
                type.learnCapacity(next + 1)
                return true
            }
            guard !dict(thread, object).isEmpty else { return false }
        }
        let word = dictWord(object, type)
        if word.pointee.isEmpty {
            let dict = thread.newDict()
            if dict.isEmpty { return false }
            dictWord(object, type).pointee = dict
            Heap.barrier(object.raw)
        }
        return DictRef(dictWord(object, type).pointee).set(thread, name, value)
    }

    private static func growOverflow(_ thread: ThreadRef, _ object: Value, _ type: TypeRef, _ count: Int) -> Bool {
        let old = dictWord(object, type).pointee
        if !old.isEmpty && Heap.cellSize(old.raw) >= MemoryLayout<ValueArrayObject>.size + count * 8 {
            old.object(ValueArrayObject.self).pointee.count = count
            return true
        }
        guard let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + (count * 2 + 2) * 8, shape: TypeID.valueArray.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        if !old.isEmpty { memcpy(raw + MemoryLayout<ValueArrayObject>.size, old.raw + MemoryLayout<ValueArrayObject>.size, (count - 1) * 8) }
        raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = count
        dictWord(object, type).pointee = Value(raw)
        Heap.barrier(object.raw)
        return true
    }

    /// Deletes an attribute: 1 when it was there, 0 when not, -1 when it has raised.
    public static func delete(_ thread: ThreadRef, _ object: Value, _ name: Value) -> Int {
        let type = object.type
        if get(object, type, name).isEmpty { return 0 }
        if deleteSlot(object, type, StringRef(name).interned().value) { return 1 }
        let own = dict(thread, object)
        if own.isEmpty { return -1 }
        let entry = DictRef(own).find(string: name)
        if entry < 0 { return 0 }
        DictRef(own).remove(entry: entry)
        return 1
    }

    /// Deletes an attribute that the instance has by giving it a shape without: those behind move up. False when it should rather have a dict.
    private static func deleteSlot(_ object: Value, _ type: TypeRef, _ name: Value) -> Bool {
        let shape = object.shapeIndex
        if Shapes.isDict(shape) || type.has(.variableSize) { return false }
        let slot = Shapes.slot(shape, name), count = Shapes.names(shape).count
        guard slot >= 0, let smaller = Shapes.removing(shape, slot) else { return false }
        for index in slot ..< count - 1 {
            word(object, type, location(index, shape, type)).pointee = word(object, type, location(index + 1, shape, type)).pointee
        }
        let last = location(count - 1, shape, type)
        word(object, type, last).pointee = .empty
        if last.inOverflow {
            let overflow = dictWord(object, type).pointee
            overflow.object(ValueArrayObject.self).pointee.count = count - 1 - Shapes.inlineCapacity(shape)
            Heap.barrier(overflow.raw)
        }
        object.header.pointee.shape = smaller
        Heap.barrier(object.raw)
        return true
    }

    /// The instance's `__dict__`: from now on it holds the attributes. Empty when it has raised.
    public static func dict(_ thread: ThreadRef, _ object: Value) -> Value {
        let type = object.type
        let shape = object.shapeIndex
        if Shapes.isDict(shape) {
            let word = dictWord(object, type)
            if word.pointee.isEmpty {
                let dict = thread.newDict()
                if dict.isEmpty { return .empty }
                dictWord(object, type).pointee = dict
                Heap.barrier(object.raw)
            }
            return dictWord(object, type).pointee
        }
        let names = Shapes.names(shape)
        let dict = thread.newDict(capacity: names.count)
        if dict.isEmpty { return .empty }
        for (slot, name) in names.enumerated() {
            let value = word(object, type, location(slot, shape, type)).pointee
            if !value.isEmpty, !DictRef(dict).set(thread, name, value) { return .empty }
        }
        adopt(object, type, dict)
        return dict
    }

    /// Replaces the instance's `__dict__`.
    public static func setDict(_ object: Value, _ dict: Value) { adopt(object, object.type, dict) }

    private static func adopt(_ object: Value, _ type: TypeRef, _ dict: Value) {
        let shape = object.shapeIndex
        if !Shapes.isDict(shape) {
            let capacity = min(Shapes.inlineCapacity(shape), Shapes.names(shape).count)
            let offset = Int(type.pointer.pointee.dictOffset) + 8
            for slot in 0 ..< capacity { (object.raw + offset + slot * 8).assumingMemoryBound(to: Value.self).pointee = .empty }
            object.header.pointee.shape = type.pointer.pointee.dictShape
        }
        dictWord(object, type).pointee = dict
        Heap.barrier(object.raw)
    }

    /// A new dict of the attributes, with the instance left as it is: for `__getstate__`, `copy` and comparison.
    public static func snapshot(_ thread: ThreadRef, _ object: Value) -> Value {
        let type = object.type
        let shape = object.shapeIndex
        if Shapes.isDict(shape) {
            let own = dictWord(object, type).pointee
            return own.isEmpty ? thread.newDict() : thread.copyDict(DictRef(own))
        }
        let dict = thread.newDict()
        if dict.isEmpty { return .empty }
        for (slot, name) in Shapes.names(shape).enumerated() {
            let value = word(object, type, location(slot, shape, type)).pointee
            if !value.isEmpty, !DictRef(dict).set(thread, name, value) { return .empty }
        }
        return dict
    }
}

/// Objects whose items follow the fixed part: int, str, bytes and tuple.
///
/// Behind the items an instance of a subclass has its dict word, if there is one, or a foreign struct in the place that `ForeignLayout` says; and behind
/// those the values of `__slots__`, the base's first. Where they stand depends on the number of items.
public enum VariableSize {
    /// Bytes up to the dict word of a subclass instance.
    public static func payload(_ object: Value, _ type: TypeRef) -> Int {
        let size: Int
        if type.has(.tupleSubclass) {
            size = MemoryLayout<TupleObject>.size + TupleRef(object).count * 8
        } else if type.has(.strSubclass) {
            let string = StringRef(object)
            size = MemoryLayout<StringObject>.size + (string.count + 1) * string.width
        } else if type.has(.bytesSubclass) {
            size = MemoryLayout<BytesObject>.size + BytesRef(object).count + 1
        } else {
            size = MemoryLayout<IntObject>.size + abs(object.object(IntObject.self).pointee.size) * 8
        }
        return (size + 7) & ~7
    }

    /// The collector's visitor for instances of subclasses.
    public static let visit: @convention(c) (UnsafeMutableRawPointer) -> Void = { raw in
        let object = Value(raw)
        let type = object.type
        if type.has(.tupleSubclass) { Collector.mark(TupleRef(object).items, count: TupleRef(object).count) }
        if type.pointer.pointee.dictOffset != 0 { Collector.mark((raw + payload(object, type)).assumingMemoryBound(to: Value.self).pointee) }
        if type.pointer.pointee.trailingMembers > 0 { Collector.mark(members(object, type), count: Int(type.pointer.pointee.trailingMembers)) }
    }

    /// Offset of the members of `__slots__` when the items end at `payload`, a multiple of 8. The dict word has its place whether there is one or not, for a
    /// subclass may add it.
    @inline(__always) static func membersOffset(_ payload: Int, _ type: TypeRef) -> Int {
        let size = Int(type.pointer.pointee.structSize)
        return size == 0 ? payload + 8 : ForeignLayout.structOffset(after: payload) + (size + 7) & ~7
    }

    /// The values of the `__slots__` of an instance.
    static func members(_ object: Value, _ type: TypeRef) -> UnsafeMutablePointer<Value> {
        (object.raw + membersOffset(payload(object, type), type)).assumingMemoryBound(to: Value.self)
    }
}

extension TypeRef {
    /// Instances turned out to have more attributes than fit inline: new ones get more room. Rare, and bounded.
    @inline(__always) func learnCapacity(_ count: Int) {
        if count > Int(pointer.pointee.inlineCapacity) && has(.heap) && !has(.variableSize) && hasRoomForSlots { learnCapacitySlow(count) }
    }

    /// Nothing of the fixed part follows the dict word, so that attribute slots can.
    var hasRoomForSlots: Bool { pointer.pointee.basicSize == pointer.pointee.dictOffset + 8 }

    @inline(never) private func learnCapacitySlow(_ count: Int) {
        let current = Int(pointer.pointee.inlineCapacity)
        guard current < 64, count <= 64 else { return }
        pointer.pointee.inlineCapacity = UInt32(min(64, max(count, current + 4)))
        // A fresh root: shapes know their capacity. When the table is full the old root stays in use.
        if !Shapes.makeRoots(self) { pointer.pointee.inlineCapacity = UInt32(current) }
    }
}
