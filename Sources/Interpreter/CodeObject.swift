import Bytecode
import Glibc
import Syntax

/// The code type as Python sees it: `replace`, positions, comparison, and making code objects from their parts.
///
/// `co_linetable` and `co_exceptiontable` are formats of our own: the former holds the positions, the latter everything else that
/// `CompiledCode` has and CPython's code type has no name for (handlers, inline caches, registers of cells). So the parts that Python can read are all that it takes to
/// make an equal code object again, and `replace` and the constructor are one function. Such code is verified before anything runs it.
///
/// Offsets in `co_lines` and elsewhere count bytes of `co_code`, four to an instruction word; `co_positions` yields one entry for each two
/// bytes, as CPython's does, because `traceback` takes the entry number `tb_lasti // 2`.
extension Code {
    static func object(_ value: Value) -> UnsafeMutablePointer<CodeObject> { value.object(CodeObject.self) }

    /// What the code object of a value was made of.
    public static func compiledCode(of value: Value) -> CompiledCode { compiled(object(value)) }
    /// Empty when it has raised.
    public static func constants(_ thread: ThreadRef, of value: Value) -> Value { whole(thread, value)?.pointee.constants ?? .empty }
    public static func filename(of value: Value) -> Value { object(value).pointee.filename }
    public static func flags(of value: Value) -> Int { Int(object(value).pointee.flags) }
    public static func freeCount(of value: Value) -> Int { Int(object(value).pointee.freeCount) }

    /// `_imp._fix_co_filename`: changes the file name of code and of the code inside it that has the same one.
    public static func fixFilename(_ code: Value, _ filename: Value) {
        let old = object(code).pointee.filename
        if StringRef(old).equals(StringRef(filename)) { return }
        replaceFilename(code, old, filename)
    }

    private static func replaceFilename(_ code: Value, _ old: Value, _ filename: Value) {
        guard StringRef(object(code).pointee.filename).equals(StringRef(old)) else { return }
        object(code).pointee.filename = filename
        Heap.barrier(code.raw)
        let constants = TupleRef(object(code).pointee.constants)
        for index in 0 ..< constants.count where constants[index].isExact(.code) { replaceFilename(constants[index], old, filename) }
    }

    // MARK: Methods and slots

    static let methods: [Def] = [
        Def("""
            replace(self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, co_firstlineno=-1, \
            co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, \
            co_linetable=None, co_exceptiontable=None)
            """, .calls, "Return a copy of the code object with new values for the specified fields.") { thread, a, _ in Code.replace(thread, a[0], a + 1) },
        Def("co_lines(self)", .writes) { thread, a, _ in Code.newIterator(thread, Code.lineIterator, a[0]) },
        Def("co_positions(self)", .writes) { thread, a, _ in Code.newIterator(thread, Code.positionsIterator, a[0]) },
        Def("_varname_from_oparg(self, /, oparg)", .calls, "(internal-only) Return the local variable name for the given oparg.") { thread, a, _ in
            guard let index = thread.toInt(a[1]) else { return .empty }
            guard let code = Code.whole(thread, a[0]) else { return .empty }
            let names = TupleRef(code.pointee.localNames)
            return index >= 0 && index < names.count ? names[index] : thread.raise(.indexError, "tuple index out of range")
        },
        Def("__sizeof__(self, /)", .reads, "Size of object in memory, in bytes.") { thread, a, _ in
            guard let code = Code.whole(thread, a[0]) else { return .empty }
            return thread.newInt(MemoryLayout<CodeObject>.size + Int(code.pointee.instructionCount) * 4 + Int(code.pointee.cacheCount) * MemoryLayout<InlineCache>.size
                + Int(code.pointee.exceptionRangeCount) * MemoryLayout<ExceptionRange>.size)
        },
    ]

    static let constructor = Constructor("""
        code(self, argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, \
        firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)
        """) { thread, a, _ in Code.construct(thread, a + 1) }

    static func fill(_ slots: SlotBuilder) {
        slots.call(.new) { thread, type, arguments, count, keywords in Code.constructor.call(thread, type, arguments, count, keywords) }
        slots.hash { thread, value in Code.hash(thread, value) }
        slots.compare { thread, a, b, operation in
            guard operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue, a.isExact(.code), b.isExact(.code) else { return .notImplemented }
            let same = Code.isEqual(thread, a, b)
            return same < 0 ? .empty : Value((same == 1) == (operation == Comparison.equal.rawValue))
        }
    }

