import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import { pino } from 'pino'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { workingDays } from '../../src/kernel/calendar.ts'
import { answerDay } from '../../src/settings/delays.ts'
import { saveSettings } from '../../src/settings/save-settings.ts'
import { townSettings } from '../../src/settings/schema.ts'
import { defaultSettings, settingsOf } from '../../src/settings/settings.ts'
import { buildTown } from '../../src/town.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown({ TOWN_OPENING_HOURS: 'du lundi au vendredi, de 9 h à 12 h' })
const PATH = '/guichet/reglages/horaires-et-delais'
const stored = () => settingsOf(t.town.db.read)

const asShown = {
  openingHours: 'du lundi au vendredi, de 9 h à 12 h',
  'delays.birth': '5',
  'delays.marriage': '5',
  'delays.death': '5',
  'delays.recognition': '5',
  askDays: '30',
  lockMinutes: '20',
  mostCopies: '3',
  collectionDays: '60',
  weeklyMailTo: '',
}
const send = (visitor: Visitor, changes: Partial<typeof asShown & { do: string }>) =>
  visitor
    .post(PATH)
    .type('form')
    .send({ ...asShown, ...changes })
/** The words of a page, with plain spaces. */
const words = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

test('settings exist for administrators only', async () => {
  const { parent } = await family(t)
  const civil = await clerk(t, 'civil-registry')
  for (const path of ['/guichet/reglages', PATH]) {
    assert.equal((await parent.get(path)).status, 404, path)
    assert.equal((await civil.get(path)).status, 404, path)
    assert.equal((await t.visitor().get(path)).status, 303, path)
  }
  assert.equal((await send(civil, { askDays: '10' })).status, 404)
  assert.equal((await send(parent, { askDays: '10' })).status, 404)
  assert.deepEqual(await stored(), defaultSettings)
  assert.doesNotMatch((await civil.get('/guichet')).text, /Réglages/)
})

test('an administrator finds every setting from the menu', async () => {
  const administrator = await clerk(t)
  assert.match((await administrator.get('/guichet')).text, /href="\/guichet\/reglages"/)
  const { text } = await administrator.get('/guichet/reglages')
  for (const [, path = ''] of text.matchAll(/class="app-card__link" href="([^"]+)"/g))
    assert.equal((await administrator.get(path)).status, 200, path)
  assert.match(text, /Textes des courriers/)
})

test('what the page shows first is what holds before anybody set anything', async () => {
  const { text } = await (await clerk(t)).get(PATH)
  for (const value of ['30', '20', '3', '60']) assert.match(text, new RegExp(`value="${value}"`))
  assert.match(text, />du lundi au vendredi, de 9 h à 12 h<\/textarea>/)
})

test('a delay is told by an example, which is seen before anything is kept', async () => {
  const administrator = await clerk(t)
  const said = words((await administrator.get(PATH)).text)
  assert.match(said, /Une demande reçue lundi 23 novembre a sa réponse au plus tard lundi 30 novembre/)
  const preview = words((await send(administrator, { 'delays.birth': '10', lockMinutes: '45', do: 'preview' })).text)
  assert.match(preview, /Une demande reçue lundi 23 novembre a sa réponse au plus tard lundi 7 décembre/)
  assert.match(preview, /À 10 h 45, un collègue peut la prendre/)
  assert.deepEqual(await stored(), defaultSettings)
})

test('what an administrator sets is kept, and the trail says what it was', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const changes = { 'delays.death': '2', askDays: '15', weeklyMailTo: 'chef.etat-civil@valmont.example' }
  assert.equal((await send(administrator, changes)).status, 303)
  const now = await stored()
  assert.deepEqual(now.delays, { birth: 5, marriage: 5, death: 2, recognition: 5 })
  assert.equal(now.askDays, 15)
  assert.equal(now.weeklyMailTo, 'chef.etat-civil@valmont.example')
  const trail = () => t.town.db.read.select().from(auditEntries).where(eq(auditEntries.actorAccountId, actor.accountId))
  const changed = (await trail()).filter(({ action }) => action === 'settings.changed')
  const of = (key: string) => changed.filter(({ subjectId }) => subjectId === key).map(({ details }) => details)
  assert.equal(changed.length, 3)
  assert.deepEqual(of('askDays'), [{ from: 30, to: 15 }])
  assert.deepEqual(of('weeklyMailTo'), [{}], 'an address is not for the trail')
  // An empty address takes it back; what did not change is not in the trail again.
  const entries = (await trail()).length
  assert.equal((await send(administrator, { ...changes, weeklyMailTo: '' })).status, 303)
  assert.equal((await stored()).weeklyMailTo, null)
  assert.equal((await trail()).length, entries + 1)
  await send(administrator, {})
})

