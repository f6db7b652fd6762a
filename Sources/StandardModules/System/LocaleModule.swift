import CSystem
import Glibc
import Objects
import TextTypes

/// `_locale`: the C library's localisation.
enum LocaleModule {
    private static let error = RootTable.reserve()

    static func register() {
        NativeModule.register("_locale", doc: "Support for POSIX locales.", functions: functions, setUp: { module in
            module.add(constants: system_table_locale())
            LocaleModule.error.pointee = module.addException("Error")
            // It is known by the module that hands it out.
            return !LocaleModule.error.pointee.isEmpty && TypeRef(LocaleModule.error.pointee).namespace.set(module.thread, Name.__module__, StringRef.intern("locale").value)
        })
    }

    /// The sizes of digit groups as a list, which ends with 0 to repeat the last or CHAR_MAX to stop.
    private static func grouping(_ thread: ThreadRef, _ text: UnsafePointer<CChar>?) -> Value {
        let list = thread.newList()
        guard !list.isEmpty, let text, text[0] != 0 else { return list }
        var index = 0
        while text[index] != 0 && text[index] != CChar.max {
            if !ListRef(list).append(thread, Value(small: Int(text[index]))) { return .empty }
            index += 1
        }
        return ListRef(list).append(thread, Value(small: Int(text[index]))) ? list : .empty
    }

