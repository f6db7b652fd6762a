import Bytecode
import Glibc
import Objects

/// The dispatch loop.
///
/// `run` executes from a frame marked `FrameFlags.entry` until that frame returns. Calls of Python functions, class calls with a Python `__init__`, and
/// generators resumed by `for` or `yield from` push a frame and go on in the same loop. Whatever may raise stores `pc` first; a raise
/// leaves the inner loop (`break dispatch`) for the unwinder behind it, which finds a handler or pops frames.
///
/// The collector does not look into the loop's own native frame (`taipan_enter_loop`), which would keep alive whatever earlier instructions have left there. So across a call of
/// anything that may allocate, a value that is still needed has to stand in a register or a frame's header; arguments are the callee's to keep.
///
/// To add an opcode: a case in `Bytecode.Opcode`, a case here. Slow paths are functions of their own, never inlined, so that the loop stays
/// small in registers.
public enum Interpreter {
    /// Runs the function's frame at `fp`, whose registers are filled, and returns its result: empty when it has raised.
    static func enter(_ thread: ThreadRef, _ function: Value, _ fp: FramePointer, context: Value) -> Value {
        let code = function.object(FunctionObject.self).pointee.code
        fp[FrameSlot.function] = function
        fp[FrameSlot.code] = code
        fp.previous = thread.pointee.frame
        fp[FrameSlot.context] = context
        fp[FrameSlot.object] = .empty
        fp.flags = FrameFlags.entry
        fp[FrameSlot.saved] = .empty
        fp.pc = code.object(CodeObject.self).pointee.instructions
        return run(thread, fp, raising: false)
    }

    /// - Parameter raising: start by unwinding, with the thread's exception raised at the frame's `pc`.
    @inline(never) static func run(_ thread: ThreadRef, _ entry: FramePointer, raising: Bool) -> Value {
        guard taipan_stack_pointer() > thread.pointee.nativeStackLimit, thread.pointee.recursionDepth < taipan.recursionLimit else {
            _ = thread.enterRecursion()
            if !thread.hasException { thread.leaveRecursion(); thread.raise(.recursionError, "maximum recursion depth exceeded") }
            return Unwinder.abandon(thread, entry)
        }
        var unwinding = raising
        thread.pointee.recursionDepth += 1
        thread.pointee.frame = entry
        thread.pointee.stackTop = entry + Int(entry.code.pointee.registerCount)
        // A resumed generator was reported when it was put on the stack.
        if taipan_breaker_load(thread) != 0 && entry.flags & FrameFlags.generator == 0 && !Safepoint.enter(thread, entry) { unwinding = true }
        var here = LoopFrame()
        taipan_enter_loop(thread, &here, taipan_stack_pointer())
        let result = loop(thread, entry, raising: unwinding, recording: false)
        taipan_leave_loop(thread, &here)
        return result
    }

    /// Runs from the thread's frame while a trace is recorded: `JIT.step` is asked before each instruction whether to go on. Afterwards
    /// the thread's frame says where execution stands, perhaps with an exception raised there that is still to be unwound.
    @inline(never) static func record(_ thread: ThreadRef) {
        var here = LoopFrame()
        taipan_enter_loop(thread, &here, taipan_stack_pointer())
        _ = loop(thread, thread.pointee.frame.unsafelyUnwrapped, raising: false, recording: true)
        taipan_leave_loop(thread, &here)
    }

    /// The next word's operands are completed by those of an `extended` word before it. Returns the opcode.
    @_transparent private static func extend(_ pc: inout ProgramCounter, _ a: inout Int, _ b: inout Int, _ c: inout Int) -> UInt8 {
        var word = pc[0]
        pc += 1
        if UInt8(truncatingIfNeeded: word) == Opcode.extended.number {
            // Two in a row: the first holds the highest bits.
            a = a << 8 | Int(word >> 8 & 0xFF)
            b = b << 8 | Int(word >> 16 & 0xFF)
            c = c << 8 | Int(word >> 24)
            word = pc[0]
            pc += 1
        }
        a = a << 8 | Int(word >> 8 & 0xFF)
        b = b << 8 | Int(word >> 16 & 0xFF)
        c = c << 8 | Int(word >> 24)
        return UInt8(truncatingIfNeeded: word)
    }

