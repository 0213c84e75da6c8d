// One box finds people, requests and invoices; each clerk only what their services see.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { forgetRequests } from '../../src/civil-records/following/retention.ts'
import { indexRequest } from '../../src/civil-records/request-words.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { inGroups } from '../../src/civil-records/words.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { createPerson } from '../../src/people/desk-persons.ts'
import { bill, invoicesOfHousehold, meals, tariff } from '../billing/month.ts'
import { answerAll, ownBirth, send } from '../civil-records/asking.ts'
import { submittedRequest } from '../civil-records/world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
await tariff(t.town)
const registrar = await clerkAccount(t, 'civil-registry')
const canteen = await clerkAccount(t, 'canteen')
const cashier = await clerkAccount(t, 'cash-office')
const administrator = await clerkAccount(t)
const leisure = await clerkAccount(t, 'leisure')

const GROUPS = { families: 'Familles', persons: 'Habitants', requests: 'Demandes d’actes', invoices: 'Factures' }
type Found = Partial<Record<keyof typeof GROUPS, string[]>>

/** What a search finds, by kind: the titles, as they are read. */
async function find(visitor: Visitor, q: string, more = ''): Promise<Found> {
  const { status, text } = await visitor.get(`/guichet/recherche?q=${encodeURIComponent(q)}${more}`)
  assert.equal(status, 200, q)
  const sections = [...text.matchAll(/<section>\s*<h2[^>]* id="group-(\w+)"([\s\S]*?)<\/section>/g)]
  return Object.fromEntries(
    sections.map(([, key, inside = '']) => [
      key,
      [...inside.matchAll(/<a class="govuk-link" href="[^"]+" data-row>([^<]*)<\/a>/g)].map(([, title]) => title),
    ]),
  )
}
const kinds = async (visitor: Visitor, q: string) => Object.keys(await find(visitor, q))

const loeuvre = await family(t, {
  firstName: 'Chloé',
  lastName: "L'Œuvré-N’Guyễn",
  phone: '+33612345678',
  email: 'Chloe.Loeuvre@exemple.fr',
  children: [{ firstName: 'Ÿsé', birthDate: '2019-03-12' }],
  signedIn: false,
})
const birthDate = Temporal.PlainDate.from('1938-02-07')
const alone = await createPerson(
  t.town,
  registrar.actor,
  {
    firstName: 'Françoise',
    lastName: 'Œuvrard',
    birthDate,
    phone: '+33320112233',
    email: null,
    address: { lines: ['4 place Haute'], postcode: '59100', city: 'Valmont' },
  },
  { nobodyOf: [] },
)
await meals(t.town, loeuvre, ['2026-11-16', '2026-11-17'])
t.at('2026-12-01T09:00:00+01:00')
await bill(t.town, '2026-11')
const [invoice] = await invoicesOfHousehold(t.town, loeuvre.household)
assert.ok(invoice)

test('people are found by the beginning of their names, whatever the order, capitals, accents, hyphens and apostrophes', async () => {
  const ways = [
    "l'œuvré",
    'LOEUVRE',
    'loeuv nguy',
    'chloe l’oeuvre',
    'Nguyen-Loeuvre',
    'yse loeuvre',
    '  LOEUVRÉ,  chloé ',
  ]
  for (const q of ways) assert.deepEqual((await find(canteen.clerk, q)).families, ['Chloé L&#39;Œuvré-N’Guyễn'], q)
  for (const q of ['francoise', 'OEUVRARD Françoise', 'œuvr fra', '07/02/1938', '03 20 11 22 33'])
    assert.deepEqual((await find(canteen.clerk, q)).persons, ['Françoise Œuvrard'], q)
  for (const q of ['06 12 34 56 78', 'chloe.loeuvre@', '12/03/2019', 'loeuvre 12/03/2019'])
    assert.deepEqual(await find(canteen.clerk, q), { families: ['Chloé L&#39;Œuvré-N’Guyễn'] }, q)
  for (const q of ['uvrard', 'loeuvre 13/03/2019', 'chloe francoise', '%', '_', "' or 1=1 --"])
    assert.deepEqual(await find(canteen.clerk, q), {}, q)
})

test('a request is found by its number however it is typed, its names, its dates, its e-mail and telephone', async () => {
  const request = await submittedRequest(t, {
    answers: {
      subject: { firstNames: 'Éléonore, Ines', lastName: 'd’Haussÿ' },
      applicant: { firstName: 'Garance', lastName: 'Petitjean', birthDate: '1971-08-30' },
      date: '1944-06',
      contact: { email: 'Garance@exemple.fr', phone: '06 98 76 54 32' },
    },
  })
  const number = request.number ?? ''
  const ways = [
    number,
    number.toLowerCase(),
    inGroups(number),
    number.replace(/(.{4})(?=.)/g, '$1-'),
    'eleonore',
    'DHAUSSY petitj',
    'garance inès',
    '30/08/1971',
    'petitjean 30/08/1971',
    'garance@exemple.fr',
    '06 98 76 54 32',
  ]
  for (const q of ways) assert.equal((await find(registrar.clerk, q)).requests?.length, 1, q)
  for (const q of ['leonore', 'petitjean 31/08/1971', 'petitjean durand', 'p'])
    assert.equal((await find(registrar.clerk, q)).requests, undefined, q)
})

test('a request is found from the moment it is sent, not as a draft, and not once it is forgotten', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, ownBirth)
  assert.equal((await find(registrar.clerk, 'ndiaye marie')).requests, undefined)
  await send(visitor)
  assert.equal((await find(registrar.clerk, 'ndiaye marie')).requests?.length, 1)
  const [row] = await t.town.db.read.select().from(civilRequests).orderBy(desc(civilRequests.id)).limit(1)
  await t.town.db.transaction(async tx => {
    const closedAt = t.town.clock.now().subtract({ hours: 24 * 367 })
    await tx.update(civilRequests).set({ state: 'withdrawn', closedAt }).where(eq(civilRequests.id, row!.id))
    await indexRequest(tx, row!) // twice is as once
  })
  await forgetRequests(t.town)
  assert.equal((await find(registrar.clerk, 'ndiaye marie')).requests, undefined)
})

