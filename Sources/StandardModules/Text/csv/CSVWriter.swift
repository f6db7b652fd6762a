import Objects

/// `_csv.writer`

struct CSVWriterObject {
    var header: ObjectHeader
    /// The file's `write`.
    var write: Value
    var dialect: Value
}

enum CSVWriter {
    static func make(_ thread: ThreadRef, _ arguments: TupleRef, _ options: Value) -> Value {
        guard CSVModule.checkCount(thread, arguments) else { return .empty }
        let dialect = CSVModule.dialect(thread, arguments, options)
        if dialect.isEmpty { return .empty }
        let write = thread.getAttributeOrEmpty(arguments[0], Name.write)
        if write.isEmpty && thread.hasException { return .empty }
        guard !write.isEmpty, write.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "argument 1 must have a \"write\" method") }
        let result = CSVModule.writerType.allocate(thread, size: MemoryLayout<CSVWriterObject>.size)
        if result.isEmpty { return .empty }
        result.object(CSVWriterObject.self).pointee.write = write
        result.object(CSVWriterObject.self).pointee.dialect = dialect
        return result
    }

    /// Appends one field. False when it has raised.
    private static func append(_ thread: ThreadRef, _ record: inout UnitBuffer, _ field: StringRef, _ dialect: CSVDialectObject, isFirst: Bool, quoted: Bool) -> Bool {
        if !isFirst { record.append(dialect.delimiter) }
        let terminator = StringRef(dialect.lineTerminator)
        var quoted = quoted
        var plain = true
        let count = field.count
        func isSpecial(_ c: UInt32) -> Bool {
            if c == dialect.delimiter || c == dialect.escape || c == dialect.quote { return true }
            for index in 0 ..< terminator.count where terminator[index] == c { return true }
            return false
        }
        for index in 0 ..< count {
            let c = field[index]
            guard isSpecial(c) else { continue }
            plain = false
            if dialect.quoting == CSVDialect.noQuotes || c == dialect.escape || (c == dialect.quote && !dialect.doubleQuote) {
                if dialect.quoting != CSVDialect.noQuotes && c == dialect.quote && dialect.doubleQuote {
                    quoted = true
                    continue
                }
                if dialect.escape == CSVDialect.none {
                    CSVModule.fail(thread, "need to escape, but no escapechar set")
                    return false
                }
            } else {
                quoted = true
            }
        }
        if quoted { record.append(dialect.quote) }
        if plain {
            record.append(units: field.units, count, width: field.width)
        } else {
            for index in 0 ..< count {
                let c = field[index]
                if isSpecial(c) {
                    if dialect.quoting == CSVDialect.noQuotes {
                        record.append(dialect.escape)
                    } else if c == dialect.quote {
                        record.append(dialect.doubleQuote ? dialect.quote : dialect.escape)
                    } else if c == dialect.escape {
                        record.append(dialect.escape)
                    }
                }
                record.append(c)
            }
        }
        if quoted { record.append(dialect.quote) }
        return true
    }

    private static func isNumber(_ value: Value) -> Bool {
        if value.isInt || value.isFloat { return true }
        let type = value.type
        return type.slotPointer(.index).pointee != nil || type.slotPointer(.int).pointee != nil || type.slotPointer(.float).pointee != nil || type.isSubtype(of: TypeID.complex.type)
    }

    static func writeRow(_ thread: ThreadRef, _ value: Value, _ row: Value) -> Value {
        let writer = value.object(CSVWriterObject.self)
        let dialect = writer.pointee.dialect.object(CSVDialectObject.self).pointee
        let fields = thread.iterator(row)
        if fields.isEmpty {
            if thread.clearException(.typeError) { return CSVModule.fail(thread, "iterable expected, not \(row.type.name)") }
            return .empty
        }
        var record = UnitBuffer()
        defer { record.free() }
        let empty = StringRef(WellKnown.emptyString.value)
        var count = 0
        while true {
            let field = thread.next(fields)
            if field.isEmpty {
                if thread.hasException { return .empty }
                break
            }
            let quoted = dialect.quoting == CSVDialect.all || (dialect.quoting == CSVDialect.nonNumeric && !isNumber(field))
            var text = field
            if field.isNone {
                text = empty.value
            } else if !field.isString {
                text = thread.str(field)
                if text.isEmpty { return .empty }
            }
            guard append(thread, &record, StringRef(text), dialect, isFirst: count == 0, quoted: quoted) else { return .empty }
            count += 1
        }
        if count > 0 && record.count == 0 {
            if dialect.quoting == CSVDialect.noQuotes { return CSVModule.fail(thread, "single empty field record must be quoted") }
            guard append(thread, &record, empty, dialect, isFirst: true, quoted: true) else { return .empty }
        }
        record.append(StringRef(dialect.lineTerminator))
        let line = record.finish(thread)
        return line.isEmpty ? .empty : thread.call(writer.pointee.write, line)
    }

    static func makeType() -> NativeType {
        NativeType("writer", module: "_csv", size: MemoryLayout<CSVWriterObject>.size, mask: 0b110, flags: [.noInstantiation],
                   doc: "Writes records as lines of text.\n", methods: [
            Def("writerow(self, row, /)", .calls,
                "writerow(iterable)\n\nWrite one record. Fields that are not str are converted.") { thread, a, _ in
                CSVWriter.writeRow(thread, a[0], a[1])
            },
            Def("writerows(self, rows, /)", .calls,
                "writerows(iterables)\n\nWrite a record for each iterable. Fields that are not str are converted.") { thread, a, _ in
                let rows = thread.iterator(a[1])
                if rows.isEmpty { return .empty }
                while true {
                    let row = thread.next(rows)
                    if row.isEmpty { return thread.hasException ? .empty : .none }
                    if CSVWriter.writeRow(thread, a[0], row).isEmpty { return .empty }
                }
            },
        ], getters: [
            Getter("dialect", isMember: true) { _, a, _ in a[0].object(CSVWriterObject.self).pointee.dialect },
        ])
    }
}
