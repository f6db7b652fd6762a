import Interpreter
import Objects

/// C functions as Python functions, methods and special methods.
///
/// Each C signature has one entry here: a `ForeignFunction` that checks the arguments, calls the C function that the record names, and checks what it returned. A call allocates
/// nothing: arguments go on as they lie on the register stack. The handles are the values themselves but in debug mode (see `Contexts`).
struct FunctionData {
    var context: UnsafeMutablePointer<HPyContext>
    var implementation: UnsafeMutableRawPointer
    /// A comparison's operation.
    var detail: Int32 = 0
}

extension UnsafeMutableRawPointer {
    /// The record that a foreign function is called with.
    fileprivate var native: UnsafeMutablePointer<NativeRecord> { @inline(__always) get { assumingMemoryBound(to: NativeRecord.self) } }
}

enum Functions {
    /// A record for a C function. `name` is interned.
    static func record(_ entry: @escaping ForeignFunction, _ name: Value, doc: UnsafePointer<CChar>? = nil, _ implementation: UnsafeMutableRawPointer, detail: Int32 = 0) -> UnsafeMutablePointer<NativeRecord> {
        let data = UnsafeMutablePointer<FunctionData>.allocate(capacity: 1)
        data.initialize(to: FunctionData(context: Contexts.making, implementation: implementation, detail: detail))
        return NativeRecord.make(foreign: entry, name: name, doc: doc, data: data)
    }

    /// The entry of a method's signature, or nil when there is no such.
    static func entry(signature: Int32) -> ForeignFunction? {
        switch Int(signature) {
        case HPySignatureVarargs: return varargs
        case HPySignatureKeywords: return keywords
        case HPySignatureNoArgs: return noArguments
        case HPySignatureOne: return one
        default: return nil
        }
    }

    typealias Record = UnsafeMutableRawPointer

    /// Whether a record's function is called by this entry.
    static func calls(_ record: UnsafeMutablePointer<NativeRecord>, _ entry: @escaping ForeignFunction) -> Bool {
        unsafeBitCast(record.pointee.foreign, to: UInt.self) == unsafeBitCast(entry, to: UInt.self)
    }

    /// Whether two records call the same C function.
    static func isSame(_ a: UnsafeMutablePointer<NativeRecord>, _ b: UnsafeMutablePointer<NativeRecord>) -> Bool { data(a).pointee.implementation == data(b).pointee.implementation }

    @inline(__always) fileprivate static func data(_ record: Record) -> UnsafeMutablePointer<FunctionData> {
        record.native.pointee.foreignData.unsafelyUnwrapped.assumingMemoryBound(to: FunctionData.self)
    }

    // MARK: Results

    /// What a C function returned, when it and the exception agree.
    @inline(__always) static func check(_ thread: ThreadRef, _ record: Record, _ result: Value) -> Value {
        if result.isEmpty != thread.hasException { return Functions.disagree(thread, record, result) }
        return result
    }

    /// The same for an `int` whose negative values mean failure.
    @inline(__always) static func check(_ thread: ThreadRef, _ record: Record, _ status: Int) -> Bool {
        if (status < 0) != thread.hasException { _ = Functions.disagree(thread, record, status < 0 ? .empty : .none) }
        return !thread.hasException
    }

    @inline(never) private static func disagree(_ thread: ThreadRef, _ record: Record, _ result: Value) -> Value {
        let name = StringRef(record.native.pointee.name).description, owner = record.native.pointee.owner
        if [noArguments, one, varargs, keywords].contains(where: { Functions.calls(record.native, $0) }) {
            return Functions.disagree(thread, owner.isEmpty ? "<built-in function \(name)>" : "<method '\(name)' of '\(TypeRef(owner).name)' objects>", result)
        }
        return Functions.disagree(thread, slot: owner.isEmpty ? "<built-in method \(name)>" : "<slot wrapper '\(name)' of '\(TypeRef(owner).name)' objects>", result)
    }

