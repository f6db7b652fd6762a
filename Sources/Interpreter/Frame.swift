@_exported import Objects
import Bytecode

/// Frames on the register stack.
///
///        header (frameHeaderWords)                       registers
///     ┌─────────┬──────┬────┬──────────┬─────────┬───────┬───────┬───────┐
///     │function │ code │ pc │ previous │ context │ frame │ flags │ saved │ R0 R1 …
///     └─────────┴──────┴────┴──────────┴─────────┴───────┴───────┴───────┘
///                                                                        ▲ fp
///
/// `fp` points at R0. The header words are read with the offsets of `FrameSlot`. A callee's frame begins inside its caller's call window, so
/// arguments are never copied. `pc` is up to date whenever the frame is not the running one, and while it runs slow paths.
public typealias FramePointer = UnsafeMutablePointer<Value>
public typealias ProgramCounter = UnsafePointer<UInt32>

public enum FrameSlot {
    /// The function object.
    public static let function = -8
    public static let code = -7
    /// The word after the instruction that is being executed.
    public static let pc = -6
    /// The caller's `fp`, or 0.
    public static let previous = -5
    /// The local namespace of a module, class body or `exec`; the generator of a generator's frame; or empty.
    public static let context = -4
    /// The frame object, when somebody asked for it.
    public static let object = -3
    /// `FrameFlags`, with the caller's result register in bits 8–23.
    public static let flags = -2
    /// The caller's handled exception, under a generator's frame; the instance under construction, under `__init__`; the class, under `__new__`. Under other frames
    /// None when no generator among the callers has saved an exception (`Frames.outerHandledException`), or else empty.
    public static let saved = -1
}

public enum FrameFlags {
    /// Return leaves the dispatch loop, to native code.
    public static let entry: UInt64 = 1
    /// The frame is an `__init__` called by a class call: its result is the instance.
    public static let constructor: UInt64 = 2
    public static let generator: UInt64 = 4
    /// A generator's frame resumed by `forIter`, whose caller jumps at the end.
    public static let forIter: UInt64 = 8
    /// The same by `send`.
    public static let send: UInt64 = 16
    /// A function that reading an attribute has called: an AttributeError that leaves it is told what was asked for.
    public static let getter: UInt64 = 32
    /// A special method that an operator has called: its result may be `NotImplemented`.
    public static let special: UInt64 = 64
    /// The same, where the instruction jumps on the truth of the result.
    public static let specialJump: UInt64 = 128
    /// A function that `forIter` has called for the next item: a StopIteration that leaves it ends the caller's loop.
    public static let iteration: UInt64 = 1 << 24
    /// A `__new__` that a class call has called: what it has made may still have to be initialized. The class is saved.
    public static let maker: UInt64 = 1 << 25

    /// Those of frames that need the word `saved`.
    public static let usesSaved = constructor | generator | maker

    /// The register of the caller that gets the frame's result.
    @inline(__always) public static func resultRegister(_ flags: UInt64) -> Int { Int(flags >> 8 & 0xFFFF) }
    /// Whether the frame is that of a generator resumed by a call, for which its end is a StopIteration.
    @inline(__always) public static func isResumedByCall(_ flags: UInt64) -> Bool { flags & (generator | forIter | send | entry) == generator }
}

extension UnsafeMutablePointer where Pointee == Value {
    @inline(__always) public var function: UnsafeMutablePointer<FunctionObject> { self[FrameSlot.function].object(FunctionObject.self) }
    @inline(__always) public var code: UnsafeMutablePointer<CodeObject> { self[FrameSlot.code].object(CodeObject.self) }
    @inline(__always) public var pc: ProgramCounter {
        get { UnsafePointer(bitPattern: UInt(self[FrameSlot.pc].bits)).unsafelyUnwrapped }
        nonmutating set { self[FrameSlot.pc] = Value(bits: UInt64(UInt(bitPattern: newValue))) }
    }
    @inline(__always) public var previous: FramePointer? {
        get { UnsafeMutablePointer(bitPattern: UInt(self[FrameSlot.previous].bits)) }
        nonmutating set { self[FrameSlot.previous] = Value(bits: UInt64(UInt(bitPattern: newValue))) }
    }
    @inline(__always) public var flags: UInt64 {
        get { self[FrameSlot.flags].bits }
        nonmutating set { self[FrameSlot.flags] = Value(bits: newValue) }
    }
    /// Behind the registers, where a result goes that nobody asks for: at `FrameFlags.resultRegister`, if its number is small enough for that.
    @inline(__always) public var unusedRegister: Int { Int(code.pointee.registerCount) }
    /// Index of the last word of the instruction being executed.
    public var instructionIndex: Int { pc - code.pointee.instructions - 1 }
}
