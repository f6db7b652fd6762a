import Glibc
import NumberTypes
import Objects

/// The methods of `array.array`.
enum ArrayMethods {
    static func list(_ thread: ThreadRef, _ array: ArrayRef) -> Value {
        let list = thread.newList(capacity: array.count)
        if list.isEmpty { return .empty }
        for index in 0 ..< array.count {
            let item = array.item(thread, index)
            if item.isEmpty || !ListRef(list).append(thread, item) { return .empty }
        }
        return list
    }

    static func text(_ thread: ThreadRef, _ array: ArrayRef) -> Value {
        let words = array.bytes.assumingMemoryBound(to: UInt32.self)
        var characters: [UInt32] = []
        for index in 0 ..< array.count {
            if words[index] > 0x10FFFF { return thread.raise(.valueError, "character U+\(String(words[index], radix: 16)) is not in range [U+0000; U+10ffff]") }
            characters.append(words[index])
        }
        return thread.newString(codePoints: characters)
    }

    /// The place of an item within bounds: -1 when it is not there, -2 when it has raised.
    static func find(_ thread: ThreadRef, _ array: ArrayRef, _ item: Value, _ start: Int, _ stop: Int) -> Int {
        var index = start
        while index < stop && index < array.count {
            let candidate = array.item(thread, index)
            if candidate.isEmpty { return -2 }
            let equal = thread.isEqual(candidate, item)
            if equal < 0 { return -2 }
            if equal > 0 { return index }
            index += 1
        }
        return -1
    }

    static func extend(_ thread: ThreadRef, _ array: ArrayRef, _ source: Value) -> Bool {
        guard ArrayModule.isArray(source) else { return thread.forEach(source) { array.append(thread, $0) } }
        guard ArrayRef(source).code == array.code else {
            thread.raise(.typeError, "can only extend with array of same kind")
            return false
        }
        let old = array.count
        let added = ArrayRef(source).count
        guard array.resize(thread, old + added) else { return false }
        if added > 0 { memcpy(array.bytes + old * array.itemSize, ArrayRef(source).bytes, added * array.itemSize) }
        return true
    }

    static func appendBytes(_ thread: ThreadRef, _ array: ArrayRef, _ source: Value) -> Bool {
        !thread.withBuffer(source) { bytes, count in
            if count % array.itemSize != 0 { return thread.raise(.valueError, "bytes length not a multiple of item size") }
            // An array may be fed its own bytes, and then must not grow: its buffer is out.
            return array.append(thread, bytes: bytes, count) ? .none : .empty
        }.isEmpty
    }

    static func copy(_ thread: ThreadRef, _ array: ArrayRef) -> Value {
        let result = array.empty(thread)
        return result.isEmpty || !ArrayRef(result).append(thread, bytes: array.bytes, array.count * array.itemSize) ? .empty : result
    }

