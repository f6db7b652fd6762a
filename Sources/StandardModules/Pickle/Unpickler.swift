import Glibc
import Interpreter
import Objects

/// `_pickle.Unpickler`: what lasts from one `load` to the next. Its memo is an array of objects by number, since numbers are given out in order; those far beyond the
/// others, which only odd pickles have, are in a dict. `loads` and `load` hand the memory on to the next call.
struct UnpicklerObject {
    var header: ObjectHeader
    /// The file's methods; empty for `loads`. `peek` is empty, too, where the file has none.
    var read: Value
    var readLine: Value
    var peek: Value
    /// `ValueArrayObject`, or empty. Its count is the part in use: the words beyond are zero or stale.
    var memo: Value
    /// A stack for the next reader: `ValueArrayObject`, all zero, or empty.
    var stack: Value
    /// dict, or empty.
    var farMemo: Value
    var persistentLoad: Value
    /// An iterator, or empty.
    var buffers: Value
    /// str
    var encoding: Value
    var errors: Value
    /// The bytes read last, of which those from `position` up to `limit` are still to be looked at.
    var chunk: Value
    // Up to here the words are traced.
    var position: Int
    var limit: Int
    /// Up to where the file has been told that bytes were taken; those beyond were only peeked at.
    var taken: Int
    /// Numbers in the memo.
    var memoCount: Int
    var memoCapacity: Int
    var version: Int
    var fixImports: Bool
}

extension UnsafeMutablePointer where Pointee == UnpicklerObject {
    @inline(__always) private var words: UnsafeMutablePointer<Value> { (pointee.memo.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self) }
    @inline(__always) private var memoSize: Int { pointee.memo.isEmpty ? 0 : pointee.memo.object(ValueArrayObject.self).pointee.count }

    /// The object of a number, or empty.
    @inline(__always) func memoGet(_ thread: ThreadRef, _ number: Int) -> Value {
        if number >= 0 && number < memoSize { return words[number] }
        return pointee.farMemo.isEmpty || !Value.fitsSmall(number) ? .empty : DictRef(pointee.farMemo).get(thread, Value(small: number))
    }

    /// False when it has raised. The number is not negative.
    @inline(__always) func memoSet(_ thread: ThreadRef, _ number: Int, _ value: Value) -> Bool {
        if number >= memoSize { return memoSetSlow(thread, number, value) }
        if words[number].isEmpty { pointee.memoCount += 1 }
        words[number] = value
        Heap.barrier(pointee.memo.raw)
        return true
    }

    @inline(never) private func memoSetSlow(_ thread: ThreadRef, _ number: Int, _ value: Value) -> Bool {
        if number > 1024 && number > memoSize * 4 || !pointee.farMemo.isEmpty {
            if pointee.farMemo.isEmpty {
                let dict = thread.newDict()
                if dict.isEmpty { return false }
                pointee.farMemo = dict
                Heap.barrier(UnsafeMutableRawPointer(self))
            }
            let key = thread.newInt(number)
            let before = DictRef(pointee.farMemo).count
            guard !key.isEmpty, DictRef(pointee.farMemo).set(thread, key, value) else { return false }
            pointee.memoCount += DictRef(pointee.farMemo).count - before
            return true
        }
        let size = Swift.max(32, number * 2)
        if size <= pointee.memoCapacity {
            memset(words + memoSize, 0, (size - memoSize) * 8)
            pointee.memo.object(ValueArrayObject.self).pointee.count = size
            return memoSet(thread, number, value)
        }
        guard let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + size * 8, shape: TypeID.valueArray.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = size
        let target = (raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self)
        for index in 0 ..< memoSize { target[index] = words[index] }
        pointee.memo = Value(raw)
        pointee.memoCapacity = size
        Heap.barrier(UnsafeMutableRawPointer(self))
        target[number] = value
        pointee.memoCount += 1
        return true
    }

    func memoClear() {
        pointee.memo = .empty
        pointee.memoCapacity = 0
        pointee.farMemo = .empty
        pointee.memoCount = 0
    }

