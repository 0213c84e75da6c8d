import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { onEnvelope } from '../../src/documents/civil/addresses.ts'
import { dayInFigures, dayInLetters, timeInFigures, timeInLetters } from '../../src/documents/civil/dates.ts'
import { departmentOf } from '../../src/documents/civil/departments.ts'
import { grouped, spelled } from '../../src/documents/civil/letter-parts.ts'
import { extractOf, nameOf, wordingOf } from '../../src/documents/civil/wording.ts'
import { wordsIn } from '../../src/documents/words.ts'
import { abroad, birth, death, home, marriage, recognition } from './civil-examples.ts'

test('days are written in letters as French acts write them', () => {
  const said = {
    '1931-05-12': 'le douze mai mil neuf cent trente et un',
    '1900-01-01': 'le premier janvier mil neuf cent',
    '1980-08-21': 'le vingt et un août mil neuf cent quatre-vingt',
    '1871-02-28': 'le vingt-huit février mil huit cent soixante et onze',
    '1799-12-31': 'le trente et un décembre mil sept cent quatre-vingt-dix-neuf',
    '2000-02-29': 'le vingt-neuf février deux mille',
    '2026-11-30': 'le trente novembre deux mille vingt-six',
    '1931-05': 'en mai mil neuf cent trente et un',
    '1931': 'en mil neuf cent trente et un',
  }
  for (const [day, words] of Object.entries(said)) assert.equal(dayInLetters(day), words)
})

test('days of extracts are in figures, as far as they are known', () => {
  assert.equal(dayInFigures('1931-05-01'), 'le 1er mai 1931')
  assert.equal(dayInFigures('1931-05'), 'en mai 1931')
  assert.equal(dayInFigures('1931'), 'en 1931')
})

test('a day that never was is refused', () => {
  for (const wrong of ['1931-02-29', '1931-13', '31', '1931-5-1', '']) {
    assert.throws(() => dayInLetters(wrong), RangeError, wrong)
    assert.throws(() => dayInFigures(wrong), RangeError, wrong)
  }
})

test('hours and minutes are feminine', () => {
  assert.equal(timeInLetters('06:30'), 'six heures trente minutes')
  assert.equal(timeInLetters('21:01'), 'vingt et une heures une minute')
  assert.equal(timeInLetters('01:00'), 'une heure')
  assert.equal(timeInLetters('00:21'), 'zéro heure vingt et une minutes')
  assert.equal(timeInLetters('11:51'), 'onze heures cinquante et une minutes')
  assert.equal(timeInFigures('06:05'), '6 heures 05')
  assert.equal(timeInFigures('01:00'), '1 heure')
})

// The values of the words of French numbers, read back: another way than the one that wrote them.
const WORDS: Record<string, number> = Object.fromEntries(
  'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize'
    .split(' ')
    .map((word, i) => [word, i]),
)
Object.assign(WORDS, { vingt: 20, trente: 30, quarante: 40, cinquante: 50, soixante: 60 })

function readBack(text: string): number {
  let total = 0
  let group = 0
  for (const word of text.split(/[ -]/)) {
    if (word === 'et') continue
    if (word === 'mil' || word === 'mille') {
      total += (group || 1) * 1000
      group = 0
    } else if (word === 'cent') group = (group || 1) * 100
    else if (word === 'vingt' && group % 100 === 4) group += 76
    else group += WORDS[word] ?? Number.NaN
  }
  return total + group
}

test('every year in letters reads back as the same year', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1500, max: 2399 }), year => {
      assert.equal(readBack(dayInLetters(String(year)).replace(/^en /, '')), year)
    }),
    { numRuns: 900 },
  )
})

test('a birth is worded as in the registers', () => {
  assert.deepEqual(wordingOf(birth), [
    'Le douze mai mil neuf cent trente et un, à six heures trente minutes, est née à Valmont (Nord), 14 rue du Moulin : Madeleine Rose Lucie Delannoy, du sexe féminin, fille d’Auguste Joseph Delannoy, né à Valmont (Nord) le premier mars mil neuf cent un, mineur, domicilié à Valmont, 14 rue du Moulin, et de Rose Carlier, née à Douai (Nord) en novembre mil neuf cent quatre, couturière, domiciliée à Valmont, 14 rue du Moulin.',
    'Dressé sur la déclaration du père.',
  ])
})

test('what an old act does not say is left out, without holes in the sentence', () => {
  const { time: _time, sex: _sex, declaredBy: _by, ...rest } = birth
  const bare = { ...rest, date: '1871', parents: [] }
  assert.deepEqual(wordingOf(bare), [
    'En mil huit cent soixante et onze est né(e) à Valmont (Nord), 14 rue du Moulin : Madeleine Rose Lucie Delannoy, de parents que l’acte ne nomme pas.',
  ])
  assert.deepEqual(extractOf(bare, true).people[0]?.lines, ['de parents que l’acte ne nomme pas'])
  assert.equal(nameOf({ firstNames: ' ', lastName: '' }), 'sans nom dans l’acte')
})

