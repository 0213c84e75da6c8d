import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { billingHolds } from '../../src/billing/holds.ts'
import { issueInvoices, issueRun } from '../../src/billing/issue.ts'
import { balanceOf, householdAccount } from '../../src/billing/ledger.ts'
import { charges, creditNotes, invoices } from '../../src/billing/schema.ts'
import { linesOfInvoice } from '../../src/billing/store.ts'
import { asc, eq } from '../../src/db/drizzle.ts'
import { documentOf } from '../../src/documents/keep.ts'
import { system } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { type Family, family, school, secondHousehold } from '../support/family.ts'
import { type TestTown, testTown } from '../support/town.ts'
import { centre, excuse, giveUp, leisureTariff, register, signUp } from './leisure-month.ts'
import { attendance, bill, flat, invoicesOfHousehold, meals, month, quotient, tariff } from './month.ts'

const quiet = { signedIn: false } as const
const plainText = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ')

/** A town with a canteen and a leisure centre, early in November; October's autumn holidays are over. */
async function november(rule: Parameters<typeof leisureTariff>[1] = {}) {
  const t = await testTown()
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(t.town, flat(300))
  await leisureTariff(t.town, rule)
  return { t, town: t.town, place: await centre(t.town) }
}

const WEEK = ['2026-10-19', '2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23']

async function linesOf(t: TestTown, householdId: Id<'household'>) {
  const [invoice] = await invoicesOfHousehold(t.town, householdId)
  return invoice ? linesOfInvoice(t.town.db.read, invoice.id) : []
}
const inShort = (lines: Awaited<ReturnType<typeof linesOf>>) =>
  lines.map(line => [line.childName.split(' ')[0], line.service, line.kind, line.quantity, line.amount])

test('the month’s invoice holds meals and days at the centre, one list per child, each with its account of revenue', async () => {
  const { t, town, place } = await november()
  const parents = await family(t, { children: ['Inès', 'Malo'] })
  await meals(town, parents, ['2026-10-01', '2026-10-02'])
  await meals(town, parents, ['2026-10-01'], { child: 1 })
  await signUp(town, place, parents, WEEK, { unit: 'week' })
  await signUp(town, place, parents, ['2026-10-19'], { child: 1 })
  await signUp(town, place, parents, ['2026-10-20'], {
    child: 1,
    unit: 'half-day-with-meal',
    part: 'morning',
    meal: true,
  })
  assert.equal((await bill(town, '2026-10')).total, 3 * 300 + 6 * 1_200 + 1_050)
  assert.deepEqual(inShort(await linesOf(t, parents.household)), [
    ['Inès', 'canteen', 'meal', 2, 600],
    ['Inès', 'leisure', 'week', 5, 6_000],
    ['Malo', 'canteen', 'meal', 1, 300],
    ['Malo', 'leisure', 'day', 1, 1_200],
    ['Malo', 'leisure', 'morning-with-meal', 1, 1_050],
  ])
  assert.equal(await balanceOf(town.db.read, 'revenue:canteen'), -900)
  assert.equal(await balanceOf(town.db.read, 'revenue:leisure'), -8_250)
  assert.deepEqual(await checkLedger(town.db.read), [])

  await t.settle()
  const [invoice] = await invoicesOfHousehold(town, parents.household)
  assert.ok(await documentOf(town.db.read, 'invoice', invoice!.id))
  const shown = plainText((await parents.parent.get(`/factures/${invoice!.id}`).expect(200)).text)
  assert.match(shown, /Cantine Repas : 6,00 €.*Centre de loisirs Semaine entière : 60,00 € 5 fois 12,00 €/)
  assert.match(shown, /Journée : 12,00 €.*Matin avec repas : 10,50 €/)
  const api = await parents.parent.get(`/api/v1/invoices/${invoice!.id}`).expect(200)
  assert.deepEqual(
    api.body.lines.map((line: { service: string; kind: string }) => [line.service, line.kind]),
    (await linesOf(t, parents.household)).map(line => [line.service, line.kind]),
  )
})

