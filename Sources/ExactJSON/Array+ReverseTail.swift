extension Array {
    /// Turns the elements from `start` on around, in place.
    ///
    /// `self[start...].reverse()` copies the tail to the heap and back, once for each number written.
    @inlinable
    public mutating func reverseTail(from start: Int) {
        var (left, right) = (start, count - 1)
        while left < right {
            swapAt(left, right)
            left += 1
            right -= 1
        }
    }
}
