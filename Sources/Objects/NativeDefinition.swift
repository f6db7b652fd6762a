import Glibc

/// Declaring native functions.
///
/// A function is declared once, by its text signature in CPython's notation, its effect and its body:
///
///     Def("append(self, object, /)", .writes, "Append object to the end of the list.") { thread, arguments, count in … }
///
/// The body gets one argument for each parameter, in order: a parameter without an argument is the zero word, `*args` is a
/// tuple, `**kwargs` a dict or the zero word. Arity, keyword names, errors, `inspect.signature` and `__doc__` all follow from that one line. The
/// signature is parsed when the function is first called or asked about.

/// What a native function may do to what compiled code knows.
public enum Effect: UInt8 {
    /// Its result depends on the arguments' own immutable contents.
    case pure
    /// Reads mutable heap objects.
    case reads
    /// Writes heap objects, and runs no Python.
    case writes
    /// Runs Python only where the classes of its arguments (other than `self`) say how they compare, hash, or count as indices.
    case callsOnArguments
    /// May run Python, or anything.
    case calls
}

public enum DefKind: UInt8 { case function, method, classMethod, staticMethod }

public struct Def {
    let signature: StaticString
    let doc: StaticString
    let effect: Effect
    let kind: DefKind
    let isUnsigned: Bool
    let forwards: StaticString
    let function: NativeFunction

    /// A function of a module, or a method when the first parameter is called `self`; `kind` says so where it is a class method (first
    /// parameter `type`) or static. `isUnsigned` marks the old functions that have no signature to show, and other words for a wrong number of arguments.
    /// `forwards` names the function that keyword arguments are passed on to: errors about them name it, and positional arguments are counted alone.
    public init(_ signature: StaticString, _ effect: Effect, _ doc: StaticString = "", kind: DefKind = .method, isUnsigned: Bool = false,
                forwards: StaticString = "", _ function: @escaping NativeFunction) {
        self.signature = signature
        self.doc = doc
        self.effect = effect
        self.kind = kind
        self.isUnsigned = isUnsigned
        self.forwards = forwards
        self.function = function
    }
}

/// An attribute computed by native code. The getter's one argument is the object; the setter's are the object and the new value, which is the zero word
/// for deletion.
public struct Getter {
    let name: StaticString
    let doc: StaticString
    let get: NativeFunction
    let set: NativeFunction?
    /// Whether it shows as a member of a C struct, which `types.MemberDescriptorType` tells from a property computed in C.
    let isMember: Bool
    /// Where in the object the word is that it gives, and that its setter sets to whatever value it is given; 0 when it is more than that. Caches and compiled code reach such a word themselves.
    let field: Int

    public init(_ name: StaticString, _ doc: StaticString = "", isMember: Bool = false, field: Int = 0, set: NativeFunction? = nil, get: @escaping NativeFunction) {
        self.name = name
        self.isMember = isMember
        self.field = field
        self.doc = doc
        self.get = get
        self.set = set
    }

    /// `__dict__` of native types whose instances have one.
    public static var instanceDict: Getter {
        Getter("__dict__", set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.typeError, "cannot delete __dict__") }
            guard a[1].isDict else { return thread.raise(.typeError, "__dict__ must be set to a dictionary, not a '\(a[1].type.name)'") }
            InstanceAttributes.setDict(a[0], a[1])
            return .none
        }) { thread, a, _ in InstanceAttributes.dict(thread, a[0]) }
    }
}

