import assert from 'node:assert/strict'
import { test } from 'node:test'
import { balanceOf, owedOn } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import { mails } from '../../src/mail/schema.ts'
import { takeAtCounter } from '../../src/payments/counter.ts'
import { cashClosings, payments } from '../../src/payments/schema.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { invoiceNumber, invoiceOf, payingTown } from './support.ts'

const t = await payingTown()
const db = () => t.town.db.read
const office = await clerkAccount(t, 'cash-office')

const take = (form: Record<string, unknown>) =>
  office.clerk
    .post('/guichet/paiements/encaisser')
    .type('form')
    .send({ means: 'cash', ...form })

test('a clerk finds the invoice by its number, takes cash, and has the receipt at once', async () => {
  const parent = await family(t, { lastName: 'N’Diaye' })
  const id = await invoiceOf(t, parent, 2940)
  const number = await invoiceNumber(t, id)
  const found = await office.clerk.get(`/guichet/paiements/encaisser?facture=${number.toLowerCase()}`)
  assert.match(found.text, /N’Diaye/)
  assert.ok(found.text.includes(number))

  const answer = await take({ householdId: parent.household, invoiceIds: id })
  assert.equal(answer.status, 303)
  const paymentId = String(answer.headers['location']).split('/').at(-1) ?? ''
  const [payment] = await t.paymentsOf(parent)
  assert.deepEqual([payment?.id, payment?.state, payment?.means], [paymentId, 'succeeded', 'cash'])
  assert.match(payment?.receiptNumber ?? '', /^R2026-/)
  assert.equal((await owedOn(db(), [id])).get(id), 0)
  const page = await office.clerk.get(`/guichet/paiements/${paymentId}`)
  assert.match(page.text, /Encaissé\s: 29,40/)
  const pdf = await office.clerk.get(`/recus/${paymentId}`).buffer(true)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  await t.settle()
  const letters = await db()
    .select()
    .from(mails)
    .where(eq(mails.key, `receipt:${paymentId}`))
  assert.equal(letters.length, 1)
  assert.deepEqual(await t.faults(), [])
})

test('a family without e-mail gets the receipt on paper, and no letter waits to be printed', async () => {
  const parent = await family(t)
  const { persons } = await import('../../src/people/schema.ts')
  await t.town.db.transaction(async tx => {
    await tx.update(persons).set({ email: null }).where(eq(persons.id, parent.personId))
  })
  const id = await invoiceOf(t, parent, 1000)
  const paymentId = await takeAtCounter(t.town, office.actor, {
    invoiceIds: [id],
    means: 'cheque',
    reference: '0012345',
  })
  await t.settle()
  assert.deepEqual(
    await db()
      .select()
      .from(mails)
      .where(eq(mails.key, `receipt:${paymentId}`)),
    [],
  )
  const page = await office.clerk.get(`/guichet/paiements/${paymentId}`)
  assert.match(page.text, /0012345/)
})

test('cash is taken up to 300 €, cheques above; a part of one invoice, never more than is owed', async () => {
  const parent = await family(t)
  const big = await invoiceOf(t, parent, 30_001)
  const other = await invoiceOf(t, parent, 500)
  const of = { householdId: parent.household }
  for (const [form, words] of [
    [{ invoiceIds: big }, 'la régie prend 300'],
    [{ invoiceIds: big, amount: '300,02' }, 'plus que ce qui reste à payer'],
    [{ invoiceIds: big, amount: '0' }, 'trop petit'],
    [{ invoiceIds: big, amount: 'x' }, 'Exemple'],
    [{ invoiceIds: [big, other], amount: '10' }, 'une seule facture'],
    [{}, 'Choisissez au moins une facture'],
    [{ invoiceIds: big, means: '' }, 'Il manque une réponse'],
  ] as const) {
    const page = await take({ ...of, ...form })
    assert.equal(page.status, 422, words)
    assert.ok(page.text.includes(words), words)
  }
  assert.deepEqual(await t.paymentsOf(parent), [])
  assert.equal((await take({ ...of, invoiceIds: big, amount: '300' })).status, 303)
  assert.equal((await take({ ...of, invoiceIds: [big, other], means: 'cheque' })).status, 303)
  const owed = await owedOn(db(), [big, other])
  assert.deepEqual([owed.get(big), owed.get(other)], [0, 0])
})

test('the page sent twice takes the money once; a paid invoice is not taken again', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const form = { householdId: parent.household, invoiceIds: id, idempotencyKey: crypto.randomUUID() }
  const answers = await Promise.all([take(form), take(form)])
  assert.deepEqual(
    answers.map(answer => answer.status),
    [303, 303],
  )
  assert.equal((await t.paymentsOf(parent)).length, 1)
  const again = await take({ householdId: parent.household, invoiceIds: id })
  assert.equal(again.status, 409)
})

