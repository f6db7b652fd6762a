/// Files that hold data not yet written out.
///
/// A program that was written for counted references expects `open(path, "w").write(text)` to be in the file behind the statement, as the file object is closed when the last reference
/// to it goes. Here the object lives on until a collection. So whoever is about to look at files by their names, or to start a program that may, has what regular
/// files still hold written first: nobody can tell it from a file that wrote a little earlier.
public enum PendingFiles {
    /// Whether there may be any.
    nonisolated(unsafe) public static var exist = false
    /// Writes out what they hold, set by the room of the files.
    nonisolated(unsafe) public static var write: (ThreadRef) -> Void = { _ in }

    @inline(__always) public static func settle(_ thread: ThreadRef) { if exist { write(thread) } }
}
