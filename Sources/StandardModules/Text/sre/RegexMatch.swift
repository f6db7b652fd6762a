import Glibc
import Objects

/// `re.Match`. Spans stand behind the fixed part: start and end of every group, -1 for a group that took no part.

struct MatchObject {
    var header: ObjectHeader
    /// The subject.
    var string: Value
    var pattern: Value
    /// `regs`, once asked for
    var regs: Value
    var from: Int
    var to: Int
    /// Group closed last, or 0.
    var lastIndex: Int
    var groups: Int
    // Then 2 * (groups + 1) offsets.
}

enum RegexMatch {
    @inline(__always) static func spans(_ match: UnsafeMutablePointer<MatchObject>) -> UnsafeMutablePointer<Int> {
        (UnsafeMutableRawPointer(match) + MemoryLayout<MatchObject>.size).assumingMemoryBound(to: Int.self)
    }

    /// A match object of what the state has found.
    @inline(__always) static func make(_ thread: ThreadRef, _ pattern: Value, _ string: Value, _ state: RegexState, _ from: Int, _ to: Int) -> Value {
        let groups = state.program.pointee.groups
        let result = RegexModule.matchType.allocate(thread, size: MemoryLayout<MatchObject>.size + 16 * (groups + 1))
        if result.isEmpty { return .empty }
        let match = result.object(MatchObject.self)
        match.pointee.string = string
        match.pointee.pattern = pattern
        match.pointee.from = from
        match.pointee.to = to
        match.pointee.lastIndex = state.lastIndex
        match.pointee.groups = groups
        let spans = spans(match)
        spans[0] = state.offset(state.start)
        spans[1] = state.offset(state.stop)
        var group = 1
        while group <= groups {
            if let span = state.span(group) {
                spans[2 * group] = span.start
                spans[2 * group + 1] = span.end
            } else {
                spans[2 * group] = -1
                spans[2 * group + 1] = -1
            }
            group += 1
        }
        return result
    }

    /// The number of the group that an argument names; -1 when it has raised.
    @inline(__always) static func group(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ value: Value) -> Int {
        if value.isSmallInt && value.smallInt >= 0 && value.smallInt <= match.pointee.groups { return value.smallInt }
        return groupSlow(thread, match, value)
    }

    @inline(never) static func groupSlow(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ value: Value) -> Int {
        var number = -1
        if value.isInt || value.type.slotPointer(.index).pointee != nil {
            let index = thread.toIndex(value)
            if index.isEmpty { return -1 }
            number = IntOps.toInt(index) ?? -1
        } else {
            let table = match.pointee.pattern.object(PatternObject.self).pointee.groupIndex
            let found = DictRef(table).get(thread, value)
            // An unhashable name is no name.
            if found.isEmpty { thread.takeException() }
            if found.isSmallInt { number = found.smallInt }
        }
        if number < 0 || number > match.pointee.groups {
            thread.raise(.indexError, "no such group")
            return -1
        }
        return number
    }

    @inline(__always) static func text(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ group: Int, _ missing: Value = .none) -> Value {
        let spans = spans(match)
        let start = spans[2 * group], end = spans[2 * group + 1]
        if start < 0 { return missing }
        let string = match.pointee.string
        if string.isExact(.str) { return thread.substring(StringRef(string), start, max(start, end)) }
        return textSlow(thread, string, start, end)
    }

    @inline(never) static func textSlow(_ thread: ThreadRef, _ string: Value, _ start: Int, _ end: Int) -> Value {
        var subject = RegexSubject()
        guard subject.open(thread, string) else { return .empty }
        // A bytearray may have shrunk since.
        let first = min(start, subject.count)
        let result = subject.slice(thread, string, first, max(first, min(end, subject.count)))
        subject.close(thread)
        return result
    }

    static func span(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ group: Int) -> Value {
        thread.newTuple(thread.newInt(spans(match)[2 * group]), thread.newInt(spans(match)[2 * group + 1]))
    }

    static func regs(_ thread: ThreadRef, _ value: Value) -> Value {
        let match = value.object(MatchObject.self)
        if !match.pointee.regs.isEmpty { return match.pointee.regs }
        let result = thread.newTuple(count: match.pointee.groups + 1)
        if result.isEmpty { return .empty }
        for group in 0 ... match.pointee.groups {
            let pair = span(thread, match, group)
            if pair.isEmpty { return .empty }
            TupleRef(result).initialize(group, pair)
        }
        match.pointee.regs = result
        Heap.barrier(UnsafeMutableRawPointer(match))
        return result
    }

    static func groups(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ missing: Value) -> Value {
        let result = thread.newTuple(count: match.pointee.groups)
        if result.isEmpty { return .empty }
        if match.pointee.groups == 0 { return result }
        for group in 1 ... match.pointee.groups {
            let item = text(thread, match, group, missing)
            if item.isEmpty { return .empty }
            TupleRef(result).initialize(group - 1, item)
        }
        return result
    }

    static func groupDict(_ thread: ThreadRef, _ match: UnsafeMutablePointer<MatchObject>, _ missing: Value) -> Value {
        let result = thread.newDict()
        if result.isEmpty { return .empty }
        var position = 0
        while let (key, _) = DictRef(match.pointee.pattern.object(PatternObject.self).pointee.groupIndex).next(&position) {
            let number = group(thread, match, key)
            if number < 0 { return .empty }
            let item = text(thread, match, number, missing)
            if item.isEmpty || !DictRef(result).set(thread, key, item) { return .empty }
        }
        return result
    }

