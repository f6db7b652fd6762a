import Objects

/// `types.GenericAlias`: what `list[int]` is.
///
/// An alias shows its origin's attributes but for a few of its own. `parameters` is computed when first asked for. A starred alias is what `*tuple[int, str]` in a subscript
/// unpacks to.
struct GenericAliasObject {
    var header: ObjectHeader
    var origin: Value
    /// tuple
    var arguments: Value
    /// tuple of type variables, or empty
    var parameters: Value
    /// Value.true or empty
    var starred: Value
}

enum GenericAlias {
    static func isAlias(_ value: Value) -> Bool { value.isPointer && value.isInstance(of: .genericAlias) }

    static func start() {
        RuntimeHooks.genericAlias = { thread, origin, arguments in GenericAlias.make(thread, TypeID.genericAlias.type, origin, arguments, starred: false) }
        NativeType(id: .genericAlias, "GenericAlias", module: "types", size: MemoryLayout<GenericAliasObject>.size, mask: 0b11110, flags: [.base, .weakReferenceable],
                   doc: "Represent a PEP 585 generic type.", methods: methods, getters: getters) { slots in
            slots.call(.new) { thread, type, a, count, keywords in
                if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "GenericAlias() takes no keyword arguments") }
                guard count == 2 else { return thread.raise(.typeError, "GenericAlias expected 2 arguments, got \(count)") }
                return GenericAlias.make(thread, TypeRef(type), a[0], a[1], starred: false)
            }
            slots.unary(.repr) { thread, alias in GenericAlias.repr(thread, alias) }
            slots.call(.call) { thread, alias, a, count, keywords in
                let result = thread.call(alias.object(GenericAliasObject.self).pointee.origin, a, count, keywords)
                if result.isEmpty { return .empty }
                if !thread.setAttribute(result, .__orig_class__, alias) && !thread.clearException(.attributeError) && !thread.clearException(.typeError) { return .empty }
                return result
            }
            slots.binary(.getAttribute) { thread, alias, name in
                if name.isString && !GenericAlias.isOwn(name) { return thread.getAttribute(alias.object(GenericAliasObject.self).pointee.origin, name) }
                return thread.genericGet(alias, name)
            }
            slots.lookup { thread, alias, item in GenericAlias.substitute(thread, alias, item) }
            slots.unary(.iter) { thread, alias in
                guard let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: GenericAlias.iterator.shape) else { return thread.raiseOutOfMemory() }
                raw.assumingMemoryBound(to: WrapperObject.self).pointee.callable = alias
                return Value(raw)
            }
            slots.binary(.bitOr) { thread, a, b in UnionType.or(thread, a, b) }
            slots.compare { thread, a, b, operation in
                guard GenericAlias.isAlias(a), GenericAlias.isAlias(b), let comparison = Comparison(rawValue: operation),
                      comparison == .equal || comparison == .notEqual else { return .notImplemented }
                let left = a.object(GenericAliasObject.self), right = b.object(GenericAliasObject.self)
                var same = left.pointee.starred == right.pointee.starred
                if same {
                    let equal = thread.isEqual(left.pointee.origin, right.pointee.origin)
                    if equal < 0 { return .empty }
                    same = equal > 0
                }
                if same {
                    let equal = thread.isEqual(left.pointee.arguments, right.pointee.arguments)
                    if equal < 0 { return .empty }
                    same = equal > 0
                }
                return Value(same == (comparison == .equal))
            }
            slots.hash { thread, alias in
                let object = alias.object(GenericAliasObject.self)
                let origin = thread.hash(object.pointee.origin)
                if origin == -1 { return -1 }
                let arguments = thread.hash(object.pointee.arguments)
                if arguments == -1 { return -1 }
                let hash = Hashing.int(origin ^ arguments)
                return hash == -1 ? -2 : hash
            }
        }
    }

    static func make(_ thread: ThreadRef, _ type: TypeRef, _ origin: Value, _ arguments: Value, starred: Bool) -> Value {
        var arguments = arguments
        if !arguments.isTuple {
            arguments = thread.newTuple(&arguments, 1)
            if arguments.isEmpty { return .empty }
        }
        let alias = thread.allocateInstance(type)
        if alias.isEmpty { return .empty }
        let object = alias.object(GenericAliasObject.self)
        object.pointee.origin = origin
        object.pointee.arguments = arguments
        object.pointee.starred = starred ? .true : .empty
        Heap.barrier(alias.raw)
        return alias
    }

    private static let ownNames: [StaticString] = ["__class__", "__origin__", "__args__", "__parameters__", "__unpacked__", "__typing_unpacked_tuple_args__",
                                                   "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__"]

    /// Iterates over `*alias` alone.
    private static let iterator = NativeType("generic_alias_iterator", size: MemoryLayout<WrapperObject>.size, mask: 0b10, flags: .noInstantiation, methods: [
        Def("__reduce__(self, /)", .calls) { thread, a, _ in
            let iter = WellKnown.builtins.value.isEmpty ? Value.empty : DictRef(WellKnown.builtins.value).get(string: StringRef.intern("iter").value)
            if iter.isEmpty { return thread.raise(.attributeError, "iter") }
            let alias = a[0].object(WrapperObject.self).pointee.callable
            let arguments = thread.newTuple(alias.isEmpty ? WellKnown.emptyTuple.value : alias)
            return arguments.isEmpty ? .empty : thread.newTuple(iter, arguments)
        },
    ]) { slots in
        slots.unary(.iter) { _, value in value }
        slots.unary(.next) { thread, value in
            let alias = value.object(WrapperObject.self).pointee.callable
            if alias.isEmpty { return .empty }
            let object = alias.object(GenericAliasObject.self)
            let starred = GenericAlias.make(thread, TypeID.genericAlias.type, object.pointee.origin, object.pointee.arguments, starred: true)
            value.object(WrapperObject.self).pointee.callable = .empty
            return starred
        }
    }

    private static func isOwn(_ name: Value) -> Bool { ownNames.contains { StringRef(name).equals($0) } }

    // MARK: Text

    /// A type as it is shown inside an alias or a union. Nothing is raised but what `text` notes.
    static func add(_ text: inout TextBuilder, type value: Value) {
        let thread = text.thread
        if text.failed { return }
        if value == .ellipsis { return text.add("...") }
        for name in [Name.__origin__, .__args__] {
            let attribute = thread.getAttributeOrEmpty(value, name)
            if attribute.isEmpty {
                if thread.hasException { text.failed = true; return }
                break
            }
            if name == .__args__ { return text.add(repr: value) }
        }
        let qualified = thread.getAttributeOrEmpty(value, .__qualname__)
        if qualified.isEmpty {
            if thread.hasException { text.failed = true; return }
            return text.add(repr: value)
        }
        let module = thread.getAttributeOrEmpty(value, .__module__)
        if module.isEmpty || module.isNone {
            if thread.hasException { text.failed = true; return }
            return text.add(repr: value)
        }
        if !(module.isString && StringRef(module).equals("builtins")) {
            text.add(str: module)
            text.add(".")
        }
        text.add(str: qualified)
    }

    private static func repr(_ thread: ThreadRef, _ alias: Value) -> Value {
        let object = alias.object(GenericAliasObject.self)
        var text = TextBuilder(thread)
        if !object.pointee.starred.isEmpty { text.add("*") }
        add(&text, type: object.pointee.origin)
        text.add("[")
        let arguments = TupleRef(object.pointee.arguments)
        for index in 0 ..< arguments.count {
            if index > 0 { text.add(", ") }
            add(&text, type: arguments[index])
        }
        if arguments.count == 0 { text.add("()") }
        text.add("]")
        return text.finish()
    }

    // MARK: Type parameters

    private static let substitutionName = StringRef.intern("__typing_subst__").value
    private static let prepareName = StringRef.intern("__typing_prepare_subst__").value
    private static let unpackedArgumentsName = StringRef.intern("__typing_unpacked_tuple_args__").value
    private static let isUnpackedVariableName = StringRef.intern("__typing_is_unpacked_typevartuple__").value

    /// The type variables in `arguments`, in order of first appearance: a tuple.
    static func parameters(_ thread: ThreadRef, _ arguments: Value) -> Value {
        let list = thread.newList()
        if list.isEmpty { return .empty }
        func add(_ value: Value) -> Bool {
            for index in 0 ..< ListRef(list).count where ListRef(list)[index] == value { return true }
            return ListRef(list).append(thread, value)
        }
        for index in 0 ..< TupleRef(arguments).count {
            let argument = TupleRef(arguments)[index]
            if argument.isType { continue }
            let substitution = thread.getAttributeOrEmpty(argument, substitutionName)
            if !substitution.isEmpty {
                if !add(argument) { return .empty }
                continue
            }
            if thread.hasException { return .empty }
            let inner = thread.getAttributeOrEmpty(argument, .__parameters__)
            if inner.isEmpty {
                if thread.hasException { return .empty }
            } else if inner.isTuple {
                for position in 0 ..< TupleRef(inner).count where !add(TupleRef(inner)[position]) { return .empty }
            }
        }
        return thread.tuple(list)
    }

    static func ownParameters(_ thread: ThreadRef, _ alias: Value) -> Value {
        let object = alias.object(GenericAliasObject.self)
        if object.pointee.parameters.isEmpty {
            let parameters = parameters(thread, object.pointee.arguments)
            if parameters.isEmpty { return .empty }
            object.pointee.parameters = parameters
            Heap.barrier(alias.raw)
        }
        return object.pointee.parameters
    }

    /// The items of a subscript as a tuple, with `*tuple[…]` among them unpacked.
    private static func unpack(_ thread: ThreadRef, _ item: Value) -> Value {
        let list = thread.newList()
        if list.isEmpty { return .empty }
        let count = item.isTuple ? TupleRef(item).count : 1
        for index in 0 ..< count {
            let argument = item.isTuple ? TupleRef(item)[index] : item
            if !argument.isType {
                let inner = thread.getAttributeOrEmpty(argument, unpackedArgumentsName)
                if inner.isEmpty && thread.hasException { return .empty }
                if !inner.isEmpty, inner.isTuple, TupleRef(inner).count == 0 || TupleRef(inner)[TupleRef(inner).count - 1] != .ellipsis {
                    if !thread.extend(ListRef(list), inner) { return .empty }
                    continue
                }
            }
            if !ListRef(list).append(thread, argument) { return .empty }
        }
        return thread.tuple(list)
    }

    /// `arguments` with the type variables `parameters` replaced by the items of a subscript of `owner`: a tuple.
    static func substituted(_ thread: ThreadRef, _ owner: Value, _ arguments: Value, _ parameters: Value, _ item: Value) -> Value {
        let wanted = TupleRef(parameters).count
        if wanted == 0 { return thread.raise(.typeError, "\(owner.reprForMessage(thread)) is not a generic class") }
        var items = unpack(thread, item)
        if items.isEmpty { return .empty }
        for index in 0 ..< wanted {
            let prepare = thread.getAttributeOrEmpty(TupleRef(parameters)[index], prepareName)
            if prepare.isEmpty {
                if thread.hasException { return .empty }
                continue
            }
            if prepare.isNone { continue }
            let prepared = thread.call(prepare, owner, items)
            if prepared.isEmpty { return .empty }
            items = prepared.isTuple ? prepared : thread.newTuple(prepared)
            if items.isEmpty { return .empty }
        }
        let given = TupleRef(items).count
        guard given == wanted else {
            return thread.raise(.typeError, "Too \(given > wanted ? "many" : "few") arguments for \(owner.reprForMessage(thread)); actual \(given), expected \(wanted)")
        }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for index in 0 ..< TupleRef(arguments).count {
            var argument = TupleRef(arguments)[index]
            if argument.isType {
                if !ListRef(list).append(thread, argument) { return .empty }
                continue
            }
            var unpacks = false
            let flag = thread.getAttributeOrEmpty(argument, isUnpackedVariableName)
            if !flag.isEmpty {
                let truth = thread.isTrue(flag)
                if truth < 0 { return .empty }
                unpacks = truth > 0
            } else if thread.hasException {
                return .empty
            }
            let substitution = thread.getAttributeOrEmpty(argument, substitutionName)
            if !substitution.isEmpty {
                let place = find(parameters, argument)
                if place < 0 { return thread.raise(.typeError, "\(argument.reprForMessage(thread)) is not a parameter of \(owner.reprForMessage(thread))") }
                argument = thread.call(substitution, TupleRef(items)[place])
            } else {
                if thread.hasException { return .empty }
                argument = substituteInner(thread, argument, parameters, items)
            }
            if argument.isEmpty { return .empty }
            if unpacks {
                guard argument.isTuple else { return thread.raise(.typeError, "expected a tuple, not '\(argument.type.name)'") }
                if !thread.extend(ListRef(list), argument) { return .empty }
            } else if !ListRef(list).append(thread, argument) {
                return .empty
            }
        }
        return thread.tuple(list)
    }

    private static func find(_ tuple: Value, _ value: Value) -> Int {
        for index in 0 ..< TupleRef(tuple).count where TupleRef(tuple)[index] == value { return index }
        return -1
    }

    /// Substitutes in an argument that is itself generic (`dict[K, list[T]]`).
    private static func substituteInner(_ thread: ThreadRef, _ argument: Value, _ parameters: Value, _ items: Value) -> Value {
        let own = thread.getAttributeOrEmpty(argument, .__parameters__)
        if own.isEmpty { return thread.hasException ? .empty : argument }
        guard own.isTuple, TupleRef(own).count > 0 else { return argument }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for index in 0 ..< TupleRef(own).count {
            let parameter = TupleRef(own)[index]
            let place = find(parameters, parameter)
            let value = place < 0 ? parameter : TupleRef(items)[place]
            if place >= 0 && value.isTuple && parameter.type.slotPointer(.iter).pointee != nil {
                if !thread.extend(ListRef(list), value) { return .empty }
            } else if !ListRef(list).append(thread, value) {
                return .empty
            }
        }
        let key = thread.tuple(list)
        return key.isEmpty ? .empty : thread.getItem(argument, key)
    }

    private static func substitute(_ thread: ThreadRef, _ alias: Value, _ item: Value) -> Value {
        let object = alias.object(GenericAliasObject.self)
        let parameters = ownParameters(thread, alias)
        if parameters.isEmpty { return .empty }
        let arguments = substituted(thread, alias, object.pointee.arguments, parameters, item)
        if arguments.isEmpty { return .empty }
        return make(thread, TypeID.genericAlias.type, object.pointee.origin, arguments, starred: !object.pointee.starred.isEmpty)
    }

    // MARK: Attributes

    private static let getters = [
        Getter("__origin__", set: readOnlyMember) { _, a, _ in a[0].object(GenericAliasObject.self).pointee.origin },
        Getter("__args__", set: readOnlyMember) { _, a, _ in a[0].object(GenericAliasObject.self).pointee.arguments },
        Getter("__parameters__", "Type variables in the GenericAlias.") { thread, a, _ in GenericAlias.ownParameters(thread, a[0]) },
        Getter("__unpacked__", set: readOnlyMember) { _, a, _ in Value(!a[0].object(GenericAliasObject.self).pointee.starred.isEmpty) },
        Getter("__typing_unpacked_tuple_args__") { _, a, _ in
            let object = a[0].object(GenericAliasObject.self)
            return !object.pointee.starred.isEmpty && object.pointee.origin == TypeID.tuple.value ? object.pointee.arguments : .none
        },
    ]

    private static let methods = [
        Def("__mro_entries__(self, bases, /)", .writes) { thread, a, _ in thread.newTuple(a[0].object(GenericAliasObject.self).pointee.origin) },
        Def("__instancecheck__(self, instance, /)", .pure) { thread, _, _ in thread.raise(.typeError, "isinstance() argument 2 cannot be a parameterized generic") },
        Def("__subclasscheck__(self, subclass, /)", .pure) { thread, _, _ in thread.raise(.typeError, "issubclass() argument 2 cannot be a parameterized generic") },
        Def("__reduce__(self, /)", .calls) { thread, a, _ in
            let object = a[0].object(GenericAliasObject.self)
            let arguments = thread.newTuple(object.pointee.origin, object.pointee.arguments)
            if arguments.isEmpty { return .empty }
            if object.pointee.starred.isEmpty { return thread.newTuple(TypeID.genericAlias.value, arguments) }
            let plain = GenericAlias.make(thread, TypeID.genericAlias.type, object.pointee.origin, object.pointee.arguments, starred: false)
            let iterator = plain.isEmpty ? .empty : thread.iterator(plain)
            let next = iterator.isEmpty || WellKnown.builtins.value.isEmpty ? Value.empty : DictRef(WellKnown.builtins.value).get(string: StringRef.intern("next").value)
            if next.isEmpty { return .empty }
            let tuple = thread.newTuple(iterator)
            return tuple.isEmpty ? .empty : thread.newTuple(next, tuple)
        },
        Def("__dir__(self, /)", .calls) { thread, a, _ in
            let origin = a[0].object(GenericAliasObject.self).pointee.origin
            let names: Value
            if origin.isType {
                let dict = thread.newDict()
                names = dict.isEmpty || !ObjectMethods.mergeClass(thread, DictRef(dict), origin) ? .empty : thread.list(dict)
            } else {
                names = ObjectMethods.directory(thread, origin)
            }
            if names.isEmpty { return .empty }
            for name in GenericAlias.ownNames {
                let text = StringRef.intern("\(name)").value
                let known = thread.contains(names, text)
                if known < 0 || known == 0 && !ListRef(names).append(thread, text) { return .empty }
            }
            return names
        },
    ]
}
