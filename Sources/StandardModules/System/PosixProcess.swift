import CSystem
import Glibc
import Interpreter
import Objects

/// `posix`: processes, users, groups, scheduling.
enum PosixProcess {
    /// Callables of `register_at_fork`: a list each, kept in root words.
    private static let beforeFork = RootTable.reserve()
    private static let afterInChild = RootTable.reserve()
    private static let afterInParent = RootTable.reserve()

    /// Calls the functions of a list; what they raise is reported.
    private static func run(_ thread: ThreadRef, _ word: UnsafeMutablePointer<Value>, reversed: Bool) {
        if word.pointee.isEmpty { return }
        let copy = thread.list(word.pointee)
        if copy.isEmpty { thread.takeException(); return }
        let count = ListRef(copy).count
        for index in 0 ..< count {
            let function = ListRef(copy)[reversed ? count - 1 - index : index]
            if thread.call(function).isEmpty { RuntimeHooks.writeUnraisable(thread, "", function) }
        }
    }

    static func prepareFork(_ thread: ThreadRef) {
        run(thread, beforeFork, reversed: true)
        ImpModule.acquireLock(thread)
    }

    static func finishFork(_ thread: ThreadRef, inChild: Bool) {
        if inChild { GIL.reinitialize(thread) }
        ImpModule.releaseLock(thread)
        run(thread, inChild ? afterInChild : afterInParent, reversed: false)
    }

    /// Zero-terminated strings from a sequence of path-like objects, with a null at the end; to be freed by `freeVector`. nil when it has raised.
    static func vector(_ thread: ThreadRef, _ items: Value, _ function: String, _ argument: String) -> [UnsafeMutablePointer<CChar>?]? {
        let tuple = thread.tuple(items)
        if tuple.isEmpty { return nil }
        var result: [UnsafeMutablePointer<CChar>?] = []
        for index in 0 ..< TupleRef(tuple).count {
            guard let path = PathArgument.take(thread, TupleRef(tuple)[index], "", argument) else {
                freeVector(result)
                return nil
            }
            result.append(strdup(path.bytes))
        }
        return result + [nil]
    }

    static func freeVector(_ vector: [UnsafeMutablePointer<CChar>?]) { for item in vector { free(item) } }

    /// "KEY=value" strings of a mapping.
    static func environment(_ thread: ThreadRef, _ mapping: Value) -> [UnsafeMutablePointer<CChar>?]? {
        let keys = thread.callMethod(mapping, .keys), values = keys.isEmpty ? .empty : thread.callMethod(mapping, .values)
        if values.isEmpty { return nil }
        let keyList = thread.list(keys), valueList = keyList.isEmpty ? .empty : thread.list(values)
        if valueList.isEmpty { return nil }
        var result: [UnsafeMutablePointer<CChar>?] = []
        for index in 0 ..< min(ListRef(keyList).count, ListRef(valueList).count) {
            guard let key = PathArgument.take(thread, ListRef(keyList)[index], ""), let value = PathArgument.take(thread, ListRef(valueList)[index], "") else {
                freeVector(result)
                return nil
            }
            if key.bytes.count == 1 || key.bytes.dropFirst().contains(0x3D) {
                thread.raise(.valueError, "illegal environment variable name")
                freeVector(result)
                return nil
            }
            result.append(strdup(key.bytes.dropLast() + [0x3D] + value.bytes))
        }
        return result + [nil]
    }

    static func arguments(_ thread: ThreadRef, _ value: Value, _ function: String) -> [UnsafeMutablePointer<CChar>?]? {
        guard value.isList || value.isTuple else {
            thread.raise(.typeError, function == "execv" ? "execv() arg 2 must be a tuple or list" : "\(function): argv must be a tuple or list")
            return nil
        }
        let count = value.isList ? ListRef(value).count : TupleRef(value).count
        if count < 1 {
            thread.raise(.valueError, function == "execv" ? "execv() arg 2 must not be empty" : "\(function): argv must not be empty")
            return nil
        }
        guard let result = vector(thread, value, function, "argv") else { return nil }
        if result[0]![0] == 0 {
            thread.raise(.valueError, function == "execv" ? "execv() arg 2 first element cannot be empty" : "\(function): argv first element cannot be empty")
            freeVector(result)
            return nil
        }
        return result
    }

