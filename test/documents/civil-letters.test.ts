import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CivilAcknowledgementView } from '../../src/documents/civil/views.ts'
import { abroad, acknowledgement, asked, coverLetter, home, refusal, requestReceipt } from './civil-examples.ts'
import { drawn, type Pdf } from './pdf.ts'

const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')
const mm = (length: number) => (length * 72) / 25.4

/** What is read out, an element after the other. */
const read = (pdf: Pdf) => flat(pdf.spoken())

function says(pdf: Pdf, ...all: string[]): void {
  const text = read(pdf)
  for (const said of all) assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
}

const acknowledged = (view: Partial<CivilAcknowledgementView> = {}, language: 'fr' | 'en' = 'fr') =>
  drawn({ kind: 'civil-acknowledgement', view: { ...acknowledgement, ...view } }, { language })

test('an acknowledgement says what was asked, when it was received, who answers and until when', async () => {
  const pdf = await acknowledged()
  says(
    pdf,
    'Nous avons reçu votre demande',
    'Reçue le 24 novembre 2026', // half past midnight in Paris, still the 23rd elsewhere
    'un accusé de réception',
    'Service de l’état civil',
    'Hôtel de ville 1 place de la République 59300 Valmont Tél. 03 20 00 00 07 etat-civil@valmont.example',
    'K7QF 2MXA 9PTR',
    'K comme Kléber, 7, Q comme Quintal',
    'Réponse attendue avant le mardi 15 décembre 2026',
    '2 copies intégrales de l’acte de naissance',
    'Madeleine Rose Lucie Delannoy',
    '12 mai 1931',
    'par la poste',
    'Il manque encore : votre pièce d’identité.',
    'Un acte d’état civil est toujours gratuit.',
    'Des sites font payer cette demande.',
    'Vous voulez les voir ou les corriger ?',
  )
  assert.equal(pdf.pages().length, 1)
  assert.equal(pdf.qr(), acknowledgement.followPage)
})

test('an acknowledgement says what silence means, and what can be done against a refusal', async () => {
  says(
    await acknowledged(),
    'Nous n’avons pas répondu le samedi 23 janvier 2027 ? Alors la réponse est non.',
    'le silence gardé pendant 2 mois vaut refus',
    'Demandez au maire de revoir sa réponse, dans les 2 mois',
    'Tribunal judiciaire de Lille, 13 avenue du Peuple-Belge, BP 729, 59034 Lille cedex',
    'Défenseur des droits',
  )
  const source = 'article L231-4 du code des relations entre le public et l’administration'
  const granted = await acknowledged({ silence: { meaning: 'acceptance', afterMonths: 2, on: '2027-01-23', source } })
  says(granted, 'Alors la réponse est oui.', 'vaut accord', `La règle : ${source}.`)
  assert.ok(!/procureur|Défenseur/.test(flat(granted.pages())))
})

test('an acknowledgement in English carries what has effect in law in French too, and says so to a screen reader', async () => {
  const pdf = await acknowledged({}, 'en')
  says(
    pdf,
    'We received your request',
    'Answer expected before Tuesday, 15 December 2026',
    'K for Kilo',
    'after 2 months, silence means refusal',
    'Official text in French',
    'Accusé de réception de la demande n° K7QF 2MXA 9PTR, reçue le 24 novembre 2026',
    'le silence gardé pendant 2 mois vaut refus',
  )
  assert.ok(pdf.objects().includes('/Lang (en-GB)'))
  assert.match(pdf.objects(), /\/Lang \(fr-FR\)/)
})

test('an acknowledgement without address or page to follow shows neither', async () => {
  const pdf = await acknowledged({ to: { name: 'M. Li', addressLines: [] }, followPage: null, delivery: 'collection' })
  says(pdf, 'M. Li', 'à la mairie, avec votre pièce d’identité')
  assert.throws(() => pdf.qr())
  assert.ok(!flat(pdf.pages()).includes('scannez'))
})

