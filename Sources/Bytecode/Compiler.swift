import Syntax

/// The compiler: from the syntax tree to register code, one `CodeBuilder` per scope.
///
/// The tree is walked once, after the symbol table is made; each `Compile….swift` file extends `Compiler` with one part of the
/// language. Conventions that all of them keep:
/// - `value(e)` evaluates e and says in which register the result is: a local's own, when that is safe, or a fresh temporary.
///   `value(e, into: r)` puts it in r, and writes r only as the last thing on every path, so that `x = f(x)` may
///   compute right into x and an exception never leaves it half done.
/// - Temporaries are a stack: whoever takes some remembers `unit.top` and puts it back.
/// - `unit.location` is set immediately before an instruction is emitted, to what CPython 3.11 would say of it.
/// - Errors are thrown as `CompileFailure`; nothing is emitted for dead code, but it is walked all the same.

/// What a unit is the code of.
enum UnitKind { case module, classBody, function, asyncFunction, lambda, comprehension }

/// What surrounds a statement and must be left in order by `return`, `break` and `continue`.
final class Block {
    enum Kind {
        case loop(head: Label, exit: Label, cache: Int)
        /// A `try` body: only its range.
        case protected
        /// A body whose `finally` clause is run on the way out.
        case finally([Statement])
        /// An `except` clause, or the exceptional copy of a `finally` clause: `previous` is the exception handled outside.
        case handler(previous: Int, name: String?)
        case with(exit: Int, isAsync: Bool, range: SourceRange)
        case exceptStar
    }

    let kind: Kind
    let range: ProtectedRange?

    init(_ kind: Kind, _ range: ProtectedRange? = nil) {
        self.kind = kind
        self.range = range
    }
}

/// What `compile` hands back: the code, and the warnings to issue.
public struct CompileResult {
    public var code: CompiledCode
    public var warnings: [CompileWarning]
}

public func compile(_ module: Module, filename: String, options: CompileOptions = CompileOptions()) -> Result<CompileResult, CompileFailure> {
    do {
        let futures = try futureFeatures(of: module)
        let flags = futures.flags.union(options.inheritedFutures)
        let table = try SymbolTable.build(module, futureAnnotations: flags.contains(.futureAnnotations))
        let compiler = Compiler(table: table, filename: filename, options: options, futures: flags, lastFutureLine: futures.lastLine)
        let code = try compiler.compile(module)
        return .success(CompileResult(code: code, warnings: compiler.warnings))
    } catch let failure as CompileFailure {
        return .failure(failure)
    } catch {
        return .failure(CompileFailure(.systemError, "unexpected failure", .none))
    }
}

/// The symbol table alone, for the `symtable` module.
public func symbolTable(_ module: Module, options: CompileOptions = CompileOptions()) -> Result<SymbolTable, CompileFailure> {
    do {
        let futures = try futureFeatures(of: module)
        let flags = futures.flags.union(options.inheritedFutures)
        return .success(try SymbolTable.build(module, futureAnnotations: flags.contains(.futureAnnotations)))
    } catch let failure as CompileFailure {
        return .failure(failure)
    } catch {
        return .failure(CompileFailure(.systemError, "unexpected failure", .none))
    }
}

final class Compiler {
    let table: SymbolTable
    let filename: String
    let options: CompileOptions
    let futures: CodeFlags
    let lastFutureLine: Int32
    var unit: CodeBuilder
    private var units: [CodeBuilder] = []
    private(set) var warnings: [CompileWarning] = []
    private var warned: Set<SourceRange> = []
    var isInteractive = false
    /// Where `__bool__` of the condition that is compiled raises: see `condition`.
    var conditionRange = SourceRange.none
    /// Where the loops of the comprehension that is compiled are, for CPython: all of it, or the comparison that was the last of its conditions.
    var comprehensionRange = SourceRange.none
    /// The pattern that was met last: where CPython reports some errors of the patterns around it.
    var lastPattern = SourceRange.none

    init(table: SymbolTable, filename: String, options: CompileOptions, futures: CodeFlags, lastFutureLine: Int32) {
        self.table = table
        self.filename = filename
        self.options = options
        self.futures = futures
        self.lastFutureLine = lastFutureLine
        unit = CodeBuilder(scope: table.top, kind: .module, className: nil)
    }

    func fail(_ message: String, _ range: SourceRange) -> CompileFailure { CompileFailure(.syntaxError, message, range) }

