import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { wordsIn } from '../../src/documents/words.ts'
import { cents } from '../../src/kernel/money.ts'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('documents have the same words in French and in English', () => {
  const keysOf = (value: unknown, path = ''): string[] =>
    typeof value === 'string'
      ? [path.replace(/_(one|many|other)$/, '')]
      : Object.entries(value as object).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`))
  const read = (code: string) => {
    const file = new URL(`../../templates/locales/${code}/documents.json`, import.meta.url)
    // The words of acts of civil status are French only, as acts are.
    const { act: _act, ...words } = JSON.parse(readFileSync(file, 'utf8'))
    return words
  }
  assert.deepEqual(new Set(keysOf(read('en'))), new Set(keysOf(read('fr'))))
})

test('a key without words stops the document', () => {
  assert.throws(() => wordsIn('fr').t('invoice.nothing-of-the-kind'), /No words for the key/)
})

test('days, months and hours are said as one says them', () => {
  const { days, date, month, instant, day } = wordsIn('fr')
  assert.equal(days(['2026-12-01', '2026-12-03', '2026-12-07']), '1er, 3 et 7 décembre')
  assert.equal(days(['2026-11-30', '2026-12-01']), '30 novembre ; 1er décembre')
  assert.equal(days([]), '')
  assert.equal(date('2027-01-01'), '1er janvier 2027')
  assert.equal(day('2026-12-07'), 'lundi 7 décembre 2026')
  assert.equal(month('2026-12'), 'décembre 2026')
  assert.equal(plain(instant('2026-12-07T08:00:00Z')), '7 décembre 2026 à 9 h')
  assert.equal(plain(instant('2026-07-07T22:05:00Z')), '8 juillet 2026 à 0 h 05')
  assert.equal(wordsIn('en').date('2026-12-01'), '1 December 2026')
})

test('amounts and quotients are written to the cent only where there are cents', () => {
  const { money, quotient } = wordsIn('fr')
  assert.equal(plain(money(cents(123456))), '1 234,56 €')
  assert.equal(plain(money(cents(-500))), '−5,00 €')
  assert.equal(quotient(cents(64000)), '640')
  assert.equal(quotient(cents(64050)), '640,50')
  assert.equal(quotient(cents(0)), '0')
})
