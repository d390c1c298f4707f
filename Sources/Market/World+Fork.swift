import Primitives

/// What turns a copy of a world into a fork of it.
extension World {
    /// Makes an announcement, after those that have been made; what was still to come is not.
    public mutating func announce(_ item: Fundamentals.News) {
        let now = now
        fundamentals.news.removeAll { $0.time >= now }
        fundamentals.news.append(item)
    }

    /// Measures falls anew, from the prices at the end of the minute that begins at `reference`, and ends at `end`.
    ///
    /// Until that minute is over the prices of every step take the place of those of the step before; the present ones do where
    /// it is over already.
    public mutating func measureFalls(from reference: SimTime, until end: SimTime) {
        self.end = end
        metrics.restartFalls(exchanges, from: reference)
    }
}
