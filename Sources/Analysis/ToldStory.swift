import Clearing
@_spi(World) import Exchanges
import Market
import Primitives
import Running
import Scenarios
import Venues

/// One account's story with everything it needs to be read by itself.
public struct ToldStory: Encodable, Sendable {
    /// Where it is told from.
    public enum Source: String, Encodable, Sendable { case recording, simulation }
    public var source: Source
    /// The folder of the run.
    public var run: String
    /// As it was asked for.
    public var account: String
    public var venue: String
    public var steps: [AccountStory.Line]
    /// The rules that were applied, in words with their confidence.
    public var rules: [String]

    init(
        _ source: Source, run: String, account: String, venue: String, _ steps: [AccountStory.Line],
        rules: [String]
    ) {
        self.source = source
        self.run = run
        self.account = account
        self.venue = venue
        self.steps = steps
        self.rules = rules
    }

    /// Simulates a run of the whole market once more with an account watched: same seed, same bytes, every number.
    ///
    /// - Parameters:
    ///   - folder: of the run, said in the story.
    ///   - account: `VENUE:NUMBER`, of a coin-margined venue `VENUE/COIN:NUMBER`.
    /// - Throws: `InputError` for an account that is not there, `CancellationError` when interrupted: half a story is none.
    public init(_ run: ScenarioRun, folder: String, account text: String, _ watch: RunWatch = RunWatch())
        throws
    {
        var world = try run.world()
        let (p, number) = try Self.find(text, world.exchanges)
        var story = AccountStory(account: number)
        world.exchanges.worldPerps[p].house.watchedAccount = number
        story.begin(world.exchanges.perps[p])
        while !world.isFinished && world.now < run.lastMoment {
            if watch.isInterrupted() { throw CancellationError() }
            world.step()
            story.see(&world.exchanges.worldPerps[p])
            watch.onStep(Double(world.steps))
        }
        story.end(world.exchanges.perps[p])
        self.init(
            .simulation, run: folder, account: text, venue: Self.label(p, world.exchanges), story.lines,
            rules: story.rules)
    }

    /// For the terminal.
    public var text: String {
        var lines = ["\(venue), account \(account)\n"]
        if source == .recording {
            lines.append(
                "From the recording: what the venue did to it. Its margin calls, own orders, fees and funding: --again.\n"
            )
        }
        for line in steps {
            lines.append(
                "\(line.timeUtc)  \(line.what)\(line.rule.isEmpty ? "" : "\n                      rule: \(line.rule)")"
            )
        }
        if !rules.isEmpty {
            lines.append(
                "\nRules applied (A official text or code read, B seen in part or republished, C our choice):"
            )
            lines += rules.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// How accounts of a venue are named: of a coin-margined one with the coin.
    public static func label(_ p: VenueID, _ exchanges: borrowing Exchanges) -> String {
        if case .coin(let coin, _) = exchanges.perps[p].rulebook.settlement {
            return "\(exchanges.names[p])/\(coin)"
        }
        return exchanges.names[p]
    }

    /// The account of a name like `VENUE:NUMBER` or `VENUE/COIN:NUMBER`.
    ///
    /// - Throws: `InputError` where there is none.
    public static func find(_ text: String, _ exchanges: borrowing Exchanges) throws -> (
        exchange: VenueID, account: AccountID
    ) {
        var labels: [String] = []
        for p in exchanges.perpetualIDs { labels.append(label(p, exchanges)) }
        let (place, number) = try split(text, labels)
        let p = VenueID(place)
        guard exchanges.perps[p].house.exists(account: number) else {
            throw InputError(
                file: "--account", found: "`\(number)`",
                allowed: "a number from 0 to \(exchanges.perps[p].house.accountCount - 1)")
        }
        return (p, number)
    }

    /// The place of its venue among `labels`, and its number.
    static func split(_ text: String, _ labels: [String]) throws -> (place: Int, account: AccountID) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let place = labels.firstIndex(of: parts[0]) else {
            throw InputError(
                file: "--account", found: "`\(text)`",
                allowed: "VENUE:NUMBER with \(labels.joined(separator: ", "))",
                nearest: nearestName(to: parts.first ?? "", among: labels))
        }
        guard let number = Int32(parts[1]), number >= 0 else {
            throw InputError(file: "--account", found: "`\(parts[1])`", allowed: "a number from 0")
        }
        return (place, AccountID(rawValue: number))
    }
}
