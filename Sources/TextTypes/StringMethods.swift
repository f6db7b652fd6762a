import Glibc
import Objects

/// The methods of `str`.
enum StringMethods {
    static let defs: [Def] = search + splitting + changing + caseMethods + predicates + conversion

    // MARK: Searching

    private static let search: [Def] = [
        Def("find(self, sub, start=None, end=None, /)", .callsOnArguments, """
            S.find(sub[, start[, end]])

            Where sub first occurs within S[start:end], counted from the start of S; -1 if it does not.
            """, isUnsigned: true) { thread, a, _ in StringMethods.find(thread, a, last: false, strict: false) },
        Def("rfind(self, sub, start=None, end=None, /)", .callsOnArguments, """
            S.rfind(sub[, start[, end]])

            Where sub last occurs within S[start:end], counted from the start of S; -1 if it does not.
            """, isUnsigned: true) { thread, a, _ in StringMethods.find(thread, a, last: true, strict: false) },
        Def("index(self, sub, start=None, end=None, /)", .callsOnArguments, """
            S.index(sub[, start[, end]])

            Where sub first occurs within S[start:end], counted from the start of S; ValueError if it does not.
            """, isUnsigned: true) { thread, a, _ in StringMethods.find(thread, a, last: false, strict: true) },
        Def("rindex(self, sub, start=None, end=None, /)", .callsOnArguments, """
            S.rindex(sub[, start[, end]])

            Where sub last occurs within S[start:end], counted from the start of S; ValueError if it does not.
            """, isUnsigned: true) { thread, a, _ in StringMethods.find(thread, a, last: true, strict: true) },
        Def("count(self, sub, start=None, end=None, /)", .callsOnArguments, "S.count(sub[, start[, end]])\n\nHow often sub occurs within S[start:end] without overlapping itself.", isUnsigned: true) { thread, a, _ in
            let units = Units(StringRef(a[0]))
            guard let (start, end) = SliceSpan.range(thread, a[2], a[3], units.count) else { return .empty }
            guard a[1].isString else { return thread.raise(.typeError, "must be str, not \(a[1].type.name)") }
            return Value(small: units.occurrences(Units(StringRef(a[1])), start, end))
        },
        Def("startswith(self, prefix, start=None, end=None, /)", .callsOnArguments, """
            S.startswith(prefix[, start[, end]])

            Whether S[start:end] starts with a prefix, or with one of a tuple of them.
            """, isUnsigned: true) { thread, a, _ in StringMethods.affix(thread, a, atEnd: false) },
        Def("endswith(self, suffix, start=None, end=None, /)", .callsOnArguments, "S.endswith(suffix[, start[, end]])\n\nWhether S[start:end] ends with a suffix, or with one of a tuple of them.", isUnsigned: true) { thread, a, _ in StringMethods.affix(thread, a, atEnd: true) },
    ]

    @inline(__always) static func find(_ thread: ThreadRef, _ a: Arguments, last: Bool, strict: Bool) -> Value {
        let units = Units(StringRef(a[0]))
        guard let (start, end) = SliceSpan.range(thread, a[2], a[3], units.count) else { return .empty }
        guard a[1].isString else { return thread.raise(.typeError, "must be str, not \(a[1].type.name)") }
        let needle = Units(StringRef(a[1]))
        let place = start > end ? -1 : last ? units.findLast(needle, start, end) : units.find(needle, start, end)
        if place < 0 && strict { return thread.raise(.valueError, "substring not found") }
        return Value(small: place)
    }

    static func affix(_ thread: ThreadRef, _ a: Arguments, atEnd: Bool) -> Value {
        let units = Units(StringRef(a[0]))
        guard let (start, end) = SliceSpan.range(thread, a[2], a[3], units.count) else { return .empty }
        if a[1].isString { return Value(hasAffix(units, Units(StringRef(a[1])), start, end, atEnd)) }
        let name = atEnd ? "endswith" : "startswith"
        guard a[1].isTuple else { return thread.raise(.typeError, "\(name) first arg must be str or a tuple of str, not \(a[1].type.name)") }
        let tuple = TupleRef(a[1])
        for index in 0 ..< tuple.count {
            guard tuple[index].isString else { return thread.raise(.typeError, "tuple for \(name) must only contain str, not \(tuple[index].type.name)") }
            if hasAffix(units, Units(StringRef(tuple[index])), start, end, atEnd) { return .true }
        }
        return .false
    }

