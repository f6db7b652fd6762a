import Glibc
import Objects

/// Debug mode: its contexts, and the functions that do more than translate handles.
///
/// Every call of a C function gets one of a ring of contexts, which is valid only until the function returns and while it is not itself in a call: a context that was kept is noticed.
extension DebugMode {
    private static let ringSize = 16
    nonisolated(unsafe) private static var ring: UnsafeMutablePointer<HPyContext>?
    nonisolated(unsafe) private static var nextInRing = 0
    private static let valid = UnsafeMutableRawPointer(bitPattern: 1)

    /// The context that modules loaded in debug mode are given; made when it is first asked for.
    static var context: UnsafeMutablePointer<HPyContext> {
        let c = taipan_hpy_debug()
        if DebugMode.ring == nil { start(c) }
        return c
    }

    private static func start(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee = DebugMode.universal.pointee
        c.pointee.name = cString("HPy Debug Mode ABI (Taipan)")
        c.pointee._private = DebugMode.valid
        Contexts.forEachHandle(c) { $0.pointee = Value(DebugMode.openRecord($0.pointee, isImmortal: true)) }
        fillGenerated(c)
        fillHandles(c)
        fillBuilders(c)
        fillCalls(c)
        fillTexts(c)
        fillStructs(c)
        addRoots()
        let contexts = UnsafeMutablePointer<HPyContext>.allocate(capacity: ringSize)
        contexts.initialize(repeating: c.pointee, count: ringSize)
        for index in 0 ..< ringSize { contexts[index]._private = nil }
        DebugMode.ring = contexts
    }

    // MARK: Validity

    static func begin() -> UnsafeMutablePointer<HPyContext> {
        let context = DebugMode.ring.unsafelyUnwrapped + DebugMode.nextInRing
        DebugMode.nextInRing = (DebugMode.nextInRing + 1) % ringSize
        context.pointee._private = DebugMode.valid
        return context
    }

    static func end(_ context: UnsafeMutablePointer<HPyContext>) { context.pointee._private = nil }

    private static func reportWrongContext() -> Never {
        fputs("Error: Wrong HPy Context!\n", stderr)
        if let trace = taipan_hpy_stack_trace(16, 2) { fputs(String(cString: trace) + "\n", stderr) }
        fflush(stderr)
        abort()
    }

    @inline(__always) static func check(_ context: UnsafeMutablePointer<HPyContext>) {
        if context.pointee._private == nil { DebugMode.reportWrongContext() }
    }

    /// Runs what a context's function does. While it runs the context is not valid: Python code may be called that calls C again.
    @inline(__always) static func within<R>(_ context: UnsafeMutablePointer<HPyContext>, _ body: () -> R) -> R {
        DebugMode.check(context)
        context.pointee._private = nil
        let result = body()
        context.pointee._private = DebugMode.valid
        return result
    }

    // MARK: Wrapping

    /// What a function of the universal context answers; or, where `isNull` says that a handle or pointer is null which may not be, what tells that an exception was raised.
    @inline(__always) static func other<R>(_ context: UnsafeMutablePointer<HPyContext>, _ name: StaticString, _ isNull: Bool, _ failure: R, _ body: (UnsafeMutablePointer<HPyContext>) -> R) -> R {
        DebugMode.within(context) {
            if isNull {
                DebugMode.reportNull(name)
                return failure
            }
            return body(DebugMode.universal)
        }
    }

    @inline(__always) static func other<R>(_ context: UnsafeMutablePointer<HPyContext>, _ body: (UnsafeMutablePointer<HPyContext>) -> R) -> R {
        DebugMode.within(context) { body(DebugMode.universal) }
    }

    /// The same for an object: a new handle.
    @inline(__always) static func object(_ context: UnsafeMutablePointer<HPyContext>, _ name: StaticString, _ isNull: Bool, _ body: (UnsafeMutablePointer<HPyContext>) -> Value) -> Value {
        DebugMode.other(context, name, isNull, .empty) { DebugMode.make(body($0)) }
    }

