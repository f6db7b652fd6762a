import Interpreter
import Objects
import Syntax

/// Printing exceptions as the interpreter does when nobody catches them.
///
/// The text of a whole report is gathered as UTF-8 (surrogates as three bytes) and written at once. Every line of an exception group's members starts with a
/// margin: two blanks for each level, then "| ". Whatever fails on the way (a repr, a str, a file that cannot be read) is replaced by a
/// placeholder or left out: the exception being reported matters more.
public enum TracebackPrinter {
    private static let maximumGroupWidth = 15
    private static let maximumGroupDepth = 10
    private static let recursiveCutoff = 3

    /// Prints an exception with its causes, contexts and members to a file object. What goes wrong is forgotten.
    public static func printException(_ thread: ThreadRef, _ exception: Value, to file: Value) {
        let saved = thread.takeException()
        var report = Report(thread: thread)
        report.appendChain(exception)
        if !emit(thread, report.text, to: file) || thread.callMethod(file, .flush).isEmpty { thread.takeException() }
        if !saved.isEmpty { thread.restore(saved) }
    }

    /// Writes gathered text to a file object. False when it has raised.
    static func emit(_ thread: ThreadRef, _ text: [UInt8], to file: Value) -> Bool {
        let string = thread.newString(utf8: text)
        return !string.isEmpty && BuiltinTextFunctions.write(thread, file, string)
    }

    /// Appends "Traceback (most recent call last):" and the entries.
    static func appendTraceback(_ thread: ThreadRef, _ traceback: Value, to text: inout [UInt8]) {
        var report = Report(thread: thread)
        report.appendTraceback(traceback, header: "Traceback (most recent call last):", headerMargin: "")
        text += report.text
    }

    /// `module.Class`, without the module for builtins and `__main__`.
    static func qualifiedName(_ thread: ThreadRef, _ type: TypeRef) -> [UInt8] {
        let module = thread.getAttributeOrEmpty(type.value, Name.__module__)
        thread.takeException()
        var result: [UInt8] = []
        if module.isEmpty || !module.isString {
            result = Array("<unknown>.".utf8)
        } else if !StringRef(module).equals("builtins") && !StringRef(module).equals("__main__") {
            result = StringRef(module).utf8 + [0x2E]
        }
        let name = type.pointer.pointee.qualifiedName
        return result + StringRef(name.isEmpty ? type.pointer.pointee.name : name).utf8
    }

    private struct Report {
        let thread: ThreadRef
        var text: [UInt8] = []
        /// Levels of exception groups around what is being printed.
        var depth = 0
        /// The frame around a group's members is still to be closed.
        var needsClose = false
        /// Exceptions already on the way up a chain.
        var seen: Set<UInt64> = []

        init(thread: ThreadRef) { self.thread = thread }

        // MARK: Lines

        private mutating func indent() { for _ in 0 ..< 2 * depth { text.append(0x20) } }

        private mutating func margin() {
            indent()
            if depth > 0 { text += Array("| ".utf8) }
        }

        private mutating func line(_ content: String) {
            margin()
            text += Array(content.utf8)
            text.append(0x0A)
        }

        private mutating func append(_ string: Value) { text += StringRef(string).utf8 }

        // MARK: Chains

        mutating func appendChain(_ exception: Value) {
            guard thread.enterRecursion(" in print_exception_recursive") else { thread.takeException(); return }
            defer { thread.leaveRecursion() }
            if exception.isException {
                seen.insert(exception.bits)
                let object = exception.object(ExceptionObject.self)
                let cause = object.pointee.cause, context = object.pointee.context
                if !cause.isEmpty && !cause.isNone {
                    if !seen.contains(cause.bits) {
                        appendChain(cause)
                        line("")
                        line("The above exception was the direct cause of the following exception:")
                        line("")
                    }
                } else if !context.isEmpty && !context.isNone && object.pointee.suppressContext != .true {
                    if !seen.contains(context.bits) {
                        appendChain(context)
                        line("")
                        line("During handling of the above exception, another exception occurred:")
                        line("")
                    }
                }
            }
            if exception.isException && exception.isInstance(of: .baseExceptionGroup) { appendGroup(exception) } else { appendSingle(exception) }
        }

        // MARK: Groups

