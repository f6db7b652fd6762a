import Objects

/// `_sre.SRE_Scanner`, and the iterator of `finditer`, which is the same thing behind another face. A subject that is neither string nor bytes stays
/// borrowed until the scanner comes to its end or dies: a bytearray cannot change its size meanwhile.

struct ScannerObject {
    var header: ObjectHeader
    var pattern: Value
    var string: Value
    /// Who lends `view`, or empty.
    var owner: Value
    var view: UnsafeMutablePointer<BufferView>?
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
        let result = type.allocate(thread, size: MemoryLayout<ScannerObject>.size)
        if result.isEmpty {
            subject.close(thread)
            return .empty
        }
        let scanner = result.object(ScannerObject.self)
        scanner.pointee.pattern = a[0]
        scanner.pointee.string = a[1]
        scanner.pointee.from = min(from, count)
        scanner.pointee.to = min(to, count)
        scanner.pointee.next = scanner.pointee.from
        if subject.isBytes && !subject.view.owner.isEmpty {
            let view = UnsafeMutablePointer<BufferView>.allocate(capacity: 1)
            view.initialize(to: subject.view)
            scanner.pointee.view = view
            scanner.pointee.owner = subject.view.owner
            Collector.registerFinalizable(result.raw)
        }
        return result
    }

    /// Gives the subject's memory back.
    static func release(_ thread: ThreadRef, _ scanner: UnsafeMutablePointer<ScannerObject>) {
        guard let view = scanner.pointee.view else { return }
        scanner.pointee.view = nil
        thread.releaseBuffer(&view.pointee)
        view.deallocate()
        scanner.pointee.owner = .empty
    }

    static let finalize: UnaryFunction = { thread, value in
        release(thread, value.object(ScannerObject.self))
        return .none
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
            release(thread, scanner)
            return .none
        }
        scanner.pointee.mustAdvance = state.start == state.stop
        scanner.pointee.next = state.offset(state.stop)
        return RegexMatch.make(thread, scanner.pointee.pattern, scanner.pointee.string, state, scanner.pointee.from, scanner.pointee.to)
    }

    static func makeType() -> NativeType {
        NativeType("SRE_Scanner", module: "_sre", size: MemoryLayout<ScannerObject>.size, mask: 0b1110, flags: [.noInstantiation], methods: [
            Def("match(self, /)", .writes) { thread, a, _ in RegexScanner.step(thread, a[0], searching: false) },
            Def("search(self, /)", .writes) { thread, a, _ in RegexScanner.step(thread, a[0], searching: true) },
        ], getters: [
            Getter("pattern", isMember: true) { _, a, _ in a[0].object(ScannerObject.self).pointee.pattern },
        ]) { slots in slots.unary(.finalize, RegexScanner.finalize) }
    }

    static func makeIteratorType() -> NativeType {
        NativeType("callable_iterator", size: MemoryLayout<ScannerObject>.size, mask: 0b1110, flags: [.noInstantiation]) { slots in
            slots.unary(.finalize, RegexScanner.finalize)
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in
                let match = RegexScanner.step(thread, value, searching: true)
                return match.isNone ? .empty : match
            }
        }
    }
}