    /// The same for a C function that is no callable of Python's. Who is told of is what the running frame calls, as in CPython, where only callables look at results: `len(x)` is to blame for what `HPy_mp_length` did, and nobody for `-x`.
    static func disagree(_ thread: ThreadRef, slot: String, _ result: Value) -> Value {
        let cause = thread.takeException(), callee = Inspection.callee(thread)
        if callee.isEmpty && result.isEmpty { return thread.raise(.systemError, "error return without exception set") }
        let subject = callee.isEmpty ? slot : callee.reprForMessage(thread)
        if !cause.isEmpty { thread.restore(cause) }
        return Functions.disagree(thread, subject, result)
    }

    /// Reports that what a C function has returned and the exception do not agree.
    @inline(never) private static func disagree(_ thread: ThreadRef, _ subject: String, _ result: Value) -> Value {
        let cause = thread.takeException()
        if result.isEmpty { return thread.raise(.systemError, "\(subject) returned NULL without setting an exception") }
        thread.raise(.systemError, "\(subject) returned a result with an exception set")
        if thread.exceptionMatches(.systemError) {
            let object = thread.pointee.exception.object(ExceptionObject.self)
            object.pointee.cause = cause
            object.pointee.context = cause
            object.pointee.suppressContext = .true
            Heap.barrier(thread.pointee.exception.raw)
        }
        return .empty
    }

    // MARK: Arity

    @inline(never) fileprivate static func refuseKeywords(_ thread: ThreadRef, _ record: Record) -> Value {
        thread.raise(.typeError, "\(record.native.displayName)() takes no keyword arguments")
    }

    fileprivate static func hasKeywords(_ names: Value) -> Bool { !names.isEmpty && TupleRef(names).count > 0 }

    @inline(never) fileprivate static func refuseCount(_ thread: ThreadRef, _ record: Record, _ count: Int, _ names: Value, exactly wanted: Int) -> Value {
        if Functions.hasKeywords(names) { return Functions.refuseKeywords(thread, record) }
        if wanted == 0 { return thread.raise(.typeError, "\(record.native.displayName)() takes no arguments (\(count) given)") }
        return thread.raise(.typeError, "\(record.native.displayName)() takes exactly one argument (\(count) given)")
    }

    /// For special methods, in the words of slot wrappers.
    @inline(never) private static func refuseSlot(_ thread: ThreadRef, _ record: Record, _ count: Int, _ names: Value, _ wanted: Int, _ most: Int) -> Value {
        if Functions.hasKeywords(names) { return thread.raise(.typeError, "wrapper \(StringRef(record.native.pointee.name).description)() takes no keyword arguments") }
        let bound = wanted == most ? "" : count < wanted ? "at least " : "at most "
        let number = count < wanted ? wanted : most
        return thread.raise(.typeError, "\(most > 1 ? " " : "")expected \(bound)\(number) argument\(number == 1 ? "" : "s"), got \(count)")
    }

    // MARK: Methods

    static let noArguments: ForeignFunction = callWithout
    static let one: ForeignFunction = callWithOne
    static let varargs: ForeignFunction = callWithVector
    static let keywords: ForeignFunction = callWithKeywords

    @inline(never) fileprivate static func debugNoArguments(_ thread: ThreadRef, _ record: Record, _ receiver: Value) -> Value {
        let own = DebugMode.make(receiver)
        let result = Contexts.call(taipan_hpy_debug()) { unsafeBitCast(Functions.data(record).pointee.implementation, to: HPyNoArgsFunction.self)($0, own) }
        let value = DebugMode.receive(result)
        DebugMode.closeArgument(own)
        return Functions.check(thread, record, value)
    }

    @inline(never) fileprivate static func debugOne(_ thread: ThreadRef, _ record: Record, _ receiver: Value, _ a: Arguments) -> Value {
        let own = DebugMode.make(receiver), argument = DebugMode.make(a[0])
        let result = Contexts.call(taipan_hpy_debug()) { unsafeBitCast(Functions.data(record).pointee.implementation, to: HPyOneFunction.self)($0, own, argument) }
        let value = DebugMode.receive(result)
        DebugMode.closeArgument(own)
        DebugMode.closeArgument(argument)
        return Functions.check(thread, record, value)
    }

