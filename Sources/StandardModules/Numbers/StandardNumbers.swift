import Objects

/// Entry point of the room.
public enum StandardNumbers {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        MathModule.register()
        RandomModule.register()
        BisectModule.register()
        HeapModule.register()
        StatisticsModule.register()
        StructModule.register()
        ArrayModule.register()
        ComplexMathModule.register()
    }
}
