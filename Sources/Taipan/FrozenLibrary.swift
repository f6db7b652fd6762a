import Builtins
import Bytecode
import Glibc
import Interpreter
import Syntax

/// The modules of CPython's library that CPython itself is shipped with frozen: importlib, and what every start imports.
///
/// The library is a dependency and no part of the program, so they are frozen where it is: compiled when they are first wanted and written
/// to one file in `importlib/__pycache__`, which later starts map into memory; the loops of `Consumers` are with them. The file says what each source looked like, as `.pyc` files do;
/// when one has changed, all are compiled anew. Where the file cannot be written only importlib is compiled, for this process alone,
/// and the others are found on the path like any module.
enum FrozenLibrary {
    private struct Source {
        let name: String
        let file: String
        var originalName: String?
        var isPackage = false
        var isEssential = false

        init(_ name: String, _ file: String, original: String? = nil, isPackage: Bool = false, isEssential: Bool = false) {
            (self.name, self.file, self.originalName, self.isPackage, self.isEssential) = (name, file, original, isPackage, isEssential)
        }

        /// What code says its file is.
        var filename: String {
            let name = file.hasSuffix("/__init__.py") ? String(file.dropLast(12)) : String(file.dropLast(3))
            return "<frozen " + name.split(separator: "/").joined(separator: ".") + ">"
        }
    }

    /// In CPython's order.
    private static let sources = [
        Source("_frozen_importlib", "importlib/_bootstrap.py", original: "importlib._bootstrap", isEssential: true),
        Source("_frozen_importlib_external", "importlib/_bootstrap_external.py", original: "importlib._bootstrap_external", isEssential: true),
        Source("zipimport", "zipimport.py"), Source("abc", "abc.py"), Source("codecs", "codecs.py"), Source("io", "io.py"),
        Source("_collections_abc", "_collections_abc.py"), Source("_sitebuiltins", "_sitebuiltins.py"), Source("genericpath", "genericpath.py"),
        Source("ntpath", "ntpath.py"), Source("posixpath", "posixpath.py"), Source("os.path", "posixpath.py", original: "posixpath"), Source("os", "os.py"),
        Source("site", "site.py"), Source("stat", "stat.py"), Source("importlib.util", "importlib/util.py"), Source("importlib.machinery", "importlib/machinery.py"),
        Source("runpy", "runpy.py"), Source("__hello__", "__hello__.py"), Source("__hello_alias__", "__hello__.py", original: "__hello__"),
        Source("__phello_alias__", "__hello__.py", original: "__hello__", isPackage: true), Source("__phello_alias__.spam", "__hello__.py", original: "__hello__"),
        Source("__phello__", "__phello__/__init__.py", isPackage: true), Source("__phello__.__init__", "__phello__/__init__.py", original: "<__phello__"),
        Source("__phello__.ham", "__phello__/ham/__init__.py", isPackage: true),
        Source("__phello__.ham.__init__", "__phello__/ham/__init__.py", original: "<__phello__.ham"), Source("__phello__.ham.eggs", "__phello__/ham/eggs.py"),
        Source("__phello__.spam", "__phello__/spam.py"),
    ]

    /// Makes the modules known to `FrozenModules`. False when importlib is not to be had.
    static func start(_ library: String, _ options: RuntimeOptions) -> Bool {
        var files: [String] = []
        for source in sources where !files.contains(source.file) { files.append(source.file) }
        let header = header(library, files)
        var folder = library + "/importlib/__pycache__"
        if let prefix = options.pycachePrefix { folder = Runtime.absolute(prefix) + library + "/importlib" }
        let path = folder + "/frozen.taipan-311.bin"
        if let whole = map(path), load(whole, header, files.count) { return true }
        // No library, no cache of it.
        guard sources.allSatisfy({ !$0.isEssential || access(library + "/" + $0.file, R_OK) == 0 }) else { return false }
        if !options.dontWriteBytecode, write(path, folder, header, library, files), let whole = map(path), load(whole, header, files.count) { return true }
        for source in sources where source.isEssential {
            guard let bytes = compile(library, source.file) else { return false }
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
            _ = copy.initialize(from: bytes)
            FrozenModules.add(source.name, originalName: source.originalName ?? source.name, isPackage: false, isEssential: true, code: UnsafeBufferPointer(copy))
        }
        return true
    }

