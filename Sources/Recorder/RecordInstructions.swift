import Bytecode
import Glibc
import Interpreter
import TraceJIT

/// What each bytecode does, in IR.
extension Recorder {
    func instruction(_ opcode: Bytecode.Opcode, _ word: UInt32, _ a: Int, _ b2: Int, _ c: Int) -> Outcome {
        let constants = level.code.pointee.constantItems
        switch opcode {
        case .nop, .jump:
            return .goesOn
        case .move:
            write(a, read(b2))
            return .goesOn
        case .loadConst:
            write(a, constant(constants[b2 | c << 8]))
            return .goesOn
        case .loadConstWide:
            write(a, constant(constants[Int(pc[1])]))
            return .goesOn
        case .clear:
            write(a, b.value(0))
            return .goesOn
        case .checkBound:
            guard !actual(a).isEmpty else { return .failed("unbound local") }
            guardBound(read(a))
            return .goesOn
        case .loadCell:
            guard !actual(b2).object(CellObject.self).pointee.contents.isEmpty else { return .failed("unbound cell") }
            let contents = b.load(read(b2), words.cell)
            guardBound(contents)
            write(a, contents)
            return .goesOn
        case .storeCell:
            let cell = read(a), contents = read(b2)
            barrier(cell, storing: contents)
            b.store(cell, words.cell, self.word(contents))
            return .goesOn
        case .loadFree, .storeFree:
            return freeVariable(opcode, a, b2)
        case .loadGlobal:
            return loadGlobal(a)
        case .loadName:
            return areNamesGlobal() ? loadGlobal(a) : interpret(results: [a])
        case .storeName:
            return areNamesGlobal() ? storeGlobal(a) : interpret(results: [])
        case .getAttr:
            return getAttribute(a, b2)
        case .setAttr:
            return setAttribute(a, b2)
        case .getMethod:
            return getMethod(a, b2)
        case .getItem:
            return getItem(a, read(b2), actual(b2), read(c), actual(c))
        case .getItemK:
            return getItem(a, read(b2), actual(b2), constant(constants[c]), constants[c])
        case .setItem:
            return setItem(a, b2, c)
        case .add, .subtract, .multiply, .matrixMultiply, .divide, .modulo, .power, .leftShift, .rightShift, .bitOr, .bitXor, .bitAnd, .floorDivide:
            return binary(a, read(b2), actual(b2), read(c), actual(c), opcode.number - Bytecode.Opcode.add.number, inplace: false)
        case .addK, .subtractK, .multiplyK, .matrixMultiplyK, .divideK, .moduloK, .powerK, .leftShiftK, .rightShiftK, .bitOrK, .bitXorK, .bitAndK, .floorDivideK:
            return binary(a, read(b2), actual(b2), constant(constants[c]), constants[c], opcode.number - Bytecode.Opcode.addK.number, inplace: false)
        case .inplaceAdd, .inplaceSubtract, .inplaceMultiply, .inplaceMatrixMultiply, .inplaceDivide, .inplaceModulo, .inplacePower, .inplaceLeftShift,
             .inplaceRightShift, .inplaceBitOr, .inplaceBitXor, .inplaceBitAnd, .inplaceFloorDivide:
            return binary(a, read(b2), actual(b2), read(c), actual(c), opcode.number - Bytecode.Opcode.inplaceAdd.number, inplace: true)
        case .inplaceAddK, .inplaceSubtractK, .inplaceMultiplyK, .inplaceMatrixMultiplyK, .inplaceDivideK, .inplaceModuloK, .inplacePowerK, .inplaceLeftShiftK,
             .inplaceRightShiftK, .inplaceBitOrK, .inplaceBitXorK, .inplaceBitAndK, .inplaceFloorDivideK:
            return binary(a, read(b2), actual(b2), constant(constants[c]), constants[c], opcode.number - Bytecode.Opcode.inplaceAddK.number, inplace: true)
        case .negate:
            return negate(a, b2)
        case .not:
            if let truth = truth(read(b2), actual(b2)) {
                write(a, b.value(Value(!truth).bits))
                return .goesOn
            }
            let truth = call(words.isTrue, [self.word(read(b2))], runsPython: true)
            guardStatus(truth, writes: [level.base + a: bool(b.int(.xor, truth, b.int(1)))])
            return .goesOn
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
            return compare(a, read(b2), actual(b2), read(c), actual(c), opcode.number - Bytecode.Opcode.equal.number)
        case .equalK, .notEqualK, .lessK, .lessEqualK, .greaterK, .greaterEqualK:
            return compare(a, read(b2), actual(b2), constant(constants[c]), constants[c], opcode.number - Bytecode.Opcode.equalK.number)
        case .jumpEqual, .jumpNotEqual, .jumpLess, .jumpLessEqual, .jumpGreater, .jumpGreaterEqual:
            return jumpCompare(read(a), actual(a), read(b2), actual(b2), opcode.number - Bytecode.Opcode.jumpEqual.number, c)
        case .jumpEqualK, .jumpNotEqualK, .jumpLessK, .jumpLessEqualK, .jumpGreaterK, .jumpGreaterEqualK:
            return jumpCompare(read(a), actual(a), constant(constants[b2]), constants[b2], opcode.number - Bytecode.Opcode.jumpEqualK.number, c)
        case .is, .isNot:
            guard let same = same(read(b2), actual(b2), read(c), actual(c)) else { return .failed("identity of floats") }
            write(a, b.value(Value(same == (opcode == .is)).bits))
            return .goesOn
        case .jumpIs:
            return same(read(a), actual(a), read(b2), actual(b2)) == nil ? .failed("identity of floats") : .goesOn
        case .jumpIfNone, .jumpIfNotNone:
            let value = actual(a), ref = read(a)
            if b.trace.type(ref) == .value {
                if value.isNone { guardSame(ref, .none) } else { b.guarding(.gne, b.cast(ref, .int), b.int(Int64(bitPattern: Value.none.bits))) }
            }
            return .goesOn
        case .jumpIfTrue, .jumpIfFalse:
            if truth(read(a), actual(a)) != nil { return .goesOn }
            return guardTruth(call(words.isTrue, [self.word(read(a))], runsPython: true), jumpsWhen: opcode == .jumpIfTrue ? 1 : 0)
        case .contains, .notContains:
            return contains(a, read(b2), actual(b2), read(c), actual(c), opcode == .notContains)
        case .jumpContains:
            return jumpContains(read(a), actual(a), read(b2), actual(b2), c)
        case .listAppend:
            guardStatus(call(words.append, [self.word(read(a)), self.word(read(b2))], runsPython: false))
            return .goesOn
        case .getSlice:
            return getSlice(a, b2, c)
        case .buildSlice:
            let bounds = [read(b2), read(b2 + 1), c == 3 ? read(b2 + 2) : b.value(Value.none.bits)].map { self.word($0) }
            let made = b.new(words.layout("slice", TypeID.slice.rawValue, size: MemoryLayout<SliceObject>.size))
            isNew(made)
            for (field, bound) in zip([words.sliceStart, words.sliceStop, words.sliceStep], bounds) { b.store(made, field, bound) }
            write(a, made)
            return .goesOn
        case .formatValue:
            return formatValue(a, b2, c)
        case .buildString:
            return build(a, b2, c, words.joinStrings, runsPython: false)
        case .buildSet:
            return build(a, b2, c, words.newSet, runsPython: !arePlain(b2, c))
        case .buildMap:
            return build(a, b2, c, words.newMap, runsPython: !arePlain(b2, c, stride: 2))
        case .setAdd:
            if isSimpleKey(read(b2), actual(b2), of: read(a), actual(a)) {
                b.guarding(.gge, call(words.setAddPlain, [self.word(read(a)), self.word(read(b2))], runsPython: false), b.int(0))
                return .goesOn
            }
            guardStatus(call(words.setAdd, [self.word(read(a)), self.word(read(b2))], runsPython: true))
            return .goesOn
        case .mapAdd:
            if isSimpleKey(read(b2), actual(b2), of: read(a), actual(a)) {
                guardStatus(unlessLeft(call(words.dictSetPlain, [self.word(read(a)), self.word(read(b2)), self.word(read(c))], runsPython: false)))
                return .goesOn
            }
            guardStatus(call(words.mapAdd, [self.word(read(a)), self.word(read(b2)), self.word(read(c))], runsPython: true))
            return .goesOn
        case .listToTuple:
            return result(a, call(words.tuple, [self.word(read(b2))], runsPython: false))
        case .loadClosure:
            write(a, cell(b2))
            return .goesOn
        case .makeCell:
            let contents = self.word(read(a))
            let made = b.new(words.layout("cell", TypeID.cell.rawValue, size: MemoryLayout<CellObject>.size))
            isNew(made)
            b.store(made, words.cell, contents)
            write(a, made)
            return .goesOn
        case .invert where actual(b2).isSmallInt:
            write(a, b.int(.xor, int(read(b2)), b.int(-1)))
            return .goesOn
        case .plus where actual(b2).isSmallInt:
            write(a, int(read(b2)))
            return .goesOn
        case .makeFunction:
            if let made = function(of: constants[Int(pc[1])], operands: b2, flags: c) {
                write(a, made)
                return .goesOn
            }
            let operands = (0 ..< 4).reduce(0) { $0 + c >> $1 & 1 }
            for index in 0 ..< operands { store(slot: level.base + b2 + index, read(b2 + index)) }
            return result(a, call(words.makeFunction, [runningFunction(), constant(constants[Int(pc[1])]), address(slot: level.base + b2), b.int(Int64(c))], runsPython: false))
        case .dictMerge:
            guardStatus(call(words.dictMerge, [self.word(read(a)), self.word(read(b2)), self.word(read(c))], runsPython: true))
            return .goesOn
        case .getAwaitable where actual(b2).isExact(.coroutine) && actual(b2).object(GeneratorObject.self).pointee.state == .created:
            // One that has begun may be awaited by somebody else.
            guardObject(read(b2), actual(b2))
            b.guarding(.geq, b.load(read(b2), words.generatorState), b.int(Int64(GeneratorState.created.rawValue)))
            write(a, read(b2))
            return .goesOn
        case .invert, .plus, .getYieldFromIter, .getAwaitable:
            return interpret(results: [a])
        case .storeGlobal:
            return storeGlobal(a)
        case .deleteName, .deleteGlobal:
            return interpret(results: [], isDear: false)
        case .listExtend, .setUpdate, .dictUpdate:
            return interpret(results: [])
        case .deleteItem:
            if actual(a).isExact(.dict), isSimpleKey(read(b2), actual(b2), of: read(a), actual(a)) {
                guardStatus(unlessLeft(call(words.dictDeletePlain, [self.word(read(a)), self.word(read(b2))], runsPython: false)))
                return .goesOn
            }
            guardStatus(call(words.deleteItem, [self.word(read(a)), self.word(read(b2))], runsPython: true))
            return .goesOn
        case .deleteAttr:
            let name = TupleRef(level.code.pointee.names)[Int(pc[1])]
            guardStatus(call(words.setAttribute, [self.word(read(a)), b.value(name.bits), b.value(0)], runsPython: true))
            return .goesOn
        case .call:
            return call(a, b2, c, isMethod: false)
        case .callMethod:
            return call(a, b2, c, isMethod: true)
        case .callKeywords:
            return callKeywords(a, b2, c, isMethod: false)
        case .callMethodKeywords:
            return callKeywords(a, b2, c, isMethod: true)
        case .callExpanded:
            return callExpanded(a, b2, hasKeywords: c != 0)
        case .withLookup:
            return withLookup(a, b2, c) ?? interpret(results: [a, c, c + frameHeaderWords])
        case .raise:
            return raise(a)
        case .raiseFrom:
            return raise(a, from: b2)
        case .raiseAgain:
            return raiseAgain()
        case .reraise:
            return raiseAgain(read(a), actual(a), keepsOrigin: b2 != 0)
        case .pushException:
            return pushException(a, b2)
        case .popException:
            return popException(a)
        case .jumpIfNoMatch:
            return jumpIfNoMatch(a, b2)
        case .exceptionInfo:
            return exceptionInfo(a, b2)
        case .buildTuple:
            return buildTuple(a, b2, c)
        case .buildList:
            return buildList(a, b2, c)
        case .buildListFor:
            return buildListFor(a, b2)
        case .unpackSequence:
            return unpack(a, b2, c)
        case .getIter:
            return getIterator(a, b2)
        case .forIter:
            return forIter(a, b2)
        case .makeGenerator:
            return makeGenerator()
        case .yield:
            return yield(read(b2), to: next, resumingAt: a)
        case .yieldDelegated:
            return yield(read(b2), to: next + Int(Int32(bitPattern: pc[1])), resumingAt: a, delegate: c)
        case .send:
            return send(a, b2, c)
        case .getYieldFromIter where actual(b2).isExact(.generator):
            guardObject(read(b2), actual(b2))
            write(a, read(b2))
            return .goesOn
        case .return, .returnNone:
            return returns(opcode == .return ? read(a) : b.value(Value.none.bits), opcode == .return ? actual(a) : .none)
        case .unpackStarred:
            return interpret(results: Array(a ... a + c + Int(pc[1])), isDear: false)
        case .deleteLocal, .importName, .importFrom, .matchKeys, .copyDictWithoutKeys, .loadAssertionError:
            return interpret(results: [a], isDear: opcode == .importName)
        case .matchSequence, .matchMapping:
            return matchKind(a, read(b2), actual(b2), opcode == .matchSequence ? .sequencePattern : .mappingPattern)
        case .matchClass:
            return matchClass(a, b2, c) ?? interpret(results: [a], isDear: false)
        case .getLength:
            return interpret(results: [a], isDear: false)
        default:
            return .failed("\(opcode)")
        }
    }

