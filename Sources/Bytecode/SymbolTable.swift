import Syntax

/// Symbol tables: which scope each name of a module belongs to.
///
/// The first pass walks the tree once and notes, per scope, how each name is used (`SymbolFlags`, bit for bit
/// CPython's `DEF_*`); the second, `analyze`, goes down the scopes with the names bound outside and
/// comes up with the names left free, and so gives every symbol its `SymbolScope`. Functions, lambdas, classes and
/// comprehensions make scopes; a comprehension is a function with one parameter, `.0`. Invariants: scopes are found again
/// by the identity of the node that opened them; names are mangled before they are stored; symbols keep the order
/// of first appearance, parameters first in a function. To add a binding form, call `define` for the names it binds; the
/// compiler's definite-assignment analysis also wants to hear of it through `deletedNames` when it can unbind.

/// How a name is used in a scope: CPython's `DEF_*` constants, which the `symtable` module shows.
public struct SymbolFlags: OptionSet, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let global = SymbolFlags(rawValue: 1)
    public static let local = SymbolFlags(rawValue: 2)
    public static let parameter = SymbolFlags(rawValue: 4)
    public static let nonlocal = SymbolFlags(rawValue: 8)
    public static let use = SymbolFlags(rawValue: 16)
    public static let free = SymbolFlags(rawValue: 32)
    public static let freeInClass = SymbolFlags(rawValue: 64)
    public static let imported = SymbolFlags(rawValue: 128)
    public static let annotated = SymbolFlags(rawValue: 256)
    public static let iterationVariable = SymbolFlags(rawValue: 512)

    public static let bound: SymbolFlags = [.local, .parameter, .imported]
}

/// Where a name lives; the raw values are CPython's.
public enum SymbolScope: UInt8 {
    case unknown = 0, local, globalExplicit, globalImplicit, free, cell
}

public struct Symbol {
    public let name: String
    public var flags: SymbolFlags
    public var scope: SymbolScope = .unknown
}

public final class Scope {
    public enum Kind: UInt8 { case function, classBody, module, annotation }
    public enum ComprehensionKind: UInt8 { case none, list, set, dictionary, generator }

    public let kind: Kind
    /// As `symtable` shows it: "top", "lambda", "listcomp", or the name of the function or class.
    public let name: String
    public let range: SourceRange
    public internal(set) var symbols: [Symbol] = []
    var index: [String: Int] = [:]
    /// Parameters in the order of `co_varnames`.
    public internal(set) var parameters: [String] = []
    public internal(set) var children: [Scope] = []
    public internal(set) var isNested = false
    public internal(set) var hasFreeVariables = false
    public internal(set) var childHasFreeVariables = false
    public internal(set) var isGenerator = false
    public internal(set) var isCoroutine = false
    public internal(set) var isVariadic = false
    public internal(set) var isKeywordVariadic = false
    public internal(set) var returnsValue = false
    public internal(set) var needsClassClosure = false
    public internal(set) var comprehension = ComprehensionKind.none

    /// Names that an assignment expression of this very scope binds: an operand held in such a local may change under it.
    var assignmentExpressionNames: Set<String> = []
    /// Names that `del` or the end of an `except … as` may unbind.
    var deletedNames: Set<String> = []
    var directives: [(name: String, range: SourceRange)] = []
    var isIterationTarget = false
    var iterableDepth = 0

    init(kind: Kind, name: String, range: SourceRange) {
        self.kind = kind
        self.name = name
        self.range = range
    }

    public func symbol(_ name: String) -> Symbol? {
        guard let i = index[name] else { return nil }
        return symbols[i]
    }

    func flags(_ name: String) -> SymbolFlags {
        guard let i = index[name] else { return [] }
        return symbols[i].flags
    }

    func scope(of name: String) -> SymbolScope {
        guard let i = index[name] else { return .unknown }
        return symbols[i].scope
    }

    func setFlags(_ name: String, _ flags: SymbolFlags) {
        if let i = index[name] {
            symbols[i].flags = flags
        } else {
            index[name] = symbols.count
            symbols.append(Symbol(name: name, flags: flags))
        }
    }
}

