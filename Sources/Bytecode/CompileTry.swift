import Syntax

/// `try`, `with`, and the ways out of them.
///
/// A protected stretch of code is a `ProtectedRange`; its handler starts with the exception in a temporary E, and with
/// `pushException P, E`, which makes it the exception being handled and keeps the one before in P. Whatever runs in the
/// handler is protected in turn by a clean-up that pops P and raises again. `finally` bodies are copied to every exit: the
/// normal one, the exceptional one, and each `return`, `break` or `continue` that passes. `unwind` emits those exits: it
/// goes outwards over `unit.blocks`, takes each block's range off while its exit code is emitted, and puts everything
/// back behind the jump.

extension Compiler {
    // MARK: Leaving blocks

    /// Emits what must be done on the way out of the innermost blocks, up to the nearest loop when `toLoop`; then `exit` emits the
    /// jump or return itself, with that loop's block.
    func unwind(toLoop: Bool, _ range: SourceRange, _ exit: (Block?) throws -> Void) throws {
        let saved = unit.blocks
        var closed: [ProtectedRange] = []
        var loop: Block?
        // Behind a `finally` body or an `__exit__` the way out seems to go on from there.
        var isOnItsWay = false
        while let block = unit.blocks.last {
            if case .exceptStar = block.kind {
                throw fail("'break', 'continue' and 'return' cannot appear in an except* block", range)
            }
            if toLoop, case .loop = block.kind {
                loop = block
                break
            }
            unit.blocks.removeLast()
            if let protected = block.range, protected.openedAt != nil {
                unit.suspend(protected)
                closed.append(protected)
            }
            unit.location = range
            switch block.kind {
            case .loop, .protected, .exceptStar: break
            case .finally(let body):
                try compile(body)
                isOnItsWay = true
            case .handler(let previous, let name):
                unit.emit(.popException, previous)
                if let name { try clearName(name, range) }
            case .with(let exitRegister, let isAsync, let withRange):
                unit.location = withRange
                try callExit(exitRegister, isAsync: isAsync)
                isOnItsWay = true
            }
        }
        unit.location = !isOnItsWay ? range : toLoop ? .none : unit.lastLocation
        try exit(loop)
        for protected in closed { unit.resume(protected) }
        unit.blocks = saved
    }

    func returnStatement(_ statement: Statement, _ expression: Expression?) throws {
        if !unit.isFunction { throw fail("'return' outside function", statement.range) }
        if expression != nil, unit.scope.isGenerator, unit.scope.isCoroutine {
            throw fail("'return' with value in async generator", statement.range)
        }
        let mark = unit.top
        if unit.blocks.isEmpty {
            if let expression, constantValue(expression) != Constant.none {
                let register = try value(expression)
                unit.location = statement.range
                unit.emit(.return, register)
            } else {
                unit.location = statement.range
                unit.emit(.returnNone)
            }
            unit.stop()
            unit.top = mark
            return
        }
        let constant = expression.map(constantValue) ?? .some(.none)
        var register = 0
        if constant == nil, let expression {
            register = try value(expression)
            // What runs on the way out may assign the local, or unbind it.
            let changes = unit.blocks.contains { block in
                switch block.kind {
                case .finally: return true
                case .handler(_, let name): return name != nil
                default: return false
                }
            }
            if changes, !unit.isTemporary(register) {
                let copy = unit.take()
                unit.location = expression.range
                unit.move(copy, register)
                register = copy
            }
        }
        var range = statement.range
        if constant != nil, let expression, expression.range.line == range.line { range = expression.range }
        let runsOnTheWay = unit.blocks.contains { block in
            switch block.kind {
            case .finally, .with: return true
            default: return false
            }
        }
        if constant != nil, runsOnTheWay { unit.mark(range) }
        try unwind(toLoop: false, range) { _ in
            if let constant {
                if constant == Constant.none {
                    unit.emit(.returnNone)
                } else {
                    let register = unit.take()
                    unit.loadConstant(register, constant)
                    unit.emit(.return, register)
                }
            } else {
                unit.emit(.return, register)
            }
            unit.stop()
        }
        unit.top = mark
    }

    func breakStatement(_ statement: Statement) throws {
        unit.mark(statement.range)
        try unwind(toLoop: true, statement.range) { block in
            guard let block, case .loop(_, let exit, _) = block.kind else { throw fail("'break' outside loop", statement.range) }
            unit.jump(to: exit)
        }
    }

    func continueStatement(_ statement: Statement) throws {
        unit.mark(statement.range)
        try unwind(toLoop: true, statement.range) { block in
            guard let block, case .loop(let head, _, let cache) = block.kind else {
                throw fail("'continue' not properly in loop", statement.range)
            }
            unit.jumpBack(to: head, cache: cache)
        }
    }

    // MARK: Handlers

