import CSystem
import Glibc
import Interpreter
import Objects

/// `posix`: what `os` is made of on this system. Functions on paths are in `PosixFiles`, on descriptors in `PosixDescriptors`, on processes in `PosixProcess`; here is the
/// rest: the environment, what the system tells about itself, random bytes.
enum PosixModule {
    nonisolated(unsafe) static var statvfsResult: StructSequence!
    nonisolated(unsafe) static var terminalSize: StructSequence!
    nonisolated(unsafe) static var waitidResult: StructSequence!
    nonisolated(unsafe) static var schedulingParameter: StructSequence!
    nonisolated(unsafe) static var unameResult: StructSequence!
    nonisolated(unsafe) static var timesResult: StructSequence!

    static func register() {
        NativeModule.register("posix", doc: "The calls of the operating system, as POSIX has them. Use module os.",
                              functions: PosixStat.functions + PosixFiles.functions + PosixDescriptors.functions + PosixProcess.functions + PosixSpawn.functions + functions, setUp: setUp)
    }

    private static func setUp(_ module: ModuleBuilder) -> Bool {
        let thread = module.thread
        module.add(constants: system_table_posix())
        PosixStat.start(module)
        statvfsResult = StructSequence("statvfs_result", module: "os", visible: 10, fields: [
            "f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_flag", "f_namemax", "f_fsid",
        ])
        terminalSize = StructSequence("terminal_size", module: "os", doc: "A tuple of (columns, lines) for holding terminal window size", visible: 2, fields: ["columns", "lines"])
        waitidResult = StructSequence("waitid_result", module: "posix", visible: 5, fields: ["si_pid", "si_uid", "si_signo", "si_status", "si_code"])
        schedulingParameter = StructSequence("sched_param", module: "posix", visible: 1, fields: ["sched_priority"], new: { thread, type, a, count, keywords in
            PosixModule.newParameter.call(thread, type, a, count, keywords)
        })
        unameResult = StructSequence("uname_result", module: "posix", visible: 5, fields: ["sysname", "nodename", "release", "version", "machine"])
        timesResult = StructSequence("times_result", module: "posix", visible: 5, fields: ["user", "system", "children_user", "children_system", "elapsed"])
        for type in [statvfsResult, terminalSize, waitidResult, schedulingParameter, unameResult, timesResult] { module.set(type!.type.shortName, type!.type.value) }
        module.set("error", TypeID.osError.value)
        for (name, table) in [("confstr_names", system_table_confstr()), ("pathconf_names", system_table_pathconf()), ("sysconf_names", system_table_sysconf())] {
            let names = thread.newDict()
            if names.isEmpty { return false }
            var entry = table
            while let text = entry.pointee.name {
                guard DictRef(names).set(thread, thread.newString(String(cString: text)), thread.newInt(Int(entry.pointee.value))) else { return false }
                entry += 1
            }
            module.set(name, names)
        }
        let environment = thread.newDict()
        if environment.isEmpty { return false }
        if var entry = system_environ() {
            while let text = entry.pointee {
                let length = strlen(text)
                if let equals = memchr(text, 0x3D, length) {
                    let keyLength = UnsafeRawPointer(equals) - UnsafeRawPointer(text)
                    let key = thread.newBytes(text, keyLength)
                    if key.isEmpty { return false }
                    if DictRef(environment).get(thread, key).isEmpty {
                        let value = thread.newBytes(text + keyLength + 1, length - keyLength - 1)
                        guard !value.isEmpty, DictRef(environment).set(thread, key, value) else { return false }
                    }
                }
                entry += 1
            }
        }
        module.set("environ", environment)
        // What `os` asks to know which functions take descriptors, `dir_fd` and so on.
        let have = ["HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FDOPENDIR", "HAVE_FEXECVE", "HAVE_FPATHCONF", "HAVE_FSTATAT",
                    "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",
                    "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"]
        let names = thread.newList()
        if names.isEmpty { return false }
        for name in have where !ListRef(names).append(thread, thread.newString(name)) { return false }
        module.set("_have_functions", names)
        return true
    }

