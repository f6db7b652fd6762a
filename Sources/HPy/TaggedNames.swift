import Glibc
import Interpreter
import Objects

/// Files `NAME.hpy0-TAG.so`, whatever the tag: it names the interpreter that the module was built with, or that and a platform.
///
/// importlib's `FileFinder` looks for endings that it was given when it was made, and of tags there is no end. So when a finder lists its folder, which it does anew only when
/// the folder has changed, the endings of this kind that are there are added to the finder's own, behind those of extension modules that it has. Nothing else of the import
/// system has to know: the order on the path, packages and namespace packages are as ever, and an import costs what it did. A finder that does not look for `.hpy0.so` is left alone.
///
/// A package's own file is looked for by its parent's finder: `NAME/__init__.hpy0-TAG.so` is found only when the tag is known there.
enum TaggedNames {
    private static let mark: StaticString = ".hpy0-", ending = ".so"
    private static let original = RootTable.reserve()

    /// Puts what follows in the place of `FileFinder._fill_cache`. False when it has raised.
    static func start(_ thread: ThreadRef, _ external: Value) -> Bool {
        let finder = thread.getAttribute(external, StringRef.intern("FileFinder").value), name = StringRef.intern("_fill_cache").value
        guard !finder.isEmpty, finder.isType else { return false }
        original.pointee = thread.getAttribute(finder, name)
        let record = NativeRecord.make(foreign: fillCache, name: name, doc: nil, data: nil)
        let method = thread.newForeignMethod(record, owner: TypeRef(finder))
        return !original.pointee.isEmpty && !method.isEmpty && thread.setAttribute(finder, name, method)
    }

    private static let fillCache: ForeignFunction = { thread, _, finder, _, count, _ in
        guard count == 0 else { return thread.raise(.typeError, "FileFinder._fill_cache() takes no arguments (\(count) given)") }
        guard !thread.call(original.pointee, finder).isEmpty else { return .empty }
        let names = thread.getAttributeOrEmpty(finder, StringRef.intern("_path_cache").value)
        guard !names.isEmpty, names.isExact(.set) else { return thread.hasException ? .empty : .none }
        let suffixes = TaggedNames.suffixes(SetRef(names))
        return suffixes.isEmpty || TaggedNames.add(thread, suffixes, finder) ? .none : .empty
    }

    /// The endings of this kind among a folder's names: first those that name this platform.
    private static func suffixes(_ names: SetRef) -> [String] {
        var result: Set<String> = []
        var position = 0
        while case let name = names.next(&position), !name.isEmpty {
            guard name.isString, case let text = StringRef(name), let start = TaggedNames.place(text) else { continue }
            let suffix = String(text.description.unicodeScalars.dropFirst(start))
            if suffix.hasSuffix(ending), suffix.utf8.count > mark.utf8CodeUnitCount + ending.utf8.count { result.insert(suffix) }
        }
        return result.sorted { (isOurs($0) ? 0 : 1, $0) < (isOurs($1) ? 0 : 1, $1) }
    }

    private static func isOurs(_ suffix: String) -> Bool { suffix.hasSuffix("x86_64-linux-gnu.so") }

    /// Where the mark begins in a name.
    private static func place(_ name: StringRef) -> Int? {
        guard name.width == 1 else {
            let units = Array(name.description.unicodeScalars), mark = Array("\(mark)".unicodeScalars)
            return units.count < mark.count ? nil : (0 ... units.count - mark.count).first { units[$0 ..< $0 + mark.count].elementsEqual(mark) }
        }
        let units = name.units1, last = name.count - mark.utf8CodeUnitCount
        var start = 0
        while start <= last, let dot = memchr(units + start, 0x2E, last - start + 1) {
            if memcmp(dot, mark.utf8Start, mark.utf8CodeUnitCount) == 0 { return dot - UnsafeMutableRawPointer(units) }
            start = dot - UnsafeMutableRawPointer(units) + 1
        }
        return nil
    }

    /// Adds endings to a finder's, and to those of `importlib.machinery`, by which tools tell modules. False when it has raised.
    private static func add(_ thread: ThreadRef, _ suffixes: [String], _ finder: Value) -> Bool {
        let loaders = thread.getAttribute(finder, StringRef.intern("_loaders").value)
        if loaders.isEmpty { return false }
        guard loaders.isExact(.list) else { return true }
        var known: Set<String> = [], end = 0
        var loader = Value.empty
        for index in 0 ..< ListRef(loaders).count {
            let pair = ListRef(loaders)[index]
            guard pair.isTuple, TupleRef(pair).count == 2, TupleRef(pair)[0].isString else { return true }
            let suffix = StringRef(TupleRef(pair)[0]).description
            known.insert(suffix)
            if suffix == HPyModules.suffix { loader = TupleRef(pair)[1] }
            if !loader.isEmpty, TupleRef(pair)[1] == loader { end = index + 1 }
        }
        if loader.isEmpty { return true }
        let all = thread.importAttribute("_frozen_importlib_external", "EXTENSION_SUFFIXES")
        if all.isEmpty { return false }
        for suffix in suffixes where !known.contains(suffix) {
            let text = thread.newString(suffix)
            let pair = text.isEmpty ? .empty : thread.newTuple(text, loader)
            guard !pair.isEmpty, !thread.callMethod(loaders, .insert, Value(small: end), pair).isEmpty else { return false }
            end += 1
            guard all.isExact(.list) else { continue }
            if (0 ..< ListRef(all).count).contains(where: { ListRef(all)[$0].isString && StringRef(ListRef(all)[$0]).equals(StringRef(text)) }) { continue }
            if !ListRef(all).append(thread, text) { return false }
        }
        return true
    }
}
