import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { balanceOf } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import { cents } from '../../src/kernel/money.ts'
import { payInCash } from '../../src/payments/cash-deposits.ts'
import { closeCashDesk, takeAtCounter } from '../../src/payments/counter.ts'
import { cashDeposits } from '../../src/payments/schema.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'

const t = await payingTown()
const db = () => t.town.db.read
const office = await clerkAccount(t, 'cash-office')
const words = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ')

const takeCash = async (amount: number) => {
  const parent = await family(t, { signedIn: false })
  await takeAtCounter(t.town, office.actor, { invoiceIds: [await invoiceOf(t, parent, amount)], means: 'cash' })
}
const journal = async () => (await office.clerk.get('/guichet/paiements/journal').expect(200)).text
const payIn = (form: object) =>
  office.clerk
    .post('/guichet/paiements/journal/verser')
    .type('form')
    .send({ slip: 'B-774', 'depositedOn-day': 23, 'depositedOn-month': 11, 'depositedOn-year': 2026, ...form })

test('cash above the ceiling is warned of, until it is paid into the bank; the books follow', async () => {
  for (let i = 0; i < 4; i++) await takeCash(29_000)
  assert.match(words(await journal()), /La caisse contient 1 160,00 € en espèces\. Le plus permis est 1 220,00 €/)
  assert.doesNotMatch(await journal(), /trop d’espèces/)
  await takeCash(10_000)
  assert.match(words(await journal()), /trop d’espèces en caisse/)
  assert.match(words((await office.clerk.get('/guichet').expect(200)).text), /1 caisse au-dessus du plafond/)
  assert.match(words((await office.clerk.get('/guichet/paiements/encaisser').expect(200)).text), /trop d’espèces/)

  const done = await payIn({ deposit: '1200,50' }).expect(303)
  assert.equal(done.headers['location'], '/guichet/paiements/journal')
  assert.equal(await balanceOf(db(), 'cash'), 126_000 - 120_050)
  assert.equal(await balanceOf(db(), 'bank'), 120_050)
  const page = words(await journal())
  assert.match(page, /V2026-000001 .*B-774 .*1 200,50 €/)
  assert.match(page, /La caisse contient 59,50 €/)
  assert.doesNotMatch(page, /trop d’espèces/)
  assert.deepEqual(await t.faults(), [])
  const trail = await db().select().from(auditEntries).where(eq(auditEntries.action, 'cash-desk.paid-in'))
  assert.equal(trail.length, 1)
})

test('what cannot have been paid in is refused, and what was typed stays', async () => {
  const tooMuch = await payIn({ deposit: '59,51' }).expect(422)
  assert.match(tooMuch.text, /value="59,51"/)
  assert.match(words(tooMuch.text), /plus que les espèces en caisse/)
  const later = await payIn({ deposit: '10', 'depositedOn-day': 24 }).expect(422)
  assert.match(later.text, /value="B-774"/)
  for (const deposit of ['', 'dix', '0', '-5']) await payIn({ deposit }).expect(422)
  await payIn({ deposit: '10', slip: '' }).expect(422)
  assert.equal(await balanceOf(db(), 'cash'), 5_950)
  const canteen = await clerk(t, 'canteen')
  await canteen.post('/guichet/paiements/journal/verser').type('form').send({}).expect(404)
})

test('the same page sent twice notes one deposit; two clerks at once do not pay in the same cash', async () => {
  const idempotencyKey = '8c1d7c86-65e4-4d40-9f0f-2bb3dbb5cd03'
  for (let i = 0; i < 2; i++) await payIn({ deposit: '9,50', idempotencyKey }).expect(303)
  assert.equal(await balanceOf(db(), 'cash'), 5_000)
  const day = Temporal.PlainDate.from('2026-11-23')
  const both = await Promise.allSettled(
    ['C-1', 'C-2'].map(slip => payInCash(t.town, office.actor, { amount: cents(5_000), slip, day })),
  )
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal(await balanceOf(db(), 'cash'), 0)
  const numbers = (await db().select().from(cashDeposits)).map(({ number }) => number).sort()
  assert.deepEqual(numbers, ['V2026-000001', 'V2026-000002', 'V2026-000003'])
})

test('cash found missing when the desk is counted is in the books: no more can be paid in than there is', async () => {
  await takeCash(2_000)
  await closeCashDesk(t.town, office.actor, { cashCounted: cents(127_500), chequesCounted: 0, note: 'Manque 5 €.' })
  assert.equal(await balanceOf(db(), 'cash'), 1_500)
  assert.equal(await balanceOf(db(), 'cash:differences'), 500)
  assert.deepEqual(await t.faults(), [])
  await payIn({ deposit: '20' }).expect(422)
  await payIn({ deposit: '15', slip: 'D-1' }).expect(303)
  assert.equal(await balanceOf(db(), 'cash'), 0)
})