    @inline(__always) static func object(_ context: UnsafeMutablePointer<HPyContext>, _ body: (UnsafeMutablePointer<HPyContext>) -> Value) -> Value {
        DebugMode.other(context) { DebugMode.make(body($0)) }
    }

    // MARK: Handles

    private static func fillHandles(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Dup = { ctx, handle in DebugMode.within(ctx) { DebugMode.make(DebugMode.take(handle)) } }
        c.pointee.ctx_Close = { ctx, handle in DebugMode.within(ctx) { DebugMode.closeArgument(handle) } }
        c.pointee.ctx_Tuple_FromArray = { ctx, items, count in
            DebugMode.within(ctx) { DebugMode.withValues(items, max(count, 0), "Tuple_FromArray") { DebugMode.make(DebugMode.universal.pointee.ctx_Tuple_FromArray!(DebugMode.universal, $0, count)) } }
        }
        c.pointee.ctx_Type_GenericNew = { ctx, type, arguments, count, keywords in
            DebugMode.within(ctx) {
                if type.isEmpty {
                    DebugMode.reportNull("Type_GenericNew")
                    return .empty
                }
                return DebugMode.withValues(arguments, max(count, 0), "Type_GenericNew") {
                    DebugMode.make(DebugMode.universal.pointee.ctx_Type_GenericNew!(DebugMode.universal, DebugMode.take(type), $0, count, DebugMode.take(keywords)))
                }
            }
        }
        c.pointee.ctx_Type_FromSpec = { ctx, specification, parameters in
            DebugMode.within(ctx) {
                if specification == nil {
                    DebugMode.reportNull("Type_FromSpec")
                    return .empty
                }
                var count = 0
                let given = parameters?.assumingMemoryBound(to: HPyTypeParameter.self)
                while let given, given[count].kind != 0 { count += 1 }
                let copy = UnsafeMutablePointer<HPyTypeParameter>.allocate(capacity: count + 1)
                copy.initialize(repeating: HPyTypeParameter(), count: count + 1)
                defer { copy.deallocate() }
                // The handles stay open, and so the values alive, while the type is made.
                for index in 0 ..< count { copy[index] = HPyTypeParameter(kind: given![index].kind, object: DebugMode.take(given![index].object)) }
                let previous = Contexts.making
                Contexts.making = taipan_hpy_debug()
                defer { Contexts.making = previous }
                return DebugMode.make(DebugMode.universal.pointee.ctx_Type_FromSpec!(DebugMode.universal, specification, copy))
            }
        }
        c.pointee.ctx_ContextVar_Get = { ctx, variable, fallback, result in
            DebugMode.within(ctx) {
                if variable.isEmpty || result == nil {
                    DebugMode.reportNull("ContextVar_Get")
                    return -1
                }
                var value = Value.empty
                let status = DebugMode.universal.pointee.ctx_ContextVar_Get!(DebugMode.universal, DebugMode.take(variable), DebugMode.take(fallback), &value)
                result?.pointee = status < 0 ? .empty : DebugMode.make(value)
                return status
            }
        }
        c.pointee.ctx_FatalError = { _, message in DebugMode.universal.pointee.ctx_FatalError!(DebugMode.universal, message) }
        c.pointee.ctx_TypeCheck = { ctx, object, type in
            DebugMode.within(ctx) {
                if object.isEmpty || type.isEmpty {
                    DebugMode.reportNull("TypeCheck")
                    return 0
                }
                let value = DebugMode.take(object), type = DebugMode.take(type)
                guard type.isType else { DebugMode.fatal("HPy_TypeCheck arg 2 must be a type") }
                return DebugMode.universal.pointee.ctx_TypeCheck!(DebugMode.universal, value, type)
            }
        }
        c.pointee.ctx_Type_IsSubtype = { ctx, sub, type in
            DebugMode.within(ctx) {
                let sub = DebugMode.take(sub), type = DebugMode.take(type)
                guard sub.isType else { DebugMode.fatal("HPyType_IsSubtype arg 1 must be a type") }
                guard type.isType else { DebugMode.fatal("HPyType_IsSubtype arg 2 must be a type") }
                return DebugMode.universal.pointee.ctx_Type_IsSubtype!(DebugMode.universal, sub, type)
            }
        }
        c.pointee.ctx_LeavePythonExecution = { ctx in
            DebugMode.check(ctx)
            ctx.pointee._private = nil
            return DebugMode.universal.pointee.ctx_LeavePythonExecution!(DebugMode.universal)
        }
        c.pointee.ctx_ReenterPythonExecution = { ctx, state in
            DebugMode.universal.pointee.ctx_ReenterPythonExecution!(DebugMode.universal, state)
            ctx.pointee._private = DebugMode.valid
        }
    }

