import Bytecode
import CoreTypes
import Interpreter
import TraceJIT

/// `super()` and what is called through it. The object that `super()` makes is virtual, and its methods are found while recording.
extension Recorder {
    /// What `super()` without arguments makes in the innermost frame; nil when it has to be found out anew each time.
    func superObject() -> Ref? {
        let code = level.code, closure = level.function.object(FunctionObject.self).pointee.closure
        guard code.pointee.argumentCount > 0, !closure.isEmpty, case let free = TupleRef(code.pointee.freeNames),
              let index = (0 ..< free.count).first(where: { free[$0] == Name.__class__.value }) else { return nil }
        let contents = TupleRef(closure)[index].object(CellObject.self).pointee.contents
        var receiver = read(0), value = actual(0)
        if value.isExact(.cell) {
            receiver = b.load(receiver, words.cell)
            value = value.object(CellObject.self).pointee.contents
        }
        guard !contents.isEmpty, contents.isType, !value.isEmpty, value.isPointer, !value.isExact(.cell) else { return nil }
        let type = TypeRef(contents), receiverType: Value
        if value.isType && TypeRef(value).isSubtype(of: type) {
            receiverType = value
        } else {
            guard value.type.isSubtype(of: type) else { return nil }
            receiverType = value.type.value
        }
        guardSame(b.load(cell(index), words.cell), contents)
        if value.isType { guardSame(receiver, value) } else { guardShape(receiver, value) }
        let made = b.new(words.layout("super", TypeID.super.rawValue, size: MemoryLayout<SuperObject>.size))
        isNew(made)
        b.store(made, words.superType, constant(contents))
        b.store(made, words.superReceiver, word(receiver))
        b.store(made, words.superReceiverType, constant(receiverType))
        return made
    }

    /// The method of a `super` object for a call: R[a] is what is called, with the receiver behind. Nil when it is not so simple.
    func superMethod(_ a: Int, _ ref: Ref, _ object: Value, _ name: Value) -> Outcome? {
        guard object.isExact(.super), let (callee, receiver) = Super.method(object, name) else { return nil }
        let base = object.object(SuperObject.self).pointee
        guardObject(ref, object)
        guardSame(b.load(ref, words.superType), base.type)
        let held = b.load(ref, words.superReceiver)
        if base.receiver == base.receiverType {
            guardSame(held, base.receiver)
            guardTypeVersion(TypeRef(base.receiver))
        } else {
            guard base.receiver.type.value == base.receiverType else { return nil }
            guardShape(held, base.receiver)
        }
        write(a, constant(callee))
        write(a + frameHeaderWords, receiver.isEmpty ? b.value(0) : receiver == base.receiver ? held : constant(receiver))
        return .goesOn
    }

    /// A call of a built-in type's slot by its wrapper: those initializers that most classes come to in the end.
    func wrapped(_ callee: Value, _ ref: Ref, _ a: Int, _ window: Int, _ arguments: [Ref], _ values: [Value]) -> Outcome? {
        let descriptor = callee.object(DescriptorObject.self).pointee
        guard descriptor.name == Name.__init__.value else { return nil }
        func isInitializer(_ type: TypeID) -> Bool { descriptor.payload == UInt(bitPattern: type.type.slotPointer(.initialize).pointee) }
        let count = arguments.count
        if isInitializer(.baseException), values[0].isException {
            guardSame(ref, callee)
            guardObject(arguments[0], values[0])
            initializeException(arguments[0], Array(arguments.dropFirst()))
        } else if isInitializer(.object), count == 1 {
            guardSame(ref, callee)
        } else { return nil }
        forgetWindow(window, count)
        write(a, b.value(Value.none.bits))
        return .goesOn
    }
}
