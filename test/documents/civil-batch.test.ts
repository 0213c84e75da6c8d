import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CivilBatchView, MOST_IN_BATCH } from '../../src/documents/civil/views.ts'
import { batch, certified, refusal } from './civil-examples.ts'
import { drawn } from './pdf.ts'

const print = (view: CivilBatchView) => drawn({ kind: 'civil-batch', view })
const flat = (page: string) => page.replace(/[\s\u00a0\u202f]+/g, ' ')

test('a batch holds each request’s letter, then its record as often as copies were asked, then the list', async () => {
  const pages = (await print(batch)).pages().map(flat)
  const heads = [
    /Voici votre acte .*K7QF 2MXA 9PTR.*page 1 sur 1/,
    /Acte de naissance Copie intégrale .*page 1 sur 1/,
    /Acte de naissance Copie intégrale .*page 1 sur 1/,
    /Here is your record .*B3ZZ 8HWD 4CVN.*page 1 of 1/,
    /Extrait plurilingue d’acte de naissance .*page 1 sur 2/,
    /convention signée à Vienne .*page 2 sur 2/,
    /Extrait avec filiation .*page 1 sur 1/,
    /Extrait avec filiation .*page 1 sur 1/,
    /Extrait avec filiation .*page 1 sur 1/,
    /Bordereau des actes 3 demandes 6 exemplaires à signer .*page 1 sur 1/,
  ]
  assert.equal(pages.length, heads.length)
  for (const [i, head] of heads.entries()) assert.match(pages[i] ?? '', head)
})

test('the list names each request, who asked, how many copies, and where they go', async () => {
  const list = flat((await print(batch)).pages().at(-1) ?? '')
  assert.match(list, /K7QF 2MXA 9PTR Aïssatou Diallo lettre d’envoi 2 poste/)
  assert.match(list, /T2RR 5LGA 7KXE Émile Ozdemir .*3 au guichet/)
  assert.match(list, /extrait plurilingue, acte de naissance n° 147 de 1931/)
})

test('letters of refusal travel with the others', async () => {
  const [first] = batch.requests
  assert.ok(first)
  const parts = [{ kind: 'civil-refusal', language: 'en', view: refusal } as const]
  const pages = (await print({ ...batch, requests: [{ ...first, parts }] })).pages().map(flat)
  assert.equal(pages.length, 3)
  assert.match(pages[0] ?? '', /Nous refusons votre .*page 1 of 2/)
  assert.match(pages[2] ?? '', /lettre de refus 0 poste/)
})

test('on a printer of two sides each paper begins a new sheet', async () => {
  const pages = (await print({ ...batch, twoSided: true })).pages().map(flat)
  const starts = pages.flatMap((page, i) => (/page 1 (sur|of)/.test(page) ? [i] : []))
  assert.equal(starts.length, 9)
  for (const at of starts) assert.equal(at % 2, 0, `a paper begins on the back of a sheet: page ${at + 1}`)
})

test('each paper of a batch says its language and its title, and the batch is the same bytes each time', async () => {
  const pdf = await print(batch)
  assert.equal(pdf.info()['Tagged'], 'yes')
  assert.match(pdf.info()['Title'] ?? '', /^Actes à envoyer et à remettre, 26 novembre 2026/)
  const objects = pdf.objects()
  assert.equal(objects.match(/\/S \/Part\b/g)?.length, 9)
  assert.ok(objects.includes('/Lang (en-GB)'))
  assert.deepEqual((await print(structuredClone(batch))).bytes, pdf.bytes)
})

test('fifty requests are drawn in one file; more are refused', async () => {
  const [first] = batch.requests
  assert.ok(first)
  const requests = Array.from({ length: MOST_IN_BATCH }, (_, i) => ({ ...first, applicant: `Résident ${i + 1}` }))
  const pdf = await print({ ...batch, requests })
  const pages = pdf.pages()
  assert.equal(pages.filter(page => page.includes('Pour copie conforme')).length, MOST_IN_BATCH * 2)
  assert.match(flat(pages.at(-1) ?? ''), /Résident 50/)
  await assert.rejects(() => print({ ...batch, requests: [...requests, first] }), RangeError)
})

test('pictures shown in several copies are in the file once; too many pictures are refused', async () => {
  const [first] = batch.requests
  const record = first?.parts[1]
  assert.ok(first && record?.kind === 'civil-record')
  const scan = [Buffer.from(PIXEL, 'base64')]
  const act = { kind: 'birth' as const, names: [{ firstNames: 'Rose', lastName: 'Petit' }] }
  const view = { ...certified, form: 'full-copy' as const, act, scan }
  const scanned = { ...record, view, copies: 4 }
  const pdf = await print({ ...batch, requests: [{ ...first, parts: [scanned] }] })
  assert.equal(pdf.pages().length, 5)
  assert.equal(pdf.objects().match(/\/Subtype \/Image\b/g)?.length, 1)
  const heavy = { ...scanned, view: { ...view, scan: [Buffer.alloc(100_000_001)] } }
  await assert.rejects(() => print({ ...batch, requests: [{ ...first, parts: [heavy] }] }), /too many/)
})

/** A picture of one white point (PNG). */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=='
