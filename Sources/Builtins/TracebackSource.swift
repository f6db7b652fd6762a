import Glibc
import Interpreter
import Objects
import Syntax

/// Source lines for tracebacks, read from files as they are now.
enum SourceLines {
    /// A line of a file, without its end, as UTF-8; nil when there is none to be had. A file that is not where the code says is looked for along
    /// `sys.path` by its last name.
    static func line(_ thread: ThreadRef, _ filename: Value, _ number: Int) -> ArraySlice<UInt8>? {
        guard number > 0 else { return nil }
        let name = StringRef(filename)
        if name.count > 1 && name[0] == 0x3C && name[name.count - 1] == 0x3E { return nil }
        let path = SysText.fsEncode(name)
        var contents = read(path)
        if contents == nil {
            let tail = path.lastIndex(of: 0x2F).map { path[($0 + 1)...] } ?? path[...]
            let folders = SysModule.namespace.get(.path)
            if folders.isList {
                for index in 0 ..< ListRef(folders).count where contents == nil && ListRef(folders)[index].isString {
                    var candidate = SysText.fsEncode(StringRef(ListRef(folders)[index]))
                    if let last = candidate.last, last != 0x2F { candidate.append(0x2F) }
                    contents = read(candidate + tail)
                }
            }
        }
        guard let contents, let text = decode(thread, contents) else { return nil }
        var start = 0
        var line = 1
        while line < number {
            guard start < text.count, let end = text[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return nil }
            start = end + 1
            if text[end] == 0x0D && start < text.count && text[start] == 0x0A { start += 1 }
            line += 1
        }
        if start >= text.count { return nil }
        let end = text[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
        return text[start ..< end]
    }

    private static func read(_ path: [UInt8]) -> [UInt8]? {
        let descriptor = path.withUnsafeBufferPointer { buffer in
            String(decoding: buffer, as: UTF8.self).utf8.elementsEqual(buffer)
                ? open(String(decoding: buffer, as: UTF8.self), O_RDONLY | O_CLOEXEC) : (buffer + [0]).withUnsafeBufferPointer { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_RDONLY | O_CLOEXEC) }
                }
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if got <= 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The text as UTF-8, by its byte-order mark or declaration.
    private static func decode(_ thread: ThreadRef, _ bytes: [UInt8]) -> [UInt8]? {
        let name = declaredEncoding(bytes)
        if name == nil || name == "utf-8" { return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes }
        let result = try? decodeSource(bytes) { encoding, content in
            let text = thread.callMethod(thread.newBytes(content), .decode, thread.newString(encoding))
            if text.isEmpty || !text.isString {
                thread.takeException()
                return nil
            }
            return StringRef(text).utf8
        }
        thread.takeException()
        return result
    }
}

/// The markers under a line of source (PEP 657).
enum Carets {
    /// The line of markers for what stands at `range`, from the first column that is not indentation on; nil when all of the line would be marked alike.
    static func under(_ source: ArraySlice<UInt8>, indentation: Int, line: Int, _ range: SourceRange) -> [UInt8]? {
        let bytes = Array(source)
        let startByte = Swift.min(Int(range.column), bytes.count)
        var endByte = Swift.min(Int(range.endColumn), bytes.count)
        var anchors: (left: Int, right: Int)?
        if range.line == range.endLine {
            if startByte < endByte { anchors = operatorPlace(bytes[startByte ..< endByte]) }
        } else {
            // Of an expression over several lines the first is marked to its end.
            endByte = bytes.count
            while endByte > 0 && isSpace(bytes[endByte - 1]) { endByte -= 1 }
        }
        func characters(_ end: Int) -> Int { bytes[..<end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
        let start = characters(startByte), end = characters(endByte)
        if anchors == nil && end - start == characters(bytes.count) - indentation { return nil }
        var left = -1, right = -1
        if let anchors {
            left = characters(startByte + anchors.left)
            right = characters(startByte + anchors.right)
        }
        var result: [UInt8] = []
        var column = indentation
        while column < end {
            result.append(column < start ? 0x20 : anchors == nil || (column >= left && column < right) ? 0x5E : 0x7E)
            column += 1
        }
        return result
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }

    /// Where the operator or the subscript is within the text of an expression, when it is one of these: bytes from its start.
    private static func operatorPlace(_ segment: ArraySlice<UInt8>) -> (left: Int, right: Int)? {
        let text = Array(segment)
        let parsed = text.withUnsafeBufferPointer { buffer in try? parse(buffer, ParseOptions(mode: .exec)) }
        guard let parsed, case .module(let body, _) = parsed.0, body.count == 1, case .expression(let expression) = body[0].kind else { return nil }
        switch expression.kind {
        case .binaryOperation(let leftSide, _, let rightSide):
            // As in CPython 3.11.2 parentheses are not told from operators: the mark is under the first character behind the left side.
            var left = Int(leftSide.range.endColumn)
            let limit = Int(rightSide.range.column)
            while left < limit && isSpace(text[left]) { left += 1 }
            guard left < limit else { return nil }
            // Two characters of an operator, such as `//`.
            let isDouble = left + 1 < limit && !isSpace(text[left + 1])
            return (left, left + (isDouble ? 2 : 1))
        case .subscript(let value, let key, _):
            return (Int(value.range.endColumn), Int(key.range.endColumn) + 1)
        default: return nil
        }
    }
}
