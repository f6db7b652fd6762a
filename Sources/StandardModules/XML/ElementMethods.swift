import ContainerTypes
import Objects

/// The methods of elements: children, attributes, searching, copies and pickles.
enum ElementMethods {
    static let all: [Def] = [
        // MARK: Children

        Def("append(self, subelement, /)", .writes, "Add subelement to the end of this element.") { thread, a, _ in
            Elements.check(thread, argument: a[1], "append") && ElementRef(a[0]).children.append(thread, a[1]) ? .none : .empty
        },
        Def("extend(self, elements, /)", .calls, "Add all elements to the end of this element.") { thread, a, _ in
            guard let elements = Elements.elements(thread, a[1]) else { return .empty }
            let children = ElementRef(a[0]).children
            var index = 0
            while index < elements.count {
                guard Elements.check(thread, elements[index]), children.append(thread, elements[index]) else { return .empty }
                index += 1
            }
            return .none
        },
        Def("insert(self, index, subelement, /)", .callsOnArguments, "Put subelement before the one at index.") { thread, a, _ in
            guard let index = thread.toInt(a[1]) else { return .empty }
            guard Elements.check(thread, argument: a[2], "insert", " 2") else { return .empty }
            let children = ElementRef(a[0]).children
            let place = index < 0 ? max(0, index &+ children.count) : min(index, children.count)
            var item = a[2]
            return ListType.replace(thread, children, place, place, &item, 1) ? .none : .empty
        },
        Def("remove(self, subelement, /)", .calls, "Take subelement out: the very one, or else the first that equals it.") { thread, a, _ in
            guard Elements.check(thread, argument: a[1], "remove") else { return .empty }
            let children = ElementRef(a[0]).children
            var index = 0
            while index < children.count && children[index] != a[1] { index += 1 }
            if index == children.count {
                index = 0
                while index < children.count {
                    let same = thread.isEqual(children[index], a[1])
                    if same < 0 { return .empty }
                    if same > 0 { break }
                    index += 1
                }
            }
            guard index < children.count else { return thread.raise(.valueError, "list.remove(x): x not in list") }
            ListType.remove(children, index)
            return .none
        },
        Def("clear(self, /)", .calls, "Take everything out but the tag.") { _, a, _ in
            let element = ElementRef(a[0])
            element.children.clear()
            element.attributes = .empty
            element.text = .none
            element.tail = .none
            return .none
        },
        Def("makeelement(self, tag, attrib, /)", .writes, "Return a new element.") { thread, a, _ in
            guard a[2].isDict else { return thread.raise(.typeError, "makeelement() argument 2 must be dict, not \(a[2].argumentTypeName)") }
            let attributes = thread.copyDict(DictRef(a[2]))
            return attributes.isEmpty ? .empty : Elements.make(thread, a[1], attributes)
        },

        // MARK: Attributes

        Def("get(self, /, key, default=None)", .calls, "Return an attribute, or the default.") { thread, a, _ in
            let element = ElementRef(a[0])
            if element.attributes.isEmpty { return a[2].isEmpty ? .none : a[2] }
            guard let attributes = element.dict(thread) else { return .empty }
            let found = attributes.get(thread, a[1])
            return !found.isEmpty || thread.hasException ? found : a[2].isEmpty ? .none : a[2]
        },
        Def("set(self, key, value, /)", .calls, "Set an attribute.") { thread, a, _ in
            guard let attributes = ElementRef(a[0]).dict(thread) else { return .empty }
            return attributes.set(thread, a[1], a[2]) ? .none : .empty
        },
        Def("keys(self, /)", .writes, "Return the attributes' names.") { thread, a, _ in ElementMethods.list(thread, a[0]) { _, key, _ in key } },
        Def("items(self, /)", .writes, "Return the attributes' names and values.") { thread, a, _ in ElementMethods.list(thread, a[0]) { $0.newTuple($1, $2) } },

        // MARK: Searching

        Def("find(self, /, path, namespaces=None)", .calls, "Return the first element that a path leads to, or None.") { thread, a, _ in
            if ElementPaths.isPath(a[1], a[2]) { return ElementPaths.call(thread, "find", a[0], a[1], a[2].isEmpty ? .none : a[2]) }
            let found = ElementMethods.search(thread, a[0], a[1])
            return found.isEmpty && !thread.hasException ? .none : found
        },
        Def("findtext(self, /, path, default=None, namespaces=None)", .calls, "Return the text of the first element that a path leads to, or the default.") { thread, a, _ in
            let fallback = a[2].isEmpty ? .none : a[2]
            if ElementPaths.isPath(a[1], a[3]) { return ElementPaths.call(thread, "findtext", a[0], a[1], fallback, a[3].isEmpty ? .none : a[3]) }
            let found = ElementMethods.search(thread, a[0], a[1])
            if found.isEmpty { return thread.hasException ? .empty : fallback }
            let text = ElementRef(found).text
            return text.isNone ? WellKnown.emptyString.value : text
        },
        Def("findall(self, /, path, namespaces=None)", .calls, "Return all elements that a path leads to.") { thread, a, _ in
            if ElementPaths.isPath(a[1], a[2]) { return ElementPaths.call(thread, "findall", a[0], a[1], a[2].isEmpty ? .none : a[2]) }
            let result = thread.newList(), children = ElementRef(a[0]).children
            if result.isEmpty { return .empty }
            var index = 0
            while index < children.count {
                let child = children[index], same = thread.isEqual(ElementRef(child).tag, a[1])
                if same < 0 || same > 0 && !ListRef(result).append(thread, child) { return .empty }
                index += 1
            }
            return result
        },
        Def("iterfind(self, /, path, namespaces=None)", .calls, "Return an iterator of all elements that a path leads to.") { thread, a, _ in
            ElementPaths.call(thread, "iterfind", a[0], a[1], a[2].isEmpty ? .none : a[2])
        },
        Def("iter(self, /, tag=None)", .writes, "Return an iterator of this element and all below it, or of those that have a tag.") { thread, a, _ in
            ElementIterators.make(thread, a[0], tag: a[1].isEmpty || ElementMethods.isStar(a[1]) ? .none : a[1])
        },
        Def("itertext(self, /)", .writes, "Return an iterator of all texts in this element.") { thread, a, _ in ElementIterators.make(thread, a[0], tag: .empty) },

        // MARK: Copies

        Def("__copy__(self, /)", .writes) { thread, a, _ in
            let element = ElementRef(a[0]), result = Elements.make(thread, element.tag, element.attributes)
            if result.isEmpty { return .empty }
            ElementRef(result).text = element.text
            ElementRef(result).tail = element.tail
            let children = element.children
            return children.count == 0 || ListType.replace(thread, ElementRef(result).children, 0, 0, UnsafePointer(children.items), children.count) ? result : .empty
        },
        Def("__deepcopy__(self, memo, /)", .calls) { thread, a, _ in
            guard a[1].isDict else { return thread.raise(.typeError, "__deepcopy__() argument must be dict, not \(a[1].argumentTypeName)") }
            return ElementCopies.copy(thread, a[0], DictRef(a[1]))
        },
        Def("__sizeof__(self, /)", .reads) { thread, a, _ in
            let store = ElementRef(a[0]).pointer.pointee.list.storage
            return thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + (store.isEmpty ? 0 : Heap.cellSize(store.raw)))
        },
        Def("__getstate__(self, /)", .writes) { thread, a, _ in ElementCopies.state(thread, a[0]) },
        Def("__setstate__(self, state, /)", .calls) { thread, a, _ in ElementCopies.setState(thread, a[0], a[1]) },
    ]

    /// A list of something for each attribute.
    private static func list(_ thread: ThreadRef, _ value: Value, _ item: (ThreadRef, Value, Value) -> Value) -> Value {
        let element = ElementRef(value)
        if element.attributes.isEmpty { return thread.newList() }
        guard let attributes = element.dict(thread) else { return .empty }
        let result = thread.newList(capacity: attributes.count)
        if result.isEmpty { return .empty }
        var entry = attributes.nextEntry(0)
        while entry >= 0 {
            let made = item(thread, attributes.key(at: entry), attributes.item(at: entry))
            if made.isEmpty || !ListRef(result).append(thread, made) { return .empty }
            entry = attributes.nextEntry(entry + 1)
        }
        return result
    }

    /// The first child that has a tag; empty when there is none, or when it has raised.
    private static func search(_ thread: ThreadRef, _ value: Value, _ tag: Value) -> Value {
        let children = ElementRef(value).children
        var index = 0
        while index < children.count {
            let child = children[index], same = thread.isEqual(ElementRef(child).tag, tag)
            if same != 0 { return same > 0 ? child : .empty }
            index += 1
        }
        return .empty
    }

    /// Whether a tag means all of them.
    private static func isStar(_ tag: Value) -> Bool {
        tag.isString ? StringRef(tag).count == 1 && StringRef(tag)[0] == 42 : tag.isBytes && BytesRef(tag).count == 1 && BytesRef(tag).bytes[0] == 42
    }
}