test('an invoice is found by its number, the last figures of it, or its family', async () => {
  const ways = [invoice.number, invoice.number.toLowerCase(), invoice.number.slice(1), invoice.number.replace('-', ' ')]
  for (const q of [...ways, invoice.number.slice(-6), invoice.number.slice(-3), 'loeuvre', 'yse', '06 12 34 56 78'])
    assert.deepEqual((await find(cashier.clerk, q)).invoices, [invoice.number], q)
  assert.equal((await find(cashier.clerk, 'F1999-000001')).invoices, undefined)
})

test('each clerk finds what their services see, and nothing else', async () => {
  await submittedRequest(t, {
    answers: { applicant: { firstName: 'Chloé', lastName: 'Loeuvre', birthDate: '1990-01-01' } },
  })
  assert.deepEqual(await kinds(canteen.clerk, 'loeuvre'), ['families'])
  assert.deepEqual(await kinds(cashier.clerk, 'loeuvre'), ['families', 'invoices'])
  assert.deepEqual(await kinds(administrator.clerk, 'loeuvre'), ['families', 'requests', 'invoices'])
  assert.deepEqual(await kinds(leisure.clerk, 'loeuvre'), ['families'])
  // To the civil registry a parent is a resident, and neither the children nor the family are its business.
  const seen = await find(registrar.clerk, 'loeuvre')
  assert.deepEqual(Object.keys(seen), ['persons', 'requests'])
  assert.deepEqual(seen.persons, ['Chloé L&#39;Œuvré-N’Guyễn'])
  assert.deepEqual(await find(registrar.clerk, '12/03/2019'), {})
  for (const [clerk, group] of [
    [canteen, 'requests'],
    [canteen, 'invoices'],
    [registrar, 'families'],
  ] as const)
    assert.deepEqual(await find(clerk.clerk, 'loeuvre', `&groupe=${group}`), {}, group)
  assert.deepEqual(await find(administrator.clerk, canteen.email), {}, 'colleagues are no residents')
})

test('ten of a kind at a glance, all of them a link away', async () => {
  for (let n = 0; n < 13; n++) {
    const form = {
      firstName: `Prénom${'abcdefghijklm'[n]}`,
      lastName: 'Tresnombreux',
      phone: null,
      email: null,
      address: undefined,
    }
    await createPerson(
      t.town,
      registrar.actor,
      { ...form, birthDate: birthDate.add({ days: n + 1 }) },
      { nobodyOf: [] },
    )
  }
  assert.equal((await find(registrar.clerk, 'tresnombreux')).persons?.length, 10)
  const { text } = await registrar.clerk.get('/guichet/recherche?q=tresnombreux')
  const all = /href="([^"]+groupe=persons[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  assert.match((await registrar.clerk.get(all)).text, /Prénomm Tresnombreux/)
  assert.equal((await find(registrar.clerk, 'tresnombreux', '&groupe=persons')).persons?.length, 13)
})

test('each look-up is kept: by what kind of thing and how many, not what was typed', async () => {
  await find(cashier.clerk, 'loeuvre 06 12 34 56 78')
  const [last] = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.action, 'search.made'))
    .orderBy(desc(auditEntries.id))
    .limit(1)
  assert.equal(last?.actorAccountId, cashier.actor.accountId)
  assert.deepEqual(last?.details, { by: ['names', 'phone'], found: { families: 1, persons: 0, invoices: 1 } })
  const count = async () =>
    (await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'search.made'))).length
  const before = await count()
  await cashier.clerk.get('/guichet/recherche')
  await cashier.clerk.get('/guichet/recherche?q=%20%20')
  assert.equal(await count(), before, 'the empty page looks nobody up')
})

test('nobody found: the page says what to try, and how to write the person down with what was typed', async () => {
  const { text } = await registrar.clerk.get('/guichet/recherche?q=vanderstraeten%20odile')
  assert.match(text, /Aucun résultat/)
  assert.match(text, /date de naissance/)
  const create = /href="(\/guichet\/personnes\/nouvelle[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  assert.match((await registrar.clerk.get(create)).text, /value="odile"[\s\S]*value="vanderstraeten"/)
})

test('the box is on every page of the desk, and odd addresses search nothing', async () => {
  for (const path of ['/guichet', '/guichet/etat-civil', `/guichet/personnes/${alone.personId}`, '/guichet/raccourcis'])
    assert.match((await registrar.clerk.get(path)).text, /action="\/guichet\/recherche"[\s\S]*data-key="\/"/, path)
  for (const odd of [
    'q=a&q=b',
    `q=${'x'.repeat(3000)}`,
    'q=oeuvrard&groupe=..%2F',
    'q=oeuvrard&page=-1',
    'q=oeuvrard&page=1e9',
  ])
    assert.equal((await registrar.clerk.get(`/guichet/recherche?${odd}`)).status, 200, odd)
})