    /// `finally` bodies are compiled more than once, and warn once.
    func warn(_ message: String, _ range: SourceRange) {
        if warned.insert(range).inserted { warnings.append(CompileWarning(message: message, range: range)) }
    }

    // MARK: Modules

    func compile(_ module: Module) throws -> CompiledCode {
        let code = unit.code
        code.name = "<module>"
        code.qualifiedName = "<module>"
        code.filename = filename
        code.firstLine = 1
        code.flags = futures
        if options.allowTopLevelAwait, table.top.isCoroutine { code.flags.insert(.coroutine) }
        if options.allowTopLevelAwait, table.top.isGenerator { code.flags.insert(.generator) }
        unit.location = SourceRange(line: 1, column: 0, endLine: 1, endColumn: 0)
        if code.flags.contains(.coroutine) { unit.makeGenerator() }
        switch module {
        case .module(let body, _):
            try compileBody(body)
            unit.returnImplicitly()
        case .interactive(let body):
            isInteractive = true
            if containsAnnotation(body) { unit.emit(.setupAnnotations) }
            try compile(body)
            unit.returnImplicitly()
        case .expression(let expression):
            let result = try value(expression)
            unit.emit(.return, result)
        case .functionType:
            throw CompileFailure(.systemError, "module kind 4 should not be possible", .none)
        }
        return try unit.finish()
    }

    /// The body of a module or class: annotations, docstring, statements.
    func compileBody(_ body: [Statement]) throws {
        if containsAnnotation(body) { unit.emit(.setupAnnotations) }
        guard let first = body.first else { return }
        var rest = body[...]
        if let text = docstring(of: body) {
            rest = rest.dropFirst()
            if options.optimization < 2 {
                let mark = unit.top
                let register = unit.take()
                guard case .expression(let expression) = first.kind else { return }
                unit.location = expression.range
                unit.loadConstant(register, .string(text))
                unit.location = first.range
                unit.emit(.storeName, register, x: unit.name("__doc__"))
                unit.top = mark
            }
        }
        for statement in rest { try compile(statement) }
    }

    func docstring(of body: [Statement]) -> [UInt8]? {
        guard let first = body.first, case .expression(let expression) = first.kind,
              case .constant(.string(let text), _) = expression.kind else { return nil }
        return text
    }

    // MARK: Units

    /// Compiles an inner scope: `build` runs with `unit` set to it.
    func compileUnit(_ kind: UnitKind, scope: Scope, name: String, firstLine: Int32, className: String?,
                     _ build: () throws -> Void) throws -> CodeBuilder {
        let outer = unit
        let inner = CodeBuilder(scope: scope, kind: kind, className: className)
        let code = inner.code
        code.name = name
        code.filename = filename
        code.firstLine = Int(firstLine)
        code.qualifiedName = qualifiedName(name, kind, in: outer)
        code.flags = futures
        if inner.isFunction {
            code.flags.formUnion([.optimized, .newLocals])
            if scope.isNested { code.flags.insert(.nested) }
            if scope.isGenerator {
                code.flags.insert(scope.isCoroutine ? .asyncGenerator : .generator)
            } else if scope.isCoroutine {
                code.flags.insert(.coroutine)
            }
            if scope.isVariadic { code.flags.insert(.variadic) }
            if scope.isKeywordVariadic { code.flags.insert(.keywordVariadic) }
        }
        units.append(outer)
        unit = inner
        defer { unit = units.removeLast() }
        inner.noteDeletableParameters()
        inner.location = SourceRange(line: firstLine, column: 0, endLine: firstLine, endColumn: 0)
        for cell in code.cells { inner.emit(.makeCell, cell.register) }
        if inner.isFunction, scope.isGenerator || scope.isCoroutine { inner.makeGenerator() }
        try build()
        _ = try inner.finish()
        return inner
    }

    private func qualifiedName(_ name: String, _ kind: UnitKind, in outer: CodeBuilder) -> String {
        if outer.kind == .module { return name }
        if kind == .function || kind == .asyncFunction || kind == .classBody {
            if outer.scope.scope(of: mangle(name, inClass: outer.className)) == .globalExplicit { return name }
        }
        return outer.code.qualifiedName + (outer.kind == .classBody || outer.kind == .comprehension ? "." : ".<locals>.") + name
    }

    func scope(of node: AnyObject) throws -> Scope {
        guard let scope = table.scopes[ObjectIdentifier(node)] else {
            throw CompileFailure(.systemError, "no symbol table for a scope", .none)
        }
        return scope
    }

