import Glibc
import Bytecode
import Interpreter
import TraceJIT

/// Calls: of Python functions, which are inlined, of classes, and of native functions, by their declared effects.
extension Recorder {
    func call(_ a: Int, _ window: Int, _ given: Int, isMethod: Bool) -> Outcome {
        var count = given
        let first = window + frameHeaderWords
        var callee = actual(window)
        var ref = read(window)
        var arguments: [Ref] = []
        var values: [Value] = []
        var runsPython = true
        let hasReceiver = isMethod && hasReceiver(at: first)
        if isMethod && !hasReceiver {
            for index in 0 ..< given { arguments.append(read(first + 1 + index)); values.append(actual(first + 1 + index)) }
        } else {
            if isMethod { count += 1 }
            for index in 0 ..< count { arguments.append(read(first + index)); values.append(actual(first + index)) }
        }
        guard callee.isPointer else { return .failed("call of \(callee.type.name)") }
        if let outcome = consume(callee, ref, a, first, arguments, values) { return outcome }
        if Generators.sent(thread, callee, &values, count) != nil {
            guardSame(ref, callee)
            return resume(arguments[0], values[0], sending: count == 2 ? arguments[1] : b.value(Value.none.bits), flags: UInt64(a) << 8) ?? .failed("generator")
        }
        if callee.isExact(.method) {
            let method = callee.object(MethodObject.self).pointee
            guardObject(ref, callee)
            arguments.insert(b.load(ref, words.methodReceiver), at: 0)
            values.insert(method.receiver, at: 0)
            callee = method.function
            ref = b.load(ref, words.methodFunction)
            count += 1
        }
        if !callee.isExact(.function), !JIT.isClass(callee), case let method = SpecialMethods.method(callee, .__call__), !method.isEmpty {
            guardShape(ref, callee)
            arguments.insert(ref, at: 0)
            values.insert(callee, at: 0)
            callee = method
            ref = constant(method)
            count += 1
        }
        func place() { for index in 0 ..< count { put(level.base + first + index, arguments[index]) } }
        if callee.isExact(.function) {
            ref = self.function(callee, ref)
            place()
            if let outcome = enter(callee, ref, at: first, count: count, flags: UInt64(a) << 8) { return outcome }
        } else if callee == TypeID.super.value, count == 0, let made = superObject() {
            guardSame(ref, callee)
            forgetWindow(window, count)
            write(a, made)
            return .goesOn
        } else if callee.isExact(.wrapperDescriptor), count > 0, values[0].isPointer, let outcome = wrapped(callee, ref, a, window, arguments, values) {
            return outcome
        } else if callee.isExceptionClass, callee.isExact(.type), case let type = TypeRef(callee), case let initializer = type.lookup(.__init__),
                  case let isPlain = type.slotPointer(.initialize).pointee == TypeID.baseException.type.slotPointer(.initialize).pointee,
                  isPlain || type.has(.heap) && initializer.isExact(.function), let object = newException(type, arguments) {
            guardSame(ref, callee)
            if isPlain {
                forgetWindow(window, count)
                write(a, object)
                return .goesOn
            }
            arguments.insert(object, at: 0)
            count += 1
            place()
            return enter(initializer, constant(initializer), at: first, count: count, flags: UInt64(a) << 8 | FrameFlags.constructor, making: object) ?? .failed("constructor")
        } else if JIT.isClass(callee), JIT.constructsSimply(TypeRef(callee)) {
            let type = TypeRef(callee), initializer = type.lookup(.__init__)
            if initializer.isExact(.function), !type.has(.finalized), !type.has(.variableSize) {
                guardClass(ref, callee)
                let object = instance(of: type)
                arguments.insert(object, at: 0)
                values.insert(.none, at: 0)
                count += 1
                place()
                guard let outcome = enter(initializer, constant(initializer), at: first, count: count, flags: UInt64(a) << 8 | FrameFlags.constructor, making: object) else { return .failed("constructor") }
                return outcome
            }
        } else if case let maker = JIT.maker(callee), !maker.isEmpty {
            guardClass(ref, callee)
            arguments.insert(constant(callee), at: 0)
            count += 1
            place()
            return enter(maker, constant(maker), at: first, count: count, flags: UInt64(a) << 8 | FrameFlags.maker, making: constant(callee)) ?? .failed("__new__")
        } else if callee == TypeID.tuple.value, count == 1, values[0].isExact(.list) {
            guardSame(ref, callee)
            guardObject(arguments[0], values[0])
            let made = call(words.tuple, [word(arguments[0])], runsPython: false)
            forgetWindow(window, count)
            return result(a, made)
        } else if callee.isExact(.type), !TypeRef(callee).has(.heap) {
            guardSame(ref, callee)
            if let result = construct(TypeRef(callee), arguments, values) {
                forgetWindow(window, count)
                write(a, result)
                return .goesOn
            }
            runsPython = !makesPlainly(TypeRef(callee), arguments, values)
        } else if callee.isExact(.builtinFunction) {
            let function = callee.object(BuiltinFunctionObject.self).pointee
            if let made = allocated(function, arguments, values) {
                guardSame(ref, callee)
                forgetWindow(window, count)
                write(a, made)
                return .goesOn
            }
            // Bound methods come and go; what they do depends on their function alone.
            let isBound = !function.receiver.isEmpty && !ref.isConstant && function.record.pointee.owner.isHeap
            var receivers: [Ref] = []
            if isBound {
                guardObject(ref, callee)
                b.guarding(.geq, b.cast(b.load(ref, words.builtinRecord), .int), b.int(Int64(Int(bitPattern: function.record))))
                receivers = [b.load(ref, words.builtinReceiver)]
                guardBound(receivers[0])
            } else {
                guardSame(ref, callee)
                if !function.receiver.isEmpty { receivers = [constant(function.receiver)] }
            }
            if let result = intrinsic(callee, arguments, values) {
                forgetWindow(window, count)
                write(a, result)
                return .goesOn
            }
            if let entry = function.record.pointee.foreign, !receivers.isEmpty { return foreign(entry, function.record, a, window, receivers[0], arguments[...]) }
            // The call by the general way below puts the receiver in front itself.
            if let outcome = native(function.record, a, window, receivers + arguments, (receivers.isEmpty ? [] : [function.receiver]) + values, hasReceiver: !receivers.isEmpty) { return outcome }
        } else if callee.isExact(.methodDescriptor), count > 0, values[0].isPointer || values[0].isSmallInt || values[0].isPlainFloat {
            let descriptor = callee.object(DescriptorObject.self).pointee
            guardSame(ref, callee)
            if values[0].type.isSubtype(of: TypeRef(descriptor.owner)), let record = UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.payload) {
                if values[0].isPointer && !values[0].isExact(.float) { guardObject(arguments[0], values[0]) } else { guardPlain(arguments[0], values[0]) }
                if let entry = record.pointee.foreign { return foreign(entry, record, a, window, arguments[0], arguments.dropFirst()) }
                if let outcome = native(record, a, window, arguments, values, hasReceiver: true) { return outcome }
            }
        }
        for index in 0 ..< count { store(slot: level.base + first + index, arguments[index]) }
        let result = call(words.call, [word(ref), address(slot: level.base + first), b.int(Int64(count))], runsPython: runsPython, isDear: callee.isExact(.function) && !makesGenerator(callee) || callee.type.has(.typeSubclass) && TypeRef(callee).has(.heap))
        forgetWindow(window, count)
        guardResult(result, to: a)
        isInsideCall = runsPython
        return .goesOn
    }

    /// A call that goes through a generator in a Python function which the dispatch loop enters: see `Consumers`. Nil for any other call.
    private func consume(_ callee: Value, _ ref: Ref, _ a: Int, _ first: Int, _ arguments: [Ref], _ values: [Value]) -> Outcome? {
        guard let generator = values.last, generator.isExact(.generator), let kind = Consumers.kind(callee, values[0], values.count) else { return nil }
        let code = generator.object(GeneratorObject.self).pointee.code, function = Consumers.function(thread, kind, of: code)
        if function.isEmpty {
            thread.takeException()
            return .failed("out of memory")
        }
        let items = arguments[arguments.count - 1]
        guardSame(ref, callee)
        guardObject(items, generator)
        guardSame(b.load(items, words.generatorCode), code)
        var made: Ref?
        let extra: Ref
        switch kind {
        case .sum: extra = b.int(0)
        case .append, .tuple:
            extra = b.new(words.layout("list", TypeID.list.rawValue, size: MemoryLayout<ListObject>.size))
            isNew(extra)
        case .add:
            extra = b.new(words.layout("set", TypeID.set.rawValue, size: MemoryLayout<SetObject>.size))
            isNew(extra)
        case .join:
            guardObject(arguments[0], values[0])
            extra = arguments[0]
        default: extra = b.value(Value.none.bits)
        }
        if kind == .append || kind == .add { made = extra }
        for (index, argument) in [items, extra].enumerated() { put(level.base + first + index, argument) }
        return enter(function, constant(function), at: first, count: 2, flags: UInt64(a) << 8 | (made == nil ? 0 : FrameFlags.constructor), making: made) ?? .failed("consumer")
    }

    /// Whether calling a function does no more than make a generator.
    private func makesGenerator(_ function: Value) -> Bool {
        let kinds: CodeFlags = [.generator, .coroutine, .asyncGenerator]
        return !CodeFlags(rawValue: function.object(FunctionObject.self).pointee.code.object(CodeObject.self).pointee.flags).isDisjoint(with: kinds)
    }

    /// Whether a method's window has a receiver, which is guarded unless the trace itself has put a number or a constant there.
    private func hasReceiver(at register: Int) -> Bool {
        let isThere = !actual(register).isEmpty, ref = read(register)
        if !ref.isConstant && b.trace.type(ref) == .value { b.guarding(isThere ? .gne : .geq, b.cast(ref, .int), b.int(0)) }
        return isThere
    }

    /// f(*args, **kwargs)
    func callExpanded(_ a: Int, _ window: Int, hasKeywords: Bool) -> Outcome {
        let first = window + frameHeaderWords, count = hasKeywords ? 2 : 1
        let operands = ([window] + (first ..< first + count)).map { (slot: level.base + $0, ref: read($0)) }
        if let outcome = spread(a, window, hasKeywords) { return outcome }
        for (slot, ref) in operands { store(slot: slot, ref) }
        let result = call(words.callExpanded, [address(slot: level.base + window), b.int(hasKeywords ? 1 : 0)], runsPython: true, isDear: true)
        forgetWindow(window, count)
        guardResult(result, to: a)
        isInsideCall = true
        return .goesOn
    }

    /// The same of a Python function with a tuple of a few arguments and a dict of a few keyword arguments, which become its registers. Nil for any other call.
    private func spread(_ a: Int, _ window: Int, _ hasKeywords: Bool) -> Outcome? {
        let first = window + frameHeaderWords, items = actual(first), keywords = hasKeywords ? actual(first + 1) : .empty
        var callee = actual(window), ref = read(window), arguments: [Ref] = []
        guard callee.isPointer, items.isExact(.tuple), TupleRef(items).count <= Recorder.mostSpread, let names = hasKeywords ? keywordNames(keywords) : [] else { return nil }
        if callee.isExact(.method) {
            guardObject(ref, callee)
            callee = callee.object(MethodObject.self).pointee.function
            arguments = [b.load(ref, words.methodReceiver)]
            ref = b.load(ref, words.methodFunction)
        }
        guard callee.isExact(.function) else { return nil }
        let tuple = read(first)
        guardObject(tuple, items)
        b.guarding(.geq, b.load(tuple, words.tupleCount), b.int(Int64(TupleRef(items).count)))
        arguments += (0 ..< TupleRef(items).count).map { b.load(tuple, index: b.int(Int64($0)), words.tupleItem) }
        let named = hasKeywords ? keywordValues(of: read(first + 1), keywords, names) : []
        ref = function(callee, ref)
        guard !named.isEmpty else {
            for (index, argument) in arguments.enumerated() { put(level.base + first + index, argument) }
            return enter(callee, ref, at: first, count: arguments.count, flags: UInt64(a) << 8)
        }
        guard let registers = bound(callee, ref, arguments, names: names, named: named) else { return nil }
        for (index, register) in registers.enumerated() { put(level.base + first + index, register) }
        return enter(callee, ref, at: first, count: registers.count, flags: UInt64(a) << 8, isBound: true)
    }

    /// The keys of a dict of keyword arguments, if they are few, interned, and lie without a gap. Nil otherwise.
    private func keywordNames(_ keywords: Value) -> [Value]? {
        guard keywords.isExact(.dict), case let dict = DictRef(keywords), dict.count <= Recorder.mostSpread else { return nil }
        if dict.count == 0 { return [] }
        guard dict.used == dict.count else { return nil }
        let names = (0 ..< dict.count).map { dict.key(at: $0) }
        return names.allSatisfy { $0.isExact(.str) && StringRef($0).interned().value == $0 } ? names : nil
    }

    /// The values of a dict that has these keys, which is guarded.
    private func keywordValues(of ref: Ref, _ dict: Value, _ names: [Value]) -> [Ref] {
        guardObject(ref, dict)
        b.guarding(.geq, b.load(ref, words.length), b.int(Int64(names.count)))
        if names.isEmpty { return [] }
        let table = b.load(ref, words.dictTable)
        b.guarding(.geq, b.load(table, words.dictWords), b.int(Int64(names.count * DictRef.entryWords)))
        return names.enumerated().map { index, name in
            guardSame(b.load(table, index: b.int(Int64(index * DictRef.entryWords)), words.dictKey), name)
            return b.load(table, index: b.int(Int64(index * DictRef.entryWords)), words.dictItem)
        }
    }

    private static let mostSpread = 8

    /// A call with keyword arguments by way of the runtime.
    private func callKeywords(_ a: Int, _ window: Int, _ callee: Value, _ ref: Ref, _ arguments: [Ref], _ names: Value) -> Outcome {
        let first = window + frameHeaderWords
        // Whether a receiver is among the arguments depends on what is called.
        guard callee.isPointer else { return .failed("call of \(callee.type.name)") }
        if callee.isExact(.builtinFunction), case let function = callee.object(BuiltinFunctionObject.self).pointee, !function.receiver.isEmpty, let entry = function.record.pointee.foreign,
           ref.isConstant || !function.record.pointee.owner.isHeap {
            guardSame(ref, callee)
            return foreign(entry, function.record, a, window, constant(function.receiver), arguments[...], names: constant(names))
        }
        guardObject(ref, callee)
        for (index, argument) in arguments.enumerated() { store(slot: level.base + first + index, argument) }
        let isDear = callee.isExact(.function) && !makesGenerator(callee) || callee.type.has(.typeSubclass) && TypeRef(callee).has(.heap)
        let result = call(words.callKeywords, [word(ref), address(slot: level.base + first), b.int(Int64(arguments.count)), constant(names)], runsPython: true, isDear: isDear)
        forgetWindow(window, arguments.count)
        guardResult(result, to: a)
        isInsideCall = true
        return .goesOn
    }

    /// A call with keyword arguments: those of a Python function are put in order, others left to the interpreter.
    func callKeywords(_ a: Int, _ window: Int, _ given: Int, isMethod: Bool) -> Outcome {
        var callee = actual(window), ref = read(window)
        let first = window + frameHeaderWords, names = TupleRef(level.code.pointee.constantItems[Int(pc[1])])
        let hasReceiver = isMethod && hasReceiver(at: first)
        var arguments = (0 ..< given + (hasReceiver ? 1 : 0)).map { read(first + (isMethod && !hasReceiver ? 1 : 0) + $0) }
        if !hasReceiver, callee.isExact(.method), callee.object(MethodObject.self).pointee.function.isExact(.function) {
            guardObject(ref, callee)
            arguments.insert(b.load(ref, words.methodReceiver), at: 0)
            callee = callee.object(MethodObject.self).pointee.function
            ref = b.load(ref, words.methodFunction)
        }
        if JIT.isClass(callee), let outcome = construct(a, window, callee, ref, arguments, names) { return outcome }
        guard callee.isExact(.function), case let positional = arguments.count - names.count else { return callKeywords(a, window, callee, ref, arguments, names.value) }
        ref = self.function(callee, ref)
        guard let registers = bound(callee, ref, Array(arguments[..<positional]), names: (0 ..< names.count).map { names[$0] }, named: Array(arguments[positional...])) else {
            return callKeywords(a, window, callee, ref, arguments, names.value)
        }
        for (index, register) in registers.enumerated() { put(level.base + first + index, register) }
        return enter(callee, ref, at: first, count: registers.count, flags: UInt64(a) << 8, isBound: true) ?? callKeywords(a, window, callee, ref, arguments, names.value)
    }

    /// An instance of a class of Python whose `__init__` takes these arguments, the last of them by name. Nil when the class is not as simple as that.
    private func construct(_ a: Int, _ window: Int, _ callee: Value, _ ref: Ref, _ arguments: [Ref], _ names: TupleRef) -> Outcome? {
        let type = TypeRef(callee), first = window + frameHeaderWords, initializer = type.lookup(.__init__), positional = arguments.count - names.count
        if case let maker = JIT.maker(callee), !maker.isEmpty {
            guardClass(ref, callee)
            guard let registers = bound(maker, constant(maker), [constant(callee)] + arguments[..<positional], names: (0 ..< names.count).map { names[$0] }, named: Array(arguments[positional...])) else {
                return .failed("__new__")
            }
            for (index, register) in registers.enumerated() { put(level.base + first + index, register) }
            return enter(maker, constant(maker), at: first, count: registers.count, flags: UInt64(a) << 8 | FrameFlags.maker, making: constant(callee), isBound: true) ?? .failed("__new__")
        }
        guard JIT.constructsSimply(type), initializer.isExact(.function), !type.has(.finalized), !type.has(.variableSize) else { return nil }
        guardClass(ref, callee)
        let object = instance(of: type)
        guard let registers = bound(initializer, constant(initializer), [object] + arguments[..<positional], names: (0 ..< names.count).map { names[$0] }, named: Array(arguments[positional...])) else {
            return .failed("constructor")
        }
        for (index, register) in registers.enumerated() { put(level.base + first + index, register) }
        return enter(initializer, constant(initializer), at: first, count: registers.count, flags: UInt64(a) << 8 | FrameFlags.constructor, making: object, isBound: true) ?? .failed("constructor")
    }

    /// Guards what decides how a class is called: which one it is, and what it and its metaclass define.
    private func guardClass(_ ref: Ref, _ callee: Value) {
        guardSame(ref, callee)
        guardTypeVersion(TypeRef(callee))
        if TypeRef(callee.type.value).has(.heap) { guardShape(ref, callee) }
    }

    /// A new instance of a class of Python, without attributes.
    private func instance(of type: TypeRef) -> Ref {
        let fields = type.pointer.pointee
        let size = fields.dictOffset == 0 ? Int(fields.basicSize) : max(Int(fields.basicSize), Int(fields.dictOffset) + 8 + Int(fields.inlineCapacity) * 8)
        let object = b.new(words.layout(type.name, fields.rootShape, size: size))
        isNew(object)
        return object
    }

    /// What `object.__new__` or `tuple.__new__` makes for a class of Python, as `super().__new__(cls)` and named tuples ask for it. Nil for any other call.
    private func allocated(_ function: BuiltinFunctionObject, _ arguments: [Ref], _ values: [Value]) -> Ref? {
        guard function.record.pointee.name == Name.__new__.value, function.receiver.isExact(.type), case let owner = TypeRef(function.receiver), let first = values.first, first.isType,
              case let type = TypeRef(first), type.has(.heap), !type.has(.abstract), !type.has(.finalized), nativeBase(of: type) == owner else { return nil }
        let fields = type.pointer.pointee
        if owner == TypeID.object.type, values.count == 1, !type.has(.variableSize) {
            guardSame(arguments[0], first)
            guardTypeVersion(type)
            return instance(of: type)
        }
        guard owner == TypeID.tuple.type, values.count == 2, values[1].isExact(.tuple), case let count = TupleRef(values[1]).count, (1 ... Recorder.mostSpread).contains(count),
              fields.dictOffset == 0, fields.trailingMembers == 0 else { return nil }
        guardSame(arguments[0], first)
        guardTypeVersion(type)
        guardObject(arguments[1], values[1])
        b.guarding(.geq, b.load(arguments[1], words.tupleCount), b.int(Int64(count)))
        let items = (0 ..< count).map { b.load(arguments[1], index: b.int(Int64($0)), words.tupleItem) }
        let made = newObject(type.name, fields.rootShape, size: MemoryLayout<TupleObject>.size, tail: count)
        b.store(made, words.tupleCount, b.int(Int64(count)))
        for (index, item) in items.enumerated() { b.store(made, index: b.int(Int64(index)), words.tupleItem, item) }
        return made
    }

    /// The native type that a class of Python extends.
    private func nativeBase(of type: TypeRef) -> TypeRef? {
        var base = type
        while base.has(.heap) {
            guard !base.pointer.pointee.base.isEmpty else { return nil }
            base = TypeRef(base.pointer.pointee.base)
        }
        return base
    }

    /// A native function whose argument vector is the call's window. Nil when it needs more binding than that.
    private func native(_ record: UnsafeMutablePointer<NativeRecord>, _ a: Int, _ window: Int, _ arguments: [Ref], _ values: [Value], hasReceiver: Bool) -> Outcome? {
        if hasReceiver, let outcome = builtinMethod(record, a, window, arguments, values) { return outcome }
        guard record.pointee.isParsed, record.pointee.isSimple, arguments.count >= record.pointee.required, arguments.count <= record.pointee.total,
              record.pointee.total <= arguments.count + Recorder.mostOmitted else { return nil }
        let first = level.base + window + frameHeaderWords
        var runsPython = record.pointee.effect == .calls
        if record.pointee.effect == .callsOnArguments {
            let own = hasReceiver ? 1 : 0
            runsPython = !(own ..< values.count).allSatisfy { isPlain(values[$0]) || isPlainTuple(arguments[$0], values[$0]) }
            if !runsPython { for index in own ..< values.count { guardPlain(arguments[index], values[index]) } }
        }
        for index in 0 ..< record.pointee.total { store(slot: first + index, index < arguments.count ? arguments[index] : b.value(0)) }
        let result = call(words.native(record, runsPython: runsPython), [address(slot: first), b.int(Int64(record.pointee.total))], runsPython: runsPython)
        forgetWindow(window, record.pointee.total)
        guardResult(result, to: a)
        return .goesOn
    }

    /// A constant tuple of plain values.
    func isPlainTuple(_ ref: Ref, _ value: Value) -> Bool {
        ref.isConstant && value.isExact(.tuple) && (0 ..< TupleRef(value).count).allSatisfy { isPlain(TupleRef(value)[$0]) }
    }

    /// Optional arguments that a call of a native function may leave out. Their empty words lie behind the window, where nothing else is.
    private static let mostOmitted = 4

    /// A function of a foreign interface, straight from the trace; its arguments lie in the call's window.
    private func foreign(_ entry: @escaping ForeignFunction, _ record: UnsafeMutablePointer<NativeRecord>, _ a: Int, _ window: Int, _ receiver: Ref, _ arguments: ArraySlice<Ref>,
                         names: Ref? = nil) -> Outcome {
        let first = level.base + window + frameHeaderWords
        for (index, argument) in arguments.enumerated() { store(slot: first + index, argument) }
        let result = call(words.foreign(entry), [b.pointer(UnsafeRawPointer(record)), word(receiver), address(slot: first), b.int(Int64(arguments.count)), names ?? b.value(0)],
                          runsPython: true)
        forgetWindow(window, arguments.count)
        guardResult(result, to: a)
        return .goesOn
    }

    /// Builtins worth code of their own.
    private func intrinsic(_ callee: Value, _ arguments: [Ref], _ values: [Value]) -> Ref? {
        let record = callee.object(BuiltinFunctionObject.self).pointee.record
        guard record.pointee.module.isHeap else { return nil }
        let name = StringRef(record.pointee.name).description
        if StringRef(record.pointee.module).equals("math") { return mathematics(name, arguments, values) }
        if StringRef(record.pointee.module).equals("_operator") { return name == "index" && values.count == 1 && values[0].isSmallInt ? int(arguments[0]) : nil }
        guard StringRef(record.pointee.module).equals("builtins") else { return nil }
        switch (name, arguments.count) {
        case ("len", 1):
            let value = values[0]
            if value.isExact(.list) { guardObject(arguments[0], value); return b.load(arguments[0], words.listCount) }
            if value.isExact(.tuple) { guardObject(arguments[0], value); return b.load(arguments[0], words.tupleCount) }
            if value.isExact(.str) || value.isExact(.dict) || value.isExact(.set) { guardObject(arguments[0], value); return b.load(arguments[0], words.length) }
            return nil
        case ("ord", 1):
            guard values[0].isExact(.str), case let string = StringRef(values[0]), string.count == 1, string.isASCII else { return nil }
            guardObject(arguments[0], values[0])
            b.guarding(.geq, b.load(arguments[0], words.length), b.int(1))
            guardASCII(arguments[0])
            return b.load(arguments[0], index: b.int(0), words.character)
        case ("chr", 1):
            guard values[0].isSmallInt, (0 ..< 256).contains(values[0].smallInt) else { return nil }
            let number = int(arguments[0])
            b.guarding(.gult, number, b.int(256))
            return b.load(b.pointer(UnsafeRawPointer(taipan_latin1())), index: number, words.characterString)
        case ("isinstance", 2):
            return isInstance(arguments[0], values[0], of: arguments[1], values[1])
        case ("issubclass", 2):
            guard values[0].isExact(.type), values[1].isExact(.type) else { return nil }
            guardSame(arguments[0], values[0])
            guardSame(arguments[1], values[1])
            if TypeRef(values[0]).has(.heap) { guardTypeVersion(TypeRef(values[0])) }
            return b.value(Value(TypeRef(values[0]).isSubtype(of: TypeRef(values[1]))).bits)
        case ("abs", 1):
            let value = values[0]
            if value.isSmallInt && Value.fitsSmall(-value.smallInt) {
                let number = int(arguments[0])
                b.guarding(value.smallInt < 0 ? .glt : .gge, number, b.int(0))
                return value.smallInt < 0 ? b.checked(.sub, b.int(0), number, bits: 63) : number
            }
            if value.isPlainFloat { return b.float(.fabs, double(arguments[0], value)) }
            guard value.isExact(.complex) else { return nil }
            guardObject(arguments[0], value)
            return finite(b.call(words.hypotenuse, [b.load(arguments[0], words.real), b.load(arguments[0], words.imaginary)]))
        case ("round", 1): return whole(arguments[0], values[0]) { b.call(words.double("rint", { $0.rounded(.toNearestOrEven) }), [$0]) }
        case ("divmod", 2):
            guard values[0].isSmallInt, values[1].isSmallInt, let quotient = integers(arguments[0], values[0].smallInt, arguments[1], values[1].smallInt, .floorDivide),
                  let remainder = integers(arguments[0], values[0].smallInt, arguments[1], values[1].smallInt, .modulo) else { return nil }
            return tuple([quotient, remainder])
        case ("min", 2 ... 4), ("max", 2 ... 4):
            var best = 0
            for index in 1 ..< arguments.count {
                guard let isBetter = compares(name == "min", arguments[best], values[best], arguments[index], values[index]) else { return nil }
                if isBetter { best = index }
            }
            return arguments[best]
        default: return nil
        }
    }

    /// `isinstance` of a class, or of a tuple of a few, whose metaclass is `type`. Nil when it is not as simple as that.
    func isInstance(_ ref: Ref, _ value: Value, of classInfo: Ref, _ actualInfo: Value) -> Ref? {
        let isTuple = actualInfo.isExact(.tuple)
        let classes = isTuple ? (0 ..< TupleRef(actualInfo).count).map { TupleRef(actualInfo)[$0] } : [actualInfo]
        guard classes.count <= Recorder.mostSpread, classes.allSatisfy({ $0.isExact(.type) }) else { return nil }
        let type = value.type, isInstance = classes.contains { type.isSubtype(of: TypeRef($0)) }
        // `__class__` may say otherwise.
        guard isInstance || type.has(.plainGet) && type.lookup(.__class__) == TypeID.object.type.lookup(.__class__) else { return nil }
        if isTuple {
            guardObject(classInfo, actualInfo)
            b.guarding(.geq, b.load(classInfo, words.tupleCount), b.int(Int64(classes.count)))
            for (index, item) in classes.enumerated() { guardSame(b.load(classInfo, index: b.int(Int64(index)), words.tupleItem), item) }
        } else {
            guardSame(classInfo, actualInfo)
        }
        if value.isPointer && !value.isExact(.float) { guardShape(ref, value) } else { guardPlain(ref, value) }
        return b.value(Value(isInstance).bits)
    }

    /// Whether `min` or `max` prefers the second of two numbers, which is guarded: the first of equals, and of what cannot be compared. Nil for others than two ints or two floats.
    private func compares(_ isMin: Bool, _ first: Ref, _ x: Value, _ second: Ref, _ y: Value) -> Bool? {
        guard let (first, second, floats) = numbers(first, x, second, y), x.isPlainFloat == y.isPlainFloat else { return nil }
        let takesSecond = floats ? (isMin ? y.doubleValue < x.doubleValue : y.doubleValue > x.doubleValue) : (isMin ? y.smallInt < x.smallInt : y.smallInt > x.smallInt)
        let (left, right) = isMin ? (second, first) : (first, second)
        b.guarding(floats ? (takesSecond ? .gflt : .gfnlt) : (takesSecond ? .glt : .gge), left, right)
        return takesSecond
    }

    /// Objects of built-in types that the trace makes itself.
    private func construct(_ type: TypeRef, _ arguments: [Ref], _ values: [Value]) -> Ref? {
        if type == TypeID.range.type, (1 ... 2).contains(arguments.count), values.allSatisfy({ $0.isSmallInt }) {
            let start = arguments.count == 2 ? int(arguments[0]) : b.int(0), stop = int(arguments[arguments.count - 1])
            let first = values.count == 2 ? values[0].smallInt : 0, last = values[values.count - 1].smallInt
            guard !last.subtractingReportingOverflow(first).overflow, Value.fitsSmall(last - first) else { return nil }
            b.guarding(first < last ? .glt : .gge, start, stop)
            let length = first < last ? b.checked(.sub, stop, start, bits: 63) : b.int(0)
            let made = b.new(words.layout("range", TypeID.range.rawValue, size: MemoryLayout<RangeObject>.size))
            isNew(made)
            b.store(made, words.rangeStart, word(start))
            b.store(made, words.rangeStop, word(stop))
            b.store(made, words.rangeStride, word(b.int(1)))
            b.store(made, words.rangeLength, word(length))
            if isSteady(length) { steadyObjects.insert(made) }
            return made
        }
        if type == TypeID.str.type, arguments.count == 1, values[0].isSmallInt {
            let text = call(words.decimal, [int(arguments[0])], runsPython: false)
            b.guarding(.gne, b.cast(text, .int), b.int(0))
            return text
        }
        if type == TypeID.reversed.type, arguments.count == 1 { return reversed(arguments[0], values[0]) }
        if type == TypeID.tuple.type, arguments.count == 1, values[0].isExact(.tuple) {
            guardObject(arguments[0], values[0])
            return arguments[0]
        }
        if type == TypeID.complex.type, arguments.count == 2, values.allSatisfy({ $0.isPlainFloat }) {
            return complex(double(arguments[0], values[0]), double(arguments[1], values[1]))
        }
        if type == TypeID.float.type, arguments.count == 1, values[0].isPlainFloat || values[0].isSmallInt { return double(arguments[0], values[0]) }
        if type == TypeID.int.type, arguments.count == 1 { return whole(arguments[0], values[0]) { $0 } }
        return nil
    }

    /// The iterator that `reversed` makes of a list, a tuple, or a range of small ints.
    private func reversed(_ ref: Ref, _ value: Value) -> Ref? {
        if value.isExact(.tuple) {
            guardObject(ref, value)
            let iterator = b.new(words.layout("reversed", TypeID.reversed.rawValue, size: MemoryLayout<IteratorObject>.size))
            isNew(iterator)
            b.store(iterator, words.iteratorContainer, word(ref))
            b.store(iterator, words.iteratorIndex, b.int(.sub, b.load(ref, words.tupleCount), b.int(1)))
            return iterator
        }
        if value.isExact(.list) {
            guardObject(ref, value)
            let iterator = b.new(words.layout("list_reverseiterator", TypeID.listReverseIterator.rawValue, size: MemoryLayout<IteratorObject>.size))
            isNew(iterator)
            b.store(iterator, words.iteratorContainer, word(ref))
            b.store(iterator, words.iteratorIndex, b.int(.sub, b.load(ref, words.listCount), b.int(1)))
            return iterator
        }
        guard value.isExact(.range), case let range = value.object(RangeObject.self).pointee, [range.start, range.stop, range.step, range.length].allSatisfy({ $0.isSmallInt }),
              case let (distance, overflows) = range.length.smallInt.multipliedReportingOverflow(by: range.step.smallInt), !overflows, Value.fitsSmall(distance) else { return nil }
        guardObject(ref, value)
        let length = int(b.load(ref, words.rangeLength)), first = int(b.load(ref, words.rangeStart)), step = int(b.load(ref, words.rangeStride))
        _ = int(b.load(ref, words.rangeStop))
        let toLast = b.checked(.mul, b.int(.sub, length, b.int(1)), step, bits: 63)
        return rangeIterator(from: b.int(.add, first, toLast), by: b.int(.sub, b.int(0), step), length)
    }

    /// Whether making an object of a built-in type runs no Python, which is then guarded.
    private func makesPlainly(_ type: TypeRef, _ arguments: [Ref], _ values: [Value]) -> Bool {
        let ofValues: [TypeID] = [.int, .float, .bool, .str, .complex, .range, .bytes], ofContainers: [TypeID] = [.list, .tuple]
        if ofValues.contains(where: { type == $0.type }), values.allSatisfy(isPlain) {
            for (ref, value) in zip(arguments, values) { guardPlain(ref, value) }
            return true
        }
        if ofContainers.contains(where: { type == $0.type }), values.count == 1, values[0].isExact(.list) || values[0].isExact(.tuple) || values[0].isExact(.range) || values[0].isExact(.str) {
            guardObject(arguments[0], values[0])
            return true
        }
        return values.isEmpty && [TypeID.list, .tuple, .dict, .set].contains { type == $0.type }
    }
}
