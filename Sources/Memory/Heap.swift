import Glibc

/// The heap: one reserved address range cut into 32 KiB blocks.
///
/// A small object lives in a block of equal cells; there is a size class for every multiple of 16 bytes up to 1008, and above that a few that
/// divide a block with little waste, up to half a block. A larger object owns a run of whole blocks (pages that it does not
/// touch cost no memory). Objects never move, so an address is an identity, and native code may hold one on its stack.
///
/// Allocation bumps a cursor through a run of free cells; the run was cleared when it was found, so a new object is
/// all zero but for its header. When a run is used up, `allocateSlow` looks for the next one, block by block: this is
/// the sweep, done as late as possible. Which cells are marked is also noted in a bitmap beside the heap, so that the sweep need not fetch
/// dead cells from memory to see that they are dead. A block counts its marked cells, so that one in which nothing survived
/// is handed back without being looked at: the usual end of a block of young objects.
///
/// Invariant: no block is half swept while marking runs (`finishSweep`).

public let blockSize = 32768
let blockShift = 15
/// Largest size of an object of the classes that are multiples of 16, in bytes.
public let largestSmall = 16 * (Int(SMALL_CLASSES) - 1)

/// The classes beyond: cells of which an even number from 30 down to 12, or any from 10 down to 2, fill a block.
enum MediumClasses {
    static let largest = 16384

    /// Which of these classes, counted on from `SMALL_CLASSES`, holds `size` bytes, and the size of its cells.
    static func find(_ size: Int) -> (index: Int, cellSize: Int) {
        let cells: (UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16)
            = (1088, 1168, 1248, 1360, 1488, 1632, 1808, 2048, 2336, 2720, 3264, 3632, 4096, 4672, 5456, 6544, 8192, 10912, 16384)
        return withUnsafeBytes(of: cells) { bytes in
            var index = 0
            while Int(bytes.load(fromByteOffset: index * 2, as: UInt16.self)) < size { index += 1 }
            return (Int(SMALL_CLASSES) + index, Int(bytes.load(fromByteOffset: index * 2, as: UInt16.self)))
        }
    }
}

/// Number of size classes in all.
let classCount = Int(SIZE_CLASSES)

public enum Mark {
    public static let new: UInt8 = 0
    public static let old: UInt8 = 1
    public static let remembered: UInt8 = 2
}

/// `ObjectHeader.bits`
public enum HeaderBits {
    /// Somebody holds a weak reference to the object.
    public static let weaklyReferenced: UInt8 = 1
    /// The object is in the finalizer registry.
    public static let finalizable: UInt8 = 2
    /// Its finalizer has run.
    public static let finalized: UInt8 = 4
    /// The object is listed as one that got weak references since the last collection.
    static let youngReferent: UInt8 = 8
}

enum BlockKind {
    static let free: UInt8 = 0
    static let small: UInt8 = 1
    static let largeStart: UInt8 = 2
    static let largeTail: UInt8 = 3
}

/// What the heap knows of a block, beside it in a table.
struct BlockInfo {
    var kind: UInt8 = 0
    /// The block holds objects allocated since the last collection.
    var hasNew: Bool = false
    /// Small: the size class.
    var sizeClass: UInt8 = 0
    /// Small: on a sweep list, its dead cells are cleared already.
    var isSwept: Bool = false
    /// Small: bytes of a cell.
    var cellSize: UInt16 = 0
    /// Small: cells whose mark is not `new`.
    var live: UInt16 = 0
    /// Small: how many of them are part of `Heap.oldBytes`.
    var counted: UInt16 = 0
    /// Small: where the sweep stands, in bytes. Large start: blocks of the object. Large tail: distance to the start. Free: 1 when known to be zero.
    var detail: UInt32 = 0
    /// The next block of a sweep list; 0 ends it.
    var next: UInt32 = 0
    /// ceil(2^32 / cell size), to find a cell by multiplication.
    var reciprocal: UInt32 = 0
}