    /// The values of an array of handles, where the collector sees them.
    private static func withValues(_ handles: UnsafePointer<Value>?, _ count: Int, _ function: StaticString, _ body: (UnsafeMutablePointer<Value>) -> Value) -> Value {
        if count > 0, handles == nil || (0 ..< count).contains(where: { handles![$0].isEmpty }) {
            DebugMode.reportNull(function)
            return .empty
        }
        let thread = Contexts.thread
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        vector.update(repeating: .empty, count: count + 1)
        if let handles { for index in 0 ..< count { vector[index] = DebugMode.take(handles[index]) } }
        let result = body(vector)
        thread.popArguments(vector)
        return result
    }

    // MARK: Calls

    private typealias CallFunction = @convention(c) (UnsafeMutablePointer<HPyContext>, Value, UnsafePointer<Value>?, Int, Value) -> Value

    /// `first` is what is called, or the name of the method to call.
    private static func call(_ ctx: UnsafeMutablePointer<HPyContext>, _ first: Value, _ arguments: UnsafePointer<Value>?, _ count: Int, _ names: Value, _ title: StaticString,
                             _ function: CallFunction?) -> Value {
        DebugMode.within(ctx) {
            if first.isEmpty {
                DebugMode.reportNull(title)
                return .empty
            }
            let names = DebugMode.take(names)
            if !names.isEmpty && !names.isTuple { DebugMode.fatal("HPy_\(title) arg 'kwnames' must be a tuple object or HPy_NULL") }
            let total = count + (names.isEmpty ? 0 : TupleRef(names).count)
            return DebugMode.withValues(arguments, total, title) { DebugMode.make(function!(DebugMode.universal, DebugMode.take(first), $0, count, names)) }
        }
    }

    private static func fillCalls(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Call = { DebugMode.call($0, $1, $2, Int($3), $4, "Call", DebugMode.universal.pointee.ctx_Call) }
        c.pointee.ctx_CallMethod = { DebugMode.call($0, $1, $2, Int($3), $4, "CallMethod", DebugMode.universal.pointee.ctx_CallMethod) }
    }

    // MARK: Texts

