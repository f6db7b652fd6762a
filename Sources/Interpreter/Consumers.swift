import Bytecode
import Objects

/// Loops over generators, and over what is given to key functions, on behalf of native functions.
///
/// `sum(f(x) for x in xs)` is a loop whose body is Python's but whose head is native code, where no trace can begin. So natives that take all items of a
/// generator let a small Python function do it, where the JIT finds an ordinary loop and puts the generator's frame into it. Its own frame is hidden: no traceback and no `f_back`
/// shows it. Each generator's code has functions of its own, so that one loop's trace serves one generator. A key function is Python's just so, and has such loops of its own.
///
/// The most frequent of these calls are recognised by the dispatch loop, which runs the function's frame itself (`begin`): so a trace goes from the caller into the loop and back.
public enum Consumers {
    public enum Kind: Int, CaseIterable {
        /// `(items, total)`: the sum.
        case sum
        /// `(items)`: whether all, or any, are true.
        case all, any
        /// `(items, list)`, `(items, set)`: None.
        case append, add
        /// `(items, missing)`: the least or the greatest item.
        case least, greatest
        /// `(items, list)`: a tuple of the items, by way of an empty list.
        case tuple
        /// `(items, separator)`: the joined string.
        case join
        /// `(items, key)`: a list of what the key function gives for each item.
        case keys
        /// `(iterator, (key,))`: the item for which the key function gives least or most; the second argument when there is none.
        case leastBy, greatestBy

        /// The function's name. Interpolation would find it by reflection, which is slow to wake up.
        var name: StaticString {
            switch self {
            case .sum: "sum"
            case .all: "all"
            case .any: "any"
            case .append: "append"
            case .add: "add"
            case .least: "least"
            case .greatest: "greatest"
            case .tuple: "tuple"
            case .join: "join"
            case .keys: "keys"
            case .leastBy: "leastBy"
            case .greatestBy: "greatestBy"
            }
        }
    }

    public static let source = """
    def sum(items, total):
        for item in items:
            total = total + item
        return total
    def all(items, _):
        for item in items:
            if not item:
                return False
        return True
    def any(items, _):
        for item in items:
            if item:
                return True
        return False
    def append(items, result):
        for item in items:
            result.append(item)
    def add(items, result):
        for item in items:
            result.add(item)
    def tuple(items, list):
        for item in items:
            list.append(item)
        return (*list,)
    def join(items, separator):
        list = []
        for item in items:
            list.append(item)
        return separator.join(list)
    def keys(items, key):
        result = []
        for item in items:
            result.append(key(item))
        return result
    def leastBy(items, extra):
        (key,) = extra
        for best in items:
            break
        else:
            return extra
        least = key(best)
        for item in items:
            value = key(item)
            if value < least:
                best = item
                least = value
        return best
    def greatestBy(items, extra):
        (key,) = extra
        for best in items:
            break
        else:
            return extra
        greatest = key(best)
        for item in items:
            value = key(item)
            if value > greatest:
                best = item
                greatest = value
        return best
    def least(items, missing):
        for best in items:
            break
        else:
            return missing
        for item in items:
            if item < best:
                best = item
        return best
    def greatest(items, missing):
        for best in items:
            break
        else:
            return missing
        for item in items:
            if item > best:
                best = item
        return best
    """

    /// The source's code as `serialize` writes it, in memory that stays, if someone has it at hand.
    nonisolated(unsafe) public static var archived: UnsafeBufferPointer<UInt8>?

    /// The functions, a tuple in the order of `Kind`; empty until they are needed.
    nonisolated(unsafe) private static var functions = Value.empty

    static func start() {
        RuntimeHooks.keys = { thread, values, count, key in
            guard count >= fewKeys, takes(thread, key: key) else { return nil }
            let items = thread.newTuple(values, count)
            return items.isEmpty ? .empty : run(thread, .keys, by: key, items, key)
        }
        RuntimeHooks.takeAll = { thread, generator, into in
            guard takes(thread, generator) else { return nil }
            return !run(thread, into.isExact(.list) ? .append : .add, generator, into).isEmpty
        }
    }

    /// Whether the iterable is a generator that Python code can go through: not while somebody watches every call.
    @inline(__always) public static func takes(_ thread: ThreadRef, _ iterable: Value) -> Bool {
        iterable.isExact(.generator) && JIT.loopThreshold != 0 && taipan_breaker_load(thread) & Breaker.tracing == 0
    }

    /// Fewer items than this are given to a key function one by one: to enter a compiled loop costs as much as some calls. Measured.
    public static let fewKeys = 4

    /// Whether Python code can call the key function: not while somebody watches every call.
    public static func takes(_ thread: ThreadRef, key: Value) -> Bool {
        key.isExact(.function) && JIT.loopThreshold != 0 && taipan_breaker_load(thread) & Breaker.tracing == 0
    }

    /// Gives all items to the key function. Empty when it has raised.
    public static func run(_ thread: ThreadRef, _ kind: Kind, by key: Value, _ items: Value, _ extra: Value) -> Value {
        let function = self.function(thread, kind, of: key.object(FunctionObject.self).pointee.code)
        return function.isEmpty ? .empty : thread.call(function, items, extra)
    }

