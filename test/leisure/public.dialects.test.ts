import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { eq } from '../../src/db/drizzle.ts'
import { leisureSessions } from '../../src/leisure/schema.ts'
import { clerk } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { christmasPlan, fieldsOf, send, take, textOf, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const visitor = t.visitor()
const { read } = t.town.db

test('a town without centres says so', async () => {
  assert.match(textOf((await visitor.get('/centres-de-loisirs')).text), /n’a pas encore publié/)
  assert.deepEqual((await visitor.get('/api/v1/leisure/centres')).body, { centres: [] })
})

test('anybody finds the centres: where, for whom, when, what is left and when sign-ups open', async () => {
  const desk = await clerk(t, 'leisure')
  const { period, centre } = await christmasPlan(desk)
  const at = `${period}/ouvertures`
  await send(desk, at, {
    ...fieldsOf((await desk.get(at)).text),
    'openings.residents.day': '2026-12-07',
    'openings.everybody.day': '2026-12-14',
    'wishesUntil.day': '2026-12-17',
  })
  const list = await visitor.get('/centres-de-loisirs')
  const words = textOf(list.text)
  assert.match(words, /Centre du Parc 12 avenue du Parc, 59100 Valmont/)
  assert.match(words, /Pour les enfants de 3 à 11 ans\. Le repas de midi est servi\. Jeux et peinture/)
  assert.match(words, /Les petits, de 3 à 5 ans, de 8 h à 18 h libre/)
  assert.match(words, /du samedi 19 décembre 2026 au dimanche 3 janvier 2027/)
  assert.match(words, /habitent la commune : à partir du lundi 7 décembre 2026 à 8 h \(dans 14 jours\)/)
  assert.ok(gzipSync(list.text).length < 8_000)
  const one = textOf((await visitor.get(`/centres-de-loisirs/${centre.split('/').at(-1)}`)).text)
  assert.match(one, /À apporter Une gourde Un manteau/)
  assert.match(one, /semaine du lundi 21 décembre libre libre semaine du lundi 28 décembre libre libre/)
  assert.match(one, /Au choix : journée et demi-journée avec repas/)
  assert.match(one, /annuler sans payer jusqu’à 7 jours avant/)
  assert.equal((await visitor.get('/centres-de-loisirs/rien')).status, 404)
  assert.match((await visitor.get('/')).text, /href="\/centres-de-loisirs"/)
})

test('the countdown is the server’s: tomorrow, in some hours, then open', async () => {
  const shown = async (instant: string) => {
    t.at(instant)
    return textOf((await visitor.get('/centres-de-loisirs')).text)
  }
  assert.match(await shown('2026-12-06T20:00:00+01:00'), /7 décembre 2026 à 8 h \(demain\)/)
  assert.match(await shown('2026-12-07T07:59:59+01:00'), /\(dans 1 minute au plus\)/)
  assert.match(await shown('2026-12-07T08:00:00+01:00'), /habitent la commune : depuis le lundi 7 décembre 2026 à 8 h/)
})

test('places left are told in words by group and week', async () => {
  t.at('2026-12-08T09:00:00+01:00')
  const sessions = await read.select().from(leisureSessions)
  const groups = [...new Set(sessions.map(({ groupId }) => groupId))]
  for (const { id, groupId, capacity } of sessions)
    await take(t, id, groupId === groups[0] ? capacity : Math.ceil(capacity * 0.85))
  const { body } = await visitor.get('/api/v1/leisure/centres').expect(200)
  const [centre] = body.centres
  assert.deepEqual(centre.groups.map((one: { placesLeft: string }) => one.placesLeft).sort(), ['few', 'full'])
  assert.equal('premises' in centre, false)
  const words = textOf((await visitor.get('/centres-de-loisirs')).text)
  assert.match(words, /presque complet/)
  assert.match(words, / complet/)
  await t.town.db.transaction(async tx => {
    await tx.update(leisureSessions).set({ taken: 0 }).where(eq(leisureSessions.groupId, groups[0]!))
  })
  assert.match(textOf((await visitor.get('/centres-de-loisirs')).text), / libre /)
})

test('programs read the periods with their days and openings', async () => {
  const { body } = await visitor.get('/api/v1/leisure/periods').expect(200)
  const [period] = body.periods
  assert.equal(period.days.length, 8)
  assert.deepEqual(period.openings[0], { audience: 'residents', opensAt: '2026-12-07T07:00:00Z' })
})

test('a period that is over is not shown any more', async () => {
  t.at('2027-01-04T09:00:00+01:00')
  const words = textOf((await visitor.get('/centres-de-loisirs')).text)
  assert.doesNotMatch(words, /Noël/)
  assert.match(words, /Aucune date n’est encore prévue/)
})
