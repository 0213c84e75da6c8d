import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { childDocuments } from '../../src/people/schema.ts'
import { clerk, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { pdf } from '../uploads/files.ts'
import { fileOf, fillFile, storedFiles } from './child-file-filling.ts'

const t = await testTown()
const looks = async (childId: string) =>
  (
    await t.town.db.read
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.action, 'health.viewed'), eq(auditEntries.subjectId, childId)))
  ).length
const statuses = (page: string) => [...page.matchAll(/task-list__status[^>]*>\s*<strong[^>]*>([^<]*)/g)].map(m => m[1])

test('a parent fills the file part by part, and sees what is done, what is missing and what that blocks', async () => {
  const one = await family(t)
  const file = fileOf(one)
  const empty = await file.page()
  assert.match(empty, /Dossier d’Inès, 2026-2027/)
  assert.match(empty, /0 parties faites sur 6/)
  assert.match(empty, /Il manque l’attestation d’assurance\. Sans cela, Inès ne peut pas aller au centre de loisirs/)
  assert.match(empty, /la cantine ne peut appeler que les parents/)
  await fillFile(one)
  const whole = await file.page()
  assert.match(whole, /6 parties faites sur 6/)
  assert.match(whole, /Le dossier d’Inès est complet/)
  assert.equal(statuses(whole).filter(status => status === 'La mairie vérifie').length, 2)
  assert.match(
    (await one.parent.get(`/famille/enfants/${one.children[0]!.id}`)).text,
    /Dossier de l’année[\s\S]*Complet/,
  )
  const print = await one.parent.get(`${file.at}/imprimer`)
  assert.equal(print.status, 200)
  for (const words of [/Fatou Ba/, /Arachide/, /Dr Petit/, /Mutuelle du Nord/, /06.12.34.56.78/])
    assert.match(print.text, words)
})

test('the first page says what the file lacks: the canteen’s part alone, all of it once it is begun', async () => {
  const one = await family(t, { quotient: 64000 })
  const home = async () => (await one.parent.get('/accueil')).text
  assert.match(await home(), /Le dossier d’Inès pour 2026-2027 n’est pas commencé/)
  const file = fileOf(one)
  await file.contacts()
  assert.match(await home(), /Rien à faire\. Tout est en ordre\./)
  await file.pickups()
  assert.match(await home(), /Il manque la fiche sanitaire[^<]*Il manque encore 3 autres pièces/)
  await file.sheet()
  await file.consents()
  await file.vaccination()
  assert.match(await home(), /Il manque l’attestation d’assurance\. Sans cela, Inès ne peut pas aller/)
  await file.insurance('2027-08-31')
  assert.match(await home(), /Rien à faire\. Tout est en ordre\./)
})

test('nothing typed is lost when something is wrong', async () => {
  const one = await family(t)
  const file = fileOf(one)
  const contacts = await file.post('urgence', {
    name1: 'Fatou Ba',
    phone1: '06 12 34 56 78',
    relationship1: 'tante',
    name3: 'Jean Roi',
    phone3: 'abc',
    relationship3: 'voisin',
  })
  assert.equal(contacts.status, 422)
  assert.match(contacts.text, /value="Fatou Ba"/)
  assert.match(contacts.text, /href="#phone3"/)
  const sheet = await file.sheet({ swimming: '', allergies: 'Pollen de <b>bouleau</b>' })
  assert.equal(sheet.status, 422)
  assert.match(sheet.text, /Pollen de &lt;b&gt;bouleau&lt;\/b&gt;/)
  const consents = await file.consents({ leaveAlone: 'yes', fromAge: '5' })
  assert.equal(consents.status, 422)
  assert.match(consents.text, /href="#fromAge"/)
  assert.equal((await file.consents({ leaveAlone: 'yes', fromAge: '' })).status, 422)
  const past = await file.insurance('2026-11-01')
  assert.equal(past.status, 422)
  assert.match(past.text, /value="AB-1234"/)
  assert.match(past.text, /value="11"/)
  assert.equal((await file.insurance('2030-11-01')).status, 422, 'no insurance is for four years')
  assert.equal((await file.vaccination(undefined, 'contra-indication')).status, 422, 'a certificate has an end')
  const program = await file.vaccination(undefined, 'vaccination', Buffer.from('MZ not a paper'))
  assert.equal(program.status, 422)
  assert.match(await file.page(), /0 parties faites sur 6/)
})

