import Objects

/// Entry point of the room.
public enum NumberTypes {
    /// Defines int, bool, float and complex. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        RuntimeHooks.formatNumber = { thread, value, spec in
            value.isFloat ? NumberFormatting.format(thread, double: value, StringRef(spec)) : NumberFormatting.format(thread, integer: value, StringRef(spec))
        }
        IntegerType.start(thread)
        BooleanType.start(thread)
        FloatType.start(thread)
        ComplexType.start(thread)
    }
}