test('two clerks who take the same invoice at once take it once', async () => {
  const parent = await family(t, { signedIn: false })
  const id = await invoiceOf(t, parent, 2940)
  const wish = { invoiceIds: [id], means: 'cash' } as const
  const outcomes = await Promise.allSettled([
    takeAtCounter(t.town, office.actor, wish),
    takeAtCounter(t.town, office.actor, wish),
  ])
  const refused = outcomes.filter(one => one.status === 'rejected')
  assert.deepEqual(
    refused.map(one => one.reason.code),
    ['already-paid'],
  )
  assert.equal((await t.paymentsOf(parent)).length, 1)
})

test('invoices of two families are not taken together, nor by who is not of the cash office', async () => {
  const [one, two] = [await family(t), await family(t)]
  const ids = [await invoiceOf(t, one, 1000), await invoiceOf(t, two, 1000)]
  assert.equal((await take({ householdId: one.household, invoiceIds: ids })).status, 404)
  const canteen = await clerk(t, 'canteen')
  for (const visitor of [one.parent, canteen]) {
    assert.equal((await visitor.get('/guichet/paiements/encaisser')).status, 404)
    const form = { householdId: one.household, invoiceIds: ids[0], means: 'cash' }
    assert.equal((await visitor.post('/guichet/paiements/encaisser').type('form').send(form)).status, 404)
    for (const path of ['journal', 'journal.csv', 'virements', 'alertes'])
      assert.equal((await visitor.get(`/guichet/paiements/${path}`)).status, 404, path)
  }
})

test('money taken at the counter closes the payment page that is open at home', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const online = await t.begin(parent, [id])
  await take({ householdId: parent.household, invoiceIds: id })
  await t.settle()
  assert.equal((await t.payment(online.id)).state, 'cancelled')
  assert.equal((await t.control.pay({ session: online.session, card: 'success' })).state, 'closed')
})

test('paid online at the very moment it is paid at the counter, the rest is in the family’s favour', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const online = await t.begin(parent, [id])
  await take({ householdId: parent.household, invoiceIds: id })
  await t.control.pay({ session: online.session, card: 'success' })
  await t.settle()
  assert.equal((await t.payment(online.id)).state, 'succeeded')
  assert.equal((await owedOn(db(), [id])).get(id), 0)
  const page = await office.clerk.get(`/guichet/paiements/${online.id}`)
  assert.match(page.text, /La famille a 29,40\s€ en sa faveur/)
  assert.deepEqual(await t.faults(), [])
})

test('a payment on its way from the bank is not taken again at the counter', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const { session } = await t.begin(parent, [id])
  await t.control.pay({ session, card: 'late-success' })
  await t.settle()
  const answer = await take({ householdId: parent.household, invoiceIds: id })
  assert.equal(answer.status, 409)
  assert.match(answer.text, /Un paiement est déjà en cours/)
  await t.control.settleAll()
  await t.settle()
})

test('what was taken at the counter is refunded by the accountant', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const paymentId = await takeAtCounter(t.town, office.actor, { invoiceIds: [id], means: 'cash' })
  const form = { amount: '10', reason: 'Départ' }
  const answer = await office.clerk.post(`/guichet/paiements/${paymentId}/rembourser`).type('form').send(form)
  assert.equal(answer.status, 409)
  assert.match(answer.text, /se rembourse par le comptable/)
})

