/// Recording: the client's side of the room.
///
/// A client records a trace while its interpreter runs a loop once. For each thing that the interpreter does, it appends the instructions that
/// do the same, and for each decision the interpreter takes, a guard that the decision would be the same again. The
/// builder keeps the *slot map*: which reference each word of the client's frame holds now. Reading a slot the first time is an `sload`;
/// writing one only changes the map. Machine code never writes the frame: what the map says reaches it through snapshots, when the trace is left.
///
///     let builder = TraceBuilder(vocabulary, anchor: token)    // a loop head, or TraceBuilder(bridgeFrom: trace, exit: 7)
///     builder.mark(token)                                      // before each bytecode: guards from here on resume here
///     let x = builder.unboxInt(builder.slot(3))                // leaves the trace if slot 3 is no integer
///     let y = builder.addChecked(x, builder.int(1), bits: 63)
///     builder.set(3, builder.boxInt(y))
///     let trace = builder.closeLoop()                          // back where it began; or link(to:), or leave()
///
/// **Snapshots and side effects.** A guard resumes at the last `mark`, with the slots as they were at that mark. So between a mark and the guards after it
/// there may be no effect that must not happen twice: after a store or a call, `mark` again at the place where the client can go on.
///
/// **Inlined calls** are `enterFrame` and `leaveFrame`; the callee's slots are numbered from the same origin as the caller's.
///
/// References are plain numbers: the builder holds no object of the client's. Constants that are words of the client's heap must be kept alive by
/// the client as long as the compiled trace lives: see `CompiledTrace.valueConstants`.
public final class TraceBuilder {
    public let trace: Trace
    private var slots: [Int: Ref] = [:]
    private var loaded: [Int: Ref] = [:]
    /// Slots whose contents differ from the frame in memory, in no order.
    private var modified: Set<Int> = []
    private var frame = -1
    private var current = 0
    private var currentIsUsed = false
    private let anchor: UInt64

    /// Begins a trace at the place `anchor`, where it will also end if it is a loop.
    public init(_ vocabulary: Vocabulary, anchor: UInt64) {
        trace = Trace(vocabulary)
        self.anchor = anchor
        mark(anchor)
        // Snapshot 0 is the state at entry: where an invalidated trace sends its visitors.
        currentIsUsed = true
    }

