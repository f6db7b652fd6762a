import Glibc
import Interpreter
import TextTypes

/// Whether hot code is compiled; `stress` compiles it almost at once.
public enum JITMode: String { case off, on, stress }

/// What the command line and the environment ask for.
public struct RuntimeOptions {
    // What to run: at most one of these; none is the prompt or standard input.
    public var command: String?
    public var module: String?
    /// A file, folder or zip file; "-" is standard input.
    public var script: String?
    /// Arguments after the program: `sys.argv[1:]`.
    public var arguments: [String] = []
    /// The command line byte by byte, where not all of it is UTF-8; and the place of the first argument of the program in it.
    public var rawArguments: [[UInt8]] = []
    public var firstArgument = 0
    /// The `-c` command's place in the command line, if it is an item of its own.
    public var commandPlace: Int?
    /// All arguments as given, the program's own name first: `sys.orig_argv`.
    public var originalArguments: [String] = []

    // Flags, as `sys.flags` names them.
    public var debug = 0
    /// -i
    public var inspect = false
    public var interactive = false
    public var optimize = 0
    public var dontWriteBytecode = false
    public var noUserSite = false
    public var noSite = false
    public var ignoreEnvironment = false
    public var verbose = 0
    public var bytesWarning = 0
    public var quiet = false
    public var unbuffered = false
    public var isolated = false
    public var devMode = false
    public var utf8Mode = false
    /// `PREFIX` or `PREFIX:EXEC_PREFIX` of the library.
    public var home: String?
    /// The folder of the prefix that has the library.
    public var platformLibrary = "lib"
    /// What `sys.executable` is to be.
    public var executable: String?
    public var safePath = false
    public var warnDefaultEncoding = false
    public var hashRandomization = true
    /// -R
    public var forcesHashRandomization = false
    public var maximumIntegerDigits = 4300
    public var skipFirstLine = false
    /// -X no_debug_ranges
    public var hidesColumns = false

    /// -X tracemalloc, or 0
    public var tracedFrames = 0

    /// -W options, and PYTHONWARNINGS before them.
    public var warnings: [String] = []
    /// -X options: name, and value when there is one.
    public var extensions: [(name: String, value: String?)] = []
    public var pycachePrefix: String?
    /// `-X jit=…`
    public var jit = JITMode.on
    /// `-X jitlog=FILE`
    public var jitLog: String?
    /// PYTHONIOENCODING
    public var ioEncoding: String?
    public var hashSeed: UInt32?

    public init() {}
}

/// Reading the command line, as `python3` reads it.
public enum CommandLineOptions {
    private static func fail(_ message: String) -> Never {
        fputs("\(message)\nusage: \(CommandLine.arguments.first ?? "python") [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n", stderr)
        exit(2)
    }

