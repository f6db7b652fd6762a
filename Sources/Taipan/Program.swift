import Builtins
import Glibc
import Interpreter
import Objects
import StandardSystem
import Syntax
import TextTypes

/// Running what the command line names: a string, a module, a file, a folder or zip file, standard input, or the prompt.
extension Runtime {
    private func text(_ value: String) -> Value { thread.fileSystemString(value) }

    /// A name of the file system: what cannot be decoded is kept as surrogates.
    private func text(_ bytes: [UInt8]) -> Value { bytes.withUnsafeBufferPointer { thread.decodeFileSystem($0.baseAddress ?? UnsafePointer(bitPattern: 1)!, $0.count) } }

    private var sysNamespace: DictRef { DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace) }

    /// Runs the program to its end. Returns the exit status.
    public func runProgram() -> Int32 {
        let main = thread.newModule(StringRef.intern("__main__").value)
        if main.isEmpty { return finish(.empty) }
        WellKnown.mainModule.value = main
        let namespace = main.object(ModuleObject.self).pointee.namespace
        _ = DictRef(namespace).set(thread, Name.__builtins__, WellKnown.builtinsModule.value)
        _ = DictRef(namespace).set(thread, Name.__annotations__, thread.newDict())
        _ = DictRef(WellKnown.modules.value).set(thread, Name.__main__, main)
        setLoader(namespace, "BuiltinImporter")

        let result: Value
        if options.command != nil, let place = options.commandPlace, place < options.rawArguments.count,
           FileSystemEncoding.isASCII ? !options.rawArguments[place].allSatisfy({ $0 < 0x80 }) : String(validating: options.rawArguments[place], as: UTF8.self) == nil {
            fputs("Unable to decode the command from the command line:\n", stderr)
            let bytes = options.rawArguments[place]
            let command = text(bytes + [UInt8(ascii: "\n")])
            result = command.isEmpty ? .empty : thread.callMethod(command, .encode, Name.utf_8.value)
        } else if let command = options.command {
            insertPath("")
            result = run(source: Array(command.utf8), filename: text("<string>"), namespace, mode: .exec, flags: CompileBuiltin.Flags.ignoreCookie)
        } else if let module = options.module {
            insertPath(Runtime.absolute("").hasSuffix("/") ? String(Runtime.absolute("").dropLast()) : "")
            result = runModule(module, setsArgument: true)
        } else if let script = options.script, script != "-" {
            result = runFile(options.rawArguments.isEmpty ? Array(script.utf8) : options.rawArguments[options.firstArgument - 1], namespace)
        } else if isatty(0) != 0 || options.interactive {
            insertPath("")
            return finish(Prompt(runtime: self).run(namespace))
        } else {
            insertPath("")
            let name = text("<stdin>")
            _ = DictRef(namespace).set(thread, Name.__file__, name)
            _ = DictRef(namespace).set(thread, Name.__cached__, .none)
            namesScript = true
            result = run(source: Runtime.readStandardInput(), filename: name, namespace, mode: .exec, isFile: true)
        }
        // The program may have set the variable; without -i it takes a terminal.
        if options.interactive || isatty(0) != 0 && (options.inspect || getenv("PYTHONINSPECT") != nil && !options.ignoreEnvironment) {
            if result.isEmpty { _ = TopLevel.report(thread) }
            forgetScript()
            _ = finishStreams()
            return finish(Prompt(runtime: self).run(namespace))
        }
        return finish(result)
    }

    /// Reports an exception that reached the top; exit status of the program.
    private func finish(_ result: Value) -> Int32 {
        var status: Int32 = 0
        let exits = result.isEmpty && thread.exceptionMatches(.systemExit)
        if result.isEmpty { status = TopLevel.report(thread) }
        if !exits { forgetScript() }
        status = shutDown(status)
        if status == TopLevel.interrupted {
            // A parent is to see that the program died of the signal.
            signal(SIGINT, SIG_DFL)
            kill(getpid(), SIGINT)
            return 130
        }
        return status
    }

    private func forgetScript() {
        guard namesScript, WellKnown.mainModule.value.isHeap else { return }
        let namespace = DictRef(WellKnown.mainModule.value.object(ModuleObject.self).pointee.namespace)
        for name in [Name.__file__, .__cached__] {
            let entry = namespace.find(string: name.value)
            if entry >= 0 { namespace.remove(entry: entry) }
        }
    }

    private func finishStreams() -> Bool { true }

    private func setLoader(_ namespace: Value, _ name: String) {
        let loader = thread.getAttributeOrEmpty(Imports.bootstrap.pointee, StringRef.intern(name).value)
        if !loader.isEmpty { _ = DictRef(namespace).set(thread, Name.__loader__, loader) }
    }

    private func insertPath(_ folder: String) { insertPath(text(folder)) }

    private func insertPath(_ folder: Value) {
        if options.safePath || options.isolated { return }
        let path = sysNamespace.get(string: StringRef.intern("path").value)
        if path.isList { _ = thread.callMethod(path, Name.insert, Value(small: 0), folder) }
    }

    func run(source: [UInt8], filename: Value, _ namespace: Value, mode: ParseMode, flags: Int = 0, isFile: Bool = false) -> Value {
        var request = CompileBuiltin.Request(filename: filename, mode: mode, flags: flags)
        request.isFile = isFile
        let code = CompileBuiltin.compile(thread, source, request)
        return code.isEmpty ? .empty : Interpreter.exec(thread, code, namespace, .empty)
    }

    /// `runpy._run_module_as_main(name)`
    private func runModule(_ name: String, setsArgument: Bool) -> Value {
        let run = thread.importAttribute("runpy", "_run_module_as_main")
        return run.isEmpty ? .empty : thread.call(run, text(name), Value(setsArgument))
    }

    /// Runs a file, folder or zip file. Its path is bytes, which need not be UTF-8.
    private func runFile(_ given: [UInt8], _ namespace: Value) -> Value {
        var status = stat()
        // As CPython has it, the main program's file name is absolute.
        var bytes = given.first == 0x2F ? given : Array(Runtime.absolute("").utf8) + (given == [0x2E] ? [] : given)
        if given.first != 0x2F, bytes.count > 1, bytes.last == 0x2F, given.isEmpty || given == [0x2E] { bytes.removeLast() }
        let path = bytes.map { CChar(bitPattern: $0) } + [0]
        let name = text(bytes)
        if name.isEmpty { return .empty }
        if stat(path, &status) == 0 {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if isFolder || Runtime.isZip(path) {
                let list = sysNamespace.get(string: StringRef.intern("path").value)
                if list.isList { _ = thread.callMethod(list, Name.insert, Value(small: 0), name) }
                if isFolder && ["/__main__.py", "/__main__.pyc"].allSatisfy({ access(Array(path.dropLast()) + Array($0.utf8CString), F_OK) != 0 }) {
                    fputs("\(home.executable): can't find '__main__' module in \(name.reprForMessage(thread))\n", stderr)
                    return thread.raise(type: TypeID.systemExit.type, Value(small: 1))
                }
                return runModule("__main__", setsArgument: false)
            }
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            let code = errno
            fputs("\(CommandLine.arguments.first ?? home.executable): can't open file \(name.reprForMessage(thread)): [Errno \(code)] \(String(cString: strerror(code)))\n", stderr)
            return thread.raise(type: TypeID.systemExit.type, Value(small: 2))
        }
        var source = Runtime.readAll(descriptor)
        close(descriptor)
        // The lines keep their numbers.
        if options.skipFirstLine { source.removeFirst(source.firstIndex(of: 0x0A) ?? source.count) }
        // The folder of the script, links followed.
        let resolved = realpath(path, nil)
        let target = resolved.map { Array(UnsafeBufferPointer(start: $0, count: strlen($0))).map { UInt8(bitPattern: $0) } } ?? bytes
        free(resolved)
        insertPath(text(Array(target[..<max(1, target.lastIndex(of: 0x2F) ?? 1)])))
        _ = DictRef(namespace).set(thread, Name.__file__, name)
        _ = DictRef(namespace).set(thread, Name.__cached__, .none)
        namesScript = true
        let external = DictRef(WellKnown.modules.value).get(string: StringRef.intern("_frozen_importlib_external").value)
        let isCompiled = bytes.suffix(4) == Array(".pyc".utf8)[...]
        let loader = external.isEmpty ? Value.empty : thread.callMethod(external, StringRef.intern(isCompiled ? "SourcelessFileLoader" : "SourceFileLoader").value, Name.__main__.value, name)
        if loader.isEmpty { thread.takeException() } else { _ = DictRef(namespace).set(thread, Name.__loader__, loader) }
        if isCompiled { return runCompiled(source, namespace) }
        return run(source: source, filename: name, namespace, mode: .exec, isFile: true)
    }

    private func runCompiled(_ bytes: [UInt8], _ namespace: Value) -> Value {
        var magic: UInt32 = 0
        if bytes.count >= 16 { magic = bytes[0 ..< 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        guard magic == Runtime.magicNumber else { return thread.raise(.runtimeError, "Bad magic number in .pyc file") }
        let loads = thread.importAttribute("marshal", "loads")
        if loads.isEmpty { return .empty }
        let code = thread.call(loads, thread.newBytes(Array(bytes[16...])))
        if code.isEmpty { return .empty }
        guard code.isExact(.code) else { return thread.raise(.runtimeError, "Bad code object in .pyc file") }
        return Interpreter.exec(thread, code, namespace, .empty)
    }

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return path == "." ? String(cString: folder) : String(cString: folder) + "/" + path
    }

    static func readStandardInput() -> [UInt8] { readAll(0) }

    static func readAll(_ descriptor: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return result }
            result += buffer[0 ..< count]
        }
    }

    /// Whether a file ends in a zip archive's directory.
    static func isZip(_ path: [CChar]) -> Bool {
        guard let file = fopen(path, "rb") else { return false }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        let tail = min(size, 65557)
        guard tail >= 22 else { return false }
        fseek(file, size - tail, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: tail)
        let count = fread(&bytes, 1, tail, file)
        var index = count - 22
        while index >= 0 {
            if bytes[index] == 0x50, bytes[index + 1] == 0x4B, bytes[index + 2] == 5, bytes[index + 3] == 6 { return true }
            index -= 1
        }
        return false
    }
}

