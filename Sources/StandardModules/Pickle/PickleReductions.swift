import Objects

/// Objects that say themselves how they are pickled: by `reducer_override`, the dispatch tables, `__reduce_ex__`; and classes and functions, of which the name is written.
extension PickleWriter {
    /// Writes an object whose type has no opcode of its own.
    mutating func saveObject(_ value: Value) -> Bool {
        let type = value.type
        var reduced = Value.empty
        if !pickler.pointee.reducerOverride.isEmpty {
            reduced = thread.call(pickler.pointee.reducerOverride, value)
            if reduced.isEmpty { return false }
            if reduced == .notImplemented { reduced = .empty }
        }
        if reduced.isEmpty {
            if type == TypeID.type.type { return saveType(value) }
            if value.isExact(.function) { return saveGlobal(value, .empty) }
            let table = pickler.pointee.dispatchTable.isEmpty ? PickleState.dispatchTable.pointee : pickler.pointee.dispatchTable
            var function = Value.empty
            if table.isExact(.dict) {
                function = DictRef(table).get(thread, type.value)
                if thread.hasException { return false }
            } else {
                function = thread.getItem(table, type.value)
                if function.isEmpty && !thread.clearException(.keyError) { return false }
            }
            if !function.isEmpty {
                reduced = thread.call(function, value)
            } else if type.has(.typeSubclass) {
                return saveGlobal(value, .empty)
            } else {
                if version >= 2, case let kind = PlainInstances.kind(thread, value, type), kind != .other { return savePlain(value, type, kind) }
                function = thread.getAttributeOrEmpty(value, Name.__reduce_ex__)
                if thread.hasException { return false }
                if !function.isEmpty {
                    reduced = thread.call(function, Value(small: version))
                } else {
                    function = thread.getAttributeOrEmpty(value, Name.__reduce__)
                    if thread.hasException { return false }
                    if function.isEmpty { return thread.raisePickling("can't pickle '\(type.name)' object: \(value.reprForMessage(thread))") }
                    reduced = thread.call(function)
                }
            }
            if reduced.isEmpty { return false }
        }
        if reduced.isString { return saveGlobal(value, reduced) }
        guard reduced.isTuple else { return thread.raisePickling("__reduce__ must return a string or tuple") }
        return saveReduction(reduced, value)
    }

    /// What `object.__reduce_ex__` would say of an instance with nothing of its own in this matter, without the tuples in between.
    private mutating func savePlain(_ value: Value, _ type: TypeRef, _ kind: PlainInstances.Kind) -> Bool {
        guard save(type.value), save(WellKnown.emptyTuple.value), put(PickleOpcode.newObject) else { return false }
        let known = pickler.memoFind(value)
        if known >= 0 { return put(PickleOpcode.pop) && putGet(known) }
        guard memoize(value) else { return false }
        var state = Value.none
        if type.pointer.pointee.dictOffset != 0 {
            // Instances with a shape have no dict that anybody could know: they get none for this either.
            let dict = ShapeTable.record(value.shapeIndex).pointee.flags & ShapeFlags.dict != 0 ? InstanceAttributes.dict(thread, value) : InstanceAttributes.snapshot(thread, value)
            if dict.isEmpty { return false }
            if DictRef(dict).count > 0 { state = dict }
        }
        if kind == .slotted {
            let slots = thread.newDict()
            guard !slots.isEmpty, PlainInstances.collect(thread, value, type, DictRef(slots)) else { return false }
            if DictRef(slots).count > 0 { state = thread.newTuple(state, slots) }
        }
        if state.isNone { return true }
        return !state.isEmpty && save(state) && put(PickleOpcode.build)
    }

    // MARK: Reductions

    /// Writes what a reducer returned: a callable and its arguments, and perhaps state, items, pairs and a function that sets the state. `object` is what it is of, or empty.
    mutating func saveReduction(_ reduced: Value, _ object: Value) -> Bool {
        let parts = TupleRef(reduced)
        guard parts.count >= 2 && parts.count <= 6 else { return thread.raisePickling("tuple returned by __reduce__ must contain 2 through 6 elements") }
        func part(_ index: Int) -> Value { index < parts.count && !parts[index].isNone ? parts[index] : .empty }
        let callable = parts[0], arguments = parts[1]
        guard callable.type.call(.call) != nil else { return thread.raisePickling("first item of the tuple returned by __reduce__ must be callable") }
        guard arguments.isTuple else { return thread.raisePickling("second item of the tuple returned by __reduce__ must be a tuple") }
        let state = part(2), items = part(3), pairs = part(4), setter = part(5)
        if !items.isEmpty && items.type.unary(.next) == nil {
            return thread.raisePickling("fourth element of the tuple returned by __reduce__ must be an iterator, not \(items.type.name)")
        }
        if !pairs.isEmpty && pairs.type.unary(.next) == nil {
            return thread.raisePickling("fifth element of the tuple returned by __reduce__ must be an iterator, not \(pairs.type.name)")
        }
        if !setter.isEmpty && setter.type.call(.call) == nil {
            return thread.raisePickling("sixth element of the tuple returned by __reduce__ must be a function, not \(setter.type.name)")
        }
        guard saveMaking(callable, TupleRef(arguments), arguments, object) else { return false }
        if !object.isEmpty {
            // Its parts have it, and have written it: what is on the stack is dropped for that.
            let known = pickler.memoFind(object)
            if known >= 0 { return put(PickleOpcode.pop) && putGet(known) }
            guard memoize(object) else { return false }
        }
        if !items.isEmpty { guard saveItems(items) else { return false } }
        if !pairs.isEmpty { guard savePairs(pairs) else { return false } }
        if state.isEmpty { return true }
        if setter.isEmpty { return save(state) && put(PickleOpcode.build) }
        return save(setter) && save(object) && save(state) && put(PickleOpcode.tuple2) && put(PickleOpcode.reduce) && put(PickleOpcode.pop)
    }

