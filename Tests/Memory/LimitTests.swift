/// Memory that goes back to the system, and memory that there is none of.

import Glibc

let limitTests: [Test] = [("memoryOfSmallObjectsGoesBack", testMemoryOfSmallObjectsGoesBack), ("memoryInTheMiddleGoesBack", testMemoryInTheMiddleGoesBack), ("memoryOfLargeObjectsGoesBack", testMemoryOfLargeObjectsGoesBack),
                          ("someMemoryIsKept", testSomeMemoryIsKept), ("absurdSizes", testAbsurdSizes), ("exhaustionBySmallObjects", { exhaust(size: 64) }),
                          ("exhaustionByMediumObjects", { exhaust(size: 5000) }), ("exhaustionByLargeObjects", { exhaust(size: 1 << 20) }),
                          ("exhaustionCollectsFirst", testExhaustionCollectsFirst), ("roomOutside", testRoomOutside), ("markingWithoutMemory", testMarkingWithoutMemory)]

/// Bytes of memory that the process has now.
private func resident() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 200)
    fgets(&text, 200, file)
    let fields = String(cString: text).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
}

private func limitMemory(to bytes: Int) {
    // What is mapped already counts too.
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    expect(setrlimit(__rlimit_resource_t(UInt32(RLIMIT_DATA.rawValue)), &limit), is: 0, "setrlimit")
}

private func testMemoryOfSmallObjectsGoesBack() {
    var head = Value.empty
    for number in 0 ..< 5_000_000 {
        head = makePair(number, head)
        Roots.words[0] = head
    }
    let full = resident(), top = Heap.blockTop
    expect(full > 150 << 20, "\(full) bytes for 160 MB of objects")
    Roots.clear()
    Collector.collect(major: true)
    expect(resident() < full - 100 << 20, "\(resident()) bytes are left of \(full)")
    expect(Heap.blockTop < top / 2, "\(Heap.blockTop) blocks are left of \(top)")
    expect(countObjects(), is: 0, "objects")
}

/// One object at the top of the heap lives, so that the free blocks are all below it.
private func testMemoryInTheMiddleGoesBack() {
    var head = Value.empty
    for number in 0 ..< 5_000_000 {
        head = makePair(number, head)
        Roots.words[0] = head
    }
    let full = resident(), top = Heap.blockTop
    Roots.words[0] = Value(make(40_000, Shapes.leaf))
    expect(Heap.blockTop > top, "the last object is the highest")
    Collector.collect(major: true)
    expect(Heap.blockTop > top, "an object at the top holds the top")
    expect(resident() < full - 100 << 20, "\(resident()) bytes are left of \(full)")
}

private func testMemoryOfLargeObjectsGoesBack() {
    for index in 0 ..< 20 {
        let pointer = make(10 << 20, Shapes.leaf)
        memset(pointer + 8, 1, 10 << 20 - 8)
        Roots.words[index] = Value(pointer)
    }
    let full = resident()
    expect(full > 200 << 20, "\(full) bytes for 200 MB of objects")
    // The highest stays, so that the top of the heap cannot come down.
    for index in 0 ..< 19 { Roots.words[index] = .empty }
    Collector.collect(major: true)
    expect(resident() < full - 140 << 20, "\(resident()) bytes are left of \(full)")
    expect(countObjects(), is: 1, "objects")
    let again = make(50 << 20, Shapes.leaf)
    for offset in stride(from: 8, to: 50 << 20, by: 4096) where again.load(fromByteOffset: offset, as: UInt64.self) != 0 {
        expect(false, "memory given back and taken again is not zero")
        break
    }
}

