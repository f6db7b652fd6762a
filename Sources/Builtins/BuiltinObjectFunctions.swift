import Interpreter
import Objects

/// `builtins`: attributes, classes and namespaces of objects.
enum BuiltinObjectFunctions {
    static let table: [Def] = [
        Def("callable(obj, /)", .reads, "Whether an object can be called.", kind: .function) { _, a, _ in
            Value(a[0].type.slotPointer(.call).pointee != nil)
        },
        Def("getattr(object, name, default=<unrepresentable>, /)", .calls, "The attribute of that name; when there is none the default, or AttributeError without one.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            if a[2].isEmpty { return thread.getAttribute(a[0], name) }
            let result = thread.getAttributeOrEmpty(a[0], name)
            return result.isEmpty && !thread.hasException ? a[2] : result
        },
        Def("hasattr(obj, name, /)", .calls, "Whether getattr() finds an attribute of that name.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            let result = thread.getAttributeOrEmpty(a[0], name)
            return result.isEmpty && thread.hasException ? .empty : Value(!result.isEmpty)
        },
        Def("setattr(obj, name, value, /)", .calls, "Sets an attribute: setattr(x, 'y', v) does x.y = v.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            return thread.setAttribute(a[0], name, a[2]) ? .none : .empty
        },
        Def("delattr(obj, name, /)", .calls, "Deletes an attribute: delattr(x, 'y') does del x.y.", kind: .function) { thread, a, _ in
            guard let name = BuiltinObjectFunctions.attributeName(thread, a[1]) else { return .empty }
            return thread.setAttribute(a[0], name, .empty) ? .none : .empty
        },
        Def("isinstance(obj, class_or_tuple, /)", .calls, "Whether an object is an instance of a class, or of one of a tuple of them.", kind: .function) { thread, a, _ in
            let result = thread.isInstance(a[0], a[1])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("issubclass(cls, class_or_tuple, /)", .calls, "Whether a class derives from another, or from one of a tuple of them.", kind: .function) { thread, a, _ in
            let result = thread.isSubclass(a[0], a[1])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("dir(object=<unrepresentable>, /)", .calls, "Sorted names of an object's attributes, or of the current scope without an object.", kind: .function) { thread, a, _ in
            BuiltinObjectFunctions.dir(thread, a[0])
        },
        Def("vars(object=<unrepresentable>, /)", .calls, "An object's __dict__, or locals() without an object.", kind: .function) { thread, a, _ in
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
