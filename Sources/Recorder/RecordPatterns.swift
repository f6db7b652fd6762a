import Interpreter
import Objects
import TraceJIT

/// Patterns of `match`.
extension Recorder {
    /// Whether something is a sequence, or a mapping, for patterns: its class says.
    func matchKind(_ a: Int, _ ref: Ref, _ value: Value, _ flag: TypeFlags) -> Outcome {
        guardKind(of: ref, value)
        write(a, b.value(Value(value.isPointer && value.type.has(flag)).bits))
        return .goesOn
    }

    /// A class pattern: the tuple of the attributes that its subpatterns are for, or None. Nil when a descriptor, the metaclass or `__class__` has a say.
    func matchClass(_ a: Int, _ register: Int, _ classRegister: Int) -> Outcome? {
        let subject = actual(register), ref = read(register), classInfo = actual(classRegister), classRef = read(classRegister), positional = Int(pc[2])
        let names = TupleRef(level.code.pointee.constantItems[Int(pc[1])])
        guard classInfo.isExact(.type), case let type = TypeRef(classInfo), let isInstance = isInstance(ref, subject, of: classRef, classInfo) else { return nil }
        guard isInstance == b.value(Value.true.bits) else {
            write(a, b.value(Value.none.bits))
            return .goesOn
        }
        guardTypeVersion(type)
        if type.has(.selfPattern), positional == 1, names.count == 0, type.lookup(.__match_args__).isEmpty {
            write(a, tuple([ref]))
            return .goesOn
        }
        var wanted: [Value] = []
        if positional > 0 {
            let places = type.lookup(.__match_args__)
            guard places.isExact(.tuple), TupleRef(places).count >= positional, let (namespace, entry) = Attributes.place(of: Name.__match_args__.value, in: type) else { return nil }
            // It is data, which may be replaced without the class's changing.
            guardSame(dictValue(namespace, entry: entry), places)
            wanted = (0 ..< positional).map { TupleRef(places)[$0] }
        }
        wanted += (0 ..< names.count).map { names[$0] }
        guard wanted.count <= 8, Set(wanted.map(\.bits)).count == wanted.count, wanted.allSatisfy({ $0.isExact(.str) }), subject.isPointer else { return nil }
        var attributes: [Ref] = []
        for name in wanted {
            guard let attribute = cachedAttribute(ref, subject, name, bindsFunctions: true) else { return nil }
            attributes.append(attribute)
        }
        write(a, tuple(attributes))
        return .goesOn
    }

    /// Guards what a value is: an object of this shape, a number, or this very constant.
    private func guardKind(of ref: Ref, _ value: Value) {
        if value.isPointer && !value.isExact(.float) { guardShape(ref, value) } else { guardPlain(ref, value) }
    }
}
