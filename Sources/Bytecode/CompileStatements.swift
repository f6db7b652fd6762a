import Syntax

/// Statements other than `try`, `with` and `match`, and assignment to targets.
///
/// An assignment to one local computes right into its register. A tuple assigned to a tuple of as many plain targets is taken apart
/// without building it: values first, then the targets from left to right. Loops have one test, at the head, and `jumpBack` at the
/// end of each round and at each `continue`.

extension Compiler {
    func compile(_ body: [Statement]) throws {
        for statement in body { try compile(statement) }
    }

    func compile(_ statement: Statement) throws {
        let mark = unit.top
        defer { unit.top = mark }
        switch statement.kind {
        case .expression(let expression): try expressionStatement(statement, expression)
        case .assign(let targets, let value, _): try assign(targets, value)
        case .augmentedAssign(let target, let op, let value): try augmentedAssign(statement, target, op, value)
        case .annotatedAssign(let target, let annotation, let value, let simple):
            try annotatedAssign(statement, target, annotation, value, simple)
        case .if(let test, let body, let orElse): try ifStatement(statement, test, body, orElse)
        case .while(let test, let body, let orElse): try whileStatement(statement, test, body, orElse)
        case .for(let target, let iterable, let body, let orElse, _): try forStatement(statement, target, iterable, body, orElse)
        case .asyncFor(let target, let iterable, let body, let orElse, _): try asyncForStatement(statement, target, iterable, body, orElse)
        case .function(let definition): try functionDefinition(statement, definition, isAsync: false)
        case .asyncFunction(let definition): try functionDefinition(statement, definition, isAsync: true)
        case .classDefinition(let definition): try classDefinition(statement, definition)
        case .return(let value): try returnStatement(statement, value)
        case .break: try breakStatement(statement)
        case .continue: try continueStatement(statement)
        case .delete(let targets): for target in targets { try delete(target) }
        case .raise(let exception, let cause): try raiseStatement(statement, exception, cause)
        case .assert(let test, let message): try assertStatement(statement, test, message)
        case .import(let aliases): for alias in aliases { try importModule(alias, statement) }
        case .importFrom(let module, let aliases, let level): try importFrom(statement, module, aliases, level)
        case .try(let body, let handlers, let orElse, let finally):
            try tryStatement(statement, body, handlers, orElse, finally, isStar: false)
        case .tryStar(let body, let handlers, let orElse, let finally):
            try tryStatement(statement, body, handlers, orElse, finally, isStar: true)
        case .with(let items, let body, _): try withStatement(statement, items[...], body, isAsync: false)
        case .asyncWith(let items, let body, _): try withStatement(statement, items[...], body, isAsync: true)
        case .match(let subject, let cases): try matchStatement(statement, subject, cases)
        case .global, .nonlocal: break
        case .pass: unit.mark(statement.range)
        }
    }

    private func expressionStatement(_ statement: Statement, _ expression: Expression) throws {
        if isInteractive, unit.kind == .module {
            let register = try value(expression)
            unit.location = statement.range
            unit.emit(.printExpression, register)
            return
        }
        if constantValue(expression) != nil {
            unit.mark(statement.range)
            return
        }
        try effect(expression)
    }

    // MARK: Assignment

    private func assign(_ targets: [Expression], _ expression: Expression) throws {
        if targets.count == 1 {
            let target = targets[0]
            if unit.hasUnmetLocals { meetLocals(in: expression) }
            if let register = localRegister(target) {
                try value(expression, into: register)
                unit.bound.insert(register)
                // What came last stands on another line than the name.
                if expression.range.endLine != target.range.line { unit.mark(target.range) }
                return
            }
            if try assignInParallel(target, expression) { return }
            let register = protect(try value(expression), expression, from: [target])
            try store(target, from: register)
            return
        }
        if let constant = constantValue(expression), !targets.contains(where: { if case .name = $0.kind { return false } else { return true } }) {
            for target in targets {
                let mark = unit.top
                let register = localRegister(target) ?? unit.take()
                unit.location = expression.range
                unit.loadConstant(register, constant)
                try store(target, from: register)
                unit.top = mark
            }
            return
        }
        var register = try value(expression)
        if !unit.isTemporary(register) {
            let copy = unit.take()
            unit.location = expression.range
            unit.move(copy, register)
            register = copy
        }
        for target in targets { try store(target, from: register) }
    }