    static func statvfs(_ thread: ThreadRef, _ status: Glibc.statvfs) -> Value {
        let value = statvfsResult.make(thread)
        if value.isEmpty { return .empty }
        for (index, number) in [status.f_bsize, status.f_frsize, status.f_blocks, status.f_bfree, status.f_bavail, status.f_files, status.f_ffree, status.f_favail, status.f_flag,
                                status.f_namemax, status.f_fsid].enumerated() { statvfsResult.set(value, index, thread.newInt(unsigned: UInt(number))) }
        return value
    }

    /// A configuration name: an int, or a str from a table.
    static func configuration(_ thread: ThreadRef, _ value: Value, _ table: UnsafePointer<SystemConstant>) -> Int32? {
        if value.isInt { return SystemArguments.int32(thread, value) }
        guard value.isString else {
            thread.raise(.typeError, "configuration names must be strings or integers")
            return nil
        }
        let wanted = StringRef(value).description
        var entry = table
        while let name = entry.pointee.name {
            if String(cString: name) == wanted { return Int32(truncatingIfNeeded: entry.pointee.value) }
            entry += 1
        }
        thread.raise(.valueError, "unrecognized configuration name")
        return nil
    }

    private static func random(_ thread: ThreadRef, _ count: Int, _ flags: UInt32) -> Value {
        let bytes = thread.newBytes(count: count)
        if bytes.isEmpty || count == 0 { return bytes }
        let target = BytesRef(bytes).bytes
        var filled = 0
        while filled < count {
            guard let length = SystemCall.retry(thread, { CSystem.getrandom(target + filled, count - filled, flags) }) else { return .empty }
            if length < 0 { return thread.raiseOSError(errno) }
            filled += length
        }
        return bytes
    }

