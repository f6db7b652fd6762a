/// What the tests share: expectations, shapes, roots and objects in terms of words.

import Glibc

typealias Test = (name: String, body: () -> Void)

var failures = 0

/// Notes a failure when `condition` is false.
func expect(_ condition: Bool, _ text: @autoclosure () -> String, line: Int = #line, file: String = #fileID) {
    if condition { return }
    failures += 1
    if failures <= 10 { print("\(file):\(line): \(text())") }
}

func expect<T: Equatable>(_ found: T, is wanted: T, _ text: @autoclosure () -> String, line: Int = #line, file: String = #fileID) {
    expect(found == wanted, "\(text()): \(found), not \(wanted)", line: line, file: file)
}

/// The values that keep objects alive; a registered root of the collector.
enum Roots {
    static let words = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
    static let capacity = 1 << 16

    static func start() {
        words.initialize(repeating: .empty, count: capacity)
        Collector.addRoots { Collector.mark(Roots.words, count: Roots.capacity) }
    }

    static func clear() { words.update(repeating: .empty, count: capacity) }
}

/// Shapes of every kind of tracing. Word 0 is the header; a number that tells the object is in word 1 where it is not traced.
enum Shapes {
    static var leaf: ShapeIndex = 0
    /// Words 2 and 3 are values; what is beyond is not.
    static var pair: ShapeIndex = 0
    /// Words from 2 to the end of the cell.
    static var tail: ShapeIndex = 0
    /// As many words from 2 as word 1 says.
    static var counted: ShapeIndex = 0
    /// Word 2 by mask; word 3, inverted, by a function.
    static var custom: ShapeIndex = 0
    /// Words from 4 to the end, word 2 by mask and word 3, inverted, by a function.
    static var customTail: ShapeIndex = 0
    /// A weak cell: the callback is a value, the target is none.
    static var weak: ShapeIndex = 0

    static func start() {
        let visit: @convention(c) (UnsafeMutableRawPointer) -> Void = { object in
            let hidden = object.load(fromByteOffset: 24, as: UInt64.self)
            if hidden != 0 { Collector.mark(Value(bits: ~hidden)) }
        }
        leaf = add(.leaf, mask: 0, tail: 0)
        pair = add(.mask, mask: 0b1100, tail: 0)
        tail = add(.tail, mask: 0, tail: 16)
        counted = add(.counted, mask: 0, tail: 16)
        custom = add(.custom, mask: 0b100, tail: 0, visit)
        customTail = add(.customTail, mask: 0b100, tail: 32, visit)
        weak = add(.mask, mask: 0b100, tail: 0)
    }

    static func add(_ trace: TraceKind, mask: UInt64, tail: Int, type: Value = .empty, _ visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)? = nil) -> ShapeIndex {
        guard let index = ShapeTable.add(type: type, trace: trace, mask: mask, tailOffset: tail, visit: visit) else {
            print("no room for a shape")
            exit(2)
        }
        return index
    }
}

/// A new object of so many bytes; the test ends when there is no memory.
func make(_ size: Int, _ shape: ShapeIndex) -> UnsafeMutableRawPointer {
    guard let pointer = Heap.allocate(size, shape: shape) else {
        print("no memory for", size, "bytes")
        exit(1)
    }
    return pointer
}

/// A new object of four words with a number in word 1.
func makePair(_ number: Int = 0, _ first: Value = .empty, _ second: Value = .empty) -> Value {
    let object = Value(make(32, Shapes.pair))
    words(object)[1] = UInt64(number)
    words(object)[2] = first.bits
    words(object)[3] = second.bits
    return object
}

func words(_ object: Value) -> UnsafeMutablePointer<UInt64> { object.raw.assumingMemoryBound(to: UInt64.self) }

/// Whether an object begins at the address of one that may have died.
func isAlive(_ object: Value) -> Bool { Heap.object(containing: UInt(object.bits)).map { UInt(bitPattern: $0) == UInt(object.bits) } ?? false }

func countObjects() -> Int {
    var count = 0
    Collector.forEachObject { _ in count += 1 }
    return count
}

/// A thread for the collector, without stacks; `withStack` gives it that of the caller.
func makeThread() -> ThreadRef {
    let thread = ThreadRef.allocate(capacity: 1)
    memset(thread, 0, MemoryLayout<ThreadState>.size)
    ThreadRegistry.add(thread)
    return thread
}

/// Runs `body` on a thread whose native stack is scanned.
func withStack(_ body: (ThreadRef) -> Void) {
    let thread = makeThread()
    var low: UInt = 0, high: UInt = 0
    expect(taipan_native_stack(&low, &high), "the system does not tell the stack's bounds")
    thread.pointee.nativeStackBase = high
    ThreadRegistry.current = thread
    body(thread)
}

/// Numbers that look random, the same ones each time.
struct Random {
    var state: UInt64
    mutating func below(_ limit: Int) -> Int {
        state = state &* 6364136223846793005 &+ 1442695040888963407
        return Int((state >> 33) % UInt64(limit))
    }
}
