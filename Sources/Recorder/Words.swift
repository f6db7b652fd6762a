import CoreTypes
import Glibc
import Interpreter
import NumberTypes
import TraceJIT

/// The runtime's memory layouts and functions as traces name them.
///
/// Fields of one alias class may be the same memory, fields of two never are. Class 0 is the shape in an object's header.
struct Words {
    let vocabulary: Vocabulary
    let shape, version, dictVersion, dictEntry: UInt16
    let functionName, functionQualifiedName, functionModule, functionDoc, generatorName, generatorQualifiedName: UInt16
    let sameText, concatenateLists, replaceData: UInt16
    let setHas, dictHas, dictGet, setAddPlain, setDiscard, mapAddName, functionKeywordDefaults, coroutineOriginDepth: UInt16
    let listCount, listStorage, listCapacity, arrayCount, arrayItem: UInt16
    let tupleCount, tupleItem, length: UInt16
    let cell, methodFunction, methodReceiver, functionCode, functionDefaults, builtinRecord, builtinReceiver, builtinModule: UInt16
    let sliceStart, sliceStop, sliceStep: UInt16
    let iteratorExtra, iteratorLimit, objectFlags, character, characterString: UInt16
    let dictTable, dictWords, dictKey, dictItem: UInt16
    let iteratorContainer, iteratorIndex, rangeNext, rangeStep, rangeRemaining: UInt16
    let breaker, stackTop, stackLimit, frame, recursionDepth, recursionLimit, counter, rounds: UInt16
    let dictItemPlain, dictSetPlain, dictDeletePlain, dictPopPlain, dictSetDefaultPlain, setRemovePlain: UInt16
    let binary, inplace, compareTruth, compare, isTrue, getItem, negative, setItem, contains, call, iterator, next, getAttribute, getMethod, setAttribute: UInt16
    let execute, append, newListFor, decimal: UInt16
    let getItemPlain, containsPlain, binaryPlain, comparePlain, slice, slicePlain, setSlicePlain, listSlice, moveItems, moveReversed, format, formatPlain, joinStrings, extendText, tuple, newSet, setAdd, newMap, mapAdd, iteratorPlain, nextPlain: UInt16
    let rangeStart, rangeStop, rangeStride, rangeLength, iteratedLength, real, imaginary, hypotenuse: UInt16
    let functionGlobals, functionBuiltins, functionClosure: UInt16
    let square, power, floatRemainder, floatQuotient, smallPower, bitLength: UInt16
    let exception, arguments, traceback, context, cause, suppressContext, entryNext, entryFrame, entryIndex, entryLine: UInt16
    let frameCode, frameFunction, frameBack, frameRegisters, frameContext, framePlace, frameIndex, frameTracesLines: UInt16
    let generatorCode: UInt16
    let superType, superReceiver, superReceiverType: UInt16
    let outerHandled, frameObject, addTraceback, linkContext, construct, callKeywords, callExpanded, makeFunction, dictMerge, compareTruthOfAny, inplacePlain, methodOfDict, getter, getterPlain, deleteItem: UInt16
    let generatorPC, generatorState, generatorFrame, generatorFunction, generatorHandled, generatorRegisters, generatorItem, generatorResume, generatorDelegate: UInt16

