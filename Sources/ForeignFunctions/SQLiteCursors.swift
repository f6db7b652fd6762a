import Glibc
import Interpreter
import Objects

/// The native bases of `sqlite3.Connection` and `sqlite3.Cursor`, and `sqlite3.Row`.
///
/// The classes are Python (`Library/_sqlite3.py`) and keep their state here: what each execution and each row needs. Whether an object can be used is seen from that state; when it cannot,
/// the helper `check` says why.
enum SQLiteConnection {
    struct ConnectionObject {
        var header: ObjectHeader
        /// The handle of the database, None when there is none.
        var database: Value
        /// None or a str.
        var isolation: Value
        var textFactory: Value
        var rowFactory: Value
        /// The statements that are kept, by their text, the one used last at the end.
        var statements: Value
        /// The one used last.
        var last: Value
        /// Numbers, or empty.
        var detect: Value
        var most: Value
        var thread: Value
        var isChecked: Value
        var isInitialized: Value
    }

    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<ConnectionObject> { value.object(ConnectionObject.self) }
    @inline(__always) static func isConnection(_ value: Value) -> Bool { value.isHeap && value.type.isSubtype(of: type.type) }

    /// The address of the database, if the connection can be used in this thread; nil, with nothing raised, if it cannot.
    @inline(__always) private static func usable(_ thread: ThreadRef, _ value: Value) -> SQLite.Place? {
        let connection = object(value)
        guard connection.pointee.isInitialized == .true, connection.pointee.isChecked == .false || connection.pointee.thread == thread.newInt(unsigned: UInt(thread.pointee.identifier)) else { return nil }
        return ForeignModule.openHandle(connection.pointee.database)
    }

