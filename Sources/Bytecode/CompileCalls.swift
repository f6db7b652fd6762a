import Syntax

/// Calls, and the functions and classes that are called into being.
///
/// A call's window lies above everything that is live: the callable at `base`, the arguments from `base + frameHeaderWords` on,
/// and two spare registers behind the last. A call `x.m(…)` without `*` or `**` goes through `getMethod`, which may put a receiver in the
/// first argument's place, so its own arguments start one register later.

private let spareRegisters = 2

extension Compiler {
    // MARK: Calls

    func call(_ expression: Expression, _ function: Expression, _ arguments: [Expression], _ keywords: [Keyword], into target: Int?) throws -> Int {
        try validateKeywords(keywords, expression.range)
        let mark = unit.top
        let isExpanded = arguments.contains { if case .starred = $0.kind { return true } else { return false } }
            || keywords.contains { $0.name == nil }
        if !isExpanded, case .attribute(let object, let name, .load) = function.kind, !isImported(object) {
            let base = unit.take()
            _ = unit.take(frameHeaderWords - 1)
            let receiver = try value(object)
            unit.location = attributeLocation(function, name)
            unit.emit(.getMethod, base, receiver, x: unit.cache(mangle(name, inClass: unit.className)))
            unit.top = base + frameHeaderWords + 1
            let names = try pushArguments(arguments, keywords)
            unit.reserve(upTo: unit.top + spareRegisters)
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = attributeLocation(function, name, of: expression.range)
            if let names {
                unit.emit(.callMethodKeywords, result, base, arguments.count + keywords.count, x: unit.constant(.tuple(names)))
            } else {
                unit.emit(.callMethod, result, base, arguments.count)
            }
            return result
        }
        checkCalled(expression, function)
        let base = try push(function)
        return try callArguments(expression.range, base, leading: 0, arguments, keywords, into: target, mark: mark)
    }

    /// The rest of a call whose callable is in `base`, the topmost temporary; `leading` arguments are in place already.
    func callArguments(_ range: SourceRange, _ base: Int, leading: Int, _ arguments: [Expression], _ keywords: [Keyword],
                       into target: Int?, mark: Int) throws -> Int {
        let isExpanded = arguments.contains { if case .starred = $0.kind { return true } else { return false } }
            || keywords.contains { $0.name == nil }
        let first = base + frameHeaderWords
        if isExpanded {
            return try expandedCall(range, base, leading: leading, arguments, keywords, into: target, mark: mark)
        }
        var names: [Constant]?
        if leading == 0, keywords.isEmpty, arguments.count == 1, isCall(arguments[0]) {
            // A call as the only argument may use the free part of this window for its own.
            unit.reserve(upTo: first + 1)
            unit.top = base + 1
            _ = try value(arguments[0], into: first)
            unit.top = first + 1
        } else {
            unit.top = first + leading
            names = try pushArguments(arguments, keywords)
        }
        unit.reserve(upTo: unit.top + spareRegisters)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = range
        let count = leading + arguments.count + keywords.count
        if let names {
            unit.emit(.callKeywords, result, base, count, x: unit.constant(.tuple(names)))
        } else {
            unit.emit(.call, result, base, count)
        }
        return result
    }

    /// A name that the module imports is most likely a module, whose attributes are no methods.
    private func isImported(_ object: Expression) -> Bool {
        guard case .name(let name, .load) = object.kind else { return false }
        return table.top.flags(mangle(name, inClass: unit.className)).contains(.imported)
    }

    private func isCall(_ expression: Expression) -> Bool {
        if case .call = expression.kind { return true } else { return false }
    }

    private func pushArguments(_ arguments: [Expression], _ keywords: [Keyword]) throws -> [Constant]? {
        for argument in arguments { try push(argument) }
        if keywords.isEmpty { return nil }
        for keyword in keywords { try push(keyword.value) }
        // Names of keyword arguments are not mangled.
        return keywords.map { .string(Array($0.name!.utf8)) }
    }

