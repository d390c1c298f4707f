import Checks
import Market
import Primitives
import Testing

/// Worlds in which it is known who pushed whom.
@Suite("Cascade tree")
struct CascadeTreeTests {
    private static let time = SimTime(seconds: 0)

    private static func move(_ fall: Double, news: Double = 0, forced: Double = 0, other: Double = 0)
        -> CascadeTree.Move
    {
        CascadeTree.Move(fall: fall, news: news, fromBitcoin: 0, forcedSales: forced, otherSales: other)
    }

    @Test("Where only news moves the price nobody pushes anybody, whatever is sold by force")
    func noFeedback() {
        var tree = CascadeTree(assets: 1)
        for step in 1...500 {
            tree.begin()
            tree.add(Self.move(0.001, news: 0.001, forced: 1e6, other: 5e5), asset: 0)
            for _ in 0..<3 {
                tree.close(
                    asset: 0, venue: 0, usd: 1e5, safe: step - 1, isNew: true, accounts: 1, at: Self.time)
            }
        }
        #expect(tree.branchingRatio == 0)
        #expect(
            tree.clusters.count == 1500
                && tree.clusters.allSatisfy { $0.accounts == 1 && $0.generations == 0 })
    }

    /// Each closing's sale moves the price by one unit in the next step, and a unit holds a Poisson number of triggers of mean n:
    /// the number of accounts from one root follows Borel's law, with mean 1 / (1 - n) and variance n / (1 - n)³.
    @Test("Trees follow Borel's law where they should", arguments: [0.5, 0.8])
    func borel(_ n: Double) {
        var tree = CascadeTree(assets: 1)
        var draws = RandomStream(seed: 11, name: "borel \(n)")
        let roots = 20_000
        var step = 0
        for _ in 0..<roots {
            // A root: somebody else's sale reaches one account.
            step += 1
            tree.begin()
            tree.add(Self.move(0.0001, other: 1), asset: 0)
            tree.close(asset: 0, venue: 0, usd: 1, safe: step - 1, isNew: true, accounts: 1, at: Self.time)
            var selling = 1
            while selling > 0 {
                step += 1
                tree.begin()
                tree.add(Self.move(0.0001 * Double(selling), forced: Double(selling)), asset: 0)
                var next = 0
                for _ in 0..<selling { next += draws.poisson(mean: n) }
                for _ in 0..<next {
                    tree.close(
                        asset: 0, venue: 0, usd: 1, safe: step - 1, isNew: true, accounts: 1, at: Self.time)
                }
                selling = next
            }
        }
        #expect(tree.clusters.count == roots)
        #expect(abs(tree.branchingRatio - n) < 0.02)
        let sizes = tree.clusters.map { Double($0.accounts) }
        let mean = sizes.reduce(0, +) / Double(roots)
        let variance = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(roots)
        #expect(abs(mean * (1 - n) - 1) < 0.03, "\(mean)")
        #expect(abs(variance * (1 - n) * (1 - n) * (1 - n) / n - 1) < 0.2, "\(variance)")
        #expect(tree.accountsByGeneration[0] == roots)
    }

    @Test("Half of the move forced, half not: half of the closing is owed")
    func halves() {
        var tree = CascadeTree(assets: 2)
        tree.begin()
        tree.add(Self.move(0.01, forced: 3, other: 3), asset: 0)
        tree.add(Self.move(0), asset: 1)
        #expect(
            tree.close(asset: 0, venue: 0, usd: 10, safe: 0, isNew: false, accounts: 0, at: Self.time) == 0.5)
        // Ether follows Bitcoin by 0.004 of 0.005: half of what followed was Bitcoin's forced selling.
        tree.begin()
        tree.add(Self.move(0.01, forced: 1, other: 1), asset: 0)
        tree.add(
            CascadeTree.Move(fall: 0.005, news: 0.001, fromBitcoin: 0.004, forcedSales: 0, otherSales: 0),
            asset: 1)
        let caused = tree.close(
            asset: 1, venue: 0, usd: 10, safe: 1, isNew: false, accounts: 0, at: Self.time)
        #expect(abs(caused - 0.4) < 1e-12)
        #expect(tree.closedUSD == 20 && abs(tree.causedUSD - 9) < 1e-9)
    }
}
