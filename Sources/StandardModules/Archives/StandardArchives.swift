import Objects

/// Entry point of the room: compression by the libraries bzip2 and xz.
public enum StandardArchives {
    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        Bzip2.register()
        Xz.register()
    }
}
