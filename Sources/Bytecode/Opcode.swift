/// The instruction set: a register machine of 32-bit words.
///
/// A word is `opcode | a << 8 | b << 16 | c << 24`. An operand names a register of the current frame
/// (`R[a]`), a constant (`K[c]`), a small count, or a flag, as the comment on each opcode says. Some
/// opcodes are followed by extra words (`x`, then `y`), counted in `Opcode.extraWords`. An operand that
/// does not fit eight bits is completed by a preceding `extended` word, whose a, b and c hold the next
/// eight bits of the following instruction's a, b and c. Two `extended` words in a row give 24 bits.
///
/// Jump offsets are signed words, counted from the word after the whole jump instruction.
///
/// A frame is `frameHeaderWords` header words followed by its registers: first the parameters, in the
/// order of `co_varnames` (positional, keyword-only, `*args`, `**kwargs`), then the other locals and
/// the cells, then temporaries. A local that an inner scope captures is a cell in its register, made by
/// `makeCell` in the prologue. A register that holds no value is the zero word: an unbound local.
///
/// A call is laid out where the callee's frame will stand. `base` is a temporary above all that is
/// live: `R[base]` holds the callable, `R[base + 1 ..< base + frameHeaderWords]` are left free, and the
/// arguments stand from `R[base + frameHeaderWords]` on. At least two registers beyond the last argument must
/// belong to the frame (`registerCount` counts them), so that a bound method's receiver can be slipped in. A call
/// may overwrite everything from `R[base]` up.
///
/// Opcodes that can raise leave through the exception table; opcodes that may call Python may also
/// run anything at all. The result register is written last.
public enum Opcode: UInt8, CaseIterable {
    case nop
    /// High operand bits for the next instruction.
    case extended

    // MARK: Moves, locals and cells

    /// R[a] = R[b]
    case move
    /// R[a] = K[b | c << 8]
    case loadConst
    /// R[a] = K[x]
    case loadConstWide
    /// R[a] = unbound
    case clear
    /// Raise UnboundLocalError for local a when R[a] is unbound.
    case checkBound
    /// As `checkBound`, then clear.
    case deleteLocal
    /// R[a] = a new cell holding R[a], which may be unbound.
    case makeCell
    /// R[a] = contents of the cell R[b]; UnboundLocalError when empty.
    case loadCell
    /// Contents of the cell R[a] = R[b]
    case storeCell
    /// Empty the cell R[a]; UnboundLocalError when empty already.
    case deleteCell
    /// R[a] = contents of free variable b (an index into the closure); NameError when empty.
    case loadFree
    /// Contents of free variable a = R[b]
    case storeFree
    /// Empty free variable a; NameError when empty already.
    case deleteFree
    /// R[a] = the cell of free variable b itself, to build an inner function's closure.
    case loadClosure
    /// R[a] = the frame's local namespace at the name of free variable b, else the free variable's contents (class bodies).
    case loadClassFree

    // MARK: Names (x is an inline cache, whose descriptor holds the name, for loads; a name index for the rest)

    /// R[a] = the global or builtin named by cache x
    case loadGlobal
    /// The global named N[x] = R[a]
    case storeGlobal
    /// Delete the global named N[x].
    case deleteGlobal
    /// R[a] = the name of cache x in the local namespace, the globals or the builtins
    case loadName
    /// The local namespace at N[x] = R[a]
    case storeName
    /// Delete N[x] from the local namespace.
    case deleteName
    /// Make sure that the local namespace has `__annotations__`.
    case setupAnnotations
    /// R[a] = the frame's local namespace
    case loadLocals
    /// R[a] = builtins.__build_class__
    case loadBuildClass
    /// R[a] = AssertionError, however it is shadowed
    case loadAssertionError

    // MARK: Attributes and items

    /// R[a] = R[b].name, through cache x
    case getAttr
    /// R[a].name = R[b], through cache x
    case setAttr
    /// del R[a].N[x]
    case deleteAttr
    /// For a following `callMethod` with base a: R[a] = an unbound function found on the type of R[b] and
    /// R[a + frameHeaderWords] = R[b]; or else R[a] = the attribute and R[a + frameHeaderWords] = unbound. Through cache x.
    case getMethod
    /// R[a] = R[b][R[c]]
    case getItem
    /// R[a] = R[b][K[c]]
    case getItemK
    /// R[a] = R[b][R[c]:R[c + 1]]
    case getSlice
    /// R[a][R[b]] = R[c]
    case setItem
    /// del R[a][R[b]]
    case deleteItem
    /// R[a] = slice of the c (2 or 3) registers from b
    case buildSlice

    // MARK: Arithmetic: R[a] = R[b] op R[c], and with a constant K[c] on the right

