import Objects

/// The methods of `object`: pickling (`__reduce__` and friends), `__dir__`, `__format__` and the hooks for subclasses.
enum ObjectMethods {
    static func start() {
        NativeType.extend(TypeID.object.type, methods: methods, getters: getters)
        NativeType.extend(TypeID.builtinFunction.type, methods: [
            Def("__reduce__(self, /)", .calls) { thread, a, _ in
                let function = a[0].object(BuiltinFunctionObject.self)
                var receiver = function.pointee.receiver
                if receiver.isEmpty && function.pointee.record.pointee.kind == .staticMethod { receiver = function.pointee.record.pointee.owner }
                if receiver.isEmpty || receiver.isExact(.module) { return function.pointee.record.pointee.name }
                return ObjectMethods.reduceByAttribute(thread, receiver, function.pointee.record.pointee.name)
            },
        ], getters: [])
        NativeType.extend(TypeID.methodWrapper.type, methods: [
            Def("__reduce__(self, /)", .calls) { thread, a, _ in
                let method = a[0].object(MethodObject.self)
                return ObjectMethods.reduceByAttribute(thread, method.pointee.receiver, method.pointee.function.object(DescriptorObject.self).pointee.name)
            },
        ], getters: [])
        for id in [TypeID.methodDescriptor, .memberDescriptor, .wrapperDescriptor] {
            NativeType.extend(id.type, methods: [
                Def("__reduce__(self, /)", .calls) { thread, a, _ in
                    let descriptor = a[0].object(DescriptorObject.self)
                    return ObjectMethods.reduceByAttribute(thread, descriptor.pointee.owner, descriptor.pointee.name)
                },
            ], getters: [])
        }
    }

    private static let getters = [
        Getter("__class__", "the object's class", set: { thread, a, _ in TypeConstruction.setClass(thread, a[0], a[1]) ? .none : .empty }) { _, a, _ in a[0].type.value },
    ]

