import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { cannedKeys, namesOf, type TextKey, textKeys } from '../../src/settings/letter-keys.ts'
import { letterTexts } from '../../src/settings/schema.ts'
import { readabilityOf, wordingFaults } from '../../src/settings/text-rules.ts'
import { cannedAnswers, letterText, shippedWording } from '../../src/settings/texts.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
const PATH = '/guichet/reglages/textes'
const { db } = t.town
const paramsOf = (key: TextKey, own: Record<string, string> = {}) => ({
  ...Object.fromEntries(namesOf(key).map(name => [name, `<${name}>`])),
  ...own,
})
const say = (key: TextKey, language = 'fr', own: Record<string, string> = {}) =>
  letterText(t.town, db.read, key, language, paramsOf(key, own))
const rows = () => db.read.select().from(letterTexts)
const post = (visitor: Visitor, at: string, form: Record<string, string>) =>
  visitor.post(`${PATH}/${at}`).type('form').send(form)
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

const POSTED = { subject: 'Parti : {{number}}', body: 'Bonjour {{firstName}}.\r\n\r\nC’est parti : {{ what }}.' }

test('every text that the town ships with keeps the rules of texts, and reads easily', () => {
  for (const key of textKeys)
    for (const { code } of t.town.languages.list) {
      const wording = shippedWording(t.town, key, code)
      assert.deepEqual(wordingFaults(key, wording), [], `${code} ${key}`)
      assert.notEqual(readabilityOf(wording.body).level, 'hard', `${code} ${key}`)
    }
})

test('every text has its page in every language, for administrators only', async () => {
  const administrator = await clerk(t)
  const civil = await clerk(t, 'civil-registry')
  const { parent } = await family(t)
  const { text } = await administrator.get(PATH)
  for (const key of textKeys)
    for (const { code } of t.town.languages.list) {
      assert.match(text, new RegExp(`${PATH}/${key}/${code}"`))
      assert.equal((await administrator.get(`${PATH}/${key}/${code}`)).status, 200, `${code} ${key}`)
    }
  for (const path of [PATH, `${PATH}/civil.posted/fr`, `${PATH}/civil.posted/fr/retablir`]) {
    assert.equal((await civil.get(path)).status, 404, path)
    assert.equal((await parent.get(path)).status, 404, path)
  }
  assert.equal((await post(civil, 'civil.posted/fr', { ...POSTED, do: 'save' })).status, 404)
  assert.equal((await post(civil, 'civil.posted/fr', { ...POSTED, do: 'trial' })).status, 404)
  assert.equal((await civil.post(`${PATH}/civil.posted/fr/retablir`)).status, 404)
  for (const nowhere of ['civil.nothing/fr', 'civil.posted/xx', '__proto__/fr', 'constructor/fr'])
    assert.equal((await administrator.get(`${PATH}/${nowhere}`)).status, 404, nowhere)
  assert.deepEqual(await rows(), [])
})

test('the town’s own words take the place of the shipped ones, in that language only, until they are taken back', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const before = await say('civil.posted')
  const english = await say('civil.posted', 'en')
  assert.equal((await post(administrator, 'civil.posted/fr', { ...POSTED, do: 'save' })).status, 303)
  const own = await say('civil.posted', 'fr', { firstName: 'Awa', what: 'l’acte', number: 'RK4M' })
  assert.equal(plain(own.subject), 'Parti : RK4M')
  assert.deepEqual(own.paragraphs.map(plain), ['Bonjour Awa.', 'C’est parti : l’acte.'])
  assert.deepEqual(await say('civil.posted', 'en'), english)
  assert.match((await administrator.get(PATH)).text, /Texte de la ville/)
  await post(administrator, 'civil.posted/en', { ...POSTED, do: 'save' })

  const restore = await administrator.get(`${PATH}/civil.posted/fr/retablir`)
  assert.match(restore.text, /Nous avons posté votre courrier/)
  assert.equal((await administrator.post(`${PATH}/civil.posted/fr/retablir`)).status, 303)
  assert.deepEqual(await say('civil.posted'), before)
  assert.equal((await say('civil.posted', 'en', { number: 'RK4M' })).subject, 'Parti : RK4M')
  await administrator.post(`${PATH}/civil.posted/en/retablir`)
  assert.deepEqual(await say('civil.posted', 'en'), english)
  const ours = eq(auditEntries.subjectId, 'civil.posted.fr')
  const trail = await db.read.select().from(auditEntries).where(ours).orderBy(auditEntries.at, auditEntries.id)
  assert.deepEqual(
    trail.map(({ action }) => action),
    ['letter-text.changed', 'letter-text.restored'],
  )
  assert.ok(trail.every(entry => entry.actorAccountId === actor.accountId))
})

