import Glibc
import Objects
import TextTypes

/// The UTF-8 of strings that are not ASCII, for C: a copy that is made once and lives as long as the string.
///
/// An open-addressing table by the string's address. Strings that were made one after the other are mostly asked for in that order: within a page of the heap neighbours are neighbours in the
/// table, so that the processor fetches one with the other; the pages are spread. A copy's length stands before it. What is new since the last collection is listed, so that a minor collection,
/// which finds only young strings dead, looks at those alone. A collection takes no memory here.
enum TextCopies {
    private struct Entry {
        /// 0 where the place is free.
        var address: UInt = 0
        var text: UnsafeMutablePointer<CChar>?
    }

    nonisolated(unsafe) private static var logSize = 10
    nonisolated(unsafe) private static var entries: UnsafeMutablePointer<Entry>! = nil
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var young: [UInt] = []

    private static let header = MemoryLayout<Int>.size
    /// Bytes in which the order of addresses is kept.
    private static let logPage: UInt = 14

    static func start() {
        entries = emptyTable(logSize)
        Collector.addDeathVisitor { TextCopies.forgetDead(major: $0) }
    }

    private static func emptyTable(_ logSize: Int) -> UnsafeMutablePointer<Entry> {
        let table = UnsafeMutablePointer<Entry>.allocate(capacity: 1 << logSize)
        table.initialize(repeating: Entry(), count: 1 << logSize)
        return table
    }

    @inline(__always) private static var mask: Int { 1 << logSize - 1 }

    @inline(__always) private static func home(_ address: UInt) -> Int { Int(truncatingIfNeeded: address >> 5 &+ (address >> logPage) &* 0x9E37_79B9_7F4A_7C15) & mask }

    /// The place of an address, or the free one where it would be.
    @inline(__always) private static func place(_ address: UInt) -> Int {
        var place = home(address)
        while entries[place].address != address && entries[place].address != 0 { place = (place + 1) & mask }
        return place
    }

    @inline(__always) static func length(_ copy: UnsafeMutablePointer<CChar>) -> Int { (UnsafeMutableRawPointer(copy) - header).load(as: Int.self) }

    @inline(__always) static func find(_ string: Value) -> UnsafeMutablePointer<CChar>? { entries[place(UInt(string.bits))].text }

    /// Makes the copy of a string that has none. nil when it holds a surrogate, or when memory is exhausted (raised).
    @inline(never) static func make(_ thread: ThreadRef, _ string: StringRef) -> UnsafeMutablePointer<CChar>? {
        guard let size = UTF8Codec.size(of: string) else { return nil }
        guard Heap.hasRoom(outside: header + size + 1), let block = malloc(header + size + 1) else {
            thread.raiseOutOfMemory()
            return nil
        }
        block.storeBytes(of: size, as: Int.self)
        let bytes = (block + header).assumingMemoryBound(to: UInt8.self)
        UTF8Codec.write(string, to: bytes)
        bytes[size] = 0
        if (count + 1) * 2 > 1 << logSize {
            guard Heap.hasRoom(outside: MemoryLayout<Entry>.stride << (logSize + 1)) else {
                free(block)
                thread.raiseOutOfMemory()
                return nil
            }
            grow()
        }
        let address = UInt(string.value.bits), copy = UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: CChar.self)
        entries[place(address)] = Entry(address: address, text: copy)
        count += 1
        young.append(address)
        return copy
    }

    private static func grow() {
        let old = entries.unsafelyUnwrapped, end = 1 << logSize
        logSize += 1
        entries = emptyTable(logSize)
        for index in 0 ..< end where old[index].address != 0 { entries[place(old[index].address)] = old[index] }
        old.deallocate()
    }

    // MARK: Death

    private static func forgetDead(major: Bool) {
        if count == 0 { return }
        if major {
            // What moves up into a place is looked at as well.
            for index in 0 ..< 1 << logSize {
                while entries[index].address != 0 && isDead(entries[index].address) { remove(index) }
            }
        } else {
            for address in young where isDead(address) { remove(place(address)) }
        }
        young.removeAll(keepingCapacity: true)
    }

    private static func isDead(_ address: UInt) -> Bool { !Collector.isMarked(UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped) }

    private static func release(_ entry: Entry) {
        free(UnsafeMutableRawPointer(entry.text.unsafelyUnwrapped) - header)
        count -= 1
    }

    /// Frees a place, and moves those up that stand behind it because it was taken.
    private static func remove(_ place: Int) {
        release(entries[place])
        var gap = place
        var next = (gap + 1) & mask
        while entries[next].address != 0 {
            if (next - home(entries[next].address)) & mask >= (next - gap) & mask {
                entries[gap] = entries[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        entries[gap] = Entry()
    }
}
