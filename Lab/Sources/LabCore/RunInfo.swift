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
    /// Every change since the scenario's first moment.
    public var changes: [String]
    /// Gives the same bytes from a shell.
    public var command: String
    public var books: [Book]

    /// An order book.
    public struct Book: Codable, Sendable, Equatable {
        public var id: Int
        public var venue: String
        public var asset: String
        public var isSpot: Bool
    }

    init(id: Int, name: String, parent: LabRun.Parent?, run: ScenarioRun, _ world: borrowing World) {
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
        changes = run.changes.map(\.text)
        command = Self.command(run)
        books = world.exchanges.bookIDs.map {
            let place = world.exchanges.place($0)
            return Book(
                id: $0.index, venue: world.exchanges.names[place.exchange],
                asset: world.exchanges.assets[place.asset], isSpot: place.isSpot)
        }
    }

    /// The command line of the same run.
    static func command(_ run: ScenarioRun) -> String {
        var words = ["undertow", "run", run.scenario.name, "--seed", "\(run.seed)"]
        if run.scale != 1 { words += ["--scale", "\(run.scale)"] }
        for (key, setting) in run.scenario.file.settings.sorted(by: { $0.key < $1.key })
        where setting.file == "--set" { words += ["--set", quoted("\(key)=\(setting.text)")] }
        for change in run.changes { words += ["--change", quoted(change.text)] }
        return words.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
