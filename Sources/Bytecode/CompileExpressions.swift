import Syntax

/// Expressions: evaluation into registers, operators, comparisons, displays, subscripts, yields and awaits.
///
/// `value` is the one entry; it folds constants first and then goes to one method per kind of node, each of which keeps
/// to the contract in `Compiler.swift`: the target is written last. `operand` is `value` for an operand that must survive the
/// evaluation of others; it differs only where an assignment expression could change a local meanwhile.

extension Compiler {
    /// Evaluates an expression; the result is in the register returned, which is `target` where one is given.
    @discardableResult
    func value(_ expression: Expression, into target: Int? = nil) throws -> Int {
        let mark = unit.top
        let register = try evaluate(expression, into: target)
        // Whatever was taken on the way is free again, but for a result of ours.
        unit.top = target == nil && unit.isTemporary(register) ? max(mark, register + 1) : mark
        return register
    }

    private func evaluate(_ expression: Expression, into target: Int?) throws -> Int {
        if case .name(let name, _) = expression.kind, name != "__debug__" {
            return loadName(name, expression.range, into: target)
        }
        if let constant = constantValue(expression) {
            let target = target ?? unit.take()
            unit.location = expression.range
            unit.loadConstant(target, constant)
            return target
        }
        switch expression.kind {
        case .booleanOperation(let op, let values): return try booleanOperation(expression, op, values, into: target)
        case .namedExpression(let name, let inner): return try namedExpression(name, inner, into: target)
        case .binaryOperation(let format, .modulo, let right) where isFormat(format, right):
            return try percentFormat(expression, format, right, into: target)
        case .binaryOperation(let left, let op, let right): return try binaryOperation(expression, left, op, right, into: target)
        case .unaryOperation(let op, let operand): return try unaryOperation(expression, op, operand, into: target)
        case .lambda(let arguments, let body): return try lambda(expression, arguments, body, into: target)
        case .conditional(let test, let body, let orElse): return try conditional(expression, test, body, orElse, into: target)
        case .dictionary(let keys, let values): return try dictionary(expression, keys, values, into: target)
        case .set(let items): return try collection(expression, items, .buildSet, into: target)
        case .list(let items, _): return try collection(expression, items, .buildList, into: target)
        case .tuple(let items, _): return try collection(expression, items, .buildTuple, into: target)
        case .listComprehension(let element, let clauses):
            return try comprehension(expression, .list, clauses, element, nil, into: target)
        case .setComprehension(let element, let clauses):
            return try comprehension(expression, .set, clauses, element, nil, into: target)
        case .dictionaryComprehension(let key, let value, let clauses):
            return try comprehension(expression, .dictionary, clauses, key, value, into: target)
        case .generator(let element, let clauses):
            return try comprehension(expression, .generator, clauses, element, nil, into: target)
        case .await(let inner): return try awaitExpression(expression, inner, into: target)
        case .yield(let inner): return try yieldExpression(expression, inner, into: target)
        case .yieldFrom(let inner): return try yieldFromExpression(expression, inner, into: target)
        case .compare(let left, let operators, let others): return try comparison(expression, left, operators, others, into: target)
        case .call(let function, let arguments, let keywords): return try call(expression, function, arguments, keywords, into: target)
        case .formattedValue: return try formattedValue(expression, into: target)
        case .joinedString(let parts): return try joinedString(expression, parts, into: target)
        case .attribute(let object, let name, _): return try attribute(expression, object, name, into: target)
        case .subscript(let object, let index, _): return try subscriptLoad(expression, object, index, into: target)
        case .slice(let lower, let upper, let step): return try slice(expression, lower, upper, step, into: target)
        case .starred: throw fail("can't use starred expression here", expression.range)
        case .name, .constant: throw CompileFailure(.systemError, "constant expected", expression.range)
        }
    }

    /// An operand that is used only after `later` has been evaluated too.
    func operand(_ expression: Expression, before later: [Expression]) throws -> Int {
        let register = try value(expression)
        return protect(register, expression, from: later)
    }

    /// Copies a local's value out of its register when `later` may assign the local.
    func protect(_ register: Int, _ expression: Expression, from later: [Expression]) -> Int {
        guard !unit.isTemporary(register), !unit.scope.assignmentExpressionNames.isEmpty,
              unit.scope.assignmentExpressionNames.contains(where: { unit.localRegisters[$0] == register }),
              later.contains(where: { $0.hasAssignmentExpression }) else { return register }
        let copy = unit.take()
        unit.location = expression.range
        unit.move(copy, register)
        return copy
    }

