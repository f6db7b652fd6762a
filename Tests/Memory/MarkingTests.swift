/// What keeps an object alive: roots of each kind, and references of each kind of shape.

let markingTests: [Test] = [("unreachableObjectsDie", testUnreachableObjectsDie), ("masks", testMasks), ("tails", testTails), ("counts", testCounts), ("visitors", testVisitors),
                            ("leavesAreNotTraced", testLeavesAreNotTraced), ("typesOfShapes", testTypesOfShapes), ("cyclesDie", testCyclesDie), ("longChains", testLongChains),
                            ("rootTables", testRootTables), ("threadState", testThreadState), ("registerStack", testRegisterStack), ("nativeStack", testNativeStack),
                            ("loopFramesAreSkipped", testLoopFramesAreSkipped), ("waitingThreads", testWaitingThreads), ("randomGraphs", testRandomGraphs)]

private func testUnreachableObjectsDie() {
    let kept = makePair(1), lost = makePair(2)
    Roots.words[0] = kept
    Collector.collect(major: true)
    expect(isAlive(kept) && words(kept)[1] == 1, "a root's object lives")
    expect(!isAlive(lost), "an object without references dies")
    Roots.clear()
    Collector.collect(major: true)
    expect(!isAlive(kept) && countObjects() == 0, "nothing is left")
}

private func testMasks() {
    let first = makePair(), second = makePair(), third = makePair()
    let holder = Value(make(48, Shapes.pair))
    words(holder)[2] = first.bits
    words(holder)[3] = second.bits
    words(holder)[4] = third.bits
    Roots.words[0] = holder
    Collector.collect(major: true)
    expect(isAlive(first) && isAlive(second), "words of the mask are traced")
    expect(!isAlive(third), "a word outside of the mask is not")
}

private func testTails() {
    for size in [32, 320, 8192, 50_000] {
        let first = makePair(), last = makePair(), untraced = makePair()
        let holder = Value(make(size, Shapes.tail)), end = Heap.cellSize(holder.raw) / 8
        words(holder)[1] = untraced.bits
        words(holder)[2] = first.bits
        words(holder)[end - 1] = last.bits
        Roots.words[0] = holder
        Collector.collect(major: true)
        expect(isAlive(first) && isAlive(last), "both ends of a tail of \(size) bytes")
        expect(!isAlive(untraced), "the word before a tail")
    }
}

private func testCounts() {
    let inside = makePair(), outside = makePair()
    let holder = Value(make(160, Shapes.counted))
    words(holder)[1] = 3
    words(holder)[4] = inside.bits
    words(holder)[5] = outside.bits
    Roots.words[0] = holder
    Collector.collect(major: true)
    expect(isAlive(inside), "the last word of those counted")
    expect(!isAlive(outside), "the word behind them")
}

private func testVisitors() {
    for shape in [Shapes.custom, Shapes.customTail] {
        let masked = makePair(), visited = makePair(), tail = makePair()
        let holder = Value(make(64, shape))
        words(holder)[2] = masked.bits
        words(holder)[3] = ~visited.bits
        words(holder)[7] = tail.bits
        Roots.words[0] = holder
        Collector.collect(major: true)
        expect(isAlive(masked) && isAlive(visited), "by mask and by function")
        expect(isAlive(tail), is: shape == Shapes.customTail, "the tail lives")
    }
}

private func testLeavesAreNotTraced() {
    let target = makePair(), leaf = Value(make(64, Shapes.leaf))
    for index in 1 ..< 8 { words(leaf)[index] = target.bits }
    Roots.words[0] = leaf
    Collector.collect(major: true)
    expect(isAlive(leaf) && !isAlive(target), "what looks like a reference in a leaf is none")
}

private func testTypesOfShapes() {
    let type = makePair()
    let shape = Shapes.add(.mask, mask: 0, tail: 0, type: type)
    Roots.words[0] = Value(make(32, shape))
    Collector.collect(major: true)
    expect(isAlive(type), "an object keeps its type")
    Roots.clear()
    Collector.collect(major: true)
    expect(!isAlive(type), "a shape alone does not")
}

private func testCyclesDie() {
    let a = makePair(), b = makePair(0, a), c = makePair(0, b, b)
    words(a)[2] = c.bits
    words(c)[3] = c.bits
    Roots.words[0] = b
    Collector.collect(major: true)
    expect(isAlive(a) && isAlive(b) && isAlive(c), "a cycle that is reached")
    Roots.clear()
    Collector.collect(major: true)
    expect(!isAlive(a) && !isAlive(b) && !isAlive(c), "a cycle that is not")
}