    private func expandedCall(_ range: SourceRange, _ base: Int, leading: Int, _ arguments: [Expression], _ keywords: [Keyword],
                              into target: Int?, mark: Int) throws -> Int {
        let list = base + frameHeaderWords
        unit.top = list + leading
        if leading > 0 {
            unit.location = range
            unit.emit(.buildList, list, list, leading)
            unit.top = list + 1
            let inner = unit.top
            for argument in arguments {
                if case .starred(let iterable, _) = argument.kind {
                    let register = try value(iterable)
                    unit.location = range
                    unit.emit(.listExtend, list, register)
                } else {
                    let register = try value(argument)
                    unit.location = range
                    unit.emit(.listAppend, list, register)
                }
                unit.top = inner
            }
        } else if arguments.count == 1, case .starred(let iterable, _) = arguments[0].kind {
            unit.top = list
            try push(iterable)
        } else if !arguments.contains(where: { if case .starred = $0.kind { return true } else { return false } }) {
            unit.top = list
            _ = unit.take()
            let (start, count) = try window(arguments)
            unit.location = range
            unit.emit(.buildTuple, list, start, count)
            unit.top = list + 1
        } else {
            unit.top = list
            _ = unit.take()
            try extendCollection(list, arguments, isSet: false, range)
        }
        unit.top = list + 1
        if !keywords.isEmpty {
            let mapping = unit.take()
            let inner = unit.top
            var index = 0
            var isBuilt = false
            while index < keywords.count {
                if keywords[index].name == nil {
                    if !isBuilt {
                        unit.location = range
                        unit.emit(.buildMap, mapping, 0, 0)
                        isBuilt = true
                    }
                    let register = try value(keywords[index].value)
                    unit.location = range
                    unit.emit(.dictMerge, mapping, register, base)
                    index += 1
                } else {
                    // A run of plain keywords is a mapping of its own.
                    let start = unit.top
                    var count = 0
                    let destination = isBuilt ? unit.take() : mapping
                    let pairs = unit.top
                    while index < keywords.count, let name = keywords[index].name, count < 60 {
                        unit.location = range
                        _ = pushConstant(.string(Array(name.utf8)))
                        try push(keywords[index].value)
                        count += 1
                        index += 1
                    }
                    unit.location = range
                    unit.emit(.buildMap, destination, pairs, count)
                    if isBuilt { unit.emit(.dictMerge, mapping, destination, base) }
                    isBuilt = true
                    unit.top = start
                }
                unit.top = inner
            }
        }
        unit.reserve(upTo: list + 2 + spareRegisters)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = range
        unit.emit(.callExpanded, result, base, keywords.isEmpty ? 0 : 1)
        return result
    }

    private func validateKeywords(_ keywords: [Keyword], _ range: SourceRange) throws {
        for (i, keyword) in keywords.enumerated() {
            guard let name = keyword.name else { continue }
            if name == "__debug__" { throw fail("cannot assign to __debug__", range) }
            if i < 16 {
                for other in keywords[(i + 1)...] where other.name == name { throw fail("keyword argument repeated: \(name)", other.range) }
            } else if keywords[..<i].contains(where: { $0.name == name }) {
                throw fail("keyword argument repeated: \(name)", keyword.range)
            }
        }
    }

    /// Calls what is in `base`, with `count` arguments in place.
    func emitCall(_ base: Int, count: Int, into result: Int) {
        unit.reserve(upTo: base + frameHeaderWords + count + spareRegisters)
        unit.emit(.call, result, base, count)
    }

    func reserveCall(_ base: Int, count: Int) { unit.reserve(upTo: base + frameHeaderWords + 1 + count + spareRegisters) }

    // MARK: Functions

    /// Defaults and annotations of a function, in registers from `base` on; the bits say which are there.
    private func functionParts(_ arguments: Arguments, returns: Expression?, _ range: SourceRange) throws -> (base: Int, bits: Int) {
        let base = unit.top
        var bits = 0
        if !arguments.defaults.isEmpty {
            let register = unit.take()
            if let constants = constantItems(arguments.defaults) {
                for item in arguments.defaults { unit.mark(item.range) }
                unit.location = range
                unit.loadConstant(register, .tuple(constants))
            } else {
                let (start, count) = try window(arguments.defaults)
                unit.location = range
                unit.emit(.buildTuple, register, start, count)
                unit.top = register + 1
            }
            bits |= 1
        }
        if arguments.keywordDefaults.contains(where: { $0 != nil }) {
            let register = unit.take()
            var isBuilt = false
            var pending = 0
            let start = unit.top
            func flush() {
                unit.location = range
                if !isBuilt {
                    unit.emit(.buildMap, register, start, pending)
                    isBuilt = true
                } else {
                    for i in 0 ..< pending { unit.emit(.mapAdd, register, start + 2 * i, start + 2 * i + 1) }
                }
                pending = 0
                unit.top = start
            }
            for (argument, value) in zip(arguments.keywordOnly, arguments.keywordDefaults) {
                guard let value else { continue }
                unit.location = range
                _ = pushConstant(.string(Array(mangle(argument.name, inClass: unit.className).utf8)))
                try push(value)
                pending += 1
                if pending == 60 { flush() }
            }
            flush()
            bits |= 2
        }
        if let register = try annotations(arguments, returns: returns, range) {
            assert(register == unit.top - 1)
            bits |= 4
        }
        return (base, bits)
    }

