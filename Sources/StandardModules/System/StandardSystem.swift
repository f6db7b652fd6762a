import Objects

/// Entry point of the room.
public enum StandardSystem {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        Threads.register()
        SignalModule.register()
        CollectorModule.register()
        AtExit.register()
        FaultHandler.register()
        Tracemalloc.register()
        SignalModule.start(thread)
    }
}
