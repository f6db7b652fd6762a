import Objects

/// `_sre.SRE_Scanner`, and the iterator of `finditer`, which is the same thing behind another face. Each step opens the subject anew, so that
/// a bytearray is not locked between steps.

struct ScannerObject {
    var header: ObjectHeader
    var pattern: Value
    var string: Value
    var from: Int
    var to: Int
    /// Offset of the next step; -1 when it is over.
    var next: Int
    /// The last match was empty and ended at `next`.
    var mustAdvance: Bool
}

enum RegexScanner {
    /// Arguments are self, string, pos, endpos.
    static func make(_ thread: ThreadRef, _ a: Arguments, _ type: NativeType) -> Value {
        var from = 0, to = 0
        guard RegexPattern.range(thread, a[2], a[3], Int.max, &from, &to) else { return .empty }
        var subject = RegexSubject()
        guard subject.open(thread, a[1], for: UnsafePointer(a[0].object(PatternObject.self))) else { return .empty }
        let count = subject.count
        subject.close(thread)
        let result = type.allocate(thread, size: MemoryLayout<ScannerObject>.size)
        if result.isEmpty { return .empty }
        let scanner = result.object(ScannerObject.self)
        scanner.pointee.pattern = a[0]
        scanner.pointee.string = a[1]
        scanner.pointee.from = min(from, count)
        scanner.pointee.to = min(to, count)
        scanner.pointee.next = scanner.pointee.from
        return result
    }

    /// The next match; None at the end.
    @inline(__always) static func step(_ thread: ThreadRef, _ value: Value, searching: Bool) -> Value {
        let scanner = value.object(ScannerObject.self)
        if scanner.pointee.next < 0 { return .none }
        let pattern = UnsafePointer(scanner.pointee.pattern.object(PatternObject.self))
        var subject = RegexSubject()
        guard subject.open(thread, scanner.pointee.string, for: pattern) else { return .empty }
        defer { subject.close(thread) }
        guard var state = RegexPattern.begin(thread, pattern, subject, min(scanner.pointee.next, subject.count), min(scanner.pointee.to, subject.count)) else { return .empty }
        defer { RegexWorkspace.give(state.workspace) }
        state.mustAdvance = scanner.pointee.mustAdvance
        let status = searching ? state.search() : state.match()
        if status < 0 { return .empty }
        if status == 0 {
            scanner.pointee.next = -1
            return .none
        }
        scanner.pointee.mustAdvance = state.start == state.stop
        scanner.pointee.next = state.offset(state.stop)
        return RegexMatch.make(thread, scanner.pointee.pattern, scanner.pointee.string, state, scanner.pointee.from, scanner.pointee.to)
    }

    static func makeType() -> NativeType {
        NativeType("SRE_Scanner", module: "_sre", size: MemoryLayout<ScannerObject>.size, mask: 0b110, flags: [.noInstantiation], methods: [
            Def("match(self, /)", .writes) { thread, a, _ in RegexScanner.step(thread, a[0], searching: false) },
            Def("search(self, /)", .writes) { thread, a, _ in RegexScanner.step(thread, a[0], searching: true) },
        ], getters: [
            Getter("pattern") { _, a, _ in a[0].object(ScannerObject.self).pointee.pattern },
        ])
    }

    static func makeIteratorType() -> NativeType {
        NativeType("callable_iterator", size: MemoryLayout<ScannerObject>.size, mask: 0b110, flags: [.noInstantiation]) { slots in
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in
                let match = RegexScanner.step(thread, value, searching: true)
                return match.isNone ? .empty : match
            }
        }
    }
}