    /// The address of the database; nil when it has raised.
    @inline(__always) static func database(_ thread: ThreadRef, _ value: Value) -> SQLite.Place? {
        if let place = usable(thread, value) { return place }
        if !thread.call(SQLite.helper(.check), value).isEmpty { SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.") }
        return nil
    }

    /// The statement of a text, which nobody else runs; empty when it has raised.
    static func statement(_ thread: ThreadRef, _ value: Value, _ database: SQLite.Place, _ sql: Value) -> Value {
        let connection = object(value)
        let last = connection.pointee.last
        if last.isHeap, case let statement = SQLiteStatement.object(last), !statement.pointee.isBusy, statement.pointee.place != 0, statement.pointee.database == connection.pointee.database,
           statement.pointee.sql == sql || StringRef(statement.pointee.sql).equals(StringRef(sql)) { return last }
        guard connection.pointee.statements.isExact(.dict), sql.isExact(.str) else { return SQLiteStatement.make(thread, value, connection.pointee.database, database, sql) }
        let kept = DictRef(connection.pointee.statements)
        var found = Value.empty
        let entry = kept.find(string: sql)
        if entry >= 0 {
            found = kept.item(at: entry)
            kept.remove(entry: entry)
        }
        if found.isEmpty || found.shapeIndex != SQLiteStatement.type.shape || SQLiteStatement.object(found).pointee.isBusy || SQLiteStatement.object(found).pointee.place == 0
            || SQLiteStatement.object(found).pointee.database != connection.pointee.database {
            found = SQLiteStatement.make(thread, value, connection.pointee.database, database, sql)
            if found.isEmpty { return .empty }
        }
        guard connection.pointee.statements.isExact(.dict), DictRef(connection.pointee.statements).set(thread, sql, found) else { return found }
        let most = connection.pointee.most.isSmallInt ? max(connection.pointee.most.smallInt, 1) : 1
        while DictRef(connection.pointee.statements).count > most, case let first = DictRef(connection.pointee.statements).nextEntry(0), first >= 0 { DictRef(connection.pointee.statements).remove(entry: first) }
        connection.pointee.last = found
        Heap.barrier(value.raw)
        return found
    }

    // MARK: The type

    private static func word(_ name: StaticString, _ get: @escaping NativeFunction, _ set: @escaping NativeFunction) -> Getter { Getter(name, set: set, get: get) }
    @inline(__always) private static func shown(_ word: Value) -> Value { word.isEmpty ? .none : word }

    /// `connection.execute` and `executemany`, by a new plain cursor.
    private static func execute(_ thread: ThreadRef, _ a: Arguments, many: Bool) -> Value {
        guard database(thread, a[0]) != nil else { return .empty }
        let cursor = thread.allocateInstance(TypeRef(SQLite.helper(.Cursor)))
        if cursor.isEmpty { return .empty }
        SQLiteCursor.prepare(cursor, a[0])
        return SQLiteCursor.run(thread, cursor, a[1], a[2], many: many)
    }

    private static func run(_ thread: ThreadRef, _ value: Value, script: Value) -> Value {
        guard script.isBytes else { return thread.raise(.typeError, "bytes are required, not '\(script.type.name)'") }
        var rest = UnsafeRawPointer(BytesRef(script).bytes)
        let end = rest + BytesRef(script).count
        while rest < end {
            guard let database = database(thread, value), let length = Int32(exactly: end - rest) else { return thread.hasException ? .empty : thread.raise(.overflowError, "query string is too large") }
            let handle = object(value).pointee.database
            var statement: SQLite.Place?, tail: UnsafeRawPointer?
            let status = SQLite.unlocked(thread, handle) { () -> Int32 in
                var status = SQLite.prepare(database, rest, length, &statement, &tail)
                if let statement, status == 0 {
                    repeat { status = SQLite.step(statement) } while status == SQLite.row
                    return status
                }
                return status == 0 ? SQLite.done : status
            }
            // What SQLite says of a failure is asked for before the statement goes.
            if status != SQLite.done && !thread.hasException { thread.call(SQLite.helper(.fail), value) }
            if let statement { _ = SQLite.finalize(statement) }
            if thread.hasException { return .empty }
            rest = tail ?? end
        }
        return .none
    }

    static func makeType() -> NativeType {
        type = NativeType("Connection", module: "sqlite3", size: MemoryLayout<ConnectionObject>.size, mask: 0b1111_1111_1110, flags: [.base, .weakReferenceable], methods: [
            Def("execute(self, sql, parameters=(), /)", .calls, "Executes an SQL statement.") { thread, a, _ in SQLiteConnection.execute(thread, a, many: false) },
            Def("executemany(self, sql, parameters, /)", .calls, "Repeatedly executes an SQL statement.") { thread, a, _ in SQLiteConnection.execute(thread, a, many: true) },
            Def("_statement(self, sql, /)", .calls) { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "execute() argument 1 must be str, not \(a[1].type.name)") }
                guard let database = SQLiteConnection.database(thread, a[0]) else { return .empty }
                return SQLiteConnection.statement(thread, a[0], database, a[1])
            },
            Def("cursor(self, /, factory=None)", .calls, "Return a cursor for the connection.") { thread, a, _ in
                guard SQLiteConnection.database(thread, a[0]) != nil else { return .empty }
                let kind = SQLite.helper(.Cursor)
                let cursor = a[1].isEmpty || a[1] == kind ? thread.allocateInstance(TypeRef(kind)) : thread.call(a[1], a[0])
                if cursor.isEmpty { return .empty }
                if cursor.type == TypeRef(kind), a[1].isEmpty || a[1] == kind {
                    SQLiteCursor.prepare(cursor, a[0])
                } else {
                    guard cursor.isHeap, cursor.type.isSubtype(of: TypeRef(kind)) else { return thread.raise(.typeError, "factory must return a cursor, not \(cursor.type.name)") }
                    let factory = SQLiteConnection.object(a[0]).pointee.rowFactory
                    if !factory.isNone && !factory.isEmpty { SQLiteCursor.object(cursor).pointee.rowFactory = factory }
                    Heap.barrier(cursor.raw)
                }
                return cursor
            },
            Def("_run_script(self, data, /)", .calls, "Run the statements of a text in UTF-8.") { thread, a, _ in SQLiteConnection.run(thread, a[0], script: a[1]) },
            Def("_reset_all(self, /)", .calls, "End the runs of all statements.") { _, a, _ in
                let handle = SQLiteConnection.object(a[0]).pointee.database
                // Statements that run cannot be ended from within.
                guard let database = ForeignModule.openHandle(handle), !ForeignModule.isUsed(handle) else { return .none }
                var statement = SQLite.next(database, nil)
                while let one = statement {
                    _ = SQLite.reset(one)
                    statement = SQLite.next(database, one)
                }
                SQLiteConnection.object(a[0]).pointee.last = .none
                return .none
            },
        ], getters: [
            word("_database", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.database) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.database = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_isolation_level", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.isolation) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.isolation = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("text_factory", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.textFactory) }) { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "can't delete attribute") }
                SQLiteConnection.object(a[0]).pointee.textFactory = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("row_factory", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.rowFactory) }) { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "can't delete attribute") }
                SQLiteConnection.object(a[0]).pointee.rowFactory = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_statements", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.statements) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.statements = a[1]
                SQLiteConnection.object(a[0]).pointee.last = .none
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_detect_types", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.detect) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.detect = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_most", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.most) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.most = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_thread", { _, a, _ in SQLiteConnection.shown(SQLiteConnection.object(a[0]).pointee.thread) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.thread = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
            word("_check_same_thread", { _, a, _ in Value(SQLiteConnection.object(a[0]).pointee.isChecked == .true) }) { thread, a, _ in
                let truth = thread.isTrue(a[1])
                if truth < 0 { return .empty }
                SQLiteConnection.object(a[0]).pointee.isChecked = Value(truth > 0)
                return .none
            },
            word("_initialized", { _, a, _ in Value(SQLiteConnection.object(a[0]).pointee.isInitialized == .true) }) { _, a, _ in
                SQLiteConnection.object(a[0]).pointee.isInitialized = Value(a[1] == .true)
                return .none
            },
            Getter("in_transaction") { thread, a, _ in
                let connection = SQLiteConnection.object(a[0])
                // Any thread may ask.
                guard let database = connection.pointee.isInitialized == .true ? ForeignModule.openHandle(connection.pointee.database) : SQLiteConnection.database(thread, a[0]) else {
                    return thread.hasException ? .empty : SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed database.")
                }
                return Value(SQLite.autocommit(database) == 0)
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
        }
        return type
    }
}

