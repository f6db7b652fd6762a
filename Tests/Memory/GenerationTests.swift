/// Minor and major collections, the write barrier with its remembered set, and when a collection happens.

let generationTests: [Test] = [("minorCollections", testMinorCollections), ("oldGarbageWaits", testOldGarbageWaits), ("barrier", testBarrier), ("storesWithoutBarrier", testStoresWithoutBarrier),
                               ("rememberedOnce", testRememberedOnce), ("rememberedSetGrows", testRememberedSetGrows), ("largeObjectsAge", testLargeObjectsAge),
                               ("nurseryFills", testNurseryFills), ("heapGrows", testHeapGrows), ("suspension", testSuspension), ("disabled", testDisabled), ("stress", testStress),
                               ("externalMemory", testExternalMemory), ("census", testCensus), ("deathVisitors", testDeathVisitors), ("sweepKeepsSurvivors", testSweepKeepsSurvivors)]

/// An old object of four words in a root.
private func makeOld(_ root: Int = 0) -> Value {
    Roots.words[root] = makePair()
    Collector.collect(major: false)
    return Roots.words[root]
}

private func testMinorCollections() {
    let kept = makePair(), lost = makePair()
    Roots.words[0] = kept
    expect(kept.header.pointee.mark, is: Mark.new, "a new object's mark")
    Collector.collect(major: false)
    expect(Collector.minorCount == 1 && Collector.majorCount == 0 && !Collector.isMajor, "one minor collection")
    expect(isAlive(kept) && kept.header.pointee.mark == Mark.old, "what survives is old")
    expect(!isAlive(lost), "a young object without references dies")
    expect(Heap.oldBytes, is: 32, "bytes that have survived")
    expect(Heap.allocatedSinceCollection, is: 0, "bytes handed out since")
}

private func testOldGarbageWaits() {
    let object = makeOld()
    Roots.clear()
    Collector.collect(major: false)
    expect(isAlive(object), "a minor collection leaves what is old")
    Collector.collect(major: true)
    expect(!isAlive(object) && Collector.isMajor && Collector.majorCount == 1, "a major one takes it")
    expect(Heap.oldBytes, is: 0, "bytes that have survived")
}

private func testBarrier() {
    let old = makeOld(), young = makePair(5)
    words(old)[2] = young.bits
    Heap.barrier(old.raw)
    Collector.collect(major: false)
    expect(isAlive(young) && words(young)[1] == 5, "a young object that an old one refers to")
    expect(young.header.pointee.mark == Mark.old && old.header.pointee.mark == Mark.old, "both are old")
    // Again, now that the remembered set was emptied.
    let next = makePair(6)
    words(old)[3] = next.bits
    Heap.barrier(old.raw)
    Collector.collect(major: false)
    expect(isAlive(next), "the next young object that it refers to")
}

/// The barrier would be for nothing if this held: an old object is not looked at.
private func testStoresWithoutBarrier() {
    let old = makeOld(), young = makePair()
    words(old)[2] = young.bits
    Collector.collect(major: false)
    expect(!isAlive(young), "a minor collection traces old objects")
    words(old)[2] = 0
}

private func testRememberedOnce() {
    let old = makeOld(), young = makePair()
    Heap.barrier(young.raw)
    expect(Collector.rememberedCount == 0 && young.header.pointee.mark == Mark.new, "a young object is not remembered")
    for _ in 0 ..< 3 { Heap.barrier(old.raw) }
    expect(Collector.rememberedCount == 1 && old.header.pointee.mark == Mark.remembered, "an old object is remembered once")
    Collector.collect(major: false)
    expect(Collector.rememberedCount == 0 && old.header.pointee.mark == Mark.old, "a minor collection forgets")
    Heap.barrier(old.raw)
    Collector.collect(major: true)
    expect(Collector.rememberedCount == 0 && old.header.pointee.mark == Mark.old, "a major collection forgets")
}

private func testRememberedSetGrows() {
    let count = 20_000
    for index in 0 ..< count { Roots.words[index] = makePair(index) }
    Collector.collect(major: false)
    for index in 0 ..< count {
        words(Roots.words[index])[2] = makePair(count + index).bits
        Heap.barrier(Roots.words[index].raw)
    }
    expect(Collector.rememberedCount, is: count, "remembered objects")
    Collector.collect(major: false)
    expect(countObjects(), is: 2 * count, "objects and what they refer to")
}

private func testLargeObjectsAge() {
    let large = Value(make(100_000, Shapes.tail)), lost = Value(make(100_000, Shapes.tail))
    Roots.words[0] = large
    Collector.collect(major: false)
    expect(isAlive(large) && large.header.pointee.mark == Mark.old, "a large object that is held")
    expect(!isAlive(lost), "a large object that is not")
    let young = makePair()
    words(large)[10_000] = young.bits
    Heap.barrier(large.raw)
    Collector.collect(major: false)
    expect(isAlive(young), "a young object that a large one refers to")
    Roots.clear()
    Collector.collect(major: false)
    expect(isAlive(large), "a minor collection leaves large objects that are old")
    Collector.collect(major: true)
    expect(!isAlive(large), "a major one takes them")
}

private func testNurseryFills() {
    for _ in 0 ..< Heap.nurserySize / 32 - 2000 { _ = makePair() }
    expect(Collector.minorCount, is: 0, "collections before the nursery is full")
    for _ in 0 ..< 4000 { _ = makePair() }
    expect(Collector.minorCount, is: 1, "collections when it was full")
    for _ in 0 ..< 10 * Heap.nurserySize / 32 { _ = makePair() }
    expect((10 ... 12).contains(Collector.minorCount) && Collector.majorCount == 0, "\(Collector.minorCount) collections of eleven nurseries")
    expect(Heap.blockTop < 4 * Heap.nurserySize >> blockShift, "garbage alone makes the heap grow: \(Heap.blockTop) blocks")
}