test('the journal of a day has every payment, its totals by means, and is closed by counting the drawer', async () => {
  t.at('2026-12-07T08:30:00+01:00')
  const close = (form: object) => office.clerk.post('/guichet/paiements/journal/arreter').type('form').send(form)
  const counted = await balanceOf(db(), 'cash')
  const before = await db().select().from(payments).where(eq(payments.means, 'cheque'))
  await close({ cash: String(counted / 100), cheques: String(before.length) })

  t.at('2026-12-08T08:30:00+01:00')
  const parent = await family(t, { lastName: 'Zoé, =1+1' })
  await takeAtCounter(t.town, office.actor, { invoiceIds: [await invoiceOf(t, parent, 1250)], means: 'cash' })
  await takeAtCounter(t.town, office.actor, { invoiceIds: [await invoiceOf(t, parent, 750)], means: 'cash' })
  await takeAtCounter(t.town, office.actor, { invoiceIds: [await invoiceOf(t, parent, 9900)], means: 'cheque' })
  await t.pay(parent, [await invoiceOf(t, parent, 4000)])
  const page = await office.clerk.get('/guichet/paiements/journal')
  for (const words of ['mardi 8 décembre 2026', '20,00', '99,00', '40,00', '159,00', 'en chèques'])
    assert.ok(page.text.replace(/[\u00a0\u202f]/g, ' ').includes(words), words)

  const wrong = await close({ cash: '19,50', cheques: '1' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /écrivez pourquoi/)
  assert.match(wrong.text, /value="19,50"/)
  assert.equal((await close({ cash: 'x', cheques: '1' })).status, 422)
  assert.equal((await close({ cash: '20', cheques: 'deux' })).status, 422)
  const right = await close({ cash: '19,50', cheques: '1', note: 'Erreur de rendu' })
  assert.equal(right.status, 303)
  const [closing] = await db().select().from(cashClosings).where(eq(cashClosings.note, 'Erreur de rendu'))
  assert.deepEqual(
    [closing?.cashExpected, closing?.cashCounted, closing?.chequesExpected, closing?.chequesAmount],
    [2000, 1950, 1, 9900],
  )
  const closed = await office.clerk.get('/guichet/paiements/journal?jour=2026-12-08')
  assert.match(closed.text, /Rien à compter/)
  assert.match(closed.text, /Erreur de rendu/)
  assert.equal((await close({ cash: '0', cheques: '0' })).status, 409)

  const csv = await office.clerk.get('/guichet/paiements/journal.csv?jour=2026-12-08')
  assert.equal(csv.text.split('\r\n').filter(Boolean).length, 5)
  assert.ok(csv.text.includes('12,50'))
  assert.equal((await office.clerk.get('/guichet/paiements/journal?jour=2026-02-30')).status, 404)
  assert.deepEqual(await t.faults(), [])
})

test('receipts are numbered without gap, and begin again at 1 with the year', async () => {
  t.at('2027-01-01T00:00:01+01:00')
  const parent = await family(t)
  const numbers = []
  for (let i = 0; i < 3; i++) {
    const id = await takeAtCounter(t.town, office.actor, {
      invoiceIds: [await invoiceOf(t, parent, 100 + i)],
      means: 'cash',
    })
    numbers.push((await t.payment(id)).receiptNumber)
  }
  assert.deepEqual(numbers, ['R2027-000001', 'R2027-000002', 'R2027-000003'])
  assert.deepEqual(await t.faults(), [])
})

test('the list of payments is found by name, number, state, means and day, page after page', async () => {
  t.at('2027-02-01T09:00:00+01:00')
  const office = await clerkAccount(t, 'cash-office')
  const parent = await family(t, { lastName: 'Œuvré' })
  const ids = []
  for (let i = 0; i < 27; i++)
    ids.push(
      await takeAtCounter(t.town, office.actor, {
        invoiceIds: [await invoiceOf(t, parent, 1000 + i)],
        means: 'cash',
      }),
    )
  const list = (query: string) => office.clerk.get(`/guichet/paiements?${query}`)
  const shown = (text: string) => [...text.matchAll(/\/guichet\/paiements\/([0-9a-f-]{36})"/g)].map(match => match[1])
  const first = await list('texte=oeuvre&moyen=cash')
  assert.equal(shown(first.text).length, 25)
  const next = /href="\/guichet\/paiements\?([^"]*avant=[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&')
  const second = await list(next ?? '')
  assert.deepEqual(new Set([...shown(first.text), ...shown(second.text)]), new Set(ids))
  assert.equal(shown(second.text).length, 2)

  const { receiptNumber } = await t.payment(ids[3]!)
  assert.deepEqual(shown((await list(`texte=${receiptNumber}`)).text), [ids[3]])
  assert.deepEqual(shown((await list('texte=oeuvre&moyen=cheque')).text), [])
  assert.deepEqual(shown((await list('texte=oeuvre&du=2027-02-02')).text), [])
  assert.equal(shown((await list('texte=oeuvre&du=2027-02-01&au=2027-02-01')).text).length, 25)
  assert.deepEqual(shown((await list('texte=oeuvre&etat=not-paid')).text), [])
  assert.equal((await list('etat=nonsense&du=2027-02-30&avant=x')).status, 200)
  const csv = await office.clerk.get('/guichet/paiements.csv?texte=oeuvre')
  assert.equal(csv.text.split('\r\n').filter(Boolean).length, 28)
})

test('an alert is dealt with once, with words of what was done', async () => {
  const office = await clerkAccount(t, 'cash-office')
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2940)
  const online = await t.begin(parent, [id])
  await takeAtCounter(t.town, office.actor, { invoiceIds: [id], means: 'cash' })
  await t.control.pay({ session: online.session, card: 'success' })
  await t.settle()
  const page = await office.clerk.get('/guichet/paiements/alertes')
  assert.match(page.text, /Une famille a payé plus que dû/)
  const home = await office.clerk.get('/guichet')
  assert.match(home.text, /paiements? à regarder/)
  const alert = /alertes\/([0-9a-f-]{36})\/traiter/.exec(page.text)?.[1]
  const resolve = (resolution: string) =>
    office.clerk.post(`/guichet/paiements/alertes/${alert}/traiter`).type('form').send({ resolution })
  assert.equal((await resolve(' ')).status, 422)
  assert.equal((await resolve('Famille appelée')).status, 303)
  assert.equal((await resolve('Encore')).status, 303)
  const all = await office.clerk.get('/guichet/paiements/alertes?tout=1')
  assert.match(all.text, /Famille appelée/)
  assert.doesNotMatch(all.text, /Encore/)
})