    /// Runs `body` as an exception handler of `protected`: with the exception pushed, and a clean-up that pops it when the body
    /// raises. `body` gets the exception's register and that of the one before; it must not fall through.
    private func handler(of protected: ProtectedRange, name: String? = nil, cleanupName: Bool = false, _ range: SourceRange,
                         _ body: (_ exception: Int, _ previous: Int, _ cleanup: ProtectedRange) throws -> Void) throws {
        let mark = unit.top
        let exception = unit.take()
        let previous = unit.take()
        unit.beginHandler(protected, register: exception)
        unit.location = range
        unit.emit(.pushException, previous, exception)
        let cleanup = unit.open()
        try body(exception, previous, cleanup)
        unit.top = previous + 1
        let raised = unit.take()
        unit.beginHandler(cleanup, register: raised)
        unit.location = .none
        unit.emit(.popException, previous)
        unit.emit(.reraise, raised, 1)
        unit.stop()
        unit.top = mark
    }

    // MARK: try

    func tryStatement(_ statement: Statement, _ body: [Statement], _ handlers: [ExceptionHandler], _ orElse: [Statement],
                      _ finally: [Statement], isStar: Bool) throws {
        func inner() throws {
            if handlers.isEmpty {
                try compile(body)
                try compile(orElse)
            } else if isStar {
                try tryExceptStar(statement, body, handlers, orElse)
            } else {
                try tryExcept(statement, body, handlers, orElse)
            }
        }
        unit.mark(statement.range)
        if finally.isEmpty {
            try inner()
            return
        }
        let end = unit.label()
        let protected = unit.open()
        unit.blocks.append(Block(.finally(finally), protected))
        try inner()
        unit.blocks.removeLast()
        unit.suspend(protected)
        try compile(finally)
        unit.location = .none
        unit.jump(to: end)
        try handler(of: protected, .none) { exception, previous, cleanup in
            unit.blocks.append(Block(.handler(previous: previous, name: nil), cleanup))
            try compile(finally)
            unit.blocks.removeLast()
            unit.suspend(cleanup)
            unit.location = endsInTry(finally) ? .none : unit.lastLocation
            unit.emit(.popException, previous)
            unit.emit(.reraise, exception)
            unit.stop()
        }
        unit.bind(end)
    }

    /// What comes after `try` with handlers has no location before the next statement.
    private func endsInTry(_ statements: [Statement]) -> Bool {
        if case .try(_, let handlers, _, let finally) = statements.last?.kind { return !handlers.isEmpty && finally.isEmpty }
        return false
    }

    private func tryExcept(_ statement: Statement, _ body: [Statement], _ handlers: [ExceptionHandler], _ orElse: [Statement]) throws {
        let end = unit.label()
        let protected = unit.open()
        unit.blocks.append(Block(.protected, protected))
        try compile(body)
        unit.blocks.removeLast()
        unit.suspend(protected)
        try compile(orElse)
        unit.location = .none
        unit.jump(to: end)
        try handler(of: protected, .none) { exception, previous, cleanup in
            for (i, clause) in handlers.enumerated() {
                if clause.type == nil, i < handlers.count - 1 { throw fail("default 'except:' must be last", clause.range) }
                let next = unit.label()
                let mark = unit.top
                if let type = clause.type {
                    let register = try value(type)
                    unit.location = clause.range
                    unit.emitJump(.jumpIfNoMatch, exception, register, to: next)
                    unit.top = mark
                } else {
                    unit.mark(clause.range)
                }
                if let name = clause.name {
                    try storeName(name, clause.range, from: exception)
                    unit.suspend(cleanup)
                    // The body has a clean-up of its own, which unbinds the name too.
                    let named = unit.open()
                    unit.blocks.append(Block(.handler(previous: previous, name: name), named))
                    try compile(clause.body)
                    unit.blocks.removeLast()
                    unit.suspend(named)
                    unit.location = .none
                    unit.emit(.popException, previous)
                    try clearName(name, .none)
                    unit.jump(to: end)
                    let raised = unit.take()
                    unit.beginHandler(named, register: raised)
                    unit.location = .none
                    unit.emit(.popException, previous)
                    try clearName(name, .none)
                    unit.emit(.reraise, raised, 1)
                    unit.stop()
                    unit.top = mark
                    unit.resume(cleanup)
                } else {
                    unit.blocks.append(Block(.handler(previous: previous, name: nil), cleanup))
                    try compile(clause.body)
                    unit.blocks.removeLast()
                    unit.suspend(cleanup)
                    unit.location = .none
                    unit.emit(.popException, previous)
                    unit.jump(to: end)
                    unit.resume(cleanup)
                }
                unit.bind(next)
            }
            unit.suspend(cleanup)
            unit.location = handlers.last!.range
            unit.emit(.popException, previous)
            unit.emit(.reraise, exception)
            unit.stop()
        }
        unit.bind(end)
    }

