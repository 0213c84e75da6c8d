import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdChoices } from '../../src/leisure/signing-up/hold.ts'
import { leisureTariff } from '../billing/leisure-month.ts'
import { textOf } from '../canteen/html.ts'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { choice, plan, XMAS } from './signing-up-world.ts'

const t = await testTown()
await leisureTariff(t.town, { weekDiscount: 1_000, siblingReduction: 2_000, deposit: 5_000 })

test('the basket tells the price of each day, the total, how it is reckoned, and the deposit, before anything is confirmed', async () => {
  const xmas = await plan(t)
  const awa = await family(t, {
    children: [
      { firstName: 'Inès', birthDate: '2017-05-02' },
      { firstName: 'Malo', birthDate: '2019-06-03' },
    ],
  })
  const [ines, malo] = awa.children.map(({ id }) => id)
  await holdChoices(
    t.town,
    awa.actor,
    xmas.periodId,
    [
      choice(xmas, ines!, XMAS, { unit: 'week' }),
      choice(xmas, malo!, ['2026-12-22']),
      choice(xmas, malo!, ['2026-12-28'], { unit: 'half-day-with-meal', part: 'morning' }),
    ],
    { waitWhenFull: true },
  )
  const words = textOf((await awa.parent.get('/centres-de-loisirs/panier')).text)
  // 12,00 € less 10 % each day of the week; 12,00 € less 20 % beside a sister; 7,00 € and lunch at 3,50 € without her.
  assert.match(words, /semaine du lundi 21 décembre .*4 jours à 10,80 € 43,20 €/)
  assert.match(words, /mardi 22 décembre Centre \d+, Vacances \d+ 9,60 €/)
  assert.match(words, /lundi 28 décembre, le matin avec le repas .* 10,50 €/)
  assert.match(words, /Total : 63,30 €/)
  assert.match(words, /Acompte sur ce total : 31,65 €/)
  assert.match(words, /Pourquoi ce prix \? .*Malo, mardi 22 décembre, journée avec repas : 9,60 €/)
  const api = await awa.parent.get('/api/v1/leisure/basket')
  assert.equal(api.body.cents, 6_330)
  assert.deepEqual(
    api.body.signUps.map(({ cents }: { cents: number }) => cents).sort((a: number, b: number) => a - b),
    [960, 1_050, 4_320],
  )
})