    @inline(__always) static func hasAffix(_ units: Units, _ affix: Units, _ start: Int, _ end: Int, _ atEnd: Bool) -> Bool {
        if end - start < affix.count { return false }
        return units.matches(affix, at: atEnd ? end - affix.count : start)
    }

    // MARK: Splitting

    private static let splitting: [Def] = [
        Def("split(self, /, sep=None, maxsplit=-1)", .callsOnArguments, """
            The parts between separators, as a list; sep None is any run of white space, and then no part is empty.

            maxsplit is how often to split at the most, -1 as often as possible.
            """) { thread, a, _ in StringMethods.split(thread, a, fromEnd: false) },
        Def("rsplit(self, /, sep=None, maxsplit=-1)", .callsOnArguments, """
            The parts between separators, as a list, looked for from the end; sep None is any run of white space, and then no part is empty.

            maxsplit is how often to split at the most, -1 as often as possible.
            """) { thread, a, _ in StringMethods.split(thread, a, fromEnd: true) },
        Def("splitlines(self, /, keepends=False)", .callsOnArguments, "The lines, as a list, with their ends if keepends is true.") { thread, a, _ in
            guard let keep = a[1].isEmpty ? 0 : thread.toCInt(a[1]) else { return .empty }
            return Text(string: a[0]).splitLines(thread, keepEnds: keep != 0)
        },
        Def("partition(self, sep, /)", .reads, "What is before the first separator, the separator, and what is after it; without one, everything and twice nothing.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "must be str, not \(a[1].type.name)") }
            return Text(string: a[0]).partition(thread, Units(StringRef(a[1])), a[1], last: false)
        },
        Def("rpartition(self, sep, /)", .reads, "What is before the last separator, the separator, and what is after it; without one, twice nothing and everything.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "must be str, not \(a[1].type.name)") }
            return Text(string: a[0]).partition(thread, Units(StringRef(a[1])), a[1], last: true)
        },
        Def("join(self, iterable, /)", .calls, "Join strings, with this one between them: '-'.join(['a', 'b']) is 'a-b'.") { thread, a, _ in StringMethods.join(thread, StringRef(a[0]), a[1]) },
    ]

    @inline(__always) static func split(_ thread: ThreadRef, _ a: Arguments, fromEnd: Bool) -> Value {
        var limit = -1
        if !a[2].isEmpty {
            guard let value = thread.toInt(a[2]) else { return .empty }
            limit = value
        }
        let text = Text(string: a[0])
        if a[1].isEmpty || a[1].isNone { return fromEnd ? text.splitFromEnd(thread, limit: limit) : text.split(thread, limit: limit) }
        guard a[1].isString else { return thread.raise(.typeError, "must be str or None, not \(a[1].type.name)") }
        let separator = Units(StringRef(a[1]))
        return fromEnd ? text.splitFromEnd(thread, separator, limit: limit) : text.split(thread, separator, limit: limit)
    }

