import CForeign
import Glibc
import Interpreter
import Objects

/// Calls of C functions whose arguments and results are plain, and callbacks.
///
/// Arguments are looked at in one pass that changes nothing and runs no Python: if one of them is not plain, the whole call is made by the helper `call` in Python.

/// Signatures of simple values, by their codes, immortal: there are not many.
struct PlainSignature: Hashable {
    static let limit = 15
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The code of the result comes first.
    @inline(__always) mutating func append(_ code: UInt8, _ index: Int) {
        if index < 8 { low |= UInt64(code) << UInt64(8 * index) } else { high |= UInt64(code) << UInt64(8 * (index - 8)) }
    }

    func code(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index < 8 ? low >> UInt64(8 * index) : high >> UInt64(8 * (index - 8))) }

    nonisolated(unsafe) private static var known: [PlainSignature: UnsafeMutablePointer<ffi_cif>] = [:]

    /// nil when libffi refuses it.
    func cif() -> UnsafeMutablePointer<ffi_cif>? {
        if let known = PlainSignature.known[self] { return known }
        var count = 0
        while count < PlainSignature.limit && code(count + 1) != 0 { count += 1 }
        let types = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: count + 1)
        for index in 0 ..< count { types[index] = foreign_type(Int32(code(index + 1))) }
        let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        guard ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(count), foreign_type(Int32(code(0))), types) == FFI_OK else {
            types.deallocate()
            cif.deallocate()
            return nil
        }
        PlainSignature.known[self] = cif
        return cif
    }
}

/// `CFuncPtr`'s native base.
enum ForeignFunctionType {
    struct FunctionObject {
        var data: DataObject
        /// Set for this function, or empty: then the class says it.
        var result: Value
        var arguments: Value
        /// A callable or None.
        var check: Value
        var flags: Value
        /// The Python function behind the address, or None.
        var own: Value
        /// The signature of the last call.
        var signature: PlainSignature
        var cif: UInt
    }

    nonisolated(unsafe) static var type: NativeType!
    private static let resultName = StringRef.intern("_restype_").value, argumentsName = StringRef.intern("_argtypes_").value, flagsName = StringRef.intern("_flags_").value
    private static let fromParameter = StringRef.intern("from_param").value, checkResult = StringRef.intern("_check_retval_").value
    /// The functions `from_param` of the metaclasses of simple classes and of pointers: a tuple.
    static let conversions = RootTable.reserve()

    @inline(__always) private static func object(_ value: Value) -> UnsafeMutablePointer<FunctionObject> { value.object(FunctionObject.self) }
    @inline(__always) private static func isUnset(_ word: Value) -> Bool { word.isEmpty || word.isNone }
    private static func shown(_ word: Value) -> Value { word.isEmpty ? .none : word }

    /// The code by which libffi is told of a value of a class.
    @inline(__always) static func code(_ layout: LayoutRef) -> UInt8 {
        switch layout.pointee.kind {
        case .simple:
            switch layout.pointee.code {
            case UInt8(ascii: "z"), UInt8(ascii: "Z"): return UInt8(ascii: "P")
            case UInt8(ascii: "c"): return UInt8(ascii: "B")
            case UInt8(ascii: "v"): return UInt8(ascii: "h")
            default: return layout.pointee.code
            }
        case .aggregate: return ForeignSignature.structure
        default: return UInt8(ascii: "P")
        }
    }

    // MARK: Arguments

    typealias Place = UnsafeMutableRawPointer

    /// Stores an object of ctypes as an argument, and returns its code; 0 when it is not plain.
    @inline(__always) private static func store(data value: Value, _ place: Place) -> UInt8 {
        let address = ForeignData.object(value).pointee.address
        guard let layout = ForeignLayouts.of(value.type), let memory = UnsafeMutableRawPointer(bitPattern: address) else { return 0 }
        switch layout.pointee.kind {
        case .simple:
            let code = code(layout)
            guard !layout.pointee.isSwapped, code != UInt8(ascii: "g"), code != UInt8(ascii: "O") else { return 0 }
            memcpy(place, memory, layout.pointee.size)
            return code
        case .array: place.storeBytes(of: address, as: UInt.self)
        case .pointer, .function: place.storeBytes(of: memory.loadUnaligned(as: UInt.self), as: UInt.self)
        case .aggregate: return 0
        }
        return UInt8(ascii: "P")
    }