    private static func string(_ thread: ThreadRef, _ value: Value, _ function: String, _ position: Int) -> [CChar]? {
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument \(position) must be str, not \(value.argumentTypeName)")
            return nil
        }
        guard let bytes = FileSystemText.encode(thread, value) else { return nil }
        if bytes.contains(0) {
            thread.raise(.valueError, "embedded null character")
            return nil
        }
        return bytes.map { CChar(bitPattern: $0) } + [0]
    }

    private static func text(_ thread: ThreadRef, _ result: UnsafeMutablePointer<CChar>?) -> Value {
        result.map { FileSystemText.decode(thread, cString: $0) } ?? .none
    }

    private static let functions = [
        Def("setlocale(category, locale=None, /)", .calls, "Activates/queries locale processing.") { thread, a, _ in
            guard let category = SystemArguments.int32(thread, a[0]) else { return .empty }
            let query = a[1].isEmpty || a[1].isNone
            var name: [CChar]?
            if !query {
                name = LocaleModule.string(thread, a[1], "setlocale", 2)
                if name == nil { return .empty }
            }
            guard category >= 0, category <= 12, let result = CSystem.setlocale(category, name) else {
                return thread.raise(type: TypeRef(LocaleModule.error.pointee), thread.newString(query ? "locale query failed" : "unsupported locale setting"))
            }
            return FileSystemText.decode(thread, cString: result)
        },
        Def("localeconv()", .calls, "Returns numeric and monetary locale-specific parameters.") { thread, _, _ in
            let dict = thread.newDict()
            guard !dict.isEmpty, let values = CSystem.localeconv()?.pointee else { return .empty }
            func set(_ name: String, _ value: Value) -> Bool { !value.isEmpty && DictRef(dict).set(thread, StringRef.intern(name).value, value) }
            func text(_ name: String, _ value: UnsafeMutablePointer<CChar>?) -> Bool { set(name, LocaleModule.text(thread, value)) }
            func number(_ name: String, _ value: CChar) -> Bool { set(name, Value(small: Int(value))) }
            guard text("int_curr_symbol", values.int_curr_symbol), text("currency_symbol", values.currency_symbol), text("mon_decimal_point", values.mon_decimal_point),
                  text("mon_thousands_sep", values.mon_thousands_sep), set("mon_grouping", LocaleModule.grouping(thread, values.mon_grouping)),
                  text("positive_sign", values.positive_sign), text("negative_sign", values.negative_sign), number("int_frac_digits", values.int_frac_digits),
                  number("frac_digits", values.frac_digits), number("p_cs_precedes", values.p_cs_precedes), number("p_sep_by_space", values.p_sep_by_space),
                  number("n_cs_precedes", values.n_cs_precedes), number("n_sep_by_space", values.n_sep_by_space), number("p_sign_posn", values.p_sign_posn),
                  number("n_sign_posn", values.n_sign_posn), text("decimal_point", values.decimal_point), text("thousands_sep", values.thousands_sep),
                  set("grouping", LocaleModule.grouping(thread, values.grouping)) else { return .empty }
            return dict
        },
        Def("nl_langinfo(key, /)", .calls, "What the locale says about a key.") { thread, a, _ in
            guard let key = SystemArguments.int32(thread, a[0]) else { return .empty }
            var entry = system_table_locale()
            while entry.pointee.name != nil {
                if entry.pointee.value == Int64(key) && key > 12 { return LocaleModule.text(thread, CSystem.nl_langinfo(nl_item(key))) }
                if key == Int32(CODESET) { return LocaleModule.text(thread, CSystem.nl_langinfo(nl_item(key))) }
                entry += 1
            }
            return thread.raise(.valueError, "unsupported langinfo constant")
        },
        Def("getencoding()", .calls, "Get the current locale encoding.") { thread, _, _ in thread.newString(LocaleEncoding.name) },
        Def("strcoll(os1, os2, /)", .calls, "Compares two strings according to the locale.") { thread, a, _ in
            guard let first = LocaleModule.string(thread, a[0], "strcoll", 1), let second = LocaleModule.string(thread, a[1], "strcoll", 2) else { return .empty }
            return Value(small: Int(Glibc.strcoll(first, second)))
        },
        Def("strxfrm(string, /)", .calls, "A string whose order among others is the locale's.") { thread, a, _ in
            guard let source = LocaleModule.string(thread, a[0], "strxfrm", 1) else { return .empty }
            let size = Glibc.strxfrm(nil, source, 0)
            var buffer = [CChar](repeating: 0, count: size + 1)
            _ = Glibc.strxfrm(&buffer, source, size + 1)
            return FileSystemText.decode(thread, buffer.prefix(size).map { UInt8(bitPattern: $0) })
        },
        Def("gettext(msg, /)", .calls, "Return translation of msg.") { thread, a, _ in
            guard let message = LocaleModule.string(thread, a[0], "gettext", 1) else { return .empty }
            return message.withUnsafeBufferPointer { LocaleModule.text(thread, CSystem.gettext($0.baseAddress!)) }
        },
        Def("dgettext(domain, msg, /)", .calls, "Return translation of msg in domain.") { thread, a, _ in
            guard let message = LocaleModule.string(thread, a[1], "dgettext", 2) else { return .empty }
            var domain: [CChar]?
            if !a[0].isNone {
                domain = LocaleModule.string(thread, a[0], "dgettext", 1)
                if domain == nil { return .empty }
            }
            return message.withUnsafeBufferPointer { LocaleModule.text(thread, CSystem.dgettext(domain, $0.baseAddress!)) }
        },
        Def("dcgettext(domain, msg, category, /)", .calls, "Return translation of msg in domain and category.") { thread, a, _ in
            guard let message = LocaleModule.string(thread, a[1], "dcgettext", 2), let category = SystemArguments.int32(thread, a[2]) else { return .empty }
            var domain: [CChar]?
            if !a[0].isNone {
                domain = LocaleModule.string(thread, a[0], "dcgettext", 1)
                if domain == nil { return .empty }
            }
            return message.withUnsafeBufferPointer { LocaleModule.text(thread, CSystem.dcgettext(domain, $0.baseAddress!, category)) }
        },
        Def("textdomain(domain, /)", .calls, "Set the domain of the C library's translations, and return it.") { thread, a, _ in
            var domain: [CChar]?
            if !a[0].isNone {
                domain = LocaleModule.string(thread, a[0], "textdomain", 1)
                if domain == nil { return .empty }
            }
            guard let result = CSystem.textdomain(domain) else { return thread.raiseOSError(errno) }
            return FileSystemText.decode(thread, cString: result)
        },
        Def("bindtextdomain(domain, dir, /)", .calls, "Bind the C library's domain to dir.") { thread, a, _ in
            guard let domain = LocaleModule.string(thread, a[0], "bindtextdomain", 1) else { return .empty }
            if domain.count == 1 { return thread.raise(type: TypeRef(LocaleModule.error.pointee), thread.newString("domain must be a non-empty string")) }
            guard let directory = PathArgument.take(thread, a[1], "bindtextdomain", "dir", none: true) else { return .empty }
            guard let result = CSystem.bindtextdomain(domain, directory.isNone ? nil : directory.bytes) else { return thread.raiseOSError(errno) }
            return FileSystemText.decode(thread, cString: result)
        },
        Def("bind_textdomain_codeset(domain, codeset, /)", .calls, "Bind the C library's domain to codeset.") { thread, a, _ in
            guard let domain = LocaleModule.string(thread, a[0], "bind_textdomain_codeset", 1) else { return .empty }
            var codeset: [CChar]?
            if !a[1].isNone {
                codeset = LocaleModule.string(thread, a[1], "bind_textdomain_codeset", 2)
                if codeset == nil { return .empty }
            }
            return LocaleModule.text(thread, CSystem.bind_textdomain_codeset(domain, codeset))
        },
    ]
}