    /// Takes the next temporary and evaluates into it.
    @discardableResult
    func push(_ expression: Expression) throws -> Int {
        let register = unit.take()
        _ = try value(expression, into: register)
        return register
    }

    func pushConstant(_ constant: Constant) -> Int {
        let register = unit.take()
        unit.loadConstant(register, constant)
        return register
    }

    /// Evaluates for the effects only.
    func effect(_ expression: Expression) throws {
        let mark = unit.top
        _ = try value(expression)
        unit.top = mark
    }

    /// A register that may be written early: the target when it is a temporary, else a new one.
    func scratch(_ target: Int?) -> Int {
        if let target, unit.isTemporary(target) { return target }
        return unit.take()
    }

    /// Ends an expression that was built in `register` and is wanted in `target`.
    func deliver(_ register: Int, _ target: Int?) -> Int {
        guard let target, target != register else { return register }
        unit.move(target, register)
        return target
    }

    // MARK: Operators

    func booleanOperation(_ expression: Expression, _ op: BooleanOperator, _ values: [Expression], into target: Int?) throws -> Int {
        let result = scratch(target)
        let end = unit.label()
        for (i, item) in values.enumerated() {
            if i == values.count - 1 {
                _ = try value(item, into: result)
            } else {
                _ = try value(item, into: result)
                unit.location = expression.range
                unit.emitJump(op == .and ? .jumpIfFalse : .jumpIfTrue, result, to: end)
            }
        }
        unit.bind(end)
        return deliver(result, target)
    }

    func namedExpression(_ name: Expression, _ inner: Expression, into target: Int?) throws -> Int {
        guard case .name(let identifier, _) = name.kind else {
            throw CompileFailure(.systemError, "bad assignment expression", name.range)
        }
        meetLocals(in: inner)
        if let register = localRegister(name) {
            _ = try value(inner, into: register)
            unit.bound.insert(register)
            return deliver(register, target)
        }
        let register = try value(inner, into: target)
        try storeName(identifier, name.range, from: register)
        return register
    }

    func binaryOperation(_ expression: Expression, _ left: Expression, _ op: BinaryOperator, _ right: Expression, into target: Int?) throws -> Int {
        let mark = unit.top
        let first = try operand(left, before: [right])
        if let constant = constantValue(right) {
            unit.mark(right.range)
            unit.top = mark
            let result = target ?? unit.take()
            let index = unit.constant(constant)
            unit.location = expression.range
            unit.emit(op.withConstant, result, first, index)
            return result
        }
        let second = try value(right)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = expression.range
        unit.emit(op.opcode, result, first, second)
        return result
    }

    func unaryOperation(_ expression: Expression, _ op: UnaryOperator, _ inner: Expression, into target: Int?) throws -> Int {
        if op == .not, case .compare(let left, let operators, let others) = inner.kind, operators.count == 1,
           let inverse = operators[0].inverseOfMembership {
            return try comparison(inner, left, [inverse], others, into: target)
        }
        let mark = unit.top
        let register = try value(inner)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = expression.range
        unit.emit(op.opcode, result, register)
        return result
    }

    func conditional(_ expression: Expression, _ test: Expression, _ body: Expression, _ orElse: Expression, into target: Int?) throws -> Int {
        let result = target ?? unit.take()
        let other = unit.label()
        let end = unit.label()
        let mark = unit.top
        try condition(test, jumpIf: false, to: other, of: expression.range)
        unit.top = mark
        _ = try value(body, into: result)
        // Where the body's ways meet CPython has no location, so that what comes next shows its line again.
        if case .booleanOperation = body.kind { unit.location = .none }
        unit.jump(to: end)
        unit.bind(other)
        unit.top = mark
        _ = try value(orElse, into: result)
        unit.bind(end)
        unit.top = mark
        return result
    }

    // MARK: Comparisons