    init() {
        let vocabulary = Vocabulary()
        self.vocabulary = vocabulary
        func field(_ name: String, _ offset: Int, _ width: Field.Width, _ alias: Int, _ stability: Field.Stability = .plain) -> UInt16 { vocabulary.field(Field(name, offset: offset, width: width, alias: alias, stability: stability)) }
        shape = field("shape", 0, .u32, 0)
        version = field("version", 0, .u32, 5)
        dictVersion = field("dictVersion", MemoryLayout<DictObject>.offset(of: \.version)!, .u32, 6)
        dictEntry = field("dictEntry", 0, .value, 7)
        dictTable = field("dictTable", MemoryLayout<DictObject>.offset(of: \.table)!, .value, 6)
        dictWords = field("dictWords", MemoryLayout<DictTable>.offset(of: \.tracedWords)!, .i64, 6)
        dictKey = field("dictKey", MemoryLayout<DictTable>.size, .value, 7)
        dictItem = field("dictItem", MemoryLayout<DictTable>.size + 8, .value, 7)
        func count(_ name: String, _ offset: Int, _ alias: Int, _ stability: Field.Stability = .plain) -> UInt16 {
            vocabulary.field(Field(name, offset: offset, width: .i64, alias: alias, stability: stability, isCount: true))
        }
        listCount = count("count", 8, 1)
        listStorage = field("storage", 16, .value, 1)
        listCapacity = field("capacity", 24, .i64, 1)
        arrayCount = count("arrayCount", 8, 14)
        arrayItem = field("item", 16, .value, 2)
        tupleCount = count("tupleCount", 8, 3, .immutable)
        tupleItem = field("tupleItem", 16, .value, 3, .immutable)
        length = count("length", 8, 15)
        cell = field("contents", 8, .value, 8)
        methodFunction = field("function", 8, .value, 12, .immutable)
        methodReceiver = field("receiver", 16, .value, 12, .immutable)
        builtinRecord = field("record", MemoryLayout<BuiltinFunctionObject>.offset(of: \.record)!, .pointer, 12, .immutable)
        builtinReceiver = field("receiver", MemoryLayout<BuiltinFunctionObject>.offset(of: \.receiver)!, .value, 12, .immutable)
        builtinModule = field("module", MemoryLayout<BuiltinFunctionObject>.offset(of: \.module)!, .value, 12, .immutable)
        sliceStart = field("sliceStart", MemoryLayout<SliceObject>.offset(of: \.start)!, .value, 29, .immutable)
        sliceStop = field("sliceStop", MemoryLayout<SliceObject>.offset(of: \.stop)!, .value, 29, .immutable)
        sliceStep = field("sliceStep", MemoryLayout<SliceObject>.offset(of: \.step)!, .value, 29, .immutable)
        functionCode = field("code", 8, .value, 13)
        functionDefaults = field("defaults", MemoryLayout<FunctionObject>.offset(of: \.defaults)!, .value, 13)
        functionGlobals = field("globals", MemoryLayout<FunctionObject>.offset(of: \.globals)!, .value, 13, .immutable)
        functionBuiltins = field("builtins", MemoryLayout<FunctionObject>.offset(of: \.builtins)!, .value, 13, .immutable)
        functionClosure = field("closure", MemoryLayout<FunctionObject>.offset(of: \.closure)!, .value, 13, .immutable)
        func function(_ name: String, _ path: PartialKeyPath<FunctionObject>) -> UInt16 { field(name, MemoryLayout<FunctionObject>.offset(of: path)!, .value, 13) }
        functionName = function("functionName", \.name)
        functionQualifiedName = function("functionQualifiedName", \.qualifiedName)
        functionModule = function("functionModule", \.module)
        functionDoc = function("functionDoc", \.doc)
        functionKeywordDefaults = function("keywordDefaults", \.keywordDefaults)
        coroutineOriginDepth = field("coroutineOriginDepth", MemoryLayout<ThreadState>.offset(of: \.coroutineOriginDepth)!, .i64, 11)
        func generator(_ name: String, _ path: PartialKeyPath<GeneratorObject>, _ width: Field.Width) -> UInt16 {
            field(name, MemoryLayout<GeneratorObject>.offset(of: path)!, width, 19)
        }
        generatorName = generator("generatorName", \.name, .value)
        generatorQualifiedName = generator("generatorQualifiedName", \.qualifiedName, .value)
        generatorPC = generator("pc", \.pc, .i64)
        generatorState = generator("state", \.state, .u8)
        generatorFrame = generator("frame", \.frame, .value)
        generatorFunction = field("generatorFunction", MemoryLayout<GeneratorObject>.offset(of: \.function)!, .value, 19, .immutable)
        generatorCode = field("generatorCode", MemoryLayout<GeneratorObject>.offset(of: \.code)!, .value, 19, .immutable)
        generatorHandled = generator("generatorHandled", \.handled, .value)
        generatorRegisters = generator("registers", \.registers, .value)
        generatorResume = generator("resumeRegister", \.resumeRegister, .i32)
        generatorDelegate = generator("delegateRegister", \.delegateRegister, .i32)
        generatorItem = field("suspended", MemoryLayout<ValueArrayObject>.size, .value, 20)
        exception = field("exception", MemoryLayout<ThreadState>.offset(of: \.exception)!, .value, 21, .volatile)
        func exceptionField(_ name: String, _ path: PartialKeyPath<ExceptionObject>) -> UInt16 { field(name, MemoryLayout<ExceptionObject>.offset(of: path)!, .value, 25) }
        arguments = exceptionField("args", \.arguments)
        traceback = exceptionField("traceback", \.traceback)
        context = exceptionField("context", \.context)
        cause = exceptionField("cause", \.cause)
        suppressContext = exceptionField("suppressContext", \.suppressContext)
        entryNext = field("tracebackNext", MemoryLayout<TracebackObject>.offset(of: \.next)!, .value, 26)
        entryFrame = field("tracebackFrame", MemoryLayout<TracebackObject>.offset(of: \.frame)!, .value, 26)
        entryIndex = field("tracebackIndex", MemoryLayout<TracebackObject>.offset(of: \.lastIndex)!, .i64, 26)
        entryLine = field("tracebackLine", MemoryLayout<TracebackObject>.offset(of: \.line)!, .i64, 26)
        func frameField(_ name: String, _ path: PartialKeyPath<FrameObject>, _ width: Field.Width) -> UInt16 { field(name, MemoryLayout<FrameObject>.offset(of: path)!, width, 27) }
        frameCode = frameField("frameCode", \.code, .value)
        frameFunction = frameField("frameFunction", \.function, .value)
        frameBack = frameField("frameBack", \.back, .value)
        frameRegisters = frameField("frameRegisters", \.registers, .value)
        frameContext = frameField("frameContext", \.context, .value)
        framePlace = frameField("framePlace", \.fp, .i64)
        frameIndex = frameField("frameIndex", \.lastIndex, .i64)
        frameTracesLines = frameField("frameTracesLines", \.traceLines, .u8)
        superType = field("superType", MemoryLayout<SuperObject>.offset(of: \.type)!, .value, 28, .immutable)
        superReceiver = field("superReceiver", MemoryLayout<SuperObject>.offset(of: \.receiver)!, .value, 28, .immutable)
        superReceiverType = field("superReceiverType", MemoryLayout<SuperObject>.offset(of: \.receiverType)!, .value, 28, .immutable)
        iteratorContainer = field("container", 8, .value, 10)
        iteratorIndex = field("index", 16, .i64, 10)
        iteratorExtra = field("extra", MemoryLayout<IteratorObject>.offset(of: \.extra)!, .value, 10)
        iteratorLimit = field("limit", MemoryLayout<IteratorObject>.offset(of: \.limit)!, .i64, 10)
        // Of strings, which do not change.
        objectFlags = field("flags", MemoryLayout<ObjectHeader>.offset(of: \.flags)!, .u8, 30, .immutable)
        character = vocabulary.field(Field("character", offset: MemoryLayout<StringObject>.size, width: .u8, alias: 30, scale: 1, stability: .immutable))
        characterString = field("characterString", 0, .value, 31, .immutable)
        rangeNext = field("next", 8, .i64, 9)
        rangeStep = field("step", 16, .i64, 9)
        rangeRemaining = field("remaining", 24, .i64, 9)
        breaker = field("breaker", MemoryLayout<ThreadState>.offset(of: \.recursionDepth)! + 8, .u32, 11, .volatile)
        stackTop = field("stackTop", MemoryLayout<ThreadState>.offset(of: \.stackTop)!, .pointer, 11)

        stackLimit = field("stackLimit", MemoryLayout<ThreadState>.offset(of: \.stackLimit)!, .i64, 11)
        frame = field("frame", MemoryLayout<ThreadState>.offset(of: \.frame)!, .pointer, 11)
        recursionDepth = field("recursionDepth", MemoryLayout<ThreadState>.offset(of: \.recursionDepth)!, .i64, 11)
        recursionLimit = field("recursionLimit", 0, .i64, 18)
        counter = field("executed", 0, .i64, 17)
        rangeStart = field("start", MemoryLayout<RangeObject>.offset(of: \.start)!, .value, 22, .immutable)
        rangeStop = field("stop", MemoryLayout<RangeObject>.offset(of: \.stop)!, .value, 22, .immutable)
        rangeStride = field("stride", MemoryLayout<RangeObject>.offset(of: \.step)!, .value, 22, .immutable)
        rangeLength = field("rangeLength", MemoryLayout<RangeObject>.offset(of: \.length)!, .value, 22, .immutable)
        iteratedLength = field("iterated", MemoryLayout<RangeIteratorObject>.offset(of: \.length)!, .i64, 9)
        real = field("real", MemoryLayout<ComplexObject>.offset(of: \.real)!, .f64, 23, .immutable)
        imaginary = field("imaginary", MemoryLayout<ComplexObject>.offset(of: \.imaginary)!, .f64, 23, .immutable)
        rounds = field("rounds", 0, .i64, 24, .volatile)

        func function<T>(_ name: String, _ address: T, _ arguments: [IRType], _ result: IRType, _ effect: Function.Effect) -> UInt16 {
            vocabulary.function(Function(name, unsafeBitCast(address, to: UnsafeRawPointer.self), arguments, result, effect))
        }
        binary = function("binary", Helpers.binary, [.pointer, .value, .value, .int], .value, .anything)
        inplace = function("inplace", Helpers.inplace, [.pointer, .value, .value, .int], .value, .anything)
        compareTruth = function("compareTruth", Helpers.compareTruth, [.pointer, .value, .value, .int], .int, .readsAnything)
        compare = function("compare", Helpers.compare, [.pointer, .value, .value, .int], .value, .anything)
        isTrue = function("isTrue", Helpers.isTrue, [.pointer, .value], .int, .anything)
        negative = function("negative", Helpers.negative, [.pointer, .value], .value, .anything)
        getItem = function("getItem", Helpers.getItem, [.pointer, .value, .value], .value, .anything)
        setItem = function("setItem", Helpers.setItem, [.pointer, .value, .value, .value], .int, .anything)
        contains = function("contains", Helpers.contains, [.pointer, .value, .value], .int, .anything)
        call = function("call", Helpers.call, [.pointer, .value, .pointer, .int], .value, .anything)
        iterator = function("iterator", Helpers.iterator, [.pointer, .value], .value, .anything)
        next = function("next", Helpers.next, [.pointer, .value], .value, .anything)
        getAttribute = function("getAttribute", Helpers.getAttribute, [.pointer, .value, .value], .value, .anything)
        getMethod = function("getMethod", Helpers.getMethod, [.pointer, .pointer, .value, .pointer], .int, .anything)
        setAttribute = function("setAttribute", Helpers.setAttribute, [.pointer, .value, .value, .value], .int, .anything)
        replaceData = function("replaceData", Helpers.replaceData, [.pointer, .value, .value, .value], .int, Words.writesContainers)
        sameText = function("sameText", Helpers.sameText, [.value, .value], .int, .pure)
        concatenateLists = function("concatenateLists", Helpers.concatenateLists, [.pointer, .value, .value], .value, .readsAnything)
        execute = function("execute", Engine.execute, [.pointer], .int, .anything)
        append = function("append", Helpers.append, [.pointer, .value, .value], .int, Words.writesContainers)
        getItemPlain = function("getItemPlain", Helpers.getItem, [.pointer, .value, .value], .value, .readsAnything)
        containsPlain = function("containsPlain", Helpers.contains, [.pointer, .value, .value], .int, .readsAnything)
        binaryPlain = function("binaryPlain", Helpers.binary, [.pointer, .value, .value, .int], .value, .readsAnything)
        comparePlain = function("comparePlain", Helpers.compare, [.pointer, .value, .value, .int], .value, .readsAnything)
        slice = function("slice", Helpers.slice, [.pointer, .value, .value, .value, .value], .value, .anything)
        slicePlain = function("slicePlain", Helpers.slice, [.pointer, .value, .value, .value, .value], .value, .readsAnything)
        listSlice = function("listSlice", Helpers.listSlice, [.pointer, .value, .int, .int, .int], .value, .readsAnything)
        moveItems = function("moveItems", Helpers.moveItems, [.value, .int, .int, .value, .int, .int], .int, Words.writesContainers)
        moveReversed = function("moveReversed", Helpers.moveReversed, [.value, .int, .int, .value, .int, .int], .int, Words.writesContainers)
        setSlicePlain = function("setSlicePlain", Helpers.setSlice, [.pointer, .value, .value, .value, .value, .value], .int, Words.writesContainers)
        format = function("format", Helpers.format, [.pointer, .value, .int, .value], .value, .anything)
        formatPlain = function("formatPlain", Helpers.format, [.pointer, .value, .int, .value], .value, .readsAnything)
        joinStrings = function("joinStrings", Helpers.joinStrings, [.pointer, .pointer, .int], .value, .readsAnything)
        extendText = function("extendText", Helpers.extendText, [.pointer, .value, .value, .pointer], .value, Words.writesContainers)
        decimal = function("decimal", Helpers.decimal, [.pointer, .int], .value, .readsAnything)
        newListFor = function("newListFor", Helpers.newListFor, [.pointer, .int], .value, .readsAnything)
        tuple = function("tuple", Helpers.tuple, [.pointer, .value], .value, .readsAnything)
        newSet = function("newSet", Helpers.newSet, [.pointer, .pointer, .int], .value, .anything)
        setAdd = function("setAdd", Helpers.setAdd, [.pointer, .value, .value], .int, .anything)
        setHas = function("setHas", Helpers.setHas, [.pointer, .value, .value], .int, .readsAnything)
        dictHas = function("dictHas", Helpers.dictHas, [.pointer, .value, .value], .int, .readsAnything)
        dictGet = function("dictGet", Helpers.dictGet, [.pointer, .value, .value, .value], .value, .readsAnything)
        dictItemPlain = function("dictItem", Helpers.dictItem, [.pointer, .value, .value], .value, .readsAnything)
        dictSetPlain = function("dictSet", Helpers.dictSet, [.pointer, .value, .value, .value], .int, Words.writesContainers)
        dictDeletePlain = function("dictDelete", Helpers.dictDelete, [.pointer, .value, .value], .int, Words.writesContainers)
        dictPopPlain = function("dictPop", Helpers.dictPop, [.pointer, .value, .value, .value], .value, Words.writesContainers)
        dictSetDefaultPlain = function("dictSetDefault", Helpers.dictSetDefault, [.pointer, .value, .value, .value], .value, Words.writesContainers)
        setRemovePlain = function("setRemove", Helpers.setRemove, [.pointer, .value, .value], .int, Words.writesContainers)
        setAddPlain = function("setAddPlain", Helpers.setAddPlain, [.pointer, .value, .value], .int, Words.writesContainers)
        mapAddName = function("mapAddName", Helpers.mapAddName, [.pointer, .value, .value, .value], .int, Words.writesContainers)
        setDiscard = function("setDiscard", Helpers.setDiscard, [.pointer, .value, .value], .int, Words.writesContainers)
        newMap = function("newMap", Helpers.newMap, [.pointer, .pointer, .int], .value, .anything)
        mapAdd = function("mapAdd", Helpers.mapAdd, [.pointer, .value, .value, .value], .int, .anything)
        iteratorPlain = function("iteratorPlain", Helpers.iterator, [.pointer, .value], .value, .readsAnything)
        nextPlain = function("nextPlain", Helpers.next, [.pointer, .value], .value, Words.writesContainers)
        outerHandled = function("outerHandled", Helpers.outerHandled, [.pointer], .value, .readsAnything)
        frameObject = function("frameObject", Helpers.frameObject, [.pointer, .pointer], .value, .readsAnything)
        addTraceback = function("addTraceback", Helpers.addTraceback, [.pointer, .value, .value, .int], .int, Words.writesExceptions)
        linkContext = function("linkContext", Helpers.linkContext, [.pointer, .value], .int, Words.writesExceptions)
        construct = function("construct", Helpers.construct, [.pointer, .value, .pointer, .int], .value, .anything)
        callKeywords = function("callKeywords", Helpers.callKeywords, [.pointer, .value, .pointer, .int, .value], .value, .anything)
        callExpanded = function("callExpanded", Helpers.callExpanded, [.pointer, .pointer, .int], .value, .anything)
        makeFunction = function("makeFunction", Helpers.makeFunction, [.pointer, .value, .value, .pointer, .int], .value, .readsAnything)
        dictMerge = function("dictMerge", Helpers.dictMerge, [.pointer, .value, .value, .value], .int, .anything)
        compareTruthOfAny = function("compareTruth", Helpers.compareTruth, [.pointer, .value, .value, .int], .int, .anything)
        inplacePlain = function("inplacePlain", Helpers.inplace, [.pointer, .value, .value, .int], .value, .readsAnything)
        deleteItem = function("deleteItem", Helpers.deleteItem, [.pointer, .value, .value], .int, .anything)
        getter = function("getter", Helpers.getter, [.pointer, .value, .pointer, .value], .value, .anything)
        getterPlain = function("getter", Helpers.getter, [.pointer, .value, .pointer, .value], .value, .readsAnything)
        methodOfDict = function("methodOfDict", Helpers.methodOfDict, [.pointer, .value, .value], .value, .readsAnything)
        let hypotenuse: @convention(c) (Double, Double) -> Double = { hypot($0, $1) }
        self.hypotenuse = function("hypot", hypotenuse, [.float, .float], .float, .pure)
        square = function("square", Helpers.square, [.float], .float, .pure)
        power = function("power", Helpers.power, [.float, .float], .float, .pure)
        floatRemainder = function("remainder", Helpers.floatRemainder, [.float, .float], .float, .pure)
        floatQuotient = function("quotient", Helpers.floatQuotient, [.float, .float], .float, .pure)
        smallPower = function("smallPower", Helpers.smallPower, [.int, .int], .int, .pure)
        bitLength = function("bitLength", Helpers.bitLength, [.int], .int, .pure)
    }

