import Objects

/// Entry point of the room: the modules about source and code.
public enum StandardSource {
    /// Registers the modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        ASTModule.register()
        Marshal.register()
        SymbolTableModule.register()
        OpcodeModule.register()
        TokenizerModule.register()
    }
}