test('what is charged: days there or not written down, missed without excuse, cancelled late; nothing that was excused', async () => {
  const { t, town, place } = await november()
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, WEEK)
  await register(town, place, parents, WEEK[0]!, true)
  await register(town, place, parents, WEEK[1]!, false)
  await register(town, place, parents, WEEK[2]!, false)
  await excuse(town, signup, [WEEK[2]!])
  await giveUp(town, signup, [WEEK[3]!], { late: true })
  const other = await signUp(town, place, parents, ['2026-10-26', '2026-10-27'])
  await giveUp(town, other, ['2026-10-26'], { late: true })
  await excuse(town, other, ['2026-10-26'])
  await giveUp(town, other, ['2026-10-27'])
  await bill(town, '2026-10')
  assert.deepEqual(inShort(await linesOf(t, parents.household)), [
    ['Inès', 'leisure', 'day', 2, 2_400],
    ['Inès', 'leisure', 'missed', 1, 1_200],
    ['Inès', 'leisure', 'late-cancelled', 1, 1_200],
  ])
})

test('billed after attendance, a week over two months is on two invoices; at sign-up, all of it with the month of that day', async () => {
  const over = ['2026-10-29', '2026-10-30', '2026-11-02']
  const after = await november()
  const first = await family(after.t, quiet)
  await signUp(after.town, after.place, first, over, { confirmedAt: '2026-09-15T10:00:00Z' })
  assert.equal((await bill(after.town, '2026-10')).total, 2_400)
  after.t.at('2026-12-01T09:00:00+01:00')
  assert.equal((await bill(after.town, '2026-11')).total, 1_200)

  const before = await november({ chargedAt: 'sign-up' })
  const second = await family(before.t, quiet)
  // Half past midnight in Paris on 1 October is still September in Greenwich.
  await signUp(before.town, before.place, second, over, { confirmedAt: '2026-09-30T22:30:00Z' })
  assert.equal((await bill(before.town, '2026-10')).total, 3_600)
  before.t.at('2026-12-01T09:00:00+01:00')
  assert.equal((await bill(before.town, '2026-11')).total, 0)
  assert.equal((await invoicesOfHousehold(before.town, second.household)).length, 1)
})

test('a week and a brother lower the price to the cent, each with its sentence', async () => {
  const { t, town, place } = await november({ weekDiscount: 1_000, siblingReduction: 1_500 })
  const parents = await family(t, {
    children: [
      { firstName: 'Inès', birthDate: '2016-03-10' },
      { firstName: 'Malo', birthDate: '2019-03-10' },
    ],
  })
  await signUp(town, place, parents, WEEK, { unit: 'week' })
  await signUp(town, place, parents, [WEEK[1]!, '2026-10-26'], { child: 1 })
  await bill(town, '2026-10')
  // 12.00 € less 10 %, five times; 12.00 € less 15 % beside his sister; alone, the whole price.
  assert.deepEqual(inShort(await linesOf(t, parents.household)), [
    ['Inès', 'leisure', 'week', 5, 5 * 1_080],
    ['Malo', 'leisure', 'day', 1, 1_020],
    ['Malo', 'leisure', 'day', 1, 1_200],
  ])
  const [invoice] = await invoicesOfHousehold(town, parents.household)
  const shown = plainText((await parents.parent.get(`/factures/${invoice!.id}`).expect(200)).text)
  assert.match(shown, /10 %/)
  assert.match(shown, /15 %/)
})

