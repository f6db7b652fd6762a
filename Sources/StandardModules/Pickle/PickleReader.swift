import Glibc
import NumberTypes
import Objects
import TextTypes

/// One `load`: a small stack machine over the bytes of a pickle.
///
/// Nothing about the bytes may be taken for granted. What an opcode takes from the stack must stand above `fence`, the top when the innermost mark was set; lengths are
/// compared with what there is before anything is allocated. The stack is a heap array of its own for each load, so that one within another does no harm.
/// Functions return false, or the empty value, when they have raised.
struct PickleReader {
    let thread: ThreadRef
    let unpickler: UnsafeMutablePointer<UnpicklerObject>
    /// The bytes at hand. The position moves with every opcode, and goes back into the object at the end.
    var chunk: Value
    var bytes: UnsafeMutablePointer<UInt8>
    var position: Int
    var limit: Int
    /// `ValueArrayObject`. Words above `top` are stale.
    private(set) var stack: Value = .empty
    private(set) var top = 0
    private var capacity = 0
    /// Heights of the stack where marks were set.
    private var marks: UnsafeMutablePointer<Int>
    private var markCount = 0
    private var markCapacity = 16
    private(set) var fence = 0

    init(_ thread: ThreadRef, _ value: Value) {
        self.thread = thread
        unpickler = Unpicklers.object(value)
        chunk = unpickler.pointee.chunk
        bytes = chunk.isEmpty ? UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped : BytesRef(chunk).bytes
        position = unpickler.pointee.position
        limit = unpickler.pointee.limit
        marks = .allocate(capacity: markCapacity)
        if !unpickler.pointee.stack.isEmpty {
            stack = unpickler.pointee.stack
            unpickler.pointee.stack = .empty
            capacity = stack.object(ValueArrayObject.self).pointee.count
        }
    }

    /// Words of a stack that is kept for the next reader.
    private static let largestSpare = 4096

    /// To be called at the end.
    mutating func finish() {
        unpickler.pointee.chunk = chunk
        Heap.barrier(UnsafeMutableRawPointer(unpickler))
        unpickler.pointee.position = position
        unpickler.pointee.limit = limit
        marks.deallocate()
        if capacity > 0 && capacity <= PickleReader.largestSpare {
            // What was pushed stands without a gap from the bottom up.
            var index = 0
            while index < capacity && !items[index].isEmpty {
                items[index] = .empty
                index += 1
            }
            unpickler.pointee.stack = stack
            Heap.barrier(UnsafeMutableRawPointer(unpickler))
        }
    }

    // MARK: The stack

    @inline(__always) var items: UnsafeMutablePointer<Value> { (stack.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self) }

    /// Pushes a value; an empty one says that making it has raised.
    @inline(__always) private mutating func push(_ value: Value) -> Bool {
        if value.isEmpty { return false }
        if top == capacity { guard growStack() else { return false } }
        items[top] = value
        Heap.barrier(stack.raw)
        top &+= 1
        return true
    }

    @inline(never) private mutating func growStack() -> Bool {
        let size = max(62, capacity * 2)
        guard let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + size * 8, shape: TypeID.valueArray.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = size
        if top > 0 { memcpy(raw + MemoryLayout<ValueArrayObject>.size, items, top * 8) }
        stack = Value(raw)
        capacity = size
        return true
    }

    @inline(never) @discardableResult private func underflow() -> Bool {
        thread.raiseUnpickling(markCount > 0 ? "unexpected MARK found" : "unpickling stack underflow")
    }

    /// The value on top, taken off.
    @inline(__always) private mutating func pop() -> Value {
        if top <= fence { underflow(); return .empty }
        top &-= 1
        return items[top]
    }

    /// A tuple of the values from `start` on, taken off.
    @inline(__always) private mutating func popTuple(_ start: Int) -> Value {
        if start < fence || start > top { underflow(); return .empty }
        let result = thread.newTuple(items + start, top &- start)
        top = start
        return result
    }

    private mutating func popList(_ start: Int) -> Value {
        let result = thread.newList(items + start, top - start)
        top = start
        return result
    }

    @inline(__always) private mutating func pushMark() -> Bool {
        if markCount == markCapacity { guard growMarks() else { return false } }
        marks[markCount] = top
        markCount &+= 1
        fence = top
        return true
    }