    /// `{number: object}`
    func memoDict(_ thread: ThreadRef) -> Value {
        let result = pointee.farMemo.isEmpty ? thread.newDict() : thread.copyDict(DictRef(pointee.farMemo))
        if result.isEmpty { return .empty }
        for index in 0 ..< memoSize where !words[index].isEmpty {
            guard DictRef(result).set(thread, Value(small: index), words[index]) else { return .empty }
        }
        return result
    }
}

enum Unpicklers {
    nonisolated(unsafe) private(set) static var type: NativeType!
    nonisolated(unsafe) private static var proxyType: NativeType!

    /// `Unpickler.memo`
    private struct ProxyObject {
        var header: ObjectHeader
        var unpickler: Value
    }

    static func object(_ value: Value) -> UnsafeMutablePointer<UnpicklerObject> { value.object(UnpicklerObject.self) }

    static func make(_ thread: ThreadRef, _ type: TypeRef) -> Value { thread.allocateInstance(type) }

    /// An unpickler that nobody holds any more, or empty.
    nonisolated(unsafe) private static let spare = RootTable.reserve()
    /// Words of a memo that is kept.
    private static let largestSpare = 1 << 17

    /// One for a single `load` or `loads`: it never comes into other hands, and is to be given back by `release`.
    static func acquire(_ thread: ThreadRef) -> Value {
        let kept = spare.pointee
        if kept.isEmpty { return make(thread, type.type) }
        spare.pointee = .empty
        return kept
    }

    static func release(_ value: Value) {
        let unpickler = object(value)
        unpickler.pointee.read = .empty
        unpickler.pointee.readLine = .empty
        unpickler.pointee.peek = .empty
        unpickler.pointee.buffers = .empty
        unpickler.pointee.chunk = .empty
        unpickler.pointee.position = 0
        unpickler.pointee.limit = 0
        unpickler.pointee.taken = 0
        unpickler.pointee.farMemo = .empty
        unpickler.pointee.memoCount = 0
        if unpickler.pointee.memoCapacity > largestSpare { unpickler.memoClear() } else if !unpickler.pointee.memo.isEmpty { unpickler.pointee.memo.object(ValueArrayObject.self).pointee.count = 0 }
        spare.pointee = value
    }

    /// What `__init__` does, but for the file of `loads`. False when it has raised.
    static func setUp(_ thread: ThreadRef, _ value: Value, _ function: StaticString, file: Value, fixImports: Value, encoding: Value, errors: Value, buffers: Value) -> Bool {
        let unpickler = object(value)
        for (argument, name) in [(encoding, "encoding"), (errors, "errors")] where !argument.isEmpty && !argument.isString {
            thread.raise(.typeError, "\(function)() argument '\(name)' must be str, not \(argument.isNone ? "None" : argument.type.name)")
            return false
        }
        let fixes = fixImports.isEmpty ? 1 : thread.isTrue(fixImports)
        if fixes < 0 { return false }
        unpickler.pointee.fixImports = fixes == 1
        if !file.isEmpty {
            guard let peek = method(thread, file, PickleNames.peek) else { return false }
            unpickler.pointee.peek = peek
            Heap.barrier(value.raw)
            guard let read = method(thread, file, Name.read.value) else { return false }
            unpickler.pointee.read = read
            Heap.barrier(value.raw)
            guard let readLine = method(thread, file, Name.readline.value) else { return false }
            unpickler.pointee.readLine = readLine
            Heap.barrier(value.raw)
            if read.isEmpty || readLine.isEmpty {
                unpickler.pointee.read = .empty
                thread.raise(.typeError, "file must have 'read' and 'readline' attributes")
                return false
            }
        }
        unpickler.pointee.encoding = encoding.isEmpty ? ascii : encoding
        unpickler.pointee.errors = errors.isEmpty ? Name.strict.value : errors
        Heap.barrier(value.raw)
        let lenders = buffers.isEmpty || buffers.isNone ? .empty : thread.iterator(buffers)
        if lenders.isEmpty && !buffers.isEmpty && !buffers.isNone { return false }
        unpickler.pointee.buffers = lenders
        Heap.barrier(value.raw)
        return true
    }

    private static let ascii = StringRef.intern("ASCII").value

    /// A method of a file; empty when it has none, nil when asking has raised.
    private static func method(_ thread: ThreadRef, _ file: Value, _ name: Value) -> Value? {
        let found = thread.getAttributeOrEmpty(file, name)
        return found.isEmpty && thread.hasException ? nil : found
    }

