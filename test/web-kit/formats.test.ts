import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formats } from '../../src/web/format.ts'
import { frenchSpaces } from '../../src/web/typography.ts'

const french = formats('fr-FR')
const english = formats('en-GB')
const day = (iso: string) => Temporal.PlainDate.from(iso)

test('prices are written the French way, with spaces that never break', () => {
  assert.equal(french.money(2940), '29,40\u00a0€')
  assert.equal(french.money(123_456_789), '1\u202f234\u202f567,89\u00a0€')
  assert.equal(french.money(-180), '-1,80\u00a0€')
  assert.equal(english.money(2940), '€29.40')
})

test('no cent is lost between the amount and the words', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_00 }), cents => {
      const digits = french.money(cents).replace(/\D/g, '')
      assert.equal(Number(digits), cents)
    }),
  )
})

test('days are said as a calendar says them', () => {
  assert.equal(french.day(day('2026-12-07')), 'lundi 7 décembre 2026')
  assert.equal(french.dayNoYear(day('2026-12-07')), 'lundi 7 décembre')
  assert.equal(french.shortDay(day('2026-12-07')), 'lun. 7 déc.')
  assert.equal(french.month(day('2026-12-07')), 'décembre 2026')
  assert.equal(french.month(Temporal.PlainYearMonth.from('2027-01')), 'janvier 2027')
  assert.equal(english.dayNoYear(day('2026-12-07')), 'Monday 7 December')
})

test('the first of the month is « 1er » in French, and only the first', () => {
  assert.equal(french.day(day('2026-12-01')), 'mardi 1er décembre 2026')
  assert.equal(french.shortDay(day('2026-12-01')), 'mar. 1er déc.')
  assert.equal(french.day(day('2026-12-11')), 'vendredi 11 décembre 2026')
  assert.equal(french.day(day('2026-12-21')), 'lundi 21 décembre 2026')
  assert.equal(english.day(day('2026-12-01')), 'Tuesday, 1 December 2026')
})

test('hours are « 9 h » and « 17 h 30 », in Paris, in winter and in summer', () => {
  assert.equal(french.time(Temporal.PlainTime.from('09:00')), '9\u00a0h')
  assert.equal(french.time(Temporal.PlainTime.from('17:30')), '17\u00a0h\u00a030')
  assert.equal(french.time(Temporal.PlainTime.from('09:05')), '9\u00a0h\u00a005')
  assert.equal(french.time(Temporal.Instant.from('2026-12-07T08:30:00Z')), '9\u00a0h\u00a030')
  assert.equal(french.time(Temporal.Instant.from('2026-07-07T08:30:00Z')), '10\u00a0h\u00a030')
  assert.equal(english.time(Temporal.PlainTime.from('17:30')), '17:30')
})

test('an instant late in the evening falls on its Paris day', () => {
  const instant = Temporal.Instant.from('2026-12-06T23:15:00Z')
  assert.equal(french.instant(instant), 'lundi 7 décembre 2026 à 0\u00a0h\u00a015')
  assert.match(english.instant(instant), /^Monday, 7 December 2026 at 00:15$/)
})

test('names are joined as one says them', () => {
  assert.equal(french.list(['Inès', 'Malo']), 'Inès et Malo')
  assert.equal(french.list(['Inès', 'Malo', 'Léo']), 'Inès, Malo et Léo')
  assert.equal(english.list(['Inès', 'Malo']), 'Inès and Malo')
})

test('numbers and shares', () => {
  assert.equal(french.number(12345.5), '12\u202f345,5')
  assert.equal(french.percent(0.125), '12,5\u00a0%')
})

test('a locale is built once', () => {
  assert.equal(formats('fr-FR'), formats('fr-FR'))
})

test('French punctuation never starts a line', () => {
  assert.equal(frenchSpaces('Besoin d’aide ?'), 'Besoin d’aide\u00a0?')
  assert.equal(frenchSpaces('Appuyez sur « Payer » : 5 Mo'), 'Appuyez sur «\u00a0Payer\u00a0»\u00a0: 5\u00a0Mo')
  assert.equal(frenchSpaces('de 8 h 30 à 17 h'), 'de 8\u00a0h\u00a030 à 17\u00a0h')
  assert.equal(frenchSpaces('rien à changer'), 'rien à changer')
})
