/// What is written down of a run, so that it is there again after the lab was stopped, however it was: the recipe, and how far
/// it had come. The state itself is made anew from the recipe; the hash says whether it is the same.
struct SavedRun: Codable, Sendable, Equatable {
    var info: RunInfo
    var settings: [String]
    var book: String?
    /// The last published present.
    var frame: Frame
    /// The last recorded minute and its hash.
    var lastMinute: Int64?
    var lastHash: String?
}
