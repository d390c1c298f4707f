import Checks
import Exchanges
import Primitives
import Synchronization
import Testing

@testable import Agents

/// The one way in for agents: each is registered once, owns its keys and reads them, and gets the accounts it asks for.
@Suite struct AgentListTests {
    /// A value for every key of the agents, and which were read.
    private final class NotedSettings: Settings {
        static let world = [
            "contagion.arbitrage": "true", "contagion.hedge_loss": "true", "contagion.lending_sales": "true",
            "contagion.shared_maker_capital": "true", "news.happens": "true",
            "news.time_utc": "2025-10-10T20:50:00Z",
        ]
        private let values: [String: String]
        let read = Mutex<Set<String>>([])
        let unknown = Mutex<Set<String>>([])

        init(_ keys: [SettingKey], _ changes: [String: String] = [:]) {
            var values = Self.world
            for key in keys {
                switch key.kind {
                case .number(let range):
                    values[key.path] = "\(min(max(1, range.lowerBound), range.upperBound))"
                case .integer(let range):
                    values[key.path] = "\(min(max(1, range.lowerBound), range.upperBound))"
                case .flag: values[key.path] = "true"
                default: values[key.path] = key.fallback ?? ""
                }
            }
            values["holders.venue"] = "spot"
            values["holders.assets"] = "BTC=0.5"
            self.values = values.merging(changes) { $1 }
        }

        func setting(_ path: String) -> Setting {
            if let text = values[path] {
                _ = read.withLock { $0.insert(path) }
                return Setting(text: text, file: "test")
            }
            _ = unknown.withLock { $0.insert(path) }
            return Setting(text: "1", file: "test")
        }
    }

    private func opening(_ settings: NotedSettings, _ room: borrowing ThreeBooks) -> AgentOpening {
        let asset = AgentOpening.Asset(
            name: "BTC", priceUSD: ThreeBooks.price, supply: 1000, volumeUSD: 1e6, volatility: 0.02,
            isCoin: true)
        return AgentOpening(
            settings, seed: 7, stepSeconds: 1,
            exchanges: [.init(name: "one"), .init(name: "two"), .init(name: "spot", stopShare: 1)],
            assets: [asset], books: room.exchanges.books, reference: 0, liquidityShares: [0.5, 0.25, 0.25],
            patientShares: [0.5, 0.25, 0.25], openInterestUSD: [100, 50, 0])
    }

    private func opened(
        _ settings: NotedSettings, _ agents: AgentList, _ room: inout ThreeBooks
    ) -> AgentOpening {
        var opening = opening(settings, room)
        for e in room.exchanges.venueIDs { opening.open(e, of: agents, &room.exchanges) }
        opening.sellerBooks = [ThreeBooks.spot]
        opening.sellerWallets = [room.exchanges.openAccount(2)]
        return opening
    }

    @Test func everyAgentReadsItsKeys() throws {
        let all = AgentList.registered
        #expect(all.agents.count >= 15)
        for agent in all.agents {
            let settings = NotedSettings(all.keys)
            var room = try ThreeBooks(quotes: false)
            let opening = opened(NotedSettings(all.keys), all, &room)
            let noted = self.opening(settings, room)
            for book in ThreeBooks.books { _ = agent.means(book, noted) }
            var made = noted
            made.sellerBooks = opening.sellerBooks
            made.sellerWallets = opening.sellerWallets
            for e in room.exchanges.venueIDs { made.open(e, of: try AgentList([agent]), &room.exchanges) }
            if agent == PoolArbitrage.self { made = opening }
            _ = try? agent.check(settings)
            #expect(try agent.make(made, &room.exchanges) != nil, "\(agent)")
            let read = settings.read.withLock { $0 }
            for key in agent.keys { #expect(read.contains(key.path), "\(agent) never reads \(key.path)") }
            let unknown = settings.unknown.withLock { $0 }
            #expect(unknown.isEmpty, "\(agent) reads \(unknown), which is nobody's key")
        }
    }

    /// Buys nothing, anywhere: the smallest agent a user may write.
    private struct Watcher: Strategy, Agent {
        static let keys = [SettingKey("watcher.usd", .usd, "dollars it watches with", default: "0")]
        let name = "watcher"
        let accounts: [AccountID]
        mutating func act(_ exchanges: inout Exchanges) {}
        func combine(into hash: inout StateHash) {}
        static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
            Means(dollars: opening.settings.number("watcher.usd"))
        }
        static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) throws -> Watcher? {
            Watcher(accounts: opening.accounts(of: Watcher.self))
        }
    }

    private struct Twin: Strategy, Agent {
        static let keys = Watcher.keys
        let name = "twin"
        mutating func act(_ exchanges: inout Exchanges) {}
        func combine(into hash: inout StateHash) {}
        static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) throws -> Twin? { nil }
    }

    @Test func twiceIsRefused() throws {
        let twice = #expect(throws: InputError.self) { try AgentList([Watcher.self, Watcher.self]) }
        #expect(twice?.key == "Watcher")
        let shared = #expect(throws: InputError.self) { try AgentList([Watcher.self, Twin.self]) }
        #expect(shared?.key == "watcher.usd")
        #expect(try AgentList([Twin.self]).keys.map(\.path) == ["watcher.usd"])
    }

    @Test func ownAgentGetsItsAccounts() throws {
        let list = try AgentList([Watcher.self])
        var room = try ThreeBooks(quotes: false)
        let opening = opened(NotedSettings(list.keys, ["watcher.usd": "5000"]), list, &room)
        let watcher = try #require(try Watcher.make(opening, &room.exchanges))
        #expect(room.exchanges.equityUSD(0, watcher.accounts[0]) == 5000)
        #expect(room.exchanges.equityUSD(1, watcher.accounts[1]) == 5000)
        #expect(room.exchanges.freeCash(ThreeBooks.spot, watcher.accounts[2]) == Money(usd: 5000))
        #expect(room.exchanges.freeCoins(ThreeBooks.spot, watcher.accounts[2]) == .zero)
        #expect(Watcher.endowments(2, opening).map(\.usd) == [5000])
        #expect(Watcher.endowments(2, opening).map(\.keys) == [["watcher.usd"]])
        #expect(room.imbalance() == 0)
    }

    /// Accounts are numbered as in all runs recorded so far, and only where an agent trades.
    @Test func accountsInTheirOrder() throws {
        var room = try ThreeBooks(quotes: false)
        let opening = opened(NotedSettings(AgentList.registered.keys), .registered, &room)
        func accounts(_ agent: any Agent.Type) -> [AccountID] { opening.accounts(of: agent) }
        let order: [any Agent.Type] = [
            MarketMakers.self, PatientCapital.self, Arbitrageurs.self, BackgroundFlow.self, RestingFlow.self,
        ]
        for book in 0..<3 {
            let first = accounts(MarketMakers.self)[book]
            #expect(order.map { accounts($0)[book] } == Array(Identifiers(from: first, count: 5)))
        }
        #expect(accounts(MakerHedging.self)[0].index == accounts(RestingFlow.self)[0].index + 1)
        #expect(accounts(MakerHedging.self)[2] == -1)
        #expect(accounts(DipBuyer.self).prefix(2) == [-1, -1])
        #expect(accounts(DipBuyer.self)[2] != .nobody)
        #expect(accounts(SpotStops.self) == [-1, -1, -1])
    }
}