enum SQLiteCursor {
    struct CursorObject {
        var header: ObjectHeader
        /// Empty before `__init__`.
        var connection: Value
        /// What it runs, or None.
        var statement: Value
        var description: Value
        var rowCount: Value
        var lastRow: Value
        var arraySize: Value
        var rowFactory: Value
        /// A tuple or None.
        var converters: Value
        var isClosed: Bool
        var isLocked: Bool
    }

    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<CursorObject> { value.object(CursorObject.self) }

    static func prepare(_ value: Value, _ connection: Value) {
        let cursor = object(value)
        cursor.pointee.connection = connection
        cursor.pointee.statement = .none
        cursor.pointee.description = .none
        cursor.pointee.rowCount = Value(small: -1)
        cursor.pointee.lastRow = .none
        cursor.pointee.arraySize = Value(small: 1)
        cursor.pointee.rowFactory = SQLiteConnection.object(connection).pointee.rowFactory.isEmpty ? .none : SQLiteConnection.object(connection).pointee.rowFactory
        cursor.pointee.converters = .none
        cursor.pointee.isClosed = false
        cursor.pointee.isLocked = false
        Heap.barrier(value.raw)
    }

    /// The database's address, if the cursor can be used; nil when it has raised.
    @inline(__always) private static func database(_ thread: ThreadRef, _ value: Value) -> SQLite.Place? {
        let cursor = object(value)
        if cursor.pointee.connection.isEmpty {
            SQLite.raise(thread, .ProgrammingError, "Base Cursor.__init__ not called.")
        } else if cursor.pointee.isClosed {
            SQLite.raise(thread, .ProgrammingError, "Cannot operate on a closed cursor.")
        } else if cursor.pointee.isLocked {
            SQLite.raise(thread, .ProgrammingError, "Recursive use of cursors not allowed.")
        } else {
            return SQLiteConnection.database(thread, cursor.pointee.connection)
        }
        return nil
    }

    /// Gives the statement back, whatever rows it still has.
    static func release(_ thread: ThreadRef, _ value: Value) {
        let statement = object(value).pointee.statement
        object(value).pointee.statement = .none
        guard statement.isHeap else { return }
        SQLiteStatement.reset(thread, statement)
        if let place = SQLiteStatement.place(statement), !ForeignModule.isUsed(SQLiteStatement.object(statement).pointee.database) { _ = SQLite.clear(place) }
    }

