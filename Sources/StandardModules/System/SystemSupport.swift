import CSystem
import Glibc
import Interpreter
import Objects
import TextTypes

/// What the modules about the system share: paths, file descriptors, system calls that block or are interrupted, and tables of constants.

/// Text that the system gave, in the encoding of `FileSystemEncoding`. Bytes that cannot be decoded become lone surrogates (PEP 383).
public enum FileSystemText {
    public static func decode(_ thread: ThreadRef, _ start: UnsafePointer<UInt8>, _ count: Int) -> Value {
        var ascii = true
        for index in 0 ..< count where start[index] >= 0x80 { ascii = false; break }
        if ascii { return thread.newString(utf8: start, count) }
        return thread.decodeFileSystem(start, count)
    }

    public static func decode(_ thread: ThreadRef, _ bytes: [UInt8]) -> Value { bytes.withUnsafeBufferPointer { decode(thread, $0.baseAddress ?? UnsafePointer(bitPattern: 8)!, $0.count) } }

    public static func decode(_ thread: ThreadRef, cString: UnsafePointer<CChar>) -> Value {
        decode(thread, UnsafeRawPointer(cString).assumingMemoryBound(to: UInt8.self), strlen(cString))
    }

    /// The bytes of a str, without a zero at the end; nil when it has raised UnicodeEncodeError.
    public static func encode(_ thread: ThreadRef, _ text: Value) -> [UInt8]? {
        let string = StringRef(text)
        if string.isASCII || !string.hasSurrogates && !FileSystemEncoding.isASCII { return string.utf8 }
        let bytes = thread.encodeFileSystem(text)
        return bytes.isEmpty ? nil : Array(BytesRef(bytes).buffer)
    }
}

/// A path argument: a str, bytes or path-like object, or where the function allows it a file descriptor or None.
public struct PathArgument {
    /// What was given, for errors.
    public var object: Value = .none
    /// Zero-terminated.
    public var bytes: [CChar] = [0]
    public var descriptor: Int32 = -1
    /// Results are bytes, too.
    public var isBytes = false
    public var isNone = false

    public init() {}

    /// The bytes as an object, for audit events; empty when it has raised.
    func content(_ thread: ThreadRef) -> Value { thread.newBytes(bytes.dropLast().map { UInt8(bitPattern: $0) }) }

    /// nil when it has raised.
    public static func take(_ thread: ThreadRef, _ value: Value, _ function: String, _ argument: String = "path", descriptor: Bool = false, none: Bool = false) -> PathArgument? {
        var result = PathArgument()
        result.object = value
        if none && (value.isEmpty || value.isNone) {
            result.object = .none
            result.isNone = true
            result.bytes = [0x2E, 0]
            return result
        }
        var path = value
        if !path.isString && !path.isBytes {
            if descriptor && (path.isInt || path.type.slotPointer(.index).pointee != nil) {
                guard let number = Descriptor.take(thread, path) else { return nil }
                result.descriptor = number
                return result
            }
            // What lends its bytes is not asked for its path.
            let method = path.isBuffer ? .empty : thread.lookupSpecial(path, .__fspath__)
            if method.isEmpty {
                if thread.hasException { return nil }
                if path.type.slotPointer(.getBuffer).pointee != nil {
                    // Bytes-like objects are still taken.
                    let copy = thread.call(TypeID.bytes.value, path)
                    guard !copy.isEmpty, RuntimeHooks.warn(thread, .deprecationWarning, "\(function.isEmpty ? "" : function + ": ")\(argument) should be string, bytes, os.PathLike\(descriptor && none ? ", integer or None" : descriptor ? " or integer" : none ? " or None" : ""), not \(value.type.name)", 1) else { return nil }
                    guard var taken = take(thread, copy, function, argument) else { return nil }
                    taken.object = value
                    return taken
                }
                let allowed = descriptor && none ? "string, bytes, os.PathLike, integer or None" : descriptor ? "string, bytes, os.PathLike or integer"
                    : none ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike"
                thread.raise(.typeError, "\(function.isEmpty ? "" : function + ": ")\(argument) should be \(allowed), not \(value.type.name)")
                return nil
            }
            path = thread.call(method)
            if path.isEmpty { return nil }
            guard path.isString || path.isBytes else {
                thread.raise(.typeError, "expected \(value.type.name).__fspath__() to return str or bytes, not \(path.type.name)")
                return nil
            }
            result.object = path
        }
        if path.isString {
            guard let bytes = FileSystemText.encode(thread, path) else { return nil }
            if bytes.contains(0) {
                thread.raise(.valueError, "embedded null byte")
                return nil
            }
            result.bytes = bytes.map { CChar(bitPattern: $0) } + [0]
        } else {
            let bytes = BytesRef(path).buffer
            if bytes.contains(0) {
                thread.raise(.valueError, "\(function.isEmpty ? "" : function + ": ")embedded null character in \(argument)")
                return nil
            }
            result.bytes = bytes.map { CChar(bitPattern: $0) } + [0]
            result.isBytes = true
        }
        return result
    }

