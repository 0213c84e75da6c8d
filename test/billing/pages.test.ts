import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { householdAccount, post } from '../../src/billing/ledger.ts'
import { invoices } from '../../src/billing/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { clerk, family, school } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { invoicesOfHousehold, meals, quotient, tariff } from './month.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-02T09:00:00+01:00')
await school(t)
await tariff(town)
const parent = await family(t, { quotient: 50_000, children: ['Inès', 'Malo'], lastName: 'Diallo' })
const other = await family(t, { quotient: 50_000 })
await meals(town, parent, ['2026-10-01', '2026-10-02'])
await meals(town, parent, ['2026-10-01'], { child: 1 })
await meals(town, other, ['2026-10-01'])
const cashier = await clerk(t, 'cash-office')

test('before the first invoice, the page says that there is nothing to pay', async () => {
  const page = await parent.parent.get('/factures').expect(200)
  assert.match(page.text, /Rien à payer\. Tout est en ordre\./)
})

test('the clerk drafts the month, looks at what is odd, and issues it only after ticking « vérifié »', async () => {
  await cashier.post('/guichet/facturation').type('form').send({ month: '2026-10' }).expect(303)
  const waiting = await cashier.get('/guichet/facturation/2026-10').expect(200)
  assert.match(waiting.text, /data-refresh="3"/)
  await t.settle()
  const draft = await cashier.get('/guichet/facturation/2026-10').expect(200)
  assert.match(draft.text, /9,60\s€/)
  assert.match(draft.text, /Rien d’inhabituel/)
  const households = await cashier.get('/guichet/facturation/2026-10/foyers').expect(200)
  assert.match(households.text, /Awa Diallo/)
  const household = await cashier.get(`/guichet/facturation/2026-10/foyers/${parent.household}`).expect(200)
  assert.match(household.text, /Un repas coûte|un repas coûte/)
  const exported = await cashier.get('/guichet/facturation/2026-10/foyers.csv').expect(200)
  assert.match(exported.text, /;7,20;/)

  const issue = (sent: object) => cashier.post('/guichet/facturation/2026-10/emettre').type('form').send(sent)
  const unticked = await issue({ total: 960 }).expect(422)
  assert.match(unticked.text, /Cochez la case quand vous avez vérifié/)
  await issue({ total: 1, checked: 'yes' }).expect(409)
  await issue({ total: 960, checked: 'yes' }).expect(303)
  await t.settle()
  const issued = await cashier.get('/guichet/facturation/2026-10').expect(200)
  assert.match(issued.text, /2 sur 2/)
  assert.doesNotMatch(issued.text, /data-refresh/)
})

test('a parent finds the invoice, each line explained, the PDF, and a button to pay', async () => {
  const [invoice] = await invoicesOfHousehold(town, parent.household)
  const list = await parent.parent.get('/factures').expect(200)
  assert.match(list.text, new RegExp(`name="invoices" value="${invoice?.id}" checked`))
  assert.match(list.text, /action="\/paiement"/)
  const page = await parent.parent.get(`/factures/${invoice?.id}`).expect(200)
  assert.match(page.text, /Facture d’octobre 2026/)
  assert.match(page.text, /Pourquoi ce prix/)
  assert.match(page.text, /Entre 400,00\s€ et 640,00\s€, un repas coûte 2,40\s€/)
  assert.match(page.text, /jeu\. 1er oct\. et ven\. 2 oct\./)
  assert.match(page.text, /Payer 7,20\s€/)
  const pdf = await parent.parent.get(`/factures/${invoice?.id}/facture.pdf`).expect(200)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  assert.equal(pdf.headers['cache-control'], 'private, no-store')
})

test('nobody sees the invoice of another family, nor without signing in, nor a clerk of another service', async () => {
  const [invoice] = await invoicesOfHousehold(town, parent.household)
  for (const path of ['', '/facture.pdf', '/contester']) {
    await other.parent.get(`/factures/${invoice?.id}${path}`).expect(404)
    await t.visitor().get(`/factures/${invoice?.id}${path}`).expect(303)
  }
  await other.parent.get('/factures/nothing').expect(404)
  await other.parent.get(`/api/v1/invoices/${invoice?.id}`).expect(404)
  const canteen = await clerk(t, 'canteen')
  for (const path of ['', '/2026-10', '/factures', `/factures/${invoice?.id}`, '/contestations', '/2026-10/foyers.csv'])
    for (const stranger of [canteen, parent.parent]) await stranger.get(`/guichet/facturation${path}`).expect(404)
})