    /// Writes how an object is made: a call, or `__new__` of its class.
    private mutating func saveMaking(_ callable: Value, _ arguments: TupleRef, _ tuple: Value, _ object: Value) -> Bool {
        var isNew = false, isNewEx = false
        if version >= 2 {
            let name = thread.getAttributeOrEmpty(callable, Name.__name__)
            if thread.hasException { return false }
            if !name.isEmpty && name.isString {
                isNew = StringRef(name).equals("__newobj__")
                isNewEx = StringRef(name).equals("__newobj_ex__")
            }
        }
        if isNewEx { return saveNewEx(arguments) }
        guard isNew else { return save(callable) && save(tuple) && put(PickleOpcode.reduce) }
        guard arguments.count >= 1 else { return thread.raisePickling("__newobj__ arglist is empty") }
        let type = arguments[0]
        guard type.isType else { return thread.raisePickling("args[0] from __newobj__ args is not a type") }
        if !object.isEmpty {
            let own = thread.getAttribute(object, .__class__)
            if own.isEmpty { return false }
            guard own == type else { return thread.raisePickling("args[0] from __newobj__ args has the wrong class") }
        }
        let rest = thread.newTuple(count: arguments.count - 1) { arguments[$0 + 1] }
        return !rest.isEmpty && save(type) && save(rest) && put(PickleOpcode.newObject)
    }

    private mutating func saveNewEx(_ arguments: TupleRef) -> Bool {
        guard arguments.count == 3 else { return thread.raisePickling("length of the NEWOBJ_EX argument tuple must be exactly 3, not \(arguments.count)") }
        let type = arguments[0], positional = arguments[1], named = arguments[2]
        guard type.isType else { return thread.raisePickling("first item from NEWOBJ_EX argument tuple must be a class, not \(type.type.name)") }
        guard positional.isTuple else { return thread.raisePickling("second item from NEWOBJ_EX argument tuple must be a tuple, not \(positional.type.name)") }
        guard named.isDict else { return thread.raisePickling("third item from NEWOBJ_EX argument tuple must be a dict, not \(named.type.name)") }
        if version >= 4 { return save(type) && save(positional) && save(named) && put(PickleOpcode.newObjectEx) }
        // partial(type.__new__, type, *positional, **named)()
        let partial = thread.importAttribute("functools", "partial")
        let make = partial.isEmpty ? .empty : thread.getAttribute(type, .__new__)
        if make.isEmpty { return false }
        let list = thread.newTuple(count: TupleRef(positional).count + 2) { $0 == 0 ? make : $0 == 1 ? type : TupleRef(positional)[$0 - 2] }
        let callable = list.isEmpty ? .empty : thread.call(partial, tuple: list, dict: named)
        return !callable.isEmpty && save(callable) && save(WellKnown.emptyTuple.value) && put(PickleOpcode.reduce)
    }

    // MARK: Names

    /// Classes whose own class is `type`. Those of the singletons have no name that could be found.
    private mutating func saveType(_ value: Value) -> Bool {
        for (id, single) in [(TypeID.noneType, Value.none), (.ellipsisType, .ellipsis), (.notImplementedType, .notImplemented)] where value == id.value {
            let arguments = thread.newTuple(single)
            let reduced = arguments.isEmpty ? .empty : thread.newTuple(TypeID.type.value, arguments)
            return !reduced.isEmpty && saveReduction(reduced, value)
        }
        return saveGlobal(value, .empty)
    }

