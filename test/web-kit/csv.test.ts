import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { csv } from '../../src/web/csv.ts'

test('a table opens in French Excel: its mark, semicolons, decimal commas, days, empty cells', () => {
  const rows = [['Éloïse', 3, { cents: 1_205 }, { cents: -5 }, Temporal.PlainDate.from('2026-12-07'), null]]
  assert.equal(
    csv(['Prénom', 'Nombre', 'Prix', 'Avoir', 'Jour', 'Rien'], rows),
    '\ufeffPrénom;Nombre;Prix;Avoir;Jour;Rien\r\nÉloïse;3;12,05;-0,05;2026-12-07;\r\n',
  )
})

test('words that a spreadsheet would run are defused; amounts stay numbers', () => {
  for (const words of ['=1+1', '+33 6', '-2', '@SUM(A1)', '\t=1', '  =1', '\r=1', '＝1'])
    assert.ok(csv(['a'], [[words]]).includes(`'${words}`), words)
  assert.ok(csv(['a'], [[{ cents: -250 }]]).includes('\r\n-2,50\r\n'))
})

test('whatever a cell holds, it comes back as one cell, behind at most an apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 4 }), cells => {
      const [, row] = parse(
        csv(
          cells.map((_, i) => `c${i}`),
          [cells],
        ),
        { bom: true, delimiter: ';', record_delimiter: '\r\n' },
      )
      assert.deepEqual(
        row?.map((cell, i) => (cell === `'${cells[i]}` ? cells[i] : cell)),
        cells,
      )
    }),
  )
})
