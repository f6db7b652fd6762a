import Bytecode
import Memory
import Objects

/// Texts that grow in place, as those of `text += piece` in a loop do.
///
/// Where `OwnedAdditions` has found that nobody else can have the left operand, a long sum is made with room to spare, and the next piece goes into that room. The
/// text is then marked as growing. Frames that show their locals to somebody take the mark away.
public enum TextGrowth {
    /// Bytes from which on a text is worth the room.
    private static let least = 512

    /// `left + right` at the instruction before the running frame's `pc`.
    static func add(_ thread: ThreadRef, _ left: StringRef, _ right: StringRef) -> Value {
        if left.count >= least, let fp = thread.pointee.frame, isOwned(fp.code, fp.pc - 1) { return extend(thread, left, right) }
        return thread.concatenate(left, right)
    }

    /// Whether the instruction whose last word is at `place` adds to a text that nobody else can have.
    public static func isOwned(_ code: UnsafeMutablePointer<CodeObject>, _ place: ProgramCounter) -> Bool {
        let compiled = Code.compiled(code)
        if !compiled.hasOwnedAdditions {
            // Constants may be texts that have grown.
            for index in 0 ..< TupleRef(code.pointee.constants).count { share(TupleRef(code.pointee.constants)[index]) }
        }
        return compiled.ownedAdditions.contains(place - code.pointee.instructions)
    }

    /// `left + right` where nobody else can have `left`.
    public static func extend(_ thread: ThreadRef, _ left: StringRef, _ right: StringRef) -> Value {
        if left.count < least || right.count == 0 || right.width > left.width { return thread.concatenate(left, right) }
        let count = left.count + right.count
        if left.isGrowing && count < left.capacity {
            left.grow(by: right)
            return left.value
        }
        let spare = count >> (count < 1 << 14 ? 2 : 1)
        guard let result = StringRef.allocate(count: count + spare, width: left.width, ascii: left.isASCII && right.isASCII) else { return thread.concatenate(left, right) }
        result.copy(from: left, at: 0)
        result.copy(from: right, at: left.count)
        result.startGrowing(count)
        return result.value
    }

    /// Somebody else may have the value from now on.
    @inline(__always) static func share(_ value: Value) {
        if value.isExact(.str) { StringRef(value).stopGrowing() }
    }
}