/// A native function as the runtime keeps it, immortal, outside the heap.
public struct NativeRecord {
    public var function: NativeFunction
    /// Interned.
    public var name: Value
    let signature: StaticString
    let doc: StaticString
    public let effect: Effect
    public let kind: DefKind
    public internal(set) var isParsed = false
    var isUnsigned = false
    var forwards: StaticString = ""
    /// No `*args` or `**kwargs`.
    public internal(set) var isSimple = true
    var hasVariadic = false
    var hasKeywordVariadic = false
    /// Parameters that positions can fill, of which the first `positionalOnly` have no keyword.
    public var positional: Int = 0
    public var positionalOnly: Int = 0
    public var keywordOnly: Int = 0
    /// Leading parameters without default.
    public var required: Int = 0
    /// Bit n: keyword-only parameter n has no default.
    var requiredKeywords: UInt64 = 0
    /// Words of the argument vector.
    public var total: Int = 0
    /// Interned names, `positional + keywordOnly` of them.
    var names: UnsafeMutablePointer<Value>?
    /// 1 for a method, whose receiver does not count in messages.
    var receivers: Int = 0
    /// The type whose method it is, or empty.
    public var owner: Value = .empty
    /// The interned name of the module whose function it is, or empty.
    public var module: Value = .empty
    /// Set for a function of a foreign interface, which binds its arguments itself: see `ForeignFunction.swift`.
    public var foreign: ForeignFunction?
    /// Of a getter and its setter: the offset of the word that they stand for, or 0.
    public var field = 0
    /// What the foreign interface knows of the function.
    public var foreignData: UnsafeMutableRawPointer?
    /// Its doc, zero-terminated UTF-8 that lives for good; it may begin with a signature.
    var foreignDoc: UnsafePointer<CChar>?

    init(_ function: @escaping NativeFunction, signature: StaticString, doc: StaticString, effect: Effect, kind: DefKind) {
        self.function = function
        self.signature = signature
        self.doc = doc
        self.effect = effect
        self.kind = kind
        let text = signature.utf8Start
        var length = 0
        while length < signature.utf8CodeUnitCount && text[length] != UInt8(ascii: "(") { length += 1 }
        name = StringRef.intern(ascii: text, length).value
    }

    static func make(_ def: Def) -> UnsafeMutablePointer<NativeRecord> {
        let record = UnsafeMutablePointer<NativeRecord>.allocate(capacity: 1)
        record.initialize(to: NativeRecord(def.function, signature: def.signature, doc: def.doc, effect: def.effect, kind: def.kind))
        record.pointee.isUnsigned = def.isUnsigned
        record.pointee.forwards = def.forwards
        return record
    }

    var signatureText: String { "\(signature)" }
    var docText: String { "\(doc)" }
}

extension UnsafeMutablePointer where Pointee == NativeRecord {
    /// Parses the signature, once. It is done byte by byte: the start calls hundreds of functions for the first time.
    @inline(never) func parse() {
        let text = UnsafeBufferPointer(start: pointee.signature.utf8Start, count: pointee.signature.utf8CodeUnitCount)
        guard let open = text.firstIndex(of: UInt8(ascii: "(")), let close = text.lastIndex(of: UInt8(ascii: ")")) else {
            pointee.isParsed = true
            return
        }
        var names: [Value] = []
        var keywordOnly = false
        var position = open + 1
        while position < close {
            let (parameter, hasDefault) = nextParameter(text, &position, close)
            guard let first = parameter.first else { continue }
            if first == UInt8(ascii: "/") { pointee.positionalOnly = names.count; continue }
            if first == UInt8(ascii: "*") {
                if parameter.count > 1 && parameter[parameter.startIndex + 1] == first { pointee.hasKeywordVariadic = true; continue }
                if parameter.count > 1 { pointee.hasVariadic = true }
                keywordOnly = true
                continue
            }
            names.append(StringRef.intern(utf8: UnsafeBufferPointer(rebasing: parameter)).value)
            if keywordOnly {
                if !hasDefault { pointee.requiredKeywords |= 1 << UInt64(pointee.keywordOnly) }
                pointee.keywordOnly += 1
            } else {
                pointee.positional += 1
                if !hasDefault { pointee.required = pointee.positional }
            }
        }
        if pointee.kind == .classMethod || (pointee.kind == .method && text[open...].starts(with: "(self".utf8)) { pointee.receivers = 1 }
        pointee.positionalOnly = Swift.max(pointee.positionalOnly, pointee.receivers)
        pointee.names = .allocate(capacity: Swift.max(names.count, 1))
        for (index, name) in names.enumerated() { pointee.names![index] = name }
        pointee.isSimple = !pointee.hasVariadic && !pointee.hasKeywordVariadic && pointee.keywordOnly == 0
        pointee.total = names.count + (pointee.hasVariadic ? 1 : 0) + (pointee.hasKeywordVariadic ? 1 : 0)
        pointee.isParsed = true
    }