    @inline(__always) private static func store(reference value: Value, _ place: Place) -> UInt8 {
        let reference = value.object(ForeignArgument.ArgumentObject.self)
        guard reference.pointee.plainCode != 0, ForeignLayouts.storePlain(reference.pointee.plainCode, place, reference.pointee.value) != nil else { return 0 }
        return reference.pointee.plainCode
    }

    /// Stores an argument without a declared class.
    @inline(__always) private static func store(_ value: Value, _ place: Place) -> UInt8 {
        if value.isSmallInt || value.isBool {
            place.storeBytes(of: value.isSmallInt ? value.smallInt : value == .true ? 1 : 0, as: Int.self)
            return UInt8(ascii: "i")
        }
        if value.isNone {
            place.storeBytes(of: 0, as: UInt.self)
            return UInt8(ascii: "P")
        }
        if value.isExact(.bytes) {
            place.storeBytes(of: UInt(bitPattern: BytesRef(value).bytes), as: UInt.self)
            return UInt8(ascii: "P")
        }
        guard value.isPointer else { return 0 }
        if value.shapeIndex == ForeignArgument.type.shape { return store(reference: value, place) }
        return ForeignData.isData(value) ? store(data: value, place) : 0
    }

    /// Stores an argument that is declared to be of a class.
    @inline(__always) private static func store(_ value: Value, _ kind: Value, _ place: Place) -> UInt8 {
        guard let layout = ForeignLayouts.of(kind), TypeRef(kind).lookup(fromParameter).isEmpty else { return 0 }
        let convert = kind.type.lookup(fromParameter)
        switch layout.pointee.kind {
        case .simple:
            guard convert == TupleRef(conversions.pointee)[0] else { return 0 }
            if value.isPointer, !value.isExact(.bytes), !value.isExact(.int), !value.isFloat, layout.pointee.code != UInt8(ascii: "O") {
                if value.shapeIndex == ForeignArgument.type.shape { return layout.pointee.code == UInt8(ascii: "P") ? store(reference: value, place) : 0 }
                guard ForeignData.isData(value) else { return 0 }
                if value.type.isSubtype(of: TypeRef(kind)) { return store(data: value, place) }
                guard let own = ForeignLayouts.of(value.type) else { return 0 }
                switch layout.pointee.code {
                case UInt8(ascii: "P"):
                    return own.pointee.kind == .simple && own.pointee.code != UInt8(ascii: "z") && own.pointee.code != UInt8(ascii: "Z") ? 0 : store(data: value, place)
                case UInt8(ascii: "z"):
                    return own.pointee.kind == .array && own.pointee.isText && ForeignLayouts.of(own.pointee.item)?.pointee.code == UInt8(ascii: "c") ? store(data: value, place) : 0
                default: return 0
                }
            }
            guard !layout.pointee.isSwapped else { return 0 }
            if layout.pointee.code == UInt8(ascii: "O") {
                guard !ForeignData.isData(value) || layout.pointee.isPlain && value.type != TypeRef(kind) && !value.type.isSubtype(of: TypeRef(kind)) else { return 0 }
                place.storeBytes(of: value.bits, as: UInt64.self)
                return UInt8(ascii: "O")
            }
            if layout.pointee.code == UInt8(ascii: "P"), value.isExact(.bytes) { return store(value, place) }
            return ForeignLayouts.storePlain(layout.pointee.code, place, value) == nil ? 0 : code(layout)
        case .pointer:
            guard convert == TupleRef(conversions.pointee)[1], layout.pointee.item.isType else { return 0 }
            if value.isNone {
                place.storeBytes(of: 0, as: UInt.self)
                return UInt8(ascii: "P")
            }
            guard value.isPointer else { return 0 }
            let item = TypeRef(layout.pointee.item)
            if value.shapeIndex == ForeignArgument.type.shape {
                let target = value.object(ForeignArgument.ArgumentObject.self).pointee.object
                return target.isPointer && target.type.isSubtype(of: item) ? store(reference: value, place) : 0
            }
            guard ForeignData.isData(value), let own = ForeignLayouts.of(value.type) else { return 0 }
            if value.type.isSubtype(of: item) {
                place.storeBytes(of: ForeignData.object(value).pointee.address, as: UInt.self)
                return UInt8(ascii: "P")
            }
            guard value.type.isSubtype(of: TypeRef(kind)) || (own.pointee.kind == .array || own.pointee.kind == .pointer) && own.pointee.item.isType && TypeRef(own.pointee.item).isSubtype(of: item) else { return 0 }
            return store(data: value, place)
        default: return 0
        }
    }