    // MARK: Comparison

    private static func isEqual(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        if a == b { return 1 }
        guard let first = whole(thread, a), let second = whole(thread, b) else { return -1 }
        let x = compiled(first), y = compiled(second)
        guard first.pointee.flags == second.pointee.flags, first.pointee.firstLine == second.pointee.firstLine,
              first.pointee.argumentCount == second.pointee.argumentCount, first.pointee.positionalOnlyCount == second.pointee.positionalOnlyCount,
              first.pointee.keywordOnlyCount == second.pointee.keywordOnlyCount, first.pointee.registerCount == second.pointee.registerCount,
              x.instructions == y.instructions, x.caches == y.caches, x.exceptionTable.elementsEqual(y.exceptionTable, by: same), x.positions.elementsEqual(y.positions, by: same),
              StringRef(first.pointee.name).equals(StringRef(second.pointee.name)), StringRef(first.pointee.qualifiedName).equals(StringRef(second.pointee.qualifiedName)) else { return 0 }
        for (left, right) in [(first.pointee.constants, second.pointee.constants), (first.pointee.names, second.pointee.names), (first.pointee.localNames, second.pointee.localNames),
                              (first.pointee.cellNames, second.pointee.cellNames), (first.pointee.freeNames, second.pointee.freeNames)] {
            let result = sameConstant(thread, left, right)
            if result != 1 { return result }
        }
        return 1
    }

    private static func same(_ a: ExceptionRange, _ b: ExceptionRange) -> Bool { a.start == b.start && a.end == b.end && a.handler == b.handler && a.register == b.register }
    private static func same(_ a: PositionEntry, _ b: PositionEntry) -> Bool { a.start == b.start && a.range == b.range }

    /// Whether two constants are of one type and value, so that 1, 1.0 and True are three constants, and so are 0.0 and -0.0.
    private static func sameConstant(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        if a == b { return 1 }
        guard a.type == b.type else { return 0 }
        if a.isFloat { return a.doubleValue.bitPattern == b.doubleValue.bitPattern ? 1 : 0 }
        if a.isExact(.complex) {
            let x = a.object(ComplexObject.self).pointee, y = b.object(ComplexObject.self).pointee
            return x.real.bitPattern == y.real.bitPattern && x.imaginary.bitPattern == y.imaginary.bitPattern ? 1 : 0
        }
        guard a.isExact(.tuple) else { return thread.isEqual(a, b) }
        guard TupleRef(a).count == TupleRef(b).count else { return 0 }
        guard thread.enterRecursion(" in comparison") else { return -1 }
        defer { thread.leaveRecursion() }
        for index in 0 ..< TupleRef(a).count {
            let result = sameConstant(thread, TupleRef(a)[index], TupleRef(b)[index])
            if result != 1 { return result }
        }
        return 1
    }

    private static func hash(_ thread: ThreadRef, _ value: Value) -> Int {
        guard let code = whole(thread, value) else { return -1 }
        var result = Int(code.pointee.firstLine) ^ Int(code.pointee.argumentCount) << 8 ^ Int(code.pointee.flags) << 16 ^ Int(code.pointee.instructionCount) << 32
        for part in [code.pointee.name, code.pointee.constants, code.pointee.names, code.pointee.localNames, code.pointee.freeNames, code.pointee.cellNames] {
            let hash = thread.hash(part)
            if hash == -1 && thread.hasException { return -1 }
            result = (result ^ hash) &* 1_000_003
        }
        return result == -1 ? -2 : result
    }

    // MARK: Lines and positions

    struct IteratorObject {
        var header: ObjectHeader
        var code: Value
        /// Whether the head was given, for lines; the next half word for positions.
        var index: Int
        /// The position entry to look at first.
        var entry: Int
    }