    /// `a, b = b, a`: no tuple is made. Says whether it applied.
    private func assignInParallel(_ target: Expression, _ expression: Expression) throws -> Bool {
        let targets: [Expression]
        switch target.kind {
        case .tuple(let items, _), .list(let items, _): targets = items
        default: return false
        }
        guard case .tuple(let values, _) = expression.kind, values.count == targets.count, values.count > 0, values.count <= 16 else { return false }
        for item in targets + values { if case .starred = item.kind { return false } }
        var registers: [Int] = []
        for (i, item) in values.enumerated() {
            var register = try value(item)
            if !unit.isTemporary(register), i > 0 || !unit.scope.assignmentExpressionNames.isEmpty {
                // An earlier target, or a later value, may assign this local.
                let isSafe = unit.scope.assignmentExpressionNames.isEmpty
                    && targets[..<i].allSatisfy { !mayAssign($0, register) }
                if !isSafe {
                    let copy = unit.take()
                    unit.location = item.range
                    unit.move(copy, register)
                    register = copy
                }
            }
            registers.append(register)
        }
        for (item, register) in zip(targets, registers) { try store(item, from: register) }
        return true
    }

    private func mayAssign(_ target: Expression, _ register: Int) -> Bool {
        switch target.kind {
        case .name: return localRegister(target) == register
        case .attribute, .subscript: return false
        default: return true
        }
    }

    /// Assigns the value in a register, which stays as it is, to a target.
    func store(_ target: Expression, from source: Int) throws {
        let mark = unit.top
        defer { unit.top = mark }
        switch target.kind {
        case .name(let name, _): try storeName(name, target.range, from: source)
        case .attribute(let object, let name, _):
            let register = try value(object)
            if name == "__debug__" { throw fail("cannot assign to __debug__", target.range) }
            noteSelfAttribute(object, name)
            unit.location = attributeLocation(target, name)
            unit.emit(.setAttr, register, source, x: unit.cache(mangle(name, inClass: unit.className)))
        case .subscript(let object, let index, _):
            let first = try operand(object, before: [index])
            let second = try value(index)
            unit.location = target.range
            unit.emit(.setItem, first, second, source)
        case .tuple(let items, _), .list(let items, _): try unpack(target, items, from: source)
        case .starred: throw fail("starred assignment target must be in a list or tuple", target.range)
        default: throw CompileFailure(.systemError, "cannot assign to this expression", target.range)
        }
    }

    private func noteSelfAttribute(_ object: Expression, _ name: String) {
        if let selfName = unit.selfName, case .name(selfName, _) = object.kind { unit.selfAttributes.insert(name) }
    }

    private func unpack(_ target: Expression, _ items: [Expression], from source: Int) throws {
        var star: Int?
        for (i, item) in items.enumerated() {
            if case .starred = item.kind {
                if star != nil { throw fail("multiple starred expressions in assignment", target.range) }
                star = i
            }
        }
        if let star, star >= 256 || items.count - star - 1 >= 1 << 24 {
            throw fail("too many expressions in star-unpacking assignment", target.range)
        }
        unit.location = target.range
        if let star {
            let base = unit.take(items.count)
            unit.emit(.unpackStarred, base, source, star, x: items.count - star - 1)
            for (i, item) in items.enumerated() {
                if case .starred(let inner, _) = item.kind {
                    try store(inner, from: base + i)
                } else {
                    try store(item, from: base + i)
                }
            }
            return
        }
        // Locals that stand in a row are unpacked into directly.
        if let first = items.first, let base = localRegister(first) {
            var fits = true
            for (i, item) in items.enumerated() where fits { fits = localRegister(item) == base + i }
            if fits {
                unit.emit(.unpackSequence, base, source, items.count)
                for i in items.indices { unit.bound.insert(base + i) }
                return
            }
        }
        let base = unit.take(items.count)
        unit.emit(.unpackSequence, base, source, items.count)
        for (i, item) in items.enumerated() { try store(item, from: base + i) }
    }

