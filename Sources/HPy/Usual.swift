import Objects

/// What modules ask for all the time, whose usual case is in C (`CHPy/Usual.c`): what remains.
enum Usual {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        Usual.check()
        taipan_hpy_slow = HPySlowFunctions(
            isString: { $0.type.has(.strSubclass) ? 1 : 0 }, isList: { $0.type.has(.listSubclass) ? 1 : 0 }, isTuple: { $0.type.has(.tupleSubclass) ? 1 : 0 },
            isDict: { $0.type.has(.dictSubclass) ? 1 : 0 }, isInstance: { ObjectProtocol.isInstance($0, $1) }, asInt64: { Int64(Numbers.signed($0, nil) ?? -1) }, utf8: { Texts.utf8Slow($0, $1) }, getItem: { Attributes.general($0, $1) }, getItemAt: { Attributes.item($0, $1) },
            length: { Contexts.thread.length($0) }, keys: { Containers.keys($0) }, newList: { Contexts.thread.newList(capacity: $0) }, barrier: { Heap.barrier($0.raw) },
            logMore: { HandleLogs.add($0) }, closeEarlier: { HandleLogs.close($0) })
        taipan_hpy_fill_usual(c)
    }

    /// Whether the numbers and layouts that C was compiled with are those of `Objects`. All this is known to the compiler, so that nothing is left of it.
    private static func check() {
        guard HPyUsualShapeStr == Int(TypeID.str.rawValue), HPyUsualShapeList == Int(TypeID.list.rawValue), HPyUsualShapeTuple == Int(TypeID.tuple.rawValue), HPyUsualShapeDict == Int(TypeID.dict.rawValue), HPyUsualShapeLast == Int(TypeID.slice.rawValue),
              HPyUsualShapeInt == Int(TypeID.int.rawValue), HPyUsualShapeBool == Int(TypeID.bool.rawValue), HPyUsualShapeFloat == Int(TypeID.float.rawValue),
              HPyUsualNegativeZero == Int(Value.negativeZero.bits), HPyUsualNegativeZero == Int(Value.positiveZero.bits | 8), HPyUsualFalse == Int(Value.false.bits), HPyUsualTrue == Int(Value.true.bits), HPyUsualTrue == HPyUsualFalse | 8,
              Value(small: -2).bits == UInt64(bitPattern: -3), Value(small: 2).bits == 5,
              HPyUsualFlagASCII == Int(StringFlags.ascii),
              MemoryLayout<HPyUsualString>.offset(of: \.length) == MemoryLayout<StringObject>.offset(of: \.length), MemoryLayout<HPyUsualString>.offset(of: \.text) == MemoryLayout<StringObject>.size,
              MemoryLayout<HPyUsualArray>.offset(of: \.count) == MemoryLayout<ValueArrayObject>.offset(of: \.count), MemoryLayout<HPyUsualDict>.offset(of: \.count) == MemoryLayout<DictObject>.offset(of: \.count),
              MemoryLayout<HPyUsualList>.offset(of: \.count) == MemoryLayout<ListObject>.offset(of: \.count), MemoryLayout<HPyUsualList>.offset(of: \.storage) == MemoryLayout<ListObject>.offset(of: \.storage),
              MemoryLayout<HPyUsualArray>.offset(of: \.items) == MemoryLayout<ValueArrayObject>.size,
              MemoryLayout<HPyUsualDict>.offset(of: \.table) == MemoryLayout<DictObject>.offset(of: \.table), MemoryLayout<HPyUsualDict>.offset(of: \.table) == MemoryLayout<HPyUsualList>.offset(of: \.storage),
              MemoryLayout<HPyUsualTable>.offset(of: \.words) == MemoryLayout<DictTable>.offset(of: \.tracedWords), MemoryLayout<HPyUsualTable>.offset(of: \.entries) == MemoryLayout<DictTable>.size
        else { fatalError("HPy: layouts of objects have changed, and CHPy.h has not") }
    }
}
