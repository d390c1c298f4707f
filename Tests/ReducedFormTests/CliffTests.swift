import Testing

@testable import ReducedForm

@Suite("The cliff of a map")
struct CliffTests {
    static let news = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0]

    /// Rows as they were printed, and where they jump.
    static let rows: [([Double], Cliff)] = [
        ([0.8, 1.4, 13.8, 14.0, 14.3, 14.5, 14.6, 14.6], .between(1.0, 1.5)),
        ([0.8, 21.4, 18.8, 19.3, 19.8, 20.0, 20.1, 20.3], .between(0.5, 1.0)),
        ([0.8, 1.3, 2.6, 3.2, 2.8, 3.3, 4.4, 7.8], .none),
        ([9.0, 1.3, 2.6, 3.2, 2.8, 3.3, 4.4, 7.8], .before(0.5)),
    ]

    @Test(arguments: rows.indices)
    func isWhereTheRowJumps(_ i: Int) {
        let (falls, expected) = Self.rows[i]
        #expect(Cliff(Self.news, falls: falls, news: Self.news) == expected)
    }

    /// Where even the smallest of news is amplified without a jump, the edge is not looked for below the map.
    @Test func itsEdgeLiesBetweenTheCells() {
        let edge = Cliff.between(1.0, 1.5).edge { $0 > 1.2 }!
        #expect(edge > 1.2 && edge < 1.21)
        #expect(Cliff.none.edge { _ in true } == nil)
        #expect(Cliff.before(0.5).edge { _ in true } == 0.5)
    }

    @Test func withoutNewsThereIsNone() {
        #expect(Cliff([2, 1, 0.5], falls: [0.3, 0.4, 9], news: [0, 0, 0]) == .none)
    }
}