    private static func fillTexts(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Unicode_AsUTF8AndSize = { ctx, handle, size in
            DebugMode.within(ctx) {
                var count = 0
                let text = DebugMode.universal.pointee.ctx_Unicode_AsUTF8AndSize!(DebugMode.universal, DebugMode.take(handle), &count)
                size?.pointee = count
                return DebugMode.associate(handle, text, count + 1)
            }
        }
        let bytes: @convention(c) (UnsafeMutablePointer<HPyContext>, Value) -> UnsafePointer<CChar>? = { ctx, handle in
            DebugMode.within(ctx) {
                let value = DebugMode.take(handle)
                guard let text = DebugMode.universal.pointee.ctx_Bytes_AsString!(DebugMode.universal, value) else { return nil }
                return DebugMode.associate(handle, text, BytesRef(value).count + 1)
            }
        }
        c.pointee.ctx_Bytes_AsString = bytes
        c.pointee.ctx_Bytes_AS_STRING = bytes
        // The one that checks nothing is the one that checks.
        c.pointee.ctx_Bytes_GET_SIZE = { ctx, handle in DebugMode.within(ctx) { DebugMode.universal.pointee.ctx_Bytes_Size!(DebugMode.universal, DebugMode.take(handle)) } }
        c.pointee.ctx_Type_GetName = { ctx, handle in
            DebugMode.within(ctx) {
                let type = DebugMode.take(handle)
                guard type.isType else { DebugMode.fatal("HPyType_GetName arg must be a type") }
                guard let name = DebugMode.universal.pointee.ctx_Type_GetName!(DebugMode.universal, type) else { return nil }
                return DebugMode.associate(handle, name, strlen(name) + 1)
            }
        }
        c.pointee.ctx_Unicode_Substring = { ctx, handle, start, end in
            DebugMode.within(ctx) {
                let value = DebugMode.take(handle)
                guard value.isString else { DebugMode.fatal("HPyUnicode_Substring arg 1 must be a Unicode object") }
                return DebugMode.make(DebugMode.universal.pointee.ctx_Unicode_Substring!(DebugMode.universal, value, start, end))
            }
        }
    }

    // MARK: Structs

    private static let shapeNames: [Int32: String] = [-1: "Legacy", 0: "Object", 1: "Type", 2: "Long", 3: "Float", 4: "Unicode", 5: "Tuple", 6: "List", 7: "Dict"]

    private static func structure(_ ctx: UnsafeMutablePointer<HPyContext>, _ handle: Value, _ wanted: Int32,
                                  _ function: (@convention(c) (UnsafeMutablePointer<HPyContext>, Value) -> UnsafeMutableRawPointer?)?) -> UnsafeMutableRawPointer? {
        DebugMode.within(ctx) {
            let value = DebugMode.take(handle)
            let shape = value.isEmpty ? -2 : ForeignType.of(value.type)?.pointee.shape ?? -1
            if shape != wanted {
                let name = shapeNames[wanted] ?? "", actual = shapeNames[shape].map { "HPyType_BuiltinShape_\($0)" } ?? "<unknown shape>"
                DebugMode.fatal("Invalid usage of _HPy_AsStruct_\(name). Expected shape HPyType_BuiltinShape_\(name) but got \(actual)")
            }
            return function!(DebugMode.universal, value)
        }
    }

    private static func fillStructs(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_AsStruct_Legacy = { DebugMode.structure($0, $1, -1, DebugMode.universal.pointee.ctx_AsStruct_Legacy) }
        c.pointee.ctx_AsStruct_Object = { DebugMode.structure($0, $1, 0, DebugMode.universal.pointee.ctx_AsStruct_Object) }
        c.pointee.ctx_AsStruct_Type = { DebugMode.structure($0, $1, 1, DebugMode.universal.pointee.ctx_AsStruct_Type) }
        c.pointee.ctx_AsStruct_Long = { DebugMode.structure($0, $1, 2, DebugMode.universal.pointee.ctx_AsStruct_Long) }
        c.pointee.ctx_AsStruct_Float = { DebugMode.structure($0, $1, 3, DebugMode.universal.pointee.ctx_AsStruct_Float) }
        c.pointee.ctx_AsStruct_Unicode = { DebugMode.structure($0, $1, 4, DebugMode.universal.pointee.ctx_AsStruct_Unicode) }
        c.pointee.ctx_AsStruct_Tuple = { DebugMode.structure($0, $1, 5, DebugMode.universal.pointee.ctx_AsStruct_Tuple) }
        c.pointee.ctx_AsStruct_List = { DebugMode.structure($0, $1, 6, DebugMode.universal.pointee.ctx_AsStruct_List) }
        c.pointee.ctx_AsStruct_Dict = { DebugMode.structure($0, $1, 7, DebugMode.universal.pointee.ctx_AsStruct_Dict) }
    }
}
