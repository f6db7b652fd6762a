/// The tiny language over `TraceJIT`: what any client has to write.
///
/// `TinyEngine` counts rounds of loops and exits, owns the compiler and the traces; while `recorder` is set, the interpreter calls `record` before each instruction,
/// which appends what the instruction will do with the values that are in the registers now.
final class TinyEngine {
    unowned let interpreter: TinyInterpreter
    let compiler: TraceCompiler
    let words: Words
    var recorder: TinyRecorder?
    var traces: [Int: CompiledTrace] = [:]
    var counts: [Int: Int] = [:]
    var failures: [Int: Int] = [:]
    var compileTime = 0.0
    var entered = 0
    /// The exit that was last left through.
    var lastExit: (trace: CompiledTrace, exit: Int)?
    var resumeAt = 0
    nonisolated(unsafe) static var hotLoop = 20, hotExit = 10
    static let longest = 3000
    nonisolated(unsafe) static var current: TinyEngine!

    /// Fields, functions and layouts.
    struct Words {
        let length, element, first, second, opaque, pair: UInt16
        let vocabulary = Vocabulary()
        init() {
            length = vocabulary.field(Field("length", offset: 8, width: .i64, alias: 1, stability: .immutable))
            element = vocabulary.field(Field("element", offset: 16, width: .value, alias: 2))
            first = vocabulary.field(Field("first", offset: 8, width: .value, alias: 3))
            second = vocabulary.field(Field("second", offset: 16, width: .value, alias: 3))
            opaque = vocabulary.function(Function("opaque", unsafeBitCast(opaqueFunction, to: UnsafeRawPointer.self), [.value], .value, .anything))
            pair = vocabulary.layout(Layout("Pair", classWord: Tiny.pairClass, payload: 24))
        }
    }

    static func model() -> ValueModel {
        var model = ValueModel(intShift: 1, intTag: 1, intMask: 1, selfTaggedFloat: Tiny.tagging)
        model.boxFloat = { Tiny.box($1) }
        model.reboxFloat = { Tiny.box($1) }
        model.unboxFloat = { _, word, result in
            if !Tiny.isFloat(word) { return 0 }
            result.pointee = Tiny.float(word)
            return 1
        }
        model.allocate = { _, size, _ in UInt64(UInt(bitPattern: Tiny.allocate(Tiny.pairClass, Int(size)))) }
        model.barrier = { _, _ in }
        model.barrierOffset = 4
        model.barrierValue = 1
        return model
    }

    init(_ interpreter: TinyInterpreter, options: TraceCompiler.Options) {
        self.interpreter = interpreter
        words = Words()
        compiler = TraceCompiler(words.vocabulary, TinyEngine.model(), options: options) { context, state, number in
            let engine = TinyEngine.current!
            let reader = engine.compiler.reader(number, state: state, context: context)
            reader.restore()
            engine.lastExit = (reader.trace, reader.exit)
            return reader.token
        }!
    }

    /// At a loop's head: runs compiled code if there is some. Returns where the interpreter goes on, or nil for here.
    func reachedLoop(_ pc: Int) -> Int? {
        if let trace = traces[pc] {
            TinyEngine.current = self
            entered += 1
            let next = Int(compiler.enter(trace, frame: interpreter.registers, context: nil))
            let (left, exit) = lastExit!
            // A hot exit gets a bridge.
            if left.timesLeft(exit) >= TinyEngine.hotExit, left.timesLeft(exit) < TinyEngine.hotExit + 3, left.isValid, exit < left.exits.count - 1, left.exits[exit].bridge == nil {
                recorder = TinyRecorder(self, TraceBuilder(bridgeFrom: left, exit: exit), anchor: -1)
                record(next)
                let after = interpreter.step(next, interpreter.program.code[next], interpreter.registers)
                return after
            }
            if next == pc { return nil }
            return next
        }
        counts[pc, default: 0] += 1
        if counts[pc]! >= TinyEngine.hotLoop, failures[pc, default: 0] < 3 {
            recorder = TinyRecorder(self, TraceBuilder(words.vocabulary, anchor: UInt64(pc)), anchor: pc)
        }
        return nil
    }

    func record(_ pc: Int) {
        guard let recorder else { return }
        if let finished = recorder.record(pc) {
            self.recorder = nil
            finish(finished, recorder.anchor)
        }
    }

    private func finish(_ trace: Trace?, _ anchor: Int) {
        guard let trace else { failures[anchor, default: 0] += 1; return }
        let start = now()
        do {
            let compiled = try compiler.compile(trace)
            if anchor >= 0 { traces[anchor] = compiled }
        } catch {
            failures[anchor, default: 0] += 1
            if verbose { print("failed: \(error)") }
        }
        compileTime += now() - start
    }
}

final class TinyRecorder {
    let engine: TinyEngine
    let b: TraceBuilder
    let anchor: Int
    private var hasStarted = false
    private var length = 0
    private var r: UnsafeMutablePointer<UInt64> { engine.interpreter.registers }

    init(_ engine: TinyEngine, _ builder: TraceBuilder, anchor: Int) { (self.engine, b, self.anchor) = (engine, builder, anchor) }