public enum Heap {
    static var blocks: UnsafeMutablePointer<BlockInfo>! = nil
    private static var range: Reservation! = nil
    private static var table: Reservation! = nil
    /// A bit for every 16 bytes of the heap, set where a marked object begins.
    static var marks: UnsafeMutablePointer<UInt64>! = nil
    private static var markRange: Reservation! = nil
    private static var blockLimit = 0
    /// Blocks below this may be used.
    private static var committedBlocks = 0
    /// Blocks that are kept back until memory has run out once, so that the error can be raised and handled: committed ones above `blockTop`, and free ones
    /// below when those have been used.
    private static let spareBlocks = 64
    private static var isShort = false
    /// Blocks below this were used at some time; those above are untouched and zero. Block 0 stays unused, so that 0 can end lists.
    static var blockTop = 1
    static var freeBlocks = 0
    /// How many of them still have memory: those that were not given back to the system.
    private(set) static var keptBlocks = 0
    /// A run of free blocks is given back at once when more than so many would be kept. Programs that use large buffers get theirs from these: clearing
    /// them takes a fraction of the time that new pages take. The more there is, the more will be allocated before the next major collection.
    static var mostKept = leastKept >> blockShift
    /// Bytes of free memory that a major collection leaves to the heap at least.
    static let leastKept = 32 << 20
    /// Heads of the lists of blocks still to be swept, by size class.
    static var sweepLists: UnsafeMutablePointer<UInt32>! = nil
    /// The block that each size class is now being swept through; 0 for none.
    static var current: UnsafeMutablePointer<UInt32>! = nil
    /// No run of so many free blocks was found the last time, and none has been freed since.
    static var hopelessRun = Int.max
    /// Lowest block that may be free.
    static var freeHint = 1
    /// The small blocks with objects allocated since the last collection.
    static var newBlocks: UnsafeMutablePointer<UInt32>! = nil
    static var newBlocksCount = 0
    static var newBlocksCapacity = 1 << 10

    /// Bytes handed out since the last collection.
    public internal(set) static var allocatedSinceCollection = 0
    /// Bytes in objects that survived a collection, about.
    public internal(set) static var oldBytes = 0
    /// Bytes of memory outside the heap that objects hold (buffers of native libraries).
    public static var externalBytes = 0
    /// Bytes outside the heap that living objects hold, of those that say so (`hold`), and the fewest of them since the last major collection.
    private static var heldBytes = 0
    private static var fewestHeld = 0

    /// A new object holds so many bytes outside the heap, until it gives them back by `release`. Small objects with much memory behind them would not fill the nursery, nor the old
    /// generation, before there was no memory left. Never collects: the object would be taken for an old one.
    public static func hold(_ bytes: Int) {
        heldBytes += bytes
        allocatedSinceCollection += min(bytes >> 4, nurserySize)
    }

    /// What was told to `hold` has been freed.
    public static func release(_ bytes: Int) {
        heldBytes -= bytes
        fewestHeld = min(fewestHeld, heldBytes)
    }

    /// Whether objects have come to hold so much more that a major collection is due. What finalizers free comes off after the one that has found their objects dead.
    static var holdsMuch: Bool { heldBytes - fewestHeld > max(leastMajorThreshold, fewestHeld >> 2, oldBytes >> 2) }

    static func noteMajorCollection() { fewestHeld = heldBytes }

    /// An object was made that holds so many bytes outside the heap until it is finalized. A part of them counts towards the next collection, so that
    /// many small objects with much memory behind them do not wait for the nursery to fill. May collect.
    @inline(never) public static func noteExternal(_ bytes: Int) {
        allocatedSinceCollection += min(bytes >> 4, nurserySize)
        // A block has room for hundreds of small objects before an allocation looks.
        Collector.collectIfDue(about: 0)
    }
    /// Bytes allocated between two minor collections while stacks are small. Measured: what fits the second-level cache several times over beats both a
    /// larger nursery, whose every line comes from memory, and a smaller one, which promotes too much.
    static var leastNurserySize = 4 << 20
    /// Bytes allocated between two minor collections.
    static var nurserySize = leastNurserySize
    /// Bytes that have survived before the first major collection, and that a small heap grows by between two. What dies old stays in memory that long.
    static let leastMajorThreshold = 28 << 20
    /// Bytes in large objects without references, as of the last major collection.
    static var bufferBytes = 0
    static var majorThreshold = leastMajorThreshold

