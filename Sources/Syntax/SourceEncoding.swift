/// From the bytes of a file to UTF-8: byte-order mark, PEP 263 declaration, and the errors of both.

/// The encoding that one of the first two lines declares, normalised as CPython does for the common ones.
public func declaredEncoding(_ bytes: [UInt8]) -> String? {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for _ in 0 ..< 2 {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        if let name = cookie(bytes[start ..< end]) { return name }
        // Only a line of nothing but a comment lets the second line declare.
        var p = start
        while p < end, bytes[p] == 0x20 || bytes[p] == 9 || bytes[p] == 12 { p += 1 }
        if p < end, bytes[p] != 0x23 { return nil }
        start = end + 1
        if end < bytes.count, bytes[end] == 0x0D, start < bytes.count, bytes[start] == 0x0A { start += 1 }
        if start >= bytes.count { return nil }
    }
    return nil
}

/// `coding[:=]\s*([-\w.]+)` in a comment.
private func cookie(_ line: ArraySlice<UInt8>) -> String? {
    var p = line.startIndex
    while p < line.endIndex, line[p] == 0x20 || line[p] == 9 || line[p] == 12 { p += 1 }
    guard p < line.endIndex, line[p] == 0x23 else { return nil }
    let word = Array("coding".utf8)
    while p + word.count < line.endIndex {
        if line[p ..< p + word.count].elementsEqual(word), line[p + word.count] == 0x3A || line[p + word.count] == 0x3D {
            var q = p + word.count + 1
            while q < line.endIndex, line[q] == 0x20 || line[q] == 9 { q += 1 }
            let start = q
            while q < line.endIndex, isAlphanumeric(line[q]) || line[q] == 0x2D || line[q] == 0x5F || line[q] == 0x2E { q += 1 }
            if q > start { return normalizedEncoding(String(decoding: line[start ..< q], as: UTF8.self)) }
        }
        p += 1
    }
    return nil
}

private func normalizedEncoding(_ name: String) -> String {
    let lowered = String(name.prefix(12)).lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: "-")
    if lowered == "utf-8" || lowered.hasPrefix("utf-8-") { return "utf-8" }
    for latin in ["latin-1", "iso-8859-1", "iso-latin-1"] where lowered == latin || lowered.hasPrefix(latin + "-") { return "iso-8859-1" }
    return name
}

/// Decodes source. `decode` handles encodings beyond UTF-8, ASCII and Latin; it returns `nil` for an unknown one. The
/// same fault is worded differently for a file and for bytes given to `compile`.
public func decodeSource(_ bytes: [UInt8], filename: String = "<string>", isFile: Bool = true,
                         decode: (String, [UInt8]) -> [UInt8]? = { _, _ in nil }) throws(SyntaxFailure) -> [UInt8] {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let content = hasMark ? Array(bytes[3...]) : bytes
    func failure(_ message: String) -> SyntaxFailure {
        SyntaxFailure(kind: .syntaxError, message: message, line: 0, column: -1, endLine: 0, endColumn: -1, textLine: nil)
    }
    let declared = declaredEncoding(bytes)
    let name = declared ?? "utf-8"
    if hasMark, name != "utf-8" { throw failure("encoding problem: \(name) with BOM") }
    switch name.lowercased() {
    case "utf-8", "utf8", "u8", "utf", "cp65001":
        guard let (offset, byte) = firstInvalidUTF8(content) else { return content }
        if isFile, !hasMark, declared == nil {
            let line = content[..<offset].reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
            throw failure("Non-UTF-8 code starting with '\\x\(twoDigits(byte))' in file \(filename) on line \(line), but no encoding declared; see https://peps.python.org/pep-0263/ for details")
        }
        if declared != nil, name != "utf-8" {
            if isFile { throw failure("encoding problem: \(name)") }
            let words = invalidUTF8(content, offset).message
            guard let open = words.firstIndex(of: "'"), let place = words.firstRange(of: "in position "), let colon = words[place.upperBound...].firstIndex(of: ":") else { throw failure(words) }
            throw failure("\(words[open ..< place.upperBound])\(offset)\(words[colon...])")
        }
        throw invalidUTF8(content, offset)
    case "iso-8859-1", "latin1", "latin", "l1", "iso8859-1", "8859", "cp819": return expand(content) { UInt32($0) }
    case "iso-8859-15", "latin-9", "latin9", "l9", "iso8859-15", "iso-8859-15-euro":
        let changed: [UInt8: UInt32] = [0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152, 0xBD: 0x153, 0xBE: 0x178]
        return expand(content) { changed[$0] ?? UInt32($0) }
    case "ascii", "us-ascii", "646":
        guard let offset = content.firstIndex(where: { $0 >= 0x80 }) else { return content }
        throw failure(isFile ? "encoding problem: \(name)"
            : "'ascii' codec can't decode byte 0x\(twoDigits(content[offset])) in position \(offset): ordinal not in range(128)")
    default:
        // Their text cannot have begun with the line that names them.
        if isFile, ["utf-16", "utf16", "u16", "utf-32", "utf32", "u32"].contains(name.lowercased()) { throw failure("encoding problem: \(name)") }
        guard let result = decode(name, content) else { throw failure("\(isFile ? "encoding problem" : "unknown encoding"): \(name)") }
        return result
    }
}

private func twoDigits(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count < 2 ? "0" + digits : digits
}

/// CPython decodes one run of non-ASCII bytes at a time; positions count from the start of the run.
private func invalidUTF8(_ bytes: [UInt8], _ offset: Int) -> SyntaxFailure {
    var first = offset, last = offset + 1
    while first > 0, bytes[first - 1] >= 0x80 { first -= 1 }
    while last < bytes.count, bytes[last] >= 0x80 { last += 1 }
    let c = bytes[offset]
    var length = 1
    var reason = "invalid start byte"
    if c >= 0xC2, c <= 0xF4 {
        let width = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2
        reason = "invalid continuation byte"
        while length < width, offset + length < last, bytes[offset + length] & 0xC0 == 0x80 { length += 1 }
        if length < width, offset + length == last { reason = "unexpected end of data" } else if length == width { length = 1 }
    }
    let position = offset - first
    let place = length == 1 ? "byte 0x\(twoDigits(c)) in position \(position)" : "bytes in position \(position)-\(position + length - 1)"
    var start = offset, end = offset
    while start > 0, bytes[start - 1] != 10 { start -= 1 }
    while end < bytes.count, bytes[end] != 10 { end += 1 }
    let line = bytes[..<offset].reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
    let column = bytes[start ..< first].reduce(1) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    return SyntaxFailure(kind: .syntaxError, message: "(unicode error) 'utf-8' codec can't decode \(place): \(reason)", line: line, column: column,
                         endLine: line, endColumn: column, textLine: Array(bytes[start ..< end]))
}

private func expand(_ bytes: [UInt8], _ scalar: (UInt8) -> UInt32) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for c in bytes { appendScalar(scalar(c), to: &result) }
    return result
}

/// Offset and value of the first byte that is not valid UTF-8.
func firstInvalidUTF8(_ bytes: [UInt8]) -> (Int, UInt8)? {
    bytes.withUnsafeBufferPointer { buffer -> (Int, UInt8)? in
        guard let base = buffer.baseAddress else { return nil }
        var p = 0
        while p < buffer.count {
            // Eight ASCII bytes at a time.
            if p + 8 <= buffer.count, UnsafeRawPointer(base + p).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                p += 8
                continue
            }
            guard let (_, width) = decodeScalar(base, p, buffer.count) else { return (p, base[p]) }
            p += width
        }
        return nil
    }
}
