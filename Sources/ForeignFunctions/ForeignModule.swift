import CForeign
import CoreTypes
import Glibc
import Interpreter
import Objects
import StandardSystem

/// `_foreign`: the native core of `_ctypes`, whose classes are Python (`Library/_ctypes.py`): memory at addresses, libraries and their symbols, calls of C functions by
/// libffi, and C functions that call Python.
enum ForeignModule {
    struct CallbackObject {
        var header: ObjectHeader
        var function: Value
        /// The classes of the parameters, a tuple, and of the result; None where the function gets and returns what the codes say.
        var kinds: Value
        var resultKind: Value
        /// What the last result keeps alive.
        var kept: Value
        var closure: UInt
        var code: UInt
        var signature: UInt
    }

    /// Something that a library made and its own function frees, once: a program cannot free it twice, nor use it afterwards. Without a function it is only lent.
    struct HandleObject {
        var header: ObjectHeader
        var address: UInt
        var destructor: UInt
        /// Bytes outside the heap, as told to it.
        var held: Int
        /// How many calls of the library that may call Python are using it: then it is not freed.
        var users: Int
    }

    nonisolated(unsafe) private static var handle: NativeType!
    nonisolated(unsafe) private static var callback: NativeType!

    /// The address in a handle. nil when it has raised: it is none, or what it held has been freed.
    static func handleAddress(_ thread: ThreadRef, _ value: Value) -> UInt? {
        guard value.isPointer, value.type == handle.type else {
            thread.raise(.typeError, "a handle of the library is required, not '\(value.type.name)'")
            return nil
        }
        let address = value.object(HandleObject.self).pointee.address
        if address != 0 { return address }
        thread.raise(.valueError, "what the library made has been freed")
        return nil
    }

    /// The same, with nothing raised when there is no open handle.
    @inline(__always) static func openHandle(_ value: Value) -> UnsafeMutableRawPointer? {
        guard value.isHeap, value.shapeIndex == handle.shape else { return nil }
        return UnsafeMutableRawPointer(bitPattern: value.object(HandleObject.self).pointee.address)
    }

    /// Notes that calls of the library begin or end that use what is in a handle.
    @inline(__always) static func use(_ value: Value, _ change: Int) { value.object(HandleObject.self).pointee.users += change }
    static func isUsed(_ value: Value) -> Bool { value.object(HandleObject.self).pointee.users != 0 }

    /// Says of a view what the class of the object does in `_buffer_`, its format, the size of an item and the shape. Memory of another size is lent as bytes.
    static func describe(_ value: Value, _ view: UnsafeMutablePointer<BufferView>) {
        let layout = value.type.lookup(StringRef.intern("_buffer_").value)
        guard layout.isTuple, TupleRef(layout).count == 3 else { return }
        let format = TupleRef(layout)[0], size = TupleRef(layout)[1], shape = TupleRef(layout)[2]
        guard format.isString, size.isSmallInt, shape.isTuple, TupleRef(shape).count <= 64 else { return }
        let count = TupleRef(shape).count
        var total = size.smallInt
        for index in 0 ..< count {
            guard TupleRef(shape)[index].isSmallInt else { return }
            let (product, overflow) = total.multipliedReportingOverflow(by: TupleRef(shape)[index].smallInt)
            if overflow { return }
            total = product
        }
        let text = StringRef(format).utf8
        guard total == view.pointee.length, let block = malloc(count * 8 + text.count + 1) else { return }
        let extents = block.bindMemory(to: Int.self, capacity: count)
        for index in 0 ..< count { extents[index] = TupleRef(shape)[index].smallInt }
        let characters = (block + count * 8).bindMemory(to: CChar.self, capacity: text.count + 1)
        for (index, unit) in text.enumerated() { characters[index] = CChar(bitPattern: unit) }
        characters[text.count] = 0
        view.pointee.internal = UInt(bitPattern: block)
        view.pointee.format = UnsafePointer(characters)
        view.pointee.itemSize = size.smallInt
        view.pointee.ndim = count
        view.pointee.shape = count == 0 ? nil : extents
    }

