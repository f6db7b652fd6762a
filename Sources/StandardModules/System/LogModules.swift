import CSystem
import Glibc
import Interpreter
import Objects

/// `syslog` and `_crypt`: the system's log, and its password hash.
enum LogModules {
    /// What the log calls the program; the C library keeps the pointer.
    nonisolated(unsafe) private static var identity: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var isOpen = false

    private static let constants: [(String, Int32)] = [
        ("LOG_EMERG", 0), ("LOG_ALERT", 1), ("LOG_CRIT", 2), ("LOG_ERR", 3), ("LOG_WARNING", 4), ("LOG_NOTICE", 5), ("LOG_INFO", 6), ("LOG_DEBUG", 7), ("LOG_PID", 1), ("LOG_CONS", 2),
        ("LOG_NDELAY", 8), ("LOG_ODELAY", 4), ("LOG_NOWAIT", 16), ("LOG_PERROR", 32), ("LOG_KERN", 0), ("LOG_USER", 8), ("LOG_MAIL", 16), ("LOG_DAEMON", 24), ("LOG_AUTH", 32), ("LOG_SYSLOG", 40),
        ("LOG_LPR", 48), ("LOG_NEWS", 56), ("LOG_UUCP", 64), ("LOG_CRON", 72), ("LOG_AUTHPRIV", 80), ("LOG_LOCAL0", 128), ("LOG_LOCAL1", 136), ("LOG_LOCAL2", 144), ("LOG_LOCAL3", 152),
        ("LOG_LOCAL4", 160), ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176), ("LOG_LOCAL7", 184),
    ]

    /// The name of the running script, as `sys.argv` has it; nil when there is none.
    private static func scriptName(_ thread: ThreadRef) -> String? {
        let arguments = thread.importAttribute("sys", "argv")
        guard !arguments.isEmpty, arguments.isList, ListRef(arguments).count > 0, ListRef(arguments)[0].isString else {
            thread.takeException()
            return nil
        }
        let name = StringRef(ListRef(arguments)[0]).description
        let last = name.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        return last.isEmpty ? nil : last
    }

    private static func open(_ name: String?, _ options: Int32, _ facility: Int32) {
        let old = identity
        identity = name.flatMap { strdup($0) }
        openlog(identity, options, facility)
        free(old)
        isOpen = true
    }

    private static func audit(_ thread: ThreadRef, _ name: String?, _ options: Int32, _ facility: Int32) -> Bool {
        let shown: Value = name.map { thread.newString($0) } ?? .none
        return !shown.isEmpty && withExtendedLifetime(shown) { Audit.event(thread, "syslog.openlog", [shown, Value(small: Int(options)), Value(small: Int(facility))]) }
    }

    private static let syslog: [Def] = [
        Def("openlog(ident=<unrepresentable>, logoption=0, facility=LOG_USER)", .calls, "Set logging options of subsequent syslog() calls.", kind: .function) { thread, a, _ in
            guard let options = a[1].isEmpty ? 0 : SystemArguments.int32(thread, a[1]), let facility = a[2].isEmpty ? 8 : SystemArguments.int32(thread, a[2]) else { return .empty }
            var name: String?
            if a[0].isEmpty { name = LogModules.scriptName(thread) } else {
                guard let text = SystemArguments.text(thread, a[0], "openlog", 1), !thread.encode(a[0]).isEmpty else { return .empty }
                name = text
            }
            guard LogModules.audit(thread, name, options, facility) else { return .empty }
            LogModules.open(name, options, facility)
            return .none
        },
        Def("syslog(*args)", .calls, "Send a string to the system logger.", kind: .function) { thread, a, _ in
            let given = TupleRef(a[0])
            var priority: Int32 = 6
            guard given.count == 1 || given.count == 2 else { return thread.raise(.typeError, "[priority,] message string") }
            if given.count == 2 {
                guard let number = SystemArguments.int32(thread, given[0]) else { return .empty }
                priority = number
            }
            guard given[given.count - 1].isString else { return thread.raise(.typeError, "[priority,] message string") }
            let message = StringRef(given[given.count - 1]).description
            guard Audit.event(thread, "syslog.syslog", [Value(small: Int(priority)), given[given.count - 1]]) else { return .empty }
            if !LogModules.isOpen {
                let name = LogModules.scriptName(thread)
                guard LogModules.audit(thread, name, 0, 8) else { return .empty }
                LogModules.open(name, 0, 8)
            }
            GIL.blocking(thread) { system_syslog(priority, message) }
            return .none
        },
        Def("closelog()", .calls, "Reset the syslog module values and call the system library closelog().", kind: .function) { thread, _, _ in
            guard Audit.event(thread, "syslog.closelog", []) else { return .empty }
            if LogModules.isOpen {
                Glibc.closelog()
                free(LogModules.identity)
                LogModules.identity = nil
                LogModules.isOpen = false
            }
            return .none
        },
        Def("setlogmask(maskpri, /)", .calls, "Set the priority mask to maskpri and return the previous mask value.", kind: .function) { thread, a, _ in
            guard let mask = SystemArguments.int32(thread, a[0]), Audit.event(thread, "syslog.setlogmask", [a[0]]) else { return .empty }
            return Value(small: Int(Glibc.setlogmask(mask)))
        },
        Def("LOG_MASK(pri, /)", .pure, "Calculates the mask for the individual priority pri.", kind: .function) { thread, a, _ in
            guard let priority = SystemArguments.int(thread, a[0]) else { return .empty }
            return Value(small: 1 << (priority & 31))
        },
        Def("LOG_UPTO(pri, /)", .pure, "Calculates the mask for all priorities up to and including pri.", kind: .function) { thread, a, _ in
            guard let priority = SystemArguments.int(thread, a[0]) else { return .empty }
            return Value(small: 1 << ((priority & 31) + 1) - 1)
        },
    ]

    static func register() {
        NativeModule.register("syslog", functions: syslog) { module in
            for (name, value) in constants { module.set(name, Int(value)) }
            return true
        }
        NativeModule.register("_crypt", functions: [
            Def("crypt(word, salt, /)", .calls, "The hash of a password with a salt.", kind: .function) { thread, a, _ in
                guard let word = SystemArguments.text(thread, a[0], "crypt", 1), let salt = SystemArguments.text(thread, a[1], "crypt", 2) else { return .empty }
                guard let hash = system_crypt(word, salt) else { return thread.raiseOSError(errno) }
                return thread.newString(String(cString: hash))
            },
        ])
    }
}
