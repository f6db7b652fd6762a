/// `object` and `type`.

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// `type(arguments)`: `__new__`, then `__init__` when the result is an instance.
    public func instantiate(_ type: TypeRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard let new = type.call(.new), !type.has(.noInstantiation) else { return raise(.typeError, "cannot create '\(type.name)' instances") }
        let result = new(self, type.value, arguments, count, keywords)
        if result.isEmpty { return .empty }
        let made = result.type
        if made != type && !made.isSubtype(of: type) { return result }
        if let initialize = made.call(.initialize) {
            if initialize(self, result, arguments, count, keywords).isEmpty { return .empty }
        }
        return result
    }
}

enum ObjectType {
    /// Whether arguments to `object.__new__` or `__init__` are too many for the class.
    static func excessNew(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        if type.slotPointer(.new).pointee != TypeID.object.type.slotPointer(.new).pointee {
            return thread.raise(.typeError, "object.__new__() takes exactly one argument (the type to instantiate)")
        }
        if type.slotPointer(.initialize).pointee == TypeID.object.type.slotPointer(.initialize).pointee {
            return thread.raise(.typeError, "\(type.name)() takes no arguments")
        }
        return .none
    }

    static func start() {
        NativeType(id: .object, "object", base: nil, size: 8, flags: .base,
                   doc: "object()\n--\n\nThe class that all others inherit from. Its own instances have no attributes and take none.\n",
                   methods: [], getters: []) { slots in
            slots.call(.new) { thread, type, _, count, _ in
                let type = TypeRef(type)
                if count > 0, ObjectType.excessNew(thread, type).isEmpty { return .empty }
                if type.has(.abstract) {
                    return ObjectType.raiseAbstract(thread, type)
                }
                return thread.allocateInstance(type)
            }
            slots.call(.initialize) { thread, receiver, _, count, _ in
                if count > 0 {
                    let type = receiver.type
                    if type.slotPointer(.initialize).pointee != TypeID.object.type.slotPointer(.initialize).pointee {
                        return thread.raise(.typeError, "object.__init__() takes exactly one argument (the instance to initialize)")
                    }
                    if type.slotPointer(.new).pointee == TypeID.object.type.slotPointer(.new).pointee {
                        return thread.raise(.typeError, "\(type.name).__init__() takes exactly one argument (the instance to initialize)")
                    }
                }
                return .none
            }
            slots.binary(.getAttribute) { thread, object, name in thread.genericGet(object, name) }
            slots.store(.setAttribute) { thread, object, name, value in thread.genericSet(object, name, value) ? 0 : -1 }
            slots.hash { _, value in Hashing.identity(value) }
            slots.compare { thread, a, b, operation in
                switch Comparison(rawValue: operation) {
                case .equal: return a == b ? .true : .notImplemented
                case .notEqual:
                    guard let equal = a.type.slot(.compare, as: CompareFunction.self) else { return .notImplemented }
                    let result = equal(thread, a, b, Comparison.equal.rawValue)
                    if result.isEmpty || result == .notImplemented { return result }
                    let truth = thread.isTrue(result)
                    return truth < 0 ? .empty : Value(truth == 0)
                default: return .notImplemented
                }
            }
            slots.unary(.repr) { thread, value in
                let type = value.type
                let module = thread.typeModule(type)
                let name = StringRef(type.pointer.pointee.qualifiedName).description
                let prefix = module.isString && !StringRef(module).equals("builtins") ? StringRef(module).description + "." : ""
                return thread.newString("<\(prefix)\(name) object at \(hexadecimal(value))>")
            }
            slots.unary(.str) { thread, value in
                // What is no text is str()'s to refuse.
                guard let function = value.type.unary(.repr) else { return thread.repr(value) }
                return function(thread, value)
            }
        }
    }

    static func raiseAbstract(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let names = thread.list(type.pointer.pointee.abstractMethods)
        if names.isEmpty { return .empty }
        var texts: [String] = []
        for index in 0 ..< ListRef(names).count where ListRef(names)[index].isString { texts.append(StringRef(ListRef(names)[index]).description) }
        texts.sort()
        return thread.raise(.typeError, "Can't instantiate abstract class \(type.name) with abstract method\(texts.count == 1 ? "" : "s") \(texts.joined(separator: ", "))")
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// `type.__module__`: a str for native types, whatever is in the namespace for classes. Empty when there is none.
    public func typeModule(_ type: TypeRef) -> Value {
        let own = type.namespace.get(.__module__)
        if !own.isEmpty { return own }
        return type.has(.heap) ? .empty : type.pointer.pointee.module
    }
}
