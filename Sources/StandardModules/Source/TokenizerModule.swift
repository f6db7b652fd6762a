import Interpreter
import Objects
import Syntax

/// `_tokenize`: the parser's own tokens. The whole source is split at once; the iterator hands out a list, and raises the error, if any, after the last.
enum TokenizerModule {
    private struct Iterator {
        var header: ObjectHeader
        // Traced: words 1 and 2.
        /// list of tuples
        var tokens: Value
        /// The exception to end with, or the zero word.
        var failure: Value
        var next: Int
    }

    static func register() {
        NativeModule.register("_tokenize", setUp: { module in
            module.add(type)
            return true
        })
    }

    private static let type = NativeType("TokenizerIter", module: "_tokenize", size: MemoryLayout<Iterator>.size, mask: 0b110) { slots in
        slots.call(.new) { thread, type, arguments, count, keywords in TokenizerModule.constructor.call(thread, type, arguments, count, keywords) }
        slots.unary(.iter) { _, iterator in iterator }
        slots.unary(.next) { thread, iterator in
            let own = iterator.object(Iterator.self), tokens = ListRef(own.pointee.tokens)
            if own.pointee.next < tokens.count {
                own.pointee.next += 1
                return tokens[own.pointee.next - 1]
            }
            let failure = own.pointee.failure
            own.pointee.failure = .empty
            return failure.isEmpty ? .empty : thread.restore(failure)
        }
    }

    private static let constructor = Constructor("tokenizeriter(self, source)") { thread, a, _ in
        guard a[1].isString else { return thread.raise(.typeError, "tokenizeriter() argument 'source' must be str, not \(a[1].isNone ? "None" : a[1].type.name)") }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        let result = thread.allocateInstance(TypeRef(a[0]))
        if result.isEmpty { return .empty }
        result.object(Iterator.self).pointee.tokens = list
        Heap.barrier(result.raw)
        let (tokens, failure) = StringRef(a[1]).utf8.withUnsafeBufferPointer { sourceTokens($0) }
        for token in tokens {
            let text = thread.newString(String(decoding: token.text, as: UTF8.self)), line = thread.newString(String(decoding: token.lineText, as: UTF8.self))
            let info = thread.newTuple(text, Value(small: token.kind), Value(small: token.line), Value(small: token.endLine), Value(small: token.column),
                                       Value(small: token.endColumn), line)
            if info.isEmpty || !ListRef(list).append(thread, info) { return .empty }
        }
        if let failure {
            CompileBuiltin.raise(thread, failure, thread.newString("<string>"))
            result.object(Iterator.self).pointee.failure = thread.takeException()
            Heap.barrier(result.raw)
        }
        return result
    }
}
