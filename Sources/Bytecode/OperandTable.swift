/// What each operand of each opcode is: one declarative table, from which the disassembler prints, the verifier checks and the
/// interpreter's tools and the JIT may read which registers an instruction reads and writes.
///
/// To add an opcode, give it a row in `shape(of:)`; the switch is exhaustive. `Instruction.decode` puts the high bits of
/// `extended` words back.

public enum Operand: UInt8 {
    case unused
    /// A register that is read, written, or both.
    case reads, writes, updates
    /// The first of several registers that are read or written; `OperandShape.extent` says how many.
    case readsWindow, writesWindow
    /// A call's base: from here up, everything may be overwritten.
    case callWindow
    /// `getMethod`'s base: the register itself and the one `frameHeaderWords` above.
    case methodWindow
    case constant
    /// An index into the closure.
    case free
    case count
    case flags
    /// A part of a 24-bit jump offset.
    case offset
    // Extra words
    case cache, loopCache, name, jump, code
}

/// How many registers a window spans.
public enum Extent: UInt8 {
    case none
    case c
    case twiceC
    case two
    case three
    /// frameHeaderWords + c arguments + two spare ones
    case call
    /// As `call`, with a receiver
    case methodCall
    case expandedCall
    /// c + 1 + x
    case starred
    /// As many as c has bits
    case bitsOfC
}

public struct OperandShape {
    public var a, b, c, x, y: Operand
    public var extent: Extent
    /// Execution does not go on behind the instruction.
    public var ends: Bool

    init(_ a: Operand = .unused, _ b: Operand = .unused, _ c: Operand = .unused, x: Operand = .unused, y: Operand = .unused,
         extent: Extent = .none, ends: Bool = false) {
        self.a = a
        self.b = b
        self.c = c
        self.x = x
        self.y = y
        self.extent = extent
        self.ends = ends
    }

    public static func shape(of opcode: Opcode) -> OperandShape { shapes[Int(opcode.rawValue)] }
    private static let shapes: [OperandShape] = Opcode.allCases.map(row)

