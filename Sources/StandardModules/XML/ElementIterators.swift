import ContainerTypes
import Objects

/// What `iter` and `itertext` of elements give.
///
/// For each level there are the element that the walk is in and the number of its next child, so that trees may be of any depth and change on the way.
struct ElementIteratorObject {
    var header: ObjectHeader
    /// Where the walk begins, until it has.
    var start: Value
    /// list: elements and numbers in turns
    var levels: Value
    /// The tag that is looked for, None for any; empty when texts are.
    var tag: Value
}

enum ElementIterators {
    nonisolated(unsafe) private static var type: NativeType!

    static func make(_ thread: ThreadRef, _ element: Value, tag: Value) -> Value {
        let levels = thread.newList(capacity: 16)
        let result = levels.isEmpty ? .empty : type.allocate(thread, size: MemoryLayout<ElementIteratorObject>.size)
        if result.isEmpty { return .empty }
        let iterator = result.object(ElementIteratorObject.self)
        iterator.pointee.start = element
        iterator.pointee.levels = levels
        iterator.pointee.tag = tag
        return result
    }

    private static func next(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(ElementIteratorObject.self), levels = ListRef(iterator.pointee.levels), tag = iterator.pointee.tag
        while true {
            let element: Value
            if levels.count == 0 {
                element = iterator.pointee.start
                if element.isEmpty { return .empty }
                iterator.pointee.start = .empty
            } else {
                let top = levels.count - 2, parent = levels[top], children = ElementRef(parent).children, index = levels[top + 1].smallInt
                guard index < children.count else {
                    levels.setCount(top)
                    // What follows the element that the walk began at is not in it.
                    if tag.isEmpty, top > 0, let text = text(thread, ElementRef(parent).tail) { return text }
                    continue
                }
                element = children[index]
                levels.items[top + 1] = Value(small: index + 1)
            }
            guard levels.append(thread, element), levels.append(thread, Value(small: 0)) else { return .empty }
            if tag.isEmpty {
                if let text = text(thread, ElementRef(element).text) { return text }
                continue
            }
            if tag.isNone { return element }
            let same = thread.isEqual(ElementRef(element).tag, tag)
            if same != 0 { return same > 0 ? element : .empty }
        }
    }

    /// A text that is to be given; nil for None and what is not true, empty when it has raised.
    @inline(__always) private static func text(_ thread: ThreadRef, _ text: Value) -> Value? {
        if text.isNone { return nil }
        if text.isExact(.str) { return StringRef(text).count > 0 ? text : nil }
        let truth = thread.isTrue(text)
        return truth < 0 ? .empty : truth > 0 ? text : nil
    }

    static func define() {
        type = NativeType("_element_iterator", module: "_elementtree", size: MemoryLayout<ElementIteratorObject>.size, mask: 0b1110, flags: .noInstantiation) { slots in
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in ElementIterators.next(thread, value) }
        }
    }
}
