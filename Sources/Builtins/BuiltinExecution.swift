import Interpreter
import Objects
import TextTypes

/// `builtins`: compiling and running code, namespaces of the running frame.
enum BuiltinExecution {
    static let table: [Def] = [
        Def("compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)", .calls, "Compiles source, text or a syntax tree, for exec() or eval(): mode is 'exec', 'eval' or 'single'.", kind: .function) { thread, a, _ in
            BuiltinExecution.compile(thread, a)
        },
        Def("eval(source, globals=None, locals=None, /)", .calls, "The value of an expression, or of a code object, in the given namespaces.", kind: .function) { thread, a, _ in
            BuiltinExecution.eval(thread, a[0], a[1], a[2])
        },
        Def("exec(source, globals=None, locals=None, /, *, closure=None)", .calls, "Executes statements, or a code object, in the given namespaces.", kind: .function) { thread, a, _ in
            BuiltinExecution.exec(thread, a[0], a[1], a[2], a[3])
        },
        Def("globals()", .calls, "The running module's namespace.", kind: .function) { thread, _, _ in
            let result = Inspection.globals(thread)
            return result.isEmpty ? .none : result
        },
        Def("locals()", .calls, "The variables of the running scope.", kind: .function) { thread, _, _ in
            BuiltinExecution.locals(thread)
        },
        Def("breakpoint(*args, **kws)", .calls, "Calls sys.breakpointhook() with the same arguments.", kind: .function) { thread, a, _ in
            let module = WellKnown.sysModule.value
            let hook = module.isEmpty ? .empty : DictRef(module.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("breakpointhook").value)
            if hook.isEmpty { return thread.raise(.runtimeError, "lost sys.breakpointhook") }
            guard SysAudit.audit(thread, "builtins.breakpoint", [hook]) else { return .empty }
            return thread.call(hook, tuple: a[0], dict: a[1])
        },
    ]

    static func locals(_ thread: ThreadRef) -> Value {
        let result = Inspection.locals(thread)
        return result.isEmpty && !thread.hasException ? thread.raise(.systemError, "frame does not exist") : result
    }

    private static func compile(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let flags = a[3].isEmpty ? 0 : thread.toInt(a[3]), let optimize = a[5].isEmpty ? -1 : thread.toInt(a[5]),
              let feature = a[6].isEmpty ? -1 : thread.toInt(a[6]) else { return .empty }
        let dontInherit = a[4].isEmpty ? 0 : thread.isTrue(a[4])
        if dontInherit < 0 { return .empty }
        guard SysAudit.audit(thread, "compile", [shown(thread, a[0]), a[1]]) else { return .empty }
        return CompileBuiltin.compile(thread, a[0], a[1], a[2], flags: flags, dontInherit: dontInherit != 0, optimize: optimize, featureVersion: feature)
    }

    /// Adds `__builtins__` to globals that have none.
    private static func addBuiltins(_ thread: ThreadRef, _ globals: Value) -> Bool {
        if globals.isExact(.dict) {
            if !DictRef(globals).get(.__builtins__).isEmpty { return true }
            return DictRef(globals).set(thread, Name.__builtins__, Inspection.builtins(thread))
        }
        let found = thread.contains(globals, Name.__builtins__.value)
        return found > 0 || (found == 0 && thread.setItem(globals, Name.__builtins__.value, Inspection.builtins(thread)))
    }

    private static func isMapping(_ value: Value) -> Bool {
        value.type.slotPointer(.getItem).pointee != nil
    }

    /// Globals and locals with their defaults; nil when it has raised.
    private static func namespaces(_ thread: ThreadRef, _ globals: Value, _ locals: Value) -> (globals: Value, locals: Value)? {
        var globals = globals.isEmpty || globals.isNone ? Value.empty : globals
        var locals = locals.isEmpty || locals.isNone ? Value.empty : locals
        if globals.isEmpty {
            globals = Inspection.globals(thread)
            if globals.isEmpty {
                thread.raise(.systemError, "globals and locals cannot be NULL")
                return nil
            }
            if locals.isEmpty {
                locals = self.locals(thread)
                if locals.isEmpty { return nil }
            }
        } else if locals.isEmpty {
            locals = globals
        }
        return addBuiltins(thread, globals) ? (globals, locals) : nil
    }