test('a parent does not agree with a line; the clerk gives 2.40 € back; the invoice itself stays', async () => {
  const [before] = await invoicesOfHousehold(town, parent.household)
  const url = `/factures/${before?.id}/contester`
  const form = await parent.parent.get(url).expect(200)
  assert.match(form.text, /Mon enfant était malade/)
  const empty = await parent.parent.post(url).type('form').send({ reason: 'was-ill' }).expect(422)
  assert.match(empty.text, /Cochez au moins une ligne/)
  const wrong = await parent.parent.post(url).type('form').send({ lines: '99', reason: 'other', text: '' }).expect(422)
  assert.match(wrong.text, /Il manque une réponse ici/)
  await parent.parent
    .post(url)
    .type('form')
    .send({ lines: ['0'], reason: 'was-ill', text: 'Le 2 <b>octobre</b>' })
    .expect(303)
  const told = await parent.parent.get(`/factures/${before?.id}`).expect(200)
  assert.match(told.text, /Contestée/)
  await parent.parent
    .post(url)
    .type('form')
    .send({ lines: ['0'], reason: 'was-ill' })
    .expect(409)

  const queue = await cashier.get('/guichet/facturation/contestations').expect(200)
  const dispute = /contestations\/([0-9a-f-]{36})/.exec(queue.text)?.[1]
  assert.match((await cashier.get('/guichet').expect(200)).text, /1 facture contestée/)
  const answerUrl = `/guichet/facturation/contestations/${dispute}`
  assert.match((await cashier.get(answerUrl).expect(200)).text, /Le 2 &lt;b&gt;octobre/)
  const answer = (sent: object) => cashier.post(answerUrl).type('form').send(sent)
  const tooMuch = await answer({ 'amounts.0': '48,00', text: 'Nous vous rendons le 2 octobre.' }).expect(422)
  assert.match(tooMuch.text, /C’est plus que ce qui peut être rendu/)
  assert.match(tooMuch.text, /value="48,00"/)
  await answer({ 'amounts.0': '2,40', text: 'Nous vous rendons le 2 octobre.' }).expect(303)
  await answer({ 'amounts.0': '2,40', text: 'Encore' }).expect(409)
  await t.settle()

  const [after] = await invoicesOfHousehold(town, parent.household)
  assert.equal(after?.owed, 480)
  assert.equal(after?.total, 720)
  const page = await parent.parent.get(`/factures/${before?.id}`).expect(200)
  assert.match(page.text, /La mairie est d’accord/)
  const pdf = /avoirs\/(A2026-000001)\.pdf/.exec(page.text)
  await parent.parent.get(`/factures/${before?.id}/${pdf?.[0]}`).expect(200)
  await other.parent.get(`/factures/${before?.id}/${pdf?.[0]}`).expect(404)
  const subjects = (await t.letters()).map(letter => letter.subject)
  for (const subject of [
    'Votre message sur la facture',
    'Notre réponse sur la facture',
    'Nous corrigeons votre facture',
  ])
    assert.ok(
      subjects.some(each => each.startsWith(subject)),
      subject,
    )
  assert.deepEqual(await checkLedger(town.db.read), [])
})

test('the cash office finds invoices by state, month, number and name, page by page, and exports what it sees', async () => {
  const found = async (query: string) => (await cashier.get(`/guichet/facturation/factures?${query}`).expect(200)).text
  assert.match(await found('q=DIALLO'), /F2026-00000[12]/)
  assert.match(await found('etat=overdue'), /Aucune facture ne correspond/)
  assert.match(await found('etat=to-pay&mois=2026-10'), /F2026-000001/)
  assert.match(await found('mois=2026-09'), /Aucune facture/)
  assert.match(await found(`q=${encodeURIComponent('%')}`), /F2026-000001/)
  await cashier.get('/guichet/facturation/factures?etat=nonsense').expect(422)
  const file = await cashier.get('/guichet/facturation/factures.csv?etat=to-pay').expect(200)
  assert.match(file.headers['content-disposition'] ?? '', /factures\.csv/)
  assert.ok(file.text.startsWith('\ufeffNuméro;Payeur;'))
})