    /// Reserves address space, as much as the system's limits allow. Called once, before anything else. False when there is none to be had.
    public static func start() -> Bool {
        var size = 1 << 38
        while !reserve(size) {
            Reservation.giveUpAll()
            size >>= 1
            if size < 1 << 26 { return false }
        }
        blocks = table.base.assumingMemoryBound(to: BlockInfo.self)
        marks = markRange.base.assumingMemoryBound(to: UInt64.self)
        sweepLists = .allocate(capacity: classCount)
        sweepLists.initialize(repeating: 0, count: classCount)
        current = .allocate(capacity: classCount)
        current.initialize(repeating: 0, count: classCount)
        newBlocks = malloc(newBlocksCapacity * MemoryLayout<UInt32>.stride)?.assumingMemoryBound(to: UInt32.self)
        taipan_guard_allocations()
        return newBlocks != nil && commit(blockTop)
    }

    /// Reserves a heap of `size` bytes and what stands beside it. False when there is no room for all of it and for what the process needs besides: the main thread's
    /// stack, compiled code, libraries, and tables that come from the C library.
    private static func reserve(_ size: Int) -> Bool {
        guard let reserved = Reservation(size: size, step: 1 << 22) else { return false }
        taipan.heapBase = (UInt(bitPattern: reserved.base) + UInt(blockSize) - 1) & ~UInt(blockSize - 1)
        taipan.heapEnd = (UInt(bitPattern: reserved.base) + UInt(size)) & ~UInt(blockSize - 1)
        blockLimit = Int(taipan.heapEnd - taipan.heapBase) >> blockShift
        range = reserved
        table = Reservation(size: blockLimit * MemoryLayout<BlockInfo>.stride, step: 1 << 16)
        markRange = Reservation(size: blockLimit * marksPerBlock * 8, step: 1 << 16)
        return table != nil && markRange != nil && ShapeTable.reserve(heapSize: size) && Collector.start(heapSize: size)
            && Reservation.leaves(max(size >> 2, min(size, 256 << 20) + 64 << 20))
    }

    /// How large a stack of registers the main thread can have in what `start` has left, if it is to be `wanted` bytes.
    public static func stackSize(_ wanted: Int) -> Int { min(wanted, range.size >> 2) }

    /// Makes the blocks below `top` usable, and the spare ones behind them. False when memory is exhausted.
    private static func commit(_ top: Int) -> Bool {
        let wanted = top + spareBlocks
        if wanted <= committedBlocks {
            isShort = false
            return true
        }
        let offset = Int(taipan.heapBase) - Int(bitPattern: range.base)
        guard wanted <= blockLimit, taipan_keep_reserve(reserveSize(blocks: wanted)), commitTables(wanted), range.commit(offset + wanted << blockShift) else {
            // The spare blocks are for small objects only.
            return isShort && top <= committedBlocks && top == blockTop + 1
        }
        let reached = (range.committed - offset) >> blockShift
        committedBlocks = commitTables(reached) ? reached : wanted
        return true
    }

    /// Makes what stands beside the first `count` blocks usable.
    private static func commitTables(_ count: Int) -> Bool {
        table.commit(count * MemoryLayout<BlockInfo>.stride) && markRange.commit(count * marksPerBlock * 8)
    }

    // MARK: When memory is short

    /// What is kept back for allocations outside the heap: most of them are tables that grow with it.
    private static func reserveSize(blocks: Int) -> Int { max(16 << 20, (blocks << blockShift) >> 3) & ~4095 }

    /// Whether `bytes` bytes can be had outside the heap, for buffers and numbers in the making. To be asked before what may be large is taken from Swift or a library,
    /// which end the process where there is nothing left.
    @inline(__always) public static func hasRoom(outside bytes: Int) -> Bool {
        bytes < 1 << 20 || bytes < 1 << 46 && taipan_has_room(bytes)
    }

    /// The reserve was needed. False when it cannot be restored, which is to be raised once; until then there is none.
    @inline(never) private static func recover() -> Bool {
        if Collector.suspended > 0 || Collector.running { return true }
        taipan_memory_was_noted()
        // A collection may itself need some of it.
        var size = reserveSize(blocks: committedBlocks)
        while size > 1 << 20, !taipan_keep_reserve(size) { size = size >> 1 & ~4095 }
        Collector.collect(major: true)
        return taipan_keep_reserve(reserveSize(blocks: committedBlocks))
    }

    // MARK: Allocation

