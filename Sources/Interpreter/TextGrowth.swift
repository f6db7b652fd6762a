import Bytecode
import Memory
import Objects

/// Texts that grow in place, as those of `text += piece` in a loop do.
///
/// `OwnedAdditions` finds the additions whose left operand nobody else can have, as far as the bytecode tells: the local holds what this frame's additions have made, and was not read
/// since. But what an addition gives may be somebody else's: `"" + piece` is the piece, and a method may return any text. So a text grows only if it is marked as growing and listed as one that
/// this frame made; a text that an addition hands on is unmarked, and before an addition that is not one of two texts the list is cleared. (Frames of what that calls lie
/// above this one, and list theirs under other addresses.) Who shows a frame's locals to somebody takes the marks away.
public enum TextGrowth {
    /// Characters from which on a text is worth the room.
    private static let least = 512
    /// Texts that are listed at most: those that loops build side by side.
    private static let most = 8

    /// The number of entries, the place of the next, and the entries: a text and the address of its frame.
    nonisolated(unsafe) private static let made = {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 + 2 * TextGrowth.most)
        words.initialize(repeating: 0, count: 2 + 2 * TextGrowth.most)
        return words
    }()
    /// Where zero is stored to clear the list.
    public static var listed: UnsafeRawPointer { UnsafeRawPointer(made) }

    /// `left + right` at the instruction before the running frame's `pc`.
    static func add(_ thread: ThreadRef, _ left: StringRef, _ right: StringRef) -> Value {
        if let fp = thread.pointee.frame, left.count >= least, isOwned(fp.code, fp.pc - 1) { return extend(thread, left, right, UnsafeRawPointer(fp)) }
        return unmarked(thread, left, right)
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

    /// `left + right` at such an instruction of the frame at `frame`.
    public static func extend(_ thread: ThreadRef, _ left: StringRef, _ right: StringRef, _ frame: UnsafeRawPointer) -> Value {
        if left.count < least || right.count == 0 || right.width > left.width { return unmarked(thread, left, right) }
        let count = left.count + right.count
        if left.isGrowing && count < left.capacity && isListed(left, frame) {
            left.grow(by: right)
            return left.value
        }
        let spare = count >> (count < 1 << 14 ? 2 : 1)
        guard let result = StringRef.allocate(count: count + spare, width: left.width, ascii: left.isASCII && right.isASCII) else { return unmarked(thread, left, right) }
        result.copy(from: left, at: 0)
        result.copy(from: right, at: left.count)
        result.startGrowing(count)
        list(result, frame)
        return result.value
    }

    /// `left + right`, which may be one of them.
    private static func unmarked(_ thread: ThreadRef, _ left: StringRef, _ right: StringRef) -> Value {
        if left.count == 0 { right.stopGrowing() }
        if right.count == 0 { left.stopGrowing() }
        return thread.concatenate(left, right)
    }

    private static func isListed(_ text: StringRef, _ frame: UnsafeRawPointer) -> Bool {
        for index in 0 ..< Int(made[0]) where made[2 + 2 * index] == text.value.bits && made[3 + 2 * index] == UInt64(UInt(bitPattern: frame)) { return true }
        return false
    }

    private static func list(_ text: StringRef, _ frame: UnsafeRawPointer) {
        let place = made[0] < UInt64(most) ? Int(made[0]) : Int(made[1]) % most
        made[0] = min(made[0] + 1, UInt64(most))
        made[1] = UInt64(place + 1)
        made[2 + 2 * place] = text.value.bits
        made[3 + 2 * place] = UInt64(UInt(bitPattern: frame))
    }

    /// An addition is about to be made whose result may be anybody's.
    @inline(__always) public static func clear() { made[0] = 0 }

    /// Somebody else may have the value from now on.
    @inline(__always) static func share(_ value: Value) {
        if value.isExact(.str) { StringRef(value).stopGrowing() }
    }
}