/// `__x` inside class `C` is `_C__x`.
func mangle(_ name: String, inClass className: String?) -> String {
    guard let className, name.utf8.count > 2 else { return name }
    let text = name.utf8
    let underscore = UInt8(ascii: "_")
    guard text.first == underscore, text[text.index(after: text.startIndex)] == underscore else { return name }
    if text.suffix(2).elementsEqual([underscore, underscore]) || text.contains(UInt8(ascii: ".")) { return name }
    let stripped = className.utf8.drop { $0 == underscore }
    if stripped.isEmpty { return name }
    return "_" + String(Substring(stripped)) + name
}

public final class SymbolTable {
    public let top: Scope
    /// Scopes by the identity of the statement or expression that opens them.
    var scopes: [ObjectIdentifier: Scope] = [:]

    private var current: Scope
    private var stack: [Scope] = []
    private var className: String?
    private let futureAnnotations: Bool
    private var depth = 0

    /// Builds and analyses the scopes of a module.
    public static func build(_ module: Module, futureAnnotations: Bool = false) throws -> SymbolTable {
        let table = SymbolTable(futureAnnotations: futureAnnotations)
        switch module {
        case .module(let body, _), .interactive(let body): try table.visit(body)
        case .expression(let value): try table.visit(value)
        case .functionType:
            throw CompileFailure(.runtimeError, "this compiler does not handle FunctionTypes", .none)
        }
        try table.analyze()
        return table
    }

    private init(futureAnnotations: Bool) {
        top = Scope(kind: .module, name: "top", range: SourceRange(line: 0, column: 0, endLine: 0, endColumn: 0))
        current = top
        self.futureAnnotations = futureAnnotations
    }

    private func fail(_ message: String, _ range: SourceRange) -> CompileFailure { CompileFailure(.syntaxError, message, range) }

    // MARK: Scopes and symbols

    private func enter(_ kind: Scope.Kind, _ name: String, _ range: SourceRange, key: AnyObject?) {
        let scope = Scope(kind: kind, name: name, range: range)
        scope.isNested = current.isNested || current.kind == .function
        scope.iterableDepth = current.iterableDepth
        stack.append(current)
        if kind != .annotation { current.children.append(scope) }
        if let key { scopes[ObjectIdentifier(key)] = scope }
        current = scope
    }

    private func leave() { current = stack.removeLast() }

    private func define(_ name: String, _ flags: SymbolFlags, _ range: SourceRange) throws {
        try define(name, flags, range, in: current)
    }

    private func define(_ name: String, _ flags: SymbolFlags, _ range: SourceRange, in scope: Scope) throws {
        let mangled = mangle(name, inClass: className)
        var all = scope.flags(mangled)
        if flags.contains(.parameter), all.contains(.parameter) {
            throw fail("duplicate argument '\(name)' in function definition", range)
        }
        all.formUnion(flags)
        if scope.isIterationTarget {
            if !all.isDisjoint(with: [.global, .nonlocal]) {
                throw fail("comprehension inner loop cannot rebind assignment expression target '\(name)'", range)
            }
            all.insert(.iterationVariable)
        }
        scope.setFlags(mangled, all)
        if flags.contains(.parameter) {
            scope.parameters.append(mangled)
        } else if flags.contains(.global), scope !== top {
            top.setFlags(mangled, top.flags(mangled).union(flags))
        }
    }

    private func lookUp(_ name: String) -> SymbolFlags { current.flags(mangle(name, inClass: className)) }

    private func refuseInAnnotation(_ what: String, _ range: SourceRange) throws {
        if current.kind == .annotation { throw fail("'\(what)' can not be used within an annotation", range) }
    }

    private func descend() throws {
        depth += 1
        if depth > compilerRecursionLimit { throw CompileFailure.tooDeep }
    }

    // MARK: Statements

    private func visit(_ body: [Statement]) throws {
        for statement in body { try visit(statement) }
    }

