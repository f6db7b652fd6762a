import Glibc
import NumberTypes
import Objects
import TextTypes

/// One `dump`: the bytes in the making, and the writing of values that have opcodes of their own. Objects that say themselves how they are pickled are in
/// `PickleReductions.swift`.
///
/// From protocol 4 on the stream is cut into frames: nine bytes are left free where one begins, and filled in when it is long enough; a short one is moved down over
/// them. `limit` is 0 while a frame is to be begun by the next byte, so that one comparison finds both that and a full buffer. Every function returns false when it has raised.
struct PickleWriter {
    let thread: ThreadRef
    let pickler: UnsafeMutablePointer<PicklerObject>
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int
    private var limit: Int
    /// Where the frame being filled begins, or -1.
    private var frameStart = -1
    private var isFraming = false
    let version: Int

    private static let frameHeader = 9
    private static let smallestFrame = 4
    private static let frameTarget = 1 << 16

    init(_ thread: ThreadRef, _ pickler: UnsafeMutablePointer<PicklerObject>) {
        self.thread = thread
        self.pickler = pickler
        version = pickler.pointee.version
        if let kept = PickleWriter.spare {
            base = kept
            capacity = PickleWriter.spareCapacity
            PickleWriter.spare = nil
        } else {
            capacity = 1024
            base = malloc(capacity).assumingMemoryBound(to: UInt8.self)
        }
        limit = capacity
    }

    /// A buffer for the next writer: fresh memory from the system costs more than filling it.
    nonisolated(unsafe) private static var spare: UnsafeMutablePointer<UInt8>?
    nonisolated(unsafe) private static var spareCapacity = 0
    private static let largestSpare = 1 << 21

    /// To be called at the end.
    func free() {
        if PickleWriter.spare == nil && capacity <= PickleWriter.largestSpare {
            PickleWriter.spare = base
            PickleWriter.spareCapacity = capacity
        } else {
            Glibc.free(base)
        }
    }

    var isBinary: Bool { @inline(__always) get { pickler.pointee.bin != 0 } }

    // MARK: Bytes

    /// Makes room for so many bytes.
    @inline(__always) private mutating func room(_ extra: Int) -> Bool { count &+ extra <= limit || roomSlow(extra) }

    @inline(never) private mutating func roomSlow(_ extra: Int) -> Bool {
        let opens = isFraming && frameStart < 0
        let needed = count + extra + (opens ? PickleWriter.frameHeader : 0)
        if needed > capacity {
            let wanted = max(needed, capacity * 2)
            guard wanted < 1 << 46, Heap.hasRoom(outside: wanted), let larger = realloc(base, wanted) else {
                thread.raiseOutOfMemory()
                return false
            }
            base = larger.assumingMemoryBound(to: UInt8.self)
            capacity = wanted
        }
        if opens {
            frameStart = count
            count += PickleWriter.frameHeader
        }
        limit = capacity
        return true
    }

    @inline(__always) mutating func put(_ byte: UInt8) -> Bool {
        guard room(1) else { return false }
        base[count] = byte
        count &+= 1
        return true
    }

    @inline(__always) mutating func put(_ opcode: UInt8, _ byte: UInt8) -> Bool {
        guard room(2) else { return false }
        base[count] = opcode
        base[count &+ 1] = byte
        count &+= 2
        return true
    }

    /// An opcode and a number of four bytes.
    @inline(__always) mutating func put32(_ opcode: UInt8, _ number: UInt32) -> Bool {
        guard room(5) else { return false }
        base[count] = opcode
        UnsafeMutableRawPointer(base + count + 1).storeBytes(of: number.littleEndian, as: UInt32.self)
        count &+= 5
        return true
    }

    @inline(__always) mutating func put64(_ opcode: UInt8, _ number: UInt64) -> Bool {
        guard room(9) else { return false }
        base[count] = opcode
        UnsafeMutableRawPointer(base + count + 1).storeBytes(of: number, as: UInt64.self)
        count &+= 9
        return true
    }

    @inline(__always) mutating func put(_ start: UnsafeRawPointer, _ length: Int) -> Bool {
        guard room(length) else { return false }
        memcpy(base + count, start, length)
        count &+= length
        return true
    }

    mutating func put(_ text: StaticString) -> Bool { put(text.utf8Start, text.utf8CodeUnitCount) }

