import ExactJSON
import Testing
import TradingModel

@testable import Risk

@Suite("The words of the checks")
struct RiskCheckWordingTests {
    private struct Chance {
        var state: UInt64
        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    private func value(_ chance: inout Chance) -> RiskCheck.Value {
        let number = Int64(chance.next(3)) * 1_234_567_890 - 1
        switch chance.next(6) {
        case 0: return .flag(number > 0)
        case 1: return .count(Int(number))
        case 2: return .quantity(Quantity(rawValue: number))
        case 3: return .price(Price(rawValue: number))
        case 4: return .money(Money(rawValue: Int128(number) << Int128(chance.next(2) * 70)))
        default: return .missing
        }
    }

    private func change(_ checks: [RiskCheck], _ chance: inout Chance) -> [RiskCheck] {
        var changed = checks
        for _ in 0..<chance.next(4) {
            let reason = RiskReason.allCases[chance.next(RiskReason.allCases.count)]
            let check = RiskCheck(
                reason, limit: value(&chance), actual: value(&chance), passed: chance.next(8) > 0)
            if changed.isEmpty || chance.next(4) == 0 && changed.count < 12 {
                changed.insert(check, at: chance.next(changed.count + 1))
            } else if chance.next(5) == 0 {
                changed.remove(at: chance.next(changed.count))
            } else if chance.next(2) == 0 {
                changed[chance.next(changed.count)] = check
            } else {
                changed[chance.next(changed.count)].actual = value(&chance)
            }
        }
        return changed
    }

    @Test("are those of each check by itself, whatever the record before was", arguments: 1...20)
    func twin(seed: UInt64) {
        var chance = Chance(state: seed)
        var wording = RiskCheckWording()
        var listed: [RiskCheck] = []
        for _ in 0..<300 {
            listed = change(listed, &chance)
            var checks = RiskChecks()
            for check in listed { checks.append(check) }
            var plain = JSONWriter()
            plain.beginArray()
            for index in listed.indices { listed[index].writeRecord(number: index + 1, to: &plain) }
            plain.endArray()
            var kept = JSONWriter()
            wording.write(&checks, to: &kept)
            #expect(kept.text == plain.text)
        }
    }
}
