import Glibc
import Objects

/// `-X importtime`: how long each import takes, by itself and together with those that it begins. A line is written to standard error as an import ends, indented by how deep it is, so that
/// those that a module begins stand above it.
public enum ImportTimes {
    nonisolated(unsafe) public static var isOn = false
    nonisolated(unsafe) private static var hasHeader = false
    nonisolated(unsafe) private static var depth = 0
    /// Nanoseconds that ended imports took which the running one has begun.
    nonisolated(unsafe) private static var inner = 0

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func column(_ nanoseconds: Int, _ width: Int) -> String {
        let text = String((nanoseconds + 999) / 1000)
        return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    /// Runs an import and reports it.
    static func measure(_ name: Value, _ load: () -> Value) -> Value {
        if !hasHeader {
            hasHeader = true
            fputs("import time: self [us] | cumulative | imported package\n", stderr)
        }
        let outer = inner, start = now
        inner = 0
        depth += 1
        let module = load()
        depth -= 1
        let whole = now - start
        fputs("import time: \(column(whole - inner, 9)) | \(column(whole, 10)) | \(String(repeating: "  ", count: depth))\(StringRef(name).description)\n", stderr)
        inner = outer + whole
        return module
    }
}
