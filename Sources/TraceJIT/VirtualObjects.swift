/// Virtual objects: allocation removal.
///
/// Most objects that a loop makes die in it: boxes, iterators, argument tuples, bound methods. An object that `new` makes is at first *virtual*: nothing is emitted
/// but a placeholder, and what is stored into it is kept in a table here. Loads from it are answered from the table, its class check is known, comparing it
/// with another object is decided. Only when it *escapes*, as an argument, into an object that is not virtual, is it *forced*: allocated and
/// filled at that point, after which the placeholder stands for the real object (`OptimiserState.equal`).
///
/// A guard's snapshot is no escape. It records how to make the object, and the exit makes it: so an object that is needed only when the trace is left costs nothing
/// while it is not. Slots carried around the loop are no escape either: the loop carries the fields (`LoopPeeling.swift`).
///
/// Fields that have not been stored to are zero, as `ValueModel.allocate` promises. Elements of a virtual object's tail are kept if their index is constant.
struct VirtualObject {
    var layout: UInt16
    /// The length of its tail: a constant, or none.
    var count: Ref
    var fields: [Member]

    struct Member {
        var field: UInt16
        /// The element's number, or -1.
        var index: Int32
        var ref: Ref
    }
    func member(_ field: UInt16, _ index: Int32) -> Ref? { fields.first { $0.field == field && $0.index == index }?.ref }
}

extension Optimiser {
    static let largestVirtual = 64

    /// The virtual object behind a resolved reference.
    @inline(__always) func virtual(_ ref: Ref) -> Int? {
        guard ref.isInstruction else { return nil }
        let object = state.virtualOf[ref.index]
        return object >= 0 ? Int(object) : nil
    }

    /// A placeholder with its virtual object.
    func makeVirtual(_ object: VirtualObject) -> Ref {
        let ref = appendRaw(Instruction(.nop, .value))
        if ref.isNone { return ref }
        state.virtualOf[ref.index] = Int32(state.objects.count)
        state.objects.append(object)
        virtualEpoch += 1
        return ref
    }

    func foldVirtual(_ i: inout Instruction) -> Folded {
        switch i.op {
        case .new:
            if passes.contains(.virtuals), i.a.isConstant, i.a.isNone || out.bits(i.a) <= UInt64(Optimiser.largestVirtual) {
                return .value(makeVirtual(VirtualObject(layout: i.c, count: i.a, fields: [])))
            }
            return .value(allocate(i.c, i.a))
        case .elem:
            // Of a virtual object only constant elements can be told apart.
            if virtual(i.a) != nil, !i.b.isConstant { i.a = force(i.a) }
        case .load, .store:
            // An address that was taken while the object was virtual.
            if let elem = out.definition(i.a, .elem), resolve(elem.a) != elem.a { i.a = emit(Instruction(.elem, .pointer, elem.a, elem.b, c: elem.c)) }
            guard let (object, index) = virtualPlace(i.a) else {
                if virtual(i.a) != nil { i.a = force(i.a) }
                return .keep
            }
            if i.op == .store {
                setMember(object, i.c, index, narrowed(i.b, to: i.c))
                return .drop
            }
            if let known = state.objects[object].member(i.c, index) {
                let value = resolve(known)
                if out.type(value) == i.type { return .value(value) }
                if i.type != .float, out.type(value) != .float { return .value(emit(Instruction(.cast, i.type, value))) }
                break
            }
            return .value(out.constant(0, i.type))
        case .eq, .ne, .geq, .gne:
            // An object that nobody else has is equal to itself only.
            if virtual(i.a) != nil || virtual(i.b) != nil, out.type(i.a) != .int, out.type(i.b) != .int {
                let same = i.a == i.b
                if i.op == .eq || i.op == .ne { return .value(out.int(same == (i.op == .eq) ? 1 : 0)) }
                if same == (i.op == .geq) { return .drop }
                isContradictory = true
                return .keep
            }
        case .gclass:
            if virtual(i.a) != nil {
                guard let known = classFact(i.a) else {
                    i = Instruction(.geq, .void, storedClass(virtual(i.a)!)!, i.b, c: i.c)
                    return .again
                }
                if known == i.b { return .drop }
                isContradictory = true
            }
        default: break
        }
        // Whatever else uses a virtual object needs a real one.
        switch i.op {
        case .elem, .barrier, .gclass, .store, .load: break
        default:
            if i.op.usesA, virtual(i.a) != nil { i.a = force(i.a) }
            if i.op.usesB, virtual(i.b) != nil { i.b = force(i.b) }
        }
        return .keep
    }