    /// Raises OSError for the current errno, naming the path.
    @discardableResult public func raise(_ thread: ThreadRef) -> Value { thread.raiseOSError(errno, isNone ? .empty : object) }

    /// A name as a result: bytes when the argument was bytes.
    public func result(_ thread: ThreadRef, _ start: UnsafePointer<CChar>, _ count: Int) -> Value {
        let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
        return isBytes ? thread.newBytes(bytes, count) : FileSystemText.decode(thread, bytes, count)
    }
}

public enum Descriptor {
    /// A file descriptor from an int; nil when it has raised.
    public static func take(_ thread: ThreadRef, _ value: Value) -> Int32? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index), number <= Int(Int32.max), number >= Int(Int32.min) else {
            thread.raise(.overflowError, IntOps.isNegative(index) ? "fd is less than minimum" : "fd is greater than maximum")
            return nil
        }
        return Int32(number)
    }

    /// From an int or an object with `fileno()`.
    public static func of(_ thread: ThreadRef, _ value: Value) -> Int32? {
        var number = value
        if !value.isInt {
            let method = thread.getAttributeOrEmpty(value, .fileno)
            if method.isEmpty {
                if !thread.hasException { thread.raise(.typeError, "argument must be an int, or have a fileno() method.") }
                return nil
            }
            number = thread.call(method)
            if number.isEmpty { return nil }
            guard number.isInt else {
                thread.raise(.typeError, "fileno() returned a non-integer")
                return nil
            }
        }
        guard let descriptor = SystemArguments.int32(thread, number) else { return nil }
        if descriptor < 0 {
            thread.raise(.valueError, "file descriptor cannot be a negative integer (\(descriptor))")
            return nil
        }
        return descriptor
    }

    /// The `dir_fd` argument.
    public static func directory(_ thread: ThreadRef, _ value: Value) -> Int32? {
        if value.isEmpty || value.isNone { return AT_FDCWD }
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "argument should be integer or None, not \(value.type.name)")
            return nil
        }
        return take(thread, value)
    }

    /// A `dir_fd` as audit events show it: -1 for none.
    public static func shown(_ directory: Int32) -> Value { Value(small: directory == AT_FDCWD ? -1 : Int(directory)) }

    public static func setInheritable(_ descriptor: Int32, _ inheritable: Bool) -> Int32 {
        let flags = system_fcntl_int(descriptor, F_GETFD, 0)
        if flags < 0 { return -1 }
        let wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC
        return wanted == flags ? 0 : system_fcntl_int(descriptor, F_SETFD, Int(wanted))
    }
}

/// Arguments of C's integer types.
public enum SystemArguments {
    public static func int32(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = thread.toCInt(value) else { return nil }
        return Int32(number)
    }