    // MARK: Names

    enum NameStorage {
        case local(Int)
        case cell(Int)
        case free(Int)
        case global
        case namespace
    }

    /// Where the (mangled) name lives.
    func storage(of name: String) -> NameStorage {
        // A module that awaits runs as a coroutine, whose frame has no place for a namespace besides the globals.
        if isTopLevelAwait && unit.scope.isCoroutine { return .global }
        switch unit.scope.scope(of: name) {
        case .local: return unit.isFunction ? .local(unit.local(name)) : .namespace
        case .cell: return .cell(unit.cellRegisters[name]!)
        case .free: return .free(unit.freeIndices[name]!)
        case .globalExplicit: return .global
        case .globalImplicit: return unit.isFunction ? .global : .namespace
        case .unknown: return .namespace
        }
    }

    /// The register of the local that the expression names, when it is one.
    func localRegister(_ expression: Expression) -> Int? {
        guard case .name(let name, _) = expression.kind, unit.isFunction, name != "__debug__" else { return nil }
        if case .local(let register) = storage(of: mangle(name, inClass: unit.className)) { return register }
        return nil
    }

    /// Gives out registers to the locals in an expression that is about to be evaluated into a local's: CPython, which meets
    /// the target last, orders `co_varnames` so.
    func meetLocals(in expression: Expression) {
        switch expression.kind {
        case .constant: break
        case .name: _ = localRegister(expression)
        default: expression.forEachPart(meetLocals)
        }
    }

    func loadName(_ name: String, _ range: SourceRange, into target: Int?) -> Int {
        let name = mangle(name, inClass: unit.className)
        switch storage(of: name) {
        case .local(let register):
            unit.location = range
            if !unit.bound.contains(register) {
                unit.emit(.checkBound, register)
                unit.bound.insert(register)
            }
            guard let target else {
                unit.mark(range)
                return register
            }
            unit.move(target, register)
            return target
        case .cell(let register):
            let target = target ?? unit.take()
            unit.location = range
            unit.emit(.loadCell, target, register)
            return target
        case .free(let index):
            let target = target ?? unit.take()
            unit.location = range
            unit.emit(unit.kind == .classBody ? .loadClassFree : .loadFree, target, index)
            return target
        case .global:
            let target = target ?? unit.take()
            unit.location = range
            unit.emit(.loadGlobal, target, x: unit.cache(name))
            return target
        case .namespace:
            let target = target ?? unit.take()
            unit.location = range
            unit.emit(.loadName, target, x: unit.cache(name))
            return target
        }
    }

    func storeName(_ name: String, _ range: SourceRange, from source: Int) throws {
        let name = mangle(name, inClass: unit.className)
        if name == "__debug__" { throw fail("cannot assign to __debug__", range) }
        unit.location = range
        switch storage(of: name) {
        case .local(let register):
            unit.move(register, source)
            unit.bound.insert(register)
        case .cell(let register): unit.emit(.storeCell, register, source)
        case .free(let index): unit.emit(.storeFree, index, source)
        case .global: unit.emit(.storeGlobal, source, x: unit.name(name))
        case .namespace: unit.emit(.storeName, source, x: unit.name(name))
        }
    }

    func deleteName(_ name: String, _ range: SourceRange) throws {
        let name = mangle(name, inClass: unit.className)
        if name == "__debug__" { throw fail("cannot delete __debug__", range) }
        unit.location = range
        switch storage(of: name) {
        case .local(let register):
            unit.emit(unit.bound.contains(register) ? .clear : .deleteLocal, register)
            unit.bound.remove(register)
        case .cell(let register): unit.emit(.deleteCell, register)
        case .free(let index): unit.emit(.deleteFree, index)
        case .global: unit.emit(.deleteGlobal, x: unit.name(name))
        case .namespace: unit.emit(.deleteName, x: unit.name(name))
        }
    }

    /// Unbinds the name of an `except … as` clause, bound or not.
    func clearName(_ name: String, _ range: SourceRange) throws {
        let mangled = mangle(name, inClass: unit.className)
        unit.location = range
        if case .local(let register) = storage(of: mangled) {
            unit.emit(.clear, register)
            unit.bound.remove(register)
            return
        }
        let mark = unit.top
        let none = unit.take()
        unit.loadConstant(none, .none)
        try storeName(name, range, from: none)
        try deleteName(name, range)
        unit.top = mark
    }
}