    static let methods: [Def] = [
        Def("append(self, v, /)", .calls, "Adds an item at the end.") { t, a, _ in ArrayRef(a[0]).append(t, a[1]) ? .none : .empty },
        Def("buffer_info(self, /)", .reads, "The address of the items, and how many there are.") { t, a, _ in
            let array = ArrayRef(a[0])
            let address = t.newInt(unsigned: UInt(bitPattern: array.bytes))
            return address.isEmpty ? .empty : t.newTuple(address, Value(small: array.count))
        },
        Def("byteswap(self, /)", .writes, "Reverses the bytes of each item.") { t, a, _ in
            let array = ArrayRef(a[0])
            let size = array.itemSize
            if size == 1 { return .none }
            let bytes = array.bytes.assumingMemoryBound(to: UInt8.self)
            for index in 0 ..< array.count {
                for offset in 0 ..< size / 2 {
                    let p = index * size + offset, q = index * size + size - 1 - offset
                    (bytes[p], bytes[q]) = (bytes[q], bytes[p])
                }
            }
            return .none
        },
        Def("__copy__(self, /)", .reads, "A copy.") { t, a, _ in ArrayMethods.copy(t, ArrayRef(a[0])) },
        Def("__deepcopy__(self, unused, /)", .reads, "A copy.") { t, a, _ in ArrayMethods.copy(t, ArrayRef(a[0])) },
        Def("count(self, v, /)", .calls, "How many items equal v.") { t, a, _ in
            var total = 0
            var index = 0
            while index < ArrayRef(a[0]).count {
                let item = ArrayRef(a[0]).item(t, index)
                if item.isEmpty { return .empty }
                let equal = t.isEqual(item, a[1])
                if equal < 0 { return .empty }
                total += Int(equal)
                index += 1
            }
            return Value(small: total)
        },
        Def("extend(self, bb, /)", .calls, "Adds the items of an iterable at the end.") { t, a, _ in ArrayMethods.extend(t, ArrayRef(a[0]), a[1]) ? .none : .empty },
        Def("fromfile(self, f, n, /)", .calls, "Reads n items from a binary file and adds them at the end.") { t, a, _ in
            guard let wanted = t.toInt(a[2]) else { return .empty }
            if wanted < 0 { return t.raise(.valueError, "negative count") }
            let (length, overflow) = wanted.multipliedReportingOverflow(by: ArrayRef(a[0]).itemSize)
            if overflow { return t.raiseOutOfMemory() }
            let bytes = t.callMethod(a[1], Name.read.value, t.newInt(length))
            if bytes.isEmpty { return .empty }
            guard bytes.isBytes else { return t.raise(.typeError, "read() didn't return bytes") }
            let short = BytesRef(bytes).count != length
            if !ArrayMethods.appendBytes(t, ArrayRef(a[0]), bytes) { return .empty }
            return short ? t.raise(.eofError, "read() didn't return enough bytes") : .none
        },
        Def("fromlist(self, list, /)", .calls, "Adds the items of a list at the end.") { t, a, _ in
            guard a[1].isList else { return t.raise(.typeError, "arg must be list") }
            let array = ArrayRef(a[0])
            let old = array.count
            var index = 0
            let count = ListRef(a[1]).count
            while index < count {
                guard array.append(t, ListRef(a[1])[index]) else {
                    let exception = t.takeException()
                    _ = array.resize(t, old)
                    return t.restore(exception)
                }
                if ListRef(a[1]).count != count { return t.raise(.runtimeError, "list changed size during iteration") }
                index += 1
            }
            return .none
        },
        Def("frombytes(self, buffer, /)", .calls, "Adds the items that bytes hold at the end.") { t, a, _ in ArrayMethods.appendBytes(t, ArrayRef(a[0]), a[1]) ? .none : .empty },
        Def("fromunicode(self, ustr, /)", .calls, "Adds the characters of a string at the end of an array of characters.") { t, a, _ in
            guard a[1].isString else { return t.raise(.typeError, "fromunicode() argument must be str, not \(a[1].argumentTypeName)") }
            let array = ArrayRef(a[0])
            guard array.code == UInt8(ascii: "u") else { return t.raise(.valueError, "fromunicode() may only be called on unicode type arrays") }
            let old = array.count
            let string = StringRef(a[1])
            guard array.resize(t, old + string.count) else { return .empty }
            for index in 0 ..< string.count { ArrayItems.store(UInt64(string[index]), 4, array.bytes + (old + index) * 4) }
            return .none
        },
        Def("index(self, v, start=0, stop=sys.maxsize, /)", .calls, "The first place of v. ValueError if there is none.") { t, a, _ in
            let array = ArrayRef(a[0])
            var start = 0
            var stop = Int.max
            if !a[2].isEmpty { guard let given = t.sliceIndex(a[2]) else { return .empty }; start = given }
            if !a[3].isEmpty { guard let given = t.sliceIndex(a[3]) else { return .empty }; stop = given }
            if start < 0 { start = max(start + array.count, 0) }
            if stop < 0 { stop += array.count }
            let place = ArrayMethods.find(t, array, a[1], start, stop)
            if place == -2 { return .empty }
            return place >= 0 ? Value(small: place) : t.raise(.valueError, "array.index(x): x not in array")
        },
        Def("insert(self, i, v, /)", .calls, "Inserts v before place i.") { t, a, _ in
            guard var place = t.toInt(a[1]), let bits = ArrayItems.convert(t, ArrayRef(a[0]).code, a[2]) else { return .empty }
            let array = ArrayRef(a[0])
            if place < 0 { place = max(place + array.count, 0) }
            place = min(place, array.count)
            guard array.splice(t, place, 0, 1) else { return .empty }
            ArrayItems.store(bits, array.itemSize, array.bytes + place * array.itemSize)
            return .none
        },
        Def("pop(self, i=-1, /)", .calls, "Takes out the item at place i, the last unless told.") { t, a, _ in
            let array = ArrayRef(a[0])
            var place = -1
            if !a[1].isEmpty { guard let given = t.toInt(a[1]) else { return .empty }; place = given }
            if array.count == 0 { return t.raise(.indexError, "pop from empty array") }
            if place < 0 { place += array.count }
            guard place >= 0 && place < array.count else { return t.raise(.indexError, "pop index out of range") }
            let item = array.item(t, place)
            return item.isEmpty || !array.splice(t, place, 1, 0) ? .empty : item
        },
        Def("__reduce_ex__(self, value, /)", .calls, "What a pickle of the protocol needs.") { t, a, _ in ArrayPickling.reduce(t, a[0], a[1]) },
        Def("remove(self, v, /)", .calls, "Removes the first item that equals v.") { t, a, _ in
            let place = ArrayMethods.find(t, ArrayRef(a[0]), a[1], 0, Int.max)
            if place == -2 { return .empty }
            if place < 0 || place >= ArrayRef(a[0]).count { return t.raise(.valueError, "array.remove(x): x not in array") }
            return ArrayRef(a[0]).splice(t, place, 1, 0) ? .none : .empty
        },
        Def("reverse(self, /)", .writes, "Reverses the order of the items.") { t, a, _ in
            let array = ArrayRef(a[0])
            let size = array.itemSize
            var low = array.bytes
            var high = array.bytes + (array.count - 1) * size
            while low < high {
                for offset in 0 ..< size {
                    let byte = low.load(fromByteOffset: offset, as: UInt8.self)
                    low.storeBytes(of: high.load(fromByteOffset: offset, as: UInt8.self), toByteOffset: offset, as: UInt8.self)
                    high.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                }
                low += size
                high -= size
            }
            return .none
        },
        Def("tofile(self, f, /)", .calls, "Writes the items to a binary file.") { t, a, _ in
            // In pieces, so that no copy of a large array is made.
            let piece = 64 * 1024
            var offset = 0
            while offset < ArrayRef(a[0]).count * ArrayRef(a[0]).itemSize {
                let array = ArrayRef(a[0])
                let bytes = t.newBytes(array.bytes + offset, min(piece, array.count * array.itemSize - offset))
                if bytes.isEmpty || t.callMethod(a[1], Name.write.value, bytes).isEmpty { return .empty }
                offset += piece
            }
            return .none
        },
        Def("tolist(self, /)", .reads, "A list of the items.") { t, a, _ in ArrayMethods.list(t, ArrayRef(a[0])) },
        Def("tobytes(self, /)", .reads, "The items as bytes.") { t, a, _ in t.newBytes(ArrayRef(a[0]).bytes, ArrayRef(a[0]).count * ArrayRef(a[0]).itemSize) },
        Def("tounicode(self, /)", .reads, "The characters of an array of characters as a string.") { t, a, _ in
            guard ArrayRef(a[0]).code == UInt8(ascii: "u") else { return t.raise(.valueError, "tounicode() may only be called on unicode type arrays") }
            return ArrayMethods.text(t, ArrayRef(a[0]))
        },
        Def("__sizeof__(self, /)", .reads, "Bytes of memory in use.") { t, a, _ in t.newInt(64 + ArrayRef(a[0]).pointer.pointee.capacity * ArrayRef(a[0]).itemSize) },
        Def("__class_getitem__(type, item, /)", .calls, "A generic alias.", kind: .classMethod) { t, a, _ in t.newGenericAlias(a[0], a[1]) },
    ]
}

