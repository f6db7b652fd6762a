import Interpreter
import Objects

/// Leaving Python for a while: the interpreter lock is given up, so that other threads run.
///
/// The lock's release saves the registers of the function that calls it. Here that function returns to C before the blocking call, so what the C function holds in registers is
/// copied first; the rest of its frame is scanned in place.
enum Execution {
    /// What a thread that has left holds in registers.
    private struct Token {
        var thread: ThreadRef
        var words: UnsafeMutablePointer<UInt>
    }

    private static let wordCount = 96
    nonisolated(unsafe) private static var tokens: Set<UInt> = []

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        Collector.addRoots {
            for address in Execution.tokens {
                let words = UInt(bitPattern: UnsafeMutablePointer<Token>(bitPattern: address).unsafelyUnwrapped.pointee.words)
                Collector.scanConservatively(from: words, to: words + UInt(Execution.wordCount * 8))
            }
        }
        c.pointee.ctx_LeavePythonExecution = { _ in
            let thread = Contexts.thread
            let token = UnsafeMutablePointer<Token>.allocate(capacity: 1)
            token.initialize(to: Token(thread: thread, words: .allocate(capacity: Execution.wordCount)))
            token.pointee.words.initialize(repeating: 0, count: Execution.wordCount)
            taipan_spill_registers({ context, stackPointer in
                let token = context.unsafelyUnwrapped.assumingMemoryBound(to: Token.self)
                let top = min(stackPointer + UInt(Execution.wordCount * 8), token.pointee.thread.pointee.nativeStackBase)
                var index = 0
                var address = (stackPointer + 7) & ~7
                while address + 8 <= top, index < Execution.wordCount {
                    token.pointee.words[index] = UnsafePointer<UInt>(bitPattern: address).unsafelyUnwrapped.pointee
                    index += 1
                    address += 8
                }
            }, UnsafeMutableRawPointer(token))
            Execution.tokens.insert(UInt(bitPattern: token))
            GIL.release(thread)
            return Int(bitPattern: token)
        }
        c.pointee.ctx_ReenterPythonExecution = { _, state in
            guard let token = UnsafeMutablePointer<Token>(bitPattern: state) else { return }
            GIL.acquire(token.pointee.thread)
            Execution.tokens.remove(UInt(bitPattern: token))
            token.pointee.words.deallocate()
            token.deallocate()
        }
    }
}
