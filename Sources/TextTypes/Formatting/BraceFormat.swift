import Objects

/// `str.format`, `str.format_map`, and the two parsers of the module `_string`, on which `string.Formatter` is built.

/// Splits a format string into literal text and replacement fields.
struct MarkupIterator {
    let string: StringRef
    var position: Int
    let end: Int

    // What `next` found.
    var literal = (0, 0)
    var hasField = false
    var field = (0, 0)
    var spec = (0, 0)
    var specNeedsExpanding = false
    var conversion: UInt32 = 0

    init(_ string: StringRef, _ start: Int, _ end: Int) {
        self.string = string
        position = start
        self.end = end
    }

    /// 1 for another piece, 0 at the end, -1 when it has raised.
    mutating func next(_ thread: ThreadRef) -> Int {
        func fail(_ message: StaticString) -> Int {
            thread.raise(.valueError, "\(message)")
            return -1
        }
        hasField = false
        field = (0, 0)
        spec = (0, 0)
        specNeedsExpanding = false
        conversion = 0
        if position >= end { return 0 }
        let start = position
        var character: UInt32 = 0
        var markup = false
        while position < end {
            character = string[position]
            position += 1
            if character == 123 || character == 125 {
                markup = true
                break
            }
        }
        let atEnd = position >= end
        var length = position - start
        if markup && character == 125 && (atEnd || string[position] != 125) { return fail("Single '}' encountered in format string") }
        if markup && atEnd && character == 123 { return fail("Single '{' encountered in format string") }
        if markup {
            if string[position] == character {
                // Doubled: stands for itself.
                position += 1
                markup = false
            } else {
                length -= 1
            }
        }
        literal = (start, start + length)
        if !markup { return 1 }

        hasField = true
        let fieldStart = position
        character = 0
        scan: while position < end {
            character = string[position]
            position += 1
            switch character {
            case 123: return fail("unexpected '{' in field name")
            case 91: while position < end && string[position] != 93 { position += 1 }
            case 125, 58, 33: break scan
            default: break
            }
        }
        let delimiter = character == 125 || character == 58 || character == 33
        field = (fieldStart, delimiter && position > fieldStart ? position - 1 : position)
        if character == 33 || character == 58 {
            if character == 33 {
                if position >= end { return fail("end of string while looking for conversion specifier") }
                conversion = string[position]
                position += 1
                if position < end {
                    character = string[position]
                    position += 1
                    if character == 125 { return 1 }
                    if character != 58 { return fail("expected ':' after conversion specifier") }
                }
            }
            let specStart = position
            var depth = 1
            while position < end {
                let character = string[position]
                position += 1
                if character == 123 {
                    specNeedsExpanding = true
                    depth += 1
                } else if character == 125 {
                    depth -= 1
                    if depth == 0 {
                        spec = (specStart, position - 1)
                        return 1
                    }
                }
            }
            return fail("unmatched '{' in format spec")
        }
        return character == 125 ? 1 : fail("expected '}' before end of string")
    }
}

/// Takes a field name apart: `first.attribute[item]`.
struct FieldNameIterator {
    let string: StringRef
    var position: Int
    let end: Int
    var isAttribute = false
    var name = (0, 0)

    /// The first part's end is where the rest begins.
    static func firstEnd(_ string: StringRef, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end && string[index] != 46 && string[index] != 91 { index += 1 }
        return index
    }

    /// 1 for another part, 0 at the end, -1 when it has raised.
    mutating func next(_ thread: ThreadRef) -> Int {
        if position >= end { return 0 }
        let character = string[position]
        position += 1
        let start = position
        if character == 46 {
            isAttribute = true
            position = FieldNameIterator.firstEnd(string, position, end)
            name = (start, position)
        } else if character == 91 {
            isAttribute = false
            while position < end && string[position] != 93 { position += 1 }
            guard position < end else {
                thread.raise(.valueError, "Missing ']' in format string")
                return -1
            }
            name = (start, position)
            position += 1
        } else {
            thread.raise(.valueError, "Only '.' or '[' may follow ']' in format field specifier")
            return -1
        }
        if name.0 == name.1 {
            thread.raise(.valueError, "Empty attribute in format string")
            return -1
        }
        return 1
    }

