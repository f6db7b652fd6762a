import Bytecode
import Glibc
import Syntax

/// From source, or a tree of `ast` nodes, to a code object: what `compile`, `exec`, `eval`, the import system and the command line share.
///
/// The parser and the compiler are plain Swift and know nothing of objects; here are the two borders. Going in: the bytes of a string, bytes or
/// buffer, decoded as PEP 263 says, with Python's codecs and `unicodedata` asked only at need. Coming out: a `SyntaxFailure` or `CompileFailure`
/// becomes the exception object that CPython would make, with the same arguments and fields, and warnings go through `warnings.warn_explicit`.
/// The node classes belong to `_ast`, in a room above: `TreeHooks` leads there.
public enum CompileBuiltin {
    /// `PyCF_` flags; the future features are `CodeFlags`.
    public enum Flags {
        public static let dontImplyDedent = 0x200
        public static let onlyTree = 0x400
        public static let ignoreCookie = 0x800
        public static let typeComments = 0x1000
        public static let allowTopLevelAwait = 0x2000
        public static let allowIncompleteInput = 0x4000
        public static let futures = 0x1FE_0000
        static let nested = 0x10
        static let known = futures | nested | dontImplyDedent | onlyTree | typeComments | allowTopLevelAwait | allowIncompleteInput
    }

    /// How source is to be compiled, once the arguments of `compile()` have been looked at.
    public struct Request {
        public var filename: Value
        public var mode: ParseMode
        public var flags: Int
        public var optimization: Int
        public var featureVersion: Int
        /// Whether the source is a file's, whose faults of encoding CPython words otherwise.
        public var isFile = false

        public init(filename: Value, mode: ParseMode, flags: Int = 0, optimization: Int = -1, featureVersion: Int = -1) {
            self.filename = filename
            self.mode = mode
            self.flags = flags
            self.optimization = optimization
            self.featureVersion = featureVersion
        }
    }

    /// `sys.flags.optimize`
    nonisolated(unsafe) public static var defaultOptimization = 0
    /// `sys.get_int_max_str_digits()`
    nonisolated(unsafe) public static var maximumIntegerDigits = 4300

    // MARK: compile()