    /// The loop itself, compiled twice: as the interpreter, and with a look by the recorder before each instruction.
    @inline(__always) private static func loop(_ thread: ThreadRef, _ entry: FramePointer, raising: Bool, recording: Bool) -> Value {
        var fp = entry
        var pc = fp.pc
        var constants = fp.code.pointee.constantItems
        var skipTraceback = false
        var keepsOrigin = false
        var unwinding = raising

        execution: while true {
        dispatch: while !unwinding {
            if recording {
                fp.pc = pc
                if !JIT.step(thread, fp, pc) { return .empty }
            }
            let word = pc[0]
            pc += 1
            var opcode = UInt8(truncatingIfNeeded: word)
            var a = Int(word >> 8 & 0xFF)
            var b = Int(word >> 16 & 0xFF)
            var c = Int(word >> 24)
            // Of a call that enters a Python function (`break decoded`).
            var callee = Value.empty, keywords = Value.empty
            var arguments = fp
            var count = 0
            var frameFlags: UInt64 = 0

            decoded: while true {
            arithmetic: do {
            comparison: do {
            jumpComparison: do {
            switch Opcode(number: opcode) {
            case .nop:
                break

            case .extended:
                opcode = extend(&pc, &a, &b, &c)
                continue decoded

            // MARK: Moves, locals and cells

            case .move:
                fp[a] = fp[b]
            case .loadConst:
                fp[a] = constants[b & 0xFF | (c & 0xFF) << 8]
            case .loadConstWide:
                fp[a] = constants[Int(pc[0])]
                pc += 1
            case .clear:
                fp[a] = .empty
            case .checkBound:
                if fp[a].isEmpty { fp.pc = pc; Names.raiseUnboundLocal(thread, fp.code, a); break dispatch }
            case .deleteLocal:
                if fp[a].isEmpty { fp.pc = pc; Names.raiseUnboundLocal(thread, fp.code, a); break dispatch }
                fp[a] = .empty
            case .makeCell:
                fp.pc = pc
                let cell = thread.newCell(fp[a])
                if cell.isEmpty { break dispatch }
                fp[a] = cell
            case .loadCell:
                let contents = fp[b].object(CellObject.self).pointee.contents
                if contents.isEmpty { fp.pc = pc; Names.raiseUnboundCell(thread, fp.code, b); break dispatch }
                fp[a] = contents
            case .storeCell:
                fp[a].object(CellObject.self).pointee.contents = fp[b]
                Heap.barrier(fp[a].raw)
            case .deleteCell:
                if fp[a].object(CellObject.self).pointee.contents.isEmpty { fp.pc = pc; Names.raiseUnboundCell(thread, fp.code, a); break dispatch }
                fp[a].object(CellObject.self).pointee.contents = .empty
            case .loadFree:
                let contents = TupleRef(fp.function.pointee.closure)[b].object(CellObject.self).pointee.contents
                if contents.isEmpty { fp.pc = pc; Names.raiseUnboundFree(thread, fp.code, b); break dispatch }
                fp[a] = contents
            case .storeFree:
                let cell = TupleRef(fp.function.pointee.closure)[a]
                cell.object(CellObject.self).pointee.contents = fp[b]
                Heap.barrier(cell.raw)
            case .deleteFree:
                let cell = TupleRef(fp.function.pointee.closure)[a].object(CellObject.self)
                if cell.pointee.contents.isEmpty { fp.pc = pc; Names.raiseUnboundFree(thread, fp.code, a); break dispatch }
                cell.pointee.contents = .empty
            case .loadClosure:
                fp[a] = TupleRef(fp.function.pointee.closure)[b]
            case .loadClassFree:
                fp.pc = pc
                let result = Names.loadClassFree(thread, fp, b)
                if result.isEmpty { break dispatch }
                fp[a] = result

            // MARK: Names

            case .loadGlobal:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                let globals = DictRef(fp.function.pointee.globals)
                if cache.pointee.kind == .global {
                    if globals.pointer.pointee.version == cache.pointee.version {
                        fp[a] = globals.item(at: cache.pointee.offset)
                        continue dispatch
                    }
                } else if cache.pointee.kind == .builtin && globals.pointer.pointee.version == cache.pointee.version {
                    let builtins = fp.function.pointee.builtins
                    if builtins.isExact(.dict), UInt64(DictRef(builtins).pointer.pointee.version) == cache.pointee.value.bits {
                        fp[a] = DictRef(builtins).item(at: cache.pointee.offset)
                        continue dispatch
                    }
                }
                fp.pc = pc
                let result = Names.loadGlobal(thread, fp.function, cache)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .storeGlobal:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                if !NamespaceVersions.set(thread, DictRef(fp.function.pointee.globals), name, fp[a]) { break dispatch }
            case .deleteGlobal:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                if !Names.deleteGlobal(thread, fp.function, name) { break dispatch }
            case .loadName:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                fp.pc = pc
                let result = Names.load(thread, fp, cache)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .storeName:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                if !Names.store(thread, fp, name, fp[a]) { break dispatch }
            case .deleteName:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                if !Names.delete(thread, fp, name) { break dispatch }
            case .setupAnnotations:
                fp.pc = pc
                if !Names.setupAnnotations(thread, fp) { break dispatch }
            case .loadLocals:
                fp[a] = fp[FrameSlot.context].isEmpty ? fp.function.pointee.globals : fp[FrameSlot.context]
            case .loadBuildClass:
                fp.pc = pc
                let result = Names.loadBuildClass(thread, fp.function)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .loadAssertionError:
                fp[a] = TypeID.assertionError.value

            // MARK: Attributes and items

            case .getAttr:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                switch AccessInstructions.attribute(thread, fp, pc, a, b, cache, &callee, &arguments, &count, &frameFlags) {
                case .finished: continue dispatch
                case .enters: break decoded
                default: break dispatch
                }
            case .setAttr:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                let object = fp[a]
                if object.isPointer && ShapeTable.record(object.shapeIndex).pointee.version == cache.pointee.version {
                    if cache.pointee.kind == .inlineSlot {
                        (object.raw + cache.pointee.offset).assumingMemoryBound(to: Value.self).pointee = fp[b]
                        Heap.barrier(object.raw)
                        continue dispatch
                    }
                    if cache.pointee.kind == .transition {
                        (object.raw + cache.pointee.offset).assumingMemoryBound(to: Value.self).pointee = fp[b]
                        object.header.pointee.shape = UInt32(truncatingIfNeeded: cache.pointee.value.bits)
                        Heap.barrier(object.raw)
                        continue dispatch
                    }
                }
                fp.pc = pc
                (callee, count) = SpecialMethods.setter(fp, object, fp[b], cache)
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    a = fp.unusedRegister
                    break decoded
                }
                if !Attributes.set(thread, object, fp[b], cache) { break dispatch }
            case .deleteAttr:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                if !thread.setAttribute(fp[a], name, .empty) { break dispatch }
            case .getMethod:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                let object = fp[b]
                if object.isPointer && cache.pointee.kind == .classValue && ShapeTable.record(object.shapeIndex).pointee.version == cache.pointee.version {
                    fp[a] = cache.pointee.value
                    fp[a + frameHeaderWords] = object
                    continue dispatch
                }
                fp.pc = pc
                if a | b <= 0xFF, SpecialMethods.mayFallBack(object) { (callee, count) = SpecialMethods.getter(thread, fp, object, cache) }
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    fp[a + frameHeaderWords] = .empty
                    frameFlags = FrameFlags.getter
                    break decoded
                }
                if !Attributes.getMethod(thread, fp + a, object, cache) { break dispatch }
            case .getItem:
                switch AccessInstructions.item(thread, fp, pc, a, fp[b], fp[c], &callee, &arguments, &count) {
                case .finished: continue dispatch
                case .enters: break decoded
                default: break dispatch
                }
            case .getItemK:
                switch AccessInstructions.item(thread, fp, pc, a, fp[b], constants[c], &callee, &arguments, &count) {
                case .finished: continue dispatch
                case .enters: break decoded
                default: break dispatch
                }
            case .getSlice:
                fp.pc = pc
                let result = thread.getSlice(fp[b], fp[c], fp[c + 1], .none)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .setItem:
                switch AccessInstructions.setItem(thread, fp, pc, &a, fp[a], fp[b], fp[c], &callee, &arguments, &count) {
                case .finished: continue dispatch
                case .enters: break decoded
                default: break dispatch
                }
            case .deleteItem:
                fp.pc = pc
                if !thread.deleteItem(fp[a], fp[b]) { break dispatch }
            case .buildSlice:
                fp.pc = pc
                let slice = thread.newSlice(fp[b], fp[b + 1], c == 3 ? fp[b + 2] : .none)
                if slice.isEmpty { break dispatch }
                fp[a] = slice

            // MARK: Arithmetic

            case .add, .inplaceAdd:
                let quick = Arithmetic.add(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .subtract, .inplaceSubtract:
                let quick = Arithmetic.subtract(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .multiply, .inplaceMultiply:
                let quick = Arithmetic.multiply(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .divide, .inplaceDivide:
                let quick = Arithmetic.divide(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .modulo, .inplaceModulo:
                let quick = Arithmetic.modulo(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .leftShift, .inplaceLeftShift:
                let quick = Arithmetic.leftShift(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .rightShift, .inplaceRightShift:
                let quick = Arithmetic.rightShift(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitOr, .inplaceBitOr:
                let quick = Arithmetic.bitOr(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitXor, .inplaceBitXor:
                let quick = Arithmetic.bitXor(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitAnd, .inplaceBitAnd:
                let quick = Arithmetic.bitAnd(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .floorDivide, .inplaceFloorDivide:
                let quick = Arithmetic.floorDivide(fp[b], fp[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .addK, .inplaceAddK:
                let quick = Arithmetic.add(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .subtractK, .inplaceSubtractK:
                let quick = Arithmetic.subtract(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .multiplyK, .inplaceMultiplyK:
                let quick = Arithmetic.multiply(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .divideK, .inplaceDivideK:
                let quick = Arithmetic.divide(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .moduloK, .inplaceModuloK:
                let quick = Arithmetic.modulo(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .leftShiftK, .inplaceLeftShiftK:
                let quick = Arithmetic.leftShift(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .rightShiftK, .inplaceRightShiftK:
                let quick = Arithmetic.rightShift(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitOrK, .inplaceBitOrK:
                let quick = Arithmetic.bitOr(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitXorK, .inplaceBitXorK:
                let quick = Arithmetic.bitXor(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .bitAndK, .inplaceBitAndK:
                let quick = Arithmetic.bitAnd(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .floorDivideK, .inplaceFloorDivideK:
                let quick = Arithmetic.floorDivide(fp[b], constants[c])
                if quick.isEmpty { break arithmetic }
                fp[a] = quick
            case .matrixMultiply, .power, .inplaceMatrixMultiply, .inplacePower, .matrixMultiplyK, .powerK, .inplaceMatrixMultiplyK, .inplacePowerK:
                break arithmetic
            case .invert:
                if fp[b].isSmallInt { fp[a] = Value(small: ~fp[b].smallInt); continue dispatch }
                fp.pc = pc
                let result = thread.unary(fp[b], .invert)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .not:
                fp.pc = pc
                let truth = thread.isTrue(fp[b])
                if truth < 0 { break dispatch }
                fp[a] = Value(truth == 0)
            case .plus:
                if fp[b].isSmallInt { fp[a] = fp[b]; continue dispatch }
                fp.pc = pc
                let result = thread.unary(fp[b], .positive)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .negate:
                let x = fp[b]
                if x.isSmallInt && x.smallInt != 0 && Value.fitsSmall(-x.smallInt) { fp[a] = Value(small: -x.smallInt); continue dispatch }
                if x.isInlineFloat { fp[a] = Value.encodeFloat(-x.inlineFloat); continue dispatch }
                fp.pc = pc
                callee = SpecialMethods.method(x, .__neg__)
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    arguments[0] = x
                    count = 1
                    break decoded
                }
                let result = thread.unary(x, .negative)
                if result.isEmpty { break dispatch }
                fp[a] = result

            // MARK: Comparisons

            case .equal:
                let truth = Arithmetic.compare(fp[b], fp[c], .equal)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .notEqual:
                let truth = Arithmetic.compare(fp[b], fp[c], .notEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .less:
                let truth = Arithmetic.compare(fp[b], fp[c], .less)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .lessEqual:
                let truth = Arithmetic.compare(fp[b], fp[c], .lessEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .greater:
                let truth = Arithmetic.compare(fp[b], fp[c], .greater)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .greaterEqual:
                let truth = Arithmetic.compare(fp[b], fp[c], .greaterEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .equalK:
                let truth = Arithmetic.compare(fp[b], constants[c], .equal)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .notEqualK:
                let truth = Arithmetic.compare(fp[b], constants[c], .notEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .lessK:
                let truth = Arithmetic.compare(fp[b], constants[c], .less)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .lessEqualK:
                let truth = Arithmetic.compare(fp[b], constants[c], .lessEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .greaterK:
                let truth = Arithmetic.compare(fp[b], constants[c], .greater)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .greaterEqualK:
                let truth = Arithmetic.compare(fp[b], constants[c], .greaterEqual)
                if truth < 0 { break comparison }
                fp[a] = Value(truth != 0)
            case .jumpEqual:
                let truth = Arithmetic.compare(fp[a], fp[b], .equal)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpNotEqual:
                let truth = Arithmetic.compare(fp[a], fp[b], .notEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpLess:
                let truth = Arithmetic.compare(fp[a], fp[b], .less)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpLessEqual:
                let truth = Arithmetic.compare(fp[a], fp[b], .lessEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpGreater:
                let truth = Arithmetic.compare(fp[a], fp[b], .greater)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpGreaterEqual:
                let truth = Arithmetic.compare(fp[a], fp[b], .greaterEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpEqualK:
                let truth = Arithmetic.compare(fp[a], constants[b], .equal)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpNotEqualK:
                let truth = Arithmetic.compare(fp[a], constants[b], .notEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpLessK:
                let truth = Arithmetic.compare(fp[a], constants[b], .less)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpLessEqualK:
                let truth = Arithmetic.compare(fp[a], constants[b], .lessEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpGreaterK:
                let truth = Arithmetic.compare(fp[a], constants[b], .greater)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .jumpGreaterEqualK:
                let truth = Arithmetic.compare(fp[a], constants[b], .greaterEqual)
                if truth < 0 { break jumpComparison }
                pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            case .is:
                fp[a] = Value(Comparisons.isSame(fp[b], fp[c]))
            case .isNot:
                fp[a] = Value(!Comparisons.isSame(fp[b], fp[c]))
            case .contains:
                fp.pc = pc
                let found = Comparisons.contains(thread, fp[c], fp[b])
                if found < 0 { break dispatch }
                fp[a] = Value(found != 0)
            case .notContains:
                fp.pc = pc
                let found = Comparisons.contains(thread, fp[c], fp[b])
                if found < 0 { break dispatch }
                fp[a] = Value(found == 0)

            // MARK: Jumps

            case .jump:
                pc += Int(Int32(bitPattern: word) >> 8)
            case .jumpBack:
                let cache = fp.code.pointee.caches + Int(pc[0])
                pc += 1
                if taipan_breaker_load(thread) != 0 {
                    fp.pc = pc
                    if !Safepoint.serve(thread) { break dispatch }
                }
                pc -= Int(word >> 8)
                if !recording {
                    cache.pointee.version &-= 1
                    if cache.pointee.version == 0 {
                        fp.pc = pc
                        JIT.reachedLoop(thread, cache)
                        fp = thread.pointee.frame.unsafelyUnwrapped
                        pc = fp.pc
                        constants = fp.code.pointee.constantItems
                        if thread.hasException { break dispatch }
                    }
                }
            case .jumpIfTrue:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                let x = fp[a]
                if x == .true { pc += offset; continue dispatch }
                if x == .false || x.isNone { continue dispatch }
                fp.pc = pc
                let truth = thread.isTrue(x)
                if truth < 0 { break dispatch }
                if truth != 0 { pc += offset }
            case .jumpIfFalse:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                let x = fp[a]
                if x == .true { continue dispatch }
                if x == .false || x.isNone { pc += offset; continue dispatch }
                fp.pc = pc
                let truth = thread.isTrue(x)
                if truth < 0 { break dispatch }
                if truth == 0 { pc += offset }
            case .jumpIfNone:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += fp[a].isNone ? offset + 1 : 1
            case .jumpIfNotNone:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += fp[a].isNone ? 1 : offset + 1
            case .jumpIs:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                if Comparisons.isSame(fp[a], fp[b]) == (c != 0) { pc += offset }
            case .jumpContains:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                fp.pc = pc
                let found = Comparisons.contains(thread, fp[b], fp[a])
                if found < 0 { break dispatch }
                if Int(found) == c { pc += offset }

            // MARK: Calls

            case .call, .callMethod:
                fp.pc = pc
                arguments = fp + b + frameHeaderWords
                count = c
                if opcode == Opcode.callMethod.number { CallInstructions.settle(arguments, &count) }
                callee = (fp + b)[0]
                switch CallInstructions.call(thread, &fp, a, &callee, arguments, &count, &frameFlags) {
                case .enters: break decoded
                case .finished: continue dispatch
                case .raised, .ended: break dispatch
                case .resumes:
                    pc = fp.pc
                    constants = fp.code.pointee.constantItems
                }
            case .callKeywords, .callMethodKeywords:
                keywords = constants[Int(pc[0])]
                pc += 1
                fp.pc = pc
                arguments = fp + b + frameHeaderWords
                count = c
                if opcode == Opcode.callMethodKeywords.number { CallInstructions.settle(arguments, &count) }
                callee = (fp + b)[0]
                switch CallInstructions.call(thread, fp, a, &callee, arguments, &count, keywords, &frameFlags) {
                case .enters: break decoded
                case .finished: continue dispatch
                case .raised, .resumes, .ended: break dispatch
                }
            case .callExpanded:
                fp.pc = pc
                var spread = 0, names = Value.empty
                callee = Calls.spread(thread, fp + b, hasKeywords: c != 0, &spread, &names)
                if !callee.isEmpty {
                    arguments = fp + b + frameHeaderWords
                    count = spread
                    keywords = names
                    break decoded
                }
                let result = Calls.expanded(thread, fp + b, hasKeywords: c != 0)
                if result.isEmpty { break dispatch }
                fp[a] = result

            // MARK: Building

            case .buildTuple:
                fp.pc = pc
                let tuple = thread.newTuple(fp + b, c)
                if tuple.isEmpty { break dispatch }
                fp[a] = tuple
            case .buildList:
                fp.pc = pc
                let list = thread.newList(fp + b, c)
                if list.isEmpty { break dispatch }
                fp[a] = list
            case .buildListFor:
                let list = thread.newList(for: fp[b])
                if list.isEmpty { fp.pc = pc; break dispatch }
                fp[a] = list
            case .buildSet:
                fp.pc = pc
                let result = Building.set(thread, fp + b, c)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .buildMap:
                fp.pc = pc
                let result = Building.map(thread, fp + b, c)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .buildString:
                fp.pc = pc
                let result = Building.string(thread, fp + b, c)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .listAppend:
                if !ListRef(fp[a]).append(thread, fp[b]) { fp.pc = pc; break dispatch }
            case .setAdd:
                fp.pc = pc
                if !SetRef(fp[a]).add(thread, fp[b]) { break dispatch }
            case .mapAdd:
                fp.pc = pc
                if !DictRef(fp[a]).set(thread, fp[b], fp[c]) { break dispatch }
            case .listExtend:
                fp.pc = pc
                if !Building.extend(thread, fp[a], fp[b]) { break dispatch }
            case .setUpdate:
                fp.pc = pc
                if !Building.setUpdate(thread, fp[a], fp[b]) { break dispatch }
            case .dictUpdate:
                fp.pc = pc
                if !Building.dictUpdate(thread, fp[a], fp[b]) { break dispatch }
            case .dictMerge:
                fp.pc = pc
                if !Building.dictMerge(thread, fp[a], fp[b], fp[c]) { break dispatch }
            case .listToTuple:
                let list = ListRef(fp[b])
                let tuple = list.count == 0 ? WellKnown.emptyTuple.value : thread.newTuple(list.items, list.count)
                if tuple.isEmpty { fp.pc = pc; break dispatch }
                fp[a] = tuple
            case .formatValue:
                fp.pc = pc
                let result = Building.format(thread, fp[b], c & 3, c & 4 != 0 ? fp[b + 1] : .empty)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .unpackSequence:
                let value = fp[b]
                if value.isExact(.tuple) && TupleRef(value).count == c {
                    let items = TupleRef(value).items
                    var index = 0
                    while index < c { fp[a + index] = items[index]; index += 1 }
                    continue dispatch
                }
                if value.isExact(.list) && ListRef(value).count == c {
                    var index = 0
                    while index < c { fp[a + index] = ListRef(value)[index]; index += 1 }
                    continue dispatch
                }
                fp.pc = pc
                if !Building.unpack(thread, fp + a, value, c) { break dispatch }
            case .unpackStarred:
                let after = Int(pc[0])
                pc += 1
                fp.pc = pc
                if !Building.unpackStarred(thread, fp + a, fp[b], c, after) { break dispatch }
            case .makeFunction:
                let inner = constants[Int(pc[0])]
                pc += 1
                fp.pc = pc
                let function = Building.function(thread, globals: fp.function.pointee.globals, inner, fp + b, c)
                if function.isEmpty { break dispatch }
                fp[a] = function

            // MARK: Imports

            case .importName:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                let result = Imports.importName(thread, fp, name, fp[b], fp[c])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .importFrom:
                let name = TupleRef(fp.code.pointee.names)[Int(pc[0])]
                pc += 1
                fp.pc = pc
                let result = Imports.importFrom(thread, fp[b], name)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .importStar:
                fp.pc = pc
                if !Imports.importStar(thread, fp, fp[a]) { break dispatch }

            // MARK: Iteration and generators

            case .getIter:
                let iterable = fp[b]
                fp.pc = pc
                if iterable.isExact(.generator) { fp[a] = iterable; continue dispatch }
                callee = SpecialMethods.iterator(iterable)
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    arguments[0] = iterable
                    count = 1
                    break decoded
                }
                let result = thread.loopIterator(iterable)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .forIter:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                switch IterationInstructions.next(thread, &fp, pc, a, fp[b], &callee, &arguments, &count, &frameFlags) {
                case .finished: continue dispatch
                case .enters: break decoded
                case .ended: pc += offset
                case .raised: break dispatch
                case .resumes:
                    pc = fp.pc
                    constants = fp.code.pointee.constantItems
                }
            case .getAsyncIter:
                fp.pc = pc
                let result = AsyncProtocol.iterator(thread, fp[b])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .getAsyncNext:
                fp.pc = pc
                let result = AsyncProtocol.next(thread, fp[b])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .endAsyncFor:
                if !fp[a].isInstance(of: .stopAsyncIteration) {
                    fp.pc = pc
                    skipTraceback = Raising.reraise(thread, fp[a])
                    break dispatch
                }
            case .makeGenerator:
                fp.pc = pc
                let generator = Generators.make(thread, fp)
                if generator.isEmpty { break dispatch }
                fp[FrameSlot.saved] = generator
                if fp.flags & FrameFlags.constructor != 0 {
                    Calls.raiseInitResult(thread, generator)
                    skipTraceback = true
                    break dispatch
                }
                if fp.flags & FrameFlags.entry != 0 {
                    Frames.leave(thread, fp)
                    return generator
                }
                let flags = fp.flags
                let previous = Frames.leave(thread, fp).unsafelyUnwrapped
                fp = previous
                pc = fp.pc
                constants = fp.code.pointee.constantItems
                fp[FrameFlags.resultRegister(flags)] = generator
            case .yield, .yieldDelegated:
                // A delegating generator goes back to its `send` when it is resumed.
                if opcode == Opcode.yieldDelegated.number { pc += 1 + Int(Int32(bitPattern: pc[0])) }
                fp.pc = pc
                let value = fp[b]
                if !fp[FrameSlot.object].isEmpty && taipan_breaker_load(thread) & Breaker.tracing != 0 && !Tracing.leave(thread, fp, value) {
                    pc = fp.code.pointee.instructions
                    skipTraceback = true
                    break dispatch
                }
                let generator = fp[FrameSlot.context].object(GeneratorObject.self)
                let flags = fp.flags
                Generators.suspend(thread, generator, fp, resumeRegister: a, delegate: opcode == Opcode.yieldDelegated.number ? c : -1)
                let previous = Frames.leave(thread, fp)
                if flags & FrameFlags.entry != 0 { return value }
                fp = previous.unsafelyUnwrapped
                pc = fp.pc
                constants = fp.code.pointee.constantItems
                fp[FrameFlags.resultRegister(flags)] = value
            case .wrapAsyncYield:
                let wrapped = AsyncProtocol.wrap(thread, fp[b])
                if wrapped.isEmpty { fp.pc = pc; break dispatch }
                fp[a] = wrapped
            case .getYieldFromIter:
                fp.pc = pc
                let result = AsyncProtocol.yieldFromIterator(thread, fp, fp[b])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .getAwaitable:
                fp.pc = pc
                let result = AsyncProtocol.awaitable(thread, fp[b], c)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .send:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                fp.pc = pc
                let delegate = fp[b]
                if delegate.isExact(.generator) || delegate.isExact(.coroutine) {
                    let generator = delegate.object(GeneratorObject.self)
                    if generator.pointee.state == .suspended || (generator.pointee.state == .created && fp[c].isNone) {
                        guard let frame = Generators.push(thread, generator, fp[c], flags: FrameFlags.generator | FrameFlags.send | UInt64(a) << 8) else { break dispatch }
                        fp = frame
                        pc = fp.pc
                        constants = fp.code.pointee.constantItems
                        continue dispatch
                    }
                }
                var finished = false
                let result = AsyncProtocol.send(thread, delegate, fp[c], &finished)
                if result.isEmpty { break dispatch }
                fp[a] = result
                if finished { pc += offset }
            case .return, .returnNone:
                var result = opcode == Opcode.return.number ? fp[a] : .none
                switch CallInstructions.leave(thread, &fp, &pc, &result, &skipTraceback) {
                case .left: return result
                case .raised:
                    constants = fp.code.pointee.constantItems
                    break dispatch
                case .goesOn: constants = fp.code.pointee.constantItems
                }

            // MARK: Exceptions

            case .raise:
                fp.pc = pc
                Raising.raise(thread, fp[a], cause: .empty)
                break dispatch
            case .raiseFrom:
                fp.pc = pc
                Raising.raise(thread, fp[a], cause: fp[b])
                break dispatch
            case .raiseAgain:
                fp.pc = pc
                let handled = thread.handledException
                if handled.isEmpty {
                    thread.raise(.runtimeError, "No active exception to reraise")
                } else {
                    thread.restore(handled)
                    skipTraceback = true
                }
                break dispatch
            case .reraise:
                fp.pc = pc
                skipTraceback = Raising.reraise(thread, fp[a])
                keepsOrigin = b != 0
                break dispatch
            case .pushException:
                let exception = fp[b]
                if !exception.isException { fp.pc = pc; Raising.refuse(thread); break dispatch }
                fp[a] = thread.pointee.handled
                thread.pointee.handled = exception
            case .popException:
                if !fp[a].isEmpty && !fp[a].isException { fp.pc = pc; Raising.refuse(thread); break dispatch }
                thread.pointee.handled = fp[a]
            case .jumpIfNoMatch:
                let offset = Int(Int32(bitPattern: pc[0]))
                pc += 1
                let type = fp[b]
                if type.isExceptionClass {
                    if !fp[a].type.isSubtype(of: TypeRef(type)) { pc += offset }
                    continue dispatch
                }
                fp.pc = pc
                let matches = Raising.matches(thread, fp[a], type)
                if matches < 0 { break dispatch }
                if matches == 0 { pc += offset }
            case .splitGroup:
                fp.pc = pc
                if !Raising.splitGroup(thread, fp, a, b, c) { break dispatch }
            case .prepareReraiseStar:
                fp.pc = pc
                let result = Raising.prepareReraiseStar(thread, fp[b], fp[c])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .exceptionInfo:
                let exception = fp[b]
                if !exception.isException { fp.pc = pc; Raising.refuse(thread); break dispatch }
                fp[a] = exception.type.value
                fp[a + 1] = exception
                let traceback = exception.object(ExceptionObject.self).pointee.traceback
                fp[a + 2] = traceback.isEmpty ? .none : traceback

            // MARK: With

            case .withLookup:
                fp.pc = pc
                if !Building.withLookup(thread, fp, a, fp[b], c, isAsync: false) { break dispatch }
            case .asyncWithLookup:
                fp.pc = pc
                if !Building.withLookup(thread, fp, a, fp[b], c, isAsync: true) { break dispatch }

            // MARK: Pattern matching

            case .matchSequence:
                fp[a] = Value(fp[b].isPointer && fp[b].type.has(.sequencePattern))
            case .matchMapping:
                fp[a] = Value(fp[b].isPointer && fp[b].type.has(.mappingPattern))
            case .matchKeys:
                fp.pc = pc
                let result = Matching.keys(thread, fp[b], fp[c])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .matchClass:
                let names = constants[Int(pc[0])]
                let positional = Int(pc[1])
                pc += 2
                fp.pc = pc
                let result = Matching.classPattern(thread, fp[b], fp[c], positional, names)
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .copyDictWithoutKeys:
                fp.pc = pc
                let result = Matching.rest(thread, fp[b], fp[c])
                if result.isEmpty { break dispatch }
                fp[a] = result
            case .getLength:
                fp.pc = pc
                let length = thread.length(fp[b])
                if length < 0 { break dispatch }
                fp[a] = thread.newInt(length)

            case .printExpression:
                fp.pc = pc
                if !Imports.display(thread, fp[a]) { break dispatch }

            case .traced:
                fp.pc = pc
                // Where the instruction begins is worked out there: here it would take a register of the loop's.
                guard let behind = Tracing.instruction(thread, fp, behind: pc) else { break dispatch }
                if behind != pc { pc = behind - 1; continue dispatch }
                opcode = Tracing.original(fp.code, behind: pc)
                continue decoded
            }
            continue dispatch
            }

            // A fused comparison and jump whose operands are not two small ints or two floats.
            fp.pc = pc + 1
            if a | b <= 0xFF {
                callee = SpecialMethods.compare(opcode, fp[a], opcode >= Opcode.jumpEqualK.number ? constants[b] : fp[b])
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    arguments[0] = fp[a]
                    arguments[1] = opcode >= Opcode.jumpEqualK.number ? constants[b] : fp[b]
                    count = 2
                    frameFlags = FrameFlags.specialJump
                    pc += 1
                    break decoded
                }
            }
            let truth = Arithmetic.jumpSlow(thread, opcode, fp[a], opcode >= Opcode.jumpEqualK.number ? constants[b] : fp[b])
            if truth < 0 { break dispatch }
            pc += Int(truth) == c ? Int(Int32(bitPattern: pc[0])) + 1 : 1
            continue dispatch
            }

            fp.pc = pc
            if a | b | c <= 0xFF {
                callee = SpecialMethods.compare(opcode, fp[b], opcode >= Opcode.equalK.number ? constants[c] : fp[c])
                if !callee.isEmpty {
                    arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
                    arguments[0] = fp[b]
                    arguments[1] = opcode >= Opcode.equalK.number ? constants[c] : fp[c]
                    count = 2
                    frameFlags = FrameFlags.special
                    break decoded
                }
            }
            let result = Arithmetic.compareSlow(thread, opcode, fp[b], opcode >= Opcode.equalK.number ? constants[c] : fp[c])
            if result.isEmpty { break dispatch }
            fp[a] = result
            continue dispatch
            }

            fp.pc = pc
            var isReflected = false
            if a | b | c <= 0xFF { (callee, isReflected) = SpecialMethods.binary(opcode, fp[b], fp + c, constants + c) }
            if callee.isEmpty {
                let result = Arithmetic.binarySlow(thread, opcode, fp[b], fp + c, constants + c)
                if result.isEmpty { break dispatch }
                fp[a] = result
                continue dispatch
            }
            arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
            arguments[isReflected ? 1 : 0] = fp[b]
            arguments[isReflected ? 0 : 1] = SpecialMethods.takesConstant(opcode) ? constants[c] : fp[c]
            count = 2
            frameFlags = FrameFlags.special
            break decoded
            }

            // A call of the Python function `callee`: its frame begins where its arguments lie.
            let function = callee.object(FunctionObject.self)
            let target = function.pointee.code.object(CodeObject.self)
            arguments[FrameSlot.function] = callee
            guard thread.pointee.recursionDepth < taipan.recursionLimit,
                  arguments + Int(target.pointee.registerCount) + count + 64 < thread.pointee.stackLimit.unsafelyUnwrapped else {
                Calls.raiseRecursion(thread)
                break dispatch
            }
            if target.pointee.isSimple && Int(target.pointee.argumentCount) == count && keywords.isEmpty {
                let clear = Int(target.pointee.clearCount)
                while count < clear { arguments[count] = .empty; count += 1 }
            } else if !Functions.bindCall(thread, fp, function, arguments, count, keywords) {
                break dispatch
            }
            arguments[FrameSlot.code] = function.pointee.code
            arguments.previous = fp
            arguments[FrameSlot.context] = .empty
            arguments[FrameSlot.object] = .empty
            arguments.flags = UInt64(a) << 8 | frameFlags
            // Of the others it is written already.
            if frameFlags & (FrameFlags.constructor | FrameFlags.maker) == 0 { arguments[FrameSlot.saved] = .empty }
            thread.pointee.recursionDepth += 1
            fp = arguments
            pc = target.pointee.instructions
            constants = target.pointee.constantItems
            thread.pointee.frame = fp
            thread.pointee.stackTop = fp + Int(target.pointee.registerCount)
            if taipan_breaker_load(thread) != 0 {
                fp.pc = pc
                if !Safepoint.enter(thread, fp) { break dispatch }
            }
            if !recording {
                target.pointee.entry.version &-= 1
                if target.pointee.entry.version == 0 {
                    fp.pc = pc
                    JIT.reachedLoop(thread, JIT.entry(target))
                    fp = thread.pointee.frame.unsafelyUnwrapped
                    pc = fp.pc
                    constants = fp.code.pointee.constantItems
                    if thread.hasException { break dispatch }
                }
            }
        }

        // Unwinding: the thread's exception was raised in frame `fp` at `pc`.
        unwinding = false
        while true {
            if recording {
                fp.pc = pc
                if !JIT.unwind(thread, fp, pc, skipsTraceback: skipTraceback, keepsOrigin: keepsOrigin) { return .empty }
            }
            if !skipTraceback {
                Unwinder.addTraceback(thread, fp, pc)
                if taipan_breaker_load(thread) & Breaker.tracing != 0 { Tracing.raised(thread, fp) }
            }
            let restoresOrigin = skipTraceback && keepsOrigin
            skipTraceback = false
            keepsOrigin = false
            if let handler = Unwinder.handler(fp.code, pc) {
                fp[Int(handler.pointee.register)] = thread.takeException()
                pc = fp.code.pointee.instructions + Int(handler.pointee.handler)
                thread.pointee.frame = fp
                thread.pointee.stackTop = fp + Int(fp.code.pointee.registerCount)
                continue execution
            }
            let flags = fp.flags
            fp.pc = restoresOrigin ? Unwinder.origin(thread, fp, pc) : pc
            if taipan_breaker_load(thread) & Breaker.tracing != 0 { Tracing.unwound(thread, fp) }
            if flags & FrameFlags.generator != 0 { Generators.fail(thread, fp) }
            let previous = Frames.leave(thread, fp)
            if flags & FrameFlags.entry != 0 { return .empty }
            fp = previous.unsafelyUnwrapped
            pc = fp.pc
            constants = fp.code.pointee.constantItems
            if flags & FrameFlags.getter != 0 { SpecialMethods.getterFailed(thread, fp, pc) }
            if flags & FrameFlags.iteration != 0, thread.exceptionMatches(.stopIteration) {
                thread.takeException()
                pc += Int(Int32(bitPattern: pc[-1]))
                thread.pointee.frame = fp
                thread.pointee.stackTop = fp + Int(fp.code.pointee.registerCount)
                continue execution
            }
        }
        }
    }
}
