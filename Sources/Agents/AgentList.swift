import Primitives

/// The agents of a world. An agent is registered by one line of `registered`.
public struct AgentList: Sendable {
    /// In the order in which they act.
    public let agents: [any Agent.Type]

    /// Everybody who acts, in the order in which they do.
    public static let registered = try! AgentList([
        MarketMakers.self,
        PatientCapital.self,
        BackgroundFlow.self,
        RestingFlow.self,
        Arbitrageurs.self,
        PoolArbitrage.self,
        MakerHedging.self,
        CallAnswers.self,
        PositionOpeners.self,
        HedgedAccounts.self,
        SpotStops.self,
        HouseUnwinders.self,
        KeeperSales.self,
        Cohorts.self,
        DipBuyer.self,
    ])

    /// - Throws: `InputError` for an agent registered twice, or a key that two have.
    public init(_ agents: [any Agent.Type]) throws {
        self.agents = agents
        var seen: Set<ObjectIdentifier> = []
        var owners: [String: any Agent.Type] = [:]
        for agent in agents {
            guard seen.insert(ObjectIdentifier(agent)).inserted else {
                throw InputError(
                    file: "AgentList", key: "\(agent)", found: "an agent registered twice",
                    allowed: "each agent once")
            }
            for key in agent.keys {
                if let owner = owners.updateValue(agent, forKey: key.path) {
                    throw InputError(
                        file: "AgentList", key: key.path, found: "a key of \(owner) and of \(agent)",
                        allowed: "each key of one agent; it may be read by all")
                }
            }
        }
    }

    /// The keys of all.
    public var keys: [SettingKey] { agents.flatMap { $0.keys } }

    /// Those that may change while a world runs.
    public var liveKeys: [String] { agents.flatMap { $0.liveKeys } }

    /// In the order in which accounts are numbered: that in which they act, but that of arbitrageurs comes before the flow's,
    /// as it did in every run recorded so far.
    var opening: [any Agent.Type] {
        var all = agents
        if let flow = all.firstIndex(where: { $0 == BackgroundFlow.self }),
            let arbitrage = all.firstIndex(where: { $0 == Arbitrageurs.self }), flow < arbitrage
        {
            all.insert(all.remove(at: arbitrage), at: flow)
        }
        return all
    }
}
