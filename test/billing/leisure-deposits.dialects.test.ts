import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { issueCreditNote } from '../../src/billing/credit.ts'
import { depositsOf } from '../../src/billing/deposit-store.ts'
import { promiseDeposit } from '../../src/billing/deposits.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { issueInvoices, issueRun } from '../../src/billing/issue.ts'
import { balanceOf, householdAccount } from '../../src/billing/ledger.ts'
import { runById } from '../../src/billing/run-store.ts'
import { invoices } from '../../src/billing/schema.ts'
import { settleAllDeposits } from '../../src/billing/settle-deposits.ts'
import { linesOfInvoice } from '../../src/billing/store.ts'
import { documentOf } from '../../src/documents/keep.ts'
import { system } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents, sum } from '../../src/kernel/money.ts'
import type { Town } from '../../src/town-context.ts'
import { clerkAccount, type Family, family, school, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { centre, excuse, giveUp, leisureTariff, signUp } from './leisure-month.ts'
import { bill, flat, invoicesOfHousehold, meals, month, tariff } from './month.ts'

const quiet = { signedIn: false } as const
const plainText = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ')
const WEEK = ['2026-10-19', '2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23']

/** A town that asks for 30 % at sign-up, in September. */
async function september(rule: Parameters<typeof leisureTariff>[1] = {}) {
  const t = await testTown()
  t.at('2026-09-10T09:00:00+02:00')
  await school(t)
  await tariff(t.town, flat(300))
  await leisureTariff(t.town, { deposit: 3_000, ...rule })
  return { t, town: t.town, place: await centre(t.town) }
}

/** As a confirmed basket does. */
async function askDeposit(
  town: Town,
  { household }: Pick<Family, 'household'>,
  signupIds: readonly Id<'leisure-signup'>[],
  key = `basket:${signupIds[0]}`,
) {
  await town.db.transaction(tx => promiseDeposit(tx, town.clock.now(), { householdId: household, signupIds, key }))
}

const owes = (town: Town, { household }: Pick<Family, 'household'>) =>
  balanceOf(town.db.read, householdAccount(household))

test('confirming asks for a deposit by an invoice of its own, in the same numbers, by mail, payable at once', async () => {
  const { t, town, place } = await september()
  const parents = await family(t, { children: ['Inès', 'Malo'] })
  const week = await signUp(town, place, parents, WEEK, { unit: 'week' })
  const days = await signUp(town, place, parents, [WEEK[0]!, WEEK[2]!], { child: 1 })
  await askDeposit(town, parents, [week, days])
  await askDeposit(town, parents, [week, days], 'told-again')
  await t.settle()
  const [invoice, ...more] = await invoicesOfHousehold(town, parents.household)
  assert.deepEqual(more, [])
  assert.equal(invoice?.number, 'F2026-000001')
  assert.equal(invoice.total, 5 * 360 + 2 * 360)
  assert.equal(invoice.state, 'issued')
  const document = await documentOf(town.db.read, 'invoice', invoice.id)
  assert.ok(document)
  const letter = (await t.letters()).find(each => each.kind === 'invoice')
  assert.equal(letter?.to, parents.email)
  assert.match(letter.subject, /Votre facture d’acompte de septembre 2026/)
  assert.deepEqual(letter.documents, [document.id])
  const list = plainText((await parents.parent.get('/factures').expect(200)).text)
  assert.match(list, /Acompte de septembre 2026 : 25,20 €/)
  const shown = plainText((await parents.parent.get(`/factures/${invoice.id}`).expect(200)).text)
  assert.match(shown, /Acompte : Centre Jacques-Prévert, semaine du 19 octobre : 18,00 €/)
  assert.match(shown, /Acompte : Centre Jacques-Prévert : 7,20 €.*lun\. 19 oct\. et mer\. 21 oct\./)
  const api = await parents.parent.get('/api/v1/invoices').expect(200)
  assert.equal(api.body.invoices[0].kind, 'deposit')
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('a town that wants no deposit, or days that cost nothing, make no invoice', async () => {
  for (const rule of [
    { deposit: 0 },
    {
      day: {
        residents: { kind: 'flat', price: cents(0) } as const,
        nonResidents: { kind: 'flat', price: cents(0) } as const,
      },
    },
  ]) {
    const { t, town, place } = await september(rule)
    const parents = await family(t, quiet)
    await askDeposit(town, parents, [await signUp(town, place, parents, WEEK)])
    await t.settle()
    assert.deepEqual(await invoicesOfHousehold(town, parents.household), [])
  }
})

test('the month’s invoice takes off what was asked, and says on which invoice it was', async () => {
  const { t, town, place } = await september()
  const parents = await family(t)
  const signup = await signUp(town, place, parents, WEEK)
  await askDeposit(town, parents, [signup])
  await meals(town, parents, ['2026-10-01'])
  await t.settle()
  t.at('2026-11-02T09:00:00+01:00')
  assert.equal((await bill(town, '2026-10')).total, 300 + 6_000 - 1_800)
  await t.settle()
  const [monthly, deposit] = await invoicesOfHousehold(town, parents.household)
  const lines = await linesOfInvoice(town.db.read, monthly!.id)
  assert.deepEqual(
    lines.map(line => [line.kind, line.amount]),
    [
      ['meal', 300],
      ['day', 6_000],
      ['deposit-deducted', -1_800],
    ],
  )
  await parents.parent.post('/api/v1/sessions').send({ email: parents.email, password: parents.password }).expect(201)
  const shown = plainText((await parents.parent.get(`/factures/${monthly!.id}`).expect(200)).text)
  assert.match(shown, /Acompte déjà facturé : ?[-−] ?18,00 €/)
  assert.match(shown, new RegExp(`La facture ${deposit!.number} a demandé cet acompte`))
  assert.equal(await owes(town, parents), 6_300)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('stays over two months: no month takes off more than it charges, the rest goes on the next one', async () => {
  const { t, town, place } = await september({ deposit: 5_000 })
  const parents = await family(t, quiet)
  await askDeposit(town, parents, [await signUp(town, place, parents, ['2026-10-30', '2026-11-02', '2026-11-03'])])
  await t.settle()
  assert.equal(await owes(town, parents), 1_800)
  t.at('2026-11-02T09:00:00+01:00')
  assert.equal((await bill(town, '2026-10')).total, 0)
  t.at('2026-12-01T09:00:00+01:00')
  assert.equal((await bill(town, '2026-11')).total, 2_400 - 600)
  assert.equal(await owes(town, parents), 3_600)
})

test('days cancelled in time: the deposit serves what is left, and its rest is given back by a credit note', async () => {
  const { t, town, place } = await september({ deposit: 5_000 })
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, WEEK)
  await askDeposit(town, parents, [signup])
  await t.settle()
  await giveUp(town, signup, WEEK.slice(0, 2))
  await t.settle()
  assert.equal(await owes(town, parents), 3_000, 'three days cost more than the deposit')
  await giveUp(town, signup, WEEK.slice(2, 4))
  await t.settle()
  assert.equal(await owes(town, parents), 1_200, 'one day is left')
  t.at('2026-11-02T09:00:00+01:00')
  assert.equal((await bill(town, '2026-10')).total, 0)
  assert.equal(await owes(town, parents), 1_200)
  await settleAllDeposits(town)
  assert.equal(await owes(town, parents), 1_200)
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('all days cancelled: the whole deposit is given back, with the reason, and the letter says so', async () => {
  const { t, town, place } = await september()
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, WEEK)
  await askDeposit(town, parents, [signup])
  await t.settle()
  await giveUp(town, signup, WEEK)
  await t.settle()
  const [deposit] = await invoicesOfHousehold(town, parents.household)
  assert.equal(deposit?.state, 'credited')
  assert.equal(await owes(town, parents), 0)
  const letter = (await t.letters()).find(each => each.kind === 'credit-note')
  assert.match(letter?.text ?? '', /Cet acompte ne sert plus/)
  t.at('2026-11-02T09:00:00+01:00')
  assert.equal((await bill(town, '2026-10')).total, 0)
})

test('billed at sign-up and cancelled after the invoice: what the deposit had paid is given back on its own invoice', async () => {
  const { t, town, place } = await september({ chargedAt: 'sign-up' })
  const parents = await family(t, quiet)
  const signup = await signUp(town, place, parents, WEEK)
  await askDeposit(town, parents, [signup])
  await t.settle()
  t.at('2026-10-02T09:00:00+02:00')
  assert.equal((await bill(town, '2026-09')).total, 6_000 - 1_800)
  await giveUp(town, signup, WEEK.slice(0, 4))
  await t.settle()
  assert.equal(await owes(town, parents), 1_200)
  await giveUp(town, signup, WEEK.slice(4))
  await t.settle()
  assert.equal(await owes(town, parents), 0)
  const all = await invoicesOfHousehold(town, parents.household)
  assert.deepEqual(
    all.map(invoice => invoice.state),
    ['credited', 'credited'],
  )
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('a clerk gives a deposit back: the draft that was about to take it off does not any more', async () => {
  const { t, town, place } = await september()
  const { actor } = await clerkAccount(t, 'cash-office')
  const parents = await family(t, quiet)
  await askDeposit(town, parents, [await signUp(town, place, parents, WEEK)])
  await t.settle()
  t.at('2026-11-02T09:00:00+01:00')
  assert.equal((await draftRun(town, system('test'), month('2026-10'))).total, 4_200)
  const [deposit] = await invoicesOfHousehold(town, parents.household)
  const lines = [{ position: 0, amount: cents(1_000) }]
  await issueCreditNote(town, actor, { invoiceId: deposit!.id, lines, reason: 'Un geste', key: 'clerk:1' })
  assert.equal((await draftRun(town, system('test'), month('2026-10'))).total, 5_200)
  await bill(town, '2026-10')
  assert.equal(await owes(town, parents), 6_000)
})

test('custody by percentage: who signs up is asked for the deposit of its own part', async () => {
  const { t, town, place } = await september()
  const mother = await family(t, quiet)
  const terms = { kind: 'percentage', firstShare: 3_300 } as const
  const father = await secondHousehold(t, mother, { from: '2026-09-01', terms, ...quiet })
  await askDeposit(town, mother, [await signUp(town, place, mother, [WEEK[0]!])])
  await t.settle()
  // 33 % of 12.00 € is 3.96 €, of which 30 % is 1.19 €.
  assert.equal(await owes(town, mother), 119)
  t.at('2026-11-02T09:00:00+01:00')
  await bill(town, '2026-10')
  assert.equal(await owes(town, mother), 396)
  assert.equal(await owes(town, father), 804)
})

test('a deposit not paid in time is late and reminded of like any invoice', async () => {
  const { t, town, place } = await september()
  const parents = await family(t, quiet)
  await askDeposit(town, parents, [await signUp(town, place, parents, WEEK)])
  await t.settle()
  const [deposit] = await invoicesOfHousehold(town, parents.household)
  t.at(`${deposit!.dueDate.add({ days: 8 })}T09:05:00+02:00`)
  await t.tick()
  assert.equal((await invoicesOfHousehold(town, parents.household))[0]?.state, 'overdue')
  const letter = (await t.letters()).find(each => each.kind === 'invoice-first-reminder')
  assert.match(letter?.subject ?? '', /Rappel.*facture d’acompte de septembre 2026/)
})

/** What a family does with its sign-ups before, between and after the invoices. */
const story = fc.record({
  deposit: fc.constantFrom(0, 1, 3_000, 3_333, 5_000, 10_000),
  chargedAt: fc.constantFrom('sign-up' as const, 'attendance' as const),
  price: fc.integer({ min: 1, max: 2_345 }),
  signups: fc.array(
    fc.record({
      child: fc.nat(1),
      week: fc.boolean(),
      /** For each of five days: kept, or what becomes of it, and how many bills were drafted or issued before. */
      days: fc.array(
        fc.record({
          what: fc.constantFrom('kept', 'kept', 'in-time', 'late', 'excused', 'closed'),
          when: fc.nat(3),
        }),
        { minLength: 5, maxLength: 5 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  meals: fc.nat(3),
})

test('whatever is signed up for and cancelled, all invoices less credits are the price of what was due, to the cent', async () => {
  const t = await testTown()
  const { town } = t
  await school(t)
  t.at('2026-01-05T09:00:00+01:00')
  const place = await centre(town)
  let first = month('2026-01')
  await fc.assert(
    fc.asyncProperty(story, async ({ deposit, chargedAt, price, signups, meals: eaten }) => {
      // A month of its own: days of each sign-up stand in the last week of it and the first of the next.
      const [now, next, last] = [first, first.add({ months: 1 }), first.add({ months: 2 })]
      first = first.add({ months: 3 })
      const begins = now.toPlainDate({ day: 1 })
      t.at(`${begins}T09:00:00Z`)
      const scale = { kind: 'flat', price: cents(price) } as const
      const day = { residents: scale, nonResidents: scale }
      await leisureTariff(town, { day, deposit, chargedAt, weekDiscount: 1_000 }, begins.toString())
      await tariff(town, flat(300), begins.toString())
      const parents = await family(t, { children: ['Inès', 'Malo'], ...quiet })
      await meals(town, parents, weekdays(begins).slice(0, eaten))
      const made: { id: Id<'leisure-signup'>; days: string[]; plan: (typeof signups)[number] }[] = []
      for (const [i, plan] of signups.entries()) {
        const days = daysOf(now, i)
        const unit = plan.week ? 'week' : 'day'
        made.push({ id: await signUp(town, place, parents, days, { child: plan.child, unit }), days, plan })
      }
      await askDeposit(
        town,
        parents,
        made.map(({ id }) => id),
      )
      await t.settle()
      const act = async (stage: number) => {
        for (const { id, days, plan } of made)
          for (const [i, { what, when }] of plan.days.entries()) {
            const on = days[i] as string
            if (when !== stage || what === 'kept') continue
            if (what === 'in-time') await giveUp(town, id, [on])
            if (what === 'closed') await giveUp(town, id, [on], { reason: 'centre-closed' })
            if (what === 'late') await giveUp(town, id, [on], { late: true })
            if (what === 'excused') await excuse(town, id, [on])
          }
        await t.settle()
      }
      await act(0)
      t.at(`${next.toPlainDate({ day: 1 })}T09:00:00Z`)
      await bill(town, now.toString())
      t.at(`${next.toPlainDate({ day: 1 })}T10:00:00Z`)
      await act(1)
      t.at(`${last.toPlainDate({ day: 1 })}T09:00:00Z`)
      const { id: runId } = await draftRun(town, system('test'), next)
      await act(2)
      // Issued as cancelling left the draft, not drafted anew.
      await issueRun(town, system('test'), runId, { total: (await runById(town.db.read, runId)).total })
      await issueInvoices(town, runId)
      t.at(`${last.toPlainDate({ day: 2 })}T10:00:00Z`)
      await act(3)
      // What put prices right after an invoice is on the next one.
      t.at(`${first.toPlainDate({ day: 1 })}T09:00:00Z`)
      await bill(town, last.toString())
      await settleAllDeposits(town)

      const dueFor = made.map(({ plan }) => {
        const due = plan.days.filter(({ what }) => what === 'kept' || what === 'late').length
        const whole = plan.week && plan.days.every(({ what }) => what !== 'in-time' && what !== 'closed')
        return due * (whole ? Math.floor((price * 9_000 + 5_000) / 10_000) : price)
      })
      const all = await invoicesOfHousehold(town, parents.household)
      const credits = sum(all.map(invoice => invoice.credited))
      const billed = sum(all.map(invoice => invoice.total))
      assert.equal(billed - credits, dueFor.reduce((a, b) => a + b, 0) + Math.min(eaten, 4) * 300)
      assert.equal(await owes(town, parents), billed - credits)
      for (const each of await depositsOf(town.db.read, [parents.household])) assert.equal(each.left, 0)
      for (const { id, total } of all)
        assert.equal(sum((await linesOfInvoice(town.db.read, id)).map(line => line.amount)), total)
    }),
    { numRuns: 15 },
  )
  assert.deepEqual(await checkLedger(town.db.read), [])
  const numbers = (await town.db.read.select({ number: invoices.number }).from(invoices)).map(({ number }) => number)
  assert.equal(new Set(numbers).size, numbers.length)
})

const weekdays = (from: Temporal.PlainDate) =>
  Array.from({ length: 10 }, (_, i) => from.add({ days: i }))
    .filter(each => each.dayOfWeek <= 5)
    .map(String)
    .slice(0, 4)

/** Five days: three at the end of the month, two in the next; other ones for each sign-up. */
function daysOf(of: Temporal.PlainYearMonth, nth: number): string[] {
  const next = of.add({ months: 1 })
  return [
    ...[10, 11, 12].map(day => of.toPlainDate({ day: day + 5 * nth })),
    ...[1, 2].map(day => next.toPlainDate({ day: day + 5 * nth })),
  ].map(String)
}