    /// The same when something was raised, which stays so.
    private static func abandon(_ thread: ThreadRef, _ value: Value) {
        let exception = thread.takeException()
        release(thread, value)
        thread.restore(exception)
    }

    // MARK: Execution

    /// Runs a statement with parameters, or with each of many. The cursor, or empty when it has raised.
    static func run(_ thread: ThreadRef, _ value: Value, _ sql: Value, _ parameters: Value, many: Bool) -> Value {
        guard let database = database(thread, value) else { return .empty }
        release(thread, value)
        guard sql.isString else { return thread.raise(.typeError, "\(many ? "executemany" : "execute")() argument 1 must be str, not \(sql.argumentTypeName)") }
        let cursor = object(value)
        cursor.pointee.isLocked = true
        let isDone = execute(thread, value, database, sql, parameters, many: many)
        cursor.pointee.isLocked = false
        if isDone { return value }
        cursor.pointee.rowCount = Value(small: -1)
        abandon(thread, value)
        return .empty
    }

    private static func execute(_ thread: ThreadRef, _ value: Value, _ database: SQLite.Place, _ sql: Value, _ parameters: Value, many: Bool) -> Bool {
        let cursor = object(value), connection = cursor.pointee.connection
        var iterator = Value.none
        if many {
            iterator = thread.iterator(parameters)
            if iterator.isEmpty { return false }
        }
        let statement = SQLiteConnection.statement(thread, connection, database, sql)
        if statement.isEmpty { return false }
        guard SQLiteStatement.place(statement) != nil else {
            cursor.pointee.description = .none
            cursor.pointee.rowCount = Value(small: -1)
            return true
        }
        let changesData = SQLiteStatement.object(statement).pointee.changesData
        if many && !changesData {
            SQLite.raise(thread, .ProgrammingError, "executemany() can only execute DML statements.")
            return false
        }
        SQLiteStatement.object(statement).pointee.isBusy = true
        cursor.pointee.statement = statement
        cursor.pointee.rowCount = Value(small: changesData ? 0 : -1)
        Heap.barrier(value.raw)
        if changesData, !SQLiteConnection.object(connection).pointee.isolation.isNone, SQLite.autocommit(database) != 0, thread.call(SQLite.helper(.begin), connection).isEmpty { return false }
        cursor.pointee.description = .none
        var status = SQLite.done, isDescribed = false
        repeat {
            var given = parameters
            if many {
                given = thread.next(iterator)
                if given.isEmpty {
                    guard thread.endedIteration() else { return false }
                    break
                }
            }
            if let place = SQLiteStatement.place(statement) { _ = SQLite.reset(place) }
            if given.isEmpty { given = WellKnown.emptyTuple.value }
            guard SQLiteStatement.bind(thread, connection, statement, given), let first = step(thread, connection, statement) else { return false }
            status = first
            if !isDescribed {
                guard describe(thread, value, statement) else { return false }
                isDescribed = !cursor.pointee.description.isNone
            }
            if changesData && (many || status == SQLite.done) {
                while many && status == SQLite.row {
                    guard let next = step(thread, connection, statement) else { return false }
                    status = next
                }
                guard let database = ForeignModule.openHandle(SQLiteConnection.object(connection).pointee.database) else { break }
                cursor.pointee.rowCount = Value(small: cursor.pointee.rowCount.smallInt + Int(SQLite.changes(database)))
            }
            if !many, let database = ForeignModule.openHandle(SQLiteConnection.object(connection).pointee.database) {
                cursor.pointee.lastRow = thread.newInt(Int(SQLite.lastRow(database)))
                Heap.barrier(value.raw)
            }
        } while many
        if many || status == SQLite.done { release(thread, value) }
        return true
    }

    /// `row` or `done`; nil when it has raised.
    private static func step(_ thread: ThreadRef, _ connection: Value, _ statement: Value) -> Int32? {
        guard var status = SQLiteStatement.step(thread, statement) else { return nil }
        if status == SQLite.locked {
            // A cursor that nobody has may still hold the table.
            if thread.call(SQLite.helper(.collect)).isEmpty { return nil }
            if let place = SQLiteStatement.place(statement) { _ = SQLite.reset(place) }
            guard let again = SQLiteStatement.step(thread, statement) else { return nil }
            status = again
        }
        if thread.hasException { return nil }
        if status == SQLite.row || status == SQLite.done { return status }
        thread.call(SQLite.helper(.fail), connection)
        return nil
    }