/// Pickles carry items in the machine's format, with a number that says which: sizes, signs and byte orders that are not this machine's own are converted.
enum ArrayPickling {
    static func reduce(_ thread: ThreadRef, _ value: Value, _ protocolVersion: Value) -> Value {
        guard protocolVersion.isInt else { return thread.raise(.typeError, "__reduce_ex__ argument should be an integer") }
        guard let version = thread.toInt(protocolVersion) else { return .empty }
        var dict = thread.getAttribute(value, Name.__dict__.value)
        if dict.isEmpty {
            guard thread.clearException(.attributeError) else { return .empty }
            dict = .none
        }
        let array = ArrayRef(value)
        let code = thread.newString(character: UInt32(array.code))
        if version < 3 {
            let items = ArrayMethods.list(thread, array)
            if items.isEmpty { return .empty }
            return thread.newTuple(value.type.value, thread.newTuple(code, items), dict)
        }
        let reconstructor = thread.importAttribute("array", "_array_reconstructor")
        if reconstructor.isEmpty { return .empty }
        let bytes = thread.newBytes(array.bytes, array.count * array.itemSize)
        if bytes.isEmpty { return .empty }
        let machine = ArrayKind.find(UInt32(array.code)).unsafelyUnwrapped.machine
        return thread.newTuple(reconstructor, thread.newTuple(value.type.value, code, Value(small: machine), bytes), dict)
    }

