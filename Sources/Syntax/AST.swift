/// The abstract syntax tree of Python 3.11, node for node as CPython's `Python.asdl` names them.
///
/// Statements and expressions are small final classes holding a `kind` and a source range, so that a
/// pass may keep side tables keyed by node identity (`ObjectIdentifier`). Everything below them is a
/// plain value. Only cases much larger than the rest are `indirect`: a node is then one allocation, and small. The tree is built by the parser or from Python `ast` objects, and never mutated after.

/// A span of source. Lines count from 1; columns are UTF-8 byte offsets from 0, as in `ast`.
public struct SourceRange: Hashable {
    public var line: Int32
    public var column: Int32
    public var endLine: Int32
    public var endColumn: Int32

    public init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
        self.line = line
        self.column = column
        self.endLine = endLine
        self.endColumn = endColumn
    }
}

/// A literal value.
public enum Constant: Hashable {
    case none
    case `true`
    case `false`
    case ellipsis
    /// An integer that fits a machine word.
    case int(Int)
    /// A larger integer: its digits without underscores or prefix, a leading "-" when negative, and their radix.
    case bigInt(digits: String, radix: Int)
    /// Compared and hashed by bit pattern, so that 0.0 and -0.0 stay apart.
    case float(bits: UInt64)
    case complex(realBits: UInt64, imaginaryBits: UInt64)
    /// Text as WTF-8: UTF-8, with lone surrogates as three-byte sequences.
    case string([UInt8])
    case bytes([UInt8])
    /// Tuples and frozen sets arise from constant folding and from `ast.Constant`.
    indirect case tuple([Constant])
    indirect case frozenSet([Constant])
}

public enum ExpressionContext: Hashable { case load, store, delete }

public enum BinaryOperator: UInt8, Hashable, CaseIterable {
    case add, subtract, multiply, matrixMultiply, divide, modulo, power, leftShift, rightShift, bitOr, bitXor, bitAnd, floorDivide
}

public enum UnaryOperator: UInt8, Hashable, CaseIterable { case invert, not, plus, minus }

public enum BooleanOperator: UInt8, Hashable { case and, or }

public enum ComparisonOperator: UInt8, Hashable, CaseIterable {
    case equal, notEqual, less, lessEqual, greater, greaterEqual, `is`, isNot, `in`, notIn
}

public final class Expression {
    public let kind: Kind
    public let range: SourceRange

    public init(_ kind: Kind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    public enum Kind {
        case booleanOperation(BooleanOperator, [Expression])
        case namedExpression(target: Expression, value: Expression)
        case binaryOperation(Expression, BinaryOperator, Expression)
        case unaryOperation(UnaryOperator, Expression)
        indirect case lambda(Arguments, Expression)
        case conditional(test: Expression, body: Expression, orElse: Expression)
        /// `nil` keys stand for `**mapping` items.
        case dictionary(keys: [Expression?], values: [Expression])
        case set([Expression])
        case listComprehension(Expression, [Comprehension])
        case setComprehension(Expression, [Comprehension])
        case dictionaryComprehension(key: Expression, value: Expression, [Comprehension])
        case generator(Expression, [Comprehension])
        case await(Expression)
        case yield(Expression?)
        case yieldFrom(Expression)
        case compare(Expression, [ComparisonOperator], [Expression])
        case call(Expression, arguments: [Expression], keywords: [Keyword])
        /// `conversion` is -1, or the code of `s`, `r` or `a`.
        case formattedValue(Expression, conversion: Int, formatSpec: Expression?)
        case joinedString([Expression])
        /// `kind` is "u" for a `u"…"` literal.
        case constant(Constant, kind: String?)
        case attribute(Expression, String, ExpressionContext)
        case `subscript`(Expression, Expression, ExpressionContext)
        case starred(Expression, ExpressionContext)
        case name(String, ExpressionContext)
        case list([Expression], ExpressionContext)
        case tuple([Expression], ExpressionContext)
        case slice(lower: Expression?, upper: Expression?, step: Expression?)
    }
}

public final class Statement {
    public let kind: Kind
    public let range: SourceRange

    public init(_ kind: Kind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    public enum Kind {
        indirect case function(FunctionDefinition)
        indirect case asyncFunction(FunctionDefinition)
        indirect case classDefinition(ClassDefinition)
        case `return`(Expression?)
        case delete([Expression])
        case assign(targets: [Expression], value: Expression, typeComment: String?)
        case augmentedAssign(target: Expression, BinaryOperator, value: Expression)
        /// `simple` is true for a bare name that was not in parentheses.
        case annotatedAssign(target: Expression, annotation: Expression, value: Expression?, simple: Bool)
        case `for`(target: Expression, iterable: Expression, body: [Statement], orElse: [Statement], typeComment: String?)
        case asyncFor(target: Expression, iterable: Expression, body: [Statement], orElse: [Statement], typeComment: String?)
        case `while`(test: Expression, body: [Statement], orElse: [Statement])
        case `if`(test: Expression, body: [Statement], orElse: [Statement])
        case with([WithItem], body: [Statement], typeComment: String?)
        case asyncWith([WithItem], body: [Statement], typeComment: String?)
        case match(subject: Expression, [MatchCase])
        case raise(exception: Expression?, cause: Expression?)
        case `try`(body: [Statement], handlers: [ExceptionHandler], orElse: [Statement], finally: [Statement])
        case tryStar(body: [Statement], handlers: [ExceptionHandler], orElse: [Statement], finally: [Statement])
        case assert(test: Expression, message: Expression?)
        case `import`([Alias])
        /// `level` counts leading dots.
        case importFrom(module: String?, [Alias], level: Int)
        case global([String])
        case nonlocal([String])
        case expression(Expression)
        case pass
        case `break`
        case `continue`
    }
}

public struct FunctionDefinition {
    public var name: String
    public var arguments: Arguments
    public var body: [Statement]
    public var decorators: [Expression]
    public var returns: Expression?
    public var typeComment: String?

