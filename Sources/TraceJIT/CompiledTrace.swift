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
    private let plans: UnsafeMutablePointer<UnsafeMutablePointer<ExitPlan>?>

    struct Weak { weak var trace: CompiledTrace? }

    public struct Exit {
        /// In `trace.snapshots`.
        public let snapshot: Int
        let first: Int
        let count: Int
        /// How often it has been left through; for the client to decide on a bridge.
        public var timesLeft = 0
        public internal(set) var bridge: CompiledTrace?

        init(snapshot: Int, first: Int, count: Int) { (self.snapshot, self.first, self.count) = (snapshot, first, count) }
    }

    init(number: Int, trace: Trace, entry: UnsafeRawPointer, exits: [Exit], firstExit: Int, exitSlots: Int, offset: Int,
         places: [(ref: Ref, location: Location)], code: MachineCode) {
        (self.number, self.trace, self.entry, self.exits, self.firstExit, self.exitSlots, self.offset) = (number, trace, entry, exits, firstExit, exitSlots, offset)
        self.places = places
        self.code = code
        codeSize = code.bytes.count
        plans = .allocate(capacity: exits.count)
        plans.initialize(repeating: nil, count: exits.count)
    }

    deinit {
        for exit in exits.indices {
            plans[exit]?.pointee.deallocate()
            plans[exit]?.deallocate()
        }
        plans.deallocate()
    }

    /// The constants of type `value`: the client keeps what they refer to alive as long as it keeps the trace.
    public var valueConstants: [UInt64] { trace.constants.filter { $0.type == .value }.map(\.bits) }
    /// The snapshot of an exit.
    public func snapshot(_ exit: Int) -> Snapshot { trace.snapshots[exits[exit].snapshot] }

    func plan(_ exit: Int) -> UnsafePointer<ExitPlan> {
        if let plan = plans[exit] { return UnsafePointer(plan) }
        let plan = UnsafeMutablePointer<ExitPlan>.allocate(capacity: 1)
        plan.initialize(to: ExitPlan(self, exit))
        plans[exit] = plan
        return UnsafePointer(plan)
    }

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