    /// The options of a command line; its first item is the program's own name. Prints and exits for -h, -V and mistakes.
    public static func parse(_ items: [String]) -> RuntimeOptions {
        var options = RuntimeOptions()
        options.originalArguments = items
        var index = 1
        var versionCount = 0
        scan: while index < items.count {
            let item = items[index]
            guard item.hasPrefix("-"), item != "-" else { break }
            index += 1
            if item == "--" { break }
            if item.hasPrefix("--") {
                switch item {
                case "--help":
                    print(help)
                    exit(0)
                case "--help-env":
                    print(environmentHelp)
                    exit(0)
                case "--help-xoptions":
                    print(extensionHelp)
                    exit(0)
                case "--help-all":
                    print(help + "\n\n" + environmentHelp + "\n\n" + extensionHelp)
                    exit(0)
                case "--version":
                    versionCount += 1
                case "--check-hash-based-pycs":
                    guard index < items.count else { fail("Argument expected for the --check-hash-based-pycs options") }
                    guard ["default", "always", "never"].contains(items[index]) else {
                        fail("--check-hash-based-pycs must be one of 'default', 'always', or 'never'")
                    }
                    ImpModule.checkHashBasedPycs = items[index]
                    index += 1
                default:
                    fail("unknown option \(item)")
                }
                continue
            }
            var letters = Substring(item.dropFirst())
            while let letter = letters.first {
                letters = letters.dropFirst()
                func argument() -> String {
                    if !letters.isEmpty {
                        defer { letters = "" }
                        return String(letters)
                    }
                    guard index < items.count else { fail("Argument expected for the -\(letter) option") }
                    index += 1
                    return items[index - 1]
                }
                switch letter {
                case "b": options.bytesWarning += 1
                case "B": options.dontWriteBytecode = true
                case "c":
                    if letters.isEmpty { options.commandPlace = index }
                    options.command = argument() + "\n"
                    break scan
                case "d": options.debug += 1
                case "E": options.ignoreEnvironment = true
                case "h", "?":
                    print(help)
                    exit(0)
                case "i": options.inspect = true; options.interactive = true
                case "I": options.isolated = true; options.ignoreEnvironment = true; options.noUserSite = true; options.safePath = true
                case "J": fail("-J is reserved for Jython")
                case "m":
                    options.module = argument()
                    break scan
                case "O": options.optimize += 1
                case "P": options.safePath = true
                case "q": options.quiet = true
                case "R": options.forcesHashRandomization = true
                case "s": options.noUserSite = true
                case "S": options.noSite = true
                case "u": options.unbuffered = true
                case "v": options.verbose += 1
                case "V": versionCount += 1
                case "W": options.warnings.append(argument())
                case "x": options.skipFirstLine = true
                case "X":
                    let parts = argument().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                    options.extensions.append((parts[0], parts.count > 1 ? parts[1] : nil))
                case "t": break
                default: fail("Unknown option: -\(letter)")
                }
            }
        }
        if versionCount > 0 {
            print(versionCount > 1 ? "Python 3.11.2 (Taipan 0.1)" : "Python 3.11.2")
            exit(0)
        }
        if options.command == nil && options.module == nil && index < items.count {
            options.script = items[index]
            index += 1
        }
        options.arguments = Array(items[min(index, items.count)...])
        options.firstArgument = min(index, items.count)
        chooseEncoding(&options)
        readEnvironment(&options)
        for (name, value) in options.extensions {
            switch name {
            case "dev": options.devMode = true
            case "warn_default_encoding": options.warnDefaultEncoding = true
            case "jit":
                guard let mode = JITMode(rawValue: value ?? "on") else { fail("-X jit: 'on', 'off' or 'stress' expected") }
                options.jit = mode
            case "frozen_modules":
                guard ["on", "off", "", nil].contains(value) else { failBeforeStart("bad value for option -X frozen_modules (expected \"on\" or \"off\")", "preinitialized") }
            case "jitlog": options.jitLog = value
            case "pycache_prefix": options.pycachePrefix = value == "" ? nil : value
            case "no_debug_ranges": options.hidesColumns = true
            case "tracemalloc": options.tracedFrames = tracedFrames(value ?? "1", "-X tracemalloc=NFRAME")
            case "int_max_str_digits":
                guard let value, let digits = Int(value), digits == 0 || digits >= 640 else {
                    failBeforeStart("config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.", "preinitialized")
                }
                options.maximumIntegerDigits = digits
            default: break
            }
        }
        return options
    }

    /// Ends the program as an error in its settings does.
    private static func failBeforeStart(_ what: String, _ state: String = "preinitializing") -> Never {
        fputs("Fatal Python error: \(what)\nPython runtime state: \(state)\n\n", stderr)
        exit(1)
    }

    private static func tracedFrames(_ text: String, _ source: String) -> Int {
        guard let number = text.isEmpty ? 0 : Int(text), number >= 0, number <= 65535 else {
            failBeforeStart("config_init_tracemalloc: \(source): invalid number of frames", "preinitialized")
        }
        return number
    }

