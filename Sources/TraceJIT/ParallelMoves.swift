/// Parallel moves: many values change places at once, at loop heads and where bridges begin.
///
/// A move may be made when nobody needs what its destination holds any more. When every destination is still needed, the moves form circles; the contents of one
/// destination are put aside in the scratch register, and the circle opens.
struct ParallelMoves {
    struct Move {
        var to: Location
        var from: Location
        /// A constant source.
        var constant = Ref.none
    }
    private(set) var moves: [Move] = []

    mutating func add(_ to: Location, from: Location) {
        if to != from { moves.append(Move(to: to, from: from)) }
    }
    mutating func add(_ to: Location, constant: Ref) { moves.append(Move(to: to, from: .nowhere, constant: constant)) }

    /// The steps that make the moves, in order.
    func resolved(_ target: Target) -> [Step] {
        var pending = moves.filter { $0.constant.isNone }
        var steps: [Step] = []
        while !pending.isEmpty {
            if let i = pending.firstIndex(where: { move in !pending.contains { $0.from == move.to } }) {
                steps.append(ParallelMoves.step(pending[i].to, pending[i].from))
                pending.remove(at: i)
                continue
            }
            let blocked = pending[0].to
            let aside = Location.register(blocked.isRegister && blocked.register >= 32 ? target.floatScratch : target.wordScratch)
            steps.append(ParallelMoves.step(aside, blocked))
            for i in pending.indices where pending[i].from == blocked { pending[i].from = aside }
        }
        // Constants overwrite only what has been moved by now.
        for move in moves where !move.constant.isNone {
            steps.append(move.to.isSlot ? Step(kind: .spillConstant, index: Int32(move.to.slot), ref: move.constant)
                                        : Step(kind: .constant, d: move.to.register, ref: move.constant))
        }
        return steps
    }

    private static func step(_ to: Location, _ from: Location) -> Step {
        switch (to.isSlot, from.isSlot) {
        case (false, false): Step(kind: .move, d: to.register, a: from.register)
        case (false, true): Step(kind: .reload, d: to.register, index: Int32(from.slot))
        case (true, false): Step(kind: .spill, a: from.register, index: Int32(to.slot))
        case (true, true): Step(kind: .copySlot, index: Int32(to.slot), other: Int32(from.slot))
        }
    }
}
