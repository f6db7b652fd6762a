/// Weak references and finalizers: what is told of an object's death, when and in which order.

let deathTests: [Test] = [("weakReferences", testWeakReferences), ("weakReferencesToTheOld", testWeakReferencesToTheOld), ("callbacks", testCallbacks), ("deadCells", testDeadCells),
                          ("cellsAreNotTraced", testCellsAreNotTraced), ("manyWeakReferences", testManyWeakReferences), ("finalizers", testFinalizers), ("finalizersRunOnce", testFinalizersRunOnce),
                          ("finalizersOfTheOld", testFinalizersOfTheOld), ("finalizerOrder", testFinalizerOrder), ("finalizersKeepWhatTheyNeed", testFinalizersKeepWhatTheyNeed),
                          ("weakBeforeFinalizers", testWeakBeforeFinalizers), ("resurrection", testResurrection), ("finalizersAtTheEnd", testFinalizersAtTheEnd), ("safepoint", testSafepoint)]

private func makeCell(_ target: Value, _ callback: Value = .empty) -> Value {
    let cell = Value(make(32, Shapes.weak))
    cell.object(WeakCell.self).pointee.target = target
    cell.object(WeakCell.self).pointee.callback = callback
    expect(WeakTable.register(cell.object(WeakCell.self)), "the table has room")
    return cell
}

private func target(_ cell: Value) -> Value { cell.object(WeakCell.self).pointee.target }
private func callbacks() -> [UInt] { (0 ..< WeakTable.callbacks.count).map { WeakTable.callbacks[$0] } }
private func queue() -> [UInt] { (0 ..< Collector.finalizerQueue.count).map { Collector.finalizerQueue[$0] } }
private func empty(_ list: inout AddressList) { list.removeFirst(list.count) }
private func addresses(_ objects: Value...) -> [UInt] { objects.map { UInt($0.bits) } }

private func testWeakReferences() {
    let kept = makePair(), lost = makePair()
    let first = makeCell(kept), second = makeCell(lost)
    Roots.words[0] = kept
    Roots.words[1] = first
    Roots.words[2] = second
    expect(lost.header.pointee.bits & HeaderBits.weaklyReferenced != 0, "the referent knows")
    expect(WeakTable.cells(of: kept), is: addresses(first), "cells of an object")
    Collector.collect(major: false)
    expect(target(first), is: kept, "a reference to a living object")
    expect(target(second), is: .empty, "a reference to a dead object")
    expect(!isAlive(lost), "a weak reference keeps nothing alive")
    expect(WeakTable.cells.count, is: 1, "referents in the table")
}

private func testWeakReferencesToTheOld() {
    let object = makePair()
    Roots.words[0] = object
    Collector.collect(major: false)
    let cell = makeCell(object)
    Roots.words[1] = cell
    Roots.words[0] = .empty
    Collector.collect(major: false)
    expect(target(cell), is: object, "a minor collection leaves what is old")
    Collector.collect(major: true)
    expect(target(cell) == .empty && !isAlive(object), "a major one clears the reference")
    expect(WeakTable.cells.isEmpty, "the table is empty")
}

private func testCallbacks() {
    let object = makePair(), callback = makePair(9)
    let first = makeCell(object, callback), without = makeCell(object, .none), second = makeCell(object, callback), unreachable = makeCell(object, callback)
    Roots.words[0] = object
    for (index, cell) in [first, without, second, unreachable].enumerated() { Roots.words[1 + index] = cell }
    expect(WeakTable.cells(of: object), is: addresses(first, without, second, unreachable), "cells in order of creation")
    Collector.collect(major: false)
    expect(callbacks().isEmpty, "no callback while the object lives")
    Roots.words[0] = .empty
    Roots.words[4] = .empty
    Collector.collect(major: true)
    // The youngest reference's comes first; those of references that are dead themselves are not called.
    expect(callbacks(), is: addresses(second, first), "callbacks")
    Roots.clear()
    Collector.collect(major: true)
    expect(isAlive(first) && isAlive(callback), "what waits to be called lives")
    expect(!isAlive(without), "what does not wait dies")
    empty(&WeakTable.callbacks)
    Collector.collect(major: true)
    expect(countObjects(), is: 0, "objects when all was called")
}