    private static func describe(_ thread: ThreadRef, _ value: Value, _ statement: Value) -> Bool {
        let cursor = object(value), detect = SQLiteConnection.object(cursor.pointee.connection).pointee.detect
        guard let (description, converters) = SQLiteStatement.describe(thread, statement, detect: detect.isSmallInt ? detect.smallInt : 0) else {
            if !thread.hasException { thread.raise(.systemError, "a description is a tuple") }
            return false
        }
        cursor.pointee.description = description
        cursor.pointee.converters = converters
        Heap.barrier(value.raw)
        return true
    }

    // MARK: Rows

    /// The next row; empty at the end, too.
    static func next(_ thread: ThreadRef, _ value: Value) -> Value {
        guard database(thread, value) != nil else { return .empty }
        let cursor = object(value), statement = cursor.pointee.statement, connection = SQLiteConnection.object(cursor.pointee.connection)
        guard statement.isHeap else { return .empty }
        guard ForeignModule.openHandle(SQLiteStatement.object(statement).pointee.database) != nil else {
            // The connection had another database then, which was closed.
            cursor.pointee.statement = .none
            return .empty
        }
        cursor.pointee.isLocked = true
        let row = fetch(thread, value, statement)
        cursor.pointee.isLocked = false
        if row.isEmpty { return .empty }
        let factory = cursor.pointee.rowFactory
        if factory.isNone { return row }
        if factory == SQLiteRow.type.type.value { return SQLiteRow.make(thread, row, cursor.pointee.description) }
        return thread.call(factory, value, row)
    }

    private static func fetch(_ thread: ThreadRef, _ value: Value, _ statement: Value) -> Value {
        let cursor = object(value), connection = cursor.pointee.connection
        let row = SQLiteStatement.row(thread, statement, cursor.pointee.converters, SQLiteConnection.object(connection).pointee.textFactory)
        if row.isEmpty { return .empty }
        guard let status = SQLiteStatement.step(thread, statement) else { return .empty }
        if thread.hasException { return .empty }
        if status == SQLite.row { return row }
        if status == SQLite.done {
            if SQLiteStatement.object(statement).pointee.changesData, let database = ForeignModule.openHandle(SQLiteConnection.object(connection).pointee.database) {
                cursor.pointee.rowCount = Value(small: Int(SQLite.changes(database)))
            }
            release(thread, value)
            return row
        }
        thread.call(SQLite.helper(.fail), connection)
        abandon(thread, value)
        return .empty
    }

    private static func fetch(_ thread: ThreadRef, _ value: Value, most: Int) -> Value {
        let rows = thread.newList(capacity: 0)
        if rows.isEmpty { return .empty }
        while ListRef(rows).count < most {
            let row = next(thread, value)
            if row.isEmpty { return thread.hasException ? .empty : rows }
            guard ListRef(rows).append(thread, row) else { return .empty }
        }
        return rows
    }

    // MARK: The type

    private static let initialize = Constructor("Cursor(self, connection, /)") { thread, a, _ in
        guard SQLiteConnection.isConnection(a[1]) else { return thread.raise(.typeError, "Cursor() argument 1 must be sqlite3.Connection, not \(a[1].argumentTypeName)") }
        if object(a[0]).pointee.isLocked { return SQLite.raise(thread, .ProgrammingError, "Recursive use of cursors not allowed.") }
        if !object(a[0]).pointee.connection.isEmpty { release(thread, a[0]) }
        prepare(a[0], a[1])
        return SQLiteConnection.database(thread, a[1]) == nil ? .empty : .none
    }

    @inline(__always) private static func shown(_ word: Value) -> Value { word.isEmpty ? .none : word }