    // MARK: Calls

    private static let call: CallFunction = { thread, callee, arguments, count, keywords in
        if let result = ForeignFunctionType.callPlain(thread, callee, arguments, count, keywords) { return result }
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = thread.newTuple(arguments, count - named)
        if given.isEmpty { return .empty }
        var names = Value.none
        if named > 0 {
            names = thread.newDict()
            if names.isEmpty { return .empty }
            for index in 0 ..< named { guard DictRef(names).set(thread, TupleRef(keywords)[index], arguments[count - named + index]) else { return .empty } }
        }
        return thread.call(ForeignLayouts.helper(.call), callee, given, names)
    }

    /// nil, with nothing done, when the call is not plain.
    @inline(__always) private static func callPlain(_ thread: ThreadRef, _ callee: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value? {
        let function = object(callee)
        guard keywords.isEmpty, count <= PlainSignature.limit, isUnset(function.pointee.flags), isUnset(function.pointee.check),
              let memory = UnsafeMutableRawPointer(bitPattern: function.pointee.data.address), case let address = memory.loadUnaligned(as: UInt.self), address != 0 else { return nil }
        let kinds = function.pointee.arguments.isEmpty ? callee.type.lookup(argumentsName) : function.pointee.arguments
        let kind = function.pointee.result.isEmpty ? callee.type.lookup(resultName) : function.pointee.result
        if kinds.isEmpty { return nil }
        let declared = kinds.isNone ? 0 : kinds.isTuple ? TupleRef(kinds).count : Int.max
        let options = callee.type.lookup(flagsName)
        guard count >= declared, options.isSmallInt else { return nil }
        var layout: LayoutRef?
        var signature = PlainSignature()
        if kind.isNone { signature.append(UInt8(ascii: "v"), 0) } else {
            guard !kind.isEmpty, kind.isType, let found = ForeignLayouts.of(TypeRef(kind)), found.pointee.kind != .aggregate, found.pointee.kind != .array, !found.pointee.isSwapped,
                  TypeRef(kind).lookup(checkResult).isEmpty else { return nil }
            layout = found
            signature.append(code(found), 0)
        }
        return withUnsafeTemporaryAllocation(of: (UInt64, UInt64).self, capacity: count + 1) { words -> Value? in
            for index in 0 ..< count {
                words[index] = (0, 0)
                let place = UnsafeMutableRawPointer(words.baseAddress! + index)
                let code = index < declared ? store(arguments[index], TupleRef(kinds)[index], place) : store(arguments[index], place)
                if code == 0 { return nil }
                signature.append(code, index + 1)
            }
            if !isUnset(function.pointee.own) {
                // Without going through C and back an exception comes out as it is.
                guard let layout, layout.pointee.code == UInt8(ascii: "O"), layout.pointee.isPlain else { return nil }
                return callOwn(thread, function.pointee.own, words.baseAddress!, signature, count)
            }
            if function.pointee.cif == 0 || function.pointee.signature != signature {
                guard let cif = signature.cif() else { return thread.raise(.runtimeError, "ffi_prep_cif failed") }
                function.pointee.cif = UInt(bitPattern: cif)
                function.pointee.signature = signature
            }
            let cif = UnsafeMutablePointer<ffi_cif>(bitPattern: function.pointee.cif).unsafelyUnwrapped
            let target = unsafeBitCast(address, to: (@convention(c) () -> Void).self)
            words[count] = (0, 0)
            let result = UnsafeMutableRawPointer(words.baseAddress! + count)
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: count + 1) { values in
                for index in 0 ..< count { values[index] = UnsafeMutableRawPointer(words.baseAddress! + index) }
                ForeignModule.invoke(thread, cif, target, result, values.baseAddress!, keepsLock: options.smallInt & 4 != 0, swapsError: options.smallInt & 8 != 0)
            }
            if thread.hasException { return .empty }
            guard let layout else { return Value.none }
            return value(thread, kind, layout, result)
        }
    }