private func testDeadCells() {
    let object = makePair()
    let kept = makeCell(object), lost = makeCell(object)
    Roots.words[0] = object
    Roots.words[1] = kept
    Collector.collect(major: true)
    expect(!isAlive(lost), "a cell dies though its referent lives")
    expect(WeakTable.cells(of: object), is: addresses(kept), "cells that are left")
    Roots.words[1] = .empty
    Collector.collect(major: true)
    expect(WeakTable.cells(of: object).isEmpty && WeakTable.cells.isEmpty, "no cell is left")
    expect(object.header.pointee.bits & HeaderBits.weaklyReferenced, is: 0, "the referent's bit")
}

private func testCellsAreNotTraced() {
    // Two objects that hold weak references to each other.
    let first = makePair(), second = makePair()
    words(first)[2] = makeCell(second).bits
    words(second)[2] = makeCell(first).bits
    Collector.collect(major: true)
    expect(countObjects(), is: 0, "objects that only weak references hold")
    expect(WeakTable.cells.isEmpty, "the table is empty")
}

private func testManyWeakReferences() {
    let count = 30_000
    Collector.suspended += 1
    for index in 0 ..< count {
        let object = makePair(index)
        Roots.words[index] = makeCell(object)
        // Every third is held.
        if index % 3 == 0 { words(Roots.words[index])[3] = 0; Roots.words[count + index / 3] = object }
    }
    Collector.suspended -= 1
    Collector.collect(major: false)
    var cleared = 0, wrong = 0
    for index in 0 ..< count {
        let object = target(Roots.words[index])
        if object.isEmpty { cleared += 1 }
        if object.isEmpty != (index % 3 != 0) || !object.isEmpty && words(object)[1] != UInt64(index) { wrong += 1 }
    }
    expect(cleared, is: count - count / 3, "references cleared")
    expect(wrong, is: 0, "wrong references")
    expect(WeakTable.cells.count, is: count / 3, "referents in the table")
}

private func testFinalizers() {
    let kept = makePair(), lost = makePair(3), plain = makePair()
    Roots.words[0] = kept
    expect(Collector.registerFinalizable(kept.raw) && Collector.registerFinalizable(lost.raw), "the registry has room")
    Collector.collect(major: false)
    expect(queue(), is: addresses(lost), "finalizers to be run")
    expect(isAlive(lost) && words(lost)[1] == 3, "an object whose finalizer waits")
    expect(!isAlive(plain), "an object without finalizer")
    expect(lost.header.pointee.bits & (HeaderBits.finalizable | HeaderBits.finalized), is: HeaderBits.finalized, "bits of an object whose finalizer waits")
    Collector.collect(major: true)
    expect(queue() == addresses(lost) && isAlive(lost), "it waits through other collections")
    empty(&Collector.finalizerQueue)
    Collector.collect(major: true)
    expect(!isAlive(lost) && isAlive(kept), "it dies when the finalizer was run")
}

private func testFinalizersRunOnce() {
    let object = makePair()
    for _ in 0 ..< 3 { Collector.registerFinalizable(object.raw) }
    Collector.collect(major: true)
    expect(queue(), is: addresses(object), "an object registered three times")
    empty(&Collector.finalizerQueue)
    Roots.words[0] = object
    Collector.collect(major: true)
    Roots.words[0] = .empty
    Collector.collect(major: true)
    expect(queue().isEmpty && !isAlive(object), "the finalizer of an object that came back does not run again")
}

private func testFinalizersOfTheOld() {
    let object = makePair()
    Roots.words[0] = object
    Collector.registerFinalizable(object.raw)
    Collector.collect(major: false)
    Roots.words[0] = .empty
    let young = makePair()
    Collector.registerFinalizable(young.raw)
    Collector.collect(major: false)
    expect(queue(), is: addresses(young), "finalizers that a minor collection queues")
    empty(&Collector.finalizerQueue)
    Collector.collect(major: true)
    expect(queue(), is: addresses(object), "finalizers that a major collection queues")
}

