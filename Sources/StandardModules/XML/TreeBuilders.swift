import ContainerTypes
import Glibc
import Objects

/// `xml.etree.ElementTree.TreeBuilder`: elements made of what a parser sees.
///
/// A parser that has a plain builder calls the functions here without any Python between (`TreeParsers`). Text comes in pieces. Those of a parser are gathered as bytes, and those that a program
/// hands over as a list; both become the text or the tail of an element before anything else happens.
struct BuilderObject {
    var header: ObjectHeader
    /// The element at the top, or empty.
    var root: Value
    /// The element that is open, or None.
    var open: Value
    /// The element that was opened or closed last, or None.
    var last: Value
    /// The element that text follows; empty while text is in `last`.
    var tailOwner: Value
    /// A program's text: whatever object it has handed over, or a list of more than one; empty when there is none.
    var data: Value
    /// list: the elements around `open`
    var stack: Value
    /// Functions that make elements, comments and processing instructions; empty for the usual ones.
    var elementFactory: Value
    var commentFactory: Value
    var instructionFactory: Value
    /// `append` of the queue for events, or empty; and the names of those that are wanted, the others empty.
    var report: Value
    var startEvent: Value
    var endEvent: Value
    var startNamespaceEvent: Value
    var endNamespaceEvent: Value
    var commentEvent: Value
    var instructionEvent: Value
    /// `StorageObject` with a parser's text, or empty.
    var bytes: Value
    // Up to here the words are traced.
    var byteCount: Int
    var insertsComments: Bool
    var insertsInstructions: Bool
}