    /// A word within an object at an offset found by a shape.
    func attribute(_ offset: Int) -> UInt16 { vocabulary.field(Field("attribute", offset: offset, width: .value, alias: 4)) }

    /// A register as it is in memory, after native code has written it.
    func register(_ slot: Int) -> UInt16 { vocabulary.field(Field("register", offset: slot * 8, width: .value, alias: 16, stability: .volatile)) }

    /// A word or byte of a sequence with flat items that tells of them, as its storage and their number, and the items.
    func flat(_ name: String, _ offset: Int, _ width: Field.Width, isCount: Bool = false) -> UInt16 { vocabulary.field(Field(name, offset: offset, width: width, alias: 32, isCount: isCount)) }
    func flatItem(_ offset: Int, _ width: Field.Width) -> UInt16 { vocabulary.field(Field("flatItem", offset: offset, width: width, alias: 33, scale: width.bytes)) }

    /// Reads anything, and writes what lists, dicts, sets and their iterators consist of.
    static let writesContainers = Function.Effect(reads: ~0, writes: 1 << 1 | 1 << 2 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 14 | 1 << 15 | 1 << 32 | 1 << 33)

    /// Reads anything, and writes exceptions, traceback entries and frame objects.
    static let writesExceptions = Function.Effect(reads: ~0, writes: 1 << 25 | 1 << 26 | 1 << 27)

