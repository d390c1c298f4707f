import Primitives

/// dYdX v4: the protocol offers a failing position at a price it may be filled at, a part per block, and settles every
/// fill with the insurance fund against the bankruptcy price.
public struct FillableLiquidation: Sendable {
    /// How fast the fillable price moves to the full spread as the account approaches bankruptcy.
    public var bankruptcyAdjustment: Rate
    /// The widest spread, as a multiple of the position's maintenance margin.
    public var spreadToMaintenance: Rate
    /// The most a liquidated account pays to the fund, as a share of the fill.
    public var feeCap: Rate
    /// One order: at least the first, otherwise this share of the position.
    public var leastNotional: Money
    public var portion: Rate
    /// Notional of one account per block.
    public var mostPerBlock: Money
    public var blockSeconds: Double

    public init(
        bankruptcyAdjustment: Rate, spreadToMaintenance: Rate, feeCap: Rate, leastNotional: Money,
        portion: Rate, mostPerBlock: Money, blockSeconds: Double
    ) {
        self.bankruptcyAdjustment = bankruptcyAdjustment
        self.spreadToMaintenance = spreadToMaintenance
        self.feeCap = feeCap
        self.leastNotional = leastNotional
        self.portion = portion
        self.mostPerBlock = mostPerBlock
        self.blockSeconds = blockSeconds
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        if p.isHouse || !p.hasPositions { return .passes }
        return p.inCooldown ? .waits : .acts
    }

    /// The largest notional of the next order.
    public func orderNotional(position: Money, leftThisBlock: Money) -> Money {
        min(max(leastNotional, position.timesDown(portion)), leftThisBlock, position)
    }

    /// What the account must receive (negative: pay) so that the fill leaves it no better and no worse off than its
    /// share of its equity, rounded towards plus infinity.
    ///
    /// - Parameters:
    ///   - delta: signed notional of the change of the position, negative when a long is closed.
    ///   - equity, maintenance: of the account; `maintenance` must be positive.
    ///   - maintenanceDelta: by how much maintenance falls, not negative.
    public static func bankruptcyQuote(
        delta: Money, maintenanceDelta: Money, equity: Money, maintenance: Money
    ) -> Money {
        let share = mulDivDown(equity.micros, maintenanceDelta.micros, maintenance.micros)
        return -delta - Money(micros: share)
    }

    /// (value - ABR × spread × maintenance of the position) / size, ABR = clamp(BA × (1 - equity / maintenance), 0, 1).
    ///
    /// - Parameters:
    ///   - value: signed notional of the position; `lots` its signed size.
    /// - Returns: ledger units per lot.
    public func fillablePrice(
        value: Money, lots: Lots, positionMaintenance: Money, equity: Money, maintenance: Money
    ) -> Double {
        let health = Double(equity.micros) / Double(maintenance.micros)
        let adjusted = min(max(bankruptcyAdjustment.value * (1 - health), 0), 1)
        let spread = adjusted * spreadToMaintenance.value * Double(positionMaintenance.micros)
        return (Double(value.micros) - spread) / Double(lots.count)
    }

    /// The widest spread as a share of the price, for a maintenance margin rate.
    public func widestSpread(maintenanceRate: Rate) -> Double {
        spreadToMaintenance.value * maintenanceRate.value
    }

    /// What the fund gains by a fill (negative: pays).
    ///
    /// - Parameters:
    ///   - proceeds: signed quote the account receives from the book, negative when a short is bought back.
    public func fundDelta(proceeds: Money, bankruptcyQuote: Money) -> Money {
        let delta = proceeds - bankruptcyQuote
        return delta <= .zero ? delta : min(delta, proceeds.magnitude.timesDown(feeCap))
    }
}

extension ClearingHouse {
    /// The bankruptcy quote of changing a position by `delta` lots against its sign.
    public func bankruptcyQuote(_ position: Int32, delta: Lots) -> Money {
        let p = positions[position]
        let m = Int(p.market)
        let state = margin(scope(of: position))
        func maintenance(_ lots: Lots) -> Money {
            table.maintenance(
                m, Money(micros: valueOf(p.market, lots.count, marks[p.market])).magnitude, lots.magnitude,
                members: accounts[p.account].members)
        }
        return FillableLiquidation.bankruptcyQuote(
            delta: Money(micros: valueOf(p.market, delta.count, marks[p.market])),
            maintenanceDelta: maintenance(p.lots) - maintenance(p.lots + delta), equity: state.equity,
            maintenance: state.maintenance)
    }

    /// The price of closing a position whole at its bankruptcy quote, to the tick in the account's favour.
    func bankruptcyShareTick(_ position: Int32) -> Ticks {
        let p = positions[position]
        let quote = bankruptcyQuote(position, delta: -p.lots)
        let perTick = p.lots.count * units[p.market]
        let tick = perTick > 0 ? mulDivUp(quote.micros, 1, perTick) : mulDivDown(quote.micros, 1, perTick)
        return Ticks(Int(min(max(tick, 1), Int64(numbers[p.market].maxTicks))))
    }

    /// The fillable price of a position, in ticks, not rounded.
    public func fillablePrice(_ position: Int32, _ rule: FillableLiquidation) -> Double {
        let p = positions[position]
        let state = margin(scope(of: position))
        let own = table.maintenance(
            Int(p.market), value(position).magnitude, p.lots.magnitude, members: accounts[p.account].members)
        let perLot = rule.fillablePrice(
            value: value(position), lots: p.lots, positionMaintenance: own, equity: state.equity,
            maintenance: state.maintenance)
        return perLot / Double(units[p.market])
    }

    /// Settles a fill of a protocol liquidation between the account and the fund.
    public mutating func settleFill(
        _ position: Int32, proceeds: Money, bankruptcyQuote: Money, _ rule: FillableLiquidation,
        fund: AccountID
    ) {
        let delta = rule.fundDelta(proceeds: proceeds, bankruptcyQuote: bankruptcyQuote)
        guard delta != .zero else { return }
        take(delta, from: position, to: fund)
        var event = ClearingEvent(.fundSettlement, at: now, account: positions[position].account)
        event.market = positions[position].market
        event.counterparty = fund
        event.amount = delta
        events.append(event)
    }
}
