import Bytecode

/// Names: slow paths of loading, storing and deleting globals, class-body names, cells.
enum Names {
    private static func text(_ value: Value) -> String { StringRef(value).description }

    static func raiseUnboundLocal(_ thread: ThreadRef, _ code: UnsafeMutablePointer<CodeObject>, _ register: Int) {
        let names = TupleRef(code.pointee.localNames)
        guard register < names.count else { return raiseUnboundCell(thread, code, register) }
        _ = thread.raiseUnboundName(names[register], .unboundLocalError, "cannot access local variable '\(text(names[register]))' where it is not associated with a value")
    }

    static func raiseUnboundCell(_ thread: ThreadRef, _ code: UnsafeMutablePointer<CodeObject>, _ register: Int) {
        for (index, cell) in Code.compiled(code).cells.enumerated() where cell.register == register {
            let name = TupleRef(code.pointee.cellNames)[index]
            _ = thread.raiseUnboundName(name, .unboundLocalError, "cannot access local variable '\(text(name))' where it is not associated with a value")
            return
        }
        thread.raise(.unboundLocalError, "local variable referenced before assignment")
    }

    static func raiseUnboundFree(_ thread: ThreadRef, _ code: UnsafeMutablePointer<CodeObject>, _ index: Int) {
        let name = TupleRef(code.pointee.freeNames)[index]
        _ = thread.raiseUnboundName(name, .nameError, "cannot access free variable '\(text(name))' where it is not associated with a value in enclosing scope")
    }

    static func raiseUndefined(_ thread: ThreadRef, _ name: Value) -> Value {
        thread.raiseUnboundName(name, .nameError, "name '\(text(name))' is not defined")
    }

    /// Looks a global up and fills the cache.
    @inline(never) static func loadGlobal(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ cache: UnsafeMutablePointer<InlineCache>) -> Value {
        let name = cache.pointee.name
        let globals = DictRef(function.pointee.globals)
        if globals.value.isExact(.dict) {
            let entry = globals.find(string: name)
            if entry >= 0 {
                cache.pointee.kind = .global
                cache.pointee.version = globals.version
                cache.pointee.offset = entry
                return globals.item(at: entry)
            }
            let builtins = function.pointee.builtins
            if builtins.isExact(.dict) {
                let entry = DictRef(builtins).find(string: name)
                if entry >= 0 {
                    cache.pointee.kind = .builtin
                    cache.pointee.version = globals.version
                    cache.pointee.value = Value(bits: UInt64(DictRef(builtins).version))
                    cache.pointee.offset = entry
                    return DictRef(builtins).item(at: entry)
                }
                return raiseUndefined(thread, name)
            }
        }
        return loadGlobalUncached(thread, function, name)
    }

    /// For globals or builtins that are instances of a dict subclass.
    private static func loadGlobalUncached(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ name: Value) -> Value {
        for namespace in [function.pointee.globals, function.pointee.builtins] {
            let result = lookup(thread, namespace, name)
            if !result.isEmpty || thread.hasException { return result }
        }
        return raiseUndefined(thread, name)
    }

    /// `namespace[name]`, empty when it is missing.
    private static func lookup(_ thread: ThreadRef, _ namespace: Value, _ name: Value) -> Value {
        if namespace.isExact(.dict) { return DictRef(namespace).get(string: name) }
        let result = thread.getItem(namespace, name)
        if result.isEmpty { _ = thread.clearException(.keyError) }
        return result
    }

    @inline(never) static func load(_ thread: ThreadRef, _ fp: FramePointer, _ cache: UnsafeMutablePointer<InlineCache>) -> Value {
        let namespace = fp[FrameSlot.context]
        if !namespace.isEmpty && namespace != fp.function.pointee.globals {
            let result = lookup(thread, namespace, cache.pointee.name)
            if !result.isEmpty || thread.hasException { return result }
        }
        return loadGlobal(thread, fp.function, cache)
    }

    @inline(never) static func loadClassFree(_ thread: ThreadRef, _ fp: FramePointer, _ index: Int) -> Value {
        let name = TupleRef(fp.code.pointee.freeNames)[index]
        if !fp[FrameSlot.context].isEmpty {
            let result = lookup(thread, fp[FrameSlot.context], name)
            if !result.isEmpty || thread.hasException { return result }
        }
        let contents = TupleRef(fp.function.pointee.closure)[index].object(CellObject.self).pointee.contents
        if contents.isEmpty { raiseUnboundFree(thread, fp.code, index) }
        return contents
    }

    @inline(never) static func store(_ thread: ThreadRef, _ fp: FramePointer, _ name: Value, _ value: Value) -> Bool {
        let namespace = fp[FrameSlot.context]
        if namespace.isEmpty || namespace.isExact(.dict) {
            return NamespaceVersions.set(thread, DictRef(namespace.isEmpty ? fp.function.pointee.globals : namespace), name, value)
        }
        return thread.setItem(namespace, name, value)
    }

    static func delete(_ thread: ThreadRef, _ fp: FramePointer, _ name: Value) -> Bool {
        let namespace = fp[FrameSlot.context]
        if namespace.isEmpty { return deleteGlobal(thread, fp.function, name) }
        if namespace.isExact(.dict) {
            let entry = DictRef(namespace).find(string: name)
            if entry < 0 { _ = raiseUndefined(thread, name); return false }
            NamespaceVersions.remove(DictRef(namespace), name, entry: entry)
            return true
        }
        if thread.deleteItem(namespace, name) { return true }
        if thread.clearException(.keyError) { _ = raiseUndefined(thread, name) }
        return false
    }

    static func deleteGlobal(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ name: Value) -> Bool {
        let globals = DictRef(function.pointee.globals)
        let entry = globals.find(string: name)
        if entry < 0 { _ = raiseUndefined(thread, name); return false }
        NamespaceVersions.remove(globals, name, entry: entry)
        return true
    }

    static func setupAnnotations(_ thread: ThreadRef, _ fp: FramePointer) -> Bool {
        let namespace = fp[FrameSlot.context].isEmpty ? fp.function.pointee.globals : fp[FrameSlot.context]
        let found = lookup(thread, namespace, Name.__annotations__.value)
        if !found.isEmpty { return true }
        if thread.hasException { return false }
        let dict = thread.newDict()
        return !dict.isEmpty && store(thread, fp, Name.__annotations__.value, dict)
    }

    static func loadBuildClass(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>) -> Value {
        let found = lookup(thread, function.pointee.builtins, Name.__build_class__.value)
        if found.isEmpty && !thread.hasException { return thread.raise(.nameError, "__build_class__ not found") }
        return found
    }
}

public enum Comparisons {
    /// `is`: one word, or floats boxed for lack of room are objects like any other.
    @inline(__always) static func isSame(_ a: Value, _ b: Value) -> Bool { a == b }

    @inline(__always) public static func contains(_ thread: ThreadRef, _ container: Value, _ item: Value) -> Int32 {
        if container.isPointer {
            if container.shapeIndex == TypeID.dict.rawValue {
                let hash = thread.hash(item)
                if hash == -1 && thread.hasException { return -1 }
                let entry = DictRef(container).find(thread, item, hash: hash)
                return entry == -2 ? -1 : entry >= 0 ? 1 : 0
            }
            if container.shapeIndex == TypeID.set.rawValue || container.shapeIndex == TypeID.frozenset.rawValue { return SetRef(container).contains(thread, item) }
        }
        return thread.contains(container, item)
    }
}