    private func visit(_ statement: Statement) throws {
        try descend()
        defer { depth -= 1 }
        switch statement.kind {
        case .function(let definition): try visitFunction(definition, statement, isAsync: false)
        case .asyncFunction(let definition): try visitFunction(definition, statement, isAsync: true)
        case .classDefinition(let definition):
            try define(definition.name, .local, statement.range)
            try visit(definition.bases)
            for keyword in definition.keywords { try visit(keyword.value) }
            try visit(definition.decorators)
            enter(.classBody, definition.name, statement.range, key: statement)
            let outer = className
            className = definition.name
            try visit(definition.body)
            className = outer
            leave()
        case .return(let value):
            if let value {
                try visit(value)
                current.returnsValue = true
            }
        case .delete(let targets):
            for target in targets { noteDeleted(target) }
            try visit(targets)
        case .assign(let targets, let value, _):
            try visit(targets)
            try visit(value)
        case .augmentedAssign(let target, _, let value):
            try visit(target)
            try visit(value)
        case .annotatedAssign(let target, let annotation, let value, let simple):
            if case .name(let name, _) = target.kind {
                let flags = lookUp(name)
                if simple, current !== top, !flags.isDisjoint(with: [.global, .nonlocal]) {
                    throw fail("annotated name '\(name)' can't be \(flags.contains(.global) ? "global" : "nonlocal")", statement.range)
                }
                if simple {
                    try define(name, [.annotated, .local], target.range)
                } else if value != nil {
                    try define(name, .local, target.range)
                }
            } else {
                try visit(target)
            }
            try visitAnnotation(annotation)
            if let value { try visit(value) }
        case .for(let target, let iterable, let body, let orElse, _), .asyncFor(let target, let iterable, let body, let orElse, _):
            if case .asyncFor = statement.kind { current.isCoroutine = true }
            try visit(target)
            try visit(iterable)
            try visit(body)
            try visit(orElse)
        case .while(let test, let body, let orElse), .if(let test, let body, let orElse):
            try visit(test)
            try visit(body)
            try visit(orElse)
        case .with(let items, let body, _), .asyncWith(let items, let body, _):
            if case .asyncWith = statement.kind { current.isCoroutine = true }
            for item in items {
                try visit(item.context)
                if let target = item.target { try visit(target) }
            }
            try visit(body)
        case .match(let subject, let cases):
            try visit(subject)
            for matchCase in cases {
                try visit(matchCase.pattern)
                if let test = matchCase.guard { try visit(test) }
                try visit(matchCase.body)
            }
        case .raise(let exception, let cause):
            if let exception { try visit(exception) }
            if let cause { try visit(cause) }
        case .try(let body, let handlers, let orElse, let finally), .tryStar(let body, let handlers, let orElse, let finally):
            try visit(body)
            try visit(orElse)
            for handler in handlers {
                if let type = handler.type { try visit(type) }
                if let name = handler.name {
                    try define(name, .local, handler.range)
                    current.deletedNames.insert(mangle(name, inClass: className))
                }
                try visit(handler.body)
            }
            try visit(finally)
        case .assert(let test, let message):
            try visit(test)
            if let message { try visit(message) }
        case .import(let aliases): for alias in aliases { try visit(alias) }
        case .importFrom(_, let aliases, _): for alias in aliases { try visit(alias) }
        case .global(let names): for name in names { try declare(name, .global, "global", statement.range) }
        case .nonlocal(let names): for name in names { try declare(name, .nonlocal, "nonlocal", statement.range) }
        case .expression(let value): try visit(value)
        case .pass, .break, .continue: break
        }
    }

    private func visitFunction(_ definition: FunctionDefinition, _ statement: Statement, isAsync: Bool) throws {
        try define(definition.name, .local, statement.range)
        let arguments = definition.arguments
        try visitDefaults(arguments)
        if futureAnnotations { enter(.annotation, "_annotation", statement.range, key: nil) }
        for argument in arguments.positionalOnly + arguments.positional { if let annotation = argument.annotation { try visit(annotation) } }
        if let annotation = arguments.variadic?.annotation { try visit(annotation) }
        if let annotation = arguments.keywordVariadic?.annotation { try visit(annotation) }
        for argument in arguments.keywordOnly { if let annotation = argument.annotation { try visit(annotation) } }
        if futureAnnotations { leave() }
        if let returns = definition.returns { try visitAnnotation(returns) }
        try visit(definition.decorators)
        enter(.function, definition.name, statement.range, key: statement)
        if isAsync { current.isCoroutine = true }
        try visitParameters(arguments)
        try visit(definition.body)
        leave()
    }

