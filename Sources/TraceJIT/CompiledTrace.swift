/// A trace with its machine code.
public final class CompiledTrace {
    /// A number for logs.
    public let number: Int
    /// The optimised trace.
    public let trace: Trace
    /// Where to jump to, with a machine frame in place: for `TraceCompiler.enter`.
    public let entry: UnsafeRawPointer
    public let codeSize: Int
    /// The guards' exits, and last the exit of the entry, which an invalidated trace leaves through.
    public internal(set) var exits: [Exit]
    /// False once it has been invalidated.
    public internal(set) var isValid = true
    /// Bridges into which its exits lead.
    public internal(set) var bridges: [CompiledTrace] = []
    /// Traces that go on in this one.
    var linkedFrom: [Weak] = []

    let firstExit: Int
    let exitSlots: Int
    let offset: Int
    let places: [(ref: Ref, location: Location)]
    let code: MachineCode
    /// Where the body of its loop finds, at the head, its variables and what comes from before the loop; and the latter alone.
    let homes: [(ref: Ref, location: Location)]
    let invariants: [Ref]
    /// Spill slots that it uses, or that a loop that it is in does.
    let slotCount: Int
    /// One for each exit.
    let records: UnsafeMutablePointer<ExitRecord>

    struct Weak { weak var trace: CompiledTrace? }

    public struct Exit {
        /// In `trace.snapshots`.
        public let snapshot: Int
        let first: Int
        let count: Int
        /// It is in the body of the trace's loop.
        let isInLoop: Bool
        public internal(set) var bridge: CompiledTrace?

        init(snapshot: Int, first: Int, count: Int, isInLoop: Bool) { (self.snapshot, self.first, self.count, self.isInLoop) = (snapshot, first, count, isInLoop) }
    }

    init(number: Int, trace: Trace, entry: UnsafeRawPointer, exits: [Exit], firstExit: Int, exitSlots: Int, offset: Int,
         allocator: RegisterAllocator, code: MachineCode) {
        (self.number, self.trace, self.entry, self.exits, self.firstExit, self.exitSlots, self.offset) = (number, trace, entry, exits, firstExit, exitSlots, offset)
        places = allocator.places
        homes = allocator.headHomes
        invariants = allocator.headInvariants
        slotCount = allocator.slotCount
        self.code = code
        codeSize = code.bytes.count
        records = .allocate(capacity: exits.count)
        for exit in exits.indices { (records + exit).initialize(to: ExitRecord(trace: Unmanaged.passUnretained(self), exit: exit)) }
    }

    deinit {
        for exit in exits.indices {
            records[exit].plan?.pointee.deallocate()
            records[exit].plan?.deallocate()
        }
        records.deallocate()
    }

    /// The constants of type `value`: the client keeps what they refer to alive as long as it keeps the trace.
    public var valueConstants: [UInt64] { trace.constants.filter { $0.type == .value }.map(\.bits) }
    /// The snapshot of an exit.
    public func snapshot(_ exit: Int) -> Snapshot { trace.snapshots[exits[exit].snapshot] }

    /// The loop that an exit is in, with the references in this trace to what comes from before it.
    func loop(atExit exit: Int) -> InheritedLoop? {
        // Bridges on bridges need ever more slots, since those of the loop must keep their contents.
        if slotCount > RegisterAllocator.slotLimit / 2 || vouches(atExit: exit) { return nil }
        if exits[exit].isInLoop, let head = trace.head {
            return InheritedLoop(owner: self, values: invariants, keptFacts: head.facts.map(\.isKept), keepsClasses: head.keepsClasses)
        }
        return trace.loop
    }

    /// Whether something that the trace compares with a constant before its loop begins, at a fixed address, is another now: it can hardly be entered any more.
    public var isStale: Bool {
        for guardian in trace.instructions.prefix(while: { $0.op != .loop }) where guardian.op == .geq && guardian.b.isConstant {
            guard let load = trace.definition(guardian.a, .load), load.a.isConstant, let base = UnsafeRawPointer(bitPattern: UInt(trace.bits(load.a))) else { continue }
            let field = trace.vocabulary.fields[Int(load.c)], address = base + Int(field.offset), expected = trace.bits(guardian.b)
            switch field.width {
            case .u32: if UInt64(address.load(as: UInt32.self)) != expected { return true }
            case .i64, .value, .pointer: if address.load(as: UInt64.self) != expected { return true }
            default: break
            }
        }
        return false
    }

    /// Whether at this exit the trace has come to the head of the loop that it is in with something that the loop's body cannot go on with. What suits it there is the loop's entry.
    public func vouches(atExit exit: Int) -> Bool { exits[exit].snapshot >= trace.firstVouching }

    /// How often the trace has been left through an exit; for the client to decide on a bridge.
    public func timesLeft(_ exit: Int) -> Int { records[exit].timesLeft }

    /// The index of the word of the machine frame that holds a reference's value at an exit.
    func word(_ ref: Ref, exit: Int) -> Int {
        let location = place(ref, exit: exit)
        if location == .nowhere { fatalError("exit \(exit) of trace \(number) has no place for %\(ref.index)") }
        return location.isRegister ? Int(location.register) : MachineFrame.slots / 8 + location.slot
    }

    /// Where the value of a reference is at an exit.
    func place(_ ref: Ref, exit: Int) -> Location {
        for i in exits[exit].first ..< exits[exit].first + exits[exit].count where places[i].ref == ref { return places[i].location }
        return .nowhere
    }
}

/// What is needed at once when machine code is left through an exit, in plain memory that its number leads to: leaving is as frequent as the loops are short.
struct ExitRecord {
    let trace: Unmanaged<CompiledTrace>
    let exit: Int
    var timesLeft = 0
    /// Made when the exit is first taken, since most never are.
    var plan: UnsafeMutablePointer<ExitPlan>?
}

/// An exit of a trace that is alive: no reference is counted.
public struct ExitRef {
    let record: UnsafeMutablePointer<ExitRecord>

    public var trace: CompiledTrace { record.pointee.trace.takeUnretainedValue() }
    /// Its number within the trace.
    public var exit: Int { record.pointee.exit }
    /// How often the trace has been left through it. A client may count some of it again.
    public var timesLeft: Int {
        get { record.pointee.timesLeft }
        nonmutating set { record.pointee.timesLeft = newValue }
    }

    var plan: UnsafePointer<ExitPlan> {
        if let plan = record.pointee.plan { return UnsafePointer(plan) }
        let plan = UnsafeMutablePointer<ExitPlan>.allocate(capacity: 1)
        plan.initialize(to: ExitPlan(trace, exit))
        record.pointee.plan = plan
        return UnsafePointer(plan)
    }
}
