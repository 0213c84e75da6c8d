import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import compression from 'compression'
import express from 'express'
import type { TownIdentity } from '../../src/town-identity.ts'
import { ensureAssets } from '../../src/web/assets/build.ts'
import { loadLanguages } from '../../src/web/i18n.ts'
import { informationPages } from '../../src/web/information-pages.ts'
import { chooseLanguage } from '../../src/web/language.ts'
import { nothingHere, problemHandler } from '../../src/web/problem-handler.ts'
import { type PageLocals, type Renderer, renderer, templateFolders } from '../../src/web/render.ts'
import { openLog } from '../../src/web/request-log.ts'
import { securityHeaders } from '../../src/web/security-headers.ts'
import { loadAssets, staticFiles } from '../../src/web/static.ts'
import { samplePages } from './sample-pages.ts'

export const valmont: TownIdentity = {
  name: 'Ville de Valmont',
  shortName: 'Valmont',
  inseeCode: '59512',
  siret: '21590512200017',
  address: ['17 Grand-Place', '59100 Valmont'],
  phone: '03 20 00 00 00',
  email: 'bonjour@valmont.example',
  openingHours: 'du lundi au vendredi, de 8 h 30 à 17 h',
  regie: 'Régie de recettes « restauration et enfance »',
  colour: '#0b5c6b',
  hosting: 'La commune, sur ses propres machines.',
  latePaymentNotice: 'Sans paiement à cette date, nous vous écrivons.',
  court: { name: 'Tribunal judiciaire de Lille', address: ['13 avenue du Peuple-Belge', '59034 Lille Cedex'] },
  civilRegistry: { phone: '03 20 00 00 01', email: 'etat-civil@valmont.example' },
}

/** A renderer that throws on every name that a view lacks; it also knows the sample pages of these tests. */
export async function sampleRenderer(town: TownIdentity = valmont, demo = false): Promise<Renderer> {
  await ensureAssets()
  const languages = await loadLanguages({ strict: true })
  const folders = [...templateFolders, fileURLToPath(new URL('samples', import.meta.url))]
  return renderer({ town, languages, assets: loadAssets(town), strict: true, demo, folders })
}

/** Serves the information pages and one page per component, until the test file ends. Gives its address. */
export async function serveSamples(locals: PageLocals = {}, paymentOrigins: readonly string[] = []): Promise<string> {
  const render = await sampleRenderer(valmont, true)
  const languages = await loadLanguages({ strict: true })
  const app = express()
  app.use('/public', staticFiles(loadAssets(valmont)))
  app.use(compression(), chooseLanguage(languages))
  app.use(securityHeaders({ formAction: paymentOrigins, https: false }))
  app.use((_req, res, next) => {
    Object.assign(res.locals, locals)
    next()
  })
  app.use(express.urlencoded({ extended: false }))
  app.use(informationPages({ render }), samplePages(render))
  app.use(nothingHere, problemHandler({ log: openLog('silent'), render, languages, baseUrl: 'http://town.example' }))
  const server = app.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
