import Market
import Primitives
import Running
import Scenarios

extension LabRun {
    /// Where a fork left its parent.
    public struct Parent: Codable, Sendable, Equatable {
        public var run: Int
        public var step: Int
        public var time: String
    }

    /// A world on its way from one thread to another.
    final class Copy: @unchecked Sendable {
        private var world: World?
        let minutes: [MinuteFrame]
        init(_ world: consuming World, _ minutes: [MinuteFrame] = []) {
            self.world = consume world
            self.minutes = minutes
        }
        func take() -> World {
            guard let taken = world.take() else { preconditionFailure("a copy is taken once") }
            return taken
        }
    }

    /// Whether both began as the same world: what differs is what was changed on the way.
    public func isFuture(ofTheMarketOf other: LabRun) -> Bool {
        func texts(_ run: LabRun) -> [String] {
            run.run.scenario.file.settings.map { "\($0.key)=\($0.value.text)" }.sorted()
        }
        return run.seed == other.run.seed && run.scale == other.run.scale
            && run.bookFolder == other.run.bookFolder && info.scenario == other.info.scenario
            && texts(self) == texts(other)
    }
}