    /// (process, status) of a wait.
    private static func waited(_ thread: ThreadRef, _ process: Int32, _ status: Int32) -> Value {
        process < 0 ? thread.raiseOSError(errno) : thread.newTuple(Value(small: Int(process)), Value(small: Int(status)))
    }

    private static func waited(_ thread: ThreadRef, _ process: Int32, _ status: Int32, _ usage: rusage) -> Value {
        if process < 0 { return thread.raiseOSError(errno) }
        let resources = thread.importModule("resource").isEmpty ? Value.empty : ResourceModule.usage(thread, usage)
        return resources.isEmpty ? .empty : thread.newTuple(Value(small: Int(process)), Value(small: Int(status)), resources)
    }

    private static func identifier(_ thread: ThreadRef, _ id: UInt32) -> Value { thread.newInt(Int(id)) }

    /// A setter of one user or group id.
    private static func setIdentifier(_ thread: ThreadRef, _ a: Arguments, _ what: String, _ body: (UInt32) -> Int32) -> Value {
        guard let id = SystemArguments.identifier(thread, a[0], what) else { return .empty }
        return SystemCall.none(thread, body(id))
    }

    static let functions = [
        Def("fork()", .calls, "Double this process: 0 in the new one, the new one's number in this.") { thread, _, _ in
            guard Audit.event(thread, "os.fork", []) else { return .empty }
            PosixProcess.prepareFork(thread)
            let process = system_fork()
            let code = errno
            PosixProcess.finishFork(thread, inChild: process == 0)
            return process < 0 ? thread.raiseOSError(code) : Value(small: Int(process))
        },
        Def("forkpty()", .calls, "Double this process, with a new terminal for the new one.") { thread, _, _ in
            guard Audit.event(thread, "os.forkpty", []) else { return .empty }
            PosixProcess.prepareFork(thread)
            var master: Int32 = -1
            let process = CSystem.forkpty(&master, nil, nil, nil)
            let code = errno
            PosixProcess.finishFork(thread, inChild: process == 0)
            return process < 0 ? thread.raiseOSError(code) : thread.newTuple(Value(small: Int(process)), Value(small: Int(master)))
        },
        Def("register_at_fork(*, before=None, after_in_child=None, after_in_parent=None)", .calls, "Register callables to be called when forking a new process.") { thread, a, _ in
            if a[0].isEmpty && a[1].isEmpty && a[2].isEmpty { return thread.raise(.typeError, "At least one argument is required.") }
            for (index, name) in ["before", "after_in_child", "after_in_parent"].enumerated() where !a[index].isEmpty && a[index].type.slotPointer(.call).pointee == nil {
                return thread.raise(.typeError, "'\(name)' must be callable, not \(a[index].type.name)")
            }
            for (index, word) in [PosixProcess.beforeFork, PosixProcess.afterInChild, PosixProcess.afterInParent].enumerated() where !a[index].isEmpty {
                if word.pointee.isEmpty { word.pointee = thread.newList() }
                if word.pointee.isEmpty || !ListRef(word.pointee).append(thread, a[index]) { return .empty }
            }
            return .none
        },
        Def("execv(path, argv, /)", .calls, "Become another program.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "execv"), let arguments = PosixProcess.arguments(thread, a[1], "execv") else { return .empty }
            if Audit.event(thread, "os.exec", [path.object, a[1], .none]) {
                Glibc.execv(path.bytes, arguments)
                path.raise(thread)
            }
            PosixProcess.freeVector(arguments)
            return .empty
        },
        Def("execve(path, argv, env)", .calls, "Become another program.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "execve", descriptor: true), let arguments = PosixProcess.arguments(thread, a[1], "execve") else { return .empty }
            defer { PosixProcess.freeVector(arguments) }
            guard a[2].isDict || a[2].type.slotPointer(.getItem).pointee != nil else { return thread.raise(.typeError, "execve: environment must be a mapping object") }
            guard let environment = PosixProcess.environment(thread, a[2]) else { return .empty }
            guard Audit.event(thread, "os.exec", [path.object, a[1], a[2]]) else {
                PosixProcess.freeVector(environment)
                return .empty
            }
            if path.descriptor >= 0 { fexecve(path.descriptor, arguments, environment) } else { Glibc.execve(path.bytes, arguments, environment) }
            PosixProcess.freeVector(environment)
            return path.raise(thread)
        },
        Def("_exit(status)", .calls, "End the process at once.") { thread, a, _ in
            guard let status = SystemArguments.int32(thread, a[0]) else { return .empty }
            Glibc._exit(status)
        },
        Def("abort()", .calls, "Abort the interpreter immediately.") { _, _, _ in Glibc.abort() },
        Def("system(command)", .calls, "Execute the command in a subshell.") { thread, a, _ in
            guard let command = PathArgument.take(thread, a[0], "system", "command") else { return .empty }
            let shown = command.content(thread)
            guard !shown.isEmpty, Audit.event(thread, "os.system", [shown]) else { return .empty }
            return Value(small: Int(GIL.blocking(thread) { Glibc.system(command.bytes) }))
        },
        Def("wait()", .calls, "Wait for completion of a child process.") { thread, _, _ in
            var status: Int32 = 0
            guard let process = SystemCall.retry(thread, { Glibc.wait(&status) }) else { return .empty }
            return PosixProcess.waited(thread, process, status)
        },
        Def("waitpid(pid, options, /)", .calls, "Wait for completion of a given child process.") { thread, a, _ in
            guard let child = SystemArguments.int32(thread, a[0]), let options = SystemArguments.int32(thread, a[1]) else { return .empty }
            var status: Int32 = 0
            guard let process = SystemCall.retry(thread, { Glibc.waitpid(child, &status, options) }) else { return .empty }
            return PosixProcess.waited(thread, process, status)
        },
        Def("wait3(options)", .calls, "Wait for completion of a child process.") { thread, a, _ in
            guard let options = SystemArguments.int32(thread, a[0]) else { return .empty }
            var status: Int32 = 0
            var usage = rusage()
            guard let process = SystemCall.retry(thread, { CSystem.wait3(&status, options, &usage) }) else { return .empty }
            return PosixProcess.waited(thread, process, status, usage)
        },
        Def("wait4(pid, options)", .calls, "Wait for completion of a specific child process.") { thread, a, _ in
            guard let child = SystemArguments.int32(thread, a[0]), let options = SystemArguments.int32(thread, a[1]) else { return .empty }
            var status: Int32 = 0
            var usage = rusage()
            guard let process = SystemCall.retry(thread, { CSystem.wait4(child, &status, options, &usage) }) else { return .empty }
            return PosixProcess.waited(thread, process, status, usage)
        },
        Def("waitid(idtype, id, options, /)", .calls, "Returns the result of waiting for a process or processes.") { thread, a, _ in
            guard let kind = SystemArguments.int32(thread, a[0]), let id = SystemArguments.int32(thread, a[1]), let options = SystemArguments.int32(thread, a[2]) else { return .empty }
            var info = siginfo_t()
            guard let result = SystemCall.retry(thread, { system_waitid(kind, id, &info, options) }) else { return .empty }
            if result < 0 { return thread.raiseOSError(errno) }
            if system_siginfo_pid(&info) == 0 { return .none }
            let value = PosixModule.waitidResult.make(thread)
            if value.isEmpty { return .empty }
            for (index, number) in [system_siginfo_pid(&info), system_siginfo_uid(&info), info.si_signo, system_siginfo_status(&info), info.si_code].enumerated() {
                PosixModule.waitidResult.set(value, index, Value(small: Int(number)))
            }
            return value
        },
        Def("waitstatus_to_exitcode(status)", .pure, "Convert a wait status to an exit code.") { thread, a, _ in
            guard let status = SystemArguments.int32(thread, a[0]) else { return .empty }
            if system_wifexited(status) != 0 { return Value(small: Int(system_wexitstatus(status))) }
            if system_wifsignaled(status) != 0 { return Value(small: -Int(system_wtermsig(status))) }
            if system_wifstopped(status) != 0 { return thread.raise(.valueError, "process stopped by delivery of signal \(system_wstopsig(status))") }
            return thread.raise(.valueError, "invalid wait status: \(status)")
        },
        Def("WIFEXITED(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(system_wifexited($0) != 0) } ?? .empty },
        Def("WEXITSTATUS(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(small: Int(system_wexitstatus($0))) } ?? .empty },
        Def("WIFSIGNALED(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(system_wifsignaled($0) != 0) } ?? .empty },
        Def("WTERMSIG(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(small: Int(system_wtermsig($0))) } ?? .empty },
        Def("WIFSTOPPED(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(system_wifstopped($0) != 0) } ?? .empty },
        Def("WSTOPSIG(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(small: Int(system_wstopsig($0))) } ?? .empty },
        Def("WIFCONTINUED(status)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(system_wifcontinued($0) != 0) } ?? .empty },
        Def("WCOREDUMP(status, /)", .pure) { thread, a, _ in SystemArguments.int32(thread, a[0]).map { Value(system_wcoredump($0) != 0) } ?? .empty },
        Def("kill(pid, signal, /)", .calls, "Kill a process with a signal.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), let number = SystemArguments.int32(thread, a[1]), Audit.event(thread, "os.kill", [a[0], a[1]]) else { return .empty }
            return Glibc.kill(process, number) < 0 ? thread.raiseOSError(errno) : Safepoint.serve(thread) ? .none : .empty
        },
        Def("killpg(pgid, signal, /)", .calls, "Kill a process group with a signal.") { thread, a, _ in
            guard let group = SystemArguments.int32(thread, a[0]), let number = SystemArguments.int32(thread, a[1]), Audit.event(thread, "os.killpg", [a[0], a[1]]) else { return .empty }
            return Glibc.killpg(group, number) < 0 ? thread.raiseOSError(errno) : Safepoint.serve(thread) ? .none : .empty
        },
        Def("getpid()", .calls, "Return the current process id.") { _, _, _ in Value(small: Int(Glibc.getpid())) },
        Def("getppid()", .calls, "Return the parent's process id.") { _, _, _ in Value(small: Int(Glibc.getppid())) },
        Def("getpgrp()", .calls, "Return the current process group id.") { _, _, _ in Value(small: Int(Glibc.getpgrp())) },
        Def("getpgid(pid)", .calls, "Call the system call getpgid(), and return the result.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.getpgid(process))
        },
        Def("setpgrp()", .calls, "Make the current process the leader of its process group.") { thread, _, _ in SystemCall.none(thread, Glibc.setpgrp()) },
        Def("setpgid(pid, pgrp, /)", .calls, "Call the system call setpgid(pid, pgrp).") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), let group = SystemArguments.int32(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, Glibc.setpgid(process, group))
        },
        Def("getsid(pid, /)", .calls, "Call the system call getsid(pid) and return the result.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.getsid(process))
        },
        Def("setsid()", .calls, "Call the system call setsid().") { thread, _, _ in SystemCall.none(thread, Glibc.setsid() < 0 ? -1 : 0) },
        Def("tcgetpgrp(fd, /)", .calls, "The process group in a terminal's foreground.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.tcgetpgrp(descriptor))
        },
        Def("tcsetpgrp(fd, pgid, /)", .calls, "Put a process group into a terminal's foreground.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let group = SystemArguments.int32(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, Glibc.tcsetpgrp(descriptor, group))
        },
        Def("getuid()", .calls, "Return the current process's user id.") { thread, _, _ in PosixProcess.identifier(thread, Glibc.getuid()) },
        Def("geteuid()", .calls, "Return the current process's effective user id.") { thread, _, _ in PosixProcess.identifier(thread, Glibc.geteuid()) },
        Def("getgid()", .calls, "Return the current process's group id.") { thread, _, _ in PosixProcess.identifier(thread, Glibc.getgid()) },
        Def("getegid()", .calls, "Return the current process's effective group id.") { thread, _, _ in PosixProcess.identifier(thread, Glibc.getegid()) },
        Def("setuid(uid, /)", .calls, "Set the current process's user id.") { thread, a, _ in PosixProcess.setIdentifier(thread, a, "uid") { Glibc.setuid($0) } },
        Def("seteuid(euid, /)", .calls, "Set the current process's effective user id.") { thread, a, _ in PosixProcess.setIdentifier(thread, a, "uid") { Glibc.seteuid($0) } },
        Def("setgid(gid, /)", .calls, "Set the current process's group id.") { thread, a, _ in PosixProcess.setIdentifier(thread, a, "gid") { Glibc.setgid($0) } },
        Def("setegid(egid, /)", .calls, "Set the current process's effective group id.") { thread, a, _ in PosixProcess.setIdentifier(thread, a, "gid") { Glibc.setegid($0) } },
        Def("setreuid(ruid, euid, /)", .calls, "Set the current process's real and effective user ids.") { thread, a, _ in
            guard let second = SystemArguments.identifier(thread, a[1], "uid") else { return .empty }
            return PosixProcess.setIdentifier(thread, a, "uid") { Glibc.setreuid($0, second) }
        },
        Def("setregid(rgid, egid, /)", .calls, "Set the current process's real and effective group ids.") { thread, a, _ in
            guard let second = SystemArguments.identifier(thread, a[1], "gid") else { return .empty }
            return PosixProcess.setIdentifier(thread, a, "gid") { Glibc.setregid($0, second) }
        },
        Def("setresuid(ruid, euid, suid, /)", .calls, "Set the three user numbers: real, effective and saved.") { thread, a, _ in
            guard let second = SystemArguments.identifier(thread, a[1], "uid"), let third = SystemArguments.identifier(thread, a[2], "uid") else { return .empty }
            return PosixProcess.setIdentifier(thread, a, "uid") { system_setresuid($0, second, third) }
        },
        Def("setresgid(rgid, egid, sgid, /)", .calls, "Set the three group numbers: real, effective and saved.") { thread, a, _ in
            guard let second = SystemArguments.identifier(thread, a[1], "gid"), let third = SystemArguments.identifier(thread, a[2], "gid") else { return .empty }
            return PosixProcess.setIdentifier(thread, a, "gid") { system_setresgid($0, second, third) }
        },
        Def("getresuid()", .calls, "The three user numbers: real, effective and saved.") { thread, _, _ in
            var ids: [uid_t] = [0, 0, 0]
            if system_getresuid(&ids) < 0 { return thread.raiseOSError(errno) }
            return thread.newTuple(count: ids.count) { Value(small: Int(ids[$0])) }
        },
        Def("getresgid()", .calls, "The three group numbers: real, effective and saved.") { thread, _, _ in
            var ids: [gid_t] = [0, 0, 0]
            if system_getresgid(&ids) < 0 { return thread.raiseOSError(errno) }
            return thread.newTuple(count: ids.count) { Value(small: Int(ids[$0])) }
        },
        Def("getgroups()", .calls, "Return list of supplemental group IDs for the process.") { thread, _, _ in
            var groups = [gid_t](repeating: 0, count: 65536)
            let count = Glibc.getgroups(65536, &groups)
            if count < 0 { return thread.raiseOSError(errno) }
            return PosixProcess.list(thread, groups.prefix(Int(count)))
        },
        Def("setgroups(groups, /)", .calls, "Set the groups of the current process to list.") { thread, a, _ in
            let items = thread.tuple(a[0])
            if items.isEmpty { return .empty }
            if TupleRef(items).count > 65536 { return thread.raise(.valueError, "too many groups") }
            var groups: [gid_t] = []
            for index in 0 ..< TupleRef(items).count {
                guard TupleRef(items)[index].isInt else { return thread.raise(.typeError, "groups must be integers") }
                guard let id = SystemArguments.identifier(thread, TupleRef(items)[index], "gid") else { return .empty }
                groups.append(id)
            }
            return SystemCall.none(thread, CSystem.setgroups(groups.count, groups))
        },
        Def("getgrouplist(user, group, /)", .calls, "Returns a list of groups to which a user belongs.") { thread, a, _ in
            guard let user = PathArgument.take(thread, a[0], "getgrouplist", "user"), let base = SystemArguments.identifier(thread, a[1], "gid") else { return .empty }
            var count: Int32 = 65536
            var groups = [gid_t](repeating: 0, count: 65536)
            if CSystem.getgrouplist(user.bytes, base, &groups, &count) < 0 { return thread.raiseOSError(errno) }
            return PosixProcess.list(thread, groups.prefix(Int(count)))
        },
        Def("initgroups(username, gid, /)", .calls, "Initialize the group access list.") { thread, a, _ in
            guard let user = PathArgument.take(thread, a[0], "initgroups", "username"), let base = SystemArguments.identifier(thread, a[1], "gid") else { return .empty }
            return SystemCall.none(thread, CSystem.initgroups(user.bytes, base))
        },
        Def("getlogin()", .calls, "Return the actual login name.") { thread, _, _ in
            errno = 0
            guard let name = Glibc.getlogin() else { return errno != 0 ? thread.raiseOSError(errno) : thread.raise(.osError, "unable to determine login name") }
            return FileSystemText.decode(thread, cString: name)
        },
        Def("getpriority(which, who)", .calls, "Return program scheduling priority.") { thread, a, _ in
            guard let which = SystemArguments.int32(thread, a[0]), let who = SystemArguments.int32(thread, a[1]) else { return .empty }
            errno = 0
            let result = system_get_priority(which, who)
            return errno != 0 ? thread.raiseOSError(errno) : Value(small: Int(result))
        },
        Def("setpriority(which, who, priority)", .calls, "Set program scheduling priority.") { thread, a, _ in
            guard let which = SystemArguments.int32(thread, a[0]), let who = SystemArguments.int32(thread, a[1]), let priority = SystemArguments.int32(thread, a[2]) else { return .empty }
            return SystemCall.none(thread, system_set_priority(which, who, priority))
        },
        Def("nice(increment, /)", .calls, "Change the niceness of this process, and return it.") { thread, a, _ in
            guard let increment = SystemArguments.int32(thread, a[0]) else { return .empty }
            errno = 0
            let result = Glibc.nice(increment)
            return result == -1 && errno != 0 ? thread.raiseOSError(errno) : Value(small: Int(result))
        },
        Def("sched_yield()", .calls, "Voluntarily relinquish the CPU.") { thread, _, _ in SystemCall.none(thread, GIL.blocking(thread) { Glibc.sched_yield() }) },
        Def("sched_get_priority_max(policy)", .calls, "Get the maximum scheduling priority for policy.") { thread, a, _ in
            guard let policy = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.sched_get_priority_max(policy))
        },
        Def("sched_get_priority_min(policy)", .calls, "Get the minimum scheduling priority for policy.") { thread, a, _ in
            guard let policy = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.sched_get_priority_min(policy))
        },
        Def("sched_getscheduler(pid, /)", .calls, "Get the scheduling policy for the process identified by pid.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Glibc.sched_getscheduler(process))
        },
        Def("sched_setscheduler(pid, policy, param, /)", .calls, "Set the scheduling policy for the process identified by pid.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), let policy = SystemArguments.int32(thread, a[1]), var parameter = PosixProcess.parameter(thread, a[2]) else { return .empty }
            return SystemCall.none(thread, Glibc.sched_setscheduler(process, policy, &parameter))
        },
        Def("sched_getparam(pid, /)", .calls, "The scheduling parameters of a process.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            var parameter = sched_param()
            if Glibc.sched_getparam(process, &parameter) < 0 { return thread.raiseOSError(errno) }
            let value = PosixModule.schedulingParameter.make(thread)
            if !value.isEmpty { PosixModule.schedulingParameter.set(value, 0, Value(small: Int(parameter.sched_priority))) }
            return value
        },
        Def("sched_setparam(pid, param, /)", .calls, "Set scheduling parameters for the process identified by pid.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), var parameter = PosixProcess.parameter(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, Glibc.sched_setparam(process, &parameter))
        },
        Def("sched_rr_get_interval(pid, /)", .calls, "How long a process runs at a time under round robin, in seconds.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            var interval = timespec()
            if Glibc.sched_rr_get_interval(process, &interval) < 0 { return thread.raiseOSError(errno) }
            return thread.newFloat(Double(interval.tv_sec) + 1e-9 * Double(interval.tv_nsec))
        },
        Def("sched_getaffinity(pid, /)", .calls, "The processors that a process may run on; 0 is this one.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            var mask = [UInt8](repeating: 0, count: 1024)
            if system_getaffinity(process, &mask, 1024) < 0 { return thread.raiseOSError(errno) }
            let list = thread.newList()
            if list.isEmpty { return .empty }
            for processor in 0 ..< 8192 where mask[processor >> 3] >> UInt8(processor & 7) & 1 != 0 {
                if !ListRef(list).append(thread, Value(small: processor)) { return .empty }
            }
            return thread.call(TypeID.set.value, list)
        },
        Def("sched_setaffinity(pid, mask, /)", .calls, "Choose the processors that a process may run on.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]) else { return .empty }
            let items = thread.tuple(a[1])
            if items.isEmpty { return .empty }
            var mask = [UInt8](repeating: 0, count: 1024)
            for index in 0 ..< TupleRef(items).count {
                guard TupleRef(items)[index].isInt else {
                    return thread.raise(.typeError, "expected an iterator of ints, but iterator yielded \(TupleRef(items)[index].type.reprForMessage(thread))")
                }
                guard let processor = SystemArguments.int(thread, TupleRef(items)[index]) else { return .empty }
                if processor < 0 { return thread.raise(.valueError, "negative CPU number") }
                if processor >= 8192 { return thread.raise(.overflowError, "CPU number too large") }
                mask[processor >> 3] |= 1 << UInt8(processor & 7)
            }
            return SystemCall.none(thread, system_setaffinity(process, mask, 1024))
        },
        Def("cpu_count()", .calls, "How many processors there are, or None.") { _, _, _ in
            let count = system_cpu_count()
            return count < 1 ? .none : Value(small: Int(count))
        },
        Def("getloadavg()", .calls, "Return average recent system load information.") { thread, _, _ in
            var loads = [Double](repeating: 0, count: 3)
            if Glibc.getloadavg(&loads, 3) != 3 { return thread.raise(.osError, "Load averages are unobtainable") }
            return thread.newTuple(thread.newFloat(loads[0]), thread.newFloat(loads[1]), thread.newFloat(loads[2]))
        },
        Def("umask(mask, /)", .calls, "Set the current numeric umask and return the previous umask.") { thread, a, _ in
            guard let mask = SystemArguments.int32(thread, a[0]) else { return .empty }
            return Value(small: Int(Glibc.umask(mode_t(truncatingIfNeeded: mask))))
        },
    ]

    private static func list(_ thread: ThreadRef, _ ids: ArraySlice<UInt32>) -> Value {
        let list = thread.newList(capacity: ids.count)
        if list.isEmpty { return .empty }
        for id in ids where !ListRef(list).append(thread, Value(small: Int(id))) { return .empty }
        return list
    }

    static func parameter(_ thread: ThreadRef, _ value: Value) -> sched_param? {
        guard value.type == PosixModule.schedulingParameter.type else {
            thread.raise(.typeError, "must have a sched_param object")
            return nil
        }
        guard let priority = SystemArguments.int32(thread, TupleRef(value)[0]) else { return nil }
        var parameter = sched_param()
        parameter.sched_priority = priority
        return parameter
    }
}

extension TypeRef {
    func reprForMessage(_ thread: ThreadRef) -> String { value.reprForMessage(thread) }
}