const LONG = 'Marie-Antoinette-Élisabeth-Wilhelmine de la Tour d’Auvergne-Lau'

for (const [where, to] of Object.entries({
  'at home': home,
  abroad,
  'with long lines': {
    ...home,
    name: LONG,
    lines: ['Appartement 1204, bâtiment C, escalier 3', 'Résidence des Peupliers-de-la-Haute-Vallée', LONG],
    city: 'Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson',
    country: 'BE',
  },
}))
  for (const kind of ['civil-acknowledgement', 'civil-cover-letter', 'civil-refusal'] as const)
    test(`the address ${where} of a ${kind} shows whole in the envelope’s window, and nothing else does`, async () => {
      const asView = {
        'civil-acknowledgement': { kind: 'civil-acknowledgement', view: { ...acknowledgement, to } },
        'civil-cover-letter': { kind: 'civil-cover-letter', view: { ...coverLetter, to } },
        'civil-refusal': { kind: 'civil-refusal', view: { ...refusal, to } },
      } as const
      const seen = (await drawn(asView[kind]))
        .words()
        .filter(word => word.left < mm(200) && word.right > mm(90) && word.top < mm(90) && word.bottom > mm(45))
      const country = { FR: [], DE: ['ALLEMAGNE'], BE: ['BELGIQUE'] }[to.country] ?? []
      const address = [to.name, ...to.lines, `${to.postcode} ${to.city.toLocaleUpperCase('fr')}`, ...country]
      assert.equal(seen.map(({ text }) => text).join(''), address.join('').replace(/ /g, ''))
      for (const { text, left, top, right, bottom } of seen)
        assert.ok(
          left >= mm(100) && right <= mm(190) && top >= mm(54) && bottom <= mm(80),
          `« ${text} » is at the edge`,
        )
    })

test('a cover letter says what is in the envelope, that it is free, and what to do with a mistake', async () => {
  const enclosed = [asked, { ...asked, form: 'multilingual' as const, copies: 1 }]
  const pdf = await drawn({ kind: 'civil-cover-letter', view: { ...coverLetter, enclosed } })
  says(
    pdf,
    'Voici votre acte',
    'K7QF 2MXA 9PTR',
    '26 novembre 2026',
    '2 copies intégrales de l’acte de naissance de Madeleine Rose Lucie Delannoy (12 mai 1931)',
    '1 extrait plurilingue (pour l’étranger) de l’acte de naissance',
    'C’est gratuit',
    'Renvoyez le papier.',
  )
  const english = await drawn({ kind: 'civil-cover-letter', view: coverLetter }, { language: 'en' })
  says(english, '2 full copies of the birth record of Madeleine Rose Lucie Delannoy (12 May 1931)', 'It is free')
  await assert.rejects(
    () => drawn({ kind: 'civil-cover-letter', view: { ...coverLetter, enclosed: [] } }),
    /nothing goes with/,
  )
})

test('a refusal gives its facts, its rule of law, what can be had instead, and the ways of appeal', async () => {
  const pdf = await drawn({ kind: 'civil-refusal', view: refusal })
  says(
    pdf,
    'Nous refusons votre demande',
    'Vous nous avez demandé : 2 copies intégrales de l’acte de naissance de Madeleine Rose Lucie Delannoy.',
    'Pourquoi Vous êtes la sœur de Madeleine Delannoy.',
    'La règle de droit Décret n° 2017-890 du 6 mai 2017, article 30',
    'Ce que vous pouvez avoir Un extrait sans filiation.',
    'procureur de la République',
    'Fait à Valmont, le 26 novembre 2026.',
    'Hélène Vandenbroucke',
    'Signature et cachet',
  )
})

test('a refusal that does not say why, in fact and in law, is not drawn', async () => {
  for (const missing of [{ law: [] }, { facts: [] }])
    await assert.rejects(() => drawn({ kind: 'civil-refusal', view: { ...refusal, ...missing } }), /does not say why/)
})