    nonisolated(unsafe) static let lineIterator = NativeType("line_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10) { slots in
        slots.unary(.iter) { _, iterator in iterator }
        slots.unary(.next) { thread, iterator in
            let state = iterator.object(IteratorObject.self)
            let code = Code.object(state.pointee.code)
            let positions = Code.compiled(code).positions
            if state.pointee.index == 0 {
                // Frames begin at the head of the code, on the line of the `def`; a module's is before the first.
                state.pointee.index = 1
                let line = StringRef(code.pointee.name).equals("<module>") ? 0 : Int(code.pointee.firstLine)
                return thread.newTuple(Value(small: 0), Value(small: 0), Value(small: line))
            }
            guard state.pointee.entry < positions.count else { return .empty }
            let first = positions[state.pointee.entry]
            var next = state.pointee.entry + 1
            while next < positions.count, positions[next].range.line == first.range.line { next += 1 }
            state.pointee.entry = next
            let end = next < positions.count ? Int(positions[next].start) : Int(code.pointee.instructionCount)
            return thread.newTuple(Value(small: Int(first.start) * 4), Value(small: end * 4), Code.orNone(first.range.line))
        }
    }

    nonisolated(unsafe) static let positionsIterator = NativeType("positions_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10) { slots in
        slots.unary(.iter) { _, iterator in iterator }
        slots.unary(.next) { thread, iterator in
            let state = iterator.object(IteratorObject.self)
            let code = Code.object(state.pointee.code)
            let word = state.pointee.index / 2
            guard word < Int(code.pointee.instructionCount) else { return .empty }
            state.pointee.index += 1
            let positions = Code.compiled(code).positions
            while state.pointee.entry + 1 < positions.count, Int(positions[state.pointee.entry + 1].start) <= word { state.pointee.entry += 1 }
            let range = state.pointee.entry < positions.count ? positions[state.pointee.entry].range : .none
            if range.line < 0 { return thread.newTuple(.none, .none, .none, .none) }
            if Code.hidesColumns { return thread.newTuple(Code.orNone(range.line), .none, .none, .none) }
            return thread.newTuple(Code.orNone(range.line), Code.orNone(range.endLine), Code.orNone(range.column), Code.orNone(range.endColumn))
        }
    }

    static func orNone(_ number: Int32) -> Value { number < 0 ? .none : Value(small: Int(number)) }

    static func newIterator(_ thread: ThreadRef, _ type: NativeType, _ code: Value) -> Value {
        if whole(thread, code) == nil { return .empty }
        let result = type.allocate(thread, size: MemoryLayout<IteratorObject>.size)
        if !result.isEmpty { result.object(IteratorObject.self).pointee.code = code }
        return result
    }

    // MARK: Tables as bytes

    /// `co_linetable`
    static func lineTable(_ thread: ThreadRef, _ code: Value) -> Value {
        let compiled = compiledCode(of: code)
        var writer = TableWriter()
        var previous = PositionEntry(start: 0, range: SourceRange(line: object(code).pointee.firstLine, column: 0, endLine: 0, endColumn: 0))
        for entry in compiled.positions {
            writer.number(Int(entry.start - previous.start))
            writer.signed(Int(entry.range.line) - Int(previous.range.line))
            writer.signed(Int(entry.range.endLine) - Int(entry.range.line))
            writer.signed(Int(entry.range.column) - Int(previous.range.column))
            writer.signed(Int(entry.range.endColumn) - Int(entry.range.column))
            previous = entry
        }
        return thread.newBytes(writer.bytes)
    }

    /// `co_exceptiontable`
    static func frameTable(_ thread: ThreadRef, _ code: Value) -> Value {
        let compiled = compiledCode(of: code)
        var writer = TableWriter()
        writer.number(compiled.exceptionTable.count)
        for range in compiled.exceptionTable { for number in [range.start, range.end, range.handler, range.register] { writer.number(Int(number)) } }
        writer.number(compiled.caches.count)
        for cache in compiled.caches { writer.number(Int(cache) + 1) }
        for cell in compiled.cells { writer.number(cell.register) }
        writer.number(compiled.selfAttributeCount)
        writer.number(compiled.hasDocstring ? 1 : 0)
        return thread.newBytes(writer.bytes)
    }