    private func augmentedAssign(_ statement: Statement, _ target: Expression, _ op: BinaryOperator, _ expression: Expression) throws {
        let constant = constantValue(expression)
        /// result = left op= the value; the result goes to a temporary unless the target is a local.
        func operate(_ left: Int, into result: Int?) throws -> Int {
            if let constant {
                let result = result ?? unit.take()
                let index = unit.constant(constant)
                unit.mark(expression.range)
                unit.location = statement.range
                unit.emit(op.inplaceWithConstant, result, left, index)
                return result
            }
            let right = try value(expression)
            let result = result ?? unit.take()
            unit.location = statement.range
            unit.emit(op.inplace, result, left, right)
            return result
        }
        switch target.kind {
        case .name(let name, _):
            let left = protect(loadName(name, target.range, into: nil), target, from: [expression])
            let result = try operate(left, into: localRegister(target))
            try storeName(name, target.range, from: result)
        case .attribute(let object, let name, _):
            let register = try operand(object, before: [expression])
            let left = unit.take()
            let mangled = mangle(name, inClass: unit.className)
            unit.location = attributeLocation(target, name)
            unit.emit(.getAttr, left, register, x: unit.cache(mangled))
            let result = try operate(left, into: nil)
            if name == "__debug__" { throw fail("cannot assign to __debug__", target.range) }
            noteSelfAttribute(object, name)
            unit.location = attributeLocation(target, name)
            unit.emit(.setAttr, register, result, x: unit.cache(mangled))
        case .subscript(let object, let index, _):
            let first = try operand(object, before: [index, expression])
            let second = try operand(index, before: [expression])
            let left = unit.take()
            unit.location = target.range
            unit.emit(.getItem, left, first, second)
            let result = try operate(left, into: nil)
            unit.location = target.range
            unit.emit(.setItem, first, second, result)
        default: throw CompileFailure(.systemError, "invalid node type for augmented assignment", target.range)
        }
    }

    private func annotatedAssign(_ statement: Statement, _ target: Expression, _ annotation: Expression, _ expression: Expression?,
                                 _ simple: Bool) throws {
        let storesAnnotations = unit.kind == .module || unit.kind == .classBody
        if let expression { try assign([target], expression) }
        let mark = unit.top
        switch target.kind {
        case .name(let name, _):
            if name == "__debug__" { throw fail("cannot assign to __debug__", statement.range) }
            if simple, storesAnnotations {
                let register: Int
                if futures.contains(.futureAnnotations) {
                    register = unit.take()
                    unit.location = annotation.range
                    unit.loadConstant(register, .string(try unparse(annotation)))
                } else {
                    register = try value(annotation)
                }
                unit.location = statement.range
                let dictionary = unit.take()
                unit.emit(.loadName, dictionary, x: unit.cache("__annotations__"))
                let key = pushConstant(.string(Array(mangle(name, inClass: unit.className).utf8)))
                unit.emit(.setItem, dictionary, key, register)
            }
        case .attribute(let object, let name, _):
            if name == "__debug__" { throw fail("cannot assign to __debug__", statement.range) }
            if expression == nil { try effect(object) }
        case .subscript(let object, let index, _):
            if expression == nil {
                try effect(object)
                try effectOfIndex(index)
            }
        default: throw CompileFailure(.systemError, "invalid node type for annotated assignment", target.range)
        }
        unit.top = mark
        if !simple, storesAnnotations, !futures.contains(.futureAnnotations) { try effect(annotation) }
    }

    private func effectOfIndex(_ index: Expression) throws {
        switch index.kind {
        case .slice(let lower, let upper, let step): for part in [lower, upper, step] { if let part { try effect(part) } }
        case .tuple(let items, _): for item in items { try effectOfIndex(item) }
        default: try effect(index)
        }
    }