    private func visitAnnotation(_ annotation: Expression) throws {
        if futureAnnotations { enter(.annotation, "_annotation", annotation.range, key: nil) }
        try visit(annotation)
        if futureAnnotations { leave() }
    }

    private func visitDefaults(_ arguments: Arguments) throws {
        try visit(arguments.defaults)
        for value in arguments.keywordDefaults { if let value { try visit(value) } }
    }

    private func visitParameters(_ arguments: Arguments) throws {
        for argument in arguments.positionalOnly { try define(argument.name, .parameter, argument.range) }
        for argument in arguments.positional { try define(argument.name, .parameter, argument.range) }
        for argument in arguments.keywordOnly { try define(argument.name, .parameter, argument.range) }
        if let argument = arguments.variadic {
            try define(argument.name, .parameter, argument.range)
            current.isVariadic = true
        }
        if let argument = arguments.keywordVariadic {
            try define(argument.name, .parameter, argument.range)
            current.isKeywordVariadic = true
        }
    }

    private func visit(_ alias: Alias) throws {
        if alias.asName == nil, alias.name == "*" {
            if current.kind != .module { throw fail("import * only allowed at module level", alias.range) }
            return
        }
        let name = alias.asName ?? String(alias.name.prefix { $0 != "." })
        try define(name, .imported, alias.range)
    }

    private func declare(_ name: String, _ flag: SymbolFlags, _ word: String, _ range: SourceRange) throws {
        let flags = lookUp(name)
        if !flags.isDisjoint(with: [.parameter, .local, .use, .annotated]) {
            let message: String
            if flags.contains(.parameter) {
                message = "name '\(name)' is parameter and \(word)"
            } else if flags.contains(.use) {
                message = "name '\(name)' is used prior to \(word) declaration"
            } else if flags.contains(.annotated) {
                message = "annotated name '\(name)' can't be \(word)"
            } else {
                message = "name '\(name)' is assigned to before \(word) declaration"
            }
            throw fail(message, range)
        }
        try define(name, flag, range)
        current.directives.append((mangle(name, inClass: className), range))
    }

    private func noteDeleted(_ target: Expression) {
        switch target.kind {
        case .name(let name, _): current.deletedNames.insert(mangle(name, inClass: className))
        case .tuple(let items, _), .list(let items, _): for item in items { noteDeleted(item) }
        default: break
        }
    }

    // MARK: Expressions

    private func visit(_ expressions: [Expression]) throws {
        for expression in expressions { try visit(expression) }
    }

    private func visit(_ expression: Expression) throws {
        try descend()
        defer { depth -= 1 }
        switch expression.kind {
        case .namedExpression(let target, let value):
            try refuseInAnnotation("named expression", expression.range)
            if current.iterableDepth > 0 {
                throw fail("assignment expression cannot be used in a comprehension iterable expression", expression.range)
            }
            if case .name(let name, _) = target.kind {
                if current.comprehension != .none {
                    try bindOutsideComprehension(name, target.range)
                } else {
                    current.assignmentExpressionNames.insert(mangle(name, inClass: className))
                }
            }
            try visit(value)
            try visit(target)
        case .booleanOperation(_, let values): try visit(values)
        case .binaryOperation(let left, _, let right):
            try visit(left)
            try visit(right)
        case .unaryOperation(_, let operand): try visit(operand)
        case .lambda(let arguments, let body):
            try visitDefaults(arguments)
            enter(.function, "lambda", expression.range, key: expression)
            try visitParameters(arguments)
            try visit(body)
            leave()
        case .conditional(let test, let body, let orElse):
            try visit(test)
            try visit(body)
            try visit(orElse)
        case .dictionary(let keys, let values):
            for key in keys { if let key { try visit(key) } }
            try visit(values)
        case .set(let items): try visit(items)
        case .listComprehension(let element, let clauses):
            try visitComprehension(expression, "listcomp", .list, clauses, element, nil)
        case .setComprehension(let element, let clauses):
            try visitComprehension(expression, "setcomp", .set, clauses, element, nil)
        case .dictionaryComprehension(let key, let value, let clauses):
            try visitComprehension(expression, "dictcomp", .dictionary, clauses, key, value)
        case .generator(let element, let clauses):
            try visitComprehension(expression, "genexpr", .generator, clauses, element, nil)
        case .await(let value):
            try refuseInAnnotation("await expression", expression.range)
            try visit(value)
            current.isCoroutine = true
        case .yield(let value):
            try refuseInAnnotation("yield expression", expression.range)
            if let value { try visit(value) }
            try noteYield(expression.range)
        case .yieldFrom(let value):
            try refuseInAnnotation("yield expression", expression.range)
            try visit(value)
            try noteYield(expression.range)
        case .compare(let left, _, let others):
            try visit(left)
            try visit(others)
        case .call(let function, let arguments, let keywords):
            try visit(function)
            try visit(arguments)
            for keyword in keywords { try visit(keyword.value) }
        case .formattedValue(let value, _, let spec):
            try visit(value)
            if let spec { try visit(spec) }
        case .joinedString(let values): try visit(values)
        case .constant: break
        case .attribute(let value, _, _): try visit(value)
        case .subscript(let value, let index, _):
            try visit(value)
            try visit(index)
        case .starred(let value, _): try visit(value)
        case .slice(let lower, let upper, let step):
            if let lower { try visit(lower) }
            if let upper { try visit(upper) }
            if let step { try visit(step) }
        case .name(let name, let context):
            try define(name, context == .load ? .use : .local, expression.range)
            if context == .load, name == "super", current.kind == .function {
                try define("__class__", .use, expression.range)
            }
        case .list(let items, _), .tuple(let items, _): try visit(items)
        }
    }

