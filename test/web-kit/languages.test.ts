import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { loadLanguages } from '../../src/web/i18n.ts'

const languages = await loadLanguages()
const french = languages.for('fr').t

test('the address is stronger than the cookie, the cookie than the profile, the profile than the browser', () => {
  const all = { query: 'en', cookie: 'fr', profile: 'fr', acceptLanguage: 'fr' }
  assert.equal(languages.choose(all), 'en')
  assert.equal(languages.choose({ ...all, query: undefined, cookie: 'en' }), 'en')
  assert.equal(languages.choose({ profile: 'en', acceptLanguage: 'fr' }), 'en')
  assert.equal(languages.choose({ acceptLanguage: 'en' }), 'en')
})

test('a language that is not ours is passed over, at any place', () => {
  assert.equal(languages.choose({ query: 'xx', cookie: '../etc', acceptLanguage: 'de,en;q=0.5' }), 'en')
  assert.equal(languages.choose({ acceptLanguage: 'de' }), 'fr')
  assert.equal(languages.choose({}), 'fr')
})

test('the browser’s order of preference counts, not its order of writing', () => {
  assert.equal(languages.choose({ acceptLanguage: 'fr;q=0.3, en-GB;q=0.9' }), 'en')
  assert.equal(languages.choose({ acceptLanguage: 'en;q=0, fr-BE' }), 'fr')
  assert.equal(languages.choose({ acceptLanguage: 'EN-us' }), 'en')
  assert.equal(languages.choose({ acceptLanguage: ';;q=,,,x' }), 'fr')
})

test('parameters fill the words, and are left to the templates to escape', () => {
  assert.equal(french('common:actingFor', { name: '<Mme Diallo>' }), 'Vous agissez pour <Mme Diallo>')
})

test('« de » and « que » lose their vowel before a name, as most people say it; letters’ texts stay as written', () => {
  const file = (child: string) => french('child-file:title', { child, year: '2026-2027' })
  assert.equal(file('Inès'), 'Dossier d’Inès, 2026-2027')
  assert.equal(file('Yves'), 'Dossier d’Yves, 2026-2027')
  assert.equal(file('Yassine'), 'Dossier de Yassine, 2026-2027')
  assert.equal(file('Hugo'), 'Dossier de Hugo, 2026-2027')
  assert.equal(french('leisure-signup:same', { name: 'Élise' }), 'Les mêmes jours qu’Élise')
  const letter = french('letter-texts:civil.canned.not-in-our-registers.body', { skipInterpolation: true })
  assert.match(letter, /de \{\{town\}\}/)
})

test('one meal, several meals, in the plural of each language', () => {
  const meals = (code: string, count: number) => languages.for(code).t('common:calendar.meal', { count })
  assert.deepEqual(
    [0, 1, 2].map(count => meals('en', count)),
    ['meals', 'meal', 'meals'],
  )
  assert.deepEqual(
    [0, 1, 2].map(count => meals('fr', count)),
    ['repas', 'repas', 'repas'],
  )
})

test('an unknown code gets French', () => {
  assert.equal(languages.for('tlh').language.code, 'fr')
})

test('in tests, a key that French lacks throws; in production it shows itself', async () => {
  const strict = await loadLanguages({ strict: true })
  assert.throws(() => strict.for('fr').t('common:no-such-key'), /no-such-key/)
  assert.throws(() => strict.for('en').t('common:no-such-key'), /no-such-key/)
  assert.equal(french('common:no-such-key'), 'no-such-key')
})

test('a language is added by a folder alone, and speaks French where it has no words yet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-locales-'))
  after(() => rm(folder, { recursive: true }))
  await cp(fileURLToPath(new URL('../../templates/locales', import.meta.url)), folder, { recursive: true })
  await mkdir(join(folder, 'ar'))
  await writeFile(join(folder, 'ar/language.json'), '{ "name": "العربية", "dir": "rtl", "intl": "ar-u-nu-latn" }')
  await writeFile(join(folder, 'ar/common.json'), '{ "menu": "القائمة" }')
  const more = await loadLanguages({ strict: true, folder: pathToFileURL(`${folder}/`) })
  assert.deepEqual(
    more.list.map(({ code }) => code),
    ['fr', 'ar', 'en'],
  )
  const arabic = more.for(more.choose({ acceptLanguage: 'ar-DZ' }))
  assert.equal(arabic.language.dir, 'rtl')
  assert.equal(arabic.t('common:menu'), 'القائمة')
  assert.equal(arabic.t('common:button.save'), 'Enregistrer')
  assert.match(arabic.f.money(2940), /29\.40/)
})