test('no page shows the marks of HTML: links in tables are links', async () => {
  const [invoice] = await invoicesOfHousehold(town, parent.household)
  const own = ['/factures', `/factures/${invoice?.id}`, `/factures/${invoice?.id}/contester`]
  const desk = ['', '/2026-10', '/2026-10/foyers', '/factures', `/factures/${invoice?.id}`, '/contestations']
  for (const path of own) assert.doesNotMatch((await parent.parent.get(path)).text, /&lt;(a|bdi|strong)/, path)
  for (const path of desk)
    assert.doesNotMatch((await cashier.get(`/guichet/facturation${path}`)).text, /&lt;(a|bdi|strong)/, path)
})

test('a credit note by a clerk keeps what was typed when it is refused, and is made once when sent twice', async () => {
  const [invoice] = await invoicesOfHousehold(town, other.household)
  const url = `/guichet/facturation/factures/${invoice?.id}`
  assert.match((await cashier.get(url).expect(200)).text, /Faire un avoir/)
  const credit = (sent: object) =>
    cashier
      .post(`${url}/avoir`)
      .type('form')
      .send({ idempotencyKey: 'k1', ...sent })
  const refused = await credit({ 'amounts.0': 'beaucoup', reason: 'Erreur' }).expect(422)
  assert.match(refused.text, /value="beaucoup"/)
  assert.match((await credit({ 'amounts.0': '1,00' }).expect(422)).text, /Il manque une réponse ici/)
  await credit({ 'amounts.0': '1,00', reason: 'Erreur' }).expect(303)
  await credit({ 'amounts.0': '1,00', reason: 'Erreur' }).expect(303)
  assert.equal((await invoicesOfHousehold(town, other.household))[0]?.owed, 140)
})

test('money in the family’s favour is said on its page, and used on its next invoice', async () => {
  const [invoice] = await invoicesOfHousehold(town, other.household)
  await town.db.transaction(tx =>
    post(tx, town.clock.now(), {
      key: `payment:${newId()}`,
      kind: 'payment',
      lines: [
        { account: 'cash', amount: cents(240) },
        { account: householdAccount(other.household), amount: cents(-140), invoiceId: invoice!.id },
        { account: householdAccount(other.household), amount: cents(-100) },
      ],
    }),
  )
  const page = await other.parent.get('/factures').expect(200)
  assert.match(page.text, /Vous avez 1,00\s€ en votre faveur/)
  assert.match(page.text, /Payée/)
})

test('the page in English says the same in English, and the API gives the same with the reasons', async () => {
  const [invoice] = await invoicesOfHousehold(town, parent.household)
  const page = await parent.parent.get(`/factures/${invoice?.id}?lang=en`).expect(200)
  assert.match(page.text, /Why this price\?/)
  await parent.parent.get('/factures?lang=fr')
  const list = await parent.parent.get('/api/v1/invoices').expect(200)
  assert.equal(list.body.invoices[0].state, 'part-paid')
  const detail = await parent.parent.get(`/api/v1/invoices/${invoice?.id}?lang=en`).expect(200)
  assert.match(detail.body.lines[0].why.join(' '), /a meal costs €2\.40/)
  assert.equal(detail.body.creditNotes[0].number, 'A2026-000001')
  await t.visitor().get('/api/v1/invoices').expect(401)
})

test('the month is run through the API as on the page', async () => {
  await quotient(town, other.household, 50_000, '2026-09-02')
  await meals(town, other, ['2026-11-03'])
  t.at('2026-12-01T09:00:00+01:00')
  const cashier = await clerk(t, 'cash-office') // the session of last month has ended
  const bad = await cashier.post('/api/v1/billing-runs').send({ month: '2026-13' }).expect(422)
  assert.equal(bad.body.errors[0].field, 'month')
  const draft = await cashier.post('/api/v1/billing-runs').send({ month: '2026-11' }).expect(202)
  await t.settle()
  const made = await cashier.get(`/api/v1/billing-runs/${draft.body.id}`).expect(200)
  assert.deepEqual([made.body.state, made.body.total], ['draft', 240])
  const issue = (total: number) => cashier.post(`/api/v1/billing-runs/${draft.body.id}/issue`).send({ total })
  assert.equal((await issue(1).expect(409)).body.code, 'draft-changed')
  await issue(240).expect(202)
  await t.settle()
  assert.equal((await cashier.get('/api/v1/billing-runs').expect(200)).body.runs[0].state, 'issued')
  const [latest] = await invoicesOfHousehold(town, other.household)
  assert.deepEqual([latest?.total, latest?.frozen.creditUsed, latest?.owed], [240, 100, 140])
  const resident = await family(t)
  await resident.parent.get('/api/v1/billing-runs').expect(404)
  assert.equal((await town.db.read.select().from(invoices)).length, 3)
})
