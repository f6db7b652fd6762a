import Bytecode

/// Slow paths of calls.
enum Calls {
    @inline(never) static func raiseRecursion(_ thread: ThreadRef) {
        let limit = taipan.recursionLimit
        taipan.recursionLimit = limit + 50
        thread.raise(.recursionError, "maximum recursion depth exceeded")
        taipan.recursionLimit = limit
    }

    @inline(never) static func raiseInitResult(_ thread: ThreadRef, _ result: Value) {
        thread.raise(.typeError, "__init__() should return None, not '\(result.type.name)'")
    }

    /// Puts a receiver before the `count` arguments.
    @inline(__always) static func insert(_ receiver: Value, _ arguments: Arguments, _ count: Int) {
        var index = count
        while index > 0 { arguments[index] = arguments[index - 1]; index -= 1 }
        arguments[0] = receiver
    }

    /// Whether calling a class is: allocate an instance, run `__init__`. True for classes of Python that override neither `__new__` nor the metaclass's `__call__`
    /// and extend no native type.
    @inline(__always) static func constructsSimply(_ type: TypeRef) -> Bool {
        type.has(.heap) && !type.has(.abstract) && type.slotPointer(.new).pointee == TypeID.object.type.slotPointer(.new).pointee
    }

    /// Whether a class of Python makes its instances by a native type's `__new__`, which then gives just those.
    @inline(never) static func constructsNatively(_ type: TypeRef) -> Bool {
        guard type.value.isExact(.type), type.has(.heap), !type.has(.abstract), !type.has(.noInstantiation) else { return false }
        var base = type
        while base.has(.heap) {
            guard !base.pointer.pointee.base.isEmpty else { return false }
            base = TypeRef(base.pointer.pointee.base)
        }
        return type.slotPointer(.new).pointee != nil && type.slotPointer(.new).pointee == base.slotPointer(.new).pointee
    }

    /// A call of a class whose `__init__` or `__new__` is a Python function, which is to run in the dispatch loop: puts the instance or the class before the arguments, and
    /// returns the function with what its frame is to have as saved and the frame's flags. An empty function, with nothing changed, where a call of the class is more than that or it has raised.
    @inline(never) static func construct(_ thread: ThreadRef, _ callee: Value, _ arguments: Arguments, _ count: Int, hasKeywords: Bool) -> (function: Value, saved: Value, flags: UInt64) {
        let type = TypeRef(callee)
        guard type.has(.heap) else { return (.empty, .empty, 0) }
        if type.lookup(.__init__).isExact(.function) {
            var made = Value.empty
            if constructsSimply(type) {
                made = thread.allocateInstance(type)
            } else if !hasKeywords && constructsNatively(type) {
                made = new(thread, type, arguments, count)
            }
            if !made.isEmpty {
                insert(made, arguments, count)
                return (made.type.lookup(.__init__), made, FrameFlags.constructor)
            }
            if thread.hasException { return (.empty, .empty, 0) }
        }
        let maker = maker(callee)
        if maker.isEmpty { return (.empty, .empty, 0) }
        insert(callee, arguments, count)
        return (maker, callee, FrameFlags.maker)
    }

    /// Whether calling the value does what calling a class does, whatever its metaclass.
    @inline(__always) static func isClass(_ callee: Value) -> Bool {
        callee.isExact(.type) || callee.type.has(.typeSubclass) && callee.type.slotPointer(.call).pointee == TypeID.type.type.slotPointer(.call).pointee
    }

