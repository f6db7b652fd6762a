import CoreTypes
import Glibc
import Objects

/// Capsules: C pointers as Python objects.
enum Capsules {
    /// `_HPyCapsule_key`
    private enum Key {
        static let pointer: Int32 = 0, name: Int32 = 1, context: Int32 = 2, destructor: Int32 = 3
    }

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Capsule_New = { _, pointer, name, destructor in
            let thread = Contexts.thread
            guard let pointer else { return thread.raise(.valueError, "PyCapsule_New called with null pointer") }
            var implementation: UnsafeMutableRawPointer?
            guard Capsules.function(thread, destructor, &implementation) else { return .empty }
            let value = Capsule.make(thread, pointer, name: name)
            if !value.isEmpty { Capsules.setDestructor(value.object(CapsuleObject.self), implementation) }
            return value
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
            if key == Key.pointer && new == nil {
                thread.raise(.valueError, "PyCapsule_SetPointer called with null pointer")
                return -1
            }
            guard value.isExact(.capsule) else {
                let what = key == Key.pointer ? "SetPointer" : key == Key.name ? "SetName" : key == Key.context ? "SetContext" : "SetDestructor"
                thread.raise(.valueError, "PyCapsule_\(what) called with invalid PyCapsule object")
                return -1
            }
            let capsule = value.object(CapsuleObject.self)
            switch key {
            case Key.pointer: if let new { capsule.pointee.pointer = new }
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
