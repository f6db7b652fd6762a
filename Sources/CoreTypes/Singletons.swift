import Objects

/// `None`, `NotImplemented` and `Ellipsis`: immediates, each the only one of its type.
enum Singletons {
    static func start() {
        NativeType(id: .noneType, "NoneType", size: 8) { slots in
            slots.unary(.repr) { thread, _ in StringRef.intern("None").value }
            slots.bool { _, _ in 0 }
            slots.call(.new) { thread, _, _, count, _ in count > 0 ? thread.raise(.typeError, "NoneType takes no arguments") : .none }
        }
        NativeType(id: .notImplementedType, "NotImplementedType", size: 8, methods: [
            Def("__reduce__(self, /)", .pure) { _, _, _ in StringRef.intern("NotImplemented").value },
        ]) { slots in
            slots.unary(.repr) { thread, _ in StringRef.intern("NotImplemented").value }
            slots.bool { thread, _ in
                RuntimeHooks.warn(thread, .deprecationWarning, "NotImplemented should not be used in a boolean context", 1) ? 1 : -1
            }
            slots.call(.new) { thread, _, _, count, _ in count > 0 ? thread.raise(.typeError, "NotImplementedType takes no arguments") : .notImplemented }
        }
        NativeType(id: .ellipsisType, "ellipsis", size: 8, methods: [
            Def("__reduce__(self, /)", .pure) { _, _, _ in StringRef.intern("Ellipsis").value },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.repr) { thread, _ in StringRef.intern("Ellipsis").value }
            slots.call(.new) { thread, _, _, count, _ in count > 0 ? thread.raise(.typeError, "EllipsisType takes no arguments") : .ellipsis }
        }
    }
}
