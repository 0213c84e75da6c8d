// Manners of the house that types and lint do not see.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesLike, type SourceFile } from './source-files.ts'

const LONGEST = 400

/** Longer files, each with its reason. */
const LONG_FOR_A_REASON: Record<string, string> = {}

const code = filesLike('{src,test,bench}/**/*.{ts,mjs}')
const templates = filesLike('templates/**/*.njk')

const pathsWhere = (files: SourceFile[], isFault: (file: SourceFile) => boolean) =>
  files.filter(isFault).map(({ path }) => path)

test('no file is longer than a person wants to read', () => {
  assert.ok(code.length > 100 && templates.length > 10, 'the check must see the files')
  const long = pathsWhere([...code, ...templates], ({ text }) => text.split('\n').length > LONGEST)
  assert.deepEqual(long, Object.keys(LONG_FOR_A_REASON).sort())
})

test('files are named after what they hold, and none only passes others on', () => {
  const vague = /[/-](utils?|helpers?|manager)[./]|\/(common|misc|index)[./]/
  assert.deepEqual(
    pathsWhere(code, ({ path }) => vague.test(path)),
    [],
  )
})

test('nobody but the town’s clock asks what time it is', () => {
  const clock = /\bnew Date\(\)|\bDate\.now\(|\bTemporal\.Now\b/
  // The stand-in of Stripe is another company's machine, with its own time.
  const timed = code.filter(({ path }) => path.startsWith('src/') && !path.startsWith('src/demo/stripe-stand-in/'))
  assert.deepEqual(
    pathsWhere(timed, ({ text }) => clock.test(text)),
    ['src/kernel/clock.ts'],
  )
})

test('templates never switch off escaping', () => {
  // What is marked safe is made by our own code from escaped parts, never typed by anyone.
  const allowed: string[] = []
  const unescaped = /\|\s*safe\b|autoescape\s+false/
  assert.deepEqual(
    pathsWhere(templates, ({ text }) => unescaped.test(text)),
    allowed,
  )
  assert.match('{{ name |safe }}', unescaped)
})

test('templates hold no words of their own: every word has a key', () => {
  const found = templates.flatMap(({ path, text }) => wordsIn(text).map(word => `${path}: ${word}`))
  assert.deepEqual(found, [])
})

test('a word typed into a template is seen', () => {
  assert.deepEqual(wordsIn('<p class="note">Bonjour {{ name }}</p>'), ['Bonjour'])
  assert.deepEqual(wordsIn('<input aria-label="Votre nom">'), ['Votre nom'])
  assert.deepEqual(
    wordsIn('{# Bonjour #}{% if a > b %}<p title="{{ t("a.b") }}">{{ t("x") }}&nbsp;: 3 €</p>{% endif %}'),
    [],
  )
})

/** What a reader would see or hear of a template that comes neither from a key nor from data. */
function wordsIn(template: string): string[] {
  const markup = template
    .replace(/\{#[\s\S]*?#\}|<!--[\s\S]*?-->/g, '')
    .replace(/\{% block \w*[cC]lass(?:es)? %\}[\s\S]*?\{% endblock %\}/g, '')
    .replace(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, '')
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, '')
  const spoken = [...markup.matchAll(/\s(?:aria-label|title|alt|placeholder)="([^"]*)"/g)].map(match => match[1] ?? '')
  const shown = markup.replace(/<[^>]*>/g, '\n').replace(/&\w+;/g, ' ')
  return [...spoken, ...shown.split('\n')].map(text => text.trim()).filter(text => /\p{L}{2,}/u.test(text))
}
