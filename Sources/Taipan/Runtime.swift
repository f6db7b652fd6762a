import Builtins
import Bytecode
import ContainerTypes
import CSystem
import CoreTypes
import ForeignFunctions
import Glibc
import HPy
import Interpreter
import Recorder
import NumberTypes
import Objects
import StandardArchives
import StandardContainers
import StandardDates
import StandardDecimals
import StandardIO
import StandardNetwork
import StandardNumbers
import StandardPickle
import StandardSource
import StandardSystem
import StandardText
import StandardXML
import Syntax
import TextTypes

/// A running interpreter: bringing it up, running programs in it, shutting it down.
///
/// The order of bringing up: the object model; each room's types; the modules `builtins` and `sys`; importlib and what else is frozen (`FrozenLibrary`); the standard streams; `site`.
public final class Runtime {
    public let thread: ThreadRef
    let home: Home
    let options: RuntimeOptions
    /// Whether `__main__` has the name of the script, which it loses when that has ended.
    var namesScript = false

    /// Brings an interpreter up. nil when that fails: the reason is on standard error.
    public init?(options: RuntimeOptions) {
        if let seed = options.hashSeed { Hashing.start(seed: seed) } else { Hashing.startRandomly() }
        ImportTimes.isOn = options.extensions.contains { $0.name == "importtime" } || !options.ignoreEnvironment && getenv("PYTHONPROFILEIMPORTTIME").map { $0.pointee != 0 } == true
        guard let thread = Bootstrap.start(stackSize: 128 << 20) else {
            fputs("taipan: cannot reserve memory\n", stderr)
            return nil
        }
        self.thread = thread
        self.options = options
        BytesType.warnings = options.bytesWarning
        home = Home.find(options)
        NumberTypes.start(thread)
        TextTypes.start(thread)
        ContainerTypes.start(thread)
        CoreTypes.start(thread)
        Interpreter.start(thread)
        ImpModule.start()
        StandardSource.start(thread)
        StandardNumbers.start(thread)
        StandardText.start(thread)
        RegexHooks.poll = { Signals.check($0) }
        StandardContainers.start(thread)
        StandardIO.start(thread)
        StandardSystem.start(thread)
        StandardNetwork.start(thread)
        StandardArchives.start(thread)
        StandardXML.start(thread)
        StandardDates.start(thread)
        StandardPickle.start(thread)
        StandardDecimals.start(thread)
        ForeignFunctions.start(thread)
        startJIT()
        TaipanModule.register()
        HPyModules.start(thread)
        WellKnown.modules.value = thread.newDict()
        guard Builtins.start(thread, options: options) else { reportFatal("cannot make the built-in modules"); return nil }
        configure()
        Bootstrap.finish()
        OutOfMemory.prepare(thread)
        if let stress = getenv("TAIPAN_GC"), String(cString: stress).hasPrefix("stress") {
            Collector.stressInterval = Int(String(cString: stress).drop { !$0.isNumber }) ?? 7
        }
        if options.tracedFrames > 0 { StandardSystem.traceAllocations(frames: options.tracedFrames) }
        guard startImport() else { reportFatal("init_fs_encoding: failed to get the Python codec of the filesystem encoding"); return nil }
        guard checkEncoding() else { reportFatal("init_stdio_encoding: failed to get the Python codec name of the stdio encoding"); return nil }
        guard startStreams() else { reportFatal("init_sys_streams: can't initialize sys standard streams"); return nil }
        guard options.noSite || !thread.importModule("site").isEmpty else { reportFatal("init_import_site: Failed to import the site module", isInitialized: true); return nil }
        // The options for warnings are read by the module when it is imported.
        let warningOptions = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("warnoptions").value)
        if warningOptions.isList, ListRef(warningOptions).count > 0, thread.importModule("warnings").isEmpty { thread.takeException() }
        if options.devMode || options.extensions.contains(where: { $0.name == "faulthandler" }) || !options.ignoreEnvironment && getenv("PYTHONFAULTHANDLER").map({ $0.pointee != 0 }) == true {
            let module = thread.importModule("faulthandler")
            if module.isEmpty || thread.callMethod(module, StringRef.intern("enable").value).isEmpty { thread.takeException() }
        }
    }

    /// Before any code object is made: their loops count from the threshold that is set here.
    private func startJIT() {
        if options.jit == .off { return }
        Engine.start(log: options.jitLog, isStress: options.jit == .stress)
    }

    private func sys(_ name: String, _ value: Value) {
        _ = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).set(thread, StringRef.intern(name).value, value)
    }

    private func list(_ items: [String]) -> Value {
        let list = thread.newList()
        for item in items { _ = ListRef(list).append(thread, thread.fileSystemString(item)) }
        return list
    }

    private func configure() {
        sys("executable", thread.newString(home.executable))
        sys("_base_executable", thread.newString(home.baseExecutable))
        for name in ["prefix", "base_prefix"] { sys(name, thread.newString(home.prefix)) }
        for name in ["exec_prefix", "base_exec_prefix"] { sys(name, thread.newString(home.execPrefix)) }
        var path: [String] = []
        if !options.ignoreEnvironment, let given = getenv("PYTHONPATH") {
            let text = String(cString: given)
            if !text.isEmpty { path += text.split(separator: ":", omittingEmptySubsequences: false).map(String.init) }
        }
        if let library = home.library {
            path.append(library)
            Code.folders = (library + "/", home.standardLibrary + "/")
        }
        path += ["\(home.prefix)/\(options.platformLibrary)/python311.zip", home.standardLibrary, "\(home.execPrefix)/\(options.platformLibrary)/python3.11/lib-dynload"]
        sys("path", list(path))
        sys("modules", WellKnown.modules.value)
        let modules = DictRef(WellKnown.modules.value)
        _ = modules.set(thread, Name.sys, WellKnown.sysModule.value)
        _ = modules.set(thread, StringRef.intern("builtins").value, WellKnown.builtinsModule.value)
    }

    // MARK: Import

    /// Runs importlib's two parts as `_frozen_importlib` and `_frozen_importlib_external`.
    private func startImport() -> Bool {
        // What `-v` says of the first imports comes before there are streams.
        if options.verbose > 0, let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: Runtime.earlyErrorStream.shape) { sys("stderr", Value(raw)) }
        if let choice = options.extensions.last(where: { $0.name == "frozen_modules" })?.value { FrozenModules.isEnabled = choice != "off" }
        guard FrozenLibrary.start(home.standardLibrary, options) else {
            if options.home != nil {
                reportPaths()
                thread.raise(type: TypeID.moduleNotFoundError.type, thread.newString("No module named 'encodings'"))
                return false
            }
            fputs("taipan: cannot read \(home.standardLibrary)/importlib: CPython 3.11's library (libpython3.11-stdlib) is missing\n", stderr)
            return false
        }
        guard let imp = NativeModule.make(thread, "_imp"), !imp.isEmpty else { return false }
        let bootstrap = FrozenModules.run(thread, StringRef.intern("_frozen_importlib").value)
        if bootstrap.isEmpty { return false }
        Imports.bootstrap.pointee = bootstrap
        let modules = DictRef(WellKnown.modules.value)
        _ = modules.set(thread, StringRef.intern("_imp").value, imp)
        if thread.callMethod(bootstrap, StringRef.intern("_install").value, WellKnown.sysModule.value, imp).isEmpty { return false }
        // Not before: CPython does not know yet where the first module comes from either.
        sys("_stdlib_dir", thread.newString(home.standardLibrary))
        guard !thread.callMethod(bootstrap, StringRef.intern("_install_external_importers").value).isEmpty else { return false }
        let external = modules.get(string: StringRef.intern("_frozen_importlib_external").value)
        if external.isEmpty || !HPyModules.extend(thread, finders: external) { return false }
        // Compiled files are ours by tag, magic number and format.
        var magic = Runtime.magicNumber
        _ = thread.setAttribute(external, StringRef.intern("MAGIC_NUMBER").value, thread.newBytes(&magic, 4))
        _ = thread.setAttribute(external, StringRef.intern("_RAW_MAGIC_NUMBER").value, Value(small: Int(magic)))
        let hooks = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("path_hooks").value)
        let hook = thread.newBuiltinFunction(Runtime.zipHook, module: StringRef.intern("zipimport").value)
        return !hook.isEmpty && !thread.callMethod(hooks, .insert, Value(small: 0), hook).isEmpty
    }

    /// `sys.stderr` until the real one is made.
    private static let earlyErrorStream = NativeType("stderrprinter", size: MemoryLayout<WrapperObject>.size, flags: .noInstantiation, methods: [
        Def("write(self, text, /)", .writes) { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "write() argument must be str, not \(a[1].argumentTypeName)") }
            fputs(StringRef(a[1]).description, stderr)
            return thread.newInt(StringRef(a[1]).count)
        },
        Def("flush(self, /)", .writes) { _, _, _ in .none },
    ])

    nonisolated(unsafe) private static var isImportingZipImporter = false

    /// `zipimport.zipimporter` as a path hook; the module is imported only when a path leads into a file.
    private static let zipHook = Def("zipimporter(path, /)", .calls, "An importer of what is in a zip file.", kind: .function) { thread, a, _ in
        if a[0].isString {
            var path = StringRef(a[0]).description
            var status = stat()
            while !path.isEmpty && stat(path, &status) != 0 { path = path == "/" ? "" : Home.parent(path) }
            if path.isEmpty || status.st_mode & S_IFMT != S_IFREG { return thread.raise(.importError, "not a zip file: \(a[0].reprForMessage(thread))") }
        }
        // The search for the module itself comes by here.
        if Runtime.isImportingZipImporter { return thread.raise(.importError, "not a zip file: \(a[0].reprForMessage(thread))") }
        Runtime.isImportingZipImporter = true
        let importer = thread.importAttribute("zipimport", "zipimporter")
        Runtime.isImportingZipImporter = false
        return importer.isEmpty ? .empty : thread.call(importer, a[0])
    }

    /// "TP", the format version, and a newline that text mode would mangle.
    static var magicNumber: UInt32 { 0x0A0D_0000 | 0x5400 | UInt32(bytecodeFormatVersion) }

    // MARK: Streams

    /// Whether the codec that PYTHONIOENCODING names for the standard streams is known.
    private func checkEncoding() -> Bool {
        guard let name = options.ioEncoding?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first, !name.isEmpty else { return true }
        let lookup = thread.importAttribute("codecs", "lookup")
        return !lookup.isEmpty && !thread.call(lookup, thread.newString(String(name))).isEmpty
    }

    private func startStreams() -> Bool {
        let io = thread.importModule("io")
        if io.isEmpty { return false }
        for (descriptor, name, mode) in [(Int32(0), "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")] {
            let stream = makeStream(io, descriptor, name, mode)
            if stream.isEmpty { return false }
            sys(name, stream)
            sys("__\(name)__", stream)
        }
        let open = thread.getAttribute(io, StringRef.intern("open").value)
        return !open.isEmpty && DictRef(WellKnown.builtins.value).set(thread, StringRef.intern("open").value, open)
    }

    /// The C and POSIX locales, with or without UTF-8: bytes that are not text pass through the standard streams unchanged (PEP 538, PEP 540).
    private static var isPlainLocale: Bool {
        setlocale(LC_CTYPE, nil).map { ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"].contains(String(cString: $0)) } ?? true
    }

    private func makeStream(_ io: Value, _ descriptor: Int32, _ name: String, _ mode: String) -> Value {
        if fcntl(descriptor, F_GETFD) < 0 { return .none }
        let isTerminal = isatty(descriptor) != 0
        let buffering = Value(small: options.unbuffered && mode == "w" ? 0 : -1)
        let raw = thread.callMethod(io, StringRef.intern("open").value, tuple: thread.newTuple(Value(small: Int(descriptor)), thread.newString(mode + "b"), buffering),
                                    keywords: (.closefd, .false))
        if raw.isEmpty { return .empty }
        let fileIO = options.unbuffered && mode == "w" ? raw : thread.getAttribute(raw, Name.raw.value)
        if fileIO.isEmpty { return .empty }
        _ = thread.setAttribute(fileIO, Name.name, thread.newString("<\(name)>"))
        var encoding = FileSystemEncoding.isASCII ? "ascii" : "utf-8"
        var errors = name == "stderr" ? "backslashreplace" : (options.utf8Mode || Runtime.isPlainLocale ? "surrogateescape" : "strict")
        if let given = options.ioEncoding {
            let parts = given.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if !parts[0].isEmpty {
                encoding = parts[0]
                // The stream is known by the codec's own name.
                let lookup = thread.importAttribute("codecs", "lookup")
                let codec = lookup.isEmpty ? Value.empty : thread.call(lookup, thread.newString(encoding))
                let known = codec.isEmpty ? Value.empty : thread.getAttribute(codec, Name.name)
                if known.isString { encoding = StringRef(known).description } else { thread.takeException() }
                if name != "stderr" { errors = "strict" }
            }
            if parts.count > 1, !parts[1].isEmpty, name != "stderr" { errors = parts[1] }
        }
        let lineBuffered = name == "stderr" || isTerminal
        let text = thread.callMethod(io, StringRef.intern("TextIOWrapper").value,
                                     tuple: thread.newTuple(raw, thread.newString(encoding), thread.newString(errors), thread.newString("\n")),
                                     keywords: (.line_buffering, Value(lineBuffered)), (.write_through, Value(options.unbuffered && mode == "w")))
        if text.isEmpty { return .empty }
        _ = thread.setAttribute(text, Name.mode, thread.newString(mode))
        return text
    }

    private func reportFatal(_ what: String, isInitialized: Bool = false) {
        fputs("Fatal Python error: \(what)\nPython runtime state: \(isInitialized ? "" : "core ")initialized\n", stderr)
        if thread.hasException {
            let exception = thread.takeException()
            TopLevel.printPlainly(thread, exception)
        }
        let digits = String(thread.pointee.identifier, radix: 16)
        fputs("\nCurrent thread 0x\(String(repeating: "0", count: max(0, 16 - digits.utf8.count)))\(digits) (most recent call first):\n  <no Python frame>\n", stderr)
    }

    /// Where things were looked for, when PYTHONHOME leads nowhere.
    private func reportPaths() {
        func quoted(_ path: String?) -> String { path.map { "'\($0)'" } ?? "(not set)" }
        let path = options.ignoreEnvironment ? nil : getenv("PYTHONPATH").map { String(cString: $0) }
        let program = home.executable
        fputs("""
            Python path configuration:
              PYTHONHOME = \(quoted(options.home))
              PYTHONPATH = \(quoted(path))
              program name = \(quoted(program))
              isolated = \(options.isolated ? 1 : 0)
              environment = \(options.ignoreEnvironment ? 0 : 1)
              user site = \(options.noUserSite ? 0 : 1)
              safe_path = \(options.safePath ? 1 : 0)
              import site = \(options.noSite ? 0 : 1)
              is in build tree = 0
              stdlib dir = \(quoted(home.standardLibrary))
              sys._base_executable = \(quoted(program))
              sys.base_prefix = \(quoted(home.prefix))
              sys.base_exec_prefix = \(quoted(home.execPrefix))
              sys.platlibdir = \(quoted(options.platformLibrary))
              sys.executable = \(quoted(program))
              sys.prefix = \(quoted(home.prefix))
              sys.exec_prefix = \(quoted(home.execPrefix))
              sys.path = [

            """, stderr)
        let folders = (path?.split(separator: ":").map(String.init) ?? []) + ["\(home.prefix)/\(options.platformLibrary)/python311.zip", home.standardLibrary, "\(home.execPrefix)/\(options.platformLibrary)/python3.11/lib-dynload"]
        for folder in folders { fputs("    '\(folder)',\n", stderr) }
        fputs("  ]\n", stderr)
    }

    /// `sys.stdin` and the others, and what is beneath them: they are flushed and stay open.
    private func standardStreams() -> [Value] {
        let sys = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace)
        var streams: [Value] = []
        for name in ["stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"] {
            var stream = sys.get(string: StringRef.intern(name).value)
            if stream.isEmpty || stream.isNone { continue }
            streams.append(stream)
            // A binary stream has no `buffer`, and an unbuffered one no `raw`.
            for inner in ["buffer", "raw"] {
                let lower = thread.getAttributeOrEmpty(stream, StringRef.intern(inner).value)
                if lower.isEmpty { thread.takeException(); continue }
                streams.append(lower)
                stream = lower
            }
        }
        return streams
    }

    /// Flushes the streams and runs what was to run at exit. Returns the exit status, 120 when flushing failed.
    public func shutDown(_ status: Int32) -> Int32 {
        var status = status
        let threading = DictRef(WellKnown.modules.value).get(string: StringRef.intern("threading").value)
        if !threading.isEmpty {
            if thread.callMethod(threading, StringRef.intern("_shutdown").value).isEmpty { RuntimeHooks.writeUnraisable(thread, "", threading) }
        }
        RuntimeModules.runExitFunctions(thread)
        // Daemon threads stop here; a lock that one of them holds stays held.
        Threads.stopOthers(thread)
        SysFunctions.isFinalizing = true
        Finalizers.runAll(thread, except: standardStreams())
        for name in ["stdout", "stderr"] {
            let stream = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern(name).value)
            if stream.isEmpty || stream.isNone || thread.getAttributeOrEmpty(stream, Name.closed) == .true { thread.takeException(); continue }
            if thread.callMethod(stream, Name.flush).isEmpty {
                if name == "stdout" { RuntimeHooks.writeUnraisable(thread, "", stream); status = 120 } else { thread.takeException() }
            }
        }
        ForeignLayout.end()
        Engine.finish()
        return status
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A string from the system. Swift has replaced what is not UTF-8 already.
    func fileSystemString(_ text: String) -> Value { newString(text) }
}