    /// A function of the C library's on doubles.
    func double(_ name: String, _ function: @escaping @convention(c) (Double) -> Double) -> UInt16 {
        vocabulary.function(Function(name, unsafeBitCast(function, to: UnsafeRawPointer.self), [.float], .float, .pure))
    }

    /// The function of `math` of this name, where it is the C library's and tells of an error by a result that is not finite. Nil for others.
    func realFunction(_ name: String) -> UInt16? {
        switch name {
        case "sin": double(name) { sin($0) }
        case "cos": double(name) { cos($0) }
        case "tan": double(name) { tan($0) }
        case "asin": double(name) { asin($0) }
        case "acos": double(name) { acos($0) }
        case "atan": double(name) { atan($0) }
        case "sinh": double(name) { sinh($0) }
        case "cosh": double(name) { cosh($0) }
        case "tanh": double(name) { tanh($0) }
        case "exp": double(name) { exp($0) }
        case "log": double(name) { log($0) }
        case "log2": double(name) { log2($0) }
        case "log10": double(name) { log10($0) }
        default: nil
        }
    }

    /// The same of functions of two numbers.
    func realFunctionOfTwo(_ name: String) -> UInt16? {
        func double(_ function: @escaping @convention(c) (Double, Double) -> Double) -> UInt16 {
            vocabulary.function(Function(name, unsafeBitCast(function, to: UnsafeRawPointer.self), [.float, .float], .float, .pure))
        }
        return switch name {
        case "atan2": double { atan2($0, $1) }
        case "copysign": double { copysign($0, $1) }
        case "fmod": double { fmod($0, $1) }
        case "pow": double { pow($0, $1) }
        case "log": double { log($1).isFinite ? log($0) / log($1) : .nan }
        default: nil
        }
    }

