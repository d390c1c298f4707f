extension MeasureCall {
    /// What a run tells, for people, with the measure that was asked; nil where it tells nothing.
    func figure(_ seen: Seen, _ run: RunRecord) -> String? {
        guard let value = seen.figure else { return nil }
        let note = measure.note?(Reading(run: run, call: self)).map { ", \($0)" } ?? ""
        return "\(said(value)) (\(text)\(note))"
    }

    /// In the unit in which a person would say it.
    func said(_ value: Double) -> String {
        let unit = measure.unit.readable(value)
        return "\(rounded(measure.unit.converted(value, to: unit))) \(unit)"
    }
}