    static func makeType() -> NativeType {
        type = NativeType("Cursor", module: "sqlite3", size: MemoryLayout<CursorObject>.size, mask: 0b1_1111_1110, flags: [.base, .weakReferenceable], methods: [
            Def("execute(self, sql, parameters=(), /)", .calls, "Executes an SQL statement.") { thread, a, _ in SQLiteCursor.run(thread, a[0], a[1], a[2], many: false) },
            Def("executemany(self, sql, seq_of_parameters, /)", .calls, "Repeatedly executes an SQL statement.") { thread, a, _ in SQLiteCursor.run(thread, a[0], a[1], a[2], many: true) },
            Def("fetchone(self, /)", .calls, "Fetches one row from the resultset.") { thread, a, _ in
                let row = SQLiteCursor.next(thread, a[0])
                return row.isEmpty && !thread.hasException ? .none : row
            },
            Def("fetchmany(self, /, size=1)", .calls, "Fetches several rows from the resultset.\n\n  size\n    The default value is set by the Cursor.arraysize attribute.") { thread, a, _ in
                guard SQLiteCursor.database(thread, a[0]) != nil, let most = thread.toCInt(a[1].isEmpty ? SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.arraySize) : a[1]) else { return .empty }
                // None means all.
                return SQLiteCursor.fetch(thread, a[0], most: most > 0 ? most : Int.max)
            },
            Def("fetchall(self, /)", .calls, "Fetches all rows from the resultset.") { thread, a, _ in SQLiteCursor.fetch(thread, a[0], most: Int.max) },
            Def("_release(self, /)", .calls) { thread, a, _ in
                SQLiteCursor.release(thread, a[0])
                return .none
            },
            Def("_check(self, /)", .calls) { thread, a, _ in SQLiteCursor.database(thread, a[0]) == nil ? .empty : .none },
        ], getters: [
            Getter("connection", isMember: true, set: readOnlyMember) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.connection) },
            Getter("description", isMember: true, set: readOnlyMember) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.description) },
            Getter("lastrowid", isMember: true, set: readOnlyMember) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.lastRow) },
            Getter("rowcount", isMember: true, set: readOnlyMember) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.rowCount) },
            Getter("arraysize", isMember: true, set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "can't delete numeric/char attribute") }
                guard let size = thread.toCInt(a[1]) else { return .empty }
                SQLiteCursor.object(a[0]).pointee.arraySize = Value(small: size)
                return .none
            }) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.arraySize) },
            Getter("row_factory", isMember: true, set: { _, a, _ in
                SQLiteCursor.object(a[0]).pointee.rowFactory = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in SQLiteCursor.shown(SQLiteCursor.object(a[0]).pointee.rowFactory) },
            Getter("_closed", set: { _, a, _ in
                SQLiteCursor.object(a[0]).pointee.isClosed = a[1] == .true
                return .none
            }) { _, a, _ in Value(SQLiteCursor.object(a[0]).pointee.isClosed) },
            Getter("_locked") { _, a, _ in Value(SQLiteCursor.object(a[0]).pointee.isLocked) },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, receiver, a, count, keywords in
                if count != 1 && keywords.isEmpty { return thread.raise(.typeError, "Cursor expected 1 argument, got \(count)") }
                return SQLiteCursor.initialize.call(thread, receiver, a, count, keywords)
            }
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in SQLiteCursor.next(thread, value) }
            slots.unary(.finalize) { thread, value in
                SQLiteCursor.release(thread, value)
                return .none
            }
        }
        return type
    }
}