    /// Whether a body, less what inner scopes hold, annotates a name.
    func containsAnnotation(_ body: [Statement]) -> Bool {
        body.contains { statement in
            switch statement.kind {
            case .annotatedAssign: return true
            case .for(_, _, let body, let orElse, _), .asyncFor(_, _, let body, let orElse, _), .while(_, let body, let orElse), .if(_, let body, let orElse):
                return containsAnnotation(body) || containsAnnotation(orElse)
            case .with(_, let body, _), .asyncWith(_, let body, _): return containsAnnotation(body)
            case .match(_, let cases): return cases.contains { containsAnnotation($0.body) }
            case .try(let body, let handlers, let orElse, let finally), .tryStar(let body, let handlers, let orElse, let finally):
                return containsAnnotation(body) || handlers.contains { containsAnnotation($0.body) } || containsAnnotation(orElse) || containsAnnotation(finally)
            default: return false
            }
        }
    }

    private func delete(_ target: Expression) throws {
        let mark = unit.top
        switch target.kind {
        case .name(let name, _): try deleteName(name, target.range)
        case .attribute(let object, let name, _):
            let register = try value(object)
            if name == "__debug__" { throw fail("cannot delete __debug__", target.range) }
            unit.location = attributeLocation(target, name)
            unit.emit(.deleteAttr, register, x: unit.name(mangle(name, inClass: unit.className)))
        case .subscript(let object, let index, _):
            let first = try operand(object, before: [index])
            let second = try value(index)
            unit.location = target.range
            unit.emit(.deleteItem, first, second)
        case .tuple(let items, _), .list(let items, _): for item in items { try delete(item) }
        default: throw CompileFailure(.systemError, "cannot delete this expression", target.range)
        }
        unit.top = mark
    }

    // MARK: Control flow

    private func ifStatement(_ statement: Statement, _ test: Expression, _ body: [Statement], _ orElse: [Statement]) throws {
        // `if test: break` on a line is one jump, where nothing has to be put in order on the way.
        if body.count == 1, body[0].range.line == test.range.line, case .break = body[0].kind, let block = unit.blocks.last, case .loop(_, let exit, _) = block.kind {
            try condition(test, jumpIf: true, to: exit, of: statement.range)
            try compile(orElse)
            return
        }
        let other = unit.label()
        if constantValue(test) != nil { unit.mark(test.range) }
        try condition(test, jumpIf: false, to: other, of: statement.range)
        try compile(body)
        if orElse.isEmpty {
            unit.bind(other)
        } else {
            let end = unit.label()
            unit.location = .none
            unit.jump(to: end)
            unit.bind(other)
            try compile(orElse)
            unit.bind(end)
        }
    }

    private func whileStatement(_ statement: Statement, _ test: Expression, _ body: [Statement], _ orElse: [Statement]) throws {
        let head = unit.label()
        let other = unit.label()
        let exit = unit.label()
        let cache = unit.loopCache()
        if constantValue(test) != nil { unit.mark(test.range) }
        unit.bindHead(head)
        try condition(test, jumpIf: false, to: other, of: statement.range)
        unit.blocks.append(Block(.loop(head: head, exit: exit, cache: cache)))
        try compile(body)
        unit.blocks.removeLast()
        // A test that needs no code is still a line that every round comes by.
        unit.location = constantValue(test) != nil ? test.range : .none
        unit.jumpBack(to: head, cache: cache)
        unit.bind(other)
        try compile(orElse)
        unit.bind(exit)
    }

    private func forStatement(_ statement: Statement, _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orElse: [Statement]) throws {
        let head = unit.label()
        let other = unit.label()
        let exit = unit.label()
        let iterator = unit.take()
        if let folded = constantContainer(iterable) {
            unit.location = iterable.range
            unit.loadConstant(iterator, folded)
            unit.location = statement.range
            unit.emit(.getIter, iterator, iterator)
        } else {
            let source = try value(iterable)
            unit.location = statement.range
            unit.emit(.getIter, iterator, source)
        }
        unit.top = iterator + 1
        let cache = unit.loopCache()
        unit.bindHead(head)
        unit.location = statement.range
        try forRound(iterator, target, other)
        unit.blocks.append(Block(.loop(head: head, exit: exit, cache: cache)))
        try compile(body)
        unit.blocks.removeLast()
        unit.location = .none
        unit.jumpBack(to: head, cache: cache)
        unit.bind(other)
        unit.top = iterator
        try compile(orElse)
        unit.bind(exit)
    }

