import Syntax

/// `from __future__ import …`: which features a module asks for, and up to which line it may.

struct FutureFeatures {
    var flags: CodeFlags = []
    /// The last line on which a future statement may stand; later ones are errors.
    var lastLine: Int32 = -1
}

/// Features that change nothing any more have no flag.
private let futureFlags: [String: CodeFlags] = [
    "nested_scopes": [], "generators": [], "division": [], "absolute_import": [], "with_statement": [],
    "print_function": [], "unicode_literals": [], "generator_stop": [],
    "barry_as_FLUFL": .futureBarryAsFLUFL, "annotations": .futureAnnotations,
]

func futureFeatures(of module: Module) throws -> FutureFeatures {
    var features = FutureFeatures()
    let body: [Statement]
    switch module {
    case .module(let statements, _), .interactive(let statements): body = statements
    default: return features
    }
    var isOver = false
    var lastLine: Int32 = 0
    for (i, statement) in body.enumerated() {
        if isOver && statement.range.line > lastLine { break }
        lastLine = statement.range.line
        if i == 0, case .expression(let expression) = statement.kind, case .constant(.string, _) = expression.kind { continue }
        guard case .importFrom("__future__", let aliases, _) = statement.kind else {
            // What follows on the same line is looked at, for the compiler proper tells lines apart only.
            isOver = true
            continue
        }
        // CPython knows only where these start.
        let place = SourceRange(line: statement.range.line, column: statement.range.column, endLine: statement.range.line, endColumn: -1)
        if isOver {
            // This one error counts columns from 0.
            let before = SourceRange(line: place.line, column: place.column - 1, endLine: place.line, endColumn: -1)
            throw CompileFailure(.syntaxError, "from __future__ imports must occur at the beginning of the file", before)
        }
        for alias in aliases {
            if let flag = futureFlags[alias.name] {
                features.flags.formUnion(flag)
            } else if alias.name == "braces" {
                throw CompileFailure(.syntaxError, "not a chance", place)
            } else {
                throw CompileFailure(.syntaxError, "future feature \(alias.name) is not defined", place)
            }
        }
        features.lastLine = statement.range.line
    }
    return features
}