    /// The next parameter of a signature, without its default, and whether it has one. Moves past its comma.
    private func nextParameter(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ close: Int) -> (Slice<UnsafeBufferPointer<UInt8>>, hasDefault: Bool) {
        let space = UInt8(ascii: " ")
        while position < close && text[position] == space { position += 1 }
        let start = position
        var depth = 0
        var quote: UInt8 = 0
        var equals = -1
        scan: while position < close {
            let byte = text[position]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else {
                switch byte {
                case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
                case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: ",") where depth == 0: break scan
                case UInt8(ascii: "=") where equals < 0: equals = position
                default: break
                }
            }
            position += 1
        }
        var end = equals >= 0 ? equals : position
        while end > start && text[end - 1] == space { end -= 1 }
        position += 1
        return (text[start ..< end], equals >= 0)
    }

    /// Calls the function with `count` arguments, the receiver included, of which the last are named by `keywords`.
    @inline(__always) public func call(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if pointee.isParsed && pointee.isSimple && count == pointee.total && keywords.isEmpty {
            return pointee.function(thread, arguments, count)
        }
        return callSlow(thread, arguments, count, keywords)
    }

    @inline(never) public func callSlow(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if pointee.isParsed && pointee.isSimple && keywords.isEmpty && count < pointee.total && count >= pointee.required && count > 0 {
            // Optional arguments are missing: the usual case, without calls of memmove.
            let total = pointee.total
            guard let vector = thread.pushArguments(total) else { return .empty }
            var index = 0
            while index < count { vector[index] = arguments[index]; index += 1 }
            while index < total { vector[index] = .empty; index += 1 }
            let result = pointee.function(thread, vector, total)
            thread.popArguments(vector)
            return result
        }
        if let foreign = pointee.foreign, count > 0 { return foreign(thread, UnsafeMutableRawPointer(self), arguments[0], arguments + 1, count - 1, keywords) }
        return callBinding(thread, arguments, count, keywords)
    }

    @inline(never) private func callBinding(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if pointee.foreign != nil { return thread.raise(.typeError, "\(displayName)(): not enough arguments") }
        if !pointee.isParsed { parse() }
        let total = pointee.total
        // The receiver's type is checked by the descriptor; here only that there is one.
        if keywords.isEmpty && pointee.isSimple {
            if count == total { return pointee.function(thread, arguments, count) }
            return callPadding(thread, arguments, count)
        }
        guard let vector = thread.pushArguments(total) else { return .empty }
        vector.update(repeating: .empty, count: total)
        defer { thread.popArguments(vector) }
        guard bind(thread, vector, arguments, count, keywords) else { return .empty }
        return pointee.function(thread, vector, total)
    }

    /// Apart from `callBinding`, whose frame is large: what earlier calls have left in the parts that it does not use would be found by the collector.
    @inline(never) private func callPadding(_ thread: ThreadRef, _ arguments: Arguments, _ count: Int) -> Value {
        let total = pointee.total
        guard count >= pointee.required && count <= total else { return raiseArity(thread, count, arguments) }
        guard let vector = thread.pushArguments(total) else { return .empty }
        vector.update(from: arguments, count: count)
        (vector + count).update(repeating: .empty, count: total - count)
        let result = pointee.function(thread, vector, total)
        thread.popArguments(vector)
        return result
    }

    private func bind(_ thread: ThreadRef, _ vector: Arguments, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Bool {
        let keywordCount = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - keywordCount
        if keywordCount > 0 && pointee.positionalOnly == pointee.positional && pointee.keywordOnly == 0 && !pointee.hasKeywordVariadic {
            thread.raise(.typeError, "\(displayName(arguments, count))() takes no keyword arguments")
            return false
        }
        if given > pointee.positional && !pointee.hasVariadic {
            if pointee.positionalOnly == pointee.positional && pointee.keywordOnly == 0 { _ = raiseArity(thread, given, arguments) } else { raiseTooMany(thread, given, keywordCount) }
            return false
        }
        // In CPython's order: too many in all, what is missing, and last names that nobody knows.
        let takesNamed = keywordCount > 0 && !pointee.hasVariadic && !pointee.hasKeywordVariadic && pointee.forwards.utf8CodeUnitCount == 0
        if takesNamed, count - pointee.receivers > pointee.positional + pointee.keywordOnly - pointee.receivers {
            let all = pointee.positional + pointee.keywordOnly - pointee.receivers, own = given - pointee.receivers
            let isExact = pointee.required == pointee.positional && pointee.keywordOnly == 0
            thread.raise(.typeError, "\(shortName)() takes \(isExact ? "exactly" : "at most") \(all) \(own == 0 ? "keyword " : "")argument\(all == 1 ? "" : "s") (\(count - pointee.receivers) given)")
            return false
        }
        let direct = Swift.min(given, pointee.positional)
        vector.update(from: arguments, count: direct)
        var next = pointee.positional
        if pointee.hasVariadic {
            let rest = thread.newTuple(arguments + direct, given - direct)
            if rest.isEmpty { return false }
            vector[next] = rest
            next += 1
        }
        var extra = Value.empty
        for index in 0 ..< keywordCount {
            let key = TupleRef(keywords)[index]
            let value = arguments[given + index]
            var place = -1
            for candidate in pointee.positionalOnly ..< Swift.max(pointee.positionalOnly, pointee.positional + pointee.keywordOnly)
            where pointee.names![candidate] == key || StringRef(pointee.names![candidate]).equals(StringRef(key)) {
                place = candidate
                break
            }
            if place < 0 {
                guard pointee.hasKeywordVariadic else {
                    if takesNamed, raisesMissing(thread, given, arguments, keywords, keywordCount) { return false }
                    thread.raise(.typeError, "'\(StringRef(key).description)' is an invalid keyword argument for \(pointee.forwards.utf8CodeUnitCount == 0 ? shortName : "\(pointee.forwards)")()")
                    return false
                }
                if extra.isEmpty {
                    extra = thread.newDict()
                    if extra.isEmpty { return false }
                    vector[pointee.total - 1] = extra
                }
                if !DictRef(extra).set(thread, key, value) { return false }
                continue
            }
            let slot = place < pointee.positional ? place : place - pointee.positional + next
            if !vector[slot].isEmpty {
                thread.raise(.typeError, "argument for \(shortName)() given by name ('\(StringRef(key).description)') and position (\(place + 1 - pointee.receivers))")
                return false
            }
            vector[slot] = value
        }
        for index in 0 ..< pointee.required where vector[index].isEmpty {
            if pointee.positionalOnly > index { _ = raiseArity(thread, given, arguments) } else {
                thread.raise(.typeError, "\(shortName)() missing required argument '\(StringRef(pointee.names![index]).description)' (pos \(index + 1 - pointee.receivers))")
            }
            return false
        }
        for index in 0 ..< pointee.keywordOnly where pointee.requiredKeywords >> UInt64(index) & 1 != 0 && vector[next + index].isEmpty {
            thread.raise(.typeError, "\(shortName)() missing required keyword-only argument '\(StringRef(pointee.names![pointee.positional + index]).description)'")
            return false
        }
        return true
    }

    /// Raises for the first required argument that is given neither by position nor by name, if there is one.
    private func raisesMissing(_ thread: ThreadRef, _ given: Int, _ arguments: Arguments, _ keywords: Value, _ keywordCount: Int) -> Bool {
        for index in given ..< Swift.max(given, pointee.required) {
            if index < pointee.positionalOnly { _ = raiseArity(thread, given, arguments); return true }
            let name = StringRef(pointee.names![index])
            if !(0 ..< keywordCount).contains(where: { StringRef(TupleRef(keywords)[$0]).equals(name) }) {
                thread.raise(.typeError, "\(shortName)() missing required argument '\(name.description)' (pos \(index + 1 - pointee.receivers))")
                return true
            }
        }
        return false
    }

    var shortName: String { StringRef(pointee.name).description }
    /// With the type's name in front of a method's.
    public var displayName: String {
        if pointee.owner.isEmpty {
            if pointee.module.isEmpty || StringRef(pointee.module).equals("builtins") { return shortName }
            return "\(StringRef(pointee.module).description).\(shortName)"
        }
        return "\(TypeRef(pointee.owner).shortName).\(shortName)"
    }

    /// Whether a call is refused with the function's whole name in the text.
    func refuses(_ count: Int, _ keywords: Value) -> Bool {
        guard pointee.isParsed, pointee.foreign == nil, pointee.positionalOnly == pointee.positional, pointee.keywordOnly == 0, !pointee.hasVariadic, !pointee.hasKeywordVariadic, !pointee.isUnsigned else { return false }
        return !keywords.isEmpty && TupleRef(keywords).count > 0 || pointee.positional - pointee.receivers <= 1 && (count < pointee.required || count > pointee.positional)
    }

    /// Says so of a method that was bound before: its name is that of the receiver's class then.
    func raiseRefusal(_ thread: ThreadRef, receiver: Value, _ count: Int, _ keywords: Value) {
        let name = "\((receiver.isType ? TypeRef(receiver) : receiver.type).shortName).\(shortName)()", given = count - pointee.receivers
        if !keywords.isEmpty && TupleRef(keywords).count > 0 { thread.raise(.typeError, "\(name) takes no keyword arguments") }
        else if pointee.positional == pointee.receivers { thread.raise(.typeError, "\(name) takes no arguments (\(given) given)") }
        else if pointee.required == pointee.positional { thread.raise(.typeError, "\(name) takes exactly one argument (\(given) given)") }
    }

    /// Of a class method, the class that it is called on has its name in front.
    private func displayName(_ arguments: Arguments, _ count: Int) -> String {
        pointee.kind == .classMethod && count > 0 && arguments[0].isType ? "\(TypeRef(arguments[0]).shortName).\(shortName)" : displayName
    }

    private func raiseTooMany(_ thread: ThreadRef, _ given: Int, _ keywordCount: Int) {
        let limit = pointee.positional - pointee.receivers
        let count = given - pointee.receivers
        if pointee.forwards.utf8CodeUnitCount > 0 {
            thread.raise(.typeError, "\(shortName) expected \(limit) argument\(limit == 1 ? "" : "s"), got \(count)")
            return
        }
        let all = limit + pointee.keywordOnly
        if pointee.keywordOnly > 0 && count + keywordCount <= all || pointee.keywordOnly > 0 {
            let bound = pointee.required == pointee.positional ? "exactly" : "at most"
            thread.raise(.typeError, limit == 0 ? "\(shortName)() takes no positional arguments"
                : "\(shortName)() takes \(bound) \(limit) positional argument\(limit == 1 ? "" : "s") (\(count) given)")
            return
        }
        let bound = pointee.required == pointee.positional ? "exactly" : "at most"
        thread.raise(.typeError, "\(shortName)() takes \(bound) \(all) argument\(all == 1 ? "" : "s") (\(count + keywordCount) given)")
    }

    @inline(never) func raiseArity(_ thread: ThreadRef, _ count: Int, _ arguments: Arguments) -> Value {
        let receivers = pointee.receivers
        if count < receivers {
            return thread.raise(.typeError, "unbound method \(displayName)() needs an argument")
        }
        let given = count - receivers
        let least = Swift.max(pointee.required - receivers, 0)
        let most = pointee.positional - receivers
        if pointee.positionalOnly < pointee.positional {
            let positional = Swift.min(pointee.positionalOnly - receivers, least)
            if given < positional {
                return thread.raise(.typeError, "\(shortName)() takes \(positional < most ? "at least" : "exactly") \(positional) positional argument\(positional == 1 ? "" : "s") (\(given) given)")
            }
            if given < least {
                return thread.raise(.typeError, "\(shortName)() missing required argument '\(StringRef(pointee.names![receivers + given]).description)' (pos \(given + 1))")
            }
            raiseTooMany(thread, count, 0)
            return .empty
        }
        if pointee.isUnsigned {
            let number = given < least ? least : most
            let bound = least == most ? "exactly" : given < least ? "at least" : "at most"
            return thread.raise(.typeError, "\(shortName)() takes \(bound) \(number) argument\(number == 1 ? "" : "s") (\(given) given)")
        }
        if most == 0 { return thread.raise(.typeError, "\(displayName(arguments, count))() takes no arguments (\(given) given)") }
        if most == 1 && least == 1 && pointee.keywordOnly == 0 { return thread.raise(.typeError, "\(displayName(arguments, count))() takes exactly one argument (\(given) given)") }
        if given < least {
            return thread.raise(.typeError, "\(shortName) expected \(least == most ? "" : "at least ")\(least) argument\(least == 1 ? "" : "s"), got \(given)")
        }
        return thread.raise(.typeError, "\(shortName) expected \(least == most ? "" : "at most ")\(most) argument\(most == 1 ? "" : "s"), got \(given)")
    }

    /// `__text_signature__` as `inspect` reads it, or empty when the declaration has none.
    public func textSignature(_ thread: ThreadRef) -> Value {
        if pointee.foreign != nil { return foreignDocParts(thread).signature }
        let text = pointee.signatureText
        guard !pointee.isUnsigned, let open = text.firstIndex(of: "(") else { return .none }
        var body = String(text[open...])
        if body.hasPrefix("(self") { body = "($self" + body.dropFirst(5) } else if body.hasPrefix("(type") && pointee.kind == .classMethod { body = "($type" + body.dropFirst(5) }
        else if pointee.kind == .function { body = body == "()" ? "($module, /)" : "($module, " + (body.contains("/") ? "" : "/, ") + body.dropFirst(1) }
        return thread.newString(body)
    }

    public func docString(_ thread: ThreadRef) -> Value {
        if pointee.foreign != nil { return foreignDocParts(thread).doc }
        return pointee.doc.utf8CodeUnitCount == 0 ? .none : thread.newString(pointee.docText)
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Words at the top of the register stack, where the collector sees them, for an argument vector. nil when RecursionError was raised.
    @inline(__always) public func pushArguments(_ count: Int) -> Arguments? {
        let start = pointee.stackTop.unsafelyUnwrapped
        if start + count + 32 > pointee.stackLimit.unsafelyUnwrapped {
            raiseStackOverflow()
            return nil
        }
        pointee.stackTop = start + count
        return start
    }

    /// RecursionError, made in the words that are kept free above the limit for it.
    @inline(never) func raiseStackOverflow() {
        let limit = pointee.stackLimit.unsafelyUnwrapped
        pointee.stackLimit = limit + 3072
        raise(.recursionError, "maximum recursion depth exceeded")
        pointee.stackLimit = limit
    }

    /// Gives back what `pushArguments` returned.
    @inline(__always) public func popArguments(_ start: Arguments) { pointee.stackTop = start }
}

/// The setter of attributes that CPython keeps as read-only struct members.
public let readOnlyMember: NativeFunction = { thread, _, _ in thread.raise(.attributeError, "readonly attribute") }