    mutating func put(text: String) -> Bool {
        var text = text
        return text.withUTF8 { $0.count == 0 || put($0.baseAddress!, $0.count) }
    }

    // MARK: Frames

    private mutating func closeFrame() {
        guard isFraming, frameStart >= 0 else { return }
        let length = count - frameStart - PickleWriter.frameHeader
        let start = base + frameStart
        if length >= PickleWriter.smallestFrame {
            start[0] = PickleOpcode.frame
            UnsafeMutableRawPointer(start + 1).storeBytes(of: UInt64(length), as: UInt64.self)
        } else {
            memmove(start, start + PickleWriter.frameHeader, length)
            count -= PickleWriter.frameHeader
        }
        frameStart = -1
        limit = 0
    }

    /// Between two objects: ends a frame that is long enough.
    @inline(__always) private mutating func boundary() -> Bool {
        if frameStart >= 0, count &- frameStart &- PickleWriter.frameHeader >= PickleWriter.frameTarget { return boundarySlow() }
        return true
    }

    @inline(never) private mutating func boundarySlow() -> Bool {
        closeFrame()
        return pickler.pointee.write.isEmpty || flush()
    }

    /// Hands what there is to the file.
    mutating func flush() -> Bool {
        let bytes = thread.newBytes(base, count)
        if bytes.isEmpty { return false }
        count = 0
        return !thread.call(pickler.pointee.write, bytes).isEmpty
    }

    /// A header and contents that may be long: then they stand outside of frames, and a file gets them as they are. `payload` is a bytes object of just these
    /// contents, if there is one.
    @inline(never) private mutating func putContents(_ header: (UInt8, Int, Int), _ data: UnsafePointer<UInt8>, _ size: Int, _ payload: Value) -> Bool {
        let isLong = size >= PickleWriter.frameTarget
        let wasFraming = isFraming
        if isLong {
            closeFrame()
            isFraming = false
            limit = capacity
        }
        guard room(9 + (isLong && !pickler.pointee.write.isEmpty ? 0 : size)) else { return false }
        base[count] = header.0
        for index in 0 ..< header.2 { base[count + 1 + index] = UInt8(truncatingIfNeeded: header.1 >> (index * 8)) }
        count += 1 + header.2
        if isLong && !pickler.pointee.write.isEmpty {
            let whole = payload.isEmpty ? thread.newBytes(data, size) : payload
            guard !whole.isEmpty, flush(), !thread.call(pickler.pointee.write, whole).isEmpty else { return false }
        } else {
            guard put(data, size) else { return false }
        }
        isFraming = wasFraming
        if isFraming && frameStart < 0 { limit = 0 }
        return true
    }

    // MARK: The memo

    /// Numbers an object, and writes that. Nothing in fast mode.
    @inline(__always) mutating func memoize(_ value: Value) -> Bool {
        if pickler.pointee.fast != 0 { return true }
        guard pickler.memoAdd(thread, value) else { return false }
        if version >= 4 { return put(PickleOpcode.memoize) }
        return putMemo(pickler.pointee.memoCount - 1)
    }

    @inline(never) private mutating func putMemo(_ number: Int) -> Bool {
        if !isBinary { return put(PickleOpcode.put) && put(text: "\(number)\n") }
        if number < 256 { return put(PickleOpcode.binPut, UInt8(number)) }
        if number <= 0xFFFF_FFFF { return put32(PickleOpcode.longBinPut, UInt32(number)) }
        return thread.raisePickling("memo id too large for LONG_BINPUT")
    }

    /// Refers to the object of a number.
    @inline(__always) mutating func putGet(_ number: Int) -> Bool {
        if isBinary && number >= 0 && number < 256 { return put(PickleOpcode.binGet, UInt8(number)) }
        return putGetSlow(number)
    }

    @inline(never) private mutating func putGetSlow(_ number: Int) -> Bool {
        if !isBinary { return put(PickleOpcode.get) && put(text: "\(number)\n") }
        if number >= 0 && number <= 0xFFFF_FFFF { return put32(PickleOpcode.longBinGet, UInt32(number)) }
        return thread.raisePickling("memo id too large for LONG_BINGET")
    }

    // MARK: Values

