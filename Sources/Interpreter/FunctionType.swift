import Bytecode

@inline(__always) private func function(_ value: Value) -> UnsafeMutablePointer<FunctionObject> { value.object(FunctionObject.self) }

private func orNone(_ value: Value) -> Value { value.isEmpty ? .none : value }

/// The `function` type's Python face.
enum FunctionType {
    /// `__annotations__`: made a dict when it is first asked for.
    static func annotations(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = function(value)
        let own = object.pointee.annotations
        if !own.isEmpty && !own.isExact(.tuple) { return own }
        let dict = thread.newDict()
        if dict.isEmpty { return .empty }
        if !own.isEmpty {
            let items = TupleRef(own)
            var index = 0
            while index + 1 < items.count {
                guard DictRef(dict).set(thread, items[index], items[index + 1]) else { return .empty }
                index += 2
            }
        }
        object.pointee.annotations = dict
        Heap.barrier(value.raw)
        return dict
    }

    /// `__doc__`, which is looked up in the code only when it is asked for.
    private static func doc(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = function(value)
        if object.pointee.doc.isEmpty {
            guard let code = Code.whole(thread, object.pointee.code) else { return .empty }
            let constants = TupleRef(code.pointee.constants)
            object.pointee.doc = constants.count > 0 && constants[0].isString ? constants[0] : .none
            Heap.barrier(value.raw)
        }
        return object.pointee.doc
    }