    /// The flat tuple of annotations: name, value, name, value …
    private func annotations(_ arguments: Arguments, returns: Expression?, _ range: SourceRange) throws -> Int? {
        var pairs: [(String, Expression)] = []
        func add(_ argument: Argument) { if let annotation = argument.annotation { pairs.append((argument.name, annotation)) } }
        // In CPython's order, which is that of `__annotations__`.
        arguments.positional.forEach(add)
        arguments.positionalOnly.forEach(add)
        if let argument = arguments.variadic { add(argument) }
        arguments.keywordOnly.forEach(add)
        if let argument = arguments.keywordVariadic { add(argument) }
        if let returns { pairs.append(("return", returns)) }
        if pairs.isEmpty { return nil }
        let register = unit.take()
        let start = unit.top
        for (name, annotation) in pairs {
            unit.location = range
            _ = pushConstant(.string(Array(mangle(name, inClass: unit.className).utf8)))
            if futures.contains(.futureAnnotations) {
                unit.location = annotation.range
                _ = pushConstant(.string(try unparse(annotation)))
            } else if case .starred(let inner, _) = annotation.kind {
                // `*args: *Ts` is the one item of `*Ts`.
                let item = unit.take()
                let source = try value(inner)
                unit.location = annotation.range
                unit.emit(.unpackSequence, item, source, 1)
                unit.top = item + 1
            } else {
                try push(annotation)
            }
        }
        unit.location = range
        unit.emit(.buildTuple, register, start, pairs.count * 2)
        unit.top = register + 1
        return register
    }

    func checkArgumentNames(_ arguments: Arguments, _ range: SourceRange) throws {
        let all = arguments.positionalOnly + arguments.positional + arguments.keywordOnly
            + [arguments.variadic, arguments.keywordVariadic].compactMap { $0 }
        if all.contains(where: { $0.name == "__debug__" }) { throw fail("cannot assign to __debug__", range) }
    }

    /// Emits `makeFunction` for a finished unit. `parts` are the registers with defaults and annotations, the topmost temporaries.
    func makeFunction(_ inner: CodeBuilder, parts: (base: Int, bits: Int), _ range: SourceRange, into target: Int) {
        var bits = parts.bits
        unit.location = range
        if !inner.code.freeNames.isEmpty {
            let closure = unit.take()
            let start = unit.top
            for name in inner.code.freeNames {
                let cell = unit.take()
                if let register = unit.cellRegisters[name] {
                    unit.emit(.move, cell, register)
                } else if let index = unit.freeIndices[name] {
                    unit.emit(.loadClosure, cell, index)
                }
            }
            unit.emit(.buildTuple, closure, start, inner.code.freeNames.count)
            unit.top = closure + 1
            bits |= 8
        }
        let index = unit.isReachable ? unit.constant(inner.code) : 0
        unit.emit(.makeFunction, target, bits == 0 ? 0 : parts.base, bits, x: index)
    }

    private func setArguments(_ arguments: Arguments, _ code: CompiledCode) {
        code.argumentCount = arguments.positionalOnly.count + arguments.positional.count
        code.positionalOnlyCount = arguments.positionalOnly.count
        code.keywordOnlyCount = arguments.keywordOnly.count
    }

