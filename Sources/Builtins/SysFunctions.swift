import Glibc
import Interpreter
import NumberTypes
import Objects
import TextTypes

/// `sys`: functions other than hooks.
public enum SysFunctions {
    nonisolated(unsafe) public static var isFinalizing = false
    nonisolated(unsafe) private static var loadFlags = RTLD_NOW

    static let table: [Def] = [
        Def("_clear_type_cache()", .writes, "Forgets what is cached about types.", kind: .function) { _, _, _ in .none },
        Def("_current_exceptions()", .calls, "The exception that each thread is handling, by thread identifier.", kind: .function) { thread, _, _ in
            let result = thread.newDict()
            if result.isEmpty { return .empty }
            var next = taipan.threads
            while let each = next {
                let exception = each.pointee.handled
                if !DictRef(result).set(thread, thread.newInt(unsigned: UInt(each.pointee.identifier)), SysFunctions.information(thread, exception)) { return .empty }
                next = each.pointee.next
            }
            return result
        },
        Def("_current_frames()", .calls, "The running frame of each thread, by thread identifier.", kind: .function) { thread, _, _ in
            guard SysAudit.audit(thread, "sys._current_frames", []) else { return .empty }
            let result = thread.newDict()
            if result.isEmpty { return .empty }
            var next = taipan.threads
            while let each = next {
                if let frame = Inspection.runningFrame(thread, of: each) {
                    if frame.isEmpty || !DictRef(result).set(thread, thread.newInt(unsigned: UInt(each.pointee.identifier)), frame) { return .empty }
                }
                next = each.pointee.next
            }
            return result
        },
        Def("_debugmallocstats()", .reads, "Writes the state of the heap to standard error.", kind: .function) { _, _, _ in
            fputs("heap: \(Heap.oldBytes + Heap.allocatedSinceCollection) bytes in use\n", stderr)
            return .none
        },
        Def("_getframe(depth=0, /)", .calls, "The frame so many calls up from the caller's.", kind: .function) { thread, a, _ in
            guard let depth = thread.toCInt(a[0].isEmpty ? Value(small: 0) : a[0]) else { return .empty }
            guard let frame = Inspection.frame(thread, depth: max(depth, 0)) else { return thread.raise(.valueError, "call stack is not deep enough") }
            return frame.isEmpty || SysAudit.audit(thread, "sys._getframe", [frame]) ? frame : .empty
        },
        Def("_getquickenedcount()", .reads, "", kind: .function) { _, _, _ in Value(small: 0) },
        Def("call_tracing(func, args, /)", .calls, "Calls func(*args) with tracing on, as a debugger wants it.", kind: .function) { thread, a, _ in
            guard a[1].isTuple else { return thread.raise(.typeError, "call_tracing() argument 2 must be tuple, not \(a[1].argumentTypeName)") }
            let depth = thread.pointee.tracingDepth
            thread.pointee.tracingDepth = 0
            let result = thread.call(a[0], tuple: a[1])
            thread.pointee.tracingDepth = depth
            return result
        },
        Def("exc_info()", .reads, "Type, value and traceback of the exception being handled, or three times None.", kind: .function) { thread, _, _ in
            let exception = thread.handledException
            return exception.isEmpty ? thread.newTuple(.none, .none, .none) : SysFunctions.information(thread, exception)
        },
        Def("exception()", .reads, "The exception being handled, or None.", kind: .function) { thread, _, _ in
            let exception = thread.handledException
            return exception.isEmpty ? .none : exception
        },
        Def("exit(status=None, /)", .calls, "Leaves the program by raising SystemExit(status).", kind: .function) { thread, a, _ in
            if a[0].isEmpty || a[0].isNone { return thread.raise(type: TypeID.systemExit.type, a[0].isEmpty ? .absent : .none) }
            if a[0].isTuple {
                let exception = thread.call(TypeID.systemExit.value, tuple: a[0])
                return exception.isEmpty ? .empty : thread.raise(exception)
            }
            return thread.raise(.systemExit, argument: a[0])
        },
        Def("get_asyncgen_hooks()", .reads, "The hooks that set_asyncgen_hooks() has set.", kind: .function) { thread, _, _ in
            let result = SysModule.asyncGenHooks.make(thread)
            if result.isEmpty { return .empty }
            SysModule.asyncGenHooks.set(result, 0, thread.pointee.asyncGenFirstIter)
            SysModule.asyncGenHooks.set(result, 1, thread.pointee.asyncGenFinalizer)
            return result
        },
        Def("set_asyncgen_hooks(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", .writes, "Sets functions called when an asynchronous generator is first iterated, and when it is to be finalized.", kind: .function) { thread, a, _ in
            for (index, name) in ["firstiter", "finalizer"].enumerated() where !a[index].isEmpty && !a[index].isNone && a[index].type.slotPointer(.call).pointee == nil {
                return thread.raise(.typeError, "callable \(name) expected, got \(a[index].type.name)")
            }
            if !a[1].isEmpty {
                guard SysAudit.audit(thread, "sys.set_asyncgen_hook_finalizer", []) else { return .empty }
                thread.pointee.asyncGenFinalizer = a[1].isNone ? .empty : a[1]
            }
            if !a[0].isEmpty {
                guard SysAudit.audit(thread, "sys.set_asyncgen_hook_firstiter", []) else { return .empty }
                thread.pointee.asyncGenFirstIter = a[0].isNone ? .empty : a[0]
            }
            return .none
        },
        Def("get_coroutine_origin_tracking_depth()", .reads, "How many frames are kept of where a coroutine was made.", kind: .function) { thread, _, _ in
            Value(small: Int(thread.pointee.coroutineOriginDepth))
        },
        Def("set_coroutine_origin_tracking_depth(depth)", .calls, "Sets how many frames are kept of where a coroutine is made; 0 for none.", kind: .function) { thread, a, _ in
            guard let depth = thread.toCInt(a[0].isEmpty ? Value(small: 0) : a[0]) else { return .empty }
            if depth < 0 { return thread.raise(.valueError, "depth must be >= 0") }
            thread.pointee.coroutineOriginDepth = Int64(depth)
            return .none
        },
        Def("get_int_max_str_digits()", .reads, "The limit on digits between int and text; 0 for none.", kind: .function) { _, _, _ in Value(small: Integers.maximumTextDigits) },
        Def("set_int_max_str_digits(maxdigits)", .writes, "Sets the limit on digits between int and text; 0 for none.", kind: .function) { thread, a, _ in
            guard let digits = thread.toCInt(a[0].isEmpty ? Value(small: 0) : a[0]) else { return .empty }
            guard digits == 0 || digits >= 640 else { return thread.raise(.valueError, "maxdigits must be 0 or larger than 640") }
            Integers.maximumTextDigits = digits
            CompileBuiltin.maximumIntegerDigits = digits
            return .none
        },
        Def("getallocatedblocks()", .reads, "How many objects the heap holds, roughly.", kind: .function) { _, _, _ in Value(small: (Heap.oldBytes + Heap.allocatedSinceCollection) / 64) },
        Def("getdefaultencoding()", .pure, "The encoding that str and bytes convert by when none is named.", kind: .function) { _, _, _ in StringRef.intern("utf-8").value },
        Def("getfilesystemencoding()", .pure, "The encoding of file names.", kind: .function) { _, _, _ in
            FileSystemEncoding.isASCII ? Name.ascii.value : StringRef.intern("utf-8").value
        },
        Def("getfilesystemencodeerrors()", .pure, "How errors in file names are handled.", kind: .function) { _, _, _ in Name.surrogateescape.value },
        Def("getdlopenflags()", .reads, "The flags that extension modules are loaded with.", kind: .function) { _, _, _ in Value(small: Int(SysFunctions.loadFlags)) },
        Def("setdlopenflags(flags, /)", .writes, "Sets the flags that extension modules are loaded with.", kind: .function) { thread, a, _ in
            guard let flags = thread.toCInt(a[0].isEmpty ? Value(small: 0) : a[0]) else { return .empty }
            SysFunctions.loadFlags = Int32(flags)
            return .none
        },
        Def("getrecursionlimit()", .reads, "How deep calls may nest.", kind: .function) { _, _, _ in Value(small: Int(taipan.recursionLimit)) },
        Def("setrecursionlimit(limit, /)", .calls, "Sets how deep calls may nest.", kind: .function) { thread, a, _ in
            guard let limit = thread.toCInt(a[0].isEmpty ? Value(small: 0) : a[0]) else { return .empty }
            if limit < 1 { return thread.raise(.valueError, "recursion limit must be greater or equal than 1") }
            // The caller's frames, and this call.
            let depth = Int(thread.pointee.recursionDepth) + 1
            if depth >= limit { return thread.raise(.recursionError, "cannot set the recursion limit to \(limit) at the recursion depth \(depth): the limit is too low") }
            taipan.recursionLimit = Int64(limit)
            return .none
        },
        Def("getrefcount(object, /)", .reads, "A number of references to an object; here objects are not counted, and it is always the same.", kind: .function) { _, _, _ in Value(small: 2) },
        Def("getsizeof(object, default=<unrepresentable>)", .calls, "The size of an object in bytes, without what it refers to.", kind: .function) { thread, a, _ in
            SysFunctions.sizeOf(thread, a[0], a[1])
        },
        Def("getswitchinterval()", .reads, "How long a thread runs before another gets its turn, in seconds.", kind: .function) { thread, _, _ in thread.newFloat(GIL.switchInterval) },
        Def("setswitchinterval(interval, /)", .writes, "Sets how long a thread runs before another gets its turn, in seconds.", kind: .function) { thread, a, _ in
            guard let interval = thread.toDouble(a[0]) else { return .empty }
            guard interval > 0 else { return thread.raise(.valueError, "switch interval must be strictly positive") }
            GIL.switchInterval = interval
            return .none
        },
        Def("gettrace()", .reads, "The function that settrace() has set.", kind: .function) { thread, _, _ in thread.pointee.traceFunction.isEmpty ? .none : thread.pointee.traceFunction },
        Def("settrace(function, /)", .calls, "Sets a function told of every line and call of this thread; None for none.", kind: .function) { thread, a, _ in
            guard SysAudit.audit(thread, "sys.settrace", []) else { return .empty }
            Tracing.set(thread, a[0])
            return .none
        },
        Def("getprofile()", .reads, "The function that setprofile() has set.", kind: .function) { thread, _, _ in thread.pointee.profileFunction.isEmpty ? .none : thread.pointee.profileFunction },
        Def("setprofile(function, /)", .calls, "Sets a function told of every call and return of this thread; None for none.", kind: .function) { thread, a, _ in
            guard SysAudit.audit(thread, "sys.setprofile", []) else { return .empty }
            Tracing.setProfile(thread, a[0])
            return .none
        },
        Def("intern(string, /)", .reads, "The one string of its text that the interpreter itself uses.", kind: .function) { thread, a, _ in
            if a[0].isExact(.str) { return StringRef(a[0]).interned().value }
            if a[0].isString { return thread.raise(.typeError, "can't intern \(a[0].type.name)") }
            return thread.raise(.typeError, "intern() argument must be str, not \(a[0].isNone ? "None" : a[0].type.name)")
        },
        Def("is_finalizing()", .reads, "Whether the interpreter is shutting down.", kind: .function) { _, _, _ in Value(SysFunctions.isFinalizing) },
    ]

    /// (type, value, traceback) of an exception.
    static func information(_ thread: ThreadRef, _ exception: Value) -> Value {
        if exception.isEmpty { return thread.newTuple(Value.none, Value.none, Value.none) }
        let traceback = exception.object(ExceptionObject.self).pointee.traceback
        return thread.newTuple(exception.type.value, exception, traceback.isEmpty ? .none : traceback)
    }

    private static func sizeOf(_ thread: ThreadRef, _ object: Value, _ fallback: Value) -> Value {
        let method = thread.lookupSpecial(object, .__sizeof__)
        var size = Value.empty
        if method.isEmpty {
            if !thread.hasException { thread.raise(.typeError, "Type \(object.type.name) doesn't define __sizeof__") }
        } else {
            size = thread.call(method)
        }
        if !size.isEmpty, let bytes = thread.toInt(size) {
            if bytes < 0 { return thread.raise(.valueError, "__sizeof__() should return >= 0") }
            return thread.newInt(bytes)
        }
        return !fallback.isEmpty && thread.clearException(.typeError) ? fallback : .empty
    }
}
