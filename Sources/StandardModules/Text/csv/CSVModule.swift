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
            "    csv_reader = reader(iterable [, dialect='excel']\n                        [optional keyword args])\n    for row in csv_reader:\n        process(row)\n\nThe \"iterable\" argument can be any object that returns a line\nof input for each iteration, such as a file object or a list.  The\noptional \"dialect\" parameter is discussed below.  The function\nalso accepts optional keyword arguments which override settings\nprovided by the dialect.\n\nThe returned object is an iterator.  Each iteration returns a row\nof the CSV file (which can span multiple input lines).\n", kind: .function) { thread, a, _ in
            CSVReader.make(thread, TupleRef(a[0]), a[1])
        },
        Def("writer(*args, **kwargs)", .calls,
            "    csv_writer = csv.writer(fileobj [, dialect='excel']\n                            [optional keyword args])\n    for row in sequence:\n        csv_writer.writerow(row)\n\n    [or]\n\n    csv_writer = csv.writer(fileobj [, dialect='excel']\n                            [optional keyword args])\n    csv_writer.writerows(rows)\n\nThe \"fileobj\" argument can be any object that supports the file API.\n", kind: .function) { thread, a, _ in
            CSVWriter.make(thread, TupleRef(a[0]), a[1])
        },
        Def("list_dialects()", .reads, "Return a list of all known dialect names.\n\n    names = csv.list_dialects()", kind: .function) { thread, _, _ in
            thread.list(CSVModule.dialects.pointee)
        },
        Def("register_dialect(*args, **kwargs)", .calls,
            "Create a mapping from a string name to a dialect class.\n    dialect = csv.register_dialect(name[, dialect[, **fmtparams]])", kind: .function) { thread, a, _ in
            let arguments = TupleRef(a[0])
            guard CSVModule.checkCount(thread, arguments) else { return .empty }
            guard arguments[0].isString else { return thread.raise(.typeError, "dialect name must be a string") }
            let dialect = CSVModule.dialect(thread, arguments, a[1])
            if dialect.isEmpty || !DictRef(CSVModule.dialects.pointee).set(thread, arguments[0], dialect) { return .empty }
            return .none
        },
        Def("unregister_dialect(name)", .writes, "Delete the name/dialect mapping associated with a string name.\n\n    csv.unregister_dialect(name)", kind: .function) { thread, a, _ in
            let removed = DictRef(CSVModule.dialects.pointee).remove(thread, a[0])
            if removed.isEmpty { return thread.hasException ? .empty : CSVModule.fail(thread, "unknown dialect") }
            return .none
        },
        Def("get_dialect(name)", .reads, "Return the dialect instance associated with name.\n\n    dialect = csv.get_dialect(name)", kind: .function) { thread, a, _ in
            CSVModule.dialect(thread, a[0])
        },
        Def("field_size_limit(new_limit=<unrepresentable>)", .writes,
            "Sets an upper limit on parsed fields.\n\n    csv.field_size_limit([limit])\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit is returned", kind: .function) { thread, a, _ in
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