    /// The `__new__` of a class, a Python function, where calling the class is no more than calling that: nothing is left to `__init__`. Empty otherwise. (An instance of a subclass
    /// would have to be initialized; where there is one already, the class is called by the general way.)
    @inline(never) static func maker(_ callee: Value) -> Value {
        let type = TypeRef(callee)
        guard isClass(callee), type.has(.heap), type.pointer.pointee.subclasses.isEmpty, type.slotPointer(.initialize).pointee == TypeID.object.type.slotPointer(.initialize).pointee,
              case let new = type.lookup(.__new__), new.isExact(.staticMethod), case let function = new.object(WrapperObject.self).pointee.callable, function.isExact(.function),
              CodeFlags(rawValue: function.object(FunctionObject.self).pointee.code.object(CodeObject.self).pointee.flags)
                  .isDisjoint(with: [.variadic, .keywordVariadic, .generator, .coroutine, .asyncGenerator]), Code.compiled(function.object(FunctionObject.self).pointee.code.object(CodeObject.self)).keepsParameters else { return .empty }
        return function
    }

    /// A `__new__` called as `maker` says has returned `made`, which is initialized if it is of a subclass that `__new__` itself has brought about. False when that has raised.
    @inline(never) static func initialize(_ thread: ThreadRef, _ fp: FramePointer, _ made: Value) -> Bool {
        // The parameters still hold the arguments: `maker` has seen to that.
        guard made.type.isSubtype(of: TypeRef(fp[FrameSlot.saved])), let initialize = made.type.call(.initialize) else { return true }
        let code = fp.code.pointee, positional = Int(code.argumentCount), named = Int(code.keywordOnlyCount)
        let names = named == 0 ? .empty : thread.newTuple(count: named) { TupleRef(code.localNames)[positional + $0] }
        if named > 0 && names.isEmpty { return false }
        return !initialize(thread, made, fp + 1, positional - 1 + named, names).isEmpty
    }

    /// What `constructsNatively` says is made.
    static func new(_ thread: ThreadRef, _ type: TypeRef, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> Value {
        guard let new = type.call(.new) else { return thread.raise(.typeError, "cannot create '\(type.name)' instances") }
        return new(thread, type.value, arguments, count, .empty)
    }

    /// `f(*args, **kwargs)` of a Python function, perhaps bound to a receiver: lays the arguments out where its frame will begin and returns it. Empty, with nothing
    /// changed and nothing raised, when the call is of another kind or not sound.
    @inline(never) static func spread(_ thread: ThreadRef, _ base: FramePointer, hasKeywords: Bool, _ count: inout Int, _ names: inout Value) -> Value {
        var callee = base[0]
        var receiver = Value.empty
        if callee.isExact(.method) {
            receiver = callee.object(MethodObject.self).pointee.receiver
            callee = callee.object(MethodObject.self).pointee.function
        }
        let arguments = base[frameHeaderWords]
        guard callee.isExact(.function), arguments.isExact(.tuple) else { return .empty }
        let positional = TupleRef(arguments).count
        var target = base + frameHeaderWords
        var named = 0
        let dict = hasKeywords ? base[frameHeaderWords + 1] : .empty
        if hasKeywords {
            guard dict.isExact(.dict) else { return .empty }
            named = DictRef(dict).count
        }
        guard target + positional + named + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else { return .empty }
        if named > 0 {
            names = thread.newTuple(count: named)
            if names.isEmpty { thread.takeException(); return .empty }
            var index = 0, position = 0
            while let (key, _) = DictRef(dict).next(&position) {
                guard key.isString else { return .empty }
                TupleRef(names).initialize(index, key)
                index += 1
            }
        }
        count = positional + named
        if !receiver.isEmpty {
            target[0] = receiver
            target += 1
            count += 1
        }
        let items = TupleRef(arguments).items
        var index = 0
        while index < positional { target[index] = items[index]; index += 1 }
        if named > 0 {
            var position = 0
            while let (_, value) = DictRef(dict).next(&position) { target[index] = value; index += 1 }
        }
        return callee
    }

    /// `f(*args, **kwargs)`: the arguments stand at `base[frameHeaderWords]`, the keyword arguments behind them.
    @inline(never) static func expanded(_ thread: ThreadRef, _ base: FramePointer, hasKeywords: Bool) -> Value {
        let callee = base[0]
        var arguments = base[frameHeaderWords]
        var keywords = hasKeywords ? base[frameHeaderWords + 1] : .empty
        if !arguments.isExact(.tuple) {
            if !arguments.isTuple && arguments.type.slotPointer(.iter).pointee == nil && !arguments.type.isSequence {
                return thread.raise(.typeError, "\(describe(thread, callee)) argument after * must be an iterable, not \(arguments.type.name)")
            }
            arguments = thread.tuple(arguments)
            if arguments.isEmpty { return .empty }
            base[frameHeaderWords] = arguments
        }
        if !keywords.isEmpty && !keywords.isExact(.dict) {
            let copy = thread.newDict()
            if copy.isEmpty || !Building.dictMerge(thread, copy, keywords, callee) { return .empty }
            keywords = copy
            base[frameHeaderWords + 1] = copy
        }
        if !keywords.isEmpty && DictRef(keywords).count == 0 { keywords = .empty }
        return thread.call(callee, tuple: arguments, dict: keywords)
    }

    /// `module.qualname()` of a callable, as messages about its call show it.
    static func describe(_ thread: ThreadRef, _ callee: Value) -> String {
        let name = thread.getAttributeOrEmpty(callee, Name.__qualname__.value)
        guard name.isString else {
            thread.takeException()
            let text = thread.str(callee)
            if text.isEmpty { thread.takeException(); return "object" }
            return StringRef(text).description
        }
        let module = thread.getAttributeOrEmpty(callee, Name.__module__.value)
        if !module.isEmpty && module.isString && !StringRef(module).equals("builtins") { return "\(StringRef(module).description).\(StringRef(name).description)()" }
        thread.takeException()
        return "\(StringRef(name).description)()"
    }
}

/// Slow paths of building and unpacking.
public enum Building {
    public static func set(_ thread: ThreadRef, _ items: FramePointer, _ count: Int) -> Value {
        let set = thread.newSet()
        if set.isEmpty { return .empty }
        for index in 0 ..< count where !SetRef(set).add(thread, items[index]) { return .empty }
        return set
    }

