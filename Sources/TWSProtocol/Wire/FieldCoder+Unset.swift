/// Fields that have a number of their own for "unset".
extension FieldCoder {
    /// A number that is always said, 2147483647 when it is unset: in requests where no client leaves it empty.
    @inlinable
    public mutating func saidInteger(_ value: inout Int32?) {
        guard !isReader else { return integer(&value) }
        var number = value ?? .max
        integer(&number)
    }

    /// A permanent id; "unset" is 0, which is what a gateway says while it does not know.
    @inlinable
    public mutating func permanentID(_ value: inout Int64) {
        integer(&value)
        if value == .max { value = 0 }
    }
}