    @inline(never) private static func callOwn(_ thread: ThreadRef, _ own: Value, _ words: UnsafeMutablePointer<(UInt64, UInt64)>, _ signature: PlainSignature, _ count: Int) -> Value? {
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        defer { thread.popArguments(vector) }
        vector.update(repeating: .none, count: count + 1)
        for index in 0 ..< count {
            vector[index + 1] = ForeignValues.load(thread, signature.code(index + 1), UnsafeRawPointer(words + index))
            if vector[index + 1].isEmpty { return .empty }
        }
        return thread.call(own, vector + 1, count)
    }

    /// The Python value of a C value of a class: a plain class's own, or a new instance.
    @inline(__always) static func value(_ thread: ThreadRef, _ kind: Value, _ layout: LayoutRef, _ place: UnsafeMutableRawPointer) -> Value {
        if layout.pointee.isPlain { return ForeignLayouts.read(thread, layout, place) }
        let result = ForeignData.make(thread, TypeRef(kind), layout.pointee.size)
        if result.isEmpty { return .empty }
        let size = layout.pointee.kind == .array ? min(layout.pointee.size, 8) : layout.pointee.size
        memcpy(UnsafeMutableRawPointer(bitPattern: ForeignData.object(result).pointee.address).unsafelyUnwrapped, place, size)
        return result
    }

    static func makeType() -> NativeType {
        type = NativeType("Function", module: "_foreign", base: ForeignData.type.type, size: MemoryLayout<FunctionObject>.size, mask: 0b11110 | 0b11111 << UInt64(MemoryLayout<DataObject>.size / 8),
                          flags: [.base, .weakReferenceable], getters: [
            Getter("restype", "specify the result type", set: { thread, a, _ in
                guard a[1].isEmpty || a[1].isNone || a[1].type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "restype must be a type, a callable, or None") }
                ForeignFunctionType.object(a[0]).pointee.result = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let own = ForeignFunctionType.object(a[0]).pointee.result
                return own.isEmpty ? thread.getAttribute(a[0].type.value, ForeignFunctionType.resultName) : own
            },
            Getter("argtypes", "specify the argument types", set: { thread, a, _ in
                var kinds = a[1]
                if !kinds.isEmpty, !kinds.isNone {
                    guard !kinds.type.lookup(.__iter__).isEmpty else { return thread.raise(.typeError, "_argtypes_ must be a sequence of types") }
                    kinds = thread.tuple(kinds)
                    if kinds.isEmpty { return .empty }
                    for index in 0 ..< TupleRef(kinds).count where thread.getAttributeOrEmpty(TupleRef(kinds)[index], ForeignFunctionType.fromParameter).isEmpty {
                        return thread.hasException ? .empty : thread.raise(.typeError, "item \(index + 1) in _argtypes_ has no from_param method")
                    }
                }
                ForeignFunctionType.object(a[0]).pointee.arguments = kinds
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let own = ForeignFunctionType.object(a[0]).pointee.arguments
                return own.isEmpty ? thread.getAttribute(a[0].type.value, ForeignFunctionType.argumentsName) : own
            },
            Getter("errcheck", "a function to check for errors", set: { thread, a, _ in
                guard a[1].isEmpty || a[1].type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the errcheck attribute must be callable") }
                ForeignFunctionType.object(a[0]).pointee.check = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in ForeignFunctionType.shown(ForeignFunctionType.object(a[0]).pointee.check) },
            Getter("_paramflags") { _, a, _ in ForeignFunctionType.shown(ForeignFunctionType.object(a[0]).pointee.flags) },
        ]) { slots in
            slots.call(.call, ForeignFunctionType.call)
            slots.bool { thread, value in
                guard let memory = ForeignData.memory(thread, value) else { return -1 }
                return memory.loadUnaligned(as: UInt.self) != 0 ? 1 : 0
            }
        }
        return type
    }

    /// Says what is behind a function: the parameters' flags and the Python function at its address, each None if there is none.
    static let define = Def("define(function, flags, own, /)", .writes, kind: .function) { thread, a, _ in
        guard a[0].isPointer, a[0].type.isSubtype(of: type.type) else { return thread.raise(.typeError, "define() takes a function") }
        object(a[0]).pointee.flags = a[1]
        object(a[0]).pointee.own = a[2]
        Heap.barrier(a[0].raw)
        return .none
    }
}

/// `CArgObject`: an argument of a foreign function that is ready to be passed.
enum ForeignArgument {
    struct ArgumentObject {
        var header: ObjectHeader
        var code: Value
        var value: Value
        var object: Value
        var shown: Value
        /// The code if it is one of a plain value, or 0.
        var plainCode: UInt8
    }

