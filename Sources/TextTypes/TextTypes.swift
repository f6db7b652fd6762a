import Objects

/// `str`, `bytes`, `bytearray`, `memoryview` and the codecs.
public enum TextTypes {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        StringType.start(thread)
        BytesType.start(thread)
        ByteArrayType.start(thread)
        MemoryViews.start(thread)
        CodecErrors.start(thread)
        CodecsModule.register()
        StringModule.register()
    }
}
