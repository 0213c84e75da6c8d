import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { fingerprintOf, rankOf } from '../../src/leisure/opening/draw.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { fromOpening, idIn, otherDevice, sayOpenings, seedOf } from './opening-world.ts'
import { christmasPlan, fieldsOf, post, textOf, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const { period: path } = await christmasPlan(desk)
const home = await family(t)
const { parent, household } = home
await family(t)
const visitor = t.visitor()
const at = `${path}/ouvertures`
const draw = `/centres-de-loisirs/tirage/${idIn(path)}`
const change = async (fields: Record<string, string>) =>
  post(desk, at, { ...fieldsOf((await desk.get(at)).text), ...fields })
const words = async (who = visitor, where = draw) => textOf((await who.get(where)).text)

test('before anything is said, the page of the draw says that it is not ready', async () => {
  assert.match(await words(), /Le tirage n’est pas encore préparé/)
})

test('the clerk reads what each way of giving places does, before it is saved', async () => {
  const preview = async (allocation: string) =>
    textOf((await change({ allocation, 'openings.everybody.day': '2026-12-07', do: 'preview' })).text)
  assert.match(
    await preview('draw'),
    /La salle d’attente ouvre 30 minutes avant\. Puis 25 familles entrent par seconde/,
  )
  assert.doesNotMatch(await preview('first-come'), /familles sont concernées/)
  assert.match(await preview('draw'), /2 familles sont concernées : la dernière entre après environ 1 min/)
  assert.match(await preview('first-come'), /toutes les familles entrent ensemble/)
  assert.match(await preview('wishes'), /les familles classent leurs souhaits/)
  assert.equal(await seedOf(t, path), undefined, 'looking makes no draw')
})

test('what makes no sense is told beside the form', async () => {
  const preview = async (fields: Record<string, string>) =>
    textOf((await change({ allocation: 'draw', do: 'preview', ...fields })).text)
  assert.match(await preview({}), /Écrivez au moins une date/)
  assert.match(await preview({ 'openings.residents.day': '2026-12-07' }), /Certaines familles n’ont aucune date/)
  const late = { 'openings.everybody.day': '2026-12-21' }
  assert.match(await preview(late), /La période aura déjà commencé/)
  assert.doesNotMatch(await preview({ ...late, allocation: 'first-come' }), /La période aura déjà commencé/)
  assert.match(await preview({ 'openings.everybody.day': '2026-11-20' }), /Cette date est déjà passée/)
  assert.doesNotMatch(await preview({ 'openings.everybody.day': '2026-12-07' }), /Attention|déjà passée|aucune date/)
})

test('saving a draw makes its seed once: the fingerprint is published, the seed shown to nobody', async () => {
  await sayOpenings(desk, path, 'draw')
  const seed = (await seedOf(t, path)) ?? ''
  assert.match(seed, /^[0-9a-f]{64}$/)
  await sayOpenings(desk, path, 'draw', { residents: '2026-12-07', everybody: '2026-12-14' })
  await sayOpenings(desk, path, 'first-come')
  await sayOpenings(desk, path, 'draw', { residents: '2026-12-07', everybody: '2026-12-14' })
  assert.equal(await seedOf(t, path), seed)
  const pages = [await words(), await words(parent), await words(desk, at)]
  for (const page of pages) {
    assert.ok(page.includes(fingerprintOf(seed)))
    assert.ok(!page.includes(seed))
  }
  assert.match(pages[0] ?? '', /La graine reste secrète jusqu’au lundi 14 décembre 2026 à 8 h/)
  const entries = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.action, 'leisure-openings.changed'))
  const trail = JSON.stringify(entries)
  assert.ok(trail.includes(fingerprintOf(seed)))
  assert.ok(!trail.includes(seed))
})

test('a family reads its number beforehand, its rank only once the seed is public', async () => {
  const before = await words(parent)
  const number = /Votre numéro, qui ne dit rien sur vous : ([0-9a-f]{12})/.exec(before)?.[1] ?? ''
  assert.match(before, /Votre nombre sera tiré avec la graine secrète/)
  assert.doesNotMatch(before, /Votre rang/)
  assert.ok(!before.includes(household))
  assert.doesNotMatch(await words(), /Votre numéro/)
  fromOpening(t, 7 * 86_400 - 0.001)
  assert.doesNotMatch(await words(parent), /Votre rang/, 'one opening is still to come')
  fromOpening(t, 7 * 86_400)
  // The session of two weeks ago has ended.
  const after = await words(await otherDevice(t, home))
  const seed = (await seedOf(t, path)) ?? ''
  assert.ok(after.includes(seed))
  assert.ok(after.includes(rankOf(seed, number).toString(16).padStart(16, '0')))
  const rank = Number((rankOf(seed, number) * 2n) >> 64n) + 1
  assert.match(after, new RegExp(`Votre rang : ${rank}, pour 2 familles`))
  assert.ok((await words()).includes(seed), 'for everybody')
})