test('a text that lacks a name, has one that is not there, or is too long is refused and given back as typed', async () => {
  const administrator = await clerk(t)
  const good = { subject: 'Question', body: 'Dossier {{number}} : {{question}} Répondez avant le {{deadline}}.' }
  const cases: [string, Partial<typeof good>, RegExp][] = [
    ['lacks', { body: 'Dossier {{number}}.' }, /Il manque un mot entre accolades : question, deadline/],
    ['unknown', { body: `${good.body} {{iban}}` }, /n’existe pas dans ce texte : iban/],
    ['of another letter', { body: `${good.body} {{reason}}` }, /n’existe pas dans ce texte : reason/],
    ['not closed', { body: `${good.body} {{town}` }, /Une accolade est seule/],
    ['a template', { body: `${good.body} {% include "x" %}` }, /Une accolade est seule/],
    ['an expression', { body: `${good.body} {{ town.constructor("x") }}` }, /Une accolade est seule/],
    ['long in the subject', { subject: 'Votre {{question}}' }, /Ce mot est trop long pour l’objet : question/],
    ['no subject', { subject: ' ' }, /Il manque une réponse ici/],
    ['no text', { body: '\r\n ' }, /Il manque une réponse ici/],
    ['subject too long', { subject: 'x'.repeat(121) }, /Écrivez 120 caractères au plus/],
    ['text too long', { body: `${good.body}${'x'.repeat(3_000)}` }, /Écrivez 3000 caractères au plus/],
  ]
  for (const [name, change, expected] of cases)
    for (const what of ['save', 'preview', 'trial']) {
      const typed = { ...good, ...change }
      const answer = await post(administrator, 'civil.question/fr', { ...typed, do: what })
      // Looking is free: the page says what is wrong only when it is to be kept or sent.
      assert.equal(answer.status, what === 'preview' ? 200 : 422, `${name}, ${what}`)
      if (what !== 'preview') assert.match(plain(answer.text), expected, name)
      assert.ok(answer.text.includes(typed.subject.trim()), `${name}: the subject is still there`)
    }
  assert.deepEqual(await rows(), [])
  const trials = (await t.letters()).filter(({ kind }) => kind === 'settings.letter-trial')
  assert.deepEqual(trials, [])
})

test('nothing in a text or in a value is ever run', async () => {
  const administrator = await clerk(t)
  const body =
    '<script>alert(1)</script> $t(common:button.save) {{number}}\n\n{{question}} {{deadline}} {{constructor}}'
  assert.equal((await post(administrator, 'civil.question/fr', { subject: 'x', body, do: 'save' })).status, 422)
  const allowed = body.replace(' {{constructor}}', '')
  const shown = await post(administrator, 'civil.question/fr', { subject: 'x', body: allowed, do: 'preview' })
  assert.doesNotMatch(shown.text, /<script>alert/)
  assert.match(shown.text, /<p class="govuk-body">&lt;script&gt;alert\(1\)&lt;\/script&gt; \$t\(common:button\.save\)/)
  assert.equal(
    (await post(administrator, 'civil.question/fr', { subject: 'x', body: allowed, do: 'save' })).status,
    303,
  )
  const question = '{{phone}} $& $1 $t(common:button.save) <img src=x onerror=alert(1)>'
  const text = await say('civil.question', 'fr', { question, number: '{{question}}', deadline: 'lundi' })
  assert.deepEqual(text.paragraphs, [
    '<script>alert(1)</script> $t(common:button.save) {{question}}',
    `${question} lundi`,
  ])
  const html = t.town.render.text('mail/letter', 'fr', { ...text, facts: [], action: null, after: [] })
  assert.doesNotMatch(html, /<script>|<img/)
  await administrator.post(`${PATH}/civil.question/fr/retablir`)
})

