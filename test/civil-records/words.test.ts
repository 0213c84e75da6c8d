// What was asked, as people say it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inGroups, whatWasAsked } from '../../src/civil-records/words.ts'
import { loadLanguages } from '../../src/web/i18n.ts'

const languages = await loadLanguages({ strict: true })
const asked = (firstNames: string, language = 'fr') =>
  whatWasAsked(languages.for(language), {
    kind: 'birth',
    form: 'full-copy',
    answers: { subject: { firstNames, lastName: 'Diallo' } },
  })

test('what was asked is said with the elision that the name calls for', () => {
  const said = (name: string) => asked(name).replace(/^copie intégrale de l’acte de naissance /, '')
  assert.equal(said('Fatou'), 'de Fatou Diallo')
  assert.equal(said('Awa'), 'd’Awa Diallo')
  assert.equal(said('Élodie'), 'd’Élodie Diallo')
  assert.equal(said('Yves'), 'd’Yves Diallo')
  assert.equal(said('Yassine'), 'de Yassine Diallo')
  assert.equal(asked('Awa', 'en'), 'full copy of the birth record of Awa Diallo')
})

test('a number is read out in groups of four', () => {
  assert.equal(inGroups('RK4M7TQ2X9BD').replaceAll('\u00a0', ' '), 'RK4M 7TQ2 X9BD')
})