    static func start() {
        TypeConstruction.countAssignedAttributes = { Int($0.object(FunctionObject.self).pointee.code.object(CodeObject.self).pointee.selfAttributeCount) }
        NativeType(id: .function, "function", size: MemoryLayout<FunctionObject>.size, mask: 0b1_1111_1111_1110, dictOffset: MemoryLayout<FunctionObject>.offset(of: \FunctionObject.dict)!,
                   flags: [.weakReferenceable, .methodDescriptor], doc: "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\nCreate a function object.", methods: [], getters: [
            Getter("__code__", set: { thread, a, _ in
                guard a[1].isExact(.code) else { return thread.raise(.typeError, "__code__ must be set to a code object") }
                let needed = Code.freeCount(of: a[1])
                let closure = function(a[0]).pointee.closure
                let available = closure.isEmpty ? 0 : TupleRef(closure).count
                if needed != available {
                    return thread.raise(.valueError, "\(StringRef(function(a[0]).pointee.name).description)() requires a code object with \(available) free vars, not \(needed)")
                }
                if FunctionType.doc(thread, a[0]).isEmpty { return .empty }
                function(a[0]).pointee.code = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in function(a[0]).pointee.code },
            Getter("__globals__", set: readOnlyMember) { _, a, _ in function(a[0]).pointee.globals },
            Getter("__builtins__", isMember: true) { _, a, _ in function(a[0]).pointee.builtins },
            Getter("__closure__", isMember: true) { _, a, _ in orNone(function(a[0]).pointee.closure) },
            Getter("__name__", set: { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "__name__ must be set to a string object") }
                function(a[0]).pointee.name = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in function(a[0]).pointee.name },
            Getter("__qualname__", set: { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "__qualname__ must be set to a string object") }
                function(a[0]).pointee.qualifiedName = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in function(a[0]).pointee.qualifiedName },
            Getter("__defaults__", set: { thread, a, _ in
                guard a[1].isEmpty || a[1].isNone || a[1].isTuple else { return thread.raise(.typeError, "__defaults__ must be set to a tuple object") }
                function(a[0]).pointee.defaults = a[1].isNone ? .empty : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in orNone(function(a[0]).pointee.defaults) },
            Getter("__kwdefaults__", set: { thread, a, _ in
                guard a[1].isEmpty || a[1].isNone || a[1].isDict else { return thread.raise(.typeError, "__kwdefaults__ must be set to a dict object") }
                function(a[0]).pointee.keywordDefaults = a[1].isNone ? .empty : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in orNone(function(a[0]).pointee.keywordDefaults) },
            Getter("__annotations__", set: { thread, a, _ in
                guard a[1].isEmpty || a[1].isNone || a[1].isDict else { return thread.raise(.typeError, "__annotations__ must be set to a dict object") }
                function(a[0]).pointee.annotations = a[1].isNone ? .empty : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in FunctionType.annotations(thread, a[0]) },
            Getter("__doc__", set: { _, a, _ in
                function(a[0]).pointee.doc = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in FunctionType.doc(thread, a[0]) },
            Getter("__module__", set: { _, a, _ in
                function(a[0]).pointee.module = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in orNone(function(a[0]).pointee.module) },
            Getter("__dict__", set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "cannot delete __dict__") }
                guard a[1].isDict else { return thread.raise(.typeError, "__dict__ must be set to a dictionary, not a '\(a[1].type.name)'") }
                InstanceAttributes.setDict(a[0], a[1])
                return .none
            }) { thread, a, _ in InstanceAttributes.dict(thread, a[0]) },
        ]) { slots in
            slots.call(.call, Functions.call)
            slots.ternary(.descriptorGet) { thread, function, receiver, _ in
                receiver.isEmpty ? function : thread.newMethod(function, receiver)
            }
            slots.unary(.repr) { thread, value in
                thread.newString("<function \(StringRef(value.object(FunctionObject.self).pointee.qualifiedName).description) at \(hexadecimal(value))>")
            }
            slots.call(.new) { thread, _, a, count, keywords in FunctionType.make(thread, a, count, keywords) }
        }
    }

    /// `types.FunctionType(code, globals, name=None, argdefs=None, closure=None)`
    private static func make(_ thread: ThreadRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        var vector: [Value] = [.empty, .empty, .none, .none, .none]
        let names = ["code", "globals", "name", "argdefs", "closure"]
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        guard count <= 5 else { return thread.raise(.typeError, "function() takes at most 5 arguments (\(count) given)") }
        for index in 0 ..< count - named { vector[index] = a[index] }
        for index in 0 ..< named {
            let key = StringRef(TupleRef(keywords)[index]).description
            guard let place = names.firstIndex(of: key) else { return thread.raise(.typeError, "'\(key)' is an invalid keyword argument for function()") }
            vector[place] = a[count - named + index]
        }
        for place in 0 ..< 2 where vector[place].isEmpty {
            return thread.raise(.typeError, "function() missing required argument '\(names[place])' (pos \(place + 1))")
        }
        guard vector[0].isExact(.code) else { return thread.raise(.typeError, "function() argument 'code' must be code, not \(vector[0].argumentTypeName)") }
        guard vector[1].isDict else { return thread.raise(.typeError, "function() argument 'globals' must be dict, not \(vector[1].argumentTypeName)") }
        guard vector[2].isNone || vector[2].isString else { return thread.raise(.typeError, "arg 3 (name) must be None or string") }
        guard vector[3].isNone || vector[3].isTuple else { return thread.raise(.typeError, "arg 4 (defaults) must be None or tuple") }
        let needed = Code.freeCount(of: vector[0])
        if !vector[4].isTuple {
            if needed > 0 && vector[4].isNone { return thread.raise(.typeError, "arg 5 (closure) must be tuple") }
            if !vector[4].isNone { return thread.raise(.typeError, "arg 5 (closure) must be None or tuple") }
        }
        let given = vector[4].isNone ? 0 : TupleRef(vector[4]).count
        if given != needed {
            return thread.raise(.valueError, "\(StringRef(vector[0].object(CodeObject.self).pointee.name).description) requires closure of length \(needed), not \(given)")
        }
        for index in 0 ..< given where !TupleRef(vector[4])[index].isExact(.cell) {
            return thread.raise(.typeError, "arg 5 (closure) expected cell, found \(TupleRef(vector[4])[index].type.name)")
        }
        let value = thread.newFunction(vector[0], globals: vector[1])
        if value.isEmpty { return .empty }
        // Globals that name no builtins see those of the code that makes the function.
        if let running = thread.pointee.frame, DictRef(vector[1]).get(.builtinsName).isEmpty { function(value).pointee.builtins = running.function.pointee.builtins }
        if !vector[2].isNone { function(value).pointee.name = vector[2] }
        if !vector[3].isNone { function(value).pointee.defaults = vector[3] }
        if given > 0 { function(value).pointee.closure = vector[4] }
        Heap.barrier(value.raw)
        return value
    }
}

// MARK: Running code from native rooms

extension Interpreter {
    /// Runs a function with its local namespace given (a class body): the function takes no arguments.
    public static func runBody(_ thread: ThreadRef, _ function: Value, _ namespace: Value) -> Value {
        guard let code = Code.whole(thread, function.object(FunctionObject.self).pointee.code) else { return .empty }
        let saved = thread.pointee.stackTop.unsafelyUnwrapped
        let fp = saved + frameHeaderWords
        guard fp + Int(code.pointee.registerCount) + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else { return thread.raise(.recursionError, "maximum recursion depth exceeded") }
        thread.pointee.stackTop = fp + Int(code.pointee.registerCount)
        if code.pointee.parameterCount == 0 {
            fp.update(repeating: .empty, count: Int(code.pointee.clearCount))
        } else if !Functions.bind(thread, function.object(FunctionObject.self), fp, fp, 0, .empty) {
            thread.pointee.stackTop = saved
            return .empty
        }
        let result = enter(thread, function, fp, context: namespace)
        thread.pointee.stackTop = saved
        return result
    }