    static func setUpdate(_ thread: ThreadRef, _ set: Value, _ iterable: Value) -> Bool {
        if iterable.isExact(.frozenset) || iterable.isExact(.set) { return thread.update(SetRef(set), iterable) }
        return thread.forEach(iterable) { SetRef(set).add(thread, $0) }
    }

    public static func map(_ thread: ThreadRef, _ items: FramePointer, _ count: Int) -> Value {
        let dict = thread.newDict(capacity: count)
        if dict.isEmpty { return .empty }
        for index in 0 ..< count where !DictRef(dict).set(thread, items[index * 2], items[index * 2 + 1]) { return .empty }
        return dict
    }

    public static func string(_ thread: ThreadRef, _ items: FramePointer, _ count: Int) -> Value {
        var length = 0
        var width = 1
        var ascii = true
        for index in 0 ..< count {
            let string = StringRef(items[index])
            length += string.count
            width = max(width, string.width)
            ascii = ascii && string.isASCII
        }
        if count == 1 && items[0].isExact(.str) { return items[0] }
        guard let result = StringRef.allocate(count: length, width: width, ascii: ascii) else { return thread.raiseOutOfMemory() }
        var place = 0
        for index in 0 ..< count {
            let string = StringRef(items[index])
            result.copy(from: string, at: place)
            place += string.count
        }
        return result.value
    }

    static func extend(_ thread: ThreadRef, _ list: Value, _ iterable: Value) -> Bool {
        if iterable.type.slotPointer(.iter).pointee == nil && !iterable.type.isSequence {
            thread.raise(.typeError, "Value after * must be an iterable, not \(iterable.type.name)")
            return false
        }
        return thread.extend(ListRef(list), iterable)
    }

    /// Whether the entries of a mapping can be copied as they lie: a subclass of dict that does not iterate in its own way is not asked, whatever else it overrides.
    private static func isPlain(_ mapping: Value) -> Bool {
        mapping.isExact(.dict) || mapping.isDict && mapping.type.slotPointer(.iter).pointee == TypeID.dict.type.slotPointer(.iter).pointee
    }