test('a date of another calendar is written as the act writes it', () => {
  const old = { ...birth, date: '1800-04-12', dateAsWritten: 'le vingt-deux germinal an huit' }
  assert.match(wordingOf(old)[0] ?? '', /^Le vingt-deux germinal an huit, à six heures trente minutes, est née à/)
})

test('a marriage, a death and a recognition are worded as in the registers', () => {
  const wedding = wordingOf(marriage)
  assert.match(wedding[0] ?? '', /à dix heures, devant nous, officier de l’état civil/)
  assert.match(wedding[1] ?? '', /^Madeleine Rose Lucie Delannoy, institutrice, née à .* ;$/)
  assert.match(wedding[2] ?? '', /^Stanisław Józef Łukasiewicz, .*, fils de Zofia Łukasiewicz\.$/)
  assert.match(wedding.at(-1) ?? '', /En présence de Paul Carlier, menuisier, et Anna Dąbrowska, infirmière/)
  assert.match(
    wordingOf(death)[0] ?? '',
    /^Le premier février deux mille dix-neuf, à vingt et une heures une minute, est décédé à .*, conjoint de Madeleine Rose Lucie Delannoy\.$/,
  )
  assert.match(
    wordingOf(recognition)[0] ?? '',
    /İbrahim Özdemir, né à Iğdır \(Turquie\) en mil neuf cent soixante-dix, a déclaré reconnaître pour son enfant : Ayşe/,
  )
  assert.match(wordingOf({ ...recognition, child: null })[0] ?? '', /pour son enfant : l’enfant à naître\.$/)
  const both = [...recognition.parents, { role: 'mother', firstNames: 'Zoé', lastName: 'Petit' } as const]
  assert.match(wordingOf({ ...recognition, parents: both })[0] ?? '', /ont déclaré reconnaître pour leur enfant/)
  assert.throws(() => wordingOf({ ...recognition, parents: [] }), RangeError)
})

test('an extract names the parents only when parentage is asked, and never their work or home', () => {
  const without = JSON.stringify(extractOf(birth, false))
  assert.ok(!/Auguste|Carlier/.test(without), without)
  const { lead, people } = extractOf(birth, true)
  assert.equal(lead, 'Le 12 mai 1931 à 6 heures 30 est née à Valmont (Nord), 14 rue du Moulin')
  assert.deepEqual(people, [
    {
      name: 'Madeleine Rose Lucie Delannoy',
      lines: [
        'du sexe féminin',
        'fille d’Auguste Joseph Delannoy, né à Valmont (Nord) le 1er mars 1901',
        'et de Rose Carlier, née à Douai (Nord) en novembre 1904',
      ],
    },
  ])
  assert.ok(!JSON.stringify(extractOf(marriage, false)).includes('Zofia'))
  assert.ok(!JSON.stringify(extractOf(death, false)).includes('Zofia'))
  assert.throws(() => extractOf(recognition, false), RangeError)
})

test('an address ends with the town in capitals at home, with the country below it abroad', () => {
  assert.deepEqual(onEnvelope(home).addressLines, ['12 bis rue des Œillets', 'Résidence L’Haÿ', '59300 VALMONT'])
  assert.deepEqual(onEnvelope(abroad).addressLines.slice(-2), ['10623 BERLIN', 'ALLEMAGNE'])
  const london = { ...abroad, postcode: 'SW1A 1AA', city: 'London', country: 'GB' }
  assert.deepEqual(onEnvelope(london).addressLines.slice(-2), ['LONDON SW1A 1AA', 'ROYAUME-UNI'])
  const island = { ...home, postcode: '97400', city: 'Saint-Denis', country: 'RE' }
  assert.equal(onEnvelope(island).addressLines.at(-1), '97400 SAINT-DENIS')
  assert.deepEqual(onEnvelope({ name: 'M. Li', addressLines: [] }), { name: 'M. Li', addressLines: [] })
})

test('a tracking number is read in fours and spelled for the phone', () => {
  assert.equal(grouped('k7qf-2mxa 9ptr'), 'k7qf\u00a02mxa\u00a09ptr')
  assert.equal(grouped('K7QF2'), 'K7QF\u00a02')
  assert.equal(
    spelled('K7QA', wordsIn('fr')),
    'Au téléphone, dites : K comme Kléber, 7, Q comme Quintal, A comme Anatole.',
  )
  assert.equal(spelled('K7', wordsIn('en')), 'On the phone, say: K for Kilo, 7.')
})

test('a commune’s department is known by its code, overseas and in Corsica too', () => {
  assert.equal(departmentOf('59605'), 'du Nord')
  assert.equal(departmentOf('2A004'), 'de la Corse-du-Sud')
  assert.equal(departmentOf('97411'), 'de La Réunion')
  assert.equal(departmentOf('98735'), undefined)
})