    func comparison(_ expression: Expression, _ left: Expression, _ operators: [ComparisonOperator], _ others: [Expression],
                    into target: Int?) throws -> Int {
        try checkLiterals(expression, left, operators, others)
        let mark = unit.top
        if operators.count == 1 {
            let first = try operand(left, before: others)
            if let opcode = operators[0].withConstant, let constant = constantValue(others[0]) {
                let index = unit.constant(constant)
                unit.mark(others[0].range)
                unit.top = mark
                let result = target ?? unit.take()
                unit.location = expression.range
                unit.emit(opcode, result, first, index)
                return result
            }
            let second = try comparand(others[0], operators[0])
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.emit(operators[0].opcode, result, first, second)
            return result
        }
        let result = scratch(target)
        let inner = unit.top
        let end = unit.label()
        var first = try operand(left, before: [others[0]])
        for (i, op) in operators.enumerated() {
            let isLast = i == operators.count - 1
            var second = try comparand(others[i], op)
            if !isLast { second = protect(second, others[i], from: [others[i + 1]]) }
            unit.location = expression.range
            unit.emit(op.opcode, result, first, second)
            if !isLast { unit.emitJump(.jumpIfFalse, result, to: end) }
            first = second
        }
        unit.bind(end)
        unit.top = inner
        return deliver(result, target)
    }

    /// The right side of a comparison; `in` sees a list or set display of constants as a tuple or frozenset.
    func comparand(_ expression: Expression, _ op: ComparisonOperator) throws -> Int {
        if op == .in || op == .notIn, let folded = constantContainer(expression) {
            let register = unit.take()
            unit.location = expression.range
            unit.loadConstant(register, folded)
            return register
        }
        return try value(expression)
    }

    // MARK: Conditions

    /// Jumps to the label when the truth of the expression is `sense`, and falls through otherwise. What `__bool__` raises is raised at `range`, that of the statement or expression
    /// which has the condition, or at the last comparison before: CPython's location stays where that left it. The location at the end.
    @discardableResult func condition(_ expression: Expression, jumpIf sense: Bool, to label: Label, of range: SourceRange) throws -> SourceRange {
        let outer = conditionRange
        conditionRange = range
        defer { conditionRange = outer }
        try branch(expression, jumpIf: sense, to: label)
        return conditionRange
    }

    private func branch(_ expression: Expression, jumpIf sense: Bool, to label: Label) throws {
        if let constant = constantValue(expression) {
            if constant.isTrue == sense { unit.location = expression.range; unit.jump(to: label) }
            return
        }
        switch expression.kind {
        case .unaryOperation(.not, let inner):
            try branch(inner, jumpIf: !sense, to: label)
        case .booleanOperation(let op, let values):
            // `and` is false, or `or` true, as soon as one value is.
            let decides = op == .or
            let skip = unit.label()
            for item in values.dropLast() { try branch(item, jumpIf: decides, to: decides == sense ? label : skip) }
            try branch(values[values.count - 1], jumpIf: sense, to: label)
            unit.bind(skip)
        case .conditional(let test, let body, let orElse):
            let other = unit.label()
            let end = unit.label()
            try branch(test, jumpIf: false, to: other)
            try branch(body, jumpIf: sense, to: label)
            unit.jump(to: end)
            unit.bind(other)
            try branch(orElse, jumpIf: sense, to: label)
            unit.bind(end)
        case .compare(let left, let operators, let others):
            conditionRange = expression.range
            try checkLiterals(expression, left, operators, others)
            let mark = unit.top
            if operators.count == 1 {
                let first = try operand(left, before: others)
                try compareAndJump(expression, first, operators[0], others[0], jumpIf: sense, to: label)
            } else {
                let skip = unit.label()
                var first = try operand(left, before: [others[0]])
                for (i, op) in operators.enumerated() {
                    if i == operators.count - 1 {
                        try compareAndJump(expression, first, op, others[i], jumpIf: sense, to: label)
                    } else {
                        let second = protect(try comparand(others[i], op), others[i], from: [others[i + 1]])
                        unit.location = expression.range
                        jumpUnless(first, op, second, to: sense ? skip : label)
                        first = second
                    }
                }
                unit.bind(skip)
            }
            unit.top = mark
        default:
            let mark = unit.top
            let register = try value(expression)
            unit.top = mark
            unit.location = conditionRange
            unit.emitJump(sense ? .jumpIfTrue : .jumpIfFalse, register, to: label)
        }
    }

    private func jumpUnless(_ first: Int, _ op: ComparisonOperator, _ second: Int, to label: Label) {
        let (opcode, truth) = op.jump
        unit.emitJump(opcode, first, second, truth ? 0 : 1, to: label)
    }