    /// Frees what a handle holds, if it still holds something.
    private static func free(_ thread: ThreadRef, _ value: Value) {
        let handle = value.object(HandleObject.self)
        // What is in use waits until nobody has the handle.
        guard let address = UnsafeMutableRawPointer(bitPattern: handle.pointee.address), handle.pointee.users == 0 else { return }
        handle.pointee.address = 0
        Heap.release(handle.pointee.held)
        if handle.pointee.destructor == 0 { return }
        let destructor = unsafeBitCast(handle.pointee.destructor, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
        // Another thread may be in the library with something of the same owner, and wait for the lock in a callback.
        let outer = foreign_current()
        GIL.blocking(thread) {
            foreign_set_current(thread)
            destructor(address)
            foreign_set_current(outer)
        }
    }

    private static func pointer(_ thread: ThreadRef, _ value: Value) -> UnsafeMutableRawPointer? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        let word = IntOps.toInt(index).map { UInt(bitPattern: $0) } ?? IntOps.limbs(index)[0]
        guard let pointer = UnsafeMutableRawPointer(bitPattern: word) else {
            thread.raise(.valueError, "NULL pointer access")
            return nil
        }
        return pointer
    }

    private static func code(_ thread: ThreadRef, _ value: Value) -> UInt8? {
        if value.isString, StringRef(value).count == 1, let code = UInt8(exactly: StringRef(value)[0]), ForeignValues.size(code) != nil { return code }
        thread.raise(.valueError, "unknown type code")
        return nil
    }

    private static func object(_ thread: ThreadRef, _ value: Value) -> UnsafeMutablePointer<DataObject>? {
        if ForeignData.isData(value) { return ForeignData.object(value) }
        thread.raise(.typeError, "this type has no size")
        return nil
    }

    // MARK: Memory