    /// separator.join(iterable)
    static func join(_ thread: ThreadRef, _ separator: StringRef, _ iterable: Value) -> Value {
        let source = thread.sequence(iterable, typeError: "can only join an iterable")
        if source.isEmpty { return .empty }
        // Nothing from here on runs Python, so the items stay where they are.
        let isList = source.isExact(.list)
        let count = isList ? ListRef(source).count : TupleRef(source).count
        if count == 0 { return WellKnown.emptyString.value }
        let items = isList ? ListRef(source).items : TupleRef(source).items
        if count == 1 && items[0].isExact(.str) { return items[0] }
        var total = 0
        var width = count > 1 ? separator.width : 1
        var ascii = count > 1 ? separator.isASCII : true
        for index in 0 ..< count {
            let item = items[index]
            guard item.isString else { return thread.raise(.typeError, "sequence item \(index): expected str instance, \(item.type.name) found") }
            let string = StringRef(item)
            let (sum, overflow) = total.addingReportingOverflow(string.count)
            if overflow { return thread.raise(.overflowError, "join() result is too long for a Python string") }
            total = sum
            width = max(width, string.width)
            if !string.isASCII { ascii = false }
        }
        let (gaps, overflow) = separator.count.multipliedReportingOverflow(by: count - 1)
        let (length, overflow2) = total.addingReportingOverflow(gaps)
        guard !overflow, !overflow2 else { return thread.raise(.overflowError, "join() result is too long for a Python string") }
        guard length < 1 << 44, let result = StringRef.allocate(count: length, width: width, ascii: ascii) else { return thread.raiseOutOfMemory() }
        var place = 0
        if width == 1 {
            let target = result.units1
            let gap = separator.count
            for index in 0 ..< count {
                if index > 0 && gap > 0 {
                    if gap == 1 { target[place] = separator.units1[0] } else { memcpy(target + place, separator.units, gap) }
                    place &+= gap
                }
                let string = StringRef(items[index])
                memcpy(target + place, string.units, string.count)
                place &+= string.count
            }
        } else {
            for index in 0 ..< count {
                if index > 0 {
                    result.copy(from: separator, at: place)
                    place += separator.count
                }
                let string = StringRef(items[index])
                result.copy(from: string, at: place)
                place += string.count
            }
        }
        if length <= 1 && width == 1 { return length == 0 ? WellKnown.emptyString.value : taipan_latin1()[Int(result.units1[0])] }
        return result.value
    }

    // MARK: Changing

    private static let changing: [Def] = [
        Def("replace(self, old, new, count=-1, /)", .callsOnArguments, "A copy with new in place of each old, or of the first count of them.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "replace() argument 1 must be str, not \(a[1].argumentTypeName)") }
            guard a[2].isString else { return thread.raise(.typeError, "replace() argument 2 must be str, not \(a[2].argumentTypeName)") }
            var limit = -1
            if !a[3].isEmpty {
                guard let value = thread.toInt(a[3]) else { return .empty }
                limit = value
            }
            return Text(string: a[0]).replace(thread, Units(StringRef(a[1])), Units(StringRef(a[2])), limit: limit)
        },
        Def("strip(self, chars=None, /)", .pure, "A copy without the characters at both ends that are in chars, or else are white space.") { thread, a, _ in StringMethods.strip(thread, a, "strip", left: true, right: true) },
        Def("lstrip(self, chars=None, /)", .pure, "A copy without the characters at the start that are in chars, or else are white space.") { thread, a, _ in StringMethods.strip(thread, a, "lstrip", left: true, right: false) },
        Def("rstrip(self, chars=None, /)", .pure, "A copy without the characters at the end that are in chars, or else are white space.") { thread, a, _ in StringMethods.strip(thread, a, "rstrip", left: false, right: true) },
        Def("removeprefix(self, prefix, /)", .pure, "A copy without the prefix, where there is one.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "removeprefix() argument must be str, not \(a[1].argumentTypeName)") }
            let text = Text(string: a[0]), prefix = Units(StringRef(a[1]))
            return text.piece(thread, StringMethods.hasAffix(text.units, prefix, 0, text.count, false) ? prefix.count : 0, text.count)
        },
        Def("removesuffix(self, suffix, /)", .pure, "A copy without the suffix, where there is one.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "removesuffix() argument must be str, not \(a[1].argumentTypeName)") }
            let text = Text(string: a[0]), suffix = Units(StringRef(a[1]))
            return text.piece(thread, 0, StringMethods.hasAffix(text.units, suffix, 0, text.count, true) ? text.count - suffix.count : text.count)
        },
        Def("center(self, width, fillchar=' ', /)", .callsOnArguments, "A copy with fillchar added on both sides until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = StringMethods.fillCharacter(thread, a[2]) else { return .empty }
            return Text(string: a[0]).center(thread, width, fill)
        },
        Def("ljust(self, width, fillchar=' ', /)", .callsOnArguments, "A copy with fillchar added on the right until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = StringMethods.fillCharacter(thread, a[2]) else { return .empty }
            let text = Text(string: a[0])
            return text.pad(thread, left: 0, right: width > text.count ? width - text.count : 0, fill)
        },
        Def("rjust(self, width, fillchar=' ', /)", .callsOnArguments, "A copy with fillchar added on the left until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = StringMethods.fillCharacter(thread, a[2]) else { return .empty }
            let text = Text(string: a[0])
            return text.pad(thread, left: width > text.count ? width - text.count : 0, right: 0, fill)
        },
        Def("zfill(self, width, /)", .callsOnArguments, "A copy with zeros added on the left, behind a sign, until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]) else { return .empty }
            return Text(string: a[0]).zeroFill(thread, width)
        },
        Def("expandtabs(self, /, tabsize=8)", .callsOnArguments, "A copy with spaces in place of tabs, up to the next multiple of tabsize columns.") { thread, a, _ in
            var size = 8
            if !a[1].isEmpty {
                guard let narrow = thread.toCInt(a[1]) else { return .empty }
                size = narrow
            }
            return Text(string: a[0]).expandTabs(thread, size)
        },
        Def("translate(self, table, /)", .calls, """
            A copy where each character has become what table[code] says: a string, a code, or None for nothing. Those for which it raises LookupError stay.

            str.maketrans() makes tables.
            """) { thread, a, _ in StringMethods.translate(thread, StringRef(a[0]), a[1]) },
        Def("maketrans(x, y=None, z=None, /)", .reads, """
            Return a translation table usable for str.translate().

            If there is only one argument, it must be a dictionary mapping Unicode
            ordinals (integers) or characters to Unicode ordinals, strings or None.
            Character keys will be then converted to ordinals.
            If there are two arguments, they must be strings of equal length, and
            in the resulting dictionary, each character in x will be mapped to the
            character at the same position in y. If there is a third argument, it
            must be a string, whose characters will be mapped to None in the result.
            """, kind: .staticMethod) { thread, a, _ in StringMethods.makeTranslation(thread, a[0], a[1], a[2]) },
    ]