    // MARK: Names

    private func freeVariable(_ opcode: Bytecode.Opcode, _ a: Int, _ index: Int) -> Outcome {
        let cellIndex = opcode == .loadFree ? index : a
        let cell = TupleRef(level.function.object(FunctionObject.self).pointee.closure)[cellIndex]
        let ref = self.cell(cellIndex)
        if opcode == .storeFree {
            let contents = read(index)
            barrier(ref, storing: contents)
            b.store(ref, words.cell, word(contents))
            return .goesOn
        }
        guard !cell.object(CellObject.self).pointee.contents.isEmpty else { return .failed("unbound free variable") }
        let contents = b.load(ref, words.cell)
        guardBound(contents)
        write(a, contents)
        return .goesOn
    }

    /// A cell of the running function's closure.
    func cell(_ index: Int) -> Ref {
        let function = runningFunction()
        if function.isConstant { return constant(TupleRef(level.function.object(FunctionObject.self).pointee.closure)[index]) }
        return b.load(b.load(function, words.functionClosure), index: b.int(Int64(index)), words.tupleItem)
    }

    /// Whether the names of the running body are globals, which is then guarded: those of a module are, those of a class and of `exec` with two dicts are not.
    private func areNamesGlobal() -> Bool {
        let namespace = level.fp[FrameSlot.context], globals = level.function.object(FunctionObject.self).pointee.globals
        guard depth == 0, globals.isExact(.dict), namespace.isEmpty || namespace == globals else { return false }
        guardSame(b.slot(level.base + FrameSlot.context), namespace)
        return true
    }

