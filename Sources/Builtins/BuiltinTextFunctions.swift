import Glibc
import Interpreter
import Objects

/// `builtins`: text, input and output.
enum BuiltinTextFunctions {
    static let table: [Def] = [
        Def("ascii(obj, /)", .callsOnArguments, "repr() with every character outside ASCII escaped.", kind: .function) { thread, a, _ in thread.ascii(a[0]) },
        Def("repr(obj, /)", .callsOnArguments, "A text that shows the object to programmers.", kind: .function) { thread, a, _ in thread.repr(a[0]) },
        Def("format(value, format_spec='', /)", .callsOnArguments, "The value formatted as format_spec says, by its __format__().", kind: .function) { thread, a, _ in
            if !a[1].isEmpty && !a[1].isString { return thread.raise(.typeError, "format() argument 2 must be str, not \(a[1].argumentTypeName)") }
            return thread.format(a[0], a[1])
        },
        Def("chr(i, /)", .callsOnArguments, "The character of a code point from 0 to 0x10ffff.", kind: .function) { thread, a, _ in
            guard let number = thread.toCInt(a[0]) else { return .empty }
            guard number >= 0, number < 0x110000 else { return thread.raise(.valueError, "chr() arg not in range(0x110000)") }
            return thread.newString(character: UInt32(number))
        },
        Def("ord(c, /)", .callsOnArguments, "The code point of a single character, or the value of a single byte.", kind: .function) { thread, a, _ in
            let count: Int
            if a[0].isString {
                count = StringRef(a[0]).count
                if count == 1 { return Value(small: Int(StringRef(a[0])[0])) }
            } else if a[0].isBytes {
                count = BytesRef(a[0]).count
                if count == 1 { return Value(small: Int(BytesRef(a[0]).bytes[0])) }
            } else if a[0].isInstance(of: .bytearray) {
                var view = BufferView()
                guard thread.acquireBuffer(a[0], &view) else { return .empty }
                count = view.length
                let first = count == 1 ? Int(view.bytes[0]) : 0
                thread.releaseBuffer(&view)
                if count == 1 { return Value(small: first) }
            } else {
                return thread.raise(.typeError, "ord() expected string of length 1, but \(a[0].type.name) found")
            }
            return thread.raise(.typeError, "ord() expected a character, but string of length \(count) found")
        },
        Def("print(*args, sep=' ', end='\\n', file=None, flush=False)", .calls, "Writes the arguments to file (sys.stdout if None), with sep between them and end after them; flush flushes the file.", kind: .function) { thread, a, _ in
            BuiltinTextFunctions.print(thread, a)
        },
        Def("input(prompt='', /)", .calls, "A line of standard input without its end, after the prompt was written; EOFError when there is none.", kind: .function) { thread, a, _ in
            BuiltinTextFunctions.input(thread, a[0])
        },
        Def("open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)", .calls, "Opens a file; see io.open.", kind: .function) { thread, a, count in
            // Stands in for `io.open`, which replaces it when `io` is loaded at start-up.
            let open = thread.importAttribute("io", "open")
            if open.isEmpty { return .empty }
            let names = ["mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"]
            let keywords = thread.newDict()
            if keywords.isEmpty { return .empty }
            for index in 1 ..< count where !a[index].isEmpty {
                if !DictRef(keywords).set(thread, StringRef.intern(names[index - 1]).value, a[index]) { return .empty }
            }
            let arguments = thread.newTuple(a[0])
            return arguments.isEmpty ? .empty : thread.call(open, tuple: arguments, dict: keywords)
        },
    ]

    /// `sys.name`; empty, with RuntimeError raised, when it was deleted.
    static func stream(_ thread: ThreadRef, _ name: Name, _ lost: StaticString) -> Value {
        let module = WellKnown.sysModule.value
        let result = module.isEmpty ? .empty : DictRef(module.object(ModuleObject.self).pointee.namespace).get(name)
        return result.isEmpty ? thread.raise(.runtimeError, "\(lost)") : result
    }