    /// Makes an empty dict a copy of a plain one: no key can be there twice, and none need be hashed or compared.
    private static func become(_ thread: ThreadRef, _ dict: Value, _ mapping: Value) -> Bool {
        if DictRef(mapping).count == 0 { return true }
        let copy = thread.copyDict(DictRef(mapping))
        if copy.isEmpty { return false }
        DictRef(dict).adopt(DictRef(copy))
        return true
    }

    static func dictUpdate(_ thread: ThreadRef, _ dict: Value, _ mapping: Value) -> Bool {
        if isPlain(mapping) {
            if DictRef(dict).count == 0 { return become(thread, dict, mapping) }
            var position = 0
            while let (key, value) = DictRef(mapping).next(&position) {
                guard DictRef(dict).set(thread, key, hash: DictRef(mapping).hash(entry: position - 1), value) else { return false }
            }
            return true
        }
        let keys = thread.getAttributeOrEmpty(mapping, Name.keys.value)
        if keys.isEmpty {
            if !thread.hasException { thread.raise(.typeError, "'\(mapping.type.name)' object is not a mapping") }
            return false
        }
        return copyKeys(thread, dict, mapping, keys) { _ in true }
    }

    private static func copyKeys(_ thread: ThreadRef, _ dict: Value, _ mapping: Value, _ keysMethod: Value, _ accept: (Value) -> Bool) -> Bool {
        let keys = thread.call(keysMethod)
        if keys.isEmpty { return false }
        return thread.forEach(keys) { key in
            guard accept(key) else { return false }
            let value = thread.getItem(mapping, key)
            return !value.isEmpty && DictRef(dict).set(thread, key, value)
        }
    }

    static func dictMerge(_ thread: ThreadRef, _ dict: Value, _ mapping: Value, _ callee: Value) -> Bool {
        func accept(_ key: Value) -> Bool {
            if !DictRef(dict).get(thread, key).isEmpty {
                let shown = thread.str(key)
                if !shown.isEmpty { thread.raise(.typeError, "\(Calls.describe(thread, callee)) got multiple values for keyword argument '\(StringRef(shown).description)'") }
                return false
            }
            return !thread.hasException
        }
        if isPlain(mapping) {
            if DictRef(dict).count == 0 { return become(thread, dict, mapping) }
            var position = 0
            while let (key, value) = DictRef(mapping).next(&position) {
                guard accept(key), DictRef(dict).set(thread, key, value) else { return false }
            }
            return true
        }
        let keys = thread.getAttributeOrEmpty(mapping, Name.keys.value)
        if keys.isEmpty {
            if !thread.hasException { thread.raise(.typeError, "\(Calls.describe(thread, callee)) argument after ** must be a mapping, not \(mapping.type.name)") }
            return false
        }
        return copyKeys(thread, dict, mapping, keys, accept)
    }

    public static func format(_ thread: ThreadRef, _ value: Value, _ conversion: Int, _ spec: Value) -> Value {
        var value = value
        switch conversion {
        case 1: value = thread.str(value)
        case 2: value = thread.repr(value)
        case 3: value = thread.ascii(value)
        default: break
        }
        if value.isEmpty { return .empty }
        if spec.isEmpty && value.isExact(.str) { return value }
        return thread.format(value, spec)
    }

    static func unpack(_ thread: ThreadRef, _ target: FramePointer, _ value: Value, _ count: Int) -> Bool { thread.unpackIterable(value, count, into: target) }

    static func unpackStarred(_ thread: ThreadRef, _ target: FramePointer, _ value: Value, _ before: Int, _ after: Int) -> Bool {
        thread.unpackIterable(value, before: before, after: after, into: target)
    }