    @inline(never) fileprivate static func debugVarargs(_ thread: ThreadRef, _ record: Record, _ receiver: Value, _ a: Arguments, _ count: Int) -> Value {
        let function = unsafeBitCast(Functions.data(record).pointee.implementation, to: HPyVarargsFunction.self)
        return Functions.check(thread, record, DebugMode.receive(DebugMode.withArguments(receiver, a, count, .empty) { c, own, arguments, _ in function(c, own, arguments, count) }))
    }

    @inline(never) private static func debugKeywords(_ thread: ThreadRef, _ record: Record, _ implementation: UnsafeMutableRawPointer, _ receiver: Value, _ a: Arguments, _ count: Int, _ names: Value) -> Value {
        let function = unsafeBitCast(implementation, to: HPyKeywordsFunction.self)
        let named = names.isEmpty ? 0 : TupleRef(names).count
        return Functions.check(thread, record, DebugMode.receive(DebugMode.withArguments(receiver, a, count, named == 0 ? .empty : names) { c, own, arguments, names in
            function(c, own, arguments, count - named, names)
        }))
    }

    /// `__call__`: by the function set for this object, or else the type's.
    static let callSlot: ForeignFunction = { thread, record, receiver, a, count, names in
        let data = Functions.data(record)
        var implementation = data.pointee.implementation
        if let layout = ForeignType.of(receiver.type), let own = Instances.callWord(receiver, layout).pointee { implementation = own }
        return Functions.call(thread, record, data.pointee.context, implementation, receiver, a, count, names)
    }

    /// `__call__` of a type that keeps its instances' call functions in a member `__vectorcalloffset__`.
    static let callMember: ForeignFunction = { thread, record, receiver, a, count, names in
        let data = Functions.data(record)
        guard let layout = ForeignType.of(receiver.type),
              let function = Instances.callMember(receiver, layout, Int(data.pointee.detail)).pointee.implementation else {
            return thread.raise(.typeError, "'\(receiver.type.name)' object does not support vectorcall")
        }
        return Functions.call(thread, record, data.pointee.context, function, receiver, a, count, names)
    }

    @inline(__always) fileprivate static func call(_ thread: ThreadRef, _ record: Record, _ context: UnsafeMutablePointer<HPyContext>, _ implementation: UnsafeMutableRawPointer,
                                                   _ receiver: Value, _ a: Arguments, _ count: Int, _ names: Value) -> Value {
        if Contexts.isDebug(context) { return Functions.debugKeywords(thread, record, implementation, receiver, a, count, names) }
        let named = names.isEmpty ? 0 : TupleRef(names).count
        return Functions.check(thread, record, Contexts.call(context) { unsafeBitCast(implementation, to: HPyKeywordsFunction.self)($0, receiver, a, count - named, named == 0 ? .empty : names) })
    }

    // MARK: Construction

    /// The keyword arguments as a dict, or the zero word when there are none. nil when it has raised.
    private static func keywordDict(_ thread: ThreadRef, _ a: Arguments, _ count: Int, _ names: Value) -> Value? {
        let named = names.isEmpty ? 0 : TupleRef(names).count
        if named == 0 { return .empty }
        let dict = thread.newDict(capacity: named)
        if dict.isEmpty { return nil }
        for index in 0 ..< named where !DictRef(dict).set(thread, TupleRef(names)[index], a[count - named + index]) { return nil }
        return dict
    }

