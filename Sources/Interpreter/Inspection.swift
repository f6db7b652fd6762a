import Bytecode
import Syntax

/// What rooms above may ask of frames, tracebacks, functions and code, whose layouts are this room's own affair.
public enum Inspection {
    // MARK: The running frame

    /// Globals of the running frame, or empty when no Python code runs.
    public static func globals(_ thread: ThreadRef) -> Value { thread.pointee.frame.map { $0.function.pointee.globals } ?? .empty }

    /// The builtins that the running frame sees.
    public static func builtins(_ thread: ThreadRef) -> Value { thread.pointee.frame.map { $0.function.pointee.builtins } ?? WellKnown.builtins.value }

    /// What the running frame is calling, for messages: empty when its instruction is no call.
    public static func callee(_ thread: ThreadRef) -> Value {
        guard let fp = thread.pointee.frame else { return .empty }
        let end = fp.instructionIndex + 1
        let words = Array(UnsafeBufferPointer(start: fp.code.pointee.instructions, count: max(end, 0)))
        var index = 0
        while index < end, let instruction = Instruction.decode(words, at: index) {
            index = instruction.end
            guard index == end else { continue }
            switch instruction.opcode {
            case .call, .callMethod, .callKeywords, .callMethodKeywords, .callExpanded: return fp[instruction.b]
            default: return .empty
            }
        }
        return .empty
    }

    /// Adds the running frame to the traceback of the exception being raised.
    public static func addTraceback(_ thread: ThreadRef) {
        if let fp = thread.pointee.frame, thread.hasException { Unwinder.addTraceback(thread, fp, fp.pc) }
    }

    /// `locals()` of the running frame; empty without exception when no Python code runs.
    public static func locals(_ thread: ThreadRef) -> Value {
        guard let fp = thread.pointee.frame else { return .empty }
        let frame = Frames.object(thread, fp)
        return frame.isEmpty ? .empty : Frames.locals(thread, frame.object(FrameObject.self))
    }

    /// `co_flags` of the running frame, or 0.
    public static func codeFlags(_ thread: ThreadRef) -> Int { thread.pointee.frame.map { Int($0.code.pointee.flags) } ?? 0 }

    /// The frame object `depth` frames up from the running one; nil when the stack is not that deep, empty when it has raised.
    public static func frame(_ thread: ThreadRef, depth: Int) -> Value? {
        var frame = thread.pointee.frame
        var depth = depth
        while depth > 0, let current = frame {
            frame = Frames.caller(current)
            depth -= 1
        }
        return frame.map { Frames.requested(thread, $0) }
    }

    /// The frame object of what another thread runs; nil when it runs no Python code, empty when it has raised.
    public static func runningFrame(_ thread: ThreadRef, of other: ThreadRef) -> Value? { Frames.visible(other.pointee.frame).map { Frames.object(thread, $0) } }

    /// Globals of the frame `depth` up, with its file name and line; nil when the stack is not that deep.
    public static func place(_ thread: ThreadRef, depth: Int, skipping: (Value) -> Bool = { _ in false }) -> (globals: Value, filename: Value, line: Int)? {
        var frame = thread.pointee.frame
        var depth = depth
        while depth > 0, let current = frame {
            frame = Frames.caller(current)
            while let next = frame, skipping(next.code.pointee.filename) { frame = next.previous }
            depth -= 1
        }
        guard let frame else { return nil }
        return (frame.function.pointee.globals, frame.code.pointee.filename, Code.line(frame.code, max(frame.instructionIndex, 0)))
    }

    // MARK: Frame objects

    public static func globals(ofFrame frame: Value) -> Value { frame.object(FrameObject.self).pointee.function.object(FunctionObject.self).pointee.globals }
    public static func builtins(ofFrame frame: Value) -> Value { frame.object(FrameObject.self).pointee.function.object(FunctionObject.self).pointee.builtins }
    public static func locals(_ thread: ThreadRef, ofFrame frame: Value) -> Value { Frames.locals(thread, frame.object(FrameObject.self)) }
    public static func back(_ thread: ThreadRef, ofFrame frame: Value) -> Value { Frames.back(thread, frame.object(FrameObject.self)) }

    /// Names of the locals, cells and free variables of a frame's code, a new list; empty when it has raised.
    public static func variableNames(_ thread: ThreadRef, ofFrame frame: Value) -> Value {
        let code = frame.object(FrameObject.self).pointee.code.object(CodeObject.self)
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for names in [code.pointee.localNames, code.pointee.cellNames, code.pointee.freeNames] {
            for index in 0 ..< TupleRef(names).count where !ListRef(list).append(thread, TupleRef(names)[index]) { return .empty }
        }
        return list
    }

    // MARK: Tracebacks

    /// One entry of a traceback, as it is printed.
    public struct Entry {
        public let frame: Value
        public let filename: Value
        public let name: Value
        public let line: Int
        /// Source columns (UTF-8 bytes, from 0) of what raised: nil when the code has none.
        public let range: SourceRange?
        /// The entry towards where the exception was raised, or empty.
        public let next: Value
    }

    public static func entry(_ traceback: Value) -> Entry {
        let object = traceback.object(TracebackObject.self)
        let code = object.pointee.frame.object(FrameObject.self).pointee.code.object(CodeObject.self)
        return Entry(frame: object.pointee.frame, filename: code.pointee.filename, name: code.pointee.name, line: Unwinder.line(object),
                     range: Code.hidesColumns ? nil : Code.range(code, max(object.pointee.lastIndex, 0)), next: object.pointee.next)
    }

    // MARK: Code and functions

    public static func codeFlags(ofCode code: Value) -> Int { Int(code.object(CodeObject.self).pointee.flags) }
}