    private static let methods = [
        Def("__reduce__(self, /)", .calls, "Helper for pickle.") { thread, a, _ in ObjectMethods.reduce(thread, a[0], 0) },
        Def("__reduce_ex__(self, protocol, /)", .calls, "Helper for pickle.") { thread, a, _ in
            guard let version = thread.toInt(a[1]) else { return .empty }
            let own = a[0].type.lookup(.__reduce__)
            if own != TypeID.object.type.lookup(.__reduce__) {
                let method = thread.getAttribute(a[0], .__reduce__)
                return method.isEmpty ? .empty : thread.call(method)
            }
            return ObjectMethods.reduce(thread, a[0], version)
        },
        Def("__getstate__(self, /)", .calls, "Helper for pickle.") { thread, a, _ in ObjectMethods.defaultState(thread, a[0], required: false) },
        Def("__dir__(self, /)", .calls, "Default dir() implementation.") { thread, a, _ in ObjectMethods.directory(thread, a[0]) },
        Def("__format__(self, format_spec, /)", .calls, "Default object formatter.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__format__() argument must be str, not \(a[1].argumentTypeName)") }
            if StringRef(a[1]).count > 0 { return thread.raise(.typeError, "unsupported format string passed to \(a[0].type.name).__format__") }
            return thread.str(a[0])
        },
        Def("__sizeof__(self, /)", .reads, "Size of object in memory, in bytes.") { thread, a, _ in
            if !a[0].isPointer { return Value(small: 8) }
            let type = a[0].type
            return thread.newInt(type.has(.variableSize) ? VariableSize.payload(a[0], type) : Int(type.pointer.pointee.basicSize))
        },
        Def("__init_subclass__(type, /)", .calls, "This method is called when a class is subclassed.", kind: .classMethod, isUnsigned: true) { _, _, _ in .none },
        Def("__subclasshook__(type, /, *args)", .pure, "Abstract classes can override this to customize issubclass().", kind: .classMethod, isUnsigned: true) { _, _, _ in .notImplemented },
    ]

    // MARK: Pickling

    /// `(getattr, (object, name))`
    static func reduceByAttribute(_ thread: ThreadRef, _ object: Value, _ name: Value) -> Value {
        let builtins = WellKnown.builtins.value
        let function = builtins.isEmpty ? Value.empty : DictRef(builtins).get(string: StringRef.intern("getattr").value)
        if function.isEmpty { return thread.raise(.attributeError, "getattr") }
        let arguments = thread.newTuple(object, name)
        return arguments.isEmpty ? .empty : thread.newTuple(function, arguments)
    }

    static func reduce(_ thread: ThreadRef, _ object: Value, _ version: Int) -> Value {
        if version >= 2 { return reduceNew(thread, object) }
        let function = thread.importAttribute("copyreg", "_reduce_ex")
        return function.isEmpty ? .empty : thread.call(function, object, thread.newInt(version))
    }

    /// Protocols 2 and up: `copyreg.__newobj__(cls, *args)`, then state and items.
    private static func reduceNew(_ thread: ThreadRef, _ object: Value) -> Value {
        let type = object.type
        if type.slotPointer(.new).pointee == nil || type.has(.noInstantiation) { return thread.raise(.typeError, "cannot pickle '\(type.name)' object") }
        var arguments = Value.empty, keywords = Value.empty
        guard newArguments(thread, object, &arguments, &keywords) else { return .empty }
        let hasArguments = !arguments.isEmpty
        let function: Value
        let list = thread.newList()
        if list.isEmpty { return .empty }
        if keywords.isEmpty || DictRef(keywords).count == 0 {
            function = thread.importAttribute("copyreg", "__newobj__")
            guard !function.isEmpty, ListRef(list).append(thread, type.value), arguments.isEmpty || thread.extend(ListRef(list), arguments) else { return .empty }
        } else {
            function = thread.importAttribute("copyreg", "__newobj_ex__")
            guard !function.isEmpty, ListRef(list).append(thread, type.value), ListRef(list).append(thread, arguments), ListRef(list).append(thread, keywords) else { return .empty }
        }
        let newArguments = thread.tuple(list)
        if newArguments.isEmpty { return .empty }
        let state = self.state(thread, object, required: !(hasArguments || object.isList || object.isDict))
        if state.isEmpty { return .empty }
        var listItems = Value.none, dictItems = Value.none
        if object.isList {
            listItems = thread.iterator(object)
            if listItems.isEmpty { return .empty }
        }
        if object.isDict {
            let items = thread.callMethod(object, .items)
            dictItems = items.isEmpty ? .empty : thread.iterator(items)
            if dictItems.isEmpty { return .empty }
        }
        return thread.newTuple(function, newArguments, state, listItems, dictItems)
    }

    /// Asks `__getnewargs_ex__` or `__getnewargs__`. False when it has raised.
    private static func newArguments(_ thread: ThreadRef, _ object: Value, _ arguments: inout Value, _ keywords: inout Value) -> Bool {
        let extended = thread.lookupSpecial(object, .__getnewargs_ex__)
        if thread.hasException { return false }
        if !extended.isEmpty {
            let pair = thread.call(extended)
            if pair.isEmpty { return false }
            guard pair.isTuple else {
                thread.raise(.typeError, "__getnewargs_ex__ should return a tuple, not '\(pair.type.name)'")
                return false
            }
            guard TupleRef(pair).count == 2 else {
                thread.raise(.valueError, "__getnewargs_ex__ should return a tuple of length 2, not \(TupleRef(pair).count)")
                return false
            }
            arguments = TupleRef(pair)[0]
            keywords = TupleRef(pair)[1]
            guard arguments.isTuple else {
                thread.raise(.typeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '\(arguments.type.name)'")
                return false
            }
            guard keywords.isDict else {
                thread.raise(.typeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '\(keywords.type.name)'")
                return false
            }
            return true
        }
        let plain = thread.lookupSpecial(object, .__getnewargs__)
        if thread.hasException { return false }
        if plain.isEmpty { return true }
        arguments = thread.call(plain)
        if arguments.isEmpty { return false }
        guard arguments.isTuple else {
            thread.raise(.typeError, "__getnewargs__ should return a tuple, not '\(arguments.type.name)'")
            return false
        }
        return true
    }

    /// `object.__getstate__()`, by the class's own method if it has one.
    private static func state(_ thread: ThreadRef, _ object: Value, required: Bool) -> Value {
        let found = object.type.lookup(.__getstate__)
        let isDefault = found == TypeID.object.type.lookup(.__getstate__)
        if isDefault && InstanceAttributes.has(object, Name.__getstate__.value) == false { return defaultState(thread, object, required: required) }
        let method = thread.getAttribute(object, .__getstate__)
        return method.isEmpty ? .empty : thread.call(method)
    }

    /// The attributes as a dict or None; with `__slots__`, a pair of that and a dict of the slots.
    static func defaultState(_ thread: ThreadRef, _ object: Value, required: Bool) -> Value {
        let type = object.type
        if required {
            // Fields of native types would be lost.
            var native = type
            while native.has(.heap), !native.pointer.pointee.base.isEmpty {
                // So would a struct of a foreign interface.
                if native.has(.foreignLayout) && native.has(.extendsLayout) { return thread.raise(.typeError, "cannot pickle '\(type.name)' object") }
                native = TypeRef(native.pointer.pointee.base)
            }
            if native.has(.variableSize) && type.has(.variableSize) || native.pointer.pointee.basicSize > 8 && native.pointer.pointee.mask != 0 || native.pointer.pointee.basicSize > 16 || !object.isPointer {
                return thread.raise(.typeError, "cannot pickle '\(type.name)' object")
            }
        }
        var state = Value.none
        if type.pointer.pointee.dictOffset != 0 {
            let dict = thread.getAttributeOrEmpty(object, .__dict__)
            if dict.isEmpty && thread.hasException { return .empty }
            if !dict.isEmpty && dict.isDict && DictRef(dict).count > 0 { state = dict }
        }
        let names = slotNames(thread, type)
        if names.isEmpty { return .empty }
        if names.isNone || ListRef(names).count == 0 { return state }
        let slots = thread.newDict()
        if slots.isEmpty { return .empty }
        for index in 0 ..< ListRef(names).count {
            let name = ListRef(names)[index]
            let value = thread.getAttributeOrEmpty(object, name)
            if value.isEmpty {
                if thread.hasException { return .empty }
                continue
            }
            guard DictRef(slots).set(thread, name, value) else { return .empty }
        }
        return DictRef(slots).count == 0 ? state : thread.newTuple(state, slots)
    }

    /// `copyreg._slotnames(type)`, a list or None. Classes without `__slots__` anywhere are not worth an import.
    private static func slotNames(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let known = type.namespace.get(string: StringRef.intern("__slotnames__").value)
        if !known.isEmpty && known.isList { return known }
        var any = false
        let order = type.mro
        for index in 0 ..< order.count where !TypeRef(order[index]).namespace.get(.__slots__).isEmpty { any = true }
        if !any { return .none }
        let function = thread.importAttribute("copyreg", "_slotnames")
        let names = function.isEmpty ? .empty : thread.call(function, type.value)
        if names.isEmpty { return .empty }
        return names.isNone || names.isList ? names : thread.raise(.typeError, "copyreg._slotnames didn't return a list or None")
    }

    // MARK: dir()

    static func directory(_ thread: ThreadRef, _ object: Value) -> Value {
        let own = thread.getAttributeOrEmpty(object, .__dict__)
        if own.isEmpty && thread.hasException { return .empty }
        let dict = !own.isEmpty && own.isDict ? thread.copyDict(DictRef(own)) : thread.newDict()
        if dict.isEmpty { return .empty }
        let type = thread.getAttributeOrEmpty(object, .__class__)
        if type.isEmpty { if thread.hasException { return .empty } } else if !mergeClass(thread, DictRef(dict), type) { return .empty }
        return thread.list(dict)
    }

    /// Adds the names in a class and its bases. False when it has raised.
    static func mergeClass(_ thread: ThreadRef, _ dict: DictRef, _ type: Value) -> Bool {
        guard thread.enterRecursion() else { return false }
        defer { thread.leaveRecursion() }
        let names = type.isType ? TypeRef(type).pointer.pointee.namespace : thread.getAttributeOrEmpty(type, .__dict__)
        if names.isEmpty { if thread.hasException { return false } } else if names.isDict {
            let copy = thread.copyDict(DictRef(names))
            if copy.isEmpty { return false }
            var position = 0
            while let (key, value) = DictRef(copy).next(&position) {
                if !dict.set(thread, key, value) { return false }
            }
        }
        let bases = thread.getAttributeOrEmpty(type, .__bases__)
        if bases.isEmpty { return !thread.hasException }
        guard bases.isTuple else { return true }
        for index in 0 ..< TupleRef(bases).count where !mergeClass(thread, dict, TupleRef(bases)[index]) { return false }
        return true
    }
}

extension InstanceAttributes {
    /// Whether the instance itself has the attribute.
    static func has(_ object: Value, _ name: Value) -> Bool {
        object.isPointer && object.type.pointer.pointee.dictOffset != 0 && !object.isType && !get(object, object.type, name).isEmpty
    }
}