    static func print(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let items = TupleRef(a[0])
        var file = a[3]
        if file.isEmpty || file.isNone {
            file = stream(thread, .stdout, "lost sys.stdout")
            if file.isEmpty { return .empty }
            // Python without a console has no standard output; that is no error.
            if file.isNone { return .none }
        }
        let separator = a[1].isEmpty || a[1].isNone ? taipan_latin1()[0x20] : a[1]
        guard separator.isString else { return thread.raise(.typeError, "sep must be None or a string, not \(separator.type.name)") }
        let end = a[2].isEmpty || a[2].isNone ? taipan_latin1()[0x0A] : a[2]
        guard end.isString else { return thread.raise(.typeError, "end must be None or a string, not \(end.type.name)") }
        for index in 0 ..< items.count {
            if index > 0 && !write(thread, file, separator) { return .empty }
            let text = thread.str(items[index])
            if text.isEmpty || !write(thread, file, text) { return .empty }
        }
        if !write(thread, file, end) { return .empty }
        if !a[4].isEmpty {
            let flush = thread.isTrue(a[4])
            if flush < 0 || (flush > 0 && thread.callMethod(file, .flush).isEmpty) { return .empty }
        }
        return .none
    }

    @inline(__always) static func write(_ thread: ThreadRef, _ file: Value, _ text: Value) -> Bool {
        let method = thread.getAttribute(file, Name.write.value)
        return !method.isEmpty && !thread.call(method, text).isEmpty
    }

    // MARK: input

    private static func descriptor(_ thread: ThreadRef, _ file: Value) -> Int32? {
        let number = thread.callMethod(file, .fileno)
        guard !number.isEmpty, let value = thread.toInt(number) else {
            thread.takeException()
            return nil
        }
        return Int32(truncatingIfNeeded: value)
    }

    static func input(_ thread: ThreadRef, _ prompt: Value) -> Value {
        let stdin = stream(thread, .stdin, "input(): lost sys.stdin")
        if stdin.isEmpty { return .empty }
        if stdin.isNone { return thread.raise(.runtimeError, "input(): lost sys.stdin") }
        let stdout = stream(thread, .stdout, "input(): lost sys.stdout")
        if stdout.isEmpty { return .empty }
        if stdout.isNone { return thread.raise(.runtimeError, "input(): lost sys.stdout") }
        let stderr = stream(thread, .stderr, "input(): lost sys.stderr")
        if stderr.isEmpty { return .empty }
        if stderr.isNone { return thread.raise(.runtimeError, "input(): lost sys.stderr") }
        if thread.callMethod(stderr, .flush).isEmpty { thread.takeException() }
        guard SysAudit.audit(thread, "builtins.input", [prompt.isEmpty ? .none : prompt]) else { return .empty }
        let interactive = descriptor(thread, stdin) == 0 && descriptor(thread, stdout) == 1 && isatty(0) != 0 && isatty(1) != 0
        let editor = interactive ? LineEditor.reader(thread) : .empty
        if !editor.isEmpty {
            let text = prompt.isEmpty ? WellKnown.emptyString.value : thread.str(prompt)
            if text.isEmpty || thread.callMethod(stdout, .flush).isEmpty { return .empty }
            let line = thread.call(editor, text)
            if line.isEmpty { return .empty }
            if line.isString, StringRef(line).count == 0 { return thread.raise(.eofError) }
            return line.isString ? withoutEnd(thread, line) : thread.raise(.typeError, "object.readline() returned non-string")
        }
        if !prompt.isEmpty {
            let text = thread.str(prompt)
            if text.isEmpty { return .empty }
            // On a terminal the prompt goes where CPython's line reader puts it.
            if !write(thread, interactive ? stderr : stdout, text) { return .empty }
            if interactive && thread.callMethod(stderr, .flush).isEmpty { thread.takeException() }
        }
        if thread.callMethod(stdout, .flush).isEmpty {
            if interactive { return .empty }
            thread.takeException()
        }
        let line = thread.callMethod(stdin, .readline)
        if line.isEmpty { return .empty }
        guard line.isString else { return thread.raise(.typeError, "object.readline() returned non-string") }
        return withoutEnd(thread, line)
    }

    private static func withoutEnd(_ thread: ThreadRef, _ line: Value) -> Value {
        let text = StringRef(line)
        if text.count == 0 { return thread.raise(.eofError, "EOF when reading a line") }
        if text[text.count - 1] == 0x0A { return thread.substring(text, 0, text.count - 1) }
        let result = SysAudit.audit(thread, "builtins.input/result", [line])
        return result ? line : .empty
    }
}

/// Line editing at a terminal, by the module `readline` when a program has imported it.
public enum LineEditor {
    /// The function that reads a line, given the prompt; empty when there is no such module.
    public static func reader(_ thread: ThreadRef) -> Value {
        let module = DictRef(WellKnown.modules.value).get(string: StringRef.intern("readline").value)
        if module.isEmpty || module.isNone { return .empty }
        let function = thread.getAttributeOrEmpty(module, StringRef.intern("_read").value)
        if function.isEmpty { thread.takeException() }
        return function
    }
}
