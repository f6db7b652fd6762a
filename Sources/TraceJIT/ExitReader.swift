/// Reads the state that machine code had when it left through an exit, and gives it back to the client.
///
/// The exit handler makes one from what it is passed, and usually calls `restore`, which writes the words of all slots to the client's frame: as they are,
/// boxed, or as objects made now. It may allocate; whatever it has not written yet lies in the machine frame on the native stack, where a conservative
/// collector finds it. A client that wants to do it in its own way walks `entries` and asks for each `word`.
public struct ExitReader {
    public let trace: CompiledTrace
    /// The exit's number within the trace.
    public let exit: Int
    let state: UnsafeMutablePointer<UInt64>
    let context: UnsafeMutableRawPointer?
    let model: ValueModel

    public var snapshot: Snapshot { trace.trace.snapshots[trace.exits[exit].snapshot] }
    /// Where the client goes on.
    public var token: UInt64 { snapshot.token }
    /// The inlined frames that were active, the outermost first.
    public var frames: [FrameRecord] {
        var result: [FrameRecord] = []
        var link = snapshot.frame
        while link >= 0 {
            result.append(trace.trace.frames[link])
            link = trace.trace.frames[link].parent
        }
        return result.reversed()
    }
    public var entries: ArraySlice<SnapshotEntry> {
        let snapshot = snapshot
        return trace.trace.entries[snapshot.first ..< snapshot.first + snapshot.count]
    }

    /// The bits of a reference's value: a constant, or what its register or spill slot holds.
    public func bits(_ ref: Ref) -> UInt64 {
        if ref.isConstant { return trace.trace.bits(ref) }
        let location = trace.place(ref, exit: exit)
        if location == .nowhere { fatalError("exit \(exit) of trace \(trace.number) has no place for %\(ref.index)") }
        return location.isRegister ? state[Int(location.register)] : state[MachineFrame.slots / 8 + location.slot]
    }

    /// The word of an entry. Virtual objects must have been made.
    public func word(_ kind: SnapshotEntry.Kind, _ ref: Ref) -> UInt64 {
        switch kind {
        case .word: return bits(ref)
        case .int: return model.box(Int64(bitPattern: bits(ref)))
        case .float:
            let number = bits(ref)
            return model.selfTagged(number) ?? model.boxFloat(context, Double(bitPattern: number))
        case .virtual: return state[MachineFrame.virtuals / 8 + Int(ref.raw)]
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

    /// Writes the words of all slots. `frame` is the pointer that was passed to `enter`.
    public func restore(_ frame: UnsafeMutablePointer<UInt64>) {
        makeObjects()
        for entry in entries { frame[Int(entry.slot)] = word(entry.kind, entry.ref) }
        // Nothing that the collector might find there.
        for i in 0 ..< snapshot.virtualCount { state[MachineFrame.virtuals / 8 + i] = 0 }
    }
}