    /// Goes through the generator. `extra` is the second argument that the kind has, or None. Empty when it has raised.
    public static func run(_ thread: ThreadRef, _ kind: Kind, _ generator: Value, _ extra: Value) -> Value {
        let function = self.function(thread, kind, of: generator.object(GeneratorObject.self).pointee.code)
        return function.isEmpty ? .empty : thread.call(function, generator, extra)
    }

    /// What a call whose last argument is a generator comes to, if it is one that the dispatch loop makes itself.
    public static func kind(_ callee: Value, _ first: Value, _ count: Int) -> Kind? {
        guard callee.isPointer else { return nil }
        switch callee.shapeIndex {
        case TypeID.builtinFunction.rawValue:
            let record = callee.object(BuiltinFunctionObject.self).pointee.record
            guard count == 1, record.pointee.module.isHeap, StringRef(record.pointee.module).equals("builtins") else { return nil }
            let name = StringRef(record.pointee.name)
            return name.equals("sum") ? .sum : name.equals("any") ? .any : name.equals("all") ? .all : nil
        case TypeID.type.rawValue:
            guard count == 1 else { return nil }
            return callee == TypeID.list.value ? .append : callee == TypeID.set.value ? .add : callee == TypeID.tuple.value ? .tuple : nil
        case TypeID.methodDescriptor.rawValue:
            let descriptor = callee.object(DescriptorObject.self).pointee
            guard count == 2, first.isExact(.str), descriptor.owner == TypeID.str.value, StringRef(descriptor.name).equals("join") else { return nil }
            return .join
        default:
            return nil
        }
    }

    /// Lays the arguments of a call that the dispatch loop makes itself out for the function that goes through the generator, and returns that; two of
    /// them. `made` becomes the result, where the function gives none. Empty for any other call.
    @inline(never) static func begin(_ thread: ThreadRef, _ callee: Value, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> (function: Value, made: Value) {
        guard let kind = kind(callee, arguments[0], count), takes(thread, arguments[count - 1]) else { return (.empty, .empty) }
        let generator = arguments[count - 1], separator = arguments[0]
        let function = self.function(thread, kind, of: generator.object(GeneratorObject.self).pointee.code)
        if function.isEmpty { thread.takeException(); return (.empty, .empty) }
        let extra: Value
        switch kind {
        case .sum: extra = Value(small: 0)
        case .append, .tuple: extra = thread.newList()
        case .add: extra = thread.newSet()
        case .join: extra = separator
        default: extra = .none
        }
        if extra.isEmpty { thread.takeException(); return (.empty, .empty) }
        arguments[0] = generator
        arguments[1] = extra
        return (function, kind == .append || kind == .add ? extra : .empty)
    }

    /// The function of a kind for generators, or key functions, with this code.
    public static func function(_ thread: ThreadRef, _ kind: Kind, of owner: Value) -> Value {
        let code = owner.object(CodeObject.self)
        if code.pointee.consumers.isEmpty {
            let own = thread.newTuple(count: Kind.allCases.count)
            if own.isEmpty { return .empty }
            for index in 0 ..< Kind.allCases.count { TupleRef(own).initialize(index, .none) }
            code.pointee.consumers = own
            Heap.barrier(UnsafeMutableRawPointer(code))
        }
        let known = TupleRef(code.pointee.consumers)[kind.rawValue]
        if !known.isNone { return known }
        if functions.isEmpty, !compile(thread) { return .empty }
        let model = TupleRef(functions)[kind.rawValue].object(FunctionObject.self)
        let copy = Code.make(thread, Code.compiled(model.pointee.code.object(CodeObject.self)))
        if copy.isEmpty { return .empty }
        let function = thread.newFunction(copy, globals: model.pointee.globals)
        if function.isEmpty { return .empty }
        copy.object(CodeObject.self).pointee.flags |= CodeFlags.hidden.rawValue
        TupleRef(code.pointee.consumers).initialize(kind.rawValue, function)
        Heap.barrier(code.pointee.consumers.raw)
        return function
    }

    private static func compile(_ thread: ThreadRef) -> Bool {
        let filename = thread.newString("<builtins>"), namespace = thread.newDict()
        if filename.isEmpty || namespace.isEmpty { return false }
        let code = archived.flatMap { deserialize($0, stays: true) }.map { Code.make(thread, $0) }
            ?? CompileBuiltin.compile(thread, Array(source.utf8), CompileBuiltin.Request(filename: filename, mode: .exec))
        guard !code.isEmpty else { return false }
        if Interpreter.exec(thread, code, namespace, .empty).isEmpty { return false }
        let tuple = thread.newTuple(count: Kind.allCases.count)
        if tuple.isEmpty { return false }
        for kind in Kind.allCases { TupleRef(tuple).initialize(kind.rawValue, DictRef(namespace).get(string: StringRef.intern(static: kind.name).value)) }
        functions = tuple
        Collector.addRoots { Collector.mark(Consumers.functions) }
        return true
    }
}