    public static func int(_ thread: ThreadRef, _ value: Value) -> Int? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index) else {
            thread.raise(.overflowError, "Python int too large to convert to C long")
            return nil
        }
        return number
    }

    /// An int taken modulo 2^64, as bit masks are.
    public static func mask(_ thread: ThreadRef, _ value: Value) -> UInt? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        if let number = IntOps.toInt(index) { return UInt(bitPattern: number) }
        let size = IntOps.size(index)
        return size > 0 ? IntOps.limbs(index)[0] : 0 &- IntOps.limbs(index)[0]
    }

    public static func flag(_ thread: ThreadRef, _ value: Value, default absent: Bool) -> Bool? {
        if value.isEmpty { return absent }
        let truth = thread.isTrue(value)
        return truth < 0 ? nil : truth > 0
    }

    /// A user or group id; -1 means no change.
    public static func identifier(_ thread: ThreadRef, _ value: Value, _ what: String) -> UInt32? {
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "\(what) should be integer, not \(value.type.name)")
            return nil
        }
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index), number >= -1, number <= Int(UInt32.max) else {
            thread.raise(.overflowError, IntOps.isNegative(index) ? "\(what) is less than minimum" : "\(what) is greater than maximum")
            return nil
        }
        return UInt32(truncatingIfNeeded: number)
    }

    public static func text(_ thread: ThreadRef, _ value: Value, _ function: String, _ position: Int = 0) -> String? {
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument\(position > 0 ? " \(position)" : "") must be str, not \(value.type.name)")
            return nil
        }
        return StringRef(value).description
    }
}

public enum SystemCall {
    /// Runs a system call without the interpreter lock, again after signals (PEP 475). nil when a signal handler has raised.
    @inline(__always) public static func retry<T: SignedInteger>(_ thread: ThreadRef, _ body: () -> T) -> T? {
        while true {
            let result = GIL.blocking(thread, body)
            if result < 0 && errno != EINTR { return result }
            // A signal may also cut a call short that has done a part of its work.
            if taipan_breaker_load(thread) & Breaker.signal != 0 && !Signals.check(thread) { return nil }
            if result >= 0 { return result }
            if !Safepoint.serve(thread) { return nil }
        }
    }

    /// None, or OSError when the result says that the call failed.
    public static func none(_ thread: ThreadRef, _ result: Int32) -> Value { result < 0 ? thread.raiseOSError(errno) : .none }
    public static func int(_ thread: ThreadRef, _ result: Int32) -> Value { result < 0 ? thread.raiseOSError(errno) : Value(small: Int(result)) }
}

extension ModuleBuilder {
    /// Adds a table of the system's constants.
    public func add(constants table: UnsafePointer<SystemConstant>) {
        var entry = table
        while let name = entry.pointee.name {
            set(String(cString: name), Int(entry.pointee.value))
            entry += 1
        }
    }
}

/// Time spans and points as arguments: ints or floats, in seconds.
public enum TimeArgument {
    /// Nanoseconds, rounded as asked; nil when it has raised.
    public static func nanoseconds(_ thread: ThreadRef, _ value: Value, up: Bool = true) -> Int? {
        if value.isFloat {
            let seconds = value.doubleValue
            if seconds.isNaN {
                thread.raise(.valueError, "Invalid value NaN (not a number)")
                return nil
            }
            let scaled = (seconds * 1e9).rounded(up ? .up : .down)
            guard scaled >= -9.2e18 && scaled <= 9.2e18 else {
                thread.raise(.overflowError, "timestamp too large to convert to C _PyTime_t")
                return nil
            }
            return Int(scaled)
        }
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let seconds = IntOps.toInt(index) else {
            thread.raise(.overflowError, "timestamp too large to convert to C _PyTime_t")
            return nil
        }
        let (result, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow {
            thread.raise(.overflowError, "timestamp too large to convert to C _PyTime_t")
            return nil
        }
        return result
    }

    public static func spec(_ nanoseconds: Int) -> timespec {
        var seconds = nanoseconds / 1_000_000_000, rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            rest += 1_000_000_000
            seconds -= 1
        }
        return timespec(tv_sec: seconds, tv_nsec: rest)
    }

    /// Now, by a clock that does not jump.
    public static func monotonic() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }
}

extension Value {
    /// An argument that was not given is None.
    @inline(__always) var orNone: Value { isEmpty ? .none : self }
}
