import Glibc
import Objects

/// The methods of `bytes` and `bytearray`, written once for both.
public enum ByteMethods {
    static let shared: [Def] = search + splitting + changing + caseMethods + predicates + conversion

    /// An index as a subscript takes it, in range; nil when it has raised.
    @inline(__always) static func index(_ thread: ThreadRef, _ key: Value, _ count: Int, _ name: StaticString, _ message: StaticString) -> Int? {
        if key.isSmallInt {
            var index = key.smallInt
            if index < 0 { index &+= count }
            if UInt(bitPattern: index) < UInt(bitPattern: count) { return index }
            thread.raise(.indexError, "\(message)")
            return nil
        }
        guard key.isInt || key.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "\(name) indices must be integers or slices, not \(key.type.name)")
            return nil
        }
        guard var index = thread.toInt(key, overflow: .indexError) else { return nil }
        if index < 0 { index &+= count }
        guard index >= 0 && index < count else {
            thread.raise(.indexError, "\(message)")
            return nil
        }
        return index
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        if a.isExact(.bytes) && b.isExact(.bytes) {
            let left = BytesRef(a), right = BytesRef(b)
            if comparison == .equal || comparison == .notEqual {
                let same = left.count == right.count && memcmp(left.bytes, right.bytes, left.count) == 0
                return Value(same == (comparison == .equal))
            }
        }
        guard a.isBuffer, b.isBuffer else {
            if BytesType.warnings > 0, comparison == .equal || comparison == .notEqual {
                let name = a.isBytes || b.isBytes ? "bytes" : "bytearray"
                if a.isString || b.isString, !RuntimeHooks.warn(thread, .bytesWarning, "Comparison between \(name) and string", 1) { return .empty }
                if name == "bytes", a.isInt || b.isInt, !RuntimeHooks.warn(thread, .bytesWarning, "Comparison between bytes and int", 1) { return .empty }
            }
            return .notImplemented
        }
        // A memoryview compares by its own rules.
        if b.isExact(.memoryview) && a.isInstance(of: .bytearray) == false && !a.isBytes { return .notImplemented }
        if a.isBytes && !b.isBytes { return .notImplemented }
        var left = BufferView(), right = BufferView()
        guard thread.acquireBuffer(a, &left) else { thread.takeException(); return .notImplemented }
        defer { thread.releaseBuffer(&left) }
        guard thread.acquireBuffer(b, &right) else { thread.takeException(); return .notImplemented }
        defer { thread.releaseBuffer(&right) }
        if left.length != right.length && (comparison == .equal || comparison == .notEqual) { return Value(comparison == .notEqual) }
        let order = Int(memcmp(left.pointer, right.pointer, min(left.length, right.length)))
        return Value(comparison.holds(order != 0 ? order : left.length - right.length))
    }

    static func contains(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Int32 {
        if item.isInt || item.type.slotPointer(.index).pointee != nil && !item.isBuffer {
            let number = item.isInt ? item : thread.toIndex(item)
            if number.isEmpty {
                // Whatever its conversion raises, it is then no number, and bytes are wanted.
                thread.takeException()
                thread.raise(.typeError, "a bytes-like object is required, not '\(item.type.name)'")
                return -1
            }
            guard let byte = BytesType.byteValue(thread, number) else { return -1 }
            let units = Text(binary: value).units
            return units.find(UInt32(byte), 0, units.count) >= 0 ? 1 : 0
        }
        var view = BufferView()
        guard thread.acquireBuffer(item, &view) else { return -1 }
        let units = Text(binary: value).units
        let found = units.find(Units(view.bytes, view.length), 0, units.count) >= 0
        thread.releaseBuffer(&view)
        return found ? 1 : 0
    }

    static func concatenate(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        var left = BufferView(), right = BufferView()
        guard a.isBuffer, b.isBuffer, thread.acquireBuffer(a, &left) else {
            thread.takeException()
            return thread.raise(.typeError, "can't concat \(b.type.name) to \(a.type.name)")
        }
        defer { thread.releaseBuffer(&left) }
        guard thread.acquireBuffer(b, &right) else {
            thread.takeException()
            return thread.raise(.typeError, "can't concat \(b.type.name) to \(a.type.name)")
        }
        defer { thread.releaseBuffer(&right) }
        let total = left.length + right.length
        let result = a.isBytes ? thread.newBytes(unwritten: total) : thread.newByteArray(count: total)
        if result.isEmpty { return .empty }
        let target = a.isBytes ? BytesRef(result).bytes : ByteArrayRef(result).bytes
        memcpy(target, left.pointer, left.length)
        memcpy(target + left.length, right.pointer, right.length)
        return result
    }

    /// Calls `body` with the bytes that a buffer or (where allowed) an int stands for.
    @inline(__always) static func withNeedle(_ thread: ThreadRef, _ value: Value, integer: Bool, _ body: (Units) -> Value) -> Value {
        if integer && !value.isBuffer {
            guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
                return thread.raise(.typeError, "argument should be integer or bytes-like object, not '\(value.type.name)'")
            }
            guard let byte = BytesType.byteValue(thread, value) else { return .empty }
            return body(Units(BytesRef(BytesType.single(byte)).bytes, 1))
        }
        return thread.withBuffer(value) { body(Units($0, $1)) }
    }

    // MARK: Searching

    private static let search: [Def] = [
        Def("find(self, sub, start=None, end=None, /)", .callsOnArguments, """
            B.find(sub[, start[, end]])

            Where sub first occurs within B[start:end], counted from the start of B; -1 if it does not.
            """, isUnsigned: true) { thread, a, _ in
            ByteMethods.find(thread, a, last: false, strict: false)
        },
        Def("rfind(self, sub, start=None, end=None, /)", .callsOnArguments, """
            B.rfind(sub[, start[, end]])

            Where sub last occurs within B[start:end], counted from the start of B; -1 if it does not.
            """, isUnsigned: true) { thread, a, _ in
            ByteMethods.find(thread, a, last: true, strict: false)
        },
        Def("index(self, sub, start=None, end=None, /)", .callsOnArguments, """
            B.index(sub[, start[, end]])

            Where sub first occurs within B[start:end], counted from the start of B; ValueError if it does not.
            """, isUnsigned: true) { thread, a, _ in
            ByteMethods.find(thread, a, last: false, strict: true)
        },
        Def("rindex(self, sub, start=None, end=None, /)", .callsOnArguments, """
            B.rindex(sub[, start[, end]])

            Where sub last occurs within B[start:end], counted from the start of B; ValueError if it does not.
            """, isUnsigned: true) { thread, a, _ in
            ByteMethods.find(thread, a, last: true, strict: true)
        },
        Def("count(self, sub, start=None, end=None, /)", .callsOnArguments, "B.count(sub[, start[, end]])\n\nHow often sub occurs within B[start:end] without overlapping itself.", isUnsigned: true) { thread, a, _ in
            guard let (start, end) = SliceSpan.range(thread, a[2], a[3], Text(binary: a[0]).count) else { return .empty }
            return ByteMethods.withNeedle(thread, a[1], integer: true) { needle in
                let units = Text(binary: a[0]).units
                return Value(small: units.occurrences(needle, start, min(end, units.count)))
            }
        },
        Def("startswith(self, prefix, start=None, end=None, /)", .callsOnArguments, """
            B.startswith(prefix[, start[, end]])

            Whether B[start:end] starts with a prefix, or with one of a tuple of them.
            """, isUnsigned: true) { thread, a, _ in
            ByteMethods.affix(thread, a, atEnd: false)
        },
        Def("endswith(self, suffix, start=None, end=None, /)", .callsOnArguments, "B.endswith(suffix[, start[, end]])\n\nWhether B[start:end] ends with a suffix, or with one of a tuple of them.", isUnsigned: true) { thread, a, _ in
            ByteMethods.affix(thread, a, atEnd: true)
        },
    ]

    static func find(_ thread: ThreadRef, _ a: Arguments, last: Bool, strict: Bool) -> Value {
        guard let (start, end) = SliceSpan.range(thread, a[2], a[3], Text(binary: a[0]).count) else { return .empty }
        return withNeedle(thread, a[1], integer: true) { needle in
            let units = Text(binary: a[0]).units
            let end = min(end, units.count)
            let place = start > end ? -1 : last ? units.findLast(needle, start, end) : units.find(needle, start, end)
            if place < 0 && strict { return thread.raise(.valueError, "subsection not found") }
            return Value(small: place)
        }
    }

    static func affix(_ thread: ThreadRef, _ a: Arguments, atEnd: Bool) -> Value {
        guard let (start, end) = SliceSpan.range(thread, a[2], a[3], Text(binary: a[0]).count) else { return .empty }
        func test(_ candidate: Value) -> Value {
            thread.withBuffer(candidate) { bytes, count in
                let units = Text(binary: a[0]).units
                return Value(StringMethods.hasAffix(units, Units(bytes, count), start, min(end, units.count), atEnd))
            }
        }
        if a[1].isTuple {
            for index in 0 ..< TupleRef(a[1]).count {
                let result = test(TupleRef(a[1])[index])
                if result != .false { return result }
            }
            return .false
        }
        guard a[1].isBuffer else {
            return thread.raise(.typeError, "\(atEnd ? "endswith" : "startswith") first arg must be bytes or a tuple of bytes, not \(a[1].type.name)")
        }
        return test(a[1])
    }

    // MARK: Splitting

    private static let splitting: [Def] = [
        Def("split(self, /, sep=None, maxsplit=-1)", .callsOnArguments, """
            The parts between separators, as a list; sep None is any run of white space, and then no part is empty.

            maxsplit is how often to split at the most, -1 as often as possible.
            """) { thread, a, _ in ByteMethods.split(thread, a, fromEnd: false) },
        Def("rsplit(self, /, sep=None, maxsplit=-1)", .callsOnArguments, """
            The parts between separators, as a list, looked for from the end; sep None is any run of white space, and then no part is empty.

            maxsplit is how often to split at the most, -1 as often as possible.
            """) { thread, a, _ in ByteMethods.split(thread, a, fromEnd: true) },
        Def("splitlines(self, /, keepends=False)", .callsOnArguments, "The lines, as a list, with their ends if keepends is true.") { thread, a, _ in
            guard let keep = a[1].isEmpty ? 0 : thread.toCInt(a[1]) else { return .empty }
            return Text(binary: a[0]).splitLines(thread, keepEnds: keep != 0)
        },
        Def("partition(self, sep, /)", .reads, "What is before the first separator, the separator, and what is after it; without one, everything and twice nothing.") { thread, a, _ in
            thread.withBuffer(a[1]) { bytes, count in Text(binary: a[0]).partition(thread, Units(bytes, count), a[1], last: false) }
        },
        Def("rpartition(self, sep, /)", .reads, "What is before the last separator, the separator, and what is after it; without one, twice nothing and everything.") { thread, a, _ in
            thread.withBuffer(a[1]) { bytes, count in Text(binary: a[0]).partition(thread, Units(bytes, count), a[1], last: true) }
        },
        Def("join(self, iterable_of_bytes, /)", .calls, "Join bytes objects, with these bytes between them: b'-'.join([b'a', b'b']) is b'a-b'.") { thread, a, _ in ByteMethods.join(thread, a[0], a[1]) },
    ]

    static func split(_ thread: ThreadRef, _ a: Arguments, fromEnd: Bool) -> Value {
        var limit = -1
        if !a[2].isEmpty {
            guard let value = thread.toInt(a[2]) else { return .empty }
            limit = value
        }
        if a[1].isEmpty || a[1].isNone {
            let text = Text(binary: a[0])
            return fromEnd ? text.splitFromEnd(thread, limit: limit) : text.split(thread, limit: limit)
        }
        return thread.withBuffer(a[1]) { bytes, count in
            let text = Text(binary: a[0])
            return fromEnd ? text.splitFromEnd(thread, Units(bytes, count), limit: limit) : text.split(thread, Units(bytes, count), limit: limit)
        }
    }

    static func join(_ thread: ThreadRef, _ separator: Value, _ iterable: Value) -> Value {
        let source = thread.sequence(iterable, typeError: "can only join an iterable")
        if source.isEmpty { return .empty }
        let isList = source.isExact(.list)
        func count() -> Int { isList ? ListRef(source).count : TupleRef(source).count }
        if count() == 1 {
            let only = isList ? ListRef(source)[0] : TupleRef(source)[0]
            if only.isExact(.bytes) && separator.isBytes { return only }
        }
        var builder = ByteBuilder()
        var index = 0
        while index < count() {
            if index > 0 {
                let gap = Text(binary: separator).units
                builder.append(gap.base, gap.count)
            }
            let item = isList ? ListRef(source)[index] : TupleRef(source)[index]
            if item.isExact(.bytes) {
                builder.append(BytesRef(item).bytes, BytesRef(item).count)
            } else {
                var view = BufferView()
                guard item.isBuffer, thread.acquireBuffer(item, &view) else {
                    // Whatever the exporter said.
                    thread.takeException()
                    return thread.raise(.typeError, "sequence item \(index): expected a bytes-like object, \(item.type.name) found")
                }
                builder.append(view.bytes, view.length)
                thread.releaseBuffer(&view)
            }
            index += 1
        }
        return separator.isBytes ? builder.finish(thread) : builder.finishArray(thread)
    }

    // MARK: Changing

    private static let changing: [Def] = [
        Def("replace(self, old, new, count=-1, /)", .callsOnArguments, "A copy with new in place of each old, or of the first count of them.") { thread, a, _ in
            var limit = -1
            if !a[3].isEmpty {
                guard let value = thread.toInt(a[3]) else { return .empty }
                limit = value
            }
            return thread.withBuffer(a[1]) { old, oldCount in
                thread.withBuffer(a[2]) { new, newCount in
                    Text(binary: a[0]).replace(thread, Units(old, oldCount), Units(new, newCount), limit: limit)
                }
            }
        },
        Def("strip(self, bytes=None, /)", .reads, "A copy without the bytes at both ends that are in the argument, or else are white space.") { thread, a, _ in
            ByteMethods.strip(thread, a, left: true, right: true)
        },
        Def("lstrip(self, bytes=None, /)", .reads, "A copy without the bytes at the start that are in the argument, or else are white space.") { thread, a, _ in
            ByteMethods.strip(thread, a, left: true, right: false)
        },
        Def("rstrip(self, bytes=None, /)", .reads, "A copy without the bytes at the end that are in the argument, or else are white space.") { thread, a, _ in
            ByteMethods.strip(thread, a, left: false, right: true)
        },
        Def("removeprefix(self, prefix, /)", .reads, "A copy without the prefix, where there is one.") { thread, a, _ in
            thread.withBuffer(a[1]) { bytes, count in
                let text = Text(binary: a[0])
                return text.piece(thread, StringMethods.hasAffix(text.units, Units(bytes, count), 0, text.count, false) ? count : 0, text.count)
            }
        },
        Def("removesuffix(self, suffix, /)", .reads, "A copy without the suffix, where there is one.") { thread, a, _ in
            thread.withBuffer(a[1]) { bytes, count in
                let text = Text(binary: a[0])
                return text.piece(thread, 0, StringMethods.hasAffix(text.units, Units(bytes, count), 0, text.count, true) ? text.count - count : text.count)
            }
        },
        Def("center(self, width, fillchar=b' ', /)", .callsOnArguments, "A copy with fillchar added on both sides until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = ByteMethods.fillByte(thread, a[2], "center") else { return .empty }
            return Text(binary: a[0]).center(thread, width, fill)
        },
        Def("ljust(self, width, fillchar=b' ', /)", .callsOnArguments, "A copy with fillchar added on the right until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = ByteMethods.fillByte(thread, a[2], "ljust") else { return .empty }
            let text = Text(binary: a[0])
            return text.pad(thread, left: 0, right: width > text.count ? width - text.count : 0, fill)
        },
        Def("rjust(self, width, fillchar=b' ', /)", .callsOnArguments, "A copy with fillchar added on the left until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]), let fill = ByteMethods.fillByte(thread, a[2], "rjust") else { return .empty }
            let text = Text(binary: a[0])
            return text.pad(thread, left: width > text.count ? width - text.count : 0, right: 0, fill)
        },
        Def("zfill(self, width, /)", .callsOnArguments, "A copy with zeros added on the left, behind a sign, until it is so wide.") { thread, a, _ in
            guard let width = thread.toInt(a[1]) else { return .empty }
            return Text(binary: a[0]).zeroFill(thread, width)
        },
        Def("expandtabs(self, /, tabsize=8)", .callsOnArguments, "A copy with spaces in place of tabs, up to the next multiple of tabsize columns.") { thread, a, _ in
            var size = 8
            if !a[1].isEmpty {
                guard let narrow = thread.toCInt(a[1]) else { return .empty }
                size = narrow
            }
            return Text(binary: a[0]).expandTabs(thread, size)
        },
        Def("translate(self, table, /, delete=b'')", .reads, "A copy without the bytes in delete, where each other byte has become the one at its place in a table of 256 bytes. A table of None changes none.") { thread, a, _ in ByteMethods.translate(thread, a[0], a[1], a[2]) },
        Def("maketrans(frm, to, /)", .reads, """
            Return a translation table useable for the bytes or bytearray translate method.

            The returned table will be one where each byte in frm is mapped to the byte at
            the same position in to.

            The bytes objects frm and to must be of the same length.
            """, kind: .staticMethod) { thread, a, _ in
            thread.withBuffer(a[0]) { from, count in
                thread.withBuffer(a[1]) { to, toCount in
                    guard count == toCount else { return thread.raise(.valueError, "maketrans arguments must have same length") }
                    let result = thread.newBytes(count: 256)
                    if result.isEmpty { return .empty }
                    let table = BytesRef(result).bytes
                    for index in 0 ..< 256 { table[index] = UInt8(index) }
                    for index in 0 ..< count { table[Int(from[index])] = to[index] }
                    return result
                }
            }
        },
    ]

    static func strip(_ thread: ThreadRef, _ a: Arguments, left: Bool, right: Bool) -> Value {
        if a[1].isEmpty || a[1].isNone { return Text(binary: a[0]).strip(thread, left: left, right: right) }
        return thread.withBuffer(a[1]) { bytes, count in Text(binary: a[0]).strip(thread, Units(bytes, count), left: left, right: right) }
    }

    static func fillByte(_ thread: ThreadRef, _ value: Value, _ name: StaticString) -> UInt32? {
        if value.isEmpty { return 32 }
        if value.isBytes && BytesRef(value).count == 1 { return UInt32(BytesRef(value).bytes[0]) }
        if value.isInstance(of: .bytearray) && ByteArrayRef(value).count == 1 { return UInt32(ByteArrayRef(value).bytes[0]) }
        thread.raise(.typeError, "\(name)() argument 2 must be a byte string of length 1, not \(value.argumentTypeName)")
        return nil
    }

    static func translate(_ thread: ThreadRef, _ value: Value, _ table: Value, _ delete: Value) -> Value {
        var view = BufferView()
        if !table.isNone {
            guard thread.acquireBuffer(table, &view) else { return .empty }
            guard view.length == 256 else {
                thread.releaseBuffer(&view)
                return thread.raise(.valueError, "translation table must be 256 characters long")
            }
        }
        defer { thread.releaseBuffer(&view) }
        if table.isNone && delete.isEmpty { return Text(binary: value).whole(thread) }
        var deleted = [Bool](repeating: false, count: 256)
        if !delete.isEmpty {
            let done = thread.withBuffer(delete) { bytes, count in
                for index in 0 ..< count { deleted[Int(bytes[index])] = true }
                return .none
            }
            if done.isEmpty { return .empty }
        }
        let text = Text(binary: value)
        var builder = ByteBuilder(capacity: text.count)
        builder.fill(atMost: text.count) { target in
            let source = text.units.units1
            var place = 0
            deleted.withUnsafeBufferPointer { deleted in
                for index in 0 ..< text.count {
                    let byte = source[index]
                    target[place] = table.isNone ? byte : view.bytes[Int(byte)]
                    place &+= deleted[Int(byte)] ? 0 : 1
                }
            }
            return place
        }
        if text.kind == .bytes { return builder.count == text.count && memcmp(builder.base, text.units.base, text.count) == 0 && value.isExact(.bytes) ? value : builder.finish(thread) }
        return builder.finishArray(thread)
    }

    // MARK: Case

    private static let caseMethods: [Def] = [
        Def("lower(self, /)", .reads, "B.lower()\n\nA copy with small ASCII letters in place of capitals.") { thread, a, _ in
            ByteMethods.map(thread, a[0]) { _, byte in byte &- 65 < 26 ? byte | 32 : byte }
        },
        Def("upper(self, /)", .reads, "B.upper()\n\nA copy with ASCII capitals in place of small letters.") { thread, a, _ in
            ByteMethods.map(thread, a[0]) { _, byte in byte &- 97 < 26 ? byte & ~32 : byte }
        },
        Def("swapcase(self, /)", .reads, "B.swapcase()\n\nA copy with small ASCII letters in place of capitals, and the other way round.") { thread, a, _ in
            ByteMethods.map(thread, a[0]) { _, byte in (byte | 32) &- 97 < 26 ? byte ^ 32 : byte }
        },
        Def("capitalize(self, /)", .reads, """
            B.capitalize()

            A copy whose first byte is a capital, if it is an ASCII letter, and whose other letters are small.
            """) { thread, a, _ in
            ByteMethods.map(thread, a[0]) { index, byte in
                if index == 0 { return byte &- 97 < 26 ? byte & ~32 : byte }
                return byte &- 65 < 26 ? byte | 32 : byte
            }
        },
        Def("title(self, /)", .reads, "B.title()\n\nA copy in which each word of ASCII letters starts with a capital and goes on with small ones.") { thread, a, _ in
            let source = Text(binary: a[0]).units
            return ByteMethods.map(thread, a[0]) { index, byte in
                let inWord = index > 0 && (source.units1[index - 1] | 32) &- 97 < 26
                if inWord { return byte &- 65 < 26 ? byte | 32 : byte }
                return byte &- 97 < 26 ? byte & ~32 : byte
            }
        },
    ]

    @inline(__always) static func map(_ thread: ThreadRef, _ value: Value, _ change: (Int, UInt8) -> UInt8) -> Value {
        let text = Text(binary: value)
        guard let (result, target) = text.make(thread, text.count) else { return .empty }
        if text.count == 0 { return result }
        for index in 0 ..< text.count { target[index] = change(index, text.units.units1[index]) }
        return result
    }

    // MARK: Predicates

    private static let predicates: [Def] = [
        Def("isalpha(self, /)", .reads, "B.isalpha()\n\nWhether there is a byte and all are ASCII letters.") { _, a, _ in
            ByteMethods.all(a[0]) { ($0 | 32) &- 97 < 26 }
        },
        Def("isalnum(self, /)", .reads, "B.isalnum()\n\nWhether there is a byte and all are ASCII letters or digits.") { _, a, _ in
            ByteMethods.all(a[0]) { ($0 | 32) &- 97 < 26 || $0 &- 48 < 10 }
        },
        Def("isdigit(self, /)", .reads, "B.isdigit()\n\nWhether there is a byte and all are ASCII digits.") { _, a, _ in
            ByteMethods.all(a[0]) { $0 &- 48 < 10 }
        },
        Def("isspace(self, /)", .reads, "B.isspace()\n\nWhether there is a byte and all are ASCII white space.") { _, a, _ in
            ByteMethods.all(a[0]) { $0 == 32 || $0 &- 9 < 5 }
        },
        Def("isascii(self, /)", .reads, "B.isascii()\n\nWhether no byte is above 127.") { _, a, _ in
            let units = Text(binary: a[0]).units
            return Value(Units.isASCII(units.units1, units.count))
        },
        Def("islower(self, /)", .reads, "B.islower()\n\nWhether there is an ASCII letter and none is a capital.") { _, a, _ in ByteMethods.isCased(a[0], 97) },
        Def("isupper(self, /)", .reads, "B.isupper()\n\nWhether there is an ASCII letter and all are capitals.") { _, a, _ in ByteMethods.isCased(a[0], 65) },
        Def("istitle(self, /)", .reads, """
            B.istitle()

            Whether there is a word of ASCII letters, and each one starts with a capital and goes on with small ones.
            """) { _, a, _ in
            let units = Text(binary: a[0]).units
            var cased = false
            var previous = false
            for index in 0 ..< units.count {
                let byte = units.units1[index]
                if byte &- 65 < 26 {
                    if previous { return .false }
                    previous = true
                    cased = true
                } else if byte &- 97 < 26 {
                    if !previous { return .false }
                    cased = true
                } else {
                    previous = false
                }
            }
            return Value(cased)
        },
    ]

    @inline(__always) static func all(_ value: Value, _ test: (UInt8) -> Bool) -> Value {
        let units = Text(binary: value).units
        for index in 0 ..< units.count where !test(units.units1[index]) { return .false }
        return Value(units.count > 0)
    }

    static func isCased(_ value: Value, _ first: UInt8) -> Value {
        let units = Text(binary: value).units
        var found = false
        for index in 0 ..< units.count {
            let byte = units.units1[index]
            if byte &- first < 26 { found = true } else if (byte | 32) &- 97 < 26 { return .false }
        }
        return Value(found)
    }

    // MARK: Conversion

    private static let conversion: [Def] = [
        Def("decode(self, /, encoding='utf-8', errors='strict')", .calls, """
            The text that the bytes encode.

            errors names what to do about those that encode nothing: 'strict' raises UnicodeDecodeError, 'ignore' and 'replace' do as they say, and codecs.register_error adds others.
            """) { thread, a, _ in
            guard BytesType.checkText(thread, a[1], a[2], "decode") else { return .empty }
            return thread.decode(a[0], encoding: a[1], errors: a[2])
        },
        Def("hex(self, sep=None, bytes_per_sep=1)", .reads, """
            Two hexadecimal digits for each byte.

            sep stands between groups of bytes_per_sep bytes, which are counted from the right, or from the left if it is negative.

            >>> b'abcde'.hex('-', 2)
            '61-6263-6465'
            """) { thread, a, _ in
            let units = Text(binary: a[0]).units
            return ByteMethods.hex(thread, units.units1, units.count, a[1], a[2])
        },
        Def("fromhex(type, string, /)", .calls, """
            Create a bytes object from a string of hexadecimal numbers.

            Spaces between two numbers are accepted.
            Example: bytes.fromhex('B9 01EF') -> b'\\\\xb9\\\\x01\\\\xef'.
            """, kind: .classMethod) { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "fromhex() argument must be str, not \(a[1].argumentTypeName)") }
            let units = Units(StringRef(a[1]))
            if a[0] == TypeID.bytes.value, units.width == 1, units.count & 1 == 0, units.count > 2, case let result = thread.newBytes(count: units.count / 2), result.isEmpty || ByteMethods.decode(units, to: BytesRef(result).bytes) == units.count / 2 { return result }
            var builder = ByteBuilder(capacity: units.count / 2)
            var index = 0
            if units.width == 1 {
                // Pairs of digits, up to the first that is something else.
                builder.fill(atMost: units.count / 2) { target in
                    let count = ByteMethods.decode(units, to: target)
                    index = count &* 2
                    return count
                }
            }
            while index < units.count {
                if units[index] < 128 && (units[index] == 32 || units[index] &- 9 < 5) { index += 1; continue }
                let high = ByteMethods.hexDigit(units[index])
                if high < 0 { return thread.raise(.valueError, "non-hexadecimal number found in fromhex() arg at position \(index)") }
                let low = index + 1 < units.count ? ByteMethods.hexDigit(units[index + 1]) : -1
                if low < 0 { return thread.raise(.valueError, "non-hexadecimal number found in fromhex() arg at position \(index + 1)") }
                builder.append(UInt8(high << 4 | low))
                index += 2
            }
            let type = TypeRef(a[0])
            if type == TypeID.bytearray.type { return builder.finishArray(thread) }
            let bytes = builder.finish(thread)
            return bytes.isEmpty || type == TypeID.bytes.type ? bytes : thread.call(type.value, bytes)
        },
    ]

    static let ofBytes: [Def] = [
        Def("__bytes__(self, /)", .reads, "Convert this value to exact type bytes.") { thread, a, _ in
            a[0].isExact(.bytes) ? a[0] : thread.newBytes(BytesRef(a[0]).bytes, BytesRef(a[0]).count)
        },
        Def("__getnewargs__(self, /)", .reads) { thread, a, _ in
            let copy = thread.newBytes(BytesRef(a[0]).bytes, BytesRef(a[0]).count)
            return copy.isEmpty ? .empty : thread.newTuple(copy)
        },
        Def("__sizeof__(self, /)", .pure, "Size of object in memory, in bytes.") { _, a, _ in Value(small: 33 + BytesRef(a[0]).count) },
    ]

    /// What each byte is worth as a hexadecimal digit; 255 where it is none.
    nonisolated(unsafe) private static let hexValues: UnsafeMutablePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for byte in 0 ..< 256 { table[byte] = UInt8(truncatingIfNeeded: hexDigit(UInt32(byte))) }
        return table
    }()

    /// Stores what pairs of hexadecimal digits stand for, up to the first that is none; returns how many.
    private static func decode(_ units: Units, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let digits = units.units1, values = hexValues
        for place in 0 ..< units.count / 2 {
            let high = values[Int(digits[place &* 2])], low = values[Int(digits[place &* 2 &+ 1])]
            if high | low > 15 { return place }
            target[place] = high << 4 | low
        }
        return units.count / 2
    }

    @inline(__always) static func hexDigit(_ character: UInt32) -> Int {
        if character &- 48 < 10 { return Int(character &- 48) }
        let letter = character | 32
        return letter &- 97 < 6 ? Int(letter &- 87) : -1
    }

    /// The hexadecimal text of bytes, with an optional separator.
    public static func hex(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ separator: Value, _ group: Value) -> Value {
        var gap: UInt32 = 0
        var every = 1
        let hasSeparator = !separator.isEmpty
        if hasSeparator {
            let length: Int
            if separator.isString {
                length = StringRef(separator).count
                if length == 1 { gap = StringRef(separator)[0] }
            } else if separator.isBytes {
                length = BytesRef(separator).count
                if length == 1 { gap = UInt32(BytesRef(separator).bytes[0]) }
            } else {
                if thread.length(separator) < 0 { return .empty }
                return thread.raise(.typeError, "sep must be str or bytes.")
            }
            if length != 1 { return thread.raise(.valueError, "sep must be length 1.") }
            if gap >= 128 { return thread.raise(.valueError, "sep must be ASCII.") }
        }
        if !group.isEmpty {
            guard let narrow = thread.toCInt(group) else { return .empty }
            every = narrow
        }
        let size = abs(every)
        let gaps = hasSeparator && size > 0 && count > 0 ? (count - 1) / size : 0
        guard count < 1 << 44 else { return thread.raiseOutOfMemory() }
        if count == 0 { return WellKnown.emptyString.value }
        guard let result = StringRef.allocate(count: count * 2 + gaps, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
        let target = result.units1
        if gaps == 0 {
            for index in 0 ..< count {
                // Both digits at once: 6 more than 9 carries into the next bit, which makes letters of them.
                let byte = UInt16(bytes[index])
                let digits = (byte >> 4 | byte << 8) & 0x0F0F
                let letters = (digits &+ 0x0606) >> 4 & 0x0101
                UnsafeMutableRawPointer(target).storeBytes(of: digits &+ 0x3030 &+ letters &* 39, toByteOffset: index &* 2, as: UInt16.self)
            }
            return result.value
        }
        var place = 0
        for index in 0 ..< count {
            if gaps > 0 && index > 0 && (every > 0 ? (count - index) % size == 0 : index % size == 0) {
                target[place] = UInt8(gap)
                place &+= 1
            }
            let high = bytes[index] >> 4, low = bytes[index] & 15
            target[place] = high < 10 ? 48 &+ high : 87 &+ high
            target[place &+ 1] = low < 10 ? 48 &+ low : 87 &+ low
            place &+= 2
        }
        return result.value
    }
}
