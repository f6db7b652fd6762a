import CForeign
import Glibc
import Interpreter
import Objects
import TextTypes

/// The hot parts of `_sqlite3` (`Library/_sqlite3.py`): statements, their parameters and rows.
///
/// The library is opened when `_sqlite3` is imported, which hands it to `SQLite.load`. What is rare, and each error, is left to a function in Python, a helper, that `_sqlite3` has named in
/// `install`. A statement may be finalized while code in Python runs in its midst; then its place is zero.
enum SQLite {
    typealias Place = UnsafeMutableRawPointer
    typealias Text = UnsafePointer<CChar>
    typealias Count = @convention(c) (Place) -> Int32
    typealias ColumnText = @convention(c) (Place, Int32) -> Text?
    typealias ColumnNumber = @convention(c) (Place, Int32) -> Int32
    typealias ColumnInteger = @convention(c) (Place, Int32) -> Int64
    typealias ColumnDouble = @convention(c) (Place, Int32) -> Double
    typealias ColumnBytes = @convention(c) (Place, Int32) -> Place?
    typealias Bytes = @convention(c) (Place, Int32, UnsafeRawPointer?, Int32, Int) -> Int32

    static let row: Int32 = 100, done: Int32 = 101, locked: Int32 = 6
    /// The library copies what it is given.
    static let transient = -1

    nonisolated(unsafe) static var prepare: (@convention(c) (Place, UnsafeRawPointer, Int32, UnsafeMutablePointer<Place?>, UnsafeMutablePointer<UnsafeRawPointer?>) -> Int32)!
    nonisolated(unsafe) static var step: Count!, reset: Count!, clear: Count!, finalize: Count!, changes: Count!, autocommit: Count!, parameters: Count!, columns: Count!, filled: Count!
    nonisolated(unsafe) static var lastRow: (@convention(c) (Place) -> Int64)!
    nonisolated(unsafe) static var next: (@convention(c) (Place, Place?) -> Place?)!
    nonisolated(unsafe) static var parameterName: ColumnText!, columnName: ColumnText!, declaration: ColumnText!
    nonisolated(unsafe) static var kind: ColumnNumber!, size: ColumnNumber!, integer: ColumnInteger!, double: ColumnDouble!, text: ColumnBytes!, blob: ColumnBytes!
    nonisolated(unsafe) static var bindNull: ColumnNumber!
    nonisolated(unsafe) static var bindInteger: (@convention(c) (Place, Int32, Int64) -> Int32)!
    nonisolated(unsafe) static var bindDouble: (@convention(c) (Place, Int32, Double) -> Int32)!
    nonisolated(unsafe) static var bindText: Bytes!, bindBlob: Bytes!
    nonisolated(unsafe) static var valueKind: Count!, valueSize: Count!, valueInteger: (@convention(c) (Place) -> Int64)!, valueDouble: (@convention(c) (Place) -> Double)!
    nonisolated(unsafe) static var valueText: (@convention(c) (Place) -> Place?)!, valueBlob: (@convention(c) (Place) -> Place?)!
    nonisolated(unsafe) static var answerNull: (@convention(c) (Place) -> Void)!, answerInteger: (@convention(c) (Place, Int64) -> Void)!, answerDouble: (@convention(c) (Place, Double) -> Void)!
    nonisolated(unsafe) static var answerText: (@convention(c) (Place, UnsafeRawPointer?, Int32, Int) -> Void)!, answerBlob: (@convention(c) (Place, UnsafeRawPointer?, Int32, Int) -> Void)!
    nonisolated(unsafe) static var aggregate: (@convention(c) (Place, Int32) -> UnsafeMutablePointer<Int>?)!
    nonisolated(unsafe) static var limit: (@convention(c) (Place, Int32, Int32) -> Int32)!
    nonisolated(unsafe) static var isLoaded = false
    /// Whether somebody has registered adapters for the types that are bound as they are.
    nonisolated(unsafe) static var adaptsAll = false