private func testSomeMemoryIsKept() {
    for _ in 0 ..< 3 {
        for index in 0 ..< 10 { Roots.words[index] = Value(make(1 << 20, Shapes.leaf)) }
        Roots.clear()
        Collector.collect(major: true)
    }
    // Those of the last objects were not the highest.
    expect(Heap.keptBlocks << blockShift <= Heap.leastKept, "\(Heap.keptBlocks) blocks are kept")
    expect(Heap.keptBlocks << blockShift >= 10 << 20, "\(Heap.keptBlocks) blocks are kept")
}

private func testAbsurdSizes() {
    for size in [1 << 46, 1 << 50, 1 << 60, Int.max >> 1, 1 << 45] {
        expect(Heap.allocate(size, shape: Shapes.leaf) == nil, "\(size) bytes")
        expect(Heap.allocateUncleared(size, shape: Shapes.leaf) == nil, "\(size) bytes, uncleared")
    }
    expect(Heap.allocate(64, shape: Shapes.leaf) != nil, "64 bytes after that")
}

/// Holds everything until there is no more.
private func exhaust(size: Int) {
    limitMemory(to: 300 << 20)
    var count = 0, head = Value.empty
    while count < (400 << 20) / size, let pointer = Heap.allocate(size, shape: Shapes.pair) {
        let object = Value(pointer)
        words(object)[1] = UInt64(count)
        words(object)[2] = head.bits
        head = object
        Roots.words[0] = head
        count += 1
    }
    expect(count < (400 << 20) / size, "there was no end")
    expect(count > (100 << 20) / size, "the end came after \(count * size) bytes")
    // Some is kept back, so that the error can be raised.
    expect(Heap.allocate(64, shape: Shapes.leaf) != nil, "nothing is left for the error")
    var next = head, intact = 0
    while !next.isEmpty, words(next)[1] == UInt64(count - 1 - intact) {
        next = Value(bits: words(next)[2])
        intact += 1
    }
    expect(intact, is: count, "intact objects")
    Roots.clear()
    for index in 0 ..< 50 {
        guard let pointer = Heap.allocate(size, shape: Shapes.leaf) else {
            expect(false, "no memory for object \(index) after all was dropped")
            return
        }
        Roots.words[index] = Value(pointer)
    }
}

private func testExhaustionCollectsFirst() {
    limitMemory(to: 300 << 20)
    // No collection is due before memory runs out.
    Heap.leastNurserySize = 1 << 40
    Heap.nurserySize = 1 << 40
    for (size, most) in [(64, 20), (5000, 20), (20 << 20, 60)] {
        let before = Collector.majorCount
        for index in 0 ..< (2000 << 20) / max(size, 320) {
            guard Heap.allocate(size, shape: Shapes.leaf) != nil else {
                expect(false, "no memory for object \(index) of \(size) bytes, and all others are garbage")
                return
            }
        }
        expect((1 ..< most).contains(Collector.majorCount - before), "\(Collector.majorCount - before) collections for objects of \(size) bytes")
    }
}

private func testRoomOutside() {
    expect(Heap.hasRoom(outside: 1000) && Heap.hasRoom(outside: 100 << 20), "there is room")
    expect(!Heap.hasRoom(outside: 1 << 46), "64 TB")
    limitMemory(to: 200 << 20)
    expect(!Heap.hasRoom(outside: 250 << 20), "more than the limit")
    expect(Heap.hasRoom(outside: 20 << 20), "less than the limit")
}

/// The mark stack cannot grow while so many objects wait to be scanned: they are found by a walk through the heap.
private func testMarkingWithoutMemory() {
    let count = 1_000_000
    Collector.suspended += 1
    let wide = Value(make(16 + 8 * count, Shapes.tail))
    Roots.words[0] = wide
    for index in 0 ..< count { words(wide)[2 + index] = makePair(index, makePair()).bits }
    Collector.suspended -= 1
    limitMemory(to: 1 << 20)
    Collector.collect(major: true)
    expect(countObjects(), is: 2 * count + 1, "objects that are held")
    Roots.clear()
    Collector.collect(major: true)
    expect(countObjects(), is: 0, "objects that are left")
}