/// Paths, which `xml.etree.ElementPath` follows.
enum ElementPaths {
    /// The module.
    nonisolated(unsafe) static let module = RootTable.reserve()

    static func call(_ thread: ThreadRef, _ name: String, _ first: Value, _ second: Value, _ third: Value, _ fourth: Value = .absent) -> Value {
        thread.callMethod(module.pointee, StringRef.intern(name).value, first, second, third, fourth)
    }

    /// Whether an argument of `find` says more than a child's tag.
    static func isPath(_ path: Value, _ namespaces: Value) -> Bool {
        if !namespaces.isEmpty && !namespaces.isNone { return true }
        if path.isString {
            let text = StringRef(path)
            return isPath(text.count) { text[$0] }
        }
        guard path.isBytes else { return true }
        let bytes = BytesRef(path)
        return isPath(bytes.count) { UInt32(bytes.bytes[$0]) }
    }

    @inline(__always) private static func isPath(_ count: Int, _ character: (Int) -> UInt32) -> Bool {
        let (open, close, star) = (UInt32(UInt8(ascii: "{")), UInt32(UInt8(ascii: "}")), UInt32(UInt8(ascii: "*")))
        // A namespace that is none, or any.
        if count >= 3, character(0) == open, character(1) == close || character(1) == star && character(2) == close { return true }
        var isName = true
        for index in 0 ..< count {
            let one = character(index)
            if one == open { isName = false } else if one == close { isName = true } else if isName {
                switch UInt8(exactly: one) {
                case UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "@"), UInt8(ascii: "."): return true
                default: break
                }
            }
        }
        return false
    }
}