    /// Finds the library's functions. False when it has raised.
    static func load(_ thread: ThreadRef, _ library: UnsafeMutableRawPointer) -> Bool {
        func find<F>(_ name: String, _ target: inout F?) -> Bool {
            guard let symbol = dlsym(library, "sqlite3_" + name) else {
                thread.raise(.importError, "libsqlite3 has no function sqlite3_\(name)")
                return false
            }
            target = unsafeBitCast(symbol, to: F.self)
            return true
        }
        isLoaded = find("prepare_v2", &prepare) && find("step", &step) && find("reset", &reset) && find("clear_bindings", &clear) && find("finalize", &finalize) && find("changes", &changes)
            && find("get_autocommit", &autocommit) && find("bind_parameter_count", &parameters) && find("column_count", &columns) && find("data_count", &filled) && find("last_insert_rowid", &lastRow)
            && find("next_stmt", &next) && find("bind_parameter_name", &parameterName) && find("column_name", &columnName) && find("column_decltype", &declaration) && find("column_type", &kind)
            && find("column_bytes", &size) && find("column_int64", &integer) && find("column_double", &double) && find("column_text", &text) && find("column_blob", &blob) && find("bind_null", &bindNull)
            && find("bind_int64", &bindInteger) && find("bind_double", &bindDouble) && find("bind_text", &bindText) && find("bind_blob", &bindBlob) && find("value_type", &valueKind)
            && find("value_bytes", &valueSize) && find("value_int64", &valueInteger) && find("value_double", &valueDouble) && find("value_text", &valueText) && find("value_blob", &valueBlob)
            && find("result_null", &answerNull) && find("result_int64", &answerInteger) && find("result_double", &answerDouble) && find("result_text", &answerText) && find("result_blob", &answerBlob)
            && find("aggregate_context", &aggregate) && find("limit", &limit)
        return isLoaded
    }

    // MARK: Helpers

    /// What is in Python: functions, but for the classes at the end.
    enum Helper: Int, CaseIterable { case check, fail, raise_last, begin, collect, describe, values, adapt, as_bytes, undecodable, adapters, PrepareProtocol, Cursor, ProgrammingError, DataError }

    private static let helpers = RootTable.reserve()

    static func install(_ thread: ThreadRef, _ functions: Value) -> Bool {
        guard functions.isDict else {
            thread.raise(.typeError, "install() takes a dict")
            return false
        }
        let found = thread.newTuple(count: Helper.allCases.count) { DictRef(functions).get(string: StringRef.intern("\(Helper.allCases[$0])").value) }
        if found.isEmpty {
            if !thread.hasException { thread.raise(.keyError, "a helper is missing") }
            return false
        }
        helpers.pointee = found
        return true
    }

    static func helper(_ helper: Helper) -> Value { helpers.pointee.isEmpty ? .none : TupleRef(helpers.pointee)[helper.rawValue] }

    @inline(never) @discardableResult static func raise(_ thread: ThreadRef, _ helper: Helper, _ message: String) -> Value {
        let kind = SQLite.helper(helper)
        return kind.isExceptionClass ? thread.raise(type: TypeRef(kind), thread.newString(message)) : thread.raise(.runtimeError, message)
    }

    /// Runs what may take long, or calls Python, without the interpreter lock. The database is not closed meanwhile.
    @inline(__always) static func unlocked<R>(_ thread: ThreadRef, _ database: Value, _ body: () -> R) -> R {
        let outer = foreign_current()
        ForeignModule.use(database, 1)
        let result = GIL.blocking(thread) {
            foreign_set_current(thread)
            let result = body()
            foreign_set_current(outer)
            return result
        }
        ForeignModule.use(database, -1)
        return result
    }

    // MARK: Values

    /// Something of the library's as a Python value: text is a str.
    static func value(_ thread: ThreadRef, _ place: Place) -> Value {
        switch valueKind(place) {
        case 1: return thread.newInt(Int(valueInteger(place)))
        case 2: return thread.newFloat(valueDouble(place))
        case 3:
            guard let text = valueText(place) else { return thread.raiseOutOfMemory() }
            return thread.decodeUTF8(text.assumingMemoryBound(to: UInt8.self), Int(valueSize(place)))
        case 4:
            guard let blob = valueBlob(place) else { return thread.newBytes(count: 0) }
            return thread.newBytes(blob, Int(valueSize(place)))
        default: return .none
        }
    }

