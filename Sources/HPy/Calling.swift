import Objects

/// Calls from C to Python.
enum Calling {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Callable_Check = { _, value in !value.isEmpty && value.type.slotPointer(.call).pointee != nil ? 1 : 0 }
        c.pointee.ctx_CallTupleDict = { _, callable, arguments, keywords in
            let thread = Contexts.thread
            guard arguments.isEmpty || arguments.isTuple else { return thread.raise(.typeError, "HPy_CallTupleDict requires args to be a tuple or null handle") }
            guard keywords.isEmpty || keywords.isDict else { return thread.raise(.typeError, "HPy_CallTupleDict requires kw to be a dict or null handle") }
            guard callable.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "'\(callable.type.name)' object is not callable") }
            return thread.call(callable, tuple: arguments.isEmpty ? WellKnown.emptyTuple.value : arguments, dict: keywords)
        }
        c.pointee.ctx_Call = { _, callable, arguments, count, names in
            let thread = Contexts.thread
            let total = Int(count) + (names.isEmpty ? 0 : TupleRef(names).count)
            // The caller's array may be anywhere; the callee's arguments must be where the collector looks.
            guard let vector = thread.pushArguments(total) else { return .empty }
            if let arguments { vector.update(from: arguments, count: total) }
            let result = thread.call(callable, vector, total, names.isEmpty || TupleRef(names).count == 0 ? .empty : names)
            thread.popArguments(vector)
            return result
        }
        c.pointee.ctx_CallMethod = { _, name, arguments, count, names in
            let thread = Contexts.thread
            guard let arguments, count > 0 else { return thread.raise(.systemError, "HPy_CallMethod needs a receiver") }
            guard name.isString else { return thread.raise(.typeError, "attribute name must be string, not '\(name.isEmpty ? "<NULL>" : name.type.name)'") }
            let receiver = arguments[0]
            let type = receiver.type
            let total = Int(count) + (names.isEmpty ? 0 : TupleRef(names).count)
            guard let vector = thread.pushArguments(total + 1) else { return .empty }
            defer { thread.popArguments(vector) }
            vector[0] = .empty
            (vector + 1).update(from: arguments, count: total)
            let keywords = names.isEmpty || TupleRef(names).count == 0 ? Value.empty : names
            // A method found on the class is called with the receiver in front; an attribute of the instance would come first.
            if type.has(.plainGet), type.pointer.pointee.dictOffset == 0 {
                let found = type.lookup(name)
                if found.isHeap, found.type.has(.methodDescriptor) { return thread.call(found, vector + 1, total, keywords) }
            }
            let method = thread.getAttribute(receiver, name)
            if method.isEmpty { return .empty }
            vector[0] = method
            return thread.call(method, vector + 2, total - 1, keywords)
        }
        c.pointee.ctx_SetCallFunction = { _, object, function in
            let thread = Contexts.thread
            guard let function else {
                thread.raise(.systemError, "HPy_SetCallFunction needs a function")
                return -1
            }
            guard let layout = ForeignType.of(object.type), layout.pointee.hasCall else {
                thread.raise(.typeError, "type '\(object.type.name)' does not implement the HPy call protocol")
                return -1
            }
            let pair = function.assumingMemoryBound(to: HPyFunctionPair.self)
            if layout.pointee.callOffset >= 0 {
                Instances.callMember(object, layout, layout.pointee.callOffset).pointee = pair.pointee
            } else {
                Instances.callWord(object, layout).pointee = pair.pointee.implementation
            }
            return 0
        }
    }
}
