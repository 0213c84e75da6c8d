import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { filesLike } from './source-files.ts'

const words = JSON.parse(
  await readFile(new URL('../../templates/locales/fr/problems.json', import.meta.url), 'utf8'),
) as Record<string, { title?: string; detail?: string }>

test('every problem that the code can give has its words', () => {
  const thrown = new Map<string, string>()
  for (const { path, text } of filesLike('src/**/*.ts')) {
    for (const [, code] of text.matchAll(/(?:conflict\(|new Problem\(\s*\d+,\s*)'([a-z0-9-]+)'/g))
      thrown.set(code!, path)
  }
  assert.ok(thrown.size > 10, 'no problem found in the sources: the pattern is wrong')
  for (const [code, path] of thrown) {
    assert.ok(
      words[code]?.title && words[code]?.detail,
      `${path} gives « ${code} », which has no words in problems.json`,
    )
  }
})