    /// Executes a code object as `exec` does: `locals` is any mapping, or empty for the globals. `closure` a tuple of cells, or empty.
    public static func exec(_ thread: ThreadRef, _ code: Value, _ globals: Value, _ locals: Value, closure: Value = .empty) -> Value {
        let function = thread.newFunction(code, globals: globals)
        if function.isEmpty { return .empty }
        function.object(FunctionObject.self).pointee.closure = closure
        Heap.barrier(function.raw)
        return runBody(thread, function, locals.isEmpty ? globals : locals)
    }

    /// Defines the room's types and sets the hooks of `Objects`.
    public static func start(_ thread: ThreadRef) {
        _ = Code.type
        FunctionType.start()
        Frames.start()
        Unwinder.start()
        Generators.start()
        AsyncGenerators.start()
        Safepoint.mainThread = thread
        Collector.setVariableVisitor(Frames.markVariables)
        Signals.start(thread)
        Consumers.start()
        RuntimeHooks.currentGlobals = { thread in
            guard let fp = thread.pointee.frame else { return .empty }
            return fp.function.pointee.globals
        }
        RuntimeHooks.outerHandledException = { thread in Frames.outerHandledException(thread) }
        RuntimeHooks.audit = { thread, name, arguments in Audit.event(thread, name, arguments) }
        RuntimeHooks.importModule = { thread, name in Imports.importModule(thread, name) }
        RuntimeHooks.superArguments = { thread in Interpreter.superArguments(thread) }
    }

    /// The class and first argument of the running frame, for `super()`; nil when it has raised.
    private static func superArguments(_ thread: ThreadRef) -> (type: Value, receiver: Value)? {
        guard let fp = thread.pointee.frame else {
            thread.raise(.runtimeError, "super(): no current frame")
            return nil
        }
        let code = fp.code
        guard code.pointee.argumentCount > 0 || CodeFlags(rawValue: code.pointee.flags).contains(.variadic) else {
            thread.raise(.runtimeError, "super(): no arguments")
            return nil
        }
        var receiver = code.pointee.argumentCount > 0 ? fp[0] : Value.empty
        if receiver.isExact(.cell), Code.compiled(code).cells.contains(where: { $0.register == 0 }) { receiver = receiver.object(CellObject.self).pointee.contents }
        guard !receiver.isEmpty else {
            thread.raise(.runtimeError, code.pointee.argumentCount > 0 ? "super(): arg[0] deleted" : "super(): no arguments")
            return nil
        }
        let free = TupleRef(code.pointee.freeNames)
        for index in 0 ..< free.count where free[index] == Name.__class__.value {
            let contents = TupleRef(fp.function.pointee.closure)[index].object(CellObject.self).pointee.contents
            guard !contents.isEmpty else {
                thread.raise(.runtimeError, "super(): empty __class__ cell")
                return nil
            }
            guard contents.isType else {
                thread.raise(.runtimeError, "super(): __class__ is not a type (\(contents.type.name))")
                return nil
            }
            return (contents, receiver)
        }
        thread.raise(.runtimeError, "super(): __class__ cell not found")
        return nil
    }
}