    private func noteYield(_ range: SourceRange) throws {
        current.isGenerator = true
        switch current.comprehension {
        case .none: break
        case .list: throw fail("'yield' inside list comprehension", range)
        case .set: throw fail("'yield' inside set comprehension", range)
        case .dictionary: throw fail("'yield' inside dict comprehension", range)
        case .generator: throw fail("'yield' inside generator expression", range)
        }
    }

    private func visitComprehension(_ expression: Expression, _ name: String, _ kind: Scope.ComprehensionKind,
                                    _ clauses: [Comprehension], _ element: Expression, _ value: Expression?) throws {
        let outermost = clauses[0]
        current.iterableDepth += 1
        try visit(outermost.iterable)
        current.iterableDepth -= 1
        enter(.function, name, expression.range, key: expression)
        current.comprehension = kind
        if outermost.isAsync { current.isCoroutine = true }
        try define(".0", .parameter, expression.range)
        try visitIterationTarget(outermost.target)
        try visit(outermost.conditions)
        for clause in clauses.dropFirst() {
            try visitIterationTarget(clause.target)
            current.iterableDepth += 1
            try visit(clause.iterable)
            current.iterableDepth -= 1
            try visit(clause.conditions)
            if clause.isAsync { current.isCoroutine = true }
        }
        if let value { try visit(value) }
        try visit(element)
        current.isGenerator = kind == .generator
        let isAsync = current.isCoroutine && kind != .generator
        leave()
        if isAsync { current.isCoroutine = true }
    }

    private func visitIterationTarget(_ target: Expression) throws {
        current.isIterationTarget = true
        try visit(target)
        current.isIterationTarget = false
    }

    /// A comprehension's assignment expression binds in the nearest scope that is not a comprehension.
    private func bindOutsideComprehension(_ name: String, _ range: SourceRange) throws {
        let mangled = mangle(name, inClass: className)
        for scope in [current] + stack.reversed() {
            if scope.comprehension != .none {
                if scope.flags(mangled).contains(.iterationVariable) {
                    throw fail("assignment expression cannot rebind comprehension iteration variable '\(name)'", range)
                }
                continue
            }
            switch scope.kind {
            case .function:
                try define(name, scope.flags(mangled).contains(.global) ? .global : .nonlocal, range)
                current.directives.append((mangled, range))
                try define(name, .local, range, in: scope)
                return
            case .module:
                try define(name, .global, range)
                current.directives.append((mangled, range))
                try define(name, .global, range, in: scope)
                return
            case .classBody:
                throw fail("assignment expression within a comprehension cannot be used in a class body", range)
            case .annotation:
                throw fail("'named expression' can not be used within an annotation", range)
            }
        }
    }

    // MARK: Patterns

