import Primitives

extension MeasureCall {
    /// Reads a measure as it is written: a name, and in brackets `argument=value` with commas between. Spaces around each are free.
    ///
    /// - Parameters:
    ///   - file: what errors name, with `line` and the column `key`.
    ///   - names: what its arguments may name.
    /// - Throws: `InputError` for an unknown measure or argument, one that is missing or stands twice, and a value that is not
    ///   allowed.
    public init(
        _ text: String, file: String, line: Int? = nil, key: String = "measure", names: MeasureNames
    ) throws(InputError) {
        let parser = MeasureParser(file: file, line: line, key: key, names: names)
        let (name, pairs) = try parser.parts(text)
        let measure = try parser.measure(name)
        var values: [String: Value] = [:]
        for (argument, value) in pairs {
            let known = try parser.argument(argument, of: measure)
            guard values[argument] == nil else {
                throw parser.error("`\(argument)` twice", "each argument of \(name) once: \(measure.form)")
            }
            values[argument] = try parser.value(value, known)
        }
        for argument in measure.arguments where values[argument.name] == nil {
            guard !argument.isRequired else {
                throw parser.error("\(name) without `\(argument.name)`", measure.form)
            }
            if let fallback = argument.fallback {
                values[argument.name] = try parser.value(fallback, argument)
            }
        }
        self.measure = measure
        self.values = values
        self.names = names
        let written = pairs.map { argument, value in
            let isText = measure.arguments.first { $0.name == argument }?.kind == .text
            return "\(argument)=\(isText ? value : value.filter { !$0.isWhitespace })"
        }
        self.text = written.isEmpty ? name : "\(name)(\(written.joined(separator: ", ")))"
    }
}

/// Where a text stands, for what is wrong with it.
private struct MeasureParser {
    let file: String
    let line: Int?
    let key: String
    let names: MeasureNames

    func error(_ found: String, _ allowed: String, nearest: String? = nil) -> InputError {
        InputError(file: file, line: line, key: key, found: found, allowed: allowed, nearest: nearest)
    }

    func parts(_ text: String) throws(InputError) -> (String, [(String, String)]) {
        let form = "`name` or `name(argument=value, argument=value)`"
        let whole = trimmed(text[...])
        guard let open = whole.firstIndex(of: "(") else {
            guard !whole.isEmpty, !whole.contains(where: { ")=,".contains($0) }) else {
                throw error(whole.isEmpty ? "no measure" : "`\(whole)`", form)
            }
            return (String(whole), [])
        }
        let name = trimmed(whole[..<open])
        let rest = whole[whole.index(after: open)...]
        guard !name.isEmpty, rest.last == ")", !rest.dropLast().contains(where: { "()".contains($0) }) else {
            throw error(
                "`\(whole)`",
                rest.contains(")") ? form : form + "; in a table with quotes around it, for its commas")
        }
        let inside = trimmed(rest.dropLast())
        if inside.isEmpty { return (String(name), []) }
        var pairs: [(String, String)] = []
        for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(trimmed)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw error("`\(trimmed(part))`", "`argument=value`")
            }
            pairs.append((String(sides[0]), String(sides[1])))
        }
        return (String(name), pairs)
    }

    func measure(_ name: String) throws(InputError) -> Measure {
        if let measure = Measure.byName[name] { return measure }
        throw error(
            "an unknown measure `\(name)`", "a measure that `undertow scenarios measures` lists",
            nearest: nearestName(to: name, among: Measure.all.map(\.name)))
    }

    func argument(_ name: String, of measure: Measure) throws(InputError) -> MeasureArgument {
        if let argument = measure.arguments.first(where: { $0.name == name }) { return argument }
        throw error(
            "an unknown argument `\(name)`", measure.form,
            nearest: nearestName(to: name, among: measure.arguments.map(\.name)))
    }

    func value(_ text: String, _ argument: MeasureArgument) throws(InputError) -> MeasureCall.Value {
        switch argument.kind {
        case .asset: return .text(try name(text, argument, names.assets.map(\.name) + MeasureNames.totals))
        case .venue: return .text(try name(text, argument, names.venues))
        case .assetKind: return .text(try name(text, argument, names.kinds))
        case .side: return .text(try name(text, argument, ["long", "short"]))
        case .word(let words): return .text(try name(text, argument, words))
        case .text: return .text(text)
        case .assets: return .list(try list(text, argument, names.assets.map(\.name)))
        case .venues: return .list(try list(text, argument, names.venues))
        case .table:
            let file = try name(text, argument, names.tables.keys.sorted())
            _ = try RecordedFall.read(file, names: names)
            return .text(file)
        case .volumes:
            let file = try name(text, argument, names.tables.keys.sorted())
            _ = try RecordedVolume.read(file, names: names)
            return .text(file)
        case .number(let range):
            guard let number = Double(text), range.contains(number) else { throw refuse(text, argument) }
            return .number(number)
        case .ranks:
            guard let ranks = ranks(text) else { throw refuse(text, argument) }
            return .ranks(ranks)
        case .moment:
            guard let moment = Moment(text) else {
                throw error(
                    "`\(argument.name)=\(text)`", argument.kind.form,
                    nearest: nearestName(to: text, among: Moment.names.map(\.name)))
            }
            return .moment(moment)
        }
    }

    private func refuse(_ text: String, _ argument: MeasureArgument) -> InputError {
        error("`\(argument.name)=\(text)`", argument.kind.form)
    }

    private func name(
        _ text: String, _ argument: MeasureArgument, _ known: [String]
    ) throws(InputError) -> String {
        if known.contains(text) { return text }
        throw error(
            "`\(argument.name)=\(text)`",
            known.isEmpty ? "nothing: the event has none" : known.joined(separator: ", "),
            nearest: nearestName(to: text, among: known))
    }

    private func list(
        _ text: String, _ argument: MeasureArgument, _ known: [String]
    ) throws(InputError) -> [String] {
        var all: [String] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            let one = try name(String(trimmed(part)), argument, known)
            guard !all.contains(one) else { throw error("`\(one)` twice in `\(argument.name)`", "each once") }
            all.append(one)
        }
        return all
    }

    private func ranks(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(trimmed)
        guard ends.count <= 2, let first = Int(ends[0]), first > 0 else { return nil }
        if ends.count == 1 { return first...first }
        if ends[1].isEmpty { return first...Int.max }
        guard let last = Int(ends[1]), last >= first else { return nil }
        return first...last
    }
}

private func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let c = text.first, c.isWhitespace { text.removeFirst() }
    while let c = text.last, c.isWhitespace { text.removeLast() }
    return text
}
