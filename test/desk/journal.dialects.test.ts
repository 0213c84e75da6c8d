import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuditEntry, audit } from '../../src/audit/audit.ts'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { type Actor, system } from '../../src/kernel/actor.ts'
import { newId } from '../../src/kernel/ids.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const PATH = '/guichet/journal'
const { db } = t.town

const write = (actor: Actor, at: string, entry: AuditEntry) =>
  db.transaction(tx => audit(tx, Temporal.Instant.from(at), actor, entry))
const onChild = (action: string, id = newId()): AuditEntry => ({ action, subject: { kind: 'child', id } })
/** The rows of the list, as words. */
const rowsOf = (html: string) =>
  [...(html.split('<tbody')[1] ?? '').matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) =>
    row
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
const nextOf = (html: string) => /rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"/.exec(html)

test('the journal exists for administrators only', async () => {
  const { parent } = await family(t)
  const canteen = await clerk(t, 'canteen')
  for (const path of [PATH, `${PATH}.csv`]) {
    assert.equal((await parent.get(path)).status, 404)
    assert.equal((await canteen.get(path)).status, 404)
    assert.equal((await t.visitor().get(path)).status, 303)
  }
})

test('each line says who did what to whom, and in whose name', async () => {
  const administrator = await clerk(t)
  const home = await family(t, { firstName: 'Fatou', lastName: 'Sarr', children: ['Malo'] })
  const { actor } = await clerkAccount(t, 'canteen')
  const behalf: Actor = { kind: 'on-behalf', clerk: actor, personId: home.personId }
  await write(behalf, '2026-11-23T10:00:00+01:00', {
    action: 'meals.changed',
    subject: { kind: 'child', id: home.children[0]!.id },
    details: { days: ['2026-12-01'], note: '<script>alert(1)</script>' },
  })
  await write(system('seal'), '2026-11-23T10:01:00+01:00', onChild('meals.counted'))
  await write({ kind: 'anonymous' }, '2026-11-23T10:02:00+01:00', onChild('of-old.forgotten-deed'))
  const { text } = await administrator.get(PATH)
  const rows = rowsOf(text)
  const line = rows.find(row => row.includes('Repas changés')) ?? ''
  assert.match(line, /lundi 23 novembre 2026 à 10 h Claire Agent\d+ pour Fatou Sarr Repas changés Enfant Malo/)
  assert.match(line, /days = \[&quot;2026-12-01&quot;\]/)
  assert.doesNotMatch(text, /<script>alert/)
  assert.ok(rows.some(row => row.includes('Programme : seal Repas comptés')))
  assert.ok(rows.some(row => row.includes('Visiteur sans compte of-old.forgotten-deed')))
  assert.ok(rows[0]?.includes('of-old'), 'the latest first')
})

test('the filters of the address are joined, and senseless ones filter nothing', async () => {
  const administrator = await clerk(t)
  const { actor: one } = await clerkAccount(t, 'canteen')
  const { actor: two } = await clerkAccount(t, 'canteen')
  const child = newId()
  await write(one, '2026-10-05T23:30:00+02:00', onChild('attendance.saved', child))
  await write(one, '2026-10-06T00:30:00+02:00', onChild('attendance.corrected', child))
  await write(one, '2026-10-06T12:00:00+02:00', onChild('attendance.saved'))
  await write(two, '2026-10-06T12:00:00+02:00', onChild('attendance-sheet.saved', child))
  const count = async (query: string) => rowsOf((await administrator.get(`${PATH}?${query}`)).text).length
  const october = 'du=2026-10-01&au=2026-10-31'
  assert.equal(await count(october), 4)
  assert.equal(await count(`${october}&quoi=attendance`), 3)
  assert.equal(await count(`${october}&quoi=attendance.saved`), 2)
  assert.equal(await count(`${october}&agent=${one.accountId}`), 3)
  assert.equal(await count(`${october}&agent=${two.accountId}&quoi=attendance`), 0)
  assert.equal(await count(`${october}&sur=child&reference=${child}`), 3)
  assert.equal(await count(`${october}&sur=invoice`), 0)
  assert.equal(await count('du=2026-10-06&au=2026-10-06'), 3, 'days are those of Paris')
  assert.equal(await count('du=2026-10-05&au=2026-10-05'), 1)
  const senseless = `du=demain&quoi=${encodeURIComponent("x' or 1=1 --")}&agent=moi&reference=${encodeURIComponent('<b>')}&avant=hier`
  assert.equal(await count(senseless), await count(''))
  // What is asked stays in the form.
  const { text } = await administrator.get(`${PATH}?${october}&quoi=attendance.saved&agent=${one.accountId}`)
  assert.match(text, /value="2026-10-01"/)
  assert.match(text, /<option value="attendance.saved" selected>Seulement\s: Appel enregistré/)
  assert.match(text, new RegExp(`<option value="${one.accountId}" selected`))
})

test('pages of fifty follow each other without gap or repeat, even within one instant', async () => {
  const administrator = await clerk(t)
  const { actor } = await clerkAccount(t, 'canteen')
  await db.transaction(async tx => {
    for (let i = 0; i < 120; i++)
      await audit(tx, Temporal.Instant.from('2026-09-01T10:00:00Z'), actor, {
        ...onChild('menus.saved'),
        details: { number: i },
      })
  })
  const seen: string[] = []
  let path = `${PATH}?quoi=menus&agent=${actor.accountId}`
  for (const expected of [50, 50, 20]) {
    const { text } = await administrator.get(path)
    const rows = rowsOf(text)
    assert.equal(rows.length, expected)
    seen.push(...rows.map(row => /number = (\d+)/.exec(row)?.[1] ?? ''))
    const [, before, after] = nextOf(text) ?? []
    path = (before ?? after ?? '').replaceAll('&amp;', '&')
  }
  assert.equal(path, '', 'the third page is the last')
  assert.deepEqual(
    seen.map(Number).sort((a, b) => a - b),
    Array.from({ length: 120 }, (_, i) => i),
  )
})

test('the export holds what the filters show, runs no formula, and is in the journal itself', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const home = await family(t, { firstName: 'Li', lastName: 'Wang' })
  const { actor: by } = await clerkAccount(t, 'canteen')
  await write({ kind: 'on-behalf', clerk: by, personId: home.personId }, '2026-08-03T09:00:05Z', {
    action: 'household.created',
    subject: { kind: 'household', id: home.household },
    details: { from: '=1+1' },
  })
  await write(by, '2026-08-03T09:00:05Z', onChild('=cmd.run', newId()))
  const { text, headers } = await administrator.get(`${PATH}.csv?du=2026-08-03&au=2026-08-03`)
  assert.match(headers['content-disposition'] ?? '', /journal\.csv/)
  const lines = text.trim().split('\r\n')
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', /Quand;Qui;Au nom de;Quoi;Code;Sorte;Référence;Sur;Détails/)
  const created = lines.find(line => line.includes('household.created')) ?? ''
  assert.match(created, /^2026-08-03T09:00:05Z;Claire Agent\d+;Li Wang;Foyer créé;household\.created;household;/)
  assert.ok(created.includes(`${home.household};Li Wang;"{""from"":""=1+1""}"`))
  assert.ok(lines.some(line => line.includes(`;'=cmd.run;'=cmd.run;`)))
  const exports = await db.read.select().from(auditEntries).where(eq(auditEntries.action, 'journal.exported'))
  assert.deepEqual(
    exports.map(({ actorAccountId, details }) => ({ actorAccountId, details })),
    [{ actorAccountId: actor.accountId, details: { du: '2026-08-03', au: '2026-08-03' } }],
  )
})
