import assert from 'node:assert/strict'
import type { TestTown } from '../support/town.ts'

/** The path of the link in the newest letter of that kind written to that address. */
export async function linkMailedTo(t: TestTown, to: string, kind: string): Promise<string> {
  const letter = (await t.letters()).find(one => one.to === to && one.kind === kind)
  assert.ok(letter, `no letter « ${kind} » to ${to}`)
  const [, path] = /http:\/\/guichet\.test(\/\S+)/.exec(letter.text) ?? []
  assert.ok(path, 'the letter has no link')
  return path
}

/** The kinds of letters written to an address, oldest first. */
export async function kindsMailedTo(t: TestTown, to: string): Promise<string[]> {
  return (await t.letters())
    .filter(one => one.to === to)
    .map(({ kind }) => kind)
    .reverse()
}
