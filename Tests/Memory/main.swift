// Tests of the heap and the collector by themselves: no types, no interpreter, objects of a few made-up shapes. Each test says what it has seen; the last line is the summary.
import CSupport
import Glibc

nonisolated(unsafe) var passed = 0, failed = 0

func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) {
    if condition { passed += 1 } else {
        failed += 1
        print("line \(line): \(what())")
    }
}

// MARK: Shapes and roots

/// Two values behind the header.
struct Pair {
    var header: ObjectHeader
    var first: Value
    var second: Value
}

/// A count, then as many values.
struct Row {
    var header: ObjectHeader
    var count: Int
}

nonisolated(unsafe) var roots: [Value] = []
nonisolated(unsafe) var visits = 0

guard Heap.start() else { fatalError("no address space") }
let leafShape = ShapeTable.add(type: .empty, trace: .leaf, mask: 0, tailOffset: 0)!
let pairShape = ShapeTable.add(type: .empty, trace: .mask, mask: 0b110, tailOffset: 0)!
let rowShape = ShapeTable.add(type: .empty, trace: .counted, mask: 0, tailOffset: 16)!
let tailShape = ShapeTable.add(type: .empty, trace: .tail, mask: 0, tailOffset: 8)!
let customShape = ShapeTable.add(type: .empty, trace: .custom, mask: 0b10, tailOffset: 0) { object in
    visits += 1
    Collector.mark(object.assumingMemoryBound(to: Pair.self).pointee.second)
}!
// The target is the word that is not traced.
let weakShape = ShapeTable.add(type: .empty, trace: .mask, mask: 0b100, tailOffset: 0)!
let thread = ThreadRef.allocate(capacity: 1)
memset(thread, 0, MemoryLayout<ThreadState>.size)
var low: UInt = 0
guard taipan_native_stack(&low, &thread.pointee.nativeStackBase) else { fatalError("no stack") }
ThreadRegistry.add(thread)
ThreadRegistry.current = thread
Collector.addRoots { for value in roots { Collector.mark(value) } }

func new(_ size: Int, _ shape: ShapeIndex) -> Value { Value(Heap.allocate(size, shape: shape)!) }
func pair(_ first: Value = .none, _ second: Value = .none) -> Value {
    let made = new(24, pairShape)
    made.object(Pair.self).pointee.first = first
    made.object(Pair.self).pointee.second = second
    return made
}
func row(_ count: Int) -> Value {
    let made = new(16 + count * 8, rowShape)
    made.object(Row.self).pointee.count = count
    return made
}
func items(_ row: Value) -> UnsafeMutablePointer<Value> { (row.raw + 16).assumingMemoryBound(to: Value.self) }
func weak(_ target: Value, callback: Value = .empty) -> Value {
    let made = new(24, weakShape)
    made.object(WeakCell.self).pointee.target = target
    made.object(WeakCell.self).pointee.callback = callback
    guard WeakTable.register(made.object(WeakCell.self)) else { fatalError("no memory for a weak cell") }
    return made
}
func isCleared(_ cell: Value) -> Bool { cell.object(WeakCell.self).pointee.target.isEmpty }
/// Calls in a frame of its own, so that the caller's has no trace of what the body has made.
@inline(never) func apart(_ body: () -> Void) { body() }
func collect(major: Bool) {
    Collector.wipeStack()
    Collector.collect(major: major)
}
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var size = 0, resident = 0
    return withUnsafeMutablePointer(to: &size) { a in withUnsafeMutablePointer(to: &resident) { b in
        withVaList([a, b]) { vfscanf(file, "%ld %ld", $0) } == 2 ? b.pointee * 4096 : 0
    } }
}

// MARK: Words