    private static func row(_ opcode: Opcode) -> OperandShape {
        switch opcode {
        case .nop, .extended: return OperandShape()
        case .move: return OperandShape(.writes, .reads)
        case .loadConst: return OperandShape(.writes, .constant) // with c as the constant's high byte
        case .loadConstWide: return OperandShape(.writes, x: .constant)
        case .clear: return OperandShape(.writes)
        case .checkBound: return OperandShape(.reads)
        case .deleteLocal, .makeCell: return OperandShape(.updates)
        case .loadCell: return OperandShape(.writes, .reads)
        case .storeCell: return OperandShape(.reads, .reads)
        case .deleteCell: return OperandShape(.reads)
        case .loadFree, .loadClosure, .loadClassFree: return OperandShape(.writes, .free)
        case .storeFree: return OperandShape(.free, .reads)
        case .deleteFree: return OperandShape(.free)
        case .loadGlobal, .loadName: return OperandShape(.writes, x: .cache)
        case .storeGlobal, .storeName: return OperandShape(.reads, x: .name)
        case .deleteGlobal, .deleteName: return OperandShape(x: .name)
        case .setupAnnotations: return OperandShape()
        case .loadLocals, .loadBuildClass, .loadAssertionError: return OperandShape(.writes)
        case .getAttr: return OperandShape(.writes, .reads, x: .cache)
        case .setAttr: return OperandShape(.reads, .reads, x: .cache)
        case .deleteAttr: return OperandShape(.reads, x: .name)
        case .getMethod: return OperandShape(.methodWindow, .reads, x: .cache)
        case .getItem: return OperandShape(.writes, .reads, .reads)
        case .getItemK: return OperandShape(.writes, .reads, .constant)
        case .getSlice: return OperandShape(.writes, .reads, .readsWindow, extent: .two)
        case .setItem: return OperandShape(.reads, .reads, .reads)
        case .deleteItem: return OperandShape(.reads, .reads)
        case .buildSlice: return OperandShape(.writes, .readsWindow, .count, extent: .c)
        case .add, .subtract, .multiply, .matrixMultiply, .divide, .modulo, .power, .leftShift, .rightShift, .bitOr, .bitXor, .bitAnd, .floorDivide,
             .inplaceAdd, .inplaceSubtract, .inplaceMultiply, .inplaceMatrixMultiply, .inplaceDivide, .inplaceModulo, .inplacePower,
             .inplaceLeftShift, .inplaceRightShift, .inplaceBitOr, .inplaceBitXor, .inplaceBitAnd, .inplaceFloorDivide,
             .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .is, .isNot, .contains, .notContains:
            return OperandShape(.writes, .reads, .reads)
        case .addK, .subtractK, .multiplyK, .matrixMultiplyK, .divideK, .moduloK, .powerK, .leftShiftK, .rightShiftK, .bitOrK, .bitXorK, .bitAndK,
             .floorDivideK, .inplaceAddK, .inplaceSubtractK, .inplaceMultiplyK, .inplaceMatrixMultiplyK, .inplaceDivideK, .inplaceModuloK,
             .inplacePowerK, .inplaceLeftShiftK, .inplaceRightShiftK, .inplaceBitOrK, .inplaceBitXorK, .inplaceBitAndK, .inplaceFloorDivideK,
             .equalK, .notEqualK, .lessK, .lessEqualK, .greaterK, .greaterEqualK:
            return OperandShape(.writes, .reads, .constant)
        case .invert, .not, .plus, .negate: return OperandShape(.writes, .reads)
        case .jump: return OperandShape(.offset, .offset, .offset, ends: true)
        case .jumpBack: return OperandShape(.offset, .offset, .offset, x: .loopCache, ends: true)
        case .jumpIfTrue, .jumpIfFalse, .jumpIfNone, .jumpIfNotNone: return OperandShape(.reads, x: .jump)
        case .jumpEqual, .jumpNotEqual, .jumpLess, .jumpLessEqual, .jumpGreater, .jumpGreaterEqual, .jumpIs, .jumpContains:
            return OperandShape(.reads, .reads, .flags, x: .jump)
        case .jumpEqualK, .jumpNotEqualK, .jumpLessK, .jumpLessEqualK, .jumpGreaterK, .jumpGreaterEqualK:
            return OperandShape(.reads, .constant, .flags, x: .jump)
        case .call: return OperandShape(.writes, .callWindow, .count, extent: .call)
        case .callMethod: return OperandShape(.writes, .callWindow, .count, extent: .methodCall)
        case .callKeywords: return OperandShape(.writes, .callWindow, .count, x: .constant, extent: .call)
        case .callMethodKeywords: return OperandShape(.writes, .callWindow, .count, x: .constant, extent: .methodCall)
        case .callExpanded: return OperandShape(.writes, .callWindow, .flags, extent: .expandedCall)
        case .buildTuple, .buildList, .buildSet, .buildString: return OperandShape(.writes, .readsWindow, .count, extent: .c)
        case .buildMap: return OperandShape(.writes, .readsWindow, .count, extent: .twiceC)
        case .listAppend, .setAdd, .listExtend, .setUpdate, .dictUpdate: return OperandShape(.reads, .reads)
        case .mapAdd, .dictMerge: return OperandShape(.reads, .reads, .reads)
        case .listToTuple, .buildListFor: return OperandShape(.writes, .reads)
        case .formatValue: return OperandShape(.writes, .reads, .flags)
        case .unpackSequence: return OperandShape(.writesWindow, .reads, .count, extent: .c)
        case .unpackStarred: return OperandShape(.writesWindow, .reads, .count, x: .count, extent: .starred)
        case .makeFunction: return OperandShape(.writes, .readsWindow, .flags, x: .code, extent: .bitsOfC)
        case .importName: return OperandShape(.writes, .reads, .reads, x: .name)
        case .importFrom: return OperandShape(.writes, .reads, x: .name)
        case .importStar: return OperandShape(.reads)
        case .getIter, .getAsyncIter, .getAsyncNext, .getYieldFromIter, .wrapAsyncYield, .yield: return OperandShape(.writes, .reads)
        case .forIter: return OperandShape(.writes, .reads, x: .jump)
        case .endAsyncFor: return OperandShape(.reads)
        case .makeGenerator: return OperandShape()
        case .getAwaitable: return OperandShape(.writes, .reads, .flags)
        case .send: return OperandShape(.writes, .reads, .reads, x: .jump)
        case .yieldDelegated: return OperandShape(.writes, .reads, .reads, x: .jump, ends: true)
        case .return: return OperandShape(.reads, ends: true)
        case .returnNone: return OperandShape(ends: true)
        case .raise: return OperandShape(.reads, ends: true)
        case .raiseFrom: return OperandShape(.reads, .reads, ends: true)
        case .raiseAgain: return OperandShape(ends: true)
        case .reraise: return OperandShape(.reads, .flags, ends: true)
        case .pushException: return OperandShape(.writes, .reads)
        case .popException: return OperandShape(.reads)
        case .jumpIfNoMatch: return OperandShape(.reads, .reads, x: .jump)
        case .splitGroup: return OperandShape(.writes, .updates, .reads)
        case .prepareReraiseStar: return OperandShape(.writes, .reads, .reads)
        case .exceptionInfo: return OperandShape(.writesWindow, .reads, extent: .three)
        case .withLookup, .asyncWithLookup: return OperandShape(.writes, .reads, .methodWindow)
        case .matchSequence, .matchMapping, .getLength: return OperandShape(.writes, .reads)
        case .matchKeys, .copyDictWithoutKeys: return OperandShape(.writes, .reads, .reads)
        case .matchClass: return OperandShape(.writes, .reads, .reads, x: .constant, y: .count)
        case .printExpression: return OperandShape(.reads)
        case .traced: return OperandShape()
        }
    }
}

