import Agents
import Foundation
import Primitives
import Testing

@testable import Scenarios

/// Every key is of one agent or of the world, is listed, and is read by somebody.
@Suite struct KeyTests {
    @Test func everyKeyHasOneOwner() {
        let all = ScenarioKeys.all.map(\.path)
        #expect(Set(all).count == all.count)
        let agents = Set(AgentList.registered.keys.map(\.path))
        #expect(agents.isSuperset(of: ["liquidity.firms", "patient.exponent", "example.dip_buyer_usd"]))
        #expect(agents.isDisjoint(with: WorldKeys.all.map(\.path)))
        #expect(agents.isSubset(of: all))
    }

    /// The sources name every key once where it is declared and again where it is read.
    @Test func everyKeyIsRead() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources")
        var counts: [String: Int] = [:]
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)!
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"([a-z_0-9.]+)"/) { counts[String(match.1), default: 0] += 1 }
        }
        for key in ScenarioKeys.all {
            #expect(counts[key.path, default: 0] >= 2, "nobody reads \(key.path)")
        }
    }
}