    static let functions = [
        Def("urandom(size, /)", .calls, "Random bytes from the system, good enough for cryptography.") { thread, a, _ in
            guard let count = thread.toInt(a[0]) else { return .empty }
            return count < 0 ? thread.raise(.valueError, "negative argument not allowed") : PosixModule.random(thread, count, 0)
        },
        Def("getrandom(size, flags=0)", .calls, "Obtain a series of random bytes.") { thread, a, _ in
            guard let count = thread.toInt(a[0]), let flags = a[1].isEmpty ? 0 : SystemArguments.mask(thread, a[1]) else { return .empty }
            return count < 0 ? thread.raiseOSError(EINVAL) : PosixModule.random(thread, count, UInt32(truncatingIfNeeded: flags))
        },
        Def("uname()", .calls, "Return an object identifying the current operating system.") { thread, _, _ in
            var names = utsname()
            if Glibc.uname(&names) < 0 { return thread.raiseOSError(errno) }
            let value = PosixModule.unameResult.make(thread)
            if value.isEmpty { return .empty }
            func set(_ index: Int, _ field: UnsafeRawPointer) {
                PosixModule.unameResult.set(value, index, FileSystemText.decode(thread, cString: field.assumingMemoryBound(to: CChar.self)))
            }
            withUnsafePointer(to: &names.sysname) { set(0, $0) }
            withUnsafePointer(to: &names.nodename) { set(1, $0) }
            withUnsafePointer(to: &names.release) { set(2, $0) }
            withUnsafePointer(to: &names.version) { set(3, $0) }
            withUnsafePointer(to: &names.machine) { set(4, $0) }
            return value
        },
        Def("times()", .calls, "Return a collection containing process timing information.") { thread, _, _ in
            var clocks = tms()
            let elapsed = Glibc.times(&clocks)
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let value = PosixModule.timesResult.make(thread)
            if value.isEmpty { return .empty }
            for (index, count) in [clocks.tms_utime, clocks.tms_stime, clocks.tms_cutime, clocks.tms_cstime, elapsed].enumerated() {
                PosixModule.timesResult.set(value, index, thread.newFloat(Double(count) / ticks))
            }
            return value
        },
        Def("strerror(code, /)", .calls, "Translate an error code to a message string.") { thread, a, _ in
            guard let code = SystemArguments.int32(thread, a[0]) else { return .empty }
            return FileSystemText.decode(thread, cString: Glibc.strerror(code))
        },
        Def("putenv(name, value, /)", .calls, "Change or add an environment variable.") { thread, a, _ in
            guard let name = PathArgument.take(thread, a[0], "putenv", "name"), let value = PathArgument.take(thread, a[1], "putenv", "value") else { return .empty }
            if name.bytes.contains(0x3D) { return thread.raise(.valueError, "illegal environment variable name") }
            let shownName = name.content(thread), shownValue = value.content(thread)
            guard !shownName.isEmpty, !shownValue.isEmpty, Audit.event(thread, "os.putenv", [shownName, shownValue]) else { return .empty }
            return SystemCall.none(thread, setenv(name.bytes, value.bytes, 1))
        },
        Def("unsetenv(name, /)", .calls, "Delete an environment variable.") { thread, a, _ in
            guard let name = PathArgument.take(thread, a[0], "unsetenv", "name") else { return .empty }
            let shown = name.content(thread)
            guard !shown.isEmpty, Audit.event(thread, "os.unsetenv", [shown]) else { return .empty }
            return SystemCall.none(thread, Glibc.unsetenv(name.bytes))
        },
        Def("sysconf(name, /)", .calls, "Return an integer-valued system configuration variable.") { thread, a, _ in
            guard let name = PosixModule.configuration(thread, a[0], system_table_sysconf()) else { return .empty }
            errno = 0
            let value = Glibc.sysconf(name)
            return value == -1 && errno != 0 ? thread.raiseOSError(errno) : thread.newInt(value)
        },
        Def("confstr(name, /)", .calls, "Return a string-valued system configuration variable.") { thread, a, _ in
            guard let name = PosixModule.configuration(thread, a[0], system_table_confstr()) else { return .empty }
            errno = 0
            let size = Glibc.confstr(name, nil, 0)
            if size == 0 { return errno != 0 ? thread.raiseOSError(errno) : .none }
            var buffer = [CChar](repeating: 0, count: size)
            _ = Glibc.confstr(name, &buffer, size)
            return FileSystemText.decode(thread, cString: buffer)
        },
        Def("ctermid()", .calls, "Return the name of the controlling terminal for this process.") { thread, _, _ in thread.newString("/dev/tty") },
        Def("major(device, /)", .pure, "Extracts a device major number from a raw device number.") { thread, a, _ in
            guard let device = PosixModule.device(thread, a[0]) else { return .empty }
            return Value(small: Int(system_major(dev_t(device))))
        },
        Def("minor(device, /)", .pure, "Extracts a device minor number from a raw device number.") { thread, a, _ in
            guard let device = PosixModule.device(thread, a[0]) else { return .empty }
            return Value(small: Int(system_minor(dev_t(device))))
        },
        Def("makedev(major, minor, /)", .pure, "The number of a device from its two parts.") { thread, a, _ in
            guard let major = SystemArguments.int32(thread, a[0]), let minor = SystemArguments.int32(thread, a[1]) else { return .empty }
            return thread.newInt(unsigned: UInt(system_makedev(UInt32(bitPattern: major), UInt32(bitPattern: minor))))
        },
    ]

    /// Not made of a sequence as the others are, but of its one field.
    private static let newParameter = Constructor("sched_param(self, sched_priority)") { thread, a, _ in
        let result = PosixModule.schedulingParameter.make(thread)
        if !result.isEmpty { PosixModule.schedulingParameter.set(result, 0, a[1]) }
        return result
    }

    /// A raw device number; nil when it has raised.
    private static func device(_ thread: ThreadRef, _ value: Value) -> UInt? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        if let number = IntOps.toInt(index), number >= 0 { return UInt(number) }
        guard !IntOps.isNegative(index), Swift.abs(IntOps.size(index)) == 1 else {
            thread.raise(.overflowError, IntOps.isNegative(index) ? "can't convert negative int to unsigned" : "int too big to convert")
            return nil
        }
        return IntOps.limbs(index)[0]
    }
}
