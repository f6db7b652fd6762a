import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// A socket as an object, and how its blocking calls wait.
///
/// A socket with a timeout is non-blocking to the system: `perform` waits for it by `poll` and then tries, until the deadline. Whatever waits does so without the
/// interpreter lock; a signal runs its handler and the wait goes on, unless the handler raises.
struct SocketObject {
    var header: ObjectHeader
    /// -1 when closed or detached.
    var descriptor: Int32
    var family: Int32
    var kind: Int32
    var proto: Int32
    /// In nanoseconds; negative: none, 0: non-blocking.
    var timeout: Int
}

enum SocketCalls {
    /// The timeout of new sockets.
    nonisolated(unsafe) static var defaultTimeout = -1

    enum Outcome {
        case done(Int)
        /// The system's error number.
        case failed(Int32)
        case timedOut
        case raised
    }

    /// Runs a call that may block, when the socket is ready for it.
    static func attempt(_ thread: ThreadRef, _ descriptor: Int32, timeout: Int, writing: Bool, _ body: () -> Int) -> Outcome {
        let deadline = timeout > 0 ? TimeArgument.monotonic() &+ timeout : 0
        while true {
            if timeout > 0 {
                switch wait(thread, descriptor, deadline: deadline, events: Int16(writing ? POLLOUT : POLLIN)) {
                case .done: break
                case let other: return other
                }
            }
            while true {
                let result = GIL.blocking(thread, body)
                if result >= 0 { return .done(result) }
                let code = errno
                if code == EINTR {
                    if !Signals.check(thread) { return .raised }
                    continue
                }
                // Another thread or process may have been quicker.
                if timeout > 0 && (code == EAGAIN || code == EWOULDBLOCK) { break }
                return .failed(code)
            }
        }
    }

    /// Waits for events until a deadline.
    static func wait(_ thread: ThreadRef, _ descriptor: Int32, deadline: Int?, events: Int16) -> Outcome {
        while true {
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            var rest: Int32 = -1
            if let deadline {
                let left = deadline &- TimeArgument.monotonic()
                if left < 0 { return .timedOut }
                rest = Int32(clamping: (left + 999_999) / 1_000_000)
            }
            let result = GIL.blocking(thread) { poll(&entry, 1, rest) }
            if result > 0 { return .done(Int(result)) }
            if result == 0 { return .timedOut }
            if errno != EINTR { return .failed(errno) }
            if !Signals.check(thread) { return .raised }
        }
    }

    /// As `attempt` for a socket object; nil when it has raised.
    static func perform(_ thread: ThreadRef, _ socket: UnsafeMutablePointer<SocketObject>, writing: Bool, _ body: () -> Int) -> Int? {
        let outcome = attempt(thread, socket.pointee.descriptor, timeout: socket.pointee.timeout, writing: writing, body)
        if case .done(let result) = outcome { return result }
        fail(thread, outcome)
        return nil
    }

    static func fail(_ thread: ThreadRef, _ outcome: Outcome) {
        switch outcome {
        case .done, .raised: break
        case .failed(let code): thread.raiseOSError(code)
        case .timedOut: thread.raise(.timeoutError, "timed out")
        }
    }

    /// A timeout given by a program, in nanoseconds; -1 for None. nil when it has raised.
    static func timeout(_ thread: ThreadRef, _ value: Value) -> Int? {
        if value.isNone { return -1 }
        guard let time = TimeArgument.nanoseconds(thread, value) else { return nil }
        if time < 0 {
            thread.raise(.valueError, "Timeout value out of range")
            return nil
        }
        if (time + 999_999) / 1_000_000 > Int(Int32.max) {
            thread.raise(.overflowError, "timeout doesn't fit into C timeval")
            return nil
        }
        return time
    }

    static func timeoutValue(_ thread: ThreadRef, _ timeout: Int) -> Value { timeout < 0 ? .none : thread.newFloat(Double(timeout) / 1e9) }

    /// Makes the descriptor block or not. False when it has raised.
    static func setBlocking(_ thread: ThreadRef, _ descriptor: Int32, _ blocking: Bool) -> Bool {
        let flags = system_fcntl_int(descriptor, F_GETFL, 0)
        let wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK
        if flags < 0 || wanted != flags && system_fcntl_int(descriptor, F_SETFL, Int(wanted)) < 0 {
            thread.raiseOSError(errno)
            return false
        }
        return true
    }

    // MARK: Connecting

    /// Connects; an outcome of 0 is success.
    static func connect(_ thread: ThreadRef, _ socket: UnsafeMutablePointer<SocketObject>, _ address: SocketAddress) -> Outcome {
        var address = address
        let descriptor = socket.pointee.descriptor, timeout = socket.pointee.timeout
        let result = address.with { address, length in GIL.blocking(thread) { Glibc.connect(descriptor, address, length.pointee) } }
        if result == 0 { return .done(0) }
        let code = errno
        // Interrupted, it goes on by itself: what is left is to wait for its end.
        let isInterrupted = code == EINTR && timeout != 0
        if isInterrupted {
            if !Signals.check(thread) { return .raised }
        } else if !(timeout > 0 && code == EINPROGRESS) {
            return .failed(code)
        }
        switch wait(thread, descriptor, deadline: timeout > 0 ? TimeArgument.monotonic() &+ timeout : nil, events: Int16(POLLOUT)) {
        case .done: break
        case let other: return other
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) < 0 { return .failed(errno) }
        return failure == 0 || failure == EISCONN ? .done(0) : .failed(failure)
    }
}
