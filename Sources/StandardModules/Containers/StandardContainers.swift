import Objects

/// Entry point of the room.
public enum StandardContainers {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        AbstractBases.register()
        FunctionTools.register()
        OperatorModule.register()
        CollectionsModule.register()
        IterTools.register()
        ContextVariables.start()
        SimpleQueues.register()
        NativeModule.register("_typing", doc: "What `typing` needs to be fast.", functions: [Def("_idfunc(x, /)", .pure, "Its argument.", kind: .function) { _, a, _ in a[0] }])
    }
}