private func testLongChains() {
    Collector.suspended += 1
    let length = 1_000_000
    var head = Value.empty
    for number in 0 ..< length { head = makePair(number, head) }
    Collector.suspended -= 1
    Roots.words[0] = head
    Collector.collect(major: true)
    expect(countObjects(), is: length, "objects of the chain")
    var next = head, number = length
    while !next.isEmpty, number > 0, words(next)[1] == UInt64(number - 1) {
        next = Value(bits: words(next)[2])
        number -= 1
    }
    expect(number == 0 && next.isEmpty, "the chain is broken at \(number)")
    // One object with as many references, all of them on the mark stack at once.
    let wide = Value(make(16 + 8 * 200_000, Shapes.tail))
    Roots.words[1] = wide
    next = head
    for index in 0 ..< 200_000 {
        words(wide)[2 + index] = next.bits
        next = Value(bits: words(next)[2])
    }
    Roots.words[0] = .empty
    Collector.collect(major: true)
    expect(countObjects(), is: length + 1, "objects of the chain and its list")
}

private func testRootTables() {
    let tables = [taipan_well_known(), taipan_names(), taipan_latin1()], counts = [Int(WELL_KNOWN_COUNT), Int(NAME_COUNT), 256]
    for (table, count) in zip(tables, counts) {
        let first = makePair(), last = makePair()
        table[0] = first
        table[count - 1] = last
        Collector.collect(major: true)
        expect(isAlive(first) && isAlive(last), "a table of \(count) roots")
        table[0] = .empty
        table[count - 1] = .empty
        Collector.collect(major: true)
        expect(!isAlive(first) && !isAlive(last), "a table of \(count) roots, empty")
    }
}

private func testThreadState() {
    let thread = makeThread()
    let fields: [WritableKeyPath<ThreadState, Value>] = [\.exception, \.handled, \.context, \.traceFunction, \.profileFunction, \.asyncGenFirstIter, \.asyncGenFinalizer,
                                                         \.asyncException, \.locals, \.reprStack, \.extra.0, \.extra.7]
    for (index, field) in fields.enumerated() {
        let object = makePair()
        thread.pointee[keyPath: field] = object
        Collector.collect(major: true)
        expect(isAlive(object), "field \(index) of a thread")
        thread.pointee[keyPath: field] = .empty
        Collector.collect(major: true)
        expect(!isAlive(object), "field \(index) of a thread, empty")
    }
    ThreadRegistry.remove(thread)
    expect(taipan.threads == nil, "no thread is left")
}

private func testRegisterStack() {
    let thread = makeThread()
    let stack = Arguments.allocate(capacity: 16)
    stack.initialize(repeating: .empty, count: 16)
    thread.pointee.stackBase = stack
    thread.pointee.stackTop = stack + 8
    thread.pointee.stackLimit = stack + 16
    let inside = makePair(), beyond = makePair()
    stack[7] = inside
    stack[8] = beyond
    // What is no reference must do no harm: integers, floats, words outside of the heap, free cells.
    stack[0] = Value(small: -1)
    stack[1] = Value(bits: UInt64(taipan.heapEnd - 8))
    stack[2] = Value(bits: inside.bits + 4096)
    Collector.collect(major: true)
    expect(isAlive(inside), "a register below the top")
    expect(!isAlive(beyond), "a register at the top")
}

/// Makes an object whose address is nowhere afterwards but, inverted, in the result.
@inline(never) private func makeHidden() -> UInt64 { ~makePair(77).bits }

/// Out of line, so that what the caller has in its frame is there.
@inline(never) private func collectBelow() {
    Collector.wipeStack()
    Collector.collect(major: true)
}

@inline(never) private func isAliveHidden(_ hidden: UInt64) -> Bool { isAlive(Value(bits: ~hidden)) }

/// Known outside, so that the compiler has to keep what is stored there.
var shownFrame: UnsafeMutablePointer<UInt64>?

/// The optimiser does not look into this, so that what stands in the frame is read.
@inline(never) @_optimize(none) private func look(at frame: UnsafeMutablePointer<UInt64>) { shownFrame = frame }

private func testNativeStack() {
    withStack { _ in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4) { frame in
            frame.initialize(repeating: 0)
            look(at: frame.baseAddress!)
            let exact = makeHidden(), interior = makeHidden()
            frame[1] = ~exact
            frame[2] = ~interior + 17
            var lost: [UInt64] = []
            for _ in 0 ..< 100 { lost.append(makeHidden()) }
            look(at: frame.baseAddress!)
            collectBelow()
            expect(isAliveHidden(exact), "an object on the native stack")
            expect(isAliveHidden(interior), "an object that the native stack points into")
            // The address of the last one may still be in a register.
            expect(lost.filter { isAliveHidden($0) }.count <= 3, "objects nobody refers to live")
            frame.update(repeating: 0)
            look(at: frame.baseAddress!)
            collectBelow()
            expect(!isAliveHidden(exact) && !isAliveHidden(interior), "objects no longer on the native stack live")
        }
    }
}

