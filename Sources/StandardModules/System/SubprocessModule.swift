import CSystem
import Glibc
import Interpreter
import Objects

/// `_posixsubprocess`: fork and exec for `subprocess`. What runs in the child is C (`CSystem.c`), but for a `preexec_fn`.
enum SubprocessModule {
    static func register() {
        NativeModule.register("_posixsubprocess", doc: "A POSIX helper for the subprocess module.", functions: [
            Def("fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, umask, preexec_fn, allow_vfork, /)",
                .calls, "Spawn a fresh new child process.") { thread, a, _ in SubprocessModule.forkExec(thread, a) },
        ])
    }

    /// What the child needs to call `preexec_fn`.
    private struct Preexec {
        var thread: ThreadRef
        var function: Value
    }

    private static func forkExec(_ thread: ThreadRef, _ a: Arguments) -> Value {
        PendingFiles.settle(thread)
        guard let closeFiles = SystemArguments.flag(thread, a[2], default: false) else { return .empty }
        guard a[3].isTuple else { return thread.raise(.typeError, "fork_exec() argument 4 must be tuple, not \(a[3].argumentTypeName)") }
        var keep: [Int32] = []
        for index in 0 ..< TupleRef(a[3]).count {
            guard TupleRef(a[3])[index].isInt, let number = IntOps.toInt(TupleRef(a[3])[index]), number >= 0, number <= Int(Int32.max), keep.last.map({ Int($0) < number }) ?? true else {
                return thread.raise(.valueError, "bad value(s) in fds_to_keep")
            }
            keep.append(Int32(number))
        }
        var numbers: [Int32] = []
        for index in 6 ..< 17 {
            guard let number = SystemArguments.int32(thread, a[index]) else { return .empty }
            numbers.append(number)
        }
        guard let umask = SystemArguments.int32(thread, a[20]) else { return .empty }
        if closeFiles && numbers[7] < 3 { return thread.raise(.valueError, "errpipe_write must be >= 3") }

        guard let executables = PosixProcess.vector(thread, a[1], "fork_exec", "path") else { return .empty }
        defer { PosixProcess.freeVector(executables) }
        guard let arguments = PosixProcess.vector(thread, a[0], "fork_exec", "path") else { return .empty }
        defer { PosixProcess.freeVector(arguments) }
        var environment: [UnsafeMutablePointer<CChar>?]?
        if !a[5].isNone {
            environment = PosixProcess.vector(thread, a[5], "fork_exec", "path")
            if environment == nil { return .empty }
        }
        defer { if let environment { PosixProcess.freeVector(environment) } }
        var directory: [CChar]?
        if !a[4].isNone {
            guard let path = PathArgument.take(thread, a[4], "", "path") else { return .empty }
            directory = path.bytes
        }
        var group: UInt32?, user: UInt32?, groups: [UInt32]?
        if !a[17].isNone {
            group = SystemArguments.identifier(thread, a[17], "gid")
            if group == nil { return .empty }
        }
        if !a[18].isNone {
            let items = thread.tuple(a[18])
            if items.isEmpty { return .empty }
            groups = []
            for index in 0 ..< TupleRef(items).count {
                guard let id = SystemArguments.identifier(thread, TupleRef(items)[index], "gid") else {
                    // A member of a list is wrong where a single argument would be too large.
                    return thread.clearException(.overflowError) ? thread.raise(.valueError, "invalid group id") : .empty
                }
                groups?.append(id)
            }
        }
        if !a[19].isNone {
            user = SystemArguments.identifier(thread, a[19], "uid")
            if user == nil { return .empty }
        }
        let hasPreexec = !a[21].isNone
        let truth = thread.isTrue(a[22])
        if truth < 0 { return .empty }
        let allowsSharing = truth > 0
        if hasPreexec { PosixProcess.prepareFork(thread) }
        var preexec = Preexec(thread: thread, function: a[21])
        var code: Int32 = 0
        let process: pid_t = executables.withUnsafeBufferPointer { executables in
            arguments.withUnsafeBufferPointer { arguments in
                keep.withUnsafeBufferPointer { keep in
                    (groups ?? []).withUnsafeBufferPointer { groupList in
                        withOptional(environment) { environment in
                            withOptional(directory) { directory in
                                withUnsafeMutablePointer(to: &preexec) { context in
                                    var plan = ForkExec(executables: executables.baseAddress!, arguments: arguments.baseAddress!, environment: environment, directory: directory,
                                                        p2cread: numbers[0], p2cwrite: numbers[1], c2pread: numbers[2], c2pwrite: numbers[3], errread: numbers[4],
                                                        errwrite: numbers[5], errpipeRead: numbers[6], errpipeWrite: numbers[7], closeFiles: closeFiles,
                                                        restoreSignals: numbers[8] != 0, callSetsid: numbers[9] != 0, setGroup: group != nil, setGroups: groups != nil,
                                                        setUser: user != nil, hasPreexec: hasPreexec, processGroup: numbers[10], group: group ?? 0, user: user ?? 0,
                                                        groupCount: groupList.count, groups: groupList.baseAddress, umask: umask, keepCount: keep.count, keep: keep.baseAddress,
                                                        preexec: { context in
                                                            let preexec = context!.assumingMemoryBound(to: Preexec.self).pointee
                                                            PosixProcess.finishFork(preexec.thread, inChild: true)
                                                            return preexec.thread.call(preexec.function).isEmpty ? 1 : 0
                                                        }, context: UnsafeMutableRawPointer(context), allowsSharing: allowsSharing, signals: nil)
                                    let process = system_fork_exec(&plan)
                                    code = errno
                                    return process
                                }
                            }
                        }
                    }
                }
            }
        }
        if hasPreexec { PosixProcess.finishFork(thread, inChild: false) }
        return process < 0 ? thread.raiseOSError(code) : Value(small: Int(process))
    }

    private static func withOptional<T, R>(_ array: [T]?, _ body: (UnsafePointer<T>?) -> R) -> R {
        guard let array else { return body(nil) }
        return array.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
