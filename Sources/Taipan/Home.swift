import Builtins
import Glibc

/// Where things are: our own `Library`, CPython's library, the program itself.
struct Home {
    /// Absolute path of the program, by the name that it was called: links are not followed, so that a virtual environment's link stays in it.
    var executable: String
    /// The program that a virtual environment was made with, or the same.
    var baseExecutable: String
    /// The folder of our own Python modules; nil when it cannot be found.
    var library: String?
    /// The folder of CPython 3.11's pure-Python library.
    var standardLibrary: String
    var prefix: String
    var execPrefix: String

    static func find(_ options: RuntimeOptions) -> Home {
        let file = resolve("/proc/self/exe") ?? CommandLine.arguments.first ?? "taipan"
        // A name that leads nowhere leaves `sys.executable` empty, and one that leads elsewhere is not believed.
        let named = program(CommandLine.arguments.first ?? "")
        let executable = named.map { resolve($0) == file ? $0 : file } ?? ""
        let home = environmentHome(of: executable)
        // A virtual environment may hold a copy of the program, which has nothing beside it.
        let library = library(above: parent(file)) ?? home.flatMap(resolve).flatMap(library(above:))
        var prefix = "/usr"
        if let home = getenv("TAIPANHOME").map({ String(cString: $0) }), exists(home + "/lib/python3.11/os.py") { prefix = home }
        var execPrefix = prefix
        if let given = options.home {
            let parts = given.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            (prefix, execPrefix) = (parts[0], parts[parts.count - 1])
        }
        // The program of the same name where the environment's home is.
        let base = home.map { $0 + executable[(executable.lastIndex(of: "/") ?? executable.startIndex)...] }
        return Home(executable: options.executable ?? executable, baseExecutable: base.map { exists($0) ? $0 : file } ?? options.executable ?? executable, library: library,
                    standardLibrary: "\(prefix)/\(options.platformLibrary)/python3.11", prefix: prefix, execPrefix: execPrefix)
    }

    /// The folder of our own modules, in one of the folders above the program's.
    private static func library(above start: String) -> String? {
        var folder = start
        for _ in 0 ..< 5 {
            for library in [folder + "/Library", folder + "/lib/taipan3.11"] where exists(library + "/_taipan_home.py") { return library }
            if folder == "/" { break }
            folder = parent(folder)
        }
        return nil
    }

    /// The folder of the program that a virtual environment was made with, as its `pyvenv.cfg` says; nil where there is no environment.
    private static func environmentHome(of executable: String) -> String? {
        let folder = parent(executable)
        guard let bytes = read(folder + "/pyvenv.cfg") ?? read(parent(folder) + "/pyvenv.cfg") else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1).map(trimmed)
            if parts.count == 2, parts[0].lowercased() == "home" { return parts[1] }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// The absolute path that a shell would find for the name of a program.
    private static func program(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? normal(Runtime.absolute(name)) : nil }
        guard !name.isEmpty, let path = getenv("PATH") else { return nil }
        for folder in String(cString: path).split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 { return normal(Runtime.absolute("\(folder)/\(name)")) }
        return nil
    }

    /// An absolute path without the parts `.` and `..`.
    private static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The contents of a file, or nil.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if got <= 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