    /// `co_lnotab`: pairs of bytes, how far the code and the line move on.
    static func lineNumberTable(_ thread: ThreadRef, _ code: Value) -> Value {
        var bytes: [UInt8] = []
        var offset = 0
        var line = Int(object(code).pointee.firstLine)
        for entry in compiledCode(of: code).positions where entry.range.line >= 0 && Int(entry.range.line) != line {
            var advance = Int(entry.start) * 4 - offset
            var change = Int(entry.range.line) - line
            while advance > 255 {
                bytes += [255, 0]
                advance -= 255
            }
            while change > 127 || change < -128 {
                let part = change > 0 ? 127 : -128
                bytes += [UInt8(advance), UInt8(bitPattern: Int8(part))]
                advance = 0
                change -= part
            }
            bytes += [UInt8(advance), UInt8(bitPattern: Int8(change))]
            offset = Int(entry.start) * 4
            line = Int(entry.range.line)
        }
        return thread.newBytes(bytes)
    }

    private struct TableWriter {
        var bytes: [UInt8] = []

        mutating func number(_ value: Int) {
            var rest = UInt(bitPattern: value)
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func signed(_ value: Int) { number(value << 1 ^ value >> 63) }
    }

    private struct TableReader {
        let bytes: UnsafeBufferPointer<UInt8>
        var index = 0
        var isGood = true
        var isAtEnd: Bool { index >= bytes.count }

        mutating func number() -> Int32 {
            var result: UInt64 = 0
            var shift: UInt64 = 0
            while isGood {
                guard index < bytes.count, shift < 35 else { break }
                let byte = bytes[index]
                index += 1
                result |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 {
                    if result > 0xFFFF_FFFF { break }
                    return Int32(bitPattern: UInt32(result))
                }
                shift += 7
            }
            isGood = false
            return 0
        }

        mutating func signed() -> Int32 {
            let value = UInt32(bitPattern: number())
            return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
        }

        mutating func count() -> Int {
            let value = number()
            if value < 0 || Int(value) > bytes.count - index { isGood = false }
            return isGood ? Int(value) : 0
        }
    }

    // MARK: Making

    /// The parts in the order of the constructor's parameters.
    private enum Part: Int, CaseIterable {
        case argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, code, consts, names, varnames, filename, name, qualname, firstlineno, linetable
        case exceptiontable, freevars, cellvars

        var isNumber: Bool { rawValue <= Part.flags.rawValue || self == .firstlineno }
        /// The type wanted.
        var type: TypeID {
            switch self {
            case .code, .linetable, .exceptiontable: return .bytes
            case .filename, .name, .qualname: return .str
            case .consts, .names, .varnames, .freevars, .cellvars: return .tuple
            default: return .int
            }
        }
    }

    private static let replaceOrder: [Part] = [.argcount, .posonlyargcount, .kwonlyargcount, .nlocals, .stacksize, .flags, .firstlineno, .code, .consts, .names, .varnames, .freevars,
                                               .cellvars, .filename, .name, .qualname, .linetable, .exceptiontable]

    private static func replace(_ thread: ThreadRef, _ value: Value, _ given: Objects.Arguments) -> Value {
        guard let code = whole(thread, value) else { return .empty }
        let count = Part.allCases.count
        guard let parts = thread.pushArguments(count) else { return .empty }
        defer { thread.popArguments(parts) }
        parts.update(repeating: .none, count: count)
        func set(_ part: Part, _ value: Value) { parts[part.rawValue] = value }
        set(.argcount, Value(small: Int(code.pointee.argumentCount)))
        set(.posonlyargcount, Value(small: Int(code.pointee.positionalOnlyCount)))
        set(.kwonlyargcount, Value(small: Int(code.pointee.keywordOnlyCount)))
        set(.nlocals, Value(small: TupleRef(code.pointee.localNames).count))
        set(.stacksize, Value(small: Int(code.pointee.registerCount)))
        set(.flags, Value(small: Int(code.pointee.flags)))
        set(.code, thread.newBytes(UnsafeRawPointer(code.pointee.instructions), Int(code.pointee.instructionCount) * 4))
        set(.consts, code.pointee.constants)
        set(.names, code.pointee.names)
        set(.varnames, code.pointee.localNames)
        set(.filename, code.pointee.filename)
        set(.name, code.pointee.name)
        set(.qualname, code.pointee.qualifiedName)
        set(.firstlineno, Value(small: Int(code.pointee.firstLine)))
        set(.linetable, lineTable(thread, value))
        set(.exceptiontable, frameTable(thread, value))
        set(.freevars, code.pointee.freeNames)
        set(.cellvars, code.pointee.cellNames)
        if thread.hasException { return .empty }
        for (index, part) in replaceOrder.enumerated() where !given[index].isEmpty {
            guard check(thread, given[index], part, "replace() argument 'co_\(part)'") else { return .empty }
            parts[part.rawValue] = given[index]
            // The number of locals follows their names.
            if part == .varnames && given[3].isEmpty { parts[Part.nlocals.rawValue] = Value(small: TupleRef(given[index]).count) }
        }
        return build(thread, parts)
    }