    /// The source as audit hooks see it: bytes, or None for a tree.
    private static func shown(_ thread: ThreadRef, _ source: Value) -> Value {
        if !source.isString { return source.isBytes ? source : .none }
        let bytes = thread.encode(source)
        if bytes.isEmpty { thread.takeException() }
        return bytes.isEmpty ? .none : bytes
    }

    private static func compileSource(_ thread: ThreadRef, _ source: Value, isExpression: Bool) -> Value {
        guard var bytes = CompileBuiltin.sourceBytes(thread, source, function: isExpression ? "eval" : "exec", what: "string, bytes or code") else { return .empty }
        // An expression may be indented.
        if isExpression { bytes.removeFirst(bytes.prefix { $0 == 0x20 || $0 == 0x09 }.count) }
        guard SysAudit.audit(thread, "compile", [shown(thread, source), StringRef.intern("<string>").value]) else { return .empty }
        let flags = CompileBuiltin.inheritedFlags(thread) | (source.isString ? CompileBuiltin.Flags.ignoreCookie : 0)
        return CompileBuiltin.compile(thread, bytes, .init(filename: StringRef.intern("<string>").value, mode: isExpression ? .eval : .exec, flags: flags))
    }

    static func eval(_ thread: ThreadRef, _ source: Value, _ globals: Value, _ locals: Value) -> Value {
        if !locals.isEmpty && !locals.isNone && !isMapping(locals) { return thread.raise(.typeError, "locals must be a mapping") }
        if !globals.isEmpty && !globals.isNone && !globals.isDict {
            return thread.raise(.typeError, isMapping(globals) ? "globals must be a real dict; try eval(expr, {}, mapping)" : "globals must be a dict")
        }
        guard let space = namespaces(thread, globals, locals) else { return .empty }
        var code = source
        if !code.isExact(.code) {
            code = compileSource(thread, source, isExpression: true)
            if code.isEmpty { return .empty }
        }
        guard SysAudit.audit(thread, "exec", [code]) else { return .empty }
        if Code.freeCount(of: code) > 0 { return thread.raise(.typeError, "code object passed to eval() may not contain free variables") }
        return Interpreter.exec(thread, code, space.globals, space.locals)
    }

    static func exec(_ thread: ThreadRef, _ source: Value, _ globals: Value, _ locals: Value, _ closure: Value) -> Value {
        if !globals.isEmpty && !globals.isNone && !globals.isDict { return thread.raise(.typeError, "exec() globals must be a dict, not \(globals.type.name)") }
        if !locals.isEmpty && !locals.isNone && !isMapping(locals) { return thread.raise(.typeError, "locals must be a mapping or None, not \(locals.type.name)") }
        guard let space = namespaces(thread, globals, locals) else { return .empty }
        let closure = closure.isEmpty || closure.isNone ? Value.empty : closure
        if source.isExact(.code) {
            guard SysAudit.audit(thread, "exec", [source]) else { return .empty }
            let count = Code.freeCount(of: source)
            if count == 0 {
                if !closure.isEmpty { return thread.raise(.typeError, "cannot use a closure with this code object") }
                return Interpreter.exec(thread, source, space.globals, space.locals).isEmpty ? .empty : .none
            }
            var fits = closure.isExact(.tuple) && TupleRef(closure).count == count
            if fits { for index in 0 ..< count where !TupleRef(closure)[index].isExact(.cell) { fits = false } }
            if !fits { return thread.raise(.typeError, "code object requires a closure of exactly length \(count)") }
            return Interpreter.exec(thread, source, space.globals, space.locals, closure: closure).isEmpty ? .empty : .none
        }
        if !closure.isEmpty { return thread.raise(.typeError, "closure can only be used when source is a code object") }
        let code = compileSource(thread, source, isExpression: false)
        guard !code.isEmpty, SysAudit.audit(thread, "exec", [code]) else { return .empty }
        return Interpreter.exec(thread, code, space.globals, space.locals).isEmpty ? .empty : .none
    }
}
