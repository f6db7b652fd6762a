import CSystem
import Glibc
import Interpreter
import Objects

/// `pwd` and `grp`: the databases of users and groups.
enum AccountModules {
    nonisolated(unsafe) private static var user: StructSequence!
    nonisolated(unsafe) private static var group: StructSequence!

    static func register() {
        NativeModule.register("pwd", doc: "This module provides access to the Unix password database.", functions: userFunctions, setUp: { module in
            AccountModules.user = StructSequence("struct_passwd", module: "pwd", doc: "pwd.struct_passwd: Results from getpw*() routines.", visible: 7,
                                                 fields: ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"])
            module.set("struct_passwd", AccountModules.user.type.value)
            return true
        })
        NativeModule.register("grp", doc: "Access to the Unix group database.", functions: groupFunctions, setUp: { module in
            AccountModules.group = StructSequence("struct_group", module: "grp", doc: "grp.struct_group: Results from getgr*() routines.", visible: 4,
                                                  fields: ["gr_name", "gr_passwd", "gr_gid", "gr_mem"])
            module.set("struct_group", AccountModules.group.type.value)
            return true
        })
    }

    private static func text(_ thread: ThreadRef, _ string: UnsafeMutablePointer<CChar>?) -> Value {
        string.map { FileSystemText.decode(thread, cString: $0) } ?? .none
    }

    private static func value(_ thread: ThreadRef, _ entry: passwd) -> Value {
        let result = user.make(thread)
        if result.isEmpty { return .empty }
        for (index, string) in [entry.pw_name, entry.pw_passwd, nil, nil, entry.pw_gecos, entry.pw_dir, entry.pw_shell].enumerated() where index != 2 && index != 3 {
            user.set(result, index, text(thread, string))
        }
        user.set(result, 2, Value(small: Int(entry.pw_uid)))
        user.set(result, 3, Value(small: Int(entry.pw_gid)))
        return result
    }

    private static func value(_ thread: ThreadRef, _ entry: CSystem.group) -> Value {
        let result = group.make(thread), members = thread.newList()
        if result.isEmpty || members.isEmpty { return .empty }
        group.set(result, 3, members)
        if var member = entry.gr_mem {
            while let name = member.pointee {
                if !ListRef(members).append(thread, text(thread, name)) { return .empty }
                member += 1
            }
        }
        group.set(result, 0, text(thread, entry.gr_name))
        group.set(result, 1, text(thread, entry.gr_passwd))
        group.set(result, 2, Value(small: Int(entry.gr_gid)))
        return result
    }

    /// A name argument's bytes.
    private static func name(_ thread: ThreadRef, _ value: Value, _ function: String) -> [CChar]? {
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument must be str, not \(value.argumentTypeName)")
            return nil
        }
        return PathArgument.take(thread, value, function, "name")?.bytes
    }

    private static let userFunctions = [
        Def("getpwuid(uidobj, /)", .calls, "The account of a user's number.") { thread, a, _ in
            guard let id = SystemArguments.identifier(thread, a[0], "uid") else {
                if thread.clearException(.overflowError) { return thread.raise(.keyError, "getpwuid(): uid not found") }
                return .empty
            }
            guard let entry = getpwuid(id) else { return thread.raise(.keyError, "getpwuid(): uid not found: \(id == UInt32.max ? -1 : Int(id))") }
            return AccountModules.value(thread, entry.pointee)
        },
        Def("getpwnam(name, /)", .calls, "Return the password database entry for the given user name.") { thread, a, _ in
            guard let name = AccountModules.name(thread, a[0], "getpwnam") else { return .empty }
            guard let entry = getpwnam(name) else { return thread.raise(.keyError, "getpwnam(): name not found: \(a[0].reprForMessage(thread))") }
            return AccountModules.value(thread, entry.pointee)
        },
        Def("getpwall()", .calls, "All accounts, as a list.") { thread, _, _ in
            let list = thread.newList()
            if list.isEmpty { return .empty }
            setpwent()
            defer { endpwent() }
            while let entry = getpwent() {
                let value = AccountModules.value(thread, entry.pointee)
                if value.isEmpty || !ListRef(list).append(thread, value) { return .empty }
            }
            return list
        },
    ]

    private static let groupFunctions = [
        Def("getgrgid(id)", .calls, "The group of a number.") { thread, a, _ in
            guard let id = SystemArguments.identifier(thread, a[0], "gid") else {
                if thread.clearException(.overflowError) { return thread.raise(.keyError, "getgrgid(): gid not found") }
                return .empty
            }
            guard let entry = getgrgid(id) else { return thread.raise(.keyError, "getgrgid(): gid not found: \(id == UInt32.max ? -1 : Int(id))") }
            return AccountModules.value(thread, entry.pointee)
        },
        Def("getgrnam(name)", .calls, "Return the group database entry for the given group name.") { thread, a, _ in
            guard let name = AccountModules.name(thread, a[0], "getgrnam") else { return .empty }
            guard let entry = getgrnam(name) else { return thread.raise(.keyError, "getgrnam(): name not found: \(a[0].reprForMessage(thread))") }
            return AccountModules.value(thread, entry.pointee)
        },
        Def("getgrall()", .calls, "All groups, as a list.") { thread, _, _ in
            let list = thread.newList()
            if list.isEmpty { return .empty }
            setgrent()
            defer { endgrent() }
            while let entry = getgrent() {
                let value = AccountModules.value(thread, entry.pointee)
                if value.isEmpty || !ListRef(list).append(thread, value) { return .empty }
            }
            return list
        },
    ]
}