    /// The whole pickle of an object.
    mutating func writeAll(_ value: Value) -> Bool {
        if version >= 2 {
            guard put(PickleOpcode.proto, UInt8(version)) else { return false }
            if version >= 4 {
                isFraming = true
                limit = 0
            }
        }
        guard save(value), put(PickleOpcode.stop) else { return false }
        closeFrame()
        isFraming = false
        limit = capacity
        return true
    }

    /// Writes a value. `isIdentifier` when it is a persistent identifier, of which none is asked for.
    mutating func save(_ value: Value, isIdentifier: Bool = false) -> Bool {
        guard boundary() else { return false }
        if !pickler.pointee.persistentID.isEmpty && !isIdentifier {
            switch saveIdentifier(value) {
            case .done: return true
            case .failed: return false
            case .none: break
            }
        }
        if value.isSmallInt { return saveSmall(value.smallInt) }
        if !value.isPointer {
            if value.isNone { return put(PickleOpcode.none) }
            if value.isBool {
                if version >= 2 { return put(value == .true ? PickleOpcode.newTrue : PickleOpcode.newFalse) }
                return put(value == .true ? "I01\n" : "I00\n")
            }
            if value.isFloat { return saveFloat(value.doubleValue) }
        } else {
            switch value.shapeIndex {
            case TypeID.int.rawValue: return saveLong(value)
            case TypeID.float.rawValue: return saveFloat(value.doubleValue)
            default: break
            }
        }
        let known = pickler.memoFind(value)
        if known >= 0 { return putGet(known) }
        if value.isPointer {
            switch value.shapeIndex {
            case TypeID.str.rawValue: return saveString(value)
            case TypeID.bytes.rawValue: return saveBytes(value)
            default: break
            }
        }
        guard thread.enterRecursion(" while pickling an object") else { return false }
        let done = saveContainer(value)
        thread.leaveRecursion()
        return done
    }

    private mutating func saveContainer(_ value: Value) -> Bool {
        if value.isPointer {
            switch value.shapeIndex {
            case TypeID.dict.rawValue: return saveDict(value)
            case TypeID.set.rawValue: return saveSet(value)
            case TypeID.frozenset.rawValue: return saveFrozenSet(value)
            case TypeID.list.rawValue: return saveList(value)
            case TypeID.tuple.rawValue: return saveTuple(value)
            case TypeID.bytearray.rawValue: return saveByteArray(value)
            default: if value.type == PickleBuffers.type.type { return saveBuffer(value) }
            }
        }
        return saveObject(value)
    }

    private enum Identified { case done, failed, none }

    private mutating func saveIdentifier(_ value: Value) -> Identified {
        let identifier = thread.call(pickler.pointee.persistentID, value)
        if identifier.isEmpty { return .failed }
        if identifier.isNone { return .none }
        if isBinary { return save(identifier, isIdentifier: true) && put(PickleOpcode.binPersID) ? .done : .failed }
        let text = thread.str(identifier)
        if text.isEmpty { return .failed }
        guard StringRef(text).isASCII else {
            thread.raisePickling("persistent IDs in protocol 0 must be ASCII strings")
            return .failed
        }
        return put(PickleOpcode.persID) && put(StringRef(text).units, StringRef(text).count) && put(10) ? .done : .failed
    }

    // MARK: Numbers

    @inline(__always) private mutating func saveSmall(_ number: Int) -> Bool {
        if isBinary && number >= 0 && number < 256 { return put(PickleOpcode.binInt1, UInt8(number)) }
        return saveInt(number)
    }

    @inline(never) private mutating func saveInt(_ number: Int) -> Bool {
        guard let word = Int32(exactly: number) else {
            if version >= 2 {
                // The fewest bytes that hold it, the sign included.
                let size = 9 - ((number < 0 ? ~number : number).leadingZeroBitCount + 7) / 8
                let length = max(1, min(8, size))
                guard room(10) else { return false }
                base[count] = PickleOpcode.long1
                base[count + 1] = UInt8(length)
                UnsafeMutableRawPointer(base + count + 2).storeBytes(of: Int64(number), as: Int64.self)
                count &+= 2 + length
                return true
            }
            return put(text: "L\(number)L\n")
        }
        guard isBinary else { return put(text: "I\(number)\n") }
        if number >= 0 && number < 65536 {
            guard room(3) else { return false }
            base[count] = PickleOpcode.binInt2
            base[count + 1] = UInt8(truncatingIfNeeded: number)
            base[count + 2] = UInt8(number >> 8)
            count &+= 3
            return true
        }
        return put32(PickleOpcode.binInt, UInt32(bitPattern: word))
    }