private func testHeapGrows() {
    // What is kept makes major collections, ever rarer ones.
    var major: [Int] = []
    for index in 0 ..< 200 {
        Roots.words[index] = Value(make(1 << 20, Shapes.leaf))
        if Collector.majorCount > major.count { major.append(index) }
    }
    // Buffers are not looked through, which makes them cheap.
    expect((1 ... 8).contains(major.count) && zip(major, major.dropFirst()).allSatisfy { $1 - $0 >= major[0] / 4 }, "major collections at \(major) MB")
    expect(major.count > 2 && major[major.count - 1] - major[major.count - 2] > major[1] - major[0], "major collections at \(major) MB are no rarer")
    expect(countObjects(), is: 200, "objects that are held")
}

private func testSuspension() {
    Collector.suspended += 1
    let count = 3 * Heap.nurserySize / 32
    for _ in 0 ..< count { _ = makePair() }
    expect(Collector.minorCount + Collector.majorCount, is: 0, "collections while they are put off")
    expect(countObjects(), is: count, "objects while they are put off")
    Collector.suspended -= 1
    for _ in 0 ..< 1000 { _ = makePair() }
    expect(Collector.minorCount + Collector.majorCount, is: 1, "collections after that")
    expect(countObjects() <= 1000, "\(countObjects()) objects after that")
}

private func testDisabled() {
    Collector.automatic = false
    // What nobody can notice the death of is found all the same.
    for _ in 0 ..< 3 * Heap.nurserySize / 32 { _ = makePair() }
    expect(Collector.minorCount + Collector.majorCount, is: 2, "collections while they are off")
    let finalizable = makePair()
    expect(Collector.registerFinalizable(UnsafeMutableRawPointer(finalizable.header)), "a finalizer")
    let last = finalizable.bits
    for _ in 0 ..< 2 * Heap.nurserySize / 32 { _ = makePair() }
    expect(Collector.finalizerQueue.isEmpty, "the finalizer of \(last) waits")
    Collector.collect(major: false)
    expect((5 ... 6).contains(Collector.minorCount), "\(Collector.minorCount) collections, with one that was asked for")
}

private func testStress() {
    Collector.stressInterval = 1
    for index in 0 ..< 100 {
        // Each large object is a slow allocation.
        Roots.words[index] = Value(make(20_000, Shapes.leaf))
    }
    expect(Collector.majorCount, is: 100, "collections of 100 slow allocations")
    expect(countObjects(), is: 100, "objects that are held")
}

private func testExternalMemory() {
    let before = Heap.allocatedSinceCollection
    Heap.noteExternal(1 << 20)
    expect(Heap.allocatedSinceCollection > before, "memory outside of the heap counts")
    Heap.noteExternal(1 << 40)
    expect(Heap.allocatedSinceCollection <= before + 2 * Heap.nurserySize, "it counts for no more than a nursery")
    _ = make(100_000, Shapes.leaf)
    expect(Collector.minorCount, is: 1, "collections for it")
    Heap.externalBytes = 1 << 30
    Heap.noteExternal(1 << 40)
    _ = make(100_000, Shapes.leaf)
    expect(Collector.majorCount, is: 1, "major collections for what is held outside")
}

private func testCensus() {
    let kept = makePair(1), lost = makePair(2)
    Roots.words[0] = kept
    var dead: [UInt64] = []
    Collector.collect(major: true) { Collector.forEachDead { dead.append(UInt64(UInt(bitPattern: $0))) } }
    expect(dead, is: [lost.bits], "the dead")
    Collector.collect(major: true)
    expect(dead.count, is: 1, "the examination is over")
}

private var deaths: [(major: Bool, kept: Bool, lost: Bool)] = []
private var watched: (kept: Value, lost: Value) = (.empty, .empty)

private func testDeathVisitors() {
    watched = (makePair(), makePair())
    Roots.words[0] = watched.kept
    Collector.addDeathVisitor { deaths.append(($0, Collector.isMarked(watched.kept.raw), Collector.isMarked(watched.lost.raw))) }
    Collector.collect(major: false)
    expect(deaths.count == 1 && !deaths[0].major && deaths[0].kept && !deaths[0].lost, "a minor collection: \(deaths)")
    watched.lost = watched.kept
    Collector.collect(major: true)
    expect(deaths.count == 2 && deaths[1].major && deaths[1].kept, "a major collection: \(deaths)")
}

/// Blocks of which any part has survived, swept lazily while new objects are made.
private func testSweepKeepsSurvivors() {
    for every in [2, 3, 9, 50, 1000] {
        Roots.clear()
        Collector.collect(major: true)
        var held = 0
        Collector.suspended += 1
        for index in 0 ..< 20_000 {
            let object = makePair(index)
            if index % every == 0 {
                Roots.words[held] = object
                held += 1
            }
        }
        Collector.suspended -= 1
        for major in [false, true] {
            Collector.collect(major: major)
            // New ones go between the survivors, and are all lost.
            for _ in 0 ..< 3000 { _ = makePair(1 << 40) }
            Collector.collect(major: false)
            var intact = 0
            for index in 0 ..< held where words(Roots.words[index])[1] == UInt64(index * every) && isAlive(Roots.words[index]) { intact += 1 }
            expect(intact, is: held, "intact survivors, one of \(every), major \(major)")
            expect(countObjects(), is: held, "objects, one of \(every) held, major \(major)")
        }
    }
}