    private func asyncForStatement(_ statement: Statement, _ target: Expression, _ iterable: Expression, _ body: [Statement],
                                   _ orElse: [Statement]) throws {
        if unit.kind != .asyncFunction, !isTopLevelAwait { throw fail("'async for' outside async function", statement.range) }
        let head = unit.label()
        let exit = unit.label()
        let iterator = unit.take()
        let source = try value(iterable)
        unit.location = statement.range
        unit.emit(.getAsyncIter, iterator, source)
        unit.top = iterator + 1
        let cache = unit.loopCache()
        try asyncRound(iterator, head, target, statement.range, exitRange: iterable.range) {
            unit.blocks.append(Block(.loop(head: head, exit: exit, cache: cache)))
            try compile(body)
            unit.blocks.removeLast()
            unit.location = .none
            unit.jumpBack(to: head, cache: cache)
        }
        unit.top = iterator
        try compile(orElse)
        unit.bind(exit)
    }

    private func raiseStatement(_ statement: Statement, _ exception: Expression?, _ cause: Expression?) throws {
        if let exception {
            let register = try operand(exception, before: cause.map { [$0] } ?? [])
            if let cause {
                let second = try value(cause)
                unit.location = statement.range
                unit.emit(.raiseFrom, register, second)
            } else {
                unit.location = statement.range
                unit.emit(.raise, register)
            }
        } else {
            unit.location = statement.range
            unit.emit(.raiseAgain)
        }
        unit.stop()
    }

    private func assertStatement(_ statement: Statement, _ test: Expression, _ message: Expression?) throws {
        var isTuple = false
        if case .tuple(let items, _) = test.kind { isTuple = !items.isEmpty }
        if case .tuple(let items) = constantValue(test) { isTuple = !items.isEmpty }
        if isTuple { warn("assertion is always true, perhaps remove parentheses?", statement.range) }
        if options.optimization > 0 { return }
        let end = unit.label()
        let range = try condition(test, jumpIf: true, to: end, of: statement.range)
        let register = unit.take()
        unit.location = range
        unit.emit(.loadAssertionError, register)
        if let message {
            unit.top = register + frameHeaderWords
            try push(message)
            unit.location = range
            emitCall(register, count: 1, into: register)
        }
        unit.emit(.raise, register)
        unit.stop()
        unit.bind(end)
    }

    // MARK: Imports

    private func importModule(_ alias: Alias, _ statement: Statement) throws {
        let mark = unit.top
        unit.location = statement.range
        let level = pushConstant(.int(0))
        let none = pushConstant(.none)
        let module = unit.take()
        unit.emit(.importName, module, none, level, x: unit.name(alias.name))
        if let asName = alias.asName {
            let parts = alias.name.split(separator: ".", omittingEmptySubsequences: false)
            for part in parts.dropFirst() { unit.emit(.importFrom, module, module, x: unit.name(String(part))) }
            try storeName(asName, statement.range, from: module)
        } else {
            try storeName(String(alias.name.prefix { $0 != "." }), statement.range, from: module)
        }
        unit.top = mark
    }

    private func importFrom(_ statement: Statement, _ module: String?, _ aliases: [Alias], _ level: Int) throws {
        if module == "__future__", level == 0, statement.range.line > lastFutureLine {
            throw fail("from __future__ imports must occur at the beginning of the file", statement.range)
        }
        unit.location = statement.range
        let levelRegister = pushConstant(.int(level))
        let names = pushConstant(.tuple(aliases.map { .string(Array($0.name.utf8)) }))
        let register = unit.take()
        unit.emit(.importName, register, names, levelRegister, x: unit.name(module ?? ""))
        if aliases.count == 1, aliases[0].name == "*" {
            unit.emit(.importStar, register)
            return
        }
        for alias in aliases {
            let mark = unit.top
            let target = alias.asName ?? alias.name
            unit.location = statement.range
            let item = unit.take()
            unit.emit(.importFrom, item, register, x: unit.name(alias.name))
            try storeName(target, statement.range, from: item)
            unit.top = mark
        }
    }
}