test('what the page tells to type gives what it says', async () => {
  fromOpening(t, 8 * 86_400)
  const page = (await (await otherDevice(t, home)).get(draw)).text
  const commands = [...page.matchAll(/<code[^>]*>(printf[^<]+)<\/code>/g)].map(match => match[1] ?? '')
  const [fingerprint = '', rank = ''] = commands.map(command =>
    execFileSync('sh', ['-c', command], { encoding: 'utf8' }),
  )
  assert.ok(page.includes(fingerprint.slice(0, 64)))
  const drawn = /([0-9a-f]{64})\s*$/.exec(rank)?.[1]?.slice(0, 16) ?? 'none'
  assert.ok(page.includes(`>${drawn}<`))
})

test('once sign-ups have begun, how places are given does not change, nor what has been drawn', async () => {
  fromOpening(t, 0)
  const refused = await change({ allocation: 'first-come' })
  assert.equal(refused.status, 422)
  assert.match(textOf(refused.text), /la façon de donner les places ne change plus/)
  const moved = await change({ 'openings.residents.day': '2026-12-08' })
  assert.equal(moved.status, 422)
  assert.match(textOf(moved.text), /Le tirage a commencé : cette date ne change plus/)
  assert.equal((await change({ 'openings.everybody.day': '2026-12-15' })).status, 303, 'this one is still to come')
  t.at('2026-12-15T08:00:00+01:00')
  assert.equal((await change({ 'openings.siblings.day': '2026-12-10' })).status, 422, 'everybody knows their rank now')
  assert.match(await words(desk, at), /Les inscriptions ont commencé/)
  assert.equal((await change({})).status, 303, 'the same again is no change')
})

test('in other ways of giving places dates may still be corrected after the first opening', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const { period } = await christmasPlan(desk, { name: 'B' }, { name: 'Hiver', from: '2027-02-15', to: '2027-02-26' })
  await sayOpenings(desk, period, 'first-come', { residents: '2026-12-07' })
  fromOpening(t, 60)
  await sayOpenings(desk, period, 'first-come', { residents: '2026-12-09', everybody: '2026-12-10' })
  const page = `/centres-de-loisirs/tirage/${idIn(period)}`
  assert.equal((await visitor.get(page)).status, 404, 'there is no draw')
  const other = await post(desk, `${period}/ouvertures`, {
    ...fieldsOf((await desk.get(`${period}/ouvertures`)).text),
    allocation: 'draw',
  })
  assert.equal(other.status, 303, 'nobody had been let in for good: the opening is to come again')
})

test('for wishes the draw parts those who are equal, and its seed is public once wishes are closed', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const { period } = await christmasPlan(desk, { name: 'C' }, { name: 'Avril', from: '2027-04-12', to: '2027-04-23' })
  const end = { 'wishesUntil.day': '2026-12-18', 'wishesUntil.time': '20:00' }
  await sayOpenings(desk, period, 'wishes', { everybody: '2026-12-07' }, end)
  const page = `/centres-de-loisirs/tirage/${idIn(period)}`
  const seed = (await seedOf(t, period)) ?? ''
  t.at('2026-12-18T19:59:59+01:00')
  const before = await words(visitor, page)
  assert.match(before, /Deux familles à égalité \? Le tirage les départage\./)
  assert.ok(before.includes(fingerprintOf(seed)) && !before.includes(seed))
  t.at('2026-12-18T20:00:00+01:00')
  const after = await words(await otherDevice(t, home), page)
  assert.ok(after.includes(seed))
  assert.match(after, /Votre nombre tiré : [0-9a-f]{16}/)
  assert.doesNotMatch(after, /Votre rang|salle d’attente/)
})

test('the centres’ pages lead to how the draw works', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  assert.ok((await visitor.get('/centres-de-loisirs')).text.includes(`href="${draw}"`))
  const page = (await visitor.get(draw)).text
  assert.match(page, new RegExp(`href="/centres-de-loisirs/salle/${idIn(path)}"`))
  assert.match(
    textOf((await visitor.get(draw).set('Accept-Language', 'en')).text),
    /Draw: Vacances de Noël 2026 .* How it works/,
  )
})
