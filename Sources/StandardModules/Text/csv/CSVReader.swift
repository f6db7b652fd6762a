import Objects

/// `_csv.reader`

struct CSVReaderObject {
    var header: ObjectHeader
    var lines: Value
    var dialect: Value
    var lineNumber: Int
}

enum CSVReader {
    enum State { case startRecord, startField, escaped, inField, inQuoted, escapedInQuoted, quoteInQuoted, eatNewline, afterEscapedNewline }

    static func make(_ thread: ThreadRef, _ arguments: TupleRef, _ options: Value) -> Value {
        guard CSVModule.checkCount(thread, arguments) else { return .empty }
        let lines = thread.iterator(arguments[0])
        if lines.isEmpty { return .empty }
        let dialect = CSVModule.dialect(thread, arguments, options)
        if dialect.isEmpty { return .empty }
        let result = CSVModule.readerType.allocate(thread, size: MemoryLayout<CSVReaderObject>.size)
        if result.isEmpty { return .empty }
        result.object(CSVReaderObject.self).pointee.lines = lines
        result.object(CSVReaderObject.self).pointee.dialect = dialect
        return result
    }

    /// One record under construction.
    struct Record {
        let thread: ThreadRef
        let fields: Value
        let dialect: CSVDialectObject
        var field = UnitBuffer()
        var state = State.startRecord
        var isNumeric = false

        /// False when it has raised, as everywhere below.
        @inline(__always) mutating func add(_ c: UInt32) -> Bool {
            if field.count >= CSVModule.fieldLimit {
                CSVModule.fail(thread, "field larger than field limit (\(CSVModule.fieldLimit))")
                return false
            }
            field.append(c)
            return true
        }

        mutating func save() -> Bool {
            var value = field.finish(thread)
            field.free()
            field = UnitBuffer()
            if value.isEmpty { return false }
            if isNumeric {
                isNumeric = false
                value = thread.call(TypeID.float.value, value)
                if value.isEmpty { return false }
            }
            return ListRef(fields).append(thread, value)
        }

        /// Takes one character; nil is the end of the line.
        mutating func take(_ c: UInt32?) -> Bool {
            let isBreak = c == nil || c == 10 || c == 13
            switch state {
            case .startRecord, .startField:
                if state == .startRecord {
                    guard let c else { return true }
                    if c == 10 || c == 13 {
                        state = .eatNewline
                        return true
                    }
                    state = .startField
                }
                if isBreak {
                    state = c == nil ? .startRecord : .eatNewline
                    return save()
                }
                let c = c.unsafelyUnwrapped
                if c == dialect.quote && dialect.quoting != CSVDialect.noQuotes {
                    state = .inQuoted
                } else if c == dialect.escape {
                    state = .escaped
                } else if c == 32 && dialect.skipInitialSpace {
                    return true
                } else if c == dialect.delimiter {
                    return save()
                } else {
                    if dialect.quoting == CSVDialect.nonNumeric { isNumeric = true }
                    state = .inField
                    return add(c)
                }
            case .escaped:
                if c == 10 || c == 13 {
                    state = .afterEscapedNewline
                    return add(c.unsafelyUnwrapped)
                }
                state = .inField
                return add(c ?? 10)
            case .afterEscapedNewline where c == nil: return true
            case .inField, .afterEscapedNewline:
                if isBreak {
                    state = c == nil ? .startRecord : .eatNewline
                    return save()
                }
                let c = c.unsafelyUnwrapped
                if c == dialect.escape {
                    state = .escaped
                } else if c == dialect.delimiter {
                    state = .startField
                    return save()
                } else {
                    return add(c)
                }
            case .inQuoted:
                guard let c else { return true }
                if c == dialect.escape {
                    state = .escapedInQuoted
                } else if c == dialect.quote && dialect.quoting != CSVDialect.noQuotes {
                    state = dialect.doubleQuote ? .quoteInQuoted : .inField
                } else {
                    return add(c)
                }
            case .escapedInQuoted:
                state = .inQuoted
                return add(c ?? 10)
            case .quoteInQuoted:
                if dialect.quoting != CSVDialect.noQuotes && c == dialect.quote {
                    state = .inQuoted
                    return add(c.unsafelyUnwrapped)
                }
                if c == dialect.delimiter {
                    state = .startField
                    return save()
                }
                if isBreak {
                    state = c == nil ? .startRecord : .eatNewline
                    return save()
                }
                if dialect.strict {
                    let delimiter = Unicode.Scalar(dialect.delimiter).map(String.init) ?? "\u{FFFD}", quote = Unicode.Scalar(dialect.quote).map(String.init) ?? "\u{FFFD}"
                    CSVModule.fail(thread, "'\(delimiter)' expected after '\(quote)'")
                    return false
                }
                state = .inField
                return add(c.unsafelyUnwrapped)
            case .eatNewline:
                guard let c else {
                    state = .startRecord
                    return true
                }
                if c != 10 && c != 13 {
                    CSVModule.fail(thread, "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?")
                    return false
                }
            }
            return true
        }

        /// Takes a whole line. Runs of ordinary characters within a field are copied at once.
        mutating func take(_ line: StringRef) -> Bool {
            let count = line.count
            var index = 0
            while index < count {
                if state == .inField || state == .inQuoted {
                    var stop = index
                    while stop < count {
                        let c = line[stop]
                        if c == dialect.escape || (state == .inField ? c == dialect.delimiter || c == 10 || c == 13 : c == dialect.quote) { break }
                        stop += 1
                    }
                    if stop > index {
                        if field.count + (stop - index) > CSVModule.fieldLimit {
                            CSVModule.fail(thread, "field larger than field limit (\(CSVModule.fieldLimit))")
                            return false
                        }
                        field.append(units: line.units + index * line.width, stop - index, width: line.width)
                        index = stop
                        continue
                    }
                }
                guard take(line[index]) else { return false }
                index += 1
            }
            return take(nil)
        }
    }

    /// The next record: a list. Empty at the end, or when it has raised.
    static func next(_ thread: ThreadRef, _ value: Value) -> Value {
        let reader = value.object(CSVReaderObject.self)
        let fields = thread.newList()
        if fields.isEmpty { return .empty }
        var record = Record(thread: thread, fields: fields, dialect: reader.pointee.dialect.object(CSVDialectObject.self).pointee)
        defer { record.field.free() }
        repeat {
            let line = thread.next(reader.pointee.lines)
            if line.isEmpty {
                if thread.hasException { return .empty }
                if record.field.count > 0 || record.state == .inQuoted {
                    if record.dialect.strict { return CSVModule.fail(thread, "unexpected end of data") }
                    return record.save() ? fields : .empty
                }
                return .empty
            }
            guard line.isString else {
                return CSVModule.fail(thread, "iterator should return strings, not \(line.type.name) (the file should be opened in text mode)")
            }
            reader.pointee.lineNumber += 1
            guard record.take(StringRef(line)) else { return .empty }
        } while record.state != .startRecord
        return fields
    }

    static func makeType() -> NativeType {
        NativeType("reader", module: "_csv", size: MemoryLayout<CSVReaderObject>.size, mask: 0b110, flags: [.noInstantiation],
                   doc: "Reads records from lines of text.\n", getters: [
            Getter("dialect", isMember: true) { _, a, _ in a[0].object(CSVReaderObject.self).pointee.dialect },
            Getter("line_num", isMember: true) { thread, a, _ in thread.newInt(a[0].object(CSVReaderObject.self).pointee.lineNumber) },
        ]) { slots in
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in CSVReader.next(thread, value) }
        }
    }
}
