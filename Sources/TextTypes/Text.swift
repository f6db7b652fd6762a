import Glibc
import Objects

/// A `str`, `bytes` or `bytearray` seen as a run of units, and the methods that the three share: splitting, stripping, replacing, padding.
///
/// Results are of the receiver's own kind: `str` and `bytes` return the receiver itself where nothing changed, `bytearray` always a new object.
struct Text {
    enum Kind { case str, bytes, bytearray }

    let value: Value
    let units: Units
    let kind: Kind

    @inline(__always) init(string value: Value) {
        self.value = value
        units = Units(StringRef(value))
        kind = .str
    }

    @inline(__always) init(bytes value: Value) {
        self.value = value
        units = Units(BytesRef(value).bytes, BytesRef(value).count)
        kind = .bytes
    }

    @inline(__always) init(bytearray value: Value) {
        self.value = value
        units = Units(ByteArrayRef(value).bytes, ByteArrayRef(value).count)
        kind = .bytearray
    }

    /// A bytes or bytearray.
    @inline(__always) init(binary value: Value) {
        if value.isBytes { self.init(bytes: value) } else { self.init(bytearray: value) }
    }

    var count: Int { @inline(__always) get { units.count } }
    var isBinary: Bool { kind != .str }

    // MARK: Making results

    /// Characters `start ..< end` as an object of the receiver's kind.
    @inline(__always) func piece(_ thread: ThreadRef, _ start: Int, _ end: Int) -> Value {
        if kind == .str { return thread.substring(StringRef(value), start, end) }
        return binaryPiece(thread, start, end)
    }

    @inline(never) func binaryPiece(_ thread: ThreadRef, _ start: Int, _ end: Int) -> Value {
        let count = max(end - start, 0)
        if kind == .bytearray { return thread.newByteArray(units.base + start, count) }
        if count == units.count && value.isExact(.bytes) { return value }
        if count == 1 { return BytesType.single(units.units1[start]) }
        return thread.newBytes(units.base + start, count)
    }

    func whole(_ thread: ThreadRef) -> Value { piece(thread, 0, count) }

    /// An uninitialised result of one-byte units; nil when there is no memory (raised). To be `sealed` when it is filled.
    func make(_ thread: ThreadRef, _ count: Int) -> (Value, UnsafeMutablePointer<UInt8>)? {
        switch kind {
        case .str:
            guard let result = StringRef.allocate(count: count, width: 1, ascii: false) else { thread.raiseOutOfMemory(); return nil }
            return (result.value, result.units1)
        case .bytes:
            let result = thread.newBytes(unwritten: count)
            return result.isEmpty ? nil : (result, BytesRef(result).bytes)
        case .bytearray:
            let result = thread.newByteArray(count: count)
            return result.isEmpty ? nil : (result, ByteArrayRef(result).bytes)
        }
    }

    /// A result of `make`, after it was filled.
    func seal(_ result: Value, ascii: Bool = false) -> Value {
        if kind != .str { return result }
        let string = StringRef(result)
        if string.count == 0 { return WellKnown.emptyString.value }
        if string.count == 1 { return taipan_latin1()[Int(string.units1[0])] }
        if ascii || Units.isASCII(string.units1, string.count) { string.pointer.pointee.header.flags |= StringFlags.ascii }
        return result
    }

    @inline(__always) func isSpace(_ character: UInt32) -> Bool {
        kind == .str ? Characters.isSpace(character) : character == 32 || character &- 9 < 5
    }

    // MARK: Splitting