    static func function(_ thread: ThreadRef, globals: Value, _ code: Value, _ operands: FramePointer, _ flags: Int) -> Value {
        let value = thread.newFunction(code, globals: globals)
        if value.isEmpty { return .empty }
        let function = value.object(FunctionObject.self)
        var index = 0
        if flags & 1 != 0 { function.pointee.defaults = operands[index]; index += 1 }
        if flags & 2 != 0 { function.pointee.keywordDefaults = operands[index]; index += 1 }
        if flags & 4 != 0 { function.pointee.annotations = operands[index]; index += 1 }
        if flags & 8 != 0 { function.pointee.closure = operands[index] }
        Heap.barrier(value.raw)
        return isSound(function) ? value : thread.raise(.systemError, "bad code object")
    }

    /// Whether what a function was made with is of the right types: damaged code could have brought anything.
    private static func isSound(_ function: UnsafeMutablePointer<FunctionObject>) -> Bool {
        let object = function.pointee
        let needed = Int(object.code.object(CodeObject.self).pointee.freeCount)
        if object.closure.isEmpty {
            guard needed == 0 else { return false }
        } else {
            guard object.closure.isExact(.tuple), TupleRef(object.closure).count == needed else { return false }
            for index in 0 ..< needed where !TupleRef(object.closure)[index].isExact(.cell) { return false }
        }
        let annotations = object.annotations
        return (object.defaults.isEmpty || object.defaults.isExact(.tuple)) && (object.keywordDefaults.isEmpty || object.keywordDefaults.isExact(.dict))
            && (annotations.isEmpty || annotations.isExact(.dict) || annotations.isExact(.tuple) && TupleRef(annotations).count % 2 == 0)
    }

    static func withLookup(_ thread: ThreadRef, _ fp: FramePointer, _ exitRegister: Int, _ manager: Value, _ base: Int, isAsync: Bool) -> Bool {
        let type = manager.type
        let enterName: Name = isAsync ? .__aenter__ : .__enter__
        let exitName: Name = isAsync ? .__aexit__ : .__exit__
        let protocolName = isAsync ? "asynchronous context manager" : "context manager"
        let enter = type.lookup(enterName)
        if enter.isEmpty {
            thread.raise(.typeError, "'\(type.name)' object does not support the \(protocolName) protocol")
            return false
        }
        let exit = type.lookup(exitName)
        if exit.isEmpty {
            thread.raise(.typeError, "'\(type.name)' object does not support the \(protocolName) protocol (missed \(exitName) method)")
            return false
        }
        if enter.isPointer && enter.type.has(.methodDescriptor) {
            fp[base] = enter
            fp[base + frameHeaderWords] = manager
        } else {
            let bound = thread.bind(enter, manager, type.value)
            if bound.isEmpty { return false }
            fp[base] = bound
            fp[base + frameHeaderWords] = .empty
        }
        let bound = thread.bind(exit, manager, type.value)
        if bound.isEmpty { return false }
        fp[exitRegister] = bound
        return true
    }
}

/// Slow paths of `raise` and `except`.
enum Raising {
    /// raise exception [from cause]; `cause` is the zero word when there is none.
    @inline(never) static func raise(_ thread: ThreadRef, _ value: Value, cause: Value) {
        var exception = value
        if value.isExceptionClass {
            exception = thread.call(value)
            if exception.isEmpty { return }
            guard exception.isException else {
                thread.raise(.typeError, "calling \(value.reprForMessage(thread)) should have returned an instance of BaseException, not \(exception.type.name)")
                return
            }
        } else if !value.isException {
            thread.raise(.typeError, "exceptions must derive from BaseException")
            return
        }
        if !cause.isEmpty {
            var fixed = cause
            if cause.isExceptionClass {
                fixed = thread.call(cause)
                if fixed.isEmpty { return }
                guard fixed.isException else {
                    thread.raise(.typeError, "calling \(cause.reprForMessage(thread)) should have returned an instance of BaseException, not \(fixed.type.name)")
                    return
                }
            } else if cause.isNone {
                fixed = .empty
            } else if !cause.isException {
                thread.raise(.typeError, "exception causes must derive from BaseException")
                return
            }
            let object = exception.object(ExceptionObject.self)
            object.pointee.cause = fixed
            object.pointee.suppressContext = .true
            Heap.barrier(exception.raw)
        }
        thread.raise(exception)
    }