test('a refusal in English is the French decision, then a translation that names itself one', async () => {
  const pdf = await drawn({ kind: 'civil-refusal', view: refusal }, { language: 'en' })
  const [decision = '', translation = ''] = pdf.pages()
  assert.match(decision, /Nous refusons votre\n/)
  assert.match(decision, /Fait à Valmont/)
  assert.match(translation, /Translation: We refuse your request/)
  assert.match(translation, /The decision is the letter in French/)
  assert.match(flat([translation]), /You are the sister of Madeleine Delannoy.*Une copie intégrale, si Madeleine/)
  assert.ok(!translation.includes('Signature'))
})

test('the receipt of the counter is in letters of 14 points and more, and names clerk, resident and mandate', async () => {
  const pdf = await drawn({ kind: 'civil-request-receipt', view: requestReceipt })
  says(
    pdf,
    'Reçu de votre demande',
    'K7QF 2MXA 9PTR',
    '1 extrait avec filiation (avec le nom des parents) de l’acte de naissance',
    'mardi 15 décembre 2026',
    'Mme Petit, Service de l’état civil, a écrit la demande pour M. Émile Ozdemir, le 23 novembre 2026 à 10 h 20.',
    'Votre accord : M. Ozdemir est venu au guichet',
    'C’est gratuit.',
  )
  assert.equal(pdf.qr(), requestReceipt.followPage)
  const words = pdf.words()
  const title = words.find(({ text }) => text === 'Reçu')
  assert.ok(title)
  const perPoint = (title.bottom - title.top) / 26
  const body = words.filter(({ top }) => top > 110 && top < 790)
  for (const { text, top, bottom } of body) assert.ok((bottom - top) / perPoint > 13.9, `« ${text} » is small`)
})

test('every letter is tagged, has one title, and the same view gives the same bytes', async () => {
  const all = [
    { kind: 'civil-acknowledgement', view: acknowledgement },
    { kind: 'civil-cover-letter', view: coverLetter },
    { kind: 'civil-refusal', view: refusal },
    { kind: 'civil-request-receipt', view: requestReceipt },
  ] as const
  for (const one of all)
    for (const language of ['fr', 'en'] as const) {
      const pdf = await drawn(one, { language })
      assert.equal(pdf.info()['Tagged'], 'yes')
      const objects = pdf.objects()
      assert.match(objects, /\/S \/H1/, one.kind)
      assert.ok(objects.includes(`/Lang (${language === 'fr' ? 'fr-FR' : 'en-GB'})`))
      assert.deepEqual((await drawn(structuredClone(one), { language })).bytes, pdf.bytes)
    }
})

test('names, papers and reasons as long as they come stay on the page', async () => {
  const names = [
    { firstNames: LONG, lastName: LONG },
    { firstNames: LONG, lastName: LONG },
  ]
  const long = { ...asked, names }
  const reasons = Array.from({ length: 12 }, () => ({ french: `${LONG}. `.repeat(6) }))
  const pdfs = [
    await acknowledged({ asked: long, missing: Array.from({ length: 12 }, () => LONG) }, 'en'),
    await drawn({ kind: 'civil-refusal', view: { ...refusal, asked: long, facts: reasons, instead: reasons } }),
    await drawn({
      kind: 'civil-cover-letter',
      view: { ...coverLetter, enclosed: Array.from({ length: 8 }, () => long) },
    }),
    await drawn({ kind: 'civil-request-receipt', view: { ...requestReceipt, asked: long, mandate: LONG.repeat(4) } }),
  ]
  for (const pdf of pdfs)
    for (let page = 1; page <= pdf.pages().length; page++)
      for (const { text, left, right, top, bottom } of pdf.words(page))
        assert.ok(left >= 42 && right <= 553.5 && top >= 25 && bottom <= 820, `« ${text} » leaves page ${page}`)
})