    /// Of each character below 256, what parts texts there: bits of `Part`.
    nonisolated(unsafe) private static let parts: UnsafeMutablePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for character in 0 ..< UInt32(256) {
            var parts: UInt8 = 0
            if Characters.isSpace(character) { parts |= Part.space }
            if character == 32 || character &- 9 < 5 { parts |= Part.binarySpace }
            if Characters.isLineBreak(character) { parts |= Part.lineBreak }
            if character == 10 || character == 13 { parts |= Part.binaryLineBreak }
            table[Int(character)] = parts
        }
        return table
    }()

    private enum Part { static let space: UInt8 = 1, binarySpace: UInt8 = 2, lineBreak: UInt8 = 4, binaryLineBreak: UInt8 = 8 }

    /// The first character at or after `start` that parts, or else does not.
    @inline(__always) private func next(_ start: Int, _ part: UInt8, _ table: UnsafeMutablePointer<UInt8>, parts: Bool) -> Int {
        var index = start
        if units.width == 1 {
            let base = units.units1, count = units.count
            while index < count, (table[Int(base[index])] & part != 0) != parts { index &+= 1 }
            return index
        }
        if part == Part.space {
            while index < count, Characters.isSpace(units[index]) != parts { index &+= 1 }
        } else {
            while index < count, Characters.isLineBreak(units[index]) != parts { index &+= 1 }
        }
        return index
    }

    func split(_ thread: ThreadRef, limit: Int) -> Value {
        let list = thread.newList(capacity: 8)
        if list.isEmpty { return .empty }
        let result = ListRef(list)
        var index = 0
        var left = limit
        let table = Text.parts, space = kind == .str ? Part.space : Part.binarySpace
        while true {
            index = next(index, space, table, parts: false)
            if index == count { break }
            let start = index
            if left == 0 {
                // The rest as it is, with its trailing space.
                let item = piece(thread, start, count)
                if item.isEmpty || !result.append(thread, item) { return .empty }
                break
            }
            left &-= 1
            index = next(index, space, table, parts: true)
            let item = piece(thread, start, index)
            if item.isEmpty || !result.append(thread, item) { return .empty }
        }
        return list
    }

    func split(_ thread: ThreadRef, _ separator: Units, limit: Int) -> Value {
        if separator.count == 0 { return thread.raise(.valueError, "empty separator") }
        let list = thread.newList(capacity: 8)
        if list.isEmpty { return .empty }
        let result = ListRef(list)
        var start = 0
        var left = limit
        while left != 0 {
            let place = units.find(separator, start, count)
            if place < 0 { break }
            let item = piece(thread, start, place)
            if item.isEmpty || !result.append(thread, item) { return .empty }
            start = place + separator.count
            left &-= 1
        }
        let item = piece(thread, start, count)
        return item.isEmpty || !result.append(thread, item) ? .empty : list
    }

    func splitFromEnd(_ thread: ThreadRef, limit: Int) -> Value {
        let list = thread.newList()
        if list.isEmpty { return .empty }
        let result = ListRef(list)
        var index = count
        var left = limit
        while true {
            while index > 0 && isSpace(units[index - 1]) { index -= 1 }
            if index == 0 { break }
            let end = index
            if left == 0 {
                let item = piece(thread, 0, end)
                if item.isEmpty || !result.append(thread, item) { return .empty }
                break
            }
            left &-= 1
            while index > 0 && !isSpace(units[index - 1]) { index -= 1 }
            let item = piece(thread, index, end)
            if item.isEmpty || !result.append(thread, item) { return .empty }
        }
        Text.reverse(result)
        return list
    }

    func splitFromEnd(_ thread: ThreadRef, _ separator: Units, limit: Int) -> Value {
        if separator.count == 0 { return thread.raise(.valueError, "empty separator") }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        let result = ListRef(list)
        var end = count
        var left = limit
        while left != 0 {
            let place = units.findLast(separator, 0, end)
            if place < 0 { break }
            let item = piece(thread, place + separator.count, end)
            if item.isEmpty || !result.append(thread, item) { return .empty }
            end = place
            left &-= 1
        }
        let item = piece(thread, 0, end)
        if item.isEmpty || !result.append(thread, item) { return .empty }
        Text.reverse(result)
        return list
    }

    private static func reverse(_ list: ListRef) {
        var low = 0
        var high = list.count - 1
        while low < high {
            let item = list[low]
            list.set(low, list[high])
            list.set(high, item)
            low += 1
            high -= 1
        }
    }

    func splitLines(_ thread: ThreadRef, keepEnds: Bool) -> Value {
        let list = thread.newList(capacity: 8)
        if list.isEmpty { return .empty }
        let result = ListRef(list)
        var index = 0
        let table = Text.parts, lineBreak = kind == .str ? Part.lineBreak : Part.binaryLineBreak
        while index < count {
            let start = index
            index = next(index, lineBreak, table, parts: true)
            var end = index
            if index < count {
                index += units[index] == 13 && index + 1 < count && units[index + 1] == 10 ? 2 : 1
                if keepEnds { end = index }
            }
            let item = piece(thread, start, end)
            if item.isEmpty || !result.append(thread, item) { return .empty }
        }
        return list
    }

    /// The three parts; `separatorValue` is what stands for the separator in the result.
    func partition(_ thread: ThreadRef, _ separator: Units, _ separatorValue: Value, last: Bool) -> Value {
        if separator.count == 0 { return thread.raise(.valueError, "empty separator") }
        let place = last ? units.findLast(separator, 0, count) : units.find(separator, 0, count)
        let result = thread.newTuple(count: 3)
        if result.isEmpty { return .empty }
        let tuple = TupleRef(result)
        if place < 0 {
            let all = whole(thread)
            if all.isEmpty { return .empty }
            for index in 0 ..< 3 {
                let item = index == (last ? 2 : 0) ? all : piece(thread, 0, 0)
                if item.isEmpty { return .empty }
                tuple.initialize(index, item)
            }
            return result
        }
        let before = piece(thread, 0, place)
        if before.isEmpty { return .empty }
        tuple.initialize(0, before)
        let middle = kind != .bytearray ? separatorValue : piece(thread, place, place + separator.count)
        if middle.isEmpty { return .empty }
        tuple.initialize(1, middle)
        let after = piece(thread, place + separator.count, count)
        if after.isEmpty { return .empty }
        tuple.initialize(2, after)
        return result
    }

    // MARK: Stripping

    func strip(_ thread: ThreadRef, left: Bool, right: Bool) -> Value {
        var start = 0
        var end = count
        if left { while start < end && isSpace(units[start]) { start &+= 1 } }
        if right { while end > start && isSpace(units[end - 1]) { end &-= 1 } }
        return piece(thread, start, end)
    }

    func strip(_ thread: ThreadRef, _ characters: Units, left: Bool, right: Bool) -> Value {
        var start = 0
        var end = count
        if left { while start < end && characters.find(units[start], 0, characters.count) >= 0 { start &+= 1 } }
        if right { while end > start && characters.find(units[end - 1], 0, characters.count) >= 0 { end &-= 1 } }
        return piece(thread, start, end)
    }

    // MARK: Replacing

    func replace(_ thread: ThreadRef, _ old: Units, _ new: Units, limit: Int) -> Value {
        if limit == 0 || old.count > count || (count == 0 && old.count > 0) || old.width > units.width { return whole(thread) }
        if old.count > 0 && units.find(old, 0, count) < 0 { return whole(thread) }
        let wide = units.width > 1 || new.width > 1
        let total = units.occurrences(old, 0, count, limit: limit < 0 ? Int.max : limit)
        if total == 0 { return whole(thread) }
        let (change, overflow) = (new.count - old.count).multipliedReportingOverflow(by: total)
        guard !overflow, change < 1 << 46 else { return thread.raise(.overflowError, kind == .str ? "replace string is too long" : "replace bytes is too long") }
        if wide { return replaceWide(thread, old, new, total) }
        guard let (result, target) = make(thread, count + change) else { return .empty }
        var from = 0
        var to = 0
        if old.count == 0 {
            // Between all characters, and at both ends.
            for index in 0 ..< total {
                memcpy(target + to, new.base, new.count)
                to += new.count
                if index < count {
                    target[to] = units.units1[index]
                    to += 1
                    from = index + 1
                }
            }
        } else if old.count == 1 && new.count <= 8 && total > count >> 4 {
            // So many that searching for each costs more than looking at all characters.
            let before = old.units1[0]
            var left = total
            while left > 0 {
                let character = units.units1[from]
                from &+= 1
                if character == before {
                    left &-= 1
                    var index = 0
                    while index < new.count {
                        target[to] = new.units1[index]
                        to &+= 1
                        index &+= 1
                    }
                } else {
                    target[to] = character
                    to &+= 1
                }
            }
        } else if old.count == 1 && new.count == 1 {
            let before = old.units1[0], after = new.units1[0]
            var left = total
            while from < count && left > 0 {
                let character = units.units1[from]
                if character == before { left &-= 1 }
                target[from] = character == before ? after : character
                from &+= 1
            }
            to = from
        } else {
            for _ in 0 ..< total {
                let place = units.find(old, from, count)
                memcpy(target + to, units.base + from, place - from)
                to += place - from
                memcpy(target + to, new.base, new.count)
                to += new.count
                from = place + old.count
            }
        }
        memcpy(target + to, units.base + from, count - from)
        return seal(result)
    }

    private func replaceWide(_ thread: ThreadRef, _ old: Units, _ new: Units, _ total: Int) -> Value {
        var builder = StringBuilder()
        let source = StringRef(value)
        var from = 0
        for index in 0 ..< total {
            let place = old.count == 0 ? index : units.find(old, from, count)
            builder.append(source, from, place)
            builder.append(units: new.base, new.width, new.count)
            from = place + old.count
        }
        builder.append(source, from, count)
        return builder.finish(thread)
    }

    // MARK: Padding

    func pad(_ thread: ThreadRef, left: Int, right: Int, _ fill: UInt32) -> Value {
        let left = max(left, 0), right = max(right, 0)
        if left == 0 && right == 0 { return whole(thread) }
        let (sum, overflow) = left.addingReportingOverflow(right)
        let (total, overflow2) = sum.addingReportingOverflow(count)
        guard !overflow, !overflow2 else { return thread.raise(.overflowError, "padded string is too long") }
        guard total < 1 << 46 else { return thread.raiseOutOfMemory() }
        if kind == .str && (units.width > 1 || fill > 0xFF) {
            var builder = StringBuilder()
            builder.append(fill, times: left)
            builder.append(StringRef(value))
            builder.append(fill, times: right)
            return builder.finish(thread)
        }
        guard let (result, target) = make(thread, total) else { return .empty }
        memset(target, Int32(fill), left)
        memcpy(target + left, units.base, count)
        memset(target + left + count, Int32(fill), right)
        return seal(result)
    }

    func center(_ thread: ThreadRef, _ width: Int, _ fill: UInt32) -> Value {
        let margin = width - count
        if margin <= 0 { return whole(thread) }
        let left = margin / 2 + (margin & width & 1)
        return pad(thread, left: left, right: margin - left, fill)
    }

    func zeroFill(_ thread: ThreadRef, _ width: Int) -> Value {
        let fill = width > count ? width - count : 0
        if fill == 0 { return whole(thread) }
        let padded = pad(thread, left: fill, right: 0, 48)
        if padded.isEmpty || count == 0 { return padded }
        let first = units[0]
        guard first == 43 || first == 45 else { return padded }
        if kind == .str {
            if padded.object(StringObject.self).pointee.length < 2 { return padded }
            StringRef(padded).initialize(fill, 48)
            StringRef(padded).initialize(0, first)
        } else {
            let target = kind == .bytes ? BytesRef(padded).bytes : ByteArrayRef(padded).bytes
            target[fill] = 48
            target[0] = UInt8(first)
        }
        return padded
    }

    func expandTabs(_ thread: ThreadRef, _ size: Int) -> Value {
        if units.find(9, 0, count) < 0 { return whole(thread) }
        var total = 0
        var column = 0
        for index in 0 ..< count {
            let character = units[index]
            if character == 9 {
                if size > 0 {
                    let step = size - column % size
                    if total > Int.max - step { return thread.raise(.overflowError, kind == .str ? "new string is too long" : "result too long") }
                    column += step
                    total += step
                }
            } else {
                total += 1
                column += 1
                if character == 10 || character == 13 { column = 0 }
            }
        }
        guard total < 1 << 44 else { return thread.raiseOutOfMemory() }
        column = 0
        if units.width == 1 {
            guard let (result, target) = make(thread, total) else { return .empty }
            var place = 0
            for index in 0 ..< count {
                let character = units.units1[index]
                if character == 9 {
                    if size > 0 {
                        let step = size - column % size
                        memset(target + place, 32, step)
                        place += step
                        column += step
                    }
                } else {
                    target[place] = character
                    place += 1
                    column = character == 10 || character == 13 ? 0 : column + 1
                }
            }
            return seal(result)
        }
        var builder = StringBuilder()
        for index in 0 ..< count {
            let character = units[index]
            if character == 9 {
                if size > 0 {
                    let step = size - column % size
                    builder.append(32, times: step)
                    column += step
                }
            } else {
                builder.append(character)
                column = character == 10 || character == 13 ? 0 : column + 1
            }
        }
        return builder.finish(thread)
    }

    /// The receiver `number` times over.
    func repeated(_ thread: ThreadRef, _ number: Int) -> Value {
        if number == 0 || count == 0 { return piece(thread, 0, 0) }
        if number == 1 { return whole(thread) }
        let (total, overflow) = count.multipliedReportingOverflow(by: number)
        guard !overflow else {
            if kind == .str { return thread.raise(.overflowError, "repeated string is too long") }
            return kind == .bytes ? thread.raise(.overflowError, "repeated bytes are too long") : thread.raiseOutOfMemory()
        }
        guard total < 1 << 46 else { return thread.raiseOutOfMemory() }
        let width = units.width
        let result: Value
        let target: UnsafeMutableRawPointer
        switch kind {
        case .str:
            guard let string = StringRef.allocate(count: total, width: width, ascii: StringRef(value).isASCII) else { return thread.raiseOutOfMemory() }
            result = string.value
            target = string.units
        default:
            guard let (made, start) = make(thread, total) else { return .empty }
            result = made
            target = UnsafeMutableRawPointer(start)
        }
        if count == 1 && width == 1 {
            memset(target, Int32(units.units1[0]), total)
            return result
        }
        // Doubling.
        let bytes = total * width
        var done = count * width
        memcpy(target, units.base, done)
        while done < bytes {
            let part = min(done, bytes - done)
            memcpy(target + done, target, part)
            done += part
        }
        return result
    }
}