    /// `except*`: the group is split clause by clause; what the clauses raise and what none takes collect in a list, from which
    /// `prepareReraiseStar` makes what is to be raised at the end.
    private func tryExceptStar(_ statement: Statement, _ body: [Statement], _ handlers: [ExceptionHandler], _ orElse: [Statement]) throws {
        let end = unit.label()
        let protected = unit.open()
        unit.blocks.append(Block(.protected, protected))
        try compile(body)
        unit.blocks.removeLast()
        unit.suspend(protected)
        try compile(orElse)
        unit.location = .none
        unit.jump(to: end)
        try handler(of: protected, .none) { exception, previous, cleanup in
            let results = unit.take()
            let rest = unit.take()
            let match = unit.take()
            unit.location = handlers[0].range
            unit.emit(.buildList, results, 0, 0)
            unit.emit(.move, rest, exception)
            for clause in handlers {
                let next = unit.label()
                let mark = unit.top
                guard let type = clause.type else { throw fail("expected one or more exception types", clause.range) }
                let register = try value(type)
                unit.location = clause.range
                unit.emit(.splitGroup, match, rest, register)
                unit.top = mark
                unit.emitJump(.jumpIfNone, match, to: next)
                let outer = unit.take()
                unit.emit(.pushException, outer, match)
                if let name = clause.name { try storeName(name, clause.range, from: match) }
                unit.suspend(cleanup)
                let named = unit.open()
                unit.blocks.append(Block(.exceptStar, named))
                try compile(clause.body)
                unit.blocks.removeLast()
                unit.suspend(named)
                unit.location = .none
                unit.emit(.popException, outer)
                if let name = clause.name { try clearName(name, .none) }
                unit.jump(to: next)
                let raised = unit.take()
                unit.beginHandler(named, register: raised)
                unit.location = .none
                unit.emit(.popException, outer)
                if let name = clause.name { try clearName(name, .none) }
                unit.emit(.listAppend, results, raised)
                unit.jump(to: next)
                unit.top = mark
                unit.resume(cleanup)
                unit.bind(next)
            }
            unit.location = .none
            let none = unit.label()
            unit.emitJump(.jumpIfNone, rest, to: none)
            unit.emit(.listAppend, results, rest)
            unit.bind(none)
            unit.emit(.prepareReraiseStar, match, exception, results)
            let raise = unit.label()
            unit.emitJump(.jumpIfNotNone, match, to: raise)
            unit.suspend(cleanup)
            unit.emit(.popException, previous)
            unit.jump(to: end)
            unit.bind(raise)
            unit.emit(.popException, previous)
            unit.emit(.reraise, match)
            unit.stop()
        }
        unit.bind(end)
    }

    // MARK: with

    func withStatement(_ statement: Statement, _ items: ArraySlice<WithItem>, _ body: [Statement], isAsync: Bool) throws {
        guard let item = items.first else {
            try compile(body)
            return
        }
        if isAsync, unit.kind != .asyncFunction, !isTopLevelAwait { throw fail("'async with' outside async function", statement.range) }
        let mark = unit.top
        let exit = unit.take()
        let manager = try value(item.context)
        unit.top = max(unit.top, exit + 1)
        let base = unit.top
        unit.location = statement.range
        unit.emit(isAsync ? .asyncWithLookup : .withLookup, exit, manager, base)
        reserveCall(base, count: 0)
        unit.top = exit + 1
        let entered = unit.take()
        unit.emit(.callMethod, entered, base, 0)
        if isAsync { awaitRegister(entered, entered, kind: 1) }

        let end = unit.label()
        let protected = unit.open()
        unit.blocks.append(Block(.with(exit: exit, isAsync: isAsync, range: statement.range), protected))
        if let target = item.target { try store(target, from: entered) }
        unit.top = exit + 1
        try withStatement(statement, items.dropFirst(), body, isAsync: isAsync)
        unit.blocks.removeLast()
        unit.suspend(protected)
        unit.location = statement.range
        try callExit(exit, isAsync: isAsync)
        unit.jump(to: end)

        try handler(of: protected, statement.range) { exception, previous, cleanup in
            let result = unit.take()
            let base = unit.take()
            unit.location = statement.range
            unit.emit(.move, base, exit)
            unit.emit(.exceptionInfo, base + frameHeaderWords, exception)
            emitCall(base, count: 3, into: result)
            unit.top = base
            if isAsync { awaitRegister(result, result, kind: 2) }
            let swallow = unit.label()
            unit.emitJump(.jumpIfTrue, result, to: swallow)
            unit.suspend(cleanup)
            unit.emit(.popException, previous)
            unit.emit(.reraise, exception, 1)
            unit.stop()
            unit.bind(swallow)
            unit.emit(.popException, previous)
            unit.jump(to: end)
        }
        unit.bind(end)
        unit.top = mark
    }

    /// exit(None, None, None), and the result awaited where the statement is asynchronous.
    private func callExit(_ exit: Int, isAsync: Bool) throws {
        let mark = unit.top
        let result = unit.take()
        let base = unit.take()
        unit.move(base, exit)
        for i in 0 ..< 3 { unit.loadConstant(base + frameHeaderWords + i, .none) }
        emitCall(base, count: 3, into: result)
        unit.top = base
        if isAsync { awaitRegister(result, result, kind: 2) }
        unit.top = mark
    }
}