    private static func construct(_ thread: ThreadRef, _ a: Objects.Arguments) -> Value {
        for part in Part.allCases {
            if a[part.rawValue].isEmpty { a[part.rawValue] = WellKnown.emptyTuple.value }
            guard check(thread, a[part.rawValue], part, "code() argument \(part.rawValue + 1)") else { return .empty }
        }
        return build(thread, a)
    }

    private static func check(_ thread: ThreadRef, _ value: Value, _ part: Part, _ what: String) -> Bool {
        let fits: Bool
        switch part.type {
        case .bytes: fits = value.isBytes
        case .str: fits = value.isString
        case .tuple: fits = value.isTuple
        default:
            if value.isInt { return true }
            thread.raise(.typeError, "'\(value.type.name)' object cannot be interpreted as an integer")
            return false
        }
        if !fits { thread.raise(.typeError, "\(what) must be \(part.type == .str ? "str" : part.type == .bytes ? "bytes" : "tuple"), not \(value.isNone ? "None" : value.type.name)") }
        return fits
    }

    /// A code object of parts whose types are right.
    private static func build(_ thread: ThreadRef, _ parts: Objects.Arguments) -> Value {
        let code = CompiledCode()
        var numbers = [Int](repeating: 0, count: Part.allCases.count)
        for part in Part.allCases where part.isNumber {
            guard let number = thread.toCInt(parts[part.rawValue]) else { return .empty }
            numbers[part.rawValue] = number
        }
        func number(_ part: Part) -> Int { numbers[part.rawValue] }
        for part in [Part.argcount, .posonlyargcount, .kwonlyargcount, .nlocals] where number(part) < 0 { return thread.raise(.valueError, "code: \(part) must not be negative") }
        func text(_ part: Part) -> String { StringRef(parts[part.rawValue]).description }
        func names(_ part: Part) -> [String]? {
            let tuple = TupleRef(parts[part.rawValue])
            var result: [String] = []
            for index in 0 ..< tuple.count {
                guard tuple[index].isString else {
                    thread.raise(.typeError, "name tuples must contain only strings, not '\(tuple[index].type.name)'")
                    return nil
                }
                result.append(StringRef(tuple[index]).description)
            }
            return result
        }
        guard let allNames = names(.names), let locals = names(.varnames), let free = names(.freevars), let cells = names(.cellvars) else { return .empty }
        if number(.nlocals) != locals.count { return thread.raise(.valueError, "code: co_nlocals != len(co_varnames)") }
        code.name = text(.name)
        code.qualifiedName = text(.qualname)
        code.filename = text(.filename)
        code.firstLine = number(.firstlineno)
        code.flags = CodeFlags(rawValue: UInt32(truncatingIfNeeded: number(.flags)))
        code.argumentCount = number(.argcount)
        code.positionalOnlyCount = number(.posonlyargcount)
        code.keywordOnlyCount = number(.kwonlyargcount)
        code.registerCount = number(.stacksize)
        code.names = allNames
        code.localNames = locals
        code.freeNames = free

        let bytes = BytesRef(parts[Part.code.rawValue]).buffer
        guard bytes.count & 3 == 0 else { return thread.raise(.valueError, "code: co_code is malformed") }
        for index in stride(from: 0, to: bytes.count, by: 4) {
            code.instructions.append(UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24)
        }
        var lines = TableReader(bytes: BytesRef(parts[Part.linetable.rawValue]).buffer)
        var previous = PositionEntry(start: 0, range: SourceRange(line: Int32(code.firstLine), column: 0, endLine: 0, endColumn: 0))
        while !lines.isAtEnd {
            let start = previous.start &+ lines.number()
            let line = previous.range.line &+ lines.signed()
            let endLine = line &+ lines.signed()
            let column = previous.range.column &+ lines.signed()
            let range = SourceRange(line: line, column: column, endLine: endLine, endColumn: column &+ lines.signed())
            // CPython does not look at the table before someone asks for a line; what cannot be read is left out here.
            guard lines.isGood, start >= previous.start, Int(start) < code.instructions.count else { break }
            previous = PositionEntry(start: start, range: range)
            code.positions.append(previous)
        }
        var frame = TableReader(bytes: BytesRef(parts[Part.exceptiontable.rawValue]).buffer)
        for _ in 0 ..< frame.count() {
            let start = frame.number(), end = frame.number(), handler = frame.number()
            code.exceptionTable.append(ExceptionRange(start: start, end: end, handler: handler, register: frame.number()))
        }
        for _ in 0 ..< frame.count() { code.caches.append(frame.number() &- 1) }
        for name in cells { code.cells.append((name, Int(frame.number()))) }
        code.selfAttributeCount = Int(frame.number()) & 0xFF
        let hasDoc = frame.number() == 1
        guard frame.isGood, frame.isAtEnd else { return thread.raise(.valueError, "code: co_exceptiontable is malformed") }
        let constants = TupleRef(parts[Part.consts.rawValue])
        for index in 0 ..< constants.count {
            if constants[index].isExact(.code) {
                code.constants.append(.code(compiledCode(of: constants[index])))
            } else {
                code.constants.append(.constant(placeholder(constants[index])))
            }
        }
        code.hasDocstring = hasDoc && constants.count > 0 && constants[0].isString
        guard verify(code) else { return thread.raise(.valueError, "code: co_code does not fit the other parts") }
        let result = make(thread, code)
        if result.isEmpty { return .empty }
        let made = object(result)
        // The very objects that were given, which need not be of the types that constants have.
        let tuple = thread.newTuple(constants.items, constants.count)
        if tuple.isEmpty { return .empty }
        made.pointee.constants = tuple
        if constants.count > 0 { made.pointee.constantItems = TupleRef(tuple).items }
        made.pointee.filename = parts[Part.filename.rawValue]
        Heap.barrier(result.raw)
        return result
    }