        private mutating func appendGroup(_ group: Value) {
            if depth > TracebackPrinter.maximumGroupDepth { return line("... (max_group_depth is \(TracebackPrinter.maximumGroupDepth))") }
            let isOutermost = depth == 0
            if isOutermost { depth += 1 }
            appendSingle(group)
            let members = group.exceptionField(1)
            let count = members.isEmpty || !members.isTuple ? 0 : TupleRef(members).count
            let shown = count <= TracebackPrinter.maximumGroupWidth ? count : TracebackPrinter.maximumGroupWidth + 1
            needsClose = false
            for index in 0 ..< shown {
                let isLast = index == shown - 1
                if isLast { needsClose = true }
                let isCut = index >= TracebackPrinter.maximumGroupWidth
                indent()
                text += Array("\(index == 0 ? "+-" : "  ")+---------------- \(isCut ? "..." : "\(index + 1)") ----------------\n".utf8)
                depth += 1
                if isCut {
                    let rest = count - TracebackPrinter.maximumGroupWidth
                    line("and \(rest) more exception\(rest > 1 ? "s" : "")")
                } else {
                    appendChain(TupleRef(members)[index])
                }
                if isLast && needsClose {
                    indent()
                    text += Array("+------------------------------------\n".utf8)
                    needsClose = false
                }
                depth -= 1
            }
            if isOutermost { depth -= 1 }
        }

        // MARK: One exception

        private mutating func appendSingle(_ exception: Value) {
            guard exception.isException else { return line("TypeError: print_exception(): Exception expected for value, \(exception.type.name) found") }
            let traceback = exception.object(ExceptionObject.self).pointee.traceback
            if traceback.isExact(.traceback) {
                let isGroup = exception.isInstance(of: .baseExceptionGroup)
                appendTraceback(traceback, header: isGroup ? "Exception Group Traceback (most recent call last):" : "Traceback (most recent call last):",
                                headerMargin: isGroup && depth == 1 ? "+ " : depth > 0 ? "| " : "")
            }
            var message = exception
            let hasPlace = thread.getAttributeOrEmpty(exception, Name.print_file_and_line)
            thread.takeException()
            if !hasPlace.isEmpty { message = appendSyntaxPlace(exception) ?? exception }
            appendMessage(exception, message)
            appendNotes(exception)
        }

        private mutating func appendMessage(_ exception: Value, _ message: Value) {
            margin()
            text += TracebackPrinter.qualifiedName(thread, exception.type)
            if !message.isNone {
                let shown = thread.str(message)
                if shown.isEmpty {
                    thread.takeException()
                    text += Array(": <exception str() failed>".utf8)
                } else if StringRef(shown).count > 0 {
                    text += Array(": ".utf8)
                    append(shown)
                }
            }
            if let suggestion = Suggestions.suggestion(thread, exception) {
                text += Array(". Did you mean: '".utf8) + suggestion + Array("'?".utf8)
            }
            thread.takeException()
            text.append(0x0A)
        }

        private mutating func appendNotes(_ exception: Value) {
            let notes = thread.getAttributeOrEmpty(exception, Name.__notes__)
            if notes.isEmpty { thread.takeException(); return }
            let isSequence = (notes.isList || notes.isTuple || (notes.type.slotPointer(.getItem).pointee != nil && notes.type.slotPointer(.length).pointee != nil && !notes.isDict))
                && !notes.isString && !notes.isBytes
            guard isSequence else {
                let shown = thread.repr(notes)
                thread.takeException()
                margin()
                text += shown.isEmpty ? Array("<__notes__ repr() failed>".utf8) : StringRef(shown).utf8
                return
            }
            let list = thread.list(notes)
            if list.isEmpty { thread.takeException(); return }
            for index in 0 ..< ListRef(list).count {
                let note = ListRef(list)[index]
                let shown = note.isString ? note : thread.str(note)
                if shown.isEmpty {
                    thread.takeException()
                    line("<note str() failed>")
                    continue
                }
                var rest = StringRef(shown).utf8[...]
                if rest.last == 0x0A { rest.removeLast() }
                for part in rest.split(separator: 0x0A, omittingEmptySubsequences: false) {
                    margin()
                    text += part
                    text.append(0x0A)
                }
            }
        }

        // MARK: Syntax errors

