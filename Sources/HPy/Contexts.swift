@_exported import CHPy
import Glibc
import Objects

/// The contexts through which extension modules reach the interpreter, and what their functions share.
///
/// In universal and trace mode a handle is a `Value`, bit for bit. What keeps its object alive is a log of the handles that the C functions now running were given (`HandleLogs`); arguments are kept by
/// the caller. In debug mode a handle is the address of a record: `open`, `take` and `close` translate where Python calls C; the generated functions of the debug context
/// translate where C calls Python.
///
/// The functions of the universal context are in one file per area, in the order of HPy's documentation: each fills its part of the struct. What modules ask for all the time
/// is in C (`Usual`).
enum Contexts {
    /// The thread that runs: a C function of HPy is not told.
    @inline(__always) static var thread: ThreadRef { ThreadRegistry.current.unsafelyUnwrapped }

    /// The context that types and functions being made will be called with: the universal context makes them for the others too.
    nonisolated(unsafe) static var making: UnsafeMutablePointer<HPyContext> = taipan_hpy_universal()

    @inline(__always) static func isDebug(_ context: UnsafeMutablePointer<HPyContext>) -> Bool { context == taipan_hpy_debug() }

    /// The handle that a function called with `context` gets for a value.
    @inline(__always) static func open(_ context: UnsafeMutablePointer<HPyContext>, _ value: Value) -> Value {
        isDebug(context) ? DebugMode.make(value) : value
    }

    /// Ends a handle that `open` made, when the function has returned.
    @inline(__always) static func close(_ context: UnsafeMutablePointer<HPyContext>, _ handle: Value) {
        if isDebug(context) { DebugMode.closeArgument(handle) }
    }

    /// The value of a handle that a function returned: it owned it, and now has given it away.
    @inline(__always) static func receive(_ context: UnsafeMutablePointer<HPyContext>, _ handle: Value) -> Value {
        isDebug(context) ? DebugMode.receive(handle) : handle
    }

    /// Calls a C function. The handles that it has not closed end when it returns (`HandleLogs`). In debug mode it gets a context of its own, which is not valid when it has returned.
    @inline(__always) static func call<R>(_ context: UnsafeMutablePointer<HPyContext>, _ body: (UnsafeMutablePointer<HPyContext>) -> R) -> R {
        if isDebug(context) {
            let own = DebugMode.begin()
            let result = body(own)
            DebugMode.end(own)
            return result
        }
        let thread = Contexts.thread
        let base = thread.pointee.handles.base, mark = thread.pointee.handles.count
        thread.pointee.handles.base = mark
        let result = body(context)
        thread.pointee.handles.count = mark
        thread.pointee.handles.base = base
        return result
    }

    // MARK: Filling

    static func start() {
        let plain = taipan_hpy_plain()
        plain.pointee.name = cString("HPy Universal ABI (Taipan)")
        fillHandles(plain)
        Usual.fill(plain)
        Handles.fill(plain)
        Numbers.fill(plain)
        Arithmetic.fill(plain)
        ObjectProtocol.fill(plain)
        Attributes.fill(plain)
        Calling.fill(plain)
        Errors.fill(plain)
        Texts.fill(plain)
        Containers.fill(plain)
        Builders.fill(plain)
        Capsules.fill(plain)
        ContextVariables.fill(plain)
        Evaluation.fill(plain)
        SequenceSlots.start()
        Types.fill(plain)
        Instances.fill(plain)
        Execution.fill(plain)
        Legacy.fill(plain)
        taipan_hpy_missing = { _, name in
            let thread = Contexts.thread
            thread.takeException()
            thread.raise(.systemError, "HPy function \(String(cString: name)) is not known to this version of Taipan")
        }
        taipan_hpy_fill_missing(plain)
        HandleLogs.start()
    }

    static func fillHandles(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.abi_version = 0
        c.pointee.h_None = .none
        c.pointee.h_True = .true
        c.pointee.h_False = .false
        c.pointee.h_NotImplemented = .notImplemented
        c.pointee.h_Ellipsis = .ellipsis
        // The exceptions stand in the table's order, one behind the other.
        let exceptions: [TypeID] = [
            .baseException, .exception, .stopAsyncIteration, .stopIteration, .generatorExit, .arithmeticError, .lookupError, .assertionError, .attributeError,
            .bufferError, .eofError, .floatingPointError, .osError, .importError, .moduleNotFoundError, .indexError, .keyError, .keyboardInterrupt, .memoryError,
            .nameError, .overflowError, .runtimeError, .recursionError, .notImplementedError, .syntaxError, .indentationError, .tabError, .referenceError,
            .systemError, .systemExit, .typeError, .unboundLocalError, .unicodeError, .unicodeEncodeError, .unicodeDecodeError, .unicodeTranslateError, .valueError,
            .zeroDivisionError, .blockingIOError, .brokenPipeError, .childProcessError, .connectionError, .connectionAbortedError, .connectionRefusedError,
            .connectionResetError, .fileExistsError, .fileNotFoundError, .interruptedError, .isADirectoryError, .notADirectoryError, .permissionError,
            .processLookupError, .timeoutError, .warning, .userWarning, .deprecationWarning, .pendingDeprecationWarning, .syntaxWarning, .runtimeWarning,
            .futureWarning, .importWarning, .unicodeWarning, .bytesWarning, .resourceWarning, .object, .type, .bool, .int, .float, .str, .tuple, .list,
        ]
        withUnsafeMutablePointer(to: &c.pointee.h_BaseException) { first in
            for (index, id) in exceptions.enumerated() { first[index] = id.value }
        }
        c.pointee.h_ComplexType = TypeID.complex.value
        c.pointee.h_BytesType = TypeID.bytes.value
        c.pointee.h_MemoryViewType = TypeID.memoryview.value
        c.pointee.h_CapsuleType = TypeID.capsule.value
        c.pointee.h_SliceType = TypeID.slice.value
        c.pointee.h_DictType = TypeID.dict.value
        c.pointee.h_Builtins = WellKnown.builtins.value
    }

    /// Visits the handles of a context.
    static func forEachHandle(_ c: UnsafeMutablePointer<HPyContext>, _ body: (UnsafeMutablePointer<Value>) -> Void) {
        let first = MemoryLayout<HPyContext>.offset(of: \HPyContext.h_None)!
        for number in 0 ..< Int(HPY_MEMBER_COUNT) where taipan_hpy_member_name(Int32(number)) == nil {
            body((UnsafeMutableRawPointer(c) + first + number * 8).assumingMemoryBound(to: Value.self))
        }
    }
}

/// A zero-terminated copy of a text, for good.
func cString(_ text: String) -> UnsafePointer<CChar> { UnsafePointer(strdup(text)!) }

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A str of zero-terminated UTF-8, which must be well-formed. Empty when it has raised.
    func newString(cString text: UnsafePointer<CChar>?) -> Value {
        guard let text else { return raise(.systemError, "a null pointer was passed for a string") }
        return text.withMemoryRebound(to: UInt8.self, capacity: 1) { decodeUTF8($0, strlen(text)) }
    }

    /// The same, interned: for names.
    func newName(_ text: UnsafePointer<CChar>?) -> Value {
        let string = newString(cString: text)
        return string.isEmpty ? .empty : StringRef(string).interned().value
    }

    /// SystemError for a null handle where an object is needed.
    func raiseNull() -> Value { hasException ? .empty : raise(.systemError, "a null handle was passed for an object") }
}
