import Objects

/// Entry point of the room.
public enum StandardText {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        RegexModule.register()
        JSONModule.register()
        Unicodedata.register()
        Binascii.register()
        Zlib.register()
        CSVModule.register()
        HashModules.register()
    }
}