func testWords() {
    for number in [0, 1, -1, 255, -256, Int(Int32.max), (1 << 62) - 1, -(1 << 62)] {
        expect(Value.fitsSmall(number) && Value(small: number).smallInt == number && Value(small: number).isSmallInt && !Value(small: number).isHeap, "small int \(number)")
    }
    expect(!Value.fitsSmall(1 << 62) && !Value.fitsSmall(-(1 << 62) - 1), "what does not fit is small")
    var inline = 0
    for exponent in 0 ..< 2048 {
        for sign in [0.0, 1.0] {
            for fraction: UInt64 in [0, 1, 1 << 51, (1 << 52) - 1] {
                let number = Double(bitPattern: (sign == 0 ? 0 : 1 << 63) | UInt64(exponent) << 52 | fraction)
                let word = Value.encodeFloat(number)
                if word.isEmpty { continue }
                if word.isInlineFloat {
                    inline += 1
                    if word.inlineFloat.bitPattern != number.bitPattern || word.isSmallInt || word.isHeap || word.isImmediate { expect(false, "float \(number)") }
                } else if number != 0 || word != (number.sign == .minus ? .negativeZero : .positiveZero) { expect(false, "float \(number) is \(word.bits)") }
            }
        }
    }
    // Exponents from -255 to 256, both signs, four fractions.
    expect(inline == 512 * 2 * 4, "\(inline) floats need no object")
    for number in [1.0, -1.5, 3.14159, 1e70, -1e-70] { expect(Value.encodeFloat(number).isInlineFloat, "float \(number) needs an object") }
    for number in [Double.infinity, .nan, 5e-324, 1e300] { expect(Value.encodeFloat(number).isEmpty, "float \(number) needs no object") }
    let immediates: [Value] = [.none, .true, .false, .notImplemented, .ellipsis]
    for (index, value) in immediates.enumerated() {
        expect(value.isImmediate && !value.isHeap && !value.isSmallInt && !value.isInlineFloat && immediates.firstIndex { $0 == value } == index, "immediate \(index)")
    }
}

// MARK: Allocation

func testSizes() {
    var made: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
    var size = 8
    while size < 300_000 {
        for _ in 0 ..< 3 {
            let pointer = Heap.allocate(size, shape: leafShape)!
            roots.append(Value(pointer))
            let words = (pointer + 8).assumingMemoryBound(to: UInt8.self)
            expect(UInt(bitPattern: pointer) % 16 == 0 && Value(pointer).shapeIndex == leafShape && Heap.cellSize(pointer) >= size
                && !(0 ..< size - 8).contains { words[$0] != 0 }, "an object of \(size) bytes")
            memset(words, Int32(made.count & 0xFF), size - 8)
            made.append((pointer, size))
        }
        size += size < 1300 ? 8 : size / 3
    }
    collect(major: true)
    for (number, (pointer, size)) in made.enumerated() {
        let words = (pointer + 8).assumingMemoryBound(to: UInt8.self)
        expect(!(0 ..< size - 8).contains { words[$0] != UInt8(truncatingIfNeeded: number) }, "the contents of object \(number), of \(size) bytes")
    }
    roots = []
}

// MARK: Collections

func testReachability() {
    for major in [false, true] {
        let table = row(1000), cells = row(2000)
        roots = [table, cells]
        apart {
            for index in 0 ..< 1000 {
                let kept = pair(Value(small: index), pair(Value(small: -index))), dropped = pair(Value(small: index))
                items(roots[0])[index] = kept
                Heap.barrier(roots[0].raw)
                items(roots[1])[index * 2] = weak(kept)
                items(roots[1])[index * 2 + 1] = weak(dropped)
                Heap.barrier(roots[1].raw)
            }
        }
        collect(major: major)
        var dead = 0
        for index in 0 ..< 1000 {
            let kept = items(table)[index].object(Pair.self).pointee
            expect(!isCleared(items(cells)[index * 2]) && kept.first == Value(small: index) && kept.second.object(Pair.self).pointee.first == Value(small: -index), "object \(index) is gone")
            if isCleared(items(cells)[index * 2 + 1]) { dead += 1 }
        }
        // Some words may lie about on the native stack.
        expect(dead >= 990, "only \(dead) of 1000 objects died in a \(major ? "major" : "minor") collection")
    }
    roots = []
}