    /// What a load finds after a store of this number into a field that may be narrower.
    private func narrowed(_ ref: Ref, to field: UInt16) -> Ref {
        let width = out.vocabulary.fields[Int(field)].width, bits = width.bytes * 8
        if bits == 64 { return ref }
        switch width {
        case .u8, .u16, .u32: return emit(Instruction(.and, .int, ref, out.int(1 << Int64(bits) - 1)))
        default:
            let up = emit(Instruction(.shl, .int, ref, out.int(Int64(64 - bits))))
            return emit(Instruction(.sar, .int, up, out.int(Int64(64 - bits))))
        }
    }

    /// The virtual object and the element that an address means.
    private func virtualPlace(_ address: Ref) -> (Int, Int32)? {
        if let object = virtual(address) { return (object, -1) }
        if let elem = out.definition(address, .elem) {
            let base = resolve(elem.a), element = resolve(elem.b)
            if let object = virtual(base), element.isConstant { return (object, Int32(truncatingIfNeeded: out.intValue(element))) }
        }
        return nil
    }

    private func setMember(_ object: Int, _ field: UInt16, _ index: Int32, _ ref: Ref) {
        virtualEpoch += 1
        if let at = state.objects[object].fields.firstIndex(where: { $0.field == field && $0.index == index }) {
            state.objects[object].fields[at].ref = ref
        } else {
            state.objects[object].fields.append(.init(field: field, index: index, ref: ref))
        }
    }

    // MARK: Forcing

    /// A real object, emitted here.
    private func allocate(_ layout: UInt16, _ count: Ref) -> Ref {
        let ref = append(Instruction(.new, .value, count, c: layout))
        if ref.isNone { return ref }
        setClass(ref, out.int(Int64(out.vocabulary.layouts[Int(layout)].classWord)))
        // A collection may have made all others old.
        state.barriered = [ref]
        return ref
    }

    /// The reference, made real if it is a virtual object. All objects that it reaches are allocated first and filled afterwards.
    func force(_ ref: Ref) -> Ref {
        let ref = resolve(ref)
        guard virtual(ref) != nil else { return ref }
        var reached: [(placeholder: Ref, object: Int, real: Ref)] = []
        func visit(_ ref: Ref) {
            let ref = resolve(ref)
            guard let object = virtual(ref) else { return }
            let real = allocate(state.objects[object].layout, state.objects[object].count)
            if real.isNone { return }
            state.virtualOf[ref.index] = -1
            state.equal[ref.index] = real
            reached.append((ref, object, real))
            for member in state.objects[object].fields { visit(member.ref) }
        }
        visit(ref)
        virtualEpoch += 1
        for (_, object, real) in reached {
            var needsBarrier = real != reached.last!.real
            for member in state.objects[object].fields {
                if needsBarrier, out.vocabulary.fields[Int(member.field)].width == .value {
                    _ = emit(Instruction(.barrier, .void, real))
                    needsBarrier = false
                }
                let address = member.index < 0 ? real : emit(Instruction(.elem, .pointer, real, out.int(Int64(member.index)), c: member.field))
                let contents = resolve(member.ref)
                _ = emit(Instruction(.store, .void, address, contents, c: member.field))
                if member.index < 0, isClassWord(member.field), contents.isConstant { setClass(real, contents) }
            }
        }
        return resolve(ref)
    }
}