    /// The receiver is the type that owns this `__new__`; the type to make comes first of the arguments.
    static let new: ForeignFunction = { thread, record, receiver, given, total, names in
        let owner = TypeRef(receiver)
        guard total > (names.isEmpty ? 0 : TupleRef(names).count) else { return thread.raise(.typeError, "\(owner.name).__new__(): not enough arguments") }
        let type = given[0], a = given + 1, count = total - 1
        guard type.isType else { return thread.raise(.typeError, "\(owner.name).__new__(X): X is not a type object (\(type.type.name))") }
        guard TypeRef(type).isSubtype(of: owner) else {
            let name = TypeRef(type).name
            return thread.raise(.typeError, "\(owner.name).__new__(\(name)): \(name) is not a subtype of \(owner.name)")
        }
        guard let dict = Functions.keywordDict(thread, a, count, names) else { return .empty }
        let named = dict.isEmpty ? 0 : TupleRef(names).count
        let data = Functions.data(record), context = data.pointee.context
        let function = unsafeBitCast(data.pointee.implementation, to: HPyNewFunction.self)
        if Contexts.isDebug(context) {
            return Functions.check(thread, record, DebugMode.receive(DebugMode.withArguments(type, a, count - named, dict) { c, own, arguments, keywords in
                function(c, own, arguments, count - named, keywords)
            }))
        }
        return Functions.check(thread, record, Contexts.call(context) { function($0, type, a, count - named, dict) })
    }

    static let initialize: ForeignFunction = { thread, record, receiver, a, count, names in
        guard let dict = Functions.keywordDict(thread, a, count, names) else { return .empty }
        let named = dict.isEmpty ? 0 : TupleRef(names).count
        let data = Functions.data(record), context = data.pointee.context
        let function = unsafeBitCast(data.pointee.implementation, to: HPyInitFunction.self)
        var status: Int32 = 0
        if Contexts.isDebug(context) {
            status = DebugMode.withArguments(receiver, a, count - named, dict) { c, own, arguments, keywords in
                function(c, own, arguments, count - named, keywords)
            }
        } else {
            status = Contexts.call(context) { function($0, receiver, a, count - named, dict) }
        }
        return Functions.check(thread, record, status < 0 ? .empty : .none)
    }

    // MARK: Special methods