func testNativeStack() {
    @inline(never) func check(_ object: Value) {
        roots = [weak(object)]
        for major in [false, true] {
            Collector.wipeStack()
            Collector.collect(major: major)
            expect(!isCleared(roots[0]), "an object that only the stack holds has died")
        }
        expect(object.object(Pair.self).pointee.first == Value(small: 77), "its contents")
    }
    check(pair(Value(small: 77)))
    roots = []
}

func testWriteBarrier() {
    roots = [pair(), .empty]
    collect(major: false)
    expect(roots[0].header.pointee.mark == Mark.old, "a survivor is not old")
    apart {
        let young = pair(Value(small: 5))
        roots[0].object(Pair.self).pointee.second = young
        Heap.barrier(roots[0].raw)
        roots[1] = weak(young)
    }
    expect(roots[0].header.pointee.mark == Mark.remembered, "the barrier does not remember")
    collect(major: false)
    expect(!isCleared(roots[1]) && roots[0].object(Pair.self).pointee.second.object(Pair.self).pointee.first == Value(small: 5), "what an old object refers to has died")
    roots[0].object(Pair.self).pointee.second = .none
    collect(major: false)
    expect(!isCleared(roots[1]), "a minor collection frees what is old")
    collect(major: true)
    expect(isCleared(roots[1]), "a major collection does not free what is old")
    roots = []
}

func testTraceKinds() {
    roots = [new(8 + 5 * 8, tailShape), new(24, customShape), row(3), row(12)]
    apart {
        let made = (0 ..< 10).map { _ in pair(.none) }
        for index in 0 ..< 10 { items(roots[3])[index] = weak(made[index]) }
        for index in 0 ..< 5 { (roots[0].raw + 8).assumingMemoryBound(to: Value.self)[index] = made[index] }
        roots[1].object(Pair.self).pointee.first = made[5]
        roots[1].object(Pair.self).pointee.second = made[6]
        for index in 0 ..< 3 { items(roots[2])[index] = made[7 + index] }
    }
    visits = 0
    collect(major: true)
    expect(visits == 1, "the custom visitor ran \(visits) times")
    for index in 0 ..< 10 { expect(!isCleared(items(roots[3])[index]), "object \(index), which some kind of object refers to, has died") }
    roots.removeFirst(3)
    collect(major: true)
    let dead = (0 ..< 10).filter { isCleared(items(roots[0])[$0]) }.count
    expect(dead >= 8, "\(dead) of 10 objects have died with what referred to them")
    roots = []
}

func testCyclesAndDepth() {
    roots = [.empty, row(1)]
    apart {
        let a = pair(), b = pair(a)
        a.object(Pair.self).pointee.first = b
        items(roots[1])[0] = weak(a)
        // A list of a million, which no recursion could mark.
        for index in 0 ..< 1_000_000 { roots[0] = pair(Value(small: index), roots[0]) }
    }
    collect(major: true)
    expect(isCleared(items(roots[1])[0]), "a cycle lives for ever")
    var length = 0, next = roots[0]
    while !next.isEmpty {
        length += 1
        next = next.object(Pair.self).pointee.second
    }
    expect(length == 1_000_000, "\(length) of a million are left")
    roots = []
    collect(major: true)
}

func testStressMode() {
    Collector.stressInterval = 1
    let before = Collector.majorCount
    roots = [.empty]
    apart { for index in 0 ..< 20_000 { roots[0] = pair(Value(small: index), index % 100 == 0 ? .empty : roots[0]) } }
    expect(Collector.majorCount - before > 50, "\(Collector.majorCount - before) collections under stress")
    Collector.stressInterval = 0
    var length = 0, next = roots[0]
    while !next.isEmpty {
        length += 1
        next = next.object(Pair.self).pointee.second
    }
    expect(length == 100, "a list of \(length)")
    roots = []
}

// MARK: Weak references and finalizers

