import Testing

/// The programs `tradingd` and `tradectl` as an operator meets them: started as processes, seen through their exit codes,
/// output, sockets and files. One test at a time, so that two cores suffice.
@Suite("Programs", .serialized)
enum EndToEndTests {}