test('what makes no sense is refused by its field; nothing typed is lost, nothing is kept', async () => {
  const administrator = await clerk(t)
  const before = await stored()
  const wrong = { 'delays.birth': '0', askDays: 'trente', mostCopies: '2,5', collectionDays: '', weeklyMailTo: 'chef' }
  const answer = await send(administrator, { ...wrong, openingHours: '  ', lockMinutes: '25' })
  assert.equal(answer.status, 422)
  const said = words(answer.text)
  for (const expected of [
    'Ce nombre est trop petit',
    'Écrivez un nombre entier',
    'Il manque une réponse ici',
    'Cette adresse e-mail n’est pas complète',
  ])
    assert.ok(said.includes(expected), expected)
  for (const id of ['delays-birth', 'askDays', 'mostCopies', 'collectionDays', 'weeklyMailTo', 'openingHours'])
    assert.match(answer.text, new RegExp(`href="#${id}"`))
  for (const value of ['trente', '2,5', 'chef', '25']) assert.match(answer.text, new RegExp(`value="${value}"`))
  assert.deepEqual(await stored(), before)
})

test('a stored value that no longer makes sense counts as not set', async () => {
  const { actor } = await clerkAccount(t)
  await t.town.db.transaction(async tx => {
    const row = { updatedAt: t.town.clock.now(), updatedBy: actor.accountId }
    await tx.insert(townSettings).values([
      { key: 'mostCopies', value: { is: 'many' }, ...row },
      { key: 'of-an-earlier-version', value: { is: 1 }, ...row },
    ])
  })
  assert.equal((await stored()).mostCopies, defaultSettings.mostCopies)
  await t.town.db.transaction(async tx => void (await tx.delete(townSettings)))
})

test('new opening hours are seen at once in this process: pages, letters, what PDFs are drawn from', async () => {
  const administrator = await clerk(t)
  assert.match(words((await t.visitor().get('/aide')).text), /de 9 h à 12 h/)
  await send(administrator, { openingHours: ' du mardi au samedi,\nde 10 h à 18 h ' })
  const said = /du mardi au samedi, de 10 h à 18 h/
  assert.match(words((await t.visitor().get('/aide')).text), said)
  assert.match(words((await t.visitor().get('/')).text), said)
  assert.match(
    t.town.render
      .text('mail/letter', 'fr', { subject: '', paragraphs: [], facts: [], action: null, after: [] })
      .replace(/\u00a0/g, ' '),
    said,
  )
  assert.match(structuredClone(t.town.config.town).openingHours, said)
})

test('another process sees them within seconds', async () => {
  const { actor } = await clerkAccount(t)
  mock.timers.enable({ apis: ['setInterval'] })
  const other = await buildTown(t.town.config, { clock: t.town.clock, log: pino({ level: 'silent' }) })
  try {
    await other.watch()
    await saveSettings(t.town, actor, { openingHours: 'le lundi seulement' })
    assert.notEqual(other.town.config.town.openingHours, 'le lundi seulement')
    mock.timers.tick(10_000)
    for (let i = 0; i < 50 && other.town.config.town.openingHours !== 'le lundi seulement'; i++)
      await new Promise(resolve => setImmediate(resolve))
    assert.equal(other.town.config.town.openingHours, 'le lundi seulement')
  } finally {
    mock.timers.reset()
    await other.close()
  }
})

test('an answer is due so many working days later, and on a working day', () => {
  const { isWorkingDay } = workingDays({ closures: new Set() })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 1, max: 60 }), (offset, days) => {
      const received = Temporal.PlainDate.from('2024-01-01').add({ days: offset })
      const due = answerDay(received, days)
      let counted = 0
      for (let day = received.add({ days: 1 }); Temporal.PlainDate.compare(day, due) <= 0; day = day.add({ days: 1 }))
        if (isWorkingDay(day)) counted += 1
      assert.equal(counted, days)
      assert.ok(isWorkingDay(due))
    }),
  )
  const christmas = answerDay(Temporal.PlainDate.from('2026-12-23'), 2)
  assert.equal(christmas.toString(), '2026-12-28', 'Christmas Day and the week-end do not count')
})