test('billed at sign-up, a sister who comes later changes her brother’s price on the next invoice, with the reason', async () => {
  const { t, town, place } = await november({ chargedAt: 'sign-up', siblingReduction: 1_500 })
  const parents = await family(t, {
    children: [
      { firstName: 'Malo', birthDate: '2019-03-10' },
      { firstName: 'Inès', birthDate: '2016-03-10' },
    ],
  })
  await signUp(town, place, parents, ['2026-12-22'], { confirmedAt: '2026-10-10T10:00:00Z' })
  assert.equal((await bill(town, '2026-10')).total, 1_200)
  t.at('2026-11-12T09:00:00+01:00')
  const sister = await signUp(town, place, parents, ['2026-12-22'], { child: 1 })
  t.at('2026-12-01T09:00:00+01:00')
  assert.equal((await bill(town, '2026-11')).total, 1_200 - 180)
  const [november_] = await invoicesOfHousehold(town, parents.household)
  await parents.parent.post('/api/v1/sessions').send({ email: parents.email, password: parents.password }).expect(201)
  const shown = plainText((await parents.parent.get(`/factures/${november_!.id}`).expect(200)).text)
  assert.match(shown, /Régularisation de décembre 2026 : réduction revue : - ?1,80 €|réduction revue : −1,80 €/)

  // She cancels in time: she is credited, and he pays the whole price again.
  await giveUp(town, sister, ['2026-12-22'])
  await t.settle()
  t.at('2027-01-04T09:00:00+01:00')
  assert.equal((await bill(town, '2026-12')).total, 180)
  assert.equal(await balanceOf(town.db.read, householdAccount(parents.household)), 1_200)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('custody by 33 and 67 per cent: each household pays its share of its own price of a day', async () => {
  const { t, town, place } = await november()
  const mother = await family(t, { quotient: 50_000, ...quiet })
  const terms = { kind: 'percentage', firstShare: 3_300 } as const
  const father = await secondHousehold(t, mother, { from: '2026-09-01', resident: false, terms, ...quiet })
  await leisureTariff(
    town,
    {
      day: {
        residents: { kind: 'flat', price: cents(1_005) },
        nonResidents: { kind: 'flat', price: cents(2_001) },
      },
    },
    '2026-10-01',
  )
  await signUp(town, place, mother, ['2026-10-19'])
  await bill(town, '2026-10')
  // 33 % of 10.05 € is 3.3165 €; 67 % of 20.01 € is 13.4067 €.
  assert.equal((await invoicesOfHousehold(town, mother.household))[0]?.total, 332)
  assert.equal((await invoicesOfHousehold(town, father.household))[0]?.total, 1_341)
})

test('cancelled in time after the invoice, excused, or the centre closed: a credit note says which; a draft just drops it', async () => {
  const { t, town, place } = await november({ chargedAt: 'sign-up' })
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24'], {
    confirmedAt: '2026-10-10T10:00:00Z',
  })
  await bill(town, '2026-10')
  await giveUp(town, signup, ['2026-12-21'])
  await t.settle()
  await giveUp(town, signup, ['2026-12-22'], { reason: 'centre-closed' })
  await t.settle()
  await excuse(town, signup, ['2026-12-23'])
  await t.settle()
  const notes = await town.db.read.select().from(creditNotes).orderBy(asc(creditNotes.number))
  assert.deepEqual(
    notes.map(note => [note.amount, note.reason]),
    [
      [1_200, 'Vous avez annulé à temps.'],
      [1_200, 'Le centre n’ouvre pas ces jours-là.'],
      [1_200, 'La mairie accepte votre justificatif.'],
    ],
  )
  assert.match(notes[0]?.lines[0]?.label ?? '', /Inès .*, Journée\s: lun\. 21 déc/)
  assert.equal((await invoicesOfHousehold(town, parents.household))[0]?.owed, 1_200)

  t.at('2026-11-10T09:00:00+01:00')
  const other = await signUp(town, place, parents, ['2026-12-28', '2026-12-29'])
  assert.equal((await draftRun(town, system('test'), month('2026-11'))).total, 2_400)
  await giveUp(town, other, ['2026-12-28'])
  await t.settle()
  assert.equal((await draftRun(town, system('test'), month('2026-11'))).total, 1_200)
  assert.equal((await town.db.read.select().from(creditNotes)).length, 3)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('a register written late and a quotient confirmed late put right what was invoiced', async () => {
  const { t, town, place } = await november({
    chargesAbsence: false,
    day: {
      residents: {
        kind: 'brackets',
        brackets: [
          { upTo: cents(40_000), price: cents(500) },
          { upTo: null, price: cents(1_200) },
        ],
      },
      nonResidents: { kind: 'flat', price: cents(2_000) },
    },
  })
  const parents = await family(t, quiet)
  await signUp(town, place, parents, ['2026-10-19', '2026-10-20'])
  assert.equal((await bill(town, '2026-10')).total, 2_400)
  t.at('2026-11-05T09:00:00+01:00')
  await register(town, place, parents, '2026-10-19', false)
  await quotient(town, parents.household, 30_000, '2026-10-20', '2026-11-06T10:00:00Z')
  t.at('2026-12-01T09:00:00+01:00')
  assert.equal((await bill(town, '2026-11')).total, -1_200 - 700)
  t.at('2027-01-04T09:00:00+01:00')
  assert.equal((await bill(town, '2026-12')).total, 0, 'once')
})

test('drafted again, issued twice, by two workers at once: the same charges and one invoice', async () => {
  const { t, town, place } = await november({ siblingReduction: 1_500 })
  const families: Family[] = []
  for (let i = 0; i < 8; i++) families.push(await family(t, { children: ['Inès', 'Malo'], ...quiet }))
  for (const each of families) {
    await meals(town, each, ['2026-10-01'])
    await signUp(town, place, each, WEEK, { unit: 'week' })
    await signUp(town, place, each, [WEEK[0]!], { child: 1 })
  }
  const draft = () => draftRun(town, system('test'), month('2026-10'))
  const run = await draft()
  const written = await town.db.read.select().from(charges).orderBy(asc(charges.id))
  assert.equal((await draft()).total, run.total)
  assert.deepEqual(await town.db.read.select().from(charges).orderBy(asc(charges.id)), written)
  await issueRun(town, system('test'), run.id, { total: run.total })
  await Promise.all([issueInvoices(town, run.id), issueInvoices(town, run.id)])
  await issueInvoices(town, run.id)
  const made = await town.db.read.select().from(invoices)
  assert.equal(made.length, 8)
  assert.equal(new Set(made.map(invoice => invoice.householdId)).size, 8)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('a draft made anew tells a day that was missed meanwhile as missed, so that a credit finds it', async () => {
  const { t, town, place } = await november()
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, ['2026-10-19'])
  await draftRun(town, system('test'), month('2026-10'))
  await register(town, place, parents, '2026-10-19', false)
  await bill(town, '2026-10')
  const [charge] = await town.db.read.select().from(charges)
  assert.equal(charge?.kind, 'missed')
  await excuse(town, signup, ['2026-10-19'])
  await t.settle()
  const [credited] = await town.db.read.select().from(charges).where(eq(charges.id, charge.id))
  assert.equal(credited?.credited, 1_200)
})

test('a week that is broken before its invoice is called days on it, and these can be given back', async () => {
  const { t, town, place } = await november()
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, WEEK, { unit: 'week' })
  await draftRun(town, system('test'), month('2026-10'))
  await giveUp(town, signup, [WEEK[4]!])
  await t.settle()
  await bill(town, '2026-10')
  assert.deepEqual(inShort(await linesOf(t, parents.household)), [['Inès', 'leisure', 'day', 4, 4_800]])
  await excuse(town, signup, [WEEK[0]!])
  await t.settle()
  assert.equal((await invoicesOfHousehold(town, parents.household))[0]?.owed, 3_600)
  const credited = await town.db.read
    .select()
    .from(charges)
    .where(eq(charges.credited, cents(1_200)))
  assert.equal(credited.length, 1)
})

test('billed at sign-up, a younger brother who comes later has his reduction on his own invoice', async () => {
  const { t, town, place } = await november({ chargedAt: 'sign-up', siblingReduction: 1_500 })
  const parents = await family(t, {
    children: [
      { firstName: 'Inès', birthDate: '2016-03-10' },
      { firstName: 'Malo', birthDate: '2019-03-10' },
    ],
    ...quiet,
  })
  await signUp(town, place, parents, ['2026-12-22'], { confirmedAt: '2026-10-10T10:00:00Z' })
  assert.equal((await bill(town, '2026-10')).total, 1_200)
  await signUp(town, place, parents, ['2026-12-22'], { child: 1, confirmedAt: '2026-11-02T10:00:00Z' })
  t.at('2026-12-01T09:00:00+01:00')
  await bill(town, '2026-11')
  assert.deepEqual(inShort(await linesOf(t, parents.household)), [['Malo', 'leisure', 'day', 1, 1_020]])
})

test('days at the centre that no invoice bears yet keep a family’s account until they are billed', async () => {
  const { t, town, place } = await november()
  const parents = await family(t, quiet)
  const held = async () =>
    (await billingHolds(town.db.read, { householdId: parents.household }, town.clock.now())).map(hold => hold.words)
  await signUp(town, place, parents, ['2026-10-19'])
  assert.deepEqual(await held(), ['billing:holds.stays-not-invoiced'])
  await bill(town, '2026-10')
  assert.deepEqual(await held(), ['billing:holds.unpaid', 'billing:holds.kept'])
})

test('a family contests a day at the centre as it contests a meal', async () => {
  const { t, town, place } = await november()
  const parents = await family(t)
  await signUp(town, place, parents, ['2026-10-19'])
  await attendance(town, parents, '2026-10-20', { present: true, booked: false })
  await bill(town, '2026-10')
  const [invoice] = await invoicesOfHousehold(town, parents.household)
  const form = await parents.parent.get(`/factures/${invoice!.id}/contester`).expect(200)
  assert.match(plainText(form.text), /Inès .*, Journée : 12,00 €/)
  const [, line] = await linesOf(t, parents.household)
  await parents.parent
    .post(`/factures/${invoice!.id}/contester`)
    .type('form')
    .send({ lines: String(line?.position), reason: 'not-there' })
    .expect(303)
  assert.equal((await invoicesOfHousehold(town, parents.household))[0]?.disputed, true)
})
