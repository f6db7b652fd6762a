#!/bin/sh
# Tests of the TraceJIT room. Builds it with Tool.swift as one module, then: text-to-text tests of the optimiser (passes/*.txt; `run.sh --update` rewrites their
# expectations), the tiny language's programs and random ones, interpreted against compiled, and machine code against binutils.
# The last line is the summary.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-tracejit-tests
rm -rf "$build" && mkdir -p "$build"
cp "$root"/Sources/TraceJIT/*.swift "$here"/*.swift "$build"
mv "$build/Tool.swift" "$build/main.swift"
(cd "$build" && swiftc -swift-version 5 -O -wmo *.swift -o tool) || { echo "0 passed, 1 failed"; exit 1; }
tool=$build/tool
if [ "$1" = --update ]; then
    exec "$tool" pass --update "$here"/passes/*.txt
fi
# A part that ends badly fails, whatever it has printed.
run() { "$@" || echo "0 passed, 1 failed"; }
{
    run "$tool" pass "$here"/passes/*.txt
    run "$tool" tiny "$here"/programs/*.tiny
    run "$tool" eager "$here"/programs/*.tiny
    run "$tool" random 500
    run python3.11 "$here/fuzz.py" "$tool" 300
    run python3.11 "$here/encodings.py" "$tool"
    run python3.11 "$here/arm64.py" "$tool" 40
} | python3.11 "$here/../sum.py"
