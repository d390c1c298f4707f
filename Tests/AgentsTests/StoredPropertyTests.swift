import Checks
import Clearing
import DequeModule
import Exchanges
import Foundation
import HeapModule
import OrderBook
import Primitives
import Testing
import Venues

@testable import Agents

/// Every stored property of every strategy, and of what its state is made of, changed alone changes the hash. A property
/// that is added must be added here: as one that changes, or by name as one that never does.
@Suite struct StoredPropertyTests {
    /// - Parameters:
    ///   - constants: stored properties that are never written after `init`.
    ///   - changes: by the name of a stored property, a change of it alone.
    private func expectHashed<T>(
        _ value: T, constants: Set<String>, _ changes: [String: (inout T) -> Void],
        hash: (T, inout StateHash) -> Void, at location: SourceLocation = #_sourceLocation
    ) {
        let stored = Set(Mirror(reflecting: value).children.compactMap(\.label))
        let named = constants.union(changes.keys)
        #expect(stored == named, "the stored properties of \(T.self)", sourceLocation: location)
        func hashed(_ value: T) -> StateHash {
            var state = StateHash()
            hash(value, &state)
            return state
        }
        let before = hashed(value)
        for (name, change) in changes {
            var changed = value
            change(&changed)
            #expect(
                hashed(changed) != before, "\(T.self).\(name) is not in the hash", sourceLocation: location)
        }
    }

    private func expectHashed<T: Strategy>(
        _ value: T, constants: Set<String>, _ changes: [String: (inout T) -> Void],
        at location: SourceLocation = #_sourceLocation
    ) {
        expectHashed(value, constants: constants, changes, hash: { $0.combine(into: &$1) }, at: location)
    }

    private static let noted = SimTime(seconds: 77)

    @Test func marketMakers() throws {
        let room = try ThreeBooks()
        let makers = MarketMakers(
            MakerParameters(), accounts: room.agent, shares: [0.4, 0.4, 0.2], room.exchanges, stepSeconds: 1)
        expectHashed(
            makers, constants: ["name", "parameters", "stepSeconds", "booksByVenue"],
            [
                "ladders": { $0.ladders[2].answer += 0.1 }, "quotes": { $0.quotes[35].lots += 1 },
                "desks": { $0.desks[0].profit += Money(usd: 1) }, "firms": { $0.firms[3].raised += 1 },
                "caution": { $0.caution += 0.1 }, "unsettled": { $0.unsettled += 0.1 },
                "recent": { $0.recent += 0.1 }, "accustomed": { $0.accustomed += 0.1 },
                "step": { $0.step += 1 }, "refusals": { $0.refusals += 1 },
                "otherInventoryUSD": { $0.otherInventoryUSD += 1 },
                "minuteCounted": { $0.minuteCounted += 1 },
            ])
        expectHashed(
            makers.ladders[0],
            // The last is told to the makers, and zero again, within a step.
            constants: [
                "account", "firm", "isInverse", "depthUSD", "absorptionUSD", "halfSpread", "lotSize",
                "start", "startLots", "refusals",
            ],
            [
                "isStruck": { $0.isStruck.toggle() }, "isQuoted": { $0.isQuoted.toggle() },
                "tape": { $0.tape += 1 }, "answer": { $0.answer += 1 }, "centre": { $0.centre += 1 },
                "presence": { $0.presence += 1 }, "gain": { $0.gain += Money(usd: 1) },
                "lots": { $0.lots += 1 },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            makers.quotes[0], constants: [],
            ["id": { $0.id += 1 }, "lots": { $0.lots += 1 }, "price": { $0.price += 1 }],
            hash: { $0.combine(into: &$1) })
        expectHashed(
            makers.desks[0],
            constants: [
                "absorptionUSD", "logRank", "share", "isPegged", "opened", "patientUSD", "patientWidth",
            ],
            [
                "reference": { $0.reference += 1 }, "answer": { $0.answer += 1 },
                "presence": { $0.presence -= 0.1 }, "profit": { $0.profit += Money(usd: 1) },
                "lastIndex": { $0.lastIndex += 1 },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            makers.firms[0], constants: ["capital"],
            ["profit": { $0.profit += Money(usd: 1) }, "raised": { $0.raised += 1 }],
            hash: { $0.combine(into: &$1) })
    }

    @Test func patientCapital() throws {
        let room = try ThreeBooks()
        let patient = PatientCapital(
            PatientCapital.Parameters(), accounts: room.agent, shares: [0.4, 0.4, 0.2], room.exchanges,
            stepSeconds: 1)
        expectHashed(
            patient, constants: ["name", "parameters", "accounts", "base", "widths", "stepSeconds"],
            [
                "slots": { $0.slots[83].id += 1 }, "anchors": { $0.anchors[2] += 1 },
                "step": { $0.step += 1 },
            ])
        expectHashed(
            patient.slots[0], constants: [],
            [
                "id": { $0.id += 1 }, "lots": { $0.lots += 1 }, "price": { $0.price += 1 },
                "filled": { $0.filled -= 0.1 },
            ], hash: { $0.combine(into: &$1) })
    }

    @Test func flowAndArbitrage() throws {
        let room = try ThreeBooks()
        expectHashed(
            BackgroundFlow(
                BackgroundFlow.Parameters(), Turnover(calm: [1, 1, 1]), accounts: room.agent,
                shares: [1, 1, 1], room.exchanges, stepSeconds: 1,
                random: RandomStream(seed: 1, name: "flow")),
            constants: ["name", "parameters", "accounts", "turnover", "cumulative", "means", "stepSeconds"],
            ["runs": { $0.runs[2] -= 1 }, "random": { _ = $0.random.next() }])
        let resting = RestingFlow(
            RestingFlow.Parameters(), Turnover(calm: [1, 1, 1]), accounts: room.agent, room.exchanges,
            stepSeconds: 1, random: RandomStream(seed: 1, name: "resting flow"))
        expectHashed(
            resting, constants: ["name", "parameters", "turnover", "accounts", "stepSeconds", "start"],
            [
                "slots": { $0.slots[17] += 1 }, "phases": { $0.phases[2] += 0.1 },
                "turns": { $0.turns[1] += 1 }, "arriving": { $0.arriving[2].asksUSD += 1 },
                "step": { $0.step += 1 }, "random": { _ = $0.random.next() },
            ])
        expectHashed(
            resting.arriving[0], constants: [],
            [
                "bidsUSD": { $0.bidsUSD += 1 }, "asksUSD": { $0.asksUSD += 1 },
                "distance": { $0.distance += 1 },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            Arbitrageurs(
                Arbitrageurs.Parameters(), accounts: room.agent, absorptionUSD: [1e9, 1e9, 1e9],
                room.exchanges, stepSeconds: 1),
            constants: ["name", "parameters", "accounts", "limits", "absorption", "stepSeconds", "start"],
            ["step": { $0.step += 1 }, "exhausted": { $0.exhausted += 1 }])
        expectHashed(
            PoolArbitrage(books: [2], wallets: [1], stepSeconds: 1),
            constants: ["name", "books", "wallets", "stepSeconds"],
            ["nextBlock": { $0.nextBlock += 12 }, "elapsed": { $0.elapsed += 1 }])
        expectHashed(
            MakerHedging(share: 1, books: [(0, 1)]), constants: ["name", "share", "books"],
            ["step": { $0.step += 1 }])
    }

    @Test func callAnswers() {
        typealias Trader = LeveragedTraders.Trader
        let traders = [
            Trader(response: .adds, delaySeconds: 5, reserve: Money(usd: 1)),
            Trader(response: .ignores, delaySeconds: 5, reserve: .zero),
        ]
        let population = LeveragedTraders(firstAccount: 3, traders: traders)
        expectHashed(
            CallAnswers([population]), constants: ["name"],
            ["populations": { $0.populations[0].called(3, at: Self.noted) }])
        let hash: (LeveragedTraders, inout StateHash) -> Void = { $0.combine(into: &$1) }
        expectHashed(
            population, constants: ["firstAccount", "largeShort"],
            [
                "traders": { $0.traders[1].reserve += Money(usd: 1) },
                "pending": { $0.pending.insert(LeveragedTraders.Pending(due: Self.noted, account: 3)) },
                "protection": { $0.protection = PriceProtection(fraction: 0.1) },
            ], hash: hash)
        expectHashed(
            traders[0], constants: [],
            [
                "response": { $0.response = .reduces }, "delaySeconds": { $0.delaySeconds += 1 },
                "reserve": { $0.reserve += Money(usd: 1) }, "weight": { $0.weight += 1 },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            LeveragedTraders.Pending(due: Self.noted, account: 3), constants: [],
            ["due": { $0.due = SimTime(seconds: 78) }, "account": { $0.account = 4 }],
            hash: { $0.combine(into: &$1) })
    }

    @Test func positionOpeners() {
        let queue = PositionOpeners.Queue(book: 0, isLong: true, first: 5, place: 0, count: 2)
        let openers = PositionOpeners(
            PositionOpeners.Parameters(), queues: [queue], notionals: [1, 2], assets: 1, stepSeconds: 1,
            random: RandomStream(seed: 1, name: "position openers"))
        let entry = PositionOpeners.Entry(queue: 0, number: 1, until: Self.noted)
        let exit = PositionOpeners.Exit(due: Self.noted, queue: 0, number: 1)
        expectHashed(
            openers, constants: ["name", "parameters", "notionals", "stepSeconds"],
            [
                "queues": { $0.queues[0].next += 1 }, "hours": { $0.hours[0].append(1) },
                "entering": { $0.entering.append(entry) }, "exits": { $0.exits.insert(exit) },
                "step": { $0.step += 1 }, "random": { _ = $0.random.next() },
                "openedLongUSD": { $0.openedLongUSD += 1 }, "openedShortUSD": { $0.openedShortUSD += 1 },
            ])
        expectHashed(
            entry, constants: [],
            [
                "queue": { $0.queue += 1 }, "number": { $0.number += 1 },
                "until": { $0.until = SimTime(seconds: 78) },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            exit, constants: [],
            [
                "queue": { $0.queue += 1 }, "number": { $0.number += 1 },
                "due": { $0.due = SimTime(seconds: 78) },
            ], hash: { $0.combine(into: &$1) })
    }

    @Test func forcedSellers() {
        let sale = HedgedAccounts.Sale(due: Self.noted, number: 1, book: 2, coins: 3, parts: 4)
        expectHashed(
            HedgedAccounts(
                groups: [], spotBooks: [2], wallets: [1], limit: 0.1, sells: true,
                random: RandomStream(seed: 1, name: "hedgers")),
            constants: [
                "protection", "waitMinutes", "sellingMinutes", "name", "isForced", "groups", "spotBooks",
                "wallets", "sells",
            ],
            [
                "pending": { $0.pending.insert(sale) }, "waiting": { $0.waiting[2].append(sale) },
                "losses": { $0.losses += 1 }, "random": { _ = $0.random.next() },
                "soldUSD": { $0.soldUSD += 1 },
            ])
        expectHashed(
            sale, constants: [],
            [
                "due": { $0.due = SimTime(seconds: 78) }, "number": { $0.number += 1 },
                "book": { $0.book = 3 }, "coins": { $0.coins += 1 }, "parts": { $0.parts += 1 },
            ], hash: { $0.combine(into: &$1) })
        expectHashed(
            HouseUnwinders(sharePerMinute: 0.1, limitBp: 10, collateral: [], stepSeconds: 1),
            constants: ["name", "isForced", "sharePerMinute", "limitBp", "collateral", "stepSeconds"],
            ["step": { $0.step += 1 }])
        expectHashed(
            KeeperSales(books: [2], wallets: [1]), constants: ["name", "isForced", "books", "wallets"],
            ["soldUSD": { $0.soldUSD += 1 }])
    }

    @Test func holders() throws {
        let room = try ThreeBooks()
        expectHashed(
            SpotStops(
                SpotStops.Parameters(), [SpotStops.Stops(book: 2, account: 1, coins: 5)], room.exchanges),
            constants: ["name", "parameters", "stops", "references", "scales"],
            [
                "lowest": { $0.lowest[0] -= 1 }, "waiting": { $0.waiting[0] += 1 },
                "soldUSD": { $0.soldUSD += 1 },
            ])
        let holder = Cohorts.Cohort(
            name: "x", book: 2, account: 1, sharePerMinute: 0.1, belowReference: 0.05)
        expectHashed(
            Cohorts([holder], room.exchanges, stepSeconds: 1),
            constants: ["name", "cohorts", "references", "everySteps"], ["step": { $0.step += 1 }])
        expectHashed(
            DipBuyer(book: 2, account: 1, drop: 0.01), constants: ["name", "book", "account", "drop"],
            [
                "history": { $0.history.append(1) },
                "lastRefusal": { $0.lastRefusal = .marginMustCoverOrder },
            ])
    }

    /// The hash of a minute leaves out what each trader could still pay in, and nothing else of any strategy.
    @Test func minuteHashSeesWhoHasStillToAnswer() {
        let trader = LeveragedTraders.Trader(response: .adds, delaySeconds: 5, reserve: Money(usd: 1))
        var answers = CallAnswers([LeveragedTraders(firstAccount: 3, traders: [trader])])
        func minute(_ answers: CallAnswers) -> StateHash {
            var hash = StateHash()
            answers.combineForMinute(into: &hash)
            return hash
        }
        let before = minute(answers)
        answers.populations[0].traders[0].reserve += Money(usd: 1)
        #expect(minute(answers) == before)
        answers.populations[0].called(3, at: Self.noted)
        #expect(minute(answers) != before)
    }

    @Test func outsideOrders() {
        let order = NewOrder(.buy, Lots(3), at: Ticks(100), account: AccountID(2))
        let base = OutsideOrders()
        let waiting = OutsideOrders.Command(
            number: 1, book: BookID(0), account: AccountID(2), what: .submit(order))
        expectHashed(
            base, constants: ["name"],
            [
                "waiting": { $0.waiting = [waiting] },
                "answers": { $0.answers = [OutsideOrders.Answer(number: 1, book: BookID(0))] },
                "brought": { $0.brought = 1 },
            ])
        func answered(_ change: (inout OutsideOrders.Answer) -> Void) -> StateHash {
            var (orders, answer, hash) = (base, OutsideOrders.Answer(number: 1, book: BookID(0)), StateHash())
            change(&answer)
            orders.answers = [answer]
            orders.combine(into: &hash)
            return hash
        }
        let all = [
            answered { _ in }, answered { $0.number = 2 }, answered { $0.book = BookID(1) },
            answered { $0.filled = Lots(1) }, answered { $0.filledMicros = 1 },
            answered { $0.resting = OrderID(raw: 9) }, answered { $0.rejection = .tooManyOrders },
        ]
        #expect(Set(all).count == all.count)
    }

    /// Every strategy of the room has a row above and a line in `AgentList`, and writes no ledger but by Exchanges' methods.
    @Test func everyStrategyIsHere() throws {
        let here = URL(fileURLWithPath: #filePath)
        let sources = here.deletingLastPathComponent().appendingPathComponent("../../Sources/Agents")
        let tests = try String(contentsOf: here, encoding: .utf8)
        // Orders from outside join a world when the first is brought.
        let registered = AgentList.registered.agents.map { "\($0)" } + ["OutsideOrders"]
        var found = 0
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)!
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("@_spi"), "\(file.lastPathComponent) reaches past Exchanges' methods")
            for match in text.matches(of: /(struct|class|enum|actor) (\w+): Strategy\b/) {
                found += 1
                #expect(match.1 == "struct", "\(match.2) is a value")
                #expect(tests.contains("\(match.2)("), "\(match.2) has no row in StoredPropertyTests")
                #expect(registered.contains(String(match.2)), "\(match.2) is not in AgentList")
            }
        }
        #expect(found >= 15)
    }
}
