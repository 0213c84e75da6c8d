import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { linesOfInvoice } from '../../src/billing/store.ts'
import { attendances } from '../../src/canteen/schema.ts'
import { and, desc, eq, sql } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import { eachDay } from '../../src/kernel/days.ts'
import { cents, sum } from '../../src/kernel/money.ts'
import { correctQuotient } from '../../src/people/correct-quotient.ts'
import { familyQuotients } from '../../src/people/schema.ts'
import { clerk, clerkAccount, type Family, family, school } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { attendance, bill, brackets, day, invoicesOfHousehold, meals, month, quotient, tariff } from './month.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-02T09:00:00+01:00')
await school(t)
// Who booked and was away pays nothing here: so that a child ticked late changes what is due.
await tariff(town, { ...brackets, chargesAbsence: false })
const { actor } = await clerkAccount(t, 'cash-office')

const words = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ')

async function latestQuotient({ household }: Family) {
  const [found] = await town.db.read
    .select()
    .from(familyQuotients)
    .where(eq(familyQuotients.householdId, household))
    .orderBy(desc(familyQuotients.createdAt))
    .limit(1)
  assert.ok(found)
  return found
}

/** The parent's pages, after weeks that ended the session. */
async function pagesOf({ email, password }: Family) {
  const visitor = t.visitor()
  await visitor.post('/api/v1/sessions').send({ email, password }).expect(201)
  return visitor
}

/** As a clerk does on the page of the quotient. */
async function correct(cashier: Visitor, parents: Family, euros: string, changes: object = {}) {
  const { id, value, to } = await latestQuotient(parents)
  return cashier
    .post(`/guichet/quotients/${id}/corriger`)
    .type('form')
    .send({
      value: euros,
      'to-day': to.day,
      'to-month': to.month,
      'to-year': to.year,
      seen: value,
      correction: 'Le papier disait 650 €.',
      ...changes,
    })
}

/** Writes down anew, now, whether the child was there. */
async function tickAgain(parents: Family, on: string, present: boolean) {
  const childId = parents.children[0]!.id
  const changed = await town.db.transaction(async tx =>
    tx
      .update(attendances)
      .set({ present, recordedAt: town.clock.now(), revision: sql`${attendances.revision} + 1` })
      .where(and(eq(attendances.childId, childId), eq(attendances.day, day(on))))
      .returning({ id: attendances.id }),
  )
  if (changed.length === 0) await attendance(town, parents, on, { present, booked: true })
}

test('a quotient put right upwards is charged on the next invoice, once, with its reason', async () => {
  const parents = await family(t, { lastName: 'Okoye' })
  await quotient(town, parents.household, 50_000)
  await meals(town, parents, ['2026-10-01', '2026-10-02'])
  await bill(town, '2026-10')
  t.at('2026-11-10T09:00:00+01:00')
  const cashier = await clerk(t, 'cash-office')
  const page = await cashier.get(`/guichet/quotients/${(await latestQuotient(parents)).id}`).expect(200)
  assert.match(page.text, /Corriger ce quotient/)
  const unsaid = await correct(cashier, parents, '650,00', { correction: '' })
  assert.equal(unsaid.status, 422)
  assert.match(unsaid.text, /value="650,00"/, 'what was typed stays')
  assert.equal((await correct(cashier, parents, '650,00')).status, 303)
  assert.equal((await correct(cashier, parents, '700,00', { seen: 50_000 })).status, 409, 'a colleague was first')
  await t.settle()
  const letter = (await t.letters()).find(one => one.kind === 'family.quotient-corrected')
  assert.match(JSON.stringify(letter), /Le papier disait 650/)

  await meals(town, parents, ['2026-11-03'])
  t.at('2026-12-01T09:00:00+01:00')
  await bill(town, '2026-11')
  await t.settle()
  const [november] = await invoicesOfHousehold(town, parents.household)
  assert.equal(november?.total, 360 + 2 * 120)
  const shown = words((await (await pagesOf(parents)).get(`/factures/${november.id}`).expect(200)).text)
  assert.match(shown, /Régularisation d’octobre 2026 : quotient familial corrigé : 2,40 €/)
  assert.match(shown, /Votre quotient a été corrigé\. En octobre 2026, nous avions compté 2,40 €/)
  const english = words((await (await pagesOf(parents)).get(`/factures/${november.id}?lang=en`).expect(200)).text)
  assert.match(english, /Adjustment of October 2026: family quotient corrected/)

  t.at('2027-01-04T09:00:00+01:00')
  await meals(town, parents, ['2026-12-01'])
  await bill(town, '2026-12')
  const [december] = await invoicesOfHousehold(town, parents.household)
  assert.equal(december?.total, 360, 'never twice')
})

