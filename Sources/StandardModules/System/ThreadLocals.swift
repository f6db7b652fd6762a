import Interpreter
import Objects

/// `_thread._local`: an object whose attributes each thread has for itself.
///
/// The object holds a dict of dicts, by the serial number of the thread. So they die with the object; when a thread ends it goes through the living objects,
/// of which `living` keeps a list, and drops its own. A thread that meets the object for the first time runs `__init__` with the arguments the object was made with.
enum ThreadLocals {
    struct LocalObject {
        var header: ObjectHeader
        /// dict: serial number of a thread → dict
        var dicts: Value
        var arguments: Value
        var keywords: Value
        var dict: Value
    }

    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) private static var living: [UInt] = []

    /// The running thread's dict of the object, made at need. Empty when it has raised.
    static func dict(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = value.object(LocalObject.self)
        if object.pointee.dicts.isEmpty { return thread.raise(.systemError, "_local object was not made by its __new__") }
        let key = Value(small: Threads.serial(thread))
        let known = DictRef(object.pointee.dicts).get(thread, key)
        if !known.isEmpty || thread.hasException { return known }
        let made = thread.newDict()
        guard !made.isEmpty, DictRef(object.pointee.dicts).set(thread, key, made) else { return .empty }
        guard let initialize = value.type.call(.initialize), value.type.slotPointer(.initialize).pointee != TypeID.object.type.slotPointer(.initialize).pointee else { return made }
        // Through the object's own `__init__`, as a call of the class would.
        _ = initialize
        let method = thread.getAttribute(value, Name.__init__)
        let result = method.isEmpty ? .empty : thread.call(method, tuple: object.pointee.arguments, dict: object.pointee.keywords)
        if result.isEmpty {
            // The next access tries again.
            let raised = thread.takeException()
            _ = DictRef(object.pointee.dicts).remove(thread, key)
            thread.restore(raised)
            return .empty
        }
        return made
    }

    /// A thread ends: what it kept is dropped.
    static func forget(_ thread: ThreadRef) {
        let key = Value(small: Threads.serial(thread))
        for address in living {
            let object = UnsafeMutablePointer<LocalObject>(bitPattern: address).unsafelyUnwrapped
            if !object.pointee.dicts.isEmpty { _ = DictRef(object.pointee.dicts).remove(thread, key) }
            thread.takeException()
        }
    }

    private static func get(_ thread: ThreadRef, _ value: Value, _ name: Value) -> Value {
        guard name.isString else { return thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'") }
        let dict = self.dict(thread, value)
        if dict.isEmpty { return .empty }
        if StringRef(name).equals("__dict__") { return dict }
        let type = value.type
        let found = type.lookup(name)
        if !found.isEmpty && found.isPointer && found.type.slotPointer(.descriptorSet).pointee != nil && found.type.slotPointer(.descriptorGet).pointee != nil {
            return thread.bind(found, value, type.value)
        }
        let own = DictRef(dict).get(thread, name)
        if !own.isEmpty || thread.hasException { return own }
        if !found.isEmpty { return thread.bind(found, value, type.value) }
        return raiseMissing(thread, value, name)
    }

    private static func raiseMissing(_ thread: ThreadRef, _ value: Value, _ name: Value) -> Value {
        thread.raiseAttributeError("'\(typeName(value))' object has no attribute '\(StringRef(name).description)'", value, name)
    }

    /// Native types show with their module.
    private static func typeName(_ value: Value) -> String { value.type.has(.heap) ? value.type.name : "_thread._local" }

    private static func set(_ thread: ThreadRef, _ value: Value, _ name: Value, _ newValue: Value) -> Int32 {
        guard name.isString else {
            thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'")
            return -1
        }
        let dict = self.dict(thread, value)
        if dict.isEmpty { return -1 }
        if StringRef(name).equals("__dict__") {
            thread.raiseAttributeError("'\(typeName(value))' object attribute '__dict__' is read-only", value, name)
            return -1
        }
        let found = value.type.lookup(name)
        if !found.isEmpty, found.isPointer, let store = found.type.store(.descriptorSet) { return store(thread, found, value, newValue) }
        if newValue.isEmpty {
            if DictRef(dict).remove(thread, name).isEmpty {
                if !thread.hasException { _ = raiseMissing(thread, value, name) }
                return -1
            }
            return 0
        }
        return DictRef(dict).set(thread, name, newValue) ? 0 : -1
    }

    static func define() {
        if type != nil { return }
        Collector.addDeathVisitor { _ in
            ThreadLocals.living.removeAll { !Collector.isMarked(UnsafeMutableRawPointer(bitPattern: $0).unsafelyUnwrapped) }
        }
        type = NativeType("_local", module: "_thread", size: MemoryLayout<LocalObject>.size, mask: 0b1_1110, flags: [.base, .weakReferenceable], doc: "Thread-local data") { slots in
            slots.call(.new) { thread, type, arguments, count, keywords in
                let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
                if count > 0 && TypeRef(type).slotPointer(.initialize).pointee == TypeID.object.type.slotPointer(.initialize).pointee {
                    return thread.raise(.typeError, "Initialization arguments are not supported")
                }
                let value = thread.allocateInstance(TypeRef(type))
                if value.isEmpty { return .empty }
                let positional = thread.newTuple(arguments, count - named)
                let dicts = thread.newDict(), own = thread.newDict()
                guard !positional.isEmpty, !dicts.isEmpty, !own.isEmpty else { return .empty }
                let object = value.object(LocalObject.self)
                object.pointee.arguments = positional
                object.pointee.dicts = dicts
                Heap.barrier(value.raw)
                if named > 0 {
                    let dict = thread.newDict()
                    if dict.isEmpty { return .empty }
                    for index in 0 ..< named {
                        guard DictRef(dict).set(thread, TupleRef(keywords)[index], arguments[count - named + index]) else { return .empty }
                    }
                    object.pointee.keywords = dict
                    Heap.barrier(value.raw)
                }
                guard DictRef(dicts).set(thread, Value(small: Threads.serial(thread)), own) else { return .empty }
                ThreadLocals.living.append(UInt(value.bits))
                return value
            }
            slots.binary(.getAttribute) { thread, value, name in ThreadLocals.get(thread, value, name) }
            slots.store(.setAttribute) { thread, value, name, newValue in ThreadLocals.set(thread, value, name, newValue) }
        }
    }
}