/// The plain interactive prompt.
struct Prompt {
    let runtime: Runtime
    private var thread: ThreadRef { runtime.thread }

    init(runtime: Runtime) { self.runtime = runtime }

    private func prompt(_ name: String, _ fallback: String) -> String {
        let sys = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace)
        let value = sys.get(string: StringRef.intern(name).value)
        if value.isEmpty {
            _ = sys.set(thread, StringRef.intern(name).value, thread.newString(fallback))
            return fallback
        }
        let text = thread.str(value)
        if text.isEmpty { thread.takeException(); return "" }
        return StringRef(text).description
    }

    private func flush() {
        for name in ["stdout", "stderr"] {
            let stream = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern(name).value)
            if !stream.isEmpty && !stream.isNone, thread.callMethod(stream, Name.flush).isEmpty { thread.takeException() }
        }
    }

    /// A line as it was typed; nil at the end of the input, and empty when it was interrupted.
    private func readLine(_ prompt: String) -> [UInt8]? {
        flush()
        let editor = isatty(0) != 0 && isatty(1) != 0 ? LineEditor.reader(thread) : .empty
        if !editor.isEmpty {
            let line = thread.call(editor, thread.newString(prompt))
            if line.isString { return StringRef(line).count == 0 ? nil : StringRef(line).utf8 }
            fputs("\n", stderr)
            _ = TopLevel.report(thread)
            return []
        }
        fputs(prompt, stderr)
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        let count = GIL.blocking(thread) { getline(&line, &capacity, stdin) }
        defer { free(line) }
        if count < 0 { return nil }
        return Array(UnsafeBufferPointer(start: line, count: count)).map { UInt8(bitPattern: $0) }
    }

    /// What is typed to go on with a statement; as `readLine` otherwise. A comment neither ends a block nor a statement, so that another line is asked for.
    private func readMore() -> [UInt8]? {
        var lines: [UInt8] = []
        while let line = readLine(prompt("ps2", "... ")) {
            if line.isEmpty { return [] }
            lines += line
            if !Prompt.isComment(line) { return lines }
        }
        return lines.isEmpty ? nil : lines
    }

    /// Whether a line is a comment, unless it is within a text, which it could end.
    private static func isComment(_ line: [UInt8]) -> Bool {
        if line.first(where: { $0 != 32 && $0 != 9 && $0 != 12 }) != 0x23 { return false }
        let text = String(decoding: line, as: UTF8.self)
        return !text.contains("\"\"\"") && !text.contains("'''")
    }

    /// Whether the source given so far merely ends too early.
    private var isIncomplete: Bool {
        guard thread.exceptionMatches(.syntaxError) else { return false }
        let message = thread.pointee.exception.exceptionField(0)
        return message.isString && StringRef(message).equals("incomplete input")
    }

    /// What comes before the first prompt at a terminal: line editing, the file that PYTHONSTARTUP names, and the hook that `site` has left.
    private func prepare(_ namespace: Value) {
        let options = runtime.options
        if !options.isolated, thread.importModule("readline").isEmpty { thread.takeException() }
        if !options.ignoreEnvironment, options.command == nil, options.module == nil, options.script == nil, let path = getenv("PYTHONSTARTUP").map({ String(cString: $0) }), !path.isEmpty {
            if let source = Home.read(path) {
                if runtime.run(source: source, filename: thread.fileSystemString(path), namespace, mode: .exec, isFile: true).isEmpty { _ = TopLevel.report(thread) }
            } else {
                fputs("Could not open PYTHONSTARTUP\nFileNotFoundError: [Errno 2] No such file or directory: '\(path)'\n", stderr)
            }
        }
        let hook = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("__interactivehook__").value)
        if !hook.isEmpty, thread.call(hook).isEmpty {
            fputs("Failed calling sys.__interactivehook__\n", stderr)
            _ = TopLevel.report(thread)
        }
    }

    /// What is compiled of the lines read so far. Without its end the last line does not close a block; an empty one does.
    private static func unfinished(_ source: [UInt8]) -> [UInt8] {
        source.last == 0x0A && source.dropLast().last != 0x5C && !source.ends([0x5C, 0x0A, 0x0A]) ? Array(source.dropLast()) : source
    }

    /// Whether nothing is written in lines of which all but the last go on behind a backslash.
    private static func isBlank(_ source: [UInt8]) -> Bool {
        source.allSatisfy { [10, 32, 9, 12, 0x5C].contains($0) } && !source.ends([0x5C, 0x0A])
    }

    /// Whether the source that could not be compiled ends inside of brackets or of a text, where an empty line ends nothing.
    private var isOpen: Bool {
        guard thread.exceptionMatches(.syntaxError), case let message = thread.pointee.exception.exceptionField(0), message.isString else { return false }
        let text = StringRef(message).description
        return text.hasSuffix("was never closed") || text.hasPrefix("unterminated triple-quoted ")
    }

    /// An error at the end of a line, which was left out when it was compiled, is behind its text.
    private func placeAtEnd() {
        guard thread.exceptionMatches(.syntaxError), case let error = thread.takeException() else { return }
        let text = thread.getAttribute(error, StringRef.intern("text").value), offset = thread.getAttribute(error, StringRef.intern("offset").value)
        if text.isString, offset == Value(small: 0) {
            for name in ["offset", "end_offset"] where !thread.setAttribute(error, StringRef.intern(name).value, Value(small: StringRef(text).count + 1)) { thread.takeException() }
        }
        if text.isEmpty || offset.isEmpty { thread.takeException() }
        thread.restore(error)
    }

    /// An empty line has ended the statement: that line is what an error at the end of the source is about.
    private func blameLastLine(_ source: [UInt8]) {
        guard thread.exceptionMatches(.syntaxError), case let error = thread.takeException() else { return }
        if thread.getAttribute(error, StringRef.intern("lineno").value) == Value(small: source.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }) {
            for (name, value) in [("offset", Value(small: 1)), ("end_offset", Value(small: 1)), ("text", thread.newString("\n"))] {
                if !thread.setAttribute(error, StringRef.intern(name).value, value) { thread.takeException() }
            }
        }
        thread.restore(error)
    }

    /// Whether more lines can make something of what is incomplete without the end of its last line: not where that end shows an error. False with the error raised.
    private func mayGoOn(_ source: [UInt8], _ request: CompileBuiltin.Request) -> Bool {
        thread.takeException()
        var options = ParseOptions(mode: .single, filename: "<stdin>")
        options.allowIncomplete = true
        options.implyDedent = false
        do {
            // Only parsed: the warnings come when the statement is complete.
            _ = try source.withUnsafeBufferPointer { source throws(SyntaxFailure) in try parse(source, options) }
            return true
        } catch {
            // Reported as it stands in the line: the end would count as a place where brackets should have been closed.
            var complete = request
            complete.flags &= ~CompileBuiltin.Flags.allowIncompleteInput
            return error.incomplete || !CompileBuiltin.compile(thread, Prompt.unfinished(source), complete).isEmpty
        }
    }

    /// Reads and runs statements until the end of the input. None, or empty with SystemExit raised.
    func run(_ namespace: Value) -> Value {
        let version = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("version").value)
        let options = runtime.options
        if !options.quiet, options.verbose > 0 || options.command == nil && options.module == nil && options.script == nil {
            fputs("Python \(version.isString ? StringRef(version).description : "") on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", stderr)
        }
        if isatty(0) != 0 { prepare(namespace) }
        var futures = 0
        while true {
            guard var source = readLine(prompt("ps1", ">>> ")) else {
                fputs("\n", stderr)
                return .none
            }
            let text = source.first { $0 != 10 && $0 != 32 && $0 != 9 && $0 != 12 }
            // Nothing, or only a comment.
            if text == nil || text == 0x23 { continue }
            while true {
                var request = CompileBuiltin.Request(filename: thread.newString("<stdin>"), mode: .single)
                request.flags = CompileBuiltin.Flags.allowIncompleteInput | CompileBuiltin.Flags.dontImplyDedent | futures
                var code = CompileBuiltin.compile(thread, Prompt.unfinished(source), request)
                var goesOn = code.isEmpty && isIncomplete
                if goesOn {
                    if source.ends([0x0A, 0x0A]), !source.ends([0x5C, 0x0A, 0x0A]) {
                        thread.takeException()
                        request.flags = futures
                        code = CompileBuiltin.compile(thread, source, request)
                        goesOn = code.isEmpty && isOpen
                        if goesOn { thread.takeException() } else if code.isEmpty { blameLastLine(source) }
                    } else {
                        goesOn = mayGoOn(source, request)
                    }
                }
                if goesOn {
                    if let more = readMore() {
                        // Interrupted.
                        if more.isEmpty { break }
                        source += more
                        if Prompt.isBlank(source) { break }
                        continue
                    }
                    // The end of the input ends the statement.
                    fputs("\n", stderr)
                    request.flags = futures
                    code = CompileBuiltin.compile(thread, source, request)
                }
                if code.isEmpty {
                    placeAtEnd()
                    _ = TopLevel.report(thread)
                    break
                }
                // `from __future__` holds for the statements that follow.
                futures |= Int(code.object(CodeObject.self).pointee.flags) & CompileBuiltin.Flags.futures
                if Interpreter.exec(thread, code, namespace, .empty).isEmpty {
                    if thread.exceptionMatches(.systemExit) { return .empty }
                    _ = TopLevel.report(thread)
                }
                flush()
                break
            }
        }
    }
}

private extension [UInt8] {
    /// Whether these are the last bytes.
    func ends(_ bytes: [UInt8]) -> Bool { suffix(bytes.count).elementsEqual(bytes) }
}