    /// Whether an exception matches what stands after `except`, which is not a single exception class: 1, 0, or -1 when it has raised.
    @inline(never) static func matches(_ thread: ThreadRef, _ exception: Value, _ type: Value) -> Int32 {
        if type.isTuple {
            let items = TupleRef(type)
            for index in 0 ..< items.count where !items[index].isExceptionClass {
                thread.raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
                return -1
            }
            for index in 0 ..< items.count where exception.type.isSubtype(of: TypeRef(items[index])) { return 1 }
            return 0
        }
        thread.raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
        return -1
    }

    /// Raises again with the traceback as it stands. False when the value is no exception, which only damaged code can bring about.
    @inline(never) static func reraise(_ thread: ThreadRef, _ exception: Value) -> Bool {
        guard exception.isException else {
            refuse(thread)
            return false
        }
        thread.restore(exception)
        return true
    }

    /// Raises what is said of code whose registers do not hold what its instructions need.
    @inline(never) static func refuse(_ thread: ThreadRef) { thread.raise(.systemError, "bad code object") }

    /// except*: R[a] = the matching part of R[b] or None, R[b] = the rest or None.
    static func splitGroup(_ thread: ThreadRef, _ fp: FramePointer, _ a: Int, _ b: Int, _ c: Int) -> Bool {
        let exception = fp[b], type = fp[c]
        guard exception.isNone || exception.isException else {
            refuse(thread)
            return false
        }
        func check(_ one: Value) -> Bool {
            guard one.isExceptionClass else {
                thread.raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
                return false
            }
            if TypeRef(one).isSubtype(of: TypeID.baseExceptionGroup.type) {
                thread.raise(.typeError, "catching ExceptionGroup with except* is not allowed. Use except instead.")
                return false
            }
            return true
        }
        if type.isTuple {
            for index in 0 ..< TupleRef(type).count where !check(TupleRef(type)[index]) { return false }
        } else if !check(type) {
            return false
        }
        if exception.isNone { fp[a] = .none; return true }
        let direct = type.isTuple ? matches(thread, exception, type) : exception.type.isSubtype(of: TypeRef(type)) ? 1 : 0
        if direct < 0 { return false }
        let isGroup = exception.isInstance(of: .baseExceptionGroup)
        if direct > 0 {
            if isGroup {
                fp[a] = exception
            } else {
                // A naked exception is caught as a group of one.
                let list = thread.newTuple(exception)
                if list.isEmpty { return false }
                let group = thread.call(TypeID.baseExceptionGroup.value, WellKnown.emptyString.value, list)
                if group.isEmpty { return false }
                group.object(ExceptionObject.self).pointee.traceback = exception.object(ExceptionObject.self).pointee.traceback
                Heap.barrier(group.raw)
                fp[a] = group
            }
            fp[b] = .none
            return true
        }
        if isGroup {
            let pair = thread.callMethod(exception, StringRef.intern("split").value, type)
            if pair.isEmpty { return false }
            guard pair.isTuple, TupleRef(pair).count >= 2 else {
                thread.raise(.typeError, "\(exception.type.name).split must return a tuple, not \(pair.type.name)")
                return false
            }
            fp[a] = TupleRef(pair)[0]
            fp[b] = TupleRef(pair)[1]
            return true
        }
        fp[a] = .none
        return true
    }