    private func loadGlobal(_ a: Int) -> Outcome {
        let function = level.function.object(FunctionObject.self), running = runningFunction()
        let name = (level.code.pointee.caches + Int(pc[1])).pointee.name
        if !running.isConstant { guardSame(b.load(running, words.functionGlobals), function.pointee.globals) }
        let globals = DictRef(function.pointee.globals)
        let entry = globals.find(string: name)
        if entry >= 0 {
            write(a, dictValue(globals, entry: entry))
            return .goesOn
        }
        let builtins = function.pointee.builtins
        guard builtins.isExact(.dict), globals.value.isExact(.dict) else { return .failed("odd builtins") }
        if !running.isConstant { guardSame(b.load(running, words.functionBuiltins), builtins) }
        let place = DictRef(builtins).find(string: name)
        guard place >= 0 else { return .failed("undefined name") }
        guardAbsent(globals)
        write(a, dictValue(DictRef(builtins), entry: place))
        return .goesOn
    }

    /// A global that exists is stored where it is.
    private func storeGlobal(_ a: Int) -> Outcome {
        let function = level.function.object(FunctionObject.self).pointee, running = runningFunction(), globals = DictRef(function.globals)
        guard function.globals.isExact(.dict), case let entry = globals.find(string: TupleRef(level.code.pointee.names)[Int(pc[1])]), entry >= 0 else { return interpret(results: [], isDear: false) }
        if !running.isConstant { guardSame(b.load(running, words.functionGlobals), function.globals) }
        keep(function.globals)
        guardNumber(UnsafeRawPointer(globals.pointer), words.dictVersion, globals.version)
        barrier(constant(globals.pointer.pointee.table), storing: read(a))
        b.store(b.pointer(UnsafeRawPointer(globals.itemAddress(entry))), words.dictEntry, word(read(a)))
        return .goesOn
    }

    /// Guards that a dict has no other keys than now.
    func guardAbsent(_ dict: DictRef) {
        keep(dict.value)
        b.guarding(.geq, b.load(b.pointer(UnsafeRawPointer(dict.pointer)), words.dictVersion), b.int(Int64(dict.version)))
    }

    // MARK: Attributes

    private func getAttribute(_ a: Int, _ register: Int) -> Outcome {
        let object = actual(register), ref = read(register)
        let name = (level.code.pointee.caches + Int(pc[1])).pointee.name
        if object.isPointer, let value = cachedAttribute(ref, object, name, bindsFunctions: true) {
            write(a, value)
            return .goesOn
        }
        if a | register <= 0xFF, let outcome = attributeHook(a, ref, object, name) { return outcome }
        if object.isPointer, !object.isExact(.float), case let entry = Attributes.lookUp(thread, object, name).pointee, entry.kind == .classValue, entry.value.isExact(.methodDescriptor) {
            guardShape(ref, object)
            write(a, boundNative(entry.value, ref))
            return .goesOn
        }
        if let outcome = nativeAttribute(a, ref, object, name) { return outcome }
        let result = call(words.getAttribute, [word(ref), b.value(name.bits)], runsPython: true)
        guardResult(result, to: a)
        return .goesOn
    }

