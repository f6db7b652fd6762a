/// The bytes that pickles are made of, under the names that `pickletools` and the PEPs give them.
enum PickleOpcode {
    static let mark = UInt8(ascii: "("), stop = UInt8(ascii: "."), pop = UInt8(ascii: "0"), popMark = UInt8(ascii: "1"), dup = UInt8(ascii: "2")
    static let float = UInt8(ascii: "F"), int = UInt8(ascii: "I"), binInt = UInt8(ascii: "J"), binInt1 = UInt8(ascii: "K"), long = UInt8(ascii: "L"), binInt2 = UInt8(ascii: "M")
    static let none = UInt8(ascii: "N"), persID = UInt8(ascii: "P"), binPersID = UInt8(ascii: "Q"), reduce = UInt8(ascii: "R"), string = UInt8(ascii: "S")
    static let binString = UInt8(ascii: "T"), shortBinString = UInt8(ascii: "U"), unicode = UInt8(ascii: "V"), binUnicode = UInt8(ascii: "X"), append = UInt8(ascii: "a")
    static let build = UInt8(ascii: "b"), global = UInt8(ascii: "c"), dict = UInt8(ascii: "d"), emptyDict = UInt8(ascii: "}"), appends = UInt8(ascii: "e")
    static let get = UInt8(ascii: "g"), binGet = UInt8(ascii: "h"), inst = UInt8(ascii: "i"), longBinGet = UInt8(ascii: "j"), list = UInt8(ascii: "l")
    static let emptyList = UInt8(ascii: "]"), obj = UInt8(ascii: "o"), put = UInt8(ascii: "p"), binPut = UInt8(ascii: "q"), longBinPut = UInt8(ascii: "r")
    static let setItem = UInt8(ascii: "s"), tuple = UInt8(ascii: "t"), emptyTuple = UInt8(ascii: ")"), setItems = UInt8(ascii: "u"), binFloat = UInt8(ascii: "G")
    static let binBytes = UInt8(ascii: "B"), shortBinBytes = UInt8(ascii: "C")
    // Protocol 2
    static let proto: UInt8 = 0x80, newObject: UInt8 = 0x81, ext1: UInt8 = 0x82, ext2: UInt8 = 0x83, ext4: UInt8 = 0x84, tuple1: UInt8 = 0x85, tuple2: UInt8 = 0x86
    static let tuple3: UInt8 = 0x87, newTrue: UInt8 = 0x88, newFalse: UInt8 = 0x89, long1: UInt8 = 0x8A, long4: UInt8 = 0x8B
    // Protocol 4
    static let shortBinUnicode: UInt8 = 0x8C, binUnicode8: UInt8 = 0x8D, binBytes8: UInt8 = 0x8E, emptySet: UInt8 = 0x8F, addItems: UInt8 = 0x90, frozenSet: UInt8 = 0x91
    static let newObjectEx: UInt8 = 0x92, stackGlobal: UInt8 = 0x93, memoize: UInt8 = 0x94, frame: UInt8 = 0x95
    // Protocol 5
    static let byteArray8: UInt8 = 0x96, nextBuffer: UInt8 = 0x97, readOnlyBuffer: UInt8 = 0x98
}