    static func strip(_ thread: ThreadRef, _ a: Arguments, _ name: StaticString, left: Bool, right: Bool) -> Value {
        let text = Text(string: a[0])
        if a[1].isEmpty || a[1].isNone { return text.strip(thread, left: left, right: right) }
        guard a[1].isString else { return thread.raise(.typeError, "\(name) arg must be None or str") }
        return text.strip(thread, Units(StringRef(a[1])), left: left, right: right)
    }

    static func fillCharacter(_ thread: ThreadRef, _ value: Value) -> UInt32? {
        if value.isEmpty { return 32 }
        guard value.isString else {
            thread.raise(.typeError, "The fill character must be a unicode character, not \(value.type.name)")
            return nil
        }
        guard StringRef(value).count == 1 else {
            thread.raise(.typeError, "The fill character must be exactly one character long")
            return nil
        }
        return StringRef(value)[0]
    }

    static func translate(_ thread: ThreadRef, _ string: StringRef, _ table: Value) -> Value {
        guard string.count == 0 || table.type.slotPointer(.getItem).pointee != nil else { return thread.raise(.typeError, "'\(table.type.name)' object is not subscriptable") }
        var builder = StringBuilder()
        builder.reserve(string.count)
        // What ASCII characters become: asked once for each.
        var known = [Int32](repeating: -3, count: 128)
        for index in 0 ..< string.count {
            let character = string[index]
            if character < 128 && known[Int(character)] != -3 {
                let mapped = known[Int(character)]
                if mapped >= 0 { builder.append(UInt32(mapped)) }
                continue
            }
            let mapped = lookupTranslation(thread, table, character)
            if mapped.isEmpty { return .empty }
            if mapped.isNone {
                if character < 128 { known[Int(character)] = -1 }
            } else if mapped.isSmallInt {
                builder.append(UInt32(mapped.smallInt))
                if character < 128 { known[Int(character)] = Int32(mapped.smallInt) }
            } else {
                let text = StringRef(mapped)
                builder.append(text)
                if character < 128 && text.count == 1 { known[Int(character)] = Int32(text[0]) }
            }
        }
        return builder.finish(thread)
    }