    private func compareAndJump(_ expression: Expression, _ first: Int, _ op: ComparisonOperator, _ right: Expression,
                                jumpIf sense: Bool, to label: Label) throws {
        let constant = constantValue(right)
        if op == .is || op == .isNot, constant == Constant.none {
            unit.location = expression.range
            unit.emitJump((op == .is) == sense ? .jumpIfNone : .jumpIfNotNone, first, to: label)
            return
        }
        if let constant, let opcode = op.jumpWithConstant {
            let index = unit.constant(constant)
            unit.mark(right.range)
            unit.location = expression.range
            unit.emitJump(opcode, first, index, sense ? 1 : 0, to: label)
            return
        }
        let second = try comparand(right, op)
        let (opcode, truth) = op.jump
        unit.location = expression.range
        unit.emitJump(opcode, first, second, truth == sense ? 1 : 0, to: label)
    }

    // MARK: Displays

    /// A list, set or tuple display.
    func collection(_ expression: Expression, _ items: [Expression], _ opcode: Opcode, into target: Int?) throws -> Int {
        let mark = unit.top
        let hasStar = items.contains { if case .starred = $0.kind { return true } else { return false } }
        // Many constants: one constant tuple, poured out.
        if opcode != .buildTuple, items.count > 2, let constants = constantItems(items) {
            let result = scratch(target)
            let source = unit.take()
            unit.location = expression.range
            unit.emit(opcode, result, 0, 0)
            if opcode == .buildList {
                unit.loadConstant(source, .tuple(constants))
                unit.emit(.listExtend, result, source)
            } else {
                unit.loadConstant(source, .frozenSet(constants))
                unit.emit(.setUpdate, result, source)
            }
            unit.top = max(mark, result == target ? mark : result + 1)
            return deliver(result, target)
        }
        if !hasStar, items.count <= 30 || opcode == .buildTuple && items.count <= 200 {
            let (base, count) = try window(items)
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.emit(opcode, result, base, count)
            return result
        }
        // Built piece by piece.
        let result: Int
        if opcode == .buildTuple {
            result = unit.take()
        } else {
            result = scratch(target)
        }
        let isSet = opcode == .buildSet
        try extendCollection(result, items, isSet: isSet, expression.range)
        unit.location = expression.range
        if opcode == .buildTuple {
            let final = target ?? result
            unit.emit(.listToTuple, final, result)
            unit.top = target == nil ? result + 1 : mark
            return final
        }
        unit.top = target == result ? mark : result + 1
        let final = deliver(result, target)
        if target != nil { unit.top = mark }
        return final
    }

    /// Builds a list (or set) of the items in `result`: the plain ones before the first star at once, the rest one by one.
    func extendCollection(_ result: Int, _ items: [Expression], isSet: Bool, _ range: SourceRange) throws {
        let mark = unit.top
        var leading = 0
        while leading < items.count, leading < 30 {
            if case .starred = items[leading].kind { break }
            leading += 1
        }
        let (base, count) = try window(Array(items[..<leading]))
        unit.top = mark
        unit.location = range
        unit.emit(isSet ? .buildSet : .buildList, result, base, count)
        for item in items[leading...] {
            if case .starred(let inner, _) = item.kind {
                let register = try value(inner)
                unit.location = range
                unit.emit(isSet ? .setUpdate : .listExtend, result, register)
            } else {
                let register = try value(item)
                unit.location = range
                unit.emit(isSet ? .setAdd : .listAppend, result, register)
            }
            unit.top = mark
        }
    }

    /// Puts the values of some expressions in consecutive registers. Locals that already stand so are used where they are.
    func window(_ items: [Expression]) throws -> (base: Int, count: Int) {
        guard let first = items.first else { return (0, 0) }
        if let base = localRegister(first) {
            var fits = true
            for (i, item) in items.enumerated() where fits {
                fits = localRegister(item) == base + i && unit.bound.contains(base + i)
            }
            if fits { return (base, items.count) }
        }
        let base = unit.top
        for item in items { try push(item) }
        return (base, items.count)
    }

    func dictionary(_ expression: Expression, _ keys: [Expression?], _ values: [Expression], into target: Int?) throws -> Int {
        let mark = unit.top
        let limit = 16
        if keys.count <= limit, !keys.contains(where: { $0 == nil }) {
            let base = unit.top
            for (key, item) in zip(keys, values) {
                try push(key!)
                try push(item)
            }
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.emit(.buildMap, result, base, keys.count)
            return result
        }
        let result = scratch(target)
        let inner = unit.top
        var i = 0
        while i < keys.count, i < limit, let key = keys[i] {
            try push(key)
            try push(values[i])
            i += 1
        }
        unit.top = inner
        unit.location = expression.range
        unit.emit(.buildMap, result, inner, i)
        while i < keys.count {
            if let key = keys[i] {
                let first = try operand(key, before: [values[i]])
                let second = try value(values[i])
                unit.location = expression.range
                unit.emit(.mapAdd, result, first, second)
            } else {
                let register = try value(values[i])
                unit.location = expression.range
                unit.emit(.dictUpdate, result, register)
            }
            unit.top = inner
            i += 1
        }
        return deliver(result, target)
    }