private func testLoopFramesAreSkipped() {
    withStack { thread in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 16) { frame in
            frame.initialize(repeating: 0)
            look(at: frame.baseAddress!)
            let skipped = makeHidden(), seen = makeHidden()
            frame[5] = ~skipped
            frame[12] = ~seen
            let start = UInt(bitPattern: frame.baseAddress!)
            var loop = LoopFrame(outer: nil, low: start + 32, high: start + 64)
            withUnsafeMutablePointer(to: &loop) { pointer in
                look(at: frame.baseAddress!)
                collectBelow()
                expect(isAliveHidden(skipped) && isAliveHidden(seen), "without a loop both are seen")
                thread.pointee.loop = pointer
                look(at: frame.baseAddress!)
                collectBelow()
                expect(!isAliveHidden(skipped), "a word in a loop's frame keeps an object")
                expect(isAliveHidden(seen), "a word beyond a loop's frame keeps none")
                thread.pointee.loop = nil
            }
        }
    }
}

private func testWaitingThreads() {
    let thread = makeThread()
    let stack = UnsafeMutablePointer<UInt64>.allocate(capacity: 8)
    stack.initialize(repeating: 0, count: 8)
    let below = makePair(), above = makePair(), register = makePair()
    stack[1] = below.bits
    stack[4] = above.bits
    thread.pointee.savedStackPointer = UInt(bitPattern: stack + 3)
    thread.pointee.nativeStackBase = UInt(bitPattern: stack + 8)
    thread.pointee.savedRegisters.4 = register.bits
    Collector.collect(major: true)
    expect(isAlive(above), "the stack of a thread that waits")
    expect(isAlive(register), "the registers of a thread that waits")
    expect(!isAlive(below), "what is below its stack pointer")
}

/// Objects in a graph that changes at random, against a model of it: after a major collection exactly those reachable are left, and all have kept their words.
private func testRandomGraphs() {
    var random = Random(state: 4711)
    let rootCount = 60
    // By number: the object, and the numbers of those it refers to.
    var model: [Int: (object: Value, references: [Int])] = [:]
    var roots = [Int](repeating: 0, count: rootCount), made = 0
    for round in 1 ... 40_000 {
        let slot = random.below(rootCount)
        switch random.below(10) {
        case 0 ..< 5:
            let width = random.below(200) == 0 ? 3000 : 1 + random.below(30)
            let object = Value(make(16 + 8 * width, Shapes.tail))
            made += 1
            words(object)[1] = UInt64(made)
            let old = roots[slot]
            model[made] = (object, [Int](repeating: 0, count: width))
            // Half of them hang on to what was there before.
            if old != 0, random.below(2) == 0 {
                words(object)[2] = model[old]!.object.bits
                model[made]!.references[0] = old
            }
            Roots.words[slot] = object
            roots[slot] = made
        case 5 ..< 9:
            let owner = roots[slot], other = roots[random.below(rootCount)]
            if owner == 0 { continue }
            let index = random.below(model[owner]!.references.count)
            words(model[owner]!.object)[2 + index] = other == 0 ? 0 : model[other]!.object.bits
            Heap.barrier(model[owner]!.object.raw)
            model[owner]!.references[index] = other
        default:
            Roots.words[slot] = .empty
            roots[slot] = 0
        }
        if round % 211 == 0 { Collector.collect(major: false) }
        if round % 2003 != 0 { continue }
        var reached = Set<Int>(), open = roots.filter { $0 != 0 }
        while let number = open.popLast() { if reached.insert(number).inserted { open += model[number]!.references.filter { $0 != 0 } } }
        expect(reached.count > 50, "the graph is too small to tell anything")
        Collector.collect(major: true)
        expect(countObjects(), is: reached.count, "objects left in round \(round)")
        model = model.filter { reached.contains($0.key) }
        for (number, entry) in model {
            var intact = isAlive(entry.object) && words(entry.object)[1] == UInt64(number)
            for (index, other) in entry.references.enumerated() where words(entry.object)[2 + index] != (other == 0 ? 0 : model[other]!.object.bits) { intact = false }
            expect(intact, "object \(number) is damaged in round \(round)")
        }
        if failures > 0 { return }
    }
}
