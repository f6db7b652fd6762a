/// Objects that own memory outside the heap, which is given back when they die.
///
/// A finalizer would be too much for that: it keeps its object for another collection, with all that this refers to, runs at a safepoint, and may bring the object
/// back. What is meant here concerns nobody else. It is released by the collection that finds the owner dead, after finalizers, weak references and death visitors
/// have had their turn and before the sweep, so that the owner is still as it was.
///
/// Invariant: whoever keeps something that an owner's memory holds, or an address in it, keeps the owner too, or drops it in a death visitor. A release function makes no objects, and looks at no
/// object but the one it is given: others may have been released before.
public enum Owners {
    /// A kind of owner, by number.
    public struct Kind: Sendable { fileprivate let number: UInt }

    nonisolated(unsafe) private static var releases: [(UnsafeMutableRawPointer) -> Void] = []
    /// By age. Objects lie at multiples of 16, which leaves the low bits of an address for the kind.
    nonisolated(unsafe) private static var list = AddressList()
    /// The first of those since the last collection.
    nonisolated(unsafe) private static var young = 0
    private static let kindMask: UInt = 15

    /// False when there is no address space.
    static func start(heapSize: Int) -> Bool { list.start(size: heapSize >> 5) }

    /// A new kind, of which there can be sixteen.
    public static func addKind(release: @escaping (UnsafeMutableRawPointer) -> Void) -> Kind {
        precondition(releases.count <= kindMask)
        releases.append(release)
        return Kind(number: UInt(releases.count - 1))
    }

    /// Asks that a new object be released when it has died. False when there is no memory to note it.
    public static func register(_ object: UnsafeMutableRawPointer, _ kind: Kind) -> Bool {
        guard list.reserve(list.count + 1) else { return false }
        list.append(UInt(bitPattern: object) | kind.number)
        return true
    }

    /// After marking: releases the dead. A minor collection looks only at those that have come since the last one.
    static func releaseDead(major: Bool) {
        var kept = major ? 0 : young
        for index in kept ..< list.count {
            let entry = list[index]
            let object = UnsafeMutableRawPointer(bitPattern: entry & ~kindMask).unsafelyUnwrapped
            if Collector.isMarked(object) {
                list[kept] = entry
                kept += 1
            } else {
                releases[Int(entry & kindMask)](object)
            }
        }
        list.truncate(kept)
        young = kept
    }
}
