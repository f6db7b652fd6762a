import Builtins
import CSupport
import Glibc
import Taipan
import TextTypes

/// The command `taipan`. The interpreter runs on a thread whose stack has a size of its own, so that how deep native code can go does not depend on `ulimit -s`.
var options = CommandLineOptions.parse(CommandLine.arguments)
let given = (0 ..< Int(CommandLine.argc)).map { Array(UnsafeBufferPointer(start: CommandLine.unsafeArgv[$0], count: strlen(CommandLine.unsafeArgv[$0]!))).map { UInt8(bitPattern: $0) } }
if zip(given, CommandLine.arguments).contains(where: { $0 != Array($1.utf8) || FileSystemEncoding.isASCII && !$0.allSatisfy { $0 < 0x80 } }) { options.rawArguments = given }

final class Outcome {
    var status: Int32 = 1
}

// All threads share one arena of the C library's allocator, which grows in large steps: the interpreter lock lets one at a time allocate, and an arena of a thread's
// own would grow page by page.
_ = setAllocatorOption(-8 /* M_ARENA_MAX */, 1)
_ = setAllocatorOption(-2 /* M_TOP_PAD */, 1 << 20)
_ = setAllocatorOption(-1 /* M_TRIM_THRESHOLD */, 64 << 20)
// To set those ends the allocator's own search for the size from which memory comes from the system each time: large buffers that libraries make again and again are
// to come from what was freed, as they would after that search.
_ = setAllocatorOption(-3 /* M_MMAP_THRESHOLD */, 32 << 20)

var attributes = pthread_attr_t()
pthread_attr_init(&attributes)
pthread_attr_setstacksize(&attributes, 256 << 20)
var worker = pthread_t()
let outcome = Outcome()
let failed = pthread_create(&worker, &attributes, { context in
    let outcome = Unmanaged<Outcome>.fromOpaque(context!).takeUnretainedValue()
    if let runtime = Runtime(options: options) { outcome.status = runtime.runProgram() }
    exit(outcome.status)
}, Unmanaged.passUnretained(outcome).toOpaque())
if failed != 0 {
    fputs("taipan: cannot start a thread: \(String(cString: strerror(failed)))\n", stderr)
    exit(1)
}
// Signals are for the interpreter's thread, whose blocking calls they interrupt.
var everySignal = sigset_t()
sigfillset(&everySignal)
pthread_sigmask(SIG_BLOCK, &everySignal, nil)
pthread_join(worker, nil)
exit(outcome.status)

/// `<malloc.h>` is not part of the module Glibc.
@_silgen_name("mallopt") func setAllocatorOption(_ option: Int32, _ value: Int32) -> Int32