    /// An attribute that a native getter gives. Nil when none does.
    private func nativeAttribute(_ a: Int, _ ref: Ref, _ object: Value, _ name: Value) -> Outcome? {
        let descriptor: Value
        if object.isPointer && !object.isExact(.float) {
            let entry = Attributes.lookUp(thread, object, name).pointee
            guard entry.kind == .nativeGetter else { return nil }
            descriptor = entry.value
            guardShape(ref, object)
        } else {
            descriptor = object.type.lookup(name)
            guard descriptor.isExact(.getSetDescriptor) else { return nil }
            guardPlain(ref, object)
        }
        if let value = knownAttribute(ref, object, name, descriptor) {
            write(a, value)
            return .goesOn
        }
        guard let record = UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.object(DescriptorObject.self).pointee.payload) else { return nil }
        let runsPython = record.pointee.effect == .calls || record.pointee.effect == .callsOnArguments
        let result = call(runsPython ? words.getter : words.getterPlain, [word(ref), b.pointer(UnsafeRawPointer(record)), b.value(name.bits)], runsPython: runsPython)
        guardResult(result, to: a)
        return .goesOn
    }

    /// An attribute that follows from what is guarded already, or is a field of the object.
    private func knownAttribute(_ ref: Ref, _ object: Value, _ name: Value, _ descriptor: Value) -> Ref? {
        if name == Name.__class__.value { return descriptor == TypeID.object.type.lookup(.__class__) ? constant(object.type.value) : nil }
        if object.isSmallInt {
            let text = StringRef(name)
            if text.equals("real") || text.equals("numerator") { return int(ref) }
            return text.equals("imag") ? b.int(0) : text.equals("denominator") ? b.int(1) : nil
        }
        if object.isExact(.complex) {
            let text = StringRef(name)
            return text.equals("real") ? b.load(ref, words.real) : text.equals("imag") ? b.load(ref, words.imaginary) : nil
        }
        return nil
    }

    /// An attribute that a function of Python gives: a property's, another descriptor's, or `__getattr__`. Nil when none does that can be inlined.
    private func attributeHook(_ a: Int, _ ref: Ref, _ object: Value, _ name: Value, keeping kept: Int? = nil) -> Outcome? {
        guard object.isPointer, case let entry = Attributes.lookUp(thread, object, name), let (function, hook) = SpecialMethods.getter(entry) else { return nil }
        guardShape(ref, object)
        let arguments: [Ref]
        switch hook {
        case .property: arguments = [ref]
        case .missing, .override: arguments = [ref, constant(name)]
        case .descriptor:
            guardTypeVersion(entry.pointee.value.type)
            arguments = [constant(entry.pointee.value), ref, constant(object.type.value)]
        }
        return special(function, arguments, to: a, flags: FrameFlags.getter, keeping: kept)
    }

    /// A special method, or another that an instruction calls of itself: its frame begins behind the registers. `kept` is a slot that the instruction has written already. Nil when it
    /// cannot be inlined.
    func special(_ method: Value, _ arguments: [Ref], to a: Int, flags: UInt64, keeping kept: Int? = nil) -> Outcome? {
        let first = Int(level.code.pointee.registerCount) + frameHeaderWords
        for (index, argument) in arguments.enumerated() { put(level.base + first + index, argument) }
        guard let outcome = enter(method, constant(method), at: first, count: arguments.count, flags: UInt64(a) << 8 | flags, keeping: kept) else {
            b.forget(level.base + first ..< level.base + first + arguments.count)
            isInsideCall = true
            return nil
        }
        return outcome
    }

    /// Guards what decides which method an operator calls: the classes of both operands.
    private func guardOperands(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value) {
        guardShape(x, p)
        if q.isPointer && !q.isExact(.str) { guardShape(y, q) } else { guardPlain(y, q) }
    }

    /// An attribute that a cache can find; nil when none can.
    func cachedAttribute(_ ref: Ref, _ object: Value, _ name: Value, bindsFunctions: Bool) -> Ref? {
        let entry = Attributes.lookUp(thread, object, name).pointee
        switch entry.kind {
        case .inlineSlot:
            guard !word(at: object, entry.offset).isEmpty else { return nil }
            guardShape(ref, object)
            let value = b.load(ref, words.attribute(entry.offset))
            guardBound(value)
            return value
        case .overflowSlot:
            let array = word(at: object, Int(entry.value.bits))
            guard !array.isEmpty, !word(at: array, entry.offset).isEmpty else { return nil }
            guardShape(ref, object)
            let value = b.load(b.load(ref, words.attribute(Int(entry.value.bits))), words.attribute(entry.offset))
            guardBound(value)
            return value
        case .classValue:
            if entry.value.shapeIndex == TupleFields.shape, object.has(.tupleSubclass) { return tupleField(ref, object, entry.value) }
            if entry.value.isExact(.staticMethod) {
                guardShape(ref, object)
                return constant(entry.value.object(WrapperObject.self).pointee.callable)
            }
            guard bindsFunctions, entry.value.isExact(.function) else { return nil }
            guardShape(ref, object)
            return method(entry.value, ref)
        case .classEntry:
            let namespace = DictRef(entry.value)
            guard namespace.pointer.pointee.version == UInt32(truncatingIfNeeded: entry.offset >> 32) else { return nil }
            guardShape(ref, object)
            return dictValue(namespace, entry: entry.offset & 0xFFFF_FFFF)
        case .dictEntry:
            guard object.isExact(.module) else { return nil }
            let dict = DictRef(object.object(ModuleObject.self).pointee.namespace)
            guard dict.pointer.pointee.version == UInt32(truncatingIfNeeded: entry.offset >> 32) else { return nil }
            guardSame(ref, object)
            return dictValue(dict, entry: entry.offset & 0xFFFF_FFFF)
        case .typeValue:
            guard TypeRef(object).pointer.pointee.version == UInt32(truncatingIfNeeded: entry.offset) else { return nil }
            guardClassAttributes(ref, object)
            return constant(entry.value)
        case .typeEntry:
            guard TypeRef(object).pointer.pointee.version == UInt32(truncatingIfNeeded: entry.offset >> 32) else { return nil }
            guardClassAttributes(ref, object)
            return dictValue(DictRef(entry.value), entry: entry.offset & 0xFFFF_FFFF)
        default:
            return nil
        }
    }

    /// Guards what the attributes of a class depend on.
    private func guardClassAttributes(_ ref: Ref, _ type: Value) {
        guardSame(ref, type)
        guardTypeVersion(TypeRef(type))
        if type.type.has(.heap) { guardTypeVersion(type.type) }
    }

    /// The field of a named tuple that a descriptor stands for. Nil when the tuple has none.
    private func tupleField(_ ref: Ref, _ object: Value, _ descriptor: Value) -> Ref? {
        let index = descriptor.raw.load(fromByteOffset: TupleFields.indexOffset, as: Int.self)
        guard index >= 0, index < TupleRef(object).count else { return nil }
        guardShape(ref, object)
        b.guarding(.ggt, b.load(ref, words.tupleCount), b.int(Int64(index)))
        return b.load(ref, index: b.int(Int64(index)), words.tupleItem)
    }

    /// A bound method.
    func method(_ function: Value, _ receiver: Ref) -> Ref {
        let made = b.new(words.layout("method", TypeID.method.rawValue, size: MemoryLayout<MethodObject>.size))
        isNew(made)
        b.store(made, words.methodFunction, constant(function))
        b.store(made, words.methodReceiver, word(receiver))
        return made
    }

    /// A native method bound to its receiver.
    private func boundNative(_ descriptor: Value, _ receiver: Ref) -> Ref {
        let made = b.new(words.layout("builtin", TypeID.builtinFunction.rawValue, size: MemoryLayout<BuiltinFunctionObject>.size))
        isNew(made)
        b.store(made, words.builtinReceiver, word(receiver))
        b.store(made, words.builtinModule, b.value(Value.none.bits))
        b.store(made, words.builtinRecord, b.pointer(UnsafeRawPointer(bitPattern: descriptor.object(DescriptorObject.self).pointee.payload)!))
        return made
    }

    private func word(at object: Value, _ offset: Int) -> Value { (object.raw + offset).assumingMemoryBound(to: Value.self).pointee }

    private func setAttribute(_ register: Int, _ valueRegister: Int) -> Outcome {
        let object = actual(register), ref = read(register)
        let cache = (level.code.pointee.caches + Int(pc[1])).pointee
        let value = word(read(valueRegister))
        if object.isPointer, ShapeTable.record(object.shapeIndex).pointee.version == cache.version, cache.kind == .inlineSlot || cache.kind == .transition {
            guardShape(ref, object)
            barrier(ref, storing: read(valueRegister))
            b.store(ref, words.attribute(cache.offset), value)
            if cache.kind == .transition { b.store(ref, words.shape, b.int(Int64(UInt32(truncatingIfNeeded: cache.value.bits)))) }
            return .goesOn
        }
        if let (function, hook) = SpecialMethods.setter(object, level.code.pointee.caches + Int(pc[1])), case let nowhere = Int(level.code.pointee.registerCount), nowhere <= 0xFFFF {
            guardShape(ref, object)
            let given = read(valueRegister)
            let arguments: [Ref]
            switch hook {
            case .property, .missing: arguments = [ref, given]
            case .descriptor:
                guardTypeVersion(cache.value.type)
                arguments = [constant(cache.value), ref, given]
            case .override: arguments = [ref, constant(cache.name), given]
            }
            if let outcome = special(function, arguments, to: nowhere, flags: 0) { return outcome }
        }
        // A class whose data is replaced by data stays as it is, in the eyes of all who know its attributes' places.
        if object.isExact(.type), object.type == TypeID.type.type, isPlain(actual(valueRegister)), TypeRef(object).replacesData(cache.name) {
            guardSame(ref, object)
            guardTypeVersion(TypeRef(object))
            guardPlain(read(valueRegister), actual(valueRegister))
            _ = call(words.replaceData, [word(ref), b.value(cache.name.bits), value], runsPython: false)
            return .goesOn
        }
        guardStatus(call(words.setAttribute, [word(ref), b.value(cache.name.bits), value], runsPython: true))
        return .goesOn
    }

    private func getMethod(_ a: Int, _ register: Int) -> Outcome {
        let object = actual(register), ref = read(register)
        let name = (level.code.pointee.caches + Int(pc[1])).pointee.name
        guard object.isPointer, !object.isExact(.float) else { return methodOfImmediate(a, ref, object, name) }
        let entry = Attributes.lookUp(thread, object, name).pointee
        if entry.kind == .classValue && entry.value.type.has(.methodDescriptor) {
            guardShape(ref, object)
            write(a, constant(entry.value))
            write(a + frameHeaderWords, ref)
            return .goesOn
        }
        if let outcome = superMethod(a, ref, object, name) { return outcome }
        if let (callee, receiver) = Attributes.wrapped(thread, object, name) {
            if object.isType { guardClassAttributes(ref, object) } else { guardShape(ref, object) }
            write(a, constant(callee))
            write(a + frameHeaderWords, receiver.isEmpty ? b.value(0) : constant(receiver))
            return .goesOn
        }
        if let cached = cachedAttribute(ref, object, name, bindsFunctions: false) {
            write(a, cached)
            write(a + frameHeaderWords, b.value(0))
            return .goesOn
        }
        if a | register <= 0xFF, SpecialMethods.mayFallBack(object) {
            let receiver = level.base + a + frameHeaderWords
            put(receiver, b.value(0))
            if let outcome = attributeHook(a, ref, object, name, keeping: receiver) { return outcome }
        }
        if entry.kind == .none, case let found = Attributes.methodOfDict(object, name), !found.isEmpty {
            guardShape(ref, object)
            guardSame(b.call(words.methodOfDict, [b.contextPointer, word(ref), b.value(name.bits)]), found)
            write(a, constant(found))
            write(a + frameHeaderWords, ref)
            return .goesOn
        }
        return anyMethod(a, ref)
    }

    /// A method of something that is no heap object, or of a float, which may or may not need one; their types never change.
    private func methodOfImmediate(_ a: Int, _ ref: Ref, _ object: Value, _ name: Value) -> Outcome {
        let method = object.type.lookup(name)
        guard !method.isEmpty, method.type.has(.methodDescriptor) else { return anyMethod(a, ref) }
        guardPlain(ref, object)
        write(a, constant(method))
        write(a + frameHeaderWords, ref)
        return .goesOn
    }

    /// A method by way of the runtime, which puts it, and the receiver if it is to have one, where the interpreter would.
    private func anyMethod(_ a: Int, _ ref: Ref) -> Outcome {
        let cache = level.code.pointee.caches + Int(pc[1])
        let status = call(words.getMethod, [address(slot: level.base + a), word(ref), b.pointer(UnsafeRawPointer(cache))], runsPython: true)
        let places = [a, a + frameHeaderWords].map { level.base + $0 }
        guardStatus(status, writes: Dictionary(uniqueKeysWithValues: places.map { ($0, b.load(b.framePointer, words.register($0))) }))
        return .goesOn
    }

    // MARK: Items

    /// Whether an operation on the object can run no Python: everything in it is of the exact built-in types, as far as one level tells.
    func isPlain(_ value: Value) -> Bool {
        value.isSmallInt || value.isPlainFloat || value.isImmediate || value.isExact(.str) || value.isExact(.bytes) || value.isExact(.int)
    }

    func index(_ key: Ref, _ actual: Value, _ count: Ref, _ actualCount: Int) -> Ref? {
        let position = actual.smallInt
        let number = int(key)
        if position >= 0 {
            guard position < actualCount else { return nil }
            b.guarding(.gult, number, count)
            return number
        }
        guard position + actualCount >= 0 else { return nil }
        b.guarding(.glt, number, b.int(0))
        let fromEnd = b.int(.add, number, count)
        b.guarding(.gge, fromEnd, b.int(0))
        return fromEnd
    }

    private func getItem(_ a: Int, _ ref: Ref, _ container: Value, _ key: Ref, _ actualKey: Value) -> Outcome {
        if actualKey.isSmallInt && container.isExact(.list) {
            guardObject(ref, container)
            guard let position = index(key, actualKey, b.load(ref, words.listCount), ListRef(container).count) else { return .failed("index out of range") }
            write(a, b.load(b.load(ref, words.listStorage), index: position, words.arrayItem))
            return .goesOn
        }
        if actualKey.isSmallInt && container.isExact(.tuple) {
            guardObject(ref, container)
            guard let position = index(key, actualKey, b.load(ref, words.tupleCount), TupleRef(container).count) else { return .failed("index out of range") }
            write(a, b.load(ref, index: position, words.tupleItem))
            return .goesOn
        }
        if actualKey.isExact(.slice), container.isExact(.list) || container.isExact(.tuple) || container.isExact(.str) || container.isExact(.bytes) {
            let (refs, values) = bounds(key, actualKey)
            return slice(a, ref, container, refs, values)
        }
        if let item = flatItem(ref, container, key, actualKey) {
            write(a, item)
            return .goesOn
        }
        let method = SpecialMethods.method(container, .__getitem__)
        if !method.isEmpty {
            guardShape(ref, container)
            if let outcome = special(method, [ref, key], to: a, flags: 0) { return outcome }
        }
        if container.isExact(.dict), isSimpleKey(key, actualKey, of: ref, container) {
            guardResult(unlessLeft(call(words.dictItemPlain, [word(ref), word(key)], runsPython: false)), to: a)
            return .goesOn
        }
        let plain = isPlain(actualKey) && (container.isExact(.str) || container.isExact(.bytes) || container.isExact(.bytearray))
        if plain {
            guardObject(ref, container)
            guardPlain(key, actualKey)
        }
        let result = call(plain ? words.getItemPlain : words.getItem, [word(ref), word(key)], runsPython: !plain)
        guardResult(result, to: a)
        return .goesOn
    }

    /// The result of a call that may have raised.
    func result(_ a: Int, _ ref: Ref) -> Outcome {
        guardResult(ref, to: a)
        return .goesOn
    }

    private func formatValue(_ a: Int, _ register: Int, _ flags: Int) -> Outcome {
        let hasSpecification = flags & 4 != 0
        let isPlain = isPlain(actual(register)) && (!hasSpecification || isPlain(actual(register + 1)))
        if isPlain {
            guardPlain(read(register), actual(register))
            if hasSpecification { guardPlain(read(register + 1), actual(register + 1)) }
        }
        let specification = hasSpecification ? word(read(register + 1)) : b.value(0)
        return result(a, call(isPlain ? words.formatPlain : words.format, [word(read(register)), b.int(Int64(flags & 3)), specification], runsPython: !isPlain))
    }

    /// Builds something of registers in a row.
    private func build(_ a: Int, _ first: Int, _ count: Int, _ function: UInt16, runsPython: Bool) -> Outcome {
        let registers = first ..< first + (function == words.newMap ? 2 * count : count)
        for register in registers { store(slot: level.base + register, read(register)) }
        return result(a, call(function, [address(slot: level.base + first), b.int(Int64(count))], runsPython: runsPython))
    }

    /// Whether registers hold plain values, which is then guarded.
    private func arePlain(_ first: Int, _ count: Int, stride step: Int = 1) -> Bool {
        let registers = stride(from: first, to: first + count * step, by: step)
        guard registers.allSatisfy({ isPlain(actual($0)) }) else { return false }
        for register in registers { guardPlain(read(register), actual(register)) }
        return true
    }

    /// Guards what `isPlain` has seen.
    func guardPlain(_ ref: Ref, _ actual: Value) {
        if ref.isConstant || b.trace.type(ref) != .value { return }
        if actual.isSmallInt { _ = int(ref) } else if actual.isPlainFloat { _ = b.unboxFloat(ref) } else if actual.isImmediate { guardSame(ref, actual) } else { guardObject(ref, actual) }
    }

    private func setItem(_ register: Int, _ keyRegister: Int, _ valueRegister: Int) -> Outcome {
        let container = actual(register), ref = read(register), actualKey = actual(keyRegister), key = read(keyRegister)
        if container.isExact(.list) && actualKey.isSmallInt {
            guardObject(ref, container)
            guard let position = index(key, actualKey, b.load(ref, words.listCount), ListRef(container).count) else { return .failed("index out of range") }
            let storage = b.load(ref, words.listStorage), value = word(read(valueRegister))
            barrier(storage, storing: read(valueRegister))
            b.store(storage, index: position, words.arrayItem, value)
            return .goesOn
        }
        if actualKey.isExact(.slice), container.isExact(.list), actual(valueRegister).isExact(.list),
           let outcome = setSlice(ref, container, key, actualKey, valueRegister) { return outcome }
        if case let method = SpecialMethods.method(container, .__setitem__), !method.isEmpty, case let nowhere = Int(level.code.pointee.registerCount), nowhere <= 0xFFFF {
            guardShape(ref, container)
            if let outcome = special(method, [ref, key, read(valueRegister)], to: nowhere, flags: 0) { return outcome }
        }
        if setFlatItem(ref, container, key, actualKey, read(valueRegister), actual(valueRegister)) { return .goesOn }
        if container.isExact(.dict), isSimpleKey(key, actualKey, of: ref, container) {
            guardStatus(unlessLeft(call(words.dictSetPlain, [word(ref), word(key), word(read(valueRegister))], runsPython: false)))
            return .goesOn
        }
        let plain = container.isExact(.bytearray) && isPlain(actualKey) && isPlain(actual(valueRegister))
        if plain {
            guardObject(ref, container)
            guardPlain(key, actualKey)
            guardPlain(read(valueRegister), actual(valueRegister))
        }
        guardStatus(call(words.setItem, [word(ref), word(key), word(read(valueRegister))], runsPython: !plain))
        return .goesOn
    }

    private func contains(_ a: Int, _ item: Ref, _ actualItem: Value, _ ref: Ref, _ container: Value, _ negated: Bool) -> Outcome {
        if let found = hasKey(item, actualItem, ref, container) {
            write(a, bool(negated ? b.int(.xor, found, b.int(1)) : found))
            return .goesOn
        }
        let found = search(item, actualItem, ref, container)
        guardStatus(found, writes: [level.base + a: bool(negated ? b.int(.xor, found, b.int(1)) : found)])
        return .goesOn
    }

    private func jumpContains(_ item: Ref, _ actualItem: Value, _ ref: Ref, _ container: Value, _ wanted: Int) -> Outcome {
        if let found = hasKey(item, actualItem, ref, container) {
            let truth = Int(Comparisons.contains(thread, container, actualItem))
            // The way not taken now begins behind the search, which is not to be repeated there.
            b.mark(token(truth == wanted ? next : next + Int(Int32(bitPattern: pc[1]))))
            b.guarding(.geq, found, b.int(Int64(truth)))
            return .goesOn
        }
        return guardTruth(search(item, actualItem, ref, container), jumpsWhen: wanted)
    }

    /// Whether a set or dict has a key that is a small int or a string, as a number: such a search calls nothing. Nil for any other.
    private func hasKey(_ key: Ref, _ actualKey: Value, _ ref: Ref, _ container: Value) -> Ref? {
        let isDict = container.isExact(.dict)
        guard isDict || container.isExact(.set) || container.isExact(.frozenset), isSimpleKey(key, actualKey, of: ref, container) else { return nil }
        let found = call(isDict ? words.dictHas : words.setHas, [word(ref), word(key)], runsPython: false)
        b.guarding(.gge, found, b.int(0))
        return found
    }

    /// Whether a key is a small int or a string, and nothing in the set or dict that is neither has its hash. Both are guarded to be of their types.
    func isSimpleKey(_ key: Ref, _ actualKey: Value, of ref: Ref, _ container: Value) -> Bool {
        guard actualKey.isSmallInt || actualKey.isExact(.str), container.isExact(.dict) || container.isExact(.set) || container.isExact(.frozenset) else { return false }
        let hash = thread.hash(actualKey)
        guard (container.isExact(.dict) ? DictRef(container).findPlain(actualKey, hash: hash) : SetRef(container).findPlain(actualKey, hash: hash)) != -3 else { return false }
        guardObject(ref, container)
        guardPlain(key, actualKey)
        return true
    }

    /// What a helper has found or done with such a key: the interpreter does it where something else with the key's hash has come into the container meanwhile.
    func unlessLeft(_ result: Ref) -> Ref {
        if b.trace.type(result) == .int {
            b.guarding(.gne, result, b.int(Int64(Helpers.left)))
        } else {
            b.guarding(.gne, b.cast(result, .int), b.int(Int64(bitPattern: Helpers.ended.bits)))
        }
        return result
    }

    /// `in`, where it may raise.
    private func search(_ item: Ref, _ actualItem: Value, _ ref: Ref, _ container: Value) -> Ref {
        let isPlain = isPlain(actualItem) && (container.isExact(.str) && actualItem.isExact(.str)
            || isPlainTuple(ref, container))
        if isPlain {
            guardObject(ref, container)
            guardPlain(item, actualItem)
        }
        return call(isPlain ? words.containsPlain : words.contains, [word(ref), word(item)], runsPython: !isPlain)
    }

    /// The word of a truth that is 0 or 1.
    private func bool(_ ref: Ref) -> Ref {
        b.cast(b.int(.or, b.int(.shl, ref, b.int(3)), b.int(Int64(bitPattern: Value.false.bits))), .value)
    }

    // MARK: Numbers

    /// An operand of arithmetic: a bool counts as the int that it is, unless both are and stay bools.
    private func operand(_ ref: Ref, _ value: Value, beside other: Value, _ slot: Slot) -> (Ref, Value) {
        guard value.isBool, other.isSmallInt || other.isPlainFloat || other.isBool && slot != .bitAnd && slot != .bitOr && slot != .bitXor else { return (ref, value) }
        if ref.isConstant { return (b.int(value == .true ? 1 : 0), Value(small: value == .true ? 1 : 0)) }
        let difference = Int64(bitPattern: Value.false.bits ^ Value.true.bits), word = bits(ref)
        b.guarding(.geq, b.int(.and, word, b.int(~difference)), b.int(Int64(bitPattern: Value.false.bits) & ~difference))
        return (b.int(.and, b.int(.sar, word, b.int(Int64(difference.trailingZeroBitCount))), b.int(1)), Value(small: value == .true ? 1 : 0))
    }

    private func binary(_ a: Int, _ left: Ref, _ leftValue: Value, _ right: Ref, _ rightValue: Value, _ operation: UInt8, inplace: Bool) -> Outcome {
        let slot = unsafeBitCast(UInt8(truncatingIfNeeded: Slot.add.rawValue) + operation, to: Slot.self)
        let (x, p) = operand(left, leftValue, beside: rightValue, slot), (y, q) = operand(right, rightValue, beside: leftValue, slot)
        if p.isSmallInt && q.isSmallInt, let result = integers(x, p.smallInt, y, q.smallInt, slot) {
            write(a, result)
            return .goesOn
        }
        if (p.isPlainFloat || p.isSmallInt) && (q.isPlainFloat || q.isSmallInt) && (p.isPlainFloat || q.isPlainFloat), let result = floats(x, p, y, q, slot) {
            write(a, result)
            return .goesOn
        }
        let isOwned = slot == .add && TextGrowth.isOwned(level.code, next - 1)
        let (method, isReflected) = SpecialMethods.binary(p, q, Int(operation), isInplace: inplace)
        if !method.isEmpty {
            if isReflected { guardOperands(y, q, x, p) } else { guardOperands(x, p, y, q) }
            // What the method returns may be anybody's text.
            if isOwned { b.store(b.pointer(TextGrowth.listed), words.rounds, b.int(0)) }
            if let outcome = special(method, isReflected ? [y, x] : [x, y], to: a, flags: FrameFlags.special) { return outcome }
        }
        let plain = isPlain(p) && isPlain(q) || p.isExact(.list) && q.isExact(.list) && slot == .add || p.isExact(.tuple) && q.isExact(.tuple) && slot == .add
        if plain {
            guardKind(x, p)
            guardKind(y, q)
        }
        if p.isExact(.list), q.isExact(.list), slot == .add, !inplace { return result(a, call(words.concatenateLists, [word(x), word(y)], runsPython: false)) }
        if p.isExact(.complex) || q.isExact(.complex), let result = complexes(x, p, y, q, slot) {
            write(a, result)
            return .goesOn
        }
        if isOwned, p.isExact(.str), q.isExact(.str) { return self.result(a, call(words.extendText, [word(x), word(y), address(slot: level.base)], runsPython: false)) }
        let result = call(plain && !p.isExact(.list) ? (inplace ? words.inplacePlain : words.binaryPlain) : inplace ? words.inplace : words.binary, [word(x), word(y), b.int(Int64(slot.rawValue))], runsPython: !plain)
        guardResult(result, to: a)
        return .goesOn
    }

    private func guardKind(_ ref: Ref, _ actual: Value) {
        if actual.isExact(.list) || actual.isExact(.tuple) { guardObject(ref, actual) } else { guardPlain(ref, actual) }
    }

    private func negate(_ a: Int, _ register: Int) -> Outcome {
        let value = actual(register), ref = read(register)
        if value.isSmallInt && Value.fitsSmall(-value.smallInt) {
            write(a, b.checked(.sub, b.int(0), int(ref), bits: 63))
            return .goesOn
        }
        if value.isPlainFloat {
            write(a, b.float(.fneg, double(ref, value)))
            return .goesOn
        }
        if case let method = SpecialMethods.method(value, .__neg__), !method.isEmpty {
            guardShape(ref, value)
            if let outcome = special(method, [ref], to: a, flags: 0) { return outcome }
        }
        guardResult(call(words.negative, [word(ref)], runsPython: !isPlain(value)), to: a)
        return .goesOn
    }

    // MARK: Comparisons and truth

    private func comparison(_ index: UInt8) -> Comparison {
        [Comparison.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual][Int(index)]
    }

    func areNumbers(_ p: Value, _ q: Value) -> Bool { (p.isSmallInt || p.isPlainFloat) && (q.isSmallInt || q.isPlainFloat) }

    func exactInDouble(_ p: Value) -> Bool { !p.isSmallInt || p.smallInt.magnitude >> 53 == 0 }

    /// The operands of a comparison of numbers: two ints, or two doubles. Nil when they cannot be compared as such.
    func numbers(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value) -> (x: Ref, y: Ref, floats: Bool)? {
        guard areNumbers(p, q) else { return nil }
        if p.isSmallInt && q.isSmallInt { return (int(x), int(y), false) }
        guard exactInDouble(p), exactInDouble(q) else { return nil }
        if p.isSmallInt { b.emit(.gfits, .void, int(x), Ref(literal: 54)) }
        if q.isSmallInt { b.emit(.gfits, .void, int(y), Ref(literal: 54)) }
        return (double(x, p), double(y, q), true)
    }

    private func compare(_ a: Int, _ x: Ref, _ p: Value, _ y: Ref, _ q: Value, _ index: UInt8) -> Outcome {
        let operation = comparison(index)
        if let (left, right, floats) = numbers(x, p, y, q) {
            let truth: Ref
            switch operation {
            case .equal: truth = b.int(floats ? .feq : .eq, left, right)
            case .notEqual: truth = b.int(floats ? .fne : .ne, left, right)
            case .less: truth = b.int(floats ? .flt : .lt, left, right)
            case .lessEqual: truth = b.int(floats ? .fle : .le, left, right)
            case .greater: truth = b.int(floats ? .flt : .lt, right, left)
            case .greaterEqual: truth = b.int(floats ? .fle : .le, right, left)
            }
            write(a, bool(truth))
            return .goesOn
        }
        if let same = sameText(x, p, y, q, operation) {
            write(a, bool(operation == .equal ? same : b.int(.xor, same, b.int(1))))
            return .goesOn
        }
        let method = SpecialMethods.compare(p, q, operation)
        if !method.isEmpty {
            guardOperands(x, p, y, q)
            if let outcome = special(method, [x, y], to: a, flags: FrameFlags.special) { return outcome }
        }
        let plain = isPlain(p) && isPlain(q)
        if plain {
            guardPlain(x, p)
            guardPlain(y, q)
        }
        let result = call(plain ? words.comparePlain : words.compare, [word(x), word(y), b.int(Int64(operation.rawValue))], runsPython: !plain)
        guardResult(result, to: a)
        return .goesOn
    }

    private func jumpCompare(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value, _ index: UInt8, _ wanted: Int) -> Outcome {
        let operation = comparison(index)
        if let (left, right, floats) = numbers(x, p, y, q) {
            let order: Bool
            if floats {
                let a = p.isSmallInt ? Double(p.smallInt) : p.doubleValue, b = q.isSmallInt ? Double(q.smallInt) : q.doubleValue
                switch operation {
                case .equal: order = a == b
                case .notEqual: order = a != b
                case .less: order = a < b
                case .lessEqual: order = a <= b
                case .greater: order = a > b
                case .greaterEqual: order = a >= b
                }
                switch operation {
                case .equal: self.b.guarding(order ? .gfeq : .gfne, left, right)
                case .notEqual: self.b.guarding(order ? .gfne : .gfeq, left, right)
                case .less: self.b.guarding(order ? .gflt : .gfnlt, left, right)
                case .lessEqual: self.b.guarding(order ? .gfle : .gfnle, left, right)
                case .greater: self.b.guarding(order ? .gflt : .gfnlt, right, left)
                case .greaterEqual: self.b.guarding(order ? .gfle : .gfnle, right, left)
                }
                return .goesOn
            }
            order = operation.holds(p.smallInt < q.smallInt ? -1 : p.smallInt > q.smallInt ? 1 : 0)
            switch operation {
            case .equal: b.guarding(order ? .geq : .gne, left, right)
            case .notEqual: b.guarding(order ? .gne : .geq, left, right)
            case .less: b.guarding(order ? .glt : .gge, left, right)
            case .lessEqual: b.guarding(order ? .gle : .ggt, left, right)
            case .greater: b.guarding(order ? .ggt : .gle, left, right)
            case .greaterEqual: b.guarding(order ? .gge : .glt, left, right)
            }
            return .goesOn
        }
        if let same = sameText(x, p, y, q, operation) {
            b.guarding(.geq, same, b.int(StringRef(p).equals(StringRef(q)) ? 1 : 0))
            return .goesOn
        }
        let method = SpecialMethods.compare(p, q, operation)
        if !method.isEmpty {
            guardOperands(x, p, y, q)
            if let outcome = special(method, [x, y], to: 0, flags: FrameFlags.specialJump) { return outcome }
        }
        let isText = p.isExact(.str) && q.isExact(.str)
        guard isText || operation == .equal || operation == .notEqual, isPlain(p), isPlain(q) || p.isExact(.int) && (q.isExact(.int) || q.isSmallInt) || p.isSmallInt && q.isExact(.int) else {
            return guardTruth(call(words.compareTruthOfAny, [word(x), word(y), b.int(Int64(operation.rawValue))], runsPython: true), jumpsWhen: wanted)
        }
        guardPlain(x, p)
        guardPlain(y, q)
        // Such values compare without running or raising anything, so that the guard can go back to the instruction.
        let truth = call(words.compareTruth, [word(x), word(y), b.int(Int64(operation.rawValue))], runsPython: false)
        if thread.compareTruth(p, q, operation) == 1 { b.guardTrue(truth) } else { b.guardFalse(truth) }
        return .goesOn
    }

    /// Whether two strings are equal, as a number, where that is what is asked. Nil otherwise.
    private func sameText(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value, _ operation: Comparison) -> Ref? {
        guard operation == .equal || operation == .notEqual, p.isExact(.str), q.isExact(.str) else { return nil }
        guardObject(x, p)
        guardObject(y, q)
        return b.call(words.sameText, [word(x), word(y)])
    }

    /// Guards whether two references are one object, as they are now; nil for two floats, whose identity depends on boxes.
    private func same(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value) -> Bool? {
        if p.isPlainFloat && q.isPlainFloat { return nil }
        if p.isPlainFloat || q.isPlainFloat {
            // No float is anything else.
            for (ref, value) in [(x, p), (y, q)] where !ref.isConstant { if value.isPointer && !value.isPlainFloat { guardShape(ref, value) } else { guardPlain(ref, value) } }
            return false
        }
        let same = p == q
        b.guarding(same ? .geq : .gne, bits(x), bits(y))
        return same
    }

    /// Guards the truth of a value, as it is now; nil when finding it out may run Python.
    private func truth(_ ref: Ref, _ actual: Value) -> Bool? {
        if actual.isBool || actual.isNone {
            guardSame(ref, actual)
            return actual == .true
        }
        if actual.isSmallInt {
            let number = int(ref)
            b.guarding(actual.smallInt != 0 ? .gne : .geq, number, b.int(0))
            return actual.smallInt != 0
        }
        if actual.isPlainFloat {
            let isTrue = actual.doubleValue != 0
            b.guarding(isTrue ? .gfne : .gfeq, double(ref, actual), b.float(0))
            return isTrue
        }
        guard actual.isPointer else { return nil }
        let count: Int
        let field: UInt16
        if actual.isExact(.list) { (count, field) = (ListRef(actual).count, words.listCount) }
        else if actual.isExact(.tuple) { (count, field) = (TupleRef(actual).count, words.tupleCount) }
        else if actual.isExact(.str) || actual.isExact(.dict) || actual.isExact(.set) { (count, field) = (word(at: actual, 8).bits == 0 ? 0 : 1, words.length) }
        else {
            let type = actual.type
            guard type.slotPointer(.bool).pointee == nil, type.slotPointer(.length).pointee == nil else { return nil }
            guardShape(ref, actual)
            return true
        }
        guardObject(ref, actual)
        b.guarding(count != 0 ? .gne : .geq, b.load(ref, field), b.int(0))
        return count != 0
    }

    private func send(_ a: Int, _ register: Int, _ sent: Int) -> Outcome {
        let delegate = actual(register), ref = read(register)
        guard delegate.isExact(.generator) || delegate.isExact(.coroutine) else { return .failed("send to \(delegate.type.name)") }
        guard delegate.object(GeneratorObject.self).pointee.state == .suspended || actual(sent).isNone else { return .failed("send to what has not started") }
        return resume(ref, delegate, sending: read(sent), flags: FrameFlags.send | UInt64(a) << 8) ?? .failed("send to what is not suspended")
    }

    private func returns(_ ref: Ref, _ value: Value) -> Outcome {
        if depth == 0 { return returnToCaller(ref, value) }
        if FrameFlags.isResumedByCall(level.flags) { return endOfGenerator(ref, value) ?? leave(at: pc) }
        if level.flags & FrameFlags.constructor != 0 {
            guard value.isNone else { return .failed("odd __init__") }
            if b.trace.type(ref) == .value { guardSame(ref, .none) }
        }
        if level.flags & FrameFlags.maker != 0 {
            // Instances of other classes may have to be initialized.
            guard value.isPointer, value.type.value == level.fp[FrameSlot.saved] else { return .failed("odd __new__") }
            guardObject(ref, value)
        }
        if level.flags & FrameFlags.special != 0 {
            if let failure = guardNotDeclined(ref, value) { return failure }
        }
        if level.flags & FrameFlags.specialJump != 0 {
            if let failure = guardNotDeclined(ref, value) { return failure }
            guard truth(ref, value) != nil else { return .failed("truth of \(value.type.name)") }
        }
        leaveFrame(ref)
        return .goesOn
    }

    /// An operator's method has done its work.
    func guardNotDeclined(_ ref: Ref, _ value: Value) -> Outcome? {
        guard value != .notImplemented else { return .failed("NotImplemented") }
        if !ref.isConstant, b.trace.type(ref) == .value { b.guarding(.gne, b.cast(ref, .int), b.int(Int64(bitPattern: Value.notImplemented.bits))) }
        return nil
    }

    // MARK: Building

    private func buildTuple(_ a: Int, _ first: Int, _ count: Int) -> Outcome {
        write(a, tuple((0 ..< count).map { read(first + $0) }))
        return .goesOn
    }

    func tuple(_ items: [Ref]) -> Ref {
        if items.isEmpty { return constant(WellKnown.emptyTuple.value) }
        let items = items.map(word)
        let tuple = newObject("tuple", TypeID.tuple.rawValue, size: MemoryLayout<TupleObject>.size, tail: items.count)
        b.store(tuple, words.tupleCount, b.int(Int64(items.count)))
        for (index, item) in items.enumerated() { b.store(tuple, index: b.int(Int64(index)), words.tupleItem, item) }
        steadyObjects.insert(tuple)
        return tuple
    }

    private func buildList(_ a: Int, _ first: Int, _ count: Int) -> Outcome {
        let items = (0 ..< count).map { word(read(first + $0)) }
        let list = b.new(words.layout("list", TypeID.list.rawValue, size: MemoryLayout<ListObject>.size))
        isNew(list)
        if count > 0 {
            let capacity = (count + 1) & ~1
            let array = newObject("array", TypeID.valueArray.rawValue, size: MemoryLayout<ValueArrayObject>.size, tail: capacity)
            b.store(array, words.arrayCount, b.int(Int64(count)))
            for index in 0 ..< count { b.store(array, index: b.int(Int64(index)), words.arrayItem, items[index]) }
            b.store(list, words.listStorage, array)
            b.store(list, words.listCount, b.int(Int64(count)))
            b.store(list, words.listCapacity, b.int(Int64(capacity)))
        }
        write(a, list)
        return .goesOn
    }

    /// An empty list with room for what an iterator has left.
    private func buildListFor(_ a: Int, _ register: Int) -> Outcome {
        let iterator = actual(register), ref = read(register), left: Ref
        switch iterator.isPointer ? iterator.shapeIndex : 0 {
        case TypeID.rangeIterator.rawValue:
            guardObject(ref, iterator)
            left = b.load(ref, words.rangeRemaining)
        case TypeID.listIterator.rawValue, TypeID.tupleIterator.rawValue:
            guardObject(ref, iterator)
            let container = b.load(ref, words.iteratorContainer)
            guard !iterator.object(IteratorObject.self).pointee.container.isEmpty else { return buildList(a, 0, 0) }
            b.guarding(.gne, b.cast(container, .int), b.int(0))
            left = b.int(.sub, b.load(container, iterator.isExact(.listIterator) ? words.listCount : words.tupleCount), b.load(ref, words.iteratorIndex))
        default: return buildList(a, 0, 0)
        }
        let list = call(words.newListFor, [left], runsPython: false)
        b.guarding(.gne, b.cast(list, .int), b.int(0))
        write(a, list)
        return .goesOn
    }

    private func unpack(_ a: Int, _ register: Int, _ count: Int) -> Outcome {
        let value = actual(register), ref = read(register)
        let isTuple = value.isExact(.tuple) || value.has(.tupleSubclass) && value.type.slotPointer(.iter).pointee == TypeID.tuple.type.slotPointer(.iter).pointee
        if isTuple && TupleRef(value).count == count {
            guardShape(ref, value)
            b.guarding(.geq, b.load(ref, words.tupleCount), b.int(Int64(count)))
            let items = (0 ..< count).map { b.load(ref, index: b.int(Int64($0)), words.tupleItem) }
            for index in 0 ..< count { write(a + index, items[index]) }
            return .goesOn
        }
        guard value.isExact(.list), ListRef(value).count == count else { return interpret(results: Array(a ..< a + count)) }
        guardObject(ref, value)
        b.guarding(.geq, b.load(ref, words.listCount), b.int(Int64(count)))
        let storage = b.load(ref, words.listStorage)
        let items = (0 ..< count).map { b.load(storage, index: b.int(Int64($0)), words.arrayItem) }
        for index in 0 ..< count { write(a + index, items[index]) }
        return .goesOn
    }
}