    case add, subtract, multiply, matrixMultiply, divide, modulo, power, leftShift, rightShift, bitOr, bitXor, bitAnd, floorDivide
    case addK, subtractK, multiplyK, matrixMultiplyK, divideK, moduloK, powerK, leftShiftK, rightShiftK, bitOrK, bitXorK, bitAndK, floorDivideK
    /// The in-place forms: R[a] = R[b] after `R[b] op= R[c]`; the target may be another register.
    case inplaceAdd, inplaceSubtract, inplaceMultiply, inplaceMatrixMultiply, inplaceDivide, inplaceModulo, inplacePower
    case inplaceLeftShift, inplaceRightShift, inplaceBitOr, inplaceBitXor, inplaceBitAnd, inplaceFloorDivide
    case inplaceAddK, inplaceSubtractK, inplaceMultiplyK, inplaceMatrixMultiplyK, inplaceDivideK, inplaceModuloK, inplacePowerK
    case inplaceLeftShiftK, inplaceRightShiftK, inplaceBitOrK, inplaceBitXorK, inplaceBitAndK, inplaceFloorDivideK
    /// R[a] = op R[b]
    case invert, not, plus, negate

    // MARK: Comparisons: R[a] = R[b] op R[c] (or K[c])

    case equal, notEqual, less, lessEqual, greater, greaterEqual
    case equalK, notEqualK, lessK, lessEqualK, greaterK, greaterEqualK
    case `is`, isNot, contains, notContains

    // MARK: Jumps

    /// Jump by the signed 24 bits of a, b and c.
    case jump
    /// Jump back by the unsigned 24 bits of a, b and c, from the word after this instruction, which ends a loop's round. x is the
    /// loop's cache. Signals, thread switches and the JIT's counters are served here.
    case jumpBack
    /// Jump by x when R[a] is true, or false.
    case jumpIfTrue, jumpIfFalse
    /// Jump by x when R[a] is None, or is not.
    case jumpIfNone, jumpIfNotNone
    /// Jump by x when (R[a] op R[b]) has the truth value c (0 or 1).
    case jumpEqual, jumpNotEqual, jumpLess, jumpLessEqual, jumpGreater, jumpGreaterEqual
    /// The same with K[b] on the right.
    case jumpEqualK, jumpNotEqualK, jumpLessK, jumpLessEqualK, jumpGreaterK, jumpGreaterEqualK
    /// Jump by x when (R[a] is R[b]), or (R[a] in R[b]), has the truth value c.
    case jumpIs, jumpContains

    // MARK: Calls: R[a] = result; b is the base

    /// R[b](c positional arguments)
    case call
    /// After `getMethod`: R[b] with c arguments, not counting the receiver. When R[b + frameHeaderWords] is unbound, the
    /// arguments that follow it are the only ones.
    case callMethod
    /// c arguments in all, of which the last are keyword arguments named by the tuple K[x].
    case callKeywords
    /// As `callKeywords` after `getMethod`; c does not count the receiver.
    case callMethodKeywords
    /// R[b](*R[b + frameHeaderWords], **R[b + frameHeaderWords + 1]); the mapping is there only when c is 1.
    case callExpanded

    // MARK: Building

    /// R[a] = tuple, list or set of the c registers from b
    case buildTuple, buildList, buildSet
    /// R[a] = an empty list, to which the items of the iterator R[b] will be appended
    case buildListFor
    /// R[a] = dict of c pairs: key, value, key, value … from b
    case buildMap
    /// R[a] = the c strings from b, joined
    case buildString
    case listAppend // R[a].append(R[b]) on a list that the compiler made
    case setAdd // R[a].add(R[b])
    case mapAdd // R[a][R[b]] = R[c]
    case listExtend // R[a].extend(R[b]); "Value after * must be an iterable, not T" where it is not
    case setUpdate // R[a].update(R[b])
    case dictUpdate // R[a].update(R[b]) for `{**x}`
    /// As `dictUpdate` for `f(**x)`: duplicates raise, naming the callable R[c].
    case dictMerge
    case listToTuple // R[a] = tuple(R[b])
    /// R[a] = format(R[b], spec); c & 3 is the conversion (0 none, 1 str, 2 repr, 3 ascii); c & 4 says that R[b + 1] is the spec.
    case formatValue
    /// R[a ..< a + c] = the items of R[b]
    case unpackSequence
    /// R[a ..< a + c] = the first items of R[b], R[a + c] = a list of the middle, then x last items
    case unpackStarred
    /// R[a] = function of code K[x]; the registers from b hold, as the bits of c say and in this order: 1 the tuple of
    /// defaults, 2 the dict of keyword defaults, 4 the annotations as a flat tuple name, value …, 8 the closure tuple.
    case makeFunction

    // MARK: Imports

    /// R[a] = __import__(N[x], globals, locals, R[b], R[c]) with from-list and level
    case importName
    /// R[a] = R[b].N[x], as `from R[b] import N[x]` finds it
    case importFrom
    /// from R[a] import *
    case importStar

