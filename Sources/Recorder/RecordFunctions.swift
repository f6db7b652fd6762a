import Bytecode
import Interpreter
import Objects
import TraceJIT

/// Functions and generators that a trace makes: objects like any other, which stay virtual while nobody else sees them, so that a comprehension, a lambda or a
/// generator that is used up at once costs no more than its own code.
extension Recorder {
    /// A new object whose tail has a known number of words.
    func newObject(_ name: String, _ shape: ShapeIndex, size: Int, tail count: Int) -> Ref {
        // Those of a fixed size are allocated without a call.
        let whole = size + count * 8
        let made = whole <= 256 ? b.new(words.layout(name, shape, size: whole)) : b.new(words.layout(name, shape, size: size, hasTail: true), count: b.int(Int64(count)))
        isNew(made)
        return made
    }

    /// A Python function about to be called: a constant, or one that was made not long ago and will be made again, whose code is guarded.
    func function(_ callee: Value, _ ref: Ref) -> Ref {
        if ref.isConstant { return ref }
        guardObject(ref, callee)
        guardSame(b.load(ref, words.functionCode), callee.object(FunctionObject.self).pointee.code)
        return ref
    }

    /// The last `count` of a function's defaults. Nil when it has fewer.
    func defaults(of function: Value, _ ref: Ref, last count: Int) -> [Ref]? {
        let tuple = function.object(FunctionObject.self).pointee.defaults
        guard !tuple.isEmpty, case let all = TupleRef(tuple), all.count >= count else { return nil }
        let loaded = b.load(ref, words.functionDefaults), places = all.count - count ..< all.count
        if ref.isConstant {
            guardSame(loaded, tuple)
            return places.map { constant(all[$0]) }
        }
        guardBound(loaded)
        b.guarding(.geq, b.load(loaded, words.tupleCount), b.int(Int64(all.count)))
        return places.map { b.load(loaded, index: b.int(Int64($0)), words.tupleItem) }
    }

    /// What the registers of a function's parameters hold when it is called with these arguments. Nil when such a call raises.
    func bound(_ function: Value, _ ref: Ref, _ given: [Ref], names: [Value] = [], named: [Ref] = []) -> [Ref]? {
        let object = function.object(FunctionObject.self).pointee, code = object.code.object(CodeObject.self).pointee
        guard !code.isOutline, case let flags = CodeFlags(rawValue: code.flags) else { return nil }
        let positional = Int(code.argumentCount), all = positional + Int(code.keywordOnlyCount), known = TupleRef(code.localNames)
        guard given.count <= positional || flags.contains(.variadic) else { return nil }
        var registers = given.prefix(positional).map(Optional.some)
        registers += [Ref?](repeating: nil, count: all - registers.count)
        var others: [(name: Value, value: Ref)] = []
        for (name, value) in zip(names, named) {
            if let place = (Int(code.positionalOnlyCount) ..< all).first(where: { known[$0] == name }) {
                guard registers[place] == nil else { return nil }
                registers[place] = value
            } else {
                guard flags.contains(.keywordVariadic) else { return nil }
                others.append((name, value))
            }
        }
        if let first = registers[..<positional].firstIndex(where: { $0 == nil }) {
            guard let defaults = defaults(of: function, ref, last: positional - first) else { return nil }
            for place in first ..< positional where registers[place] == nil { registers[place] = defaults[place - first] }
        }
        for place in positional ..< all where registers[place] == nil {
            guard object.keywordDefaults.isExact(.dict) else { return nil }
            guardSame(b.load(ref, words.functionKeywordDefaults), object.keywordDefaults)
            guard let value = variable(known[place], of: DictRef(object.keywordDefaults)) else { return nil }
            registers[place] = value
        }
        if flags.contains(.variadic) { registers.append(tuple(Array(given.dropFirst(positional)))) }
        if flags.contains(.keywordVariadic) {
            let dict = b.new(words.layout("dict", TypeID.dict.rawValue, size: MemoryLayout<DictObject>.size))
            isNew(dict)
            b.store(dict, words.length, b.int(0))
            for (name, value) in others { b.guarding(.gge, call(words.mapAddName, [dict, constant(name), word(value)], runsPython: false), b.int(0)) }
            registers.append(dict)
        }
        return registers.compactMap { $0 }
    }

