import ContainerTypes
import Objects

/// `xml.etree.ElementTree.Element`: a tag, attributes, the text in it and after it, and children.
///
/// An element begins as a list does, so that its children are that list (`ElementRef.children`): loops go through them as through a list's items, and compiled code does, too. The dict of the
/// attributes is made when somebody asks for it. Tag, text and tail are words that hold any value, and that caches of attributes reach by themselves (`Getter.field`).
///
/// Any comparison may run Python code that changes the tree: what is said of children is asked anew after each.
struct ElementObject {
    var list: ListObject
    var tag: Value
    /// A dict, or empty when there have been none; any value after `__setstate__`.
    var attributes: Value
    var text: Value
    var tail: Value
}

struct ElementRef {
    let pointer: UnsafeMutablePointer<ElementObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(ElementObject.self) }

    var children: ListRef { @inline(__always) get { ListRef(Value(pointer)) } }

    var tag: Value {
        @inline(__always) get { pointer.pointee.tag }
        @inline(__always) nonmutating set {
            pointer.pointee.tag = newValue
            Heap.barrier(UnsafeMutableRawPointer(pointer))
        }
    }
    var attributes: Value {
        @inline(__always) get { pointer.pointee.attributes }
        @inline(__always) nonmutating set {
            pointer.pointee.attributes = newValue
            Heap.barrier(UnsafeMutableRawPointer(pointer))
        }
    }
    var text: Value {
        @inline(__always) get { pointer.pointee.text }
        @inline(__always) nonmutating set {
            pointer.pointee.text = newValue
            Heap.barrier(UnsafeMutableRawPointer(pointer))
        }
    }
    var tail: Value {
        @inline(__always) get { pointer.pointee.tail }
        @inline(__always) nonmutating set {
            pointer.pointee.tail = newValue
            Heap.barrier(UnsafeMutableRawPointer(pointer))
        }
    }

    /// The attributes, made now if need be; empty when it has raised.
    func madeAttributes(_ thread: ThreadRef) -> Value {
        if attributes.isEmpty {
            let dict = thread.newDict()
            if dict.isEmpty { return .empty }
            attributes = dict
        }
        return attributes
    }

    /// The attributes as a dict; nil when they are something else, which is raised.
    func dict(_ thread: ThreadRef) -> DictRef? {
        let value = madeAttributes(thread)
        if value.isEmpty { return nil }
        guard value.isDict else {
            thread.raise(.systemError, "bad argument to internal function")
            return nil
        }
        return DictRef(value)
    }
}

enum Elements {
    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func isExact(_ value: Value) -> Bool { value.isPointer && value.shapeIndex == type.shape }
    @inline(__always) static func isElement(_ value: Value) -> Bool { isExact(value) || value.isPointer && value.type.isSubtype(of: type.type) }

    /// Whether a value may be a child; raises when not.
    @inline(__always) static func check(_ thread: ThreadRef, _ value: Value) -> Bool {
        if isElement(value) { return true }
        thread.raise(.typeError, "expected an Element, not \"\(value.type.name)\"")
        return false
    }

    /// The same for an argument of a function: "append() argument must be …".
    @inline(__always) static func check(_ thread: ThreadRef, argument value: Value, _ function: StaticString, _ place: StaticString = "") -> Bool {
        if isElement(value) { return true }
        thread.raise(.typeError, "\(function)() argument\(place) must be xml.etree.ElementTree.Element, not \(value.argumentTypeName)")
        return false
    }

    // MARK: Making

