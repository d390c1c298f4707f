import Clearing
import Primitives

/// What the rulebook says of a failing scope at this moment.
extension Venue {
    /// What a failing scope waits for when nothing could be done about it.
    struct Wait {
        /// When it is tried again whatever happens; nil for not at all.
        var until: SimTime?
        /// A takeover comes at `until`; before it only the book.
        var isPatient = false
        /// A book within reach helps; so does more in the fund.
        var forBook = false
        var forFund = false
    }

    /// The next step for a failing scope.
    enum Decision {
        case stage(Int)
        case waits(Wait)
    }

    /// The next stage to carry out after `tried`, or what the scope waits for.
    mutating func decide(
        _ scope: MarginScope, _ predicament: inout Predicament, after tried: Int
    ) -> Decision {
        let waterfall = rulebook.waterfall
        // The venue's own accounts and what has no position left do not wait for the book.
        let patience =
            predicament.hasPositions && !predicament.isHouse ? house.patienceEnd(scope) : nil
        switch waterfall.early(predicament, after: tried) {
        case .stage(let stage): return .stage(stage)
        case .waits: return .waits(Wait(until: house.cooldownEnd(scope)))
        case .needsFund: break
        }
        let forBook = waterfall.mayTryBook(predicament)
        // Over, a cooldown may let the book be tried again.
        let cooldown = predicament.inCooldown ? house.cooldownEnd(scope) : nil
        // Reckoning the fund up costs more than most decisions.
        if let patience, waterfall.firstFundStage < waterfall.stages.count,
            waterfall.stages[waterfall.firstFundStage].takesOver
        {
            return .waits(Wait(until: min(patience, cooldown ?? patience), isPatient: true, forBook: forBook))
        }
        predicament.fund = fundState(for: scope)
        guard let stage = waterfall.next(predicament, after: tried) else {
            return .waits(Wait(until: cooldown, forBook: forBook, forFund: true))
        }
        if let patience, waterfall.stages[stage].takesOver {
            return .waits(Wait(until: min(patience, cooldown ?? patience), isPatient: true, forBook: forBook))
        }
        return .stage(stage)
    }
}