    /// What may be given to the library: a number, or bytes and whether they are text.
    enum Item {
        case null, integer(Int64), double(Double)
        case bytes(UnsafeRawPointer, Int, isText: Bool, owner: Value)
    }

    /// nil when it has raised; `unusual` says what to do with what is none of these.
    @inline(__always) static func item(_ thread: ThreadRef, _ value: Value, _ unusual: () -> Value) -> Item? {
        if value.isNone { return .null }
        if value.isSmallInt { return .integer(Int64(value.smallInt)) }
        if value.isFloat { return .double(value.doubleValue) }
        if value.isString {
            if StringRef(value).isASCII { return .bytes(StringRef(value).units, StringRef(value).count, isText: true, owner: value) }
            let bytes = thread.encode(value)
            return bytes.isEmpty ? nil : .bytes(BytesRef(bytes).bytes, BytesRef(bytes).count, isText: true, owner: bytes)
        }
        if value.isInt {
            guard let number = IntOps.toInt(value) else {
                thread.raise(.overflowError, "Python int too large to convert to SQLite INTEGER")
                return nil
            }
            return .integer(Int64(number))
        }
        let bytes = value.isExact(.bytes) ? value : value.isBuffer ? thread.withBuffer(value) { thread.newBytes($0, $1) } : unusual()
        if bytes.isEmpty { return nil }
        guard bytes.isBytes else {
            thread.raise(.typeError, "bytes are required, not '\(bytes.type.name)'")
            return nil
        }
        return .bytes(BytesRef(bytes).bytes, BytesRef(bytes).count, isText: false, owner: bytes)
    }

    /// The value of a function that the library has called. False when it has raised.
    static func answer(_ thread: ThreadRef, _ context: Place, _ value: Value) -> Bool {
        guard let item = item(thread, value, { thread.call(helper(.as_bytes), value, Value(small: 0)) }) else { return false }
        switch item {
        case .null: answerNull(context)
        case let .integer(number): answerInteger(context, number)
        case let .double(number): answerDouble(context, number)
        case let .bytes(start, count, isText, owner):
            guard let count = Int32(exactly: count) else {
                thread.raise(.overflowError, "string is longer than INT_MAX bytes")
                return false
            }
            withExtendedLifetime(owner) { isText ? answerText(context, start, count, transient) : answerBlob(context, start, count, transient) }
        }
        return true
    }
}

/// A prepared statement. It belongs to the cursor that runs it until it is done.
enum SQLiteStatement {
    struct StatementObject {
        var header: ObjectHeader
        /// The handle of the database; empty only where there is no place.
        var database: Value
        var sql: Value
        /// Zero for an empty statement, and one that was finalized.
        var place: UInt
        var isBusy: Bool
        var changesData: Bool
        /// The library is in it, so that it cannot be finalized.
        var isRunning: Bool
    }

    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<StatementObject> { value.object(StatementObject.self) }
    @inline(__always) static func place(_ value: Value) -> SQLite.Place? { SQLite.Place(bitPattern: object(value).pointee.place) }

    // MARK: Making

    /// The statement of a text; empty when it has raised.
    static func make(_ thread: ThreadRef, _ connection: Value, _ database: Value, _ address: SQLite.Place, _ sql: Value) -> Value {
        var source = sql
        if !StringRef(sql).isASCII {
            source = thread.encode(sql)
            if source.isEmpty { return .empty }
        }
        let start = UnsafeRawPointer(source.isString ? StringRef(source).units : UnsafeMutableRawPointer(BytesRef(source).bytes)), count = source.isString ? StringRef(source).count : BytesRef(source).count
        if count > 0, memchr(start, 0, count) != nil { return SQLite.raise(thread, .ProgrammingError, "the query contains a null character") }
        // The limit on the length of SQL is number 1; a negative value leaves it as it is.
        guard let length = Int32(exactly: count), length <= SQLite.limit(address, 1, -1) else { return SQLite.raise(thread, .DataError, "query string is too large") }
        let value = thread.allocateInstance(type.type)
        if value.isEmpty { return .empty }
        object(value).pointee.database = database
        object(value).pointee.sql = sql
        var place: SQLite.Place?, tail: UnsafeRawPointer?
        let status = SQLite.unlocked(thread, database) { SQLite.prepare(address, start, length, &place, &tail) }
        object(value).pointee.place = UInt(bitPattern: place)
        if status != 0 { return thread.call(SQLite.helper(.raise_last), connection) }
        let bytes = UnsafeRawBufferPointer(start: start, count: count), end = tail.map { $0 - start } ?? count
        if skip(bytes, end, count) < count {
            free(thread, value)
            return SQLite.raise(thread, .ProgrammingError, "You can only execute one statement at a time.")
        }
        let first = skip(bytes, 0, count)
        object(value).pointee.changesData = ["INSERT", "UPDATE", "DELETE", "REPLACE"].contains { word in
            count - first >= word.utf8.count && word.utf8.enumerated().allSatisfy { bytes[first + $0.offset] & 0xDF == $0.element }
        }
        return value
    }

