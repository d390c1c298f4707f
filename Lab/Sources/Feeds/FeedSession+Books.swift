extension FeedSession {
    func takeSnapshot(_ name: String, _ snapshot: FeedBook.Snapshot, _ time: Int64) {
        counts.snapshots += 1
        guard let known = instrument(name), follows(known, snapshot.source) else { return }
        let outcome = known.book.take(snapshot)
        // One snapshot older than the book; after one that was taken, `older` counts the updates held for it.
        let wasOld = outcome.passed.isEmpty
        counts.older += outcome.older
        if !wasOld { counts.olderUpdates += outcome.older }
        settle(name, known, outcome, time)
    }

    func takeUpdate(_ name: String, _ update: FeedBook.Update, _ time: Int64) {
        counts.updates += 1
        guard let known = instrument(name), follows(known, update.source) else {
            counts.refusedUpdates += 1
            return
        }
        known.updates += 1
        let outcome = known.book.take(update)
        counts.older += outcome.older
        counts.olderUpdates += outcome.older
        settle(name, known, outcome, time)
    }

    /// The first topic of an instrument's book is followed: another depth is another book.
    private func follows(_ known: Instrument, _ source: String) -> Bool {
        if known.source == nil { known.source = source }
        // A snapshot that was asked for has no topic.
        if source.isEmpty || known.source == source { return true }
        if known.source == "" {
            known.source = source
            return true
        }
        counts.topicsRefused += 1
        return false
    }

    private func settle(_ name: String, _ known: Instrument, _ outcome: FeedBook.Outcome, _ time: Int64) {
        counts.applied += outcome.applied
        counts.crossed += outcome.crossed
        known.crossed += outcome.crossed
        for one in outcome.breaks {
            known.gaps += 1
            add(
                FeedGap(
                    kind: .sequence, instrument: name, time: time, expected: one.expected, found: one.found,
                    missing: one.ids))
        }
        if outcome.overflowed {
            counts.booksOverflowed += 1
            known.gaps += 1
            add(FeedGap(kind: .levels, instrument: name, time: time))
        }
        for top in outcome.passed { known.check.passed(top) { count($0, known) } }
        if outcome.applied > 0 || !outcome.passed.isEmpty || !outcome.breaks.isEmpty {
            events.append(.book(instrument: name, top: known.book.top, isLive: known.book.status == .live))
        }
    }

    func takeTicker(_ name: String, _ ticker: FeedTop) {
        counts.tickers += 1
        guard let known = instrument(name) else { return }
        known.ticker = ticker
        events.append(.ticker(instrument: name, top: ticker))
        let isLive = known.book.status == .live
        if let id = ticker.id {
            if let found = known.check.ticker(ticker, id: id, book: isLive ? known.book.top : nil) {
                count(found, known)
            }
        } else if isLive {
            let top = known.book.top
            if ticker.bid?.price == top.bid?.price && ticker.ask?.price == top.ask?.price {
                counts.standingEqual += 1
            } else {
                counts.standingDifferent += 1
            }
        }
    }

    private func count(_ result: TickerCheck.Result, _ known: Instrument) {
        if result == .different {
            counts.tickersDifferent += 1
            known.tickersDifferent += 1
        } else {
            counts.tickersEqual += 1
            known.tickersEqual += 1
            if result == .quantitiesDiffer { counts.tickerQuantitiesDifferent += 1 }
        }
    }

    /// A change that could not be read, of a stream whose numbers would not show that it is missing.
    func lose(_ name: String, _ known: Instrument, _ time: Int64) {
        guard known.book.status == .live, !known.book.showsLoss else { return }
        known.book.markStale()
        known.gaps += 1
        add(FeedGap(kind: .unreadable, instrument: name, time: time))
    }
}

extension FeedSession {
    /// The connection broke: what came meanwhile is not known, so every book is stale until its next snapshot.
    ///
    /// - Parameter time: nanoseconds since 1970, UTC.
    public func breakOff(at time: Int64) {
        events = []
        for (_, known) in instruments where known.book.status == .live {
            known.book.markStale()
            known.gaps += 1
        }
        add(FeedGap(kind: .silence, instrument: nil, time: time))
    }
}