    /// The number that characters `start ..< end` are; -1 when they are none, -2 when it has raised.
    static func integer(_ thread: ThreadRef, _ string: StringRef, _ start: Int, _ end: Int) -> Int {
        if start >= end { return -1 }
        var value = 0
        for index in start ..< end {
            let digit = Characters.decimalValue(string[index])
            if digit < 0 { return -1 }
            if value > (Int.max - digit) / 10 {
                thread.raise(.valueError, "Too many decimal digits in format string")
                return -2
            }
            value = value * 10 + digit
        }
        return value
    }
}

enum BraceFormat {
    private struct State {
        let thread: ThreadRef
        /// A tuple, or empty for `format_map`.
        let arguments: Value
        /// A mapping, or empty.
        let named: Value
        /// Fields numbered so far; -1 once a field was numbered by hand.
        var automatic = 0
        var numbering = 0
    }

    static func format(_ thread: ThreadRef, _ string: StringRef, _ arguments: Value, _ named: Value) -> Value {
        // Without a brace the format is the result, as it is.
        let units = Units(string)
        if string.count > 0, units.find(123, 0, units.count) < 0, units.find(125, 0, units.count) < 0 { return string.value }
        var state = State(thread: thread, arguments: arguments, named: named)
        var builder = StringBuilder()
        return build(&state, string, 0, string.count, 2, &builder) ? builder.finish(thread) : .empty
    }

    private static func build(_ state: inout State, _ string: StringRef, _ start: Int, _ end: Int, _ depth: Int, _ builder: inout StringBuilder) -> Bool {
        let thread = state.thread
        if depth <= 0 {
            thread.raise(.valueError, "Max string recursion exceeded")
            return false
        }
        var markup = MarkupIterator(string, start, end)
        while true {
            let found = markup.next(thread)
            if found <= 0 { return found == 0 }
            builder.append(string, markup.literal.0, markup.literal.1)
            if !markup.hasField { continue }
            var value = field(&state, string, markup.field.0, markup.field.1)
            if value.isEmpty { return false }
            if markup.conversion != 0 {
                switch markup.conversion {
                case 114: value = thread.repr(value)
                case 115: value = thread.str(value)
                case 97: value = thread.ascii(value)
                default:
                    if markup.conversion > 32 && markup.conversion < 127 {
                        thread.raise(.valueError, "Unknown conversion specifier \(Character(Unicode.Scalar(markup.conversion) ?? "?"))")
                    } else {
                        thread.raise(.valueError, "Unknown conversion specifier \\x\(String(markup.conversion, radix: 16))")
                    }
                    return false
                }
                if value.isEmpty { return false }
            }
            var spec = Value.empty
            if markup.specNeedsExpanding {
                var inner = StringBuilder()
                guard build(&state, string, markup.spec.0, markup.spec.1, depth - 1, &inner) else { return false }
                spec = inner.finish(thread)
                if spec.isEmpty { return false }
            } else if markup.spec.0 < markup.spec.1 {
                spec = thread.substring(string, markup.spec.0, markup.spec.1)
                if spec.isEmpty { return false }
            }
            if value.isExact(.str) {
                if spec.isEmpty { builder.append(StringRef(value)) } else if !StringFormatSpec.append(thread, StringRef(value), StringRef(spec), &builder) { return false }
                continue
            }
            let text = thread.format(value, spec)
            if text.isEmpty { return false }
            builder.append(StringRef(text))
        }
    }

