import Glibc

/// Raising. A function that raises records the exception in the thread and returns the empty value (or the failure value of its
/// kind); its caller tests for that at once.
///
///     guard count > 0 else { return thread.raise(.valueError, "empty range") }

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Raises a new exception of the given class with one text argument. Returns the empty value.
    @inline(never) @discardableResult public func raise(_ id: TypeID, _ message: String) -> Value {
        let text = newString(message)
        if text.isEmpty { return .empty }
        return raise(id, argument: text)
    }

    /// Raises a new exception of the given class with one argument.
    @inline(never) @discardableResult public func raise(_ id: TypeID, argument: Value) -> Value {
        raise(type: id.type, argument)
    }

    /// Raises a new exception of the given class with no arguments.
    @inline(never) @discardableResult public func raise(_ id: TypeID) -> Value { raise(type: id.type) }

    /// Raises `type(*arguments)`.
    @inline(never) @discardableResult public func raise(type: TypeRef, _ first: Value = .absent, _ second: Value = .absent, _ third: Value = .absent,
                                                              _ fourth: Value = .absent, _ fifth: Value = .absent) -> Value {
        let exception = call(type.value, ArgumentList(first, second, third, fourth, fifth))
        if exception.isEmpty { return .empty }
        guard exception.isException else {
            return raise(.typeError, "calling \(type.value.reprForMessage(self)) should have returned an instance of BaseException, not \(exception.type.name)")
        }
        return raise(exception)
    }

    /// Raises an exception object. The exception now being handled becomes its context (PEP 3134).
    @inline(never) @discardableResult public func raise(_ exception: Value) -> Value {
        let handled = handledException
        if !handled.isEmpty && handled != exception { linkContext(exception, handled) }
        pointee.exception = exception
        return .empty
    }

    /// Raises an exception object as it is, leaving its context alone.
    @inline(__always) @discardableResult public func restore(_ exception: Value) -> Value {
        pointee.exception = exception
        return .empty
    }

    /// Sets `exception.__context__`, first cutting a cycle that would arise.
    private func linkContext(_ exception: Value, _ context: Value) {
        var current = context
        var slow = context
        var step = 0
        while true {
            let next = current.object(ExceptionObject.self).pointee.context
            if next.isEmpty { break }
            if next == exception {
                current.object(ExceptionObject.self).pointee.context = .empty
                break
            }
            current = next
            step += 1
            if step & 1 == 0 {
                slow = slow.object(ExceptionObject.self).pointee.context
                if slow == current { break }
            }
        }
        exception.object(ExceptionObject.self).pointee.context = context
        Heap.barrier(exception.raw)
    }

    /// The exception that `sys.exc_info()` names, or empty. Generators have a chain of their own, which `Interpreter` resolves.
    public var handledException: Value {
        if !pointee.handled.isEmpty { return pointee.handled }
        return RuntimeHooks.outerHandledException(self)
    }

    @inlinable public var hasException: Bool { @inline(__always) get { !pointee.exception.isEmpty } }

    /// Whether the exception being raised is an instance of the class.
    public func exceptionMatches(_ id: TypeID) -> Bool {
        !pointee.exception.isEmpty && pointee.exception.type.isSubtype(of: id.type)
    }

    /// Takes the exception being raised: the thread has none afterwards.
    @discardableResult public func takeException() -> Value {
        let exception = pointee.exception
        pointee.exception = .empty
        return exception
    }

    /// Drops the exception being raised if it is of the class. True when it did.
    public func clearException(_ id: TypeID) -> Bool {
        guard exceptionMatches(id) else { return false }
        pointee.exception = .empty
        return true
    }

    /// The failed result of a function that ended an iteration: true when it raised StopIteration (now dropped) or nothing at all.
    public func endedIteration() -> Bool { !hasException || clearException(.stopIteration) }

    // MARK: Frequent errors

    @inline(never) @discardableResult public func raiseOutOfMemory() -> Value {
        // Making the exception may need what there is no more of.
        if OutOfMemory.isRaising { return restore(OutOfMemory.exception.pointee) }
        OutOfMemory.isRaising = true
        defer { OutOfMemory.isRaising = false }
        return raise(.memoryError)
    }
    @inline(never) @discardableResult public func raiseKeyError(_ key: Value) -> Value { raise(.keyError, argument: key) }
    @inline(never) public func raiseAttributeError(_ object: Value, _ name: Value) -> Value {
        if !object.isType {
            let type = object.type, module = type.pointer.pointee.module
            if !type.has(.namesModule), type.has(.heap) || module.isEmpty || StringRef(module).equals("builtins"),
               case let message = attributeMessage(StringRef(type.pointer.pointee.name), StringRef(name)), !message.isEmpty {
                return raiseAttributeError(message, object, name)
            }
            if hasException { return .empty }
        }
        let text = StringRef(name).description
        let message: String
        if object.isType {
            message = "type object '\(TypeRef(object).name)' has no attribute '\(text)'"
        } else {
            message = "'\(object.type.name)' object has no attribute '\(text)'"
        }
        return raiseAttributeError(message, object, name)
    }
    /// AttributeError with its `name` and `obj` set, as hints want them.
    @discardableResult public func raiseAttributeError(_ message: String, _ object: Value, _ name: Value) -> Value {
        let text = newString(message)
        return text.isEmpty ? .empty : raiseAttributeError(text, object, name)
    }
    /// The usual message, made without Swift's strings, since much code tries attributes in vain; empty when a name is not ASCII, or with MemoryError raised.
    private func attributeMessage(_ typeName: StringRef, _ name: StringRef) -> Value {
        guard typeName.isASCII, name.isASCII else { return .empty }
        let middle: StaticString = "' object has no attribute '"
        let count = typeName.count + name.count + middle.utf8CodeUnitCount + 2
        guard let result = StringRef.allocate(count: count, width: 1, ascii: true) else { return raiseOutOfMemory() }
        var place = result.units1
        place[0] = UInt8(ascii: "'")
        memcpy(place + 1, typeName.units1, typeName.count)
        place += 1 + typeName.count
        memcpy(place, middle.utf8Start, middle.utf8CodeUnitCount)
        place += middle.utf8CodeUnitCount
        memcpy(place, name.units1, name.count)
        place[name.count] = UInt8(ascii: "'")
        return result.value
    }
    @inline(never) @discardableResult public func raiseAttributeError(_ message: Value, _ object: Value, _ name: Value) -> Value {
        _ = raise(.attributeError, argument: message)
        if pointee.exception.type == TypeID.attributeError.type {
            pointee.exception.setExceptionField(0, name)
            pointee.exception.setExceptionField(1, object)
        }
        return .empty
    }
    @inline(never) public func raiseUnboundName(_ name: Value, _ id: TypeID, _ message: String) -> Value {
        _ = raise(id, message)
        if !pointee.exception.isEmpty, pointee.exception.isInstance(of: .nameError) { pointee.exception.setExceptionField(0, name) }
        return .empty
    }
    /// StopIteration(value), as a generator that returns raises it.
    @inline(never) public func raiseStopIteration(_ value: Value) -> Value {
        if value.isNone || value.isEmpty { return raise(.stopIteration) }
        // A tuple or exception must not be unpacked into several arguments.
        return raise(type: TypeID.stopIteration.type, value)
    }
    /// OSError of the subclass that goes with `errno` (PEP 3151).
    @inline(never) @discardableResult public func raiseOSError(_ code: Int32, _ filename: Value = .empty, _ filename2: Value = .empty) -> Value {
        let text = newString(String(cString: strerror(code)))
        if text.isEmpty { return .empty }
        if filename.isEmpty { return raise(type: TypeID.osError.type, Value(small: Int(code)), text) }
        if filename2.isEmpty { return raise(type: TypeID.osError.type, Value(small: Int(code)), text, filename) }
        return raise(type: TypeID.osError.type, Value(small: Int(code)), text, filename, .none, filename2)
    }

    // MARK: Native recursion

    /// Enters native code that may recurse without bound (`repr` of nested lists, comparison, a call from native code to Python). False when it
    /// has raised RecursionError; then `leaveRecursion` must not be called.
    @inline(__always) public func enterRecursion(_ what: StaticString = "") -> Bool {
        pointee.recursionDepth += 1
        if pointee.recursionDepth > taipan.recursionLimit || taipan_stack_pointer() < pointee.nativeStackLimit { return enterRecursionSlow(what) }
        return true
    }

    @inline(never) func enterRecursionSlow(_ what: StaticString) -> Bool {
        // While the error itself is made a little more depth is needed.
        pointee.recursionDepth -= 1
        let limit = taipan.recursionLimit
        let stack = pointee.nativeStackLimit
        taipan.recursionLimit = limit + 50
        pointee.nativeStackLimit = stack > 131072 ? stack - 131072 : stack
        raise(.recursionError, "maximum recursion depth exceeded\(what)")
        taipan.recursionLimit = limit
        pointee.nativeStackLimit = stack
        return false
    }

    @inline(__always) public func leaveRecursion() { pointee.recursionDepth -= 1 }
}

