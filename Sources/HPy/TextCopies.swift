import Glibc
import Objects
import TextTypes

/// The UTF-8 of strings that are not ASCII, for C: a copy that is made once and lives as long as the string.
///
/// A copy is found by the string's address: for each page of the heap with such strings there is an array with a place for every address at which one may begin, and neighbours are neighbours there too, so that the
/// processor fetches one with the other. C looks there itself (`taipan_hpy_text`). What is new since the last collection is listed, so that a minor collection, which finds only young strings dead, looks at those
/// alone. A collection takes no memory here.
///
/// Tried and rejected: an open-addressing table with the order of addresses kept within a page. Two full pages whose places overlap make searches long.
enum TextCopies {
    private typealias Copy = UnsafeMutablePointer<HPyTextCopy>
    private typealias Page = UnsafeMutablePointer<HPyTextPage>

    nonisolated(unsafe) private static var young: [UInt] = []
    private static let header = MemoryLayout<HPyTextCopy>.offset(of: \.text).unsafelyUnwrapped

    static func start() {
        taipan_hpy_texts.base = taipan.heapBase
        Collector.addDeathVisitor { TextCopies.forgetDead(major: $0) }
    }

    /// The place of a string; nil where its page has no array.
    private static func place(_ address: UInt) -> UnsafeMutablePointer<Copy?>? {
        let number = page(address)
        guard number < taipan_hpy_texts.count, let page = taipan_hpy_texts.pages.unsafelyUnwrapped[Int(number)] else { return nil }
        return places(page) + Int(address >> UInt(HPyTextPlaceShift)) % Int(HPyTextPlaces)
    }

    private static func page(_ address: UInt) -> UInt { (address &- taipan_hpy_texts.base) >> UInt(HPyTextPageShift) }

    private static func places(_ page: Page) -> UnsafeMutablePointer<Copy?> { UnsafeMutableRawPointer(page).assumingMemoryBound(to: Copy?.self) }

    static func find(_ string: Value) -> UnsafeMutablePointer<HPyTextCopy>? { taipan_hpy_text(UInt(string.bits)) }

    static func text(_ copy: UnsafeMutablePointer<HPyTextCopy>) -> UnsafeMutablePointer<CChar> { (UnsafeMutableRawPointer(copy) + header).assumingMemoryBound(to: CChar.self) }

    /// Makes the copy of a string that has none. nil when it holds a surrogate, or when memory is exhausted (raised).
    @inline(never) static func make(_ thread: ThreadRef, _ string: StringRef) -> UnsafeMutablePointer<HPyTextCopy>? {
        guard let size = UTF8Codec.size(of: string) else { return nil }
        let address = UInt(string.value.bits)
        guard Heap.hasRoom(outside: header + size + 1), let place = reserve(address), let block = malloc(header + size + 1) else {
            thread.raiseOutOfMemory()
            return nil
        }
        let copy = block.assumingMemoryBound(to: HPyTextCopy.self)
        copy.pointee.address = address
        copy.pointee.length = size
        let bytes = (block + header).assumingMemoryBound(to: UInt8.self)
        UTF8Codec.write(string, to: bytes)
        bytes[size] = 0
        place.pointee = copy
        taipan_hpy_texts.pages.unsafelyUnwrapped[Int(page(address))].unsafelyUnwrapped.pointee.count += 1
        young.append(address)
        return copy
    }

    /// The place of a string, made where there is none. nil when there is no memory.
    private static func reserve(_ address: UInt) -> UnsafeMutablePointer<Copy?>? {
        if let place = place(address) { return place }
        let number = page(address), count = taipan_hpy_texts.count
        if number >= count {
            let larger = max(number + 1, count * 2, 1 << 10), bytes = Int(larger) * MemoryLayout<Page?>.stride
            guard Heap.hasRoom(outside: bytes), let pages = realloc(taipan_hpy_texts.pages, bytes)?.assumingMemoryBound(to: Page?.self) else { return nil }
            (pages + Int(count)).initialize(repeating: nil, count: Int(larger - count))
            taipan_hpy_texts.pages = pages
            taipan_hpy_texts.count = larger
        }
        guard Heap.hasRoom(outside: MemoryLayout<HPyTextPage>.stride), let page = calloc(1, MemoryLayout<HPyTextPage>.stride) else { return nil }
        taipan_hpy_texts.pages.unsafelyUnwrapped[Int(number)] = page.assumingMemoryBound(to: HPyTextPage.self)
        return place(address)
    }

    // MARK: Death

    private static func forgetDead(major: Bool) {
        if major {
            for number in 0 ..< Int(taipan_hpy_texts.count) {
                guard let page = taipan_hpy_texts.pages.unsafelyUnwrapped[number] else { continue }
                let places = places(page)
                for index in 0 ..< Int(HPyTextPlaces) { forgetIfDead(page, places + index) }
                if page.pointee.count == 0 {
                    taipan_hpy_texts.pages.unsafelyUnwrapped[number] = nil
                    free(page)
                }
            }
        } else {
            for address in young {
                if let place = place(address) { forgetIfDead(taipan_hpy_texts.pages.unsafelyUnwrapped[Int(page(address))].unsafelyUnwrapped, place) }
            }
        }
        young.removeAll(keepingCapacity: true)
    }

    private static func forgetIfDead(_ page: Page, _ place: UnsafeMutablePointer<Copy?>) {
        guard let copy = place.pointee, !Collector.isMarked(UnsafeMutableRawPointer(bitPattern: copy.pointee.address).unsafelyUnwrapped) else { return }
        place.pointee = nil
        page.pointee.count -= 1
        free(copy)
    }
}