    /// A zeroed object of `size` bytes, header included, with the shape set. Returns nil when memory is exhausted, which the caller
    /// turns into MemoryError. May collect.
    @inlinable @inline(__always) public static func allocate(_ size: Int, shape: ShapeIndex) -> UnsafeMutableRawPointer? {
        let sizeClass = (size + 15) >> 4
        if sizeClass < Int(SMALL_CLASSES) {
            let run = taipan_run(sizeClass)
            let cell = run.pointee.cursor
            let next = cell &+ UInt(sizeClass << 4)
            if next <= run.pointee.limit {
                run.pointee.cursor = next
                let pointer = UnsafeMutableRawPointer(bitPattern: cell).unsafelyUnwrapped
                pointer.storeBytes(of: UInt64(shape), as: UInt64.self)
                return pointer
            }
        }
        return allocateSlow(size, shape: shape)
    }

    @inline(never) @usableFromInline static func allocateSlow(_ size: Int, shape: ShapeIndex) -> UnsafeMutableRawPointer? { allocateSlow(size, shape: shape, clears: true) }

    @inline(__always) private static func allocateSlow(_ size: Int, shape: ShapeIndex, clears: Bool) -> UnsafeMutableRawPointer? {
        if taipan_memory_is_short(), !recover() {
            isShort = true
            return nil
        }
        var sizeClass = (size + 15) >> 4
        var cellSize = sizeClass << 4
        if sizeClass >= Int(SMALL_CLASSES) {
            if size > MediumClasses.largest { return allocateLarge(size, shape: shape, clears: clears) }
            (sizeClass, cellSize) = MediumClasses.find(size)
        }
        let run = heldRuns.map { $0 + sizeClass } ?? taipan_run(sizeClass)
        if run.pointee.cursor + UInt(cellSize) > run.pointee.limit {
            Collector.collectIfDue(about: size)
            guard nextRun(sizeClass, cellSize, clears: clears) || collectWhenExhausted() && nextRun(sizeClass, cellSize, clears: clears) else {
                isShort = true
                return nil
            }
            if heldRuns != nil {
                run.pointee = taipan_run(sizeClass).pointee
                taipan_run(sizeClass).pointee = FreeRun(cursor: 0, limit: 0)
            }
        }
        let pointer = UnsafeMutableRawPointer(bitPattern: run.pointee.cursor).unsafelyUnwrapped
        run.pointee.cursor += UInt(cellSize)
        pointer.storeBytes(of: UInt64(shape), as: UInt64.self)
        if let observer { observer(pointer, size) }
        return pointer
    }

    // MARK: Observing

    /// Is told of every new object and its size; it may not allocate objects. While there is one, the runs that objects are made in are held here, so that every allocation
    /// takes the slow path: otherwise it costs nothing.
    public private(set) static var observer: (@convention(c) (UnsafeMutableRawPointer, Int) -> Void)?
    private static var heldRuns: UnsafeMutablePointer<FreeRun>?

    public static func observe(_ new: (@convention(c) (UnsafeMutableRawPointer, Int) -> Void)?) {
        observer = new
        if new != nil, heldRuns == nil {
            let runs = UnsafeMutablePointer<FreeRun>.allocate(capacity: classCount)
            for sizeClass in 0 ..< classCount {
                runs[sizeClass] = taipan_run(sizeClass).pointee
                taipan_run(sizeClass).pointee = FreeRun(cursor: 0, limit: 0)
            }
            heldRuns = runs
        } else if new == nil, let runs = heldRuns {
            for sizeClass in 0 ..< classCount { taipan_run(sizeClass).pointee = runs[sizeClass] }
            runs.deallocate()
            heldRuns = nil
        }
    }

    /// No class has a run any more.
    static func dropRuns() {
        for sizeClass in 1 ..< classCount {
            taipan_run(sizeClass).pointee = FreeRun(cursor: 0, limit: 0)
            heldRuns?[sizeClass] = FreeRun(cursor: 0, limit: 0)
        }
    }

    /// An object whose words behind the header may hold anything if it is a large one: for those without values in them that are written from end to end.
    @inlinable @inline(__always) public static func allocateUncleared(_ size: Int, shape: ShapeIndex) -> UnsafeMutableRawPointer? {
        size > longestRun ? allocateAlone(size, shape: shape) : allocate(size, shape: shape)
    }