    /// Records the instruction at `pc`, about to be carried out. Returns a trace when it is finished, nil inside when it is given up.
    func record(_ pc: Int) -> Trace?? {
        let i = engine.interpreter.program.code[pc]
        length += 1
        if length > TinyEngine.longest || b.isTooLong { return .some(nil) }
        if i.op == .loop {
            let variables = engine.interpreter.program.variables
            b.forget { $0 >= variables }
            if hasStarted && pc == anchor { return b.closeLoop() }
            if let other = engine.traces[pc], hasStarted || anchor < 0 { return b.link(to: other, token: UInt64(pc)) }
            // An inner loop that has no trace yet: let that be recorded first.
            if hasStarted && pc != anchor && anchor >= 0 { return .some(nil) }
            if anchor < 0 { return b.leave(UInt64(pc)) }
            hasStarted = true
        }
        hasStarted = true
        b.mark(UInt64(pc))
        let a = Int(i.a), x = Int(i.b), y = Int(i.c)
        switch i.op {
        case .move: b.set(a, b.slot(x))
        case .const: b.set(a, b.value(engine.interpreter.program.constants[x]))
        case .add, .sub, .mul:
            if Tiny.isInt(r[x]), Tiny.isInt(r[y]) {
                let p = Tiny.int(r[x]), q = Tiny.int(r[y])
                let (result, overflow) = i.op == .add ? p.addingReportingOverflow(q) : i.op == .sub ? p.subtractingReportingOverflow(q) : p.multipliedReportingOverflow(by: q)
                if overflow || !Tiny.fits(result) { return .some(nil) }
                b.set(a, b.boxInt(b.checked(i.op == .add ? .add : i.op == .sub ? .sub : .mul, int(x), int(y), bits: 63)))
            } else {
                guard let p = number(x), let q = number(y) else { return .some(nil) }
                b.set(a, b.boxFloat(b.float(i.op == .add ? .fadd : i.op == .sub ? .fsub : .fmul, p, q)))
            }
        case .div:
            guard let p = number(x), let q = number(y) else { return .some(nil) }
            b.set(a, b.boxFloat(b.float(.fdiv, p, q)))
        case .fldiv, .mod:
            guard Tiny.isInt(r[x]), Tiny.isInt(r[y]), Tiny.int(r[y]) > 0 else { return .some(nil) }
            let p = int(x), q = int(y)
            b.guarding(.ggt, q, b.int(0))
            b.set(a, b.boxInt(b.int(i.op == .fldiv ? .fldiv : .flmod, p, q)))
        case .lt, .le, .eq, .ne:
            let result: Ref
            if Tiny.isInt(r[x]), Tiny.isInt(r[y]) {
                result = b.int(i.op == .lt ? .lt : i.op == .le ? .le : i.op == .eq ? .eq : .ne, int(x), int(y))
            } else {
                guard let p = number(x), let q = number(y) else { return .some(nil) }
                result = b.int(i.op == .lt ? .flt : i.op == .le ? .fle : i.op == .eq ? .feq : .fne, p, q)
            }
            b.set(a, b.boxInt(result))
        case .jumpIfNot, .jumpIf:
            if Tiny.isInt(r[a]) {
                if r[a] == 1 { b.guardFalse(int(a)) } else { b.guardTrue(int(a)) }
            } else {
                _ = number(a)
            }
        case .jump, .loop: break
        case .array, .print, .halt: return .some(nil)
        case .len:
            guard let object = object(x, Tiny.arrayClass) else { return .some(nil) }
            b.set(a, b.boxInt(b.load(object, engine.words.length)))
        case .get:
            guard let object = object(x, Tiny.arrayClass), Tiny.isInt(r[y]) else { return .some(nil) }
            let index = int(y)
            b.guarding(.gult, index, b.load(object, engine.words.length))
            b.set(a, b.load(object, index: index, engine.words.element))
        case .set:
            guard let object = object(a, Tiny.arrayClass), Tiny.isInt(r[x]) else { return .some(nil) }
            let index = int(x)
            b.guarding(.gult, index, b.load(object, engine.words.length))
            b.barrier(object)
            b.store(object, index: index, engine.words.element, b.slot(y))
        case .pair:
            let object = b.new(engine.words.pair)
            b.store(object, engine.words.first, b.slot(x))
            b.store(object, engine.words.second, b.slot(y))
            b.set(a, object)
        case .first, .second:
            guard let object = object(x, Tiny.pairClass) else { return .some(nil) }
            b.set(a, b.load(object, i.op == .first ? engine.words.first : engine.words.second))
        case .setFirst, .setSecond:
            guard let object = object(a, Tiny.pairClass) else { return .some(nil) }
            b.barrier(object)
            b.store(object, i.op == .setFirst ? engine.words.first : engine.words.second, b.slot(x))
        case .sqrt:
            guard let p = number(x) else { return .some(nil) }
            b.set(a, b.boxFloat(b.float(.fsqrt, p)))
        case .toFloat:
            guard let p = number(x) else { return .some(nil) }
            b.set(a, b.boxFloat(p))
        case .toInt:
            if Tiny.isInt(r[x]) { b.set(a, b.boxInt(int(x))) } else {
                guard let p = number(x) else { return .some(nil) }
                let result = b.emit(.ftoi, .int, p)
                b.emit(.gfits, .void, result, Ref(literal: 63))
                b.set(a, b.boxInt(result))
            }
        case .opaque:
            let result = b.call(engine.words.opaque, [b.slot(x)])
            b.set(a, result)
            b.mark(UInt64(pc + 1))
            b.guardValid()
        }
        return nil
    }

    private func int(_ register: Int) -> Ref { b.unboxInt(b.slot(register)) }
    /// The register as a double, by what it holds now.
    private func number(_ register: Int) -> Ref? {
        if Tiny.isInt(r[register]) { return b.emit(.itof, .float, int(register)) }
        if Tiny.isFloat(r[register]) { return b.unboxFloat(b.slot(register)) }
        return nil
    }
    private func object(_ register: Int, _ classWord: UInt32) -> Ref? {
        guard Tiny.classWord(r[register]) == classWord else { return nil }
        let word = b.slot(register)
        b.guardTag(word, mask: 7, tag: 0)
        b.guardClass(word, classWord)
        return word
    }
}