struct BuilderRef {
    let pointer: UnsafeMutablePointer<BuilderObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(BuilderObject.self) }

    @inline(__always) private func barrier() { Heap.barrier(UnsafeMutableRawPointer(pointer)) }

    // MARK: Text

    /// Text of a parser, in UTF-8. False when it has raised.
    @inline(__always) func gather(_ thread: ThreadRef, _ text: UnsafeRawPointer, _ count: Int) -> Bool {
        // What comes before the first element belongs to nobody.
        if pointer.pointee.last.isNone { return true }
        if pointer.pointee.byteCount + count > capacity, !reserve(thread, pointer.pointee.byteCount + count) { return false }
        memcpy(storage + pointer.pointee.byteCount, text, count)
        pointer.pointee.byteCount += count
        return true
    }

    private var capacity: Int { @inline(__always) get { pointer.pointee.bytes.isEmpty ? 0 : pointer.pointee.bytes.object(StorageObject.self).pointee.size } }
    private var storage: UnsafeMutableRawPointer { @inline(__always) get { pointer.pointee.bytes.raw + MemoryLayout<StorageObject>.size } }

    @inline(never) private func reserve(_ thread: ThreadRef, _ wanted: Int) -> Bool {
        let size = max(wanted + wanted >> 1, 240)
        guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + size, shape: TypeID.byteArrayStorage.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = size
        if pointer.pointee.byteCount > 0 { memcpy(raw + MemoryLayout<StorageObject>.size, storage, pointer.pointee.byteCount) }
        pointer.pointee.bytes = Value(raw)
        barrier()
        return true
    }

    /// The gathered bytes as a string; empty when it has raised.
    private func takeBytes(_ thread: ThreadRef) -> Value {
        let text = thread.newString(utf8: storage.assumingMemoryBound(to: UInt8.self), pointer.pointee.byteCount)
        pointer.pointee.byteCount = 0
        // Long texts leave no store behind.
        if capacity > 1 << 16 { pointer.pointee.bytes = .empty }
        return text
    }

    /// Text that a program hands over. False when it has raised.
    func add(_ thread: ThreadRef, _ text: Value) -> Bool {
        if pointer.pointee.byteCount > 0 {
            let before = takeBytes(thread)
            if before.isEmpty || !add(thread, before) { return false }
        }
        if pointer.pointee.data.isEmpty {
            if pointer.pointee.last.isNone { return true }
            pointer.pointee.data = text
            barrier()
            return true
        }
        if pointer.pointee.data.isExact(.list) { return ListRef(pointer.pointee.data).append(thread, text) }
        let list = thread.newList(capacity: 4)
        if list.isEmpty || !ListRef(list).append(thread, pointer.pointee.data) || !ListRef(list).append(thread, text) { return false }
        pointer.pointee.data = list
        barrier()
        return true
    }

    /// Gives text to the element that it belongs to. False when it has raised.
    @inline(__always) func flush(_ thread: ThreadRef) -> Bool { pointer.pointee.byteCount == 0 && pointer.pointee.data.isEmpty || flushSlow(thread) }

    @inline(never) private func flushSlow(_ thread: ThreadRef) -> Bool {
        if pointer.pointee.byteCount > 0 {
            let text = takeBytes(thread)
            if text.isEmpty { return false }
            if pointer.pointee.data.isEmpty { return give(thread, text) }
            guard add(thread, text) else { return false }
        }
        var text = pointer.pointee.data
        if text.isExact(.list) || !(Elements.isExact(owner) && textOfOwner.isNone) {
            text = thread.callMethod(WellKnown.emptyString.value, Name.join, text)
            if text.isEmpty { return false }
        }
        guard give(thread, text) else { return false }
        pointer.pointee.data = .empty
        return true
    }

    private var isTail: Bool { !pointer.pointee.tailOwner.isEmpty }
    private var owner: Value { isTail ? pointer.pointee.tailOwner : pointer.pointee.last }
    /// The owner is an element.
    private var textOfOwner: Value { isTail ? ElementRef(owner).tail : ElementRef(owner).text }

    private func give(_ thread: ThreadRef, _ text: Value) -> Bool {
        let owner = owner
        if Elements.isExact(owner), textOfOwner.isNone {
            if isTail { ElementRef(owner).tail = text } else { ElementRef(owner).text = text }
            return true
        }
        let name = StringRef.intern(static: isTail ? "tail" : "text").value, before = thread.getAttribute(owner, name)
        if before.isEmpty { return false }
        let whole = before.isNone ? text : thread.binary(before, text, .add)
        return !whole.isEmpty && thread.setAttribute(owner, name, whole)
    }

    // MARK: Events

    /// Opens an element; `attributes` is a dict that becomes its own, or empty. The element, or empty when it has raised.
    @inline(__always) func start(_ thread: ThreadRef, _ tag: Value, _ attributes: Value) -> Value {
        guard flush(thread) else { return .empty }
        var element = Value.empty
        if pointer.pointee.elementFactory.isEmpty {
            element = Elements.make(thread, tag, attributes)
        } else {
            let attributes = attributes.isEmpty ? thread.newDict() : attributes
            element = attributes.isEmpty ? .empty : thread.call(pointer.pointee.elementFactory, tag, attributes)
        }
        if element.isEmpty { return .empty }
        pointer.pointee.tailOwner = .empty
        let outer = pointer.pointee.open
        if !outer.isNone {
            guard add(thread, element, to: outer) else { return .empty }
        } else if pointer.pointee.root.isEmpty {
            pointer.pointee.root = element
        } else {
            return thread.raise(type: TypeRef(TreeParsers.error.pointee), thread.newString("multiple elements on top level"))
        }
        guard ListRef(pointer.pointee.stack).append(thread, outer) else { return .empty }
        pointer.pointee.open = element
        pointer.pointee.last = element
        barrier()
        return report(thread, pointer.pointee.startEvent, element) ? element : .empty
    }

    /// Closes the element that is open. The element, or empty when it has raised.
    @inline(__always) func end(_ thread: ThreadRef) -> Value {
        guard flush(thread) else { return .empty }
        let stack = ListRef(pointer.pointee.stack)
        guard stack.count > 0 else { return thread.raise(.indexError, "pop from empty stack") }
        let element = pointer.pointee.open
        pointer.pointee.last = element
        pointer.pointee.tailOwner = element
        pointer.pointee.open = stack[stack.count - 1]
        stack.setCount(stack.count - 1)
        barrier()
        return report(thread, pointer.pointee.endEvent, element) ? element : .empty
    }

    func comment(_ thread: ThreadRef, _ text: Value) -> Value {
        guard flush(thread) else { return .empty }
        var comment = text
        if !pointer.pointee.commentFactory.isEmpty {
            comment = thread.call(pointer.pointee.commentFactory, text)
            if comment.isEmpty || pointer.pointee.insertsComments && !insert(thread, comment) { return .empty }
        }
        return report(thread, pointer.pointee.commentEvent, comment) ? comment : .empty
    }

    func instruction(_ thread: ThreadRef, _ target: Value, _ text: Value) -> Value {
        guard flush(thread) else { return .empty }
        var instruction: Value
        if pointer.pointee.instructionFactory.isEmpty {
            instruction = thread.newTuple(target, text)
            if instruction.isEmpty { return .empty }
        } else {
            instruction = thread.call(pointer.pointee.instructionFactory, target, text)
            if instruction.isEmpty || pointer.pointee.insertsInstructions && !insert(thread, instruction) { return .empty }
        }
        return report(thread, pointer.pointee.instructionEvent, instruction) ? instruction : .empty
    }

    /// The element at the top, or None.
    func close(_ thread: ThreadRef) -> Value {
        guard flush(thread) else { return .empty }
        return pointer.pointee.root.isEmpty ? .none : pointer.pointee.root
    }

    /// Puts what is no element of the document into the one that is open, if one is.
    private func insert(_ thread: ThreadRef, _ node: Value) -> Bool {
        if pointer.pointee.open.isNone { return true }
        guard add(thread, node, to: pointer.pointee.open) else { return false }
        pointer.pointee.tailOwner = node
        barrier()
        return true
    }

    @inline(__always) private func add(_ thread: ThreadRef, _ child: Value, to parent: Value) -> Bool {
        if Elements.isExact(parent) { return Elements.check(thread, child) && ElementRef(parent).children.append(thread, child) }
        return !thread.callMethod(parent, Name.append, child).isEmpty
    }

    /// Puts an event into the queue, if its kind is wanted.
    @inline(__always) func report(_ thread: ThreadRef, _ event: Value, _ node: Value) -> Bool {
        if event.isEmpty || pointer.pointee.report.isEmpty { return true }
        let pair = thread.newTuple(event, node)
        return !pair.isEmpty && !thread.call(pointer.pointee.report, pair).isEmpty
    }
}