    // MARK: Iteration and generators

    /// R[a] = iter(R[b])
    case getIter
    /// R[a] = next(R[b]), or jump by x when it has ended.
    case forIter
    case getAsyncIter // R[a] = R[b].__aiter__()
    case getAsyncNext // R[a] = the awaitable of R[b].__anext__()
    /// When R[a] is a StopAsyncIteration, go on; else raise it again.
    case endAsyncFor
    /// The first instruction of a generator, coroutine or async generator: makes it from this frame and returns it to the caller.
    case makeGenerator
    /// Suspend with R[b]; R[a] = what is sent on resumption.
    case yield
    /// R[a] = R[b] wrapped as the value of an async generator, for a following `yield`.
    case wrapAsyncYield
    /// R[a] = the iterator that `yield from R[b]` drives
    case getYieldFromIter
    /// R[a] = the iterator that `await R[b]` drives; c: 0 plain, 1 for __aenter__, 2 for __aexit__ (error text)
    case getAwaitable
    /// Send R[c] into R[b]: when it yields, R[a] = the value, and go on; when it ends, R[a] = its result, and jump by x.
    case send
    /// Suspend with R[b] on behalf of the delegate R[c]; R[a] = what is sent. x is the (negative) offset back to the `send`.
    case yieldDelegated
    /// Return R[a].
    case `return`
    case returnNone

    // MARK: Exceptions

    case raise // raise R[a]
    case raiseFrom // raise R[a] from R[b]
    /// raise, with no operand
    case raiseAgain
    /// Raise R[a] with its traceback as it stands. With b 1, the frame's line is afterwards that where the exception was raised.
    case reraise
    /// R[a] = the exception being handled (unbound when none); then R[b] is the one being handled.
    case pushException
    /// The exception being handled is R[a] again.
    case popException
    /// Jump by x unless the exception R[a] matches R[b].
    case jumpIfNoMatch
    /// except*: splits the group R[b] by the type R[c]: R[a] = the matching part or None, R[b] = the rest or None.
    case splitGroup
    /// except*: R[a] = what to raise (or None) of the original R[b] and the list R[c] of raised and unhandled.
    case prepareReraiseStar
    /// R[a] = type, R[a + 1] = value, R[a + 2] = traceback of the exception R[b]
    case exceptionInfo

    // MARK: With

    /// R[a] = bound `__exit__` of R[b]; R[c] and R[c + frameHeaderWords] = `__enter__` as for `getMethod`
    case withLookup
    /// The same with `__aexit__` and `__aenter__`
    case asyncWithLookup

    // MARK: Pattern matching

    case matchSequence // R[a] = R[b] is a sequence for patterns
    case matchMapping // R[a] = R[b] is a mapping for patterns
    case matchKeys // R[a] = tuple of the values of R[b] at the keys of the tuple R[c], or None
    /// R[a] = tuple of the attributes of R[b] for the class R[c] with y positional patterns and the keyword names K[x], or None
    case matchClass
    case copyDictWithoutKeys // R[a] = dict(R[b]) without the keys of the tuple R[c]
    case getLength // R[a] = len(R[b])

    // MARK: Interactive

    case printExpression // sys.displayhook(R[a])

    // MARK: Tracing

    /// Stands at run time in place of an instruction whose execution a trace function wants to know of; the compiler never emits it.
    case traced

    /// The raw value, and the opcode of one known to be valid, without the switches that the compiler makes of `rawValue` and `init(rawValue:)`.
    @inlinable public var number: UInt8 { @inline(__always) get { unsafeBitCast(self, to: UInt8.self) } }
    @inlinable @inline(__always) public init(number: UInt8) { self = unsafeBitCast(number, to: Opcode.self) }

    /// Words that follow the instruction.
    public var extraWords: Int {
        switch self {
        case .matchClass:
            return 2
        case .loadConstWide, .loadGlobal, .storeGlobal, .deleteGlobal, .loadName, .storeName, .deleteName, .getAttr, .setAttr, .deleteAttr,
             .getMethod, .jumpBack, .jumpIfTrue, .jumpIfFalse, .jumpIfNone, .jumpIfNotNone, .jumpEqual, .jumpNotEqual, .jumpLess, .jumpLessEqual,
             .jumpGreater, .jumpGreaterEqual, .jumpEqualK, .jumpNotEqualK, .jumpLessK, .jumpLessEqualK, .jumpGreaterK, .jumpGreaterEqualK,
             .jumpIs, .jumpContains, .callKeywords, .callMethodKeywords, .unpackStarred, .makeFunction, .importName, .importFrom, .forIter, .send,
             .yieldDelegated, .jumpIfNoMatch:
            return 1
        default:
            return 0
        }
    }
}

/// Words before a frame's registers; see `Interpreter/Frame.swift` for what each holds.
public let frameHeaderWords = 8
