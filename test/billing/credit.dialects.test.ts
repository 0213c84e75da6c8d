import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { issueCreditNote } from '../../src/billing/credit.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { balanceOf, householdAccount, post } from '../../src/billing/ledger.ts'
import { runOf } from '../../src/billing/run-store.ts'
import { billingRuns, charges, creditNotes } from '../../src/billing/schema.ts'
import { linesOfInvoice } from '../../src/billing/store.ts'
import { asc, eq } from '../../src/db/drizzle.ts'
import { documentOf } from '../../src/documents/keep.ts'
import { outbox } from '../../src/jobs/outbox.ts'
import { system } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import type { Town } from '../../src/town-context.ts'
import { clerkAccount, type Family, family, school } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { bill, cancelMeal, flat, invoicesOfHousehold, meals, month, quotient, tariff } from './month.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-02T09:00:00+01:00')
await school(t)
await tariff(town, flat(300))
const { actor: clerk } = await clerkAccount(t, 'cash-office')

let period = 0
/** A family billed for some meals, in a month of its own. */
async function billed(days: number): Promise<{ one: Family; sources: string[]; invoiceId: Id<'invoice'> }> {
  const start = Temporal.PlainYearMonth.from('2026-10').subtract({ months: 12 - period++ })
  const one = await family(t, { signedIn: false })
  const dates: string[] = []
  for (let day = start.toPlainDate({ day: 1 }); dates.length < days; day = day.add({ days: 1 }))
    if (day.dayOfWeek < 6) dates.push(day.toString())
  await tariff(town, flat(300), start.toPlainDate({ day: 1 }).toString())
  const sources = await meals(town, one, dates)
  await bill(town, start.toString())
  const [invoice] = await invoicesOfHousehold(town, one.household)
  return { one, sources, invoiceId: invoice!.id }
}

const credit = (invoiceId: Id<'invoice'>, amount: number, key = 'test:1', position = 0) =>
  issueCreditNote(town, clerk, { invoiceId, lines: [{ position, amount: cents(amount) }], reason: 'Une erreur', key })

const promiseCredit = (town: Town, key: string, sources: readonly string[]) =>
  town.db.transaction(tx =>
    outbox(tx, town.clock.now(), {
      topic: 'billing.credit',
      payload: { sources, reason: 'Fermeture de l’école' },
      key,
    }),
  )

async function paid(householdId: Id<'household'>, invoiceId: Id<'invoice'>, amount: number): Promise<void> {
  await town.db.transaction(tx =>
    post(tx, town.clock.now(), {
      key: `payment:${invoiceId}`,
      kind: 'payment',
      lines: [
        { account: 'cash', amount: cents(amount) },
        { account: householdAccount(householdId), amount: cents(-amount), invoiceId },
      ],
    }),
  )
}