    /// What a table maps a character to: None, a code point, or a str.
    static func lookupTranslation(_ thread: ThreadRef, _ table: Value, _ character: UInt32) -> Value {
        let mapped: Value
        if table.isExact(.dict) {
            // What is not there stays as it is: no KeyError need be made for that.
            mapped = DictRef(table).get(thread, Value(small: Int(character)))
            if mapped.isEmpty && !thread.hasException { return Value(small: Int(character)) }
        } else {
            mapped = thread.getItem(table, Value(small: Int(character)))
        }
        if mapped.isEmpty {
            return thread.clearException(.lookupError) ? Value(small: Int(character)) : .empty
        }
        if mapped.isNone || mapped.isString { return mapped }
        if mapped.isInt {
            guard let value = IntOps.toInt(mapped), value >= 0, value <= 0x10FFFF else { return thread.raise(.valueError, "character mapping must be in range(0x110000)") }
            return Value(small: value)
        }
        return thread.raise(.typeError, "character mapping must return integer, None or str")
    }

    static func makeTranslation(_ thread: ThreadRef, _ x: Value, _ y: Value, _ z: Value) -> Value {
        let result = thread.newDict()
        if result.isEmpty { return .empty }
        let dict = DictRef(result)
        if !y.isEmpty {
            guard y.isString else { return thread.raise(.typeError, "maketrans() argument 2 must be str, not \(y.argumentTypeName)") }
            guard z.isEmpty || z.isString else { return thread.raise(.typeError, "maketrans() argument 3 must be str, not \(z.argumentTypeName)") }
            guard x.isString else { return thread.raise(.typeError, "first maketrans argument must be a string if there is a second argument") }
            let from = StringRef(x), to = StringRef(y)
            guard from.count == to.count else { return thread.raise(.valueError, "the first two maketrans arguments must have equal length") }
            for index in 0 ..< from.count where !dict.set(thread, Value(small: Int(from[index])), Value(small: Int(to[index]))) { return .empty }
            if !z.isEmpty {
                for index in 0 ..< StringRef(z).count where !dict.set(thread, Value(small: Int(StringRef(z)[index])), .none) { return .empty }
            }
            return result
        }
        guard x.isDict else { return thread.raise(.typeError, "if you give only one argument to maketrans it must be a dict") }
        var position = 0
        while let (key, value) = DictRef(x).next(&position) {
            if key.isString {
                guard StringRef(key).count == 1 else { return thread.raise(.valueError, "string keys in translate table must be of length 1") }
                if !dict.set(thread, Value(small: Int(StringRef(key)[0])), value) { return .empty }
            } else if key.isInt {
                if !dict.set(thread, key, value) { return .empty }
            } else {
                return thread.raise(.typeError, "keys in translate table must be strings or integers")
            }
        }
        return result
    }

    // MARK: Case