    /// What `def` or `lambda` makes of a code object. Nil when it has annotations or keyword-only defaults, which are left to the runtime.
    func function(of code: Value, operands: Int, flags: Int) -> Ref? {
        let maker = level.function.object(FunctionObject.self).pointee, object = code.object(CodeObject.self).pointee
        let hasDefaults = flags & 1 != 0, hasClosure = flags & 8 != 0, closure = operands + (hasDefaults ? 1 : 0)
        guard flags & ~9 == 0, maker.globals.isExact(.dict), !hasDefaults || actual(operands).isExact(.tuple),
              hasClosure ? isClosure(actual(closure), of: object) : object.freeCount == 0 else { return nil }
        let running = runningFunction()
        if !running.isConstant { guardSame(b.load(running, words.functionGlobals), maker.globals) }
        guard let builtins = builtins(of: DictRef(maker.globals)) else { return nil }
        let module = variable(Name.__name__.value, of: DictRef(maker.globals)) ?? b.value(Value.none.bits)
        if hasDefaults { guardObject(read(operands), actual(operands)) }
        if hasClosure { guardClosure(read(closure), actual(closure)) }
        let made = b.new(words.layout("function", TypeID.function.rawValue, size: MemoryLayout<FunctionObject>.size))
        isNew(made)
        b.store(made, words.functionCode, constant(code))
        b.store(made, words.functionGlobals, constant(maker.globals))
        b.store(made, words.functionBuiltins, builtins)
        b.store(made, words.functionName, constant(object.name))
        b.store(made, words.functionQualifiedName, constant(object.qualifiedName))
        b.store(made, words.functionModule, word(module))
        b.store(made, words.functionDoc, object.hasDocstring && object.flags & CodeFlags.optimized.rawValue != 0 ? b.value(0) : b.value(Value.none.bits))
        b.store(made, words.functionDefaults, hasDefaults ? read(operands) : b.value(0))
        b.store(made, words.functionClosure, hasClosure ? read(closure) : b.value(0))
        return made
    }

    private func isClosure(_ value: Value, of code: CodeObject) -> Bool {
        guard value.isExact(.tuple), TupleRef(value).count == Int(code.freeCount) else { return false }
        return (0 ..< TupleRef(value).count).allSatisfy { TupleRef(value)[$0].isExact(.cell) }
    }

    private func guardClosure(_ ref: Ref, _ tuple: Value) {
        guardObject(ref, tuple)
        b.guarding(.geq, b.load(ref, words.tupleCount), b.int(Int64(TupleRef(tuple).count)))
        for index in 0 ..< TupleRef(tuple).count { guardObject(b.load(ref, index: b.int(Int64(index)), words.tupleItem), TupleRef(tuple)[index]) }
    }

    /// The value of a name in a namespace, which is guarded to have it or not to have it, as now. Nil when it has not.
    private func variable(_ name: Value, of namespace: DictRef) -> Ref? {
        let entry = namespace.find(string: name)
        if entry >= 0 { return dictValue(namespace, entry: entry) }
        guardAbsent(namespace)
        return nil
    }

    /// The builtins that a function with these globals gets. Nil when they are no dict.
    private func builtins(of globals: DictRef) -> Ref? {
        let found = JIT.builtins(thread, for: globals.value)
        guard found.isExact(.dict) else { return nil }
        if let ref = variable(Name.__builtins__.value, of: globals) { guardSame(ref, globals.get(.__builtins__)) }
        return constant(found)
    }