    private static let initializer = Constructor("Unpickler(self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())") { thread, a, _ in
        let unpickler = object(a[0])
        unpickler.pointee.chunk = .empty
        unpickler.pointee.position = 0
        unpickler.pointee.limit = 0
        unpickler.pointee.taken = 0
        unpickler.memoClear()
        guard setUp(thread, a[0], "Unpickler", file: a[1], fixImports: a[2], encoding: a[3], errors: a[4], buffers: a[5]) else { return .empty }
        let load = thread.getAttributeOrEmpty(a[0], PickleNames.persistentLoad)
        if thread.hasException { return .empty }
        unpickler.pointee.persistentLoad = load
        Heap.barrier(a[0].raw)
        return .none
    }

    /// The next object of the stream.
    static func read(_ thread: ThreadRef, _ value: Value) -> Value {
        var reader = PickleReader(thread, value)
        defer { reader.finish() }
        return reader.load()
    }

    static func define(_ module: ModuleBuilder) {
        type = NativeType("Unpickler", module: "_pickle", size: MemoryLayout<UnpicklerObject>.size, mask: 0b1111_1111_1110, flags: [.base], doc: """
            Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())
            --

            This takes a binary file for reading a pickle data stream.

            The protocol is found in the stream, and what follows the object is left alone. The file needs the methods read(), which takes a number, and
            readline(); both return bytes. With fix_imports, names of modules of Python 2 in old pickles are understood. The encoding and errors say how
            its strings of 8 bits are decoded; the encoding 'bytes' leaves them bytes.
            """, methods: [
            Def("load(self, /)", .calls, "Load a pickle: read an object from the file and return it.") { thread, a, _ in
                if Unpicklers.object(a[0]).pointee.read.isEmpty {
                    thread.raiseUnpickling("Unpickler.__init__() was not called by \(a[0].type.name).__init__()")
                    return .empty
                }
                return Unpicklers.read(thread, a[0])
            },
            Def("find_class(self, module_name, global_name, /)", .calls, "Return an object from a specified module, which is imported at need.") { thread, a, _ in
                Unpicklers.findClass(thread, Unpicklers.object(a[0]), a[1], a[2])
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in
                let memo = Unpicklers.object(a[0]).pointee.memo
                return thread.newInt(MemoryLayout<UnpicklerObject>.size + (memo.isEmpty ? 0 : memo.object(ValueArrayObject.self).pointee.count * 8))
            },
        ], getters: [
            Getter("persistent_load", set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "attribute deletion is not supported") }
                guard a[1].type.call(.call) != nil else { return thread.raise(.typeError, "persistent_load must be a callable taking one argument") }
                Unpicklers.object(a[0]).pointee.persistentLoad = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let function = Unpicklers.object(a[0]).pointee.persistentLoad
                return function.isEmpty ? thread.raise(.attributeError, "persistent_load") : function
            },
            Getter("memo", set: { thread, a, _ in Unpicklers.setMemo(thread, a[0], a[1]) }) { thread, a, _ in
                let proxy = Unpicklers.proxyType.allocate(thread, size: MemoryLayout<ProxyObject>.size)
                if proxy.isEmpty { return .empty }
                proxy.object(ProxyObject.self).pointee.unpickler = a[0]
                return proxy
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in Unpicklers.make(thread, TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in Unpicklers.initializer.call(thread, value, a, count, keywords) }
        }
        proxyType = NativeType("UnpicklerMemoProxy", module: "_pickle", size: MemoryLayout<ProxyObject>.size, mask: 0b10, flags: [.noInstantiation], methods: [
            Def("clear(self, /)", .writes, "Remove all items from memo.") { _, a, _ in
                Unpicklers.object(a[0].object(ProxyObject.self).pointee.unpickler).memoClear()
                return .none
            },
            Def("copy(self, /)", .calls, "Copy the memo to a new object.") { thread, a, _ in Unpicklers.object(a[0].object(ProxyObject.self).pointee.unpickler).memoDict(thread) },
            Def("__reduce__(self, /)", .calls, "Implement pickling support.") { thread, a, _ in
                let contents = Unpicklers.object(a[0].object(ProxyObject.self).pointee.unpickler).memoDict(thread)
                let arguments = contents.isEmpty ? .empty : thread.newTuple(contents)
                return arguments.isEmpty ? .empty : thread.newTuple(TypeID.dict.value, arguments)
            },
        ]) { slots in slots.unhashable() }
        module.add(type)
    }

