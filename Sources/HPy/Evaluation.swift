import Glibc
import Interpreter
import Objects

/// Imports, compilation and evaluation.
enum Evaluation {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Import_ImportModule = { _, name in
            let thread = Contexts.thread
            guard let name else { return thread.raise(.systemError, "a null pointer was passed for a string") }
            let text = thread.newString(cString: name)
            if text.isEmpty { return .empty }
            if StringRef(text).count == 0 { return thread.raise(.valueError, "Empty module name") }
            return thread.importModule(StringRef(text).description)
        }
        c.pointee.ctx_Compile_s = { _, source, filename, kind in
            let thread = Contexts.thread
            let modes: [StaticString] = ["eval", "exec", "single"]
            guard kind >= 0, kind < 3 else { return thread.raise(.systemError, "invalid source kind") }
            guard let source else { return thread.raise(.systemError, "a null pointer was passed for a string") }
            // As bytes: they may declare an encoding, and what is not UTF-8 is a syntax error.
            let text = thread.newBytes(source, strlen(source))
            let name = thread.newString(cString: filename)
            let mode = thread.newString("\(modes[Int(kind)])")
            if text.isEmpty || name.isEmpty || mode.isEmpty { return .empty }
            return thread.call(DictRef(WellKnown.builtins.value).get(string: StringRef.intern("compile").value), text, name, mode, Value(small: 0), .true)
        }
        c.pointee.ctx_EvalCode = { _, code, globals, locals in
            let thread = Contexts.thread
            guard code.isExact(.code) else { return thread.raise(.systemError, "PyEval_EvalCode: code expected") }
            guard globals.isDict else { return thread.raise(.systemError, "PyEval_EvalCode: NULL globals") }
            if Code.freeCount(of: code) > 0 { return thread.raise(.typeError, "code object passed to HPy_EvalCode() may not contain free variables") }
            return Interpreter.exec(thread, code, globals, locals)
        }
    }
}
