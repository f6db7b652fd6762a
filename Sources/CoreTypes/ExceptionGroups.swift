import Objects

/// `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).
///
/// Fields: the message, and a tuple of the exceptions. A group is never empty, and splitting one keeps the nesting: every part is made by `derive`
/// and then gets the traceback, cause, context and notes of the group that it came from.
enum ExceptionGroups {
    enum Field { static let message = 0, exceptions = 1 }

    static func start(_ thread: ThreadRef) {
        // It has two bases, which a native type cannot declare: so it is defined with one, and its bases and MRO are completed after.
        NativeType(id: .exceptionGroup, "ExceptionGroup", base: TypeID.baseExceptionGroup.type, size: Exceptions.Kind.group.size, mask: Exceptions.Kind.group.mask, dictOffset: Exceptions.Kind.group.dictOffset,
                   flags: [.base, .exceptionSubclass, .weakReferenceable])
        let type = TypeID.exceptionGroup.type
        let both = thread.newTuple(TypeID.baseExceptionGroup.value, TypeID.exception.value)
        let order = thread.newTuple(type.value, TypeID.baseExceptionGroup.value, TypeID.exception.value, TypeID.baseException.value, TypeID.object.value)
        if both.isEmpty || order.isEmpty { return }
        type.pointer.pointee.bases = both
        type.pointer.pointee.mro = order
        Heap.barrier(type.value.raw)
        TypeConstruction.addSubclass(thread, TypeID.exception.type, type)
        type.modified()
        RuntimeHooks.projectExceptionGroup = { thread, group, keep in ExceptionGroups.project(thread, group, keep) }
    }

    static func exceptions(_ group: Value) -> TupleRef { TupleRef(group.exceptionField(Field.exceptions)) }

    static func isGroup(_ value: Value) -> Bool { value.isException && value.isInstance(of: .baseExceptionGroup) && value.exceptionField(Field.exceptions).isTuple }

    // MARK: Making

