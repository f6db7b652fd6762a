import CExpat
import Interpreter
import Objects

/// Entry point of the room: XML by the library Expat. `pyexpat` calls functions of Python for all that it sees; `_elementtree` has the elements, the builder and the parser of `xml.etree`.
public enum StandardXML {
    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        NativeModule.register("pyexpat", doc: "Python wrapper for Expat parser.", functions: functions, setUp: setUp)
        ElementTreeModule.register()
    }

    private static let functions = [
        Def("ParserCreate(encoding=None, namespace_separator=None, intern=<unrepresentable>)", .calls, "Return a new XML parser object.", kind: .function) { thread, a, _ in ExpatParser.create(thread, a) },
        Def("ErrorString(code, /)", .pure, "Returns string error for given number.", kind: .function) { thread, a, _ in
            guard let code = thread.toInt(a[0]) else { return .empty }
            return XML_ErrorString(XML_Error(rawValue: UInt32(truncatingIfNeeded: code))).map { thread.newString(String(cString: $0)) } ?? .none
        },
    ]

    /// The names of the errors, from number 1 on.
    private static let errors = [
        "NO_MEMORY", "SYNTAX", "NO_ELEMENTS", "INVALID_TOKEN", "UNCLOSED_TOKEN", "PARTIAL_CHAR", "TAG_MISMATCH", "DUPLICATE_ATTRIBUTE", "JUNK_AFTER_DOC_ELEMENT", "PARAM_ENTITY_REF",
        "UNDEFINED_ENTITY", "RECURSIVE_ENTITY_REF", "ASYNC_ENTITY", "BAD_CHAR_REF", "BINARY_ENTITY_REF", "ATTRIBUTE_EXTERNAL_ENTITY_REF", "MISPLACED_XML_PI", "UNKNOWN_ENCODING",
        "INCORRECT_ENCODING", "UNCLOSED_CDATA_SECTION", "EXTERNAL_ENTITY_HANDLING", "NOT_STANDALONE", "UNEXPECTED_STATE", "ENTITY_DECLARED_IN_PE", "FEATURE_REQUIRES_XML_DTD",
        "CANT_CHANGE_FEATURE_ONCE_PARSING", "UNBOUND_PREFIX", "UNDECLARING_PREFIX", "INCOMPLETE_PE", "XML_DECL", "TEXT_DECL", "PUBLICID", "SUSPENDED", "NOT_SUSPENDED", "ABORTED", "FINISHED",
        "SUSPEND_PE", "RESERVED_PREFIX_XML", "RESERVED_PREFIX_XMLNS", "RESERVED_NAMESPACE_URI", "INVALID_ARGUMENT", "NO_BUFFER", "AMPLIFICATION_LIMIT_BREACH",
    ]

    private static func submodule(_ module: ModuleBuilder, _ name: String, _ doc: String) -> ModuleBuilder? {
        let thread = module.thread
        let result = thread.newModule(thread.newString("pyexpat.\(name)"))
        if result.isEmpty { return nil }
        module.set(name, result)
        let builder = ModuleBuilder(thread: thread, module: result)
        builder.set("__doc__", doc)
        let modules = DictRef(WellKnown.modules.value)
        return modules.set(thread, StringRef.intern("pyexpat.\(name)").value, result) ? builder : nil
    }

    private static func setUp(_ module: ModuleBuilder) -> Bool {
        let thread = module.thread
        ExpatParser.start(module)
        let namespace = thread.newDict()
        if namespace.isEmpty { return false }
        _ = DictRef(namespace).set(thread, Name.__module__, StringRef.intern("xml.parsers.expat").value)
        let title = thread.newString("ExpatError"), bases = thread.newTuple(TypeID.exception.value)
        ExpatParser.error.pointee = thread.call(TypeID.type.value, title, bases, namespace)
        module.set("ExpatError", ExpatParser.error.pointee)
        module.set("error", ExpatParser.error.pointee)
        module.set("EXPAT_VERSION", String(cString: XML_ExpatVersion()))
        let version = XML_ExpatVersionInfo()
        module.set("version_info", thread.newTuple(Value(small: Int(version.major)), Value(small: Int(version.minor)), Value(small: Int(version.micro))))
        module.set("native_encoding", "UTF-8")
        for (index, name) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].enumerated() { module.set("XML_PARAM_ENTITY_PARSING_\(name)", index) }
        let features = thread.newList()
        if features.isEmpty { return false }
        module.set("features", features)
        if var entry = XML_GetFeatureList() {
            while entry.pointee.feature != XML_FEATURE_END {
                let name = thread.newString(String(cString: entry.pointee.name))
                let pair = name.isEmpty ? Value.empty : thread.newTuple(name, Value(small: entry.pointee.value))
                if pair.isEmpty || !ListRef(features).append(thread, pair) { return false }
                entry += 1
            }
        }
        guard let errorModule = submodule(module, "errors", "Constants used to describe error conditions.") else { return false }
        let codes = thread.newDict(), messages = thread.newDict()
        if codes.isEmpty || messages.isEmpty { return false }
        errorModule.set("codes", codes)
        errorModule.set("messages", messages)
        for (index, name) in errors.enumerated() {
            guard let text = XML_ErrorString(XML_Error(rawValue: UInt32(index + 1))) else { continue }
            let message = thread.newString(String(cString: text))
            if message.isEmpty { return false }
            errorModule.set("XML_ERROR_\(name)", message)
            guard DictRef(codes).set(thread, message, Value(small: index + 1)), DictRef(messages).set(thread, Value(small: index + 1), message) else { return false }
        }
        guard let model = submodule(module, "model", "Constants used to interpret content model information.") else { return false }
        for (index, name) in ["EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"].enumerated() { model.set("XML_CTYPE_\(name)", index + 1) }
        for (index, name) in ["NONE", "OPT", "REP", "PLUS"].enumerated() { model.set("XML_CQUANT_\(name)", index) }
        return true
    }
}
