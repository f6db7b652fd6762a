import Syntax

/// What can go wrong in compilation, what is merely suspicious, and the options of a compilation.
///
/// The compiler knows positions but not the text: the caller adds the source line. A range with line -1 means that
/// there is no position to show.

/// How deep a tree may nest before compilation gives up: CPython's recursion limit times its scale of three.
let compilerRecursionLimit = 3000

public struct CompileFailure: Error {
    public enum Kind {
        case syntaxError
        case recursionError
        case overflowError
        case memoryError
        case systemError
        case runtimeError
    }

    public var kind: Kind
    public var message: String
    /// An endColumn of -1 says that only the start is known.
    public var range: SourceRange

    public init(_ kind: Kind, _ message: String, _ range: SourceRange) {
        self.kind = kind
        self.message = message
        self.range = range
    }

    static let tooDeep = CompileFailure(.recursionError, "maximum recursion depth exceeded during compilation", .none)
}

/// A `SyntaxWarning` to be issued, or to be raised as a SyntaxError when the filters say so.
public struct CompileWarning {
    public var message: String
    public var range: SourceRange
}

public struct CompileOptions {
    /// 0, 1 for `-O` (no asserts), 2 for `-OO` (no docstrings either).
    public var optimization = 0
    /// Future features inherited from the code that calls `compile()`; empty when it says `dont_inherit`.
    public var inheritedFutures: CodeFlags = []
    /// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`
    public var allowTopLevelAwait = false

    public init(optimization: Int = 0, inheritedFutures: CodeFlags = [], allowTopLevelAwait: Bool = false) {
        self.optimization = optimization
        self.inheritedFutures = inheritedFutures
        self.allowTopLevelAwait = allowTopLevelAwait
    }
}

extension SourceRange {
    /// No position: an artificial instruction, or an error without a place.
    public static let none = SourceRange(line: -1, column: -1, endLine: -1, endColumn: -1)
}