private func testFinalizerOrder() {
    // By age, but what is referred to comes after those that do not wait for anything.
    let inner = makePair(), outer = makePair(0, inner), other = makePair()
    for object in [inner, outer, other] { Collector.registerFinalizable(object.raw) }
    Collector.collect(major: true)
    let order = queue()
    expect(Set(order), is: Set(addresses(inner, outer, other)), "finalizers")
    expect(order.firstIndex(of: UInt(outer.bits))! < order.firstIndex(of: UInt(inner.bits))!, "what refers to another comes first: \(order)")
}

private func testFinalizersKeepWhatTheyNeed() {
    let leaf = makePair(4), middle = makePair(0, leaf), object = makePair(0, middle)
    Collector.registerFinalizable(object.raw)
    Collector.collect(major: true)
    expect(isAlive(middle) && isAlive(leaf) && words(leaf)[1] == 4, "what a finalizer can reach")
    empty(&Collector.finalizerQueue)
    Collector.collect(major: true)
    expect(countObjects(), is: 0, "objects after that")
    // A cycle with finalizers in it.
    let first = makePair(), second = makePair(0, first)
    words(first)[2] = second.bits
    Collector.registerFinalizable(first.raw)
    Collector.registerFinalizable(second.raw)
    Collector.collect(major: true)
    expect(Set(queue()), is: Set(addresses(first, second)), "both of a cycle")
}

private func testWeakBeforeFinalizers() {
    let object = makePair(), callback = makePair()
    let cell = makeCell(object, callback)
    Roots.words[0] = cell
    Collector.registerFinalizable(object.raw)
    Collector.collect(major: true)
    expect(queue() == addresses(object) && isAlive(object), "the finalizer waits")
    expect(target(cell) == .empty, "weak references are cleared before that")
    expect(callbacks(), is: addresses(cell), "callbacks")
}

private func testResurrection() {
    let object = makePair(8)
    Collector.registerFinalizable(object.raw)
    Collector.collect(major: true)
    // Its finalizer stores it.
    Roots.words[0] = Value(bits: UInt64(Collector.finalizerQueue[0]))
    empty(&Collector.finalizerQueue)
    Collector.collect(major: true)
    expect(isAlive(object) && words(object)[1] == 8, "an object that its finalizer has stored")
    Roots.clear()
    Collector.collect(major: true)
    expect(!isAlive(object), "it dies in the end")
}

private func testFinalizersAtTheEnd() {
    var objects: [Value] = []
    for index in 0 ..< 4 {
        objects.append(makePair(index))
        Roots.words[index] = objects[index]
        Collector.registerFinalizable(objects[index].raw)
    }
    Collector.queueAllFinalizers(oldestFirst: true) { Value($0) != objects[2] }
    expect(queue(), is: addresses(objects[0], objects[1], objects[3]), "those wanted, oldest first")
    Collector.queueAllFinalizers(oldestFirst: false) { _ in true }
    expect(queue(), is: addresses(objects[0], objects[1], objects[3], objects[2]), "the rest, once")
}

private func testSafepoint() {
    let thread = makeThread()
    Collector.collect(major: true)
    expect(taipan_breaker_load(thread) & Collector.breakerBit, is: 0, "nothing waits")
    Collector.registerFinalizable(makePair().raw)
    Collector.collect(major: false)
    expect(taipan_breaker_load(thread) & Collector.breakerBit, is: Collector.breakerBit, "a finalizer waits")
    taipan_breaker_clear(thread, Collector.breakerBit)
    empty(&Collector.finalizerQueue)
    Roots.words[0] = makeCell(makePair(), makePair())
    Collector.collect(major: false)
    expect(taipan_breaker_load(thread) & Collector.breakerBit, is: Collector.breakerBit, "a callback waits")
}
