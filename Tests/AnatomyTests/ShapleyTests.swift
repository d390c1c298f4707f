import Primitives
import Testing

@testable import Anatomy

@Suite("Shapley values")
struct ShapleyTests {
    @Test("The worked example of three players")
    func workedExample() {
        // By mask: none, 1, 2, 12, 3, 13, 23, 123.
        let game = Shapley(players: 3, values: [2, 10, 4, 16, 3, 14, 6, 26])
        for (a, b) in zip(game.shares, [13.16667, 6.16667, 4.66667]) { #expect(abs(a - b) < 1e-5) }
        #expect(abs(game.shares.reduce(0, +) - game.total) < 1e-12)
    }

    @Test(
        "Shares add up, dividends rebuild the game, a player who adds nothing gets nothing", arguments: 0..<20
    )
    func laws(_ seed: Int) {
        var draws = RandomStream(seed: UInt64(seed), name: "games")
        let n = 1 + draws.integer(below: 8)
        var values = (0..<1 << n).map { _ in draws.normal() }
        // The last player is a dummy.
        for s in values.indices where s & (1 << (n - 1)) != 0 { values[s] = values[s ^ (1 << (n - 1))] }
        let game = Shapley(players: n, values: values)
        #expect(abs(game.shares.reduce(0, +) - game.total) < 1e-9)
        #expect(abs(game.shares[n - 1]) < 1e-12)
        let d = game.dividends
        for s in values.indices {
            var sum = 0.0
            for t in values.indices where t & ~s == 0 { sum += d[t] }
            #expect(abs(sum - values[s]) < 1e-9)
        }
    }

    @Test("Given a player: the same game without its empty side")
    func conditional() {
        let game = Shapley(players: 3, values: [2, 10, 4, 16, 3, 14, 6, 26])
        #expect(game.given(0).values == [10, 16, 14, 26])
        #expect(game.given(1).values == [4, 16, 6, 26])
        #expect(game.given(2).values == [3, 14, 6, 26])
    }
}
