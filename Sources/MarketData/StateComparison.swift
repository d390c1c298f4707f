import Primitives

/// How recorded states and replayed states are put side by side.
public enum ReplayAlignment: String, Sendable, CaseIterable {
    /// State k is the one after message k.
    case row
    /// The two sequences of distinct best states, because the two files are not of the same stream.
    case value
}

/// What a comparison found.
struct ComparisonResult: Equatable {
    var compared = 0
    var differing = 0
    /// The first differences in words, at most five.
    var differences: [String] = []
    /// What the reader of the two numbers must know, such as files of different length.
    var note: String?

    mutating func differ(_ text: @autoclosure () -> String) {
        if differences.count < 5 { differences.append(text()) }
    }
}

/// The comparison a replay was asked for, or none; the replay pushes a state after every message.
final class StateComparison {
    private let expected: ExpectedStates?
    private let align: ReplayAlignment
    private var row: RowComparison?
    private var value: ValueComparison?

    init(_ path: String?, _ align: ReplayAlignment, priceDecimals: Int) throws {
        expected = try path.map { try ExpectedStates(path: $0, priceDecimals: priceDecimals) }
        self.align = align
    }

    var path: String { expected?.path ?? "" }

    /// Takes row 1 as the start of the replay; nil without expected states.
    func startLevels() throws -> [(side: Side, price: Int64, size: Int64)]? {
        guard let expected else { return nil }
        guard let levels = try expected.nextWithDepth() else { throw empty() }
        return levels
    }

    /// - Parameters:
    ///   - state: before the first message.
    ///   - agreed: whether it is row 1.
    func begin(_ state: BestState, agreed: Bool) throws {
        guard let expected else { return }
        switch align {
        case .row: row = RowComparison(agreed: agreed ? 1 : 0)
        case .value:
            guard let first = try agreed ? state : expected.next() else { throw empty() }
            value = ValueComparison(initial: state, firstRecorded: first)
        }
    }

    /// The state after the next message.
    func push(_ state: BestState) throws {
        guard let expected else { return }
        try row?.push(state, expected)
        try value?.push(state, expected)
    }

    func finish() throws -> ComparisonResult {
        guard let expected else { return ComparisonResult() }
        try row?.finish(expected)
        try value?.finish(expected)
        let result = row?.result ?? value?.result ?? ComparisonResult()
        if row != nil && result.compared == 0 { throw empty() }
        return result
    }

    private func empty() -> InputError {
        InputError(file: path, found: "an empty file", allowed: "at least one recorded state")
    }
}