    /// Begins a bridge: a trace that hangs on an exit and starts with what the exit knows, without going through memory.
    public init(bridgeFrom parent: CompiledTrace, exit: Int) {
        trace = Trace(parent.trace.vocabulary)
        trace.parent = parent
        trace.parentExit = exit
        let source = parent.trace
        let snapshot = source.snapshots[parent.exits[exit].snapshot]
        anchor = snapshot.token
        // Its frames.
        var chain: [FrameRecord] = []
        var link = snapshot.frame
        while link >= 0 {
            chain.append(source.frames[link])
            link = source.frames[link].parent
        }
        for record in chain.reversed() { enterFrame(base: record.base, token: record.token) }
        // Its values. All come first, so that they are all where the exit left them.
        var known: [Ref: Ref] = [:]
        func inherit(_ ref: Ref) -> Ref {
            if ref.isNone { return .none }
            if ref.isConstant { return trace.constant(source.constants[ref.constantIndex].bits, source.type(ref)) }
            if let done = known[ref] { return done }
            let new = trace.append(Instruction(.inherit, source.type(ref), Ref(literal: trace.inherited.count)))
            trace.inherited.append(ref)
            known[ref] = new
            return new
        }
        source.forEachRef(ofSnapshot: parent.exits[exit].snapshot) { _ = inherit($0) }
        // What the loop that the exit is in has from before it.
        if var loop = parent.loop(atExit: exit) {
            loop.values = loop.values.map(inherit)
            trace.loop = loop
        }
        func boxed(_ kind: SnapshotEntry.Kind, _ ref: Ref, _ objects: [Ref]) -> Ref {
            switch kind {
            case .word: inherit(ref)
            case .int: emit(.boxi, .value, inherit(ref))
            case .float: emit(.boxf, .value, inherit(ref))
            case .virtual: objects[Int(ref.raw)]
            case .home: .none
            }
        }
        // Its virtual objects, which the optimiser will keep virtual if it can.
        var objects: [Ref] = []
        for i in 0 ..< snapshot.virtualCount {
            let recipe = source.virtuals[snapshot.firstVirtual + i]
            objects.append(emit(.new, .value, inherit(recipe.count), c: recipe.layout))
        }
        for i in 0 ..< snapshot.virtualCount {
            let recipe = source.virtuals[snapshot.firstVirtual + i]
            for field in source.virtualFields[recipe.first ..< recipe.first + recipe.fieldCount] {
                let place = field.index < 0 ? objects[i] : emit(.elem, .pointer, objects[i], int(Int64(field.index)), c: field.field)
                var contents = boxed(field.kind, field.ref, objects)
                if field.kind == .int, !source.vocabulary.fields[Int(field.field)].width.type.isWord { contents = inherit(field.ref) }
                emit(.store, .void, place, contents, c: field.field)
            }
        }
        for i in snapshot.first ..< snapshot.first + snapshot.count {
            let entry = source.entries[i]
            let ref = boxed(entry.kind, entry.ref, objects)
            slots[Int(entry.slot)] = ref
            modified.insert(Int(entry.slot))
        }
        // Slots that the loop has read and that nobody has written since need not be read again.
        if let loop = trace.loop, let head = loop.owner.trace.head {
            for (slot, ref) in head.unchanged where slots[Int(slot)] == nil {
                guard let index = loop.owner.invariants.firstIndex(of: ref) else { continue }
                slots[Int(slot)] = loop.values[index]
                loaded[Int(slot)] = loop.values[index]
            }
        }
        mark(anchor)
        currentIsUsed = true
    }

    // MARK: Slots

    /// What the slot holds now.
    public func slot(_ index: Int, _ type: IRType = .value) -> Ref {
        if let ref = slots[index] { return ref }
        let ref = trace.append(Instruction(.sload, type, Ref(literal: index)))
        slots[index] = ref
        loaded[index] = ref
        return ref
    }

    /// The slot as the trace knows it, without reading it.
    public func known(_ index: Int) -> Ref? { slots[index] }

    /// From here on the slot holds `ref`: a word, or an unboxed number, which leaving the trace boxes.
    public func set(_ index: Int, _ ref: Ref) {
        slots[index] = ref
        if let first = loaded[index], first == ref { modified.remove(index) } else { modified.insert(index) }
    }

    /// The slots are of no interest any more: whatever the frame holds there will do. A client should forget dead temporaries before marks, and must
    /// before `closeLoop`, lest the loop carry them around.
    public func forget(_ range: Range<Int>) {
        for index in range {
            modified.remove(index)
            slots[index] = loaded[index]
        }
    }
    /// Forgets every slot that `isDead` says.
    public func forget(where isDead: (Int) -> Bool) {
        for index in modified where isDead(index) {
            modified.remove(index)
            slots[index] = loaded[index]
        }
    }

    /// Writes the slot to the frame in memory now, for calls that look at it. The map is not changed.
    public func flush(_ index: Int) {
        if modified.contains(index), let ref = slots[index] { emit(.sstore, .void, Ref(literal: index), ref) }
    }
    /// Whether the slot differs from the frame in memory.
    public func isModified(_ index: Int) -> Bool { modified.contains(index) }
    /// The slots that differ from the frame in memory.
    public var modifiedSlots: [Int] { modified.sorted() }

    // MARK: Snapshots and frames

    /// Guards from here on leave with the slots as they are now, to go on at `token`.
    public func mark(_ token: UInt64) { mark(token, with: [:]) }