test('a subject stays one line whatever is put in it', async () => {
  const { subject } = await say('civil.posted', 'fr', { number: 'x' })
  assert.ok(subject.length > 0)
  const administrator = await clerk(t)
  const typed = { ...POSTED, subject: 'Parti\r\nBcc: tous@exemple.fr {{number}}', do: 'save' }
  await post(administrator, 'civil.posted/fr', typed)
  const own = await say('civil.posted', 'fr', { number: 'a\nb' })
  assert.equal(plain(own.subject), 'Parti Bcc: tous@exemple.fr a b')
  await administrator.post(`${PATH}/civil.posted/fr/retablir`)
})

test('what a clerk writes in several paragraphs stays in several paragraphs', async () => {
  const { paragraphs } = await say('civil.question', 'fr', { question: 'Un.\n\nDeux.' })
  assert.ok(paragraphs.includes('Un.') && paragraphs.includes('Deux.'))
})

test('a letter that is not given all its names is the program’s fault, in every town alike', async () => {
  await assert.rejects(
    letterText(t.town, db.read, 'civil.posted', 'fr', { number: '1', what: 'x' }),
    /firstName, lastName/,
  )
})

test('the hours and the phone in a letter are those of the town', async () => {
  const { paragraphs } = await say('civil.ready-for-collection')
  assert.ok(plain(paragraphs.join(' ')).includes(plain(t.town.config.town.openingHours)))
})

test('a trial goes to the administrator alone, once for each page, and keeps nothing', async () => {
  const { clerk: administrator, email } = await clerkAccount(t)
  const form = { ...POSTED, do: 'trial', idempotencyKey: '0192f0c0-0000-7000-8000-00000000abcd' }
  const answer = await post(administrator, 'civil.posted/fr', form)
  assert.equal(answer.status, 200)
  assert.match(answer.text, new RegExp(`Un essai part à ${email}`))
  assert.match(answer.text, /C’est parti : \{\{ what \}\}/)
  await post(administrator, 'civil.posted/fr', form)
  const trials = (await t.letters()).filter(({ kind }) => kind === 'settings.letter-trial')
  assert.equal(trials.length, 1)
  assert.equal(trials[0]?.to, email)
  assert.equal(plain(trials[0]?.subject ?? ''), 'Essai : Parti : RK4M 7TQ2 X9BD')
  assert.match(plain(trials[0]?.text ?? ''), /C’est parti : copie intégrale/)
  assert.deepEqual(await rows(), [])
})

test('clerks have six ready answers in each language, in the town’s words when it has some', async () => {
  const administrator = await clerk(t)
  const own = { subject: 'Carte floue', body: 'Bonjour {{lastName}}, la photo est floue.', do: 'save' }
  await post(administrator, 'civil.canned.unreadable-identity/fr', own)
  const params = { firstName: 'Awa', lastName: 'Diallo', what: 'l’acte', deadline: 'lundi' }
  const answers = await cannedAnswers(t.town, db.read, 'fr', params)
  assert.deepEqual(
    answers.map(({ key }) => key),
    cannedKeys,
  )
  assert.equal(answers.length, 6)
  assert.deepEqual(answers[0], {
    key: 'civil.canned.unreadable-identity',
    title: 'Carte floue',
    text: 'Bonjour Diallo, la photo est floue.',
  })
  const english = await cannedAnswers(t.town, db.read, 'en', params)
  assert.ok(english.every(({ text }) => text.length > 20 && !text.includes('{{')))
})

test('how hard a text reads is told by its longest sentence', () => {
  const easy = readabilityOf('Un deux trois. Quatre cinq !\n\nSix {{number}} sept')
  assert.deepEqual(easy, { level: 'easy', sentences: 3, average: 2.7, longest: { words: 3, text: 'Un deux trois.' } })
  const words = (count: number) => `${Array(count).fill('mot').join(' ')}.`
  assert.equal(readabilityOf(words(15)).level, 'easy')
  assert.equal(readabilityOf(`${words(3)} ${words(16)}`).level, 'fair')
  assert.equal(readabilityOf(words(20)).level, 'fair')
  assert.equal(readabilityOf(words(21)).level, 'hard')
  assert.equal(readabilityOf('').sentences, 0)
})