    /// `compile(source, filename, mode, flags, dont_inherit, optimize, _feature_version=…)`. The result is a code object or a node.
    public static func compile(_ thread: ThreadRef, _ source: Value, _ filename: Value, _ mode: Value, flags: Int, dontInherit: Bool, optimize: Int,
                               featureVersion: Int) -> Value {
        let name = decodeFilename(thread, filename)
        if name.isEmpty { return .empty }
        if flags & ~Flags.known != 0 { return thread.raise(.valueError, "compile(): unrecognised flags") }
        if optimize < -1 || optimize > 2 { return thread.raise(.valueError, "compile(): invalid optimize value") }
        guard mode.isString else { return thread.raise(.typeError, "compile() argument 'mode' must be str, not \(mode.isNone ? "None" : mode.type.name)") }
        let onlyTree = flags & Flags.onlyTree != 0
        guard let parseMode = parseMode(StringRef(mode).description, functionTypes: true) else {
            return thread.raise(.valueError, onlyTree ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'" : "compile() mode must be 'exec', 'eval' or 'single'")
        }
        if parseMode == .functionType, !onlyTree { return thread.raise(.valueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST") }
        var request = Request(filename: name, mode: parseMode, flags: flags, optimization: optimize, featureVersion: featureVersion)
        if !dontInherit { request.flags |= inheritedFlags(thread) }

        switch TreeHooks.isNode(thread, source) {
        case -1: return .empty
        case 1:
            if onlyTree { return source }
            guard let tree = TreeHooks.fromNode(thread, source, parseMode) else { return .empty }
            return compile(thread, tree, request)
        default: break
        }
        guard let bytes = sourceBytes(thread, source, function: "compile", what: "string, bytes or AST") else { return .empty }
        if source.isString { request.flags |= Flags.ignoreCookie }
        return compile(thread, bytes, request)
    }

    /// "exec", "eval" or "single", and "func_type" where that is allowed.
    public static func parseMode(_ text: String, functionTypes: Bool = false) -> ParseMode? {
        switch text {
        case "exec": return .exec
        case "eval": return .eval
        case "single": return .single
        case "func_type": return functionTypes ? .functionType : nil
        default: return nil
        }
    }

    /// Future features of the code that is running, for code that it compiles.
    public static func inheritedFlags(_ thread: ThreadRef) -> Int {
        guard let frame = thread.pointee.frame else { return 0 }
        return Int(frame.code.pointee.flags) & Flags.futures
    }

    /// A file name given as str, bytes or path-like, as str. Empty when it has raised.
    public static func decodeFilename(_ thread: ThreadRef, _ filename: Value) -> Value {
        var name = filename
        if name.isBuffer && !name.has(.bytesSubclass) {
            guard RuntimeHooks.warn(thread, .deprecationWarning, "path should be string, bytes, or os.PathLike, not \(name.type.name)", 1) else { return .empty }
            name = thread.call(TypeID.bytes.value, name)
            if name.isEmpty { return .empty }
        }
        if !name.isString && !name.has(.bytesSubclass) {
            let method = thread.lookupSpecial(name, .__fspath__)
            if method.isEmpty {
                if thread.hasException { return .empty }
                return thread.raise(.typeError, "expected str, bytes or os.PathLike object, not \(name.type.name)")
            }
            name = thread.call(method)
            if name.isEmpty { return .empty }
            guard name.isString || name.has(.bytesSubclass) else {
                return thread.raise(.typeError, "expected \(filename.type.name).__fspath__() to return str or bytes, not \(name.type.name)")
            }
        }
        if !name.isString {
            name = thread.callMethod(name, .decode, Name.utf_8.value, Name.surrogateescape.value)
            if name.isEmpty { return .empty }
        }
        let text = StringRef(name)
        for index in 0 ..< text.count where text[index] == 0 { return thread.raise(.valueError, "embedded null character") }
        return name
    }

    /// The bytes of source given to `compile`, `exec` or `eval`: UTF-8 for a string. nil when it has raised.
    public static func sourceBytes(_ thread: ThreadRef, _ source: Value, function: String, what: String) -> [UInt8]? {
        if source.isString {
            if StringRef(source).hasSurrogates {
                // The codec words the error.
                let encoded = thread.callMethod(source, .encode, Name.utf_8.value)
                guard encoded.has(.bytesSubclass) else { return nil }
                return Array(BytesRef(encoded).buffer)
            }
            return StringRef(source).utf8
        }
        if source.has(.bytesSubclass) { return Array(BytesRef(source).buffer) }
        guard source.isBuffer else {
            thread.raise(.typeError, "\(function)() arg 1 must be a \(what) object")
            return nil
        }
        var result: [UInt8]?
        _ = thread.withBuffer(source) { start, count in
            result = Array(UnsafeBufferPointer(start: start, count: count))
            return .none
        }
        return result
    }

    // MARK: From source

    /// Compiles source bytes, which may declare an encoding unless `ignoreCookie` is set. A code object or, with `onlyTree`, a node; empty when it has raised.
    public static func compile(_ thread: ThreadRef, _ source: [UInt8], _ request: Request) -> Value {
        guard let tree = parse(thread, source, request) else { return .empty }
        if request.flags & Flags.onlyTree != 0 { return TreeHooks.toNode(thread, tree) }
        return compile(thread, tree, request)
    }

    /// The tree of source bytes; nil when it has raised.
    public static func parse(_ thread: ThreadRef, _ source: [UInt8], _ request: Request) -> Module? {
        // What a byte of source becomes in tokens, trees and code, at most: the compiler itself cannot say that memory has run out.
        guard Heap.hasRoom(outside: source.count * 160) else {
            thread.raiseOutOfMemory()
            return nil
        }
        let filename = StringRef(request.filename).description
        var source = source
        if source.contains(0) {
            guard request.isFile else {
                thread.raise(.valueError, "source code string cannot contain null bytes")
                return nil
            }
            // CPython reads a file by lines that end at a null byte: what follows in the line is lost, its end included.
            var kept: [UInt8] = []
            var isLost = false
            for byte in source {
                if byte == 0 { isLost = true } else if !isLost { kept.append(byte) } else if byte == 10 { isLost = false }
            }
            source = kept
        }
        var text = source
        if request.flags & Flags.ignoreCookie == 0 {
            var complaint: String?
            do {
                text = try decodeSource(source, filename: filename, isFile: request.isFile) { name, bytes in decode(thread, name, bytes, &complaint) }
            } catch {
                if thread.hasException { return nil }
                var failure = error
                if let complaint, !request.isFile { failure.message = complaint }
                if request.isFile && failure.line == 0 {
                    thread.raise(.syntaxError, failure.message)
                    return nil
                }
                raise(thread, failure, request.filename)
                return nil
            }
        }
        var options = ParseOptions(mode: request.mode, filename: filename)
        options.columnsInBytes = request.flags & Flags.ignoreCookie == 0 && !source.starts(with: [0xEF, 0xBB, 0xBF]) && declaredEncoding(source) == nil
        options.typeComments = request.flags & Flags.typeComments != 0
        if request.featureVersion >= 0 { options.featureVersion = request.featureVersion }
        options.allowIncomplete = request.flags & Flags.allowIncompleteInput != 0
        options.implyDedent = request.flags & Flags.dontImplyDedent == 0
        options.barryAsFLUFL = CodeFlags(rawValue: UInt32(request.flags)).contains(.futureBarryAsFLUFL)
        options.maximumIntegerDigits = maximumIntegerDigits
        options.characterNamed = { characterNamed(thread, $0) }
        options.normalizeIdentifier = { normalize(thread, $0) }
        do {
            let (tree, warnings) = try text.withUnsafeBufferPointer { buffer throws(SyntaxFailure) in try Syntax.parse(buffer, options) }
            guard issue(thread, warnings, text, request.filename) else { return nil }
            return tree
        } catch {
            if thread.hasException { return nil }
            guard issue(thread, error.warnings, text, request.filename) else { return nil }
            var failure = error
            // As CPython does for whole modules, the line is read again from the file of that name, where there is one.
            if request.isFile, failure.isAtEnd, !failure.isInField { failure.column = 0 }
            if request.mode == .exec, !failure.isInField, failure.line > 0, failure.textLine != nil, declaredEncoding(source) == nil, let line = textOfFile(filename, failure.line) { failure.textLine = line }
            raise(thread, failure, request.filename)
            return nil
        }
    }

    /// The code object of a tree.
    public static func compile(_ thread: ThreadRef, _ tree: Module, _ request: Request) -> Value {
        let options = CompileOptions(optimization: request.optimization < 0 ? defaultOptimization : request.optimization,
                                     inheritedFutures: CodeFlags(rawValue: UInt32(request.flags & Flags.futures)),
                                     allowTopLevelAwait: request.flags & Flags.allowTopLevelAwait != 0)
        switch Bytecode.compile(tree, filename: StringRef(request.filename).description, options: options) {
        case .success(let result):
            for warning in result.warnings {
                guard warn(thread, .syntaxWarning, warning.message, request.filename, Int(warning.range.line)) else {
                    guard thread.clearException(.syntaxWarning) else { return .empty }
                    return raise(thread, CompileFailure(.syntaxError, warning.message, warning.range), request.filename, hasPlaceInArguments: true)
                }
            }
            let code = Code.make(thread, result.code)
            if !code.isEmpty { setFilename(code, request.filename) }
            return code
        case .failure(let failure):
            return raise(thread, failure, request.filename, tree: tree, options: options)
        }
    }

    /// The very string that the caller gave becomes `co_filename` throughout.
    static func setFilename(_ code: Value, _ filename: Value) {
        guard filename.isExact(.str) else { return }
        let object = code.object(CodeObject.self)
        object.pointee.filename = filename
        Heap.barrier(code.raw)
        let constants = TupleRef(object.pointee.constants)
        for index in 0 ..< constants.count where constants[index].isExact(.code) { setFilename(constants[index], filename) }
    }

    // MARK: What Python knows better

    /// Decodes by a Python codec. nil when there is none, or when it failed, with a complaint to show.
    private static func decode(_ thread: ThreadRef, _ name: String, _ bytes: [UInt8], _ complaint: inout String?) -> [UInt8]? {
        let value = thread.newBytes(bytes)
        if value.isEmpty { return nil }
        let text = thread.callMethod(value, .decode, thread.newString(name))
        if text.isString { return StringRef(text).utf8 }
        guard thread.hasException else { return nil }
        guard thread.exceptionMatches(.lookupError) || thread.exceptionMatches(.valueError) else { return nil }
        let exception = thread.takeException()
        let message = thread.str(exception)
        if message.isEmpty { return nil }
        complaint = StringRef(message).description
        return nil
    }

    /// `unicodedata.lookup`; nil for an unknown name, or when it has raised something else.
    private static func characterNamed(_ thread: ThreadRef, _ name: String) -> UInt32? {
        let lookup = thread.importAttribute("unicodedata", "lookup")
        if lookup.isEmpty {
            _ = thread.clearException(.importError)
            return nil
        }
        let result = thread.call(lookup, thread.newString(name))
        if result.isEmpty {
            _ = thread.clearException(.keyError)
            return nil
        }
        return result.isString && StringRef(result).count == 1 ? StringRef(result)[0] : nil
    }

    /// NFKC of an identifier.
    private static func normalize(_ thread: ThreadRef, _ bytes: [UInt8]) -> [UInt8] {
        let function = thread.importAttribute("unicodedata", "normalize")
        if !function.isEmpty {
            let result = thread.call(function, thread.newString("NFKC"), thread.newString(utf8: bytes))
            if result.isString { return StringRef(result).utf8 }
        }
        thread.takeException()
        return bytes
    }

    // MARK: Warnings

    /// `warnings.warn_explicit`. False when the warning became an exception.
    static func warn(_ thread: ThreadRef, _ category: TypeID, _ message: String, _ filename: Value, _ line: Int) -> Bool {
        let function = thread.importAttribute("_warnings", "warn_explicit")
        if function.isEmpty {
            // So early in the start-up that there are no warnings yet.
            return thread.clearException(.importError) || thread.clearException(.attributeError)
        }
        return !thread.call(function, thread.newString(message), category.value, filename, thread.newInt(line)).isEmpty
    }

    /// The parser's warnings. One that became an exception of its category is raised as a SyntaxError instead, at the token.
    private static func issue(_ thread: ThreadRef, _ notes: [SyntaxWarningNote], _ text: [UInt8], _ filename: Value) -> Bool {
        for note in notes {
            let category: TypeID = note.category == .deprecation ? .deprecationWarning : .syntaxWarning
            if warn(thread, category, note.message, filename, note.line) { continue }
            guard thread.clearException(category) else { return false }
            raise(thread, place(note, in: text), filename)
            return false
        }
        return true
    }

    /// A warning as an error: what it is about is looked for in the line again.
    private static func place(_ note: SyntaxWarningNote, in text: [UInt8]) -> SyntaxFailure {
        var line = 1
        var start = 0
        while line < note.line, let end = text[start...].firstIndex(of: 10) {
            start = end + 1
            line += 1
        }
        let end = text[start...].firstIndex(of: 10) ?? text.count
        let content = Array(text[start ..< end])
        var column = 1, endColumn = 0
        if let columns = note.columns {
            // The end is a column of the token's last line, but cut off as if it were of this one.
            column = characters(content[..<min(columns.start, content.count)]) + 1
            endColumn = characters(content[..<min(columns.end, content.count)]) + 1
        } else if let open = note.message.firstIndex(of: "'"), let close = note.message.lastIndex(of: "'"), open < close {
            let wanted = Array(note.message[note.message.index(after: open) ..< close].utf8)
            if let found = content.indices.first(where: { content[$0...].starts(with: wanted) }) {
                var first = found
                while first > 0, content[first] != 0x22, content[first] != 0x27 { first -= 1 }
                let quote = content[first]
                while first > 0, content[first - 1] == quote || content[first - 1] | 0x20 == 0x62 || content[first - 1] | 0x20 == 0x66 || content[first - 1] | 0x20 == 0x75 { first -= 1 }
                var last = found
                while last < content.count, content[last] != quote { last += 1 }
                while last < content.count, content[last] == quote { last += 1 }
                column = characters(content[..<first]) + 1
                endColumn = characters(content[..<last]) + 1
            }
        }
        return SyntaxFailure(kind: .syntaxError, message: note.message, line: note.line, column: column, endLine: note.line, endColumn: endColumn, textLine: note.isOpen ? content : content + [10])
    }

    private static func characters(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) } }

    // MARK: Errors

    /// Raises what the parser found.
    @discardableResult public static func raise(_ thread: ThreadRef, _ failure: SyntaxFailure, _ filename: Value) -> Value {
        let id: TypeID
        switch failure.kind {
        case .syntaxError: id = .syntaxError
        case .indentationError: id = .indentationError
        case .tabError: id = .tabError
        case .memoryError: return failure.message.isEmpty ? thread.raise(.memoryError) : thread.raise(.memoryError, failure.message)
        case .valueError: return thread.raise(.syntaxError, failure.message)
        case .recursionError: return thread.raise(.recursionError, failure.message)
        }
        var line = Value.none
        if let textLine = failure.textLine {
            // The line may be what could not be decoded.
            line = thread.newString(String(decoding: textLine, as: UTF8.self))
            if line.isEmpty { return .empty }
        }
        let hasEnd = failure.line > 0 || failure.textLine != nil
        let place = thread.newTuple(filename, thread.newInt(failure.line), thread.newInt(failure.column), line,
                                    hasEnd ? thread.newInt(failure.endLine) : .absent, hasEnd ? thread.newInt(failure.endColumn) : .absent)
        return raise(thread, id, failure.message, place)
    }

    private static func raise(_ thread: ThreadRef, _ id: TypeID, _ message: String, _ place: Value) -> Value {
        place.isEmpty ? .empty : thread.raise(type: id.type, thread.newString(message), place)
    }

    /// Raises what the compiler found. The compiler proper gives the place in the exception's arguments, the symbol table in its fields only.
    public static func raise(_ thread: ThreadRef, _ failure: CompileFailure, _ filename: Value, tree: Module, options: CompileOptions) -> Value {
        var fromSymbols = false
        if case .failure = symbolTable(tree, options: options) { fromSymbols = true }
        return raise(thread, failure, filename, hasPlaceInArguments: !fromSymbols)
    }

    @discardableResult public static func raise(_ thread: ThreadRef, _ failure: CompileFailure, _ filename: Value, hasPlaceInArguments: Bool) -> Value {
        switch failure.kind {
        case .syntaxError: break
        case .recursionError: return thread.raise(.recursionError, failure.message)
        case .overflowError: return thread.raise(.overflowError, failure.message)
        case .memoryError: return thread.raise(.memoryError)
        case .systemError: return thread.raise(.systemError, failure.message)
        case .runtimeError: return thread.raise(.runtimeError, failure.message)
        }
        let range = failure.range
        if range.line < 0 { return thread.raise(.syntaxError, failure.message) }
        let line = lineOfFile(thread, StringRef(filename).description, Int(range.line))
        // Only the start is known of statements from the future, whose columns CPython shows as they are.
        let hasEnd = range.endColumn >= 0
        let column = Value(small: Int(range.column) + 1)
        let endColumn = hasEnd ? Value(small: Int(range.endColumn) + 1) : .none
        if hasPlaceInArguments {
            return raise(thread, .syntaxError, failure.message, thread.newTuple(filename, Value(small: Int(range.line)), column, line, Value(small: Int(range.endLine)), endColumn))
        }
        thread.raise(.syntaxError, failure.message)
        guard thread.exceptionMatches(.syntaxError) else { return .empty }
        let exception = thread.takeException()
        let fields = [filename, Value(small: Int(range.line)), column, line, Value(small: Int(range.endLine)), endColumn]
        for (index, value) in fields.enumerated() { exception.setExceptionField(index + 1, value) }
        return thread.restore(exception)
    }

    /// A line of the file that the source may have come from; None when there is no such file. As CPython, the compiler has forgotten the text.
    private static func lineOfFile(_ thread: ThreadRef, _ filename: String, _ line: Int) -> Value {
        guard let content = textOfFile(filename, line) else { return .none }
        let text = thread.newString(String(decoding: content, as: UTF8.self))
        if text.isEmpty { thread.takeException() }
        return text.isEmpty ? .none : text
    }

    private static func textOfFile(_ filename: String, _ line: Int) -> [UInt8]? {
        guard !filename.hasPrefix("<"), let file = fopen(filename, "rbe") else { return nil }
        defer { fclose(file) }
        var number = 1
        var content: [UInt8] = []
        var isLost = false
        while true {
            let byte = getc_unlocked(file)
            if byte < 0 || number > line { break }
            // As in `parse`, a null byte swallows the rest of its line, the end included.
            if byte == 0 { isLost = true } else if isLost { isLost = byte != 10; continue }
            if isLost { continue }
            if number == line { content.append(UInt8(truncatingIfNeeded: byte)) }
            if byte == 10 { number += 1 }
        }
        return content.isEmpty ? nil : content
    }
}

/// The doors to `_ast`, which is in a room above and sets these at start-up.
public enum TreeHooks {
    /// Whether a value is a node: 1, 0, or -1 when it has raised.
    nonisolated(unsafe) public static var isNode: (ThreadRef, Value) -> Int32 = { _, _ in 0 }
    /// The nodes of a tree.
    nonisolated(unsafe) public static var toNode: (ThreadRef, Module) -> Value = { thread, _ in thread.raise(.systemError, "no _ast module") }
    /// The tree of a node, checked; nil when it has raised.
    nonisolated(unsafe) public static var fromNode: (ThreadRef, Value, ParseMode) -> Module? = { thread, _, _ in
        thread.raise(.systemError, "no _ast module")
        return nil
    }
}