extension Value {
    private var exceptionFields: UnsafeMutablePointer<Value> { (raw + MemoryLayout<ExceptionObject>.size).assumingMemoryBound(to: Value.self) }

    /// A field of an exception subtype, of which this must be an instance.
    public func exceptionField(_ index: Int) -> Value { exceptionFields[index] }

    public func setExceptionField(_ index: Int, _ value: Value) {
        exceptionFields[index] = value
        Heap.barrier(raw)
    }
}

/// What `Objects` needs of the rooms above it, set by them at start-up.
public enum RuntimeHooks {
    nonisolated(unsafe) public static var outerHandledException: (ThreadRef) -> Value = { _ in .empty }
    /// `format` of an int or float of exactly that type, set by `NumberTypes`: nobody can have replaced its `__format__`.
    nonisolated(unsafe) public static var formatNumber: BinaryFunction?
    /// Raises an audit event with its arguments, set by `Interpreter`. False when a hook has raised.
    nonisolated(unsafe) public static var audit: (ThreadRef, StaticString, [Value]) -> Bool = { _, _, _ in true }
    /// Issues a warning: category, which nobody checks, message, stack level. False when it became an exception.
    nonisolated(unsafe) public static var issueWarning: (ThreadRef, Value, Value, Int) -> Bool = { _, _, _, _ in true }
    /// The same for a category of Python's and a text of ours.
    public static func warn(_ thread: ThreadRef, _ category: TypeID, _ message: String, _ level: Int) -> Bool {
        let text = thread.newString(message)
        return !text.isEmpty && issueWarning(thread, category.value, text, level)
    }
    /// `origin[arguments]` and `a | b` of types, made by `CoreTypes`.
    nonisolated(unsafe) public static var genericAlias: (ThreadRef, Value, Value) -> Value = { thread, _, _ in thread.raise(.systemError, "no generic aliases yet") }
    nonisolated(unsafe) public static var union: (ThreadRef, Value, Value) -> Value = { _, _, _ in .notImplemented }
    /// Adds all items of a generator to an exact list or set; nil when it had better be asked for one after the other, false when it has raised.
    nonisolated(unsafe) public static var takeAll: (ThreadRef, Value, Value) -> Bool? = { _, _, _ in nil }
    /// A list of what a key function written in Python gives for each of so many values, by a loop that can be compiled; empty when it has raised, nil when another loop had better do it.
    nonisolated(unsafe) public static var keys: (ThreadRef, UnsafePointer<Value>, Int, Value) -> Value? = { _, _, _, _ in nil }
    /// Imports a module by its full name and returns it, set by `Interpreter`.
    nonisolated(unsafe) public static var importModule: (ThreadRef, String) -> Value = { thread, name in thread.raise(.importError, "cannot import \(name) yet") }
    /// For `super()` without arguments: the class that the running function was defined in, and the function's first argument. nil when it has raised.
    nonisolated(unsafe) public static var superArguments: (ThreadRef) -> (type: Value, receiver: Value)? = { thread in
        thread.raise(.runtimeError, "super(): no current frame")
        return nil
    }
    /// Calls the finalizers and weak reference callbacks that the collector queued, set by `CoreTypes`; to be called at safepoints.
    nonisolated(unsafe) public static var runPendingFinalizers: (ThreadRef) -> Void = { _ in }
    /// The part of an exception group whose leaves are leaves of the exceptions in the list; None when there is none. For `except*`.
    nonisolated(unsafe) public static var projectExceptionGroup: (ThreadRef, Value, Value) -> Value = { _, _, _ in .none }
    /// The globals of the running Python frame, or empty.
    nonisolated(unsafe) public static var currentGlobals: (ThreadRef) -> Value = { _ in .empty }
    /// Reports an exception that cannot be propagated, as `sys.unraisablehook` does, and clears it. What was going on; the object concerned.
    nonisolated(unsafe) public static var writeUnraisable: (ThreadRef, String, Value) -> Void = { thread, _, _ in thread.takeException() }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// `types.GenericAlias(origin, arguments)`
    public func newGenericAlias(_ origin: Value, _ arguments: Value) -> Value { RuntimeHooks.genericAlias(self, origin, arguments) }
    /// `a | b` of types; `.notImplemented` when one is no type.
    public func newUnion(_ a: Value, _ b: Value) -> Value { RuntimeHooks.union(self, a, b) }
}

/// The MemoryError that is raised when there is no memory for a new one.
public enum OutOfMemory {
    nonisolated(unsafe) static let exception = RootTable.reserve()
    nonisolated(unsafe) static var isRaising = false

    public static func prepare(_ thread: ThreadRef) { exception.pointee = thread.call(TypeID.memoryError.value) }
}