/// `sqlite3.Row`: a row whose columns are known by name too.
enum SQLiteRow {
    struct RowObject {
        var header: ObjectHeader
        /// A tuple.
        var data: Value
        /// A cursor's description: a tuple or None.
        var description: Value
    }

    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) private static func object(_ value: Value) -> UnsafeMutablePointer<RowObject> { value.object(RowObject.self) }
    @inline(__always) private static func data(_ value: Value) -> TupleRef { TupleRef(object(value).pointee.data) }

    static func make(_ thread: ThreadRef, _ data: Value, _ description: Value, type kind: TypeRef? = nil) -> Value {
        let value = thread.allocateInstance(kind ?? type.type)
        if value.isEmpty { return .empty }
        object(value).pointee.data = data
        object(value).pointee.description = description.isEmpty ? .none : description
        return value
    }

    private static let construct = Constructor("Row(self, cursor, data, /)") { thread, a, _ in
        guard a[1].isHeap, a[1].type.isSubtype(of: SQLiteCursor.type.type) else { return thread.raise(.typeError, "Row() argument 1 must be sqlite3.Cursor, not \(a[1].argumentTypeName)") }
        guard a[2].isTuple else { return thread.raise(.typeError, "Row() argument 2 must be tuple, not \(a[2].argumentTypeName)") }
        return make(thread, a[2], SQLiteCursor.object(a[1]).pointee.description, type: TypeRef(a[0]))
    }

    /// The name of a column; nil where a description is none.
    @inline(__always) private static func name(_ value: Value, _ index: Int) -> Value? {
        let description = object(value).pointee.description
        guard description.isTuple, index < TupleRef(description).count, case let entry = TupleRef(description)[index], entry.isTuple, TupleRef(entry).count > 0, TupleRef(entry)[0].isString else { return nil }
        return TupleRef(entry)[0]
    }

    /// Whether two names are the same, or are in ASCII and the same but for the case of letters.
    @inline(__always) private static func matches(_ a: Value, _ b: Value) -> Bool {
        if a == b { return true }
        let x = StringRef(a), y = StringRef(b)
        guard x.count == y.count else { return false }
        guard x.isASCII, y.isASCII else { return x.equals(y) }
        for index in 0 ..< x.count {
            let p = x.units1[index], q = y.units1[index]
            if p != q && (p ^ q != 0x20 || p | 0x20 < 97 || p | 0x20 > 122) { return false }
        }
        return true
    }

    private static func get(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        if key.isSmallInt {
            let count = data(value).count, index = key.smallInt < 0 ? key.smallInt + count : key.smallInt
            return index >= 0 && index < count ? data(value)[index] : thread.raise(.indexError, "tuple index out of range")
        }
        if key.isString {
            var index = 0
            while let name = name(value, index) {
                if matches(name, key) { return index < data(value).count ? data(value)[index] : thread.raise(.indexError, "tuple index out of range") }
                index += 1
            }
            return thread.raise(.indexError, "No item with that key")
        }
        guard key.isInt || key.isExact(.slice) else { return thread.raise(.indexError, "Index must be int or string") }
        return thread.getItem(object(value).pointee.data, key)
    }

    static func makeType() -> NativeType {
        type = NativeType("Row", module: "sqlite3", size: MemoryLayout<RowObject>.size, mask: 0b110, flags: .base, methods: [
            Def("keys(self, /)", .writes, "Returns the keys of the row.") { thread, a, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                var index = 0
                while let name = SQLiteRow.name(a[0], index) {
                    guard ListRef(list).append(thread, name) else { return .empty }
                    index += 1
                }
                return list
            },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in SQLiteRow.construct.call(thread, type, a, count, keywords) }
            slots.length { _, value in SQLiteRow.data(value).count }
            slots.binary(.getItem) { thread, value, key in SQLiteRow.get(thread, value, key) }
            slots.unary(.iter) { thread, value in thread.iterator(SQLiteRow.object(value).pointee.data) }
            slots.hash { thread, value in
                let first = thread.hash(SQLiteRow.object(value).pointee.description)
                if first == -1 && thread.hasException { return -1 }
                let second = thread.hash(SQLiteRow.object(value).pointee.data)
                if second == -1 && thread.hasException { return -1 }
                return first ^ second == -1 ? -2 : first ^ second
            }
            slots.compare { thread, a, b, operation in
                let comparison = Comparison(number: operation)
                guard comparison == .equal || comparison == .notEqual, a.isHeap, b.isHeap, a.type.isSubtype(of: SQLiteRow.type.type), b.type.isSubtype(of: SQLiteRow.type.type) else { return .notImplemented }
                var same = thread.isEqual(SQLiteRow.object(a).pointee.description, SQLiteRow.object(b).pointee.description)
                if same > 0 { same = thread.isEqual(SQLiteRow.object(a).pointee.data, SQLiteRow.object(b).pointee.data) }
                return same < 0 ? .empty : Value((same > 0) == (comparison == .equal))
            }
        }
        return type
    }
}

