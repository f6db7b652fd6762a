import Objects

/// `_csv`: the reader and writer behind `csv`. What a line means is decided character by character, by a small state machine.
public enum CSVModule {
    nonisolated(unsafe) static var dialectType: NativeType!
    nonisolated(unsafe) static var readerType: NativeType!
    nonisolated(unsafe) static var writerType: NativeType!
    nonisolated(unsafe) static var errorType: UnsafeMutablePointer<Value>!
    /// dict: name → dialect
    nonisolated(unsafe) static var dialects: UnsafeMutablePointer<Value>!
    nonisolated(unsafe) static var fieldLimit = 128 * 1024

    public static func register() {
        NativeModule.register("_csv", doc: "CSV parsing and writing.\n", functions: functions) { module in
            if errorType == nil {
                errorType = RootTable.reserve()
                dialects = RootTable.reserve()
                dialectType = CSVDialect.makeType()
                readerType = CSVReader.makeType()
                writerType = CSVWriter.makeType()
            }
            let thread = module.thread
            dialects.pointee = thread.newDict()
            module.set("_dialects", dialects.pointee)
            module.set("__version__", "1.0")
            errorType.pointee = module.addException("Error")
            module.set("QUOTE_MINIMAL", 0)
            module.set("QUOTE_ALL", 1)
            module.set("QUOTE_NONNUMERIC", 2)
            module.set("QUOTE_NONE", 3)
            module.set("Dialect", dialectType.type.value)
            module.set("Reader", readerType.type.value)
            module.set("Writer", writerType.type.value)
            return true
        }
    }

    @inline(never) @discardableResult static func fail(_ thread: ThreadRef, _ message: String) -> Value {
        let text = thread.newString(message)
        return text.isEmpty ? .empty : thread.raise(type: TypeRef(errorType.pointee), text)
    }

    /// The registered dialect of a name. Empty when it has raised.
    static func dialect(_ thread: ThreadRef, _ name: Value) -> Value {
        let found = DictRef(dialects.pointee).get(thread, name)
        if !found.isEmpty || thread.hasException { return found }
        return fail(thread, "unknown dialect")
    }

    /// The dialect that arguments of `reader`, `writer` and `register_dialect` describe.
    static func dialect(_ thread: ThreadRef, _ arguments: TupleRef, _ options: Value) -> Value {
        CSVDialect.make(thread, dialectType.type, arguments.count > 1 ? arguments[1] : .empty, options)
    }

    /// False, with TypeError raised, when there are not one or two positional arguments.
    static func checkCount(_ thread: ThreadRef, _ arguments: TupleRef) -> Bool {
        if arguments.count == 1 || arguments.count == 2 { return true }
        thread.raise(.typeError, arguments.count == 0 ? " expected at least 1 argument, got 0" : " expected at most 2 arguments, got \(arguments.count)")
        return false
    }

    static let functions: [Def] = [
        Def("reader(*args, **kwargs)", .calls,
            """
                reader(iterable[, dialect='excel'][, **options])

                An iterator of records, lists of str, read from an iterable of lines. Options change single points of the dialect.

                """, kind: .function) { thread, a, _ in
            CSVReader.make(thread, TupleRef(a[0]), a[1])
        },
        Def("writer(*args, **kwargs)", .calls,
            """
                writer(file[, dialect='excel'][, **options])

                An object whose writerow() and writerows() write records to a file, or to anything with write(). Options change single points of the dialect.

                """, kind: .function) { thread, a, _ in
            CSVWriter.make(thread, TupleRef(a[0]), a[1])
        },
        Def("list_dialects()", .reads, "The names of the dialects that are registered.", kind: .function) { thread, _, _ in
            thread.list(CSVModule.dialects.pointee)
        },
        Def("register_dialect(*args, **kwargs)", .calls,
            "register_dialect(name[, dialect[, **options]])\n\nGive a dialect a name.", kind: .function) { thread, a, _ in
            let arguments = TupleRef(a[0])
            guard CSVModule.checkCount(thread, arguments) else { return .empty }
            guard arguments[0].isString else { return thread.raise(.typeError, "dialect name must be a string") }
            let dialect = CSVModule.dialect(thread, arguments, a[1])
            if dialect.isEmpty || !DictRef(CSVModule.dialects.pointee).set(thread, arguments[0], dialect) { return .empty }
            return .none
        },
        Def("unregister_dialect(name)", .writes, "unregister_dialect(name)\n\nForget the dialect of a name.", kind: .function) { thread, a, _ in
            let removed = DictRef(CSVModule.dialects.pointee).remove(thread, a[0])
            if removed.isEmpty { return thread.hasException ? .empty : CSVModule.fail(thread, "unknown dialect") }
            return .none
        },
        Def("get_dialect(name)", .reads, "get_dialect(name)\n\nThe dialect of a name.", kind: .function) { thread, a, _ in
            CSVModule.dialect(thread, a[0])
        },
        Def("field_size_limit(new_limit=<unrepresentable>)", .writes,
            "field_size_limit([limit])\n\nHow long a field may be that is read; a limit given is the new one.", kind: .function) { thread, a, _ in
            let old = CSVModule.fieldLimit
            if !a[0].isEmpty {
                guard a[0].isSmallInt || a[0].isExact(.int) else { return thread.raise(.typeError, "limit must be an integer") }
                guard let limit = IntOps.toInt(a[0]) else { return thread.raise(.overflowError, "Python int too large to convert to C long") }
                CSVModule.fieldLimit = limit
            }
            return thread.newInt(old)
        },
    ]
}
