import Glibc
import Objects

/// `PyCapsule`: a pointer of C as a Python object.
public struct CapsuleObject {
    public var header: ObjectHeader
    public var pointer: UnsafeMutableRawPointer?
    /// The caller's, not copied.
    public var name: UnsafePointer<CChar>?
    public var context: UnsafeMutableRawPointer?
    public var destructor: UnsafeMutableRawPointer?
}

public enum Capsule {
    static func start() {
        NativeType(id: .capsule, "PyCapsule", size: MemoryLayout<CapsuleObject>.size, flags: .noInstantiation,
                   doc: """
                       A pointer of C, wrapped so that Python code can carry it: so one extension module gives another its functions, by an attribute that the other imports.

                       """) { slots in
            slots.unary(.repr) { thread, value in
                let name = value.object(CapsuleObject.self).pointee.name.map { "\"\(String(cString: $0))\"" } ?? "NULL"
                return thread.newString("<capsule object \(name) at \(hexadecimal(value))>")
            }
        }
    }

    /// A capsule whose destructor, if it has one, is the caller's affair.
    public static func make(_ thread: ThreadRef, _ pointer: UnsafeMutableRawPointer, name: UnsafePointer<CChar>?) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<CapsuleObject>.size, shape: TypeID.capsule.rawValue) else { return thread.raiseOutOfMemory() }
        let capsule = raw.assumingMemoryBound(to: CapsuleObject.self)
        capsule.pointee.pointer = pointer
        capsule.pointee.name = name
        return Value(raw)
    }

    /// A capsule by which a module of CPython gives extension modules its functions. There are none to give here: programs ask for its type.
    public static func empty(_ thread: ThreadRef, name: StaticString) -> Value {
        let place = UnsafeMutableRawPointer(mutating: name.utf8Start)
        return make(thread, place, name: UnsafeRawPointer(place).assumingMemoryBound(to: CChar.self))
    }
}
