import Glibc
import Objects

/// `_stat`: the bits of a file's mode, and the tests on them. The numbers are this system's; `stat` takes them in place of its own.
enum StatModule {
    static func register() {
        NativeModule.register("_stat", doc: "Constants and functions on the mode of a file, as os.stat() reports it.", functions: functions, setUp: { module in
            for (name, value) in constants { module.set(name, value) }
            return true
        })
    }

    private static let constants: [(String, Int)] = [
        ("S_IFDIR", 0o040000), ("S_IFCHR", 0o020000), ("S_IFBLK", 0o060000), ("S_IFREG", 0o100000), ("S_IFIFO", 0o010000), ("S_IFLNK", 0o120000), ("S_IFSOCK", 0o140000),
        // Kinds that other systems have.
        ("S_IFDOOR", 0), ("S_IFPORT", 0), ("S_IFWHT", 0),
        ("S_ISUID", 0o4000), ("S_ISGID", 0o2000), ("S_ISVTX", 0o1000), ("S_ENFMT", 0o2000), ("S_IREAD", 0o400), ("S_IWRITE", 0o200), ("S_IEXEC", 0o100),
        ("S_IRWXU", 0o700), ("S_IRUSR", 0o400), ("S_IWUSR", 0o200), ("S_IXUSR", 0o100), ("S_IRWXG", 0o070), ("S_IRGRP", 0o040), ("S_IWGRP", 0o020), ("S_IXGRP", 0o010),
        ("S_IRWXO", 0o007), ("S_IROTH", 0o004), ("S_IWOTH", 0o002), ("S_IXOTH", 0o001),
        ("UF_NODUMP", 0x1), ("UF_IMMUTABLE", 0x2), ("UF_APPEND", 0x4), ("UF_OPAQUE", 0x8), ("UF_NOUNLINK", 0x10), ("UF_COMPRESSED", 0x20), ("UF_HIDDEN", 0x8000),
        ("SF_ARCHIVED", 0x10000), ("SF_IMMUTABLE", 0x20000), ("SF_APPEND", 0x40000), ("SF_NOUNLINK", 0x100000), ("SF_SNAPSHOT", 0x200000),
        ("ST_MODE", 0), ("ST_INO", 1), ("ST_DEV", 2), ("ST_NLINK", 3), ("ST_UID", 4), ("ST_GID", 5), ("ST_SIZE", 6), ("ST_ATIME", 7), ("ST_MTIME", 8), ("ST_CTIME", 9),
    ]

    private static let kindMask: UInt32 = 0o170000

    /// A file's mode; nil when it has raised.
    private static func mode(_ thread: ThreadRef, _ value: Value) -> UInt32? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index), number >= 0 else {
            thread.raise(.overflowError, IntOps.toInt(index) == nil ? "Python int too large to convert to C unsigned long" : "can't convert negative value to unsigned int")
            return nil
        }
        guard let result = UInt32(exactly: number) else {
            thread.raise(.overflowError, "mode out of range")
            return nil
        }
        return result
    }

    private static func isKind(_ thread: ThreadRef, _ value: Value, _ kind: UInt32) -> Value {
        guard let mode = mode(thread, value) else { return .empty }
        return Value(mode & kindMask == kind)
    }

    private static func isNothing(_ thread: ThreadRef, _ value: Value) -> Value { mode(thread, value) == nil ? .empty : .false }

    private static let functions = [
        Def("S_ISDIR(mode, /)", .callsOnArguments, "Whether the mode is that of a directory.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o040000) },
        Def("S_ISCHR(mode, /)", .callsOnArguments, "Whether the mode is that of a character device.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o020000) },
        Def("S_ISBLK(mode, /)", .callsOnArguments, "Whether the mode is that of a block device.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o060000) },
        Def("S_ISREG(mode, /)", .callsOnArguments, "Whether the mode is that of a regular file.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o100000) },
        Def("S_ISFIFO(mode, /)", .callsOnArguments, "Whether the mode is that of a named pipe.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o010000) },
        Def("S_ISLNK(mode, /)", .callsOnArguments, "Whether the mode is that of a symbolic link.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o120000) },
        Def("S_ISSOCK(mode, /)", .callsOnArguments, "Whether the mode is that of a socket.", isUnsigned: true) { thread, a, _ in StatModule.isKind(thread, a[0], 0o140000) },
        Def("S_ISDOOR(mode, /)", .callsOnArguments, "Whether the mode is that of a door.", isUnsigned: true) { thread, a, _ in StatModule.isNothing(thread, a[0]) },
        Def("S_ISPORT(mode, /)", .callsOnArguments, "Whether the mode is that of an event port.", isUnsigned: true) { thread, a, _ in StatModule.isNothing(thread, a[0]) },
        Def("S_ISWHT(mode, /)", .callsOnArguments, "Whether the mode is that of a whiteout.", isUnsigned: true) { thread, a, _ in StatModule.isNothing(thread, a[0]) },
        Def("S_IMODE(mode, /)", .callsOnArguments, "The bits of the mode that os.chmod() sets.", isUnsigned: true) { thread, a, _ in
            guard let mode = StatModule.mode(thread, a[0]) else { return .empty }
            return Value(small: Int(mode & 0o7777))
        },
        Def("S_IFMT(mode, /)", .callsOnArguments, "The bits of the mode that tell the kind of file.", isUnsigned: true) { thread, a, _ in
            guard let mode = StatModule.mode(thread, a[0]) else { return .empty }
            return Value(small: Int(mode & StatModule.kindMask))
        },
        Def("filemode(mode, /)", .callsOnArguments, "The mode as text, such as '-rwxr-xr-x'.", isUnsigned: true) { thread, a, _ in
            guard let mode = StatModule.mode(thread, a[0]) else { return .empty }
            let kinds: [(UInt32, Character)] = [(0o100000, "-"), (0o040000, "d"), (0o120000, "l"), (0o060000, "b"), (0o020000, "c"), (0o010000, "p"), (0o140000, "s")]
            var text = String(kinds.first { $0.0 == mode & StatModule.kindMask }?.1 ?? "?")
            // Each of three groups: read, write, execute; the special bit shows in place of execute, in capitals without it.
            for (shift, special, letter) in [(6, UInt32(0o4000), "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] {
                let bits = mode >> UInt32(shift)
                text += bits & 4 != 0 ? "r" : "-"
                text += bits & 2 != 0 ? "w" : "-"
                let execute = bits & 1 != 0
                text += mode & special != 0 ? (execute ? letter : letter.uppercased()) : execute ? "x" : "-"
            }
            return thread.newString(text)
        },
    ]
}
