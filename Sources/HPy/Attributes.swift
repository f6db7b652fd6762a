import Objects

/// Attributes and items. A function that ends in `_s` takes the name or key as C text, one in `_i` an index.
enum Attributes {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_GetAttr = { _, object, name in
            let thread = Contexts.thread
            guard Attributes.check(thread, name) else { return .empty }
            return thread.getAttribute(object, name)
        }
        c.pointee.ctx_GetAttr_s = { _, object, name in
            let thread = Contexts.thread
            let name = thread.newName(name)
            return name.isEmpty ? .empty : thread.getAttribute(object, name)
        }
        c.pointee.ctx_HasAttr = { _, object, name in
            let thread = Contexts.thread
            guard Attributes.check(thread, name) else {
                thread.takeException()
                return 0
            }
            return Attributes.has(thread, object, name)
        }
        c.pointee.ctx_HasAttr_s = { _, object, name in
            let thread = Contexts.thread
            let name = thread.newName(name)
            if name.isEmpty {
                thread.takeException()
                return 0
            }
            return Attributes.has(thread, object, name)
        }
        c.pointee.ctx_SetAttr = { _, object, name, value in
            let thread = Contexts.thread
            guard Attributes.check(thread, name) else { return -1 }
            return thread.setAttribute(object, name, value) ? 0 : -1
        }
        c.pointee.ctx_SetAttr_s = { _, object, name, value in
            let thread = Contexts.thread
            let name = thread.newName(name)
            return !name.isEmpty && thread.setAttribute(object, name, value) ? 0 : -1
        }
        c.pointee.ctx_GetItem_s = { _, object, key in
            let thread = Contexts.thread
            let key = thread.newString(cString: key)
            return key.isEmpty ? .empty : thread.getItem(object, key)
        }
        c.pointee.ctx_SetItem = { _, object, key, value in
            let thread = Contexts.thread
            if object.isExact(.dict), !value.isEmpty, !key.isEmpty { return DictRef(object).set(thread, key, value) ? 0 : -1 }
            return thread.setItem(object, key, value) ? 0 : -1
        }
        c.pointee.ctx_SetItem_i = { _, object, index, value in
            let thread = Contexts.thread
            return thread.setItem(object, thread.newInt(index), value) ? 0 : -1
        }
        c.pointee.ctx_SetItem_s = { _, object, key, value in
            let thread = Contexts.thread
            let key = thread.newString(cString: key)
            return !key.isEmpty && thread.setItem(object, key, value) ? 0 : -1
        }
        c.pointee.ctx_DelItem = { _, object, key in Contexts.thread.deleteItem(object, key) ? 0 : -1 }
        c.pointee.ctx_DelItem_i = { _, object, index in
            let thread = Contexts.thread
            return thread.deleteItem(object, thread.newInt(index)) ? 0 : -1
        }
        c.pointee.ctx_DelItem_s = { _, object, key in
            let thread = Contexts.thread
            let key = thread.newString(cString: key)
            return !key.isEmpty && thread.deleteItem(object, key) ? 0 : -1
        }
        c.pointee.ctx_GetSlice = { _, object, start, end in
            let thread = Contexts.thread
            let slice = Attributes.sliceOf(thread, object, start, end)
            return slice.isEmpty ? .empty : thread.getItem(object, slice)
        }
        c.pointee.ctx_SetSlice = { _, object, start, end, value in
            let thread = Contexts.thread
            let slice = Attributes.sliceOf(thread, object, start, end)
            return !slice.isEmpty && thread.setItem(object, slice, value) ? 0 : -1
        }
        c.pointee.ctx_DelSlice = { _, object, start, end in
            let thread = Contexts.thread
            let slice = Attributes.sliceOf(thread, object, start, end)
            return !slice.isEmpty && thread.deleteItem(object, slice) ? 0 : -1
        }
    }

    // MARK: Dicts

    /// The value of a string in a dict, or the zero word (it may have raised).
    @inline(never) fileprivate static func lookUp(_ dict: DictRef, _ key: Value) -> Value {
        let table = dict.pointer.pointee.table
        if table.isEmpty { return .empty }
        let entry = dict.find(Contexts.thread, key, hash: StringRef(key).hash)
        if entry < 0 { return .empty }
        taipan_hpy_walk(dict.pointer.pointee.table).pointee = HPyWalk(table: UInt(dict.pointer.pointee.table.bits), next: 3 * (entry + 1))
        return dict.item(at: entry)
    }

    // MARK: What they share

    static func general(_ object: Value, _ key: Value) -> Value {
        if object.isExact(.dict), key.isExact(.str) {
            // What is not there is reported by the general way.
            let found = Attributes.lookUp(DictRef(object), key)
            if !found.isEmpty || Contexts.thread.hasException { return found }
        }
        return Contexts.thread.getItem(object, key)
    }

    static func item(_ object: Value, _ index: Int) -> Value {
        if object.isExact(.tuple), index >= 0, index < TupleRef(object).count { return TupleRef(object)[index] }
        let thread = Contexts.thread
        return thread.getItem(object, thread.newInt(index))
    }

    private static func sliceOf(_ thread: ThreadRef, _ object: Value, _ start: Int, _ end: Int) -> Value {
        if object.isEmpty { return thread.raiseNull() }
        let first = thread.newInt(start), last = thread.newInt(end)
        return thread.newSlice(first, last, .none)
    }

    private static func check(_ thread: ThreadRef, _ name: Value) -> Bool {
        if name.isString { return true }
        if name.isEmpty { _ = thread.raiseNull() } else { thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'") }
        return false
    }

    /// Whatever getting it raises means that it is not there.
    private static func has(_ thread: ThreadRef, _ object: Value, _ name: Value) -> Int32 {
        let found = thread.getAttributeOrEmpty(object, name)
        if found.isEmpty { thread.takeException() }
        return found.isEmpty ? 0 : 1
    }
}