test('a credit note lowers what is owed, has its own number, and comes as a PDF by mail; the invoice stays', async () => {
  const { one, invoiceId } = await billed(3)
  const before = (await invoicesOfHousehold(town, one.household))[0]
  await credit(invoiceId, 250)
  const after = (await invoicesOfHousehold(town, one.household))[0]
  assert.equal(after?.owed, 650)
  assert.equal(after?.total, before?.total)
  assert.deepEqual(await linesOfInvoice(town.db.read, invoiceId).then(lines => lines.map(line => line.amount)), [900])
  const [note] = await town.db.read.select().from(creditNotes).where(eq(creditNotes.invoiceId, invoiceId))
  assert.equal(note?.number, 'A2026-000001')
  assert.equal(note?.frozen.outcome, 'deducted')
  await t.settle()
  assert.ok(await documentOf(town.db.read, 'credit-note', note.id))
  const letter = (await t.letters()).find(each => each.kind === 'credit-note')
  assert.equal(letter?.to, one.email)
  assert.match(letter?.text ?? '', /2,50\s€/)
  assert.equal(letter?.documents.length, 1)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('the same page sent twice makes one credit note', async () => {
  const { one, invoiceId } = await billed(1)
  await credit(invoiceId, 100, 'clerk:same-page')
  assert.equal(await credit(invoiceId, 100, 'clerk:same-page'), undefined)
  assert.equal((await invoicesOfHousehold(town, one.household))[0]?.owed, 200)
})

test('no more than a line can be given back, however it is cut, and by whom at once', async () => {
  const { invoiceId } = await billed(2)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.uuid(), async (amount, key) => {
      await credit(invoiceId, amount, key).catch(error => assert.equal(error.code, 'invalid'))
      const notes = await town.db.read.select().from(creditNotes).where(eq(creditNotes.invoiceId, invoiceId))
      assert.ok(notes.reduce((total, note) => total + note.amount, 0) <= 600)
    }),
    { numRuns: 15 },
  )
  const other = await billed(1)
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(i => credit(other.invoiceId, 200, `test:${i}`)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('nothing, a negative amount, an unknown line or another service’s clerk are refused', async () => {
  const { invoiceId, one } = await billed(1)
  await assert.rejects(credit(invoiceId, 0), { code: 'invalid' })
  await assert.rejects(credit(invoiceId, -5), { code: 'invalid' })
  await assert.rejects(credit(invoiceId, 5, 'test:x', 7), { code: 'invalid' })
  const { actor: canteen } = await clerkAccount(t, 'canteen')
  const asked = { invoiceId, lines: [{ position: 0, amount: cents(5) }], reason: 'x', key: 'k' }
  await assert.rejects(issueCreditNote(town, canteen, asked), { code: 'not-found' })
  await assert.rejects(issueCreditNote(town, one.actor, asked), { code: 'not-found' })
})

test('a meal closed after its invoice was paid is given back, kept, and used on the next invoice', async () => {
  const { one, sources, invoiceId } = await billed(2)
  await paid(one.household, invoiceId, 600)
  await cancelMeal(town, sources[0]!)
  await promiseCredit(town, 'closure:1', sources.slice(0, 1))
  await t.settle()
  const [note] = await town.db.read.select().from(creditNotes).where(eq(creditNotes.invoiceId, invoiceId))
  assert.equal(note?.amount, 300)
  assert.equal(note?.frozen.outcome, 'kept')
  assert.equal(note?.reason, 'Fermeture de l’école')
  assert.equal(await balanceOf(town.db.read, householdAccount(one.household)), -300)
  await meals(town, one, ['2026-10-01', '2026-10-02'])
  await bill(town, '2026-10')
  const [next] = await invoicesOfHousehold(town, one.household)
  assert.equal(next?.total, 600)
  assert.equal(next?.frozen.creditUsed, 300)
  assert.equal(next?.owed, 300)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('the same closure told twice credits once; a meal booked again afterwards is charged again', async () => {
  const own = await testTown()
  own.at('2026-11-02T09:00:00+01:00')
  await school(own)
  await tariff(own.town, flat(300))
  const one = await family(own, { signedIn: false })
  const sources = await meals(own.town, one, ['2026-10-01', '2026-10-02'])
  await bill(own.town, '2026-10')
  await promiseCredit(own.town, 'closure:a', sources)
  await own.settle()
  await promiseCredit(own.town, 'closure:b', sources)
  await own.settle()
  const notes = await own.town.db.read.select().from(creditNotes)
  assert.deepEqual(
    notes.map(note => note.amount),
    [600],
  )
  // The closure was a mistake: both meals took place, so they are on the next invoice.
  own.at('2026-12-01T09:00:00+01:00')
  await bill(own.town, '2026-11')
  const [next] = await invoicesOfHousehold(own.town, one.household)
  assert.equal(next?.total, 600)
  assert.deepEqual(await checkLedger(own.town.db.read), [])
})

test('what is not invoiced yet is dropped, and the draft counts itself anew', async () => {
  const own = await testTown()
  own.at('2026-11-02T09:00:00+01:00')
  await school(own)
  await tariff(own.town, flat(300))
  const one = await family(own, { signedIn: false })
  const other = await family(own, { signedIn: false })
  const sources = await meals(own.town, one, ['2026-10-01', '2026-10-02'])
  const all = await meals(own.town, other, ['2026-10-01'])
  await draftRun(own.town, system('test'), month('2026-10'))
  await promiseCredit(own.town, 'closure:1', [sources[0]!, ...all])
  await own.settle()
  const run = await runOf(own.town.db.read, month('2026-10'))
  assert.deepEqual([run?.households, run?.total], [1, 300])
  assert.equal((await own.town.db.read.select().from(charges)).length, 1)
  assert.deepEqual(await own.town.db.read.select().from(creditNotes), [])
})

test('a closure told while a draft is being made is not forgotten', async () => {
  const own = await testTown()
  own.at('2026-11-02T09:00:00+01:00')
  await school(own)
  await tariff(own.town, flat(300))
  const one = await family(own, { signedIn: false })
  const sources = await meals(own.town, one, ['2026-10-01'])
  await draftRun(own.town, system('test'), month('2026-10'))
  // The draft has read the meals, and writes them after the closure was dealt with.
  await own.town.db.transaction(async tx => {
    await tx.update(billingRuns).set({ state: 'drafting' })
  })
  const written = await own.town.db.read.select().from(charges)
  await promiseCredit(own.town, 'closure:1', sources)
  await own.settle()
  await own.town.db.transaction(async tx => {
    await tx.insert(charges).values(written)
    await tx.update(billingRuns).set({ state: 'draft' })
  })
  own.at('2026-11-02T09:02:00+01:00')
  await own.settle()
  assert.deepEqual(await own.town.db.read.select().from(charges), [])
})

test('a meal whose price was put right meanwhile is given back at the price that was paid in the end', async () => {
  const own = await testTown()
  own.at('2026-11-02T09:00:00+01:00')
  await school(own)
  await tariff(own.town)
  const one = await family(own, { signedIn: false })
  const sources = await meals(own.town, one, ['2026-10-12'])
  await bill(own.town, '2026-10') // 3.60 €
  await quotient(own.town, one.household, 30_000, '2026-10-05', '2026-11-20T10:00:00Z')
  own.at('2026-12-01T09:00:00+01:00')
  await bill(own.town, '2026-11') // 2.40 € less
  await promiseCredit(own.town, 'closure:1', sources)
  await own.settle()
  const notes = await own.town.db.read.select().from(creditNotes).orderBy(asc(creditNotes.number))
  assert.deepEqual(
    notes.map(note => note.amount),
    [120],
  )
  assert.equal(await balanceOf(own.town.db.read, householdAccount(one.household)), 0)
})
