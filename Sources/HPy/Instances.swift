import CoreTypes
import Objects

/// Instances of types made from a specification: where their struct is, how it is traced, and what happens when they die.

/// What is known of such a type beyond its type object, immortal: `TypeObject.nativeData` points to it, also of Python subclasses.
struct ForeignType {
    var context: UnsafeMutablePointer<HPyContext>
    /// `HPyType_BuiltinShape`
    var shape: Int32
    /// The bits of the type itself: subclasses in Python share the struct.
    var owner: UInt64 = 0
    /// Bytes of the struct.
    var size: Int
    /// Offset of the struct in an instance; 0 when it follows items of variable number.
    var offset: Int
    var base: UnsafeMutablePointer<ForeignType>?
    var traverse: HPyTraverseFunction?
    var destroy: HPyDestroyFunction?
    var getBuffer: HPyGetBufferFunction?
    var releaseBuffer: HPyReleaseBufferFunction?
    /// `__text_signature__`, zero-terminated.
    var signature: UnsafePointer<CChar>?
    /// Its own sequence slots, if it has any: see `SequenceSlots`.
    var sequence: SequenceSlots.Records?
    /// It or a base has `HPy_tp_call`.
    var hasCall = false
    /// The offset in the struct of the member `__vectorcalloffset__`, or -1.
    var callOffset = -1
    /// It or a base has `HPy_tp_destroy`.
    var isDestroyed = false
    /// It or a base has `HPy_tp_traverse`; a struct without is scanned conservatively.
    var isTraversed = false
    /// Bytes from the struct's start that are the fields of members that hold objects: their offsets.
    var objectMembers: [Int] = []

    @inline(__always) static func of(_ type: TypeRef) -> UnsafeMutablePointer<ForeignType>? {
        type.has(.foreignLayout) ? UnsafeMutablePointer(bitPattern: type.pointer.pointee.nativeData) : nil
    }
}

enum Instances {
    /// Objects to look after when they die: since the last collection, and older ones.
    nonisolated(unsafe) private static var young: [UInt] = []
    nonisolated(unsafe) private static var old: [UInt] = []

    static let objectOffset = ForeignLayout.structOffset(fixed: 8)
    static let typeOffset = ForeignLayout.structOffset(fixed: Int(TypeID.type.type.pointer.pointee.basicSize))
    static let floatOffset = ForeignLayout.structOffset(fixed: MemoryLayout<FloatObject>.size)
    static let listOffset = ForeignLayout.structOffset(fixed: Int(TypeID.list.type.pointer.pointee.basicSize))
    static let dictOffset = ForeignLayout.structOffset(fixed: Int(TypeID.dict.type.pointer.pointee.basicSize))

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        ForeignLayout.watch = { Instances.watch($0) }
        ForeignLayout.end = { Instances.buryAll() }
        Collector.addDeathVisitor { major in Instances.bury(major) }
        Collector.customReferents = { object, body in Instances.referents(object, body) }