    // MARK: Attributes and items

    /// Where CPython says that an attribute access stands: on several lines, at the attribute's name.
    func attributeLocation(_ attribute: Expression, _ name: String, of range: SourceRange? = nil) -> SourceRange {
        var result = range ?? attribute.range
        if result.line != attribute.range.endLine {
            result.line = attribute.range.endLine
            let length = Int32(name.unicodeScalars.count)
            if length <= attribute.range.endColumn {
                result.column = attribute.range.endColumn - length
            } else {
                result.column = -1
                result.endColumn = -1
            }
        }
        return result
    }

    func attribute(_ expression: Expression, _ object: Expression, _ name: String, into target: Int?) throws -> Int {
        let mark = unit.top
        let register = try value(object)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = attributeLocation(expression, name)
        unit.emit(.getAttr, result, register, x: unit.cache(mangle(name, inClass: unit.className)))
        return result
    }

    func subscriptLoad(_ expression: Expression, _ object: Expression, _ index: Expression, into target: Int?) throws -> Int {
        checkSubscripted(expression, object)
        checkIndex(expression, object, index)
        let mark = unit.top
        let first = try operand(object, before: [index])
        if let constant = constantValue(index) {
            unit.top = mark
            let result = target ?? unit.take()
            let key = unit.constant(constant)
            unit.mark(index.range)
            unit.location = expression.range
            unit.emit(.getItemK, result, first, key)
            return result
        }
        if case .slice(let lower, let upper, nil) = index.kind {
            let base = try sliceBounds(index, lower, upper)
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.emit(.getSlice, result, first, base)
            return result
        }
        let second = try value(index)
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = expression.range
        unit.emit(.getItem, result, first, second)
        return result
    }

    /// Pushes the bounds of a slice; absent ones are None.
    private func sliceBounds(_ slice: Expression, _ lower: Expression?, _ upper: Expression?) throws -> Int {
        let base = unit.top
        for bound in [lower, upper] {
            if let bound {
                try push(bound)
            } else {
                unit.location = slice.range
                _ = pushConstant(.none)
            }
        }
        return base
    }

    func slice(_ expression: Expression, _ lower: Expression?, _ upper: Expression?, _ step: Expression?, into target: Int?) throws -> Int {
        let mark = unit.top
        let base = try sliceBounds(expression, lower, upper)
        if let step { try push(step) }
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = expression.range
        unit.emit(.buildSlice, result, base, step == nil ? 2 : 3)
        return result
    }

    // MARK: Generators and coroutines

    func yieldExpression(_ expression: Expression, _ inner: Expression?, into target: Int?) throws -> Int {
        if !unit.isFunction { throw fail("'yield' outside function", expression.range) }
        let mark = unit.top
        var register: Int
        if let inner {
            register = try value(inner)
        } else {
            register = unit.take()
            unit.location = expression.range
            unit.loadConstant(register, .none)
        }
        unit.location = expression.range
        if unit.scope.isGenerator, unit.scope.isCoroutine {
            let wrapped = unit.isTemporary(register) ? register : unit.take()
            unit.emit(.wrapAsyncYield, wrapped, register)
            register = wrapped
        }
        unit.top = mark
        let result = target ?? unit.take()
        unit.emit(.yield, result, register)
        return result
    }

    func yieldFromExpression(_ expression: Expression, _ inner: Expression, into target: Int?) throws -> Int {
        if !unit.isFunction { throw fail("'yield' outside function", expression.range) }
        if unit.kind == .asyncFunction { throw fail("'yield from' inside async function", expression.range) }
        let mark = unit.top
        let result = scratch(target)
        let inside = unit.top
        let source = try value(inner)
        unit.top = inside
        let iterator = unit.take()
        unit.location = expression.range
        unit.emit(.getYieldFromIter, iterator, source)
        delegate(to: iterator, result)
        unit.top = result == target ? mark : result + 1
        let final = deliver(result, target)
        if target != nil { unit.top = mark }
        return final
    }

