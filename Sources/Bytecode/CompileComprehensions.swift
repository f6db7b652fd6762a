import Syntax

/// Comprehensions and generator expressions: functions of one argument, `.0`, called at once with the outermost iterator.
///
/// The outermost iterable is evaluated outside, as are the iterator made of it and the call; all else is the inner function's. Its result
/// collects in a temporary; a generator yields instead. Loops nest by recursion over the clauses.

extension Compiler {
    func comprehension(_ expression: Expression, _ kind: Scope.ComprehensionKind, _ clauses: [Comprehension], _ element: Expression,
                       _ second: Expression?, into target: Int?) throws -> Int {
        let mark = unit.top
        let scope = try self.scope(of: expression)
        let isAsync = scope.isCoroutine
        let names: [Scope.ComprehensionKind: String] = [.list: "<listcomp>", .set: "<setcomp>", .dictionary: "<dictcomp>", .generator: "<genexpr>"]
        if isAsync, kind != .generator, unit.kind != .asyncFunction, unit.kind != .comprehension, !isTopLevelAwait {
            throw fail("asynchronous comprehension outside of an asynchronous function", expression.range)
        }
        let outer = comprehensionRange
        defer { comprehensionRange = outer }
        let inner = try compileUnit(.comprehension, scope: scope, name: names[kind]!, firstLine: expression.range.line, className: unit.className) {
            unit.code.argumentCount = 1
            unit.location = expression.range
            comprehensionRange = expression.range
            var result = 0
            if kind != .generator {
                result = unit.take()
                // One item for each round: the iterator, the argument, may know how many.
                let isWhole = kind == .list && clauses.count == 1 && clauses[0].conditions.isEmpty && !clauses[0].isAsync
                if isWhole { unit.emit(.buildListFor, result, 0) } else { unit.emit(kind == .list ? .buildList : kind == .set ? .buildSet : .buildMap, result, 0, 0) }
            }
            try clause(0, clauses, expression, kind, result, element, second)
            unit.location = kind == .generator ? expression.range : comprehensionRange
            if kind == .generator {
                unit.emit(.returnNone)
            } else {
                unit.emit(.return, result)
            }
        }
        let base = unit.take()
        makeFunction(inner, parts: (unit.top, 0), expression.range, into: base)
        unit.top = base + frameHeaderWords
        let iterator = unit.take()
        if let folded = constantContainer(clauses[0].iterable) {
            unit.location = clauses[0].iterable.range
            unit.loadConstant(iterator, folded)
            unit.location = expression.range
            unit.emit(clauses[0].isAsync ? .getAsyncIter : .getIter, iterator, iterator)
        } else {
            let source = try value(clauses[0].iterable)
            unit.location = expression.range
            unit.emit(clauses[0].isAsync ? .getAsyncIter : .getIter, iterator, source)
        }
        reserveCall(base, count: 1)
        unit.top = mark
        unit.location = expression.range
        if isAsync, kind != .generator {
            let result = scratch(target)
            let awaitable = unit.take()
            unit.top = max(unit.top, base + 1)
            unit.emit(.call, awaitable, base, 1)
            awaitRegister(awaitable, result, kind: 0)
            return deliver(result, target)
        }
        let result = target ?? unit.take()
        unit.emit(.call, result, base, 1)
        return result
    }

