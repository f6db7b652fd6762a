import Interpreter
import Objects

/// `builtins`: attributes, classes and namespaces of objects.
enum BuiltinObjectFunctions {
    static let table: [Def] = [
        Def("callable(obj, /)", .reads, "Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method.", kind: .function) { _, a, _ in
            Value(a[0].type.slotPointer(.call).pointee != nil)
        },
        Def("getattr(object, name, default=<unrepresentable>, /)", .calls, "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object; getattr(x, 'y') is equivalent to x.y.\nWhen a default argument is given, it is returned when the attribute doesn't\nexist; without it, an exception is raised in that case.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            if a[2].isEmpty { return thread.getAttribute(a[0], name) }
            let result = thread.getAttributeOrEmpty(a[0], name)
            return result.isEmpty && !thread.hasException ? a[2] : result
        },
        Def("hasattr(obj, name, /)", .calls, "Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            let result = thread.getAttributeOrEmpty(a[0], name)
            return result.isEmpty && thread.hasException ? .empty : Value(!result.isEmpty)
        },
        Def("setattr(obj, name, value, /)", .calls, "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            return thread.setAttribute(a[0], name, a[2]) ? .none : .empty
        },
        Def("delattr(obj, name, /)", .calls, "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            return thread.setAttribute(a[0], name, .empty) ? .none : .empty
        },
        Def("isinstance(obj, class_or_tuple, /)", .calls, "Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)\nor ...`` etc.", kind: .function) { thread, a, _ in
            let result = thread.isInstance(a[0], a[1])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("issubclass(cls, class_or_tuple, /)", .calls, "Return whether 'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)\nor ...``.", kind: .function) { thread, a, _ in
            let result = thread.isSubclass(a[0], a[1])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("dir(object=<unrepresentable>, /)", .calls, "dir([object]) -> list of strings\n\nIf called without an argument, return the names in the current scope.\nElse, return an alphabetized list of names comprising (some of) the attributes\nof the given object, and of attributes reachable from it.\nIf the object supplies a method named __dir__, it will be used; otherwise\nthe default dir() logic is used and returns:\n  for a module object: the module's attributes.\n  for a class object:  its attributes, and recursively the attributes\n    of its bases.\n  for any other object: its attributes, its class's attributes, and\n    recursively the attributes of its class's base classes.", kind: .function) { thread, a, _ in
            BuiltinObjectFunctions.dir(thread, a[0])
        },
        Def("vars(object=<unrepresentable>, /)", .calls, "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to object.__dict__.", kind: .function) { thread, a, _ in
            if a[0].isEmpty { return BuiltinExecution.locals(thread) }
            let result = thread.getAttributeOrEmpty(a[0], Name.__dict__)
            if result.isEmpty && !thread.hasException { return thread.raise(.typeError, "vars() argument must have __dict__ attribute") }
            return result
        },
    ]

    /// The interned name, so that lookups hit caches; nil when it has raised.
    @inline(__always) static func attributeName(_ thread: ThreadRef, _ name: Value) -> Value? {
        guard name.isString else {
            thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'")
            return nil
        }
        return name.isExact(.str) ? StringRef(name).interned().value : name
    }

    static func dir(_ thread: ThreadRef, _ object: Value) -> Value {
        var names: Value
        if object.isEmpty {
            let locals = BuiltinExecution.locals(thread)
            if locals.isEmpty { return .empty }
            let keys = thread.callMethod(locals, .keys)
            if keys.isEmpty { return .empty }
            names = thread.list(keys)
        } else {
            guard let found = thread.callSpecial(object, .__dir__) else { return thread.raise(.typeError, "object does not provide __dir__") }
            if found.isEmpty { return .empty }
            names = thread.list(found)
        }
        if names.isEmpty || thread.callMethod(names, .sort).isEmpty { return .empty }
        return names
    }
}