        /// Appends where a SyntaxError is, with the line and carets; its message, or nil when the exception does not look like one.
        private mutating func appendSyntaxPlace(_ exception: Value) -> Value? {
            func attribute(_ name: Name) -> Value {
                let value = thread.getAttributeOrEmpty(exception, name)
                if value.isEmpty { thread.takeException() }
                return value
            }
            func number(_ value: Value) -> Int? {
                if value.isEmpty || value.isNone { return nil }
                guard value.isInt, let number = IntOps.toInt(value) else { return nil }
                return number
            }
            let message = attribute(.msg)
            let filename = attribute(.filename)
            guard !message.isEmpty, !filename.isEmpty, let lineNumber = number(attribute(.lineno)) else { return nil }
            let offset = number(attribute(.offset)) ?? -1
            let endLine = number(attribute(.end_lineno)) ?? lineNumber
            var endOffset = number(attribute(.end_offset)) ?? -1
            let source = attribute(.text)
            margin()
            text += Array("  File \"".utf8)
            if filename.isNone { text += Array("<string>".utf8) } else {
                let shown = thread.str(filename)
                if shown.isEmpty { thread.takeException() } else { append(shown) }
            }
            text += Array("\", line \(lineNumber)\n".utf8)
            guard !source.isEmpty, source.isString else { return message }
            let characters = StringRef(source)
            if endLine > lineNumber { endOffset = characters.utf8.count }
            // Errors of a more special kind point with a single caret.
            appendSyntaxLine(characters, offset, exception.isExact(.syntaxError) ? endOffset : -1)
            return message
        }

        /// The line and the carets under it. As CPython has it, a column counts characters but the line's length is in bytes of UTF-8.
        private mutating func appendSyntaxLine(_ source: StringRef, _ givenOffset: Int, _ endOffset: Int) {
            var line = source.utf8[...]
            var offset = givenOffset - 1
            while let first = line.first, first == 0x20 || first == 0x09 || first == 0x0C {
                line.removeFirst()
                offset -= 1
            }
            let ended = line.last == 0x0A ? 1 : 0
            line.removeLast(ended)
            offset = min(offset, line.count)
            // Of several lines, the one that the offset is in.
            while let newline = line.firstIndex(of: 0x0A), newline - line.startIndex < offset {
                offset -= newline + 1 - line.startIndex
                line = line[(newline + 1)...]
            }
            margin()
            text += Array("    ".utf8) + line
            text.append(0x0A)
            if offset < 0 { return }
            let carets = max(1, min(endOffset > 0 ? endOffset - givenOffset : 1, line.count + ended - offset))
            margin()
            text += [UInt8](repeating: 0x20, count: offset + 4) + [UInt8](repeating: 0x5E, count: carets)
            text.append(0x0A)
        }

        // MARK: Tracebacks

        mutating func appendTraceback(_ traceback: Value, header: String, headerMargin: String) {
            var limit = 1000
            let given = SysModule.get("tracebacklimit")
            if !given.isEmpty && given.isInt {
                limit = IntOps.toInt(given) ?? (IntOps.isNegative(given) ? 0 : Int.max)
                if limit <= 0 { return }
            }
            indent()
            text += Array("\(headerMargin)\(header)\n".utf8)
            var length = 0
            var current = traceback
            while current.isExact(.traceback) {
                length += 1
                current = Inspection.entry(current).next
            }
            current = traceback
            while current.isExact(.traceback) && length > limit {
                length -= 1
                current = Inspection.entry(current).next
            }
            var last: Inspection.Entry?
            var repeats = 0
            while current.isExact(.traceback) {
                let entry = Inspection.entry(current)
                if let last, last.filename == entry.filename || StringRef(last.filename).equals(StringRef(entry.filename)), last.line == entry.line,
                   StringRef(last.name).equals(StringRef(entry.name)) {
                    repeats += 1
                } else {
                    closeRepeats(repeats)
                    repeats = 1
                }
                last = entry
                if repeats <= TracebackPrinter.recursiveCutoff { appendEntry(entry) }
                current = entry.next
            }
            closeRepeats(repeats)
        }

        private mutating func closeRepeats(_ count: Int) {
            let hidden = count - TracebackPrinter.recursiveCutoff
            if hidden > 0 { line("  [Previous line repeated \(hidden) more time\(hidden > 1 ? "s" : "")]") }
        }

        private mutating func appendEntry(_ entry: Inspection.Entry) {
            margin()
            text += Array("  File \"".utf8)
            append(entry.filename)
            text += Array("\", line \(entry.line), in ".utf8)
            append(entry.name)
            text.append(0x0A)
            guard let source = SourceLines.line(thread, entry.filename, entry.line) else { return }
            let content = source.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }
            margin()
            text += Array("    ".utf8) + content
            text.append(0x0A)
            guard let range = entry.range, range.line > 0, range.column >= 0, range.endLine > 0, range.endColumn >= 0 else { return }
            if let carets = Carets.under(source, indentation: source.count - content.count, line: entry.line, range) {
                margin()
                text += Array("    ".utf8) + carets
                text.append(0x0A)
            }
        }
    }
}
