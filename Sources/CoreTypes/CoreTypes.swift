import Objects

/// Entry point of the room.
public enum CoreTypes {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        Exceptions.start(thread)
        Singletons.start()
        Property.start()
        MethodWrappers.start()
        CallablePickling.start()
        Super.start()
        ModuleType.start()
        SimpleNamespace.start()
        GenericAlias.start()
        UnionType.start()
        Capsule.start()
        WeakReferences.start()
        WeakProxies.start()
        Finalizers.start()
        ObjectMethods.start()
        TypeMethods.start()
    }
}
