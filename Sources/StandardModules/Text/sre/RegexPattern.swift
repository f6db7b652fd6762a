import Glibc
import Objects

/// `re.Pattern`

struct PatternObject {
    var header: ObjectHeader
    /// str, bytes or None
    var pattern: Value
    /// dict: name → group
    var groupIndex: Value
    /// tuple: names by group, None for those without
    var indexGroup: Value
    /// A storage that holds a `RegexProgram`.
    var program: Value
    var flags: Int
    /// 1 for bytes, 0 for str, -1 when there is no pattern.
    var isBytes: Int
}

enum RegexPattern {
    static let ignoreCase = 2, locale = 4, unicode = 32, ascii = 256

    @inline(__always) static func program(_ pattern: UnsafePointer<PatternObject>) -> UnsafePointer<RegexProgram> {
        UnsafePointer(pattern.pointee.program.object(RegexProgram.self))
    }

    /// `_sre.compile`
    static func compile(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let flags = thread.toInt(a[1]) else { return .empty }
        guard Int32(exactly: flags) != nil else {
            return thread.raise(.overflowError, flags < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum")
        }
        guard a[2].isList else { return thread.raise(.typeError, "compile() argument 'code' must be list, not \(a[2].argumentTypeName)") }
        guard let groups = thread.toInt(a[3]) else { return .empty }
        guard a[4].isDict else { return thread.raise(.typeError, "compile() argument 'groupindex' must be dict, not \(a[4].argumentTypeName)") }
        guard a[5].isTuple else { return thread.raise(.typeError, "compile() argument 'indexgroup' must be tuple, not \(a[5].argumentTypeName)") }
        var isBytes = -1
        if !a[0].isNone {
            var subject = RegexSubject()
            guard subject.open(thread, a[0]) else { return .empty }
            isBytes = subject.isBytes ? 1 : 0
            subject.close(thread)
        }
        var code: [UInt32] = []
        code.reserveCapacity(ListRef(a[2]).count)
        var index = 0
        while index < ListRef(a[2]).count {
            let item = ListRef(a[2])[index]
            let word: Int
            if item.isSmallInt {
                word = item.smallInt
            } else {
                // Code words are ints or named constants, which are a subclass.
                guard item.isInt else { return thread.raise(.typeError, "an integer is required") }
                guard let number = IntOps.toInt(item) else {
                    return thread.raise(.overflowError, IntOps.isNegative(item) ? "can't convert negative value to unsigned int" : "Python int too large to convert to C unsigned long")
                }
                word = number
            }
            if word < 0 { return thread.raise(.overflowError, "can't convert negative value to unsigned int") }
            if word > Int(UInt32.max) { return thread.raise(.overflowError, "regular expression code size limit exceeded") }
            code.append(UInt32(word))
            index += 1
        }
        guard groups >= 0, groups <= SRE.maxGroups else { return thread.raise(.runtimeError, "invalid SRE code") }
        var reader = RegexReader(code: code, groups: groups)
        guard let nodes = reader.read() else { return thread.raise(.runtimeError, "invalid SRE code") }
        let program = RegexCompiler.compile(thread, nodes, reader)
        if program.isEmpty { return .empty }
        let result = RegexModule.patternType.allocate(thread, size: MemoryLayout<PatternObject>.size)
        if result.isEmpty { return .empty }
        let pattern = result.object(PatternObject.self)
        pattern.pointee.pattern = a[0]
        pattern.pointee.groupIndex = a[4]
        pattern.pointee.indexGroup = a[5]
        pattern.pointee.program = program
        pattern.pointee.flags = flags
        pattern.pointee.isBytes = isBytes
        return result
    }

    // MARK: Running

    /// The matcher's state over a subject from `from` to `to`, offsets in range. nil when there is no memory (raised).
    @inline(__always) static func begin(_ thread: ThreadRef, _ pattern: UnsafePointer<PatternObject>, _ subject: RegexSubject, _ from: Int, _ to: Int) -> RegexState? {
        let program = program(pattern)
        guard let workspace = RegexWorkspace.take(words: 2 * program.pointee.groups + program.pointee.registers) else {
            thread.raiseOutOfMemory()
            return nil
        }
        if program.pointee.usesLocale { RegexCompiler.refreshLocale(program) }
        let start = subject.base + from * subject.width
        return RegexState(thread: thread, program: program, workspace: workspace, begin: subject.base, end: subject.base + to * subject.width, width: subject.width,
                          start: start, stop: start)
    }

    /// Offsets given by a caller, brought into range. False when one is no integer (raised).
    @inline(__always) static func range(_ thread: ThreadRef, _ first: Value, _ last: Value, _ count: Int, _ from: inout Int, _ to: inout Int) -> Bool {
        from = 0
        to = count
        if !first.isEmpty {
            guard let number = thread.toInt(first) else { return false }
            from = min(max(number, 0), count)
        }
        if !last.isEmpty {
            guard let number = thread.toInt(last) else { return false }
            to = min(max(number, 0), count)
        }
        return true
    }

    enum Mode { case match, fullMatch, search }

    /// match, fullmatch and search: arguments are self, string, pos, endpos.
    @inline(__always) static func once(_ thread: ThreadRef, _ a: Arguments, _ mode: Mode) -> Value {
        let pattern = UnsafePointer(a[0].object(PatternObject.self))
        var from = 0, to = 0
        // Conversions may run Python, which must not see the subject opened.
        guard range(thread, a[2], a[3], Int.max, &from, &to) else { return .empty }
        var subject = RegexSubject()
        guard subject.open(thread, a[1], for: pattern) else { return .empty }
        defer { subject.close(thread) }
        from = min(from, subject.count)
        to = min(to, subject.count)
        guard var state = begin(thread, pattern, subject, from, to) else { return .empty }
        defer { RegexWorkspace.give(state.workspace) }
        let status: Int
        switch mode {
        case .match: status = state.match()
        case .fullMatch:
            state.matchAll = true
            status = state.match()
        case .search: status = state.search()
        }
        if status <= 0 { return status < 0 ? .empty : .none }
        return RegexMatch.make(thread, a[0], a[1], state, from, to)
    }

    static func findAll(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let pattern = UnsafePointer(a[0].object(PatternObject.self))
        var from = 0, to = 0
        guard range(thread, a[2], a[3], Int.max, &from, &to) else { return .empty }
        var subject = RegexSubject()
        guard subject.open(thread, a[1], for: pattern) else { return .empty }
        defer { subject.close(thread) }
        from = min(from, subject.count)
        to = min(to, subject.count)
        guard var state = begin(thread, pattern, subject, from, to) else { return .empty }
        defer { RegexWorkspace.give(state.workspace) }
        let result = thread.newList()
        if result.isEmpty { return .empty }
        let groups = state.program.pointee.groups
        while true {
            let status = state.search()
            if status <= 0 { return status < 0 ? .empty : result }
            let item: Value
            if groups <= 1 {
                if let span = state.span(groups) {
                    item = subject.slice(thread, a[1], span.start, span.end)
                } else {
                    item = subject.slice(thread, a[1], 0, 0)
                }
            } else {
                item = thread.newTuple(count: groups)
                if item.isEmpty { return .empty }
                for group in 1 ... groups {
                    let span = state.span(group) ?? (0, 0)
                    let text = subject.slice(thread, a[1], span.start, span.end)
                    if text.isEmpty { return .empty }
                    TupleRef(item).initialize(group - 1, text)
                }
            }
            if item.isEmpty || !ListRef(result).append(thread, item) { return .empty }
            state.advance()
        }
    }

    static func split(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let pattern = UnsafePointer(a[0].object(PatternObject.self))
        var limit = 0
        if !a[2].isEmpty {
            guard let number = thread.toInt(a[2]) else { return .empty }
            limit = number
        }
        var subject = RegexSubject()
        guard subject.open(thread, a[1], for: pattern) else { return .empty }
        defer { subject.close(thread) }
        guard var state = begin(thread, pattern, subject, 0, subject.count) else { return .empty }
        defer { RegexWorkspace.give(state.workspace) }
        let result = thread.newList()
        if result.isEmpty { return .empty }
        let groups = state.program.pointee.groups
        var last = 0
        var count = 0
        while limit == 0 || count < limit {
            let status = state.search()
            if status < 0 { return .empty }
            if status == 0 { break }
            let item = subject.slice(thread, a[1], last, state.offset(state.start))
            if item.isEmpty || !ListRef(result).append(thread, item) { return .empty }
            for group in 0 ..< groups {
                var text = Value.none
                if let span = state.span(group + 1) { text = subject.slice(thread, a[1], span.start, span.end) }
                if text.isEmpty || !ListRef(result).append(thread, text) { return .empty }
            }
            count += 1
            last = state.offset(state.stop)
            state.advance()
        }
        let item = subject.slice(thread, a[1], last, subject.count)
        if item.isEmpty || !ListRef(result).append(thread, item) { return .empty }
        return result
    }

    // MARK: Substitution

    /// What stands in place of a match: an object as it is, a template's parts, or a function's result.
    enum Replacement { case literal, template, function }

    /// Prepares a replacement. A template becomes a list of its parts, group numbers in place of references. The empty value when it has raised.
    static func replacement(_ thread: ThreadRef, _ pattern: Value, _ template: Value, _ kind: inout Replacement) -> Value {
        if template.type.slotPointer(.call).pointee != nil {
            kind = .function
            return template
        }
        kind = .literal
        var subject = RegexSubject()
        if subject.open(thread, template) {
            var plain = true
            switch subject.width {
            case 1: plain = subject.count == 0 || memchr(subject.base, 0x5C, subject.count) == nil
            case 2: for index in 0 ..< subject.count where subject.base.load(fromByteOffset: index * 2, as: UInt16.self) == 0x5C { plain = false; break }
            default: for index in 0 ..< subject.count where subject.base.load(fromByteOffset: index * 4, as: UInt32.self) == 0x5C { plain = false; break }
            }
            subject.close(thread)
            if plain { return template }
        } else {
            thread.takeException()
        }
        let function = thread.importAttribute("re", "_subx")
        if function.isEmpty { return .empty }
        let filter = thread.call(function, pattern, template)
        if filter.isEmpty || filter.type.slotPointer(.call).pointee == nil { return filter }
        // A function whose default argument is the parsed template, a pair of lists: the groups with their places, and the texts.
        kind = .function
        guard filter.isExact(.function) else { return filter }
        let defaults = thread.getAttribute(filter, Name.__defaults__)
        if defaults.isEmpty { return .empty }
        guard defaults.isTuple, TupleRef(defaults).count == 1 else { return filter }
        let parsed = TupleRef(defaults)[0]
        guard parsed.isTuple, TupleRef(parsed).count == 2, TupleRef(parsed)[0].isList, TupleRef(parsed)[1].isList else { return filter }
        let groups = ListRef(TupleRef(parsed)[0]), literals = ListRef(TupleRef(parsed)[1])
        let parts = thread.list(literals.value)
        if parts.isEmpty { return .empty }
        let limit = program(UnsafePointer(pattern.object(PatternObject.self))).pointee.groups
        for index in 0 ..< groups.count {
            let pair = groups[index]
            guard pair.isTuple, TupleRef(pair).count == 2, TupleRef(pair)[0].isSmallInt, TupleRef(pair)[1].isSmallInt,
                  TupleRef(pair)[0].smallInt >= 0, TupleRef(pair)[0].smallInt < ListRef(parts).count,
                  TupleRef(pair)[1].smallInt >= 0, TupleRef(pair)[1].smallInt <= limit else { return filter }
            ListRef(parts).set(TupleRef(pair)[0].smallInt, TupleRef(pair)[1])
        }
        kind = .template
        return parts
    }

    /// Appends a replacement's text. False when it is of the wrong type (raised).
    @inline(__always) static func append(_ thread: ThreadRef, _ buffer: inout UnitBuffer, _ item: Value, _ isBytes: Bool, _ index: Int) -> Bool {
        if !isBytes && item.isString {
            let string = StringRef(item)
            buffer.append(units: string.units, string.count, width: string.width)
            return true
        }
        if isBytes && item.isBuffer {
            var view = BufferView()
            guard thread.acquireBuffer(item, &view) else { return false }
            buffer.append(bytes: UnsafeRawPointer(view.pointer), view.length)
            thread.releaseBuffer(&view)
            return true
        }
        thread.raise(.typeError, isBytes ? "sequence item \(index): expected a bytes-like object, \(item.type.name) found"
            : "sequence item \(index): expected str instance, \(item.type.name) found")
        return false
    }

    /// sub and subn: arguments are self, repl, string, count.
    static func substitute(_ thread: ThreadRef, _ a: Arguments, counted: Bool) -> Value {
        let pattern = UnsafePointer(a[0].object(PatternObject.self))
        var limit = 0
        if !a[3].isEmpty {
            guard let number = thread.toInt(a[3]) else { return .empty }
            limit = number
        }
        var kind = Replacement.literal
        let filter = replacement(thread, a[0], a[1], &kind)
        if filter.isEmpty { return .empty }
        var subject = RegexSubject()
        guard subject.open(thread, a[2], for: pattern) else { return .empty }
        defer { subject.close(thread) }
        guard var state = begin(thread, pattern, subject, 0, subject.count) else { return .empty }
        defer { RegexWorkspace.give(state.workspace) }
        var buffer = UnitBuffer(width: subject.width)
        defer { buffer.free() }
        let width = subject.width
        var last = state.begin
        var count = 0
        // Pieces so far, for the message about one that is no string.
        var pieces = 0
        while limit == 0 || count < limit {
            let status = state.search()
            if status < 0 { return .empty }
            if status == 0 { break }
            if last < state.start {
                buffer.append(units: last, (state.start - last) >> (width >> 1), width: width)
                pieces += 1
            }
            switch kind {
            case .literal:
                if !filter.isNone {
                    guard append(thread, &buffer, filter, subject.isBytes, pieces) else { return .empty }
                    pieces += 1
                }
            case .template:
                let parts = ListRef(filter)
                for index in 0 ..< parts.count {
                    let part = parts[index]
                    if part.isSmallInt {
                        if let span = state.span(part.smallInt) { buffer.append(units: subject.base + span.start * width, span.end - span.start, width: width) }
                    } else {
                        guard append(thread, &buffer, part, subject.isBytes, index) else { return .empty }
                    }
                }
                pieces += 1
            case .function:
                let match = RegexMatch.make(thread, a[0], a[2], state, 0, subject.count)
                if match.isEmpty { return .empty }
                let item = thread.call(filter, match)
                if item.isEmpty { return .empty }
                if !item.isNone {
                    guard append(thread, &buffer, item, subject.isBytes, pieces) else { return .empty }
                    pieces += 1
                }
            }
            last = state.stop
            count += 1
            state.advance()
        }
        let result: Value
        if count == 0 {
            result = subject.slice(thread, a[2], 0, subject.count)
        } else {
            if last < state.end { buffer.append(units: last, (state.end - last) >> (width >> 1), width: width) }
            result = subject.isBytes ? buffer.finishBytes(thread) : buffer.finish(thread)
        }
        if result.isEmpty || !counted { return result }
        return thread.newTuple(result, thread.newInt(count))
    }

    // MARK: The type

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = value.object(PatternObject.self)
        var flags = object.pointee.flags
        if object.pointee.isBytes == 0 && flags & (locale | unicode | ascii) == unicode { flags &= ~unicode }
        let text = thread.repr(object.pointee.pattern)
        if text.isEmpty { return .empty }
        var names: [String] = []
        for (name, flag) in [("TEMPLATE", 1), ("IGNORECASE", 2), ("LOCALE", 4), ("MULTILINE", 8), ("DOTALL", 16), ("UNICODE", 32), ("VERBOSE", 64), ("DEBUG", 128),
                             ("ASCII", 256)] where flags & flag != 0 {
            names.append("re.\(name)")
            flags &= ~flag
        }
        if flags != 0 { names.append("0x" + String(UInt32(truncatingIfNeeded: flags), radix: 16)) }
        var buffer = UnitBuffer()
        defer { buffer.free() }
        buffer.append("re.compile(")
        let string = StringRef(text)
        buffer.append(units: string.units, min(string.count, 200), width: string.width)
        if !names.isEmpty {
            for byte in (", " + names.joined(separator: "|")).utf8 { buffer.append(UInt32(byte)) }
        }
        buffer.append(")")
        return buffer.finish(thread)
    }

