import Objects

/// `_csv.Dialect`: the options of a reader or writer, checked once.

struct CSVDialectObject {
    var header: ObjectHeader
    var lineTerminator: Value
    /// Code points; `CSVDialect.none` for no character.
    var delimiter: UInt32
    var quote: UInt32
    var escape: UInt32
    var quoting: Int32
    var doubleQuote: Bool
    var skipInitialSpace: Bool
    var strict: Bool
}

enum CSVDialect {
    static let none: UInt32 = .max
    static let minimal: Int32 = 0, all: Int32 = 1, nonNumeric: Int32 = 2, noQuotes: Int32 = 3
    static let names: [StaticString] = ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"]

    /// `Dialect(dialect, **options)`. `base` may be empty, a name, a dialect or any object with attributes.
    static func make(_ thread: ThreadRef, _ type: TypeRef, _ base: Value, _ options: Value) -> Value {
        var given = [Value](repeating: .empty, count: names.count)
        var base = base
        if !options.isEmpty {
            var position = 0
            while let (key, value) = DictRef(options).next(&position) {
                if StringRef(key).equals("dialect") {
                    guard base.isEmpty else { return thread.raise(.typeError, "argument for function given by name ('dialect') and position (1)") }
                    base = value
                    continue
                }
                guard let index = names.firstIndex(where: { StringRef(key).equals($0) }) else {
                    return thread.raise(.typeError, "'\(StringRef(key).description)' is an invalid keyword argument for this function")
                }
                given[index] = value
            }
        }
        // What attributes return must stay reachable.
        let held = thread.newList()
        if held.isEmpty { return .empty }
        if !base.isEmpty {
            if base.isString {
                base = CSVModule.dialect(thread, base)
                if base.isEmpty { return .empty }
            }
            if base.type.isSubtype(of: CSVModule.dialectType.type) && given.allSatisfy(\.isEmpty) { return base }
            for index in names.indices where given[index].isEmpty {
                let value = thread.getAttribute(base, StringRef.intern("\(names[index])").value)
                if value.isEmpty {
                    thread.takeException()
                    continue
                }
                guard ListRef(held).append(thread, value) else { return .empty }
                given[index] = value
            }
        }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        let dialect = result.object(CSVDialectObject.self)
        guard let delimiter = character(thread, "delimiter", given[0], 0x2C, optional: false), let doubleQuote = truth(thread, given[1], true),
              let escape = character(thread, "escapechar", given[2], none, optional: true) else { return .empty }
        var terminator = given[3]
        if terminator.isEmpty {
            terminator = thread.newString("\r\n")
            if terminator.isEmpty { return .empty }
        } else if !terminator.isNone && !terminator.isString {
            return thread.raise(.typeError, "\"lineterminator\" must be a string")
        }
        guard let quote = character(thread, "quotechar", given[4], 0x22, optional: true) else { return .empty }
        var quoting = minimal
        if !given[5].isEmpty {
            guard given[5].isSmallInt || given[5].isExact(.int) else { return thread.raise(.typeError, "\"quoting\" must be an integer") }
            guard let number = thread.toInt(given[5]) else { return .empty }
            guard number >= 0, number <= 3 else { return thread.raise(.typeError, "bad \"quoting\" value") }
            quoting = Int32(number)
        }
        guard let skip = truth(thread, given[6], false), let strict = truth(thread, given[7], false) else { return .empty }
        if given[4].isNone && given[5].isEmpty { quoting = noQuotes }
        if quoting != noQuotes && quote == none { return thread.raise(.typeError, "quotechar must be set if quoting enabled") }
        if terminator.isNone { return thread.raise(.typeError, "lineterminator must be set") }
        dialect.pointee.lineTerminator = terminator
        dialect.pointee.delimiter = delimiter
        dialect.pointee.quote = quote
        dialect.pointee.escape = escape
        dialect.pointee.quoting = quoting
        dialect.pointee.doubleQuote = doubleQuote
        dialect.pointee.skipInitialSpace = skip
        dialect.pointee.strict = strict
        Heap.barrier(result.raw)
        return result
    }

    private static func character(_ thread: ThreadRef, _ name: String, _ value: Value, _ standard: UInt32, optional: Bool) -> UInt32? {
        if value.isEmpty { return standard }
        if optional && value.isNone { return CSVDialect.none }
        guard value.isString else {
            thread.raise(.typeError, "\"\(name)\" must be string\(optional ? " or None" : ""), not \(value.type.name)")
            return nil
        }
        guard StringRef(value).count == 1 else {
            thread.raise(.typeError, "\"\(name)\" must be a 1-character string")
            return nil
        }
        return StringRef(value)[0]
    }

    private static func truth(_ thread: ThreadRef, _ value: Value, _ standard: Bool) -> Bool? {
        if value.isEmpty { return standard }
        let result = thread.isTrue(value)
        return result < 0 ? nil : result == 1
    }

    private static func show(_ thread: ThreadRef, _ character: UInt32) -> Value { character == none ? .none : thread.newString(character: character) }

    static func makeType() -> NativeType {
        NativeType("Dialect", module: "_csv", size: MemoryLayout<CSVDialectObject>.size, mask: 0b10, flags: [.base],
                   doc: "How a CSV file is read and written.\n", methods: [
            Def("__reduce__(self, /)", .writes, "raises an exception to avoid pickling") { thread, a, _ in thread.raise(.typeError, "cannot pickle '\(a[0].type.shortName)' instances") },
            Def("__reduce_ex__(self, protocol, /)", .writes, "raises an exception to avoid pickling") { thread, a, _ in
                thread.raise(.typeError, "cannot pickle '\(a[0].type.shortName)' instances")
            },
        ], getters: [
            Getter("delimiter") { thread, a, _ in CSVDialect.show(thread, a[0].object(CSVDialectObject.self).pointee.delimiter) },
            Getter("doublequote", isMember: true) { _, a, _ in Value(a[0].object(CSVDialectObject.self).pointee.doubleQuote) },
            Getter("escapechar") { thread, a, _ in CSVDialect.show(thread, a[0].object(CSVDialectObject.self).pointee.escape) },
            Getter("lineterminator") { _, a, _ in a[0].object(CSVDialectObject.self).pointee.lineTerminator },
            Getter("quotechar") { thread, a, _ in CSVDialect.show(thread, a[0].object(CSVDialectObject.self).pointee.quote) },
            Getter("quoting") { _, a, _ in Value(small: Int(a[0].object(CSVDialectObject.self).pointee.quoting)) },
            Getter("skipinitialspace", isMember: true) { _, a, _ in Value(a[0].object(CSVDialectObject.self).pointee.skipInitialSpace) },
            Getter("strict", isMember: true) { _, a, _ in Value(a[0].object(CSVDialectObject.self).pointee.strict) },
        ]) { slots in
            slots.call(.new) { thread, type, arguments, count, keywords in CSVDialect.new.call(thread, type, arguments, count, keywords) }
        }
    }

    nonisolated(unsafe) private static let new = Constructor("Dialect(self, *args, **kwargs)") { thread, a, _ in
        guard TupleRef(a[1]).count <= 1 else { return thread.raise(.typeError, "Dialect() takes at most 1 positional argument (\(TupleRef(a[1]).count) given)") }
        return CSVDialect.make(thread, TypeRef(a[0]), TupleRef(a[1]).count == 1 ? TupleRef(a[1])[0] : .empty, a[2])
    }
}