    /// The same, but with some slots as they would be if the guard failed.
    public func mark(_ token: UInt64, with others: [Int: Ref]) {
        if !currentIsUsed && !trace.snapshots.isEmpty {
            trace.entries.removeLast(trace.snapshots[current].count)
            trace.snapshots.removeLast()
        }
        current = trace.snapshots.count
        if current >= 0xFFF0 { trace.isTooLong = true }
        currentIsUsed = false
        let first = trace.entries.count
        for index in modified.union(others.keys).sorted() {
            guard let ref = others[index] ?? slots[index] else { continue }
            let type = trace.type(ref)
            let kind: SnapshotEntry.Kind = type == .int ? .int : type == .float ? .float : .word
            trace.entries.append(SnapshotEntry(slot: Int16(truncatingIfNeeded: index), kind: kind, ref: ref))
        }
        trace.snapshots.append(Snapshot(first: first, count: trace.entries.count - first, frame: frame, token: token))
    }

    /// An inlined call begins: its frame's slots start at `base`.
    public func enterFrame(base: Int, token: UInt64) {
        trace.frames.append(FrameRecord(parent: frame, base: base, token: token))
        frame = trace.frames.count - 1
    }
    /// The innermost inlined call is over. Its slots should be forgotten.
    public func leaveFrame() { frame = trace.frames[frame].parent }
    public var inlineDepth: Int {
        var depth = 0, link = frame
        while link >= 0 { depth += 1; link = trace.frames[link].parent }
        return depth
    }

    // MARK: Instructions

    /// Appends an instruction; a guard gets the current snapshot.
    @discardableResult
    public func emit(_ op: Opcode, _ type: IRType, _ a: Ref = .none, _ b: Ref = .none, c: UInt16 = 0) -> Ref {
        var instruction = Instruction(op, type, a, b, c: c)
        if op.hasSnapshot {
            instruction.c = UInt16(truncatingIfNeeded: current)
            currentIsUsed = true
        }
        return trace.append(instruction)
    }

    public func int(_ number: Int64) -> Ref { trace.int(number) }
    public func float(_ number: Double) -> Ref { trace.float(number) }
    public func value(_ bits: UInt64) -> Ref { trace.constant(bits, .value) }
    public func pointer(_ bits: UInt64) -> Ref { trace.constant(bits, .pointer) }
    public func pointer(_ address: UnsafeRawPointer?) -> Ref { trace.constant(UInt64(UInt(bitPattern: address)), .pointer) }
    public var framePointer: Ref { emit(.frame, .pointer) }
    public var contextPointer: Ref { emit(.context, .pointer) }

    /// Integer, bit and comparison operations.
    public func int(_ op: Opcode, _ a: Ref, _ b: Ref) -> Ref { emit(op, .int, a, b) }
    /// Float operations.
    public func float(_ op: Opcode, _ a: Ref, _ b: Ref = .none) -> Ref { emit(op, .float, a, b) }
    /// `add`, `sub` or `mul` of integers that fit `bits`, leaving the trace when the result does not.
    public func checked(_ op: Opcode, _ a: Ref, _ b: Ref, bits: Int) -> Ref {
        // The sum of two narrower numbers always fits 64 bits, so that only its width is left to check.
        let wide: Opcode = switch op {
        case .add: bits < 64 ? .add : .addov
        case .sub: bits < 64 ? .sub : .subov
        default: bits <= 32 ? .mul : .mulov
        }
        let result = emit(wide, .int, a, b)
        if bits < 64 { emit(.gfits, .void, result, Ref(literal: bits)) }
        return result
    }
    public func boxInt(_ ref: Ref) -> Ref { emit(.boxi, .value, ref) }
    public func boxFloat(_ ref: Ref) -> Ref { emit(.boxf, .value, ref) }
    public func unboxInt(_ ref: Ref) -> Ref { emit(.unboxi, .int, ref) }
    public func unboxFloat(_ ref: Ref) -> Ref { emit(.unboxf, .float, ref) }
    public func cast(_ ref: Ref, _ type: IRType) -> Ref { trace.type(ref) == type ? ref : emit(.cast, type, ref) }

