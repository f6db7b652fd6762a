import Bytecode

/// Python functions: the object, and binding a call's arguments to parameters.

public struct FunctionObject {
    public var header: ObjectHeader
    // Traced: words 1–12.
    public var code: Value
    /// dict
    public var globals: Value
    /// dict of `builtins` at the time of creation
    public var builtins: Value
    public var name: Value
    public var qualifiedName: Value
    /// tuple, or empty
    public var defaults: Value
    /// dict, or empty
    public var keywordDefaults: Value
    /// tuple of cells, or empty
    public var closure: Value
    /// Empty: that of the code, which nobody has asked for yet.
    public var doc: Value
    public var module: Value
    /// dict; or a flat tuple of names and values until someone asks; or empty
    public var annotations: Value
    public var dict: Value
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A function of a code object. Its `__module__` and doc follow from globals and code.
    func newFunction(_ code: Value, globals: Value, qualifiedName: Value = .empty) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<FunctionObject>.size, shape: TypeID.function.rawValue) else { return raiseOutOfMemory() }
        let function = raw.assumingMemoryBound(to: FunctionObject.self)
        let object = code.object(CodeObject.self)
        function.pointee.code = code
        function.pointee.globals = globals
        function.pointee.name = object.pointee.name
        function.pointee.qualifiedName = qualifiedName.isEmpty ? object.pointee.qualifiedName : qualifiedName
        let module = DictRef(globals).get(.__name__)
        function.pointee.module = module.isEmpty ? .none : module
        function.pointee.doc = object.pointee.hasDocstring && object.pointee.flags & CodeFlags.optimized.rawValue != 0 ? .empty : .none
        function.pointee.builtins = builtins(for: globals)
        return Value(raw)
    }

    /// The builtins that code with these globals sees: their `__builtins__`, a module or mapping, or the interpreter's own.
    func builtins(for globals: Value) -> Value {
        let found = DictRef(globals).get(.builtinsName)
        if found.isEmpty { return WellKnown.builtins.value }
        if found == WellKnown.builtins.value { return found }
        if found.isPointer && found.type.isSubtype(of: TypeID.module.type) { return found.object(ModuleObject.self).pointee.namespace }
        // Whatever else it is, names are looked up in it as items.
        return found
    }
}

extension Name {
    static var builtinsName: Name { .__builtins__ }
}