/// One decoded instruction, its `extended` words included.
public struct Instruction {
    /// The index of its first word, `extended` words included.
    public var start: Int
    /// The index of the word behind it.
    public var end: Int
    public var opcode: Opcode
    public var a, b, c: Int
    public var x: Int32 = 0
    public var y: Int32 = 0

    public var shape: OperandShape { OperandShape.shape(of: opcode) }

    /// The word that a jump goes to, for the instructions that jump.
    public var target: Int? {
        switch opcode {
        case .jump:
            let offset = a & 0xFF | (b & 0xFF) << 8 | (c & 0xFF) << 16
            return end + (offset >= 0x800000 ? offset - 0x1000000 : offset)
        case .jumpBack: return end - (a & 0xFF | (b & 0xFF) << 8 | (c & 0xFF) << 16)
        default: return shape.x == .jump ? end + Int(x) : nil
        }
    }

    /// Registers at the end of a call's window that hold nothing yet: room for arguments that binding inserts.
    public static let spareWindowWords = 2

    /// How many registers the instruction's window spans.
    public var windowCount: Int {
        switch shape.extent {
        case .none: return 0
        case .c: return c
        case .twiceC: return 2 * c
        case .two: return 2
        case .three: return 3
        case .call: return frameHeaderWords + c + Instruction.spareWindowWords
        case .methodCall: return frameHeaderWords + 1 + c + Instruction.spareWindowWords
        case .expandedCall: return frameHeaderWords + 2 + Instruction.spareWindowWords
        case .starred: return c + 1 + Int(x)
        case .bitsOfC: return c.nonzeroBitCount
        }
    }

    /// Decodes the instruction at a word index; nil when the words end too early or name no opcode.
    public static func decode(_ words: [UInt32], at start: Int) -> Instruction? {
        var index = start
        var high = (a: 0, b: 0, c: 0)
        var prefixes = 0
        while index < words.count {
            let word = words[index]
            guard let opcode = Opcode(rawValue: UInt8(word & 0xFF)) else { return nil }
            let a = high.a << 8 | Int(word >> 8 & 0xFF)
            let b = high.b << 8 | Int(word >> 16 & 0xFF)
            let c = high.c << 8 | Int(word >> 24)
            index += 1
            if opcode == .extended {
                prefixes += 1
                if prefixes > 2 { return nil }
                high = (a, b, c)
                continue
            }
            var result = Instruction(start: start, end: index + opcode.extraWords, opcode: opcode, a: a, b: b, c: c)
            guard result.end <= words.count else { return nil }
            if opcode.extraWords > 0 { result.x = Int32(bitPattern: words[index]) }
            if opcode.extraWords > 1 { result.y = Int32(bitPattern: words[index + 1]) }
            return result
        }
        return nil
    }
}
