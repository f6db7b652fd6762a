/// Lowering: the last rewriting before registers are given. What is computed stays the same; what it costs on a real machine does not.
///
/// **Casts** between kinds of words and integers are of use to the stages before, which keep tables by type, and are copies of registers from here on. Operands refer to
/// the word itself, so that the casts are dead, unless a snapshot, whose entries are typed, refers to one.
func lower(_ trace: Trace) {
    /// What a cast of a word is a cast of.
    func uncast(_ ref: Ref) -> Ref {
        var ref = ref
        while let cast = trace.definition(ref, .cast), !cast.type.isFloat, cast.a.isInstruction, !trace.type(cast.a).isFloat { ref = cast.a }
        return ref
    }
    trace.head?.rename(uncast)
    for i in trace.instructions.indices {
        let op = trace.instructions[i].op
        // A phi's operands are of its own type.
        if op == .phi || op == .cast { continue }
        if op.usesA { trace.instructions[i].a = uncast(trace.instructions[i].a) }
        if op.usesB { trace.instructions[i].b = uncast(trace.instructions[i].b) }
    }
}
