import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deeds, subjectKinds } from '../../src/desk/journal-words.ts'
import { loadLanguages } from '../../src/web/i18n.ts'
import { filesLike } from '../house/source-files.ts'

const known = new Set(Object.entries(deeds).flatMap(([thing, list]) => list.map(deed => `${thing}.${deed}`)))

test('every deed and every kind of thing in the journal’s lists has its words', async () => {
  const { t } = (await loadLanguages({ strict: true })).for('fr')
  for (const action of known) assert.ok(t(`journal:actions.${action}`), action)
  for (const thing of Object.keys(deeds)) assert.ok(t(`journal:things.${thing}`), thing)
  for (const kind of subjectKinds) assert.ok(t(`journal:kinds.${kind}`), kind)
})

test('every deed that the code writes into the trail is in the journal’s list', () => {
  const written = new Map<string, string>()
  for (const { path, text } of filesLike('src/**/*.ts'))
    for (const [, action = ''] of text.matchAll(/\baction: (?:\w[\w.]* \? '[a-z.-]+' : )?'([a-z-]+\.[a-z-]+)'/g))
      written.set(action, path)
  assert.ok(written.size > 60, 'the check must see the deeds')
  const unknown = [...written].filter(([action]) => !known.has(action)).map(([action, path]) => `${action} (${path})`)
  assert.deepEqual(unknown, [], 'give them their words: templates/locales/*/journal.json')
})
