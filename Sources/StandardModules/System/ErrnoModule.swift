import CSystem
import Objects

/// `errno`: the numbers of system errors, and `errorcode`, their names by number.
enum ErrnoModule {
    static func register() {
        NativeModule.register("errno", doc: "The system's error numbers, and their names by number in the dictionary errorcode.", setUp: { module in
            let codes = module.thread.newDict()
            if codes.isEmpty { return false }
            module.set("errorcode", codes)
            var entry = system_table_errno()
            while let name = entry.pointee.name {
                let text = String(cString: name)
                let number = Int(entry.pointee.value)
                module.set(text, number)
                // Of two names for a number, CPython's choice.
                if text != "EWOULDBLOCK" && text != "EDEADLK" && text != "EOPNOTSUPP" {
                    guard DictRef(codes).set(module.thread, Value(small: number), module.thread.newString(text)) else { return false }
                }
                entry += 1
            }
            return true
        })
    }
}
