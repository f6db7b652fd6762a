/// Reads the state that machine code had when it left through an exit, and gives it back to the client.
///
/// The exit handler makes one from what it is passed, and usually calls `restore`, which writes the words of all slots to the client's frame: as they are,
/// boxed, or as objects made now. It may allocate; whatever it has not written yet lies in the machine frame on the native stack, where a conservative
/// collector finds it. A client that wants to do it in its own way walks `entries` and asks for each `word`.
public struct ExitReader {
    /// Where it was left.
    public let place: ExitRef
    let state: UnsafeMutablePointer<UInt64>
    let context: UnsafeMutableRawPointer?
    private let modelPlace: UnsafePointer<ValueModel>
    private let plan: UnsafePointer<ExitPlan>

    init(_ place: ExitRef, state: UnsafeMutablePointer<UInt64>, context: UnsafeMutableRawPointer?, model: UnsafePointer<ValueModel>) {
        (self.place, self.state, self.context, modelPlace, plan) = (place, state, context, model, place.plan)
    }

    public var trace: CompiledTrace { place.trace }
    /// The exit's number within the trace.
    public var exit: Int { place.exit }
    private var model: ValueModel { _read { yield modelPlace.pointee } }

    /// Where slot 0 is: what was passed to `enter`, moved by the links to traces of other frames that have been taken since.
    public var framePointer: UnsafeMutablePointer<UInt64> {
        UnsafeMutablePointer(bitPattern: UInt(state[MachineFrame.frame / 8])).unsafelyUnwrapped
    }
    public var snapshot: Snapshot { trace.trace.snapshots[trace.exits[exit].snapshot] }
    /// Where the client goes on.
    public var token: UInt64 { plan.pointee.token }
    /// The inlined frames that were active, the outermost first.
    public var frames: UnsafeBufferPointer<FrameRecord> { UnsafeBufferPointer(plan.pointee.frames) }
    public var entries: ArraySlice<SnapshotEntry> {
        let snapshot = snapshot
        return trace.trace.entries[snapshot.first ..< snapshot.first + snapshot.count]
    }

    /// The bits of a reference's value: a constant, or what its register or spill slot holds.
    public func bits(_ ref: Ref) -> UInt64 {
        if ref.isConstant { return trace.trace.bits(ref) }
        return state[trace.word(ref, exit: exit)]
    }

    /// The word of an entry. Virtual objects must have been made.
    public func word(_ kind: SnapshotEntry.Kind, _ ref: Ref) -> UInt64 {
        switch kind {
        case .word: return bits(ref)
        case .int: return model.box(Int64(bitPattern: bits(ref)))
        case .float:
            let number = bits(ref)
            return model.selfTagged(number) ?? model.reboxFloat(context, Double(bitPattern: number))
        case .virtual: return state[MachineFrame.virtuals / 8 + Int(ref.raw)]
        // No exit has these.
        case .home: return 0
        }
    }

    /// Makes the snapshot's virtual objects: all are allocated first and filled afterwards.
    public func makeObjects() {
        let snapshot = snapshot, trace = trace.trace
        if snapshot.virtualCount == 0 { return }
        let objects = state + MachineFrame.virtuals / 8
        for i in 0 ..< snapshot.virtualCount {
            let recipe = trace.virtuals[snapshot.firstVirtual + i]
            let count = recipe.count.isNone ? 0 : Int(Int64(bitPattern: bits(recipe.count)))
            objects[i] = model.allocate(context, trace.vocabulary.layouts[Int(recipe.layout)].payload, count)
        }
        for i in 0 ..< snapshot.virtualCount {
            let recipe = trace.virtuals[snapshot.firstVirtual + i]
            for member in trace.virtualFields[recipe.first ..< recipe.first + recipe.fieldCount] {
                let field = trace.vocabulary.fields[Int(member.field)]
                let contents = word(member.kind, member.ref)
                // Boxing a float, or the allocations above, may have made the object old.
                if field.width == .value { barrier(objects[i]) }
                let address = UnsafeMutableRawPointer(bitPattern: UInt(objects[i]))! + Int(field.offset) + (member.index < 0 ? 0 : Int(member.index) * Int(field.scale))
                switch field.width.bytes {
                case 1: address.storeBytes(of: UInt8(truncatingIfNeeded: contents), as: UInt8.self)
                case 2: address.storeBytes(of: UInt16(truncatingIfNeeded: contents), as: UInt16.self)
                case 4: address.storeBytes(of: UInt32(truncatingIfNeeded: contents), as: UInt32.self)
                default: address.storeBytes(of: contents, as: UInt64.self)
                }
            }
        }
    }

