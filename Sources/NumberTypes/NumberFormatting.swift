import Objects
public enum NumberFormatting {
    static func format(_ thread: ThreadRef, integer: Value, _ spec: StringRef) -> Value { thread.raise(.notImplementedError, "int.__format__") }
    static func format(_ thread: ThreadRef, double: Value, _ spec: StringRef) -> Value { thread.raise(.notImplementedError, "float.__format__") }
    static func format(_ thread: ThreadRef, complex: Value, _ spec: StringRef) -> Value { thread.raise(.notImplementedError, "complex.__format__") }
}
