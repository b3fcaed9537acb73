/// The columns of a CSV recording as steps of reading a row.
struct CSVColumns {
    /// One column that is wanted, or some that are not.
    struct Step: BitwiseCopyable {
        var field: RecordField
        /// Whether the value may be empty.
        var isOptional: Bool
        /// Columns to pass over, with `ignored`.
        var columns: UInt8 = 1
    }

    /// What the rows are.
    let kind: FlatKind
    private(set) var steps: ContiguousArray<Step> = []

    /// The columns of a header; neighbours that nobody asked for are one step.
    init(_ layout: CSVLayout) {
        kind = layout.kind
        for column in 0..<layout.count {
            let field = layout.fields[column]
            if field == .ignored, steps.last?.field == .ignored {
                steps[steps.count - 1].columns += 1
            } else {
                steps.append(
                    Step(
                        field: field,
                        isOptional: field == .bidSize || field == .askSize || field == .sequence))
            }
        }
    }
}