enum TreeBuilders {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) private static var initializer: Constructor!
    /// What new builders make comments and processing instructions with.
    nonisolated(unsafe) private static let commentFactory = RootTable.reserve()
    nonisolated(unsafe) private static let instructionFactory = RootTable.reserve()

    @inline(__always) static func isExact(_ value: Value) -> Bool { value.isPointer && value.shapeIndex == type.shape }

    /// An empty builder, as `__new__` makes it.
    static func make(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let stack = thread.newList(capacity: 20), result = stack.isEmpty ? .empty : thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        let builder = result.object(BuilderObject.self)
        builder.pointee.open = .none
        builder.pointee.last = .none
        builder.pointee.stack = stack
        Heap.barrier(result.raw)
        return result
    }

    /// `_set_factories`: what was there before.
    static func setFactories(_ thread: ThreadRef, _ comment: Value, _ instruction: Value) -> Value {
        func isCallable(_ value: Value) -> Bool { value.type.slotPointer(.call).pointee != nil }
        guard comment.isNone || isCallable(comment) else { return thread.raise(.typeError, "Comment factory must be callable, not \(comment.type.name)") }
        guard instruction.isNone || isCallable(instruction) else { return thread.raise(.typeError, "PI factory must be callable, not \(instruction.type.name)") }
        func orNone(_ value: Value) -> Value { value.isEmpty ? .none : value }
        let before = thread.newTuple(orNone(commentFactory.pointee), orNone(instructionFactory.pointee))
        if before.isEmpty { return .empty }
        commentFactory.pointee = comment.isNone ? .empty : comment
        instructionFactory.pointee = instruction.isNone ? .empty : instruction
        return before
    }

    private static func initialize(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let builder = a[0].object(BuilderObject.self)
        func truth(_ value: Value) -> Bool? {
            if value.isEmpty { return false }
            let truth = thread.isTrue(value)
            return truth < 0 ? nil : truth > 0
        }
        func factory(_ given: Value, _ usual: Value) -> Value { given.isEmpty || given.isNone ? usual : given }
        guard let insertsComments = truth(a[4]), let insertsInstructions = truth(a[5]) else { return .empty }
        builder.pointee.elementFactory = factory(a[1], .empty)
        builder.pointee.commentFactory = factory(a[2], commentFactory.pointee)
        builder.pointee.instructionFactory = factory(a[3], instructionFactory.pointee)
        builder.pointee.insertsComments = insertsComments && !builder.pointee.commentFactory.isEmpty
        builder.pointee.insertsInstructions = insertsInstructions && !builder.pointee.instructionFactory.isEmpty
        Heap.barrier(a[0].raw)
        return .none
    }

    private static let methods: [Def] = [
        Def("data(self, data, /)", .writes, "Add text to the element that was opened or closed last.") { thread, a, _ in BuilderRef(a[0]).add(thread, a[1]) ? .none : .empty },
        Def("start(self, tag, attrs, /)", .calls, "Open a new element and return it.") { thread, a, _ in
            guard a[2].isDict else { return thread.raise(.typeError, "start() argument 2 must be dict, not \(a[2].argumentTypeName)") }
            return BuilderRef(a[0]).start(thread, a[1], a[2])
        },
        Def("end(self, tag, /)", .calls, "Close the current element and return it.") { thread, a, _ in BuilderRef(a[0]).end(thread) },
        Def("comment(self, text, /)", .calls, "Create a comment using the comment_factory.") { thread, a, _ in BuilderRef(a[0]).comment(thread, a[1]) },
        Def("pi(self, target, text=None, /)", .calls, "Create a processing instruction using the pi_factory.") { thread, a, _ in BuilderRef(a[0]).instruction(thread, a[1], a[2].isEmpty ? .none : a[2]) },
        Def("close(self, /)", .calls, "Return the element at the top, if there is one.") { thread, a, _ in BuilderRef(a[0]).close(thread) },
    ]

    static func define(_ module: ModuleBuilder) {
        initializer = Constructor("TreeBuilder(self, element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)") { thread, a, _ in TreeBuilders.initialize(thread, a) }
        type = NativeType("TreeBuilder", module: "xml.etree.ElementTree", size: MemoryLayout<BuilderObject>.size, mask: 0x3_FFFE, flags: .base, methods: methods) { slots in
            slots.call(.new) { thread, type, _, _, _ in TreeBuilders.make(thread, TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in TreeBuilders.initializer.call(thread, value, a, count, keywords) }
        }
        module.add(type)
    }
}
