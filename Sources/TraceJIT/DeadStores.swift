/// Dead stores: a store that another one overwrites before anyone can look is dropped.
///
/// Anyone is a load or a call that may read the alias class, and every guard: the client sees memory when the trace is left. So the pass walks
/// backwards and remembers the places that will be overwritten, until something may look.
func eliminateDeadStores(_ trace: Trace) {
    var overwritten: [(base: Ref, element: Ref, field: UInt16)] = []
    var i = trace.instructions.count - 1
    while i >= 0 {
        let instruction = trace.instructions[i]
        switch instruction.op {
        case .store:
            let field = trace.vocabulary.fields[Int(instruction.c)]
            let elem = trace.definition(instruction.a, .elem)
            let key = (base: elem?.a ?? instruction.a, element: elem?.b ?? Ref.none, field: instruction.c)
            if field.stability == .volatile { break }
            if overwritten.contains(where: { $0 == key }) {
                trace.instructions[i].op = .nop
                trace.instructions[i].type = .void
            } else if overwritten.count < 16 {
                overwritten.append(key)
            }
        case .load:
            let alias = trace.vocabulary.fields[Int(instruction.c)].alias
            overwritten.removeAll { trace.vocabulary.fields[Int($0.field)].alias == alias }
        case .call:
            let effect = trace.vocabulary.functions[Int(instruction.c)].effect
            if !effect.isPure { overwritten.removeAll() }
        // Collections look at every object.
        case .new, .boxf, .loop: overwritten.removeAll()
        default:
            if instruction.op.isGuard || instruction.op.flags.contains(.terminator) { overwritten.removeAll() }
        }
        i -= 1
    }
}