    /// Writes by which name an object is found in which module. `given` is the name, or empty.
    mutating func saveGlobal(_ object: Value, _ given: Value) -> Bool {
        var name = given
        if name.isEmpty {
            name = thread.getAttributeOrEmpty(object, Name.__qualname__)
            if name.isEmpty {
                if thread.hasException { return false }
                name = thread.getAttribute(object, .__name__)
                if name.isEmpty { return false }
            }
        }
        guard name.isString else {
            thread.raise(.typeError, "must be str, not \(name.type.name)")
            return false
        }
        if thread.isLocalName(name) {
            thread.raise(.attributeError, "Can't pickle local object \(name.reprForMessage(thread))")
            return false
        }
        var moduleName = thread.getAttributeOrEmpty(object, Name.__module__)
        if moduleName.isEmpty && thread.hasException { return false }
        if moduleName.isEmpty || moduleName.isNone {
            let find = thread.importAttribute("pickle", "whichmodule")
            moduleName = find.isEmpty ? .empty : thread.call(find, object, name)
            if moduleName.isEmpty { return false }
        }
        guard moduleName.isString else {
            thread.raise(.typeError, "module name must be a string, not \(moduleName.type.name)")
            return false
        }
        let module = thread.pickleModule(moduleName)
        if module.isEmpty {
            thread.takeException()
            return thread.raisePickling("Can't pickle \(object.reprForMessage(thread)): import of module \(moduleName.reprForMessage(thread)) failed")
        }
        let (found, parent) = thread.deepAttribute(module, name)
        if found.isEmpty {
            thread.takeException()
            return thread.raisePickling("Can't pickle \(object.reprForMessage(thread)): attribute lookup \(StringRef(name).description) on \(StringRef(moduleName).description) failed")
        }
        if found != object {
            return thread.raisePickling("Can't pickle \(object.reprForMessage(thread)): it's not the same object as \(StringRef(moduleName).description).\(StringRef(name).description)")
        }
        if version >= 2 && DictRef(PickleState.extensionRegistry.pointee).count > 0 {
            let key = thread.newTuple(moduleName, name)
            let code = key.isEmpty ? .empty : DictRef(PickleState.extensionRegistry.pointee).get(thread, key)
            if thread.hasException { return false }
            if !code.isEmpty { return saveExtension(object, code) }
        }
        // A class may be named through its own module.
        if parent == module {
            name = lastPart(name)
            if name.isEmpty { return false }
        }
        if version >= 4 {
            guard save(moduleName), save(name), put(PickleOpcode.stackGlobal) else { return false }
        } else if parent != module {
            let getattr = DictRef(WellKnown.builtins.value).get(string: StringRef.intern("getattr").value)
            let last = lastPart(name)
            let arguments = getattr.isEmpty || last.isEmpty ? .empty : thread.newTuple(parent, last)
            let reduced = arguments.isEmpty ? .empty : thread.newTuple(getattr, arguments)
            guard !reduced.isEmpty, saveReduction(reduced, .empty) else { return false }
        } else {
            guard saveLines(moduleName, name) else { return false }
        }
        return memoize(object)
    }

    private func lastPart(_ name: Value) -> Value {
        let text = StringRef(name)
        var start = text.count
        while start > 0 && text[start - 1] != 0x2E { start -= 1 }
        if start == 0 { return name }
        return thread.substring(text, start, text.count)
    }

    /// GLOBAL: the names as lines.
    private mutating func saveLines(_ moduleName: Value, _ name: Value) -> Bool {
        var moduleName = moduleName, name = name
        if pickler.pointee.fixImports && version < 3 {
            let key = thread.newTuple(moduleName, name)
            guard !key.isEmpty, fix(key, &moduleName, &name) else { return false }
        }
        return put(PickleOpcode.global) && putLine(moduleName, "module") && putLine(name, "global")
    }

    private mutating func putLine(_ text: Value, _ what: StaticString) -> Bool {
        let bytes = thread.encode(text, encoding: version == 3 ? Name.utf_8.value : Name.ascii.value)
        if bytes.isEmpty {
            guard thread.clearException(.unicodeEncodeError) else { return false }
            return thread.raisePickling("can't pickle \(what) identifier '\(StringRef(text).description)' using pickle protocol \(version)")
        }
        return put(BytesRef(bytes).bytes, BytesRef(bytes).count) && put(10)
    }

