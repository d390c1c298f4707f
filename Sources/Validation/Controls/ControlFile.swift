import Primitives
import Rules
import Scenarios
import Yams

extension Controls {
    /// Reads `controls.yaml` of an event: `controls:` with `name, what, set, holds, shows, facts` each, `seeds:` and `shows:`.
    ///
    /// - Parameters:
    ///   - file: what errors name.
    ///   - names: what the measures may name, and the tables of facts.
    /// - Throws: `InputError` naming file, line and key.
    public init(text: String, file: String, names: MeasureNames) throws(InputError) {
        try self.init(ControlReader(nodes: NodeReader(file: file), names: names), text)
    }

    private init(_ reader: ControlReader, _ text: String) throws(InputError) {
        let nodes = reader.nodes
        let top = try nodes.parse(text, what: "controls (YAML)")
        let keys = try nodes.mapping(top, "the file", allowed: ["controls", "seeds", "shows"])
        for node in try reader.list(keys["controls"], "controls", in: top) {
            let run = try reader.run(node)
            guard !runs.contains(where: { $0.name == run.name }) else {
                throw nodes.error(node, "name", found: "`\(run.name)` twice", allowed: "each control once")
            }
            runs.append(run)
        }
        for node in try reader.list(keys["seeds"], "seeds", in: top) { seeds.append(try reader.seeds(node)) }
        shows = try reader.measures(keys["shows"], "shows", in: top)
    }
}

private struct ControlReader {
    let nodes: NodeReader
    let names: MeasureNames

    func list(_ node: Node?, _ key: String, in parent: Node) throws(InputError) -> [Node] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            throw nodes.error(parent, key, found: "no list", allowed: "a list")
        }
        return Array(sequence)
    }

    func run(_ node: Node) throws(InputError) -> Controls.Run {
        let keys = try nodes.mapping(
            node, "a control", allowed: ["name", "what", "set", "holds", "shows", "facts"])
        var run = Controls.Run(
            name: try nodes.text(keys, "name", in: node), what: try nodes.text(keys, "what", in: node),
            settings: try settings(keys["set"], in: node), holds: [],
            shows: try measures(keys["shows"], "shows", in: node), facts: [])
        for hold in try list(keys["holds"], "holds", in: node) { run.holds.append(try self.hold(hold)) }
        if let facts = keys["facts"] {
            guard let name = facts.string, let text = names.tables[name] else {
                throw nodes.error(
                    facts, "facts", found: facts.string.map { "`\($0)`" } ?? "no text",
                    allowed: names.tables.keys.sorted().joined(separator: ", "),
                    nearest: facts.string.flatMap { nearestName(to: $0, among: names.tables.keys.sorted()) })
            }
            run.facts = try FactFile.read(text: text, file: name, names: names)
        }
        guard !run.holds.isEmpty || !run.shows.isEmpty else {
            throw nodes.error(node, nil, found: "neither `holds` nor `shows`", allowed: "one of them or both")
        }
        return run
    }

    private func settings(_ node: Node?, in parent: Node) throws(InputError) -> [(key: String, value: String)]
    {
        guard let mapping = node?.mapping, !mapping.isEmpty else {
            throw nodes.error(
                parent, "set", found: "nothing that is changed", allowed: "keys of the scenario with values")
        }
        var settings: [(key: String, value: String)] = []
        for (key, value) in mapping {
            let path = key.string ?? ""
            guard ScenarioKeys.key(path) != nil else {
                throw nodes.error(
                    key, path, found: "an unknown key",
                    allowed: "a key that `undertow scenarios keys` lists",
                    nearest: nearestName(to: path, among: ScenarioKeys.all.map(\.path)))
            }
            guard let text = value.scalar?.string else {
                throw nodes.error(value, path, found: "no value", allowed: "a value")
            }
            settings.append((path, text))
        }
        return settings
    }

    private func hold(_ node: Node) throws(InputError) -> Controls.Hold {
        let keys = try nodes.mapping(
            node, "what must hold", allowed: ["measure", "low", "high", "below", "of"])
        let measure = try self.measure(keys["measure"], in: node)
        if keys["below"] != nil || keys["of"] != nil {
            guard keys["of"]?.string == "event" else {
                throw nodes.error(
                    node, "of", found: "nothing or another", allowed: "`of: event` with `below`")
            }
            let share = try number(keys["below"], "below", in: node)
            return Controls.Hold(measure: measure, bound: .belowOfEvent(share))
        }
        let (low, high) = (
            try number(keys["low"], "low", in: node), try number(keys["high"], "high", in: node)
        )
        guard low <= high else {
            throw nodes.error(
                node, "low", found: "\(plain(low)), above \(plain(high))", allowed: "at most `high`")
        }
        return Controls.Hold(measure: measure, bound: .band(low...high))
    }

    func seeds(_ node: Node) throws(InputError) -> Controls.Seeds {
        let keys = try nodes.mapping(
            node, "what holds over seeds", allowed: ["what", "measure", "runs", "band", "gap"])
        let runs = try number(keys["runs"], "runs", in: node)
        guard runs >= 2, runs <= 1e6, runs == runs.rounded() else {
            throw nodes.error(node, "runs", found: "\(plain(runs))", allowed: "a whole number from 2")
        }
        return Controls.Seeds(
            what: try nodes.text(keys, "what", in: node), measure: try measure(keys["measure"], in: node),
            runs: Int(runs), band: try number(keys["band"], "band", in: node),
            gap: try number(keys["gap"], "gap", in: node))
    }

    func measures(_ node: Node?, _ key: String, in parent: Node) throws(InputError) -> [MeasureCall] {
        var all: [MeasureCall] = []
        for item in try list(node, key, in: parent) { all.append(try measure(item, in: parent)) }
        return all
    }

    private func measure(_ node: Node?, in parent: Node) throws(InputError) -> MeasureCall {
        guard let text = node?.string else {
            throw nodes.error(parent, "measure", found: "nothing", allowed: "a measure")
        }
        return try MeasureCall(text, file: nodes.file, line: node?.mark?.line, names: names)
    }

    private func number(_ node: Node?, _ key: String, in parent: Node) throws(InputError) -> Double {
        guard let node else { throw nodes.error(parent, key, found: "nothing", allowed: "a number") }
        guard let text = node.string, let x = Double(text), x.isFinite else {
            throw nodes.error(node, key, found: "no number", allowed: "a number")
        }
        return x
    }
}
