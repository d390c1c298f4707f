/// Compares the state after message k with row k, while both go on.
struct RowComparison {
    private(set) var result = ComparisonResult()
    private var messages: Int
    private var expectedEnded = false

    /// - Parameter agreed: leading rows that are alike because the replay started from them.
    init(agreed: Int) {
        messages = agreed
        result.compared = agreed
    }

    mutating func push(_ state: BestState, _ expected: ExpectedStates) throws {
        messages += 1
        guard !expectedEnded else { return }
        guard let recorded = try expected.next() else {
            expectedEnded = true
            result.note = "\(expected.path) ends after row \(messages - 1); later messages were not compared"
            return
        }
        result.compared += 1
        if recorded != state {
            result.differing += 1
            result.differ("row \(messages): expected \(recorded); got \(state)")
        }
    }

    mutating func finish(_ expected: ExpectedStates) throws {
        if !expectedEnded, try expected.next() != nil {
            result.note =
                "the messages end after row \(messages) of \(expected.path); later rows were not compared"
        }
    }
}