    /// A guard that compares.
    public func guarding(_ op: Opcode, _ a: Ref, _ b: Ref) { emit(op, .void, a, b) }
    public func guardTrue(_ condition: Ref) { emit(.gne, .void, condition, int(0)) }
    public func guardFalse(_ condition: Ref) { emit(.geq, .void, condition, int(0)) }
    /// The word's `mask` bits are `tag`.
    public func guardTag(_ ref: Ref, mask: UInt64, tag: UInt64) {
        let bits = emit(.and, .int, cast(ref, .int), int(Int64(bitPattern: mask)))
        emit(.geq, .void, bits, int(Int64(bitPattern: tag)))
    }
    /// The object, known to be one, has the class word.
    public func guardClass(_ object: Ref, _ classWord: UInt32) { emit(.gclass, .void, object, int(Int64(classWord))) }
    /// After a call that may have changed anything: leave if the trace has been invalidated meanwhile.
    public func guardValid() { emit(.gvalid, .void) }

    public func load(_ base: Ref, _ field: UInt16) -> Ref {
        emit(.load, trace.vocabulary.fields[Int(field)].width.type, base, c: field)
    }
    public func load(_ base: Ref, index: Ref, _ field: UInt16) -> Ref { load(emit(.elem, .pointer, base, index, c: field), field) }
    public func store(_ base: Ref, _ field: UInt16, _ contents: Ref) { emit(.store, .void, base, contents, c: field) }
    public func store(_ base: Ref, index: Ref, _ field: UInt16, _ contents: Ref) {
        store(emit(.elem, .pointer, base, index, c: field), field, contents)
    }
    public func barrier(_ object: Ref) { emit(.barrier, .void, object) }

    public func call(_ function: UInt16, _ arguments: [Ref]) -> Ref {
        var list = Ref.none
        for argument in arguments { list = emit(.arg, .void, list, argument) }
        return emit(.call, trace.vocabulary.functions[Int(function)].result, list, c: function)
    }
    /// A new object; its fields are zero until stored to.
    public func new(_ layout: UInt16, count: Ref = .none) -> Ref { emit(.new, .value, count, c: layout) }

    // MARK: The end

    /// Whether a trace that comes back to its anchor may loop. A bridge must begin with nothing but what is in the frame, as other loops do.
    public var mayLoop: Bool {
        guard let parent = trace.parent else { return true }
        let snapshot = parent.snapshot(trace.parentExit)
        return snapshot.count == 0 && snapshot.frame < 0
    }

    /// The trace is back at its anchor, with the same frame: it loops. A bridge says which trace goes on there if it turns out to be no loop.
    public func closeLoop(otherwise target: CompiledTrace? = nil) -> Trace {
        mark(anchor)
        trace.linkTarget = target
        emit(.jump, .void)
        return trace
    }
    /// The trace has come to where another begins: write the slots to the frame and go on there. When that is in another frame than this trace's, an
    /// inlined callee's or a caller's, `base` says at which slot: from then on the frame pointer is moved by so many slots.
    public func link(to target: CompiledTrace, token: UInt64, base: Int = 0) -> Trace {
        mark(token)
        trace.linkTarget = target
        trace.linkBase = base
        emit(.link, .void)
        return trace
    }
    /// The trace goes on at its own beginning, in another frame. (At its own beginning in the same frame it is a loop.)
    public func linkToStart(base: Int) -> Trace {
        mark(anchor)
        trace.linkBase = base
        emit(.link, .void)
        return trace
    }
    /// The trace ends by leaving to the client.
    public func leave(_ token: UInt64) -> Trace {
        mark(token)
        emit(.leave, .void)
        return trace
    }
    /// True when the trace has outgrown its tables; the client should give up.
    public var isTooLong: Bool { trace.isTooLong }
}

extension IRType {
    /// Held as a word of the client's or an address.
    var isWord: Bool { self == .value || self == .pointer }
}