    private static let memory: [Def] = [
        Def("allocate(data, size, /)", .writes, "Give an object zeroed memory of its own.", kind: .function) { thread, a, _ in
            guard ForeignModule.object(thread, a[0]) != nil, let size = thread.toInt(a[1]) else { return .empty }
            if size < 0 { return thread.raise(.valueError, "negative size") }
            return ForeignData.own(thread, a[0], size) ? .none : .empty
        },
        Def("new(kind, /)", .writes, "A zeroed instance of a class, without calling its __init__.", kind: .function) { thread, a, _ in
            guard let layout = ForeignLayouts.of(a[0]) else { return thread.raise(.typeError, "abstract class") }
            return ForeignData.make(thread, TypeRef(a[0]), layout.pointee.size)
        },
        Def("at(kind, address, owner, base=None, index=0, /)", .writes, "An instance in memory that is there already; base is the object that it is part of.", kind: .function) { thread, a, _ in
            guard let layout = ForeignLayouts.of(a[0]) else { return thread.raise(.typeError, "abstract class") }
            guard let place = ForeignModule.pointer(thread, a[1]), let index = a[4].isEmpty ? 0 : thread.toInt(a[4]) else { return .empty }
            let base = a[3].isEmpty ? Value.none : a[3]
            return ForeignData.make(thread, TypeRef(a[0]), layout.pointee.size, at: place, owner: base.isNone ? a[2] : base, base: base, index: index)
        },
        Def("copy(data, source, offset, /)", .calls, "Fill an object with what a buffer holds from an offset on.", kind: .function) { thread, a, _ in
            guard let object = ForeignModule.object(thread, a[0]), let offset = thread.toInt(a[2]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                let size = object.pointee.size
                if offset < 0 { return thread.raise(.valueError, "offset cannot be negative") }
                guard count - size >= offset else { return thread.raise(.valueError, "Buffer size too small (\(count) instead of at least \(offset.addingReportingOverflow(size).partialValue) bytes)") }
                if size > 0, let target = UnsafeMutableRawPointer(bitPattern: object.pointee.address) { memcpy(target, bytes + offset, size) }
                return .none
            }
        },
        Def("text(array, /)", .reads, "string value", kind: .function) { thread, a, _ in ForeignSequence.text(thread, a[0]) },
        Def("set_text(array, value, /)", .writes, kind: .function) { thread, a, _ in ForeignSequence.setText(thread, a[0], a[1]) },
        Def("raw(array, /)", .reads, "value", kind: .function) { thread, a, _ in ForeignSequence.raw(thread, a[0]) },
        Def("keep(data, objects, /)", .writes, "Set what keeps alive what an object's memory points to.", kind: .function) { thread, a, _ in
            guard let object = ForeignModule.object(thread, a[0]) else { return .empty }
            object.pointee.objects = a[1]
            Heap.barrier(a[0].raw)
            return .none
        },
        Def("address(data, /)", .reads, kind: .function) { thread, a, _ in ForeignModule.object(thread, a[0]).map { thread.newInt(unsigned: $0.pointee.address) } ?? .empty },
        Def("size(data, /)", .reads, kind: .function) { thread, a, _ in ForeignModule.object(thread, a[0]).map { thread.newInt($0.pointee.size) } ?? .empty },
        Def("owns(data, /)", .reads, "Whether an object's memory is its own.", kind: .function) { thread, a, _ in
            ForeignModule.object(thread, a[0]).map { _ in Value(ForeignData.owns(a[0])) } ?? .empty
        },
        Def("size_of(code, /)", .pure, kind: .function) { thread, a, _ in ForeignModule.code(thread, a[0]).map { Value(small: ForeignValues.size($0)!) } ?? .empty },
        Def("load(code, address, /)", .reads, kind: .function) { thread, a, _ in
            guard let code = ForeignModule.code(thread, a[0]), let place = ForeignModule.pointer(thread, a[1]) else { return .empty }
            return ForeignValues.load(thread, code, place)
        },
        Def("store(code, address, value, /)", .calls, kind: .function) { thread, a, _ in
            guard let code = ForeignModule.code(thread, a[0]), let place = ForeignModule.pointer(thread, a[1]) else { return .empty }
            return ForeignValues.store(thread, code, place, a[2]) ? .none : .empty
        },
        Def("read(address, size, /)", .reads, "The bytes at an address, up to a zero when the size is negative.", kind: .function) { thread, a, _ in
            guard let place = ForeignModule.pointer(thread, a[0]), let size = thread.toInt(a[1]) else { return .empty }
            return thread.newBytes(place, size < 0 ? strlen(place.assumingMemoryBound(to: CChar.self)) : size)
        },
        Def("write(address, bytes, /)", .writes, kind: .function) { thread, a, _ in
            guard let place = ForeignModule.pointer(thread, a[0]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                memmove(place, bytes, count)
                return .none
            }
        },
        Def("wide(address, size, /)", .reads, "The wide characters at an address, up to a zero when the size is negative.", kind: .function) { thread, a, _ in
            guard let place = ForeignModule.pointer(thread, a[0]), let size = thread.toInt(a[1]) else { return .empty }
            return ForeignModule.wideString(thread, place, size)
        },
        Def("buffer_address(object, writable, /)", .reads, "The address and size of a buffer, which must stay where it is.", kind: .function) { thread, a, _ in
            let writable = thread.isTrue(a[1])
            var view = BufferView()
            guard writable >= 0, thread.acquireBuffer(a[0], &view, writable > 0 ? BufferFlags.writable : BufferFlags.simple) else { return .empty }
            let address = UInt(bitPattern: view.pointer), size = view.length
            thread.releaseBuffer(&view)
            let number = thread.newInt(unsigned: address)
            return number.isEmpty ? .empty : thread.newTuple(number, Value(small: size))
        },
        Def("errno(*args)", .writes, "ctypes' copy of errno; sets it when a number is given, and returns the old one.", kind: .function) { thread, a, _ in
            if TupleRef(a[0]).count == 0 { return Value(small: Int(foreign_errno())) }
            guard let code = thread.toInt(TupleRef(a[0])[0]) else { return .empty }
            return Value(small: Int(foreign_set_errno(Int32(truncatingIfNeeded: code))))
        },
    ]

    /// The wide characters at an address, up to a zero when the size is negative.
    static func wideString(_ thread: ThreadRef, _ place: UnsafeRawPointer, _ size: Int) -> Value {
        let characters = place.assumingMemoryBound(to: UInt32.self)
        var count = 0
        while size < 0 ? characters[count] != 0 : count < size { count += 1 }
        for index in 0 ..< count where characters[index] > 0x10FFFF {
            return thread.raise(.valueError, "character U+\(String(characters[index], radix: 16)) is not in range [U+0000; U+10ffff]")
        }
        return thread.newString(codePoints: Array(UnsafeBufferPointer(start: characters, count: count)))
    }

