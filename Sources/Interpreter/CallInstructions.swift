import Bytecode
import Objects

/// The call and return instructions of the dispatch loop.
///
/// A call's window is laid out as the callee's frame will stand: the callee in the first word of the header, the arguments in the registers. What is
/// called decides how the loop goes on. Functions, methods, objects whose `__call__` is a function and classes whose `__init__` or `__new__` is one are entered:
/// the window becomes their frame. Generators are resumed by `next` and `send`, and gone through by `sum` and its like, in the same loop. Everything else is called natively.
///
/// These functions are parts of the loop in another file. They are `@_transparent`, for the inliner's limits leave out some of what is only asked to be inlined, and then everything
/// that is passed `inout` stands in memory for the whole loop. To let the loop enter another kind of callable: a case in `call`.
enum CallInstructions {
    /// How the loop goes on.
    enum Step {
        /// `callee` is a Python function; its frame begins where the arguments are. What the frame's flags need to find as saved is written there.
        case enters
        /// The result is in its register.
        case finished
        case raised
        /// `fp` is the frame of a generator.
        case resumes
        /// A loop's iterator has no more items.
        case ended
    }

    /// A method's call window may have no receiver, when `getMethod` has found an ordinary attribute: the arguments move down over its place.
    @_transparent static func settle(_ arguments: Arguments, _ count: inout Int) {
        if arguments[0].isEmpty {
            arguments.update(from: arguments + 1, count: count)
        } else {
            count += 1
        }
    }

    /// What is called most often comes before every other question: a Python function, and a bound function of a foreign interface, whose call is so short that each question, and each jump through a table, is a good part of it.
    /// Neither goes through a generator in this loop. A foreign function takes its receiver apart, so that nothing has to move.
    @_transparent private static func usual(_ thread: ThreadRef, _ fp: FramePointer, _ a: Int, _ callee: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Step? {
        guard callee.isPointer else { return nil }
        if callee.shapeIndex == TypeID.function.rawValue { return .enters }
        guard callee.shapeIndex == TypeID.builtinFunction.rawValue, case let function = callee.object(BuiltinFunctionObject.self), let foreign = function.pointee.record.pointee.foreign,
              !function.pointee.receiver.isEmpty else { return nil }
        return finish(thread, foreign(thread, UnsafeMutableRawPointer(function.pointee.record), function.pointee.receiver, arguments, count, keywords), fp, a)
    }

    /// `call`, `callMethod`
    @_transparent static func call(_ thread: ThreadRef, _ fp: inout FramePointer, _ a: Int, _ callee: inout Value, _ arguments: Arguments, _ count: inout Int, _ flags: inout UInt64) -> Step {
        if let step = usual(thread, fp, a, callee, arguments, count, .empty) { return step }
        if count > 0, arguments[count - 1].isExact(.generator) || arguments[0].isExact(.generator) || arguments[0].isExact(.coroutine) {
            let consumer = Consumers.begin(thread, callee, arguments, count)
            if !consumer.function.isEmpty {
                // A native function that takes all items of a generator: a loop over them runs here.
                callee = consumer.function
                if !consumer.made.isEmpty {
                    arguments[FrameSlot.saved] = consumer.made
                    flags = FrameFlags.constructor
                }
                count = 2
                return .enters
            }
            if let value = Generators.sent(thread, callee, arguments, count) {
                guard let frame = Generators.push(thread, arguments[0].object(GeneratorObject.self), value, flags: FrameFlags.generator | UInt64(a) << 8) else { return .raised }
                fp = frame
                return .resumes
            }
        }
        redirected: while callee.isPointer {
            switch callee.shapeIndex {
            case TypeID.function.rawValue:
                return .enters
            case TypeID.methodDescriptor.rawValue:
                let descriptor = callee.object(DescriptorObject.self)
                guard count > 0, arguments[0].type.value == descriptor.pointee.owner else { break redirected }
                let record = UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.pointee.payload).unsafelyUnwrapped
                return finish(thread, record.call(thread, arguments, count, .empty), fp, a)
            case TypeID.builtinFunction.rawValue:
                let function = callee.object(BuiltinFunctionObject.self)
                if !function.pointee.receiver.isEmpty {
                    Calls.insert(function.pointee.receiver, arguments, count)
                    count += 1
                }
                return finish(thread, function.pointee.record.call(thread, arguments, count, .empty), fp, a)
            case TypeID.method.rawValue:
                let method = callee.object(MethodObject.self)
                Calls.insert(method.pointee.receiver, arguments, count)
                count += 1
                callee = method.pointee.function
            case _ where Calls.isClass(callee):
                let constructor = Calls.construct(thread, callee, arguments, count, hasKeywords: false)
                if constructor.function.isEmpty {
                    if thread.hasException { return .raised }
                    break redirected
                }
                callee = constructor.function
                count += 1
                arguments[FrameSlot.saved] = constructor.saved
                flags = constructor.flags
                return .enters
            default:
                let method = SpecialMethods.method(callee, .__call__)
                if method.isEmpty { break redirected }
                Calls.insert(callee, arguments, count)
                count += 1
                callee = method
                return .enters
            }
        }
        return finish(thread, thread.call(callee, arguments, count), fp, a)
    }

