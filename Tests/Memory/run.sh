#!/bin/sh
# Tests of the Memory room. Builds it with the tests as one module, on top of CSupport, then runs each test in a process of its own, with a fresh heap; one that
# ends badly has failed. `run.sh TEXT` runs those with TEXT in their names. The last line is the summary.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-memory-tests
rm -rf "$build" && mkdir -p "$build/CSupport"
cp "$root"/Sources/Memory/*.swift "$here"/*.swift "$build"
mv "$build/Tool.swift" "$build/main.swift"
cp "$root"/Sources/CSupport/include/*.h "$build/CSupport"
echo 'module CSupport { umbrella header "CSupport.h" export * }' > "$build/CSupport/module.modulemap"
# As the package builds it, except that what is checked by the language stays checked.
(cd "$build" && for file in "$root"/Sources/CSupport/*.c; do
    clang -c -O2 -fno-omit-frame-pointer -ICSupport "$file" -o "$(basename "$file" .c).o" || exit 1
done && swiftc -swift-version 5 -O -wmo -enforce-exclusivity=unchecked -static-stdlib -ICSupport *.swift *.o -lgmp -lz -lm -Xlinker --wrap=swift_slowAlloc -o tool) ||
    { echo "0 passed, 1 failed"; exit 1; }
tool=$build/tool
names=$("$tool" list) && [ -n "$names" ] || { echo "0 passed, 1 failed"; exit 1; }
for name in $names; do
    case $name in *"$1"*) timeout 60 "$tool" "$name" || echo "$name FAILED, status $?" ;; esac
done | /usr/bin/python3.11 -c '
import sys
passed = failed = 0
for line in sys.stdin:
    if line == "passed\n":
        passed += 1
    else:
        failed += " FAILED, status " in line
        print(line, end="")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0 or passed == 0)'
