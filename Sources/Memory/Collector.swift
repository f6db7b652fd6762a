import Glibc

/// The collector: mark and sweep, generational by sticky mark bits, non-moving.
///
/// A minor collection keeps the marks of the last one: what is marked is old and is not traced again, except for the old objects
/// that were stored into since (`remembered`, filled by the write barrier). A major collection clears all marks first. Roots
/// are the native stacks (without the frames of dispatch loops, see `taipan_enter_loop`) and register stacks, scanned conservatively, and the registered root tables.
///
/// After marking, in this order: weak references to dead objects are cleared and their callbacks queued; dead objects with a
/// finalizer are kept alive once more and queued (PEP 442); then the dead are dead, and what they own outside the heap is released (`Owners`).
/// The queue is drained by `Interpreter` at a safepoint, never inside an allocation.
public enum Collector {
    // MARK: State

    static var stack: UnsafeMutablePointer<ObjectPointer>! = nil
    static var stackCount = 0
    static var stackCapacity = 0
    private static var stackRange: Reservation! = nil
    /// An object was marked and not pushed, for lack of memory: what it refers to is found by a walk through the heap.
    private static var hasOverflowed = false
    /// The remembered set could not grow: the next collection has to be a major one, which needs none.
    private static var hasForgotten = false
    static var rememberedSet: UnsafeMutablePointer<ObjectPointer>! = nil
    static var rememberedCount = 0
    static var rememberedCapacity = 1 << 10
    /// Called when marking starts, to mark roots that rooms above own.
    static var rootVisitors: [@convention(c) () -> Void] = []
    /// Called after marking with whether it was major, to drop what died from side tables.
    static var deathVisitors: [@convention(c) (Bool) -> Void] = []
    static var running = false
    /// Whether the collection in progress is a major one.
    public private(set) static var isMajor = false
    /// Collections are put off while above zero (during start-up, or while a side table is inconsistent).
    public static var suspended = 0
    /// With `TAIPAN_GC=stress`: collect at every n-th slow allocation.
    public static var stressInterval = 0
    static var stressCount = 0
    /// Cleared by `gc.disable`. What dies by the reference count in CPython has to be found by a collection all the same: it then goes on, but keeps what
    /// a program could notice the death of.
    public static var automatic = true
    /// Whether the collection in progress does so.
    private static var keepsObserved = false
    /// How much may have survived such collections before one finds everything.
    private static let mostKept = 1 << 30
    /// `Heap.oldBytes` after the last major collection that was complete.
    private static var completeBytes = 0

    public private(set) static var minorCount = 0
    public private(set) static var majorCount = 0
    public private(set) static var longestPause = 0.0
    /// How much of native and register stacks the collection in progress has scanned.
    private static var scannedBytes: UInt = 0

    /// Finalizable objects, by age.
    private static var finalizable = AddressList()
    /// The first of those since the last collection.
    private static var youngFinalizable = 0
    /// Objects whose finalizer waits to be run; roots. There is always room in it for all of `finalizable`.
    public static var finalizerQueue = AddressList()
    /// Set when `finalizerQueue` or the callbacks of `WeakTable` have something; the breaker bit tells the interpreter.
    public static let breakerBit: UInt32 = 1

    /// False when there is no memory for the mark stack.
    static func start(heapSize: Int) -> Bool {
        stackRange = Reservation(size: heapSize >> 2, step: 1 << 15)
        guard stackRange != nil, stackRange.commit(1 << 15) else { return false }
        stack = stackRange.base.assumingMemoryBound(to: ObjectPointer.self)
        stackCapacity = stackRange.committed >> 3
        rememberedSet = rememberedSet ?? malloc(rememberedCapacity * MemoryLayout<ObjectPointer>.stride)?.assumingMemoryBound(to: ObjectPointer.self)
        // Objects with a finalizer and weak references are larger than this on average, with what belongs to them.
        return rememberedSet != nil && finalizable.start(size: heapSize >> 4) && finalizerQueue.start(size: heapSize >> 4) && WeakTable.start(heapSize: heapSize)
            && Owners.start(heapSize: heapSize)
    }

    /// Adds a function that marks roots by calling `mark`.
    public static func addRoots(_ visitor: @escaping @convention(c) () -> Void) { rootVisitors.append(visitor) }
    /// Adds a function called after marking, before sweeping: `isMarked` tells who lives.
    public static func addDeathVisitor(_ visitor: @escaping @convention(c) (Bool) -> Void) { deathVisitors.append(visitor) }