    func awaitExpression(_ expression: Expression, _ inner: Expression, into target: Int?) throws -> Int {
        if !isTopLevelAwait {
            if !unit.isFunction { throw fail("'await' outside function", expression.range) }
            if unit.kind != .asyncFunction, unit.kind != .comprehension { throw fail("'await' outside async function", expression.range) }
        }
        let mark = unit.top
        let result = scratch(target)
        let inside = unit.top
        let source = try value(inner)
        unit.top = inside
        unit.location = expression.range
        awaitRegister(source, result, kind: 0)
        unit.top = result == target ? mark : result + 1
        let final = deliver(result, target)
        if target != nil { unit.top = mark }
        return final
    }

    var isTopLevelAwait: Bool { options.allowTopLevelAwait && unit.kind == .module }

    /// result = await source; both may be the same temporary.
    func awaitRegister(_ source: Int, _ result: Int, kind: Int) {
        let mark = unit.top
        let iterator = unit.take()
        unit.emit(.getAwaitable, iterator, source, kind)
        delegate(to: iterator, result)
        unit.top = mark
    }

    /// The loop that drives a delegate until it ends: `result`, a temporary, is its return value.
    func delegate(to iterator: Int, _ result: Int) {
        let mark = unit.top
        let sent = unit.take()
        unit.loadConstant(sent, .none)
        let again = unit.label()
        let done = unit.label()
        unit.bindHead(again)
        unit.emitJump(.send, result, iterator, sent, to: done)
        unit.emitBackward(.yieldDelegated, sent, result, iterator, to: again)
        unit.stop()
        unit.bind(done)
        unit.top = mark
    }
}

// MARK: - Operators as opcodes

extension BinaryOperator {
    /// The opcodes stand in the order of the operators.
    var opcode: Opcode { Opcode(rawValue: Opcode.add.rawValue + rawValue)! }
    var withConstant: Opcode { Opcode(rawValue: Opcode.addK.rawValue + rawValue)! }
    var inplace: Opcode { Opcode(rawValue: Opcode.inplaceAdd.rawValue + rawValue)! }
    var inplaceWithConstant: Opcode { Opcode(rawValue: Opcode.inplaceAddK.rawValue + rawValue)! }
}

extension UnaryOperator {
    var opcode: Opcode {
        switch self {
        case .invert: return .invert
        case .not: return .not
        case .plus: return .plus
        case .minus: return .negate
        }
    }
}

extension ComparisonOperator {
    var opcode: Opcode {
        switch self {
        case .equal: return .equal
        case .notEqual: return .notEqual
        case .less: return .less
        case .lessEqual: return .lessEqual
        case .greater: return .greater
        case .greaterEqual: return .greaterEqual
        case .is: return .is
        case .isNot: return .isNot
        case .in: return .contains
        case .notIn: return .notContains
        }
    }

    var withConstant: Opcode? {
        switch self {
        case .equal: return .equalK
        case .notEqual: return .notEqualK
        case .less: return .lessK
        case .lessEqual: return .lessEqualK
        case .greater: return .greaterK
        case .greaterEqual: return .greaterEqualK
        default: return nil
        }
    }

    /// The jump, and the truth value of its own operator that this one's truth means.
    var jump: (Opcode, Bool) {
        switch self {
        case .equal: return (.jumpEqual, true)
        case .notEqual: return (.jumpNotEqual, true)
        case .less: return (.jumpLess, true)
        case .lessEqual: return (.jumpLessEqual, true)
        case .greater: return (.jumpGreater, true)
        case .greaterEqual: return (.jumpGreaterEqual, true)
        case .is: return (.jumpIs, true)
        case .isNot: return (.jumpIs, false)
        case .in: return (.jumpContains, true)
        case .notIn: return (.jumpContains, false)
        }
    }

    var jumpWithConstant: Opcode? {
        switch self {
        case .equal: return .jumpEqualK
        case .notEqual: return .jumpNotEqualK
        case .less: return .jumpLessK
        case .lessEqual: return .jumpLessEqualK
        case .greater: return .jumpGreaterK
        case .greaterEqual: return .jumpGreaterEqualK
        default: return nil
        }
    }

    /// `not a in b` is `a not in b`; only `is` and `in` may be turned round so.
    var inverseOfMembership: ComparisonOperator? {
        switch self {
        case .is: return .isNot
        case .isNot: return .is
        case .in: return .notIn
        case .notIn: return .in
        default: return nil
        }
    }
}