    /// The names that Python 2 has for something.
    private func fix(_ key: Value, _ moduleName: inout Value, _ name: inout Value) -> Bool {
        let names = thread.importAttribute("_compat_pickle", "REVERSE_NAME_MAPPING")
        let modules = names.isEmpty ? .empty : thread.importAttribute("_compat_pickle", "REVERSE_IMPORT_MAPPING")
        guard !modules.isEmpty, names.isDict, modules.isDict else { return false }
        let pair = DictRef(names).get(thread, key)
        if thread.hasException { return false }
        if !pair.isEmpty {
            guard pair.isTuple, TupleRef(pair).count == 2, TupleRef(pair)[0].isString, TupleRef(pair)[1].isString else {
                thread.raise(.runtimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not \(pair.type.name)")
                return false
            }
            moduleName = TupleRef(pair)[0]
            name = TupleRef(pair)[1]
            return true
        }
        let other = DictRef(modules).get(thread, moduleName)
        if thread.hasException { return false }
        if !other.isEmpty {
            guard other.isString else {
                thread.raise(.runtimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not \(other.type.name)")
                return false
            }
            moduleName = other
        }
        return true
    }

    private mutating func saveExtension(_ object: Value, _ code: Value) -> Bool {
        guard code.isSmallInt || code.isExact(.int) else {
            return thread.raisePickling("Can't pickle \(object.reprForMessage(thread)): extension code \(code.reprForMessage(thread)) isn't an integer")
        }
        guard let number = IntOps.toInt(code), number > 0, number <= 0x7FFF_FFFF else {
            return thread.raisePickling("Can't pickle \(object.reprForMessage(thread)): extension code \(code.reprForMessage(thread)) is out of range")
        }
        if number < 256 { return put(PickleOpcode.ext1, UInt8(number)) }
        if number < 65536 { return put(PickleOpcode.ext2, UInt8(truncatingIfNeeded: number)) && put(UInt8(number >> 8)) }
        return put32(PickleOpcode.ext4, UInt32(number))
    }
}

/// Which instances are pickled as `object` does it: their class, then their attributes.
///
/// What is found out is kept by the version of the instance's shape, which changes with the class and its bases, and is never used twice.
enum PlainInstances {
    enum Kind: UInt8 { case other, plain, slotted }

    private static let size = 256
    nonisolated(unsafe) private static let known: UnsafeMutablePointer<(version: UInt32, kind: Kind)> = {
        let table = UnsafeMutablePointer<(version: UInt32, kind: Kind)>.allocate(capacity: size)
        table.initialize(repeating: (0, .other), count: size)
        return table
    }()

    @inline(__always) static func kind(_ thread: ThreadRef, _ value: Value, _ type: TypeRef) -> Kind {
        guard value.isPointer, type.has(.heap) else { return .other }
        let shape = ShapeTable.record(value.shapeIndex)
        let entry = known + Int(shape.pointee.version & UInt32(size - 1))
        if entry.pointee.version == shape.pointee.version { return entry.pointee.kind }
        let found = find(value, type)
        // The attributes of instances with a dict are their own affair.
        if shape.pointee.flags & ShapeFlags.dict == 0 { entry.pointee = (shape.pointee.version, found) }
        return found
    }

    @inline(never) private static func find(_ value: Value, _ type: TypeRef) -> Kind {
        guard type.has(.plainGet), !type.has(.noInstantiation), !type.has(.foreignLayout), type.slotPointer(.new).pointee != nil else { return .other }
        let object = TypeID.object.type
        for name in [Name.__reduce_ex__, .__reduce__, .__getstate__, .__class__] where type.lookup(name) != object.lookup(name) { return .other }
        for name in [Name.__getnewargs__, .__getnewargs_ex__] where !type.lookup(name).isEmpty { return .other }
        var native = type
        while native.has(.heap), !native.pointer.pointee.base.isEmpty { native = TypeRef(native.pointer.pointee.base) }
        guard native == object else { return .other }
        if type.pointer.pointee.dictOffset != 0 {
            guard type.lookup(.__dict__).isExact(.getSetDescriptor) else { return .other }
            for name in [Name.__reduce_ex__, .__reduce__, .__getstate__, .__getnewargs__, .__getnewargs_ex__] where !InstanceAttributes.get(value, type, name.value).isEmpty { return .other }
        }
        for index in 0 ..< type.mro.count where !TypeRef(type.mro[index]).namespace.get(.__slots__).isEmpty { return .slotted }
        return .plain
    }

    /// Adds the values of an instance's `__slots__` to a dict. False when it has raised.
    static func collect(_ thread: ThreadRef, _ value: Value, _ type: TypeRef, _ slots: DictRef) -> Bool {
        var names = type.namespace.get(string: PickleNames.slotNames)
        if names.isEmpty || !names.isList {
            let function = thread.importAttribute("copyreg", "_slotnames")
            names = function.isEmpty ? .empty : thread.call(function, type.value)
            if names.isEmpty { return false }
            if names.isNone { return true }
            guard names.isList else {
                thread.raise(.typeError, "copyreg._slotnames didn't return a list or None")
                return false
            }
        }
        var index = 0
        while index < ListRef(names).count {
            let name = ListRef(names)[index]
            guard name.isString else {
                thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'")
                return false
            }
            let found = thread.getAttributeOrEmpty(value, name)
            if found.isEmpty {
                if thread.hasException { return false }
            } else if !slots.set(thread, name, found) {
                return false
            }
            index += 1
        }
        return true
    }
}
