import Objects

/// Deep copies of elements, and their state in pickles.
///
/// A tree may be deeper than any stack: copies are made without recursion, as far as the tree consists of plain elements. Others go through `copy.deepcopy`.
enum ElementCopies {
    /// `copy.deepcopy`
    nonisolated(unsafe) static let deepcopy = RootTable.reserve()

    private static func key(_ thread: ThreadRef, _ value: Value) -> Value { thread.newInt(unsigned: UInt(value.bits)) }

    /// A deep copy of any value; empty when it has raised.
    private static func copyValue(_ thread: ThreadRef, _ value: Value, _ memo: DictRef) -> Value {
        if value.isExact(.str) || value.isNone || value.isSmallInt { return value }
        // Most attributes are text. Their copy is noted, since elements may share a dict.
        if value.isExact(.dict), hasOnlyText(DictRef(value)) {
            let key = key(thread, value)
            if key.isEmpty { return .empty }
            let known = memo.get(thread, key)
            if !known.isEmpty || thread.hasException { return known }
            let copy = thread.copyDict(DictRef(value))
            return !copy.isEmpty && memo.set(thread, key, copy) ? copy : .empty
        }
        return thread.call(deepcopy.pointee, value, memo.value)
    }

    private static func hasOnlyText(_ dict: DictRef) -> Bool {
        var entry = dict.nextEntry(0)
        while entry >= 0 {
            if !dict.key(at: entry).isExact(.str) || !dict.item(at: entry).isExact(.str) { return false }
            entry = dict.nextEntry(entry + 1)
        }
        return true
    }

    /// A copy of an element that has its children still to come, noted in the memo.
    private static func copyAlone(_ thread: ThreadRef, _ value: Value, _ memo: DictRef) -> Value {
        let source = ElementRef(value)
        let tag = copyValue(thread, source.tag, memo)
        if tag.isEmpty { return .empty }
        var attributes = source.attributes
        if !attributes.isEmpty {
            attributes = copyValue(thread, attributes, memo)
            if attributes.isEmpty { return .empty }
        }
        let result = Elements.make(thread, tag, attributes), key = key(thread, value)
        if result.isEmpty || key.isEmpty { return .empty }
        let text = copyValue(thread, source.text, memo)
        if text.isEmpty { return .empty }
        ElementRef(result).text = text
        let tail = copyValue(thread, source.tail, memo)
        if tail.isEmpty { return .empty }
        ElementRef(result).tail = tail
        return memo.set(thread, key, result) ? result : .empty
    }

    static func copy(_ thread: ThreadRef, _ value: Value, _ memo: DictRef) -> Value {
        let result = copyAlone(thread, value, memo)
        if result.isEmpty || ElementRef(value).children.count == 0 { return result }
        // An element, its copy, and which child is next, for each level.
        let levels = thread.newList()
        if levels.isEmpty { return .empty }
        let stack = ListRef(levels)
        func push(_ source: Value, _ copy: Value) -> Bool { stack.append(thread, source) && stack.append(thread, copy) && stack.append(thread, Value(small: 0)) }
        guard push(value, result) else { return .empty }
        while stack.count > 0 {
            let top = stack.count - 3, source = ElementRef(stack[top]), target = ElementRef(stack[top + 1]), index = stack[top + 2].smallInt
            guard index < source.children.count else {
                stack.setCount(top)
                continue
            }
            stack.set(top + 2, Value(small: index + 1))
            let child = source.children[index]
            var copy = Value.empty
            if Elements.isExact(child) {
                let key = key(thread, child)
                if key.isEmpty { return .empty }
                copy = memo.get(thread, key)
                if thread.hasException { return .empty }
                if copy.isEmpty {
                    copy = copyAlone(thread, child, memo)
                    if copy.isEmpty || ElementRef(child).children.count > 0 && !push(child, copy) { return .empty }
                }
            } else {
                copy = thread.call(deepcopy.pointee, child, memo.value)
            }
            guard !copy.isEmpty, Elements.check(thread, copy), target.children.append(thread, copy) else { return .empty }
        }
        return result
    }

    // MARK: Pickles

    private static let names = ["tag", "_children", "attrib", "text", "tail"]

    static func state(_ thread: ThreadRef, _ value: Value) -> Value {
        let element = ElementRef(value), result = thread.newDict(capacity: names.count)
        let children = thread.newList(element.children.count == 0 ? UnsafePointer(taipan_latin1()) : UnsafePointer(element.children.items), element.children.count)
        if result.isEmpty || children.isEmpty { return .empty }
        var attributes = element.attributes
        if attributes.isEmpty { attributes = thread.newDict() }
        if attributes.isEmpty { return .empty }
        func set(_ name: String, _ value: Value) -> Bool { DictRef(result).set(thread, StringRef.intern(name).value, value) }
        return set("tag", element.tag) && set("_children", children) && set("attrib", attributes) && set("text", element.text) && set("tail", element.tail) ? result : .empty
    }

    static func setState(_ thread: ThreadRef, _ value: Value, _ state: Value) -> Value {
        guard state.isDict else { return thread.raise(.typeError, "Don't know how to unpickle \"\(state.reprForMessage(thread))\" as an Element") }
        var position = 0
        while let (key, _) = DictRef(state).next(&position) {
            guard key.isString else { return thread.raise(.typeError, "keywords must be strings") }
            if !names.contains(where: { StringRef(key).description == $0 }) {
                return thread.raise(.typeError, "'\(StringRef(key).description)' is an invalid keyword argument for this function")
            }
        }
        func get(_ name: String) -> Value { DictRef(state).get(string: StringRef.intern(name).value) }
        let tag = get("tag"), children = get("_children"), attributes = get("attrib"), text = get("text"), tail = get("tail")
        if tag.isEmpty { return thread.raise(.typeError, "tag may not be NULL") }
        let element = ElementRef(value)
        element.tag = tag
        element.text = text.isEmpty ? .none : text
        element.tail = tail.isEmpty ? .none : tail
        element.children.clear()
        if !children.isEmpty {
            guard children.isList else { return thread.raise(.typeError, "'_children' is not a list") }
            let given = ListRef(children)
            for index in 0 ..< given.count where !Elements.check(thread, given[index]) || !element.children.append(thread, given[index]) { return .empty }
        }
        element.attributes = attributes
        return .none
    }
}