test('what is written is shown as text on every page, never run', async () => {
  const one = await family(t)
  const file = fileOf(one)
  const evil = '<script>alert(1)</script>'
  await file.post('urgence', { name1: 'Fatou Ba', phone1: '0612345678', relationship1: evil })
  await file.sheet({ allergies: evil, doctorName: evil })
  await one.parent
    .post(`${file.at}/assurance`)
    .field('insurer', evil)
    .field('policyNumber', evil)
    .field('validUntil-day', '31')
    .field('validUntil-month', '8')
    .field('validUntil-year', '2027')
    .attach('paper', pdf(), `${evil}.pdf`)
    .expect(303)
  const canteen = await clerk(t, 'canteen')
  const desk = `/guichet/dossiers/${one.household}/${one.children[0]!.id}`
  const pages = [
    await one.parent.get(`${file.at}/urgence`),
    await one.parent.get(`${file.at}/sante`),
    await one.parent.get(`${file.at}/assurance`),
    await one.parent.get(`${file.at}/imprimer`),
    await canteen.get(desk),
    await canteen.get(`${desk}/sante`),
  ]
  for (const { status, text } of pages) {
    assert.equal(status, 200)
    assert.doesNotMatch(text, /<script>alert/)
  }
  assert.match(pages[5]!.text, /&lt;script&gt;alert/)
})

test('separated parents share what is about the child; contacts, papers and addresses stay with each', async () => {
  const first = await family(t, { children: ['Léa'] })
  const second = await secondHousehold(t, first)
  const mine = fileOf(first)
  const theirs = fileOf(second)
  await fillFile(first)
  await mine.post('urgence', { name1: 'Oncle Secret', phone1: '06 99 88 77 66', relationship1: 'oncle' })
  const page = await theirs.page()
  assert.deepEqual(statuses(page), [
    'À\u00a0faire',
    'À\u00a0faire',
    'Fait',
    'La mairie vérifie',
    'La mairie vérifie',
    'À\u00a0faire',
  ])
  await theirs.contacts()
  assert.equal(statuses(await theirs.page())[0], 'Fait')
  const own = (await second.parent.get(`${theirs.at}/urgence`)).text
  assert.match(own, /Fatou Ba/)
  const [paper] = await t.town.db.read
    .select()
    .from(childDocuments)
    .where(eq(childDocuments.householdId, first.household))
  assert.equal((await first.parent.get(`${mine.at}/papiers/${paper!.id}`)).status, 200)
  assert.equal((await second.parent.get(`${theirs.at}/papiers/${paper!.id}`)).status, 404)
  assert.match((await second.parent.get(`${theirs.at}/sante`)).text, /Arachide/, 'either parent knows the allergies')
  const api = (await second.parent.get(`/api/v1/children/${first.children[0]!.id}/file`)).text
  const pages = await Promise.all(
    ['', '/urgence', '/personnes', '/vaccins', '/assurance', '/autorisations', '/imprimer'].map(
      async path => (await second.parent.get(theirs.at + path)).text,
    ),
  )
  assert.match(pages[4]!, /Envoyé par l’autre parent/)
  for (const text of [api, ...pages])
    assert.doesNotMatch(text, /Oncle Secret|06.?99|33699|Mutuelle du Nord|AB-1234|parent\d+@exemple/)
  await second.parent.put(`/api/v1/children/${first.children[0]!.id}/file/consents`).send({
    photo: false,
    outings: true,
    swimming: true,
    leaveAlone: false,
  })
  assert.match(
    (await first.parent.get(`${mine.at}/autorisations`)).text,
    /L’autre parent a dit non pour\s*: les photos/,
  )
  const serves = await clerk(t, 'leisure')
  const desk = (await serves.get(`/guichet/dossiers/${first.household}/${first.children[0]!.id}`)).text
  assert.match(desk, /les photos<\/dt><dd[^>]*>Non/)
  assert.match(desk, /les sorties<\/dt><dd[^>]*>Oui/)
})

