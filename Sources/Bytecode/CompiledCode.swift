import Syntax

/// What the compiler makes of one scope: everything a code object needs, with no heap object in it.
/// The interpreter turns it into a code object once, when the code is first loaded.
public final class CompiledCode {
    public var name: String {
        get { knownName ?? archived(nameNumbers.name) }
        set { knownName = newValue }
    }
    public var qualifiedName: String {
        get { knownQualifiedName ?? archived(nameNumbers.qualifiedName) }
        set { knownQualifiedName = newValue }
    }
    public var filename: String {
        get { knownFilename ?? archived(nameNumbers.filename) }
        set { knownFilename = newValue }
    }
    public var firstLine = 1
    public var flags: CodeFlags = []
    /// Positional parameters, positional-only ones included.
    public var argumentCount = 0
    public var positionalOnlyCount = 0
    public var keywordOnlyCount = 0
    /// Registers of a frame, temporaries and call windows included.
    public var registerCount = 0
    /// `co_varnames` order; the local i is register i. Cells that are not parameters come after them, see `cells`.
    public var localNames: [String] = []
    /// Captured locals, by name, with the register where the cell lives.
    public var cells: [(name: String, register: Int)] = []
    /// Captured from outside; the closure tuple has the same order.
    public var freeNames: [String] = [] { didSet { freeCount = freeNames.count } }
    public internal(set) var freeCount = 0
    public var constants: [CodeConstant] = []
    public var names: [String] = []
    public var instructions: [UInt32] = []
    /// The name index of each inline cache; -1 for a loop's.
    public var caches: [Int32] = []
    public var exceptionTable: [ExceptionRange] = []
    /// Sorted by `start`; each entry holds up to the next.
    public var positions: [PositionEntry] {
        get {
            if archivedPositions != nil { readPositions() }
            return knownPositions
        }
        set {
            archivedPositions = nil
            knownPositions = newValue
        }
    }
    var knownPositions: [PositionEntry] = []
    /// Whether the first constant is the docstring.
    public var hasDocstring = false
    /// Bytes that it takes, about.
    public var footprint: Int { 512 + instructions.count * 4 + caches.count * 4 + knownPositions.count * MemoryLayout<PositionEntry>.stride + exceptionTable.count * MemoryLayout<ExceptionRange>.stride }
    /// Distinct attributes that the scope assigns on its first parameter: how many slots an instance will want.
    public var selfAttributeCount = 0
    /// The registers that must be unbound at entry: locals and cells.
    public var clearCount: Int { archivedClearCount ?? max(localNames.count, (cells.map(\.register).max() ?? -1) + 1) }

    /// The last words of additions to locals whose values nobody else can have: see `OwnedAdditions`.
    public var ownedAdditions: Set<Int> {
        if let known = knownOwnedAdditions { return known }
        let found = OwnedAdditions.find(in: self)
        knownOwnedAdditions = found
        return found
    }
    private var knownOwnedAdditions: Set<Int>?
    /// They have been asked for.
    public var hasOwnedAdditions: Bool { knownOwnedAdditions != nil }

    /// Whether the parameters hold the arguments of the call until the end.
    public private(set) lazy var keepsParameters: Bool = {
        let count = argumentCount + keywordOnlyCount
        // Those that an inner function uses may be changed by it.
        if cells.contains(where: { $0.register < count }) { return false }
        var place = 0
        while place < instructions.count, let instruction = Instruction.decode(instructions, at: place) {
            let shape = instruction.shape
            for (operand, register) in [(shape.a, instruction.a), (shape.b, instruction.b), (shape.c, instruction.c)] where register < count {
                if operand == .writes || operand == .updates { return false }
            }
            place = instruction.end
        }
        return true
    }()

    // Code read from a file is there in outline only, until `complete` reads the rest: see `Serialization.swift`.
    /// Where it was read from. Names are read by number, so that a reader need not make strings of them.
    public internal(set) var archive: Archive?
    var archivedBody: Range<Int>?
    var archivedPositions: Range<Int>?
    var archivedClearCount: Int?
    public internal(set) var nameNumbers = NameNumbers()
    private var knownName: String?
    private var knownQualifiedName: String?
    private var knownFilename: String?

    public init() {}

    private func archived(_ number: Int) -> String { archive?.string(number) ?? "" }

    public func hasSameFilename(as other: CompiledCode) -> Bool {
        if let archive, archive === other.archive, knownFilename == nil, other.knownFilename == nil { return nameNumbers.filename == other.nameNumbers.filename }
        return filename == other.filename
    }
}

/// The numbers in its archive of the names that code has.
public struct NameNumbers {
    public internal(set) var name = 0
    public internal(set) var qualifiedName = 0
    public internal(set) var filename = 0
    public internal(set) var localNames: [Int32] = []
    public internal(set) var cells: [Int32] = []
    public internal(set) var freeNames: [Int32] = []
    public internal(set) var names: [Int32] = []
}

public enum CodeConstant {
    case constant(Constant)
    case code(CompiledCode)
}

/// CPython's `co_flags`, bit for bit (`inspect.CO_*`).
public struct CodeFlags: OptionSet, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let optimized = CodeFlags(rawValue: 0x1)
    public static let newLocals = CodeFlags(rawValue: 0x2)
    public static let variadic = CodeFlags(rawValue: 0x4)
    public static let keywordVariadic = CodeFlags(rawValue: 0x8)
    public static let nested = CodeFlags(rawValue: 0x10)
    public static let generator = CodeFlags(rawValue: 0x20)
    public static let coroutine = CodeFlags(rawValue: 0x80)
    public static let iterableCoroutine = CodeFlags(rawValue: 0x100)
    public static let asyncGenerator = CodeFlags(rawValue: 0x200)
    /// The runtime's own: frames that nobody is shown.
    public static let hidden = CodeFlags(rawValue: 0x4000_0000)
    public static let futureDivision = CodeFlags(rawValue: 0x20000)
    public static let futureAbsoluteImport = CodeFlags(rawValue: 0x40000)
    public static let futureWithStatement = CodeFlags(rawValue: 0x80000)
    public static let futurePrintFunction = CodeFlags(rawValue: 0x100000)
    public static let futureUnicodeLiterals = CodeFlags(rawValue: 0x200000)
    public static let futureBarryAsFLUFL = CodeFlags(rawValue: 0x400000)
    public static let futureGeneratorStop = CodeFlags(rawValue: 0x800000)
    public static let futureAnnotations = CodeFlags(rawValue: 0x1000000)
}

/// Instructions whose exceptions a handler takes. Word indices, end exclusive. When ranges nest, the inner one comes first.
public struct ExceptionRange {
    public var start: Int32
    public var end: Int32
    public var handler: Int32
    /// The register that receives the exception.
    public var register: Int32

    public init(start: Int32, end: Int32, handler: Int32, register: Int32) {
        self.start = start
        self.end = end
        self.handler = handler
        self.register = register
    }
}

/// The source range of the instructions from word `start` on; line -1 for artificial ones.
public struct PositionEntry {
    public var start: Int32
    public var range: SourceRange

    public init(start: Int32, range: SourceRange) {
        self.start = start
        self.range = range
    }
}
