import Interpreter
import Memory
import Objects
import TraceJIT

/// What compiled traces refer to, and for how long.
///
/// A trace has the addresses of objects in its code: functions and classes it was specialised on, dicts whose versions it looks at, constants. It must
/// not keep a program's objects alive, so it holds them weakly: when one of them has died in a collection, the trace is invalidated, and its
/// loop is counted anew, a little longer each time. Only while a trace runs are its objects roots, since nothing else may refer to them at
/// that moment: its own, and those of all traces that it can go on in.
///
/// The code object with the loop is held in the same way, so that traces die with their code.
struct Holding {
    let trace: CompiledTrace
    /// Of the loop; nil for a bridge.
    let cache: UnsafeMutablePointer<InlineCache>?
    let objects: [UInt64]
    /// Of the frame in which the trace is entered.
    let code: UnsafeMutablePointer<CodeObject>
    /// All objects have been marked: only a major collection can find them dead.
    var isOld = false
}

/// The holdings of one engine.
struct Holdings {
    private var all: [Holding] = []
    /// Their places in `all`, by their traces' numbers.
    private var places: [Int: Int] = [:]
    /// The traces that have been entered and not left, the innermost last. While there are any, the compiler keeps even those that are not valid any more.
    private var running: [Unmanaged<CompiledTrace>] = []

    var count: Int { all.count }
    var objectCount: Int { all.reduce(0) { $0 + $1.objects.count } }

    mutating func add(_ trace: CompiledTrace, _ cache: UnsafeMutablePointer<InlineCache>?, _ objects: Set<UInt64>, _ code: UnsafeMutablePointer<CodeObject>) {
        places[trace.number] = all.count
        all.append(Holding(trace: trace, cache: cache, objects: Array(objects), code: code))
    }

    mutating func begin(_ trace: CompiledTrace) { running.append(Unmanaged.passUnretained(trace)) }

    /// Another thread may have entered a trace since.
    mutating func end(_ trace: CompiledTrace) {
        let address = Unmanaged.passUnretained(trace).toOpaque()
        if let last = running.last, last.toOpaque() == address { return _ = running.popLast() }
        if let place = running.lastIndex(where: { $0.toOpaque() == address }) { running.remove(at: place) }
    }

    /// The traces that run, and those that they may go on in.
    private func reachable() -> Set<Int> {
        var found: Set<Int> = []
        var pending = running.map { $0.takeUnretainedValue() }
        while let trace = pending.popLast() {
            guard found.insert(trace.number).inserted else { continue }
            pending += trace.bridges
            if let target = trace.trace.linkTarget { pending.append(target) }
        }
        return found
    }

    /// Marks what running traces refer to.
    func markRunning() {
        if running.isEmpty { return }
        for number in reachable() {
            guard let place = places[number], Collector.isMajor || !all[place].isOld else { continue }
            for bits in all[place].objects { Collector.mark(Value(bits: bits)) }
        }
    }

    /// The registers of a function's frames that running traces write when they are left, and not before.
    func written(_ code: UnsafeMutablePointer<CodeObject>) -> Set<Int> {
        if running.isEmpty { return [] }
        var found: Set<Int> = []
        for number in reachable() {
            guard let place = places[number], all[place].code == code else { continue }
            for entry in all[place].trace.trace.entries where entry.slot >= 0 && entry.slot < code.pointee.clearCount { found.insert(Int(entry.slot)) }
        }
        return found
    }

    /// After marking: the traces that refer to something that is about to be freed.
    mutating func findDead(major: Bool) -> [CompiledTrace] {
        var dead: [CompiledTrace] = []
        for place in all.indices where major || !all[place].isOld {
            all[place].isOld = true
            for bits in all[place].objects where !Collector.isMarked(Value(bits: bits).raw) {
                dead.append(all[place].trace)
                break
            }
        }
        return dead
    }

    /// Traces that can be given up now.
    func idle() -> [CompiledTrace] {
        let reachable = reachable()
        return all.filter { !reachable.contains($0.trace.number) }.map(\.trace)
    }

    /// Takes out what is not valid any more, and returns it.
    mutating func removeInvalid() -> [Holding] {
        let removed = all.filter { !$0.trace.isValid }
        if removed.isEmpty { return [] }
        all.removeAll { !$0.trace.isValid }
        places.removeAll(keepingCapacity: true)
        for (place, holding) in all.enumerated() { places[holding.trace.number] = place }
        return removed
    }
}