    /// Where SQL begins behind white space and comments.
    private static func skip(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            switch bytes[index] {
            case 32, 9, 10, 12, 13: index += 1
            case UInt8(ascii: "-") where index + 1 < end && bytes[index + 1] == UInt8(ascii: "-"):
                while index < end, bytes[index] != 10 { index += 1 }
                if index < end { index += 1 }
            case UInt8(ascii: "/") where index + 1 < end && bytes[index + 1] == UInt8(ascii: "*"):
                index += 2
                while index + 1 < end, bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/") { index += 1 }
                index = index + 1 < end ? index + 2 : end
            default: return index
            }
        }
        return end
    }

    static func free(_ thread: ThreadRef, _ value: Value) {
        let statement = object(value)
        guard let place = place(value), !statement.pointee.isRunning else { return }
        statement.pointee.place = 0
        _ = SQLite.unlocked(thread, statement.pointee.database) { SQLite.finalize(place) }
    }

    // MARK: Running

    @inline(__always) static func reset(_ thread: ThreadRef, _ value: Value) {
        object(value).pointee.isBusy = false
        guard let place = place(value) else { return }
        let database = object(value).pointee.database
        // Who is in the database has it locked, and may wait for the interpreter lock in a callback.
        if ForeignModule.isUsed(database) { _ = SQLite.unlocked(thread, database) { SQLite.reset(place) } } else { _ = SQLite.reset(place) }
    }

    /// The library's status; nil when the statement is gone.
    @inline(__always) static func step(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let place = place(value), !object(value).pointee.isRunning else {
            SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.")
            return nil
        }
        object(value).pointee.isRunning = true
        let status = SQLite.unlocked(thread, object(value).pointee.database) { SQLite.step(place) }
        object(value).pointee.isRunning = false
        return status
    }

    // MARK: Parameters

    /// False when it has raised.
    static func bind(_ thread: ThreadRef, _ connection: Value, _ value: Value, _ parameters: Value) -> Bool {
        guard let place = place(value) else {
            SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.")
            return false
        }
        let needed = Int(SQLite.parameters(place))
        var values = parameters
        if values.isExact(.dict) {
            for index in 0 ..< needed {
                guard let place = self.place(value), let name = SQLite.parameterName(place, Int32(index + 1)) else {
                    values = .none
                    break
                }
                let key = thread.newString(utf8: UnsafeRawPointer(name + 1).assumingMemoryBound(to: UInt8.self), strlen(name) - 1)
                if key.isEmpty { return false }
                let found = DictRef(parameters).get(string: key)
                if found.isEmpty {
                    values = .none
                    break
                }
                guard bind(thread, connection, value, index, found) else { return false }
            }
            if !values.isNone { return true }
        }
        if !values.isExact(.tuple) && !values.isExact(.list) {
            // The values as a list, in order.
            values = thread.call(SQLite.helper(.values), value, parameters, Value(small: needed))
            if values.isEmpty { return false }
        }
        func count() -> Int { values.isExact(.tuple) ? TupleRef(values).count : values.isExact(.list) ? ListRef(values).count : 0 }
        guard count() == needed else {
            SQLite.raise(thread, .ProgrammingError, "Incorrect number of bindings supplied. The current statement uses \(needed), and there are \(count()) supplied.")
            return false
        }
        for index in 0 ..< needed {
            // Adapting one may change a list.
            guard index < count() else {
                thread.raise(.indexError, "list index out of range")
                return false
            }
            guard bind(thread, connection, value, index, values.isExact(.tuple) ? TupleRef(values)[index] : ListRef(values).items[index]) else { return false }
        }
        return true
    }

    private static func bind(_ thread: ThreadRef, _ connection: Value, _ statement: Value, _ index: Int, _ given: Value) -> Bool {
        var value = given
        if !value.isNone, SQLite.adaptsAll || !value.isSmallInt && !value.isInlineFloat && !value.isExact(.str) && !value.isExact(.int) && !value.isExact(.float) && value != .positiveZero && value != .negativeZero && !value.isExact(.bytearray) {
            value = adapt(thread, value)
            if value.isEmpty { return false }
        }
        guard let item = SQLite.item(thread, value, { thread.call(SQLite.helper(.as_bytes), value, Value(small: index + 1)) }) else { return false }
        guard let place = place(statement) else {
            SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.")
            return false
        }
        let position = Int32(index + 1), status: Int32
        switch item {
        case .null: status = SQLite.bindNull(place, position)
        case let .integer(number): status = SQLite.bindInteger(place, position, number)
        case let .double(number): status = SQLite.bindDouble(place, position, number)
        case let .bytes(start, count, isText, owner):
            guard let count = Int32(exactly: count) else {
                thread.raise(.overflowError, isText ? "string longer than INT_MAX bytes" : "BLOB longer than INT_MAX bytes")
                return false
            }
            status = withExtendedLifetime(owner) { isText ? SQLite.bindText(place, position, start, count, SQLite.transient) : SQLite.bindBlob(place, position, start, count, SQLite.transient) }
        }
        if status == 0 { return true }
        thread.call(SQLite.helper(.raise_last), connection)
        return false
    }

    /// What an adapter makes of a value. Bytes and bools have no protocol of their own: without an adapter nobody is asked.
    private static func adapt(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isExact(.bytes) || value.isBool, case let adapters = SQLite.helper(.adapters), adapters.isExact(.dict) {
            let key = thread.newTuple(value.type.value, SQLite.helper(.PrepareProtocol))
            if key.isEmpty { return .empty }
            let adapter = DictRef(adapters).get(thread, key)
            if adapter.isEmpty { return thread.hasException ? .empty : value }
        }
        return thread.call(SQLite.helper(.adapt), value, SQLite.helper(.PrepareProtocol), value)
    }

    // MARK: Rows

    /// The values of a row; empty when it has raised.
    static func row(_ thread: ThreadRef, _ value: Value, _ converters: Value, _ factory: Value) -> Value {
        guard let start = place(value) else { return SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.") }
        let count = Int(SQLite.filled(start))
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        defer { thread.popArguments(vector) }
        vector.update(repeating: .none, count: count + 1)
        for index in 0 ..< count {
            // A converter may have closed the connection.
            guard let place = place(value) else { return SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.") }
            let converter = converters.isExact(.tuple) && index < TupleRef(converters).count ? TupleRef(converters)[index] : .none
            let cell = column(thread, place, Int32(index), converter, factory)
            if cell.isEmpty { return .empty }
            vector[index] = cell
        }
        return thread.newTuple(vector, count)
    }

    @inline(__always) private static func bytes(_ thread: ThreadRef, _ place: SQLite.Place, _ index: Int32) -> Value {
        guard let blob = SQLite.blob(place, index) else { return thread.newBytes(count: 0) }
        return thread.newBytes(blob, Int(SQLite.size(place, index)))
    }

    @inline(__always) private static func column(_ thread: ThreadRef, _ place: SQLite.Place, _ index: Int32, _ converter: Value, _ factory: Value) -> Value {
        let kind = SQLite.kind(place, index)
        if kind == 5 { return .none }
        if !converter.isNone { return SQLite.blob(place, index) == nil ? .none : thread.call(converter, bytes(thread, place, index)) }
        switch kind {
        case 1: return thread.newInt(Int(SQLite.integer(place, index)))
        case 2: return thread.newFloat(SQLite.double(place, index))
        case 4: return bytes(thread, place, index)
        default:
            guard let text = SQLite.text(place, index) else { return thread.raiseOutOfMemory() }
            let start = text.assumingMemoryBound(to: UInt8.self), count = Int(SQLite.size(place, index))
            if factory == TypeID.str.value {
                let result = thread.decodeUTF8(start, count)
                return result.isEmpty && thread.clearException(.unicodeDecodeError) ? undecodable(thread, place, index) : result
            }
            let data = thread.newBytes(start, count)
            return factory == TypeID.bytes.value || data.isEmpty ? data : thread.call(factory, data)
        }
    }

    @inline(never) private static func undecodable(_ thread: ThreadRef, _ place: SQLite.Place, _ index: Int32) -> Value {
        let name = text(thread, SQLite.columnName(place, index))
        return name.isEmpty ? .empty : thread.call(SQLite.helper(.undecodable), bytes(thread, place, index), name)
    }

    /// A text of the library's, or None.
    static func text(_ thread: ThreadRef, _ start: SQLite.Text?) -> Value {
        guard let start else { return .none }
        return thread.decodeUTF8(UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), strlen(start), errors: Name.replace.value)
    }

    /// A cursor's description and the converters of its columns, None if there are none: a tuple.
    static func describe(_ thread: ThreadRef, _ value: Value, detect: Int) -> (description: Value, converters: Value)? {
        guard let place = place(value) else { return (.none, .none) }
        let count = Int(SQLite.columns(place))
        if count == 0 { return (.none, .none) }
        guard let vector = thread.pushArguments(2 * count) else { return nil }
        defer { thread.popArguments(vector) }
        vector.update(repeating: .none, count: 2 * count)
        for index in 0 ..< count {
            vector[index] = text(thread, SQLite.columnName(place, Int32(index)))
            if vector[index].isEmpty { return nil }
            if detect != 0 {
                vector[count + index] = text(thread, SQLite.declaration(place, Int32(index)))
                if vector[count + index].isEmpty { return nil }
            }
        }
        if detect != 0 {
            let names = thread.newTuple(vector, count), kinds = thread.newTuple(vector + count, count)
            if names.isEmpty || kinds.isEmpty { return nil }
            let both = thread.call(SQLite.helper(.describe), Value(small: detect), names, kinds)
            guard !both.isEmpty, both.isExact(.tuple), TupleRef(both).count == 2 else { return nil }
            return (TupleRef(both)[0], TupleRef(both)[1])
        }
        for index in 0 ..< count {
            let entry = thread.newTuple(count: 7)
            if entry.isEmpty { return nil }
            TupleRef(entry).initialize(0, vector[index])
            for other in 1 ..< 7 { TupleRef(entry).initialize(other, .none) }
            vector[index] = entry
        }
        let description = thread.newTuple(vector, count)
        return description.isEmpty ? nil : (description, .none)
    }

    static func makeType() -> NativeType {
        type = NativeType("Statement", module: "sqlite3", size: MemoryLayout<StatementObject>.size, mask: 0b110, flags: .noInstantiation, methods: [
            Def("free(self, /)", .calls, "Finalize it now, unless it runs.") { thread, a, _ in
                SQLiteStatement.free(thread, a[0])
                return .none
            },
            Def("reset(self, /)", .calls, "End its run.") { thread, a, _ in
                SQLiteStatement.reset(thread, a[0])
                return .none
            },
            Def("step(self, /)", .calls, "Run it up to its next row.") { thread, a, _ in SQLiteStatement.step(thread, a[0]).map { Value(small: Int($0)) } ?? .empty },
            Def("parameter_name(self, position, /)", .reads) { thread, a, _ in
                guard let position = thread.toInt(a[1]), let place = SQLiteStatement.place(a[0]) else { return thread.hasException ? .empty : .none }
                return SQLiteStatement.text(thread, SQLite.parameterName(place, Int32(truncatingIfNeeded: position)))
            },
        ]) { slots in
            slots.unary(.finalize) { thread, value in
                SQLiteStatement.free(thread, value)
                return .none
            }
        }
        return type
    }
}
