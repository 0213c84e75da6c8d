import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cents } from '../../src/kernel/money.ts'
import { creditNote, receipt } from './examples.ts'
import { drawn } from './pdf.ts'

const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')

test('a credit note names the invoice it corrects, why, how much, and what becomes of it', async () => {
  const pdf = await drawn({ kind: 'credit-note', view: creditNote })
  const text = flat(pdf.pages())
  for (const said of [
    'Avoir',
    'A-2027-000007',
    'Facture F-2026-000123',
    'Du 5 janvier 2027',
    'En votre faveur 8,90 €',
    'Cette somme est déduite de la facture F-2026-000123.',
    'Inès était malade le 14 décembre.',
    'Inès Diallo, repas du 14 décembre 2026 5,45 €',
    'Total en votre faveur 8,90 €',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  assert.equal(pdf.info()['Tagged'], 'yes')
})

test('a credit note says when the money is kept or sent back', async () => {
  const outcomes = { kept: 'déduite de votre prochaine facture', refunded: 'vous est remboursée' } as const
  for (const outcome of ['kept', 'refunded'] as const) {
    const text = flat((await drawn({ kind: 'credit-note', view: { ...creditNote, outcome } })).pages())
    assert.ok(text.includes(outcomes[outcome]))
  }
})

test('a receipt says who took how much, when, how, and for which invoices', async () => {
  const pdf = await drawn({ kind: 'receipt', view: receipt })
  const text = flat(pdf.pages())
  for (const said of [
    'Reçu',
    'R-2027-000045',
    'carte bancaire, en ligne',
    'Vous avez payé Date du paiement 65,30 € vendredi 8 janvier 2027',
    'Paiement reçu par : Régie de recettes de la restauration scolaire.',
    'F-2026-000123 décembre 2026 45,30 € 0,00 €',
    'F-2026-000088 novembre 2026 20,00 € 14,50 €',
    'Total payé 65,30 €',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  assert.equal(pdf.info()['Tagged'], 'yes')
})

test('neither is drawn when its parts do not add up', async () => {
  await assert.rejects(() => drawn({ kind: 'credit-note', view: { ...creditNote, total: cents(1) } }), /do not add up/)
  await assert.rejects(() => drawn({ kind: 'receipt', view: { ...receipt, amount: cents(1) } }), /do not add up/)
})