    /// An element; `attributes` is a dict that becomes its own, or empty. Empty when it has raised.
    static func make(_ thread: ThreadRef, _ tag: Value, _ attributes: Value) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<ElementObject>.size)
        if result.isEmpty { return .empty }
        let element = result.object(ElementObject.self)
        element.pointee.tag = tag
        element.pointee.attributes = attributes
        element.pointee.text = .none
        element.pointee.tail = .none
        return result
    }

    /// The attributes that a call gives: a copy of the dict `attrib`, which is empty when it is not given, with the keyword arguments; empty for none. Nil when it has raised.
    private static func attributes(_ thread: ThreadRef, _ attrib: Value, _ names: Value, _ values: Arguments) -> Value? {
        let count = names.isEmpty ? 0 : TupleRef(names).count
        if attrib.isEmpty && count == 0 { return .some(.empty) }
        var result = attrib
        var index = 0
        if attrib.isEmpty {
            while index < count, !StringRef(TupleRef(names)[index]).equals("attrib") { index += 1 }
            if index < count {
                result = values[index]
                guard result.isDict else {
                    thread.raise(.typeError, "attrib must be dict, not \(result.type.name)")
                    return nil
                }
            }
        }
        let own = attrib.isEmpty ? index : -1
        result = result.isEmpty ? thread.newDict(capacity: count) : thread.copyDict(DictRef(result))
        if result.isEmpty { return nil }
        index = 0
        while index < count {
            if index != own, !DictRef(result).set(thread, TupleRef(names)[index], values[index]) { return nil }
            index += 1
        }
        return result
    }

    /// Checks the arguments of `Element` or `SubElement`, of which the last may be a dict, and gives the attributes. Nil when it has raised.
    private static func bind(_ thread: ThreadRef, _ function: StaticString, _ a: Arguments, _ count: Int, _ keywords: Value, least: Int) -> Value? {
        let given = count - (keywords.isEmpty ? 0 : TupleRef(keywords).count)
        guard given == least || given == least + 1 else {
            let bound = given < least ? least : least + 1
            thread.raise(.typeError, "\(function)() takes at \(given < least ? "least" : "most") \(bound) argument\(bound == 1 ? "" : "s") (\(given) given)")
            return nil
        }
        if given > least, !a[least].isDict {
            thread.raise(.typeError, "\(function)() argument \(given) must be dict, not \(a[least].argumentTypeName)")
            return nil
        }
        return attributes(thread, given > least ? a[least] : .empty, keywords, a + given)
    }

    private static func initialize(_ thread: ThreadRef, _ receiver: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard let attributes = bind(thread, "Element", a, count, keywords, least: 1) else { return .empty }
        let element = ElementRef(receiver)
        element.attributes = attributes
        element.tag = a[0]
        element.text = .none
        element.tail = .none
        return .none
    }

    /// `SubElement(parent, tag, attrib={}, **extra)`
    static func makeChild(_ thread: ThreadRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let given = count - (keywords.isEmpty ? 0 : TupleRef(keywords).count)
        if given == 2 || given == 3, !check(thread, argument: a[0], "SubElement", " 1") { return .empty }
        guard let attributes = bind(thread, "SubElement", a, count, keywords, least: 2) else { return .empty }
        let result = make(thread, a[1], attributes)
        return !result.isEmpty && ElementRef(a[0]).children.append(thread, result) ? result : .empty
    }

    // MARK: Children

    private static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let children = ElementRef(value).children
        if key.isExact(.slice) {
            guard let numbers = thread.unpackSlice(key) else { return .empty }
            return thread.slice(children, thread.adjustSlice(numbers, children.count))
        }
        guard let index = index(thread, key) else { return .empty }
        let place = index < 0 ? index &+ children.count : index
        guard UInt(bitPattern: place) < UInt(bitPattern: children.count) else { return thread.raise(.indexError, "child index out of range") }
        return children[place]
    }

    private static func index(_ thread: ThreadRef, _ key: Value) -> Int? {
        if key.isSmallInt { return key.smallInt }
        guard thread.isIndex(key) else {
            thread.raise(.typeError, "element indices must be integers")
            return nil
        }
        return thread.toInt(key, overflow: .indexError)
    }

    private static func setItem(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Bool {
        if key.isExact(.slice) { return setSlice(thread, value, key, item) }
        guard let index = index(thread, key) else { return false }
        let children = ElementRef(value).children, place = index < 0 ? index &+ children.count : index
        guard UInt(bitPattern: place) < UInt(bitPattern: children.count) else {
            thread.raise(.indexError, "child assignment index out of range")
            return false
        }
        if item.isEmpty {
            ListType.remove(children, place)
            return true
        }
        guard check(thread, item) else { return false }
        children.set(place, item)
        return true
    }

    private static func setSlice(_ thread: ThreadRef, _ value: Value, _ key: Value, _ given: Value) -> Bool {
        let children = ElementRef(value).children
        guard let numbers = thread.unpackSlice(key) else { return false }
        var bounds = thread.adjustSlice(numbers, children.count)
        if given.isEmpty {
            if bounds.step != 1 {
                ListType.deleteExtended(children, bounds)
                return true
            }
            return ListType.replace(thread, children, bounds.start, max(bounds.start, bounds.stop), nil, 0)
        }
        guard let new = elements(thread, given) else { return false }
        // To list them may have changed the children.
        bounds = thread.adjustSlice(numbers, children.count)
        if bounds.step != 1 && new.count != bounds.count {
            thread.raise(.valueError, "attempt to assign sequence of size \(new.count) to extended slice of size \(bounds.count)")
            return false
        }
        for index in 0 ..< new.count where !check(thread, new[index]) { return false }
        if bounds.step == 1 { return ListType.replace(thread, children, bounds.start, max(bounds.start, bounds.stop), new.count == 0 ? nil : UnsafePointer(new.items), new.count) }
        for index in 0 ..< new.count { children.set(bounds.start + index * bounds.step, new[index]) }
        return true
    }

    /// What an iterable has, apart from any element's children; nil when it has raised.
    static func elements(_ thread: ThreadRef, _ value: Value) -> ListRef? {
        if value.isExact(.list) { return ListRef(value) }
        let type = value.type
        if type.slotPointer(.iter).pointee == nil && !type.isSequence {
            thread.raise(.typeError, "expected sequence, not \"\(type.name)\"")
            return nil
        }
        let result = thread.list(value)
        if result.isEmpty {
            // Whatever it was.
            thread.takeException()
            thread.raise(.typeError, "expected sequence, not \"\(type.name)\"")
            return nil
        }
        return ListRef(result)
    }

    // MARK: The type

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let entered = thread.enterRepr(value) else { return .empty }
        guard entered else { return thread.raise(.runtimeError, "reentrant call inside \(value.type.name).__repr__") }
        defer { thread.leaveRepr(value) }
        var text = TextBuffer()
        text.append("<Element ")
        guard text.append(repr: ElementRef(value).tag, thread) else { return .empty }
        text.append(text: " at 0x\(String(UInt(value.bits), radix: 16))>")
        return text.make(thread)
    }

    private static func refuseDeletion(_ thread: ThreadRef) -> Value { thread.raise(.attributeError, "can't delete element attribute") }

    private static let getters = [
        Getter("tag", "A string identifying what kind of data this element represents", field: MemoryLayout<ElementObject>.offset(of: \.tag)!, set: { thread, a, _ in
            if a[1].isEmpty { return Elements.refuseDeletion(thread) }
            ElementRef(a[0]).tag = a[1]
            return .none
        }) { _, a, _ in ElementRef(a[0]).tag },
        Getter("text", "A string of text directly after the start tag, or None", field: MemoryLayout<ElementObject>.offset(of: \.text)!, set: { thread, a, _ in
            if a[1].isEmpty { return Elements.refuseDeletion(thread) }
            ElementRef(a[0]).text = a[1]
            return .none
        }) { _, a, _ in ElementRef(a[0]).text },
        Getter("tail", "A string of text directly after the end tag, or None", field: MemoryLayout<ElementObject>.offset(of: \.tail)!, set: { thread, a, _ in
            if a[1].isEmpty { return Elements.refuseDeletion(thread) }
            ElementRef(a[0]).tail = a[1]
            return .none
        }) { _, a, _ in ElementRef(a[0]).tail },
        Getter("attrib", "A dictionary containing the element's attributes", set: { thread, a, _ in
            if a[1].isEmpty { return Elements.refuseDeletion(thread) }
            guard a[1].isDict else { return thread.raise(.typeError, "attrib must be dict, not \(a[1].type.name)") }
            ElementRef(a[0]).attributes = a[1]
            return .none
        }) { thread, a, _ in ElementRef(a[0]).madeAttributes(thread) },
    ]

    static func define(_ module: ModuleBuilder) {
        type = NativeType("Element", module: "xml.etree.ElementTree", size: MemoryLayout<ElementObject>.size, mask: 0b1111_0100, flags: [.base, .weakReferenceable, .listLayout],
                          methods: ElementMethods.all, getters: getters) { slots in
            slots.call(.new) { thread, type, _, _, _ in
                let result = thread.allocateInstance(TypeRef(type))
                if result.isEmpty { return .empty }
                let element = result.object(ElementObject.self)
                element.pointee.tag = .none
                element.pointee.text = .none
                element.pointee.tail = .none
                return result
            }
            slots.call(.initialize) { thread, value, a, count, keywords in Elements.initialize(thread, value, a, count, keywords) }
            slots.unary(.repr) { thread, value in Elements.repr(thread, value) }
            slots.length { _, value in ElementRef(value).children.count }
            slots.binary(.getItem) { thread, value, key in Elements.getItem(thread, value, key) }
            slots.store(.setItem) { thread, value, key, item in Elements.setItem(thread, value, key, item) ? 0 : -1 }
        }
        module.add(type)
    }
}