test('another family’s file does not exist, page by page and for programs', async () => {
  const one = await family(t, { children: ['Ana'] })
  await fillFile(one)
  const { at } = fileOf(one)
  const stranger = await family(t)
  for (const path of [
    '',
    '/urgence',
    '/personnes',
    '/sante',
    '/vaccins',
    '/assurance',
    '/autorisations',
    '/imprimer',
  ]) {
    const answer = await stranger.parent.get(at + path)
    assert.equal(answer.status, 404, path)
    assert.doesNotMatch(answer.text, /Ana|Arachide/)
    if (path !== '/imprimer' && path !== '')
      assert.equal(
        (
          await stranger.parent
            .post(at + path)
            .type('form')
            .send({})
        ).status,
        404,
        path,
      )
  }
  const id = one.children[0]!.id
  for (const path of ['file', 'file/health'])
    assert.equal((await stranger.parent.get(`/api/v1/children/${id}/${path}`)).status, 404)
  assert.equal((await one.parent.get(`${at}?annee=2025-2026`)).status, 404, 'years that cannot be filled')
  assert.equal((await one.parent.get(`${at}?annee=2027-2028`)).status, 404)
})

test('each look at the health sheet is kept; the list of parts is no look', async () => {
  const one = await family(t)
  const id = one.children[0]!.id
  const file = fileOf(one)
  await file.sheet()
  const before = await looks(id)
  await file.page()
  await one.parent.get(`/api/v1/children/${id}/file`)
  await one.parent.get('/accueil')
  assert.equal(await looks(id), before)
  assert.doesNotMatch(await file.page(), /Arachide/)
  await one.parent.get(`${file.at}/sante`)
  const { body } = await one.parent.get(`/api/v1/children/${id}/file/health`)
  assert.deepEqual([body.sheet.allergies, body.sheet.doctorPhone], ['Arachide', '+33320112233'])
  assert.equal(await looks(id), before + 2)
})

test('programs read and fill the simple parts', async () => {
  const one = await family(t)
  const at = `/api/v1/children/${one.children[0]!.id}/file`
  const empty = (await one.parent.get(at)).body
  assert.equal(empty.year, '2026-2027')
  assert.deepEqual(empty.missing[0], { service: 'canteen', part: 'contacts', why: 'to-do' })
  const contacts = [{ name: 'Fatou Ba', phone: '0612345678', relationship: 'tante' }]
  assert.equal((await one.parent.put(`${at}/contacts`).send({ contacts })).status, 204)
  assert.equal((await one.parent.put(`${at}/contacts`).send({ contacts: [] })).status, 422)
  const five = Array.from({ length: 5 }, () => contacts[0])
  assert.equal((await one.parent.put(`${at}/contacts`).send({ contacts: five })).status, 422)
  const consents = { photo: true, outings: true, swimming: false, leaveAlone: true, fromAge: 9 }
  assert.equal((await one.parent.put(`${at}/consents`).send(consents)).status, 204)
  const sheet = { allergies: '', treatment: '', advice: '', doctorName: '', doctorPhone: '', swimming: 'yes' }
  assert.equal((await one.parent.put(`${at}/health`).send(sheet)).status, 204)
  const { body } = await one.parent.get(at)
  assert.deepEqual(
    body.parts.filter((part: { state: string }) => part.state === 'done').map(({ part }: { part: string }) => part),
    ['contacts', 'health', 'consents'],
  )
  assert.deepEqual(body.contacts, [{ ...contacts[0], phone: '+33612345678' }])
  assert.equal(body.consents.find((one: { consent: string }) => one.consent === 'leave-alone').fromAge, 9)
})

test('the same paper sent twice is one, and a better one replaces it with its bytes', async () => {
  const one = await family(t)
  const file = fileOf(one)
  await t.settle()
  const before = storedFiles(t)
  await file.insurance('2027-08-31')
  await file.insurance('2027-08-30')
  const rows = await t.town.db.read.select().from(childDocuments).where(eq(childDocuments.householdId, one.household))
  assert.deepEqual(
    rows.map(({ validUntil }) => validUntil?.toString()),
    ['2027-08-30'],
  )
  await t.settle()
  assert.equal(storedFiles(t), before + 1)
})

test('the pages of a health record are sent one by one, up to a dozen', async () => {
  const one = await family(t)
  const file = fileOf(one)
  for (let page = 1; page <= 12; page++) assert.equal((await file.vaccination()).status, 303)
  const full = await file.vaccination()
  assert.equal(full.status, 422)
  assert.match(full.text, /href="#paper"/)
  const rows = await t.town.db.read.select().from(childDocuments).where(eq(childDocuments.householdId, one.household))
  assert.equal(rows.length, 12)
})