    /// A native function: `record` outlives everything.
    func native(_ record: UnsafeMutablePointer<NativeRecord>, runsPython: Bool) -> UInt16 {
        let effect: Function.Effect = switch record.pointee.effect {
        case .pure, .reads: .readsAnything
        case .writes: Words.writesContainers
        // Methods of strings and bytes have nothing that they could write to.
        case .callsOnArguments where !runsPython && (record.pointee.owner == TypeID.str.value || record.pointee.owner == TypeID.bytes.value): .readsAnything
        case .calls, .callsOnArguments: runsPython ? .anything : Words.writesContainers
        }
        return vocabulary.function(Function(StringRef(record.pointee.name).description, unsafeBitCast(record.pointee.function, to: UnsafeRawPointer.self), [.pointer, .pointer, .int], .value, effect))
    }

    /// A function of a foreign interface, which is called with its record and binds its arguments itself.
    func foreign(_ entry: @escaping ForeignFunction) -> UInt16 {
        vocabulary.function(Function("foreign", unsafeBitCast(entry, to: UnsafeRawPointer.self), [.pointer, .pointer, .value, .pointer, .int, .value], .value, .anything))
    }

    // MARK: Allocation

    /// Layouts whose objects traces may keep virtual. The payload is the shape, and above it the size in bytes without the tail.
    /// Small ones are taken from the free run of their size class without a call, as `Heap.allocate` does it.
    /// A finalizable object is put into the collector's registry when it becomes real.
    func layout(_ name: String, _ shape: ShapeIndex, size: Int, hasTail: Bool = false, isFinalizable: Bool = false) -> UInt16 {
        var bump: Layout.Bump?
        let sizeClass = (size + 15) >> 4
        if !hasTail, !isFinalizable, sizeClass < Int(SMALL_CLASSES), let run = taipan_run(sizeClass) as UnsafeMutablePointer<FreeRun>? {
            let cursor = UInt(bitPattern: run)
            bump = Layout.Bump(cursor: cursor + UInt(MemoryLayout<FreeRun>.offset(of: \.cursor)!), limit: cursor + UInt(MemoryLayout<FreeRun>.offset(of: \.limit)!),
                               size: sizeClass << 4, header: UInt64(shape), isZeroed: true)
        }
        return vocabulary.layout(Layout(name, classWord: shape, payload: (isFinalizable ? Words.finalizable : 0) | UInt64(size) << 32 | UInt64(shape), bump: bump))
    }