    /// The object that a field name stands for.
    private static func field(_ state: inout State, _ string: StringRef, _ start: Int, _ end: Int) -> Value {
        let thread = state.thread
        let first = FieldNameIterator.firstEnd(string, start, end)
        var index = FieldNameIterator.integer(thread, string, start, first)
        if index == -2 { return .empty }
        if first == start || index >= 0 {
            let byHand = index >= 0
            if state.numbering == 0 { state.numbering = byHand ? 2 : 1 } else if (state.numbering == 2) != byHand {
                return thread.raise(.valueError, byHand ? "cannot switch from automatic field numbering to manual field specification"
                    : "cannot switch from manual field specification to automatic field numbering")
            }
            if !byHand {
                index = state.automatic
                state.automatic += 1
            }
        }
        var value: Value
        if index < 0 {
            let key = thread.substring(string, start, first)
            if key.isEmpty { return .empty }
            if state.named.isEmpty { return thread.raiseKeyError(key) }
            value = thread.getItem(state.named, key)
        } else {
            if state.arguments.isEmpty { return thread.raise(.valueError, "Format string contains positional fields") }
            let arguments = TupleRef(state.arguments)
            guard index < arguments.count else { return thread.raise(.indexError, "Replacement index \(index) out of range for positional args tuple") }
            value = arguments[index]
        }
        if value.isEmpty { return .empty }
        var rest = FieldNameIterator(string: string, position: first, end: end)
        while true {
            let found = rest.next(thread)
            if found == 0 { return value }
            if found < 0 { return .empty }
            let name = thread.substring(string, rest.name.0, rest.name.1)
            if name.isEmpty { return .empty }
            if rest.isAttribute {
                value = thread.getAttribute(value, name)
            } else {
                let number = FieldNameIterator.integer(thread, string, rest.name.0, rest.name.1)
                if number == -2 { return .empty }
                value = number >= 0 && value.type.isSequence ? thread.item(value, number) : thread.getItem(value, number >= 0 ? thread.newInt(number) : name)
            }
            if value.isEmpty { return .empty }
        }
    }
}

/// The module `_string`.
enum StringModule {
    static func register() {
        NativeModule.register("_string", doc: "string helper module", functions: [
            Def("formatter_parser(string, /)", .reads, "parse the argument as a format string") { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "expected str, got \(a[0].type.name)") }
                let string = StringRef(a[0])
                let list = thread.newList()
                if list.isEmpty { return .empty }
                var markup = MarkupIterator(string, 0, string.count)
                while true {
                    let found = markup.next(thread)
                    if found < 0 { return .empty }
                    if found == 0 { return thread.iterator(list) }
                    let entry = thread.newTuple(count: 4)
                    if entry.isEmpty { return .empty }
                    func part(_ range: (Int, Int)) -> Value { thread.substring(string, range.0, range.1) }
                    let items = (part(markup.literal), markup.hasField ? part(markup.field) : .none, markup.hasField ? part(markup.spec) : .none,
                                 markup.conversion == 0 ? .none : thread.newString(character: markup.conversion))
                    if items.0.isEmpty || items.1.isEmpty || items.2.isEmpty || items.3.isEmpty { return .empty }
                    TupleRef(entry).initialize(0, items.0)
                    TupleRef(entry).initialize(1, items.1)
                    TupleRef(entry).initialize(2, items.2)
                    TupleRef(entry).initialize(3, items.3)
                    if !ListRef(list).append(thread, entry) { return .empty }
                }
            },
            Def("formatter_field_name_split(string, /)", .reads, "split the argument as a field name") { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "expected str, got \(a[0].type.name)") }
                let string = StringRef(a[0])
                let first = FieldNameIterator.firstEnd(string, 0, string.count)
                let number = FieldNameIterator.integer(thread, string, 0, first)
                if number == -2 { return .empty }
                let head = number >= 0 ? thread.newInt(number) : thread.substring(string, 0, first)
                let list = thread.newList()
                if head.isEmpty || list.isEmpty { return .empty }
                var rest = FieldNameIterator(string: string, position: first, end: string.count)
                while true {
                    let found = rest.next(thread)
                    if found < 0 { return .empty }
                    if found == 0 { break }
                    let number = rest.isAttribute ? -1 : FieldNameIterator.integer(thread, string, rest.name.0, rest.name.1)
                    if number == -2 { return .empty }
                    let name = number >= 0 ? thread.newInt(number) : thread.substring(string, rest.name.0, rest.name.1)
                    if name.isEmpty { return .empty }
                    let entry = thread.newTuple(Value(rest.isAttribute), name)
                    if entry.isEmpty || !ListRef(list).append(thread, entry) { return .empty }
                }
                let iterator = thread.iterator(list)
                return iterator.isEmpty ? .empty : thread.newTuple(head, iterator)
            },
        ])
    }
}
