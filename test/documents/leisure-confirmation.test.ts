import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeisureConfirmationView } from '../../src/documents/views.ts'
import { drawn } from './pdf.ts'

const view: LeisureConfirmationView = {
  period: 'Vacances de Noël',
  from: '2026-12-19',
  until: '2027-01-03',
  printedAt: '2026-11-24T09:05:00Z',
  to: { name: 'Awa Diallo', addressLines: ['3 rue des Lilas', '59300 Valmont'] },
  children: [
    {
      name: 'Inès Diallo',
      stays: [
        {
          days: ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24'],
          what: 'Journée avec repas, de 8 h à 18 h',
          centre: 'Centre du Parc',
          group: 'Les grands',
        },
      ],
      missing: ['la fiche sanitaire', 'l’assurance'],
    },
    {
      name: 'Malo Diallo',
      stays: [{ days: ['2026-12-22'], what: 'Matin', centre: 'Centre du Parc', group: 'Les petits' }],
      missing: [],
    },
  ],
  centres: [
    {
      name: 'Centre du Parc',
      address: '12 avenue du Parc, 59300 Valmont',
      phone: '03 20 00 00 11',
      email: null,
      toBring: ['Une gourde', 'Un manteau'],
    },
  ],
  cancelDays: 7,
  page: 'https://guichet.valmont.example/centres-de-loisirs/inscriptions',
}

const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')

test('a confirmation says for each child which days, where, what to bring, what is missing, and how to cancel', async () => {
  const pdf = await drawn({ kind: 'leisure-confirmation', view })
  const text = flat(pdf.pages())
  for (const said of [
    'Votre inscription',
    'Vacances de Noël',
    'Awa Diallo',
    'Inès Diallo',
    '21, 22, 23 et 24 décembre',
    'Les grands',
    'Il manque au dossier de l’enfant',
    'la fiche sanitaire et l’assurance',
    'Malo Diallo',
    '12 avenue du Parc',
    'Une gourde',
    'Vous annulez sans payer jusqu’à 7',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  assert.equal(pdf.info()['Tagged'], 'yes')
})

test('a child whose file is complete is not told of missing papers', async () => {
  const complete = { ...view, children: view.children.map(child => ({ ...child, missing: [] })) }
  assert.ok(!flat((await drawn({ kind: 'leisure-confirmation', view: complete })).pages()).includes('Il manque'))
})

test('thirty Wednesdays of three children go on as many sheets as they need', async () => {
  const months = ['2027-01', '2027-02', '2027-03', '2027-04', '2027-05', '2027-06', '2027-07', '2027-08', '2027-09']
  const stays = months.map(month => ({
    days: ['06', '13', '20', '27'].map(n => `${month}-${n}`),
    what: 'Journée avec repas, de 8 h à 18 h',
    centre: 'Centre du Parc',
    group: 'Les grands',
  }))
  const children = ['Inès', 'Malo', 'Zoé'].map(name => ({ name, stays, missing: [] }))
  const pdf = await drawn({ kind: 'leisure-confirmation', view: { ...view, children } }, { language: 'en' })
  assert.ok(Number(pdf.info()['Pages']) >= 2)
  assert.ok(flat(pdf.pages()).includes('Your sign-up'))
})