    static func makeType() -> NativeType {
        NativeType("Match", module: "re", size: MemoryLayout<MatchObject>.size, mask: 0b1110, flags: [.noInstantiation],
                   doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.", methods: [
            Def("group(self, /, *args)", .reads,
                "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match.") { thread, a, _ in
                let match = a[0].object(MatchObject.self)
                let names = TupleRef(a[1])
                if names.count == 0 { return RegexMatch.text(thread, match, 0) }
                if names.count == 1 {
                    let group = RegexMatch.group(thread, match, names[0])
                    return group < 0 ? .empty : RegexMatch.text(thread, match, group)
                }
                let result = thread.newTuple(count: names.count)
                if result.isEmpty { return .empty }
                for index in 0 ..< names.count {
                    let group = RegexMatch.group(thread, match, names[index])
                    if group < 0 { return .empty }
                    let item = RegexMatch.text(thread, match, group)
                    if item.isEmpty { return .empty }
                    TupleRef(result).initialize(index, item)
                }
                return result
            },
            Def("start(self, group=0, /)", .callsOnArguments, "Return index of the start of the substring matched by group.") { thread, a, _ in
                let match = a[0].object(MatchObject.self)
                let group = a[1].isEmpty ? 0 : RegexMatch.group(thread, match, a[1])
                return group < 0 ? .empty : thread.newInt(RegexMatch.spans(match)[2 * group])
            },
            Def("end(self, group=0, /)", .callsOnArguments, "Return index of the end of the substring matched by group.") { thread, a, _ in
                let match = a[0].object(MatchObject.self)
                let group = a[1].isEmpty ? 0 : RegexMatch.group(thread, match, a[1])
                return group < 0 ? .empty : thread.newInt(RegexMatch.spans(match)[2 * group + 1])
            },
            Def("span(self, group=0, /)", .callsOnArguments, "For match object m, return the 2-tuple (m.start(group), m.end(group)).") { thread, a, _ in
                let match = a[0].object(MatchObject.self)
                let group = a[1].isEmpty ? 0 : RegexMatch.group(thread, match, a[1])
                return group < 0 ? .empty : RegexMatch.span(thread, match, group)
            },
            Def("groups(self, /, default=None)", .reads,
                "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match.") { thread, a, _ in
                RegexMatch.groups(thread, a[0].object(MatchObject.self), a[1].isEmpty ? .none : a[1])
            },
            Def("groupdict(self, /, default=None)", .calls,
                "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match.") { thread, a, _ in
                RegexMatch.groupDict(thread, a[0].object(MatchObject.self), a[1].isEmpty ? .none : a[1])
            },
            Def("expand(self, /, template)", .calls, "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.") { thread, a, _ in
                let function = thread.importAttribute("re", "_expand")
                if function.isEmpty { return .empty }
                return thread.call(function, a[0].object(MatchObject.self).pointee.pattern, a[0], a[1])
            },
            Def("__copy__(self, /)", .pure) { _, a, _ in a[0] },
            Def("__deepcopy__(self, memo, /)", .pure) { _, a, _ in a[0] },
            Def("__class_getitem__(type, object, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        ], getters: [
            Getter("string", "The string passed to match() or search().", isMember: true) { _, a, _ in a[0].object(MatchObject.self).pointee.string },
            Getter("re", "The regular expression object.", isMember: true) { _, a, _ in a[0].object(MatchObject.self).pointee.pattern },
            Getter("pos", "The index into the string at which the RE engine started looking for a match.", isMember: true) { thread, a, _ in thread.newInt(a[0].object(MatchObject.self).pointee.from) },
            Getter("endpos", "The index into the string beyond which the RE engine will not go.", isMember: true) { thread, a, _ in thread.newInt(a[0].object(MatchObject.self).pointee.to) },
            Getter("lastindex", "The integer index of the last matched capturing group.") { thread, a, _ in
                let last = a[0].object(MatchObject.self).pointee.lastIndex
                return last > 0 ? thread.newInt(last) : .none
            },
            Getter("lastgroup", "The name of the last matched capturing group.") { _, a, _ in
                let match = a[0].object(MatchObject.self)
                let names = match.pointee.pattern.object(PatternObject.self).pointee.indexGroup
                let last = match.pointee.lastIndex
                return last > 0 && last < TupleRef(names).count ? TupleRef(names)[last] : .none
            },
            Getter("regs") { thread, a, _ in RegexMatch.regs(thread, a[0]) },
        ]) { slots in
            slots.unary(.repr) { thread, value in
                let match = value.object(MatchObject.self)
                let text = RegexMatch.text(thread, match, 0)
                if text.isEmpty { return .empty }
                let shown = thread.repr(text)
                if shown.isEmpty { return .empty }
                let spans = RegexMatch.spans(match)
                let before = thread.newString("<re.Match object; span=(\(spans[0]), \(spans[1])), match="), after = thread.newString(">")
                if before.isEmpty || after.isEmpty { return .empty }
                let joined = thread.concatenate(StringRef(before), StringRef(shown))
                return joined.isEmpty ? .empty : thread.concatenate(StringRef(joined), StringRef(after))
            }
            slots.lookup { thread, value, key in
                let match = value.object(MatchObject.self)
                let group = RegexMatch.group(thread, match, key)
                return group < 0 ? .empty : RegexMatch.text(thread, match, group)
            }
        }
    }
}
