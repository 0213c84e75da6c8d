import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import express, { type ErrorRequestHandler } from 'express'
import supertest from 'supertest'
import { Problem } from '../../src/kernel/problems.ts'
import { readUploads } from '../../src/uploads/form.ts'
import {
  keepUpload,
  keepUploads,
  pagesOf,
  picturesOf,
  sendStoredFile,
  viewStoredFile,
} from '../../src/uploads/stored-files.ts'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { jpeg, pdf, photo, png, pngOf, zip } from './files.ts'
import { CATALOGUE, letter, PAGE, packedPdf, pdfOf, pdfWith, stream } from './pdfs.ts'

const t = await testTown()
const parents = await family(t)
const folder = `${t.folder}/files`
const storedFiles = () =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile()).length
    : 0
const send = (bytes: Buffer, name: string, language = 'fr') =>
  parents.parent.post(`/famille/quotient?lang=${language}`).field('value', '640').attach('proof', bytes, name)

test('on the page, each kind of file that is not taken has its reason, in plain words', async () => {
  const before = storedFiles()
  const wide = Buffer.from([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0])
  const swelling = stream('/Filter /FlateDecode', deflateSync(Buffer.alloc(80_000_000)))
  const cases: [name: string, bytes: Buffer, french: RegExp, english: RegExp][] = [
    ['cv.pdf.exe', Buffer.from('MZ and a program'), /Ce fichier est un programme/, /This file is a program/],
    [
      'logo.svg',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      /une page web ou un dessin/,
      /a web page or a/,
    ],
    ['photos.zip', zip(), /en contient d’autres \(ZIP\)/, /holds other files \(ZIP\)/],
    ['lettre.docx', zip(['[Content_Types].xml', 'word/document.xml']), /Enregistrez-le en PDF/, /Save it as a PDF/],
    [
      'IMG_1.heic',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
      /faites une capture d’écran/,
      /take a screenshot/,
    ],
    ['vide.pdf', Buffer.alloc(0), /Ce fichier est vide/, /This file is empty/],
    ['clef.pdf', packedPdf({ trailer: '/Encrypt 9 0 R' }), /protégé par un mot de passe/, /protected by a password/],
    ['livre.pdf', await letter({ pages: 200 }), /plus de 30 pages/, /more than 30 pages/],
    [
      'script.pdf',
      packedPdf({ more: '/OpenAction << /S /JavaScript /JS (1) >>' }),
      /autre chose qu’un document/,
      /something else/,
    ],
    ['bombe.pdf', pdfWith(swelling), /trop long à ouvrir/, /too long to open/],
    [
      'grand.png',
      pngOf(wide, [['IDAT', deflateSync(Buffer.alloc(9))]]),
      /image est trop grande/,
      /picture is too large/,
    ],
    ['coupe.jpg', photo().subarray(0, 200), /abîmé ou incomplet/, /damaged or incomplete/],
    ['deux.jpg', Buffer.concat([jpeg(), zip()]), /autre chose qu’un document/, /something else/],
    ['note.txt', Buffer.from('bonjour'), /Nous ne pouvons pas ouvrir ce fichier/, /We cannot open this file/],
  ]
  for (const [name, bytes, french, english] of cases) {
    for (const [language, words] of [
      ['fr', french],
      ['en', english],
    ] as const) {
      const answer = await send(bytes, name, language)
      assert.equal(answer.status, 422, name)
      assert.match(answer.text, words, name)
      assert.match(answer.text, /value="640"/, 'what was typed stays')
    }
  }
  assert.equal(storedFiles(), before, 'nothing is kept')
})

test('a photo is kept without the place where it was taken', async () => {
  const taken = Buffer.concat([
    photo().subarray(0, 2),
    Buffer.from('\xff\xe1\0\x10Exif\0\0GPS here', 'latin1'),
    photo().subarray(2),
  ])
  assert.equal((await send(taken, 'IMG_2.JPG')).status, 303)
  const page = (await parents.parent.get('/famille/quotient')).text
  const [, own] = /href="(\/famille\/quotient\/[\w-]+\/justificatif)"/.exec(page) ?? []
  assert.deepEqual((await parents.parent.get(own ?? '')).body, photo())
})

const answered: ErrorRequestHandler = (error, _req, res, _next) => {
  assert.ok(error instanceof Problem, String(error))
  res.status(error.status).json(error)
}
const form = supertest(
  express()
    .post('/', async (req, res) => {
      const uploads = await readUploads(req, res, { field: 'papers', most: 4 })
      res.json({ uploads: uploads.map(({ name, bytes }) => [name, bytes.length]), typed: req.body })
    })
    .use(answered),
)

test('a form with several files is read in their order, with what was typed', async () => {
  const answer = await form
    .post('/')
    .field('name', 'Noé')
    .attach('papers', png(), 'été.png')
    .attach('papers', pdf(), 'b.pdf')
  assert.deepEqual(answer.body, {
    uploads: [
      ['été.png', png().length],
      ['b.pdf', pdf().length],
    ],
    typed: { name: 'Noé' },
  })
  assert.deepEqual((await form.post('/').field('name', 'Noé')).body, { uploads: [], typed: { name: 'Noé' } })
  assert.deepEqual((await form.post('/').send({ name: 'Noé' })).body.uploads, [])
})