    /// The innermost frame is a generator function's, which has its arguments in place: it makes the generator and is over.
    func makeGenerator() -> Outcome {
        let flags = CodeFlags(rawValue: level.code.pointee.flags), isCoroutine = flags.contains(.coroutine)
        guard depth > 0, !flags.contains(.asyncGenerator), !isCoroutine || thread.pointee.coroutineOriginDepth == 0 else { return .failed("makes a generator") }
        if isCoroutine { b.guarding(.geq, b.load(b.contextPointer, words.coroutineOriginDepth), b.int(0)) }
        let code = level.code, function = runningFunction()
        let arguments = (0 ..< Int(code.pointee.clearCount)).map { word(read($0)) }
        let name = b.load(function, words.functionName), qualifiedName = b.load(function, words.functionQualifiedName)
        let registers = newObject("generator_registers", JIT.generatorRegisters, size: MemoryLayout<ValueArrayObject>.size, tail: Int(code.pointee.registerCount))
        b.store(registers, words.arrayCount, b.int(Int64(code.pointee.registerCount)))
        for (index, argument) in arguments.enumerated() { b.store(registers, index: b.int(Int64(index)), words.generatorItem, argument) }
        // Only a frame that could be inside `try` or `with` has anything to do when it is abandoned; coroutines complain when nobody has awaited them.
        let made = b.new(words.layout("generator", (isCoroutine ? TypeID.coroutine : .generator).rawValue, size: MemoryLayout<GeneratorObject>.size,
                                      isFinalizable: isCoroutine || code.pointee.exceptionRangeCount > 0))
        isNew(made)
        b.store(made, words.generatorCode, constant(Value(code)))
        b.store(made, words.generatorFunction, function)
        b.store(made, words.generatorName, name)
        b.store(made, words.generatorQualifiedName, qualifiedName)
        b.store(made, words.generatorRegisters, registers)
        b.store(made, words.generatorFrame, b.value(0))
        b.store(made, words.generatorHandled, b.value(0))
        b.store(made, words.generatorPC, b.int(Int64(token(next))))
        b.store(made, words.generatorState, b.int(Int64(GeneratorState.created.rawValue)))
        b.store(made, words.generatorResume, b.int(0))
        b.store(made, words.generatorDelegate, b.int(-1))
        leaveFrame(made)
        return .goesOn
    }

    // MARK: Methods of built-in types

    /// Methods of sets, dicts and lists that have functions of their own, which take their arguments in machine registers. Nil for any other.
    func builtinMethod(_ record: UnsafeMutablePointer<NativeRecord>, _ a: Int, _ window: Int, _ arguments: [Ref], _ values: [Value]) -> Outcome? {
        if values[0].isSmallInt, values.count == 1, record.pointee.owner == TypeID.int.value, StringRef(record.pointee.name).equals("bit_length") {
            forgetWindow(window, 1)
            write(a, b.call(words.bitLength, [int(arguments[0])]))
            return .goesOn
        }
        guard let receiver = values.first, let ref = arguments.first, receiver.isPointer, receiver.type.value == record.pointee.owner else { return nil }
        var result = b.value(Value.none.bits)
        if receiver.isExact(.set), values.count == 2 {
            let name = StringRef(record.pointee.name)
            guard name.equals("add") || name.equals("discard") || name.equals("remove"), isSimpleKey(arguments[1], values[1], of: ref, receiver) else { return nil }
            if name.equals("remove") {
                guardStatus(unlessLeft(call(words.setRemovePlain, [word(ref), word(arguments[1])], runsPython: false)), writes: [level.base + a: result])
                forgetWindow(window, arguments.count)
                return .goesOn
            }
            b.guarding(.gge, call(name.equals("add") ? words.setAddPlain : words.setDiscard, [word(ref), word(arguments[1])], runsPython: false), b.int(0))
        } else if receiver.isExact(.dict), 2 ... 3 ~= values.count {
            let name = StringRef(record.pointee.name)
            guard name.equals("get") || name.equals("pop") || name.equals("setdefault"), isSimpleKey(arguments[1], values[1], of: ref, receiver) else { return nil }
            if !name.equals("get") {
                let missing = values.count == 3 ? word(arguments[2]) : name.equals("pop") ? b.value(0) : result
                guardResult(unlessLeft(call(name.equals("pop") ? words.dictPopPlain : words.dictSetDefaultPlain, [word(ref), word(arguments[1]), missing], runsPython: false)), to: a)
                forgetWindow(window, arguments.count)
                return .goesOn
            }
            result = call(words.dictGet, [word(ref), word(arguments[1]), values.count == 3 ? word(arguments[2]) : result], runsPython: false)
            b.guarding(.gne, b.cast(result, .int), b.int(Int64(bitPattern: Helpers.ended.bits)))
        } else if receiver.isExact(.list), values.count == 2, StringRef(record.pointee.name).equals("append") {
            guardObject(ref, receiver)
            guardStatus(call(words.append, [word(ref), word(arguments[1])], runsPython: false), writes: [level.base + a: result])
            forgetWindow(window, arguments.count)
            return .goesOn
        } else {
            return nil
        }
        forgetWindow(window, arguments.count)
        write(a, result)
        return .goesOn
    }
}