    private static let finalizable: UInt64 = 1 << 63

    static func allocate(_ payload: UInt64, _ count: Int) -> Value {
        if payload & finalizable != 0 {
            let made = allocate(payload & ~finalizable, count)
            Collector.registerFinalizable(made.raw)
            return made
        }
        let size = Int(payload >> 32) + count * 8, shape = ShapeIndex(truncatingIfNeeded: payload)
        if let raw = Heap.allocate(size, shape: shape) { return Value(raw) }
        // Compiled code and exits cannot raise here: the object is made of the blocks kept back for this, and MemoryError waits for the next safepoint.
        guard let raw = Heap.allocate(size, shape: shape) else {
            fputs("Fatal Python error: out of memory in compiled code\n", stderr)
            abort()
        }
        let result = Value(raw)
        if let thread = ThreadRegistry.current, thread.pointee.asyncException.isEmpty {
            thread.pointee.asyncException = TypeID.memoryError.value
            taipan_breaker_set(thread, Breaker.asyncException)
        }
        return result
    }
}

/// What traces call for all that is not worth machine code of its own. The first argument is the thread; an empty result, or a negative one, has raised.
enum Helpers {
    typealias Context = UnsafeMutableRawPointer
    @inline(__always) static func thread(_ context: Context) -> ThreadRef { context.assumingMemoryBound(to: ThreadState.self) }

