import Bytecode
import Objects

/// The instructions that read attributes and read and set items: what is at hand is done at once, properties and special methods written in Python run in the same dispatch
/// loop, and the rest is for the general way.
///
/// These functions are parts of the dispatch loop in another file, and inlined there.
enum AccessInstructions {
    /// `getItem`, `getItemK`
    @_transparent static func item(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, _ a: Int, _ container: Value, _ key: Value, _ callee: inout Value,
                                       _ arguments: inout FramePointer, _ count: inout Int) -> CallInstructions.Step {
        if container.isPointer {
            if key.isSmallInt {
                if container.shapeIndex == TypeID.list.rawValue {
                    let list = ListRef(container)
                    var index = key.smallInt
                    if index < 0 { index += list.count }
                    if UInt(bitPattern: index) < UInt(bitPattern: list.count) { fp[a] = list[index]; return .finished }
                } else if container.shapeIndex == TypeID.tuple.rawValue {
                    let tuple = TupleRef(container)
                    var index = key.smallInt
                    if index < 0 { index += tuple.count }
                    if UInt(bitPattern: index) < UInt(bitPattern: tuple.count) { fp[a] = tuple[index]; return .finished }
                }
            }
            if container.shapeIndex == TypeID.dict.rawValue {
                fp.pc = pc
                let value = DictRef(container).get(thread, key)
                if !value.isEmpty { fp[a] = value; return .finished }
                if thread.hasException { return .raised }
            }
        }
        fp.pc = pc
        callee = SpecialMethods.method(container, .__getitem__)
        if !callee.isEmpty {
            arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
            arguments[0] = container
            arguments[1] = key
            count = 2
            return .enters
        }
        let result = thread.getItem(container, key)
        if result.isEmpty { return .raised }
        fp[a] = result
        return .finished
    }

    /// `setItem`; `a` becomes the register of a result that nobody asks for.
    @_transparent static func setItem(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, _ a: inout Int, _ container: Value, _ key: Value, _ value: Value, _ callee: inout Value,
                                          _ arguments: inout FramePointer, _ count: inout Int) -> CallInstructions.Step {
        if container.isPointer {
            if container.shapeIndex == TypeID.list.rawValue && key.isSmallInt {
                let list = ListRef(container)
                var index = key.smallInt
                if index < 0 { index += list.count }
                if UInt(bitPattern: index) < UInt(bitPattern: list.count) { list.set(index, value); return .finished }
            } else if container.shapeIndex == TypeID.dict.rawValue {
                fp.pc = pc
                if !DictRef(container).set(thread, key, value) { return .raised }
                return .finished
            }
        }
        fp.pc = pc
        callee = SpecialMethods.method(container, .__setitem__)
        if !callee.isEmpty, fp.unusedRegister <= 0xFFFF {
            arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
            arguments[0] = container
            arguments[1] = key
            arguments[2] = value
            count = 3
            a = fp.unusedRegister
            return .enters
        }
        if !thread.setItem(container, key, value) { return .raised }
        return .finished
    }

    /// `getAttr`
    @_transparent static func attribute(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, _ a: Int, _ b: Int, _ cache: UnsafeMutablePointer<InlineCache>, _ callee: inout Value,
                                            _ arguments: inout FramePointer, _ count: inout Int, _ flags: inout UInt64) -> CallInstructions.Step {
        let object = fp[b]
        if object.isPointer {
            let record = ShapeTable.record(object.shapeIndex)
            if record.pointee.version == cache.pointee.version {
                if cache.pointee.kind == .inlineSlot {
                    let value = (object.raw + cache.pointee.offset).assumingMemoryBound(to: Value.self).pointee
                    if !value.isEmpty { fp[a] = value; return .finished }
                } else {
                    fp.pc = pc
                    if a | b <= 0xFF { (callee, count) = SpecialMethods.getter(thread, fp, object, cache) }
                    if !callee.isEmpty {
                        arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                        flags = FrameFlags.getter
                        return .enters
                    }
                    let value = Attributes.cached(thread, object, cache)
                    if !value.isEmpty { fp[a] = value; return .finished }
                    if thread.hasException { return .raised }
                }
            }
        }
        fp.pc = pc
        if a | b <= 0xFF { (callee, count) = SpecialMethods.getter(thread, fp, object, cache) }
        if !callee.isEmpty {
            arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
            flags = FrameFlags.getter
            return .enters
        }
        let result = Attributes.get(thread, object, cache)
        if result.isEmpty { return .raised }
        fp[a] = result
        return .finished
    }
}