    /// The format, and size and time of each source: of absent ones too, whose module is left out.
    private static func header(_ library: String, _ files: [String]) -> [UInt8] {
        var numbers = [UInt64(Runtime.magicNumber)]
        numbers.append(Consumers.source.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        for file in files {
            var status = stat()
            if stat(library + "/" + file, &status) != 0 { status = stat() }
            numbers += [UInt64(status.st_size), UInt64(bitPattern: Int64(status.st_mtim.tv_sec)), UInt64(status.st_mtim.tv_nsec)]
        }
        return numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }

    private static func map(_ path: String) -> UnsafeRawBufferPointer? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
              let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }

    /// Reads a file that `write` has written: the header, the length of each file's code, the code, and that of `Consumers`. False when it is out of date.
    private static func load(_ whole: UnsafeRawBufferPointer, _ header: [UInt8], _ count: Int) -> Bool {
        guard whole.count >= header.count + 8 * count, memcmp(whole.baseAddress!, header, header.count) == 0 else { return false }
        var place = header.count + 8 * count
        var codes: [String: UnsafeBufferPointer<UInt8>] = [:]
        var files: [String] = []
        for source in sources where !files.contains(source.file) {
            let length = Int(truncatingIfNeeded: whole.loadUnaligned(fromByteOffset: header.count + 8 * files.count, as: UInt64.self))
            guard length >= 0, length <= whole.count - place else { return false }
            files.append(source.file)
            codes[source.file] = UnsafeBufferPointer(start: whole.baseAddress!.advanced(by: place).assumingMemoryBound(to: UInt8.self), count: length)
            place += length
        }
        if place < whole.count { Consumers.archived = UnsafeBufferPointer(start: whole.baseAddress!.advanced(by: place).assumingMemoryBound(to: UInt8.self), count: whole.count - place) }
        for source in sources {
            guard let code = codes[source.file], code.count > 0 else { continue }
            FrozenModules.add(source.name, originalName: source.originalName ?? source.name, isPackage: source.isPackage, isEssential: source.isEssential, code: code)
        }
        return true
    }

    private static func write(_ path: String, _ folder: String, _ header: [UInt8], _ library: String, _ files: [String]) -> Bool {
        var end = folder.startIndex
        while let slash = folder[end...].dropFirst().firstIndex(of: "/") {
            mkdir(String(folder[..<slash]), 0o755)
            end = slash
        }
        mkdir(folder, 0o755)
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 { return false }
        let codes = files.map { compile(library, $0) ?? [] }
        let lengths = codes.flatMap { code in withUnsafeBytes(of: UInt64(code.count).littleEndian) { Array($0) } }
        let bytes = header + lengths + codes.joined() + (compile(Array(Consumers.source.utf8), "<builtins>") ?? [])
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        if written == bytes.count, rename(temporary, path) == 0 { return true }
        unlink(temporary)
        return false
    }

    private static func compile(_ library: String, _ file: String) -> [UInt8]? {
        Home.read(library + "/" + file).flatMap { compile($0, Source("", file).filename) }
    }

    private static func compile(_ source: [UInt8], _ filename: String) -> [UInt8]? {
        do {
            let (module, _) = try source.withUnsafeBufferPointer { source throws(SyntaxFailure) in try parse(source, ParseOptions(mode: .exec, filename: filename)) }
            guard case .success(let result) = Bytecode.compile(module, filename: filename) else { return nil }
            return serialize(result.code)
        } catch {
            return nil
        }
    }
}
