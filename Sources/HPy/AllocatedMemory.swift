import Glibc
import Objects

/// Handles that a C function keeps in memory from `malloc` while it runs.
///
/// In universal and trace mode a handle is the object's address, and nobody is told where C puts it. On the native stack the collector sees it anyway; an array or a list of handles that
/// lives no longer than the call is as legal (HPy's porting guide), and lies in allocated memory. So a collection that finds a C function of an HPy module at work, by a return address into
/// the module's code on some stack, scans the allocated memory of the process as well. Calls of C functions pay nothing for it.
enum AllocatedMemory {
    /// Where the code of HPy modules lies.
    nonisolated(unsafe) private static var code: [(low: UInt, high: UInt)] = []
    /// Larger regions hold data rather than handles.
    private static let largestRegion: UInt = 256 << 20
    private static let chunk = 1 << 16
    nonisolated(unsafe) private static let buffer = UnsafeMutableRawPointer.allocate(byteCount: chunk, alignment: 16)

    /// Remembers the module of which this is a function.
    static func note(_ function: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: function)
        if code.contains(where: { $0.low <= address && address < $0.high }) { return }
        if code.isEmpty { Collector.addRoots { AllocatedMemory.scan() } }
        eachRegion { region in
            if region.low <= address, address < region.high { code.append((region.low, region.high)) }
        }
    }

    private static func scan() {
        var here: UInt = 0
        let stackPointer = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
        guard isAtWork(stackPointer) else { return }
        var stacks: [UInt] = []
        var next = taipan.threads
        while let thread = next {
            stacks += [thread.pointee.nativeStackBase - 8, UInt(bitPattern: thread.pointee.stackBase)]
            next = thread.pointee.next
        }
        // Without other threads nothing disappears meanwhile.
        var status = stat()
        let isAlone = stat("/proc/self/task", &status) == 0 && status.st_nlink <= 3
        eachRegion { region in
            guard region.isAllocated, region.high - region.low <= largestRegion, region.high <= taipan.heapBase || region.low >= taipan.heapEnd,
                  !stacks.contains(where: { region.low <= $0 && $0 < region.high }) else { return }
            if isAlone { Collector.scanConservatively(from: region.low, to: region.high) } else { scanCopy(region) }
        }
    }

    /// Scans what can be read of a region, part of which another thread may be giving back.
    private static func scanCopy(_ region: Region) {
        var low = region.low
        while low < region.high {
            let size = min(Int(region.high - low), chunk)
            let count = taipan_hpy_copy(buffer, low, size)
            if count > 0 { Collector.scanConservatively(from: UInt(bitPattern: buffer), to: UInt(bitPattern: buffer) + UInt(count)) }
            low += UInt(size)
        }
    }

    /// Whether a C function of an HPy module is on some thread's stack.
    private static func isAtWork(_ stackPointer: UInt) -> Bool {
        let running = ThreadRegistry.current
        var next = taipan.threads
        while let thread = next {
            var address = thread == running ? stackPointer : thread.pointee.savedStackPointer
            while address != 0, address + 8 <= thread.pointee.nativeStackBase {
                let word = UnsafePointer<UInt>(bitPattern: address).unsafelyUnwrapped.pointee
                for range in code where range.low <= word && word < range.high { return true }
                address += 8
            }
            next = thread.pointee.next
        }
        return false
    }

    // MARK: The process's memory

    private struct Region {
        let low: UInt
        let high: UInt
        /// Readable, writable, and of no file: from `malloc` or `mmap`.
        let isAllocated: Bool
    }

    /// Visits the regions of the process's memory: `/proc/self/maps` (proc(5)).
    private static func eachRegion(_ body: (Region) -> Void) {
        guard let file = fopen("/proc/self/maps", "r") else { return }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            // low-high rwxp offset device inode name
            var end: UnsafeMutablePointer<CChar>?
            let low = strtoul(text, &end, 16)
            guard let dash = end, dash.pointee == CChar(bitPattern: UInt8(ascii: "-")) else { continue }
            let high = strtoul(dash + 1, &end, 16)
            guard let rights = end.map({ $0 + 1 }), strlen(rights) > 5, let offsetEnd = strchr(rights + 5, 32), let deviceEnd = strchr(offsetEnd + 1, 32) else { continue }
            let isWritable = rights[0] == CChar(bitPattern: UInt8(ascii: "r")) && rights[1] == CChar(bitPattern: UInt8(ascii: "w"))
            let inode = strtoul(deviceEnd + 1, &end, 10)
            let isStack = strstr(text, "[stack]") != nil || strstr(text, "[v") != nil
            body(Region(low: UInt(low), high: UInt(high), isAllocated: isWritable && inode == 0 && !isStack))
        }
    }
}
