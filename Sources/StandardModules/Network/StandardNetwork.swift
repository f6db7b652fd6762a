import Interpreter
import Objects

/// Entry point of the room: sockets, and what processes share.
public enum StandardNetwork {
    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        SocketModule.register()
        Semaphores.register()
    }
}
