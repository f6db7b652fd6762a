import Glibc
import Objects

/// `_sre`: what `re` needs from below. Patterns arrive as code lists that `re._compiler` has made.
public enum RegexModule {
    nonisolated(unsafe) static var patternType: NativeType!
    nonisolated(unsafe) static var matchType: NativeType!
    nonisolated(unsafe) static var scannerType: NativeType!
    nonisolated(unsafe) static var iteratorType: NativeType!

    public static func register() {
        NativeModule.register("_sre", functions: functions) { module in
            patternType = RegexPattern.makeType()
            matchType = RegexMatch.makeType()
            scannerType = RegexScanner.makeType()
            iteratorType = RegexScanner.makeIteratorType()
            module.set("MAGIC", SRE.magic)
            module.set("CODESIZE", 4)
            module.set("MAXREPEAT", Int(SRE.maxRepeat))
            module.set("MAXGROUPS", SRE.maxGroups)
            module.set("copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")
            return true
        }
    }

    static let functions: [Def] = [
        Def("ascii_iscased(character, /)", .pure, kind: .function) { thread, a, _ in
            guard let c = character(thread, a[0]) else { return .empty }
            return Value((c | 32) &- 97 < 26)
        },
        Def("unicode_iscased(character, /)", .pure, kind: .function) { thread, a, _ in
            guard let c = character(thread, a[0]) else { return .empty }
            return Value(RegexCharacters.unicodeLower(c) != c || RegexCharacters.unicodeUpper(c) != c)
        },
        Def("ascii_tolower(character, /)", .pure, kind: .function) { thread, a, _ in
            guard let c = character(thread, a[0]) else { return .empty }
            return Value(small: Int(Int32(bitPattern: RegexCharacters.asciiLower(c))))
        },
        Def("unicode_tolower(character, /)", .pure, kind: .function) { thread, a, _ in
            guard let c = character(thread, a[0]) else { return .empty }
            return Value(small: Int(Int32(bitPattern: RegexCharacters.unicodeLower(c))))
        },
        Def("getcodesize()", .pure, kind: .function) { _, _, _ in Value(small: 4) },
        Def("compile(pattern, flags, code, groups, groupindex, indexgroup)", .calls, kind: .function) { thread, a, _ in RegexPattern.compile(thread, a) },
    ]

    /// A C int.
    static func character(_ thread: ThreadRef, _ value: Value) -> UInt32? {
        guard let number = thread.toInt(value) else { return nil }
        guard let narrow = Int32(exactly: number) else {
            thread.raise(.overflowError, number < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum")
            return nil
        }
        return UInt32(bitPattern: narrow)
    }
}

/// The subject of a match: a string, or memory of a bytes-like object, borrowed until `close`.
struct RegexSubject {
    var base: UnsafeRawPointer
    var count: Int
    var width: Int
    var isBytes: Bool
    var view: BufferView

    init() {
        view = BufferView()
        base = UnsafeRawPointer(view.pointer)
        count = 0
        width = 1
        isBytes = false
    }

    /// False when it has raised.
    @inline(__always) mutating func open(_ thread: ThreadRef, _ value: Value) -> Bool {
        if value.isString {
            let string = StringRef(value)
            base = UnsafeRawPointer(string.units)
            count = string.count
            width = string.width
            return true
        }
        return openBuffer(thread, value)
    }

    @inline(never) private mutating func openBuffer(_ thread: ThreadRef, _ value: Value) -> Bool {
        guard value.isBuffer, thread.acquireBuffer(value, &view) else {
            thread.takeException()
            thread.raise(.typeError, "expected string or bytes-like object, got '\(value.type.name)'")
            return false
        }
        base = UnsafeRawPointer(view.pointer)
        count = view.length
        width = 1
        isBytes = true
        return true
    }

    /// As `open`, for a pattern: its kind must be the subject's.
    @inline(__always) mutating func open(_ thread: ThreadRef, _ value: Value, for pattern: UnsafePointer<PatternObject>) -> Bool {
        guard open(thread, value) else { return false }
        let kind = pattern.pointee.isBytes
        if kind < 0 || (kind == 1) == isBytes { return true }
        close(thread)
        thread.raise(.typeError, kind == 0 ? "cannot use a string pattern on a bytes-like object" : "cannot use a bytes pattern on a string-like object")
        return false
    }

    @inline(__always) mutating func close(_ thread: ThreadRef) { if isBytes { thread.releaseBuffer(&view) } }

    /// The part between two offsets in range. `value` is the object that was opened.
    @inline(__always) func slice(_ thread: ThreadRef, _ value: Value, _ start: Int, _ end: Int) -> Value {
        if !isBytes { return thread.substring(StringRef(value), start, end) }
        if start == 0 && end == count && value.isExact(.bytes) { return value }
        return thread.newBytes(base + start, max(end - start, 0))
    }
}