enum Functions {
    /// `bind` for a call made by the frame `fp`, in place: until it returns, the registers of the callee count as the stack's end.
    @inline(never) static func bindCall(_ thread: ThreadRef, _ fp: FramePointer, _ function: UnsafeMutablePointer<FunctionObject>, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Bool {
        thread.pointee.stackTop = arguments + max(count, Int(function.pointee.code.object(CodeObject.self).pointee.registerCount))
        let bound = bind(thread, function, arguments, arguments, count, keywords)
        thread.pointee.stackTop = fp + Int(fp.code.pointee.registerCount)
        return bound
    }

    /// Binds arguments to parameters at `registers`, where the positional ones may already stand (`arguments == registers`). False when it has raised.
    @inline(never) static func bind(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ registers: FramePointer, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Bool {
        guard let code = Code.whole(thread, function.pointee.code) else { return false }
        let positional = Int(code.pointee.argumentCount)
        let keywordOnly = Int(code.pointee.keywordOnlyCount)
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        let clear = Int(code.pointee.clearCount)
        // The simple case first: positional arguments and defaults only.
        if named == 0 && code.pointee.isSimple && given <= positional {
            if arguments != registers { registers.update(from: arguments, count: given) }
            let missing = positional - given
            if missing > 0 {
                let defaults = function.pointee.defaults
                let available = defaults.isEmpty ? 0 : TupleRef(defaults).count
                if missing > available {
                    (registers + given).update(repeating: .empty, count: missing)
                    raiseMissing(thread, function, registers, available)
                    return false
                }
                (registers + given).update(from: TupleRef(defaults).items + (available - missing), count: missing)
            }
            if clear > positional { (registers + positional).update(repeating: .empty, count: clear - positional) }
            return true
        }
        // `def f(*args)` or `def f(*args, **kwargs)`, as decorators have it: what is left over goes into a tuple, and nothing else need be moved.
        if named == 0 && keywordOnly == 0 && given >= positional && code.pointee.flags & CodeFlags.variadic.rawValue != 0 {
            let rest = given > positional ? thread.newTuple(arguments + positional, given - positional) : WellKnown.emptyTuple.value
            if rest.isEmpty { return false }
            var dict = Value.empty
            if code.pointee.flags & CodeFlags.keywordVariadic.rawValue != 0 {
                dict = thread.newDict()
                if dict.isEmpty { return false }
            }
            var index = 0
            if arguments != registers { while index < positional { registers[index] = arguments[index]; index += 1 } }
            index = positional
            registers[index] = rest
            index += 1
            if !dict.isEmpty {
                registers[index] = dict
                index += 1
            }
            while index < clear { registers[index] = .empty; index += 1 }
            return true
        }
        // The frame's place may overlap the arguments: work from a copy above both.
        let top = max(arguments + count, registers + clear + Int(code.pointee.registerCount))
        let saved = thread.pointee.stackTop
        if top > saved.unsafelyUnwrapped { thread.pointee.stackTop = top }
        guard let copy = thread.pushArguments(count + 1) else { thread.pointee.stackTop = saved; return false }
        defer { thread.pointee.stackTop = saved }
        copy.update(from: arguments, count: count)
        registers.update(repeating: .empty, count: clear)

        let direct = min(given, positional)
        registers.update(from: copy, count: direct)
        var next = positional + keywordOnly
        let flags = CodeFlags(rawValue: code.pointee.flags)
        if flags.contains(.variadic) {
            let rest = given > positional ? thread.newTuple(copy + positional, given - positional) : WellKnown.emptyTuple.value
            if rest.isEmpty { return false }
            registers[next] = rest
            next += 1
        }
        var extra = Value.empty
        if flags.contains(.keywordVariadic) {
            extra = thread.newDict()
            if extra.isEmpty { return false }
            registers[next] = extra
        }
        let names = TupleRef(code.pointee.localNames)
        let positionalOnly = Int(code.pointee.positionalOnlyCount)
        for index in 0 ..< named {
            let key = TupleRef(keywords)[index]
            let value = copy[given + index]
            guard key.isString else {
                thread.raise(.typeError, "\(name(function))() keywords must be strings")
                return false
            }
            var place = -1
            var candidate = positionalOnly
            while candidate < positional + keywordOnly {
                if names[candidate] == key { place = candidate; break }
                candidate += 1
            }
            if place < 0 {
                candidate = positionalOnly
                while candidate < positional + keywordOnly {
                    if StringRef(names[candidate]).equals(StringRef(key)) { place = candidate; break }
                    candidate += 1
                }
            }
            if place >= 0 {
                if !registers[place].isEmpty {
                    thread.raise(.typeError, "\(name(function))() got multiple values for argument '\(StringRef(key).description)'")
                    return false
                }
                registers[place] = value
            } else if !extra.isEmpty {
                if !DictRef(extra).set(thread, key, value) { return false }
            } else {
                if positionalOnly > 0, raisePositionalOnly(thread, function, keywords) { return false }
                thread.raise(.typeError, "\(name(function))() got an unexpected keyword argument '\(StringRef(key).description)'")
                return false
            }
        }
        if given > positional && !flags.contains(.variadic) {
            raiseTooMany(thread, function, registers, given)
            return false
        }
        if given < positional {
            let defaults = function.pointee.defaults
            let available = defaults.isEmpty ? 0 : TupleRef(defaults).count
            for index in given ..< positional where registers[index].isEmpty {
                if index < positional - available {
                    raiseMissing(thread, function, registers, available)
                    return false
                }
                registers[index] = TupleRef(defaults)[index - (positional - available)]
            }
        }
        if keywordOnly > 0 {
            var missing: [Int] = []
            for index in positional ..< positional + keywordOnly where registers[index].isEmpty {
                let value = function.pointee.keywordDefaults.isEmpty ? .empty : DictRef(function.pointee.keywordDefaults).get(string: names[index])
                if value.isEmpty { missing.append(index) } else { registers[index] = value }
            }
            if !missing.isEmpty {
                raiseMissingNames(thread, function, missing, "keyword-only")
                return false
            }
        }
        return true
    }

    private static func name(_ function: UnsafeMutablePointer<FunctionObject>) -> String { StringRef(function.pointee.qualifiedName).description }

    private static func raiseMissing(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ registers: FramePointer, _ available: Int) {
        let positional = Int(function.pointee.code.object(CodeObject.self).pointee.argumentCount)
        raiseMissingNames(thread, function, (0 ..< max(positional - available, 0)).filter { registers[$0].isEmpty }, "positional")
    }

    private static func raiseMissingNames(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ missing: [Int], _ kind: String) {
        let names = TupleRef(function.pointee.code.object(CodeObject.self).pointee.localNames)
        let quoted = missing.map { names[$0].reprForMessage(thread) }
        let list: String
        switch quoted.count {
        case 1: list = quoted[0]
        case 2: list = "\(quoted[0]) and \(quoted[1])"
        default: list = quoted.dropLast().joined(separator: ", ") + ", and " + (quoted.last ?? "")
        }
        thread.raise(.typeError, "\(name(function))() missing \(quoted.count) required \(kind) argument\(quoted.count == 1 ? "" : "s"): \(list)")
    }

    private static func raisePositionalOnly(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ keywords: Value) -> Bool {
        let code = function.pointee.code.object(CodeObject.self)
        let names = TupleRef(code.pointee.localNames)
        var wrong: [String] = []
        for index in 0 ..< Int(code.pointee.positionalOnlyCount) {
            for keyword in 0 ..< TupleRef(keywords).count where StringRef(TupleRef(keywords)[keyword]).equals(StringRef(names[index])) {
                wrong.append(StringRef(names[index]).description)
            }
        }
        if wrong.isEmpty { return false }
        thread.raise(.typeError, "\(name(function))() got some positional-only arguments passed as keyword arguments: '\(wrong.joined(separator: ", "))'")
        return true
    }

    private static func raiseTooMany(_ thread: ThreadRef, _ function: UnsafeMutablePointer<FunctionObject>, _ registers: FramePointer, _ given: Int) {
        let code = function.pointee.code.object(CodeObject.self)
        let positional = Int(code.pointee.argumentCount)
        let defaults = function.pointee.defaults.isEmpty ? 0 : TupleRef(function.pointee.defaults).count
        var keywordOnlyGiven = 0
        for index in positional ..< positional + Int(code.pointee.keywordOnlyCount) where !registers[index].isEmpty { keywordOnlyGiven += 1 }
        let plural: Bool
        let bound: String
        if defaults > 0 {
            bound = "from \(positional - defaults) to \(positional)"
            plural = true
        } else {
            bound = "\(positional)"
            plural = positional != 1
        }
        var tail = ""
        if keywordOnlyGiven > 0 {
            tail = " positional argument\(given != 1 ? "s" : "") (and \(keywordOnlyGiven) keyword-only argument\(keywordOnlyGiven != 1 ? "s" : ""))"
        }
        thread.raise(.typeError, "\(name(function))() takes \(bound) positional argument\(plural ? "s" : "") but \(given)\(tail) \(given == 1 && keywordOnlyGiven == 0 ? "was" : "were") given")
    }

    /// The slot `call` of functions: a call from native code.
    static let call: CallFunction = { thread, callee, arguments, count, keywords in
        let function = callee.object(FunctionObject.self)
        let code = function.pointee.code.object(CodeObject.self)
        let saved = thread.pointee.stackTop.unsafelyUnwrapped
        let fp = saved + frameHeaderWords
        guard fp + Int(code.pointee.registerCount) + count + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else {
            return thread.raise(.recursionError, "maximum recursion depth exceeded")
        }
        // A loop: there are few, and a call of memmove costs more than they do.
        var argument = 0
        while argument < count { fp[argument] = arguments[argument]; argument += 1 }
        thread.pointee.stackTop = fp + max(count, Int(code.pointee.registerCount))
        if !(code.pointee.isSimple && count == Int(code.pointee.argumentCount) && keywords.isEmpty) {
            guard bind(thread, function, fp, fp, count, keywords) else {
                thread.pointee.stackTop = saved
                return .empty
            }
        } else {
            var index = count
            while index < Int(code.pointee.clearCount) {
                fp[index] = .empty
                index += 1
            }
        }
        let result = Interpreter.enter(thread, callee, fp, context: .empty)
        thread.pointee.stackTop = saved
        return result
    }
}