    public init(name: String, arguments: Arguments, body: [Statement], decorators: [Expression], returns: Expression?, typeComment: String?) {
        self.name = name
        self.arguments = arguments
        self.body = body
        self.decorators = decorators
        self.returns = returns
        self.typeComment = typeComment
    }
}

public struct ClassDefinition {
    public var name: String
    public var bases: [Expression]
    public var keywords: [Keyword]
    public var body: [Statement]
    public var decorators: [Expression]

    public init(name: String, bases: [Expression], keywords: [Keyword], body: [Statement], decorators: [Expression]) {
        self.name = name
        self.bases = bases
        self.keywords = keywords
        self.body = body
        self.decorators = decorators
    }
}

public struct Arguments {
    public var positionalOnly: [Argument]
    public var positional: [Argument]
    public var variadic: Argument?
    public var keywordOnly: [Argument]
    /// Parallel to `keywordOnly`; `nil` where there is no default.
    public var keywordDefaults: [Expression?]
    public var keywordVariadic: Argument?
    /// Defaults of the last positional parameters, positional-only ones included.
    public var defaults: [Expression]

    public init(positionalOnly: [Argument] = [], positional: [Argument] = [], variadic: Argument? = nil, keywordOnly: [Argument] = [],
                keywordDefaults: [Expression?] = [], keywordVariadic: Argument? = nil, defaults: [Expression] = []) {
        self.positionalOnly = positionalOnly
        self.positional = positional
        self.variadic = variadic
        self.keywordOnly = keywordOnly
        self.keywordDefaults = keywordDefaults
        self.keywordVariadic = keywordVariadic
        self.defaults = defaults
    }
}

public struct Argument {
    public var name: String
    public var annotation: Expression?
    public var typeComment: String?
    public var range: SourceRange

    public init(name: String, annotation: Expression?, typeComment: String?, range: SourceRange) {
        self.name = name
        self.annotation = annotation
        self.typeComment = typeComment
        self.range = range
    }
}

/// A keyword argument; `name` is `nil` for `**mapping`.
public struct Keyword {
    public var name: String?
    public var value: Expression
    public var range: SourceRange

    public init(name: String?, value: Expression, range: SourceRange) {
        self.name = name
        self.value = value
        self.range = range
    }
}

public struct Alias {
    public var name: String
    public var asName: String?
    public var range: SourceRange

    public init(name: String, asName: String?, range: SourceRange) {
        self.name = name
        self.asName = asName
        self.range = range
    }
}

public struct WithItem {
    public var context: Expression
    public var target: Expression?

    public init(context: Expression, target: Expression?) {
        self.context = context
        self.target = target
    }
}

public struct ExceptionHandler {
    public var type: Expression?
    public var name: String?
    public var body: [Statement]
    public var range: SourceRange

    public init(type: Expression?, name: String?, body: [Statement], range: SourceRange) {
        self.type = type
        self.name = name
        self.body = body
        self.range = range
    }
}

public struct Comprehension {
    public var target: Expression
    public var iterable: Expression
    public var conditions: [Expression]
    public var isAsync: Bool

    public init(target: Expression, iterable: Expression, conditions: [Expression], isAsync: Bool) {
        self.target = target
        self.iterable = iterable
        self.conditions = conditions
        self.isAsync = isAsync
    }
}

public struct MatchCase {
    public var pattern: Pattern
    public var `guard`: Expression?
    public var body: [Statement]

    public init(pattern: Pattern, guard: Expression?, body: [Statement]) {
        self.pattern = pattern
        self.guard = `guard`
        self.body = body
    }
}

public final class Pattern {
    public let kind: Kind
    public let range: SourceRange

    public init(_ kind: Kind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    public enum Kind {
        case value(Expression)
        case singleton(Constant)
        case sequence([Pattern])
        case mapping(keys: [Expression], patterns: [Pattern], rest: String?)
        case classPattern(Expression, patterns: [Pattern], keywordNames: [String], keywordPatterns: [Pattern])
        /// `nil` for `*_`.
        case star(String?)
        /// A capture or wildcard: both `nil` for `_`.
        case `as`(Pattern?, name: String?)
        case or([Pattern])
    }
}

/// A whole parse: what `compile`'s mode asked for.
public enum Module {
    case module([Statement], typeIgnores: [TypeIgnore])
    case interactive([Statement])
    case expression(Expression)
    case functionType(arguments: [Expression], returns: Expression)
}

public struct TypeIgnore {
    public var line: Int32
    public var tag: String

    public init(line: Int32, tag: String) {
        self.line = line
        self.tag = tag
    }
}
