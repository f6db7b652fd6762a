import Bytecode
import ContainerTypes
import CoreTypes
import Glibc
import Interpreter
import NumberTypes
import Objects
import Syntax
import TextTypes

setvbuf(stdout, nil, _IOFBF, 1 << 16)
guard let thread = Bootstrap.start(stackSize: 256 << 20) else { exit(1) }
NumberTypes.start(thread)
TextTypes.start(thread)
ContainerTypes.start(thread)
CoreTypes.start(thread)
Interpreter.start(thread)
WellKnown.modules.value = thread.newDict()
WellKnown.builtins.value = thread.newDict()
_ = DictRef(WellKnown.builtins.value).set(thread, StringRef.intern("print").value, thread.newBuiltinFunction(Def("print(*args)", .calls, kind: .function) { thread, a, _ in
    for index in 0 ..< TupleRef(a[0]).count {
        let value = TupleRef(a[0])[index]
        if value.isSmallInt { fputs("\(value.smallInt) ", stdout) } else {
            let text = thread.str(value)
            if text.isEmpty { return .empty }
            fputs(StringRef(text).description + " ", stdout)
        }
    }
    fputs("\n", stdout)
    return .none
}, module: .none))
for id in TypeID.allCases where id.rawValue >= TypeID.baseException.rawValue || id.rawValue <= TypeID.classMethod.rawValue {
    let type = id.type
    if !type.pointer.pointee.name.isEmpty { _ = DictRef(WellKnown.builtins.value).set(thread, type.pointer.pointee.name, type.value) }
}
_ = DictRef(WellKnown.builtins.value).set(thread, StringRef.intern("__build_class__").value, thread.newBuiltinFunction(Def("__build_class__(func, name, *bases)", .calls, kind: .function) { thread, a, _ in
    let namespace = thread.newDict()
    if Interpreter.runBody(thread, a[0], namespace).isEmpty { return .empty }
    return thread.callFunction(TypeID.type.value, [a[1], a[2], namespace])
}, module: .none))
Bootstrap.finish()

let path = CommandLine.arguments[1]
let file = fopen(path, "r")!
var bytes: [UInt8] = []
var buffer = [UInt8](repeating: 0, count: 65536)
while true {
    let n = fread(&buffer, 1, buffer.count, file)
    if n <= 0 { break }
    bytes += buffer[0 ..< n]
}
do {
    let (module, _) = try bytes.withUnsafeBufferPointer { source throws(SyntaxFailure) in try parse(source, ParseOptions(mode: .exec, filename: path)) }
    switch compile(module, filename: path) {
    case .failure(let failure): print(failure.message)
    case .success(let result):
        if CommandLine.arguments.count > 2 { print(Disassembler().text(result.code)) }
        let code = Code.make(thread, result.code)
        let globals = thread.newDict()
        _ = DictRef(globals).set(thread, Name.__name__, thread.newString("__main__"))
        let value = Interpreter.exec(thread, code, globals, .empty)
        if value.isEmpty {
            print("raised", thread.pointee.exception.type.name)
            let arguments = thread.pointee.exception.object(ExceptionObject.self).pointee.arguments
            if TupleRef(arguments).count > 0, TupleRef(arguments)[0].isString { print(StringRef(TupleRef(arguments)[0]).description) }
        }
    }
} catch {
    print(error.message, error.line)
}
fflush(stdout)
