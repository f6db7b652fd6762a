/// Snapshots: how a guard that fails gives the client its state back.
///
/// Machine code keeps the client's variables in registers, unboxed, or nowhere at all. A snapshot says how the words of the client's frame are
/// made from what the trace has computed, at one point where the client can go on: a *slot* is a word of the frame, numbered from the pointer
/// that was passed to `enter` (negative numbers are fine), and a *token* is whatever the client needs to know where to go on, say a bytecode's address. Frames of
/// calls that the trace has inlined are slots further up, and a chain of `FrameRecord`s tells where they begin.
///
/// Slots from `contextSlots` on are words of the client's context, of what every trace and every frame shares: so an interpreter's state that is not in
/// a frame can stay in registers too.
///
/// A slot that is not in the snapshot has in memory what it had at entry.
public struct Snapshot: Equatable {
    /// The slot that is the context's first word.
    public static let contextSlots = 0x7000

    /// Its entries in `Trace.entries`.
    public var first: Int
    public var count: Int
    /// The innermost inlined frame in `Trace.frames`, or -1 for the frame of `enter`.
    public var frame: Int
    /// Where to go on, in the client's terms.
    public var token: UInt64
    /// The objects that it makes, in `Trace.virtuals`. They may refer to one another.
    public var firstVirtual = 0
    public var virtualCount = 0
}

/// How one slot's word is made.
public struct SnapshotEntry: Hashable {
    public enum Kind: UInt8 {
        /// The word as it is.
        case word
        /// `ref` is an integer or a float, to be boxed.
        case int, float
        /// A new object: `ref.raw` is its number among the snapshot's virtual objects.
        case virtual
        /// Not a slot's word: `ref` is for the home number `slot` at the head of a loop that the trace enters.
        case home
    }
    public var slot: Int16
    public var kind: Kind
    public var ref: Ref

    public init(slot: Int16, kind: Kind, ref: Ref) { (self.slot, self.kind, self.ref) = (slot, kind, ref) }
}

/// An inlined call.
public struct FrameRecord: Hashable {
    /// The frame that it was called from, or -1.
    public var parent: Int
    /// The slot where it begins.
    public var base: Int
    /// The client's own word about the call: where the caller goes on, say.
    public var token: UInt64
}

/// An object that exists only in registers. Made, if at all, when the trace is left.
public struct VirtualRecipe: Hashable {
    public var layout: UInt16
    /// The count of its tail's elements, or `none`.
    public var count: Ref
    /// Its fields in `Trace.virtualFields`.
    public var first: Int
    public var fieldCount: Int
}

public struct VirtualField: Hashable {
    /// The field; `index` is its element's number when the field is indexed, else -1.
    public var field: UInt16
    public var index: Int32
    public var kind: SnapshotEntry.Kind
    public var ref: Ref
}