    private func visit(_ pattern: Pattern) throws {
        try descend()
        defer { depth -= 1 }
        switch pattern.kind {
        case .value(let value): try visit(value)
        case .singleton: break
        case .sequence(let patterns), .or(let patterns): for item in patterns { try visit(item) }
        case .mapping(let keys, let patterns, let rest):
            try visit(keys)
            for item in patterns { try visit(item) }
            if let rest { try define(rest, .local, pattern.range) }
        case .classPattern(let type, let patterns, _, let keywordPatterns):
            try visit(type)
            for item in patterns { try visit(item) }
            for item in keywordPatterns { try visit(item) }
        case .star(let name):
            if let name { try define(name, .local, pattern.range) }
        case .as(let inner, let name):
            if let inner { try visit(inner) }
            if let name { try define(name, .local, pattern.range) }
        }
    }

    // MARK: Analysis

    /// Gives every symbol its scope. Down go the names bound in enclosing functions and those declared global; up come
    /// the names left free.
    private func analyze() throws {
        var free: Set<String> = []
        try analyze(top, bound: nil, globals: [], free: &free)
    }

    private func analyze(_ scope: Scope, bound outer: Set<String>?, globals outerGlobals: Set<String>, free: inout Set<String>) throws {
        var bound = outer ?? []
        var globals = outerGlobals
        var local: Set<String> = []
        // A class passes on what it inherits, as it was before its own names: they are invisible to the functions inside.
        let inheritedBound = bound
        let inheritedGlobals = globals

        for i in scope.symbols.indices {
            let symbol = scope.symbols[i]
            let name = symbol.name
            let flags = symbol.flags
            func directive() -> SourceRange { scope.directives.first { $0.name == name }?.range ?? scope.range }
            if flags.contains(.global) {
                if flags.contains(.nonlocal) { throw fail("name '\(name)' is nonlocal and global", directive()) }
                scope.symbols[i].scope = .globalExplicit
                globals.insert(name)
                bound.remove(name)
            } else if flags.contains(.nonlocal) {
                if outer == nil { throw fail("nonlocal declaration not allowed at module level", directive()) }
                if !bound.contains(name) { throw fail("no binding for nonlocal '\(name)' found", directive()) }
                scope.symbols[i].scope = .free
                scope.hasFreeVariables = true
                free.insert(name)
            } else if !flags.isDisjoint(with: .bound) {
                scope.symbols[i].scope = .local
                local.insert(name)
                globals.remove(name)
            } else if bound.contains(name) {
                scope.symbols[i].scope = .free
                scope.hasFreeVariables = true
                free.insert(name)
            } else {
                if !globals.contains(name), scope.isNested { scope.hasFreeVariables = true }
                scope.symbols[i].scope = .globalImplicit
            }
        }

        var innerBound: Set<String>
        var innerGlobals: Set<String>
        if scope.kind == .classBody {
            innerBound = inheritedBound
            innerGlobals = inheritedGlobals
            innerBound.insert("__class__")
        } else {
            innerBound = bound
            innerGlobals = globals
            if scope.kind == .function { innerBound.formUnion(local) }
        }

        var childFree: Set<String> = []
        for child in scope.children {
            try analyze(child, bound: innerBound, globals: innerGlobals, free: &childFree)
            if child.hasFreeVariables || child.childHasFreeVariables { scope.childHasFreeVariables = true }
        }

        if scope.kind == .function {
            for i in scope.symbols.indices where scope.symbols[i].scope == .local && childFree.contains(scope.symbols[i].name) {
                scope.symbols[i].scope = .cell
                childFree.remove(scope.symbols[i].name)
            }
        } else if scope.kind == .classBody, childFree.remove("__class__") != nil {
            scope.needsClassClosure = true
        }

        for name in childFree.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            if let i = scope.index[name] {
                // A class that binds a name of its own still hands the outer one to the functions inside.
                if scope.kind == .classBody, !scope.symbols[i].flags.isDisjoint(with: SymbolFlags.bound.union(.global)) {
                    scope.symbols[i].flags.insert(.freeInClass)
                }
                continue
            }
            guard outer != nil, bound.contains(name) else { continue }
            scope.setFlags(name, .free)
            scope.symbols[scope.symbols.count - 1].scope = .free
        }
        free.formUnion(childFree)
    }
}