    nonisolated(unsafe) static var type: NativeType!
    private static let pointerCode = StringRef.intern("P").value

    static func make(_ thread: ThreadRef, _ code: Value, _ value: Value, _ object: Value, _ shown: Value) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<ArgumentObject>.size)
        if result.isEmpty { return .empty }
        let argument = result.object(ArgumentObject.self)
        argument.pointee.code = code
        argument.pointee.value = value
        argument.pointee.object = object
        argument.pointee.shown = shown
        if StringRef(code).count == 1 {
            let letter = StringRef(code)[0]
            // References to objects and what is passed by value otherwise are not plain.
            if letter != UInt32(UInt8(ascii: "O")), letter != UInt32(UInt8(ascii: "z")), letter != UInt32(UInt8(ascii: "c")), letter < 128, ForeignValues.size(UInt8(letter)) != nil { argument.pointee.plainCode = UInt8(letter) }
        }
        return result
    }

    /// `byref(data, offset)`
    static func reference(_ thread: ThreadRef, _ data: Value, _ offset: Value) -> Value {
        guard ForeignData.isData(data) else { return thread.raise(.typeError, "byref() argument must be a ctypes instance, not '\(data.type.name)'") }
        guard let distance = offset.isEmpty ? 0 : thread.toInt(offset) else { return .empty }
        let address = thread.newInt(unsigned: ForeignData.object(data).pointee.address &+ UInt(bitPattern: distance))
        return address.isEmpty ? .empty : make(thread, pointerCode, address, data, pointerCode)
    }

    private static let construct = Constructor("CArgObject(self, code, value, object, shown=None)") { thread, a, _ in
        guard a[1].isExact(.str) else { return thread.raise(.typeError, "cannot create 'CArgObject' instances") }
        let shown = a[4].isEmpty || a[4].isNone ? a[1] : a[4]
        return shown.isExact(.str) ? make(thread, a[1], a[2], a[3], shown) : thread.raise(.typeError, "cannot create 'CArgObject' instances")
    }

    static func makeType() -> NativeType {
        type = NativeType("CArgObject", module: "builtins", size: MemoryLayout<ArgumentObject>.size, mask: 0b11110, getters: [
            Getter("_code") { _, a, _ in a[0].object(ArgumentObject.self).pointee.code },
            Getter("_value") { _, a, _ in a[0].object(ArgumentObject.self).pointee.value },
            Getter("_obj", "the wrapped object", isMember: true, set: readOnlyMember) { _, a, _ in a[0].object(ArgumentObject.self).pointee.object },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in ForeignArgument.construct.call(thread, type, a, count, keywords) }
            slots.unary(.repr) { thread, value in
                let argument = value.object(ArgumentObject.self), shown = StringRef(argument.pointee.shown).description, number = argument.pointee.value
                switch shown {
                case "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d": return thread.newString("<cparam '\(shown)' (\(number.reprForMessage(thread)))>")
                case "c":
                    guard number.isSmallInt, let byte = UInt8(exactly: number.smallInt) else { break }
                    if byte >= 32 && byte < 127 {
                        let character = thread.ascii(thread.newString(character: UInt32(byte)))
                        return character.isEmpty ? .empty : thread.newString("<cparam 'c' (\(StringRef(character).description))>")
                    }
                    return thread.newString("<cparam 'c' ('\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))')>")
                case "z", "Z", "P":
                    guard let address = ForeignLayouts.word(number) else { break }
                    return thread.newString("<cparam '\(shown)' (0x\(String(address, radix: 16)))>")
                default: break
                }
                return thread.newString("<cparam '\(shown)' at 0x\(String(UInt(bitPattern: value.raw), radix: 16))>")
            }
        }
        return type
    }
}