    static func fill(_ slots: SlotBuilder) {
        slots.call(.new) { thread, type, a, count, keywords in
            let given = keywords.isEmpty ? count : count - TupleRef(keywords).count
            guard given == 2 else { return thread.raise(.typeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (\(given) given)") }
            guard a[0].isString else { return thread.raise(.typeError, "BaseExceptionGroup.__new__() argument 1 must be str, not \(a[0].argumentTypeName)") }
            return ExceptionGroups.new(thread, TypeRef(type), a, given)
        }
        slots.call(.initialize) { thread, group, a, count, keywords in Exceptions.initialize(thread, group, a, count, keywords) }
        slots.unary(.str) { thread, group in
            let count = group.exceptionField(Field.exceptions).isEmpty ? 0 : ExceptionGroups.exceptions(group).count
            var text = TextBuilder(thread)
            text.add(str: group.exceptionField(Field.message).orNone)
            text.add(" (\(count) sub-exception\(count == 1 ? "" : "s"))")
            return text.finish()
        }
    }

    private static func new(_ thread: ThreadRef, _ givenType: TypeRef, _ a: Arguments, _ count: Int) -> Value {
        var type = givenType
        let isSequence = a[1].isList || a[1].isTuple || (!a[1].isDict && a[1].type.slotPointer(.getItem).pointee != nil)
        guard isSequence else { return thread.raise(.typeError, "second argument (exceptions) must be a sequence") }
        let members = thread.tuple(a[1])
        if members.isEmpty { return .empty }
        if TupleRef(members).count == 0 { return thread.raise(.valueError, "second argument (exceptions) must be a non-empty sequence") }
        var hasBase = false
        for index in 0 ..< TupleRef(members).count {
            let member = TupleRef(members)[index]
            guard member.isException else { return thread.raise(.valueError, "Item \(index) of second argument (exceptions) is not an exception") }
            if !member.isInstance(of: .exception) { hasBase = true }
        }
        if type == TypeID.exceptionGroup.type {
            if hasBase { return thread.raise(.typeError, "Cannot nest BaseExceptions in an ExceptionGroup") }
        } else if type == TypeID.baseExceptionGroup.type {
            if !hasBase { type = TypeID.exceptionGroup.type }
        } else if hasBase && type.isSubtype(of: TypeID.exception.type) {
            return thread.raise(.typeError, "Cannot nest BaseExceptions in '\(type.name)'")
        }
        let group = Exceptions.new(thread, type.value, a, count, .empty)
        if group.isEmpty { return .empty }
        group.setExceptionField(Field.message, a[0])
        group.setExceptionField(Field.exceptions, members)
        return group
    }

    // MARK: Splitting

    /// What decides which exceptions match.
    private enum Condition {
        case function(Value)
        case types(Value)
        /// The leaves of the exceptions in a list.
        case leaves(Value)

        /// 1, 0, or -1 when it has raised.
        func matches(_ thread: ThreadRef, _ exception: Value) -> Int32 {
            switch self {
            case .types(let info):
                return thread.isSubclass(exception.type.value, info)
            case .function(let function):
                let result = thread.call(function, exception)
                return result.isEmpty ? -1 : thread.isTrue(result)
            case .leaves(let list):
                if ExceptionGroups.isGroup(exception) { return 0 }
                for index in 0 ..< ListRef(list).count where ExceptionGroups.hasLeaf(ListRef(list)[index], exception) { return 1 }
                return 0
            }
        }
    }

    private static func hasLeaf(_ tree: Value, _ leaf: Value) -> Bool {
        if tree == leaf { return true }
        guard isGroup(tree) else { return false }
        let members = exceptions(tree)
        for index in 0 ..< members.count where hasLeaf(members[index], leaf) { return true }
        return false
    }

    private static func condition(_ thread: ThreadRef, _ value: Value) -> Condition? {
        if value.isExceptionClass { return .types(value) }
        if value.isTuple {
            if (0 ..< TupleRef(value).count).allSatisfy({ TupleRef(value)[$0].isExceptionClass }) { return .types(value) }
        } else if !value.isType, value.type.slotPointer(.call).pointee != nil {
            return .function(value)
        }
        thread.raise(.typeError, "expected a function, exception type or tuple of exception types")
        return nil
    }

    /// The group with other members, made by `derive`; the zero word for none at all.
    private static func subset(_ thread: ThreadRef, _ group: Value, _ members: Value) -> Value {
        if ListRef(members).count == 0 { return .none }
        let result = thread.callMethod(group, StringRef.intern("derive").value, members)
        if result.isEmpty { return .empty }
        guard isGroup(result) else { return thread.raise(.typeError, "derive must return an instance of BaseExceptionGroup") }
        let source = group.object(ExceptionObject.self), target = result.object(ExceptionObject.self)
        target.pointee.traceback = source.pointee.traceback
        target.pointee.context = source.pointee.context
        target.pointee.cause = source.pointee.cause
        target.pointee.suppressContext = source.pointee.suppressContext
        Heap.barrier(result.raw)
        let notes = thread.getAttributeOrEmpty(group, .__notes__)
        if notes.isEmpty { return thread.hasException ? .empty : result }
        // The parts get lists of their own, so that adding a note to one does not show in another.
        if notes.isList || notes.isTuple {
            let copy = thread.list(notes)
            if copy.isEmpty || !thread.setAttribute(result, .__notes__, copy) { return .empty }
        }
        return result
    }

    /// The matching part and the rest, each None when there is none of it. nil when it has raised.
    private static func split(_ thread: ThreadRef, _ exception: Value, _ condition: Condition, wantsRest: Bool) -> (match: Value, rest: Value)? {
        let whole = condition.matches(thread, exception)
        if whole < 0 { return nil }
        if whole > 0 { return (exception, .none) }
        guard isGroup(exception) else { return (.none, exception) }
        guard thread.enterRecursion(" in exceptiongroup_split_recursive") else { return nil }
        defer { thread.leaveRecursion() }
        let matching = thread.newList(), others = thread.newList()
        if matching.isEmpty || others.isEmpty { return nil }
        let members = exceptions(exception)
        for index in 0 ..< members.count {
            guard let (match, rest) = split(thread, members[index], condition, wantsRest: wantsRest) else { return nil }
            if !match.isNone, !ListRef(matching).append(thread, match) { return nil }
            if wantsRest, !rest.isNone, !ListRef(others).append(thread, rest) { return nil }
        }
        let match = subset(thread, exception, matching)
        if match.isEmpty { return nil }
        var rest = Value.none
        if wantsRest {
            rest = subset(thread, exception, others)
            if rest.isEmpty { return nil }
        }
        return (match, rest)
    }

    static func project(_ thread: ThreadRef, _ group: Value, _ keep: Value) -> Value {
        guard isGroup(group) else { return .none }
        return split(thread, group, .leaves(keep), wantsRest: false)?.match ?? .empty
    }

    // MARK: Attributes

    static let getters = [
        Getter("message", "exception message", set: readOnlyMember) { _, a, _ in a[0].exceptionField(Field.message).orNone },
        Getter("exceptions", "nested exceptions", set: readOnlyMember) { _, a, _ in
            a[0].exceptionField(Field.exceptions).orNone
        },
    ]

    static let methods = [
        Def("__class_getitem__(type, item, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        Def("derive(self, excs, /)", .calls) { thread, a, _ in
            thread.call(TypeID.baseExceptionGroup.value, a[0].exceptionField(Field.message).orNone, a[1])
        },
        Def("split(self, condition, /)", .calls) { thread, a, _ in
            guard let condition = ExceptionGroups.condition(thread, a[1]), let (match, rest) = ExceptionGroups.split(thread, a[0], condition, wantsRest: true) else { return .empty }
            return thread.newTuple(match, rest)
        },
        Def("subgroup(self, condition, /)", .calls) { thread, a, _ in
            guard let condition = ExceptionGroups.condition(thread, a[1]), let (match, _) = ExceptionGroups.split(thread, a[0], condition, wantsRest: false) else { return .empty }
            return match
        },
    ]
}
