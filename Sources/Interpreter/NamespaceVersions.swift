import Memory
import Objects

/// Names that come and go in a module's namespace, as `except E as error` has them at module level.
///
/// Everybody who knows where a name is, or that there is none, goes by the version of the namespace's dict. A name that is deleted right after it was the last to be added
/// leaves the dict as it was before, and the same name added again makes it what it was with the name: so the dict gets back the version that it had then, and what was found
/// out about it holds again.
enum NamespaceVersions {
    private struct Change {
        /// The versions without the name and with it.
        var without: UInt32 = 0
        var with: UInt32 = 0
        var name = Value.empty
        var entry = -1
    }

    private static let count = 64
    nonisolated(unsafe) private static let changes: UnsafeMutablePointer<Change> = {
        let changes = UnsafeMutablePointer<Change>.allocate(capacity: count)
        changes.initialize(repeating: Change(), count: count)
        // Another name at the same address would be taken for it.
        Collector.addRoots { for index in 0 ..< NamespaceVersions.count { Collector.mark(NamespaceVersions.changes[index].name) } }
        return changes
    }()

    private static func change(of name: Value) -> UnsafeMutablePointer<Change> { changes + Int(truncatingIfNeeded: name.bits >> 4) & (count - 1) }

    /// Sets a name. False when it has raised.
    static func set(_ thread: ThreadRef, _ namespace: DictRef, _ name: Value, _ value: Value) -> Bool {
        let version = namespace.pointer.pointee.version, table = namespace.pointer.pointee.table, used = namespace.used
        guard namespace.set(thread, name, value) else { return false }
        // Of interest only when the name was added, in its place behind the others, to a dict whose version somebody has asked for.
        guard version != 0, namespace.pointer.pointee.version == 0, namespace.pointer.pointee.table == table, namespace.used == used + 1 else { return true }
        let change = change(of: name)
        if change.pointee.without == version && change.pointee.name == name && change.pointee.entry == used {
            namespace.pointer.pointee.version = change.pointee.with
        } else {
            change.pointee = Change(without: version, with: namespace.version, name: name, entry: used)
        }
        return true
    }

    /// Deletes a name, which is at `entry`.
    static func remove(_ namespace: DictRef, _ name: Value, entry: Int) {
        let version = namespace.pointer.pointee.version, change = change(of: name).pointee
        namespace.remove(entry: entry, takesBack: entry == namespace.used - 1)
        if version != 0 && change.with == version && change.name == name && change.entry == entry && namespace.used == entry {
            namespace.pointer.pointee.version = change.without
        }
    }
}