    /// The locale of text, and UTF-8 mode (PEP 538 and PEP 540): the plain C locale is made one of UTF-8 where that can be, for child processes too, and turns the mode on where
    /// nobody has chosen.
    private static func chooseEncoding(_ options: inout RuntimeOptions) {
        func variable(_ name: String) -> String? {
            guard !options.ignoreEnvironment, let value = getenv(name), value.pointee != 0 else { return nil }
            return String(cString: value)
        }
        func fail(_ source: String) -> Never { failBeforeStart("preconfig_init_utf8_mode: invalid \(source) value") }
        setlocale(LC_CTYPE, "")
        let isPlain = setlocale(LC_CTYPE, nil).map { ["C", "POSIX"].contains(String(cString: $0)) } ?? true
        if let option = options.extensions.last(where: { $0.name == "utf8" }) {
            switch option.value {
            case nil, "1": options.utf8Mode = true
            case "0": break
            default: fail("-X utf8 option")
            }
        } else if let given = variable("PYTHONUTF8") {
            switch given {
            case "1": options.utf8Mode = true
            case "0": break
            default: fail("PYTHONUTF8 environment variable")
            }
        } else {
            options.utf8Mode = isPlain
        }
        let wish = variable("PYTHONCOERCECLOCALE")
        guard isPlain else { return }
        defer { FileSystemEncoding.isASCII = !options.utf8Mode && LocaleEncoding.name == "ANSI_X3.4-1968" }
        if wish != "0", getenv("LC_ALL").map({ $0.pointee == 0 }) ?? true {
            for target in ["C.UTF-8", "C.utf8", "UTF-8"] where setlocale(LC_CTYPE, target) != nil {
                setenv("LC_CTYPE", target, 1)
                if wish == "warn" {
                    fputs("Python detected LC_CTYPE=C: LC_CTYPE coerced to \(target) (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n", stderr)
                }
                return
            }
        }
        if wish == "warn" {
            fputs("Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 "
                  + "(if available) as alternative Unicode-compatible locales is recommended.\n", stderr)
        }
    }

    private static func readEnvironment(_ options: inout RuntimeOptions) {
        // Whoever starts the program under another name says so by this one, whatever the options are.
        if let executable = getenv("PYTHONEXECUTABLE"), executable.pointee != 0 { options.executable = String(cString: executable) }
        if options.ignoreEnvironment { return }
        func variable(_ name: String) -> String? {
            guard let value = getenv(name) else { return nil }
            let text = String(cString: value)
            return text.isEmpty ? nil : text
        }
        func level(_ name: String) -> Int { variable(name).map { Int($0) ?? 1 } ?? 0 }
        options.debug = max(options.debug, level("PYTHONDEBUG"))
        options.optimize = max(options.optimize, level("PYTHONOPTIMIZE"))
        options.verbose = max(options.verbose, level("PYTHONVERBOSE"))
        if variable("PYTHONINSPECT") != nil { options.inspect = true }
        if variable("PYTHONUNBUFFERED") != nil { options.unbuffered = true }
        if variable("PYTHONDONTWRITEBYTECODE") != nil { options.dontWriteBytecode = true }
        if variable("PYTHONNOUSERSITE") != nil { options.noUserSite = true }
        if variable("PYTHONSAFEPATH") != nil { options.safePath = true }
        if variable("PYTHONDEVMODE") != nil { options.devMode = true }
        if variable("PYTHONWARNDEFAULTENCODING") != nil { options.warnDefaultEncoding = true }
        options.pycachePrefix = variable("PYTHONPYCACHEPREFIX")
        options.ioEncoding = variable("PYTHONIOENCODING")
        options.home = variable("PYTHONHOME")
        options.platformLibrary = variable("PYTHONPLATLIBDIR") ?? options.platformLibrary
        // There is one allocator; to name another is an error all the same.
        if let allocator = variable("PYTHONMALLOC"), !["default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug"].contains(allocator) {
            failBeforeStart("preconfig_init_allocator: PYTHONMALLOC: unknown allocator")
        }
        if let warnings = variable("PYTHONWARNINGS") { options.warnings = warnings.split(separator: ",").map(String.init) + options.warnings }
        if variable("PYTHONNODEBUGRANGES") != nil { options.hidesColumns = true }
        if let given = variable("PYTHONTRACEMALLOC") { options.tracedFrames = tracedFrames(given, "PYTHONTRACEMALLOC") }
        if let given = variable("PYTHONINTMAXSTRDIGITS"), !options.extensions.contains(where: { $0.name == "int_max_str_digits" && $0.value != nil }) {
            guard let digits = Int(given), digits == 0 || digits >= 640 else {
                failBeforeStart("config_init_int_max_str_digits: PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.", "preinitialized")
            }
            options.maximumIntegerDigits = digits
        }
        if let seed = variable("PYTHONHASHSEED"), !options.forcesHashRandomization {
            if seed != "random" {
                guard let number = UInt32(seed) else {
                    failBeforeStart("config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]", "preinitialized")
                }
                options.hashSeed = number
                options.hashRandomization = number != 0
            }
        }
    }