    /// One that no other shares a run of cells with.
    @inline(never) @usableFromInline static func allocateAlone(_ size: Int, shape: ShapeIndex) -> UnsafeMutableRawPointer? { allocateSlow(size, shape: shape, clears: false) }

    private static func allocateLarge(_ size: Int, shape: ShapeIndex, clears: Bool) -> UnsafeMutableRawPointer? {
        Collector.collectIfDue(about: size)
        if let pointer = takeLarge(size, shape: shape, clears: clears) { return pointer }
        if collectWhenExhausted(), let pointer = takeLarge(size, shape: shape, clears: clears) { return pointer }
        isShort = true
        return nil
    }

    /// Collects when an allocation has failed. False when that is not possible now.
    static func collectWhenExhausted() -> Bool {
        if Collector.suspended > 0 || Collector.running { return false }
        Collector.collect(major: true)
        return true
    }

    @inline(__always) static func address(ofBlock index: Int) -> UInt { taipan.heapBase + UInt(index << blockShift) }
    @inline(__always) static func pointer(toBlock index: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: address(ofBlock: index)).unsafelyUnwrapped }

    @inline(__always) static func info(of pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<BlockInfo> {
        blocks + Int(UInt(bitPattern: pointer) - taipan.heapBase) >> blockShift
    }

    /// Makes room for another entry of `newBlocks`. False when memory is exhausted.
    private static func reserveNote() -> Bool {
        if newBlocksCount < newBlocksCapacity { return true }
        guard let larger = realloc(newBlocks, newBlocksCapacity * 2 * MemoryLayout<UInt32>.stride) else { return false }
        newBlocks = larger.assumingMemoryBound(to: UInt32.self)
        newBlocksCapacity *= 2
        return true
    }

    private static func noteNew(_ index: Int) {
        if blocks[index].hasNew { return }
        blocks[index].hasNew = true
        newBlocks[newBlocksCount] = UInt32(index)
        newBlocksCount += 1
    }

    /// Words of `marks` that belong to a block.
    static let marksPerBlock = blockSize >> 10

    /// Whether an object is marked, by the bitmap.
    @inline(__always) static func isMarked(_ header: ObjectPointer) -> Bool {
        let offset = UInt(bitPattern: header) - taipan.heapBase
        return marks[Int(offset >> 10)] & 1 << UInt64(offset >> 4 & 63) != 0
    }

    /// Finds the next run of free cells for a size class. False when memory is exhausted.
    private static func nextRun(_ sizeClass: Int, _ cellSize: Int, clears: Bool) -> Bool {
        guard reserveNote() else { return false }
        while true {
            let index = Int(current[sizeClass])
            if index != 0 {
                let info = blocks + index
                let bits = marks + index * marksPerBlock
                // What divisions by the cell's size would give: this is the way to each new run.
                let reciprocal = Int(info.pointee.reciprocal), end = (blockSize * reciprocal) >> 32 * cellSize
                var offset = Int(info.pointee.detail)
                while offset < end && isMarked(bits, offset) { offset += cellSize }
                if offset < end {
                    let runStart = offset
                    // What is cleared is to be in the first-level cache still when objects are made there.
                    let limit = min(end, runStart + max((longestRun * reciprocal) >> 32, 1) * cellSize)
                    offset = min(limit, nextMarked(bits, offset, limit))
                    if clears { memset(pointer(toBlock: index) + runStart, 0, offset - runStart) }
                    info.pointee.detail = UInt32(offset)
                    noteNew(index)
                    allocatedSinceCollection += offset - runStart
                    let start = address(ofBlock: index)
                    taipan_run(sizeClass).pointee = FreeRun(cursor: start + UInt(runStart), limit: start + UInt(offset))
                    return true
                }
                info.pointee.detail = UInt32(end)
            }
            let next = sweepLists[sizeClass]
            if next != 0 {
                sweepLists[sizeClass] = blocks[Int(next)].next
                blocks[Int(next)].next = 0
                current[sizeClass] = next
                continue
            }
            // A fresh block is like one in which nothing is marked: what was in it before is cleared run by run.
            guard let fresh = takeBlocks(1, clears: false) else { return false }
            blocks[fresh] = BlockInfo(kind: BlockKind.small, sizeClass: UInt8(sizeClass), cellSize: UInt16(cellSize),
                                      reciprocal: UInt32((UInt64(1) << 32 + UInt64(cellSize) - 1) / UInt64(cellSize)))
            current[sizeClass] = UInt32(fresh)
        }
    }

    /// Bytes, the most that are cleared at a time. The C library clears less than 2048 with ordinary stores, a third faster than what it does beyond.
    @usableFromInline static let longestRun = 2032

    /// Whether a marked object begins at an offset into the block whose bits these are.
    @inline(__always) static func isMarked(_ bits: UnsafeMutablePointer<UInt64>, _ offset: Int) -> Bool { bits[offset >> 10] & 1 << UInt64(offset >> 4 & 63) != 0 }

    /// The offset of the first marked object at or behind an offset; no less than the limit when there is none before that.
    @inline(__always) private static func nextMarked(_ bits: UnsafeMutablePointer<UInt64>, _ offset: Int, _ limit: Int) -> Int {
        var word = offset >> 10
        var found = bits[word] & (~0 << UInt64(offset >> 4 & 63))
        while found == 0 {
            word += 1
            if word << 10 >= limit { return limit }
            found = bits[word]
        }
        return word << 10 + found.trailingZeroBitCount << 4
    }

    /// Notes in the bitmap that an object is marked.
    @inline(__always) static func noteMark(_ header: ObjectPointer) {
        let offset = UInt(bitPattern: header) - taipan.heapBase
        marks[Int(offset >> 10)] |= 1 << UInt64(offset >> 4 & 63)
    }

    /// Index of the first of `count` contiguous free blocks, which are now taken, and zero if `clears`. nil when memory is exhausted.
    static func takeBlocks(_ count: Int, clears: Bool = true) -> Int? {
        let missing = max(spareBlocks - (committedBlocks - blockTop), 0)
        if freeBlocks >= count + (isShort && count == 1 ? 0 : missing) && count < hopelessRun {
            var index = freeHint
            while index < blockTop && blocks[index].kind != BlockKind.free { index += 1 }
            freeHint = index
            var run = 0
            while index < blockTop {
                run = blocks[index].kind == BlockKind.free ? run + 1 : 0
                index += 1
                if run == count {
                    let start = index - count
                    freeBlocks -= count
                    if freeBlocks >= missing { isShort = false }
                    if start == freeHint { freeHint = index }
                    for index in start ..< start + count where blocks[index].detail == 0 {
                        keptBlocks -= 1
                        // Those given back to the system are zero already.
                        if clears { memset(pointer(toBlock: index), 0, blockSize) }
                    }
                    return start
                }
            }
            hopelessRun = count
        }
        guard commit(blockTop + count) else { return nil }
        let start = blockTop
        blockTop += count
        return start
    }

    static func releaseBlocks(_ start: Int, _ count: Int) {
        for index in start ..< start + count { blocks[index] = BlockInfo() }
        freeBlocks += count
        keptBlocks += count
        freeHint = min(freeHint, start)
        hopelessRun = Int.max
        if count >= 4 && keptBlocks > mostKept { giveBack(start, count) }
    }

    static func giveBack(_ start: Int, _ count: Int) {
        madvise(UnsafeMutableRawPointer(bitPattern: address(ofBlock: start)), count << blockShift, MADV_DONTNEED)
        for index in start ..< start + count { blocks[index].detail = 1 }
        keptBlocks -= count
    }

    private static func takeLarge(_ size: Int, shape: ShapeIndex, clears: Bool) -> UnsafeMutableRawPointer? {
        guard size > 0, size < 1 << 46, (size >> blockShift) + 1 < blockLimit else { return nil }
        let count = (size + blockSize - 1) >> blockShift
        if count << blockShift > 1 << 30, !systemHasMemory(count << blockShift) { return nil }
        guard let start = takeBlocks(count, clears: clears) else { return nil }
        blocks[start] = BlockInfo(kind: BlockKind.largeStart, hasNew: true, detail: UInt32(count))
        if count > 1 {
            for index in start + 1 ..< start + count {
                blocks[index] = BlockInfo(kind: BlockKind.largeTail, detail: UInt32(index - start))
            }
        }
        newLarge.append(UInt32(start))
        allocatedSinceCollection += size
        let pointer = UnsafeMutableRawPointer(bitPattern: address(ofBlock: start)).unsafelyUnwrapped
        pointer.storeBytes(of: UInt64(shape), as: UInt64.self)
        if let observer { observer(pointer, size) }
        return pointer
    }

    /// Makes an object longer where it lies, in bytes. The words that it gains hold anything. False when it is not one that has blocks of its own, and when something lies behind it.
    public static func extend(_ object: UnsafeMutableRawPointer, to size: Int) -> Bool {
        let start = Int(UInt(bitPattern: object) - taipan.heapBase) >> blockShift
        guard blocks[start].kind == BlockKind.largeStart, observer == nil, size < 1 << 30 else { return false }
        let count = Int(blocks[start].detail), wanted = (size + blockSize - 1) >> blockShift
        if wanted <= count { return true }
        guard start + wanted < blockLimit, !taipan_memory_is_short() else { return false }
        let end = start + count, free = min(start + wanted, blockTop)
        for index in min(end, free) ..< free where blocks[index].kind != BlockKind.free { return false }
        if start + wanted > blockTop {
            guard commit(start + wanted) else { return false }
            blockTop = start + wanted
        }
        for index in min(end, free) ..< free where blocks[index].detail == 0 { keptBlocks -= 1 }
        freeBlocks -= max(0, free - end)
        for index in end ..< start + wanted { blocks[index] = BlockInfo(kind: BlockKind.largeTail, detail: UInt32(index - start)) }
        blocks[start].detail = UInt32(wanted)
        allocatedSinceCollection += (wanted - count) << blockShift
        return true
    }

    /// Large objects, young ones apart.
    static var newLarge: [UInt32] = []
    static var oldLarge: [UInt32] = []

    /// Whether a single huge object can be had at all; overcommit would otherwise let it fail on first touch.
    private static func systemHasMemory(_ size: Int) -> Bool {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let page = sysconf(Int32(_SC_PAGESIZE))
        guard pages > 0, page > 0 else { return true }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit) == 0, limit.rlim_cur != rlim_t.max, size > Int(clamping: limit.rlim_cur) { return false }
        return size < pages * page
    }

    // MARK: Looking objects up

    /// The object that a word points into, or nil: for the conservative scan and for checking foreign handles.
    static func object(containing word: UInt) -> ObjectPointer? {
        guard word >= taipan.heapBase, word < taipan.heapEnd else { return nil }
        let offset = Int(word - taipan.heapBase)
        let index = offset >> blockShift
        guard index < blockTop else { return nil }
        let info = blocks + index
        switch info.pointee.kind {
        case BlockKind.small:
            let cellSize = Int(info.pointee.cellSize)
            let inside = offset & (blockSize - 1)
            var cell = Int((UInt64(inside) * UInt64(info.pointee.reciprocal)) >> 32)
            if cell * cellSize > inside { cell -= 1 }
            guard (cell + 1) * cellSize <= blockSize else { return nil }
            // Where the sweep has not come to there are remains of objects, unless a collection has cleared them.
            if !Collector.running, cell * cellSize >= Int(info.pointee.detail), !isMarked(marks + index * marksPerBlock, cell * cellSize) { return nil }
            let pointer = UnsafeMutableRawPointer(bitPattern: address(ofBlock: index) + UInt(cell * cellSize)).unsafelyUnwrapped
                .assumingMemoryBound(to: ObjectHeader.self)
            return pointer.pointee.shape == 0 ? nil : pointer
        case BlockKind.largeStart, BlockKind.largeTail:
            let start = info.pointee.kind == BlockKind.largeStart ? index : index - Int(info.pointee.detail)
            return UnsafeMutableRawPointer(bitPattern: address(ofBlock: start)).unsafelyUnwrapped.assumingMemoryBound(to: ObjectHeader.self)
        default:
            return nil
        }
    }

    /// Bytes of the cell or blocks that hold an object.
    public static func cellSize(_ pointer: UnsafeMutableRawPointer) -> Int {
        let info = info(of: pointer)
        return info.pointee.kind == BlockKind.small ? Int(info.pointee.cellSize) : Int(info.pointee.detail) << blockShift
    }

    // MARK: Write barrier

    /// To be called after a value was stored into `owner`.
    @inlinable @inline(__always) public static func barrier(_ owner: UnsafeMutableRawPointer) {
        let header = owner.assumingMemoryBound(to: ObjectHeader.self)
        if header.pointee.mark == Mark.old { Collector.remember(header) }
    }
}
