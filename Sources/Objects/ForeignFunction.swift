/// Functions of a foreign interface as Python objects.
///
/// A native function is known at compile time and has no state but its code; a function of an extension module is a pointer that arrives when the module is loaded, with
/// a signature, a doc and a context of its own. Its `NativeRecord` says who calls it: one trampoline of the interface for all, which finds the rest in the
/// record. The receiver comes apart from the arguments, so that a call of a bound function copies nothing.

/// `NativeRecord`, receiver, positional then keyword arguments, how many in all, tuple of keyword names or the zero word.
public typealias ForeignFunction = @convention(c) (ThreadRef, UnsafeMutableRawPointer, Value, Arguments, Int, Value) -> Value

extension NativeRecord {
    /// A record, immortal. `name` is an interned string.
    public static func make(foreign: @escaping ForeignFunction, name: Value, doc: UnsafePointer<CChar>?, data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<NativeRecord> {
        let record = make(Def("", .calls) { thread, _, _ in thread.raise(.systemError, "a foreign function was called as a native one") })
        record.pointee.name = name
        record.pointee.foreign = foreign
        record.pointee.foreignDoc = doc
        record.pointee.foreignData = data
        return record
    }
}

extension UnsafeMutablePointer where Pointee == NativeRecord {
    /// Text signature and doc: `name(a, b)\n--\n\ntext` holds both.
    func foreignDocParts(_ thread: ThreadRef) -> (signature: Value, doc: Value) {
        guard let start = pointee.foreignDoc else { return (.none, .none) }
        let whole = ForeignDoc.decode(thread, start)
        if whole.isEmpty { return (.empty, .empty) }
        let text = StringRef(whole).description
        let parts = ForeignDoc(text, name: StringRef(pointee.name).description)
        return (parts.signature.map { thread.newString($0) } ?? .none, thread.newString(parts.text))
    }
}

/// A doc that may begin with a text signature, as `inspect` reads it.
public struct ForeignDoc {
    /// A str of zero-terminated UTF-8, or empty when it has raised.
    nonisolated(unsafe) public static var decode: (ThreadRef, UnsafePointer<CChar>) -> Value = { thread, text in thread.newString(String(cString: text)) }
    public let signature: String?
    public let text: String

    public init(_ doc: String, name: String) {
        let short = name.split(separator: ".").last.map(String.init) ?? name
        let bytes = Array(doc.utf8)
        let head = Array(short.utf8) + [UInt8(ascii: "(")]
        let mark = Array(")\n--\n\n".utf8)
        guard bytes.starts(with: head) else {
            signature = nil
            text = doc
            return
        }
        var index = head.count - 1
        while index + mark.count <= bytes.count {
            if Array(bytes[index ..< index + mark.count]) == mark {
                signature = String(decoding: bytes[(head.count - 1) ... index], as: UTF8.self)
                text = String(decoding: bytes[(index + mark.count)...], as: UTF8.self)
                return
            }
            if bytes[index] == UInt8(ascii: "\n"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { break }
            index += 1
        }
        signature = nil
        text = doc
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A method of a type that a foreign interface makes, as it stands in the type's namespace.
    public func newForeignMethod(_ record: UnsafeMutablePointer<NativeRecord>, owner: TypeRef) -> Value {
        record.pointee.owner = owner.value
        let result = Descriptors.make(.methodDescriptor, owner, record.pointee.name, UInt(bitPattern: record))
        return result.isEmpty ? raiseOutOfMemory() : result
    }

    /// A special method of such a type, which shows as the wrapper of a slot: of a sequence's, where a number's has the same name.
    public func newForeignWrapper(_ record: UnsafeMutablePointer<NativeRecord>, owner: TypeRef, ofSequence: Bool) -> Value {
        record.pointee.owner = owner.value
        let rows = SlotTable.byName[record.pointee.name.bits] ?? []
        let sequences: [Slot] = [.concat, .repeat, .inplaceConcat, .inplaceRepeat]
        guard let row = rows.first(where: { sequences.contains(SlotTable.entries[$0].slot) == ofSequence }) ?? rows.first else { return newForeignMethod(record, owner: owner) }
        let result = Descriptors.make(.wrapperDescriptor, owner, record.pointee.name, UInt(bitPattern: record), UInt(row) | DescriptorObject.foreignWrapper)
        return result.isEmpty ? raiseOutOfMemory() : result
    }
}
