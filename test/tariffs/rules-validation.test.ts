import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '../../src/kernel/ids.ts'
import { type Cents, cents } from '../../src/kernel/money.ts'
import type { Bracket, Scale, Tariff, TariffRule } from '../../src/tariffs/rules.ts'
import { tariffErrors } from '../../src/tariffs/validation.ts'

const day = Temporal.PlainDate.from
const flat: Scale = { kind: 'flat', price: cents(180) }
const rule: TariffRule = {
  residents: flat,
  nonResidents: flat,
  mealTypes: {},
  unbooked: { kind: 'same' },
  chargesAbsence: true,
}
const tariff = (from: string, to?: string, changes: Partial<TariffRule> = {}, id = from): Tariff => ({
  id: id as Id<'tariff'>,
  service: 'canteen',
  from: day(from),
  to: to ? day(to) : null,
  rule: { ...rule, ...changes },
})
const errors = (entered: Tariff, others: Tariff[] = []) =>
  tariffErrors(entered, others).map(e => `${e.field}: ${e.code}`)
const withBrackets = (...brackets: [number | null, number][]) => {
  const list: Bracket[] = brackets.map(([upTo, price]) => ({
    upTo: upTo === null ? null : (upTo as Cents),
    price: price as Cents,
  }))
  return errors(tariff('2026-09-01', undefined, { residents: { kind: 'brackets', brackets: list } }))
}

test('a tariff as towns vote them is accepted', () => {
  assert.deepEqual(withBrackets([22867, 60], [38112, 90], [64791, 115], [null, 180]), [])
  assert.deepEqual(withBrackets([null, 180]), [])
  const effort: Scale = { kind: 'effort-rate', ratePerMillion: 3600, floor: cents(260), ceiling: cents(450) }
  const full = tariff('2026-09-01', '2027-08-31', {
    residents: effort,
    mealTypes: { 'pai-basket': { residents: flat, nonResidents: flat } },
    unbooked: { kind: 'increase', basisPoints: 5000 },
  })
  assert.deepEqual(errors(full), [])
})

test('brackets that overlap, or leave high quotients without price, are refused where they do', () => {
  assert.deepEqual(withBrackets([38112, 60], [38112, 90], [null, 180]), [
    'rule.residents.brackets.1.upTo: brackets-overlap',
  ])
  assert.deepEqual(withBrackets([38112, 60], [22867, 90], [null, 180]), [
    'rule.residents.brackets.1.upTo: brackets-overlap',
  ])
  assert.deepEqual(withBrackets([22867, 60], [38112, 90]), ['rule.residents.brackets.1.upTo: no-price-above'])
  assert.deepEqual(withBrackets([null, 60], [null, 90]), [
    'rule.residents.brackets.0.upTo: bracket-without-end-before-the-last',
  ])
  assert.deepEqual(withBrackets(), ['rule.residents.brackets: no-bracket'])
})

test('a price that falls while the quotient rises is a slip of the pen', () => {
  assert.deepEqual(withBrackets([22867, 90], [null, 60]), ['rule.residents.brackets.1.price: price-falls'])
})

test('negative, broken and huge amounts are refused', () => {
  assert.deepEqual(withBrackets([-1, 60], [null, 90]), ['rule.residents.brackets.0.upTo: negative'])
  assert.deepEqual(withBrackets([22867, -60], [null, 90]), ['rule.residents.brackets.0.price: negative'])
  assert.deepEqual(withBrackets([22867, 0.5], [null, 90]), ['rule.residents.brackets.0.price: not-a-whole-number'])
  assert.deepEqual(withBrackets([22867, 60], [null, 100_001]), ['rule.residents.brackets.1.price: too-high'])
  const effort = (ratePerMillion: number, floor: number, ceiling: number) =>
    errors(
      tariff('2026-09-01', undefined, {
        residents: { kind: 'effort-rate', ratePerMillion, floor: floor as Cents, ceiling: ceiling as Cents },
      }),
    )
  assert.deepEqual(effort(0, 260, 450), ['rule.residents.ratePerMillion: too-low'])
  assert.deepEqual(effort(Number.NaN, 260, 450), ['rule.residents.ratePerMillion: not-a-whole-number'])
  assert.deepEqual(effort(3600, 450, 260), ['rule.residents.ceiling: ceiling-under-floor'])
  const basket = { residents: flat, nonResidents: { kind: 'flat', price: -5 as Cents } as const }
  assert.deepEqual(errors(tariff('2026-09-01', undefined, { mealTypes: { 'pai-basket': basket } })), [
    'rule.mealTypes.pai-basket.nonResidents.price: negative',
  ])
  assert.deepEqual(errors(tariff('2026-09-01', undefined, { unbooked: { kind: 'surcharge', amount: -1 as Cents } })), [
    'rule.unbooked.amount: negative',
  ])
  assert.deepEqual(errors(tariff('2026-09-01', undefined, { unbooked: { kind: 'increase', basisPoints: -1 } })), [
    'rule.unbooked.basisPoints: negative',
  ])
})

test('two tariffs of a service on the same days are refused; the next one ends one without last day', () => {
  const current = tariff('2026-09-01')
  const voted = tariff('2026-09-01', '2027-08-31')
  assert.deepEqual(errors(tariff('2027-09-01'), [current]), [])
  assert.deepEqual(errors(tariff('2027-09-01'), [voted]), [])
  assert.deepEqual(errors(tariff('2027-08-31'), [voted]), ['from: overlaps-tariff'])
  assert.deepEqual(errors(tariff('2026-09-01', undefined, {}, 'another'), [current]), ['from: overlaps-tariff'])
  assert.deepEqual(errors(tariff('2025-09-01'), [current]), [])
  assert.deepEqual(errors(tariff('2025-09-01', '2026-09-01'), [current]), ['to: overlaps-tariff'])
  assert.deepEqual(errors(current, [current]), [], 'a tariff does not overlap itself')
  assert.deepEqual(errors(tariff('2026-09-01', undefined, {}, 'x'), [{ ...current, service: 'leisure' }]), [])
})

test('a tariff does not end before it begins', () => {
  assert.deepEqual(errors(tariff('2026-09-01', '2026-08-31')), ['to: ends-before-it-begins'])
})
