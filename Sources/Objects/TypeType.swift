/// `type`: calling classes, their attributes and `__new__`.

enum TypeType {
    static func start() {
        NativeType(id: .type, "type", base: TypeID.object.type, size: TypeRef.objectSize, mask: 0b11_1111_1110, dictOffset: 0,
                   flags: [.base, .typeSubclass, .weakReferenceable],
                   doc: "type(object)\ntype(name, bases, dict, **keywords)\n\nThe type of an object; or a new class.",
                   methods: [], getters: []) { slots in
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let type = TypeRef(callee)
                if type == TypeID.type.type && count == 1 && keywords.isEmpty { return arguments[0].type.value }
                return thread.instantiate(type, arguments, count, keywords)
            }
            slots.call(.new) { thread, meta, arguments, count, keywords in TypeType.new(thread, TypeRef(meta), arguments, count, keywords) }
            slots.call(.initialize) { thread, _, arguments, count, keywords in
                let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
                if count - named == 1 && named > 0 { return thread.raise(.typeError, "type.__init__() takes no keyword arguments") }
                guard count - named == 1 || count - named == 3 else { return thread.raise(.typeError, "type.__init__() takes 1 or 3 arguments") }
                return .none
            }
            slots.binary(.getAttribute) { thread, type, name in thread.typeGet(type, name) }
            slots.store(.setAttribute) { thread, type, name, value in thread.typeSet(type, name, value) ? 0 : -1 }
            slots.unary(.repr) { thread, value in
                let type = TypeRef(value)
                let module = thread.typeModule(type)
                let name = StringRef(type.pointer.pointee.qualifiedName).description
                let prefix = module.isString && !StringRef(module).equals("builtins") ? StringRef(module).description + "." : ""
                return thread.newString("<class '\(prefix)\(name)'>")
            }
            slots.binary(.bitOr) { thread, a, b in thread.newUnion(a, b) }
        }
    }

    static func new(_ thread: ThreadRef, _ meta: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        if given == 1 && meta == TypeID.type.type && named == 0 { return a[0].type.value }
        if given != 3 {
            if meta == TypeID.type.type { return thread.raise(.typeError, "type() takes 1 or 3 arguments") }
            return thread.raise(.typeError, "type.__new__() takes exactly 3 arguments (\(given) given)")
        }
        guard a[0].isString else { return thread.raise(.typeError, "type.__new__() argument 1 must be str, not \(a[0].argumentTypeName)") }
        guard a[1].isTuple else { return thread.raise(.typeError, "type.__new__() argument 2 must be tuple, not \(a[1].argumentTypeName)") }
        guard a[2].isDict else { return thread.raise(.typeError, "type.__new__() argument 3 must be dict, not \(a[2].argumentTypeName)") }
        let bases = TupleRef(a[1])
        for index in 0 ..< bases.count where !bases[index].isType {
            let resolves = thread.getAttributeOrEmpty(bases[index], Name.__mro_entries__)
            if thread.hasException { return .empty }
            if !resolves.isEmpty {
                return thread.raise(.typeError, "type() doesn't support MRO entry resolution; use types.new_class()")
            }
        }
        guard let winner = TypeConstruction.metaclass(thread, meta, bases) else { return .empty }
        if winner != meta, winner.slotPointer(.new).pointee != meta.slotPointer(.new).pointee, let new = winner.call(.new) {
            return new(thread, winner.value, a, count, keywords)
        }
        var dict = Value.empty
        if named > 0 {
            dict = thread.newDict(capacity: named)
            if dict.isEmpty { return .empty }
            for index in 0 ..< named where !DictRef(dict).set(thread, TupleRef(keywords)[index], a[given + index]) { return .empty }
        }
        if StringRef(a[0]).hasSurrogates, thread.callMethod(a[0], .encode, Name.utf_8.value).isEmpty { return .empty }
        for index in 0 ..< StringRef(a[0]).count where StringRef(a[0])[index] == 0 { return thread.raise(.valueError, "type name must not contain null characters") }
        return TypeConstruction.make(thread, winner, a[0], a[1], a[2], dict)
    }
}