    /// What an `except*` statement raises at its end: the exceptions raised by its handlers, and what of the original was not handled, with its structure.
    static func prepareReraiseStar(_ thread: ThreadRef, _ original: Value, _ list: Value) -> Value {
        let items = ListRef(list)
        guard original.isException, list.isExact(.list), (0 ..< items.count).allSatisfy({ items[$0].isNone || items[$0].isException }) else {
            refuse(thread)
            return .empty
        }
        var pending: [Value] = []
        for index in 0 ..< items.count where !items[index].isNone { pending.append(items[index]) }
        if pending.isEmpty { return .none }
        if !original.isInstance(of: .baseExceptionGroup) { return pending[0] }
        // Those with the original's own metadata are unhandled or raised again as they were; the rest were raised anew.
        let raised = thread.newList(), kept = thread.newList()
        if raised.isEmpty || kept.isEmpty { return .empty }
        for exception in pending {
            let same = isSamePart(exception, original)
            guard ListRef(same ? kept : raised).append(thread, exception) else { return .empty }
        }
        var remaining = Value.none
        if ListRef(kept).count > 0 {
            remaining = projection(thread, original, kept)
            if remaining.isEmpty { return .empty }
        }
        if ListRef(raised).count == 0 { return remaining }
        if !remaining.isNone, !ListRef(raised).append(thread, remaining) { return .empty }
        return thread.call(TypeID.baseExceptionGroup.value, WellKnown.emptyString.value, raised)
    }

    private static func isSamePart(_ exception: Value, _ original: Value) -> Bool {
        let a = exception.object(ExceptionObject.self).pointee, b = original.object(ExceptionObject.self).pointee
        return exception.isInstance(of: .baseExceptionGroup) && a.traceback == b.traceback && a.cause == b.cause && a.context == b.context
    }

    /// The part of a group that holds just the leaves of the given groups.
    private static func projection(_ thread: ThreadRef, _ group: Value, _ parts: Value) -> Value {
        let leaves = thread.newSet()
        if leaves.isEmpty { return .empty }
        for index in 0 ..< ListRef(parts).count where !collect(thread, ListRef(parts)[index], leaves) { return .empty }
        return select(thread, group, leaves)
    }

    private static func collect(_ thread: ThreadRef, _ exception: Value, _ leaves: Value) -> Bool {
        if exception.isInstance(of: .baseExceptionGroup) {
            let children = exception.exceptionField(1)
            for index in 0 ..< TupleRef(children).count where !collect(thread, TupleRef(children)[index], leaves) { return false }
            return true
        }
        return SetRef(leaves).add(thread, Value(small: Int(exception.bits >> 3)))
    }

    private static func select(_ thread: ThreadRef, _ exception: Value, _ leaves: Value) -> Value {
        guard exception.isInstance(of: .baseExceptionGroup) else {
            let found = SetRef(leaves).contains(thread, Value(small: Int(exception.bits >> 3)))
            return found < 0 ? .empty : found > 0 ? exception : .none
        }
        let children = TupleRef(exception.exceptionField(1))
        let chosen = thread.newList()
        if chosen.isEmpty { return .empty }
        for index in 0 ..< children.count {
            let part = select(thread, children[index], leaves)
            if part.isEmpty { return .empty }
            if !part.isNone, !ListRef(chosen).append(thread, part) { return .empty }
        }
        if ListRef(chosen).count == 0 { return .none }
        let derived = thread.callMethod(exception, StringRef.intern("derive").value, chosen)
        if derived.isEmpty { return .empty }
        let from = exception.object(ExceptionObject.self), to = derived.object(ExceptionObject.self)
        to.pointee.traceback = from.pointee.traceback
        to.pointee.context = from.pointee.context
        to.pointee.cause = from.pointee.cause
        to.pointee.suppressContext = from.pointee.suppressContext
        Heap.barrier(derived.raw)
        return derived
    }
}

/// Pattern matching.
enum Matching {
    static func keys(_ thread: ThreadRef, _ subject: Value, _ keys: Value) -> Value {
        guard keys.isTuple else { Raising.refuse(thread); return .empty }
        let count = TupleRef(keys).count
        let values = thread.newList(capacity: count)
        if values.isEmpty { return .empty }
        let seen = thread.newSet()
        let get = thread.getAttribute(subject, Name.get.value)
        if seen.isEmpty || get.isEmpty { return .empty }
        // A value no mapping holds stands for a missing key.
        let missing = thread.newList()
        if missing.isEmpty { return .empty }
        for index in 0 ..< count {
            let key = TupleRef(keys)[index]
            let known = SetRef(seen).contains(thread, key)
            if known != 0 {
                if known > 0 { thread.raise(.valueError, "mapping pattern checks duplicate key (\(key.reprForMessage(thread)))") }
                return .empty
            }
            guard SetRef(seen).add(thread, key) else { return .empty }
            let value = thread.call(get, key, missing)
            if value.isEmpty { return .empty }
            if value == missing { return .none }
            guard ListRef(values).append(thread, value) else { return .empty }
        }
        return thread.tuple(values)
    }

