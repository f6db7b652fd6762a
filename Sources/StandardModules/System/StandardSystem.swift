import Interpreter
import Objects

/// Entry point of the room.
public enum StandardSystem {
    /// `tracemalloc.start(frames)`
    public static func traceAllocations(frames: Int) { Tracemalloc.start(frames: frames) }

    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        Signals.install(thread)
        ErrnoModule.register()
        PosixModule.register()
        StatModule.register()
        ResourceModule.register()
        TimeModule.register()
        SignalModule.register()
        SubprocessModule.register()
        AccountModules.register()
        RuntimeModules.register()
        ControlModules.register()
        LocaleModule.register()
        SelectModule.register()
        MemoryMap.register()
        LogModules.register()
        Threads.register()
        CollectorModule.register()
        FaultHandler.register()
        Tracemalloc.register()
    }
}