    static func isEqual(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        if a == b { return 1 }
        let left = a.object(PatternObject.self), right = b.object(PatternObject.self)
        let one = program(left), other = program(right)
        guard left.pointee.flags == right.pointee.flags, left.pointee.isBytes == right.pointee.isBytes, one.pointee.codeCount == other.pointee.codeCount,
              memcmp(one.pointee.code, other.pointee.code, one.pointee.codeCount * 4) == 0 else { return 0 }
        return thread.isEqual(left.pointee.pattern, right.pointee.pattern)
    }

    static func makeType() -> NativeType {
        NativeType("Pattern", module: "re", size: MemoryLayout<PatternObject>.size, mask: 0b11110, flags: [.weakReferenceable, .noInstantiation],
                   doc: "Compiled regular expression object.", methods: [
            Def("match(self, /, string, pos=0, endpos=sys.maxsize)", .callsOnArguments, "Matches zero or more characters at the beginning of the string.") { thread, a, _ in
                RegexPattern.once(thread, a, .match)
            },
            Def("fullmatch(self, /, string, pos=0, endpos=sys.maxsize)", .callsOnArguments, "Matches against all of the string.") { thread, a, _ in
                RegexPattern.once(thread, a, .fullMatch)
            },
            Def("search(self, /, string, pos=0, endpos=sys.maxsize)", .callsOnArguments,
                "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches.") { thread, a, _ in
                RegexPattern.once(thread, a, .search)
            },
            Def("sub(self, /, repl, string, count=0)", .calls,
                "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.") { thread, a, _ in
                RegexPattern.substitute(thread, a, counted: false)
            },
            Def("subn(self, /, repl, string, count=0)", .calls,
                "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.") { thread, a, _ in
                RegexPattern.substitute(thread, a, counted: true)
            },
            Def("findall(self, /, string, pos=0, endpos=sys.maxsize)", .callsOnArguments, "Return a list of all non-overlapping matches of pattern in string.") { thread, a, _ in
                RegexPattern.findAll(thread, a)
            },
            Def("split(self, /, string, maxsplit=0)", .callsOnArguments, "Split string by the occurrences of pattern.") { thread, a, _ in RegexPattern.split(thread, a) },
            Def("finditer(self, /, string, pos=0, endpos=sys.maxsize)", .callsOnArguments,
                "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object.") { thread, a, _ in
                RegexScanner.make(thread, a, RegexModule.iteratorType)
            },
            Def("scanner(self, /, string, pos=0, endpos=sys.maxsize)", .writes) { thread, a, _ in RegexScanner.make(thread, a, RegexModule.scannerType) },
            Def("__copy__(self, /)", .pure) { _, a, _ in a[0] },
            Def("__deepcopy__(self, memo, /)", .pure) { _, a, _ in a[0] },
            Def("__class_getitem__(type, object, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        ], getters: [
            Getter("pattern", "The pattern string from which the RE object was compiled.", isMember: true) { _, a, _ in a[0].object(PatternObject.self).pointee.pattern },
            Getter("flags", "The regex matching flags.", isMember: true) { _, a, _ in Value(small: a[0].object(PatternObject.self).pointee.flags) },
            Getter("groups", "The number of capturing groups in the pattern.", isMember: true) { _, a, _ in
                Value(small: RegexPattern.program(UnsafePointer(a[0].object(PatternObject.self))).pointee.groups)
            },
            Getter("groupindex", "A dictionary mapping group names to group numbers.") { thread, a, _ in
                thread.call(TypeID.mappingProxy.value, a[0].object(PatternObject.self).pointee.groupIndex)
            },
        ]) { slots in
            slots.unary(.repr) { thread, value in RegexPattern.repr(thread, value) }
            slots.hash { thread, value in
                let object = value.object(PatternObject.self)
                let program = RegexPattern.program(UnsafePointer(object))
                let hash = thread.hash(object.pointee.pattern)
                if hash == -1 && thread.hasException { return -1 }
                let result = hash ^ Hashing.bytes(program.pointee.code, program.pointee.codeCount * 4) ^ object.pointee.flags ^ object.pointee.isBytes
                return result == -1 ? -2 : result
            }
            slots.compare { thread, a, b, operation in
                guard operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue else { return .notImplemented }
                guard b.isPointer, b.shapeIndex == RegexModule.patternType.shape, a.isPointer, a.shapeIndex == RegexModule.patternType.shape else { return .notImplemented }
                let same = RegexPattern.isEqual(thread, a, b)
                if same < 0 { return .empty }
                return Value((same == 1) == (operation == Comparison.equal.rawValue))
            }
        }
    }
}