    private func barrier(_ object: UInt64) {
        let mark = UnsafeRawPointer(bitPattern: UInt(object))! + Int(model.barrierOffset)
        if mark.load(as: UInt8.self) == model.barrierValue { model.barrier(context, object) }
    }

    /// Writes the words of all slots to the frame, which is where slot 0 is now, or elsewhere if the client has moved it.
    public func restore(_ place: UnsafeMutablePointer<UInt64>? = nil) {
        let frame = place ?? framePointer
        if plan.pointee.makesObjects { makeObjects() }
        let steps = plan.pointee.steps
        for index in 0 ..< steps.count {
            let step = steps[index]
            let bits = step.isConstant ? step.bits : state[Int(step.bits)]
            let word: UInt64
            switch step.kind {
            case .word: word = bits
            case .int: word = model.box(Int64(bitPattern: bits))
            case .float: word = model.selfTagged(bits) ?? model.reboxFloat(context, Double(bitPattern: bits))
            case .virtual: word = state[MachineFrame.virtuals / 8 + Int(bits)]
            case .home: continue
            }
            if step.slot < Int32(Snapshot.contextSlots) {
                frame[Int(step.slot)] = word
            } else {
                context.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)[Int(step.slot) - Snapshot.contextSlots] = word
            }
        }
        // Nothing that the collector might find there.
        if plan.pointee.makesObjects { for i in 0 ..< snapshot.virtualCount { state[MachineFrame.virtuals / 8 + i] = 0 } }
    }
}

/// What restoring at one exit comes to, in plain memory: made when the exit is first taken, since most never are.
struct ExitPlan {
    struct Step {
        var slot: Int32
        var kind: SnapshotEntry.Kind
        var isConstant: Bool
        /// The constant, or the index of a word of the machine frame.
        var bits: UInt64
    }

    let steps: UnsafeMutableBufferPointer<Step>
    let frames: UnsafeMutableBufferPointer<FrameRecord>
    let token: UInt64
    let makesObjects: Bool

    init(_ trace: CompiledTrace, _ exit: Int) {
        let snapshot = trace.snapshot(exit)
        token = snapshot.token
        makesObjects = snapshot.virtualCount > 0
        let entries = trace.trace.entries[snapshot.first ..< snapshot.first + snapshot.count]
        steps = .allocate(capacity: entries.count)
        for (index, entry) in entries.enumerated() {
            var step = Step(slot: Int32(entry.slot), kind: entry.kind, isConstant: false, bits: 0)
            if entry.kind == .virtual {
                step.isConstant = true
                step.bits = UInt64(entry.ref.raw)
            } else if entry.ref.isConstant {
                step.isConstant = true
                step.bits = trace.trace.bits(entry.ref)
            } else {
                step.bits = UInt64(trace.word(entry.ref, exit: exit))
            }
            steps.initializeElement(at: index, to: step)
        }
        var chain: [FrameRecord] = []
        var link = snapshot.frame
        while link >= 0 {
            chain.append(trace.trace.frames[link])
            link = trace.trace.frames[link].parent
        }
        frames = .allocate(capacity: chain.count)
        _ = frames.initialize(from: chain.reversed())
    }

    func deallocate() {
        steps.deallocate()
        frames.deallocate()
    }
}