    @inline(never) private mutating func growMarks() -> Bool {
        guard Heap.hasRoom(outside: markCapacity * 16) else {
            thread.raiseOutOfMemory()
            return false
        }
        let larger = UnsafeMutablePointer<Int>.allocate(capacity: markCapacity * 2)
        larger.update(from: marks, count: markCount)
        marks.deallocate()
        marks = larger
        markCapacity *= 2
        return true
    }

    /// Where the innermost mark was set, which is taken away; -1 when there is none.
    @inline(__always) private mutating func popMark() -> Int {
        if markCount < 1 {
            thread.raiseUnpickling("could not find MARK")
            return -1
        }
        markCount &-= 1
        fence = markCount > 0 ? marks[markCount - 1] : 0
        return marks[markCount]
    }

    // MARK: Numbers in the stream

    /// An unsigned number of so many bytes, which are there; -1 when it is too large for an Int.
    @inline(__always) private mutating func number(_ size: Int) -> Int {
        var result: UInt64 = 0
        var index = 0
        while index < size {
            result |= UInt64(bytes[position &+ index]) << UInt64(index &* 8)
            index &+= 1
        }
        position &+= size
        return result > UInt64(Int.max) ? -1 : Int(result)
    }

    // MARK: The loop

    mutating func load() -> Value {
        unpickler.pointee.version = 0
        if capacity == 0 { guard growStack() else { return .empty } }
        while true {
            if position >= limit {
                guard fill(1) else {
                    if !thread.pointee.exception.isEmpty, thread.pointee.exception.type.isSubtype(of: TypeRef(PickleState.unpicklingError.pointee)) {
                        thread.takeException()
                        thread.raise(.eofError, "Ran out of input")
                    }
                    return .empty
                }
            }
            let opcode = bytes[position]
            position &+= 1
            var isFine: Bool
            switch opcode {
            case PickleOpcode.binInt1: isFine = need(1) && push(Value(small: number(1)))
            case PickleOpcode.binInt2: isFine = need(2) && push(Value(small: number(2)))
            case PickleOpcode.binInt: isFine = need(4) && push(Value(small: Int(Int32(truncatingIfNeeded: number(4)))))
            case PickleOpcode.shortBinUnicode: isFine = loadText(1)
            case PickleOpcode.memoize: isFine = top > fence ? unpickler.memoSet(thread, unpickler.pointee.memoCount, items[top &- 1]) : underflow()
            case PickleOpcode.binGet: isFine = need(1) && get(number(1))
            case PickleOpcode.longBinGet: isFine = need(4) && get(number(4))
            case PickleOpcode.binPut: isFine = need(1) && memoPut(number(1))
            case PickleOpcode.longBinPut: isFine = need(4) && memoPut(number(4))
            case PickleOpcode.mark: isFine = pushMark()
            case PickleOpcode.none: isFine = push(.none)
            case PickleOpcode.newTrue: isFine = push(.true)
            case PickleOpcode.newFalse: isFine = push(.false)
            case PickleOpcode.emptyTuple: isFine = push(WellKnown.emptyTuple.value)
            case PickleOpcode.emptyList: isFine = push(thread.newList())
            case PickleOpcode.emptyDict: isFine = push(thread.newDict())
            case PickleOpcode.emptySet: isFine = push(thread.newSet())
            case PickleOpcode.tuple1, PickleOpcode.tuple2, PickleOpcode.tuple3:
                let length = Int(opcode - PickleOpcode.tuple1) + 1
                isFine = top >= length ? push(popTuple(top - length)) : underflow()
            case PickleOpcode.append: isFine = appendItems(top - 1)
            case PickleOpcode.setItem: isFine = setItems(top - 2)
            case PickleOpcode.binFloat:
                isFine = need(8)
                if isFine {
                    let bits = UInt64(bigEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self))
                    position &+= 8
                    isFine = push(thread.newFloat(Double(bitPattern: bits)))
                }
            case PickleOpcode.long1: isFine = loadLong(1)
            case PickleOpcode.shortBinBytes: isFine = loadBytes(1)
            case PickleOpcode.newObject: isFine = loadNew(hasKeywords: false)
            case PickleOpcode.build: isFine = loadBuild()
            case PickleOpcode.appends:
                let mark = popMark()
                isFine = mark >= 0 && appendItems(mark)
            case PickleOpcode.setItems:
                let mark = popMark()
                isFine = mark >= 0 && setItems(mark)
            case PickleOpcode.tuple:
                let mark = popMark()
                isFine = mark >= 0 && push(popTuple(mark))
            case PickleOpcode.stop:
                guard settleFile() else { return .empty }
                return pop()
            default: isFine = loadOther(opcode)
            }
            if !isFine { return .empty }
        }
    }

    /// The opcodes that are rarer.
    @inline(never) private mutating func loadOther(_ opcode: UInt8) -> Bool {
        switch opcode {
        case PickleOpcode.proto:
            guard need(1) else { return false }
            let version = number(1)
            if version > PickleState.highestProtocol {
                thread.raise(.valueError, "unsupported pickle protocol: \(version)")
                return false
            }
            unpickler.pointee.version = version
            return true
        case PickleOpcode.frame:
            guard need(8) else { return false }
            let length = number(8)
            if length < 0 {
                thread.raise(.overflowError, "FRAME length exceeds system's maximum of \(Int.max) bytes")
                return false
            }
            return need(length)
        case PickleOpcode.binUnicode: return loadText(4)
        case PickleOpcode.binUnicode8: return loadText(8)
        case PickleOpcode.binBytes: return loadBytes(4)
        case PickleOpcode.binBytes8: return loadBytes(8)
        case PickleOpcode.byteArray8: return loadByteArray()
        case PickleOpcode.long4: return loadLong(4)
        case PickleOpcode.binString: return loadOldString(4)
        case PickleOpcode.shortBinString: return loadOldString(1)
        case PickleOpcode.int, PickleOpcode.long, PickleOpcode.float, PickleOpcode.string, PickleOpcode.unicode, PickleOpcode.get, PickleOpcode.put: return loadLine(opcode)
        case PickleOpcode.global: return loadGlobal()
        case PickleOpcode.stackGlobal:
            let name = pop()
            let module = name.isEmpty ? .empty : pop()
            thread.takeException()
            guard name.isExact(.str), module.isExact(.str) else { return thread.raiseUnpickling("STACK_GLOBAL requires str") }
            return push(findClass(module, name))
        case PickleOpcode.reduce:
            let arguments = pop()
            let callable = arguments.isEmpty ? .empty : pop()
            if callable.isEmpty { return false }
            guard arguments.isTuple else {
                thread.raise(.typeError, "argument list must be a tuple")
                return false
            }
            return push(thread.call(callable, tuple: arguments))
        case PickleOpcode.newObjectEx: return loadNew(hasKeywords: true)
        case PickleOpcode.list:
            let mark = popMark()
            return mark >= 0 && push(popList(mark))
        case PickleOpcode.dict: return loadDict()
        case PickleOpcode.addItems: return addItems()
        case PickleOpcode.frozenSet: return loadFrozenSet()
        case PickleOpcode.obj, PickleOpcode.inst: return loadInstance(opcode == PickleOpcode.inst)
        case PickleOpcode.ext1: return loadExtension(1)
        case PickleOpcode.ext2: return loadExtension(2)
        case PickleOpcode.ext4: return loadExtension(4)
        case PickleOpcode.pop:
            if markCount > 0 && marks[markCount - 1] == top { return popMark() >= 0 }
            if top <= fence { return underflow() }
            top -= 1
            return true
        case PickleOpcode.popMark:
            let mark = popMark()
            if mark >= 0 { top = mark }
            return mark >= 0
        case PickleOpcode.dup: return top > fence ? push(items[top - 1]) : underflow()
        case PickleOpcode.persID, PickleOpcode.binPersID: return loadPersistent(opcode == PickleOpcode.persID)
        case PickleOpcode.nextBuffer: return loadBuffer()
        case PickleOpcode.readOnlyBuffer: return makeReadOnly()
        default:
            let isShown = opcode >= 0x20 && opcode <= 0x7E && opcode != 0x27 && opcode != 0x5C
            let digits = String(opcode, radix: 16)
            return thread.raiseUnpickling("invalid load key, '\(isShown ? String(UnicodeScalar(opcode)) : "\\x\(digits.utf8.count == 1 ? "0" : "")\(digits)")'.")
        }
    }

    // MARK: The memo

    @inline(__always) private mutating func get(_ number: Int) -> Bool {
        let found = unpickler.memoGet(thread, number)
        return found.isEmpty ? getFailed(number) : push(found)
    }

    @inline(never) private func getFailed(_ number: Int) -> Bool { thread.hasException ? false : thread.raiseUnpickling("Memo value not found at index \(number)") }

    @inline(__always) private mutating func memoPut(_ number: Int) -> Bool {
        if top <= fence { return underflow() }
        return unpickler.memoSet(thread, number, items[top &- 1])
    }

    // MARK: Numbers, text and bytes

    private mutating func loadLong(_ width: Int) -> Bool {
        guard need(width) else { return false }
        let size = width == 1 ? number(1) : Int(Int32(truncatingIfNeeded: number(4)))
        if size < 0 { return thread.raiseUnpickling("LONG pickle has negative byte count") }
        guard need(size) else { return false }
        let start = bytes + position
        position += size
        if size == 0 { return push(Value(small: 0)) }
        if size <= 8 {
            var word: UInt64 = start[size - 1] >= 0x80 ? .max : 0
            var index = size - 1
            while index >= 0 {
                word = word << 8 | UInt64(start[index])
                index -= 1
            }
            return push(thread.newInt(Int(Int64(bitPattern: word))))
        }
        return push(PickleReader.integer(thread, start, size))
    }

    /// The int of little-endian bytes in two's complement.
    private static func integer(_ thread: ThreadRef, _ start: UnsafeMutablePointer<UInt8>, _ size: Int) -> Value {
        let negative = start[size - 1] >= 0x80
        let count = (size + 7) / 8 + 1
        guard Heap.hasRoom(outside: count * 8), let memory = malloc(count * 8) else { return thread.raiseOutOfMemory() }
        defer { Glibc.free(memory) }
        let limbs = memory.assumingMemoryBound(to: UInt.self)
        memset(limbs, negative ? 0xFF : 0, count * 8)
        memcpy(limbs, start, size)
        if negative {
            var carry: UInt = 1
            for index in 0 ..< count {
                let (sum, overflow) = (~limbs[index]).addingReportingOverflow(carry)
                limbs[index] = sum
                carry = overflow ? 1 : 0
            }
        }
        return thread.newInt(negative: negative, limbs: limbs, count)
    }

    @inline(__always) private mutating func loadText(_ width: Int) -> Bool {
        guard need(width) else { return false }
        let size = number(width)
        if size < 0 {
            thread.raise(.overflowError, "BINUNICODE exceeds system's maximum size of \(Int.max) bytes")
            return false
        }
        guard need(size) else { return false }
        let start = bytes + position
        position &+= size
        if size > 1 && size < 64 && PickleReader.isASCII(start, size) {
            guard let result = StringRef.allocate(count: size, width: 1, ascii: true) else {
                thread.raiseOutOfMemory()
                return false
            }
            memcpy(result.units1, start, size)
            return push(result.value)
        }
        return push(thread.decodeUTF8(start, size, errors: Name.surrogatepass.value))
    }

    @inline(__always) private static func isASCII(_ start: UnsafeMutablePointer<UInt8>, _ size: Int) -> Bool {
        var all: UInt64 = 0
        var index = 0
        while index &+ 8 <= size {
            all |= UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
            index &+= 8
        }
        while index < size {
            all |= UInt64(start[index])
            index &+= 1
        }
        return all & 0x8080_8080_8080_8080 == 0
    }

    private mutating func loadBytes(_ width: Int) -> Bool {
        guard need(width) else { return false }
        let size = number(width)
        if size < 0 {
            thread.raise(.overflowError, "BINBYTES exceeds system's maximum size of \(Int.max) bytes")
            return false
        }
        if size > Int.max - 33 {
            thread.raise(.overflowError, "byte string is too large")
            return false
        }
        guard need(size) else { return false }
        let start = bytes + position
        position &+= size
        return push(size == 1 ? BytesType.single(start[0]) : thread.newBytes(start, size))
    }

    private mutating func loadByteArray() -> Bool {
        guard need(8) else { return false }
        let size = number(8)
        if size < 0 {
            thread.raise(.overflowError, "BYTEARRAY8 exceeds system's maximum size of \(Int.max) bytes")
            return false
        }
        guard need(size) else { return false }
        let start = bytes + position
        position += size
        return push(thread.newByteArray(start, size))
    }

    /// A str of Python 2.
    private mutating func loadOldString(_ width: Int) -> Bool {
        guard need(width) else { return false }
        let size = number(width)
        guard need(size) else { return false }
        let start = bytes + position
        position += size
        return push(decodeOld(thread.newBytes(start, size)))
    }

    private func decodeOld(_ bytes: Value) -> Value {
        if bytes.isEmpty || StringRef(unpickler.pointee.encoding).equals("bytes") { return bytes }
        return thread.decode(bytes, encoding: unpickler.pointee.encoding, errors: unpickler.pointee.errors)
    }

    // MARK: Lines

    /// The opcodes of protocol 0 with an argument in text.
    private mutating func loadLine(_ opcode: UInt8) -> Bool {
        guard let (start, length) = line(atLeast: opcode == PickleOpcode.unicode || opcode == PickleOpcode.string ? 1 : 2) else { return false }
        let count = length - 1
        switch opcode {
        case PickleOpcode.int: return loadIntLine(start, count)
        case PickleOpcode.long:
            let isMarked = count > 0 && start[count - 1] == UInt8(ascii: "L")
            return push(parseInt(start, isMarked ? count - 1 : count, base: 0))
        case PickleOpcode.float:
            let text = latin1(start, count)
            if text.isEmpty { return false }
            guard count > 0, !Integers.isSpace(start[0]), !Integers.isSpace(start[count - 1]), !(0 ..< count).contains(where: { start[$0] == UInt8(ascii: "_") }), let number = FloatText.parse(StringRef(text)) else {
                let first = count > 0 && (start[0] == 43 || start[0] == 45 || start[0] == 46) ? 1 : 0
                let begins = count > first && start[first] >= 48 && start[first] <= 57
                thread.raise(.valueError, begins ? "could not convert string to float" : "could not convert string to float: '\(StringRef(text).description)\n'")
                return false
            }
            return push(thread.newFloat(number))
        case PickleOpcode.string:
            guard count >= 2, start[0] == start[count - 1], start[0] == 0x27 || start[0] == 0x22 else { return thread.raiseUnpickling("the STRING opcode argument must be quoted") }
            return push(decodeOld(unescape(start + 1, count - 2, "escape_decode")))
        case PickleOpcode.unicode:
            for index in 0 ..< count where start[index] == 0x5C { return push(unescape(start, count, "raw_unicode_escape_decode")) }
            return push(latin1(start, count))
        default:
            let key = parseInt(start, count, base: 10)
            if key.isEmpty { return false }
            guard let number = thread.toInt(key) else { return false }
            if opcode == PickleOpcode.get { return get(number) }
            if top <= fence { return underflow() }
            if number < 0 {
                thread.raise(.valueError, "negative PUT argument")
                return false
            }
            return memoPut(number)
        }
    }

    private func latin1(_ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Value {
        if count == 0 { return WellKnown.emptyString.value }
        if count == 1 { return taipan_latin1()[Int(start[0])] }
        var highest: UInt8 = 0
        for index in 0 ..< count { highest |= start[index] }
        let result = thread.newString(count: count, maximum: UInt32(highest))
        if !result.isEmpty { memcpy(StringRef(result).units, start, count) }
        return result
    }

    private func parseInt(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, base: Int) -> Value {
        // Plain digits.
        if count > 0 && count < 18 && (start[0] != 48 || count == 1) {
            var number = 0, index = 0
            while index < count, start[index] >= 48, start[index] <= 57 {
                number = number * 10 + Int(start[index] - 48)
                index += 1
            }
            if index == count { return Value(small: number) }
        }
        let text = latin1(start, count)
        let number = text.isEmpty ? .empty : Integers.fromString(thread, text, base: base)
        if number.isEmpty && thread.clearException(.valueError) {
            // The message shows the line with its end, but for the mark of a long one.
            let shown = latin1(start, start[count] == 10 ? count + 1 : count)
            if !shown.isEmpty { thread.raise(.valueError, "invalid literal for int() with base 10: \(shown.reprForMessage(thread))") }
        }
        return number
    }

    /// INT: a number in C's notation, or 00 or 01 for a bool.
    private mutating func loadIntLine(_ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
        if count == 2, start[0] == 48, start[1] == 48 || start[1] == 49 { return push(Value(start[1] == 49)) }
        if start[0] == 48 && count > 1 && count < 64 {
            // An octal or hexadecimal number, as C reads them.
            var text = [CChar](repeating: 0, count: 65)
            for index in 0 ..< count { text[index] = CChar(bitPattern: start[index]) }
            var isRead = false
            let number = text.withUnsafeMutableBufferPointer { buffer in
                var end: UnsafeMutablePointer<CChar>?
                errno = 0
                let number = strtol(buffer.baseAddress!, &end, 0)
                isRead = errno == 0 && end == buffer.baseAddress! + count
                return number
            }
            if isRead { return push(thread.newInt(number)) }
        }
        let number = parseInt(start, count, base: 0)
        if number.isEmpty && thread.clearException(.valueError) { thread.raise(.valueError, "could not convert string to int") }
        return push(number)
    }

    /// What a function of `_codecs` makes of bytes.
    private func unescape(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ name: String) -> Value {
        let bytes = thread.newBytes(start, count)
        let function = bytes.isEmpty ? .empty : thread.importAttribute("_codecs", name)
        let pair = function.isEmpty ? .empty : thread.call(function, bytes)
        return pair.isEmpty ? .empty : TupleRef(pair)[0]
    }

    // MARK: Containers

    /// Appends the values from `start` on to the list below them.
    @inline(__always) private mutating func appendItems(_ start: Int) -> Bool {
        if start > top || start <= fence { return underflow() }
        if start == top { return true }
        let list = items[start - 1]
        guard list.isExact(.list) else { return appendSlow(list, start) }
        let target = ListRef(list), extra = top - start, old = target.count
        if extra == 1 {
            guard target.append(thread, items[start]) else { return false }
        } else {
            // Long lists come in many batches.
            if old + extra > target.pointer.pointee.capacity { guard target.setCapacity(thread, old + max(extra, old == 0 ? 0 : old / 2)) else { return false } }
            (target.items + old).update(from: items + start, count: extra)
            target.setCount(old + extra)
            Heap.barrier(target.pointer.pointee.storage.raw)
        }
        top = start
        return true
    }

    @inline(never) private mutating func appendSlow(_ list: Value, _ start: Int) -> Bool {
        let extend = thread.getAttributeOrEmpty(list, Name.extend)
        if thread.hasException { return false }
        if !extend.isEmpty {
            let values = popList(start)
            return !values.isEmpty && !thread.call(extend, values).isEmpty
        }
        let append = thread.getAttribute(list, .append)
        if append.isEmpty { return false }
        for index in start ..< top { guard !thread.call(append, items[index]).isEmpty else { return false } }
        top = start
        return true
    }

    /// Sets the pairs from `start` on in the dict below them.
    @inline(__always) private mutating func setItems(_ start: Int) -> Bool {
        if start > top || start <= fence { return underflow() }
        if start == top { return true }
        if (top - start) & 1 != 0 { return thread.raiseUnpickling("odd number of items for SETITEMS") }
        let dict = items[start - 1]
        var index = start
        if dict.isExact(.dict) {
            if top - start > 8 && DictRef(dict).count == 0 { guard DictRef(dict).resize(thread, atLeast: (top - start) / 2) else { return false } }
            while index < top {
                guard DictRef(dict).set(thread, items[index], items[index + 1]) else { return false }
                index += 2
            }
        } else {
            while index < top {
                guard thread.setItem(dict, items[index], items[index + 1]) else { return false }
                index += 2
            }
        }
        top = start
        return true
    }

    private mutating func loadDict() -> Bool {
        let mark = popMark()
        if mark < 0 { return false }
        if (top - mark) & 1 != 0 { return thread.raiseUnpickling("odd number of items for DICT") }
        let dict = thread.newDict()
        if dict.isEmpty { return false }
        var index = mark
        while index < top {
            guard DictRef(dict).set(thread, items[index], items[index + 1]) else { return false }
            index += 2
        }
        top = mark
        return push(dict)
    }

    private mutating func addItems() -> Bool {
        let mark = popMark()
        if mark < 0 { return false }
        if mark > top || mark <= fence { return underflow() }
        if mark == top { return true }
        let set = items[mark - 1]
        if set.has(.setSubclass) && !set.has(.frozenSetSubclass) {
            for index in mark ..< top { guard SetRef(set).add(thread, items[index]) else { return false } }
        } else {
            let add = thread.getAttribute(set, .add)
            if add.isEmpty { return false }
            for index in mark ..< top { guard !thread.call(add, items[index]).isEmpty else { return false } }
        }
        top = mark
        return true
    }

    private mutating func loadFrozenSet() -> Bool {
        let mark = popMark()
        if mark < 0 { return false }
        let values = popTuple(mark)
        return !values.isEmpty && push(thread.call(TypeID.frozenset.value, values))
    }

    // MARK: Objects

    private func findClass(_ module: Value, _ name: Value) -> Value {
        let value = Value(unpickler)
        if value.shapeIndex == Unpicklers.type.shape { return Unpicklers.findClass(thread, unpickler, module, name) }
        return thread.callMethod(value, PickleNames.findClass, module, name)
    }

    private mutating func loadGlobal() -> Bool {
        guard let (start, length) = line(atLeast: 2) else { return false }
        let module = thread.decodeUTF8(start, length - 1)
        if module.isEmpty { return false }
        guard let (nameStart, nameLength) = line(atLeast: 2) else { return false }
        let name = thread.decodeUTF8(nameStart, nameLength - 1)
        return !name.isEmpty && push(findClass(module, name))
    }

    /// OBJ and INST: a call of a class with the values since the mark.
    private mutating func loadInstance(_ isNamed: Bool) -> Bool {
        let mark = popMark()
        if mark < 0 { return false }
        var type: Value
        var arguments: Value
        if isNamed {
            guard let (start, length) = line(atLeast: 2) else { return false }
            let module = thread.decode(thread.newBytes(start, length - 1), encoding: Name.ascii.value)
            if module.isEmpty { return false }
            guard let (nameStart, nameLength) = line(atLeast: 2) else { return false }
            let name = thread.decode(thread.newBytes(nameStart, nameLength - 1), encoding: Name.ascii.value)
            type = name.isEmpty ? .empty : findClass(module, name)
            if type.isEmpty { return false }
            arguments = popTuple(mark)
        } else {
            if top - mark < 1 { return underflow() }
            arguments = popTuple(mark + 1)
            if arguments.isEmpty { return false }
            type = pop()
        }
        if arguments.isEmpty || type.isEmpty { return false }
        if TupleRef(arguments).count == 0 && type.isType {
            let initial = thread.getAttributeOrEmpty(type, PickleNames.getInitArguments)
            if thread.hasException { return false }
            if initial.isEmpty { return push(thread.callMethod(type, Name.__new__, type)) }
        }
        return push(thread.call(type, tuple: arguments))
    }

    private mutating func loadNew(hasKeywords: Bool) -> Bool {
        var keywords = Value.empty
        if hasKeywords {
            keywords = pop()
            if keywords.isEmpty { return false }
        }
        let arguments = pop()
        let value = arguments.isEmpty ? .empty : pop()
        if value.isEmpty { return false }
        let what = hasKeywords ? "NEWOBJ_EX" : "NEWOBJ"
        guard value.isType else { return thread.raiseUnpickling("\(what) class argument must be a type, not \(value.type.name)") }
        guard let make = TypeRef(value).call(.new), !TypeRef(value).has(.noInstantiation) else {
            return thread.raiseUnpickling("\(what) class argument '\(TypeRef(value).name)' doesn't have __new__")
        }
        guard arguments.isTuple else { return thread.raiseUnpickling("\(what) args argument must be a tuple, not \(arguments.type.name)") }
        if hasKeywords && !keywords.isDict { return thread.raiseUnpickling("\(what) kwargs argument must be a dict, not \(keywords.type.name)") }
        if keywords.isEmpty || DictRef(keywords).count == 0 {
            let count = TupleRef(arguments).count
            guard let vector = thread.pushArguments(count + 1) else { return false }
            vector.update(from: TupleRef(arguments).items, count: count)
            vector[count] = value
            let made = make(thread, value, vector, count, .empty)
            thread.popArguments(vector)
            return push(made)
        }
        let function = thread.getAttribute(value, .__new__)
        if function.isEmpty { return false }
        let all = thread.newTuple(count: TupleRef(arguments).count + 1) { $0 == 0 ? value : TupleRef(arguments)[$0 - 1] }
        return !all.isEmpty && push(thread.call(function, tuple: all, dict: keywords))
    }

    /// BUILD: sets the state of an object.
    private mutating func loadBuild() -> Bool {
        if top - 2 < fence { return underflow() }
        var state = pop()
        let object = items[top - 1]
        let setState = thread.getAttributeOrEmpty(object, Name.__setstate__)
        if thread.hasException { return false }
        if !setState.isEmpty { return !thread.call(setState, state).isEmpty }
        var slots = Value.empty
        if state.isTuple && TupleRef(state).count == 2 {
            slots = TupleRef(state)[1]
            state = TupleRef(state)[0]
        }
        if !state.isNone {
            guard state.isDict else { return thread.raiseUnpickling("state is not a dictionary") }
            guard fillAttributes(object, DictRef(state)) else { return false }
        }
        if !slots.isEmpty {
            guard slots.isDict else { return thread.raiseUnpickling("slot state is not a dictionary") }
            var position = 0
            while let (key, value) = DictRef(slots).next(&position) {
                guard key.isString else {
                    thread.raise(.typeError, "attribute name must be string, not '\(key.type.name)'")
                    return false
                }
                guard thread.setAttribute(object, key, value) else { return false }
            }
        }
        return true
    }

    /// `object.__dict__.update(state)`, without making a dict for instances that have none.
    private func fillAttributes(_ object: Value, _ state: DictRef) -> Bool {
        let type = object.type
        var position = 0
        if object.isPointer, type.has(.heap), type.has(.plainGet), type.pointer.pointee.dictOffset != 0, !type.has(.typeSubclass), type.lookup(.__dict__).isExact(.getSetDescriptor) {
            var isPlain = true
            while let (key, _) = state.next(&position) { if !key.isExact(.str) { isPlain = false } }
            if isPlain {
                position = 0
                while let (key, value) = state.next(&position) { guard InstanceAttributes.set(thread, object, type, StringRef(key).interned().value, value) else { return false } }
                return true
            }
            position = 0
        }
        let dict = thread.getAttribute(object, .__dict__)
        if dict.isEmpty { return false }
        while let (key, value) = state.next(&position) {
            guard thread.setItem(dict, key.isExact(.str) ? StringRef(key).interned().value : key, value) else { return false }
        }
        return true
    }

    private mutating func loadExtension(_ width: Int) -> Bool {
        guard need(width) else { return false }
        let code = width == 4 ? Int(Int32(truncatingIfNeeded: number(4))) : number(width)
        if code <= 0 { return thread.raiseUnpickling("EXT specifies code <= 0") }
        let key = Value(small: code)
        let known = DictRef(PickleState.extensionCache.pointee).get(thread, key)
        if !known.isEmpty { return push(known) }
        let pair = DictRef(PickleState.invertedRegistry.pointee).get(thread, key)
        if pair.isEmpty {
            if !thread.hasException { thread.raise(.valueError, "unregistered extension code \(code)") }
            return false
        }
        guard pair.isTuple, TupleRef(pair).count == 2, TupleRef(pair)[0].isString, TupleRef(pair)[1].isString else {
            thread.raise(.valueError, "_inverted_registry[\(code)] isn't a 2-tuple of strings")
            return false
        }
        let found = findClass(TupleRef(pair)[0], TupleRef(pair)[1])
        return !found.isEmpty && DictRef(PickleState.extensionCache.pointee).set(thread, key, found) && push(found)
    }

    private mutating func loadPersistent(_ isLine: Bool) -> Bool {
        guard !unpickler.pointee.persistentLoad.isEmpty else {
            return thread.raiseUnpickling("A load persistent id instruction was encountered,\nbut no persistent_load function was specified.")
        }
        var identifier: Value
        if isLine {
            guard let (start, length) = line(atLeast: 1) else { return false }
            for index in 0 ..< length - 1 where start[index] >= 0x80 { return thread.raiseUnpickling("persistent IDs in protocol 0 must be ASCII strings") }
            identifier = latin1(start, length - 1)
        } else {
            identifier = pop()
        }
        return !identifier.isEmpty && push(thread.call(unpickler.pointee.persistentLoad, identifier))
    }

    private mutating func loadBuffer() -> Bool {
        guard !unpickler.pointee.buffers.isEmpty else {
            return thread.raiseUnpickling("pickle stream refers to out-of-band data but no *buffers* argument was given")
        }
        let buffer = thread.next(unpickler.pointee.buffers)
        if buffer.isEmpty { return thread.hasException ? false : thread.raiseUnpickling("not enough out-of-band buffers") }
        return push(buffer)
    }

    private mutating func makeReadOnly() -> Bool {
        if top <= fence { return underflow() }
        let view = MemoryViews.make(thread, items[top - 1])
        if view.isEmpty { return false }
        let isReadOnly = thread.getAttribute(view, StringRef.intern("readonly").value)
        if isReadOnly.isEmpty { return false }
        if isReadOnly == .true { return true }
        let safe = thread.callMethod(view, StringRef.intern("toreadonly").value)
        if safe.isEmpty { return false }
        items[top - 1] = safe
        Heap.barrier(stack.raw)
        return true
    }
}