    func functionDefinition(_ statement: Statement, _ definition: FunctionDefinition, isAsync: Bool) throws {
        let mark = unit.top
        var firstLine = statement.range.line
        if let decorator = definition.decorators.first { firstLine = decorator.range.line }
        try checkArgumentNames(definition.arguments, statement.range)
        let bases = try pushDecorators(definition.decorators)
        let inner = unit.top
        var target: Int?
        if bases.isEmpty, case .local(let register) = storage(of: mangle(definition.name, inClass: unit.className)) { target = register }
        if let last = bases.last { target = last + frameHeaderWords; unit.top = last + frameHeaderWords + 1 }
        let destination = target ?? unit.take()
        unit.location = statement.range
        let parts = try functionParts(definition.arguments, returns: definition.returns, statement.range)
        let scope = try self.scope(of: statement)
        let body = try compileUnit(isAsync ? .asyncFunction : .function, scope: scope, name: definition.name, firstLine: firstLine,
                                   className: unit.className) {
            let text = docstring(of: definition.body)
            let kept = options.optimization < 2 ? text : nil
            unit.code.hasDocstring = kept != nil
            _ = unit.constant(kept.map { .string($0) } ?? .none)
            setArguments(definition.arguments, unit.code)
            unit.selfName = definition.arguments.positionalOnly.first?.name ?? definition.arguments.positional.first?.name
            try compile(text == nil ? definition.body : Array(definition.body.dropFirst()))
            unit.returnImplicitly()
        }
        makeFunction(body, parts: parts, statement.range, into: destination)
        unit.top = inner
        try applyDecorators(definition.decorators, bases, firstLine, destination)
        try storeName(definition.name, statement.range, from: destination)
        unit.top = mark
    }

    func lambda(_ expression: Expression, _ arguments: Arguments, _ body: Expression, into target: Int?) throws -> Int {
        try checkArgumentNames(arguments, expression.range)
        let mark = unit.top
        let parts = try functionParts(arguments, returns: nil, expression.range)
        let scope = try self.scope(of: expression)
        let inner = try compileUnit(.lambda, scope: scope, name: "<lambda>", firstLine: expression.range.line, className: unit.className) {
            _ = unit.constant(.none)
            setArguments(arguments, unit.code)
            let result = try value(body)
            unit.location = body.range
            unit.emit(.return, result)
        }
        let destination = target ?? mark
        if target == nil { unit.reserve(upTo: mark + 1) }
        makeFunction(inner, parts: parts, expression.range, into: destination)
        unit.top = target == nil ? mark + 1 : mark
        return destination
    }

    // MARK: Decorators

    /// Decorators are evaluated first, each into the base of a call of its own.
    func pushDecorators(_ decorators: [Expression]) throws -> [Int] {
        var bases: [Int] = []
        for decorator in decorators {
            if let last = bases.last { unit.top = last + frameHeaderWords }
            bases.append(try push(decorator))
        }
        return bases
    }

    func applyDecorators(_ decorators: [Expression], _ bases: [Int], _ line: Int32, _ result: Int) throws {
        for (i, base) in bases.enumerated().reversed() {
            unit.location = decorators[i].range
            emitCall(base, count: 1, into: i > 0 ? bases[i - 1] + frameHeaderWords : result)
        }
    }

    // MARK: Classes

    func classDefinition(_ statement: Statement, _ definition: ClassDefinition) throws {
        let mark = unit.top
        var firstLine = statement.range.line
        if let decorator = definition.decorators.first { firstLine = decorator.range.line }
        let bases = try pushDecorators(definition.decorators)
        if let last = bases.last { unit.top = last + frameHeaderWords }
        let base = unit.take()
        unit.location = statement.range
        unit.emit(.loadBuildClass, base)
        unit.top = base + frameHeaderWords
        let function = unit.take()
        let scope = try self.scope(of: statement)
        let inner = try compileUnit(.classBody, scope: scope, name: definition.name, firstLine: firstLine, className: definition.name) {
            let register = unit.take()
            unit.emit(.loadName, register, x: unit.cache("__name__"))
            unit.emit(.storeName, register, x: unit.name("__module__"))
            unit.loadConstant(register, .string(Array(unit.code.qualifiedName.utf8)))
            unit.emit(.storeName, register, x: unit.name("__qualname__"))
            unit.top = register
            try compileBody(definition.body)
            if scope.needsClassClosure, let cell = unit.cellRegisters["__class__"] {
                unit.location = unit.lastLocation
                unit.emit(.storeName, cell, x: unit.name("__classcell__"))
                unit.emit(.return, cell)
            } else {
                unit.returnImplicitly()
            }
        }
        makeFunction(inner, parts: (unit.top, 0), statement.range, into: function)
        unit.top = function + 1
        unit.location = statement.range
        _ = pushConstant(.string(Array(definition.name.utf8)))
        try validateKeywords(definition.keywords, statement.range)
        let result = bases.last.map { $0 + frameHeaderWords } ?? base
        _ = try callArguments(statement.range, base, leading: 2, definition.bases, definition.keywords, into: result, mark: unit.top)
        if !bases.isEmpty { unit.top = result + 1 }
        try applyDecorators(definition.decorators, bases, firstLine, result)
        try storeName(definition.name, statement.range, from: result)
        unit.top = mark
    }
}