    /// `callKeywords`, `callMethodKeywords`
    @_transparent static func call(_ thread: ThreadRef, _ fp: FramePointer, _ a: Int, _ callee: inout Value, _ arguments: Arguments, _ count: inout Int, _ keywords: Value,
                                       _ flags: inout UInt64) -> Step {
        if let step = usual(thread, fp, a, callee, arguments, count, keywords) { return step }
        if callee.isExact(.method), case let method = callee.object(MethodObject.self), method.pointee.function.isExact(.function) {
            Calls.insert(method.pointee.receiver, arguments, count)
            count += 1
            callee = method.pointee.function
            return .enters
        }
        if callee.isPointer, Calls.isClass(callee) {
            let constructor = Calls.construct(thread, callee, arguments, count, hasKeywords: true)
            if !constructor.function.isEmpty {
                callee = constructor.function
                count += 1
                arguments[FrameSlot.saved] = constructor.saved
                flags = constructor.flags
                return .enters
            }
            if thread.hasException { return .raised }
        }
        return finish(thread, thread.call(callee, arguments, count, keywords), fp, a)
    }

    @_transparent private static func finish(_ thread: ThreadRef, _ result: Value, _ fp: FramePointer, _ a: Int) -> Step {
        if result.isEmpty { return .raised }
        fp[a] = result
        // What came during a long call is not to wait for the next loop or function.
        if taipan_breaker_load(thread) & Breaker.signal != 0 && !Signals.check(thread) { return .raised }
        return .finished
    }

    /// How the loop goes on behind a return.
    enum Return {
        /// `fp` and `pc` are the caller's.
        case goesOn
        /// The loop's own frame has returned.
        case left
        case raised
    }

    /// `return`, `returnNone`
    @_transparent static func leave(_ thread: ThreadRef, _ fp: inout FramePointer, _ pc: inout ProgramCounter, _ result: inout Value, _ skipTraceback: inout Bool) -> Return {
        let flags = fp.flags
        if flags & (FrameFlags.constructor | FrameFlags.generator | FrameFlags.maker) != 0 || !fp[FrameSlot.object].isEmpty {
            fp.pc = pc
            if taipan_breaker_load(thread) & Breaker.tracing != 0 && !Tracing.leave(thread, fp, result) {
                // No handler of this frame is to see what the trace function has raised.
                pc = fp.code.pointee.instructions
                skipTraceback = true
                return .raised
            }
            if flags & FrameFlags.constructor != 0 {
                if !result.isNone {
                    // The frame is over: it handles no errors, and stands in no traceback.
                    Calls.raiseInitResult(thread, result)
                    pc = fp.code.pointee.instructions
                    skipTraceback = true
                    return .raised
                }
                result = fp[FrameSlot.saved]
            }
            if flags & FrameFlags.maker != 0, result.type.value != fp[FrameSlot.saved], !Calls.initialize(thread, fp, result) { return .raised }
            if flags & FrameFlags.generator != 0 { Generators.finish(thread, fp) }
            let previous = Frames.leave(thread, fp)
            if flags & FrameFlags.entry != 0 { return .left }
            fp = previous.unsafelyUnwrapped
        } else {
            thread.pointee.recursionDepth -= 1
            let previous = fp.previous
            thread.pointee.frame = previous
            if flags & FrameFlags.entry != 0 {
                thread.pointee.stackTop = fp - frameHeaderWords
                return .left
            }
            fp = previous.unsafelyUnwrapped
            thread.pointee.stackTop = fp + Int(fp.code.pointee.registerCount)
        }
        pc = fp.pc
        if flags & (FrameFlags.forIter | FrameFlags.special | FrameFlags.specialJump | FrameFlags.generator) != 0 {
            if flags & FrameFlags.forIter != 0 {
                if !result.isNone, taipan_breaker_load(thread) & Breaker.tracing != 0, !Tracing.delegateReturned(thread, fp, result) { return .raised }
                pc += Int(Int32(bitPattern: (pc - 1).pointee))
                return .goesOn
            }
            if flags & FrameFlags.generator == 0 {
                guard let place = SpecialMethods.returned(thread, fp, pc, result, jumps: flags & FrameFlags.specialJump != 0) else { return .raised }
                pc = place
                return .goesOn
            }
            if FrameFlags.isResumedByCall(flags) {
                _ = thread.raiseStopIteration(result)
                return .raised
            }
        }
        fp[FrameFlags.resultRegister(flags)] = result
        if flags & FrameFlags.send != 0 {
            if taipan_breaker_load(thread) & Breaker.tracing != 0 && !Tracing.delegateReturned(thread, fp, result) { return .raised }
            pc += Int(Int32(bitPattern: (pc - 1).pointee))
        }
        return .goesOn
    }
}