        c.pointee.ctx_AsStruct_Object = { _, value in value.raw + 16 }
        c.pointee.ctx_AsStruct_Type = { _, value in value.raw + Instances.typeOffset }
        c.pointee.ctx_AsStruct_Float = { _, value in value.raw + Instances.floatOffset }
        c.pointee.ctx_AsStruct_List = { _, value in value.raw + Instances.listOffset }
        c.pointee.ctx_AsStruct_Dict = { _, value in value.raw + Instances.dictOffset }
        c.pointee.ctx_AsStruct_Long = { _, value in Instances.variable(value) }
        c.pointee.ctx_AsStruct_Unicode = { _, value in Instances.variable(value) }
        c.pointee.ctx_AsStruct_Tuple = { _, value in Instances.variable(value) }
        c.pointee.ctx_New = { _, type, data in
            let thread = Contexts.thread
            guard type.isType else { return thread.raise(.typeError, "HPy_New arg 1 must be a type") }
            let result = Instances.new(thread, TypeRef(type))
            if result.isEmpty { return .empty }
            if let layout = ForeignType.of(TypeRef(type)) { data?.pointee = Instances.structure(result, layout) } else { data?.pointee = result.raw + 8 }
            return result
        }
        c.pointee.ctx_Type_GenericNew = { _, type, _, _, _ in
            let thread = Contexts.thread
            guard type.isType else { return thread.raise(.typeError, "HPy_Type_GenericNew arg 1 must be a type") }
            return Instances.new(thread, TypeRef(type))
        }
        c.pointee.ctx_Type_GetBuiltinShape = { _, type in
            let thread = Contexts.thread
            guard type.isType else {
                thread.raise(.typeError, "arg must be a type")
                return -2
            }
            return ForeignType.of(TypeRef(type))?.pointee.shape ?? -1
        }
    }

    // MARK: Places

    private static func variable(_ value: Value) -> UnsafeMutableRawPointer { value.raw + ForeignLayout.structOffset(after: VariableSize.payload(value, value.type)) }

    /// The C struct of an instance.
    @inline(__always) static func structure(_ value: Value, _ layout: UnsafeMutablePointer<ForeignType>) -> UnsafeMutableRawPointer {
        layout.pointee.offset != 0 ? value.raw + layout.pointee.offset : Instances.variable(value)
    }

    /// The word before the struct: the instance's own call function, or null. An instance without struct has it too.
    @inline(__always) static func callWord(_ value: Value, _ layout: UnsafeMutablePointer<ForeignType>) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
        (Instances.structure(value, layout) - 8).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    }

    /// The call function that an instance keeps in its struct.
    static func callMember(_ value: Value, _ layout: UnsafeMutablePointer<ForeignType>, _ offset: Int) -> UnsafeMutablePointer<HPyFunctionPair> {
        (structure(value, layout) + offset).assumingMemoryBound(to: HPyFunctionPair.self)
    }

    // MARK: Making

    /// A zeroed instance. Empty when it has raised.
    private static func new(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        if type.has(.typeSubclass) { return thread.raise(.typeError, "HPy_New cannot make a type") }
        if type.has(.abstract), !type.pointer.pointee.abstractMethods.isEmpty { return thread.raise(.typeError, "Can't instantiate abstract class \(type.name)") }
        var native = type
        while native.has(.heap) { native = TypeRef(native.pointer.pointee.base) }
        if type.has(.strSubclass) || type.has(.dictSubclass) || type.has(.tupleSubclass) || type.has(.bytesSubclass) || type.has(.intSubclass)
            || !type.has(.foreignLayout) && native != TypeID.object.type {
            // These are not valid when all zero, or have items, or are not ours: the built-in constructor makes an empty one.
            guard let make = native.call(.new) else { return thread.raise(.typeError, "cannot create '\(type.name)' instances") }
            var nothing = Value.none
            return make(thread, type.value, &nothing, 0, .empty)
        }
        return thread.allocateInstance(type)
    }

    // MARK: Tracing

    /// The collector's visitor: marks what the struct holds.
    static let visit: @convention(c) (UnsafeMutableRawPointer) -> Void = { raw in
        let value = Value(raw)
        let type = value.type
        if type.has(.variableSize) { VariableSize.visit(raw) }
        guard let layout = ForeignType.of(type) else { return }
        Instances.forEachField(value, layout) { Collector.mark($0) }
        if !layout.pointee.isTraversed, layout.pointee.size > 0 {
            let start = UInt(bitPattern: Instances.structure(value, layout))
            Collector.scanConservatively(from: start, to: start + UInt(layout.pointee.size))
        }
    }

    private struct Visit {
        let body: (Value) -> Void
    }

    /// Visits the fields that `HPy_tp_traverse` functions and members tell of.
    private static func forEachField(_ value: Value, _ layout: UnsafeMutablePointer<ForeignType>, _ body: (Value) -> Void) {
        let start = Instances.structure(value, layout)
        withoutActuallyEscaping(body) { body in
            var visit = Visit(body: body)
            var current: UnsafeMutablePointer<ForeignType>? = layout
            while let type = current {
                for offset in type.pointee.objectMembers {
                    let field = (start + offset).loadUnaligned(as: Value.self)
                    if !field.isEmpty { body(field) }
                }
                if let traverse = type.pointee.traverse {
                    withUnsafeMutablePointer(to: &visit) {
                        _ = traverse(start, { field, argument in
                            if !field.pointee.isEmpty { argument.unsafelyUnwrapped.assumingMemoryBound(to: Visit.self).pointee.body(field.pointee) }
                            return 0
                        }, UnsafeMutableRawPointer($0))
                    }
                }
                current = type.pointee.base
            }
        }
    }

    private static func referents(_ object: Value, _ body: (Value) -> Void) {
        let type = object.type
        guard let layout = ForeignType.of(type) else { return }
        if type.has(.tupleSubclass) { for index in 0 ..< TupleRef(object).count { body(TupleRef(object)[index]) } }
        Instances.forEachField(object, layout, body)
    }

    // MARK: Death

    /// Has an instance's `HPy_tp_destroy` functions, or a capsule's destructor, called when it dies.
    static func watch(_ object: UnsafeMutableRawPointer) {
        Instances.young.append(UInt(bitPattern: object))
        NativeMemory.noteObject()
    }

    /// After marking: calls the destructors of the dead. They may not use HPy.
    private static func bury(_ major: Bool) {
        var candidates = Instances.young
        Instances.young = []
        if major {
            candidates += Instances.old
            Instances.old = []
        }
        for address in candidates {
            let raw = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
            if Collector.isMarked(raw) {
                Instances.old.append(address)
                continue
            }
            Instances.destroy(raw)
        }
        NativeMemory.settle(major: major)
    }

    private static func destroy(_ object: UnsafeMutableRawPointer) {
        let value = Value(object)
        if value.isExact(.capsule) { return Capsules.destroy(value.object(CapsuleObject.self)) }
        guard let layout = ForeignType.of(value.type) else { return }
        let start = Instances.structure(value, layout)
        var current: UnsafeMutablePointer<ForeignType>? = layout
        while let type = current {
            if let destroy = type.pointee.destroy { destroy(start) }
            current = type.pointee.base
        }
    }

    /// At the program's end: calls the destructors of all but what C keeps in globals and what threads were at work on, as CPython gives up everything else. Modules are taken apart there, so that who is found
    /// through one of them is not kept.
    private static func buryAll() {
        let objects = Instances.old + Instances.young
        if objects.isEmpty { return }
        Instances.old = []
        Instances.young = []
        let left = Collector.retire(objects, notThrough: { Value($0).isExact(.module) }, roots: {
            for address in Handles.globals { Collector.mark(UnsafeMutablePointer<Value>(bitPattern: address).unsafelyUnwrapped.pointee) }
        })
        for address in left { Instances.destroy(UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped) }
    }
}