    /// An int of more than 62 bits.
    private mutating func saveLong(_ value: Value) -> Bool {
        if let word = IntOps.toInt(value) { return word == 0 || Value.fitsSmall(word) ? saveSmall(word) : saveInt(word) }
        guard version >= 2 else {
            let text = thread.repr(value)
            return !text.isEmpty && put(PickleOpcode.long) && put(StringRef(text).units, StringRef(text).count) && put("L\n")
        }
        return Integers.withLimbs(value) { limbs in
            var length = limbs.bitLength / 8 + 1
            // The lowest number of a width needs no byte more for its sign.
            if limbs.negative && length > 1 && limbs.bitLength % 8 == 0 {
                var isLowest = limbs[limbs.count - 1] & (limbs[limbs.count - 1] - 1) == 0
                for index in 0 ..< limbs.count - 1 where limbs[index] != 0 { isLowest = false }
                if isLowest { length -= 1 }
            }
            if length >= 1 << 31 {
                thread.raise(.overflowError, "int too large to pickle")
                return false
            }
            guard room(length + 5) else { return false }
            var target = base + count
            if length < 256 {
                target[0] = PickleOpcode.long1
                target[1] = UInt8(length)
                target += 2
            } else {
                target[0] = PickleOpcode.long4
                UnsafeMutableRawPointer(target + 1).storeBytes(of: UInt32(length), as: UInt32.self)
                target += 5
            }
            var carry: UInt = limbs.negative ? 1 : 0
            let flip: UInt = limbs.negative ? .max : 0
            var place = 0
            while place < length {
                let index = place >> 3
                let (word, overflow) = ((index < limbs.count ? limbs[index] : 0) ^ flip).addingReportingOverflow(carry)
                carry = overflow ? 1 : 0
                for shift in 0 ..< min(8, length - place) { target[place + shift] = UInt8(truncatingIfNeeded: word >> UInt(shift * 8)) }
                place += 8
            }
            count = target - base + length
            return true
        }
    }

    @inline(__always) private mutating func saveFloat(_ number: Double) -> Bool {
        if isBinary { return put64(PickleOpcode.binFloat, number.bitPattern.bigEndian) }
        let text = FloatText.repr(thread, number)
        return !text.isEmpty && put(PickleOpcode.float) && put(StringRef(text).units, StringRef(text).count) && put(10)
    }

    // MARK: Text and bytes

    @inline(__always) private mutating func saveString(_ value: Value) -> Bool {
        let string = StringRef(value)
        // Short ASCII text, and its number in the memo.
        if string.isASCII && string.count < 256 && version >= 4 {
            let length = string.count
            guard room(length &+ 2) else { return false }
            let target = base + count
            target[0] = PickleOpcode.shortBinUnicode
            target[1] = UInt8(truncatingIfNeeded: length)
            memcpy(target + 2, string.units1, length)
            count &+= length &+ 2
            return memoize(value)
        }
        return saveStringSlow(value)
    }

