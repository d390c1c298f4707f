import Analysis
import Desk
import Exchanges
import Market
import Primitives
import Running
import Scenarios

/// What a run is and has: does not change while it is played.
public struct RunInfo: Codable, Sendable, Equatable {
    public var id: Int
    public var name: String
    public var parent: LabRun.Parent?
    public var scenario: String
    public var title: String
    public var seed: UInt64
    public var scale: Int
    /// The first moment that can be gone back to.
    public var first: Int64
    public var start: Int64
    public var end: Int64
    public var stepSeconds: Double
    /// Of `Frame.prices`.
    public var majors: [String]
    public var venues: [String]
    /// How accounts are named: `VENUE`, of coin-margined venues `VENUE/COIN`.
    public var ledgers: [String]
    /// Every change since the scenario's first moment.
    public var changes: [String]
    /// Gives the same bytes from a shell.
    public var command: String
    public var books: [Book]
    /// The book of own accounts that was carried in, as the lab was told of it.
    public var ownBook: String?
    public var ownAccounts: [OwnAccountName]
    /// Where an own account stands in the world.
    public struct OwnAccountName: Codable, Sendable, Equatable {
        public var name: String
        public var venue: String
        public var account: Int
    }

    /// An order book.
    public struct Book: Codable, Sendable, Equatable {
        public var id: Int
        public var venue: String
        public var asset: String
        public var isSpot: Bool
    }

    init(
        id: Int, name: String, parent: LabRun.Parent?, run: ScenarioRun, ownBook: String? = nil,
        _ world: borrowing World
    ) {
        self.id = id
        self.name = name
        self.parent = parent
        scenario = run.scenario.name
        title = run.title
        seed = run.seed
        scale = run.scale
        first = world.now.seconds
        start = world.start.seconds
        end = world.end.seconds
        stepSeconds = world.stepSeconds
        majors = world.majors.map { world.exchanges.assets[$0] }
        venues = VenueFrame.all(world).map(\.venue)
        ledgers = world.exchanges.perpetualIDs.map { ToldStory.label($0, world.exchanges) }
        changes = run.changes.map(\.text)
        command = Self.command(run)
        books = world.exchanges.bookIDs.map {
            let place = world.exchanges.place($0)
            return Book(
                id: $0.index, venue: world.exchanges.names[place.exchange],
                asset: world.exchanges.assets[place.asset], isSpot: place.isSpot)
        }
        self.ownBook = ownBook
        let own = ((try? run.ownBook()) ?? nil)?.accounts ?? []
        var named: [OwnAccountName] = []
        for p in world.exchanges.perpetualIDs {
            let name = world.exchanges.names[p]
            let coins = world.exchanges.assetsByMarket()[p.index].map { world.exchanges.assets[$0] }
            let here = own.filter { $0.stands(on: name, coins: coins) }
            for (one, account) in zip(here, world.ownAccounts[p.index]) {
                named.append(
                    OwnAccountName(
                        name: one.name, venue: ToldStory.label(p, world.exchanges),
                        account: Int(account.rawValue)))
            }
        }
        ownAccounts = named
    }

    /// The command line of the same run.
    ///
    /// - Parameter until: where it shall end; nil for the scenario's end. What was to change then or later is left out.
    public static func command(_ run: ScenarioRun, until: SimTime? = nil) -> String {
        var words = ["undertow", "run", run.scenario.name, "--seed", "\(run.seed)"]
        if run.scale != 1 { words += ["--scale", "\(run.scale)"] }
        for (key, setting) in run.scenario.file.settings.sorted(by: { $0.key < $1.key })
        where setting.file == "--set" { words += ["--set", quoted("\(key)=\(setting.text)")] }
        if let book = run.bookFolder { words += ["--book", quoted(book)] }
        for change in run.changes where until.map({ change.time < $0 }) ?? true {
            words += ["--change", quoted(change.text)]
        }
        if let until { words += ["--until", "\(until)"] }
        return words.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
