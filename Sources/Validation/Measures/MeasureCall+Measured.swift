import Recording

extension MeasureCall {
    /// What a run tells of it, as its summary keeps it.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    public func measured(_ run: RunRecord) throws -> MeasuredFigure {
        let seen = try seen(run)
        let kind: MeasuredFigure.Kind =
            switch seen {
            case .value: .value
            case .atLeast: .atLeast
            case .soFar: .soFar
            case .nothing: .nothing
            }
        return MeasuredFigure(text, unit: measure.unit.name, kind, seen.figure, why: seen.why)
    }

    /// What a summary kept of it, in another of the measure's units.
    public func seen(_ figure: MeasuredFigure, in unit: String) -> Seen {
        let seen: Seen =
            switch (figure.kind, figure.value) {
            case (.value, let x?): .value(x)
            case (.atLeast, let x?): .atLeast(x, why: figure.why)
            case (.soFar, let x?): .soFar(x, why: figure.why)
            default: .nothing(why: figure.why)
            }
        return converted(seen, to: unit)
    }
}
