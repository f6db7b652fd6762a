import Glibc
import Objects

/// File descriptors as a resource that unreachable objects hold on to.
public enum Descriptors {
    /// Until then it is of no use to collect once more, by the clock that is never set.
    nonisolated(unsafe) private static var fruitlessUntil = 0

    /// Runs a call that makes descriptors, and that fails with a negative result. When there are no more to be had, what unreachable objects hold is given back, and the call is made once again.
    public static func make<Result: SignedInteger>(_ thread: ThreadRef, _ body: () -> Result?) -> Result? {
        guard let result = body() else { return nil }
        guard result < 0, areExhausted, reclaim(thread) else { return result }
        guard let second = body() else { return nil }
        if second < 0, areExhausted { fruitlessUntil = now() + 1_000_000_000 }
        return second
    }

    /// The same for a call that never raises.
    public static func make<Result: SignedInteger>(_ thread: ThreadRef, _ body: () -> Result) -> Result { make(thread) { Optional(body()) }.unsafelyUnwrapped }

    private static var areExhausted: Bool { errno == EMFILE || errno == ENFILE }

    private static func reclaim(_ thread: ThreadRef) -> Bool {
        if now() < fruitlessUntil { return false }
        let code = errno
        Collector.wipeStack()
        Collector.collect(major: true)
        Safepoint.runFinalizers(thread)
        errno = code
        return true
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