    static let unary: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 0 else { return Functions.refuseSlot(thread, record, count, names, 0, 0) }
        return Functions.noArguments(thread, record, receiver, a, 0, .empty)
    }

    static let binary: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        return Functions.one(thread, record, receiver, a, 1, .empty)
    }

    static let binaryReflected: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        var swapped = receiver
        return Functions.one(thread, record, a[0], &swapped, 1, .empty)
    }

    /// `__pow__(self, value, mod=None)`
    static let ternary: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1 || count == 2, !Functions.hasKeywords(names) else { return Functions.refuseSlot(thread, record, count, names, 1, 2) }
        return Functions.power(thread, record, receiver, a[0], count == 2 ? a[1] : .none)
    }

    static let ternaryReflected: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1 || count == 2, !Functions.hasKeywords(names) else { return Functions.refuseSlot(thread, record, count, names, 1, 2) }
        return Functions.power(thread, record, a[0], receiver, count == 2 ? a[1] : .none)
    }

    static func power(_ thread: ThreadRef, _ record: Record, _ first: Value, _ second: Value, _ third: Value) -> Value {
        let data = Functions.data(record), context = data.pointee.context
        let x = Contexts.open(context, first), y = Contexts.open(context, second), z = Contexts.open(context, third)
        let value = Contexts.receive(context, Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyTernaryFunction.self)($0, x, y, z) })
        Contexts.close(context, x)
        Contexts.close(context, y)
        Contexts.close(context, z)
        return Functions.check(thread, record, value)
    }

    static let predicate: ForeignFunction = { thread, record, receiver, _, count, names in
        guard count == 0 else { return Functions.refuseSlot(thread, record, count, names, 0, 0) }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver)
        let status = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyInquiryFunction.self)($0, own) }
        Contexts.close(context, own)
        return Functions.check(thread, record, Int(status)) ? Value(status != 0) : .empty
    }

    static let length: ForeignFunction = { thread, record, receiver, _, count, names in
        guard count == 0 else { return Functions.refuseSlot(thread, record, count, names, 0, 0) }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver)
        let result = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyLengthFunction.self)($0, own) }
        Contexts.close(context, own)
        return Functions.check(thread, record, result) ? thread.newInt(result) : .empty
    }

    /// The method: -1 is a hash like another unless an exception was set.
    static let hash: ForeignFunction = { thread, record, receiver, _, count, names in
        guard count == 0 else { return Functions.refuseSlot(thread, record, count, names, 0, 0) }
        let result = Functions.hashValue(record, receiver)
        if result == -1 { return thread.hasException ? .empty : thread.newInt(result) }
        return Functions.check(thread, record, 0) ? thread.newInt(result) : .empty
    }

    /// The slot, where -1 means failure. An exception has been raised then.
    static func hash(_ thread: ThreadRef, _ record: Record, _ receiver: Value) -> Int {
        let result = Functions.hashValue(record, receiver)
        if (result == -1) != thread.hasException { _ = Functions.disagree(thread, record, result == -1 ? .empty : .none) }
        return thread.hasException ? -1 : result
    }

    private static func hashValue(_ record: Record, _ receiver: Value) -> Int {
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver)
        let result = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyLengthFunction.self)($0, own) }
        Contexts.close(context, own)
        return result
    }

    static let compare: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver), argument = Contexts.open(context, a[0])
        let value = Contexts.receive(context, Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyCompareFunction.self)($0, own, argument, data.pointee.detail) })
        Contexts.close(context, own)
        Contexts.close(context, argument)
        return Functions.check(thread, record, value)
    }

    static let contains: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver), argument = Contexts.open(context, a[0])
        let status = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyContainsFunction.self)($0, own, argument) }
        Contexts.close(context, own)
        Contexts.close(context, argument)
        return Functions.check(thread, record, Int(status)) ? Value(status != 0) : .empty
    }

    static let setItem: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 2, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 2, 2) }
        return Functions.store(thread, record, receiver, a[0], a[1])
    }

    static let deleteItem: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        return Functions.store(thread, record, receiver, a[0], .empty)
    }

    private static func store(_ thread: ThreadRef, _ record: Record, _ receiver: Value, _ key: Value, _ value: Value) -> Value {
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver), place = Contexts.open(context, key), item = value.isEmpty ? value : Contexts.open(context, value)
        let status = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyStoreFunction.self)($0, own, place, item) }
        Contexts.close(context, own)
        Contexts.close(context, place)
        if !item.isEmpty { Contexts.close(context, item) }
        return Functions.check(thread, record, Int(status)) ? .none : .empty
    }

    // MARK: Sequences

    /// The index that a sequence's item function gets: the length is added to a negative one. nil when it has raised.
    private static func index(_ thread: ThreadRef, _ receiver: Value, _ key: Value) -> Int? {
        let index = thread.toIndex(key)
        if index.isEmpty { return nil }
        guard var result = IntOps.toInt(index) else {
            thread.raise(.overflowError, "cannot fit '\(key.type.name)' into an index-sized integer")
            return nil
        }
        if result < 0, let function = receiver.type.slot(.length, as: LengthFunction.self) {
            let length = function(thread, receiver)
            if length < 0 { return nil }
            result += length
        }
        return result
    }

    static let itemAt: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        guard let index = Functions.index(thread, receiver, a[0]) else { return .empty }
        return Functions.indexed(thread, record, receiver, index)
    }

    /// Repetition: any count that has an index.
    static let repeated: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        let count = thread.toIndex(a[0])
        if count.isEmpty { return .empty }
        guard let number = IntOps.toInt(count) else { return thread.raise(.overflowError, "cannot fit '\(a[0].type.name)' into an index-sized integer") }
        return Functions.indexed(thread, record, receiver, number)
    }

    private static func indexed(_ thread: ThreadRef, _ record: Record, _ receiver: Value, _ index: Int) -> Value {
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver)
        let value = Contexts.receive(context, Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyIndexFunction.self)($0, own, index) })
        Contexts.close(context, own)
        return Functions.check(thread, record, value)
    }

    static let setItemAt: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 2, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 2, 2) }
        return Functions.storeAt(thread, record, receiver, a[0], a[1])
    }

    static let deleteItemAt: ForeignFunction = { thread, record, receiver, a, count, names in
        guard count == 1, names.isEmpty else { return Functions.refuseSlot(thread, record, count, names, 1, 1) }
        return Functions.storeAt(thread, record, receiver, a[0], .empty)
    }

    static func storeAt(_ thread: ThreadRef, _ record: Record, _ receiver: Value, _ key: Value, _ value: Value) -> Value {
        guard let index = Functions.index(thread, receiver, key) else { return .empty }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver), item = value.isEmpty ? value : Contexts.open(context, value)
        let status = Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyStoreIndexFunction.self)($0, own, index, item) }
        Contexts.close(context, own)
        if !item.isEmpty { Contexts.close(context, item) }
        return Functions.check(thread, record, Int(status)) ? .none : .empty
    }

    // MARK: The end

    static let finalize: ForeignFunction = { thread, record, receiver, _, count, names in
        guard count == 0 else { return Functions.refuseSlot(thread, record, count, names, 0, 0) }
        let data = Functions.data(record), context = data.pointee.context
        let own = Contexts.open(context, receiver)
        Contexts.call(context) { unsafeBitCast(data.pointee.implementation, to: HPyFinalizeFunction.self)($0, own) }
        Contexts.close(context, own)
        return thread.hasException ? .empty : .none
    }
}