    static func reconstruct(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard a[0].isType else { return thread.raise(.typeError, "first argument must be a type object, not \(a[0].type.name)") }
        let type = TypeRef(a[0])
        guard type.isSubtype(of: ArrayModule.type.type) else { return thread.raise(.typeError, "\(type.name) is not a subtype of array.array") }
        guard a[1].isString, StringRef(a[1]).count == 1 else {
            return thread.raise(.typeError, "_array_reconstructor() argument 2 must be a unicode character, not \(a[1].argumentTypeName)")
        }
        guard let kind = ArrayKind.find(StringRef(a[1])[0]) else { return thread.raise(.valueError, "second argument must be a valid type code") }
        guard let machine = thread.toInt(a[2]) else { return .empty }
        guard machine >= 0 && machine <= 21 else { return thread.raise(.valueError, "third argument must be a valid machine format code.") }
        guard a[3].isBytes else { return thread.raise(.typeError, "fourth argument should be bytes, not \(a[3].type.name)") }
        let result = ArrayRef.make(thread, type, kind)
        if result.isEmpty { return .empty }
        let array = ArrayRef(result)
        let bytes = BytesRef(a[3])
        if machine == kind.machine { return ArrayMethods.appendBytes(thread, array, a[3]) ? result : .empty }
        // Another layout: each item is read by it and stored anew.
        if machine >= 18 {
            let names = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
            let text = thread.callMethod(a[3], Name.decode.value, thread.newString(names[machine - 18]))
            if text.isEmpty { return .empty }
            return thread.forEach(text) { array.append(thread, $0) } ? result : .empty
        }
        let size = machine < 2 ? 1 : machine < 6 ? 2 : machine < 10 ? 4 : machine < 14 ? 8 : machine < 16 ? 4 : 8
        if bytes.count % size != 0 { return thread.raise(.valueError, "bytes length not a multiple of item size") }
        let big = machine >= 2 && machine & 1 == 1
        let signed = machine == 1 || (machine >= 2 && machine & 2 == 0)
        for index in 0 ..< bytes.count / size {
            var word: UInt64 = 0
            for offset in 0 ..< size { word |= UInt64(bytes.bytes[index * size + (big ? size - 1 - offset : offset)]) << UInt64(offset * 8) }
            let item: Value
            if machine >= 14 {
                item = thread.newFloat(size == 4 ? Double(Float(bitPattern: UInt32(word))) : Double(bitPattern: word))
            } else if signed {
                let shift = UInt64(64 - size * 8)
                item = thread.newInt(Int(Int64(bitPattern: word << shift) >> Int64(shift)))
            } else {
                item = thread.newInt(unsigned: UInt(word))
            }
            if item.isEmpty || !array.append(thread, item) { return .empty }
        }
        return result
    }
}