    /// `unpickler.memo = …`: another unpickler's, or a dict such as its copy is.
    private static func setMemo(_ thread: ThreadRef, _ value: Value, _ given: Value) -> Value {
        let unpickler = object(value)
        if given.isEmpty { return thread.raise(.typeError, "attribute deletion is not supported") }
        var source = given
        if given.isPointer && given.type == proxyType.type {
            source = object(given.object(ProxyObject.self).pointee.unpickler).memoDict(thread)
            if source.isEmpty { return .empty }
        }
        guard source.isDict else { return thread.raise(.typeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not \(given.type.name)") }
        // Made apart, so that the memo stays as it was when an item is wrong.
        let other = make(thread, type.type)
        if other.isEmpty { return .empty }
        var position = 0
        while let (key, item) = DictRef(source).next(&position) {
            guard key.isInt else { return thread.raise(.typeError, "memo key must be integers") }
            guard let number = thread.toInt(key) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "memo key must be positive integers.") }
            guard object(other).memoSet(thread, number, item) else { return .empty }
        }
        unpickler.pointee.memo = object(other).pointee.memo
        unpickler.pointee.memoCapacity = object(other).pointee.memoCapacity
        unpickler.pointee.farMemo = object(other).pointee.farMemo
        unpickler.pointee.memoCount = object(other).pointee.memoCount
        Heap.barrier(value.raw)
        return .none
    }

    // MARK: Names

    /// What a name in a module means. Old pickles are told what became of the names of Python 2.
    static func findClass(_ thread: ThreadRef, _ unpickler: UnsafeMutablePointer<UnpicklerObject>, _ module: Value, _ name: Value) -> Value {
        guard Audit.event(thread, "pickle.find_class", [module, name]) else { return .empty }
        var module = module, name = name
        if unpickler.pointee.version < 3 && unpickler.pointee.fixImports {
            guard fix(thread, &module, &name) else { return .empty }
        }
        guard module.isString else { return thread.raise(.typeError, "module name must be a string") }
        guard name.isString else { return thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'") }
        let found = thread.pickleModule(module)
        if found.isEmpty { return .empty }
        var attribute: Value
        if unpickler.pointee.version >= 4 {
            if thread.isLocalName(name) {
                return thread.raise(.attributeError, "Can't pickle local attribute \(name.reprForMessage(thread)) on \(found.reprForMessage(thread))")
            }
            attribute = thread.deepAttribute(found, name).attribute
        } else {
            attribute = thread.getAttributeOrEmpty(found, name)
        }
        if attribute.isEmpty && !thread.hasException {
            return thread.raise(.attributeError, "Can't get attribute \(name.reprForMessage(thread)) on \(found.reprForMessage(thread))")
        }
        return attribute
    }

    private static func fix(_ thread: ThreadRef, _ module: inout Value, _ name: inout Value) -> Bool {
        let names = thread.importAttribute("_compat_pickle", "NAME_MAPPING")
        let modules = names.isEmpty ? .empty : thread.importAttribute("_compat_pickle", "IMPORT_MAPPING")
        let key = modules.isEmpty ? .empty : thread.newTuple(module, name)
        guard !key.isEmpty, names.isDict, modules.isDict else { return false }
        let pair = DictRef(names).get(thread, key)
        if thread.hasException { return false }
        if !pair.isEmpty {
            guard pair.isTuple, TupleRef(pair).count == 2, TupleRef(pair)[0].isString, TupleRef(pair)[1].isString else {
                thread.raise(.runtimeError, "_compat_pickle.NAME_MAPPING values should be pairs of str, not \(pair.type.name)")
                return false
            }
            module = TupleRef(pair)[0]
            name = TupleRef(pair)[1]
            return true
        }
        let other = DictRef(modules).get(thread, module)
        if thread.hasException { return false }
        if !other.isEmpty {
            guard other.isString else {
                thread.raise(.runtimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not \(other.type.name)")
                return false
            }
            module = other
        }
        return true
    }
}
