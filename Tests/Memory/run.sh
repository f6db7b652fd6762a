#!/bin/sh
# Tests of the Memory room: builds it, with the C that it stands on and main.swift, as one module and runs that. The last line is the summary.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=${TMPDIR:-/tmp}/taipan-memory-tests
rm -rf "$build" && mkdir -p "$build/include"
cp "$root"/Sources/Memory/*.swift "$here/main.swift" "$build"
cp "$root"/Sources/CSupport/include/*.h "$build/include"
echo 'module CSupport { umbrella "." export * }' > "$build/include/module.modulemap"
{
    for source in "$root"/Sources/CSupport/*.c; do
        clang -O2 -fno-omit-frame-pointer -I "$build/include" -c "$source" -o "$build/$(basename "$source").o" || exit 1
    done
    cd "$build" && swiftc -swift-version 5 -O -wmo -I include *.swift *.o -lgmp -o tool
} || { echo "0 passed, 1 failed"; exit 1; }
# A crash fails, whatever was printed before.
"$build/tool" > "$build/out"
status=$?
cat "$build/out"
case $status in 0) ;; *) echo "0 passed, 1 failed"; exit 1 ;; esac