    // MARK: Libraries

    private static let libraries: [Def] = [
        Def("dlopen(name, flag, /)", .calls, "Open a shared library.", kind: .function) { thread, a, _ in
            guard let mode = thread.toInt(a[1]) else { return .empty }
            var name: [CChar]?
            if !a[0].isNone {
                let function = thread.importAttribute("os", "fsencode")
                if function.isEmpty { return .empty }
                let bytes = thread.call(function, a[0])
                if bytes.isEmpty { return .empty }
                name = BytesRef(bytes).buffer.map { CChar(bitPattern: $0) } + [0]
            }
            guard let handle = Glibc.dlopen(name, Int32(truncatingIfNeeded: mode) | RTLD_NOW) else { return thread.raise(.osError, dlerror().map { String(cString: $0) } ?? "dlopen() error") }
            return thread.newInt(unsigned: UInt(bitPattern: handle))
        },
        Def("dlclose(handle, /)", .calls, kind: .function) { thread, a, _ in
            guard let handle = ForeignModule.pointer(thread, a[0]) else { return .empty }
            return Glibc.dlclose(handle) == 0 ? .none : thread.raise(.osError, dlerror().map { String(cString: $0) } ?? "dlclose() error")
        },
        Def("dlsym(handle, name, /)", .calls, kind: .function) { thread, a, _ in
            let index = thread.toIndex(a[0])
            guard !index.isEmpty, a[1].isString else { return .empty }
            let word = IntOps.toInt(index).map { UInt(bitPattern: $0) } ?? IntOps.limbs(index)[0]
            _ = dlerror()
            guard let symbol = Glibc.dlsym(UnsafeMutableRawPointer(bitPattern: word), StringRef(a[1]).description) else {
                return thread.raise(.osError, dlerror().map { String(cString: $0) } ?? "symbol not found")
            }
            return thread.newInt(unsigned: UInt(bitPattern: symbol))
        },
    ]

    // MARK: Calls

