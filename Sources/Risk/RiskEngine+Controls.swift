import TradingModel

/// Every control in its order, which is that of `RiskReason` and part of the contract.
///
/// One after the other and not by a table: a jump for each of them would take as long as most of them do.
extension RiskEngine {
    /// Adds what every control finds, up to the first that fails: nothing where it is not configured, two checks where a limit
    /// has two scopes.
    ///
    /// - Parameter isDryRun: whether to go on where one fails.
    func judgeAll(
        _ subject: Subject, _ quotes: (SymbolID) -> ReferenceQuote?, _ isDryRun: Bool,
        _ checks: inout RiskChecks
    ) {
        guard judgeState(subject, isDryRun, &checks), judgeShape(subject, isDryRun, &checks),
            judgeAmounts(subject, quotes, isDryRun, &checks)
        else { return }
        judgeRates(subject, isDryRun, &checks)
    }

    /// Whether such an instrument may be traded now.
    ///
    /// - Returns: whether to go on.
    private func judgeState(_ subject: Subject, _ isDryRun: Bool, _ checks: inout RiskChecks) -> Bool {
        checks.flag(.auditUnavailable, isOn: !isAuditAvailable)
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.killSwitch, isOn: isKilled(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.mode, isOn: !isArmed && !isFlattening(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.notReconciled, isOn: !isReconciled)
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.brokerDown, isOn: !isBrokerUp)
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.orderUnresolved, isOn: isInDoubt(subject))
        guard isDryRun || checks.allPassed else { return false }
        checkClock(subject, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.symbol, isOn: !subject.isAllowedInstrument)
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.symbolHalted, isOn: isHalted(subject))
        guard isDryRun || checks.allPassed else { return false }
        checkSession(subject, &checks)
        return isDryRun || checks.allPassed
    }

    /// Whether it is an order that may be sent.
    private func judgeShape(_ subject: Subject, _ isDryRun: Bool, _ checks: inout RiskChecks) -> Bool {
        checks.flag(.orderType, isOn: !isAllowedKind(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.flag(.duplicateID, isOn: isKnown(subject.request))
        guard isDryRun || checks.allPassed else { return false }
        checks.append(quantityCheck(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.append(priceCheck(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.append(referenceCheck(subject))
        guard isDryRun || checks.allPassed else { return false }
        checkAge(subject, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checks.append(sizeCheck(subject))
        guard isDryRun || checks.allPassed else { return false }
        checks.append(collarCheck(subject))
        return isDryRun || checks.allPassed
    }

    /// Whether it is not too much.
    private func judgeAmounts(
        _ subject: Subject, _ quotes: (SymbolID) -> ReferenceQuote?, _ isDryRun: Bool,
        _ checks: inout RiskChecks
    ) -> Bool {
        checkNotional(subject, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checkPosition(subject, &checks)
        guard isDryRun || checks.allPassed else { return false }
        // The gross exposure, once a control has needed it.
        var gross: Money?
        checkExposure(subject, quotes, &gross, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checkOpenOrders(subject, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checkFunds(subject, quotes, gross, &checks)
        guard isDryRun || checks.allPassed else { return false }
        checkLoss(subject, &checks)
        return isDryRun || checks.allPassed
    }

    /// Whether it is not too often, and nothing is wrong with the books.
    private func judgeRates(_ subject: Subject, _ isDryRun: Bool, _ checks: inout RiskChecks) {
        checkDuplicate(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkSelfCross(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkThrottle(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkRates(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkRepeats(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkDay(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checkParent(subject, &checks)
        guard isDryRun || checks.allPassed else { return }
        checks.flag(.internalFault, isOn: isFaulty(subject))
    }
}