func testWeakCallbacks() {
    WeakTable.callbacks.truncate(0)
    roots = [row(3)]
    apart {
        let target = pair()
        items(roots[0])[0] = weak(target)
        items(roots[0])[1] = weak(target, callback: Value(small: 1))
        items(roots[0])[2] = weak(target, callback: Value(small: 2))
        expect(WeakTable.cells(of: target) == (0 ..< 3).map { UInt(items(roots[0])[$0].bits) }, "the cells of an object")
    }
    collect(major: false)
    expect((0 ..< 3).allSatisfy { isCleared(items(roots[0])[$0]) }, "weak references to what has died")
    expect(WeakTable.callbacks.count == 2, "\(WeakTable.callbacks.count) callbacks are queued")
    expect(taipan_breaker_load(thread) & Collector.breakerBit != 0, "no safepoint was asked for")
    taipan_breaker_clear(thread, Collector.breakerBit)
    WeakTable.callbacks.truncate(0)
    roots = []
}

func testFinalizers() {
    roots = [.empty]
    apart {
        let object = pair(pair(Value(small: 9)))
        Collector.registerFinalizable(object.raw)
        Collector.registerFinalizable(object.raw)
        roots[0] = weak(object)
    }
    collect(major: false)
    expect(Collector.finalizerQueue.count == 1, "\(Collector.finalizerQueue.count) finalizers are queued")
    expect(isCleared(roots[0]), "a weak reference to what waits for its finalizer")
    if Collector.finalizerQueue.count == 1 {
        let object = Value(bits: UInt64(Collector.finalizerQueue[0]))
        collect(major: true)
        expect(object.object(Pair.self).pointee.first.object(Pair.self).pointee.first == Value(small: 9), "what a finalizer needs has died")
    }
    Collector.finalizerQueue.truncate(0)
    collect(major: true)
    expect(Collector.finalizerQueue.isEmpty, "a finalizer is queued twice")
    roots = []
}

// MARK: Memory

func testMemoryIsGivenBack() {
    collect(major: true)
    let before = residentBytes()
    for _ in 0 ..< 400 { apart { memset(new(4 << 20, leafShape).raw + 8, 1, (4 << 20) - 8) } }
    collect(major: true)
    expect(residentBytes() - before < 150 << 20, "1600 MB of large objects, one at a time, have left \((residentBytes() - before) >> 20) MB")
    roots = [row(3_000_000)]
    apart { for index in 0 ..< 3_000_000 { items(roots[0])[index] = pair(); Heap.barrier(roots[0].raw) } }
    let full = residentBytes() - before
    roots = []
    collect(major: true)
    collect(major: true)
    expect(full > 60 << 20 && residentBytes() - before < 40 << 20, "of \(full >> 20) MB of small objects \((residentBytes() - before) >> 20) are kept")
}

func testExhaustion() {
    collect(major: true)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &old)
    for size in [24, 5000, 1 << 20] {
        var limit = rlimit(rlim_cur: 700 << 20, rlim_max: old.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        var made = 0
        roots = [.empty]
        apart {
            while made < 100_000_000, let raw = Heap.allocate(max(size, 24), shape: pairShape) {
                raw.assumingMemoryBound(to: Pair.self).pointee.second = roots[0]
                roots[0] = Value(raw)
                made += 1
            }
        }
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &old)
        // Between two rounds, without a limit, the heap may have taken a quarter more.
        expect(made * size > 100 << 20 && made * size < 1 << 30, "\(made) objects of \(size) bytes were made below a limit of 700 MB")
        var length = 0, next = roots[0]
        while !next.isEmpty {
            length += 1
            next = next.object(Pair.self).pointee.second
        }
        expect(length == made, "\(length) of \(made) are left")
        roots = []
        expect(Heap.allocate(size, shape: leafShape) != nil, "nothing can be made after all was dropped")
    }
    expect(!Heap.hasRoom(outside: 1 << 50) && Heap.hasRoom(outside: 1000), "room outside the heap")
    expect(Heap.allocate(1 << 50, shape: leafShape) == nil, "an object of a million gigabytes")
}

for test in [testWords, testSizes, testReachability, testNativeStack, testWriteBarrier, testTraceKinds, testCyclesAndDepth, testStressMode, testWeakCallbacks, testFinalizers,
             testMemoryIsGivenBack, testExhaustion] { test() }
print("\(passed) passed, \(failed) failed")