    /// `call(address, result, codes, arguments, flags)`: flag 1 keeps the interpreter lock, flag 2 swaps errno with ctypes' copy. A structure is passed and returned as bytes.
    private static let call: NativeFunction = { thread, a, _ in
        guard let address = ForeignModule.pointer(thread, a[0]), let flags = thread.toInt(a[4]), a[3].isTuple else { return thread.hasException ? .empty : thread.raise(.typeError, "arguments must be a tuple") }
        if let result = callPlain(thread, address, a, flags) { return result }
        guard let signature = ForeignSignature(thread, result: a[1], arguments: a[2]) else { return .empty }
        defer { signature.discard() }
        let arguments = TupleRef(a[3]), count = signature.codes.count
        guard arguments.count == count else { return thread.raise(.valueError, "wrong number of arguments") }
        let words = UnsafeMutablePointer<(UInt64, UInt64)>.allocate(capacity: count + 1)
        let values = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: count + 1)
        let resultSize = max(signature.result.pointee.size, 16)
        let result = UnsafeMutableRawPointer.allocate(byteCount: resultSize, alignment: 16)
        defer {
            words.deallocate()
            values.deallocate()
            result.deallocate()
        }
        memset(result, 0, resultSize)
        for index in 0 ..< count {
            if signature.codes[index] == ForeignSignature.structure {
                guard arguments[index].isBytes, BytesRef(arguments[index]).count >= signature.types[index]!.pointee.size else { return thread.raise(.typeError, "a structure's bytes are too few") }
                values[index] = UnsafeMutableRawPointer(BytesRef(arguments[index]).bytes)
            } else {
                words[index] = (0, 0)
                values[index] = UnsafeMutableRawPointer(words + index)
                if !ForeignValues.store(thread, signature.codes[index], values[index]!, arguments[index]) { return .empty }
            }
        }
        let function = unsafeBitCast(address, to: (@convention(c) () -> Void).self)
        ForeignModule.invoke(thread, signature.cif, function, result, values, keepsLock: flags & 1 != 0, swapsError: flags & 2 != 0)
        // A callback that raised has reported it; one that calls the interpreter's own functions has not.
        if thread.hasException { return .empty }
        if signature.resultCode == ForeignSignature.structure { return thread.newBytes(result, signature.result.pointee.size) }
        return ForeignValues.load(thread, signature.resultCode, result)
    }

    /// A call without structures, by a signature that is kept. nil, with nothing done, for any other.
    private static func callPlain(_ thread: ThreadRef, _ address: UnsafeMutableRawPointer, _ a: Arguments, _ flags: Int) -> Value? {
        guard a[1].isString, a[2].isString, case let result = StringRef(a[1]), case let codes = StringRef(a[2]), result.isASCII, codes.isASCII, result.count == 1, codes.count <= PlainSignature.limit,
              TupleRef(a[3]).count == codes.count else { return nil }
        var signature = PlainSignature()
        for index in 0 ... codes.count {
            let code = index == 0 ? result.units1[0] : codes.units1[index - 1]
            guard ForeignValues.size(code) != nil else { return nil }
            signature.append(code, index)
        }
        guard let cif = signature.cif() else { return thread.raise(.runtimeError, "ffi_prep_cif failed") }
        return withUnsafeTemporaryAllocation(of: (UInt64, UInt64).self, capacity: codes.count + 1) { words in
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: codes.count + 1) { values in
                for index in 0 ... codes.count {
                    words[index] = (0, 0)
                    values[index] = UnsafeMutableRawPointer(words.baseAddress! + index)
                    if index < codes.count, !ForeignValues.store(thread, signature.code(index + 1), values[index]!, TupleRef(a[3])[index]) { return .empty }
                }
                let place = values[codes.count]!
                invoke(thread, cif, unsafeBitCast(address, to: (@convention(c) () -> Void).self), place, values.baseAddress!, keepsLock: flags & 1 != 0, swapsError: flags & 2 != 0)
                // A callback that raised has reported it; one that calls the interpreter's own functions has not.
                return thread.hasException ? .empty : ForeignValues.load(thread, signature.code(0), place)
            }
        }
    }

    /// Calls a C function. What its callbacks raise they have reported.
    @inline(__always) static func invoke(_ thread: ThreadRef, _ cif: UnsafeMutablePointer<ffi_cif>, _ function: @escaping @convention(c) () -> Void, _ result: UnsafeMutableRawPointer,
                                         _ values: UnsafeMutablePointer<UnsafeMutableRawPointer?>, keepsLock: Bool, swapsError: Bool) {
        if swapsError { errno = foreign_errno() }
        if keepsLock {
            ffi_call(cif, function, result, values)
        } else {
            // A callback takes the lock again, for this thread.
            let outer = foreign_current()
            GIL.blocking(thread) {
                foreign_set_current(thread)
                ffi_call(cif, function, result, values)
                foreign_set_current(outer)
            }
        }
        if swapsError { _ = foreign_set_errno(errno) }
    }

    // MARK: Callbacks

    private static let handler: @convention(c) (UnsafeMutablePointer<ffi_cif>, UnsafeMutableRawPointer, UnsafeMutablePointer<UnsafeMutableRawPointer>, UnsafeMutableRawPointer) -> Void = { _, result, arguments, data in
        let callback = Value(data)
        if let state = foreign_current() {
            let thread = state.assumingMemoryBound(to: ThreadState.self)
            foreign_set_current(nil)
            GIL.acquire(thread)
            ForeignModule.run(thread, callback, result, arguments)
            GIL.release(thread)
            foreign_set_current(state)
        } else if let thread = ThreadRegistry.current, thread.pointee.identifier == UInt64(pthread_self()) {
            ForeignModule.run(thread, callback, result, arguments)
        } else if !Threads.adopt({ ForeignModule.run($0, callback, result, arguments) }) {
            fputs("ctypes: no memory for the state of a thread in which a callback was called\n", stderr)
        }
    }

    private static func run(_ thread: ThreadRef, _ value: Value, _ result: UnsafeMutableRawPointer, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer>) {
        let callback = value.object(CallbackObject.self)
        let signature = UnsafeMutablePointer<ForeignSignature>(bitPattern: callback.pointee.signature).unsafelyUnwrapped.pointee
        // libffi wants a whole word of a result that is narrower.
        let size = signature.result.pointee.size
        memset(result, 0, max(size, signature.resultCode == UInt8(ascii: "v") ? 0 : 8))
        guard let vector = thread.pushArguments(signature.codes.count) else { return report(thread, value) }
        defer { thread.popArguments(vector) }
        vector.update(repeating: .none, count: signature.codes.count)
        for (index, code) in signature.codes.enumerated() {
            if callback.pointee.kinds.isTuple {
                let kind = TupleRef(callback.pointee.kinds)[index]
                vector[index] = ForeignLayouts.of(kind).map { ForeignFunctionType.value(thread, kind, $0, arguments[index]) } ?? thread.raise(.typeError, "abstract class")
            } else {
                vector[index] = code == ForeignSignature.structure ? thread.newBytes(arguments[index], signature.types[index]!.pointee.size) : ForeignValues.load(thread, code, arguments[index])
            }
            if vector[index].isEmpty {
                vector[index] = .none
                return report(thread, value)
            }
        }
        let answer = thread.call(callback.pointee.function, vector, signature.codes.count)
        if answer.isEmpty { return report(thread, value) }
        if signature.resultCode == UInt8(ascii: "v") { return }
        if signature.resultCode == ForeignSignature.structure {
            if answer.isBytes && BytesRef(answer).count >= size { memcpy(result, BytesRef(answer).bytes, size) }
            return
        }
        var word: (UInt64, UInt64) = (0, 0)
        let stored = withUnsafeMutableBytes(of: &word) { bytes in
            guard signature.resultCode != UInt8(ascii: "O"), let layout = ForeignLayouts.of(callback.pointee.resultKind) else { return ForeignValues.store(thread, signature.resultCode, bytes.baseAddress!, answer) }
            let kept = ForeignLayouts.write(thread, TypeRef(callback.pointee.resultKind), layout, bytes.baseAddress!, answer)
            if kept.isEmpty { return false }
            callback.pointee.kept = kept
            Heap.barrier(value.raw)
            return true
        }
        if !stored { return report(thread, value, "Exception ignored on \(callback.pointee.resultKind.isNone ? "calling" : "converting result of") ctypes callback function") }
        withUnsafeBytes(of: &word) { bytes in
            switch signature.resultCode {
            case UInt8(ascii: "b"), UInt8(ascii: "c"): result.storeBytes(of: Int(bytes.load(as: Int8.self)), as: Int.self)
            case UInt8(ascii: "h"): result.storeBytes(of: Int(bytes.load(as: Int16.self)), as: Int.self)
            case UInt8(ascii: "i"): result.storeBytes(of: Int(bytes.load(as: Int32.self)), as: Int.self)
            default: memcpy(result, bytes.baseAddress!, size < 8 ? 8 : size)
            }
        }
    }

    private static func report(_ thread: ThreadRef, _ callback: Value, _ message: String = "Exception ignored on calling ctypes callback function") {
        RuntimeHooks.writeUnraisable(thread, message, callback.object(CallbackObject.self).pointee.function)
        thread.takeException()
    }

    private static let makeCallback = Constructor("Callback(self, function, result, codes, kinds=None, restype=None)") { thread, a, _ in
        guard let signature = ForeignSignature(thread, result: a[2], arguments: a[3]) else { return .empty }
        let kinds = a[4].isEmpty ? Value.none : a[4], resultKind = a[5].isEmpty ? Value.none : a[5]
        guard kinds.isNone || kinds.isTuple && TupleRef(kinds).count == signature.codes.count, resultKind.isNone || ForeignLayouts.of(resultKind) != nil else {
            signature.discard()
            return thread.raise(.typeError, "one class is needed for each parameter")
        }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let callback = value.object(CallbackObject.self)
        callback.pointee.function = a[1]
        callback.pointee.kinds = kinds
        callback.pointee.resultKind = resultKind
        callback.pointee.kept = .none
        Heap.barrier(value.raw)
        let kept = UnsafeMutablePointer<ForeignSignature>.allocate(capacity: 1)
        kept.initialize(to: signature)
        var code: UnsafeMutableRawPointer?
        guard let closure = foreign_closure(signature.cif, handler, value.raw, &code) else { return thread.raiseOutOfMemory() }
        callback.pointee.signature = UInt(bitPattern: kept)
        callback.pointee.closure = UInt(bitPattern: closure)
        callback.pointee.code = UInt(bitPattern: code)
        return value
    }

    private static let makeHandle = Constructor("Handle(self, address, destructor=0, bytes=0)") { thread, a, _ in
        guard let address = ForeignModule.pointer(thread, a[1]) else { return .empty }
        let isLent = a[2].isEmpty || a[2] == Value(small: 0)
        let destructor = isLent ? nil : ForeignModule.pointer(thread, a[2])
        if thread.hasException { return .empty }
        guard let held = a[3].isEmpty ? 0 : thread.toInt(a[3]) else { return .empty }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        value.object(HandleObject.self).pointee.address = UInt(bitPattern: address)
        value.object(HandleObject.self).pointee.destructor = UInt(bitPattern: destructor)
        value.object(HandleObject.self).pointee.held = held
        Heap.hold(held)
        return value
    }

    // MARK: The module

    private static let published: [(String, Def)] = [
        ("byref", Def("byref(obj, offset=0, /)", .writes, "byref(C instance[, offset=0]) -> byref-object\nReturn a pointer lookalike to a C instance, only usable\nas function argument", kind: .function, isUnsigned: true) { thread, a, _ in
            ForeignArgument.reference(thread, a[0], a[1])
        }),
        ("pointer", Def("pointer(obj, /)", .calls, kind: .function, isUnsigned: true) { thread, a, _ in ForeignPointer.make(thread, a[0]) }),
        ("sizeof", Def("sizeof(obj, /)", .reads, "sizeof(C type) -> integer\nsizeof(C instance) -> integer\nReturn the size in bytes of a C instance", kind: .function, isUnsigned: true) { thread, a, _ in
            if ForeignData.isData(a[0]) { return thread.newInt(ForeignData.object(a[0]).pointee.size) }
            guard a[0].isType, TypeRef(a[0]).isSubtype(of: ForeignData.type.type), case let size = TypeRef(a[0]).lookup(sizeName), size.isInt else { return thread.raise(.typeError, "this type has no size") }
            return size
        }),
        ("alignment", Def("alignment(obj, /)", .reads, "alignment(C type) -> integer\nalignment(C instance) -> integer\nReturn the alignment requirements of a C instance", kind: .function, isUnsigned: true) { thread, a, _ in
            let type = a[0].isType ? TypeRef(a[0]) : a[0].type
            guard type.isSubtype(of: ForeignData.type.type), case let alignment = type.lookup(alignmentName), alignment.isInt else { return thread.raise(.typeError, "no alignment info") }
            return alignment
        }),
        ("addressof", Def("addressof(obj, /)", .reads, "addressof(C instance) -> integer\nReturn the address of the C instance internal buffer", kind: .function, isUnsigned: true) { thread, a, _ in
            ForeignData.isData(a[0]) ? thread.newInt(unsigned: ForeignData.object(a[0]).pointee.address) : thread.raise(.typeError, "invalid type")
        }),
    ]
    private static let sizeName = StringRef.intern("_size_").value, alignmentName = StringRef.intern("_align_").value

    static func register() {
        NativeModule.register("_foreign", functions: memory + libraries + [
            Def("set_asynchronous_exception(thread, exception, /)", .calls, "Have a thread raise an exception soon, or None; return the number of threads.", kind: .function) { thread, a, _ in
                guard let identifier = SystemArguments.mask(thread, a[0]) else { return .empty }
                guard a[1].isNone || a[1].isExceptionClass || a[1].isInstance(of: .baseException) else { return thread.raise(.typeError, "exception expected, not \(a[1].type.name)") }
                return Value(small: Safepoint.raiseAsynchronously(identifier: UInt64(identifier), a[1].isNone ? .empty : a[1]))
            },
            Def("new_capsule(pointer, name, destructor, /)", .calls, "Make a PyCapsule.", kind: .function) { thread, a, _ in
                guard let pointer = SystemArguments.mask(thread, a[0]), let name = SystemArguments.mask(thread, a[1]), let destructor = SystemArguments.mask(thread, a[2]) else { return .empty }
                guard let place = UnsafeMutableRawPointer(bitPattern: UInt(pointer)) else { return thread.raise(.valueError, "null pointer") }
                let capsule = Capsule.make(thread, place, name: UnsafePointer(bitPattern: UInt(name)))
                if !capsule.isEmpty { capsule.object(CapsuleObject.self).pointee.destructor = UnsafeMutableRawPointer(bitPattern: UInt(destructor)) }
                return capsule
            },
            Def("capsule_word(capsule, number, value=0, /)", .calls, "Return the pointer (0), name (1), context (2) or destructor (3) of a PyCapsule; or set it.", kind: .function) { thread, a, _ in
                guard a[0].isExact(.capsule) else { return thread.raise(.typeError, "a PyCapsule is required, not '\(a[0].type.name)'") }
                guard let number = thread.toInt(a[1]) else { return .empty }
                guard number >= 0, number < 4 else { return thread.raise(.valueError, "no such word") }
                let word = a[0].object(CapsuleObject.self)
                let target = UnsafeMutableRawPointer(word).advanced(by: MemoryLayout<ObjectHeader>.size + number * 8).assumingMemoryBound(to: UInt.self)
                if a[2].isEmpty { return thread.newInt(unsigned: target.pointee) }
                guard let value = SystemArguments.mask(thread, a[2]) else { return .empty }
                target.pointee = UInt(value)
                return .none
            },
            Def("call(address, result, codes, arguments, flags, /)", .calls, "Call a C function.", kind: .function, call),
            ForeignFunctionType.define,
            Def("install(helpers, simple_from_param, pointer_from_param, /)", .writes, "Take the functions in Python for what is not plain, by name, and two methods that native code knows.", kind: .function) { thread, a, _ in
                ForeignFunctionType.conversions.pointee = thread.newTuple(a[1], a[2])
                return !ForeignFunctionType.conversions.pointee.isEmpty && ForeignLayouts.install(thread, a[0]) ? .none : .empty
            },
        ]) { module in
            callback = NativeType("Callback", module: "_foreign", size: MemoryLayout<CallbackObject>.size, mask: 0b11110, getters: [
                Getter("address") { thread, a, _ in thread.newInt(unsigned: a[0].object(CallbackObject.self).pointee.code) },
            ]) { slots in
                slots.call(.new) { thread, type, a, count, keywords in ForeignModule.makeCallback.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    let callback = value.object(CallbackObject.self)
                    if let closure = UnsafeMutableRawPointer(bitPattern: callback.pointee.closure) { foreign_free_closure(closure) }
                    if let signature = UnsafeMutablePointer<ForeignSignature>(bitPattern: callback.pointee.signature) {
                        signature.pointee.discard()
                        signature.deinitialize(count: 1)
                        signature.deallocate()
                    }
                    callback.pointee.closure = 0
                    callback.pointee.signature = 0
                    return .none
                }
            }
            handle = NativeType("Handle", module: "_foreign", size: MemoryLayout<HandleObject>.size, mask: 0, methods: [
                Def("free(self, /)", .calls, "Free it now. Does nothing the second time.") { thread, a, _ in
                    ForeignModule.free(thread, a[0])
                    return .none
                },
            ]) { slots in
                slots.bool { _, value in value.object(HandleObject.self).pointee.address == 0 ? 0 : 1 }
                slots.call(.new) { thread, type, a, count, keywords in ForeignModule.makeHandle.call(thread, type, a, count, keywords) }
                slots.unary(.index) { thread, value in ForeignModule.handleAddress(thread, value).map { thread.newInt(unsigned: $0) } ?? .empty }
                slots.unary(.finalize) { thread, value in
                    ForeignModule.free(thread, value)
                    return .none
                }
            }
            module.set("Capsule", TypeID.capsule.value)
            // The functions that `_ctypes` gives out bear its name.
            for (name, def) in ForeignModule.published { module.set(name, module.thread.newBuiltinFunction(def, module: StringRef.intern("_ctypes").value)) }
            module.add(handle)
            ForeignLayouts.makeType()
            module.add(ForeignLayouts.type)
            ForeignData.makeTypes(module)
            module.add(ForeignFunctionType.makeType())
            module.add(ForeignField.makeType())
            module.add(ForeignArgument.makeType())
            module.add(callback)
            return true
        }
    }
}

/// Entry point of the room.
public enum ForeignFunctions {
    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        ForeignModule.register()
        SQLiteModule.register()
    }
}