    @inline(never) private mutating func saveStringSlow(_ value: Value) -> Bool {
        let string = StringRef(value)
        guard isBinary else { return saveRawString(string) && memoize(value) }
        var encoded = Value.empty
        var data = UnsafePointer(string.units1), size = string.count
        if !string.isASCII {
            encoded = UTF8Codec.encode(thread, value, Name.surrogatepass.value)
            if encoded.isEmpty { return false }
            data = UnsafePointer(BytesRef(encoded).bytes)
            size = BytesRef(encoded).count
        }
        let header: (UInt8, Int, Int)
        if size < 256 && version >= 4 {
            header = (PickleOpcode.shortBinUnicode, size, 1)
        } else if size <= 0xFFFF_FFFF {
            header = (PickleOpcode.binUnicode, size, 4)
        } else if version >= 4 {
            header = (PickleOpcode.binUnicode8, size, 8)
        } else {
            thread.raise(.overflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher")
            return false
        }
        return putContents(header, data, size, encoded) && memoize(value)
    }

    /// Protocol 0: a line of Latin-1 in which other characters, and those that end lines or files, are escaped.
    private mutating func saveRawString(_ string: StringRef) -> Bool {
        guard put(PickleOpcode.unicode) else { return false }
        for index in 0 ..< string.count {
            let character = string[index]
            switch character {
            case 0x5C, 0, 0x0A, 0x0D, 0x1A, 0x100 ... 0xFFFF:
                let digits = String(character, radix: 16)
                guard put(text: "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits) else { return false }
            case 0x10000...:
                let digits = String(character, radix: 16)
                guard put(text: "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits) else { return false }
            default:
                guard put(UInt8(character)) else { return false }
            }
        }
        return put(10)
    }

    private mutating func saveBytes(_ value: Value) -> Bool {
        let bytes = BytesRef(value)
        if version >= 3 { return putBytes(bytes.bytes, bytes.count, value) && memoize(value) }
        if bytes.count == 0 {
            let reduced = thread.newTuple(TypeID.bytes.value, WellKnown.emptyTuple.value)
            return !reduced.isEmpty && saveReduction(reduced, value)
        }
        let text = thread.decode(value, encoding: Name.latin_1.value)
        let arguments = text.isEmpty ? .empty : thread.newTuple(text, StringRef.intern("latin1").value)
        let function = thread.importAttribute("_codecs", "encode")
        let reduced = arguments.isEmpty || function.isEmpty ? .empty : thread.newTuple(function, arguments)
        return !reduced.isEmpty && saveReduction(reduced, value)
    }

    @inline(__always) private mutating func putBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ payload: Value) -> Bool {
        if size < 256 {
            guard room(size + 2) else { return false }
            base[count] = PickleOpcode.shortBinBytes
            base[count + 1] = UInt8(truncatingIfNeeded: size)
            memcpy(base + count + 2, data, size)
            count &+= size &+ 2
            return true
        }
        if size <= 0xFFFF_FFFF { return putContents((PickleOpcode.binBytes, size, 4), data, size, payload) }
        if version >= 4 { return putContents((PickleOpcode.binBytes8, size, 8), data, size, payload) }
        thread.raise(.overflowError, "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher")
        return false
    }

    private mutating func saveByteArray(_ value: Value) -> Bool {
        let array = ByteArrayRef(value)
        if version >= 5 { return putContents((PickleOpcode.byteArray8, array.count, 8), array.bytes, array.count, .empty) && memoize(value) }
        var arguments = WellKnown.emptyTuple.value
        if array.count > 0 {
            let bytes = thread.newBytes(array.bytes, array.count)
            arguments = bytes.isEmpty ? .empty : thread.newTuple(bytes)
        }
        let reduced = arguments.isEmpty ? .empty : thread.newTuple(TypeID.bytearray.value, arguments)
        return !reduced.isEmpty && saveReduction(reduced, value)
    }

    private mutating func saveBuffer(_ value: Value) -> Bool {
        guard version >= 5 else { return thread.raisePickling("PickleBuffer can only pickled with protocol >= 5") }
        var view = BufferView()
        guard thread.acquireBuffer(value, &view, BufferFlags.fullReadOnly) else { return false }
        defer { thread.releaseBuffer(&view) }
        guard view.suboffsets == nil, view.isCContiguous || view.isFortranContiguous else {
            return thread.raisePickling("PickleBuffer can not be pickled when pointing to a non-contiguous buffer")
        }
        var isInside: Int32 = 1
        if !pickler.pointee.bufferCallback.isEmpty {
            let result = thread.call(pickler.pointee.bufferCallback, value)
            isInside = result.isEmpty ? -1 : thread.isTrue(result)
            if isInside < 0 { return false }
        }
        if isInside == 0 { return put(PickleOpcode.nextBuffer) && (!view.readOnly || put(PickleOpcode.readOnlyBuffer)) }
        if view.readOnly { return putBytes(view.bytes, view.length, .empty) && memoize(value) }
        return putContents((PickleOpcode.byteArray8, view.length, 8), view.bytes, view.length, .empty) && memoize(value)
    }

    // MARK: Containers

    private mutating func saveTuple(_ value: Value) -> Bool {
        let tuple = TupleRef(value)
        let length = tuple.count
        if length == 0 { return version > 0 ? put(PickleOpcode.emptyTuple) : put("(t") }
        let isShort = length <= 3 && version >= 2
        if !isShort { guard put(PickleOpcode.mark) else { return false } }
        for index in 0 ..< length { guard save(tuple[index]) else { return false } }
        // Its items have it, and have written it: what is on the stack is dropped for that.
        let known = pickler.memoFind(value)
        if known >= 0 {
            if !isShort && isBinary { return put(PickleOpcode.popMark) && putGet(known) }
            for _ in 0 ..< length + (isShort ? 0 : 1) { guard put(PickleOpcode.pop) else { return false } }
            return putGet(known)
        }
        return put(isShort ? PickleOpcode.tuple1 - 1 + UInt8(length) : PickleOpcode.tuple) && memoize(value)
    }

    private mutating func saveList(_ value: Value) -> Bool {
        guard enterFast(value), isBinary ? put(PickleOpcode.emptyList) : put("(l"), memoize(value) else { return false }
        let list = ListRef(value)
        if list.count > 0 {
            if version == 0 {
                let iterator = thread.iterator(value)
                guard !iterator.isEmpty, saveItems(iterator) else { return false }
            } else if list.count == 1 {
                guard save(list[0]), put(PickleOpcode.append) else { return false }
            } else {
                var index = 0
                repeat {
                    guard put(PickleOpcode.mark) else { return false }
                    var number = 0
                    while index < list.count && number < PickleState.batchSize {
                        guard save(list[index]) else { return false }
                        index += 1
                        number += 1
                    }
                    guard put(PickleOpcode.appends) else { return false }
                } while index < list.count
            }
        }
        leaveFast(value)
        return true
    }

    /// The items of an iterator, to be appended to what is on the stack.
    mutating func saveItems(_ iterator: Value) -> Bool {
        var item = thread.next(iterator)
        if version == 0 {
            while !item.isEmpty {
                guard save(item), put(PickleOpcode.append) else { return false }
                item = thread.next(iterator)
            }
            return !thread.hasException
        }
        while !item.isEmpty {
            var following = thread.next(iterator)
            if following.isEmpty {
                if thread.hasException { return false }
                return save(item) && put(PickleOpcode.append)
            }
            guard put(PickleOpcode.mark), save(item) else { return false }
            var number = 1
            while !following.isEmpty {
                guard save(following) else { return false }
                number += 1
                if number == PickleState.batchSize { break }
                following = thread.next(iterator)
            }
            guard !thread.hasException, put(PickleOpcode.appends) else { return false }
            if number < PickleState.batchSize { return true }
            item = thread.next(iterator)
        }
        return !thread.hasException
    }

    private mutating func saveDict(_ value: Value) -> Bool {
        guard enterFast(value), isBinary ? put(PickleOpcode.emptyDict) : put("(d"), memoize(value) else { return false }
        let dict = DictRef(value)
        let size = dict.count
        if size > 0 {
            if version == 0 {
                let items = thread.callMethod(value, Name.items)
                let iterator = items.isEmpty ? .empty : thread.iterator(items)
                guard !iterator.isEmpty, savePairs(iterator) else { return false }
            } else {
                guard saveEntries(dict, size) else { return false }
            }
        }
        leaveFast(value)
        return true
    }

    private mutating func saveEntries(_ dict: DictRef, _ size: Int) -> Bool {
        var position = 0
        if size == 1 {
            guard let (key, item) = dict.next(&position) else { return true }
            return save(key) && save(item) && put(PickleOpcode.setItem)
        }
        var number: Int
        repeat {
            number = 0
            guard put(PickleOpcode.mark) else { return false }
            while let (key, item) = dict.next(&position) {
                guard save(key), save(item) else { return false }
                number += 1
                if number == PickleState.batchSize { break }
            }
            guard put(PickleOpcode.setItems) else { return false }
            if dict.count != size {
                thread.raise(.runtimeError, "dictionary changed size during iteration")
                return false
            }
        } while number == PickleState.batchSize
        return true
    }

    /// The pairs of an iterator, to be set in what is on the stack.
    mutating func savePairs(_ iterator: Value) -> Bool {
        var item = thread.next(iterator)
        while !item.isEmpty {
            var following = version == 0 ? Value.empty : thread.next(iterator)
            if thread.hasException { return false }
            if following.isEmpty {
                guard savePair(item), put(PickleOpcode.setItem) else { return false }
                if version > 0 { return true }
                item = thread.next(iterator)
                continue
            }
            guard put(PickleOpcode.mark), savePair(item) else { return false }
            var number = 1
            while !following.isEmpty {
                guard savePair(following) else { return false }
                number += 1
                if number == PickleState.batchSize { break }
                following = thread.next(iterator)
            }
            guard !thread.hasException, put(PickleOpcode.setItems) else { return false }
            if number < PickleState.batchSize { return true }
            item = thread.next(iterator)
        }
        return !thread.hasException
    }

    private mutating func savePair(_ pair: Value) -> Bool {
        guard pair.isTuple, TupleRef(pair).count == 2 else {
            thread.raise(.typeError, "dict items iterator must return 2-tuples")
            return false
        }
        return save(TupleRef(pair)[0]) && save(TupleRef(pair)[1])
    }

    private mutating func saveSet(_ value: Value) -> Bool {
        guard version >= 4 else { return saveAsList(value, TypeID.set.value) }
        guard put(PickleOpcode.emptySet), memoize(value) else { return false }
        let set = SetRef(value)
        let size = set.count
        if size == 0 { return true }
        var position = 0
        var number: Int
        repeat {
            number = 0
            guard put(PickleOpcode.mark) else { return false }
            while true {
                let item = set.next(&position)
                if item.isEmpty { break }
                guard save(item) else { return false }
                number += 1
                if number == PickleState.batchSize { break }
            }
            guard put(PickleOpcode.addItems) else { return false }
            if set.count != size {
                thread.raise(.runtimeError, "set changed size during iteration")
                return false
            }
        } while number == PickleState.batchSize
        return true
    }

    private mutating func saveFrozenSet(_ value: Value) -> Bool {
        guard version >= 4 else { return saveAsList(value, TypeID.frozenset.value) }
        guard put(PickleOpcode.mark) else { return false }
        var position = 0
        while true {
            let item = SetRef(value).next(&position)
            if item.isEmpty { break }
            guard save(item) else { return false }
        }
        let known = pickler.memoFind(value)
        if known >= 0 { return put(PickleOpcode.popMark) && putGet(known) }
        return put(PickleOpcode.frozenSet) && memoize(value)
    }

    /// `type([items])`
    private mutating func saveAsList(_ value: Value, _ type: Value) -> Bool {
        let items = thread.list(value)
        let arguments = items.isEmpty ? .empty : thread.newTuple(items)
        let reduced = arguments.isEmpty ? .empty : thread.newTuple(type, arguments)
        return !reduced.isEmpty && saveReduction(reduced, value)
    }

    // MARK: Fast mode

    /// In fast mode, which has no memo, notes containers that are nested deeply, so that a cycle is found.
    @inline(__always) private func enterFast(_ value: Value) -> Bool { pickler.pointee.fast == 0 || enterFastSlow(value) }

    private static let fastNestingLimit = 50

    @inline(never) private func enterFastSlow(_ value: Value) -> Bool {
        pickler.pointee.fastNesting += 1
        guard pickler.pointee.fastNesting >= PickleWriter.fastNestingLimit else { return true }
        if pickler.pointee.fastMemo.isEmpty {
            let dict = thread.newDict()
            if dict.isEmpty { return false }
            pickler.pointee.fastMemo = dict
            Heap.barrier(UnsafeMutableRawPointer(pickler))
        }
        let key = Value(small: Int(truncatingIfNeeded: value.bits >> 3))
        let memo = DictRef(pickler.pointee.fastMemo)
        if !memo.get(thread, key).isEmpty {
            thread.raise(.valueError, "fast mode: can't pickle cyclic objects including object type \(value.type.name) at 0x\(String(value.bits, radix: 16))")
            pickler.pointee.fastNesting = -1
            return false
        }
        return memo.set(thread, key, .none)
    }

    @inline(__always) private func leaveFast(_ value: Value) { if pickler.pointee.fast != 0 { leaveFastSlow(value) } }

    @inline(never) private func leaveFastSlow(_ value: Value) {
        if pickler.pointee.fastNesting >= PickleWriter.fastNestingLimit, !pickler.pointee.fastMemo.isEmpty {
            _ = DictRef(pickler.pointee.fastMemo).remove(thread, Value(small: Int(truncatingIfNeeded: value.bits >> 3)))
        }
        pickler.pointee.fastNesting -= 1
    }
}
