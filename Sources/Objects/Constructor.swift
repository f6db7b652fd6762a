/// Arguments of a `new`, `initialize` or `call` slot, bound by a text signature as a `Def`'s are.
///
///     static let make = Constructor("bytes(self, source=b'', encoding='utf-8', errors='strict')") { thread, a, _ in … a[0] is the type … }
///     slots.call(.new) { thread, type, arguments, count, keywords in BytesType.make.call(thread, type, arguments, count, keywords) }
public struct Constructor {
    let record: UnsafeMutablePointer<NativeRecord>

    /// The first parameter, `self`, is the receiver: the type for `new`, the object for `initialize` and `call`.
    public init(_ signature: StaticString, _ function: @escaping NativeFunction) {
        record = NativeRecord.make(Def(signature, .calls, "", function))
    }

    public func call(_ thread: ThreadRef, _ receiver: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        vector[0] = receiver
        (vector + 1).update(from: arguments, count: count)
        let result = record.call(thread, vector, count + 1, keywords)
        thread.popArguments(vector)
        return result
    }
}
