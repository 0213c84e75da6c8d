import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { issueInvoices, issueRun } from '../../src/billing/issue.ts'
import { balanceOf, householdAccount, owedOn } from '../../src/billing/ledger.ts'
import { charges, invoiceLines, invoices } from '../../src/billing/schema.ts'
import { asc, eq } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import { newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { householdAddresses } from '../../src/people/schema.ts'
import { clerkAccount, family, school, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import {
  attendance,
  bill,
  cancelMeal,
  day,
  flat,
  invoicesOfHousehold,
  meals,
  month,
  quotient,
  tariff,
} from './month.ts'

const quiet = { signedIn: false } as const

/** A town with a school and a tariff, early in November. */
async function november() {
  const t = await testTown()
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(t.town)
  return t
}

test('a month of meals becomes one invoice per household, with its lines, its ledger entry and a number', async () => {
  const t = await november()
  const { town } = t
  const diallo = await family(t, { quotient: 50_000, children: ['Inès', 'Malo'], ...quiet })
  await meals(town, diallo, ['2026-10-01', '2026-10-02', '2026-10-05'])
  await meals(town, diallo, ['2026-10-01'], { child: 1 })
  assert.equal((await bill(town, '2026-10')).total, 960)
  const [invoice] = await invoicesOfHousehold(town, diallo.household)
  assert.equal(invoice?.number, 'F2026-000001')
  assert.equal(invoice?.total, 960)
  assert.equal(invoice?.issueDate.toString(), '2026-11-02')
  assert.equal(invoice?.dueDate.toString(), '2026-11-23') // twenty days later is a Sunday
  const lines = await town.db.read
    .select()
    .from(invoiceLines)
    .where(eq(invoiceLines.invoiceId, invoice.id))
    .orderBy(asc(invoiceLines.position))
  assert.deepEqual(
    lines.map(line => [line.quantity, line.unit, line.amount, line.days]),
    [
      [3, 240, 720, ['2026-10-01', '2026-10-02', '2026-10-05']],
      [1, 240, 240, ['2026-10-01']],
    ],
  )
  assert.equal(await balanceOf(town.db.read, householdAccount(diallo.household)), 960)
  assert.equal((await owedOn(town.db.read, [invoice.id])).get(invoice.id), 960)
  assert.deepEqual(await checkLedger(town.db.read), [])

  // Billing the month again changes nothing.
  const before = await town.db.read.select().from(invoices)
  const again = await draftRun(town, system('test'), month('2026-10'))
  assert.equal(again.state, 'issued')
  await issueRun(town, system('test'), again.id, { total: cents(0) })
  await issueInvoices(town, again.id)
  assert.deepEqual(await town.db.read.select().from(invoices), before)
  assert.equal((await town.db.read.select().from(charges)).length, 4)
})

test('each kind of meal has its price: unbooked with a surcharge, absent without excuse due, excused free', async () => {
  const t = await november()
  const { town } = t
  const family1 = await family(t, { quotient: 50_000, ...quiet })
  await meals(town, family1, ['2026-10-01', '2026-10-02', '2026-10-05'])
  await attendance(town, family1, '2026-10-01', { present: false, booked: true })
  await attendance(town, family1, '2026-10-02', { present: false, booked: true, justification: 'certificate' })
  await attendance(town, family1, '2026-10-06', { present: true, booked: false })
  await bill(town, '2026-10')
  const [invoice] = await invoicesOfHousehold(town, family1.household)
  const lines = await town.db.read.select().from(invoiceLines).where(eq(invoiceLines.invoiceId, invoice!.id))
  assert.deepEqual(Object.fromEntries(lines.map(line => [line.kind, line.amount])), {
    meal: 240,
    absence: 240,
    'unbooked-meal': 390,
  })
})

test('a quotient of 0 has the lowest price; no quotient has the highest, and is told as odd', async () => {
  const t = await november()
  const { town } = t
  const poor = await family(t, { quotient: 0, ...quiet })
  const unknown = await family(t, quiet)
  await meals(town, poor, ['2026-10-01'])
  await meals(town, unknown, ['2026-10-01'])
  const run = await draftRun(town, system('test'), month('2026-10'))
  const { oddityCounts } = await import('../../src/billing/run-store.ts')
  assert.deepEqual([...(await oddityCounts(town.db.read, run.id))], [['no-quotient', 1]])
  await bill(town, '2026-10')
  assert.equal((await invoicesOfHousehold(town, poor.household))[0]?.total, 120)
  assert.equal((await invoicesOfHousehold(town, unknown.household))[0]?.total, 360)
})

test('a family that moves out of town in the month pays two prices', async () => {
  const t = await november()
  const { town } = t
  const movers = await family(t, { quotient: 50_000, ...quiet })
  await town.db.transaction(async tx => {
    await tx.insert(householdAddresses).values({
      id: newId<'address'>(),
      householdId: movers.household,
      from: day('2026-10-12'),
      lines: ['1 rue du Port'],
      postcode: '59800',
      city: 'Lille',
      resident: false,
      createdAt: town.clock.now(),
    })
  })
  await meals(town, movers, ['2026-10-09', '2026-10-12'])
  await bill(town, '2026-10')
  assert.equal((await invoicesOfHousehold(town, movers.household))[0]?.total, 240 + 500)
})

test('custody by 33 and 67 per cent: each household pays its share of its own price, rounded half up', async () => {
  const t = await november()
  const { town } = t
  const mother = await family(t, { quotient: 50_000, ...quiet })
  const father = await secondHousehold(t, mother, {
    quotient: 3e4,
    from: '2026-09-01',
    terms: {
      kind: 'percentage',
      firstShare: 3300,
    },
    ...quiet,
  })
  await meals(town, mother, ['2026-10-01'])
  await meals(town, father, ['2026-10-02'])
  await bill(town, '2026-10')
  // 33 % of 2.40 € is 0.79 €; 67 % of 1.20 € is 0.80 €; twice each, whoever booked.
  assert.equal((await invoicesOfHousehold(town, mother.household))[0]?.total, 158)
  assert.equal((await invoicesOfHousehold(town, father.household))[0]?.total, 160)
})

test('alternating weeks: the household that booked pays it all, at its own price', async () => {
  const t = await november()
  const { town } = t
  const mother = await family(t, { quotient: 50_000, ...quiet })
  const father = await secondHousehold(t, mother, { quotient: 30_000, from: '2026-09-01', ...quiet })
  await meals(town, mother, ['2026-10-01'])
  await meals(town, father, ['2026-10-08'])
  await bill(town, '2026-10')
  assert.equal((await invoicesOfHousehold(town, mother.household))[0]?.total, 240)
  assert.equal((await invoicesOfHousehold(town, father.household))[0]?.total, 120)
})

test('a price of 1.005 € does not exist: half a cent is rounded up, once, on the line', async () => {
  const t = await testTown()
  const { town } = t
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(town, {
    ...flat(0),
    residents: { kind: 'effort-rate', ratePerMillion: 2_010, floor: cents(0), ceiling: cents(1_000) },
  })
  const odd = await family(t, { quotient: 50_000, ...quiet })
  await meals(town, odd, ['2026-10-01', '2026-10-02'])
  await bill(town, '2026-10')
  assert.equal((await invoicesOfHousehold(town, odd.household))[0]?.total, 2 * 101) // 0.201 % of 500.00 € is 1.005 €
})

test('a draft is made anew when the meals or the prices changed; what is the same is left alone', async () => {
  const t = await november()
  const { town } = t
  const one = await family(t, quiet)
  const [first, second] = await meals(town, one, ['2026-10-01', '2026-10-02'])
  const draft = () => draftRun(town, system('test'), month('2026-10'))
  assert.equal((await draft()).total, 720)
  const written = await town.db.read.select().from(charges).where(eq(charges.source, first!))
  await cancelMeal(town, second!)
  assert.equal((await draft()).total, 360)
  assert.deepEqual(await town.db.read.select().from(charges), written)
  await quotient(town, one.household, 10_000)
  const run = await draft()
  assert.equal(run.total, 120)
  assert.equal(run.households, 1)
  await cancelMeal(town, first!)
  assert.deepEqual(await draft().then(({ households, total }) => ({ households, total })), { households: 0, total: 0 })
  assert.deepEqual(await town.db.read.select().from(charges), [])
})

test('an invoice of 0.00 € exists, with a number, and asks for nothing', async () => {
  const t = await testTown()
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(t.town, flat(0))
  const free = await family(t, quiet)
  await meals(t.town, free, ['2026-10-01'])
  await bill(t.town, '2026-10')
  const [invoice] = await invoicesOfHousehold(t.town, free.household)
  assert.equal(invoice?.total, 0)
  assert.equal(invoice?.state, 'nothing-to-pay')
  assert.deepEqual(await checkLedger(t.town.db.read), [])
})

test('a day without tariff blocks only its family, which is billed with the next month', async () => {
  const t = await testTown()
  const { town } = t
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(town, flat(300), '2026-10-05')
  const early = await family(t, quiet)
  const other = await family(t, quiet)
  await meals(town, early, ['2026-10-01', '2026-10-05'])
  await meals(town, other, ['2026-10-05'])
  const run = await bill(town, '2026-10')
  assert.equal(run.total, 300)
  assert.deepEqual(await invoicesOfHousehold(town, early.household), [])
  assert.equal((await invoicesOfHousehold(town, other.household)).length, 1)
  await tariff(town, flat(200), '2026-09-01')
  t.at('2026-12-01T09:00:00+01:00')
  await bill(town, '2026-11')
  const [late] = await invoicesOfHousehold(town, early.household)
  assert.equal(late?.period, '2026-11')
  assert.equal(late?.total, 200 + 300)
  assert.equal((await invoicesOfHousehold(town, other.household)).length, 1)
})

test('a meal written down after its month was issued goes on the next invoice', async () => {
  const t = await november()
  const { town } = t
  const late = await family(t, { quotient: 50_000, ...quiet })
  await meals(town, late, ['2026-10-01'])
  await bill(town, '2026-10')
  await attendance(town, late, '2026-10-02', { present: true, booked: false })
  await meals(town, late, ['2026-11-03'])
  t.at('2026-12-01T09:00:00+01:00')
  await bill(town, '2026-11')
  const [november_, october] = await invoicesOfHousehold(town, late.household)
  assert.equal(october?.total, 240)
  assert.equal(november_?.total, 240 + 390)
})

test('a quotient confirmed after the invoice went out corrects the next one, and may leave it negative', async () => {
  const t = await november()
  const { town } = t
  const trusting = await family(t, quiet)
  await meals(town, trusting, ['2026-10-01', '2026-10-12', '2026-10-13'])
  await bill(town, '2026-10')
  // The proof came on 5 October; a clerk looked at it on 20 November.
  await quotient(town, trusting.household, 30_000, '2026-10-05', '2026-11-20T10:00:00Z')
  await meals(town, trusting, ['2026-11-03'])
  t.at('2026-12-01T09:00:00+01:00')
  await bill(town, '2026-11')
  const [november_, october] = await invoicesOfHousehold(town, trusting.household)
  assert.equal(october?.total, 3 * 360)
  assert.equal(november_?.total, 120 - 2 * 240)
  assert.equal(november_?.state, 'nothing-to-pay')
  // What the negative month gives is used on the next one, and the corrections are not made twice.
  await meals(town, trusting, ['2026-12-01', '2026-12-03'])
  t.at('2027-01-04T09:00:00+01:00')
  await bill(town, '2026-12')
  const [december] = await invoicesOfHousehold(town, trusting.household)
  assert.equal(december?.total, 240)
  assert.equal(december?.frozen.creditUsed, 240)
  assert.equal(december?.owed, 0)
  assert.equal(await balanceOf(town.db.read, householdAccount(trusting.household)), 1080 - 360 + 240)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('numbers begin at 1 again on 1 January, for December too when it is issued in January', async () => {
  const t = await november()
  const { town } = t
  const one = await family(t, quiet)
  await meals(town, one, ['2026-11-03'])
  await meals(town, one, ['2026-12-01'])
  t.at('2026-12-31T23:30:00+01:00')
  await bill(town, '2026-11')
  t.at('2027-01-01T00:30:00+01:00')
  await bill(town, '2026-12')
  const numbers = (await invoicesOfHousehold(town, one.household)).map(invoice => invoice.number)
  assert.deepEqual(numbers, ['F2027-000001', 'F2026-000001'])
})

test('a month is issued only when it is over, in its turn, and as it was looked at', async () => {
  const t = await november()
  const { town } = t
  const { actor } = await clerkAccount(t, 'cash-office')
  const one = await family(t, quiet)
  await meals(town, one, ['2026-10-01'])
  const october = await draftRun(town, actor, month('2026-10'))
  const refused = (code: string) => (error: unknown) => error instanceof Problem && error.code === code
  await assert.rejects(draftRun(town, actor, month('2026-12')), refused('month-not-begun'))
  await assert.rejects(draftRun(town, actor, month('2026-11')), refused('earlier-month-open'))
  await assert.rejects(issueRun(town, actor, october.id, { total: cents(1) }), refused('draft-changed'))
  await assert.rejects(draftRun(town, one.actor, month('2026-10')), refused('not-found'))
  const { actor: canteen } = await clerkAccount(t, 'canteen')
  await assert.rejects(issueRun(town, canteen, october.id, { total: october.total }), refused('not-found'))
  await issueRun(town, actor, october.id, { total: october.total })
  await issueInvoices(town, october.id)
  const november_ = await draftRun(town, actor, month('2026-11'))
  await assert.rejects(issueRun(town, actor, november_.id, { total: november_.total }), refused('month-not-over'))
})

test('a town that wants two pairs of eyes does not let the one who drafted issue', async () => {
  const t = await testTown({ BILLING_SECOND_APPROVAL: 'yes' })
  t.at('2026-11-02T09:00:00+01:00')
  const first = await clerkAccount(t, 'cash-office')
  const second = await clerkAccount(t, 'cash-office')
  const run = await draftRun(t.town, first.actor, month('2026-10'))
  const issuing = (actor: typeof first.actor) => issueRun(t.town, actor, run.id, { total: run.total })
  await assert.rejects(issuing(first.actor), { code: 'second-approval' })
  assert.equal((await issuing(second.actor)).state, 'issuing')
})

test('two workers that issue at once leave no gap and no double', async () => {
  const t = await november()
  const { town } = t
  const families = []
  for (let i = 0; i < 30; i++) families.push(await family(t, quiet))
  for (const each of families) await meals(town, each, ['2026-10-01'])
  const run = await draftRun(town, system('test'), month('2026-10'))
  await issueRun(town, system('test'), run.id, { total: run.total })
  await Promise.all([issueInvoices(town, run.id), issueInvoices(town, run.id), issueInvoices(town, run.id)])
  const all = await town.db.read.select().from(invoices).orderBy(asc(invoices.number))
  assert.deepEqual(
    all.map(invoice => invoice.number),
    Array.from({ length: 30 }, (_, i) => `F2026-${String(i + 1).padStart(6, '0')}`),
  )
  assert.equal(new Set(all.map(invoice => invoice.householdId)).size, 30)
  assert.deepEqual(await checkLedger(town.db.read), [])
})
