import Primitives

/// Runs sessions of random commands until `count` are done; the first failure, shrunk, or nil.
///
/// - Parameters:
///   - size: the most commands of one session; each session has a random stream of its own.
///   - session: draws one session's commands and the check that says what is wrong with a list of them, or nil.
func fuzzSessions<Command>(
    _ count: Int, size: Int, seed: UInt64, name: String,
    session: (Int, inout RandomStream) -> (commands: [Command], check: ([Command]) -> String?)
) -> Failure? {
    var done = 0
    var sessionSeed = seed
    while done < count {
        var random = RandomStream(seed: sessionSeed, name: name)
        let (commands, check) = session(min(size, count - done), &random)
        if check(commands) != nil {
            let shortest = shrink(commands) { check($0) != nil }
            return Failure(what: check(shortest)!, seed: sessionSeed, commands: shortest.map { "\($0)" })
        }
        done += commands.count
        sessionSeed &+= 1
    }
    return nil
}
