import CSystem
import Glibc
import Interpreter
import Objects

/// `posix`: starting a program in a new process by one call of the C library's, which need not copy this process first.
enum PosixSpawn {
    /// What an item of `file_actions` begins with.
    private enum Action: Int32 { case open, close, duplicate }

    /// Fills the actions on files in from a sequence of tuples. False when it has raised.
    private static func add(_ thread: ThreadRef, _ value: Value, to actions: inout posix_spawn_file_actions_t) -> Bool {
        guard let items = sequence(thread, value) else { return false }
        for index in 0 ..< TupleRef(items).count {
            let item = TupleRef(items)[index]
            guard item.isTuple, TupleRef(item).count > 0 else {
                thread.raise(.typeError, "Each file_actions element must be a non-empty tuple")
                return false
            }
            let fields = TupleRef(item)
            guard let number = SystemArguments.int32(thread, fields[0]) else { return false }
            guard let action = Action(rawValue: number) else {
                thread.raise(.typeError, "Unknown file_actions identifier")
                return false
            }
            let expected: (name: String, count: Int) = switch action { case .open: ("open", 5); case .close: ("close", 2); case .duplicate: ("dup2", 3) }
            guard fields.count == expected.count else {
                thread.raise(.typeError, "A \(expected.name) file_action tuple must have \(expected.count) elements")
                return false
            }
            guard let descriptor = SystemArguments.int32(thread, fields[1]) else { return false }
            let code: Int32
            switch action {
            case .open:
                guard let path = PathArgument.take(thread, fields[2], ""), let flags = SystemArguments.int32(thread, fields[3]),
                      let mode = SystemArguments.int32(thread, fields[4]) else { return false }
                code = posix_spawn_file_actions_addopen(&actions, descriptor, path.bytes, flags, mode_t(bitPattern: mode))
            case .close:
                code = posix_spawn_file_actions_addclose(&actions, descriptor)
            case .duplicate:
                guard let target = SystemArguments.int32(thread, fields[2]) else { return false }
                code = posix_spawn_file_actions_adddup2(&actions, descriptor, target)
            }
            if code != 0 {
                thread.raiseOSError(code)
                return false
            }
        }
        return true
    }

    private static func sequence(_ thread: ThreadRef, _ value: Value) -> Value? {
        let items = value.isDict || value.type.slotPointer(.getItem).pointee == nil ? Value.empty : thread.tuple(value)
        if !items.isEmpty { return items }
        if !thread.hasException || thread.clearException(.typeError) { thread.raise(.typeError, "file_actions must be a sequence or None") }
        return nil
    }

    /// Fills the attributes in from the arguments after `file_actions`. False when it has raised.
    private static func set(_ thread: ThreadRef, _ a: Arguments, _ function: String, in attributes: inout posix_spawnattr_t) -> Bool {
        var flags: Int32 = 0
        if !a[4].isEmpty {
            guard let group = SystemArguments.int32(thread, a[4]) else { return false }
            posix_spawnattr_setpgroup(&attributes, group)
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
        }
        guard let resets = SystemArguments.flag(thread, a[5], default: false), let startsSession = SystemArguments.flag(thread, a[6], default: false) else { return false }
        if resets { flags |= Int32(POSIX_SPAWN_RESETIDS) }
        if startsSession { flags |= 0x80 /* POSIX_SPAWN_SETSID */ }
        if !a[7].isEmpty {
            guard var signals = SignalModule.set(thread, a[7]) else { return false }
            posix_spawnattr_setsigmask(&attributes, &signals)
            flags |= Int32(POSIX_SPAWN_SETSIGMASK)
        }
        if !a[8].isEmpty {
            guard var signals = SignalModule.set(thread, a[8]) else { return false }
            posix_spawnattr_setsigdefault(&attributes, &signals)
            flags |= Int32(POSIX_SPAWN_SETSIGDEF)
        }
        if !a[9].isEmpty {
            guard a[9].isTuple, TupleRef(a[9]).count == 2 else {
                if a[9].isTuple {
                    thread.raise(.typeError, "A scheduler tuple must have two elements")
                } else {
                    thread.raise(.systemError, "new style getargs format but argument is not a tuple")
                }
                return false
            }
            guard var parameter = PosixProcess.parameter(thread, TupleRef(a[9])[1]) else { return false }
            if !TupleRef(a[9])[0].isNone {
                guard let policy = SystemArguments.int32(thread, TupleRef(a[9])[0]) else { return false }
                posix_spawnattr_setschedpolicy(&attributes, policy)
                flags |= Int32(POSIX_SPAWN_SETSCHEDULER)
            }
            posix_spawnattr_setschedparam(&attributes, &parameter)
            flags |= Int32(POSIX_SPAWN_SETSCHEDPARAM)
        }
        let code = posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
        if code != 0 {
            thread.raiseOSError(code)
            return false
        }
        return true
    }

    private static func spawn(_ thread: ThreadRef, _ a: Arguments, _ function: String, searches: Bool) -> Value {
        guard let path = PathArgument.take(thread, a[0], function), let arguments = PosixProcess.arguments(thread, a[1], function) else { return .empty }
        defer { PosixProcess.freeVector(arguments) }
        guard a[2].isDict || a[2].type.slotPointer(.getItem).pointee != nil else { return thread.raise(.typeError, "\(function): environment must be a mapping object") }
        guard let environment = PosixProcess.environment(thread, a[2]) else { return .empty }
        defer { PosixProcess.freeVector(environment) }
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let hasActions = !a[3].isEmpty && !a[3].isNone
        guard !hasActions || add(thread, a[3], to: &actions), set(thread, a, function, in: &attributes),
              Audit.event(thread, "os.posix_spawn", [path.object, a[1], a[2]]) else { return .empty }
        var process: pid_t = 0
        let code = (searches ? Glibc.posix_spawnp : Glibc.posix_spawn)(&process, path.bytes, &actions, &attributes, arguments, environment)
        return code != 0 ? thread.raiseOSError(code, path.object) : Value(small: Int(process))
    }

    static let functions = [
        Def("posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)",
            .calls, "Run a program, given by its path, in a new process, and return the process's number.") { thread, a, _ in PosixSpawn.spawn(thread, a, "posix_spawn", searches: false) },
        Def("posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)",
            .calls, "Run a program, looked for in PATH, in a new process, and return the process's number.") { thread, a, _ in PosixSpawn.spawn(thread, a, "posix_spawnp", searches: true) },
    ]
}
