import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import express from 'express'
import supertest from 'supertest'
import { buildAssets, ensureAssets } from '../../src/web/assets/build.ts'
import { pageBudget } from '../../src/web/page-budget.ts'
import { loadAssets, staticFiles } from '../../src/web/static.ts'
import { townSheet } from '../../src/web/town-theme.ts'
import { valmont } from './sample-town.ts'

const path = await mkdtemp(join(tmpdir(), 'guichet-assets-'))
const folder = pathToFileURL(`${path}/`)
after(() => rm(path, { recursive: true }))
const started = performance.now()
await buildAssets(folder)
const seconds = (performance.now() - started) / 1000
const assets = loadAssets(valmont, folder)
const app = express().use('/public', staticFiles(assets))
const file = (name: string) => {
  const found = assets.files.get(assets.url(name))
  assert.ok(found)
  return found
}

test('building takes seconds, not a coffee', () => {
  assert.ok(seconds < 10, `${seconds} s`)
})

test('style and script keep to the budget that the site announces', () => {
  for (const sheet of ['app.css', 'app.rtl.css']) {
    const weight = (file(sheet).gzip?.length ?? 0) + (file('town.css').gzip?.length ?? 0)
    assert.ok(weight <= pageBudget.styleBytes, `${sheet}: ${weight}`)
  }
  const script = file('app.js').gzip?.length ?? 0
  assert.ok(script <= pageBudget.scriptBytes, `${script}`)
  // Clerks' pages load these besides.
  assert.ok((file('desk.js').gzip?.length ?? 0) <= 4_000)
  assert.ok((file('desk.css').gzip?.length ?? 0) <= pageBudget.styleBytes)
})

test('the style sheet has nothing of GOV.UK’s identity and loads nothing', () => {
  for (const sheet of ['app.css', 'app.rtl.css'])
    assert.equal(
      /.{0,40}(GDS Transport|crown|@font-face|url\(|@import|#1d70b8).{0,40}/i.exec(`${file(sheet).plain}`)?.[0],
      undefined,
    )
})

test('the compressed copies are the file itself', () => {
  for (const name of ['app.css', 'app.rtl.css', 'app.js']) {
    const { plain, gzip, brotli } = file(name)
    assert.ok(gzip && brotli)
    assert.deepEqual(gunzipSync(gzip), plain)
    assert.deepEqual(brotliDecompressSync(brotli), plain)
  }
})

test('a browser gets the smallest form it reads, and keeps it for a year', async () => {
  const url = assets.url('app.css')
  const brotli = await supertest(app).get(url).set('Accept-Encoding', 'gzip, br')
  assert.equal(brotli.headers['content-encoding'], 'br')
  assert.equal(brotli.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal(brotli.headers['content-security-policy'], undefined)
  assert.equal(brotli.headers['vary'], 'Accept-Encoding')
  const gzip = await supertest(app).get(url).set('Accept-Encoding', 'gzip')
  assert.equal(gzip.headers['content-encoding'], 'gzip')
  const plain = await supertest(app).get(url).set('Accept-Encoding', 'identity')
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.equal(plain.text, file('app.css').plain.toString())
  assert.match(plain.headers['content-type'] ?? '', /^text\/css/)
})

test('only what was built is served', async () => {
  for (const wrong of [
    '/public/app.css',
    '/public/manifest.json',
    '/public/../package.json',
    '/public/%2e%2e/package.json',
  ])
    assert.equal((await supertest(app).get(wrong)).status, 404, wrong)
  assert.equal((await supertest(app).post(assets.url('app.css'))).status, 404)
})

test('a file that changes changes its name, and the old one goes', async () => {
  const before = await readdir(path)
  await buildAssets(folder)
  assert.deepEqual(await readdir(path), before, 'same sources, same names')
  assert.match(assets.url('app.css'), /^\/public\/app\.[\w-]{10}\.css$/)
  const green = loadAssets({ ...valmont, colour: '#1b5e20' }, folder)
  assert.notEqual(green.url('town.css'), assets.url('town.css'))
})

test('assets are rebuilt when their sources are newer, and only then', async () => {
  const manifest = join(path, 'manifest.json')
  const long = new Date('2020-01-01')
  await utimes(manifest, long, long)
  await ensureAssets(folder)
  const rebuilt = performance.now()
  await ensureAssets(folder)
  assert.ok(performance.now() - rebuilt < 200, 'nothing to do the second time')
})

test('a town that did not build its assets is told how to', () => {
  assert.throws(() => loadAssets(valmont, new URL('nowhere/', folder)), /npm run assets/)
})

test('the town’s colour paints the pages, and one that cannot be read is refused', () => {
  assert.match(townSheet('#0b5c6b'), /--govuk-brand-colour:#0b5c6b/)
  assert.match(file('town.css').plain.toString(), /--govuk-link-colour:#0b5c6b/)
  assert.throws(() => townSheet('#ffcc00'), /too pale/)
  assert.throws(() => townSheet('#8a8a8a'), /too pale/)
  assert.throws(() => townSheet('teal'), /#rrggbb/)
})