    /// The constant that an object is, as far as it can be one: the verifier wants to know which are tuples.
    private static func placeholder(_ value: Value) -> Constant {
        if let known = constant(value) { return known }
        guard value.isExact(.tuple) else { return .none }
        return .tuple((0 ..< TupleRef(value).count).map { constant(TupleRef(value)[$0]) ?? .none })
    }

    /// The constant that an object stands for; nil when it is of no type that constants have. Nothing is raised.
    public static func constant(_ value: Value, depth: Int = 0) -> Constant? {
        if value.isNone { return Constant.none }
        if value == .true { return .true }
        if value == .false { return .false }
        if value == .ellipsis { return .ellipsis }
        if value.isSmallInt { return .int(value.smallInt) }
        if value.isFloat {
            return value.isPointer && !value.isExact(.float) ? nil : .float(bits: value.doubleValue.bitPattern)
        }
        guard value.isPointer, depth < 500 else { return nil }
        switch value.shapeIndex {
        case TypeID.int.rawValue:
            if let number = IntOps.toInt(value) { return .int(number) }
            var digits = IntOps.isNegative(value) ? "-" : ""
            let count = abs(IntOps.size(value))
            for index in stride(from: count - 1, through: 0, by: -1) {
                let limb = String(IntOps.limbs(value)[index], radix: 16)
                digits += index == count - 1 ? limb : String(repeating: "0", count: 16 - limb.utf8.count) + limb
            }
            return .bigInt(digits: digits, radix: 16)
        case TypeID.complex.rawValue:
            let number = value.object(ComplexObject.self).pointee
            return .complex(realBits: number.real.bitPattern, imaginaryBits: number.imaginary.bitPattern)
        case TypeID.str.rawValue: return .string(StringRef(value).utf8)
        case TypeID.bytes.rawValue: return .bytes(Array(BytesRef(value).buffer))
        case TypeID.tuple.rawValue:
            var items: [Constant] = []
            for index in 0 ..< TupleRef(value).count {
                guard let item = constant(TupleRef(value)[index], depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .tuple(items)
        case TypeID.frozenset.rawValue:
            var items: [Constant] = []
            var position = 0
            while let (key, _) = SetRef(value).nextEntry(&position) {
                guard let item = constant(key, depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .frozenSet(items)
        default: return nil
        }
    }
}