    private static let environmentHelp = """
        Environment variables that change behaviour:
        PYTHONPATH      : folders separated by ':' that come first in sys.path
        PYTHONHOME      : prefix[:exec_prefix] of CPython 3.11's library; TAIPANHOME names a prefix that is used if it has one
        PYTHONSTARTUP   : a file that is run before the first prompt
        PYTHONPLATLIBDIR: the folder of the prefix with the library, lib by default
        PYTHONEXECUTABLE: what sys.executable is
        PYTHONSAFEPATH  : as -P
        PYTHONDEBUG, PYTHONINSPECT, PYTHONOPTIMIZE, PYTHONNOUSERSITE, PYTHONUNBUFFERED, PYTHONVERBOSE, PYTHONDONTWRITEBYTECODE: as -d, -i, -O, -s, -u, -v and -B
        PYTHONWARNINGS  : as -W, separated by commas
        PYTHONHASHSEED  : an integer gives the hashes of text a fixed seed; 'random', the default, a new one for each run
        PYTHONINTMAXSTRDIGITS: as -X int_max_str_digits
        PYTHONIOENCODING: encoding[:errors] of the standard streams
        PYTHONCOERCECLOCALE: 0 leaves the C locale as it is in place of making it one of UTF-8, warn says that it does
        PYTHONUTF8, PYTHONDEVMODE, PYTHONPYCACHEPREFIX, PYTHONWARNDEFAULTENCODING, PYTHONNODEBUGRANGES, PYTHONFAULTHANDLER,
        PYTHONTRACEMALLOC: as the -X options
        """

    private static let extensionHelp = """
        Options of the implementation:
        -X dev: checks that are too costly to be made by default, and more warnings
        -X faulthandler: show where the program is when it crashes
        -X int_max_str_digits=N: the most digits of an int that is made from text or text of it; 0 for no limit
        -X no_debug_ranges: no columns in tracebacks
        -X pycache_prefix=PATH: a folder for compiled files, in place of __pycache__
        -X tracemalloc=N: trace memory allocations from the start, with N frames of each; 1 without a number
        -X utf8: UTF-8 for files and the standard streams, whatever the locale says; -X utf8=0 turns that off where the locale is C
        -X warn_default_encoding: warn when a text file is opened without an encoding
        """

    private static let help = """
        usage: taipan [option] ... [-c cmd | -m mod | file | -] [arg] ...
        Options (and corresponding environment variables):
        -b     : warn about comparing bytes with str or int; -bb makes it an error
        -B     : do not write .pyc files (also PYTHONDONTWRITEBYTECODE=x)
        -c cmd : run the string as a program; ends the option list
        -d     : debugging output of the parser (also PYTHONDEBUG=x)
        -E     : ignore the PYTHON* environment variables
        -h     : show this text (also -? and --help)
        -i     : show a prompt after the program has run (also PYTHONINSPECT=x)
        -I     : isolated: implies -E, -P and -s
        -m mod : run a library module as a program; ends the option list
        -O     : remove assert statements; adds .opt-1 to the names of .pyc files (also PYTHONOPTIMIZE=x)
        -OO    : remove docstrings too; adds .opt-2
        -P     : do not put a possibly unsafe folder first in sys.path (also PYTHONSAFEPATH=x)
        -q     : no version and copyright at the prompt
        -s     : leave the user's site folder out of sys.path (also PYTHONNOUSERSITE=x)
        -S     : do not import site
        -u     : do not buffer standard output and error (also PYTHONUNBUFFERED=x)
        -v     : trace imports (also PYTHONVERBOSE=x)
        -V     : print the version and exit (also --version); twice for more
        -W arg : set a warning filter, action:message:category:module:lineno (also PYTHONWARNINGS=arg)
        -x     : skip the first line of the source
        -X opt : set an option of the implementation
        file   : a program in a file, folder or zip file
        -      : a program on standard input (the default; a prompt at a terminal)
        arg ...: arguments of the program, in sys.argv[1:]
        """
}
