import Objects

/// `contextvars` from C.
enum ContextVariables {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_ContextVar_New = { _, name, fallback in
            let thread = Contexts.thread
            let type = thread.importAttribute("_contextvars", "ContextVar")
            let title = thread.newString(cString: name)
            if type.isEmpty || title.isEmpty { return .empty }
            let keywords = thread.newDict(), arguments = thread.newTuple(title)
            guard !keywords.isEmpty, !arguments.isEmpty, fallback.isEmpty || DictRef(keywords).set(thread, Name.default, fallback) else { return .empty }
            return thread.call(type, tuple: arguments, dict: keywords)
        }
        c.pointee.ctx_ContextVar_Get = { _, variable, fallback, result in
            let thread = Contexts.thread
            guard variable.isExact(.contextVariable) else {
                thread.raise(.typeError, "an instance of ContextVar was expected")
                result?.pointee = .empty
                return -1
            }
            let method = thread.getAttribute(variable, Name.get)
            let found = method.isEmpty ? Value.empty : fallback.isEmpty ? thread.call(method) : thread.call(method, fallback)
            result?.pointee = found
            // No value and no default is not an error.
            return found.isEmpty && !thread.clearException(.lookupError) ? -1 : 0
        }
        c.pointee.ctx_ContextVar_Set = { _, variable, value in
            let thread = Contexts.thread
            guard variable.isExact(.contextVariable) else { return thread.raise(.typeError, "an instance of ContextVar was expected") }
            return thread.callMethod(variable, StringRef.intern("set").value, value)
        }
    }
}