    private static let caseMethods: [Def] = [
        Def("lower(self, /)", .pure, "Return a copy of the string converted to lowercase.") { thread, a, _ in StringMethods.mapCase(thread, StringRef(a[0]), .lower) },
        Def("upper(self, /)", .pure, "Return a copy of the string converted to uppercase.") { thread, a, _ in StringMethods.mapCase(thread, StringRef(a[0]), .upper) },
        Def("casefold(self, /)", .pure, "A copy to be compared where case does not count.") { thread, a, _ in StringMethods.mapCase(thread, StringRef(a[0]), .fold) },
        Def("swapcase(self, /)", .pure, "A copy with small letters in place of capitals, and the other way round.") { thread, a, _ in
            if StringRef(a[0]).isASCII { return StringMethods.mapASCII(thread, StringRef(a[0])) { unit, _, _ in unit ^ 32 } }
            let units = Units(StringRef(a[0]))
            var builder = StringBuilder()
            builder.reserve(units.count)
            for index in 0 ..< units.count {
                let properties = Characters.properties(units[index])
                if properties & Characters.upper != 0 { Characters.appendLower(units, index, to: &builder) }
                else if properties & Characters.lower != 0 { Characters.append(units[index], .upper, to: &builder) }
                else { builder.append(units[index]) }
            }
            return builder.finish(thread)
        },
        Def("capitalize(self, /)", .pure, "A copy whose first character is a capital (in title case, where that differs), and whose others are small.") { thread, a, _ in
            let units = Units(StringRef(a[0]))
            if units.count == 0 { return WellKnown.emptyString.value }
            if StringRef(a[0]).isASCII { return StringMethods.mapASCII(thread, StringRef(a[0])) { unit, index, _ in index == 0 ? unit & ~32 : unit | 32 } }
            var builder = StringBuilder()
            builder.reserve(units.count)
            Characters.append(units[0], .title, to: &builder)
            for index in 1 ..< max(units.count, 1) { Characters.appendLower(units, index, to: &builder) }
            return builder.finish(thread)
        },
        Def("title(self, /)", .pure, "A copy in which each word starts with a capital and goes on with small letters.") { thread, a, _ in
            if StringRef(a[0]).isASCII { return StringMethods.mapASCII(thread, StringRef(a[0])) { unit, _, inWord in inWord ? unit | 32 : unit & ~32 } }
            let units = Units(StringRef(a[0]))
            var builder = StringBuilder()
            builder.reserve(units.count)
            var inWord = false
            for index in 0 ..< units.count {
                if inWord { Characters.appendLower(units, index, to: &builder) } else { Characters.append(units[index], .title, to: &builder) }
                inWord = Characters.has(units[index], Characters.cased)
            }
            return builder.finish(thread)
        },
    ]

