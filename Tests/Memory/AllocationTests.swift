/// Allocation: sizes, alignment, zeroed memory, reuse.

import Glibc

let allocationTests: [Test] = [("everySizeClass", testEverySizeClass), ("objectsDoNotOverlap", testObjectsDoNotOverlap), ("largeObjects", testLargeObjects),
                               ("reusedCellsAreZero", testReusedCellsAreZero), ("reusedBlocksAreZero", testReusedBlocksAreZero), ("unclearedObjects", testUnclearedObjects),
                               ("interiorPointers", testInteriorPointers), ("observer", testObserver), ("freeMemoryIsNoObject", testFreeMemoryIsNoObject)]

private func isZero(_ pointer: UnsafeMutableRawPointer, _ size: Int) -> Bool {
    for offset in stride(from: 8, to: size & ~7, by: 8) where pointer.load(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
    return true
}

private func testEverySizeClass() {
    for size in stride(from: 8, through: 16384, by: 8) {
        let pointer = make(size, Shapes.leaf), cell = Heap.cellSize(pointer)
        expect(UInt(bitPattern: pointer) % 16, is: 0, "alignment of \(size) bytes")
        expect(cell >= size, "a cell of \(cell) bytes for \(size)")
        // Small ones waste less than 16 bytes, the others half of it and a little.
        expect(size <= largestSmall ? cell < size + 16 : cell <= size + size / 2 + 16, "a cell of \(cell) bytes is too large for \(size)")
        expect(Value(pointer).shapeIndex == Shapes.leaf && Value(pointer).header.pointee.mark == Mark.new, "header at \(size) bytes")
        expect(isZero(pointer, cell), "\(size) bytes are not zero")
        memset(pointer + 8, 0xA5, cell - 8)
    }
}

private func testObjectsDoNotOverlap() {
    var objects: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
    for round in 0 ..< 6 {
        for size in stride(from: 16, through: 40000, by: 176) {
            let pointer = make(size + round * 16, Shapes.leaf)
            Roots.words[objects.count] = Value(pointer)
            let cell = Heap.cellSize(pointer)
            for offset in stride(from: 8, to: cell, by: 8) { pointer.storeBytes(of: UInt64(objects.count), toByteOffset: offset, as: UInt64.self) }
            objects.append((pointer, cell))
        }
    }
    Collector.collect(major: true)
    for (index, object) in objects.enumerated() {
        var intact = Value(object.pointer).shapeIndex == Shapes.leaf
        for offset in stride(from: 8, to: object.size, by: 8) where object.pointer.load(fromByteOffset: offset, as: UInt64.self) != UInt64(index) { intact = false }
        expect(intact, "object \(index) of \(object.size) bytes was written over")
    }
    expect(countObjects(), is: objects.count, "objects in the heap")
}

private func testLargeObjects() {
    for (index, size) in [16385, 32767, 32768, 32769, 65536, 100_000, 1 << 20, 1 << 20 + 1, 10 << 20].enumerated() {
        let pointer = make(size, Shapes.leaf), cell = Heap.cellSize(pointer)
        Roots.words[index] = Value(pointer)
        expect((UInt(bitPattern: pointer) - taipan.heapBase) % UInt(blockSize), is: 0, "\(size) bytes begin a block")
        expect(cell >= size && cell < size + blockSize && cell % blockSize == 0, "\(cell) bytes for \(size)")
        expect(isZero(pointer, cell), "\(size) bytes are not zero")
        memset(pointer + 8, 0xA5, cell - 8)
    }
    Collector.collect(major: true)
    expect(countObjects(), is: 9, "large objects that are held")
    Roots.words[4] = .empty
    Collector.collect(major: true)
    expect(countObjects(), is: 8, "large objects but one")
}

private func testReusedCellsAreZero() {
    let sizes = [16, 48, 512, 1008, 1024, 4096, 16384]
    var before = Set<UInt>(), reused = 0
    for _ in 0 ..< 3 {
        for size in sizes {
            for index in 0 ..< 200 {
                let pointer = make(size, Shapes.leaf)
                expect(isZero(pointer, Heap.cellSize(pointer)), "a used cell of \(size) bytes is not zero")
                memset(pointer + 8, 0xFF, Heap.cellSize(pointer) - 8)
                if !before.insert(UInt(bitPattern: pointer)).inserted { reused += 1 }
                // Some live, so that the free cells are between them.
                if index % 7 == 0 { Roots.words[index] = Value(pointer) }
            }
        }
        Collector.collect(major: true)
    }
    expect(reused > 500, "only \(reused) cells were used again")
}

private func testReusedBlocksAreZero() {
    let first = make(500_000, Shapes.leaf)
    memset(first + 8, 0xFF, 499_992)
    Collector.collect(major: false)
    let second = make(500_000, Shapes.leaf)
    expect(second == first, "the blocks of a dead object are used again")
    expect(isZero(second, Heap.cellSize(second)), "used blocks are not zero")
}

private func testUnclearedObjects() {
    for size in [16, 2000, 16384, 16385, 300_000] {
        guard let pointer = Heap.allocateUncleared(size, shape: Shapes.leaf) else {
            expect(false, "no memory for \(size) bytes")
            continue
        }
        expect(Value(pointer).shapeIndex == Shapes.leaf && Value(pointer).header.pointee.mark == Mark.new && Value(pointer).header.pointee.bits == 0, "header at \(size) bytes")
        expect(Heap.cellSize(pointer) >= size, "room for \(size) bytes")
        memset(pointer + 8, 0xFF, size - 8)
    }
}

private func testInteriorPointers() {
    for (index, size) in [16, 40, 48, 1008, 1248, 3264, 10912, 16384, 20000, 1 << 20].enumerated() {
        // The second of its block, so that a mistake in the division shows.
        _ = make(size, Shapes.leaf)
        let pointer = make(size, Shapes.leaf), start = UInt(bitPattern: pointer)
        Roots.words[index] = Value(pointer)
        for inside in [0, 1, 8, size / 2, size - 1, Heap.cellSize(pointer) - 1] {
            expect(Heap.object(containing: start + UInt(inside)).map { UInt(bitPattern: $0) }, is: start, "\(inside) bytes into \(size)")
        }
        expect(Heap.object(containing: start + UInt(Heap.cellSize(pointer))).map { UInt(bitPattern: $0) } != start, "behind \(size) bytes")
    }
}

private var observed: [(UnsafeMutableRawPointer, Int)] = []

private func testObserver() {
    let sizes = [16, 16, 32, 100, 1008, 1009, 16384, 16385, 200_000]
    _ = make(16, Shapes.leaf)
    Heap.observe { observed.append(($0, $1)) }
    let made = sizes.map { make($0, Shapes.leaf) }
    Heap.observe(nil)
    _ = make(16, Shapes.leaf)
    expect(observed.map { $0.1 }, is: sizes, "sizes observed")
    expect(observed.map { $0.0 }, is: made, "objects observed")
    expect(Set(made).count, is: sizes.count, "different objects")
}

private func testFreeMemoryIsNoObject() {
    let last = UInt(bitPattern: make(64, Shapes.leaf))
    expect(Heap.object(containing: last + 64) == nil, "a cell that nobody has taken")
    expect(Heap.object(containing: taipan.heapBase) == nil, "the unused block")
    expect(Heap.object(containing: taipan.heapBase - 8) == nil && Heap.object(containing: taipan.heapEnd) == nil, "outside of the heap")
    expect(Heap.object(containing: taipan.heapEnd - 8) == nil, "memory never used")
    let large = UInt(bitPattern: make(100_000, Shapes.leaf))
    Collector.collect(major: true)
    expect(Heap.object(containing: large) == nil && Heap.object(containing: large + 50_000) == nil, "a dead large object")
    expect(Heap.object(containing: last) == nil, "a dead small object")
}
