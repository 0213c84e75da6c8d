import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { consumptionOfMonth } from '../../src/canteen/consumption.ts'
import { absenceClaims, mealBookings } from '../../src/canteen/schema.ts'
import { claimsToCheck, countClaims, decideClaim } from '../../src/canteen/staff-claims.ts'
import { eq, like } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { files } from '../../src/people/schema.ts'
import { clerkSchools } from '../../src/schools/schema.ts'
import { clerk, clerkAccount, type Family, family, school } from '../support/family.ts'
import { book, canteenTown, day } from './world.ts'

const t = await canteenTown()
const desk = await clerkAccount(t, 'canteen')
const PDF = Buffer.from('%PDF-1.4\n%%EOF\n')

/** A paper for some days, as the parents' page would have kept it. */
async function paper(home: Family, days: readonly string[]): Promise<Id<'absence-claim'>[]> {
  const storedAs = await t.town.files.put(PDF)
  const now = t.town.clock.now()
  return t.town.db.transaction(async tx => {
    const fileId = newId<'file'>()
    const file = {
      purpose: 'absence',
      name: 'certificat.pdf',
      mediaType: 'application/pdf',
      size: PDF.length,
      storedAs,
    }
    await tx.insert(files).values({ id: fileId, householdId: home.household, createdAt: now, ...file })
    const ids = days.map(() => newId<'absence-claim'>())
    const childId = home.children[0]!.id
    await tx.insert(absenceClaims).values(
      days.map((iso, i) => ({
        id: ids[i]!,
        childId,
        householdId: home.household,
        day: day(iso),
        fileId,
        state: 'to-check' as const,
        createdAt: now,
      })),
    )
    return ids
  })
}

test('a paper for two days is accepted for one: that one costs nothing, the other is refused with its reason, in one letter', async () => {
  const home = await family(t, { signedIn: false })
  await book(t, home, '2026-11-26', '2026-11-27')
  t.at('2026-11-30T09:00:00+01:00')
  const [first, second] = await paper(home, ['2026-11-26', '2026-11-27'])
  assert.equal(await countClaims(t.town.db.read), 2)
  const [waiting, ...others] = await claimsToCheck(t.town, desk.actor)
  assert.equal(others.length, 0)
  assert.deepEqual(
    waiting?.days.map(({ outcome }) => outcome.why),
    ['certificate', 'certificate'],
  )
  const visitor = await clerk(t, 'canteen')
  const page = await visitor.get(`/guichet/cantine/absences/${first}`)
  assert.match(page.text, /jeudi 26 novembre/)
  const file = await visitor.get(`/guichet/cantine/absences/${first}/certificat`)
  assert.match(file.headers['content-disposition']!, /attachment; filename="?certificat\.pdf/)
  const looks = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.action, 'health.certificate-viewed'))
  assert.equal(looks.length, 1)
  const empty = await visitor.post(`/guichet/cantine/absences/${first}`).type('form').send({ accepted: first })
  assert.equal(empty.status, 422)
  const answer = await visitor
    .post(`/guichet/cantine/absences/${first}`)
    .type('form')
    .send({ accepted: first, refusal: 'Le certificat ne dit rien de vendredi.' })
  assert.equal(answer.status, 303)
  await t.settle()
  const november = await consumptionOfMonth(t.town.db.read, Temporal.PlainYearMonth.from('2026-11'))
  assert.deepEqual(
    november.filter(({ householdId }) => householdId === home.household).map(each => each.day.toString()),
    ['2026-11-27'],
  )
  const [letter, ...more] = (await t.letters()).filter(({ to, kind }) => to === home.email && kind === 'absence-answer')
  assert.equal(more.length, 0)
  for (const said of ['jeudi 26 novembre', 'vendredi 27 novembre', 'Le certificat ne dit rien de vendredi.'])
    assert.ok(letter!.text.includes(said), said)
  const meals = await t.town.db.read.select().from(mealBookings).where(eq(mealBookings.householdId, home.household))
  const accepted = meals.find(row => row.day.equals(day('2026-11-26')))!
  const promised = await t.town.db.read.select().from(outbox).where(like(outbox.topic, 'billing.credit'))
  assert.deepEqual(
    promised.flatMap(({ payload }) => (payload as { sources: string[] }).sources),
    [`meal:${accepted.id}`],
  )
  const gone = decideClaim(t.town, desk.actor, second!, { accepted: [], refusal: 'x' })
  await assert.rejects(gone, { status: 404 })
  assert.equal(await countClaims(t.town.db.read), 0)
})

test('a clerk of another school sees no paper of this one', async () => {
  const home = await family(t, { school: 'École Jean-Macé', signedIn: false })
  const [id] = await paper(home, ['2026-11-24'])
  const head = await clerkAccount(t, 'canteen')
  const other = await school(t, 'École Pasteur')
  await t.town.db.transaction(async tx => {
    await tx.insert(clerkSchools).values({ accountId: head.actor.accountId, schoolId: other })
  })
  assert.deepEqual(await claimsToCheck(t.town, head.actor), [])
  assert.equal((await head.clerk.get(`/guichet/cantine/absences/${id}/certificat`)).status, 404)
  await assert.rejects(decideClaim(t.town, head.actor, id!, { accepted: [id!], refusal: '' }), { status: 404 })
})
