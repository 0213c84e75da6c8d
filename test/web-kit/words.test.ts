import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const locales = new URL('../../templates/locales/', import.meta.url)

/** Every text of a language, by its key. */
function textsOf(code: string): Map<string, string> {
  const texts = new Map<string, string>()
  const walk = (path: string, value: unknown) => {
    if (typeof value === 'string') texts.set(path, value)
    else for (const [key, inner] of Object.entries(value as object)) walk(path ? `${path}.${key}` : key, inner)
  }
  for (const file of readdirSync(new URL(`${code}/`, locales)))
    if (file !== 'language.json')
      walk(file.replace('.json', ''), JSON.parse(readFileSync(new URL(`${code}/${file}`, locales), 'utf8')))
  return texts
}

const french = textsOf('fr')
const others = readdirSync(locales).filter(code => code !== 'fr')
const plural = /_(zero|one|two|few|many|other)$/
const names = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map(match => match[1] ?? '').sort()

test('English says everything that French says, and nothing more', () => {
  // Acts of civil status are in French whatever the language of their applicant: their words have no translation.
  const said = (key: string) => !key.startsWith('documents.act.')
  const keys = (code: string) =>
    [...new Set([...textsOf(code).keys()].filter(said).map(key => key.replace(plural, '')))].sort()
  assert.deepEqual(keys('en'), keys('fr'))
})

test('each language has the plural forms that its numbers need', () => {
  for (const code of ['fr', ...others]) {
    const texts = textsOf(code)
    // French « many » is for millions: no list of a town hall gets there.
    const needed = new Intl.PluralRules(code).resolvedOptions().pluralCategories.filter(form => form !== 'many')
    for (const key of texts.keys())
      if (plural.test(key))
        for (const form of needed)
          assert.ok(texts.has(key.replace(plural, `_${form}`)), `${code}: ${key} lacks _${form}`)
  }
})

test('translations keep the parameters of the French', () => {
  for (const code of others)
    for (const [key, text] of textsOf(code)) {
      const source = french.get(key) ?? french.get(key.replace(plural, '_other'))
      if (source === undefined) continue
      // A plural form may leave out the count: « un repas ».
      const without = (list: string[]) => list.filter(name => !(plural.test(key) && name === 'count'))
      // What one language needs and another does not: opening hours are a French sentence, left out of the English mail.
      const extra = without(names(text)).filter(name => !names(source).includes(name))
      assert.deepEqual(extra, [], `${code}: ${key}`)
    }
})

test('no text holds HTML: links and emphasis are the templates’', () => {
  for (const code of ['fr', ...others])
    for (const [key, text] of textsOf(code)) assert.doesNotMatch(text, /<\/?[a-z]|&[a-z]+;/i, `${code}: ${key}`)
})

test('French sentences are short, and say things as one says them', () => {
  const stiff =
    /\b(veuillez|afin de|effectuer|usagers?|susmentionnée?s?|ci-joint|procéder à|et\/ou|télé-?service|renseigner|validez|valider)\b/i
  for (const [key, text] of french) {
    assert.doesNotMatch(text, stiff, key)
    for (const sentence of text.split(/(?<=[.?!])\s+/)) {
      const words = sentence.split(/\s+/).filter(word => /[\p{L}\d]/u.test(word))
      assert.ok(words.length <= 20, `${key}: ${words.length} words: ${sentence}`)
    }
  }
})

test('French apostrophes and quotes are the printed ones', () => {
  for (const [key, text] of french) assert.doesNotMatch(text, /\p{L}'\p{L}|"/u, key)
})