// MARK: The usual

// Of a closure the compiler makes two functions, one of which jumps to the other; these are one each.

@inline(__always) private func callWithout(_ thread: ThreadRef, _ record: UnsafeMutableRawPointer, _ receiver: Value, _: Arguments, _ count: Int, _ names: Value) -> Value {
    guard count == 0 else { return Functions.refuseCount(thread, record, count, names, exactly: 0) }
    let data = Functions.data(record)
    if Contexts.isDebug(data.pointee.context) { return Functions.debugNoArguments(thread, record, receiver) }
    return Functions.check(thread, record, Contexts.call(data.pointee.context) { unsafeBitCast(data.pointee.implementation, to: HPyNoArgsFunction.self)($0, receiver) })
}

@inline(__always) private func callWithOne(_ thread: ThreadRef, _ record: UnsafeMutableRawPointer, _ receiver: Value, _ a: Arguments, _ count: Int, _ names: Value) -> Value {
    guard count == 1, names.isEmpty else { return Functions.refuseCount(thread, record, count, names, exactly: 1) }
    let data = Functions.data(record)
    if Contexts.isDebug(data.pointee.context) { return Functions.debugOne(thread, record, receiver, a) }
    return Functions.check(thread, record, Contexts.call(data.pointee.context) { unsafeBitCast(data.pointee.implementation, to: HPyOneFunction.self)($0, receiver, a[0]) })
}

@inline(__always) private func callWithVector(_ thread: ThreadRef, _ record: UnsafeMutableRawPointer, _ receiver: Value, _ a: Arguments, _ count: Int, _ names: Value) -> Value {
    if Functions.hasKeywords(names) { return Functions.refuseKeywords(thread, record) }
    let data = Functions.data(record)
    if Contexts.isDebug(data.pointee.context) { return Functions.debugVarargs(thread, record, receiver, a, count) }
    return Functions.check(thread, record, Contexts.call(data.pointee.context) { unsafeBitCast(data.pointee.implementation, to: HPyVarargsFunction.self)($0, receiver, a, count) })
}

@inline(__always) private func callWithKeywords(_ thread: ThreadRef, _ record: UnsafeMutableRawPointer, _ receiver: Value, _ a: Arguments, _ count: Int, _ names: Value) -> Value {
    Functions.call(thread, record, Functions.data(record).pointee.context, Functions.data(record).pointee.implementation, receiver, a, count, names)
}