    /// An ASCII string with its letters changed: `change` is told a letter's index, and whether a letter stands before it.
    @inline(__always) private static func mapASCII(_ thread: ThreadRef, _ string: StringRef, _ change: (UInt8, Int, Bool) -> UInt8) -> Value {
        let count = string.count
        if count == 0 { return WellKnown.emptyString.value }
        guard let result = StringRef.allocate(count: count, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
        let source = string.units1, target = result.units1
        var inWord = false
        for index in 0 ..< count {
            let unit = source[index]
            let isLetter = (unit | 32) &- 97 < 26
            target[index] = isLetter ? change(unit, index, inWord) : unit
            inWord = isLetter
        }
        return count == 1 ? taipan_latin1()[Int(target[0])] : result.value
    }

    static func mapCase(_ thread: ThreadRef, _ string: StringRef, _ mapping: Characters.Mapping) -> Value {
        let count = string.count
        if string.isASCII {
            if count == 0 { return WellKnown.emptyString.value }
            let source = string.units1
            if count == 1 {
                let character = source[0]
                let mapped = mapping == .upper ? (character &- 97 < 26 ? character & ~32 : character) : (character &- 65 < 26 ? character | 32 : character)
                return taipan_latin1()[Int(mapped)]
            }
            guard let result = StringRef.allocate(count: count, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
            let target = result.units1
            if mapping == .upper {
                for index in 0 ..< count { let character = source[index]; target[index] = character &- 97 < 26 ? character & ~32 : character }
            } else {
                for index in 0 ..< count { let character = source[index]; target[index] = character &- 65 < 26 ? character | 32 : character }
            }
            return result.value
        }
        if string.width == 1, mapping == .lower || mapping == .upper {
            let result = mapLatin1(thread, string, mapping)
            if !result.isEmpty || thread.hasException { return result }
        }
        if let result = string.width == 2 ? mapEach(thread, string.units2, string, mapping) : string.width == 4 ? mapEach(thread, string.units4, string, mapping) : nil { return result }
        let units = Units(string)
        var builder = StringBuilder()
        builder.reserve(count)
        if mapping == .lower {
            for index in 0 ..< count { Characters.appendLower(units, index, to: &builder) }
        } else {
            for index in 0 ..< count { Characters.append(units[index], mapping, to: &builder) }
        }
        return builder.finish(thread)
    }

    /// A wide string with each character mapped; nil where one becomes several, or wider, or depends on its neighbours.
    private static func mapEach<U: FixedWidthInteger & UnsignedInteger>(_ thread: ThreadRef, _ source: UnsafeMutablePointer<U>, _ string: StringRef, _ mapping: Characters.Mapping) -> Value? {
        let count = string.count
        if count == 1 { return nil }
        guard let result = StringRef.allocate(count: count, width: MemoryLayout<U>.size, ascii: false) else { return thread.raiseOutOfMemory() }
        let target = result.units.assumingMemoryBound(to: U.self)
        var bits: U = 0
        for index in 0 ..< count {
            let character = UInt32(truncatingIfNeeded: source[index])
            guard let mapped = Characters.mapped(character, mapping), mapping != .lower || character != 0x3A3, let unit = U(exactly: mapped) else { return nil }
            target[index] = unit
            bits |= unit
        }
        return UnitRuns.width(bits: UInt32(bits)) < MemoryLayout<U>.size ? thread.newString(units: result.units, MemoryLayout<U>.size, 0, count) : result.value
    }

    /// The upper or lower case of Latin-1 characters that are not all ASCII. Empty, with nothing raised, where the result is not Latin-1 or of another length.
    private static func mapLatin1(_ thread: ThreadRef, _ string: StringRef, _ mapping: Characters.Mapping) -> Value {
        let count = string.count, source = string.units1
        if mapping == .upper { for index in 0 ..< count where source[index] == 0xB5 || source[index] == 0xDF || source[index] == 0xFF { return .empty } }
        let result = thread.newString(count: count, maximum: 0xFF)
        if result.isEmpty { return .empty }
        let target = StringRef(result).units1
        for index in 0 ..< count {
            let character = source[index]
            if mapping == .upper {
                target[index] = character &- 97 < 26 || character >= 0xE0 && character != 0xF7 ? character & ~32 : character
            } else {
                target[index] = character &- 65 < 26 || character >= 0xC0 && character <= 0xDE && character != 0xD7 ? character | 32 : character
            }
        }
        return result
    }

    // MARK: Predicates

    private static let predicates: [Def] = [
        Def("isalpha(self, /)", .pure, "Whether there is a character and all are letters.") { _, a, _ in StringMethods.all(a[0], Characters.alpha) },
        Def("isalnum(self, /)", .pure, "Whether there is a character and all are letters or numbers.") { _, a, _ in StringMethods.all(a[0], Characters.alphanumeric) },
        Def("isdecimal(self, /)", .pure, "Whether there is a character and all are decimal digits.") { _, a, _ in StringMethods.all(a[0], Characters.decimal) },
        Def("isdigit(self, /)", .pure, "Whether there is a character and all are digits, superscripts and the like included.") { _, a, _ in StringMethods.all(a[0], Characters.digit) },
        Def("isnumeric(self, /)", .pure, "Whether there is a character and all mean numbers, fractions and the like included.") { _, a, _ in StringMethods.all(a[0], Characters.numeric) },
        Def("isspace(self, /)", .pure, "Whether there is a character and all are white space.") { _, a, _ in StringMethods.all(a[0], Characters.space) },
        Def("isprintable(self, /)", .pure, "Whether repr() would show each character as it is.") { _, a, _ in StringRef(a[0]).count == 0 ? .true : StringMethods.all(a[0], Characters.printable) },
        Def("isascii(self, /)", .pure, "Whether no character is above U+007F.") { _, a, _ in Value(StringRef(a[0]).isASCII) },
        Def("islower(self, /)", .pure, "Whether there is a letter with case and all of them are small.") { _, a, _ in StringMethods.isCased(a[0], Characters.lower, Characters.upper | Characters.title) },
        Def("isupper(self, /)", .pure, "Whether there is a letter with case and all of them are capitals.") { _, a, _ in StringMethods.isCased(a[0], Characters.upper, Characters.lower | Characters.title) },
        Def("istitle(self, /)", .pure, "Whether there is a word, and each one starts with a capital and goes on with small letters.") { _, a, _ in
            let units = Units(StringRef(a[0]))
            var cased = false
            var previous = false
            for index in 0 ..< units.count {
                let properties = Characters.properties(units[index])
                if properties & (Characters.upper | Characters.title) != 0 {
                    if previous { return .false }
                    previous = true
                    cased = true
                } else if properties & Characters.lower != 0 {
                    if !previous { return .false }
                    cased = true
                } else {
                    previous = false
                }
            }
            return Value(cased)
        },
        Def("isidentifier(self, /)", .pure, "Whether this could be a name in Python. Keywords could: keyword.iskeyword() tells.") { _, a, _ in Value(StringMethods.isIdentifier(Units(StringRef(a[0])))) },
    ]

    static func all(_ value: Value, _ mask: UInt16) -> Value {
        let units = Units(StringRef(value))
        for index in 0 ..< units.count where !Characters.has(units[index], mask) { return .false }
        return Value(units.count > 0)
    }

    static func isCased(_ value: Value, _ wanted: UInt16, _ unwanted: UInt16) -> Value {
        let units = Units(StringRef(value))
        var found = false
        for index in 0 ..< units.count {
            let properties = Characters.properties(units[index])
            if properties & unwanted != 0 { return .false }
            if properties & wanted != 0 { found = true }
        }
        return Value(found)
    }

    static func isIdentifier(_ units: Units) -> Bool {
        if units.count == 0 || !Characters.has(units[0], Characters.identifierStart) { return false }
        for index in 1 ..< max(units.count, 1) where !Characters.has(units[index], Characters.identifierContinue) { return false }
        return true
    }

    // MARK: Conversion

    private static let conversion: [Def] = [
        Def("encode(self, /, encoding='utf-8', errors='strict')", .calls, """
            The bytes of this text in an encoding.

            errors names what to do about characters that it lacks: 'strict' raises UnicodeEncodeError, 'ignore', 'replace' and 'xmlcharrefreplace' do as they say, and codecs.register_error adds others.
            """) { thread, a, _ in
            guard a[1].isEmpty || a[1].isString else { return thread.raise(.typeError, "encode() argument 'encoding' must be str, not \(a[1].argumentTypeName)") }
            guard a[2].isEmpty || a[2].isString else { return thread.raise(.typeError, "encode() argument 'errors' must be str, not \(a[2].argumentTypeName)") }
            return thread.encode(a[0], encoding: a[1], errors: a[2])
        },
        Def("format(self, /, *args, **kwargs)", .calls, "S.format(*args, **kwargs)\n\nA copy with arguments in place of what stands in braces.") { thread, a, _ in BraceFormat.format(thread, StringRef(a[0]), a[1], a[2]) },
        Def("format_map(self, mapping, /)", .calls, "S.format_map(mapping)\n\nA copy with items of the mapping in place of what stands in braces.") { thread, a, _ in BraceFormat.format(thread, StringRef(a[0]), .empty, a[1]) },
        Def("__format__(self, format_spec, /)", .pure, "This string as a format specification wants it.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__format__() argument must be str, not \(a[1].argumentTypeName)") }
            if StringRef(a[1]).count == 0 { return a[0].isExact(.str) ? a[0] : thread.str(a[0]) }
            return StringFormatSpec.format(thread, StringRef(a[0]), StringRef(a[1]))
        },
        Def("__getnewargs__(self, /)", .reads) { thread, a, _ in
            // A copy, even of an exact str.
            let own = StringRef(a[0])
            guard let copy = StringRef.allocate(count: own.count, width: own.width, ascii: own.isASCII) else { return thread.raiseOutOfMemory() }
            copy.copy(from: own, at: 0)
            return thread.newTuple(copy.value)
        },
        Def("__sizeof__(self, /)", .pure, "Return the size of the string in memory, in bytes.") { _, a, _ in
            let string = StringRef(a[0])
            return Value(small: (string.isASCII ? 49 : string.width == 1 ? 73 : 74 + (string.width == 4 ? 2 : 0)) + string.count * string.width)
        },
    ]
}
