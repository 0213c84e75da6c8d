import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerDispute, disputeInvoice } from '../../src/billing/disputes.ts'
import { makeInvoice } from '../../src/billing/documents.ts'
import { householdAccount, post } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import { documentOf } from '../../src/documents/keep.ts'
import { documentPool } from '../../src/documents/pool.ts'
import { documents } from '../../src/documents/schema.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { persons } from '../../src/people/schema.ts'
import { clerkAccount, family, school, secondHousehold } from '../support/family.ts'
import { type TestTown, testTown } from '../support/town.ts'
import { bill, flat, invoicesOfHousehold, meals, tariff } from './month.ts'

async function november(): Promise<TestTown> {
  const t = await testTown()
  t.at('2026-11-02T09:00:00+01:00')
  await school(t)
  await tariff(t.town, flat(300))
  return t
}

const about = async (t: TestTown, kind: string) => (await t.letters()).filter(letter => letter.kind === kind)

test('each guardian gets the invoice by mail, with its PDF, its amount, its due date and a link', async () => {
  const t = await november()
  const one = await family(t, { signedIn: false, language: 'fr' })
  await meals(t.town, one, ['2026-10-01'])
  await bill(t.town, '2026-10')
  await t.settle()
  const [invoice] = await invoicesOfHousehold(t.town, one.household)
  const [letter, ...others] = await about(t, 'invoice')
  assert.deepEqual(others, [])
  assert.equal(letter?.to, one.email)
  assert.equal(letter?.subject, 'Votre facture d’octobre 2026')
  assert.match(letter?.text ?? '', /3,00\s€/)
  assert.match(letter?.text ?? '', /lundi 23 novembre 2026/)
  assert.ok(letter?.text.includes(`http://guichet.test/factures/${invoice?.id}`))
  assert.equal(letter?.state, 'sent')
  const document = await documentOf(t.town.db.read, 'invoice', invoice!.id)
  assert.deepEqual(letter?.documents, [document?.id])
  assert.equal(document?.name, `${invoice?.number}.pdf`)
  const bytes = await t.town.files.read(document.storedAs)
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-')
})

test('the PDF made twice, even by two workers at once, is one document and one letter', async () => {
  const t = await november()
  const one = await family(t, { signedIn: false })
  await meals(t.town, one, ['2026-10-01'])
  await bill(t.town, '2026-10')
  const [invoice] = await invoicesOfHousehold(t.town, one.household)
  const pdf = documentPool({ threads: 1 })
  const make = () => makeInvoice(t.town, pdf, invoice!.id)
  await Promise.all([make(), make()])
  await make()
  await pdf.close()
  await t.settle()
  assert.equal((await t.town.db.read.select().from(documents)).length, 1)
  assert.equal((await about(t, 'invoice')).length, 1)
})

test('a family without e-mail gets its invoice on paper: the letter waits to be printed', async () => {
  const t = await november()
  const one = await family(t, { signedIn: false })
  await t.town.db.transaction(async tx => {
    await tx.update(persons).set({ email: null }).where(eq(persons.id, one.personId))
  })
  await meals(t.town, one, ['2026-10-01'])
  await bill(t.town, '2026-10')
  await t.settle()
  assert.deepEqual(
    (await about(t, 'invoice')).map(letter => letter.state),
    ['to-print'],
  )
})

test('neither mail nor PDF of one separated parent shows anything of the other', async () => {
  const t = await november()
  const mother = await family(t, { signedIn: false, lastName: 'Lefebvre' })
  const father = await secondHousehold(t, mother, {
    lastName: 'Okonkwo',
    from: '2026-09-01',
    terms: {
      kind: 'percentage',
      firstShare: 5e3,
    },
    signedIn: false,
  })
  await meals(t.town, mother, ['2026-10-01'])
  await bill(t.town, '2026-10')
  await t.settle()
  const letters = await about(t, 'invoice')
  assert.equal(letters.length, 2)
  for (const letter of letters) {
    const other = letter.to === mother.email ? father : mother
    assert.ok(!letter.text.includes(other.email) && !letter.html.includes(other.email))
  }
  const [hers] = await invoicesOfHousehold(t.town, mother.household)
  assert.ok(!JSON.stringify(hers).includes('Okonkwo'))
  assert.ok(!JSON.stringify(hers).includes(father.email))
})

test('a late invoice is reminded of after a week and after three, once each, until it is paid', async () => {
  const t = await november()
  const [slow, prompt] = [await family(t, { signedIn: false }), await family(t, { signedIn: false })]
  await meals(t.town, slow, ['2026-10-01'])
  await meals(t.town, prompt, ['2026-10-01'])
  await bill(t.town, '2026-10') // due on 23 November
  await t.settle()
  await pay(t, prompt.household)
  const reminders = async () => (await t.letters()).filter(letter => letter.kind.includes('reminder')).map(l => l.kind)
  t.at('2026-11-29T09:30:00+01:00')
  await t.tick()
  assert.deepEqual(await reminders(), [])
  t.at('2026-11-30T09:30:00+01:00')
  await t.tick()
  t.at('2026-12-01T09:30:00+01:00')
  await t.tick()
  assert.deepEqual(await reminders(), ['invoice-first-reminder'])
  t.at('2026-12-15T09:30:00+01:00')
  await t.tick()
  t.at('2026-12-20T09:30:00+01:00')
  await t.tick()
  assert.deepEqual(await reminders(), ['invoice-last-reminder', 'invoice-first-reminder'])
  const [last] = await about(t, 'invoice-last-reminder')
  assert.equal(last?.to, slow.email)
  assert.equal(last?.documents.length, 1)
})

test('a family that contests its invoice is left in peace until it is answered', async () => {
  const t = await november()
  const one = await family(t, { signedIn: false })
  await meals(t.town, one, ['2026-10-01'])
  await bill(t.town, '2026-10')
  const [invoice] = await invoicesOfHousehold(t.town, one.household)
  const objection = { lines: [0], reason: 'not-there', text: '' } as const
  const dispute = await disputeInvoice(t.town, one.actor, invoice!.id, objection)
  t.at('2026-12-01T09:30:00+01:00')
  await t.tick()
  assert.deepEqual(await about(t, 'invoice-first-reminder'), [])
  const { actor: clerk } = await clerkAccount(t, 'cash-office')
  await answerDispute(t.town, clerk, dispute, { text: 'Votre enfant a mangé ce jour-là.', amounts: [] })
  t.at('2026-12-02T09:30:00+01:00')
  await t.tick()
  assert.equal((await about(t, 'invoice-first-reminder')).length, 1)
})

async function pay(t: TestTown, householdId: Id<'household'>): Promise<void> {
  const [invoice] = await invoicesOfHousehold(t.town, householdId)
  await t.town.db.transaction(tx =>
    post(tx, t.town.clock.now(), {
      key: `payment:${invoice!.id}`,
      kind: 'payment',
      lines: [
        { account: 'cash', amount: invoice!.owed },
        { account: householdAccount(householdId), amount: cents(-invoice!.owed), invoiceId: invoice!.id },
      ],
    }),
  )
}