test('too many files, too large a one, or half a form are refused beside the field', async () => {
  const five = form.post('/')
  for (let i = 0; i < 5; i++) five.attach('papers', png(), `${i}.png`)
  const { status, body } = await five
  assert.equal(status, 422)
  assert.deepEqual(body.errors, [{ field: 'papers', code: 'file-too-many', params: { most: 4 } }])
  const large = await form.post('/').attach('papers', png(), 'a.png').attach('papers', Buffer.alloc(6_000_000), 'b.png')
  assert.equal(large.status, 413)
  assert.deepEqual(large.body.errors, [{ field: 'papers', code: 'file-too-large' }])
  const elsewhere = await form.post('/').attach('other', png(), 'a.png')
  assert.equal(elsewhere.status, 422)
  const half = await form.post('/').set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\nContent-Disp')
  assert.equal(half.status, 400)
})

test('of several files all are kept or none, and the one at fault is named', async () => {
  const before = storedFiles()
  const uploads = [
    { name: 'recto.png', bytes: png() },
    { name: 'C:\\cartes\\verso.heic', bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic') },
  ]
  await assert.rejects(keepUploads(t.town, uploads, 'papers'), (problem: unknown) => {
    assert.ok(problem instanceof Problem && problem.status === 422)
    const params = { name: 'verso.heic', why: 'file-heic' }
    assert.deepEqual(problem.errors, [{ field: 'papers', code: 'file-among', params }])
    const { t: french } = t.town.languages.for('fr')
    assert.match(french('problems:fields.file-among', params), /^verso\.heic\s: Cette photo est au format HEIC\. /)
    return true
  })
  assert.equal(storedFiles(), before)
  const kept = await keepUploads(t.town, [uploads[0]!, { name: '', bytes: await letter({ pages: 2 }) }], 'papers')
  assert.deepEqual(
    kept.map(({ name, mediaType }) => [name, mediaType]),
    [
      ['recto.png', 'image/png'],
      ['document.pdf', 'application/pdf'],
    ],
  )
  assert.equal(storedFiles(), before + 2)
})

test('a file cannot be called so that the words change', async () => {
  const named = { name: '$t(problems:fields.required) {{why}}.pdf', bytes: await letter({ pages: 31 }) }
  await assert.rejects(keepUploads(t.town, [named, named], 'papers'), (problem: unknown) => {
    const [error] = (problem as Problem).errors
    const { t: english } = t.town.languages.for('en')
    const words = english(`problems:fields.${error?.code}`, error?.params)
    assert.equal(
      words,
      't(problemsfields.required) why.pdf: This PDF has more than 30 pages. Send only the pages that matter.',
    )
    return true
  })
})

test('a file is seen page by page in our pages, or saved; nowhere does it run', async () => {
  const paper = await keepUpload(t.town, { name: 'acte "1".pdf', bytes: await letter({ pages: 2 }) }, 'paper')
  const picture = await keepUpload(t.town, { name: 'carte.png', bytes: photo() }, 'paper')
  assert.equal(await pagesOf(t.town, paper), 2)
  assert.equal(await pagesOf(t.town, picture), 1)
  assert.equal(await pagesOf(t.town, { ...paper, mediaType: 'text/html' }), 0)
  const shown = (file: typeof paper, page?: number) =>
    supertest(
      express()
        .get('/', (_req, res) => viewStoredFile(t.town, res, file, page))
        .use(answered),
    ).get('/')
  for (const [file, page, mediaType] of [
    [paper, 1, 'image/png'],
    [paper, 2, 'image/png'],
    [picture, undefined, 'image/jpeg'],
  ] as const) {
    const { status, headers, body } = await shown(file, page)
    assert.equal(status, 200)
    assert.equal(headers['content-type'], mediaType)
    assert.equal(headers['content-disposition'], 'inline')
    assert.match(headers['content-security-policy']!, /^default-src 'none';.*; sandbox; frame-ancestors 'none'$/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['cache-control'], 'private, no-store')
    assert.ok(file === paper ? body.subarray(1, 4).equals(Buffer.from('PNG')) : body.equals(photo()))
  }
  for (const [file, page] of [
    [paper, 3],
    [paper, 0],
    [paper, 1.5],
    [paper, Number.NaN],
    [picture, 2],
    [{ ...paper, mediaType: 'text/html' }, 1],
    [{ ...picture, mediaType: 'application/pdf' }, 1],
  ] as const)
    assert.equal((await shown(file, page)).status, 404, `page ${page} of ${file.mediaType}`)
  const saved = await supertest(express().get('/', (_req, res) => sendStoredFile(t.town, res, paper))).get('/')
  assert.equal(saved.headers['content-disposition'], 'attachment; filename="acte 1.pdf"')
  assert.equal(saved.headers['content-security-policy'], "default-src 'none'; sandbox")
  assert.equal(saved.headers['content-type'], 'application/pdf')
})

test('a copy to be printed has every page, or there is none', async () => {
  const paper = await keepUpload(t.town, { name: 'acte.pdf', bytes: await letter({ pages: 3 }) }, 'paper')
  const picture = await keepUpload(t.town, { name: 'acte.jpg', bytes: photo() }, 'paper')
  assert.equal((await picturesOf(t.town, paper)).length, 3)
  assert.deepEqual(await picturesOf(t.town, picture), [photo()])
  await assert.rejects(picturesOf(t.town, { ...picture, mediaType: 'application/pdf' }), /cannot be opened/)
  const withoutThird = { ...paper, storedAs: await t.town.files.put(lying()) }
  await assert.rejects(picturesOf(t.town, withoutThird), /page 3 of .* cannot be drawn/)
})

/** It says three pages, and has two. */
const lying = () => pdfOf([CATALOGUE, '<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 3 >>', PAGE, PAGE])