    static let binary: @convention(c) (Context, Value, Value, Int) -> Value = {
        TextGrowth.clear()
        return thread($0).binary($1, $2, unsafeBitCast(UInt8(truncatingIfNeeded: $3), to: Slot.self))
    }
    static let inplace: @convention(c) (Context, Value, Value, Int) -> Value = {
        TextGrowth.clear()
        return thread($0).inplace($1, $2, unsafeBitCast(UInt8(truncatingIfNeeded: $3), to: Slot.self))
    }
    static let compareTruth: @convention(c) (Context, Value, Value, Int) -> Int = { Int(thread($0).compareTruth($1, $2, Comparison(number: Int32(truncatingIfNeeded: $3)))) }
    static let compare: @convention(c) (Context, Value, Value, Int) -> Value = { thread($0).compare($1, $2, Comparison(number: Int32(truncatingIfNeeded: $3))) }
    static let isTrue: @convention(c) (Context, Value) -> Int = { Int(thread($0).isTrue($1)) }
    static let negative: @convention(c) (Context, Value) -> Value = { thread($0).unary($1, .negative) }
    static let getItem: @convention(c) (Context, Value, Value) -> Value = { context, container, key in
        if container.isExact(.dict) {
            let found = DictRef(container).get(thread(context), key)
            if !found.isEmpty || thread(context).hasException { return found }
        }
        return thread(context).getItem(container, key)
    }
    static let setItem: @convention(c) (Context, Value, Value, Value) -> Int = { context, container, key, value in
        if container.isExact(.dict) { return DictRef(container).set(thread(context), key, value) ? 0 : -1 }
        return thread(context).setItem(container, key, value) ? 0 : -1
    }
    static let sameText: @convention(c) (Value, Value) -> Int = { StringRef($0).equals(StringRef($1)) ? 1 : 0 }
    static let replaceData: @convention(c) (Context, Value, Value, Value) -> Int = { TypeRef($1).replaceData($2, with: $3) ? 0 : -1 }
    static let concatenateLists: @convention(c) (Context, Value, Value) -> Value = { thread($0).concatenate(ListRef($1), ListRef($2)) }
    static let slice: @convention(c) (Context, Value, Value, Value, Value) -> Value = { thread($0).getSlice($1, $2, $3, $4) }
    static let setSlice: @convention(c) (Context, Value, Value, Value, Value, Value) -> Int = { thread($0).setSlice($1, $2, $3, $4, $5) ? 0 : -1 }
    /// The conversion's number, and an empty word or the specification.
    static let format: @convention(c) (Context, Value, Int, Value) -> Value = { Building.format(thread($0), $1, $2, $3) }
    static let joinStrings: @convention(c) (Context, UnsafeMutableRawPointer, Int) -> Value = { Building.string(thread($0), $1.assumingMemoryBound(to: Value.self), $2) }
    /// The sum of two strings of which nobody but the frame has the first.
    static let extendText: @convention(c) (Context, Value, Value, UnsafeRawPointer) -> Value = { TextGrowth.extend(thread($0), StringRef($1), StringRef($2), $3) }
    static let tuple: @convention(c) (Context, Value) -> Value = { thread($0).tuple($1) }
    static let newSet: @convention(c) (Context, UnsafeMutableRawPointer, Int) -> Value = { Building.set(thread($0), $1.assumingMemoryBound(to: Value.self), $2) }
    static let setAdd: @convention(c) (Context, Value, Value) -> Int = { SetRef($1).add(thread($0), $2) ? 0 : -1 }
    /// Searches for keys that are small ints or strings: 1 or 0; -1 when something that is neither has the same hash, which is left to the interpreter.
    static let setHas: @convention(c) (Context, Value, Value) -> Int = { has(SetRef($1).findPlain($2, hash: SetRef.plainHash($2))) }
    static let dictHas: @convention(c) (Context, Value, Value) -> Int = { has(DictRef($1).findPlain($2, hash: thread($0).hash($2))) }
    @inline(__always) private static func has(_ place: Int) -> Int { place >= 0 ? 1 : place == -1 ? 0 : -1 }
    /// `dict.get` of such a key: `ended` is left to the interpreter.
    static let dictGet: @convention(c) (Context, Value, Value, Value) -> Value = { context, dict, key, missing in
        let entry = DictRef(dict).findPlain(key, hash: thread(context).hash(key))
        return entry >= 0 ? DictRef(dict).item(at: entry) : entry == -1 ? missing : ended
    }
    /// 0, or -1 for what is left to the interpreter.
    static let setAddPlain: @convention(c) (Context, Value, Value) -> Int = { context, set, key in
        let added = SetRef(set).addPlain(thread(context), key, hash: SetRef.plainHash(key))
        if added == -1 { thread(context).takeException() }
        return added >= 0 ? 0 : -1
    }
    static let setDiscard: @convention(c) (Context, Value, Value) -> Int = { context, set, key in
        let place = SetRef(set).findPlain(key, hash: SetRef.plainHash(key))
        if place >= 0 { SetRef(set).remove(place: place) }
        return place >= -1 ? 0 : -1
    }
    // The same with errors, which are raised. What is left to the interpreter, a key that something else may equal, is `ended` or `left`.
    /// A status that is neither success nor an error.
    static let left = -2
    static let dictItem: @convention(c) (Context, Value, Value) -> Value = { context, dict, key in
        let entry = DictRef(dict).findPlain(key, hash: SetRef.plainHash(key))
        return entry >= 0 ? DictRef(dict).item(at: entry) : entry == -1 ? thread(context).getItem(dict, key) : ended
    }
    static let dictSet: @convention(c) (Context, Value, Value, Value) -> Int = { context, dict, key, value in
        let hash = SetRef.plainHash(key), entry = DictRef(dict).findPlain(key, hash: hash)
        guard entry >= 0 else { return entry == -1 ? (DictRef(dict).insert(thread(context), key, hash: hash, value) ? 0 : -1) : left }
        DictRef(dict).setItem(at: entry, value)
        Heap.barrier(DictRef(dict).pointer.pointee.table.raw)
        return 0
    }
    static let dictDelete: @convention(c) (Context, Value, Value) -> Int = { context, dict, key in
        let entry = DictRef(dict).findPlain(key, hash: SetRef.plainHash(key))
        guard entry >= 0 else { return entry == -1 ? (thread(context).deleteItem(dict, key) ? 0 : -1) : left }
        DictRef(dict).remove(entry: entry)
        return 0
    }
    /// `missing` is an empty word where there is no default.
    static let dictPop: @convention(c) (Context, Value, Value, Value) -> Value = { context, dict, key, missing in
        let entry = DictRef(dict).findPlain(key, hash: SetRef.plainHash(key))
        guard entry >= 0 else { return entry == -1 ? (missing.isEmpty ? thread(context).raiseKeyError(key) : missing) : ended }
        let value = DictRef(dict).item(at: entry)
        DictRef(dict).remove(entry: entry)
        return value
    }
    static let dictSetDefault: @convention(c) (Context, Value, Value, Value) -> Value = { context, dict, key, value in
        let hash = SetRef.plainHash(key), entry = DictRef(dict).findPlain(key, hash: hash)
        if entry >= 0 { return DictRef(dict).item(at: entry) }
        return entry == -1 ? (DictRef(dict).insert(thread(context), key, hash: hash, value) ? value : .empty) : ended
    }
    static let setRemove: @convention(c) (Context, Value, Value) -> Int = { context, set, key in
        let place = SetRef(set).findPlain(key, hash: SetRef.plainHash(key))
        guard place >= 0 else {
            if place == -1 { thread(context).raiseKeyError(key) }
            return place == -1 ? -1 : left
        }
        SetRef(set).remove(place: place)
        return 0
    }
    /// A keyword argument goes into a new dict. -1, with the call to be begun anew, when there is no memory.
    static let mapAddName: @convention(c) (Context, Value, Value, Value) -> Int = { context, dict, name, value in
        if DictRef(dict).set(thread(context), name, value) { return 0 }
        thread(context).takeException()
        return -1
    }
    static let newMap: @convention(c) (Context, UnsafeMutableRawPointer, Int) -> Value = { Building.map(thread($0), $1.assumingMemoryBound(to: Value.self), $2) }
    static let mapAdd: @convention(c) (Context, Value, Value, Value) -> Int = { DictRef($1).set(thread($0), $2, $3) ? 0 : -1 }
    /// The digits of a number; empty when there is no memory.
    static let decimal: @convention(c) (Context, Int) -> Value = { context, number in
        let text = IntOps.decimal(thread(context), number)
        if text.isEmpty { thread(context).takeException() }
        return text
    }
    static let square: @convention(c) (Double) -> Double = { FloatPower.square($0) }
    static let power: @convention(c) (Double, Double) -> Double = { FloatPower.power($0, $1) }
    static let floatRemainder: @convention(c) (Double, Double) -> Double = { FloatType.divmod($0, $1).remainder }
    static let floatQuotient: @convention(c) (Double, Double) -> Double = { FloatType.divmod($0, $1).quotient }
    /// What a small int cannot be.
    static let tooLarge = Int.min
    /// The power of an exponent that is not negative, or `tooLarge`.
    static let smallPower: @convention(c) (Int, Int) -> Int = { base, exponent in
        let power = Integers.power(base, exponent)
        return power.map(Value.fitsSmall) == true ? power.unsafelyUnwrapped : tooLarge
    }
    static let bitLength: @convention(c) (Int) -> Int = { 64 - $0.magnitude.leadingZeroBitCount }
    /// An empty list with room for so many items; empty when there is no memory.
    static let newListFor: @convention(c) (Context, Int) -> Value = { context, count in
        let list = thread(context).newList(capacity: max(0, min(count, ThreadRef.mostExpected)))
        if list.isEmpty { thread(context).takeException() }
        return list
    }
    static let append: @convention(c) (Context, Value, Value) -> Int = { ListRef($1).append(thread($0), $2) ? 0 : -1 }
    static let contains: @convention(c) (Context, Value, Value) -> Int = { Int(Comparisons.contains(thread($0), $1, $2)) }
    static let call: @convention(c) (Context, Value, UnsafeMutableRawPointer, Int) -> Value = { thread($0).call($1, $2.assumingMemoryBound(to: Value.self), $3) }
    static let iterator: @convention(c) (Context, Value) -> Value = { thread($0).loopIterator($1) }
    /// What `next` returns at the end: an immediate that is no value.
    static let ended = Value(immediate: 31)
    static let next: @convention(c) (Context, Value) -> Value = { context, iterator in
        let item = thread(context).next(iterator)
        return item.isEmpty && !thread(context).hasException ? Value(immediate: 31) : item
    }
    static let getAttribute: @convention(c) (Context, Value, Value) -> Value = { thread($0).getAttribute($1, $2) }
    static let getMethod: @convention(c) (Context, UnsafeMutableRawPointer, Value, UnsafeMutableRawPointer) -> Int = {
        Attributes.getMethod(thread($0), $1.assumingMemoryBound(to: Value.self), $2, $3.assumingMemoryBound(to: InlineCache.self)) ? 0 : -1
    }
    static let setAttribute: @convention(c) (Context, Value, Value, Value) -> Int = { thread($0).setAttribute($1, $2, $3) ? 0 : -1 }
    static let callKeywords: @convention(c) (Context, Value, UnsafeMutableRawPointer, Int, Value) -> Value = { thread($0).call($1, $2.assumingMemoryBound(to: Value.self), $3, $4) }
    static let callExpanded: @convention(c) (Context, UnsafeMutableRawPointer, Int) -> Value = { JIT.callExpanded(thread($0), $1.assumingMemoryBound(to: Value.self), hasKeywords: $2 != 0) }
    static let makeFunction: @convention(c) (Context, Value, Value, UnsafeMutableRawPointer, Int) -> Value = { JIT.makeFunction(thread($0), $1, $2, $3.assumingMemoryBound(to: Value.self), $4) }
    static let dictMerge: @convention(c) (Context, Value, Value, Value) -> Int = { JIT.dictMerge(thread($0), $1, $2, $3) ? 0 : -1 }
    static let deleteItem: @convention(c) (Context, Value, Value) -> Int = { thread($0).deleteItem($1, $2) ? 0 : -1 }
    static let getter: @convention(c) (Context, Value, UnsafeMutableRawPointer, Value) -> Value = { Attributes.callGetter(thread($0), $1, $2.assumingMemoryBound(to: NativeRecord.self), $3) }
    static let methodOfDict: @convention(c) (Context, Value, Value) -> Value = { Attributes.methodOfDict($1, $2) }
    static let outerHandled: @convention(c) (Context) -> Value = { JIT.outerHandledException(thread($0)) }
    static let frameObject: @convention(c) (Context, UnsafeMutableRawPointer) -> Value = { context, fp in
        let object = JIT.frameObject(thread(context), fp.assumingMemoryBound(to: Value.self))
        if !object.isEmpty { return object }
        // Compiled code cannot raise here: the exception under way is worth more than its frame's object. One of no frame takes its place.
        thread(context).takeException()
        let empty = Words.allocate(UInt64(MemoryLayout<FrameObject>.size) << 32 | UInt64(TypeID.frame.rawValue), 0), frame = fp.assumingMemoryBound(to: Value.self)
        empty.object(FrameObject.self).pointee.code = frame[FrameSlot.code]
        empty.object(FrameObject.self).pointee.function = frame[FrameSlot.function]
        return empty
    }
    static let addTraceback: @convention(c) (Context, Value, Value, Int) -> Int = { context, exception, frame, index in
        JIT.addTraceback(thread(context), exception, frame, index)
        return 0
    }
    /// The exception being handled becomes the context of one that is about to be raised.
    static let linkContext: @convention(c) (Context, Value) -> Int = { context, exception in
        thread(context).raise(exception)
        thread(context).takeException()
        return 0
    }
    static let construct: @convention(c) (Context, Value, UnsafeMutableRawPointer, Int) -> Value = { JIT.new(thread($0), TypeRef($1), $2.assumingMemoryBound(to: Value.self), $3) }
}
