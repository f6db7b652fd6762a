/// The command behind `run.sh`: `tool list` names the tests, `tool NAME` runs one. A test that holds says `passed`; one that does not says why and ends with status 1.
///
/// A test is a function listed in one of the `…Tests` tables. It starts with an empty heap of its own. Unless it asks for `withStack`, there is no thread, so that
/// only the root table `Roots` keeps objects alive and what dies is known exactly.

import Glibc

let tests = valueTests + allocationTests + markingTests + generationTests + deathTests + ownerTests + limitTests
setvbuf(stdout, nil, _IOLBF, 0)
let name = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ""
if name == "list" {
    for test in tests { print(test.name) }
    exit(0)
}
guard let test = tests.first(where: { $0.name == name }) else {
    print("no test is called", name)
    exit(2)
}
guard Heap.start() else {
    print("the heap does not start")
    exit(2)
}
Roots.start()
Shapes.start()
test.body()
if failures == 0 { print("passed") }
exit(failures == 0 ? 0 : 1)
