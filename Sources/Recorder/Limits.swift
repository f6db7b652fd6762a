/// The numbers that decide what is compiled and when. `__taipan__.jit` reads and sets them.
struct Limits {
    /// Rounds before a loop is recorded; loops of code that is loaded already keep what they have left.
    var hotLoop = 1031
    /// The same of calls of a function.
    var hotCall = 1619
    /// Times that an exit is taken before it gets a bridge, and how often that is tried.
    var hotExit = 64
    var bridgeAttempts = 8
    /// Fewer bytecodes than this for each call that has to make frames real are not worth compiling.
    var bytecodesPerCall = 16
    /// Visits after which a trace is judged, and the bytecodes that they should be worth on average.
    var visitsToJudge = 4096
    var bytecodesPerVisit = 40
    /// Bridges that one loop may have, those of its bridges included.
    var mostBridges = 150
    /// Bytecodes in one trace, and inlined calls within one another.
    var longestTrace = 3000
    var deepestInlining = 24

    /// Calls of a function within itself that a trace inlines before it goes on in the function's own trace.
    var unrolledCalls = 3
    /// Rounds of an inner loop that a trace goes through, and the bytecodes up to which it does.
    var unrolledRounds = 16
    var longestUnrolled = 800
    /// Milliseconds that may be spent on compiling before it has to pay.
    var credit = 1
    /// Microseconds that are lost when a loop or a bridge is not compiled, until it is asked for again.
    var forgoneLoop = 50
    var forgoneBridge = 10
    /// What is spent for such losses: so many milliseconds, and one part in so many of the time that has gone by.
    var mostForgone = 3
    var forgoneShare = 60

    /// For `-X jit=stress`: everything is compiled at the first chance, whatever it may be worth, and the limits are so low that they are met.
    static var stress: Limits {
        var limits = Limits()
        limits.hotLoop = 1
        limits.hotCall = 1
        limits.hotExit = 1
        limits.bridgeAttempts = 3
        limits.bytecodesPerCall = 0
        limits.bytecodesPerVisit = 0
        limits.mostBridges = 8
        limits.longestTrace = 400
        limits.deepestInlining = 6
        limits.unrolledCalls = 1
        limits.unrolledRounds = 3
        limits.longestUnrolled = 200
        return limits
    }

    static let names: [(name: String, least: Int, most: Int, path: WritableKeyPath<Limits, Int>)] = [
        ("hot_loop", 1, 1 << 20, \.hotLoop), ("hot_call", 1, 1 << 20, \.hotCall), ("hot_exit", 1, 1 << 20, \.hotExit), ("bridge_attempts", 0, 16, \.bridgeAttempts),
        ("bytecodes_per_call", 0, 1 << 20, \.bytecodesPerCall), ("visits_to_judge", 1, 0xFFFF, \.visitsToJudge), ("bytecodes_per_visit", 0, 1 << 20, \.bytecodesPerVisit),
        ("most_bridges", 0, 1 << 20, \.mostBridges), ("longest_trace", 1, 6000, \.longestTrace), ("deepest_inlining", 0, 100, \.deepestInlining),
        ("credit", 0, 1 << 20, \.credit), ("forgone_loop", 0, 1 << 20, \.forgoneLoop), ("forgone_bridge", 0, 1 << 20, \.forgoneBridge), ("most_forgone", 0, 1 << 20, \.mostForgone), ("forgone_share", 1, 1 << 20, \.forgoneShare), ("unrolled_calls", 0, 20, \.unrolledCalls), ("unrolled_rounds", 0, 1 << 10, \.unrolledRounds),
        ("longest_unrolled", 0, 6000, \.longestUnrolled),
    ]
}
