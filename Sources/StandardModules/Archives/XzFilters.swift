import CLzma
import Glibc
import Objects

/// Filter chains of liblzma: from Python's dicts to the library's structures and back.
struct XzFilters {
    static let lzma1: UInt64 = 0x4000_0000_0000_0001
    static let lzma2: UInt64 = 0x21
    static let delta: UInt64 = 3
    private static let end = UInt64.max

    /// Ends with a filter whose id says so.
    let chain: UnsafeMutablePointer<lzma_filter>
    private(set) var count = 0

    init() {
        chain = .allocate(capacity: 5)
        chain.initialize(repeating: lzma_filter(id: XzFilters.end, options: nil), count: 5)
    }

    func discard() {
        for index in 0 ..< 5 { free(chain[index].options) }
        chain.deallocate()
    }

    /// False when it has raised.
    mutating func parse(_ thread: ThreadRef, chain value: Value) -> Bool {
        let length = thread.length(value)
        if length < 0 { return false }
        if length > 4 {
            thread.raise(.valueError, "Too many filters - liblzma supports a maximum of 4")
            return false
        }
        for index in 0 ..< length {
            let item = thread.getItem(value, Value(small: index))
            if item.isEmpty || !add(thread, item) { return false }
        }
        return true
    }

    private mutating func add(_ thread: ThreadRef, _ specifier: Value) -> Bool {
        guard specifier.type.slotPointer(.getItem).pointee != nil else {
            thread.raise(.typeError, "Filter specifier must be a dict or dict-like object")
            return false
        }
        let key = thread.newString("id")
        let id = thread.getItem(specifier, key)
        if id.isEmpty {
            if thread.clearException(.keyError) { thread.raise(.valueError, "Filter specifier must have an \"id\" entry") }
            return false
        }
        guard id.isInt else {
            thread.raise(.typeError, "an integer is required")
            return false
        }
        guard let number = thread.toInt(id) else { return false }
        guard number >= 0 else {
            thread.raise(.overflowError, "can't convert negative int to unsigned")
            return false
        }
        let filter = UInt64(number)
        switch filter {
        case XzFilters.lzma1, XzFilters.lzma2:
            var preset = 6
            guard let fields = fields(thread, specifier, "LZMA", ["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"]) else { return false }
            if let given = fields["preset"] { preset = Int(given) }
            let options = UnsafeMutablePointer<lzma_options_lzma>(OpaquePointer(calloc(1, MemoryLayout<lzma_options_lzma>.size)!))
            chain[count] = lzma_filter(id: filter, options: options)
            if lzma_lzma_preset(options, UInt32(preset)) != 0 {
                chain[count].id = XzFilters.end
                Xz.raise(thread, "Invalid compression preset: \(preset)")
                return false
            }
            if let given = fields["dict_size"] { options.pointee.dict_size = given }
            if let given = fields["lc"] { options.pointee.lc = given }
            if let given = fields["lp"] { options.pointee.lp = given }
            if let given = fields["pb"] { options.pointee.pb = given }
            if let given = fields["mode"] { options.pointee.mode = lzma_mode(rawValue: given) }
            if let given = fields["nice_len"] { options.pointee.nice_len = given }
            if let given = fields["mf"] { options.pointee.mf = lzma_match_finder(rawValue: given) }
            if let given = fields["depth"] { options.pointee.depth = given }
        case XzFilters.delta:
            guard let fields = fields(thread, specifier, "delta", ["dist"]) else { return false }
            let options = UnsafeMutablePointer<lzma_options_delta>(OpaquePointer(calloc(1, MemoryLayout<lzma_options_delta>.size)!))
            options.pointee.type = LZMA_DELTA_TYPE_BYTE
            options.pointee.dist = fields["dist"] ?? 1
            chain[count] = lzma_filter(id: filter, options: options)
        case 4 ... 9:
            guard let fields = fields(thread, specifier, "BCJ", ["start_offset"]) else { return false }
            let options = UnsafeMutablePointer<lzma_options_bcj>(OpaquePointer(calloc(1, MemoryLayout<lzma_options_bcj>.size)!))
            options.pointee.start_offset = fields["start_offset"] ?? 0
            chain[count] = lzma_filter(id: filter, options: options)
        default:
            thread.raise(.valueError, "Invalid filter ID: \(number)")
            return false
        }
        count += 1
        return true
    }

    /// The numbers of a specifier; nil when it has raised.
    private func fields(_ thread: ThreadRef, _ specifier: Value, _ kind: String, _ names: [String]) -> [String: UInt32]? {
        var result: [String: UInt32] = [:]
        func refuse() -> [String: UInt32]? {
            thread.takeException()
            thread.raise(.valueError, "Invalid filter specifier for \(kind) filter")
            return nil
        }
        guard specifier.type.has(.dictSubclass) else { return refuse() }
        var position = 0
        while let (key, value) = DictRef(specifier).next(&position) {
            guard key.isString else { return refuse() }
            let name = StringRef(key).description
            if name == "id" { continue }
            guard names.contains(name), value.isInt, let number = thread.toInt(value), number >= 0, number <= Int(UInt32.max) else { return refuse() }
            result[name] = UInt32(number)
        }
        return result
    }

    // MARK: Properties

    static func encode(_ thread: ThreadRef, _ specifier: Value) -> Value {
        var filters = XzFilters()
        defer { filters.discard() }
        guard filters.add(thread, specifier) else { return .empty }
        var size: UInt32 = 0
        if Xz.failed(thread, lzma_properties_size(&size, filters.chain)) { return .empty }
        let bytes = thread.newBytes(count: Int(size))
        if bytes.isEmpty { return .empty }
        return Xz.failed(thread, lzma_properties_encode(filters.chain, BytesRef(bytes).bytes)) ? .empty : bytes
    }

    static func decode(_ thread: ThreadRef, _ id: Value, _ properties: Value) -> Value {
        guard let number = thread.toInt(id) else { return .empty }
        if number < 0 { return thread.raise(.overflowError, "can't convert negative int to unsigned") }
        let filters = XzFilters()
        defer { filters.discard() }
        return thread.withBuffer(properties) { bytes, count in
            filters.chain[0].id = UInt64(number)
            if Xz.failed(thread, lzma_properties_decode(filters.chain, nil, bytes, count)) { return .empty }
            let result = thread.newDict()
            if result.isEmpty { return .empty }
            func set(_ name: String, _ number: Int) -> Bool { DictRef(result).set(thread, StringRef.intern(name).value, thread.newInt(number)) }
            guard set("id", number) else { return .empty }
            guard let options = filters.chain[0].options else { return result }
            switch filters.chain[0].id {
            case lzma1:
                let options = options.assumingMemoryBound(to: lzma_options_lzma.self).pointee
                guard set("lc", Int(options.lc)), set("lp", Int(options.lp)), set("pb", Int(options.pb)), set("dict_size", Int(options.dict_size)) else { return .empty }
            case lzma2:
                guard set("dict_size", Int(options.assumingMemoryBound(to: lzma_options_lzma.self).pointee.dict_size)) else { return .empty }
            case delta:
                guard set("dist", Int(options.assumingMemoryBound(to: lzma_options_delta.self).pointee.dist)) else { return .empty }
            default:
                guard set("start_offset", Int(options.assumingMemoryBound(to: lzma_options_bcj.self).pointee.start_offset)) else { return .empty }
            }
            return result
        }
    }
}