    // MARK: When

    @inline(__always) static func collectIfDue(about size: Int) {
        if suspended > 0 || running { return }
        if stressInterval > 0 {
            stressCount += 1
            if stressCount >= stressInterval {
                stressCount = 0
                collect(major: stressInterval == 1 || minorCount & 3 == 3)
            }
            return
        }
        if Heap.allocatedSinceCollection + size < Heap.nurserySize { return }
        keepsObserved = !automatic && Heap.oldBytes < completeBytes + mostKept
        collect(major: false)
        keepsObserved = false
    }

    /// Set while somebody wants to look at what a collection has found to be dead, before anything of it is gone.
    private static var census: (() -> Void)?
    private static var judgement: (() -> Void)?
    private static var undecided: [ObjectPointer] = []
    private static var variableVisitor: (@convention(c) (ThreadRef) -> Void)?

    /// Collects now. `body` is called when it is known what is dead and all of it is still there: it may call `forEachDead`, and not change the heap.
    public static func collect(major: Bool, examining body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            census = body
            collect(major: major)
            census = nil
        }
    }

    /// Collects now. `body` is called while only those objects are marked that are certainly referred to: by the heap, the root tables and the variables of Python's
    /// frames, but not by what merely looks like a reference on a stack. It may call `isMarked`, and not change the heap. Not called when a collection is running already.
    public static func judge(major: Bool, _ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            judgement = body
            collect(major: major)
            judgement = nil
        }
    }

    /// Whether only what is certain is to be marked now. A visitor that has to guess calls `putOff` instead, for what it is not sure about.
    public static var isJudging: Bool { judgement != nil }

    /// While `isJudging`: has an object visited again when everything is to be marked.
    public static func putOff(_ object: UnsafeMutableRawPointer) { undecided.append(object.assumingMemoryBound(to: ObjectHeader.self)) }

    /// Sets the function that marks what the variables of a thread's frames hold.
    public static func setVariableVisitor(_ visitor: @escaping @convention(c) (ThreadRef) -> Void) { variableVisitor = visitor }

    /// While they are examined: keeps a dead object, and all that it refers to.
    public static func keep(_ object: ObjectPointer) {
        mark(object)
        drain()
    }

    /// Visits the dead objects in order of their addresses.
    public static func forEachDead(_ body: (ObjectPointer) -> Void) {
        walk { header in if header.pointee.mark == Mark.new { body(header) } }
    }

    /// Collects now.
    public static func collect(major: Bool) {
        if running { return }
        running = true
        let started = taipan_monotonic()
        var request = major
        withUnsafeMutablePointer(to: &request) { pointer in
            taipan_spill_registers({ context, stackPointer in
                Collector.run(major: context!.assumingMemoryBound(to: Bool.self).pointee, stackPointer: stackPointer)
            }, UnsafeMutableRawPointer(pointer))
        }
        let ended = taipan_monotonic()
        longestPause = max(longestPause, Double(ended - started) * 1e-9)
        if isMajor { noteMajor(started, ended) }
        running = false
    }

    // MARK: Old garbage

    /// When the last major collection ended and how long it took, in nanoseconds.
    private static var lastMajor: (end: Int64, duration: Int64) = (0, 0)
    private static var hasFreedMuch = false
    /// The collection in progress is a major one for no other reason than that it `isStale`.
    private static var isOverdue = false
    /// How many times as long as the last major collection took a program runs before there is another one, though its heap has not grown.
    private static var patience: Int64 = leastPatience
    private static let leastPatience: Int64 = 24
    /// Below so many bytes of old objects it is not worth while.
    private static let leastStaleBytes = 2 * Heap.leastMajorThreshold
    /// Since the last major collection so much time has gone by that another one costs little against it. A heap that does not grow any more may be full of what has died
    /// since, as when a program has dropped its large structures and goes on with small ones.
    private static var isStale: Bool {
        Heap.oldBytes > leastStaleBytes && taipan_monotonic() - lastMajor.end > patience * lastMajor.duration
    }

    /// Where nothing much dies the next such collection waits twice as long: in the long run they cost nothing.
    private static func noteMajor(_ started: Int64, _ ended: Int64) {
        if hasFreedMuch {
            patience = leastPatience
        } else if isOverdue {
            patience = min(patience * 2, 1 << 20)
        }
        lastMajor = (ended, ended - started)
    }

    /// Clears the part of the native stack that the next calls will use. Calls that are over have left words there, and frames rarely write all of
    /// their own: a collection that is to free as much as it can asks for this first.
    @inline(never) public static func wipeStack(depth: Int = 128) {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { words in
            explicit_bzero(words.baseAddress!, words.count)
            if depth > 0 { wipeStack(depth: depth - 1) }
        }
    }

    static func run(major: Bool, stackPointer: UInt) {
        // Whoever asks for minor ones, time and again, makes old objects of what soon dies.
        let isDue = major || hasForgotten || Heap.oldBytes + Heap.externalBytes > Heap.majorThreshold || Heap.holdsMuch
        isOverdue = !isDue && isStale
        let major = isDue || isOverdue
        hasForgotten = false
        finishSweep()
        isMajor = major
        scannedBytes = 0
        if major {
            clearMarks()
            rememberedCount = 0
            majorCount += 1
        } else {
            minorCount += 1
            rescanRemembered()
        }
        markRoots(stackPointer)
        drain()
        if keepsObserved { markObserved() }
        census?()
        WeakTable.clearDead(major: major)
        queueFinalizers(major: major)
        WeakTable.dropDeadCells()
        for visitor in deathVisitors { visitor(major) }
        Owners.releaseDead(major: major)
        if major { ShapeTable.noteCollection() }
        let before = Heap.oldBytes
        // What finalizers and callbacks will need was marked; weak references to what was kept alive only for them are cleared already.
        let survived = major ? sweepAll() : sweepNew()
        Heap.oldBytes = major ? survived : Heap.oldBytes + survived
        if major {
            // The more there is to look through, the later the next time. Large buffers are not looked through: what has died of them must not wait for so long.
            Heap.majorThreshold = max(Heap.leastMajorThreshold, Heap.oldBytes + max(Heap.oldBytes - Heap.bufferBytes, Heap.bufferBytes / 4))
            if !keepsObserved { completeBytes = Heap.oldBytes }
            hasFreedMuch = Heap.oldBytes < before - before >> 2
            Heap.noteMajorCollection()
            shrink()
        }
        Heap.allocatedSinceCollection = 0
        // Every collection scans whole stacks. As much as was scanned may be allocated on top before the next one, or deep recursion would take quadratic time.
        Heap.nurserySize = Heap.leastNurserySize + Int(min(scannedBytes, 1 << 30))
        if !finalizerQueue.isEmpty || !WeakTable.callbacks.isEmpty, let thread = taipan.threads { requestSafepoint(thread) }
    }

    static func requestSafepoint(_ first: ThreadRef) {
        var thread: ThreadRef? = first
        while let current = thread {
            taipan_breaker_set(current, breakerBit)
            thread = current.pointee.next
        }
    }

    // MARK: Marking

    /// Whether an object survives the collection in progress.
    @inline(__always) public static func isMarked(_ pointer: UnsafeMutableRawPointer) -> Bool {
        pointer.assumingMemoryBound(to: ObjectHeader.self).pointee.mark != Mark.new
    }

    /// Marks a value found in an object or root.
    @inline(__always) public static func mark(_ value: Value) {
        if value.isHeap { mark(value.header) }
    }

    @inline(__always) public static func mark(_ header: ObjectPointer) {
        if header.pointee.mark == Mark.new {
            header.pointee.mark = Mark.old
            Heap.noteMark(header)
            Heap.info(of: UnsafeMutableRawPointer(header)).pointee.live &+= 1
            if ShapeTable.record(header.pointee.shape).pointee.trace != .leaf { push(header) }
        }
    }

    @inline(__always) static func push(_ header: ObjectPointer) {
        if stackCount == stackCapacity && !growStack() { return }
        stack[stackCount] = header
        stackCount += 1
    }

    @inline(never) private static func growRemembered() -> Bool {
        guard let larger = realloc(rememberedSet, rememberedCapacity * 2 * MemoryLayout<ObjectPointer>.stride) else {
            hasForgotten = true
            return false
        }
        rememberedSet = larger.assumingMemoryBound(to: ObjectPointer.self)
        rememberedCapacity *= 2
        return true
    }

    /// Gives back what this collection has needed, and what was remembered before it, where that was much.
    private static func shrink() {
        stackRange.discard(beyond: 1 << 20)
        let least = 1 << 10
        guard rememberedCapacity > 1 << 16, rememberedCount <= least, let smaller = realloc(rememberedSet, least * MemoryLayout<ObjectPointer>.stride) else { return }
        rememberedSet = smaller.assumingMemoryBound(to: ObjectPointer.self)
        rememberedCapacity = least
    }

    @inline(never) private static func growStack() -> Bool {
        guard stackRange.commit(stackRange.committed * 2) else {
            hasOverflowed = true
            return false
        }
        stackCapacity = stackRange.committed >> 3
        return true
    }

    @inline(__always) private static func drainStack() {
        while stackCount > 0 {
            stackCount -= 1
            scan(stack[stackCount])
        }
    }

    static func drain() {
        drainStack()
        while hasOverflowed { rescanMarked() }
    }

    /// Scans every marked object again, for those that there was no room for on the stack.
    @inline(never) private static func rescanMarked() {
        hasOverflowed = false
        walk { header in
            if header.pointee.mark == Mark.new { return }
            scan(header)
            drainStack()
        }
    }

    /// Marks every value in a range of words.
    @inline(__always) public static func mark(_ words: UnsafeMutablePointer<Value>, count: Int) {
        var index = 0
        while index < count {
            mark(words[index])
            index += 1
        }
    }

    /// Marks the values of a range that belongs to an old object. Most of them are old, too, if there are many: that is seen in the bitmap, without fetching each of them.
    private static func markYoung(_ words: UnsafeMutablePointer<Value>, count: Int) {
        var index = 0
        while index < count {
            let value = words[index]
            if value.isHeap, !Heap.isMarked(value.header) { mark(value.header) }
            index += 1
        }
    }

    /// Marks the values behind an object's fixed part.
    @inline(__always) private static func markTail(_ words: UnsafeMutablePointer<Value>, count: Int) {
        if isMajor || count < 64 { mark(words, count: count) } else { markYoung(words, count: count) }
    }

    static func scan(_ header: ObjectPointer) {
        let record = ShapeTable.record(header.pointee.shape)
        mark(record.pointee.type)
        let words = UnsafeMutableRawPointer(header).assumingMemoryBound(to: Value.self)
        var mask = record.pointee.mask
        while mask != 0 {
            mark(words[mask.trailingZeroBitCount])
            mask &= mask &- 1
        }
        switch record.pointee.trace {
        case .leaf, .mask:
            break
        case .tail:
            let first = Int(record.pointee.tailOffset) >> 3
            markTail(words + first, count: Heap.cellSize(UnsafeMutableRawPointer(header)) >> 3 - first)
        case .counted:
            markTail(words + Int(record.pointee.tailOffset) >> 3, count: Int(words[1].bits))
        case .custom:
            record.pointee.visit.unsafelyUnwrapped(UnsafeMutableRawPointer(header))
        case .customTail:
            let first = Int(record.pointee.tailOffset) >> 3
            mark(words + first, count: Heap.cellSize(UnsafeMutableRawPointer(header)) >> 3 - first)
            record.pointee.visit.unsafelyUnwrapped(UnsafeMutableRawPointer(header))
        }
    }

    static func markRoots(_ stackPointer: UInt) {
        mark(taipan_well_known(), count: Int(WELL_KNOWN_COUNT))
        // These are set once and are old from the first collection on.
        if isMajor || minorCount + majorCount < 2 {
            mark(taipan_names(), count: Int(NAME_COUNT))
            mark(taipan_latin1(), count: 256)
        }
        for visitor in rootVisitors { visitor() }
        for index in 0 ..< finalizerQueue.count { mark(ObjectPointer(bitPattern: finalizerQueue[index]).unsafelyUnwrapped) }
        for index in 0 ..< WeakTable.callbacks.count { mark(ObjectPointer(bitPattern: WeakTable.callbacks[index]).unsafelyUnwrapped) }
        forEachThread(markState)
        if isJudging { decide() }
        let running = ThreadRegistry.current
        forEachThread { markStacks(of: $0, isRunning: $0 == running, stackPointer) }
    }

    /// Lets `judgement` see what is marked without the stacks, and visits what was put off.
    private static func decide() {
        if let variableVisitor { forEachThread(variableVisitor) }
        drain()
        judgement?()
        judgement = nil
        for header in undecided { scan(header) }
        undecided.removeAll()
    }

    private static func forEachThread(_ body: (ThreadRef) -> Void) {
        var next = taipan.threads
        while let thread = next {
            body(thread)
            next = thread.pointee.next
        }
    }

    /// Marks what a thread's stacks refer to. `stackPointer` is the running thread's; the others have saved theirs.
    private static func markStacks(of thread: ThreadRef, isRunning: Bool, _ stackPointer: UInt) {
        var low = isRunning ? stackPointer : thread.pointee.savedStackPointer
        // Before it runs for the first time, a thread has saved none.
        if low != 0 { scannedBytes &+= thread.pointee.nativeStackBase &- low }
        scannedBytes &+= UInt(bitPattern: thread.pointee.stackTop) &- UInt(bitPattern: thread.pointee.stackBase)
        var next = thread.pointee.loop
        while let loop = next {
            scanConservatively(from: low, to: loop.pointee.low)
            low = max(low, loop.pointee.low, loop.pointee.high)
            next = loop.pointee.outer
        }
        scanConservatively(from: low, to: thread.pointee.nativeStackBase)
        if !isRunning { scanConservatively(from: taipan_saved_registers(thread), to: taipan_saved_registers(thread) + 96) }
        scanConservatively(from: UInt(bitPattern: thread.pointee.stackBase), to: UInt(bitPattern: thread.pointee.stackTop))
    }

    private static func markState(_ thread: ThreadRef) {
        mark(thread.pointee.exception)
        mark(thread.pointee.handled)
        mark(thread.pointee.context)
        mark(thread.pointee.traceFunction)
        mark(thread.pointee.profileFunction)
        mark(thread.pointee.asyncGenFirstIter)
        mark(thread.pointee.asyncGenFinalizer)
        mark(thread.pointee.asyncException)
        mark(thread.pointee.locals)
        mark(thread.pointee.reprStack)
        withUnsafeMutablePointer(to: &thread.pointee.extra) { mark(UnsafeMutableRawPointer($0).assumingMemoryBound(to: Value.self), count: 8) }
    }

    /// Marks whatever the words of an address range point into.
    public static func scanConservatively(from low: UInt, to high: UInt) {
        guard low != 0, low < high else { return }
        var address = (low + 7) & ~7
        while address + 8 <= high {
            let word = UnsafePointer<UInt>(bitPattern: address).unsafelyUnwrapped.pointee
            if word >= taipan.heapBase, word < taipan.heapEnd, let object = Heap.object(containing: word) { mark(object) }
            address += 8
        }
    }

    // MARK: Remembered set

    @inline(never) @usableFromInline static func remember(_ header: ObjectPointer) {
        header.pointee.mark = Mark.remembered
        if rememberedCount == rememberedCapacity && !growRemembered() { return }
        rememberedSet[rememberedCount] = header
        rememberedCount += 1
    }

    static func rescanRemembered() {
        let count = rememberedCount
        rememberedCount = 0
        for index in 0 ..< count {
            let header = rememberedSet[index]
            header.pointee.mark = Mark.old
            scan(header)
        }
        drain()
    }

    // MARK: Finalizers

    /// Asks that `object`'s finalizer be queued once when it becomes unreachable. False when there is no memory to note it: it will then never run.
    @discardableResult public static func registerFinalizable(_ object: UnsafeMutableRawPointer) -> Bool {
        let header = object.assumingMemoryBound(to: ObjectHeader.self)
        if header.pointee.bits & HeaderBits.finalizable != 0 { return true }
        guard finalizable.reserve(finalizable.count + 1), finalizerQueue.reserve(finalizerQueue.count + finalizable.count + 1) else { return false }
        header.pointee.bits |= HeaderBits.finalizable
        finalizable.append(UInt(bitPattern: object))
        return true
    }

    /// Queues the finalizers of everything that has one and is wanted, by age: the program ends.
    public static func queueAllFinalizers(oldestFirst: Bool, where isWanted: (UnsafeMutableRawPointer) -> Bool) {
        let count = finalizable.count
        for index in 0 ..< count {
            let address = finalizable[oldestFirst ? index : count - 1 - index]
            let header = ObjectPointer(bitPattern: address).unsafelyUnwrapped
            guard header.pointee.bits & HeaderBits.finalizable != 0, isWanted(UnsafeMutableRawPointer(header)) else { continue }
            header.pointee.bits = header.pointee.bits & ~HeaderBits.finalizable | HeaderBits.finalized
            finalizerQueue.append(address)
        }
    }

    /// The objects with a finalizer that threads other than the running one still use, as far as that can be told without looking into the objects of which
    /// `isBarrier` is true. For the program's end: those threads have stopped for good, some of them inside of a foreign function that is at work on such an object.
    public static func finalizableHeldByOtherThreads(notThrough isBarrier: (ObjectPointer) -> Bool) -> Set<UInt> {
        guard let running = ThreadRegistry.current, !Collector.running, taipan.threads != running || running.pointee.next != nil else { return [] }
        // The marks say who is reachable from there, until the collection that follows at once puts them right.
        markHeld(running, notThrough: isBarrier)
        let held = Set((0 ..< finalizable.count).lazy.map { finalizable[$0] }.filter { ObjectPointer(bitPattern: $0).unsafelyUnwrapped.pointee.mark != Mark.new })
        Collector.running = false
        collect(major: true)
        return held
    }

    /// Marks what threads other than the running one lead to, and what `roots` marks besides, and nothing else.
    private static func markHeld(_ running: ThreadRef, notThrough isBarrier: (ObjectPointer) -> Bool, roots: () -> Void = {}) {
        Collector.running = true
        finishSweep()
        clearMarks()
        walk { header in if isBarrier(header) { header.pointee.mark = Mark.old } }
        forEachThread { thread in
            if thread == running { return }
            markState(thread)
            markStacks(of: thread, isRunning: false, 0)
        }
        roots()
        drain()
    }

    /// The last that is asked of it: which of some objects nobody will use any more when the program has ended, neither a thread that has stopped for good nor what `roots` marks. No collection
    /// comes afterwards, so that these objects may be taken apart.
    public static func retire(_ objects: [UInt], notThrough isBarrier: (ObjectPointer) -> Bool, roots: () -> Void) -> [UInt] {
        guard let running = ThreadRegistry.current, !Collector.running else { return [] }
        markHeld(running, notThrough: isBarrier, roots: roots)
        return objects.filter { ObjectPointer(bitPattern: $0).unsafelyUnwrapped.pointee.mark == Mark.new }
    }

    /// Marks what has a finalizer or weak references, and all that it needs.
    private static func markObserved() {
        for index in (isMajor ? 0 : youngFinalizable) ..< finalizable.count {
            let header = ObjectPointer(bitPattern: finalizable[index]).unsafelyUnwrapped
            if header.pointee.bits & HeaderBits.finalizable != 0 { mark(header) }
        }
        WeakTable.forEachReferent(major: isMajor) { mark($0) }
        drain()
    }

    static func queueFinalizers(major: Bool) {
        let first = finalizerQueue.count
        var kept = major ? 0 : youngFinalizable
        for index in kept ..< finalizable.count {
            let address = finalizable[index]
            let header = ObjectPointer(bitPattern: address).unsafelyUnwrapped
            if header.pointee.bits & HeaderBits.finalizable == 0 { continue }
            if header.pointee.mark != Mark.new {
                finalizable[kept] = address
                kept += 1
            } else {
                header.pointee.bits = header.pointee.bits & ~HeaderBits.finalizable | HeaderBits.finalized
                finalizerQueue.append(address)
            }
        }
        finalizable.truncate(kept)
        youngFinalizable = kept
        // An object that others refer to comes after them, so that a text file is flushed before its descriptor is closed. What is only in the
        // middle of a chain, or in a cycle, goes by age: wrappers are younger than what they wrap.
        for index in first ..< finalizerQueue.count {
            let header = ObjectPointer(bitPattern: finalizerQueue[index]).unsafelyUnwrapped
            if header.pointee.mark == Mark.new {
                scan(header)
                drain()
            }
        }
        // Those referred to wait behind the end of the other list, which has just become so much shorter.
        var place = first, spare = kept
        for index in first ..< finalizerQueue.count {
            let address = finalizerQueue[index]
            if ObjectPointer(bitPattern: address).unsafelyUnwrapped.pointee.mark == Mark.new {
                finalizerQueue[place] = address
                place += 1
            } else {
                finalizable[spare] = address
                spare += 1
            }
        }
        while spare > kept {
            spare -= 1
            finalizerQueue[place] = finalizable[spare]
            place += 1
        }
        for index in 0 ..< finalizerQueue.count { mark(ObjectPointer(bitPattern: finalizerQueue[index]).unsafelyUnwrapped) }
        drain()
    }

    // MARK: Sweeping

    /// Completes the sweep that allocation left off, so that no dead cell looks alive.
    static func finishSweep() {
        Heap.dropRuns()
        for sizeClass in 1 ..< classCount {
            let current = Heap.current[sizeClass]
            Heap.current[sizeClass] = 0
            if current != 0 {
                clearDead(Int(current))
                // A block that gave no run since the last collection waits for its turn again; the others are listed by the sweep that follows.
                if !Heap.blocks[Int(current)].hasNew { enlist(Int(current)) }
            }
            var index = Heap.sweepLists[sizeClass]
            while index != 0 {
                clearDead(Int(index))
                index = Heap.blocks[Int(index)].next
            }
        }
    }

    private static func enlist(_ index: Int) {
        let info = Heap.blocks + index
        info.pointee.next = Heap.sweepLists[Int(info.pointee.sizeClass)]
        Heap.sweepLists[Int(info.pointee.sizeClass)] = UInt32(index)
    }

    /// Clears the dead cells that the sweep has not come to.
    private static func clearDead(_ index: Int) {
        let info = Heap.blocks + index
        if info.pointee.isSwept { return }
        let base = Heap.pointer(toBlock: index), bits = Heap.marks + index * Heap.marksPerBlock
        let cellSize = Int(info.pointee.cellSize)
        let end = blockSize / cellSize * cellSize
        var offset = Int(info.pointee.detail)
        while offset < end {
            if !Heap.isMarked(bits, offset) { (base + offset).storeBytes(of: 0, as: UInt64.self) }
            offset += cellSize
        }
        info.pointee.isSwept = true
    }

    static func clearMarks() {
        memset(Heap.marks, 0, Heap.blockTop * Heap.marksPerBlock * 8)
        var index = 1
        while index < Heap.blockTop {
            let info = Heap.blocks + index
            let base = UnsafeMutableRawPointer(bitPattern: Heap.address(ofBlock: index)).unsafelyUnwrapped
            switch info.pointee.kind {
            case BlockKind.small:
                let cellSize = Int(info.pointee.cellSize)
                let end = blockSize / cellSize * cellSize
                info.pointee.live = 0
                info.pointee.counted = 0
                var offset = 0
                while offset < end {
                    (base + offset).assumingMemoryBound(to: ObjectHeader.self).pointee.mark = Mark.new
                    offset += cellSize
                }
                index += 1
            case BlockKind.largeStart:
                base.assumingMemoryBound(to: ObjectHeader.self).pointee.mark = Mark.new
                index += Int(info.pointee.detail)
            default:
                index += 1
            }
        }
    }

    /// After a minor collection: blocks with new objects wait to be swept by allocation. Returns how many bytes have survived.
    static func sweepNew() -> Int {
        var survived = 0
        for index in 0 ..< Heap.newBlocksCount { survived += requeue(Int(Heap.newBlocks[index])) }
        Heap.newBlocksCount = 0
        return survived + sweepLarge(&Heap.newLarge, into: &Heap.oldLarge)
    }

    /// After a major collection: every block. Empty ones go back to the pool, and many of them to the system.
    static func sweepAll() -> Int {
        var survived = 0
        Heap.newBlocksCount = 0
        Heap.sweepLists.update(repeating: 0, count: classCount)
        var index = Heap.blockTop - 1
        while index > 0 {
            if Heap.blocks[index].kind == BlockKind.small { survived += requeue(index) }
            index -= 1
        }
        var large = Heap.newLarge + Heap.oldLarge
        Heap.newLarge = []
        Heap.oldLarge = []
        survived += sweepLarge(&large, into: &Heap.oldLarge)
        Heap.bufferBytes = 0
        for start in Heap.oldLarge {
            let header = Heap.pointer(toBlock: Int(start)).assumingMemoryBound(to: ObjectHeader.self)
            if ShapeTable.record(header.pointee.shape).pointee.trace == .leaf { Heap.bufferBytes += Int(Heap.blocks[Int(start)].detail) << blockShift }
        }
        Heap.mostKept = max(survived / 4 * 3, Heap.leastKept) >> blockShift
        returnMemory(keeping: Heap.mostKept)
        return survived
    }

    /// A block is listed for allocation when at least one of so many cells is free.
    private static let crowding = 8

    /// Lists a block for allocation if there is room, and frees it when nothing in it has survived. Returns the bytes
    /// that survived for the first time since the last major collection.
    private static func requeue(_ index: Int) -> Int {
        let info = Heap.blocks + index
        let cellSize = Int(info.pointee.cellSize)
        let live = Int(info.pointee.live) * cellSize
        let survived = live - Int(info.pointee.counted) * cellSize
        info.pointee.counted = info.pointee.live
        info.pointee.hasNew = false
        info.pointee.isSwept = false
        info.pointee.detail = 0
        let end = blockSize / cellSize * cellSize
        if live == 0 {
            Heap.releaseBlocks(index, 1)
        } else if (end - live) * crowding >= end {
            enlist(index)
        } else {
            // Looking for the few free cells would cost more than they are worth. They wait for the next major collection, and no dead one may look alive till then.
            if live < end { clearDead(index) }
            info.pointee.detail = UInt32(end)
        }
        return survived
    }

    private static func sweepLarge(_ list: inout [UInt32], into survivors: inout [UInt32]) -> Int {
        var survived = 0
        for start in list {
            let count = Int(Heap.blocks[Int(start)].detail)
            let header = UnsafeMutableRawPointer(bitPattern: Heap.address(ofBlock: Int(start))).unsafelyUnwrapped.assumingMemoryBound(to: ObjectHeader.self)
            Heap.blocks[Int(start)].hasNew = false
            if header.pointee.mark == Mark.new {
                Heap.releaseBlocks(Int(start), count)
            } else {
                survivors.append(start)
                survived += count << blockShift
            }
        }
        list = []
        return survived
    }

    /// Gives free memory back to the system but for what the next objects will need soon. The program has asked for a collection, and may look at what it takes now.
    public static func returnMemory() {
        returnMemory(keeping: Heap.leastNurserySize >> blockShift)
        taipan_trim()
    }

    /// Gives free blocks beyond `keeping` back to the system, the highest first, and lowers the top of the heap.
    private static func returnMemory(keeping: Int) {
        while Heap.blockTop > 1 && Heap.blocks[Heap.blockTop - 1].kind == BlockKind.free && (Heap.keptBlocks > keeping || Heap.blocks[Heap.blockTop - 1].detail == 1) {
            Heap.blockTop -= 1
            Heap.freeBlocks -= 1
            if Heap.blocks[Heap.blockTop].detail == 0 { Heap.giveBack(Heap.blockTop, 1) }
            Heap.blocks[Heap.blockTop] = BlockInfo()
        }
        Heap.freeHint = min(Heap.freeHint, Heap.blockTop)
        var kept = 0
        var index = 1
        while index < Heap.blockTop {
            if Heap.blocks[index].kind == BlockKind.free && Heap.blocks[index].detail == 0 {
                kept += 1
                if kept > keeping { Heap.giveBack(index, 1) }
            }
            index += 1
        }
    }

    /// Visits every object of the heap (for `gc.get_objects` and statistics). The visitor must not allocate.
    public static func forEachObject(_ body: (ObjectPointer) -> Void) {
        finishSweep()
        walk(body)
    }

    private static func walk(_ body: (ObjectPointer) -> Void) {
        var index = 1
        while index < Heap.blockTop {
            let info = Heap.blocks + index
            let base = UnsafeMutableRawPointer(bitPattern: Heap.address(ofBlock: index)).unsafelyUnwrapped
            if info.pointee.kind == BlockKind.small {
                let cellSize = Int(info.pointee.cellSize)
                let end = blockSize / cellSize * cellSize
                var offset = 0
                while offset < end {
                    let header = (base + offset).assumingMemoryBound(to: ObjectHeader.self)
                    if header.pointee.shape != 0 { body(header) }
                    offset += cellSize
                }
            } else if info.pointee.kind == BlockKind.largeStart {
                body(base.assumingMemoryBound(to: ObjectHeader.self))
            }
            index += 1
        }
    }

    /// Tells what the `visit` functions of rooms above would mark, for `forEachReferent`.
    nonisolated(unsafe) public static var customReferents: (Value, (Value) -> Void) -> Void = { _, _ in }

    /// Visits the values that an object refers to, its type left out.
    public static func forEachReferent(of object: Value, _ body: (Value) -> Void) {
        let record = ShapeTable.record(object.shapeIndex)
        let words = object.object(Value.self)
        var mask = record.pointee.mask
        while mask != 0 {
            let value = words[mask.trailingZeroBitCount]
            if !value.isEmpty { body(value) }
            mask &= mask &- 1
        }
        let first = Int(record.pointee.tailOffset) >> 3
        switch record.pointee.trace {
        case .tail, .customTail:
            for index in first ..< max(first, Heap.cellSize(object.raw) >> 3) where !words[index].isEmpty { body(words[index]) }
            if record.pointee.trace == .customTail { customReferents(object, body) }
        case .counted:
            for index in first ..< first + Int(words[1].bits) where !words[index].isEmpty { body(words[index]) }
        case .custom:
            customReferents(object, body)
        case .leaf, .mask:
            break
        }
    }
}