test('only the desk corrects a quotient, and only a confirmed one', async () => {
  const cashier = await clerk(t, 'cash-office')
  const parents = await family(t, { quotient: 30_000 })
  const { id } = await latestQuotient(parents)
  await parents.parent.post(`/guichet/quotients/${id}/corriger`).type('form').send({}).expect(404)
  await town.db.transaction(async tx => {
    await tx.update(familyQuotients).set({ state: 'refused' }).where(eq(familyQuotients.id, id))
  })
  assert.equal((await correct(cashier, parents, '650,00')).status, 409)
})

test('a missed meal, and a child found to have eaten, are on the next invoice as what they are', async () => {
  const parents = await family(t, { quotient: 50_000 })
  await meals(town, parents, ['2027-01-05', '2027-01-07'])
  t.at('2027-01-05T14:00:00+01:00')
  await attendance(town, parents, '2027-01-05', { present: false, booked: true })
  t.at('2027-02-01T09:00:00+01:00')
  await bill(town, '2027-01')
  assert.equal((await invoicesOfHousehold(town, parents.household))[0]?.total, 240)
  t.at('2027-02-03T09:00:00+01:00')
  await tickAgain(parents, '2027-01-05', true)
  await attendance(town, parents, '2027-01-11', { present: true, booked: false })
  t.at('2027-03-01T09:00:00+01:00')
  await bill(town, '2027-02')
  const [february] = await invoicesOfHousehold(town, parents.household)
  assert.equal(february?.total, 240 + 390)
  const shown = words((await (await pagesOf(parents)).get(`/factures/${february.id}`).expect(200)).text)
  assert.match(shown, /Régularisation de janvier 2027 : présence corrigée : 2,40 €/)
  assert.match(shown, /Régularisation de janvier 2027 : Repas non réservé : 3,90 €/)
  assert.match(shown, /Ce repas de janvier 2027 n’était sur aucune facture/)
})

const priceAt = (value: number) => (value <= 40_000 ? 120 : value <= 64_000 ? 240 : 360)
const weekdays = (period: Temporal.PlainYearMonth) =>
  [...eachDay(period.toPlainDate({ day: 1 }), period.toPlainDate({ day: 12 }))]
    .filter(each => each.dayOfWeek <= 5)
    .slice(0, 4)
    .map(String)

/** After a month is billed: another quotient perhaps, and children ticked anew, of this month or the one before. */
const afterwards = fc.record({
  quotient: fc.option(fc.constantFrom(30_000, 40_000, 40_001, 64_000, 64_001, 90_000)),
  ticks: fc.array(fc.record({ back: fc.constantFrom(0, 1), meal: fc.nat(3), present: fc.boolean() }), { maxLength: 4 }),
})

test('whatever clerks correct between two invoices, all invoices together are the price of what was eaten, to the cent', async () => {
  let first = month('2027-03')
  await fc.assert(
    fc.asyncProperty(fc.array(afterwards, { minLength: 3, maxLength: 3 }), async history => {
      const parents = await family(t, { signedIn: false })
      const begins = first.toPlainDate({ day: 1 })
      await quotient(town, parents.household, 50_000, begins.toString(), town.clock.now().toString())
      await town.db.transaction(async tx => {
        await tx
          .update(familyQuotients)
          .set({ to: begins.add({ years: 1 }) })
          .where(eq(familyQuotients.householdId, parents.household))
      })
      const eaten = new Map<string, boolean>()
      let value = 50_000
      for (const [i, { quotient: corrected, ticks }] of history.entries()) {
        const period = first.add({ months: i })
        await meals(town, parents, weekdays(period))
        for (const each of weekdays(period)) eaten.set(each, true)
        const after = period.add({ months: 1 }).toPlainDate({ day: 1 })
        t.at(`${after}T09:00:00Z`)
        await bill(town, period.toString())
        t.at(`${after}T10:00:00Z`)
        if (corrected !== null) {
          const { id, to } = await latestQuotient(parents)
          const now = { value: cents(corrected), to, correction: 'Erreur de lecture.', seen: value }
          await correctQuotient(town, actor, id, now)
          value = corrected
        }
        for (const { back, meal, present } of ticks) {
          const on = i >= back ? weekdays(period.subtract({ months: back }))[meal] : undefined
          if (!on) continue
          await tickAgain(parents, on, present)
          eaten.set(on, present)
        }
      }
      const last = first.add({ months: history.length })
      t.at(`${last.add({ months: 1 }).toPlainDate({ day: 1 })}T09:00:00Z`)
      await draftRun(town, system('test'), last)
      await bill(town, last.toString())
      first = last.add({ months: 1 })

      const billed = await invoicesOfHousehold(town, parents.household)
      const due = [...eaten.values()].filter(Boolean).length * priceAt(value)
      assert.equal(sum(billed.map(invoice => invoice.total)), cents(due))
      for (const { id, total } of billed)
        assert.equal(sum((await linesOfInvoice(town.db.read, id)).map(line => line.amount)), total)
    }),
    { numRuns: 8 },
  )
  assert.deepEqual(await checkLedger(town.db.read), [])
})