    private func clause(_ index: Int, _ clauses: [Comprehension], _ expression: Expression, _ kind: Scope.ComprehensionKind, _ result: Int,
                        _ element: Expression, _ second: Expression?) throws {
        if index == clauses.count {
            try produce(expression, kind, result, element, second)
            return
        }
        let mark = unit.top
        let clause = clauses[index]
        // `for x in [value]` binds without a loop.
        if index > 0, !clause.isAsync, let single = singleItem(clause.iterable) {
            let skip = unit.label()
            let item = try value(single)
            try store(clause.target, from: item)
            for test in clause.conditions { comprehensionRange = try condition(test, jumpIf: false, to: skip, of: comprehensionRange) }
            try self.clause(index + 1, clauses, expression, kind, result, element, second)
            unit.bind(skip)
            unit.top = mark
            return
        }
        let iterator: Int
        if index == 0 {
            iterator = unit.cellRegisters[".0"] ?? 0
        } else {
            iterator = unit.take()
            if let folded = constantContainer(clause.iterable), !clause.isAsync {
                unit.location = clause.iterable.range
                unit.loadConstant(iterator, folded)
                unit.location = comprehensionRange
                unit.emit(.getIter, iterator, iterator)
            } else {
                let source = try value(clause.iterable)
                unit.location = comprehensionRange
                unit.emit(clause.isAsync ? .getAsyncIter : .getIter, iterator, source)
            }
            unit.top = iterator + 1
        }
        let next = unit.label()
        let exit = unit.label()
        let cache = unit.loopCache()
        unit.location = comprehensionRange
        if clause.isAsync {
            try asyncRound(iterator, next, clause.target, comprehensionRange) { [self] in
                for test in clause.conditions { try skipRound(test, next, cache) }
                try self.clause(index + 1, clauses, expression, kind, result, element, second)
                unit.location = comprehensionRange
                unit.jumpBack(to: next, cache: cache)
            }
        } else {
            unit.bindHead(next)
            try forRound(iterator, clause.target, exit)
            for test in clause.conditions { try skipRound(test, next, cache) }
            try self.clause(index + 1, clauses, expression, kind, result, element, second)
            unit.location = comprehensionRange
            unit.jumpBack(to: next, cache: cache)
            unit.bind(exit)
        }
        unit.top = mark
    }

    /// On to the next round when the test fails.
    private func skipRound(_ test: Expression, _ head: Label, _ cache: Int) throws {
        let pass = unit.label()
        comprehensionRange = try condition(test, jumpIf: true, to: pass, of: comprehensionRange)
        unit.location = comprehensionRange
        unit.jumpBack(to: head, cache: cache)
        unit.bind(pass)
    }

    private func singleItem(_ iterable: Expression) -> Expression? {
        switch iterable.kind {
        case .list(let items, _), .tuple(let items, _):
            guard items.count == 1 else { return nil }
            if case .starred = items[0].kind { return nil }
            return items[0]
        default: return nil
        }
    }

    private func produce(_ expression: Expression, _ kind: Scope.ComprehensionKind, _ result: Int, _ element: Expression, _ second: Expression?) throws {
        let mark = unit.top
        switch kind {
        case .generator:
            var register = try value(element)
            unit.location = comprehensionRange
            if unit.scope.isCoroutine {
                let wrapped = unit.isTemporary(register) ? register : unit.take()
                unit.emit(.wrapAsyncYield, wrapped, register)
                register = wrapped
            }
            unit.top = mark
            unit.emit(.yield, unit.take(), register)
        case .dictionary:
            guard let second else { return }
            let key = try operand(element, before: [second])
            let item = try value(second)
            unit.location = comprehensionRange
            unit.emit(.mapAdd, result, key, item)
        default:
            let register = try value(element)
            unit.location = comprehensionRange
            unit.emit(kind == .set ? .setAdd : .listAppend, result, register)
        }
        unit.top = mark
    }

    // MARK: Rounds, shared with the `for` statements

    /// `forIter` into the target: into the local itself where the target is one.
    func forRound(_ iterator: Int, _ target: Expression, _ exit: Label) throws {
        if let register = localRegister(target) {
            unit.emitJump(.forIter, register, iterator, to: exit)
            unit.bound.insert(register)
            unit.mark(target.range)
            return
        }
        let mark = unit.top
        let item = unit.take()
        unit.emitJump(.forIter, item, iterator, to: exit)
        try store(target, from: item)
        unit.top = mark
    }

    /// An asynchronous loop: the head, the awaited next item stored in the target, what `body` emits, and the exit by
    /// StopAsyncIteration, after which execution goes on.
    func asyncRound(_ iterator: Int, _ head: Label, _ target: Expression, _ range: SourceRange,
                    exitRange: SourceRange? = nil, _ body: () throws -> Void) throws {
        let mark = unit.top
        unit.location = range
        unit.bindHead(head)
        let protected = unit.open()
        let item = unit.take()
        let awaitable = unit.take()
        unit.emit(.getAsyncNext, awaitable, iterator)
        delegate(to: awaitable, item)
        unit.suspend(protected)
        try store(target, from: item)
        unit.top = mark
        try body()
        unit.top = mark
        let exception = unit.take()
        unit.beginHandler(protected, register: exception)
        unit.location = exitRange ?? range
        unit.emit(.endAsyncFor, exception)
        unit.top = mark
    }
}