    static func rest(_ thread: ThreadRef, _ subject: Value, _ keys: Value) -> Value {
        guard keys.isTuple else { Raising.refuse(thread); return .empty }
        let dict = thread.newDict()
        if dict.isEmpty || !Building.dictUpdate(thread, dict, subject) { return .empty }
        for index in 0 ..< TupleRef(keys).count {
            if DictRef(dict).remove(thread, TupleRef(keys)[index]).isEmpty && thread.hasException { return .empty }
        }
        return dict
    }

    static func classPattern(_ thread: ThreadRef, _ subject: Value, _ type: Value, _ positional: Int, _ names: Value) -> Value {
        guard type.isType else { return thread.raise(.typeError, "called match pattern must be a type") }
        let matches = thread.isInstance(subject, type)
        if matches < 0 { return .empty }
        if matches == 0 { return .none }
        let seen = thread.newSet(), values = thread.newList()
        if seen.isEmpty || values.isEmpty { return .empty }
        func take(_ name: Value) -> Int {
            let known = SetRef(seen).contains(thread, name)
            if known < 0 { return -1 }
            if known > 0 {
                thread.raise(.typeError, "\(TypeRef(type).name)() got multiple sub-patterns for attribute \(name.reprForMessage(thread))")
                return -1
            }
            guard SetRef(seen).add(thread, name) else { return -1 }
            let value = thread.getAttributeOrEmpty(subject, name)
            if value.isEmpty { return thread.hasException ? -1 : 0 }
            return ListRef(values).append(thread, value) ? 1 : -1
        }
        if positional > 0 {
            var matchArguments = thread.getAttributeOrEmpty(type, Name.__match_args__.value)
            var matchesSelf = false
            if matchArguments.isEmpty {
                if thread.hasException { return .empty }
                matchArguments = WellKnown.emptyTuple.value
                matchesSelf = TypeRef(type).has(.selfPattern)
            } else if !matchArguments.isTuple {
                return thread.raise(.typeError, "\(TypeRef(type).name).__match_args__ must be a tuple (got \(matchArguments.type.name))")
            }
            let allowed = matchesSelf ? 1 : TupleRef(matchArguments).count
            if allowed < positional {
                return thread.raise(.typeError, "\(TypeRef(type).name)() accepts \(allowed) positional sub-pattern\(allowed == 1 ? "" : "s") (\(positional) given)")
            }
            if matchesSelf {
                guard ListRef(values).append(thread, subject) else { return .empty }
            } else {
                for index in 0 ..< positional {
                    let name = TupleRef(matchArguments)[index]
                    guard name.isString else { return thread.raise(.typeError, "__match_args__ elements must be strings (got \(name.type.name))") }
                    let taken = take(name)
                    if taken < 0 { return .empty }
                    if taken == 0 { return .none }
                }
            }
        }
        for index in 0 ..< TupleRef(names).count {
            let taken = take(TupleRef(names)[index])
            if taken < 0 { return .empty }
            if taken == 0 { return .none }
        }
        return thread.tuple(values)
    }
}
