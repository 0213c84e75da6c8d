import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { eq } from '../../src/db/drizzle.ts'
import { drawOf, makeDraw } from '../../src/leisure/opening/draws.ts'
import { leisurePeriods } from '../../src/leisure/schema.ts'
import { plan, told, XMAS } from '../leisure/signing-up-world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey, type Reader } from './reader.ts'

const t = await openTown()
const leisureClerk = await clerkAccount(t, 'leisure')
let periods = 0

journey(t, 'families rank wishes, the clerk gives the places, each reads why, and anybody can check', async reader => {
  const name = `Vacances de Noël ${++periods}`
  const [park, lake] = [`Centre du Parc ${periods}`, `Centre du Lac ${periods}`]
  const period = await byWishes(name, [park, lake])
  const near = await family(t, { children: ['Inès'], signedIn: false })
  const far = await family(t, { children: ['Malo'], resident: false, signedIn: false })
  const other = await reader.another()
  for (const [one, home] of [
    [reader, near],
    [other, far],
  ] as const) {
    await t.signIn(one.context, home.email, home.password)
    await one.goTo('/centres-de-loisirs')
    await one.follow(new RegExp(`Dire mes souhaits.*${name}`))
    await wish(one, lake)
    await wish(one, park)
    await one.press(new RegExp(`^Monter.*${park}`))
    await one.sees('Vos souhaits sont enregistrés', new RegExp(`${park}.*${lake}`, 's'))
  }

  t.at('2026-11-26T09:00:00+01:00')
  const clerk = await reader.another()
  await t.signIn(clerk.context, leisureClerk.email, leisureClerk.password)
  await clerk.goTo('/guichet')
  await clerk.follow('Loisirs')
  await clerk.follow('Souhaits des familles')
  await clerk.follow(name)
  await clerk.sees('Places à donner', 'Souhaits donnés 2', 'Familles sans place 0 sur 2')
  await clerk.press('Donner les places')
  await t.settle()
  await clerk.goTo(clerk.page.url())
  await clerk.sees('Places données', 'Souhaits traités 4 sur 4')

  // Who lives in the town comes first.
  assert.deepEqual((await told(t, near)).sort(), [
    `booked: ${DAYS.join(' taken, ')} taken`,
    `left: ${DAYS.join(' asked, ')} asked`,
  ])
  const mine = await t.letterTo(near.email, new RegExp(`La réponse à vos souhaits.*${name}`))
  assert.match(mine.text, new RegExp(`${park}[^]*Place donnée`))
  const theirs = await t.letterTo(far.email, new RegExp(`La réponse à vos souhaits.*${name}`))
  assert.match(theirs.text, new RegExp(`${park}[^]*Complet quand votre tour est venu[^]*${lake}[^]*Place donnée`))
  await other.goTo('/centres-de-loisirs/inscriptions')
  await other.sees('Confirmé', lake)
  await other.doesNotSee(park)

  // Anybody can reckon the draw again from what is published.
  const anybody = await reader.another()
  await anybody.goTo('/centres-de-loisirs')
  await anybody.follow(new RegExp(`Voir les résultats.*${name}`))
  await anybody.sees(
    '2 familles, sans nom',
    'Les familles qui habitent la commune',
    'Critères remplis : 1',
    'Vérifier vous-même',
  )
  await anybody.doesNotSee('Inès', 'Malo', 'Awa')
  const seed = (await drawOf(t.town.db.read, period))?.seed ?? ''
  await anybody.sees(seed)
  const address = await anybody.page.getByRole('link', { name: 'La liste complète (CSV)' }).getAttribute('href')
  const csv = await (await anybody.context.request.get(address ?? '')).text()
  const rows: Record<string, string>[] = parse(csv, { columns: true, delimiter: ';', bom: true })
  assert.equal(rows.length, 4)
  for (const row of rows) {
    const rank = createHmac('sha256', seed)
      .update(row['numero'] ?? '')
      .digest('hex')
      .slice(0, 16)
    assert.equal(row['rang du tirage'], rank)
  }
})

const DAYS = XMAS.map(day => day.slice(5))

/** A week at two centres with one place each, wished for until Wednesday evening. */
async function byWishes(name: string, [park, lake]: readonly string[]) {
  const groups = [{ places: 1, units: ['week'] as const }]
  const first = await plan(t, { name, centre: park ?? '', days: XMAS, allocation: 'wishes', groups })
  const period = first.periodId
  await plan(t, { centre: lake ?? '', days: XMAS, groups, period })
  await t.town.db.transaction(async tx => {
    const until = { wishesUntil: Temporal.Instant.from('2026-11-25T20:00:00+01:00') }
    await tx.update(leisurePeriods).set(until).where(eq(leisurePeriods.id, period))
    await makeDraw(tx, period, t.town.clock.now())
  })
  return period
}

async function wish(reader: Reader, centre: string): Promise<void> {
  await reader.pick('Où et comment ?', `${centre}, semaine entière`)
  await reader.pick('Quand ?', 'Toute la semaine du lundi 21 décembre')
  await reader.press('Ajouter ce souhait')
}
