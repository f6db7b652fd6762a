import Glibc
import Objects

/// Capsules: C pointers as Python objects.
struct CapsuleObject {
    var header: ObjectHeader
    var pointer: UnsafeMutableRawPointer?
    /// The caller's, not copied.
    var name: UnsafePointer<CChar>?
    var context: UnsafeMutableRawPointer?
    var destructor: UnsafeMutableRawPointer?
}

enum Capsules {
    nonisolated(unsafe) static var type: NativeType!

    /// `_HPyCapsule_key`
    private enum Key {
        static let pointer: Int32 = 0, name: Int32 = 1, context: Int32 = 2, destructor: Int32 = 3
    }

    static func start(_ thread: ThreadRef) {
        type = NativeType(id: .capsule, "PyCapsule", size: MemoryLayout<CapsuleObject>.size, flags: .noInstantiation,
                          doc: """
                              A pointer of C, wrapped so that Python code can carry it: so one extension module gives another its functions, by an attribute that the other imports.

                              """) { slots in
            slots.unary(.repr) { thread, value in
                let capsule = value.object(CapsuleObject.self)
                let name = capsule.pointee.name.map { "\"\(String(cString: $0))\"" } ?? "NULL"
                return thread.newString("<capsule object \(name) at \(hexadecimal(value))>")
            }
        }
    }

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Capsule_New = { _, pointer, name, destructor in
            let thread = Contexts.thread
            guard let pointer else { return thread.raise(.valueError, "PyCapsule_New called with null pointer") }
            var implementation: UnsafeMutableRawPointer?
            guard Capsules.function(thread, destructor, &implementation) else { return .empty }
            guard let raw = Heap.allocate(MemoryLayout<CapsuleObject>.size, shape: TypeID.capsule.rawValue) else { return thread.raiseOutOfMemory() }
            let capsule = raw.assumingMemoryBound(to: CapsuleObject.self)
            capsule.pointee.pointer = pointer
            capsule.pointee.name = name
            Capsules.setDestructor(capsule, implementation)
            return Value(raw)
        }
        c.pointee.ctx_Capsule_Get = { _, value, key, name in
            let thread = Contexts.thread
            let what = key == Key.pointer ? "GetPointer" : key == Key.name ? "GetName" : "GetContext"
            if key == Key.destructor {
                thread.raise(.valueError, "Invalid operation: get HPyCapsule_key_Destructor")
                return nil
            }
            guard value.isExact(.capsule) else {
                thread.raise(.valueError, "PyCapsule_\(what) called with invalid PyCapsule object")
                return nil
            }
            let capsule = value.object(CapsuleObject.self)
            switch key {
            case Key.pointer:
                guard Capsules.same(capsule.pointee.name, name) else {
                    thread.raise(.valueError, "PyCapsule_GetPointer called with incorrect name")
                    return nil
                }
                return capsule.pointee.pointer
            case Key.name: return UnsafeMutableRawPointer(mutating: capsule.pointee.name)
            case Key.context: return capsule.pointee.context
            default:
                thread.raise(.systemError, "unknown capsule key \(key)")
                return nil
            }
        }
        c.pointee.ctx_Capsule_IsValid = { _, value, name in value.isExact(.capsule) && Capsules.same(value.object(CapsuleObject.self).pointee.name, name) ? 1 : 0 }
        c.pointee.ctx_Capsule_Set = { _, value, key, new in
            let thread = Contexts.thread
            guard value.isExact(.capsule) else {
                let what = key == Key.pointer ? "SetPointer" : key == Key.name ? "SetName" : key == Key.context ? "SetContext" : "SetDestructor"
                thread.raise(.valueError, "PyCapsule_\(what) called with invalid PyCapsule object")
                return -1
            }
            let capsule = value.object(CapsuleObject.self)
            switch key {
            case Key.pointer:
                guard let new else {
                    thread.raise(.valueError, "PyCapsule_SetPointer called with null pointer")
                    return -1
                }
                capsule.pointee.pointer = new
            case Key.name: capsule.pointee.name = new.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
            case Key.context: capsule.pointee.context = new
            case Key.destructor:
                var implementation: UnsafeMutableRawPointer?
                guard Capsules.function(thread, new, &implementation) else { return -1 }
                Capsules.setDestructor(capsule, implementation)
            default:
                thread.raise(.systemError, "unknown capsule key \(key)")
                return -1
            }
            return 0
        }
    }

    private static func same(_ a: UnsafePointer<CChar>?, _ b: UnsafePointer<CChar>?) -> Bool {
        guard let a, let b else { return a == b }
        return strcmp(a, b) == 0
    }

    /// The function of a destructor, or none. False when it has raised.
    private static func function(_ thread: ThreadRef, _ destructor: UnsafeMutableRawPointer?, _ result: inout UnsafeMutableRawPointer?) -> Bool {
        guard let pair = destructor?.assumingMemoryBound(to: HPyFunctionPair.self) else { return true }
        guard pair.pointee.trampoline != nil, let implementation = pair.pointee.implementation else {
            thread.raise(.valueError, "Invalid HPyCapsule destructor")
            return false
        }
        result = implementation
        return true
    }

    private static func setDestructor(_ capsule: UnsafeMutablePointer<CapsuleObject>, _ function: UnsafeMutableRawPointer?) {
        capsule.pointee.destructor = function
        if function != nil { Instances.watch(UnsafeMutableRawPointer(capsule)) }
    }

    /// Called when a capsule has died.
    static func destroy(_ capsule: UnsafeMutablePointer<CapsuleObject>) {
        guard let function = capsule.pointee.destructor else { return }
        capsule.pointee.destructor = nil
        unsafeBitCast(function, to: HPyCapsuleFunction.self)(capsule.pointee.name, capsule.pointee.pointer, capsule.pointee.context)
    }
}