/// `_sqlite3_fast`: what `_sqlite3` takes from here.
enum SQLiteModule {
    static func register() {
        NativeModule.register("_sqlite3_fast", functions: [
            Def("load(library, /)", .calls, "Use a library that has been opened.", kind: .function) { thread, a, _ in
                guard let number = thread.toInt(a[0]), let library = UnsafeMutableRawPointer(bitPattern: number) else { return thread.hasException ? .empty : thread.raise(.valueError, "no library") }
                return SQLite.load(thread, library) ? .none : .empty
            },
            Def("install(helpers, /)", .writes, "Take the functions in Python for what is rare, by name.", kind: .function) { thread, a, _ in SQLite.install(thread, a[0]) ? .none : .empty },
            Def("adapt_all()", .writes, "Ask for adapters of numbers and texts, too.", kind: .function) { _, _, _ in
                SQLite.adaptsAll = true
                return .none
            },
            Def("apply(function, context, count, place, /)", .calls, "Call a function with arguments of the library's, and give it the value unless the context is 0.", kind: .function) { thread, a, _ in
                guard let address = thread.toInt(a[1]), let count = thread.toInt(a[2]), let place = thread.toInt(a[3]), SQLite.isLoaded else { return thread.hasException ? .empty : thread.raise(.valueError, "no library") }
                guard let vector = thread.pushArguments(max(count, 0) + 1) else { return .empty }
                defer { thread.popArguments(vector) }
                vector.update(repeating: .none, count: max(count, 0) + 1)
                var given = 0
                if let places = UnsafePointer<SQLite.Place>(bitPattern: place) {
                    while given < count {
                        vector[given + 1] = SQLite.value(thread, places[given])
                        if vector[given + 1].isEmpty { return .empty }
                        given += 1
                    }
                }
                let value = thread.call(a[0], vector + 1, given)
                guard !value.isEmpty, let context = SQLite.Place(bitPattern: address) else { return value }
                return SQLite.answer(thread, context, value) ? .none : .empty
            },
            Def("compare(function, length_a, a, length_b, b, /)", .calls, "Compare two texts of the library's by a function: a negative number, 0 or a positive one.", kind: .function) { thread, a, _ in
                guard let vector = thread.pushArguments(3) else { return .empty }
                defer { thread.popArguments(vector) }
                vector.update(repeating: .none, count: 3)
                for index in 0 ..< 2 {
                    guard let count = thread.toInt(a[1 + 2 * index]), let place = thread.toInt(a[2 + 2 * index]) else { return .empty }
                    vector[1 + index] = UnsafePointer<UInt8>(bitPattern: place).map { thread.decodeUTF8($0, max(count, 0)) } ?? thread.newString("")
                    if vector[1 + index].isEmpty { return .empty }
                }
                let order = thread.call(a[0], vector + 1, 2)
                if order.isEmpty { return .empty }
                if order.isSmallInt { return Value(small: order.smallInt.signum()) }
                let isMore = thread.compareTruth(order, Value(small: 0), .greater)
                if isMore != 0 { return isMore < 0 ? .empty : Value(small: 1) }
                let isLess = thread.compareTruth(order, Value(small: 0), .less)
                return isLess < 0 ? .empty : Value(small: -Int(isLess))
            },
            Def("answer(context, value, /)", .calls, "Give the library the value of a function that it has called.", kind: .function) { thread, a, _ in
                guard let address = thread.toInt(a[0]), let context = SQLite.Place(bitPattern: address), SQLite.isLoaded else { return thread.hasException ? .empty : thread.raise(.valueError, "no library") }
                return SQLite.answer(thread, context, a[1]) ? .none : .empty
            },
            Def("aggregate_key(context, create, key, /)", .writes, "The number of an aggregate's instance, which is set if it is 0; None when there is no place for one.", kind: .function) { thread, a, _ in
                guard let address = thread.toInt(a[0]), let context = SQLite.Place(bitPattern: address), SQLite.isLoaded, let key = thread.toInt(a[2]) else { return thread.hasException ? .empty : thread.raise(.valueError, "no library") }
                guard let place = SQLite.aggregate(context, a[1] == .true ? 8 : 0) else { return .none }
                if place.pointee == 0 { place.pointee = key }
                return thread.newInt(place.pointee)
            },
        ]) { module in
            module.add(SQLiteStatement.makeType())
            module.add(SQLiteConnection.makeType())
            module.add(SQLiteCursor.makeType())
            module.add(SQLiteRow.makeType())
            return true
        }
    }
}
